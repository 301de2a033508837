// world.ts: the whole world as one plain value, and the one verb that moves it: `advance`.
// Models nothing of any one domain
// Differs: nothing known

import { type Agenda, pop, push } from './agenda.ts'
import type { Answer, Io, Message, Note, System } from './machine.ts'
import { int, type Random, seeded } from './random.ts'
import { killRoutines, type Routine, resume, startRoutine, wake } from './routine.ts'
import { share } from './share.ts'

export const AGENDA_MAX = 200_000 // Messages in flight and timers.
export const NOTES_MAX = 40_000 // Notes kept; the oldest quarter goes when it is reached.
const CUT_TIMEOUT = 30_000 // A call over a cut wire fails after this, ms; so does a connection.

export interface Actor {
  name: string
  machine: string
  config: unknown
  up: boolean
  /** Raised by each crash: messages meant for an earlier life are lost. */
  life: number
  state: any
  routines: Map<number, Routine>
}

/** A call that nobody has answered yet. */
export interface Call {
  from: string
  to: string
  cause: number
  /** Has the callee heard it; has it answered (the answer may still be on its way). */
  delivered: boolean
  answered: boolean
  onAnswer?: string
  context?: unknown
  /** Set when a routine waits: its id, and which of its calls this is. */
  routine?: number
  slot?: number
}

export interface World {
  /** Simulated milliseconds since the world began. */
  now: number
  /** Messages dispatched so far: a position in history. */
  position: number
  /** Last message, note or timer id given. */
  ids: number
  agenda: Agenda
  timers: Set<number>
  calls: Map<number, Call>
  actors: Map<string, Actor>
  links: Map<string, Set<string>>
  /** Last arrival on each wire `from>to`: messages on a wire keep their order. */
  wires: Map<string, number>
  /** Extra milliseconds on a wire `from>to`; a cut wire loses what is sent. */
  slow: Map<string, number>
  cut: Set<string>
  notes: Note[]
  noteIds: number
  /** Hash over every message so far: equal chains, equal histories. */
  chain: number
  random: Random
}

/** What comes from outside; journaled, so that it can be replayed. */
export type Input =
  | { input: 'post'; to: string; type: string; body: unknown; from?: string }
  | { input: 'spawn'; name: string; config: unknown }
  | { input: 'remove'; name: string }
  | { input: 'crash'; name: string }
  | { input: 'restart'; name: string }
  | { input: 'slow'; from: string; to: string; ms: number }
  | { input: 'cut' | 'mend'; a: string; b: string }

export function newWorld(seed: number): World {
  return {
    now: 0,
    position: 0,
    ids: 0,
    agenda: [],
    timers: new Set(),
    calls: new Map(),
    actors: new Map(),
    links: new Map(),
    wires: new Map(),
    slow: new Map(),
    cut: new Set(),
    notes: [],
    noteIds: 0,
    chain: 0x811c9dc5 | 0,
    random: seeded(seed),
  }
}

/** Dispatches the next message and returns it; undefined when nothing will ever happen, or not before `until` (then the clock stands at `until`). */
export function advance(system: System, world: World, until = Number.POSITIVE_INFINITY): Message | undefined {
  for (;;) {
    const next = world.agenda[0]
    if (next === undefined || next.at > until) {
      if (until !== Number.POSITIVE_INFINITY && until > world.now) world.now = until
      return undefined
    }
    pop(world.agenda)
    if (next.type[0] === '~' && !world.timers.delete(next.id)) continue
    world.now = next.at
    world.position++
    world.chain = mix(mix(mix(world.chain, next.at), next.id), hash(next.to) ^ hash(next.type))
    deliver(system, world, next)
    return next
  }
}

/** Runs until the clock stands at `time`; returns how many messages were dispatched. */
export function advanceTo(system: System, world: World, time: number): number {
  const before = world.position
  while (advance(system, world, time) !== undefined) {}
  return world.position - before
}

export function apply(system: System, world: World, input: Input): void {
  switch (input.input) {
    case 'post':
      transmit(system, world, { from: input.from ?? 'outside', to: input.to, type: input.type, body: input.body, cause: 0 }, 0)
      break
    case 'spawn':
      spawn(system, world, input.name, input.config)
      break
    case 'remove':
      crash(system, world, input.name)
      world.actors.delete(input.name)
      break
    case 'crash':
      crash(system, world, input.name)
      break
    case 'restart':
      restart(system, world, input.name)
      break
    case 'slow':
      world.slow.set(`${input.from}>${input.to}`, input.ms)
      break
    case 'cut':
      cut(system, world, input.a, input.b)
      break
    case 'mend':
      world.cut.delete(`${input.a}>${input.b}`)
      world.cut.delete(`${input.b}>${input.a}`)
  }
}

/** The part of an actor's name before the slash names its machine. */
export const machineOf = (name: string) => (name.includes('/') ? name.slice(0, name.indexOf('/')) : name)

export function noteById(world: World, id: number): Note | undefined {
  const first = world.notes[0]
  return first === undefined ? undefined : world.notes[id - first.id]
}

/** From a note back to the outside input that led to it, nearest first. */
export function why(world: World, note: Note): Note[] {
  const chain: Note[] = []
  for (let n = noteById(world, note.cause); n !== undefined; n = noteById(world, n.cause)) chain.push(n)
  return chain
}

// ---- actors

function spawn(system: System, world: World, name: string, config: unknown): void {
  if (world.actors.has(name)) throw new Error(`actor ${name} exists already`)
  const machine = machineOf(name)
  if (system.machines[machine] === undefined) throw new Error(`no machine ${machine} for actor ${name}`)
  world.actors.set(name, { name, machine, config, up: false, life: 0, state: undefined, routines: new Map() })
  restart(system, world, name)
}

function restart(system: System, world: World, name: string): void {
  const actor = actorOf(world, name)
  if (actor.up) return
  const durable = actor.state?.durable
  const machine = system.machines[actor.machine]!
  actor.state = machine.init(name, actor.config)
  if (durable !== undefined) actor.state.durable = durable
  actor.up = true
  if (machine.on['start']) transmit(system, world, { from: name, to: name, type: 'start', body: actor.config, cause: 0 }, 0)
}

function crash(system: System, world: World, name: string): void {
  const actor = actorOf(world, name)
  if (!actor.up) return
  actor.up = false
  actor.life++
  actor.state = { durable: actor.state?.durable }
  killRoutines(actor)
  for (const [id, call] of world.calls) {
    if (call.from === name) world.calls.delete(id)
    else if (call.to === name && call.delivered && !call.answered) answer(system, world, id, { ok: false, error: 'lost' }, 0)
  }
  const peers = world.links.get(name)
  world.links.delete(name)
  for (const peer of peers ?? []) unlink(system, world, name, peer)
}

/** `peer` learns that its connection with `name` broke. */
function unlink(system: System, world: World, name: string, peer: string): void {
  world.links.get(peer)?.delete(name)
  transmit(system, world, { from: name, to: peer, type: 'peer/down', body: { peer: name }, cause: 0 }, system.delay(name, peer, 'peer/down'))
}

function cut(system: System, world: World, a: string, b: string): void {
  world.cut.add(`${a}>${b}`)
  world.cut.add(`${b}>${a}`)
  if (!world.links.get(a)?.delete(b)) return
  world.links.get(b)?.delete(a)
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const)
    transmit(system, world, { from: to, to: to, type: 'peer/down', body: { peer: from }, cause: 0 }, CUT_TIMEOUT)
}

function actorOf(world: World, name: string): Actor {
  const actor = world.actors.get(name)
  if (actor === undefined) throw new Error(`no actor ${name}; there are ${[...world.actors.keys()].join(', ')}`)
  return actor
}

// ---- messages

type Said = Omit<Message, 'id' | 'at' | 'life'>

/** Puts a message into the agenda; returns its id. */
export function transmit(system: System, world: World, said: Said, delay: number, timer = false): number {
  if (world.agenda.length >= AGENDA_MAX) throw new Error(`agenda is full (${AGENDA_MAX}): ${said.from} sends ${said.type} to ${said.to} without end`)
  const id = ++world.ids
  let at = world.now + delay
  if (said.from !== said.to) {
    const wire = `${said.from}>${said.to}`
    if (world.cut.size > 0 && world.cut.has(wire)) {
      if (said.call !== undefined) loseCall(system, world, said.call, said.body)
      return id
    }
    if (world.slow.size > 0) at += world.slow.get(wire) ?? 0
    const last = world.wires.get(wire)
    if (last !== undefined && last > at) at = last
    world.wires.set(wire, at)
  }
  if (timer) world.timers.add(id)
  const life = world.actors.get(said.to)?.life ?? 0
  push(world.agenda, share({ id, at, life, from: said.from, to: said.to, type: said.type, body: said.body, cause: said.cause, call: said.call }))
  return id
}

/** A call or its answer was lost on a cut wire: the caller learns it by waiting in vain. */
function loseCall(system: System, world: World, id: number, body: any): void {
  const call = world.calls.get(id)
  if (call) transmit(system, world, { from: call.from, to: call.from, type: '$timeout', body: { call: id }, cause: call.cause }, body?.timeout ?? CUT_TIMEOUT)
}

function deliver(system: System, world: World, message: Message): void {
  const actor = world.actors.get(message.to)
  if (actor === undefined || !actor.up || actor.life !== message.life) {
    const error = actor?.up ? 'lost' : 'refused'
    if (message.call !== undefined && message.type[0] !== '$')
      answer(system, world, message.call, { ok: false, error }, system.delay(message.to, message.from, 'answer'))
    return
  }
  const turn = new Turn(system, world, actor, message.cause)
  if (message.type[0] === '$') {
    internal(turn, message)
    return
  }
  if (message.call !== undefined) {
    const call = world.calls.get(message.call)
    if (call) call.delivered = true
  }
  handle(turn, message.type[0] === '~' ? retyped(message, message.type.slice(1), message.body) : message)
}

function handle(turn: Turn, message: Message): void {
  const handler = turn.system.machines[turn.actor.machine]!.on[message.type]
  if (handler) handler(turn.actor.state, message, turn)
  else if (message.type !== 'peer/down') throw new Error(`${turn.actor.name} does not hear ${message.type} (from ${message.from})`)
}

const retyped = (m: Message, type: string, body: unknown): Message => ({
  id: m.id,
  at: m.at,
  from: m.from,
  to: m.to,
  type,
  body,
  cause: m.cause,
  call: m.call,
  life: m.life,
})

/** Messages between an actor and the kernel itself; their types begin with $. */
function internal(turn: Turn, message: Message): void {
  const { world } = turn
  const body = message.body
  switch (message.type) {
    case '$answer':
      if (!world.calls.delete(body.call)) return
      if (body.routine !== undefined) resume(turn, body.routine, body.slot, body.answer)
      else handle(turn, retyped(message, body.onAnswer, { answer: body.answer, context: body.context }))
      break
    case '$timeout':
      timedOut(turn, body.call)
      break
    case '$run':
      startRoutine(turn, body.routine)
      break
    case '$wake':
      wake(turn, body.routine, body.step)
  }
}

function timedOut(turn: Turn, id: number): void {
  const call = turn.world.calls.get(id)
  if (call === undefined) return
  call.answered = false
  answer(turn.system, turn.world, id, { ok: false, error: 'timeout' }, 0)
}

/** Answers an open call; the second answer to a call is dropped. */
function answer(system: System, world: World, id: number, value: Answer, delay: number, cause?: number): void {
  const call = world.calls.get(id)
  if (call === undefined || call.answered) return
  if (world.cut.size > 0 && world.cut.has(`${call.to}>${call.from}`) && value.ok) {
    loseCall(system, world, id, undefined)
    return
  }
  call.answered = true
  const body = { call: id, answer: value, onAnswer: call.onAnswer, context: call.context, routine: call.routine, slot: call.slot }
  const from = value.ok || delay > 0 ? call.to : call.from
  transmit(system, world, { from, to: call.from, type: '$answer', body, cause: cause ?? call.cause }, delay)
}

/** One turn: an actor hears one message. */
export class Turn implements Io {
  readonly system: System
  readonly world: World
  readonly actor: Actor
  cause: number
  constructor(system: System, world: World, actor: Actor, cause: number) {
    this.system = system
    this.world = world
    this.actor = actor
    this.cause = cause
  }
  get now(): number {
    return this.world.now
  }
  get self(): string {
    return this.actor.name
  }
  send(to: string, type: string, body: unknown): void {
    transmit(this.system, this.world, { from: this.self, to, type, body, cause: this.cause }, to === this.self ? 0 : this.system.delay(this.self, to, type))
  }
  call(to: string, type: string, body: unknown, onAnswer: string, context?: unknown, timeout?: number): void {
    this.open({ from: this.self, to, cause: this.cause, delivered: false, answered: false, onAnswer, context }, type, body, timeout)
  }
  /** Opens a call; also used by routines. */
  open(call: Call, type: string, body: unknown, timeout: number | undefined): void {
    const id = ++this.world.ids
    this.world.calls.set(id, call)
    transmit(this.system, this.world, { from: call.from, to: call.to, type, body, cause: call.cause, call: id }, this.system.delay(call.from, call.to, type))
    if (timeout !== undefined)
      transmit(this.system, this.world, { from: call.from, to: call.from, type: '$timeout', body: { call: id }, cause: call.cause }, timeout)
  }
  reply(message: Message, value: unknown): void {
    if (message.call === undefined) return
    answer(this.system, this.world, message.call, { ok: true, value }, this.system.delay(this.self, message.from, 'answer'), this.cause)
  }
  after(ms: number, type: string, body?: unknown): number {
    return transmit(this.system, this.world, { from: this.self, to: this.self, type: `~${type}`, body, cause: this.cause }, ms, true)
  }
  cancel(timer: number): void {
    this.world.timers.delete(timer)
  }
  note(kind: string, data: unknown): number {
    const { world } = this
    const id = ++world.noteIds
    world.notes.push(share({ id, at: world.now, actor: this.self, kind, data, cause: this.cause }))
    if (world.notes.length > NOTES_MAX) world.notes.splice(0, NOTES_MAX >> 2)
    this.cause = id
    return id
  }
  int(n: number): number {
    return int(this.world.random, n)
  }
  link(peer: string): void {
    for (const [a, b] of [
      [this.self, peer],
      [peer, this.self],
    ] as const) {
      const peers = this.world.links.get(a)
      if (peers) peers.add(b)
      else this.world.links.set(a, new Set([b]))
    }
    if (!this.world.actors.get(peer)?.up) unlinkDead(this, peer)
  }
  start(name: string, args: unknown): number {
    const id = ++this.world.ids
    this.actor.routines.set(id, { id, name, args, log: [], step: 0, inbox: [] })
    transmit(this.system, this.world, { from: this.self, to: this.self, type: '$run', body: { routine: id }, cause: this.cause }, 0)
    return id
  }
  signal(id: number, value: unknown): void {
    const routine = this.actor.routines.get(id)
    if (!routine) return
    routine.inbox.push({ value, cause: this.cause })
    if (routine.waiting === 'receive')
      transmit(this.system, this.world, { from: this.self, to: this.self, type: '$wake', body: { routine: id, step: routine.step }, cause: this.cause }, 0)
  }
  kill(id: number): void {
    this.actor.routines.delete(id)
  }
  alive(id: number): boolean {
    return this.actor.routines.has(id)
  }
}

function unlinkDead(turn: Turn, peer: string): void {
  turn.world.links.get(turn.self)?.delete(peer)
  turn.world.links.get(peer)?.delete(turn.self)
  transmit(turn.system, turn.world, { from: turn.self, to: turn.self, type: 'peer/down', body: { peer }, cause: turn.cause }, 1)
}

// ---- hashes

const mix = (h: number, x: number) => Math.imul(h ^ (x | 0), 0x01000193)

const hashes = new Map<string, number>()

/** FNV-1a of a name; names are few, so they are remembered. */
function hash(text: string): number {
  const known = hashes.get(text)
  if (known !== undefined) return known
  let h = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  if (hashes.size < 10_000) hashes.set(text, h)
  return h
}

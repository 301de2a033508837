// turn.ts: messages on the wires, and the turn of an actor that hears one.
// Models nothing of any one domain
// Differs: nothing known

import { push } from './agenda.ts'
import { stopped } from './gates.ts'
import type { Answer, Io, Message, System } from './machine.ts'
import { plainType, timedType, wireOf } from './names.ts'
import { int } from './random.ts'
import { resume, startRoutine, wake } from './routine.ts'
import { connect, disconnect, giveUp, hold } from './wires.ts'
import type { Actor, Call, World } from './world.ts'

export const AGENDA_MAX = 200_000 // Messages in flight and timers.
export const NOTES_MAX = 40_000 // Notes kept; the oldest quarter goes when it is reached.

type Said = Omit<Message, 'id' | 'at' | 'life'>

/** Puts a message into the agenda; returns its id. */
export function transmit(world: World, said: Said, delay: number, timer = false): number {
  if (world.agenda.length >= AGENDA_MAX) throw new Error(`agenda is full (${AGENDA_MAX}): ${said.from} sends ${said.type} to ${said.to} without end`)
  if (world.gates.length > 0 && said.from !== said.to && stopped(world, said, delay)) return world.ids
  const id = ++world.ids
  const hearer = world.actors.get(said.to)
  const life = hearer?.life ?? 0
  let at = world.now + delay
  if (said.from !== said.to) {
    const wire = wireOf(said.from, said.to)
    if (world.cut.size > 0 && world.cut.has(wire)) {
      hold(world, { ...said, id, at, life })
      return id
    }
    // With the dead nobody is connected: what needs no answer is lost, even if another life begins before it would arrive.
    if (hearer?.up === false && said.call === undefined && said.from !== 'outside') return id
    at = arrival(world, wire, at)
  }
  if (timer) world.timers.add(id)
  push(world.agenda, { id, at, life, from: said.from, to: said.to, type: said.type, body: said.body, cause: said.cause, call: said.call, link: said.link })
  return id
}

/** When what is said on a wire `from>to` arrives: not before what was said earlier. */
export function arrival(world: World, wire: string, soonest: number): number {
  let at = soonest
  if (world.slow.size > 0) at += world.slow.get(wire) ?? 0
  const last = world.wires.get(wire)
  if (last !== undefined && last > at) at = last
  world.wires.set(wire, at)
  return at
}

export function deliver(system: System, world: World, message: Message): void {
  const actor = world.actors.get(message.to)
  if (actor === undefined || !actor.up || actor.life !== message.life) {
    if (message.type === '$giveup') giveUp(world, message)
    const error = actor?.up ? 'lost' : 'refused'
    if (message.call !== undefined && message.type[0] !== '$')
      answer(world, message.call, { ok: false, error }, system.delay(message.to, message.from, 'answer'))
    return
  }
  if (message.link !== undefined && world.links.get(message.to)?.get(message.from) !== message.link) return
  const turn = new Turn(system, world, actor, message.cause)
  if (message.type[0] === '$') {
    internal(turn, message)
    return
  }
  if (message.call !== undefined) {
    const call = world.calls.get(message.call)
    if (call) call.delivered = true
  }
  handle(turn, message.type[0] === '~' ? retyped(message, plainType(message.type), message.body) : message)
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
      failCall(world, body.call)
      break
    case '$run':
      startRoutine(turn, body.routine)
      break
    case '$wake':
      wake(turn, body.routine, body.step)
  }
}

/** The caller has waited long enough. */
export function failCall(world: World, id: number): void {
  const call = world.calls.get(id)
  if (call === undefined) return
  call.answered = false
  answer(world, id, { ok: false, error: 'timeout' }, 0)
}

/** Answers an open call; the second answer to a call is dropped. */
export function answer(world: World, id: number, value: Answer, delay: number, cause?: number): void {
  const call = world.calls.get(id)
  if (call === undefined || call.answered) return
  call.answered = true
  const body = { call: id, answer: value, onAnswer: call.onAnswer, context: call.context, routine: call.routine, slot: call.slot }
  // A death is heard of at once, but not through a cut wire.
  const far = value.ok || delay > 0 || (value.error === 'lost' && world.cut.has(`${call.to}>${call.from}`))
  const from = far ? call.to : call.from
  transmit(world, { from, to: call.from, type: '$answer', body, cause: cause ?? call.cause }, delay)
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
  send(to: string, type: string, body: unknown, link?: number): void {
    transmit(this.world, { from: this.self, to, type, body, cause: this.cause, link }, to === this.self ? 0 : this.system.delay(this.self, to, type))
  }
  call(to: string, type: string, body: unknown, onAnswer: string, context?: unknown, timeout?: number): void {
    this.open({ from: this.self, to, cause: this.cause, delivered: false, answered: false, onAnswer, context }, type, body, timeout)
  }
  /** Opens a call; also used by routines. */
  open(call: Call, type: string, body: unknown, timeout: number | undefined): void {
    const id = ++this.world.ids
    this.world.calls.set(id, call)
    transmit(this.world, { from: call.from, to: call.to, type, body, cause: call.cause, call: id }, this.system.delay(call.from, call.to, type))
    if (timeout !== undefined) transmit(this.world, { from: call.from, to: call.from, type: '$timeout', body: { call: id }, cause: call.cause }, timeout)
  }
  reply(message: Message, value: unknown): void {
    if (message.call === undefined) return
    answer(this.world, message.call, { ok: true, value }, this.system.delay(this.self, message.from, 'answer'), this.cause)
  }
  after(ms: number, type: string, body?: unknown): number {
    return transmit(this.world, { from: this.self, to: this.self, type: timedType(type), body, cause: this.cause }, ms, true)
  }
  cancel(timer: number): void {
    this.world.timers.delete(timer)
  }
  note(kind: string, data: unknown): number {
    const { world } = this
    const id = ++world.noteIds
    world.notes.push({ id, at: world.now, actor: this.self, kind, data, cause: this.cause })
    if (world.notes.length > NOTES_MAX) world.notes.splice(0, NOTES_MAX >> 2)
    this.cause = id
    return id
  }
  int(n: number): number {
    return int(this.world.random, n)
  }
  link(peer: string): number {
    const { link, dead } = connect(this.world, this.self, peer)
    if (dead) {
      disconnect(this.world, this.self, peer)
      transmit(this.world, { from: this.self, to: this.self, type: 'peer/down', body: { peer, link }, cause: this.cause }, 1)
    }
    return link
  }
  start(name: string, args: unknown): number {
    const id = ++this.world.ids
    this.actor.routines.set(id, { id, name, args, log: [], step: 0, inbox: [] })
    transmit(this.world, { from: this.self, to: this.self, type: '$run', body: { routine: id }, cause: this.cause }, 0)
    return id
  }
  signal(id: number, value: unknown): void {
    const routine = this.actor.routines.get(id)
    if (!routine) return
    routine.inbox.push({ value, cause: this.cause })
    if (routine.waiting === 'receive')
      transmit(this.world, { from: this.self, to: this.self, type: '$wake', body: { routine: id, step: routine.step }, cause: this.cause }, 0)
  }
  kill(id: number): void {
    this.actor.routines.delete(id)
  }
  alive(id: number): boolean {
    return this.actor.routines.has(id)
  }
}

// world.ts: the whole world as one plain value, and the one verb that moves it: `advance`.
// Models nothing of any one domain
// Differs: nothing known

import { crash, restart, spawn } from './actors.ts'
import { type Agenda, pop } from './agenda.ts'
import { type Gate, release, type Stopped, setGates } from './gates.ts'
import type { Message, Note, System } from './machine.ts'
import { type Random, seeded } from './random.ts'
import type { Routine } from './routine.ts'
import { copy } from './share.ts'
import { deliver, transmit } from './turn.ts'
import { cut, mend } from './wires.ts'

export interface Actor {
  name: string
  machine: string
  config: unknown
  up: boolean
  /** Another after each crash: messages meant for an earlier life are lost. No two lives in a world have one number. */
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
  /** Last life given. */
  lives: number
  /** Connections: by both ends, each with its number. */
  links: Map<string, Map<string, number>>
  linkIds: number
  /** Last arrival on each wire `from>to`: messages on a wire keep their order. */
  wires: Map<string, number>
  /** Extra milliseconds on a wire `from>to`. */
  slow: Map<string, number>
  /** Cut wires `from>to`, each with the id of the message that ends the present attempt to get through (0: nobody tries). */
  cut: Map<string, number>
  /** What was said over cut wires during that attempt. */
  held: Message[]
  /** Which messages wait to be let through, and those that do. */
  gates: Gate[]
  stopped: Stopped[]
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
  | { input: 'gates'; gates: Gate[] }
  | { input: 'release'; id: number; through: boolean }

export function newWorld(seed: number): World {
  return {
    now: 0,
    position: 0,
    ids: 0,
    agenda: [],
    timers: new Set(),
    calls: new Map(),
    actors: new Map(),
    lives: 0,
    links: new Map(),
    linkIds: 0,
    wires: new Map(),
    slow: new Map(),
    cut: new Map(),
    held: [],
    gates: [],
    stopped: [],
    notes: [],
    noteIds: 0,
    chain: 0x811c9dc5 | 0,
    random: seeded(seed),
  }
}

/** A world of its own with the same past. Messages and notes are never changed once they are made, so both worlds hold the same ones. */
export function copyWorld(world: World): World {
  const { agenda, notes, held, stopped, ...rest } = world
  return { ...copy(rest), agenda: agenda.slice(), notes: notes.slice(), held: held.slice(), stopped: stopped.slice() }
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
      transmit(world, { from: input.from ?? 'outside', to: input.to, type: input.type, body: input.body, cause: 0 }, 0)
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
      cut(world, input.a, input.b)
      break
    case 'mend':
      mend(system, world, input.a, input.b)
      break
    case 'gates':
      setGates(world, input.gates)
      break
    case 'release':
      release(world, input.id, input.through)
  }
}

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

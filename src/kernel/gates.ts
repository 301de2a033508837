// gates.ts: messages that wait until somebody outside lets them through: so that a person can take an actor's place without knowing how it works.
// Models nothing of any one domain
// Differs: nothing known

import type { Message } from './machine.ts'
import { answer, transmit } from './turn.ts'
import type { World } from './world.ts'

export const STOPPED_MAX = 10_000 // Messages that wait at gates; more are a mistake of the gate.

/** Which messages wait: all that fit. `where`: fields of the body, each a regular expression. */
export interface Gate {
  from?: string
  to?: string
  type: string
  where?: Record<string, string>
}

/** A message that waits: as it was said, when, by which life of its sender, and how long its wire takes. */
export interface Stopped {
  id: number
  at: number
  life: number
  /** Gates that it has passed: they stand one after another. */
  passed: number
  said: Omit<Message, 'id' | 'at' | 'life'>
  delay: number
}

const patterns = new Map<string, RegExp>()

function fits(text: unknown, pattern: string): boolean {
  const known = patterns.get(pattern) ?? new RegExp(pattern)
  patterns.set(pattern, known)
  return typeof text === 'string' && known.test(text)
}

const holds = (gate: Gate, said: Stopped['said']): boolean =>
  gate.type === said.type &&
  (gate.from === undefined || gate.from === said.from) &&
  (gate.to === undefined || gate.to === said.to) &&
  Object.entries(gate.where ?? {}).every(([field, pattern]) => fits(said.body?.[field], pattern))

/** Keeps what is said if a gate is in its way, of those that it has not passed yet. */
export function stopped(world: World, said: Stopped['said'], delay: number, passed = 0): boolean {
  const gate = world.gates.findIndex((g, i) => i >= passed && holds(g, said))
  if (gate < 0) return false
  if (world.stopped.length >= STOPPED_MAX) throw new Error(`${STOPPED_MAX} messages wait at gates: ${said.from} says ${said.type} without end`)
  world.stopped.push({ id: ++world.ids, at: world.now, life: world.actors.get(said.from)?.life ?? 0, passed: gate, said, delay })
  return true
}

/** What waits and can still be let through: its sender is not dead since. */
export const waiting = (world: World): Stopped[] => world.stopped.filter(s => (world.actors.get(s.said.from)?.life ?? 0) === s.life)

/** Lets one through to the next gate, or on its way as if it were said now; without `through` it is lost, and a caller learns it. */
export function release(world: World, id: number, through: boolean): void {
  const found = waiting(world).find(s => s.id === id)
  world.stopped = world.stopped.filter(s => s.id !== id)
  if (found === undefined) return
  if (through && stopped(world, found.said, found.delay, found.passed + 1)) return
  const { gates } = world
  world.gates = []
  if (through) transmit(world, found.said, found.delay)
  else if (found.said.call !== undefined) answer(world, found.said.call, { ok: false, error: 'lost' }, 0)
  world.gates = gates
}

/** Other gates than before; what none of them holds any more goes on its way. */
export function setGates(world: World, gates: Gate[]): void {
  world.gates = gates
  for (const { id, said } of waiting(world)) if (!gates.some(gate => holds(gate, said))) release(world, id, true)
}

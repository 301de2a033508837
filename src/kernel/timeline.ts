// timeline.ts: a world with a past: every outside input is journaled, so any moment can be made again, and gone on from.
// Models nothing of any one domain
// Differs: nothing known

import type { Message, System } from './machine.ts'
import { advance, apply, copyWorld, type Input, type World } from './world.ts'

export const CHECKPOINTS_MAX = 32 // When there are more, every second one goes and they stand twice as far apart.

/** An input and its place: it was given when so many messages had been dispatched and the clock stood at `at`. */
export interface Journaled {
  position: number
  at: number
  input: Input
}

/** `inputs` beyond the present position are the future that was: they are played again by going forward, and dropped by a new input. */
export interface Timeline {
  world: World
  inputs: Journaled[]
  /** How many of the inputs are behind the present position. */
  applied: number
  checkpoints: { world: World; applied: number }[]
  /** Messages between checkpoints. */
  every: number
}

export function newTimeline(world: World, every = 500): Timeline {
  return { world, inputs: [], applied: 0, checkpoints: [{ world: copyWorld(world), applied: 0 }], every }
}

/** A new input now. What would have come later is gone. */
export function give(system: System, line: Timeline, input: Input): void {
  line.inputs.length = line.applied
  line.inputs.push({ position: line.world.position, at: line.world.now, input })
  line.applied++
  apply(system, line.world, input)
}

/** Dispatches the next message (after the journaled inputs that are due) and returns it; not beyond `until`, ms. */
export function step(system: System, line: Timeline, until = Number.POSITIVE_INFINITY): Message | undefined {
  const last = line.checkpoints[line.checkpoints.length - 1]!
  if (line.world.position >= last.world.position + line.every) checkpoint(line)
  return stepWorld(system, line, until)
}

/** Makes the moment again at which `position` messages had been dispatched and `applied` inputs given; default: all inputs of that position. */
export function rewindTo(system: System, line: Timeline, position: number, applied?: number): void {
  const from = line.checkpoints.filter(c => c.world.position <= position && (applied === undefined || c.applied <= applied)).pop()
  if (!from) throw new Error(`position ${position} is before the first checkpoint`)
  line.world = copyWorld(from.world)
  line.applied = from.applied
  line.checkpoints = line.checkpoints.filter(c => c.world.position <= position && (applied === undefined || c.applied <= applied))
  while (line.world.position < position) if (!stepWorld(system, line, Number.POSITIVE_INFINITY)) break
  giveDue(system, line, applied)
}

/** A copy that goes its own way: without the future that was. */
export function fork(line: Timeline): Timeline {
  const inputs = line.inputs.slice(0, line.applied)
  return {
    world: copyWorld(line.world),
    inputs,
    applied: line.applied,
    checkpoints: [{ world: copyWorld(line.world), applied: line.applied }],
    every: line.every,
  }
}

function stepWorld(system: System, line: Timeline, until: number): Message | undefined {
  giveDue(system, line)
  const next = line.inputs[line.applied]
  // The clock may have stood still between two messages when an input was given.
  const limit = next !== undefined && next.position === line.world.position ? Math.min(until, next.at) : until
  const message = advance(system, line.world, limit)
  if (message === undefined && limit < until) return stepWorld(system, line, until)
  return message
}

/** Gives the journaled inputs whose place has come. */
function giveDue(system: System, line: Timeline, applied = Number.POSITIVE_INFINITY): void {
  for (;;) {
    const next = line.inputs[line.applied]
    if (next === undefined || line.applied >= applied || next.position !== line.world.position) return
    if (next.at > line.world.now) {
      if (applied === Number.POSITIVE_INFINITY) return
      line.world.now = next.at
    }
    line.applied++
    apply(system, line.world, next.input)
  }
}

function checkpoint(line: Timeline): void {
  line.checkpoints.push({ world: copyWorld(line.world), applied: line.applied })
  if (line.checkpoints.length <= CHECKPOINTS_MAX) return
  line.checkpoints = line.checkpoints.filter((_, i) => i % 2 === 0)
  line.every *= 2
}

// moments.ts: every place in a run that can be gone back to: after each beat, and after each thing the player did.

import { copy } from '../kernel/share.ts'
import { give, rewindTo } from '../kernel/timeline.ts'
import type { Beat, Draft, Seen } from './beats.ts'
import { closeLeft, type Desk, halfDone } from './commands.ts'
import { errandsBeside } from './errands.ts'
import type { Intent } from './intent.ts'
import { interrupt, type Run } from './run.ts'

/** Moments that a run keeps; what was before can no longer be gone back to. */
export const MOMENTS_MAX = 4_000

/** What turning back undoes, beside the world: the player's own part in it. Bets stand, and so does what was looked at. */
type Kept = Pick<Run, 'handed' | 'given' | 'dispatch' | 'jackets' | 'day' | 'flags' | 'fakes' | 'met' | 'broken' | 'struck'> & Pick<Desk, 'files'>

export interface Moment {
  /** Beats shown by then; the last of them, if this moment is one. */
  beats: number
  beat?: Beat
  /** The place in the world's history: messages dispatched, inputs given. */
  position: number
  applied: number
  waiting: Draft[]
  seen: Seen
  kept: Kept
  /** What the player did that led here, as it would be typed. */
  did?: string
  /** All intents since the moment before. */
  intents: Intent[]
  /** The figures of the fail clauses. */
  measures: number[]
  /** A command had begun something that would stay half done: it cannot be taken up in the middle. */
  busy: boolean
}

const ownOf = (run: Run): Omit<Kept, 'files'> =>
  copy({
    handed: run.handed,
    given: run.given,
    dispatch: run.dispatch,
    jackets: run.jackets,
    day: run.day,
    flags: run.flags,
    fakes: run.fakes,
    met: run.met,
    broken: run.broken,
    struck: run.struck,
  })

/** Marks this moment; `beat` if it is one. What was ahead is gone. */
export function mark(run: Run, beat?: Beat): void {
  const { line, pending } = run
  run.moments.push({
    beats: run.beats.length,
    ...(beat === undefined ? {} : { beat }),
    position: line.world.position,
    applied: line.applied,
    waiting: [...run.waiting],
    seen: copy(run.seen),
    kept: { ...ownOf(run), files: run.desk.files },
    ...(run.doing === undefined ? {} : { did: run.doing }),
    intents: pending,
    measures: run.measured,
    busy: halfDone(run.command) || run.errands.queue.length > 0,
  })
  run.pending = []
  delete run.doing
  if (run.moments.length > MOMENTS_MAX) run.moments.splice(1, MOMENTS_MAX >> 2)
}

/** The player does something else than before: what would have come is gone, but what had been begun is finished first. */
export function forget(run: Run): void {
  const { line, system } = run
  while (run.moments.at(-1)?.busy === true && run.ahead.length > 0) forward(run)
  if (run.ahead.length === 0 && line.inputs.length === line.applied) return
  run.ahead = []
  line.inputs.length = line.applied
  // Turning back has ended the command, and what would have closed its watches was ahead.
  closeLeft({ world: () => line.world, give: input => give(system, line, input) })
}

/** Makes a moment of the past again; the later ones wait ahead. A command under way ends. */
export function toMoment(run: Run, index: number): void {
  const moment = run.moments[index]
  if (moment === undefined || index === run.moments.length - 1) return
  interrupt(run)
  run.ahead = [...run.moments.slice(index + 1), ...run.ahead]
  run.moments = run.moments.slice(0, index + 1)
  run.pending = []
  delete run.doing
  restore(run, moment)
  run.beats = run.beats.slice(0, moment.beats)
}

function restore(run: Run, moment: Moment): void {
  rewindTo(run.system, run.line, moment.position, moment.applied)
  run.waiting = [...moment.waiting]
  run.seen = copy(moment.seen)
  const { looked } = run.dispatch
  const { files, ...own } = moment.kept
  Object.assign(run, copy(own))
  run.desk.files = files
  run.errands = errandsBeside(run.errands)
  run.dispatch.looked = looked
  run.playing = false
  for (const gone of ['revealed', 'asking', 'picked', 'walking', 'failed'] as const) delete run[gone]
  run.motionId++
}

/** Makes the moment again at which so many beats had been shown. */
export function toBeat(run: Run, count: number): void {
  const index = run.moments.findIndex(m => m.beats >= count)
  if (index >= 0) toMoment(run, index)
}

/** Back to the beat before; where no beat was, what the player did last is undone. */
export function rewind(run: Run): void {
  if (run.beats.length > 0) toBeat(run, run.beats.length - 1)
  else toMoment(run, run.moments.findLastIndex(m => m.did !== undefined) - 1)
}

/** The future that was left by turning back: how many beats. */
export const canForward = (run: Run): boolean => run.ahead.length > 0

/** Simulated ms of the next beat that was; undefined: none is ahead. */
export const aheadAt = (run: Run): number | undefined => run.ahead.find(m => m.beat !== undefined)?.beat?.at

/** Up to the next beat that was seen before, just as it was. */
export function forward(run: Run): Beat | undefined {
  if (run.ahead.length === 0) return undefined
  let moment: Moment | undefined
  do {
    moment = run.ahead.shift()
    if (moment === undefined) break
    run.moments.push(moment)
    if (moment.beat !== undefined) run.beats.push(moment.beat)
  } while (moment.beat === undefined)
  const last = run.moments.at(-1)!
  restore(run, last)
  return moment?.beat
}

/** A run of its own that stands at a moment of this one's past. */
export function forkAt(run: Run, index: number): Run {
  const moment = run.moments[index]!
  const beside = besideOf(run)
  beside.line.inputs.length = moment.applied
  beside.moments.length = index + 1
  beside.beats.length = moment.beats
  restore(beside, moment)
  return beside
}

/** A copy of all but the world, which is still the same one. A command under way, and a fork, stay with the original. */
export function besideOf(run: Run): Run {
  const { line, desk } = run
  const beside: Run = {
    ...run,
    line: { ...line, inputs: line.inputs.slice(0, line.applied), checkpoints: [...line.checkpoints] },
    seen: copy(run.seen),
    beats: [...run.beats],
    waiting: [...run.waiting],
    moments: [...run.moments],
    ahead: [],
    pending: [],
    bets: run.bets.map(b => (b === undefined ? undefined : { ...b })),
    decided: new Map(run.decided),
    desk: { ...desk, taken: new Map() },
    errands: errandsBeside(run.errands),
    prompt: [...run.prompt],
    history: [...run.history],
    ...ownOf(run),
  }
  for (const own of ['command', 'doing', 'fork'] as const) delete beside[own]
  return beside
}

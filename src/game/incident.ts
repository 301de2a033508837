// incident.ts: what went wrong, found by replaying: the last moment from which a solution still wins, and the first thing done that mattered.

import { clockOf, headOf } from './hallview.ts'
import type { Intent } from './intent.ts'
import { soonOf } from './jackets.ts'
import type { Level } from './level.ts'
import { forkAt, type Moment } from './moments.ts'
import { perform } from './perform.ts'
import type { Run } from './run.ts'
import type { IncidentView, Words } from './view.ts'

/** Plays lines, as typed in plain mode, in a run of their own; did they win? */
export type Attempt = (run: Run, lines: readonly string[]) => boolean

/** Attempts to win that a report may cost; beyond them it says less. */
const TRIES_MAX = 240
/** Steps of the figure that are shown. */
const TRAIL_MAX = 4

export interface Report {
  clause: Level['fail'][number]
  /** The first moment from which no solution wins any more. */
  tooLate?: Moment
  /** What was done first without which it would not have gone wrong. */
  began?: Moment
  /** From there, the fewest lines that win. */
  shortest?: string[]
  /** The moment to go back to, by its number. */
  back: number
  trail: { beat: number; value: number; text: Words }[]
}

/** The report on a run that failed. Without `attempt` no solution can be tried, and the report says less. */
export function reportOf(run: Run, attempt: Attempt | undefined): Report {
  const { moments, level } = run
  const attempts = { left: TRIES_MAX }
  const ways = new Map<number, string[] | undefined>()
  const wayFrom = (index: number): string[] | undefined => {
    if (!ways.has(index)) ways.set(index, attempt === undefined ? undefined : wayOut(run, index, attempt, attempts))
    return ways.get(index)
  }
  // In the middle of a command nothing can be tried.
  const still = moments.flatMap((m, i) => (m.busy ? [] : [i]))
  const last = lastSafe(still, i => wayFrom(i) !== undefined)
  const began = firstThatMattered(run, wayFrom, last)
  const back = began === undefined ? last : began - 1
  const shortest = wayFrom(back)
  const lost = moments[last + 1]
  return {
    clause: level.fail[run.failed!]!,
    ...(attempt === undefined || lost === undefined ? {} : { tooLate: lost }),
    ...(began === undefined ? {} : { began: moments[began]! }),
    ...(shortest === undefined ? {} : { shortest: doneOf(run, shortest) }),
    back,
    trail: trailOf(moments, run.failed!),
  }
}

/** The last moment from which it can still be won: what is lost stays lost. The opening counts as safe. */
function lastSafe(indices: readonly number[], wins: (index: number) => boolean): number {
  let safe = 0
  let lost = indices.length - 1
  while (lost - safe > 1) {
    const middle = (safe + lost) >> 1
    if (wins(indices[middle]!)) safe = middle
    else lost = middle
  }
  return indices[safe] ?? 0
}

/** The shortest end of a solution that wins from this moment; undefined: none does. */
function wayOut(run: Run, index: number, attempt: Attempt, attempts: { left: number }): string[] | undefined {
  const ends = run.level.solutions.flatMap(s => s.lines.map((_, from) => s.lines.slice(from)))
  ends.sort((a, b) => a.length - b.length)
  // What would come soon is the same for all of them, so it is looked up once.
  const { jackets } = run.moments[index]!.kept
  if (jackets !== undefined) {
    const beside = settledFork(run, index)
    soonOf(beside)
    jackets.soon = beside.jackets!.soon!
  }
  for (const lines of ends) {
    if (attempts.left-- <= 0) return undefined
    if (attempt(settledFork(run, index), lines)) return lines
  }
  return undefined
}

/** A fork in which bets do not hold up what is tried: those that were placed count as seen. */
function settledFork(run: Run, index: number): Run {
  const beside = forkAt(run, index)
  for (const bet of beside.bets) if (bet !== undefined) bet.seen = true
  return beside
}

/**
 * The first thing done that no way out would have done there, and without which it would not have failed: what came after is done just
 * the same. It lies at the last safe moment, or before.
 */
function firstThatMattered(run: Run, wayFrom: (index: number) => string[] | undefined, last: number): number | undefined {
  for (let i = 1; i <= last + 1 && i < run.moments.length; i++) {
    const { did } = run.moments[i]!
    if (did === undefined || run.moments[i - 1]!.busy) continue
    const way = wayFrom(i - 1)
    if (way === undefined || doneOf(run, way)[0] === did) continue
    const beside = settledFork(run, i - 1)
    for (const moment of run.moments.slice(i + 1)) for (const intent of moment.intents) goOn(beside, intent)
    if (beside.failed === undefined) return i
  }
  return undefined
}

function goOn(run: Run, intent: Intent): void {
  delete run.revealed
  if (run.asking !== undefined && intent.do !== 'Bet' && intent.do !== 'Confidence') delete run.asking
  perform(run, intent)
}

/** Where the figure changed, and what was done; at most the last few. */
function trailOf(moments: readonly Moment[], clause: number): Report['trail'] {
  const value = (m: Moment | undefined) => m?.measures[clause]
  const steps = moments.filter((m, i) => value(m) !== undefined && value(m) !== value(moments[i - 1]))
  return steps.slice(-TRAIL_MAX).map(m => ({ beat: m.beats, value: value(m)!, text: textOf(m) }))
}

function textOf(moment: Moment): Words {
  if (moment.did !== undefined) return { company: `you: ${moment.did}`, kubernetes: moment.did }
  return moment.beat?.text ?? { company: 'the doors open', kubernetes: 'start' }
}

export function incidentOf(run: Run, report: Report, stars: [boolean, boolean, boolean], again: boolean): IncidentView {
  const { clause, tooLate, began, shortest } = report
  const back = run.moments[report.back]!
  return {
    screen: 'incident',
    level: headOf(run, stars),
    clock: clockOf(run),
    customer: { at: clockOf(run), text: clause.say },
    ...(tooLate === undefined ? {} : { tooLate: { beat: tooLate.beats, text: textOf(tooLate) } }),
    ...(began === undefined ? {} : { began: { beat: back.beats, text: began.did! } }),
    ...(shortest === undefined ? {} : { shortest: { commands: shortest.length, text: shortest.join(', ') } }),
    trail: clause.measure === undefined ? [] : report.trail,
    ...(clause.measure === undefined ? {} : { measure: clause.measure.say }),
    moral: clause.moral,
    back: {
      beat: back.beats,
      text: began === undefined ? both(`back to beat ${back.beats}, while there was time`) : both(`back to beat ${back.beats}, before: ${began.did}`),
    },
    ...(again && shortest !== undefined ? { example: withGap(shortest) } : {}),
  }
}

const both = (text: string): Words => ({ company: text, kubernetes: text })

/** What is done of a way: beats, answers to bets and the last Enter are only waiting. */
function doneOf(run: Run, lines: readonly string[]): string[] {
  const way = lines.at(-1)?.toLowerCase() === 'enter' ? lines.slice(0, -1) : lines
  return way.filter(l => !/^([.>[\]]|\d+ [asd]|)$/.test(l)).map(l => (l.toLowerCase() === 'enter' ? (run.level.desk?.command ?? l) : l))
}

/** The worked example, with one step left out: the middle one. */
const withGap = (lines: readonly string[]): string[] => lines.map((l, i) => (i === lines.length >> 1 && lines.length > 1 ? `${i + 1}  ?` : `${i + 1}  ${l}`))

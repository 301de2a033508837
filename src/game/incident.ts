// incident.ts: what went wrong, found by replaying: the last moment from which a solution still wins, and the first thing done that mattered.

import { clockOf, headOf } from './hallview.ts'
import type { Intent } from './intent.ts'
import type { Level } from './level.ts'
import type { Moment } from './moments.ts'
import { perform } from './perform.ts'
import type { Run } from './run.ts'
import type { IncidentView, Words } from './view.ts'
import { forkWithoutBets, idle, type Try, type Ways, waysOut } from './wayout.ts'

/** Moments in the middle of a command that are tried. */
const BUSY_MAX = 3
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

/** The report on a run that failed. Without `begin` no solution can be tried, and the report says less. */
export function reportOf(run: Run, begin: Try | undefined): Report {
  const { moments, level } = run
  const clause = level.fail[run.failed!]!
  const trail = trailOf(moments, run.failed!)
  if (begin === undefined) return { clause, back: Math.max(0, moments.length - 2), trail }
  const ways = waysOut(run, begin)
  const last = lastSafe(moments, i => ways.from(i) !== undefined)
  const began = firstThatMattered(run, ways, last)
  const back = began === undefined ? last : began - 1
  const shortest = ways.from(back)
  const lost = moments[last + 1]
  return {
    clause,
    ...(lost === undefined ? {} : { tooLate: lost }),
    ...(began === undefined ? {} : { began: moments[began]! }),
    ...(shortest === undefined ? {} : { shortest: doneOf(run, shortest) }),
    back,
    trail,
  }
}

/**
 * The last moment from which it can still be won: what is lost stays lost. The opening counts as safe. A moment in the middle of a
 * command may be lost for that alone, so of those only the last few are tried.
 */
function lastSafe(moments: readonly Moment[], wins: (index: number) => boolean): number {
  const still = moments.flatMap((m, i) => (m.busy ? [] : [i]))
  let safe = 0
  let lost = still.length - 1
  while (lost - safe > 1) {
    const middle = (safe + lost) >> 1
    if (wins(still[middle]!)) safe = middle
    else lost = middle
  }
  const last = still[safe] ?? 0
  const end = still[lost] ?? moments.length - 1
  for (let i = end - 1; i > last && i >= end - BUSY_MAX; i--) if (wins(i)) return i
  return last
}

/**
 * The first thing done off every solution's way without which it would not have failed: what came after is done just the same. It lies
 * at the last safe moment, or before.
 */
function firstThatMattered(run: Run, ways: Ways, last: number): number | undefined {
  for (let i = 1; i <= last + 1 && i < run.moments.length; i++) {
    if (run.moments[i]!.did === undefined || ways.along(i)) continue
    const beside = forkWithoutBets(run, i - 1)
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
  return way.filter(l => l.toLowerCase() === 'enter' || !idle(l)).map(l => (l.toLowerCase() === 'enter' ? (run.level.desk?.command ?? l) : l))
}

/** The worked example, with one step left out: the middle one. */
const withGap = (lines: readonly string[]): string[] => lines.map((l, i) => (i === lines.length >> 1 && lines.length > 1 ? `${i + 1}  ?` : `${i + 1}  ${l}`))

// incident.ts: what went wrong, found by replaying: the last moment from which a solution still wins, and the first thing done that mattered.

import { clockOf, headOf } from './hallview.ts'
import type { Intent } from './intent.ts'
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
  const last = lastSafe(moments.length - 1, i => wayFrom(i) !== undefined)
  const began = firstThatMattered(run, moments.length - 1)
  const back = began === undefined ? last : Math.min(began - 1, last)
  const shortest = wayFrom(back)
  return {
    clause: level.fail[run.failed!]!,
    ...(attempt === undefined || moments[last + 1] === undefined ? {} : { tooLate: moments[last + 1]! }),
    ...(began === undefined ? {} : { began: moments[began]! }),
    ...(shortest === undefined ? {} : { shortest }),
    back,
    trail: trailOf(moments),
  }
}

/** The last moment from which it can still be won: what is lost stays lost. The opening counts as safe. */
function lastSafe(end: number, wins: (index: number) => boolean): number {
  let safe = 0
  let lost = end
  while (lost - safe > 1) {
    const middle = (safe + lost) >> 1
    if (wins(middle)) safe = middle
    else lost = middle
  }
  return safe
}

/** The shortest end of a solution that wins from this moment; undefined: none does. */
function wayOut(run: Run, index: number, attempt: Attempt, attempts: { left: number }): string[] | undefined {
  const ends = run.level.solutions.flatMap(s => s.lines.map((_, from) => s.lines.slice(from)))
  ends.sort((a, b) => a.length - b.length)
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

/** The first moment of the player's without which it would not have failed; what came after is done just the same. */
function firstThatMattered(run: Run, end: number): number | undefined {
  for (let i = 1; i <= end; i++) {
    if (run.moments[i]!.did === undefined) continue
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

/** Where the figure changed, and the last of it; at most a few. */
function trailOf(moments: readonly Moment[]): Report['trail'] {
  const steps = moments.filter((m, i) => m.measure !== undefined && (i === 0 || m.measure !== moments[i - 1]!.measure || m.did !== undefined))
  return steps.slice(-TRAIL_MAX).map(m => ({ beat: m.beats, value: m.measure!, text: textOf(m) }))
}

function textOf(moment: Moment): Words {
  if (moment.did !== undefined) return { company: `you: ${moment.did}`, kubernetes: moment.did }
  return moment.beat?.text ?? { company: 'the doors open', kubernetes: 'start' }
}

export function incidentOf(run: Run, report: Report, stars: [boolean, boolean, boolean], again: boolean): IncidentView {
  const { clause, tooLate, began, shortest } = report
  const back = run.moments[report.back]!
  const lines = shortest === undefined ? undefined : spokenOf(run, shortest)
  return {
    screen: 'incident',
    level: headOf(run, stars),
    clock: clockOf(run),
    customer: { at: clockOf(run), text: clause.say },
    ...(tooLate === undefined ? {} : { tooLate: { beat: tooLate.beats, text: textOf(tooLate) } }),
    ...(began === undefined ? {} : { began: { beat: back.beats, text: began.did! } }),
    ...(lines === undefined ? {} : { shortest: { commands: lines.length, text: lines.join(', ') } }),
    trail: report.trail,
    ...(run.level.measure === undefined ? {} : { measure: run.level.measure.say }),
    moral: clause.moral,
    back: {
      beat: back.beats,
      text: began === undefined ? both(`back to beat ${back.beats}, while there was time`) : both(`back to beat ${back.beats}, before: ${began.did}`),
    },
    ...(again && lines !== undefined ? { example: withGap(lines) } : {}),
  }
}

const both = (text: string): Words => ({ company: text, kubernetes: text })

/** What is done of a way; beats and answers to bets are only waiting. */
function spokenOf(run: Run, lines: readonly string[]): string[] {
  const done = lines.filter(l => !/^([.>[\]]|\d+ [asd]|)$/.test(l))
  return done
    .map(l => (l.toLowerCase() === 'enter' ? (run.level.desk?.command ?? l) : l))
    .filter((l, i, all) => !(l.toLowerCase() === 'enter' && i === all.length - 1))
}

/** The worked example, with one step left out: the middle one. */
const withGap = (lines: readonly string[]): string[] => lines.map((l, i) => (i === lines.length >> 1 && lines.length > 1 ? `${i + 1}  ?` : `${i + 1}  ${l}`))

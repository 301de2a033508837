// wayout.ts: from a moment of a run that failed: does a solution still win, and did the player walk along one so far?

import { soonOf } from './jackets.ts'
import { forkAt } from './moments.ts'
import { openRun } from './opening.ts'
import type { Run } from './run.ts'

/** Somebody who plays lines, as typed in plain mode, in a run of their own. */
export interface Trial {
  /** False: the line means nothing here, was a false move, or it went wrong. */
  say(line: string): boolean
  won(): boolean
}

export type Try = (run: Run) => Trial

/** Attempts to win that a report may cost; beyond them it says less. */
const TRIES_MAX = 60
/** Lines before and after the place where the player left a solution, at which it is taken up again. */
const AROUND = [0, -1, 1, -2, 2, -3, 3] as const

/** Lines that let time pass or answer a bet: they do nothing of their own. */
export const idle = (line: string): boolean => /^([.>[\]]|\d+ [asd]|enter|)$/i.test(line)

/** A solution, with what each of its lines did; and for each moment of the player's how far along it they were. */
interface Path {
  lines: readonly string[]
  /** Per moment: the next line of the solution. */
  at: number[]
  /** Per moment: was what the player did there the next thing of the solution? */
  along: boolean[]
}

export interface Ways {
  /** The rest of a solution that wins from a moment. */
  from(index: number): string[] | undefined
  /** Did the player do there what some solution does next? */
  along(index: number): boolean
}

export function waysOut(run: Run, begin: Try): Ways {
  const paths = run.level.solutions.map(s => pathOf(run, s.lines, begin))
  const known = new Map<number, string[] | undefined>()
  let left = TRIES_MAX
  const find = (index: number): string[] | undefined => {
    lookAhead(run, index)
    const near = [...paths].sort((a, b) => b.at[index]! - a.at[index]!)
    for (const step of AROUND)
      for (const path of near) {
        const start = path.at[index]! + step
        if (start < 0 || start >= path.lines.length || left-- <= 0) continue
        const rest = path.lines.slice(start)
        if (wins(forkWithoutBets(run, index), rest, begin)) return rest
      }
    return undefined
  }
  return {
    from(index) {
      if (!known.has(index)) known.set(index, find(index))
      return known.get(index)
    },
    along(index) {
      const furthest = Math.max(...paths.map(path => path.at[index - 1] ?? 0))
      return paths.some(path => (path.at[index - 1] ?? 0) === furthest && path.along[index]!)
    },
  }
}

function wins(run: Run, lines: readonly string[], begin: Try): boolean {
  const trial = begin(run)
  return lines.every(line => trial.say(line)) && trial.won()
}

function pathOf(run: Run, lines: readonly string[], begin: Try): Path {
  const beside = withoutBets(openRun(run.level, run.seed))
  const trial = begin(beside)
  const done = lines.map(line => {
    const before = beside.moments.length
    trial.say(line)
    return beside.moments.slice(before).flatMap(m => (m.did === undefined ? [] : [m.did]))
  })
  const at: number[] = []
  const along: boolean[] = []
  let next = 0
  for (const { did } of run.moments) {
    const doing = done.findIndex((acts, i) => i >= next && acts.length > 0)
    const fits = did !== undefined && doing >= 0 && done[doing]!.includes(did)
    if (fits) next = doing + 1
    at.push(next)
    along.push(fits)
  }
  return { lines, at, along }
}

/** Bets are not at stake in a report, and must not hold up what is tried. */
function withoutBets(run: Run): Run {
  run.level = { ...run.level, bets: [] }
  run.bets = []
  delete run.asking
  return run
}

export const forkWithoutBets = (run: Run, index: number): Run => withoutBets(forkAt(run, index))

/** What the real one would soon do from this moment is the same for all that is tried there, so it is looked up once. */
function lookAhead(run: Run, index: number): void {
  const { jackets } = run.moments[index]!.kept
  if (jackets === undefined) return
  const beside = forkWithoutBets(run, index)
  soonOf(beside)
  jackets.soon = beside.jackets!.soon!
}

// bets.ts: a bet is placed, and answered by what happens in a copy of the live world.

import type { System } from '../kernel/machine.ts'
import { copyWorld } from '../kernel/world.ts'
import { act } from './actions.ts'
import type { Beat } from './beats.ts'
import { holds } from './facts.ts'
import type { Bet, Option } from './level.ts'
import { besideOf } from './moments.ts'
import { mutantOf } from './mutants/mutants.ts'
import { checkGoals, factsOf, nextBeat, type Run } from './run.ts'

export function place(run: Run, sure: 0 | 1 | 2): void {
  const i = run.asking
  const option = run.picked
  if (i === undefined || option === undefined) return
  const bet = run.level.bets[i]!
  const { answer, shown } = outcomeOf(run, bet)
  run.bets[i] = { option, sure, answer, right: answer === option, seen: bet.decides === undefined }
  delete run.asking
  delete run.picked
  if (bet.decides === undefined) {
    run.revealed = i
    if (shown !== undefined) run.decided.set(i, shown)
  } else if (bet.do !== undefined) act(run, bet.do)
  checkGoals(run)
}

/** What happens in a fork of the live world decides which option is right. */
export const answerOf = (run: Run, bet: Bet): number => outcomeOf(run, bet).answer

/** `proved`: all options that turn out right. */
export function outcomeOf(run: Run, bet: Bet): { answer: number; proved: number[]; shown?: Beat } {
  const { beside, decided, shown } = playOut(run, bet, run.system)
  const facts = factsOf(beside, decided)
  const proved = bet.options.flatMap((o, i) => (o.is !== undefined && holds(o.is, facts) ? [i] : []))
  return { answer: proved[0] ?? bet.options.findIndex(o => o.right === true), proved, ...(shown === undefined ? {} : { shown }) }
}

/** Is an option right, at any moment, in the company in which its belief is true? */
export function rightIn(run: Run, bet: Bet, option: Option): boolean {
  const mutant = mutantOf(option.mutant ?? '', run.system)
  if (mutant === undefined || option.is === undefined) return false
  const { is } = option
  let found = false
  playOut(run, bet, mutant, (beside, decided) => {
    found ||= holds(is, factsOf(beside, decided))
  })
  return found
}

/** The longest that a fork runs without a look at it, ms. */
const LOOK_MS = 1_000

/** Plays a bet out in a fork, in a company of these machines. `look` sees it after each beat, and once a second. */
function playOut(run: Run, bet: Bet, system: System, look?: (beside: Run, decided: Beat | undefined) => void): { beside: Run; decided?: Beat; shown?: Beat } {
  const beside = forkOf(run)
  Object.assign(beside, { level: { ...run.level, bets: [], fail: [] }, bets: [], system })
  delete beside.asking
  if (bet.do !== undefined) act(beside, bet.do)
  const until = beside.line.world.now + bet.seconds * 1_000
  let decided: Beat | undefined
  let shown: Beat | undefined
  while (beside.line.world.now < until) {
    const left = until - beside.line.world.now
    const beat = nextBeat(beside, look === undefined ? left : Math.min(left, LOOK_MS))
    const facts = beat === undefined ? undefined : factsOf(beside, beat)
    if (facts !== undefined && shown === undefined && bet.shows !== undefined && holds(bet.shows, facts)) shown = beat
    if (facts !== undefined && decided === undefined && bet.decides !== undefined && holds(bet.decides, facts)) decided = beat
    look?.(beside, decided)
    // What is done for the bet needs its time to show what comes of it.
    if (look === undefined && (beat === undefined || (decided !== undefined && bet.do === undefined))) break
  }
  return { beside, ...(decided === undefined ? {} : { decided }), ...(shown === undefined ? {} : { shown }) }
}

/** A copy that goes its own way. A command under way stays with the original. */
export function forkOf(run: Run): Run {
  const beside = besideOf(run)
  beside.line.world = copyWorld(run.line.world)
  return beside
}

// bets.ts: a bet is placed, and answered by what happens in a copy of the live world.

import { copy } from '../kernel/share.ts'
import { copyWorld } from '../kernel/world.ts'
import { act } from './actions.ts'
import type { Beat } from './beats.ts'
import { holds } from './facts.ts'
import type { Bet } from './level.ts'
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

function outcomeOf(run: Run, bet: Bet): { answer: number; shown?: Beat } {
  const beside = forkOf(run)
  beside.level = { ...run.level, bets: [], fail: [] }
  beside.bets = []
  delete beside.asking
  if (bet.do !== undefined) act(beside, bet.do)
  const until = beside.line.world.now + bet.seconds * 1_000
  let decided: Beat | undefined
  let shown: Beat | undefined
  while (beside.line.world.now < until) {
    const beat = nextBeat(beside, until - beside.line.world.now)
    if (beat === undefined) break
    if (shown === undefined && bet.shows !== undefined && holds(bet.shows, factsOf(beside, beat))) shown = beat
    if (decided === undefined && bet.decides !== undefined && holds(bet.decides, factsOf(beside, beat))) {
      decided = beat
      // What is done for the bet needs its time to show what comes of it.
      if (bet.do === undefined) break
    }
  }
  const facts = factsOf(beside, decided)
  const proved = bet.options.findIndex(o => o.is !== undefined && holds(o.is, facts))
  return { answer: proved >= 0 ? proved : bet.options.findIndex(o => o.right === true), ...(shown === undefined ? {} : { shown }) }
}

/** A copy that goes its own way. A command under way stays with the original. */
export function forkOf(run: Run): Run {
  return {
    ...run,
    line: { ...run.line, world: copyWorld(run.line.world), inputs: run.line.inputs.slice(0, run.line.applied), checkpoints: [...run.line.checkpoints] },
    seen: copy(run.seen),
    beats: [...run.beats],
    waiting: [...run.waiting],
    moments: [...run.moments],
    ahead: [],
    pending: [],
    bets: run.bets.map(b => (b === undefined ? undefined : { ...b })),
    decided: new Map(run.decided),
    desk: { files: new Map(run.desk.files), asked: run.desk.asked, taken: new Map() },
    command: undefined,
    prompt: [...run.prompt],
    history: [...run.history],
    given: [...run.given],
    dispatch: copy(run.dispatch),
    jackets: copy(run.jackets),
    flags: new Set(run.flags),
    fakes: [...run.fakes],
    met: new Set(run.met),
    broken: new Map(run.broken),
    fork: undefined,
  }
}

// quizproof.ts: the keys of questions, and the worlds of wrong answers, held against the simulator.

import { act } from './actions.ts'
import { outcomeOf, rightIn } from './bets.ts'
import { holds } from './facts.ts'
import type { Level, QuizItem } from './level.ts'
import { openRun } from './opening.ts'
import type { Failure } from './proof.ts'
import { factsOf, type Run } from './run.ts'

/** Plays lines in a run as plain mode does. */
export type Play = (run: Run, lines: readonly string[]) => void

/** Wrong answers of bets that are no true belief's right answer: each names a company in which it would be right. */
export function mutantFailures(level: Level, play: Play): Failure[] {
  const run = openRun(level, 1)
  const met = new Set<number>()
  const failures: Failure[] = []
  for (const line of level.solutions[0]?.lines ?? []) {
    const at = run.asking
    if (at !== undefined && !met.has(at)) {
      met.add(at)
      const bet = level.bets[at]!
      const { proved } = outcomeOf(run, bet)
      if (proved.length !== 1) failures.push({ field: ['bets', at, 'options'], message: `in the world ${proved.length} of them are right; one must be` })
      bet.options.forEach((option, k) => {
        const field = ['bets', at, 'options', k, 'mutant']
        if (option.mutant !== undefined && !rightIn(run, bet, option)) failures.push({ field, message: `${option.mutant} does not make this option right` })
      })
    }
    play(run, [line])
  }
  return failures
}

/** What the simulator says otherwise than the key of an item. */
export function quizFailures(level: Level, play: Play): Failure[] {
  return level.quiz.flatMap((item, i): Failure[] => {
    const run = openRun(level, 1)
    for (const action of item.proof?.do ?? []) act(run, action)
    play(run, item.proof?.lines ?? level.solutions[0]?.lines ?? [])
    return failuresOf(item, run).map(f => ({ ...f, field: ['quiz', i, ...f.field] }))
  })
}

function failuresOf(item: QuizItem, run: Run): Failure[] {
  const facts = factsOf(run, run.beats.at(-1))
  if ('options' in item)
    return item.options.flatMap((option, k): Failure[] => {
      const field = ['options', k, 'is']
      if (option.is === undefined) return [{ field, message: 'is missing: the simulator has to say whether this option is right' }]
      const found = holds(option.is, facts)
      return found === (option.right === true) ? [] : [{ field, message: `the simulator says that this option is ${found ? 'right' : 'wrong'}` }]
    })
  if ('pairs' in item)
    return item.pairs.flatMap((pair, k): Failure[] => {
      const field = ['pairs', k, 'is']
      if (pair.is === undefined) return [{ field, message: 'is missing: the simulator has to say that these belong together' }]
      return holds(pair.is, facts) ? [] : [{ field, message: `the simulator does not say that ${pair.left} is ${pair.right}` }]
    })
  const places = item.steps.map(step => (step.beat === undefined ? -1 : run.beats.findLastIndex(b => holds(step.beat!, { ...facts, beat: b }))))
  return places.flatMap((place, k): Failure[] => {
    const field = ['steps', k, 'beat']
    if (place < 0) return [{ field, message: 'no beat is this step' }]
    return k > 0 && place <= places[k - 1]! ? [{ field, message: 'comes before the step above it' }] : []
  })
}

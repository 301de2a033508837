// review.ts: questions and missed bets that come back on later days, and what is understood once they were answered right.

import type { Bet, Level, QuizItem } from './level.ts'
import type { Library } from './listview.ts'
import type { Progress } from './progress.ts'

/** What came of a question so far. Days are counted by the calendar of whoever plays. */
export interface Review {
  /** Right at the first try, or when it came back. */
  right: boolean
  /** The day from which it is due; none: it does not come back. */
  due?: number
  /** Which of GAPS was taken last. */
  gap: number
  /** How often it was answered, and how often wrongly. */
  times: number
  lapses: number
  /** The belief that the last wrong answer showed. */
  code?: string
}

/** Days until a question comes back: after a miss the first, after each right answer the next. */
export const GAPS = [1, 3, 7, 16, 35, 90] as const
/** Missed so often, a question is not asked again: its level explains more. */
const LAPSES_MAX = 5
/** Questions that are asked in one review. */
export const REVIEW_MAX = 8

export interface Question {
  key: string
  level: Level
  item: QuizItem
}

/** A bet as a question: its options say already what is right and why. */
const asItem = (bet: Bet): QuizItem => ({ type: 'predict', ask: bet.ask, code: [], options: bet.options, proof: { do: [] }, objectives: [] }) as QuizItem

const keyOfItem = (level: Level, i: number): string => {
  const { id } = level.quiz[i]!
  return `${level.id}/${id !== undefined && /^[a-z0-9-]+$/.test(id) && !/^\d+$/.test(id) ? id : i + 1}`
}

const keyOfBet = (level: Level, i: number): string => `${level.id}/bet-${i + 1}`

export const questionsOf = (level: Level): Question[] => level.quiz.map((item, i) => ({ key: keyOfItem(level, i), level, item }))

const betsOf = (level: Level): Question[] => level.bets.map((bet, i) => ({ key: keyOfBet(level, i), level, item: asItem(bet) }))

/** Notes an answer. One that is given before the question is due again can spoil what was right, not mend what was wrong. */
export function answered(progress: Progress, key: string, answer: { right: boolean; code?: string }, day: number): void {
  const was = progress.reviews[key]
  const early = was?.due !== undefined && day < was.due && was.due - day <= GAPS[was.gap]!
  if (answer.right && was !== undefined && early) {
    was.times++
    return
  }
  const gap = answer.right ? Math.min((was?.gap ?? 0) + 1, GAPS.length - 1) : 0
  const lapses = answer.right ? (was?.due === undefined ? 0 : was.lapses) : (was?.lapses ?? 0) + 1
  progress.reviews[key] = {
    right: answer.right,
    ...(lapses < LAPSES_MAX ? { due: day + GAPS[gap]! } : {}),
    gap,
    times: (was?.times ?? 0) + 1,
    lapses,
    ...(answer.code === undefined ? {} : { code: answer.code }),
  }
}

/** Notes the bets of a run that was solved. Right ones do not come back; missed ones do, even if they were right in a later run. */
export function betsPlaced(progress: Progress, level: Level, bets: readonly ({ right: boolean; option: number } | undefined)[], day: number): void {
  bets.forEach((bet, i) => {
    if (bet === undefined) return
    const key = keyOfBet(level, i)
    const was = progress.reviews[key]
    const code = level.bets[i]!.options[bet.option]?.code
    if (!bet.right) answered(progress, key, { right: false, ...(code === undefined ? {} : { code }) }, day)
    else if (was === undefined) progress.reviews[key] = { right: true, gap: 0, times: 1, lapses: 0 }
    else was.right = true
  })
}

/** Were all bets and questions of the level answered right, at once or when they came back? */
export const understands = (progress: Progress, level: Level): boolean =>
  [...questionsOf(level), ...betsOf(level)].every(({ key }) => progress.reviews[key]?.right === true)

/** Questions of this level that were missed, and come back. */
export const missedOf = (progress: Progress, level: Level): number =>
  questionsOf(level).filter(({ key }) => progress.reviews[key]?.right === false && progress.reviews[key].due !== undefined).length

/** What is due, most overdue first, never two of one level in a row if it can be helped. */
export function dueOf(library: Library, progress: Progress, day: number): Question[] {
  const due = library.chapters
    .flatMap(c => c.levels)
    .flatMap(l => (l.level === undefined ? [] : [...questionsOf(l.level), ...betsOf(l.level)]))
    .filter(({ key }) => isDue(progress.reviews[key], day))
    .sort((a, b) => progress.reviews[a.key]!.due! - progress.reviews[b.key]!.due!)
  const mixed: Question[] = []
  while (due.length > 0) {
    const other = due.findIndex(q => q.level.id !== mixed.at(-1)?.level.id)
    mixed.push(...due.splice(Math.max(0, other), 1))
  }
  return mixed
}

/** A day that lies further ahead than its gap was reckoned with a clock that has been set back since. */
const isDue = (review: Review | undefined, day: number): boolean =>
  review?.due !== undefined && (review.due <= day || review.due - day > GAPS[Math.min(review.gap, GAPS.length - 1)]!)

/** As it is kept on the disk; what cannot be one is left out. */
export function readReviews(value: unknown): { [key: string]: Review } {
  const reviews: { [key: string]: Review } = {}
  if (typeof value !== 'object' || value === null) return reviews
  const count = (v: unknown) => Number.isSafeInteger(v) && (v as number) >= 0
  for (const [key, r] of Object.entries(value).slice(0, REVIEWS_MAX)) {
    if (!/^[a-z0-9]+([.-][a-z0-9]+)*\/[a-z0-9-]{1,40}$/.test(key) || typeof r !== 'object' || r === null) continue
    if (typeof r.right !== 'boolean' || !count(r.gap) || r.gap >= GAPS.length || !count(r.times) || !count(r.lapses)) continue
    reviews[key] = {
      right: r.right,
      ...(Number.isSafeInteger(r.due) ? { due: r.due } : {}),
      gap: r.gap,
      times: r.times,
      lapses: r.lapses,
      ...(typeof r.code === 'string' && /^M\d\d$/.test(r.code) ? { code: r.code } : {}),
    }
  }
  return reviews
}

/** Reviews that are kept. */
const REVIEWS_MAX = 10_000

/** Of two instances: of each question what was answered more often. */
export function mergeReviews(a: Progress['reviews'], b: Progress['reviews']): Progress['reviews'] {
  const merged = { ...a }
  for (const [key, review] of Object.entries(b)) if ((merged[key]?.times ?? -1) <= review.times) merged[key] = review
  return merged
}

// asking.ts: questions in a sitting: those of a level, those that are due, and what an answer leaves behind.

import type { Intent } from './intent.ts'
import type { Level } from './level.ts'
import { type Asked, answer, newAsked, submit } from './quiz.ts'
import { answered, betsPlaced, dueOf, type Question, questionsOf, REVIEW_MAX, understands } from './review.ts'
import type { Run } from './run.ts'
import type { Session } from './session.ts'

const dayOf = (session: Session): number => session.env.today?.() ?? 0

export const dueNow = (session: Session): Question[] => dueOf(session.env.library, session.progress, dayOf(session))

function ask(session: Session, fresh: readonly Question[], old: readonly Question[], seed: number): void {
  session.quiz = newAsked(fresh, old, seed)
  session.screen = { at: 'quiz' }
}

/** The questions of a level, and one that is due from elsewhere. */
export function openQuiz(session: Session, level: Level | undefined): void {
  if (level === undefined || level.quiz.length === 0) return
  const old = dueNow(session).filter(q => q.level.id !== level.id)
  ask(session, questionsOf(level), old.slice(0, 1), session.env.seed ?? 1)
}

/** What is due, in another order each day. False: nothing is. */
export function openReview(session: Session): boolean {
  const due = dueNow(session).slice(0, REVIEW_MAX)
  if (due.length > 0) ask(session, [], due, dayOf(session))
  return due.length > 0
}

/** The questions alone, of one level, a chapter or all. False: there are none. */
export function openQuestions(session: Session, of?: string): boolean {
  const found = session.env.library.chapters
    .flatMap(c => (of === undefined || String(c.number) === of ? c.levels : c.levels.filter(l => l.id === of)))
    .flatMap(l => (l.level === undefined ? [] : questionsOf(l.level)))
  if (found.length > 0) ask(session, found, [], session.env.seed ?? 1)
  return found.length > 0
}

/** Chooses, answers, goes on to the next question or the score. */
export function reply(session: Session, asked: Asked, intent: Intent): void {
  if (intent.do === 'Answer') answer(asked, intent.option)
  else if (intent.do === 'Submit') {
    const answers = asked.results.length
    submit(asked)
    if (asked.results.length > answers) learn(session, asked)
  } else if (intent.do === 'GoOn' && asked.verdict !== undefined) {
    asked.at++
    asked.chosen = []
    delete asked.verdict
    if (asked.at >= asked.items.length) session.screen = { at: 'score' }
  }
}

/** What the last answer says about the player is kept: when the question comes back, and whether its level is understood. */
function learn(session: Session, asked: Asked): void {
  const { key, share, codes } = asked.results.at(-1)!
  answered(session.progress, key, { right: share === 1, ...(codes[0] === undefined ? {} : { code: codes[0] }) }, dayOf(session))
  judge(session, asked.items[asked.at]!.level)
  session.env.save?.(session.progress)
}

/** The bets of a run that was solved are kept the same way. */
export function learnBets(session: Session, run: Run): void {
  betsPlaced(session.progress, run.level, run.bets, dayOf(session))
  judge(session, run.level)
}

/** A level that was solved, and of which all was answered right, is understood. */
function judge(session: Session, level: Level): void {
  const record = session.progress.levels[level.id]
  if (record?.solved === true && understands(session.progress, level)) record.understood = true
}

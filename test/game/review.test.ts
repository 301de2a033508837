// review.test.ts: questions that come back: what was missed tomorrow, what was known ever later, and a level is understood when all of it was known.

import { describe, expect, test } from 'vitest'
import type { Level } from '../../src/game/level.ts'
import { packLibrary } from '../../src/game/library.ts'
import { readPack } from '../../src/game/packs.ts'
import { newProgress, type Progress } from '../../src/game/progress.ts'
import { answered, dueOf, GAPS, mergeReviews, missedOf, questionsOf, readReviews } from '../../src/game/review.ts'
import { act, newSession, type Session, viewOf } from '../../src/game/session.ts'
import { meant } from '../../src/ui/spoken.ts'

const { levels } = readPack(`${import.meta.dirname}/../../levels`)
const library = packLibrary('test', levels)

const sit = (day: number, progress: Progress, level?: string): Session =>
  newSession({ library, today: () => day, progress, speak: meant, ...(level === undefined ? {} : { level }) })

const type = (session: Session, lines: readonly string[]): Session => {
  for (const line of lines) for (const intent of meant(line, viewOf(session))) act(session, intent)
  return session
}

const solve = (session: Session, level: Level) => type(session, level.solutions[0]!.lines)

/** Answers whatever is asked, rightly or not. */
function reply(session: Session, right: boolean): void {
  while (viewOf(session).screen === 'quiz') {
    const { item, order } = session.quiz!.items[session.quiz!.at]!
    const good = 'options' in item ? order.flatMap((o, i) => (item.options[o]!.right === true ? [i] : [])) : order.map((_, i) => order.indexOf(i))
    const chosen = right ? good : 'options' in item ? [order.findIndex(o => item.options[o]!.right !== true)] : [...good].reverse()
    for (const option of chosen) act(session, { do: 'Answer', option })
    act(session, { do: 'Submit' })
    act(session, { do: 'GoOn' })
  }
}

test('what was missed is due the next day, what was known after three days, then ever later', () => {
  const progress = newProgress()
  const keys = levels.flatMap(questionsOf).map(q => q.key)
  const [missed, known] = keys as [string, string]
  answered(progress, missed, { right: false, code: 'M02' }, 100)
  answered(progress, known, { right: true }, 100)
  const dueOn = (day: number) => dueOf(library, progress, day).map(q => q.key)
  expect(dueOn(100)).toEqual([])
  expect(dueOn(101)).toEqual([missed])
  expect(dueOn(103)).toEqual([missed, known])
  let day = 100
  for (const gap of GAPS.slice(1)) {
    day += GAPS[progress.reviews[known]!.gap]!
    answered(progress, known, { right: true }, day)
    expect(progress.reviews[known]!.due).toBe(day + (GAPS[GAPS.indexOf(gap) + 1] ?? 90))
  }
})

test('an answer before the day mends nothing, and a wrong one spoils what was right', () => {
  const progress = newProgress()
  const [key] = levels.flatMap(questionsOf).map(q => q.key) as [string]
  answered(progress, key, { right: false }, 10)
  answered(progress, key, { right: true }, 10)
  expect(progress.reviews[key]).toMatchObject({ right: false, due: 11 })
  answered(progress, key, { right: true }, 11)
  expect(progress.reviews[key]).toMatchObject({ right: true, due: 14 })
  answered(progress, key, { right: false }, 12)
  expect(progress.reviews[key]).toMatchObject({ right: false, due: 13 })
})

test('missed five times, a question is not asked again; a clock that was set back hides none', () => {
  const progress = newProgress()
  const [leech, far] = levels.flatMap(questionsOf).map(q => q.key) as [string, string]
  for (let day = 0; day < 5; day++) answered(progress, leech, { right: false }, day)
  answered(progress, far, { right: true }, 9_000)
  expect(dueOf(library, progress, 200).map(q => q.key)).toEqual([far])
  const [first, second] = levels.filter(l => l.quiz.length > 0)
  expect(missedOf(progress, first!)).toBe(0)
  answered(progress, questionsOf(second!)[0]!.key, { right: false }, 0)
  expect(missedOf(progress, second!)).toBe(1)
})

test('levels take turns in what is due', () => {
  const progress = newProgress()
  for (const { key } of levels.flatMap(questionsOf)) answered(progress, key, { right: false }, 0)
  const due = dueOf(library, progress, 1)
  expect(due.length).toBe(levels.flatMap(questionsOf).length)
  expect(due.slice(0, 4).every((q, i) => i === 0 || q.level.id !== due[i - 1]!.level.id)).toBe(true)
})

describe('in a sitting', () => {
  const level = levels.find(l => l.bets.length > 0 && l.quiz.length > 0)!

  test('bets and questions right at once: the level is understood', () => {
    const progress = { ...newProgress(), name: 'Vera' }
    const session = solve(sit(5, progress, level.id), level)
    expect(progress.levels[level.id]).toMatchObject({ solved: true, understood: false })
    act(session, { do: 'Quiz' })
    reply(session, true)
    expect(progress.levels[level.id]).toMatchObject({ understood: true })
    expect(viewOf(sit(6, progress))).toMatchObject({ due: 0 })
    expect(viewOf(sit(8, progress))).toMatchObject({ due: level.quiz.length })
  })
  test('what was missed is due at the title, is asked there, and understanding comes with it', () => {
    const progress = { ...newProgress(), name: 'Vera' }
    const session = solve(sit(5, progress, level.id), level)
    act(session, { do: 'Quiz' })
    reply(session, false)
    act(session, { do: 'GoOn' })
    expect(viewOf(session)).toMatchObject({ screen: 'end' })
    expect(JSON.stringify(viewOf(session))).toContain('back later')
    act(session, { do: 'Quiz' })
    reply(session, true)
    expect(progress.levels[level.id]).toMatchObject({ understood: false })
    const next = sit(6, progress)
    expect(viewOf(next)).toMatchObject({ screen: 'title', due: level.quiz.length })
    act(next, { do: 'Quiz' })
    expect(viewOf(next)).toMatchObject({ screen: 'quiz', mix: expect.stringContaining('old') })
    reply(next, true)
    expect(progress.levels[level.id]).toMatchObject({ understood: true })
    act(next, { do: 'GoOn' })
    expect(viewOf(next)).toMatchObject({ screen: 'title', due: 0 })
  })
  test('a missed bet comes back as a question', () => {
    const progress = { ...newProgress(), name: 'Vera' }
    const wrong = level.solutions[0]!.lines.map(l => (/^\d+ [asd]$/.test(l) ? `${Number(l[0]) === 1 ? 2 : 1} d` : l))
    type(sit(5, progress, level.id), wrong)
    expect(progress.levels[level.id]?.solved).toBe(true)
    const next = sit(6, progress)
    expect(viewOf(next)).toMatchObject({ due: level.bets.length })
    act(next, { do: 'Quiz' })
    expect(viewOf(next)).toMatchObject({ item: { stem: next.quiz!.items[0]!.item.ask } })
    expect(level.bets.map(b => b.ask)).toContainEqual(next.quiz!.items[0]!.item.ask)
  })
  test('the questions of a level bring one that is due from elsewhere', () => {
    const progress = { ...newProgress(), name: 'Vera' }
    const other = levels.find(l => l.id !== level.id && l.quiz.length > 0)!
    answered(progress, questionsOf(other)[0]!.key, { right: false }, 4)
    const session = solve(sit(5, progress, level.id), level)
    act(session, { do: 'Quiz' })
    expect(viewOf(session)).toMatchObject({ screen: 'quiz', mix: expect.stringMatching(/new, one old$/), of: level.quiz.length + 1 })
  })
})

test('what is kept is read again; what cannot be one is left out; of two instances the newer answer stays', () => {
  const progress = newProgress()
  answered(progress, '1.1/1', { right: false, code: 'M02' }, 7)
  expect(readReviews(JSON.parse(JSON.stringify(progress.reviews)))).toEqual(progress.reviews)
  expect(readReviews({ __proto__: { right: true }, 'a b': {}, '1.1/2': { right: 1 }, '1.1/3': { right: true, gap: 99, times: 1, lapses: 0 } })).toEqual({})
  const later = structuredClone(progress)
  answered(later, '1.1/1', { right: true }, 8)
  expect(mergeReviews(progress.reviews, later.reviews)).toEqual(later.reviews)
  expect(mergeReviews(later.reviews, progress.reviews)).toEqual(later.reviews)
})

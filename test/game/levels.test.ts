// levels.test.ts: every level of the game proves itself: unsolved at the start, solved by its solutions within par, by no near miss, alike over seeds.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { answerOf, forkOf } from '../../src/game/bets.ts'
import { mistakeIn } from '../../src/game/facts.ts'
import { BELIEFS } from '../../src/game/hallview.ts'
import type { Level } from '../../src/game/level.ts'
import { packLibrary } from '../../src/game/library.ts'
import { readCampaign, readPack } from '../../src/game/packs.ts'
import { secondsOf, solved } from '../../src/game/run.ts'
import { act, newSession, type Session, viewOf } from '../../src/game/session.ts'
import { spoken } from '../../src/ui/spoken.ts'

const folder = join(import.meta.dirname, '../../levels')
const pack = readPack(folder)

const play = (level: Level, lines: readonly string[], seed = 1): Session => {
  const session = newSession({ seed, library: packLibrary('test', [level]), level: level.id })
  for (const line of lines) {
    const meaning = spoken(line, viewOf(session))
    if ('intents' in meaning) for (const intent of meaning.intents) act(session, intent)
  }
  return session
}

test('all level files can be read, and each is named in the campaign', () => {
  expect(pack.problems).toEqual([])
  const named = readCampaign(join(folder, 'campaign.yaml')).chapters.flatMap(c => c.levels.map(l => `${l.id} ${l.title}`))
  for (const level of pack.levels) expect(named).toContain(`${level.id} ${level.title}`)
})

test('goals that must hold throughout, or in time, are held to it', () => {
  const [first] = pack.levels
  const words = { company: 'x', kubernetes: 'x' }
  const withGoal = (is: string, when: string): Level => ({ ...first!, win: [...first!.win, { is, when, say: words }] as Level['win'] })
  const ends = (level: Level) => solved(play(level, level.solutions[0]!.lines).run!)
  expect(ends(withGoal('seconds < 1.0', 'always'))).toBe(false)
  expect(ends(withGoal('seconds >= 0.0', 'always'))).toBe(true)
  expect(ends(withGoal("beats.exists(b, b.kind == 'refused')", 'never'))).toBe(true)
  expect(ends(withGoal("beats.exists(b, b.kind == 'bell')", 'never'))).toBe(false)
  expect(ends(withGoal("pods.exists(p, p.name == 'tea' && p.ready)", 'within 1'))).toBe(false)
  expect(ends(withGoal("pods.exists(p, p.name == 'tea' && p.ready)", 'within 20'))).toBe(true)
})

test('the bet on the unplugged office is answered by the machines on the floor, not by what the vault last heard', () => {
  const level = pack.levels.find(l => l.id === '1.1')!
  const session = play(level, level.solutions[0]!.lines.slice(0, level.solutions[0]!.lines.indexOf('2 s')))
  const bet = level.bets[2]!
  expect(answerOf(session.run!, bet)).toBe(1)
  const stopped = forkOf(session.run!)
  for (const actor of stopped.line.world.actors.values()) if (actor.machine === 'container-runtime') actor.state.durable.containers.clear()
  expect(answerOf(stopped, bet)).toBe(0)
})

test('every belief that an option betrays is named', () => {
  const codes = pack.levels.flatMap(l => [
    ...l.bets.flatMap(b => b.options.map(o => o.code)),
    ...l.quiz.flatMap(q => ('options' in q ? q.options.map(o => o.code) : [])),
    ...l.fakes.map(f => f.code),
  ])
  expect(codes.filter(c => c !== undefined && BELIEFS[c] === undefined)).toEqual([])
})

describe.each(pack.levels)('$id $title', level => {
  const expressions = [
    ...level.win.map(w => w.is),
    ...level.bets.flatMap(b => [b.when, b.decides, ...b.options.flatMap(o => (o.is === undefined ? [] : [o.is]))]),
  ]
  test('its conditions can be read', () => {
    for (const expression of expressions) expect(mistakeIn(expression), expression).toBeUndefined()
  })
  test('it is not solved at the start, nor by waiting', () => {
    expect(solved(play(level, []).run!)).toBe(false)
    expect(
      solved(
        play(
          level,
          Array.from({ length: 20 }, () => '.'),
        ).run!,
      ),
    ).toBe(false)
  })
  test.each(level.solutions)('solved by: $name', ({ lines }) => {
    const session = play(level, lines)
    expect(solved(session.run!)).toBe(true)
    expect(session.run!.given.length).toBeLessThanOrEqual(level.par.commands)
    expect(secondsOf(session.run!)).toBeLessThanOrEqual(level.par.seconds)
  })
  test.each(level.misses)('not solved by: $name', ({ lines }) => expect(solved(play(level, lines).run!)).toBe(false))
  test('each bet has one right answer, and the fork proves the one that is marked', () => {
    // Without the marks only what happens in the fork can answer.
    const unmarked: Level = { ...level, bets: level.bets.map(b => ({ ...b, options: b.options.map(o => ({ ...o, right: undefined })) })) }
    const proven = play(unmarked, level.solutions[0]!.lines)
    expect(level.bets.map((_, i) => proven.run!.bets[i]?.answer)).toEqual(level.bets.map(b => b.options.findIndex(o => o.right === true)))
    const session = play(level, level.solutions[0]!.lines)
    level.bets.forEach((bet, i) => {
      expect(bet.options.filter(o => o.right === true).length).toBe(1)
      expect(session.run!.bets[i]?.answer).toBe(bet.options.findIndex(o => o.right === true))
    })
  })
  test('it ends alike over a hundred seeds', () => {
    for (let seed = 1; seed <= 100; seed++) expect(solved(play(level, level.solutions[0]!.lines, seed).run!), `seed ${seed}`).toBe(true)
  })
  test('turning back and going forward again is never having turned back', () => {
    const session = play(level, level.solutions[0]!.lines.slice(0, -1))
    const run = session.run!
    const before = { beats: run.beats.map(b => b.text.company), chain: run.line.world.chain, now: run.line.world.now }
    delete run.revealed
    const steps = Math.max(0, Math.min(8, run.beats.length - 2))
    for (let i = 0; i < steps; i++) act(session, { do: 'Rewind' })
    expect(run.beats.length).toBe(before.beats.length - steps)
    for (let i = 0; i < steps; i++) act(session, { do: 'Forward' })
    expect(run.beats.map(b => b.text.company)).toEqual(before.beats)
  })
  test('every hint that is a command runs', () => {
    for (const hint of level.hints) {
      if (hint.run === undefined || !hint.run.startsWith('kubectl ')) continue
      const session = play(level, [hint.run])
      expect(
        session.run!.prompt.some(l => l.kind === 'err'),
        hint.run,
      ).toBe(false)
    }
  })
})

// levels.test.ts: every level of the game proves itself: unsolved at the start, solved by its solutions within par, by no near miss, alike over seeds.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { mistakeIn } from '../../src/game/facts.ts'
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

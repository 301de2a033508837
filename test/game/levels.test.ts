// levels.test.ts: what holds of all level files, and the proofs of chapter 1: solved by its solutions within par, by no near miss, alike over seeds.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { answerOf, forkOf } from '../../src/game/bets.ts'
import { fieldName, type Level } from '../../src/game/level.ts'
import { readCampaign, readPack } from '../../src/game/packs.ts'
import { playScript, prove } from '../../src/game/proof.ts'
import { solved } from '../../src/game/run.ts'
import type { Session } from '../../src/game/session.ts'
import { meant } from '../../src/ui/spoken.ts'
import { proveLevels } from './proving.ts'

const folder = join(import.meta.dirname, '../../levels')
const pack = readPack(folder)

const play = (level: Level, lines: readonly string[]): Session => playScript(level, lines, meant)

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

test('a condition that cannot be read is named, wherever it stands', () => {
  const bad = 'pods.exists(p,'
  const words = { company: 'x', kubernetes: 'x' }
  const [first] = pack.levels
  const level: Level = {
    ...first!,
    win: [{ ...first!.win[0]!, is: bad }],
    fail: [{ is: bad, say: words, moral: words, measure: { is: bad, say: words } }],
    incidents: [{ when: bad, do: { crash: 'etcd' } }],
    bets: [{ ...first!.bets[0]!, when: bad, decides: bad, shows: bad, options: [{ text: words, why: words, is: bad, against: { beat: bad, say: words } }] }],
    tasks: [{ text: words, beat: bad, by: 'actor' }],
    fakes: [{ after: bad, from: 'etcd', to: 'etcd', text: words, code: 'M01' }],
    quiz: [
      { type: 'single', ask: words, code: [], options: [{ text: words, why: words, is: bad, against: { beat: bad, say: words } }], objectives: [] },
      { type: 'order', ask: words, steps: [{ text: words, beat: bad }], why: words, objectives: [] },
      { type: 'match', ask: words, pairs: [{ left: 'x', right: 'x', is: bad }], why: words, objectives: [] },
    ],
  }
  expect(prove(level, { speak: meant }).map(f => fieldName(f.field))).toEqual([
    'win[0].is',
    'bets[0].when',
    'bets[0].decides',
    'bets[0].shows',
    'bets[0].options[0].is',
    'bets[0].options[0].against.beat',
    'fail[0].is',
    'fail[0].measure.is',
    'incidents[0].when',
    'tasks[0].beat',
    'fakes[0].after',
    'quiz[0].options[0].is',
    'quiz[0].options[0].against.beat',
    'quiz[1].steps[0].beat',
    'quiz[2].pairs[0].is',
  ])
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

proveLevels(pack.levels.filter(l => l.chapter !== "Shikar's Desk"))

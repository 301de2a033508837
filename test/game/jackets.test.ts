// jackets.test.ts: in somebody's jacket the player does what the real one would, and nothing happens before.

import { expect, test } from 'vitest'
import { act, viewOf } from '../../src/game/session.ts'
import { waiting } from '../../src/kernel/gates.ts'
import { levelOf, played, say } from './play.ts'

const kinds = (session: ReturnType<typeof played>) => waiting(session.run!.line.world).map(s => s.said.type)

test('what the foreman would do waits until it is done', () => {
  const session = played(levelOf('1.5'), ['Enter'])
  expect(kinds(session)).toContain('RunPodSandbox')
  const before = session.run!.beats.length
  for (let i = 0; i < 3; i++) act(session, { do: 'Beat' })
  expect(session.run!.beats.slice(before).some(b => b.kind === 'runtime' && b.actor === 'kubelet/factory-p')).toBe(false)
  say(session, ['take tea', 'sandbox'])
  expect(kinds(session)).not.toContain('RunPodSandbox')
  expect(session.run!.beats.some(b => b.call === 'RunPodSandbox' && b.actor === 'kubelet/factory-p')).toBe(true)
})

test('what the real one would not do yet is a false move, and changes nothing', () => {
  const session = played(levelOf('1.5'), ['Enter', 'take tea'])
  const { chain } = session.run!.line.world
  say(session, ['start'])
  expect(session.run!.jackets).toMatchObject({ mistakes: 1 })
  expect(session.run!.line.world.chain).toBe(chain)
})

test('a slip of another factory is handed back', () => {
  const session = played(levelOf('1.5'), ['Enter', 'take cake'])
  expect(session.run!.jackets!.said!.text).toEqual({ company: 'cake says Q. It is handed back.', kubernetes: 'cake belongs to factory-q.' })
})

test('at the hatch a paper moves only with its stamp, and a wrong refusal leaves it standing', () => {
  const session = played(levelOf('1.3'), ['401'])
  expect(session.run!.beats).toHaveLength(0)
  expect(session.run!.jackets).toMatchObject({ mistakes: 1, done: 0 })
  say(session, ['accept'])
  expect(session.run!.beats.some(b => b.kind === 'filed' && b.verb === 'create' && b.name === 'tea')).toBe(true)
})

test('a letter waits for its writer first, and then at the hatch', () => {
  const session = played(levelOf('1.6'), ['accept', 'accept', 'accept', '401', '409', 'accept'])
  const lists = () => session.run!.beats.filter(b => b.resource === 'replicasets' && b.verb === 'create').length
  say(session, ['clear', 'be collin', 'list'])
  expect(lists()).toBe(0)
  say(session, ['be asoke', 'clear'])
  expect(lists()).toBe(1)
})

test('turning back undoes what was done in the jacket, and going forward does it again', () => {
  const session = played(levelOf('1.5'), ['Enter', 'take tea', 'sandbox', 'report'])
  const run = session.run!
  const there = { done: run.jackets!.done, chain: run.line.world.chain, beats: run.beats.length }
  act(session, { do: 'ToBeat', beat: 10 })
  expect(run.jackets!.done).toBeLessThan(there.done)
  for (let i = 0; i < 20; i++) act(session, { do: 'Forward' })
  expect({ done: run.jackets!.done, chain: run.line.world.chain, beats: run.beats.length }).toEqual(there)
})

test('each jacket hangs there with a key of its own', () => {
  const view = viewOf(played(levelOf('1.6'), []))
  const panel = view.screen === 'hall' ? view.panel : undefined
  expect(panel?.panel === 'role' ? panel.jackets.map(j => [j.key, j.name.company]) : []).toEqual([
    ['C', 'Collin'],
    ['S', 'Shikar'],
    ['K', 'Kamal'],
    ['E', 'Kelum'],
  ])
})

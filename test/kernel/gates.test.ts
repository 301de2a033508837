// gates.test.ts: what is said waits at a gate until somebody outside lets it through.

import { expect, test } from 'vitest'
import { waiting } from '../../src/kernel/gates.ts'
import { machine, type System } from '../../src/kernel/machine.ts'
import { advanceTo, apply, copyWorld, newWorld, type World } from '../../src/kernel/world.ts'

/** A clerk hands letters to a box; each letter is answered by its number. */
const clerk = machine<{ heard: unknown[] }>({
  init: () => ({ heard: [] }),
  on: {
    write(_, m, io) {
      io.call('box', 'letter', m.body, 'answered')
    },
    answered(s, m) {
      s.heard.push(m.body.answer)
    },
    tick() {},
    later(_, __, io) {
      io.after(5, 'tick')
    },
  },
})
const box = machine<{ letters: unknown[] }>({
  init: () => ({ letters: [] }),
  on: {
    letter(s, m, io) {
      s.letters.push(m.body.text)
      io.reply(m, s.letters.length)
    },
  },
})
const system: System = { machines: { clerk, box }, delay: () => 1 }

function office(): World {
  const world = newWorld(1)
  for (const name of ['clerk', 'box']) apply(system, world, { input: 'spawn', name, config: {} })
  return world
}
const write = (world: World, text: string) => {
  apply(system, world, { input: 'post', to: 'clerk', type: 'write', body: { text } })
  advanceTo(system, world, world.now + 10)
}
const letters = (world: World) => world.actors.get('box')!.state.letters
const letThrough = (world: World, id: number, through = true) => {
  apply(system, world, { input: 'release', id, through })
  advanceTo(system, world, world.now + 10)
}

test('only what fits a gate waits there, and the rest goes on', () => {
  const world = office()
  apply(system, world, { input: 'gates', gates: [{ from: 'clerk', to: 'box', type: 'letter', where: { text: '^secret' } }] })
  write(world, 'secret one')
  write(world, 'open')
  expect(letters(world)).toEqual(['open'])
  expect(waiting(world).map(s => s.said.body.text)).toEqual(['secret one'])
})

test('what is let through arrives and is answered as if it were said then', () => {
  const world = office()
  apply(system, world, { input: 'gates', gates: [{ type: 'letter' }] })
  write(world, 'a')
  write(world, 'b')
  letThrough(world, waiting(world)[1]!.id)
  expect(letters(world)).toEqual(['b'])
  letThrough(world, waiting(world)[0]!.id)
  expect(letters(world)).toEqual(['b', 'a'])
  expect(world.actors.get('clerk')!.state.heard).toEqual([
    { ok: true, value: 1 },
    { ok: true, value: 2 },
  ])
})

test('gates stand one after another', () => {
  const world = office()
  apply(system, world, {
    input: 'gates',
    gates: [
      { from: 'clerk', type: 'letter' },
      { to: 'box', type: 'letter' },
    ],
  })
  write(world, 'a')
  expect(waiting(world).map(s => s.passed)).toEqual([0])
  letThrough(world, waiting(world)[0]!.id)
  expect([letters(world), waiting(world).map(s => s.passed)]).toEqual([[], [1]])
  letThrough(world, waiting(world)[0]!.id)
  expect([letters(world), waiting(world)]).toEqual([['a'], []])
})

test('what is thrown away is lost, and who called learns it', () => {
  const world = office()
  apply(system, world, { input: 'gates', gates: [{ type: 'letter' }] })
  write(world, 'a')
  letThrough(world, waiting(world)[0]!.id, false)
  expect(letters(world)).toEqual([])
  expect(world.actors.get('clerk')!.state.heard).toEqual([{ ok: false, error: 'lost' }])
})

test('when the gates are opened, what waited goes on its way; what a dead actor said does not', () => {
  const world = office()
  apply(system, world, { input: 'gates', gates: [{ type: 'letter' }] })
  write(world, 'of the living')
  apply(system, world, { input: 'gates', gates: [] })
  advanceTo(system, world, world.now + 10)
  expect(letters(world)).toEqual(['of the living'])
  apply(system, world, { input: 'gates', gates: [{ type: 'letter' }] })
  write(world, 'of the dead')
  apply(system, world, { input: 'crash', name: 'clerk' })
  expect(waiting(world)).toEqual([])
})

test('no gate is in the way of what an actor says to itself, and a copy of the world has its own gates', () => {
  const world = office()
  apply(system, world, { input: 'gates', gates: [{ type: 'letter' }, { from: 'clerk', type: '~tick' }] })
  apply(system, world, { input: 'post', to: 'clerk', type: 'later', body: {} })
  write(world, 'a')
  expect(waiting(world).map(s => s.said.type)).toEqual(['letter'])
  const twin = copyWorld(world)
  letThrough(twin, waiting(twin)[0]!.id)
  expect([letters(twin), letters(world)]).toEqual([['a'], []])
})

test('what the dead had said waits no more, so that no number of deaths fills the gate', () => {
  const world = office()
  apply(system, world, { input: 'gates', gates: [{ from: 'clerk', type: 'letter' }] })
  for (let i = 0; i < 5; i++) {
    write(world, `letter ${i}`)
    expect(world.stopped).toHaveLength(1)
    apply(system, world, { input: 'crash', name: 'clerk' })
    expect(world.stopped).toEqual([])
    apply(system, world, { input: 'restart', name: 'clerk' })
  }
  write(world, 'last')
  letThrough(world, waiting(world)[0]!.id)
  expect(letters(world)).toEqual(['last'])
})

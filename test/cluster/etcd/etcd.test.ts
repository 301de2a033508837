import { expect, test } from 'vitest'
import { etcd } from '../../../src/cluster/etcd.ts'
import { machine, type System } from '../../../src/kernel/machine.ts'
import { advanceTo, apply, newWorld, type World } from '../../../src/kernel/world.ts'

/** A client that keeps all that it hears. */
const client = machine<{ heard: any[] }>({
  init: () => ({ heard: [] }),
  on: {
    ask(_s, m, io) {
      io.link('etcd')
      if (m.body.send) io.send('etcd', m.body.type, m.body.body)
      else io.call('etcd', m.body.type, m.body.body, 'answer')
    },
    answer(s, m) {
      s.heard.push(m.body.answer.ok ? m.body.answer.value : m.body.answer.error)
    },
    events(s, m) {
      s.heard.push(m.body)
    },
    'peer/down'(s) {
      s.heard.push('down')
    },
  },
})
const system: System = { machines: { etcd, client }, delay: () => 1 }

function start(): World {
  const world = newWorld(7)
  apply(system, world, { input: 'spawn', name: 'etcd', config: {} })
  apply(system, world, { input: 'spawn', name: 'client', config: {} })
  return world
}
const ask = (world: World, type: string, body: unknown, send = false) => {
  apply(system, world, { input: 'post', to: 'client', type: 'ask', body: { type, body, send } })
  advanceTo(system, world, world.now + 10)
}
const heard = (world: World): any[] => world.actors.get('client')!.state.heard
const put = (key: string, value: unknown, lease = 0) => ({ compare: [], success: [{ put: key, value, lease }] })
const short = (batches: any[]) => batches.filter(b => b.events).map(b => [b.revision, b.events.map((e: any) => `${e.type} ${e.kv.key}`)])

test('a watch tells every revision once, those of the past first, and only its own keys', () => {
  const world = start()
  ask(world, 'txn', put('/registry/pods/a', 1))
  ask(world, 'txn', {
    compare: [],
    success: [
      { put: '/registry/pods/b', value: 1 },
      { put: '/registry/nodes/x', value: 1 },
      { put: '/registry/pods/c', value: 2 },
    ],
  })
  ask(world, 'watch', { id: 1, key: '/registry/pods/', end: '/registry/pods0', start: 2 }, true)
  ask(world, 'txn', put('/registry/nodes/y', 1))
  ask(world, 'txn', { compare: [], success: [{ delete: '/registry/pods/', end: '/registry/pods/b0' }] })
  expect(short(heard(world))).toEqual([
    [2, ['PUT /registry/pods/a']],
    [3, ['PUT /registry/pods/b', 'PUT /registry/pods/c']],
    [5, ['DELETE /registry/pods/a', 'DELETE /registry/pods/b']],
  ])
  ask(world, 'cancel', { id: 1 }, true)
  ask(world, 'txn', put('/registry/pods/z', 1))
  expect(short(heard(world))).toHaveLength(3)
})

test('a watch from a compacted revision is cancelled at once', () => {
  const world = start()
  for (let i = 0; i < 5; i++) ask(world, 'txn', put('k', i))
  ask(world, 'compact', { revision: 4 })
  ask(world, 'watch', { id: 3, key: 'k', start: 3 }, true)
  expect(heard(world).at(-1)).toEqual({ watch: 3, revision: 6, events: [], compactRevision: 4, canceled: true })
  ask(world, 'watch', { id: 4, key: 'k', start: 4 }, true)
  expect(short(heard(world)).slice(1)).toEqual([
    [4, ['PUT k']],
    [5, ['PUT k']],
    [6, ['PUT k']],
  ])
})

test('what is written survives a crash; watches and calls do not', () => {
  const world = start()
  ask(world, 'txn', put('k', 'v'))
  ask(world, 'watch', { id: 1, key: 'k', start: 0 }, true)
  apply(system, world, { input: 'crash', name: 'etcd' })
  ask(world, 'range', { key: 'k' })
  expect(heard(world)).toContain('refused')
  expect(heard(world)[1]).toBe('down')
  apply(system, world, { input: 'restart', name: 'etcd' })
  ask(world, 'range', { key: 'k' })
  expect(heard(world).at(-1)).toMatchObject({ revision: 2, kvs: [{ key: 'k', value: 'v', modRevision: 2 }] })
  ask(world, 'txn', put('k', 'w'))
  expect(short(heard(world))).toEqual([])
})

test('keys die with their lease, all at one revision; a key that got another lease stays', () => {
  const world = start()
  ask(world, 'lease/grant', { ttl: 10 })
  ask(world, 'lease/grant', { ttl: 60 })
  const [first, second] = heard(world).map(answer => answer.id)
  ask(world, 'txn', put('b', 1, first))
  ask(world, 'txn', put('a', 1, first))
  ask(world, 'txn', put('c', 1, first))
  ask(world, 'txn', put('c', 2, second))
  ask(world, 'watch', { id: 1, key: 'a', end: 'z', start: 0 }, true)
  advanceTo(system, world, 9_900)
  expect(short(heard(world))).toEqual([])
  advanceTo(system, world, 10_600)
  expect(short(heard(world))).toEqual([[6, ['DELETE a', 'DELETE b']]])
})

test('a restarted member gives leases their whole life again', () => {
  const world = start()
  ask(world, 'lease/grant', { ttl: 10 })
  ask(world, 'txn', put('a', 1, heard(world)[0].id))
  advanceTo(system, world, 8_000)
  apply(system, world, { input: 'crash', name: 'etcd' })
  apply(system, world, { input: 'restart', name: 'etcd' })
  advanceTo(system, world, 18_000)
  ask(world, 'range', { key: 'a' })
  expect(heard(world).at(-1)).toMatchObject({ count: 1 })
  advanceTo(system, world, 20_000)
  ask(world, 'range', { key: 'a' })
  expect(heard(world).at(-1)).toMatchObject({ count: 0 })
})

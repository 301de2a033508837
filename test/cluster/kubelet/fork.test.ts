import { expect, test } from 'vitest'
import { fork, newTimeline } from '../../../src/kernel/timeline.ts'
import { advance, advanceTo, apply } from '../../../src/kernel/world.ts'
import { create, newFactory, POD, pod, system } from './hatch.ts'

test('a copy of the world made in the middle of anything goes on alike', () => {
  const world = newFactory()
  create(world, pod('lost', { containers: [{ image: 'fail/x:1' }] }), 0)
  create(
    world,
    pod('side', {
      terminationGracePeriodSeconds: 4,
      initContainers: [{ name: 's', image: 'redis:7', restartPolicy: 'Always' }],
      containers: [{ image: 'stubborn:1' }],
    }),
    0,
  )
  create(world, pod('live', { containers: [{ image: 'exit-1', livenessProbe: { exec: { command: ['until', '1'] }, periodSeconds: 1 } }] }), 3000)
  const request = { method: 'DELETE', path: `${POD}/side`, query: {}, headers: {}, body: {} }
  apply(system, world, { input: 'post', to: 'user/me', type: 'ask', body: { to: 'kube-apiserver', type: 'request', body: request } })
  const end = world.now + 20_000
  const copies = []
  while (world.now < end) {
    for (let i = 0; i < 7; i++) advance(system, world, end)
    copies.push(fork(newTimeline(world)).world)
  }
  expect(copies.length).toBeGreaterThan(20)
  for (const copy of copies) {
    advanceTo(system, copy, end)
    expect(copy.chain).toBe(world.chain)
  }
})

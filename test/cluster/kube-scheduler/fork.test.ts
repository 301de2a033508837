// The scheduler in copies of the world, and dying at any moment.
import { expect, test } from 'vitest'
import { milliValue } from '../../../src/api/quantity.ts'
import { SYSTEM } from '../../../src/cluster/cluster.ts'
import { fork, newTimeline } from '../../../src/kernel/timeline.ts'
import { advance, advanceTo, apply } from '../../../src/kernel/world.ts'
import { type Whole, whole } from '../world.ts'

const PODS = '/api/v1/namespaces/default/pods'

/** More Pods than there is room for, of two priorities, one with a gate. */
function busy(seed: number): Whole {
  const w = whole({ seed, proxies: false })
  w.ask('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 1000,
  })
  for (let i = 0; i < 12; i++) {
    const containers = [{ name: 'c', image: 'press:1', resources: { requests: { cpu: `${600 + 200 * (i % 5)}m` } } }]
    const spec = { containers, terminationGracePeriodSeconds: 1, ...(i > 8 ? { priorityClassName: 'high' } : {}) }
    const request = { method: 'POST', path: PODS, query: {}, headers: { authorization: 'Bearer admin-token', 'content-type': 'application/json' } }
    const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${i}`, labels: { app: 'a' } }, spec }
    w.apply({ input: 'post', to: 'user/admin', type: 'ask', body: { id: 1000 + i, request: { ...request, body }, open: false } })
    w.wait(i % 3)
  }
  return w
}

test('a copy of the world made in the middle of a decision goes on alike', () => {
  const w = busy(4)
  const end = w.world.now + 15_000
  const copies = []
  for (let i = 0; w.world.now < end && i < 4000; i++) {
    advance(SYSTEM, w.world, end)
    if (i % 80 === 0) copies.push(fork(newTimeline(w.world)).world)
  }
  advanceTo(SYSTEM, w.world, end)
  expect(w.world.notes.some(n => n.kind === 'Preempting')).toBe(true)
  for (const copy of copies) {
    advanceTo(SYSTEM, copy, end)
    expect(copy.chain).toBe(w.world.chain)
  }
})

test.each(Array.from({ length: 12 }, (_, i) => i))('crash %i: whatever fits is bound in the end, and no node holds too much', i => {
  const w = busy(10 + i)
  for (let steps = 0; steps < i * 9; steps++) advance(SYSTEM, w.world, w.world.now + 1000)
  apply(SYSTEM, w.world, { input: 'crash', name: 'kube-scheduler' })
  w.wait(500)
  apply(SYSTEM, w.world, { input: 'restart', name: 'kube-scheduler' })
  w.wait(60_000)
  const pods = w.ask('GET', PODS).items
  const milli = (p: any) => milliValue(p.spec.containers[0].resources.requests.cpu)
  const used = (node: string) => pods.filter((p: any) => p.spec.nodeName === node).reduce((n: number, p: any) => n + milli(p), 0)
  const free = ['factory-p', 'factory-q'].map(name => 4000 - used(name))
  for (const left of free) expect(left).toBeGreaterThanOrEqual(0)
  const waiting = pods.filter((p: any) => p.spec.nodeName === undefined)
  for (const p of waiting) {
    expect(milli(p)).toBeGreaterThan(Math.max(...free))
    expect(p.status.conditions).toContainEqual(expect.objectContaining({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }))
  }
  const state = w.world.actors.get('kube-scheduler')!.state as any
  expect(state.cycle).toEqual({ at: 'idle' })
  expect([...state.cache.placed.values()].filter((p: any) => p.assumed)).toEqual([])
})

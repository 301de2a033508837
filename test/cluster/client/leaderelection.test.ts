// leaderelection.test.ts: how a leader keeps its Lease, and how it loses it.

import { expect, test } from 'vitest'
import { whole } from '../world.ts'

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler'
const notes = (w: ReturnType<typeof whole>, kind: string) => w.world.notes.filter(n => n.kind === kind && n.actor === 'kube-scheduler').map(n => n.at)

test('a leader renews its Lease every 2 s', () => {
  const w = whole({ seed: 1 })
  const before = w.ask('GET', LEASE)
  w.wait(20_000)
  const after = w.ask('GET', LEASE)
  expect(Date.parse(after.spec.renewTime) - Date.parse(before.spec.renewTime)).toBeGreaterThan(17_900)
  expect(after.metadata.resourceVersion).not.toBe(before.metadata.resourceVersion)
  expect({ ...after.spec, renewTime: '' }).toEqual({ ...before.spec, renewTime: '' })
})

test('a leader that cannot renew ends 10 s after the round began that failed, and leads again when it is back', () => {
  const w = whole({ seed: 1 })
  const from = w.world.now
  w.apply({ input: 'crash', name: 'kube-apiserver' })
  w.wait(15_000)
  const [lost] = notes(w, 'StoppedLeading')
  expect(lost! - from).toBeGreaterThanOrEqual(10_000)
  expect(lost! - from).toBeLessThanOrEqual(12_100)
  w.apply({ input: 'restart', name: 'kube-apiserver' })
  w.wait(40_000)
  expect(notes(w, 'BecameLeader').at(-1)).toBeGreaterThan(lost!)
  expect(w.ask('GET', LEASE).spec.leaseTransitions).toBeGreaterThanOrEqual(1)
})

test('a Lease that somebody else has touched is read and renewed in the same try', () => {
  const w = whole({ seed: 1 })
  w.ask('PATCH', LEASE, { metadata: { labels: { touched: 'yes' } } }, 'application/merge-patch+json')
  w.wait(4_000)
  const lease = w.ask('GET', LEASE)
  expect(lease.metadata.labels).toEqual({ touched: 'yes' })
  expect(notes(w, 'StoppedLeading')).toEqual([])
  w.wait(20_000)
  expect(notes(w, 'StoppedLeading')).toEqual([])
})

import { expect, test } from 'vitest'
import { advance } from '../../../src/kernel/world.ts'
import { Hatch, MAPS, PODS, pod, system, TYPES } from './hatch.ts'

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
const node = { from: 'kubelet/a', token: 'system:node:a' }
const lease = { metadata: { name: 'a' }, spec: { holderIdentity: 'a', leaseDurationSeconds: 40, renewTime: '2026-11-02T08:00:00.000000Z' } }

test('a heartbeat over the Lease as it was answered writes what the same body in other hands writes', () => {
  const renewed = [true, false].map(shared => {
    const hatch = new Hatch()
    const made = hatch.ok('POST', LEASES, lease, node)
    hatch.pass(10_000)
    const body = { ...made, spec: { ...made.spec, renewTime: '2026-11-02T08:00:10.250000Z' } }
    return hatch.ok('PUT', `${LEASES}/a`, shared ? body : structuredClone(body), node)
  })
  expect(JSON.stringify(renewed[0])).toBe(JSON.stringify(renewed[1]))
  expect(renewed[0].spec.renewTime).toBe('2026-11-02T08:00:10.250000Z')
  expect(renewed[0].metadata.managedFields).toHaveLength(1)
  expect(renewed[0].metadata.managedFields[0].time).not.toBe(renewed[0].metadata.creationTimestamp)
})

test('a heartbeat at a time that is none, or over a Lease that has changed since, is refused as ever', () => {
  const hatch = new Hatch()
  const made = hatch.ok('POST', LEASES, lease, node)
  const at = (renewTime: string) => hatch.ask('PUT', `${LEASES}/a`, { ...made, spec: { ...made.spec, renewTime } }, node)
  expect(at('yesterday').status).toBe(400)
  expect(at('2026-11-02T08:00:01.000000Z').status).toBe(200)
  expect(at('2026-11-02T08:00:02.000000Z').status).toBe(409)
})

test('what a patch does not touch stays the value that it was', () => {
  const hatch = new Hatch()
  const before = hatch.ok('POST', PODS, pod('a'))
  const status = { conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: '2026-11-02T08:00:00Z' }] }
  const after = hatch.ok('PATCH', `${PODS}/a/status`, { status }, { type: TYPES.strategic })
  expect(after.spec).toBe(before.spec)
  expect(after.status.conditions).toEqual(status.conditions)
})

test('labels that were judged right as annotations are judged anew as labels', () => {
  const hatch = new Hatch()
  const words = { a: 'two words' }
  expect(hatch.ask('POST', MAPS, { metadata: { name: 'a', annotations: words } }).status).toBe(201)
  expect(hatch.ask('POST', MAPS, { metadata: { name: 'b', labels: words } }).status).toBe(422)
})

test('an API server that could list just as etcd came back hears when etcd dies again', () => {
  const hatch = new Hatch()
  hatch.crash('etcd')
  hatch.crash('kube-apiserver')
  hatch.restart('kube-apiserver')
  while (advance(system, hatch.world)?.type !== '~timer/list') {}
  while (advance(system, hatch.world, hatch.world.now)) {}
  hatch.restart('etcd')
  hatch.pass(2_000)
  hatch.crash('etcd')
  hatch.pass(5_000)
  hatch.restart('etcd')
  hatch.pass(5_000)
  const told = hatch.watch(MAPS)
  hatch.ok('POST', MAPS, { metadata: { name: 'a' } })
  expect(told()).toEqual(['ADDED a'])
})

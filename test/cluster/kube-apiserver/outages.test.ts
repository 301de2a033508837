import { expect, test } from 'vitest'
import { advance, advanceTo, apply, newWorld } from '../../../src/kernel/world.ts'
import { runningPod, whole } from '../world.ts'
import { Hatch, system, TYPES } from './hatch.ts'

test.each([1, 2, 40])('a server that lost etcd %i messages after it began to make its first objects opens its door when all are there', messages => {
  const world = newWorld(1)
  for (const name of ['etcd', 'kube-apiserver']) apply(system, world, { input: 'spawn', name, config: {} })
  const server = () => world.actors.get('kube-apiserver')!.state
  while (server().phase.at !== 'booting') advance(system, world)
  for (let i = 0; i < messages; i++) advance(system, world)
  apply(system, world, { input: 'crash', name: 'etcd' })
  advanceTo(system, world, world.now + 30_000)
  expect(server().phase.at).toBe('booting')
  apply(system, world, { input: 'restart', name: 'etcd' })
  advanceTo(system, world, world.now + 5_000)
  const sizes = (s: any) => ['clusterroles', 'namespaces', 'services', 'priorityclasses'].map(name => s.caches[name].objects.size)
  expect(server().phase.at).toBe('serving')
  expect(sizes(server())).toEqual(sizes(new Hatch().world.actors.get('kube-apiserver')!.state))
})

test('a log that is followed ends with its kubelet, and is read no more when its reader leaves', () => {
  const cluster = whole({ seed: 1 })
  const { world, ask, wait, apply: put } = cluster
  ask('POST', '/api/v1/namespaces/default/pods', runningPod('p', {}))
  wait(20_000)
  const kubelet = `kubelet/${ask('GET', '/api/v1/namespaces/default/pods/p').spec.nodeName}`
  const state = (name: string): any => world.actors.get(name)!.state
  const follow = (id: number) => {
    const headers = { authorization: 'Bearer admin-token' }
    const request = { method: 'GET', path: '/api/v1/namespaces/default/pods/p/log', query: { follow: 'true' }, headers }
    put({ input: 'post', to: 'user/admin', type: 'ask', body: { id, request, open: true } })
    wait(200)
  }
  follow(5_000)
  expect([state('kube-apiserver').streams.size, state(kubelet).follows.size]).toEqual([1, 1])
  put({ input: 'crash', name: kubelet })
  wait(1_000)
  expect([state('kube-apiserver').streams.size, state('user/admin').watches.get(5_000).closed]).toEqual([0, true])
  follow(5_001)
  expect(state('kube-apiserver').streams.size).toBe(0)
  put({ input: 'restart', name: kubelet })
  wait(20_000)
  follow(5_002)
  put({ input: 'crash', name: 'user/admin' })
  wait(1_000)
  expect([state('kube-apiserver').streams.size, state(kubelet).follows.size]).toEqual([0, 0])
})

test('the Service kubernetes comes back within ten seconds, a system Namespace within a minute', () => {
  const hatch = new Hatch()
  const there = (...paths: string[]) => paths.map(path => hatch.ask('GET', path).status)
  const [service, endpoints, namespace] = [
    '/api/v1/namespaces/default/services/kubernetes',
    '/api/v1/namespaces/default/endpoints/kubernetes',
    '/api/v1/namespaces/kube-node-lease',
  ]
  const before = hatch.ok('GET', service)
  hatch.ok('DELETE', service)
  hatch.ok('DELETE', endpoints)
  const going = hatch.ok('DELETE', namespace)
  hatch.ok('PUT', `${namespace}/finalize`, { ...going, spec: { finalizers: [] } })
  expect(there(service, endpoints, namespace)).toEqual([404, 404, 404])
  hatch.crash('etcd')
  hatch.pass(10_000)
  hatch.restart('etcd')
  hatch.pass(11_000)
  expect(there(service, endpoints, '/apis/networking.k8s.io/v1/ipaddresses/10.96.0.1', namespace)).toEqual([200, 200, 200, 404])
  const after = hatch.ok('GET', service)
  expect([after.spec, after.metadata.uid === before.metadata.uid]).toEqual([before.spec, false])
  hatch.pass(40_000)
  expect(there(namespace)).toEqual([200])
})

test('no Event stays for ever: neither one that found etcd away, nor one that was changed', () => {
  const hatch = new Hatch()
  const events = '/api/v1/namespaces/default/events'
  const event = (name: string) => ({ metadata: { name }, involvedObject: { namespace: 'default' }, reason: 'R' })
  hatch.crash('etcd')
  const headers = { authorization: 'Bearer admin-token', 'content-type': 'application/json' }
  const request = { method: 'POST', path: events, query: {}, headers, body: event('late') }
  apply(system, hatch.world, { input: 'post', to: 'user/admin', type: 'ask', body: { id: 777, request, open: false } })
  hatch.pass(500)
  hatch.restart('etcd')
  hatch.pass(3_000)
  hatch.ok('POST', events, event('changed'))
  hatch.ok('PATCH', `${events}/changed`, { count: 2 }, { type: TYPES.merge })
  const names = () => hatch.ok('GET', events).items.map((e: any) => e.metadata.name)
  expect(names()).toEqual(['changed', 'late'])
  hatch.pass(3_670_000)
  expect(names()).toEqual([])
})

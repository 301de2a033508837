// Whole lives of Pods in the scheduler, with a real API server and no kubelets.
import { expect, test } from 'vitest'
import { etcd } from '../../../src/cluster/etcd.ts'
import { kubeApiserver } from '../../../src/cluster/kube-apiserver.ts'
import { kubeScheduler, type SchedulerConfig } from '../../../src/cluster/kube-scheduler.ts'
import { delay } from '../../../src/cluster/topology.ts'
import { user } from '../../../src/cluster/user.ts'
import type { System } from '../../../src/kernel/machine.ts'
import { advanceTo, apply, newWorld, type World } from '../../../src/kernel/world.ts'

const SYSTEM: System = { machines: { etcd, 'kube-apiserver': kubeApiserver, 'kube-scheduler': kubeScheduler, user }, delay }
const PODS = '/api/v1/namespaces/default/pods'

interface Cluster {
  world: World
  ask(method: string, path: string, body?: unknown, type?: string): any
  wait(ms: number): void
}

function cluster(config: SchedulerConfig = {}): Cluster {
  const world = newWorld(7)
  for (const [name, c] of [
    ['etcd', {}],
    ['kube-apiserver', {}],
    ['user/you', {}],
    ['kube-scheduler', { host: 'control-plane', ...config }],
  ] as const)
    apply(SYSTEM, world, { input: 'spawn', name, config: c })
  let id = 0
  const wait = (ms: number) => advanceTo(SYSTEM, world, world.now + ms)
  const ask = (method: string, path: string, body?: unknown, type = 'application/json') => {
    const request = { method, path, query: {}, headers: { authorization: 'Bearer admin-token', 'content-type': type }, body }
    apply(SYSTEM, world, { input: 'post', to: 'user/you', type: 'ask', body: { id: ++id, request, open: false } })
    wait(10)
    const answer = (world.actors.get('user/you')!.state as any).answers.get(id)
    if (!answer?.ok) throw new Error(`no answer: ${method} ${path}`)
    return answer.value.body
  }
  wait(20_000)
  ask('POST', '/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } })
  return { world, ask, wait }
}

function addNode({ ask }: Cluster, name: string, cpu = '2', more: any = {}): void {
  const capacity = { cpu, memory: '4Gi', pods: '110' }
  ask('POST', '/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    spec: more,
    status: { capacity, allocatable: capacity },
  })
  // The admission that marks new Nodes as not ready expects a node lifecycle controller.
  ask('PATCH', `/api/v1/nodes/${name}`, { spec: { taints: null } }, 'application/merge-patch+json')
}

function addPod({ ask }: Cluster, name: string, cpu: string, spec: any = {}): any {
  const containers = [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }]
  return ask('POST', PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: { containers, terminationGracePeriodSeconds: 0, ...spec },
  })
}

const podOf = ({ ask }: Cluster, name: string) => ask('GET', `${PODS}/${name}`)
const scheduled = (p: any) => p.status.conditions?.find((c: any) => c.type === 'PodScheduled')
const eventsOf = ({ ask }: Cluster, name: string) =>
  ask('GET', '/api/v1/namespaces/default/events')
    .items.filter((e: any) => e.involvedObject.name === name)
    .map((e: any) => `${e.type} ${e.reason} ${e.message}`)
const notes = ({ world }: Cluster, kind: string) => world.notes.filter(n => n.actor === 'kube-scheduler' && n.kind === kind)

test('a Pod is bound within milliseconds, and an Event says where', () => {
  const c = cluster()
  addNode(c, 'n1')
  addPod(c, 'a', '1')
  c.wait(50)
  expect(podOf(c, 'a').spec.nodeName).toBe('n1')
  expect(scheduled(podOf(c, 'a'))).toMatchObject({ status: 'True' })
  expect(eventsOf(c, 'a')).toEqual(['Normal Scheduled Successfully assigned default/a to n1'])
  expect(notes(c, 'Bound').map(n => n.data)).toEqual([{ pod: 'default/a', node: 'n1' }])
})

test('a Pod that fits nowhere says so, and waits for a change that helps', () => {
  const c = cluster()
  addNode(c, 'n1')
  addPod(c, 'a', '3')
  c.wait(100)
  const message = '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.'
  expect(scheduled(podOf(c, 'a'))).toMatchObject({ status: 'False', reason: 'Unschedulable', message, observedGeneration: 1 })
  expect(eventsOf(c, 'a')).toEqual([`Warning FailedScheduling ${message}`])
  const tries = notes(c, 'Filtered').length
  addNode(c, 'n2', '2')
  c.wait(60_000)
  expect(notes(c, 'Filtered').length).toBe(tries)
  addNode(c, 'n3', '4')
  c.wait(100)
  expect(podOf(c, 'a').spec.nodeName).toBe('n3')
})

test('without a change it is tried again after five minutes', () => {
  const c = cluster()
  addNode(c, 'n1')
  addPod(c, 'a', '3')
  c.wait(299_000)
  expect(notes(c, 'Filtered')).toHaveLength(1)
  c.wait(32_000)
  expect(notes(c, 'Filtered')).toHaveLength(2)
  expect(notes(c, 'Queued').at(-2)!.data).toEqual({ pod: 'default/a', queue: 'activeQ', because: 'UnschedulableTimeout' })
})

test('without nodes it is tried again and again, ever more seldom', () => {
  const c = cluster()
  addPod(c, 'a', '1')
  c.wait(40_000)
  expect(scheduled(podOf(c, 'a')).message).toBe('no nodes available to schedule pods')
  const at = notes(c, 'Filtered').map(n => n.at)
  expect(at.slice(1).map((t, i) => Math.round((t - at[i]!) / 1000))).toEqual([2, 3, 5, 9, 11])
})

test('scheduling gates keep a Pod out of the queue until the last one is taken away', () => {
  const c = cluster()
  addNode(c, 'n1')
  addPod(c, 'a', '1', { schedulingGates: [{ name: 'abc.example/wait' }] })
  c.wait(1000)
  expect(scheduled(podOf(c, 'a'))).toMatchObject({ reason: 'SchedulingGated' })
  expect(notes(c, 'Filtered')).toHaveLength(0)
  expect(eventsOf(c, 'a')).toEqual([])
  c.ask('PATCH', `${PODS}/a`, { spec: { schedulingGates: null } }, 'application/merge-patch+json')
  c.wait(50)
  expect(podOf(c, 'a').spec.nodeName).toBe('n1')
})

test('who matters more comes first, whenever it came', () => {
  const c = cluster()
  c.ask('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 1000,
    preemptionPolicy: 'Never',
  })
  for (const name of ['a', 'b']) addPod(c, name, '2')
  addPod(c, 'urgent', '2', { priorityClassName: 'high' })
  addNode(c, 'n1', '2')
  c.wait(15_000)
  expect(podOf(c, 'urgent').spec.nodeName).toBe('n1')
  expect(podOf(c, 'a').spec.nodeName).toBeUndefined()
})

test('a Pod that matters more makes another leave, waits on the node, and is bound there', () => {
  const c = cluster()
  c.ask('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 1000,
  })
  addNode(c, 'n1', '2')
  addPod(c, 'low', '2')
  c.wait(100)
  const urgent = addPod(c, 'urgent', '1', { priorityClassName: 'high' })
  c.wait(500)
  expect(podOf(c, 'urgent').spec.nodeName).toBe('n1')
  expect(podOf(c, 'low').code).toBe(404)
  expect(eventsOf(c, 'low')).toContain(`Normal Preempted Preempted by pod ${urgent.metadata.uid} on node n1`)
  expect(eventsOf(c, 'urgent')).toEqual([
    'Warning FailedScheduling 0/1 nodes are available: 1 Insufficient cpu. preemption: found a potential placement for pod on node n1, preempting 1 victims',
    'Normal Scheduled Successfully assigned default/urgent to n1',
  ])
  expect(notes(c, 'Preempting').map(n => n.data)).toEqual([{ pod: 'default/urgent', node: 'n1', victims: ['default/low'] }])
})

test('while a victim takes its time, nobody lesser gets its place', () => {
  const c = cluster()
  c.ask('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 1000,
  })
  addNode(c, 'n1', '2')
  addPod(c, 'low', '2', { terminationGracePeriodSeconds: 30 })
  c.wait(100)
  addPod(c, 'urgent', '2', { priorityClassName: 'high' })
  c.wait(1000)
  expect(podOf(c, 'urgent').status.nominatedNodeName).toBe('n1')
  expect(podOf(c, 'low').status.conditions.find((x: any) => x.type === 'DisruptionTarget')).toMatchObject({
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: 'default-scheduler: preempting to accommodate a higher priority pod',
  })
  expect(podOf(c, 'low').metadata.deletionGracePeriodSeconds).toBe(30)
  addPod(c, 'small', '1')
  c.wait(100)
  c.ask('DELETE', `${PODS}/low`, { gracePeriodSeconds: 0 })
  c.wait(500)
  expect(podOf(c, 'urgent').spec.nodeName).toBe('n1')
  expect(podOf(c, 'urgent').status.nominatedNodeName).toBeUndefined()
  expect(podOf(c, 'small').spec.nodeName).toBeUndefined()
})

test('a Pod that is gone before it is bound leaves nothing behind', () => {
  const c = cluster()
  addNode(c, 'n1', '2')
  apply(SYSTEM, c.world, { input: 'slow', from: 'kube-scheduler', to: 'kube-apiserver', ms: 500 })
  addPod(c, 'a', '2')
  c.ask('DELETE', `${PODS}/a`)
  c.wait(3000)
  addPod(c, 'b', '2')
  c.wait(3000)
  expect(podOf(c, 'b').spec.nodeName).toBe('n1')
})

test('after a crash every Pod without a node is taken up again', () => {
  const c = cluster()
  apply(SYSTEM, c.world, { input: 'crash', name: 'kube-scheduler' })
  addNode(c, 'n1', '2')
  addPod(c, 'a', '1')
  c.wait(5000)
  expect(podOf(c, 'a').spec.nodeName).toBeUndefined()
  expect(eventsOf(c, 'a')).toEqual([])
  apply(SYSTEM, c.world, { input: 'restart', name: 'kube-scheduler' })
  c.wait(20_000)
  expect(podOf(c, 'a').spec.nodeName).toBe('n1')
})

test('Pods of another scheduler are left alone, but take room', () => {
  const c = cluster()
  addNode(c, 'n1', '2')
  addPod(c, 'other', '1', { schedulerName: 'mine' })
  c.wait(100)
  expect(podOf(c, 'other').spec.nodeName).toBeUndefined()
  c.ask('POST', `${PODS}/other/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'other' }, target: { kind: 'Node', name: 'n1' } })
  addPod(c, 'a', '2')
  c.wait(100)
  expect(podOf(c, 'a').spec.nodeName).toBeUndefined()
})

test('a profile is an argument', () => {
  const resources = [{ name: 'cpu', weight: 1 }]
  const c = cluster({ scoringStrategy: { type: 'MostAllocated', resources }, disabled: ['NodeResourcesBalancedAllocation', 'PodTopologySpread'] })
  for (const name of ['n1', 'n2']) addNode(c, name, '4')
  for (const name of ['a', 'b', 'd']) {
    addPod(c, name, '1')
    c.wait(50)
  }
  expect(['a', 'b', 'd'].map(name => podOf(c, name).spec.nodeName)).toEqual(['n1', 'n1', 'n1'])
})

test('a scheduler that lost its lead binds nothing more: what it had begun ends with it', () => {
  const c = cluster()
  addNode(c, 'n1')
  c.ask('GET', PODS)
  // Assumed, but the binding does not reach the API server in time.
  apply(SYSTEM, c.world, { input: 'slow', from: 'kube-scheduler', to: 'kube-apiserver', ms: 40_000 })
  addPod(c, 'a', '1')
  c.wait(30_000)
  expect([notes(c, 'Assumed').length, notes(c, 'Exited').length, notes(c, 'Bound').length]).toEqual([1, 1, 0])
  c.wait(25_000)
  expect(notes(c, 'Bound')).toEqual([])
})

test('clocks of a scheduler that lost its lead do not ring in the next one', () => {
  const c = cluster({ host: 'tower' })
  addPod(c, 'a', '1')
  c.wait(5000)
  const waiting = () => c.world.agenda.filter(m => m.type.includes('queue/') && c.world.timers.has(m.id)).length
  expect(waiting()).toBe(1)
  apply(SYSTEM, c.world, { input: 'cut', a: 'kube-scheduler', b: 'kube-apiserver' })
  c.wait(20_000)
  expect(notes(c, 'Exited')).toHaveLength(1)
  expect(waiting()).toBe(0)
  apply(SYSTEM, c.world, { input: 'mend', a: 'kube-scheduler', b: 'kube-apiserver' })
  c.wait(60_000)
  expect(waiting()).toBe(1)
  expect(notes(c, 'BecameLeader').map(n => n.data.identity.split('_')[0])).toEqual(['tower', 'tower'])
})

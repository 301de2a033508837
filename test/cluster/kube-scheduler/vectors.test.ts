import { expect, test } from 'vitest'
import { feasibleNodesToFind, selectHost } from '../../../src/cluster/kube-scheduler/cycle.ts'
import { decide, node, pod, scoresOf, snapshot, web } from './fixtures.ts'

const three = ['n1', 'n2', 'n3'].map(name => node(name))

test('Pods that ask for nothing spread, and the first node wins a tie of all', () => {
  const empty = decide(snapshot(three), web('p'))
  expect(empty.final).toEqual({ n1: 595, n2: 595, n3: 595 })
  expect(scoresOf(empty, 'n1')).toEqual({ NodeResourcesFit: 95, PodTopologySpread: 200, TaintToleration: 300 })
  expect(empty.node).toBe('n1')
  const one = decide(snapshot(three, [web('a', { on: 'n1' })]), web('p'))
  expect(one.final).toEqual({ n1: 490, n2: 595, n3: 595 })
  expect(one.node).toBe('n2')
})

test('a Pod that nobody owns and no Service selects is not spread', () => {
  expect(decide(snapshot(three), pod('p')).final).toEqual({ n1: 395, n2: 395, n3: 395 })
})

test('resources, balance, zones and soft taints add up', () => {
  const nodes = [
    node('n1', { cpu: '4', memory: '8Gi', zone: 'za' }),
    node('n2', { cpu: '2', memory: '4Gi', zone: 'za' }),
    node('n3', { cpu: '8', memory: '16Gi', zone: 'zb', taints: [{ key: 'k', effect: 'PreferNoSchedule' }] }),
  ]
  const busy = web('a', { on: 'n1', requests: { cpu: '1', memory: '2Gi' } })
  const decision = decide(snapshot(nodes, [busy]), web('p', { requests: { cpu: '500m', memory: '512Mi' } }))
  expect(decision.final).toEqual({ n1: 570, n3: 368, n2: 628 })
  expect(scoresOf(decision, 'n1')).toEqual({ NodeResourcesBalancedAllocation: 73, NodeResourcesFit: 65, PodTopologySpread: 132, TaintToleration: 300 })
  expect(decision.node).toBe('n2')
})

test('an image that lies on a node draws the Pod there', () => {
  const nodes = [node('n1', { images: [{ names: ['big:1'], sizeBytes: 500_000_000 }] }), node('n2'), node('n3')]
  expect(decide(snapshot(nodes), web('p', { image: 'big:1' })).final).toEqual({ n1: 608, n2: 595, n3: 595 })
  expect(decide(snapshot(nodes), web('p', { image: 'docker.io/library/big:1' })).final).toEqual({ n1: 595, n2: 595, n3: 595 })
})

test('an image on two of three nodes counts twice as much', () => {
  const images = [{ names: ['big:1'], sizeBytes: 900 * 1024 * 1024 }]
  expect(decide(snapshot([node('n1', { images }), node('n2', { images }), node('n3')]), web('p', { image: 'big:1' })).final).toEqual({
    n1: 654,
    n2: 654,
    n3: 595,
  })
})

test('a wish to be near others counts by zone', () => {
  const nodes = [node('n1', { zone: 'za' }), node('n2', { zone: 'za' }), node('n3', { zone: 'zb' })]
  const db = pod('db', { on: 'n1', labels: { app: 'db' } })
  const term = { labelSelector: { matchLabels: { app: 'db' } }, topologyKey: 'topology.kubernetes.io/zone' }
  const affinity = { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, podAffinityTerm: term }] } }
  expect(decide(snapshot(nodes, [db]), web('p', { spec: { affinity } })).final).toEqual({ n1: 790, n3: 595, n2: 795 })
})

test('soft constraints of its own take the place of the default spreading', () => {
  const nodes = [node('n1', { zone: 'za' }), node('n2', { zone: 'za' }), node('n3', { zone: 'zb' }), node('n4')]
  const there = [web('a', { on: 'n1' }), web('b', { on: 'n1' }), web('c', { on: 'n3' })]
  const soft = (topologyKey: string) => ({ maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app: 'web' } } })
  const spec = { topologySpreadConstraints: [soft('topology.kubernetes.io/zone'), soft('kubernetes.io/hostname')] }
  expect(decide(snapshot(nodes, there), web('p', { spec })).final).toEqual({ n1: 485, n3: 590, n4: 395, n2: 595 })
})

test('the default spreading weighs nodes and zones', () => {
  const nodes = [node('n1', { zone: 'za' }), node('n2', { zone: 'za' }), node('n3', { zone: 'zb' })]
  const there = [web('a', { on: 'n1' }), web('b', { on: 'n3' }), web('c', { on: 'n3' })]
  expect(decide(snapshot(nodes, there), web('p')).final).toEqual({ n1: 556, n3: 501, n2: 595 })
})

test('MostAllocated packs', () => {
  const nodes = [node('n1', { cpu: '4', memory: '8Gi' }), node('n2', { cpu: '4', memory: '8Gi' })]
  const busy = pod('a', { on: 'n2', requests: { cpu: '2', memory: '4Gi' } })
  const resources = [
    { name: 'cpu', weight: 1 },
    { name: 'memory', weight: 1 },
  ]
  const incoming = pod('p', { requests: { cpu: '1', memory: '2Gi' } })
  const least = decide(snapshot(nodes, [busy]), incoming)
  const most = decide(snapshot(nodes, [busy]), incoming, { scoringStrategy: { type: 'MostAllocated', resources } })
  expect([least.node, scoresOf(least, 'n1')['NodeResourcesFit'], scoresOf(least, 'n2')['NodeResourcesFit']]).toEqual(['n1', 75, 25])
  expect([most.node, scoresOf(most, 'n1')['NodeResourcesFit'], scoresOf(most, 'n2')['NodeResourcesFit']]).toEqual(['n2', 25, 75])
})

test('weights are arguments', () => {
  expect(scoresOf(decide(snapshot(three), web('p'), { weights: { PodTopologySpread: 7 } }), 'n1')['PodTopologySpread']).toBe(700)
})

test.each([
  [[5, 5, 5], 0],
  [[4, 5, 5], 1],
  [[1, 1, 2, 2], 3],
  [[2, 1, 2, 2], 0],
  [[1, 1, 1, 2, 2], 3],
  [[1, 1, 2, 1, 2], 4],
  [[1, 1, 1, 1, 2, 2], 4],
  [[490, 595, 595, 595], 1],
])('of totals %j the heap gives number %i', (totals, index) => expect(selectHost(totals)).toBe(index))

test.each([
  [1, 1],
  [99, 99],
  [100, 100],
  [250, 120],
  [500, 230],
  [1000, 420],
  [2000, 680],
  [5000, 500],
  [6000, 300],
])('of %i nodes %i feasible ones are looked for', (nodes, wanted) => expect(feasibleNodesToFind(nodes)).toBe(wanted))

test('zones take turns in the order of nodes', () => {
  const nodes = [node('a1', { zone: 'a' }), node('a2', { zone: 'a' }), node('b1', { zone: 'b' }), node('c1', { zone: 'c' }), node('a3', { zone: 'a' })]
  expect(snapshot(nodes).nodes.map(n => n.name)).toEqual(['a1', 'b1', 'c1', 'a2', 'a3'])
})

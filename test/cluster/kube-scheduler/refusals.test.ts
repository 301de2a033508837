import { expect, test } from 'vitest'
import { decide, node, pod, snapshot } from './fixtures.ts'

const three = ['n1', 'n2', 'n3'].map(name => node(name))
const hard = (spec: any) => ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: spec } } })

test('every node says why, and reasons are counted', () => {
  const nodes = [
    node('cp', { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }),
    node('n2', { labels: { disk: 'ssd' } }),
    node('n3'),
  ]
  const decision = decide(
    snapshot(nodes, [pod('a', { on: 'n2', requests: { cpu: '1' } })]),
    pod('p', { requests: { cpu: '2' }, spec: { nodeSelector: { disk: 'ssd' } } }),
  )
  expect(decision.message).toBe(
    "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s). preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.",
  )
  expect(decision.rejectors.sort()).toEqual(['NodeAffinity', 'NodeResourcesFit', 'TaintToleration'])
  expect(decision.verdicts['n2']).toEqual({ plugin: 'NodeResourcesFit', code: 'unschedulable', reasons: ['Insufficient cpu'] })
})

test('what exceeds the whole node can not be helped', () => {
  expect(decide(snapshot(three), pod('p', { requests: { cpu: '8', memory: '64Gi' } })).message).toBe(
    '0/3 nodes are available: 3 Insufficient cpu, 3 Insufficient memory. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
  )
})

test('cordons come before taints', () => {
  const unreachable = [
    { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
  ]
  const nodes = [
    node('n1'),
    node('n2', { taints: unreachable }),
    node('n3', { cordoned: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] }),
  ]
  expect(decide(snapshot(nodes), pod('p', { requests: { cpu: '3' } })).message).toBe(
    '0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
  )
})

test('a claim that is not there stops everything, and preemption is not tried', () => {
  const spec = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }
  const decision = decide(snapshot(three), pod('p', { spec }))
  expect(decision.message).toBe('0/3 nodes are available: persistentvolumeclaim "data" not found. not found')
  expect(decision.rejectors).toEqual(['VolumeRestrictions'])
})

test('a Pod pinned to one node counts the others out by name', () => {
  const pinned = hard({ nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }] })
  const full = pod('a', { on: 'n1', requests: { cpu: '2' } })
  expect(decide(snapshot(three, [full]), pod('p', { requests: { cpu: '1' }, spec: pinned })).message).toBe(
    "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.",
  )
})

test('without nodes there is one short sentence', () => {
  const decision = decide(snapshot([]), pod('p'))
  expect(decision.message).toBe('no nodes available to schedule pods')
  expect(decision.rejectors).toEqual([])
})

test.each<[string, any, string]>([
  ['0.0.0.0', '10.0.0.1', "node(s) didn't have free ports for the requested pod ports"],
  ['10.0.0.1', '10.0.0.2', ''],
  ['10.0.0.1', '10.0.0.1', "node(s) didn't have free ports for the requested pod ports"],
])('host port 80 on %s beside one on %s', (a, b, reason) => {
  const port = (hostIP: string) => ({
    containers: [{ name: 'c', image: 'x', resources: {}, ports: [{ containerPort: 80, hostPort: 80, hostIP, protocol: 'TCP' }] }],
  })
  const { verdicts } = decide(snapshot([node('n1')], [pod('a', { on: 'n1', spec: port(a) })]), pod('p', { spec: port(b) }))
  expect(verdicts['n1']?.reasons.join() ?? '').toBe(reason)
})

test('a zero request fits even where too much is used', () => {
  const over = pod('a', { on: 'n1', requests: { cpu: '5', memory: '1Gi' } })
  expect(decide(snapshot([node('n1')], [over]), pod('p', { requests: { memory: '1Gi', cpu: '0' } })).result).toBe('scheduled')
})

test('the hungriest init container, sidecars and overhead count', () => {
  const c = (name: string, cpu: string, more: any = {}) => ({ name, image: 'x', resources: { requests: { cpu } }, ...more })
  const spec = {
    initContainers: [c('side', '500m', { restartPolicy: 'Always' }), c('init', '1400m')],
    containers: [c('main', '1')],
    overhead: { cpu: '100m' },
  }
  // side 500m + init 1400m = 1900m is more than side + main; with overhead 2.
  expect(decide(snapshot([node('n1', { cpu: '2' })]), pod('p', { spec })).result).toBe('scheduled')
  expect(decide(snapshot([node('n1', { cpu: '1999m' })]), pod('p', { spec })).result).toBe('unschedulable')
})

test('hard spreading keeps the skew, and a node without the label can not be helped', () => {
  const constraint = {
    maxSkew: 1,
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app: 'a' } },
  }
  const nodes = [node('n1', { zone: 'za' }), node('n2', { zone: 'zb', cordoned: true }), node('n3')]
  const there = [pod('a', { on: 'n1', labels: { app: 'a' } })]
  expect(decide(snapshot(nodes, there), pod('p', { labels: { app: 'a' }, spec: { topologySpreadConstraints: [constraint] } })).message).toBe(
    "0/3 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) didn't match pod topology spread constraints (missing required label), 1 node(s) were unschedulable. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.",
  )
})

test('the first of a kind may be alone where it looks for its kind, the second must be near', () => {
  const term = { labelSelector: { matchLabels: { app: 'a' } }, topologyKey: 'kubernetes.io/hostname' }
  const spec = { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
  const incoming = pod('p', { labels: { app: 'a' }, spec })
  expect(decide(snapshot([node('n1'), node('n2')]), incoming).feasible).toEqual(['n1', 'n2'])
  expect(decide(snapshot([node('n1'), node('n2')], [pod('o', { on: 'n2', labels: { app: 'a' } })]), incoming).feasible).toEqual(['n2'])
})

test('an existing Pod keeps others away from its node', () => {
  const term = { labelSelector: { matchLabels: { app: 'b' } }, topologyKey: 'kubernetes.io/hostname' }
  const shy = pod('o', { on: 'n1', spec: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } } })
  const decision = decide(snapshot([node('n1')], [shy]), pod('p', { labels: { app: 'b' } }))
  expect(decision.verdicts['n1']?.reasons).toEqual(["node(s) didn't satisfy existing pods anti-affinity rules"])
})

// ---- preemption

const cpu = (n: string) => ({ cpu: n })
const urgent = (words: any = {}) => pod('p', { priority: 100, requests: cpu('1'), ...words })

test('as few and as unimportant Pods as possible have to leave', () => {
  const there = [
    pod('a', { on: 'n1', priority: 0, requests: cpu('1') }),
    pod('b', { on: 'n1', priority: 10, requests: cpu('1') }),
    pod('c', { on: 'n2', priority: 5, requests: cpu('2') }),
  ]
  const decision = decide(snapshot([node('n1'), node('n2')], there), urgent())
  expect(decision.message).toBe('0/2 nodes are available: 2 Insufficient cpu. preemption: found a potential placement for pod on node n1, preempting 1 victims')
  expect(decision.postFilter?.victims.map(v => v.pod.metadata.name)).toEqual(['a'])
})

test.each<[string, any[], any[]]>([
  [
    'a budget is kept if it can be',
    [pod('a', { on: 'n1', priority: 0, requests: cpu('2'), labels: { app: 'a' } }), pod('b', { on: 'n2', priority: 50, requests: cpu('2') })],
    [{ metadata: { name: 'pdb', namespace: 'default' }, spec: { selector: { matchLabels: { app: 'a' } } }, status: { disruptionsAllowed: 0 } }],
  ],
  [
    'the younger one leaves',
    [
      pod('a', { on: 'n1', requests: cpu('2'), status: { startTime: '2026-11-02T08:00:01Z' } }),
      pod('b', { on: 'n2', requests: cpu('2'), status: { startTime: '2026-11-02T08:00:02Z' } }),
    ],
    [],
  ],
  [
    'one rather than two',
    [pod('a', { on: 'n1', requests: cpu('600m') }), pod('b', { on: 'n1', requests: cpu('600m') }), pod('c', { on: 'n2', requests: cpu('2') })],
    [],
  ],
])('of two nodes n2 is taken: %s', (_, there, disruptionBudgets) => {
  const incoming = urgent({ requests: cpu('2') })
  expect(decide(snapshot([node('n1'), node('n2')], there, { disruptionBudgets }), incoming).postFilter?.nominate).toEqual({ node: 'n2' })
})

test.each<[string, any, string]>([
  ['it may not', urgent({ spec: { preemptionPolicy: 'Never' } }), 'preemption: not eligible due to preemptionPolicy=Never.'],
  ['others matter as much', urgent({ priority: 0 }), 'preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.'],
])('nobody leaves where %s', (_, incoming, tail) => {
  const there = [pod('a', { on: 'n1', requests: cpu('2') }), pod('b', { on: 'n2', requests: cpu('2') })]
  expect(decide(snapshot([node('n1'), node('n2')], there), incoming).message).toBe(`0/2 nodes are available: 2 Insufficient cpu. ${tail}`)
})

test('while victims are still leaving, the Pod waits', () => {
  const condition = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }
  const leaving = pod('a', { on: 'n1', requests: cpu('2'), status: { conditions: [condition] } })
  leaving.metadata.deletionTimestamp = '2026-11-02T08:00:30Z'
  const decision = decide(snapshot([node('n1')], [leaving]), urgent({ status: { nominatedNodeName: 'n1' } }))
  expect(decision.message).toBe('0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to a terminating pod on the nominated node.')
})

test('where storage is told, a node must be near enough of it', () => {
  const metadata = (name: string) => ({ name, namespace: 'default' })
  const objects = {
    claims: [{ metadata: metadata('data'), spec: { storageClassName: 'csi', resources: { requests: { storage: '5Gi' } } }, status: { phase: 'Pending' } }],
    storageClasses: [{ metadata: { name: 'csi' }, provisioner: 'disk.example', volumeBindingMode: 'WaitForFirstConsumer' }],
    csiDrivers: [{ metadata: { name: 'disk.example' }, spec: { storageCapacity: true } }],
    capacities: [
      { metadata: metadata('a'), storageClassName: 'csi', capacity: '10Gi', nodeTopology: { matchLabels: { 'topology.kubernetes.io/zone': 'za' } } },
      { metadata: metadata('b'), storageClassName: 'csi', capacity: '4Gi', nodeTopology: { matchLabels: { 'topology.kubernetes.io/zone': 'zb' } } },
      { metadata: metadata('c'), storageClassName: 'csi', capacity: '50Gi', nodeTopology: { matchLabels: { 'topology.kubernetes.io/zone': 'zc' } } },
    ],
  }
  const nodes = [node('n1', { zone: 'za' }), node('n2', { zone: 'zb' }), node('n3', { zone: 'zc' })]
  const spec = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }
  const decision = decide(snapshot(nodes, [], objects), pod('p', { spec }))
  expect(decision.verdicts['n2']).toEqual({ plugin: 'VolumeBinding', code: 'unresolvable', reasons: ['node(s) did not have enough free storage'] })
  expect([decision.scores['n1']!['VolumeBinding']!.raw, decision.scores['n3']!['VolumeBinding']!.raw]).toEqual([50, 90])
})

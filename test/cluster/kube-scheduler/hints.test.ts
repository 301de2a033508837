// Which change is worth another try, for a Pod that was refused.
import { expect, test } from 'vitest'
import type { ClusterChange, Listers } from '../../../src/cluster/kube-scheduler/framework.ts'
import { podInfo } from '../../../src/cluster/kube-scheduler/nodeinfo.ts'
import { PLUGINS } from '../../../src/cluster/kube-scheduler/profile.ts'
import { listers, node, pod } from './fixtures.ts'

/** Does this plugin, having refused the Pod, want it tried again? undefined: it does not even listen. */
function worth(plugin: string, waiting: any, change: ClusterChange, seen: Listers = listers()): boolean | undefined {
  const heard = PLUGINS.find(p => p.name === plugin)!.events?.filter(e => e.resource === change.resource && e.actions.includes(change.action)) ?? []
  if (heard.length === 0) return undefined
  return heard.some(e => !e.worth || e.worth(podInfo(waiting), change, seen))
}

const cpu = (n: string) => ({ requests: { cpu: n } })
const nodeAdd = (now: any): ClusterChange => ({ resource: 'Node', action: 'Add', now })
const nodeUpdate = (action: string, old: any, now: any): ClusterChange => ({ resource: 'Node', action, old, now })
const gone = (old: any): ClusterChange => ({ resource: 'AssignedPod', action: 'Delete', old })
const noSchedule = { key: 'k', effect: 'NoSchedule' }
const near = (kind: 'podAffinity' | 'podAntiAffinity', app: string) => ({
  affinity: {
    [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app } }, topologyKey: 'kubernetes.io/hostname' }] },
  },
})
const spread = {
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'a' } } }],
}

test.each<[string, string, any, ClusterChange, boolean | undefined]>([
  ['a new node that is large enough when empty', 'NodeResourcesFit', pod('p', cpu('2')), nodeAdd(node('n', { cpu: '2' })), true],
  ['a new node that is too small', 'NodeResourcesFit', pod('p', cpu('3')), nodeAdd(node('n', { cpu: '2' })), false],
  [
    'more of what is asked for',
    'NodeResourcesFit',
    pod('p', cpu('3')),
    nodeUpdate('UpdateNodeAllocatable', node('n', { cpu: '2' }), node('n', { cpu: '4' })),
    true,
  ],
  [
    'more of something else',
    'NodeResourcesFit',
    pod('p', cpu('1')),
    nodeUpdate('UpdateNodeAllocatable', node('n', { memory: '1Gi' }), node('n', { memory: '4Gi' })),
    false,
  ],
  ['any Pod that leaves a node', 'NodeResourcesFit', pod('p', cpu('1')), gone(pod('o', { on: 'n' })), true],
  ['a label of a node', 'NodeResourcesFit', pod('p', cpu('1')), nodeUpdate('UpdateNodeLabel', node('n'), node('n')), undefined],
  ['a taint that is taken away', 'TaintToleration', pod('p'), nodeUpdate('UpdateNodeTaint', node('n', { taints: [noSchedule] }), node('n')), true],
  [
    'a taint that never kept it away',
    'TaintToleration',
    pod('p'),
    nodeUpdate('UpdateNodeTaint', node('n', { taints: [{ key: 'k', effect: 'PreferNoSchedule' }] }), node('n')),
    false,
  ],
  ['a node with a taint', 'TaintToleration', pod('p'), nodeAdd(node('n', { taints: [noSchedule] })), false],
  ['an uncordoned node', 'NodeUnschedulable', pod('p'), nodeUpdate('UpdateNodeTaint', node('n', { cordoned: true }), node('n')), true],
  ['a node that was never cordoned', 'NodeUnschedulable', pod('p'), nodeUpdate('UpdateNodeTaint', node('n'), node('n')), false],
  [
    'a label that now matches',
    'NodeAffinity',
    pod('p', { spec: { nodeSelector: { disk: 'ssd' } } }),
    nodeUpdate('UpdateNodeLabel', node('n'), node('n', { labels: { disk: 'ssd' } })),
    true,
  ],
  [
    'a label that matched before',
    'NodeAffinity',
    pod('p', { spec: { nodeSelector: { disk: 'ssd' } } }),
    nodeUpdate('UpdateNodeLabel', node('n', { labels: { disk: 'ssd' } }), node('n', { labels: { disk: 'ssd', x: '1' } })),
    false,
  ],
  [
    'the kind of Pod it wants to be near',
    'InterPodAffinity',
    pod('p', { spec: near('podAffinity', 'db') }),
    { resource: 'AssignedPod', action: 'Add', now: pod('o', { on: 'n', labels: { app: 'db' } }) },
    true,
  ],
  [
    'a Pod that it does not care for',
    'InterPodAffinity',
    pod('p', { spec: near('podAffinity', 'db') }),
    { resource: 'AssignedPod', action: 'Add', now: pod('o', { on: 'n', labels: { app: 'x' } }) },
    false,
  ],
  [
    'the end of a Pod that it avoided',
    'InterPodAffinity',
    pod('p', { spec: near('podAntiAffinity', 'db') }),
    gone(pod('o', { on: 'n', labels: { app: 'db' } })),
    true,
  ],
  [
    'the end of a Pod that avoided it',
    'InterPodAffinity',
    pod('p', { labels: { app: 'x' } }),
    gone(pod('o', { on: 'n', spec: near('podAntiAffinity', 'x') })),
    true,
  ],
  ['a new node, for one that only others avoid', 'InterPodAffinity', pod('p', { labels: { app: 'x' } }), nodeAdd(node('n')), false],
  [
    'the end of one of its kind',
    'PodTopologySpread',
    pod('p', { labels: { app: 'a' }, spec: spread }),
    gone(pod('o', { on: 'n', labels: { app: 'a' } })),
    true,
  ],
  [
    'the end of one of another kind',
    'PodTopologySpread',
    pod('p', { labels: { app: 'a' }, spec: spread }),
    gone(pod('o', { on: 'n', labels: { app: 'b' } })),
    false,
  ],
  ['a node in a zone', 'PodTopologySpread', pod('p', { spec: spread }), nodeAdd(node('n', { labels: { zone: 'z' } })), true],
  ['a node in no zone', 'PodTopologySpread', pod('p', { spec: spread }), nodeAdd(node('n')), false],
  ['a Pod that leaves', 'DefaultPreemption', pod('p'), gone(pod('o', { on: 'n' })), false],
  ['a Pod that leaves, for its taints', 'TaintToleration', pod('p'), gone(pod('o', { on: 'n' })), undefined],
])('%s (%s)', (_, plugin, waiting, change, expected) => expect(worth(plugin, waiting, change)).toBe(expected))

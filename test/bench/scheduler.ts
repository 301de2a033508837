// scheduler.ts: the fast scheduler alone, on a big cluster whose Pods are spread by default: what one Pod costs. Prints JSON: `tsx scheduler.ts PODS`

import { fileURLToPath } from 'node:url'
import type { Node } from '../../src/api/node.ts'
import type { Pod } from '../../src/api/pod.ts'
import { addNode, newFastCache, placePod } from '../../src/cluster/kube-scheduler/fast/cache.ts'
import { decide } from '../../src/cluster/kube-scheduler/fast/cycle.ts'
import type { Listers } from '../../src/cluster/kube-scheduler/framework.ts'
import { profileOf } from '../../src/cluster/kube-scheduler/profile.ts'
import { int, seeded } from '../../src/kernel/random.ts'

const ZONES = 3
const NAMESPACES = 50
/** Pods of one Deployment. */
const REPLICAS = 150
const REQUESTS = [{ cpu: '100m', memory: '128Mi' }, { cpu: '250m', memory: '256Mi' }, { cpu: '500m', memory: '1Gi' }, { memory: '512Mi' }]

/** On-CPU microseconds a Pod (compiler and collector included): of the last ten thousand (or fewer), and of all. */
interface Cost {
  last: number
  all: number
}

/** Places so many Pods on so many nodes, one after another; throws if one finds no room. */
function placed(nodes: number, pods: number): Cost {
  const random = seeded(1)
  const cache = newFastCache(profileOf())
  for (let i = 0; i < nodes; i++) addNode(cache, nodeOf(i))
  const { templates, listers } = deployments(Math.max(1, Math.round(pods / REPLICAS)))
  const seen = { listers, nominated: new Map(), now: 0 }
  const lastOnes = Math.min(10_000, pods)
  let start = 0
  let lastFrom = 0
  const began = cpu()
  for (let i = 0; i < pods; i++) {
    if (i === pods - lastOnes) lastFrom = cpu()
    const pod = podOf(templates[int(random, templates.length)]!, i)
    const choice = decide(cache, pod, seen, start)
    if (choice.node === undefined) throw new Error(`Pod ${i}: ${choice.refused?.message ?? choice.straight?.decision.message}`)
    placePod(cache, pod, choice.node)
    start = choice.nextStart
  }
  const ended = cpu()
  if (cache.placed.size !== pods) throw new Error(`${cache.placed.size} Pods are placed, not ${pods}`)
  return { last: (ended - lastFrom) / lastOnes, all: (ended - began) / pods }
}

const cpu = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

function nodeOf(i: number): Node {
  const name = `node-${i}`
  const large = i % 4 === 0
  const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${i % ZONES}` }
  const allocatable = { cpu: large ? '64' : '16', memory: large ? '256Gi' : '64Gi', pods: '110', 'ephemeral-storage': '100Gi' }
  const taints = i % 50 === 7 ? [{ key: 'dedicated', value: 'x', effect: 'NoSchedule' as const }] : undefined
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels },
    spec: { ...(taints && { taints }), ...(i % 100 === 13 ? { unschedulable: true } : {}) },
    status: { allocatable },
  }
}

/** Deployments by their ReplicaSets, each with a Service: so that its Pods are spread. */
function deployments(n: number): { templates: { metadata: any; spec: any }[]; listers: Listers } {
  const services = new Map<string, any>()
  const replicaSets = new Map<string, any>()
  const none = new Map()
  const templates = Array.from({ length: n }, (_, i) => {
    const namespace = `ns-${i % NAMESPACES}`
    const name = `app-${i}`
    const labels = { app: name, 'pod-template-hash': 'abc' }
    services.set(`${namespace}/${name}`, { metadata: { name, namespace }, spec: { selector: { app: name } } })
    replicaSets.set(`${namespace}/${name}`, { metadata: { name, namespace }, spec: { selector: { matchLabels: labels } } })
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: name, controller: true }]
    const containers = [{ name: 'c', image: `abc/${name}:1`, resources: { requests: REQUESTS[i % REQUESTS.length] } }]
    return { metadata: { namespace, labels, ownerReferences }, spec: { containers, priority: 0, schedulerName: 'default-scheduler' } }
  })
  const listers = {
    namespaces: none,
    services,
    replicationControllers: none,
    replicaSets,
    statefulSets: none,
    disruptionBudgets: none,
    volumes: none,
    claims: none,
    storageClasses: none,
    csiNodes: none,
    csiDrivers: none,
    capacities: none,
    attachments: none,
  }
  return { templates, listers }
}

function podOf({ metadata, spec }: { metadata: any; spec: any }, i: number): Pod {
  const { namespace, labels, ownerReferences } = metadata
  const name = `${ownerReferences[0].name}-${i}`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: `uid-${i}`, resourceVersion: '1', creationTimestamp: '', labels, ownerReferences },
    spec,
    status: { phase: 'Pending' },
  } as Pod
}

/** The cheapest of several runs: the first ones are not compiled yet. */
const best = (nodes: number, pods: number): number => Math.min(...Array.from({ length: 20 }, () => placed(nodes, pods).all))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { all, last } = placed(5_000, Number(process.argv[2]))
  // Resident memory at its highest, in MB.
  const peak = process.resourceUsage().maxRSS / 1024
  console.log(JSON.stringify({ all, last, peak, small: best(5_000, 1_000), smaller: best(100, 1_000) }))
}

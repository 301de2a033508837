// fixtures.ts: nodes, Pods and decisions about them, in a few words.

import type { Node } from '../../../src/api/node.ts'
import type { Pod } from '../../../src/api/pod.ts'
import { addNode, type Cache, imageStates, newCache, nodesInOrder, placePod } from '../../../src/cluster/kube-scheduler/cache.ts'
import { type Decision, schedule } from '../../../src/cluster/kube-scheduler/cycle.ts'
import type { Listers, Snapshot } from '../../../src/cluster/kube-scheduler/framework.ts'
import { podInfo } from '../../../src/cluster/kube-scheduler/nodeinfo.ts'
import { type ProfileConfig, profileOf } from '../../../src/cluster/kube-scheduler/profile.ts'

export interface NodeWords {
  cpu?: string
  memory?: string
  zone?: string
  labels?: Record<string, string>
  taints?: any[]
  cordoned?: boolean
  images?: any[]
  extended?: Record<string, string>
}

export function node(name: string, words: NodeWords = {}): Node {
  const zone: Record<string, string> = words.zone === undefined ? {} : { 'topology.kubernetes.io/zone': words.zone }
  const allocatable = { cpu: words.cpu ?? '2', memory: words.memory ?? '4Gi', pods: '110', 'ephemeral-storage': '50Gi', ...words.extended }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels: { 'kubernetes.io/hostname': name, ...zone, ...words.labels } },
    spec: { ...(words.cordoned ? { unschedulable: true } : {}), ...(words.taints ? { taints: words.taints } : {}) },
    status: { allocatable, images: words.images },
  }
}

export interface PodWords {
  on?: string
  labels?: Record<string, string>
  requests?: Record<string, string>
  priority?: number
  owner?: any
  image?: string
  spec?: any
  status?: any
  annotations?: Record<string, string>
}

export function pod(name: string, words: PodWords = {}): Pod {
  const owners = words.owner ? { ownerReferences: [words.owner] } : {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '', labels: words.labels, ...owners },
    spec: {
      containers: [{ name: 'c', image: words.image ?? 'x', resources: { requests: words.requests ?? {} } } as any],
      priority: words.priority ?? 0,
      schedulerName: 'default-scheduler',
      ...(words.on === undefined ? {} : { nodeName: words.on }),
      ...words.spec,
    },
    status: { phase: 'Pending', ...words.status },
  }
}

/** Of a ReplicaSet that selects app=web. */
export const webOwner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'web', controller: true }
export const web = (name: string, words: PodWords = {}): Pod => pod(name, { labels: { app: 'web' }, owner: webOwner, ...words })

const NONE = new Map()
export function listers(objects: Partial<Record<keyof Listers, any[]>> = {}): Listers {
  const replicaSet = { metadata: { name: 'web', namespace: 'default' }, spec: { selector: { matchLabels: { app: 'web' } } } }
  const all: Partial<Record<keyof Listers, any[]>> = { namespaces: [{ metadata: { name: 'default', labels: {} } }], replicaSets: [replicaSet], ...objects }
  const names: (keyof Listers)[] = [
    'namespaces',
    'services',
    'replicationControllers',
    'replicaSets',
    'statefulSets',
    'disruptionBudgets',
    'volumes',
    'claims',
    'storageClasses',
    'csiNodes',
    'csiDrivers',
    'capacities',
    'attachments',
  ]
  const key = ({ metadata }: any) => (metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`)
  return Object.fromEntries(names.map(name => [name, all[name] ? new Map(all[name].map(o => [key(o), o])) : NONE])) as unknown as Listers
}

export function cacheOf(nodes: Node[], pods: Pod[] = []): Cache {
  const cache = newCache()
  for (const n of nodes) addNode(cache, n)
  for (const p of pods) placePod(cache, podInfo(p), p.spec.nodeName!, false)
  return cache
}

export function snapshot(nodes: Node[], pods: Pod[] = [], objects: Partial<Record<keyof Listers, any[]>> = {}): Snapshot {
  const cache = cacheOf(nodes, pods)
  return { nodes: nodesInOrder(cache), byName: cache.nodes, images: imageStates(cache), listers: listers(objects), nominated: new Map(), now: 0 }
}

export const decide = (seen: Snapshot, incoming: Pod, config: ProfileConfig = {}): Decision => schedule(seen, podInfo(incoming), profileOf(config)).decision

/** Weighted scores of a node, without those that give nothing. */
export function scoresOf(decision: Decision, name: string): Record<string, number> {
  const out: Record<string, number> = {}
  for (const [plugin, { weighted }] of Object.entries(decision.scores[name] ?? {})) if (weighted !== 0) out[plugin] = weighted
  return out
}

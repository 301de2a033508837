// cache.ts: Nodes and the Pods on them in columns, with all counts that decisions rest on; each change costs what it changes.
// Models k8s.io/kubernetes/pkg/scheduler/backend/cache/{cache,node_tree,snapshot}.go
// Differs: a struct of arrays; zones, images and the order of nodes are the straight cache's, which here holds no Pods

import type { Node } from '../../../api/node.ts'
import { sameJson } from '../../../api/patch.ts'
import type { Pod } from '../../../api/pod.ts'
import * as straight from '../cache.ts'
import type { Lister, Listers, Profile, Snapshot } from '../framework.ts'
import { type NodeInfo, nodeInfo, type PodInfo, podInfo, podInfoAfter } from '../nodeinfo.ts'
import { type Columns, newColumns, setInfo, shiftUsage, takeSlot, usageOf } from './columns.ts'
import { type Groups, joinGroups, newGroups, shiftGroup } from './counters.ts'
import { carriedBy, newTerms, type Terms } from './interpodaffinity.ts'
import type { ResourceScores } from './noderesources.ts'
import type { ImageScores, NodeVerdicts } from './nodeverdicts.ts'
import { enterPlaced, hasGiven, leavePlaced, newSignatures, type Placed, type Signature, type Signatures, signatureOf } from './signature.ts'
import { newTopologies, type Topologies } from './topology.ts'

const LOG_MAX = 100_000 // Changes of nodes kept, so that what rests on nodes catches up by them.
const GROUPS_MAX = 10_000 // Groups of Pods counted at once.
const SIGNATURES_MAX = 50_000 // Signatures kept that no Pod on a node has.

export interface FastCache {
  profile: Profile
  /** Without Pods. */
  nodes: straight.Cache
  columns: Columns
  /** By slot, in the order in which the straight cache has them. */
  pods: Placed[][]
  /** By slot: those that use ports of the host. */
  withPorts: Placed[][]
  /** By slot: the same as one value, for the straight plugins; undefined until they ask. */
  whole: (NodeInfo | undefined)[]
  placed: Map<string, Placed>
  ghosts: Map<string, Placed[]>
  /** How many Pods that are placed have each priority. */
  priorities: Map<number, number>
  /** Slots in the order in which nodes are visited; undefined when it has to be made anew. */
  order: Int32Array | undefined
  signatures: Signatures
  terms: Terms
  groups: Groups
  topologies: Topologies
  resourceScores: Map<string, ResourceScores>
  nodeVerdicts: Map<string, NodeVerdicts>
  imageScores: Map<string, ImageScores>
  /** The Namespaces that terms were judged by. */
  namespaces: Lister | undefined
  /** Namespace → rises whenever what selects its Pods by default may change. */
  selecting: Map<string, number>
  /** Room to reckon in, by place among feasible nodes. */
  feasible: Int32Array
  totals: Float64Array
  raw: Float64Array
}

export const newFastCache = (profile: Profile): FastCache => ({
  profile,
  nodes: straight.newCache(),
  columns: newColumns(),
  pods: [],
  withPorts: [],
  whole: [],
  placed: new Map(),
  ghosts: new Map(),
  priorities: new Map(),
  order: undefined,
  signatures: newSignatures(),
  terms: newTerms(),
  groups: newGroups(),
  topologies: newTopologies(),
  resourceScores: new Map(),
  nodeVerdicts: new Map(),
  imageScores: new Map(),
  namespaces: undefined,
  selecting: new Map(),
  feasible: new Int32Array(0),
  totals: new Float64Array(0),
  raw: new Float64Array(0),
})

/** Drops all that can be counted again. Signatures that no Pod has go for good. */
export function forget(cache: FastCache): void {
  const { signatures } = cache
  cache.groups = newGroups()
  cache.topologies = newTopologies()
  cache.terms = newTerms()
  cache.resourceScores.clear()
  cache.nodeVerdicts.clear()
  cache.imageScores.clear()
  cache.columns.log = []
  signatures.bySpec = new WeakMap()
  for (const [text, signature] of signatures.byText) {
    signature.groups = []
    signature.incoming = undefined
    if (signature.placed.length === 0) signatures.byText.delete(text)
    else signature.carried = carriedBy(cache.terms, signature.sample, cache.profile.hardPodAffinityWeight)
  }
}

export function addNode(cache: FastCache, node: Node): void {
  const { name } = node.metadata
  if (cache.columns.slots.has(name)) {
    updateNode(cache, node)
    return
  }
  straight.addNode(cache.nodes, node)
  const { slot, grown } = takeSlot(cache.columns, name)
  if (grown) forget(cache)
  cache.pods[slot] = []
  cache.withPorts[slot] = []
  cache.order = undefined
  seeNode(cache, slot, cache.nodes.nodes.get(name), true)
  for (const placed of cache.ghosts.get(name) ?? []) settle(cache, placed, slot)
  cache.ghosts.delete(name)
}

export function updateNode(cache: FastCache, node: Node): void {
  const slot = cache.columns.slots.get(node.metadata.name)
  if (slot === undefined) {
    addNode(cache, node)
    return
  }
  const before = cache.columns.info[slot]!.node
  straight.updateNode(cache.nodes, node)
  if (straight.zoneOf(before) !== straight.zoneOf(node)) cache.order = undefined
  seeNode(cache, slot, cache.nodes.nodes.get(node.metadata.name), !looksTheSame(before, node))
}

const looksTheSame = (a: Node, b: Node): boolean =>
  sameJson(a.metadata.labels, b.metadata.labels) &&
  sameJson(a.spec?.taints, b.spec?.taints) &&
  a.spec?.unschedulable === b.spec?.unschedulable &&
  sameJson(a.status?.declaredFeatures, b.status?.declaredFeatures)

export function removeNode(cache: FastCache, node: Node): void {
  const { name } = node.metadata
  const slot = cache.columns.slots.get(name)
  if (slot === undefined) return
  const pods = [...cache.pods[slot]!]
  for (const placed of pods) unsettle(cache, placed)
  if (pods.length > 0) cache.ghosts.set(name, pods)
  straight.removeNode(cache.nodes, node)
  cache.columns.slots.delete(name)
  cache.columns.free.push(slot)
  cache.order = undefined
  seeNode(cache, slot, undefined, true)
}

/** `looks`: selectors or taints may tell the Node from before. */
function seeNode(cache: FastCache, slot: number, info: NodeInfo | undefined, looks: boolean): void {
  const { columns } = cache
  setInfo(columns, slot, info)
  cache.whole[slot] = undefined
  if (!looks) return
  columns.log.push(slot)
  if (columns.log.length > LOG_MAX) forget(cache)
}

/** Counts the Pod on the node; if it is there already, this is another version of it. */
export function placePod(cache: FastCache, pod: Pod, node: string): void {
  const { uid } = podKeys(pod)
  const before = cache.placed.get(uid)
  const leaving = pod.metadata.deletionTimestamp !== undefined
  if (before && before.node === node && alike(before.pod, pod) && before.leaving === leaving && !hasGiven(before.pod) && !hasGiven(pod)) {
    replace(cache, before, pod)
    return
  }
  const info = before?.info && hasGiven(pod) ? podInfoAfter(before.info, pod) : undefined
  unplacePod(cache, uid)
  const signature = before && alike(before.pod, pod) ? before.signature : signatureFor(cache, pod)
  const placed: Placed = { pod, uid, node, slot: -1, signature, usage: signature.usage, info, priority: pod.spec.priority ?? 0, leaving, at: 0 }
  if (hasGiven(pod)) {
    placed.info ??= podInfo(pod)
    placed.usage = usageOf(cache.columns, placed.info.used, placed.info.usedNonZero)
  }
  cache.placed.set(uid, placed)
  cache.priorities.set(placed.priority, (cache.priorities.get(placed.priority) ?? 0) + 1)
  enterPlaced(placed)
  const slot = cache.columns.slots.get(node)
  if (slot !== undefined) settle(cache, placed, slot)
  else cache.ghosts.set(node, [...(cache.ghosts.get(node) ?? []), placed])
}

export function unplacePod(cache: FastCache, uid: string): void {
  const placed = cache.placed.get(uid)
  if (!placed) return
  cache.placed.delete(uid)
  const others = cache.priorities.get(placed.priority)! - 1
  if (others > 0) cache.priorities.set(placed.priority, others)
  else cache.priorities.delete(placed.priority)
  leavePlaced(placed)
  if (placed.slot >= 0) {
    unsettle(cache, placed)
    return
  }
  const left = cache.ghosts.get(placed.node)!.filter(p => p !== placed)
  if (left.length > 0) cache.ghosts.set(placed.node, left)
  else cache.ghosts.delete(placed.node)
}

const podKeys = ({ metadata }: Pod) => ({ uid: metadata.uid ?? metadata.name })

/** Nothing that a signature is made of has changed. */
const alike = (a: Pod, b: Pod): boolean =>
  a.spec === b.spec && a.metadata.labels === b.metadata.labels && a.metadata.ownerReferences === b.metadata.ownerReferences

/** Another version of the Pod takes the last place on its node, as in the straight cache. */
function replace(cache: FastCache, placed: Placed, pod: Pod): void {
  placed.pod = pod
  placed.info = undefined
  if (placed.slot < 0) {
    const others = cache.ghosts.get(placed.node)!.filter(p => p !== placed)
    cache.ghosts.set(placed.node, [...others, placed])
    return
  }
  const pods = cache.pods[placed.slot]!
  takeOut(pods, placed)
  pods.push(placed)
  cache.whole[placed.slot] = undefined
}

/** The last one takes its place. */
function takeOut(list: Placed[], placed: Placed): void {
  const last = list.pop()!
  if (last !== placed) list[list.indexOf(placed)] = last
}

function settle(cache: FastCache, placed: Placed, slot: number): void {
  placed.slot = slot
  cache.pods[slot]!.push(placed)
  if (placed.signature.sample.ports.length > 0) cache.withPorts[slot]!.push(placed)
  count(cache, placed, 1)
}

function unsettle(cache: FastCache, placed: Placed): void {
  const { slot } = placed
  takeOut(cache.pods[slot]!, placed)
  if (placed.signature.sample.ports.length > 0) takeOut(cache.withPorts[slot]!, placed)
  count(cache, placed, -1)
  placed.slot = -1
}

function count({ columns, whole }: FastCache, { slot, usage, signature, leaving }: Placed, by: 1 | -1): void {
  shiftUsage(columns, slot, usage, by)
  whole[slot] = undefined
  for (const { group, times } of signature.groups) if (!leaving || group.terminating) shiftGroup(group, slot, by * times)
}

export function signatureFor(cache: FastCache, pod: Pod): Signature {
  return signatureOf(cache.signatures, pod, (sample, volumes) => {
    if (cache.groups.byKey.size > GROUPS_MAX || cache.signatures.byText.size > SIGNATURES_MAX + cache.placed.size) forget(cache)
    const carried = carriedBy(cache.terms, sample, cache.profile.hardPodAffinityWeight)
    const usage = usageOf(cache.columns, sample.used, sample.usedNonZero)
    const signature: Signature = { sample, volumes, placed: [], usage, groups: [], carried, incoming: undefined }
    joinGroups(cache.groups, signature)
    return signature
  })
}

/** A Service, ReplicaSet, StatefulSet, ReplicationController or Namespace came, changed or went. Other objects need not be told. */
export function objectChanged(cache: FastCache, kind: string, { namespace }: { namespace?: string }): void {
  if (kind === 'Namespace') forget(cache)
  else if (namespace !== undefined) cache.selecting.set(namespace, (cache.selecting.get(namespace) ?? 0) + 1)
}

/** Slots in the order in which nodes are visited. */
export function orderOf(cache: FastCache): Int32Array {
  const { columns, nodes } = cache
  if (cache.order === undefined) {
    const infos = straight.nodesInOrder(nodes)
    cache.order = Int32Array.from(infos, info => columns.slots.get(info.name)!)
    cache.feasible = new Int32Array(infos.length)
    cache.totals = new Float64Array(infos.length)
    cache.raw = new Float64Array(infos.length)
  }
  return cache.order
}

/** All that is known, for the straight cycle. Nodes on which nothing has changed since the last time are the same values. */
export function snapshotOf(cache: FastCache, seen: { listers: Listers; nominated: Snapshot['nominated']; now: number }): Snapshot {
  const { columns, whole, pods } = cache
  const nodes = Array.from(orderOf(cache), slot => {
    const info = whole[slot] ?? nodeInfo(columns.info[slot]!.node, pods[slot]!.map(infoOf))
    whole[slot] = info
    return info
  })
  return { nodes, byName: new Map(nodes.map(node => [node.name, node])), images: straight.imageStates(cache.nodes), ...seen }
}

function infoOf(placed: Placed): PodInfo {
  placed.info ??= podInfo(placed.pod)
  return placed.info
}

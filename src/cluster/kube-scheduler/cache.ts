// cache.ts: Nodes with the Pods on them, those that are only just being bound included.
// Models k8s.io/kubernetes/pkg/scheduler/backend/cache/{cache,node_tree,snapshot}.go
// Differs: nothing known

import type { Node } from '../../api/node.ts'
import { share } from '../../kernel/share.ts'
import type { ImageState } from './framework.ts'
import { type NodeInfo, nodeInfo, type PodInfo, withNode, withoutPod, withPod, withPodAgain } from './nodeinfo.ts'

/** Plain data. A node with Pods but without a Node is a ghost, and in no snapshot. */
export interface Cache {
  /** In order of addition. */
  nodes: Map<string, NodeInfo>
  /** Pods of nodes that are not (any more, or yet) known. */
  ghosts: Map<string, readonly PodInfo[]>
  /** Zones in order of appearance, each with its nodes in order of addition. */
  zones: Map<string, string[]>
  /** Where each Pod counts, by uid. */
  placed: Map<string, { pod: PodInfo; node: string; assumed: boolean }>
  images: Map<string, { size: number; nodes: string[] }>
  /** Made when asked for, dropped when anything changes. */
  listed: readonly NodeInfo[] | undefined
}

export const newCache = (): Cache => ({
  nodes: new Map(),
  ghosts: new Map(),
  zones: new Map(),
  placed: new Map(),
  images: new Map(),
  listed: undefined,
})

/** Region and zone; '' without either. */
export function zoneOf({ metadata }: Node): string {
  const labels = metadata.labels ?? {}
  const zone = labels['failure-domain.beta.kubernetes.io/zone'] ?? labels['topology.kubernetes.io/zone'] ?? ''
  const region = labels['failure-domain.beta.kubernetes.io/region'] ?? labels['topology.kubernetes.io/region'] ?? ''
  return zone === '' && region === '' ? '' : `${region}:\u0000:${zone}`
}

export function addNode(cache: Cache, node: Node): void {
  const { name } = node.metadata
  cache.listed = undefined
  cache.nodes.set(name, nodeInfo(node, cache.ghosts.get(name)))
  cache.ghosts.delete(name)
  enterZone(cache, node)
  noteImages(cache, node)
}

export function updateNode(cache: Cache, node: Node): void {
  const { name } = node.metadata
  const before = cache.nodes.get(name)
  if (!before) {
    addNode(cache, node)
    return
  }
  cache.listed = undefined
  cache.nodes.set(name, withNode(before, node))
  if (zoneOf(before.node) !== zoneOf(node)) {
    leaveZone(cache, before.node)
    enterZone(cache, node)
  }
  if (before.node.status?.images !== node.status?.images) {
    forgetImages(cache, before.node)
    noteImages(cache, node)
  }
}

export function removeNode(cache: Cache, node: Node): void {
  const { name } = node.metadata
  const before = cache.nodes.get(name)
  if (!before) return
  cache.listed = undefined
  cache.nodes.delete(name)
  if (before.pods.length > 0) cache.ghosts.set(name, before.pods)
  leaveZone(cache, before.node)
  forgetImages(cache, before.node)
}

function enterZone(cache: Cache, node: Node): void {
  const zone = zoneOf(node)
  const names = cache.zones.get(zone)
  if (!names) cache.zones.set(zone, [node.metadata.name])
  else if (!names.includes(node.metadata.name)) names.push(node.metadata.name)
}

function leaveZone(cache: Cache, node: Node): void {
  const zone = zoneOf(node)
  const names = (cache.zones.get(zone) ?? []).filter(n => n !== node.metadata.name)
  if (names.length > 0) cache.zones.set(zone, names)
  else cache.zones.delete(zone)
}

/** A name has the size that the first node with it reported. */
function noteImages(cache: Cache, node: Node): void {
  for (const { names, sizeBytes } of node.status?.images ?? []) {
    for (const name of names ?? []) {
      const state = cache.images.get(name)
      if (!state) cache.images.set(name, share({ size: sizeBytes ?? 0, nodes: [node.metadata.name] }))
      else if (!state.nodes.includes(node.metadata.name)) cache.images.set(name, share({ ...state, nodes: [...state.nodes, node.metadata.name] }))
    }
  }
}

function forgetImages(cache: Cache, node: Node): void {
  for (const { names } of node.status?.images ?? []) {
    for (const name of names ?? []) {
      const state = cache.images.get(name)
      if (!state) continue
      const nodes = state.nodes.filter(n => n !== node.metadata.name)
      if (nodes.length === 0) cache.images.delete(name)
      else cache.images.set(name, share({ ...state, nodes }))
    }
  }
}

/** Counts a Pod on its node: for good when it is seen bound, or while it is being bound (`assumed`). */
export function placePod(cache: Cache, pod: PodInfo, node: string, assumed: boolean): void {
  const before = cache.placed.get(pod.uid)
  const there = before?.node === node ? cache.nodes.get(node) : undefined
  if (before !== undefined && there !== undefined) {
    cache.listed = undefined
    cache.placed.delete(pod.uid)
    cache.placed.set(pod.uid, share({ pod, node, assumed }))
    cache.nodes.set(node, withPodAgain(there, before.pod, pod))
    return
  }
  unplacePod(cache, pod.uid)
  cache.listed = undefined
  cache.placed.set(pod.uid, share({ pod, node, assumed }))
  const info = cache.nodes.get(node)
  if (info) cache.nodes.set(node, withPod(info, pod))
  else cache.ghosts.set(node, [...(cache.ghosts.get(node) ?? []), pod])
}

export function unplacePod(cache: Cache, uid: string): void {
  const place = cache.placed.get(uid)
  if (!place) return
  cache.listed = undefined
  cache.placed.delete(uid)
  const info = cache.nodes.get(place.node)
  if (info) {
    cache.nodes.set(place.node, withoutPod(info, place.pod))
    return
  }
  const left = (cache.ghosts.get(place.node) ?? []).filter(p => p.uid !== uid)
  if (left.length > 0) cache.ghosts.set(place.node, left)
  else cache.ghosts.delete(place.node)
}

export const isAssumed = (cache: Cache, uid: string): boolean => cache.placed.get(uid)?.assumed === true

/** Round robin over the zones. */
export function nodesInOrder(cache: Cache): readonly NodeInfo[] {
  if (cache.listed) return cache.listed
  const out: NodeInfo[] = []
  const zones = [...cache.zones.values()]
  for (let i = 0; out.length < cache.nodes.size; i++) for (const names of zones) if (names[i] !== undefined) out.push(cache.nodes.get(names[i]!)!)
  cache.listed = share(out)
  return out
}

export function imageStates(cache: Cache): Map<string, ImageState> {
  return new Map([...cache.images].map(([name, { size, nodes }]) => [name, { size, nodes: nodes.length }]))
}

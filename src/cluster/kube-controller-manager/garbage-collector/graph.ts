// graph.ts: who owns whom: a graph of all objects, by uid, kept up to date by every watch.
// Models k8s.io/kubernetes/pkg/controller/garbagecollector/{graph_builder,graph,uid_cache}.go
// Differs: dependents that name their owner by other coordinates than the object has are looked at again, without a search for alternatives

import type { KubeObject, OwnerReference } from '../../../api/object.ts'
import { remember } from '../../client/events.ts'

export const ORPHAN = 'orphan'
export const FOREGROUND = 'foregroundDeletion'

/** How an owner is named: by its coordinates and uid. */
export interface Identity {
  apiVersion: string
  kind: string
  namespace: string
  name: string
  uid: string
}

/** `virtual`: known only from the references of its dependents. `waiting`: being deleted in the foreground. */
export interface GraphNode {
  identity: Identity
  owners: OwnerReference[]
  dependents: Set<string>
  virtual: boolean
  deleting: boolean
  waiting: boolean
}

export interface Graph {
  nodes: Map<string, GraphNode>
  /** Owners that were looked up and are not there, by identity; the longest unused goes first. */
  absent: Map<string, true>
}

/** What a change of the graph asks for: uids to try to delete, to orphan, and children whose owner lives in another namespace. */
export interface Work {
  attempt: string[]
  orphan: string[]
  invalid: { child: string; owner: OwnerReference }[]
}

export const newGraph = (): Graph => ({ nodes: new Map(), absent: new Map() })

const NO_OWNERS: OwnerReference[] = []
const NO_WORK: Work = { attempt: [], orphan: [], invalid: [] }

export const absentKey = (reference: { apiVersion: string; kind: string; name: string; uid: string }, namespace: string): string =>
  `${reference.apiVersion}/${reference.kind}/${namespace}/${reference.name}/${reference.uid}`

export const rememberAbsent = (graph: Graph, key: string): void => remember(graph.absent, key, true)

export function identityOf(object: KubeObject): Identity {
  const { metadata } = object
  return { apiVersion: object.apiVersion, kind: object.kind, namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid }
}

/** An object was added or has changed; `old` is what it was. */
export function observe(graph: Graph, object: KubeObject, old: KubeObject | undefined): Work {
  const { metadata } = object
  const owners = metadata.ownerReferences ?? NO_OWNERS
  const node = graph.nodes.get(metadata.uid)
  if (node !== undefined && !node.virtual && metadata.deletionTimestamp === undefined && sameOwners(node.owners, owners)) return NO_WORK
  const work: Work = { attempt: [], orphan: [], invalid: [] }
  if (node === undefined) {
    const made: GraphNode = { identity: identityOf(object), owners, dependents: new Set(), virtual: false, deleting: false, waiting: false }
    graph.nodes.set(metadata.uid, made)
    join(graph, made, owners, work)
    begin(made, object, old, work)
    return work
  }
  if (node.virtual) {
    node.virtual = false
    const identity = identityOf(object)
    for (const uid of node.dependents) {
      const dependent = graph.nodes.get(uid)
      const reference = dependent?.owners.find(owner => owner.uid === metadata.uid)
      if (!dependent || !reference) continue
      const elsewhere = identity.namespace !== '' && dependent.identity.namespace !== identity.namespace
      if (elsewhere) work.invalid.push({ child: uid, owner: reference })
      if (elsewhere || !names(reference, identity)) work.attempt.push(uid)
    }
    node.identity = identity
  }
  if (!sameOwners(node.owners, owners)) changeOwners(graph, node, owners, work)
  begin(node, object, old, work)
  return work
}

/** An object is gone. */
export function forgetObject(graph: Graph, uid: string): Work {
  const node = graph.nodes.get(uid)
  if (!node) return NO_WORK
  const work: Work = { attempt: [], orphan: [], invalid: [] }
  graph.nodes.delete(uid)
  leave(graph, node, node.owners)
  if (node.dependents.size > 0) rememberAbsent(graph, absentKey(node.identity, node.identity.namespace))
  work.attempt.push(...node.dependents)
  for (const owner of node.owners) if (graph.nodes.get(owner.uid)?.waiting) work.attempt.push(owner.uid)
  return work
}

/** Dependents that keep a node from going in the foreground. */
export function blockingDependents(graph: Graph, node: GraphNode): GraphNode[] {
  const out: GraphNode[] = []
  for (const uid of node.dependents) {
    const dependent = graph.nodes.get(uid)
    if (dependent?.owners.some(owner => owner.uid === node.identity.uid && owner.blockOwnerDeletion === true)) out.push(dependent)
  }
  return out
}

/** Does the deletion of an object begin to wait for its dependents, to be deleted or to be orphaned? */
function begin(node: GraphNode, object: KubeObject, old: KubeObject | undefined, work: Work): void {
  if (object.metadata.deletionTimestamp === undefined) return
  node.deleting = true
  if (starts(object, old, ORPHAN)) {
    work.orphan.push(object.metadata.uid)
    return
  }
  if (starts(object, old, FOREGROUND)) {
    node.waiting = true
    work.attempt.push(...node.dependents, object.metadata.uid)
  }
}

function starts(object: KubeObject, old: KubeObject | undefined, finalizer: string): boolean {
  const waits = (o: KubeObject) => o.metadata.deletionTimestamp !== undefined && (o.metadata.finalizers ?? []).includes(finalizer)
  return waits(object) && (old === undefined || !waits(old))
}

function join(graph: Graph, node: GraphNode, owners: OwnerReference[], work: Work): void {
  let doubtful = false
  for (const owner of owners) {
    const there = graph.nodes.get(owner.uid)
    if (there) {
      there.dependents.add(node.identity.uid)
      const elsewhere = there.identity.namespace !== '' && there.identity.namespace !== node.identity.namespace
      if (elsewhere && !there.virtual && !doubtful) work.invalid.push({ child: node.identity.uid, owner })
      if (elsewhere || !names(owner, there.identity)) doubtful = true
      continue
    }
    const identity = { apiVersion: owner.apiVersion, kind: owner.kind, namespace: node.identity.namespace, name: owner.name, uid: owner.uid }
    graph.nodes.set(owner.uid, { identity, owners: NO_OWNERS, dependents: new Set([node.identity.uid]), virtual: true, deleting: false, waiting: false })
    work.attempt.push(owner.uid)
  }
  if (doubtful) work.attempt.push(node.identity.uid)
}

function leave(graph: Graph, node: GraphNode, owners: OwnerReference[]): void {
  for (const owner of owners) graph.nodes.get(owner.uid)?.dependents.delete(node.identity.uid)
}

function changeOwners(graph: Graph, node: GraphNode, owners: OwnerReference[], work: Work): void {
  const before = node.owners
  const removed = before.filter(b => !owners.some(o => o.uid === b.uid))
  const added = owners.filter(o => !before.some(b => b.uid === o.uid))
  for (const b of before) {
    const now = owners.find(o => o.uid === b.uid)
    if (b.blockOwnerDeletion === true && now?.blockOwnerDeletion !== true && graph.nodes.has(b.uid)) work.attempt.push(b.uid)
  }
  node.owners = owners
  join(graph, node, added, work)
  leave(graph, node, removed)
}

/** Does a reference name the object by its coordinates? */
function names(reference: OwnerReference, identity: Identity): boolean {
  return reference.apiVersion === identity.apiVersion && reference.kind === identity.kind && reference.name === identity.name
}

function sameOwners(a: OwnerReference[], b: OwnerReference[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!]
    if (x.uid !== y.uid || x.name !== y.name || x.kind !== y.kind || x.blockOwnerDeletion !== y.blockOwnerDeletion) return false
  }
  return true
}

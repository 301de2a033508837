// garbage-collector.ts: the garbage collector: what nobody owns any more goes, in the background or before its owner, or is let go.
// Models k8s.io/kubernetes/pkg/controller/garbagecollector/{garbagecollector,operations,patch}.go
// Differs: kinds come from the table of resources, not from discovery; informers are shared, so a lag stands for those of its own

import type { ApiResponse } from '../../../api/http.ts'
import type { KubeObject, OwnerReference } from '../../../api/object.ts'
import { pathOf, type ResourceType } from '../../../api/resources.ts'
import type { Io, Steps } from '../../../kernel/machine.ts'
import { type Controller, enqueue, type SyncResult } from '../../client/controller.ts'
import { recordEvent } from '../../client/events.ts'
import type { Change } from '../../client/informer.ts'
import { ask, askAll, errorOf, isConflict, isNotFound, ok } from '../../client/request.ts'
import { deleteRequest, getRequest, patchRequest } from '../../client.ts'
import { same } from '../pods.ts'
import { after, clientOf, deletableTypes, type ManagerIo, type ManagerState, memoryOf, quote, typeOfKind } from '../state.ts'
import {
  absentKey,
  blockingDependents,
  FOREGROUND,
  forgetObject,
  type Graph,
  type GraphNode,
  type Identity,
  newGraph,
  ORPHAN,
  observe,
  rememberAbsent,
  type Work,
} from './graph.ts'

const NAME = 'generic-garbage-collector'
const ORPHANS = 'generic-garbage-collector/orphan'
const SOURCE = 'garbage-collector-controller'
const CONFLICT_TRIES = 5
/** Pods have the most watchers: the collector, which upstream has informers of its own for, hears last that one is going. */
const POD_LAG_MS = 1

/** Notes of a decision. */
export interface Collecting {
  kind: string
  object: string
  policy: 'Background' | 'Foreground' | 'Orphan'
  because: 'owner is gone' | 'owner waits'
}

export const garbageCollector: Controller<ManagerState> = {
  name: NAME,
  eventSource: SOURCE,
  workers: 20,
  init: newGraph,
  on: Object.fromEntries(Object.keys(deletableTypes).map(plural => [plural, (state: ManagerState, io: Io, change: Change) => changed(state, io, change)])),
  sync: attempt,
  hears: {
    'gc/heard'(state: ManagerState, message, io) {
      const { object, old } = message.body
      if (graphOf(state).nodes.has(object.metadata.uid)) queue(state, io, observe(graphOf(state), object, old))
    },
  },
}

/** The second queue of the collector: owners that let their dependents go. */
export const orphanCollector: Controller<ManagerState> = { name: ORPHANS, eventSource: SOURCE, workers: 20, sync: orphan }

const graphOf = (state: ManagerState): Graph => memoryOf<Graph>(state, NAME)

function changed(state: ManagerState, io: Io, change: Change<KubeObject>): void {
  const graph = graphOf(state)
  if (change.type === 'delete') queue(state, io, forgetObject(graph, change.object.metadata.uid))
  else if (change.type === 'update' && change.old.metadata.uid !== change.object.metadata.uid) {
    queue(state, io, forgetObject(graph, change.old.metadata.uid))
    queue(state, io, observe(graph, change.object, undefined))
  } else if (change.type === 'update' && change.object.kind === 'Pod' && beginsToGo(graph, change.object))
    after(state, io, POD_LAG_MS, 'gc/heard', { object: change.object, old: change.old })
  else queue(state, io, observe(graph, change.object, change.type === 'update' ? change.old : undefined))
}

const beginsToGo = (graph: Graph, pod: KubeObject): boolean => pod.metadata.deletionTimestamp !== undefined && !graph.nodes.get(pod.metadata.uid)?.deleting

function queue(state: ManagerState, io: Io, work: Work): void {
  for (const uid of work.attempt) enqueue(state, io, NAME, uid)
  for (const uid of work.orphan) enqueue(state, io, ORPHANS, uid)
  for (const { child, owner } of work.invalid) {
    const identity = graphOf(state).nodes.get(child)?.identity
    if (!identity) continue
    const { namespace, kind, name, apiVersion } = identity
    const says = `[${owner.apiVersion}/${owner.kind}, namespace: ${namespace}, name: ${owner.name}, uid: ${owner.uid}]`
    const message = `ownerRef ${says} does not exist in namespace ${quote(namespace)}`
    recordEvent(state.recorders[SOURCE]!, io, { kind, namespace, name, uid: child, apiVersion }, 'Warning', 'OwnerRefInvalidNamespace', message)
  }
}

// ---- deleting

function* attempt(io: ManagerIo, uid: string): Steps<SyncResult> {
  const node = io.state(state => look(state, uid))
  if (!node || (node.deleting && !node.waiting)) return undefined
  const client = io.state(state => clientOf(state, NAME))
  const path = pathOfIdentity(node.identity)
  if (path === undefined) return `unable to get REST mapping for ${node.identity.apiVersion}/${node.identity.kind}.`
  const latest = yield* ask(io, getRequest(client, path))
  if (isNotFound(latest) || (ok(latest) && latest.body.metadata.uid !== uid)) {
    io.state((state, turn) => {
      if (graphOf(state).nodes.get(uid)?.virtual) queue(state, turn, forgetObject(graphOf(state), uid))
    })
    return undefined
  }
  if (!ok(latest)) return errorOf(latest)
  if (node.waiting) return yield* processWaiting(io, uid)
  const object: KubeObject = latest.body
  const references = object.metadata.ownerReferences ?? []
  if (references.length > 0) {
    const error = yield* judge(io, node, object, references)
    if (error !== undefined) return error
  }
  // An owner that only its dependents know of is asked for until the watch shows it.
  return io.state(state => (graphOf(state).nodes.get(uid)?.virtual ? `${uid} is not observed yet` : undefined))
}

interface Seen {
  identity: Identity
  virtual: boolean
  deleting: boolean
  waiting: boolean
  dependents: number
  /** A dependent waits itself: perhaps a circle. */
  circle: boolean
}

function look(state: ManagerState, uid: string): Seen | undefined {
  const graph = graphOf(state)
  const node = graph.nodes.get(uid)
  if (!node) return undefined
  const circle = [...node.dependents].some(d => graph.nodes.get(d)?.waiting)
  return { identity: node.identity, virtual: node.virtual, deleting: node.deleting, waiting: node.waiting, dependents: node.dependents.size, circle }
}

function* judge(io: ManagerIo, node: Seen, object: KubeObject, references: OwnerReference[]): Steps<SyncResult> {
  const client = io.state(state => clientOf(state, NAME))
  const { solid, dangling, waiting, error } = yield* classify(io, node.identity, references)
  if (error !== undefined) return error === '' ? undefined : error
  const path = pathOfIdentity(node.identity)!
  if (solid.length > 0) {
    const gone = [...dangling, ...waiting]
    if (gone.length === 0) return undefined
    io.note('OwnersDropped', { kind: object.kind, object: nameOf(node.identity), owners: gone.map(owner => owner.name) })
    const response = yield* ask(io, patchRequest(client, path, 'strategic', withoutOwners(node.identity.uid, gone)))
    return ok(response) || isNotFound(response) ? undefined : errorOf(response)
  }
  const finalizers = object.metadata.finalizers ?? []
  let policy: Collecting['policy'] = finalizers.includes(ORPHAN) ? 'Orphan' : finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background'
  const inForeground = waiting.length > 0 && node.dependents > 0
  if (inForeground) {
    policy = 'Foreground'
    if (node.circle) {
      const unblocked = references.map(owner => ({ uid: owner.uid, blockOwnerDeletion: false }))
      yield* ask(io, patchRequest(client, path, 'strategic', { metadata: { ownerReferences: unblocked, uid: node.identity.uid } }))
    }
  }
  const because = waiting.length > 0 ? 'owner waits' : 'owner is gone'
  io.note('Collecting', { kind: object.kind, object: nameOf(node.identity), policy, because } satisfies Collecting)
  return yield* remove(io, path, object, policy)
}

/** Deletes exactly this version; if only other things than its owners moved meanwhile, whatever version it has. */
function* remove(io: ManagerIo, path: string, object: KubeObject, propagationPolicy: string): Steps<SyncResult> {
  const client = io.state(state => clientOf(state, NAME))
  const { uid, resourceVersion } = object.metadata
  const response = yield* ask(io, deleteRequest(client, path, { preconditions: { uid, resourceVersion }, propagationPolicy }))
  if (ok(response) || isNotFound(response)) return undefined
  if (!isConflict(response)) return errorOf(response)
  const live = yield* ask(io, getRequest(client, path))
  if (isNotFound(live) || (ok(live) && live.body.metadata.uid !== uid)) return undefined
  if (!ok(live)) return errorOf(live)
  if (!same(live.body.metadata.ownerReferences, object.metadata.ownerReferences)) return errorOf(response)
  const again = yield* ask(io, deleteRequest(client, path, { preconditions: { uid }, propagationPolicy }))
  return ok(again) || isNotFound(again) ? undefined : errorOf(again)
}

interface Classes {
  solid: OwnerReference[]
  dangling: OwnerReference[]
  waiting: OwnerReference[]
  /** '' where there is nothing to do about it. */
  error?: string
}

/** Looks every owner up: there, gone, or waiting for its dependents. */
function* classify(io: ManagerIo, item: Identity, references: OwnerReference[]): Steps<Classes> {
  const classes: Classes = { solid: [], dangling: [], waiting: [] }
  const client = io.state(state => clientOf(state, NAME))
  for (const reference of references) {
    const absent = io.state(state => {
      const known = graphOf(state).absent
      return known.has(absentKey(reference, '')) || known.has(absentKey(reference, item.namespace))
    })
    if (absent) {
      classes.dangling.push(reference)
      continue
    }
    const type = typeOfKind(reference.apiVersion, reference.kind)
    if (!type) return { ...classes, error: `unable to get REST mapping for ${reference.apiVersion}/${reference.kind}.` }
    if (item.namespace === '' && type.namespaced) return { ...classes, error: '' }
    const path = pathOf({ type, namespace: type.namespaced ? item.namespace : undefined, name: reference.name })
    const owner: ApiResponse = yield* ask(io, getRequest(client, path))
    if (isNotFound(owner) || (ok(owner) && owner.body.metadata.uid !== reference.uid)) {
      io.state(state => rememberAbsent(graphOf(state), absentKey(reference, type.namespaced ? item.namespace : '')))
      classes.dangling.push(reference)
      continue
    }
    if (!ok(owner)) return { ...classes, error: errorOf(owner) }
    const { deletionTimestamp, finalizers } = owner.body.metadata
    classes[deletionTimestamp !== undefined && (finalizers ?? []).includes(FOREGROUND) ? 'waiting' : 'solid'].push(reference)
  }
  return classes
}

/** In the foreground: when nothing blocks any more, the owner may go. */
function* processWaiting(io: ManagerIo, uid: string): Steps<SyncResult> {
  const identity = io.state((state, turn) => {
    const graph = graphOf(state)
    const node = graph.nodes.get(uid)
    if (!node) return undefined
    const blocking = blockingDependents(graph, node)
    for (const dependent of blocking) if (!dependent.waiting) enqueue(state, turn, NAME, dependent.identity.uid)
    return blocking.length === 0 ? node.identity : undefined
  })
  if (!identity) return undefined
  io.note('Unblocked', { kind: identity.kind, object: nameOf(identity) })
  return yield* removeFinalizer(io, identity, FOREGROUND)
}

// ---- orphaning

function* orphan(io: ManagerIo, uid: string): Steps<SyncResult> {
  const seen = io.state(state => {
    const graph = graphOf(state)
    const node = graph.nodes.get(uid)
    if (!node) return undefined
    const dependents = [...node.dependents].map(d => graph.nodes.get(d)).filter((d): d is GraphNode => d !== undefined)
    return { identity: node.identity, dependents: dependents.map(d => d.identity), client: clientOf(state, NAME) }
  })
  if (!seen) return undefined
  io.note('Orphaning', { kind: seen.identity.kind, object: nameOf(seen.identity), dependents: seen.dependents.map(nameOf) })
  const patches = seen.dependents.flatMap(d => {
    const path = pathOfIdentity(d)
    return path === undefined ? [] : [patchRequest(seen.client, path, 'strategic', withoutOwners(d.uid, [seen.identity]))]
  })
  const responses = yield* askAll(io, patches)
  const failed = responses.filter(response => !ok(response) && !isNotFound(response) && response.status !== 422)
  if (failed.length > 0) {
    const { kind, namespace, name } = seen.identity
    return `failed to orphan dependents of owner ${kind} ${namespace}/${name}, got errors: ${failed.map(errorOf).join(', ')}`
  }
  return yield* removeFinalizer(io, seen.identity, ORPHAN)
}

function* removeFinalizer(io: ManagerIo, owner: Identity, finalizer: string): Steps<SyncResult> {
  const client = io.state(state => clientOf(state, NAME))
  const path = pathOfIdentity(owner)!
  for (let i = 0; i < CONFLICT_TRIES; i++) {
    const live = yield* ask(io, getRequest(client, path))
    if (isNotFound(live)) return undefined
    if (!ok(live)) return `cannot finalize owner ${owner.name}, because cannot get it: ${errorOf(live)}. The garbage collector will retry later`
    const finalizers: string[] = live.body.metadata.finalizers ?? []
    if (!finalizers.includes(finalizer)) return undefined
    const left = finalizers.filter(f => f !== finalizer)
    const metadata = { resourceVersion: live.body.metadata.resourceVersion, finalizers: left.length > 0 ? left : null }
    const response = yield* ask(io, patchRequest(client, path, 'merge', { metadata }))
    if (ok(response) || isNotFound(response)) return undefined
    if (!isConflict(response)) return errorOf(response)
  }
  return `updateMaxRetries(${CONFLICT_TRIES}) has reached. The garbage collector will retry later for owner ${owner.name}`
}

const withoutOwners = (uid: string, owners: { uid: string }[]) => ({
  metadata: { uid, ownerReferences: owners.map(owner => ({ $patch: 'delete', uid: owner.uid })) },
})

const nameOf = (identity: Identity): string => (identity.namespace === '' ? identity.name : `${identity.namespace}/${identity.name}`)

function pathOfIdentity(identity: Identity): string | undefined {
  const type: ResourceType | undefined = typeOfKind(identity.apiVersion, identity.kind)
  return type && pathOf({ type, namespace: type.namespaced ? identity.namespace : undefined, name: identity.name })
}

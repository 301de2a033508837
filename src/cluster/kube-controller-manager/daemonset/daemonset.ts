// daemonset.ts: the DaemonSet controller: one pod on every node that should have one.
// Models k8s.io/kubernetes/pkg/controller/daemon/{daemon_controller,update}.go
// Differs: nothing known

import { templateHash } from '../../../api/hash.ts'
import { labelSelectorMatches } from '../../../api/labels.ts'
import type { Node } from '../../../api/node.ts'
import type { KubeObject } from '../../../api/object.ts'
import type { Pod } from '../../../api/pod.ts'
import { pathOf } from '../../../api/resources.ts'
import type { ControllerRevision, DaemonSet } from '../../../api/workloads.ts'
import type { Io, Steps } from '../../../kernel/machine.ts'
import { notReady, wrote } from '../../client/consistency.ts'
import { type Controller, enqueue, enqueueAfter, recordFor, type SyncResult } from '../../client/controller.ts'
import { creationObserved, deletionObserved, expectBoth, satisfied } from '../../client/expectations.ts'
import { byIndex, type Change, cached, keyOf, listed } from '../../client/informer.ts'
import { ask, errorOf, isAlreadyExists, isNotFound, ok } from '../../client/request.ts'
import { type Client, createRequest, deleteRequest, getRequest, updateRequest } from '../../client.ts'
import { byRevision, highestRevision, newRevision, REVISION_LABEL, templatePatch } from '../history.ts'
import { claim, controllerKey, orphansOf } from '../ownership.ts'
import { createPods, deletePods } from '../podcontrol.ts'
import { controllerOf, isPodReady, same } from '../pods.ts'
import { clientOf, deletableTypes, type ManagerIo, type ManagerState, memoryOf, pathOfObject, updateStatusRequest } from '../state.ts'
import { podForNode, shouldRun } from './placement.ts'
import { type DaemonPlan, managePlan, statusOf, updatePlan } from './plan.ts'

const NAME = 'daemon-set-controller'
const SOURCE = 'daemonset-controller'
const BURST_REPLICAS = 250
const BACKOFF_MS = 1_000
const BACKOFF_MAX_MS = 900_000
const GROUP_RESOURCES = { pods: 'pods', daemonsets: 'daemonsets.apps' }

/** Failed pods by `uid/generation/node`: how long their replacement waits, and since when. */
type Memory = Map<string, { ms: number; at: number }>

export const daemonSetController: Controller<ManagerState> = {
  name: NAME,
  eventSource: SOURCE,
  workers: 2,
  init: (): Memory => new Map(),
  on: {
    daemonsets(state, io, change) {
      const key = keyOf(change.object)
      const { expectations, written } = state.controllers[NAME]!
      if (change.type === 'delete' || (change.type === 'update' && change.old.metadata.uid !== change.object.metadata.uid)) {
        expectations.delete(key)
        written.delete(key)
      }
      enqueue(state, io, NAME, key)
    },
    nodes(state, io, change) {
      nodeChanged(state, io, change)
    },
    pods(state, io, change) {
      podChanged(state, io, change)
    },
    controllerrevisions(state, io, change) {
      revisionChanged(state, io, change)
    },
  },
  sync,
}

function nodeChanged(state: ManagerState, io: Io, change: Change<Node>): void {
  if (change.type === 'delete') return
  const node = change.object
  if (change.type === 'update' && same(change.old.metadata.labels, node.metadata.labels) && same(change.old.spec.taints, node.spec.taints)) return
  const there = new Set(byIndex<Pod>(state, 'pods', 'nodeName', node.metadata.name).map(pod => controllerKey(pod, 'DaemonSet')?.key))
  for (const ds of listed<DaemonSet>(state, 'daemonsets')) {
    const { run, stay } = shouldRun(ds, node)
    const scheduled = there.has(keyOf(ds))
    if (scheduled ? !stay || ds.status.numberMisscheduled > 0 : run) enqueue(state, io, NAME, keyOf(ds))
  }
}

/** The DaemonSet that controls a pod or a revision. */
function daemonSetOf(state: ManagerState, object: KubeObject): DaemonSet | undefined {
  const found = controllerKey(object, 'DaemonSet')
  const ds = found && cached<DaemonSet>(state, 'daemonsets', found.key)
  return ds?.metadata.uid === found?.uid ? ds : undefined
}

function podChanged(state: ManagerState, io: Io, change: Change<Pod>): void {
  const pod = change.object
  const old = change.type === 'update' ? change.old : undefined
  if (old?.metadata.resourceVersion === pod.metadata.resourceVersion) return
  if (change.type === 'delete' || pod.metadata.deletionTimestamp !== undefined) {
    const owner = daemonSetOf(state, pod)
    if (!owner) return
    deletionObserved(state.controllers[NAME]!.expectations, keyOf(owner))
    enqueue(state, io, NAME, keyOf(owner))
    return
  }
  const owner = ownerChanged(state, io, pod, old)
  if (!owner) return
  if (!old) creationObserved(state.controllers[NAME]!.expectations, keyOf(owner))
  enqueue(state, io, NAME, keyOf(owner))
  const minReady = owner.spec.minReadySeconds ?? 0
  if (old && !isPodReady(old) && isPodReady(pod) && minReady > 0) enqueueAfter(state, io, NAME, keyOf(owner), minReady * 1000 + 1000)
}

function revisionChanged(state: ManagerState, io: Io, change: Change<ControllerRevision>): void {
  const revision = change.object
  const old = change.type === 'update' ? change.old : undefined
  if (old?.metadata.resourceVersion === revision.metadata.resourceVersion) return
  const goes = change.type === 'delete' || (!old && revision.metadata.deletionTimestamp !== undefined)
  const owner = goes ? daemonSetOf(state, revision) : ownerChanged(state, io, revision, old)
  if (owner && (goes || old)) enqueue(state, io, NAME, keyOf(owner))
}

/** Queues the DaemonSet that an object is taken from, and for an orphan those that might adopt it. Comes back with its present owner. */
function ownerChanged(state: ManagerState, io: Io, object: KubeObject, old: KubeObject | undefined): DaemonSet | undefined {
  const moved = old !== undefined && !same(controllerOf(old), controllerOf(object))
  const before = moved ? daemonSetOf(state, old) : undefined
  if (before) enqueue(state, io, NAME, keyOf(before))
  if (controllerOf(object) !== undefined) return daemonSetOf(state, object)
  if (old && !moved && same(old.metadata.labels, object.metadata.labels)) return undefined
  for (const ds of byIndex<DaemonSet>(state, 'daemonsets', 'namespace', object.metadata.namespace ?? ''))
    if (labelSelectorMatches(ds.spec.selector, object.metadata.labels)) enqueue(state, io, NAME, keyOf(ds))
  return undefined
}

// ---- one sync

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state((state, turn) => {
    const { expectations, written } = state.controllers[NAME]!
    const ds = cached<DaemonSet>(state, 'daemonsets', key)
    if (!ds) {
      expectations.delete(key)
      written.delete(key)
      return undefined
    }
    if (Object.keys(ds.spec.selector.matchLabels ?? {}).length === 0 && (ds.spec.selector.matchExpressions ?? []).length === 0) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.'
      recordFor(state, turn, SOURCE, ds, 'Warning', 'SelectingAll', message)
      return undefined
    }
    return { ds, error: notReady(written, key, state, GROUP_RESOURCES) }
  })
  if (!seen || seen.ds.metadata.deletionTimestamp !== undefined) return undefined
  if (seen.error !== undefined) return seen.error
  const { ds } = seen
  const history = yield* constructHistory(io, ds)
  if (history.error !== undefined) return history.error
  const { hash, old } = history
  const isReady = () => io.state((state, turn) => satisfied(state.controllers[NAME]!.expectations, key, turn.now))
  if (!isReady()) return yield* writeStatus(io, ds, hash, false)
  let error = yield* act(io, ds, hash, managed)
  if (error === undefined && isReady() && ds.spec.updateStrategy.type === 'RollingUpdate') error = yield* act(io, ds, hash, rolled)
  if (error === undefined) error = yield* cleanHistory(io, ds, old)
  const statusError = yield* writeStatus(io, ds, hash, true)
  return error ?? statusError
}

function* claimPods(io: ManagerIo, ds: DaemonSet): Steps<{ pods: Pod[]; error?: string }> {
  const candidates = io.state(state => [
    ...byIndex<Pod>(state, 'pods', 'controller', ds.metadata.uid),
    ...byIndex<Pod>(state, 'pods', 'controller', orphansOf(ds.metadata.namespace)),
  ])
  const { claimed, error } = yield* claim(io, NAME, ds, 'pods', candidates, pod => labelSelectorMatches(ds.spec.selector, pod.metadata.labels))
  return error === undefined ? { pods: claimed } : { pods: claimed, error }
}

function managed(state: ManagerState, io: Io, ds: DaemonSet, pods: Pod[], hash: string): DaemonPlan {
  const plan = managePlan(ds, listed<Node>(state, 'nodes'), pods, hash, io.now, node => mayReplace(state, io, ds, node))
  for (const { pod, node } of plan.failed) {
    const message = `Found failed daemon pod ${keyOf(pod)} on node ${node}, will try to kill it`
    recordFor(state, io, SOURCE, ds, 'Warning', 'FailedDaemonPod', message)
  }
  for (const { pod, node } of plan.succeeded) {
    const message = `Found succeeded daemon pod ${keyOf(pod)} on node ${node}, will try to delete it`
    recordFor(state, io, SOURCE, ds, 'Normal', 'SucceededDaemonPod', message)
  }
  return plan
}

/** Failed pods go one after the other, each later than the one before; after a long time of peace it begins anew. */
function mayReplace(state: ManagerState, io: Io, ds: DaemonSet, node: string): boolean {
  const memory = memoryOf<Memory>(state, NAME)
  for (const [key, { at }] of memory) if (io.now - at > 2 * BACKOFF_MAX_MS) memory.delete(key)
  const key = `${ds.metadata.uid}/${ds.status?.observedGeneration ?? 0}/${node}`
  const before = memory.get(key)
  if (before && io.now - before.at < before.ms) {
    enqueueAfter(state, io, NAME, keyOf(ds), before.ms)
    return false
  }
  memory.set(key, { ms: before ? Math.min(before.ms * 2, BACKOFF_MAX_MS) : BACKOFF_MS, at: io.now })
  return true
}

function rolled(state: ManagerState, io: Io, ds: DaemonSet, pods: Pod[], hash: string): DaemonPlan {
  return updatePlan(ds, listed<Node>(state, 'nodes'), pods, hash, io.now)
}

/** Makes a plan and carries it out. */
function* act(io: ManagerIo, ds: DaemonSet, hash: string, planner: typeof managed): Steps<SyncResult> {
  const { pods, error } = yield* claimPods(io, ds)
  if (error !== undefined) return error
  const { create, remove } = io.state((state, turn) => {
    const plan = planner(state, turn, ds, pods, hash)
    const create = plan.create.slice(0, BURST_REPLICAS)
    const remove = [...plan.remove, ...plan.failed.map(f => f.pod), ...plan.succeeded.map(s => s.pod)].slice(0, BURST_REPLICAS)
    expectBoth(state.controllers[NAME]!.expectations, keyOf(ds), create.length, remove.length, turn.now)
    if (create.length > 0) turn.note('Creating', { daemonSet: keyOf(ds), nodes: create })
    if (remove.length > 0) turn.note('Deleting', { daemonSet: keyOf(ds), pods: remove.map(keyOf) })
    return { create, remove }
  })
  const created = yield* createPods(
    io,
    NAME,
    ds,
    create.map(node => podForNode(ds, node, hash)),
    SOURCE,
  )
  const deleted = yield* deletePods(io, NAME, ds, remove, { tracked: false, source: SOURCE })
  return created.error ?? deleted.error
}

/** The revision with the present template, which is made if there is none; the others are old. */
function* constructHistory(io: ManagerIo, ds: DaemonSet): Steps<{ hash: string; old: ControllerRevision[]; error?: string }> {
  const { all, client } = io.state(state => ({
    client: clientOf(state, NAME),
    all: byIndex<ControllerRevision>(state, 'controllerrevisions', 'namespace', ds.metadata.namespace ?? ''),
  }))
  const { claimed, error } = yield* claim(io, NAME, ds, 'controllerrevisions', all, r => labelSelectorMatches(ds.spec.selector, r.metadata.labels))
  if (error !== undefined) return { hash: '', old: [], error }
  const data = templatePatch(ds)
  const current = claimed.filter(r => same(r.data, data))
  const old = claimed.filter(r => !current.includes(r))
  const revision = highestRevision(old) + 1
  let newest = byRevision(current).pop()
  if (newest && newest.revision < revision) {
    const response = yield* ask(io, updateRequest(client, pathOfObject('controllerrevisions', newest), { ...newest, revision }))
    if (!ok(response)) return { hash: '', old, error: errorOf(response) }
    newest = response.body as ControllerRevision
  }
  if (newest) return { hash: newest.metadata.labels?.[REVISION_LABEL] ?? '', old }
  const hash = templateHash(ds.spec.template, ds.status?.collisionCount)
  const labels = { ...ds.spec.template.metadata?.labels, [REVISION_LABEL]: hash }
  const made = newRevision(ds, `${ds.metadata.name}-${hash}`, labels, data, revision)
  io.note('Revised', { daemonSet: keyOf(ds), revision, hash })
  const path = pathOf({ type: deletableTypes['controllerrevisions']!, namespace: ds.metadata.namespace })
  const response = yield* ask(io, createRequest(client, path, made))
  if (ok(response)) return { hash, old }
  if (!isAlreadyExists(response)) return { hash: '', old, error: errorOf(response) }
  const there = yield* ask(io, getRequest(client, `${path}/${made.metadata.name}`))
  if (ok(there) && same(there.body.data, data)) return { hash, old }
  const status = { ...ds.status, collisionCount: (ds.status?.collisionCount ?? 0) + 1 }
  yield* ask(io, updateStatusRequest(client, 'daemonsets', { ...ds, status }))
  return { hash: '', old, error: errorOf(response) }
}

function* cleanHistory(io: ManagerIo, ds: DaemonSet, old: ControllerRevision[]): Steps<SyncResult> {
  const surplus = old.length - ds.spec.revisionHistoryLimit
  if (surplus <= 0) return undefined
  const { live, client } = io.state(state => ({
    client: clientOf(state, NAME),
    live: byIndex<Pod>(state, 'pods', 'controller', ds.metadata.uid).map(pod => pod.metadata.labels?.[REVISION_LABEL]),
  }))
  const doomed = byRevision(old)
    .filter(r => !live.includes(r.metadata.labels?.[REVISION_LABEL]))
    .slice(0, surplus)
  for (const revision of doomed) {
    const response = yield* ask(io, deleteRequest(client, pathOfObject('controllerrevisions', revision)))
    if (!ok(response) && !isNotFound(response)) return errorOf(response)
  }
  return undefined
}

function* writeStatus(io: ManagerIo, ds: DaemonSet, hash: string, observe: boolean): Steps<SyncResult> {
  const { status, client } = io.state((state, turn) => {
    const pods = byIndex<Pod>(state, 'pods', 'controller', ds.metadata.uid)
    return { status: statusOf(ds, listed<Node>(state, 'nodes'), pods, hash, turn.now, observe), client: clientOf(state, NAME) }
  })
  const error = yield* putStatus(io, client, ds, status)
  if (error !== undefined) return error
  const minReady = ds.spec.minReadySeconds ?? 0
  if (minReady > 0 && status.numberReady !== (status.numberAvailable ?? 0))
    io.state((state, turn) => enqueueAfter(state, turn, NAME, keyOf(ds), minReady * 1000))
  return undefined
}

function* putStatus(io: ManagerIo, client: Client, ds: DaemonSet, status: DaemonSet['status']): Steps<SyncResult> {
  if (same(status, ds.status) && (ds.status.observedGeneration ?? 0) >= (ds.metadata.generation ?? 0)) return undefined
  let current = ds
  for (let i = 0; ; i++) {
    const response = yield* ask(io, updateStatusRequest(client, 'daemonsets', { ...current, status }))
    if (ok(response)) {
      io.state(state => wrote(state.controllers[NAME]!.written, keyOf(ds), 'daemonsets', response.body.metadata?.resourceVersion))
      return undefined
    }
    if (i >= 1) return errorOf(response)
    const fresh = yield* ask(io, getRequest(client, pathOfObject('daemonsets', ds)))
    if (!ok(fresh)) return isNotFound(fresh) ? undefined : errorOf(fresh)
    current = fresh.body
  }
}

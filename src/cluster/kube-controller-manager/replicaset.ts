// replicaset.ts: the ReplicaSet controller: as many pods as are wanted, neither more nor fewer.
// Models k8s.io/kubernetes/pkg/controller/replicaset/{replica_set,replica_set_utils}.go
// Differs: serves ReplicaSets only, not ReplicationControllers

import { labelSelectorMatches, mapMatches } from '../../api/labels.ts'
import type { Pod } from '../../api/pod.ts'
import { rfc3339 } from '../../api/time.ts'
import type { ReplicaSet, ReplicaSetStatus, WorkloadCondition } from '../../api/workloads.ts'
import type { Io, Steps } from '../../kernel/machine.ts'
import { notReady, wrote } from '../client/consistency.ts'
import { type Controller, enqueue, enqueueAfter, type SyncResult } from '../client/controller.ts'
import { creationObserved, deletionObserved, expectCreations, expectDeletions, satisfied } from '../client/expectations.ts'
import { byIndex, type Change, cached, keyOf } from '../client/informer.ts'
import { ask, errorOf, ok } from '../client/request.ts'
import { getRequest } from '../client.ts'
import { claim, controllerKey, orphansOf } from './ownership.ts'
import { createPods, deletePods } from './podcontrol.ts'
import { controllerOf, isPodActive, isPodAvailable, isPodReady, isPodTerminal, nextLook, podFromTemplate, same } from './pods.ts'
import { compare, type RankCriterion, rankPodsForDeletion } from './ranking.ts'
import { clientOf, type ManagerIo, type ManagerState, pathOfObject, updateStatusRequest } from './state.ts'

const NAME = 'replicaset-controller'
const BURST_REPLICAS = 500
const STATUS_RETRIES = 1
const GROUP_RESOURCES = { pods: 'pods', replicasets: 'replicasets.apps' }

/** Notes: `Creating` and `Deleting` say what was wanted, what was there, and for deletions why these. */
export interface Creating {
  replicaSet: string
  wanted: number
  active: number
  creating: number
}
export interface Deleting {
  replicaSet: string
  wanted: number
  active: number
  pods: { pod: string; because: RankCriterion }[]
}

export const replicaSetController: Controller<ManagerState> = {
  name: NAME,
  workers: 5,
  on: {
    replicasets(state, io, change) {
      const key = keyOf(change.object)
      const { expectations, written } = state.controllers[NAME]!
      if (change.type === 'update' && change.old.metadata.uid !== change.object.metadata.uid) expectations.delete(key)
      if (change.type === 'delete') {
        expectations.delete(key)
        written.delete(key)
      }
      enqueue(state, io, NAME, key)
    },
    pods(state, io, change) {
      podChanged(state, io, change)
    },
  },
  sync,
}

function podChanged(state: ManagerState, io: Io, change: Change<Pod>): void {
  const pod = change.object
  if (change.type === 'delete' || (change.type === 'add' && pod.metadata.deletionTimestamp !== undefined)) {
    podDeleted(state, io, pod)
    return
  }
  if (change.type === 'add') {
    const owner = replicaSetOf(state, pod)
    if (owner) {
      creationObserved(state.controllers[NAME]!.expectations, keyOf(owner))
      enqueue(state, io, NAME, keyOf(owner))
    } else if (controllerOf(pod) === undefined) enqueueMatching(state, io, pod)
    return
  }
  const { old } = change
  if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return
  const labelsChanged = !same(old.metadata.labels, pod.metadata.labels)
  if (pod.metadata.deletionTimestamp !== undefined) {
    podDeleted(state, io, pod)
    if (labelsChanged) podDeleted(state, io, old)
    return
  }
  const [before, after] = [controllerOf(old), controllerOf(pod)]
  const ownerChanged = !same(before, after)
  if (ownerChanged && before) {
    const owner = replicaSetOf(state, old)
    if (owner) enqueue(state, io, NAME, keyOf(owner))
  }
  if (after) {
    const owner = replicaSetOf(state, pod)
    if (!owner) return
    enqueue(state, io, NAME, keyOf(owner))
    if (!isPodReady(old) && isPodReady(pod) && (owner.spec.minReadySeconds ?? 0) > 0)
      enqueueAfter(state, io, NAME, keyOf(owner), owner.spec.minReadySeconds! * 1000)
    return
  }
  if (labelsChanged || ownerChanged) enqueueMatching(state, io, pod)
}

/** Gone, or about to go: to a ReplicaSet that is the same. */
function podDeleted(state: ManagerState, io: Io, pod: Pod): void {
  const owner = replicaSetOf(state, pod)
  if (!owner) return
  deletionObserved(state.controllers[NAME]!.expectations, keyOf(owner), keyOf(pod))
  enqueue(state, io, NAME, keyOf(owner))
}

function replicaSetOf(state: ManagerState, pod: Pod): ReplicaSet | undefined {
  const found = controllerKey(pod, 'ReplicaSet')
  const owner = found && cached<ReplicaSet>(state, 'replicasets', found.key)
  return owner?.metadata.uid === found?.uid ? owner : undefined
}

function enqueueMatching(state: ManagerState, io: Io, pod: Pod): void {
  for (const rs of byIndex<ReplicaSet>(state, 'replicasets', 'namespace', pod.metadata.namespace ?? ''))
    if (labelSelectorMatches(rs.spec.selector, pod.metadata.labels)) enqueue(state, io, NAME, keyOf(rs))
}

// ---- one sync

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state((state, turn) => {
    const { expectations, written } = state.controllers[NAME]!
    const rs = cached<ReplicaSet>(state, 'replicasets', key)
    if (!rs) {
      expectations.delete(key)
      written.delete(key)
      return undefined
    }
    const error = notReady(written, key, state, GROUP_RESOURCES)
    const owned = byIndex<Pod>(state, 'pods', 'controller', rs.metadata.uid)
    const orphans = byIndex<Pod>(state, 'pods', 'controller', orphansOf(rs.metadata.namespace))
    return { rs, error, owned, orphans, needsSync: satisfied(expectations, key, turn.now) }
  })
  if (!seen) return undefined
  if (seen.error !== undefined) return seen.error
  const { rs } = seen
  const matches = (pod: Pod) => labelSelectorMatches(rs.spec.selector, pod.metadata.labels)
  let claimed: Pod[] = []
  let terminating = 0
  let odd = seen.orphans.length > 0
  for (const pod of seen.owned) {
    if (isPodTerminal(pod)) continue
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (matches(pod)) terminating++
    } else {
      claimed.push(pod)
      if (!matches(pod)) odd = true
    }
  }
  // Mostly all pods that it has are its own, and nobody else's match.
  if (odd) {
    const judged = yield* claim(io, NAME, rs, 'pods', [...claimed, ...seen.orphans.filter(isPodActive)], matches)
    if (judged.error !== undefined) return judged.error
    claimed = judged.claimed
  }
  let failure: { reason: string; message: string } | undefined
  if (seen.needsSync && rs.metadata.deletionTimestamp === undefined) failure = yield* manageReplicas(io, rs, claimed)
  const now = io.now()
  const status = statusOf(rs, claimed, terminating, failure, now)
  const written = yield* writeStatus(io, rs, status)
  if (written.error !== undefined) return written.error
  if (failure) return failure.message
  const minReady = rs.spec.minReadySeconds ?? 0
  if (minReady > 0 && (status.readyReplicas ?? 0) !== (status.availableReplicas ?? 0))
    io.state((state, turn) => enqueueAfter(state, turn, NAME, key, nextLook(claimed, minReady, now, turn.now)))
  return undefined
}

/** Creates what is missing, deletes what is too much. */
function* manageReplicas(io: ManagerIo, rs: ReplicaSet, active: Pod[]): Steps<{ reason: string; message: string } | undefined> {
  const key = keyOf(rs)
  const diff = active.length - rs.spec.replicas
  if (diff < 0) {
    const creating = Math.min(-diff, BURST_REPLICAS)
    io.state((state, turn) => {
      expectCreations(state.controllers[NAME]!.expectations, key, creating, turn.now)
      turn.note('Creating', { replicaSet: key, wanted: rs.spec.replicas, active: active.length, creating } satisfies Creating)
    })
    const { error } = yield* createPods(io, NAME, rs, new Array(creating).fill(podFromTemplate(rs.spec.template, rs)))
    return error === undefined ? undefined : { reason: 'FailedCreate', message: error }
  }
  if (diff > 0) {
    const chosen = io.state((state, turn) => {
      const victims = podsToDelete(active, relatedPods(state, rs), Math.min(diff, BURST_REPLICAS), turn.now)
      const keys = victims.map(v => keyOf(v.pod))
      expectDeletions(state.controllers[NAME]!.expectations, key, keys, turn.now)
      const pods = victims.map(v => ({ pod: keyOf(v.pod), because: v.because }))
      turn.note('Deleting', { replicaSet: key, wanted: rs.spec.replicas, active: active.length, pods } satisfies Deleting)
      return victims.map(v => v.pod)
    })
    const { error } = yield* deletePods(io, NAME, rs, chosen, { tracked: true })
    return error === undefined ? undefined : { reason: 'FailedDelete', message: error }
  }
  return undefined
}

/** The pods to delete, each with the criterion that set it before the first one that stays. */
export function podsToDelete(pods: Pod[], related: Pod[], count: number, now: number): { pod: Pod; because: RankCriterion }[] {
  if (count >= pods.length) return pods.map(pod => ({ pod, because: 'all of them' as const }))
  const ranked = rankPodsForDeletion(pods, related, now)
  const onNode = (pod: Pod) => related.filter(p => isPodActive(p) && p.spec.nodeName === pod.spec.nodeName).length
  const stays = ranked[count]!
  return ranked.slice(0, count).map(pod => ({ pod, because: compare(pod, stays, onNode(pod), onNode(stays), now).by }))
}

/** Pods of all ReplicaSets that have the same controller (the Deployment); a ReplicaSet of its own has no related ones. */
function relatedPods(state: ManagerState, rs: ReplicaSet): Pod[] {
  const controller = controllerOf(rs)
  if (!controller) return []
  const siblings = byIndex<ReplicaSet>(state, 'replicasets', 'controller', controller.uid)
  const pods = byIndex<Pod>(state, 'pods', 'namespace', rs.metadata.namespace ?? '')
  const related = new Set<Pod>()
  for (const sibling of siblings) for (const pod of pods) if (labelSelectorMatches(sibling.spec.selector, pod.metadata.labels)) related.add(pod)
  return [...related]
}

export function statusOf(
  rs: ReplicaSet,
  pods: Pod[],
  terminating: number,
  failure: { reason: string; message: string } | undefined,
  now: number,
): ReplicaSetStatus {
  const minReady = rs.spec.minReadySeconds ?? 0
  let fullyLabeled = 0
  let ready = 0
  let available = 0
  const wanted = rs.spec.template.metadata?.labels ?? {}
  for (const pod of pods) {
    if (mapMatches(wanted, pod.metadata.labels)) fullyLabeled++
    if (!isPodReady(pod)) continue
    ready++
    if (minReady === 0 || isPodAvailable(pod, minReady, now)) available++
  }
  const failed = rs.status?.conditions?.find(c => c.type === 'ReplicaFailure')
  let conditions = rs.status?.conditions
  if (failure && !failed) conditions = [...(conditions ?? []), { type: 'ReplicaFailure', status: 'True', lastTransitionTime: rfc3339(now), ...failure }]
  else if (!failure && failed) conditions = conditions!.filter(c => c.type !== 'ReplicaFailure')
  return made(rs, { replicas: pods.length, fullyLabeled, ready, available, terminating }, conditions)
}

/** Go leaves out counts of zero, but not `replicas` and pointers. */
function made(
  rs: ReplicaSet,
  n: { replicas: number; fullyLabeled: number; ready: number; available: number; terminating: number },
  conditions: WorkloadCondition[] | undefined,
): ReplicaSetStatus {
  const status: ReplicaSetStatus = { replicas: n.replicas }
  if (n.fullyLabeled > 0) status.fullyLabeledReplicas = n.fullyLabeled
  if (n.ready > 0) status.readyReplicas = n.ready
  if (n.available > 0) status.availableReplicas = n.available
  status.terminatingReplicas = n.terminating
  if (rs.metadata.generation) status.observedGeneration = rs.metadata.generation
  if (conditions && conditions.length > 0) status.conditions = conditions
  return status
}

function* writeStatus(io: ManagerIo, rs: ReplicaSet, status: ReplicaSetStatus): Steps<{ error?: string }> {
  if (same(rs.status, status)) return {}
  let current = rs
  for (let i = 0; ; i++) {
    const response = yield* ask(
      io,
      io.state(state => updateStatusRequest(clientOf(state, NAME), 'replicasets', { ...current, status })),
    )
    if (ok(response)) {
      io.state(state => wrote(state.controllers[NAME]!.written, keyOf(rs), 'replicasets', response.body.metadata?.resourceVersion))
      return {}
    }
    if (i >= STATUS_RETRIES) return { error: errorOf(response) }
    const fresh = yield* ask(
      io,
      io.state(state => getRequest(clientOf(state, NAME), pathOfObject('replicasets', rs))),
    )
    if (!ok(fresh)) return { error: errorOf(fresh) }
    current = fresh.body
  }
}

// statefulset.ts: the StatefulSet controller: pods with names and numbers, one after the other.
// Models k8s.io/kubernetes/pkg/controller/statefulset/{stateful_set,stateful_set_control,stateful_set_status_updater}.go
// Differs: pods of a Parallel set are handled one after the other within a sync

import { revisionHash } from '../../../api/hash.ts'
import { labelSelectorMatches } from '../../../api/labels.ts'
import type { Pod } from '../../../api/pod.ts'
import { pathOf } from '../../../api/resources.ts'
import type { ControllerRevision, StatefulSet } from '../../../api/workloads.ts'
import type { Io, Steps } from '../../../kernel/machine.ts'
import { notReady, wrote } from '../../client/consistency.ts'
import { type Controller, enqueue, enqueueAfter, type SyncResult } from '../../client/controller.ts'
import { byIndex, type Change, cached, keyOf } from '../../client/informer.ts'
import { ask, errorOf, isAlreadyExists, isConflict, isNotFound, ok } from '../../client/request.ts'
import { createRequest, deleteRequest, getRequest, updateRequest } from '../../client.ts'
import { byRevision, goJson, highestRevision, newRevision, templatePatch } from '../history.ts'
import { claim, controllerKey, orphansOf } from '../ownership.ts'
import { controllerOf, isPodReady, isPodTerminal, nextLook, same } from '../pods.ts'
import { clientOf, deletableTypes, type ManagerIo, type ManagerState, pathOfObject, updateStatusRequest } from '../state.ts'
import { hasIdentity, hasStorage, isCreated, isOrdered, isRunningAndAvailable, isTerminating, ordinalOf, revisionOf } from './identity.ts'
import { podsToUpdate, type Revision, slotsOf, statusOf, type Turn } from './plan.ts'
import { claimOwnersAreRight, createMissingClaims, createPod, deletePod, fixClaimOwners, NAME, updatePod, waitsForClaim } from './podcontrol.ts'

const HASH_LABEL = 'controller.kubernetes.io/hash'
const NAME_MAX = 223
const STATUS_TRIES = 5
const STATUS_RETRY_MS = 10
const GROUP_RESOURCES = { pods: 'pods', statefulsets: 'statefulsets.apps', persistentvolumeclaims: 'persistentvolumeclaims' }

export const statefulSetController: Controller<ManagerState> = {
  name: NAME,
  workers: 5,
  on: {
    statefulsets(state, io, change) {
      if (change.type === 'delete') state.controllers[NAME]!.written.delete(keyOf(change.object))
      enqueue(state, io, NAME, keyOf(change.object))
    },
    pods(state, io, change) {
      podChanged(state, io, change)
    },
  },
  sync,
}

function setOf(state: ManagerState, pod: Pod): StatefulSet | undefined {
  const found = controllerKey(pod, 'StatefulSet')
  const set = found && cached<StatefulSet>(state, 'statefulsets', found.key)
  return set?.metadata.uid === found?.uid ? set : undefined
}

function podChanged(state: ManagerState, io: Io, change: Change<Pod>): void {
  const pod = change.object
  const old = change.type === 'update' ? change.old : undefined
  if (old?.metadata.resourceVersion === pod.metadata.resourceVersion) return
  const moved = old !== undefined && !same(controllerOf(old), controllerOf(pod))
  if (moved) {
    const before = setOf(state, old)
    if (before) enqueue(state, io, NAME, keyOf(before))
  }
  const owner = setOf(state, pod)
  if (owner) {
    enqueue(state, io, NAME, keyOf(owner))
    const minReady = owner.spec.minReadySeconds ?? 0
    if (old && !isPodReady(old) && isPodReady(pod) && minReady > 0) enqueueAfter(state, io, NAME, keyOf(owner), minReady * 1000)
    return
  }
  if (controllerOf(pod) !== undefined || change.type === 'delete' || (!old && pod.metadata.deletionTimestamp !== undefined)) return
  if (old && !moved && same(old.metadata.labels, pod.metadata.labels)) return
  for (const set of byIndex<StatefulSet>(state, 'statefulsets', 'namespace', pod.metadata.namespace ?? ''))
    if (labelSelectorMatches(set.spec.selector, pod.metadata.labels)) enqueue(state, io, NAME, keyOf(set))
}

// ---- one sync

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state(state => {
    const { written } = state.controllers[NAME]!
    const set = cached<StatefulSet>(state, 'statefulsets', key)
    if (!set) {
      written.delete(key)
      return undefined
    }
    const namespace = set.metadata.namespace
    return {
      set,
      error: notReady(written, key, state, GROUP_RESOURCES),
      candidates: [...byIndex<Pod>(state, 'pods', 'controller', set.metadata.uid), ...byIndex<Pod>(state, 'pods', 'controller', orphansOf(namespace))],
      revisions: byIndex<ControllerRevision>(state, 'controllerrevisions', 'namespace', namespace ?? ''),
    }
  })
  if (!seen) return undefined
  if (seen.error !== undefined) return seen.error
  const { set } = seen
  const history = yield* claim(io, NAME, set, 'controllerrevisions', seen.revisions, r => labelSelectorMatches(set.spec.selector, r.metadata.labels))
  if (history.error !== undefined) return history.error
  const mine = yield* claim(
    io,
    NAME,
    set,
    'pods',
    seen.candidates,
    pod => labelSelectorMatches(set.spec.selector, pod.metadata.labels) && ordinalOf(set, pod) >= 0,
  )
  if (mine.error !== undefined) return mine.error
  const now = io.now()
  const turn = yield* revise(io, set, mine.claimed, byRevision(history.claimed))
  if (typeof turn === 'string') return turn
  const { error, pods } = yield* update(io, turn, now)
  const status = statusOf(turn, pods, now)
  const statusError = yield* writeStatus(io, set, status)
  const historyError = yield* truncateHistory(io, turn)
  const failure = error ?? statusError ?? historyError
  if (failure !== undefined) return failure
  const minReady = set.spec.minReadySeconds ?? 0
  if (minReady > 0 && (status.readyReplicas ?? 0) !== status.availableReplicas)
    io.state((state, io2) => enqueueAfter(state, io2, NAME, key, nextLook(turn.pods, minReady, now, io2.now)))
  return undefined
}

/** Finds or makes the revision of the present template. */
function* revise(io: ManagerIo, set: StatefulSet, pods: Pod[], revisions: ControllerRevision[]): Steps<Turn | string> {
  const client = io.state(state => clientOf(state, NAME))
  const data = templatePatch(set)
  const next = highestRevision(revisions) + 1
  const equal = revisions.filter(r => same(r.data, data)).pop()
  let collisionCount = set.status?.collisionCount ?? 0
  let newest: ControllerRevision
  if (equal && equal === revisions[revisions.length - 1]) newest = equal
  else if (equal) {
    const response = yield* ask(io, updateRequest(client, pathOfObject('controllerrevisions', equal), { ...equal, revision: next }))
    if (!ok(response)) return errorOf(response)
    newest = response.body
  } else {
    for (;;) {
      const hash = revisionHash(goJson(data), collisionCount)
      const name = `${set.metadata.name.slice(0, NAME_MAX)}-${hash}`
      const labels = { ...set.spec.template.metadata?.labels, [HASH_LABEL]: hash }
      io.note('Revised', { statefulSet: keyOf(set), revision: next, name })
      const path = pathOf({ type: deletableTypes['controllerrevisions']!, namespace: set.metadata.namespace })
      const response = yield* ask(io, createRequest(client, path, newRevision(set, name, labels, data, next)))
      if (ok(response)) {
        newest = response.body
        break
      }
      if (!isAlreadyExists(response)) return errorOf(response)
      const there = yield* ask(io, getRequest(client, `${path}/${name}`))
      if (ok(there) && same(there.body.data, data)) {
        newest = there.body
        break
      }
      collisionCount++
    }
  }
  const current = revisions.find(r => r.metadata.name === set.status?.currentRevision) ?? newest
  const revisionOfObject = (r: ControllerRevision): Revision => {
    const { $patch: _, ...template } = r.data.spec.template
    return { name: r.metadata.name, template }
  }
  return { set, pods, revisions, current: revisionOfObject(current), update: revisionOfObject(newest), collisionCount, replaced: 0 }
}

/** One step towards what the set wants; the pods as they are then. */
function* update(io: ManagerIo, turn: Turn, now: number): Steps<{ error?: string; pods: Pod[] }> {
  const { set } = turn
  const { replicas, condemned, firstUnavailable } = slotsOf(set, turn.pods, turn.current, turn.update, now)
  const pods = [...replicas, ...condemned]
  if (set.metadata.deletionTimestamp !== undefined) return { pods: turn.pods }
  const ordered = isOrdered(set)
  for (const pod of replicas) {
    const done = yield* processReplica(io, set, pod, now)
    if (done.error !== undefined) return { error: done.error, pods }
    if (done.wait && ordered) return { pods }
  }
  for (const pod of condemned) {
    const error = claimOwnersAreRight(io, set, pod) ? undefined : yield* fixClaimOwners(io, set, pod)
    if (error !== undefined) return { error, pods }
  }
  for (const pod of condemned) {
    if (isTerminating(pod)) {
      if (ordered) return { pods }
      continue
    }
    if (ordered && !isRunningAndAvailable(set, pod, now) && pod !== firstUnavailable) return { pods }
    io.note('Deleting', { statefulSet: keyOf(set), pod: keyOf(pod), because: 'scaled down' })
    const error = yield* deletePod(io, set, pod)
    if (error !== undefined) return { error, pods }
    if (ordered) return { pods }
  }
  if (set.spec.updateStrategy.type !== 'RollingUpdate') return { pods }
  for (const pod of podsToUpdate(set, replicas, turn.update, now)) {
    io.note('Deleting', { statefulSet: keyOf(set), pod: keyOf(pod), because: 'old revision', revision: revisionOf(pod), update: turn.update.name })
    const error = yield* deletePod(io, set, pod)
    if (error !== undefined) return { error, pods }
    turn.replaced++
  }
  return { pods }
}

/** `wait`: nothing further is done in this round by an ordered set. */
function* processReplica(io: ManagerIo, set: StatefulSet, pod: Pod, now: number): Steps<{ wait: boolean; error?: string }> {
  if (isPodTerminal(pod)) {
    const error = isTerminating(pod) ? undefined : yield* deletePod(io, set, pod)
    return error === undefined ? { wait: true } : { wait: true, error }
  }
  if (!isCreated(pod)) {
    if (waitsForClaim(io, set, pod)) return { wait: true }
    const error = yield* createPod(io, set, pod)
    return error === undefined ? { wait: true } : { wait: true, error }
  }
  if (pod.status.phase === 'Pending') {
    const error = yield* createMissingClaims(io, set, pod)
    if (error !== undefined) return { wait: true, error }
  }
  if (isOrdered(set) && (isTerminating(pod) || !isRunningAndAvailable(set, pod, now))) return { wait: true }
  if (hasIdentity(set, pod) && hasStorage(set, pod) && claimOwnersAreRight(io, set, pod)) return { wait: false }
  const error = yield* updatePod(io, set, pod)
  return error === undefined ? { wait: false } : { wait: true, error }
}

function* writeStatus(io: ManagerIo, set: StatefulSet, status: StatefulSet['status']): Steps<string | undefined> {
  if (same(status, set.status)) return undefined
  let given = set
  for (let tries = 1; ; tries++) {
    const request = io.state(state => updateStatusRequest(clientOf(state, NAME), 'statefulsets', { ...given, status }))
    const response = yield* ask(io, request)
    if (ok(response)) {
      io.state(state => wrote(state.controllers[NAME]!.written, keyOf(set), 'statefulsets', response.body.metadata?.resourceVersion))
      return undefined
    }
    if (!isConflict(response) || tries >= STATUS_TRIES) return errorOf(response)
    given = io.state(state => cached<StatefulSet>(state, 'statefulsets', keyOf(set))) ?? given
    yield* io.sleep(STATUS_RETRY_MS)
  }
}

/** Old revisions that no pod has and the limit does not keep. */
function* truncateHistory(io: ManagerIo, { set, pods, revisions, current, update }: Turn): Steps<string | undefined> {
  const live = new Set([current.name, update.name, ...pods.map(revisionOf)])
  const idle = revisions.filter(r => !live.has(r.metadata.name))
  for (const revision of idle.slice(0, Math.max(0, idle.length - set.spec.revisionHistoryLimit))) {
    const response = yield* ask(
      io,
      io.state(state => deleteRequest(clientOf(state, NAME), pathOfObject('controllerrevisions', revision))),
    )
    if (!ok(response) && !isNotFound(response)) return errorOf(response)
  }
  return undefined
}

// deployment.ts: the Deployment controller: from one template to the next by ReplicaSets, without losing too many pods on the way.
// Models k8s.io/kubernetes/pkg/controller/deployment/{deployment_controller,sync,rolling,recreate}.go
// Differs: the annotation deprecated.deployment.rollback.to is not heard

import { labelSelectorMatches } from '../../../api/labels.ts'
import type { Pod } from '../../../api/pod.ts'
import { pathOf } from '../../../api/resources.ts'
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../../api/workloads.ts'
import type { Io, Steps } from '../../../kernel/machine.ts'
import { type Controller, enqueue, enqueueAfter, enqueueRateLimited, recordFor, type SyncResult } from '../../client/controller.ts'
import { byIndex, type Change, cached, keyOf } from '../../client/informer.ts'
import { ask, errorOf, isAlreadyExists, isNamespaceTerminating, isNotFound, ok } from '../../client/request.ts'
import { createRequest, deleteRequest, updateRequest } from '../../client.ts'
import { claim, controllerKey } from '../ownership.ts'
import { controllerOf, isPodTerminal, same } from '../pods.ts'
import { clientOf, deletableTypes, type ManagerIo, type ManagerState, pathOfObject, quote, updateStatusRequest } from '../state.ts'
import {
  calculateStatus,
  condition,
  conditionOf,
  deadlineIn,
  hasProgressDeadline,
  isComplete,
  PAUSED,
  RESUMED,
  rolloutStatus,
  setCondition,
  TIMED_OUT,
} from './conditions.ts'
import { annotationsOfNew, DESIRED, maxRevision, newAndOld, newReplicaSet, REVISION, sameTemplate, surplus, withSizes } from './revisions.ts'
import { annotated, budgetSizes, countOf, newSize, type Resize, scaledSizes, shrinkable, unhealthySizes } from './sizes.ts'

const NAME = 'deployment-controller'

/** The note of a decision to change a ReplicaSet's size. */
export interface Scaling {
  deployment: string
  replicaSet: string
  from: number
  to: number
}

export const deploymentController: Controller<ManagerState> = {
  name: NAME,
  workers: 5,
  drops: 15,
  on: {
    deployments(state, io, change) {
      enqueue(state, io, NAME, keyOf(change.object))
    },
    replicasets(state, io, change) {
      replicaSetChanged(state, io, change)
    },
    pods(state, io, change) {
      if (change.type === 'delete') podDeleted(state, io, change.object)
    },
  },
  sync,
}

function replicaSetChanged(state: ManagerState, io: Io, change: Change<ReplicaSet>): void {
  const rs = change.object
  if (change.type === 'update') {
    if (change.old.metadata.resourceVersion === rs.metadata.resourceVersion) return
    if (!same(controllerOf(change.old), controllerOf(rs))) enqueueOwner(state, io, change.old)
  }
  if (controllerOf(rs)) {
    enqueueOwner(state, io, rs)
    return
  }
  if (change.type === 'delete' || (change.type === 'add' && rs.metadata.deletionTimestamp !== undefined)) return
  if (change.type === 'update' && same(change.old.metadata.labels, rs.metadata.labels) && controllerOf(change.old) === undefined) return
  for (const d of byIndex<Deployment>(state, 'deployments', 'namespace', rs.metadata.namespace ?? ''))
    if (labelSelectorMatches(d.spec.selector, rs.metadata.labels)) enqueue(state, io, NAME, keyOf(d))
}

function enqueueOwner(state: ManagerState, io: Io, rs: ReplicaSet): void {
  const found = controllerKey(rs, 'Deployment')
  const d = found && cached<Deployment>(state, 'deployments', found.key)
  if (d && d.metadata.uid === found.uid) enqueue(state, io, NAME, found.key)
}

/** Recreate waits for the old pods to go. */
function podDeleted(state: ManagerState, io: Io, pod: Pod): void {
  const uid = controllerOf(pod)?.uid
  const rs = uid === undefined ? undefined : byIndex<ReplicaSet>(state, 'replicasets', 'uid', uid)[0]
  const found = rs && controllerKey(rs, 'Deployment')
  const d = found && cached<Deployment>(state, 'deployments', found.key)
  if (d?.metadata.uid === found?.uid && d?.spec.strategy.type === 'Recreate') enqueue(state, io, NAME, keyOf(d))
}

const podsOf = (state: ManagerState, sets: ReplicaSet[]): Pod[] => sets.flatMap(rs => byIndex<Pod>(state, 'pods', 'controller', rs.metadata.uid))

// ---- one sync

/** What one sync works on: `d` is a draft, its status is the one that was last wanted. */
interface Draft {
  d: Deployment
  sets: ReplicaSet[]
  newRs: ReplicaSet | undefined
  old: ReplicaSet[]
}

/** Ends a sync with an error of the API server; undefined where it is of no use to come back. */
class Failed {
  readonly error: string | undefined
  constructor(error: string | undefined) {
    this.error = error
  }
}

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  try {
    return yield* syncDeployment(io, key)
  } catch (failed) {
    if (failed instanceof Failed) return failed.error
    throw failed
  }
}

function* syncDeployment(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state(state => {
    const d = cached<Deployment>(state, 'deployments', key)
    if (!d) return undefined
    return { d, sets: byIndex<ReplicaSet>(state, 'replicasets', 'namespace', d.metadata.namespace ?? '') }
  })
  if (!seen) return undefined
  const { d } = seen
  if (Object.keys(d.spec.selector.matchLabels ?? {}).length === 0 && (d.spec.selector.matchExpressions ?? []).length === 0) {
    const message = 'This deployment is selecting all pods. A non-empty selector is required.'
    io.state((state, turn) => recordFor(state, turn, NAME, d, 'Warning', 'SelectingAll', message))
    if ((d.status?.observedGeneration ?? 0) < (d.metadata.generation ?? 0))
      yield* writeStatus(io, { ...d, status: { ...d.status, observedGeneration: d.metadata.generation } })
    return undefined
  }
  const { claimed, error } = yield* claim(io, NAME, d, 'replicasets', seen.sets, rs => labelSelectorMatches(d.spec.selector, rs.metadata.labels))
  if (error !== undefined) return error
  const draft: Draft = { d, sets: claimed, newRs: undefined, old: [] }
  if (d.metadata.deletionTimestamp !== undefined) {
    yield* findNew(io, draft, false)
    yield* syncCounts(io, draft)
    return undefined
  }
  yield* checkPaused(io, draft)
  yield* findNew(io, draft, false)
  if (d.spec.paused) return yield* scale(io, draft)
  const all = draft.newRs ? [...draft.old, draft.newRs] : draft.old
  const scaled = all.some(rs => rs.spec.replicas > 0 && (annotated(rs, DESIRED) ?? d.spec.replicas) !== d.spec.replicas)
  if (scaled) return yield* scale(io, draft)
  if (d.spec.strategy.type === 'Recreate') yield* recreate(io, draft)
  else yield* roll(io, draft)
  return undefined
}

/** Paused, or scaled: sizes only, no rollout. */
function* scale(io: ManagerIo, draft: Draft): Steps<SyncResult> {
  for (const resize of scaledSizes(draft.d, draft.newRs, draft.old)) yield* resizeTo(io, draft, resize)
  if (draft.d.spec.paused) yield* cleanUp(io, draft)
  yield* syncCounts(io, draft)
  return undefined
}

function* roll(io: ManagerIo, draft: Draft): Steps {
  if (!draft.newRs) yield* findNew(io, draft, true)
  const newRs = draft.newRs!
  const { d } = draft
  const wanted = d.spec.replicas
  if (newRs.spec.replicas !== wanted) {
    const to = newRs.spec.replicas > wanted ? wanted : newSize(d, [...draft.old, newRs], newRs)
    if (yield* resizeTo(io, draft, { replicaSet: newRs, to })) {
      yield* syncRollout(io, draft)
      return
    }
  }
  const scaledDown = yield* shrinkOld(io, draft, newRs)
  if (!scaledDown && isComplete(d, d.status)) yield* cleanUp(io, draft)
  yield* syncRollout(io, draft)
}

/** True if it did. A refusal is not an error here: the next change of a ReplicaSet brings the next try. */
function* shrinkOld(io: ManagerIo, draft: Draft, newRs: ReplicaSet): Steps<boolean> {
  const active = () => draft.old.filter(rs => rs.spec.replicas > 0)
  try {
    const room = shrinkable(draft.d, newRs, active())
    if (room <= 0) return false
    const unhealthy = unhealthySizes(room, active())
    for (const resize of unhealthy) {
      // A status that lags may count more pods than are wanted: upstream calls that an invalid request, and leaves it.
      if (resize.to > resize.replicaSet.spec.replicas) return false
      yield* resizeTo(io, draft, resize)
    }
    const rest = budgetSizes(draft.d, newRs, active())
    for (const resize of rest) yield* resizeTo(io, draft, resize)
    return unhealthy.length + rest.length > 0
  } catch (failed) {
    if (failed instanceof Failed) return false
    throw failed
  }
}

function* recreate(io: ManagerIo, draft: Draft): Steps {
  let scaledDown = false
  for (const rs of draft.old) if (rs.spec.replicas > 0 && (yield* resizeTo(io, draft, { replicaSet: rs, to: 0 }))) scaledDown = true
  const running =
    countOf(draft.old, 'replicas') > 0 ||
    io.state(state =>
      podsOf(
        state,
        draft.sets.filter(rs => rs.metadata.uid !== draft.newRs?.metadata.uid),
      ).some(pod => !isPodTerminal(pod)),
    )
  if (scaledDown || running) {
    yield* syncRollout(io, draft)
    return
  }
  if (!draft.newRs) yield* findNew(io, draft, true)
  yield* resizeTo(io, draft, { replicaSet: draft.newRs!, to: draft.d.spec.replicas })
  if (isComplete(draft.d, draft.d.status)) yield* cleanUp(io, draft)
  yield* syncRollout(io, draft)
}

/** Finds the ReplicaSet with the present template and brings its annotations up to date, or creates it. */
function* findNew(io: ManagerIo, draft: Draft, create: boolean): Steps {
  const { d } = draft
  const { newRs, old } = newAndOld(d, draft.sets)
  draft.newRs = newRs
  draft.old = old
  const revision = String(maxRevision(old) + 1)
  if (newRs) {
    const annotations = annotationsOfNew(d, newRs, revision)
    if (annotations !== newRs.metadata.annotations || (newRs.spec.minReadySeconds ?? 0) !== (d.spec.minReadySeconds ?? 0)) {
      const { minReadySeconds: _, ...rest } = newRs.spec
      const spec = d.spec.minReadySeconds ? { ...rest, minReadySeconds: d.spec.minReadySeconds } : rest
      io.note('Revised', { deployment: keyOf(d), replicaSet: newRs.metadata.name, revision: annotations?.[REVISION] })
      draft.newRs = yield* updateReplicaSet(io, { ...newRs, metadata: { ...newRs.metadata, annotations }, spec })
      draft.sets = draft.sets.map(rs => (rs === newRs ? draft.newRs! : rs))
      return
    }
    yield* adoptRevision(io, draft, newRs.metadata.annotations?.[REVISION], ['FoundNewReplicaSet', `Found new replica set ${quote(newRs.metadata.name)}`], true)
    return
  }
  if (create) yield* createNew(io, draft, revision)
}

function* createNew(io: ManagerIo, draft: Draft, revision: string): Steps {
  const { d } = draft
  const wanted = newReplicaSet(d, draft.old, revision)
  const { name } = wanted.metadata
  io.note('CreatingReplicaSet', { deployment: keyOf(d), replicaSet: name, replicas: wanted.spec.replicas, revision: Number(revision) })
  const path = pathOf({ type: deletableTypes['replicasets']!, namespace: d.metadata.namespace })
  const response = yield* ask(
    io,
    io.state(state => createRequest(clientOf(state, NAME), path, wanted)),
  )
  let created: ReplicaSet | undefined = ok(response) ? response.body : undefined
  if (isAlreadyExists(response)) {
    const there = io.state(state => cached<ReplicaSet>(state, 'replicasets', `${d.metadata.namespace}/${name}`))
    if (!there) throw new Failed(`replicaset.apps ${quote(name)} not found`)
    if (controllerOf(there)?.uid !== d.metadata.uid || !sameTemplate(d.spec.template, there.spec.template)) {
      yield* writeStatus(io, { ...d, status: { ...d.status, collisionCount: (d.status?.collisionCount ?? 0) + 1 } })
      throw new Failed(errorOf(response))
    }
    created = there
  } else if (!created) {
    if (isNamespaceTerminating(response)) throw new Failed(undefined)
    const message = `Failed to create new replica set ${quote(name)}: ${errorOf(response)}`
    if (hasProgressDeadline(d)) {
      const status = setCondition(d.status ?? {}, condition('Progressing', 'False', 'ReplicaSetCreateError', message, io.now()))
      yield* tryStatus(io, { ...d, status })
    }
    io.state((state, turn) => recordFor(state, turn, NAME, d, 'Warning', 'ReplicaSetCreateError', message))
    throw new Failed(errorOf(response))
  }
  const fresh = ok(response)
  draft.newRs = created
  draft.sets = [...draft.sets.filter(rs => rs !== created), created]
  if (fresh && wanted.spec.replicas > 0) {
    const message = `Scaled up replica set ${name} from 0 to ${wanted.spec.replicas}`
    io.state((state, turn) => recordFor(state, turn, NAME, d, 'Normal', 'ScalingReplicaSet', message))
  }
  yield* adoptRevision(io, draft, revision, fresh ? ['NewReplicaSetCreated', `Created new replica set ${quote(name)}`] : undefined, false)
}

/** The Deployment's revision follows its new ReplicaSet; the first progress is noted. Later writes of this sync go by the older version, and meet a conflict. */
function* adoptRevision(io: ManagerIo, draft: Draft, revision: string | undefined, progress: [string, string] | undefined, onlyFirst: boolean): Steps {
  const { d } = draft
  let changed = false
  if (revision !== undefined && d.metadata.annotations?.[REVISION] !== revision) {
    draft.d = { ...draft.d, metadata: { ...d.metadata, annotations: { ...d.metadata.annotations, [REVISION]: revision } } }
    changed = true
  }
  if (progress && hasProgressDeadline(d) && !(onlyFirst && conditionOf(d.status, 'Progressing'))) {
    draft.d = { ...draft.d, status: setCondition(d.status ?? {}, condition('Progressing', 'True', progress[0], progress[1], io.now())) }
    changed = true
  }
  if (changed) yield* writeStatus(io, draft.d)
}

/** Gives a ReplicaSet its size and annotations; true if the size changed. */
function* resizeTo(io: ManagerIo, draft: Draft, { replicaSet, to, annotate }: Resize): Steps<boolean> {
  const { d } = draft
  const current = draft.sets.find(rs => rs.metadata.uid === replicaSet.metadata.uid) ?? replicaSet
  const from = current.spec.replicas
  const annotations = withSizes(d, current.metadata.annotations)
  if (from === to && !(annotate && annotations !== current.metadata.annotations)) return false
  if (from !== to) io.note('Scaling', { deployment: keyOf(d), replicaSet: current.metadata.name, from, to } satisfies Scaling)
  const updated = yield* updateReplicaSet(io, { ...current, metadata: { ...current.metadata, annotations }, spec: { ...current.spec, replicas: to } })
  draft.sets = draft.sets.map(rs => (rs === current ? updated : rs))
  draft.old = draft.old.map(rs => (rs.metadata.uid === updated.metadata.uid ? updated : rs))
  if (draft.newRs?.metadata.uid === updated.metadata.uid) draft.newRs = updated
  if (from === to) return false
  const message = `Scaled ${from < to ? 'up' : 'down'} replica set ${current.metadata.name} from ${from} to ${to}`
  io.state((state, turn) => recordFor(state, turn, NAME, d, 'Normal', 'ScalingReplicaSet', message))
  return true
}

function* updateReplicaSet(io: ManagerIo, rs: ReplicaSet): Steps<ReplicaSet> {
  const response = yield* ask(
    io,
    io.state(state => updateRequest(clientOf(state, NAME), pathOfObject('replicasets', rs), rs)),
  )
  if (!ok(response)) throw new Failed(errorOf(response))
  return response.body
}

function* cleanUp(io: ManagerIo, draft: Draft): Steps {
  for (const rs of surplus(draft.d, draft.old)) {
    io.note('Trimming', { deployment: keyOf(draft.d), replicaSet: rs.metadata.name, limit: draft.d.spec.revisionHistoryLimit })
    const response = yield* ask(
      io,
      io.state(state => deleteRequest(clientOf(state, NAME), pathOfObject('replicasets', rs))),
    )
    if (!ok(response) && !isNotFound(response)) throw new Failed(errorOf(response))
  }
}

/** A paused Deployment's progress is unknown, and its clock stands still. */
function* checkPaused(io: ManagerIo, draft: Draft): Steps {
  const { d } = draft
  if (!hasProgressDeadline(d)) return
  const current = conditionOf(d.status, 'Progressing')
  if (current?.reason === TIMED_OUT) return
  const wasPaused = current?.reason === PAUSED
  if (Boolean(d.spec.paused) === wasPaused) return
  const made = d.spec.paused
    ? condition('Progressing', 'Unknown', PAUSED, 'Deployment is paused', io.now())
    : condition('Progressing', 'Unknown', RESUMED, 'Deployment is resumed', io.now())
  draft.d = { ...d, status: setCondition(d.status ?? {}, made) }
  yield* writeStatus(io, draft.d)
}

/** The status without any judgement of progress. */
function* syncCounts(io: ManagerIo, { d, newRs, old }: Draft): Steps {
  const status = calculateStatus(d, newRs, old, io.now())
  if (!same(d.status, status)) yield* writeStatus(io, { ...d, status })
}

function* syncRollout(io: ManagerIo, { d, newRs, old }: Draft): Steps {
  const now = io.now()
  const status = rolloutStatus(d, newRs, old, now)
  if (!same(d.status, status)) {
    const [before, after] = [conditionOf(d.status, 'Progressing')?.reason, conditionOf(status, 'Progressing')?.reason]
    if (before !== after) io.note('Progress', { deployment: keyOf(d), before, after })
    yield* writeStatus(io, { ...d, status })
    return
  }
  const wait = deadlineIn(d, status, now)
  if (wait === undefined) return
  io.state((state, turn) => {
    if (wait < 1000) enqueueRateLimited(state, turn, NAME, keyOf(d))
    else enqueueAfter(state, turn, NAME, keyOf(d), wait + 1000)
  })
}

function* writeStatus(io: ManagerIo, d: Deployment & { status?: DeploymentStatus }): Steps {
  const error = yield* tryStatus(io, d)
  if (error !== undefined) throw new Failed(error)
}

function* tryStatus(io: ManagerIo, d: Deployment & { status?: DeploymentStatus }): Steps<string | undefined> {
  const response = yield* ask(
    io,
    io.state(state => updateStatusRequest(clientOf(state, NAME), 'deployments', d)),
  )
  return ok(response) ? undefined : errorOf(response)
}

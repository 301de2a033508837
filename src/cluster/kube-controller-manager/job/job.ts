// job.ts: the Job controller: pods that end, until enough of them have ended well.
// Models k8s.io/kubernetes/pkg/controller/job/job_controller.go
// Differs: nothing known

import { labelSelectorMatches } from '../../../api/labels.ts'
import type { Pod } from '../../../api/pod.ts'
import { parseTime, rfc3339 } from '../../../api/time.ts'
import type { Job, WorkloadCondition } from '../../../api/workloads.ts'
import type { Io, Steps } from '../../../kernel/machine.ts'
import { notReady } from '../../client/consistency.ts'
import { type Controller, enqueue, enqueueAfter, recordFor, type SyncResult } from '../../client/controller.ts'
import { creationObserved, deletionObserved, satisfied } from '../../client/expectations.ts'
import { byIndex, type Change, cached, keyOf } from '../../client/informer.ts'
import { ask, errorOf, isNotFound, ok } from '../../client/request.ts'
import type { RetryLimits } from '../../client/workqueue.ts'
import { patchRequest } from '../../client.ts'
import { claim, controllerKey, orphansOf } from '../ownership.ts'
import { deletePods } from '../podcontrol.ts'
import { controllerOf, isPodActive, isPodReady, isPodTerminating, same } from '../pods.ts'
import { clientOf, type ManagerIo, type ManagerState, memoryOf, pathOfKey } from '../state.ts'
import { hasValidIndex, indexOf, isIndexed, parseIndexes } from './indexes.ts'
import {
  allIndexFailures,
  type Backoff,
  condition,
  conditionOf,
  ensureCondition,
  failedIndexes,
  failJobMessage,
  finishTime,
  hasFinalizer,
  hasLimitPerIndex,
  isFinished,
  isPodFailed,
  isSuspended,
  nextBackoff,
  pastLimitOnFailure,
  policyFor,
  successPolicyMessage,
  TRACKING,
} from './judge.ts'
import { managePods } from './manage.ts'
import { releasePatch, track } from './tracking.ts'

export const NAME = 'job-controller'
const ORPHANS = 'job-controller/orphan'
export const BATCH_MS = 1_000
const RETRY: RetryLimits = { baseMs: 1_000, maxMs: 60_000, bucket: false }
const MANAGED_BY = 'kubernetes.io/job-controller'
const GROUP_RESOURCES = { jobs: 'jobs.batch', pods: 'pods' }

/** What one sync knows. Counts change as it goes on. */
export interface JobTurn {
  job: Job
  pods: Pod[]
  active: Pod[]
  activeCount: number
  ready: number
  terminating: number
  succeeded: number
  failed: number
  succeededIndexes: Set<number>
  failedIndexes: Set<number>
  /** Where each index has its own back-off: its last failed pod, which stays until it is replaced, since it carries the count. */
  delayed: Map<number, Pod>
  backoff: Backoff
  /** Pods whose finalizer is on its way out. */
  removing: Set<string>
}

interface Memory {
  backoff: Map<string, Backoff>
  /** By Job: uids of pods whose finalizer was removed, until that is seen. */
  removing: Map<string, Set<string>>
}

export const mine = (state: ManagerState): Memory => memoryOf<Memory>(state, NAME)

export const jobController: Controller<ManagerState> = {
  name: NAME,
  workers: 5,
  retry: RETRY,
  init: (): Memory => ({ backoff: new Map(), removing: new Map() }),
  on: {
    jobs(state, io, change) {
      const job = change.object as Job
      const key = keyOf(job)
      if (change.type === 'delete') {
        state.controllers[NAME]!.expectations.delete(key)
        state.controllers[NAME]!.written.delete(key)
        mine(state).backoff.delete(key)
      }
      // Once a Job is over its pods are let go elsewhere.
      if (change.type === 'delete' || (change.type === 'update' && isFinished(job))) releasePodsOf(state, io, job)
      if (change.type === 'update' && isFinished(job)) return
      if (change.type !== 'update') enqueue(state, io, NAME, key)
      else if (change.old.metadata.generation !== job.metadata.generation) enqueue(state, io, NAME, key)
      else enqueueAfter(state, io, NAME, key, BATCH_MS)
      const { activeDeadlineSeconds } = job.spec
      const started = parseTime(job.status?.startTime)
      if (
        change.type === 'update' &&
        activeDeadlineSeconds !== undefined &&
        started !== undefined &&
        change.old.spec.activeDeadlineSeconds !== activeDeadlineSeconds
      )
        enqueueAfter(state, io, NAME, key, started + activeDeadlineSeconds * 1000 - io.now)
    },
    pods(state, io, change) {
      podChanged(state, io, change)
    },
  },
  sync,
}

/** The second queue: pods whose Job is gone or over. */
export const orphanPodController: Controller<ManagerState> = { name: ORPHANS, eventSource: NAME, workers: 5, retry: RETRY, sync: releaseOrphan }

function jobOf(state: ManagerState, pod: Pod): Job | undefined {
  const found = controllerKey(pod, 'Job')
  const job = found && cached<Job>(state, 'jobs', found.key)
  return job?.metadata.uid === found?.uid ? job : undefined
}

function podChanged(state: ManagerState, io: Io, change: Change<Pod>): void {
  const pod = change.object
  const old = change.type === 'update' ? change.old : undefined
  if (old?.metadata.resourceVersion === pod.metadata.resourceVersion) return
  if (change.type === 'delete' || pod.metadata.deletionTimestamp !== undefined) {
    podGoes(state, io, pod, change.type === 'delete')
    return
  }
  const moved = old !== undefined && !same(controllerOf(old), controllerOf(pod))
  for (const job of [moved ? jobOf(state, old) : undefined, jobOf(state, pod)]) {
    if (!job) continue
    if (!hasFinalizer(pod)) finalizerGone(state, job, pod)
    enqueueAfter(state, io, NAME, keyOf(job), BATCH_MS)
  }
  if (controllerOf(pod) !== undefined) {
    const job = old ? undefined : jobOf(state, pod)
    if (job) creationObserved(state.controllers[NAME]!.expectations, keyOf(job))
    return
  }
  if (hasFinalizer(pod)) enqueue(state, io, ORPHANS, keyOf(pod))
  if (old && !moved && same(old.metadata.labels, pod.metadata.labels)) return
  for (const job of byIndex<Job>(state, 'jobs', 'namespace', pod.metadata.namespace ?? ''))
    if (labelSelectorMatches(job.spec.selector, pod.metadata.labels)) enqueueAfter(state, io, NAME, keyOf(job), BATCH_MS)
}

/** A pod is gone, or is being deleted. */
function podGoes(state: ManagerState, io: Io, pod: Pod, gone: boolean): void {
  const job = jobOf(state, pod)
  if (!job || isFinished(job)) {
    const ofJob = controllerOf(pod) === undefined || controllerKey(pod, 'Job') !== undefined
    if (ofJob && hasFinalizer(pod)) enqueue(state, io, ORPHANS, keyOf(pod))
    return
  }
  deletionObserved(state.controllers[NAME]!.expectations, keyOf(job))
  if (gone || !hasFinalizer(pod)) finalizerGone(state, job, pod)
  enqueueAfter(state, io, NAME, keyOf(job), BATCH_MS)
}

const finalizerGone = (state: ManagerState, job: Job, pod: Pod): void => void mine(state).removing.get(keyOf(job))?.delete(pod.metadata.uid)

function releasePodsOf(state: ManagerState, io: Io, job: Job): void {
  for (const pod of byIndex<Pod>(state, 'pods', 'namespace', job.metadata.namespace ?? ''))
    if (hasFinalizer(pod) && labelSelectorMatches(job.spec.selector, pod.metadata.labels)) enqueue(state, io, ORPHANS, keyOf(pod))
}

// ---- one sync

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state((state, turn) => {
    const { written, expectations } = state.controllers[NAME]!
    const { backoff, removing } = mine(state)
    const error = notReady(written, key, state, GROUP_RESOURCES)
    if (error !== undefined) return error
    const job = cached<Job>(state, 'jobs', key)
    if (!job) {
      for (const memory of [expectations, removing, written, backoff]) memory.delete(key)
      return undefined
    }
    if ((job.spec.managedBy ?? MANAGED_BY) !== MANAGED_BY) return undefined
    if (isFinished(job)) {
      for (const memory of [written, backoff]) memory.delete(key)
      return undefined
    }
    const candidates = [
      ...byIndex<Pod>(state, 'pods', 'controller', job.metadata.uid),
      ...byIndex<Pod>(state, 'pods', 'controller', orphansOf(job.metadata.namespace)),
    ]
    return { job, candidates, removing: new Set(removing.get(key) ?? []), backoff: backoff.get(key), ready: satisfied(expectations, key, turn.now) }
  })
  if (seen === undefined || typeof seen === 'string') return seen
  const matches = (pod: Pod) => labelSelectorMatches(seen.job.spec.selector, pod.metadata.labels)
  const { claimed, error } = yield* claim(io, NAME, seen.job, 'pods', seen.candidates, matches, [TRACKING])
  if (error !== undefined) return error
  const now = io.now()
  const turn = begin(
    seen.job,
    claimed.map(pod => asOwned(seen.job, pod)),
    seen.removing,
    seen.backoff,
    now,
  )
  let verdict = verdictOf(turn, now)
  const left = untilDeadline(turn.job, now)
  if (verdict === undefined && left !== undefined) io.state((state, t) => enqueueAfter(state, t, NAME, key, left))
  let changed = false
  let failure: string | undefined
  if (verdict) {
    const { missing, error } = yield* deletePods(io, NAME, turn.job, turn.active, { tracked: false })
    failure = error
    // Not over yet: finalizers may be left, or pods that are not known here.
    if (missing > 0 || !seen.ready) verdict = undefined
    turn.terminating += turn.active.length - missing
    turn.activeCount = missing
    turn.ready = 0
  } else {
    const manages = seen.ready && turn.job.metadata.deletionTimestamp === undefined
    if (manages) failure = yield* managePods(io, turn)
    const { completions } = turn.job.spec
    if (turn.activeCount === 0 && (completions === undefined ? turn.succeeded > 0 : turn.succeeded >= completions))
      verdict = condition('SuccessCriteriaMet', 'True', 'CompletionsReached', 'Reached expected number of succeeded pods', now)
    else if (manages) changed = suspendOrResume(io, turn, now)
  }
  return (yield* track(io, turn, verdict, changed)) ?? failure
}

/** A pod that was adopted just now has its finalizer, though the local copy does not show it. */
function asOwned(job: Job, pod: Pod): Pod {
  if (controllerOf(pod)?.uid === job.metadata.uid || hasFinalizer(pod)) return pod
  return { ...pod, metadata: { ...pod.metadata, finalizers: [...(pod.metadata.finalizers ?? []), TRACKING] } }
}

function begin(job: Job, pods: Pod[], removing: Set<string>, backoff: Backoff | undefined, now: number): JobTurn {
  const uncounted = job.status?.uncountedTerminatedPods ?? {}
  const fresh = (pod: Pod, listed: string[] | undefined) =>
    hasFinalizer(pod) && !removing.has(pod.metadata.uid) && !(listed ?? []).includes(pod.metadata.uid) && (!isIndexed(job) || hasValidIndex(job, pod))
  const succeeded = pods.filter(pod => pod.status?.phase === 'Succeeded' && fresh(pod, uncounted.succeeded))
  const failed = pods.filter(pod => isPodFailed(job, pod) && fresh(pod, uncounted.failed))
  const counted = failed.filter(pod => policyFor(job, pod)?.action !== 'Ignore')
  const active = pods.filter(isPodActive)
  const before = parseIndexes(job.status?.completedIndexes, job.spec.completions ?? 0)
  const done = new Set([...before, ...pods.filter(pod => pod.status?.phase === 'Succeeded' && hasFinalizer(pod) && hasValidIndex(job, pod)).map(indexOf)])
  const turn: JobTurn = {
    job: job.status?.startTime === undefined && !isSuspended(job) ? { ...job, status: { ...job.status, startTime: rfc3339(now) } } : job,
    pods,
    active,
    activeCount: active.length,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isPodTerminating).length,
    succeeded: isIndexed(job) ? done.size : (job.status?.succeeded ?? 0) + succeeded.length + (uncounted.succeeded ?? []).length,
    failed: (job.status?.failed ?? 0) + counted.length + (uncounted.failed ?? []).length,
    succeededIndexes: isIndexed(job) ? done : new Set(),
    failedIndexes: hasLimitPerIndex(job) ? failedIndexes(job, pods, parseIndexes(job.status?.failedIndexes, job.spec.completions ?? 0)) : new Set(),
    backoff: nextBackoff(backoff, succeeded, failed),
    delayed: new Map(),
    removing: new Set(removing),
  }
  if (hasLimitPerIndex(job)) turn.delayed = delayedPods(turn)
  return turn
}

/** Where each index has its own back-off: of the indexes that wait for a new pod, the last one that failed. */
function delayedPods({ job, pods, active, removing, succeededIndexes, failedIndexes }: JobTurn): Map<number, Pod> {
  const served = new Set([...succeededIndexes, ...failedIndexes, ...active.map(indexOf)])
  const out = new Map<number, Pod>()
  for (const pod of pods) {
    const index = indexOf(pod)
    if (!hasFinalizer(pod) || removing.has(pod.metadata.uid) || !hasValidIndex(job, pod) || !isPodFailed(job, pod) || served.has(index)) continue
    const last = out.get(index)
    if (!last || (allIndexFailures(last) <= allIndexFailures(pod) && finishTime(pod) >= finishTime(last))) out.set(index, pod)
  }
  return out
}

/** Simulated ms that the Job may still be active; undefined: as long as it likes, or it is not active. */
function untilDeadline(job: Job, now: number): number | undefined {
  const { activeDeadlineSeconds } = job.spec
  const started = parseTime(job.status?.startTime)
  return activeDeadlineSeconds === undefined || started === undefined || isSuspended(job) ? undefined : started + activeDeadlineSeconds * 1000 - now
}

/** Is it decided? The first reason that applies. */
function verdictOf(turn: JobTurn, now: number): WorkloadCondition | undefined {
  const { job } = turn
  const known = conditionOf(job, 'SuccessCriteriaMet') ?? conditionOf(job, 'FailureTarget')
  if (known) return known
  const fails = (reason: string, message: string) => condition('FailureTarget', 'True', reason, message, now)
  const policy = failJobMessage(job, turn.pods)
  if (policy !== undefined) return fails('PodFailurePolicy', policy)
  if (turn.failed > job.spec.backoffLimit || pastLimitOnFailure(job, turn.pods))
    return fails('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  const { completions = 0, maxFailedIndexes } = job.spec
  if ((untilDeadline(job, now) ?? 1) <= 0) return fails('DeadlineExceeded', 'Job was active longer than specified deadline')
  if (!isIndexed(job)) return undefined
  if (hasLimitPerIndex(job)) {
    if (maxFailedIndexes !== undefined && turn.failedIndexes.size > maxFailedIndexes)
      return fails('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
    if (turn.failedIndexes.size > 0 && turn.failedIndexes.size + turn.succeededIndexes.size >= completions)
      return fails('FailedIndexes', 'Job has failed indexes')
  }
  const message = successPolicyMessage(job, turn.succeededIndexes)
  return message === undefined ? undefined : condition('SuccessCriteriaMet', 'True', 'SuccessPolicy', message, now)
}

/** True if the condition changed. A resumed Job starts anew. */
function suspendOrResume(io: ManagerIo, turn: JobTurn, now: number): boolean {
  const { job } = turn
  const before = job.status?.conditions ?? []
  const made = isSuspended(job)
    ? condition('Suspended', 'True', 'JobSuspended', 'Job suspended', now)
    : condition('Suspended', 'False', 'JobResumed', 'Job resumed', now)
  const conditions = ensureCondition(before, made)
  if (conditions === before) return false
  const { startTime: _, ...status } = job.status
  turn.job = { ...job, status: isSuspended(job) ? { ...status, conditions } : { ...status, conditions, startTime: rfc3339(now) } }
  const [reason, message] = isSuspended(job) ? ['Suspended', 'Job suspended'] : ['Resumed', 'Job resumed']
  io.state((state, io2) => recordFor(state, io2, NAME, job, 'Normal', reason!, message!))
  return true
}

// ---- pods whose Job is gone or over

function* releaseOrphan(io: ManagerIo, key: string): Steps<SyncResult> {
  const request = io.state(state => {
    const pod = cached<Pod>(state, 'pods', key)
    if (!pod || !hasFinalizer(pod)) return undefined
    const controller = controllerOf(pod)
    if (controller && (controller.kind !== 'Job' || controller.apiVersion !== 'batch/v1')) return undefined
    const job = jobOf(state, pod)
    if (job && ((job.spec.managedBy ?? MANAGED_BY) !== MANAGED_BY || !isFinished(job))) return undefined
    return patchRequest(clientOf(state, ORPHANS), pathOfKey('pods', key), 'strategic', releasePatch)
  })
  if (!request) return undefined
  const response = yield* ask(io, request)
  return ok(response) || isNotFound(response) ? undefined : errorOf(response)
}

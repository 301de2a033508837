// job.ts: the Job controller: pods that end, until enough of them have ended well.
// Models k8s.io/kubernetes/pkg/controller/job/job_controller.go
// Differs: at most 500 pods are looked at in one sync as upstream counts them, without the split into several syncs

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
import { patchRequest } from '../../client.ts'
import { claim, controllerKey, orphansOf } from '../ownership.ts'
import { deletePods } from '../podcontrol.ts'
import { controllerOf, isPodActive, isPodReady, isPodTerminating, same } from '../pods.ts'
import { clientOf, type ManagerIo, type ManagerState, memoryOf, pathOfKey } from '../state.ts'
import { hasValidIndex, indexOf, isIndexed, parseIndexes } from './indexes.ts'
import {
  type Backoff,
  condition,
  conditionOf,
  ensureCondition,
  failedIndexes,
  failJobMessage,
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
const BATCH_MS = 1_000
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
  retry: { baseMs: 1_000, maxMs: 60_000, bucket: false },
  init: (): Memory => ({ backoff: new Map(), removing: new Map() }),
  on: {
    jobs(state, io, change) {
      const job = change.object as Job
      if (change.type === 'delete') {
        for (const pod of byIndex<Pod>(state, 'pods', 'controller', job.metadata.uid)) if (hasFinalizer(pod)) enqueue(state, io, ORPHANS, keyOf(pod))
        state.controllers[NAME]!.expectations.delete(keyOf(job))
        state.controllers[NAME]!.written.delete(keyOf(job))
        mine(state).removing.delete(keyOf(job))
      }
      if (change.type === 'update' && change.old.metadata.generation === job.metadata.generation) enqueueAfter(state, io, NAME, keyOf(job), BATCH_MS)
      else enqueue(state, io, NAME, keyOf(job))
      const left = untilDeadline(job, io.now)
      if (change.type === 'update' && left !== undefined && change.old.spec.activeDeadlineSeconds !== job.spec.activeDeadlineSeconds)
        enqueueAfter(state, io, NAME, keyOf(job), Math.max(0, left))
    },
    pods(state, io, change) {
      podChanged(state, io, change)
    },
  },
  sync,
}

/** The second queue: pods whose Job is gone. */
export const orphanPodController: Controller<ManagerState> = { name: ORPHANS, eventSource: NAME, workers: 1, sync: releaseOrphan }

function jobOf(state: ManagerState, pod: Pod): Job | undefined {
  const found = controllerKey(pod, 'Job')
  const job = found && cached<Job>(state, 'jobs', found.key)
  return job?.metadata.uid === found?.uid ? job : undefined
}

function podChanged(state: ManagerState, io: Io, change: Change<Pod>): void {
  const pod = change.object
  if (change.type === 'update' && change.old.metadata.resourceVersion === pod.metadata.resourceVersion) return
  const found = controllerKey(pod, 'Job')
  if (found && (change.type === 'delete' || !hasFinalizer(pod))) mine(state).removing.get(found.key)?.delete(pod.metadata.uid)
  const owner = jobOf(state, pod)
  if (!owner) {
    if (found && hasFinalizer(pod) && change.type !== 'delete' && state.working) enqueue(state, io, ORPHANS, keyOf(pod))
    if (controllerOf(pod) !== undefined || change.type === 'delete') return
    if (change.type === 'update' && same(change.old.metadata.labels, pod.metadata.labels)) return
    for (const job of byIndex<Job>(state, 'jobs', 'namespace', pod.metadata.namespace ?? ''))
      if (labelSelectorMatches(job.spec.selector, pod.metadata.labels)) enqueueAfter(state, io, NAME, keyOf(job), BATCH_MS)
    return
  }
  const { expectations } = state.controllers[NAME]!
  const goes = change.type === 'delete' || pod.metadata.deletionTimestamp !== undefined
  const wentBefore = change.type === 'update' && change.old.metadata.deletionTimestamp !== undefined
  if (goes && !wentBefore) deletionObserved(expectations, keyOf(owner), keyOf(pod))
  else if (change.type === 'add') creationObserved(expectations, keyOf(owner))
  enqueueAfter(state, io, NAME, keyOf(owner), BATCH_MS)
}

// ---- one sync

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state((state, turn) => {
    const { written, expectations, client } = state.controllers[NAME]!
    const job = cached<Job>(state, 'jobs', key)
    if (!job || isFinished(job)) {
      mine(state).backoff.delete(key)
      return undefined
    }
    const candidates = [
      ...byIndex<Pod>(state, 'pods', 'controller', job.metadata.uid),
      ...byIndex<Pod>(state, 'pods', 'controller', orphansOf(job.metadata.namespace)),
    ]
    const error = notReady(written, key, state, GROUP_RESOURCES)
    const removing = new Set(mine(state).removing.get(key) ?? [])
    return { job, client, candidates, error, removing, backoff: mine(state).backoff.get(key), ready: satisfied(expectations, key, turn.now) }
  })
  if (!seen) return undefined
  if (seen.job.spec.managedBy !== undefined && seen.job.spec.managedBy !== 'kubernetes.io/job-controller') return undefined
  if (seen.error !== undefined) return seen.error
  const matches = (pod: Pod) => labelSelectorMatches(seen.job.spec.selector, pod.metadata.labels)
  const { claimed, error } = yield* claim(io, seen.client, seen.job, 'pods', seen.candidates, matches, [TRACKING])
  if (error !== undefined) return error
  const now = io.now()
  const turn = begin(seen.job, claimed, seen.removing, seen.backoff, now)
  let verdict = verdictOf(turn, now)
  const left = untilDeadline(turn.job, now)
  if (verdict === undefined && left !== undefined) io.state((state, t) => enqueueAfter(state, t, NAME, key, left))
  let changed = false
  let failure: string | undefined
  if (verdict) {
    if (turn.active.length > 0) {
      failure = yield* deletePods(io, NAME, turn.job, turn.active, { tracked: true })
      if (failure === undefined) {
        turn.terminating += turn.active.length
        turn.activeCount = 0
        turn.ready = 0
      }
    }
    if (failure !== undefined || !seen.ready) verdict = undefined
  } else {
    if (seen.ready && turn.job.metadata.deletionTimestamp === undefined) {
      failure = yield* managePods(io, turn)
      changed = suspendOrResume(io, turn, now)
    }
    const { completions } = turn.job.spec
    const complete = turn.activeCount === 0 && (completions === undefined ? turn.succeeded > 0 : turn.succeeded >= completions)
    if (complete && !isSuspended(turn.job))
      verdict = condition('SuccessCriteriaMet', 'True', 'CompletionsReached', 'Reached expected number of succeeded pods', now)
  }
  return (yield* track(io, turn, verdict, changed)) ?? failure
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
    removing: new Set(removing),
  }
  return turn
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

// ---- pods whose Job is gone

function* releaseOrphan(io: ManagerIo, key: string): Steps<SyncResult> {
  const request = io.state(state => {
    const pod = cached<Pod>(state, 'pods', key)
    if (!pod || !hasFinalizer(pod) || jobOf(state, pod)) return undefined
    return patchRequest(clientOf(state, ORPHANS), pathOfKey('pods', key), 'strategic', releasePatch)
  })
  if (!request) return undefined
  const response = yield* ask(io, request)
  return ok(response) || isNotFound(response) ? undefined : errorOf(response)
}

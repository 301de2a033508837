// tracking.ts: how a Job's pods are counted: each once, though anybody may die in between.
// Models k8s.io/kubernetes/pkg/controller/job/{job_controller,tracking_utils}.go
// Differs: nothing known

import type { Pod } from '../../../api/pod.ts'
import type { Job, WorkloadCondition } from '../../../api/workloads.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { wrote } from '../../client/consistency.ts'
import { recordFor, type SyncResult } from '../../client/controller.ts'
import { keyOf } from '../../client/informer.ts'
import { ask, askAll, errorOf, isNotFound, ok } from '../../client/request.ts'
import { patchRequest } from '../../client.ts'
import { clientOf, type ManagerIo, pathOfObject, updateStatusRequest } from '../state.ts'
import { formatIndexes, hasValidIndex, indexOf, isIndexed, parseIndexes } from './indexes.ts'
import { type JobTurn, mine, NAME } from './job.ts'
import { condition, ensureCondition, hasFinalizer, hasLimitPerIndex, isPodFailed, policyFor, TRACKING } from './judge.ts'

const UNCOUNTED_MAX = 500

/** Takes down the pods that have ended, lets go of them, and counts them: each step is written before the next. */
export function* track(io: ManagerIo, turn: JobTurn, verdict: WorkloadCondition | undefined, suspendChanged: boolean): Steps<SyncResult> {
  const key = keyOf(turn.job)
  const before = turn.job.status ?? {}
  const status: any = { ...before, ready: turn.ready, terminating: turn.terminating }
  setCount(status, 'active', turn.activeCount)
  let flush = suspendChanged || (before.active ?? 0) !== turn.activeCount || before.ready !== turn.ready || before.terminating !== turn.terminating
  const uncounted: { succeeded: string[]; failed: string[] } = {
    succeeded: before.uncountedTerminatedPods?.succeeded ?? [],
    failed: before.uncountedTerminatedPods?.failed ?? [],
  }
  const held = new Set(turn.pods.filter(pod => hasFinalizer(pod) && !turn.removing.has(pod.metadata.uid)).map(pod => pod.metadata.uid))
  if (count(status, uncounted, held, isIndexed(turn.job))) flush = true
  const ended: Pod[] = []
  const failing = verdict !== undefined && verdict.type === 'FailureTarget'
  const known = new Set(parseIndexes(before.completedIndexes, turn.job.spec.completions ?? 0))
  let newIndexes = 0
  let tooMany = false
  for (const pod of isIndexed(turn.job) ? [...turn.pods].sort((a, b) => indexOf(a) - indexOf(b)) : turn.pods) {
    const { uid } = pod.metadata
    if (!held.has(uid)) continue
    const failed = isPodFailed(turn.job, pod)
    const over = turn.job.metadata.deletionTimestamp !== undefined || verdict !== undefined || pod.status?.phase === 'Succeeded'
    if (!over && (!failed || turn.delayed.get(indexOf(pod)) === pod)) continue
    ended.push(pod)
    if (pod.status?.phase === 'Succeeded' && !uncounted.failed.includes(uid)) {
      if (isIndexed(turn.job)) {
        if (hasValidIndex(turn.job, pod) && !known.has(indexOf(pod))) newIndexes++
      } else if (!uncounted.succeeded.includes(uid)) {
        uncounted.succeeded = [...uncounted.succeeded, uid]
        flush = true
      }
    } else if ((failed || failing) && !uncounted.failed.includes(uid) && (!isIndexed(turn.job) || hasValidIndex(turn.job, pod))) {
      if (policyFor(turn.job, pod)?.action !== 'Ignore') {
        uncounted.failed = [...uncounted.failed, uid]
        flush = true
      }
    }
    tooMany = newIndexes + uncounted.succeeded.length + uncounted.failed.length >= UNCOUNTED_MAX
    if (tooMany) break
  }
  if (isIndexed(turn.job)) {
    const indexes = formatIndexes(turn.succeededIndexes)
    if (indexes !== (before.completedIndexes ?? '')) flush = true
    if (indexes !== '') status.completedIndexes = indexes
    setCount(status, 'succeeded', turn.succeededIndexes.size)
    if (hasLimitPerIndex(turn.job)) {
      if (formatIndexes(turn.failedIndexes) !== before.failedIndexes) flush = true
      status.failedIndexes = formatIndexes(turn.failedIndexes)
    }
  }
  if (verdict) {
    const conditions = ensureCondition(status.conditions ?? [], verdict)
    if (conditions !== status.conditions) flush = true
    status.conditions = conditions
    if (conditions !== before.conditions) io.note('Verdict', { job: key, type: verdict.type, reason: verdict.reason })
  }
  let { job } = turn
  const put = () => {
    status.uncountedTerminatedPods = listed(uncounted)
    // What has been sent is not changed any more.
    job = { ...job, status: { ...status } }
  }
  put()
  if (flush) {
    const written = yield* writeStatus(io, job)
    if (typeof written === 'string') return written
    job = written
    io.state(state => void mine(state).backoff.set(key, turn.backoff))
    flush = false
  }
  const error = yield* letGo(io, key, ended, held)
  if (count(status, uncounted, held, isIndexed(turn.job))) flush = true
  put()
  // With finalizers left it is not over.
  const last = error === undefined && !tooMany && verdict ? finish(status, uncounted, verdict, io.now()) : undefined
  if (last) flush = true
  put()
  if (!flush) return error
  const written = yield* writeStatus(io, job)
  if (typeof written === 'string') return written
  if (last) sayFinished(io, job, last)
  return error
}

function sayFinished(io: ManagerIo, job: Job, last: WorkloadCondition): void {
  io.note('Finished', { job: keyOf(job), type: last.type, reason: last.reason })
  io.state((state, turn) => {
    const say = (type: 'Normal' | 'Warning', reason: string, message: string) => recordFor(state, turn, NAME, job, type, reason, message)
    if (last.type === 'Failed') {
      say('Warning', last.reason ?? '', last.message ?? '')
      return
    }
    if (job.spec.completions !== undefined && (job.status.succeeded ?? 0) > job.spec.completions)
      say('Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached')
    say('Normal', 'Completed', 'Job completed')
  })
}

const listed = (u: { succeeded: string[]; failed: string[] }) => ({
  ...(u.succeeded.length > 0 ? { succeeded: u.succeeded } : {}),
  ...(u.failed.length > 0 ? { failed: u.failed } : {}),
})

function setCount(status: any, field: string, n: number): void {
  if (n > 0) status[field] = n
  else delete status[field]
}

/** Pods whose finalizer is gone are counted. True if there were any. */
function count(status: any, uncounted: { succeeded: string[]; failed: string[] }, held: Set<string>, indexed: boolean): boolean {
  const left = { succeeded: uncounted.succeeded.filter(uid => held.has(uid)), failed: uncounted.failed.filter(uid => held.has(uid)) }
  const counted = { succeeded: uncounted.succeeded.length - left.succeeded.length, failed: uncounted.failed.length - left.failed.length }
  if (counted.succeeded + counted.failed === 0) return false
  if (!indexed) setCount(status, 'succeeded', (status.succeeded ?? 0) + counted.succeeded)
  setCount(status, 'failed', (status.failed ?? 0) + counted.failed)
  Object.assign(uncounted, left)
  return true
}

/** The last condition, once all pods are counted and gone. */
function finish(status: any, uncounted: { succeeded: string[]; failed: string[] }, verdict: WorkloadCondition, now: number): WorkloadCondition | undefined {
  if (uncounted.succeeded.length + uncounted.failed.length > 0 || status.terminating > 0) return undefined
  const type = verdict.type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed'
  const made = condition(type, 'True', verdict.reason ?? '', verdict.message ?? '', now)
  status.conditions = ensureCondition(status.conditions ?? [], made)
  if (type === 'Complete') status.completionTime = made.lastTransitionTime
  return made
}

function* writeStatus(io: ManagerIo, job: Job): Steps<Job | string> {
  const response = yield* ask(
    io,
    io.state(state => updateStatusRequest(clientOf(state, NAME), 'jobs', job)),
  )
  if (!ok(response)) return errorOf(response)
  io.state(state => wrote(state.controllers[NAME]!.written, keyOf(job), 'jobs', response.body.metadata?.resourceVersion))
  return response.body
}

export const releasePatch = { metadata: { [`$deleteFromPrimitiveList/finalizers`]: [TRACKING] } }

/** Removes the finalizer of pods that have ended; those that are through leave `held`. */
function* letGo(io: ManagerIo, key: string, pods: Pod[], held: Set<string>): Steps<SyncResult> {
  if (pods.length === 0) return undefined
  const requests = io.state(state => {
    const { removing } = mine(state)
    removing.set(key, new Set([...(removing.get(key) ?? []), ...pods.map(pod => pod.metadata.uid)]))
    return pods.map(pod => patchRequest(clientOf(state, NAME), pathOfObject('pods', pod), 'strategic', releasePatch))
  })
  const responses = yield* askAll(io, requests)
  let error: string | undefined
  responses.forEach((response, i) => {
    const { uid } = pods[i]!.metadata
    if (ok(response) || isNotFound(response)) held.delete(uid)
    else error ??= `removing uncounted pods from status: ${errorOf(response)}`
  })
  io.state(state => {
    responses.forEach((response, i) => {
      if (ok(response)) wrote(state.controllers[NAME]!.written, key, 'pods', response.body.metadata?.resourceVersion)
      else mine(state).removing.get(key)?.delete(pods[i]!.metadata.uid)
    })
  })
  return error
}

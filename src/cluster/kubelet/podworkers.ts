// podworkers.ts: one worker a Pod: it syncs, then terminates, then is done, and never goes back.
// Models pkg/kubelet/pod_workers.go
// Differs: a Pod that is as it should be is not synced again every 60 to 90 s, as nothing could have changed that does not wake its worker

import type { Pod } from '../../api/pod.ts'
import type { Io } from '../../kernel/machine.ts'
import { forgetBackoff } from './backoff.ts'
import { isTerminal } from './containers.ts'
import { armRelist, relistOne } from './pleg.ts'
import { removeProbes } from './probes.ts'
import { jittered, type Kubelet, lastRelist, type PodUpdate, syncTickAt, type Worker } from './state.ts'
import { deadlineOf } from './status.ts'
import { forgetStatus, statusOf } from './statusmanager.ts'

const ERROR_RETRY_MS = 10_000
const CRASH_LOOP_RETRY_MAX_MS = 60_000

/** How a sync ended. `until`: the earliest end of a crash loop's back-off. */
export interface SyncOutcome {
  error?: string
  until?: number
  terminal?: boolean
  cancelled?: boolean
  /** Did it change something in the runtime? */
  acted?: boolean
  /** Is another round needed at once? */
  again?: boolean
}

/** Note: a worker did its round. */
export interface SyncedPod {
  pod: string
  namespace: string
  work: Worker['phase']
  error: string
}

/** Tells the Pod's worker what is new; what comes while it works is one update more. */
export function updatePod(s: Kubelet, io: Io, update: PodUpdate): void {
  const { pod } = update
  const uid = pod.metadata.uid
  let worker = s.workers.get(uid)
  if (worker === undefined) {
    worker = newWorker(s, pod)
    s.workers.set(uid, worker)
  }
  if (worker.phase === 'finished') return
  const becomesTerminating = worker.phase === 'sync' && startsTerminating(worker, update)
  if (worker.phase === 'terminating') worker.grace = effectiveGrace(worker, update)
  worker.pending = update
  armDeadline(s, io, worker, pod)
  // Of all that a round waits for only its volumes hear of the end: a pull, a hook and a stop under way run to theirs.
  if (becomesTerminating && worker.awaitsVolumes) io.signal(worker.routine, 'terminating')
  beginSync(s, io, worker)
}

function newWorker(s: Kubelet, pod: Pod): Worker {
  const uid = pod.metadata.uid
  const runs = s.mirror.get(uid)
  const stopped = runs === undefined || (runs.containers.every(c => c.state !== 'RUNNING') && runs.sandboxes.every(x => x.state !== 'READY'))
  // A Pod that had ended before the kubelet began needs only the last step.
  const phase = isTerminal(pod.status?.phase) && stopped ? 'terminated' : 'sync'
  return {
    uid,
    phase,
    pod,
    pending: undefined,
    grace: 0,
    deleted: pod.metadata.deletionTimestamp !== undefined,
    evicted: false,
    override: undefined,
    routine: 0,
    work: phase,
    syncedAt: -1,
    syncedMark: 0,
    retry: 0,
    gated: false,
    deadline: 0,
    deadlineAt: 0,
    mounted: false,
    mounting: { at: 0, ms: 0, missing: [] },
    awaitsVolumes: false,
  }
}

function startsTerminating(worker: Worker, update: PodUpdate): boolean {
  const { pod, kill } = update
  if (pod.metadata.deletionTimestamp !== undefined) worker.deleted = true
  else if (kill !== undefined) {
    worker.evicted = kill.evict
    if (kill.reason !== '') worker.override = { reason: kill.reason, message: kill.message, disruption: kill.disruption === true }
  } else if (!isTerminal(pod.status?.phase)) return false
  worker.phase = 'terminating'
  return true
}

/** Seconds; only ever shorter, never 0. */
function effectiveGrace(worker: Worker, update: PodUpdate): number {
  const { pod, kill } = update
  let grace = worker.grace
  for (const wish of [pod.metadata.deletionGracePeriodSeconds, kill?.grace]) if (wish !== undefined && (grace === 0 || wish < grace)) grace = Math.max(1, wish)
  if (grace === 0) grace = pod.spec.terminationGracePeriodSeconds ?? 30
  return Math.max(1, grace)
}

/** Starts the worker's next round, if there is something to do and a look at the runtime since the last one. */
export function beginSync(s: Kubelet, io: Io, worker: Worker): void {
  const { pending } = worker
  if (pending === undefined || io.alive(worker.routine)) return
  if (!s.runtimeUp) return
  if (worker.syncedAt >= 0 && lastRelist(s, io.now) <= worker.syncedAt && (s.cache.get(worker.uid)?.mark ?? 0) <= worker.syncedMark) {
    worker.gated = true
    armRelist(s, io)
    return
  }
  worker.gated = false
  worker.pending = undefined
  worker.pod = pending.pod
  const { cause } = io
  io.cause = pending.cause || cause
  worker.work = worker.phase
  worker.routine = io.start('podSync', { uid: worker.uid, work: worker.phase })
  io.cause = cause
}

/** A round is over: on to the next phase, again later, or at once if something has come meanwhile. */
export function completeWork(s: Kubelet, io: Io, worker: Worker, work: Worker['phase'], outcome: SyncOutcome): void {
  const { name, namespace = '' } = worker.pod.metadata
  io.note('SyncedPod', { pod: name, namespace, work, error: outcome.error ?? '' } satisfies SyncedPod)
  worker.syncedAt = io.now
  worker.syncedMark = s.mark
  worker.routine = 0
  const failed = outcome.error !== undefined
  if (!failed && work === 'terminated') return void finish(s, io, worker)
  if (!failed && work === 'terminating') {
    worker.phase = 'terminated'
    enqueue(s, io, worker, 0)
  } else if (!failed && outcome.terminal) {
    if (worker.phase === 'sync') worker.phase = 'terminating'
    worker.grace = effectiveGrace(worker, { pod: worker.pod, cause: 0 })
    enqueue(s, io, worker, 0)
  } else if (failed && !outcome.cancelled) {
    const { until } = outcome
    const ms = until === undefined ? ERROR_RETRY_MS : Math.min(Math.max(0, until - io.now), CRASH_LOOP_RETRY_MAX_MS)
    enqueue(s, io, worker, jittered(s, ms))
  } else cancelRetry(io, worker)
  if (outcome.acted && !failed) relistOne(s, io, worker.uid)
  if (outcome.again && worker.pending === undefined) worker.pending = { pod: s.pods.get(worker.uid) ?? worker.pod, cause: io.cause }
  beginSync(s, io, worker)
}

/** The work queue: due at the first tick of the sync loop after `ms`. */
function enqueue(s: Kubelet, io: Io, worker: Worker, ms: number): void {
  cancelRetry(io, worker)
  worker.retry = io.after(syncTickAt(s, io.now + ms) - io.now, 'timer/worker', { uid: worker.uid })
}

function cancelRetry(io: Io, worker: Worker): void {
  if (worker.retry !== 0) io.cancel(worker.retry)
  worker.retry = 0
}

/** The Pod has been active for as long as it may. */
export function deadlineDue(s: Kubelet, io: Io, uid: string): void {
  const worker = s.workers.get(uid)
  if (worker === undefined) return
  worker.deadline = 0
  const pod = s.pods.get(uid)
  if (pod !== undefined) updatePod(s, io, { pod, cause: io.cause })
}

/** The worker's time has come. */
export function workerDue(s: Kubelet, io: Io, uid: string): void {
  const worker = s.workers.get(uid)
  if (worker === undefined) return
  worker.retry = 0
  updatePod(s, io, { pod: s.pods.get(uid) ?? worker.pod, cause: io.cause })
}

/** activeDeadlineSeconds are looked at once a second; here, when they are over. */
export function armDeadline(s: Kubelet, io: Io, worker: Worker, pod: Pod): void {
  if (worker.phase !== 'sync') return
  const at = deadlineOf(pod, statusOf(s, pod))
  if (at === undefined || worker.deadlineAt === at) return
  if (worker.deadline !== 0) io.cancel(worker.deadline)
  worker.deadlineAt = at
  worker.deadline = io.after(syncTickAt(s, Math.max(at, io.now)) - io.now, 'timer/deadline', { uid: worker.uid })
}

function finish(s: Kubelet, io: Io, worker: Worker): void {
  worker.phase = 'finished'
  worker.pending = undefined
  cancelRetry(io, worker)
  if (worker.deadline !== 0) io.cancel(worker.deadline)
  removeProbes(s, io, worker.uid)
  if (!s.pods.has(worker.uid)) forgetPod(s, io, worker.uid)
}

/** The Pod is gone from the API server and from the node. */
export function forgetPod(s: Kubelet, io: Io, uid: string): void {
  s.workers.delete(uid)
  s.rejected.delete(uid)
  s.resizes.delete(uid)
  for (const key of s.durable.logs.keys()) if (key.startsWith(uid)) s.durable.logs.delete(key)
  forgetStatus(s, uid)
  removeProbes(s, io, uid)
  for (const key of s.reasons.keys()) if (key.startsWith(uid)) s.reasons.delete(key)
  forgetBackoff(s.crashLoop, uid)
  forgetBackoff(s.images.backoff, uid)
  for (const key of s.images.errors.keys()) if (key.startsWith(uid)) s.images.errors.delete(key)
}

/** May everything that is left of this Pod be removed? */
export function contentMayGo(s: Kubelet, uid: string): boolean {
  const worker = s.workers.get(uid)
  if (worker === undefined) return !s.pods.has(uid)
  return worker.evicted || (worker.deleted && (worker.phase === 'terminated' || worker.phase === 'finished'))
}

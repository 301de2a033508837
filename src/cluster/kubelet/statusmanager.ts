// statusmanager.ts: brings the statuses of Pods to the API server, and deletes Pods that have ended.
// Models pkg/kubelet/status/status_manager.go
// Differs: the reconciliation of every 10 s runs only when something differs

import type { ContainerStatus, Pod, PodStatus } from '../../api/pod.ts'
import { pathOf } from '../../api/resources.ts'
import { rfc3339 } from '../../api/time.ts'
import type { Io, RoutineIo, Steps } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { ask, isNotFound, ok } from '../client/request.ts'
import { deleteRequest, getRequest, patchRequest } from '../client.ts'
import { containersReadyCondition, ownedByKubelet, readyCondition } from './conditions.ts'
import { initContainers, isSidecar, isTerminal } from './containers.ts'
import { GONE_AT_THE_END, unknownEnd } from './containerstatuses.ts'
import { type Kubelet, nextOn, type StatusEntry, type StatusManager } from './state.ts'
import { same, statusPatch } from './statuspatch.ts'

const RECONCILE_MS = 10_000
const BATCH_MAX = 500 // Pods written in one round.

export const newStatusManager = (): StatusManager => ({ statuses: new Map(), sent: new Map(), busy: false, timer: 0 })

/** Note: what the API server was told of a Pod. */
export interface StatusReported {
  pod: string
  namespace: string
  phase: PodStatus['phase']
  ready: boolean
}

export const statusOf = (s: Kubelet, pod: Pod): PodStatus => s.statusManager.statuses.get(pod.metadata.uid)?.status ?? pod.status ?? { phase: 'Pending' }

/** Remembers a status, and sends it if it is new. `finished`: the Pod is done with, and may be deleted. */
export function setPodStatus(s: Kubelet, io: Io, pod: Pod, status: PodStatus, finished = false): void {
  const manager = s.statusManager
  const uid = pod.metadata.uid
  const cached = manager.statuses.get(uid)
  const old = cached?.status ?? pod.status ?? { phase: 'Pending' }
  const now = rfc3339(io.now)
  const conditions = (status.conditions ?? []).map(c => {
    const before = old.conditions?.find(o => o.type === c.type)
    if (!ownedByKubelet(c.type)) return c
    return { ...c, lastTransitionTime: before?.status === c.status && before.lastTransitionTime !== undefined ? before.lastTransitionTime : now }
  })
  const next: PodStatus = share({ ...status, conditions, startTime: old.startTime ?? status.startTime ?? now })
  if (cached && !finished && same(cached.status, next)) return
  const entry: StatusEntry = share({
    status: next,
    version: (cached?.version ?? 0) + 1,
    name: pod.metadata.name,
    namespace: pod.metadata.namespace!,
    finished: finished || cached?.finished === true,
    cause: io.cause,
  })
  manager.statuses.set(uid, entry)
  sendStatuses(s, io)
}

/** A probe changed its mind about a container. */
export function setReadiness(s: Kubelet, io: Io, pod: Pod, name: string, ready: boolean): void {
  const entry = s.statusManager.statuses.get(pod.metadata.uid)
  if (!entry) return
  const change = (list: ContainerStatus[] | undefined) => list?.map(c => (c.name === name && c.ready !== ready ? { ...c, ready } : c))
  const init = change(entry.status.initContainerStatuses)
  const containers = change(entry.status.containerStatuses)
  const all = [...(init ?? []), ...(containers ?? [])]
  const status: PodStatus = { ...entry.status, containerStatuses: containers }
  if (init !== undefined) status.initContainerStatuses = init
  const others = (entry.status.conditions ?? []).filter(c => !ownedByKubelet(c.type))
  const made = [readyCondition(pod, others, all, status.phase), containersReadyCondition(pod, all, status.phase)]
  status.conditions = (entry.status.conditions ?? []).map(c => made.find(m => m.type === c.type) ?? c)
  setPodStatus(s, io, pod, status)
}

/** Containers that cannot be found any more failed; the phase becomes terminal; then the Pod may be deleted. */
export function terminatePod(s: Kubelet, io: Io, pod: Pod): void {
  const status = { ...statusOf(s, pod) }
  const gone = (c: ContainerStatus): ContainerStatus => (c.state.terminated ? c : { ...c, state: { terminated: unknownEnd(GONE_AT_THE_END) } })
  if (hasInitialized(pod, status)) status.containerStatuses = status.containerStatuses?.map(gone)
  const init = status.initContainerStatuses ?? []
  let reached = init.length
  while (reached > 0 && init[reached - 1]!.state.waiting !== undefined && init[reached - 1]!.lastState.terminated === undefined) reached--
  if (init.length > 0) status.initContainerStatuses = init.map((c, i) => (i < Math.max(1, reached) ? gone(c) : c))
  if (!isTerminal(status.phase)) status.phase = 'Failed'
  setPodStatus(s, io, pod, status, true)
}

function hasInitialized(pod: Pod, status: PodStatus): boolean {
  const list = initContainers(pod)
  if (list.length === 0) return true
  if (status.containerStatuses?.some(c => c.lastState.terminated !== undefined || c.state.running !== undefined || c.state.terminated !== undefined))
    return true
  const last = status.initContainerStatuses?.[list.length - 1]
  if (last === undefined) return false
  if (isSidecar(list[list.length - 1]!)) return last.state.running !== undefined && last.started === true
  return last.lastState.terminated?.exitCode === 0 || last.state.terminated?.exitCode === 0
}

export function forgetStatus(s: Kubelet, uid: string): void {
  s.statusManager.statuses.delete(uid)
  s.statusManager.sent.delete(uid)
}

export function sendStatuses(s: Kubelet, io: Io): void {
  if (s.statusManager.busy) return
  s.statusManager.busy = true
  io.start('statusBatch', { all: false })
}

/** The API server shows another status than ours: put it right at the next reconciliation. */
export function reconcileLater(s: Kubelet, io: Io): void {
  const manager = s.statusManager
  if (manager.timer === 0) manager.timer = io.after(nextOn(s.startedAt, RECONCILE_MS, io.now) - io.now, 'timer/status')
}

export function reconcile(s: Kubelet, io: Io): void {
  const manager = s.statusManager
  manager.timer = 0
  for (const [uid, entry] of manager.statuses) {
    const pod = s.pods.get(uid)
    if (pod !== undefined && differs(pod, entry.status)) manager.sent.delete(uid)
  }
  if (manager.busy) reconcileLater(s, io)
  else {
    manager.busy = true
    io.start('statusBatch', { all: true })
  }
}

/** Does the API server show anything else in what the kubelet owns? */
export function differs(pod: Pod, status: PodStatus): boolean {
  const shown = pod.status ?? {}
  if (!same(shown.containerStatuses, status.containerStatuses) || shown.podIP !== status.podIP || shown.startTime !== status.startTime) return true
  return (status.conditions ?? []).some(c => {
    if (!ownedByKubelet(c.type)) return false
    const there = shown.conditions?.find((o: any) => o.type === c.type)
    return there === undefined || there.status !== c.status || there.reason !== c.reason || there.observedGeneration !== c.observedGeneration
  })
}

/** Routine: writes every status that is not written yet, one after the other. */
export function* statusBatch(io: RoutineIo<Kubelet>, args: { all: boolean }): Steps<unknown> {
  const batch = io.state(s => {
    const due: { uid: string; entry: StatusEntry }[] = []
    for (const [uid, entry] of s.statusManager.statuses)
      if ((s.statusManager.sent.get(uid) ?? 0) < entry.version || (args.all && entry.finished)) due.push({ uid, entry })
    return share(due.slice(0, BATCH_MAX))
  })
  for (const { uid, entry } of batch) yield* syncPod(io, uid, entry)
  const more = io.state(s => {
    for (const [uid, entry] of s.statusManager.statuses)
      if ((s.statusManager.sent.get(uid) ?? 0) < entry.version && !batch.some(b => b.uid === uid && b.entry.version === entry.version)) return true
    s.statusManager.busy = false
    return false
  })
  return more ? io.again({ all: false }) : undefined
}

function* syncPod(io: RoutineIo<Kubelet>, uid: string, entry: StatusEntry): Steps<void> {
  const path = pathOf({ apiVersion: 'v1', kind: 'Pod', namespace: entry.namespace, name: entry.name })
  const client = io.state((s, turn) => {
    turn.cause = entry.cause
    return s.client
  })
  const got = yield* ask(io, getRequest(client, path))
  if (isNotFound(got) || (ok(got) && got.body.metadata.uid !== uid)) return io.state(s => void s.statusManager.sent.set(uid, entry.version))
  if (!ok(got)) return io.state((s, turn) => reconcileLater(s, turn))
  let pod = got.body as Pod
  const merged = io.state(s => share(merge(pod, entry.status, couldRun(s, uid))))
  const patch = statusPatch(uid, pod.status, merged)
  if (patch !== undefined) {
    const patched = yield* ask(io, patchRequest(client, `${path}/status`, 'strategic', patch))
    if (!ok(patched)) return io.state((s, turn) => reconcileLater(s, turn))
    pod = patched.body as Pod
    const ready = pod.status.conditions?.find(c => c.type === 'Ready')?.status === 'True'
    io.note('StatusReported', { pod: entry.name, namespace: entry.namespace, phase: pod.status.phase, ready } satisfies StatusReported)
  }
  io.state(s => void s.statusManager.sent.set(uid, entry.version))
  if (pod.metadata.deletionTimestamp === undefined || !entry.finished || !isTerminal(pod.status.phase)) return
  const deleted = yield* ask(io, deleteRequest(client, path, { gracePeriodSeconds: 0, preconditions: { uid } }))
  io.state((s, turn) => {
    if (ok(deleted) || isNotFound(deleted)) forgetStatus(s, uid)
    else reconcileLater(s, turn)
  })
}

/** May containers of this Pod run? Until its worker has stopped them, yes. */
export function couldRun(s: Kubelet, uid: string): boolean {
  const worker = s.workers.get(uid)
  return worker !== undefined && (worker.phase === 'sync' || worker.phase === 'terminating')
}

/** Conditions that others own stay as they are; a terminal phase waits until nothing runs. */
function merge(pod: Pod, status: PodStatus, running: boolean): PodStatus {
  const shown = pod.status ?? { phase: 'Pending' }
  const theirs = (shown.conditions ?? []).filter(c => !ownedByKubelet(c.type))
  const ours = (status.conditions ?? []).filter(c => ownedByKubelet(c.type))
  const merged: PodStatus = { ...status, conditions: [...theirs, ...ours] }
  if (!isTerminal(shown.phase) && isTerminal(merged.phase) && running) {
    merged.phase = shown.phase
    merged.reason = shown.reason
    merged.message = shown.message
  }
  // A disruption by the kubelet is told together with the end.
  const disruption = status.conditions?.find(c => c.type === 'DisruptionTarget' && c.reason === 'TerminationByKubelet')
  if (disruption !== undefined && isTerminal(merged.phase)) merged.conditions = [...merged.conditions!.filter(c => c.type !== disruption.type), disruption]
  if (isTerminal(merged.phase)) {
    merged.conditions = merged.conditions!.map(c =>
      (c.type === 'Ready' || c.type === 'ContainersReady') && c.status === 'True'
        ? { ...c, status: 'False' as const, reason: merged.phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed' }
        : c,
    )
  }
  return merged
}

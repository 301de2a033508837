// syncpod.ts: one round of a Pod's worker: make it run as its spec says, end it, or be done with it.
// Models pkg/kubelet/kubelet.go (SyncPod, SyncTerminatingPod, SyncTerminatedPod) and pkg/kubelet/kuberuntime/kuberuntime_manager.go (SyncPod)
// Differs: no cgroups, mirror Pods, device plugins; the network is always ready when the runtime is

import type { Container, Pod, PodStatus } from '../../api/pod.ts'
import { rfc3339 } from '../../api/time.ts'
import type { Io, RoutineIo, Steps } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { recordEvent, referenceOf } from '../client/events.ts'
import type { SandboxStatus } from '../container-runtime/cri.ts'
import { computePodActions, type PodActions } from './actions.ts'
import { initContainers, isSidecar, isTerminal } from './containers.ts'
import { type Credential, pullSecrets } from './credentials.ts'
import { cri } from './cri.ts'
import { armGarbage } from './garbage.ts'
import { killContainer, killPod } from './killing.ts'
import { runtimeNow } from './pleg.ts'
import { completeWork, type SyncOutcome } from './podworkers.ts'
import { addProbes, removeProbes, resultOf, stopLivenessAndStartup } from './probes.ts'
import { allocatedPod, concludeResize, resizeActions, updateResources } from './resize.ts'
import { type StartFailure, startContainer } from './startcontainer.ts'
import { emptyRuntimeStatus, type Kubelet, type PodRuntimeStatus, type Worker } from './state.ts'
import { generateStatus } from './status.ts'
import { setPodStatus, statusOf, terminatePod } from './statusmanager.ts'
import { waitForVolumes } from './volumes.ts'

/** Routine: one round of the worker of `uid`. */
export function* podSync(io: RoutineIo<Kubelet>, args: { uid: string; work: Worker['phase'] }): Steps<void> {
  const { pod, runtime } = io.state(s => ({
    pod: share(allocatedPod(s, s.workers.get(args.uid)!.pod)),
    runtime: share(s.cache.get(args.uid)?.status ?? emptyRuntimeStatus),
  }))
  const outcome =
    args.work === 'sync'
      ? yield* syncPod(io, pod, runtime)
      : args.work === 'terminating'
        ? yield* syncTerminatingPod(io, pod, runtime)
        : syncTerminatedPod(io, pod, runtime)
  io.state((s, turn) => {
    const worker = s.workers.get(args.uid)
    if (worker === undefined) return
    worker.routine = 0
    completeWork(s, turn, worker, args.work, outcome)
  })
}

function* syncPod(io: RoutineIo<Kubelet>, pod: Pod, runtime: PodRuntimeStatus): Steps<SyncOutcome> {
  const phase = io.state((s, turn) => {
    concludeResize(s, turn, pod, runtime)
    const status = generateStatus(s, turn, pod, runtime, false)
    setPodStatus(s, turn, pod, status)
    return status.phase
  })
  if (isTerminal(phase)) return { terminal: true }
  const unmounted = yield* waitForVolumes(io, pod)
  if (unmounted !== undefined) return unmounted
  const { credentials, missing } = yield* pullSecrets(io, pod)
  io.state((s, turn) => addProbes(s, turn, pod))
  const { actions, updates } = io.state(s => {
    const made = actionsFor(s, pod, runtime)
    return share({ actions: made, updates: resizeActions(s, pod, runtime, made) })
  })
  const sync = new RuntimeSync(io, pod, runtime, credentials)
  yield* sync.run(actions, updates)
  return io.state((s, turn) => sync.conclude(s, turn, missing))
}

function actionsFor(s: Kubelet, pod: Pod, runtime: PodRuntimeStatus): PodActions {
  const uid = pod.metadata.uid
  const nameOf = (id: string) => runtime.containers.find(c => c.id === id)?.name ?? ''
  return computePodActions(pod, runtime, {
    liveness: id => resultOf(s, uid, nameOf(id), 'liveness', id),
    startup: id => resultOf(s, uid, nameOf(id), 'startup', id),
  })
}

/** What a round does in the runtime, step by step, and how each start went. Made anew whenever the routine is run again. */
class RuntimeSync {
  readonly results: { container: string; failure: StartFailure }[] = []
  error = ''
  acted = false
  resized = false
  readonly io: RoutineIo<Kubelet>
  readonly pod: Pod
  readonly runtime: PodRuntimeStatus
  readonly credentials: Credential[]
  constructor(io: RoutineIo<Kubelet>, pod: Pod, runtime: PodRuntimeStatus, credentials: Credential[]) {
    this.io = io
    this.pod = pod
    this.runtime = runtime
    this.credentials = credentials
  }

  *run(actions: PodActions, updates: string[]): Steps<void> {
    const { io, pod, runtime } = this
    if (actions.createSandbox && runtime.sandboxes.length > 0)
      this.event(referenceOf(pod), 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
    if (actions.killPod) {
      this.acted ||= runtime.sandboxes.length > 0
      this.error = yield* killPod(io, pod, runtime, undefined)
      if (this.error !== '') return
      if (actions.createSandbox) yield* this.removeInitContainers(0)
    } else {
      for (const kill of actions.toKill) {
        this.acted = true
        this.error = yield* killContainer(io, pod, kill, undefined)
        if (this.error !== '') return
      }
    }
    yield* this.removeInitContainers(1)
    const sandbox = actions.createSandbox ? yield* this.createSandbox(actions.attempt) : runtime.sandboxes[0]
    if (sandbox === undefined) return
    for (const name of updates) {
      this.resized = true
      this.error = yield* updateResources(io, pod, name, runtime.containers.find(c => c.name === name)!.id)
    }
    for (const i of actions.ephemeralToStart) yield* this.start(pod.spec.ephemeralContainers![i]!, sandbox)
    for (const i of actions.initToStart) {
      const container = initContainers(pod)[i]!
      // Without a regular init container nothing after it may start; a sidecar is tried again later.
      if (!(yield* this.start(container, sandbox)) && !isSidecar(container)) return
    }
    for (const i of actions.toStart) yield* this.start(pod.spec.containers[i]!, sandbox)
  }

  *createSandbox(attempt: number): Steps<SandboxStatus | undefined> {
    const { io, pod } = this
    const { name, namespace = '', uid } = pod.metadata
    const hostNetwork = pod.spec.hostNetwork === true
    this.acted = true
    const reply = yield* cri<{ id: string; ip: string }>(io, 'RunPodSandbox', { name, namespace, uid, attempt, hostNetwork })
    if (!reply.ok) {
      // The network of a Pod that is to end may be gone already.
      if (io.state(s => s.workers.get(uid)?.phase !== 'sync')) return undefined
      this.error = `Failed to create pod sandbox: rpc error: code = ${reply.error.code} desc = ${reply.error.message}`
      this.event(referenceOf(pod), 'Warning', 'FailedCreatePodSandBox', this.error)
      return undefined
    }
    io.state((s, turn) => sandboxReady(s, turn, pod))
    return { ...reply.value, name, namespace, uid, attempt, hostNetwork, state: 'READY', createdAt: 0 }
  }

  *start(container: Container, sandbox: SandboxStatus): Steps<boolean> {
    const failure = yield* startContainer(this.io, { pod: this.pod, container, sandbox, runtime: this.runtime, credentials: this.credentials })
    this.results.push({ container: container.name, failure })
    if (failure === undefined) this.acted = true
    return failure === undefined
  }

  /** Of each init container all but the newest `keep` that have ended go. */
  *removeInitContainers(keep: number): Steps<void> {
    for (const container of initContainers(this.pod)) {
      const dead = this.runtime.containers.filter(c => c.name === container.name && c.state !== 'RUNNING')
      for (const c of dead.slice(keep)) yield* cri(this.io, 'RemoveContainer', { id: c.id })
    }
  }

  event(about: ReturnType<typeof referenceOf>, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.io.state((s, turn) => recordEvent(s.recorders['kubelet']!, turn, about, type, reason, message))
  }

  /** Remembers why containers wait, and says how the round ended. */
  conclude(s: Kubelet, turn: Io, missing: string[]): SyncOutcome {
    const { uid } = this.pod.metadata
    let error = this.error
    let until: number | undefined
    for (const { container, failure } of this.results) {
      const key = `${uid}_${container}`
      if (failure === undefined) {
        s.reasons.delete(key)
        continue
      }
      s.reasons.set(key, { reason: failure.reason, message: failure.message })
      error ||= `failed to "StartContainer" for "${container}" with ${failure.reason}: ${failure.message}`
      if (failure.until !== undefined) until = Math.min(until ?? failure.until, failure.until)
    }
    if (missing.length > 0 && this.results.some(r => r.failure?.reason.includes('ImagePull'))) {
      const text = `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`
      recordEvent(s.recorders['kubelet']!, turn, referenceOf(this.pod), 'Warning', 'FailedToRetrieveImagePullSecret', text)
    }
    return { ...(error === '' ? {} : { error }), ...(until === undefined ? {} : { until }), acted: this.acted || this.resized, again: this.resized }
  }
}

/** The sandbox stands: this is told before any image is pulled. */
function sandboxReady(s: Kubelet, turn: Io, pod: Pod): void {
  const status = statusOf(s, pod)
  const ready = {
    type: 'PodReadyToStartContainers',
    status: 'True' as const,
    lastProbeTime: null,
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
  }
  const conditions = (status.conditions ?? []).map(c => (c.type === ready.type ? ready : c))
  setPodStatus(s, turn, pod, { ...status, conditions })
}

function* syncTerminatingPod(io: RoutineIo<Kubelet>, pod: Pod, runtime: PodRuntimeStatus): Steps<SyncOutcome> {
  const { uid } = pod.metadata
  const grace = io.state((s, turn) => {
    const worker = s.workers.get(uid)!
    const status = generateStatus(s, turn, pod, runtime, false)
    if (worker.override !== undefined) overrideStatus(status, worker.override, rfc3339(turn.now))
    setPodStatus(s, turn, pod, status)
    stopLivenessAndStartup(s, turn, pod)
    return worker.grace
  })
  // What runs may be newer than the last look.
  const now = io.state(s => share(runtimeNow(s, uid)))
  const error = yield* killPod(io, pod, now, grace)
  if (error !== '') {
    io.state((s, turn) => recordEvent(s.recorders['kubelet']!, turn, referenceOf(pod), 'Warning', 'FailedKillPod', `error killing pod: ${error}`))
    return { error }
  }
  io.state((s, turn) => {
    removeProbes(s, turn, uid)
    const status = generateStatus(s, turn, pod, runtimeNow(s, uid), true)
    const override = s.workers.get(uid)?.override
    if (override !== undefined) overrideStatus(status, override, rfc3339(turn.now))
    setPodStatus(s, turn, pod, status)
  })
  return {}
}

/** The kubelet ended this Pod itself, and says why. */
function overrideStatus(status: PodStatus, { reason, message, disruption }: NonNullable<Worker['override']>, now: string): void {
  Object.assign(status, { phase: 'Failed', reason, message })
  if (!disruption) return
  const target = { type: 'DisruptionTarget', status: 'True' as const, lastProbeTime: null, lastTransitionTime: now, reason: 'TerminationByKubelet', message }
  status.conditions = [...(status.conditions ?? []).filter(c => c.type !== target.type), target]
}

function syncTerminatedPod(io: RoutineIo<Kubelet>, pod: Pod, runtime: PodRuntimeStatus): SyncOutcome {
  io.state((s, turn) => {
    const status = generateStatus(s, turn, pod, runtime, true)
    const override = s.workers.get(pod.metadata.uid)?.override
    if (override !== undefined) overrideStatus(status, override, rfc3339(turn.now))
    setPodStatus(s, turn, pod, status)
    terminatePod(s, turn, pod)
  })
  return {}
}

/** Routine: ends what runs without a Pod that this kubelet knows. */
export function* orphanKill(io: RoutineIo<Kubelet>, args: { uid: string }): Steps<void> {
  const { sandboxes, containers } = io.state(s => share(runtimeNow(s, args.uid)))
  for (const c of containers) if (c.state === 'RUNNING') yield* cri(io, 'StopContainer', { id: c.id, timeout: 2 })
  for (const sandbox of sandboxes) yield* cri(io, 'StopPodSandbox', { id: sandbox.id })
  io.state((s, turn) => armGarbage(s, turn))
}

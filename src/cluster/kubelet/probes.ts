// probes.ts: asks containers again and again whether they have started, live and are ready.
// Models pkg/kubelet/prober/{prober_manager,worker,prober}.go
// Differs: the clock of a probe that waits for a new container stands still; HTTP answers are read from who listens, not from a body

import { goDuration } from '../../api/duration.ts'
import type { ContainerStatus, Pod, PodStatus, Probe } from '../../api/pod.ts'
import { parseTime } from '../../api/time.ts'
import type { Answer, Io } from '../../kernel/machine.ts'
import { recordEvent, referenceOf } from '../client/events.ts'
import type { CriContainerStatus, CriReply, DialReply, ExecSyncReply } from '../container-runtime/cri.ts'
import { fieldPathOf, initContainers, isSidecar, shouldBeRestarted, specOf } from './containers.ts'
import { addressOf } from './downward.ts'
import { emptyRuntimeStatus, type Kubelet, nextOn, type ProbeKind, type ProbeResult, type ProbeWorker } from './state.ts'
import { setReadiness, statusOf } from './statusmanager.ts'

const RESTART_GRACE_MS = 10_000 // A container that began so long before the kubelet was there before it.
const OUTPUT_MAX = 10_240 // Bytes of a probe's output that are shown.
const KINDS: ProbeKind[] = ['startup', 'readiness', 'liveness']
const INITIAL: Record<ProbeKind, ProbeResult> = { startup: 'Unknown', readiness: 'Failure', liveness: 'Success' }
const TITLE: Record<ProbeKind, string> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' }

/** Note: a probe's outcome that changed something or failed. */
export interface Probed {
  pod: string
  namespace: string
  container: string
  probe: ProbeKind
  result: ProbeResult
  output: string
}

const keyOf = (uid: string, container: string, kind: ProbeKind): string => `${uid}/${container}/${kind}`

/** What the probe last said of this very container. */
export function resultOf(s: Kubelet, uid: string, container: string, kind: ProbeKind, id: string): ProbeResult | undefined {
  const worker = s.probes.get(keyOf(uid, container, kind))
  return worker?.containerId === id ? worker.result : undefined
}

/** One worker per container and probe; regular init containers have none. */
export function addProbes(s: Kubelet, io: Io, pod: Pod): void {
  for (const container of [...pod.spec.containers, ...initContainers(pod).filter(isSidecar)]) {
    for (const kind of KINDS) {
      const probe: Probe | undefined = container[`${kind}Probe`]
      const key = keyOf(pod.metadata.uid, container.name, kind)
      if (probe === undefined || s.probes.has(key)) continue
      const worker: ProbeWorker = {
        uid: pod.metadata.uid,
        container: container.name,
        kind,
        probe,
        containerId: '',
        onHold: false,
        last: 'Unknown',
        streak: 0,
        result: undefined,
        anchor: io.now,
        timer: 0,
        running: false,
      }
      // A kubelet that has just begun spreads its first probes.
      const period = probe.periodSeconds * 1000
      const wait = io.now - s.startedAt < period ? io.int(period) : 0
      worker.anchor = io.now + wait
      s.probes.set(key, worker)
      worker.timer = io.after(wait, 'timer/probe', { key })
    }
  }
}

/** `kinds` of these containers are no longer asked. */
export function removeProbes(s: Kubelet, io: Io, uid: string, keep: (worker: ProbeWorker) => boolean = () => false): void {
  for (const [key, worker] of s.probes) {
    if (worker.uid !== uid || keep(worker)) continue
    if (worker.timer !== 0) io.cancel(worker.timer)
    s.probes.delete(key)
  }
}

/** A Pod that ends: its app containers are no longer killed by probes. */
export function stopLivenessAndStartup(s: Kubelet, io: Io, pod: Pod): void {
  removeProbes(s, io, pod.metadata.uid, w => w.kind === 'readiness' || initContainers(pod).some(c => c.name === w.container))
}

/** Fills `started` and `ready`; a container that is not ready yet is asked at once. */
export function updateFromProbes(s: Kubelet, io: Io, pod: Pod, status: PodStatus): void {
  for (const c of status.containerStatuses ?? []) fill(s, io, pod, c)
  for (const c of status.initContainerStatuses ?? []) {
    const spec = initContainers(pod).find(i => i.name === c.name)
    if (spec !== undefined && isSidecar(spec)) fill(s, io, pod, c)
    else {
      c.started = started(s, pod.metadata.uid, c)
      c.ready = c.state.terminated?.exitCode === 0
    }
  }
}

function fill(s: Kubelet, io: Io, pod: Pod, c: ContainerStatus): void {
  const { uid } = pod.metadata
  c.started = started(s, uid, c)
  c.ready = false
  if (!c.started || c.state.running === undefined) return
  const key = keyOf(uid, c.name, 'readiness')
  const worker = s.probes.get(key)
  const result = resultOf(s, uid, c.name, 'readiness', idOf(c))
  if (result === 'Success') {
    c.ready = true
    return
  }
  if (worker === undefined) c.ready = true
  else kick(worker, io, key)
  if (!ranBefore(s, parseTime(c.state.running.startedAt)!)) return
  // A kubelet that is new does not call unready what it has not asked yet, nor ready what was not.
  if (result === undefined) c.ready = true
  if (specOf(pod, c.name)?.readinessProbe !== undefined && pod.status?.conditions?.find(x => x.type === 'Ready')?.status !== 'True') c.ready = false
}

/** Did it begin well before this kubelet? */
const ranBefore = (s: Kubelet, startedAt: number): boolean => startedAt < s.startedAt - RESTART_GRACE_MS

function started(s: Kubelet, uid: string, c: ContainerStatus): boolean {
  if (c.state.running === undefined) return false
  const result = resultOf(s, uid, c.name, 'startup', idOf(c))
  if (result !== undefined) return result === 'Success'
  return c.started === true || !s.probes.has(keyOf(uid, c.name, 'startup'))
}

const idOf = (c: ContainerStatus): string => (c.containerID ?? '').replace('containerd://', '')

/** Asks now, and from now on. */
function kick(worker: ProbeWorker, io: Io, key: string): void {
  if (worker.running) return
  if (worker.timer !== 0) io.cancel(worker.timer)
  worker.anchor = io.now
  worker.timer = io.after(0, 'timer/probe', { key })
}

/** The runtime shows a new container: a probe that was on hold for the old one goes on at its next tick. */
export function wakeProbes(s: Kubelet, io: Io, uid: string): void {
  for (const [key, worker] of s.probes) {
    if (worker.uid !== uid || worker.timer !== 0 || worker.running) continue
    arm(worker, io, key)
  }
}

function arm(worker: ProbeWorker, io: Io, key: string): void {
  const at = nextOn(worker.anchor, worker.probe.periodSeconds * 1000, io.now)
  worker.timer = io.after(at - io.now, 'timer/probe', { key })
}

/** One tick. */
export function probeTick(s: Kubelet, io: Io, key: string): void {
  const worker = s.probes.get(key)
  if (worker === undefined || worker.running) return
  worker.timer = 0
  const pod = s.pods.get(worker.uid)
  if (pod === undefined) return void s.probes.delete(key)
  const runtime = s.cache.get(worker.uid)?.status ?? emptyRuntimeStatus
  const container = runtime.containers.find(c => c.name === worker.container)
  if (container === undefined) return void arm(worker, io, key)
  if (container.id !== worker.containerId) {
    worker.containerId = container.id
    worker.onHold = false
    const known = container.state === 'RUNNING' && ranBefore(s, container.startedAt)
    worker.result = known ? undefined : INITIAL[worker.kind]
    // Whether a Pod is past its init containers depends on the start of its sidecars.
    const sidecar = initContainers(pod).some(c => c.name === worker.container)
    if (known && sidecar && worker.kind === 'startup' && shownOf(s, pod, container)?.started === true) publish(s, io, worker, pod, 'Success')
  }
  // On hold until there is another container; its appearance winds the clock up again.
  if (worker.onHold) return
  if (container.state !== 'RUNNING') {
    publish(s, io, worker, pod, 'Failure')
    const spec = specOf(pod, worker.container)
    if (container.state === 'EXITED' && spec !== undefined && !shouldBeRestarted(pod, spec, runtime)) return
    return void arm(worker, io, key)
  }
  // Its status shows when it began in whole seconds.
  const age = io.now - Math.floor(container.startedAt / 1000) * 1000
  if (Math.floor(age / 1000) < (worker.probe.initialDelaySeconds ?? 0)) return void arm(worker, io, key)
  const startup = resultOf(s, worker.uid, worker.container, 'startup', container.id)
  const begun = !s.probes.has(keyOf(worker.uid, worker.container, 'startup')) || shownOf(s, pod, container)?.started === true
  const startedUp = startup === undefined ? begun : startup === 'Success'
  if (startedUp ? worker.kind === 'startup' : worker.kind !== 'startup') return void arm(worker, io, key)
  ask(s, io, worker, container, pod, key)
}

/** Its status as it was last set. */
function shownOf(s: Kubelet, pod: Pod, container: CriContainerStatus): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = statusOf(s, pod)
  return [...containerStatuses, ...initContainerStatuses].find(c => c.name === container.name && idOf(c) === container.id)
}

function ask(s: Kubelet, io: Io, worker: ProbeWorker, container: CriContainerStatus, pod: Pod, key: string): void {
  const { probe } = worker
  const timeout = probe.timeoutSeconds * 1000
  worker.running = true
  const context = { key, id: container.id }
  if (probe.exec) io.call(s.runtime, 'ExecSync', { id: container.id, command: probe.exec.command ?? [] }, 'probe/answer', context, timeout)
  else {
    const ip = s.cache.get(worker.uid)?.status.sandboxes[0]?.ip ?? ''
    io.call(s.runtime, 'Dial', { ip, port: portOf(probe, pod, worker.container) }, 'probe/answer', context, timeout)
  }
}

/** The outcome of one run. */
export function probeAnswer(s: Kubelet, io: Io, body: { answer: Answer<any>; context: { key: string; id: string } }): void {
  const worker = s.probes.get(body.context.key)
  if (worker === undefined) return
  worker.running = false
  if (worker.containerId !== body.context.id) return void arm(worker, io, body.context.key)
  const pod = s.pods.get(worker.uid)
  if (pod === undefined) return void s.probes.delete(body.context.key)
  const outcome = read(s, worker, pod, body.answer)
  if (outcome.result !== 'Success') failed(s, io, worker, pod, outcome)
  if (outcome.result === 'Unknown') return void arm(worker, io, body.context.key)
  if (worker.last === outcome.result) worker.streak++
  else {
    worker.last = outcome.result
    worker.streak = 1
  }
  const threshold = outcome.result === 'Success' ? worker.probe.successThreshold : worker.probe.failureThreshold
  if (worker.streak >= threshold) {
    publish(s, io, worker, pod, outcome.result)
    if ((worker.kind === 'liveness' && outcome.result === 'Failure') || worker.kind === 'startup') {
      worker.onHold = true
      worker.streak = 0
      return
    }
  }
  arm(worker, io, body.context.key)
}

function publish(s: Kubelet, io: Io, worker: ProbeWorker, pod: Pod, result: ProbeResult): void {
  if (worker.result === result) return
  worker.result = result
  note(io, pod, worker, result, '')
  io.send(io.self, 'probe/changed', { uid: worker.uid, container: worker.container, kind: worker.kind, result })
  if (worker.kind === 'readiness') setReadiness(s, io, pod, worker.container, result === 'Success')
}

function failed(s: Kubelet, io: Io, worker: ProbeWorker, pod: Pod, outcome: Outcome): void {
  const title = TITLE[worker.kind]
  const text =
    outcome.result === 'Failure' ? `${title} probe failed: ${outcome.output}` : `${title} probe errored and resulted in unknown state: ${outcome.output}`
  recordEvent(s.recorders['kubelet']!, io, referenceOf(pod, fieldPathOf(pod, worker.container)), 'Warning', 'Unhealthy', text)
  note(io, pod, worker, outcome.result, outcome.output)
}

function note(io: Io, pod: Pod, worker: ProbeWorker, result: ProbeResult, output: string): void {
  const { name, namespace = '' } = pod.metadata
  io.note('Probed', { pod: name, namespace, container: worker.container, probe: worker.kind, result, output } satisfies Probed)
}

interface Outcome {
  result: ProbeResult
  output: string
}

function read(s: Kubelet, worker: ProbeWorker, pod: Pod, answer: Answer<any>): Outcome {
  const { probe } = worker
  if (probe.exec) {
    const command = (probe.exec.command ?? []).join(' ')
    if (!answer.ok) {
      if (answer.error !== 'timeout') return { result: 'Unknown', output: 'rpc error: code = Unavailable desc = connection error' }
      return { result: 'Failure', output: `command timed out: ${JSON.stringify(command)} timed out after ${goDuration(probe.timeoutSeconds * 1000)}` }
    }
    const reply = answer.value as CriReply<ExecSyncReply>
    if (!reply.ok) return { result: 'Unknown', output: `rpc error: code = ${reply.error.code} desc = ${reply.error.message}` }
    return { result: reply.value.exitCode === 0 ? 'Success' : 'Failure', output: reply.value.output.slice(0, OUTPUT_MAX) }
  }
  const address = `${addressOf(s, pod)}:${portOf(probe, pod, worker.container)}`
  const reply: DialReply = answer.ok ? answer.value : { connected: false, error: 'timeout' }
  if (reply.connected) return { result: 'Success', output: '' }
  const why = reply.error === 'refused' ? `dial tcp ${address}: connect: connection refused` : `dial tcp ${address}: i/o timeout`
  if (probe.httpGet) {
    const url = `${probe.httpGet.scheme.toLowerCase()}://${address}${probe.httpGet.path}`
    const late = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    return { result: 'Failure', output: `Get ${JSON.stringify(url)}: ${reply.error === 'refused' ? why : late}` }
  }
  if (probe.grpc) {
    const within = goDuration(probe.timeoutSeconds * 1000)
    return { result: 'Failure', output: `timeout: failed to connect service ${JSON.stringify(address)} within ${within}: context deadline exceeded` }
  }
  return { result: 'Failure', output: why }
}

function portOf(probe: Probe, pod: Pod, container: string): number {
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port ?? 0
  if (typeof port === 'number') return port
  return specOf(pod, container)?.ports?.find(p => p.name === port)?.containerPort ?? (Number(port) || 0)
}

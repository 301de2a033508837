// startcontainer.ts: starts one container: back-off, image, environment, create, start, hook.
// Models pkg/kubelet/kuberuntime/kuberuntime_container.go (startContainer) and kuberuntime_manager.go (doBackOff)
// Differs: no PreCreate and PreStart hooks

import { goDuration } from '../../api/duration.ts'
import type { Container, Pod } from '../../api/pod.ts'
import { unitValue } from '../../api/quantity.ts'
import type { Io, RoutineIo, Steps } from '../../kernel/machine.ts'
import { recordEvent, referenceOf } from '../client/events.ts'
import type { ContainerConfig, SandboxStatus } from '../container-runtime/cri.ts'
import { inBackoff, nextBackoff } from './backoff.ts'
import { containerHash, fieldPathOf } from './containers.ts'
import type { Credential } from './credentials.ts'
import { cri } from './cri.ts'
import { environmentOf, expand } from './environment.ts'
import { runHook } from './hooks.ts'
import { ensureImage } from './imagemanager.ts'
import { killContainer } from './killing.ts'
import { startedWith } from './resize.ts'
import { format, type Kubelet, type PodRuntimeStatus } from './state.ts'
import { statusOf } from './statusmanager.ts'

export interface Start {
  pod: Pod
  container: Container
  sandbox: SandboxStatus
  /** As it was when the sync began. */
  runtime: PodRuntimeStatus
  credentials: Credential[]
}

/** Undefined when it runs; else the waiting reason and message, and when a back-off ends. */
export type StartFailure = { reason: string; message: string; until?: number } | undefined

export function* startContainer(io: RoutineIo<Kubelet>, start: Start): Steps<StartFailure> {
  const { pod, container, sandbox, runtime } = start
  const waits = io.state((s, turn) => crashLoop(s, turn, pod, container, runtime))
  if (waits !== undefined) return waits
  const image = yield* ensureImage(io, pod, container, sandbox, start.credentials)
  if (!image.ok) return failed(io, start, image.reason, image.message, image.reason)
  const environment = yield* environmentOf(io, pod, container)
  if ('error' in environment) return failed(io, start, 'CreateContainerConfigError', environment.error)
  const insecure = rootProblem(pod, container)
  if (insecure !== undefined) return failed(io, start, 'CreateContainerConfigError', insecure)
  const before = runtime.containers.find(c => c.name === container.name)
  const config = configOf(
    container,
    before === undefined ? io.state(s => attemptsKnown(s, pod, container.name)) : before.attempt + 1,
    image.image,
    environment.env,
  )
  const created = yield* cri<string>(io, 'CreateContainer', { sandbox: sandbox.id, config })
  if (!created.ok) return failed(io, start, 'CreateContainerError', created.error.message)
  io.state(s => void s.durable.logs.set(`${pod.metadata.uid}_${container.name}`, config.attempt))
  event(io, start, 'Normal', 'Created', 'Container created')
  const started = yield* cri(io, 'StartContainer', { id: created.value })
  if (!started.ok) return failed(io, start, 'RunContainerError', started.error.message)
  io.state(s => startedWith(s, pod, created.value, container.resources ?? {}))
  event(io, start, 'Normal', 'Started', 'Container started')
  const hook = container.lifecycle?.postStart
  if (hook === undefined) return undefined
  const problem = yield* runHook(io, pod, container, created.value, hook, undefined)
  if (problem === '') return undefined
  event(io, start, 'Warning', 'FailedPostStartHook', 'PostStartHook failed')
  yield* killContainer(io, pod, { id: created.value, name: container.name, message: 'FailedPostStartHook', reason: '' }, undefined)
  return { reason: 'PostStartHookError', message: problem }
}

/** `text`: what the Event says after `Error: `; by default the message. */
function failed(io: RoutineIo<Kubelet>, start: Start, reason: string, message: string, text = message): StartFailure {
  event(io, start, 'Warning', 'Failed', `Error: ${text}`)
  return { reason, message }
}

function event(io: RoutineIo<Kubelet>, { pod, container }: Start, type: 'Normal' | 'Warning', reason: string, message: string): void {
  io.state((s, turn) => recordEvent(s.recorders['kubelet']!, turn, referenceOf(pod, fieldPathOf(pod, container.name)), type, reason, message))
}

/** A container that ended lately waits, each time twice as long. */
function crashLoop(s: Kubelet, turn: Io, pod: Pod, container: Container, runtime: PodRuntimeStatus): StartFailure {
  const last = runtime.containers.find(c => c.name === container.name && c.state === 'EXITED')
  if (last === undefined) return undefined
  const { uid, name } = pod.metadata
  const key = `${uid}_${container.name}_${containerHash(container)}_${JSON.stringify(container.resources ?? {})}`
  const step = inBackoff(s.crashLoop, key, last.finishedAt, turn.now)
  if (step === 0) {
    nextBackoff(s.crashLoop, key, last.finishedAt, turn.now)
    return undefined
  }
  const about = referenceOf(pod, fieldPathOf(pod, container.name))
  recordEvent(s.recorders['kubelet']!, turn, about, 'Warning', 'BackOff', `Back-off restarting failed container ${container.name} in pod ${format(pod)}`)
  turn.note('BackedOff', { pod: name, namespace: pod.metadata.namespace ?? '', container: container.name, ms: step })
  const message = `back-off ${goDuration(step)} restarting failed container=${container.name} pod=${format(pod)}`
  return { reason: 'CrashLoopBackOff', message, until: last.finishedAt + step }
}

function configOf(container: Container, attempt: number, image: string, env: Record<string, string>): ContainerConfig {
  const config: ContainerConfig = {
    name: container.name,
    attempt,
    image,
    userImage: container.image,
    ports: container.ports ?? [],
    command: [...(container.command ?? []), ...(container.args ?? [])].map(word => expand(word, env)),
    env,
    hash: containerHash(container),
  }
  const limit = container.resources?.limits?.['memory']
  if (limit !== undefined) config.memoryLimit = unitValue(limit)
  return config
}

/** A runtime that forgot its containers does not begin to count again: the log files show how far it was. */
function attemptsKnown(s: Kubelet, pod: Pod, name: string): number {
  const { containerStatuses = [], initContainerStatuses = [] } = statusOf(s, pod)
  const shown = [...containerStatuses, ...initContainerStatuses].find(c => c.name === name)?.restartCount ?? 0
  return Math.max(shown, (s.durable.logs.get(`${pod.metadata.uid}_${name}`) ?? -1) + 1)
}

/** Images run as root here, unless the Pod says otherwise. */
function rootProblem(pod: Pod, container: Container): string | undefined {
  const nonRoot = container.securityContext?.runAsNonRoot ?? pod.spec.securityContext?.runAsNonRoot
  if (nonRoot !== true) return undefined
  const user = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser
  const where = `(pod: ${JSON.stringify(format(pod))}, container: ${container.name})`
  if (user === undefined) return `container has runAsNonRoot and image will run as root ${where}`
  return user === 0 ? `container's runAsUser breaks non-root policy ${where}` : undefined
}

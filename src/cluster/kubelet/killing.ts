// killing.ts: ends containers politely: hooks first, sidecars last, SIGKILL when the grace period is over.
// Models pkg/kubelet/kuberuntime/{kuberuntime_container,kuberuntime_termination_order}.go
// Differs: nothing known

import type { Container, Pod } from '../../api/pod.ts'
import type { Io, RoutineIo, Steps } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { recordEvent, referenceOf } from '../client/events.ts'
import type { KillContainer } from './actions.ts'
import { fieldPathOf, initContainers, isSidecar, specOf } from './containers.ts'
import { cri } from './cri.ts'
import { runHook } from './hooks.ts'
import type { Kubelet, PodRuntimeStatus } from './state.ts'

const MINIMUM_GRACE = 2 // Seconds between SIGTERM and SIGKILL, whatever was asked for.

/** Arguments of the routine `killContainer`. */
interface Killing {
  pod: Pod
  kill: KillContainer
  /** Seconds; undefined: as the Pod says. */
  grace: number | undefined
  /** Whom to tell, and whether to wait for one's turn. */
  parent: number
  waits: boolean
}

type Told = { done: string; error: string }

/** All running containers, then the sandboxes. Returns the first error, or ''. */
export function* killPod(io: RoutineIo<Kubelet>, pod: Pod, status: PodRuntimeStatus, grace: number | undefined): Steps<string> {
  const running = status.containers.filter(c => c.state === 'RUNNING' && specOf(pod, c.name) !== undefined)
  const kills = running.map(c => ({ id: c.id, name: c.name, message: '', reason: '' as const }))
  const error = yield* killAll(io, pod, kills, grace)
  if (error !== '') return error
  for (const sandbox of status.sandboxes) {
    const stopped = yield* cri(io, 'StopPodSandbox', { id: sandbox.id })
    if (!stopped.ok) return stopped.error.message
  }
  return ''
}

/** At the same moment; sidecars are stopped when all others have ended, the last one first. */
function* killAll(io: RoutineIo<Kubelet>, pod: Pod, kills: KillContainer[], grace: number | undefined): Steps<string> {
  const sidecars = initContainers(pod).filter(isSidecar)
  if (kills.length === 0) return ''
  if (kills.length === 1) return yield* killContainer(io, pod, kills[0]!, grace)
  const children = io.state((s, turn) => startKills(s, turn, pod, kills, grace, sidecars))
  let error = ''
  const left = new Set(kills.map(k => k.name))
  const called = new Set<string>()
  while (left.size > 0) {
    for (const name of turnOf(pod, sidecars, left)) {
      if (called.has(name)) continue
      called.add(name)
      const child = children[name]!
      io.state((_, turn) => turn.signal(child, 'your turn'))
    }
    const told = (yield* io.receive<Told>())!
    left.delete(told.done)
    if (error === '') error = told.error
  }
  return error
}

function startKills(s: Kubelet, turn: Io, pod: Pod, kills: KillContainer[], grace: number | undefined, sidecars: Container[]): Record<string, number> {
  const parent = s.workers.get(pod.metadata.uid)?.routine ?? 0
  const children: Record<string, number> = {}
  for (const kill of kills) {
    const waits = sidecars.some(c => c.name === kill.name)
    const args: Killing = share({ pod, kill, grace, parent, waits })
    children[kill.name] = turn.start('killContainer', args)
  }
  return share(children)
}

/** Sidecars that nothing stands before any more: no app container, no later sidecar. */
function turnOf(pod: Pod, sidecars: Container[], left: Set<string>): string[] {
  if (pod.spec.containers.some(c => left.has(c.name))) return []
  for (let i = sidecars.length - 1; i >= 0; i--) if (left.has(sidecars[i]!.name)) return [sidecars[i]!.name]
  return []
}

/** Routine: one of several that are killed at once. */
export function* killContainerRoutine(io: RoutineIo<Kubelet>, args: Killing): Steps<void> {
  const error = yield* killContainer(io, args.pod, args.kill, args.grace, args.waits)
  io.state((_, turn) => turn.signal(args.parent, share({ done: args.kill.name, error })))
}

/** Event, preStop hook, turn, StopContainer. Returns an error's text or ''. */
export function* killContainer(io: RoutineIo<Kubelet>, pod: Pod, kill: KillContainer, override: number | undefined, waits = false): Steps<string> {
  const container = specOf(pod, kill.name)
  let grace = override ?? graceOf(pod, container, kill.reason)
  const message = kill.message || `Stopping container ${kill.name}`
  io.state((s, turn) => recordEvent(s.recorders['kubelet']!, turn, referenceOf(pod, fieldPathOf(pod, kill.name)), 'Normal', 'Killing', message))
  const hook = container?.lifecycle?.preStop
  if (container !== undefined && hook !== undefined && grace > 0) {
    const began = io.now()
    const failure = yield* runHook(io, pod, container, kill.id, hook, grace * 1000)
    // One that outlasts the grace is left behind, and nobody waits for what becomes of it.
    if (failure !== '' && io.now() - began < grace * 1000)
      io.state((s, turn) =>
        recordEvent(s.recorders['kubelet']!, turn, referenceOf(pod, fieldPathOf(pod, kill.name)), 'Warning', 'FailedPreStopHook', 'PreStopHook failed'),
      )
    grace -= Math.floor((io.now() - began) / 1000)
  }
  if (waits && grace > 0) {
    const began = io.now()
    yield* io.receive(grace * 1000)
    grace -= Math.floor((io.now() - began) / 1000)
  }
  const timeout = Math.max(MINIMUM_GRACE, grace)
  const stopped = yield* cri(io, 'StopContainer', { id: kill.id, timeout })
  return stopped.ok ? '' : stopped.error.message
}

function graceOf(pod: Pod, container: Container | undefined, reason: KillContainer['reason']): number {
  if (pod.metadata.deletionGracePeriodSeconds !== undefined) return pod.metadata.deletionGracePeriodSeconds
  const probe = reason === 'startup' ? container?.startupProbe : reason === 'liveness' ? container?.livenessProbe : undefined
  return probe?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? MINIMUM_GRACE
}

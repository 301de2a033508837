// phase.ts: a Pod's phase from its containers' states.
// Models pkg/kubelet/kubelet_pods.go (getPhase)
// Differs: static Pods do not exist

import type { Container, ContainerStatus, Pod, PodStatus } from '../../api/pod.ts'
import { initContainers, isSidecar, restartsAfter } from './containers.ts'

/** `statuses`: those of init and app containers together. `begun`: its sandbox has an app container. `finalising`: the Pod is being torn down. */
export function phaseOf(pod: Pod, statuses: ContainerStatus[], begun: boolean, finalising: boolean): PodStatus['phase'] {
  const byName = new Map(statuses.map(s => [s.name, s]))
  const init = countInit(pod, byName)
  const app = countApps(pod, byName)
  if (init.failed) return 'Failed'
  const unknown = init.unknown + app.unknown
  const running = init.running + app.running
  const waiting = init.waiting + app.waiting
  if (init.pending || (init.pendingSidecar && !begun) || waiting > 0) return 'Pending'
  if (running > 0 && unknown === 0) return 'Running'
  if (running === 0 && app.stopped > 0 && unknown === 0) {
    if (!finalising && app.stopped !== app.final) return 'Running'
    return app.stopped === app.succeeded ? 'Succeeded' : 'Failed'
  }
  return 'Pending'
}

function countInit(pod: Pod, byName: Map<string, ContainerStatus>) {
  const count = { pending: false, failed: false, pendingSidecar: false, unknown: 0, running: 0, waiting: 0 }
  for (const container of initContainers(pod)) {
    const s = byName.get(container.name)
    if (isSidecar(container)) countSidecar(s, count)
    else if (s === undefined || s.state.running !== undefined) count.pending = true
    else if (s.state.terminated !== undefined) {
      if (s.state.terminated.exitCode !== 0 && !restartable(pod, container, s.state.terminated.exitCode)) count.failed = true
    } else if (s.lastState.terminated !== undefined) {
      if (s.lastState.terminated.exitCode !== 0 && !restartable(pod, container, s.lastState.terminated.exitCode)) count.failed = true
    } else count.pending = true
  }
  return count
}

function countSidecar(s: ContainerStatus | undefined, count: { pendingSidecar: boolean; unknown: number; running: number; waiting: number }): void {
  if (s === undefined) {
    count.unknown++
    return
  }
  if (s.state.running !== undefined) {
    if (s.started !== true) count.pendingSidecar = true
    count.running++
  } else if (s.state.terminated === undefined && s.lastState.terminated === undefined) {
    count.pendingSidecar = true
    count.waiting++
  }
}

function countApps(pod: Pod, byName: Map<string, ContainerStatus>) {
  const count = { unknown: 0, running: 0, waiting: 0, stopped: 0, succeeded: 0, final: 0 }
  for (const container of pod.spec.containers) {
    const s = byName.get(container.name)
    if (s === undefined) {
      count.unknown++
      continue
    }
    if (s.state.running !== undefined) count.running++
    else if (s.state.terminated !== undefined) {
      count.stopped++
      if (s.state.terminated.exitCode === 0) count.succeeded++
      if (!restartable(pod, container, s.state.terminated.exitCode)) count.final++
    } else if (s.lastState.terminated !== undefined) {
      count.stopped++
      if (!restartable(pod, container, s.lastState.terminated.exitCode)) count.final++
    } else count.waiting++
  }
  return count
}

const restartable = (pod: Pod, container: Container, exitCode: number): boolean => restartsAfter(pod, container, exitCode)

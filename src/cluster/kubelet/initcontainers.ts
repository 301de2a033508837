// initcontainers.ts: which init container is next, and which sidecars must stand beside it.
// Models pkg/kubelet/kuberuntime/kuberuntime_container.go (computeInitContainerActions)
// Differs: nothing known

import type { Pod } from '../../api/pod.ts'
import type { PodActions, ProbeResults } from './actions.ts'
import { containerHash, findStatus, initContainers, isSidecar, restartsAfter } from './containers.ts'
import type { PodRuntimeStatus } from './state.ts'

/** Adds to the actions; true if the app containers may run. `status` holds the containers of the sandbox in use. */
export function initContainerActions(pod: Pod, status: PodRuntimeStatus, probes: ProbeResults, podInitialized: boolean, actions: PodActions): boolean {
  const list = initContainers(pod)
  if (list.length === 0) return true
  const restarts: number[] = []
  let progressed = podInitialized
  let initialized = podInitialized
  for (let i = list.length - 1; i >= 0; i--) {
    const container = list[i]!
    const s = findStatus(status, container.name)
    if (s === undefined) {
      // With a Pod that is past its beginning, a sidecar that is gone comes back.
      if (progressed && isSidecar(container)) restarts.push(i)
      continue
    }
    const kill = (message: string, reason: 'startup' | 'liveness' | '' | 'unknown') => actions.toKill.push({ id: s.id, name: s.name, message, reason })
    if (isSidecar(container)) {
      if (s.state === 'RUNNING') {
        if (s.hash !== containerHash(container)) {
          kill(`Init container ${container.name} definition changed`, '')
          restarts.push(i)
        } else if (container.startupProbe !== undefined && probes.startup(s.id) === 'Failure') {
          kill(`Init container ${container.name} failed startup probe`, 'startup')
          restarts.push(i)
        } else if (probes.liveness(s.id) === 'Failure') {
          kill(`Init container ${container.name} failed liveness probe`, 'liveness')
          restarts.push(i)
        } else if (!progressed && (container.startupProbe === undefined || probes.startup(s.id) === 'Success')) {
          if (i === list.length - 1) initialized = true
          else restarts.push(i + 1)
        }
      } else {
        if (s.state === 'UNKNOWN') kill(`Init container is in "unknown" state, try killing it before restart`, 'unknown')
        restarts.push(i)
      }
      progressed = true
      continue
    }
    if (progressed) continue
    progressed = true
    switch (s.state) {
      case 'RUNNING':
        break
      case 'EXITED':
        if (s.exitCode === 0) {
          if (i === list.length - 1) initialized = true
          else restarts.push(i + 1)
        } else if (restartsAfter(pod, container, s.exitCode)) restarts.push(i)
        else {
          actions.killPod = true
          actions.initToStart = []
          return false
        }
        break
      default:
        if (s.state === 'UNKNOWN') kill(`Init container is in "unknown" state, try killing it before restart`, 'unknown')
        restarts.push(i)
    }
  }
  if (!progressed) restarts.push(0)
  actions.initToStart = restarts.sort((a, b) => a - b)
  return initialized
}

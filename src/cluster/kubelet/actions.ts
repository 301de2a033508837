// actions.ts: what has to be done in the runtime so that a Pod is as its spec says.
// Models pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions) and kuberuntime/util/util.go (PodSandboxChanged)
// Differs: resizes join in resize.ts; a restart of all containers by rule is a restart of the one that asked for it

import type { Pod } from '../../api/pod.ts'
import { activeStatuses, containerHash, findStatus, initContainers, restartsAfterProbe, shouldBeRestarted } from './containers.ts'
import { initContainerActions } from './initcontainers.ts'
import type { PodRuntimeStatus, ProbeResult } from './state.ts'

export interface KillContainer {
  id: string
  name: string
  message: string
  reason: '' | 'startup' | 'liveness' | 'unknown'
}

export interface PodActions {
  killPod: boolean
  createSandbox: boolean
  attempt: number
  /** Init containers to start, as indices; sidecars may come together with the next regular one. */
  initToStart: number[]
  /** App containers to start, as indices. */
  toStart: number[]
  ephemeralToStart: number[]
  toKill: KillContainer[]
}

/** What the probes last said of a container, by its id. */
export interface ProbeResults {
  liveness(id: string): ProbeResult | undefined
  startup(id: string): ProbeResult | undefined
}

/** First match of the table of sandboxes: is a new one needed, why, and which attempt would it be? */
export function sandboxChanged(pod: Pod, status: PodRuntimeStatus): { changed: boolean; attempt: number; id: string; message: string } {
  const newest = status.sandboxes[0]
  if (newest === undefined) return { changed: true, attempt: 0, id: '', message: 'no pod sandbox exists' }
  const ready = status.sandboxes.filter(x => x.state === 'READY').length
  const changed = (message: string) => ({ changed: true, attempt: newest.attempt + 1, id: newest.id, message })
  if (ready > 1) return changed('multiple pod sandboxes are ready and need to be reconciled')
  if (newest.state !== 'READY') return changed('pod sandbox is not ready')
  if (newest.hostNetwork !== (pod.spec.hostNetwork === true)) return changed('network namespace mode changed and sandbox needs to be recreated')
  if (!newest.hostNetwork && newest.ip === '') return changed('pod sandbox has no IP address')
  return { changed: false, attempt: newest.attempt, id: newest.id, message: '' }
}

export function computePodActions(pod: Pod, status: PodRuntimeStatus, probes: ProbeResults): PodActions {
  const { changed, attempt } = sandboxChanged(pod, status)
  const actions: PodActions = { killPod: changed, createSandbox: changed, attempt, initToStart: [], toStart: [], ephemeralToStart: [], toKill: [] }
  if (changed) return withNewSandbox(pod, status, actions)
  const ephemeral = pod.spec.ephemeralContainers ?? []
  ephemeral.forEach((c, i) => {
    if (findStatus(status, c.name) === undefined) actions.ephemeralToStart.push(i)
  })
  const initialized = hasAnyAppContainer(pod, status)
  const initDone = initContainerActions(pod, activeOnly(status), probes, initialized, actions)
  if (actions.killPod || !initDone) return actions
  const keepInit = actions.toKill.length
  let keep = 0
  pod.spec.containers.forEach((container, i) => {
    if (appContainer(pod, container, i, status, probes, actions)) keep++
  })
  if (keep === 0 && actions.toStart.length === 0) {
    actions.killPod = true
    actions.initToStart = []
    actions.toKill.length = keepInit
  }
  return actions
}

/** Everything begins again, with the first init container. */
function withNewSandbox(pod: Pod, status: PodRuntimeStatus, actions: PodActions): PodActions {
  if (pod.spec.restartPolicy === 'Never' && actions.attempt !== 0 && status.containers.length > 0) {
    const anyRestarts = pod.spec.containers.some(c => c.restartPolicy !== undefined && shouldBeRestarted(pod, c, status))
    if (!anyRestarts) return { ...actions, createSandbox: false }
  }
  pod.spec.containers.forEach((container, i) => {
    const s = findStatus(status, container.name)
    const policy = container.restartPolicy ?? pod.spec.restartPolicy
    if (s?.state === 'EXITED' && s.exitCode === 0 && policy === 'OnFailure') return
    actions.toStart.push(i)
  })
  if (actions.toStart.length === 0) {
    const existed = pod.spec.containers.some(c => findStatus(status, c.name) !== undefined)
    if (existed) actions.createSandbox = false
    return actions
  }
  if (initContainers(pod).length > 0) {
    actions.initToStart = [0]
    actions.toStart = []
  }
  return actions
}

/** Decides on one app container; true if it is kept as it is. */
function appContainer(
  pod: Pod,
  container: Pod['spec']['containers'][number],
  i: number,
  status: PodRuntimeStatus,
  probes: ProbeResults,
  actions: PodActions,
): boolean {
  const s = findStatus(status, container.name)
  if (s === undefined || s.state !== 'RUNNING') {
    if (!shouldBeRestarted(pod, container, status)) return false
    actions.toStart.push(i)
    if (s?.state === 'UNKNOWN')
      actions.toKill.push({ id: s.id, name: s.name, message: 'Container is in "unknown" state, try killing it before restart', reason: 'unknown' })
    return false
  }
  let message = ''
  let reason: KillContainer['reason'] = ''
  let restart = restartsAfterProbe(pod, container)
  if (s.hash !== containerHash(container)) {
    message = `Container ${container.name} definition changed`
    restart = true
  } else if (probes.liveness(s.id) === 'Failure') {
    message = `Container ${container.name} failed liveness probe`
    reason = 'liveness'
  } else if (probes.startup(s.id) === 'Failure') {
    message = `Container ${container.name} failed startup probe`
    reason = 'startup'
  } else return true
  if (restart) {
    message += ', will be restarted'
    actions.toStart.push(i)
  }
  actions.toKill.push({ id: s.id, name: s.name, message, reason })
  return false
}

const activeOnly = (status: PodRuntimeStatus): PodRuntimeStatus => ({ sandboxes: status.sandboxes, containers: activeStatuses(status) })

/** Once an app container exists in the sandbox, init containers are over. */
export function hasAnyAppContainer(pod: Pod, status: PodRuntimeStatus): boolean {
  const active = activeStatuses(status)
  return pod.spec.containers.some(c => active.some(s => s.name === c.name))
}

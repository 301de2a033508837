// conditions.ts: the conditions of a Pod that the kubelet owns.
// Models pkg/kubelet/status/generate.go
// Differs: conditions of a resize are made in resize.ts

import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../../api/pod.ts'
import { sandboxChanged } from './actions.ts'
import { initContainers, isSidecar } from './containers.ts'
import type { PodRuntimeStatus } from './state.ts'

const OWNED = new Set([
  'PodScheduled',
  'Ready',
  'Initialized',
  'ContainersReady',
  'PodReadyToStartContainers',
  'PodResizePending',
  'PodResizeInProgress',
  'AllContainersRestarting',
])

/** DisruptionTarget is shared: the kubelet sets it, others too. */
export const ownedByKubelet = (type: string): boolean => OWNED.has(type)

const condition = (pod: Pod, type: string, status: 'True' | 'False', reason?: string, message?: string): PodCondition => {
  const made: PodCondition = { type, status, lastProbeTime: null }
  if (pod.metadata.generation !== undefined) made.observedGeneration = pod.metadata.generation
  if (reason !== undefined) made.reason = reason
  if (message !== undefined) made.message = message
  return made
}

export function sandboxCondition(pod: Pod, status: PodRuntimeStatus): PodCondition {
  const { changed, message } = sandboxChanged(pod, status)
  if (changed) return condition(pod, 'PodReadyToStartContainers', 'False', 'PodSandboxNotReady', message)
  return condition(pod, 'PodReadyToStartContainers', 'True')
}

export function initializedCondition(pod: Pod, statuses: ContainerStatus[], phase: PodStatus['phase']): PodCondition {
  if (phase === 'Succeeded') return condition(pod, 'Initialized', 'True', 'PodCompleted')
  const byName = new Map(statuses.map(s => [s.name, s]))
  // Init containers are over once an app container has started.
  const started = pod.spec.containers.some(c => {
    const s = byName.get(c.name)
    return s !== undefined && (s.state.running !== undefined || s.state.terminated !== undefined || s.lastState.terminated !== undefined)
  })
  if (started) return condition(pod, 'Initialized', 'True')
  const unknown: string[] = []
  const incomplete: string[] = []
  for (const c of initContainers(pod)) {
    const s = byName.get(c.name)
    if (s === undefined) unknown.push(c.name)
    else if (isSidecar(c) ? s.started !== true : !s.ready) incomplete.push(c.name)
  }
  if (unknown.length === 0 && incomplete.length === 0) return condition(pod, 'Initialized', 'True')
  return condition(pod, 'Initialized', 'False', 'ContainersNotInitialized', lists(unknown, incomplete, 'incomplete'))
}

export function containersReadyCondition(pod: Pod, statuses: ContainerStatus[] | undefined, phase: PodStatus['phase'], type = 'ContainersReady'): PodCondition {
  if (statuses === undefined) return condition(pod, type, 'False', 'UnknownContainerStatuses')
  if (phase === 'Succeeded') return condition(pod, type, 'False', 'PodCompleted')
  if (phase === 'Failed') return condition(pod, type, 'False', 'PodFailed')
  const byName = new Map(statuses.map(s => [s.name, s]))
  const unknown: string[] = []
  const unready: string[] = []
  for (const c of [...initContainers(pod).filter(isSidecar), ...pod.spec.containers]) {
    const s = byName.get(c.name)
    if (s === undefined) unknown.push(c.name)
    else if (!s.ready) unready.push(c.name)
  }
  if (unknown.length === 0 && unready.length === 0) return condition(pod, type, 'True')
  return condition(pod, type, 'False', 'ContainersNotReady', lists(unknown, unready, 'unready'))
}

/** Containers and gates. `conditions`: those that others own. */
export function readyCondition(pod: Pod, conditions: PodCondition[], statuses: ContainerStatus[] | undefined, phase: PodStatus['phase']): PodCondition {
  const containers = containersReadyCondition(pod, statuses, phase, 'Ready')
  if (containers.status !== 'True') return containers
  const problems: string[] = []
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const gate = conditions.find(c => c.type === conditionType)
    if (gate === undefined) problems.push(`corresponding condition of pod readiness gate ${JSON.stringify(conditionType)} does not exist.`)
    else if (gate.status !== 'True') problems.push(`the status of pod readiness gate ${JSON.stringify(conditionType)} is not "True", but ${gate.status}`)
  }
  if (problems.length > 0) return condition(pod, 'Ready', 'False', 'ReadinessGatesNotReady', problems.join(', '))
  return condition(pod, 'Ready', 'True')
}

export const scheduledCondition = (pod: Pod): PodCondition => condition(pod, 'PodScheduled', 'True')

function lists(unknown: string[], others: string[], word: string): string {
  const texts: string[] = []
  if (unknown.length > 0) texts.push(`containers with unknown status: [${unknown.join(' ')}]`)
  if (others.length > 0) texts.push(`containers with ${word} status: [${others.join(' ')}]`)
  return texts.join(', ')
}

// conditions.ts: the status of a Deployment: its counts, and whether it is available, progressing, stuck. Pure.
// Models k8s.io/kubernetes/pkg/controller/deployment/{sync,progress}.go and util/deployment_util.go
// Differs: a Deployment that was complete once is not looked at again and again for a deadline that cannot pass

import { parseTime, rfc3339 } from '../../../api/time.ts'
import type { Deployment, DeploymentStatus, ReplicaSet, WorkloadCondition } from '../../../api/workloads.ts'
import { quote } from '../state.ts'
import { countOf, maxUnavailable, sizeOf } from './sizes.ts'

export const PAUSED = 'DeploymentPaused'
export const RESUMED = 'DeploymentResumed'
export const TIMED_OUT = 'ProgressDeadlineExceeded'
export const NEW_AVAILABLE = 'NewReplicaSetAvailable'
const MAX_INT32 = 2_147_483_647

export const hasProgressDeadline = (d: Deployment): boolean => d.spec.progressDeadlineSeconds !== undefined && d.spec.progressDeadlineSeconds !== MAX_INT32

export const conditionOf = (status: DeploymentStatus | undefined, type: string): WorkloadCondition | undefined => status?.conditions?.find(c => c.type === type)

export function condition(type: string, status: 'True' | 'False' | 'Unknown', reason: string, message: string, now: number): WorkloadCondition {
  return { type, status, lastUpdateTime: rfc3339(now), lastTransitionTime: rfc3339(now), reason, message }
}

/** Sets a condition; one with the same status and reason stays as it is, one with the same status keeps its transition time. */
export function setCondition(status: DeploymentStatus, made: WorkloadCondition): DeploymentStatus {
  const before = conditionOf(status, made.type)
  if (before && before.status === made.status && before.reason === made.reason) return status
  const kept = before && before.status === made.status ? { ...made, lastTransitionTime: before.lastTransitionTime } : made
  return { ...status, conditions: [...(status.conditions ?? []).filter(c => c.type !== made.type), kept] }
}

export function removeCondition(status: DeploymentStatus, type: string): DeploymentStatus {
  if (!conditionOf(status, type)) return status
  const { conditions, ...rest } = status
  const left = conditions!.filter(c => c.type !== type)
  return left.length > 0 ? { ...rest, conditions: left } : rest
}

export function calculateStatus(d: Deployment, newRs: ReplicaSet | undefined, old: ReplicaSet[], now: number): DeploymentStatus {
  const all = newRs ? [...old, newRs] : old
  const available = countOf(all, 'availableReplicas')
  const n: Record<string, number> = {
    observedGeneration: d.metadata.generation ?? 0,
    replicas: countOf(all, 'replicas'),
    updatedReplicas: countOf([newRs], 'replicas'),
    readyReplicas: countOf(all, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sizeOf(all) - available),
  }
  const status: DeploymentStatus = {}
  for (const field in n) if (n[field] !== 0) (status as any)[field] = n[field]
  const terminating = all.map(rs => rs.status?.terminatingReplicas)
  if (terminating.every(t => t !== undefined)) status.terminatingReplicas = terminating.reduce((sum: number, t) => sum + t!, 0)
  if (d.status?.collisionCount !== undefined) status.collisionCount = d.status.collisionCount
  if (d.status?.conditions?.length) status.conditions = d.status.conditions
  const enough = available >= d.spec.replicas - maxUnavailable(d)
  return setCondition(
    status,
    enough
      ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
      : condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', now),
  )
}

/** The status in the course of a rollout: progress is judged against the stored status, the deadline against the last progress. */
export function rolloutStatus(d: Deployment, newRs: ReplicaSet | undefined, old: ReplicaSet[], now: number): DeploymentStatus {
  let status = calculateStatus(d, newRs, old, now)
  if (!hasProgressDeadline(d)) status = removeCondition(status, 'Progressing')
  const current = conditionOf(d.status, 'Progressing')
  const wasComplete = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === NEW_AVAILABLE
  if (hasProgressDeadline(d) && !wasComplete) {
    const who = newRs ? `ReplicaSet ${quote(newRs.metadata.name)}` : `Deployment ${quote(d.metadata.name)}`
    if (isComplete(d, status)) status = setCondition(status, condition('Progressing', 'True', NEW_AVAILABLE, `${who} has successfully progressed.`, now))
    else if (isProgressing(d, status)) {
      const made = condition('Progressing', 'True', 'ReplicaSetUpdated', `${who} is progressing.`, now)
      if (current?.status === 'True') made.lastTransitionTime = current.lastTransitionTime
      status = setCondition(removeCondition(status, 'Progressing'), made)
    } else if (isTimedOut(d, status, now)) status = setCondition(status, condition('Progressing', 'False', TIMED_OUT, `${who} has timed out progressing.`, now))
  }
  const failure = failureOf(newRs, old)
  return failure ? setCondition(status, failure) : removeCondition(status, 'ReplicaFailure')
}

/** All replicas are updated and available, and nothing else is there. */
export function isComplete(d: Deployment, status: DeploymentStatus | undefined): boolean {
  const wanted = d.spec.replicas
  return (
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted &&
    (status?.availableReplicas ?? 0) === wanted &&
    (status?.observedGeneration ?? 0) >= (d.metadata.generation ?? 0)
  )
}

function isProgressing(d: Deployment, status: DeploymentStatus): boolean {
  const n = (s: DeploymentStatus | undefined, field: 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas') => s?.[field] ?? 0
  return (
    n(status, 'updatedReplicas') > n(d.status, 'updatedReplicas') ||
    n(status, 'replicas') - n(status, 'updatedReplicas') < n(d.status, 'replicas') - n(d.status, 'updatedReplicas') ||
    n(status, 'readyReplicas') > n(d.status, 'readyReplicas') ||
    n(status, 'availableReplicas') > n(d.status, 'availableReplicas')
  )
}

function isTimedOut(d: Deployment, status: DeploymentStatus, now: number): boolean {
  const current = conditionOf(status, 'Progressing')
  if (!current || current.reason === NEW_AVAILABLE) return false
  if (current.reason === TIMED_OUT) return true
  return (parseTime(current.lastUpdateTime) ?? 0) + d.spec.progressDeadlineSeconds * 1000 < now
}

/** When to look again whether the deadline has passed, ms from now; undefined: no need. */
export function deadlineIn(d: Deployment, status: DeploymentStatus, now: number): number | undefined {
  const current = conditionOf(d.status, 'Progressing')
  if (!hasProgressDeadline(d) || !current || isComplete(d, status) || current.reason === TIMED_OUT || current.reason === NEW_AVAILABLE) return undefined
  return (parseTime(current.lastUpdateTime) ?? 0) + d.spec.progressDeadlineSeconds * 1000 - now
}

/** The failure of the new ReplicaSet, else of an old one. */
function failureOf(newRs: ReplicaSet | undefined, old: ReplicaSet[]): WorkloadCondition | undefined {
  for (const rs of newRs ? [newRs, ...old] : old) {
    const failure = rs.status?.conditions?.find(c => c.type === 'ReplicaFailure')
    if (failure)
      return {
        type: 'ReplicaFailure',
        status: failure.status,
        lastUpdateTime: failure.lastTransitionTime,
        lastTransitionTime: failure.lastTransitionTime,
        reason: failure.reason,
        message: failure.message,
      }
  }
  return undefined
}

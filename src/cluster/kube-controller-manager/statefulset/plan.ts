// plan.ts: a StatefulSet's pods by their numbers, and its status. Pure.
// Models k8s.io/kubernetes/pkg/controller/statefulset/stateful_set_control.go
// Differs: nothing known

import type { Pod } from '../../../api/pod.ts'
import type { ControllerRevision, StatefulSet } from '../../../api/workloads.ts'
import { scaledValue } from '../intstr.ts'
import {
  isCreated,
  isInRange,
  isOrdered,
  isRunningAndAvailable,
  isRunningAndReady,
  isTerminating,
  isUnavailable,
  ordinalOf,
  podFor,
  revisionOf,
  startOf,
} from './identity.ts'

/** A revision as the plan needs it: its name and template. */
export interface Revision {
  name: string
  template: any
}

export interface Slots {
  /** By number; pods that are not there yet as they are to be created. */
  replicas: Pod[]
  /** Pods out of range, highest number first. */
  condemned: Pod[]
  firstUnavailable: Pod | undefined
}

export function slotsOf(set: StatefulSet, pods: Pod[], current: Revision, update: Revision, now: number): Slots {
  const start = startOf(set)
  const replicas: Pod[] = new Array(set.spec.replicas)
  const condemned: Pod[] = []
  for (const pod of pods) {
    if (isInRange(set, pod)) replicas[ordinalOf(set, pod) - start] = pod
    else if (ordinalOf(set, pod) >= 0) condemned.push(pod)
  }
  for (let i = 0; i < set.spec.replicas; i++) if (replicas[i] === undefined) replicas[i] = missingPod(set, current, update, start + i)
  condemned.sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a))
  const firstUnavailable = replicas.find(pod => isUnavailable(set, pod, now)) ?? [...condemned].reverse().find(pod => isUnavailable(set, pod, now))
  return { replicas, condemned, firstUnavailable }
}

/** Which revision a pod is made from that is not there. */
function missingPod(set: StatefulSet, current: Revision, update: Revision, ordinal: number): Pod {
  const { type, rollingUpdate } = set.spec.updateStrategy
  const limit = startOf(set) + (rollingUpdate ? (rollingUpdate.partition ?? 0) : (set.status?.currentReplicas ?? 0))
  const revision = type === 'RollingUpdate' && ordinal < limit ? current : update
  return { ...podFor(set, revision.template, revision.name, ordinal), status: undefined }
}

/** The old pods that a rolling update deletes now. */
export function podsToUpdate(set: StatefulSet, replicas: Pod[], update: Revision, now: number): Pod[] {
  const { rollingUpdate } = set.spec.updateStrategy
  const partition = rollingUpdate?.partition ?? 0
  const max = Math.max(1, scaledValue(rollingUpdate?.maxUnavailable ?? 1, set.spec.replicas, false))
  const outdated = (pod: Pod) => revisionOf(pod) !== update.name && !isTerminating(pod)
  const unavailable = replicas.filter(pod => isUnavailable(set, pod, now)).length
  const candidates = replicas.slice(partition).reverse()
  const stale = isOrdered(set) ? [] : candidates.filter(pod => outdated(pod) && isCreated(pod) && isUnavailable(set, pod, now))
  if (unavailable >= max && stale.length === 0) return []
  const budget = Math.max(0, max - unavailable)
  if (isOrdered(set)) return candidates.filter(outdated).slice(0, budget)
  return [...stale, ...candidates.filter(pod => outdated(pod) && !isUnavailable(set, pod, now)).slice(0, budget)]
}

/** What a sync works on; `replaced` counts the pods that it has deleted for the update. */
export interface Turn {
  set: StatefulSet
  pods: Pod[]
  revisions: ControllerRevision[]
  current: Revision
  update: Revision
  collisionCount: number
  replaced: number
}

/** The status with these pods; a finished update makes the new revision the current one. */
export function statusOf({ set, current, update, collisionCount, replaced }: Turn, pods: Pod[], now: number): StatefulSet['status'] {
  const n = { replicas: 0, ready: 0, available: 0, current: 0, updated: 0 }
  for (const pod of pods) {
    if (!isCreated(pod)) continue
    n.replicas++
    if (isRunningAndReady(pod)) {
      n.ready++
      if (isRunningAndAvailable(set, pod, now)) n.available++
    }
    if (isTerminating(pod)) continue
    if (revisionOf(pod) === current.name) n.current++
    if (revisionOf(pod) === update.name) n.updated++
  }
  const complete = n.updated === set.spec.replicas && n.ready === set.spec.replicas && n.replicas === set.spec.replicas
  const status: StatefulSet['status'] = { replicas: n.replicas, availableReplicas: n.available }
  if (set.metadata.generation) status.observedGeneration = set.metadata.generation
  if (n.ready > 0) status.readyReplicas = n.ready
  const currentReplicas = complete ? n.updated : n.current - replaced
  if (currentReplicas !== 0) status.currentReplicas = currentReplicas
  if (n.updated > 0) status.updatedReplicas = n.updated
  status.currentRevision = complete ? update.name : current.name
  status.updateRevision = update.name
  status.collisionCount = collisionCount
  if (set.status?.conditions?.length) status.conditions = set.status.conditions
  return status
}

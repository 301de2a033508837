// changes.ts: what the scheduler makes of what it sees: Pods to decide about, Pods that take room, and changes that may help those who wait.
// Models k8s.io/kubernetes/pkg/scheduler/{eventhandlers.go,framework/events.go}
// Differs: nothing known

import type { Node } from '../../api/node.ts'
import { sameJson } from '../../api/patch.ts'
import type { Pod } from '../../api/pod.ts'
import type { Io } from '../../kernel/machine.ts'
import type { Change } from '../client/informer.ts'
import { addNode, isAssumed, placePod, removeNode, unplacePod, updateNode } from './cache.ts'
import type { ClusterChange } from './framework.ts'
import { podInfo, podInfoAfter, type Resources } from './nodeinfo.ts'
import { enqueue, move, type QueuedPod, remove, update } from './queue.ts'
import { rulesOf, type SchedulerState } from './state.ts'

/** Tells all who wait, unless nobody does. */
export function tell(state: SchedulerState, io: Io, change: ClusterChange, of?: (item: QueuedPod) => boolean): void {
  if (state.queue.unschedulable.size > 0 || state.queue.inFlight.size > 0) move(state.queue, io, rulesOf(state), change, of)
}

const isAssigned = (pod: Pod): boolean => !!pod.spec.nodeName
const isMine = (state: SchedulerState, pod: Pod): boolean => pod.spec.schedulerName === (state.config.schedulerName ?? 'default-scheduler')

export function podChanged(state: SchedulerState, io: Io, change: Change<Pod>): void {
  const pod = change.object
  if (change.type === 'delete') {
    if (isAssigned(pod)) assignedGone(state, io, pod)
    else if (isMine(state, pod)) unassignedGone(state, io, pod)
    return
  }
  const old = change.type === 'update' ? change.old : undefined
  if (old && old.metadata.uid !== pod.metadata.uid) {
    podChanged(state, io, { type: 'delete', object: old })
    podChanged(state, io, { type: 'add', object: pod })
  } else if (isAssigned(pod)) {
    if (old && isAssigned(old)) assignedUpdated(state, io, old, pod)
    else nowAssigned(state, io, pod)
  } else if (isMine(state, pod)) {
    if (old) unassignedUpdated(state, io, old, pod)
    else {
      nominate(state, pod, pod.status?.nominatedNodeName ?? '')
      enqueue(state.queue, io, rulesOf(state), pod)
    }
  }
}

/** Keeps in mind which node the Pod waits for; '' for none. */
export function nominate(state: SchedulerState, pod: Pod, node: string): void {
  if (node === '') state.nominated.delete(pod.metadata.uid)
  else state.nominated.set(pod.metadata.uid, { pod: podInfo(pod), node })
}

function nowAssigned(state: SchedulerState, io: Io, pod: Pod): void {
  const { uid } = pod.metadata
  placePod(state.cache, podInfoAfter(state.cache.placed.get(uid)?.pod, pod), pod.spec.nodeName!, false)
  state.nominated.delete(uid)
  remove(state.queue, uid)
  tell(state, io, { resource: 'AssignedPod', action: 'Add', now: pod })
}

function assignedUpdated(state: SchedulerState, io: Io, old: Pod, pod: Pod): void {
  placePod(state.cache, podInfoAfter(state.cache.placed.get(pod.metadata.uid)?.pod, pod), pod.spec.nodeName!, false)
  if (state.queue.unschedulable.size === 0 && state.queue.inFlight.size === 0) return
  for (const action of podActions(old, pod)) tell(state, io, { resource: 'AssignedPod', action, old, now: pod })
}

function assignedGone(state: SchedulerState, io: Io, pod: Pod): void {
  unplacePod(state.cache, pod.metadata.uid)
  tell(state, io, { resource: 'AssignedPod', action: 'Delete', old: pod })
}

function unassignedUpdated(state: SchedulerState, io: Io, old: Pod, pod: Pod): void {
  const { uid } = pod.metadata
  if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return
  if (isAssumed(state.cache, uid)) {
    if (pod.metadata.deletionTimestamp && !old.metadata.deletionTimestamp) assignedGone(state, io, pod)
    return
  }
  const [before, after] = [old.status?.nominatedNodeName ?? '', pod.status?.nominatedNodeName ?? '']
  if (before !== after) nominate(state, pod, after)
  else if (state.nominated.has(uid)) nominate(state, pod, state.nominated.get(uid)!.node)
  const changes = podActions(old, pod).map(action => ({ resource: 'TargetPod', action, old, now: pod }))
  update(state.queue, io, rulesOf(state), pod, changes)
  if (before !== '' && before !== after) freed(state, io, old)
}

function unassignedGone(state: SchedulerState, io: Io, pod: Pod): void {
  const { uid } = pod.metadata
  remove(state.queue, uid)
  state.preempting.delete(uid)
  if (isAssumed(state.cache, uid)) assignedGone(state, io, pod)
  if (state.nominated.delete(uid)) freed(state, io, pod)
}

/** Room that a nominated Pod had claimed is free again, for those that do not matter more. */
function freed(state: SchedulerState, io: Io, pod: Pod): void {
  const priority = pod.spec.priority ?? 0
  tell(state, io, { resource: 'AssignedPod', action: 'Delete', old: pod }, item => (item.pod.spec.priority ?? 0) <= priority)
}

/** All kinds of change between two versions of a Pod. */
export function podActions(old: Pod, pod: Pod): string[] {
  const out: string[] = []
  if (old.metadata.labels !== pod.metadata.labels && !sameJson(old.metadata.labels ?? {}, pod.metadata.labels ?? {})) out.push('UpdatePodLabel')
  const [before, after] = [podInfo(old).used, podInfo(pod).used]
  if (anyLower(before, after)) out.push('UpdatePodScaleDown')
  if (anyLower(after, before)) out.push('UpdatePodScaleUp')
  if ((old.spec.schedulingGates ?? []).length > 0 && (pod.spec.schedulingGates ?? []).length === 0) out.push('UpdatePodSchedulingGatesEliminated')
  if ((old.spec.tolerations ?? []).length !== (pod.spec.tolerations ?? []).length) out.push('UpdatePodToleration')
  return out.length > 0 ? out : ['Update']
}

const anyLower = (before: Resources, after: Resources): boolean => Object.keys(before).some(name => (after[name] ?? 0) < before[name]!)

export function nodeChanged(state: SchedulerState, io: Io, change: Change<Node>): void {
  const node = change.object
  if (change.type === 'add') {
    addNode(state.cache, node)
    tell(state, io, { resource: 'Node', action: 'Add', now: node })
  } else if (change.type === 'delete') {
    tell(state, io, { resource: 'Node', action: 'Delete', old: node })
    removeNode(state.cache, node)
  } else {
    updateNode(state.cache, node)
    if (state.queue.unschedulable.size === 0 && state.queue.inFlight.size === 0) return
    for (const action of nodeActions(change.old, node)) tell(state, io, { resource: 'Node', action, old: change.old, now: node })
  }
}

const differ = (a: unknown, b: unknown): boolean => a !== b && !sameJson(a ?? null, b ?? null)

function nodeActions(old: Node, node: Node): string[] {
  const out: string[] = []
  if (old.spec.unschedulable && !node.spec.unschedulable) out.push('UpdateNodeTaint')
  if (differ(old.status?.allocatable, node.status?.allocatable)) out.push('UpdateNodeAllocatable')
  if (differ(old.metadata.labels, node.metadata.labels)) out.push('UpdateNodeLabel')
  if (differ(old.spec.taints, node.spec.taints)) out.push('UpdateNodeTaint')
  if (differ(old.status?.declaredFeatures, node.status?.declaredFeatures)) out.push('UpdateNodeDeclaredFeature')
  return out
}

/** Storage and the like: the change itself is all there is to tell. */
export function otherChanged(resource: string): (state: SchedulerState, io: Io, change: Change) => void {
  return (state, io, change) => {
    if (resource === 'PersistentVolume') state.assumedVolumes.delete(change.object.metadata.name)
    if (resource === 'PersistentVolumeClaim') state.assumedClaims.delete(`${change.object.metadata.namespace}/${change.object.metadata.name}`)
    if (change.type === 'add') tell(state, io, { resource, action: 'Add', now: change.object })
    else if (change.type === 'update') tell(state, io, { resource, action: 'Update', old: change.old, now: change.object })
    else tell(state, io, { resource, action: 'Delete', old: change.object })
  }
}

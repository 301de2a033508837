// resize.ts: changes what running containers may use, in place.
// Models pkg/kubelet/allocation/allocation_manager.go, pkg/kubelet/events/resize.go and kuberuntime_manager.go (doPodResizeAction)
// Differs: deferred resizes are tried again when a Pod comes, goes, ends or is resized, not by the clock; the runtime never refuses; no pod-level resources

import { sameJson } from '../../api/patch.ts'
import type { Container, Pod, PodCondition, ResourceRequirements } from '../../api/pod.ts'
import { rfc3339 } from '../../api/time.ts'
import type { Io, RoutineIo, Steps } from '../../kernel/machine.ts'
import { recordEvent, referenceOf } from '../client/events.ts'
import type { PodActions } from './actions.ts'
import { insufficient } from './admission.ts'
import { cri } from './cri.ts'
import { ownNode } from './nodestatus.ts'
import type { Kubelet, PodRuntimeStatus } from './state.ts'

/** Resources by container name. */
export type Resources = Record<string, ResourceRequirements>

/** How far the resize of a Pod has come. */
export interface Resize {
  /** What the node has granted, and what each running container has, by its id. */
  allocated: Resources
  actual: Resources
  pending: { reason: 'Deferred' | 'Infeasible'; message: string; generation: number; since: string } | undefined
  inProgress: { generation: number; since: string } | undefined
}

const wishes = (pod: Pod): Resources => Object.fromEntries(pod.spec.containers.map(c => [c.name, c.resources ?? {}]))

export function resizeOf(s: Kubelet, pod: Pod): Resize {
  const { uid } = pod.metadata
  let resize = s.resizes.get(uid)
  if (resize === undefined) {
    resize = { allocated: wishes(pod), actual: {}, pending: undefined, inProgress: undefined }
    s.resizes.set(uid, resize)
  }
  return resize
}

/** The Pod with what the node has granted it, which may not be what it asks for. */
export function allocatedPod(s: Kubelet, pod: Pod): Pod {
  const allocated = s.resizes.get(pod.metadata.uid)?.allocated
  if (allocated === undefined || pod.spec.containers.every(c => sameJson(allocated[c.name], c.resources ?? {}))) return pod
  return { ...pod, spec: { ...pod.spec, containers: pod.spec.containers.map(c => ({ ...c, resources: allocated[c.name] ?? c.resources })) } }
}

/** A Pod asks for other resources than it has: grants them, or says why not. */
export function considerResize(s: Kubelet, io: Io, pod: Pod, others: Pod[]): void {
  const resize = resizeOf(s, pod)
  const wanted = wishes(pod)
  const generation = pod.metadata.generation ?? 0
  if (sameJson(resize.allocated, wanted)) {
    resize.pending = undefined
    return
  }
  const node = ownNode(s)
  const never = node === undefined ? undefined : insufficient(pod, node, [])
  const lacks = node === undefined ? undefined : (never ?? insufficient(pod, node, others))
  if (lacks !== undefined) {
    const reason = never === undefined ? 'Deferred' : 'Infeasible'
    const known = resize.pending
    if (known?.reason === reason && known.generation === generation) return
    resize.pending = { reason, message: lacks.message, generation, since: rfc3339(io.now) }
    tell(s, io, pod, 'Warning', `Resize${reason}`, `Pod resize ${never === undefined ? lacks.reason : reason}: ${detail(pod)}`)
    return
  }
  resize.allocated = wanted
  resize.pending = undefined
  resize.inProgress = { generation, since: rfc3339(io.now) }
  tell(s, io, pod, 'Normal', 'ResizeStarted', `Pod resize started: ${detail(pod)}`)
}

/** Pods that wait for room, longest first. */
export const deferred = (s: Kubelet): Pod[] =>
  [...s.pods.values()]
    .filter(p => s.resizes.get(p.metadata.uid)?.pending?.reason === 'Deferred')
    .sort((a, b) => (s.resizes.get(a.metadata.uid)!.pending!.since < s.resizes.get(b.metadata.uid)!.pending!.since ? -1 : 1))

function tell(s: Kubelet, io: Io, pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
  recordEvent(s.recorders['kubelet']!, io, referenceOf(pod), type, reason, message)
}

function detail(pod: Pod): string {
  const containers = pod.spec.containers.map(c => ({ name: c.name, resources: ordered(c.resources ?? {}) }))
  return JSON.stringify({ containers, generation: pod.metadata.generation ?? 0 })
}

const ordered = ({ limits, requests }: ResourceRequirements) => ({ ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) })

/** Conditions of a resize that waits or is under way. */
export function resizeConditions(s: Kubelet, pod: Pod): PodCondition[] {
  const resize = s.resizes.get(pod.metadata.uid)
  const made: PodCondition[] = []
  const make = (type: string, since: string, generation: number, extra: Partial<PodCondition>): PodCondition => ({
    type,
    status: 'True',
    lastProbeTime: since,
    lastTransitionTime: since,
    observedGeneration: generation,
    ...extra,
  })
  if (resize?.pending) {
    const { reason, message, generation, since } = resize.pending
    made.push(make('PodResizePending', since, generation, { reason, message }))
  }
  if (resize?.inProgress) made.push(make('PodResizeInProgress', resize.inProgress.since, resize.inProgress.generation, {}))
  return made
}

/** Running containers whose resources differ from what is granted: those that must be restarted join the actions. */
export function resizeActions(s: Kubelet, pod: Pod, runtime: PodRuntimeStatus, actions: PodActions): string[] {
  const resize = s.resizes.get(pod.metadata.uid)
  if (resize === undefined || actions.killPod) return []
  const update: string[] = []
  pod.spec.containers.forEach((container, i) => {
    const running = runtime.containers.find(c => c.name === container.name)
    if (running === undefined || running.state !== 'RUNNING' || actions.toKill.some(k => k.id === running.id)) return
    const has = resize.actual[running.id]
    const granted = resize.allocated[container.name] ?? {}
    if (has === undefined || sameJson(has, granted)) return
    if (!needsRestart(container, has, granted)) {
      update.push(container.name)
      return
    }
    actions.toKill.push({ id: running.id, name: container.name, message: `Container ${container.name} resize requires restart, will be restarted`, reason: '' })
    if (!actions.toStart.includes(i)) actions.toStart.push(i)
  })
  return update
}

function needsRestart(container: Container, has: ResourceRequirements, granted: ResourceRequirements): boolean {
  return (container.resizePolicy ?? []).some(
    p =>
      p.restartPolicy === 'RestartContainer' &&
      (has.limits?.[p.resourceName] !== granted.limits?.[p.resourceName] || has.requests?.[p.resourceName] !== granted.requests?.[p.resourceName]),
  )
}

/** Gives a running container what it was granted. Returns an error's text or ''. */
export function* updateResources(io: RoutineIo<Kubelet>, pod: Pod, name: string, id: string): Steps<string> {
  const resources = pod.spec.containers.find(c => c.name === name)?.resources ?? {}
  const updated = yield* cri(io, 'UpdateContainerResources', { id, resources })
  if (!updated.ok) return updated.error.message
  io.state(s => {
    const resize = s.resizes.get(pod.metadata.uid)
    if (resize !== undefined) resize.actual[id] = resources
  })
  return ''
}

/** A container was started with these resources. */
export function startedWith(s: Kubelet, pod: Pod, id: string, resources: ResourceRequirements): void {
  resizeOf(s, pod).actual[id] = resources
}

/** Is everything as granted? Then the resize is over. */
export function concludeResize(s: Kubelet, io: Io, pod: Pod, runtime: PodRuntimeStatus): void {
  const resize = s.resizes.get(pod.metadata.uid)
  if (resize?.inProgress === undefined) return
  for (const container of pod.spec.containers) {
    const running = runtime.containers.find(c => c.name === container.name && c.state === 'RUNNING')
    if (running !== undefined && !sameJson(resize.actual[running.id], resize.allocated[container.name])) return
  }
  resize.inProgress = undefined
  tell(s, io, pod, 'Normal', 'ResizeCompleted', `Pod resize completed: ${detail(pod)}`)
}

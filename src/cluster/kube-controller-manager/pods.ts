// pods.ts: judgements about one pod that many controllers share.
// Models k8s.io/kubernetes/pkg/api/v1/pod/util.go and pkg/controller/controller_utils.go
// Differs: nothing known

import type { KubeObject, OwnerReference } from '../../api/object.ts'
import type { Pod, PodCondition } from '../../api/pod.ts'
import { parseTime } from '../../api/time.ts'

export const podCondition = (pod: Pod, type: string): PodCondition | undefined => pod.status?.conditions?.find(c => c.type === type)

export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True'

export const isPodTerminal = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** Neither finished nor being deleted. */
export const isPodActive = (pod: Pod): boolean => !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined

export const isPodTerminating = (pod: Pod): boolean => !isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined

/** Ready for so many seconds at least. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  const wait = availableIn(pod, minReadySeconds, now)
  return wait !== undefined && wait <= 0
}

/** Milliseconds until a ready pod counts as available (not more than 0: it does now); undefined if it is not ready. */
export function availableIn(pod: Pod, minReadySeconds: number, now: number): number | undefined {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return undefined
  if (minReadySeconds === 0) return 0
  const since = parseTime(ready.lastTransitionTime)
  return since === undefined ? undefined : since + minReadySeconds * 1000 - now
}

/** When the next ready pod that is not available yet becomes it, ms from now; undefined if there is none. */
function nextAvailable(pods: Pod[], minReadySeconds: number, now: number): number | undefined {
  let next: number | undefined
  for (const pod of minReadySeconds === 0 ? [] : pods) {
    const wait = availableIn(pod, minReadySeconds, now)
    if (wait !== undefined && wait > 0 && (next === undefined || wait < next)) next = wait
  }
  return next
}

/**
 * When to look again, ms from now, where some pods are ready but were not yet available when that was judged: as soon as the next one is. What has
 * become available since was not seen then, so the moment of judging counts.
 */
export function nextLook(pods: Pod[], minReadySeconds: number, judgedAt: number, now: number): number {
  return (nextAvailable(pods, minReadySeconds, judgedAt) ?? minReadySeconds * 1000) + judgedAt - now
}

export const controllerOf = (object: KubeObject): OwnerReference | undefined => object.metadata.ownerReferences?.find(owner => owner.controller === true)

export const isDeleting = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined

export function ownerReference(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  }
}

/** A pod to be created from a template, owned by `owner`; its name is made by the API server. */
export function podFromTemplate(template: { metadata?: any; spec: any }, owner: KubeObject): any {
  const meta = template.metadata ?? {}
  const metadata: Record<string, unknown> = { generateName: podNamePrefix(owner.metadata.name) }
  if (meta.labels) metadata['labels'] = { ...meta.labels }
  if (meta.annotations) metadata['annotations'] = { ...meta.annotations }
  metadata['ownerReferences'] = [ownerReference(owner)]
  if (meta.finalizers) metadata['finalizers'] = [...meta.finalizers]
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec, status: {} }
}

/** The dash goes where the prefix alone would be too long a name. */
function podNamePrefix(controller: string): string {
  return controller.length + 1 <= 253 ? `${controller}-` : controller
}

/** Semantic equality of JSON values: a missing field, null, {} and [] count as the same. */
export function same(a: any, b: any): boolean {
  if (a === b) return true
  const [emptyA, emptyB] = [isEmpty(a), isEmpty(b)]
  if (emptyA || emptyB) return emptyA && emptyB
  if (typeof a !== 'object' || typeof b !== 'object' || Array.isArray(a) !== Array.isArray(b)) return false
  if (Array.isArray(a)) return a.length === b.length && a.every((x, i) => same(x, b[i]))
  for (const key in a) if (!same(a[key], b[key])) return false
  for (const key in b) if (!(key in a) && !isEmpty(b[key])) return false
  return true
}

function isEmpty(value: any): boolean {
  if (value === undefined || value === null) return true
  if (typeof value !== 'object') return false
  for (const _ in value) return false
  return true
}

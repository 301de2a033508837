// identity.ts: the pods of a StatefulSet: their names, labels and volumes, and what state each is in. Pure.
// Models k8s.io/kubernetes/pkg/controller/statefulset/stateful_set_utils.go
// Differs: nothing known

import type { Pod } from '../../../api/pod.ts'
import type { StatefulSet } from '../../../api/workloads.ts'
import { REVISION_LABEL } from '../history.ts'
import { isPodAvailable, isPodReady, podFromTemplate } from '../pods.ts'

export const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name'
export const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index'

export const startOf = (set: StatefulSet): number => set.spec.ordinals?.start ?? 0
export const isOrdered = (set: StatefulSet): boolean => set.spec.podManagementPolicy !== 'Parallel'

/** The number at the end of a pod's name; -1 if it is none of this set's. */
export function ordinalOf(set: StatefulSet, pod: { metadata: { name: string } }): number {
  const m = /^(.*)-(\d+)$/.exec(pod.metadata.name)
  return m !== null && m[1] === set.metadata.name ? Number(m[2]) : -1
}

/** Is its number one of those that the set wants? */
export function isInRange(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(set, pod)
  return ordinal >= startOf(set) && ordinal < startOf(set) + set.spec.replicas
}

export const revisionOf = (pod: Pod): string => pod.metadata.labels?.[REVISION_LABEL] ?? ''

/** Pods that are only planned have no phase. */
export const isCreated = (pod: Pod): boolean => (pod.status?.phase as string | undefined) !== undefined && (pod.status.phase as string) !== ''
export const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined
export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isPodReady(pod)
export const isRunningAndAvailable = (set: StatefulSet, pod: Pod, now: number): boolean => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)
export const isUnavailable = (set: StatefulSet, pod: Pod, now: number): boolean => !isRunningAndAvailable(set, pod, now) || isTerminating(pod)

/** The pod for an ordinal, from the template of a revision. */
export function podFor(set: StatefulSet, template: any, revision: string, ordinal: number): any {
  const pod = podFromTemplate(template, set)
  const name = `${set.metadata.name}-${ordinal}`
  const labels = { ...pod.metadata.labels, [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: String(ordinal), [REVISION_LABEL]: revision }
  const metadata = { ...pod.metadata, name, namespace: set.metadata.namespace, labels }
  const spec = { ...pod.spec, hostname: name }
  if (set.spec.serviceName) spec.subdomain = set.spec.serviceName
  const volumes = withClaims(set, ordinal, spec.volumes)
  if (volumes) spec.volumes = volumes
  return { ...pod, metadata, spec }
}

export const claimName = (set: StatefulSet, template: any, ordinal: number): string => `${template.metadata.name}-${set.metadata.name}-${ordinal}`

function withClaims(set: StatefulSet, ordinal: number, volumes: any[] | undefined): any[] | undefined {
  const templates = set.spec.volumeClaimTemplates ?? []
  if (templates.length === 0) return volumes
  const claims = templates.map(t => ({ name: t.metadata.name, persistentVolumeClaim: { claimName: claimName(set, t, ordinal) } }))
  return [...claims, ...(volumes ?? []).filter(v => !claims.some(c => c.name === v.name))]
}

/** Does a pod still carry what makes it the set's member with its number? */
export const hasIdentity = (set: StatefulSet, pod: Pod): boolean => ordinalOf(set, pod) >= 0 && pod.metadata.labels?.[POD_NAME_LABEL] === pod.metadata.name

/** Has it a volume for each claim? */
export function hasStorage(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(set, pod)
  const volumes = pod.spec.volumes ?? []
  return (set.spec.volumeClaimTemplates ?? []).every(t =>
    volumes.some((v: any) => v.name === t.metadata.name && v.persistentVolumeClaim?.claimName === claimName(set, t, ordinal)),
  )
}

export function withIdentity(set: StatefulSet, pod: Pod): Pod {
  const labels = { ...pod.metadata.labels, [POD_NAME_LABEL]: pod.metadata.name, [POD_INDEX_LABEL]: String(ordinalOf(set, pod)) }
  return { ...pod, metadata: { ...pod.metadata, labels } }
}

export const withStorage = (set: StatefulSet, pod: Pod): Pod =>
  ({ ...pod, spec: { ...pod.spec, volumes: withClaims(set, ordinalOf(set, pod), pod.spec.volumes) } }) as Pod

// history.ts: ControllerRevisions: the templates that a StatefulSet or DaemonSet has had.
// Models k8s.io/kubernetes/pkg/controller/history/controller_history.go
// Differs: nothing known

import type { KubeObject } from '../../api/object.ts'
import type { ControllerRevision } from '../../api/workloads.ts'
import { ownerReference } from './pods.ts'

export const REVISION_LABEL = 'controller-revision-hash'

/** The template as a strategic merge patch that puts it back. */
export function templatePatch(set: { spec: { template: any } }): any {
  return { spec: { template: { ...set.spec.template, $patch: 'replace' } } }
}

/** As Go's encoding/json writes it: keys sorted, no spaces, `<`, `>` and `&` escaped. */
export function goJson(value: any): string {
  if (value === null || typeof value !== 'object') return escaped(JSON.stringify(value))
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  const keys = Object.keys(value)
    .filter(key => value[key] !== undefined)
    .sort()
  return `{${keys.map(key => `${escaped(JSON.stringify(key))}:${goJson(value[key])}`).join(',')}}`
}

const escaped = (json: string): string => json.replace(/[<>&\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

export function newRevision(
  owner: KubeObject,
  name: string,
  labels: Record<string, string>,
  data: any,
  revision: number,
): Omit<ControllerRevision, 'metadata'> & { metadata: any } {
  const metadata: Record<string, unknown> = { name, namespace: owner.metadata.namespace, labels, ownerReferences: [ownerReference(owner)] }
  if (owner.metadata.annotations) metadata['annotations'] = owner.metadata.annotations
  return { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata, data, revision }
}

export const highestRevision = (revisions: ControllerRevision[]): number => revisions.reduce((max, r) => Math.max(max, r.revision), 0)

/** By revision, then by age, then by name. */
export function byRevision(revisions: ControllerRevision[]): ControllerRevision[] {
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return [...revisions].sort(
    (a, b) => a.revision - b.revision || order(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || order(a.metadata.name, b.metadata.name),
  )
}

// revisions.ts: which ReplicaSet is the new one, what it is called, and the numbers and annotations it carries. Pure.
// Models k8s.io/kubernetes/pkg/controller/deployment/util/deployment_util.go
// Differs: nothing known

import { templateHash } from '../../../api/hash.ts'
import type { Deployment, ReplicaSet } from '../../../api/workloads.ts'
import { ownerReference, same } from '../pods.ts'
import { byAge, maxSurge, newSize } from './sizes.ts'

export const REVISION = 'deployment.kubernetes.io/revision'
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history'
export const DESIRED = 'deployment.kubernetes.io/desired-replicas'
export const MAX = 'deployment.kubernetes.io/max-replicas'
export const ROLLBACK_TO = 'deprecated.deployment.rollback.to'
export const TEMPLATE_HASH = 'pod-template-hash'

const REVISION_HISTORY_MAX = 2000 // Characters.
const NAME_MAX = 253
const NOT_COPIED = new Set(['kubectl.kubernetes.io/last-applied-configuration', REVISION, REVISION_HISTORY, DESIRED, MAX, ROLLBACK_TO])

type Annotations = Record<string, string> | undefined

/** Of all ReplicaSets the oldest with the Deployment's template is the new one; all others are old. */
export function newAndOld(d: Deployment, sets: ReplicaSet[]): { newRs: ReplicaSet | undefined; old: ReplicaSet[] } {
  const newRs = byAge(sets).find(rs => sameTemplate(d.spec.template, rs.spec.template))
  return { newRs, old: sets.filter(rs => rs !== newRs) }
}

/** Are two templates the same but for the hash label? */
export function sameTemplate(a: any, b: any): boolean {
  return same(withoutHash(a), withoutHash(b))
}

function withoutHash(template: any): any {
  const { metadata } = template
  if (metadata?.labels?.[TEMPLATE_HASH] === undefined) return template
  const { [TEMPLATE_HASH]: _, ...labels } = metadata.labels
  return { ...template, metadata: { ...metadata, labels } }
}

export const revisionOf = (object: { metadata: { annotations?: Annotations } }): number => {
  const text = object.metadata.annotations?.[REVISION]
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : 0
}

export const maxRevision = (sets: ReplicaSet[]): number => sets.reduce((max, rs) => Math.max(max, revisionOf(rs)), 0)

/** A new ReplicaSet as it is to be created, with `old` ones counted against the surge. */
export function newReplicaSet(d: Deployment, old: ReplicaSet[], revision: string): any {
  const hash = templateHash(d.spec.template, d.status?.collisionCount)
  const labels = { ...d.spec.template.metadata?.labels, [TEMPLATE_HASH]: hash }
  const rs: any = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: replicaSetName(d.metadata.name, hash),
      namespace: d.metadata.namespace,
      ownerReferences: [ownerReference(d)],
      labels,
    },
    spec: {
      replicas: 0,
      selector: { ...d.spec.selector, matchLabels: { ...d.spec.selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...d.spec.template, metadata: { ...d.spec.template.metadata, labels } },
    },
  }
  if (d.spec.minReadySeconds) rs.spec.minReadySeconds = d.spec.minReadySeconds
  rs.spec.replicas = newSize(d, [...old, rs], rs)
  rs.metadata.annotations = withSizes(d, withRevision(withCopied(d, undefined), revision))
  return rs
}

function replicaSetName(deployment: string, hash: string): string {
  return `${deployment.slice(0, NAME_MAX - 1 - hash.length)}-${hash}`
}

/** The annotations that a ReplicaSet which is there already should have now; the same value if it has them. */
export function annotationsOfNew(d: Deployment, rs: ReplicaSet, revision: string): Annotations {
  return withRevision(withCopied(d, rs.metadata.annotations), revision)
}

/** All of the Deployment's annotations but those that mean something else there. */
function withCopied(d: Deployment, annotations: Annotations): Annotations {
  let out = annotations
  for (const key in d.metadata.annotations) {
    const value = d.metadata.annotations[key]!
    if (!NOT_COPIED.has(key) && out?.[key] !== value) out = { ...out, [key]: value }
  }
  return out
}

/** The revision only grows; the former one goes into the history. */
function withRevision(annotations: Annotations, revision: string): Annotations {
  const before = annotations?.[REVISION]
  if (before !== undefined && before !== '' && !/^-?\d+$/.test(before)) return annotations
  if (Number(before ?? 0) >= Number(revision)) return annotations
  const out = { ...annotations, [REVISION]: revision }
  if (before === undefined) return out
  const history = annotations?.[REVISION_HISTORY] ?? ''
  if (history === '') return { ...out, [REVISION_HISTORY]: before }
  const revisions = history.split(',')
  let length = history.length + before.length + 1
  let start = 0
  while (length > REVISION_HISTORY_MAX && start < revisions.length) length -= revisions[start++]!.length + 1
  return length <= REVISION_HISTORY_MAX ? { ...out, [REVISION_HISTORY]: [...revisions.slice(start), before].join(',') } : out
}

/** The sizes that tell a later look whether the Deployment was scaled; the same value if they are there. */
export function withSizes(d: Deployment, annotations: Annotations): Annotations {
  const [desired, max] = [String(d.spec.replicas), String(d.spec.replicas + maxSurge(d))]
  if (annotations?.[DESIRED] === desired && annotations[MAX] === max) return annotations
  return { ...annotations, [DESIRED]: desired, [MAX]: max }
}

/** Old ReplicaSets beyond the history limit that may go: lowest revisions first. */
export function surplus(d: Deployment, old: ReplicaSet[]): ReplicaSet[] {
  const limit = d.spec.revisionHistoryLimit
  if (limit === undefined || limit === 2_147_483_647) return []
  const alive = old.filter(rs => rs.metadata.deletionTimestamp === undefined)
  const diff = alive.length - limit
  if (diff <= 0) return []
  return byAge(alive)
    .sort((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, diff)
    .filter(rs => (rs.status?.replicas ?? 0) === 0 && rs.spec.replicas === 0 && (rs.metadata.generation ?? 0) <= (rs.status?.observedGeneration ?? 0))
}

// sizes.ts: how large each ReplicaSet of a Deployment is to be. Pure.
// Models k8s.io/kubernetes/pkg/controller/deployment/{rolling,sync}.go and util/deployment_util.go
// Differs: nothing known

import { parseTime } from '../../../api/time.ts'
import type { Deployment, ReplicaSet } from '../../../api/workloads.ts'
import { scaledValue } from '../intstr.ts'
import { DESIRED, MAX } from './revisions.ts'

export const isRollingUpdate = (d: Deployment): boolean => d.spec.strategy.type === 'RollingUpdate'

/** Percentages of the replicas, surge rounded up, unavailable down; not both 0. */
export function fenceposts(d: Deployment): { surge: number; unavailable: number } {
  const surge = scaledValue(d.spec.strategy.rollingUpdate?.maxSurge, d.spec.replicas, true)
  const unavailable = scaledValue(d.spec.strategy.rollingUpdate?.maxUnavailable, d.spec.replicas, false)
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable }
}

export const maxSurge = (d: Deployment): number => (isRollingUpdate(d) ? fenceposts(d).surge : 0)

export const maxUnavailable = (d: Deployment): number => (isRollingUpdate(d) && d.spec.replicas > 0 ? Math.min(fenceposts(d).unavailable, d.spec.replicas) : 0)

type Counted = ReplicaSet | undefined
export const sizeOf = (sets: Counted[]): number => sets.reduce((n, rs) => n + (rs?.spec.replicas ?? 0), 0)
export const countOf = (sets: Counted[], field: 'replicas' | 'readyReplicas' | 'availableReplicas'): number =>
  sets.reduce((n, rs) => n + (rs?.status?.[field] ?? 0), 0)

/** The size of the new ReplicaSet: as many more as the surge allows. */
export function newSize(d: Deployment, all: Counted[], newRs: { spec: { replicas: number } }): number {
  if (!isRollingUpdate(d)) return d.spec.replicas
  const limit = d.spec.replicas + scaledValue(d.spec.strategy.rollingUpdate?.maxSurge, d.spec.replicas, true)
  const current = sizeOf(all)
  if (current >= limit) return newRs.spec.replicas
  return newRs.spec.replicas + Math.min(limit - current, d.spec.replicas - newRs.spec.replicas)
}

export interface Resize {
  replicaSet: ReplicaSet
  to: number
  /** Its annotations are brought up to date even if its size stays. */
  annotate?: true
}

/** By how many pods the old ReplicaSets may shrink in one round: none of the new pods that are not available may be missed. */
export function shrinkable(d: Deployment, newRs: ReplicaSet, old: ReplicaSet[]): number {
  if (sizeOf(old) === 0) return 0
  const newUnavailable = newRs.spec.replicas - (newRs.status?.availableReplicas ?? 0)
  return sizeOf([...old, newRs]) - minAvailable(d) - newUnavailable
}

const minAvailable = (d: Deployment): number => d.spec.replicas - maxUnavailable(d)

/** First go old pods that are not available. */
export function unhealthySizes(room: number, old: ReplicaSet[]): Resize[] {
  const out: Resize[] = []
  let left = room
  for (const rs of byAge(old)) {
    if (left <= 0) break
    const down = Math.min(left, rs.spec.replicas - (rs.status?.availableReplicas ?? 0))
    if (rs.spec.replicas === 0 || down === 0) continue
    left -= down
    out.push({ replicaSet: rs, to: rs.spec.replicas - down })
  }
  return out
}

/** Then as many as there are available pods to spare. */
export function budgetSizes(d: Deployment, newRs: ReplicaSet, old: ReplicaSet[]): Resize[] {
  const out: Resize[] = []
  let budget = countOf([...old, newRs], 'availableReplicas') - minAvailable(d)
  for (const rs of byAge(old)) {
    if (budget <= 0) break
    if (rs.spec.replicas === 0) continue
    const down = Math.min(rs.spec.replicas, budget)
    budget -= down
    out.push({ replicaSet: rs, to: rs.spec.replicas - down })
  }
  return out
}

/** A Deployment was scaled, perhaps in the middle of a rollout: what each ReplicaSet gets of it. */
export function scaledSizes(d: Deployment, newRs: ReplicaSet | undefined, old: ReplicaSet[]): Resize[] {
  if (newRs === undefined && old.length === 0) return []
  const all = newRs ? [...old, newRs] : old
  const active = all.filter(rs => rs.spec.replicas > 0)
  const only = active.length === 1 ? active[0] : active.length === 0 ? (newRs ?? byAge(old)[old.length - 1]) : undefined
  if (only) return only.spec.replicas === d.spec.replicas ? [] : [{ replicaSet: only, to: d.spec.replicas }]
  if (isSaturated(d, newRs)) return old.filter(rs => rs.spec.replicas > 0).map(replicaSet => ({ replicaSet, to: 0 }))
  return isRollingUpdate(d) ? proportionalSizes(d, active) : []
}

function isSaturated(d: Deployment, rs: ReplicaSet | undefined): boolean {
  if (!rs) return false
  return rs.spec.replicas === d.spec.replicas && annotated(rs, DESIRED) === d.spec.replicas && (rs.status?.availableReplicas ?? 0) === d.spec.replicas
}

function proportionalSizes(d: Deployment, active: ReplicaSet[]): Resize[] {
  const allowed = d.spec.replicas > 0 ? d.spec.replicas + maxSurge(d) : 0
  const add = allowed - sizeOf(active)
  const sorted = add === 0 ? active : [...active].sort((a, b) => b.spec.replicas - a.spec.replicas || (add > 0 ? -age(a, b) : age(a, b)))
  let added = 0
  const sizes = sorted.map(rs => {
    const share = add === 0 || add === added ? 0 : add > 0 ? Math.min(shareOf(d, rs), add - added) : Math.max(shareOf(d, rs), add - added)
    added += share
    return { replicaSet: rs, to: rs.spec.replicas + share, annotate: true as const }
  })
  if (add !== 0 && sizes[0]) sizes[0].to = Math.max(0, sizes[0].to + add - added)
  return sizes
}

/** What a ReplicaSet would gain (lose: negative) in proportion to its part of the former total. */
function shareOf(d: Deployment, rs: ReplicaSet): number {
  if (d.spec.replicas === 0) return -rs.spec.replicas
  const before = annotated(rs, MAX) || (d.status?.replicas ?? 0)
  if (before === 0) return 0
  return roundHalfAway((rs.spec.replicas * (d.spec.replicas + maxSurge(d))) / before) - rs.spec.replicas
}

const roundHalfAway = (x: number): number => (x < 0 ? -Math.round(-x) : Math.round(x))

/** The number in an annotation; undefined if there is none. */
export function annotated(rs: ReplicaSet, name: string): number | undefined {
  const text = rs.metadata.annotations?.[name]
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined
}

/** Oldest first; of the same second by name. */
export const byAge = (sets: ReplicaSet[]): ReplicaSet[] => [...sets].sort(age)

function age(a: ReplicaSet, b: ReplicaSet): number {
  const [ta, tb] = [parseTime(a.metadata.creationTimestamp) ?? 0, parseTime(b.metadata.creationTimestamp) ?? 0]
  return ta - tb || (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0)
}

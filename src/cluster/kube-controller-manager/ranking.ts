// ranking.ts: which pods go first when there are too many.
// Models k8s.io/kubernetes/pkg/controller/controller_utils.go (ActivePods, ActivePodsWithRanks)
// Differs: nothing known

import type { Pod } from '../../api/pod.ts'
import { parseTime } from '../../api/time.ts'
import { isPodActive, isPodReady, podCondition } from './pods.ts'

export const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'

/** The first criterion that told two pods apart, as the note of a decision names it. */
export type RankCriterion =
  | 'all of them'
  | 'not assigned'
  | 'phase'
  | 'not ready'
  | 'deletion cost'
  | 'doubled up on its node'
  | 'ready more recently'
  | 'restarted more often'
  | 'created more recently'
  | 'uid'

/**
 * The pods in the order in which they are to be deleted. `related` are the pods of all ReplicaSets with the same controller:
 * how many of them stand on a pod's node counts against it. `now` in ms.
 */
export function rankPodsForDeletion(pods: Pod[], related: Pod[], now: number): Pod[] {
  const onNode = new Map<string, number>()
  for (const pod of related) if (isPodActive(pod)) onNode.set(pod.spec.nodeName ?? '', (onNode.get(pod.spec.nodeName ?? '') ?? 0) + 1)
  const rank = (pod: Pod) => onNode.get(pod.spec.nodeName ?? '') ?? 0
  return [...pods].sort((a, b) => compare(a, b, rank(a), rank(b), now).order)
}

/** Negative: `a` goes first. */
export function compare(a: Pod, b: Pod, rankA: number, rankB: number, now: number): { order: number; by: RankCriterion } {
  const [nodeA, nodeB] = [a.spec.nodeName ?? '', b.spec.nodeName ?? '']
  if (nodeA !== nodeB && (nodeA === '' || nodeB === '')) return { order: nodeA === '' ? -1 : 1, by: 'not assigned' }
  const phase = phaseOrder(a) - phaseOrder(b)
  if (phase !== 0) return { order: phase, by: 'phase' }
  const [readyA, readyB] = [isPodReady(a), isPodReady(b)]
  if (readyA !== readyB) return { order: readyA ? 1 : -1, by: 'not ready' }
  const cost = deletionCost(a) - deletionCost(b)
  if (cost !== 0) return { order: cost, by: 'deletion cost' }
  if (rankA !== rankB) return { order: rankB - rankA, by: 'doubled up on its node' }
  if (readyA && readyB) {
    const order = younger(a, b, readyTime(a), readyTime(b), now)
    if (order !== 0) return { order, by: 'ready more recently' }
  }
  const restarts = restartOrder(a, b)
  if (restarts !== 0) return { order: restarts, by: 'restarted more often' }
  const created = younger(a, b, parseTime(a.metadata.creationTimestamp), parseTime(b.metadata.creationTimestamp), now)
  return { order: created, by: 'created more recently' }
}

/** The order of Jobs, who know neither costs nor neighbours: negative if `a` goes first. */
export function compareActive(a: Pod, b: Pod): number {
  const [nodeA, nodeB] = [a.spec.nodeName ?? '', b.spec.nodeName ?? '']
  if (nodeA !== nodeB && (nodeA === '' || nodeB === '')) return nodeA === '' ? -1 : 1
  const phase = phaseOrder(a) - phaseOrder(b)
  if (phase !== 0) return phase
  const [readyA, readyB] = [isPodReady(a), isPodReady(b)]
  if (readyA !== readyB) return readyA ? 1 : -1
  const ready = readyA ? later(readyTime(a), readyTime(b)) : 0
  return ready || restartOrder(a, b) || later(parseTime(a.metadata.creationTimestamp), parseTime(b.metadata.creationTimestamp))
}

/** Negative if the first time is the later one, or is none. */
const later = (a: number | undefined, b: number | undefined): number => (b ?? Number.POSITIVE_INFINITY) - (a ?? Number.POSITIVE_INFINITY) || 0

function phaseOrder(pod: Pod): number {
  return pod.status?.phase === 'Pending' ? 0 : pod.status?.phase === 'Unknown' ? 1 : pod.status?.phase === 'Running' ? 2 : 0
}

function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[DELETION_COST]
  return text !== undefined && /^(0|-?[1-9]\d*)$/.test(text) && Math.abs(Number(text)) <= 0x7fffffff ? Number(text) : 0
}

const readyTime = (pod: Pod): number | undefined => parseTime(podCondition(pod, 'Ready')?.lastTransitionTime)

/** Negative if `a` has the younger time: ages are compared by their power of two, then by uid. */
function younger(a: Pod, b: Pod, timeA: number | undefined, timeB: number | undefined, now: number): number {
  if (timeA === timeB) return 0
  if (timeA === undefined || timeB === undefined) return timeA === undefined ? -1 : 1
  const order = log2Nanoseconds(now - timeA) - log2Nanoseconds(now - timeB)
  return order !== 0 ? order : a.metadata.uid < b.metadata.uid ? -1 : 1
}

/** Whole part of the binary logarithm of an age in ns; -1 for none. */
function log2Nanoseconds(ms: number): number {
  if (ms <= 0) return -1
  const ns = ms * 1_000_000
  let log = 0
  for (let power = 2; power <= ns; power *= 2) log++
  return log
}

/** More restarts go first: of regular containers, then of sidecars. */
function restartOrder(a: Pod, b: Pod): number {
  const regular = mostRestarts(b.status?.containerStatuses) - mostRestarts(a.status?.containerStatuses)
  return regular !== 0 ? regular : mostRestarts(sidecars(b)) - mostRestarts(sidecars(a))
}

const mostRestarts = (statuses: { restartCount: number }[] | undefined): number => (statuses ?? []).reduce((max, s) => Math.max(max, s.restartCount), 0)

function sidecars(pod: Pod) {
  const names = new Set((pod.spec.initContainers ?? []).filter(c => c.restartPolicy === 'Always').map(c => c.name))
  return (pod.status?.initContainerStatuses ?? []).filter(s => names.has(s.name))
}

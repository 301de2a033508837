// cycle.ts: where one Pod goes, decided as ../cycle.ts decides it, in microseconds.
// Models k8s.io/kubernetes/pkg/scheduler/{schedule_one.go,framework/sorted_nodes.go} and framework/runtime/framework.go
// Differs: Pods with volumes, a node of their own or a nomination, Pods beside nominated ones that matter as much, Pods for which lesser ones might have to leave and profiles with plugins left out are decided by the straight cycle

import type { Pod } from '../../../api/pod.ts'
import { type Decision, feasibleNodesToFind, schedule } from '../cycle.ts'
import type { Cycle, Listers, Snapshot } from '../framework.ts'
import { podInfo } from '../nodeinfo.ts'
import { PLUGINS } from '../profile.ts'
import { type FastCache, forget, orderOf, signatureFor, snapshotOf } from './cache.ts'
import { type Incoming, incomingOf } from './incoming.ts'
import { addAffinityScores, affinityVerdict, hasRules } from './interpodaffinity.ts'
import { resourceScore } from './noderesources.ts'
import { refreshImages } from './nodeverdicts.ts'
import { addSpreadScores, spreadVerdict } from './podtopologyspread.ts'
import { portsVerdict, type Refused, refusalOf } from './refusal.ts'
import type { Signature } from './signature.ts'

export interface Seen {
  listers: Listers
  nominated: Snapshot['nominated']
  /** Simulated ms. */
  now: number
}

/** What came of it. */
export interface Choice {
  /** undefined: none. */
  node: string | undefined
  /** Where the next cycle begins to look. */
  nextStart: number
  /** How many nodes were feasible: so many of the cache's `feasible` and `totals` are this Pod's, until the next one is decided. */
  feasible: number
  /** Why there is none. */
  refused: Refused | undefined
  /** The straight cycle's, if it decided: the reasons of a refusal, and what has to be written before a binding. */
  straight: { decision: Decision; cycle: Cycle } | undefined
}

/** The whole decision about one Pod. `start` is where to begin looking among the nodes. */
export function decide(cache: FastCache, pod: Pod, seen: Seen, start: number): Choice {
  const order = orderOf(cache)
  if (order.length === 0 || cache.profile.plugins !== PLUGINS || pod.spec.nodeName || isNominated(cache, pod) || minds(seen, pod)) {
    return decideStraight(cache, pod, seen, start)
  }
  if (cache.namespaces !== seen.listers.namespaces) {
    cache.namespaces = seen.listers.namespaces
    forget(cache)
  }
  const signature = signatureFor(cache, pod)
  if (signature.volumes) return decideStraight(cache, pod, seen, start)
  const incoming = incomingOf(cache, signature, seen.listers)
  if (incoming.straight) return decideStraight(cache, pod, seen, start)
  const list = incoming.names === undefined ? order : slotsOf(cache, incoming.names)
  const { feasible, refused } = findFeasible(cache, signature, incoming, list, start)
  if (feasible === 0) {
    const slots = Array.from(list, (_, i) => list[(start + i) % list.length]!)
    const why = refusalOf(cache, pod, signature, incoming, slots)
    if (!why) return decideStraight(cache, pod, seen, start)
    return { node: undefined, nextStart: (start + refused) % order.length, feasible, refused: why, straight: undefined }
  }
  const at = feasible === 1 ? 0 : prioritize(cache, incoming, feasible)
  const node = cache.columns.info[cache.feasible[at]!]!.name
  return { node, nextStart: (start + feasible + refused) % order.length, feasible, refused: undefined, straight: undefined }
}

const isNominated = ({ columns }: FastCache, { status }: Pod): boolean => !!status?.nominatedNodeName && columns.slots.has(status.nominatedNodeName)

/** Are there nominated Pods that count as if they were on their nodes already? */
function minds({ nominated }: Seen, { metadata, spec }: Pod): boolean {
  if (nominated.size === 0) return false
  const uid = metadata.uid ?? metadata.name
  for (const pods of nominated.values()) if (pods.some(p => p.uid !== uid && p.priority >= (spec.priority ?? 0))) return true
  return false
}

function decideStraight(cache: FastCache, pod: Pod, seen: Seen, start: number): Choice {
  const { decision, cycle } = schedule(snapshotOf(cache, seen), podInfo(pod), cache.profile, start)
  return { node: decision.node, nextStart: decision.nextStart, feasible: 0, refused: undefined, straight: { decision, cycle } }
}

const slotsOf = ({ columns }: FastCache, names: string[]): Int32Array => Int32Array.from([...names].sort().flatMap(name => columns.slots.get(name) ?? []))

/** Fills the cache's `feasible` with slots, in order. */
function findFeasible(cache: FastCache, signature: Signature, incoming: Incoming, list: Int32Array, start: number): { feasible: number; refused: number } {
  const { columns, feasible } = cache
  const { resources, verdicts } = incoming
  const { refusedBy } = verdicts
  const { ports } = signature.sample
  const picky = ports.length > 0 || incoming.hard.length > 0 || hasRules(incoming.affinity)
  const wanted = feasibleNodesToFind(list.length, cache.profile.percentageOfNodesToScore)
  let found = 0
  let refused = 0
  let at = start % list.length
  for (let i = 0; i < list.length; i++) {
    const slot = list[at]!
    at = at + 1 === list.length ? 0 : at + 1
    if (refusedBy[slot] !== 0 || resourceScore(resources, columns, slot) < 0 || (picky && displeases(cache, signature, incoming, slot))) refused++
    else if (found < wanted) feasible[found++] = slot
    // One more than wanted ends the search.
    else break
  }
  return { feasible: found, refused }
}

/** Does the node not suit what only few Pods care about? */
const displeases = (cache: FastCache, signature: Signature, { hard, affinity }: Incoming, slot: number): boolean =>
  (portsVerdict(cache, signature, slot) ?? spreadVerdict(hard, slot) ?? affinityVerdict(affinity, slot)) !== undefined

/** Fills the cache's `totals`; the index of the chosen among feasible nodes. */
function prioritize(cache: FastCache, incoming: Incoming, n: number): number {
  const { columns, feasible, totals, raw, profile } = cache
  const { verdicts, resources, soft, affinity, images } = incoming
  const weight = (plugin: string): number => profile.weights[plugin] || 1
  // Where no taint counts against any node, all have the full score.
  const base = verdicts.taints ? 0 : 100 * weight('TaintToleration')
  for (let i = 0; i < n; i++) totals[i] = resources.scores[feasible[i]!]! + base
  if (verdicts.taints) addScaled(verdicts.taints, true, weight('TaintToleration'), feasible, n, totals)
  if (verdicts.preferred) addScaled(verdicts.preferred, false, weight('NodeAffinity'), feasible, n, totals)
  if (soft) addSpreadScores(soft, columns, feasible, n, weight('PodTopologySpread'), totals, raw)
  addAffinityScores(affinity, columns, feasible, n, weight('InterPodAffinity'), totals, raw)
  refreshImages(images, columns, cache.nodes.images)
  if (images.scores) {
    const by = weight('ImageLocality')
    for (let i = 0; i < n; i++) totals[i]! += by * images.scores[feasible[i]!]!
  }
  return selectHost(totals, n)
}

/** Adds scores by slot, scaled so that the highest becomes 100, or 0 if `reverse`. */
function addScaled(scores: Float64Array, reverse: boolean, weight: number, slots: Int32Array, n: number, totals: Float64Array): void {
  let max = 0
  for (let i = 0; i < n; i++) if (scores[slots[i]!]! > max) max = scores[slots[i]!]!
  for (let i = 0; i < n; i++) {
    const scaled = max === 0 ? 0 : Math.trunc((100 * scores[slots[i]!]!) / max)
    totals[i]! += weight * (reverse ? 100 - scaled : scaled)
  }
}

/** The index of the chosen among the first `n` totals. It is the root that a heap of them would have, as in ../cycle.ts: of equals the first in preorder. */
function selectHost(totals: Float64Array, n: number): number {
  let best = 0
  for (let i = 1; i < n; i++) if (totals[i]! > totals[best]! || (totals[i] === totals[best] && isBefore(i, best))) best = i
  return best
}

/** Does index `a` of a heap come before `b` where a node comes before its children, and the left child before the right? */
function isBefore(a: number, b: number): boolean {
  const deeper = Math.clz32(b + 1) - Math.clz32(a + 1)
  return deeper > 0 ? ((a + 1) >> deeper) - 1 < b : a <= ((b + 1) >> -deeper) - 1
}

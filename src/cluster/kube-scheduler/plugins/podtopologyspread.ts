// podtopologyspread.ts: alike Pods spread over zones and nodes: as a rule, or as a wish.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/podtopologyspread/{common,filtering,scoring,plugin}.go and helper/spread.go
// Differs: nothing known

import { type Selector, selectorMatches, selectorOf } from '../../../api/labels.ts'
import type { Node } from '../../../api/node.ts'
import type { TopologySpreadConstraint } from '../../../api/pod.ts'
import { type ClusterChange, type Cycle, type Lister, type Listers, type Plugin, type Profile, refuse, refuseForGood } from '../framework.ts'
import { type NodeInfo, type PodInfo, podInfo } from '../nodeinfo.ts'
import { requiredNodeAffinityMatches, untoleratedTaint } from '../terms.ts'

const NAME = 'PodTopologySpread'
export const HOSTNAME = 'kubernetes.io/hostname'

export interface Constraint {
  key: string
  maxSkew: number
  minDomains: number
  /** undefined matches nothing. */
  selector: Selector | undefined
  honorsAffinity: boolean
  honorsTaints: boolean
}

interface FilterData {
  constraints: Constraint[]
  /** For each constraint: matching Pods by value of its key. */
  counts: Map<string, number>[]
}

interface ScoreData {
  constraints: Constraint[]
  counts: Map<string, number>[]
  weights: number[]
  ignored: Set<string>
}

export function constraintsOf(pod: PodInfo, when: TopologySpreadConstraint['whenUnsatisfiable']): Constraint[] {
  const out: Constraint[] = []
  for (const c of pod.pod.spec.topologySpreadConstraints ?? []) {
    if (c.whenUnsatisfiable !== when) continue
    const made = c.labelSelector ? selectorOf(c.labelSelector) : undefined
    let selector = made === undefined || 'error' in made ? undefined : made
    for (const key of c.matchLabelKeys ?? []) {
      const value = pod.labels[key]
      if (value !== undefined && selector) selector = [...selector, { key, operator: 'in', values: [value] }]
    }
    out.push({
      key: c.topologyKey,
      maxSkew: c.maxSkew,
      minDomains: c.minDomains ?? 1,
      selector,
      honorsAffinity: c.nodeAffinityPolicy !== 'Ignore',
      honorsTaints: c.nodeTaintsPolicy === 'Honor',
    })
  }
  return out
}

const hasAllKeys = (labels: Record<string, string> | undefined, constraints: Constraint[]): boolean => constraints.every(c => labels?.[c.key] !== undefined)

/** Does the node count for this constraint? */
export function included(c: Constraint, pod: PodInfo, node: Node): boolean {
  if (c.honorsAffinity && !requiredNodeAffinityMatches(pod.pod, node)) return false
  return !c.honorsTaints || untoleratedTaint(pod.pod, node.spec?.taints) === undefined
}

export const matches = (selector: Selector | undefined, labels: Record<string, string>): boolean => selector !== undefined && selectorMatches(selector, labels)

/** An empty selector counts nobody. */
function countMatching(pods: readonly PodInfo[], selector: Selector | undefined, namespace: string): number {
  if (selector === undefined || selector.length === 0) return 0
  let count = 0
  for (const p of pods) if (!p.terminating && p.namespace === namespace && selectorMatches(selector, p.labels)) count++
  return count
}

function fewest(counts: Map<string, number>, minDomains: number): number {
  if (counts.size < minDomains) return 0
  let min = Number.MAX_SAFE_INTEGER
  for (const n of counts.values()) if (n < min) min = n
  return min
}

function shift(cycle: Cycle, pod: PodInfo, node: NodeInfo, by: 1 | -1): void {
  const data: FilterData | undefined = cycle.data[NAME]
  if (!data || pod.namespace !== cycle.pod.namespace || !hasAllKeys(node.labels, data.constraints)) return
  data.constraints.forEach((c, i) => {
    if (!matches(c.selector, pod.labels) || !included(c, cycle.pod, node.node)) return
    const value = node.labels[c.key]!
    data.counts[i]!.set(value, (data.counts[i]!.get(value) ?? 0) + by)
  })
}

export const podTopologySpread: Plugin = {
  name: NAME,
  events: [
    { resource: 'AssignedPod', actions: ['Add', 'Delete', 'UpdatePodLabel'], worth: podMatters },
    { resource: 'TargetPod', actions: ['UpdatePodLabel'], worth: ownLabelsMatter },
    {
      resource: 'TargetPod',
      actions: ['UpdatePodToleration'],
      worth: (_, { now }) => constraintsOf(podInfo(now), 'DoNotSchedule').some(c => c.honorsTaints),
    },
    { resource: 'Node', actions: ['Add', 'Delete', 'UpdateNodeLabel', 'UpdateNodeTaint'], worth: nodeMatters },
  ],
  preFilter(cycle) {
    const { pod, snapshot } = cycle
    const constraints = constraintsOf(pod, 'DoNotSchedule')
    if (constraints.length === 0) return 'skip'
    const counts = constraints.map(() => new Map<string, number>())
    for (const node of snapshot.nodes) {
      if (!hasAllKeys(node.labels, constraints)) continue
      constraints.forEach((c, i) => {
        if (!included(c, pod, node.node)) return
        const value = node.labels[c.key]!
        counts[i]!.set(value, (counts[i]!.get(value) ?? 0) + countMatching(node.pods, c.selector, pod.namespace))
      })
    }
    cycle.data[NAME] = { constraints, counts } satisfies FilterData
    return undefined
  },
  filter({ pod, data }, node) {
    const { constraints, counts }: FilterData = data[NAME]
    for (let i = 0; i < constraints.length; i++) {
      const c = constraints[i]!
      const value = node.labels[c.key]
      if (value === undefined) return refuseForGood("node(s) didn't match pod topology spread constraints (missing required label)")
      const self = matches(c.selector, pod.labels) ? 1 : 0
      const skew = (counts[i]!.get(value) ?? 0) + self - fewest(counts[i]!, c.minDomains)
      if (skew > c.maxSkew) return refuse("node(s) didn't match pod topology spread constraints")
    }
    return undefined
  },
  clone: (data: FilterData): FilterData => ({ constraints: data.constraints, counts: data.counts.map(m => new Map(m)) }),
  addPod: (cycle, pod, node) => shift(cycle, pod, node, 1),
  removePod: (cycle, pod, node) => shift(cycle, pod, node, -1),

  preScore(cycle, nodes) {
    const { pod, snapshot, profile } = cycle
    const explicit = (pod.pod.spec.topologySpreadConstraints ?? []).length > 0
    const constraints = explicit ? constraintsOf(pod, 'ScheduleAnyway') : defaultConstraints(pod, snapshot.listers, profile)
    if (constraints.length === 0) return 'skip'
    const needsAll = explicit || profile.defaultConstraints !== SYSTEM_DEFAULTS
    const ignored = new Set<string>()
    const counts = constraints.map(() => new Map<string, number>())
    for (const node of nodes) {
      if (needsAll && !hasAllKeys(node.labels, constraints)) ignored.add(node.name)
      else for (let i = 0; i < constraints.length; i++) if (constraints[i]!.key !== HOSTNAME) counts[i]!.set(node.labels[constraints[i]!.key] ?? '', 0)
    }
    const weights = constraints.map((c, i) => Math.log((c.key === HOSTNAME ? nodes.length - ignored.size : counts[i]!.size) + 2))
    for (const node of snapshot.nodes) {
      if (needsAll && !hasAllKeys(node.labels, constraints)) continue
      constraints.forEach((c, i) => {
        const value = node.labels[c.key] ?? ''
        const before = counts[i]!.get(value)
        if (before === undefined || !included(c, pod, node.node)) return
        counts[i]!.set(value, before + countMatching(node.pods, c.selector, pod.namespace))
      })
    }
    cycle.data[SCORE] = { constraints, counts, weights, ignored } satisfies ScoreData
    return undefined
  },
  score({ pod, data }, node) {
    const { constraints, counts, weights, ignored }: ScoreData = data[SCORE]
    if (ignored.has(node.name)) return 0
    let score = 0
    constraints.forEach((c, i) => {
      const value = node.labels[c.key]
      if (value === undefined) return
      const count = c.key === HOSTNAME ? countMatching(node.pods, c.selector, pod.namespace) : (counts[i]!.get(value) ?? 0)
      score += count * weights[i]! + (c.maxSkew - 1)
    })
    return Math.round(score)
  },
  normalize({ data }, scores, nodes) {
    const { ignored }: ScoreData = data[SCORE]
    let min = Number.MAX_SAFE_INTEGER
    let max = 0
    nodes.forEach((node, i) => {
      if (ignored.has(node.name)) return
      min = Math.min(min, scores[i]!)
      max = Math.max(max, scores[i]!)
    })
    nodes.forEach((node, i) => {
      if (ignored.has(node.name)) scores[i] = 0
      else scores[i] = max === 0 ? 100 : Math.trunc((100 * (max + min - scores[i]!)) / max)
    })
  },
}

const SCORE = `${NAME}/score`

/** Spreading that applies where a Pod says nothing. */
export const SYSTEM_DEFAULTS = [
  { maxSkew: 3, topologyKey: HOSTNAME },
  { maxSkew: 5, topologyKey: 'topology.kubernetes.io/zone' },
]

/** What the profile says for a Pod that says nothing. */
export function defaultConstraints(pod: PodInfo, listers: Listers, profile: Profile): Constraint[] {
  const selector = defaultSelector(pod, listers)
  if (selector.length === 0) return []
  return profile.defaultConstraints.map(c => ({ key: c.topologyKey, maxSkew: c.maxSkew, minDomains: 1, selector, honorsAffinity: true, honorsTaints: false }))
}

/** Who is alike: whom the Pod's Services and its ReplicaSet, StatefulSet or ReplicationController select. */
export function defaultSelector(
  pod: PodInfo,
  listers: { services: Lister; replicationControllers: Lister; replicaSets: Lister; statefulSets: Lister },
): Selector {
  const pairs: Record<string, string> = {}
  for (const service of listers.services.values()) {
    const selector = service.spec?.selector
    if (service.metadata.namespace !== pod.namespace || !selector || !Object.keys(selector).every(k => pod.labels[k] === selector[k])) continue
    Object.assign(pairs, selector)
  }
  const owner = pod.pod.metadata.ownerReferences?.find(o => o.controller)
  const key = `${pod.namespace}/${owner?.name}`
  if (owner?.kind === 'ReplicationController' && owner.apiVersion === 'v1') Object.assign(pairs, listers.replicationControllers.get(key)?.spec.selector)
  const selector: Selector = Object.keys(pairs)
    .sort()
    .map(k => ({ key: k, operator: '=', values: [pairs[k]!] }))
  if (owner?.apiVersion !== 'apps/v1') return selector
  const lister = owner.kind === 'ReplicaSet' ? listers.replicaSets : owner.kind === 'StatefulSet' ? listers.statefulSets : undefined
  const made = selectorOf(lister?.get(key)?.spec.selector ?? {})
  return 'error' in made ? selector : [...selector, ...made]
}

function podMatters(pod: PodInfo, { action, old, now }: ClusterChange): boolean {
  const [before, after] = [old && podInfo(old), now && podInfo(now)]
  const other = (after ?? before)!
  if (other.namespace !== pod.namespace) return false
  const constraints = constraintsOf(pod, 'DoNotSchedule')
  if (action === 'UpdatePodLabel') return constraints.some(c => matches(c.selector, before!.labels) !== matches(c.selector, after!.labels))
  return constraints.some(c => matches(c.selector, other.labels))
}

function ownLabelsMatter(_: PodInfo, { old, now }: ClusterChange): boolean {
  return constraintsOf(podInfo(now), 'DoNotSchedule').some(c => matches(c.selector, podInfo(old).labels) !== matches(c.selector, podInfo(now).labels))
}

function nodeMatters(pod: PodInfo, { old, now }: ClusterChange): boolean {
  const constraints = constraintsOf(pod, 'DoNotSchedule')
  const before = old !== undefined && hasAllKeys(old.metadata.labels, constraints)
  const after = now !== undefined && hasAllKeys(now.metadata.labels, constraints)
  if (old === undefined || now === undefined) return before || after
  if (before !== after) return true
  if (!after) return false
  if (constraints.some(c => old.metadata.labels?.[c.key] !== now.metadata.labels?.[c.key])) return true
  return JSON.stringify(old.spec?.taints ?? []) !== JSON.stringify(now.spec?.taints ?? [])
}

// interpodaffinity.ts: Pods that want to be near others, or far from them; and what the others want.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/interpodaffinity/{filtering,scoring,plugin}.go
// Differs: nothing known

import { type ClusterChange, type Cycle, type Listers, type Plugin, refuse, refuseForGood } from '../framework.ts'
import { type NodeInfo, type PodInfo, podInfo } from '../nodeinfo.ts'
import { type AffinityTerm, affinityTermMatches, type WeightedTerm } from '../terms.ts'

const NAME = 'InterPodAffinity'
const SCORE = `${NAME}/score`

/** Counts by place: topology key, then value. Entries of 0 are removed. */
type Places = Map<string, Map<string, number>>

interface FilterData {
  /** Existing Pods that do not want this one near. */
  existing: Places
  affinity: Places
  anti: Places
}

function count(places: Places, key: string, node: NodeInfo, by: number): void {
  const value = node.labels[key]
  if (value === undefined) return
  let values = places.get(key)
  if (!values) {
    values = new Map()
    places.set(key, values)
  }
  const n = (values.get(value) ?? 0) + by
  if (n !== 0) values.set(value, n)
  else if (values.delete(value) && values.size === 0) places.delete(key)
}

const at = (places: Places, key: string, value: string): number => places.get(key)?.get(value) ?? 0

const matchesAll = (terms: AffinityTerm[], pod: PodInfo, { namespaces }: Listers): boolean =>
  terms.length > 0 && terms.every(term => affinityTermMatches(term, pod, namespaces))

/** Counts one existing Pod on its node into (or out of) the data. */
function shift({ pod: incoming, snapshot, data }: Cycle, existing: PodInfo, node: NodeInfo, by: 1 | -1): void {
  const counts: FilterData | undefined = data[NAME]
  if (!counts) return
  const { listers } = snapshot
  for (const term of existing.requiredAntiAffinity) {
    if (affinityTermMatches(term, incoming, listers.namespaces)) count(counts.existing, term.topologyKey, node, by)
  }
  if (matchesAll(incoming.requiredAffinity, existing, listers)) for (const term of incoming.requiredAffinity) count(counts.affinity, term.topologyKey, node, by)
  for (const term of incoming.requiredAntiAffinity) {
    if (affinityTermMatches(term, existing, listers.namespaces)) count(counts.anti, term.topologyKey, node, by)
  }
}

const copyPlaces = (places: Places): Places => new Map([...places].map(([key, values]) => [key, new Map(values)]))

export const interPodAffinity: Plugin = {
  name: NAME,
  events: [
    { resource: 'AssignedPod', actions: ['Add', 'Delete', 'UpdatePodLabel'], worth: podMatters },
    { resource: 'TargetPod', actions: ['UpdatePodLabel'] },
    { resource: 'Node', actions: ['Add', 'UpdateNodeLabel'], worth: nodeMatters },
  ],
  preFilter(cycle) {
    const { pod, snapshot } = cycle
    const counts: FilterData = { existing: new Map(), affinity: new Map(), anti: new Map() }
    cycle.data[NAME] = counts
    const terms = pod.requiredAffinity.length + pod.requiredAntiAffinity.length > 0
    for (const node of snapshot.nodes) {
      for (const existing of terms ? node.pods : node.podsWithRequiredAntiAffinity) shift(cycle, existing, node, 1)
    }
    return !terms && counts.existing.size === 0 ? 'skip' : undefined
  },
  filter({ pod, snapshot, data }, node) {
    const counts: FilterData = data[NAME]
    let present = true
    for (const { topologyKey } of pod.requiredAffinity) {
      const value = node.labels[topologyKey]
      if (value === undefined) return refuseForGood("node(s) didn't match pod affinity rules")
      if (at(counts.affinity, topologyKey, value) <= 0) present = false
    }
    // The first of its kind may go anywhere, if it is what it looks for.
    if (!present && !(counts.affinity.size === 0 && matchesAll(pod.requiredAffinity, pod, snapshot.listers))) {
      return refuseForGood("node(s) didn't match pod affinity rules")
    }
    for (const { topologyKey } of pod.requiredAntiAffinity) {
      const value = node.labels[topologyKey]
      if (value !== undefined && at(counts.anti, topologyKey, value) > 0) return refuse("node(s) didn't match pod anti-affinity rules")
    }
    for (const [key, values] of counts.existing) {
      const value = node.labels[key]
      if (value !== undefined && (values.get(value) ?? 0) > 0) return refuse("node(s) didn't satisfy existing pods anti-affinity rules")
    }
    return undefined
  },
  clone: (data: FilterData): FilterData => ({
    existing: copyPlaces(data.existing),
    affinity: copyPlaces(data.affinity),
    anti: copyPlaces(data.anti),
  }),
  addPod: (cycle, pod, node) => shift(cycle, pod, node, 1),
  removePod: (cycle, pod, node) => shift(cycle, pod, node, -1),

  preScore(cycle) {
    const { pod, snapshot, profile } = cycle
    const { namespaces } = snapshot.listers
    const wishes = pod.preferredAffinity.length + pod.preferredAntiAffinity.length > 0
    const scores: Places = new Map()
    const weigh = (terms: WeightedTerm[], whose: PodInfo, node: NodeInfo, sign: 1 | -1): void => {
      for (const { weight, term } of terms) if (affinityTermMatches(term, whose, namespaces)) addScore(scores, term.topologyKey, node, sign * weight)
    }
    const hard = profile.hardPodAffinityWeight
    for (const node of snapshot.nodes) {
      for (const existing of wishes ? node.pods : node.podsWithAffinity) {
        weigh(pod.preferredAffinity, existing, node, 1)
        weigh(pod.preferredAntiAffinity, existing, node, -1)
        if (hard > 0) {
          for (const term of existing.requiredAffinity) if (affinityTermMatches(term, pod, namespaces)) addScore(scores, term.topologyKey, node, hard)
        }
        weigh(existing.preferredAffinity, pod, node, 1)
        weigh(existing.preferredAntiAffinity, pod, node, -1)
      }
    }
    cycle.data[SCORE] = scores
    return scores.size === 0 ? 'skip' : undefined
  },
  score({ data }, node) {
    let score = 0
    for (const [key, values] of data[SCORE] as Places) {
      const value = node.labels[key]
      if (value !== undefined) score += values.get(value) ?? 0
    }
    return score
  },
  normalize(_, scores) {
    const min = Math.min(...scores)
    const max = Math.max(...scores)
    for (let i = 0; i < scores.length; i++) scores[i] = max === min ? 0 : Math.trunc(100 * ((scores[i]! - min) / (max - min)))
  },
}

/** Unlike counts, a sum of 0 stays. */
function addScore(scores: Places, key: string, node: NodeInfo, weight: number): void {
  const value = node.labels[key]
  if (value === undefined) return
  let values = scores.get(key)
  if (!values) {
    values = new Map()
    scores.set(key, values)
  }
  values.set(value, (values.get(value) ?? 0) + weight)
}

function podMatters(pod: PodInfo, { action, old, now }: ClusterChange, listers: Listers): boolean {
  const before = old && podInfo(old)
  const after = now && podInfo(now)
  const anyAnti = (terms: AffinityTerm[], other: PodInfo) => terms.some(term => affinityTermMatches(term, other, listers.namespaces))
  if (action === 'UpdatePodLabel') {
    if (matchesAll(pod.requiredAffinity, after, listers) && !matchesAll(pod.requiredAffinity, before, listers)) return true
    return pod.requiredAntiAffinity.some(t => affinityTermMatches(t, before, listers.namespaces) && !affinityTermMatches(t, after, listers.namespaces))
  }
  if (action === 'Add') return matchesAll(pod.requiredAffinity, after, listers)
  return anyAnti(pod.requiredAntiAffinity, before) || anyAnti(before.requiredAntiAffinity, pod)
}

function nodeMatters(pod: PodInfo, { old, now }: ClusterChange): boolean {
  const after = now.metadata.labels ?? {}
  if (old === undefined) return pod.requiredAntiAffinity.length > 0 || pod.requiredAffinity.some(t => after[t.topologyKey] !== undefined)
  const before = old.metadata.labels ?? {}
  if (pod.requiredAffinity.some(t => after[t.topologyKey] !== undefined && after[t.topologyKey] !== before[t.topologyKey])) return true
  return pod.requiredAntiAffinity.some(t => before[t.topologyKey] !== undefined && after[t.topologyKey] !== before[t.topologyKey])
}

// podtopologyspread.ts: alike Pods spread over zones and nodes: as a rule, or as a wish; from counts that are kept.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/podtopologyspread/{common,filtering,scoring}.go
// Differs: counts are kept from one cycle to the next; the order of floating-point operations is upstream's

import { type Selector, selectorMatches } from '../../../api/labels.ts'
import { type Listers, type Profile, refuse, refuseForGood, type Verdict } from '../framework.ts'
import type { PodInfo } from '../nodeinfo.ts'
import { type Constraint, constraintsOf, defaultConstraints, HOSTNAME, included, matches, SYSTEM_DEFAULTS } from '../plugins/podtopologyspread.ts'
import type { Columns } from './columns.ts'
import { type DomainCounts, domainsOf, type GroupWords, type PodGroup, recount } from './counters.ts'
import type { Signature } from './signature.ts'
import { catchUp, type Inclusion, type Topology } from './topology.ts'

/** Finds what is counted by what. */
export interface Counting {
  columns: Columns
  group: (words: GroupWords) => PodGroup
  topology: (key: string, inclusion?: Inclusion) => Topology
}

export interface HardConstraint {
  domains: DomainCounts
  maxSkew: number
  minDomains: number
  /** 1 if the Pod is one of those that are counted. */
  self: number
  /** The fewest in any place, in this cycle. */
  min: number
}

export interface SoftConstraint {
  maxSkew: number
  group: PodGroup
  topology: Topology
  /** undefined for the host's name: there the node itself is the place. */
  domains: DomainCounts | undefined
}

export interface SoftConstraints {
  constraints: SoftConstraint[]
  /** Nodes that lack one of the labels count for nothing. */
  needsAll: boolean
}

/** An empty selector counts nobody. */
const spreadWords = (namespace: string, selector: Selector | undefined): GroupWords => ({
  key: `spread\n${namespace}\n${JSON.stringify(selector)}`,
  namespace,
  terminating: false,
  times: ({ sample }: Signature) =>
    selector !== undefined && selector.length > 0 && sample.namespace === namespace && selectorMatches(selector, sample.labels) ? 1 : 0,
})

/** Which nodes count for a constraint: those with all labels that the constraints name, and that its policies let in. */
function inclusionOf(c: Constraint, pod: PodInfo, keys: string[], missingIsPlace: boolean): Inclusion {
  const { nodeSelector, affinity, tolerations } = pod.pod.spec
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return {
    text: JSON.stringify([keys, c.honorsAffinity ? [nodeSelector, required] : null, c.honorsTaints ? (tolerations ?? []) : null]),
    counts: node => keys.every(key => node.labels[key] !== undefined) && included(c, pod, node.node),
    missingIsPlace,
  }
}

const keysOf = (constraints: Constraint[]): string[] => [...new Set(constraints.map(c => c.key))].sort()

export function hardConstraints(pod: PodInfo, { group, topology }: Counting): HardConstraint[] {
  const constraints = constraintsOf(pod, 'DoNotSchedule')
  const keys = keysOf(constraints)
  return constraints.map(c => ({
    domains: domainsOf(group(spreadWords(pod.namespace, c.selector)), topology(c.key, inclusionOf(c, pod, keys, false))),
    maxSkew: c.maxSkew,
    minDomains: c.minDomains,
    self: matches(c.selector, pod.labels) ? 1 : 0,
    min: 0,
  }))
}

/** Before nodes are looked at. */
export function refreshHard(constraints: HardConstraint[], columns: Columns): void {
  for (const c of constraints) {
    recount(c.domains, columns)
    c.min = fewest(c)
  }
}

function fewest({ domains, minDomains }: HardConstraint): number {
  const { counts, topology } = domains
  if (topology.places < minDomains) return 0
  let min = Number.MAX_SAFE_INTEGER
  for (let value = 0; value < counts.length; value++) if (topology.members[value]! > 0 && counts[value]! < min) min = counts[value]!
  return min
}

const MISSING: Verdict = { plugin: 'PodTopologySpread', ...refuseForGood("node(s) didn't match pod topology spread constraints (missing required label)") }
const SKEWED: Verdict = { plugin: 'PodTopologySpread', ...refuse("node(s) didn't match pod topology spread constraints") }

export function spreadVerdict(constraints: HardConstraint[], slot: number): Verdict | undefined {
  for (const { domains, self, min, maxSkew } of constraints) {
    const value = domains.topology.column.values[slot]!
    if (value < 0) return MISSING
    if (domains.counts[value]! + self - min > maxSkew) return SKEWED
  }
  return undefined
}

/** The Pod's own wishes, or the profile's for a Pod without any; undefined if there are none. */
export function softConstraints(pod: PodInfo, profile: Profile, listers: Listers, { group, topology }: Counting): SoftConstraints | undefined {
  const explicit = (pod.pod.spec.topologySpreadConstraints ?? []).length > 0
  const constraints = explicit ? constraintsOf(pod, 'ScheduleAnyway') : defaultConstraints(pod, listers, profile)
  if (constraints.length === 0) return undefined
  const needsAll = explicit || profile.defaultConstraints !== SYSTEM_DEFAULTS
  const keys = needsAll ? keysOf(constraints) : []
  const made = constraints.map((c): SoftConstraint => {
    const counted = group(spreadWords(pod.namespace, c.selector))
    const places = topology(c.key, inclusionOf(c, pod, keys, !needsAll))
    return { maxSkew: c.maxSkew, group: counted, topology: places, domains: c.key === HOSTNAME ? undefined : domainsOf(counted, places) }
  })
  return { constraints: made, needsAll }
}

/** Adds the weighted scores of the first `n` nodes of `slots` to their totals; `raw` is room to reckon in: NaN for nodes that are ignored. */
export function addSpreadScores(
  soft: SoftConstraints,
  columns: Columns,
  slots: Int32Array,
  n: number,
  weight: number,
  totals: Float64Array,
  raw: Float64Array,
): void {
  const { constraints, needsAll } = soft
  for (const { domains, topology } of constraints) {
    if (domains) recount(domains, columns)
    else catchUp(topology, columns)
  }
  let counted = n
  raw.fill(0, 0, n)
  for (let i = 0; needsAll && i < n; i++) {
    if (!constraints.some(c => c.topology.column.values[slots[i]!]! < 0)) continue
    raw[i] = Number.NaN
    counted--
  }
  for (const c of constraints) {
    const factor = Math.log((c.domains ? distinct(c.topology, slots, n, raw) : counted) + 2)
    if (c.domains) addByPlace(c.domains, c.maxSkew, factor, slots, n, raw)
    else addByNode(c, factor, slots, n, raw)
  }
  addNormalized(n, weight, totals, raw)
}

function addByPlace({ topology, counts }: DomainCounts, maxSkew: number, factor: number, slots: Int32Array, n: number, raw: Float64Array): void {
  const { values } = topology.column
  for (let i = 0; i < n; i++) {
    const value = values[slots[i]!]!
    if (value >= 0) raw[i]! += counts[value]! * factor + (maxSkew - 1)
  }
}

function addByNode({ topology, group, maxSkew }: SoftConstraint, factor: number, slots: Int32Array, n: number, raw: Float64Array): void {
  const { values } = topology.column
  const { perSlot } = group
  for (let i = 0; i < n; i++) {
    const slot = slots[i]!
    if (values[slot]! >= 0) raw[i]! += perSlot[slot]! * factor + (maxSkew - 1)
  }
}

/** How many places there are among the nodes that are not ignored. */
function distinct({ values, column, places }: Topology, slots: Int32Array, n: number, raw: Float64Array): number {
  const met = new Uint8Array(column.ids.size)
  let size = 0
  for (let i = 0; i < n && size < places; i++) {
    const value = values[slots[i]!]!
    if (Number.isNaN(raw[i]) || met[value] !== 0) continue
    met[value] = 1
    size++
  }
  return size
}

/** The least becomes 100. */
function addNormalized(n: number, weight: number, totals: Float64Array, raw: Float64Array): void {
  let min = Number.MAX_SAFE_INTEGER
  let max = 0
  for (let i = 0; i < n; i++) {
    const score = Math.round(raw[i]!)
    raw[i] = score
    if (score < min) min = score
    if (score > max) max = score
  }
  if (max < min) return
  // Nodes are many, and different scores few.
  const few = max - min < n
  const byScore = new Float64Array(few ? max - min + 1 : 0)
  for (let i = 0; i < byScore.length; i++) byScore[i] = weight * normalized(min + i, min, max)
  for (let i = 0; i < n; i++) if (!Number.isNaN(raw[i]!)) totals[i]! += few ? byScore[raw[i]! - min]! : weight * normalized(raw[i]!, min, max)
}

const normalized = (score: number, min: number, max: number): number => (max === 0 ? 100 : Math.trunc((100 * (max + min - score)) / max))

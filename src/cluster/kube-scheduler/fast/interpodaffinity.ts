// interpodaffinity.ts: Pods that want to be near others, or far from them; and what the others want; from counts that are kept.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/interpodaffinity/{filtering,scoring}.go
// Differs: counts are kept from one cycle to the next, one group of Pods for each term

import { type Lister, refuse, refuseForGood, type Verdict } from '../framework.ts'
import type { PodInfo } from '../nodeinfo.ts'
import { type AffinityTerm, affinityTermMatches } from '../terms.ts'
import type { Columns } from './columns.ts'
import { type DomainCounts, domainsOf, type GroupWords, recount } from './counters.ts'
import type { Counting } from './podtopologyspread.ts'
import type { Signature } from './signature.ts'

/** A term by which Pods that are on nodes speak about those that come: required anti-affinity refuses, all others score. */
export interface Term {
  text: string
  term: AffinityTerm
  /** undefined: it refuses. */
  weight: number | undefined
}

export interface CarriedTerm {
  term: Term
  times: number
}

/** All terms that any signature carries, in the order in which they were met. */
export interface Terms {
  byText: Map<string, Term>
  list: Term[]
}

export const newTerms = (): Terms => ({ byText: new Map(), list: [] })

/** What such a Pod says to those that come after it. */
export function carriedBy(terms: Terms, pod: PodInfo, hardWeight: number): CarriedTerm[] {
  const out: CarriedTerm[] = []
  const carry = (term: AffinityTerm, weight: number | undefined): void => {
    const text = `${weight}\n${JSON.stringify(term)}`
    let known = terms.byText.get(text)
    if (known === undefined) {
      known = { text, term, weight }
      terms.byText.set(text, known)
      terms.list.push(known)
    }
    const before = out.find(c => c.term === known)
    if (before) before.times++
    else out.push({ term: known, times: 1 })
  }
  for (const term of pod.requiredAntiAffinity) carry(term, undefined)
  if (hardWeight > 0) for (const term of pod.requiredAffinity) carry(term, hardWeight)
  for (const { weight, term } of pod.preferredAffinity) carry(term, weight)
  for (const { weight, term } of pod.preferredAntiAffinity) carry(term, -weight)
  return out
}

interface Weighed {
  domains: DomainCounts
  weight: number
}

/** What affinity means to a Pod that looks for a node. */
export interface Affinity {
  /** Pods that match all its required terms, by each term's places. */
  required: DomainCounts[]
  /** It is what it looks for. */
  selfMatches: boolean
  anti: DomainCounts[]
  /** Pods whose anti-affinity means it. */
  existing: DomainCounts[]
  weighed: Weighed[]
  /** How many terms of others were looked through. */
  seen: number
}

function targets(terms: AffinityTerm[], namespaces: Lister): GroupWords {
  const [first] = terms
  const near = terms.length === 1 && !first!.namespaceSelector && first!.namespaces.length === 1
  return {
    key: `targets\n${JSON.stringify(terms.map(({ topologyKey: _, ...who }) => who))}`,
    namespace: near ? first!.namespaces[0]! : '',
    terminating: true,
    times: ({ sample }) => (terms.every(term => affinityTermMatches(term, sample, namespaces)) ? 1 : 0),
  }
}

const carriers = (term: Term): GroupWords => ({
  key: `carriers\n${term.text}`,
  namespace: '',
  terminating: true,
  times: ({ carried }: Signature) => carried.find(c => c.term === term)?.times ?? 0,
})

export function affinityOf(pod: PodInfo, namespaces: Lister, { group, topology }: Counting): Affinity {
  const count = (terms: AffinityTerm[], { topologyKey }: AffinityTerm): DomainCounts => domainsOf(group(targets(terms, namespaces)), topology(topologyKey))
  const all = pod.requiredAffinity
  return {
    required: all.map(term => count(all, term)),
    selfMatches: all.length > 0 && all.every(term => affinityTermMatches(term, pod, namespaces)),
    anti: pod.requiredAntiAffinity.map(term => count([term], term)),
    existing: [],
    weighed: [
      ...pod.preferredAffinity.map(({ weight, term }) => ({ domains: count([term], term), weight })),
      ...pod.preferredAntiAffinity.map(({ weight, term }) => ({ domains: count([term], term), weight: -weight })),
    ],
    seen: 0,
  }
}

/** Looks through terms that were not there before, and brings all counts up to date. */
export function refreshAffinity(affinity: Affinity, pod: PodInfo, terms: Terms, namespaces: Lister, { group, topology, columns }: Counting): void {
  for (; affinity.seen < terms.list.length; affinity.seen++) {
    const term = terms.list[affinity.seen]!
    if (!affinityTermMatches(term.term, pod, namespaces)) continue
    const domains = domainsOf(group(carriers(term)), topology(term.term.topologyKey))
    if (term.weight === undefined) affinity.existing.push(domains)
    else affinity.weighed.push({ domains, weight: term.weight })
  }
  for (const domains of affinity.required) recount(domains, columns)
  for (const domains of affinity.anti) recount(domains, columns)
  for (const domains of affinity.existing) recount(domains, columns)
}

export function hasRules({ required, anti, existing }: Affinity): boolean {
  return required.length > 0 || anti.length > 0 || existing.some(d => d.total > 0)
}

const NAME = 'InterPodAffinity'
const ALONE: Verdict = { plugin: NAME, ...refuseForGood("node(s) didn't match pod affinity rules") }
const NEAR: Verdict = { plugin: NAME, ...refuse("node(s) didn't match pod anti-affinity rules") }
const UNWANTED: Verdict = { plugin: NAME, ...refuse("node(s) didn't satisfy existing pods anti-affinity rules") }

export function affinityVerdict({ required, selfMatches, anti, existing }: Affinity, slot: number): Verdict | undefined {
  let present = true
  for (const { topology, counts } of required) {
    const value = topology.column.values[slot]!
    if (value < 0) return ALONE
    if (counts[value]! <= 0) present = false
  }
  // The first of its kind may go anywhere, if it is what it looks for.
  if (!present && !(selfMatches && required.every(d => d.total === 0))) return ALONE
  if (anti.some(d => isAt(d, slot))) return NEAR
  return existing.some(d => isAt(d, slot)) ? UNWANTED : undefined
}

function isAt({ topology, counts }: DomainCounts, slot: number): boolean {
  const value = topology.column.values[slot]!
  return value >= 0 && counts[value]! > 0
}

/** Adds the weighted scores of the first `n` nodes of `slots` to their totals; `raw` is room to reckon in. */
export function addAffinityScores(
  affinity: Affinity,
  columns: Columns,
  slots: Int32Array,
  n: number,
  weight: number,
  totals: Float64Array,
  raw: Float64Array,
): void {
  let any = false
  for (const { domains, weight: by } of affinity.weighed) {
    recount(domains, columns)
    if (domains.total === 0) continue
    if (!any) raw.fill(0, 0, n)
    any = true
    const { values } = domains.topology.column
    for (let i = 0; i < n; i++) {
      const value = values[slots[i]!]!
      if (value >= 0) raw[i]! += domains.counts[value]! * by
    }
  }
  if (!any) return
  let min = raw[0]!
  let max = raw[0]!
  for (let i = 1; i < n; i++) {
    if (raw[i]! < min) min = raw[i]!
    if (raw[i]! > max) max = raw[i]!
  }
  if (max === min) return
  for (let i = 0; i < n; i++) totals[i]! += weight * Math.trunc(100 * ((raw[i]! - min) / (max - min)))
}

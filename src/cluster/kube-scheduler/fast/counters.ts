// counters.ts: exact counts of the Pods that a selector or a term means, by node and by place, kept from one cycle to the next.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/{podtopologyspread,interpodaffinity} (what PreFilter and PreScore count anew each time)
// Differs: counted when a Pod comes or goes, not when another one looks for a node

import type { Columns } from './columns.ts'
import type { Signature } from './signature.ts'
import { catchUp, type Topology } from './topology.ts'

/** Pods that are meant together. */
export interface PodGroup {
  /** How often a Pod with this signature counts. */
  times: (signature: Signature) => number
  /** Do Pods count that are on their way out? */
  terminating: boolean
  /** By slot. No node has 65,536 Pods. */
  perSlot: Uint16Array
  domains: DomainCounts[]
}

/** A group by the places of a topology. */
export interface DomainCounts {
  group: PodGroup
  topology: Topology
  version: number
  /** By value of the topology's label. */
  counts: Int32Array
  total: number
}

export interface Groups {
  byKey: Map<string, PodGroup>
  /** Those that mean Pods of this namespace only; under '' the others. */
  byNamespace: Map<string, PodGroup[]>
}

export const newGroups = (): Groups => ({ byKey: new Map(), byNamespace: new Map() })

export interface GroupWords {
  key: string
  /** '' if Pods of several namespaces may be meant. */
  namespace: string
  terminating: boolean
  times: (signature: Signature) => number
}

/** The group of this key, counted if it is new. */
export function groupOf(groups: Groups, signatures: Iterable<Signature>, { capacity }: Columns, words: GroupWords): PodGroup {
  const known = groups.byKey.get(words.key)
  if (known) return known
  const { times, terminating, namespace } = words
  const group: PodGroup = { times, terminating, perSlot: new Uint16Array(capacity), domains: [] }
  groups.byKey.set(words.key, group)
  const there = groups.byNamespace.get(namespace)
  if (there) there.push(group)
  else groups.byNamespace.set(namespace, [group])
  for (const signature of signatures) {
    if (namespace !== '' && signature.sample.namespace !== namespace) continue
    const n = times(signature)
    if (n === 0) continue
    signature.groups.push({ group, times: n })
    for (const { slot, leaving } of signature.placed) if (slot >= 0 && (terminating || !leaving)) group.perSlot[slot]! += n
  }
  return group
}

/** The groups that mean Pods with this new signature. */
export function joinGroups(groups: Groups, signature: Signature): void {
  for (const namespace of ['', signature.sample.namespace]) {
    for (const group of groups.byNamespace.get(namespace) ?? []) {
      const times = group.times(signature)
      if (times > 0) signature.groups.push({ group, times })
    }
  }
}

/** The group's counts by the places of the topology. */
export function domainsOf(group: PodGroup, topology: Topology): DomainCounts {
  let found = group.domains.find(d => d.topology === topology)
  if (found === undefined) {
    found = { group, topology, version: -1, counts: new Int32Array(0), total: 0 }
    group.domains.push(found)
  }
  return found
}

/** Brings counts by place up to date with the nodes. */
export function recount(domains: DomainCounts, columns: Columns): void {
  const { topology, group } = domains
  catchUp(topology, columns)
  if (domains.version === topology.version) return
  domains.version = topology.version
  domains.counts = new Int32Array(topology.column.ids.size)
  domains.total = 0
  for (let slot = 0; slot < columns.info.length; slot++) {
    const value = topology.values[slot]!
    const n = group.perSlot[slot]!
    if (value < 0 || n === 0) continue
    domains.counts[value]! += n
    domains.total += n
  }
}

/** A Pod that counts `by` times comes to the slot, or (negative) goes. */
export function shiftGroup(group: PodGroup, slot: number, by: number): void {
  group.perSlot[slot]! += by
  for (const domains of group.domains) {
    const value = domains.topology.values[slot]!
    if (value < 0) continue
    // Where the topology has changed meanwhile, all is counted again before it is next looked at.
    domains.counts[value]! += by
    domains.total += by
  }
}

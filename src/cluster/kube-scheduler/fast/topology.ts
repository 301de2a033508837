// topology.ts: what places there are: the value of a label on every node, and which nodes count.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/podtopologyspread/common.go (inclusion policies)
// Differs: kept from one cycle to the next, by slot; caught up with when nodes change

import type { NodeInfo } from '../nodeinfo.ts'
import type { Columns } from './columns.ts'

/** One label of all nodes, each value as a number. */
export interface LabelColumn {
  key: string
  ids: Map<string, number>
  /** By slot; -1 where the label is missing. */
  values: Int32Array
  seen: number
}

/** The places that a label makes of those nodes which count. */
export interface Topology {
  column: LabelColumn
  /** By slot: the number of the label's value, -1 where the node does not count. */
  values: Int32Array
  /** By value: how many nodes count. */
  members: Int32Array
  /** How many values have a node that counts. */
  places: number
  /** Rises with every change. */
  version: number
  seen: number
  /** Nodes without the label stand in a place of their own, called ''. */
  missingIsPlace: boolean
  counts: (node: NodeInfo) => boolean
}

export interface Topologies {
  columns: Map<string, LabelColumn>
  topologies: Map<string, Topology>
}

export const newTopologies = (): Topologies => ({ columns: new Map(), topologies: new Map() })

function labelColumn(all: Topologies, { capacity }: Columns, key: string): LabelColumn {
  let column = all.columns.get(key)
  if (column === undefined) {
    column = { key, ids: new Map(), values: new Int32Array(capacity).fill(-1), seen: 0 }
    all.columns.set(key, column)
  }
  return column
}

export interface Inclusion {
  /** The same text means the same nodes. */
  text: string
  counts: (node: NodeInfo) => boolean
  missingIsPlace?: boolean
}

const EVERYWHERE: Inclusion = { text: '', counts: () => true }

/** The places by this label among the nodes that `inclusion` lets count. */
export function topologyOf(all: Topologies, columns: Columns, key: string, inclusion: Inclusion = EVERYWHERE): Topology {
  const name = `${key}\n${inclusion.missingIsPlace === true}\n${inclusion.text}`
  let topology = all.topologies.get(name)
  if (topology === undefined) {
    topology = {
      column: labelColumn(all, columns, key),
      values: new Int32Array(columns.capacity).fill(-1),
      members: new Int32Array(0),
      places: 0,
      version: 0,
      seen: -1,
      missingIsPlace: inclusion.missingIsPlace === true,
      counts: inclusion.counts,
    }
    all.topologies.set(name, topology)
  }
  return topology
}

/** Slots to look at again; all of them if that is less work, or at first. */
export function changedSince(columns: Columns, seen: number): Iterable<number> {
  const { log, info } = columns
  return seen < 0 || log.length - seen > info.length ? info.keys() : log.slice(seen)
}

function idOf(column: LabelColumn, value: string): number {
  let id = column.ids.get(value)
  if (id === undefined) {
    id = column.ids.size
    column.ids.set(value, id)
  }
  return id
}

/** Brings the topology up to date with the nodes. */
export function catchUp(topology: Topology, columns: Columns): void {
  const { column } = topology
  const now = columns.log.length
  if (topology.seen === now) return
  let changed = topology.seen < 0
  const many = column.ids.size
  for (const slot of changedSince(columns, topology.seen)) {
    const info = columns.info[slot]
    const label = info?.labels[column.key]
    column.values[slot] = label === undefined ? -1 : idOf(column, label)
    let value = -1
    if (info && topology.counts(info)) value = label === undefined && topology.missingIsPlace ? idOf(column, '') : column.values[slot]!
    if (topology.values[slot] === value) continue
    topology.values[slot] = value
    changed = true
  }
  topology.seen = now
  if (!changed && column.ids.size === many && topology.members.length >= many) return
  topology.version++
  topology.members = new Int32Array(column.ids.size)
  topology.places = 0
  for (let slot = 0; slot < columns.info.length; slot++) {
    const value = topology.values[slot]!
    if (value >= 0 && topology.members[value]!++ === 0) topology.places++
  }
}

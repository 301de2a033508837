// columns.ts: Nodes as a struct of arrays: each node has a slot, each of its quantities a column.
// Models k8s.io/kubernetes/pkg/scheduler/framework/types.go (NodeInfo)
// Differs: columns instead of objects; a slot is used again once its node is gone

import type { NodeInfo, Resources } from '../nodeinfo.ts'

const SLOTS_MIN = 64

/** One resource on all nodes. */
export interface ResourceColumn {
  allocatable: Float64Array
  requested: Float64Array
}

export interface Columns {
  capacity: number
  /** Node name → slot. */
  slots: Map<string, number>
  free: number[]
  /** By slot: the Node without its Pods; undefined where none is. */
  info: (NodeInfo | undefined)[]
  podCount: Int32Array
  /** By slot: rises whenever what is on the node, or what there is for it, changes. */
  generation: Int32Array
  resources: Map<string, ResourceColumn>
  cpu: ResourceColumn
  memory: ResourceColumn
  pods: ResourceColumn
  /** What scores count for Pods that ask for nothing included. */
  nonZeroCpu: Float64Array
  nonZeroMemory: Float64Array
  /** Slots whose Node changed in what selectors and taints can see, in order. Whoever keeps something by slot catches up by it. */
  log: number[]
}

/** What a Pod counts for, by column. */
export interface Usage {
  columns: ResourceColumn[]
  amounts: number[]
  nonZeroCpu: number
  nonZeroMemory: number
}

export function newColumns(): Columns {
  const resources = new Map<string, ResourceColumn>()
  const made: Columns = {
    capacity: SLOTS_MIN,
    slots: new Map(),
    free: [],
    info: [],
    podCount: new Int32Array(SLOTS_MIN),
    generation: new Int32Array(SLOTS_MIN),
    resources,
    cpu: newColumn(SLOTS_MIN),
    memory: newColumn(SLOTS_MIN),
    pods: newColumn(SLOTS_MIN),
    nonZeroCpu: new Float64Array(SLOTS_MIN),
    nonZeroMemory: new Float64Array(SLOTS_MIN),
    log: [],
  }
  resources.set('cpu', made.cpu).set('memory', made.memory).set('pods', made.pods)
  return made
}

const newColumn = (capacity: number): ResourceColumn => ({ allocatable: new Float64Array(capacity), requested: new Float64Array(capacity) })

export function columnOf(columns: Columns, name: string): ResourceColumn {
  let column = columns.resources.get(name)
  if (column === undefined) {
    column = newColumn(columns.capacity)
    columns.resources.set(name, column)
  }
  return column
}

/** A slot for a new node; `grown` if all that is kept by slot has to be made anew. */
export function takeSlot(columns: Columns, name: string): { slot: number; grown: boolean } {
  const slot = columns.free.pop() ?? columns.info.length
  columns.slots.set(name, slot)
  const grown = slot >= columns.capacity
  if (grown) grow(columns)
  return { slot, grown }
}

function grow(columns: Columns): void {
  const capacity = columns.capacity * 2
  const longer = <T extends Float64Array | Int32Array>(values: T, made: T): T => {
    made.set(values as any)
    return made
  }
  columns.capacity = capacity
  columns.podCount = longer(columns.podCount, new Int32Array(capacity))
  columns.generation = longer(columns.generation, new Int32Array(capacity))
  columns.nonZeroCpu = longer(columns.nonZeroCpu, new Float64Array(capacity))
  columns.nonZeroMemory = longer(columns.nonZeroMemory, new Float64Array(capacity))
  for (const column of columns.resources.values()) {
    column.allocatable = longer(column.allocatable, new Float64Array(capacity))
    column.requested = longer(column.requested, new Float64Array(capacity))
  }
}

/** Puts the Node (or, undefined, none) into the slot. */
export function setInfo(columns: Columns, slot: number, info: NodeInfo | undefined): void {
  columns.info[slot] = info
  for (const name in info?.allocatable) columnOf(columns, name)
  for (const [name, { allocatable }] of columns.resources) allocatable[slot] = info?.allocatable[name] ?? 0
  columns.generation[slot]!++
}

export function usageOf(columns: Columns, used: Resources, nonZero: Resources): Usage {
  const names = Object.keys(used)
  return {
    columns: names.map(name => columnOf(columns, name)),
    amounts: names.map(name => used[name]!),
    nonZeroCpu: nonZero['cpu'] ?? 0,
    nonZeroMemory: nonZero['memory'] ?? 0,
  }
}

/** Counts a Pod's usage in (1) or out (-1). */
export function shiftUsage(columns: Columns, slot: number, usage: Usage, by: 1 | -1): void {
  columns.podCount[slot]! += by
  for (let i = 0; i < usage.columns.length; i++) usage.columns[i]!.requested[slot]! += by * usage.amounts[i]!
  columns.nonZeroCpu[slot]! += by * usage.nonZeroCpu
  columns.nonZeroMemory[slot]! += by * usage.nonZeroMemory
  columns.generation[slot]!++
}

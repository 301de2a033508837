// noderesources.ts: does it fit, and how well, for Pods that ask for the same: reckoned again only for nodes on which something changed.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/noderesources/{fit,least_allocated,most_allocated,requested_to_capacity_ratio,balanced_allocation}.go
// Differs: on columns; the formulas are those of ../plugins/noderesources.ts

import type { Profile, ScoringStrategy, Verdict } from '../framework.ts'
import type { PodInfo } from '../nodeinfo.ts'
import { onShape } from '../plugins/noderesources.ts'
import { type Columns, columnOf, type ResourceColumn } from './columns.ts'

/** What Pods with these requests find on every node. */
export interface ResourceScores {
  /** In the order in which reasons are given. */
  requests: { name: string; column: ResourceColumn; amount: number }[]
  scored: { column: ResourceColumn; counted: 'cpu' | 'memory' | undefined; mine: number; weight: number }[]
  strategy: ScoringStrategy
  cpu: number
  memory: number
  fitWeight: number
  /** 0 if balance plays no part. */
  balanceWeight: number
  /** By slot: the generation for which the score holds. */
  generation: Int32Array
  /** By slot: weighted scores of NodeResourcesFit and NodeResourcesBalancedAllocation; -1 where the Pod does not fit. */
  scores: Int32Array
  /** One for all nodes that lack the same. */
  verdicts: Map<number, Verdict>
}

const NATIVE = ['cpu', 'memory', 'ephemeral-storage']

export const resourceText = ({ requests, incomingNonZero }: PodInfo): string => JSON.stringify([requests, incomingNonZero])

export function newResourceScores(columns: Columns, pod: PodInfo, { scoringStrategy, weights }: Profile): ResourceScores {
  const asked = Object.keys(pod.requests).filter(name => pod.requests[name]! !== 0)
  const names = [...NATIVE.filter(name => asked.includes(name)), ...asked.filter(name => !NATIVE.includes(name)).sort()]
  const [cpu, memory] = [pod.requests['cpu'] ?? 0, pod.requests['memory'] ?? 0]
  return {
    requests: names.map(name => ({ name, column: columnOf(columns, name), amount: pod.requests[name]! })),
    scored: scoringStrategy.resources
      .map(({ name, weight }) => {
        const counted: 'cpu' | 'memory' | undefined = name === 'cpu' || name === 'memory' ? name : undefined
        return { name, column: columnOf(columns, name), counted, mine: pod.incomingNonZero[name] ?? 0, weight }
      })
      .filter(({ name, mine }) => NATIVE.includes(name) || mine !== 0),
    strategy: scoringStrategy,
    cpu,
    memory,
    fitWeight: weights['NodeResourcesFit'] || 1,
    balanceWeight: cpu === 0 && memory === 0 ? 0 : weights['NodeResourcesBalancedAllocation'] || 1,
    generation: new Int32Array(columns.capacity),
    scores: new Int32Array(columns.capacity),
    verdicts: new Map(),
  }
}

/** The weighted scores on the node, or -1. */
export function resourceScore(found: ResourceScores, columns: Columns, slot: number): number {
  if (found.generation[slot] === columns.generation[slot]) return found.scores[slot]!
  const score = fits(found, columns, slot) ? found.fitWeight * fitScore(found, columns, slot) + balanceScore(found, columns, slot) : -1
  found.generation[slot] = columns.generation[slot]!
  found.scores[slot] = score
  return score
}

function fits({ requests }: ResourceScores, { podCount, pods }: Columns, slot: number): boolean {
  if (podCount[slot]! + 1 > pods.allocatable[slot]!) return false
  for (const { column, amount } of requests) if (amount > column.allocatable[slot]! - column.requested[slot]!) return false
  return true
}

export function fitVerdict(found: ResourceScores, { podCount, pods }: Columns, slot: number): Verdict | undefined {
  const full = podCount[slot]! + 1 > pods.allocatable[slot]!
  let kind = full ? 1 : 0
  // A digit for each resource: there is enough, it is used, or not even an empty node would have it.
  for (const { column, amount } of found.requests) {
    const enough = amount <= column.allocatable[slot]! - column.requested[slot]!
    kind = 3 * kind + (enough ? 0 : amount <= column.allocatable[slot]! ? 1 : 2)
  }
  if (kind === 0) return undefined
  const known = found.verdicts.get(kind) ?? newFitVerdict(found, full, kind)
  found.verdicts.set(kind, known)
  return known
}

function newFitVerdict({ requests }: ResourceScores, full: boolean, kind: number): Verdict {
  const reasons: string[] = []
  let code: Verdict['code'] = 'unschedulable'
  for (const { name } of [...requests].reverse()) {
    if (kind % 3 > 0) reasons.unshift(`Insufficient ${name}`)
    if (kind % 3 === 2) code = 'unresolvable'
    kind = Math.trunc(kind / 3)
  }
  if (full) reasons.unshift('Too many pods')
  return { plugin: 'NodeResourcesFit', code, reasons }
}

function fitScore({ scored, strategy }: ResourceScores, columns: Columns, slot: number): number {
  let score = 0
  let weights = 0
  for (const { column, counted, mine, weight } of scored) {
    const allocatable = column.allocatable[slot]!
    if (allocatable === 0) continue
    const there = counted === 'cpu' ? columns.nonZeroCpu[slot]! : counted === 'memory' ? columns.nonZeroMemory[slot]! : column.requested[slot]!
    const points = rate(strategy, there + mine, allocatable)
    if (strategy.type === 'RequestedToCapacityRatio' && points <= 0) continue
    score += points * weight
    weights += weight
  }
  if (weights === 0) return 0
  return strategy.type === 'RequestedToCapacityRatio' ? Math.round(score / weights) : Math.trunc(score / weights)
}

function rate(strategy: ScoringStrategy, requested: number, allocatable: number): number {
  if (strategy.type === 'LeastAllocated') return requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * 100) / allocatable)
  if (strategy.type === 'MostAllocated') return Math.trunc((Math.min(requested, allocatable) * 100) / allocatable)
  return onShape(strategy.shape ?? [], requested > allocatable ? 100 : Math.trunc((requested * 100) / allocatable))
}

function balanceScore({ balanceWeight, cpu, memory }: ResourceScores, columns: Columns, slot: number): number {
  if (balanceWeight === 0) return 0
  return balanceWeight * (50 + Math.trunc((50 + balance(columns, slot, cpu, memory) - balance(columns, slot, 0, 0)) / 2))
}

function balance({ cpu, memory }: Columns, slot: number, moreCpu: number, moreMemory: number): number {
  const [ofCpu, ofMemory] = [cpu.allocatable[slot]!, memory.allocatable[slot]!]
  if (ofCpu === 0 || ofMemory === 0) return 100
  const a = Math.min(1, (cpu.requested[slot]! + moreCpu) / ofCpu)
  const b = Math.min(1, (memory.requested[slot]! + moreMemory) / ofMemory)
  return Math.trunc((1 - Math.abs((a - b) / 2)) * 100)
}

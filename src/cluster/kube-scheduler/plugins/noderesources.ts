// noderesources.ts: does it fit, how full would it be, and how evenly.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/noderesources/{fit,least_allocated,most_allocated,requested_to_capacity_ratio,balanced_allocation}.go
// Differs: extended resources that a DeviceClass stands for are not left to DynamicResources

import type { Node } from '../../../api/node.ts'
import { type Cycle, type Plugin, type Refusal, refuse, refuseForGood, type ScoringStrategy } from '../framework.ts'
import { amounts, type NodeInfo, type PodInfo, podInfo, type Resources } from '../nodeinfo.ts'

const NATIVE = ['cpu', 'memory', 'ephemeral-storage']

/** Reasons in upstream's order; `unresolvable` if no emptying of the node would help. */
function insufficient(pod: PodInfo, node: NodeInfo): { reasons: string[]; unresolvable: boolean } {
  const reasons: string[] = []
  let unresolvable = false
  if (node.pods.length + 1 > (node.allocatable['pods'] ?? 0)) reasons.push('Too many pods')
  const check = (name: string): void => {
    const wanted = pod.requests[name] ?? 0
    if (wanted === 0) return
    const allocatable = node.allocatable[name] ?? 0
    if (wanted <= allocatable - (node.requested[name] ?? 0)) return
    reasons.push(`Insufficient ${name}`)
    if (wanted > allocatable) unresolvable = true
  }
  for (const name of NATIVE) check(name)
  for (const name of Object.keys(pod.requests).sort()) if (!NATIVE.includes(name)) check(name)
  return { reasons, unresolvable }
}

const fitsEmpty = (pod: PodInfo, node: Node): boolean => {
  const allocatable = amounts(node.status?.allocatable)
  if ((allocatable['pods'] ?? 0) < 1) return false
  for (const name in pod.requests) if (pod.requests[name]! > 0 && pod.requests[name]! > (allocatable[name] ?? 0)) return false
  return true
}

function grew(pod: PodInfo, old: Node, now: Node): boolean {
  const before = amounts(old.status?.allocatable)
  const after = amounts(now.status?.allocatable)
  return ['pods', ...Object.keys(pod.requests)].some(name => (name === 'pods' || pod.requests[name]! > 0) && (after[name] ?? 0) > (before[name] ?? 0))
}

export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  events: [
    { resource: 'AssignedPod', actions: ['Delete'] },
    {
      resource: 'AssignedPod',
      actions: ['UpdatePodScaleDown'],
      worth: (pod, { old, now }) => {
        const [before, after] = [podInfo(old).used, podInfo(now).used]
        return Object.keys(pod.requests).some(name => pod.requests[name]! > 0 && (after[name] ?? 0) < (before[name] ?? 0))
      },
    },
    { resource: 'TargetPod', actions: ['UpdatePodScaleDown'] },
    {
      resource: 'Node',
      actions: ['Add', 'UpdateNodeAllocatable'],
      worth: (pod, { old, now }) => fitsEmpty(pod, now) && (old === undefined || grew(pod, old, now)),
    },
  ],
  filter({ pod }, node): Refusal | undefined {
    const { reasons, unresolvable } = insufficient(pod, node)
    if (reasons.length === 0) return undefined
    return unresolvable ? refuseForGood(...reasons) : refuse(...reasons)
  },
  preScore: () => undefined,
  score({ pod, profile }, node) {
    return SCORERS[profile.scoringStrategy.type](profile.scoringStrategy, pod, node)
  },
}

const isScalar = (name: string): boolean => !NATIVE.includes(name)

/** What would be asked for on the node, and what there is; undefined where the resource plays no part. */
function usage(name: string, node: NodeInfo, onNode: Resources, incoming: Resources): { requested: number; allocatable: number } | undefined {
  const mine = incoming[name] ?? 0
  if (isScalar(name) && mine === 0) return undefined
  return { requested: (onNode[name] ?? 0) + mine, allocatable: node.allocatable[name] ?? 0 }
}

/** cpu and memory are counted with defaults, all else as it is. */
function scored(name: string, node: NodeInfo, pod: PodInfo): { requested: number; allocatable: number } | undefined {
  const counted = name === 'cpu' || name === 'memory' ? node.nonZero : node.requested
  return usage(name, node, counted, pod.incomingNonZero)
}

type Scorer = (strategy: ScoringStrategy, pod: PodInfo, node: NodeInfo) => number

function weighted(rate: (requested: number, allocatable: number) => number): Scorer {
  return (strategy, pod, node) => {
    let score = 0
    let weights = 0
    for (const { name, weight } of strategy.resources) {
      const use = scored(name, node, pod)
      if (!use || use.allocatable === 0) continue
      score += rate(use.requested, use.allocatable) * weight
      weights += weight
    }
    return weights === 0 ? 0 : Math.trunc(score / weights)
  }
}

const SCORERS: Record<ScoringStrategy['type'], Scorer> = {
  LeastAllocated: weighted((requested, allocatable) => (requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * 100) / allocatable))),
  MostAllocated: weighted((requested, allocatable) => Math.trunc((Math.min(requested, allocatable) * 100) / allocatable)),
  RequestedToCapacityRatio(strategy, pod, node) {
    let score = 0
    let weights = 0
    for (const { name, weight } of strategy.resources) {
      const use = scored(name, node, pod)
      if (!use || use.allocatable === 0) continue
      const utilization = use.requested > use.allocatable ? 100 : Math.trunc((use.requested * 100) / use.allocatable)
      const points = onShape(strategy.shape ?? [], utilization)
      if (points > 0) {
        score += points * weight
        weights += weight
      }
    }
    return weights === 0 ? 0 : Math.round(score / weights)
  },
}

/** The broken line through the shape's points, scaled from 0..10 to 0..100. */
export function onShape(shape: { utilization: number; score: number }[], utilization: number): number {
  for (let i = 0; i < shape.length; i++) {
    const here = shape[i]!
    if (utilization > here.utilization) continue
    if (i === 0) return here.score * 10
    const before = shape[i - 1]!
    const rise = (here.score - before.score) * 10
    return before.score * 10 + Math.trunc((rise * (utilization - before.utilization)) / (here.utilization - before.utilization))
  }
  return (shape.at(-1)?.score ?? 0) * 10
}

export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  preScore({ pod }: Cycle) {
    return BALANCED.every(name => (pod.requests[name] ?? 0) === 0) ? 'skip' : undefined
  },
  score({ pod }, node) {
    return 50 + Math.trunc((50 + balance(node, pod.requests) - balance(node, {})) / 2)
  },
}

const BALANCED = ['cpu', 'memory']

/** 100 when all resources are used to the same part, less the further apart they lie. */
function balance(node: NodeInfo, incoming: Resources): number {
  const fractions: number[] = []
  for (const name of BALANCED) {
    const use = usage(name, node, node.requested, incoming)
    if (use && use.allocatable > 0) fractions.push(Math.min(1, use.requested / use.allocatable))
  }
  let deviation = 0
  if (fractions.length === 2) deviation = Math.abs((fractions[0]! - fractions[1]!) / 2)
  return Math.trunc((1 - deviation) * 100)
}

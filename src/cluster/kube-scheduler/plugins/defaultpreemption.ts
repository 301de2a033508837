// defaultpreemption.ts: where no room is, Pods of lower priority may have to leave: which, and where.
// Models k8s.io/kubernetes/pkg/scheduler/framework/{plugins/defaultpreemption,preemption}
// Differs: nodes are tried in their usual order from the first on; victims of equal importance keep their order

import { labelSelectorMatches } from '../../../api/labels.ts'
import { parseTime } from '../../../api/time.ts'
import { cloneCycle, histogram, runFiltersWithNominated, tellAdded, tellRemoved } from '../cycle.ts'
import type { Cycle, Plugin, PostFilterResult, Verdict } from '../framework.ts'
import { type NodeInfo, type PodInfo, withoutPod, withPod } from '../nodeinfo.ts'

const CANDIDATES_MIN_PERCENT = 10
const CANDIDATES_MIN = 100

export const NO_HELP = 'Preemption is not helpful for scheduling'
export const NO_VICTIMS = 'No preemption victims found for incoming pod'

interface Candidate {
  node: string
  victims: PodInfo[]
  violations: number
}

export const defaultPreemption: Plugin = {
  name: 'DefaultPreemption',
  events: [{ resource: 'AssignedPod', actions: ['Delete'], worth: () => false }],
  preEnqueue: (_, { preempting }) => (preempting ? 'waiting for the preemption for this pod to be finished' : undefined),
  postFilter(cycle, verdicts) {
    const why = ineligible(cycle, verdicts)
    return why === undefined ? preempt(cycle, verdicts) : { message: `preemption: ${why}`, code: 'unschedulable' }
  },
}

function ineligible({ pod, snapshot }: Cycle, verdicts: ReadonlyMap<string, Verdict>): string | undefined {
  if (pod.pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const nominated = pod.pod.status?.nominatedNodeName
  if (!nominated || verdicts.get(nominated)?.code === 'unresolvable') return undefined
  const waiting = snapshot.byName.get(nominated)?.pods.some(p => p.priority < pod.priority && leavesForOthers(p))
  return waiting ? 'not eligible due to a terminating pod on the nominated node.' : undefined
}

const leavesForOthers = ({ pod, terminating }: PodInfo): boolean =>
  terminating && (pod.status?.conditions ?? []).some(c => c.type === 'DisruptionTarget' && c.status === 'True' && c.reason === 'PreemptionByScheduler')

function preempt(cycle: Cycle, verdicts: ReadonlyMap<string, Verdict>): PostFilterResult {
  const { snapshot, pod } = cycle
  const potential = snapshot.nodes.filter(node => verdicts.get(node.name)?.code === 'unschedulable')
  const wanted = Math.min(potential.length, Math.max(Math.trunc((potential.length * CANDIDATES_MIN_PERCENT) / 100), CANDIDATES_MIN))
  const candidates: Candidate[] = []
  const reasons: string[] = snapshot.nodes.filter(node => !potential.includes(node)).map(() => NO_HELP)
  const budgets = [...snapshot.listers.disruptionBudgets.values()].filter(b => b.metadata.namespace !== undefined)
  for (const node of potential) {
    const tried = dryRun(cycle, node, budgets)
    if ('victims' in tried) candidates.push(tried)
    else reasons.push(...tried.reasons)
    if (candidates.length >= wanted && candidates.some(c => c.violations === 0)) break
  }
  if (candidates.length === 0) {
    const message = `preemption: 0/${snapshot.nodes.length} nodes are available: ${histogram(reasons)}.`
    return { message, code: 'unschedulable', nominate: 'clear' }
  }
  const best = bestOf(candidates, snapshot.now)
  const { node, victims } = best[0]!
  return {
    message: `preemption: found a potential placement for pod on node ${node}, preempting ${victims.length} victims`,
    code: 'success',
    nominate: { node },
    victims,
    candidates: best.map(c => ({ node: c.node, victims: c.victims.filter(v => v.uid !== pod.uid) })),
  }
}

/** Takes all lesser Pods off the node, and puts back whom it can. */
function dryRun(cycle: Cycle, from: NodeInfo, budgets: any[]): Candidate | { reasons: string[] } {
  const { pod } = cycle
  const lesser = from.pods.filter(p => p.priority < pod.priority)
  if (lesser.length === 0) return { reasons: [NO_VICTIMS] }
  const thought = cloneCycle(cycle)
  let node = from
  for (const p of lesser) {
    node = withoutPod(node, p)
    tellRemoved(thought, p, node)
  }
  const verdict = runFiltersWithNominated(thought, node)
  if (verdict) return { reasons: verdict.reasons }
  const important = byImportance(lesser)
  const { violating, others } = splitByBudgets(important, budgets)
  const victims: PodInfo[] = []
  const reprieve = (p: PodInfo): boolean => {
    const fuller = withPod(node, p)
    tellAdded(thought, p, fuller)
    if (runFiltersWithNominated(thought, fuller) === undefined) {
      node = fuller
      return true
    }
    tellRemoved(thought, p, node)
    victims.push(p)
    return false
  }
  let violations = 0
  for (const p of violating) if (!reprieve(p)) violations++
  for (const p of others) reprieve(p)
  const ordered = violating.length > 0 && others.length > 0 ? byImportance(victims) : victims
  return { node: from.name, victims: ordered, violations }
}

/** Most important first: by priority, then by age; what has not started is the youngest. */
function byImportance(pods: readonly PodInfo[]): PodInfo[] {
  const startTime = (p: PodInfo): number => parseTime(p.pod.status?.startTime) ?? Number.MAX_SAFE_INTEGER
  return [...pods].sort((a, b) => b.priority - a.priority || startTime(a) - startTime(b))
}

/** Simulated ms; a Pod that has not started counts as starting now. */
const startOf = ({ pod }: PodInfo, now: number): number => parseTime(pod.status?.startTime) ?? now

/** Whose leaving would break a budget: each budget allows so many, the most important ones first. */
function splitByBudgets(pods: PodInfo[], budgets: any[]): { violating: PodInfo[]; others: PodInfo[] } {
  const allowed = budgets.map(b => b.status?.disruptionsAllowed ?? 0)
  const violating: PodInfo[] = []
  const others: PodInfo[] = []
  for (const p of pods) {
    let violates = false
    if (Object.keys(p.labels).length > 0) {
      for (let i = 0; i < budgets.length; i++) {
        const { metadata, spec, status } = budgets[i]
        if (metadata.namespace !== p.namespace || isEmpty(spec.selector) || !labelSelectorMatches(spec.selector, p.labels)) continue
        if (status?.disruptedPods?.[p.pod.metadata.name] !== undefined) continue
        allowed[i]!--
        if (allowed[i]! < 0) {
          violates = true
          break
        }
      }
    }
    ;(violates ? violating : others).push(p)
  }
  return { violating, others }
}

const isEmpty = (selector: any): boolean =>
  !selector || (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0)

/** All that tie for the best, by upstream's criteria in turn; of nodes that tie the first by name leads. */
function bestOf(candidates: Candidate[], now: number): Candidate[] {
  const highest = (c: Candidate) => c.victims[0]?.priority ?? 0
  const sum = (c: Candidate) => c.victims.reduce((total, v) => total + v.priority + 2_147_483_648, 0)
  const earliest = (c: Candidate) => Math.min(...c.victims.filter(v => v.priority === highest(c)).map(v => startOf(v, now)))
  const criteria: ((c: Candidate) => number)[] = [c => c.violations, highest, sum, c => c.victims.length, c => -earliest(c)]
  let best = candidates
  for (const criterion of criteria) {
    if (best.length === 1) break
    const least = Math.min(...best.map(criterion))
    best = best.filter(c => criterion(c) === least)
  }
  return [...best].sort((a, b) => (a.node < b.node ? -1 : 1))
}

// cycle.ts: where one Pod goes, and why: filter, score, choose. A pure function of what is known.
// Models k8s.io/kubernetes/pkg/scheduler/{schedule_one.go,framework/sorted_nodes.go} and framework/runtime/framework.go
// Differs: nodes are filtered one after another, as if by one worker; no extenders

import type { Cycle, PostFilterResult, Profile, Snapshot, Verdict } from './framework.ts'
import { type NodeInfo, type PodInfo, withPod } from './nodeinfo.ts'

const FEASIBLE_MIN = 100 // So many nodes are looked at in any case …
const FEASIBLE_MIN_PERCENT = 5 // … and at least this part of all.

export interface PluginScore {
  /** As the plugin counted it. */
  raw: number
  /** 0 to 100. */
  score: number
  /** `score` times the plugin's weight. */
  weighted: number
}

/** One decision, with all that led to it. Plain data, in the order in which nodes were looked at. */
export interface Decision {
  pod: string
  /** How many nodes there are. */
  nodes: number
  result: 'scheduled' | 'unschedulable' | 'error'
  node?: string
  /** Why not: the text of the PodScheduled condition and the FailedScheduling Event. */
  message?: string
  /** Nodes that refused, with the plugin that did. */
  verdicts: Record<string, Verdict>
  feasible: string[]
  /** Node → plugin → score; none where only one node was feasible. */
  scores: Record<string, Record<string, PluginScore>>
  final: Record<string, number>
  /** Plugins that kept the Pod off at least one node. */
  rejectors: string[]
  postFilter?: { message: string; nominate?: { node: string } | 'clear'; victims: PodInfo[]; candidates: { node: string; victims: PodInfo[] }[] }
  /** Where the next cycle begins to look. */
  nextStart: number
}

/** The whole decision about one Pod. `start` is where to begin looking among the nodes. */
export function schedule(snapshot: Snapshot, pod: PodInfo, profile: Profile, start = 0): { decision: Decision; cycle: Cycle } {
  const cycle: Cycle = { pod, snapshot, profile, data: {}, skipFilter: new Set(), skipScore: new Set() }
  const decision: Decision = {
    pod: pod.key,
    nodes: snapshot.nodes.length,
    result: 'unschedulable',
    verdicts: {},
    feasible: [],
    scores: {},
    final: {},
    rejectors: [],
    nextStart: start,
  }
  decide(cycle, decision, start)
  return { decision, cycle }
}

function decide(cycle: Cycle, decision: Decision, start: number): void {
  const { snapshot } = cycle
  if (snapshot.nodes.length === 0) {
    decision.message = 'no nodes available to schedule pods'
    decision.postFilter = { message: '', nominate: 'clear', victims: [], candidates: [] }
    return
  }
  const verdicts = new Map<string, Verdict>()
  const limited = preFilter(cycle)
  if ('verdict' in limited) {
    const { verdict } = limited
    const [reason] = verdict.reasons
    if (verdict.code === 'error') {
      decision.result = 'error'
      decision.message = `running PreFilter plugin "${verdict.plugin}": ${reason}`
      return
    }
    for (const node of snapshot.nodes) verdicts.set(node.name, verdict)
    decision.rejectors = [verdict.plugin]
    fail(cycle, decision, verdicts, reason!)
    return
  }
  const feasible = findFeasible(cycle, decision, verdicts, limited.nodes, start)
  decision.rejectors = [...new Set([...verdicts.values()].map(v => v.plugin).concat(limited.by))]
  const absent = limited.nodes && refusedByName(limited.by)
  if (absent) for (const node of snapshot.nodes) if (!verdicts.has(node.name) && !feasible.includes(node)) verdicts.set(node.name, absent)
  decision.feasible = feasible.map(n => n.name)
  if (feasible.length === 0) {
    fail(cycle, decision, verdicts)
    return
  }
  for (const [name, verdict] of verdicts) decision.verdicts[name] = verdict
  decision.result = 'scheduled'
  decision.node = feasible.length === 1 ? feasible[0]!.name : prioritize(cycle, decision, feasible)
}

/** Runs PreFilter: a refusal of the whole Pod, or the nodes it may mean and who said so. */
function preFilter(cycle: Cycle): { verdict: Verdict } | { nodes: string[] | undefined; by: string[] } {
  let nodes: string[] | undefined
  const by: string[] = []
  for (const plugin of cycle.profile.plugins) {
    if (!plugin.preFilter) continue
    const result = plugin.preFilter(cycle)
    if (result === 'skip') cycle.skipFilter.add(plugin.name)
    else if (result && 'code' in result) return { verdict: { ...result, plugin: plugin.name } }
    else if (result) {
      const before: string[] | undefined = nodes
      nodes = before === undefined ? result.nodes : before.filter(n => result.nodes.includes(n))
      by.push(plugin.name)
      if (nodes.length === 0) {
        const reason =
          by.length === 1 ? `node(s) didn't satisfy plugin ${by[0]}` : `node(s) didn't satisfy plugin(s) [${[...by].sort().join(' ')}] simultaneously`
        return { verdict: { plugin: plugin.name, code: 'unresolvable', reasons: [reason] } }
      }
    }
  }
  return { nodes, by }
}

const refusedByName = (by: string[]): Verdict => ({
  plugin: by[0] ?? '',
  code: 'unresolvable',
  reasons: [`node(s) didn't satisfy plugin(s) [${[...by].sort().join(' ')}]`],
})

function findFeasible(cycle: Cycle, decision: Decision, verdicts: Map<string, Verdict>, names: string[] | undefined, start: number): NodeInfo[] {
  const { snapshot, pod, profile } = cycle
  const nominated = snapshot.byName.get(pod.pod.status?.nominatedNodeName ?? '')
  if (nominated && (!names || names.includes(nominated.name))) {
    const verdict = runFiltersWithNominated(cycle, nominated)
    if (!verdict) return [nominated]
    verdicts.set(nominated.name, verdict)
  }
  const nodes = names ? [...names].sort().flatMap(n => snapshot.byName.get(n) ?? []) : snapshot.nodes
  const wanted = feasibleNodesToFind(nodes.length, profile.percentageOfNodesToScore)
  const feasible: NodeInfo[] = []
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[(start + i) % nodes.length]!
    const verdict = runFiltersWithNominated(cycle, node)
    if (verdict) verdicts.set(node.name, verdict)
    else if (feasible.length < wanted) feasible.push(node)
    // One more than wanted ends the search.
    else break
  }
  decision.nextStart = (start + feasible.length + verdicts.size) % snapshot.nodes.length
  return feasible
}

/** Of many nodes only so many are looked for. */
export function feasibleNodesToFind(nodes: number, percentage = 0): number {
  if (nodes < FEASIBLE_MIN) return nodes
  const percent = percentage > 0 ? percentage : Math.max(FEASIBLE_MIN_PERCENT, 50 - Math.trunc(nodes / 125))
  return Math.max(FEASIBLE_MIN, Math.trunc((nodes * percent) / 100))
}

/** The first plugin that refuses the node. */
export function runFilters(cycle: Cycle, node: NodeInfo): Verdict | undefined {
  for (const plugin of cycle.profile.plugins) {
    if (!plugin.filter || cycle.skipFilter.has(plugin.name)) continue
    const refusal = plugin.filter(cycle, node)
    if (refusal) return { ...refusal, plugin: plugin.name }
  }
  return undefined
}

/** Pods nominated to the node count as if they were there, unless they matter less; and it must do without them, too. */
export function runFiltersWithNominated(cycle: Cycle, node: NodeInfo): Verdict | undefined {
  const others = cycle.snapshot.nominated.get(node.name)?.filter(p => p.uid !== cycle.pod.uid && p.priority >= cycle.pod.priority) ?? []
  if (others.length > 0) {
    const thought = cloneCycle(cycle)
    let crowded = node
    for (const other of others) {
      crowded = withPod(crowded, other)
      tellAdded(thought, other, crowded)
    }
    const verdict = runFilters(thought, crowded)
    if (verdict) return verdict
  }
  return runFilters(cycle, node)
}

/** The same cycle with data of its own, for trying things out. */
export function cloneCycle(cycle: Cycle): Cycle {
  const data = { ...cycle.data }
  for (const { name, clone } of cycle.profile.plugins) if (clone && data[name] !== undefined) data[name] = clone(data[name])
  return { ...cycle, data }
}

export function tellAdded(cycle: Cycle, pod: PodInfo, node: NodeInfo): void {
  for (const plugin of cycle.profile.plugins) if (plugin.addPod && !cycle.skipFilter.has(plugin.name)) plugin.addPod(cycle, pod, node)
}

export function tellRemoved(cycle: Cycle, pod: PodInfo, node: NodeInfo): void {
  for (const plugin of cycle.profile.plugins) if (plugin.removePod && !cycle.skipFilter.has(plugin.name)) plugin.removePod(cycle, pod, node)
}

function prioritize(cycle: Cycle, decision: Decision, nodes: NodeInfo[]): string {
  const { plugins, weights } = cycle.profile
  for (const plugin of plugins) if (plugin.preScore?.(cycle, nodes) === 'skip') cycle.skipScore.add(plugin.name)
  const totals = nodes.map(() => 0)
  const table = nodes.map((): Record<string, PluginScore> => ({}))
  for (const plugin of plugins) {
    if (!plugin.score || cycle.skipScore.has(plugin.name)) continue
    const raw = nodes.map(node => plugin.score!(cycle, node))
    const scores = [...raw]
    plugin.normalize?.(cycle, scores, nodes)
    const weight = weights[plugin.name] || 1
    for (let i = 0; i < nodes.length; i++) {
      const score = scores[i]!
      if (score < 0 || score > 100) throw new Error(`plugin ${plugin.name} gives ${nodes[i]!.name} ${score}, not 0 to 100`)
      table[i]![plugin.name] = { raw: raw[i]!, score, weighted: score * weight }
      totals[i]! += score * weight
    }
  }
  nodes.forEach((node, i) => {
    decision.scores[node.name] = table[i]!
    decision.final[node.name] = totals[i]!
  })
  return nodes[selectHost(totals)]!.name
}

/** The index of the chosen among totals: the root of a heap of them, which settles ties by its layout. */
export function selectHost(totals: number[]): number {
  const heap = totals.map((_, i) => i)
  const above = (a: number, b: number) => totals[heap[a]!]! > totals[heap[b]!]!
  for (let top = Math.floor(heap.length / 2) - 1; top >= 0; top--) {
    let i = top
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && above(child + 1, child)) child++
      if (!above(child, i)) break
      const held = heap[i]!
      heap[i] = heap[child]!
      heap[child] = held
      i = child
    }
  }
  return heap[0]!
}

function fail(cycle: Cycle, decision: Decision, verdicts: Map<string, Verdict>, preFilterMessage?: string): void {
  for (const [name, verdict] of verdicts) decision.verdicts[name] = verdict
  const failed = [...verdicts.values()].find(v => v.code === 'error')
  if (failed) {
    decision.result = 'error'
    decision.message = `running "${failed.plugin}" filter plugin: ${failed.reasons.join(', ')}`
    return
  }
  let post: PostFilterResult | undefined
  for (const plugin of cycle.profile.plugins) {
    const result = plugin.postFilter?.(cycle, verdicts)
    if (!result) continue
    post = result
    if (result.code !== 'unschedulable') break
  }
  const parts = [`0/${cycle.snapshot.nodes.length} nodes are available:`]
  if (preFilterMessage !== undefined) parts.push(`${preFilterMessage}.`)
  else {
    const reasons = histogram([...verdicts.values()].flatMap(v => v.reasons))
    if (reasons !== '') parts.push(`${reasons}.`)
  }
  if (post?.message) parts.push(post.message)
  decision.message = parts.join(' ')
  if (post) decision.postFilter = { message: post.message, nominate: post.nominate, victims: post.victims ?? [], candidates: post.candidates ?? [] }
}

/** `2 Insufficient cpu, 1 node(s) were unschedulable`, sorted as strings. */
export function histogram(reasons: string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return countsText(counts)
}

/** The same of reasons that are counted already. */
export function countsText(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .map(([reason, n]) => `${n} ${reason}`)
    .sort()
    .join(', ')
}

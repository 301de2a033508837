// nodeverdicts.ts: what a Pod and a Node alone decide, by node, for Pods that say the same about nodes; asked of the straight plugins once a Node.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/{nodeunschedulable,tainttoleration,nodeaffinity,nodedeclaredfeatures,imagelocality}
// Differs: kept from one cycle to the next; asked again for Nodes that changed

import type { Cycle, Verdict } from '../framework.ts'
import type { NodeInfo, PodInfo } from '../nodeinfo.ts'
import { imageLocality, imagesWanted, nodeAffinity, nodeUnschedulable, taintToleration } from '../plugins/basics.ts'
import { nodeDeclaredFeatures } from '../plugins/others.ts'
import type { Columns } from './columns.ts'
import { changedSince } from './topology.ts'

export interface NodeVerdicts {
  cycle: Cycle
  seen: number
  /** By slot: which of the plugins refuses the node, counted from 1; 0 if none does. */
  refusedBy: Uint8Array
  /** What each says, by the same number, once it has said it. */
  said: Verdict[]
  /** By slot: PreferNoSchedule taints that are not tolerated; undefined while no node has any. */
  taints: Float64Array | undefined
  /** By slot: weights of preferred node affinity; undefined without any. */
  preferred: Float64Array | undefined
}

/** What the plugins here look at. */
export function verdictsText({ pod }: PodInfo): string {
  const { tolerations, nodeSelector, affinity, hostNetwork, hostUsers, initContainers, containers } = pod.spec
  const features = [...(initContainers ?? []), ...containers].map(c => [c.restartPolicyRules, c.volumeMounts?.map((m: any) => m.bindMountOptions)])
  return JSON.stringify([tolerations, nodeSelector, affinity?.nodeAffinity, hostNetwork && hostUsers === false, features])
}

/** `cycle` is one of such a Pod, with nothing in it but the Pod. */
export function newNodeVerdicts(columns: Columns, cycle: Cycle): NodeVerdicts {
  for (const plugin of [nodeAffinity, nodeDeclaredFeatures]) if (plugin.preFilter?.(cycle) === 'skip') cycle.skipFilter.add(plugin.name)
  taintToleration.preScore!(cycle, [])
  const wishes = nodeAffinity.preScore!(cycle, []) !== 'skip'
  const byNode = (): Float64Array => new Float64Array(columns.capacity)
  return { cycle, seen: -1, refusedBy: new Uint8Array(columns.capacity), said: [], taints: undefined, preferred: wishes ? byNode() : undefined }
}

/** In the profile's order; before the last one stand all other filters. */
const FILTERS = [nodeUnschedulable, taintToleration, nodeAffinity, nodeDeclaredFeatures]

export function refreshVerdicts(verdicts: NodeVerdicts, columns: Columns): void {
  if (verdicts.seen === columns.log.length) return
  const { cycle, refusedBy, preferred } = verdicts
  for (const slot of changedSince(columns, verdicts.seen)) {
    const info = columns.info[slot]
    if (!info) continue
    refusedBy[slot] = firstToRefuse(verdicts, info)
    const taints = taintToleration.score!(cycle, info)
    if (taints > 0) verdicts.taints ??= new Float64Array(columns.capacity)
    if (verdicts.taints) verdicts.taints[slot] = taints
    if (preferred) preferred[slot] = nodeAffinity.score!(cycle, info)
  }
  verdicts.seen = columns.log.length
}

function firstToRefuse({ cycle, said }: NodeVerdicts, info: NodeInfo): number {
  for (let i = 0; i < FILTERS.length; i++) {
    const plugin = FILTERS[i]!
    const refusal = cycle.skipFilter.has(plugin.name) ? undefined : plugin.filter!(cycle, info)
    if (!refusal) continue
    said[i + 1] ??= { ...refusal, plugin: plugin.name }
    return i + 1
  }
  return 0
}

/** What the plugin says that refuses the node, if it is the `last` one or (`first`) one before that. */
export function staticVerdict({ refusedBy, said }: NodeVerdicts, slot: number, which: 'first' | 'last'): Verdict | undefined {
  const by = refusedBy[slot]!
  return by > 0 && (by === FILTERS.length) === (which === 'last') ? said[by] : undefined
}

/** An image as the straight cache has it: another value whenever anything about it changes. */
type Image = { size: number; nodes: string[] } | undefined

export interface ImageScores {
  cycle: Cycle
  names: string[]
  /** What the scores were reckoned from. */
  images: Image[]
  nodes: number
  /** By slot; undefined until a node has one of the images. */
  scores: Int32Array | undefined
  /** Slots with a score. */
  scored: number[]
}

export const imagesText = ({ pod }: PodInfo): string => JSON.stringify(imagesWanted(pod))

export const newImageScores = (cycle: Cycle): ImageScores => ({
  cycle,
  names: imagesWanted(cycle.pod.pod),
  images: [],
  nodes: 0,
  scores: undefined,
  scored: [],
})

/** `images` are all that lie anywhere, with the nodes that have them. */
export function refreshImages(found: ImageScores, columns: Columns, images: ReadonlyMap<string, NonNullable<Image>>): void {
  const nodes = columns.slots.size
  const { names, cycle } = found
  if (found.nodes === nodes && names.every((name, i) => found.images[i] === images.get(name))) return
  found.nodes = nodes
  found.images = names.map(name => images.get(name))
  for (const slot of found.scored.splice(0)) found.scores![slot] = 0
  const known = new Map(names.flatMap((name, i) => (found.images[i] ? [[name, { size: found.images[i].size, nodes: found.images[i].nodes.length }]] : [])))
  if (known.size === 0) return
  found.scores ??= new Int32Array(columns.capacity)
  // Of the nodes it counts only how many they are.
  const there: Cycle = { ...cycle, snapshot: { ...cycle.snapshot, nodes: new Array<NodeInfo>(nodes), images: known } }
  for (const name of known.keys()) {
    for (const holder of images.get(name)!.nodes) {
      const slot = columns.slots.get(holder)!
      found.scores[slot] = imageLocality.score!(there, columns.info[slot]!)
      found.scored.push(slot)
    }
  }
}

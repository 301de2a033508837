// nodeverdicts.ts: what a Pod and a Node alone decide, by node, for Pods that say the same about nodes; asked of the straight plugins once a Node.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/{nodeunschedulable,tainttoleration,nodeaffinity,nodedeclaredfeatures,imagelocality}
// Differs: kept from one cycle to the next; asked again for Nodes that changed

import type { Cycle } from '../framework.ts'
import type { NodeInfo, PodInfo } from '../nodeinfo.ts'
import { imageLocality, imagesWanted, nodeAffinity, nodeUnschedulable, taintToleration } from '../plugins/basics.ts'
import { nodeDeclaredFeatures } from '../plugins/others.ts'
import type { Columns } from './columns.ts'
import { changedSince } from './topology.ts'

export interface NodeVerdicts {
  cycle: Cycle
  seen: number
  /** By slot: 1 if no such plugin refuses the node. */
  admitted: Uint8Array
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
  return { cycle, seen: -1, admitted: new Uint8Array(columns.capacity), taints: undefined, preferred: wishes ? byNode() : undefined }
}

const FILTERS = [nodeUnschedulable, taintToleration, nodeAffinity, nodeDeclaredFeatures]

export function refreshVerdicts(verdicts: NodeVerdicts, columns: Columns): void {
  if (verdicts.seen === columns.log.length) return
  const { cycle, admitted, preferred } = verdicts
  for (const slot of changedSince(columns, verdicts.seen)) {
    const info = columns.info[slot]
    if (!info) continue
    admitted[slot] = FILTERS.every(p => cycle.skipFilter.has(p.name) || p.filter!(cycle, info) === undefined) ? 1 : 0
    const taints = taintToleration.score!(cycle, info)
    if (taints > 0) verdicts.taints ??= new Float64Array(columns.capacity)
    if (verdicts.taints) verdicts.taints[slot] = taints
    if (preferred) preferred[slot] = nodeAffinity.score!(cycle, info)
  }
  verdicts.seen = columns.log.length
}

export interface ImageScores {
  cycle: Cycle
  version: number
  /** By slot; undefined where no node has any of the images. */
  scores: Int32Array | undefined
}

export const imagesText = ({ pod }: PodInfo): string => JSON.stringify(imagesWanted(pod))

/** `nodes` are all nodes; `holders` tells which of them have an image. */
export function refreshImages(
  found: ImageScores,
  columns: Columns,
  version: number,
  nodes: readonly NodeInfo[],
  images: ReadonlyMap<string, { size: number; nodes: string[] }>,
): void {
  if (found.version === version) return
  found.version = version
  found.scores = undefined
  const wanted = imagesWanted(found.cycle.pod.pod)
  const known = new Map(wanted.flatMap(name => (images.has(name) ? [[name, { size: images.get(name)!.size, nodes: images.get(name)!.nodes.length }]] : [])))
  if (known.size === 0) return
  found.scores = new Int32Array(columns.capacity)
  const cycle: Cycle = { ...found.cycle, snapshot: { ...found.cycle.snapshot, nodes, images: known } }
  for (const name of known.keys()) {
    for (const holder of images.get(name)!.nodes) {
      const slot = columns.slots.get(holder)!
      found.scores[slot] = imageLocality.score!(cycle, columns.info[slot]!)
    }
  }
}

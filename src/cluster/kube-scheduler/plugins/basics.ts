// basics.ts: the plugins that look at a Pod and a Node alone: gates, names, cordons, taints, node affinity, ports, images.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/{schedulinggates,nodename,nodeunschedulable,tainttoleration,nodeaffinity,nodeports,imagelocality}
// Differs: nothing known

import type { Node, Taint } from '../../../api/node.ts'
import type { Pod } from '../../../api/pod.ts'
import { type Cycle, type Plugin, refuse, refuseForGood } from '../framework.ts'
import { type PodInfo, podInfo, portsConflict } from '../nodeinfo.ts'
import { nodeTermMatches, requiredNodeAffinityMatches, toleratedBy, untoleratedTaint } from '../terms.ts'

export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  events: [{ resource: 'TargetPod', actions: ['UpdatePodSchedulingGatesEliminated'] }],
  preEnqueue(pod) {
    const gates = pod.spec.schedulingGates ?? []
    return gates.length === 0 ? undefined : `waiting for scheduling gates: [${gates.map(g => g.name).join(' ')}]`
  },
}

export const nodeName: Plugin = {
  name: 'NodeName',
  events: [{ resource: 'Node', actions: ['Add'] }],
  filter({ pod }, node) {
    const wanted = pod.pod.spec.nodeName
    return wanted && wanted !== node.name ? refuseForGood("node(s) didn't match the requested node name") : undefined
  },
}

const CORDON: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
const toleratesCordon = (pod: Pod): boolean => toleratedBy(pod.spec.tolerations, CORDON)

export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  events: [
    {
      resource: 'Node',
      actions: ['Add', 'UpdateNodeTaint'],
      worth: (_, { old, now }) => !now.spec?.unschedulable && (old === undefined || old.spec?.unschedulable === true),
    },
    { resource: 'TargetPod', actions: ['UpdatePodToleration'], worth: (_, { now }) => toleratesCordon(now) },
  ],
  filter({ pod }, node) {
    if (!node.node.spec?.unschedulable || toleratesCordon(pod.pod)) return undefined
    return refuseForGood('node(s) were unschedulable')
  },
}

export const taintToleration: Plugin = {
  name: 'TaintToleration',
  events: [
    {
      resource: 'Node',
      actions: ['Add', 'UpdateNodeTaint'],
      worth: ({ pod }, { old, now }) =>
        untoleratedTaint(pod, now.spec?.taints) === undefined && (old === undefined || untoleratedTaint(pod, old.spec?.taints) !== undefined),
    },
    { resource: 'TargetPod', actions: ['UpdatePodToleration'] },
  ],
  filter({ pod }, node) {
    return untoleratedTaint(pod.pod, node.node.spec?.taints) ? refuseForGood('node(s) had untolerated taint(s)') : undefined
  },
  preScore(cycle) {
    cycle.data['TaintToleration'] = (cycle.pod.pod.spec.tolerations ?? []).filter(t => !t.effect || t.effect === 'PreferNoSchedule')
    return undefined
  },
  score(cycle, node) {
    let count = 0
    for (const taint of node.node.spec?.taints ?? []) {
      if (taint.effect === 'PreferNoSchedule' && !toleratedBy(cycle.data['TaintToleration'], taint)) count++
    }
    return count
  },
  normalize(_, scores) {
    scaleToHundred(scores, true)
  },
}

/** The highest becomes 100, or 0 if `reverse`. */
export function scaleToHundred(scores: number[], reverse: boolean): void {
  let max = 0
  for (const score of scores) if (score > max) max = score
  for (let i = 0; i < scores.length; i++) {
    const scaled = max === 0 ? 0 : Math.trunc((100 * scores[i]!) / max)
    scores[i] = reverse ? 100 - scaled : scaled
  }
}

const preferredTerms = ({ pod }: Cycle | { pod: PodInfo }) => pod.pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
const matchesNode = (pod: PodInfo, node: Node | undefined): boolean => node !== undefined && requiredNodeAffinityMatches(pod.pod, node)

export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  events: [
    {
      resource: 'Node',
      actions: ['Add', 'UpdateNodeLabel'],
      worth: (pod, { old, now }) => matchesNode(pod, now) && !matchesNode(pod, old),
    },
  ],
  preFilter({ pod }) {
    const { nodeSelector, affinity } = pod.pod.spec
    const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    if (!required && !nodeSelector) return 'skip'
    if (!required || required.nodeSelectorTerms.length === 0) return undefined
    const names = new Set<string>()
    for (const term of required.nodeSelectorTerms) {
      let inTerm: string[] | undefined
      for (const { key, operator, values } of term.matchFields ?? []) {
        if (key !== 'metadata.name' || operator !== 'In') continue
        const before: string[] | undefined = inTerm
        inTerm = before === undefined ? (values ?? []) : before.filter(name => values?.includes(name))
      }
      // A term that does not name nodes may mean any.
      if (inTerm === undefined) return undefined
      for (const name of inTerm) names.add(name)
    }
    return names.size === 0 ? refuseForGood('pod affinity terms conflict') : { nodes: [...names].sort() }
  },
  filter({ pod }, node) {
    return requiredNodeAffinityMatches(pod.pod, node.node) ? undefined : refuseForGood("node(s) didn't match Pod's node affinity/selector")
  },
  preScore(cycle) {
    return preferredTerms(cycle).length === 0 ? 'skip' : undefined
  },
  score(cycle, node) {
    let score = 0
    for (const { weight, preference } of preferredTerms(cycle)) if (weight !== 0 && nodeTermMatches(preference, node.node)) score += weight
    return score
  },
  normalize(_, scores) {
    scaleToHundred(scores, false)
  },
}

export const nodePorts: Plugin = {
  name: 'NodePorts',
  events: [
    {
      resource: 'AssignedPod',
      actions: ['Delete'],
      worth: (pod, { old }) => podInfo(old).ports.some(a => pod.ports.some(b => portsConflict(a, b))),
    },
    { resource: 'Node', actions: ['Add'] },
  ],
  preFilter: ({ pod }) => (pod.ports.length === 0 ? 'skip' : undefined),
  filter({ pod }, node) {
    const taken = pod.ports.some(a => node.ports.some(b => portsConflict(a, b)))
    return taken ? refuse("node(s) didn't have free ports for the requested pod ports") : undefined
  },
}

const IMAGE_MIN = 24_117_248
const IMAGE_MAX = 1_048_576_000

/** No tag means `latest`; otherwise names are compared as they stand. */
const imageName = (name: string): string => (name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name)

/** The names of all images that the Pod needs. */
export function imagesWanted({ spec }: Pod): string[] {
  const wanted = [
    ...(spec.initContainers ?? []).map(c => c.image),
    ...(spec.containers ?? []).map(c => c.image),
    ...(spec.volumes ?? []).flatMap(v => (v.image ? [v.image.reference ?? ''] : [])),
  ]
  return wanted.map(imageName)
}

/** The sizes by name of what lies on a node; the last entry of a name counts, as in the cache. */
const imagesOn = new WeakMap<object, Set<string>>()
function namesOn(node: Node): Set<string> {
  const { images } = node.status ?? {}
  if (images === undefined) return NO_NAMES
  let names = imagesOn.get(images)
  if (names === undefined) {
    names = new Set(images.flatMap(i => i.names ?? []))
    imagesOn.set(images, names)
  }
  return names
}
const NO_NAMES = new Set<string>()

export const imageLocality: Plugin = {
  name: 'ImageLocality',
  score({ pod, snapshot }, node) {
    const wanted = imagesWanted(pod.pod)
    const here = namesOn(node.node)
    let sum = 0
    for (const name of wanted) {
      const state = here.has(name) ? snapshot.images.get(name) : undefined
      if (state) sum += Math.trunc(state.size * (state.nodes / snapshot.nodes.length))
    }
    const max = IMAGE_MAX * wanted.length
    const within = Math.min(Math.max(sum, IMAGE_MIN), max)
    return Math.trunc((100 * (within - IMAGE_MIN)) / (max - IMAGE_MIN))
  },
}

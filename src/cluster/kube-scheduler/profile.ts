// profile.ts: the default profile: which plugins, in which order, with which weights; and how a configuration changes it.
// Models k8s.io/kubernetes/pkg/scheduler/apis/config/v1/{default_plugins,defaults}.go
// Differs: one profile; plugins can be left out and weighed anew, not reordered

import type { Plugin, Profile, ScoringStrategy } from './framework.ts'
import { imageLocality, nodeAffinity, nodeName, nodePorts, nodeUnschedulable, schedulingGates, taintToleration } from './plugins/basics.ts'
import { defaultPreemption } from './plugins/defaultpreemption.ts'
import { interPodAffinity } from './plugins/interpodaffinity.ts'
import { nodeResourcesBalancedAllocation, nodeResourcesFit } from './plugins/noderesources.ts'
import { dynamicResources, nodeDeclaredFeatures } from './plugins/others.ts'
import { podTopologySpread, SYSTEM_DEFAULTS } from './plugins/podtopologyspread.ts'
import { volumeBinding } from './plugins/volumebinding.ts'
import { nodeVolumeLimits, volumeRestrictions, volumeZone } from './plugins/volumes.ts'

/** In upstream's order. PrioritySort is the queue's own, DefaultBinder the binding's. */
export const PLUGINS: Plugin[] = [
  schedulingGates,
  nodeName,
  nodeUnschedulable,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeRestrictions,
  nodeVolumeLimits,
  volumeBinding,
  volumeZone,
  podTopologySpread,
  interPodAffinity,
  dynamicResources,
  defaultPreemption,
  nodeResourcesBalancedAllocation,
  imageLocality,
  nodeDeclaredFeatures,
]

const WEIGHTS: Record<string, number> = {
  TaintToleration: 3,
  NodeAffinity: 2,
  PodTopologySpread: 2,
  InterPodAffinity: 2,
  DynamicResources: 2,
}

const LEAST: ScoringStrategy = {
  type: 'LeastAllocated',
  resources: [
    { name: 'cpu', weight: 1 },
    { name: 'memory', weight: 1 },
  ],
}

/** What a configuration (a level's, say) may change. */
export interface ProfileConfig {
  schedulerName?: string
  /** By plugin; 0 counts as 1, as upstream. */
  weights?: Record<string, number>
  disabled?: string[]
  scoringStrategy?: ScoringStrategy
  hardPodAffinityWeight?: number
  defaultConstraints?: { maxSkew: number; topologyKey: string }[]
  percentageOfNodesToScore?: number
}

export function profileOf(config: ProfileConfig = {}): Profile {
  return {
    schedulerName: config.schedulerName ?? 'default-scheduler',
    plugins: config.disabled ? PLUGINS.filter(p => !config.disabled!.includes(p.name)) : PLUGINS,
    weights: { ...WEIGHTS, ...config.weights },
    scoringStrategy: config.scoringStrategy ?? LEAST,
    hardPodAffinityWeight: config.hardPodAffinityWeight ?? 1,
    defaultConstraints: config.defaultConstraints ?? SYSTEM_DEFAULTS,
    percentageOfNodesToScore: config.percentageOfNodesToScore ?? 0,
  }
}

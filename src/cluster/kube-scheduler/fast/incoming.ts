// incoming.ts: what is known in advance for a Pod that looks for a node, by its signature.
// Models k8s.io/kubernetes/pkg/scheduler/framework/runtime/framework.go (RunPreFilterPlugins, RunPreScorePlugins)
// Differs: kept from one cycle to the next

import type { Cycle, Listers } from '../framework.ts'
import type { PodInfo } from '../nodeinfo.ts'
import { nodeAffinity } from '../plugins/basics.ts'
import type { FastCache } from './cache.ts'
import { groupOf } from './counters.ts'
import { type Affinity, affinityOf, refreshAffinity } from './interpodaffinity.ts'
import { newResourceScores, type ResourceScores, resourceText } from './noderesources.ts'
import { type ImageScores, imagesText, type NodeVerdicts, newImageScores, newNodeVerdicts, refreshVerdicts, verdictsText } from './nodeverdicts.ts'
import { type Counting, type HardConstraint, hardConstraints, refreshHard, type SoftConstraints, softConstraints } from './podtopologyspread.ts'
import type { Signature } from './signature.ts'
import { topologyOf } from './topology.ts'

export interface Incoming {
  /** Has to be decided by the straight cycle. */
  straight: boolean
  /** Only these nodes are meant, by name. */
  names: string[] | undefined
  resources: ResourceScores
  verdicts: NodeVerdicts
  images: ImageScores
  hard: HardConstraint[]
  affinity: Affinity
  soft: SoftConstraints | undefined
  /** The version of what selects Pods in its namespace for which `soft` holds. */
  selecting: number
}

/** All of it, as of now. */
export function incomingOf(cache: FastCache, signature: Signature, listers: Listers): Incoming {
  const { sample } = signature
  const { columns } = cache
  const counting: Counting = {
    columns,
    group: words => groupOf(cache.groups, cache.signatures.byText.values(), columns, words),
    topology: (key, inclusion) => topologyOf(cache.topologies, columns, key, inclusion),
  }
  const selecting = cache.selecting.get(sample.namespace) ?? 0
  signature.incoming ??= newIncoming(cache, sample, listers, counting)
  const incoming = signature.incoming
  if (incoming.selecting !== selecting) {
    incoming.soft = softConstraints(sample, cache.profile, listers, counting)
    incoming.selecting = selecting
  }
  refreshVerdicts(incoming.verdicts, columns)
  refreshHard(incoming.hard, columns)
  refreshAffinity(incoming.affinity, sample, cache.terms, listers.namespaces, counting)
  return incoming
}

function newIncoming(cache: FastCache, sample: PodInfo, listers: Listers, counting: Counting): Incoming {
  const { columns, profile } = cache
  const limited = nodeAffinity.preFilter!(bareCycle(cache, sample, listers))
  return {
    straight: typeof limited === 'object' && 'code' in limited,
    names: typeof limited === 'object' && 'nodes' in limited ? limited.nodes : undefined,
    resources: once(cache.resourceScores, resourceText(sample), () => newResourceScores(columns, sample, profile)),
    verdicts: once(cache.nodeVerdicts, verdictsText(sample), () => newNodeVerdicts(columns, bareCycle(cache, sample, listers))),
    images: once(cache.imageScores, imagesText(sample), () => newImageScores(bareCycle(cache, sample, listers))),
    hard: hardConstraints(sample, counting),
    affinity: affinityOf(sample, listers.namespaces, counting),
    soft: undefined,
    selecting: -1,
  }
}

function once<T>(map: Map<string, T>, text: string, make: () => T): T {
  let found = map.get(text)
  if (found === undefined) {
    found = make()
    map.set(text, found)
  }
  return found
}

/** A cycle that has begun to think about nothing yet. */
function bareCycle({ profile }: FastCache, pod: PodInfo, listers: Listers): Cycle {
  const snapshot = { nodes: [], byName: new Map(), images: new Map(), listers, nominated: new Map(), now: 0 }
  return { pod, snapshot, profile, data: {}, skipFilter: new Set(), skipScore: new Set() }
}

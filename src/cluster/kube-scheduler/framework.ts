// framework.ts: the seam between the scheduling cycle and its plugins: what a plugin may say, and what it is shown.
// Models k8s.io/kube-scheduler/framework/{interface,cycle_state,types}.go
// Differs: a cycle's state is a plain record by plugin; no Permit that waits; no extenders

import type { Pod } from '../../api/pod.ts'
import type { NodeInfo, PodInfo } from './nodeinfo.ts'

/** Why a Pod does not go to a node: `unschedulable` may be helped by preemption, `unresolvable` never. */
export type Code = 'unschedulable' | 'unresolvable' | 'error'

/** A plugin's refusal. The plugin's name is added by the framework. */
export interface Refusal {
  code: Code
  reasons: string[]
}

export const refuse = (...reasons: string[]): Refusal => ({ code: 'unschedulable', reasons })
export const refuseForGood = (...reasons: string[]): Refusal => ({ code: 'unresolvable', reasons })
export const failWith = (reason: string): Refusal => ({ code: 'error', reasons: [reason] })

/** A refusal with who said it. */
export interface Verdict extends Refusal {
  plugin: string
}

/** `skip`: this plugin has nothing to do in this cycle. `nodes`: only these can be meant. */
export type PreFilterResult = 'skip' | Refusal | { nodes: string[] } | undefined

/** Objects by `namespace/name` (or `name`), as the informers keep them. */
export type Lister<T = any> = ReadonlyMap<string, T>

/** What beside Nodes and Pods a decision rests on. */
export interface Listers {
  namespaces: Lister
  services: Lister
  replicationControllers: Lister
  replicaSets: Lister
  statefulSets: Lister
  disruptionBudgets: Lister
  volumes: Lister
  claims: Lister
  storageClasses: Lister
  csiNodes: Lister
  csiDrivers: Lister
  capacities: Lister
  attachments: Lister
}

export interface ImageState {
  size: number
  /** How many nodes have it. */
  nodes: number
}

/** All that is known at the start of a cycle. Nodes are in the order in which they are visited. Nobody changes it. */
export interface Snapshot {
  nodes: readonly NodeInfo[]
  byName: ReadonlyMap<string, NodeInfo>
  images: ReadonlyMap<string, ImageState>
  listers: Listers
  /** Pods that wait for room on a node which preemption makes for them. */
  nominated: ReadonlyMap<string, readonly PodInfo[]>
  /** Simulated ms. */
  now: number
}

/** One attempt at one Pod. `data` is each plugin's own, by plugin. */
export interface Cycle {
  pod: PodInfo
  snapshot: Snapshot
  profile: Profile
  data: Record<string, any>
  skipFilter: Set<string>
  skipScore: Set<string>
}

export interface PostFilterResult {
  /** What stands behind the histogram. */
  message: string
  /** What becomes of `nominatedNodeName`; undefined: it stays. */
  nominate?: { node: string } | 'clear'
  victims?: PodInfo[]
  /** All that tie after every criterion; the first one was taken. */
  candidates?: { node: string; victims: PodInfo[] }[]
  code: 'success' | 'unschedulable' | 'error'
}

/** What can happen to make a refused Pod worth another try. */
export interface ClusterChange {
  resource: string
  action: string
  old?: any
  now?: any
}

/** `worth` undefined: always worth a try. */
export interface Registration {
  resource: string
  actions: string[]
  worth?: (pod: PodInfo, change: ClusterChange, listers: Listers) => boolean
}

export interface Plugin {
  name: string
  /** What it registers for, to wake Pods that it refused. */
  events?: Registration[]
  /** A message where the Pod may not enter the queue yet. */
  preEnqueue?(pod: Pod, gates: { preempting: boolean }): string | undefined
  preFilter?(cycle: Cycle): PreFilterResult
  filter?(cycle: Cycle, node: NodeInfo): Refusal | undefined
  /** Copies its data before Pods are put on or taken off nodes in thought. */
  clone?(data: any): any
  addPod?(cycle: Cycle, pod: PodInfo, node: NodeInfo): void
  removePod?(cycle: Cycle, pod: PodInfo, node: NodeInfo): void
  postFilter?(cycle: Cycle, verdicts: ReadonlyMap<string, Verdict>): PostFilterResult | undefined
  preScore?(cycle: Cycle, nodes: readonly NodeInfo[]): 'skip' | undefined
  /** The raw score; 0 to 100 if there is no `normalize`. */
  score?(cycle: Cycle, node: NodeInfo): number
  normalize?(cycle: Cycle, scores: number[], nodes: readonly NodeInfo[]): void
  /** What must be written before the Pod is bound; undefined: nothing. */
  preBind?(cycle: Cycle, node: NodeInfo): PreBindWork | undefined
}

/** Objects to be written for the binding of volumes, and claims to wait for. */
export interface PreBindWork {
  volumes: any[]
  claims: any[]
  wait: string[]
}

export interface ScoringStrategy {
  type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio'
  resources: { name: string; weight: number }[]
  /** Of RequestedToCapacityRatio: utilization 0 to 100, score 0 to 10. */
  shape?: { utilization: number; score: number }[]
}

/** A scheduler's configuration: its plugins in order, their weights and arguments. */
export interface Profile {
  schedulerName: string
  plugins: Plugin[]
  weights: Record<string, number>
  scoringStrategy: ScoringStrategy
  hardPodAffinityWeight: number
  defaultConstraints: { maxSkew: number; topologyKey: string }[]
  percentageOfNodesToScore: number
}

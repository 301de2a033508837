// state.ts: what the scheduler keeps, and what it tells.
// Models k8s.io/kubernetes/pkg/scheduler/{scheduler.go,backend/queue/nominator.go}
// Differs: nothing known

import type { Io } from '../../kernel/machine.ts'
import type { WithSeriesRecorder } from '../client/eventseries.ts'
import type { WithInformers } from '../client/informer.ts'
import type { WithElection } from '../client/leaderelection.ts'
import type { Client } from '../client.ts'
import { type Cache, imageStates, nodesInOrder } from './cache.ts'
import type { Decision, PluginScore } from './cycle.ts'
import type { Listers, PreBindWork, Profile, Snapshot, Verdict } from './framework.ts'
import type { PodInfo } from './nodeinfo.ts'
import { type ProfileConfig, profileOf } from './profile.ts'
import type { Queue, QueuedPod, QueueRules } from './queue.ts'

export interface SchedulerState extends WithInformers, WithElection, WithSeriesRecorder {
  /** Shared: nobody changes it. */
  config: ProfileConfig
  cache: Cache
  queue: Queue
  /** Nominated Pods by uid. */
  nominated: Map<string, { pod: PodInfo; node: string }>
  /** Where among the nodes the next cycle begins to look. */
  start: number
  /** One Pod at a time. */
  cycle:
    | { at: 'idle' }
    | { at: 'scheduling'; item: QueuedPod; decision: Decision; work: PreBindWork | undefined; timer: number }
    | { at: 'reporting'; pod: string }
  /** Routines that may be going on: they end with the process. */
  running: Set<number>
  /** Pods for which others are being made to leave; with the last of those once it was told to. */
  preempting: Map<string, { last: string | undefined }>
  /** Volumes and claims as they will be, by key, until they are seen so. */
  assumedVolumes: Map<string, any>
  assumedClaims: Map<string, any>
}

export const client: Client = { token: 'system:kube-scheduler', userAgent: 'kube-scheduler/v1.37.2 (linux/amd64) kubernetes/scheduler' }

/** Note: the nodes that refused a Pod, and which plugin said so. */
export interface Filtered {
  pod: string
  verdicts: Record<string, Verdict>
  feasible: string[]
}

/** Note: what every plugin gave every node, and who won. */
export interface Scored {
  pod: string
  scores: Record<string, Record<string, PluginScore>>
  final: Record<string, number>
  node: string
}

/** Note: the Pod counts on the node from now on; the API server does not know yet. */
export interface Assumed {
  pod: string
  node: string
}

/** Note: the API server has it. */
export interface Bound {
  pod: string
  node: string
}

/** Note: no node, and the text that users see. */
export interface Unschedulable {
  pod: string
  message: string
  reason: 'Unschedulable' | 'SchedulerError'
  plugins: string[]
}

/** Note: the Pod waits for room on this node, which these have to leave. */
export interface Preempting {
  pod: string
  node: string
  victims: string[]
}

const RUNNING_MAX = 200 // Beyond so many, those that have ended are forgotten.

/** Starts a routine that ends with the process. */
export function launch(state: SchedulerState, io: Io, routine: 'bind' | 'report' | 'preempt', args: unknown): void {
  if (state.running.size >= RUNNING_MAX) for (const id of state.running) if (!io.alive(id)) state.running.delete(id)
  state.running.add(io.start(routine, args))
}

const profiles = new WeakMap<object, Profile>()

export function profileOfState(state: SchedulerState): Profile {
  let profile = profiles.get(state.config)
  if (!profile) {
    profile = profileOf(state.config)
    profiles.set(state.config, profile)
  }
  return profile
}

const NONE: ReadonlyMap<string, any> = new Map()

export function listersOf({ informers, assumedVolumes, assumedClaims }: SchedulerState): Listers {
  const store = (name: string): ReadonlyMap<string, any> => informers.byName[name]?.store ?? NONE
  const over = (name: string, assumed: Map<string, any>) => (assumed.size === 0 ? store(name) : new Map([...store(name), ...assumed]))
  return {
    namespaces: store('namespaces'),
    services: store('services'),
    replicationControllers: store('replicationcontrollers'),
    replicaSets: store('replicasets'),
    statefulSets: store('statefulsets'),
    disruptionBudgets: store('poddisruptionbudgets'),
    volumes: over('persistentvolumes', assumedVolumes),
    claims: over('persistentvolumeclaims', assumedClaims),
    storageClasses: store('storageclasses'),
    csiNodes: store('csinodes'),
    csiDrivers: store('csidrivers'),
    capacities: store('csistoragecapacities'),
    attachments: store('volumeattachments'),
  }
}

/** All that is known now. */
export function snapshotOf(state: SchedulerState, now: number): Snapshot {
  const nominated = new Map<string, PodInfo[]>()
  for (const { pod, node } of state.nominated.values()) nominated.set(node, [...(nominated.get(node) ?? []), pod])
  return { nodes: nodesInOrder(state.cache), byName: state.cache.nodes, images: imageStates(state.cache), listers: listersOf(state), nominated, now }
}

export const rulesOf = (state: SchedulerState): QueueRules => ({
  profile: profileOfState(state),
  listers: listersOf(state),
  isPreempting: uid => isPreempting(state, uid),
})

/** Others are still being told to leave for this Pod; over when the last one has begun to. */
function isPreempting(state: SchedulerState, uid: string): boolean {
  const preemption = state.preempting.get(uid)
  if (!preemption) return false
  if (preemption.last === undefined) return true
  const last = state.informers.byName['pods']?.store.get(preemption.last)
  return last !== undefined && last.metadata.deletionTimestamp === undefined
}

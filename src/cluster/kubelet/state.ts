// state.ts: what a kubelet remembers: its Pods, their workers, the runtime as last seen, statuses, probes.
// Models pkg/kubelet/kubelet.go (Kubelet) and the managers it holds
// Differs: nothing known

import type { Taint } from '../../api/node.ts'
import type { Pod, PodStatus, Probe, ResourceList } from '../../api/pod.ts'
import type { WithRecorders } from '../client/events.ts'
import type { WithInformers } from '../client/informer.ts'
import type { Client } from '../client.ts'
import type { ContainerEvent, CriContainerStatus, SandboxStatus } from '../container-runtime/cri.ts'
import type { Resize } from './resize.ts'

export interface KubeletConfig {
  client: Client
  nodeIP: string
  capacity: ResourceList
  /** Default: the capacity. */
  allocatable?: ResourceList
  labels?: Record<string, string>
  /** Taints of a new Node, beside the one that waits for an external cloud provider. */
  taints?: Taint[]
  cloudProvider?: 'external'
  providerID?: string
  version?: string
  /** Added to retries and resyncs as a part of them. Upstream draws it from 0 to 0.5. */
  jitter?: number
}

/** What runs of one Pod: sandboxes and containers, newest first. */
export interface PodRuntimeStatus {
  sandboxes: SandboxStatus[]
  containers: CriContainerStatus[]
}

export interface CacheEntry {
  status: PodRuntimeStatus
  /** Grows with every inspection: newer than a sync's mark means it shows what the sync did. */
  mark: number
}

export interface PodUpdate {
  pod: Pod
  /** The kubelet's own decision to end the Pod. */
  kill?: { evict: boolean; reason: string; message: string; grace?: number; disruption?: boolean }
  cause: number
}

/** One Pod's worker. It never goes back to an earlier phase. */
export interface Worker {
  uid: string
  phase: 'sync' | 'terminating' | 'terminated' | 'finished'
  pod: Pod
  pending: PodUpdate | undefined
  /** Seconds; 0: not set yet. */
  grace: number
  deleted: boolean
  evicted: boolean
  /** Overrides the status while terminating (eviction, preemption). */
  override: { reason: string; message: string; disruption: boolean } | undefined
  /** The routine of the sync that runs, and what it works on. */
  routine: number
  work: Worker['phase']
  /** The last sync ended here: ms, and the mark of the cache at that time. -1: no sync yet. */
  syncedAt: number
  syncedMark: number
  /** Timer of the work queue, 0: none. */
  retry: number
  /** Waits for the next inspection of the runtime. */
  gated: boolean
  /** Timer at which activeDeadlineSeconds are over, 0: none; and when they are or were, ms. */
  deadline: number
  deadlineAt: number
  /** Are its volumes there? They stay until its end. */
  mounted: boolean
  /** When what is missing is tried again, ms, and the present step of waiting. */
  mounting: { at: number; ms: number; missing: string[] }
  /** Does the sync wait for volumes? Then a signal ends the wait. */
  awaitsVolumes: boolean
}

export interface StatusEntry {
  status: PodStatus
  version: number
  name: string
  namespace: string
  finished: boolean
  cause: number
}

export interface StatusManager {
  statuses: Map<string, StatusEntry>
  /** Versions that the API server has, by Pod uid. */
  sent: Map<string, number>
  /** Is a batch under way? */
  busy: boolean
  /** Timer of the next reconciliation, 0: none. */
  timer: number
}

export type ProbeKind = 'startup' | 'liveness' | 'readiness'
export type ProbeResult = 'Success' | 'Failure' | 'Unknown'

export interface ProbeWorker {
  uid: string
  container: string
  kind: ProbeKind
  probe: Probe
  containerId: string
  /** Waits for a new container. */
  onHold: boolean
  last: ProbeResult
  streak: number
  result: ProbeResult | undefined
  /** Ticks fall on anchor + n × period. */
  anchor: number
  timer: number
  running: boolean
}

export interface Backoff {
  /** ms of the present step, and when it was taken. */
  entries: Map<string, { ms: number; at: number }>
}

export interface ImageManager {
  /** Failed pulls by `uid_image`, with the text of the last failure. */
  backoff: Backoff
  errors: Map<string, string>
  /** The routine that pulls now, and those that wait for their turn. */
  pulling: number
  queue: number[]
  /** Has something been pulled or removed since the Node's status was written? */
  changed: boolean
}

/** Is the node short of memory? `seen`: when it last was, ms. The timer of the eviction monitor, 0: none. */
export interface Pressure {
  memory: boolean
  seen: number
  timer: number
  /** Uid of the Pod that was evicted last, while it is awaited that it is gone; '' none. At the latest until then, ms. */
  victim: string
  until: number
}

export interface Kubelet extends WithInformers, WithRecorders {
  /** On disk: which credentials worked for an image ('' is everybody's), and the number of the newest log file by `uid_container`. */
  durable: { pulledWith: Map<string, Set<string>>; logs: Map<string, number> }
  config: KubeletConfig
  node: string
  runtime: string
  client: Client
  startedAt: number
  /** When the runtime was last known to be well; -1 never. */
  runtimeSeen: number
  runtimeUp: boolean
  /** Has the runtime told everything that it has? */
  listed: boolean
  registered: boolean
  nodeUid: string
  /** The lease as the API server last returned it. */
  lease: any
  nodeStatus: {
    written: number
    ready: 'True' | 'False'
    readyMessage: string
    unschedulable: boolean
    failures: number
    busy: boolean
    images: any[] | undefined
  }
  /** Pods by uid, as the API server last showed them. */
  pods: Map<string, Pod>
  /** Rejected at the door: never run. */
  rejected: Set<string>
  workers: Map<string, Worker>
  /** The runtime as its last events showed it, and as it was at the last inspection. */
  mirror: Map<string, ContainerEvent>
  cache: Map<string, CacheEntry>
  known: Map<string, Record<string, string>>
  dirty: Set<string>
  mark: number
  relistTimer: number
  statusManager: StatusManager
  /** Why a container was not started, by `uid_container`. */
  reasons: Map<string, { reason: string; message: string }>
  crashLoop: Backoff
  images: ImageManager
  probes: Map<string, ProbeWorker>
  gcTimer: number
  /** ConfigMaps, Secrets and claims as they were last read, by `kind/namespace/name`. */
  objects: Map<string, any>
  /** Logs that are followed, by the caller's number. */
  follows: Map<number, { uid: string; routine: number }>
  pressure: Pressure
  /** Resources granted and used, by Pod uid. */
  resizes: Map<string, Resize>
}

export const RELIST_MS = 1000
export const SYNC_TICK_MS = 1000
const SYNC_TICK_OFFSET_MS = 100 // The sync loop's tick falls a little after that of the relist.

/** The next time that lies on the grid of the relist, after `now`. */
export const nextRelist = (s: Kubelet, now: number): number => nextOn(s.startedAt, RELIST_MS, now)
/** The last relist at or before `now`. */
export const lastRelist = (s: Kubelet, now: number): number => nextOn(s.startedAt, RELIST_MS, now) - RELIST_MS
/** The first tick of the sync loop at or after `at`. */
export const syncTickAt = (s: Kubelet, at: number): number => nextOn(s.startedAt + SYNC_TICK_OFFSET_MS, SYNC_TICK_MS, at - 1)

/** The first point of a grid strictly after `now`. */
export function nextOn(anchor: number, period: number, now: number): number {
  return anchor + (Math.floor((now - anchor) / period) + 1) * period
}

/** A retry or resync with its jitter. */
export const jittered = (s: Kubelet, ms: number): number => Math.round(ms * (1 + (s.config.jitter ?? 0.25)))

export const emptyRuntimeStatus: PodRuntimeStatus = { sandboxes: [], containers: [] }

/** `name_namespace(uid)` */
export const format = (pod: Pod): string => `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`

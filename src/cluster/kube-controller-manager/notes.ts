// notes.ts: every note that the controllers make: its kind, and the shape of its data.
// Models nothing of upstream: there these are log lines
// Differs: nothing known

import type { RankCriterion } from './ranking.ts'

/** Keys of objects are `namespace/name`, or `name` where there are no namespaces. */
export interface ManagerNotes {
  BecameLeader: { lease: string; identity: string }
  StoppedLeading: { lease: string; identity: string }
  Exited: { because: string }
  /** A sync failed and its key comes back (or, after too many failures, does not). */
  Retrying: { controller: string; key: string; error: string; failures: number }
  Dropped: { controller: string; key: string; error: string }
  /** Something is about to be created; which fields are there says for whom. */
  Creating:
    | { replicaSet: string; wanted: number; active: number; creating: number }
    | { daemonSet: string; nodes: string[] }
    | { statefulSet: string; pod: string; revision: string }
    | { job: string; wanted: number; active: number; creating: number }
    | { cronJob: string; job: string; scheduled: number }
    | { serviceAccount: string }
    | { configMap: string }
  Deleting:
    | { replicaSet: string; wanted: number; active: number; pods: { pod: string; because: RankCriterion }[] }
    | { daemonSet: string; pods: string[] }
    | { statefulSet: string; pod: string; because: 'scaled down' }
    | { statefulSet: string; pod: string; because: 'old revision'; revision: string; update: string }
    | { job: string; pods: string[]; because: 'suspended' | 'too many' }
  Resetting: { configMap: string }
  CreatingReplicaSet: { deployment: string; replicaSet: string; replicas: number; revision: number }
  Scaling: { deployment: string; replicaSet: string; from: number; to: number } | { hpa: string; from: number; to: number; reason: string }
  Revised:
    | { deployment: string; replicaSet: string; revision: string }
    | { daemonSet: string; revision: number; hash: string }
    | { statefulSet: string; revision: number; name: string }
  /** The reason of a Deployment's Progressing condition changed. */
  Progress: { deployment: string; before: string | undefined; after: string | undefined }
  Trimming: { deployment: string; replicaSet: string; limit: number }
  Adopted: { controller: string; owner: string; kind: string; object: string }
  Released: { controller: string; owner: string; kind: string; object: string }
  /** A Job is decided; it is finished when all its pods are counted. */
  Verdict: { job: string; type: 'SuccessCriteriaMet' | 'FailureTarget'; reason: string }
  Finished: { job: string; type: 'Complete' | 'Failed'; reason: string }
  Expired: { job: string }
  EndpointsChanged: { service: string; ready: number; notReady: number }
  SlicesChanged: { service: string; create: number; update: number; remove: number }
  Collecting: { kind: string; object: string; policy: 'Background' | 'Foreground' | 'Orphan'; because: 'owner is gone' | 'owner waits' }
  OwnersDropped: { kind: string; object: string; owners: string[] }
  Unblocked: { kind: string; object: string }
  Orphaning: { kind: string; object: string; dependents: string[] }
  NamespaceContent: { namespace: string; remaining: Record<string, number>; finalizers: Record<string, number> }
  NamespaceEmpty: { namespace: string }
  /** `heardAt`: simulated ms of the last sign of life. */
  NodeSilent: { node: string; heardAt: number }
  ZoneState: { zone: string; before: string; after: string; allDark: boolean }
  /** Taints as `key:effect`. */
  Tainting: { node: string; taints: string[]; before: string[] }
  EvictionTimed: { pod: string; node: string; ms: number }
  Evicting: { pod: string }
  Budgeted: { budget: string; allowed: number; healthy: number; desired: number; expected: number }
  Counted: { quota: string; hard: Record<string, string>; used: Record<string, string> }
  PodCollected: { pod: string; because: 'too many terminated' | 'out of service' | 'orphaned' | 'never scheduled' }
  Aggregating: { clusterRole: string; rules: number }
  Binding: { claim: string; volume: string }
  Protected: { kind: string; object: string }
  Unprotected: { kind: string; object: string }
}

// kubelet.ts: runs the Pods of one node, and tells how they and the node are. Played by Kamal at factory P, by Kelum at factory Q.
// Models pkg/kubelet/kubelet.go
// Differs: one loop hears everything in order; no cgroups, static Pods, devices, node shutdown and pressure; see its parts

import type { Pod } from '../api/pod.ts'
import { resourceByKind } from '../api/resources.ts'
import { type Io, type Message, machine } from '../kernel/machine.ts'

import { eventHandlers, newEventRecorder, recordEvent, referenceOf } from './client/events.ts'
import { type Change, type InformerTable, informerHandlers, informersPeerDown, newInformers, startInformer } from './client/informer.ts'
import type { ContainerEvent } from './container-runtime/cri.ts'
import { admit } from './kubelet/admission.ts'
import { newBackoff } from './kubelet/backoff.ts'
import { isTerminal } from './kubelet/containers.ts'
import { admitUnderPressure, armEviction, evict, evictionDue, newPressure } from './kubelet/eviction.ts'
import { armGarbage, collectGarbage, killOrphans } from './kubelet/garbage.ts'
import { newImageManager } from './kubelet/imagemanager.ts'
import { killContainerRoutine } from './kubelet/killing.ts'
import { leaseAnswer, newNodeStatus, nodeAnswer, nodeImages, ownNode, REGISTER_FIRST_MS, register, renewLease, syncNodeStatus } from './kubelet/nodestatus.ts'
import { relist, runtimeTold } from './kubelet/pleg.ts'
import { deadlineDue, forgetPod, updatePod, workerDue } from './kubelet/podworkers.ts'
import { probeAnswer, probeTick } from './kubelet/probes.ts'
import { qosOf } from './kubelet/qos.ts'
import { allocatedPod, considerResize, deferred, resizeOf } from './kubelet/resize.ts'
import type { Kubelet, KubeletConfig } from './kubelet/state.ts'
import { differs, newStatusManager, reconcile, reconcileLater, setPodStatus, statusBatch } from './kubelet/statusmanager.ts'
import { followLogs, serveExec, serveLogs, stopFollowing, wakeFollowers } from './kubelet/streaming.ts'
import { orphanKill, podSync } from './kubelet/syncpod.ts'

const RUNTIME_POLL_MS = 5000 // A runtime that is down is asked so often.

/** Note: a Pod was given to this node. */
export interface PodSeen {
  pod: string
  namespace: string
  change: 'add' | 'update' | 'delete'
}

/** Note: the node does not take it. */
export interface AdmissionRejected {
  pod: string
  namespace: string
  reason: string
  message: string
}

const nodeOf = (self: string): string => self.slice(self.indexOf('/') + 1)

const informers: InformerTable<Kubelet> = {
  nodes: {
    type: resourceByKind('v1', 'Node')!,
    fieldSelector: self => `metadata.name=${nodeOf(self)}`,
    on: nodeChanged,
    synced: (s, io) => startInformer(informers, s, io, 'pods'),
  },
  pods: {
    type: resourceByKind('v1', 'Pod')!,
    fieldSelector: self => `spec.nodeName=${nodeOf(self)}`,
    on: podChanged,
    synced: (s, io) => killOrphans(s, io),
  },
}

/** The actor `kubelet/NODE`, configured by a KubeletConfig. Beside what it watches it hears `containerLogs` and `exec` from the API server. */
export const kubelet = machine<Kubelet>({
  init(self, config: KubeletConfig) {
    const node = nodeOf(self)
    return {
      config,
      node,
      runtime: `container-runtime/${node}`,
      client: config.client,
      durable: { pulledWith: new Map(), logs: new Map() },
      informers: newInformers(config.client),
      recorders: { kubelet: newEventRecorder('kubelet', node, config.client) },
      startedAt: 0,
      runtimeSeen: -1,
      runtimeUp: false,
      listed: false,
      registered: false,
      nodeUid: '',
      lease: undefined,
      nodeStatus: newNodeStatus(),
      pods: new Map(),
      rejected: new Set(),
      workers: new Map(),
      mirror: new Map(),
      cache: new Map(),
      known: new Map(),
      dirty: new Set(),
      mark: 0,
      relistTimer: 0,
      statusManager: newStatusManager(),
      reasons: new Map(),
      crashLoop: newBackoff(),
      images: newImageManager(),
      probes: new Map(),
      gcTimer: 0,
      objects: new Map(),
      follows: new Map(),
      pressure: newPressure(),
      resizes: new Map(),
    }
  },
  on: {
    ...informerHandlers<Kubelet>(informers),
    ...eventHandlers,
    start(s, _, io) {
      s.startedAt = io.now
      recordEvent(s.recorders['kubelet']!, io, { kind: 'Node', name: s.node, uid: s.node }, 'Normal', 'Starting', 'Starting kubelet.')
      askRuntime(s, io)
      io.start('register', { wait: REGISTER_FIRST_MS })
    },
    registered(s, _, io) {
      startInformer(informers, s, io, 'nodes')
      renewLease(s, io)
      syncNodeStatus(s, io)
    },
    ContainerEvent(s, m, io) {
      if (!s.listed) return
      runtimeTold(s, io, m.body)
      if (s.follows.size > 0) wakeFollowers(s, io, m.body.uid)
      if (m.body.hungry) armEviction(s, io)
    },
    'runtime/listed'(s, m, io) {
      runtimeListed(s, m, io)
    },
    'runtime/done'() {},
    'peer/down'(s, m, io) {
      informersPeerDown(s, m, io)
      if (m.body.peer === s.runtime) runtimeLost(s, io)
    },
    'probe/answer'(s, m, io) {
      probeAnswer(s, io, m.body)
    },
    'probe/changed'(s, m, io) {
      const pod = s.pods.get(m.body.uid)
      // A readiness or a start shows in the status; a dead container is replaced.
      if (pod !== undefined && s.workers.has(m.body.uid) && (m.body.kind !== 'liveness' || m.body.result === 'Failure'))
        updatePod(s, io, { pod, cause: io.cause })
    },
    'eviction/stats'(s, m, io) {
      evict(s, io, m.body.answer)
    },
    'node/images'(s, m, io) {
      nodeImages(s, io, m.body.answer)
    },
    'node/answer'(s, m, io) {
      nodeAnswer(s, io, m.body.answer)
    },
    'lease/answer'(s, m, io) {
      leaseAnswer(s, io, m.body)
    },
    containerLogs(_, m, io) {
      io.start('serveLogs', { message: m })
    },
    'logs/stop'(s, m, io) {
      stopFollowing(s, io, m.body.follow)
    },
    exec(_, m, io) {
      io.start('serveExec', { message: m })
    },
    'timer/relist'(s, _, io) {
      relist(s, io)
    },
    'timer/worker'(s, m, io) {
      workerDue(s, io, m.body.uid)
    },
    'timer/deadline'(s, m, io) {
      deadlineDue(s, io, m.body.uid)
    },
    'timer/status'(s, _, io) {
      reconcile(s, io)
    },
    'timer/probe'(s, m, io) {
      probeTick(s, io, m.body.key)
    },
    'timer/eviction'(s, _, io) {
      evictionDue(s, io)
    },
    'timer/gc'(s, _, io) {
      collectGarbage(s, io)
    },
    'timer/lease'(s, _, io) {
      renewLease(s, io)
    },
    'timer/node-status'(s, _, io) {
      syncNodeStatus(s, io)
    },
    'timer/runtime'(s, _, io) {
      if (!s.runtimeUp) askRuntime(s, io)
    },
  },
  routines: { register, podSync, statusBatch, killContainer: killContainerRoutine, orphanKill, serveLogs, followLogs, serveExec },
})

// ---- the runtime

function askRuntime(s: Kubelet, io: Io): void {
  io.call(s.runtime, 'ListPodSandbox', {}, 'runtime/listed')
}

/** The runtime told all that it has: what is not in it is gone. */
function runtimeListed(s: Kubelet, m: Message, io: Io): void {
  const { answer } = m.body
  if (!answer.ok) return void io.after(RUNTIME_POLL_MS, 'timer/runtime')
  io.link(s.runtime)
  s.runtimeUp = true
  s.listed = true
  s.runtimeSeen = io.now
  const events = answer.value.value as ContainerEvent[]
  const there = new Set(events.map(e => e.uid))
  for (const uid of [...s.mirror.keys()]) if (!there.has(uid)) runtimeTold(s, io, { uid, sandboxes: [], containers: [], hungry: false })
  for (const event of events) {
    runtimeTold(s, io, event)
    if (event.hungry) armEviction(s, io)
  }
  relist(s, io)
  armGarbage(s, io)
  if (s.informers.byName['pods']?.hasSynced) killOrphans(s, io)
  const node = ownNode(s)
  if (node?.spec.podCIDR) setPodCIDR(s, io, node.spec.podCIDR)
  for (const worker of s.workers.values()) if (worker.pending !== undefined) updatePod(s, io, worker.pending)
}

function runtimeLost(s: Kubelet, io: Io): void {
  if (!s.runtimeUp) return
  s.runtimeUp = false
  s.runtimeSeen = io.now
  io.after(RUNTIME_POLL_MS, 'timer/runtime')
}

function setPodCIDR(s: Kubelet, io: Io, podCIDR: string): void {
  io.call(s.runtime, 'UpdateRuntimeConfig', { podCIDR }, 'runtime/done')
}

// ---- what the API server shows

function nodeChanged(s: Kubelet, io: Io, change: Change): void {
  if (change.type === 'delete') return
  const before = change.type === 'update' ? change.old.spec.podCIDR : undefined
  const now = change.object.spec.podCIDR
  if (now !== undefined && now !== before && s.runtimeUp) setPodCIDR(s, io, now)
}

function podChanged(s: Kubelet, io: Io, change: Change<Pod>): void {
  const pod = change.object
  const { uid, name, namespace = '' } = pod.metadata
  const known = s.pods.get(uid)
  if (change.type === 'delete') {
    s.pods.delete(uid)
    note(io, pod, 'delete')
    retryResizes(s, io)
    const worker = s.workers.get(uid)
    if (worker === undefined || worker.phase === 'finished') forgetPod(s, io, uid)
    else updatePod(s, io, { pod: worker.pod, kill: { evict: false, reason: '', message: '' }, cause: io.cause })
    return
  }
  s.pods.set(uid, pod)
  if (known === undefined) {
    // Another Pod of this name was deleted unseen.
    if (change.type === 'update' && change.old.metadata.uid !== uid) podChanged(s, io, { type: 'delete', object: change.old })
    note(io, pod, 'add')
    addPod(s, io, pod)
    return
  }
  if (statusOnly(known, pod)) {
    const entry = s.statusManager.statuses.get(uid)
    if (entry !== undefined && (s.statusManager.sent.get(uid) ?? 0) >= entry.version && differs(pod, entry.status)) reconcileLater(s, io)
    const worker = s.workers.get(uid)
    if (worker?.phase === 'sync' && isTerminal(pod.status.phase)) updatePod(s, io, { pod, cause: io.cause })
    else if (worker !== undefined && (pod.spec.readinessGates?.length ?? 0) > 0) updatePod(s, io, { pod, cause: io.cause })
    return
  }
  io.note('PodSeen', { pod: name, namespace, change: 'update' } satisfies PodSeen)
  if (s.rejected.has(uid)) return
  if (s.workers.get(uid)?.phase === 'sync') considerResize(s, io, pod, othersThan(s, uid))
  updatePod(s, io, { pod, cause: io.cause })
}

function note(io: Io, pod: Pod, change: PodSeen['change']): void {
  io.note('PodSeen', { pod: pod.metadata.name, namespace: pod.metadata.namespace ?? '', change } satisfies PodSeen)
}

/** Did only the status change, or what is nothing to the kubelet? */
function statusOnly(a: Pod, b: Pod): boolean {
  const [m, n] = [a.metadata, b.metadata]
  return (
    m.generation === n.generation &&
    m.deletionTimestamp === n.deletionTimestamp &&
    m.deletionGracePeriodSeconds === n.deletionGracePeriodSeconds &&
    alike(m.labels, n.labels) &&
    alike(m.annotations, n.annotations)
  )
}

const alike = (a: Record<string, string> | undefined, b: Record<string, string> | undefined): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

function addPod(s: Kubelet, io: Io, pod: Pod): void {
  const node = ownNode(s)
  const ending = pod.metadata.deletionTimestamp !== undefined || isTerminal(pod.status?.phase)
  if (node !== undefined && !ending) {
    const rejection = admitUnderPressure(s, pod) ?? admit(pod, node, othersThan(s, pod.metadata.uid))
    if (rejection !== undefined) return void reject(s, io, pod, rejection.reason, rejection.message)
  }
  resizeOf(s, pod)
  updatePod(s, io, { pod, cause: io.cause })
}

/** The other Pods that hold the node's resources, with what they were granted. */
function othersThan(s: Kubelet, uid: string): Pod[] {
  return [...s.pods.values()].filter(p => p.metadata.uid !== uid && active(s, p)).map(p => allocatedPod(s, p))
}

/** There may be room now for resizes that wait. */
function retryResizes(s: Kubelet, io: Io): void {
  if (s.resizes.size === 0) return
  for (const pod of deferred(s)) {
    considerResize(s, io, pod, othersThan(s, pod.metadata.uid))
    if (s.resizes.get(pod.metadata.uid)?.pending === undefined) updatePod(s, io, { pod, cause: io.cause })
  }
}

/** Does it hold the node's resources? */
function active(s: Kubelet, pod: Pod): boolean {
  const { uid } = pod.metadata
  const phase = s.workers.get(uid)?.phase
  return !s.rejected.has(uid) && phase !== undefined && phase !== 'terminated' && phase !== 'finished' && !isTerminal(pod.status?.phase)
}

function reject(s: Kubelet, io: Io, pod: Pod, reason: string, message: string): void {
  s.rejected.add(pod.metadata.uid)
  const { name, namespace = '' } = pod.metadata
  io.note('AdmissionRejected', { pod: name, namespace, reason, message } satisfies AdmissionRejected)
  recordEvent(s.recorders['kubelet']!, io, referenceOf(pod), 'Warning', reason, message)
  setPodStatus(s, io, pod, { phase: 'Failed', reason, message: `Pod was rejected: ${message}`, qosClass: qosOf(pod) })
}

// nodestatus.ts: the Node as its kubelet writes it: registration, conditions, addresses, images; and the lease that says it lives.
// Models pkg/kubelet/{kubelet_node_status,nodestatus/setters}.go and k8s.io/component-helpers/apimachinery/lease/controller.go
// Differs: the status is written by conditions and images only; allocatable is the capacity unless it is configured

import { goDuration } from '../../api/duration.ts'
import type { ApiResponse } from '../../api/http.ts'
import type { Node, NodeCondition } from '../../api/node.ts'
import { sameJson } from '../../api/patch.ts'
import { pathOf } from '../../api/resources.ts'
import { rfc3339, rfc3339Micro } from '../../api/time.ts'
import type { Answer, Io, RoutineIo, Steps } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { recordEvent } from '../client/events.ts'
import { cached } from '../client/informer.ts'
import { ask, isAlreadyExists, ok } from '../client/request.ts'
import { API_SERVER, createRequest, getRequest, patchRequest, updateRequest } from '../client.ts'
import type { ImageStatus } from '../container-runtime/cri.ts'
import { digest } from '../registry.ts'
import type { Kubelet } from './state.ts'

export const NODE_STATUS_MS = 10_200 // Every 10 s with a jitter of 4 %, here its mean.
export const LEASE_MS = 10_000
const UNCHANGED_MS = 300_000 // A status in which only the heartbeat is new is written so often.
const FAST_MS = 100 // Until the node is ready for the first time.
const RUNTIME_DOWN_MS = 30_000
const PLEG_UNHEALTHY_MS = 180_000
const IMAGES_MAX = 50
const REGISTER_RETRY_MS = 100
const REGISTER_RETRY_MAX_MS = 7000

const STARTING = 'container runtime status check may not have completed yet'

const nodePath = (s: Kubelet) => pathOf({ apiVersion: 'v1', kind: 'Node', name: s.node })
export const ownNode = (s: Kubelet): Node | undefined => cached<Node>(s, 'nodes', s.node)

/** Note: what the kubelet told of its node. */
export interface NodeReported {
  node: string
  ready: 'True' | 'False'
  message: string
}

function event(s: Kubelet, io: Io, reason: string, message = `Node ${s.node} status is now: ${reason}`): void {
  recordEvent(s.recorders['kubelet']!, io, { kind: 'Node', name: s.node, uid: s.nodeUid || s.node }, 'Normal', reason, message)
}

/** Routine: makes the Node, or takes over the one that is there. */
export function* register(io: RoutineIo<Kubelet>, args: { wait: number }): Steps<unknown> {
  const { client, path, node } = io.state((s, turn) => ({ client: s.client, path: nodePath(s), node: share(initialNode(s, turn.now)) }))
  const created = yield* ask(io, createRequest(client, pathOf({ apiVersion: 'v1', kind: 'Node' }), node))
  let uid = ok(created) ? created.body.metadata.uid : ''
  if (isAlreadyExists(created)) {
    const existing = yield* ask(io, getRequest(client, path))
    if (ok(existing)) {
      const status = { capacity: node.status.capacity, allocatable: node.status.allocatable, nodeInfo: node.status.nodeInfo, addresses: node.status.addresses }
      const labels = missingLabels(existing.body, node)
      if (labels !== undefined) yield* ask(io, patchRequest(client, path, 'strategic', { metadata: { labels } }))
      const changed = !sameJson({ ...existing.body.status, ...status }, existing.body.status)
      if (changed) yield* ask(io, patchRequest(client, `${path}/status`, 'strategic', { status }))
      uid = existing.body.metadata.uid
    }
  }
  if (uid === '') {
    yield* io.sleep(args.wait)
    return io.again({ wait: Math.min(args.wait * 2, REGISTER_RETRY_MAX_MS) })
  }
  io.state((s, turn) => {
    s.registered = true
    s.nodeUid = uid
    for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']) event(s, turn, reason)
    turn.send(turn.self, 'registered', {})
  })
  return undefined
}

export const REGISTER_FIRST_MS = REGISTER_RETRY_MS

function missingLabels(there: Node, ours: Node): Record<string, string> | undefined {
  const missing: Record<string, string> = {}
  for (const key in ours.metadata.labels) {
    const value = ours.metadata.labels[key]!
    // Labels of the configuration are set once; those of the machine are kept right.
    if (there.metadata.labels?.[key] === undefined || (key.endsWith('/os') || key.endsWith('/arch') ? there.metadata.labels[key] !== value : false))
      missing[key] = value
  }
  return Object.keys(missing).length === 0 ? undefined : missing
}

export function initialNode(s: Kubelet, now: number): Node {
  const { config, node: name } = s
  const taints = [...(config.taints ?? [])]
  if (config.cloudProvider === 'external') taints.push({ key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' })
  const id = digest(`node ${name}`)
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...config.labels,
      },
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: { ...(config.providerID ? { providerID: config.providerID } : {}), ...(taints.length > 0 ? { taints } : {}) },
    status: {
      addresses: [
        { type: 'InternalIP', address: config.nodeIP },
        { type: 'Hostname', address: name },
      ],
      capacity: config.capacity,
      allocatable: config.allocatable ?? config.capacity,
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: id.slice(0, 32),
        systemUUID: uuid(id.slice(32)),
        bootID: uuid(digest(`boot ${name}`)),
        kernelVersion: '6.12.41',
        osImage: 'Debian GNU/Linux 13 (trixie)',
        containerRuntimeVersion: 'containerd://2.1.4',
        kubeletVersion: config.version ?? 'v1.37.2',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
      conditions: conditionsOf(s, [], now),
    },
  } as unknown as Node
}

const uuid = (hex: string) => `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`

function conditionsOf(s: Kubelet, old: NodeCondition[], now: number): NodeCondition[] {
  const time = rfc3339(now)
  const make = (type: string, status: 'True' | 'False', reason: string, message: string): NodeCondition => {
    const before = old.find(c => c.type === type)
    const since = before?.status === status ? before.lastTransitionTime : undefined
    return { type, status, lastHeartbeatTime: time, lastTransitionTime: since ?? time, reason, message }
  }
  const { ready, readyMessage } = s.nodeStatus
  return [
    s.pressure.memory
      ? make('MemoryPressure', 'True', 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available')
      : make('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    make('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    make('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    make('Ready', ready, ready === 'True' ? 'KubeletReady' : 'KubeletNotReady', readyMessage),
  ]
}

export const newNodeStatus = (): Kubelet['nodeStatus'] => ({
  written: 0,
  ready: 'False',
  readyMessage: STARTING,
  unschedulable: false,
  failures: 0,
  busy: false,
  images: undefined,
})

function readiness(s: Kubelet, now: number): string {
  if (s.runtimeSeen < 0) return STARTING
  if (s.runtimeUp) return ''
  const problems: string[] = []
  const silent = now - s.runtimeSeen
  if (silent > RUNTIME_DOWN_MS) problems.push('container runtime is down')
  if (silent > PLEG_UNHEALTHY_MS)
    problems.push(`PLEG is not healthy: pleg was last seen active ${goDuration(silent)} ago; threshold is ${goDuration(PLEG_UNHEALTHY_MS)}`)
  return problems.length > 1 ? `[${problems.join(', ')}]` : (problems[0] ?? '')
}

/** Looks at the node, and writes what has changed. */
export function syncNodeStatus(s: Kubelet, io: Io): void {
  const state = s.nodeStatus
  const node = ownNode(s)
  if (!s.registered || node === undefined) return void io.after(FAST_MS, 'timer/node-status')
  const problem = readiness(s, io.now)
  state.ready = problem === '' ? 'True' : 'False'
  state.readyMessage = problem || 'kubelet is posting ready status'
  const unschedulable = node.spec.unschedulable === true
  if (unschedulable !== state.unschedulable) {
    state.unschedulable = unschedulable
    event(s, io, unschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable')
  }
  const starting = state.ready === 'False' && io.now - s.startedAt < 120_000 && s.runtimeSeen < 0
  io.after(starting ? FAST_MS : NODE_STATUS_MS, 'timer/node-status')
  if (state.busy) return
  const old = node.status?.conditions ?? []
  const before = old.find(c => c.type === 'Ready')
  const memory = s.pressure.memory ? 'True' : 'False'
  const tight = old.find(c => c.type === 'MemoryPressure')?.status
  const changed = tight !== memory || before?.status !== state.ready || before.message !== state.readyMessage || old.some(c => c.status === 'Unknown')
  if (!changed && !s.images.changed && io.now - state.written < UNCHANGED_MS) return
  if (before !== undefined && before.status !== state.ready) event(s, io, state.ready === 'True' ? 'NodeReady' : 'NodeNotReady')
  if (tight !== undefined && tight !== 'Unknown' && tight !== memory) event(s, io, s.pressure.memory ? 'NodeHasInsufficientMemory' : 'NodeHasSufficientMemory')
  state.busy = true
  if (s.images.changed && s.runtimeUp) {
    s.images.changed = false
    io.call(s.runtime, 'ListImages', {}, 'node/images')
  } else writeNodeStatus(s, io)
}

/** The images of the node are known: the largest stand in its status. */
export function nodeImages(s: Kubelet, io: Io, answer: Answer<any>): void {
  if (answer.ok && answer.value.ok) {
    const list = [...(answer.value.value as ImageStatus[])].sort((a, b) => b.sizeBytes - a.sizeBytes || (a.ref < b.ref ? -1 : 1))
    s.nodeStatus.images = list.slice(0, IMAGES_MAX).map(i => ({ names: [i.id, i.ref], sizeBytes: i.sizeBytes }))
  }
  writeNodeStatus(s, io)
}

function writeNodeStatus(s: Kubelet, io: Io): void {
  const state = s.nodeStatus
  const conditions = conditionsOf(s, ownNode(s)?.status?.conditions ?? [], io.now)
  const status = { conditions, ...(state.images === undefined ? {} : { images: state.images }) }
  io.note('NodeReported', { node: s.node, ready: state.ready, message: state.readyMessage } satisfies NodeReported)
  io.call(API_SERVER, 'request', patchRequest(s.client, `${nodePath(s)}/status`, 'strategic', { status }), 'node/answer')
}

export function nodeAnswer(s: Kubelet, io: Io, answer: Answer<ApiResponse>): void {
  s.nodeStatus.busy = false
  if (answer.ok && answer.value.status < 300) {
    s.nodeStatus.written = io.now
    s.nodeStatus.images = undefined
  } else s.images.changed ||= s.nodeStatus.images !== undefined
}

// ---- the lease

const leasesPath = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'

/** Renews the lease; makes it if there is none. */
export function renewLease(s: Kubelet, io: Io): void {
  io.after(LEASE_MS, 'timer/lease')
  if (!s.registered) return
  if (s.lease === undefined) return void io.call(API_SERVER, 'request', getRequest(s.client, `${leasesPath}/${s.node}`), 'lease/answer', 'get')
  const spec = { ...s.lease.spec, renewTime: rfc3339Micro(io.now) }
  io.call(API_SERVER, 'request', updateRequest(s.client, `${leasesPath}/${s.node}`, { ...s.lease, spec }), 'lease/answer', 'put')
}

export function leaseAnswer(s: Kubelet, io: Io, body: { answer: Answer<ApiResponse>; context: 'get' | 'put' | 'post' }): void {
  const { answer, context } = body
  if (!answer.ok) return
  const { status, body: lease } = answer.value
  if (status < 300) {
    s.lease = lease
    if (context === 'get') {
      const spec = { ...lease.spec, holderIdentity: s.node, leaseDurationSeconds: 40, renewTime: rfc3339Micro(io.now) }
      io.call(API_SERVER, 'request', updateRequest(s.client, `${leasesPath}/${s.node}`, { ...lease, spec }), 'lease/answer', 'put')
    }
    return
  }
  s.lease = undefined
  if (status !== 404) return
  const owner = { apiVersion: 'v1', kind: 'Node', name: s.node, uid: s.nodeUid }
  const made = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: s.node, namespace: 'kube-node-lease', ownerReferences: [owner] },
    spec: { holderIdentity: s.node, leaseDurationSeconds: 40, renewTime: rfc3339Micro(io.now) },
  }
  io.call(API_SERVER, 'request', createRequest(s.client, leasesPath, made), 'lease/answer', 'post')
}

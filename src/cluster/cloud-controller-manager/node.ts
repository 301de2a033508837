// node.ts: a new Node learns from the cloud what it is; a Node whose machine is gone is deleted.
// Models k8s.io/cloud-provider/controllers/{node/node_controller.go,nodelifecycle/node_lifecycle_controller.go}
// Differs: provided-node-ip is not checked; beta labels are written only at initialisation

import type { Node, Taint } from '../../api/node.ts'
import type { Steps } from '../../kernel/machine.ts'
import { type Controller, enqueue, launch, recordFor, type SyncResult } from '../client/controller.ts'
import { cached, listed } from '../client/informer.ts'
import { ask, errorOf, isConflict, isNotFound, ok } from '../client/request.ts'
import { deleteRequest, getRequest, patchRequest, updateRequest } from '../client.ts'
import type { CloudMachine } from '../cloud.ts'
import { askCloud, type CloudIo, type CloudManagerState, client, wake } from './state.ts'

const NODE = 'cloud-node-controller'
const LIFECYCLE = 'cloud-node-lifecycle-controller'
const UNINITIALIZED = 'node.cloudprovider.kubernetes.io/uninitialized'
const SHUTDOWN = 'node.cloudprovider.kubernetes.io/shutdown'
const UPDATE_TRIES = 20
const UPDATE_PAUSE_MS = 50
const REFRESH_MS = 300_000 // Addresses of all nodes are looked up anew.
const MONITOR_MS = 5_000

const tainted = (node: Node, key: string): boolean => (node.spec.taints ?? []).some(t => t.key === key)
const pathOf = (name: string) => `/api/v1/nodes/${name}`

export const cloudNodeController: Controller<CloudManagerState> = {
  name: NODE,
  workers: 1,
  on: {
    nodes(state, io, change) {
      if (change.type !== 'delete' && tainted(change.object, UNINITIALIZED)) enqueue(state, io, NODE, change.object.metadata.name)
    },
  },
  begin(state, io) {
    wake(state, io, REFRESH_MS, `${NODE}/refresh`)
  },
  hears: {
    [`${NODE}/refresh`](state, _m, io) {
      for (const node of listed<Node>(state, 'nodes')) if (!tainted(node, UNINITIALIZED)) launch(state, io, `${NODE}/addresses`, node.metadata.name)
      wake(state, io, REFRESH_MS, `${NODE}/refresh`)
    },
  },
  routines: {
    *[`${NODE}/addresses`](io: CloudIo, name: string): Steps<void> {
      const asked = yield* askCloud<CloudMachine | null>(io, 'instanceMetadata', { node: name })
      const node = io.state(state => cached<Node>(state, 'nodes', name))
      if (asked.ok && asked.value && node) yield* writeAddresses(io, node, asked.value)
    },
  },
  sync: initialise,
}

function* initialise(io: CloudIo, name: string): Steps<SyncResult> {
  const waits = io.state(state => {
    const node = cached<Node>(state, 'nodes', name)
    return node !== undefined && tainted(node, UNINITIALIZED)
  })
  if (!waits) return undefined
  const asked = yield* askCloud<CloudMachine | null>(io, 'instanceMetadata', { node: name })
  if (!asked.ok) return `failed to get instance metadata for node ${name}: ${asked.error}`
  if (asked.value === null) return undefined
  const machine = asked.value
  for (let tries = 0; tries < UPDATE_TRIES; tries++) {
    const got = yield* ask(io, getRequest(client, pathOf(name)))
    if (!ok(got)) return isNotFound(got) ? undefined : errorOf(got)
    const node = got.body as Node
    const put = yield* ask(io, updateRequest(client, pathOf(name), initialised(node, machine)))
    if (ok(put)) {
      yield* writeAddresses(io, put.body, machine)
      io.note('NodeInitialized', { node: name, providerID: machine.providerID })
      io.state((state, turn) => recordFor(state, turn, NODE, put.body, 'Normal', 'Synced', 'Node synced successfully'))
      return undefined
    }
    if (!isConflict(put)) return errorOf(put)
    yield* io.sleep(UPDATE_PAUSE_MS)
  }
  return `node ${name} is changed too often`
}

/** The Node with what the cloud knows, and without the taint that kept Pods away. */
export function initialised(node: Node, machine: CloudMachine): Node {
  const labels = {
    ...node.metadata.labels,
    'node.kubernetes.io/instance-type': machine.type,
    'beta.kubernetes.io/instance-type': machine.type,
    'topology.kubernetes.io/zone': machine.zone,
    'failure-domain.beta.kubernetes.io/zone': machine.zone,
    'topology.kubernetes.io/region': machine.region,
    'failure-domain.beta.kubernetes.io/region': machine.region,
  }
  const taints = (node.spec.taints ?? []).filter(t => t.key !== UNINITIALIZED)
  const spec = { ...node.spec, providerID: node.spec.providerID || machine.providerID, taints: taints.length > 0 ? taints : undefined }
  return { ...node, metadata: { ...node.metadata, labels }, spec }
}

function* writeAddresses(io: CloudIo, node: Node, machine: CloudMachine): Steps<void> {
  const addresses = [
    { type: 'InternalIP', address: machine.address },
    { type: 'ExternalIP', address: machine.externalAddress },
    { type: 'Hostname', address: node.metadata.name },
  ]
  if (JSON.stringify(node.status.addresses) === JSON.stringify(addresses)) return
  yield* ask(io, patchRequest(client, `${pathOf(node.metadata.name)}/status`, 'merge', { status: { addresses } }))
}

export const cloudNodeLifecycleController: Controller<CloudManagerState> = {
  name: LIFECYCLE,
  workers: 1,
  begin(state, io) {
    wake(state, io, MONITOR_MS, `${LIFECYCLE}/monitor`)
  },
  hears: {
    [`${LIFECYCLE}/monitor`](state, _m, io) {
      for (const node of listed<Node>(state, 'nodes')) if (!isReady(node) || tainted(node, SHUTDOWN)) enqueue(state, io, LIFECYCLE, node.metadata.name)
      wake(state, io, MONITOR_MS, `${LIFECYCLE}/monitor`)
    },
  },
  sync: monitor,
}

const isReady = (node: Node): boolean => node.status.conditions?.find(c => c.type === 'Ready')?.status === 'True'

function* monitor(io: CloudIo, name: string): Steps<SyncResult> {
  const node = io.state(state => cached<Node>(state, 'nodes', name))
  if (!node) return undefined
  if (isReady(node)) {
    if (tainted(node, SHUTDOWN)) yield* taint(io, name, taints => taints.filter(t => t.key !== SHUTDOWN))
    return undefined
  }
  const exists = yield* askCloud<boolean>(io, 'instanceExists', { node: name })
  if (!exists.ok) return undefined // Only a log line; the next pass asks again.
  if (!exists.value) {
    io.note('DeletingNode', { node: name })
    io.state((state, turn) =>
      recordFor(state, turn, LIFECYCLE, node, 'Normal', 'DeletingNode', `Deleting node ${name} because it does not exist in the cloud provider`),
    )
    const gone = yield* ask(io, deleteRequest(client, pathOf(name)))
    if (!ok(gone) && !isNotFound(gone))
      io.state((state, turn) => recordFor(state, turn, LIFECYCLE, node, 'Warning', 'DeletingNodeFailed', `Failed deleting node ${name}: ${errorOf(gone)}`))
    return undefined
  }
  const shutdown = yield* askCloud<boolean>(io, 'instanceShutdown', { node: name })
  if (shutdown.ok && shutdown.value && !tainted(node, SHUTDOWN)) yield* taint(io, name, taints => [...taints, { key: SHUTDOWN, effect: 'NoSchedule' }])
  return undefined
}

function* taint(io: CloudIo, name: string, change: (taints: Taint[]) => Taint[]): Steps<void> {
  const got = yield* ask(io, getRequest(client, pathOf(name)))
  if (!ok(got)) return
  const node = got.body as Node
  const taints = change(node.spec.taints ?? [])
  yield* ask(io, updateRequest(client, pathOf(name), { ...node, spec: { ...node.spec, taints: taints.length > 0 ? taints : undefined } }))
}

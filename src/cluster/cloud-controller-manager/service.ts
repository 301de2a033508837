// service.ts: a Service of type LoadBalancer gets one from the cloud, and gives it back.
// Models k8s.io/cloud-provider/controllers/service/controller.go
// Differs: annotations named by single providers mean nothing here

import type { Node } from '../../api/node.ts'
import type { Service } from '../../api/service.ts'
import type { Steps } from '../../kernel/machine.ts'
import { type Controller, enqueue, recordFor, type SyncResult } from '../client/controller.ts'
import { cached, listed } from '../client/informer.ts'
import { ask, errorOf, isNotFound, ok } from '../client/request.ts'
import { patchRequest } from '../client.ts'
import type { CloudLoadBalancer } from '../cloud.ts'
import { askCloud, type CloudIo, type CloudManagerState, client, wake } from './state.ts'

const NAME = 'service-lb-controller'
const SOURCE = 'service-controller'
const NODE_SYNC_MS = 100_000
const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'
const EXCLUDE = 'node.kubernetes.io/exclude-from-external-load-balancers'
const LEAVING = 'ToBeDeletedByClusterAutoscaler'

/** What was done for a Service: the parts of its spec that a load balancer depends on, and the nodes behind it. */
interface Done {
  wanted: string
  nodes: string[]
  uid: string
}

interface Memory {
  done: Map<string, Done>
}

const memoryOf = (state: CloudManagerState): Memory => state.controllers[NAME]!.memory as Memory
const keyOf = (service: Service) => `${service.metadata.namespace}/${service.metadata.name}`
const wants = (service: Service): boolean => service.spec.type === 'LoadBalancer' && service.spec.loadBalancerClass === undefined
const holds = (service: Service): boolean => service.metadata.finalizers?.includes(FINALIZER) ?? false
const pathOf = (service: Service) => `/api/v1/namespaces/${service.metadata.namespace}/services/${service.metadata.name}`
/** Its name in the cloud: at most 32 characters. */
export const loadBalancerName = (service: Service): string => `a${service.metadata.uid.replaceAll('-', '')}`.slice(0, 32)

/** What a load balancer depends on, as text that can be compared. */
function wantedOf(service: Service): string {
  const { spec, metadata } = service
  const { type, loadBalancerClass, loadBalancerSourceRanges, ports, sessionAffinity, sessionAffinityConfig, loadBalancerIP, externalIPs } = spec
  const policy = [spec.externalTrafficPolicy, spec.healthCheckNodePort, spec.ipFamilies?.length]
  return JSON.stringify([
    type,
    loadBalancerClass,
    loadBalancerSourceRanges,
    ports,
    sessionAffinity,
    sessionAffinityConfig,
    loadBalancerIP,
    externalIPs,
    policy,
    metadata.annotations,
    metadata.uid,
  ])
}

/** Nodes that belong behind a load balancer: readiness does not matter. */
export function balanced(nodes: Node[]): string[] {
  const excluded = (node: Node) => {
    const label = node.metadata.labels?.[EXCLUDE]
    return label !== undefined && !['false', 'FALSE', 'False', 'f', 'F', '0'].includes(label)
  }
  return nodes
    .filter(n => n.metadata.deletionTimestamp === undefined && !excluded(n) && !(n.spec.taints ?? []).some(t => t.key === LEAVING))
    .map(n => n.metadata.name)
    .sort()
}

export const serviceController: Controller<CloudManagerState> = {
  name: NAME,
  eventSource: SOURCE,
  workers: 1,
  retry: { baseMs: 5_000, maxMs: 300_000, bucket: false },
  init: (): Memory => ({ done: new Map() }),
  on: {
    services(state, io, change) {
      const service = change.object as Service
      if (change.type === 'delete') {
        if (memoryOf(state).done.has(keyOf(service))) enqueue(state, io, NAME, keyOf(service))
        return
      }
      const leaving = holds(service) && (service.metadata.deletionTimestamp !== undefined || !wants(service))
      const changed = change.type === 'add' ? wants(service) : wants(service) && wantedOf(service) !== wantedOf(change.old)
      if (leaving || changed) enqueue(state, io, NAME, keyOf(service))
    },
    nodes(state, io, change) {
      const relevant = (n: Node) => JSON.stringify([n.spec.providerID, n.metadata.labels?.[EXCLUDE], n.spec.taints?.some(t => t.key === LEAVING)])
      if (change.type !== 'update' || relevant(change.object) !== relevant(change.old)) nodesChanged(state, io)
    },
  },
  begin(state, io) {
    wake(state, io, NODE_SYNC_MS, `${NAME}/nodes`)
  },
  hears: {
    [`${NAME}/nodes`](state, _m, io) {
      nodesChanged(state, io)
      wake(state, io, NODE_SYNC_MS, `${NAME}/nodes`)
    },
  },
  sync,
}

function nodesChanged(state: CloudManagerState, io: Parameters<NonNullable<Controller<CloudManagerState>['begin']>>[1]): void {
  const nodes = balanced(listed<Node>(state, 'nodes')).join(' ')
  for (const [key, done] of memoryOf(state).done) if (done.nodes.join(' ') !== nodes) enqueue(state, io, NAME, key)
}

function* sync(io: CloudIo, key: string): Steps<SyncResult> {
  const { service, nodes, done } = io.state(state => ({
    service: cached<Service>(state, 'services', key),
    nodes: balanced(listed<Node>(state, 'nodes')),
    done: memoryOf(state).done.get(key),
  }))
  if (!service) {
    io.state(state => void memoryOf(state).done.delete(key))
    return undefined
  }
  if (service.metadata.deletionTimestamp !== undefined || !wants(service)) return yield* remove(io, service, key)
  if (done && done.uid === service.metadata.uid && done.wanted === wantedOf(service)) return yield* update(io, service, key, nodes, done)
  return yield* ensure(io, service, key, nodes)
}

/** Records an Event about the Service. */
const say = (io: CloudIo, service: Service, type: 'Normal' | 'Warning', reason: string, message: string): void =>
  io.state((state, turn) => recordFor(state, turn, SOURCE, service, type, reason, message))

function fail(io: CloudIo, service: Service, error: string): string {
  say(io, service, 'Warning', 'SyncLoadBalancerFailed', `Error syncing load balancer: ${error}`)
  return error
}

function* ensure(io: CloudIo, service: Service, key: string, nodes: string[]): Steps<SyncResult> {
  say(io, service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer')
  if (!holds(service)) {
    const patched = yield* ask(
      io,
      patchRequest(client, pathOf(service), 'merge', { metadata: { finalizers: [...(service.metadata.finalizers ?? []), FINALIZER] } }),
    )
    if (!ok(patched)) return fail(io, service, `failed to add load balancer cleanup finalizer: ${errorOf(patched)}`)
  }
  if (nodes.length === 0) say(io, service, 'Warning', 'UnAvailableLoadBalancer', 'There are no available nodes for LoadBalancer')
  const rented = yield* askCloud<CloudLoadBalancer>(io, 'ensureLoadBalancer', { name: loadBalancerName(service), service: key, nodes })
  if (!rented.ok) return fail(io, service, `failed to ensure load balancer: ${rented.error}`)
  say(io, service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer')
  const status = yield* writeIngress(io, service, [rented.value.ingress])
  if (status !== undefined) return fail(io, service, `failed to update load balancer status: ${status}`)
  io.state(state => void memoryOf(state).done.set(key, { wanted: wantedOf(service), nodes, uid: service.metadata.uid }))
  return undefined
}

function* update(io: CloudIo, service: Service, key: string, nodes: string[], done: Done): Steps<SyncResult> {
  if (nodes.join(' ') === done.nodes.join(' ')) return undefined
  if (nodes.length === 0) say(io, service, 'Warning', 'UnAvailableLoadBalancer', 'There are no available nodes for LoadBalancer')
  const updated = yield* askCloud<null>(io, 'updateLoadBalancer', { name: loadBalancerName(service), service: key, nodes })
  if (!updated.ok) {
    const shown = nodes.slice(0, 20)
    const text = `Error updating load balancer with new hosts [${shown.join(' ')}] [node names limited, total number of nodes: ${nodes.length}], error: ${updated.error}`
    say(io, service, 'Warning', 'UpdateLoadBalancerFailed', text)
    return updated.error
  }
  say(io, service, 'Normal', 'UpdatedLoadBalancer', 'Updated load balancer with new hosts')
  io.state(state => void memoryOf(state).done.set(key, { ...done, nodes }))
  return undefined
}

function* remove(io: CloudIo, service: Service, key: string): Steps<SyncResult> {
  if (!holds(service)) return undefined
  const there = yield* askCloud<CloudLoadBalancer | null>(io, 'getLoadBalancer', { name: loadBalancerName(service) })
  if (!there.ok) return fail(io, service, `failed to check if load balancer exists before cleanup: ${there.error}`)
  if (there.value) {
    say(io, service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer')
    const gone = yield* askCloud<null>(io, 'deleteLoadBalancer', { name: loadBalancerName(service), service: key })
    if (!gone.ok) return fail(io, service, `failed to delete load balancer: ${gone.error}`)
  }
  const finalizers = (service.metadata.finalizers ?? []).filter(f => f !== FINALIZER)
  const patched = yield* ask(io, patchRequest(client, pathOf(service), 'merge', { metadata: { finalizers: finalizers.length > 0 ? finalizers : null } }))
  if (!ok(patched) && !isNotFound(patched)) return fail(io, service, `failed to remove load balancer cleanup finalizer: ${errorOf(patched)}`)
  say(io, service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer')
  io.state(state => void memoryOf(state).done.delete(key))
  if (ok(patched) && service.metadata.deletionTimestamp === undefined && service.status?.loadBalancer?.ingress) {
    const status = yield* writeIngress(io, service, null)
    if (status !== undefined) return fail(io, service, `failed to update load balancer status: ${status}`)
  }
  return undefined
}

function* writeIngress(io: CloudIo, service: Service, ingress: CloudLoadBalancer['ingress'][] | null): Steps<string | undefined> {
  if (JSON.stringify(service.status?.loadBalancer?.ingress ?? null) === JSON.stringify(ingress)) return undefined
  const patched = yield* ask(io, patchRequest(client, `${pathOf(service)}/status`, 'merge', { status: { loadBalancer: { ingress } } }))
  return ok(patched) || isNotFound(patched) ? undefined : errorOf(patched)
}

// endpoints.ts: the Endpoints controller: the addresses behind a Service in one object, as it was done before slices.
// Models k8s.io/kubernetes/pkg/controller/endpoint/endpoints_controller.go and pkg/api/v1/endpoints/util.go
// Differs: subsets are ordered by their ports as text, not by a hash

import type { Pod } from '../../../api/pod.ts'
import { pathOf } from '../../../api/resources.ts'
import type { EndpointAddress, EndpointSubset, Endpoints, Service } from '../../../api/service.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { type Controller, enqueue, recordFor, type SyncResult } from '../../client/controller.ts'
import { cached, keyOf, listed } from '../../client/informer.ts'
import { ask, errorOf, isNamespaceTerminating, isNotFound, ok } from '../../client/request.ts'
import { createRequest, deleteRequest, updateRequest } from '../../client.ts'
import { isPodReady, same } from '../pods.ts'
import { clientOf, deletableTypes, type ManagerIo, type ManagerState, memoryOf, pathOfKey } from '../state.ts'
import {
  hasEndpoints,
  hostnameOf,
  isEndpoint,
  lastChangeTrigger,
  onPods,
  podsOfService,
  publishesNotReady,
  type Triggers,
  targetPort,
  targetRefOf,
} from './service-pods.ts'

const NAME = 'endpoint-controller'
const ADDRESSES_MAX = 1000
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'
const HEADLESS = 'service.kubernetes.io/headless'
const LEADER = 'control-plane.alpha.kubernetes.io/leader'
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'

export const endpointsController: Controller<ManagerState> = {
  name: NAME,
  workers: 5,
  drops: 15,
  init: () => new Map<string, Triggers>(),
  on: {
    services(state, io, change) {
      enqueue(state, io, NAME, keyOf(change.object))
    },
    pods: onPods((state, io, key) => enqueue(state, io, NAME, key)),
    endpoints(state, io, change) {
      if (change.type === 'delete') enqueue(state, io, NAME, keyOf(change.object))
    },
  },
  // What was left while nobody looked.
  begin(state, io) {
    for (const endpoints of listed<Endpoints>(state, 'endpoints'))
      if (endpoints.metadata.annotations?.[LEADER] === undefined) enqueue(state, io, NAME, keyOf(endpoints))
  },
  sync,
}

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state(state => {
    const service = cached<Service>(state, 'services', key)
    const current = cached<Endpoints>(state, 'endpoints', key)
    if (!service) memoryOf<Map<string, Triggers>>(state, NAME).delete(key)
    if (!service || !hasEndpoints(service)) return { gone: !service, client: clientOf(state, NAME) }
    const pods = podsOfService(state, service)
    return { service, current, pods, trigger: lastChangeTrigger(memoryOf(state, NAME), service, pods), client: clientOf(state, NAME) }
  })
  if (!seen.service) {
    if (!seen.gone) return undefined
    const response = yield* ask(io, deleteRequest(seen.client, pathOfKey('endpoints', key)))
    return ok(response) || isNotFound(response) ? undefined : errorOf(response)
  }
  const { service, current } = seen
  const all = subsetsOf(service, seen.pods)
  const { subsets, truncated } = truncate(all)
  const labels = labelsOf(service)
  const capacityRight = (current?.metadata.annotations?.[OVER_CAPACITY] === 'truncated') === truncated
  if (current && sameSubsets(current.subsets, subsets) && same(current.metadata.labels, labels) && capacityRight) return undefined
  const { [TRIGGER_TIME]: _, [OVER_CAPACITY]: __, ...kept } = current?.metadata.annotations ?? {}
  const annotations: Record<string, string> = kept
  if (seen.trigger !== undefined) annotations[TRIGGER_TIME] = seen.trigger
  if (truncated) annotations[OVER_CAPACITY] = 'truncated'
  const body: any = current
    ? { ...current, metadata: { ...current.metadata, labels, annotations }, subsets }
    : { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: service.metadata.name, namespace: service.metadata.namespace, labels, annotations }, subsets }
  if (subsets.length === 0) delete body.subsets
  io.note('EndpointsChanged', { service: key, ready: count(subsets, 'addresses'), notReady: count(subsets, 'notReadyAddresses') })
  const path = pathOf({ type: deletableTypes['endpoints']!, namespace: service.metadata.namespace, name: current ? service.metadata.name : undefined })
  const response = yield* ask(io, current ? updateRequest(seen.client, path, body) : createRequest(seen.client, path, body))
  if (ok(response) || isNamespaceTerminating(response)) return undefined
  const reason = current ? 'FailedToUpdateEndpoint' : 'FailedToCreateEndpoint'
  const what = current ? `Failed to update endpoint ${key}` : `Failed to create endpoint for service ${key}`
  io.state((state, turn) => recordFor(state, turn, NAME, body, 'Warning', reason, `${what}: ${errorOf(response)}`))
  return errorOf(response)
}

function labelsOf(service: Service): Record<string, string> {
  const { [HEADLESS]: _, ...labels } = service.metadata.labels ?? {}
  const headless = service.spec.clusterIP === 'None' || !service.spec.clusterIP
  return headless ? { ...labels, [HEADLESS]: '', [MANAGED_BY]: NAME } : { ...labels, [MANAGED_BY]: NAME }
}

/** One subset for each set of ports that the same addresses offer; addresses in order of their IPs. */
export function subsetsOf(service: Service, pods: Pod[]): EndpointSubset[] {
  const tolerant = publishesNotReady(service)
  const isIPv6 = (service.spec.ipFamilies?.[0] ?? (service.spec.clusterIP?.includes(':') ? 'IPv6' : 'IPv4')) === 'IPv6'
  const groups = new Map<string, EndpointSubset>()
  for (const pod of pods) {
    if (!isEndpoint(pod, tolerant)) continue
    const ip = (pod.status.podIPs ?? []).find(p => p.ip.includes(':') === isIPv6)?.ip ?? (pod.status.podIPs?.length ? undefined : pod.status.podIP)
    if (ip === undefined) continue
    const address: EndpointAddress = { ip }
    const hostname = hostnameOf(pod, service)
    if (hostname !== undefined) address.hostname = hostname
    if (pod.spec.nodeName) address.nodeName = pod.spec.nodeName
    address.targetRef = targetRefOf(pod)
    const ports: NonNullable<EndpointSubset['ports']> = []
    for (const p of service.spec.ports ?? []) {
      const port = targetPort(pod, p)
      if (port === undefined) continue
      ports.push({
        ...(p.name ? { name: p.name } : {}),
        port,
        protocol: p.protocol ?? 'TCP',
        ...(p.appProtocol !== undefined ? { appProtocol: p.appProtocol } : {}),
      })
    }
    if (ports.length === 0 && ((service.spec.ports ?? []).length > 0 || service.spec.clusterIP !== 'None')) continue
    const group = JSON.stringify(ports)
    const subset = groups.get(group) ?? {}
    groups.set(group, subset)
    const list = tolerant || isPodReady(pod) ? 'addresses' : 'notReadyAddresses'
    subset[list] = [...(subset[list] ?? []), address]
    if (ports.length > 0) subset.ports = ports
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subset]) => subset)
  return sorted.map(({ addresses, notReadyAddresses, ports }) => ({
    ...(addresses ? { addresses: [...addresses].sort(byIp) } : {}),
    ...(notReadyAddresses ? { notReadyAddresses: [...notReadyAddresses].sort(byIp) } : {}),
    ...(ports ? { ports } : {}),
  }))
}

const byIp = (a: EndpointAddress, b: EndpointAddress): number => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0)

const count = (subsets: EndpointSubset[], list: 'addresses' | 'notReadyAddresses'): number => subsets.reduce((n, s) => n + (s[list]?.length ?? 0), 0)

/** Keeps the first 1000 addresses, ready ones first. */
function truncate(subsets: EndpointSubset[]): { subsets: EndpointSubset[]; truncated: boolean } {
  if (count(subsets, 'addresses') + count(subsets, 'notReadyAddresses') <= ADDRESSES_MAX) return { subsets, truncated: false }
  let left = ADDRESSES_MAX
  const cut = (list: EndpointAddress[] | undefined) => {
    const kept = (list ?? []).slice(0, left)
    left -= kept.length
    return kept
  }
  const ready = subsets.map(s => cut(s.addresses))
  const out = subsets.map((s, i) => {
    const notReady = cut(s.notReadyAddresses)
    const { ports } = s
    return {
      ...(ready[i]!.length > 0 ? { addresses: ready[i]! } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
      ...(ports ? { ports } : {}),
    }
  })
  return { subsets: out.filter(s => s.addresses ?? s.notReadyAddresses), truncated: true }
}

/** Equal but for the resourceVersions of the pods they point to. */
function sameSubsets(a: EndpointSubset[] | undefined, b: EndpointSubset[]): boolean {
  const bare = (subsets: EndpointSubset[] | undefined) =>
    (subsets ?? []).map(s => ({
      ...s,
      addresses: s.addresses?.map(bareAddress),
      notReadyAddresses: s.notReadyAddresses?.map(bareAddress),
    }))
  return same(bare(a), bare(b))
}

const bareAddress = (a: EndpointAddress) =>
  a.targetRef?.resourceVersion === undefined ? a : { ...a, targetRef: { ...a.targetRef, resourceVersion: undefined } }

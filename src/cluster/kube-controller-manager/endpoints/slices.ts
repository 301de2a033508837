// slices.ts: how the endpoints of a Service are laid out over slices, touching as few slices as possible. Pure.
// Models k8s.io/endpointslice/{reconciler,utils}.go and trafficdist/trafficdist.go
// Differs: endpoints that are left over are placed in the order of their pods, upstream takes any; annotation topology-mode: Auto is not heard

import type { Node } from '../../../api/node.ts'
import type { Pod } from '../../../api/pod.ts'
import type { Endpoint, EndpointSlice, Service } from '../../../api/service.ts'
import { isPodReady, ownerReference, same } from '../pods.ts'
import { hostnameOf, isEndpoint, publishesNotReady, targetPort, targetRefOf } from './service-pods.ts'

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
export const MANAGER = 'endpointslice-controller.k8s.io'
const HEADLESS = 'service.kubernetes.io/headless'
const SLICE_MAX = 100

/** What is to be written; slices to be created have no name yet. */
export interface SlicePlan {
  create: any[]
  update: any[]
  remove: EndpointSlice[]
  /** Pods left out because their node is not known. */
  missingNodes: { pod: string; node: string }[]
}

export type Family = 'IPv4' | 'IPv6'

/** The families of addresses that a Service has slices for. */
export const familiesOf = (service: Service): Family[] => (service.spec.ipFamilies?.length ? service.spec.ipFamilies : ['IPv4']) as Family[]

/** The changes to the slices of one family; `existing` are all of that family. */
export function planSlices(service: Service, pods: Pod[], existing: EndpointSlice[], nodeOf: (name: string) => Node | undefined, family: Family): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], remove: [], missingNodes: [] }
  const desired = new Map<string, { ports: any[]; endpoints: Map<string, Endpoint> }>()
  for (const pod of pods) {
    if (!isEndpoint(pod, true)) continue
    const ports = portsOf(service, pod)
    const group = portsKey(ports)
    const entry = desired.get(group) ?? { ports, endpoints: new Map() }
    desired.set(group, entry)
    const node = nodeOf(pod.spec.nodeName ?? '')
    if (!node && !publishesNotReady(service)) {
      plan.missingNodes.push({ pod: pod.metadata.name, node: pod.spec.nodeName ?? '' })
      continue
    }
    const endpoint = endpointOf(pod, node, service, family)
    if (endpoint) entry.endpoints.set(identity(endpoint), endpoint)
  }
  // Those of a former Service of that name go.
  plan.remove = existing.filter(slice => !isOwned(slice, service))
  const own = existing.filter(slice => isOwned(slice, service))
  const byPorts = new Map<string, EndpointSlice[]>()
  for (const slice of own) {
    const group = portsKey(slice.ports ?? [])
    byPorts.set(group, [...(byPorts.get(group) ?? []), slice])
  }
  for (const [group, { ports, endpoints }] of desired) planPorts(service, family, ports, endpoints, byPorts.get(group) ?? [], plan)
  for (const [group, slices] of byPorts) if (!desired.has(group)) plan.remove.push(...slices)
  if (existing.length === plan.remove.length && plan.create.length === 0) {
    const placeholder = newSlice(service, family, [])
    if (plan.remove.length === 1 && isPlaceholder(plan.remove[0]!, placeholder.metadata.labels)) plan.remove = []
    else plan.create.push(placeholder)
  }
  reuse(plan, service)
  return plan
}

const isOwned = (slice: EndpointSlice, service: Service): boolean =>
  (slice.metadata.ownerReferences ?? []).some(owner => owner.uid === service.metadata.uid && owner.kind === 'Service' && owner.apiVersion === 'v1')

const isPlaceholder = (slice: EndpointSlice, labels: Record<string, string>): boolean =>
  (slice.endpoints ?? []).length === 0 && (slice.ports ?? []).length === 0 && same(slice.metadata.labels, labels)

/** A slice that would go becomes one that would come. */
function reuse(plan: SlicePlan, service: Service): void {
  plan.remove = plan.remove.filter(gone => {
    const made = plan.create[plan.create.length - 1]
    if (!made || !isOwned(gone, service)) return true
    plan.create.pop()
    const { generateName: _, ...metadata } = made.metadata
    plan.update.push({ ...made, metadata: { ...metadata, name: gone.metadata.name } })
    return false
  })
}

function planPorts(service: Service, family: Family, ports: any[], left: Map<string, Endpoint>, existing: EndpointSlice[], plan: SlicePlan): void {
  const labels = labelsOf(service)
  const updates: any[] = []
  let unchanged: EndpointSlice[] = []
  for (const slice of existing) {
    const kept: Endpoint[] = []
    let changed = false
    for (const endpoint of slice.endpoints ?? []) {
      const wanted = left.get(identity(endpoint))
      if (!wanted) continue
      kept.push(wanted)
      left.delete(identity(endpoint))
      if (!same(wanted, endpoint)) changed = true
    }
    if (changed || kept.length !== (slice.endpoints ?? []).length) {
      if (kept.length === 0) plan.remove.push(slice)
      else updates.push({ ...slice, metadata: { ...slice.metadata, labels }, endpoints: kept })
    } else if (!same(plain(slice.metadata.labels), plain(labels))) updates.push({ ...slice, metadata: { ...slice.metadata, labels } })
    else unchanged.push(slice)
  }
  const rest = [...left.values()]
  for (const slice of [...updates].sort((a, b) => b.endpoints.length - a.endpoints.length))
    if (rest.length > 0) slice.endpoints = [...slice.endpoints, ...rest.splice(0, Math.max(0, SLICE_MAX - slice.endpoints.length))]
  while (rest.length > 0) {
    const fits = rest.length < SLICE_MAX ? bestFit(unchanged, rest.length) : undefined
    const slice: any = fits ? { ...fits } : newSlice(service, family, ports)
    slice.endpoints = [...(slice.endpoints ?? []), ...rest.splice(0, SLICE_MAX - (slice.endpoints ?? []).length)]
    if (fits) {
      updates.push(slice)
      unchanged = unchanged.filter(s => s !== fits)
    } else plan.create.push(slice)
  }
  plan.update.push(...updates)
}

const portsKey = (ports: any[]): string =>
  ports
    .map(p => `${p.name ?? ''} ${p.port ?? ''} ${p.protocol ?? ''} ${p.appProtocol ?? ''}`)
    .sort()
    .join(',')

/** The fullest slice that has room for all of them. */
function bestFit(slices: EndpointSlice[], count: number): EndpointSlice | undefined {
  let best: EndpointSlice | undefined
  for (const slice of slices) {
    const n = (slice.endpoints ?? []).length
    if (n + count <= SLICE_MAX && (!best || n > (best.endpoints ?? []).length)) best = slice
  }
  return best
}

/** Endpoints are the same by address and pod, whatever their conditions. */
const identity = (e: Endpoint): string => `${e.addresses.join(',')} ${e.targetRef?.namespace ?? ''}/${e.targetRef?.name ?? ''}`

function endpointOf(pod: Pod, node: Node | undefined, service: Service, family: Family): Endpoint | undefined {
  const ips = pod.status.podIPs?.length ? pod.status.podIPs.map(p => p.ip) : [pod.status.podIP!]
  const addresses = ips.filter(ip => ip.includes(':') === (family === 'IPv6'))
  if (addresses.length === 0) return undefined
  const serving = isPodReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const endpoint: Endpoint = {
    addresses,
    conditions: { ready: publishesNotReady(service) || (serving && !terminating), serving, terminating },
    targetRef: targetRefOf(pod),
  }
  const hostname = hostnameOf(pod, service)
  if (hostname !== undefined) endpoint.hostname = hostname
  if (pod.spec.nodeName) endpoint.nodeName = pod.spec.nodeName
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone']
  if (zone) endpoint.zone = zone
  const hints = hintsOf(service, endpoint)
  if (hints) endpoint.hints = hints
  return endpoint
}

/** Traffic that prefers near endpoints: each ready endpoint is for its own zone, and its own node. */
function hintsOf(service: Service, endpoint: Endpoint): Endpoint['hints'] | undefined {
  const distribution = service.spec.trafficDistribution
  if (!distribution || !endpoint.conditions?.ready || !endpoint.zone) return undefined
  const forZones = [{ name: endpoint.zone }]
  if (distribution === 'PreferSameNode' && endpoint.nodeName) return { forZones, forNodes: [{ name: endpoint.nodeName }] }
  return ['PreferClose', 'PreferSameZone', 'PreferSameNode'].includes(distribution) ? { forZones } : undefined
}

function portsOf(service: Service, pod: Pod): any[] {
  const ports: any[] = []
  for (const p of service.spec.ports ?? []) {
    const port = targetPort(pod, p)
    if (port === undefined) continue
    ports.push({ name: p.name ?? '', port, protocol: p.protocol ?? 'TCP', ...(p.appProtocol !== undefined ? { appProtocol: p.appProtocol } : {}) })
  }
  return ports
}

/** Without the labels that are not the Service's to give: where only those change a slice is not written. */
function plain(labels: Record<string, string> | undefined): Record<string, string> {
  const { [HEADLESS]: _, [SERVICE_NAME]: __, [MANAGED_BY]: ___, ...rest } = labels ?? {}
  return rest
}

function labelsOf(service: Service): Record<string, string> {
  const headless = service.spec.clusterIP === 'None' || !service.spec.clusterIP
  return { ...plain(service.metadata.labels), ...(headless ? { [HEADLESS]: '' } : {}), [SERVICE_NAME]: service.metadata.name, [MANAGED_BY]: MANAGER }
}

function newSlice(service: Service, addressType: Family, ports: any[]): any {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace,
      labels: labelsOf(service),
      ownerReferences: [ownerReference(service)],
    },
    addressType,
    endpoints: null,
    ports: ports.length > 0 ? ports : null,
  }
}

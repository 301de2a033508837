// mirrored.ts: the slices that show what somebody wrote into an Endpoints object by hand. Pure.
// Models k8s.io/kubernetes/pkg/controller/endpointslicemirroring/{reconciler,reconciler_helpers,utils}.go and pkg/api/v1/endpoints/util.go (RepackSubsets)
// Differs: endpoints keep the order of their addresses, ports that of their subset; upstream takes any

import type { Endpoint, EndpointAddress, EndpointSlice, EndpointSubset, Endpoints } from '../../../api/service.ts'
import { formatIP, isIPv6, parseIP } from '../../../api/validation/ip.ts'
import { ownerReference, same } from '../pods.ts'
import { TRIGGER_TIME } from './endpoints.ts'
import { MANAGED_BY } from './slices.ts'
import { SERVICE_NAME } from './tracker.ts'

export const MIRROR = 'endpointslicemirroring-controller.k8s.io'
export const ADDRESSES_MAX = 1000 // Of one subset.

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const PREFIX_MAX = 253

type Port = NonNullable<EndpointSubset['ports']>[number]
type Family = 'IPv4' | 'IPv6'

/** What is to be written. `create` have a generateName, `update` a name; `seen` are as they should be. */
export interface MirrorPlan {
  create: any[]
  update: any[]
  remove: EndpointSlice[]
  seen: EndpointSlice[]
  /** Addresses that were left out because they are none, and all that were left out. */
  invalid: number
  skipped: number
}

interface Group {
  family: Family
  ports: Port[]
  /** By what makes an endpoint the same. */
  endpoints: Map<string, Endpoint>
}

/** One slice for each family of addresses and set of ports, out of the slices that are there. */
export function planMirror(endpoints: Endpoints, slices: EndpointSlice[]): MirrorPlan {
  const { groups, invalid, skipped } = desired(endpoints)
  const plan: MirrorPlan = { create: [], update: [], remove: [], seen: [], invalid, skipped }
  const there = new Map<string, EndpointSlice[]>()
  for (const slice of slices) {
    const key = groupKey(slice.addressType as Family, slice.ports ?? [])
    there.set(key, [...(there.get(key) ?? []), slice])
  }
  for (const [key, group] of groups) planGroup(plan, endpoints, group, there.get(key) ?? [])
  for (const [key, list] of there) if (!groups.has(key)) plan.remove.push(...list)
  recycle(plan)
  return plan
}

function desired(endpoints: Endpoints): { groups: Map<string, Group>; invalid: number; skipped: number } {
  const groups = new Map<string, Group>()
  let invalid = 0
  let skipped = 0
  for (const subset of repackSubsets(endpoints.subsets ?? [])) {
    const ports = subset.ports ?? []
    for (const family of ['IPv4', 'IPv6'] as const) {
      const key = groupKey(family, ports)
      if (!groups.has(key)) groups.set(key, { family, ports, endpoints: new Map() })
    }
    let added = 0
    for (const [list, ready] of [[subset.addresses ?? [], true] as const, [subset.notReadyAddresses ?? [], false] as const])
      for (const address of list) {
        if (added >= ADDRESSES_MAX) break
        const bytes = parseIP(address.ip)
        if (bytes === undefined) {
          invalid++
          continue
        }
        const endpoint = endpointOf(address, formatIP(bytes), ready)
        groups.get(groupKey(isIPv6(address.ip) ? 'IPv6' : 'IPv4', ports))!.endpoints.set(identity(endpoint), endpoint)
        added++
      }
    skipped += (subset.addresses?.length ?? 0) + (subset.notReadyAddresses?.length ?? 0) - added
  }
  return { groups, invalid, skipped }
}

function planGroup(plan: MirrorPlan, owner: Endpoints, group: Group, slices: EndpointSlice[]): void {
  const [first, ...others] = slices
  if (group.endpoints.size === 0) {
    plan.remove.push(...slices)
    return
  }
  plan.remove.push(...others)
  if (first !== undefined && isRight(owner, group, first)) {
    plan.seen.push(first)
    return
  }
  const slice = newSlice(owner, group, first?.metadata.name)
  if (first === undefined) plan.create.push(slice)
  else plan.update.push(slice)
}

function isRight(owner: Endpoints, group: Group, slice: EndpointSlice): boolean {
  const { [MANAGED_BY]: _, [SERVICE_NAME]: __, ...labels } = slice.metadata.labels ?? {}
  const shown = slice.endpoints ?? []
  const equal = shown.length === group.endpoints.size && shown.every(e => sameEndpoint(group.endpoints.get(identity(e)), e))
  if (!equal || !same(labels, owner.metadata.labels ?? {}) || !same(slice.metadata.annotations ?? {}, annotationsOf(owner))) return false
  // Of Endpoints that were made anew the slice belongs to those before.
  return !(slice.metadata.ownerReferences ?? []).some(o => o.kind === 'Endpoints' && o.name === owner.metadata.name && o.uid !== owner.metadata.uid)
}

const sameEndpoint = (a: Endpoint | undefined, b: Endpoint): boolean =>
  a !== undefined && a.nodeName === b.nodeName && same(a.conditions, b.conditions) && same(bare(a.targetRef), bare(b.targetRef))

const bare = (ref: Endpoint['targetRef']) => ref && { ...ref, resourceVersion: undefined }

/** Slices that would go are written anew instead of others being made. */
function recycle(plan: MirrorPlan): void {
  for (const slice of [...plan.create]) {
    const old = plan.remove.find(r => r.addressType === slice.addressType)
    if (old === undefined) continue
    plan.create.splice(plan.create.indexOf(slice), 1)
    plan.remove.splice(plan.remove.indexOf(old), 1)
    const { generateName: _, ...metadata } = slice.metadata
    plan.update.push({ ...slice, metadata: { ...metadata, name: old.metadata.name } })
  }
}

function newSlice(owner: Endpoints, group: Group, name: string | undefined): any {
  const prefix = `${owner.metadata.name}-`
  const annotations = annotationsOf(owner)
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...(name === undefined ? { generateName: prefix.length > PREFIX_MAX ? owner.metadata.name : prefix } : { name }),
      namespace: owner.metadata.namespace,
      labels: { ...owner.metadata.labels, [SERVICE_NAME]: owner.metadata.name, [MANAGED_BY]: MIRROR },
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ownerReferences: [ownerReference({ ...owner, apiVersion: 'v1', kind: 'Endpoints' })],
    },
    addressType: group.family,
    endpoints: [...group.endpoints.values()].slice(0, ADDRESSES_MAX),
    ports: group.ports.map(p => ({
      name: p.name ?? '',
      port: p.port,
      protocol: p.protocol ?? 'TCP',
      ...(p.appProtocol === undefined ? {} : { appProtocol: p.appProtocol }),
    })),
  }
}

function annotationsOf(owner: Endpoints): Record<string, string> {
  const { [TRIGGER_TIME]: _, [LAST_APPLIED]: __, ...annotations } = owner.metadata.annotations ?? {}
  return annotations
}

function endpointOf(address: EndpointAddress, ip: string, ready: boolean): Endpoint {
  const endpoint: Endpoint = { addresses: [ip], conditions: { ready } }
  if (address.hostname) endpoint.hostname = address.hostname
  if (address.targetRef) endpoint.targetRef = address.targetRef
  if (address.nodeName !== undefined) endpoint.nodeName = address.nodeName
  return endpoint
}

const identity = (e: Endpoint): string => JSON.stringify([[...e.addresses].sort(), e.hostname ?? '', e.targetRef?.namespace ?? '', e.targetRef?.name ?? ''])

const portText = (p: EndpointSlice['ports'] extends (infer P)[] | undefined ? P : never): string =>
  JSON.stringify([p.name ?? '', p.port, p.protocol ?? 'TCP', p.appProtocol ?? ''])

const groupKey = (family: Family, ports: NonNullable<EndpointSlice['ports']>): string => `${family}-${ports.map(portText).sort().join(',')}`

/** The canonical layout: ports that the same addresses offer stand together; an address that is not ready somewhere is not ready. */
export function repackSubsets(subsets: EndpointSubset[]): EndpointSubset[] {
  const addresses = new Map<string, EndpointAddress>()
  const ports = new Map<string, { port: Port | undefined; ready: Map<string, boolean> }>()
  for (const subset of subsets)
    for (const port of subset.ports?.length ? subset.ports : [undefined]) {
      const key = port === undefined ? '' : portText(port)
      const offered = ports.get(key) ?? { port, ready: new Map<string, boolean>() }
      ports.set(key, offered)
      for (const [list, ready] of [[subset.addresses ?? [], true] as const, [subset.notReadyAddresses ?? [], false] as const])
        for (const address of list) {
          const id = `${address.ip} ${address.targetRef?.uid ?? ''}`
          if (!addresses.has(id)) addresses.set(id, address)
          if (offered.ready.get(id) !== false) offered.ready.set(id, ready)
        }
    }
  const layout = new Map<string, { ids: string[]; ready: Map<string, boolean>; ports: Port[] }>()
  for (const { port, ready } of ports.values()) {
    const ids = [...ready.keys()].sort()
    const key = ids.map(id => `${id} ${ready.get(id)}`).join(',')
    const group = layout.get(key) ?? { ids, ready, ports: [] }
    layout.set(key, group)
    if (port !== undefined) group.ports.push(port)
  }
  return [...layout.values()].map(({ ids, ready, ports: list }) => {
    const pick = (wanted: boolean) => ids.filter(id => ready.get(id) === wanted).map(id => addresses.get(id)!)
    const [addressesReady, notReadyAddresses] = [pick(true), pick(false)]
    return {
      ...(addressesReady.length > 0 ? { addresses: addressesReady } : {}),
      ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
      ...(list.length > 0 ? { ports: list } : {}),
    }
  })
}

// resourcetotals.ts: what a whole Pod requests and is limited to: containers, init containers, sidecars, the Pod's own resources and overhead.
// Models k8s.io/component-helpers/resource/helpers.go
// Differs: counts what the spec says, not what a running resize has reached

import { withFields } from './edit.ts'
import type { Container, PodSpec, ResourceList } from './pod.ts'
import { addQuantity, compareQuantity } from './quantity.ts'

/** What the scheduler reserves: the larger of running containers with sidecars, and the hungriest moment of initialisation; overhead added. */
export function podRequests(spec: PodSpec): ResourceList {
  const totals = containerTotals(spec, 'requests')
  applyPodLevel(totals, spec.resources?.requests)
  for (const name in spec.overhead) totals[name] = addQuantity(totals[name], spec.overhead[name])
  return totals
}

export function podLimits(spec: PodSpec): ResourceList {
  const totals = containerTotals(spec, 'limits')
  applyPodLevel(totals, spec.resources?.limits)
  for (const name in spec.overhead) if (totals[name] !== undefined) totals[name] = addQuantity(totals[name], spec.overhead[name])
  return totals
}

/** Without the Pod's own resources and without overhead. */
export function containerTotals(spec: { containers: Container[]; initContainers?: Container[] }, part: 'requests' | 'limits'): ResourceList {
  const totals: ResourceList = {}
  for (const container of spec.containers ?? []) addTo(totals, container.resources?.[part])
  const sidecars: ResourceList = {}
  const peak: ResourceList = {}
  for (const container of spec.initContainers ?? []) {
    let need = { ...container.resources?.[part] }
    if (container.restartPolicy === 'Always') {
      addTo(totals, need)
      addTo(sidecars, need)
      need = sidecars
    } else addTo(need, sidecars)
    maxInto(peak, need)
  }
  maxInto(totals, peak)
  return totals
}

/** cpu, memory and huge pages may be set for a Pod as a whole. */
export const isPodLevelResource = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')

/** Fills a Pod's own requests and limits from its containers', where it has any. */
export function defaultPodLevelResources<T extends Record<string, any>>(spec: T): T {
  const { requests, limits } = spec['resources'] ?? {}
  if (Object.keys(requests ?? {}).length === 0 && Object.keys(limits ?? {}).length === 0) return spec
  const containers = { containers: spec['containers'] ?? [], initContainers: spec['initContainers'] }
  const limitTotals = containerTotals(containers, 'limits')
  const caps: ResourceList = { ...limits }
  for (const name in limitTotals) if (name.startsWith('hugepages-') && requests?.[name] === undefined) caps[name] ??= limitTotals[name]!
  const wants: ResourceList = { ...requests }
  const requestTotals = containerTotals(containers, 'requests')
  for (const name in requestTotals) if (name === 'cpu' || name === 'memory') wants[name] ??= requestTotals[name]!
  for (const name in caps) if (isPodLevelResource(name)) wants[name] ??= caps[name]!
  const all: Container[] = [...(containers.initContainers ?? []), ...containers.containers]
  for (const name in wants) {
    if (!isPodLevelResource(name) || caps[name] !== undefined || !all.every(c => c.resources?.limits?.[name] !== undefined)) continue
    const total = limitTotals[name]!
    caps[name] = compareQuantity(wants[name], total) > 0 ? wants[name]! : total
  }
  const resources = withFields(spec['resources'], {
    ...(Object.keys(wants).length > 0 ? { requests: wants } : {}),
    ...(Object.keys(caps).length > 0 ? { limits: caps } : {}),
  })
  return withFields(spec, { resources })
}

function applyPodLevel(totals: ResourceList, own: ResourceList | undefined): void {
  for (const name in own) if (isPodLevelResource(name)) totals[name] = own[name]!
}

function addTo(totals: ResourceList, list: ResourceList | undefined): void {
  for (const name in list) totals[name] = totals[name] === undefined ? list[name]! : addQuantity(totals[name], list[name])
}

function maxInto(totals: ResourceList, list: ResourceList): void {
  for (const name in list) if (totals[name] === undefined || compareQuantity(list[name], totals[name]) > 0) totals[name] = list[name]!
}

// quota.ts: what an object uses of a ResourceQuota, and which objects a quota counts. Used at admission and by the controller.
// Models k8s.io/kubernetes/pkg/quota/v1/evaluator/core and k8s.io/apiserver/pkg/quota/v1/{resources,generic/evaluator}.go
// Differs: claims on devices and volume attribute classes are not counted

import type { KubeObject } from '../api/object.ts'
import type { Pod, ResourceList } from '../api/pod.ts'
import type { ResourceQuota } from '../api/policy.ts'
import { qosClass } from '../api/qos.ts'
import { addQuantity } from '../api/quantity.ts'
import { podLimits, podRequests } from '../api/resourcetotals.ts'
import { parseTime } from '../api/time.ts'

/** A resource as quotas name it: `{group: 'apps', plural: 'deployments'}`. */
export interface Counted {
  group: string
  plural: string
}

const LEGACY_COUNTS = new Set(['replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps', 'services', 'persistentvolumeclaims', 'pods'])
const POD_RESOURCES = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'pods',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
])
const CLASS_SUFFIX = '.storageclass.storage.k8s.io/'

export const countName = ({ group, plural }: Counted): string => (group === '' ? `count/${plural}` : `count/${plural}.${group}`)

/** Does this name of a quota's `hard` say something about objects of that resource? */
export function isCountedBy(name: string, resource: Counted): boolean {
  if (name === countName(resource)) return true
  if (resource.group !== '') return false
  if (resource.plural === name && LEGACY_COUNTS.has(name)) return true
  if (resource.plural === 'pods')
    return POD_RESOURCES.has(name) || (name.startsWith('requests.') && name !== 'requests.storage') || name.startsWith('hugepages-')
  if (resource.plural === 'services') return name === 'services.nodeports' || name === 'services.loadbalancers'
  return resource.plural === 'persistentvolumeclaims' && (name === 'requests.storage' || name.includes(CLASS_SUFFIX))
}

/** What one object uses; `now` in ms decides whether a pod that is being deleted still counts. */
export function usageOf(resource: Counted, object: KubeObject, now: number): ResourceList {
  const usage: ResourceList = { [countName(resource)]: '1' }
  if (resource.group !== '') return usage
  switch (resource.plural) {
    case 'pods':
      return podUsage(object as Pod, usage, now)
    case 'services':
      return serviceUsage(object, usage)
    case 'persistentvolumeclaims':
      return claimUsage(object, usage)
    default:
      if (LEGACY_COUNTS.has(resource.plural)) usage[resource.plural] = '1'
      return usage
  }
}

/** Finished pods use nothing, nor do those whose time to end is over. */
export function podCounts(pod: Pod, now: number): boolean {
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return false
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true
  return now <= (parseTime(deletionTimestamp) ?? 0) + deletionGracePeriodSeconds * 1000
}

function podUsage(pod: Pod, usage: ResourceList, now: number): ResourceList {
  if (!podCounts(pod, now)) return usage
  usage['pods'] = '1'
  const requests = podRequests(pod.spec)
  for (const name in requests) {
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || name.startsWith('hugepages-')) {
      usage[name] = requests[name]!
      usage[`requests.${name}`] = requests[name]!
    } else if (name.includes('/')) usage[`requests.${name}`] = requests[name]!
  }
  const limits = podLimits(pod.spec)
  for (const name in limits) if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') usage[`limits.${name}`] = limits[name]!
  return usage
}

function serviceUsage(service: any, usage: ResourceList): ResourceList {
  const ports = service.spec.ports?.length ?? 0
  const { type } = service.spec
  usage['services'] = '1'
  usage['services.nodeports'] = '0'
  usage['services.loadbalancers'] = '0'
  if (type === 'NodePort') usage['services.nodeports'] = String(ports)
  if (type === 'LoadBalancer') {
    const withPorts = (service.spec.ports ?? []).filter((p: any) => p.nodePort).length
    usage['services.nodeports'] = String(service.spec.allocateLoadBalancerNodePorts === false ? withPorts : ports)
    usage['services.loadbalancers'] = '1'
  }
  return usage
}

function claimUsage(claim: any, usage: ResourceList): ResourceList {
  usage['persistentvolumeclaims'] = '1'
  const className = claim.spec.storageClassName ?? claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? ''
  if (className !== '') usage[`${className}${CLASS_SUFFIX}persistentvolumeclaims`] = '1'
  const storage = claim.spec.resources?.requests?.storage
  if (storage !== undefined) {
    usage['requests.storage'] = storage
    if (className !== '') usage[`${className}${CLASS_SUFFIX}requests.storage`] = storage
  }
  return usage
}

/** Only pods have scopes; a quota with scopes counts nothing else. */
export function inScope(quota: ResourceQuota, resource: Counted, object: KubeObject): boolean {
  const scopes: { scopeName: string; operator: string; values?: string[] }[] = [
    ...(quota.spec.scopes ?? []).map((scopeName: string) => ({ scopeName, operator: 'Exists' })),
    ...(quota.spec.scopeSelector?.matchExpressions ?? []),
  ]
  if (scopes.length === 0) return true
  if (resource.plural !== 'pods' || resource.group !== '') return false
  return scopes.every(scope => podInScope(scope, object as Pod))
}

function podInScope({ scopeName, operator, values }: { scopeName: string; operator: string; values?: string[] }, pod: Pod): boolean {
  switch (scopeName) {
    case 'Terminating':
      return pod.spec.activeDeadlineSeconds !== undefined && pod.spec.activeDeadlineSeconds >= 0
    case 'NotTerminating':
      return !(pod.spec.activeDeadlineSeconds !== undefined && pod.spec.activeDeadlineSeconds >= 0)
    case 'BestEffort':
      return qosClass(pod.spec) === 'BestEffort'
    case 'NotBestEffort':
      return qosClass(pod.spec) !== 'BestEffort'
    case 'PriorityClass': {
      const name = pod.spec.priorityClassName ?? ''
      if (operator === 'Exists') return name !== ''
      if (operator === 'DoesNotExist') return name === ''
      return operator === 'In' ? (values ?? []).includes(name) : !(values ?? []).includes(name)
    }
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod)
    default:
      return false
  }
}

function crossesNamespaces(pod: Pod): boolean {
  const affinity: any = pod.spec.affinity ?? {}
  const terms = [affinity.podAffinity, affinity.podAntiAffinity].flatMap((a: any) => [
    ...(a?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(a?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((w: any) => w.podAffinityTerm),
  ])
  return terms.some((t: any) => (t.namespaces ?? []).length > 0 || t.namespaceSelector !== undefined)
}

/** Adds one list to another, name by name. */
export function addUsage(a: ResourceList, b: ResourceList): ResourceList {
  const out = { ...a }
  for (const name in b) out[name] = out[name] === undefined ? b[name]! : addQuantity(out[name], b[name])
  return out
}

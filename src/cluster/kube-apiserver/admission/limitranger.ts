// limitranger.ts: least and most of a Pod or claim, and what it gets if it says nothing.
// Models k8s.io/kubernetes/plugin/pkg/admission/limitranger/admission.go
// Differs: nothing known

import type { KubeObject } from '../../../api/object.ts'
import { compareQuantity, isZeroQuantity, quantityOf } from '../../../api/quantity.ts'
import { podLimits, podRequests } from '../../../api/resourcetotals.ts'
import { forbidden, type Status } from '../../../api/status.ts'
import { listed } from '../cache.ts'
import type { State } from '../state.ts'
import type { Attributes, Plugin } from './admission.ts'

const ANNOTATION = 'kubernetes.io/limit-ranger'
type List = Record<string, string>
interface Limit {
  type: string
  min?: List
  max?: List
  default?: List
  defaultRequest?: List
  maxLimitRequestRatio?: List
}

export const limitRanger: Plugin = {
  name: 'LimitRanger',
  resources: ['pods', 'persistentvolumeclaims'],
  mutate(s, a) {
    if (a.type.plural !== 'pods' || a.subresource !== '' || a.operation !== 'CREATE') return a.object
    let object = a.object
    for (const range of rangesOf(s, a)) object = withDefaults(object, range['spec'].limits ?? [])
    return object
  },
  validate(s, a) {
    if (a.object === undefined || !concerns(a)) return undefined
    for (const range of rangesOf(s, a)) {
      const errors = (range['spec'].limits ?? []).flatMap((limit: Limit) => complaints(a.object!, limit))
      if (errors.length > 0) return refused(a, errors)
    }
    return undefined
  },
}

const concerns = (a: Attributes): boolean =>
  (a.type.plural === 'pods' && ((a.subresource === '' && a.operation === 'CREATE') || a.subresource === 'resize')) ||
  (a.type.plural === 'persistentvolumeclaims' && a.subresource === '' && a.operation !== 'DELETE')

const rangesOf = (s: State, a: Attributes): KubeObject[] => listed(s.caches['limitranges']!, a.namespace)

function refused(a: Attributes, errors: string[]): Status {
  const texts = [...new Set(errors)]
  return forbidden(a.type, a.name || a.object?.metadata.generateName || 'Unknown', texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`)
}

/** Requests and limits of containers, where they are missing; several ranges fill in one after the other. */
function withDefaults(pod: KubeObject, limits: Limit[]): KubeObject {
  const requests: List = {}
  const most: List = {}
  for (const limit of limits) {
    if (limit.type !== 'Container') continue
    Object.assign(requests, limit.defaultRequest)
    Object.assign(most, limit.default)
  }
  const told: string[] = []
  const fill = (list: any[] | undefined, what: string) =>
    list?.map(container => {
      const r = container.resources ?? {}
      const setRequests = missing(r.requests, requests)
      const setLimits = missing(r.limits, most)
      if (setRequests.length > 0) told.push(`${setRequests.join(', ')} request for ${what} ${container.name}`)
      if (setLimits.length > 0) told.push(`${setLimits.join(', ')} limit for ${what} ${container.name}`)
      if (setRequests.length === 0 && setLimits.length === 0) return container
      const resources = { ...r }
      if (setLimits.length > 0) resources.limits = { ...r.limits, ...pick(most, setLimits) }
      if (setRequests.length > 0) resources.requests = { ...r.requests, ...pick(requests, setRequests) }
      return { ...container, resources }
    })
  const containers = fill(pod['spec'].containers, 'container')
  const initContainers = fill(pod['spec'].initContainers, 'init container')
  if (told.length === 0) return pod
  const annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${told.join('; ')}` }
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec: { ...pod['spec'], containers, ...(initContainers ? { initContainers } : {}) } }
}

const missing = (has: List | undefined, defaults: List): string[] =>
  Object.keys(defaults)
    .filter(name => has?.[name] === undefined)
    .sort()
const pick = (list: List, names: string[]): List => Object.fromEntries(names.map(name => [name, list[name]!]))

function complaints(object: KubeObject, limit: Limit): string[] {
  if (object.kind === 'PersistentVolumeClaim') {
    if (limit.type !== 'PersistentVolumeClaim') return []
    const requests = object['spec'].resources?.requests ?? {}
    return [...keys(limit.min).flatMap(k => least(limit, k, requests, {})), ...keys(limit.max).flatMap(k => mostRequested(limit, k, requests))]
  }
  const { spec } = object
  if (limit.type === 'Container') {
    const all = [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
    return all.flatMap((c: any) => bounds(limit, c.resources?.requests ?? {}, c.resources?.limits ?? {}))
  }
  if (limit.type === 'Pod') return bounds(limit, podRequests(spec), podLimits(spec))
  return []
}

function bounds(limit: Limit, requests: List, limits: List): string[] {
  return [
    ...keys(limit.min).flatMap(k => least(limit, k, requests, limits)),
    ...keys(limit.max).flatMap(k => most(limit, k, requests, limits)),
    ...keys(limit.maxLimitRequestRatio).flatMap(k => ratio(limit, k, requests, limits)),
  ]
}

const keys = (list: List | undefined): string[] => Object.keys(list ?? {}).sort()

function least({ type, min }: Limit, k: string, requests: List, limits: List): string[] {
  const enforced = min![k]!
  const request = requests[k]
  const limit = limits[k]
  if (request === undefined) return [`minimum ${k} usage per ${type} is ${enforced}.  No request is specified`]
  if (compareQuantity(request, enforced) < 0) return [`minimum ${k} usage per ${type} is ${enforced}, but request is ${request}`]
  if (limit !== undefined && compareQuantity(limit, enforced) < 0) return [`minimum ${k} usage per ${type} is ${enforced}, but limit is ${limit}`]
  return []
}

function most({ type, max }: Limit, k: string, requests: List, limits: List): string[] {
  const enforced = max![k]!
  const request = requests[k]
  const limit = limits[k]
  if (limit === undefined) return [`maximum ${k} usage per ${type} is ${enforced}.  No limit is specified`]
  if (compareQuantity(limit, enforced) > 0) return [`maximum ${k} usage per ${type} is ${enforced}, but limit is ${limit}`]
  if (request !== undefined && compareQuantity(request, enforced) > 0) return [`maximum ${k} usage per ${type} is ${enforced}, but request is ${request}`]
  return []
}

function mostRequested({ type, max }: Limit, k: string, requests: List): string[] {
  const enforced = max![k]!
  const request = requests[k]
  if (request === undefined) return [`maximum ${k} usage per ${type} is ${enforced}.  No request is specified`]
  return compareQuantity(request, enforced) > 0 ? [`maximum ${k} usage per ${type} is ${enforced}, but request is ${request}`] : []
}

function ratio({ type, maxLimitRequestRatio }: Limit, k: string, requests: List, limits: List): string[] {
  const enforced = maxLimitRequestRatio![k]!
  const [request, limit] = [requests[k], limits[k]]
  if (request === undefined || isZeroQuantity(request))
    return [`${k} max limit to request ratio per ${type} is ${enforced}, but no request is specified or request is 0`]
  if (limit === undefined || isZeroQuantity(limit))
    return [`${k} max limit to request ratio per ${type} is ${enforced}, but no limit is specified or limit is 0`]
  const observed = Number(quantityOf(limit).nano) / Number(quantityOf(request).nano)
  if (observed <= Number(quantityOf(enforced).nano) / 1e9) return []
  return [`${k} max limit to request ratio per ${type} is ${enforced}, but provided ratio is ${observed.toFixed(6)}`]
}

// resources.ts: validation of resource names and amounts: requests and limits, quota, nodes.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go and pkg/apis/core/helper/helpers.go
// Differs: names are judged in their order, which Go leaves to chance

import type { FieldError } from '../field.ts'
import { duplicate, forbiddenField, invalidValue, notSupported, required } from '../field.ts'
import { dns1123Label, qualifiedName } from '../name.ts'
import type { ResourceRequirements } from '../pod.ts'
import { compareQuantity, quantityOf } from '../quantity.ts'
import { isPodLevelResource } from '../resourcetotals.ts'
import { each } from './metadata.ts'

const COMPUTE = ['cpu', 'memory', 'ephemeral-storage']
const COUNTED = ['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps', 'persistentvolumeclaims']
const SERVICE_COUNTS = ['services.nodeports', 'services.loadbalancers']
const QUOTA: ReadonlySet<string> = new Set([
  ...COMPUTE,
  ...COMPUTE.map(name => `requests.${name}`),
  ...COMPUTE.map(name => `limits.${name}`),
  'requests.storage',
  ...COUNTED,
  ...SERVICE_COUNTS,
])
const STANDARD: ReadonlySet<string> = new Set([...QUOTA, 'storage'])
const INTEGER: ReadonlySet<string> = new Set([...COUNTED, ...SERVICE_COUNTS])

const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
const isQuotaHugePages = (name: string): boolean => isHugePages(name) || name.startsWith('requests.hugepages-')
/** A resource that a quota may limit without a prefix. */
export const isQuotaResource = (name: string): boolean => QUOTA.has(name) || isQuotaHugePages(name)
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')
export const isExtendedResource = (name: string): boolean => !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0
export const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name)

/** Of a container, or with `podLevel` of a Pod as a whole. */
export function validateResourceRequirements(
  requirements: ResourceRequirements | undefined,
  path: string,
  claimNames: string[] = [],
  nameRule: (name: string, path: string) => FieldError[] = validateContainerResourceName,
): FieldError[] {
  const errors: FieldError[] = []
  const { limits = {}, requests = {}, claims = [] } = requirements ?? {}
  for (const name of Object.keys(limits).sort()) {
    const at = `${path}.limits[${name}]`
    errors.push(...nameRule(name, at), ...validateAmount(name, limits[name]!, at), ...wholeHugePages(name, limits[name]!, at))
  }
  for (const name of Object.keys(requests).sort()) {
    const at = `${path}.requests[${name}]`
    const amount = requests[name]!
    errors.push(...nameRule(name, at), ...validateAmount(name, amount, at))
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined
    if (limit !== undefined) {
      const order = compareQuantity(amount, limit)
      if (order !== 0 && !mayOvercommit(name)) errors.push(invalidValue(`${path}.requests`, amount, `must be equal to ${name} limit of ${limit}`))
      else if (order > 0) errors.push(invalidValue(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`))
    } else if (!mayOvercommit(name)) errors.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'))
    errors.push(...wholeHugePages(name, amount, at))
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  if (names.some(isHugePages) && !names.some(name => name === 'cpu' || name === 'memory')) {
    errors.push(forbiddenField(path, 'HugePages require cpu or memory'))
  }
  return [...errors, ...validateClaimNames(claims, claimNames, `${path}.claims`)]
}

export function validatePodResourceName(name: string, path: string): FieldError[] {
  const errors = validateResourceName(name, path)
  if (errors.length > 0 || isPodLevelResource(name)) return errors
  return [notSupported(path, name, ['cpu', 'hugepages-', 'memory'])]
}

/** Not negative, and whole where the resource is counted. */
export function validateAmount(name: string, amount: string, path: string): FieldError[] {
  const { nano } = quantityOf(amount)
  const errors = nano < 0n ? [invalidValue(path, amount, 'must be greater than or equal to 0')] : []
  const whole = INTEGER.has(name) || isExtendedResource(name)
  if (whole && nano % 1_000_000_000n !== 0n) errors.push(invalidValue(path, amount, 'must be an integer'))
  return errors
}

export function validateResourceName(name: string, path: string): FieldError[] {
  const errors = each(path, name, qualifiedName(name))
  if (errors.length > 0 || name.includes('/') || STANDARD.has(name) || isQuotaHugePages(name)) return errors
  return [invalidValue(path, name, 'must be a standard resource type or fully qualified')]
}

export function validateQuotaResourceName(name: string, path: string): FieldError[] {
  const errors = validateResourceName(name, path)
  if (!name.includes('/') && !isQuotaResource(name)) errors.push(invalidValue(path, name, 'must be a standard resource for quota'))
  return errors
}

export function validateContainerResourceName(name: string, path: string): FieldError[] {
  const errors = validateResourceName(name, path)
  if (!name.includes('/')) {
    if (!COMPUTE.includes(name) && !isHugePages(name)) errors.push(invalidValue(path, name, 'must be a standard resource for containers'))
  } else if (!isNative(name) && !isExtendedResource(name)) {
    errors.push(invalidValue(path, name, "doesn't follow extended resource name standard"))
  }
  return errors
}

/** Of `hugepages-2Mi` only whole pages. */
function wholeHugePages(name: string, amount: string, path: string): FieldError[] {
  if (!isHugePages(name)) return []
  const page = name.slice('hugepages-'.length)
  const size = /^\d/.test(page) ? quantityOf(page).nano : 0n
  if (size <= 0n || quantityOf(amount).nano % size === 0n) return []
  return [invalidValue(path, amount, `${amount} is not positive integer multiple of ${page}`)]
}

function validateClaimNames(claims: { name: string; request?: string }[], known: string[], path: string): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, { name, request }] of claims.entries()) {
    const at = `${path}[${i}]`
    if (!name) errors.push(required(at))
    else if (seen.has(name)) errors.push(duplicate(at, name))
    else {
      if (request) errors.push(...each(`${at}.request`, request, dns1123Label(request)))
      const key = request ? `${name}/${request}` : name
      if (seen.has(key)) errors.push(duplicate(at, key))
      else if (!request && [...seen].some(other => other.startsWith(`${name}/`))) errors.push(duplicate(at, name))
      seen.add(key)
    }
    if (known.includes(name)) continue
    const list = known.length === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`
    errors.push({ type: 'NotFound', field: at, badValue: name, detail: `must be one of the names in pod.spec.resourceClaims${list}` })
  }
  return errors
}

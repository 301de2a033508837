// quotas.ts: validation of ResourceQuotas and LimitRanges.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go and pkg/apis/core/helper/helpers.go
// Differs: resources are judged in their order, which Go leaves to chance

import type { FieldError } from '../field.ts'
import { duplicate, forbiddenField, invalidValue, required } from '../field.ts'
import { qualifiedName } from '../name.ts'
import { compareQuantity, milliValue, unitValue } from '../quantity.ts'
import { goInternal } from './diff.ts'
import { each, IMMUTABLE, subdomainName, validateObjectMeta } from './metadata.ts'
import { isQuotaResource, mayOvercommit, validateAmount, validateContainerResourceName, validateQuotaResourceName, validateResourceName } from './resources.ts'

const COMPUTE = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']
/** The resources that a scope can be laid upon; a scope that is not here takes all. */
const OF_SCOPE: ReadonlyMap<string, string[]> = new Map([
  ['Terminating', ['pods', ...COMPUTE]],
  ['NotTerminating', ['pods', ...COMPUTE]],
  ['BestEffort', ['pods']],
  ['NotBestEffort', ['pods', ...COMPUTE]],
  ['PriorityClass', ['pods', ...COMPUTE]],
  ['CrossNamespacePodAffinity', ['pods', ...COMPUTE]],
  ['VolumeAttributesClass', ['persistentvolumeclaims', 'requests.storage']],
])
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
]
const EXISTS_ONLY = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity']
const MUST_EXIST =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

export const validateQuota = (object: any): FieldError[] => [...validateObjectMeta(object.metadata, true, subdomainName), ...quotaSpec(object.spec ?? {})]

export function validateQuotaUpdate(object: any, old: any): FieldError[] {
  const errors = quotaSpec(object.spec ?? {})
  const [scopes, before]: string[][] = [object.spec?.scopes ?? [], old.spec?.scopes ?? []] as string[][]
  const same = scopes!.every(scope => before!.includes(scope)) && before!.every(scope => scopes!.includes(scope))
  return same ? errors : [...errors, invalidValue('spec.scopes', object.spec?.scopes ?? null, IMMUTABLE)]
}

export const validateQuotaStatusUpdate = ({ status = {} }: any): FieldError[] => [
  ...amounts(status.hard, 'status.hard'),
  ...amounts(status.used, 'status.used'),
]

function quotaSpec(spec: any): FieldError[] {
  return [...amounts(spec.hard, 'spec.hard'), ...scopeErrors(spec), ...selectorErrors(spec)]
}

function amounts(list: Record<string, string> = {}, path: string): FieldError[] {
  const names = Object.keys(list).sort()
  return names.flatMap(name => [...validateQuotaResourceName(name, `${path}[${name}]`), ...validateAmount(name, list[name]!, `${path}[${name}]`)])
}

function scopeErrors({ hard = {}, scopes = [] }: any): FieldError[] {
  const errors: FieldError[] = []
  for (const scope of scopes) {
    if (!OF_SCOPE.has(scope)) errors.push(invalidValue('spec.scopes', scopes, 'unsupported scope'))
    for (const _ of outOfScope(hard, scope)) errors.push(invalidValue('spec.scopes', scopes, 'unsupported scope applied to resource'))
  }
  return [...errors, ...conflicts(scopes, scopes)]
}

function selectorErrors({ hard = {}, scopes, scopeSelector }: any): FieldError[] {
  if (!scopeSelector) return []
  const path = 'spec.scopeSelector.matchExpressions'
  const errors: FieldError[] = []
  const expressions: any[] = scopeSelector.matchExpressions ?? []
  for (const { scopeName: scope = '', operator = '', values = [] } of expressions) {
    if (!OF_SCOPE.has(scope)) errors.push(invalidValue(`${path}.scopeName`, scope, 'unsupported scope'))
    for (const _ of outOfScope(hard, scope)) {
      errors.push(invalidValue(path, goInternal('core/v1.ScopeSelector', scopeSelector), 'unsupported scope applied to resource'))
    }
    if (EXISTS_ONLY.includes(scope) && operator !== 'Exists') errors.push(invalidValue(`${path}.operator`, operator, MUST_EXIST))
    if (operator === 'In' || operator === 'NotIn') {
      const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
      if (values.length === 0) errors.push(required(`${path}.values`, why))
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
      if (values.length > 0) errors.push(invalidValue(`${path}.values`, values, why))
    } else errors.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'))
  }
  const named = expressions.map(({ scopeName = '' }) => scopeName)
  return [...errors, ...conflicts(named, scopes ?? null).map(error => ({ ...error, field: path }))]
}

const outOfScope = (hard: any, scope: string): string[] =>
  Object.keys(hard).filter(name => isQuotaResource(name) && OF_SCOPE.get(scope)?.includes(name) === false)

const conflicts = (scopes: string[], shown: unknown): FieldError[] =>
  CONFLICTS.filter(pair => pair.every(scope => scopes.includes(scope))).map(() => invalidValue('spec.scopes', shown, 'conflicting scopes'))

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim']
const MILLI_MAX = 9_223_372_036_854_000 // Greater amounts do not fit when counted in thousandths.

export function validateLimitRange(object: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, true, subdomainName)
  const types = new Set<string>()
  for (const [i, limit] of (object.spec?.limits ?? []).entries()) {
    const type = limit.type ?? ''
    const at = `spec.limits[${i}]`
    errors.push(...typeErrors(type, `${at}.type`))
    if (types.has(type)) errors.push(duplicate(`${at}.type`, type))
    types.add(type)
    const forPod = type === 'Pod'
    errors.push(...names(limit, type, 'max', at), ...names(limit, type, 'min', at))
    for (const list of ['default', 'defaultRequest']) {
      if (!forPod) errors.push(...names(limit, type, list, at))
      else if (Object.keys(limit[list] ?? {}).length > 0) errors.push(forbiddenField(`${at}.${list}`, "may not be specified when `type` is 'Pod'"))
    }
    if (type === 'PersistentVolumeClaim' && limit.min?.storage === undefined && limit.max?.storage === undefined) {
      errors.push(required(`${at}.limits`, 'either minimum or maximum storage value is required, but neither was provided'))
    }
    errors.push(...names(limit, type, 'maxLimitRequestRatio', at))
    const { min, max, maxLimitRequestRatio: ratio } = limit
    const defaults = forPod ? {} : { default: limit.default, request: limit.defaultRequest }
    const all = new Set([min, max, ratio, defaults.default, defaults.request].flatMap(list => Object.keys(list ?? {})))
    for (const name of [...all].sort()) errors.push(...ordered({ min, max, ratio, ...defaults }, name, at))
  }
  return errors
}

function typeErrors(type: string, path: string): FieldError[] {
  const errors = each(path, type, qualifiedName(type))
  if (errors.length > 0 || type.includes('/') || TYPES.includes(type)) return errors
  return [invalidValue(path, type, 'must be a standard limit type or fully qualified')]
}

function names(limit: any, type: string, list: string, at: string): FieldError[] {
  const rule = type === 'Pod' || type === 'Container' ? validateContainerResourceName : validateResourceName
  return Object.keys(limit[list] ?? {})
    .sort()
    .flatMap(name => rule(name, `${at}.${list}[${name}]`))
}

/** As %f prints it. */
function goFloat(value: number): string {
  if (Number.isFinite(value)) return `${Object.is(value, -0) ? '-' : ''}${value.toFixed(6)}`
  return value > 0 ? '+Inf' : '-Inf'
}

/** min ≤ request ≤ default ≤ max, and a ratio that these allow. */
function ordered(lists: any, name: string, at: string): FieldError[] {
  const [min, max, most, request, ratio] = [lists.min?.[name], lists.max?.[name], lists.default?.[name], lists.request?.[name], lists.ratio?.[name]]
  const errors: FieldError[] = []
  const above = (a: string | undefined, b: string | undefined) => a !== undefined && b !== undefined && compareQuantity(a, b) > 0
  const say = (list: string, value: string, why: string) => errors.push(invalidValue(`${at}.${list}[${name}]`, value, why))
  if (above(min, max)) say('min', min, `min value ${min} is greater than max value ${max}`)
  if (above(min, request)) say('defaultRequest', request, `min value ${min} is greater than default request value ${request}`)
  if (above(request, max)) say('defaultRequest', request, `default request value ${request} is greater than max value ${max}`)
  if (above(request, most)) say('defaultRequest', request, `default request value ${request} is greater than default limit value ${most}`)
  if (above(min, most)) say('default', min, `min value ${min} is greater than default value ${most}`)
  if (above(most, max)) say('default', max, `default value ${most} is greater than max value ${max}`)
  if (ratio !== undefined && compareQuantity(ratio, '1') < 0) say('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`)
  if (ratio !== undefined && min !== undefined && max !== undefined) {
    const milli = [ratio, min, max].every(amount => unitValue(amount) < MILLI_MAX)
    const most = milli ? milliValue(max) / milliValue(min) : unitValue(max) / unitValue(min)
    if ((milli ? milliValue(ratio) / 1000 : unitValue(ratio)) > most) {
      say('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${goFloat(most)}`)
    }
  }
  if (!mayOvercommit(name) && most !== undefined && request !== undefined && compareQuantity(most, request) !== 0) {
    say('defaultRequest', request, `default value ${most} must equal to defaultRequest value ${request} in ${name}`)
  }
  return errors
}

// config.ts: validation of ConfigMaps, Secrets, Namespaces, Nodes, Leases, quotas, limit ranges and RBAC objects.
// Models k8s.io/kubernetes/pkg/apis/{core,coordination,rbac}/validation/validation.go
// Differs: of Secrets only the keys that their type demands are judged; ratios of limit ranges are judged loosely

import { base64Size } from '../base64.ts'
import type { FieldError } from '../field.ts'
import { duplicate, forbiddenField, invalidValue, notSupported, required, tooLong } from '../field.ts'
import { bytes, configMapKey, labelValue } from '../name.ts'
import { sameJson } from '../patch.ts'
import { compareQuantity } from '../quantity.ts'
import { each, immutable, labelName, pathName, subdomainName, validateLabelName, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts'
import { validateAmount, validateQuotaResourceName, validateResourceName } from './resources.ts'

const SIZE_MAX = 1_048_576
const FROZEN = 'field is immutable when `immutable` is set'

export function validateConfigMap(object: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, true, subdomainName)
  let size = 0
  for (const [key, value] of Object.entries<string>(object.data ?? {})) {
    errors.push(...each(`data[${key}]`, key, configMapKey(key)))
    if (object.binaryData?.[key] !== undefined) errors.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'))
    size += bytes(value)
  }
  for (const [key, value] of Object.entries<string>(object.binaryData ?? {})) {
    errors.push(...each(`binaryData[${key}]`, key, configMapKey(key)))
    size += base64Size(value)
  }
  if (size > SIZE_MAX) errors.push(tooLong('', SIZE_MAX))
  return errors
}

export function validateConfigMapUpdate(object: any, old: any): FieldError[] {
  const errors = validateObjectMetaUpdate(object.metadata, old.metadata)
  if (old.immutable === true) {
    if (object.immutable !== true) errors.push(forbiddenField('immutable', FROZEN))
    if (!sameJson(object.data ?? {}, old.data ?? {})) errors.push(forbiddenField('data', FROZEN))
    if (!sameJson(object.binaryData ?? {}, old.binaryData ?? {})) errors.push(forbiddenField('binaryData', FROZEN))
  }
  return [...errors, ...validateConfigMap(object)]
}

const SECRET_KEYS: Record<string, string[]> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
}

export function validateSecret(object: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, true, subdomainName)
  let size = 0
  for (const [key, value] of Object.entries<string>(object.data ?? {})) {
    errors.push(...each(`data[${key}]`, key, configMapKey(key)))
    size += base64Size(value)
  }
  if (size > SIZE_MAX) errors.push(tooLong('data', SIZE_MAX))
  for (const key of SECRET_KEYS[object.type] ?? []) if (object.data?.[key] === undefined) errors.push(required(`data[${key}]`))
  if (object.type === 'kubernetes.io/service-account-token' && !object.metadata.annotations?.['kubernetes.io/service-account.name'])
    errors.push(required('metadata.annotations[kubernetes.io/service-account.name]'))
  return errors
}

export function validateSecretUpdate(object: any, old: any): FieldError[] {
  const errors = [...validateObjectMetaUpdate(object.metadata, old.metadata), ...immutable(object.type, old.type, 'type')]
  if (old.immutable === true) {
    if (object.immutable !== true) errors.push(forbiddenField('immutable', FROZEN))
    if (!sameJson(object.data ?? {}, old.data ?? {})) errors.push(forbiddenField('data', FROZEN))
  }
  return [...errors, ...validateSecret(object)]
}

export const validateNamespace = (object: any): FieldError[] => validateObjectMeta(object.metadata, false, labelName)

export const validateNode = (object: any): FieldError[] => [...validateObjectMeta(object.metadata, false, subdomainName), ...taints(object.spec?.taints)]

export function validateNodeUpdate(object: any, old: any): FieldError[] {
  const errors = [...validateObjectMetaUpdate(object.metadata, old.metadata), ...taints(object.spec?.taints)]
  const [now, was] = [object.spec ?? {}, old.spec ?? {}]
  if ((was.podCIDRs ?? []).length > 0 && !sameJson(now.podCIDRs, was.podCIDRs))
    errors.push(forbiddenField('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'))
  if (was.providerID && now.providerID !== was.providerID)
    errors.push(forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid'))
  return errors
}

function taints(list: any[] | undefined): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  ;(list ?? []).forEach((taint, i) => {
    const at = `metadata.taints[${i}]`
    errors.push(...validateLabelName(taint.key ?? '', `${at}.key`))
    errors.push(...each(`${at}.value`, taint.value, labelValue(taint.value ?? '')))
    const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
    if (!taint.effect) errors.push(required(`${at}.effect`))
    else if (!effects.includes(taint.effect)) errors.push(notSupported(`${at}.effect`, taint.effect, effects))
    const key = `${taint.key}:${taint.effect}`
    if (seen.has(key))
      errors.push({
        ...duplicate(at, { Key: taint.key, Value: taint.value ?? '', Effect: taint.effect, TimeAdded: null }),
        detail: 'taints must be unique by key and effect pair',
      })
    seen.add(key)
  })
  return errors
}

export function validateLease(object: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, true, subdomainName)
  const { leaseDurationSeconds: seconds, leaseTransitions } = object.spec ?? {}
  if (seconds !== undefined && seconds <= 0) errors.push(invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0'))
  if (leaseTransitions < 0) errors.push(invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'))
  return errors
}

const SCOPES = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'PriorityClass', 'CrossNamespacePodAffinity', 'VolumeAttributesClass']

export function validateQuota(object: any): FieldError[] {
  const { spec = {} } = object
  const errors = validateObjectMeta(object.metadata, true, subdomainName)
  for (const name of Object.keys(spec.hard ?? {}).sort()) {
    errors.push(...validateQuotaResourceName(name, `spec.hard[${name}]`))
    errors.push(...validateAmount(name, spec.hard[name], `spec.hard[${name}]`))
  }
  for (const scope of spec.scopes ?? []) if (!SCOPES.includes(scope)) errors.push(invalidValue('spec.scopes', scope, 'unsupported scope'))
  for (const [a, b] of [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ] as const)
    if (spec.scopes?.includes(a) && spec.scopes.includes(b)) errors.push(invalidValue('spec.scopes', spec.scopes, 'conflicting scopes'))
  return errors
}

export function validateQuotaUpdate(object: any, old: any): FieldError[] {
  return [
    ...validateObjectMetaUpdate(object.metadata, old.metadata),
    ...validateQuota(object),
    ...immutable(object.spec.scopes, old.spec.scopes, 'spec.scopes'),
  ]
}

export function validateLimitRange(object: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, true, subdomainName)
  const types = new Set<string>()
  ;(object.spec?.limits ?? []).forEach((limit: any, i: number) => {
    const at = `spec.limits[${i}]`
    if (types.has(limit.type)) errors.push(duplicate(`${at}.type`, limit.type))
    types.add(limit.type)
    const names = new Set<string>()
    for (const list of ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio'])
      for (const name of Object.keys(limit[list] ?? {})) {
        names.add(name)
        errors.push(...validateResourceName(name, `${at}.${list}[${name}]`))
      }
    if (limit.type === 'Pod')
      for (const list of ['default', 'defaultRequest'])
        if (Object.keys(limit[list] ?? {}).length > 0) errors.push(forbiddenField(`${at}.${list}`, "may not be specified when `type` is 'Pod'"))
    for (const name of [...names].sort()) errors.push(...ordered(limit, name, at))
  })
  return errors
}

function ordered(limit: any, name: string, at: string): FieldError[] {
  const [min, max, most, request] = [limit.min?.[name], limit.max?.[name], limit.default?.[name], limit.defaultRequest?.[name]]
  const errors: FieldError[] = []
  const above = (a: string | undefined, b: string | undefined) => a !== undefined && b !== undefined && compareQuantity(a, b) > 0
  if (above(min, max)) errors.push(invalidValue(`${at}.min[${name}]`, min, `min value ${min} is greater than max value ${max}`))
  if (above(min, request))
    errors.push(invalidValue(`${at}.defaultRequest[${name}]`, request, `min value ${min} is greater than default request value ${request}`))
  if (above(request, max))
    errors.push(invalidValue(`${at}.defaultRequest[${name}]`, request, `default request value ${request} is greater than max value ${max}`))
  if (above(request, most))
    errors.push(invalidValue(`${at}.defaultRequest[${name}]`, request, `default request value ${request} is greater than default limit value ${most}`))
  if (above(min, most)) errors.push(invalidValue(`${at}.default[${name}]`, min, `min value ${min} is greater than default value ${most}`))
  if (above(most, max)) errors.push(invalidValue(`${at}.default[${name}]`, max, `default value ${most} is greater than max value ${max}`))
  return errors
}

export function validateRole(object: any): FieldError[] {
  const namespaced = object.kind === 'Role'
  const errors = validateObjectMeta(object.metadata, namespaced, pathName)
  ;(object.rules ?? []).forEach((rule: any, i: number) => {
    const at = `rules[${i}]`
    const urls: string[] = rule.nonResourceURLs ?? []
    if ((rule.verbs ?? []).length === 0) errors.push(required(`${at}.verbs`))
    if (urls.length > 0) {
      if (namespaced) errors.push(invalidValue(`${at}.nonResourceURLs`, urls, 'namespaced rules cannot apply to non-resource URLs'))
      if (['apiGroups', 'resources', 'resourceNames'].some(key => (rule[key] ?? []).length > 0))
        errors.push(invalidValue(`${at}.nonResourceURLs`, urls, 'rules cannot apply to both regular resources and non-resource URLs'))
      return
    }
    if ((rule.apiGroups ?? []).length === 0) errors.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'))
    if ((rule.resources ?? []).length === 0) errors.push(required(`${at}.resources`, 'resource rules must supply at least one resource'))
  })
  return errors
}

export function validateRoleBinding(object: any): FieldError[] {
  const namespaced = object.kind === 'RoleBinding'
  const errors = validateObjectMeta(object.metadata, namespaced, pathName)
  const { roleRef = {}, subjects = [] } = object
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  if (roleRef.apiGroup !== 'rbac.authorization.k8s.io') errors.push(notSupported('roleRef.apiGroup', roleRef.apiGroup ?? '', ['rbac.authorization.k8s.io']))
  if (!kinds.includes(roleRef.kind)) errors.push(notSupported('roleRef.kind', roleRef.kind ?? '', kinds))
  if (!roleRef.name) errors.push(required('roleRef.name'))
  else errors.push(...each('roleRef.name', roleRef.name, pathName(roleRef.name, false)))
  subjects.forEach((subject: any, i: number) => {
    const at = `subjects[${i}]`
    if (!subject.name) errors.push(required(`${at}.name`))
    if (subject.kind === 'ServiceAccount') {
      if (subject.name) errors.push(...each(`${at}.name`, subject.name, subdomainName(subject.name, false)))
      if (!namespaced && !subject.namespace) errors.push(required(`${at}.namespace`))
    } else if (subject.kind !== 'User' && subject.kind !== 'Group')
      errors.push(notSupported(`${at}.kind`, subject.kind ?? '', ['ServiceAccount', 'User', 'Group']))
  })
  return errors
}

export function validateRoleBindingUpdate(object: any, old: any): FieldError[] {
  const errors = validateObjectMetaUpdate(object.metadata, old.metadata)
  const { apiGroup = '', kind = '', name = '' } = object.roleRef ?? {}
  errors.push(...immutable(object.roleRef, old.roleRef, 'roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }))
  return [...errors, ...validateRoleBinding(object)]
}

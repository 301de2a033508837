// autoscaling.ts: validation of HorizontalPodAutoscalers.
// Models k8s.io/kubernetes/pkg/apis/autoscaling/validation/validation.go and pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go
// Differs: sources that a metric should not have are told in their order, which Go leaves to chance

import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, notSupported, required } from '../field.ts'
import { dns1123Label } from '../name.ts'
import { quantityOf } from '../quantity.ts'
import { withDeclared } from './declarative.ts'
import { each, nonNegative, pathName, positive, subdomainName, validateObjectMeta } from './metadata.ts'
import { validateContainerResourceName } from './resources.ts'

const PERIOD_MAX = 1800 // Seconds that a policy may look back.
const WINDOW_MAX = 3600
const MISSING_SOURCE = 'must populate information for the given metric source'
const RAW_OR_UTILIZATION = 'must set either a target raw value or a target utilization'

/** How far the apiVersion of a reference is judged: not at all, or with the core group allowed or not. */
type VersionRule = 'any' | 'with core' | 'with a group'

export function validateAutoscaler(object: any): FieldError[] {
  const { spec = {} } = object
  const target = spec.scaleTargetRef?.kind === 'ReplicationController' ? 'with core' : 'with a group'
  const byHand = [...validateObjectMeta(object.metadata, true, subdomainName), ...autoscalerSpec(spec, target, 'with core')]
  return withDeclared(byHand, [...minimum(spec.minReplicas), ...maximum(spec.maxReplicas)])
}

/** What was wrong with a reference before may stay so. */
export function validateAutoscalerUpdate(object: any, old: any): FieldError[] {
  const [spec, was] = [object.spec ?? {}, old.spec ?? {}]
  const [ref, before] = [spec.scaleTargetRef ?? {}, was.scaleTargetRef ?? {}]
  const same = ref.apiVersion === before.apiVersion && ref.kind === before.kind
  const target = same ? 'any' : ref.kind === 'ReplicationController' ? 'with core' : 'with a group'
  const described: any[] = (was.metrics ?? []).filter((m: any) => m.type === 'Object' && m.object).map((m: any) => m.object.describedObject ?? {})
  const metrics = described.some(other => versionError(other.apiVersion ?? '', 'with core') !== undefined) ? 'any' : 'with core'
  return withDeclared(autoscalerSpec(spec, target, metrics), [
    ...(spec.minReplicas === was.minReplicas ? [] : minimum(spec.minReplicas)),
    ...(spec.maxReplicas === was.maxReplicas ? [] : maximum(spec.maxReplicas)),
  ])
}

export function validateAutoscalerStatusUpdate({ status = {} }: any): FieldError[] {
  const conditions: any[] = status.conditions ?? []
  return [
    ...conditions.flatMap(({ observedGeneration }, i) => nonNegative(`status.conditions[${i}].observedGeneration`, observedGeneration)),
    ...nonNegative('status.currentReplicas', status.currentReplicas),
    ...nonNegative('status.desiredReplicas', status.desiredReplicas),
  ]
}

const minimum = (value: number | undefined): FieldError[] =>
  value !== undefined && value < 0 ? [invalidValue('spec.minReplicas', value, 'must be greater than or equal to 0')] : []

function maximum(value = 0): FieldError[] {
  if (value === 0) return [required('spec.maxReplicas')]
  return value < 0 ? [invalidValue('spec.maxReplicas', value, 'must be greater than or equal to 1')] : []
}

function autoscalerSpec(spec: any, targetRule: VersionRule, metricRule: VersionRule): FieldError[] {
  const { minReplicas, maxReplicas = 0, metrics = [] } = spec
  const errors = minimum(minReplicas)
  errors.push(...maximum(maxReplicas).map(error => (error.type === 'Required' ? { ...error, detail: 'must be set and greater than 0' } : error)))
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'))
  }
  errors.push(...referenceErrors(spec.scaleTargetRef, 'spec.scaleTargetRef', targetRule))
  for (const [i, metric] of metrics.entries()) errors.push(...metricErrors(metric, `spec.metrics[${i}]`, metricRule))
  if (minReplicas === 0 && !metrics.some((m: any) => m.type === 'Object' || m.type === 'External')) {
    errors.push(forbiddenField('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas'))
  }
  const { scaleUp, scaleDown } = spec.behavior ?? {}
  return [...errors, ...rulesErrors(scaleUp, 'spec.behavior.scaleUp'), ...rulesErrors(scaleDown, 'spec.behavior.scaleDown')]
}

function referenceErrors({ kind = '', name = '', apiVersion = '' }: any = {}, path: string, rule: VersionRule): FieldError[] {
  const errors: FieldError[] = []
  for (const [key, value] of [
    ['kind', kind],
    ['name', name],
  ]) {
    if (value === '') errors.push(required(`${path}.${key}`))
    else errors.push(...each(`${path}.${key}`, value, pathName(value, false)))
  }
  const why = versionError(apiVersion, rule)
  return why === undefined ? errors : [...errors, invalidValue(`${path}.apiVersion`, apiVersion, why)]
}

function versionError(apiVersion: string, rule: VersionRule): string | undefined {
  const parts = apiVersion.split('/')
  if (rule === 'any') return undefined
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`
  const grouped = parts.length === 2 && parts[0] !== ''
  return rule === 'with core' || grouped ? undefined : 'apiVersion must specify API group'
}

function rulesErrors(rules: any, path: string): FieldError[] {
  if (!rules) return []
  const errors: FieldError[] = []
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules
  if (window < 0) errors.push(invalidValue(`${path}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero'))
  if (window > WINDOW_MAX) errors.push(invalidValue(`${path}.stabilizationWindowSeconds`, window, `must be less than or equal to ${WINDOW_MAX}`))
  const supported = ['Disabled', 'Max', 'Min']
  if (selectPolicy !== undefined && !supported.includes(selectPolicy)) errors.push(notSupported(`${path}.selectPolicy`, selectPolicy, supported))
  if (policies.length === 0) errors.push(required(`${path}.policies`, 'must specify at least one Policy'))
  for (const [i, policy] of policies.entries()) errors.push(...policyErrors(policy, `${path}.policies[${i}]`))
  if (tolerance !== undefined && quantityOf(tolerance).nano < 0n) {
    errors.push(invalidValue(`${path}.tolerance`, tolerance, 'must be greater than or equal to 0'))
  }
  return errors
}

function policyErrors({ type = '', value, periodSeconds = 0 }: any, at: string): FieldError[] {
  const errors = type === 'Pods' || type === 'Percent' ? [] : [notSupported(`${at}.type`, type, ['Percent', 'Pods'])]
  errors.push(...positive(`${at}.value`, value), ...positive(`${at}.periodSeconds`, periodSeconds))
  if (periodSeconds > PERIOD_MAX) errors.push(invalidValue(`${at}.periodSeconds`, periodSeconds, `must be less than or equal to ${PERIOD_MAX}`))
  return errors
}

/** Where the source of each type of metric stands, and its rules; in the order in which upstream looks. */
const SOURCES: Record<string, { key: string; judge: (source: any, path: string, rule: VersionRule) => FieldError[] }> = {
  Object: { key: 'object', judge: objectErrors },
  External: { key: 'external', judge: externalErrors },
  Pods: { key: 'pods', judge: podsErrors },
  Resource: { key: 'resource', judge: resourceErrors },
  ContainerResource: { key: 'containerResource', judge: containerErrors },
}
const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']

function metricErrors(metric: any, at: string, rule: VersionRule): FieldError[] {
  const { type = '' } = metric
  const errors = type === '' ? [required(`${at}.type`, 'must specify a metric source type')] : []
  const unknown = notSupported(`${at}.type`, type, TYPES)
  const source = SOURCES[type]
  if (source === undefined) errors.push(unknown)
  const present = Object.values(SOURCES).filter(({ key }) => metric[key])
  if (present.length > 0) errors.push(...present[0]!.judge(metric[present[0]!.key], `${at}.${present[0]!.key}`, rule))
  if (source === undefined) errors.push(unknown)
  else if (!metric[source.key]) errors.push(required(`${at}.${source.key}`, MISSING_SOURCE))
  if (present.length === 1) return errors
  const others = present.map(({ key }) => key).filter(key => key !== source?.key)
  return [...errors, ...others.sort().map(key => forbiddenField(`${at}.${key}`, 'must populate the given metric source only'))]
}

function objectErrors({ describedObject, metric, target = {} }: any, path: string, rule: VersionRule): FieldError[] {
  const errors = [...referenceErrors(describedObject, `${path}.describedObject`, rule), ...identifierErrors(metric, path), ...targetErrors(target, path)]
  if (!target.value && !target.averageValue) errors.push(required(`${path}.target.averageValue`, 'must set either a target value or averageValue'))
  return errors
}

function externalErrors({ metric, target = {} }: any, path: string): FieldError[] {
  const errors = [...identifierErrors(metric, path), ...targetErrors(target, path)]
  const { value, averageValue } = target
  if (!value && !averageValue) errors.push(required(`${path}.target.averageValue`, 'must set either a target value for metric or a per-pod target'))
  if (value && averageValue) errors.push(forbiddenField(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target'))
  return errors
}

function podsErrors({ metric, target = {} }: any, path: string): FieldError[] {
  const errors = [...identifierErrors(metric, path), ...targetErrors(target, path)]
  return target.averageValue ? errors : [...errors, required(`${path}.target.averageValue`, 'must specify a positive target averageValue')]
}

function resourceErrors({ name = '', target = {} }: any, path: string): FieldError[] {
  const errors = name === '' ? [required(`${path}.name`, 'must specify a resource name')] : []
  return [...errors, ...targetErrors(target, path), ...utilizationErrors(target, path)]
}

function containerErrors({ name = '', container = '', target = {} }: any, path: string): FieldError[] {
  const errors = name === '' ? [required(`${path}.name`, 'must specify a resource name')] : validateContainerResourceName(name, `${path}.name`)
  if (container === '') errors.push(required(`${path}.container`, 'must specify a container'))
  else errors.push(...each(`${path}.container`, container, dns1123Label(container)))
  return [...errors, ...targetErrors(target, path), ...utilizationErrors(target, path)]
}

function utilizationErrors({ averageUtilization, averageValue }: any, path: string): FieldError[] {
  if (averageUtilization === undefined && averageValue === undefined) return [required(`${path}.target.averageUtilization`, RAW_OR_UTILIZATION)]
  if (averageUtilization === undefined || averageValue === undefined) return []
  return [forbiddenField(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization')]
}

function targetErrors({ type = '', value, averageValue, averageUtilization }: any, path: string): FieldError[] {
  const at = `${path}.target`
  const errors = type === '' ? [required(`${at}.type`, 'must specify a metric target type')] : []
  if (!['Utilization', 'Value', 'AverageValue'].includes(type)) {
    errors.push(invalidValue(`${at}.type`, type, 'must be either Utilization, Value, or AverageValue'))
  }
  for (const [key, amount] of Object.entries({ value, averageValue })) {
    if (amount !== undefined && quantityOf(amount).nano <= 0n) errors.push(invalidValue(`${at}.${key}`, amount, 'must be positive'))
  }
  if (averageUtilization < 1) errors.push(invalidValue(`${at}.averageUtilization`, averageUtilization, 'must be greater than 0'))
  return errors
}

function identifierErrors({ name = '' }: any = {}, path: string): FieldError[] {
  return name === '' ? [required(`${path}.metric.name`, 'must specify a metric name')] : each(`${path}.metric.name`, name, pathName(name, false))
}

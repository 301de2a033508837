// policy.ts: validation of PodDisruptionBudgets and PriorityClasses.
// Models k8s.io/kubernetes/pkg/apis/{policy,scheduling}/validation/validation.go
// Differs: nothing known

import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, notSupported, required } from '../field.ts'
import { validateConditions } from './conditions.ts'
import { goInternal } from './diff.ts'
import { immutable, nonNegative, subdomainName, validateLabelSelector, validateObjectMeta } from './metadata.ts'
import { atMost100Percent, intOrPercent } from './workloads.ts'

const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget']
const PRIORITY_MAX = 1_000_000_000
const SYSTEM_PRIORITIES: Record<string, number> = { 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 }
const FOR_SYSTEM = "priority class names with 'system-' prefix are reserved for system use only. error: "

/** Created or changed. */
export function validateBudget({ spec = {} }: any): FieldError[] {
  const errors: FieldError[] = []
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    errors.push(invalidValue('spec', goInternal('policy/v1.PodDisruptionBudgetSpec', spec), 'minAvailable and maxUnavailable cannot be both set'))
  }
  for (const key of ['minAvailable', 'maxUnavailable']) {
    if (spec[key] !== undefined) errors.push(...intOrPercent(spec[key], `spec.${key}`), ...atMost100Percent(spec[key], `spec.${key}`))
  }
  errors.push(...validateLabelSelector(selector, 'spec.selector'))
  if (policy !== undefined && !EVICTION_POLICIES.includes(policy)) errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, EVICTION_POLICIES))
  return errors
}

export function validateBudgetStatusUpdate({ status = {} }: any): FieldError[] {
  const errors = validateConditions(status.conditions, 'status.conditions')
  for (const key of ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods']) errors.push(...nonNegative(`status.${key}`, status[key]))
  return errors
}

export function validatePriorityClass(object: any): FieldError[] {
  const { metadata, value = 0, globalDefault = false, preemptionPolicy: policy } = object
  const errors = validateObjectMeta(metadata, false, subdomainName)
  const name: string = metadata.name ?? ''
  if (name.startsWith('system-')) {
    const known = SYSTEM_PRIORITIES[name]
    if (known === undefined) errors.push(forbiddenField('metadata.name', `${FOR_SYSTEM}${name} is not a known system priority class`))
    else if (known !== value) errors.push(forbiddenField('metadata.name', `${FOR_SYSTEM}value of ${name} PriorityClass must be ${known}`))
    else if (globalDefault) errors.push(forbiddenField('metadata.name', `${FOR_SYSTEM}globalDefault of ${name} PriorityClass must be false`))
  } else if (value > PRIORITY_MAX) errors.push(forbiddenField('value', `maximum allowed value of a user defined priority is ${PRIORITY_MAX}`))
  if (policy === '') errors.push(required('preemptionPolicy'))
  else if (policy !== undefined && !['Never', 'PreemptLowerPriority'].includes(policy)) {
    errors.push(notSupported('preemptionPolicy', policy, ['PreemptLowerPriority', 'Never']))
  }
  return errors
}

export function validatePriorityClassUpdate(object: any, old: any): FieldError[] {
  const errors = (object.value ?? 0) === (old.value ?? 0) ? [] : [forbiddenField('value', 'may not be changed in an update.')]
  return [...errors, ...immutable(object.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy')]
}

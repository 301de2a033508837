// scheduling.ts: validation of what a Pod asks of the scheduler: affinity, tolerations, spreading, gates.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go
// Differs: nothing known

import type { FieldError } from '../field.ts'
import { duplicate, forbiddenField, invalidValue, notSupported, required } from '../field.ts'
import { labelValue, qualifiedName } from '../name.ts'
import { each, labelName, positive, subdomainName, validateLabelName, validateLabelSelector } from './metadata.ts'

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'

export function validateAffinity(affinity: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity ?? {}
  if (nodeAffinity !== undefined) {
    if (nodeAffinity[REQUIRED] !== undefined) errors.push(...validateNodeSelector(nodeAffinity[REQUIRED], `${path}.nodeAffinity.${REQUIRED}`))
    for (const [i, term] of (nodeAffinity[PREFERRED] ?? []).entries()) {
      const at = `${path}.nodeAffinity.${PREFERRED}[${i}]`
      errors.push(...weight(term.weight, at), ...validateNodeTerm(term.preference ?? {}, `${at}.preference`, true))
    }
  }
  for (const [kind, terms] of Object.entries({ podAffinity, podAntiAffinity })) {
    for (const [i, term] of (terms?.[REQUIRED] ?? []).entries()) errors.push(...validatePodTerm(term, `${path}.${kind}.${REQUIRED}[${i}]`))
    for (const [i, term] of (terms?.[PREFERRED] ?? []).entries()) {
      const at = `${path}.${kind}.${PREFERRED}[${i}]`
      errors.push(...weight(term.weight, at), ...validatePodTerm(term.podAffinityTerm ?? {}, `${at}.podAffinityTerm`))
    }
  }
  return errors
}

/** `anyValue`: values are let be, as they were stored before there was a rule for them. */
export function validateNodeSelector(selector: any, path: string, anyValue = false): FieldError[] {
  const terms: any[] = selector.nodeSelectorTerms ?? []
  if (terms.length === 0) return [required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')]
  return terms.flatMap((term, i) => validateNodeTerm(term, `${path}.nodeSelectorTerms[${i}]`, anyValue))
}

export function validateTolerations(tolerations: any[] | undefined, path: string): FieldError[] {
  const errors: FieldError[] = []
  for (const [i, { key = '', operator = '', value = '', effect = '', tolerationSeconds }] of (tolerations ?? []).entries()) {
    const at = `${path}[${i}]`
    if (key !== '') errors.push(...validateLabelName(key, `${at}.key`))
    if (key === '' && operator !== 'Exists') {
      const why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      errors.push(invalidValue(`${at}.operator`, operator, why))
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.push(invalidValue(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    }
    if (operator === 'Equal' || operator === '') {
      const bad = labelValue(value)
      if (bad.length > 0) errors.push(invalidValue(`${at}.operator`, value, bad.join(';')))
    } else if (operator === 'Exists') {
      if (value !== '') errors.push(invalidValue(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"))
    } else {
      const comparing = operator === 'Lt' || operator === 'Gt'
      errors.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists', ...(comparing ? ['Lt', 'Gt'] : [])]))
    }
    if (effect !== '') errors.push(...validateEffect(effect, `${at}.effect`))
  }
  return errors
}

export function validateEffect(effect: string, path: string): FieldError[] {
  return EFFECTS.includes(effect) ? [] : [notSupported(path, effect, EFFECTS)]
}

export function validateSpreadConstraints(constraints: any[] | undefined, path: string): FieldError[] {
  const errors: FieldError[] = []
  const list = constraints ?? []
  for (const [i, constraint] of list.entries()) {
    const at = `${path}[${i}]`
    const { maxSkew, topologyKey = '', whenUnsatisfiable: action = '', minDomains, labelSelector, matchLabelKeys } = constraint
    errors.push(...positive(`${at}.maxSkew`, maxSkew))
    if (topologyKey === '') errors.push(required(`${at}.topologyKey`, 'can not be empty'))
    const actions = ['DoNotSchedule', 'ScheduleAnyway']
    if (!actions.includes(action)) errors.push(notSupported(`${at}.whenUnsatisfiable`, action, actions))
    if (list.slice(i + 1).some(other => other.topologyKey === topologyKey && other.whenUnsatisfiable === action)) {
      errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${action}}`))
    }
    if (minDomains !== undefined) {
      errors.push(...positive(`${at}.minDomains`, minDomains))
      const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`
      if (action !== 'DoNotSchedule') errors.push(invalidValue(`${at}.minDomains`, minDomains, why))
    }
    for (const key of ['nodeAffinityPolicy', 'nodeTaintsPolicy']) {
      const policy = constraint[key]
      if (policy !== undefined && policy !== 'Honor' && policy !== 'Ignore') errors.push(notSupported(`${at}.${key}`, policy, ['Honor', 'Ignore']))
    }
    errors.push(...validateLabelKeys(at, matchLabelKeys, undefined, labelSelector), ...validateLabelSelector(labelSelector, `${at}.labelSelector`))
  }
  return errors
}

export function validateSchedulingGates(gates: { name: string }[] | undefined, path: string): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, { name = '' }] of (gates ?? []).entries()) {
    errors.push(...each(`${path}[${i}]`, name, qualifiedName(name)))
    if (seen.has(name)) errors.push(duplicate(`${path}[${i}]`, name))
    seen.add(name)
  }
  return errors
}

function validateNodeTerm(term: any, path: string, anyValue: boolean): FieldError[] {
  const expressions = (term.matchExpressions ?? []).flatMap((e: any, i: number) => nodeRequirement(e, `${path}.matchExpressions[${i}]`, anyValue))
  return [...expressions, ...(term.matchFields ?? []).flatMap((e: any, i: number) => nodeFieldRequirement(e, `${path}.matchFields[${i}]`))]
}

function nodeRequirement({ key = '', operator = '', values = [] }: any, path: string, anyValue: boolean): FieldError[] {
  const errors: FieldError[] = []
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) errors.push(forbiddenField(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) errors.push(required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
  } else errors.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'))
  errors.push(...validateLabelName(key, `${path}.key`))
  if (!anyValue) for (const [i, value] of values.entries()) errors.push(...each(`${path}.values[${i}]`, value, labelValue(value)))
  return errors
}

function nodeFieldRequirement({ key = '', operator = '', values = [] }: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (operator === 'In' || operator === 'NotIn') {
    const why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
    if (values.length !== 1) errors.push(required(`${path}.values`, why))
  } else errors.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'))
  if (key !== 'metadata.name') return [...errors, invalidValue(`${path}.key`, key, 'not a valid field selector key')]
  return [...errors, ...values.flatMap((value: string, i: number) => each(`${path}.values[${i}]`, value, subdomainName(value, false)))]
}

function validatePodTerm(term: any, path: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces = [], matchLabelKeys, mismatchLabelKeys, topologyKey = '' } = term
  return [
    ...validateLabelSelector(labelSelector, `${path}.labelSelector`),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
    ...namespaces.flatMap((name: string) => each(`${path}.namespace`, name, labelName(name, false))),
    ...validateLabelKeys(path, matchLabelKeys, mismatchLabelKeys, labelSelector),
    ...(topologyKey === '' ? [required(`${path}.topologyKey`, 'can not be empty')] : []),
    ...validateLabelName(topologyKey, `${path}.topologyKey`),
  ]
}

function validateLabelKeys(path: string, match: string[] = [], mismatch: string[] = [], selector: any = undefined): FieldError[] {
  const errors: FieldError[] = []
  for (const [name, keys] of Object.entries({ matchLabelKeys: match, mismatchLabelKeys: mismatch })) {
    if (keys.length === 0) continue
    if (selector === undefined) errors.push(forbiddenField(`${path}.${name}`, 'must not be specified when labelSelector is not set'))
    else errors.push(...keys.flatMap((key, i) => validateLabelName(key, `${path}.${name}[${i}]`)))
  }
  const seen = new Set(Object.keys(selector?.matchLabels ?? {}))
  for (const { key } of selector?.matchExpressions ?? []) {
    const i = match.indexOf(key)
    if (i >= 0 && seen.has(key)) errors.push(invalidValue(`${path}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector'))
    seen.add(key)
  }
  for (const [i, key] of match.entries()) {
    if (mismatch.includes(key)) errors.push(invalidValue(`${path}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'))
  }
  return errors
}

function weight(value: number | undefined, path: string): FieldError[] {
  const fine = value !== undefined && value > 0 && value <= 100
  return fine ? [] : [invalidValue(`${path}.weight`, value ?? 0, 'must be in the range 1-100')]
}

// jobpolicies.ts: validation of what a Job holds of its failed Pods, and when it is content.
// Models k8s.io/kubernetes/pkg/apis/batch/validation/validation.go
// Differs: a success policy without completions is passed over, where upstream's server panics

import type { FieldError } from '../field.ts'
import { duplicate, invalidOmitted, invalidValue, notSupported, required, tooLong, tooMany } from '../field.ts'
import { qualifiedName } from '../name.ts'
import { each, nonNegative } from './metadata.ts'

const RULES_MAX = 20
const EXIT_CODES_MAX = 255
const CONDITIONS_MAX = 20
const INDEXES_MAX = 64 * 1024 // Bytes of succeededIndexes.
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const OPERATORS = ['In', 'NotIn']
const STATUSES = ['False', 'True', 'Unknown']

/** `valid values: ["In" "NotIn"]` */
const validValues = (values: string[]): string => `valid values: [${values.map(value => JSON.stringify(value)).join(' ')}]`

function choice(value: string, values: string[], path: string): FieldError[] {
  if (value === '') return [required(path, validValues(values))]
  return values.includes(value) ? [] : [notSupported(path, value, values)]
}

export function validateFailurePolicy(spec: any, path: string): FieldError[] {
  const rules: any[] = spec.podFailurePolicy.rules ?? []
  const errors = rules.length > RULES_MAX ? [tooMany(`${path}.rules`, rules.length, RULES_MAX)] : []
  const pod = spec.template?.spec ?? {}
  const names: string[] = [...(pod.containers ?? []), ...(pod.initContainers ?? [])].map((c: any) => c.name ?? '')
  for (const [i, rule] of rules.entries()) errors.push(...failureRule(spec, rule, names, `${path}.rules[${i}]`))
  return errors
}

function failureRule(spec: any, { action = '', onExitCodes, onPodConditions = [] }: any, names: string[], at: string): FieldError[] {
  const errors: FieldError[] = []
  if (action !== 'FailIndex') errors.push(...choice(action, ACTIONS, `${at}.action`))
  else if (spec.backoffLimitPerIndex === undefined) errors.push(invalidValue(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set'))
  if (onExitCodes) errors.push(...exitCodes(onExitCodes, names, `${at}.onExitCodes`))
  if (onPodConditions.length > 0) errors.push(...podConditions(onPodConditions, `${at}.onPodConditions`))
  if (onExitCodes && onPodConditions.length > 0) errors.push(invalidOmitted(at, 'specifying both OnExitCodes and OnPodConditions is not supported'))
  if (!onExitCodes && onPodConditions.length === 0) errors.push(invalidOmitted(at, 'specifying one of OnExitCodes and OnPodConditions is required'))
  return errors
}

function podConditions(patterns: any[], path: string): FieldError[] {
  const errors = patterns.length > CONDITIONS_MAX ? [tooMany(path, patterns.length, CONDITIONS_MAX)] : []
  for (const [i, { type = '', status = '' }] of patterns.entries()) {
    errors.push(...each(`${path}[${i}].type`, type, qualifiedName(type)), ...choice(status, STATUSES, `${path}[${i}].status`))
  }
  return errors
}

function exitCodes({ operator = '', containerName, values: given }: any, names: string[], path: string): FieldError[] {
  const values: number[] = given ?? []
  const errors = choice(operator, OPERATORS, `${path}.operator`)
  if (containerName !== undefined && !names.includes(containerName)) {
    errors.push(invalidValue(`${path}.containerName`, containerName, 'must be one of the container or initContainer names in the pod template'))
  }
  const at = `${path}.values`
  if (values.length === 0) errors.push(invalidValue(at, given ?? null, 'at least one value is required'))
  else if (values.length > EXIT_CODES_MAX) errors.push(tooMany(at, values.length, EXIT_CODES_MAX))
  const seen = new Set<number>()
  for (const [i, code] of values.entries()) {
    if (operator === 'In' && code === 0) errors.push(invalidValue(`${at}[${i}]`, code, 'must not be 0 for the In operator'))
    if (seen.has(code)) errors.push(duplicate(`${at}[${i}]`, code))
    seen.add(code)
  }
  if (values.some((code, i) => i > 0 && values[i - 1]! > code)) errors.push(invalidValue(at, values, 'must be ordered'))
  return errors
}

/** With a failure policy a Pod is replaced only when it has failed. */
export function validateReplacementPolicy({ podReplacementPolicy: policy, podFailurePolicy }: any, path: string): FieldError[] {
  const supported = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed']
  return policy === undefined || supported.includes(policy) ? [] : [notSupported(path, policy, supported)]
}

export function validateSuccessPolicy(spec: any, path: string): FieldError[] {
  const rules: any[] = spec.successPolicy.rules ?? []
  const errors: FieldError[] = []
  if (rules.length === 0) errors.push(required(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified'))
  if (rules.length > RULES_MAX) errors.push(tooMany(`${path}.rules`, rules.length, RULES_MAX))
  if (spec.completions === undefined) return errors
  for (const [i, rule] of rules.entries()) errors.push(...successRule(rule, spec.completions, `${path}.rules[${i}]`))
  return errors
}

function successRule({ succeededIndexes: indexes, succeededCount: count }: any, completions: number, at: string): FieldError[] {
  const errors: FieldError[] = []
  if (count === undefined && indexes === undefined) errors.push(required(at, 'at least one of succeededCount or succeededIndexes must be specified'))
  let total = 0
  if (indexes !== undefined) {
    if (indexes.length > INDEXES_MAX) errors.push(tooLong(`${at}.succeededIndexes`, INDEXES_MAX))
    const counted = countIndexes(indexes, completions)
    if (typeof counted === 'number') total = counted
    else errors.push(invalidValue(`${at}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${counted.error}`))
  }
  if (count === undefined) return errors
  const path = `${at}.succeededCount`
  errors.push(...nonNegative(path, count))
  if (count > completions) errors.push(invalidValue(path, count, `must be less than or equal to ${completions} (the number of specified completions)`))
  if (indexes !== undefined && count > total) {
    errors.push(invalidValue(path, count, `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`))
  }
  return errors
}

/** How many indexes `1,3-5` names, which must rise and be less than `completions`. */
export function countIndexes(text: string, completions: number): number | { error: string } {
  if (text === '') return 0
  let last: number | undefined
  let total = 0
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions)
    if ('error' in interval) return interval
    const [x, y] = interval
    if (last !== undefined && last >= x) return { error: `non-increasing order, previous: ${last}, current: ${x}` }
    total += y - x + 1
    last = y
  }
  return total
}

/** `3` or `3-5`, as first and last. */
export function parseInterval(text: string, completions: number): [number, number] | { error: string } {
  const ends = text.split('-')
  if (ends.length > 2) {
    return { error: `the fragment ${JSON.stringify(text)} violates the requirement that an index interval can have at most two parts separated by '-'` }
  }
  const numbers: number[] = []
  for (const end of ends) {
    if (!/^[+-]?\d+$/.test(end)) return { error: `cannot convert string to integer for index: ${JSON.stringify(end)}` }
    if (Number(end) >= completions) return { error: `too large index: ${JSON.stringify(end)}` }
    numbers.push(Number(end))
  }
  const [x = 0, y = x] = numbers
  if (numbers.length === 2 && x >= y) return { error: `non-increasing order, previous: ${x}, current: ${y}` }
  return [x, y]
}

// conditions.ts: validation of conditions of the common kind.
// Models k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go (ValidateConditions)
// Differs: nothing known

import type { FieldError } from '../field.ts'
import { duplicate, invalidValue, notSupported, required, tooLong } from '../field.ts'
import { bytes, regexError } from '../name.ts'
import { each, validateLabelName } from './metadata.ts'

const STATUSES = ['False', 'True', 'Unknown']
const REASON_MAX = 1024
const MESSAGE_MAX = 32 * 1024
const REASON = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?'
const REASON_SAYS =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'"
const reasonPattern = new RegExp(`^(?:${REASON})$`)

export function validateConditions(conditions: any[] = [], path: string): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, condition] of conditions.entries()) {
    const { type = '' } = condition
    if (seen.has(type)) errors.push(duplicate(`${path}[${i}]`, type))
    seen.add(type)
    errors.push(...conditionErrors(condition, `${path}[${i}]`))
  }
  return errors
}

function conditionErrors({ type = '', status = '', observedGeneration = 0, lastTransitionTime, reason = '', message = '' }: any, at: string): FieldError[] {
  const errors = type === '' ? [required(`${at}.type`, 'is required')] : validateLabelName(type, `${at}.type`)
  if (status === '') errors.push(required(`${at}.status`))
  else if (!STATUSES.includes(status)) errors.push(notSupported(`${at}.status`, status, STATUSES))
  if (observedGeneration < 0) errors.push(invalidValue(`${at}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero'))
  if (!lastTransitionTime) errors.push(required(`${at}.lastTransitionTime`))
  if (reason === '') errors.push(required(`${at}.reason`))
  else errors.push(...each(`${at}.reason`, reason, complaints(reason)))
  if (bytes(reason) > REASON_MAX) errors.push(tooLong(`${at}.reason`, REASON_MAX))
  if (bytes(message) > MESSAGE_MAX) errors.push(tooLong(`${at}.message`, MESSAGE_MAX))
  return errors
}

function complaints(reason: string): string[] {
  if (reasonPattern.test(reason)) return []
  return [regexError(REASON_SAYS, REASON, 'my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB')]
}

// declarative.ts: rules that stand in the API's types as tags; they are asked last and outrank the same rule written by hand.
// Models k8s.io/apiserver/pkg/registry/rest/validate.go and k8s.io/apimachinery/pkg/api/validate
// Differs: an error by hand counts as the same if type and field are, and for invalid values the text; upstream compares marked origins

import type { FieldError } from '../field.ts'
import { invalidValue } from '../field.ts'
import { sameJson } from '../patch.ts'
import { IMMUTABLE } from './metadata.ts'

/** Errors found by hand, without those that were also found by tag, and then the latter. */
export function withDeclared(byHand: FieldError[], declared: FieldError[]): FieldError[] {
  const same = (a: FieldError, b: FieldError): boolean => a.type === b.type && a.field === b.field && (a.type !== 'Invalid' || a.detail === b.detail)
  return [...byHand.filter(error => !declared.some(other => same(error, other))), ...declared]
}

/** `+k8s:immutable`: the value is not shown. */
export const declaredImmutable = (value: unknown, old: unknown, path: string): FieldError[] =>
  sameJson(value ?? null, old ?? null) ? [] : [invalidValue(path, null, IMMUTABLE)]

// json.ts: values as JSON, as Go prints them.
// Models encoding/json and k8s.io/cli-runtime/pkg/printers/json.go
// Differs: nothing known

import { groupVersionOf } from '../api/resources.ts'
import { structIdOf, structOf, type Type } from '../api/schema.ts'

/** Sorted keys and an indentation of four, as `-o json` prints. */
export const jsonText = (value: unknown): string => `${goEscape(indented(sorted(value)))}\n`

/** `-o json` of clients that know the types. */
export const declaredText = (object: any): string => `${goEscape(indented(inDeclaredOrder(object)))}\n`

/** An object with its fields in the order in which Go declares them. */
export function inDeclaredOrder(object: any): unknown {
  const id = structIdOf({ ...groupVersionOf(object.apiVersion), kind: object.kind })
  return id === undefined ? sorted(object) : declared(object, { is: 'struct', id, pointer: false })
}

function declared(value: any, type: Type): unknown {
  if (type.is === 'list' && Array.isArray(value)) return value.map(item => declared(item, type.of))
  if (type.is === 'map' && typeof value === 'object' && value !== null)
    return Object.fromEntries(sortedKeys(value).map(key => [key, declared(value[key], type.of)]))
  if (type.is !== 'struct' || typeof value !== 'object' || value === null || Array.isArray(value)) return sorted(value)
  const out: Record<string, unknown> = {}
  for (const head of ['kind', 'apiVersion']) if (value[head] !== undefined) out[head] = value[head]
  for (const [name, field] of structOf(type.id).byName) if (value[name] !== undefined && out[name] === undefined) out[name] = declared(value[name], field.type)
  for (const name of sortedKeys(value)) if (out[name] === undefined) out[name] = sorted(value[name])
  return out
}

const indented = (value: unknown): string => JSON.stringify(value, null, 4).replace(/(\[|\{)\n +(\]|\})/g, '$1$2')

/** Sorted keys, compact: the value of a map in jsonpath, a last-applied annotation. */
export const compactJson = (value: unknown): string => goEscape(JSON.stringify(sorted(value)))

/** Compact, with the fields in the order in which Go declares them. */
export const declaredJson = (object: any): string => goEscape(JSON.stringify(inDeclaredOrder(object)))

/** A copy with sorted keys at every depth. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const out: Record<string, unknown> = {}
  for (const key of sortedKeys(value as Record<string, unknown>)) out[key] = sorted((value as Record<string, unknown>)[key])
  return out
}

export const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const sortedKeys = (value: Record<string, unknown> | undefined | null): string[] => Object.keys(value ?? {}).sort(byCode)

const goEscape = (text: string): string => text.replace(/[<>&\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

// diff.ts: unified differences of objects as Go prints its internal types, as some refusals show them.
// Models k8s.io/apimachinery/pkg/util/diff and github.com/pmezard/go-difflib
// Differs: nothing known

import { goJson } from '../field.ts'
import type { Type } from '../schema.ts'
import { structOf } from '../schema.ts'
import { unifiedDiff } from './difflib.ts'

/** The lines in which two values of a struct differ, with three lines around them. */
export function structDiff(id: string, old: any, next: any): string {
  return unifiedDiff(pretty(id, old).split('\n'), pretty(id, next).split('\n'))
}

/** A value with Go's field names, missing ones included. Metadata is embedded, and spelled as in JSON like all types of meta/v1. */
export function goInternal(id: string, value: any): Record<string, unknown> {
  if (id.startsWith(META)) return inJsonOrder(id, value ?? {})
  const out: Record<string, unknown> = {}
  for (const field of structOf(id).fields) {
    const { type } = field
    if (type.is === 'struct' && type.id === `${META}ObjectMeta`) Object.assign(out, inJsonOrder(type.id, value?.[field.json] ?? {}))
    else if (!field.inline || type.is !== 'struct') out[field.go] = internalValue(type, value?.[field.json])
    else if (type.id !== `${META}TypeMeta`) Object.assign(out, goInternal(type.id, value))
  }
  return out
}

const META = 'meta/v1.'

/** A value with its fields as Go declares them and its maps sorted, whatever order it came in. */
export function inJsonOrder(id: string, value: any): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, field] of structOf(id).byName) if (value[name] !== undefined) out[name] = ordered(field.type, value[name])
  return out
}

/** A map as Go prints it; a missing one is null. */
export function sortedMap<T>(map: Record<string, T> | undefined): Record<string, T> | null {
  return map === undefined || map === null
    ? null
    : Object.fromEntries(
        Object.keys(map)
          .map(key => [key, map[key]!] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      )
}

/** A label selector as Go prints it; a missing one is null. */
export const shownSelector = (selector: any): unknown => (selector ? inJsonOrder(`${META}LabelSelector`, selector) : null)

function ordered(type: Type, value: any): unknown {
  if (value === null) return null
  if (type.is === 'struct') return inJsonOrder(type.id, value)
  if (type.is === 'list') return value.map((item: any) => ordered(type.of, item))
  return type.is === 'map' ? sortedMap(value) : value
}

function internalValue(type: Type, value: any): unknown {
  const missing = value === undefined || value === null
  if (missing && type.pointer) return null
  switch (type.is) {
    case 'struct':
      return goInternal(type.id, value ?? {})
    case 'list':
      return missing ? null : value.map((item: any) => internalValue(type.of, item))
    case 'map': {
      if (missing) return null
      const sorted = sortedMap(value)!
      return Object.fromEntries(Object.keys(sorted).map(key => [key, internalValue(type.of, sorted[key])]))
    }
    case 'string':
      return value ?? ''
    case 'bool':
      return value ?? false
    case 'int32':
    case 'int64':
    case 'float64':
      return value ?? 0
    case 'Quantity':
      return value ?? '0'
    case 'IntOrString':
      return value ?? 0
    default:
      return value ?? null
  }
}

function pretty(id: string, value: any): string {
  return goJson(goInternal(id, value), 1)
}

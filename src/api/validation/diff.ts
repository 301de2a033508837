// diff.ts: unified differences of objects as Go prints its internal types, as some refusals show them.
// Models k8s.io/apimachinery/pkg/util/diff and github.com/pmezard/go-difflib
// Differs: the shortest difference is shown, which may not be the one difflib finds

import type { Type } from '../schema.ts'
import { structOf } from '../schema.ts'

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
      return missing || value.length === 0 ? null : value.map((item: any) => internalValue(type.of, item))
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
  return JSON.stringify(goInternal(id, value), null, 1)
}

const CONTEXT = 3

function unifiedDiff(a: string[], b: string[]): string {
  const changes = edits(a, b)
  if (changes.length === 0) return ''
  const out: string[] = []
  let i = 0
  while (i < changes.length) {
    let last = i
    while (last + 1 < changes.length && changes[last + 1]!.a0 - changes[last]!.a1 <= 2 * CONTEXT) last++
    const first = changes[i]!
    const end = changes[last]!
    const before = Math.min(CONTEXT, first.a0)
    const after = Math.min(CONTEXT, a.length - end.a1)
    const range = (from: number, to: number) => (to - from === 1 ? `${from + 1}` : `${to - from === 0 ? from : from + 1},${to - from}`)
    out.push(`@@ -${range(first.a0 - before, end.a1 + after)} +${range(first.b0 - before, end.b1 + after)} @@\n`)
    let at = first.a0 - before
    for (let k = i; k <= last; k++) {
      const { a0, a1, b0, b1 } = changes[k]!
      for (; at < a0; at++) out.push(` ${a[at]}\n`)
      for (; at < a1; at++) out.push(`-${a[at]}\n`)
      for (let j = b0; j < b1; j++) out.push(`+${b[j]}\n`)
    }
    for (; at < end.a1 + after; at++) out.push(` ${a[at]}\n`)
    i = last + 1
  }
  return out.join('')
}

interface Change {
  a0: number
  a1: number
  b0: number
  b1: number
}

/** Runs of lines that were replaced, from the longest common subsequence of what lies between equal ends. */
function edits(a: string[], b: string[]): Change[] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let tail = 0
  while (tail < a.length - start && tail < b.length - start && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const n = a.length - start - tail
  const m = b.length - start - tail
  const width = m + 1
  const lengths = new Int32Array((n + 1) * width)
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const same = a[start + i] === b[start + j]
      lengths[i * width + j] = same ? lengths[(i + 1) * width + j + 1]! + 1 : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
    }
  }
  const changes: Change[] = []
  let i = 0
  let j = 0
  while (i < n || j < m) {
    if (i < n && j < m && a[start + i] === b[start + j]) {
      i++
      j++
      continue
    }
    const change = { a0: start + i, a1: 0, b0: start + j, b1: 0 }
    while ((i < n || j < m) && !(i < n && j < m && a[start + i] === b[start + j])) {
      if (j >= m || (i < n && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)) i++
      else j++
    }
    changes.push({ ...change, a1: start + i, b1: start + j })
  }
  return changes
}

// diff.ts: unified differences of objects as Go prints its internal types, as some refusals show them.
// Models k8s.io/apimachinery/pkg/util/diff and github.com/pmezard/go-difflib
// Differs: fields stand in the order of the v1 types; the shortest difference is shown, which may not be the one difflib finds

import type { Type } from '../schema.ts'
import { structOf } from '../schema.ts'

/** The lines in which two values of a struct differ, with three lines around them. */
export function structDiff(id: string, old: any, next: any): string {
  return unifiedDiff(pretty(id, old).split('\n'), pretty(id, next).split('\n'))
}

/** A value with Go's field names, missing ones included. */
export function goInternal(id: string, value: any): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const field of structOf(id).fields) {
    if (field.inline && field.type.is === 'struct') Object.assign(out, goInternal(field.type.id, value))
    else out[field.go] = internalValue(field.type, value?.[field.json])
  }
  return out
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
      const sorted = Object.keys(value).sort()
      return Object.fromEntries(sorted.map(key => [key, internalValue(type.of, value[key])]))
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

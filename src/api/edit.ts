// edit.ts: changes in copies that share what stays: the way API objects are edited.
// Models nothing of Kubernetes
// Differs: nothing known

import { isRecord } from './patch.ts'

/** The record with the given fields; the same record if they were so already. Undefined removes a field. */
export function withFields<T extends Record<string, any>>(record: T, fields: Record<string, any>): T {
  let out: Record<string, any> = record
  for (const key in fields) {
    const value = fields[key]
    if (value === undefined ? !(key in out) : out[key] === value) continue
    if (out === record) out = { ...record }
    if (value === undefined) delete out[key]
    else out[key] = value
  }
  return out as T
}

/** Fills fields that are missing (undefined or null). */
export function fill<T extends Record<string, any>>(record: T, defaults: Record<string, any>): T {
  let out: Record<string, any> = record
  for (const key in defaults) {
    if (out[key] !== undefined && out[key] !== null) continue
    if (out === record) out = { ...record }
    out[key] = defaults[key]
  }
  return out as T
}

/** The list with each item replaced; the same list if none changed. */
export function mapShared<T>(list: T[] | null | undefined, change: (item: T, index: number) => T): T[] | undefined {
  if (list === undefined || list === null) return undefined
  let out = list
  for (let i = 0; i < list.length; i++) {
    const next = change(list[i]!, i)
    if (next === list[i]) continue
    if (out === list) out = [...list]
    out[i] = next
  }
  return out
}

/** The record with one field changed by a function, if the field is there. */
export function mapField<T extends Record<string, any>>(record: T, key: string, change: (value: any) => any): T {
  const value = record[key]
  return value === undefined || value === null ? record : withFields(record, { [key]: change(value) })
}

/** The record with a list field's items changed. */
export function mapItems<T extends Record<string, any>>(record: T, key: string, change: (item: any, index: number) => any): T {
  return mapField(record, key, list => (Array.isArray(list) ? mapShared(list, change) : list))
}

/**
 * The value, with parts of `old` wherever they are equal: so that equal objects are the same object, and comparing them is cheap.
 * Key order does not count.
 */
export function shareEqual<T>(value: T, old: unknown): T {
  if (value === old || typeof value !== 'object' || value === null || typeof old !== 'object' || old === null) return value
  if (Array.isArray(value)) {
    if (!Array.isArray(old)) return value
    let same = value.length === old.length
    const out = value.map((item, i) => {
      const next = i < old.length ? shareEqual(item, old[i]) : item
      if (next !== old[i]) same = false
      return next
    })
    return same ? (old as T) : (out as T)
  }
  if (!isRecord(old)) return value
  const record = value as Record<string, any>
  let same = true
  let out = record
  let count = 0
  for (const key in record) {
    count++
    const next = shareEqual(record[key], old[key])
    if (next !== old[key] || !(key in old)) same = false
    if (next === record[key]) continue
    if (out === record) out = { ...record }
    out[key] = next
  }
  for (const _ in old) count--
  return same && count === 0 ? (old as T) : (out as T)
}

// decode.ts: reads untyped JSON as a kind: types are checked, unknown fields found and dropped, values brought into the form that the server prints.
// Models sigs.k8s.io/json and k8s.io/apimachinery/pkg/runtime/serializer/json
// Differs: duplicate keys are gone before a value gets here; the result keeps the order of the input's keys

import { bytes } from './name.ts'
import { canonicalQuantity, parseQuantity } from './quantity.ts'
import type { Field, Struct, Type } from './schema.ts'
import { goOf, structOf } from './schema.ts'
import { parseTime, rfc3339, rfc3339Micro } from './time.ts'

export interface Decoded<T = any> {
  /** As the server would print it: zero values of optional fields left out, quantities canonical. Shares what needed no change. */
  value: T
  /** `unknown field "spec.foo"`, in order of the document. */
  unknown: string[]
}

/** The value as a struct of that id, or Go's error text (`json: cannot unmarshal string into Go struct field …`). */
export function decode<T = any>(id: string, value: unknown): Decoded<T> | { error: string } {
  const state: State = { unknown: [], error: undefined }
  const struct = structOf(id)
  if (!isRecord(value)) return { error: `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${struct.go}` }
  const result = structValue(state, struct, value, { owner: struct, names: '', place: '' })
  return state.error === undefined ? { value: result as T, unknown: state.unknown } : { error: state.error }
}

/** All unknown fields as the strict decoder words them: `strict decoding error: unknown field "a", unknown field "b"`. */
export const strictError = (unknown: string[]): string => `strict decoding error: ${unknown.join(', ')}`

/** Values that are known to be as the server prints them, and the struct that they are. */
const known = new WeakMap<object, string>()

/** Remembers the parts of an object of that struct (spec, status) as decoded: reading them again costs nothing. The caller vouches for them. */
export function markDecoded(id: string, object: Record<string, any>): void {
  for (const [name, part] of partsOf(id)) {
    const value = object[name]
    if (isRecord(value) && known.get(value) !== part) known.set(value, part)
  }
}

const parts = new Map<string, [string, string][]>()

function partsOf(id: string): [string, string][] {
  let list = parts.get(id)
  if (list === undefined) {
    list = []
    for (const name of ['spec', 'status']) {
      const type = structOf(id).byName.get(name)?.type
      if (type?.is === 'struct') list.push([name, type.id])
    }
    parts.set(id, list)
  }
  return list
}

interface State {
  unknown: string[]
  /** The first one; decoding goes on, as in Go. */
  error: string | undefined
}

/** Where a value stands: the struct whose field it is, names as Go's error prints them, and the place with indices. */
interface Place {
  owner: Struct
  names: string
  place: string
}

const DROP = Symbol('zero value')
const UNKNOWN_MAX = 100

function structValue(state: State, struct: Struct, value: Record<string, unknown>, at: Place): unknown {
  if (known.get(value) === struct.id) return value
  let out = value
  const put = (key: string, next: unknown): void => {
    if (next === DROP) {
      if (!(key in out)) return
      if (out === value) out = { ...value }
      delete out[key]
    } else if (out[key] !== next || !(key in out)) {
      if (out === value) out = { ...value }
      out[key] = next
    }
  }
  for (const key in value) {
    const field = struct.byName.get(key)
    const place = at.place === '' ? key : `${at.place}.${key}`
    if (field === undefined) {
      if (state.unknown.length < UNKNOWN_MAX) state.unknown.push(`unknown field "${place}"`)
      put(key, DROP)
      continue
    }
    put(key, fieldValue(state, field, value[key], { owner: struct, names: at.names === '' ? key : `${at.names}.${key}`, place }))
  }
  for (const field of always(struct)) if (value[field.json] === undefined) put(field.json, zero(field))
  return out
}

const printed = new Map<string, Field[]>()

/** Fields that are printed even when they were not given. */
function always(struct: Struct): Field[] {
  let list = printed.get(struct.id)
  if (list === undefined) {
    list = [...struct.byName.values()].filter(field => zero(field) !== DROP)
    printed.set(struct.id, list)
  }
  return list
}

/** What Go prints for a field without a value. */
function zero({ type, omitEmpty, omitZero }: Field): unknown {
  if (omitZero) return DROP
  if (type.pointer) return omitEmpty ? DROP : null
  switch (type.is) {
    case 'struct':
      return zeroStruct(type.id)
    case 'Time':
    case 'MicroTime':
    case 'RawExtension':
      return type.is === 'RawExtension' && omitEmpty ? DROP : null
    case 'Quantity':
    case 'Duration':
      return type.is === 'Quantity' ? '0' : '0s'
    case 'IntOrString':
      return 0
    default:
      if (omitEmpty) return DROP
      if (type.is === 'string') return ''
      if (type.is === 'bool') return false
      return type.is === 'int32' || type.is === 'int64' || type.is === 'float64' ? 0 : null
  }
}

const zeroStructs = new Map<string, unknown>()

function zeroStruct(id: string): unknown {
  let value = zeroStructs.get(id)
  if (value === undefined) {
    value = structValue({ unknown: [], error: undefined }, structOf(id), {}, { owner: structOf(id), names: '', place: '' })
    zeroStructs.set(id, value)
  }
  return value
}

function fieldValue(state: State, field: Field, value: unknown, at: Place): unknown {
  if (value === null || value === undefined) return zero(field)
  const next = typed(state, field.type, value, at)
  if (field.type.pointer) return next
  if (!field.omitEmpty && !field.omitZero) {
    const empty = field.type.is === 'list' ? (next as unknown[]).length === 0 : field.type.is === 'map' && isEmpty(next as object)
    return empty ? null : next
  }
  switch (field.type.is) {
    case 'list':
      return (next as unknown[]).length === 0 ? DROP : next
    case 'map':
      return isEmpty(next as object) ? DROP : next
    case 'string':
    case 'bytes':
      return next === '' ? DROP : next
    case 'bool':
      return next === false ? DROP : next
    case 'int32':
    case 'int64':
    case 'float64':
      return next === 0 ? DROP : next
    default:
      return next
  }
}

function typed(state: State, type: Type, value: unknown, at: Place): unknown {
  switch (type.is) {
    case 'struct': {
      if (!isRecord(value)) return mismatch(state, type, value, at, {})
      return structValue(state, structOf(type.id), value, at)
    }
    case 'list': {
      if (!Array.isArray(value)) return mismatch(state, type, value, at, [])
      return listValue(state, type.of, value, at)
    }
    case 'map': {
      if (!isRecord(value)) return mismatch(state, type, value, at, {})
      return mapValue(state, type.of, value, at)
    }
    case 'string':
      return typeof value === 'string' ? value : mismatch(state, type, value, at, '')
    case 'bool':
      return typeof value === 'boolean' ? value : mismatch(state, type, value, at, false)
    case 'int32':
    case 'int64': {
      if (typeof value !== 'number') return mismatch(state, type, value, at, 0)
      const fits = Number.isInteger(value) && (type.is === 'int64' || (value >= -2_147_483_648 && value <= 2_147_483_647))
      return fits ? value : mismatch(state, type, value, at, 0, ` ${value}`)
    }
    case 'float64':
      return typeof value === 'number' ? value : mismatch(state, type, value, at, 0)
    case 'bytes': {
      if (typeof value !== 'string') return mismatch(state, type, value, at, '')
      const bad = badBase64(value)
      return bad === undefined ? value : fail(state, `illegal base64 data at input byte ${bad}`, '')
    }
    default:
      return special(state, type.is, value)
  }
}

/** Types that decode themselves; their errors name no field. */
function special(state: State, is: string, value: unknown): unknown {
  switch (is) {
    case 'Quantity': {
      const input = typeof value === 'string' ? value.trim() : typeof value === 'number' ? value : 'x'
      const q = parseQuantity(input)
      return 'error' in q ? fail(state, q.error, '0') : canonicalQuantity(input)
    }
    case 'IntOrString': {
      if (typeof value === 'string') return value
      if (typeof value !== 'number') return fail(state, `json: cannot unmarshal ${jsonKind(value)} into Go value of type int32`, 0)
      if (Number.isInteger(value) && value >= -2_147_483_648 && value <= 2_147_483_647) return value
      return fail(state, `json: cannot unmarshal number ${value} into Go value of type int32`, 0)
    }
    case 'Time':
    case 'MicroTime': {
      if (typeof value !== 'string') return fail(state, `json: cannot unmarshal ${jsonKind(value)} into Go value of type string`, null)
      const ms = parseTime(value)
      const layout = is === 'Time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00'
      if (ms === undefined)
        return fail(state, `parsing time ${JSON.stringify(value)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(value)} as "2006"`, null)
      if (is === 'Time') return rfc3339(ms)
      return /\.\d{6}Z$/.test(value) ? value : rfc3339Micro(ms)
    }
    case 'Duration':
      return typeof value === 'string' ? value : fail(state, `json: cannot unmarshal ${jsonKind(value)} into Go value of type string`, '0s')
    default:
      return value
  }
}

function listValue(state: State, of: Type, list: unknown[], at: Place): unknown[] {
  let out = list
  for (let i = 0; i < list.length; i++) {
    const place = { owner: at.owner, names: at.names, place: `${at.place}[${i}]` }
    const next = list[i] === null ? zeroItem(of) : typed(state, of, list[i], place)
    if (next === list[i]) continue
    if (out === list) out = [...list]
    out[i] = next
  }
  return out
}

function mapValue(state: State, of: Type, map: Record<string, unknown>, at: Place): Record<string, unknown> {
  let out = map
  for (const key in map) {
    const place = { owner: at.owner, names: at.names, place: `${at.place}.${key}` }
    const next = map[key] === null ? zeroItem(of) : typed(state, of, map[key], place)
    if (next === map[key]) continue
    if (out === map) out = { ...map }
    out[key] = next
  }
  return out
}

function zeroItem(of: Type): unknown {
  const value = zero({ type: { ...of, pointer: false }, omitEmpty: false, omitZero: false } as Field)
  return of.pointer ? null : value
}

function mismatch(state: State, type: Type, value: unknown, at: Place, instead: unknown, literal = ''): unknown {
  const go = goOf({ ...type, pointer: false } as Type)
  return fail(state, `json: cannot unmarshal ${jsonKind(value)}${literal} into Go struct field ${goStruct(at.owner)}.${at.names} of type ${go}`, instead)
}

function fail<T>(state: State, error: string, instead: T): T {
  state.error ??= error
  return instead
}

/** `v1.PodSpec` → `PodSpec` */
function goStruct(struct: Struct): string {
  return struct.go.slice(struct.go.indexOf('.') + 1)
}

function jsonKind(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false
  return true
}

/** The position at which Go's decoder gives up, or undefined. */
function badBase64(text: string): number | undefined {
  const clean = text.replace(/[\r\n]/g, '')
  const m = /^[A-Za-z0-9+/]*/.exec(clean)![0].length
  const rest = clean.slice(m)
  if (rest === '') return m % 4 === 0 ? undefined : bytes(clean) - (m % 4)
  if ((rest === '=' && m % 4 === 3) || (rest === '==' && m % 4 === 2)) return undefined
  return m
}

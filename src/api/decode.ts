// decode.ts: reads untyped JSON as a kind: types are checked, unknown fields found and dropped, values brought into the form that the server prints.
// Models sigs.k8s.io/json and k8s.io/apimachinery/pkg/runtime/serializer/json
// Differs: duplicate keys are gone before a value gets here; the result keeps the order of the input's keys

import { bytes } from './name.ts'
import { canonicalQuantity, parseQuantity } from './quantity.ts'
import type { Field, Struct, Type } from './schema.ts'
import { goOf, structOf } from './schema.ts'
import { isMicroTime, isTime, parseTime, rfc3339, rfc3339Micro } from './time.ts'

export interface Decoded<T = any> {
  /** As the server would print it: zero values of optional fields left out, quantities canonical. Shares what needed no change. */
  value: T
  /** `unknown field "spec.foo"`, in order of the document. */
  unknown: string[]
}

/**
 * The value as a struct of that id, or Go's error text (`json: cannot unmarshal string into Go struct field …`). `like`: an object of the
 * same struct that was decoded before; parts that the value shares with it are not read again. `converted`: errors are worded as for a map
 * that is taken over field by field (`unrecognized type: int32`), as after a strategic merge patch.
 */
export function decode<T = any>(id: string, value: unknown, like?: unknown, converted = false): Decoded<T> | { error: string } {
  const state: State = { unknown: [], error: undefined, converted }
  const struct = structOf(id)
  if (!isRecord(value)) return { error: `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${struct.go}` }
  const result = structValue(state, struct, value, undefined, like)
  return state.error === undefined ? { value: result as T, unknown: state.unknown } : { error: state.error }
}

/** All unknown fields as the strict decoder words them: `strict decoding error: unknown field "a", unknown field "b"`. */
export const strictError = (unknown: string[]): string => `strict decoding error: ${unknown.join(', ')}`

interface State {
  unknown: string[]
  /** The first one; decoding goes on, as in Go. */
  error: string | undefined
  /** Is the value taken over field by field, and not read from JSON? The texts differ then. */
  converted?: boolean
}

/** Where a value stands: the struct whose field it is (or is inside of), its key there, and the place of what it is in; the root has none. */
interface Place {
  owner: Struct
  key: string | number
  is: 'field' | 'index' | 'key'
  up: Place | undefined
}

/** `spec.containers[0].image` */
function pathOf({ key, is, up }: Place): string {
  if (up === undefined) return String(key)
  return is === 'index' ? `${pathOf(up)}[${key}]` : `${pathOf(up)}.${key}`
}

/** The names as Go's error prints them: fields only. */
function namesOf({ key, is, up }: Place): string {
  if (is !== 'field') return namesOf(up!)
  return up === undefined ? String(key) : `${namesOf(up)}.${key}`
}

const DROP = Symbol('zero value')
const UNKNOWN_MAX = 100

function structValue(state: State, struct: Struct, value: Record<string, unknown>, up: Place | undefined, like: any): unknown {
  if (value === like) return value
  const known = isRecord(like) ? like : undefined
  let out: Record<string, unknown> | undefined
  for (const key in value) {
    const given = value[key]
    const field = struct.byName.get(key)
    let next: unknown
    if (field === undefined) {
      if (state.unknown.length < UNKNOWN_MAX) state.unknown.push(`unknown field "${pathOf({ owner: struct, key, is: 'field', up })}"`)
      next = DROP
    } else if (known !== undefined && given !== undefined && known[key] === given) next = given
    else next = fieldValue(state, field, given, struct, key, up, known?.[key])
    if (next === given) {
      if (out !== undefined) out[key] = given
      continue
    }
    out ??= before(value, key)
    if (next !== DROP) out[key] = next
  }
  for (const field of always(struct)) {
    if (value[field.json] !== undefined) continue
    out ??= { ...value }
    out[field.json] = zero(field)
  }
  return out ?? value
}

/** The fields of a record that stand before one of them. */
function before(value: Record<string, unknown>, end: string): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const key in value) {
    if (key === end) break
    out[key] = value[key]
  }
  return out
}

/** Fields that are printed even when they were not given. */
function always(struct: Struct): Field[] {
  struct.printed ??= [...struct.byName.values()].filter(field => zero(field) !== DROP)
  return struct.printed
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
    value = structValue({ unknown: [], error: undefined }, structOf(id), {}, undefined, undefined)
    zeroStructs.set(id, value)
  }
  return value
}

function fieldValue(state: State, field: Field, value: unknown, owner: Struct, key: string, up: Place | undefined, like: unknown): unknown {
  if (value === null || value === undefined) return zero(field)
  const { type } = field
  const next = typed(state, type, value, owner, key, 'field', up, like)
  if (type.pointer) return next
  if (!field.omitEmpty && !field.omitZero) {
    const empty = type.is === 'list' ? (next as unknown[]).length === 0 : type.is === 'map' && isEmpty(next as object)
    return empty ? null : next
  }
  switch (type.is) {
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

function typed(state: State, type: Type, value: unknown, owner: Struct, key: string | number, is: Place['is'], up: Place | undefined, like: unknown): unknown {
  switch (type.is) {
    case 'string':
      return typeof value === 'string' ? value : mismatch(state, type, value, { owner, key, is, up }, '')
    case 'bool':
      return typeof value === 'boolean' ? value : mismatch(state, type, value, { owner, key, is, up }, false)
    case 'int32':
    case 'int64': {
      if (typeof value !== 'number') return mismatch(state, type, value, { owner, key, is, up }, 0)
      const fits = Number.isInteger(value) && (type.is === 'int64' || (value >= -2_147_483_648 && value <= 2_147_483_647))
      return fits ? value : mismatch(state, type, value, { owner, key, is, up }, 0, ` ${value}`)
    }
    case 'struct':
      return isRecord(value)
        ? structValue(state, structOf(type.id), value, { owner, key, is, up }, like)
        : mismatch(state, type, value, { owner, key, is, up }, {})
    case 'list':
      return Array.isArray(value) ? listValue(state, type.of, value, { owner, key, is, up }, like) : mismatch(state, type, value, { owner, key, is, up }, [])
    case 'map':
      return isRecord(value) ? mapValue(state, type.of, value, { owner, key, is, up }) : mismatch(state, type, value, { owner, key, is, up }, {})
    case 'float64':
      return typeof value === 'number' ? value : mismatch(state, type, value, { owner, key, is, up }, 0)
    case 'bytes': {
      if (typeof value !== 'string') return mismatch(state, type, value, { owner, key, is, up }, '')
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
      if (is === 'Time' ? isTime(value) : isMicroTime(value)) return value
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

function listValue(state: State, of: Type, list: unknown[], at: Place, like: unknown): unknown[] {
  if (list === like) return list
  const known = Array.isArray(like) ? like : undefined
  let out = list
  for (let i = 0; i < list.length; i++) {
    const given = list[i]
    if (known !== undefined && given !== undefined && known[i] === given) continue
    const next = given === null ? zeroItem(of) : typed(state, of, given, at.owner, i, 'index', at, known?.[i])
    if (next === given) continue
    if (out === list) out = [...list]
    out[i] = next
  }
  return out
}

function mapValue(state: State, of: Type, map: Record<string, unknown>, at: Place): Record<string, unknown> {
  let out = map
  for (const key in map) {
    const next = map[key] === null ? zeroItem(of) : typed(state, of, map[key], at.owner, key, 'key', at, undefined)
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
  if (state.converted) return fail(state, conversionError(type, go, value), instead)
  return fail(state, `json: cannot unmarshal ${jsonKind(value)}${literal} into Go struct field ${goStruct(at.owner)}.${namesOf(at)} of type ${go}`, instead)
}

/** What runtime.DefaultUnstructuredConverter says of a value of another kind. */
function conversionError(type: Type, go: string, value: unknown): string {
  const kind = Array.isArray(value)
    ? 'slice'
    : typeof value === 'object'
      ? 'map'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value === 'number'
          ? Number.isInteger(value)
            ? 'int64'
            : 'float64'
          : 'string'
  if (type.is === 'struct') return `cannot restore struct from: ${kind}`
  if (type.is === 'map') return `cannot restore map from ${kind}`
  if (type.is === 'list' || type.is === 'bytes') return `cannot restore slice from ${kind}`
  return typeof value === 'number' && type.is !== 'bool' ? `cannot convert ${kind} to ${go}` : `unrecognized type: ${type.is}`
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

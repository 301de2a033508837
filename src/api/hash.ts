// hash.ts: the hashes in the names of ReplicaSets and in revision labels: FNV-32a of Go's dump of the template.
// Models k8s.io/kubernetes/pkg/controller/controller_utils.go (ComputeHash) and pkg/util/hash
// Differs: nothing known

import { bytes } from './name.ts'
import { parseQuantity } from './quantity.ts'
import type { Struct, Type } from './schema.ts'
import { goOf, structOf } from './schema.ts'
import { EPOCH_MS, parseTime } from './time.ts'

/** The pod-template-hash of a template after defaulting. */
export function templateHash(template: any, collisionCount?: number): string {
  let hash = fnv32a(FNV_OFFSET, dump({ is: 'struct', id: 'core/v1.PodTemplateSpec', pointer: false }, template))
  if (collisionCount !== undefined && collisionCount !== null) hash = fnv32aBytes(hash, collisionBytes(collisionCount))
  return safeEncode(String(hash))
}

/** The hash of a StatefulSet's ControllerRevision: FNV-1 (not 1a) of its raw data, and the collision count if there is one. */
export function revisionHash(data: string, collisionCount?: number): string {
  const text = collisionCount === undefined || collisionCount === null ? data : `${data}${collisionCount}`
  let hash = FNV_OFFSET
  for (const byte of utf8(text)) hash = Math.imul(hash, 0x01000193) ^ byte
  return safeEncode(String(hash >>> 0))
}

/** Digits in an alphabet without vowels and look-alikes: `0` → `4`. */
export function safeEncode(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) out += ALPHABET[text.charCodeAt(i) % ALPHABET.length]
  return out
}

export const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

export const FNV_OFFSET = 0x811c9dc5

/** FNV-1a over the UTF-8 bytes of a text, going on from a hash. */
export function fnv32a(from: number, text: string): number {
  let hash = from
  if (bytes(text) !== text.length) return fnv32aBytes(hash, utf8(text))
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

function fnv32aBytes(from: number, list: number[]): number {
  let hash = from
  for (const byte of list) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

function utf8(text: string): number[] {
  const out: number[] = []
  for (const c of text) {
    const p = c.codePointAt(0)!
    if (p < 0x80) out.push(p)
    else if (p < 0x800) out.push(0xc0 | (p >> 6), 0x80 | (p & 63))
    else if (p < 0x10000) out.push(0xe0 | (p >> 12), 0x80 | ((p >> 6) & 63), 0x80 | (p & 63))
    else out.push(0xf0 | (p >> 18), 0x80 | ((p >> 12) & 63), 0x80 | ((p >> 6) & 63), 0x80 | (p & 63))
  }
  return out
}

/** Eight bytes, of which the first four hold the count, lowest first. */
function collisionBytes(n: number): number[] {
  return [n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >>> 24) & 255, 0, 0, 0, 0]
}

/** A value as spew's %#v with sorted keys and without methods prints it. */
export function dump(type: Type, value: any): string {
  return `(${goOf(type)})${inner(type, value)}`
}

function inner(type: Type, value: any): string {
  const missing = value === undefined || value === null
  if (type.pointer && missing) return '<nil>'
  switch (type.is) {
    case 'struct':
      return structText(structOf(type.id), value ?? {})
    case 'list':
      return missing ? '<nil>' : `[${value.map((item: any) => bare(type.of, item)).join(' ')}]`
    case 'map': {
      if (missing) return '<nil>'
      return `map[${Object.keys(value)
        .sort()
        .map(key => `${key}:${bare(type.of, value[key])}`)
        .join(' ')}]`
    }
    case 'Quantity':
      return quantityText(missing ? '' : value)
    case 'IntOrString': {
      const text = typeof value === 'string'
      return `{Type:(intstr.Type)${text ? 1 : 0} IntVal:(int32)${text || missing ? 0 : value} StrVal:(string)${text ? value : ''}}`
    }
    case 'Time':
    case 'MicroTime':
      return `{Time:(time.Time)${timeText(value)}}`
    case 'bool':
      return String(value ?? false)
    case 'int32':
    case 'int64':
    case 'float64':
      return String(value ?? 0)
    case 'bytes':
      return missing ? '<nil>' : value
    default:
      return missing ? '' : String(value)
  }
}

/** Elements of lists and maps carry no type. */
function bare(type: Type, value: any): string {
  return inner(type, value)
}

function structText(struct: Struct, value: any): string {
  const fields = struct.fields.map(field => `${field.go}:${dump(field.type, field.inline ? value : value[field.json])}`)
  return `{${fields.join(' ')}}`
}

/** Go's own layout of a Quantity: a small number with a decimal scale, its cached text and format. */
function quantityText(text: string): string {
  const q = parseQuantity(text === '' ? '0' : text)
  if ('error' in q) return ''
  if (text === '0' || text === '') return int64Amount('0', 0, text, text === '' ? '' : 'DecimalSI')
  const m = /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/.exec(text)!
  const digits = ((m[2]!.replace(/^0+/, '') || '0') + (m[3] ?? '')).replace(/^0+(?=.)/, '')
  let value = BigInt(digits)
  let scale = -(m[3]?.length ?? 0)
  const binary = BINARY[m[4]!]
  if (binary !== undefined) value <<= BigInt(binary)
  else scale += DECIMAL[m[4]!] ?? Number(m[4]!.slice(1))
  return int64Amount(`${m[1] === '-' ? '-' : ''}${value}`, scale, q.text ?? '', q.format)
}

function int64Amount(value: string, scale: number, text: string, format: string): string {
  const amount = `{value:(int64)${value} scale:(resource.Scale)${scale}}`
  return `{i:(resource.int64Amount)${amount} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${text} Format:(resource.Format)${format}}`
}

const BINARY: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }
const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
/** Seconds from the year 1 to the Unix epoch, as Go counts. */
const UNIX_TO_INTERNAL = 62_135_596_800

function timeText(value: string | undefined): string {
  const ms = value === undefined || value === null ? undefined : parseTime(value)
  if (ms === undefined) return '{wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}'
  return `{wall:(uint64)0 ext:(int64)${Math.floor((EPOCH_MS + ms) / 1000) + UNIX_TO_INTERNAL} loc:(*time.Location)<nil>}`
}

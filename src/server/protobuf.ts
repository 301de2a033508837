// protobuf.ts: request bodies in protobuf as the JSON value that says the same.
// Models k8s.io/apimachinery/pkg/runtime/serializer/protobuf and the generated.proto files of the API
// Differs: answers are never protobuf

import { protobufText } from './data/protobuf.ts'

const DEPTH_MAX = 64 // Messages in messages.
const MAGIC = Buffer.from('k8s\0')

type Flag = 'p' | 'l' | 'm' | 'o' | 'i'

interface Field {
  name: string
  type: string
  flags: ReadonlySet<Flag>
}

/** The value; throws an Error that says what is wrong with the bytes. */
export function readProtobuf(body: Buffer): Record<string, unknown> {
  if (!body.subarray(0, 4).equals(MAGIC)) throw new Error('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  const parts = [...fieldsOf(body.subarray(MAGIC.length))]
  const part = (number: number) => parts.find(found => found.number === number)?.bytes ?? NO_BYTES
  const apiVersion = textIn(part(1), 1)
  const kind = textIn(part(1), 2)
  const id = messageOf(apiVersion, kind)
  if (id === undefined) throw new Error(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`)
  return { apiVersion, kind, ...readMessage(id, part(2), 0) }
}

/** `apps/v1` and `Deployment` are the message `apps/v1.Deployment`; options of requests come under any version. */
function messageOf(apiVersion: string, kind: string): string | undefined {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? 'core' : apiVersion.slice(0, slash).split('.')[0]!
  return [`${group}/${apiVersion.slice(slash + 1)}.${kind}`, `meta/v1.${kind}`].find(id => lines().has(id))
}

function readMessage(id: string, bytes: Buffer, depth: number): Record<string, unknown> {
  if (depth > DEPTH_MAX) throw new Error('exceeded max depth')
  const fields = message(id)
  const value: Record<string, unknown> = {}
  for (const wire of fieldsOf(bytes)) {
    const field = fields.get(wire.number)
    if (field === undefined) continue
    const { name, flags } = field
    if (flags.has('i')) Object.assign(value, readValue(field.type, wire, depth + 1))
    else if (flags.has('m')) {
      const [key, entry] = readEntry(field, wire.bytes, depth + 1)
      value[name] ??= {}
      Object.defineProperty(value[name], key, { value: entry, enumerable: true, configurable: true, writable: true })
    } else if (flags.has('l')) {
      value[name] ??= []
      ;(value[name] as unknown[]).push(readValue(field.type, wire, depth + 1))
    } else {
      const read = readValue(field.type, wire, depth + 1)
      if (read !== undefined && !(flags.has('o') && !flags.has('p') && isZero(read))) value[name] = read
    }
  }
  return value
}

function readEntry(field: Field, bytes: Buffer, depth: number): [string, unknown] {
  let key = ''
  let entry: unknown = field.type === 'string' ? '' : field.flags.has('l') ? [] : {}
  for (const wire of fieldsOf(bytes)) {
    if (wire.number === 1) key = wire.bytes.toString('utf8')
    else if (wire.number !== 2) continue
    // A list inside a map is a message that holds it.
    else if (field.flags.has('l')) entry = [...fieldsOf(wire.bytes)].filter(f => f.number === 1).map(f => readValue(field.type, f, depth))
    else entry = readValue(field.type, wire, depth)
  }
  return [key, entry]
}

/** Undefined: nothing is said, as with a time that is not set. */
function readValue(type: string, wire: Wire, depth: number): unknown {
  switch (type) {
    case 'string':
      return wire.bytes.toString('utf8')
    case 'bytes':
      return wire.bytes.toString('base64')
    case 'bool':
      return wire.number64 !== 0n
    case 'int32':
    case 'int64':
      return Number(BigInt.asIntN(64, wire.number64))
    case 'double':
      return wire.bytes.length === 8 ? wire.bytes.readDoubleLE() : 0
    case 'Time':
    case 'MicroTime':
      return readTime(wire.bytes, type === 'MicroTime')
    case 'Quantity':
      return textIn(wire.bytes, 1)
    case 'IntOrString':
      return numberIn(wire.bytes, 1) === 0 ? numberIn(wire.bytes, 2) : textIn(wire.bytes, 3)
    case 'RawExtension':
    case 'FieldsV1': {
      const text = textIn(wire.bytes, 1)
      return text === '' ? undefined : JSON.parse(text)
    }
    default:
      return readMessage(type, wire.bytes, depth)
  }
}

function readTime(bytes: Buffer, micro: boolean): string | undefined {
  const seconds = numberIn(bytes, 1)
  const nanos = numberIn(bytes, 2)
  if (bytes.length === 0 || (seconds === 0 && nanos === 0) || !(Math.abs(seconds) < 8_640_000_000_000)) return undefined
  const text = new Date(seconds * 1000).toISOString().slice(0, 19)
  return micro ? `${text}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : `${text}Z`
}

const textIn = (bytes: Buffer, number: number): string => [...fieldsOf(bytes)].find(f => f.number === number)?.bytes.toString('utf8') ?? ''
const numberIn = (bytes: Buffer, number: number): number => Number(BigInt.asIntN(64, [...fieldsOf(bytes)].find(f => f.number === number)?.number64 ?? 0n))

const isZero = (value: unknown): boolean =>
  value === '' || value === 0 || value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

// ---- bytes

interface Wire {
  number: number
  number64: bigint
  bytes: Buffer
}

const NO_BYTES = Buffer.alloc(0)

function* fieldsOf(bytes: Buffer): Generator<Wire> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('unexpected EOF')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new Error('proto: integer overflow')
  }
  const take = (length: number): Buffer => {
    if (length > bytes.length - at) throw new Error('unexpected EOF')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = Math.floor(tag / 8)
    switch (tag % 8) {
      case 0:
        yield { number, number64: varint(), bytes: NO_BYTES }
        break
      case 1:
        yield { number, number64: 0n, bytes: take(8) }
        break
      case 2:
        yield { number, number64: 0n, bytes: take(Number(varint())) }
        break
      case 5:
        yield { number, number64: 0n, bytes: take(4) }
        break
      default:
        throw new Error(`proto: illegal wireType ${tag % 8}`)
    }
  }
}

// ---- the table

let table: Map<string, string> | undefined
const messages = new Map<string, Map<number, Field>>()

function lines(): Map<string, string> {
  table ??= new Map(
    protobufText
      .trim()
      .split('\n')
      .map(line => [line.split(' ', 1)[0]!, line.slice(line.indexOf(' ') < 0 ? line.length : line.indexOf(' ') + 1)]),
  )
  return table
}

function message(id: string): Map<number, Field> {
  let fields = messages.get(id)
  if (fields === undefined) {
    const prefix = id.slice(0, id.lastIndexOf('.'))
    const rows = (lines().get(id) ?? '').split(';').filter(row => row !== '')
    fields = new Map(
      rows.map(row => {
        const [number = '', name = '', type = '', flags = ''] = row.split(' ')
        return [Number(number), { name, type: type.startsWith('.') ? prefix + type : type, flags: new Set(flags) as Set<Flag> }]
      }),
    )
    messages.set(id, fields)
  }
  return fields
}

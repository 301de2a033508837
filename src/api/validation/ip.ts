// ip.ts: validation of IP addresses and address ranges, as text and as bytes.
// Models k8s.io/apimachinery/pkg/util/validation/ip.go, k8s.io/utils/net and core validation's ValidateEndpointIP
// Differs: nothing known

import type { FieldError } from '../field.ts'
import { invalidValue } from '../field.ts'

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

/** The four numbers of an IPv4 address; undefined for what is none, or has leading zeros (unless they are allowed). */
export function parseIPv4(text: string, leadingZeros = false): number[] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^\d+$/.test(part) && Number(part) <= 255)) return undefined
  if (!leadingZeros && parts.some(part => part.length > 1 && part.startsWith('0'))) return undefined
  return parts.map(Number)
}

/** Sixteen bytes, IPv4 as `::ffff:a.b.c.d`; leading zeros are ignored. Undefined for what is no address. */
export function parseIP(text: string): number[] | undefined {
  for (const c of text) {
    if (c === '.') {
      const four = parseIPv4(text, true)
      return four && [...MAPPED, ...four]
    }
    if (c === ':') return parseIPv6(text)
  }
  return undefined
}

function parseIPv6(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const bytes = halves.map((half, i) => (half === '' ? [] : groups(half.split(':'), i === halves.length - 1)))
  const [head, tail] = bytes
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  if (halves.length === 1) return head.length === 16 ? head : undefined
  const missing = 16 - head.length - tail!.length
  return missing < 2 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail!]
}

/** Groups of two bytes; the last of the address may be an IPv4 address. */
function groups(parts: string[], last: boolean): number[] | undefined {
  const out: number[] = []
  for (const [i, part] of parts.entries()) {
    if (last && i === parts.length - 1 && part.includes('.')) {
      const four = parseIPv4(part, true)
      if (four === undefined) return undefined
      out.push(...four)
      continue
    }
    if (!/^[0-9a-fA-F]+$/.test(part) || Number.parseInt(part, 16) > 0xffff) return undefined
    const n = Number.parseInt(part, 16)
    out.push(n >> 8, n & 255)
  }
  return out
}

/** IPv4, or IPv4 in IPv6. */
const isFour = (bytes: number[]): boolean => MAPPED.every((b, i) => bytes[i] === b)
/** As newer parsers want it: no leading zeros, at most four digits in a group. */
const isExact = (text: string): boolean => {
  const four = text.slice(text.lastIndexOf(':') + 1)
  return (!four.includes('.') || parseIPv4(four) !== undefined) && !/[0-9a-fA-F]{5}/.test(text.includes(':') ? text : '')
}
const isMapped = (text: string, bytes: number[]): boolean => text.includes(':') && isFour(bytes)

export const isIP = (text: string): boolean => parseIP(text) !== undefined
export const isIPv6 = (text: string): boolean => {
  const bytes = parseIP(text)
  return bytes !== undefined && !isFour(bytes)
}
export const isIPv4 = (text: string): boolean => isIP(text) && !isIPv6(text)

/** An address in a field that is older than strict parsing; what is in `known` is taken as it is. */
export function ipAddress(text: string, path: string, known: readonly string[] = []): FieldError[] {
  if (known.includes(text)) return []
  const bytes = parseIP(text)
  if (bytes === undefined) return [invalidValue(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
  if (!isExact(text)) return [invalidValue(path, text, 'must not have leading 0s')]
  return isMapped(text, bytes) ? [invalidValue(path, text, 'must not be an IPv4-mapped IPv6 address')] : []
}

/** An address in its one canonical form. */
export function canonicalIPAddress(text: string, path: string): FieldError[] {
  const errors = ipAddress(text, path)
  if (errors.length > 0) return errors
  const form = formatIP(parseIP(text)!)
  return text === form ? [] : [invalidValue(path, text, `must be in canonical form (${JSON.stringify(form)})`)]
}

/** `10.9.8.7`, `2001:db8::1`: lower case, the longest run of zero groups left out. */
export function formatIP(bytes: number[]): string {
  if (isFour(bytes)) return bytes.slice(12).join('.')
  const words = Array.from({ length: 8 }, (_, i) => bytes[2 * i]! * 256 + bytes[2 * i + 1]!)
  let [start, length] = [-1, 1]
  for (let i = 0; i < 8; i++) {
    let n = 0
    while (i + n < 8 && words[i + n] === 0) n++
    if (n > length) [start, length] = [i, n]
  }
  const hex = words.map(word => word.toString(16))
  return start < 0 ? hex.join(':') : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

/** Neither unspecified, loopback, link-local nor link-local multicast: where endpoints may point. */
export function endpointIP(text: string, path: string): FieldError[] {
  const bytes = parseIP(text)
  if (bytes === undefined) return [invalidValue(path, text, 'must be a valid IP address')]
  const [a = 0, b = 0, c = 0] = isFour(bytes) ? bytes.slice(12) : bytes
  const four = isFour(bytes)
  const zeros = (list: number[]): boolean => list.every(byte => byte === 0)
  const errors: FieldError[] = []
  if (zeros(four ? bytes.slice(12) : bytes)) errors.push(invalidValue(path, text, `may not be unspecified (${text})`))
  if (four ? a === 127 : zeros(bytes.slice(0, 15)) && bytes[15] === 1)
    errors.push(invalidValue(path, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'))
  if (four ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80)
    errors.push(invalidValue(path, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'))
  if (four ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 2)
    errors.push(invalidValue(path, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'))
  return errors
}

export interface Cidr {
  /** Sixteen, beyond the prefix as written. */
  bytes: number[]
  /** Bits, of 32 or 128. */
  prefix: number
  bits: 32 | 128
}

/** Undefined for what is no range; leading zeros are ignored. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/')
  if (slash < 0) return undefined
  const [address, digits] = [text.slice(0, slash), text.slice(slash + 1)]
  const bytes = parseIP(address)
  if (bytes === undefined || !/^\d+$/.test(digits)) return undefined
  const bits = address.includes(':') ? 128 : 32
  const prefix = Number(digits)
  return prefix <= bits ? { bytes, prefix, bits } : undefined
}

/** A range in a field that is older than strict parsing; what is in `known` is taken as it is. */
export function cidr(text: string, path: string, known: readonly string[] = []): FieldError[] {
  if (known.includes(text)) return []
  const range = parseCidr(text)
  if (range === undefined) return [invalidValue(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
  const [address, digits] = text.split('/') as [string, string]
  if (!isExact(address) || /^0\d/.test(digits)) return [invalidValue(path, text, 'must not have leading 0s in IP or prefix length')]
  if (isMapped(address, range.bytes)) return [invalidValue(path, text, 'must not have an IPv4-mapped IPv6 address')]
  const masked = networkOf(range)
  return range.bytes.every((byte, i) => byte === masked[i]) ? [] : [invalidValue(path, text, 'must not have bits set beyond the prefix length')]
}

/** The bytes with all beyond the prefix cleared. */
const networkOf = ({ bytes, prefix, bits }: Cidr): number[] => bytes.map((byte, i) => byte & maskByte(prefix + 128 - bits, i))
const maskByte = (prefix: number, i: number): number => (0xff00 >> Math.min(8, Math.max(0, prefix - 8 * i))) & 255

/** Does the range hold the network, and more than that? */
export function strictlyContains(outer: Cidr, inner: Cidr): boolean {
  const [mine, theirs] = [networkOf(outer), networkOf(inner)]
  if (isFour(mine) !== isFour(theirs)) return false
  return outer.prefix < inner.prefix && mine.every((byte, i) => byte === (theirs[i]! & maskByte(outer.prefix + 128 - outer.bits, i)))
}

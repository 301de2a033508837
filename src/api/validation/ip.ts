// ip.ts: validation of IP addresses and address ranges.
// Models k8s.io/apimachinery/pkg/util/validation/ip.go
// Differs: IPv6 is checked for form only

import type { FieldError } from '../field.ts'
import { invalidValue } from '../field.ts'

/** The four numbers of an IPv4 address; undefined for what is none, or has leading zeros (unless they are allowed). */
export function parseIPv4(text: string, leadingZeros = false): number[] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined
  if (!leadingZeros && parts.some(part => part.length > 1 && part.startsWith('0'))) return undefined
  return parts.map(Number)
}

export const isIPv4 = (text: string): boolean => parseIPv4(text) !== undefined

export function isIPv6(text: string): boolean {
  const mapped = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const plain = mapped === null ? text : isIPv4(mapped[2]!) ? `${mapped[1]}0:0` : ''
  if (!/^[0-9a-fA-F:]+$/.test(plain) || !plain.includes(':')) return false
  const halves = plain.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')))
  if (!groups.every(group => /^[0-9a-fA-F]{1,4}$/.test(group))) return false
  return halves.length === 2 ? groups.length < 8 : groups.length === 8
}

export const isIP = (text: string): boolean => isIPv4(text) || isIPv6(text)

/** An address of either family. */
export function ipAddress(text: string, path: string): FieldError[] {
  if (isIP(text)) return /^::ffff:\d+\./i.test(text) ? [invalidValue(path, text, 'must not be an IPv4-mapped IPv6 address')] : []
  if (parseIPv4(text, true) !== undefined) return [invalidValue(path, text, 'must not have leading 0s')]
  return [invalidValue(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
}

/** Neither unspecified, loopback, link-local nor multicast: where Endpoints may point. */
export function nonSpecialIP(text: string, path: string): FieldError[] {
  const bytes = parseIPv4(text)
  const lower = text.toLowerCase()
  const errors: FieldError[] = []
  if (bytes?.every(b => b === 0) || lower === '::') errors.push(invalidValue(path, text, 'may not be unspecified (0.0.0.0 or ::)'))
  if (bytes?.[0] === 127 || lower === '::1') errors.push(invalidValue(path, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'))
  if ((bytes?.[0] === 169 && bytes[1] === 254) || lower.startsWith('fe80:')) {
    errors.push(invalidValue(path, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'))
  }
  if (bytes?.[0] === 224 && bytes[1] === 0 && bytes[2] === 0) {
    errors.push(invalidValue(path, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'))
  }
  return errors
}

export interface Cidr {
  address: string
  prefix: number
}

export function parseCidr(text: string): Cidr | undefined {
  const [address = '', prefix, extra] = text.split('/')
  if (prefix === undefined || extra !== undefined || !/^\d{1,3}$/.test(prefix)) return undefined
  const max = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1
  return Number(prefix) <= max ? { address, prefix: Number(prefix) } : undefined
}

export function cidr(text: string, path: string): FieldError[] {
  const parsed = parseCidr(text)
  if (parsed === undefined) return [invalidValue(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
  const bytes = parseIPv4(parsed.address)
  if (bytes === undefined || bytes.every((byte, i) => (byte & (255 >> Math.min(8, Math.max(0, parsed.prefix - i * 8)))) === 0)) return []
  return [invalidValue(path, text, 'must not have bits set beyond the prefix length')]
}

/** Is the IPv4 address (or range) inside the range? */
export function cidrContains(outer: Cidr, address: string): boolean {
  const a = parseIPv4(outer.address)
  const b = parseIPv4(address)
  if (a === undefined || b === undefined) return false
  return a.every((byte, i) => {
    const bits = Math.min(8, Math.max(0, outer.prefix - i * 8))
    const mask = (0xff00 >> bits) & 255
    return (byte & mask) === (b[i]! & mask)
  })
}

// ipwarnings.ts: addresses and ranges that are spelled as nobody else would.
// Models k8s.io/apimachinery/pkg/util/validation/ip.go (GetWarningsForIP, GetWarningsForCIDR)
// Differs: nothing known

import { formatIP, parseCidr, parseIP, parseIPv4 } from '../../api/validation/ip.ts'

export function addressWarnings(path: string, text: string): string[] {
  const bytes = parseIP(text)
  if (bytes === undefined) return []
  const form = formatIP(bytes)
  if (isOdd(text, form)) return [`${path}: non-standard IP address ${JSON.stringify(text)} is invalid: use ${JSON.stringify(form)}`]
  return text === form ? [] : [`${path}: IPv6 address ${JSON.stringify(text)} should be in RFC 5952 canonical format (${JSON.stringify(form)})`]
}

export function rangeWarnings(path: string, text: string): string[] {
  const range = parseCidr(text)
  if (range === undefined) return []
  const { bytes, prefix, bits } = range
  const network = bytes.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix + 128 - bits - 8 * i))) & 255)
  const [address, form] = [formatIP(bytes), `${formatIP(network)}/${prefix}`]
  const found: string[] = []
  const shown = `${path}: CIDR value ${JSON.stringify(text)}`
  if (network.some((byte, i) => byte !== bytes[i])) {
    found.push(`${shown} is ambiguous in this context (should be ${JSON.stringify(form)} or ${JSON.stringify(`${address}/${bits}`)}?)`)
  }
  const [given = '', digits = ''] = text.split('/')
  if (isOdd(given, address) || /^0\d/.test(digits)) {
    found.push(`${path}: non-standard CIDR value ${JSON.stringify(text)} is invalid: use ${JSON.stringify(form)}`)
  }
  if (found.length > 0 || text === form) return found
  return [`${path}: IPv6 CIDR value ${JSON.stringify(text)} should be in RFC 5952 canonical format (${JSON.stringify(form)})`]
}

/** Leading zeros, or an IPv4 address in the clothes of IPv6. */
const isOdd = (text: string, form: string): boolean => (text.includes(':') ? !form.includes(':') : parseIPv4(text) === undefined)

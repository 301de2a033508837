// base64.ts: base64 of UTF-8 text and back, as Secrets hold it.
// Models encoding/base64
// Differs: bytes that are no UTF-8 decode to U+FFFD

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export function encodeBase64(text: string): string {
  return encodeBytes(new TextEncoder().encode(text))
}

export function encodeBytes(bytes: Uint8Array): string {
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    out += DIGITS[n >> 18]! + DIGITS[(n >> 12) & 63]!
    out += i + 1 < bytes.length ? DIGITS[(n >> 6) & 63] : '='
    out += i + 2 < bytes.length ? DIGITS[n & 63] : '='
  }
  return out
}

export function decodeBase64(text: string): string {
  return new TextDecoder().decode(decodeBytes(text))
}

/** Characters that are no digits are passed over; decoding.ts has refused them before. */
export function decodeBytes(text: string): Uint8Array {
  const out: number[] = []
  let bits = 0
  let held = 0
  for (const c of text) {
    const digit = DIGITS.indexOf(c)
    if (digit < 0) continue
    bits = ((bits << 6) | digit) & 0xffffff
    held += 6
    if (held >= 8) {
      held -= 8
      out.push((bits >> held) & 255)
    }
  }
  return Uint8Array.from(out)
}

/** How many bytes a base64 text stands for. */
export function base64Size(text: string): number {
  const digits = text.replace(/[^A-Za-z0-9+/]/g, '').length
  return Math.floor((digits * 6) / 8)
}

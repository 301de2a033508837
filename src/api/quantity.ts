// quantity.ts: resource quantities, exact: `250m`, `1Gi`, `0.5`, `12e6`.
// Models k8s.io/apimachinery/pkg/api/resource/{quantity,amount,suffix}.go
// Differs: exponents beyond ±300 are refused

export type QuantityFormat = 'DecimalSI' | 'DecimalExponent' | 'BinarySI'

/** `nano` is the value times 10^9; `text` is kept where upstream would print the input as it was. */
export interface Quantity {
  nano: bigint
  format: QuantityFormat
  text?: string
}

export const QUANTITY_FORMAT_ERROR = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
export const QUANTITY_NUMERIC_ERROR = 'unable to parse numeric part of quantity'
export const QUANTITY_SUFFIX_ERROR = "unable to parse quantity's suffix"

const DECIMAL = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
])
const BINARY = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
])
const DECIMAL_SUFFIX = new Map([...DECIMAL].map(([s, e]) => [e, s]))
const BINARY_SUFFIX = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const EXPONENT_MAX = 300
const NANO = 1_000_000_000n
const INT64_MAX = 9_223_372_036_854_775_807n

/** The quantity, or upstream's error text. Numbers (as YAML gives them) are read as their decimal text. */
export function parseQuantity(input: string | number): Quantity | { error: string } {
  const text = typeof input === 'number' ? String(input) : input
  const m = /^([+-]?)(\d*)(?:(\.)(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text)
  if (m === null || text === '') return { error: QUANTITY_FORMAT_ERROR }
  const negative = m[1] === '-'
  const num = m[2]!.replace(/^0+/, '') || '0'
  const denom = m[4] ?? ''
  const suffix = m[5]!
  let format: QuantityFormat = 'DecimalSI'
  let base = 10
  let exponent = DECIMAL.get(suffix)
  if (exponent === undefined) {
    exponent = BINARY.get(suffix)
    if (exponent !== undefined) {
      format = 'BinarySI'
      base = 2
    } else if (/^[eE][+-]?\d+$/.test(suffix) && Math.abs(Number(suffix.slice(1))) <= EXPONENT_MAX) {
      exponent = Number(suffix.slice(1))
      format = 'DecimalExponent'
    } else return { error: QUANTITY_SUFFIX_ERROR }
  }
  if (m[2] === '' && denom === '' && base === 2 && exponent > 43) return { error: QUANTITY_NUMERIC_ERROR }
  const digits = BigInt(num + denom)
  const scale = (base === 10 ? exponent : 0) - denom.length
  const reuse = keepsText(format, exponent, num, denom, scale)
  let nano = scaleToNano(base === 2 ? digits << BigInt(exponent) : digits, scale)
  if (format === 'BinarySI') {
    if (nano > INT64_MAX * NANO) nano = INT64_MAX * NANO
    if (nano < NANO && nano > 0n) format = 'DecimalSI'
  }
  if (negative) nano = -nano
  return reuse ? { nano, format, text } : { nano, format }
}

/** As upstream's String(): canonical, except that some inputs are kept as they were (`1.234`). */
export function formatQuantity(q: Quantity): string {
  if (q.text !== undefined) return q.text
  if (q.nano === 0n) return '0'
  if (q.format === 'BinarySI' && q.nano % NANO === 0n && (q.nano <= -1024n * NANO || q.nano >= 1024n * NANO)) {
    let value = q.nano / NANO
    let power = 0
    while (value % 1024n === 0n) {
      value /= 1024n
      power++
    }
    return `${value}${BINARY_SUFFIX[power] ?? ''}`
  }
  let mantissa = q.nano
  let exponent = -9
  while (mantissa % 10n === 0n) {
    mantissa /= 10n
    exponent++
  }
  const over = ((exponent % 3) + 3) % 3
  mantissa *= over === 0 ? 1n : over === 1 ? 10n : 100n
  exponent -= over
  if (q.format === 'DecimalExponent') return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`
  return `${mantissa}${DECIMAL_SUFFIX.get(exponent) ?? ''}`
}

/** The canonical text of a quantity text; undefined if it is none. */
export function canonicalQuantity(input: string | number): string | undefined {
  const q = parseQuantity(input)
  return 'error' in q ? undefined : formatQuantity(q)
}

export const isQuantity = (input: unknown): boolean => (typeof input === 'string' || typeof input === 'number') && !('error' in parseQuantity(input))

/** Throws on what is no quantity: stored objects have passed decoding. */
export function quantityOf(input: string | number | undefined): Quantity {
  if (input === undefined) return { nano: 0n, format: 'DecimalSI' }
  const q = parseQuantity(input)
  if ('error' in q) throw new Error(`${JSON.stringify(input)}: ${q.error}`)
  return q
}

export function compareQuantity(a: string | number | undefined, b: string | number | undefined): -1 | 0 | 1 {
  if (a === b) return 0
  const x = quantityOf(a).nano
  const y = quantityOf(b).nano
  return x < y ? -1 : x > y ? 1 : 0
}

/** The sum in the format of `a`, or of `b` where `a` is zero. */
export function addQuantity(a: string | number | undefined, b: string | number | undefined): string {
  return combined(quantityOf(a), quantityOf(b), 1n)
}

export function subQuantity(a: string | number | undefined, b: string | number | undefined): string {
  return combined(quantityOf(a), quantityOf(b), -1n)
}

export const isZeroQuantity = (q: string | number | undefined): boolean => quantityOf(q).nano === 0n

const MILLI_CACHE_MAX = 4096
const millis = new Map<string, number>()
const units = new Map<string, number>()

/** Thousandths as a number, rounded up: `250m` → 250, `1` → 1000. What the scheduler counts cpu in. */
export function milliValue(text: string | number | undefined): number {
  return cached(millis, text, 1_000_000n)
}

/** Whole units as a number, rounded up: `1Ki` → 1024, `500m` → 1. What memory and pods are counted in. */
export function unitValue(text: string | number | undefined): number {
  return cached(units, text, NANO)
}

/** The text of so many whole units in a format: (1024, 'BinarySI') → `1Ki`. */
export function quantityText(units: number, format: QuantityFormat = 'DecimalSI'): string {
  return formatQuantity({ nano: BigInt(units) * NANO, format })
}

/** The text of so many thousandths: 250 → `250m`. */
export function milliText(milli: number): string {
  return formatQuantity({ nano: BigInt(milli) * 1_000_000n, format: 'DecimalSI' })
}

function cached(cache: Map<string, number>, input: string | number | undefined, unit: bigint): number {
  if (input === undefined) return 0
  const text = typeof input === 'number' ? String(input) : input
  const known = cache.get(text)
  if (known !== undefined) return known
  const { nano } = quantityOf(text)
  const whole = nano / unit
  const value = Number(nano % unit === 0n ? whole : nano < 0n ? whole - 1n : whole + 1n)
  if (cache.size >= MILLI_CACHE_MAX) cache.clear()
  cache.set(text, value)
  return value
}

function combined(a: Quantity, b: Quantity, sign: bigint): string {
  return formatQuantity({ nano: a.nano + sign * b.nano, format: a.nano === 0n ? b.format : a.format })
}

/** digits × 10^(scale + 9), rounded up (away from zero). */
function scaleToNano(digits: bigint, scale: number): bigint {
  const power = scale + 9
  if (power >= 0) return digits * tenTo(power)
  const divisor = tenTo(-power)
  return digits % divisor === 0n ? digits / divisor : digits / divisor + 1n
}

/** 10^n by repeated squaring: the operator for powers is not ours to use. */
function tenTo(n: number): bigint {
  let result = 1n
  let square = 10n
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square
    square *= square
  }
  return result
}

/** Upstream's fast path keeps the input text if it looks canonical to it. */
function keepsText(format: QuantityFormat, exponent: number, num: string, denom: string, scale: number): boolean {
  if (format === 'BinarySI') {
    if (denom !== '' || 15 - num.length - Math.trunc((exponent * 3) / 10) - 1 < 0) return false
    return BigInt(num) << BigInt(exponent) <= INT64_MAX && (BigInt(num) & 7n) !== 0n
  }
  const shifted = num + denom
  return shifted.length <= 18 && scale >= -9 && scale % 3 === 0 && !shifted.endsWith('000') && shifted[0] !== '0'
}

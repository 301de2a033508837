// duration.ts: Go's duration text, and the ages that kubectl prints.
// Models k8s.io/apimachinery/pkg/util/duration and Go's time.Duration
// Differs: resolution is a millisecond, not a nanosecond

/** Go's time.Duration.String(): `0s`, `250ms`, `1.5s`, `2m0s`, `1h0m0s`. */
export function goDuration(ms: number): string {
  if (ms === 0) return '0s'
  const sign = ms < 0 ? '-' : ''
  const abs = Math.abs(ms)
  if (abs < 1000) return `${sign}${abs}ms`
  const hours = Math.floor(abs / 3_600_000)
  const minutes = Math.floor(abs / 60_000) % 60
  const rest = abs % 60_000
  const fraction = rest % 1000
  const seconds = `${Math.floor(rest / 1000)}${fraction === 0 ? '' : `.${String(fraction).padStart(3, '0').replace(/0+$/, '')}`}s`
  return sign + (hours > 0 ? `${hours}h${minutes}m${seconds}` : minutes > 0 ? `${minutes}m${seconds}` : seconds)
}

const UNITS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of a Go duration text (`1h30m`, `1.5s`, `0`), or what time.ParseDuration says. */
export function parseGoDuration(text: string): { ms: number } | { error: string } {
  const fail = (what: string) => ({ error: `time: ${what} ${JSON.stringify(text)}` })
  const sign = text.startsWith('-') ? -1 : 1
  let rest = text.replace(/^[+-]/, '')
  if (rest === '0') return { ms: 0 }
  if (rest === '') return fail('invalid duration')
  let ms = 0
  while (rest !== '') {
    const number = /^(\d+\.?\d*|\.\d+)/.exec(rest)
    if (number === null) return fail('invalid duration')
    rest = rest.slice(number[0].length)
    const unit = /^[^\d.]+/.exec(rest)?.[0]
    if (unit === undefined) return fail('missing unit in duration')
    const factor = UNITS[unit]
    if (factor === undefined) return { error: `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}` }
    ms += Number(number[0]) * factor
    rest = rest.slice(unit.length)
  }
  return { ms: sign * ms }
}

/** An age as kubectl prints it (AGE, `5s ago`), of a duration in ms. */
export function humanDuration(ms: number): string {
  const s = Math.trunc(ms / 1000)
  if (s < -1) return '<invalid>'
  if (s < 0) return '0s'
  if (s < 120) return `${s}s`
  const m = Math.floor(s / 60)
  if (m < 10) return s % 60 === 0 ? `${m}m` : `${m}m${s % 60}s`
  if (m < 180) return `${m}m`
  const h = Math.floor(m / 60)
  if (h < 8) return m % 60 === 0 ? `${h}h` : `${h}h${m % 60}m`
  if (h < 48) return `${h}h`
  const d = Math.floor(h / 24)
  if (d < 8) return h % 24 === 0 ? `${d}d` : `${d}d${h % 24}h`
  if (d < 730) return `${d}d`
  const y = Math.floor(d / 365)
  if (d < 2920) return d % 365 === 0 ? `${y}y` : `${y}y${d % 365}d`
  return `${y}y`
}

/** One unit only, as `kubectl top` and parts of describe print it. */
export function shortHumanDuration(ms: number): string {
  const s = Math.trunc(ms / 1000)
  if (s < -1) return '<invalid>'
  if (s < 0) return '0s'
  if (s < 60) return `${s}s`
  const m = Math.floor(s / 60)
  if (m < 60) return `${m}m`
  const h = Math.floor(m / 60)
  if (h < 24) return `${h}h`
  if (h < 24 * 365) return `${Math.floor(h / 24)}d`
  return `${Math.floor(h / 24 / 365)}y`
}

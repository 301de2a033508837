// time.ts: API timestamps from simulated milliseconds and back, without a clock.
// Models k8s.io/apimachinery/pkg/apis/meta/v1/{time,micro_time}.go
// Differs: simulated time 0 is a constant moment

/** Simulated ms 0 as milliseconds of the Unix epoch: 2026-11-02T08:00:00Z, a Monday. */
export const EPOCH_MS = 1_793_606_400_000

const DAY_MS = 86_400_000

/** `2026-11-02T08:00:00Z`: whole seconds, rounded down, of simulated ms. */
export function rfc3339(ms: number): string {
  const unix = Math.floor((EPOCH_MS + ms) / 1000)
  if (unix !== lastSecond) {
    const day = Math.floor(unix / DAY_S)
    const second = unix - day * DAY_S
    lastMoment = `${dateText(day)}T${pad(Math.floor(second / 3600))}:${pad(Math.floor(second / 60) % 60)}:${pad(second % 60)}Z`
    lastSecond = unix
  }
  return lastMoment
}

const DAY_S = 86_400
let lastSecond = Number.NaN
let lastMoment = ''

/** `2026-11-02T08:00:00.250000Z`: MicroTime, as in Leases and eventTime. */
export function rfc3339Micro(ms: number): string {
  const seconds = rfc3339(ms)
  const rest = (((EPOCH_MS + ms) % 1000) + 1000) % 1000
  return `${seconds.slice(0, -1)}.${String(rest).padStart(3, '0')}000Z`
}

/** Simulated ms of an RFC 3339 text, fractions cut to ms; undefined if it is none. */
export function parseTime(text: string | null | undefined): number | undefined {
  if (typeof text !== 'string') return undefined
  return text.charCodeAt(text.length - 1) === Z ? (parsePlain(text) ?? parseAny(text)) : parseAny(text)
}

const Z = 90

/** Is it a Time in the one form that the API server writes: `2026-11-02T08:00:00Z`? */
export const isTime = (text: string): boolean => text.length === 20 && text.charCodeAt(19) === Z && parseTime(text) !== undefined

/** Is it a MicroTime in the one form that the API server writes: `2026-11-02T08:00:00.250000Z`? */
export const isMicroTime = (text: string): boolean => text.length === 27 && text.charCodeAt(26) === Z && parseTime(text) !== undefined

/** The two forms that the API server writes; undefined for any other, and for what is no time. */
function parsePlain(text: string): number | undefined {
  const isMicro = text.length === 27
  if (text.length !== 20 && !isMicro) return undefined
  const date = text.slice(0, 10)
  const day = date === lastText ? lastDay : dayOf(date)
  const hour = digits(text, 11)
  const minute = digits(text, 14)
  const second = digits(text, 17)
  if (day === undefined || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined
  if (text[10] !== 'T' || text[13] !== ':' || text[16] !== ':') return undefined
  let ms = 0
  if (isMicro) {
    if (text[19] !== '.' || digits(text, 20) < 0 || digits(text, 22) < 0 || digits(text, 24) < 0) return undefined
    ms = Number(text.slice(20, 23))
  }
  return day * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + ms - EPOCH_MS
}

/** Days since 1970 of `2026-11-02`; undefined if it is no date. */
function dayOf(date: string): number | undefined {
  const year = digits(date, 0) * 100 + digits(date, 2)
  const month = digits(date, 5)
  const day = digits(date, 8)
  if (digits(date, 0) < 0 || digits(date, 2) < 0 || date[4] !== '-' || date[7] !== '-') return undefined
  return month < 1 || month > 12 || day < 1 || day > daysIn(year, month) ? undefined : daysFromCivil(year, month, day)
}

/** A number of two digits; negative if there is none. */
function digits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

function parseAny(text: string): number | undefined {
  const m = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text)
  if (m === null) return undefined
  const [year, month, day, hour, minute, second] = [Number(m[1]), Number(m[2]), Number(m[3]), Number(m[4]), Number(m[5]), Number(m[6])]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) return undefined
  const fraction = m[7] === undefined ? 0 : Number(m[7].slice(0, 3).padEnd(3, '0'))
  const offset = m[8] === undefined ? 0 : (m[8] === '-' ? -1 : 1) * (Number(m[9]) * 60 + Number(m[10])) * 60_000
  return daysFromCivil(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + fraction - offset - EPOCH_MS
}

export interface Civil {
  year: number
  /** 1 to 12 */
  month: number
  day: number
  hour: number
  minute: number
  second: number
  /** 0 is Sunday. */
  weekday: number
}

/** The calendar in UTC at a simulated moment. */
export function civil(ms: number): Civil {
  const unix = EPOCH_MS + ms
  const days = Math.floor(unix / DAY_MS)
  const second = Math.floor((unix - days * DAY_MS) / 1000)
  const [year, month, day] = civilFromDays(days)
  const weekday = (((days + 4) % 7) + 7) % 7
  return { year, month, day, hour: Math.floor(second / 3600), minute: Math.floor(second / 60) % 60, second: second % 60, weekday }
}

/** Simulated ms of a calendar moment in UTC; days beyond the month's end run over, as in Go. */
export function fromCivil(c: { year: number; month: number; day: number; hour?: number; minute?: number; second?: number }): number {
  const seconds = ((c.hour ?? 0) * 60 + (c.minute ?? 0)) * 60 + (c.second ?? 0)
  return (daysFromCivil(c.year, c.month, 1) + c.day - 1) * DAY_MS + seconds * 1000 - EPOCH_MS
}

/** Seconds since the Unix epoch, rounded down. */
export const unixSeconds = (ms: number): number => Math.floor((EPOCH_MS + ms) / 1000)

export function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

let lastDay = Number.NaN
let lastText = ''

function dateText(day: number): string {
  if (day !== lastDay) {
    const [y, m, d] = civilFromDays(day)
    lastText = `${String(y).padStart(4, '0')}-${pad(m)}-${pad(d)}`
    lastDay = day
  }
  return lastText
}

function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yoe = y - era * 400
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719_468
}

function civilFromDays(days: number): [number, number, number] {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const doe = z - era * 146_097
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return [yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - Math.floor((153 * mp + 2) / 5) + 1]
}

const pad = (n: number): string => (n < 10 ? `0${n}` : `${n}`)

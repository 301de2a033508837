// cron.ts: schedules of CronJobs: five fields, or a word for them, and the moments that they mean.
// Models github.com/robfig/cron/v3/{parser,spec}.go
// Differs: in UTC only

import { timeZones } from './data/timezones.ts'
import { parseGoDuration } from './duration.ts'
import { civil, daysIn, fromCivil } from './time.ts'

/** Allowed values of each field as sets; `star`: the field was `*` or `?`, which decides how the two kinds of day are combined. */
interface Field {
  values: Set<number>
  star: boolean
}

export type Schedule = { minute: Field; hour: Field; day: Field; month: Field; weekday: Field } | { everyMs: number }

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const named = (names: string[], first: number): Record<string, number> => Object.fromEntries(names.map((name, i) => [name, i + first]))
const BOUNDS = {
  minute: { min: 0, max: 59, names: {} as Record<string, number> },
  hour: { min: 0, max: 23, names: {} as Record<string, number> },
  day: { min: 1, max: 31, names: {} as Record<string, number> },
  month: { min: 1, max: 12, names: named(MONTHS, 1) },
  weekday: { min: 0, max: 6, names: named(WEEKDAYS, 0) },
}
type Bounds = (typeof BOUNDS)['minute']

const WORDS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const INT64_END = 0x8000_0000_0000_0000 // Atoi reads less than this.
const YEARS_MAX = 5 // A schedule that means no moment in so many years never does.

/** Does the text name a time zone of its own? */
export const namesTimeZone = (text: string): boolean => text.includes('TZ')

/** A schedule, or upstream's error text. */
export function parseSchedule(given: string): Schedule | { error: string } {
  if (given === '') return { error: 'empty spec string' }
  let text = given
  if (text.startsWith('TZ=') || text.startsWith('CRON_TZ=')) {
    const space = text.indexOf(' ')
    // Upstream falls over, and tells how.
    if (space < 0) return { error: 'invalid schedule format: runtime error: slice bounds out of range [:-1]' }
    const zone = text.slice(text.indexOf('=') + 1, space)
    if (zone.includes('..') || /^[/\\]/.test(zone)) return { error: `provided bad location ${zone}: time: invalid location name` }
    if (zone !== '' && zone !== 'Local' && !timeZones().has(zone)) return { error: `provided bad location ${zone}: unknown time zone ${zone}` }
    text = text.slice(space).trim()
  }
  if (text.startsWith('@')) return wordOf(text)
  const fields = text.split(/\s+/).filter(field => field !== '')
  if (fields.length !== 5) return { error: `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]` }
  const names = ['minute', 'hour', 'day', 'month', 'weekday'] as const
  const out: Partial<Record<(typeof names)[number], Field>> = {}
  for (let i = 0; i < names.length; i++) {
    const field = fieldOf(fields[i]!, BOUNDS[names[i]!])
    if ('error' in field) return field
    out[names[i]!] = field
  }
  return out as Schedule
}

function wordOf(text: string): Schedule | { error: string } {
  const fields = WORDS[text]
  if (fields !== undefined) return parseSchedule(fields)
  if (!text.startsWith('@every ')) return { error: `unrecognized descriptor: ${text}` }
  const duration = parseGoDuration(text.slice('@every '.length))
  if ('error' in duration) return { error: `failed to parse duration ${text}: ${duration.error}` }
  return { everyMs: Math.max(1000, Math.floor(duration.ms / 1000) * 1000) }
}

function fieldOf(text: string, bounds: Bounds): Field | { error: string } {
  const field: Field = { values: new Set(), star: false }
  for (const part of text.split(',').filter(p => p !== '')) {
    const error = addRange(field, part, bounds)
    if (error !== undefined) return { error }
  }
  return field
}

/** `number | number-number [/ number]`, or a name, or `*`. */
function addRange(field: Field, text: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...steps] = text.split('/')
  const [low = '', high, ...highs] = range.split('-')
  let start: number
  let end: number
  if (low === '*' || low === '?') {
    start = bounds.min
    end = bounds.max
    if (step === undefined) field.star = true
  } else {
    const first = numberOf(low, bounds)
    if (typeof first === 'string') return first
    start = first
    if (highs.length > 0) return `too many hyphens: ${text}`
    const last = high === undefined ? first : numberOf(high, bounds)
    if (typeof last === 'string') return last
    end = last
  }
  let by = 1
  if (steps.length > 0) return `too many slashes: ${text}`
  if (step !== undefined) {
    const parsed = numberOf(step, { ...bounds, names: {} })
    if (typeof parsed === 'string') return parsed
    by = parsed
    if (high === undefined) end = bounds.max
    if (by === 1 && (low === '*' || low === '?')) field.star = true
  }
  if (start < bounds.min) return `beginning of range (${start}) below minimum (${bounds.min}): ${text}`
  if (end > bounds.max) return `end of range (${end}) above maximum (${bounds.max}): ${text}`
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${text}`
  if (by === 0) return `step of range should be a positive number: ${text}`
  for (let n = start; n <= end; n += by) field.values.add(n)
  return undefined
}

function numberOf(text: string, bounds: Bounds): number | string {
  const name = bounds.names[text.toLowerCase()]
  if (name !== undefined) return name
  if (/^\+?\d+$/.test(text)) {
    if (Number(text) < INT64_END) return Number(text)
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range`
  }
  if (/^-\d+$/.test(text)) return `negative number (${text}) not allowed: ${text}`
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
}

/** The next moment after `ms`; undefined if there is none. Whole minutes, in UTC. */
export function nextTime(schedule: Schedule, ms: number): number | undefined {
  if ('everyMs' in schedule) return Math.floor(ms / 1000) * 1000 + schedule.everyMs
  const from = civil(ms)
  let { year, month, day } = from
  let hour = from.hour
  let minute = from.minute + 1
  const last = year + YEARS_MAX
  while (year <= last) {
    if (!schedule.month.values.has(month)) {
      ;[year, month] = month === 12 ? [year + 1, 1] : [year, month + 1]
      ;[day, hour, minute] = [1, 0, 0]
      continue
    }
    const weekday = civil(fromCivil({ year, month, day })).weekday
    if (day > daysIn(year, month)) {
      ;[year, month] = month === 12 ? [year + 1, 1] : [year, month + 1]
      ;[day, hour, minute] = [1, 0, 0]
      continue
    }
    if (!dayMatches(schedule, day, weekday)) {
      ;[day, hour, minute] = [day + 1, 0, 0]
      continue
    }
    for (; hour <= 23; hour++, minute = 0) {
      if (!schedule.hour.values.has(hour)) continue
      for (; minute <= 59; minute++) if (schedule.minute.values.has(minute)) return fromCivil({ year, month, day, hour, minute })
    }
    ;[day, hour, minute] = [day + 1, 0, 0]
  }
  return undefined
}

/** With a star in either, both kinds of day must match; with none, one is enough. */
function dayMatches(schedule: Exclude<Schedule, { everyMs: number }>, day: number, weekday: number): boolean {
  const [byDay, byWeekday] = [schedule.day.values.has(day), schedule.weekday.values.has(weekday)]
  return schedule.day.star || schedule.weekday.star ? byDay && byWeekday : byDay || byWeekday
}

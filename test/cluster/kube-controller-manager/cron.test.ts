import { expect, test } from 'vitest'
import { nextTime, parseSchedule } from '../../../src/api/cron.ts'
import { parseTime, rfc3339 } from '../../../src/api/time.ts'
import { mostRecent } from '../../../src/cluster/kube-controller-manager/job/cronjob.ts'

const next = (text: string, from: string): string | undefined => {
  const schedule = parseSchedule(text)
  if ('error' in schedule) throw new Error(schedule.error)
  const at = nextTime(schedule, parseTime(from)!)
  return at === undefined ? undefined : rfc3339(at)
}

test.each([
  ['*/5 * * * *', '2026-11-02T08:01:00Z', '2026-11-02T08:05:00Z'],
  ['*/5 * * * *', '2026-11-02T08:05:00Z', '2026-11-02T08:10:00Z'],
  ['0 0 * * *', '2026-11-02T08:01:00Z', '2026-11-03T00:00:00Z'],
  ['30 9 * * mon-fri', '2026-11-06T10:00:00Z', '2026-11-09T09:30:00Z'],
  ['0 0 13 * 5', '2026-11-02T08:00:00Z', '2026-11-06T00:00:00Z'],
  ['0 0 31 * *', '2026-11-02T08:00:00Z', '2026-12-31T00:00:00Z'],
  ['0 0 29 2 *', '2026-11-02T08:00:00Z', '2028-02-29T00:00:00Z'],
  ['10-20/5,40 7 * jan *', '2026-11-02T08:00:00Z', '2027-01-01T07:10:00Z'],
  ['@hourly', '2026-11-02T08:00:01Z', '2026-11-02T09:00:00Z'],
  ['0 0 30 2 *', '2026-11-02T08:00:00Z', undefined],
])('%s after %s is %s', (text, from, expected) => {
  expect(next(text, from)).toBe(expected)
})

test.each([
  ['every day', 'expected exactly 5 fields, found 2: [every day]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
  ['@never', 'unrecognized descriptor: @never'],
  ['', 'empty spec string'],
])('%s is no schedule: %s', (text, error) => {
  expect(parseSchedule(text)).toEqual({ error })
})

test('of many missed moments the last one counts, and from the 101st on that is said', () => {
  const schedule = parseSchedule('* * * * *')
  if ('error' in schedule) throw new Error(schedule.error)
  const job: any = { metadata: { creationTimestamp: rfc3339(0) }, spec: {}, status: {} }
  expect(mostRecent(job, schedule, 59_000, true)).toEqual({ time: undefined, tooMany: false })
  expect(mostRecent(job, schedule, 60_000, true)).toEqual({ time: 60_000, tooMany: false })
  expect(mostRecent(job, schedule, 100 * 60_000 + 5, true)).toEqual({ time: 6_000_000, tooMany: false })
  expect(mostRecent(job, schedule, 101 * 60_000, true)).toEqual({ time: 6_060_000, tooMany: true })
  expect(mostRecent({ ...job, spec: { startingDeadlineSeconds: 30 } }, schedule, 101 * 60_000 + 40_000, true)).toEqual({ time: undefined, tooMany: false })
})

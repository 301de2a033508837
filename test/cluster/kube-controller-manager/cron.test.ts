import { expect, test } from 'vitest'
import { nextTime, parseSchedule } from '../../../src/api/cron.ts'
import { parseTime, rfc3339 } from '../../../src/api/time.ts'
import { mostRecent } from '../../../src/cluster/kube-controller-manager/job/cronjob.ts'
import { apply } from '../../../src/kernel/world.ts'
import { ask, boot, eventsOf, type Loop, list, run, SYSTEM, template } from './loop.ts'

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
  expect(mostRecent(job, schedule, 59_000, true)).toEqual({ earliest: 0, missed: 'none' })
  expect(mostRecent(job, schedule, 60_000, true)).toEqual({ earliest: 0, time: 60_000, missed: 'none' })
  expect(mostRecent(job, schedule, 100 * 60_000 + 5, true)).toEqual({ earliest: 0, time: 6_000_000, missed: 'few' })
  expect(mostRecent(job, schedule, 101 * 60_000, true)).toEqual({ earliest: 0, time: 6_060_000, missed: 'many' })
  const now = 101 * 60_000 + 40_000
  expect(mostRecent({ ...job, spec: { startingDeadlineSeconds: 30 } }, schedule, now, true)).toEqual({ earliest: now - 30_000, missed: 'none' })
})

const BATCH = '/apis/batch/v1/namespaces/default'
const jobTemplate = { spec: { template: { spec: { ...template('x').spec, restartPolicy: 'Never' } } } }
const cronJob = (loop: Loop, schedule: string, spec: object = {}) =>
  ask(loop, 'POST', `${BATCH}/cronjobs`, { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'tick' }, spec: { schedule, jobTemplate, ...spec } })
const jobs = (loop: Loop) => list(loop, `${BATCH}/jobs`).map(j => j.metadata.name)
const status = (loop: Loop) => ask(loop, 'GET', `${BATCH}/cronjobs/tick`).body.status
const retries = (loop: Loop) => loop.world.notes.filter(n => n.kind === 'Retrying' && (n.data as any).controller === 'cronjob-controller')

test('a schedule that means no day of any year is said to be invalid, once', () => {
  const loop = boot()
  cronJob(loop, '0 0 31 2 *')
  run(loop, 60_000)
  const events = ask(loop, 'GET', '/api/v1/events').body.items.filter((e: any) => e.involvedObject.name === 'tick')
  expect(events.map((e: any) => `${e.type} ${e.reason} ${e.count} ${e.message}`)).toEqual([
    'Warning InvalidSchedule 1 invalid schedule: 0 0 31 2 * : time difference between two schedules is less than 1 second',
  ])
})

test("a Job of its own that a CronJob finds there already is taken up, somebody else's is left alone", () => {
  const loop = boot()
  const made = cronJob(loop, '* * * * *').body
  const job = { apiVersion: 'batch/v1', kind: 'Job', spec: jobTemplate.spec }
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'tick', uid: made.metadata.uid, controller: true }
  ask(loop, 'POST', `${BATCH}/jobs`, { ...job, metadata: { name: 'tick-29893441', ownerReferences: [owner] } })
  ask(loop, 'POST', `${BATCH}/jobs`, { ...job, metadata: { name: 'tick-29893442' } })
  run(loop, 62_000)
  expect(status(loop)).toMatchObject({ active: [{ name: 'tick-29893441' }], lastScheduleTime: '2026-11-02T08:01:00Z' })
  run(loop, 60_000)
  expect(jobs(loop)).toEqual(['tick-29893441', 'tick-29893442'])
  expect(status(loop)).toMatchObject({ active: [{ name: 'tick-29893441' }], lastScheduleTime: '2026-11-02T08:01:00Z' })
  expect(retries(loop)).toEqual([])
})

test('what comes every so often keeps its beat, whatever happens in between', () => {
  const loop = boot()
  cronJob(loop, '@every 5m')
  const created = parseTime(ask(loop, 'GET', `${BATCH}/cronjobs/tick`).body.metadata.creationTimestamp)!
  run(loop, 180_000)
  for (let i = 0; i < 2; i++) {
    apply(SYSTEM, loop.world, { input: i === 0 ? 'crash' : 'restart', name: 'kube-controller-manager' })
    run(loop, 1000)
  }
  run(loop, 125_000)
  expect(status(loop).lastScheduleTime).toBe(rfc3339(created + 300_000))
})

test('a CronJob that replaces looks at the Job before it deletes it', () => {
  const loop = boot()
  cronJob(loop, '* * * * *', { concurrencyPolicy: 'Replace' })
  run(loop, 125_000)
  expect(jobs(loop)).toEqual(['tick-29893442'])
  const events = eventsOf(loop).filter(e => /SuccessfulDelete|FailedGet/.test(e))
  expect(events).toEqual(['SuccessfulDelete Deleted job tick-29893441'])
})

// cronjob.ts: the CronJob controller: a Job for each moment of a schedule.
// Models k8s.io/kubernetes/pkg/controller/cronjob/{cronjob_controllerv2,utils}.go
// Differs: UTC is the only time zone that is known

import { namesTimeZone, nextTime, parseSchedule, type Schedule } from '../../../api/cron.ts'
import type { ApiResponse } from '../../../api/http.ts'
import { pathOf } from '../../../api/resources.ts'
import { civil, parseTime, rfc3339, unixSeconds } from '../../../api/time.ts'
import type { CronJob, Job } from '../../../api/workloads.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { type Controller, enqueue, enqueueAfter, recordFor, type SyncResult } from '../../client/controller.ts'
import { byIndex, cached, keyOf } from '../../client/informer.ts'
import { ask, errorOf, isAlreadyExists, isNamespaceTerminating, isNotFound, ok } from '../../client/request.ts'
import { createRequest, deleteRequest, getRequest } from '../../client.ts'
import { controllerKey } from '../ownership.ts'
import { controllerOf, ownerReference, same } from '../pods.ts'
import { clientOf, deletableTypes, type ManagerIo, type ManagerState, pathOfObject, quote, updateStatusRequest } from '../state.ts'
import { isFinished } from './judge.ts'

const NAME = 'cronjob-controller'
const DELAY_MS = 100
const MISSED_WARN = 100
const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

export const cronJobController: Controller<ManagerState> = {
  name: NAME,
  workers: 5,
  on: {
    cronjobs(state, io, change) {
      const cronJob = change.object as CronJob
      const key = keyOf(cronJob)
      if (change.type === 'update' && (change.old.spec.schedule !== cronJob.spec.schedule || change.old.spec.timeZone !== cronJob.spec.timeZone)) {
        const schedule = parseSchedule(cronJob.spec.schedule)
        if ('error' in schedule) {
          recordFor(state, io, NAME, cronJob, 'Warning', 'UnParseableCronJobSchedule', `unparseable schedule for cronjob: ${cronJob.spec.schedule}`)
          return
        }
        enqueueAfter(state, io, NAME, key, untilNext(cronJob, schedule, io.now))
        return
      }
      enqueue(state, io, NAME, key)
    },
    jobs(state, io, change) {
      const old = change.type === 'update' ? change.old : undefined
      if (old?.metadata.resourceVersion === change.object.metadata.resourceVersion) return
      for (const job of old && !same(controllerOf(old), controllerOf(change.object)) ? [old, change.object] : [change.object]) {
        const found = controllerKey(job, 'CronJob')
        if (found && cached<CronJob>(state, 'cronjobs', found.key)?.metadata.uid === found.uid) enqueue(state, io, NAME, found.key)
      }
    },
  },
  sync,
}

/** From the last moment that was served or missed, not from now: what comes every so often keeps its beat. */
function untilNext(cronJob: CronJob, schedule: Schedule, now: number): number {
  const { time, earliest, missed, error } = mostRecent(cronJob, schedule, now, false)
  const from = time ?? (error === undefined && missed === 'none' ? earliest : now)
  return (nextTime(schedule, from) ?? now) - now + DELAY_MS
}

type Status = CronJob['status']

/** What one sync works on; `status` is the one that is wanted. */
interface Turn {
  cronJob: CronJob
  jobs: Job[]
  status: Status
  changed: boolean
}

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state(state => {
    const cronJob = cached<CronJob>(state, 'cronjobs', key)
    if (!cronJob) return undefined
    const jobs = byIndex<Job>(state, 'jobs', 'namespace', cronJob.metadata.namespace ?? '')
    return { cronJob, jobs: jobs.filter(job => controllerOf(job)?.uid === cronJob.metadata.uid) }
  })
  if (!seen) return undefined
  const turn: Turn = { ...seen, status: seen.cronJob.status ?? {}, changed: false }
  yield* cleanUp(io, turn)
  const result = (yield* keepActive(io, turn)) ?? (yield* schedule(io, turn))
  if (turn.changed) {
    const response = yield* ask(
      io,
      io.state(state => updateStatusRequest(clientOf(state, NAME), 'cronjobs', { ...turn.cronJob, status: turn.status })),
    )
    if (!ok(response)) return errorOf(response)
  }
  if (typeof result === 'string') return result
  if (result !== undefined) io.state((state, io2) => enqueueAfter(state, io2, NAME, key, result))
  return undefined
}

function say(io: ManagerIo, { cronJob }: Turn, type: 'Normal' | 'Warning', reason: string, message: string): void {
  io.state((state, io2) => recordFor(state, io2, NAME, cronJob, type, reason, message))
}

const endedAs = (job: Job): string | undefined => job.status?.conditions?.find(c => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')?.type

const refOf = (job: Job) => ({
  kind: 'Job',
  namespace: job.metadata.namespace,
  name: job.metadata.name,
  uid: job.metadata.uid,
  apiVersion: 'batch/v1',
  resourceVersion: job.metadata.resourceVersion,
})

/** Finished Jobs beyond the limits go, oldest first. */
function* cleanUp(io: ManagerIo, turn: Turn): Steps {
  const { spec } = turn.cronJob
  for (const [type, limit] of [
    ['Complete', spec.successfulJobsHistoryLimit],
    ['Failed', spec.failedJobsHistoryLimit],
  ] as const) {
    if (limit === undefined) continue
    const started = (job: Job) => parseTime(job.status?.startTime) ?? Number.POSITIVE_INFINITY
    const jobs = turn.jobs.filter(job => endedAs(job) === type).sort((a, b) => started(a) - started(b) || (a.metadata.name < b.metadata.name ? -1 : 1))
    for (const job of jobs.slice(0, Math.max(0, jobs.length - limit))) yield* deleteJob(io, turn, job)
  }
}

function* deleteJob(io: ManagerIo, turn: Turn, job: Job): Steps<string | undefined> {
  const response = yield* ask(
    io,
    io.state(state => deleteRequest(clientOf(state, NAME), pathOfObject('jobs', job), { propagationPolicy: 'Background' })),
  )
  if (!ok(response)) {
    say(io, turn, 'Warning', 'FailedDelete', `Deleted job: ${errorOf(response)}`)
    return errorOf(response)
  }
  forgetActive(turn, job.metadata.uid)
  turn.changed = true
  say(io, turn, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`)
  return undefined
}

function forgetActive(turn: Turn, uid: string): void {
  const active = (turn.status.active ?? []).filter((ref: any) => ref.uid !== uid)
  if (active.length === (turn.status.active ?? []).length) return
  const { active: _, ...rest } = turn.status
  turn.status = active.length > 0 ? { ...rest, active } : rest
  turn.changed = true
}

/** Brings the list of active Jobs in line with the Jobs that there are; an error comes back as text. */
function* keepActive(io: ManagerIo, turn: Turn): Steps<string | undefined> {
  for (const job of turn.jobs) {
    const listed = (turn.status.active ?? []).some((ref: any) => ref.uid === job.metadata.uid)
    const ended = endedAs(job)
    if (!listed && !isFinished(job)) {
      const live = yield* ask(
        io,
        io.state(state => getRequest(clientOf(state, NAME), pathOfObject('cronjobs', turn.cronJob))),
      )
      if (!ok(live)) return errorOf(live)
      if ((live.body.status?.active ?? []).some((ref: any) => ref.uid === job.metadata.uid)) {
        turn.cronJob = live.body
        turn.status = live.body.status
        continue
      }
      say(io, turn, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`)
    } else if (listed && ended !== undefined) {
      forgetActive(turn, job.metadata.uid)
      say(io, turn, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${ended}`)
    }
    const end = job.status?.completionTime
    if (ended === 'Complete' && end !== undefined && (parseTime(turn.status.lastSuccessfulTime) ?? Number.NEGATIVE_INFINITY) < (parseTime(end) ?? 0)) {
      turn.status = { ...turn.status, lastSuccessfulTime: end }
      turn.changed = true
    }
  }
  for (const ref of turn.status.active ?? []) {
    if (turn.jobs.some(job => job.metadata.uid === ref.uid)) continue
    const live = yield* getJob(io, ref)
    if (ok(live)) continue
    if (!isNotFound(live)) return errorOf(live)
    say(io, turn, 'Normal', 'MissingJob', `Active job went missing: ${ref.name}`)
    forgetActive(turn, ref.uid)
  }
  return undefined
}

function* getJob(io: ManagerIo, { namespace, name }: { namespace?: string; name?: string }): Steps<ApiResponse<Job>> {
  const request = io.state(state => getRequest(clientOf(state, NAME), pathOf({ type: deletableTypes['jobs']!, namespace, name })))
  return yield* ask(io, request)
}

/** Starts what is due. Comes back with the time to the next look, or an error. */
function* schedule(io: ManagerIo, turn: Turn): Steps<number | string | undefined> {
  const { cronJob } = turn
  const { spec } = cronJob
  if (cronJob.metadata.deletionTimestamp !== undefined) return undefined
  if (spec.timeZone !== undefined && spec.timeZone !== 'UTC' && spec.timeZone !== 'Etc/UTC') {
    say(io, turn, 'Warning', 'UnknownTimeZone', `invalid timeZone: ${quote(spec.timeZone)}: unknown time zone ${spec.timeZone}`)
    return undefined
  }
  if (spec.suspend) return undefined
  const parsed = parseSchedule(spec.schedule)
  if ('error' in parsed) {
    say(io, turn, 'Warning', 'UnparseableSchedule', `unparseable schedule: ${quote(spec.schedule)} : ${parsed.error}`)
    return undefined
  }
  if (namesTimeZone(spec.schedule))
    say(
      io,
      turn,
      'Warning',
      'UnsupportedSchedule',
      `CRON_TZ or TZ used in schedule ${quote(spec.schedule)} is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details`,
    )
  const now = io.now()
  const { time, missed, error: senseless } = mostRecent(cronJob, parsed, now, true)
  if (senseless !== undefined) {
    say(io, turn, 'Warning', 'InvalidSchedule', `invalid schedule: ${spec.schedule} : ${senseless}`)
    return undefined
  }
  if (time !== undefined && missed === 'many')
    say(io, turn, 'Warning', 'TooManyMissedTimes', 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew')
  if (time === undefined) return untilNext(cronJob, parsed, now)
  if (spec.startingDeadlineSeconds !== undefined && time + spec.startingDeadlineSeconds * 1000 < now) {
    say(io, turn, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${rfc1123(time)}`)
    return untilNext(cronJob, parsed, now)
  }
  const name = `${cronJob.metadata.name}-${Math.floor(unixSeconds(time) / 60)}`
  const active = turn.status.active ?? []
  if (active.some((ref: any) => ref.name === name) || parseTime(turn.status.lastScheduleTime) === time) return untilNext(cronJob, parsed, now)
  if (spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
    say(io, turn, 'Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid')
    return untilNext(cronJob, parsed, now)
  }
  if (spec.concurrencyPolicy === 'Replace')
    for (const ref of active) {
      const job = yield* getJob(io, ref)
      if (!ok(job)) {
        say(io, turn, 'Warning', 'FailedGet', `Get job: ${errorOf(job)}`)
        return errorOf(job)
      }
      if ((yield* deleteJob(io, turn, job.body)) !== undefined) return `could not replace job ${ref.namespace}/${ref.name}`
    }
  const { started, error } = yield* start(io, turn, name, time)
  if (!started) return error
  return untilNext({ ...turn.cronJob, status: turn.status }, parsed, now)
}

/** `started`: there is a Job now that the list of active ones did not have. */
function* start(io: ManagerIo, turn: Turn, name: string, time: number): Steps<{ started: boolean; error?: string }> {
  const { cronJob } = turn
  const { metadata = {}, spec } = cronJob.spec.jobTemplate
  io.note('Creating', { cronJob: keyOf(cronJob), job: name, scheduled: time })
  const body = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: cronJob.metadata.namespace,
      ...(metadata.labels ? { labels: metadata.labels } : {}),
      annotations: { ...metadata.annotations, [SCHEDULED_AT]: rfc3339(time) },
      ownerReferences: [ownerReference(cronJob)],
      creationTimestamp: rfc3339(time),
    },
    spec,
  }
  const path = pathOf({ type: deletableTypes['jobs']!, namespace: cronJob.metadata.namespace })
  const response = yield* ask(
    io,
    io.state(state => createRequest(clientOf(state, NAME), path, body)),
  )
  const refused = errorOf(response)
  let job = response.body as Job
  if (isAlreadyExists(response)) {
    const there = yield* getJob(io, { namespace: cronJob.metadata.namespace, name })
    if (!ok(there)) return { started: false, error: errorOf(there) }
    job = there.body
    // Somebody else's Job is his business; a forgotten one of our own is taken up.
    if (controllerOf(job)?.uid !== cronJob.metadata.uid || (turn.status.active ?? []).some((ref: any) => ref.uid === job.metadata.uid))
      return { started: false }
  } else if (isNamespaceTerminating(response)) return { started: false, error: refused }
  else if (!ok(response)) {
    say(io, turn, 'Warning', 'FailedCreate', `Error creating job: ${refused}`)
    return { started: false, error: refused }
  } else say(io, turn, 'Normal', 'SuccessfulCreate', `Created job ${name}`)
  turn.status = { ...turn.status, active: [...(turn.status.active ?? []), refOf(job)], lastScheduleTime: rfc3339(time) }
  turn.changed = true
  return { started: true }
}

/** Since when moments count, the last one that was not served yet, and how many were missed. */
export interface Recent {
  earliest: number
  time?: number
  missed: 'none' | 'few' | 'many'
  /** The schedule can be read, but means no moments. */
  error?: string
}

export function mostRecent(cronJob: CronJob, schedule: Schedule, now: number, withDeadline: boolean): Recent {
  let earliest = parseTime(cronJob.status?.lastScheduleTime) ?? parseTime(cronJob.metadata.creationTimestamp) ?? now
  const { startingDeadlineSeconds } = cronJob.spec
  if (withDeadline && startingDeadlineSeconds !== undefined) earliest = Math.max(earliest, now - startingDeadlineSeconds * 1000)
  const first = nextTime(schedule, earliest)
  if (first === undefined) return { earliest, missed: 'none', error: 'time difference between two schedules is less than 1 second' }
  if (first > now) return { earliest, missed: 'none' }
  const second = nextTime(schedule, first)
  if (second === undefined || second > now) return { earliest, time: first, missed: 'none' }
  const gap = second - first
  const count = Math.floor((now - first) / gap) + 1
  const missed = count > MISSED_WARN ? 'many' : 'few'
  // From about the right place on, step by step.
  let time: number | undefined
  let from = first + (count - 1 - 1) * gap
  for (let next = nextTime(schedule, from); next !== undefined && next <= now; next = nextTime(schedule, from)) {
    time = next
    from = next
  }
  return time === undefined ? { earliest, missed } : { earliest, time, missed }
}

/** `Mon, 02 Jan 2006 15:04:05 +0000` */
function rfc1123(ms: number): string {
  const { year, month, day, hour, minute, second, weekday } = civil(ms)
  const two = (n: number) => String(n).padStart(2, '0')
  const month3 = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][month - 1]
  const day3 = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][weekday]
  return `${day3}, ${two(day)} ${month3} ${year} ${two(hour)}:${two(minute)}:${two(second)} +0000`
}

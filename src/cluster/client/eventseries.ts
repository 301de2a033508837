// eventseries.ts: the recorder of events.k8s.io/v1 Events: what repeats becomes a series.
// Models k8s.io/client-go/tools/events/{event_broadcaster,event_recorder}.go
// Differs: the two clocks of a series (idle, refresh) run only while there is one

import type { ApiResponse } from '../../api/http.ts'
import { parseTime, rfc3339Micro } from '../../api/time.ts'
import type { Answer, Io, Machine } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { API_SERVER, type Client, createRequest, patchRequest } from '../client.ts'
import { EVENT_QUEUE_MAX, eventName, type Named, type ObjectReference } from './events.ts'

const FINISH_MS = 360_000 // A series that was idle for so long is over.
const REFRESH_MS = 1_800_000
const TRIES_MAX = 12
const SLEEP_MS = 10_000
const NOTE_MAX = 1024

/** `controller` is the reporting controller (`default-scheduler`), `instance` `<controller>-<host>`. */
export interface SeriesRecorder {
  controller: string
  instance: string
  client: Client
  named: Named
  queue: { event: any; create: boolean; cause: number }[]
  writing: { event: any; create: boolean; tries: number } | undefined
  /** The last state of each Event by what makes it the same. */
  known: Map<string, any>
  ticking: boolean
  refreshedAt: number
}

export interface WithSeriesRecorder {
  seriesRecorder: SeriesRecorder
}

export const newSeriesRecorder = (controller: string, host: string, client: Client): SeriesRecorder => ({
  controller,
  instance: `${controller}-${host}`,
  client,
  named: { at: -1, nanosecond: 0 },
  queue: [],
  writing: undefined,
  known: new Map(),
  ticking: false,
  refreshedAt: 0,
})

/** What the recorder hears: spread into `on`. */
export const seriesHandlers: Machine<WithSeriesRecorder>['on'] = {
  'series/answer'(state, message, io) {
    // A process that began anew may still hear what its former life asked.
    if (state.seriesRecorder.writing?.event.metadata.name === message.body.context) answered(state.seriesRecorder, io, message.body.answer)
  },
  'series/retry'(state, _, io) {
    if (state.seriesRecorder.writing) write(state.seriesRecorder, io)
  },
  'series/tick'(state, _, io) {
    tick(state.seriesRecorder, io)
  },
}

export interface Occurrence {
  regarding: ObjectReference
  related?: ObjectReference
  type: 'Normal' | 'Warning'
  reason: string
  action: string
  note: string
}

/** Records that something happened; it is written in the background, in order. */
export function recordSeries(recorder: SeriesRecorder, io: Io, what: Occurrence): void {
  const { regarding, related, type, reason, action } = what
  const key = JSON.stringify([type, action, reason, regarding, related ?? null])
  const before = recorder.known.get(key)
  if (before?.series) {
    recorder.known.set(key, share({ ...before, series: { count: before.series.count + 1, lastObservedTime: rfc3339Micro(io.now) } }))
    return
  }
  if (recorder.queue.length >= EVENT_QUEUE_MAX) return
  const event = before
    ? { ...before, series: { count: 2, lastObservedTime: rfc3339Micro(io.now) } }
    : {
        kind: 'Event',
        apiVersion: 'events.k8s.io/v1',
        metadata: { name: eventName(io, regarding.name ?? '', recorder.named), namespace: regarding.namespace ?? 'default' },
        eventTime: rfc3339Micro(io.now),
        reportingController: recorder.controller,
        reportingInstance: recorder.instance,
        action,
        reason,
        regarding,
        ...(related ? { related } : {}),
        note: what.note.slice(0, NOTE_MAX),
        type,
      }
  recorder.known.set(key, share(event))
  recorder.queue.push(share({ event, create: before === undefined, cause: io.cause }))
  if (!recorder.ticking) {
    recorder.ticking = true
    recorder.refreshedAt = io.now
    io.after(FINISH_MS, 'series/tick')
  }
  if (!recorder.writing) pump(recorder, io)
}

function pump(recorder: SeriesRecorder, io: Io): void {
  const next = recorder.queue.shift()
  if (!next) return
  recorder.writing = { event: next.event, create: next.create, tries: 0 }
  const { cause } = io
  io.cause = next.cause
  write(recorder, io)
  io.cause = cause
}

function write(recorder: SeriesRecorder, io: Io): void {
  const { event, create } = recorder.writing!
  const path = `/apis/events.k8s.io/v1/namespaces/${event.metadata.namespace}/events`
  const request = create
    ? createRequest(recorder.client, path, event)
    : patchRequest(recorder.client, `${path}/${event.metadata.name}`, 'strategic', { series: event.series })
  io.call(API_SERVER, 'request', request, 'series/answer', event.metadata.name)
}

function answered(recorder: SeriesRecorder, io: Io, answer: Answer<ApiResponse>): void {
  const writing = recorder.writing!
  if (!answer.ok && ++writing.tries < TRIES_MAX) {
    io.after(SLEEP_MS + io.int(SLEEP_MS >> 2), 'series/retry')
    return
  }
  if (answer.ok && answer.value.status === 404 && !writing.create) {
    writing.create = true
    write(recorder, io)
    return
  }
  recorder.writing = undefined
  pump(recorder, io)
}

/** Ends what has been idle, and now and then writes how far the others have come. */
function tick(recorder: SeriesRecorder, io: Io): void {
  const refresh = io.now - recorder.refreshedAt >= REFRESH_MS
  if (refresh) recorder.refreshedAt = io.now
  for (const [key, event] of [...recorder.known]) {
    const last = parseTime(event.series?.lastObservedTime ?? event.eventTime) ?? 0
    const over = io.now - last >= FINISH_MS
    if (event.series && (over || refresh)) recorder.queue.push(share({ event, create: false, cause: 0 }))
    if (over) recorder.known.delete(key)
  }
  if (!recorder.writing) pump(recorder, io)
  recorder.ticking = recorder.known.size > 0
  if (recorder.ticking) io.after(FINISH_MS, 'series/tick')
}

// events.ts: the recorder of core/v1 Events: same again is counted, similar is combined, too many are dropped.
// Models k8s.io/client-go/tools/record/{event,events_cache}.go
// Differs: the nanoseconds in an Event's name are drawn from the world's seed; watchers of the broadcaster besides the API server do not exist

import type { ApiResponse } from '../../api/http.ts'
import type { KubeObject } from '../../api/object.ts'
import { EPOCH_MS, rfc3339 } from '../../api/time.ts'
import type { Answer, Io, Machine } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { API_SERVER, type Client, createRequest, patchRequest } from '../client.ts'

export const EVENT_QUEUE_MAX = 1000 // Events waiting to be written; more are dropped.
const REMEMBERED_MAX = 4096 // Entries of each memory; the longest unused goes first.
const SIMILAR_MAX = 10 // From so many different messages on, similar Events are combined …
const SIMILAR_WINDOW_MS = 600_000 // … unless they lie further apart than this.
const SPAM_BURST = 25
const SPAM_REFILL_MS = 300_000
const TRIES_MAX = 12
const SLEEP_MS = 10_000

/** What an Event is about. */
export interface ObjectReference {
  apiVersion?: string
  kind?: string
  namespace?: string
  name?: string
  uid?: string
  resourceVersion?: string
  fieldPath?: string
}

/** The moment that the last Event was named by: ms, and nanoseconds within. */
export interface Named {
  at: number
  nanosecond: number
}

/** One recorder: a component (`kubelet`, `deployment-controller`) and the host it runs on ('' for controllers). */
export interface EventRecorder {
  component: string
  host: string
  client: Client
  named: Named
  queue: any[]
  /** The write in flight, with the tries it has had. */
  writing: { event: any; create: boolean; tries: number } | undefined
  similar: Map<string, { messages: string[]; last: number }>
  counted: Map<string, { count: number; firstTimestamp: string; name: string }>
  buckets: Map<string, { tokens: number; at: number }>
}

/** A machine that records Events has its recorders here, by component. */
export interface WithRecorders {
  recorders: Record<string, EventRecorder>
}

export const newEventRecorder = (component: string, host: string, client: Client): EventRecorder => ({
  component,
  host,
  client,
  named: { at: -1, nanosecond: 0 },
  queue: [],
  writing: undefined,
  similar: new Map(),
  counted: new Map(),
  buckets: new Map(),
})

/** What a recorder hears: spread into `on`. */
export const eventHandlers: Machine<WithRecorders>['on'] = {
  'event/answer'(state, message, io) {
    const { component, name } = message.body.context
    const recorder = state.recorders[component]
    // A process that began anew may still hear what its former life asked.
    if (recorder?.writing?.event.metadata.name === name) answered(recorder!, io, message.body.answer)
  },
  'event/retry'(state, message, io) {
    const recorder = state.recorders[message.body.component]
    if (recorder?.writing) write(recorder, io)
  },
}

/** The reference of an object as Events carry it; `fieldPath` like `spec.containers{nginx}`. */
export function referenceOf(object: KubeObject, fieldPath?: string): ObjectReference {
  const { metadata } = object
  const reference: ObjectReference = { kind: object.kind }
  if (metadata.namespace !== undefined) reference.namespace = metadata.namespace
  reference.name = metadata.name
  reference.uid = metadata.uid
  reference.apiVersion = object.apiVersion
  reference.resourceVersion = metadata.resourceVersion
  if (fieldPath !== undefined) reference.fieldPath = fieldPath
  return reference
}

/** Records an Event about an object; it is written in the background, in order. */
export function recordEvent(recorder: EventRecorder, io: Io, about: ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string): void {
  if (recorder.queue.length >= EVENT_QUEUE_MAX) return
  const source: Record<string, string> = { component: recorder.component }
  if (recorder.host !== '') source['host'] = recorder.host
  const now = rfc3339(io.now)
  const event = {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name: eventName(io, about.name ?? '', recorder.named), namespace: about.namespace ?? 'default' },
    involvedObject: about,
    reason,
    message,
    source,
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: recorder.component,
    reportingInstance: recorder.host,
  }
  recorder.queue.push(share({ event, cause: io.cause }))
  if (!recorder.writing) pump(recorder, io)
}

/** `<object>.<hex of the time in nanoseconds>`, or a random UUID where that is no name. What one recorder says later has the later time. */
export function eventName(io: Io, object: string, named: Named): string {
  named.nanosecond = named.at === io.now ? Math.min(999_999, named.nanosecond + 1 + io.int(1000)) : io.int(500_000)
  named.at = io.now
  const nanoseconds = BigInt(EPOCH_MS + io.now) * 1_000_000n + BigInt(named.nanosecond)
  const name = `${object}.${nanoseconds.toString(16)}`
  if (name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) return name
  return [8, 4, 4, 4, 12].map(length => Array.from({ length }, () => io.int(16).toString(16)).join('')).join('-')
}

/** Writes the next Event that the correlation lets through. */
function pump(recorder: EventRecorder, io: Io): void {
  while (recorder.queue.length > 0) {
    const { event, cause } = recorder.queue.shift()
    const correlated = correlate(recorder, io.now, event)
    if (!correlated) continue
    recorder.writing = { ...correlated, tries: 0 }
    const before = io.cause
    io.cause = cause
    write(recorder, io)
    io.cause = before
    return
  }
}

/** Combines and counts; undefined if it is one too many. `create` false: an Event that is there gets a new count. */
export function correlate(recorder: EventRecorder, now: number, event: any): { event: any; create: boolean } | undefined {
  const { source, involvedObject: about } = event
  const same = [
    source.component,
    source.host ?? '',
    about.kind ?? '',
    about.namespace ?? '',
    about.name ?? '',
    about.uid ?? '',
    about.apiVersion ?? '',
    event.type,
    event.reason,
    event.reportingComponent,
    event.reportingInstance,
  ].join('\u0000')
  let key = `${same}\u0000${about.fieldPath ?? ''}\u0000${event.message}`
  let made = event
  const known = recorder.similar.get(same)
  const messages = known && now - known.last <= SIMILAR_WINDOW_MS ? known.messages : []
  const next = messages.includes(event.message) ? messages : [...messages, event.message]
  const combined = next.length >= SIMILAR_MAX
  remember(recorder.similar, same, share({ messages: combined ? next.slice(1) : next, last: now }))
  if (combined) {
    key = same
    made = { ...event, message: `(combined from similar events): ${event.message}` }
  }
  const before = recorder.counted.get(key)
  if (before) {
    made = {
      ...made,
      metadata: { ...made.metadata, name: before.name },
      firstTimestamp: before.firstTimestamp,
      count: before.count + 1,
    }
  }
  remember(recorder.counted, key, share({ count: made.count, firstTimestamp: made.firstTimestamp, name: made.metadata.name }))
  const spam = [source.component, source.host ?? '', about.kind ?? '', about.namespace ?? '', about.name ?? '', about.uid ?? '', event.type].join('\u0000')
  if (!allowed(recorder, spam, now)) return undefined
  return { event: made, create: before === undefined }
}

function allowed(recorder: EventRecorder, key: string, now: number): boolean {
  const bucket = recorder.buckets.get(key) ?? { tokens: SPAM_BURST, at: now }
  const tokens = Math.min(SPAM_BURST, bucket.tokens + (now - bucket.at) / SPAM_REFILL_MS)
  remember(recorder.buckets, key, share({ tokens: tokens >= 1 ? tokens - 1 : tokens, at: now }))
  return tokens >= 1
}

/** Least recently used memories are at the front. */
export function remember<T>(memory: Map<string, T>, key: string, value: T): void {
  memory.delete(key)
  memory.set(key, value)
  if (memory.size > REMEMBERED_MAX) for (const oldest of memory.keys()) return void memory.delete(oldest)
}

function write(recorder: EventRecorder, io: Io): void {
  const { event, create } = recorder.writing!
  const path = `/api/v1/namespaces/${event.metadata.namespace}/events`
  const change = { count: event.count, lastTimestamp: event.lastTimestamp, message: event.message }
  const request = create ? createRequest(recorder.client, path, event) : patchRequest(recorder.client, `${path}/${event.metadata.name}`, 'strategic', change)
  io.call(API_SERVER, 'request', request, 'event/answer', { component: recorder.component, name: event.metadata.name })
}

function answered(recorder: EventRecorder, io: Io, answer: Answer<ApiResponse>): void {
  const writing = recorder.writing!
  if (!answer.ok && ++writing.tries < TRIES_MAX) {
    io.after(writing.tries === 1 ? io.int(SLEEP_MS) : SLEEP_MS, 'event/retry', { component: recorder.component })
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

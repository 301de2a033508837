// queue.ts: Pods that wait for a decision: ready ones, ones that back off, and ones for which nothing has changed yet.
// Models k8s.io/kubernetes/pkg/scheduler/backend/queue/{scheduling_queue,active_queue,backoff_queue}.go
// Differs: lists kept in order instead of heaps; flushes run only while there is something to flush

import type { Pod } from '../../api/pod.ts'
import type { Io } from '../../kernel/machine.ts'
import type { ClusterChange, Listers, Profile } from './framework.ts'
import { podInfo } from './nodeinfo.ts'

const BACKOFF_MS = 1000
const BACKOFF_MAX_MS = 10_000
const WINDOW_MS = 1000 // Backoffs end at whole seconds.
const FLUSH_MS = 30_000
const UNSCHEDULABLE_MAX_MS = 300_000 // So long a Pod waits for a change before it is tried anyway.

export interface QueuedPod {
  uid: string
  pod: Pod
  /** When it was put into the queue, or back after a failure; simulated ms. */
  timestamp: number
  seq: number
  attempts: number
  /** Failures that named plugins, and failures in a row that did not. */
  unschedulableCount: number
  errorCount: number
  /** Plugins that refused it last time. */
  rejectors: string[]
  /** The plugin that keeps it out of the queue. */
  gate: string | undefined
  flushedAt: number
  /** The end of its backoff. */
  expiry: number
  cause: number
}

/** Note: a Pod entered a queue, and why. */
export interface Queued {
  pod: string
  queue: 'activeQ' | 'backoffQ' | 'unschedulablePods'
  because: string
}

interface Clock {
  at: number
  timer: number
}

export interface Queue {
  active: QueuedPod[]
  backoff: QueuedPod[]
  /** Backing off after an error: not to be had early. */
  errorBackoff: QueuedPod[]
  unschedulable: Map<string, QueuedPod>
  /** By uid of a Pod that is being decided: what happened meanwhile. */
  inFlight: Map<string, ClusterChange[]>
  seq: number
  startedAt: number
  /** The timers that ring next, and when; undefined: none is set. */
  backoffAt: Clock | undefined
  flushAt: Clock | undefined
}

export const newQueue = (now: number): Queue => ({
  active: [],
  backoff: [],
  errorBackoff: [],
  unschedulable: new Map(),
  inFlight: new Map(),
  seq: 0,
  startedAt: now,
  backoffAt: undefined,
  flushAt: undefined,
})

/** What the queue needs to know to judge. */
export interface QueueRules {
  profile: Profile
  listers: Listers
  isPreempting: (uid: string) => boolean
}

type Strategy = 'skip' | 'afterBackoff'
type Order = (a: QueuedPod, b: QueuedPod) => boolean

/** PrioritySort: what matters most first, then who has waited longest. */
const first: Order = (a, b) => {
  const [x, y] = [a.pod.spec.priority ?? 0, b.pod.spec.priority ?? 0]
  if (x !== y) return x > y
  return a.timestamp !== b.timestamp ? a.timestamp < b.timestamp : a.seq < b.seq
}
const soonest: Order = (a, b) => (a.expiry !== b.expiry ? a.expiry < b.expiry : first(a, b))

function insert(list: QueuedPod[], item: QueuedPod, order: Order): void {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (order(item, list[middle]!)) high = middle
    else low = middle + 1
  }
  list.splice(low, 0, item)
}

const keyOf = (pod: Pod): string => `${pod.metadata.namespace}/${pod.metadata.name}`

/** A Pod that is new here. */
export function enqueue(queue: Queue, io: Io, rules: QueueRules, pod: Pod): void {
  const item: QueuedPod = {
    uid: pod.metadata.uid,
    pod,
    timestamp: io.now,
    seq: ++queue.seq,
    attempts: 0,
    unschedulableCount: 0,
    errorCount: 0,
    rejectors: [],
    gate: undefined,
    flushedAt: 0,
    expiry: 0,
    cause: io.cause,
  }
  toActive(queue, io, rules, item, 'PodAdd')
}

/** The next Pod to decide about; from the backoff queue if nobody else waits. It is in flight until `done`. */
export function pop(queue: Queue): QueuedPod | undefined {
  const item = queue.active.shift() ?? queue.backoff.shift()
  if (!item) return undefined
  item.attempts++
  queue.inFlight.set(item.uid, [])
  return item
}

export function done(queue: Queue, uid: string): void {
  queue.inFlight.delete(uid)
}

export const canPop = (queue: Queue): boolean => queue.active.length > 0 || queue.backoff.length > 0

/** Back into the queue after a failure, with the Pod as it is now. No plugins: something went wrong. */
export function failed(queue: Queue, io: Io, rules: QueueRules, item: QueuedPod, pod: Pod, rejectors: string[]): void {
  const happened = queue.inFlight.get(item.uid) ?? []
  queue.inFlight.delete(item.uid)
  Object.assign(item, { pod, timestamp: io.now, seq: ++queue.seq, rejectors, gate: undefined })
  if (rejectors.length > 0) {
    item.unschedulableCount++
    item.errorCount = 0
  } else item.errorCount++
  item.expiry = expiryOf(item)
  const woken = rejectors.length === 0 ? ERROR : happened.find(change => worth(rules, item, change) !== 'skip')
  if (woken) requeue(queue, io, rules, item, woken.action === '' ? 'Error' : nameOf(woken))
  else park(queue, io, item, 'Failed')
}

const ERROR: ClusterChange = { resource: '', action: '' }
const nameOf = (change: ClusterChange): string => `${change.resource}/${change.action}`

/** 1, 2, 4, 8, 10 seconds after its last failure, cut to the whole second. */
function expiryOf(item: QueuedPod): number {
  const n = item.errorCount > 0 ? item.errorCount : item.unschedulableCount
  if (n === 0) return 0
  let ms = BACKOFF_MS
  for (let i = 1; i < n && ms < BACKOFF_MAX_MS; i++) ms *= 2
  return Math.floor((item.timestamp + Math.min(ms, BACKOFF_MAX_MS)) / WINDOW_MS) * WINDOW_MS
}

const backsOff = (item: QueuedPod, now: number): boolean => item.expiry > 0 && item.expiry >= Math.floor(now / WINDOW_MS) * WINDOW_MS

function requeue(queue: Queue, io: Io, rules: QueueRules, item: QueuedPod, because: string): void {
  if (backsOff(item, io.now)) toBackoff(queue, io, rules, item, because)
  else toActive(queue, io, rules, item, because)
}

function toActive(queue: Queue, io: Io, rules: QueueRules, item: QueuedPod, because: string): void {
  if (gated(queue, io, rules, item, because)) return
  insert(queue.active, item, first)
  item.cause = io.note('Queued', { pod: keyOf(item.pod), queue: 'activeQ', because } satisfies Queued)
}

function toBackoff(queue: Queue, io: Io, rules: QueueRules, item: QueuedPod, because: string): void {
  if (gated(queue, io, rules, item, because)) return
  insert(item.errorCount > 0 ? queue.errorBackoff : queue.backoff, item, soonest)
  item.cause = io.note('Queued', { pod: keyOf(item.pod), queue: 'backoffQ', because } satisfies Queued)
  armBackoff(queue, io)
}

/** Asks the PreEnqueue plugins; parks what may not enter. */
function gated(queue: Queue, io: Io, rules: QueueRules, item: QueuedPod, because: string): boolean {
  const preempting = rules.isPreempting(item.uid)
  const gate = rules.profile.plugins.find(p => p.preEnqueue?.(item.pod, { preempting }) !== undefined)
  item.gate = gate?.name
  if (!gate) return false
  if (!item.rejectors.includes(gate.name)) item.rejectors = [...item.rejectors, gate.name]
  park(queue, io, item, because)
  return true
}

function park(queue: Queue, io: Io, item: QueuedPod, because: string): void {
  queue.unschedulable.set(item.uid, item)
  item.cause = io.note('Queued', { pod: keyOf(item.pod), queue: 'unschedulablePods', because: item.gate ?? because } satisfies Queued)
  armFlush(queue, io)
}

/** Something changed: whoever it may help goes back to a queue. `of` limits whom it may concern. */
export function move(queue: Queue, io: Io, rules: QueueRules, change: ClusterChange, of?: (item: QueuedPod) => boolean): void {
  for (const item of [...queue.unschedulable.values()]) {
    if (of && !of(item)) continue
    if (item.gate !== undefined && !registered(rules, item.gate, change)) continue
    if (worth(rules, item, change) === 'skip') continue
    queue.unschedulable.delete(item.uid)
    requeue(queue, io, rules, item, nameOf(change))
  }
  for (const happened of queue.inFlight.values()) happened.push(change)
}

const registered = (rules: QueueRules, plugin: string, change: ClusterChange): boolean =>
  rules.profile.plugins.some(p => p.name === plugin && p.events?.some(e => e.resource === change.resource && e.actions.includes(change.action)))

/** May this change help the Pod? Any of the plugins that refused it can say so. */
function worth(rules: QueueRules, item: QueuedPod, change: ClusterChange): Strategy {
  if (item.rejectors.length === 0) return 'afterBackoff'
  const info = podInfo(item.pod)
  for (const plugin of rules.profile.plugins) {
    if (!item.rejectors.includes(plugin.name)) continue
    for (const { resource, actions, worth: hint } of plugin.events ?? []) {
      if (resource !== change.resource || !actions.includes(change.action)) continue
      if (!hint || hint(info, change, rules.listers)) return 'afterBackoff'
    }
  }
  return 'skip'
}

/** The Pod itself changed, while it waits. */
export function update(queue: Queue, io: Io, rules: QueueRules, pod: Pod, changes: ClusterChange[]): void {
  const { uid } = pod.metadata
  const happened = queue.inFlight.get(uid)
  if (happened) {
    happened.push(...changes)
    return
  }
  for (const list of [queue.active, queue.backoff, queue.errorBackoff]) {
    const item = list.find(i => i.uid === uid)
    if (item) {
      item.pod = pod
      return
    }
  }
  const item = queue.unschedulable.get(uid)
  if (!item) {
    enqueue(queue, io, rules, pod)
    return
  }
  item.pod = pod
  const woken = changes.find(change => (item.gate === undefined || registered(rules, item.gate, change)) && worth(rules, item, change) !== 'skip')
  if (!woken) return
  queue.unschedulable.delete(uid)
  item.cause = io.cause
  requeue(queue, io, rules, item, nameOf(woken))
}

export function remove(queue: Queue, uid: string): void {
  queue.unschedulable.delete(uid)
  for (const list of [queue.active, queue.backoff, queue.errorBackoff]) {
    const i = list.findIndex(item => item.uid === uid)
    if (i >= 0) list.splice(i, 1)
  }
}

/** Tries a Pod again at once, whatever it waits for. */
export function activate(queue: Queue, io: Io, rules: QueueRules, uid: string): void {
  const item = queue.unschedulable.get(uid) ?? [...queue.backoff, ...queue.errorBackoff].find(i => i.uid === uid)
  if (!item) return
  remove(queue, uid)
  toActive(queue, io, rules, item, 'ForceActivate')
}

// ---- the clocks

function soonestOf(clock: Clock | undefined, at: number, io: Io, type: string): Clock {
  if (clock !== undefined && clock.at <= at) return clock
  if (clock !== undefined) io.cancel(clock.timer)
  return { at, timer: io.after(at - io.now, type) }
}

/** The process ends. */
export function stopClocks(queue: Queue, io: Io): void {
  for (const clock of [queue.backoffAt, queue.flushAt]) if (clock !== undefined) io.cancel(clock.timer)
}

function armBackoff(queue: Queue, io: Io): void {
  const next = Math.min(queue.backoff[0]?.expiry ?? Number.MAX_SAFE_INTEGER, queue.errorBackoff[0]?.expiry ?? Number.MAX_SAFE_INTEGER)
  if (next === Number.MAX_SAFE_INTEGER) return
  const at = Math.max(next + WINDOW_MS, io.now + 1)
  queue.backoffAt = soonestOf(queue.backoffAt, at, io, 'queue/backoff')
}

/** Every whole second: whose backoff is over. */
export function flushBackoff(queue: Queue, io: Io): void {
  queue.backoffAt = undefined
  for (const list of [queue.backoff, queue.errorBackoff]) {
    while (list.length > 0 && !backsOff(list[0]!, io.now)) {
      const item = list.shift()!
      insert(queue.active, item, first)
      io.cause = item.cause
      item.cause = io.note('Queued', { pod: keyOf(item.pod), queue: 'activeQ', because: 'BackoffComplete' } satisfies Queued)
    }
  }
  armBackoff(queue, io)
}

function armFlush(queue: Queue, io: Io): void {
  let oldest = Number.MAX_SAFE_INTEGER
  for (const item of queue.unschedulable.values()) oldest = Math.min(oldest, Math.max(item.timestamp, item.flushedAt))
  if (oldest === Number.MAX_SAFE_INTEGER) return
  const rounds = Math.floor((oldest + UNSCHEDULABLE_MAX_MS - queue.startedAt) / FLUSH_MS) + 1
  const at = Math.max(queue.startedAt + rounds * FLUSH_MS, io.now + 1)
  queue.flushAt = soonestOf(queue.flushAt, at, io, 'queue/flush')
}

/** Every 30 seconds: who has waited for five minutes is tried again, without a reason. */
export function flushUnschedulable(queue: Queue, io: Io, rules: QueueRules): void {
  queue.flushAt = undefined
  const { cause } = io
  for (const item of [...queue.unschedulable.values()]) {
    if (io.now - Math.max(item.timestamp, item.flushedAt) <= UNSCHEDULABLE_MAX_MS) continue
    queue.unschedulable.delete(item.uid)
    item.flushedAt = io.now
    io.cause = item.cause
    requeue(queue, io, rules, item, 'UnschedulableTimeout')
  }
  io.cause = cause
  armFlush(queue, io)
}

// workqueue.ts: keys to be worked on: each at most once in the queue and by one worker at a time; failures come back later and later.
// Models k8s.io/client-go/util/workqueue/{queue,delaying_queue,default_rate_limiters}.go
// Differs: nothing known

import type { Io } from '../../kernel/machine.ts'

/** How long a failed key waits: `baseMs` doubling to `maxMs`, and the bucket of the whole queue. */
export interface RetryLimits {
  baseMs: number
  maxMs: number
  /** 10 a second, 100 at once, over all keys of the queue. */
  bucket: boolean
}

export const DEFAULT_RETRY: RetryLimits = { baseMs: 5, maxMs: 1_000_000, bucket: true }

const BUCKET_BURST = 100
const BUCKET_MS = 100 // One token.

/** Every key is kept with its cause: the note that led to its being queued last. */
export interface WorkQueue {
  /** Keys that wait for a worker, in order. */
  ready: Map<string, number>
  processing: Set<string>
  /** Keys that were queued again while a worker had them. */
  dirty: Map<string, number>
  failures: Map<string, number>
  delayed: Map<string, { at: number; timer: number }>
  tokens: number
  tokensAt: number
}

export const newWorkQueue = (): WorkQueue => ({
  ready: new Map(),
  processing: new Set(),
  dirty: new Map(),
  failures: new Map(),
  delayed: new Map(),
  tokens: BUCKET_BURST,
  tokensAt: 0,
})

/** Queues a key; one that is queued already keeps its place. */
export function add(queue: WorkQueue, key: string, cause: number): void {
  const list = queue.processing.has(key) ? queue.dirty : queue.ready
  if (!list.has(key)) list.set(key, cause)
}

/** Queues a key after `ms` by a message `type` {...body, key}; of two delays the shorter holds. True: it was queued at once. */
export function addAfter(queue: WorkQueue, io: Io, key: string, ms: number, type: string, body: Record<string, unknown>): boolean {
  if (ms <= 0) {
    add(queue, key, io.cause)
    return true
  }
  const at = io.now + ms
  const before = queue.delayed.get(key)
  if (before) {
    if (before.at <= at) return false
    io.cancel(before.timer)
  }
  queue.delayed.set(key, { at, timer: io.after(ms, type, { ...body, key }) })
  return false
}

/** The delay of a key is over. */
export function due(queue: WorkQueue, key: string, cause: number): void {
  queue.delayed.delete(key)
  add(queue, key, cause)
}

/** How long a key that failed has to wait now, ms; each call counts as one more failure. */
export function whenAfterFailure(queue: WorkQueue, limits: RetryLimits, now: number, key: string): number {
  const failures = queue.failures.get(key) ?? 0
  queue.failures.set(key, failures + 1)
  let ms = limits.baseMs
  for (let i = 0; i < failures && ms < limits.maxMs; i++) ms *= 2
  ms = Math.min(ms, limits.maxMs)
  if (!limits.bucket) return ms
  queue.tokens = Math.min(BUCKET_BURST, queue.tokens + (now - queue.tokensAt) / BUCKET_MS) - 1
  queue.tokensAt = now
  return Math.max(ms, queue.tokens >= 0 ? 0 : Math.ceil(-queue.tokens * BUCKET_MS))
}

export const forget = (queue: WorkQueue, key: string): boolean => queue.failures.delete(key)

/** Hands out the key that has waited longest. */
export function take(queue: WorkQueue): { key: string; cause: number } | undefined {
  for (const [key, cause] of queue.ready) {
    queue.ready.delete(key)
    queue.processing.add(key)
    return { key, cause }
  }
  return undefined
}

/** A worker is through with a key; if it was queued meanwhile, it is ready again. */
export function done(queue: WorkQueue, key: string): void {
  queue.processing.delete(key)
  const cause = queue.dirty.get(key)
  if (cause === undefined) return
  queue.dirty.delete(key)
  queue.ready.set(key, cause)
}

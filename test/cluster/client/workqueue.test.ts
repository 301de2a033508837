import { expect, test } from 'vitest'
import { add, addAfter, DEFAULT_RETRY, done, due, forget, newWorkQueue, take, whenAfterFailure } from '../../../src/cluster/client/workqueue.ts'

const io = (now = 0) => {
  const timers: { ms: number; body: any }[] = []
  const cancelled: number[] = []
  return {
    now,
    cause: 7,
    timers,
    cancelled,
    after: (ms: number, _: string, body: any) => timers.push({ ms, body }),
    cancel: (id: number) => cancelled.push(id),
  } as any
}

test('a key that is queued twice is handed out once, in the order of first adding', () => {
  const queue = newWorkQueue()
  for (const key of ['a', 'b', 'a', 'c']) add(queue, key, 1)
  expect([take(queue)?.key, take(queue)?.key, take(queue)?.key, take(queue)]).toEqual(['a', 'b', 'c', undefined])
})

test('a key that is queued while a worker has it is handed out again when the worker is through, and no sooner', () => {
  const queue = newWorkQueue()
  add(queue, 'a', 1)
  take(queue)
  add(queue, 'a', 2)
  expect(take(queue)).toBeUndefined()
  done(queue, 'a')
  expect(take(queue)).toEqual({ key: 'a', cause: 2 })
})

test('failures of a key wait 5 ms, 10 ms, 20 ms … up to 1000 s, until they are forgotten', () => {
  const queue = newWorkQueue()
  const waits = [0, 1, 2, 3].map(() => whenAfterFailure(queue, DEFAULT_RETRY, 0, 'a'))
  expect(waits).toEqual([5, 10, 20, 40])
  for (let i = 0; i < 30; i++) whenAfterFailure(queue, { ...DEFAULT_RETRY, bucket: false }, 0, 'a')
  expect(whenAfterFailure(queue, { ...DEFAULT_RETRY, bucket: false }, 0, 'a')).toBe(1_000_000)
  forget(queue, 'a')
  expect(whenAfterFailure(queue, DEFAULT_RETRY, 0, 'a')).toBe(5)
})

test('from the 101st failure at once on, the bucket of the whole queue spreads keys 100 ms apart', () => {
  const queue = newWorkQueue()
  for (let i = 0; i < 100; i++) expect(whenAfterFailure(queue, DEFAULT_RETRY, 0, `k${i}`)).toBe(5)
  expect([whenAfterFailure(queue, DEFAULT_RETRY, 0, 'x'), whenAfterFailure(queue, DEFAULT_RETRY, 0, 'y')]).toEqual([100, 200])
  expect(whenAfterFailure(queue, DEFAULT_RETRY, 100_000, 'z')).toBe(5)
})

test('of two delays of a key the shorter holds', () => {
  const queue = newWorkQueue()
  const world = io()
  addAfter(queue, world, 'a', 500, 'queue/due', {})
  addAfter(queue, world, 'a', 900, 'queue/due', {})
  addAfter(queue, world, 'a', 100, 'queue/due', {})
  expect(world.timers.map((t: any) => t.ms)).toEqual([500, 100])
  expect(world.cancelled).toEqual([1])
  due(queue, 'a', 3)
  expect(take(queue)).toEqual({ key: 'a', cause: 3 })
})

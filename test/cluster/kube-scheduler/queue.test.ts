import { expect, test } from 'vitest'
import { profileOf } from '../../../src/cluster/kube-scheduler/profile.ts'
import { canPop, done, enqueue, failed, flushBackoff, move, newQueue, pop, type QueueRules } from '../../../src/cluster/kube-scheduler/queue.ts'
import type { Io } from '../../../src/kernel/machine.ts'
import { listers, node, pod } from './fixtures.ts'

const rules: QueueRules = { profile: profileOf(), listers: listers(), isPreempting: () => false }

/** A clock, and the timers that were set. */
function desk() {
  const timers: { at: number; type: string }[] = []
  const io = { now: 0, cause: 0, note: () => 1, after: (ms: number, type: string) => timers.push({ at: io.now + ms, type }) } as unknown as Io & { now: number }
  return { io, timers, queue: newQueue(0) }
}

const grown = { resource: 'Node', action: 'Add', now: node('n', { cpu: '64' }) }

test('what matters more comes first, then what came first', () => {
  const { io, queue } = desk()
  for (const [name, priority, at] of [
    ['a', 0, 0],
    ['b', 5, 1],
    ['c', 0, 1],
    ['d', 5, 1],
  ] as const) {
    io.now = at
    enqueue(queue, io, rules, pod(name, { priority }))
  }
  expect(['', '', '', ''].map(() => pop(queue)!.uid)).toEqual(['b', 'd', 'a', 'c'])
})

test('backoff grows from one to ten seconds and ends at whole seconds', () => {
  const { io, queue } = desk()
  enqueue(queue, io, rules, pod('a'))
  const expiries: number[] = []
  for (let i = 0; i < 6; i++) {
    io.now = i * 100_000 + 300
    const item = pop(queue)!
    failed(queue, io, rules, item, item.pod, [])
    expiries.push(item.expiry - i * 100_000)
    io.now = item.expiry + 1000
    flushBackoff(queue, io)
  }
  expect(expiries).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000])
})

test('an idle scheduler does not wait for the end of a backoff, but for errors it does', () => {
  const { io, timers, queue } = desk()
  io.now = 10_300
  enqueue(queue, io, rules, pod('a', { requests: { cpu: '9' } }))
  let item = pop(queue)!
  failed(queue, io, rules, item, item.pod, ['NodeResourcesFit'])
  expect(canPop(queue)).toBe(false)
  io.now = 10_500
  move(queue, io, rules, grown)
  expect(queue.backoff.map(i => i.uid)).toEqual(['a'])
  expect(item.expiry).toBe(11_000)
  item = pop(queue)!
  failed(queue, io, rules, item, item.pod, [])
  expect(canPop(queue)).toBe(false)
  expect(timers.at(-1)!.at).toBe(item.expiry + 1000)
  io.now = 11_900
  flushBackoff(queue, io)
  expect(canPop(queue)).toBe(false)
  io.now = 12_000
  flushBackoff(queue, io)
  expect(canPop(queue)).toBe(true)
})

test('what happens while a Pod is being decided is not forgotten', () => {
  const { io, queue } = desk()
  enqueue(queue, io, rules, pod('a', { requests: { cpu: '9' } }))
  const item = pop(queue)!
  move(queue, io, rules, grown)
  failed(queue, io, rules, item, item.pod, ['NodeResourcesFit'])
  expect(queue.unschedulable.size).toBe(0)
  expect(canPop(queue)).toBe(true)
})

test('a change that no refusing plugin hears of wakes nobody', () => {
  const { io, queue } = desk()
  enqueue(queue, io, rules, pod('a'))
  const item = pop(queue)!
  failed(queue, io, rules, item, item.pod, ['TaintToleration'])
  move(queue, io, rules, { resource: 'AssignedPod', action: 'Delete', old: pod('o', { on: 'n' }) })
  expect(queue.unschedulable.size).toBe(1)
  done(queue, 'a')
  expect(canPop(queue)).toBe(false)
})

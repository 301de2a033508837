import { expect, test } from 'vitest'
import { correlate, newEventRecorder } from '../../../src/cluster/client/events.ts'

const client = { token: 't', userAgent: 'u' }
const event = (name: string, message: string, over: object = {}) => ({
  metadata: { name, namespace: 'default' },
  involvedObject: { kind: 'Pod', namespace: 'default', name: 'web', uid: 'u1', apiVersion: 'v1' },
  source: { component: 'kubelet', host: 'factory-p' },
  reason: 'BackOff',
  type: 'Warning',
  message,
  count: 1,
  firstTimestamp: `t-${name}`,
  lastTimestamp: `t-${name}`,
  reportingComponent: 'kubelet',
  reportingInstance: 'factory-p',
  ...over,
})

test('the same Event again raises the count of the first one and keeps its name and first time', () => {
  const recorder = newEventRecorder('kubelet', 'factory-p', client)
  correlate(recorder, 0, event('web.1', 'Back-off'))
  const second = correlate(recorder, 10_000, event('web.2', 'Back-off'))!
  expect(second.create).toBe(false)
  expect(second.event).toMatchObject({ metadata: { name: 'web.1' }, count: 2, firstTimestamp: 't-web.1', lastTimestamp: 't-web.2' })
})

test('a repeated Event is written 25 times, then once in 300 s, and its count jumps by what was dropped', () => {
  const recorder = newEventRecorder('kubelet', 'factory-p', client)
  const written: [number, number][] = []
  for (let i = 0; i < 100; i++) {
    const made = correlate(recorder, i * 10_000, event(`web.${i}`, 'Back-off'))
    if (made) written.push([i, made.event.count])
  }
  expect(written.slice(0, 25)).toEqual(Array.from({ length: 25 }, (_, i) => [i, i + 1]))
  expect(written.slice(25)).toEqual([
    [30, 31],
    [60, 61],
    [90, 91],
  ])
})

test('from the tenth different message on, similar Events become one that is counted', () => {
  const recorder = newEventRecorder('kubelet', 'factory-p', client)
  const made = Array.from({ length: 12 }, (_, i) => correlate(recorder, i * 1000, event(`web.${i}`, `message ${i}`))!)
  expect(made.map(m => m.create)).toEqual([...new Array(10).fill(true), false, false])
  expect(made[8]!.event.message).toBe('message 8')
  expect(made[9]!.event.message).toBe('(combined from similar events): message 9')
  expect(made[11]!.event).toMatchObject({ metadata: { name: 'web.9' }, count: 3, message: '(combined from similar events): message 11' })
})

test('ten minutes of quiet, and similar messages are told apart again', () => {
  const recorder = newEventRecorder('kubelet', 'factory-p', client)
  for (let i = 0; i < 9; i++) correlate(recorder, i, event(`web.${i}`, `message ${i}`))
  expect(correlate(recorder, 600_100, event('web.9', 'message 9'))!.event.message).toBe('message 9')
})

test('Normal and Warning Events of an object have buckets of their own', () => {
  const recorder = newEventRecorder('kubelet', 'factory-p', client)
  for (let i = 0; i < 30; i++) correlate(recorder, 0, event(`web.${i}`, 'Back-off'))
  expect(correlate(recorder, 0, event('web.a', 'Back-off'))).toBeUndefined()
  expect(correlate(recorder, 0, event('web.b', 'Pulled', { type: 'Normal', reason: 'Pulled' }))?.create).toBe(true)
})

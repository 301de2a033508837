import { expect, test } from 'vitest'
import { calls, create, events, newFactory, pod } from './hatch.ts'

test('failures in a row are counted on over a restart of the container', () => {
  const world = newFactory()
  const livenessProbe = { exec: { command: ['false'] }, periodSeconds: 2, failureThreshold: 3 }
  create(world, pod('frail', { containers: [{ image: 'exit-1-after-4', livenessProbe }] }), 9000)
  expect(events(world, 'frail')).toContain('Killing: Container frail failed liveness probe, will be restarted')
  expect(calls(world, 'frail')).toContain('StopContainer frail 30')
})

test('the initial delay of a probe counts from the whole second in which its container began', () => {
  const world = newFactory()
  const from = world.now
  const livenessProbe = { exec: { command: ['false'] }, initialDelaySeconds: 4, periodSeconds: 1, failureThreshold: 9 }
  create(world, pod('slow', { containers: [{ livenessProbe }] }), 4500)
  const began = world.notes.find(n => n.kind === 'RuntimeCall' && n.data.call === 'StartContainer')!.at
  const probed = world.notes.find(n => n.kind === 'Probed')!.at
  expect([began - from, probed - from].map(ms => Math.floor(ms / 100) * 100)).toEqual([200, 4000])
})

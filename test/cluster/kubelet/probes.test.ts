import { expect, test } from 'vitest'
import { apply } from '../../../src/kernel/world.ts'
import { ask, calls, create, events, hatchOf, newFactory, POD, pod, run, shown, system } from './hatch.ts'

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

test('a kubelet that restarts does not call unready what was ready, nor unstarted what had started', () => {
  const probes = [
    { readinessProbe: { exec: { command: ['true'] }, initialDelaySeconds: 5 } },
    { startupProbe: { exec: { command: ['true'] } }, readinessProbe: { exec: { command: ['true'] } } },
  ]
  for (const probe of probes) {
    const world = newFactory()
    create(world, pod('tea', { containers: [probe] }), 30_000)
    const before = shown(world, 'tea')
    expect(before.at(-1)).toBe('Running TTT tea=running ready')
    apply(system, world, { input: 'crash', name: 'kubelet/p' })
    apply(system, world, { input: 'restart', name: 'kubelet/p' })
    run(world, 3000)
    const tea = hatchOf(world).objects.get(`${POD}/tea`)
    ask(world, 'PUT', `${POD}/tea`, { ...tea, metadata: { ...tea.metadata, labels: { a: 'b' } } }, 60_000)
    expect(shown(world, 'tea')).toEqual(before)
  }
})

test('Pods in the network of the host are asked at its address, each at its own port', () => {
  const world = newFactory()
  const at = (port: number, asked = port) => ({
    hostNetwork: true,
    containers: [{ ports: [{ containerPort: port }], readinessProbe: { httpGet: { port: asked, path: '/', scheme: 'HTTP' }, periodSeconds: 1 } }],
  })
  create(world, pod('one', at(8080)), 0)
  create(world, pod('two', at(9090)), 0)
  create(world, pod('deaf', at(7070, 7071)), 4000)
  expect(['one', 'two', 'deaf'].map(name => shown(world, name).at(-1))).toEqual([
    'Running TTT one=running ready',
    'Running TTT two=running ready',
    'Running TTF deaf=running',
  ])
  const refused = 'Unhealthy: Readiness probe failed: Get "http://10.0.0.1:7071/": dial tcp 10.0.0.1:7071: connect: connection refused'
  expect(events(world, 'deaf')).toContain(refused)
})

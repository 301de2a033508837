import { expect, test } from 'vitest'
import { create, events, hatchOf, newFactory, pod, run, shown } from './hatch.ts'

const GIB = 1_073_741_824
const catalogue = {
  'abc/dough:1': { behaviour: { memory: { bytes: 209_715_200, afterMs: 3000 } } },
  'abc/big:1': { behaviour: { memory: { bytes: 4.5 * GIB, afterMs: 5000 } } },
}
const needs = (name: string, image: string, resources: any = {}, spec: any = {}) => pod(name, { containers: [{ image, resources }], ...spec })

test('a container that takes more memory than its limit is killed, and starts again', () => {
  const world = newFactory({}, catalogue)
  create(world, needs('dough', 'abc/dough:1', { limits: { memory: '128Mi' } }), 7000)
  expect(shown(world, 'dough').slice(3, 6)).toEqual([
    'Running TTT dough=running ready',
    'Running TTF dough=OOMKilled:137',
    'Running TTT dough=running x1 ready last OOMKilled:137',
  ])
  create(world, needs('fine', 'abc/dough:1', { limits: { memory: '256Mi' } }), 7000)
  expect(shown(world, 'fine').at(-1)).toBe('Running TTT fine=running ready')
})

test('a node that runs out of memory evicts whoever is above its request, lowest priority first', () => {
  const world = newFactory({}, catalogue)
  create(world, needs('keeps', 'abc/big:1', { requests: { memory: '5Gi' } }), 0)
  create(world, needs('takes', 'abc/big:1', { requests: { memory: '1Gi' } }), 30_000)
  const message =
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 0. Container takes was using 4608Mi, request is 1Gi, has larger consumption of memory. '
  expect(events(world, 'takes')).toContain(`Evicted: ${message}`)
  const { status } = hatchOf(world).objects.get('/api/v1/namespaces/default/pods/takes')
  expect(status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
  expect(status.conditions.find((c: any) => c.type === 'DisruptionTarget')).toMatchObject({ status: 'True', reason: 'TerminationByKubelet', message })
  expect(shown(world, 'keeps').at(-1)).toBe('Running TTT keeps=running ready')
  const pressure = () =>
    hatchOf(world)
      .objects.get('/api/v1/nodes/p')
      .status.conditions.find((c: any) => c.type === 'MemoryPressure')
  expect(pressure()).toMatchObject({ status: 'True', reason: 'KubeletHasInsufficientMemory' })
  create(world, pod('late'), 1000)
  expect(events(world, 'late')).toEqual(['Evicted: The node had condition: [MemoryPressure]. '])
  run(world, 330_000)
  expect(pressure()).toMatchObject({ status: 'False', reason: 'KubeletHasSufficientMemory' })
})

test('each look at a node short of memory is told, and the next one waits only until the evicted Pod is gone', () => {
  const world = newFactory({}, catalogue)
  const from = world.now
  for (const name of ['a', 'b', 'c']) create(world, needs(name, 'abc/big:1'), 0)
  run(world, 40_000)
  const evicted = world.notes.filter(n => n.kind === 'Evicted')
  expect(evicted.map(n => n.data.pod)).toHaveLength(2)
  expect(evicted[1]!.at - evicted[0]!.at).toBeLessThan(6000)
  expect(evicted[0]!.at - from).toBeGreaterThan(5000)
  const met = [...hatchOf(world).objects.values()].filter(o => o.reason === 'EvictionThresholdMet')
  expect(met.map(o => [o.count, o.involvedObject.name, o.message])).toEqual([[2, 'p', 'Attempting to reclaim memory']])
})

import { expect, test } from 'vitest'
import { apply } from '../../../src/kernel/world.ts'
import { ask, calls, create, erase, hatchOf, newFactory, pod, run, shown, system } from './hatch.ts'

const RESTARTED = { containers: [{ readinessProbe: { exec: { command: ['true'] } } }] }

test('a kubelet that restarts takes over the containers that went on', () => {
  const world = newFactory()
  create(world, pod('tea', RESTARTED), 4000)
  apply(system, world, { input: 'crash', name: 'kubelet/p' })
  run(world, 5000)
  apply(system, world, { input: 'restart', name: 'kubelet/p' })
  run(world, 30_000)
  expect(calls(world, 'tea')).toEqual(['RunPodSandbox 0', 'PullImage nginx:1.27', 'CreateContainer tea 0', 'StartContainer tea'])
  erase(world, 'tea', 4000)
  expect(shown(world, 'tea').at(-1)).toBe('deleted')
})

test('what was deleted while the kubelet was away is stopped when it comes back', () => {
  const world = newFactory()
  create(world, pod('tea'), 3000)
  apply(system, world, { input: 'crash', name: 'kubelet/p' })
  erase(world, 'tea', 1000, 0)
  expect(hatchOf(world).objects.has('/api/v1/namespaces/default/pods/tea')).toBe(false)
  apply(system, world, { input: 'restart', name: 'kubelet/p' })
  run(world, 5000)
  expect(calls(world, 'tea').slice(4)).toEqual(['StopContainer tea 2', 'StopPodSandbox', 'RemoveContainer tea'])
})

test('after a power cut a Pod is started again from nothing; one that is to go fails, as nobody knows how it ended', () => {
  const world = newFactory()
  create(world, pod('stay'), 0)
  create(world, pod('go'), 4000)
  for (const name of ['kubelet/p', 'container-runtime/p']) apply(system, world, { input: 'crash', name })
  run(world, 1000)
  erase(world, 'go', 1000)
  const runtime = world.actors.get('container-runtime/p')!.config
  apply(system, world, { input: 'remove', name: 'container-runtime/p' })
  apply(system, world, { input: 'spawn', name: 'container-runtime/p', config: runtime })
  apply(system, world, { input: 'restart', name: 'kubelet/p' })
  run(world, 6000)
  expect(shown(world, 'go').slice(-3)).toEqual([
    'Failed del=30 FTF go=ContainerStatusUnknown:137 last ContainerStatusUnknown:137',
    'Failed del=0 FTF go=ContainerStatusUnknown:137 last ContainerStatusUnknown:137',
    'deleted',
  ])
  expect(shown(world, 'stay').at(-1)).toBe('Running TTT stay=running x1 ready last ContainerStatusUnknown:137')
})

test('without its runtime a node is NotReady after half a minute, and Ready again when the runtime is back', () => {
  const world = newFactory()
  create(world, pod('tea'), 3000)
  const ready = () =>
    hatchOf(world)
      .objects.get('/api/v1/nodes/p')
      .status.conditions.find((c: any) => c.type === 'Ready')
  expect(ready()).toMatchObject({ status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' })
  apply(system, world, { input: 'crash', name: 'container-runtime/p' })
  run(world, 45_000)
  expect(ready()).toMatchObject({ status: 'False', reason: 'KubeletNotReady', message: 'container runtime is down' })
  apply(system, world, { input: 'restart', name: 'container-runtime/p' })
  run(world, 20_000)
  expect(ready()).toMatchObject({ status: 'True' })
  expect(shown(world, 'tea').at(-1)).toBe('Running TTT tea=running ready')
})

test('an idle kubelet costs its lease and its node status', () => {
  const world = newFactory()
  for (let i = 0; i < 10; i++) create(world, pod(`p${i}`), 0)
  run(world, 60_000)
  const [position, writes] = [world.position, hatchOf(world).writes.length]
  run(world, 600_000)
  expect(
    hatchOf(world)
      .writes.slice(writes)
      .filter(w => w.path.includes('leases')).length,
  ).toBe(60)
  expect(hatchOf(world).writes.length - writes).toBeLessThan(64)
  expect(world.position - position).toBeLessThan(600)
})

test('a write that cannot be made is made later', () => {
  const world = newFactory()
  create(world, pod('tea', { containers: [{ image: 'exit-0' }], restartPolicy: 'Never' }), 1000)
  apply(system, world, { input: 'cut', a: 'kubelet/p', b: 'kube-apiserver' })
  run(world, 20_000)
  apply(system, world, { input: 'mend', a: 'kubelet/p', b: 'kube-apiserver' })
  run(world, 60_000)
  expect(shown(world, 'tea').at(-1)).toBe('Succeeded FTF tea=Completed:0')
  ask(world, 'GET', '/api/v1/nodes/p', undefined, 10)
})

test('without the API server a container that ends is started again, with what was last known', () => {
  const world = newFactory()
  const recipe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'recipe', namespace: 'default' }, data: { sugar: '2' } }
  hatchOf(world).objects.set('/api/v1/namespaces/default/configmaps/recipe', recipe)
  const spec = {
    volumes: [{ name: 'v', configMap: { name: 'recipe' } }],
    containers: [{ image: 'exit-1-after-9', envFrom: [{ configMapRef: { name: 'recipe' } }] }],
  }
  create(world, pod('alone', spec), 3000)
  apply(system, world, { input: 'crash', name: 'kube-apiserver' })
  run(world, 10_000)
  expect(calls(world, 'alone').slice(-2)).toEqual(['CreateContainer alone 1', 'StartContainer alone'])
})

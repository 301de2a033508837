import { expect, test } from 'vitest'
import { int, seeded } from '../../../src/kernel/random.ts'
import { apply, type Input, type World } from '../../../src/kernel/world.ts'
import { create, erase, hatchOf, newFactory, POD, pod, run, system } from './hatch.ts'

const IMAGES = ['nginx:1.27', 'exit-0', 'exit-1', 'exit-3-after-4', 'stubborn:1', 'fail/x:1', 'slow/jam:1', 'no-start:1', 'oom/exit-137']
const POLICIES = ['Always', 'OnFailure', 'Never']
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f']

/** Whatever happens to pods, kubelet, runtime and wires: when all is well again and all pods are deleted, nothing is left. */
test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])('a random life leaves nothing behind (seed %i)', seed => {
  const world = newFactory()
  const random = seeded(seed)
  const any = <T>(list: T[]): T => list[int(random, list.length)]!
  const there = () => [...hatchOf(world).objects.keys()].filter(k => k.startsWith(`${POD}/`)).map(k => k.slice(POD.length + 1))
  for (let i = 0; i < 60; i++) {
    const ms = int(random, 4000)
    const free = NAMES.filter(n => !there().includes(n))
    const what = int(random, 10)
    if (what < 4 && free.length > 0) create(world, anyPod(any(free), any, random), ms)
    else if (what < 7 && there().length > 0) erase(world, any(there()), ms, any([0, 1, 3, 30]))
    else if (what === 7) inTurn(world, 'kubelet/p', ms)
    else if (what === 8) inTurn(world, 'container-runtime/p', ms)
    else {
      apply(system, world, { input: 'cut', a: 'kubelet/p', b: 'kube-apiserver' })
      run(world, ms)
      apply(system, world, { input: 'mend', a: 'kubelet/p', b: 'kube-apiserver' })
      run(world, 35_000)
    }
  }
  const well: Input[] = [
    { input: 'restart', name: 'container-runtime/p' },
    { input: 'restart', name: 'kubelet/p' },
  ]
  for (const input of well) apply(system, world, input)
  run(world, 120_000)
  for (const name of there()) erase(world, name, 0)
  run(world, 300_000)
  expect(there()).toEqual([])
  const { durable } = world.actors.get('container-runtime/p')!.state
  expect([durable.containers.size, durable.sandboxes.size]).toEqual([0, 0])
  const { workers, pods, mirror, cache, known, probes, reasons, resizes, rejected, statusManager, images, crashLoop } = world.actors.get('kubelet/p')!.state
  const left = {
    workers,
    pods,
    mirror,
    cache,
    known,
    probes,
    reasons,
    resizes,
    rejected,
    statuses: statusManager.statuses,
    pulls: images.backoff.entries,
    loops: crashLoop.entries,
  }
  for (const [name, map] of Object.entries<any>(left)) expect([name, map.size]).toEqual([name, 0])
  expect(world.actors.get('kubelet/p')!.routines.size).toBe(0)
})

function anyPod(name: string, any: <T>(list: T[]) => T, random: ReturnType<typeof seeded>): any {
  const probe = any([
    undefined,
    { readinessProbe: { exec: { command: ['after', '3'] }, periodSeconds: 2 } },
    { livenessProbe: { exec: { command: ['until', '5'] }, periodSeconds: 2 } },
  ])
  const sidecar = { name: 'side', image: 'redis:7', restartPolicy: 'Always' }
  const init = any([undefined, [{ name: 'init', image: 'exit-0' }], [sidecar], [{ name: 'bad', image: 'exit-1' }, sidecar]])
  const spec: any = { restartPolicy: any(POLICIES), terminationGracePeriodSeconds: 1 + int(random, 6), containers: [{ image: any(IMAGES), ...probe }] }
  if (init !== undefined) spec.initContainers = init
  if (int(random, 6) === 0) spec.activeDeadlineSeconds = 5
  return pod(name, spec)
}

/** Kills what runs, or brings back what was killed. */
function inTurn(world: World, name: string, ms: number): void {
  apply(system, world, { input: world.actors.get(name)!.up ? 'crash' : 'restart', name })
  run(world, ms)
}

import { expect, test } from 'vitest'
import { calls, create, erase, events, hatchOf, newFactory, pod, run, shown } from './hatch.ts'

const IN_DEFAULT = '/api/v1/namespaces/default'
const using = (...volumes: any[]) => ({ volumes, containers: [{ volumeMounts: volumes.map(v => ({ name: v.name, mountPath: `/${v.name}` })) }] })
const put = (world: any, path: string, object: any) => hatchOf(world).objects.set(path, object)
/** When the mounting of a volume failed, in whole seconds since `from`. */
const failures = (world: any, from: number) =>
  world.notes.filter((n: any) => n.kind === 'SyncedPod' && n.data.error !== '').map((n: any) => Math.round((n.at - from) / 1000))

test('a volume that no container mounts holds nobody back', () => {
  const world = newFactory()
  create(world, pod('free', { volumes: [{ name: 's', secret: { secretName: 'seal' } }] }), 3000)
  expect(shown(world, 'free').at(-1)).toBe('Running TTT free=running ready')
})

test('of what a Pod waits for when it is deleted, volumes are given up at once', () => {
  const world = newFactory()
  create(world, pod('held', using({ name: 's', secret: { secretName: 'seal' } })), 40_000)
  erase(world, 'held', 3000)
  expect(shown(world, 'held').at(-1)).toBe('deleted')
})

test('a pull and a hook that are under way when a Pod is deleted run to their end', () => {
  const world = newFactory()
  create(world, pod('jam', { containers: [{ image: 'slow/jam:1' }] }), 2000)
  erase(world, 'jam', 6000)
  expect(calls(world, 'jam').slice(1, 5)).toEqual(['PullImage slow/jam:1', 'CreateContainer jam 0', 'StartContainer jam', 'StopContainer jam 30'])
  create(world, pod('hook', { containers: [{ lifecycle: { postStart: { exec: { command: ['sleep', '20'] } } } }] }), 3000)
  erase(world, 'hook', 15_000)
  expect(calls(world, 'hook').at(-1)).toBe('StartContainer hook')
  run(world, 5000)
  expect(calls(world, 'hook')).toContain('StopContainer hook 30')
})

test('a projected volume waits for all of its ConfigMaps and Secrets, and names what it misses', () => {
  const world = newFactory()
  const sources = [
    { configMap: { name: 'recipe' } },
    { secret: { name: 'seal', items: [{ key: 'wax', path: 'wax' }] } },
    { secret: { name: 'no', optional: true } },
  ]
  create(world, pod('both', using({ name: 'all', projected: { sources } })), 600)
  const failed = 'FailedMount: MountVolume.SetUp failed for volume "all" : '
  expect(events(world, 'both')).toEqual([`${failed}[configmap "recipe" not found, secret "seal" not found]`])
  put(world, `${IN_DEFAULT}/configmaps/recipe`, { kind: 'ConfigMap', metadata: { name: 'recipe' }, data: {} })
  put(world, `${IN_DEFAULT}/secrets/seal`, { kind: 'Secret', metadata: { name: 'seal' }, data: {} })
  run(world, 1000)
  expect(events(world, 'both').at(-1)).toBe(`${failed}references non-existent secret key: wax`)
  put(world, `${IN_DEFAULT}/secrets/seal`, { kind: 'Secret', metadata: { name: 'seal' }, data: { wax: 'cmVk' } })
  run(world, 5000)
  expect(shown(world, 'both').at(-1)).toBe('Running TTT both=running ready')
})

test('a claim that cannot be used ends the round, which is tried again as any other', () => {
  const world = newFactory()
  const from = world.now
  create(world, pod('store', using({ name: 'd', persistentVolumeClaim: { claimName: 'data' } })), 10_000)
  const text =
    'FailedMount: Unable to attach or mount volumes: unmounted volumes=[d], unattached volumes=[], failed to process volumes=[d]: error processing PVC default/data: '
  expect(events(world, 'store')).toEqual([`${text}failed to fetch PVC from API server: persistentvolumeclaims "data" not found`])
  const claim = (spec: any, phase: string) =>
    put(world, `${IN_DEFAULT}/persistentvolumeclaims/data`, { metadata: { name: 'data', uid: 'u' }, spec, status: { phase } })
  claim({}, 'Pending')
  run(world, 12_000)
  expect(events(world, 'store').at(-1)).toBe(`${text}PVC is not bound`)
  claim({ volumeName: 'disk' }, 'Bound')
  put(world, '/api/v1/persistentvolumes/disk', { metadata: { name: 'disk' }, spec: { claimRef: { uid: 'other' } } })
  run(world, 12_000)
  expect(events(world, 'store').at(-1)).toBe(`${text}found PV object disk but its pv.Spec.ClaimRef.UID other does not point to claim.UID u`)
  put(world, '/api/v1/persistentvolumes/disk', { metadata: { name: 'disk' }, spec: { claimRef: { uid: 'u' } } })
  run(world, 15_000)
  expect(shown(world, 'store').at(-1)).toBe('Running TTT store=running ready')
  expect(failures(world, from)).toEqual([0, 13, 26])
})

test('mounting is tried at twice the distance each time, whatever becomes of the wait for it', () => {
  const world = newFactory()
  create(world, pod('late', using({ name: 's', secret: { secretName: 'seal' } })), 500_000)
  const event = [...hatchOf(world).objects.values()].find(o => o.reason === 'FailedMount')
  // At 0, 0.5, 1.5, … 63.5, 127.5 (when nobody waits: 136), 258 and 380 s.
  expect(event.count).toBe(11)
})

import { expect, test } from 'vitest'
import { ask, calls, create, erase, events, hatchOf, newFactory, pod, run, shown } from './hatch.ts'

test('a Pod runs, and is deleted in the order of upstream: polite stop, sandbox, terminal phase, object, container', () => {
  const world = newFactory()
  create(world, pod('tea'), 3000)
  erase(world, 'tea', 3000)
  expect(shown(world, 'tea')).toEqual([
    'Pending ---',
    'Pending FTF tea=ContainerCreating',
    'Pending TTF tea=ContainerCreating',
    'Running TTT tea=running ready',
    'Running del=30 TTT tea=running ready',
    'Succeeded del=30 FTF tea=Completed:0',
    'Succeeded del=0 FTF tea=Completed:0',
    'deleted',
  ])
  expect(calls(world, 'tea')).toEqual([
    'RunPodSandbox 0',
    'PullImage nginx:1.27',
    'CreateContainer tea 0',
    'StartContainer tea',
    'StopContainer tea 30',
    'StopPodSandbox',
    'RemoveContainer tea',
  ])
  expect(events(world, 'tea')).toEqual([
    'Pulling: Pulling image "nginx:1.27"',
    'Pulled: Successfully pulled image "nginx:1.27" in 200ms (200ms including waiting). Image size: 52428800 bytes.',
    'Created: Container created',
    'Started: Container started',
    'Killing: Stopping container tea',
  ])
})

test('a crash loop restarts at once, then waits 10 s and 20 s, and shows CrashLoopBackOff when it looks again', () => {
  const world = newFactory()
  create(world, pod('crash', { containers: [{ image: 'exit-1' }] }), 46_000)
  expect(shown(world, 'crash').slice(3)).toEqual([
    'Running TTT crash=running ready',
    'Running TTF crash=Error:1',
    'Running TTT crash=running x1 ready last Error:1',
    'Running TTF crash=Error:1 x1 last Error:1',
    'Running TTF crash=CrashLoopBackOff x1 last Error:1',
    'Running TTT crash=running x2 ready last Error:1',
    'Running TTF crash=Error:1 x2 last Error:1',
    'Running TTF crash=CrashLoopBackOff x2 last Error:1',
    'Running TTT crash=running x3 ready last Error:1',
    'Running TTF crash=Error:1 x3 last Error:1',
  ])
  const { uid } = hatchOf(world).objects.get('/api/v1/namespaces/default/pods/crash').metadata
  expect(events(world, 'crash')).toContain(`BackOff: Back-off restarting failed container crash in pod crash_default(${uid})`)
})

test('a Pod that never restarts shows its exit while the sandbox stands, and fails when it is gone', () => {
  const world = newFactory()
  create(world, pod('once', { restartPolicy: 'Never', containers: [{ image: 'oom/exit-137' }] }), 6000)
  expect(shown(world, 'once').slice(3)).toEqual(['Running TTT once=running ready', 'Running TTF once=OOMKilled:137', 'Failed FTF once=OOMKilled:137'])
  erase(world, 'once', 5000)
  expect(calls(world, 'once').at(-1)).toBe('StopPodSandbox')
})

test('an image that does not exist: ErrImagePull and ImagePullBackOff take turns', () => {
  const world = newFactory()
  create(world, pod('lost', { containers: [{ image: 'fail/missing:1' }] }), 35_000)
  expect(shown(world, 'lost').slice(3)).toEqual(['Pending TTF lost=ErrImagePull', 'Pending TTF lost=ImagePullBackOff', 'Pending TTF lost=ErrImagePull'])
  const cause =
    'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/fail/missing:1": failed to resolve image: docker.io/fail/missing:1: not found'
  expect(events(world, 'lost')).toEqual([
    'Pulling: Pulling image "fail/missing:1"',
    `Failed: Failed to pull image "fail/missing:1": ${cause}`,
    'Failed: Error: ErrImagePull',
    'BackOff: Back-off pulling image "fail/missing:1"',
    'Failed: Error: ImagePullBackOff',
  ])
  const { waiting } = hatchOf(world).objects.get('/api/v1/namespaces/default/pods/lost').status.containerStatuses[0].state
  expect(waiting).toEqual({ reason: 'ErrImagePull', message: cause })
})

test('two Pods with the same image pull one after the other', () => {
  const world = newFactory()
  create(world, pod('a', { containers: [{ image: 'slow/jam:1' }] }), 0)
  create(world, pod('b', { containers: [{ image: 'slow/jam:1' }] }), 15_000)
  expect(events(world, 'b')).toContain('Pulled: Successfully pulled image "slow/jam:1" in 5s (10s including waiting). Image size: 52428800 bytes.')
})

test('init containers run one by one, a sidecar stays beside and is stopped last', () => {
  const world = newFactory()
  const initContainers = [
    { name: 'first', image: 'exit-0-after-1' },
    { name: 'side', image: 'redis:7', restartPolicy: 'Always' },
  ]
  create(world, pod('cake', { restartPolicy: 'Never', terminationGracePeriodSeconds: 5, initContainers, containers: [{ image: 'exit-0' }] }), 12_000)
  expect(shown(world, 'cake').slice(1)).toEqual([
    'Pending FFF first=PodInitializing, side=PodInitializing, cake=PodInitializing',
    'Pending TFF first=PodInitializing, side=PodInitializing, cake=PodInitializing',
    'Pending TFF first=running, side=PodInitializing, cake=PodInitializing',
    'Pending TFF first=Completed:0 ready, side=PodInitializing, cake=PodInitializing',
    'Pending TTF first=Completed:0 ready, side=running ready, cake=PodInitializing',
    'Running TTT first=Completed:0 ready, side=running ready, cake=running ready',
    'Running TTF first=Completed:0 ready, side=running ready, cake=Completed:0',
    'Running FTF first=Completed:0 ready, side=Completed:0, cake=Completed:0',
    'Succeeded FTF first=Completed:0 ready, side=Completed:0, cake=Completed:0',
  ])
  expect(calls(world, 'cake')).toContain('StopContainer side 5')
})

test('sidecars wait until the app has ended, and what the app took is gone from their grace', () => {
  const world = newFactory()
  const initContainers = [{ name: 'side', image: 'redis:7', restartPolicy: 'Always' }]
  create(world, pod('slowly', { terminationGracePeriodSeconds: 8, initContainers, containers: [{ image: 'stubborn:1' }] }), 3000)
  erase(world, 'slowly', 15_000)
  expect(calls(world, 'slowly').filter(c => c.startsWith('StopContainer'))).toEqual(['StopContainer slowly 8', 'StopContainer side 2'])
  expect(shown(world, 'slowly').at(-1)).toBe('deleted')
})

test('a stubborn container is killed when its grace is over; a shorter grace does not break off a stop under way', () => {
  const world = newFactory()
  create(world, pod('deaf', { containers: [{ image: 'stubborn:1' }] }), 3000)
  erase(world, 'deaf', 4000)
  expect(shown(world, 'deaf').at(-1)).toBe('Running del=30 TTT deaf=running ready')
  erase(world, 'deaf', 6000, 3)
  expect(shown(world, 'deaf').at(-1)).toBe('Running del=3 TTT deaf=running ready')
  run(world, 23_000)
  expect(calls(world, 'deaf').filter(c => c.startsWith('StopContainer'))).toEqual(['StopContainer deaf 30'])
  expect(shown(world, 'deaf').slice(-3)).toEqual(['Failed del=3 FTF deaf=Error:137', 'Failed del=0 FTF deaf=Error:137', 'deleted'])
})

test('a preStop hook takes its seconds from the grace period', () => {
  const world = newFactory()
  const containers = [{ lifecycle: { preStop: { exec: { command: ['sleep', '3'] } } } }]
  create(world, pod('hook', { terminationGracePeriodSeconds: 10, containers }), 3000)
  erase(world, 'hook', 6000)
  expect(calls(world, 'hook')).toContain('StopContainer hook 7')
})

test('readiness waits for its probe, liveness replaces the container, and a failing probe is told once', () => {
  const world = newFactory()
  create(world, pod('ready', { containers: [{ readinessProbe: { exec: { command: ['after', '6'] }, periodSeconds: 2 } }] }), 14_000)
  expect(shown(world, 'ready').slice(3)).toEqual(['Running TTF ready=running', 'Running TTT ready=running ready'])
  expect(events(world, 'ready')).toContain('Unhealthy: Readiness probe failed: not well\n')
  const livenessProbe = { exec: { command: ['until', '6'] }, periodSeconds: 2, failureThreshold: 2 }
  create(world, pod('live', { terminationGracePeriodSeconds: 2, containers: [{ livenessProbe }] }), 25_000)
  expect(shown(world, 'live').slice(3)).toEqual([
    'Running TTT live=running ready',
    'Running TTT live=running x1 ready last Completed:0',
    'Running TTT live=running x2 ready last Completed:0',
  ])
  expect(events(world, 'live')).toContain('Killing: Container live failed liveness probe, will be restarted')
})

test('a startup probe holds the others back until it succeeds', () => {
  const world = newFactory()
  const startupProbe = { exec: { command: ['after', '5'] }, periodSeconds: 2, failureThreshold: 10 }
  create(world, pod('late', { containers: [{ startupProbe, readinessProbe: { exec: { command: ['true'] } } }] }), 16_000)
  expect(shown(world, 'late').slice(3)).toEqual(['Running TTF late=running', 'Running TTT late=running ready'])
  expect(events(world, 'late').filter(e => e.startsWith('Unhealthy'))).toEqual(['Unhealthy: Startup probe failed: not well\n'])
})

test('a missing ConfigMap keeps a container from being made until it is there', () => {
  const world = newFactory()
  create(world, pod('envless', { containers: [{ envFrom: [{ configMapRef: { name: 'recipe' } }] }] }), 5000)
  expect(shown(world, 'envless').at(-1)).toBe('Pending TTF envless=CreateContainerConfigError')
  expect(events(world, 'envless')).toContain('Failed: Error: configmap "recipe" not found')
  const recipe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'recipe', namespace: 'default' }, data: { sugar: '2' } }
  hatchOf(world).objects.set('/api/v1/namespaces/default/configmaps/recipe', recipe)
  run(world, 15_000)
  expect(shown(world, 'envless').at(-1)).toBe('Running TTT envless=running ready')
})

test('a missing Secret keeps the volumes of a Pod from being mounted', () => {
  const world = newFactory()
  create(world, pod('volless', { volumes: [{ name: 's', secret: { secretName: 'seal' } }], containers: [{ volumeMounts: [{ name: 's' }] }] }), 5000)
  expect(shown(world, 'volless').at(-1)).toBe('Pending FTF volless=ContainerCreating')
  expect(events(world, 'volless')).toEqual(['FailedMount: MountVolume.SetUp failed for volume "s" : secret "seal" not found'])
  hatchOf(world).objects.set('/api/v1/namespaces/default/secrets/seal', { kind: 'Secret', metadata: { name: 'seal' }, data: {} })
  run(world, 15_000)
  expect(shown(world, 'volless').at(-1)).toBe('Running TTT volless=running ready')
})

test('a Pod that was active for too long fails, with its containers stopped', () => {
  const world = newFactory()
  create(world, pod('deadline', { activeDeadlineSeconds: 5 }), 10_000)
  expect(shown(world, 'deadline').slice(3)).toEqual([
    'Running TTT deadline=running ready',
    'Running TTF deadline=running ready',
    'Failed DeadlineExceeded FTF deadline=Completed:0',
  ])
  expect(events(world, 'deadline')).toContain('DeadlineExceeded: Pod was active on the node longer than the specified deadline')
})

test('a Pod whose deadline is moved fails at the new one', () => {
  const world = newFactory()
  create(world, pod('moved', { activeDeadlineSeconds: 300 }), 3000)
  const path = '/api/v1/namespaces/default/pods/moved'
  const { spec, metadata, ...rest } = hatchOf(world).objects.get(path)
  ask(world, 'PUT', path, { ...rest, metadata: { ...metadata, generation: 2 }, spec: { ...spec, activeDeadlineSeconds: 20 } }, 15_000)
  expect(shown(world, 'moved').at(-1)).toBe('Running TTT moved=running ready')
  run(world, 4000)
  expect(shown(world, 'moved').at(-1)).toBe('Failed DeadlineExceeded FTF moved=Completed:0')
  create(world, pod('late'), 30_000)
  const late = hatchOf(world).objects.get('/api/v1/namespaces/default/pods/late')
  ask(
    world,
    'PUT',
    `/api/v1/namespaces/default/pods/late`,
    { ...late, metadata: { ...late.metadata, generation: 2 }, spec: { ...late.spec, activeDeadlineSeconds: 20 } },
    2500,
  )
  expect(shown(world, 'late').at(-1)).toBe('Failed DeadlineExceeded FTF late=Completed:0')
})

test('a Pod that does not fit is rejected at the door', () => {
  const world = newFactory()
  create(world, pod('big', { containers: [{ resources: { requests: { cpu: '3' } } }] }), 2000)
  create(world, pod('more', { containers: [{ resources: { requests: { cpu: '2' } } }] }), 2000)
  const message = "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000"
  expect(events(world, 'more')).toEqual([`OutOfcpu: ${message}`])
  const { status } = hatchOf(world).objects.get('/api/v1/namespaces/default/pods/more')
  expect(status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu', message: `Pod was rejected: ${message}` })
  expect(calls(world, 'more')).toEqual([])
})

test('a container may leave the end of its log as its last words', () => {
  const world = newFactory()
  create(world, pod('words', { restartPolicy: 'Never', containers: [{ image: 'exit-2', terminationMessagePolicy: 'FallbackToLogsOnError' }] }), 6000)
  const { status } = hatchOf(world).objects.get('/api/v1/namespaces/default/pods/words')
  expect(status.containerStatuses[0].state.terminated).toMatchObject({ exitCode: 2, reason: 'Error', message: 'started words\nexit 2\n' })
})

test('a postStart hook that fails ends its container', () => {
  const world = newFactory()
  create(world, pod('hook', { containers: [{ lifecycle: { postStart: { exec: { command: ['false'] } } } }] }), 2500)
  expect(events(world, 'hook').slice(3, 6)).toEqual(['Started: Container started', 'FailedPostStartHook: PostStartHook failed', 'Killing: FailedPostStartHook'])
  expect(shown(world, 'hook').slice(3, 4)).toEqual(['Running TTF hook=PostStartHookError last Completed:0'])
})

test('an image name that is none', () => {
  const world = newFactory()
  create(world, pod('bad', { containers: [{ image: 'Nginx' }] }), 2000)
  expect(events(world, 'bad')).toEqual([
    'InspectFailed: Failed to apply default image tag "Nginx": couldn\'t parse image name "Nginx": invalid reference format: repository name (library/Nginx) must be lowercase',
    'Failed: Error: InvalidImageName',
  ])
})

// hatch.ts: a stand-in for the API server: keeps objects, patches statuses, tells watchers.
import type { ApiRequest } from '../../../src/api/http.ts'
import { applyStrategicMergePatch } from '../../../src/api/strategic.ts'
import { rfc3339 } from '../../../src/api/time.ts'
import { containerRuntime, standInTimings } from '../../../src/cluster/container-runtime.ts'
import type { KubeletConfig } from '../../../src/cluster/kubelet/state.ts'
import { kubelet } from '../../../src/cluster/kubelet.ts'
import { type RegistryConfig, registry, standInRegistry } from '../../../src/cluster/registry.ts'
import { delay } from '../../../src/cluster/topology.ts'
import { type Io, type Message, machine, type System } from '../../../src/kernel/machine.ts'
import { share } from '../../../src/kernel/share.ts'
import { advanceTo, apply, newWorld, type World } from '../../../src/kernel/world.ts'

interface Hatch {
  objects: Map<string, any>
  watches: { id: number; to: string; prefix: string; field: [string, string] }[]
  version: number
  /** Every write, as `METHOD path`. */
  writes: { at: number; method: string; path: string; body: any }[]
  /** Every state that each pod showed. */
  states: Record<string, any[]>
}

const KINDS: Record<string, string> = { pods: 'core/v1.Pod', nodes: 'core/v1.Node', events: 'core/v1.Event' }
const kindOf = (path: string) => Object.keys(KINDS).find(k => path.includes(`/${k}/`))

const field = (object: any, path: string) => path.split('.').reduce((o, k) => o?.[k], object)

function tell(s: Hatch, io: Io, path: string, type: string, object: any): void {
  for (const w of s.watches)
    if (path.startsWith(w.prefix) || path.replace(/\/namespaces\/[^/]+/, '').startsWith(w.prefix))
      if (field(object, w.field[0]) === w.field[1]) io.send(w.to, 'watch', { watch: w.id, type, object })
}

function store(s: Hatch, io: Io, path: string, object: any): any {
  const before = s.objects.get(path)
  const made = share({ ...object, metadata: { ...object.metadata, resourceVersion: String(++s.version) } })
  s.objects.set(path, made)
  if (made.kind === 'Pod') s.states[made.metadata.name] = [...(s.states[made.metadata.name] ?? []), made]
  tell(s, io, path, before === undefined ? 'ADDED' : 'MODIFIED', made)
  return made
}

function remove(s: Hatch, io: Io, path: string): any {
  const gone = s.objects.get(path)
  s.objects.delete(path)
  if (gone?.kind === 'Pod') s.states[gone.metadata.name]!.push('deleted')
  tell(s, io, path, 'DELETED', gone)
  return gone
}

function request(s: Hatch, m: Message, io: Io): void {
  const r = m.body as ApiRequest
  const done = (status: number, body: any) => io.reply(m, { status, headers: {}, body })
  const missing = () => done(404, { kind: 'Status', reason: 'NotFound', message: 'not found', code: 404 })
  if (r.method !== 'GET') s.writes.push(share({ at: io.now, method: r.method, path: r.path, body: r.body }))
  if (r.method === 'GET' && r.query['watch'] === 'true') {
    // Nothing is kept of the past: whoever wants to go on from there is sent back to the present.
    if (r.query['resourceVersion']) return void done(410, { kind: 'Status', reason: 'Expired', code: 410 })
    const id = Number(r.headers['x-watch-id'])
    const [name = '', value = ''] = (r.query['fieldSelector'] ?? '').split('=')
    const watch = { id, to: m.from, prefix: r.path, field: [name, value] as [string, string] }
    s.watches.push(watch)
    done(200, null)
    for (const [path, object] of s.objects)
      if (path.replace(/\/namespaces\/[^/]+/, '').startsWith(r.path) && field(object, name) === value)
        io.send(m.from, 'watch', { watch: id, type: 'ADDED', object })
    const end = { metadata: { resourceVersion: String(s.version), annotations: { 'k8s.io/initial-events-end': 'true' } } }
    io.send(m.from, 'watch', { watch: id, type: 'BOOKMARK', object: end })
    return
  }
  const path = r.path.replace(/\/status$/, '')
  const there = s.objects.get(path)
  if (r.method === 'GET') return void (there === undefined ? missing() : done(200, there))
  if (r.method === 'POST') {
    const to = `${path}/${r.body.metadata.name}`
    if (s.objects.has(to)) return void done(409, { kind: 'Status', status: 'Failure', reason: 'AlreadyExists', message: 'exists', code: 409 })
    const uid = `00000000-0000-4000-8000-${String(++s.version).padStart(12, '0')}`
    return void done(201, store(s, io, to, { ...r.body, metadata: { uid, creationTimestamp: rfc3339(io.now), ...r.body.metadata } }))
  }
  if (there === undefined) return void missing()
  if (r.method === 'PUT') return void done(200, store(s, io, path, r.body))
  if (r.method === 'PATCH') {
    const { metadata, ...body } = r.body
    const patched = applyStrategicMergePatch(KINDS[kindOf(path) ?? ''] ?? '', there, body)
    if ('error' in patched) throw new Error(patched.error)
    return void done(200, store(s, io, path, patched.value))
  }
  const seconds = r.body?.gracePeriodSeconds ?? there.spec?.terminationGracePeriodSeconds ?? 0
  const terminal = there.kind !== 'Pod' || ['Succeeded', 'Failed'].includes(there.status?.phase)
  const metadata = {
    ...there.metadata,
    deletionTimestamp: rfc3339(io.now + seconds * 1000),
    deletionGracePeriodSeconds: terminal ? 0 : seconds,
    generation: (there.metadata.generation ?? 1) + (there.metadata.deletionTimestamp ? 0 : 1),
  }
  store(s, io, path, { ...there, metadata })
  if (terminal || seconds === 0) remove(s, io, path)
  return void done(200, there)
}

const hatch = machine<Hatch>({
  init: () => ({ objects: new Map(), watches: [], version: 0, writes: [], states: {} }),
  on: {
    request,
    unwatch(s, m) {
      s.watches = s.watches.filter(w => w.to !== m.from || w.id !== m.body.watch)
    },
    'peer/down'(s, m) {
      s.watches = s.watches.filter(w => w.to !== m.body.peer)
    },
  },
})

const user = machine({
  init: () => ({ answers: [] as any[], told: [] as string[] }),
  on: {
    answer: (s, m) => void s.answers.push(m.body.answer.value),
    ask: (_s, m, io) => io.call(m.body.to, m.body.type, m.body.body, 'answer'),
    'logs/lines': (s, m) => void s.told.push(m.body.text),
    'logs/end': (s, m) => void s.told.push(`end of ${m.body.follow}`),
  },
})

export const system: System = {
  machines: { 'kube-apiserver': hatch, kubelet, 'container-runtime': containerRuntime, registry, user },
  delay: (from, to) => (from.startsWith('user') || to.startsWith('user') ? 1 : delay(from, to)),
}

/** One node, `p`, with its kubelet and runtime, three seconds after they began. */
export function newFactory(config: Partial<KubeletConfig> = {}, catalogue: RegistryConfig['catalogue'] = {}): World {
  const world = newWorld(7)
  apply(system, world, { input: 'spawn', name: 'kube-apiserver', config: {} })
  apply(system, world, { input: 'spawn', name: 'registry', config: { ...standInRegistry, catalogue } })
  apply(system, world, { input: 'spawn', name: 'user/me', config: {} })
  apply(system, world, { input: 'spawn', name: 'container-runtime/p', config: { timings: standInTimings, failedStart: 'CREATED', podCIDR: '10.244.1.0/24' } })
  const capacity = { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi' }
  const full: KubeletConfig = { client: { token: 't', userAgent: 'kubelet' }, nodeIP: '10.0.0.1', capacity, ...config }
  apply(system, world, { input: 'spawn', name: 'kubelet/p', config: full })
  advanceTo(system, world, 3000)
  return world
}

export const hatchOf = (world: World): Hatch => world.actors.get('kube-apiserver')!.state

/** Sends a request as a user, and lets `ms` pass. */
export function ask(world: World, method: ApiRequest['method'], path: string, body?: any, ms = 0): void {
  const r: ApiRequest = { method, path, query: {}, headers: {}, body }
  apply(system, world, { input: 'post', to: 'user/me', type: 'ask', body: { to: 'kube-apiserver', type: 'request', body: r } })
  advanceTo(system, world, world.now + ms)
}

/** Calls the kubelet as the API server does → its answer, after `ms`. */
export function call(world: World, type: string, body: any, ms = 100): any {
  apply(system, world, { input: 'post', to: 'user/me', type: 'ask', body: { to: 'kubelet/p', type, body } })
  advanceTo(system, world, world.now + ms)
  return world.actors.get('user/me')!.state.answers.at(-1)
}

/** What the followed logs have told so far. */
export const told = (world: World): string[] => world.actors.get('user/me')!.state.told

/** A Pod bound to `p`, with defaults filled in. */
export function pod(name: string, spec: any = {}): any {
  const container = (c: any) => ({
    name,
    image: 'nginx:1.27',
    imagePullPolicy: 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...c,
    ...Object.fromEntries(
      ['livenessProbe', 'readinessProbe', 'startupProbe']
        .filter(k => c[k])
        .map(k => [k, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3, ...c[k] }]),
    ),
  })
  const { containers = [{}], initContainers, ...rest } = spec
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', generation: 1 },
    spec: {
      nodeName: 'p',
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      containers: containers.map(container),
      ...(initContainers ? { initContainers: initContainers.map(container) } : {}),
      ...rest,
    },
    status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: rfc3339(0) }] },
  }
}

export const POD = '/api/v1/namespaces/default/pods'
export const create = (world: World, p: any, ms: number): void => ask(world, 'POST', POD, p, ms)
export const erase = (world: World, name: string, ms: number, grace?: number): void =>
  ask(world, 'DELETE', `${POD}/${name}`, grace === undefined ? {} : { gracePeriodSeconds: grace }, ms)

/** The states of a pod one after the other, in short: phase, deleting, sandbox, ready, containers. */
export function shown(world: World, name: string): string[] {
  const lines = (hatchOf(world).states[name] ?? []).map(p => (p === 'deleted' ? p : line(p)))
  return lines.filter((l, i) => l !== lines[i - 1])
}

function line(p: any): string {
  const condition = (type: string) => p.status.conditions?.find((c: any) => c.type === type)
  const container = (c: any) => {
    const [kind, v] = Object.entries<any>(c.state)[0] ?? ['none', {}]
    const what = kind === 'running' ? 'running' : kind === 'waiting' ? v.reason : `${v.reason}:${v.exitCode}`
    const last = c.lastState?.terminated
    return `${c.name}=${what}${c.restartCount ? ` x${c.restartCount}` : ''}${c.ready ? ' ready' : ''}${last ? ` last ${last.reason}:${last.exitCode}` : ''}`
  }
  const flags = [condition('PodReadyToStartContainers'), condition('Initialized'), condition('Ready')]
    .map(c => (c === undefined ? '-' : c.status === 'True' ? 'T' : 'F'))
    .join('')
  const deleting = p.metadata.deletionTimestamp === undefined ? '' : ` del=${p.metadata.deletionGracePeriodSeconds}`
  const all = [...(p.status.initContainerStatuses ?? []), ...(p.status.containerStatuses ?? [])]
  return `${p.status.phase}${p.status.reason ? ` ${p.status.reason}` : ''}${deleting} ${flags} ${all.map(container).join(', ')}`.trim()
}

/** Calls that the runtime got for a pod, but probes and removals of sandboxes. */
export function calls(world: World, name: string): string[] {
  return world.notes
    .filter(n => n.kind === 'RuntimeCall' && n.data.pod === name && n.data.call !== 'RemovePodSandbox')
    .map(n => [n.data.call, n.data.container, n.data.attempt, n.data.image, n.data.timeout].filter(x => x !== undefined).join(' '))
}

/** Reasons and messages of Events, each once. */
export function events(world: World, name: string): string[] {
  const list = hatchOf(world).writes.filter(w => w.path.endsWith('/events') && w.body.involvedObject.name === name)
  return [...new Set(list.map(w => `${w.body.reason}: ${w.body.message}`))]
}

export const run = (world: World, ms: number): void => void advanceTo(system, world, world.now + ms)

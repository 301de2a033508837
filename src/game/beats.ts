// beats.ts: what the player steps by: a request, a bell that wakes somebody, a decision, a call to the runtime. Heartbeats are none.

import { letterOf as letter, nameOf } from '../company/cast.ts'
import type { Message, Note } from '../kernel/machine.ts'
import type { World } from '../kernel/world.ts'
import { conditionOf, objectsUnder } from './facts.ts'
import type { Motion, Words } from './view.ts'

export type BeatKind = 'hand' | 'filed' | 'refused' | 'bell' | 'decision' | 'runtime' | 'lights' | 'incident'

export interface Beat {
  number: number
  at: number
  kind: BeatKind
  actor: string
  to?: string
  /** Of requests. */
  verb?: string
  resource?: string
  name?: string
  code?: number
  revision?: number
  request?: number
  /** Of calls to the runtime. */
  call?: string
  node?: string
  /** A choice that the player has to make as well. */
  secret?: true
  text: Words
  tag: Words
  motions: Motion[]
  note?: Note
  /** The moment after it: messages dispatched, inputs given, notes seen. */
  position: number
  applied: number
  notes: number
}

export type Draft = Omit<Beat, 'number' | 'at' | 'position' | 'applied' | 'notes'>

/** What is remembered between notes. */
export interface Seen {
  /** Requests on their way: who asked what. */
  requests: Map<number, { from: string; method: string; path: string }>
  /** Revisions of requests that were filed. */
  revisions: Map<number, number>
  /** Requests whose arrival has been a beat already. */
  handed: Set<number>
}

export const newSeen = (): Seen => ({ requests: new Map(), revisions: new Map(), handed: new Set() })

const two = (company: string, kubernetes: string): Words => ({ company, kubernetes })

/** The caller of the request that the API server hears now; read before the message is dispatched. */
export function hearRequest(message: Message): { from: string; method: string; path: string } | undefined {
  if (message.to !== 'kube-apiserver' || message.type !== 'request') return undefined
  return { from: message.from, method: message.body?.method ?? '', path: String(message.body?.path ?? '') }
}

/** The beat that a note is, if it is one. `asking`: the request that was just heard. */
export function beatOf(world: World, note: Note, seen: Seen, asking: { from: string; method: string; path: string } | undefined): Draft | undefined {
  switch (note.kind) {
    case 'Station':
      return station(note, seen, asking)
    case 'Request':
      return request(world, note, seen)
    case 'Queued':
      if (note.data.queue !== 'activeQ' || note.data.because !== 'PodAdd') return undefined
      return {
        kind: 'bell',
        actor: 'kube-apiserver',
        to: note.actor,
        name: short(note.data.pod),
        text: two(`rings ${who(note.actor)}: a slip with no factory`, 'watch event to kube-scheduler: pod ADDED'),
        tag: two('bell', 'watch'),
        motions: [{ move: 'bell', to: note.actor }],
        note,
      }
    case 'Scored':
      return scored(note)
    case 'Unschedulable':
      return {
        kind: 'decision',
        actor: note.actor,
        name: short(note.data.pod),
        text: two(`finds no factory for ${short(note.data.pod)}`, note.data.message),
        tag: two('nobody', 'Pending'),
        motions: [{ move: 'think', at: note.actor }],
        note,
      }
    case 'PodSeen':
      if (note.data.change !== 'add') return undefined
      return {
        kind: 'bell',
        actor: 'kube-apiserver',
        to: note.actor,
        name: note.data.pod,
        text: two(`rings ${who(note.actor)}: a slip for ${letter(nodeOf(note.actor))}`, `watch event to kubelet on ${nodeOf(note.actor)}`),
        tag: two('bell', 'watch'),
        motions: [{ move: 'bell', to: note.actor }],
        note,
      }
    case 'RuntimeCall':
      return runtime(note)
    case 'CreatingReplicaSet':
      return {
        kind: 'decision',
        actor: note.actor,
        text: two(`wants a list of ${note.data.replicas}`, `ReplicaSet ${note.data.replicaSet}, ${note.data.replicas} replicas`),
        tag: two('decision', 'create'),
        motions: [{ move: 'think', at: note.actor }],
        note,
      }
    case 'Scaling':
      return {
        kind: 'decision',
        actor: note.actor,
        text: two(`writes ${note.data.to} in place of ${note.data.from}`, `scale from ${note.data.from} to ${note.data.to}`),
        tag: two('decision', 'scale'),
        motions: [{ move: 'think', at: note.actor }],
        note,
      }
    case 'RejectedConnection':
      return {
        kind: 'refused',
        actor: note.actor,
        to: note.data.remote,
        text: two('lets nobody in but the hatch', note.data.error),
        tag: two('locked', 'tls'),
        motions: [{ move: 'think', at: note.actor }],
        note,
      }
    case 'NodeSilent':
      return {
        kind: 'decision',
        actor: note.actor,
        text: two(`has not heard of ${letter(note.data.node)} for too long`, `node ${note.data.node}: no Lease renewed`),
        tag: two('silence', 'Unknown'),
        motions: [{ move: 'think', at: note.actor }],
        note,
      }
    default:
      return undefined
  }
}

const short = (key: string) => key.slice(key.indexOf('/') + 1)
const nodeOf = (actor: string) => actor.slice(actor.indexOf('/') + 1)
const who = (actor: string) => nameOf(actor).company

/** A writing request reaches the hatch: of a person always, of the scheduler when it binds. */
function station(note: Note, seen: Seen, asking: { from: string; method: string; path: string } | undefined): Draft | undefined {
  const { request: id, station: name } = note.data
  if (name === 'storage' && note.data.revision !== undefined) seen.revisions.set(id, note.data.revision)
  if (name !== 'authentication' || asking === undefined) return undefined
  seen.requests.set(id, asking)
  if (asking.method === 'GET' || seen.handed.has(id)) return undefined
  const binding = /\/pods\/([^/]+)\/binding$/.exec(asking.path)
  if (!asking.from.startsWith('user/') && binding === null) return undefined
  seen.handed.add(id)
  return {
    kind: 'hand',
    actor: asking.from,
    to: 'kube-apiserver',
    request: id,
    verb: asking.method,
    name: binding?.[1] ?? '',
    text: two('', ''),
    tag: two(binding === null ? '' : 'binding', binding === null ? asking.method : 'binding'),
    motions: binding === null ? [] : [{ move: 'write', from: asking.from, slip: binding[1]! }],
    note,
  }
}

const QUIET: readonly string[] = ['leases', 'events']
const READS: readonly string[] = ['get', 'list', 'watch']

function request(world: World, note: Note, seen: Seen): Draft | undefined {
  const d = note.data
  // What the hatch writes for itself, on the way of somebody's request, is not that request.
  if (d.user === 'system:apiserver') return undefined
  const asked = seen.requests.get(d.request)
  seen.requests.delete(d.request)
  const revision = seen.revisions.get(d.request)
  seen.revisions.delete(d.request)
  const from = asked?.from ?? actorOf(d.user)
  const person = from.startsWith('user/')
  if (QUIET.includes(d.resource) || (d.resource === 'nodes' && d.subresource === 'status') || d.dryRun) return undefined
  if (/reviews$/.test(d.resource) || d.subresource === 'token') return undefined
  if (READS.includes(d.verb) && !(person && d.code >= 401 && d.code !== 404)) return undefined
  const common = {
    actor: 'kube-apiserver',
    to: from,
    request: d.request,
    verb: d.verb,
    resource: d.resource + (d.subresource === '' ? '' : `/${d.subresource}`),
    name: d.name,
    code: d.code,
    ...(revision === undefined ? {} : { revision }),
    note,
  }
  const tag = two(`${d.code}${revision === undefined ? '' : `  rev ${revision}`}`, `${d.code}${revision === undefined ? '' : `  rv ${revision}`}`)
  if (d.code >= 400)
    return {
      ...common,
      kind: 'refused',
      text: two(`refuses: ${d.message}`, d.message),
      tag,
      motions: [{ move: 'slip', slip: d.name || d.resource, caller: from, from: 0, to: refusedAt(d.code), ok: false }],
    }
  const slip: Motion = { move: 'slip', slip: d.name || d.resource, caller: from, from: 0, to: 6, ok: true }
  const file: Motion[] = revision === undefined ? [] : [{ move: 'file', slip: d.name, revision }]
  const real = `${verbs[d.verb] ?? d.verb} ${common.resource}${d.name === '' ? '' : `/${d.name}`}`
  if (d.resource === 'pods' && d.subresource === 'binding')
    return {
      ...common,
      kind: 'filed',
      text: two(`writes ${letter(d.body?.target?.name ?? '')} on the slip, files it`, `sets spec.nodeName, stores pods/${d.name}`),
      tag,
      motions: [slip, ...file],
    }
  if (d.resource === 'pods' && d.subresource === 'status')
    return {
      ...common,
      kind: 'filed',
      actor: from,
      to: 'kube-apiserver',
      text: two(`tells the hatch: ${stateOf(world, d.namespace, d.name)}`, `PATCH pods/${d.name}/status: ${realState(world, d.namespace, d.name)}`),
      tag,
      motions: [{ move: 'write', from, slip: d.name }, ...file],
    }
  if (person)
    return {
      ...common,
      kind: 'filed',
      text: two(from === 'user/you' ? 'files it, answers you' : 'files it, and answers', `stores ${common.resource}/${d.name} in etcd`),
      tag,
      motions: [slip, ...file],
    }
  return {
    ...common,
    kind: 'filed',
    actor: from,
    to: 'kube-apiserver',
    text: two(`hands in: ${real}`, real),
    tag,
    motions: [{ move: 'write', from, slip: d.name }, slip, ...file],
  }
}

const verbs: Record<string, string> = { create: 'create', update: 'update', patch: 'patch', delete: 'delete', deletecollection: 'delete' }

const refusedAt = (code: number): number => (code === 401 ? 0 : code === 403 ? 1 : code === 400 ? 2 : code === 422 ? 4 : 6)

/** The actor behind a user name. */
export function actorOf(user: string): string {
  if (user.startsWith('system:node:')) return `kubelet/${user.slice(12)}`
  if (user.startsWith('system:serviceaccount:kube-system:')) return 'kube-controller-manager'
  if (user === 'system:kube-proxy') return 'kube-proxy'
  if (user.startsWith('system:')) return user.slice(7)
  return 'user/you'
}

const podOf = (world: World, namespace: string, name: string) => objectsUnder(world, `/registry/pods/${namespace}/${name}`)[0]

function stateOf(world: World, namespace: string, name: string): string {
  const pod = podOf(world, namespace, name)
  if (pod === undefined) return `${name} is gone`
  if (conditionOf(pod, 'Ready') === 'True') return `${name} is running and ready`
  if (pod.metadata.deletionTimestamp !== undefined) return `${name} is being taken down`
  if (pod.status?.phase === 'Running') return `${name} is running, not yet ready`
  if (conditionOf(pod, 'PodReadyToStartContainers') === 'True') return 'the bench stands'
  if (pod.status?.phase === 'Pending') return (pod.spec.nodeName ?? '') === '' ? `nobody can take ${name} yet` : `${name} is mine, not yet running`
  return `${name}: ${pod.status?.phase}`
}

function realState(world: World, namespace: string, name: string): string {
  const pod = podOf(world, namespace, name)
  if (pod === undefined) return 'gone'
  if (conditionOf(pod, 'Ready') === 'True') return 'Running, Ready'
  if (conditionOf(pod, 'PodReadyToStartContainers') === 'True' && pod.status?.phase === 'Pending') return 'PodReadyToStartContainers'
  return pod.status?.containerStatuses?.[0]?.state?.waiting?.reason ?? pod.status?.phase ?? ''
}

function scored(note: Note): Draft {
  const { final, node, pod } = note.data
  const scores = Object.entries(final ?? {}) as [string, number][]
  const onlyOne = scores.length === 0 && node !== undefined
  const tie = scores.length > 1 && scores.every(([, s]) => s === scores[0]![1])
  const figures = scores.map(([, s]) => s).join(' to ')
  return {
    kind: 'decision',
    actor: note.actor,
    name: short(pod),
    ...(node === undefined ? {} : { node }),
    text: onlyOne
      ? two(`only ${letter(node)} can take it`, `finds one feasible node: ${node}`)
      : two(
          `weighs ${scores.map(([n]) => letter(n)).join(' and ')}: ${figures}${tie ? ', a tie' : ''}`,
          `scores ${scores.map(([n, s]) => `${n} ${s}`).join(', ')}`,
        ),
    tag: two('decision', onlyOne ? '1 feasible' : tie ? 'tie' : 'score'),
    motions: [{ move: 'think', at: note.actor }],
    note,
  }
}

const CALLS: Record<string, (d: any, operator: string) => Words> = {
  RunPodSandbox: (_, o) => two(`asks ${o} for a bench`, 'CRI RunPodSandbox'),
  PullImage: (d, o) => two(`asks ${o} to fetch ${d.image}`, `CRI PullImage ${d.image}`),
  CreateContainer: (d, o) => two(`asks ${o} to build the machine ${d.container}`, `CRI CreateContainer ${d.container}`),
  StartContainer: (d, o) => two(`asks ${o} to start the machine ${d.container}`, `CRI StartContainer ${d.container}`),
  StopContainer: (d, o) => two(`asks ${o} to stop the machine ${d.container}`, `CRI StopContainer ${d.container}`),
  StopPodSandbox: (_, o) => two(`asks ${o} to clear the bench`, 'CRI StopPodSandbox'),
}

function runtime(note: Note): Draft | undefined {
  const words = CALLS[note.data.call]?.(note.data, who(note.actor))
  if (words === undefined) return undefined
  const node = nodeOf(note.actor)
  return {
    kind: 'runtime',
    actor: `kubelet/${node}`,
    to: note.actor,
    call: note.data.call,
    node,
    name: note.data.pod,
    text: words,
    tag: two(note.data.error === undefined ? 'done' : 'failed', note.data.error === undefined ? 'ok' : 'error'),
    motions: [{ move: 'runtime', node, call: note.data.call }],
    note,
  }
}

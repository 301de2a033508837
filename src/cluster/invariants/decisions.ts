// decisions.ts: what controllers and the scheduler may decide, judged by what they themselves saw at that moment.
// Models the promises of pkg/controller/{deployment,replicaset,endpointslice} and pkg/scheduler
// Differs: nothing known

import type { ApiRequest } from '../../api/http.ts'
import { labelSelectorMatches, mapMatches } from '../../api/labels.ts'
import type { Node } from '../../api/node.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Pod } from '../../api/pod.ts'
import type { EndpointSlice, Service } from '../../api/service.ts'
import type { Deployment, ReplicaSet } from '../../api/workloads.ts'
import type { Message } from '../../kernel/machine.ts'
import type { World } from '../../kernel/world.ts'
import { cached, listed, type WithInformers } from '../client/informer.ts'
import type { StoreEvent } from '../etcd/store.ts'
import { hearer, type Look } from './memory.ts'

const SEEN_MS = 10_000 // A controller may act on what was asked so long ago.
const DECIDING_MS = 5 // From the scheduler's look at the nodes to the binding.
const MANAGER = 'kube-controller-manager'
const SCHEDULER = 'kube-scheduler'
const REFUSALS = new Set(['OutOfcpu', 'OutOfmemory', 'OutOfpods'])

export interface DecisionMemory {
  /** Nothing breaks in this world: then more is promised. */
  quiet: boolean
  /** Last id given before this message. */
  ids: number
  /** What was asked of a ReplicaSet (replicas) or Deployment (replicas and surge) lately, by uid. */
  asked: Map<string, { at: number; most: number }[]>
  /** When the scheduler last heard of a node. */
  nodes: Map<string, number>
  /** How far the informers of each life had come. */
  informed: Map<string, number>
}

export const newDecisionMemory = (world: World, quiet: boolean): DecisionMemory => ({
  quiet,
  ids: world.ids,
  asked: new Map(),
  nodes: new Map(),
  informed: new Map(),
})

const controllerOf = (o: KubeObject) => o.metadata.ownerReferences?.find(r => r.controller === true)
const conditionOf = (o: { status?: any }, type: string): any => o.status?.conditions?.find((c: any) => c.type === type)
const active = (p: Pod): boolean => p.status?.phase !== 'Succeeded' && p.status?.phase !== 'Failed' && p.metadata.deletionTimestamp === undefined

/** After each message. */
export function decisionInvariants(look: Look, memory: DecisionMemory, message: Message, events: StoreEvent[]): void {
  const { world } = look
  if ((message.to === MANAGER || message.to === SCHEDULER) && hearer(world, message))
    for (const said of world.agenda) if (said.id > memory.ids && said.type === 'request' && said.from === message.to) decided(look, memory, said.body, message)
  if (message.to === SCHEDULER && message.type === 'watch' && message.body.object?.kind === 'Node')
    memory.nodes.set(message.body.object.metadata.name, world.now)
  memory.ids = world.ids
  if (memory.quiet) for (const event of events) calm(look, memory, event)
}

// ---- in its own view

function decided(look: Look, memory: DecisionMemory, request: ApiRequest, heard: Message): void {
  const token = request.headers['authorization'] ?? ''
  const path = request.path.split('/')
  const controller = token.slice(token.lastIndexOf(':') + 1)
  if (path[path.length - 1] === 'binding' && heard.to === SCHEDULER) bound(look, memory, request)
  else if (controller === 'replicaset-controller' && request.method === 'DELETE' && path.includes('pods')) owned(look, 'pods', request, heard, 'ReplicaSet')
  else if (controller === 'deployment-controller' && request.method !== 'GET' && path.includes('replicasets')) {
    if (request.method !== 'POST' && request.method !== 'PATCH') owned(look, 'replicasets', request, heard, 'Deployment')
    // What follows an answer was planned before, from what was seen then; a change since makes the write conflict.
    if (request.method === 'PUT' && heard.type !== '$answer') scaled(look, request.body as ReplicaSet)
  } else if (controller === 'endpointslice-controller' && path.includes('endpointslices') && heard.type !== '$answer' && request.method !== 'DELETE')
    sliced(look, request.body as EndpointSlice)
}

const managerOf = (world: World) => world.actors.get(MANAGER)!.state as WithInformers

/** R3: a controller touches only what it owns. */
function owned({ world, broken }: Look, plural: string, { path, method, body }: ApiRequest, heard: Message, kind: string): void {
  // Later in a sync the cache may have gone on, and what was decided on is not there to be looked at.
  if (heard.type === '$answer') return
  const [, namespace, name] = /\/namespaces\/([^/]+)\/[^/]+\/([^/]+)/.exec(path) ?? []
  const object = cached<KubeObject>(managerOf(world), plural, `${namespace}/${name}`)
  if (object === undefined || (method === 'PUT' && controllerOf(body as KubeObject)?.kind === kind)) return
  if (controllerOf(object)?.kind !== kind) broken.push(`R3: ${path} is touched as if a ${kind} owned it`)
}

/** D3: no step of a rollout takes more availability than maxUnavailable leaves, as far as the controller knows. */
function scaled({ world, broken }: Look, set: ReplicaSet): void {
  const manager = managerOf(world)
  const owner = controllerOf(set)
  const deployment = listed<Deployment>(manager, 'deployments').find(d => d.metadata.uid === owner?.uid)
  const seen = cached<ReplicaSet>(manager, 'replicasets', `${set.metadata.namespace}/${set.metadata.name}`)
  if (deployment === undefined || seen === undefined || deployment.spec.strategy?.type !== 'RollingUpdate') return
  const [from, to] = [seen.spec.replicas ?? 1, set.spec.replicas ?? 1]
  if (to >= from) return
  const sets = listed<ReplicaSet>(manager, 'replicasets').filter(s => controllerOf(s)?.uid === deployment.metadata.uid)
  const wanted = deployment.spec.replicas ?? 1
  // A change of the size itself is shared out among the sets; that is another rule.
  if (sets.some(s => (s.spec.replicas ?? 0) > 0 && s.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'] !== String(wanted))) return
  const available = (s: ReplicaSet) => s.status?.availableReplicas ?? 0
  const before = sets.reduce((sum, s) => sum + available(s), 0)
  // A status may still count what its set no longer asks for.
  const after = before - Math.max(0, Math.min(available(seen), from) - to)
  const least = wanted - shareOf(deployment.spec.strategy.rollingUpdate?.maxUnavailable ?? '25%', wanted, Math.floor)
  if (after < Math.min(before, least))
    broken.push(`D3: ${set.metadata.name} goes from ${from} to ${to}: ${after} pods stay available of ${before}, and ${least} must`)
}

const shareOf = (part: number | string, whole: number, round: (n: number) => number): number =>
  typeof part === 'number' ? part : round((Number(part.slice(0, -1)) * whole) / 100)

/** E1: what is ready in a slice is ready, selected and staying. */
function sliced({ world, broken }: Look, slice: EndpointSlice): void {
  const manager = managerOf(world)
  const { namespace, name, labels } = slice.metadata
  const service = cached<Service>(manager, 'services', `${namespace}/${labels?.['kubernetes.io/service-name']}`)
  if (service === undefined || service.spec.publishNotReadyAddresses) return
  for (const endpoint of slice.endpoints ?? []) {
    if (!endpoint.conditions?.ready || endpoint.targetRef?.kind !== 'Pod') continue
    const pod = cached<Pod>(manager, 'pods', `${namespace}/${endpoint.targetRef.name}`)
    const good =
      pod !== undefined &&
      pod.metadata.deletionTimestamp === undefined &&
      conditionOf(pod, 'Ready')?.status === 'True' &&
      mapMatches(service.spec.selector, pod.metadata.labels)
    if (!good) broken.push(`E1: slice ${namespace}/${name} has ${endpoint.targetRef.name} as ready`)
  }
}

/** N3: nothing is bound to a node that is closed to it. */
function bound({ world, broken }: Look, memory: DecisionMemory, request: ApiRequest): void {
  const scheduler = world.actors.get(SCHEDULER)!.state as WithInformers
  const [, namespace, name] = /\/namespaces\/([^/]+)\/pods\/([^/]+)\/binding/.exec(request.path) ?? []
  const target = (request.body as any)?.target?.name
  const node = cached<Node>(scheduler, 'nodes', target)
  const pod = cached<Pod>(scheduler, 'pods', `${namespace}/${name}`)
  // What it heard just before the binding came after the decision.
  if (node === undefined || pod === undefined || world.now - (memory.nodes.get(target) ?? 0) <= DECIDING_MS) return
  const tolerated = (t: { key: string; value?: string; effect: string }) =>
    (pod.spec.tolerations ?? []).some(
      o => (!o.effect || o.effect === t.effect) && (!o.key || o.key === t.key) && (o.operator === 'Exists' || (o.value ?? '') === (t.value ?? '')),
    )
  const closed = (node.spec.taints ?? []).find(t => t.effect !== 'PreferNoSchedule' && !tolerated(t))
  if (closed) broken.push(`N3: ${namespace}/${name} is bound to ${target}, which has the taint ${closed.key}`)
  if (node.spec.unschedulable && !tolerated({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }))
    broken.push(`N3: ${namespace}/${name} is bound to ${target}, which is cordoned`)
}

// ---- only while nothing breaks

function calm(look: Look, memory: DecisionMemory, { type, kv, prev }: StoreEvent): void {
  const { store, world, broken } = look
  if (type === 'DELETE') return
  const object = kv.value as KubeObject
  if (kv.key.startsWith('/registry/replicasets/')) {
    const set = object as ReplicaSet
    asks(memory, set.metadata.uid, set.spec.replicas ?? 1, world.now)
    const owner = controllerOf(set)?.uid
    // Sets that a Deployment adopted may be more than it wants: they only shrink.
    if (owner !== undefined && (set.spec.replicas ?? 1) > ((prev?.value as ReplicaSet | undefined)?.spec.replicas ?? 0)) surged(look, memory, owner)
  } else if (kv.key.startsWith('/registry/deployments/')) {
    const { spec, metadata } = object as Deployment
    const replicas = spec.replicas ?? 1
    const surge = spec.strategy?.type === 'RollingUpdate' ? shareOf(spec.strategy.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil) : 0
    asks(memory, metadata.uid, replicas + surge, world.now)
  } else if (kv.key.startsWith('/registry/pods/')) {
    const pod = object as Pod
    if (REFUSALS.has(pod.status?.reason ?? '')) broken.push(`N2: ${kv.key} was refused by its node: ${pod.status?.reason}`)
    const owner = controllerOf(pod)
    if (prev !== undefined || owner?.kind !== 'ReplicaSet') return
    let count = 0
    for (const other of store.current.values())
      if (other.key.startsWith('/registry/pods/') && active(other.value) && controllerOf(other.value)?.uid === owner.uid) count++
    const most = mostAsked(memory, owner.uid, world.now)
    if (count > most) broken.push(`R1: ${owner.name} has ${count} pods, and was never asked for more than ${most}`)
  }
}

function surged({ store, world, broken }: Look, memory: DecisionMemory, owner: string): void {
  let sum = 0
  for (const kv of store.current.values())
    if (kv.key.startsWith('/registry/replicasets/') && controllerOf(kv.value)?.uid === owner) sum += (kv.value as ReplicaSet).spec.replicas ?? 1
  const most = mostAsked(memory, owner, world.now)
  if (sum > most) broken.push(`D1: the ReplicaSets of ${owner} ask for ${sum} pods; replicas and surge are ${most}`)
}

function asks(memory: DecisionMemory, uid: string, most: number, now: number): void {
  const list = memory.asked.get(uid) ?? []
  // What was asked last holds until something else is asked.
  while (list.length > 1 && list[1]!.at < now - SEEN_MS) list.shift()
  list.push({ at: now, most })
  memory.asked.set(uid, list)
}

function mostAsked(memory: DecisionMemory, uid: string, now: number): number {
  const list = memory.asked.get(uid) ?? []
  while (list.length > 1 && list[1]!.at < now - SEEN_MS) list.shift()
  return list.reduce((most, a) => Math.max(most, a.most), 0)
}

// ---- now and then

/** E2, W1: no informer, and so no proxy, goes back to an older state in one life. */
export function informersLook({ world, broken }: Look, memory: DecisionMemory): void {
  for (const actor of world.actors.values()) {
    const informers = (actor.state as Partial<WithInformers> | undefined)?.informers
    for (const name in informers?.byName) {
      const version = Number(informers.byName[name]!.resourceVersion || Number.NaN)
      const key = `${actor.name} ${actor.life} ${name}`
      const before = memory.informed.get(key)
      if (before !== undefined && version < before) broken.push(`E2: the informer ${name} of ${actor.name} went back from ${before} to ${version}`)
      if (version > 0) memory.informed.set(key, version)
    }
  }
}

/** D4: a Deployment has one ReplicaSet for each template, and its pods are those that it selects. */
export function templatesLook({ store, broken }: Look): void {
  const seen = new Map<string, string>()
  for (const kv of store.current.values()) {
    if (!kv.key.startsWith('/registry/replicasets/')) continue
    const { metadata, spec } = kv.value as ReplicaSet
    if (!labelSelectorMatches(spec.selector, spec.template?.metadata?.labels)) broken.push(`D4: ${kv.key} does not select its own template`)
    const owner = controllerOf(kv.value)
    const hash = metadata.labels?.['pod-template-hash']
    if (!owner || hash === undefined) continue
    const key = `${owner.uid} ${hash}`
    if (seen.has(key)) broken.push(`D4: ${kv.key} and ${seen.get(key)} have one template`)
    seen.set(key, kv.key)
  }
}

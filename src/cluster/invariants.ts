// invariants.ts: what must hold in every cluster after every message, whatever crashes.
// Models the guarantees of etcd's watch and of the API's conventions (k8s.io/community/contributors/devel/sig-architecture/api-conventions.md)
// Differs: nothing known

import type { Node } from '../api/node.ts'
import type { Pod } from '../api/pod.ts'
import { milliValue, unitValue } from '../api/quantity.ts'
import type { World } from '../kernel/world.ts'
import type { Store, StoreEvent } from './etcd/store.ts'
import type { Etcd } from './etcd.ts'
import type { State } from './kube-apiserver/state.ts'

const AGENDA_PER_ACTOR = 50 // Messages and timers in flight, by actor and by object: more is a storm.
const AGENDA_PER_OBJECT = 10
const LOOK_EVERY = 200 // Messages between looks at whole caches and nodes.
const PHASES = ['', 'Pending', 'Running']

/** What was seen so far. */
interface Memory {
  now: number
  revision: number
  /** Key by uid: no uid is given twice. */
  uids: Map<string, string>
  looked: number
}

/** Begins to watch a world; the returned check tells what was broken since it was last called, as sentences. */
export function invariants(world: World, _options: { quiet?: boolean } = {}): (world: World, message?: unknown) => string[] {
  const memory: Memory = { now: world.now, revision: storeOf(world)?.revision ?? 1, uids: new Map(), looked: world.position }
  return now => check(now, memory)
}

const storeOf = (world: World): Store | undefined => (world.actors.get('etcd')?.state as Etcd | undefined)?.durable?.store

function check(world: World, memory: Memory): string[] {
  const broken: string[] = []
  if (world.now < memory.now) broken.push(`T1: time went back from ${memory.now} to ${world.now}`)
  memory.now = world.now
  const store = storeOf(world)
  if (!store) return broken
  if (store.revision < memory.revision) broken.push(`S1: the revision went back from ${memory.revision} to ${store.revision}`)
  if (store.revision > memory.revision) {
    for (const event of since(store, memory.revision)) {
      if (event.kv.modRevision > memory.revision + 1) broken.push(`S1: revision ${event.kv.modRevision} follows ${memory.revision}`)
      memory.revision = Math.max(memory.revision, event.kv.modRevision)
      change(event, memory, broken)
    }
    if (memory.revision !== store.revision) broken.push(`S1: revision ${store.revision} changed nothing`)
    memory.revision = store.revision
  }
  if (world.position - memory.looked >= LOOK_EVERY) {
    memory.looked = world.position
    look(world, store, broken)
  }
  return broken
}

/** The changes after a revision, oldest first. */
function since(store: Store, revision: number): StoreEvent[] {
  const { log } = store
  let i = log.length
  while (i > 0 && log[i - 1]!.kv.modRevision > revision) i--
  return log.slice(i)
}

function change(event: StoreEvent, memory: Memory, broken: string[]): void {
  const { kv, prev } = event
  const before = prev?.value
  const after = kv.value
  if (event.type === 'DELETE') {
    // The update that takes the last finalizer off removes the object in the same transaction: but only one that is being deleted.
    if (before?.metadata?.finalizers?.length > 0 && before.metadata.deletionTimestamp === undefined)
      broken.push(`S10: ${kv.key} is gone, and had finalizers ${before.metadata.finalizers}`)
    return
  }
  if (typeof after !== 'object' || after?.metadata === undefined) return
  const { uid } = after.metadata
  if (before === undefined) {
    const owner = memory.uids.get(uid)
    if (owner !== undefined) broken.push(`S4: ${kv.key} has the uid of ${owner}`)
    memory.uids.set(uid, kv.key)
    return
  }
  if (before.metadata.uid !== uid) broken.push(`S4: the uid of ${kv.key} changed`)
  if (before.metadata.creationTimestamp !== after.metadata.creationTimestamp) broken.push(`S4: the creationTimestamp of ${kv.key} changed`)
  generation(kv.key, before, after, broken)
  if (kv.key.startsWith('/registry/pods/')) pod(kv.key, before, after, broken)
}

function generation(key: string, before: any, after: any, broken: string[]): void {
  const [old, now] = [before.metadata.generation, after.metadata.generation]
  if (old === undefined || now === undefined) return
  if (now < old) broken.push(`S5: the generation of ${key} fell from ${old} to ${now}`)
  const observed = after.status?.observedGeneration
  if (observed !== undefined && observed > now) broken.push(`S5: ${key} has observed generation ${observed} of ${now}`)
  if (now !== old || before.spec === after.spec || key.startsWith('/registry/pods/')) return
  if (JSON.stringify(before.spec) !== JSON.stringify(after.spec)) broken.push(`S5: the spec of ${key} changed within generation ${now}`)
}

function pod(key: string, before: Pod, after: Pod, broken: string[]): void {
  const [bound, now] = [before.spec.nodeName, after.spec.nodeName]
  if (bound && bound !== now) broken.push(`P1: ${key} was moved from ${bound} to ${now}`)
  const ended = (p: Pod) => p.status?.phase === 'Succeeded' || p.status?.phase === 'Failed'
  const ready = after.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True')
  if (ready && (!now || ended(after))) broken.push(`P2: ${key} is ready, and ${now ? 'has ended' : 'has no node'}`)
  const [was, is] = [before.status?.phase ?? '', after.status?.phase ?? '']
  if (was === is) return
  // The API server checks no transition: a kubelet that came back with a stale view may write once more of a Pod that is going.
  if (ended(before) && before.metadata.deletionTimestamp !== undefined) return
  if (ended(before)) broken.push(`P3: ${key} went from ${was} to ${is}`)
  else if (!ended(after) && PHASES.indexOf(is) < PHASES.indexOf(was)) broken.push(`P3: ${key} went from ${was} to ${is}`)
}

/** What is too dear to look at after every message. */
function look(world: World, store: Store, broken: string[]): void {
  const most = AGENDA_PER_ACTOR * world.actors.size + AGENDA_PER_OBJECT * store.current.size
  if (world.agenda.length > most) broken.push(`T2: ${world.agenda.length} messages and timers are in flight`)
  promised(store, broken)
  templates(store, broken)
  const server = world.actors.get('kube-apiserver')
  if (server?.up) caches(server.state as State, store, broken)
}

/** N1: what runs on a node fits it. */
function promised(store: Store, broken: string[]): void {
  const used = new Map<string, { cpu: number; memory: number }>()
  for (const kv of store.current.values()) {
    if (!kv.key.startsWith('/registry/pods/')) continue
    const p = kv.value as Pod
    if (p.status?.phase !== 'Running' || !p.spec.nodeName) continue
    const sum = used.get(p.spec.nodeName) ?? { cpu: 0, memory: 0 }
    for (const c of p.spec.containers) {
      sum.cpu += milliValue(c.resources?.requests?.['cpu'])
      sum.memory += unitValue(c.resources?.requests?.['memory'])
    }
    used.set(p.spec.nodeName, sum)
  }
  for (const [name, sum] of used) {
    const node = store.current.get(`/registry/minions/${name}`)?.value as Node | undefined
    const allocatable = node?.status?.allocatable
    if (!allocatable) continue
    if (sum.cpu > milliValue(allocatable['cpu']) || sum.memory > unitValue(allocatable['memory']))
      broken.push(`N1: node ${name} runs ${sum.cpu}m cpu and ${sum.memory} bytes, more than it has`)
  }
}

/** D4: a Deployment has one ReplicaSet for each template. */
function templates(store: Store, broken: string[]): void {
  const seen = new Map<string, string>()
  for (const kv of store.current.values()) {
    if (!kv.key.startsWith('/registry/replicasets/')) continue
    const { metadata } = kv.value
    const owner = metadata.ownerReferences?.find((o: any) => o.controller)
    const hash = metadata.labels?.['pod-template-hash']
    if (!owner || hash === undefined) continue
    const key = `${owner.uid} ${hash}`
    if (seen.has(key)) broken.push(`D4: ${kv.key} and ${seen.get(key)} have one template`)
    seen.set(key, kv.key)
  }
}

/** W7: a cache holds nothing that is newer than what it has heard of. */
function caches(state: State, store: Store, broken: string[]): void {
  if (state.revision > store.revision) broken.push(`W7: the API server has heard of revision ${state.revision}, etcd is at ${store.revision}`)
  for (const name in state.caches)
    for (const [key, object] of state.caches[name]!.objects)
      if (Number(object.metadata.resourceVersion) > state.revision)
        broken.push(`W7: the cache of ${name} holds ${key} of revision ${object.metadata.resourceVersion}`)
}

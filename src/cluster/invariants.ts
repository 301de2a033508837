// invariants.ts: what must hold in every cluster after every message, whatever crashes. The names are those of facts/reliability.md.
// Models the guarantees of etcd's watch and of the API's conventions (k8s.io/community/contributors/devel/sig-architecture/api-conventions.md)
// Differs: nothing known

import type { Message } from '../kernel/machine.ts'
import type { World } from '../kernel/world.ts'
import { decisionInvariants, informersLook, newDecisionMemory, templatesLook } from './invariants/decisions.ts'
import { floorInvariants, floorLook, newFloorMemory } from './invariants/floor.ts'
import { type Look, serverOf, storeOf } from './invariants/memory.ts'
import { newObjectMemory, objectInvariants } from './invariants/objects.ts'
import { newRequestMemory, requestInvariants } from './invariants/requests.ts'
import { newWatchMemory, watchInvariants } from './invariants/watches.ts'
import { storages } from './kube-apiserver/storage.ts'

const AGENDA_PER_ACTOR = 50 // Messages and timers in flight, by actor and by object: more is a storm.
const AGENDA_PER_OBJECT = 10
const LOOK_EVERY = 200 // Messages between looks at whole caches and nodes.

/** `quiet`: nothing breaks in this world, so more is promised. */
export interface InvariantOptions {
  quiet?: boolean
}

/**
 * Begins to watch a world. The returned check is called after every message with that message, and tells what it broke, as sentences;
 * it changes nothing.
 */
export function invariants(world: World, { quiet = false }: InvariantOptions = {}): (world: World, message: Message) => string[] {
  const objects = newObjectMemory(storeOf(world)?.revision ?? 1)
  const watches = newWatchMemory()
  const requests = newRequestMemory()
  const floor = newFloorMemory()
  const decisions = newDecisionMemory(world, quiet)
  const time = { at: world.now, id: 0 }
  let looked = world.position
  return (now, message) => {
    const broken: string[] = []
    inOrder(now, message, time, broken)
    const store = storeOf(now)
    if (store === undefined) return broken
    const look: Look = { world: now, store, broken }
    const events = objectInvariants(look, objects)
    watchInvariants(look, watches, message)
    requestInvariants(look, requests, message)
    floorInvariants(look, floor, message, events)
    decisionInvariants(look, decisions, message, events)
    if (now.position - looked >= LOOK_EVERY) {
      looked = now.position
      crowded(look)
      caches(look)
      floorLook(look, floor)
      templatesLook(look)
      informersLook(look, decisions)
    }
    return broken
  }
}

/** T1: time does not go back, and what happens at one time happens in the order in which it was said. */
function inOrder(world: World, message: Message, time: { at: number; id: number }, broken: string[]): void {
  if (world.now !== message.at || message.at < time.at) broken.push(`T1: a message of ${message.at} at ${world.now}, after one of ${time.at}`)
  if (message.at === time.at && message.id <= time.id) broken.push(`T1: message ${message.id} after ${time.id}, both at ${time.at}`)
  Object.assign(time, { at: message.at, id: message.id })
}

/** T2: nothing piles up. */
function crowded({ world, store, broken }: Look): void {
  const most = AGENDA_PER_ACTOR * world.actors.size + AGENDA_PER_OBJECT * store.current.size
  if (world.agenda.length > most) broken.push(`T2: ${world.agenda.length} messages and timers are in flight`)
}

/** W7: a cache holds nothing that is newer than what it has heard of, and one that has heard of everything holds everything. */
function caches({ world, store, broken }: Look): void {
  const state = serverOf(world)
  if (state === undefined) return
  if (state.revision > store.revision) broken.push(`W7: the API server has heard of revision ${state.revision}, etcd is at ${store.revision}`)
  const caughtUp = state.revision === store.revision && state.phase.at === 'serving' && state.resuming === undefined
  let cached = 0
  for (const storage of storages.values()) {
    const { objects } = state.caches[storage.name]!
    cached += objects.size
    for (const [key, object] of objects) {
      const { resourceVersion } = object.metadata
      if (Number(resourceVersion) > state.revision) broken.push(`W7: the cache of ${storage.name} holds ${key} of revision ${resourceVersion}`)
      if (!caughtUp) continue
      const kv = store.current.get(storage.prefix + key)
      if (String(kv?.modRevision) !== resourceVersion)
        broken.push(`W7: the cache holds ${storage.name} ${key} of revision ${resourceVersion}, etcd ${kv?.modRevision}`)
    }
  }
  if (!caughtUp) return
  let stored = 0
  for (const kv of store.current.values()) if (typeof kv.value === 'object' && kv.value?.metadata !== undefined && isResource(kv.key)) stored++
  if (cached !== stored) broken.push(`W7: the caches hold ${cached} objects, etcd ${stored}`)
}

const isResource = (key: string): boolean => {
  for (const storage of storages.values()) if (key.startsWith(storage.prefix)) return true
  return false
}

// memory.ts: what the invariants remember of a world's past, and how they look at it.
// Models nothing of Kubernetes
// Differs: nothing known

import type { Message } from '../../kernel/machine.ts'
import type { Actor, World } from '../../kernel/world.ts'
import type { Store, StoreEvent } from '../etcd/store.ts'
import type { Etcd } from '../etcd.ts'
import type { State } from '../kube-apiserver/state.ts'

/** One look at the world, after a message; `broken` takes sentences, each begins with the invariant's name in facts/reliability.md. */
export interface Look {
  world: World
  store: Store
  broken: string[]
}

export const storeOf = (world: World): Store | undefined => (world.actors.get('etcd')?.state as Etcd | undefined)?.durable?.store

export function serverOf(world: World): State | undefined {
  const server = world.actors.get('kube-apiserver')
  return server?.up ? (server.state as State) : undefined
}

/** The actor that heard this message; undefined if it was lost. */
export function hearer(world: World, message: Message): Actor | undefined {
  const actor = world.actors.get(message.to)
  if (message.link !== undefined && world.links.get(message.to)?.get(message.from) !== message.link) return undefined
  return actor?.up && actor.life === message.life ? actor : undefined
}

/** The changes of revisions after `after` up to `upTo`, oldest first, as far as history goes back. */
export function changesBetween(store: Store, after: number, upTo: number): StoreEvent[] {
  const { log } = store
  let low = 0
  let high = log.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (log[middle]!.kv.modRevision <= after) low = middle + 1
    else high = middle
  }
  const found: StoreEvent[] = []
  for (let i = low; i < log.length && log[i]!.kv.modRevision <= upTo; i++) found.push(log[i]!)
  return found
}

// watches.ts: what a watch promises: every change that it asked for, once, in order, whole, and called by its right name.
// Models the guarantees that etcd's robustness tests check (tests/robustness/validate/watch.go), and those of the API server's watch cache
// Differs: nothing known

import type { ApiRequest } from '../../api/http.ts'
import type { Message } from '../../kernel/machine.ts'
import { rangeAt, type StoreEvent } from '../etcd/store.ts'
import type { WatchEvents, WatchRequest } from '../etcd/watch.ts'
import { matches, type Watcher } from '../kube-apiserver/cache.ts'
import { objectOf, type Storage, storages } from '../kube-apiserver/storage.ts'
import { changesBetween, hearer, type Look, serverOf } from './memory.ts'

/** A watch of the API server at etcd: the next revision that it is owed. */
interface Source {
  key: string
  end: string
  next: number
}

/** A watch of a client at the API server. */
interface Opened {
  watcher: Watcher | undefined
  storage: Storage | undefined
  /** Newest revision told, and that of the last bookmark. */
  last: number
  bookmark: number
  /** While the present state comes in: names by revision. */
  initial: Map<string, number> | undefined
  /** A watch without bookmarks does not say where the present state ends: only names are checked. */
  blind: boolean
}

export interface WatchMemory {
  sources: Map<number, Source>
  opened: Map<string, Opened>
}

export const newWatchMemory = (): WatchMemory => ({ sources: new Map(), opened: new Map() })

export function watchInvariants(look: Look, memory: WatchMemory, message: Message): void {
  switch (message.type) {
    case 'watch':
      if (message.to === 'etcd') asked(look, memory, message)
      else if (message.from === 'kube-apiserver' && hearer(look.world, message)) told(look, memory, message)
      break
    case 'events':
      if (message.from === 'etcd' && hearer(look.world, message)) rung(look, memory, message.body)
      break
    case 'request': {
      const request = message.body as ApiRequest
      if (request.query?.['watch'] !== 'true' || message.to !== 'kube-apiserver') break
      const from = Number(request.query['resourceVersion'] ?? '')
      const present = request.query['sendInitialEvents'] === 'true' || from === 0
      memory.opened.set(`${message.from} ${request.headers['x-watch-id']}`, {
        watcher: undefined,
        storage: undefined,
        last: from,
        bookmark: 0,
        initial: present ? new Map() : undefined,
        blind: present && request.query['sendInitialEvents'] !== 'true',
      })
    }
  }
}

function asked({ world, store }: Look, memory: WatchMemory, message: Message): void {
  if (!hearer(world, message)) return
  const { id, key, end, start } = message.body as WatchRequest
  memory.sources.set(id, { key, end: end ?? `${key}\0`, next: start > 0 ? start : store.revision + 1 })
}

/** etcd told the API server of one revision. */
function rung({ store, broken }: Look, memory: WatchMemory, told: WatchEvents): void {
  const source = memory.sources.get(told.watch)
  if (source === undefined) return
  if (told.canceled) {
    if (source.next >= store.compacted) broken.push(`W4: the watch of ${source.key} was ended at ${source.next}, and history goes back to ${store.compacted}`)
    memory.sources.delete(told.watch)
    return
  }
  const mine = (e: StoreEvent) => e.kv.key >= source.key && e.kv.key < source.end
  const { revision } = told
  if (revision < source.next) broken.push(`W1: ${source.key} heard of revision ${revision}, and was owed ${source.next}`)
  if (revision >= store.compacted) {
    const whole = changesBetween(store, revision - 1, revision).filter(mine)
    if (whole.length !== told.events.length || whole.some((e, i) => e !== told.events[i]))
      broken.push(`W3: ${source.key} heard ${told.events.length} of ${whole.length} changes of revision ${revision}`)
  }
  const missed = changesBetween(store, Math.max(source.next - 1, store.compacted), revision - 1).filter(mine)
  if (missed.length > 0) broken.push(`W2: ${source.key} never heard of revision ${missed[0]!.kv.modRevision}`)
  source.next = revision + 1
}

/** The API server told a client. */
function told(look: Look, memory: WatchMemory, message: Message): void {
  const { broken } = look
  const { watch, type, object } = message.body
  const who = `${message.to} ${watch}`
  const opened = memory.opened.get(who)
  if (opened === undefined || type === 'ERROR') return
  if (opened.watcher === undefined) opened.watcher = watcherOf(look, opened, message.to, watch)
  const revision = Number(object.metadata?.resourceVersion)
  if (!Number.isInteger(revision)) return
  if (type === 'BOOKMARK') {
    if (revision < opened.last) broken.push(`W5: the watch ${who} had heard of ${opened.last} when it was told that it had seen ${revision}`)
    if (opened.initial !== undefined && !opened.blind) {
      present(look, opened, who, revision)
      opened.initial = undefined
    } else missed(look, opened, who, revision + 1)
    opened.last = Math.max(opened.last, revision)
    opened.bookmark = revision
    return
  }
  if (opened.blind) return
  if (opened.initial !== undefined) {
    if (type !== 'ADDED') broken.push(`W6: ${type} among the initial events of ${who}`)
    opened.initial.set(nameOf(object), revision)
    return
  }
  if (revision <= opened.bookmark) broken.push(`W5: the watch ${who} was told of ${revision} after the bookmark ${opened.bookmark}`)
  if (revision <= opened.last) broken.push(`W1: the watch ${who} was told of ${revision} after ${opened.last}`)
  missed(look, opened, who, revision)
  called(look, opened, who, type, object, revision)
  opened.last = Math.max(opened.last, revision)
}

function watcherOf({ world }: Look, opened: Opened, client: string, id: number): Watcher | undefined {
  const server = serverOf(world)
  for (const name in server?.caches) {
    const found = server.caches[name]!.watchers.find(w => w.client === client && w.id === id)
    if (found === undefined) continue
    opened.storage = storages.get(name)
    return found
  }
  return undefined
}

const nameOf = (o: any): string => (o.metadata.namespace === undefined ? o.metadata.name : `${o.metadata.namespace}/${o.metadata.name}`)

/** The name of a change for this watch; '' if it does not concern it. */
function nameFor(opened: Opened, event: StoreEvent): string {
  const { watcher, storage } = opened
  if (!event.kv.key.startsWith(storage!.prefix)) return ''
  const before = event.prev !== undefined && matches(watcher!, event.prev.value)
  const now = event.type === 'PUT' && matches(watcher!, event.kv.value)
  return now ? (before ? 'MODIFIED' : 'ADDED') : before ? 'DELETED' : ''
}

/** W2, W4: nothing lies between what was told last and `revision`. */
function missed({ store, broken }: Look, opened: Opened, who: string, revision: number): void {
  if (opened.watcher === undefined || opened.last < store.compacted) return
  for (const event of changesBetween(store, opened.last, revision - 1))
    if (nameFor(opened, event) !== '')
      return void broken.push(`W2: the watch ${who} of ${opened.storage!.name} never heard of revision ${event.kv.modRevision}`)
}

/** W6: a change is called what it is for this watch. */
function called({ store, broken }: Look, opened: Opened, who: string, type: string, object: any, revision: number): void {
  if (opened.watcher === undefined || revision <= store.compacted) return
  const key = opened.storage!.prefix + nameOf(object)
  const event = changesBetween(store, revision - 1, revision).find(e => e.kv.key === key)
  const name = event === undefined ? '' : nameFor(opened, event)
  if (name !== type) broken.push(`W6: the watch ${who} was told ${type} of ${key} at ${revision}; it is ${name || 'nothing that it asked for'}`)
}

/** S7: the present state that a watch begins with is what there was at one revision. */
function present({ store, broken }: Look, opened: Opened, who: string, revision: number): void {
  if (opened.watcher === undefined) return
  const { prefix, end } = opened.storage!
  const range = rangeAt(store, prefix, end, revision)
  if ('error' in range) return
  const expected = range.kvs.filter(kv => matches(opened.watcher!, objectOf(kv.value, kv.modRevision)))
  const wrong = expected.find(kv => opened.initial!.get(kv.key.slice(prefix.length)) !== kv.modRevision)
  if (wrong !== undefined || expected.length !== opened.initial!.size)
    broken.push(`S7: ${who} was given ${opened.initial!.size} ${opened.storage!.name} of ${expected.length} at ${revision}${wrong ? `, not ${wrong.key}` : ''}`)
}

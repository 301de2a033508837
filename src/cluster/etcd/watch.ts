// watch.ts: who watches which keys, and how they are told: every revision once, in order.
// Models go.etcd.io/etcd/server/v3/storage/mvcc/{watchable_store,watcher_group}.go
// Differs: no slow watchers: what is sent waits on the wire

import type { Io } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { changesFrom, type Store, type StoreEvent } from './store.ts'

/** Body of `watch`. `start` 0: from now on. Without `end` the one key. */
export interface WatchRequest {
  id: number
  key: string
  end?: string
  start: number
  prevKv?: boolean
}

/** Body of the message `events`. `canceled`: the revision asked for is compacted; the watch is over. */
export interface WatchEvents {
  watch: number
  revision: number
  events: StoreEvent[]
  compactRevision?: number
  canceled?: true
}

export interface Watcher extends WatchRequest {
  client: string
  /** The connection that it belongs to. */
  link: number
}

/** Watchers whose range lies under one prefix of two names, such as `/registry/pods/`, by that prefix; the others apart. */
export interface Watchers {
  byPrefix: Map<string, Watcher[]>
  others: Watcher[]
}

export const newWatchers = (): Watchers => ({ byPrefix: new Map(), others: [] })

export function addWatcher(store: Store, watchers: Watchers, client: string, request: WatchRequest, io: Io): void {
  const { revision, compacted } = store
  if (request.start > 0 && request.start < compacted) {
    io.send(client, 'events', { watch: request.id, revision, events: [], compactRevision: compacted, canceled: true } satisfies WatchEvents)
    return
  }
  const watcher = share({ ...request, client, link: io.link(client) })
  const prefix = prefixOf(request.key)
  if (prefix !== '' && request.end !== undefined && request.end.startsWith(prefix.slice(0, -1))) {
    const list = watchers.byPrefix.get(prefix)
    if (list) list.push(watcher)
    else watchers.byPrefix.set(prefix, [watcher])
  } else watchers.others.push(watcher)
  if (request.start === 0 || request.start > revision) return
  let batch: StoreEvent[] = []
  for (const event of changesFrom(store, request.key, request.end, request.start)) {
    if (batch.length > 0 && batch[0]!.kv.modRevision !== event.kv.modRevision) {
      tell(watcher, batch, io)
      batch = []
    }
    batch.push(event)
  }
  if (batch.length > 0) tell(watcher, batch, io)
}

export function removeWatcher(watchers: Watchers, client: string, id: number): void {
  keep(watchers, w => w.client !== client || w.id !== id)
}

export function dropWatchers(watchers: Watchers, client: string): void {
  keep(watchers, w => w.client !== client)
}

/** Tells everybody what one revision changed. */
export function notify(watchers: Watchers, revision: number, events: StoreEvent[], io: Io): void {
  for (const watcher of watchers.others) notifyOne(watcher, revision, events, io)
  if (events.length === 1) {
    const list = watchers.byPrefix.get(prefixOf(events[0]!.kv.key))
    if (list) for (const watcher of list) notifyOne(watcher, revision, events, io)
    return
  }
  const prefixes = new Set(events.map(event => prefixOf(event.kv.key)))
  for (const prefix of prefixes) for (const watcher of watchers.byPrefix.get(prefix) ?? []) notifyOne(watcher, revision, events, io)
}

function notifyOne(watcher: Watcher, revision: number, events: StoreEvent[], io: Io): void {
  if (watcher.start > revision) return
  const mine = events.length === 1 ? (covers(watcher, events[0]!) ? events : undefined) : events.filter(event => covers(watcher, event))
  if (mine !== undefined && mine.length > 0) tell(watcher, mine, io)
}

function tell(watcher: Watcher, events: StoreEvent[], io: Io): void {
  io.send(watcher.client, 'events', { watch: watcher.id, revision: events[0]!.kv.modRevision, events } satisfies WatchEvents, watcher.link)
}

const covers = (watcher: Watcher, { kv }: StoreEvent): boolean =>
  watcher.end === undefined ? kv.key === watcher.key : kv.key >= watcher.key && kv.key < watcher.end

/** `/registry/pods/` of `/registry/pods/default/web`; '' for keys without such a prefix. */
function prefixOf(key: string): string {
  const second = key.indexOf('/', 1)
  const third = second < 0 ? -1 : key.indexOf('/', second + 1)
  return third < 0 ? '' : key.slice(0, third + 1)
}

function keep(watchers: Watchers, stays: (watcher: Watcher) => boolean): void {
  watchers.others = watchers.others.filter(stays)
  for (const [prefix, list] of watchers.byPrefix) {
    const left = list.filter(stays)
    if (left.length === 0) watchers.byPrefix.delete(prefix)
    else watchers.byPrefix.set(prefix, left)
  }
}

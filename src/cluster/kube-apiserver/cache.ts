// cache.ts: the watch cache: all objects of one resource as etcd told of them, the recent changes, and whoever watches.
// Models k8s.io/apiserver/pkg/storage/cacher/{cacher,watch_cache,cache_watcher}.go
// Differs: all caches share one revision, since etcd tells everything in order on one wire; Events have a cache too; slow watchers are not closed

import { type FieldSelector, fieldSelectorMatches } from '../../api/fields.ts'
import { type Selector, selectorMatches } from '../../api/labels.ts'
import type { KubeObject } from '../../api/object.ts'
import type { ResourceType } from '../../api/resources.ts'
import type { Io } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import type { StoreEvent } from '../etcd/store.ts'
import { type Representation, represent } from './represent.ts'
import { objectOf, type Storage } from './storage.ts'

/** One change; `prev` as it was before, undefined if it was not there; `deleted`: the last state, at the revision of the deletion. */
export interface CacheChange {
  revision: number
  at: number
  object: KubeObject
  prev: KubeObject | undefined
  deleted: boolean
}

export interface Watcher {
  client: string
  /** The connection that it belongs to: what is told on an older one is never heard. */
  link: number
  id: number
  type: ResourceType
  namespace: string
  labels: Selector
  fields: FieldSelector
  bookmarks: boolean
  /** Only what is newer is told. */
  after: number
  /** Revision of what was last told. */
  revision: number
  representation: Representation
  /** The timer that ends it. */
  timer: number
}

export interface Cache {
  name: string
  /** By `namespace/name`. */
  objects: Map<string, KubeObject>
  sorted: string[]
  /** Changes, oldest first; all of them after revision `since`. */
  history: CacheChange[]
  since: number
  /** Newest revision that etcd told for it: what is told again is known. */
  last: number
  watchers: Watcher[]
}

const HISTORY_MIN_MS = 75_000 // Changes as young as that are kept.
const HISTORY_MIN = 100
const HISTORY_MAX = 102_400

export const newCache = (name: string): Cache => ({ name, objects: new Map(), sorted: [], history: [], since: 0, last: 0, watchers: [] })

/** Takes in what etcd told; returns the changes, for who else wants to know. */
export function applyEvents(cache: Cache, storage: Storage, events: StoreEvent[], io: Io): void {
  for (const event of events) {
    const key = event.kv.key.slice(storage.prefix.length)
    const revision = event.kv.modRevision
    const prev = cache.objects.get(key)
    if (event.type === 'PUT') {
      const object = objectOf(event.kv.value, revision)
      if (prev === undefined) insert(cache.sorted, key)
      cache.objects.set(key, object)
      told(cache, { revision, at: io.now, object, prev, deleted: false }, io)
    } else if (prev !== undefined) {
      cache.objects.delete(key)
      cache.sorted.splice(lowerBound(cache.sorted, key), 1)
      const object = share({ ...prev, metadata: { ...prev.metadata, resourceVersion: String(revision) } })
      told(cache, { revision, at: io.now, object, prev, deleted: true }, io)
    }
  }
}

/** Fills an empty cache with what etcd holds. */
export function fillCache(cache: Cache, storage: Storage, kvs: StoreEvent['kv'][], revision: number): void {
  for (const kv of kvs) {
    const key = kv.key.slice(storage.prefix.length)
    // A boot that was cut short may have filled it in part.
    if (!cache.objects.has(key)) insert(cache.sorted, key)
    cache.objects.set(key, objectOf(kv.value, kv.modRevision))
  }
  cache.since = revision
  cache.last = revision
}

/** After a gap that etcd's history no longer spans: what is different now is told as if it had just happened. */
export function refillCache(cache: Cache, storage: Storage, kvs: StoreEvent['kv'][], revision: number, io: Io): void {
  const there = new Set(kvs.map(kv => kv.key.slice(storage.prefix.length)))
  const gone = cache.sorted.filter(key => !there.has(key))
  const kv = (key: string) => ({ key: storage.prefix + key, value: undefined, createRevision: 0, modRevision: revision, version: 0, lease: 0 })
  const events: StoreEvent[] = gone.map(key => ({ type: 'DELETE', kv: kv(key), prev: undefined }))
  for (const found of kvs)
    if (cache.objects.get(found.key.slice(storage.prefix.length))?.metadata.resourceVersion !== String(found.modRevision))
      events.push({ type: 'PUT', kv: found, prev: undefined })
  applyEvents(cache, storage, events, io)
  cache.last = revision
}

/** Cached objects in order of namespace and name. */
export function listed(cache: Cache, namespace = ''): KubeObject[] {
  const { sorted, objects } = cache
  if (namespace === '') return sorted.map(key => objects.get(key)!)
  const found: KubeObject[] = []
  const prefix = `${namespace}/`
  for (let i = lowerBound(sorted, prefix); i < sorted.length && sorted[i]!.startsWith(prefix); i++) found.push(objects.get(sorted[i]!)!)
  return found
}

export function matches(watcher: Pick<Watcher, 'type' | 'namespace' | 'labels' | 'fields'>, object: KubeObject): boolean {
  if (watcher.namespace !== '' && object.metadata.namespace !== watcher.namespace) return false
  if (watcher.labels.length > 0 && !selectorMatches(watcher.labels, object.metadata.labels)) return false
  return watcher.fields.length === 0 || fieldSelectorMatches(watcher.type, watcher.fields, object)
}

/** Tells a watcher of a change, if it concerns it: leaving a selection is a deletion. */
export function tell(watcher: Watcher, change: CacheChange, io: Io): void {
  const { object, prev } = change
  if (change.revision <= watcher.after) return
  const before = prev !== undefined && matches(watcher, prev)
  const now = !change.deleted && matches(watcher, object)
  if (!before && !now) return
  watcher.revision = change.revision
  const type = now ? (before ? 'MODIFIED' : 'ADDED') : 'DELETED'
  const shown = now || change.deleted ? object : share({ ...prev!, metadata: { ...prev!.metadata, resourceVersion: String(change.revision) } })
  send(watcher, type, shown, io)
}

export function send(watcher: Watcher, type: string, object: KubeObject, io: Io): void {
  io.send(watcher.client, 'watch', { watch: watcher.id, type, object: represent(watcher.type, object, watcher.representation, io.now) }, watcher.link)
}

/** Removes a watcher; false if there is none. */
export function dropWatcher(cache: Cache, client: string, id: number | undefined, io: Io): boolean {
  const kept = cache.watchers.filter(w => w.client !== client || (id !== undefined && w.id !== id))
  if (kept.length === cache.watchers.length) return false
  for (const w of cache.watchers) if (!kept.includes(w) && w.timer !== 0) io.cancel(w.timer)
  cache.watchers = kept
  return true
}

function told(cache: Cache, change: CacheChange, io: Io): void {
  const { history } = cache
  history.push(share(change))
  if (history.length >= 2 * HISTORY_MIN && history[HISTORY_MIN]!.at < io.now - HISTORY_MIN_MS) trim(cache, io.now)
  else if (history.length > HISTORY_MAX) drop(cache, history.length - HISTORY_MAX)
  for (const watcher of cache.watchers) tell(watcher, change, io)
}

function trim(cache: Cache, now: number): void {
  let old = 0
  while (cache.history.length - old > HISTORY_MIN && cache.history[old]!.at < now - HISTORY_MIN_MS) old++
  if (old > 0) drop(cache, old)
}

/** Forgets the oldest changes: a watch may begin just before the oldest that is left, and no sooner. */
function drop(cache: Cache, count: number): void {
  cache.history.splice(0, count)
  cache.since = cache.history[0]!.revision - 1
}

function insert(sorted: string[], key: string): void {
  sorted.splice(lowerBound(sorted, key), 0, key)
}

function lowerBound(sorted: string[], text: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < text) low = middle + 1
    else high = middle
  }
  return low
}

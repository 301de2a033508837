// store.ts: every version of every key, under one revision number for all of them.
// Models go.etcd.io/etcd/server/v3/storage/mvcc/{kvstore,kvstore_txn,kvstore_compaction,index}.go
// Differs: a compaction takes no time; keys are ordered by UTF-16 code unit; values are objects, their size is not known

import { share } from '../../kernel/share.ts'

/** One version of a key. `value` is an immutable object (or text). */
export interface KeyValue<T = any> {
  key: string
  value: T
  createRevision: number
  modRevision: number
  /** 1 at creation, +1 with every put. */
  version: number
  /** Id of the lease it dies with, 0 for none. */
  lease: number
}

/** One change. Of a DELETE, `kv` has only key and modRevision. */
export interface StoreEvent<T = any> {
  type: 'PUT' | 'DELETE'
  kv: KeyValue<T>
  prev: KeyValue<T> | undefined
}

/** An etcd database. Changes only through the functions of this file; every KeyValue and StoreEvent in it is immutable. */
export interface Store {
  /** Of the last write; 1 when nothing was written. */
  revision: number
  /** History before this revision is gone. */
  compacted: number
  current: Map<string, KeyValue>
  /** Keys that exist, in order. */
  sorted: string[]
  /** All changes from revision `compacted` on, in order. */
  log: StoreEvent[]
}

export interface RangeResult<T = any> {
  kvs: KeyValue<T>[]
  /** Keys in the whole range, whatever the limit. */
  count: number
  more: boolean
}

export const ERR_COMPACTED = 'etcdserver: mvcc: required revision has been compacted'
export const ERR_FUTURE_REVISION = 'etcdserver: mvcc: required revision is a future revision'

export const newStore = (): Store => ({ revision: 1, compacted: 0, current: new Map(), sorted: [], log: [] })

/** The end of the range of all keys with this prefix. */
export const prefixEnd = (prefix: string): string => prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)

/** Writes a key as part of the transaction of that revision. */
export function put(store: Store, key: string, value: unknown, lease: number, revision: number): StoreEvent {
  const prev = store.current.get(key)
  const kv = share({
    key,
    value,
    createRevision: prev ? prev.createRevision : revision,
    modRevision: revision,
    version: prev ? prev.version + 1 : 1,
    lease,
  })
  store.current.set(key, kv)
  if (prev === undefined) store.sorted.splice(lowerBound(store.sorted, key), 0, key)
  return record(store, { type: 'PUT', kv, prev })
}

/** Deletes a key, if it exists, as part of the transaction of that revision. */
export function remove(store: Store, key: string, revision: number): StoreEvent | undefined {
  const prev = store.current.get(key)
  if (!prev) return undefined
  store.current.delete(key)
  store.sorted.splice(lowerBound(store.sorted, key), 1)
  return record(store, { type: 'DELETE', kv: share({ key, value: undefined, createRevision: 0, modRevision: revision, version: 0, lease: 0 }), prev })
}

/** The keys of [key, end) as they are now; without `end` the one key. A limit of 0 is none. */
export function rangeNow(store: Store, key: string, end?: string, limit = 0, countOnly = false): RangeResult {
  if (end === undefined) {
    const kv = store.current.get(key)
    return { kvs: kv && !countOnly ? [kv] : [], count: kv ? 1 : 0, more: false }
  }
  const { sorted, current } = store
  const from = lowerBound(sorted, key)
  const to = lowerBound(sorted, end)
  const count = Math.max(0, to - from)
  const take = countOnly ? 0 : limit > 0 && limit < count ? limit : count
  const kvs: KeyValue[] = new Array(take)
  for (let i = 0; i < take; i++) kvs[i] = current.get(sorted[from + i]!)!
  return { kvs, count, more: take < count && !countOnly }
}

/** The keys of [key, end) as they were at a revision (0: now), or etcd's error text. */
export function rangeAt(store: Store, key: string, end?: string, revision = 0, limit = 0, countOnly = false): RangeResult | { error: string } {
  if (revision > store.revision) return { error: ERR_FUTURE_REVISION }
  if (revision > 0 && revision < store.compacted) return { error: ERR_COMPACTED }
  if (revision <= 0 || revision === store.revision) return rangeNow(store, key, end, limit, countOnly)
  const then = new Map<string, KeyValue>()
  const inside = (k: string) => (end === undefined ? k === key : k >= key && k < end)
  for (const kv of rangeNow(store, key, end).kvs) then.set(kv.key, kv)
  for (let i = store.log.length - 1; i >= 0; i--) {
    const { kv, prev } = store.log[i]!
    if (kv.modRevision <= revision) break
    if (!inside(kv.key)) continue
    if (prev) then.set(kv.key, prev)
    else then.delete(kv.key)
  }
  const all = [...then.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  const take = countOnly ? 0 : limit > 0 && limit < all.length ? limit : all.length
  return { kvs: all.slice(0, take), count: all.length, more: take < all.length && !countOnly }
}

/** The changes of [key, end) from a revision on, in order. */
export function changesFrom(store: Store, key: string, end: string | undefined, revision: number): StoreEvent[] {
  const found: StoreEvent[] = []
  let low = 0
  let high = store.log.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (store.log[middle]!.kv.modRevision < revision) low = middle + 1
    else high = middle
  }
  for (let i = low; i < store.log.length; i++) {
    const event = store.log[i]!
    if (end === undefined ? event.kv.key === key : event.kv.key >= key && event.kv.key < end) found.push(event)
  }
  return found
}

/** Forgets the history before a revision; etcd's error text if it cannot. */
export function compact(store: Store, revision: number): string | undefined {
  if (revision <= store.compacted) return ERR_COMPACTED
  if (revision > store.revision) return ERR_FUTURE_REVISION
  store.compacted = revision
  let keep = 0
  while (keep < store.log.length && store.log[keep]!.kv.modRevision < revision) keep++
  store.log.splice(0, keep)
  return undefined
}

function record(store: Store, event: StoreEvent): StoreEvent {
  store.log.push(share(event))
  return event
}

/** Where a text stands, or would stand, in a sorted list. */
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

// txn.ts: transactions: if all compares hold, then these operations, else those; all of it at one revision.
// Models go.etcd.io/etcd/server/v3/etcdserver/{txn/txn.go,api/v3rpc/key.go}
// Differs: ranges inside a transaction read the present only; transactions are not nested

import { type KeyValue, put, type RangeResult, rangeAt, rangeNow, remove, type Store, type StoreEvent } from './store.ts'

export interface Compare {
  key: string
  target: 'version' | 'create' | 'mod' | 'value' | 'lease'
  /** Default `=`. */
  result?: '=' | '!=' | '<' | '>'
  value: unknown
}

export type Op =
  | { put: string; value: unknown; lease?: number }
  | { delete: string; end?: string }
  | { range: string; end?: string; limit?: number; countOnly?: boolean }

export interface Txn {
  compare: Compare[]
  success: Op[]
  failure?: Op[]
  /** Nothing is noted of it: heartbeats. */
  quiet?: boolean
}

/** `revision` is that of the store afterwards. A put answers undefined, a delete the number of keys. */
export interface TxnResult {
  succeeded: boolean
  revision: number
  responses: (RangeResult | number | undefined)[]
}

export const OPS_MAX = 128 // Operations in one transaction.

/** What was changed, and the answer; etcd's error text if the transaction is not well formed. */
export function applyTxn(store: Store, txn: Txn, leaseExists: (id: number) => boolean): { result: TxnResult; events: StoreEvent[] } | { error: string } {
  const complaint = wellFormed(txn)
  if (complaint) return { error: complaint }
  let succeeded = true
  for (const compare of txn.compare) if (succeeded) succeeded = holds(store.current.get(compare.key), compare)
  const ops = (succeeded ? txn.success : txn.failure) ?? NO_OPS
  for (const op of ops) if ('put' in op && op.lease && !leaseExists(op.lease)) return { error: 'etcdserver: requested lease not found' }
  const revision = store.revision + 1
  const events: StoreEvent[] = []
  const responses: TxnResult['responses'] = []
  for (const op of ops) {
    if ('put' in op) {
      events.push(put(store, op.put, op.value, op.lease ?? 0, revision))
      responses.push(undefined)
    } else if ('range' in op) responses.push(rangeAt(store, op.range, op.end, 0, op.limit, op.countOnly) as RangeResult)
    else responses.push(deleteRange(store, op.delete, op.end, revision, events))
  }
  if (events.length > 0) store.revision = revision
  return { result: { succeeded, revision: store.revision, responses }, events }
}

const NO_OPS: Op[] = []

/** Deletes [key, end), or the one key; returns how many there were. */
function deleteRange(store: Store, from: string, end: string | undefined, revision: number, events: StoreEvent[]): number {
  const keys = end === undefined ? [from] : rangeNow(store, from, end).kvs.map(kv => kv.key)
  let deleted = 0
  for (const key of keys) {
    const event = remove(store, key, revision)
    if (!event) continue
    events.push(event)
    deleted++
  }
  return deleted
}

function holds(kv: KeyValue | undefined, { target, result = '=', value }: Compare): boolean {
  const actual: any =
    target === 'mod'
      ? (kv?.modRevision ?? 0)
      : target === 'version'
        ? (kv?.version ?? 0)
        : target === 'create'
          ? (kv?.createRevision ?? 0)
          : target === 'lease'
            ? (kv?.lease ?? 0)
            : kv?.value
  if (target === 'value' && !kv) return false
  const wanted: any = value
  if (result === '=') return actual === wanted
  if (result === '!=') return actual !== wanted
  return result === '<' ? actual < wanted : actual > wanted
}

function wellFormed(txn: Txn): string | undefined {
  if (Math.max(txn.compare.length, txn.success.length, txn.failure?.length ?? 0) > OPS_MAX) return 'etcdserver: too many operations in txn request'
  return keysOf(txn.success) ?? keysOf(txn.failure ?? NO_OPS)
}

function keysOf(ops: Op[]): string | undefined {
  if (ops.length === 0) return undefined
  if (ops.length === 1) return nameOf(ops[0]!) === '' ? 'etcdserver: key is not provided' : undefined
  const puts = new Set<string>()
  for (const op of ops) {
    if (nameOf(op) === '') return 'etcdserver: key is not provided'
    if (!('put' in op)) continue
    if (puts.has(op.put)) return 'etcdserver: duplicate key given in txn request'
    puts.add(op.put)
  }
  for (const op of ops) {
    if (!('delete' in op)) continue
    for (const key of puts)
      if (op.end === undefined ? key === op.delete : key >= op.delete && key < op.end) return 'etcdserver: duplicate key given in txn request'
  }
  return undefined
}

const nameOf = (op: Op): string => ('put' in op ? op.put : 'delete' in op ? op.delete : op.range)

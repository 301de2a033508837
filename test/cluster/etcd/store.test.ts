import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changesFrom, compact, ERR_COMPACTED, ERR_FUTURE_REVISION, newStore, prefixEnd, rangeAt, type Store } from '../../../src/cluster/etcd/store.ts'
import { applyTxn, type Op, type Txn } from '../../../src/cluster/etcd/txn.ts'
import { copy } from '../../../src/kernel/share.ts'

const key = fc.constantFrom('/registry/a/1', '/registry/a/2', '/registry/a/10', '/registry/b/1', '/registry/b/2/x', 'compact_rev_key')
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ put: key, value: fc.integer() }),
  fc.record({ delete: key }),
  fc.constant<Op>({ delete: '/registry/a/', end: '/registry/a0' }),
  fc.record({ range: key }),
)
const step = fc.oneof(
  fc.record({
    compare: fc.array(fc.record({ key, target: fc.constant('mod' as const), value: fc.constantFrom(0, 2, 3) }), { maxLength: 1 }),
    success: fc.array(op, { maxLength: 3 }),
    failure: fc.array(op, { maxLength: 2 }),
  }),
  fc.record({ compact: fc.nat(40) }),
)

/** What every revision held, by key. */
type Past = Map<number, Map<string, unknown>>

function play(steps: (Txn | { compact: number })[]): { store: Store; past: Past } {
  const store = newStore()
  const past: Past = new Map([[1, new Map()]])
  for (const s of steps) {
    if ('compact' in s) {
      compact(store, s.compact)
      continue
    }
    const before = store.revision
    const done = applyTxn(store, s, () => true)
    if ('error' in done) continue
    expect(store.revision).toBe(before + (done.events.length > 0 ? 1 : 0))
    const now = new Map(past.get(before))
    for (const { type, kv } of done.events) {
      if (type === 'PUT') now.set(kv.key, kv.value)
      else now.delete(kv.key)
    }
    past.set(store.revision, now)
  }
  return { store, past }
}

const shown = (store: Store, revision: number) => {
  const found = rangeAt(store, '\u0000', '\uffff', revision)
  return 'error' in found ? found.error : found.kvs.map(kv => [kv.key, kv.value])
}

test('every revision that is not compacted can be read as it was, in order of keys', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), steps => {
      const { store, past } = play(steps)
      for (let revision = 1; revision <= store.revision; revision++) {
        const want = [...past.get(revision)!].sort((a, b) => (a[0] < b[0] ? -1 : 1))
        expect(shown(store, revision)).toEqual(revision < store.compacted ? ERR_COMPACTED : want)
      }
      expect(shown(store, store.revision + 1)).toBe(ERR_FUTURE_REVISION)
    }),
  )
})

test('whoever replays the changes from a revision on arrives at the present', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, from) => {
      const { store, past } = play(steps)
      const start = Math.max(1, store.compacted, Math.min(from, store.revision))
      const at = new Map(past.get(start))
      let last = start
      for (const { type, kv } of changesFrom(store, '\u0000', '\uffff', start + 1)) {
        expect(kv.modRevision).toBeGreaterThanOrEqual(last)
        last = kv.modRevision
        if (type === 'PUT') at.set(kv.key, kv.value)
        else at.delete(kv.key)
      }
      expect([...at].sort()).toEqual([...past.get(store.revision)!].sort())
    }),
  )
})

test('a copy of a store goes its own way', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.array(step, { maxLength: 20 }), (first, second) => {
      const { store } = play(first)
      const before = shown(store, 0)
      const other = copy(store)
      for (const s of second) if (!('compact' in s)) applyTxn(other, s, () => true)
      expect(shown(store, 0)).toEqual(before)
    }),
  )
})

test('create revision, mod revision and version count as in etcd, and begin anew after a deletion', () => {
  const store = newStore()
  const write = (...success: Op[]) => applyTxn(store, { compare: [], success }, () => true)
  const versions = () => rangeAt(store, 'k')
  write({ put: 'k', value: 1 })
  write({ put: 'k', value: 2 })
  expect(versions()).toEqual({ kvs: [{ key: 'k', value: 2, createRevision: 2, modRevision: 3, version: 2, lease: 0 }], count: 1, more: false })
  write({ delete: 'k' })
  write({ delete: 'k' })
  expect(store.revision).toBe(4)
  write({ put: 'k', value: 3 })
  expect(versions()).toEqual({ kvs: [{ key: 'k', value: 3, createRevision: 5, modRevision: 5, version: 1, lease: 0 }], count: 1, more: false })
})

test('a range has a limit, and counts what it leaves out', () => {
  const store = newStore()
  for (const name of ['web-10', 'web-2', 'web-1', 'x'])
    applyTxn(store, { compare: [], success: [{ put: `/registry/pods/d/${name}`, value: name }] }, () => true)
  const found = rangeAt(store, '/registry/pods/d/web', prefixEnd('/registry/pods/d/web'), 0, 2)
  expect(found).toMatchObject({ count: 3, more: true, kvs: [{ value: 'web-1' }, { value: 'web-10' }] })
})

test.each([
  [
    {
      compare: [],
      success: [
        { put: 'a', value: 1 },
        { put: 'a', value: 2 },
      ],
    },
    'etcdserver: duplicate key given in txn request',
  ],
  [
    {
      compare: [],
      success: [
        { delete: 'a', end: 'c' },
        { put: 'b', value: 2 },
      ],
    },
    'etcdserver: duplicate key given in txn request',
  ],
  [{ compare: [], success: [{ put: '', value: 1 }] }, 'etcdserver: key is not provided'],
  [{ compare: [], success: [{ put: 'a', value: 1, lease: 7 }] }, 'etcdserver: requested lease not found'],
  [{ compare: [], success: Array.from({ length: 129 }, (_, i) => ({ put: `k${i}`, value: i })) }, 'etcdserver: too many operations in txn request'],
] as [Txn, string][])('a transaction that is not well formed changes nothing: %#', (txn, error) => {
  const store = newStore()
  expect(applyTxn(store, txn, () => false)).toEqual({ error })
  expect(store.revision).toBe(1)
})

test('history is compacted forwards only, and not into the future', () => {
  const store = newStore()
  for (let i = 0; i < 5; i++) applyTxn(store, { compare: [], success: [{ put: 'k', value: i }] }, () => true)
  expect(compact(store, 7)).toBe(ERR_FUTURE_REVISION)
  expect(compact(store, 4)).toBeUndefined()
  expect(compact(store, 4)).toBe(ERR_COMPACTED)
  expect(store.log.map(event => event.kv.modRevision)).toEqual([4, 5, 6])
})

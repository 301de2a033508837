// etcd.ts: the vault: keeps every version of every key, and rings whoever watches. Played by Eric.
// Models go.etcd.io/etcd/server/v3/etcdserver/v3_server.go and storage/mvcc/watchable_store.go
// Differs: one member, no Raft, no disk latency, no space quota; a certificate is its owner's name; each client has one connection; leases are scanned when one is due

import { type Io, type Message, machine } from '../kernel/machine.ts'
import { attach, expired, grant, keepAlive, type LeaseRequest, type Leases, newLeases, nextExpiry, restarted, revoked } from './etcd/lease.ts'
import { compact, newStore, type RangeResult, rangeAt, remove, type Store, type StoreEvent } from './etcd/store.ts'
import { applyTxn, type Txn, type TxnResult } from './etcd/txn.ts'
import { addWatcher, dropWatchers, newWatchers, notify, removeWatcher, type Watchers, type WatchRequest } from './etcd/watch.ts'

export const ETCD = 'etcd'

/** What is on the disk, and so survives a crash. */
export interface Disk {
  store: Store
  leases: Leases
}

export interface Etcd {
  durable: Disk
  watchers: Watchers
  /** The timer of the next lease to expire, 0 if none. */
  timer: number
  /** Who has a certificate; undefined: nobody is asked for one. */
  clients: readonly string[] | undefined
}

/** `clients`: actors whose certificate is accepted (`--client-cert-auth`); default: everybody's. */
export interface EtcdConfig {
  clients?: readonly string[]
}

/** Note `RejectedConnection`: somebody without a certificate. */
export interface RejectedConnection {
  remote: string
  error: string
}

type Handler = (s: Etcd, m: Message, io: Io) => void

/** Only who has a certificate is heard. */
const locked =
  (handler: Handler): Handler =>
  (s, m, io) => {
    if (s.clients === undefined || s.clients.includes(m.from)) return handler(s, m, io)
    io.note('RejectedConnection', { remote: m.from, error: NO_CERTIFICATE } satisfies RejectedConnection)
    io.reply(m, { error: NO_CERTIFICATE, revision: 0 })
  }

const NO_CERTIFICATE = "tls: client didn't provide a certificate"

/** Body of `range`. `revision` 0 or undefined: now. */
export interface RangeRequest {
  key: string
  end?: string
  revision?: number
  limit?: number
  countOnly?: boolean
}

/** Every answer carries the store's revision; a refused request has `error`, etcd's text. */
export type RangeAnswer<T = any> = (RangeResult<T> & { revision: number; error?: undefined }) | { error: string; revision: number }
export type TxnAnswer = (TxnResult & { error?: undefined }) | { error: string; revision: number }

/** Note `Committed`: what a transaction changed. */
export interface Committed {
  revision: number
  changes: { type: 'PUT' | 'DELETE'; key: string; version: number }[]
}

const SCAN_MS = 500 // Expired leases are found on this grid.

export const etcd = machine<Etcd>({
  init: (_, config: EtcdConfig | undefined) => ({
    durable: { store: newStore(), leases: newLeases() },
    watchers: newWatchers(),
    timer: 0,
    clients: config?.clients,
  }),
  on: {
    start(s, _, io) {
      restarted(s.durable.leases, io.now)
      arm(s, io)
    },
    range: locked((s, m, io) => {
      const { key, end, revision, limit, countOnly } = m.body as RangeRequest
      const { store } = s.durable
      const found = rangeAt(store, key, end, revision, limit, countOnly)
      io.reply(m, { ...found, revision: store.revision })
    }),
    txn: locked((s, m, io) => {
      const txn = m.body as Txn
      const { store, leases } = s.durable
      const done = applyTxn(store, txn, id => leases.byId.has(id))
      if ('error' in done) {
        io.reply(m, { error: done.error, revision: store.revision })
        return
      }
      committed(s, io, done.events, txn.quiet === true)
      io.reply(m, done.result)
    }),
    compact(s, m, io) {
      const { store } = s.durable
      const error = compact(store, m.body.revision)
      if (error === undefined) io.note('Compacted', { revision: m.body.revision })
      io.reply(m, error === undefined ? { revision: store.revision } : { error, revision: store.revision })
    },
    watch: locked((s, m, io) => {
      addWatcher(s.durable.store, s.watchers, m.from, m.body as WatchRequest, io)
    }),
    cancel(s, m) {
      removeWatcher(s.watchers, m.from, m.body.id)
    },
    'lease/grant'(s, m, io) {
      io.reply(m, { ...grant(s.durable.leases, m.body as LeaseRequest, io), revision: s.durable.store.revision })
      arm(s, io)
    },
    'lease/keepalive'(s, m, io) {
      io.reply(m, keepAlive(s.durable.leases, m.body.id, io.now))
    },
    'lease/revoke'(s, m, io) {
      io.reply(m, revoke(s, m.body.id, io))
    },
    'timer/leases'(s, _, io) {
      s.timer = 0
      for (const id of expired(s.durable.leases, io.now)) revoke(s, id, io)
      arm(s, io)
    },
    'peer/down'(s, m: Message) {
      dropWatchers(s.watchers, m.body.peer)
    },
  },
})

/** Everything that follows a change, in the same turn: leases know their keys, watchers are told. */
function committed(s: Etcd, io: Io, events: StoreEvent[], quiet: boolean): void {
  if (events.length === 0) return
  for (const event of events) attach(s.durable.leases, event)
  const { revision } = s.durable.store
  if (!quiet) io.note('Committed', { revision, changes: events.map(e => ({ type: e.type, key: e.kv.key, version: e.kv.version })) } satisfies Committed)
  notify(s.watchers, revision, events, io)
}

function revoke(s: Etcd, id: number, io: Io): { revision: number; error?: string } {
  const { store, leases } = s.durable
  const keys = revoked(leases, id)
  if (!keys) return { error: 'etcdserver: requested lease not found', revision: store.revision }
  const revision = store.revision + 1
  const events = keys.map(key => remove(store, key, revision)).filter(event => event !== undefined)
  if (events.length > 0) store.revision = revision
  committed(s, io, events, false)
  return { revision: store.revision }
}

function arm(s: Etcd, io: Io): void {
  if (s.timer !== 0) io.cancel(s.timer)
  s.timer = 0
  const at = nextExpiry(s.durable.leases)
  if (at === undefined) return
  s.timer = io.after(Math.max(SCAN_MS, Math.ceil((at - io.now) / SCAN_MS) * SCAN_MS), 'timer/leases')
}

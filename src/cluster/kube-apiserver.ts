// kube-apiserver.ts: the hatch: every request passes its stations, and only here the vault is opened. Played by Asoke.
// Models k8s.io/kubernetes/pkg/controlplane/apiserver/server.go and k8s.io/apiserver/pkg/server
// Differs: one process; the door opens when caches and boot objects are there, requests wait until then

import { isStatus } from '../api/status.ts'
import { type Io, machine } from '../kernel/machine.ts'
import { share } from '../kernel/share.ts'
import type { WatchEvents } from './etcd/watch.ts'
import { ETCD, type RangeAnswer } from './etcd.ts'
import { boot } from './kube-apiserver/boot.ts'
import { applyEvents, dropWatcher, fillCache, newCache, refillCache } from './kube-apiserver/cache.ts'
import { compaction } from './kube-apiserver/compactor.ts'
import { enter, refusal } from './kube-apiserver/door.ts'
import { keep, watchOver } from './kube-apiserver/keeper.ts'
import { noteRequest } from './kube-apiserver/notes.ts'
import { renew, renewed } from './kube-apiserver/renewal.ts'
import { answer, finish, serve } from './kube-apiserver/serve.ts'
import type { ApiServerConfig, Call, State } from './kube-apiserver/state.ts'
import { type Storage, storageOfWatch, storages } from './kube-apiserver/storage.ts'
import { endStream, leaveStreams, loseStreams, tellLines } from './kube-apiserver/subresources/streams.ts'
import { armBookmarks, endWatch, openWatch, tellBookmarks } from './kube-apiserver/watch.ts'

const RELIST_MS = 1_000 // etcd is asked again so long after it was not there.
const RBAC = new Set(['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'])

/** Hears `request` (body ApiRequest, answer ApiResponse) and `unwatch` {watch}; tells `watch`, `watch/closed`. Notes: `Station`, `Request`. */
export const kubeApiserver = machine<State>({
  init: (_, config: ApiServerConfig | undefined) => ({
    durable: { signingKey: '', requests: 0 },
    config: config ?? {},
    caches: Object.fromEntries([...storages.keys()].map(name => [name, newCache(name)])),
    revision: 0,
    resuming: undefined,
    etcdThere: true,
    rewatch: 0,
    phase: { at: 'listing', left: storages.size },
    rounds: new Set(),
    waiting: [],
    rbac: share({}),
    reserved: new Map(),
    streams: new Map(),
    eventLease: { id: 0, until: 0, count: 0 },
    compactor: { version: 0, revision: 0 },
  }),
  on: {
    start(s, _, io) {
      if (s.durable.signingKey === '') s.durable.signingKey = `${io.int(4_294_967_296).toString(16)}${io.int(4_294_967_296).toString(16)}`
      io.link(ETCD)
      for (const storage of storages.values()) list(storage, io)
    },
    'etcd/listed'(s, m, io) {
      const { answer: got, context: name } = m.body
      const storage = storages.get(name)!
      if (!got.ok) {
        io.after(RELIST_MS, 'timer/list', { name })
        return
      }
      const found = got.value as RangeAnswer
      if (found.error !== undefined) throw new Error(`list of ${name}: ${found.error}`)
      // Who came while etcd was away may have been heard without a connection.
      io.link(ETCD)
      if (s.phase.at === 'listing') fillCache(s.caches[name]!, storage, found.kvs, found.revision)
      else refillCache(s.caches[name]!, storage, found.kvs, found.revision, io)
      io.send(ETCD, 'watch', { id: storage.watch, key: storage.prefix, end: storage.end, start: found.revision + 1, prevKv: true })
      seen(s, found.revision)
      if (s.phase.at === 'listing' && --s.phase.left === 0) {
        if (s.phase.broken) listAnew(s, io)
        else {
          s.phase = { at: 'booting' }
          io.start('boot', {})
        }
      }
    },
    'etcd/probed'(s, m) {
      s.etcdThere = m.body.answer.ok
      // It was asked after the watches, so all that was missed has been told.
      if (m.body.answer.ok) s.resuming = undefined
    },
    'timer/list'(_, m, io) {
      io.link(ETCD)
      list(storages.get(m.body.name)!, io)
    },
    events(s, m, io) {
      const { watch, revision, events, canceled } = m.body as WatchEvents
      const storage = storageOfWatch(watch)
      if (storage === undefined) return
      if (canceled) {
        list(storage, io)
        return
      }
      const cache = s.caches[storage.name]!
      if (revision <= cache.last) return
      cache.last = revision
      seen(s, revision)
      applyEvents(cache, storage, events, io)
      if (RBAC.has(storage.name)) s.rbac = share({})
      if (events.some(event => event.type === 'DELETE')) watchOver(s, storage.name, io)
    },
    request(s, m, io) {
      if (s.phase.at !== 'serving') {
        s.waiting.push(m)
        return
      }
      const entered = enter(s, m, io)
      if ('outcome' in entered) {
        answer(io, m, entered.outcome)
        return
      }
      const { call } = entered
      if (call.info.verb !== 'watch') {
        if (!renew(s, call, io)) io.start('serve', call)
        return
      }
      watch(s, call, io)
    },
    'logs/lines'(s, m, io) {
      tellLines(s, io, m.body, m.from)
    },
    'logs/end'(s, m, io) {
      endStream(s, io, m.body.follow)
    },
    renewed(s, m, io) {
      renewed(s, m.body, io)
    },
    unwatch(s, m, io) {
      leaveStreams(s, io, m.from, m.body.watch)
      for (const name in s.caches) if (dropWatcher(s.caches[name]!, m.from, m.body.watch, io)) return
    },
    'watch/timeout'(s, m, io) {
      endWatch(s, m.body, io)
    },
    'timer/bookmarks'(s, _, io) {
      tellBookmarks(s, io)
    },
    'timer/keep'(_, m, io) {
      io.start('keep', m.body)
    },
    'timer/compact'(_, __, io) {
      io.start('compact', {})
    },
    'peer/down'(s, m, io) {
      const { peer } = m.body
      if (peer === ETCD) {
        s.etcdThere = false
        if (s.phase.at === 'listing') s.phase.broken ||= s.phase.left < storages.size
        else if (s.rewatch === 0) s.rewatch = io.after(RELIST_MS, 'timer/rewatch')
        return
      }
      s.waiting = s.waiting.filter(waiting => waiting.from !== peer)
      leaveStreams(s, io, peer)
      loseStreams(s, io, peer)
      for (const name in s.caches) dropWatcher(s.caches[name]!, peer, undefined, io)
    },
    'timer/rewatch'(s, _, io) {
      s.rewatch = 0
      rewatch(s, io)
    },
  },
  routines: {
    *boot(io) {
      if (!(yield* boot(io))) return io.again({})
      io.state((s, t) => {
        s.phase = { at: 'serving', since: t.now }
        armBookmarks(t)
        const waiting = s.waiting
        s.waiting = []
        for (const message of waiting) t.start('late', message)
      })
      return undefined
    },
    *late(io, message) {
      const entered = io.state((s, t) => {
        const made = enter(s, message, t)
        if ('outcome' in made) answer(t, message, made.outcome)
        else if (made.call.info.verb === 'watch') watch(s, made.call, t)
        else return made.call
        return undefined
      })
      if (entered !== undefined) yield* serve(io, entered)
    },
    serve,
    keep,
    compact: compaction,
  },
})

const list = (storage: Storage, io: Io): void => io.call(ETCD, 'range', { key: storage.prefix, end: storage.end }, 'etcd/listed', storage.name)

function listAnew(s: State, io: Io): void {
  s.phase = { at: 'listing', left: storages.size }
  io.link(ETCD)
  for (const storage of storages.values()) {
    s.caches[storage.name] = newCache(storage.name)
    io.send(ETCD, 'cancel', { id: storage.watch })
    list(storage, io)
  }
}

function watch(s: State, call: Call, io: Io): void {
  const opened = openWatch(s, call, io)
  if (isStatus(opened)) finish(io, call, refusal(opened))
  else noteRequest(io, call, opened)
}

function seen(s: State, revision: number): void {
  if (revision > s.revision) s.revision = revision
}

/** After a break every watch goes on from what all of them had seen: where the last try was cut short, some have seen more. */
function rewatch(s: State, io: Io): void {
  s.resuming ??= s.revision
  io.link(ETCD)
  for (const storage of storages.values())
    io.send(ETCD, 'watch', { id: storage.watch, key: storage.prefix, end: storage.end, start: s.resuming + 1, prevKv: true })
  io.call(ETCD, 'range', { key: 'health' }, 'etcd/probed')
}

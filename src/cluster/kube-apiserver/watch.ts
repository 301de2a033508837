// watch.ts: opening a watch: what is there now or what has changed since, and then all that comes.
// Models k8s.io/apiserver/pkg/endpoints/handlers/watch.go and pkg/storage/cacher/cacher.go (Watch)
// Differs: a watch from the present state does not ask etcd first how new the cache is

import type { ApiResponse } from '../../api/http.ts'
import { expired, isStatus, plainError, type Status, tooLargeResourceVersion } from '../../api/status.ts'
import type { Io } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { dropWatcher, listed, matches, send, tell, type Watcher } from './cache.ts'
import { badListOptions, integerOf, selectionOf } from './read.ts'
import { representationOf } from './represent.ts'
import type { Call, State } from './state.ts'
import { storageOf } from './storage.ts'
import { versionOf } from './versions.ts'

const MIN_S = 1_800 // A watch without timeoutSeconds lasts from this to twice as long.
const BOOKMARKS_MS = 60_000

/** Opens the watch and tells what is due; the refusal if there is none to open. */
export function openWatch(s: State, call: Call, io: Io): ApiResponse | Status {
  const { query, headers } = call.request
  const { type, info, message } = call
  const form = representationOf(headers['accept'], query)
  if (isStatus(form)) return form
  const selection = selectionOf(type, query)
  if (isStatus(selection)) return selection
  const wrong = badListOptions(query)
  if (wrong !== undefined) return wrong
  const seconds = integerOf(query['timeoutSeconds'])
  if (isStatus(seconds)) return seconds
  const version = query['resourceVersion'] ?? ''
  if (!/^\d*$/.test(version))
    return plainError(`resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`)
  const from = Number(version || '0')
  const initial = query['sendInitialEvents']
  const present = initial === 'true' || (from === 0 && initial !== 'false')
  if (present && from > s.revision) return tooLargeResourceVersion(from, s.revision)
  const cache = s.caches[storageOf(type)!.name]!
  const watcher: Watcher = {
    client: message.from,
    link: io.link(message.from),
    id: Number(headers['x-watch-id'] ?? 0),
    type,
    namespace: type.namespaced ? info.namespace : '',
    labels: share(selection.labels),
    fields: share(selection.fields),
    bookmarks: query['allowWatchBookmarks'] === 'true' || query['allowWatchBookmarks'] === '1',
    after: present ? 0 : from,
    revision: s.revision,
    representation: share(form),
    timer: 0,
  }
  io.reply(message, { status: 200, headers: { 'content-type': 'application/json' }, body: undefined } satisfies ApiResponse)
  if (!present && from < cache.since && from !== 0) {
    const status = expired(`too old resource version: ${from} (${cache.since})`)
    io.send(watcher.client, 'watch', { watch: watcher.id, type: 'ERROR', object: status }, watcher.link)
    io.send(watcher.client, 'watch/closed', { watch: watcher.id }, watcher.link)
    return OPENED
  }
  if (present) {
    for (const object of listed(cache, watcher.namespace)) if (matches(watcher, object)) send(watcher, 'ADDED', object, io)
    if (initial === 'true') bookmark(watcher, s.revision, io, true)
  } else if (from > 0) for (const change of cache.history) if (change.revision > from) tell(watcher, change, io)
  watcher.revision = Math.max(s.revision, watcher.after)
  const ms = seconds > 0 ? seconds * 1000 : (MIN_S + io.int(MIN_S)) * 1000
  watcher.timer = io.after(ms, 'watch/timeout', { resource: cache.name, client: watcher.client, id: watcher.id })
  cache.watchers.push(watcher)
  return OPENED
}

const OPENED: ApiResponse = { status: 200, headers: {}, body: undefined }

/** The time of a watch is over. */
export function endWatch(s: State, { resource, client, id }: { resource: string; client: string; id: number }, io: Io): void {
  const cache = s.caches[resource]!
  const watcher = cache.watchers.find(w => w.client === client && w.id === id)
  if (watcher === undefined) return
  if (watcher.bookmarks && watcher.revision < s.revision) bookmark(watcher, s.revision, io)
  dropWatcher(cache, client, id, io)
  io.send(client, 'watch/closed', { watch: id }, watcher.link)
}

/** Tells all who want bookmarks how far they have seen, and arms the next round. */
export function tellBookmarks(s: State, io: Io): void {
  // Not while a cache may lack what another has heard.
  for (const name in s.resuming === undefined ? s.caches : {})
    for (const watcher of s.caches[name]!.watchers) if (watcher.bookmarks && watcher.revision < s.revision) bookmark(watcher, s.revision, io)
  armBookmarks(io)
}

export function armBookmarks(io: Io): void {
  io.after(BOOKMARKS_MS, 'timer/bookmarks')
}

function bookmark(watcher: Watcher, revision: number, io: Io, initialEnd = false): void {
  watcher.revision = revision
  const metadata: any = { resourceVersion: String(revision) }
  if (initialEnd) metadata.annotations = { 'k8s.io/initial-events-end': 'true' }
  const object = { kind: watcher.type.kind, apiVersion: versionOf(watcher.type), metadata }
  io.send(watcher.client, 'watch', { watch: watcher.id, type: 'BOOKMARK', object }, watcher.link)
}

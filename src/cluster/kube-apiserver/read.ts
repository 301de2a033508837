// read.ts: get and list: from etcd what must be exact, from the watch cache the rest.
// Models k8s.io/apiserver/pkg/storage/cacher/cacher.go, pkg/storage/etcd3/store.go and pkg/endpoints/handlers/get.go
// Differs: the cache is as new as etcd's answer, since both come on one wire; pages and exact revisions are read from etcd

import { decodeBase64, encodeBase64 } from '../../api/base64.ts'
import { type FieldError, forbiddenField, notSupported } from '../../api/field.ts'
import { type FieldSelector, fieldSelectorMatches, parseFieldSelector, unsupportedField } from '../../api/fields.ts'
import { parseSelector, type Selector, selectorMatches } from '../../api/labels.ts'
import type { KubeObject } from '../../api/object.ts'
import type { ResourceType } from '../../api/resources.ts'
import { badRequest, expired, invalid, isStatus, notFound, type Status, tooLargeResourceVersion } from '../../api/status.ts'
import type { Steps } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { ERR_COMPACTED } from '../etcd/store.ts'
import { listed } from './cache.ts'
import { refusal } from './door.ts'
import { range, read } from './etcdclient.ts'
import { type ListMeta, represent, representationOf, representList } from './represent.ts'
import type { Call, Outcome, ServerIo } from './state.ts'
import { etcdKey, keyIn, objectOf, storageOf } from './storage.ts'

const FUTURE_WAIT_MS = 3_000 // So long the cache is waited for.
const CHUNK_MAX = 10_000 // Keys asked of etcd at once, where few of them are selected.

export function* get(io: ServerIo, call: Call): Steps<Outcome> {
  const { type, info, request } = call
  const form = representationOf(request.headers['accept'], request.query)
  if (isStatus(form)) return refusal(form)
  const version = request.query['resourceVersion'] ?? ''
  const object = yield* getObject(io, type, type.namespaced ? info.namespace : undefined, info.name, version)
  if (isStatus(object)) return refusal(object)
  return { status: 200, body: represent(type, object, form, io.now()) }
}

/** The stored object; `version` '' asks etcd, others are content with the cache. */
export function* getObject(io: ServerIo, type: ResourceType, namespace: string | undefined, name: string, version = ''): Steps<KubeObject | Status> {
  if (version !== '') {
    const wanted = revisionOf(version)
    if (isStatus(wanted)) return wanted
    const late = yield* waitFor(io, wanted)
    if (late !== undefined) return late
    return io.state(s => s.caches[storageOf(type)!.name]!.objects.get(keyIn(namespace, name))) ?? notFound(type, name)
  }
  const kv = yield* read(io, etcdKey(type, namespace, name))
  if (isStatus(kv)) return kv
  return kv === undefined ? notFound(type, name) : objectOf(kv.value, kv.modRevision)
}

/** Which objects a request selects. */
export interface Selection {
  labels: Selector
  fields: FieldSelector
  matches(object: KubeObject): boolean
}

export function selectionOf(type: ResourceType, query: Record<string, string>): Selection | Status {
  const labels = parseSelector(query['labelSelector'] ?? '')
  if (!Array.isArray(labels)) return badRequest(labels.error)
  const fields = parseFieldSelector(query['fieldSelector'] ?? '')
  if (!Array.isArray(fields)) return badRequest(fields.error)
  const unsupported = unsupportedField(type, fields)
  if (unsupported !== undefined) return badRequest(unsupported)
  return { labels, fields, matches: object => selectorMatches(labels, object.metadata.labels) && fieldSelectorMatches(type, fields, object) }
}

export function* list(io: ServerIo, call: Call): Steps<Outcome> {
  const form = representationOf(call.request.headers['accept'], call.request.query)
  if (isStatus(form)) return refusal(form)
  const found = yield* listFor(io, call)
  if (isStatus(found)) return refusal(found)
  return { status: 200, body: representList(call.type, found.objects, found.metadata, form, io.now()) }
}

/** The objects that a request selects, as it wants them: by page, or as they were. */
export function* listFor(io: ServerIo, { type, info, request }: Call): Steps<Listed | Status> {
  const { query } = request
  const selection = selectionOf(type, query)
  if (isStatus(selection)) return selection
  const wrong = badListOptions(query)
  if (wrong !== undefined) return wrong
  const limit = integerOf(query['limit'])
  if (isStatus(limit)) return limit
  const timeoutSeconds = integerOf(query['timeoutSeconds'])
  if (isStatus(timeoutSeconds)) return timeoutSeconds
  const namespace = type.namespaced ? info.namespace : ''
  const { resourceVersion: version = '', resourceVersionMatch: match, continue: token = '' } = query
  if (token === '' && (limit <= 0 || version === '0') && match !== 'Exact') return yield* listCached(io, type, namespace, selection, version)
  const exact = match === 'Exact' || (limit > 0 && version !== '' && match === undefined)
  return yield* listPage(io, type, namespace, { selection, limit, token, version, exact })
}

export interface Listed {
  objects: KubeObject[]
  metadata: ListMeta
}

function* listCached(io: ServerIo, type: ResourceType, namespace: string, selection: Selection, version: string): Steps<Listed | Status> {
  const storage = storageOf(type)!
  if (version === '') {
    const current = yield* range(io, { key: storage.prefix, limit: 1 })
    if (isStatus(current)) return current
  } else {
    const wanted = revisionOf(version)
    if (isStatus(wanted)) return wanted
    const late = yield* waitFor(io, wanted)
    if (late !== undefined) return late
  }
  return io.state(s =>
    share({ objects: listed(s.caches[storage.name]!, namespace).filter(selection.matches), metadata: { resourceVersion: String(s.revision) } }),
  )
}

interface Page {
  selection: Selection
  limit: number
  token: string
  version: string
  exact: boolean
}

/** A page, all of whose successors show the same revision. */
function* listPage(io: ServerIo, type: ResourceType, namespace: string, page: Page): Steps<Listed | Status> {
  const storage = storageOf(type)!
  const prefix = storage.prefix + (namespace === '' ? '' : `${namespace}/`)
  const end = prefix.slice(0, -1) + String.fromCharCode('/'.charCodeAt(0) + 1)
  let from = prefix
  let revision = 0
  if (page.token !== '') {
    if (page.version !== '' && page.version !== '0') return badRequest('specifying resource version is not allowed when using continue')
    const start = readToken(page.token)
    if ('error' in start) return badRequest(`invalid continue token: ${start.error}`)
    from = prefix + start.start.slice(1)
    revision = start.rv > 0 ? start.rv : 0
  } else if (page.exact && page.version !== '') {
    const wanted = revisionOf(page.version)
    if (isStatus(wanted)) return wanted
    revision = wanted
  }
  const objects: KubeObject[] = []
  const selective = page.selection.labels.length > 0 || page.selection.fields.length > 0
  const isFull = (): boolean => page.limit > 0 && objects.length >= page.limit
  for (let limit = Math.max(0, page.limit); ; limit = Math.min(2 * limit, CHUNK_MAX)) {
    const found = yield* range(io, { key: from, end, revision, limit })
    if (isStatus(found))
      return found.message === ERR_COMPACTED ? tooOld(page.token, from.slice(prefix.length)) : future(found, revision, yield* currentRevision(io, prefix))
    if (revision === 0) revision = found.revision
    let seen = 0
    for (; seen < found.kvs.length && !isFull(); seen++) {
      const object = objectOf(found.kvs[seen]!.value, found.kvs[seen]!.modRevision)
      if (page.selection.matches(object)) objects.push(object)
    }
    const metadata: ListMeta = { resourceVersion: String(revision) }
    const more = found.more || seen < found.kvs.length
    if (!more) return { objects, metadata }
    const last = found.kvs[seen - 1]!.key
    if (isFull()) {
      metadata.continue = makeToken(revision, `/${last.slice(prefix.length)}\u0000`)
      if (!selective) metadata.remainingItemCount = found.count - seen
      return { objects, metadata }
    }
    from = `${last}\u0000`
  }
}

function* currentRevision(io: ServerIo, key: string): Steps<number> {
  const found = yield* range(io, { key, limit: 1 })
  return 'revision' in found ? found.revision : 0
}

function future(status: Status, wanted: number, current: number): Status {
  return wanted > current ? tooLargeResourceVersion(wanted, current) : status
}

function tooOld(token: string, start: string): Status {
  if (token === '') return expired('The resourceVersion for the provided list is too old.')
  const text =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'
  return { ...expired(text), metadata: { continue: makeToken(-1, `/${start}`) } }
}

/** Waits until the cache has a revision; the refusal if it does not come. */
export function* waitFor(io: ServerIo, revision: number): Steps<Status | undefined> {
  if (io.state(s => s.revision >= revision)) return undefined
  yield* io.sleep(FUTURE_WAIT_MS)
  const current = io.state(s => s.revision)
  return current >= revision ? undefined : tooLargeResourceVersion(revision, current)
}

const makeToken = (rv: number, start: string): string =>
  encodeBase64(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start }))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

function readToken(token: string): { rv: number; start: string } | { error: string } {
  if (!/^[A-Za-z0-9_-]+$/.test(token)) return { error: 'continue key is not valid: illegal base64 data at input byte 0' }
  const text = decodeBase64(token.replaceAll('-', '+').replaceAll('_', '/'))
  const m = /^\{"v":"([^"]*)","rv":(-?\d+),"start":("(?:[^"\\]|\\.)*")\}$/.exec(text)
  if (m === null) return { error: `continue key is not valid: invalid character '${text[0]}' looking for beginning of value` }
  if (m[1] !== 'meta.k8s.io/v1') return { error: `continue key is not valid: server does not recognize this encoded version "${m[1]}"` }
  const start = JSON.parse(m[3]!)
  return start.startsWith('/') && !start.includes('/../') ? { rv: Number(m[2]), start } : { error: 'continue key is not valid: encoded start key' }
}

/** A resourceVersion as a number, or the refusal. */
export function revisionOf(version: string): number | Status {
  if (/^\d+$/.test(version)) return Number(version)
  return badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`,
  )
}

export function integerOf(text: string | undefined): number | Status {
  if (text === undefined || text === '') return 0
  return /^-?\d+$/.test(text) ? Number(text) : badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
}

/** What is wrong with the options of a list or watch. */
export function badListOptions(query: Record<string, string>): Status | undefined {
  const errors: FieldError[] = []
  const match = query['resourceVersionMatch'] ?? ''
  const version = query['resourceVersion'] ?? ''
  const watches = query['watch'] === 'true' || query['watch'] === '1'
  const initial = query['sendInitialEvents']
  if (watches) {
    if (initial !== undefined) {
      if (match === '') errors.push(forbiddenField('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
      else if (match !== 'NotOlderThan') errors.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']))
      if (query['allowWatchBookmarks'] !== 'true' && initial === 'true')
        errors.push(forbiddenField('allowWatchBookmarks', 'sendInitialEvents requires enabling allowWatchBookmarks'))
    } else if (match !== '')
      errors.push(forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'))
  } else {
    if (initial !== undefined) errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
    if (match !== '') {
      if (version === '') errors.push(forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
      if (query['continue']) errors.push(forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'))
      if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']))
      if (match === 'Exact' && version === '0')
        errors.push(forbiddenField('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    }
  }
  return errors.length === 0 ? undefined : invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
}

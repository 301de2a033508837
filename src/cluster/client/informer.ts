// informer.ts: a local copy of some objects of the API server, kept fresh by a watch, with handlers for what changes.
// Models k8s.io/client-go/tools/cache/{reflector,shared_informer,thread_safe_store}.go
// Differs: no resync timer; no fallback to LIST (the API server always can WatchList); watches carry no timeout of their own

import type { ApiResponse } from '../../api/http.ts'
import type { KubeObject } from '../../api/object.ts'
import { pathOf, type ResourceType } from '../../api/resources.ts'
import type { Answer, Io, Machine, Message } from '../../kernel/machine.ts'
import { API_SERVER, type Client, getRequest } from '../client.ts'

/** One change of the local copy, in the order of the watch. After a gap an update may show an unchanged object, and a delete the last one known. */
export type Change<T = any> = { type: 'add'; object: T } | { type: 'update'; object: T; old: T } | { type: 'delete'; object: T }

/** An informer as code: what it watches and who hears of it. `S` is the state of the machine that has it. */
export interface InformerSpec<S = any> {
  type: ResourceType
  namespace?: string
  labelSelector?: string
  /** As text, or made from the actor's name. */
  fieldSelector?: string | ((self: string) => string)
  /** Values under which an object is found by `byIndex`. */
  indices?: Record<string, (object: any) => string[]>
  on?: (state: S, io: Io, change: Change) => void
  /** Heard once, when the first complete set has been handed to `on`. */
  synced?: (state: S, io: Io) => void
}

/** An informer as data. `store` is keyed by `namespace/name`, or `name` where there are no namespaces. */
export interface Informer<T = any> {
  watch: number
  store: Map<string, T>
  indices: Record<string, Map<string, Map<string, T>>>
  hasSynced: boolean
  /** Where the next watch begins; '' asks for the present state. */
  resourceVersion: string
  /** Filled while the initial events of a watch come in; replaces the store at the bookmark. */
  initial: Map<string, T> | undefined
  /** Attempts in a row that failed, and when the watch was last opened: they set the backoff. */
  failures: number
  openedAt: number
  /** The number of the connection that the watch goes over. */
  link: number
}

/** The property `informers` of a machine's state. */
export interface Informers {
  client: Client
  byName: Record<string, Informer>
  byWatch: Map<number, string>
  lastWatch: number
}

export interface WithInformers {
  informers: Informers
}

export type InformerTable<S> = Record<string, InformerSpec<S>>

const BACKOFF_MS = 800
const BACKOFF_MAX_MS = 30_000
const BACKOFF_RESET_MS = 120_000 // A watch that lived so long was a success.

export const newInformers = (client: Client): Informers => ({ client, byName: {}, byWatch: new Map(), lastWatch: 0 })

/** The messages that an informer hears: spread into `on`. A machine with links of its own calls `informersPeerDown` from its `peer/down`. */
export function informerHandlers<S extends WithInformers>(table: InformerTable<S>): Machine<S>['on'] {
  return {
    watch(state, message, io) {
      heard(table, state, io, message.body)
    },
    'watch/closed'(state, message, io) {
      const name = state.informers.byWatch.get(message.body.watch)
      if (name !== undefined) closed(state, io, name)
    },
    'informer/answer'(state, message, io) {
      answered(table, state, io, message.body)
    },
    'informer/open'(state, message, io) {
      const informer = state.informers.byName[message.body.name]
      if (informer && informer.watch === message.body.watch) open(table, state, io, message.body.name)
    },
    'peer/down'(state, message, io) {
      informersPeerDown(state, message, io)
    },
  }
}

/** All watches of a connection end with it; each is opened again after a backoff, from where it was. */
export function informersPeerDown(state: WithInformers, message: Message, io: Io): void {
  if (message.body.peer !== API_SERVER) return
  for (const name in state.informers.byName) {
    const informer = state.informers.byName[name]!
    if (informer.link === message.body.link && state.informers.byWatch.has(informer.watch)) failed(state, io, name)
  }
}

/** Starts those that are not running yet. */
export function startInformers<S extends WithInformers>(table: InformerTable<S>, state: S, io: Io): void {
  io.link(API_SERVER)
  for (const name in table) startInformer(table, state, io, name)
}

export function startInformer<S extends WithInformers>(table: InformerTable<S>, state: S, io: Io, name: string): void {
  if (state.informers.byName[name]) return
  const indices: Informer['indices'] = {}
  for (const index in table[name]!.indices) indices[index] = new Map()
  state.informers.byName[name] = {
    watch: 0,
    store: new Map(),
    indices,
    hasSynced: false,
    resourceVersion: '',
    initial: undefined,
    failures: 0,
    openedAt: 0,
    link: 0,
  }
  open(table, state, io, name)
}

/** Ends a watch and forgets what it had seen. */
export function stopInformer(state: WithInformers, io: Io, name: string): void {
  const informer = state.informers.byName[name]
  if (!informer) return
  if (state.informers.byWatch.delete(informer.watch)) io.send(API_SERVER, 'unwatch', { watch: informer.watch })
  delete state.informers.byName[name]
}

/** Have all of these (default: all there are) handed over their first complete set? */
export function hasSynced(state: WithInformers, names = Object.keys(state.informers.byName)): boolean {
  return names.every(name => state.informers.byName[name]?.hasSynced === true)
}

export const keyOf = (object: KubeObject): string =>
  object.metadata.namespace === undefined ? object.metadata.name : `${object.metadata.namespace}/${object.metadata.name}`

/** The cached object under `namespace/name` (or `name`). */
export function cached<T = any>(state: WithInformers, informer: string, key: string): T | undefined {
  return state.informers.byName[informer]?.store.get(key)
}

/** All cached objects, in the order in which they were first seen. */
export function listed<T = any>(state: WithInformers, informer: string): T[] {
  const store = state.informers.byName[informer]?.store
  return store ? [...store.values()] : []
}

export function byIndex<T = any>(state: WithInformers, informer: string, index: string, value: string): T[] {
  const found = state.informers.byName[informer]?.indices[index]?.get(value)
  return found ? [...found.values()] : []
}

/** Index functions that several components use. */
export const byNamespace = (object: KubeObject): string[] => [object.metadata.namespace ?? '']
export const byNodeName = (pod: KubeObject): string[] => (pod['spec']?.nodeName ? [pod['spec'].nodeName] : [])
export const byOwner = (object: KubeObject): string[] => (object.metadata.ownerReferences ?? []).map(owner => owner.uid)
export function byController(object: KubeObject): string[] {
  const controller = object.metadata.ownerReferences?.find(owner => owner.controller === true)
  return controller ? [controller.uid] : []
}

// ---- the watch

function open<S extends WithInformers>(table: InformerTable<S>, state: S, io: Io, name: string): void {
  const { informers } = state
  const informer = informers.byName[name]!
  const spec = table[name]!
  informer.watch = ++informers.lastWatch
  informer.openedAt = io.now
  informer.link = io.link(API_SERVER)
  informers.byWatch.set(informer.watch, name)
  const query: Record<string, string> = { watch: 'true', allowWatchBookmarks: 'true' }
  if (informer.resourceVersion === '') {
    query['sendInitialEvents'] = 'true'
    query['resourceVersionMatch'] = 'NotOlderThan'
    informer.initial = new Map()
  } else {
    informer.initial = undefined
    query['resourceVersion'] = informer.resourceVersion
  }
  if (spec.labelSelector !== undefined) query['labelSelector'] = spec.labelSelector
  if (spec.fieldSelector !== undefined) query['fieldSelector'] = typeof spec.fieldSelector === 'string' ? spec.fieldSelector : spec.fieldSelector(io.self)
  const request = getRequest(informers.client, pathOf({ type: spec.type, namespace: spec.namespace }), query)
  request.headers['x-watch-id'] = String(informer.watch)
  io.call(API_SERVER, 'request', request, 'informer/answer', { name, watch: informer.watch })
}

function answered<S extends WithInformers>(
  table: InformerTable<S>,
  state: S,
  io: Io,
  body: { answer: Answer<ApiResponse>; context: { name: string; watch: number } },
): void {
  const { name, watch } = body.context
  const informer = state.informers.byName[name]
  if (!informer || informer.watch !== watch) return
  if (body.answer.ok && body.answer.value.status === 200) return
  if (body.answer.ok && body.answer.value.status === 410) expired(table, state, io, name)
  else failed(state, io, name)
}

function heard<S extends WithInformers>(table: InformerTable<S>, state: S, io: Io, body: { watch: number; type: string; object: any }): void {
  const name = state.informers.byWatch.get(body.watch)
  if (name === undefined) return
  const informer = state.informers.byName[name]!
  const { type, object } = body
  if (type === 'ERROR') {
    if (object.code === 410) expired(table, state, io, name)
    else failed(state, io, name)
    return
  }
  if (type === 'BOOKMARK') {
    informer.resourceVersion = object.metadata.resourceVersion
    if (informer.initial && object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true') replace(table[name]!, state, io, informer)
    return
  }
  const key = keyOf(object)
  if (informer.initial) {
    if (type === 'DELETED') informer.initial.delete(key)
    else informer.initial.set(key, object)
    return
  }
  informer.resourceVersion = object.metadata.resourceVersion
  informer.failures = 0
  change(table[name]!, state, io, informer, key, type === 'DELETED' ? undefined : object, object)
}

/** The first complete set, or the set after a gap: what is gone is told last. */
function replace<S extends WithInformers>(spec: InformerSpec<S>, state: S, io: Io, informer: Informer): void {
  const initial = informer.initial!
  informer.initial = undefined
  informer.failures = 0
  for (const [key, object] of initial) change(spec, state, io, informer, key, object, object)
  for (const key of [...informer.store.keys()]) if (!initial.has(key)) change(spec, state, io, informer, key, undefined, informer.store.get(key))
  if (!informer.hasSynced) {
    informer.hasSynced = true
    spec.synced?.(state, io)
  }
}

/** `now` undefined: it is gone, and `last` was its last state. Whoever handles it speaks for the cause of the change. */
function change<S extends WithInformers>(spec: InformerSpec<S>, state: S, io: Io, informer: Informer, key: string, now: any, last: any): void {
  const old = informer.store.get(key)
  if (now === undefined) informer.store.delete(key)
  else informer.store.set(key, now)
  for (const name in spec.indices) reindex(spec.indices[name]!, informer.indices[name]!, key, old, now)
  if (!spec.on) return
  const { cause } = io
  if (now === undefined) {
    if (old !== undefined) spec.on(state, io, { type: 'delete', object: last })
  } else spec.on(state, io, old === undefined ? { type: 'add', object: now } : { type: 'update', object: now, old })
  io.cause = cause
}

const NO_VALUES: string[] = []

/** Mostly an object stays under the one value that it had. */
function reindex(valuesOf: (object: any) => string[], index: Map<string, Map<string, any>>, key: string, old: any, now: any): void {
  const before = old === undefined ? NO_VALUES : valuesOf(old)
  const after = now === undefined ? NO_VALUES : valuesOf(now)
  if (before.length === 1 && after.length === 1 && before[0] === after[0]) {
    index.get(after[0]!)!.set(key, now)
    return
  }
  for (const value of before) {
    const entries = index.get(value)
    if (entries?.delete(key) && entries.size === 0) index.delete(value)
  }
  for (const value of after) {
    const entries = index.get(value)
    if (entries) entries.set(key, now)
    else index.set(value, new Map([[key, now]]))
  }
}

/** The stream ended as streams do: open the next one at once from where it was. */
function closed(state: WithInformers, io: Io, name: string): void {
  const informer = state.informers.byName[name]!
  state.informers.byWatch.delete(informer.watch)
  io.after(0, 'informer/open', { name, watch: informer.watch })
}

/** History does not reach back so far: take the present state. */
function expired<S extends WithInformers>(table: InformerTable<S>, state: S, io: Io, name: string): void {
  const informer = state.informers.byName[name]!
  if (informer.resourceVersion === '') {
    failed(state, io, name)
    return
  }
  state.informers.byWatch.delete(informer.watch)
  informer.resourceVersion = ''
  open(table, state, io, name)
}

function failed(state: WithInformers, io: Io, name: string): void {
  const informer = state.informers.byName[name]!
  if (!state.informers.byWatch.delete(informer.watch)) return
  if (io.now - informer.openedAt >= BACKOFF_RESET_MS) informer.failures = 0
  let ms = BACKOFF_MS
  for (let i = 0; i < informer.failures && ms < BACKOFF_MAX_MS; i++) ms *= 2
  ms = Math.min(ms, BACKOFF_MAX_MS)
  informer.failures++
  io.after(ms + io.int(ms), 'informer/open', { name, watch: informer.watch })
}

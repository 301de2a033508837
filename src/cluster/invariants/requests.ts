// requests.ts: what the API server's answers promise: no update is lost, what is acknowledged is there, a list is one moment.
// Models k8s.io/community/contributors/devel/sig-architecture/api-conventions.md (concurrency control and consistency)
// Differs: nothing known

import type { ApiRequest, ApiResponse } from '../../api/http.ts'
import type { Answer, Message } from '../../kernel/machine.ts'
import type { Store, StoreEvent } from '../etcd/store.ts'
import { storages } from '../kube-apiserver/storage.ts'
import { changesBetween, type Look } from './memory.ts'

const SAME_A_SECOND = 200 // The same request by the same component in one simulated second: more is a livelock.

interface Asked {
  from: string
  method: string
  path: string
  dryRun: boolean
  /** The resourceVersion that an update was made from, '' for none. */
  based: string
}

export interface RequestMemory {
  open: Map<number, Asked>
  second: number
  /** How often each request was made in this second. */
  counts: Map<string, number>
}

export const newRequestMemory = (): RequestMemory => ({ open: new Map(), second: 0, counts: new Map() })

export function requestInvariants(look: Look, memory: RequestMemory, message: Message): void {
  if (message.type === 'request' && message.to === 'kube-apiserver' && message.call !== undefined) asked(look, memory, message, message.call)
  else if (message.type === '$answer') {
    const was = memory.open.get(message.body.call)
    if (was === undefined) return
    memory.open.delete(message.body.call)
    const answer = message.body.answer as Answer<ApiResponse>
    if (answer.ok) answered(look, was, answer.value)
  }
}

function asked({ world, broken }: Look, memory: RequestMemory, message: Message, call: number): void {
  const { method, path, query, body } = message.body as ApiRequest
  const based = method === 'PUT' ? ((body as any)?.metadata?.resourceVersion ?? '') : ''
  memory.open.set(call, { from: message.from, method, path, dryRun: query?.['dryRun'] !== undefined, based })
  const second = Math.floor(world.now / 1000)
  if (second !== memory.second) memory.counts.clear()
  memory.second = second
  const what = `${message.from} ${method} ${path}`
  const count = (memory.counts.get(what) ?? 0) + 1
  memory.counts.set(what, count)
  if (count === SAME_A_SECOND) broken.push(`T2: ${what} ${count} times in one second`)
}

function answered({ store, broken }: Look, was: Asked, { status, body }: ApiResponse): void {
  const object = body as any
  if (object === null || typeof object !== 'object') return
  const revision = Number(object.metadata?.resourceVersion ?? Number.NaN)
  const what = `${was.method} ${was.path} by ${was.from}`
  if (was.method === 'GET') {
    for (const item of Array.isArray(object.items) ? object.items : [])
      if (Number(item.metadata?.resourceVersion) > revision)
        broken.push(`S7: ${what} lists ${item.metadata.name} of ${item.metadata.resourceVersion} at ${revision}`)
    return
  }
  if (was.dryRun) return
  if (status === 409 && was.based !== '') {
    refused(store, broken, was, object)
    return
  }
  if (status >= 300 || object.kind === 'Status' || Array.isArray(object.items) || !Number.isInteger(revision)) return
  if (revision > store.revision) broken.push(`S8: ${what} was acknowledged at ${revision}, etcd is at ${store.revision}`)
  if (revision < store.compacted) return
  const event = changesBetween(store, revision - 1, revision).find(e => uidOf(e) === object.metadata.uid)
  if (event === undefined) broken.push(`S8: ${what} was acknowledged at ${revision}, and etcd has no such change`)
  else if (was.based !== '' && was.based !== String(revision) && event.prev?.modRevision !== Number(was.based))
    broken.push(`S3: ${what} was made from ${was.based}, and replaced ${event.prev?.modRevision}`)
}

/** An update that was refused for its revision: the object is at another one. */
function refused(store: Store, broken: string[], was: Asked, status: any): void {
  const storage = storages.get(status.details?.kind)
  if (storage === undefined) return
  const namespace = /\/namespaces\/([^/]+)\//.exec(was.path)?.[1]
  const key = `${storage.prefix}${storage.type.namespaced ? `${namespace}/` : ''}${status.details.name}`
  const now = store.current.get(key)
  if (now !== undefined && String(now.modRevision) === was.based)
    broken.push(`S3: ${was.method} ${was.path} was refused, and was made from the present revision ${was.based}`)
}

const uidOf = (e: StoreEvent): string | undefined => (e.kv.value ?? e.prev?.value)?.metadata?.uid

// kit.ts: what every command has at hand: its flags, and requests to the API server.
// Models k8s.io/client-go/rest/{request,config,warnings}.go and k8s.io/cli-runtime/pkg/genericclioptions
// Differs: typed clients ask for JSON, never for protobuf

import type { ApiRequest, ApiResponse } from '../api/http.ts'
import type { KubeObject } from '../api/object.ts'
import { apiVersionOf, pathOf, type ResourceType } from '../api/resources.ts'
import { isStatus, type Status } from '../api/status.ts'
import { Fail, failureOf, isNotFound, refuse } from './fail.ts'
import type { Parsed } from './flags.ts'
import type { KubectlEnv, Opened, Steps } from './want.ts'

export interface Kit {
  env: KubectlEnv
  /** `create deployment` */
  command: string
  flags: Parsed
  server: string
  /** Request headers that say who asks. */
  identity: Record<string, string>
  namespace: string
  /** Was the namespace named on the command line? */
  explicitNamespace: boolean
  /** Warnings are told once. */
  warned: Set<string>
  /** Objects printed so far: later YAML documents begin with `---`. */
  printed: number
  /** What `-o …-file=PATH` names, once it was read. */
  template?: string
  /** Resources found by discovery, asked for once and only where the usual ones do not suffice. */
  discovered?: ResourceType[]
}

export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'
export const PATCH_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}
const CHUNK = '500'

export interface Ask {
  method?: ApiRequest['method']
  path: string
  query?: Record<string, string>
  body?: unknown
  accept?: string
  type?: string
}

export function* out(text: string): Steps<void> {
  if (text !== '') yield { want: 'print', to: 'out', text }
}

export function* err(text: string): Steps<void> {
  if (text !== '') yield { want: 'print', to: 'err', text }
}

/** Asks, prints warnings, and ends the command where the server refuses or is not there. */
export function* ask(kit: Kit, what: Ask): Steps<ApiResponse> {
  const answer: ApiResponse | { error: 'refused' | 'lost' | 'timeout' } = yield { want: 'request', request: requestOf(kit, what) }
  if ('error' in answer) throw new Fail({ is: 'unreachable', error: answer.error, server: kit.server })
  yield* warn(kit, answer)
  if (answer.status >= 400) refuse(statusOf(answer))
  return answer
}

/** Does several things at once, as upstream's goroutines; the first failure ends them all. */
export function* together<T>(parts: Steps<T>[]): Steps<T[]> {
  if (parts.length === 1) return [yield* parts[0]!]
  return parts.length === 0 ? [] : yield { want: 'together', parts }
}

/** Opens a watch or a stream. */
export function* open(kit: Kit, want: 'watch' | 'stream', what: Ask): Steps<Opened> {
  const answer: Opened | { error: 'refused' | 'lost' | 'timeout' } = yield { want, request: requestOf(kit, what) }
  if ('error' in answer) throw new Fail({ is: 'unreachable', error: answer.error, server: kit.server })
  yield* warn(kit, answer)
  if (answer.status >= 300) refuse(statusOf(answer))
  return answer
}

/** Watches one object as informers do, which hear first how it is now. */
export function* watchOne(kit: Kit, { type, namespace, name }: { type: ResourceType; namespace: string; name: string }): Steps<number> {
  const query = {
    fieldSelector: `metadata.name=${name}`,
    watch: 'true',
    allowWatchBookmarks: 'true',
    sendInitialEvents: 'true',
    resourceVersionMatch: 'NotOlderThan',
  }
  return (yield* open(kit, 'watch', { path: pathTo(type, namespace), query })).watch
}

export function requestOf(kit: Kit, what: Ask): ApiRequest {
  const headers: Record<string, string> = {
    accept: what.accept ?? 'application/json',
    'user-agent': 'kubectl/v1.37.2 (linux/amd64) kubernetes/0000000',
    'kubectl-command': `kubectl ${kit.command}`,
    ...kit.identity,
  }
  if (what.body !== undefined) headers['content-type'] = what.type ?? 'application/json'
  const request: ApiRequest = { method: what.method ?? 'GET', path: what.path, query: what.query ?? {}, headers }
  if (what.body !== undefined) request.body = what.body
  return request
}

function* warn(kit: Kit, answer: ApiResponse): Steps<void> {
  for (const line of (answer.headers['warning'] ?? '').split('\n')) {
    const told = /^299 \S+ "(.*)"$/s.exec(line)?.[1]?.replace(/\\(.)/g, '$1')
    if (told === undefined || kit.warned.has(told)) continue
    kit.warned.add(told)
    yield* err(`Warning: ${told}\n`)
  }
}

function statusOf(answer: ApiResponse): Status {
  if (isStatus(answer.body)) return answer.body
  const reason = answer.status === 404 ? 'NotFound' : answer.status === 403 ? 'Forbidden' : 'InternalError'
  const message =
    answer.status === 404
      ? 'the server could not find the requested resource'
      : `an error on the server (${JSON.stringify(String(answer.body))}) has prevented the request from succeeding`
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: answer.status, details: {} }
}

/** Where an object or a list is; a cluster-scoped type ignores the namespace. */
export function pathTo(type: ResourceType, namespace: string, name?: string, subresource?: string): string {
  // An object without a name would be the whole list.
  if (name === '') throw new Fail({ is: 'plain', text: 'resource name may not be empty' })
  return pathOf({ type, namespace, name, subresource })
}

export function* getObject(kit: Kit, type: ResourceType, namespace: string, name: string, subresource?: string): Steps<KubeObject> {
  return (yield* ask(kit, { path: pathTo(type, namespace, name, subresource) })).body
}

/** Reads an object that was named; where there is none and not even its namespace, it is the namespace that is missing. */
export const getInfo = (kit: Kit, type: ResourceType, namespace: string, name: string, subresource?: string): Steps<KubeObject> =>
  orNamespace(kit, type.namespaced ? namespace : '', getObject(kit, type, namespace, name, subresource))

export function* orNamespace<T>(kit: Kit, namespace: string, steps: Steps<T>): Steps<T> {
  try {
    return yield* steps
  } catch (error) {
    if (!isNotFound(failureOf(error)) || namespace === '' || namespace === 'default') throw error
    try {
      yield* ask(kit, { path: `/api/v1/namespaces/${namespace}` })
    } catch (absent) {
      if (isNotFound(failureOf(absent))) throw absent
    }
    throw error
  }
}

/** Undefined where it is not there. */
export function* findObject(kit: Kit, type: ResourceType, namespace: string, name: string, subresource?: string): Steps<KubeObject | undefined> {
  try {
    return yield* getObject(kit, type, namespace, name, subresource)
  } catch (error) {
    if (isNotFound(failureOf(error))) return undefined
    throw error
  }
}

/** Every item with its kind and apiVersion, page by page. */
export function* listObjects(kit: Kit, type: ResourceType, namespace: string, query: Record<string, string> = {}): Steps<KubeObject[]> {
  const items: KubeObject[] = []
  let page = ''
  do {
    const asked: Record<string, string> = { ...query, limit: CHUNK }
    if (page !== '') asked['continue'] = page
    const { body } = yield* selecting(type, query, ask(kit, { path: pathTo(type, namespace), query: asked }))
    items.push(...itemsOf(body))
    page = body.metadata?.continue ?? ''
  } while (page !== '')
  return items
}

/** Says which selectors a list was asked for with, where the server refuses it. */
export function* selecting<T>(type: ResourceType, query: Record<string, string>, steps: Steps<T>): Steps<T> {
  try {
    return yield* steps
  } catch (error) {
    const failure = failureOf(error)
    if (failure.is !== 'status' || (failure.status.reason !== 'BadRequest' && failure.status.reason !== 'NotFound')) throw error
    const [labels = '', fields = ''] = [query['labelSelector'], query['fieldSelector']]
    const asked =
      labels === '' && fields === ''
        ? `list ${JSON.stringify(goResource(type))}`
        : `find ${JSON.stringify(goResource(type))} that match label selector ${JSON.stringify(labels)}, field selector ${JSON.stringify(fields)}`
    throw new Fail({ is: 'status', status: { ...failure.status, message: `Unable to ${asked}: ${failure.status.message ?? ''}` } })
  }
}

/** The items of a list, which leave out what the list's kind says already. */
export function itemsOf(body: any): KubeObject[] {
  const kind = String(body.kind ?? '').replace(/List$/, '')
  return (body.items ?? []).map((item: any) => (item.kind === undefined ? { apiVersion: body.apiVersion, kind, ...item } : item))
}

/** Creates what it is given, without the version that it had where it was read. */
export function* createObject(kit: Kit, type: ResourceType, namespace: string, object: any, query: Record<string, string> = {}): Steps<KubeObject> {
  const { resourceVersion, ...metadata } = object.metadata ?? {}
  const body = resourceVersion === undefined ? object : { ...object, metadata }
  return (yield* ask(kit, { method: 'POST', path: pathTo(type, namespace), query, body })).body
}

export interface PatchWish {
  type: ResourceType
  namespace: string
  name: string
  how: keyof typeof PATCH_TYPES
  patch: unknown
  query?: Record<string, string>
  subresource?: string
}

export function* patchObject(kit: Kit, wish: PatchWish): Steps<KubeObject> {
  const path = pathTo(wish.type, wish.namespace, wish.name, wish.subresource)
  return (yield* ask(kit, { method: 'PATCH', path, query: wish.query ?? {}, body: wish.patch, type: PATCH_TYPES[wish.how] })).body
}

/** `deployment.apps/web` */
export const nameOf = (type: ResourceType, name: string): string => `${type.kind.toLowerCase()}${type.group === '' ? '' : `.${type.group}`}/${name}`

/** `apps/v1, Resource=deployments`: Go's GroupVersionResource as text. */
export const goResource = (type: ResourceType): string => `${type.group === '' ? '/' : `${type.group}/`}${type.version}, Resource=${type.plural}`

export const versionOf = (type: ResourceType): string => apiVersionOf(type)

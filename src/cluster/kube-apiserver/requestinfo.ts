// requestinfo.ts: what a method and a path ask for.
// Models k8s.io/apiserver/pkg/endpoints/request/requestinfo.go
// Differs: the old /watch/ paths are not served

import { exactValue, parseFieldSelector } from '../../api/fields.ts'
import type { ApiRequest } from '../../api/http.ts'
import { resourceByPlural } from '../../api/resources.ts'
import type { RequestInfo } from './state.ts'

const KNOWN_MAX = 10_000
/** What paths were found to ask for, by method. */
const known = new Map<string, Map<string, RequestInfo>>()

export function requestInfo(request: ApiRequest): RequestInfo {
  const { method, path, query } = request
  let paths = known.get(method)
  if (paths === undefined) {
    paths = new Map()
    if (known.size < 100) known.set(method, paths)
  }
  let info = paths.get(path)
  if (info === undefined) {
    info = parse(method, path)
    if (paths.size >= KNOWN_MAX) paths.clear()
    paths.set(path, info)
  }
  return info.verb !== 'list' || info.resource === '' ? info : withQuery(info, query)
}

const VERBS: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete', GET: 'get', HEAD: 'get' }

function parse(method: string, path: string): RequestInfo {
  const none: RequestInfo = {
    verb: method.toLowerCase(),
    path,
    group: '',
    version: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    named: false,
    type: undefined,
    rest: '',
  }
  const parts = path.split('/').filter(part => part !== '')
  if (parts.length < 3 || (parts[0] !== 'api' && parts[0] !== 'apis')) return none
  const core = parts[0] === 'api'
  const group = core ? '' : parts[1]!
  const version = core ? parts[1]! : parts[2]!
  let rest = parts.slice(core ? 2 : 3)
  if (rest.length === 0) return none
  let namespace = ''
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1]!
    if (rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize') rest = rest.slice(2)
  }
  const [resource = '', name = '', subresource = ''] = rest
  let verb = VERBS[method] ?? method.toLowerCase()
  if (verb === 'get' && name === '') verb = 'list'
  if (verb === 'delete' && name === '') verb = 'deletecollection'
  const type = resourceByPlural(group, resource, version)
  return { verb, path, group, version, resource, subresource, namespace, name, named: name !== '', type, rest: rest.slice(3).join('/') }
}

/** A watch is a list with `watch=true`; a selection by name counts as naming the object. */
function withQuery(info: RequestInfo, query: Record<string, string>): RequestInfo {
  const watches = query['watch'] === 'true' || query['watch'] === '1'
  const selector = query['fieldSelector'] === undefined ? [] : parseFieldSelector(query['fieldSelector'])
  const exact = Array.isArray(selector) ? (exactValue(selector, 'metadata.name') ?? '') : ''
  const name = exact === '.' || exact === '..' || /[/%]/.test(exact) ? '' : exact
  if (!watches && name === '') return info
  return { ...info, verb: watches ? 'watch' : info.verb, name }
}

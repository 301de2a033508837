// door.ts: the first stations of every request: where does it go, who asks, may they? Then it is handed on.
// Models k8s.io/apiserver/pkg/server/config.go (DefaultBuildHandlerChain) and pkg/endpoints/filters/{authentication,authorization}.go
// Differs: no priority and fairness, no request timeouts: the simulated server is never busy

import type { ApiRequest } from '../../api/http.ts'
import { isStatus, methodNotAllowed, pathNotFound, type Status, unauthorized } from '../../api/status.ts'
import type { Io, Message } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { authenticate } from './authentication.ts'
import { authorize, notAllowed } from './authorization/authorize.ts'
import { badOptions } from './decoding.ts'
import { answerPath } from './discovery.ts'
import { impersonate } from './impersonation.ts'
import { noteRequest, notesOf, station } from './notes.ts'
import { requestInfo } from './requestinfo.ts'
import type { Call, Outcome, RequestInfo, State } from './state.ts'

/** A call that may go on, or the answer. */
export function enter(s: State, message: Message, io: Io): { call: Call } | { outcome: Outcome } {
  const request = message.body as ApiRequest
  const info = requestInfo(request)
  const id = ++s.durable.requests
  const asked = authenticate(s, request.headers['authorization'], message.from, io.now)
  if (asked === undefined) {
    const notes = 'full' as const
    station(io, { id, notes }, 'authentication', 'refused', { why: 'Unauthorized' })
    const outcome = refusal(unauthorized())
    noteRequest(io, { id, notes, info, user: { username: '', groups: [] }, request }, outcome)
    return { outcome }
  }
  const spoken =
    request.headers['impersonate-user'] === undefined && request.headers['impersonate-group'] === undefined ? asked : impersonate(s, asked, request, info)
  const user = isStatus(spoken) ? asked : spoken
  const call: Call = share({
    id,
    message,
    request,
    info,
    type: info.type!,
    user,
    dryRun: request.query['dryRun'] === 'All',
    fieldValidation: (request.query['fieldValidation'] || 'Warn') as Call['fieldValidation'],
    manager: managerOf(request),
    notes: notesOf(info, user),
  })
  const refuse = (status: Status): { outcome: Outcome } => {
    const outcome = refusal(status)
    noteRequest(io, call, outcome)
    return { outcome }
  }
  station(io, call, 'authentication', 'passed', { user: user.username })
  if (isStatus(spoken)) {
    station(io, call, 'authorization', 'refused', { why: spoken.message })
    return refuse(spoken)
  }
  const decision = authorize(s, user, info, request.query['fieldSelector'])
  if (!decision.allowed) {
    const status = notAllowed(user, info, decision.reason)
    station(io, call, 'authorization', 'refused', { why: status.message })
    return refuse(status)
  }
  station(io, call, 'authorization', 'passed', { why: decision.reason === '' ? decision.by : decision.reason })
  if (info.resource === '') {
    const outcome = answerPath(s, request, io)
    noteRequest(io, call, outcome)
    return { outcome }
  }
  const status = served(call)
  return status === undefined ? { call } : refuse(status)
}

export const refusal = (status: Status): Outcome => ({ status: status.code, body: status })

/** Is there such a path, does it know the verb, and are its options right? */
function served({ info, request }: Call): Status | undefined {
  const { verb } = info
  const wrong = wrongPath(info)
  if (wrong !== undefined) return wrong
  if (verb === 'get' || verb === 'list' || verb === 'watch') return undefined
  return badOptions(verb, request.query, verb === 'patch' && (request.headers['content-type'] ?? '').startsWith('application/apply-patch'))
}

const ON_COLLECTION = ['list', 'watch', 'create', 'deletecollection']
const ON_OBJECT = ['get', 'update', 'patch', 'delete']

/** Objects of a namespace are made, changed and deleted there, and only listed across all; what is in no namespace is in none. */
function wrongPath({ type, verb, namespace, subresource, named, rest }: RequestInfo): Status | undefined {
  if (type === undefined || (!type.namespaced && namespace !== '' && type.plural !== 'namespaces')) return pathNotFound()
  if (type.namespaced && namespace === '') {
    if (named || !type.verbs.includes('list')) return pathNotFound()
    return verb === 'list' || verb === 'watch' ? undefined : methodNotAllowed()
  }
  if (subresource === '') {
    const verbs = named ? ON_OBJECT : ON_COLLECTION
    if (verbs.includes(verb) && type.verbs.includes(verb)) return undefined
    return type.verbs.some(known => verbs.includes(known)) ? methodNotAllowed() : pathNotFound()
  }
  const sub = type.subresources.find(candidate => candidate.name === subresource)
  if (sub === undefined || (rest !== '' && subresource !== 'proxy')) return pathNotFound()
  return subresource === 'proxy' || sub.verbs.includes(verb) ? undefined : methodNotAllowed()
}

/** `?fieldManager=`, else the User-Agent up to the first slash. */
function managerOf(request: ApiRequest): string {
  const named = request.query['fieldManager']
  if (named) return named
  const agent = request.headers['user-agent'] ?? ''
  let manager = managers.get(agent)
  if (manager === undefined) {
    const slash = agent.indexOf('/')
    manager = (slash < 0 ? agent : agent.slice(0, slash)).replace(/[^\x20-\x7e]/g, '').slice(0, 128) || 'unknown'
    if (managers.size >= MANAGERS_MAX) managers.clear()
    managers.set(agent, manager)
  }
  return manager
}

const MANAGERS_MAX = 1_000
const managers = new Map<string, string>()

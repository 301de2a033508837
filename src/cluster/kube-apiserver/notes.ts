// notes.ts: what the API server says about its work: one note a station, and one for the whole request.
// Models k8s.io/apiserver/pkg/audit
// Differs: reads by components and renewals of Leases leave no notes; Events and heartbeats of nodes only the closing one

import type { ApiRequest } from '../../api/http.ts'
import type { Io } from '../../kernel/machine.ts'
import type { Call, Outcome, RequestInfo, User } from './state.ts'

export type StationName = 'authentication' | 'authorization' | 'decoding' | 'mutating admission' | 'validation' | 'validating admission' | 'storage'

/** Note `Station`: how a request fared at one of the seven stations. */
export interface Station {
  /** Number of the request. */
  request: number
  station: StationName
  verdict: 'passed' | 'amended' | 'refused'
  /** What was changed, by which plugin: `{by: 'DefaultTolerationSeconds', what: 'spec.tolerations'}`. */
  changes?: { by: string; what: string }[]
  /** Why it was refused, or by which right it was allowed. */
  why?: string
  /** authentication: who it is. */
  user?: string
  /** storage: the revision. */
  revision?: number
}

/** Note `Request`: a request, once it is answered. */
export interface RequestNote {
  request: number
  user: string
  verb: string
  group: string
  resource: string
  subresource: string
  namespace: string
  /** Of a create with generateName: the prefix. */
  name: string
  code: number
  /** Writes: the body as the server decoded and defaulted it; of a patch the patch. */
  body?: any
  /** Of a refusal. */
  message?: string
  dryRun?: true
}

/** How much is told of a request. */
export function notesOf(info: RequestInfo, user: User): Call['notes'] {
  const person = !user.username.startsWith('system:') || user.username === 'system:anonymous'
  const writes = WRITES.has(info.verb)
  if (!writes) return person ? 'full' : 'none'
  if (person) return 'full'
  if (info.resource === 'leases') return 'none'
  if (info.resource === 'events' || (info.resource === 'nodes' && info.subresource === 'status')) return 'request'
  return 'full'
}

export function station(
  io: Pick<Io, 'note'>,
  call: Pick<Call, 'id' | 'notes'>,
  name: StationName,
  verdict: Station['verdict'],
  more: Partial<Station> = {},
): void {
  if (call.notes !== 'full') return
  const note: Station = { request: call.id, station: name, verdict }
  io.note('Station', Object.assign(note, more))
}

/** The closing note. */
export function noteRequest(io: Pick<Io, 'note'>, call: Pick<Call, 'id' | 'notes' | 'info' | 'user' | 'request'>, outcome: Outcome): void {
  if (call.notes === 'none') return
  const { info, user, request } = call
  const note: RequestNote = {
    request: call.id,
    user: user.username,
    verb: info.verb,
    group: info.group,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name !== '' ? info.name : nameIn(request),
    code: outcome.status,
  }
  if (WRITES.has(info.verb)) note.body = outcome.seen ?? request.body
  if (outcome.status >= 400) note.message = outcome.body?.message ?? String(outcome.body)
  if (request.query['dryRun'] !== undefined) note.dryRun = true
  io.note('Request', note)
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

const nameIn = (request: ApiRequest): string => {
  const metadata = request.method === 'POST' ? request.body?.metadata : undefined
  const name = metadata?.name || metadata?.generateName
  return typeof name === 'string' ? name : ''
}

// serve.ts: what is done for each verb and subresource, and how the answer goes out.
// Models k8s.io/apiserver/pkg/endpoints/installer.go
// Differs: nothing known

import type { ApiResponse } from '../../api/http.ts'
import { methodNotAllowed } from '../../api/status.ts'
import type { Io, Message, Steps } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { create } from './create.ts'
import { remove } from './delete.ts'
import { type Progress, removeCollection } from './deletecollection.ts'
import { refusal } from './door.ts'
import { noteRequest } from './notes.ts'
import { patch } from './patch.ts'
import { get, list } from './read.ts'
import type { Call, Outcome, ServerIo } from './state.ts'
import { subresources } from './subresources/subresources.ts'
import { update } from './update.ts'

type Handler = (io: ServerIo, call: Call) => Steps<Outcome>

const VERBS: Record<string, Handler> = { get, list, create, update, patch, delete: remove }

/** One request from here to its answer; `progress` of a long one. */
export function* serve(io: ServerIo, call: Call & { progress?: Progress }): Steps<unknown> {
  const { info } = call
  if (info.verb === 'deletecollection' && info.subresource === '') {
    const found = yield* removeCollection(io, call, call.progress)
    if ('done' in found) return io.again(share({ ...call, progress: share(found) }))
    return io.state((_, t) => finish(t, call, found))
  }
  const outcome = yield* handlerOf(info.resource, info.subresource, info.verb)(io, call)
  return io.state((_, t) => finish(t, call, outcome))
}

function handlerOf(resource: string, subresource: string, verb: string): Handler {
  if (subresource === '') return subresources[resource]?.[verb] ?? VERBS[verb] ?? refuse
  return subresources[`${resource}/${subresource}`]?.[verb] ?? subresources[`*/${subresource}`]?.[verb] ?? refuse
}

// biome-ignore lint/correctness/useYield: a step of a routine
function* refuse(): Steps<Outcome> {
  return refusal(methodNotAllowed())
}

/** The closing note and the answer. */
export function finish(io: Io, call: Call, outcome: Outcome): void {
  noteRequest(io, call, outcome)
  const deprecated = DEPRECATED[call.info.resource]
  answer(io, call.message, deprecated === undefined ? outcome : { ...outcome, warnings: [deprecated, ...(outcome.warnings ?? [])] })
}

const DEPRECATED: Record<string, string> = {
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
}

export function answer(io: Io, message: Message, outcome: Outcome): void {
  io.reply(message, responseOf(outcome))
}

const JSON_HEADERS = { 'content-type': 'application/json' }

function responseOf({ status, body, headers, warnings }: Outcome): ApiResponse {
  const told = warnings === undefined ? [] : [...new Set(warnings)].filter(isSayable)
  if (told.length === 0) return { status, headers: headers ?? JSON_HEADERS, body }
  const warning = told.map(text => `299 - "${text.replace(/[\\"]/g, '\\$&')}"`).join('\n')
  return { status, headers: { ...(headers ?? JSON_HEADERS), warning }, body }
}

/** What holds control characters, or is no text, is not sent as a warning. Models k8s.io/apimachinery/pkg/util/net/http.go NewWarningHeader */
const isSayable = (text: string): boolean => !/[\p{Cc}\p{Cs}]/u.test(text)

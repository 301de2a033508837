// request.ts: how routines ask the API server, and read its refusals.
// Models k8s.io/client-go/rest/request.go and k8s.io/apimachinery/pkg/api/errors/errors.go
// Differs: nothing known

import type { ApiRequest, ApiResponse } from '../../api/http.ts'
import type { Answer, RoutineIo, Steps } from '../../kernel/machine.ts'
import { API_SERVER } from '../client.ts'

/** Asks and waits. When the API server cannot be reached, the answer has status 0 and says why. */
export function* ask(io: RoutineIo<any>, request: ApiRequest): Steps<ApiResponse> {
  return responseTo(request, yield* io.call<ApiResponse>(API_SERVER, 'request', request))
}

/** Several requests at once; answers in the order asked. */
export function* askAll(io: RoutineIo<any>, requests: ApiRequest[]): Steps<ApiResponse[]> {
  const answers = yield* io.all(requests.map(body => ({ to: API_SERVER, type: 'request', body })))
  return answers.map((answer, i) => responseTo(requests[i]!, answer))
}

export const ok = (response: ApiResponse): boolean => response.status >= 200 && response.status < 300

/** The error as components print it; '' if there is none. */
export const errorOf = (response: ApiResponse): string => (ok(response) ? '' : (response.body?.message ?? 'unknown'))

const refused = (response: ApiResponse, reason: string): boolean => !ok(response) && response.body?.reason === reason

export const isNotFound = (response: ApiResponse): boolean => refused(response, 'NotFound')
export const isConflict = (response: ApiResponse): boolean => refused(response, 'Conflict')
export const isAlreadyExists = (response: ApiResponse): boolean => refused(response, 'AlreadyExists')

/** Refused because the namespace is being deleted. */
export const isNamespaceTerminating = (response: ApiResponse): boolean =>
  refused(response, 'Forbidden') && (response.body.details?.causes ?? []).some((cause: any) => cause.reason === 'NamespaceTerminating')

const VERBS: Record<string, string> = { GET: 'Get', POST: 'Post', PUT: 'Put', PATCH: 'Patch', DELETE: 'Delete' }

function responseTo(request: ApiRequest, answer: Answer<ApiResponse>): ApiResponse {
  if (answer.ok) return answer.value
  const why = answer.error === 'refused' ? 'connect: connection refused' : answer.error === 'lost' ? 'EOF' : 'context deadline exceeded'
  const message = `${VERBS[request.method] ?? request.method} "https://${API_SERVER}${request.path}": ${why}`
  return { status: 0, headers: {}, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: '', code: 0 } }
}

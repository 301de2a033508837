// client.ts: requests to the API server, as components make them.
// Models k8s.io/client-go/rest/request.go
// Differs: nothing known

import type { ApiRequest, ApiResponse } from '../api/http.ts'
import type { Answer } from '../kernel/machine.ts'

/** The actor that answers calls of type `request` with an ApiResponse. */
export const API_SERVER = 'kube-apiserver'

/** Who asks: a bearer token and the name in the User-Agent (which is the field manager of what is written). */
export interface Client {
  token: string
  userAgent: string
}

const PATCH_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

const headersOf = (client: Client, type?: string): Record<string, string> =>
  type === undefined
    ? { authorization: `Bearer ${client.token}`, 'user-agent': client.userAgent }
    : { authorization: `Bearer ${client.token}`, 'user-agent': client.userAgent, 'content-type': type }

const NO_QUERY: Record<string, string> = {}

export const getRequest = (client: Client, path: string, query = NO_QUERY): ApiRequest => ({ method: 'GET', path, query, headers: headersOf(client) })

export const createRequest = (client: Client, path: string, body: unknown, query = NO_QUERY): ApiRequest => ({
  method: 'POST',
  path,
  query,
  headers: headersOf(client, 'application/json'),
  body,
})

export const updateRequest = (client: Client, path: string, body: unknown, query = NO_QUERY): ApiRequest => ({
  method: 'PUT',
  path,
  query,
  headers: headersOf(client, 'application/json'),
  body,
})

export const patchRequest = (client: Client, path: string, type: keyof typeof PATCH_TYPES, body: unknown, query = NO_QUERY): ApiRequest => ({
  method: 'PATCH',
  path,
  query,
  headers: headersOf(client, PATCH_TYPES[type]),
  body,
})

/** `body` is a DeleteOptions without apiVersion and kind: {gracePeriodSeconds, propagationPolicy, preconditions}. */
export const deleteRequest = (client: Client, path: string, body: Record<string, unknown> = {}): ApiRequest => ({
  method: 'DELETE',
  path,
  query: NO_QUERY,
  headers: headersOf(client, 'application/json'),
  body: { kind: 'DeleteOptions', apiVersion: 'v1', ...body },
})

/** The answer of the API server, or undefined when it could not be reached. */
export const responseOf = (answer: Answer<ApiResponse>): ApiResponse | undefined => (answer.ok ? answer.value : undefined)

/** Did the request do what it asked for? */
export const succeeded = (answer: Answer<ApiResponse>): boolean => answer.ok && answer.value.status < 300

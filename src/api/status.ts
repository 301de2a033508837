// status.ts: Status objects, the answers of an API server that refuses.
// Models k8s.io/apimachinery/pkg/api/errors/errors.go
// Differs: nothing known

import type { FieldError, FieldErrorType } from './field.ts'
import { aggregate, errorBody } from './field.ts'

export interface StatusCause {
  reason?: string
  message?: string
  field?: string
}

export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: StatusCause[]
  retryAfterSeconds?: number
}

export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: { resourceVersion?: string; continue?: string }
  status: 'Success' | 'Failure'
  message?: string
  reason?: string
  details?: StatusDetails
  code: number
}

/** What a message names: `{group: 'apps', plural: 'deployments'}`. ResourceType fits. */
export interface Named {
  group: string
  plural: string
}
export interface Kinded {
  group: string
  kind: string
}

export const isStatus = (value: any): value is Status => value?.kind === 'Status' && value.apiVersion === 'v1'

/** `pods "x" not found` */
export function notFound(type: Named, name: string): Status {
  return failure(404, 'NotFound', `${of(type)} ${quote(name)} not found`, detailsOf(type, name))
}

export function alreadyExists(type: Named, name: string): Status {
  return failure(409, 'AlreadyExists', `${of(type)} ${quote(name)} already exists`, detailsOf(type, name))
}

/** After eight tries to find a free name for generateName. */
export function generateNameConflict(type: Named, name: string, retryAfterSeconds = 1): Status {
  const message = `${of(type)} ${quote(name)} already exists, the server was not able to generate a unique name for the object`
  return failure(409, 'AlreadyExists', message, { ...detailsOf(type, name), retryAfterSeconds })
}

/** `Operation cannot be fulfilled on deployments.apps "x": …` */
export function conflict(type: Named, name: string, why: string): Status {
  return failure(409, 'Conflict', `Operation cannot be fulfilled on ${of(type)} ${quote(name)}: ${why}`, detailsOf(type, name))
}

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again'

/** `pods "x" is forbidden: …`; without a name `pods is forbidden: …`; without a resource `forbidden: …`. */
export function forbidden(type: Named, name: string, why: string): Status {
  const what = type.plural === '' ? `forbidden: ${why}` : name === '' ? `${of(type)} is forbidden: ${why}` : `${of(type)} ${quote(name)} is forbidden: ${why}`
  return failure(403, 'Forbidden', what, detailsOf(type, name))
}

/** All errors of an object at once: `Deployment.apps "x" is invalid: [a, b]`, one cause each. */
export function invalid(type: Kinded, name: string, errors: FieldError[]): Status {
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`
  const details: StatusDetails = { ...(name === '' ? {} : { name }), ...(type.group === '' ? {} : { group: type.group }), kind: type.kind }
  const causes = causesOf(errors)
  if (causes.length > 0) details.causes = causes
  return failure(422, 'Invalid', `${kind} ${quote(name)} is invalid${errors.length > 0 ? `: ${aggregate(errors)}` : ''}`, details)
}

function causesOf(errors: FieldError[]): StatusCause[] {
  return errors.map(error => ({ reason: REASONS[error.type], message: errorBody(error), field: error.field }))
}

const REASONS: Record<FieldErrorType, string> = {
  Required: 'FieldValueRequired',
  Invalid: 'FieldValueInvalid',
  Forbidden: 'FieldValueForbidden',
  Duplicate: 'FieldValueDuplicate',
  NotSupported: 'FieldValueNotSupported',
  NotFound: 'FieldValueNotFound',
  TooLong: 'FieldValueTooLong',
  TooMany: 'FieldValueTooMany',
  TypeInvalid: 'FieldValueTypeInvalid',
  InternalError: 'InternalError',
}

export const badRequest = (message: string): Status => failure(400, 'BadRequest', message)
export const unauthorized = (message = 'Unauthorized'): Status => failure(401, 'Unauthorized', message)
export const gone = (message: string): Status => failure(410, 'Gone', message)
export const expired = (message: string): Status => failure(410, 'Expired', message)
export const internalError = (message: string): Status => failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
/** Any other Go error: no reason. */
export const plainError = (message: string): Status => failure(500, '', message)
export const serviceUnavailable = (message: string): Status => failure(503, 'ServiceUnavailable', message)
export const requestEntityTooLarge = (message: string): Status => failure(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`)
/** `A JSON patch that does not apply`: the cause is lost on the way. */
export const unprocessable = (): Status => failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {})

export function tooManyRequests(message: string, retryAfterSeconds = 0): Status {
  return failure(429, 'TooManyRequests', message, retryAfterSeconds > 0 ? { retryAfterSeconds } : {})
}

export function timeout(message: string, retryAfterSeconds = 0): Status {
  return failure(504, 'Timeout', `Timeout: ${message}`, retryAfterSeconds > 0 ? { retryAfterSeconds } : {})
}

export function tooLargeResourceVersion(minimum: number, current: number, retryAfterSeconds = 1): Status {
  const status = timeout(`Too large resource version: ${minimum}, current: ${current}`, retryAfterSeconds)
  return { ...status, details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds } }
}

export function serverTimeout(type: Named, operation: string, retryAfterSeconds: number): Status {
  const message = `The ${operation} operation against ${of(type)} could not be completed at this time, please try again.`
  return failure(500, 'ServerTimeout', message, { ...detailsOf(type, operation), retryAfterSeconds })
}

/** A storage that refuses the verb. */
export function methodNotSupported(type: Named, action: string): Status {
  return failure(405, 'MethodNotAllowed', `${action} is not supported on resources of kind ${quote(of(type))}`, detailsOf(type, ''))
}

/** The router, which knows the path but not the method. */
export const methodNotAllowed = (): Status => failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

/** The router, which knows no such path (as a client reads its `404 page not found`). */
export const pathNotFound = (): Status => failure(404, 'NotFound', 'the server could not find the requested resource', {})

/** What a delete answers for kinds that do not answer with the object. */
export function deleted(type: Named, name: string, uid: string): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { ...detailsOf(type, name), uid }, code: 200 }
}

export const success = (code = 200): Status => ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code })

export function failure(code: number, reason: string, message: string, details?: StatusDetails): Status {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code }
  if (reason !== '') status.reason = reason
  if (details !== undefined) status.details = details
  return status
}

function detailsOf(type: Named, name: string): StatusDetails {
  return { ...(name === '' ? {} : { name }), ...(type.group === '' ? {} : { group: type.group }), ...(type.plural === '' ? {} : { kind: type.plural }) }
}

const of = (type: Named): string => (type.group === '' ? type.plural : `${type.plural}.${type.group}`)
const quote = (text: string): string => JSON.stringify(text)

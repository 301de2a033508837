// decoding.ts: can it be read? The body of a request as an object of the expected kind, with its defaults.
// Models k8s.io/apiserver/pkg/endpoints/handlers/{rest,create,update}.go and k8s.io/apimachinery/pkg/runtime/serializer
// Differs: duplicate fields were lost when the body became a value

import { decode, strictError } from '../../api/decode.ts'
import { applyDefaults } from '../../api/defaults/defaults.ts'
import { type FieldError, forbiddenField, notSupported, required } from '../../api/field.ts'
import type { ApiRequest } from '../../api/http.ts'
import type { KubeObject } from '../../api/object.ts'
import { isRecord } from '../../api/patch.ts'
import { apiVersionOf, groupVersionOf } from '../../api/resources.ts'
import { structIdOf, structOf } from '../../api/schema.ts'
import { badRequest, failure, invalid, isStatus, type Status } from '../../api/status.ts'

/** Group, version and kind of what a request carries. */
export interface Kind {
  group: string
  version: string
  kind: string
}

export interface Read {
  object: KubeObject
  warnings: string[]
}

/** The media type of a body; the refusal where there is no such. */
export function contentType(request: ApiRequest): string | Status {
  if (request.headers['content-type'] === 'application/json') return 'application/json'
  const type = (request.headers['content-type'] ?? 'application/json').split(';')[0]!.trim()
  if (type === '' || type === 'application/json' || type === 'application/yaml' || type === 'application/vnd.kubernetes.protobuf') return type
  const accepted = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
  return failure(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted}`)
}

/** The body as an object of the kind, defaults filled in. `like`: an object of the kind that was read before; what the body shares with it is not read again. */
export function readObject(kind: Kind, body: unknown, validation: 'Strict' | 'Warn' | 'Ignore', like?: KubeObject): Read | Status {
  const given = typed(kind, body)
  if (isStatus(given)) return given
  const id = structIdOf(kind)
  if (id === undefined)
    return { object: applyDefaults({ ...given, metadata: isRecord(given['metadata']) ? given['metadata'] : {} } as KubeObject), warnings: [] }
  const decoded = decode<KubeObject>(id, given, like)
  const cannot = (why: string) => badRequest(`${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${why}`)
  if ('error' in decoded) return cannot(decoded.error)
  if (decoded.unknown.length > 0 && validation === 'Strict') return cannot(strictError(decoded.unknown))
  const object = applyDefaults(decoded.value.metadata === undefined ? { ...decoded.value, metadata: {} as any } : decoded.value, like)
  return { object, warnings: validation === 'Warn' ? decoded.unknown : [] }
}

const EXCERPT = 30

/** The body with kind and apiVersion, if it claims none that are wrong. */
function typed(expected: Kind, body: unknown): Record<string, any> | Status {
  const version = apiVersionOf(expected)
  if (!isRecord(body)) {
    const text = body === undefined || body === '' ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    const shown = text === '' ? '<empty>' : text.length > EXCERPT ? `${text.slice(0, EXCERPT)} ...` : text
    const why = text === '' ? 'unexpected end of JSON input' : typeof body === 'string' ? 'invalid character' : 'json: cannot unmarshal'
    return badRequest(`the object provided is unrecognized (must be of type ${expected.kind}): couldn't get version/kind; json parse error: ${why} (${shown})`)
  }
  const { kind, apiVersion } = body
  if (typeof apiVersion === 'string' && apiVersion !== '' && apiVersion !== version) {
    if (typeof kind === 'string' && kind !== '' && kind !== expected.kind && groupVersionOf(apiVersion).group !== expected.group)
      return badRequest(cannotConvert(kind, groupVersionOf(apiVersion).version, expected))
    return badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${version})`)
  }
  if (typeof kind === 'string' && kind !== '' && kind !== expected.kind) {
    const given = { ...expected, kind }
    if (registeredIdOf(given) !== undefined) return badRequest(cannotConvert(kind, expected.version, expected))
    return badRequest(`${kind} in version ${JSON.stringify(expected.version)} cannot be handled as a ${expected.kind}: ${notRegistered(given)}`)
  }
  return kind === expected.kind && apiVersion === version ? body : { ...body, kind: expected.kind, apiVersion: version }
}

const cannotConvert = (kind: string, version: string, expected: Kind): string =>
  `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}: ${unknownConversion({ kind, version }, expected)}`

export const unknownConversion = (from: Pick<Kind, 'version' | 'kind'>, to: Kind): string =>
  `converting (${from.version}.${from.kind}) to (${to.group === '' ? 'core' : to.group.split('.')[0]}.${to.kind}): unknown conversion`

export const notRegistered = (kind: Kind): string =>
  `no kind ${JSON.stringify(kind.kind)} is registered for version ${JSON.stringify(apiVersionOf(kind))} in scheme "pkg/runtime/scheme.go:111"`

/** The struct of a kind that may stand by itself; parts of others are no kinds. */
export function registeredIdOf(kind: Kind): string | undefined {
  const id = structIdOf(kind)
  return id !== undefined && structOf(id).byName.has('apiVersion') && structOf(id).byName.has('kind') ? id : undefined
}

/** What is wrong with the options of a write; undefined if nothing is. */
export function badOptions(verb: string, query: Record<string, string>, isApply: boolean): Status | undefined {
  const kind = verb === 'create' ? 'CreateOptions' : verb === 'update' ? 'UpdateOptions' : verb === 'patch' ? 'PatchOptions' : 'DeleteOptions'
  const errors: FieldError[] = []
  if (verb === 'patch') {
    if (!isApply && query['force'] !== undefined && query['force'] !== '') errors.push(forbiddenField('force', 'may not be specified for non-apply patch'))
    if (isApply && !query['fieldManager']) errors.push(required('fieldManager', 'is required for apply patch'))
  }
  const manager = query['fieldManager'] ?? ''
  if (manager.length > 128) errors.push({ type: 'TooLong', field: 'fieldManager', detail: 'may not be more than 128 bytes' })
  const { dryRun, fieldValidation } = query
  if (dryRun !== undefined && dryRun !== '' && dryRun !== 'All') errors.push(notSupported('dryRun', [dryRun], ['All']))
  if (fieldValidation !== undefined && !['', 'Ignore', 'Strict', 'Warn'].includes(fieldValidation))
    errors.push(notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']))
  return errors.length === 0 ? undefined : invalid({ group: 'meta.k8s.io', kind }, '', errors)
}

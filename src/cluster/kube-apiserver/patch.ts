// patch.ts: a change told as a difference: JSON patch, merge patch, strategic merge patch, or apply.
// Models k8s.io/apiserver/pkg/endpoints/handlers/patch.go
// Differs: nothing known

import { decode, strictError } from '../../api/decode.ts'
import { applyDefaults } from '../../api/defaults/defaults.ts'
import { invalidValue } from '../../api/field.ts'
import type { KubeObject } from '../../api/object.ts'
import { applyJsonPatch, applyMergePatch, isRecord } from '../../api/patch.ts'
import { apiVersionOf, groupVersionOf, type ResourceType } from '../../api/resources.ts'
import { structIdOf } from '../../api/schema.ts'
import { badRequest, failure, invalid, isStatus, plainError, type Status, unprocessable } from '../../api/status.ts'
import { applyStrategicMergePatch, goPrint } from '../../api/strategic.ts'
import type { Steps } from '../../kernel/machine.ts'
import { applyConfiguration } from './apply.ts'
import { type Kind, notRegistered, registeredIdOf, unknownConversion } from './decoding.ts'
import { refusal } from './door.ts'
import { station } from './notes.ts'
import { answered, representationOf } from './represent.ts'
import type { Call, Outcome, ServerIo } from './state.ts'
import { changed, guaranteedUpdate, wrongName } from './update.ts'
import { toVersion } from './versions.ts'

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

const TYPES = new Map<string, PatchType>([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
  ['application/apply-patch+yaml', 'apply'],
])

export function patchType(call: Call): PatchType | Status {
  const header = call.request.headers['content-type'] ?? ''
  const type = TYPES.get(header) ?? TYPES.get(header.split(';')[0]!.trim())
  return type ?? failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
}

export function* patch(io: ServerIo, call: Call): Steps<Outcome> {
  const type = patchType(call)
  if (isStatus(type)) return refusal(type)
  const form = representationOf(call.request.headers['accept'], call.request.query)
  if (isStatus(form)) return refusal(form)
  if (type === 'apply') return yield* applyConfiguration(io, call, form)
  const written = yield* guaranteedUpdate(
    io,
    call,
    call.info.name,
    (s, t, old, first) => {
      const made = patched(call, type, old)
      if (isStatus(made)) {
        station(t, call, 'decoding', 'refused', { why: made.message })
        return made
      }
      if (first) station(t, call, 'decoding', 'passed')
      const next = changed(s, t, call, made.object, old)
      return isStatus(next) ? next : { ...next, warnings: [...made.warnings, ...next.warnings] }
    },
    { charge: true },
  )
  if (isStatus(written)) return refusal(written)
  return { status: 200, body: answered(io, call.type, written.object, form), warnings: written.warnings }
}

/** The old object with the patch, decoded again. */
export function patched(call: Call, type: PatchType, old: KubeObject): { object: KubeObject; warnings: string[] } | Status {
  const { body } = call.request
  const made = applyPatch(call, type, old, body)
  if (isStatus(made)) return made
  const found = readPatched(call, type, made.value, old, () => (type === 'strategic' ? goPrint(body) : JSON.stringify(made.value)))
  if (isStatus(found)) return found
  const { name, namespace } = found.object.metadata
  const { info } = call
  if (call.type.namespaced && namespace && namespace !== info.namespace)
    return badRequest('the namespace of the provided object does not match the namespace sent on the request')
  return wrongName(name, info.name) ?? found
}

function applyPatch(call: Call, type: PatchType, old: KubeObject, body: unknown): { value: any } | Status {
  switch (type) {
    case 'json': {
      const made = applyJsonPatch(old, body)
      if (!('error' in made)) return made
      return made.decoding ? badRequest(`error decoding patch: ${made.error}`) : unprocessable()
    }
    case 'merge':
      if (!isRecord(body)) return badRequest('error decoding patch: invalid JSON patch')
      return { value: applyMergePatch(old, body) }
    default: {
      if (!isRecord(body)) {
        const kind = Array.isArray(body) ? 'array' : typeof body === 'string' ? 'string' : typeof body === 'number' ? 'number' : 'bool'
        return badRequest(`json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`)
      }
      const id = structIdOf(call.type)
      if (id === undefined) return { value: applyMergePatch(old, body) }
      const made = applyStrategicMergePatch(id, old, body)
      if (!('error' in made)) return made
      if (made.error.startsWith('cannot restore')) return invalid({ group: '', kind: '' }, '', [invalidValue('patch', goPrint(body), made.error)])
      return plainError(made.error)
    }
  }
}

/** The patched value as an object, that shares what did not change with the old one; what cannot be read is told with the patch. */
function readPatched(call: Call, how: PatchType, value: any, old: KubeObject, shown: () => string): { object: KubeObject; warnings: string[] } | Status {
  const { type } = call
  const bad = (why: string): Status => invalid({ group: '', kind: '' }, '', [invalidValue('patch', shown(), why)])
  // A strategic patch is laid over the struct itself, whatever kind it names.
  const kind = how === 'strategic' ? type : kindOf(value, type)
  if ('error' in kind) return bad(kind.error)
  const id = registeredIdOf(kind)
  if (id === undefined) return kind === type ? { object: applyDefaults(value), warnings: [] } : bad(notRegistered(kind))
  const decoded = decode<KubeObject>(id, value, kind === type ? old : undefined, how === 'strategic')
  if ('error' in decoded) return bad(decoded.error)
  const object = kind === type ? typed(decoded.value, type) : toVersion(type, applyDefaults(decoded.value))
  if (object.kind !== type.kind || object.apiVersion !== apiVersionOf(type)) return bad(unknownConversion(kind, type))
  if (decoded.unknown.length > 0 && call.fieldValidation === 'Strict') return bad(strictError(decoded.unknown))
  return { object: kind === type ? applyDefaults(object, old) : object, warnings: call.fieldValidation === 'Warn' ? decoded.unknown : [] }
}

/** What a value says that it is; of what it does not say, the kind of the request; or why that cannot be read. */
function kindOf({ kind, apiVersion }: any, type: ResourceType): Kind | { error: string } {
  for (const [name, given] of [
    ['apiVersion', apiVersion],
    ['kind', kind],
  ] as const) {
    if (given === undefined || given === null || typeof given === 'string') continue
    const is = Array.isArray(given) ? 'array' : typeof given === 'boolean' ? 'bool' : typeof given
    return { error: `couldn't get version/kind; json parse error: json: cannot unmarshal ${is} into Go struct field .${name} of type string` }
  }
  if ((!kind || kind === type.kind) && (!apiVersion || apiVersion === apiVersionOf(type))) return type
  if (apiVersion && apiVersion.split('/').length > 2) return { error: `unexpected GroupVersion string: ${apiVersion}` }
  return { ...groupVersionOf(apiVersion || apiVersionOf(type)), kind: kind || type.kind }
}

/** The type fields are not taken from a patch. */
function typed(object: KubeObject, type: ResourceType): KubeObject {
  const apiVersion = apiVersionOf(type)
  return object.kind === type.kind && object.apiVersion === apiVersion ? object : { ...object, kind: type.kind, apiVersion }
}

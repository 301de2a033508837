// apply.ts: server-side apply: somebody tells the fields that they care about, and owns them from then on.
// Models k8s.io/apiserver/pkg/endpoints/handlers/patch.go (applyPatcher), k8s.io/apimachinery/pkg/util/managedfields/internal/{conflict,lastappliedmanager,lastappliedupdater}.go and sigs.k8s.io/structured-merge-diff/v6/merge/update.go
// Differs: nothing known

import { decode } from '../../api/decode.ts'
import { applyDefaults } from '../../api/defaults/defaults.ts'
import type { KubeObject, ManagedFieldsEntry } from '../../api/object.ts'
import { isRecord } from '../../api/patch.ts'
import { apiVersionOf, groupVersionOf } from '../../api/resources.ts'
import { structIdOf } from '../../api/schema.ts'
import { badRequest, conflict, failure, isStatus, plainError, type Status } from '../../api/status.ts'
import type { Steps } from '../../kernel/machine.ts'
import { createObject } from './create.ts'
import { refusal } from './door.ts'
import { compare, fieldsOf, merge, removeItems, rootOf } from './managedfields/compare.ts'
import { difference, type FieldSet, isEmpty, paths, pathText, union } from './managedfields/fieldset.ts'
import { emptyOf, entryOf, ignoredFields, sorted, stripped, touched, withEntries } from './managedfields.ts'
import { station } from './notes.ts'
import { answered, type Representation } from './represent.ts'
import type { Call, Outcome, ServerIo } from './state.ts'
import { changed, guaranteedUpdate, wrongName } from './update.ts'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const KUBECTL = 'kubectl'

export function* applyConfiguration(io: ServerIo, call: Call, form: Representation): Steps<Outcome> {
  const config = configOf(call)
  if (isStatus(config)) {
    io.state((_, t) => station(t, call, 'decoding', 'refused', { why: config.message }))
    return refusal(config)
  }
  const written = yield* guaranteedUpdate(io, call, call.info.name, (s, t, old) => {
    const applied = laidOver(call, config, old, t.now)
    if (isStatus(applied)) {
      station(t, call, 'validation', 'refused', { why: applied.message })
      return applied
    }
    station(t, call, 'decoding', 'passed')
    return changed(s, t, call, applied, old, false)
  })
  if (!isStatus(written)) return { status: 200, body: answered(io, call.type, written.object, form), warnings: written.warnings }
  if (written.code !== 404 || written.details?.kind !== call.type.plural || call.info.subresource !== '') return refusal(written)
  const fresh = io.state((_, t) => {
    station(t, call, 'decoding', 'passed')
    return laidOver(call, config, undefined, t.now)
  })
  if (isStatus(fresh)) return refusal(fresh)
  const { uid } = fresh.metadata
  if (uid) return refusal(conflict(call.type, call.info.name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`))
  return yield* createObject(io, call, fresh, { by: 'apply', warnings: [] })
}

/** The configuration, checked; as it was given, but for kind and names. */
function configOf(call: Call): KubeObject | Status {
  const { body } = call.request
  const { type, info } = call
  if (!isRecord(body)) return badRequest('error decoding YAML: yaml: unmarshal errors')
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  const [kind, apiVersion] = [text(body['kind']), text(body['apiVersion'])]
  if (kind === '' || apiVersion === '') {
    const { group, version } = groupVersionOf(apiVersion)
    return badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`)
  }
  if (kind !== type.kind || apiVersion !== apiVersionOf(type)) return badRequest(`invalid object type: ${apiVersion}, Kind=${kind}`)
  const metadata = (body['metadata'] ?? {}) as any
  if (metadata.managedFields !== undefined && metadata.managedFields !== null) return badRequest('metadata.managedFields must be nil')
  const id = structIdOf(type)
  if (id !== undefined) {
    const decoded = decode(id, body)
    const named = `${text(metadata.namespace)}/${text(metadata.name)}; ${type.group === '' ? `/${type.version}` : apiVersion}, Kind=${kind}`
    if ('error' in decoded) return plainError(`failed to create typed patch object (${named}): ${decoded.error}`)
    if (decoded.unknown.length > 0) {
      const texts = decoded.unknown.map(what => `.${/^unknown field "(.*)"$/.exec(what)?.[1] ?? what}: field not declared in schema`)
      return plainError(`failed to create typed patch object (${named}): ${texts.length === 1 ? texts[0] : `errors:\n  ${texts.join('\n  ')}`}`)
    }
  }
  if (type.namespaced && metadata.namespace !== undefined && metadata.namespace !== info.namespace)
    return badRequest('the namespace of the provided object does not match the namespace sent on the request')
  return (metadata.name === undefined ? undefined : wrongName(text(metadata.name), info.name)) ?? (body as KubeObject)
}

/** The live object with the configuration and without what its manager gave up; or the conflicts. */
function laidOver(call: Call, config: KubeObject, live: KubeObject | undefined, now: number): KubeObject | Status {
  const { type, info, manager } = call
  const root = rootOf(structIdOf(type))
  const ignore = ignoredFields(type.kind, info.subresource)
  const base = live ?? { ...emptyOf(type), kind: type.kind, apiVersion: apiVersionOf(type) }
  const entries: ManagedFieldsEntry[] = live?.metadata.managedFields ?? []
  const mine = entries.find(e => e.operation === 'Apply' && e.manager === manager && (e.subresource ?? '') === info.subresource)
  const others = entries.filter(e => e !== mine)
  if (live !== undefined && entries.length === 0) others.push(beforeFirst(call, live))
  const fields = stripped(fieldsOf(root, config), ignore)
  const over = merge(root, withoutEntries(base), config)
  let kept: FieldSet = fields
  for (const entry of others) kept = union(kept, entry.fieldsV1)
  const next = mine === undefined ? over : (removeItems(root, over, mine.fieldsV1, kept) ?? {})
  const { added, modified, removed } = compare(root, withoutEntries(base), next)
  const change = stripped(union(added, modified), ignore)
  const odds = others.map(entry => ({ entry, fields: touched(entry, change) })).filter(({ fields: set }) => !isEmpty(set))
  if (odds.length > 0 && call.request.query['force'] !== 'true') {
    const allowed = lastApplied(call, live)
    const left = odds.map(({ entry, fields: set }) => ({ entry, fields: difference(set, allowed) })).filter(({ fields: set }) => !isEmpty(set))
    if (left.length > 0) return conflicts(left)
  }
  const gone = stripped(removed, ignore)
  const left = others
    .map(entry => {
      const set = difference(difference(entry.fieldsV1, change), gone)
      return set === entry.fieldsV1 ? entry : { ...entry, fieldsV1: set }
    })
    .filter(entry => !isEmpty(entry.fieldsV1))
  const same = isEmpty(change) && isEmpty(gone)
  if (!isEmpty(fields)) {
    const own = entryOf(manager, apiVersionOf(type), fields, info.subresource, now, 'Apply')
    left.push(same && mine?.time !== undefined ? { ...own, time: mine.time } : own)
  }
  const id = structIdOf(type)
  const named = { ...next, metadata: { ...next.metadata, name: info.name, ...annotationAfter(call, config, live, next) } }
  const decoded = id === undefined ? { value: named } : decode<KubeObject>(id, named)
  if ('error' in decoded) return plainError(decoded.error)
  return withEntries(applyDefaults(decoded.value as KubeObject), sorted(left))
}

/** What client-side apply set, and nobody changed since: whoever goes over to server-side apply with kubectl may change it without a conflict. */
function lastApplied(call: Call, live: KubeObject | undefined): FieldSet {
  const root = rootOf(structIdOf(call.type))
  const text = live?.metadata.annotations?.[LAST_APPLIED]
  const last = call.manager === KUBECTL && text !== undefined ? jsonOf(text) : undefined
  if (!isRecord(last)) return fieldsOf(root, {})
  const { added, modified, removed } = compare(root, last, withoutEntries(live))
  return difference(difference(difference(fieldsOf(root, last), modified), added), removed)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The annotation of client-side apply follows what kubectl applies here, where there is one. */
function annotationAfter(call: Call, config: KubeObject, live: KubeObject | undefined, next: any): { annotations?: Record<string, string> } {
  if (call.manager !== KUBECTL || live?.metadata.annotations?.[LAST_APPLIED] === undefined) return {}
  return { annotations: { ...next.metadata?.annotations, [LAST_APPLIED]: `${JSON.stringify(inOrder(config))}\n` } }
}

/** With the keys of every record in order of code units, as Go writes a map. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, inOrder(value[key])]),
  )
}

function withoutEntries(object: any): any {
  if (object.metadata?.managedFields === undefined) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** An object without managers: what it has belongs to whoever was there before. */
function beforeFirst(call: Call, live: KubeObject): ManagedFieldsEntry {
  const { type } = call
  const set = stripped(fieldsOf(rootOf(structIdOf(type)), live), ignoredFields(type.kind, ''))
  return entryOf('before-first-apply', apiVersionOf(type), set, '', undefined)
}

/** `Apply failed with 1 conflict: conflict with "kubectl": .data.a` */
function conflicts(odds: { entry: ManagedFieldsEntry; fields: FieldSet }[]): Status {
  const found = odds.flatMap(({ entry, fields }) => {
    const who =
      JSON.stringify(entry.manager) +
      (entry.subresource ? ` with subresource ${JSON.stringify(entry.subresource)}` : '') +
      (entry.operation === 'Update' ? ` using ${entry.apiVersion}` : '')
    return paths(fields).map(path => ({ who, field: pathText(path) }))
  })
  found.sort((a, b) => (a.who !== b.who ? (a.who < b.who ? -1 : 1) : a.field < b.field ? -1 : 1))
  const causes = found.map(({ who, field }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field }))
  if (found.length === 1) return failure(409, 'Conflict', `Apply failed with 1 conflict: conflict with ${found[0]!.who}: ${found[0]!.field}`, { causes })
  let text = `Apply failed with ${found.length} conflicts:`
  let last = ''
  for (const { who, field } of found) {
    if (who !== last) text += `${last === '' ? ' ' : '\n'}conflicts with ${who}:`
    last = who
    text += `\n- ${field}`
  }
  return failure(409, 'Conflict', text, { causes })
}

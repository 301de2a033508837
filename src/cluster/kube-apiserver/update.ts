// update.ts: a change of an object that is there: read it, change it, write it if it is still the same, else again.
// Models k8s.io/apiserver/pkg/registry/generic/registry/store.go (Update), pkg/storage/etcd3/store.go (GuaranteedUpdate) and pkg/endpoints/handlers/update.go
// Differs: nothing known

import { invalidValue } from '../../api/field.ts'
import type { KubeObject, ManagedFieldsEntry } from '../../api/object.ts'
import { sameJson } from '../../api/patch.ts'
import type { ResourceType } from '../../api/resources.ts'
import { badRequest, conflict, invalid, isStatus, MODIFIED, notFound, type Status } from '../../api/status.ts'
import { allowsCreateOnUpdate, allowsUnconditionalUpdate, prepareForUpdate } from '../../api/strategy.ts'
import { rfc3339 } from '../../api/time.ts'
import type { Io, Steps } from '../../kernel/machine.ts'
import { admissionOf, mutate, validateAdmission } from './admission/admission.ts'
import { chargeQuota, mayGrow } from './admission/quota.ts'
import { createObject, readBody } from './create.ts'
import { refusal } from './door.ts'
import { read, txn } from './etcdclient.ts'
import { eventLease } from './eventlease.ts'
import { entriesAfter } from './managedfields.ts'
import { station } from './notes.ts'
import { AFTER_ADMISSION, withOwnersOnce } from './owners.ts'
import { answered, representationOf } from './represent.ts'
import { claimAddresses, releaseAddresses } from './services/addresses.ts'
import { allocate } from './services/allocation.ts'
import type { Call, Outcome, ServerIo, State } from './state.ts'
import { etcdKey, keyIn, objectOf, storageOf, storedOf } from './storage.ts'
import { validateChange } from './validation.ts'
import { toStored, toVersion } from './versions.ts'
import { warningsOf } from './warnings.ts'

/** The next state of an object, in the version of the request. */
export interface Next {
  object: KubeObject
  warnings: string[]
  /** The key goes, instead of being written. */
  remove?: boolean
}

export interface Written {
  object: KubeObject
  old: KubeObject
  warnings: string[]
  removed: boolean
}

/** One try: from the present object to the next; `first`: none was made before. Runs inside one step: no waiting. */
export type Change = (s: State, io: Io, old: KubeObject, first: boolean) => Next | Status

/** `charge`: what the object grows by is charged to quotas; `from`: the object as this request has just written it. */
interface How {
  charge?: boolean
  from?: KubeObject
}

/** Changes an object until nobody was faster. The present object comes from the cache first: a refusal of that is checked against etcd. */
export function* guaranteedUpdate(io: ServerIo, call: Call, name: string, change: Change, { charge, from }: How = {}): Steps<Written | Status> {
  const { type } = call
  const storage = storageOf(type)!
  const namespace = type.namespaced ? call.info.namespace : undefined
  const key = etcdKey(type, namespace, name)
  let old = from ?? io.state(s => s.caches[storage.name]!.objects.get(keyIn(namespace, name)))
  let fresh = false
  for (let first = true; ; first = false) {
    if (old === undefined) {
      if (fresh) return notFound(type, name)
      const kv = yield* read(io, key)
      if (isStatus(kv)) return kv
      if (kv === undefined) return notFound(type, name)
      old = objectOf(kv.value, kv.modRevision)
      fresh = true
    }
    const before: KubeObject = toVersion(type, old)
    const next = io.state((s, t) => change(s, t, before, first))
    const idle = !isStatus(next) && next.remove !== true && unchanged(next.object, before)
    if ((isStatus(next) || idle) && !fresh) {
      const kv = yield* read(io, key)
      if (isStatus(kv)) return kv
      fresh = true
      if (kv === undefined || String(kv.modRevision) !== old.metadata.resourceVersion) {
        old = kv && objectOf(kv.value, kv.modRevision)
        continue
      }
    }
    if (isStatus(next)) return next
    const { warnings } = next
    if (call.dryRun) return { object: next.object, old: before, warnings, removed: next.remove === true }
    if (idle) return { object: before, old: before, warnings, removed: false }
    if (charge && !next.remove && mayGrow(call, next.object, before)) {
      const over = yield* chargeQuota(io, call, next.object, before)
      if (over !== undefined) return over
    }
    const isService = type.plural === 'services'
    if (isService && !next.remove) {
      const taken = yield* claimAddresses(io, call, next.object, before)
      if (taken !== undefined) return taken
    }
    const mine = { key, target: 'mod' as const, value: Number(old.metadata.resourceVersion) }
    const value = storedOf(toStored(storage.type, next.object))
    const lease = type.plural === 'events' && !next.remove ? yield* eventLease(io) : 0
    if (isStatus(lease)) return lease
    const op = next.remove ? { delete: key } : { put: key, value, lease }
    const result = yield* txn(io, { compare: [mine], success: [op], failure: [{ range: key }], quiet: call.notes === 'none' })
    if (isStatus(result)) return result
    if (result.succeeded) {
      io.state((_, t) => station(t, call, 'storage', 'passed', { revision: result.revision }))
      if (isService) yield* releaseAddresses(io, call, before, next.remove ? undefined : next.object)
      const object = next.remove ? next.object : toVersion(type, objectOf(value, result.revision))
      return { object, old: before, warnings, removed: next.remove === true }
    }
    // Another try may ask for other addresses.
    if (isService && !next.remove) yield* releaseAddresses(io, call, next.object, before)
    const found = result.responses[0]
    const kv = typeof found === 'object' ? found.kvs[0] : undefined
    old = kv && objectOf(kv.value, kv.modRevision)
    fresh = true
  }
}

export function* update(io: ServerIo, call: Call): Steps<Outcome> {
  const form = representationOf(call.request.headers['accept'], call.request.query)
  if (isStatus(form)) return refusal(form)
  const body = io.state((s, t) => readBody(call, t, cached(s, call)))
  if (isStatus(body)) return refusal(body)
  const { info } = call
  const misnamed = wrongName(body.object.metadata.name, info.name)
  if (misnamed !== undefined) return refusal(misnamed)
  const written = yield* guaranteedUpdate(io, call, info.name, (s, t, old) => changed(s, t, call, body.object, old), { charge: true })
  if (isStatus(written)) {
    if (written.code === 404 && written.details?.kind === call.type.plural && info.subresource === '' && allowsCreateOnUpdate(call.type.kind)) {
      const wrong = wrongObject(call.type, info.namespace, { name: info.name }, { uid: body.object.metadata.uid })
      if (wrong !== undefined) return refusal(wrong)
      return yield* createObject(io, call, body.object, { by: 'PUT', warnings: body.warnings })
    }
    return { ...refusal(written), warnings: body.warnings, seen: body.object }
  }
  return { status: 200, body: answered(io, call.type, written.object, form), warnings: [...body.warnings, ...written.warnings], seen: body.object }
}

/** The name of an object has to be the one of its path. */
export function wrongName(name: string | undefined, wanted: string): Status | undefined {
  if (name === wanted) return undefined
  return badRequest(
    name
      ? `the name of the object (${name}) does not match the name on the URL (${wanted})`
      : `the name of the object (${wanted} based on URL) was undeterminable: name must be provided`,
  )
}

/** The object of the request as the cache has it, in the version of the request. */
export function cached(s: State, { type, info }: Call): KubeObject | undefined {
  const object = s.caches[storageOf(type)!.name]!.objects.get(keyIn(type.namespaced ? info.namespace : undefined, info.name))
  return object && toVersion(type, object)
}

/** The given object in place of the old one, through admission and validation. */
/** `track`: the request's manager comes to own what it changes. */
export function changed(s: State, io: Io, call: Call, given: KubeObject, old: KubeObject, track = true): Next | Status {
  const { type, info } = call
  const atStorage = (status: Status): Status => {
    station(io, call, 'storage', 'refused', { why: status.message })
    return status
  }
  const other = info.verb === 'update' ? wrongObject(type, info.namespace, old.metadata, { uid: given.metadata.uid }) : undefined
  if (other !== undefined) return atStorage(other)
  const warnings: string[] = []
  const entries = track ? entriesAfter(type, old, given, call.manager, info.subresource, io.now) : given.metadata.managedFields
  const scoped: KubeObject = { ...given, metadata: metadataOf(given, old, type.namespaced ? info.namespace : undefined, entries) }
  const amended = mutate(s, admissionOf(call, 'UPDATE', scoped, old, warnings), io)
  if (isStatus(amended)) {
    station(io, call, 'mutating admission', 'refused', { why: amended.message })
    return amended
  }
  station(io, call, 'mutating admission', amended.changes.length > 0 ? 'amended' : 'passed', { changes: amended.changes })
  const wrong = wrongVersion(call, given, old)
  if (wrong !== undefined) return atStorage(wrong)
  const named = withOwnersOnce(amended.object, warnings, AFTER_ADMISSION)
  const allocated = type.plural === 'services' && info.subresource === '' ? allocate(s, io, call, named, old) : named
  if (isStatus(allocated)) {
    station(io, call, 'validation', 'refused', { why: allocated.message })
    return allocated
  }
  const object = prepareForUpdate(allocated, old, info.subresource, rfc3339(io.now))
  const errors = validateChange(type, object, old, info.subresource)
  if (errors.length > 0) {
    const status = invalid(type, info.name, errors)
    station(io, call, 'validation', 'refused', { why: status.message })
    return status
  }
  station(io, call, 'validation', 'passed')
  if (info.subresource === '') warnings.push(...warningsOf(object, old))
  const refused = validateAdmission(s, admissionOf(call, 'UPDATE', object, old, warnings), io)
  if (refused !== undefined) {
    station(io, call, 'validating admission', 'refused', { why: refused.message })
    return refused
  }
  station(io, call, 'validating admission', 'passed')
  return { object, warnings, remove: isFinished(object, old) }
}

/** The given metadata at the version of the old object, in the namespace of the request, with its managers. */
function metadataOf(given: KubeObject, old: KubeObject, namespace: string | undefined, entries: ManagedFieldsEntry[] | undefined): KubeObject['metadata'] {
  const moves = entries !== given.metadata.managedFields
  const metadata: Record<string, any> = {}
  for (const key in given.metadata) if (!moves || key !== 'managedFields') metadata[key] = given.metadata[key as keyof KubeObject['metadata']]
  metadata['resourceVersion'] = old.metadata.resourceVersion
  if (namespace !== undefined) metadata['namespace'] = namespace
  if (moves && entries !== undefined && entries.length > 0) metadata['managedFields'] = entries
  return metadata as KubeObject['metadata']
}

/** Does the object go with this change: it was being deleted, and nothing holds it any more? */
export function isFinished(object: KubeObject, old: KubeObject): boolean {
  if (old.metadata.deletionTimestamp === undefined || (old.metadata.deletionGracePeriodSeconds ?? 0) > 0) return false
  if ((object.metadata.finalizers ?? []).length > 0) return false
  return object.kind !== 'Namespace' || (object['spec']?.finalizers ?? []).length === 0
}

/** Is the object given for another version than the one that is there? */
function wrongVersion({ type, info }: Call, given: KubeObject, old: KubeObject): Status | undefined {
  const { resourceVersion } = given.metadata
  if (resourceVersion === undefined || resourceVersion === '' || resourceVersion === '0') {
    if (allowsUnconditionalUpdate(type.kind)) return undefined
    // Upstream names the resource in the place of the kind.
    return invalid({ group: type.group, kind: type.plural }, info.name, [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')])
  }
  return resourceVersion === old.metadata.resourceVersion ? undefined : conflict(type, info.name, MODIFIED)
}

interface Identity {
  uid?: string
  resourceVersion?: string
}

/** The storage's refusal where it holds another object than is wanted, or none. */
export function wrongObject(type: ResourceType, namespace: string, has: Identity & { name: string }, wanted: Identity): Status | undefined {
  const differs = (['uid', 'resourceVersion'] as const).find(part => wanted[part] && wanted[part] !== has[part])
  if (differs === undefined) return undefined
  const name = differs === 'uid' ? 'UID' : 'ResourceVersion'
  const why = `Precondition failed: ${name} in precondition: ${wanted[differs]}, ${name} in object meta: ${has[differs] ?? ''}`
  const key = etcdKey(type, type.namespaced ? namespace : undefined, has.name)
  return conflict(type, has.name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`)
}

/** A change of nothing, or of nothing but the times of managedFields, is not written. */
export function unchanged(next: KubeObject, old: KubeObject): boolean {
  if (next === old) return true
  for (const key in next) if (key !== 'metadata' && !sameJson(next[key], old[key])) return false
  for (const key in old) if (!(key in next)) return false
  const { managedFields: a, resourceVersion: _, ...mine } = next.metadata
  const { managedFields: b, resourceVersion: __, ...theirs } = old.metadata
  if (!sameJson(mine, theirs)) return false
  return sameJson(a?.map(withoutTime), b?.map(withoutTime))
}

const withoutTime = ({ time: _, ...entry }: any) => entry

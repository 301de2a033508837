// create.ts: a new object, from the body of a POST to the vault.
// Models k8s.io/apiserver/pkg/endpoints/handlers/create.go and pkg/registry/generic/registry/store.go (Create)
// Differs: nothing known

import type { KubeObject } from '../../api/object.ts'
import { alreadyExists, badRequest, generateNameConflict, invalid, isStatus, plainError, type Status } from '../../api/status.ts'
import { prepareForCreate } from '../../api/strategy.ts'
import { rfc3339 } from '../../api/time.ts'
import type { Io, Steps } from '../../kernel/machine.ts'
import { admissionOf, mutate, validateAdmission } from './admission/admission.ts'
import { chargeQuota } from './admission/quota.ts'
import { missingAccount } from './admission/serviceaccount.ts'
import { authorize, notAllowed } from './authorization/authorize.ts'
import { contentType, readObject } from './decoding.ts'
import { refusal } from './door.ts'
import { range, txn } from './etcdclient.ts'
import { eventLease } from './eventlease.ts'
import { recordCreate } from './managedfields.ts'
import { generatedName, withNewMetadata } from './metadata.ts'
import { station } from './notes.ts'
import { representationOf } from './represent.ts'
import { claimAddresses, releaseAddresses } from './services/addresses.ts'
import { allocate } from './services/allocation.ts'
import type { Call, Outcome, ServerIo, State } from './state.ts'
import { etcdKey, objectOf, storageOf, storedOf } from './storage.ts'
import { validateNew } from './validation.ts'
import { toStored, toVersion } from './versions.ts'
import { warningsOf } from './warnings.ts'

const GENERATE_TRIES = 8
const NAMESPACE_WAIT_MS = 50
const ACCOUNT_TRIES = 10 // A namespace's account `default` is waited for.
const ACCOUNT_WAIT_MS = 100

interface Prepared {
  object: KubeObject
  warnings: string[]
}

export function* create(io: ServerIo, call: Call): Steps<Outcome> {
  const read = io.state((_, t) => readBody(call, t))
  if (isStatus(read)) return refusal(read)
  return yield* createObject(io, call, read.object, { by: 'POST', warnings: read.warnings })
}

/** The body of a POST or of a PUT; `like`: the object as the cache has it. */
export function readBody(call: Call, io: Io, like?: KubeObject): Prepared | Status {
  const refuse = (status: Status): Status => {
    station(io, call, 'decoding', 'refused', { why: status.message })
    return status
  }
  const media = contentType(call.request)
  if (isStatus(media)) return refuse(media)
  const found = readObject(call.type, call.request.body, call.fieldValidation, like)
  if (isStatus(found)) return refuse(found)
  const { object } = found
  const namespace = object.metadata.namespace
  if (call.type.namespaced && namespace !== undefined && namespace !== '' && namespace !== call.info.namespace)
    return refuse(badRequest('the namespace of the provided object does not match the namespace sent on the request'))
  station(io, call, 'decoding', 'passed')
  return found
}

/** What an object is created by: a POST, or a PUT or an apply that found none; `warnings` of reading it. */
interface Making {
  by: 'POST' | 'PUT' | 'apply'
  warnings: string[]
}

/** Creates an object that was read. */
export function* createObject(io: ServerIo, call: Call, given: KubeObject, making: Making): Steps<Outcome> {
  const { by, warnings } = making
  const version = given.metadata.resourceVersion
  if (version !== undefined && version !== '' && version !== '0' && by === 'POST')
    return refusal(plainError('resourceVersion should not be set on objects to be created'))
  const form = representationOf(call.request.headers['accept'], call.request.query)
  if (isStatus(form)) return refusal(form)
  let prepared = io.state((s, t) => prepare(s, t, call, given, by))
  if (isStatus(prepared) && prepared.code === 404 && prepared.details?.kind === 'namespaces') {
    yield* io.sleep(NAMESPACE_WAIT_MS)
    if (yield* namespaceExists(io, call.info.namespace)) prepared = io.state((s, t) => prepare(s, t, call, given, by))
  }
  for (let tries = 0; isStatus(prepared) && missingAccount(prepared.message) === 'default' && tries < ACCOUNT_TRIES; tries++) {
    yield* io.sleep(ACCOUNT_WAIT_MS + io.int(ACCOUNT_WAIT_MS))
    prepared = io.state((s, t) => prepare(s, t, call, given, by))
  }
  if (isStatus(prepared)) return { ...refusal(prepared), warnings, seen: given }
  let { object } = prepared
  const over = yield* chargeQuota(io, call, object, undefined)
  if (over !== undefined) return { ...refusal(over), warnings, seen: given }
  io.state((_, t) => station(t, call, 'validating admission', 'passed'))
  const told = [...warnings, ...prepared.warnings]
  const name = given.metadata.name || given.metadata.generateName || ''
  if (call.dryRun) return { status: 201, body: toVersion(call.type, object), warnings: told, seen: given, name }
  if (call.type.plural === 'services') {
    const taken = yield* claimAddresses(io, call, object, undefined)
    if (taken !== undefined) return { ...refusal(taken), warnings: told, seen: given }
  }
  for (let tries = 1; ; tries++) {
    const written = yield* store(io, call, object)
    if (!isStatus(written)) return { status: 201, body: toVersion(call.type, written), warnings: told, seen: given, name }
    const taken = written.reason === 'AlreadyExists'
    if (!taken || given.metadata.name || tries === GENERATE_TRIES) {
      if (call.type.plural === 'services') yield* releaseAddresses(io, call, object, undefined)
      const status = taken && !given.metadata.name ? generateNameConflict(call.type, object.metadata.name) : written
      return { ...refusal(status), warnings: told, seen: given }
    }
    const before = object
    object = io.state((_, t) => ({ ...before, metadata: { ...before.metadata, name: generatedName(given.metadata.generateName!, t) } }))
  }
}

/** Through admission and validation; what comes out may be stored. */
function prepare(s: State, io: Io, call: Call, given: KubeObject, by: Making['by']): Prepared | Status {
  const warnings: string[] = []
  const named = { ...given, metadata: { ...given.metadata, ...(call.type.namespaced ? { namespace: call.info.namespace } : {}) } }
  const scoped = by !== 'apply' ? recordCreate(call.type, named, call.manager, call.info.subresource, io.now) : named
  const amended = mutate(s, admissionOf(call, 'CREATE', scoped, undefined, warnings), io)
  if (isStatus(amended)) {
    station(io, call, 'mutating admission', 'refused', { why: amended.message })
    return amended
  }
  station(io, call, 'mutating admission', amended.changes.length > 0 ? 'amended' : 'passed', { changes: amended.changes })
  const allocated = call.type.plural === 'services' ? allocate(s, io, amended.object, undefined) : amended.object
  if (isStatus(allocated)) {
    station(io, call, 'validation', 'refused', { why: allocated.message })
    return allocated
  }
  const made = withNewMetadata(allocated, call.type.namespaced ? call.info.namespace : undefined, io)
  const object = prepareForCreate(made, rfc3339(io.now))
  const errors = validateNew(call.type, object)
  if (errors.length > 0) {
    const status = invalid(call.type, object.metadata.name ?? '', errors)
    station(io, call, 'validation', 'refused', { why: status.message })
    return status
  }
  station(io, call, 'validation', 'passed')
  warnings.push(...warningsOf(object))
  const refused = (by === 'POST' ? undefined : mayCreate(s, call)) ?? validateAdmission(s, admissionOf(call, 'CREATE', object, undefined, warnings), io)
  if (refused !== undefined) {
    station(io, call, 'validating admission', 'refused', { why: refused.message })
    return refused
  }
  return { object, warnings }
}

/** Whoever creates by an update needs the right to create as well. */
function mayCreate(s: State, call: Call): Status | undefined {
  const wanted = { ...call.info, verb: 'create' }
  const decision = authorize(s, call.user, wanted)
  return decision.allowed ? undefined : notAllowed(call.user, wanted, decision.reason)
}

function* store(io: ServerIo, call: Call, object: KubeObject): Steps<KubeObject | Status> {
  const storage = storageOf(call.type)!
  const key = etcdKey(call.type, object.metadata.namespace, object.metadata.name)
  const lease = call.type.plural === 'events' ? yield* eventLease(io) : 0
  const value = storedOf(toStored(storage.type, object))
  const result = yield* txn(io, { compare: [{ key, target: 'mod', value: 0 }], success: [{ put: key, value, lease }], quiet: call.notes === 'none' })
  if (isStatus(result)) return result
  if (!result.succeeded) {
    const status = alreadyExists(call.type, object.metadata.name)
    io.state((_, t) => station(t, call, 'storage', 'refused', { why: status.message }))
    return status
  }
  io.state((_, t) => station(t, call, 'storage', 'passed', { revision: result.revision }))
  return objectOf(value, result.revision)
}

export function* namespaceExists(io: ServerIo, name: string): Steps<boolean> {
  const found = yield* range(io, { key: `/registry/namespaces/${name}` })
  return 'kvs' in found && found.kvs.length > 0
}

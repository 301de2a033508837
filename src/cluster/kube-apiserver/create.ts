// create.ts: a new object, from the body of a POST to the vault.
// Models k8s.io/apiserver/pkg/endpoints/handlers/create.go and pkg/registry/generic/registry/store.go (Create)
// Differs: nothing known

import type { KubeObject } from '../../api/object.ts'
import { alreadyExists, badRequest, generateNameConflict, invalid, isStatus, plainError, type Status } from '../../api/status.ts'
import { prepareForCreate } from '../../api/strategy.ts'
import { rfc3339 } from '../../api/time.ts'
import type { Io, Steps } from '../../kernel/machine.ts'
import type { KeyValue, RangeResult } from '../etcd/store.ts'
import { admissionOf, mutate, validateAdmission } from './admission/admission.ts'
import { chargeQuota } from './admission/quota.ts'
import { missingAccount } from './admission/serviceaccount.ts'
import { authorize, notAllowed } from './authorization/authorize.ts'
import { contentType, readObject } from './decoding.ts'
import { refusal } from './door.ts'
import { range, read, txn } from './etcdclient.ts'
import { eventLease } from './eventlease.ts'
import { recordCreate } from './managedfields.ts'
import { generatedName, withNewMetadata } from './metadata.ts'
import { type StationName, station } from './notes.ts'
import { withOwnersOnce } from './owners.ts'
import { answered, representationOf } from './represent.ts'
import { claimAddresses, releaseAddresses } from './services/addresses.ts'
import { allocate } from './services/allocation.ts'
import type { Call, Outcome, ServerIo, State } from './state.ts'
import { etcdKey, objectOf, storageOf, storedOf } from './storage.ts'
import { validateNew } from './validation.ts'
import { toStored } from './versions.ts'
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
  const form = representationOf(call.request.headers['accept'], call.request.query)
  if (isStatus(form)) return refusal(form)
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
  const warnings = [...found.warnings]
  return { object: withOwnersOnce(object, warnings), warnings }
}

/** What an object is created by: a POST, or a PUT or an apply that found none; `warnings` of reading it. */
interface Making {
  by: 'POST' | 'PUT' | 'apply'
  warnings: string[]
}

/** Creates an object that was read. */
export function* createObject(io: ServerIo, call: Call, given: KubeObject, making: Making): Steps<Outcome> {
  const { by, warnings } = making
  const form = representationOf(call.request.headers['accept'], call.request.query)
  if (isStatus(form)) return refusal(form)
  let prepared = io.state((s, t) => prepare(s, t, call, given, by))
  if ('at' in prepared && prepared.why.code === 404 && prepared.why.details?.kind === 'namespaces') {
    yield* io.sleep(NAMESPACE_WAIT_MS)
    if (yield* namespaceExists(io, call.info.namespace)) prepared = io.state((s, t) => prepare(s, t, call, given, by))
  }
  for (let tries = 0; 'at' in prepared && missingAccount(prepared.why.message) === 'default' && tries < ACCOUNT_TRIES; tries++) {
    yield* io.sleep(ACCOUNT_WAIT_MS + io.int(ACCOUNT_WAIT_MS))
    prepared = io.state((s, t) => prepare(s, t, call, given, by))
  }
  if ('at' in prepared) {
    const { at, why } = prepared
    io.state((_, t) => station(t, call, at, 'refused', { why: why.message }))
    return { ...refusal(why), warnings, seen: given }
  }
  const told = [...warnings, ...prepared.warnings]
  const refused = (status: Status): Outcome => ({ ...refusal(status), warnings: told, seen: given })
  let { object } = prepared
  const over = yield* chargeQuota(io, call, object, undefined)
  if (over !== undefined) return refused(over)
  io.state((_, t) => station(t, call, 'validating admission', 'passed'))
  if (by === 'POST' && !call.dryRun && hasVersion(given)) return refused(plainError('resourceVersion should not be set on objects to be created'))
  const claims = call.type.plural === 'services' && !call.dryRun
  if (claims) {
    const taken = yield* claimAddresses(io, call, object, undefined)
    if (taken !== undefined) return refused(taken)
  }
  const name = given.metadata.name || given.metadata.generateName || ''
  for (let tries = 1; ; tries++) {
    const written = yield* store(io, call, object)
    if (!isStatus(written)) return { status: 201, body: answered(io, call.type, written, form), warnings: told, seen: given, name }
    const taken = written.reason === 'AlreadyExists'
    if (!taken || given.metadata.name || tries === GENERATE_TRIES) {
      if (claims) yield* releaseAddresses(io, call, object, undefined)
      return refused(taken && !given.metadata.name ? generateNameConflict(call.type, object.metadata.name) : written)
    }
    const before = object
    object = io.state((_, t) => ({ ...before, metadata: { ...before.metadata, name: generatedName(given.metadata.generateName!, t) } }))
  }
}

/** Only the storage minds: of a dry run nothing is stored, and a PUT or an apply does not create in the storage's eyes. */
const hasVersion = ({ metadata: { resourceVersion = '' } }: KubeObject): boolean => /^\d*[1-9]\d*$/.test(resourceVersion)

/** Why an object was not accepted, and at which station. */
interface Refused {
  at: StationName
  why: Status
}

/** Through admission and validation; what comes out may be stored. */
function prepare(s: State, io: Io, call: Call, given: KubeObject, by: Making['by']): Prepared | Refused {
  const warnings: string[] = []
  const named = { ...given, metadata: { ...given.metadata, ...(call.type.namespaced ? { namespace: call.info.namespace } : {}) } }
  const scoped = by !== 'apply' ? recordCreate(call.type, named, call.manager, call.info.subresource, io.now) : named
  const amended = mutate(s, admissionOf(call, 'CREATE', scoped, undefined, warnings), io)
  if (isStatus(amended)) return { at: 'mutating admission', why: amended }
  station(io, call, 'mutating admission', amended.changes.length > 0 ? 'amended' : 'passed', { changes: amended.changes })
  const allocated = call.type.plural === 'services' ? allocate(s, io, call, amended.object, undefined) : amended.object
  if (isStatus(allocated)) return { at: 'validation', why: allocated }
  const made = withNewMetadata(allocated, call.type.namespaced ? call.info.namespace : undefined, io)
  const object = prepareForCreate(made, rfc3339(io.now))
  const errors = validateNew(call.type, object)
  if (errors.length > 0) return { at: 'validation', why: invalid(call.type, object.metadata.name ?? '', errors) }
  station(io, call, 'validation', 'passed')
  warnings.push(...warningsOf(object))
  const refused = (by === 'POST' ? undefined : mayCreate(s, call)) ?? validateAdmission(s, admissionOf(call, 'CREATE', object, undefined, warnings), io)
  return refused === undefined ? { object, warnings } : { at: 'validating admission', why: refused }
}

/** Whoever creates by an update needs the right to create as well. */
function mayCreate(s: State, call: Call): Status | undefined {
  const wanted = { ...call.info, verb: 'create' }
  const decision = authorize(s, call.user, wanted)
  return decision.allowed ? undefined : notAllowed(call.user, wanted, decision.reason)
}

/** Writes the object if there is none of its name; a dry run only looks. */
function* store(io: ServerIo, call: Call, object: KubeObject): Steps<KubeObject | Status> {
  const storage = storageOf(call.type)!
  const key = etcdKey(call.type, object.metadata.namespace, object.metadata.name)
  if (call.dryRun) {
    const kv = yield* read(io, key)
    return kv === undefined ? object : isStatus(kv) ? kv : exists(io, call, object.metadata.name, kv)
  }
  const lease = call.type.plural === 'events' ? yield* eventLease(io) : 0
  if (isStatus(lease)) return lease
  const value = storedOf(toStored(storage.type, object))
  const compare = [{ key, target: 'mod' as const, value: 0 }]
  const result = yield* txn(io, { compare, success: [{ put: key, value, lease }], failure: [{ range: key }], quiet: call.notes === 'none' })
  if (isStatus(result)) return result
  if (!result.succeeded) return exists(io, call, object.metadata.name, (result.responses[0] as RangeResult).kvs[0])
  io.state((_, t) => station(t, call, 'storage', 'passed', { revision: result.revision }))
  return objectOf(value, result.revision)
}

function exists(io: ServerIo, call: Call, name: string, kv: KeyValue | undefined): Status {
  const taken = alreadyExists(call.type, name)
  const status = kv?.value.metadata.deletionTimestamp === undefined ? taken : { ...taken, message: `object is being deleted: ${taken.message}` }
  io.state((_, t) => station(t, call, 'storage', 'refused', { why: status.message ?? '' }))
  return status
}

export function* namespaceExists(io: ServerIo, name: string): Steps<boolean> {
  const found = yield* range(io, { key: `/registry/namespaces/${name}` })
  return 'kvs' in found && found.kvs.length > 0
}

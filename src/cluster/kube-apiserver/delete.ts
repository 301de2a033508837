// delete.ts: deletion: at once, after a grace period, or when all who hold the object let go.
// Models k8s.io/apiserver/pkg/registry/generic/registry/store.go (Delete, DeleteCollection) and pkg/registry/rest/delete.go
// Differs: a collection is deleted one by one, not by workers

import { type FieldError, invalidValue, notSupported } from '../../api/field.ts'
import type { KubeObject } from '../../api/object.ts'
import { isRecord } from '../../api/patch.ts'
import { conflict, deleted, invalid, isStatus, type Status } from '../../api/status.ts'
import { answersWithDeleted, defaultPropagation } from '../../api/strategy.ts'
import { parseTime, rfc3339 } from '../../api/time.ts'
import type { Io, Steps } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { admissionOf, validateAdmission } from './admission/admission.ts'
import { listed } from './cache.ts'
import { refusal } from './door.ts'
import { station } from './notes.ts'
import { selectionOf } from './read.ts'
import { representationOf, representList } from './represent.ts'
import type { Call, Outcome, ServerIo } from './state.ts'
import { storageOf } from './storage.ts'
import { guaranteedUpdate, type Next, type Written } from './update.ts'
import { toVersion } from './versions.ts'

export interface DeleteOptions {
  gracePeriodSeconds?: number
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  orphanDependents?: boolean
  preconditions?: { uid?: string; resourceVersion?: string }
}

/** DeleteOptions from body and query, or what is wrong with them. */
export function deleteOptions(call: Call): DeleteOptions | Status {
  const { body, query } = call.request
  const options: any = isRecord(body) ? { ...body } : {}
  if (!isRecord(body) || Object.keys(body).length === 0) {
    if (query['gracePeriodSeconds'] !== undefined) options.gracePeriodSeconds = Number(query['gracePeriodSeconds'])
    if (query['propagationPolicy'] !== undefined) options.propagationPolicy = query['propagationPolicy']
    if (query['orphanDependents'] !== undefined) options.orphanDependents = query['orphanDependents'] === 'true'
  }
  const errors: FieldError[] = []
  const { propagationPolicy: policy, orphanDependents } = options
  if (policy !== undefined && orphanDependents !== undefined)
    errors.push(invalidValue('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'))
  else if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(policy))
    errors.push(notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']))
  if (Array.isArray(options.dryRun) && options.dryRun.some((d: unknown) => d !== 'All')) errors.push(notSupported('dryRun', options.dryRun, ['All']))
  return errors.length > 0 ? invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors) : options
}

export function* remove(io: ServerIo, given: Call): Steps<Outcome> {
  const options = deleteOptions(given)
  if (isStatus(options)) return refusal(options)
  const call = dryRunOf(given)
  const form = representationOf(call.request.headers['accept'], call.request.query)
  if (isStatus(form)) return refusal(form)
  const written = yield* deleteObject(io, call, call.info.name, options)
  if (isStatus(written)) return refusal(written)
  const { object, removed } = written
  const { type } = call
  const unsaid = type.kind === 'Job' && options.propagationPolicy === undefined && options.orphanDependents === undefined
  const warnings = unsaid ? [JOB_WARNING] : []
  const status = !removed && options.orphanDependents === false ? 202 : 200
  if (!removed || answersWithDeleted(type.kind)) return { status, body: toVersion(type, object), warnings }
  return { status, warnings, body: deleted(type, object.metadata.name, object.metadata.uid) }
}

const JOB_WARNING =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning'

/** Deletes, or begins to. Also what the eviction of a Pod comes to. */
export function* deleteObject(io: ServerIo, call: Call, name: string, options: DeleteOptions): Steps<Written | Status> {
  const first = yield* guaranteedUpdate(io, call, name, (s, t, old) => {
    const refused = preconditions(call, old, options) ?? validateAdmission(s, admissionOf(call, 'DELETE', undefined, old, []), t)
    if (refused !== undefined) {
      station(t, call, 'validating admission', 'refused', { why: refused.message })
      return refused
    }
    station(t, call, 'validating admission', 'passed')
    return next(t, call, old, options)
  })
  if (isStatus(first) || first.removed || call.dryRun || !isDone(first.object)) return first
  // A Pod's last state is written before its key goes.
  return yield* guaranteedUpdate(io, call, name, (_, __, old) => ({ object: old, warnings: [], remove: isDone(old) }))
}

const isDone = (object: KubeObject): boolean =>
  object.kind === 'Pod' &&
  object.metadata.deletionTimestamp !== undefined &&
  object.metadata.deletionGracePeriodSeconds === 0 &&
  (object.metadata.finalizers ?? []).length === 0

/** What a DELETE makes of an object. */
function next(io: Io, call: Call, old: KubeObject, options: DeleteOptions): Next {
  const finalizers = finalizersFor(call, old, options)
  const was = old.metadata
  if (old.kind === 'Pod') {
    const grace = graceOf(old, options)
    if (was.deletionTimestamp === undefined) return { object: deleting(old, finalizers, grace, io.now), warnings: [] }
    // A second request may only shorten.
    const left = was.deletionGracePeriodSeconds ?? 0
    if (options.gracePeriodSeconds === undefined || grace >= left) {
      if (left > 0) return { object: old, warnings: [] }
      return { object: withFinalizers(old, finalizers), warnings: [] }
    }
    const began = (parseTime(was.deletionTimestamp) ?? io.now) - left * 1000
    const at = Math.max(io.now, began + grace * 1000)
    return { object: marked(withFinalizers(old, finalizers), grace === 0 ? io.now : at, grace), warnings: [] }
  }
  if (old.kind === 'Namespace') {
    const begun = was.deletionTimestamp === undefined ? deleting(old, finalizers, 0, io.now) : old
    const held = (old['spec']?.finalizers ?? []).length > 0 || (begun.metadata.finalizers ?? []).length > 0
    if (!held) return { object: old, warnings: [], remove: true }
    const terminating = begun['status']?.phase === 'Terminating' ? begun : { ...begun, status: { ...begun['status'], phase: 'Terminating' } }
    return { object: share(terminating), warnings: [] }
  }
  if (finalizers.length === 0) return { object: old, warnings: [], remove: true }
  if (was.deletionTimestamp !== undefined) return { object: withFinalizers(old, finalizers), warnings: [] }
  return { object: deleting(old, finalizers, 0, io.now), warnings: [] }
}

/** Seconds a Pod has to go: none if it is nowhere, or over. */
function graceOf(pod: KubeObject, options: DeleteOptions): number {
  const phase = pod['status']?.phase
  if (!pod['spec'].nodeName || phase === 'Succeeded' || phase === 'Failed') return 0
  const asked = options.gracePeriodSeconds ?? pod['spec'].terminationGracePeriodSeconds ?? 0
  return asked < 0 ? 1 : asked
}

function deleting(old: KubeObject, finalizers: string[], grace: number, now: number): KubeObject {
  const object = marked(withFinalizers(old, finalizers), now + grace * 1000, grace)
  const { generation } = old.metadata
  return generation === undefined || generation === 0 ? object : share({ ...object, metadata: { ...object.metadata, generation: generation + 1 } })
}

const marked = (object: KubeObject, at: number, grace: number): KubeObject =>
  share({ ...object, metadata: { ...object.metadata, deletionTimestamp: rfc3339(at), deletionGracePeriodSeconds: grace } })

function withFinalizers(object: KubeObject, finalizers: string[]): KubeObject {
  const now = object.metadata.finalizers ?? []
  if (now.length === finalizers.length && now.every((f, i) => f === finalizers[i])) return object
  const { finalizers: _, ...metadata } = object.metadata
  return share({ ...object, metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers } })
}

/** Finalizers after the request: `orphan` and `foregroundDeletion` come and go with the propagation asked for. */
function finalizersFor({ type }: Call, old: KubeObject, options: DeleteOptions): string[] {
  const has = old.metadata.finalizers ?? []
  if (type.plural === 'namespaces') return has
  let wants: 'Orphan' | 'Foreground' | 'Background'
  if (options.orphanDependents !== undefined) wants = options.orphanDependents ? 'Orphan' : 'Background'
  else if (options.propagationPolicy !== undefined) wants = options.propagationPolicy
  else if (has.includes('orphan')) wants = 'Orphan'
  else if (has.includes('foregroundDeletion')) wants = 'Foreground'
  else wants = defaultPropagation(type.kind)
  const rest = has.filter(f => f !== 'orphan' && f !== 'foregroundDeletion')
  if (wants === 'Orphan') rest.push('orphan')
  else if (wants === 'Foreground') rest.push('foregroundDeletion')
  return rest
}

function preconditions(call: Call, old: KubeObject, { preconditions: p }: DeleteOptions): Status | undefined {
  const named = { group: call.type.group, plural: call.type.kind }
  const { uid, resourceVersion } = old.metadata
  if (p?.uid && p.uid !== uid)
    return conflict(
      named,
      old.metadata.name,
      `the UID in the precondition (${p.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    )
  if (p?.resourceVersion && p.resourceVersion !== resourceVersion)
    return conflict(
      named,
      old.metadata.name,
      `the ResourceVersion in the precondition (${p.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    )
  return undefined
}

export function* removeCollection(io: ServerIo, given: Call): Steps<Outcome> {
  const options = deleteOptions(given)
  if (isStatus(options)) return refusal(options)
  const call = dryRunOf(given)
  const selection = selectionOf(call.type, call.request.query)
  if (isStatus(selection)) return refusal(selection)
  const form = representationOf(call.request.headers['accept'], call.request.query)
  if (isStatus(form)) return refusal(form)
  const found = io.state(s => {
    const cache = s.caches[storageOf(call.type)!.name]!
    return { revision: s.revision, objects: share(listed(cache, call.type.namespaced ? call.info.namespace : '').filter(selection.matches)) }
  })
  const done: KubeObject[] = []
  for (const object of found.objects) {
    const inside = { ...call, info: { ...call.info, name: object.metadata.name, namespace: object.metadata.namespace ?? '' } }
    const written = yield* deleteObject(io, inside, object.metadata.name, options)
    if (isStatus(written)) {
      if (written.code === 404) continue
      return refusal(written)
    }
    done.push(written.object)
  }
  const now = io.now()
  return { status: 200, body: representList(call.type, done, { resourceVersion: String(found.revision) }, form, now) }
}

/** Deletions may say in the body that they are not meant. */
function dryRunOf(call: Call): Call {
  const { body } = call.request
  return isRecord(body) && Array.isArray(body['dryRun']) && body['dryRun'].includes('All') ? { ...call, dryRun: true } : call
}

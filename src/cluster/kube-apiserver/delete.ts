// delete.ts: deletion: at once, after a grace period, or when all who hold the object let go.
// Models k8s.io/apiserver/pkg/registry/generic/registry/store.go (Delete), pkg/registry/rest/delete.go and k8s.io/kubernetes/pkg/registry/core/namespace/storage/storage.go
// Differs: nothing known

import { decode } from '../../api/decode.ts'
import { type FieldError, invalidValue, notSupported } from '../../api/field.ts'
import type { KubeObject } from '../../api/object.ts'
import { isRecord } from '../../api/patch.ts'
import type { ResourceType } from '../../api/resources.ts'
import { badRequest, conflict, deleted, invalid, isStatus, type Status } from '../../api/status.ts'
import { answersWithDeleted, defaultPropagation } from '../../api/strategy.ts'
import { parseTime, rfc3339 } from '../../api/time.ts'
import type { Io, Steps } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { admissionOf, validateAdmission } from './admission/admission.ts'
import { refusal } from './door.ts'
import { station } from './notes.ts'
import { integerOf } from './read.ts'
import { answered, representationOf } from './represent.ts'
import type { Call, Outcome, ServerIo } from './state.ts'
import { guaranteedUpdate, type Next, type Written } from './update.ts'

export interface DeleteOptions {
  gracePeriodSeconds?: number
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined
  orphanDependents?: boolean
  preconditions?: { uid?: string; resourceVersion?: string }
  dryRun?: string[]
}

/** DeleteOptions from the body, or without one from the query; or what is wrong with them. */
export function deleteOptions(call: Call): DeleteOptions | Status {
  const { body, query } = call.request
  const options = isRecord(body) && Object.keys(body).length > 0 ? optionsOfBody(body) : optionsOfQuery(query)
  if (isStatus(options)) return options
  const errors: FieldError[] = []
  const { propagationPolicy: policy, orphanDependents } = options
  if (policy !== undefined && orphanDependents !== undefined)
    errors.push(invalidValue('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'))
  else if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(policy))
    errors.push(notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']))
  if ((options.dryRun ?? []).some(value => value !== 'All')) errors.push(notSupported('dryRun', options.dryRun, ['All']))
  return errors.length > 0 ? invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors) : options
}

function optionsOfBody(body: Record<string, unknown>): DeleteOptions | Status {
  const decoded = decode<DeleteOptions>('meta/v1.DeleteOptions', body)
  return 'error' in decoded ? badRequest(decoded.error) : decoded.value
}

function optionsOfQuery({ gracePeriodSeconds, propagationPolicy, orphanDependents }: Record<string, string>): DeleteOptions | Status {
  const options: DeleteOptions = {}
  if (gracePeriodSeconds !== undefined) {
    const seconds = integerOf(gracePeriodSeconds)
    if (isStatus(seconds)) return seconds
    options.gracePeriodSeconds = seconds
  }
  if (propagationPolicy !== undefined) options.propagationPolicy = propagationPolicy as DeleteOptions['propagationPolicy']
  if (orphanDependents !== undefined) options.orphanDependents = !['', '0', 'false'].includes(orphanDependents.toLowerCase())
  return options
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
  const warnings = deletionWarnings(type, options)
  const status = !removed && options.orphanDependents === false ? 202 : 200
  if (!removed || answersWithDeleted(type.kind)) return { status, body: answered(io, type, object, form), warnings }
  return { status, warnings, body: deleted(type, object.metadata.name, object.metadata.uid) }
}

/** Of Jobs only: what they leave behind. */
export function deletionWarnings(type: ResourceType, options: DeleteOptions): string[] {
  return type.kind === 'Job' && options.propagationPolicy === undefined && options.orphanDependents === undefined ? [JOB_WARNING] : []
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
  return yield* guaranteedUpdate(io, call, name, (_, __, old) => ({ object: old, warnings: [], remove: isDone(old) }), { from: first.object })
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
    if (was.deletionTimestamp === undefined) return { object: deleting(old, finalizers, graceOf(old, options), io.now), warnings: [] }
    const left = was.deletionGracePeriodSeconds ?? 0
    if (left === 0) return { object: withFinalizers(old, finalizers), warnings: [] }
    // A second request may only shorten.
    const asked = options.gracePeriodSeconds === undefined ? left : atLeastOne(options.gracePeriodSeconds)
    if (asked >= left) return { object: old, warnings: [] }
    const at = (parseTime(was.deletionTimestamp) ?? io.now) + (asked - left) * 1000
    const late = at < io.now && asked > 0
    return { object: marked(withFinalizers(old, finalizers), Math.max(io.now, at), late ? 1 : asked), warnings: [] }
  }
  if (old.kind === 'Namespace') {
    // Its storage marks it first, whatever holds it, and then waits for the namespace controller.
    if (was.deletionTimestamp === undefined) return { object: terminating(old, options, io.now), warnings: [] }
    if ((old['spec']?.finalizers ?? []).length > 0) return { object: old, warnings: [] }
  }
  if (finalizers.length === 0) return { object: old, warnings: [], remove: true }
  if (was.deletionTimestamp !== undefined) return { object: withFinalizers(old, finalizers), warnings: [] }
  return { object: deleting(old, finalizers, 0, io.now), warnings: [] }
}

/** Seconds a Pod has to go: none if it is nowhere, or over. */
function graceOf(pod: KubeObject, options: DeleteOptions): number {
  const phase = pod['status']?.phase
  if (!pod['spec'].nodeName || phase === 'Succeeded' || phase === 'Failed') return 0
  return atLeastOne(options.gracePeriodSeconds ?? pod['spec'].terminationGracePeriodSeconds ?? 0)
}

/** Negative times are one second. */
const atLeastOne = (seconds: number): number => (seconds < 0 ? 1 : seconds)

/** A Namespace on its way out: it has no grace, and its finalizers follow rules of their own. */
function terminating(old: KubeObject, { orphanDependents, propagationPolicy }: DeleteOptions, now: number): KubeObject {
  const has = old.metadata.finalizers ?? []
  const wants = (finalizer: string, byFlag: boolean, policy: string): string[] => {
    const wanted =
      orphanDependents !== undefined ? orphanDependents === byFlag : propagationPolicy === undefined ? has.includes(finalizer) : propagationPolicy === policy
    return wanted ? [finalizer] : []
  }
  const rest = has.filter(f => f !== 'orphan' && f !== 'foregroundDeletion')
  const object = withFinalizers(old, [...rest, ...wants('orphan', true, 'Orphan'), ...wants('foregroundDeletion', false, 'Foreground')])
  return share({ ...object, metadata: { ...object.metadata, deletionTimestamp: rfc3339(now) }, status: { ...object['status'], phase: 'Terminating' } })
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
  let wants: 'Orphan' | 'Foreground' | 'Background'
  if (type.plural === 'events') wants = 'Background'
  else if (options.orphanDependents !== undefined) wants = options.orphanDependents ? 'Orphan' : 'Background'
  else if (options.propagationPolicy !== undefined) wants = options.propagationPolicy
  else if (has.includes('orphan')) wants = 'Orphan'
  else if (has.includes('foregroundDeletion')) wants = 'Foreground'
  else wants = defaultPropagation(type.kind)
  const rest = has.filter(f => f !== 'orphan' && f !== 'foregroundDeletion')
  if (wants === 'Orphan') rest.push('orphan')
  else if (wants === 'Foreground') rest.push('foregroundDeletion')
  return rest
}

function preconditions({ type }: Call, old: KubeObject, { preconditions: p }: DeleteOptions): Status | undefined {
  const { uid, resourceVersion, name } = old.metadata
  const unmet = p?.uid && p.uid !== uid ? 'UID' : p?.resourceVersion && p.resourceVersion !== resourceVersion ? 'ResourceVersion' : undefined
  if (unmet === undefined) return undefined
  const [wanted, has] = unmet === 'UID' ? [p!.uid, uid] : [p!.resourceVersion, resourceVersion]
  // A Namespace's own storage looks first.
  if (type.kind === 'Namespace') return conflict(type, name, `Precondition failed: ${unmet} in precondition: ${wanted}, ${unmet} in object meta: ${has}`)
  const might = unmet === 'UID' ? 'deleted and then recreated' : 'modified'
  const why = `the ${unmet} in the precondition (${wanted}) does not match the ${unmet} in record (${has}). The object might have been ${might}`
  return conflict({ group: type.group, plural: type.kind }, name, why)
}

/** Deletions may say in the body that they are not meant. */
export function dryRunOf(call: Call): Call {
  const { body } = call.request
  return isRecord(body) && Array.isArray(body['dryRun']) && body['dryRun'].includes('All') ? { ...call, dryRun: true } : call
}

// renewal.ts: the short way of a heartbeat: the update of a Lease that is as the cache has it is written at the first try.
// Models k8s.io/apiserver/pkg/registry/generic/registry/store.go (Update)
// Differs: when the first try fails, the request goes the usual way

import type { KubeObject } from '../../api/object.ts'
import { isRecord } from '../../api/patch.ts'
import { isStatus } from '../../api/status.ts'
import { isMicroTime, rfc3339 } from '../../api/time.ts'
import type { Io } from '../../kernel/machine.ts'
import { ETCD, type TxnAnswer } from '../etcd.ts'
import { admissionOf, mutate, validateAdmission } from './admission/admission.ts'
import { readBody } from './create.ts'
import { finish } from './serve.ts'
import type { Call, State } from './state.ts'
import { etcdKey, keyIn, objectOf, storedOf } from './storage.ts'
import { changed, unchanged } from './update.ts'

interface Renewal {
  call: Call
  value: any
}

/** Writes the Lease if that can be done at once; false if the usual way must be gone. */
export function renew(s: State, call: Call, io: Io): boolean {
  const { info, type, request } = call
  if (info.resource !== 'leases' || info.verb !== 'update' || info.subresource !== '' || call.notes !== 'none' || call.dryRun) return false
  const old = s.caches['leases']!.objects.get(keyIn(info.namespace, info.name))
  if (old === undefined || request.headers['accept'] !== undefined || request.body?.metadata?.name !== info.name) return false
  const value = heartbeat(s, call, old, io) ?? written(s, call, old, io)
  if (value === undefined) return false
  const key = etcdKey(type, info.namespace, info.name)
  const txn = { compare: [{ key, target: 'mod', value: Number(old.metadata.resourceVersion) }], success: [{ put: key, value }], quiet: true }
  io.call(ETCD, 'txn', txn, 'renewed', { call, value } satisfies Renewal)
  return true
}

/** What is to be stored, by way of all stations; undefined if any of them has something to say. */
function written(s: State, call: Call, old: KubeObject, io: Io): any {
  const body = readBody(call, io, old)
  if (isStatus(body) || body.warnings.length > 0) return undefined
  const next = changed(s, io, call, body.object, old)
  if (isStatus(next) || next.remove || next.warnings.length > 0 || unchanged(next.object, old)) return undefined
  return storedOf(next.object)
}

/**
 * What is to be stored if the body is the cached Lease with another renewTime, written by its one manager: reading, validation and the
 * account of fields would find what they found the last time. Undefined if it is anything else.
 */
function heartbeat(s: State, call: Call, old: KubeObject, io: Io): any {
  const { body } = call.request
  const entry = old.metadata.managedFields?.[0]
  if (body.metadata !== old.metadata || entry === undefined || old.metadata.managedFields!.length > 1) return undefined
  if (call.request.headers['content-type'] !== 'application/json' || old.metadata.deletionTimestamp !== undefined) return undefined
  const [spec, before] = [body.spec, old['spec']]
  if (!sameBut(body, old, 'spec') || !isRecord(spec) || !isRecord(before) || !sameBut(spec, before, 'renewTime')) return undefined
  const { renewTime } = spec
  if (typeof renewTime !== 'string' || renewTime === before['renewTime'] || !isMicroTime(renewTime)) return undefined
  if (entry.operation !== 'Update' || entry.manager !== call.manager || entry.apiVersion !== old.apiVersion || entry.subresource !== undefined) return undefined
  if (entry.fieldsV1['f:spec']?.['f:renewTime'] === undefined) return undefined
  const asked = admissionOf(call, 'UPDATE', body as KubeObject, old, [])
  const admitted = mutate(s, asked, io)
  if (isStatus(admitted) || admitted.changes.length > 0 || validateAdmission(s, asked, io) !== undefined) return undefined
  const metadata: Record<string, unknown> = {}
  for (const key in old.metadata) if (key !== 'managedFields' && key !== 'resourceVersion') metadata[key] = old.metadata[key as keyof KubeObject['metadata']]
  metadata['managedFields'] = [{ ...entry, time: rfc3339(io.now) }]
  return { ...body, metadata }
}

/** Do two records have the same fields with the same values, but for one that both have? */
function sameBut(a: Record<string, unknown>, b: Record<string, unknown>, but: string): boolean {
  let count = 0
  for (const key in a) {
    if (key !== but && a[key] !== b[key]) return false
    count++
  }
  for (const _ in b) count--
  return count === 0 && but in a && but in b
}

/** etcd has answered: done, or all over again with more patience. */
export function renewed(_: State, body: { answer: { ok: boolean; value?: TxnAnswer }; context: Renewal }, io: Io): void {
  const { call, value } = body.context
  const answer = body.answer.value
  if (body.answer.ok && answer !== undefined && answer.error === undefined && answer.succeeded)
    finish(io, call, { status: 200, body: objectOf(value, answer.revision) })
  else io.start('serve', call)
}

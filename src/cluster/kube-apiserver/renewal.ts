// renewal.ts: the short way of a heartbeat: the update of a Lease that is as the cache has it is written at the first try.
// Models k8s.io/apiserver/pkg/registry/generic/registry/store.go (Update)
// Differs: when the first try fails, the request goes the usual way

import { isStatus } from '../../api/status.ts'
import type { Io } from '../../kernel/machine.ts'
import { ETCD, type TxnAnswer } from '../etcd.ts'
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
  const body = readBody(call, io, old)
  if (isStatus(body) || body.warnings.length > 0) return false
  const next = changed(s, io, call, body.object, old)
  if (isStatus(next) || next.remove || next.warnings.length > 0 || unchanged(next.object, old)) return false
  const key = etcdKey(type, info.namespace, info.name)
  const value = storedOf(next.object)
  const txn = { compare: [{ key, target: 'mod', value: Number(old.metadata.resourceVersion) }], success: [{ put: key, value }], quiet: true }
  io.call(ETCD, 'txn', txn, 'renewed', { call, value } satisfies Renewal)
  return true
}

/** etcd has answered: done, or all over again with more patience. */
export function renewed(_: State, body: { answer: { ok: boolean; value?: TxnAnswer }; context: Renewal }, io: Io): void {
  const { call, value } = body.context
  const answer = body.answer.value
  if (body.answer.ok && answer !== undefined && answer.error === undefined && answer.succeeded)
    finish(io, call, { status: 200, body: objectOf(value, answer.revision) })
  else io.start('serve', call)
}

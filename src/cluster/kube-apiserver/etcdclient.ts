// etcdclient.ts: how requests speak to etcd, and what becomes of its errors.
// Models k8s.io/apiserver/pkg/storage/etcd3/{store,errors}.go
// Differs: etcd that is away is waited for as long as a request may last

import { plainError, type Status, timeout } from '../../api/status.ts'
import type { Steps } from '../../kernel/machine.ts'
import type { KeyValue, RangeResult } from '../etcd/store.ts'
import type { Txn, TxnResult } from '../etcd/txn.ts'
import { ETCD, type RangeAnswer, type RangeRequest, type TxnAnswer } from '../etcd.ts'
import type { ServerIo } from './state.ts'

const WRITE_MS = 34_000 // A write may take so long.
const READ_MS = 60_000
const RECONNECT_MS = 1_000

/** etcd's answer, or the Status that the client sees. */
export function* range(io: ServerIo, request: RangeRequest): Steps<(RangeResult & { revision: number }) | Status> {
  for (let waited = 0; ; waited += RECONNECT_MS) {
    const answer = yield* io.call<RangeAnswer>(ETCD, 'range', request)
    if (answer.ok) return answer.value.error === undefined ? answer.value : plainError(answer.value.error)
    if (answer.error === 'timeout' || waited >= READ_MS) return timeout('request did not complete within the allotted timeout')
    yield* io.sleep(RECONNECT_MS)
  }
}

/** A write whose answer was lost may have been made: the client learns no more than that it took too long. */
export function* txn(io: ServerIo, request: Txn): Steps<TxnResult | Status> {
  for (let waited = 0; ; waited += RECONNECT_MS) {
    const answer = yield* io.call<TxnAnswer>(ETCD, 'txn', request)
    if (answer.ok) return answer.value.error === undefined ? answer.value : plainError(answer.value.error)
    if (answer.error === 'lost') return plainError('error reading from server: EOF')
    if (answer.error === 'timeout' || waited >= WRITE_MS) return timeout('request did not complete within requested timeout - context deadline exceeded')
    yield* io.sleep(RECONNECT_MS)
  }
}

/** A lease of so many seconds, to write with. */
export function* grant(io: ServerIo, ttl: number): Steps<number | Status> {
  for (let waited = 0; ; waited += RECONNECT_MS) {
    const answer = yield* io.call<{ id: number } | { error: string }>(ETCD, 'lease/grant', { ttl })
    if (answer.ok) return 'error' in answer.value ? plainError(answer.value.error) : answer.value.id
    if (answer.error === 'timeout' || waited >= WRITE_MS) return timeout('request did not complete within requested timeout - context deadline exceeded')
    yield* io.sleep(RECONNECT_MS)
  }
}

/** The key as it is now, undefined if it is not there. */
export function* read(io: ServerIo, key: string): Steps<KeyValue | undefined | Status> {
  const found = yield* range(io, { key })
  return 'code' in found ? found : found.kvs[0]
}

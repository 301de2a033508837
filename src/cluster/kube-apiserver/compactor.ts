// compactor.ts: every five minutes the history of the round before is forgotten.
// Models k8s.io/apiserver/pkg/storage/etcd3/compact.go
// Differs: nothing known

import type { Steps } from '../../kernel/machine.ts'
import { ETCD, type TxnAnswer } from '../etcd.ts'
import type { ServerIo } from './state.ts'

export const COMPACT_MS = 300_000
const KEY = 'compact_rev_key'

/** One round: whoever may write the key compacts to the revision that it saw one round ago. */
export function* compaction(io: ServerIo): Steps<void> {
  const { version, revision } = io.state(s => ({ ...s.compactor }))
  const answer = yield* io.call<TxnAnswer>(ETCD, 'txn', {
    compare: [{ key: KEY, target: 'version', value: version }],
    success: [{ put: KEY, value: String(revision) }],
    failure: [{ range: KEY }],
    quiet: true,
  })
  if (answer.ok && answer.value.error === undefined) {
    const { succeeded, responses, revision: now } = answer.value
    const found = responses[0]
    const theirs = typeof found === 'object' ? (found.kvs[0]?.version ?? 0) : 0
    io.state(s => {
      s.compactor = { version: succeeded ? version + 1 : theirs, revision: now }
    })
    if (succeeded && revision > 0) yield* io.call(ETCD, 'compact', { revision })
  }
  io.state((_, t) => t.after(COMPACT_MS, 'timer/compact'))
}

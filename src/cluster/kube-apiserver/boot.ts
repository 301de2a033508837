// boot.ts: what the server does before its door opens: objects that must be there are made.
// Models k8s.io/kubernetes/pkg/controlplane (post-start hooks)
// Differs: all at once, before the first request

import type { Steps } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import type { Txn } from '../etcd/txn.ts'
import { ETCD } from '../etcd.ts'
import { bootObjects } from './bootstrap.ts'
import { COMPACT_MS } from './compactor.ts'
import type { ServerIo } from './state.ts'

const RETRY_MS = 1_000 // etcd is asked again so long after it was not there.

/** Makes what is missing; false if it has to be done again, since etcd went away. What somebody else made meanwhile is there. */
export function* boot(io: ServerIo): Steps<boolean> {
  const missing = io.state((s, t) => share(bootObjects(s, t)))
  const answers = yield* io.all(
    missing.map(({ key, value }) => ({
      to: ETCD,
      type: 'txn',
      body: { compare: [{ key, target: 'mod', value: 0 }], success: [{ put: key, value }], quiet: true } satisfies Txn,
    })),
  )
  if (!answers.every(answer => answer.ok)) {
    yield* io.sleep(RETRY_MS)
    return false
  }
  io.state((_, t) => t.after(COMPACT_MS, 'timer/compact'))
  return true
}

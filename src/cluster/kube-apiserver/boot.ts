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

export function* boot(io: ServerIo): Steps<void> {
  const missing = io.state((s, t) => share(bootObjects(s, t)))
  yield* io.all(
    missing.map(({ key, value }) => ({
      to: ETCD,
      type: 'txn',
      body: { compare: [{ key, target: 'mod', value: 0 }], success: [{ put: key, value }], quiet: true } satisfies Txn,
    })),
  )
  io.state((_, t) => t.after(COMPACT_MS, 'timer/compact'))
}

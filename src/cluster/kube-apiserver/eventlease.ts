// eventlease.ts: Events die after an hour: many of them share a lease at etcd.
// Models k8s.io/apiserver/pkg/storage/etcd3/lease_manager.go
// Differs: nothing known

import type { Steps } from '../../kernel/machine.ts'
import { ETCD } from '../etcd.ts'
import type { ServerIo } from './state.ts'

const TTL_S = 3_600
const REUSE_MS = 60_000 // One lease serves so long,
const REUSE_MAX = 1_000 // or so many Events.

/** The lease to write an Event with; 0 if etcd grants none. */
export function* eventLease(io: ServerIo): Steps<number> {
  const known = io.state((s, t) => {
    const { eventLease } = s
    if (eventLease.id === 0 || t.now >= eventLease.until || eventLease.count >= REUSE_MAX) return 0
    eventLease.count++
    return eventLease.id
  })
  if (known !== 0) return known
  const answer = yield* io.call<{ id?: number }>(ETCD, 'lease/grant', { ttl: TTL_S + REUSE_MS / 1000 })
  const id = answer.ok ? (answer.value.id ?? 0) : 0
  io.state((s, t) => {
    s.eventLease = { id, until: t.now + REUSE_MS, count: 1 }
  })
  return id
}

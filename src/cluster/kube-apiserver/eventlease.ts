// eventlease.ts: Events die after an hour: many of them share a lease at etcd.
// Models k8s.io/apiserver/pkg/storage/etcd3/lease_manager.go
// Differs: nothing known

import { isStatus, type Status } from '../../api/status.ts'
import type { Steps } from '../../kernel/machine.ts'
import { grant } from './etcdclient.ts'
import type { ServerIo } from './state.ts'

const TTL_S = 3_600
const REUSE_MS = 60_000 // One lease serves so long,
const REUSE_MAX = 1_000 // or so many Events.

/** The lease to write an Event with: without one it would stay for ever. */
export function* eventLease(io: ServerIo): Steps<number | Status> {
  const known = io.state((s, t) => {
    const { eventLease } = s
    if (eventLease.id === 0 || t.now >= eventLease.until || eventLease.count >= REUSE_MAX) return 0
    eventLease.count++
    return eventLease.id
  })
  if (known !== 0) return known
  const id = yield* grant(io, TTL_S + REUSE_MS / 1000)
  if (isStatus(id)) return id
  io.state((s, t) => {
    s.eventLease = { id, until: t.now + REUSE_MS, count: 1 }
  })
  return id
}

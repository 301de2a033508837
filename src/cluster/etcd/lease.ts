// lease.ts: keys that die at a time: a lease is granted for some seconds, and takes its keys with it when it ends.
// Models go.etcd.io/etcd/server/v3/lease/lessor.go
// Differs: a restarted member extends leases as a new leader does

import type { Io } from '../../kernel/machine.ts'
import type { StoreEvent } from './store.ts'

export interface EtcdLease {
  id: number
  /** Seconds. */
  ttl: number
  /** Simulated ms. */
  expiresAt: number
  keys: Set<string>
}

export interface Leases {
  byId: Map<number, EtcdLease>
}

export interface LeaseRequest {
  /** Seconds; less than 2 become 2. */
  ttl: number
}

const TTL_MIN = 2
const TTL_MAX = 9_000_000_000
const EXTENSION_MS = 1_000 // An election timeout, added for all leases by a new leader.

export const newLeases = (): Leases => ({ byId: new Map() })

export function grant(leases: Leases, { ttl }: LeaseRequest, io: Io): { id: number; ttl: number } | { error: string } {
  if (ttl > TTL_MAX) return { error: 'etcdserver: too large lease TTL' }
  let id = io.int(4_294_967_295) + 1
  while (leases.byId.has(id)) id++
  const seconds = Math.max(ttl, TTL_MIN)
  leases.byId.set(id, { id, ttl: seconds, expiresAt: io.now + seconds * 1000, keys: new Set() })
  return { id, ttl: seconds }
}

export function keepAlive(leases: Leases, id: number, now: number): { ttl: number } {
  const lease = leases.byId.get(id)
  if (!lease) return { ttl: 0 }
  lease.expiresAt = now + lease.ttl * 1000
  return { ttl: lease.ttl }
}

/** Binds a written key to its lease, and looses it from the one that it had. */
export function attach(leases: Leases, { type, kv, prev }: StoreEvent): void {
  if (prev && prev.lease !== 0 && prev.lease !== kv.lease) leases.byId.get(prev.lease)?.keys.delete(kv.key)
  if (type === 'PUT' && kv.lease !== 0) leases.byId.get(kv.lease)?.keys.add(kv.key)
}

/** Ends a lease; its keys in order, which must be deleted now. */
export function revoked(leases: Leases, id: number): string[] | undefined {
  const lease = leases.byId.get(id)
  if (!lease) return undefined
  leases.byId.delete(id)
  return [...lease.keys].sort()
}

export const expired = (leases: Leases, now: number): number[] => [...leases.byId.values()].filter(l => l.expiresAt <= now).map(l => l.id)

export function nextExpiry(leases: Leases): number | undefined {
  let next: number | undefined
  for (const lease of leases.byId.values()) if (next === undefined || lease.expiresAt < next) next = lease.expiresAt
  return next
}

/** After a restart every lease has its whole life before it. */
export function restarted(leases: Leases, now: number): void {
  for (const lease of leases.byId.values()) lease.expiresAt = now + lease.ttl * 1000 + EXTENSION_MS
}

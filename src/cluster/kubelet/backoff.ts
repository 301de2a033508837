// backoff.ts: steps of waiting that double, by key.
// Models k8s.io/client-go/util/flowcontrol/backoff.go as the kubelet sets it up
// Differs: entries of Pods that are gone are dropped with the Pod

import type { Backoff } from './state.ts'

const INITIAL_MS = 10_000
const MAX_MS = 300_000
const RESET_MS = 600_000 // After so long without a failure it begins again.

export const newBackoff = (): Backoff => ({ entries: new Map() })

/** The step that is still running for what happened at `since`, ms; 0 if there is none. */
export function inBackoff(backoff: Backoff, key: string, since: number, now: number): number {
  const entry = backoff.entries.get(key)
  if (entry === undefined || since - entry.at > RESET_MS || now - since >= entry.ms) return 0
  return entry.ms
}

/** The same, where waiting counts from the last step itself. */
export function inBackoffSinceUpdate(backoff: Backoff, key: string, now: number): boolean {
  const entry = backoff.entries.get(key)
  return entry !== undefined && now - entry.at <= RESET_MS && now - entry.at < entry.ms
}

/** Takes the next step. */
export function nextBackoff(backoff: Backoff, key: string, happened: number, now: number): void {
  const entry = backoff.entries.get(key)
  const ms = entry === undefined || happened - entry.at > RESET_MS ? INITIAL_MS : Math.min(entry.ms * 2, MAX_MS)
  backoff.entries.set(key, { ms, at: now })
}

export function forgetBackoff(backoff: Backoff, prefix: string): void {
  for (const key of backoff.entries.keys()) if (key.startsWith(prefix)) backoff.entries.delete(key)
}

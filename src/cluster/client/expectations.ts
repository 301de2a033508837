// expectations.ts: what a controller has asked for and not yet seen, so that it does not ask twice.
// Models k8s.io/kubernetes/pkg/controller/controller_utils.go (ControllerExpectations, UIDTrackingControllerExpectations)
// Differs: nothing known

export const EXPECTATIONS_TTL_MS = 300_000

/** Per owner key (`namespace/name`): creations not seen yet, and the keys of objects whose deletion is not seen yet. */
export interface Expectation {
  creations: number
  /** Keys of objects, where the controller tracks them (ReplicaSets); else only their number. */
  deletions: Set<string>
  deletionsLeft: number
  at: number
}

export type Expectations = Map<string, Expectation>

/** Nothing expected, all seen, or too old to be waited for. */
export function satisfied(expectations: Expectations, owner: string, now: number): boolean {
  const e = expectations.get(owner)
  if (!e) return true
  return (e.creations <= 0 && e.deletionsLeft <= 0) || now - e.at > EXPECTATIONS_TTL_MS
}

/** From now on so many are expected; what was expected before is forgotten. */
export function expectCreations(expectations: Expectations, owner: string, creations: number, now: number): void {
  expectations.set(owner, { creations, deletions: new Set(), deletionsLeft: 0, at: now })
}

export function expectDeletions(expectations: Expectations, owner: string, keys: string[], now: number): void {
  expectations.set(owner, { creations: 0, deletions: new Set(keys), deletionsLeft: keys.length, at: now })
}

export function expectBoth(expectations: Expectations, owner: string, creations: number, deletions: number, now: number): void {
  expectations.set(owner, { creations, deletions: new Set(), deletionsLeft: deletions, at: now })
}

export function creationObserved(expectations: Expectations, owner: string, count = 1): void {
  const e = expectations.get(owner)
  if (e) e.creations -= count
}

/** With a key it counts once for each object; without, each time. */
export function deletionObserved(expectations: Expectations, owner: string, key?: string): void {
  const e = expectations.get(owner)
  if (!e) return
  if (key === undefined || e.deletions.delete(key)) e.deletionsLeft--
}

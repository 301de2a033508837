// tracker.ts: which generations of a Service's slices a controller has written, so that it knows its own writes and a copy that lags.
// Models k8s.io/endpointslice/util/endpointslice_tracker.go
// Differs: nothing known

import type { EndpointSlice } from '../../../api/service.ts'

export const SERVICE_NAME = 'kubernetes.io/service-name'

/** By `namespace/service`, then by the slice's uid: its generation as last written, or that it is to go. */
export type SliceTracker = Map<string, Map<string, number>>

const DELETION_EXPECTED = -1

export const newSliceTracker = (): SliceTracker => new Map()

export const serviceOf = (slice: EndpointSlice): string => `${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_NAME] ?? ''}`

const generationOf = (tracker: SliceTracker, slice: EndpointSlice): number | undefined => tracker.get(serviceOf(slice))?.get(slice.metadata.uid)

export const isTracked = (tracker: SliceTracker, slice: EndpointSlice): boolean => generationOf(tracker, slice) !== undefined

/** Is it newer than what was written, or not known at all? */
export function shouldSync(tracker: SliceTracker, slice: EndpointSlice): boolean {
  const generation = generationOf(tracker, slice)
  return generation === undefined || (slice.metadata.generation ?? 0) > generation
}

/** The local copy lags: a slice is older than what was written, should be gone, or is missing. */
export function isStale(tracker: SliceTracker, service: string, slices: EndpointSlice[]): boolean {
  const generations = tracker.get(service)
  if (generations === undefined) return false
  const there = new Set<string>()
  for (const slice of slices) {
    there.add(slice.metadata.uid)
    const generation = generations.get(slice.metadata.uid)
    if (generation !== undefined && (generation === DELETION_EXPECTED || generation > (slice.metadata.generation ?? 0))) return true
  }
  for (const [uid, generation] of generations) if (generation !== DELETION_EXPECTED && !there.has(uid)) return true
  return false
}

export const track = (tracker: SliceTracker, slice: EndpointSlice): void => set(tracker, slice, slice.metadata.generation ?? 0)
export const expectDeletion = (tracker: SliceTracker, slice: EndpointSlice): void => set(tracker, slice, DELETION_EXPECTED)

function set(tracker: SliceTracker, slice: EndpointSlice, generation: number): void {
  const generations = tracker.get(serviceOf(slice)) ?? new Map<string, number>()
  tracker.set(serviceOf(slice), generations)
  generations.set(slice.metadata.uid, generation)
}

/** A slice is gone; false where that was not expected. */
export function deletionSeen(tracker: SliceTracker, slice: EndpointSlice): boolean {
  const generation = generationOf(tracker, slice)
  tracker.get(serviceOf(slice))?.delete(slice.metadata.uid)
  return generation === undefined || generation === DELETION_EXPECTED
}

// tracker.ts: which generations of a Service's slices a controller has written, so that it knows its own writes and a copy that lags.
// Models k8s.io/endpointslice/util/endpointslice_tracker.go
// Differs: here a change is heard before the answer to the write that made it: what comes during a sync is judged after it

import type { EndpointSlice } from '../../../api/service.ts'
import type { Change } from '../../client/informer.ts'
import type { WorkQueue } from '../../client/workqueue.ts'

export const SERVICE_NAME = 'kubernetes.io/service-name'

export interface SliceTracker {
  /** By `namespace/service`, then by the slice's uid: its generation as last written, or that it is to go. */
  generations: Map<string, Map<string, number>>
  /** By `namespace/service`: changes that came during a sync. */
  heard: Map<string, Change<EndpointSlice>[]>
}

const DELETION_EXPECTED = -1

export const newSliceTracker = (): SliceTracker => ({ generations: new Map(), heard: new Map() })

export const serviceOf = (slice: EndpointSlice): string => `${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_NAME] ?? ''}`

const generationOf = (tracker: SliceTracker, slice: EndpointSlice): number | undefined => tracker.generations.get(serviceOf(slice))?.get(slice.metadata.uid)

export const isTracked = (tracker: SliceTracker, slice: EndpointSlice): boolean => generationOf(tracker, slice) !== undefined

/** Is it newer than what was written, or not known at all? */
export function shouldSync(tracker: SliceTracker, slice: EndpointSlice): boolean {
  const generation = generationOf(tracker, slice)
  return generation === undefined || (slice.metadata.generation ?? 0) > generation
}

/** The local copy lags: a slice is older than what was written, should be gone, or is missing. */
export function isStale(tracker: SliceTracker, service: string, slices: EndpointSlice[]): boolean {
  const generations = tracker.generations.get(service)
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
  const generations = tracker.generations.get(serviceOf(slice)) ?? new Map<string, number>()
  tracker.generations.set(serviceOf(slice), generations)
  generations.set(slice.metadata.uid, generation)
}

/** A slice is gone; false where that was not expected. */
export function deletionSeen(tracker: SliceTracker, slice: EndpointSlice): boolean {
  const generation = generationOf(tracker, slice)
  tracker.generations.get(serviceOf(slice))?.delete(slice.metadata.uid)
  return generation === undefined || generation === DELETION_EXPECTED
}

/** Is the Service being synced? Then the change is kept until that is over. */
export function hearLater(tracker: SliceTracker, queue: WorkQueue, change: Change<EndpointSlice>): boolean {
  const service = serviceOf(change.object)
  if (!queue.processing.has(service)) return false
  const heard = tracker.heard.get(service)
  if (heard) heard.push(change)
  else tracker.heard.set(service, [change])
  return true
}

/** The changes that were kept. */
export function heardOf(tracker: SliceTracker, service: string): Change<EndpointSlice>[] {
  const heard = tracker.heard.get(service) ?? []
  tracker.heard.delete(service)
  return heard
}

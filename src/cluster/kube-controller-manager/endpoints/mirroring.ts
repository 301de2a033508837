// mirroring.ts: the EndpointSliceMirroring controller: shows Endpoints that somebody wrote by hand to those who read only slices.
// Models k8s.io/kubernetes/pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go
// Differs: nothing known

import { pathOf } from '../../../api/resources.ts'
import type { EndpointSlice, Endpoints, Service } from '../../../api/service.ts'
import type { Io, Steps } from '../../../kernel/machine.ts'
import { type Controller, enqueue, recordFor, type SyncResult } from '../../client/controller.ts'
import { byIndex, type Change, cached, keyOf } from '../../client/informer.ts'
import { ask, errorOf, isNamespaceTerminating, ok } from '../../client/request.ts'
import { createRequest, deleteRequest, updateRequest } from '../../client.ts'
import { clientOf, deletableTypes, type ManagerIo, type ManagerState, memoryOf, pathOfObject } from '../state.ts'
import { ADDRESSES_MAX, MIRROR, type MirrorPlan, planMirror } from './mirrored.ts'
import { MANAGED_BY } from './slices.ts'
import {
  deletionSeen,
  expectDeletion,
  heardOf,
  hearLater,
  isStale,
  isTracked,
  newSliceTracker,
  SERVICE_NAME,
  type SliceTracker,
  serviceOf,
  shouldSync,
  track,
} from './tracker.ts'

const NAME = 'endpointslicemirroring-controller'
const SOURCE = 'endpoint-slice-mirroring-controller'
const SKIP = 'endpointslice.kubernetes.io/skip-mirror'
const LEADER = 'control-plane.alpha.kubernetes.io/leader'

export const mirroringController: Controller<ManagerState> = {
  name: NAME,
  eventSource: SOURCE,
  workers: 5,
  retry: { baseMs: 1000, maxMs: 100_000, bucket: true },
  drops: 15,
  init: newSliceTracker,
  on: {
    endpoints(state, io, change: Change<Endpoints>) {
      if (isMirrored(change.object) || (change.type === 'update' && isMirrored(change.old))) enqueue(state, io, NAME, keyOf(change.object))
    },
    endpointslices(state, io, change: Change<EndpointSlice>) {
      if (!hearLater(memoryOf(state, NAME), state.controllers[NAME]!.queue, change)) sliceChanged(state, io, change)
    },
    services(state, io, change: Change<Service>) {
      const plain = !hasSelector(change.object)
      if (change.type === 'update' ? plain === hasSelector(change.old) : plain) enqueue(state, io, NAME, keyOf(change.object))
    },
  },
  sync,
}

/** Index of slices by `namespace/service`. */
export const byMirrored = (slice: any): string[] => (isOurs(slice) && slice.metadata.labels[SERVICE_NAME] ? [serviceOf(slice)] : [])

const isOurs = (slice: EndpointSlice): boolean => slice.metadata.labels?.[MANAGED_BY] === MIRROR
const hasSelector = (service: Service): boolean => service.spec.selector !== undefined
const isMirrored = (endpoints: Endpoints): boolean => endpoints.metadata.labels?.[SKIP] !== 'true' && endpoints.metadata.annotations?.[LEADER] === undefined

function sliceChanged(state: ManagerState, io: Io, change: Change<EndpointSlice>): void {
  const tracker = memoryOf<SliceTracker>(state, NAME)
  const slice = change.object
  const look = (s: EndpointSlice) => {
    if (s.metadata.labels?.[SERVICE_NAME]) enqueue(state, io, NAME, serviceOf(s))
  }
  if (change.type === 'delete') {
    if (isOurs(slice) && isTracked(tracker, slice) && !deletionSeen(tracker, slice)) look(slice)
    return
  }
  if (change.type === 'update') {
    if (slice.metadata.labels?.[SERVICE_NAME] !== change.old.metadata.labels?.[SERVICE_NAME]) {
      look(slice)
      look(change.old)
      return
    }
    if (isOurs(slice) !== isOurs(change.old)) look(slice)
  }
  if (isOurs(slice) && shouldSync(tracker, slice)) look(slice)
}

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const result = yield* reconcile(io, key)
  io.state((state, turn) => {
    for (const change of heardOf(memoryOf(state, NAME), key)) sliceChanged(state, turn, change)
  })
  return result
}

function* reconcile(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state(state => {
    const endpoints = cached<Endpoints>(state, 'endpoints', key)
    const service = cached<Service>(state, 'services', key)
    const slices = byIndex<EndpointSlice>(state, 'endpointslices', 'mirrored', key)
    const tracker = memoryOf<SliceTracker>(state, NAME)
    const client = clientOf(state, NAME)
    if (!endpoints || !isMirrored(endpoints) || !service || hasSelector(service)) {
      tracker.generations.delete(key)
      return { remove: slices, client }
    }
    if (isStale(tracker, key, slices)) return 'EndpointSlice informer cache is out of date'
    const plan = planMirror(endpoints, slices)
    for (const slice of plan.seen) if (!isTracked(tracker, slice)) track(tracker, slice)
    return { endpoints, plan, client }
  })
  if (typeof seen === 'string') return seen
  if (seen.plan === undefined) return yield* removeAll(io, key, seen.remove)
  sayWhatIsMissing(io, seen.endpoints, seen.plan)
  return yield* write(io, key, seen.endpoints, seen.plan)
}

function* removeAll(io: ManagerIo, key: string, slices: EndpointSlice[]): Steps<SyncResult> {
  const client = io.state(state => clientOf(state, NAME))
  const errors: string[] = []
  for (const slice of slices) {
    const response = yield* ask(io, deleteRequest(client, pathOfObject('endpointslices', slice)))
    if (!ok(response)) errors.push(errorOf(response))
  }
  if (errors.length === 0) return undefined
  return `error(s) deleting ${errors.length}/${slices.length} EndpointSlices for ${key} Endpoints, including: ${errors[0]}`
}

function sayWhatIsMissing(io: ManagerIo, endpoints: Endpoints, plan: MirrorPlan): void {
  io.state((state, turn) => {
    const warn = (reason: string, message: string) => recordFor(state, turn, SOURCE, endpoints, 'Warning', reason, message)
    if (plan.invalid > 0) warn('InvalidIPAddress', `Skipped ${plan.invalid} invalid IP addresses when mirroring to EndpointSlices`)
    if (plan.skipped > plan.invalid)
      warn(
        'TooManyAddressesToMirror',
        `A max of ${ADDRESSES_MAX} addresses can be mirrored to EndpointSlices per Endpoints subset. ${plan.skipped} addresses were skipped`,
      )
  })
}

function* write(io: ManagerIo, key: string, endpoints: Endpoints, plan: MirrorPlan): Steps<SyncResult> {
  const client = io.state(state => clientOf(state, NAME))
  const { length: changes } = [...plan.create, ...plan.update, ...plan.remove]
  if (changes > 0) io.note('SlicesMirrored', { endpoints: key, create: plan.create.length, update: plan.update.length, remove: plan.remove.length })
  const written = (slice: EndpointSlice) => io.state(state => track(memoryOf(state, NAME), slice))
  if (endpoints.metadata.deletionTimestamp === undefined)
    for (const slice of plan.create) {
      const path = pathOf({ type: deletableTypes['endpointslices']!, namespace: endpoints.metadata.namespace })
      const response = yield* ask(io, createRequest(client, path, slice))
      if (isNamespaceTerminating(response)) return undefined
      if (!ok(response)) return `failed to create EndpointSlice for Endpoints ${key}: ${errorOf(response)}`
      written(response.body)
    }
  for (const slice of plan.update) {
    const response = yield* ask(io, updateRequest(client, pathOfObject('endpointslices', slice), slice))
    if (!ok(response)) return `failed to update ${slice.metadata.name} EndpointSlice for Endpoints ${key}: ${errorOf(response)}`
    written(response.body)
  }
  for (const slice of plan.remove) {
    const response = yield* ask(io, deleteRequest(client, pathOfObject('endpointslices', slice)))
    if (!ok(response)) return `failed to delete ${slice.metadata.name} EndpointSlice for Endpoints ${key}: ${errorOf(response)}`
    io.state(state => expectDeletion(memoryOf(state, NAME), slice))
  }
  return undefined
}

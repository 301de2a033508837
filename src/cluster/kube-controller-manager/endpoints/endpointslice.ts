// endpointslice.ts: the EndpointSlice controller: the addresses behind a Service in slices of at most 100.
// Models k8s.io/kubernetes/pkg/controller/endpointslice/endpointslice_controller.go
// Differs: nothing known

import type { Node } from '../../../api/node.ts'
import { pathOf } from '../../../api/resources.ts'
import type { EndpointSlice, Service } from '../../../api/service.ts'
import type { Io, Steps } from '../../../kernel/machine.ts'
import { type Controller, enqueue, enqueueAfter, recordFor, type SyncResult } from '../../client/controller.ts'
import { byIndex, type Change, cached, keyOf } from '../../client/informer.ts'
import { ask, errorOf, isNamespaceTerminating, ok } from '../../client/request.ts'
import { createRequest, deleteRequest, updateRequest } from '../../client.ts'
import { clientOf, deletableTypes, type ManagerIo, type ManagerState, memoryOf, pathOfObject } from '../state.ts'
import { TRIGGER_TIME } from './endpoints.ts'
import { hasEndpoints, lastChangeTrigger, onPods, podsOfService, type Triggers } from './service-pods.ts'
import { type Family, familiesOf, MANAGED_BY, MANAGER, planSlices, SERVICE_NAME, type SlicePlan } from './slices.ts'
import {
  deletionSeen,
  expectDeletion,
  heardOf,
  hearLater,
  isStale,
  isTracked,
  newSliceTracker,
  type SliceTracker,
  serviceOf,
  shouldSync,
  track,
} from './tracker.ts'

const NAME = 'endpointslice-controller'
const SOURCE = 'endpoint-slice-controller'
const FOREIGN_CHANGE_MS = 1000

interface Memory {
  triggers: Map<string, Triggers>
  tracker: SliceTracker
}

const mine = (state: ManagerState): Memory => memoryOf<Memory>(state, NAME)

export const endpointSliceController: Controller<ManagerState> = {
  name: NAME,
  eventSource: SOURCE,
  workers: 5,
  retry: { baseMs: 1000, maxMs: 1_000_000, bucket: true },
  drops: 15,
  init: (): Memory => ({ triggers: new Map(), tracker: newSliceTracker() }),
  on: {
    services(state, io, change) {
      enqueue(state, io, NAME, keyOf(change.object))
    },
    pods: onPods((state, io, key) => enqueue(state, io, NAME, key)),
    endpointslices(state, io, change: Change<EndpointSlice>) {
      if (!hearLater(mine(state).tracker, state.controllers[NAME]!.queue, change)) sliceChanged(state, io, change)
    },
  },
  sync,
}

const isOurs = (slice: EndpointSlice): boolean => slice.metadata.labels?.[MANAGED_BY] === MANAGER

/** What others do to its slices is looked at a second later; its own writes it knows. */
function sliceChanged(state: ManagerState, io: Io, change: Change<EndpointSlice>): void {
  const { tracker } = mine(state)
  const slice = change.object
  const look = (s: EndpointSlice) => {
    if (s.metadata.labels?.[SERVICE_NAME]) enqueueAfter(state, io, NAME, serviceOf(s), FOREIGN_CHANGE_MS)
  }
  if (change.type === 'delete') {
    if (isOurs(slice) && isTracked(tracker, slice) && !deletionSeen(tracker, slice)) look(slice)
    return
  }
  if (change.type === 'update' && slice.metadata.labels?.[SERVICE_NAME] !== change.old.metadata.labels?.[SERVICE_NAME]) {
    look(slice)
    look(change.old)
    return
  }
  if ((change.type === 'update' && isOurs(slice) !== isOurs(change.old)) || (isOurs(slice) && shouldSync(tracker, slice))) look(slice)
}

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const result = yield* reconcile(io, key)
  io.state((state, turn) => {
    for (const change of heardOf(mine(state).tracker, key)) sliceChanged(state, turn, change)
  })
  return result
}

function* reconcile(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state(state => {
    const { triggers, tracker } = mine(state)
    const service = cached<Service>(state, 'services', key)
    if (!service) {
      triggers.delete(key)
      tracker.generations.delete(key)
    }
    if (!service || !hasEndpoints(service)) return undefined
    const pods = podsOfService(state, service)
    const slices = byIndex<EndpointSlice>(state, 'endpointslices', 'service', key).filter(s => s.metadata.deletionTimestamp === undefined)
    if (isStale(tracker, key, slices)) return 'EndpointSlice informer cache is out of date'
    const families = familiesOf(service)
    const nodeOf = (name: string) => cached<Node>(state, 'nodes', name)
    const ofFamily = (family: string) => slices.filter(s => s.addressType === family)
    const plans = families.map(family => planSlices(service, pods, ofFamily(family), nodeOf, family))
    const strays = slices.filter(s => !families.includes(s.addressType as Family))
    return { service, plans, strays, trigger: lastChangeTrigger(triggers, service, pods) }
  })
  if (seen === undefined || typeof seen === 'string') return seen
  const { service, plans, strays, trigger } = seen
  const count = (what: 'create' | 'update' | 'remove') => plans.reduce((sum, plan) => sum + plan[what].length, 0)
  const changes = { create: count('create'), update: count('update'), remove: count('remove') + strays.length }
  if (changes.create + changes.update + changes.remove > 0) io.note('SlicesChanged', { service: key, ...changes })
  const errors: string[] = []
  for (const plan of plans) {
    for (const { pod, node } of plan.missingNodes) errors.push(`skipping Pod ${pod} for Service ${key}: Node ${node} Not Found`)
    const error = yield* write(io, key, service, plan, trigger)
    if (error !== undefined) errors.push(error)
  }
  for (const slice of strays) {
    const error = yield* remove(io, slice)
    if (error !== undefined) errors.push(`error deleting ${slice.metadata.name} EndpointSlice for Service ${key}: ${error}`)
  }
  const different = [...new Set(errors)]
  if (different.length === 0) return undefined
  const error = different.length === 1 ? different[0]! : `[${different.join(', ')}]`
  const message = `Error updating Endpoint Slices for Service ${key}: ${error}`
  io.state((state, turn) => recordFor(state, turn, SOURCE, service, 'Warning', 'FailedToUpdateEndpointSlices', message))
  return error
}

function* write(io: ManagerIo, key: string, service: Service, plan: SlicePlan, trigger: string | undefined): Steps<SyncResult> {
  const client = io.state(state => clientOf(state, NAME))
  const written = (slice: EndpointSlice) => io.state(state => track(mine(state).tracker, slice))
  if (service.metadata.deletionTimestamp === undefined)
    for (const slice of plan.create) {
      const path = pathOf({ type: deletableTypes['endpointslices']!, namespace: service.metadata.namespace })
      const response = yield* ask(io, createRequest(client, path, triggered(slice, trigger)))
      if (isNamespaceTerminating(response)) return undefined
      if (!ok(response)) return `failed to create EndpointSlice for Service ${key}: ${errorOf(response)}`
      written(response.body)
    }
  for (const slice of plan.update) {
    const response = yield* ask(io, updateRequest(client, pathOfObject('endpointslices', slice), triggered(slice, trigger)))
    if (!ok(response)) return `failed to update ${slice.metadata.name} EndpointSlice for Service ${key}: ${errorOf(response)}`
    written(response.body)
  }
  for (const slice of plan.remove) {
    const error = yield* remove(io, slice)
    if (error !== undefined) return `failed to delete ${slice.metadata.name} EndpointSlice for Service ${key}: ${error}`
  }
  return undefined
}

function* remove(io: ManagerIo, slice: EndpointSlice): Steps<SyncResult> {
  const request = io.state(state => deleteRequest(clientOf(state, NAME), pathOfObject('endpointslices', slice)))
  const response = yield* ask(io, request)
  if (!ok(response)) return errorOf(response)
  io.state(state => expectDeletion(mine(state).tracker, slice))
  return undefined
}

/** Says when the change began that led to this write. */
function triggered(slice: any, trigger: string | undefined): any {
  const { [TRIGGER_TIME]: _, ...annotations } = slice.metadata.annotations ?? {}
  if (trigger !== undefined) annotations[TRIGGER_TIME] = trigger
  return { ...slice, metadata: { ...slice.metadata, annotations } }
}

/** Index of slices by `namespace/service`. */
export const byService = (slice: any): string[] => {
  const service = slice.metadata.labels?.[SERVICE_NAME]
  return service && slice.metadata.labels?.[MANAGED_BY] === MANAGER ? [`${slice.metadata.namespace}/${service}`] : []
}

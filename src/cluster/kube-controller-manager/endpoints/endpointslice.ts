// endpointslice.ts: the EndpointSlice controller: the addresses behind a Service in slices of at most 100.
// Models k8s.io/kubernetes/pkg/controller/endpointslice/endpointslice_controller.go
// Differs: a stale local copy is told by the resourceVersion of the last write, not by generations

import type { Node } from '../../../api/node.ts'
import { pathOf } from '../../../api/resources.ts'
import type { EndpointSlice, Service } from '../../../api/service.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { notReady, wrote } from '../../client/consistency.ts'
import { type Controller, enqueue, enqueueAfter, recordFor, type SyncResult } from '../../client/controller.ts'
import { byIndex, cached, keyOf } from '../../client/informer.ts'
import { ask, errorOf, isNamespaceTerminating, isNotFound, ok } from '../../client/request.ts'
import { createRequest, deleteRequest, updateRequest } from '../../client.ts'
import { clientOf, deletableTypes, type ManagerIo, type ManagerState, memoryOf, pathOfObject } from '../state.ts'
import { TRIGGER_TIME } from './endpoints.ts'
import { hasEndpoints, lastChangeTrigger, onPods, podsOfService, type Triggers } from './service-pods.ts'
import { MANAGED_BY, MANAGER, planSlices, SERVICE_NAME } from './slices.ts'

const NAME = 'endpointslice-controller'
const SOURCE = 'endpoint-slice-controller'
const FOREIGN_CHANGE_MS = 1000

export const endpointSliceController: Controller<ManagerState> = {
  name: NAME,
  eventSource: SOURCE,
  workers: 5,
  retry: { baseMs: 1000, maxMs: 1_000_000, bucket: true },
  drops: 15,
  init: () => new Map<string, Triggers>(),
  on: {
    services(state, io, change) {
      const key = keyOf(change.object)
      if (change.type === 'delete') {
        memoryOf<Map<string, Triggers>>(state, NAME).delete(key)
        state.controllers[NAME]!.written.delete(key)
      }
      enqueue(state, io, NAME, key)
    },
    pods: onPods((state, io, key) => enqueue(state, io, NAME, key)),
    endpointslices(state, io, change: { object: EndpointSlice }) {
      const slice = change.object
      const service = slice.metadata.labels?.[SERVICE_NAME]
      if (!service || slice.metadata.labels?.[MANAGED_BY] !== MANAGER) return
      // Our own writes come back here too: then the look a second later finds nothing to do.
      enqueueAfter(state, io, NAME, `${slice.metadata.namespace}/${service}`, FOREIGN_CHANGE_MS)
    },
  },
  sync,
}

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state(state => {
    const service = cached<Service>(state, 'services', key)
    if (!service || !hasEndpoints(service)) return undefined
    const error = notReady(state.controllers[NAME]!.written, key, state, { endpointslices: 'endpointslices.discovery.k8s.io' })
    if (error !== undefined) return { error }
    const pods = podsOfService(state, service)
    const slices = byIndex<EndpointSlice>(state, 'endpointslices', 'service', key).filter(s => s.metadata.deletionTimestamp === undefined)
    const plan = planSlices(service, pods, slices, name => cached<Node>(state, 'nodes', name))
    return { service, plan, trigger: lastChangeTrigger(memoryOf(state, NAME), service, pods), client: clientOf(state, NAME) }
  })
  if (!seen) return undefined
  if (seen.error !== undefined) return 'EndpointSlice informer cache is out of date'
  const { service, plan, trigger, client } = seen
  const error = yield* write(io, key, service!, plan!, trigger, client!)
  if (error !== undefined) {
    const message = `Error updating Endpoint Slices for Service ${key}: ${error}`
    io.state((state, turn) => recordFor(state, turn, SOURCE, service, 'Warning', 'FailedToUpdateEndpointSlices', message))
    return error
  }
  if (plan!.missingNodes.length > 0) return `node not found for pods ${plan!.missingNodes.join(', ')}`
  return undefined
}

function* write(
  io: ManagerIo,
  key: string,
  service: Service,
  plan: ReturnType<typeof planSlices>,
  trigger: string | undefined,
  client: ReturnType<typeof clientOf>,
) {
  const changes = plan.create.length + plan.update.length + plan.remove.length
  if (changes > 0) io.note('SlicesChanged', { service: key, create: plan.create.length, update: plan.update.length, remove: plan.remove.length })
  if (service.metadata.deletionTimestamp === undefined)
    for (const slice of plan.create) {
      const path = pathOf({ type: deletableTypes['endpointslices']!, namespace: service.metadata.namespace })
      const response = yield* ask(io, createRequest(client, path, triggered(slice, trigger)))
      if (isNamespaceTerminating(response)) return undefined
      if (!ok(response)) return `failed to create EndpointSlice for Service ${key}: ${errorOf(response)}`
      io.state(state => wrote(state.controllers[NAME]!.written, key, 'endpointslices', response.body.metadata?.resourceVersion))
    }
  for (const slice of plan.update) {
    const response = yield* ask(io, updateRequest(client, pathOfObject('endpointslices', slice), triggered(slice, trigger)))
    if (!ok(response)) return `failed to update ${slice.metadata.name} EndpointSlice for Service ${key}: ${errorOf(response)}`
    io.state(state => wrote(state.controllers[NAME]!.written, key, 'endpointslices', response.body.metadata?.resourceVersion))
  }
  for (const slice of plan.remove) {
    const response = yield* ask(io, deleteRequest(client, pathOfObject('endpointslices', slice)))
    if (!ok(response) && !isNotFound(response)) return `failed to delete ${slice.metadata.name} EndpointSlice for Service ${key}: ${errorOf(response)}`
  }
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

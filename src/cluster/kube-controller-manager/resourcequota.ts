// resourcequota.ts: the resourcequota controller: counts anew what a namespace uses.
// Models k8s.io/kubernetes/pkg/controller/resourcequota/{resource_quota_controller,resource_quota_monitor}.go
// Differs: monitors hear of all kinds from the start, not of those that discovery finds every 30 s

import type { ResourceList } from '../../api/pod.ts'
import type { ResourceQuota } from '../../api/policy.ts'
import { compareQuantity } from '../../api/quantity.ts'
import type { Io, Steps } from '../../kernel/machine.ts'
import { type Controller, enqueue, type SyncResult } from '../client/controller.ts'
import { byIndex, type Change, cached, keyOf, listed } from '../client/informer.ts'
import { ask, errorOf, ok } from '../client/request.ts'
import { addUsage, type Counted, inScope, isCountedBy, podCounts, usageOf } from '../quota.ts'
import { same } from './pods.ts'
import { after, clientOf, deletableTypes, type ManagerIo, type ManagerState, updateStatusRequest } from './state.ts'

const NAME = 'resourcequota-controller'
const RESYNC_MS = 300_000

const namespaced = Object.keys(deletableTypes).filter(plural => deletableTypes[plural]!.namespaced && plural !== 'leases')

export const resourceQuotaController: Controller<ManagerState> = {
  name: NAME,
  workers: 5,
  on: {
    ...Object.fromEntries(namespaced.map(plural => [plural, (state: ManagerState, io: Io, change: Change) => replenish(state, io, plural, change)])),
    resourcequotas(state, io, change) {
      replenish(state, io, 'resourcequotas', change)
      if (change.type === 'update' && sameList(change.old.spec.hard, change.object.spec.hard)) return
      if (change.type !== 'delete') enqueue(state, io, NAME, keyOf(change.object))
    },
  },
  begin: (state, io) => void after(state, io, RESYNC_MS, 'resourcequota/resync'),
  hears: {
    'resourcequota/resync'(state: ManagerState, _, io) {
      if (!state.working) return
      for (const quota of listed<ResourceQuota>(state, 'resourcequotas')) enqueue(state, io, NAME, keyOf(quota))
      after(state, io, RESYNC_MS, 'resourcequota/resync')
    },
  },
  sync,
}

/** Something went, or uses less: quotas that counted it are counted anew. What comes is counted at admission. */
function replenish(state: ManagerState, io: Io, plural: string, change: Change): void {
  if (change.type === 'add') return
  const quotas = byIndex<ResourceQuota>(state, 'resourcequotas', 'namespace', change.object.metadata.namespace ?? '')
  if (quotas.length === 0) return
  if (change.type === 'update') {
    if (plural === 'pods') {
      if (!podCounts(change.old, io.now) || podCounts(change.object, io.now)) return
    } else if (plural === 'services') {
      if (same(change.old.spec.type, change.object.spec.type) && (change.old.spec.ports?.length ?? 0) === (change.object.spec.ports?.length ?? 0)) return
    } else if (plural !== 'persistentvolumeclaims' || same(change.old.spec.resources, change.object.spec.resources)) return
  }
  const resource = deletableTypes[plural]!
  for (const quota of quotas) if (Object.keys(quota.status?.hard ?? {}).some(name => isCountedBy(name, resource))) enqueue(state, io, NAME, keyOf(quota))
}

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state((state, turn) => {
    const quota = cached<ResourceQuota>(state, 'resourcequotas', key)
    return quota && { quota, used: calculateUsage(state, quota, turn.now) }
  })
  if (!seen) return undefined
  const { quota } = seen
  const hard = quota.spec.hard ?? {}
  const used: ResourceList = {}
  for (const name in hard) {
    const value = seen.used[name] ?? quota.status?.used?.[name]
    if (value !== undefined) used[name] = value
  }
  const upToDate = quota.status?.hard !== undefined && quota.status.used !== undefined && sameList(hard, quota.status.hard) && sameList(used, quota.status.used)
  if (upToDate) return undefined
  io.note('Counted', { quota: key, hard, used })
  const response = yield* ask(
    io,
    io.state(state => updateStatusRequest(clientOf(state, NAME), 'resourcequotas', { ...quota, status: { hard, used } })),
  )
  return ok(response) ? undefined : errorOf(response)
}

/** The sum over all objects that a quota counts, for each name of its `hard` that somebody can count. */
function calculateUsage(state: ManagerState, quota: ResourceQuota, now: number): ResourceList {
  const names = Object.keys(quota.spec.hard ?? {})
  let used: ResourceList = {}
  for (const plural of namespaced) {
    const resource: Counted = deletableTypes[plural]!
    const mine = names.filter(name => isCountedBy(name, resource))
    if (mine.length === 0) continue
    for (const name of mine) used[name] ??= '0'
    for (const object of byIndex(state, plural, 'namespace', quota.metadata.namespace ?? ''))
      if (inScope(quota, resource, object)) used = addUsage(used, only(usageOf(resource, object, now), mine))
  }
  return used
}

function only(list: ResourceList, names: string[]): ResourceList {
  const out: ResourceList = {}
  for (const name of names) if (list[name] !== undefined) out[name] = list[name]
  return out
}

function sameList(a: ResourceList | undefined, b: ResourceList | undefined): boolean {
  const [x, y] = [a ?? {}, b ?? {}]
  const names = Object.keys(x)
  return names.length === Object.keys(y).length && names.every(name => y[name] !== undefined && compareQuantity(x[name]!, y[name]) === 0)
}

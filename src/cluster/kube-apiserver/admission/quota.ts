// quota.ts: the judge with the budget: what is created is counted in the quotas of its namespace before it is stored.
// Models k8s.io/apiserver/pkg/admission/plugin/resourcequota/{admission,controller}.go
// Differs: requests are charged one by one, not in batches; scopes of volumes and network devices are not known

import type { KubeObject } from '../../../api/object.ts'
import type { ResourceQuota } from '../../../api/policy.ts'
import { addQuantity, compareQuantity, isZeroQuantity, subQuantity } from '../../../api/quantity.ts'
import { resourceByPlural } from '../../../api/resources.ts'
import { forbidden, isStatus, type Status } from '../../../api/status.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { share } from '../../../kernel/share.ts'
import { inScope, usageOf } from '../../quota.ts'
import { listed } from '../cache.ts'
import { noteRequest, station } from '../notes.ts'
import { type Call, SELF, type ServerIo, type State } from '../state.ts'
import { guaranteedUpdate } from '../update.ts'

const QUOTAS = resourceByPlural('', 'resourcequotas')!

/** Resource names to quantities, as in `hard`. */
type Usage = Record<string, string>

interface Charge {
  quota: KubeObject
  delta: Usage
}

/** Charges the quotas of the namespace for a new object, or for what it grew by; the refusal if it does not fit. */
export function* chargeQuota(io: ServerIo, call: Call, object: KubeObject, old: KubeObject | undefined): Steps<Status | undefined> {
  const due = io.state((s, t) => chargesFor(s, call, object, old, t.now))
  if (isStatus(due)) return refuse(io, call, due)
  // What does not fit as far as is known here is refused at once; only what fits is written, and judged again by what is stored.
  for (const { quota, delta } of due) {
    const over = exceeded(call, object, quota, delta)
    if (over !== undefined) return refuse(io, call, over)
  }
  if (call.dryRun) return undefined
  for (const charge of due) {
    const judged = yield* chargeOne(io, call, object, charge)
    if (judged !== undefined) return refuse(io, call, judged)
  }
  return undefined
}

/** May an object count for more by such a change? */
export function mayGrow({ type, info }: Call, object: KubeObject, old: KubeObject): boolean {
  if (info.subresource !== '') return type.plural === 'pods' && info.subresource === 'resize'
  if (type.plural !== 'pods') return type.plural === 'services' || type.plural === 'persistentvolumeclaims'
  return isTerminating(object) !== isTerminating(old)
}

const isTerminating = (pod: KubeObject): boolean => (pod['spec'].activeDeadlineSeconds ?? -1) >= 0

/** Charges one quota, with a note; the refusal if the object does not fit. A quota that is gone minds nothing. */
function* chargeOne(io: ServerIo, call: Call, object: KubeObject, { quota, delta }: Charge): Steps<Status | undefined> {
  const inside: Call = {
    ...call,
    type: QUOTAS,
    info: { ...call.info, namespace: quota.metadata.namespace!, name: quota.metadata.name, subresource: 'status' },
    notes: 'none',
  }
  const written = yield* guaranteedUpdate(
    io,
    inside,
    quota.metadata.name,
    (_, __, now) => exceeded(call, object, now, delta) ?? { object: withUsage(now, delta), warnings: [] },
  )
  if (isStatus(written)) return written.code === 404 ? undefined : written
  io.state((_, t) => {
    const info = { ...inside.info, verb: 'update', group: '', resource: 'resourcequotas', type: QUOTAS }
    noteRequest(t, { id: call.id, notes: 'request', info, user: SELF, request: { ...call.request, body: written.object } }, { status: 200, body: undefined })
  })
  return undefined
}

function refuse(io: ServerIo, call: Call, status: Status): Status {
  io.state((_, t) => station(t, call, 'validating admission', 'refused', { why: status.message }))
  return status
}

/** Which quotas count the object, and by how much; or what they demand and it does not say. */
function chargesFor(s: State, call: Call, object: KubeObject, old: KubeObject | undefined, now: number): Charge[] | Status {
  const quotas = listed(s.caches['resourcequotas']!, call.info.namespace)
  if (quotas.length === 0) return NONE
  const usage: Usage = usageOf(call.type, object, now)
  const before: Usage = old === undefined ? {} : usageOf(call.type, old, now)
  const charges: Charge[] = []
  for (const quota of quotas) {
    const hard = quota['spec'].hard ?? {}
    if (!inScope(quota as ResourceQuota, call.type, object)) continue
    const counted = Object.keys(usage).filter(name => hard[name] !== undefined)
    const missing = old === undefined ? demandsOf(object, Object.keys(hard)) : []
    if (missing.length > 0) return no(call, object, `failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`)
    const status = quota['status']?.hard ?? {}
    const unknown = counted.filter(name => status[name] === undefined).sort()
    const delta: Usage = {}
    for (const name of counted) {
      const grown = subQuantity(usage[name], before[name])
      if (compareQuantity(grown, '0') > 0) delta[name] = grown
    }
    if (Object.keys(delta).length === 0) continue
    if (unknown.length > 0) return no(call, object, `status unknown for quota: ${quota.metadata.name}, resources: ${unknown.join(',')}`)
    charges.push({ quota, delta })
  }
  return share(charges)
}

const NONE: Charge[] = share([])

const no = (call: Call, object: KubeObject, why: string): Status => forbidden(call.type, object.metadata.name || 'Unknown', why)

function exceeded(call: Call, object: KubeObject, quota: KubeObject, delta: Usage): Status | undefined {
  const hard: Usage = quota['status']?.hard ?? {}
  const used: Usage = quota['status']?.used ?? {}
  const over = Object.keys(delta)
    .filter(name => hard[name] !== undefined && !isZeroQuantity(delta[name]) && compareQuantity(addQuantity(used[name] ?? '0', delta[name]), hard[name]) > 0)
    .sort()
  if (over.length === 0) return undefined
  const list = (of: Usage) => over.map(name => `${name}=${of[name] ?? '0'}`).join(',')
  return no(call, object, `exceeded quota: ${quota.metadata.name}, requested: ${list(delta)}, used: ${list(used)}, limited: ${list(hard)}`)
}

function withUsage(quota: KubeObject, delta: Usage): KubeObject {
  const used: Usage = { ...quota['status']?.used }
  for (const name in delta) used[name] = addQuantity(used[name] ?? '0', delta[name])
  return share({ ...quota, status: { ...quota['status'], used } })
}

/** Computing resources that a quota counts and a container leaves out: `cpu for: a,b`. */
function demandsOf(object: KubeObject, hard: string[]): string[] {
  if (object.kind === 'PersistentVolumeClaim' || object.kind !== 'Pod') return []
  const { spec } = object
  const podLevel = Object.keys(spec.resources?.requests ?? {}).length > 0 || Object.keys(spec.resources?.limits ?? {}).length > 0
  const containers = podLevel ? [] : [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
  const missing = new Map<string, string[]>()
  for (const container of containers) {
    const usage = containerUsage(container)
    for (const name of hard) {
      if (!COMPUTE.has(name) || usage[name] !== undefined) continue
      missing.set(name, [...(missing.get(name) ?? []), container.name])
    }
  }
  return [...missing].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, names]) => `${name} for: ${[...new Set(names)].sort().join(',')}`)
}

const COMPUTE = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'])

function containerUsage(container: any): Usage {
  const usage: Usage = {}
  const { requests = {}, limits = {} } = container.resources ?? {}
  for (const name in requests) {
    usage[name] = requests[name]
    usage[`requests.${name}`] = requests[name]
  }
  for (const name in limits) usage[`limits.${name}`] = limits[name]
  return usage
}

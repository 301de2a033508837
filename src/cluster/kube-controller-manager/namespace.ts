// namespace.ts: the namespace controller: empties a namespace that is to go, pods first, and then lets it go.
// Models k8s.io/kubernetes/pkg/controller/namespace/{namespace_controller.go,deletion/namespaced_resources_deleter.go,deletion/status_condition_utils.go}
// Differs: kinds come from the table of resources, in a fixed order; discovery never fails

import type { Namespace } from '../../api/config.ts'
import type { Pod } from '../../api/pod.ts'
import { pathOf, type ResourceType, resourceTypes } from '../../api/resources.ts'
import { parseTime, rfc3339 } from '../../api/time.ts'
import type { Steps } from '../../kernel/machine.ts'
import { type Controller, enqueueAfter, type SyncResult } from '../client/controller.ts'
import { ask, errorOf, isConflict, isNotFound, ok } from '../client/request.ts'
import { type Client, deleteRequest, getRequest, updateRequest } from '../client.ts'
import { isPodTerminal } from './pods.ts'
import { clientOf, type ManagerIo, type ManagerState, pathOfKey } from './state.ts'

const NAME = 'namespace-controller'
const GRACE_MS = 5_000 // Lets caches see that the namespace is going.
const FINALIZER_ESTIMATE_S = 15
const FINALIZER = 'kubernetes'
const CONFLICT_TRIES = 100

/** What is emptied after the pods; what is not named here comes last, in the order of the table of resources. */
const FIRST =
  'networkpolicies rolebindings endpoints configmaps daemonsets cronjobs horizontalpodautoscalers jobs ingresses endpointslices services persistentvolumeclaims podtemplates controllerrevisions roles limitranges deployments secrets resourcequotas replicationcontrollers podcertificaterequests statefulsets serviceaccounts poddisruptionbudgets csistoragecapacities replicasets'.split(
    ' ',
  )

const namespaced = preferred()
const pods = namespaced.find(type => type.plural === 'pods')!
const others = namespaced.filter(type => type !== pods).sort((a, b) => place(a) - place(b))

function place(type: ResourceType): number {
  const i = FIRST.indexOf(type.plural)
  return i < 0 ? FIRST.length : i
}

/** Each namespaced kind that can be deleted, in its preferred version. */
function preferred(): ResourceType[] {
  const seen = new Set<string>()
  return resourceTypes.filter(type => {
    const id = `${type.group}/${type.plural}`
    if (!type.namespaced || !type.verbs.includes('deletecollection') || seen.has(id)) return false
    seen.add(id)
    return true
  })
}

export const namespaceController: Controller<ManagerState> = {
  name: NAME,
  workers: 10,
  retry: { baseMs: 5, maxMs: 60_000, bucket: true },
  on: {
    namespaces(state, io, change) {
      if (change.type !== 'delete' && change.object.metadata.deletionTimestamp !== undefined)
        enqueueAfter(state, io, NAME, change.object.metadata.name, GRACE_MS)
    },
  },
  sync,
}

function* sync(io: ManagerIo, name: string): Steps<SyncResult> {
  const client = io.state(state => clientOf(state, NAME))
  const response = yield* ask(io, getRequest(client, pathOfKey('namespaces', name)))
  if (isNotFound(response)) return undefined
  if (!ok(response)) return errorOf(response)
  let namespace: Namespace = response.body
  if (namespace.metadata.deletionTimestamp === undefined) return undefined
  if (namespace.status?.phase !== 'Terminating') {
    const updated = yield* write(io, client, namespace, 'status', ns => ({ ...ns, status: { ...ns.status, phase: 'Terminating' } }))
    if (typeof updated === 'string') return updated
    if (!updated) return undefined
    namespace = updated
  }
  if ((namespace.spec?.finalizers ?? []).length === 0) return undefined
  const { estimate, error } = yield* deleteContent(io, client, namespace)
  if (error !== undefined) return error
  if (estimate > 0) {
    io.state((state, turn) => enqueueAfter(state, turn, NAME, name, (Math.floor(estimate / 2) + 1) * 1000))
    return undefined
  }
  io.note('NamespaceEmpty', { namespace: name })
  const finalized = yield* write(io, client, namespace, 'finalize', ns => ({
    ...ns,
    spec: { ...ns.spec, finalizers: (ns.spec?.finalizers ?? []).filter(f => f !== FINALIZER) },
  }))
  return typeof finalized === 'string' ? finalized : undefined
}

/** Writes a subresource, over and over while others write too. Undefined: the namespace is gone. */
function* write(
  io: ManagerIo,
  client: Client,
  given: Namespace,
  subresource: 'status' | 'finalize',
  change: (ns: Namespace) => Namespace,
): Steps<Namespace | string | undefined> {
  let namespace = given
  const path = pathOfKey('namespaces', given.metadata.name)
  for (let i = 0; i < CONFLICT_TRIES; i++) {
    const response = yield* ask(io, updateRequest(client, `${path}/${subresource}`, change(namespace)))
    if (ok(response)) return response.body
    if (isNotFound(response)) return undefined
    if (!isConflict(response)) return errorOf(response)
    const fresh = yield* ask(io, getRequest(client, path))
    if (isNotFound(fresh) || (ok(fresh) && fresh.body.metadata.uid !== given.metadata.uid)) return undefined
    if (!ok(fresh)) return errorOf(fresh)
    namespace = fresh.body
  }
  return `namespace ${given.metadata.name} has changed uid across retries`
}

interface Totals {
  /** `pods.` → how many are left. */
  remaining: Record<string, number>
  finalizers: Record<string, number>
  errors: string[]
  estimate: number
}

function* deleteContent(io: ManagerIo, client: Client, namespace: Namespace): Steps<{ estimate: number; error?: string }> {
  const totals: Totals = { remaining: {}, finalizers: {}, errors: [], estimate: 0 }
  yield* deleteAll(io, client, namespace, pods, totals)
  const waits = Object.keys(totals.remaining).length > 0
  // While pods are left, what else is there is not looked at, nor complained about.
  if (!waits) for (const type of others) yield* deleteAll(io, client, namespace, type, totals)
  io.note('NamespaceContent', { namespace: namespace.metadata.name, remaining: totals.remaining, finalizers: totals.finalizers })
  const judged = waits ? { ...totals, remaining: {}, finalizers: {} } : totals
  const conditions = conditionsOf(namespace, judged, io.now())
  // Whether that can be written makes no difference to what is done.
  if (conditions !== namespace.status?.conditions)
    yield* ask(
      io,
      updateRequest(client, `${pathOfKey('namespaces', namespace.metadata.name)}/status`, { ...namespace, status: { ...namespace.status, conditions } }),
    )
  if (totals.errors.length === 0) return { estimate: totals.estimate }
  return { estimate: totals.estimate, error: totals.errors.length === 1 ? totals.errors[0]! : `[${totals.errors.join(', ')}]` }
}

/** Deletes all objects of a kind and counts what is left. */
function* deleteAll(io: ManagerIo, client: Client, namespace: Namespace, type: ResourceType, totals: Totals): Steps {
  const path = pathOf({ type, namespace: namespace.metadata.name })
  let estimate = 0
  if (type === pods) {
    const list = yield* ask(io, getRequest(client, path))
    if (!ok(list)) {
      totals.errors.push(errorOf(list))
      return
    }
    estimate = graceLeft(list.body.items ?? [], namespace, io.now())
  }
  const deleted = yield* ask(io, deleteRequest(client, path, { propagationPolicy: 'Background' }))
  if (!ok(deleted) && !isNotFound(deleted) && deleted.status !== 405) {
    totals.errors.push(errorOf(deleted))
    return
  }
  const left = yield* ask(io, getRequest(client, path))
  if (!ok(left)) {
    if (!isNotFound(left) && left.status !== 405) totals.errors.push(errorOf(left))
    return
  }
  const items: { metadata: { finalizers?: string[] } }[] = left.body.items ?? []
  if (items.length === 0) return
  totals.remaining[`${type.plural}.${type.group}`] = items.length
  const finalizers = items.flatMap(item => item.metadata.finalizers ?? [])
  for (const f of finalizers) totals.finalizers[f] = (totals.finalizers[f] ?? 0) + 1
  if (estimate === 0 && finalizers.length > 0) estimate = FINALIZER_ESTIMATE_S
  if (estimate === 0) {
    const gvr = `${type.group === '' ? '' : type.group}/${type.version}, Resource=${type.plural}`
    totals.errors.push(`unexpected items still remain in namespace: ${namespace.metadata.name} for gvr: ${gvr}`)
  }
  totals.estimate = Math.max(totals.estimate, estimate)
}

/** The longest grace of the pods that have not ended, s; 0 once so much time has passed. */
function graceLeft(list: Pod[], namespace: Namespace, now: number): number {
  const longest = list.filter(pod => !isPodTerminal(pod)).reduce((max, pod) => Math.max(max, pod.spec.terminationGracePeriodSeconds ?? 0), 0)
  const since = (now - (parseTime(namespace.metadata.deletionTimestamp) ?? now)) / 1000
  return since >= longest ? 0 : longest
}

/** The five conditions as they are now; the same list if nothing changed. */
function conditionsOf(namespace: Namespace, totals: Totals, now: number): any[] | undefined {
  const left = Object.keys(totals.remaining).sort()
  const held = Object.keys(totals.finalizers).sort()
  const wanted: [string, string, string, string][] = [
    ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'],
    ['NamespaceDeletionGroupVersionParsingFailure', 'False', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    totals.errors.length > 0
      ? [
          'NamespaceDeletionContentFailure',
          'True',
          'ContentDeletionFailed',
          `Failed to delete all resource types, ${totals.errors.length} remaining: ${[...totals.errors].sort().join(', ')}`,
        ]
      : ['NamespaceDeletionContentFailure', 'False', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    left.length > 0
      ? [
          'NamespaceContentRemaining',
          'True',
          'SomeResourcesRemain',
          `Some resources are remaining: ${left.map(r => `${r} has ${totals.remaining[r]} resource instances`).join(', ')}`,
        ]
      : ['NamespaceContentRemaining', 'False', 'ContentRemoved', 'All content successfully removed'],
    held.length > 0
      ? [
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${held.map(f => `${f} in ${totals.finalizers[f]} resource instances`).join(', ')}`,
        ]
      : ['NamespaceFinalizersRemaining', 'False', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
  ]
  let conditions: any[] | undefined = namespace.status?.conditions
  for (const [type, status, reason, message] of wanted) {
    const before = conditions?.find(c => c.type === type)
    if (before && before.status === status && before.reason === reason && before.message === message) continue
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : rfc3339(now)
    const made = { type, status, lastTransitionTime, reason, message }
    conditions = before ? conditions!.map(c => (c === before ? made : c)) : [...(conditions ?? []), made]
  }
  return conditions
}

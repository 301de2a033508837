// eviction.ts: a polite deletion: only if enough others are well.
// Models k8s.io/kubernetes/pkg/registry/core/pod/storage/eviction.go
// Differs: nothing known

import { labelSelectorMatches } from '../../../api/labels.ts'
import type { KubeObject } from '../../../api/object.ts'
import { resourceByPlural } from '../../../api/resources.ts'
import { badRequest, conflict, forbidden, isStatus, MODIFIED, plainError, type Status, success, tooManyRequests } from '../../../api/status.ts'
import { rfc3339 } from '../../../api/time.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { share } from '../../../kernel/share.ts'
import { prefixEnd } from '../../etcd/store.ts'
import { readObject } from '../decoding.ts'
import { type DeleteOptions, deleteObject } from '../delete.ts'
import { refusal } from '../door.ts'
import { range, txn } from '../etcdclient.ts'
import { noteRequest, station } from '../notes.ts'
import { getObject } from '../read.ts'
import { type Call, type Outcome, SELF, type ServerIo } from '../state.ts'
import { etcdKey, objectOf, storageOf, storedOf } from '../storage.ts'
import { guaranteedUpdate } from '../update.ts'
import { admit, validated } from './admit.ts'

const BUDGETS = resourceByPlural('policy', 'poddisruptionbudgets')!
const DISRUPTED_MAX = 2_000
const RETRIES = 20 // Tries at a budget that others change.
const RETRY_MS = 500

export function* evict(io: ServerIo, call: Call): Steps<Outcome> {
  const read = io.state(() => readObject({ group: 'policy', version: 'v1', kind: 'Eviction' }, call.request.body, call.fieldValidation))
  if (isStatus(read)) return refusal(read)
  const eviction: any = read.object
  const unwelcome = yield* admit(io, call, eviction)
  if (unwelcome !== undefined) return { ...refusal(unwelcome), seen: eviction }
  const { name } = call.info
  if (eviction.metadata.name !== name) return refusal(badRequest('name in URL does not match name in Eviction object'))
  const refused = validated(io, call, eviction)
  if (refused !== undefined) return { ...refusal(refused), seen: eviction }
  const options: DeleteOptions = eviction.deleteOptions ?? {}
  const dry = call.dryRun || ((eviction.deleteOptions?.dryRun ?? []) as string[]).includes('All')
  const inside: Call = { ...call, dryRun: dry, info: { ...call.info, subresource: '', verb: 'delete' } }
  const pod = yield* getObject(io, call.type, call.info.namespace, name)
  if (isStatus(pod)) return { ...refusal(pod), seen: eviction }
  let uses: DeleteOptions = options
  if (!canIgnoreBudget(pod)) {
    const judged = yield* chargeBudget(io, inside, pod)
    if (judged !== undefined && isStatus(judged)) {
      io.state((_, t) => station(t, call, 'validating admission', 'refused', { why: judged.message }))
      return { ...refusal(judged), seen: eviction }
    }
    const marked = yield* markDisrupted(io, inside, options)
    if (isStatus(marked)) return { ...refusal(marked), seen: eviction }
    uses = { ...options, preconditions: { uid: pod.metadata.uid, ...options.preconditions } }
  }
  const written = yield* deleteObject(io, inside, name, uses)
  if (isStatus(written)) return { ...refusal(written), seen: eviction }
  return { status: 201, body: success(201), seen: eviction }
}

/** Pods that serve nobody: they are over, not begun, or on their way out. */
function canIgnoreBudget(pod: KubeObject): boolean {
  const phase = pod['status']?.phase
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined
}

const isReady = (pod: KubeObject): boolean => (pod['status']?.conditions ?? []).some((c: any) => c.type === 'Ready' && c.status === 'True')

/** Takes one disruption from the Pod's budget; the refusal if there is none. Whoever meets another change of the budget comes again later. */
function* chargeBudget(io: ServerIo, call: Call, pod: KubeObject): Steps<Status | undefined> {
  for (let tries = 1; ; tries++) {
    const budget = yield* budgetOf(io, call, pod)
    if (budget === undefined || isStatus(budget)) return budget
    const judged = io.state((_, t) => charged(budget, pod, t.now))
    if (isStatus(judged)) return judged
    if (judged === budget || call.dryRun) return undefined
    const key = etcdKey(BUDGETS, call.info.namespace, budget.metadata.name)
    const compare = [{ key, target: 'mod' as const, value: Number(budget.metadata.resourceVersion) }]
    const result = yield* txn(io, { compare, success: [{ put: key, value: storedOf(judged) }] })
    if (isStatus(result)) return result
    const conflicts = !result.succeeded
    io.state((_, t) => {
      const info = {
        ...call.info,
        verb: 'update',
        group: BUDGETS.group,
        resource: BUDGETS.plural,
        name: budget.metadata.name,
        subresource: 'status',
        type: BUDGETS,
      }
      const outcome = conflicts ? { status: 409, body: conflict(BUDGETS, budget.metadata.name, MODIFIED) } : { status: 200, body: undefined }
      noteRequest(t, { id: call.id, notes: 'request', info, user: SELF, request: { ...call.request, body: judged } }, outcome)
    })
    if (!conflicts) return undefined
    if (tries === RETRIES) return conflict(BUDGETS, budget.metadata.name, MODIFIED)
    yield* io.sleep(RETRY_MS + io.int(RETRY_MS / 10))
  }
}

/** The budget that counts the Pod, as etcd has it. */
function* budgetOf(io: ServerIo, call: Call, pod: KubeObject): Steps<KubeObject | undefined | Status> {
  const { prefix } = storageOf(BUDGETS)!
  const within = `${prefix}${call.info.namespace}/`
  const found = yield* range(io, { key: within, end: prefixEnd(within) })
  if (isStatus(found)) return found
  const budgets = found.kvs.map(kv => objectOf(kv.value, kv.modRevision)).filter(b => labelSelectorMatches(b['spec'].selector, pod.metadata.labels))
  return budgets.length > 1 ? plainError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.') : budgets[0]
}

/** The budget with one disruption less; the same budget if the Pod does not count; the refusal. */
function charged(budget: KubeObject, pod: KubeObject, now: number): KubeObject | Status {
  const { status = {}, spec } = budget as any
  if (!isReady(pod)) {
    const policy = spec.unhealthyPodEvictionPolicy ?? 'IfHealthyBudget'
    if (policy === 'AlwaysAllow' || ((status.currentHealthy ?? 0) >= (status.desiredHealthy ?? 0) && (status.desiredHealthy ?? 0) > 0)) return budget
  }
  const no = violated(budget)
  if (no !== undefined) return no
  const disruptedPods = { ...status.disruptedPods, [pod.metadata.name]: rfc3339(now) }
  return share({ ...budget, status: { ...status, disruptionsAllowed: status.disruptionsAllowed - 1, disruptedPods } })
}

function violated(budget: KubeObject): Status | undefined {
  const { name, generation = 0 } = budget.metadata
  const status = budget['status'] ?? {}
  const group = { group: 'policy', plural: 'poddisruptionbudgets' }
  if ((status.observedGeneration ?? 0) < generation) return tooMany(`The disruption budget ${name} is still being processed by the server.`, 10)
  if ((status.disruptionsAllowed ?? 0) < 0) return forbidden(group, name, 'pdb disruptions allowed is negative')
  if (Object.keys(status.disruptedPods ?? {}).length > DISRUPTED_MAX)
    return forbidden(group, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  if (status.disruptionsAllowed !== 0 && status.disruptionsAllowed !== undefined) return undefined
  const condition = (status.conditions ?? []).find((c: any) => c.type === 'DisruptionAllowed')
  const { desiredHealthy = 0, currentHealthy = 0 } = status
  if (condition?.reason === 'SyncFailed')
    return tooMany(`The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${condition.message}`)
  return desiredHealthy > currentHealthy || condition === undefined || condition.reason === 'InsufficientPods' || condition.reason === 'SufficientPods'
    ? tooMany(`The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`)
    : tooMany(`The disruption budget ${name} does not allow evicting pods currently (${condition.reason}): ${condition.message}`)
}

function tooMany(message: string, retryAfterSeconds = 0): Status {
  const status = tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", retryAfterSeconds)
  return { ...status, details: { ...status.details, causes: [{ reason: 'DisruptionBudget', message }] } }
}

/** The Pod's own status says why it goes. */
function* markDisrupted(io: ServerIo, call: Call, options: DeleteOptions): Steps<Status | undefined> {
  const quiet: Call = { ...call, notes: 'none', info: { ...call.info, subresource: 'status' } }
  const written = yield* guaranteedUpdate(io, quiet, call.info.name, (_, t, pod) => {
    if (options.preconditions?.resourceVersion && options.preconditions.resourceVersion !== pod.metadata.resourceVersion) return { object: pod, warnings: [] }
    const conditions: any[] = pod['status']?.conditions ?? []
    const condition = {
      type: 'DisruptionTarget',
      ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: rfc3339(t.now),
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    }
    if (conditions.some(c => c.type === 'DisruptionTarget' && c.status === 'True' && c.reason === condition.reason)) return { object: pod, warnings: [] }
    const rest = conditions.filter(c => c.type !== 'DisruptionTarget')
    return { object: share({ ...pod, status: { ...pod['status'], conditions: [...rest, condition] } }), warnings: [] }
  })
  return isStatus(written) ? written : undefined
}

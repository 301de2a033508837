// disruption.ts: the disruption controller: how many pods of a budget may be evicted now.
// Models k8s.io/kubernetes/pkg/controller/disruption/disruption.go
// Differs: controllers beyond Deployment, ReplicaSet and StatefulSet are found by their local copy, not by a live /scale

import { formatLabelSelector, labelSelectorMatches } from '../../api/labels.ts'
import type { OwnerReference } from '../../api/object.ts'
import type { Pod, PodCondition } from '../../api/pod.ts'
import type { PodDisruptionBudget } from '../../api/policy.ts'
import { parseTime, rfc3339 } from '../../api/time.ts'
import type { Io, Steps } from '../../kernel/machine.ts'
import { type Controller, enqueue, enqueueAfter, recordFor, type SyncResult } from '../client/controller.ts'
import { byIndex, cached, keyOf } from '../client/informer.ts'
import { ask, errorOf, isConflict, isNotFound, ok } from '../client/request.ts'
import { scaledValue } from './intstr.ts'
import { controllerOf, isPodReady, isPodTerminal, podCondition, same } from './pods.ts'
import { clientOf, type ManagerIo, type ManagerState, quote, typeOfKind, updateStatusRequest } from './state.ts'

const NAME = 'disruption-controller'
const STALE = 'disruption-controller/stale'
const SOURCE = 'controllermanager'
const DELETION_TIMEOUT_MS = 120_000

export const disruptionController: Controller<ManagerState> = {
  name: NAME,
  eventSource: SOURCE,
  workers: 1,
  on: {
    poddisruptionbudgets(state, io, change) {
      enqueue(state, io, NAME, keyOf(change.object))
    },
    pods(state, io, change) {
      const pod = change.object as Pod
      const budget = budgetOf(state, io, pod)
      if (budget) enqueue(state, io, NAME, keyOf(budget))
      const since = change.type === 'delete' ? undefined : staleSince(pod)
      if (since !== undefined) enqueueAfter(state, io, STALE, keyOf(pod), Math.max(1, since + DELETION_TIMEOUT_MS - io.now))
    },
  },
  sync,
}

/** The second queue: pods that were to be disrupted, and still are not being deleted. */
export const staleDisruptionController: Controller<ManagerState> = { name: STALE, eventSource: SOURCE, workers: 1, sync: clearStale }

function budgetOf(state: ManagerState, io: Io, pod: Pod): PodDisruptionBudget | undefined {
  const budgets = byIndex<PodDisruptionBudget>(state, 'poddisruptionbudgets', 'namespace', pod.metadata.namespace ?? '').filter(b =>
    labelSelectorMatches(b.spec.selector, pod.metadata.labels),
  )
  if (budgets.length > 1) {
    const message = `Pod ${quote(pod.metadata.namespace ?? '')}/${quote(pod.metadata.name)} matches multiple PodDisruptionBudgets.  Chose ${quote(budgets[0]!.metadata.name)} arbitrarily.`
    recordFor(state, io, SOURCE, pod, 'Warning', 'MultiplePodDisruptionBudgets', message)
  }
  return budgets[0]
}

// ---- one sync

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state((state, turn) => {
    const budget = cached<PodDisruptionBudget>(state, 'poddisruptionbudgets', key)
    if (!budget) return undefined
    const pods = byIndex<Pod>(state, 'pods', 'namespace', budget.metadata.namespace ?? '').filter(pod =>
      labelSelectorMatches(budget.spec.selector, pod.metadata.labels),
    )
    if (pods.length === 0) recordFor(state, turn, SOURCE, budget, 'Normal', 'NoPods', 'No matching pods found')
    const expected = expectedCount(budget, pods, controller => scaleOf(state, controller, budget.metadata.namespace ?? ''))
    if (expected.error !== undefined)
      recordFor(state, turn, SOURCE, budget, 'Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${expected.error}`)
    else if (expected.unmanaged.length > 0)
      recordFor(
        state,
        turn,
        SOURCE,
        budget,
        'Warning',
        'UnmanagedPods',
        `Pods selected by this PodDisruptionBudget (selector: ${selectorText(budget)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`,
      )
    return { budget, pods, expected }
  })
  if (!seen) return undefined
  const { budget, pods, expected } = seen
  const now = io.now()
  if (expected.error !== undefined) return yield* failSafe(io, budget, expected.error)
  const { disrupted, recheck, overdue } = disruptedPods(budget, pods, now)
  for (const pod of overdue) {
    const { namespace } = pod.metadata
    const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`
    io.state((state, turn) => recordFor(state, turn, SOURCE, pod, 'Warning', 'NotDeleted', message))
  }
  const healthy = pods.filter(pod => pod.metadata.deletionTimestamp === undefined && disrupted[pod.metadata.name] === undefined && isPodReady(pod)).length
  const status = statusOf(budget, { healthy, desired: expected.desired, expected: expected.count, disrupted }, now)
  if (status !== budget.status) {
    io.note('Budgeted', { budget: key, allowed: status.disruptionsAllowed, healthy, desired: expected.desired, expected: expected.count })
    const response = yield* ask(
      io,
      io.state(state => updateStatusRequest(clientOf(state, NAME), 'poddisruptionbudgets', { ...budget, status })),
    )
    if (isConflict(response)) return errorOf(response)
    if (!ok(response) && !isNotFound(response)) return yield* failSafe(io, budget, errorOf(response))
  }
  if (recheck !== undefined) io.state((state, turn) => enqueueAfter(state, turn, NAME, key, Math.max(1, recheck - now)))
  return undefined
}

/** `&LabelSelector{…}` is what Go prints. */
function selectorText(budget: PodDisruptionBudget): string {
  const labels = budget.spec.selector?.matchLabels ?? {}
  const map = Object.keys(labels)
    .sort()
    .map(k => `${k}: ${labels[k]},`)
    .join('')
  return budget.spec.selector?.matchExpressions?.length
    ? formatLabelSelector(budget.spec.selector)
    : `&LabelSelector{MatchLabels:map[string]string{${map}},MatchExpressions:[]LabelSelectorRequirement{},}`
}

export interface Expected {
  count: number
  desired: number
  unmanaged: string[]
  error?: string
}

/** How many pods there should be, and how many of them healthy. `scale` gives the replicas of a controller. */
export function expectedCount(
  budget: PodDisruptionBudget,
  pods: Pod[],
  scale: (controller: OwnerReference) => Scale | { error: string } | undefined,
): Expected {
  const { maxUnavailable, minAvailable } = budget.spec
  if (maxUnavailable === undefined && typeof minAvailable === 'number') return { count: pods.length, desired: minAvailable, unmanaged: [] }
  const scales = new Map<string, number>()
  const unmanaged: string[] = []
  for (const pod of pods) {
    const controller = controllerOf(pod)
    if (!controller) {
      unmanaged.push(pod.metadata.name)
      continue
    }
    const found = scale(controller)
    const error = found ? ('error' in found ? found.error : undefined) : `found no controllers for pod ${quote(pod.metadata.name)}`
    if (error !== undefined) return { count: 0, desired: 0, unmanaged, error }
    const { uid, replicas } = found as Scale
    scales.set(uid, replicas)
  }
  const count = [...scales.values()].reduce((a, b) => a + b, 0)
  if (maxUnavailable === undefined) return { count, desired: scaledValue(minAvailable, count, true), unmanaged }
  return { count, desired: Math.max(0, count - scaledValue(maxUnavailable, count, true)), unmanaged }
}

interface Scale {
  uid: string
  replicas: number
}

/** The one that is scaled: a ReplicaSet's Deployment in its place, if that is there. */
function scaleOf(state: ManagerState, controller: OwnerReference, namespace: string): Scale | { error: string } | undefined {
  const type = typeOfKind(controller.apiVersion, controller.kind)
  if (!type) return { error: `no matches for kind ${quote(controller.kind)} in version ${quote(controller.apiVersion)}` }
  if (!type.subresources.some(s => s.name === 'scale')) {
    const resource = type.group === '' ? type.plural : `${type.plural}.${type.group}`
    return { error: `${resource} does not implement the scale subresource` }
  }
  const owner: any = cached(state, type.plural, `${namespace}/${controller.name}`)
  if (!owner || owner.metadata.uid !== controller.uid) return undefined
  const above = controllerOf(owner)
  if (controller.kind === 'ReplicaSet' && above?.kind === 'Deployment') {
    const deployment: any = cached(state, 'deployments', `${namespace}/${above.name}`)
    if (deployment?.metadata.uid === above.uid) return { uid: above.uid, replicas: deployment.spec.replicas }
  }
  return { uid: controller.uid, replicas: owner.spec.replicas }
}

/** Evicted pods that are not being deleted yet: they count as gone for two minutes. */
function disruptedPods(
  budget: PodDisruptionBudget,
  pods: Pod[],
  now: number,
): { disrupted: Record<string, string>; recheck: number | undefined; overdue: Pod[] } {
  const disrupted: Record<string, string> = {}
  const overdue: Pod[] = []
  let recheck: number | undefined
  for (const pod of pods) {
    const since = budget.status?.disruptedPods?.[pod.metadata.name]
    if (pod.metadata.deletionTimestamp !== undefined || since === undefined) continue
    const until = (parseTime(since) ?? 0) + DELETION_TIMEOUT_MS
    if (until < now) {
      overdue.push(pod)
      continue
    }
    disrupted[pod.metadata.name] = since
    recheck = recheck === undefined ? until : Math.min(recheck, until)
  }
  return { disrupted, recheck, overdue }
}

type Status = PodDisruptionBudget['status']

/** The status as it should be; the same value if it is. */
export function statusOf(
  budget: PodDisruptionBudget,
  n: { healthy: number; desired: number; expected: number; disrupted: Record<string, string> },
  now: number,
): Status {
  const allowed = n.expected <= 0 ? 0 : Math.max(0, n.healthy - n.desired)
  const before = budget.status
  const generation = budget.metadata.generation ?? 0
  const condition = before?.conditions?.find(c => c.type === 'DisruptionAllowed')
  const upToDate =
    before?.currentHealthy === n.healthy &&
    before.desiredHealthy === n.desired &&
    before.expectedPods === n.expected &&
    before.disruptionsAllowed === allowed &&
    same(before.disruptedPods, n.disrupted) &&
    before.observedGeneration === generation &&
    condition?.status === (allowed > 0 ? 'True' : 'False') &&
    condition.reason === (allowed > 0 ? 'SufficientPods' : 'InsufficientPods')
  if (upToDate) return before
  const status: any = {
    observedGeneration: generation,
    ...(Object.keys(n.disrupted).length > 0 ? { disruptedPods: n.disrupted } : {}),
    disruptionsAllowed: allowed,
    currentHealthy: n.healthy,
    desiredHealthy: n.desired,
    expectedPods: n.expected,
  }
  status.conditions = withCondition(before?.conditions, allowed > 0 ? ['True', 'SufficientPods', ''] : ['False', 'InsufficientPods', ''], generation, now)
  return status
}

function withCondition(
  conditions: any[] | undefined,
  [status, reason, message]: [string, string, string],
  observedGeneration: number | undefined,
  now: number,
): any[] {
  const before = conditions?.find(c => c.type === 'DisruptionAllowed')
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : rfc3339(now)
  const made = { type: 'DisruptionAllowed', status, ...(observedGeneration ? { observedGeneration } : {}), lastTransitionTime, reason, message }
  return before ? conditions!.map(c => (c === before ? made : c)) : [...(conditions ?? []), made]
}

/** Nothing may be evicted while the counts cannot be made. That is all: the next change brings the next try. */
function* failSafe(io: ManagerIo, budget: PodDisruptionBudget, error: string): Steps<SyncResult> {
  const status: any = { ...budget.status, disruptionsAllowed: 0 }
  status.conditions = withCondition(budget.status?.conditions, ['False', 'SyncFailed', error], budget.status?.observedGeneration, io.now())
  for (const field of ['currentHealthy', 'desiredHealthy', 'expectedPods']) status[field] ??= 0
  const response = yield* ask(
    io,
    io.state(state => updateStatusRequest(clientOf(state, NAME), 'poddisruptionbudgets', { ...budget, status })),
  )
  return ok(response) ? undefined : errorOf(response)
}

// ---- disruptions that never came

/** Since when a pod is to be disrupted without being deleted, ms. */
function staleSince(pod: Pod): number | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return undefined
  const condition = podCondition(pod, 'DisruptionTarget')
  if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet' || isPodTerminal(pod)) return undefined
  return parseTime(condition.lastTransitionTime)
}

function* clearStale(io: ManagerIo, key: string): Steps<SyncResult> {
  const pod = io.state(state => cached<Pod>(state, 'pods', key))
  const since = pod && staleSince(pod)
  if (!pod || since === undefined) return undefined
  const left = since + DELETION_TIMEOUT_MS - io.now()
  if (left > 0) {
    io.state((state, turn) => enqueueAfter(state, turn, STALE, key, left))
    return undefined
  }
  const made = {
    type: 'DisruptionTarget',
    ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
    status: 'False',
    lastTransitionTime: rfc3339(io.now()),
  }
  const conditions = (pod.status.conditions ?? []).map(c => (c.type === made.type ? made : c))
  const request = io.state(state =>
    updateStatusRequest(clientOf(state, NAME), 'pods', { ...pod, status: { ...pod.status, conditions: conditions as PodCondition[] } }),
  )
  const response = yield* ask(io, request)
  return ok(response) ? undefined : errorOf(response)
}

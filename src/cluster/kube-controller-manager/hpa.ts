// hpa.ts: the HorizontalPodAutoscaler controller: the size of a workload by what its pods use.
// Models k8s.io/kubernetes/pkg/controller/podautoscaler/horizontal.go
// Differs: no metrics API is served, so every metric fails as it does on a cluster without metrics-server; only the limits scale

import { pathOf, resourceByKind } from '../../api/resources.ts'
import { rfc3339 } from '../../api/time.ts'
import type { HorizontalPodAutoscaler, MetricSpec, Scale, WorkloadCondition } from '../../api/workloads.ts'
import type { Steps } from '../../kernel/machine.ts'
import { type Controller, enqueue, enqueueAfter, recordFor, type SyncResult } from '../client/controller.ts'
import { cached, keyOf } from '../client/informer.ts'
import { ask, errorOf, isConflict, ok } from '../client/request.ts'
import { getRequest, updateRequest } from '../client.ts'
import { same } from './pods.ts'
import { clientOf, type ManagerIo, type ManagerState, quote, updateStatusRequest } from './state.ts'

const NAME = 'horizontal-pod-autoscaler'
const PERIOD_MS = 15_000
const SCALE_TRIES = 5
const NO_METRICS = 'unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)'

export const hpaController: Controller<ManagerState> = {
  name: NAME,
  workers: 5,
  on: {
    horizontalpodautoscalers(state, io, change) {
      if (change.type === 'update' && change.old.metadata.generation === change.object.metadata.generation) return
      enqueue(state, io, NAME, keyOf(change.object))
    },
  },
  sync,
}

type Status = HorizontalPodAutoscaler['status']

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const hpa = io.state(state => cached<HorizontalPodAutoscaler>(state, 'horizontalpodautoscalers', key))
  if (!hpa) return undefined
  yield* reconcile(io, hpa)
  io.state((state, turn) => enqueueAfter(state, turn, NAME, key, PERIOD_MS))
  return undefined
}

function* reconcile(io: ManagerIo, hpa: HorizontalPodAutoscaler): Steps {
  const now = io.now()
  const say = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    io.state((state, turn) => recordFor(state, turn, NAME, hpa, type, reason, message))
  let status: Status = { ...hpa.status, ...(hpa.metadata.generation ? { observedGeneration: hpa.metadata.generation } : {}) }
  const set = (type: string, value: 'True' | 'False', reason: string, message: string) => {
    status = withCondition(status, { type, status: value, reason, message, lastTransitionTime: rfc3339(now) })
  }
  const path = scalePath(hpa)
  const scale =
    path === undefined
      ? undefined
      : yield* ask(
          io,
          io.state(state => getRequest(clientOf(state, NAME), path)),
        )
  if (path === undefined || scale === undefined || !ok(scale)) {
    const { apiVersion = '', kind } = hpa.spec.scaleTargetRef
    const error = scale === undefined ? `no matches for kind ${quote(kind)} in group ${quote(apiVersion.split('/')[0]!)}` : errorOf(scale)
    say('Warning', 'FailedGetScale', error)
    set('AbleToScale', 'False', 'FailedGetScale', `the HPA controller was unable to get the target's current scale: ${error}`)
    yield* writeStatus(io, hpa, status)
    return
  }
  set('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale")
  const current = scale.body.spec.replicas ?? 0
  const { desired, reason } = limited(hpa, current)
  if (current === 0 && (hpa.spec.minReplicas ?? 1) !== 0 && status.conditions?.find(c => c.type === 'ScaledToZero')?.status !== 'True') {
    set('ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero')
    yield* writeStatus(io, hpa, { ...status, currentReplicas: 0, desiredReplicas: 0 })
    return
  }
  if (desired === undefined) {
    const failed = metricFailures(hpa.spec.metrics ?? [])
    const selector = scale.body.status?.selector ?? ''
    if (selector === '') {
      say('Warning', 'SelectorRequired', 'selector is required')
      set('ScalingActive', 'False', 'InvalidSelector', "the HPA target's scale is missing a selector")
    } else {
      for (const f of failed) say('Warning', f.reason, f.event)
      const first = failed[0]
      if (first) set('ScalingActive', 'False', first.reason, `the HPA was unable to compute the replica count: ${first.event}`)
    }
    const currentMetrics = selector === '' ? status.currentMetrics : failed.map(() => ({ type: '' }))
    const n = failed.length
    const error = selector === '' ? 'selector is required' : `invalid metrics (${n} invalid out of ${n}), first error is: ${failed[0]?.error ?? ''}`
    yield* writeStatus(io, hpa, withCounts(status, current, hpa.status?.desiredReplicas ?? 0, currentMetrics))
    say('Warning', 'FailedComputeMetricsReplicas', error)
    return
  }
  io.note('Scaling', { hpa: keyOf(hpa), from: current, to: desired, reason })
  const error = yield* writeScale(io, path, scale.body, desired)
  if (error !== undefined) {
    say('Warning', 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${error}`)
    set('AbleToScale', 'False', 'FailedUpdateScale', `the HPA controller was unable to update the target scale: ${error}`)
    yield* writeStatus(io, hpa, withCounts(status, current, hpa.status?.desiredReplicas ?? 0, status.currentMetrics))
    return
  }
  set('AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${desired}`)
  if (desired === 0) set('ScaledToZero', 'True', 'ScaledToZero', 'the HPA controller scaled the workload to zero')
  else set('ScaledToZero', 'False', 'NotScaledToZero', 'the HPA controller did not scale the workload to zero')
  say('Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`)
  yield* writeStatus(io, hpa, { ...withCounts(status, current, desired, status.currentMetrics), lastScaleTime: rfc3339(now) })
}

/** The size that the limits demand, and why; undefined: between them, metrics decide. */
export function limited(hpa: HorizontalPodAutoscaler, current: number): { desired?: number; reason?: string } {
  const { minReplicas = 1, maxReplicas } = hpa.spec
  if (current > maxReplicas) return { desired: maxReplicas, reason: 'Current number of replicas above Spec.MaxReplicas' }
  if (current < minReplicas) return { desired: minReplicas, reason: 'Current number of replicas below Spec.MinReplicas' }
  return {}
}

function scalePath(hpa: HorizontalPodAutoscaler): string | undefined {
  const { apiVersion = 'v1', kind, name } = hpa.spec.scaleTargetRef
  const type = resourceByKind(apiVersion, kind)
  if (!type?.subresources.some(s => s.name === 'scale')) return undefined
  return pathOf({ type, namespace: hpa.metadata.namespace, name, subresource: 'scale' })
}

function* writeScale(io: ManagerIo, path: string, given: Scale, replicas: number): Steps<string | undefined> {
  let scale = given
  for (let i = 0; ; i++) {
    const body = { ...scale, spec: { ...scale.spec, replicas } }
    const response = yield* ask(
      io,
      io.state(state => updateRequest(clientOf(state, NAME), path, body)),
    )
    if (ok(response)) return undefined
    if (!isConflict(response) || i >= SCALE_TRIES) return errorOf(response)
    const fresh = yield* ask(
      io,
      io.state(state => getRequest(clientOf(state, NAME), path)),
    )
    if (!ok(fresh)) return errorOf(fresh)
    scale = fresh.body
  }
}

interface MetricFailure {
  reason: string
  /** The Event's text, and the longer one of the sum. */
  event: string
  error: string
}

/** Why each metric cannot be had. */
function metricFailures(metrics: MetricSpec[]): MetricFailure[] {
  return metrics.map(metric => {
    switch (metric.type) {
      case 'Resource': {
        const { name, target } = metric.resource!
        const what = target.averageUtilization === undefined ? `failed to get ${name} usage` : `failed to get ${name} utilization`
        const event = `${what}: unable to get metrics for resource ${name}: ${NO_METRICS}`
        return { reason: 'FailedGetResourceMetric', event, error: `failed to get ${name} resource metric value: ${event}` }
      }
      case 'ContainerResource': {
        const { name, target } = metric.containerResource!
        const what = target.averageUtilization === undefined ? `failed to get ${name} usage` : `failed to get ${name} utilization`
        const event = `${what}: unable to get metrics for resource ${name}: ${NO_METRICS}`
        return { reason: 'FailedGetContainerResourceMetric', event, error: `failed to get ${name} container metric value: ${event}` }
      }
      case 'Pods': {
        const event = `unable to get metric ${metric.pods!.metric.name}: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered`
        return { reason: 'FailedGetPodsMetric', event, error: `failed to get pods metric value: ${event}` }
      }
      case 'Object': {
        const { describedObject: about, metric: named } = metric.object!
        const event = `unable to get metric ${named.name}: ${about.kind} on ${about.name} unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered`
        return { reason: 'FailedGetObjectMetric', event, error: `failed to get object metric value: ${event}` }
      }
      default: {
        const event = 'unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered'
        return { reason: 'FailedGetExternalMetric', event, error: `failed to get external metric: ${event}` }
      }
    }
  })
}

function withCounts(status: Status, current: number, desiredReplicas: number, currentMetrics: Status['currentMetrics']): Status {
  const { currentReplicas: _, ...rest } = status
  return { ...rest, ...(current > 0 ? { currentReplicas: current } : {}), desiredReplicas, ...(currentMetrics === undefined ? {} : { currentMetrics }) }
}

function withCondition(status: Status, made: WorkloadCondition): Status {
  const conditions = status.conditions ?? []
  const before = conditions.find(c => c.type === made.type)
  if (!before) return { ...status, conditions: [...conditions, made] }
  const kept = before.status === made.status ? { ...made, lastTransitionTime: before.lastTransitionTime } : made
  return { ...status, conditions: conditions.map(c => (c === before ? kept : c)) }
}

function* writeStatus(io: ManagerIo, hpa: HorizontalPodAutoscaler, status: Status): Steps {
  if (same(status, hpa.status)) return
  const response = yield* ask(
    io,
    io.state(state => updateStatusRequest(clientOf(state, NAME), 'horizontalpodautoscalers', { ...hpa, status })),
  )
  if (ok(response)) return
  const message = errorOf(response)
  io.state((state, turn) => recordFor(state, turn, NAME, hpa, 'Warning', 'FailedUpdateStatus', message))
}

// judge.ts: judgements about a Job and its pods: which have failed, how long to wait, whether a policy decides. Pure.
// Models k8s.io/kubernetes/pkg/controller/job/{job_controller,backoff_utils,pod_failure_policy,success_policy}.go
// Differs: nothing known

import type { ContainerStatus, Pod } from '../../../api/pod.ts'
import { parseTime, rfc3339 } from '../../../api/time.ts'
import type { Job, WorkloadCondition } from '../../../api/workloads.ts'
import { podCondition } from '../pods.ts'
import { hasValidIndex, indexOf, parseIndexes } from './indexes.ts'

/** The finalizer that keeps a pod until it is counted. */
export const TRACKING = 'batch.kubernetes.io/job-tracking'

const BACKOFF_MS = 10_000
const BACKOFF_MAX_MS = 600_000

export const conditionOf = (job: Job, type: string): WorkloadCondition | undefined => job.status?.conditions?.find(c => c.type === type && c.status === 'True')
export const hasFinalizer = (pod: Pod): boolean => (pod.metadata.finalizers ?? []).includes(TRACKING)

export const isFinished = (job: Job): boolean => conditionOf(job, 'Complete') !== undefined || conditionOf(job, 'Failed') !== undefined
export const isSuspended = (job: Job): boolean => job.spec.suspend === true
export const onlyReplaceFailed = (job: Job): boolean => job.spec.podReplacementPolicy === 'Failed'

/** Has it failed as this Job counts? With TerminatingOrFailed a pod that is being deleted has. */
export function isPodFailed(job: Job, pod: Pod): boolean {
  if (pod.status?.phase === 'Failed') return true
  if (onlyReplaceFailed(job)) return false
  return pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded'
}

/** When a pod ended, ms: its last container or sidecar; else when it lost Ready; else when its deletion was asked for; else its creation. */
export function finishTime(pod: Pod): number {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(c => c.restartPolicy === 'Always').map(c => c.name))
  const containers = lastEnd(undefined, pod.status?.containerStatuses ?? [])
  const end = lastEnd(
    containers,
    (pod.status?.initContainerStatuses ?? []).filter(s => sidecars.has(s.name)),
  )
  if (end !== undefined) return end
  const ready = podCondition(pod, 'Ready')
  if (ready?.status === 'False' && ready.lastTransitionTime) return parseTime(ready.lastTransitionTime) ?? 0
  const deletion = parseTime(pod.metadata.deletionTimestamp)
  if (deletion !== undefined) return deletion - (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000
  return parseTime(pod.metadata.creationTimestamp) ?? 0
}

/** The last of these ends and one before; undefined as long as somebody has not ended. */
function lastEnd(before: number | undefined, statuses: ContainerStatus[]): number | undefined {
  let last = before
  for (const s of statuses) {
    const end = parseTime(s.state.terminated?.finishedAt ?? undefined)
    if (end === undefined) return undefined
    if (last === undefined || end > last) last = end
  }
  return last
}

/** Failures since the last success, and the time of the last one. */
export interface Backoff {
  failures: number
  last: number
}

/** The record after some pods more have ended. */
export function nextBackoff(before: Backoff | undefined, succeeded: Pod[], failed: Pod[]): Backoff {
  const lastSuccess = succeeded.length > 0 ? Math.max(...succeeded.map(finishTime)) : undefined
  const counted = lastSuccess === undefined ? failed : failed.filter(pod => finishTime(pod) > lastSuccess)
  const failures = (lastSuccess === undefined ? (before?.failures ?? 0) : 0) + counted.length
  const last = counted.length > 0 ? Math.max(...counted.map(finishTime)) : lastSuccess === undefined ? (before?.last ?? 0) : 0
  return { failures, last }
}

/** How long new pods still have to wait, ms: 10 s, doubled for each failure. */
export function backoffLeft({ failures, last }: Backoff, now: number): number {
  if (failures === 0) return 0
  let ms = BACKOFF_MS
  for (let i = 1; i < failures && ms < BACKOFF_MAX_MS; i++) ms *= 2
  return Math.max(0, Math.min(ms, BACKOFF_MAX_MS) - (now - last))
}

/** restartPolicy OnFailure: restarts of all containers against the limit. */
export function pastLimitOnFailure(job: Job, pods: Pod[]): boolean {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false
  let restarts = 0
  for (const pod of pods) {
    if (pod.status?.phase !== 'Running' && pod.status?.phase !== 'Pending') continue
    for (const s of [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])]) restarts += s.restartCount
  }
  return job.spec.backoffLimit === 0 ? restarts > 0 : restarts >= job.spec.backoffLimit
}

export type PolicyAction = 'FailJob' | 'FailIndex' | 'Ignore' | 'Count'

/** What the pod failure policy says about a failed pod; undefined where there is none. */
export function policyFor(job: Job, pod: Pod): { action: PolicyAction; message?: string } | undefined {
  const rules: any[] = job.spec.podFailurePolicy?.rules ?? []
  if (rules.length === 0) return undefined
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i]
    const hit = rule.onExitCodes ? exitCodeMatch(rule.onExitCodes, pod) : undefined
    if (hit)
      return {
        action: rule.action,
        message: `Container ${hit.container} for pod ${name} failed with exit code ${hit.code} matching ${rule.action} rule at index ${i}`,
      }
    const condition = (pod.status?.conditions ?? []).find(c => (rule.onPodConditions ?? []).some((p: any) => p.type === c.type && p.status === c.status))
    if (condition) return { action: rule.action, message: `Pod ${name} has condition ${condition.type} matching ${rule.action} rule at index ${i}` }
  }
  return { action: 'Count' }
}

function exitCodeMatch(rule: any, pod: Pod): { container: string; code: number } | undefined {
  for (const s of [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]) {
    const code = s.state.terminated?.exitCode
    if (code === undefined || code === 0 || (rule.containerName && rule.containerName !== s.name)) continue
    if (rule.operator === 'In' ? rule.values.includes(code) : !rule.values.includes(code)) return { container: s.name, code }
  }
  return undefined
}

/** The message of a FailJob rule that some failed pod hits. */
export function failJobMessage(job: Job, pods: Pod[]): string | undefined {
  if (!job.spec.podFailurePolicy) return undefined
  for (const pod of pods) {
    if (!isPodFailed(job, pod)) continue
    const policy = policyFor(job, pod)
    if (policy?.action === 'FailJob') return policy.message
  }
  return undefined
}

/** The message of the success policy's rule that is met. */
export function successPolicyMessage(job: Job, succeeded: Set<number>): string | undefined {
  if (succeeded.size === 0) return undefined
  const rules: any[] = job.spec.successPolicy?.rules ?? []
  for (let i = 0; i < rules.length; i++) {
    const { succeededIndexes, succeededCount } = rules[i]
    const wanted = succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes, job.spec.completions ?? 0)
    if (wanted?.length === 0) continue
    const met = wanted ? wanted.filter(index => succeeded.has(index)).length : succeeded.size
    if (met === wanted?.length || (succeededCount !== undefined && met >= succeededCount)) return `Matched rules at index ${i}`
  }
  return undefined
}

// ---- Jobs whose indexes have back-offs of their own

export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count'
export const INDEX_IGNORED = 'batch.kubernetes.io/job-index-ignored-failure-count'

export const hasLimitPerIndex = (job: Job): boolean => job.spec.backoffLimitPerIndex !== undefined

function countIn(pod: Pod, annotation: string): number {
  const text = pod.metadata.annotations?.[annotation] ?? ''
  return /^\+?\d+$/.test(text) && Number(text) <= 0x7fffffff ? Number(text) : 0
}

/** Failures of an index before this pod: those that count, and all of them. */
export const indexFailures = (pod: Pod): number => countIn(pod, INDEX_FAILURES)
export const allIndexFailures = (pod: Pod): number => countIn(pod, INDEX_FAILURES) + countIn(pod, INDEX_IGNORED)

/** The annotations that hand the failures of an index on to the pod that replaces `last`. */
export function failureAnnotations(job: Job, last: Pod | undefined): Record<string, string> {
  if (!last) return { [INDEX_FAILURES]: '0' }
  const ignored = policyFor(job, last)?.action === 'Ignore'
  const ignoredCount = countIn(last, INDEX_IGNORED) + (ignored ? 1 : 0)
  const out = { [INDEX_FAILURES]: String(indexFailures(last) + (ignored ? 0 : 1)) }
  return ignoredCount > 0 ? { ...out, [INDEX_IGNORED]: String(ignoredCount) } : out
}

/** Indexes that have failed for good. */
export function failedIndexes(job: Job, pods: Pod[], before: number[]): Set<number> {
  const out = new Set(before)
  for (const pod of pods) {
    if (!hasFinalizer(pod) || !hasValidIndex(job, pod) || !isPodFailed(job, pod)) continue
    const action = policyFor(job, pod)?.action
    if (action === 'FailIndex' || (action !== 'Ignore' && indexFailures(pod) >= (job.spec.backoffLimitPerIndex ?? 0))) out.add(indexOf(pod))
  }
  return out
}

export function condition(type: string, status: 'True' | 'False', reason: string, message: string, now: number): WorkloadCondition {
  return { type, status, lastProbeTime: rfc3339(now), lastTransitionTime: rfc3339(now), reason, message }
}

/** Sets a condition; the same list if it stands so already. A condition that never was true is not made false. */
export function ensureCondition(conditions: WorkloadCondition[], made: WorkloadCondition): WorkloadCondition[] {
  const before = conditions.find(c => c.type === made.type)
  if (!before) return made.status === 'False' ? conditions : [...conditions, made]
  if (before.status === made.status && before.reason === made.reason && before.message === made.message) return conditions
  return conditions.map(c => (c === before ? made : c))
}

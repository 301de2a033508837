// manage.ts: as many running pods as a Job wants just now.
// Models k8s.io/kubernetes/pkg/controller/job/job_controller.go (manageJob)
// Differs: nothing known

import type { Pod } from '../../../api/pod.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { enqueueAfter } from '../../client/controller.ts'
import { expectCreations, expectDeletions } from '../../client/expectations.ts'
import { keyOf } from '../../client/informer.ts'
import { askAll } from '../../client/request.ts'
import { patchRequest } from '../../client.ts'
import { createPods, deletePods } from '../podcontrol.ts'
import { isPodReady, podFromTemplate } from '../pods.ts'
import { rankPodsForDeletion } from '../ranking.ts'
import { clientOf, type ManagerIo, pathOfObject } from '../state.ts'
import { COMPLETION_INDEX, firstPending, hasValidIndex, indexOf, isIndexed } from './indexes.ts'
import { type JobTurn, NAME } from './job.ts'
import {
  backoffLeft,
  finishTime,
  hasFinalizer,
  hasLimitPerIndex,
  INDEX_FAILURES,
  indexFailures,
  isPodFailed,
  isSuspended,
  onlyReplaceFailed,
  TRACKING,
} from './judge.ts'
import { releasePatch } from './tracking.ts'

const PODS_PER_SYNC = 500

/** Creates or deletes pods; an error comes back as text. */
export function* managePods(io: ManagerIo, turn: JobTurn): Steps<string | undefined> {
  const { job } = turn
  const now = io.now()
  const wanted = wantedActive(turn)
  const surplus = podsToRemove(turn, isSuspended(job) ? turn.active.length : Math.max(0, turn.activeCount - wanted), now).slice(0, PODS_PER_SYNC)
  if (surplus.length > 0 || isSuspended(job)) return surplus.length === 0 ? undefined : yield* removePods(io, turn, surplus)
  const occupied = onlyReplaceFailed(job) ? turn.terminating : 0
  const missing = Math.min(wanted - occupied - turn.activeCount, PODS_PER_SYNC)
  if (missing <= 0) return undefined
  const wait = hasLimitPerIndex(job) ? 0 : backoffLeft(turn.backoff, now)
  if (wait > 0) {
    io.state((state, io2) => enqueueAfter(state, io2, NAME, keyOf(job), wait))
    return undefined
  }
  const indexes = isIndexed(job) ? freeIndexes(io, turn, missing, now) : undefined
  const pods = indexes ? indexes.map(index => podOf(turn, index)) : new Array(missing).fill(podOf(turn, undefined))
  if (pods.length === 0) return undefined
  io.state((state, io2) => {
    expectCreations(state.controllers[NAME]!.expectations, keyOf(job), pods.length, io2.now)
    io2.note('Creating', { job: keyOf(job), wanted, active: turn.activeCount, creating: pods.length })
  })
  const error = yield* createPods(io, NAME, job, pods)
  if (error === undefined) turn.activeCount += pods.length
  return error
}

/** How many pods should run at once now. */
function wantedActive({ job, succeeded, activeCount }: JobTurn): number {
  const { completions, parallelism = 1 } = job.spec
  if (completions === undefined) return succeeded > 0 ? activeCount : parallelism
  return Math.max(0, Math.min(parallelism, completions - succeeded))
}

/** Duplicates and pods of no use go first, then by rank. */
function podsToRemove({ job, active, succeededIndexes, failedIndexes }: JobTurn, atLeast: number, now: number): Pod[] {
  const out: Pod[] = []
  let rest = active
  if (isIndexed(job)) {
    const byIndex = new Map<number, Pod[]>()
    rest = []
    for (const pod of active) {
      const index = indexOf(pod)
      if (!hasValidIndex(job, pod) || failedIndexes.has(index)) out.push(pod)
      else byIndex.set(index, [...(byIndex.get(index) ?? []), pod])
    }
    for (const [index, pods] of byIndex) {
      const ranked = rankPodsForDeletion(pods, [], now)
      if (succeededIndexes.has(index)) out.push(...ranked)
      else {
        out.push(...ranked.slice(0, -1))
        rest.push(ranked[ranked.length - 1]!)
      }
    }
  }
  return out.length >= atLeast ? out : [...out, ...rankPodsForDeletion(rest, [], now).slice(0, atLeast - out.length)]
}

/** These do not count as failures: their finalizer goes with them. */
function* removePods(io: ManagerIo, turn: JobTurn, pods: Pod[]): Steps<string | undefined> {
  const { job } = turn
  const patches = io.state((state, io2) => {
    const keys = pods.map(keyOf)
    expectDeletions(state.controllers[NAME]!.expectations, keyOf(job), keys, io2.now)
    io2.note('Deleting', { job: keyOf(job), pods: keys, because: isSuspended(job) ? 'suspended' : 'too many' })
    return pods.filter(hasFinalizer).map(pod => patchRequest(clientOf(state, NAME), pathOfObject('pods', pod), 'strategic', releasePatch))
  })
  yield* askAll(io, patches)
  const error = yield* deletePods(io, NAME, job, pods, { tracked: true })
  if (error !== undefined) return error
  turn.activeCount -= pods.length
  turn.terminating += pods.length
  turn.ready -= pods.filter(isPodReady).length
  for (const pod of pods) turn.removing.add(pod.metadata.uid)
  return undefined
}

/** The lowest indexes without a pod; where each index has its own back-off, those that are through with it. */
function freeIndexes(io: ManagerIo, turn: JobTurn, count: number, now: number): number[] {
  const { job } = turn
  const taken = new Set([...turn.succeededIndexes, ...turn.failedIndexes, ...turn.active.map(indexOf)])
  if (onlyReplaceFailed(job)) for (const pod of turn.pods) if (pod.metadata.deletionTimestamp !== undefined && !isPodFailed(job, pod)) taken.add(indexOf(pod))
  const free = firstPending(job, count, taken)
  if (!hasLimitPerIndex(job)) return free
  const waits = free.map(index => {
    const last = lastFailure(turn, index)
    return last ? backoffLeft({ failures: indexFailures(last) + 1, last: finishTime(last) }, now) : 0
  })
  const later = waits.filter(ms => ms > 0)
  const ready = free.filter((_, i) => waits[i] === 0)
  if (ready.length === 0 && later.length > 0) io.state((state, io2) => enqueueAfter(state, io2, NAME, keyOf(job), Math.min(...later)))
  return ready
}

function lastFailure({ job, pods }: JobTurn, index: number): Pod | undefined {
  return pods
    .filter(pod => indexOf(pod) === index && isPodFailed(job, pod))
    .sort((a, b) => indexFailures(a) - indexFailures(b))
    .pop()
}

function podOf(turn: JobTurn, index: number | undefined): any {
  const { job } = turn
  const { template } = job.spec
  const finalizers = [...new Set([...(template.metadata?.['finalizers'] ?? []), TRACKING])]
  if (index === undefined) return podFromTemplate({ metadata: { ...template.metadata, finalizers }, spec: template.spec }, job)
  const labels = { ...template.metadata?.labels, [COMPLETION_INDEX]: String(index) }
  const annotations: Record<string, string> = { ...template.metadata?.annotations, [COMPLETION_INDEX]: String(index) }
  if (hasLimitPerIndex(job)) {
    const last = lastFailure(turn, index)
    annotations[INDEX_FAILURES] = String(last ? indexFailures(last) + 1 : 0)
  }
  const spec = { ...withIndexVariable(template.spec), hostname: `${job.metadata.name}-${index}` }
  const pod = podFromTemplate({ metadata: { ...template.metadata, labels, annotations, finalizers }, spec }, job)
  return { ...pod, metadata: { ...pod.metadata, generateName: `${job.metadata.name}-${index}-` } }
}

function withIndexVariable(spec: any): any {
  const name = 'JOB_COMPLETION_INDEX'
  const variable = { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } } }
  const withIt = (c: any) => ((c.env ?? []).some((e: any) => e.name === name) ? c : { ...c, env: [...(c.env ?? []), variable] })
  const out = { ...spec, containers: spec.containers.map(withIt) }
  if (spec.initContainers) out.initContainers = spec.initContainers.map(withIt)
  return out
}

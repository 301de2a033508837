// manage.ts: as many running pods as a Job wants just now.
// Models k8s.io/kubernetes/pkg/controller/job/job_controller.go (manageJob)
// Differs: nothing known

import type { Pod } from '../../../api/pod.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { wrote } from '../../client/consistency.ts'
import { enqueueAfter } from '../../client/controller.ts'
import { deletionObserved, expectBoth, expectCreations } from '../../client/expectations.ts'
import { keyOf } from '../../client/informer.ts'
import { askAll, errorOf, isNotFound, ok } from '../../client/request.ts'
import { patchRequest } from '../../client.ts'
import { createPods, deletePods } from '../podcontrol.ts'
import { isPodReady, isPodTerminating, podFromTemplate } from '../pods.ts'
import { compareActive } from '../ranking.ts'
import { clientOf, type ManagerIo, pathOfObject } from '../state.ts'
import { COMPLETION_INDEX, firstPending, hasValidIndex, indexOf, isIndexed } from './indexes.ts'
import { BATCH_MS, type JobTurn, NAME } from './job.ts'
import {
  allIndexFailures,
  backoffLeft,
  failureAnnotations,
  finishTime,
  hasFinalizer,
  hasLimitPerIndex,
  isSuspended,
  onlyReplaceFailed,
  TRACKING,
} from './judge.ts'
import { releasePatch } from './tracking.ts'

const PODS_PER_SYNC = 500
const GENERATED_MAX = 58 // What is longer would be cut, and the index with it.

/** Creates or deletes pods; an error comes back as text. */
export function* managePods(io: ManagerIo, turn: JobTurn): Steps<string | undefined> {
  const { job } = turn
  const now = io.now()
  if (isSuspended(job)) return yield* removePods(io, turn, podsToRemove(turn, turn.active.length))
  const wanted = wantedActive(turn)
  const surplus = podsToRemove(turn, Math.max(0, turn.activeCount - wanted)).slice(0, PODS_PER_SYNC)
  if (surplus.length > 0) return yield* removePods(io, turn, surplus)
  const occupied = onlyReplaceFailed(job) ? turn.terminating : 0
  let missing = wanted - occupied - turn.activeCount
  if (missing <= 0) return undefined
  let wait = hasLimitPerIndex(job) ? 0 : backoffLeft(turn.backoff, now)
  if (wait === 0) missing = Math.min(missing, PODS_PER_SYNC)
  let indexes = wait === 0 && isIndexed(job) ? firstPending(job, missing, takenIndexes(turn)) : undefined
  if (indexes && hasLimitPerIndex(job)) {
    const waits = new Map(indexes.map(index => [index, indexBackoff(turn, index, now)]))
    const free = indexes.filter(index => waits.get(index) === 0)
    if (free.length === 0 && indexes.length > 0) wait = Math.min(...waits.values())
    indexes = free
  }
  if (wait > 0) {
    io.state((state, io2) => enqueueAfter(state, io2, NAME, keyOf(job), Math.max(wait, BATCH_MS)))
    return undefined
  }
  const pods = indexes ? indexes.map(index => podOf(turn, index)) : new Array(missing).fill(podOf(turn, undefined))
  if (pods.length === 0) return undefined
  io.state((state, io2) => {
    expectCreations(state.controllers[NAME]!.expectations, keyOf(job), pods.length, io2.now)
    io2.note('Creating', { job: keyOf(job), wanted, active: turn.activeCount, creating: pods.length })
  })
  const created = yield* createPods(io, NAME, job, pods)
  turn.activeCount += pods.length - created.missing
  return created.error
}

/** How many pods should run at once now. */
function wantedActive({ job, succeeded, activeCount }: JobTurn): number {
  const { completions, parallelism = 1 } = job.spec
  if (completions === undefined) return succeeded > 0 ? activeCount : parallelism
  return Math.max(0, Math.min(parallelism, completions - succeeded))
}

/** Pods of no index and all but one of each index, then by rank. */
function podsToRemove({ job, active }: JobTurn, atLeast: number): Pod[] {
  const out: Pod[] = []
  let rest = active
  if (isIndexed(job)) {
    const byIndex = new Map<number, Pod[]>()
    rest = []
    for (const pod of active) {
      const index = indexOf(pod)
      if (!hasValidIndex(job, pod)) out.push(pod)
      else byIndex.set(index, [...(byIndex.get(index) ?? []), pod])
    }
    for (const index of [...byIndex.keys()].sort((a, b) => a - b)) {
      const ranked = byIndex.get(index)!.sort(compareActive)
      out.push(...ranked.slice(0, -1))
      rest.push(ranked[ranked.length - 1]!)
    }
  }
  return out.length >= atLeast ? out : [...out, ...[...rest].sort(compareActive).slice(0, atLeast - out.length)]
}

/** These do not count as failures: their finalizer goes before them. */
function* removePods(io: ManagerIo, turn: JobTurn, pods: Pod[]): Steps<string | undefined> {
  if (pods.length === 0) return undefined
  const { job } = turn
  const key = keyOf(job)
  const held = pods.filter(hasFinalizer)
  const patches = io.state((state, io2) => {
    expectBoth(state.controllers[NAME]!.expectations, key, 0, pods.length, io2.now)
    io2.note('Deleting', { job: key, pods: pods.map(keyOf), because: isSuspended(job) ? 'suspended' : 'too many' })
    return held.map(pod => patchRequest(clientOf(state, NAME), pathOfObject('pods', pod), 'strategic', releasePatch))
  })
  const responses = yield* askAll(io, patches)
  const stuck = new Set(held.filter((_, i) => !ok(responses[i]!)))
  const errors = responses.filter(response => !ok(response) && !isNotFound(response)).map(errorOf)
  io.state(state => {
    const { expectations, written } = state.controllers[NAME]!
    for (const _ of stuck) deletionObserved(expectations, key)
    for (const response of responses) if (ok(response)) wrote(written, key, 'pods', response.body.metadata?.resourceVersion)
  })
  const doomed = pods.filter(pod => !stuck.has(pod))
  const { missing, error } = yield* deletePods(io, NAME, job, doomed, { tracked: false })
  const removed = pods.length - errors.length - missing
  turn.activeCount -= removed
  turn.terminating += removed
  turn.ready -= doomed.filter(isPodReady).length
  return errors.length > 0 ? `removing completion finalizer: ${errors[0]}` : error
}

/** Indexes that need no pod now. */
function takenIndexes({ job, pods, active, succeededIndexes, failedIndexes }: JobTurn): Set<number> {
  const going = onlyReplaceFailed(job) ? pods.filter(isPodTerminating) : []
  return new Set([...succeededIndexes, ...failedIndexes, ...[...active, ...going].map(indexOf)])
}

/** How long the next pod of an index has to wait, ms. Ignored failures count here. */
function indexBackoff(turn: JobTurn, index: number, now: number): number {
  const last = turn.delayed.get(index)
  return last ? backoffLeft({ failures: allIndexFailures(last) + 1, last: finishTime(last) }, now) : 0
}

function podOf(turn: JobTurn, index: number | undefined): any {
  const { job } = turn
  const { template } = job.spec
  const finalizers = [...new Set([...(template.metadata?.['finalizers'] ?? []), TRACKING])]
  if (index === undefined) return podFromTemplate({ metadata: { ...template.metadata, finalizers }, spec: template.spec }, job)
  const labels = { ...template.metadata?.labels, [COMPLETION_INDEX]: String(index) }
  const failures = hasLimitPerIndex(job) ? failureAnnotations(job, turn.delayed.get(index)) : {}
  const annotations: Record<string, string> = { ...template.metadata?.annotations, [COMPLETION_INDEX]: String(index), ...failures }
  const spec = { ...withIndexVariable(template.spec), hostname: `${job.metadata.name}-${index}` }
  const pod = podFromTemplate({ metadata: { ...template.metadata, labels, annotations, finalizers }, spec }, job)
  const suffix = `-${index}-`
  return { ...pod, metadata: { ...pod.metadata, generateName: job.metadata.name.slice(0, GENERATED_MAX - suffix.length) + suffix } }
}

function withIndexVariable(spec: any): any {
  const name = 'JOB_COMPLETION_INDEX'
  const variable = { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } } }
  const withIt = (c: any) => ((c.env ?? []).some((e: any) => e.name === name) ? c : { ...c, env: [...(c.env ?? []), variable] })
  const out = { ...spec, containers: spec.containers.map(withIt) }
  if (spec.initContainers) out.initContainers = spec.initContainers.map(withIt)
  return out
}

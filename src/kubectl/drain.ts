// drain.ts: empties a node: its Pods are evicted, all at once, and waited for.
// Models k8s.io/kubectl/pkg/drain/{drain,filters}.go and cmd/drain/drain.go
// Differs: evictions begin in the order of the list; goroutines begin in any

import { goDuration } from '../api/duration.ts'
import { parseSelector } from '../api/labels.ts'
import type { Pod } from '../api/pod.ts'
import { resourceByKind } from '../api/resources.ts'
import { parseTime } from '../api/time.ts'
import { errorText, Fail, type Failure, fail, failAll, failureOf, isNotFound } from './fail.ts'
import { bool, duration, int, text } from './flags.ts'
import { ask, err, getObject, type Kit, listObjects, out, pathTo, together } from './kit.ts'
import { chosen, setUnschedulable } from './nodes.ts'
import { dryRunOf } from './output.ts'
import type { Steps } from './want.ts'

const pods = resourceByKind('v1', 'Pod')!
const daemonSets = resourceByKind('apps/v1', 'DaemonSet')!
const RETRY_MS = 5_000
const POLL_MS = 1_000
const TIMED_OUT = 'context deadline exceeded'

const called = (pod: Pod): string => `pods/${JSON.stringify(pod.metadata.name)} -n ${JSON.stringify(pod.metadata.namespace)}`
const plain = (words: string): Failure => ({ is: 'plain', text: words })

export function* drain(kit: Kit): Steps<void> {
  if ('error' in parseSelector(text(kit.flags, 'pod-selector'))) fail('--pod-selector=<pod_selector> must be a valid label selector')
  const nodes = yield* chosen(kit, 'drain')
  const failed: { name: string; failure: Failure }[] = []
  for (const n of nodes) yield* setUnschedulable(kit, n, true)
  for (const n of nodes) {
    const { name } = n.metadata
    try {
      yield* drainOne(kit, name)
      yield* out(`node/${name} drained${dryRunOf(kit).suffix}\n`)
    } catch (error) {
      const failure = failureOf(error)
      failed.push({ name, failure })
      yield* err(`error: unable to drain node ${JSON.stringify(name)} due to error: ${errorText(failure)}, continuing command...\n`)
    }
  }
  if (failed.length === 0) return
  yield* err(`There are pending nodes to be drained:\n${failed.map(f => ` ${f.name}\n`).join('')}`)
  throw new Fail({ is: 'exit', text: failed.map(f => errorText(f.failure)).join('\n'), code: 1 })
}

function* drainOne(kit: Kit, name: string): Steps<void> {
  const { evict, warnings, errors } = yield* podsToGo(kit, name)
  failAll(errors.map(plain))
  if (warnings !== '') yield* err(`Warning: ${warnings}\n`)
  if (dryRunOf(kit).mode === 'client') {
    for (const pod of evict) yield* out(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name} (dry run)\n`)
    return
  }
  try {
    if (bool(kit.flags, 'disable-eviction')) yield* deleteAll(kit, evict)
    else yield* evictAll(kit, evict)
  } catch (error) {
    const words = errorText(failureOf(error))
    const pending = yield* podsToGo(kit, name)
    if (pending.evict.length > 0)
      yield* err(
        `There are pending pods in node ${JSON.stringify(name)} when an error occurred: ${words}\n${pending.evict.map(p => `pod/${p.metadata.name}\n`).join('')}`,
      )
    if (pending.errors.length > 0)
      yield* err(`Following errors occurred while getting the list of pods to delete:\n${errorText({ is: 'many', failures: pending.errors.map(plain) })}`)
    throw error
  }
}

// ---- which Pods

/** What a filter says of a Pod: it goes, it stays, it may do neither; with a word about it. */
type Verdict = { go: boolean; warning?: string; error?: string }

const GOES: Verdict = { go: true }
const STAYS: Verdict = { go: false }
const ended = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
const controllerOf = (pod: Pod) => (pod.metadata.ownerReferences ?? []).find(o => o.controller)

/** The first reason for which a Pod stays counts; where it goes, only the last filter is heard. */
function* judge(kit: Kit, pod: Pod, now: number): Steps<Verdict> {
  if (tooLongDeleted(kit, pod, now)) return STAYS
  const served = yield* ofDaemonSet(kit, pod)
  if (!served.go) return served
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return STAYS
  if (ended(pod)) return GOES
  if ((pod.spec.volumes ?? []).some(v => v.emptyDir !== undefined) && !bool(kit.flags, 'delete-emptydir-data'))
    return { go: false, error: 'Pods with local storage (use --delete-emptydir-data to override)' }
  if (controllerOf(pod)) return GOES
  if (bool(kit.flags, 'force')) return { go: true, warning: 'deleting Pods that declare no controller' }
  return { go: false, error: 'Pods that declare no controller (use --force to override)' }
}

function* ofDaemonSet(kit: Kit, pod: Pod): Steps<Verdict> {
  const owner = controllerOf(pod)
  if (owner?.kind !== 'DaemonSet' || owner.apiVersion !== 'apps/v1' || ended(pod)) return GOES
  try {
    yield* getObject(kit, daemonSets, pod.metadata.namespace ?? '', owner.name)
  } catch (error) {
    const failure = failureOf(error)
    return isNotFound(failure) && bool(kit.flags, 'force') ? GOES : { go: false, error: errorText(failure) }
  }
  if (!bool(kit.flags, 'ignore-daemonsets')) return { go: false, error: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' }
  return { go: false, warning: 'ignoring DaemonSet-managed Pods' }
}

function* podsToGo(kit: Kit, node: string): Steps<{ evict: Pod[]; warnings: string; errors: string[] }> {
  const query: Record<string, string> = { fieldSelector: `spec.nodeName=${node}` }
  if (text(kit.flags, 'pod-selector') !== '') query['labelSelector'] = text(kit.flags, 'pod-selector')
  const evict: Pod[] = []
  const warnings = new Map<string, string[]>()
  const errors = new Map<string, string[]>()
  for (const pod of (yield* listObjects(kit, pods, '', query)) as Pod[]) {
    const now: number = yield { want: 'now' }
    const verdict = yield* judge(kit, pod, now)
    if (verdict.go) evict.push(pod)
    const name = `${pod.metadata.namespace}/${pod.metadata.name}`
    for (const [map, word] of [
      [warnings, verdict.warning],
      [errors, verdict.error],
    ] as const)
      if (word !== undefined) map.set(word, [...(map.get(word) ?? []), name])
  }
  const told = (map: Map<string, string[]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([word, names]) => `${word}: ${names.join(', ')}`)
  return { evict, warnings: told(warnings).join('; '), errors: told(errors).map(e => `cannot delete ${e}`) }
}

function tooLongDeleted(kit: Kit, pod: Pod, now: number): boolean {
  const limit = int(kit.flags, 'skip-wait-for-delete-timeout')
  const at = pod.metadata.deletionTimestamp
  return limit > 0 && at !== undefined && Math.floor((now - parseTime(at)!) / 1000) > limit
}

// ---- evicting and deleting

/** Simulated ms at which the patience of the whole command ends. */
function* deadlineOf(kit: Kit): Steps<number> {
  const timeout = duration(kit.flags, 'timeout')
  const now: number = yield { want: 'now' }
  return timeout === 0 ? Number.POSITIVE_INFINITY : now + timeout
}

const optionsOf = (kit: Kit) => {
  const grace = int(kit.flags, 'grace-period')
  return { ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}), ...(dryRunOf(kit).suffix === '' ? {} : { dryRun: ['All'] }) }
}

/** Each Pod by itself, all at once; what went wrong is said when the last is through. */
function* evictAll(kit: Kit, list: Pod[]): Steps<void> {
  const deadline = yield* deadlineOf(kit)
  const failures: Failure[] = []
  yield* together(
    list.map(function* (pod) {
      const words = yield* evictOne(kit, pod, deadline)
      if (words !== undefined) failures.push(plain(words))
    }),
  )
  failAll(failures)
}

/** Asks until the eviction is granted, and waits until the Pod is gone; else says why not. */
function* evictOne(kit: Kit, pod: Pod, deadline: number): Steps<string | undefined> {
  const { suffix } = dryRunOf(kit)
  let active = pod
  for (;;) {
    const { namespace = '', name } = active.metadata
    yield* out(`evicting pod ${namespace}/${name}${suffix}\n`)
    if ((yield* now()) >= deadline) return `error when evicting ${called(active)}: global timeout reached: ${goDuration(duration(kit.flags, 'timeout'))}`
    const refused = yield* evict(kit, active)
    if (refused === undefined) break
    if (isNotFound(refused)) return undefined
    const going = namespaceGoes(refused)
    if (going && active.metadata.deletionTimestamp !== undefined) break
    if (refused.is === 'status' && (refused.status.reason === 'TooManyRequests' || refused.status.code === 429))
      yield* err(`error when evicting ${called(active)} (will retry after 5s): ${errorText(refused)}\n`)
    else if (going)
      yield* err(
        `error when evicting pod ${JSON.stringify(name)} from terminating namespace ${JSON.stringify(namespace)} (will retry after 5s): ${errorText(refused)}\n`,
      )
    else return `error when evicting ${called(active)}: ${errorText(refused)}`
    yield { want: 'pause', ms: RETRY_MS }
    const fresh = yield* look(kit, active)
    if ('pod' in fresh) active = fresh.pod
  }
  if (suffix !== '') return undefined
  const words = yield* awaitGone(kit, [active], deadline, 'evicted', 'eviction failed')
  return words === undefined
    ? undefined
    : `error when waiting for pod ${JSON.stringify(pod.metadata.name)} in namespace ${JSON.stringify(pod.metadata.namespace)} to terminate: ${words}`
}

function* evict(kit: Kit, pod: Pod): Steps<Failure | undefined> {
  const { namespace = '', name } = pod.metadata
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions: optionsOf(kit) }
  try {
    yield* ask(kit, { method: 'POST', path: pathTo(pods, namespace, name, 'eviction'), query: dryRunOf(kit).query, body })
    return undefined
  } catch (error) {
    return failureOf(error)
  }
}

const namespaceGoes = (failure: Failure): boolean =>
  failure.is === 'status' && failure.status.reason === 'Forbidden' && (failure.status.details?.causes ?? []).some(c => c.reason === 'NamespaceTerminating')

/** One after the other, then all are waited for. */
function* deleteAll(kit: Kit, list: Pod[]): Steps<void> {
  const deadline = yield* deadlineOf(kit)
  for (const pod of list) {
    const { namespace = '', name } = pod.metadata
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...optionsOf(kit) }
    try {
      yield* ask(kit, { method: 'DELETE', path: pathTo(pods, namespace, name), query: dryRunOf(kit).query, body })
    } catch (error) {
      if (!isNotFound(failureOf(error))) throw error
    }
  }
  if (dryRunOf(kit).suffix !== '') return
  const words = yield* awaitGone(kit, list, deadline, 'deleted', 'deletion failed')
  if (words !== undefined) fail(words)
}

/** Looks once a second until none is left, and says of each that it has gone; returns what went wrong. */
function* awaitGone(kit: Kit, list: Pod[], deadline: number, done: string, undone: string): Steps<string | undefined> {
  const limit = int(kit.flags, 'skip-wait-for-delete-timeout')
  let left = list
  for (;;) {
    const pending: Pod[] = []
    for (const pod of left) {
      const seen = yield* look(kit, pod)
      if ('failure' in seen && !isNotFound(seen.failure)) {
        yield* out(`pod/${pod.metadata.name} ${undone}\n`)
        return errorText(seen.failure)
      }
      if ('failure' in seen || seen.pod.metadata.uid !== pod.metadata.uid) yield* out(`pod/${pod.metadata.name} ${done}\n`)
      else if (tooLongDeleted(kit, seen.pod, yield* now())) yield* out(SKIPPED(pod.metadata.name, limit))
      else pending.push(pod)
    }
    left = pending
    if (left.length === 0) return undefined
    const time = yield* now()
    if (time < deadline) yield { want: 'pause', ms: Math.min(POLL_MS, deadline - time) }
    if ((yield* now()) >= deadline) return TIMED_OUT
  }
}

const SKIPPED = (name: string, seconds: number): string => `pod ${JSON.stringify(name)} has DeletionTimestamp older than ${seconds} seconds, skipping\n`

function* now(): Steps<number> {
  return yield { want: 'now' }
}

function* look(kit: Kit, pod: Pod): Steps<{ pod: Pod } | { failure: Failure }> {
  try {
    return { pod: (yield* getObject(kit, pods, pod.metadata.namespace ?? '', pod.metadata.name)) as Pod }
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

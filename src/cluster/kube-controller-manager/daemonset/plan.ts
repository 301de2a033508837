// plan.ts: which daemon pods to create and which to delete. Pure.
// Models k8s.io/kubernetes/pkg/controller/daemon/{daemon_controller,update}.go
// Differs: nodes are taken in the order in which they are known, upstream's order is random

import type { Node } from '../../../api/node.ts'
import type { Pod } from '../../../api/pod.ts'
import { parseTime } from '../../../api/time.ts'
import type { DaemonSet } from '../../../api/workloads.ts'
import { REVISION_LABEL } from '../history.ts'
import { scaledValue } from '../intstr.ts'
import { isPodAvailable, isPodReady, isPodTerminal } from '../pods.ts'
import { GENERATION_LABEL, shouldRun, targetNode, templateGeneration } from './placement.ts'

export interface DaemonPlan {
  /** Names of nodes. */
  create: string[]
  remove: Pod[]
  /** Failed and finished pods that are removed, with their nodes. */
  failed: { pod: Pod; node: string }[]
  succeeded: { pod: Pod; node: string }[]
}

/** Pods that have ended and are on their way out count no more. */
export function podsByNode(pods: Pod[]): Map<string, Pod[]> {
  const out = new Map<string, Pod[]>()
  for (const pod of pods) {
    if (isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined) continue
    const node = targetNode(pod)
    if (node === '') continue
    const there = out.get(node)
    if (there) there.push(pod)
    else out.set(node, [pod])
  }
  return out
}

const surges = (ds: DaemonSet): boolean => ds.spec.updateStrategy.type === 'RollingUpdate' && surgeOf(ds, 1) > 0
const surgeOf = (ds: DaemonSet, desired: number): number => scaledValue(ds.spec.updateStrategy.rollingUpdate?.maxSurge, desired, true)
const available = (ds: DaemonSet, pod: Pod, now: number): boolean => isPodAvailable(pod, ds.spec.minReadySeconds ?? 0, now)

export function isUpdated(ds: DaemonSet, pod: Pod, hash: string): boolean {
  const generation = templateGeneration(ds)
  return (generation !== undefined && pod.metadata.labels?.[GENERATION_LABEL] === generation) || (hash !== '' && pod.metadata.labels?.[REVISION_LABEL] === hash)
}

/** One pod on each node where one should run, none elsewhere. `mayReplace`: asked for each failed pod, whether it goes now. */
export function managePlan(ds: DaemonSet, nodes: Node[], pods: Pod[], hash: string, now: number, mayReplace: (node: string) => boolean): DaemonPlan {
  const plan: DaemonPlan = { create: [], remove: [], failed: [], succeeded: [] }
  const byNode = podsByNode(pods)
  for (const node of nodes) {
    const { run, stay } = shouldRun(ds, node)
    const there = byNode.get(node.metadata.name) ?? []
    if (run && there.length === 0) plan.create.push(node.metadata.name)
    else if (stay) manageNode(ds, node.metadata.name, run, there, hash, now, mayReplace, plan)
    else plan.remove.push(...there.filter(pod => pod.metadata.deletionTimestamp === undefined))
  }
  const names = new Set(nodes.map(node => node.metadata.name))
  for (const [node, there] of byNode) if (!names.has(node)) plan.remove.push(...there.filter(pod => !pod.spec.nodeName))
  return plan
}

function manageNode(
  ds: DaemonSet,
  node: string,
  run: boolean,
  pods: Pod[],
  hash: string,
  now: number,
  mayReplace: (node: string) => boolean,
  plan: DaemonPlan,
): void {
  const running: Pod[] = []
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined) continue
    if (pod.status?.phase === 'Failed') {
      if (mayReplace(node)) plan.failed.push({ pod, node })
    } else if (pod.status?.phase === 'Succeeded') plan.succeeded.push({ pod, node })
    else running.push(pod)
  }
  const sorted = byAge(running)
  if (!surges(ds)) {
    plan.remove.push(...sorted.slice(1))
    return
  }
  if (sorted.length <= 1) {
    if (sorted.length === 0 && run) plan.create.push(node)
    return
  }
  let oldestNew: Pod | undefined
  let oldestOld: Pod | undefined
  for (const pod of sorted) {
    if (pod.metadata.labels?.[REVISION_LABEL] === hash) {
      if (oldestNew) plan.remove.push(pod)
      else oldestNew = pod
    } else if (oldestOld) plan.remove.push(pod)
    else oldestOld = pod
  }
  if (oldestNew && oldestOld && (!isPodReady(oldestOld) || available(ds, oldestNew, now))) plan.remove.push(oldestOld)
}

/** Scheduled pods first, then the older. */
function byAge(pods: Pod[]): Pod[] {
  const created = (pod: Pod) => parseTime(pod.metadata.creationTimestamp) ?? 0
  return [...pods].sort(
    (a, b) => (a.spec.nodeName ? 0 : 1) - (b.spec.nodeName ? 0 : 1) || created(a) - created(b) || (a.metadata.name < b.metadata.name ? -1 : 1),
  )
}

/** The next step of a rolling update: old pods to delete, or nodes to surge onto. */
export function updatePlan(ds: DaemonSet, nodes: Node[], pods: Pod[], hash: string, now: number): DaemonPlan {
  const plan: DaemonPlan = { create: [], remove: [], failed: [], succeeded: [] }
  const byNode = podsByNode(pods)
  const runs = nodes.filter(node => shouldRun(ds, node).run)
  for (const node of runs) if (!byNode.has(node.metadata.name)) byNode.set(node.metadata.name, [])
  const surge = surgeOf(ds, runs.length)
  const limit = scaledValue(ds.spec.updateStrategy.rollingUpdate?.maxUnavailable, runs.length, true)
  if (surge === 0) replaceInPlace(ds, byNode, hash, now, limit === 0 ? 1 : limit, plan)
  else surgeFirst(ds, nodes, byNode, hash, now, surge, runs.length, plan)
  return plan
}

/** The new and the old pod of a node; undefined if there are two of a kind. */
function newAndOld(ds: DaemonSet, pods: Pod[], hash: string): { fresh?: Pod; old?: Pod } | undefined {
  const out: { fresh?: Pod; old?: Pod } = {}
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined) continue
    const kind = isUpdated(ds, pod, hash) ? 'fresh' : 'old'
    if (out[kind]) return undefined
    out[kind] = pod
  }
  return out
}

function replaceInPlace(ds: DaemonSet, byNode: Map<string, Pod[]>, hash: string, now: number, limit: number, plan: DaemonPlan): void {
  let unavailable = 0
  const candidates: Pod[] = []
  for (const pods of byNode.values()) {
    const found = newAndOld(ds, pods, hash)
    const { fresh, old } = found ?? {}
    if (!found || (fresh === undefined) === (old === undefined)) unavailable++
    else if (fresh) {
      if (!available(ds, fresh, now)) unavailable++
    } else if (!available(ds, old!, now)) {
      plan.remove.push(old!)
      unavailable++
    } else if (unavailable < limit) candidates.push(old!)
  }
  plan.remove.push(...candidates.slice(0, Math.max(0, limit - unavailable)))
}

function surgeFirst(
  ds: DaemonSet,
  nodes: Node[],
  byNode: Map<string, Pod[]>,
  hash: string,
  now: number,
  surge: number,
  desired: number,
  plan: DaemonPlan,
): void {
  let surging = 0
  let availableCount = 0
  const candidates: string[] = []
  const stranded: Pod[] = []
  for (const [name, pods] of byNode) {
    const found = newAndOld(ds, pods, hash)
    if (!found) {
      surging++
      continue
    }
    const { fresh, old } = found
    const counted = old ?? fresh
    if (counted && available(ds, counted, now)) availableCount++
    if (!old) continue
    if (fresh) {
      if (available(ds, fresh, now)) plan.remove.push(old)
      else surging++
      continue
    }
    const node = nodes.find(n => n.metadata.name === name)
    const runs = node !== undefined && shouldRun(ds, node).run
    if (!available(ds, old, now)) {
      if (runs) plan.create.push(name)
      else plan.remove.push(old)
    } else if (runs) candidates.push(name)
    else stranded.push(old)
  }
  plan.create.push(...candidates.slice(0, Math.max(0, surge - surging)))
  plan.remove.push(...stranded.slice(0, Math.max(0, availableCount - desired)))
}

export function statusOf(ds: DaemonSet, nodes: Node[], pods: Pod[], hash: string, now: number, observe: boolean): DaemonSet['status'] {
  const byNode = podsByNode(pods)
  const n = { current: 0, misscheduled: 0, desired: 0, ready: 0, updated: 0, available: 0 }
  for (const node of nodes) {
    const there = byNode.get(node.metadata.name) ?? []
    if (!shouldRun(ds, node).run) {
      if (there.length > 0) n.misscheduled++
      continue
    }
    n.desired++
    if (there.length === 0) continue
    n.current++
    const oldest = byAge(there)[0]!
    if (isPodReady(oldest)) {
      n.ready++
      if (available(ds, oldest, now)) n.available++
    }
    if (isUpdated(ds, oldest, hash)) n.updated++
  }
  const status: DaemonSet['status'] = {
    currentNumberScheduled: n.current,
    numberMisscheduled: n.misscheduled,
    desiredNumberScheduled: n.desired,
    numberReady: n.ready,
  }
  const observed = observe ? ds.metadata.generation : ds.status?.observedGeneration
  if (observed) status.observedGeneration = observed
  if (n.updated > 0) status.updatedNumberScheduled = n.updated
  if (n.available > 0) status.numberAvailable = n.available
  if (n.desired > n.available) status.numberUnavailable = n.desired - n.available
  if (ds.status?.collisionCount !== undefined) status.collisionCount = ds.status.collisionCount
  if (ds.status?.conditions?.length) status.conditions = ds.status.conditions
  return status
}

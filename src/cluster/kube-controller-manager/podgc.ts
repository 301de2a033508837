// podgc.ts: the pod garbage collector: pods that nobody else would ever remove.
// Models k8s.io/kubernetes/pkg/controller/podgc/gc_controller.go
// Differs: nothing known

import type { Node } from '../../api/node.ts'
import type { Pod } from '../../api/pod.ts'
import { parseTime, rfc3339 } from '../../api/time.ts'
import type { Io, Steps } from '../../kernel/machine.ts'
import { type Controller, launch } from '../client/controller.ts'
import { cached, keyOf, listed } from '../client/informer.ts'
import { ask, isNotFound, ok } from '../client/request.ts'
import { deleteRequest, getRequest, patchRequest } from '../client.ts'
import { isPodTerminal, podCondition } from './pods.ts'
import { after, clientOf, type ManagerIo, type ManagerState, memoryOf, pathOfKey, pathOfObject } from './state.ts'

const NAME = 'pod-garbage-collector'
const PERIOD_MS = 20_000
const QUARANTINE_MS = 40_000
const TERMINATED_MAX = 12_500

export type PodGcReason = 'too many terminated' | 'out of service' | 'orphaned' | 'never scheduled'

interface Memory {
  /** Nodes that pods name and that are not there: since when. */
  missing: Record<string, number>
}

export const podGarbageCollector: Controller<ManagerState> = {
  name: NAME,
  workers: 1,
  init: (): Memory => ({ missing: {} }),
  begin: tick,
  hears: {
    'podgc/tick'(state: ManagerState, _, io) {
      tick(state, io)
    },
  },
  routines: { 'podgc/pass': pass },
}

function tick(state: ManagerState, io: Io): void {
  if (anything(state, io)) launch(state, io, 'podgc/pass', {})
  else after(state, io, PERIOD_MS, 'podgc/tick')
}

/** Most passes find nothing; those are over here. */
function anything(state: ManagerState, io: Io): boolean {
  const { missing } = memoryOf<Memory>(state, NAME)
  for (const node in missing) if (cached(state, 'nodes', node)) delete missing[node]
  let terminated = 0
  let found = false
  const named = new Set<string>()
  for (const pod of state.informers.byName['pods']!.store.values() as Iterable<Pod>) {
    const { nodeName } = pod.spec
    if (isPodTerminal(pod)) terminated++
    if (nodeName && !cached(state, 'nodes', nodeName)) {
      named.add(nodeName)
      missing[nodeName] ??= io.now
      if (io.now - missing[nodeName] >= QUARANTINE_MS) found = true
    }
    if (pod.metadata.deletionTimestamp !== undefined && (!nodeName || outOfService(cached<Node>(state, 'nodes', nodeName)))) found = true
  }
  for (const node in missing) if (!named.has(node)) delete missing[node]
  return found || terminated > TERMINATED_MAX
}

function outOfService(node: Node | undefined): boolean {
  if (!node) return false
  const ready = node.status.conditions?.find(c => c.type === 'Ready')?.status === 'True'
  return !ready && (node.spec.taints ?? []).some(t => t.key === 'node.kubernetes.io/out-of-service')
}

function* pass(io: ManagerIo): Steps {
  const found = io.state((state, turn) => find(state, turn.now))
  for (const pod of found.terminated) yield* remove(io, pod, 'too many terminated')
  for (const pod of found.outOfService) yield* remove(io, pod, 'out of service')
  const gone = new Map<string, boolean>()
  for (const pod of found.orphaned) {
    const node = pod.spec.nodeName!
    if (!gone.has(node)) {
      const response = yield* ask(
        io,
        io.state(state => getRequest(clientOf(state, NAME), pathOfKey('nodes', node))),
      )
      gone.set(node, isNotFound(response))
      // Looked at: what is still there counts anew.
      io.state((state, turn) => {
        memoryOf<Memory>(state, NAME).missing[node] = turn.now
      })
    }
    if (gone.get(node)) yield* remove(io, pod, 'orphaned')
  }
  for (const pod of found.unscheduled) yield* remove(io, pod, 'never scheduled')
  io.state((state, turn) => void after(state, turn, PERIOD_MS, 'podgc/tick'))
}

function find(state: ManagerState, now: number) {
  const { missing } = memoryOf<Memory>(state, NAME)
  const pods = listed<Pod>(state, 'pods')
  const terminated = pods.filter(isPodTerminal)
  const evicted = (pod: Pod) => (pod.status.reason === 'Evicted' ? 0 : 1)
  const created = (pod: Pod) => parseTime(pod.metadata.creationTimestamp) ?? 0
  const sorted = [...terminated].sort((a, b) => evicted(a) - evicted(b) || created(a) - created(b) || (a.metadata.name < b.metadata.name ? -1 : 1))
  const deleting = pods.filter(pod => pod.metadata.deletionTimestamp !== undefined)
  return {
    terminated: sorted.slice(0, Math.max(0, terminated.length - TERMINATED_MAX)),
    outOfService: deleting.filter(pod => outOfService(cached<Node>(state, 'nodes', pod.spec.nodeName ?? ''))),
    orphaned: pods.filter(pod => pod.spec.nodeName && now - (missing[pod.spec.nodeName] ?? now) >= QUARANTINE_MS),
    unscheduled: deleting.filter(pod => !pod.spec.nodeName),
  }
}

/** Says that it failed, if it had not ended, and deletes it without grace. */
function* remove(io: ManagerIo, pod: Pod, because: PodGcReason): Steps {
  io.note('PodCollected', { pod: keyOf(pod), because })
  const client = io.state(state => clientOf(state, NAME))
  const path = pathOfObject('pods', pod)
  if (!isPodTerminal(pod)) {
    const status: Record<string, unknown> = { phase: 'Failed' }
    if (pod.status.observedGeneration !== pod.metadata.generation) status['observedGeneration'] = pod.metadata.generation
    if (because === 'orphaned' && podCondition(pod, 'DisruptionTarget')?.reason !== 'DeletionByPodGC')
      status['conditions'] = [
        {
          type: 'DisruptionTarget',
          ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
          status: 'True',
          lastTransitionTime: rfc3339(io.now()),
          reason: 'DeletionByPodGC',
          message: 'PodGC: node no longer exists',
        },
      ]
    const patched = yield* ask(io, patchRequest(client, `${path}/status`, 'strategic', { metadata: { uid: pod.metadata.uid }, status }))
    if (!ok(patched)) return
  }
  yield* ask(io, deleteRequest(client, path, { gracePeriodSeconds: 0 }))
}

// taint-eviction.ts: the taint eviction controller: pods leave nodes whose NoExecute taints they do not tolerate, or not for longer.
// Models k8s.io/kubernetes/pkg/controller/tainteviction/{taint_eviction,timed_workers}.go
// Differs: nothing known

import type { Node, Taint } from '../../../api/node.ts'
import type { Pod, Toleration } from '../../../api/pod.ts'
import { rfc3339 } from '../../../api/time.ts'
import type { Io, Steps } from '../../../kernel/machine.ts'
import { type Controller, launch } from '../../client/controller.ts'
import { recordEvent } from '../../client/events.ts'
import { byIndex, keyOf, listed } from '../../client/informer.ts'
import { ask, ok } from '../../client/request.ts'
import { deleteRequest, getRequest, patchRequest } from '../../client.ts'
import { podCondition, same } from '../pods.ts'
import { after, clientOf, type ManagerIo, type ManagerState, memoryOf, pathOfKey, splitKey } from '../state.ts'
import { tolerates } from './taints.ts'

const NAME = 'taint-eviction-controller'
const TRIES = 5
const RETRY_MS = 10

/** The note of a timer: a pod that may stay for a while. */
export interface EvictionTimed {
  pod: string
  node: string
  ms: number
}

interface Memory {
  /** By pod: the timer that runs, or null while it is being evicted. */
  timers: Map<string, { timer: number; since: number } | null>
  /** NoExecute taints of nodes that have any. */
  tainted: Record<string, Taint[]>
}

const mine = (state: ManagerState): Memory => memoryOf<Memory>(state, NAME)

export const taintEvictionController: Controller<ManagerState> = {
  name: NAME,
  workers: 8,
  init: (): Memory => ({ timers: new Map(), tainted: {} }),
  on: {
    nodes(state, io, change) {
      const node = change.object as Node
      if (!state.working) return
      // The evictions that are on their way go on.
      if (change.type === 'delete') delete mine(state).tainted[node.metadata.name]
      else if (change.type === 'add' || !same(noExecute(change.old), noExecute(node))) nodeChanged(state, io, node.metadata.name, noExecute(node))
    },
    pods(state, io, change) {
      const pod = change.object as Pod
      if (change.type === 'delete') cancel(state, io, keyOf(pod))
      else if (state.working && pod.spec.nodeName) {
        const moved = change.type === 'add' || change.old.spec.nodeName !== pod.spec.nodeName || !same(change.old.spec.tolerations, pod.spec.tolerations)
        const taints = mine(state).tainted[pod.spec.nodeName]
        if (moved && taints) judge(state, io, pod, taints)
      }
    },
  },
  begin(state, io) {
    for (const node of listed<Node>(state, 'nodes')) {
      const taints = noExecute(node)
      if (taints.length > 0) nodeChanged(state, io, node.metadata.name, taints)
    }
  },
  hears: {
    'taint-eviction/due'(state: ManagerState, message, io) {
      const { key } = message.body
      if (!mine(state).timers.get(key)) return
      mine(state).timers.set(key, null)
      launch(state, io, 'taint-eviction/evict', { key })
    },
  },
  routines: { 'taint-eviction/evict': evict },
}

const noExecute = (node: Node): Taint[] => (node.spec.taints ?? []).filter(t => t.effect === 'NoExecute')

function nodeChanged(state: ManagerState, io: Io, node: string, taints: Taint[]): void {
  const memory = mine(state)
  if (taints.length > 0) memory.tainted[node] = taints
  else delete memory.tainted[node]
  for (const pod of byIndex<Pod>(state, 'pods', 'nodeName', node)) {
    if (taints.length === 0) cancel(state, io, keyOf(pod))
    else judge(state, io, pod, taints)
  }
}

function judge(state: ManagerState, io: Io, pod: Pod, taints: Taint[]): void {
  const key = keyOf(pod)
  const { timers } = mine(state)
  const stay = toleratedFor(taints, pod.spec.tolerations ?? [])
  if (stay === undefined || stay === Number.POSITIVE_INFINITY) {
    cancel(state, io, key)
    if (stay === undefined) evictAfter(state, io, pod, 0, io.now)
    return
  }
  const running = timers.get(key)
  let since = io.now
  if (running) {
    since = running.since
    if (since + stay < io.now + stay) return
    cancel(state, io, key)
  }
  evictAfter(state, io, pod, stay, since)
}

/** How long a pod may stay, ms: undefined: not at all (a taint is not tolerated); Infinity: for ever. */
export function toleratedFor(taints: Taint[], tolerations: Toleration[]): number | undefined {
  let seconds = Number.POSITIVE_INFINITY
  for (const taint of taints) {
    const used = tolerations.find(t => tolerates(t, taint))
    if (!used) return undefined
    if (used.tolerationSeconds !== undefined) seconds = Math.min(seconds, Math.max(0, used.tolerationSeconds))
  }
  return seconds * 1000
}

function evictAfter(state: ManagerState, io: Io, pod: Pod, ms: number, since: number): void {
  const key = keyOf(pod)
  const { timers } = mine(state)
  if (timers.has(key)) return
  io.note('EvictionTimed', { pod: key, node: pod.spec.nodeName!, ms } satisfies EvictionTimed)
  if (ms <= 0) {
    timers.set(key, null)
    launch(state, io, 'taint-eviction/evict', { key })
  } else timers.set(key, { timer: after(state, io, ms, 'taint-eviction/due', { key }), since })
}

function cancel(state: ManagerState, io: Io, key: string): void {
  const { timers } = mine(state)
  if (timers.size === 0) return
  const running = timers.get(key)
  timers.delete(key)
  if (!running) return
  io.cancel(running.timer)
  say(state, io, key, `Cancelling deletion of Pod ${key}`)
}

function say(state: ManagerState, io: Io, key: string, message: string): void {
  const [namespace, name] = splitKey(key)
  recordEvent(state.recorders[NAME]!, io, { kind: 'Pod', namespace, name, apiVersion: 'v1' }, 'Normal', 'TaintManagerEviction', message)
}

function* evict(io: ManagerIo, { key }: { key: string }): Steps {
  io.note('Evicting', { pod: key })
  io.state((state, turn) => say(state, turn, key, `Marking for deletion Pod ${key}`))
  for (let i = 0; i < TRIES; i++) {
    if (yield* markAndDelete(io, key)) break
    yield* io.sleep(RETRY_MS)
  }
  io.state(state => mine(state).timers.delete(key))
}

function* markAndDelete(io: ManagerIo, key: string): Steps<boolean> {
  const client = io.state(state => clientOf(state, NAME))
  const path = pathOfKey('pods', key)
  const response = yield* ask(io, getRequest(client, path))
  if (!ok(response)) return false
  const pod: Pod = response.body
  const before = podCondition(pod, 'DisruptionTarget')
  const message = 'Taint manager: deleting due to NoExecute taint'
  if (before?.status !== 'True' || before.reason !== 'DeletionByTaintManager' || before.message !== message) {
    const condition = {
      type: 'DisruptionTarget',
      ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
      status: 'True',
      lastTransitionTime: before?.status === 'True' ? before.lastTransitionTime : rfc3339(io.now()),
      reason: 'DeletionByTaintManager',
      message,
    }
    const body = { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } }
    const patched = yield* ask(io, patchRequest(client, `${path}/status`, 'strategic', body))
    if (!ok(patched)) return false
  }
  return ok(yield* ask(io, deleteRequest(client, path)))
}

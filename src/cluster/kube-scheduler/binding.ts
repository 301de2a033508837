// binding.ts: from a decision to a binding; and what is said and written when there is none.
// Models k8s.io/kubernetes/pkg/scheduler/{schedule_one.go,util/utils.go} and framework/plugins/defaultbinder
// Differs: volumes are written and waited for one after another

import type { ApiRequest, ApiResponse } from '../../api/http.ts'
import type { Pod, PodCondition } from '../../api/pod.ts'
import { rfc3339 } from '../../api/time.ts'
import type { Io, RoutineIo, Steps } from '../../kernel/machine.ts'
import { referenceOf } from '../client/events.ts'
import { recordSeries } from '../client/eventseries.ts'
import { cached } from '../client/informer.ts'
import { ask, errorOf, ok } from '../client/request.ts'
import { createRequest, deleteRequest, patchRequest, updateRequest } from '../client.ts'
import { unplacePod } from './cache.ts'
import { nominate, tell } from './changes.ts'
import type { PreBindWork } from './framework.ts'
import { isBound } from './plugins/volumebinding.ts'
import { activate, failed, type QueuedPod } from './queue.ts'
import { type Bound, client, launch, rulesOf, type SchedulerState, type Unschedulable } from './state.ts'

export type SchedulerIo = RoutineIo<SchedulerState>

const TRIES_MAX = 4
const RETRY_MS = 10
const RETRY_FACTOR = 5
const VOLUME_POLL_MS = 1000
const VOLUME_TIMEOUT_MS = 600_000

const pathOfPod = (pod: { namespace: string; name: string }): string => `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`
export const nameOf = (pod: Pod) => ({ namespace: pod.metadata.namespace!, name: pod.metadata.name })

/** Asks again, a little later each time, while the server is ill (or, if `conflicts`, was busy with the object). */
function* askStubbornly(io: SchedulerIo, request: ApiRequest, conflicts = false): Steps<ApiResponse> {
  let wait = RETRY_MS
  for (let tries = 1; ; tries++) {
    const response = yield* ask(io, request)
    const again = response.status === 0 || response.status === 500 || response.status === 503 || (conflicts && response.status === 409)
    if (!again || tries >= TRIES_MAX) return response
    yield* io.sleep(wait)
    wait *= RETRY_FACTOR
  }
}

export interface BindArgs {
  item: QueuedPod
  node: string
  work: PreBindWork | undefined
}

/** The binding cycle of one Pod; it is assumed on its node already. */
export function* bindRoutine(io: SchedulerIo, { item, node, work }: BindArgs): Steps {
  const { pod } = item
  const { namespace, name, uid } = { ...nameOf(pod), uid: pod.metadata.uid }
  let error = ''
  if (work) {
    yield* askStubbornly(io, patchRequest(client, `${pathOfPod({ namespace, name })}/status`, 'strategic', { status: { nominatedNodeName: node } }), true)
    error = yield* bindVolumes(io, work)
    if (error !== '') error = `running PreBind plugin "VolumeBinding": binding volumes: ${error}`
  }
  if (error === '') {
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target: { kind: 'Node', name: node } }
    const response = yield* askStubbornly(io, createRequest(client, `${pathOfPod({ namespace, name })}/binding`, body))
    if (!ok(response)) error = `running Bind plugin "DefaultBinder": ${errorOf(response)}`
  }
  if (error === '') {
    io.state((state, turn) => {
      turn.note('Bound', { pod: `${namespace}/${name}`, node } satisfies Bound)
      const note = `Successfully assigned ${namespace}/${name} to ${node}`
      recordSeries(state.seriesRecorder, turn, { regarding: referenceOf(pod), type: 'Normal', reason: 'Scheduled', action: 'Binding', note })
    })
    return
  }
  const report = io.state((state, turn) => {
    if (work) forgetVolumes(state, work)
    unplacePod(state.cache, uid)
    tell(state, turn, { resource: 'AssignedPod', action: 'Delete', old: pod })
    const made = prepareReport(state, turn, item, { message: error, rejectors: [], reason: 'SchedulerError', nominated: '' })
    wakeUp(state, turn)
    return made
  })
  if (report) yield* askStubbornly(io, report, true)
}

function forgetVolumes(state: SchedulerState, work: PreBindWork): void {
  for (const volume of work.volumes) state.assumedVolumes.delete(volume.metadata.name)
  for (const claim of work.claims) state.assumedClaims.delete(`${claim.metadata.namespace}/${claim.metadata.name}`)
}

function* bindVolumes(io: SchedulerIo, work: PreBindWork): Steps<string> {
  for (const volume of work.volumes) {
    const response = yield* ask(io, updateRequest(client, `/api/v1/persistentvolumes/${volume.metadata.name}`, volume))
    if (!ok(response)) return errorOf(response)
  }
  for (const claim of work.claims) {
    const { namespace, name } = claim.metadata
    const response = yield* ask(io, updateRequest(client, `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}`, claim))
    if (!ok(response)) return errorOf(response)
  }
  const until = io.now() + VOLUME_TIMEOUT_MS
  for (;;) {
    yield* io.sleep(VOLUME_POLL_MS)
    const found = io.state(state => {
      const missing = work.wait.filter(key => !isBound(cached(state, 'persistentvolumeclaims', key) ?? { spec: {}, metadata: {} }))
      const given = work.claims.find(claim => {
        const now = cached(state, 'persistentvolumeclaims', `${claim.metadata.namespace}/${claim.metadata.name}`)
        return now && !isBound(now) && now.metadata.annotations?.['volume.kubernetes.io/selected-node'] === undefined && seenSince(claim, now)
      })
      return { missing: missing.length, given: given?.metadata.name as string | undefined }
    })
    if (found.missing === 0) return ''
    if (found.given !== undefined) return `provisioning failed for PVC "${found.given}"`
    if (io.now() >= until) return 'context deadline exceeded'
  }
}

const seenSince = (sent: any, seen: any): boolean => sent.metadata.resourceVersion !== seen.metadata.resourceVersion

/** What went wrong; `nominated` undefined leaves the nomination as it is. */
export interface Failure {
  message: string
  rejectors: string[]
  reason: 'Unschedulable' | 'SchedulerError'
  nominated: string | undefined
}

/** Back into the queue, the Event, and the request (if one is needed) that tells the Pod's condition. */
export function prepareReport(state: SchedulerState, io: Io, item: QueuedPod, failure: Failure): ApiRequest | undefined {
  const { message, rejectors, reason, nominated } = failure
  const key = `${item.pod.metadata.namespace}/${item.pod.metadata.name}`
  io.note('Unschedulable', { pod: key, message, reason, plugins: rejectors } satisfies Unschedulable)
  const fresh = cached<Pod>(state, 'pods', key)
  if (fresh && fresh.metadata.uid !== item.uid) {
    state.queue.inFlight.delete(item.uid)
    return undefined
  }
  if (fresh && !fresh.spec.nodeName) failed(state.queue, io, rulesOf(state), item, fresh, rejectors)
  else state.queue.inFlight.delete(item.uid)
  const pod = fresh ?? item.pod
  if (fresh && nominated !== undefined) nominate(state, pod, nominated)
  recordSeries(state.seriesRecorder, io, { regarding: referenceOf(pod), type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note: cut(message) })
  return conditionRequest(pod, failure, io.now)
}

const NOTE_MAX = 1024
const cut = (message: string): string => (message.length > NOTE_MAX ? `${message.slice(0, NOTE_MAX - 4)} ...` : message)

function conditionRequest(pod: Pod, { message, reason, nominated }: Failure, now: number): ApiRequest | undefined {
  const before = pod.status?.conditions?.find(c => c.type === 'PodScheduled')
  const renominates = nominated !== undefined && (pod.status?.nominatedNodeName ?? '') !== nominated
  if (!renominates && before?.status === 'False' && before.reason === reason && before.message === message) return undefined
  const since = before?.status === 'False' && before.lastTransitionTime ? before.lastTransitionTime : rfc3339(now)
  const generation = pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }
  const condition: PodCondition = { type: 'PodScheduled', status: 'False', lastProbeTime: null, lastTransitionTime: since, reason, message, ...generation }
  const status: Record<string, unknown> = { conditions: [condition] }
  if (renominates) status['nominatedNodeName'] = nominated === '' ? null : nominated
  return patchRequest(client, `${pathOfPod(nameOf(pod))}/status`, 'strategic', { status })
}

export interface ReportArgs {
  report: ApiRequest | undefined
  preemptor: string | undefined
  victims: Pod[]
  node: string
}

/** Writes the condition, then lets the next Pod be decided; whoever has to leave is told meanwhile. */
export function* reportRoutine(io: SchedulerIo, { report, preemptor, victims, node }: ReportArgs): Steps {
  if (report) yield* askStubbornly(io, report, true)
  io.state((state, turn) => {
    if (preemptor !== undefined && victims.length > 0) launch(state, turn, 'preempt', { preemptor, victims, node } satisfies PreemptArgs)
    state.cycle = { at: 'idle' }
    wakeUp(state, turn)
  })
}

export interface PreemptArgs {
  preemptor: string
  victims: Pod[]
  node: string
}

/** Makes room: takes lesser nominations for the node back, then tells the victims to leave, the last one after all others. */
export function* preemptRoutine(io: SchedulerIo, { preemptor, victims, node }: PreemptArgs): Steps {
  const lesser = io.state(state => {
    const mine = state.nominated.get(preemptor)
    const found = [...state.nominated.values()].filter(n => n.node === node && n.pod.uid !== preemptor && mine && n.pod.priority < mine.pod.priority)
    return found.map(n => n.pod.pod)
  })
  for (const pod of lesser) {
    yield* askStubbornly(io, patchRequest(client, `${pathOfPod(nameOf(pod))}/status`, 'strategic', { status: { nominatedNodeName: null } }), true)
  }
  const staying = victims.filter(v => v.metadata.deletionTimestamp === undefined)
  let error = false
  for (let i = 0; i < staying.length && !error; i++) {
    if (i === staying.length - 1) {
      const last = `${staying[i]!.metadata.namespace}/${staying[i]!.metadata.name}`
      io.state(state => {
        if (state.preempting.has(preemptor)) state.preempting.set(preemptor, { last })
      })
    }
    error = !(yield* evict(io, staying[i]!, preemptor, node))
  }
  io.state((state, turn) => {
    state.preempting.delete(preemptor)
    if (error) activate(state.queue, turn, rulesOf(state), preemptor)
    wakeUp(state, turn)
  })
}

/** One victim: why it goes, that it goes, and the Event. False if it could not be told. */
function* evict(io: SchedulerIo, victim: Pod, preemptor: string, node: string): Steps<boolean> {
  const path = pathOfPod(nameOf(victim))
  const scheduler = io.state(state => state.config.schedulerName ?? 'default-scheduler')
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: rfc3339(io.now()),
    reason: 'PreemptionByScheduler',
    message: `${scheduler}: preempting to accommodate a higher priority pod`,
    ...(victim.metadata.generation === undefined ? {} : { observedGeneration: victim.metadata.generation }),
  }
  const patched = yield* askStubbornly(io, patchRequest(client, `${path}/status`, 'strategic', { status: { conditions: [condition] } }), true)
  if (!ok(patched) && patched.status !== 404) return false
  const deleted = yield* askStubbornly(io, deleteRequest(client, path))
  if (!ok(deleted) && deleted.status !== 404) return false
  io.state((state, turn) => {
    const note = `Preempted by pod ${preemptor} on node ${node}`
    recordSeries(state.seriesRecorder, turn, { regarding: referenceOf(victim), type: 'Normal', reason: 'Preempted', action: 'Preempting', note })
  })
  return true
}

/** Has the scheduler look for work in a turn of its own. */
export function wakeUp(state: SchedulerState, io: Io): void {
  if (state.cycle.at === 'idle') io.after(0, 'cycle')
}

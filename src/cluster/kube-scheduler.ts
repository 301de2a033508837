// kube-scheduler.ts: finds a node for each Pod that has none, one Pod at a time. Played by Shikar.
// Models k8s.io/kubernetes/pkg/scheduler/{scheduler.go,schedule_one.go} and cmd/kube-scheduler/app/server.go
// Differs: a decision takes a fixed time; no extenders, Pod groups and resource claims; see its parts

import { resourceByPlural } from '../api/resources.ts'
import { type Io, machine } from '../kernel/machine.ts'
import { share } from '../kernel/share.ts'
import { eventHandlers, newEventRecorder, referenceOf } from './client/events.ts'
import { newSeriesRecorder, recordSeries, seriesHandlers } from './client/eventseries.ts'
import { cached, hasSynced, type InformerTable, informerHandlers, newInformers, startInformers, stopInformer } from './client/informer.ts'
import { electionHandlers, newElection, startElection } from './client/leaderelection.ts'
import { type BindArgs, bindRoutine, preemptRoutine, prepareReport, type ReportArgs, reportRoutine, wakeUp } from './kube-scheduler/binding.ts'
import { isAssumed, newCache, placePod } from './kube-scheduler/cache.ts'
import { nodeChanged, otherChanged, podChanged } from './kube-scheduler/changes.ts'
import { type Decision, schedule } from './kube-scheduler/cycle.ts'
import type { Cycle, PreBindWork } from './kube-scheduler/framework.ts'
import { podInfo } from './kube-scheduler/nodeinfo.ts'
import type { ProfileConfig } from './kube-scheduler/profile.ts'
import { canPop, done, flushBackoff, flushUnschedulable, newQueue, pop, type QueuedPod, stopClocks } from './kube-scheduler/queue.ts'
import {
  type Assumed,
  client,
  type Filtered,
  launch,
  type Preempting,
  profileOfState,
  rulesOf,
  type SchedulerState,
  type Scored,
  snapshotOf,
} from './kube-scheduler/state.ts'

const SELF = 'kube-scheduler'
const REPORTER = 'default-scheduler'
const DECISION_MS = 2 // From a Pod's turn to the decision.
const RESTART_MS = 10_000 // The kubelet's first back-off for a process that has exited.

/** `host` is the name of the machine that it runs on; the rest is the profile. */
export interface SchedulerConfig extends ProfileConfig {
  host?: string
}

const QUIET: [string, string][] = [
  ['', 'namespaces'],
  ['', 'services'],
  ['', 'replicationcontrollers'],
  ['apps', 'replicasets'],
  ['apps', 'statefulsets'],
  ['policy', 'poddisruptionbudgets'],
]

/** Whose changes may help a Pod that waits. */
const TOLD: [string, string, string][] = [
  ['', 'persistentvolumes', 'PersistentVolume'],
  ['', 'persistentvolumeclaims', 'PersistentVolumeClaim'],
  ['storage.k8s.io', 'storageclasses', 'StorageClass'],
  ['storage.k8s.io', 'csinodes', 'CSINode'],
  ['storage.k8s.io', 'csidrivers', 'CSIDriver'],
  ['storage.k8s.io', 'csistoragecapacities', 'CSIStorageCapacity'],
  ['storage.k8s.io', 'volumeattachments', 'VolumeAttachment'],
]

function after<T>(change: (state: SchedulerState, io: Io, change: T) => void): (state: SchedulerState, io: Io, change: T) => void {
  return (state, io, what) => {
    change(state, io, what)
    work(state, io)
  }
}

const table: InformerTable<SchedulerState> = {
  nodes: { type: resourceByPlural('', 'nodes')!, on: after(nodeChanged), synced: work },
  pods: { type: resourceByPlural('', 'pods')!, fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed', on: after(podChanged), synced: work },
}
for (const [group, plural] of QUIET) table[plural] = { type: resourceByPlural(group, plural)!, synced: work }
for (const [group, plural, kind] of TOLD) table[plural] = { type: resourceByPlural(group, plural)!, on: after(otherChanged(kind)), synced: work }

function newState(_: string, config: SchedulerConfig | undefined): SchedulerState {
  const { host = 'control-plane', ...profile } = config ?? {}
  return {
    config: share(profile),
    informers: newInformers(client),
    recorders: { [REPORTER]: newEventRecorder(REPORTER, '', client) },
    seriesRecorder: newSeriesRecorder(REPORTER, host, client),
    election: newElection(SELF, client),
    cache: newCache(),
    queue: newQueue(0),
    nominated: new Map(),
    start: 0,
    cycle: { at: 'idle' },
    running: new Set(),
    preempting: new Map(),
    assumedVolumes: new Map(),
    assumedClaims: new Map(),
  }
}

export const kubeScheduler = machine<SchedulerState>({
  init: newState,
  on: {
    start(state, message, io) {
      state.queue.startedAt = io.now
      startInformers(table, state, io)
      startElection(state, io, message.body?.host ?? 'control-plane')
    },
    ...electionHandlers<SchedulerState>(work, exit),
    ...informerHandlers(table),
    ...eventHandlers,
    ...(seriesHandlers as any),
    cycle(state, _, io) {
      work(state, io)
    },
    'cycle/decided'(state, _, io) {
      decided(state, io)
    },
    'queue/backoff'(state, _, io) {
      flushBackoff(state.queue, io)
      work(state, io)
    },
    'queue/flush'(state, _, io) {
      flushUnschedulable(state.queue, io, rulesOf(state))
      work(state, io)
    },
  },
  routines: { bind: bindRoutine, report: reportRoutine, preempt: preemptRoutine },
})

/** If it may and nothing else is on the desk: the next Pod's turn. */
function work(state: SchedulerState, io: Io): void {
  if (state.cycle.at !== 'idle' || !canPop(state.queue) || !state.election.leading || !hasSynced(state)) return
  const { cause } = io
  for (let item = pop(state.queue); item; item = pop(state.queue)) {
    io.cause = item.cause
    if (skipped(state, io, item)) {
      done(state.queue, item.uid)
      continue
    }
    const { decision, cycle } = schedule(snapshotOf(state, io.now), podInfo(item.pod), profileOfState(state), state.start)
    const timer = io.after(DECISION_MS, 'cycle/decided')
    state.cycle = { at: 'scheduling', item, decision: share(decision), work: workBeforeBinding(cycle, decision), timer }
    break
  }
  io.cause = cause
}

function skipped(state: SchedulerState, io: Io, { pod, uid }: QueuedPod): boolean {
  if (!pod.metadata.deletionTimestamp) return isAssumed(state.cache, uid)
  const note = `skip schedule deleting pod: ${pod.metadata.namespace}/${pod.metadata.name}`
  recordSeries(state.seriesRecorder, io, { regarding: referenceOf(pod), type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note })
  return true
}

function workBeforeBinding(cycle: Cycle, decision: Decision): PreBindWork | undefined {
  const node = cycle.snapshot.byName.get(decision.node ?? '')
  if (!node) return undefined
  for (const plugin of cycle.profile.plugins) {
    const found = cycle.skipFilter.has(plugin.name) ? undefined : plugin.preBind?.(cycle, node)
    if (found) return found
  }
  return undefined
}

function decided(state: SchedulerState, io: Io): void {
  if (state.cycle.at !== 'scheduling') return
  const { item, decision, work: before } = state.cycle
  io.cause = item.cause
  state.start = decision.nextStart
  const { pod, verdicts, feasible, scores, final, node } = decision
  io.note('Filtered', share({ pod, verdicts, feasible }) satisfies Filtered)
  if (decision.result === 'scheduled') {
    io.note('Scored', share({ pod, scores, final, node: node! }) satisfies Scored)
    assume(state, io, item, node!, before)
  } else refused(state, io, item, decision)
}

/** Counts the Pod on its node at once, and binds it in the background. */
function assume(state: SchedulerState, io: Io, item: QueuedPod, node: string, before: PreBindWork | undefined): void {
  const pod = share({ ...item.pod, spec: share({ ...item.pod.spec, nodeName: node }) })
  placePod(state.cache, podInfo(pod), node, true)
  state.nominated.delete(item.uid)
  state.preempting.delete(item.uid)
  for (const volume of before?.volumes ?? []) state.assumedVolumes.set(volume.metadata.name, share(volume))
  for (const claim of before?.claims ?? []) state.assumedClaims.set(`${claim.metadata.namespace}/${claim.metadata.name}`, share(claim))
  io.note('Assumed', { pod: `${pod.metadata.namespace}/${pod.metadata.name}`, node } satisfies Assumed)
  done(state.queue, item.uid)
  launch(state, io, 'bind', { item: share({ ...item }), node, work: before } satisfies BindArgs)
  state.cycle = { at: 'idle' }
  wakeUp(state, io)
}

/** No node: says so, and makes lesser Pods leave if that helps. */
function refused(state: SchedulerState, io: Io, item: QueuedPod, decision: Decision): void {
  const { postFilter } = decision
  const to = postFilter?.nominate
  const nominated = to === undefined ? undefined : to === 'clear' ? '' : to.node
  const victims = (postFilter?.victims ?? []).flatMap(v => cached(state, 'pods', v.key) ?? [])
  const node = typeof to === 'object' ? to.node : ''
  if (victims.length > 0) {
    io.note('Preempting', { pod: decision.pod, node, victims: victims.map(v => `${v.metadata.namespace}/${v.metadata.name}`) } satisfies Preempting)
    if (victims.some(v => v.metadata.deletionTimestamp === undefined)) state.preempting.set(item.uid, { last: undefined })
  }
  const reason = decision.result === 'error' ? 'SchedulerError' : 'Unschedulable'
  const report = prepareReport(state, io, item, { message: decision.message ?? '', rejectors: decision.rejectors, reason, nominated })
  state.cycle = { at: 'reporting', pod: decision.pod }
  launch(state, io, 'report', { report, preemptor: victims.length > 0 ? item.uid : undefined, victims, node } satisfies ReportArgs)
}

/** The real process exits, and is started again: nothing is remembered. */
function exit(state: SchedulerState, io: Io): void {
  io.note('Exited', { because: 'leaderelection lost' })
  for (const id of state.running) io.kill(id)
  if (state.cycle.at === 'scheduling') io.cancel(state.cycle.timer)
  stopClocks(state.queue, io)
  for (const name of Object.keys(state.informers.byName)) stopInformer(state, io, name)
  const { lastWatch } = state.informers
  const { ticking } = state.seriesRecorder
  const host = state.election.identity.split('_')[0]!
  Object.assign(state, newState(io.self, { ...state.config, host }))
  state.informers.lastWatch = lastWatch
  // The tick that is under way is the next process's.
  state.seriesRecorder.ticking = ticking
  io.after(RESTART_MS, 'start', { host })
}

// pods.ts: the row of a Pod: READY, STATUS and RESTARTS.
// Models k8s.io/kubernetes/pkg/printers/internalversion/printers.go (printPod)
// Differs: nothing known

import type { ContainerStatus, Pod } from '../pod.ts'
import { parseTime } from '../time.ts'
import type { Printed } from './cells.ts'
import { ageOf, none } from './cells.ts'

export function printPod(pod: Pod, now: number): Printed {
  const { spec, status, metadata } = pod
  const view = look(pod)
  let restarts = String(view.restarts)
  if (view.restarts !== 0 && view.lastRestart !== undefined) restarts = `${view.restarts} (${ageOf(view.lastRestart, now)} ago)`
  const gates = spec.readinessGates ?? []
  const open = gates.filter(gate => status.conditions?.find(c => c.type === gate.conditionType)?.status === 'True').length
  const cells = [
    metadata.name,
    `${view.ready}/${view.total}`,
    view.reason,
    restarts,
    ageOf(metadata.creationTimestamp, now),
    none(status.podIPs?.[0]?.ip),
    none(spec.nodeName),
    none(status.nominatedNodeName),
    gates.length === 0 ? '<none>' : `${open}/${gates.length}`,
  ]
  const message = status.phase === 'Succeeded' ? 'The pod has completed successfully.' : 'The pod failed.'
  if (status.phase !== 'Succeeded' && status.phase !== 'Failed') return { cells }
  return { cells, conditions: [{ type: 'Completed', status: 'True', reason: status.phase, message }] }
}

/** What STATUS says of a Pod: `Running`, `Init:0/1`, `CrashLoopBackOff`, `Terminating`, … */
export const podStatusText = (pod: Pod): string => look(pod).reason

interface View {
  ready: number
  total: number
  reason: string
  restarts: number
  lastRestart: string | undefined
}

function look(pod: Pod): View {
  const { spec, status, metadata } = pod
  const sidecars = new Set((spec.initContainers ?? []).filter(c => c.restartPolicy === 'Always').map(c => c.name))
  const view: View = {
    ready: 0,
    total: (spec.containers ?? []).length + sidecars.size,
    reason: status.reason || status.phase || '',
    restarts: 0,
    lastRestart: undefined,
  }
  if (status.conditions?.some(c => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')) view.reason = 'SchedulingGated'
  const sidecarView = { restarts: 0, lastRestart: undefined as string | undefined }
  const initializing = lookAtInit(pod, view, sidecars, sidecarView)
  const initialized = status.conditions?.some(c => c.type === 'Initialized' && c.status === 'True') ?? false
  if (!initializing || initialized) {
    view.restarts = sidecarView.restarts
    view.lastRestart = sidecarView.lastRestart
    lookAtContainers(pod, view)
  }
  if (metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') view.reason = 'Unknown'
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') view.reason = 'Terminating'
  }
  return view
}

/** True if an init container is not through; it gives the reason. */
function lookAtInit(pod: Pod, view: View, sidecars: Set<string>, sidecarView: { restarts: number; lastRestart: string | undefined }): boolean {
  const list = pod.status.initContainerStatuses ?? []
  for (let i = 0; i < list.length; i++) {
    const container = list[i]!
    const { terminated, waiting } = container.state ?? {}
    count(view, container)
    if (sidecars.has(container.name)) count(sidecarView, container)
    if (terminated !== undefined && (terminated.exitCode ?? 0) === 0) continue
    if (sidecars.has(container.name) && container.started === true) {
      if (container.ready) view.ready++
      continue
    }
    if (terminated !== undefined) view.reason = `Init:${terminatedText(terminated)}`
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') view.reason = `Init:${waiting.reason}`
    else view.reason = `Init:${i}/${pod.spec.initContainers?.length ?? 0}`
    return true
  }
  return false
}

function lookAtContainers(pod: Pod, view: View): void {
  const list = pod.status.containerStatuses ?? []
  let running = false
  let error = ''
  for (let i = list.length - 1; i >= 0; i--) {
    const container = list[i]!
    const { terminated, waiting } = container.state ?? {}
    count(view, container)
    if (waiting?.reason) view.reason = waiting.reason
    else if (terminated !== undefined) {
      view.reason = terminatedText(terminated)
      if ((terminated.exitCode ?? 0) !== 0) error = view.reason
    } else if (container.ready && container.state?.running !== undefined) {
      running = true
      view.ready++
    }
  }
  if (view.reason !== 'Completed') return
  if (running && pod.status.conditions?.some(c => c.type === 'Ready' && c.status === 'True')) view.reason = 'Running'
  else if (error !== '') view.reason = error
  else if (running) view.reason = 'NotReady'
}

function count(view: { restarts: number; lastRestart: string | undefined }, container: ContainerStatus): void {
  view.restarts += container.restartCount ?? 0
  const finished = container.lastState?.terminated?.finishedAt
  if (finished && (view.lastRestart === undefined || parseTime(finished)! > parseTime(view.lastRestart)!)) view.lastRestart = finished
}

function terminatedText(terminated: { reason?: string; signal?: number; exitCode: number }): string {
  return terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`)
}

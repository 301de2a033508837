// eviction.ts: when the node runs out of memory, ends one Pod after the other.
// Models pkg/kubelet/eviction/{eviction_manager,helpers}.go
// Differs: memory only, with the default hard threshold; what containers take is what their images say

import type { Pod } from '../../api/pod.ts'
import { quantityText, unitValue } from '../../api/quantity.ts'
import type { Answer, Io } from '../../kernel/machine.ts'
import { recordEvent, referenceOf } from '../client/events.ts'
import type { ContainerStats } from '../container-runtime/cri.ts'
import { type Rejection, tolerated } from './admission.ts'
import { initContainers } from './containers.ts'
import { updatePod } from './podworkers.ts'
import { qosOf } from './qos.ts'
import type { Kubelet, Pressure } from './state.ts'

const MONITOR_MS = 10_000
const CLEANUP_POLL_MS = 1000
const CLEANUP_MS = 30_000 // So long it waits until an evicted Pod is gone before it looks again.
const MEMORY_THRESHOLD = 104_857_600 // memory.available < 100Mi
const PRESSURE_MS = 300_000 // The condition stays so long after the last observation.
const CRITICAL = 2_000_000_000

/** Note: a Pod was sent home because the node is short of memory. */
export interface Evicted {
  pod: string
  namespace: string
  message: string
}

export const newPressure = (): Pressure => ({ memory: false, seen: 0, timer: 0, victim: '', until: 0 })

/** Looks every 10 s, while there is something to look at; as soon as an evicted Pod is gone. */
export function armEviction(s: Kubelet, io: Io): void {
  if (s.pressure.timer === 0) s.pressure.timer = io.after(s.pressure.victim === '' ? MONITOR_MS : CLEANUP_POLL_MS, 'timer/eviction')
}

/** It is time to look, unless an evicted Pod is still being cleaned up. */
export function evictionDue(s: Kubelet, io: Io): void {
  s.pressure.timer = 0
  const { victim, until } = s.pressure
  if (victim !== '' && io.now < until && (s.workers.get(victim)?.phase ?? 'finished') !== 'finished') return void armEviction(s, io)
  s.pressure.victim = ''
  if (s.runtimeUp) io.call(s.runtime, 'ListContainerStats', {}, 'eviction/stats')
  else armEviction(s, io)
}

/** One look: measures, and evicts at most one Pod. */
export function evict(s: Kubelet, io: Io, answer: Answer<any>): void {
  const stats: ContainerStats[] = answer.ok && answer.value.ok ? answer.value.value : []
  const available = unitValue(s.config.capacity['memory']) - stats.reduce((sum, c) => sum + c.workingSetBytes, 0)
  const short = available < MEMORY_THRESHOLD
  if (short) {
    recordEvent(s.recorders['kubelet']!, io, { kind: 'Node', name: s.node, uid: s.node }, 'Warning', 'EvictionThresholdMet', 'Attempting to reclaim memory')
    s.pressure.memory = true
    s.pressure.seen = io.now
    const victim = ranked(s, stats)[0]
    if (victim !== undefined) evictPod(s, io, victim, stats, available)
  } else if (s.pressure.memory && io.now - s.pressure.seen >= PRESSURE_MS) s.pressure.memory = false
  if (s.pressure.memory || [...s.mirror.values()].some(e => e.hungry)) armEviction(s, io)
}

/** Those above their request first, then lower priority, then those furthest above. Critical Pods are spared. */
function ranked(s: Kubelet, stats: ContainerStats[]): Pod[] {
  const pods = [...s.pods.values()].filter(p => s.workers.get(p.metadata.uid)?.phase === 'sync' && (p.spec.priority ?? 0) < CRITICAL)
  const over = new Map(pods.map(p => [p, usageOf(p, stats) - requestOf(p)]))
  return pods
    .filter(p => usageOf(p, stats) > 0)
    .sort((a, b) => {
      const [x, y] = [over.get(a)!, over.get(b)!]
      if (x > 0 !== y > 0) return x > 0 ? -1 : 1
      return (a.spec.priority ?? 0) - (b.spec.priority ?? 0) || y - x
    })
}

const usageOf = (pod: Pod, stats: ContainerStats[]): number => stats.filter(c => c.uid === pod.metadata.uid).reduce((sum, c) => sum + c.workingSetBytes, 0)
const requestOf = (pod: Pod): number => pod.spec.containers.reduce((sum, c) => sum + unitValue(c.resources?.requests?.['memory']), 0)
const bytes = (n: number): string => quantityText(n, 'BinarySI')

function evictPod(s: Kubelet, io: Io, pod: Pod, stats: ContainerStats[], available: number): void {
  let message = `The node was low on resource: memory. Threshold quantity: ${bytes(MEMORY_THRESHOLD)}, available: ${bytes(Math.max(0, available))}. `
  for (const c of [...pod.spec.containers, ...initContainers(pod)]) {
    const used = stats.find(x => x.uid === pod.metadata.uid && x.name === c.name)?.workingSetBytes ?? 0
    const request = c.resources?.requests?.['memory']
    if (used > unitValue(request)) message += `Container ${c.name} was using ${bytes(used)}, request is ${request ?? '0'}, has larger consumption of memory. `
  }
  const { name, namespace = '' } = pod.metadata
  io.note('Evicted', { pod: name, namespace, message } satisfies Evicted)
  recordEvent(s.recorders['kubelet']!, io, referenceOf(pod), 'Warning', 'Evicted', message)
  Object.assign(s.pressure, { victim: pod.metadata.uid, until: io.now + CLEANUP_MS })
  updatePod(s, io, { pod, kill: { evict: true, reason: 'Evicted', message, grace: 1, disruption: true }, cause: io.cause })
}

/** A node that is short of memory takes no Pod without requests. */
export function admitUnderPressure(s: Kubelet, pod: Pod): Rejection | undefined {
  if (!s.pressure.memory || (pod.spec.priority ?? 0) >= CRITICAL || qosOf(pod) !== 'BestEffort') return undefined
  if (tolerated({ key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' }, pod.spec.tolerations)) return undefined
  return { reason: 'Evicted', message: 'The node had condition: [MemoryPressure]. ' }
}

// status.ts: a Pod's status, made from its containers as the runtime shows them.
// Models pkg/kubelet/kubelet_pods.go (generateAPIPodStatus, convertStatusToAPIStatus)
// Differs: host addresses are the one of the node

import type { Pod, PodStatus } from '../../api/pod.ts'
import { parseTime } from '../../api/time.ts'
import type { Io } from '../../kernel/machine.ts'
import { recordEvent, referenceOf } from '../client/events.ts'
import { hasAnyAppContainer } from './actions.ts'
import { containersReadyCondition, initializedCondition, ownedByKubelet, readyCondition, sandboxCondition, scheduledCondition } from './conditions.ts'
import { initContainers, isTerminal } from './containers.ts'
import { convertStatuses } from './containerstatuses.ts'
import { phaseOf } from './phase.ts'
import { updateFromProbes } from './probes.ts'
import { qosOf } from './qos.ts'
import { resizeConditions } from './resize.ts'
import type { Kubelet, PodRuntimeStatus } from './state.ts'

const DEADLINE = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' }

/** `finalising`: all containers have been stopped for good. */
export function generateStatus(s: Kubelet, io: Io, pod: Pod, runtime: PodRuntimeStatus, finalising: boolean): PodStatus {
  const uid = pod.metadata.uid
  const old = s.statusManager.statuses.get(uid)?.status ?? pod.status ?? { phase: 'Pending' as const }
  const status = convert(s, pod, runtime, old)
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  // The probes know what has started; the phase depends on it.
  updateFromProbes(s, io, pod, status)
  status.phase = phaseOf(pod, all, hasAnyAppContainer(pod, runtime), finalising)
  if (!isTerminal(status.phase)) {
    if (isTerminal(old.phase)) status.phase = old.phase
    else if (isTerminal(pod.status?.phase)) status.phase = pod.status.phase
  }
  if (status.phase === old.phase) {
    setText(status, 'reason', old.reason ?? pod.status?.reason)
    setText(status, 'message', old.message ?? pod.status?.message)
  }
  if (pastDeadline(pod, old, io.now)) {
    recordEvent(s.recorders['kubelet']!, io, referenceOf(pod), 'Normal', DEADLINE.reason, DEADLINE.message)
    Object.assign(status, { phase: 'Failed', ...DEADLINE })
  }
  if (isTerminal(pod.status?.phase)) status.phase = pod.status.phase
  const others = (pod.status?.conditions ?? []).filter(c => !ownedByKubelet(c.type))
  status.conditions = [
    ...others,
    ...(finalising ? [] : resizeConditions(s, pod)),
    sandboxCondition(pod, runtime),
    initializedCondition(pod, all, status.phase),
    readyCondition(pod, others, all, status.phase),
    containersReadyCondition(pod, all, status.phase),
    scheduledCondition(pod),
  ]
  return status
}

function convert(s: Kubelet, pod: Pod, runtime: PodRuntimeStatus, old: PodStatus): PodStatus {
  const status: PodStatus = { phase: 'Pending', qosClass: qosOf(pod) }
  if (pod.metadata.generation !== undefined) status.observedGeneration = pod.metadata.generation
  const { nodeIP } = s.config
  status.hostIP = nodeIP
  status.hostIPs = [{ ip: nodeIP }]
  // The address of a Pod stays in its status when its sandbox is gone.
  const ip = pod.spec.hostNetwork === true ? nodeIP : (runtime.sandboxes.find(x => x.state === 'READY')?.ip ?? old.podIP)
  if (ip !== undefined && ip !== '') {
    status.podIP = ip
    status.podIPs = [{ ip }]
  }
  if (old.startTime !== undefined) status.startTime = old.startTime
  if (old.nominatedNodeName !== undefined) status.nominatedNodeName = old.nominatedNodeName
  const shared = {
    pod,
    runtime,
    actual: s.resizes.get(pod.metadata.uid)?.actual ?? {},
    reasonOf: (name: string) => s.reasons.get(`${pod.metadata.uid}_${name}`),
  }
  const initialized = pod.spec.containers.some(c => runtime.containers.some(r => r.name === c.name))
  const init = initContainers(pod)
  if (init.length > 0)
    status.initContainerStatuses = convertStatuses({ ...shared, containers: init, old: old.initContainerStatuses ?? [], init: true, initialized })
  status.containerStatuses = convertStatuses({ ...shared, containers: pod.spec.containers, old: old.containerStatuses ?? [], init: false, initialized })
  const ephemeral = pod.spec.ephemeralContainers ?? []
  if (ephemeral.length > 0)
    status.ephemeralContainerStatuses = convertStatuses({
      ...shared,
      containers: ephemeral,
      old: old.ephemeralContainerStatuses ?? [],
      init: false,
      initialized,
    })
  return status
}

/** When activeDeadlineSeconds are over, ms; undefined without a deadline or before the start. */
export function deadlineOf(pod: Pod, status: PodStatus): number | undefined {
  const seconds = pod.spec.activeDeadlineSeconds
  const start = parseTime(status.startTime)
  return seconds === undefined || start === undefined ? undefined : start + seconds * 1000
}

function pastDeadline(pod: Pod, status: PodStatus, now: number): boolean {
  const deadline = deadlineOf(pod, status)
  return deadline !== undefined && now >= deadline
}

function setText(status: PodStatus, field: 'reason' | 'message', text: string | undefined): void {
  if (text !== undefined && text !== '') status[field] = text
}

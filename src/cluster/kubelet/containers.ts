// containers.ts: which containers a Pod has, and whether one that ended is started again.
// Models pkg/api/v1/pod/util.go and pkg/kubelet/container/helpers.go
// Differs: nothing known

import type { Container, Pod, PodStatus } from '../../api/pod.ts'
import type { CriContainerStatus } from '../container-runtime/cri.ts'
import type { PodRuntimeStatus } from './state.ts'

export const isSidecar = (c: Container): boolean => c.restartPolicy === 'Always'

export const initContainers = (pod: Pod): Container[] => pod.spec.initContainers ?? []

export const isTerminal = (phase: PodStatus['phase'] | undefined): boolean => phase === 'Succeeded' || phase === 'Failed'

/** Name and image as a number. */
export function containerHash(c: Container): string {
  let h = 0x811c9dc5 | 0
  const text = `${c.name}\u0000${c.image}`
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return (h >>> 0).toString(16)
}

/** The newest container of this name. */
export const findStatus = (status: PodRuntimeStatus, name: string): CriContainerStatus | undefined => status.containers.find(c => c.name === name)

/** Containers of the sandbox that is in use. */
export function activeStatuses(status: PodRuntimeStatus): CriContainerStatus[] {
  const sandbox = status.sandboxes[0]
  return sandbox === undefined ? [] : status.containers.filter(c => c.sandbox === sandbox.id)
}

/** What the rules of the container, its own policy or the Pod's say about an exit. */
export function restartsAfter(pod: Pod, container: Container, exitCode: number): boolean {
  for (const rule of container.restartPolicyRules ?? []) {
    const { operator, values = [] } = rule.exitCodes ?? { operator: 'In' as const }
    if (rule.exitCodes !== undefined && (operator === 'In') === values.includes(exitCode))
      return rule.action === 'Restart' || rule.action === 'RestartAllContainers'
  }
  const policy = container.restartPolicy ?? pod.spec.restartPolicy
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

/** Must the kubelet start it (again)? */
export function shouldBeRestarted(pod: Pod, container: Container, status: PodRuntimeStatus): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false
  const s = findStatus(status, container.name)
  if (s === undefined) return true
  if (s.state === 'RUNNING') return false
  if (s.state !== 'EXITED') return true
  return restartsAfter(pod, container, s.exitCode)
}

/** Is a container that probes found dead replaced? No exit code is known yet. */
export function restartsAfterProbe(pod: Pod, container: Container): boolean {
  return (container.restartPolicy ?? pod.spec.restartPolicy) !== 'Never'
}

/** Do exits of this Pod ever restart all its containers? */
export const hasRestartAllRule = (pod: Pod): boolean =>
  [...initContainers(pod), ...pod.spec.containers].some(c => c.restartPolicyRules?.some(r => r.action === 'RestartAllContainers'))

/** `spec.containers{web}` */
export function fieldPathOf(pod: Pod, name: string): string {
  if (initContainers(pod).some(c => c.name === name)) return `spec.initContainers{${name}}`
  if (pod.spec.ephemeralContainers?.some(c => c.name === name)) return `spec.ephemeralContainers{${name}}`
  return `spec.containers{${name}}`
}

export function specOf(pod: Pod, name: string): Container | undefined {
  return (
    pod.spec.containers.find(c => c.name === name) ?? initContainers(pod).find(c => c.name === name) ?? pod.spec.ephemeralContainers?.find(c => c.name === name)
  )
}

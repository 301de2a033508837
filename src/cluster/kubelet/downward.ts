// downward.ts: what a Pod tells its containers about itself: its fields, and what they may use.
// Models pkg/kubelet/{kubelet_pods,kubelet_resources}.go (podFieldSelectorRuntimeValue, defaultPodLimitsForDownwardAPI) and pkg/api/v1/resource/helpers.go
// Differs: one address a Pod and a node

import type { Container, Pod, ResourceList } from '../../api/pod.ts'
import { isZeroQuantity, milliValue, unitValue } from '../../api/quantity.ts'
import { ownNode } from './nodestatus.ts'
import { runtimeNow } from './pleg.ts'
import type { Kubelet } from './state.ts'

/** The value of a fieldRef. */
export function fieldOf(s: Kubelet, pod: Pod, path: string): string {
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name
    case 'metadata.namespace':
      return pod.metadata.namespace ?? ''
    case 'metadata.uid':
      return pod.metadata.uid
    case 'spec.nodeName':
      return pod.spec.nodeName ?? ''
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? ''
    case 'status.hostIP':
    case 'status.hostIPs':
      return s.config.nodeIP
    case 'status.podIP':
    case 'status.podIPs':
      return addressOf(s, pod)
    default: {
      const m = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
      return m === null ? '' : (pod.metadata[m[1] as 'labels' | 'annotations']?.[m[2]!] ?? '')
    }
  }
}

/** With the network of the host the address is the host's. */
export function addressOf(s: Kubelet, pod: Pod): string {
  return pod.spec.hostNetwork === true ? s.config.nodeIP : (runtimeNow(s, pod.metadata.uid).sandboxes[0]?.ip ?? '')
}

const LIMITED = ['cpu', 'memory', 'ephemeral-storage'] // Without a limit of its own a container may use what the Pod may, or the node has.

/** The value of a resourceFieldRef in parts of its divisor, rounded up; or why there is none. */
export function resourceOf(
  s: Kubelet,
  pod: Pod,
  own: Container,
  ref: { containerName?: string; resource: string; divisor?: string },
): { value: string } | { error: string } {
  const name = ref.containerName ?? ''
  const container = name === '' ? own : [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find(c => c.name === name)
  if (container === undefined) return { error: `container ${name} not found` }
  const dot = ref.resource.indexOf('.')
  const [list, resource] = [ref.resource.slice(0, dot), ref.resource.slice(dot + 1)]
  if ((list !== 'limits' && list !== 'requests') || !(LIMITED.includes(resource) || resource.startsWith('hugepages-')))
    return { error: `unsupported container resource : ${ref.resource}` }
  const divisor = ref.divisor === undefined || isZeroQuantity(ref.divisor) ? '1' : ref.divisor
  const amount = (list === 'limits' ? limits(s, pod, container, own) : (container.resources?.requests ?? {}))[resource]
  const value = resource === 'cpu' ? milliValue(amount) / milliValue(divisor) : unitValue(amount) / unitValue(divisor)
  return { value: String(Math.ceil(value)) }
}

/** Other init containers get no limit that they do not have. */
function limits(s: Kubelet, pod: Pod, container: Container, own: Container): ResourceList {
  const set = container.resources?.limits ?? {}
  if (container !== own && !pod.spec.containers.includes(container)) return set
  const allocatable = ownNode(s)?.status?.allocatable ?? {}
  const all = { ...set }
  for (const name of LIMITED) {
    if (name in set && !isZeroQuantity(set[name])) continue
    const whole = name === 'ephemeral-storage' ? undefined : pod.spec.resources?.limits?.[name]
    const most = name in allocatable && whole !== undefined && !isZeroQuantity(whole) ? whole : allocatable[name]
    if (most !== undefined) all[name] = most
  }
  return all
}

// qos.ts: the quality of service class of a Pod.
// Models pkg/apis/core/v1/helper/qos/qos.go
// Differs: nothing known

import type { Pod, ResourceRequirements } from '../../api/pod.ts'
import { compareQuantity, isZeroQuantity } from '../../api/quantity.ts'

type Qos = 'Guaranteed' | 'Burstable' | 'BestEffort'
const COUNTED = ['cpu', 'memory']

export function qosOf(pod: Pod): Qos {
  if (pod.status?.qosClass !== undefined) return pod.status.qosClass
  const whole = pod.spec.resources
  const all = whole !== undefined && (set(whole.requests) || set(whole.limits)) ? [whole] : containers(pod)
  let any = false
  let guaranteed = true
  for (const { requests = {}, limits = {} } of all) {
    for (const name of COUNTED) {
      const request = requests[name]
      const limit = limits[name]
      const hasRequest = request !== undefined && !isZeroQuantity(request)
      const hasLimit = limit !== undefined && !isZeroQuantity(limit)
      if (hasRequest || hasLimit) any = true
      if (!hasLimit || (hasRequest && compareQuantity(request, limit) !== 0)) guaranteed = false
    }
  }
  if (!any) return 'BestEffort'
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

const containers = (pod: Pod): ResourceRequirements[] => [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(c => c.resources ?? {})
const set = (list: Record<string, string> | undefined): boolean => list !== undefined && COUNTED.some(name => name in list)

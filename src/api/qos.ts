// qos.ts: the quality-of-service class of a Pod.
// Models k8s.io/kubernetes/pkg/apis/core/helper/qos/qos.go
// Differs: nothing known

import type { PodSpec, ResourceRequirements } from './pod.ts'
import { compareQuantity, isZeroQuantity } from './quantity.ts'

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

export function qosClass(spec: PodSpec): QosClass {
  const { requests, limits } = spec.resources ?? {}
  if (PARTS.some(name => requests?.[name] !== undefined || limits?.[name] !== undefined)) return classOf(spec.resources!)
  let pod: QosClass | undefined
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    const mine = classOf(container.resources ?? {})
    if (mine === 'Burstable' || (pod !== undefined && pod !== mine)) return 'Burstable'
    pod = mine
  }
  return pod ?? 'BestEffort'
}

const PARTS = ['cpu', 'memory']

function classOf(resources: ResourceRequirements): QosClass {
  let qos: QosClass | undefined
  for (const name of PARTS) {
    const request = resources.requests?.[name]
    const limit = resources.limits?.[name]
    const none = isZeroQuantity(request) && isZeroQuantity(limit)
    const mine = none ? 'BestEffort' : !isZeroQuantity(limit) && compareQuantity(request, limit) === 0 ? 'Guaranteed' : 'Burstable'
    if (mine === 'Burstable' || (qos !== undefined && qos !== mine)) return 'Burstable'
    qos = mine
  }
  return qos ?? 'BestEffort'
}

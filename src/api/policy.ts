// policy.ts: budgets of all sorts, limits and priorities.
// Models k8s.io/api/{core/v1,policy/v1,scheduling/v1}/types.go
// Differs: nothing known

import type { KubeObject } from './object.ts'
import type { IntOrString, LabelSelector, ResourceList } from './pod.ts'

export interface ResourceQuota extends KubeObject {
  apiVersion: 'v1'
  kind: 'ResourceQuota'
  spec: {
    hard?: ResourceList
    scopes?: string[]
    scopeSelector?: { matchExpressions?: { scopeName: string; operator: string; values?: string[] }[] }
  }
  status: { hard?: ResourceList; used?: ResourceList }
}

export interface LimitRange extends KubeObject {
  apiVersion: 'v1'
  kind: 'LimitRange'
  spec: { limits: LimitRangeItem[] }
}

export interface LimitRangeItem {
  type: string
  max?: ResourceList
  min?: ResourceList
  default?: ResourceList
  defaultRequest?: ResourceList
  maxLimitRequestRatio?: ResourceList
}

export interface PriorityClass extends KubeObject {
  apiVersion: 'scheduling.k8s.io/v1'
  kind: 'PriorityClass'
  value: number
  globalDefault?: boolean
  description?: string
  preemptionPolicy: 'PreemptLowerPriority' | 'Never'
}

export interface PodDisruptionBudget extends KubeObject {
  apiVersion: 'policy/v1'
  kind: 'PodDisruptionBudget'
  spec: {
    minAvailable?: IntOrString
    maxUnavailable?: IntOrString
    selector?: LabelSelector
    unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow'
  }
  status: PodDisruptionBudgetStatus
}

export interface PodDisruptionBudgetStatus {
  observedGeneration?: number
  /** Pod name to the time its eviction was allowed. */
  disruptedPods?: Record<string, string>
  disruptionsAllowed: number
  currentHealthy: number
  desiredHealthy: number
  expectedPods: number
  conditions?: any[]
}

// node.ts: Nodes.
// Models k8s.io/api/core/v1/types.go
// Differs: nothing known

import type { KubeObject } from './object.ts'
import type { ConditionStatus, ResourceList } from './pod.ts'

export interface Node extends KubeObject {
  apiVersion: 'v1'
  kind: 'Node'
  spec: NodeSpec
  status: NodeStatus
}

export interface NodeSpec {
  podCIDR?: string
  podCIDRs?: string[]
  providerID?: string
  unschedulable?: boolean
  taints?: Taint[]
}

export interface Taint {
  key: string
  value?: string
  effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
  timeAdded?: string
}

export interface NodeStatus {
  capacity?: ResourceList
  allocatable?: ResourceList
  conditions?: NodeCondition[]
  addresses?: { type: 'Hostname' | 'InternalIP' | 'ExternalIP' | 'InternalDNS' | 'ExternalDNS'; address: string }[]
  daemonEndpoints?: { kubeletEndpoint?: { Port: number } }
  nodeInfo?: NodeSystemInfo
  images?: { names?: string[]; sizeBytes?: number }[]
  volumesInUse?: string[]
  volumesAttached?: { name: string; devicePath: string }[]
  runtimeHandlers?: any[]
  features?: any
  declaredFeatures?: string[]
  [field: string]: any
}

export interface NodeCondition {
  type: string
  status: ConditionStatus
  lastHeartbeatTime?: string
  lastTransitionTime?: string
  reason?: string
  message?: string
}

export interface NodeSystemInfo {
  machineID: string
  systemUUID: string
  bootID: string
  kernelVersion: string
  osImage: string
  containerRuntimeVersion: string
  kubeletVersion: string
  kubeProxyVersion: string
  operatingSystem: string
  architecture: string
  [field: string]: any
}

// service.ts: Services, their endpoints, and what else names addresses.
// Models k8s.io/api/{core/v1,discovery/v1,networking/v1}/types.go
// Differs: nothing known

import type { KubeObject } from './object.ts'
import type { IntOrString, LabelSelector } from './pod.ts'

export type Protocol = 'TCP' | 'UDP' | 'SCTP'

export interface Service extends KubeObject {
  apiVersion: 'v1'
  kind: 'Service'
  spec: ServiceSpec
  status: { loadBalancer: LoadBalancerStatus; conditions?: any[] }
}

export interface ServiceSpec {
  type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'
  sessionAffinity: 'None' | 'ClientIP'
  ports?: ServicePort[]
  selector?: Record<string, string>
  /** `None` for headless. */
  clusterIP?: string
  clusterIPs?: string[]
  externalIPs?: string[]
  loadBalancerIP?: string
  loadBalancerSourceRanges?: string[]
  externalName?: string
  externalTrafficPolicy?: 'Cluster' | 'Local'
  healthCheckNodePort?: number
  publishNotReadyAddresses?: boolean
  sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } }
  ipFamilies?: ('IPv4' | 'IPv6')[]
  ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack'
  allocateLoadBalancerNodePorts?: boolean
  loadBalancerClass?: string
  internalTrafficPolicy?: 'Cluster' | 'Local'
  trafficDistribution?: string
}

export interface ServicePort {
  port: number
  protocol: Protocol
  targetPort: IntOrString
  name?: string
  appProtocol?: string
  nodePort?: number
}

export interface LoadBalancerStatus {
  ingress?: { ip?: string; hostname?: string; ipMode?: string; ports?: any[] }[]
}

export interface ObjectReference {
  apiVersion?: string
  kind?: string
  name?: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  fieldPath?: string
}

export interface Endpoints extends KubeObject {
  apiVersion: 'v1'
  kind: 'Endpoints'
  subsets?: EndpointSubset[]
}

export interface EndpointSubset {
  addresses?: EndpointAddress[]
  notReadyAddresses?: EndpointAddress[]
  ports?: { name?: string; port: number; protocol: Protocol; appProtocol?: string }[]
}

export interface EndpointAddress {
  ip: string
  hostname?: string
  nodeName?: string
  targetRef?: ObjectReference
}

export interface EndpointSlice extends KubeObject {
  apiVersion: 'discovery.k8s.io/v1'
  kind: 'EndpointSlice'
  addressType: 'IPv4' | 'IPv6' | 'FQDN'
  endpoints: Endpoint[]
  ports?: { name?: string; port?: number; protocol?: Protocol; appProtocol?: string }[]
}

export interface Endpoint {
  addresses: string[]
  conditions: { ready?: boolean; serving?: boolean; terminating?: boolean }
  hostname?: string
  targetRef?: ObjectReference
  deprecatedTopology?: Record<string, string>
  nodeName?: string
  zone?: string
  hints?: { forZones?: { name: string }[]; forNodes?: { name: string }[] }
}

export interface Ingress extends KubeObject {
  apiVersion: 'networking.k8s.io/v1'
  kind: 'Ingress'
  spec: { ingressClassName?: string; defaultBackend?: any; tls?: { hosts?: string[]; secretName?: string }[]; rules?: any[] }
  status: { loadBalancer: LoadBalancerStatus }
}

export interface NetworkPolicy extends KubeObject {
  apiVersion: 'networking.k8s.io/v1'
  kind: 'NetworkPolicy'
  spec: { podSelector: LabelSelector; policyTypes?: string[]; ingress?: any[]; egress?: any[] }
}

// rbac.ts: roles, bindings, and the reviews that ask what is allowed.
// Models k8s.io/api/{rbac/v1,authentication/v1,authorization/v1}/types.go
// Differs: nothing known

import type { KubeObject } from './object.ts'
import type { LabelSelector } from './pod.ts'

export interface PolicyRule {
  verbs: string[]
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
  nonResourceURLs?: string[]
}

export interface Subject {
  kind: 'User' | 'Group' | 'ServiceAccount'
  apiGroup?: string
  name: string
  namespace?: string
}

export interface RoleRef {
  apiGroup: string
  kind: 'Role' | 'ClusterRole'
  name: string
}

export interface Role extends KubeObject {
  kind: 'Role'
  rules: PolicyRule[] | null
}

export interface ClusterRole extends KubeObject {
  kind: 'ClusterRole'
  rules: PolicyRule[] | null
  aggregationRule?: { clusterRoleSelectors?: LabelSelector[] }
}

export interface RoleBinding extends KubeObject {
  kind: 'RoleBinding'
  subjects?: Subject[]
  roleRef: RoleRef
}

export interface ClusterRoleBinding extends KubeObject {
  kind: 'ClusterRoleBinding'
  subjects?: Subject[]
  roleRef: RoleRef
}

export interface UserInfo {
  username?: string
  uid?: string
  groups?: string[]
  extra?: Record<string, string[]>
}

export interface ResourceAttributes {
  namespace?: string
  verb?: string
  group?: string
  version?: string
  resource?: string
  subresource?: string
  name?: string
}

export interface SubjectAccessReview extends KubeObject {
  spec: {
    resourceAttributes?: ResourceAttributes
    nonResourceAttributes?: { path?: string; verb?: string }
    user?: string
    groups?: string[]
    uid?: string
    extra?: Record<string, string[]>
  }
  status: { allowed: boolean; denied?: boolean; reason?: string; evaluationError?: string }
}

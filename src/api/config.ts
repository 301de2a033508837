// config.ts: Namespaces, ConfigMaps, Secrets, ServiceAccounts, Leases and storage.
// Models k8s.io/api/{core/v1,coordination/v1,storage/v1}/types.go
// Differs: nothing known

import type { KubeObject } from './object.ts'
import type { ResourceList } from './pod.ts'
import type { ObjectReference } from './service.ts'

export interface Namespace extends KubeObject {
  apiVersion: 'v1'
  kind: 'Namespace'
  spec: { finalizers?: string[] }
  status: { phase: 'Active' | 'Terminating'; conditions?: any[] }
}

export interface ConfigMap extends KubeObject {
  apiVersion: 'v1'
  kind: 'ConfigMap'
  data?: Record<string, string>
  binaryData?: Record<string, string>
  immutable?: boolean
}

export interface Secret extends KubeObject {
  apiVersion: 'v1'
  kind: 'Secret'
  /** base64 */
  data?: Record<string, string>
  type: string
  immutable?: boolean
}

export interface ServiceAccount extends KubeObject {
  apiVersion: 'v1'
  kind: 'ServiceAccount'
  secrets?: ObjectReference[]
  imagePullSecrets?: { name?: string }[]
  automountServiceAccountToken?: boolean
}

/** Times are MicroTime. */
export interface Lease extends KubeObject {
  apiVersion: 'coordination.k8s.io/v1'
  kind: 'Lease'
  spec: {
    holderIdentity?: string
    leaseDurationSeconds?: number
    acquireTime?: string
    renewTime?: string
    leaseTransitions?: number
    strategy?: string
    preferredHolder?: string
  }
}

export interface PersistentVolume extends KubeObject {
  apiVersion: 'v1'
  kind: 'PersistentVolume'
  spec: {
    capacity?: ResourceList
    accessModes?: string[]
    claimRef?: ObjectReference
    persistentVolumeReclaimPolicy?: 'Retain' | 'Delete' | 'Recycle'
    storageClassName?: string
    mountOptions?: string[]
    volumeMode?: string
    nodeAffinity?: any
    volumeAttributesClassName?: string
    [source: string]: any
  }
  status: { phase?: string; message?: string; reason?: string; lastPhaseTransitionTime?: string }
}

export interface PersistentVolumeClaim extends KubeObject {
  apiVersion: 'v1'
  kind: 'PersistentVolumeClaim'
  spec: {
    accessModes?: string[]
    selector?: any
    resources: { limits?: ResourceList; requests?: ResourceList }
    volumeName?: string
    storageClassName?: string
    volumeMode?: string
    dataSource?: any
    dataSourceRef?: any
    volumeAttributesClassName?: string
  }
  status: { phase?: 'Pending' | 'Bound' | 'Lost'; accessModes?: string[]; capacity?: ResourceList; conditions?: any[]; [field: string]: any }
}

export interface StorageClass extends KubeObject {
  apiVersion: 'storage.k8s.io/v1'
  kind: 'StorageClass'
  provisioner: string
  parameters?: Record<string, string>
  reclaimPolicy: 'Retain' | 'Delete'
  mountOptions?: string[]
  allowVolumeExpansion?: boolean
  volumeBindingMode: 'Immediate' | 'WaitForFirstConsumer'
  allowedTopologies?: any[]
}

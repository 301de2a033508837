// workloads.ts: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs, CronJobs, their revisions and scalers.
// Models k8s.io/api/{apps/v1,batch/v1,autoscaling/v2,autoscaling/v1}/types.go
// Differs: nothing known

import type { KubeObject } from './object.ts'
import type { ConditionStatus, IntOrString, LabelSelector, PodTemplateSpec } from './pod.ts'

export interface WorkloadCondition {
  type: string
  status: ConditionStatus
  lastUpdateTime?: string
  lastTransitionTime?: string
  lastProbeTime?: string
  reason?: string
  message?: string
  observedGeneration?: number
}

export interface Deployment extends KubeObject {
  apiVersion: 'apps/v1'
  kind: 'Deployment'
  spec: DeploymentSpec
  status: DeploymentStatus
}

export interface DeploymentSpec {
  replicas: number
  selector: LabelSelector
  template: PodTemplateSpec
  strategy: { type: 'RollingUpdate' | 'Recreate'; rollingUpdate?: { maxUnavailable: IntOrString; maxSurge: IntOrString } }
  revisionHistoryLimit: number
  progressDeadlineSeconds: number
  minReadySeconds?: number
  paused?: boolean
}

export interface DeploymentStatus {
  observedGeneration?: number
  replicas?: number
  updatedReplicas?: number
  readyReplicas?: number
  availableReplicas?: number
  unavailableReplicas?: number
  terminatingReplicas?: number
  conditions?: WorkloadCondition[]
  collisionCount?: number
}

export interface ReplicaSet extends KubeObject {
  apiVersion: 'apps/v1'
  kind: 'ReplicaSet'
  spec: { replicas: number; selector: LabelSelector; template: PodTemplateSpec; minReadySeconds?: number }
  status: ReplicaSetStatus
}

export interface ReplicaSetStatus {
  replicas: number
  fullyLabeledReplicas?: number
  readyReplicas?: number
  availableReplicas?: number
  terminatingReplicas?: number
  observedGeneration?: number
  conditions?: WorkloadCondition[]
}

export interface StatefulSet extends KubeObject {
  apiVersion: 'apps/v1'
  kind: 'StatefulSet'
  spec: {
    replicas: number
    selector: LabelSelector
    template: PodTemplateSpec
    volumeClaimTemplates?: any[]
    serviceName?: string
    podManagementPolicy: 'OrderedReady' | 'Parallel'
    updateStrategy: { type: 'RollingUpdate' | 'OnDelete'; rollingUpdate?: { partition?: number; maxUnavailable?: IntOrString } }
    revisionHistoryLimit: number
    minReadySeconds?: number
    persistentVolumeClaimRetentionPolicy?: { whenDeleted: 'Retain' | 'Delete'; whenScaled: 'Retain' | 'Delete' }
    ordinals?: { start?: number }
  }
  status: {
    observedGeneration?: number
    replicas: number
    readyReplicas?: number
    currentReplicas?: number
    updatedReplicas?: number
    currentRevision?: string
    updateRevision?: string
    collisionCount?: number
    conditions?: WorkloadCondition[]
    availableReplicas: number
  }
}

export interface DaemonSet extends KubeObject {
  apiVersion: 'apps/v1'
  kind: 'DaemonSet'
  spec: {
    selector: LabelSelector
    template: PodTemplateSpec
    updateStrategy: { type: 'RollingUpdate' | 'OnDelete'; rollingUpdate?: { maxUnavailable: IntOrString; maxSurge: IntOrString } }
    revisionHistoryLimit: number
    minReadySeconds?: number
  }
  status: {
    currentNumberScheduled: number
    numberMisscheduled: number
    desiredNumberScheduled: number
    numberReady: number
    observedGeneration?: number
    updatedNumberScheduled?: number
    numberAvailable?: number
    numberUnavailable?: number
    collisionCount?: number
    conditions?: WorkloadCondition[]
  }
}

export interface ControllerRevision extends KubeObject {
  apiVersion: 'apps/v1'
  kind: 'ControllerRevision'
  data?: any
  revision: number
}

export interface Job extends KubeObject {
  apiVersion: 'batch/v1'
  kind: 'Job'
  spec: JobSpec
  status: JobStatus
}

export interface JobSpec {
  parallelism?: number
  completions?: number
  activeDeadlineSeconds?: number
  podFailurePolicy?: any
  successPolicy?: any
  backoffLimit: number
  backoffLimitPerIndex?: number
  maxFailedIndexes?: number
  selector?: LabelSelector
  manualSelector?: boolean
  template: PodTemplateSpec
  ttlSecondsAfterFinished?: number
  completionMode: 'NonIndexed' | 'Indexed'
  suspend: boolean
  podReplacementPolicy: 'TerminatingOrFailed' | 'Failed'
  managedBy?: string
}

export interface JobStatus {
  conditions?: WorkloadCondition[]
  startTime?: string
  completionTime?: string
  active?: number
  succeeded?: number
  failed?: number
  terminating?: number
  completedIndexes?: string
  failedIndexes?: string
  uncountedTerminatedPods?: { succeeded?: string[]; failed?: string[] }
  ready?: number
}

export interface CronJob extends KubeObject {
  apiVersion: 'batch/v1'
  kind: 'CronJob'
  spec: {
    schedule: string
    timeZone?: string
    startingDeadlineSeconds?: number
    concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace'
    suspend: boolean
    jobTemplate: { metadata: any; spec: JobSpec }
    successfulJobsHistoryLimit: number
    failedJobsHistoryLimit: number
  }
  status: { active?: any[]; lastScheduleTime?: string; lastSuccessfulTime?: string }
}

/** autoscaling/v2 */
export interface HorizontalPodAutoscaler extends KubeObject {
  kind: 'HorizontalPodAutoscaler'
  spec: {
    scaleTargetRef: { kind: string; name: string; apiVersion?: string }
    minReplicas?: number
    maxReplicas: number
    metrics?: MetricSpec[]
    behavior?: any
  }
  status: {
    observedGeneration?: number
    lastScaleTime?: string
    currentReplicas?: number
    desiredReplicas: number
    currentMetrics?: any[] | null
    conditions?: WorkloadCondition[]
  }
}

export interface MetricTarget {
  type: 'Utilization' | 'Value' | 'AverageValue'
  value?: string
  averageValue?: string
  averageUtilization?: number
}

export interface MetricSpec {
  type: 'Resource' | 'ContainerResource' | 'Pods' | 'Object' | 'External'
  resource?: { name: string; target: MetricTarget }
  containerResource?: { name: string; container: string; target: MetricTarget }
  pods?: { metric: { name: string; selector?: LabelSelector }; target: MetricTarget }
  object?: { describedObject: { kind: string; name: string; apiVersion?: string }; metric: { name: string; selector?: LabelSelector }; target: MetricTarget }
  external?: { metric: { name: string; selector?: LabelSelector }; target: MetricTarget }
}

/** autoscaling/v1, what `scale` subresources speak. */
export interface Scale extends KubeObject {
  apiVersion: 'autoscaling/v1'
  kind: 'Scale'
  spec: { replicas?: number }
  status: { replicas: number; selector?: string }
}

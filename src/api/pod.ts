// pod.ts: Pods and all that stands in their spec and status.
// Models k8s.io/api/core/v1/types.go
// Differs: volume sources of retired in-tree drivers are left to the schema

import type { KubeObject } from './object.ts'

/** Resource name to canonical quantity text. */
export type ResourceList = Record<string, string>
export type IntOrString = number | string
export type ConditionStatus = 'True' | 'False' | 'Unknown'

export interface Pod extends KubeObject {
  apiVersion: 'v1'
  kind: 'Pod'
  spec: PodSpec
  status: PodStatus
}

export interface PodTemplateSpec {
  metadata: { labels?: Record<string, string>; annotations?: Record<string, string>; name?: string; [field: string]: any }
  spec: PodSpec
}

/** Required fields are those that defaulting fills. */
export interface PodSpec {
  containers: Container[]
  restartPolicy: 'Always' | 'OnFailure' | 'Never'
  dnsPolicy: 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None'
  terminationGracePeriodSeconds: number
  schedulerName: string
  securityContext: PodSecurityContext
  initContainers?: Container[]
  ephemeralContainers?: EphemeralContainer[]
  volumes?: Volume[]
  nodeName?: string
  nodeSelector?: Record<string, string>
  serviceAccountName?: string
  serviceAccount?: string
  automountServiceAccountToken?: boolean
  activeDeadlineSeconds?: number
  hostNetwork?: boolean
  hostPID?: boolean
  hostIPC?: boolean
  hostUsers?: boolean
  shareProcessNamespace?: boolean
  imagePullSecrets?: LocalObjectReference[]
  hostname?: string
  subdomain?: string
  setHostnameAsFQDN?: boolean
  hostnameOverride?: string
  affinity?: Affinity
  tolerations?: Toleration[]
  hostAliases?: { ip: string; hostnames?: string[] }[]
  priorityClassName?: string
  priority?: number
  preemptionPolicy?: 'PreemptLowerPriority' | 'Never'
  dnsConfig?: { nameservers?: string[]; searches?: string[]; options?: { name?: string; value?: string }[] }
  readinessGates?: { conditionType: string }[]
  runtimeClassName?: string
  enableServiceLinks?: boolean
  overhead?: ResourceList
  topologySpreadConstraints?: TopologySpreadConstraint[]
  os?: { name: 'linux' | 'windows' }
  schedulingGates?: { name: string }[]
  resourceClaims?: { name: string; resourceClaimName?: string; resourceClaimTemplateName?: string }[]
  resources?: ResourceRequirements
}

export interface Container {
  name: string
  image: string
  imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never'
  resources: ResourceRequirements
  terminationMessagePath: string
  terminationMessagePolicy: 'File' | 'FallbackToLogsOnError'
  command?: string[]
  args?: string[]
  workingDir?: string
  ports?: ContainerPort[]
  envFrom?: EnvFromSource[]
  env?: EnvVar[]
  resizePolicy?: { resourceName: string; restartPolicy: 'NotRequired' | 'RestartContainer' }[]
  /** `Always` on an init container makes it a sidecar. */
  restartPolicy?: 'Always' | 'OnFailure' | 'Never'
  restartPolicyRules?: { action: string; exitCodes?: { operator: 'In' | 'NotIn'; values?: number[] } }[]
  volumeMounts?: VolumeMount[]
  volumeDevices?: { name: string; devicePath: string }[]
  livenessProbe?: Probe
  readinessProbe?: Probe
  startupProbe?: Probe
  lifecycle?: { postStart?: LifecycleHandler; preStop?: LifecycleHandler; stopSignal?: string }
  securityContext?: SecurityContext
  stdin?: boolean
  stdinOnce?: boolean
  tty?: boolean
}

export interface EphemeralContainer extends Container {
  targetContainerName?: string
}

export interface ResourceRequirements {
  limits?: ResourceList
  requests?: ResourceList
  claims?: { name: string; request?: string }[]
}

export interface ContainerPort {
  containerPort: number
  protocol: 'TCP' | 'UDP' | 'SCTP'
  name?: string
  hostPort?: number
  hostIP?: string
}

export interface EnvVar {
  name: string
  value?: string
  valueFrom?: {
    fieldRef?: { apiVersion?: string; fieldPath: string }
    resourceFieldRef?: { containerName?: string; resource: string; divisor?: string }
    configMapKeyRef?: KeySelector
    secretKeyRef?: KeySelector
    fileKeyRef?: { volumeName: string; path: string; key: string; optional?: boolean }
  }
}

export interface KeySelector {
  name?: string
  key: string
  optional?: boolean
}

export interface EnvFromSource {
  prefix?: string
  configMapRef?: { name?: string; optional?: boolean }
  secretRef?: { name?: string; optional?: boolean }
}

export interface VolumeMount {
  name: string
  mountPath: string
  readOnly?: boolean
  recursiveReadOnly?: 'Disabled' | 'IfPossible' | 'Enabled'
  subPath?: string
  subPathExpr?: string
  mountPropagation?: 'None' | 'HostToContainer' | 'Bidirectional'
}

export interface LifecycleHandler {
  exec?: { command?: string[] }
  httpGet?: HTTPGetAction
  tcpSocket?: { port: IntOrString; host?: string }
  sleep?: { seconds: number }
}

export interface HTTPGetAction {
  port: IntOrString
  path: string
  scheme: 'HTTP' | 'HTTPS'
  host?: string
  httpHeaders?: { name: string; value: string }[]
}

export interface Probe {
  exec?: { command?: string[] }
  httpGet?: HTTPGetAction
  tcpSocket?: { port: IntOrString; host?: string }
  grpc?: { port: number; service?: string }
  initialDelaySeconds?: number
  timeoutSeconds: number
  periodSeconds: number
  successThreshold: number
  failureThreshold: number
  terminationGracePeriodSeconds?: number
}

export interface SecurityContext {
  capabilities?: { add?: string[]; drop?: string[] }
  privileged?: boolean
  runAsUser?: number
  runAsGroup?: number
  runAsNonRoot?: boolean
  readOnlyRootFilesystem?: boolean
  allowPrivilegeEscalation?: boolean
  procMount?: string
  seccompProfile?: { type: string; localhostProfile?: string }
  [field: string]: any
}

export interface PodSecurityContext {
  runAsUser?: number
  runAsGroup?: number
  runAsNonRoot?: boolean
  fsGroup?: number
  supplementalGroups?: number[]
  seccompProfile?: { type: string; localhostProfile?: string }
  sysctls?: { name: string; value: string }[]
  [field: string]: any
}

export interface KeyToPath {
  key: string
  path: string
  mode?: number
}

export interface Volume {
  name: string
  emptyDir?: { medium?: string; sizeLimit?: string }
  hostPath?: { path: string; type?: string }
  configMap?: { name?: string; items?: KeyToPath[]; defaultMode?: number; optional?: boolean }
  secret?: { secretName?: string; items?: KeyToPath[]; defaultMode?: number; optional?: boolean }
  persistentVolumeClaim?: { claimName: string; readOnly?: boolean }
  downwardAPI?: { items?: any[]; defaultMode?: number }
  projected?: { sources?: any[]; defaultMode?: number }
  nfs?: { server: string; path: string; readOnly?: boolean }
  csi?: { driver: string; [field: string]: any }
  ephemeral?: { volumeClaimTemplate: any }
  image?: { reference?: string; pullPolicy?: string }
  [source: string]: any
}

export interface Toleration {
  key?: string
  operator?: 'Exists' | 'Equal' | 'Lt' | 'Gt'
  value?: string
  effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
  tolerationSeconds?: number
}

export interface Affinity {
  nodeAffinity?: NodeAffinity
  podAffinity?: PodAffinity
  podAntiAffinity?: PodAffinity
}

export interface NodeAffinity {
  requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution?: { weight: number; preference: NodeSelectorTerm }[]
}

export interface NodeSelector {
  nodeSelectorTerms: NodeSelectorTerm[]
}

export interface NodeSelectorTerm {
  matchExpressions?: NodeSelectorRequirement[]
  matchFields?: NodeSelectorRequirement[]
}

export interface NodeSelectorRequirement {
  key: string
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt'
  values?: string[]
}

export interface PodAffinity {
  requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[]
  preferredDuringSchedulingIgnoredDuringExecution?: { weight: number; podAffinityTerm: PodAffinityTerm }[]
}

export interface PodAffinityTerm {
  topologyKey: string
  labelSelector?: LabelSelector
  namespaces?: string[]
  namespaceSelector?: LabelSelector
  matchLabelKeys?: string[]
  mismatchLabelKeys?: string[]
}

export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values?: string[] }[]
}

export interface TopologySpreadConstraint {
  maxSkew: number
  topologyKey: string
  whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'
  labelSelector?: LabelSelector
  minDomains?: number
  nodeAffinityPolicy?: 'Honor' | 'Ignore'
  nodeTaintsPolicy?: 'Honor' | 'Ignore'
  matchLabelKeys?: string[]
}

export interface LocalObjectReference {
  name?: string
}

export interface PodStatus {
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
  qosClass?: 'Guaranteed' | 'Burstable' | 'BestEffort'
  observedGeneration?: number
  conditions?: PodCondition[]
  message?: string
  reason?: string
  nominatedNodeName?: string
  hostIP?: string
  hostIPs?: { ip: string }[]
  podIP?: string
  podIPs?: { ip: string }[]
  startTime?: string
  initContainerStatuses?: ContainerStatus[]
  containerStatuses?: ContainerStatus[]
  ephemeralContainerStatuses?: ContainerStatus[]
  resize?: string
  [field: string]: any
}

export interface PodCondition {
  type: string
  status: ConditionStatus
  observedGeneration?: number
  lastProbeTime?: string | null
  lastTransitionTime?: string
  reason?: string
  message?: string
}

export interface ContainerStatus {
  name: string
  state: ContainerState
  lastState: ContainerState
  ready: boolean
  restartCount: number
  image: string
  imageID: string
  containerID?: string
  started?: boolean
  allocatedResources?: ResourceList
  resources?: ResourceRequirements
  volumeMounts?: VolumeMount[]
  user?: any
  [field: string]: any
}

/** At most one of the three; none means waiting. */
export interface ContainerState {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt: string }
  terminated?: {
    exitCode: number
    signal?: number
    reason?: string
    message?: string
    startedAt?: string | null
    finishedAt?: string | null
    containerID?: string
  }
}

/** The body of `pods/binding`. */
export interface Binding extends KubeObject {
  kind: 'Binding'
  target: { apiVersion?: string; kind?: string; name: string; namespace?: string; uid?: string }
}

/** The body of `pods/eviction`. */
export interface Eviction extends KubeObject {
  kind: 'Eviction'
  deleteOptions?: DeleteOptions
}

export interface DeleteOptions {
  apiVersion?: string
  kind?: 'DeleteOptions'
  gracePeriodSeconds?: number
  preconditions?: { uid?: string; resourceVersion?: string }
  orphanDependents?: boolean
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  dryRun?: string[]
}

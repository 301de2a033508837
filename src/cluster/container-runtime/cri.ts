// cri.ts: what the kubelet and the container runtime say to each other.
// Models k8s.io/cri-api/pkg/apis/runtime/v1/api.proto
// Differs: a container event carries the whole state of its pod, so that a kubelet which hears them need not list

/** A failure as gRPC has it: a code and a text. */
export interface CriError {
  code: 'NotFound' | 'Unknown' | 'Unavailable' | 'DeadlineExceeded' | 'AlreadyExists'
  message: string
}

/** What a call is answered with. */
export type CriReply<T> = { ok: true; value: T } | { ok: false; error: CriError }

export const criOk = <T>(value: T): CriReply<T> => ({ ok: true, value })
export const criFail = (code: CriError['code'], message: string): CriReply<never> => ({ ok: false, error: { code, message } })

/** `rpc error: code = NotFound desc = …` */
export const criErrorText = (error: CriError): string => `rpc error: code = ${error.code} desc = ${error.message}`

export interface PodSandboxConfig {
  name: string
  namespace: string
  uid: string
  attempt: number
  hostNetwork: boolean
}

export interface SandboxStatus extends PodSandboxConfig {
  id: string
  state: 'READY' | 'NOTREADY'
  /** Simulated ms. */
  createdAt: number
  /** '' with the network of the host. */
  ip: string
}

export interface ContainerConfig {
  name: string
  attempt: number
  /** As the kubelet resolved it, tag included. */
  image: string
  /** As written in the Pod. */
  userImage: string
  ports: { containerPort: number; name?: string; protocol?: string }[]
  command: string[]
  env: Record<string, string>
  /** Bytes; absent without a limit. */
  memoryLimit?: number
  /** Name and image as a number: a change of it replaces the container. */
  hash: string
}

export interface CriContainerStatus {
  id: string
  sandbox: string
  uid: string
  name: string
  attempt: number
  state: 'CREATED' | 'RUNNING' | 'EXITED' | 'UNKNOWN'
  image: string
  /** Repository and digest. */
  imageId: string
  hash: string
  /** Simulated ms; 0: never. */
  createdAt: number
  startedAt: number
  finishedAt: number
  exitCode: number
  reason: string
  message: string
  /** The end of its log, once it has ended: at most 80 lines. */
  logTail: string
}

/** Message `ContainerEvent`: something happened in this pod, and this is all of it now. */
export interface ContainerEvent {
  uid: string
  sandboxes: SandboxStatus[]
  containers: CriContainerStatus[]
  /** Do its programs take memory that is worth watching? */
  hungry: boolean
}

export interface PullImageRequest {
  /** Tag included. */
  image: string
  /** Registry credentials `name:password`, '' for none. */
  auth: string
  pod: PodSandboxConfig
}

export interface ImageStatus {
  /** `docker.io/library/nginx:1.27` */
  ref: string
  id: string
  sizeBytes: number
}

export interface ExecSyncReply {
  exitCode: number
  output: string
}

export interface LogLine {
  at: number
  text: string
}

/** Note of every call that does something. Absent fields were not in the call. */
export interface RuntimeCall {
  call:
    | 'RunPodSandbox'
    | 'StopPodSandbox'
    | 'RemovePodSandbox'
    | 'PullImage'
    | 'CreateContainer'
    | 'StartContainer'
    | 'StopContainer'
    | 'RemoveContainer'
    | 'UpdateContainerResources'
    | 'ExecSync'
  attempt?: number
  container?: string
  error?: string
  image?: string
  pod: string
  namespace: string
  /** Seconds. */
  timeout?: number
}

/** Of one running container. */
export interface ContainerStats {
  uid: string
  name: string
  workingSetBytes: number
}

/** What a knock on a pod's door (ip and port) comes back with: who answered, or why nobody did. */
export type DialReply = { connected: true; uid: string; namespace: string; pod: string; container: string } | { connected: false; error: 'refused' | 'timeout' }

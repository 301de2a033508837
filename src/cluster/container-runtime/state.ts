// state.ts: what a container runtime keeps: sandboxes, containers and images of one node.
// Models containerd's internal/cri/store
// Differs: nothing known

import type { Io, Message } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import type { Behaviour } from './behaviour.ts'
import type { ContainerConfig, ContainerEvent, CriContainerStatus, ImageStatus, LogLine, PodSandboxConfig, RuntimeCall, SandboxStatus } from './cri.ts'

const TAIL_LINES = 80 // Lines of a log from which a termination message may be taken.

/** Milliseconds that the machine itself takes; pulling is the registry's business. */
export interface RuntimeTimings {
  runPodSandbox: number
  stopPodSandbox: number
  createContainer: number
  startContainer: number
  /** From SIGTERM to the end of a program that listens. */
  stop: number
}

export interface RuntimeConfig {
  /** Where Pods get their addresses from until the kubelet says. */
  podCIDR: string
  timings: RuntimeTimings
  /** What is left of a container that could not be started: containerd leaves it EXITED (128, StartError), the stand-in of the recordings CREATED. */
  failedStart: 'EXITED' | 'CREATED'
  /** Actor of the kubelet that is told of events. */
  kubelet: string
}

export interface Sandbox extends SandboxStatus {}

export interface Container {
  id: string
  sandbox: string
  pod: PodSandboxConfig
  config: ContainerConfig
  imageId: string
  behaviour: Behaviour
  state: CriContainerStatus['state']
  createdAt: number
  startedAt: number
  finishedAt: number
  exitCode: number
  reason: string
  message: string
  /** When and how the program will end by itself or by a signal; the timer that will end it. */
  ends?: { at: number; code: number; reason: string; timer: number }
  /** StopContainer calls that wait for the end. */
  stops: Message[]
  lines: LogLine[]
}

export interface Image extends ImageStatus {
  behaviour?: Partial<Behaviour>
}

export interface Runtime {
  config: RuntimeConfig
  /** On disk and in the shims: outlives the runtime's process. */
  durable: {
    podCIDR: string
    lastAddress: number
    sandboxes: Map<string, Sandbox>
    containers: Map<string, Container>
    images: Map<string, Image>
  }
}

export const newRuntime = (config: RuntimeConfig): Runtime => ({
  config,
  durable: { podCIDR: config.podCIDR, lastAddress: 1, sandboxes: new Map(), containers: new Map(), images: new Map() },
})

export const sandboxId = (pod: PodSandboxConfig): string => `${pod.name}_${pod.namespace}_${pod.uid}_${pod.attempt}`

export function sandboxStatus(s: Sandbox): SandboxStatus {
  return share({ ...s })
}

export function containerStatus(c: Container): CriContainerStatus {
  return share({
    id: c.id,
    sandbox: c.sandbox,
    uid: c.pod.uid,
    name: c.config.name,
    attempt: c.config.attempt,
    state: c.state,
    image: c.config.image,
    imageId: c.imageId,
    hash: c.config.hash,
    createdAt: c.createdAt,
    startedAt: c.startedAt,
    finishedAt: c.finishedAt,
    exitCode: c.exitCode,
    reason: c.reason,
    message: c.message,
    logTail:
      c.state === 'EXITED'
        ? c.lines
            .slice(-TAIL_LINES)
            .map(l => `${l.text}\n`)
            .join('')
        : '',
  })
}

/** Everything of one Pod. */
export function podOf(s: Runtime, uid: string): ContainerEvent {
  const sandboxes: SandboxStatus[] = []
  const containers: CriContainerStatus[] = []
  for (const sandbox of s.durable.sandboxes.values()) if (sandbox.uid === uid) sandboxes.push(sandboxStatus(sandbox))
  let hungry = false
  for (const container of s.durable.containers.values()) {
    if (container.pod.uid !== uid) continue
    containers.push(containerStatus(container))
    if (container.behaviour.memory !== undefined && container.state === 'RUNNING') hungry = true
  }
  return share({ uid, sandboxes, containers, hungry })
}

/** Tells the kubelet that something happened in a Pod. */
export function tell(s: Runtime, io: Io, uid: string): void {
  io.send(s.config.kubelet, 'ContainerEvent', podOf(s, uid))
}

/** The next free address of the Pods' network; '' when there is none. */
export function allocateAddress(s: Runtime): string {
  const [base = '10.88.0.0', bits = '24'] = s.durable.podCIDR.split('/')
  const size = Number(1n << BigInt(32 - Number(bits)))
  const octets = base.split('.').map(Number)
  const start = ((octets[0]! * 256 + octets[1]!) * 256 + octets[2]!) * 256 + octets[3]!
  const used = new Set([...s.durable.sandboxes.values()].filter(x => x.state === 'READY').map(x => x.ip))
  for (let i = 0; i < size; i++) {
    s.durable.lastAddress = s.durable.lastAddress + 1 >= size - 1 ? 2 : s.durable.lastAddress + 1
    const n = start + s.durable.lastAddress
    const ip = `${Math.floor(n / 16_777_216) % 256}.${Math.floor(n / 65_536) % 256}.${Math.floor(n / 256) % 256}.${n % 256}`
    if (!used.has(ip)) return ip
  }
  return ''
}

/** Leaves the note of a call. */
export function noteCall(io: Io, call: RuntimeCall): void {
  io.note('RuntimeCall', call)
}

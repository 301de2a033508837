// container-runtime.ts: the container runtime of a node: sandboxes, images, containers. Played by Rahul.
// Models github.com/containerd/containerd internal/cri/server
// Differs: no real processes: what a container does is read from its image's name; container events carry the whole Pod; image space is endless

import { unitValue } from '../api/quantity.ts'
import { type Io, type Message, machine } from '../kernel/machine.ts'
import { normalizedImage, repositoryOf } from './container-runtime/behaviour.ts'
import {
  createContainer,
  ended,
  killAll,
  notFound,
  of,
  removeContainer,
  resumeContainers,
  startContainer,
  stopContainer,
  workingSet,
} from './container-runtime/containers.ts'
import { criFail, criOk, type DialReply, type PodSandboxConfig, type PullImageRequest } from './container-runtime/cri.ts'
import { run } from './container-runtime/exec.ts'
import {
  allocateAddress,
  containerStatus,
  newRuntime,
  noteCall,
  podOf,
  type Runtime,
  type RuntimeConfig,
  type RuntimeTimings,
  sandboxId,
  sandboxStatus,
  tell,
} from './container-runtime/state.ts'
import type { PullReply } from './registry.ts'

/** Numbers of the recordings: stopping takes 0.2 s. */
export const standInTimings: RuntimeTimings = { runPodSandbox: 20, stopPodSandbox: 2, createContainer: 1, startContainer: 1, stop: 200 }
/** Game-made numbers, near those of a small real node. */
export const gameTimings: RuntimeTimings = { runPodSandbox: 300, stopPodSandbox: 50, createContainer: 80, startContainer: 100, stop: 200 }

/** Configuration of the actor `container-runtime/NODE`: any part of RuntimeConfig. */
export type ContainerRuntimeConfig = Partial<RuntimeConfig>

/** Hears the CRI's calls by name (bodies and answers: `container-runtime/cri.ts`), `ContainerLogs` {id}, and `Dial` {ip, port} of whoever knocks at a Pod. */
export const containerRuntime = machine<Runtime>({
  init(self, config: ContainerRuntimeConfig) {
    const kubelet = `kubelet/${self.slice(self.indexOf('/') + 1)}`
    return newRuntime({ podCIDR: '10.88.0.0/16', timings: gameTimings, failedStart: 'EXITED', kubelet, ...config })
  },
  on: {
    start(s, _, io) {
      resumeContainers(s, io)
    },
    UpdateRuntimeConfig(s, m, io) {
      s.durable.podCIDR = m.body.podCIDR
      io.reply(m, criOk(null))
    },
    RunPodSandbox(s, m, io) {
      const pod = m.body as PodSandboxConfig
      noteCall(io, { call: 'RunPodSandbox', attempt: pod.attempt, pod: pod.name, namespace: pod.namespace })
      later(io, s.config.timings.runPodSandbox, 'sandbox/ready', m)
    },
    'sandbox/ready'(s, m, io) {
      runPodSandbox(s, m.body.call, io)
    },
    StopPodSandbox(s, m, io) {
      const sandbox = s.durable.sandboxes.get(m.body.id)
      if (sandbox === undefined) return void io.reply(m, criOk(null))
      noteCall(io, { call: 'StopPodSandbox', pod: sandbox.name, namespace: sandbox.namespace })
      killAll(s, sandbox.id, io)
      later(io, s.config.timings.stopPodSandbox, 'sandbox/stopped', m)
    },
    'sandbox/stopped'(s, m, io) {
      const sandbox = s.durable.sandboxes.get(m.body.call.body.id)
      if (sandbox !== undefined && sandbox.state === 'READY') {
        sandbox.state = 'NOTREADY'
        tell(s, io, sandbox.uid)
      }
      io.reply(m.body.call, criOk(null))
    },
    RemovePodSandbox(s, m, io) {
      const sandbox = s.durable.sandboxes.get(m.body.id)
      if (sandbox !== undefined) {
        noteCall(io, { call: 'RemovePodSandbox', pod: sandbox.name, namespace: sandbox.namespace })
        s.durable.sandboxes.delete(sandbox.id)
        tell(s, io, sandbox.uid)
      }
      io.reply(m, criOk(null))
    },
    PodSandboxStatus(s, m, io) {
      const sandbox = s.durable.sandboxes.get(m.body.id)
      io.reply(m, sandbox === undefined ? criFail('NotFound', `an error occurred when try to find sandbox: not found`) : criOk(sandboxStatus(sandbox)))
    },
    /** Every Pod that has a sandbox or a container, as container events. */
    ListPodSandbox(s, m, io) {
      const uids = new Set<string>()
      for (const x of s.durable.sandboxes.values()) uids.add(x.uid)
      for (const x of s.durable.containers.values()) uids.add(x.pod.uid)
      io.reply(m, criOk([...uids].map(uid => podOf(s, uid))))
    },
    ListContainers(s, m, io) {
      io.reply(m, criOk([...s.durable.containers.values()].map(containerStatus)))
    },
    ContainerStatus(s, m, io) {
      const container = s.durable.containers.get(m.body.id)
      io.reply(m, container === undefined ? notFound(m.body.id) : criOk(containerStatus(container)))
    },
    ListContainerStats(s, m, io) {
      const running = [...s.durable.containers.values()].filter(c => c.state === 'RUNNING')
      io.reply(m, criOk(running.map(c => ({ uid: c.pod.uid, name: c.config.name, workingSetBytes: workingSet(c, io.now) }))))
    },
    UpdateContainerResources(s, m, io) {
      const container = s.durable.containers.get(m.body.id)
      if (container === undefined) return void io.reply(m, notFound(m.body.id))
      noteCall(io, { call: 'UpdateContainerResources', ...of(container) })
      const limit = m.body.resources.limits?.memory
      container.config = { ...container.config, memoryLimit: limit === undefined ? undefined : unitValue(limit) }
      io.reply(m, criOk(null))
    },
    ImageStatus(s, m, io) {
      const image = s.durable.images.get(normalizedImage(m.body.image))
      io.reply(m, criOk(image === undefined ? null : { ref: image.ref, id: image.id, sizeBytes: image.sizeBytes }))
    },
    ListImages(s, m, io) {
      io.reply(m, criOk([...s.durable.images.values()].map(({ ref, id, sizeBytes }) => ({ ref, id, sizeBytes }))))
    },
    RemoveImage(s, m, io) {
      s.durable.images.delete(normalizedImage(m.body.image))
      io.reply(m, criOk(null))
    },
    PullImage(_, m, io) {
      const { image, auth, pod } = m.body as PullImageRequest
      noteCall(io, { call: 'PullImage', image, pod: pod.name, namespace: pod.namespace })
      io.call('registry', 'pull', { image: normalizedImage(image), auth }, 'registry/answer', { call: m, asked: io.now })
    },
    'registry/answer'(s, m, io) {
      const { answer, context } = m.body
      const reply: PullReply = answer.ok ? answer.value : { ok: false, ms: 0, code: 'Unknown', cause: unreachable(context.call.body.image) }
      const there = reply.ok && s.durable.images.get(normalizedImage(context.call.body.image))?.id.endsWith(reply.digest) === true
      const ms = reply.ok && there ? reply.resolveMs : reply.ms
      // The registry says how long the transfer takes; what asking took is part of it.
      io.after(Math.max(0, ms - (io.now - context.asked)), 'pulled', { call: context.call, reply })
    },
    pulled(s, m, io) {
      pulled(s, m.body.call, m.body.reply, io)
    },
    CreateContainer(s, m, io) {
      const sandbox = s.durable.sandboxes.get(m.body.sandbox)
      if (sandbox !== undefined)
        noteCall(io, {
          call: 'CreateContainer',
          attempt: m.body.config.attempt,
          container: m.body.config.name,
          pod: sandbox.name,
          namespace: sandbox.namespace,
        })
      later(io, s.config.timings.createContainer, 'container/create', m)
    },
    'container/create'(s, m, io) {
      createContainer(s, m.body.call, io)
    },
    StartContainer(s, m, io) {
      const container = s.durable.containers.get(m.body.id)
      if (container !== undefined)
        noteCall(io, {
          call: 'StartContainer',
          container: container.config.name,
          ...(container.behaviour.noStart ? { error: 'no such program' } : {}),
          pod: container.pod.name,
          namespace: container.pod.namespace,
        })
      later(io, s.config.timings.startContainer, 'container/start', m)
    },
    'container/start'(s, m, io) {
      startContainer(s, m.body.call, io)
    },
    StopContainer: stopContainer,
    ended,
    RemoveContainer: removeContainer,
    ExecSync(s, m, io) {
      const container = s.durable.containers.get(m.body.id)
      if (container === undefined || container.state !== 'RUNNING') return void io.reply(m, notFound(m.body.id))
      const site = { age: io.now - container.startedAt, hostname: container.pod.name, env: container.config.env }
      const { ms, exitCode, output } = run(m.body.command, site)
      if (ms > 0) io.after(ms, 'exec/done', { call: m, value: { exitCode, output } })
      else io.reply(m, criOk({ exitCode, output }))
    },
    'exec/done'(_, m, io) {
      io.reply(m.body.call, criOk(m.body.value))
    },
    ContainerLogs(s, m, io) {
      const container = s.durable.containers.get(m.body.id)
      io.reply(m, container === undefined ? notFound(m.body.id) : criOk({ lines: [...container.lines], running: container.state === 'RUNNING' }))
    },
    Dial(s, m, io) {
      io.reply(m, dial(s, m.body.ip, m.body.port))
    },
    'peer/down'() {},
  },
})

/** Goes on with a call when the machine is done. */
function later(io: Io, ms: number, type: string, call: Message): void {
  io.after(ms, type, { call })
}

function runPodSandbox(s: Runtime, m: Message, io: Io): void {
  const pod = m.body as PodSandboxConfig
  const id = sandboxId(pod)
  if (s.durable.sandboxes.has(id)) return void io.reply(m, criFail('Unknown', `failed to reserve sandbox name "${id}": name "${id}" is reserved for "${id}"`))
  const ip = pod.hostNetwork ? '' : allocateAddress(s)
  if (ip === '' && !pod.hostNetwork) {
    const why = `failed to setup network for sandbox "${id}": plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set`
    return void io.reply(m, criFail('Unknown', why))
  }
  s.durable.sandboxes.set(id, { ...pod, id, state: 'READY', createdAt: io.now, ip })
  tell(s, io, pod.uid)
  io.reply(m, criOk({ id, ip }))
}

function pulled(s: Runtime, m: Message, reply: PullReply, io: Io): void {
  const ref = normalizedImage(m.body.image)
  if (!reply.ok) return void io.reply(m, criFail(reply.code, `failed to pull and unpack image "${ref}": failed to resolve image: ${reply.cause}`))
  const image = { ref, id: `${ref.slice(0, ref.indexOf('/'))}/${repositoryOf(ref)}@${reply.digest}`, sizeBytes: reply.sizeBytes, behaviour: reply.behaviour }
  s.durable.images.set(ref, image)
  io.reply(m, criOk({ ref, id: image.id, sizeBytes: image.sizeBytes }))
}

/** Whoever runs behind this address and listens on this port. */
function dial(s: Runtime, ip: string, port: number): DialReply {
  let there = false
  // '' is the host's own network, which several sandboxes may share.
  for (const sandbox of s.durable.sandboxes.values()) {
    if (sandbox.ip !== ip || sandbox.state !== 'READY') continue
    there = true
    for (const c of s.durable.containers.values()) {
      if (c.sandbox !== sandbox.id || c.state !== 'RUNNING') continue
      const ports = c.behaviour.ports ?? c.config.ports.map(p => p.containerPort)
      if (ports.length === 0 || ports.includes(port)) return { connected: true, uid: sandbox.uid, ...of(c) }
    }
  }
  return { connected: false, error: there ? 'refused' : 'timeout' }
}

const unreachable = (image: string) => {
  const ref = normalizedImage(image)
  const host = ref.slice(0, ref.indexOf('/'))
  return `failed to do request: Head "https://${host}/v2/${repositoryOf(ref)}/manifests/latest": dial tcp: lookup ${host}: no such host`
}

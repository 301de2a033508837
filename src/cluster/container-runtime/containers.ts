// containers.ts: the life of a container: created, started, ended by itself, by a signal or by its memory.
// Models containerd's internal/cri/server/container_{create,start,stop,remove}.go
// Differs: a program that listens ends a fixed time after SIGTERM, with status 0

import type { Io, Message } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { behaviourOf, normalizedImage } from './behaviour.ts'
import { type ContainerConfig, criFail, criOk } from './cri.ts'
import { type Container, noteCall, type Runtime, tell } from './state.ts'

export const LOG_LINES_MAX = 1000 // Lines kept of one container.

const START_ERROR =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "press": executable file not found in $PATH'
const MEMORY_MS = 500 // A program takes its memory so soon, unless the image says otherwise.

export interface CreateContainerRequest {
  sandbox: string
  config: ContainerConfig
}

export interface StopContainerRequest {
  id: string
  /** Seconds until SIGKILL. */
  timeout: number
}

export const of = (c: Container): { container: string; pod: string; namespace: string } => ({
  container: c.config.name,
  pod: c.pod.name,
  namespace: c.pod.namespace,
})

export function createContainer(s: Runtime, m: Message, io: Io): void {
  const { sandbox: id, config } = m.body as CreateContainerRequest
  const { durable } = s
  const sandbox = durable.sandboxes.get(id)
  if (sandbox === undefined) return void io.reply(m, criFail('NotFound', `failed to find sandbox id "${id}": not found`))
  const ref = normalizedImage(config.image)
  const image = durable.images.get(ref)
  if (image === undefined) return void io.reply(m, criFail('NotFound', `failed to get image from containerd "${ref}": image "${ref}": not found`))
  const container: Container = {
    id: `${id}_${config.name}_${config.attempt}`,
    sandbox: id,
    pod: { name: sandbox.name, namespace: sandbox.namespace, uid: sandbox.uid, attempt: sandbox.attempt, hostNetwork: sandbox.hostNetwork },
    config,
    imageId: image.id,
    behaviour: { ...behaviourOf(config.image), ...image.behaviour },
    state: 'CREATED',
    createdAt: io.now,
    startedAt: 0,
    finishedAt: 0,
    exitCode: 0,
    reason: '',
    message: '',
    stops: [],
    lines: [],
  }
  durable.containers.set(container.id, container)
  tell(s, io, sandbox.uid)
  io.reply(m, criOk(container.id))
}

export function startContainer(s: Runtime, m: Message, io: Io): void {
  const container = s.durable.containers.get(m.body.id)
  if (container === undefined) return void io.reply(m, notFound(m.body.id))
  if (container.behaviour.noStart) {
    if (s.config.failedStart === 'EXITED') {
      container.state = 'EXITED'
      Object.assign(container, { finishedAt: io.now, exitCode: 128, reason: 'StartError', message: START_ERROR })
    }
    tell(s, io, container.pod.uid)
    return void io.reply(m, criFail('Unknown', START_ERROR))
  }
  container.state = 'RUNNING'
  container.startedAt = io.now
  say(container, io.now, `started ${container.config.name}`)
  const { exit, memory } = container.behaviour
  const limit = container.config.memoryLimit
  if (memory !== undefined && limit !== undefined && memory.bytes > limit) endAt(container, io, io.now + (memory.afterMs ?? MEMORY_MS), 137, 'OOMKilled')
  if (exit !== undefined) endAt(container, io, io.now + exit.ms, exit.code, exit.oom ? 'OOMKilled' : '')
  tell(s, io, container.pod.uid)
  io.reply(m, criOk(null))
}

/** Bytes that a container has taken by now; 0 where nothing is known. */
export function workingSet(c: Container, now: number): number {
  const { memory } = c.behaviour
  return memory !== undefined && c.state === 'RUNNING' && now - c.startedAt >= (memory.afterMs ?? MEMORY_MS) ? memory.bytes : 0
}

/** SIGTERM now, SIGKILL after the timeout; answered when the container has ended. */
export function stopContainer(s: Runtime, m: Message, io: Io): void {
  const { id, timeout } = m.body as StopContainerRequest
  const container = s.durable.containers.get(id)
  if (container === undefined) return void io.reply(m, criOk(null))
  noteCall(io, { call: 'StopContainer', ...of(container), timeout })
  if (container.state !== 'RUNNING') return void io.reply(m, criOk(null))
  container.stops.push(share(m))
  const listens = !container.behaviour.stubborn && s.config.timings.stop <= timeout * 1000
  endAt(container, io, io.now + (listens ? s.config.timings.stop : timeout * 1000), listens ? 0 : 137, '')
}

export function removeContainer(s: Runtime, m: Message, io: Io): void {
  const container = s.durable.containers.get(m.body.id)
  if (container !== undefined) {
    noteCall(io, { call: 'RemoveContainer', ...of(container) })
    s.durable.containers.delete(container.id)
    tell(s, io, container.pod.uid)
  }
  io.reply(m, criOk(null))
}

/** The program ends, unless it was said since that it ends sooner. */
export function ended(s: Runtime, m: Message, io: Io): void {
  const container = s.durable.containers.get(m.body.id)
  if (container?.ends !== undefined && container.state === 'RUNNING') finish(s, container, io, io.now, container.ends.code, container.ends.reason)
}

/** SIGKILL to all that runs in a sandbox. */
export function killAll(s: Runtime, sandbox: string, io: Io): void {
  for (const c of s.durable.containers.values()) if (c.sandbox === sandbox && c.state === 'RUNNING') finish(s, c, io, io.now, 137, '')
}

/** After a restart of the runtime: what ended meanwhile has ended, the rest goes on. */
export function resumeContainers(s: Runtime, io: Io): void {
  for (const c of s.durable.containers.values()) {
    c.stops = []
    const { ends } = c
    if (c.state !== 'RUNNING' || ends === undefined) continue
    if (ends.at <= io.now) finish(s, c, io, ends.at, ends.code, ends.reason)
    else c.ends = { ...ends, timer: io.after(ends.at - io.now, 'ended', { id: c.id }) }
  }
}

/** An earlier end stands. */
function endAt(c: Container, io: Io, at: number, code: number, reason: string): void {
  if (c.ends !== undefined) {
    if (c.ends.at <= at) return
    io.cancel(c.ends.timer)
  }
  c.ends = { at, code, reason, timer: io.after(at - io.now, 'ended', { id: c.id }) }
}

function finish(s: Runtime, c: Container, io: Io, at: number, code: number, reason: string): void {
  if (c.ends !== undefined) io.cancel(c.ends.timer)
  c.ends = undefined
  c.state = 'EXITED'
  c.finishedAt = at
  c.exitCode = code
  c.reason = reason || (code === 0 ? 'Completed' : 'Error')
  say(c, at, `exit ${code}`)
  const { stops } = c
  c.stops = []
  io.note('ContainerExited', { pod: c.pod.name, namespace: c.pod.namespace, container: c.config.name, exitCode: code, reason: c.reason })
  tell(s, io, c.pod.uid)
  for (const stop of stops) io.reply(stop, criOk(null))
}

function say(c: Container, at: number, text: string): void {
  c.lines.push(share({ at, text }))
  if (c.lines.length > LOG_LINES_MAX) c.lines.splice(0, LOG_LINES_MAX >> 1)
}

export const notFound = (id: string) => criFail('NotFound', `an error occurred when try to find container "${id}": not found`)

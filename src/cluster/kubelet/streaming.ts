// streaming.ts: what the kubelet serves to the API server: logs of containers, and commands run inside them.
// Models pkg/kubelet/server/server.go, pkg/kubelet/kubelet_pods.go (GetKubeletContainerLogs) and pkg/kubelet/kuberuntime/kuberuntime_logs.go
// Differs: exec runs the command to its end and answers once; a followed log is told in messages `logs/lines` and `logs/end`, until `logs/stop`

import type { Pod } from '../../api/pod.ts'
import { parseTime, rfc3339Micro } from '../../api/time.ts'
import type { Io, RoutineIo, Steps } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import type { ExecSyncReply, LogLine } from '../container-runtime/cri.ts'
import { cri } from './cri.ts'
import type { Kubelet } from './state.ts'
import { statusOf } from './statusmanager.ts'

/** Body of the call `containerLogs`. With `follow` (a number of the caller's), lines after the answer come as messages. */
export interface LogsRequest {
  namespace: string
  pod: string
  container: string
  previous?: boolean
  timestamps?: boolean
  tailLines?: number
  limitBytes?: number
  sinceSeconds?: number
  sinceTime?: string
  follow?: number
}

/** Answer: an HTTP status and a text; on failure the text is the kubelet's error. */
export interface StreamReply {
  status: number
  text: string
}

export interface ExecRequest {
  namespace: string
  pod: string
  container: string
  command: string[]
}

/** Answer of `exec`: as for logs, with the exit code of the command. */
export interface ExecReply extends StreamReply {
  exitCode: number
}

/** Routine: answers a call `containerLogs`. */
export function* serveLogs(io: RoutineIo<Kubelet>, args: { message: any }): Steps<void> {
  const request = args.message.body as LogsRequest
  const target = io.state(s => share(findLogs(s, request)))
  const answer = (reply: StreamReply) => io.state((_, turn) => turn.reply(args.message, share(reply)))
  if ('error' in target) return answer({ status: 400, text: target.error })
  const logs = yield* cri<{ lines: LogLine[]; running: boolean }>(io, 'ContainerLogs', { id: target.id })
  if (!logs.ok) return answer({ status: 200, text: `unable to retrieve container logs for containerd://${target.id}` })
  const now = io.now()
  answer({ status: 200, text: textOf(chosen(logs.value.lines, request, now), request) })
  if (request.follow === undefined) return
  const following = { to: args.message.from, request, id: target.id, told: logs.value.lines.length }
  if (logs.value.running) io.state((k, turn) => void k.follows.set(request.follow!, { uid: target.uid, routine: turn.start('followLogs', share(following)) }))
  else io.send(args.message.from, 'logs/end', { follow: request.follow })
}

interface Following {
  to: string
  request: LogsRequest
  id: string
  /** Lines told so far. */
  told: number
}

/** Routine: waits until something happens in the Pod, tells the new lines, and goes round. */
export function* followLogs(io: RoutineIo<Kubelet>, args: Following): Steps<unknown> {
  const { follow } = args.request
  yield* io.receive()
  const more = yield* cri<{ lines: LogLine[]; running: boolean }>(io, 'ContainerLogs', { id: args.id })
  const fresh = more.ok ? more.value.lines.slice(args.told) : []
  if (fresh.length > 0) io.send(args.to, 'logs/lines', { follow, text: textOf(fresh, args.request) })
  if (more.ok && more.value.running) return io.again({ ...args, told: more.value.lines.length })
  io.send(args.to, 'logs/end', { follow })
  io.state(s => void s.follows.delete(follow!))
  return undefined
}

/** Something happened in a Pod: whoever follows a log of it looks again. */
export function wakeFollowers(s: Kubelet, io: Io, uid: string): void {
  for (const follower of s.follows.values()) if (follower.uid === uid) io.signal(follower.routine, 'look')
}

/** The client has gone. */
export function stopFollowing(s: Kubelet, io: Io, follow: number): void {
  const follower = s.follows.get(follow)
  if (follower !== undefined) io.kill(follower.routine)
  s.follows.delete(follow)
}

type Target = { id: string; uid: string } | { error: string }

/** The container whose log is wanted, or why it has none. */
function findLogs(s: Kubelet, request: LogsRequest): Target {
  const pod = podNamed(s, request.namespace, request.pod)
  if (pod === undefined) return { error: `pod ${JSON.stringify(request.pod)} cannot be found - no logs available` }
  const { uid } = pod.metadata
  const status = statusOf(s, pod)
  const all = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? []), ...(status.ephemeralContainerStatuses ?? [])]
  const found = all.find(c => c.name === request.container)
  const [name, podName] = [JSON.stringify(request.container), JSON.stringify(request.pod)]
  if (found === undefined) return { error: `container ${name} in pod ${podName} is not available` }
  const last = found.lastState.terminated
  if (request.previous === true) {
    const id = last?.containerID ?? ''
    return id === '' ? { error: `previous terminated container ${name} in pod ${podName} not found` } : { id: bare(id), uid }
  }
  const { waiting, running, terminated } = found.state
  const waits = `container ${name} in pod ${podName} is waiting to start`
  if (running !== undefined) return { id: bare(found.containerID ?? ''), uid }
  if (terminated !== undefined) {
    if (terminated.containerID !== undefined && terminated.containerID !== '') return { id: bare(terminated.containerID), uid }
    return last?.containerID !== undefined ? { id: bare(last.containerID), uid } : { error: `${waits} - no logs yet` }
  }
  if (last?.containerID !== undefined) return { id: bare(last.containerID), uid }
  if (waiting === undefined) return { error: `${waits} - no logs yet` }
  if (waiting.reason === 'ErrImagePull') return { error: `${waits}: image can't be pulled` }
  if (waiting.reason === 'ImagePullBackOff') return { error: `${waits}: trying and failing to pull image` }
  return { error: `${waits}: ${waiting.reason ?? ''}` }
}

const bare = (id: string): string => id.replace('containerd://', '')

function podNamed(s: Kubelet, namespace: string, name: string): Pod | undefined {
  for (const pod of s.pods.values()) if (pod.metadata.name === name && pod.metadata.namespace === namespace) return pod
  return undefined
}

function chosen(lines: LogLine[], request: LogsRequest, now: number): LogLine[] {
  const since = request.sinceSeconds !== undefined ? now - request.sinceSeconds * 1000 : (parseTime(request.sinceTime) ?? Number.NEGATIVE_INFINITY)
  const recent = lines.filter(l => l.at >= since)
  return request.tailLines === undefined ? recent : request.tailLines === 0 ? [] : recent.slice(-request.tailLines)
}

function textOf(lines: LogLine[], request: LogsRequest): string {
  const text = lines.map(l => `${request.timestamps === true ? `${rfc3339Micro(l.at).replace('Z', '000Z')} ` : ''}${l.text}\n`).join('')
  return request.limitBytes === undefined ? text : text.slice(0, request.limitBytes)
}

/** Routine: answers a call `exec`. */
export function* serveExec(io: RoutineIo<Kubelet>, args: { message: any }): Steps<void> {
  const request = args.message.body as ExecRequest
  const answer = (reply: ExecReply) => io.state((_, turn) => turn.reply(args.message, share(reply)))
  const target = io.state(s => {
    const pod = podNamed(s, request.namespace, request.pod)
    if (pod === undefined) return { error: `pod not found (${JSON.stringify(`${request.pod}_${request.namespace}`)})` }
    const running = s.mirror.get(pod.metadata.uid)?.containers.find(c => c.name === request.container && c.state === 'RUNNING')
    return running === undefined ? { error: `container not found (${JSON.stringify(request.container)})` } : { id: running.id }
  })
  if ('error' in target) return answer({ status: 404, text: target.error!, exitCode: -1 })
  const reply = yield* cri<ExecSyncReply>(io, 'ExecSync', { id: target.id, command: request.command })
  if (!reply.ok) return answer({ status: 500, text: reply.error.message, exitCode: -1 })
  answer({ status: 200, text: reply.value.output, exitCode: reply.value.exitCode })
}

// streams.ts: logs and commands: the server passes them on to the kubelet of the Pod's node.
// Models k8s.io/kubernetes/pkg/registry/core/pod/{rest/log.go,rest/subresources.go,strategy.go}
// Differs: streams are messages `stream` and `watch/closed` to the caller, numbered by its x-watch-id; no attach, no port-forward; no node proxy

import { invalidValue } from '../../../api/field.ts'
import type { KubeObject } from '../../../api/object.ts'
import { badRequest, failure, invalid, isStatus, plainError, type Status } from '../../../api/status.ts'
import type { Io, Steps } from '../../../kernel/machine.ts'
import type { ExecReply, LogsRequest, StreamReply } from '../../kubelet/streaming.ts'
import { refusal } from '../door.ts'
import { getObject } from '../read.ts'
import type { Call, Outcome, ServerIo, State } from '../state.ts'

const TEXT = { 'content-type': 'text/plain' }

export function* logs(io: ServerIo, call: Call): Steps<Outcome> {
  const { query, headers } = call.request
  const options = logOptions(call.info.name, query)
  if (isStatus(options)) return refusal(options)
  const pod = yield* getObject(io, call.type, call.info.namespace, call.info.name)
  if (isStatus(pod)) return refusal(pod)
  const container = containerOf(pod, query['container'])
  if (typeof container !== 'string') return refusal(container)
  const node: string = pod['spec'].nodeName ?? ''
  if (node === '') return { status: 204, body: '', headers: TEXT }
  const follow = query['follow'] === 'true' && headers['x-watch-id'] !== undefined ? call.id : undefined
  const kubelet = `kubelet/${node}`
  if (follow !== undefined)
    io.state((s, t) => {
      const client = call.message.from
      s.streams.set(follow, { client, link: t.link(client), watch: Number(headers['x-watch-id']), kubelet })
      t.link(kubelet)
    })
  const request: LogsRequest = { namespace: call.info.namespace, pod: call.info.name, container, ...options, ...(follow === undefined ? {} : { follow }) }
  const answer = yield* io.call<StreamReply>(kubelet, 'containerLogs', request)
  const fails = !answer.ok || answer.value.status !== 200
  if (fails && follow !== undefined) io.state(s => void s.streams.delete(follow))
  if (!answer.ok) return refusal(unreachable(pod))
  const { status, text } = answer.value
  if (fails) return refusal(failure(status, status === 400 ? 'BadRequest' : status === 404 ? 'NotFound' : 'InternalError', text))
  if (follow === undefined) return { status: 200, body: text, headers: TEXT }
  io.state((s, t) => tellLines(s, t, { follow, text }, kubelet))
  return { status: 200, body: '', headers: TEXT }
}

/** The kubelet has read on; it may stop where nobody follows any more. */
export function tellLines(s: State, io: Io, { follow, text }: { follow: number; text: string }, kubelet: string): void {
  const stream = s.streams.get(follow)
  if (stream === undefined) io.send(kubelet, 'logs/stop', { follow })
  else if (text !== '') io.send(stream.client, 'stream', { watch: stream.watch, text }, stream.link)
}

/** There is no more to read. */
export function endStream(s: State, io: Io, follow: number): void {
  const stream = s.streams.get(follow)
  if (stream !== undefined) io.send(stream.client, 'watch/closed', { watch: stream.watch }, stream.link)
  s.streams.delete(follow)
}

/** A client reads no more, of one stream or of any. */
export function leaveStreams(s: State, io: Io, client: string, watch?: number): void {
  for (const [follow, stream] of s.streams) {
    if (stream.client !== client || (watch !== undefined && stream.watch !== watch)) continue
    io.send(stream.kubelet, 'logs/stop', { follow })
    s.streams.delete(follow)
  }
}

/** A kubelet is gone, and with it what it was reading. */
export function loseStreams(s: State, io: Io, kubelet: string): void {
  for (const [follow, stream] of s.streams) if (stream.kubelet === kubelet) endStream(s, io, follow)
}

/** Numbers of the query; what is wrong with them. */
function logOptions(pod: string, query: Record<string, string>): Partial<LogsRequest> | Status {
  const number = (name: string): number | undefined => (query[name] === undefined || query[name] === '' ? undefined : Number(query[name]))
  const options: Partial<LogsRequest> = {}
  const errors = []
  const tail = number('tailLines')
  const bytes = number('limitBytes')
  const since = number('sinceSeconds')
  if (tail !== undefined && tail < 0) errors.push(invalidValue('tailLines', tail, 'must be greater than or equal to 0'))
  if (bytes !== undefined && bytes < 1) errors.push(invalidValue('limitBytes', bytes, 'must be greater than 0'))
  if (since !== undefined && query['sinceTime'])
    errors.push({ type: 'Forbidden' as const, field: '', detail: 'at most one of `sinceTime` or `sinceSeconds` may be specified' })
  else if (since !== undefined && since < 1) errors.push(invalidValue('sinceSeconds', since, 'must be greater than 0'))
  if (errors.length > 0) return invalid({ group: '', kind: 'PodLogOptions' }, pod, errors)
  if (tail !== undefined) options.tailLines = tail
  if (bytes !== undefined) options.limitBytes = bytes
  if (since !== undefined) options.sinceSeconds = since
  if (query['sinceTime']) options.sinceTime = query['sinceTime']
  if (query['previous'] === 'true') options.previous = true
  if (query['timestamps'] === 'true') options.timestamps = true
  return options
}

/** The container asked for, or the only one. */
function containerOf(pod: KubeObject, asked: string | undefined): string | Status {
  const { spec, metadata } = pod
  const names = (list: any[] | undefined): string[] => (list ?? []).map(c => c.name)
  const all = [...names(spec.containers), ...names(spec.initContainers), ...names(spec.ephemeralContainers)]
  if (asked) return all.includes(asked) ? asked : badRequest(`container ${asked} is not valid for pod ${metadata.name}`)
  if (spec.containers.length === 1) return spec.containers[0].name
  const inits = names(spec.initContainers)
  const init = inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : ''
  return badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${names(spec.containers).join(' ')}]${init}`)
}

const unreachable = (pod: KubeObject): Status => plainError(`error dialing backend: dial tcp ${pod['status']?.hostIP ?? ''}:10250: connect: connection refused`)

export function* exec(io: ServerIo, call: Call): Steps<Outcome> {
  const { query, headers } = call.request
  const pod = yield* getObject(io, call.type, call.info.namespace, call.info.name)
  if (isStatus(pod)) return refusal(pod)
  if (headers['x-watch-id'] === undefined) return refusal(badRequest('Upgrade request required'))
  const container = containerOf(pod, query['container'])
  if (typeof container !== 'string') return refusal(container)
  const node: string = pod['spec'].nodeName ?? ''
  if (node === '') return refusal(badRequest(`pod ${call.info.name} does not have a host assigned`))
  const command = (query['command'] ?? '').split('\n')
  const answer = yield* io.call<ExecReply>(`kubelet/${node}`, 'exec', { namespace: call.info.namespace, pod: call.info.name, container, command })
  if (!answer.ok) return refusal(unreachable(pod))
  const { status, text, exitCode } = answer.value
  if (status !== 200) return refusal(failure(status, status === 404 ? 'NotFound' : 'InternalError', text))
  const watch = Number(headers['x-watch-id'])
  const ended: Status =
    exitCode === 0
      ? { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 200 }
      : {
          ...failure(500, 'NonZeroExitCode', `command terminated with non-zero exit code: exit status ${exitCode}`),
          details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
        }
  io.state((_, t) => {
    if (text !== '') t.send(call.message.from, 'stream', { watch, text, to: 'out' })
    t.send(call.message.from, 'watch/closed', { watch, status: ended })
  })
  return { status: 200, body: undefined }
}

/** Streams that only an upgraded connection could carry. */
export function* upgrade(io: ServerIo, call: Call): Steps<Outcome> {
  const pod = yield* getObject(io, call.type, call.info.namespace, call.info.name)
  return refusal(isStatus(pod) ? pod : badRequest('Upgrade request required'))
}

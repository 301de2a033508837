// upgrade.ts: exec and attach: what runs in a container, over the streams of an upgraded connection.
// Models k8s.io/kubelet/pkg/cri/streaming/remotecommand
// Differs: SPDY only, to which newer clients fall back from WebSocket; standard input is not read; no port-forward

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ApiRequest } from '../api/http.ts'
import { failure, type Status, success } from '../api/status.ts'
import type { Arrived } from './simulation.ts'
import { spdy } from './spdy.ts'
import type { Wire } from './wire.ts'

const PROTOCOL = 'v4.channel.k8s.io' // The exit code comes as a Status on the error stream.
const BEHIND_MAX = 1024 * 1024 // Bytes that a client may be behind; then it is cut.
const WAIT_MS = 10_000 // Real ms in which a client has to open its streams.

/** Answers a request that asks for another protocol. `asked` is undefined for what is no request of the API. */
export async function upgrade(socket: Duplex, request: IncomingMessage, first: Buffer, asked: ApiRequest | undefined, wire: Wire): Promise<void> {
  const what = asked === undefined ? undefined : /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(exec|attach)$/.exec(asked.path)?.[1]
  const isSpdy = (request.headers.upgrade ?? '').toLowerCase() === 'spdy/3.1'
  if (asked === undefined || what === undefined || !isSpdy) return refuse(socket, notServed(isSpdy))
  const offered = (request.headersDistinct['x-stream-protocol-version'] ?? []).flatMap(text => text.split(',').map(word => word.trim()))
  if (!offered.includes(PROTOCOL))
    return refuse(socket, failure(403, 'Forbidden', `unable to upgrade: unable to negotiate protocol: client supports ${JSON.stringify(offered)}`))

  const early: Arrived[] = []
  let hear = (arrived: Arrived): void => void early.push(arrived)
  const source = what === 'exec' ? { request: asked } : await logOf(asked, wire)
  if ('refusal' in source) return refuse(socket, source.refusal)
  const { answer, leave } = wire.ask(source.request, arrived => hear(arrived))
  socket.on('close', leave)
  const reply = await answer
  if ('error' in reply) {
    socket.destroy()
    return
  }
  if (reply.response.status >= 300 || reply.response.status === 204) {
    leave()
    refuse(socket, reply.response.body)
    return
  }
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\nConnection: Upgrade\r\nX-Stream-Protocol-Version: ${PROTOCOL}\r\n\r\n`)
  const { query } = asked
  const wanted = ['error', ...['stdout', 'stderr'].filter(name => query[name] === 'true' && !(name === 'stderr' && query['tty'] === 'true'))]
  const streams = new Map<string, number>()
  const tell = ({ lines, closed, status }: Arrived): void => {
    for (const line of lines) {
      const to = streams.get('to' in line && line.to === 'err' ? 'stderr' : 'stdout')
      if ('text' in line && to !== undefined) connection.send(to, line.text)
    }
    if (closed) {
      connection.send(streams.get('error')!, what === 'exec' && status !== undefined ? JSON.stringify(status) : JSON.stringify(success()), true)
      for (const [name, id] of streams) if (name !== 'error') connection.send(id, '', true)
    } else if (socket.writableLength > BEHIND_MAX) socket.destroy()
  }
  const late = setTimeout(() => socket.destroy(), WAIT_MS)
  socket.on('close', () => clearTimeout(late))
  const connection = spdy(socket, {
    opened(id, headers) {
      streams.set(headers['streamtype'] ?? '', id)
      if (hear === tell || wanted.some(name => !streams.has(name))) return
      clearTimeout(late)
      hear = tell
      for (const arrived of early) tell(arrived)
    },
    data() {},
  })
  socket.on('data', bytes => connection.take(bytes))
  connection.take(first)
}

/** What a container says from now on is what its log will say. The request to attach itself tells whether it is allowed. */
async function logOf(asked: ApiRequest, wire: Wire): Promise<{ request: ApiRequest } | { refusal: Status }> {
  const reply = await wire.ask(asked).answer
  if ('error' in reply) return { refusal: failure(503, 'ServiceUnavailable', 'the API server is down') }
  const { status, body } = reply.response
  if (status !== 400 || body?.message !== 'Upgrade request required') return { refusal: body }
  const { container } = asked.query
  const query = { follow: 'true', tailLines: '0', ...(container === undefined ? {} : { container }) }
  return { request: { ...asked, method: 'GET', path: asked.path.replace(/attach$/, 'log'), query } }
}

const notServed = (isSpdy: boolean): Status =>
  isSpdy
    ? failure(501, 'NotImplemented', 'port-forward is not served yet')
    : failure(400, 'BadRequest', 'unable to upgrade: only SPDY/3.1 is spoken here, and clients fall back to it')

export function refuse(socket: Duplex, status: Status): void {
  const text = `${JSON.stringify(status)}\n`
  socket.end(
    `HTTP/1.1 ${status.code ?? 500} Refused\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
}

// server.ts: the hatch on loopback: HTTPS in, requests to the simulated API server, its answers and watches out.
// Models k8s.io/apiserver/pkg/server/{secure_serving,genericapiserver}.go and pkg/endpoints/handlers/{watch,responsewriters}
// Differs: HTTP/1.1 only, no compression

import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { stringify } from 'yaml'
import type { ApiRequest, ApiResponse } from '../api/http.ts'
import { failure, internalError, type Status } from '../api/status.ts'
import { bytesOf, readBody, tooLarge } from './body.ts'
import { type Keys, readRequest, turnedAway } from './guard.ts'
import { openapiOf } from './openapi.ts'
import type { Arrived } from './simulation.ts'
import { Sockets } from './sockets.ts'
import { refuse, upgrade } from './upgrade.ts'
import type { Wire } from './wire.ts'

const HEADERS_MS = 5_000 // A client that has not sent its headers by then is cut.
const REQUEST_MS = 10_000 // The same for a whole request.
const CHECK_MS = 1_000 // How often slow clients are looked for.
const KEPT_MS = 60_000 // An idle connection is kept so long.
const WATCHES_MAX = 128
const BEHIND_MAX = 1024 * 1024 // Bytes that a watch may be behind; then it is cut, and its client lists anew.

export interface ServerOptions {
  wire: Wire
  port: number
  keys: Keys
  /** PEM. */
  certificate: string
  key: string
  /** Hears of a mistake of ours. */
  broken: (error: unknown) => void
  limits?: { headersMs?: number; requestMs?: number; checkMs?: number }
}

export interface Listening {
  port: number
  close(): Promise<void>
}

/** Listens on 127.0.0.1; fails if the port is taken. */
export function listen(options: ServerOptions): Promise<Listening> {
  const { limits } = options
  const sockets = new Sockets()
  const counted = { watches: 0 }
  const server = createServer(
    {
      key: options.key,
      cert: options.certificate,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: limits?.headersMs ?? HEADERS_MS,
      headersTimeout: limits?.headersMs ?? HEADERS_MS,
      requestTimeout: limits?.requestMs ?? REQUEST_MS,
      connectionsCheckingInterval: limits?.checkMs ?? CHECK_MS,
      keepAliveTimeout: KEPT_MS,
    },
    (request, response) => {
      sockets.serve(request.socket, response)
      respond(request, response, options, portOf(server), counted).catch(error => {
        if (!response.headersSent) say(response, internalError('our mistake'))
        else response.destroy()
        options.broken(error)
      })
    },
  )
  server.on('connection', (socket: Socket) => sockets.come(socket))
  server.on('tlsClientError', (_, socket) => socket.destroy())
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, first: Buffer) => {
    socket.on('error', () => {})
    sockets.hold(request.socket)
    const turned = turnedAway(request, portOf(server))
    if (turned !== undefined) refuse(socket, failure(turned.status, '', turned.text))
    else upgrade(socket, request, first, readRequest(request, options.keys), options.wire).catch(options.broken)
  })
  return new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', fail)
      done({
        port: portOf(server),
        close: () =>
          new Promise(closed => {
            server.close(() => closed())
            sockets.end()
          }),
      })
    })
  })
}

const portOf = (server: Server): number => (server.address() as AddressInfo | null)?.port ?? 0

async function respond(request: IncomingMessage, response: ServerResponse, options: ServerOptions, port: number, counted: { watches: number }): Promise<void> {
  response.on('error', () => {})
  const turned = turnedAway(request, port)
  if (turned !== undefined) {
    plain(response, turned.status, turned.text)
    return
  }
  const asked = readRequest(request, options.keys)
  if (asked === undefined) {
    plain(response, 400, 'bad request')
    return
  }
  let bytes: Buffer | undefined
  try {
    bytes = await bytesOf(request)
  } catch {
    return // The client went away, or was too slow.
  }
  if (bytes === undefined) {
    response.setHeader('connection', 'close')
    say(response, tooLarge())
    return
  }
  const body = readBody(bytes, asked.headers['content-type'] ?? 'application/json')
  if ('refusal' in body) {
    say(response, body.refusal)
    return
  }
  if (body.value !== undefined) asked.body = body.value
  if (!opens(asked)) return answer(response, asked, options.wire)
  if (counted.watches >= WATCHES_MAX) {
    say(response, failure(429, 'TooManyRequests', `at most ${WATCHES_MAX} watches are served at once`))
    return
  }
  counted.watches++
  response.on('close', () => counted.watches--)
  await stream(response, asked, options.wire)
}

/** Does it ask for something that goes on: a watch, or a log that is followed? */
const opens = ({ method, path, query }: ApiRequest): boolean =>
  method === 'GET' && (query['watch'] === 'true' || query['watch'] === '1' || (query['follow'] === 'true' && path.endsWith('/log')))

async function answer(response: ServerResponse, asked: ApiRequest, wire: Wire): Promise<void> {
  const reply = await wire.ask(asked).answer
  // A server that is down refuses connections; ours has to end one.
  if ('error' in reply) response.destroy()
  else if (reply.response.status === 404 && asked.path.startsWith('/openapi/')) describe(response, asked, reply.response)
  else write(response, asked, reply.response)
}

function describe(response: ServerResponse, asked: ApiRequest, unknown: ApiResponse): void {
  const found = openapiOf(asked.path)
  if (found === undefined) {
    write(response, asked, unknown)
    return
  }
  response.writeHead(200, { 'content-type': found.type, 'cache-control': 'no-cache, private' })
  response.end(found.body)
}

async function stream(response: ServerResponse, asked: ApiRequest, wire: Wire): Promise<void> {
  const early: Arrived[] = []
  let begun = false
  const hear = (arrived: Arrived) => {
    if (!begun) early.push(arrived)
    else tell(response, arrived)
  }
  const { answer: waited, leave } = wire.ask(asked, hear)
  response.on('close', leave)
  const reply = await waited
  if ('error' in reply) {
    response.destroy()
    return
  }
  if (reply.response.status >= 300 || reply.response.status === 204) {
    leave()
    write(response, asked, reply.response)
    return
  }
  // Clients wait for the headers, and a quiet watch has nothing else to send.
  response.writeHead(200, headersFor(reply.response))
  response.flushHeaders()
  begun = true
  if (typeof reply.response.body === 'string' && reply.response.body !== '') response.write(reply.response.body)
  for (const arrived of early) tell(response, arrived)
}

function tell(response: ServerResponse, { lines, closed }: Arrived): void {
  if (response.destroyed) return
  if (lines.length > 0) response.write(lines.map(line => ('text' in line ? line.text : `${JSON.stringify(line)}\n`)).join(''))
  if (closed) response.end()
  else if (response.writableLength > BEHIND_MAX) response.destroy()
}

const plain = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', connection: 'close' })
  response.end(`${text}\n`)
}

const say = (response: ServerResponse, status: Status): void => {
  response.writeHead(status.code ?? 500, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
  response.end(`${JSON.stringify(status)}\n`)
}

function write(response: ServerResponse, asked: ApiRequest, { status, headers, body }: ApiResponse): void {
  const isYaml = typeof body === 'object' && /^application\/yaml\b/.test(asked.headers['accept'] ?? '')
  const text = textOf(body, isYaml ? 'yaml' : isPretty(asked) ? 'pretty' : 'json')
  const bytes = Buffer.from(text)
  const length = status === 204 ? {} : { 'content-length': bytes.length }
  response.writeHead(status, { ...headersFor({ headers }), ...(isYaml ? { 'content-type': 'application/yaml' } : {}), ...length })
  // As bytes: node would put a text into one piece with the headers, and encode these once more.
  response.end(asked.method === 'HEAD' || status === 204 ? undefined : bytes)
}

function textOf(body: unknown, form: 'json' | 'pretty' | 'yaml'): string {
  if (body === undefined || typeof body === 'string') return body ?? ''
  return form === 'yaml'
    ? stringify(body, { version: '1.1', sortMapEntries: true, aliasDuplicateObjects: false, lineWidth: 0 })
    : `${JSON.stringify(body, null, form === 'pretty' ? 2 : 0)}\n`
}

function headersFor({ headers }: Pick<ApiResponse, 'headers'>): Record<string, string | string[]> {
  const { warning, ...rest } = headers
  return { 'cache-control': 'no-cache, private', ...rest, ...(warning === undefined ? {} : { warning: warning.split('\n').map(inBytes) }) }
}

/** As it goes over the wire in UTF-8: node takes one character for each byte. */
const inBytes = (text: string): string => Buffer.from(text).toString('latin1')

const isPretty = ({ query, headers }: ApiRequest): boolean =>
  query['pretty'] === 'true' || query['pretty'] === '1' || (query['pretty'] === undefined && /^(curl|Wget|Mozilla)/.test(headers['user-agent'] ?? ''))

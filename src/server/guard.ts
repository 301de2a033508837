// guard.ts: who is let to the hatch at all: this machine's own programs, and no page of a browser; and how a request is read.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { ApiRequest } from '../api/http.ts'

const QUERY_MAX = 100 // Parameters.
const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])

export interface Turned {
  status: number
  text: string
}

/** Why a request is turned away before anything is made of it; undefined: it is not. */
export function turnedAway(request: IncomingMessage, port: number): Turned | undefined {
  const hosts = request.rawHeaders.filter((_, i) => i % 2 === 0 && request.rawHeaders[i]!.toLowerCase() === 'host')
  const host = (request.headers.host ?? '').toLowerCase()
  if (hosts.length !== 1 || !['localhost', '127.0.0.1', '[::1]'].some(name => host === `${name}:${port}`))
    return { status: 421, text: 'this server answers as localhost, 127.0.0.1 and [::1] only' }
  if (request.headers.origin !== undefined) return { status: 403, text: 'pages of a browser are not answered' }
  if (!METHODS.has(request.method ?? '')) return { status: 405, text: 'method not allowed' }
  return undefined
}

/** Method, path, query and headers as the API server takes them, without a body; undefined: the path is none. `token`: what a visitor must show to be `admin` inside. */
export function readRequest(request: IncomingMessage, keys: Keys): ApiRequest | undefined {
  const { url = '/', method } = request
  if (!url.startsWith('/')) return undefined
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const decoded = decodedPath(path)
  if (decoded === undefined) return undefined
  const query: [string, string][] = []
  const commands: string[] = []
  const parameters = [...new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))]
  if (parameters.length > QUERY_MAX) return undefined
  for (const [name, value] of parameters) {
    if (name === 'command') commands.push(value)
    else if (!query.some(([known]) => known === name)) query.push([name, value])
  }
  // The words of a command come as parameters of one name; inside they are lines.
  if (commands.length > 0) query.push(['command', commands.join('\n')])
  return { method: method as ApiRequest['method'], path: decoded, query: Object.fromEntries(query), headers: headersOf(request, keys) }
}

/** Each segment decoded once; undefined: there are dots, slashes or zeros in one, or it cannot be decoded. */
function decodedPath(path: string): string | undefined {
  const segments = path.split('/').slice(1)
  const decoded: string[] = []
  for (const [i, segment] of segments.entries()) {
    let text: string
    try {
      text = decodeURIComponent(segment)
    } catch {
      return undefined
    }
    if (text === '.' || text === '..' || /[/\0]/.test(text) || (text === '' && i < segments.length - 1)) return undefined
    decoded.push(text)
  }
  return `/${decoded.join('/')}`
}

/** What a visitor shows (`outer`), and what the simulated cluster knows instead (`inner`): secrets of this machine never enter the simulation. */
export interface Keys {
  outer: string
  inner: string
}

function headersOf(request: IncomingMessage, keys: Keys): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values === undefined || name === '__proto__') continue
    // The numbers of watches are given by the simulation's own client.
    if (name !== 'x-watch-id') headers[name] = name === 'impersonate-group' ? values.join('\n') : values[0]!
  }
  const shown = /^bearer +(.+)$/i.exec(headers['authorization'] ?? '')?.[1]
  if (shown !== undefined) headers['authorization'] = `Bearer ${same(shown, keys.outer) ? keys.inner : shown === keys.inner ? 'unknown' : shown}`
  return headers
}

/** Equal, found out in a time that tells nothing. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

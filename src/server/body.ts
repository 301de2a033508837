// body.ts: the body of a request, read within limits, as a value or text.
// Models k8s.io/apiserver/pkg/endpoints/handlers (limitedReadBody) and k8s.io/apimachinery/pkg/runtime/serializer
// Differs: a member called __proto__ is refused

import type { IncomingMessage } from 'node:http'
import { parse } from 'yaml'
import { badRequest, failure, type Status } from '../api/status.ts'
import { readProtobuf } from './protobuf.ts'

const BODY_MAX = 3 * 1024 * 1024 // Bytes, as upstream.
const DEPTH_MAX = 64 // Objects in objects; schemas of the API are far from it.
const KEYS_MAX = 100_000 // Members and items in all.

/** All bytes of a body; undefined: there are more than upstream takes. */
export async function bytesOf(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_MAX) return undefined
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > BODY_MAX) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export const tooLarge = (): Status => failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${BODY_MAX}`)

/** The value that the bytes say, text where they say none, or the refusal. */
export function readBody(bytes: Buffer, contentType: string): { value: unknown } | { refusal: Status } {
  if (bytes.length === 0) return { value: undefined }
  const type = contentType.split(';')[0]!.trim()
  try {
    if (type === 'application/vnd.kubernetes.protobuf') return { value: readProtobuf(bytes) }
    const text = bytes.toString('utf8')
    // YAML is read as JSON where it is JSON, as it mostly is.
    if (type.endsWith('yaml') && !/^\s*[{[]/.test(text)) return judged(parse(text, { maxAliasCount: 100, logLevel: 'error' }))
    return tooMany(text) ? { refusal: tooNested() } : judged(JSON.parse(text))
  } catch (error) {
    if (type === 'application/vnd.kubernetes.protobuf' || type.endsWith('yaml')) return { refusal: badRequest((error as Error).message.split('\n')[0]!) }
    return { value: bytes.toString('utf8') }
  }
}

const tooNested = (): Status => badRequest(`the body has objects inside each other more than ${DEPTH_MAX} deep, or more than ${KEYS_MAX} members`)

/** Counts brackets and commas outside strings, before anything is made of them. */
function tooMany(text: string): boolean {
  let depth = 0
  let members = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      for (at++; at < text.length && text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > DEPTH_MAX) return true
    } else if (code === 0x7d || code === 0x5d) depth--
    else if (code === 0x2c && ++members > KEYS_MAX) return true
  }
  return false
}

function judged(value: unknown): { value: unknown } | { refusal: Status } {
  const wrong = judge(value, 0)
  if (wrong === 'deep') return { refusal: tooNested() }
  return wrong === 'proto' ? { refusal: badRequest('the body has a member __proto__, which is not taken here') } : { value }
}

function judge(value: unknown, depth: number): 'deep' | 'proto' | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (depth > DEPTH_MAX) return 'deep'
  if (Object.hasOwn(value, '__proto__')) return 'proto'
  for (const inner of Object.values(value)) {
    const wrong = judge(inner, depth + 1)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

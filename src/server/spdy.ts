// spdy.ts: SPDY/3.1 as far as kubectl speaks it: streams that the client opens, and data both ways.
// Models github.com/moby/spdystream
// Differs: no flow control, which the clients do not use; answers carry no headers; the server opens no streams

import type { Duplex } from 'node:stream'
import { createInflate } from 'node:zlib'
import { dictionaryText } from './data/spdy.ts'

const FRAME_MAX = 1024 * 1024 // Bytes.
const HEADERS_MAX = 64 * 1024 // Bytes of header blocks that were not read yet.
const STREAMS_MAX = 256

const SYN_STREAM = 1
const SYN_REPLY = 2
const PING = 6
const GOAWAY = 7
const FIN = 1

const DICTIONARY = Buffer.from(dictionaryText, 'base64')
/** How compressed header blocks begin: method, a preset dictionary, and its Adler-32. */
const COMPRESSED = Buffer.from([0x78, 0x20, 0xe3, 0xc6, 0xa7, 0xc2])
/** A header block without headers, as a stored block of deflate; and an empty one, without which Go's reader looks for more. */
const NO_HEADERS = Buffer.from([0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])

export interface Hears {
  /** The client has opened a stream. */
  opened(id: number, headers: Record<string, string>): void
  /** Data on a stream; `ended`: the last. */
  data(id: number, bytes: Buffer, ended: boolean): void
}

export interface Connection {
  /** Takes what has come over the socket. */
  take(bytes: Buffer): void
  send(id: number, bytes: Buffer | string, ended?: boolean): void
}

/** Destroys the socket where the other side does not keep to the protocol. */
export function spdy(socket: Duplex, hears: Hears): Connection {
  let buffered: Buffer = Buffer.alloc(0)
  let headers: Buffer = Buffer.alloc(0)
  let replied = false
  let streams = 0
  /** Streams whose headers are still compressed, in their order. */
  const waiting: number[] = []
  const inflate = createInflate({ dictionary: DICTIONARY })
  inflate.on('error', () => socket.destroy())
  inflate.on('data', (bytes: Buffer) => {
    headers = Buffer.concat([headers, bytes])
    if (headers.length > HEADERS_MAX) {
      socket.destroy()
      return
    }
    for (let block = readBlock(headers); block !== undefined && waiting.length > 0; block = readBlock(headers)) {
      headers = headers.subarray(block.length)
      const id = waiting.shift()!
      control(SYN_REPLY, Buffer.concat([number(id), ...(replied ? [] : [COMPRESSED]), NO_HEADERS]))
      replied = true
      hears.opened(id, block.headers)
    }
  })
  socket.on('close', () => inflate.destroy())

  function control(type: number, body: Buffer): void {
    if (socket.writable) socket.write(Buffer.concat([Buffer.from([0x80, 3, 0, type]), number(body.length), body]))
  }
  function frame(head: Buffer, body: Buffer): void {
    const flags = head[4]!
    if ((head[0]! & 0x80) === 0) {
      hears.data(head.readUInt32BE(0) & 0x7fffffff, body, (flags & FIN) !== 0)
      return
    }
    const type = head.readUInt16BE(2)
    if (type === PING) control(PING, body)
    else if (type === GOAWAY) socket.end()
    else if (type === SYN_STREAM && body.length >= 10) {
      if (++streams > STREAMS_MAX) socket.destroy()
      waiting.push(body.readUInt32BE(0) & 0x7fffffff)
      inflate.write(body.subarray(10))
    }
  }
  return {
    take(bytes) {
      buffered = Buffer.concat([buffered, bytes])
      while (buffered.length >= 8 && !socket.destroyed) {
        const length = buffered.readUIntBE(5, 3)
        if (length > FRAME_MAX) socket.destroy()
        if (buffered.length < 8 + length) return
        frame(buffered.subarray(0, 8), buffered.subarray(8, 8 + length))
        buffered = buffered.subarray(8 + length)
      }
    },
    send(id, bytes, ended = false) {
      const body = Buffer.from(bytes as string)
      if (socket.writable) socket.write(Buffer.concat([number(id), Buffer.from([ended ? FIN : 0]), number(body.length).subarray(1), body]))
    },
  }
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** One block of headers at the beginning of the bytes, if it is there as a whole. */
function readBlock(bytes: Buffer): { headers: Record<string, string>; length: number } | undefined {
  let at = 0
  const take = (length: number): Buffer | undefined => {
    if (at + length > bytes.length) return undefined
    at += length
    return bytes.subarray(at - length, at)
  }
  const text = (): string | undefined => {
    const length = take(4)?.readUInt32BE(0)
    return length === undefined ? undefined : take(length)?.toString('utf8')
  }
  const count = take(4)?.readUInt32BE(0)
  if (count === undefined) return undefined
  const pairs: [string, string][] = []
  for (let i = 0; i < count; i++) {
    const name = text()
    const value = text()
    if (name === undefined || value === undefined) return undefined
    pairs.push([name, value])
  }
  return { headers: Object.fromEntries(pairs), length: at }
}

// upgrade.test.ts: exec and attach over SPDY, by a client that compresses its headers as kubectl does.

import tls from 'node:tls'
import { constants, createDeflate, createInflate } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dictionaryText } from '../../src/server/data/spdy.ts'
import { type Visited, visited } from './visitor.ts'

const dictionary = Buffer.from(dictionaryText, 'base64')
const PODS = '/api/v1/namespaces/default/pods'

let at: Visited
beforeAll(async () => {
  at = await visited()
  for (const [name, image] of [
    ['web', 'abc/web:1'],
    ['brief', 'abc/exit-4-after-200'],
  ])
    await at.ask(PODS, { method: 'POST', body: { metadata: { name }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] } } })
  for (const name of ['web', 'brief']) while ((await at.ask(`${PODS}/${name}`)).json.status.phase === 'Pending');
})
afterAll(() => at.close())

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const text = (value: string): Buffer => Buffer.concat([number(value.length), Buffer.from(value)])

interface Ran {
  head: string
  streams: Record<string, string>
  pongs: number
}

/** Asks for an upgrade and opens these streams; what came over each until all were closed, or the answer of a refusal. */
function run(path: string, opened: string[], { token = at.entry.token, protocol = 'v4.channel.k8s.io', to = 'SPDY/3.1' } = {}): Promise<Ran> {
  return new Promise((done, fail) => {
    const socket = tls.connect({ port: at.entry.port, host: '127.0.0.1', ca: at.entry.authority })
    socket.on('error', fail)
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${at.entry.port}\r\nAuthorization: Bearer ${token}\r\nConnection: Upgrade\r\nUpgrade: ${to}\r\nX-Stream-Protocol-Version: v5.channel.k8s.io\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
    )
    const deflate = createDeflate({ dictionary })
    // The headers of answers are empty: a block of four zeros each.
    const inflate = createInflate({ dictionary }).on('error', fail)
    const ran: Ran = { head: '', streams: {}, pongs: 0 }
    let buffered = Buffer.alloc(0)
    let replies = 0
    let compressed: Buffer[] = []
    const ended = new Set<number>()
    deflate.on('data', part => compressed.push(part))
    inflate.on('data', bytes => {
      replies += bytes.length / 4
      if (replies < opened.length) open(replies)
      else socket.write(Buffer.concat([Buffer.from([0x80, 3, 0, 6]), number(4), number(77)]))
    })
    function open(i: number): void {
      compressed = []
      deflate.write(Buffer.concat([number(1), text('streamtype'), text(opened[i]!)]))
      deflate.flush(constants.Z_SYNC_FLUSH, () =>
        setImmediate(() => {
          const body = Buffer.concat([number(2 * i + 1), number(0), Buffer.from([0, 0]), ...compressed])
          socket.write(Buffer.concat([Buffer.from([0x80, 3, 0, 1]), number(body.length), body]))
        }),
      )
    }
    function frame(head: Buffer, body: Buffer): void {
      if (head[0] === 0x80) {
        if (head[3] === 2) inflate.write(body.subarray(4))
        else if (head[3] === 6) ran.pongs++
      } else {
        const id = head.readUInt32BE(0)
        const name = opened[(id - 1) / 2]!
        ran.streams[name] = (ran.streams[name] ?? '') + body.toString()
        if (head[4] === 1) ended.add(id)
        if (ended.size === opened.length) socket.destroy()
      }
    }
    socket.on('data', bytes => {
      buffered = Buffer.concat([buffered, bytes])
      if (ran.head === '') {
        const end = buffered.indexOf('\r\n\r\n')
        if (end < 0) return
        ran.head = buffered.subarray(0, end).toString()
        buffered = buffered.subarray(end + 4)
        if (ran.head.startsWith('HTTP/1.1 101')) open(0)
      }
      if (!ran.head.startsWith('HTTP/1.1 101')) return
      while (buffered.length >= 8 && buffered.length >= 8 + buffered.readUIntBE(5, 3)) {
        const length = 8 + buffered.readUIntBE(5, 3)
        frame(buffered.subarray(0, 8), buffered.subarray(8, length))
        buffered = buffered.subarray(length)
      }
    })
    socket.on('close', () => {
      if (!ran.head.startsWith('HTTP/1.1 101')) ran.streams['refused'] = buffered.toString()
      done(ran)
    })
  })
}

describe('exec', () => {
  test('what a command says comes on its stream, and how it ended on the stream of errors', async () => {
    const { head, streams } = await run(`${PODS}/web/exec?command=false&stdout=true&stderr=true`, ['error', 'stdout', 'stderr'])
    expect(head).toContain('X-Stream-Protocol-Version: v4.channel.k8s.io')
    expect(streams['stdout']).toBe('not well\n')
    expect(JSON.parse(streams['error']!)).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '1' }] },
    })
  })
  test('a command that ends well says so', async () =>
    expect(JSON.parse((await run(`${PODS}/web/exec?command=true&stdout=true`, ['error', 'stdout'])).streams['error']!).status).toBe('Success'))
  test('the words of a command stay apart', async () => {
    const { streams } = await run(`${PODS}/web/exec?command=sh&command=-c&command=exit+3&stdout=true`, ['error', 'stdout'])
    expect(JSON.parse(streams['error']!).details.causes[0].message).toBe('3')
  })
  test.each([
    ['for a Pod that is not there', '/nope/exec?command=true&stdout=true', {}, 404, 'pods \\"nope\\" not found'],
    ['for who may not', '/web/exec?command=true&stdout=true', { token: '' }, 403, 'system:anonymous'],
    ['in a protocol without exit codes', '/web/exec?command=true&stdout=true', { protocol: 'v1.channel.k8s.io' }, 403, 'unable to negotiate protocol'],
    ['over WebSocket', '/web/exec?command=true&stdout=true', { to: 'websocket' }, 400, 'only SPDY/3.1 is spoken here'],
    ['for ports', '/web/portforward', {}, 501, 'port-forward is not served yet'],
  ])('is refused %s before anything is upgraded', async (_, path, options, status, words) => {
    const { head, streams } = await run(PODS + path, ['error', 'stdout'], options)
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(streams['refused']).toContain(words)
  })
})

describe('attach', () => {
  test('what a container says from now on comes, until it ends', async () => {
    const { streams, pongs } = await run(`${PODS}/brief/attach?stdout=true&stderr=true`, ['error', 'stdout', 'stderr'])
    expect(streams['stdout']).toBe('exit 4\n')
    expect(JSON.parse(streams['error']!).status).toBe('Success')
    expect(pongs).toBe(1)
  })
})

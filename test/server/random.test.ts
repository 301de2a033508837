// random.test.ts: whatever is sent, the hatch answers, stands, and changes nothing but the cluster.

import https from 'node:https'
import tls from 'node:tls'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Visited, visited } from './visitor.ts'

const RUNS = Number(process.env['RUNS'] ?? 400)
/** The suite asks the same every time; whoever wants more requests gets others each time. */
const HUNT = process.env['RUNS'] === undefined ? { seed: 1 } : {}

let at: Visited
let broken: unknown
beforeAll(async () => {
  at = await visited()
  at.broken.catch(error => {
    broken = error
  })
})
afterAll(() => at.close())

const WORDS = ['api', 'v1', 'apis', 'apps', 'namespaces', 'default', 'pods', 'deployments', 'nodes', 'factory-p', 'status', 'scale', 'log', 'exec', 'binding']
const MORE = ['eviction', 'token', 'serviceaccounts', 'openapi', 'v3', 'v2', '__proto__', 'constructor', 'toString', '%2e', '%zz', '%00', '..', '', 'é', '0']
const word = fc.constantFrom(...WORDS, ...MORE)
const known = fc.constantFrom(
  '/api/v1/namespaces/default/pods',
  '/apis/apps/v1/namespaces/default/deployments/web',
  '/api/v1/nodes/factory-p/status',
  '/api/v1/namespaces',
)
const path = fc.oneof(
  known,
  fc.array(word, { maxLength: 8 }).map(words => `/${words.join('/')}`),
  fc.tuple(known, word).map(([a, b]) => `${a}/${b}`),
)
const PARAMETERS = [
  'watch',
  'timeoutSeconds',
  'resourceVersion',
  'limit',
  'continue',
  'labelSelector',
  'fieldSelector',
  'dryRun',
  'fieldManager',
  'force',
  'follow',
]
const parameter = fc.tuple(
  fc.constantFrom(...PARAMETERS, 'pretty', 'fieldValidation', 'sendInitialEvents', 'includeObject', 'tailLines', '__proto__', 'command', 'container'),
  fc.oneof(fc.constantFrom('true', '1', '0', '-1', 'All', 'Strict', 'a=b', 'a in (b', 'metadata.name=x', '99999999999999999999'), fc.string({ maxLength: 12 })),
)
const TYPES = ['json', 'yaml', 'json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json', 'apply-patch+yaml', 'vnd.kubernetes.protobuf', 'cbor']
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers: [{ name: 'c', image: 'i' }] } }
const body = fc.oneof(
  fc.constant(undefined),
  fc.json({ maxDepth: 5 }),
  fc.json({ maxDepth: 3 }).map(text => JSON.stringify({ ...pod, spec: JSON.parse(text) })),
  fc.json({ maxDepth: 3 }).map(text => JSON.stringify({ ...pod, metadata: JSON.parse(text) })),
  fc
    .array(
      fc.record({
        op: fc.constantFrom('add', 'remove', 'replace', 'test', 'copy', 'x'),
        path: fc.array(word).map(w => `/${w.join('/')}`),
        value: fc.jsonValue(),
      }),
    )
    .map(ops => JSON.stringify(ops)),
  fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.concat([Buffer.from('k8s\0'), bytes])),
  fc.string({ maxLength: 40 }),
)
const request = fc.record({
  method: fc.constantFrom('GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
  path,
  query: fc.array(parameter, { maxLength: 4 }),
  type: fc.constantFrom(...TYPES),
  accept: fc.constantFrom('application/json', '*/*', 'application/json;as=Table;v=v1;g=meta.k8s.io', 'application/yaml', 'text/html', ';;;', ''),
  agent: fc.constantFrom('kubectl/v1.37.2', 'curl/8', '', '/'),
  body,
})

/** The status of the answer; what goes on is left as soon as it has begun. */
const send = (
  asked: { method: string; path: string; query: [string, string][]; headers: Record<string, string>; body: string | Buffer | undefined },
  agent: https.Agent,
) =>
  new Promise<number>((done, fail) => {
    const query = asked.query.map(pair => pair.map(encodeURIComponent).join('=')).join('&')
    const url = encodeURI(asked.path).replaceAll('%25', '%') + (query === '' ? '' : `?${query}`)
    const goesOn = /watch=(true|1)|follow=true/.test(query)
    const { port } = at.entry
    const sent = https.request(
      { host: '127.0.0.1', port, servername: 'localhost', agent, method: asked.method, path: url, headers: asked.headers },
      response => {
        response.on('error', () => {}).on('end', () => done(response.statusCode!))
        if (goesOn) {
          done(response.statusCode!)
          response.destroy()
        } else response.resume()
      },
    )
    sent.on('error', fail)
    sent.end(asked.body)
  })

test('random requests are answered, by a server that goes on as before', async () => {
  const agent = new https.Agent({ keepAlive: true, ca: at.entry.authority, maxSockets: 4 })
  await fc.assert(
    fc.asyncProperty(request, async ({ type, accept, agent: userAgent, body: sent, ...asked }) => {
      const headers = { authorization: `Bearer ${at.entry.token}`, 'content-type': `application/${type}`, accept, 'user-agent': userAgent }
      const status = await send({ ...asked, headers, body: asked.method === 'GET' || asked.method === 'HEAD' ? undefined : sent }, agent)
      expect(status).toBeGreaterThanOrEqual(200)
      expect(broken).toBeUndefined()
      for (const key in {}) throw new Error(`a prototype has ${key}`)
    }),
    { numRuns: RUNS, ...HUNT },
  )
  agent.destroy()
  expect((await at.ask('/readyz')).text).toBe('ok')
}, 600_000)

test('bytes that are no HTTP are answered with the end of the connection', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async bytes => {
      const socket = tls.connect({ port: at.entry.port, host: '127.0.0.1', ca: at.entry.authority })
      socket.on('error', () => {}).resume()
      socket.end(Buffer.concat([bytes, Buffer.from('\r\n\r\n')]))
      await new Promise(done => socket.on('close', done))
    }),
    { numRuns: 20, ...HUNT },
  )
  expect(broken).toBeUndefined()
})

// server.test.ts: the hatch on loopback: real HTTPS, on a port of its own.

import https from 'node:https'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OUTSIDE } from '../../src/game/served.ts'
import { newIdentity } from '../../src/server/certificate.ts'
import { listen } from '../../src/server/server.ts'
import type { Simulation } from '../../src/server/simulation.ts'
import { newWire } from '../../src/server/wire.ts'
import { field, message } from './encode.ts'
import { type Visited, visited } from './visitor.ts'

let at: Visited
beforeAll(async () => {
  at = await visited()
})
afterAll(() => at.close())

const PODS = '/api/v1/namespaces/default/pods'
const MAPS = '/api/v1/namespaces/default/configmaps'
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'
const pod = (name: string) => ({ metadata: { name }, spec: { containers: [{ name: 'c', image: 'abc/web:1' }] } })
const map = (name: string, data: unknown = { a: '1' }) => ({ metadata: { name }, data })

describe('the certificate', () => {
  const connect = (options: tls.ConnectionOptions) =>
    new Promise<string>(done => {
      const socket = tls.connect({ port: at.entry.port, ...options }, () => {
        done(socket.getProtocol() ?? '')
        socket.destroy()
      })
      socket.on('error', error => done((error as NodeJS.ErrnoException).code ?? ''))
    })
  test.each(['127.0.0.1', 'localhost'])('is good for %s, through its authority', async host =>
    expect(
      await connect({
        host: '127.0.0.1',
        ca: at.entry.authority,
        servername: host === 'localhost' ? host : '',
        checkServerIdentity: (_, cert) => tls.checkServerIdentity(host, cert),
      }),
    ).toBe('TLSv1.3'),
  )
  test('is good for no other host', async () =>
    expect(await connect({ host: '127.0.0.1', ca: at.entry.authority, checkServerIdentity: (_, cert) => tls.checkServerIdentity('example.com', cert) })).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ))
  test('is trusted by nobody else', async () => expect(await connect({ host: '127.0.0.1' })).toMatch(/^(UNABLE_TO|SELF_SIGNED)/))
  test('is another one at each start', () => expect(newIdentity(0).authority).not.toBe(newIdentity(0).authority))
})

describe('requests', () => {
  test('health, version and discovery are answered', async () => {
    expect((await at.ask('/readyz')).text).toBe('ok')
    expect((await at.ask('/version')).json.gitVersion).toBe('v1.37.2')
    const found = await at.ask('/apis', { headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json' } })
    expect(found.headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList')
    expect(found.json.kind).toBe('APIGroupDiscoveryList')
  })
  test('clients that know only v2beta1 of discovery get the plain documents', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'
    const found = await at.ask('/apis', { headers: { accept } })
    expect([found.json.kind, found.headers['content-type']]).toEqual(['APIGroupList', 'application/json'])
  })
  test('an object is created, read as a table, changed and deleted', async () => {
    const made = await at.ask(MAPS, { method: 'POST', body: map('lunch') })
    expect([made.status, made.headers['content-type'], made.text.at(-1)]).toEqual([201, 'application/json', '\n'])
    expect((await at.ask(`${MAPS}/lunch`, { headers: { accept: TABLE } })).json.rows[0].cells.slice(0, 2)).toEqual(['lunch', 1])
    const patched = await at.ask(`${MAPS}/lunch`, { method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json' }, body: { data: { b: '2' } } })
    expect(patched.json.data).toEqual({ a: '1', b: '2' })
    expect((await at.ask(`${MAPS}/lunch`, { method: 'DELETE' })).json.status).toBe('Success')
    expect((await at.ask(`${MAPS}/lunch`)).json.message).toBe('configmaps "lunch" not found')
  })
  test('what YAML orders is made', async () => {
    const body = 'metadata:\n  name: tea\ndata:\n  sugar: "two"\n'
    const made = await at.ask(MAPS, { method: 'POST', headers: { 'content-type': 'application/yaml' }, body })
    expect([made.status, made.json.data]).toEqual([201, { sugar: 'two' }])
  })
  test('what protobuf orders is made, as kubectl sends it', async () => {
    const raw = message(field(1, message(field(1, 'seat'), field(2, ''))), field(2, message(field(1, 'row'), field(2, '7'))))
    const unknown = message(field(1, message(field(1, 'v1'), field(2, 'ConfigMap'))), field(2, raw))
    const body = Buffer.concat([Buffer.from('k8s\0'), unknown])
    const made = await at.ask(MAPS, { method: 'POST', headers: { 'content-type': 'application/vnd.kubernetes.protobuf' }, body })
    expect([made.status, made.json.metadata.name, made.json.data]).toEqual([201, 'seat', { row: '7' }])
    expect('generateName' in made.json.metadata).toBe(false)
  })
  test('a broken protobuf body is a bad request', async () => {
    const body = Buffer.from('k8s\0\x0a\xff', 'latin1')
    expect((await at.ask(MAPS, { method: 'POST', headers: { 'content-type': 'application/vnd.kubernetes.protobuf' }, body })).json.reason).toBe('BadRequest')
  })
  test('answers are YAML for who asks for that', async () => {
    const found = await at.ask('/api/v1/namespaces/default', { headers: { accept: 'application/yaml' } })
    expect([found.status, found.headers['content-type']]).toEqual([200, 'application/yaml'])
    expect(found.text).toMatch(/^apiVersion: v1\nkind: Namespace\nmetadata:\n {2}creationTimestamp: "20\d\d-/)
  })
  test('a warning goes over the wire in UTF-8; one with control characters is not sent', async () => {
    const odd = (field: string) => at.ask('/api/v1/namespaces/default/configmaps?dryRun=All', { method: 'POST', body: { metadata: { name: 'w' }, [field]: 1 } })
    const header = String((await odd('été 🚀')).headers['warning'])
    expect(Buffer.from(header, 'latin1').toString()).toBe('299 - "unknown field \\"été 🚀\\""')
    for (const field of ['a\nb', 'a\u0000b', '\u0085', '\ud800']) expect((await odd(field)).headers['warning']).toBeUndefined()
    expect((await at.ask('/readyz')).text).toBe('ok')
  })
  test('warnings are headers of their own', async () =>
    expect((await at.ask('/api/v1/namespaces/default/endpoints')).headers['warning']).toBe(
      '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
    ))
  test('OpenAPI says that the server itself checks fields', async () => {
    expect((await at.ask('/openapi/v3')).json.paths['apis/apps/v1']).toEqual({ serverRelativeURL: '/openapi/v3/apis/apps/v1' })
    const { patch } = (await at.ask('/openapi/v3/apis/apps/v1')).json.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']
    expect(patch['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' })
    expect(patch.parameters.map((p: any) => p.name)).toContain('fieldValidation')
    const { schemas } = (await at.ask('/openapi/v3/apis/apps/v1')).json.components
    expect(schemas['io.k8s.api.apps.v1.Deployment']['x-kubernetes-group-version-kind']).toEqual([{ group: 'apps', version: 'v1', kind: 'Deployment' }])
    expect(schemas['io.k8s.api.apps.v1.DeploymentSpec'].properties.replicas).toEqual({
      type: 'integer',
      format: 'int32',
      description: 'Number of desired pods. This is a pointer to distinguish between explicit zero and not specified. Defaults to 1.',
    })
    expect((await at.ask('/openapi/v3/apis/nobody/v1')).status).toBe(404)
    expect((await at.ask('/openapi/v2')).headers['content-type']).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
  })
})

describe('watches', () => {
  test('the headers of a quiet watch come at once, and then what happens', async () => {
    const list = await at.ask(PODS)
    const watch = await at.watch(`${PODS}?watch=true&resourceVersion=${list.json.metadata.resourceVersion}`)
    expect(watch.status).toBe(200)
    await at.ask(PODS, { method: 'POST', body: pod('early') })
    const first = await watch.next()
    expect([first.type, first.object.metadata.name]).toEqual(['ADDED', 'early'])
    for (;;) if ((await watch.next()).object.status.phase === 'Running') break
    watch.leave()
  })
  test('a watch list tells what is there, and where that ends', async () => {
    const watch = await at.watch('/api/v1/nodes?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan')
    const lines = [await watch.next(), await watch.next(), await watch.next()]
    expect(lines.map(line => line.type)).toEqual(['ADDED', 'ADDED', 'BOOKMARK'])
    watch.leave()
  })
  test('a watch is ended by the server when its time is over', async () => {
    const watch = await at.watch(`${MAPS}?watch=true&timeoutSeconds=5`)
    let line = await watch.next()
    while (line !== undefined) line = await watch.next()
  })
  test('a watch that was left is forgotten inside', async () => {
    const watch = await at.watch(`${MAPS}?watch=true`)
    expect(at.world.actors.get(OUTSIDE)!.state.watches.size).toBeGreaterThan(0)
    watch.leave()
    while (at.world.actors.get(OUTSIDE)!.state.watches.size > 0) await at.ask('/readyz')
  })
  test('a watch that is refused is answered as any request', async () => expect((await at.ask('/api/v1/planets?watch=true')).status).toBe(404))
  test('a log is followed to its end', async () => {
    await at.ask(PODS, {
      method: 'POST',
      body: { metadata: { name: 'brief' }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'abc/exit-0' }] } },
    })
    while ((await at.ask(`${PODS}/brief`)).json.status.phase === 'Pending');
    expect((await at.ask(`${PODS}/brief/log?follow=true`)).text).toBe('started c\nexit 0\n')
  })
})

describe('visitors', () => {
  test('without a token nobody may look at anything', async () =>
    expect((await at.ask(PODS, { token: '' })).json.message).toBe(
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"',
    ))
  test.each(['wrong', 'admin-token', 'system:kube-scheduler'])('the token %s opens nothing', async token =>
    expect((await at.ask(PODS, { token })).status).toBe(401),
  )
  test('only loopback names are answered', async () => {
    const { port } = at.entry
    expect((await at.ask('/version', { headers: { host: `localhost:${port}` } })).status).toBe(200)
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `localhost:${port + 1}`])
      expect((await at.ask('/version', { headers: { host } })).status).toBe(421)
  })
  test('pages of a browser are not answered', async () => expect((await at.ask('/version', { headers: { origin: 'https://evil.example' } })).status).toBe(403))
  test('methods that no API server knows are refused', async () => expect((await at.ask('/version', { method: 'PURGE' })).status).toBe(405))
  test.each(['/api/v1/../../version', '/%2e%2e/version', '/api/v1/namespaces/a%2fb/pods', '/api//v1', '/api/v1/pods/%00', '/%zz'])(
    'the path %s is none',
    async path => expect((await at.ask(path)).status).toBe(400),
  )
  test('a query of two hundred parameters is none', async () => expect((await at.ask(`/version?${'a=1&'.repeat(200)}`)).status).toBe(400))
  test('numbers of watches are not taken from outside', async () => {
    const { status } = await at.ask('/version', { headers: { 'x-watch-id': '1' } })
    expect(status).toBe(200)
  })
})

describe('bodies', () => {
  test('one of more than 3 MiB is too large', async () => {
    const { status, json } = await at.ask(MAPS, { method: 'POST', body: map('big', { a: 'x'.repeat(3 * 1024 * 1024) }) })
    expect([status, json.reason]).toEqual([413, 'RequestEntityTooLarge'])
  })
  test('one with a thousand objects inside each other is refused before it is read', async () =>
    expect((await at.ask(MAPS, { method: 'POST', body: `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}` })).status).toBe(400))
  test.each([
    ['application/json', '{"metadata":{"name":"p"},"data":{"__proto__":{"polluted":"yes"}}}'],
    ['application/yaml', 'metadata: {name: p}\ndata:\n  __proto__: {polluted: "yes"}\n'],
  ])('no prototype is changed by %s', async (type, body) => {
    expect((await at.ask(MAPS, { method: 'POST', headers: { 'content-type': type }, body })).status).toBe(400)
    expect(({} as any).polluted).toBeUndefined()
  })
  test.each([
    ['application/merge-patch+json', '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}'],
    ['application/json-patch+json', '[{"op":"add","path":"/__proto__/polluted","value":"yes"}]'],
    ['application/json-patch+json', '[{"op":"add","path":"/constructor/prototype/polluted","value":"yes"}]'],
  ])('no prototype is changed by a patch of type %s', async (type, body) => {
    await at.ask(MAPS, { method: 'POST', body: map('patched') })
    expect((await at.ask(`${MAPS}/patched`, { method: 'PATCH', headers: { 'content-type': type }, body })).status).toBeGreaterThanOrEqual(400)
    expect(({} as any).polluted).toBeUndefined()
  })
  test('text that is no JSON is told as upstream tells it', async () =>
    expect((await at.ask(MAPS, { method: 'POST', body: '{"a":' })).json.message).toMatch(/^the object provided is unrecognized/))
})

describe('clients that do harm', () => {
  const quiet: Simulation = {
    now: () => 0,
    next: () => undefined,
    step: () => false,
    ask() {},
    answered: () => [],
    take: () => ({ error: '' }),
    read: () => undefined,
    leave() {},
  }
  const identity = newIdentity(Date.now())
  const open = () => {
    const wire = newWire(quiet, 1, () => {})
    return listen({ ...identity, wire, port: 0, keys: { outer: 'a', inner: 'b' }, broken: () => {}, limits: { headersMs: 60, requestMs: 120, checkMs: 20 } })
  }
  test.each([
    ['headers', 'GET /version HTTP/1.1\r\nHost: '],
    ['bodies', 'POST /version HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 100\r\n\r\n{'],
  ])('slow %s are cut', async (_, text) => {
    const server = await open()
    const socket = tls.connect({ port: server.port, host: '127.0.0.1', ca: identity.authority })
    socket.on('error', () => {}).resume()
    socket.write(text.replace('PORT', String(server.port)))
    await new Promise(done => socket.on('close', done))
    await server.close()
  })
  test('a hundred connections that ask for nothing keep nobody out', async () => {
    const idle = Array.from({ length: 100 }, () => tls.connect({ port: at.entry.port, host: '127.0.0.1', ca: at.entry.authority }).on('error', () => {}))
    await Promise.all(idle.map(socket => new Promise(done => socket.on('secureConnect', done).on('close', done))))
    const agent = new https.Agent({ ca: at.entry.authority })
    const status = await new Promise(done =>
      https.get({ host: '127.0.0.1', port: at.entry.port, path: '/readyz', agent }, response => done(response.statusCode)),
    )
    expect(status).toBe(200)
    for (const socket of idle) socket.destroy()
  })
})

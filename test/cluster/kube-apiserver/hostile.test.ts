import { expect, test } from 'vitest'
import { pathOf, resourceByKind, resourceTypes } from '../../../src/api/resources.ts'
import { structIdOf, structOf } from '../../../src/api/schema.ts'
import { Hatch, MAPS, PODS, pod, TYPES } from './hatch.ts'

/** Names that every JavaScript object answers to. */
const INHERITED = ['constructor', 'toString', '__proto__']
const SHAPES: unknown[] = [null, {}, [], 'x', -1, [{}], [null], { a: { b: [] } }, 'constructor', { toString: '1', kind: 'constructor' }]
const container = { name: 'c', image: 'i' }
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } }
const selector = { matchLabels: { a: 'b' } }

/** Every answer is one of HTTP; what throws fails the test. */
const answered = (status: number): boolean => status >= 200 && status < 600

test('no shape of a body makes the server fall, whatever is created', () => {
  const hatch = new Hatch()
  let n = 0
  for (const type of resourceTypes) {
    const path = pathOf({ type, namespace: 'default' })
    for (const shape of SHAPES) {
      expect(answered(hatch.ask('POST', path, shape).status)).toBe(true)
      expect(
        answered(hatch.ask('POST', path, { metadata: { name: `x${++n}` }, spec: shape, data: shape, rules: shape, roleRef: shape, template: shape }).status),
      ).toBe(true)
    }
  }
})

test('no shape of a container or a Pod makes the server fall', () => {
  const hatch = new Hatch()
  let n = 0
  const create = (spec: any) =>
    answered(hatch.ask('POST', `${PODS}?dryRun=All`, { metadata: { name: `p${++n}` }, spec: { automountServiceAccountToken: false, ...spec } }).status)
  for (const shape of SHAPES) {
    for (const name of structOf('core/v1.Container').byName.keys()) expect(create({ containers: [{ ...container, [name]: shape }] })).toBe(true)
    for (const name of structOf('core/v1.PodSpec').byName.keys()) expect(create({ containers: [container], [name]: shape })).toBe(true)
    for (const name of structOf('core/v1.VolumeSource').byName.keys())
      expect(create({ containers: [container], volumes: [{ name: 'v', [name]: shape }] })).toBe(true)
  }
})

test.each([
  { apiVersion: 'v1', kind: 'Pod', spec: { containers: [container], nodeName: 'n' } },
  { apiVersion: 'apps/v1', kind: 'Deployment', spec: { selector, template } },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', spec: { selector, template, serviceName: 's' } },
  { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80 }] } },
  { apiVersion: 'v1', kind: 'Node' },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', spec: { minAvailable: 1, selector } },
])('no shape of a patch makes the server fall: $kind', base => {
  const hatch = new Hatch()
  const type = resourceByKind(base.apiVersion, base.kind)!
  const path = pathOf({ type, namespace: 'default' })
  hatch.ok('POST', path, { ...base, metadata: { name: 'x' } })
  for (const part of ['spec', 'status', 'metadata']) {
    const field = structOf(structIdOf(type)!).byName.get(part)!
    if (field.type.is !== 'struct') continue
    const where = `${path}/x${part === 'status' ? '/status' : ''}`
    for (const name of structOf(field.type.id).byName.keys())
      for (const shape of SHAPES) {
        for (const t of [TYPES.merge, TYPES.strategic])
          expect(answered(hatch.ask('PATCH', where, { [part]: { [name]: shape } }, { type: t }).status)).toBe(true)
        const config = { apiVersion: base.apiVersion, kind: base.kind, [part]: { [name]: shape } }
        expect(answered(hatch.ask('PATCH', `${where}?fieldManager=m&force=true`, config, { type: TYPES.apply }).status)).toBe(true)
      }
  }
})

test.each(INHERITED)('%s is a name like any other, wherever a client may write one', name => {
  const hatch = new Hatch(1, { users: { tok: { username: 'alice', groups: [] } } })
  hatch.ok('POST', MAPS, { metadata: { name: 'm' } })
  const told = (...asked: Parameters<Hatch['ask']>) => {
    const { status, body } = hatch.ask(...asked)
    return [status, body?.message]
  }
  const [notServed, unknownField] = ['the server could not find the requested resource', `field label not supported: ${name}`]
  expect(told('GET', `/${name}`)).toEqual([404, notServed])
  expect(told('GET', `/${name}/x`)).toEqual([404, notServed])
  expect(told('GET', PODS, undefined, { token: name })).toEqual([401, 'Unauthorized'])
  expect(told('GET', `${PODS}?fieldSelector=${name}%3Dx`)).toEqual([400, unknownField])
  expect(told('PATCH', `${MAPS}/m`, {}, { type: name })).toEqual([415, '415: Unsupported Media Type'])
  expect(told('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { spec: { boundObjectRef: { kind: name, apiVersion: 'v1' } } })).toEqual([
    400,
    `cannot bind token to object of type /v1, Kind=${name}`,
  ])
  const requests = Object.fromEntries([[name, '1']])
  expect(hatch.ask('POST', PODS, pod('p', { spec: { containers: [{ name: 'a', image: 'i', resources: { requests } }] } })).status).toBe(422)
  expect(hatch.ask('POST', PODS, pod('p', { spec: { resources: { requests } } })).status).toBe(422)
  expect(
    hatch.ask('POST', '/api/v1/namespaces/default/resourcequotas', { metadata: { name: 'q' }, spec: { hard: { pods: '1' }, scopes: [name] } }),
  ).toMatchObject({ status: 422, body: { message: `ResourceQuota "q" is invalid: spec.scopes: Invalid value: ["${name}"]: unsupported scope` } })
  expect(hatch.ask('POST', `${PODS}?dryRun=All`, pod('p', { spec: { nodeSelector: Object.fromEntries([[name, 'x']]) } })).headers['warning']).toBeUndefined()
})

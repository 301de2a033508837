import { expect, test } from 'vitest'
import { pathOf, resourceByKind, resourceTypes } from '../../../src/api/resources.ts'
import { structIdOf, structOf } from '../../../src/api/schema.ts'
import { Hatch, PODS, TYPES } from './hatch.ts'

const SHAPES = [null, {}, [], 'x', -1, [{}], [null], { a: { b: [] } }]
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

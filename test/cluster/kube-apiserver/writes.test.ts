import { expect, test } from 'vitest'
import { Hatch, MAPS, PODS, pod, TYPES } from './hatch.ts'

const map = (name: string, more: any = {}) => ({ metadata: { name, ...more.metadata }, ...(more.data ? { data: more.data } : {}) })

test('a patch cannot make an object one of another kind', () => {
  const hatch = new Hatch()
  hatch.ok('POST', MAPS, map('m'))
  const why = (body: any, type = TYPES.merge) => {
    const { status, body: refused } = hatch.ask('PATCH', `${MAPS}/m`, body, { type })
    expect([status, refused.details.kind]).toEqual([422, ''])
    return refused.message.slice(refused.message.lastIndexOf('}": ') + 4)
  }
  expect(why({ kind: 'Secret' })).toBe('converting (v1.Secret) to (core.ConfigMap): unknown conversion')
  expect(why([{ op: 'replace', path: '/kind', value: 'Pod' }], TYPES.json)).toBe('converting (v1.Pod) to (core.ConfigMap): unknown conversion')
  expect(why({ kind: 'toString', apiVersion: 'x/v9' })).toBe('no kind "toString" is registered for version "x/v9" in scheme "pkg/runtime/scheme.go:111"')
  expect(why({ kind: 'PodSpec' })).toBe('no kind "PodSpec" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"')
  expect(why({ apiVersion: 'a/b/c' })).toBe('unexpected GroupVersion string: a/b/c')
  expect(why({ kind: 5 })).toBe("couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string")
  expect(hatch.ok('GET', `${MAPS}/m`)).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' })
})

test('the kind that a strategic patch names is passed over', () => {
  const hatch = new Hatch()
  hatch.ok('POST', PODS, pod('p'))
  const strategic = { type: TYPES.strategic }
  expect(hatch.ok('PATCH', `${PODS}/p`, { kind: 'Deployment', apiVersion: 'apps/v1', metadata: { labels: { a: 'b' } } }, strategic)).toMatchObject({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { labels: { a: 'b' } },
  })
})

test('a patch may speak another version of the same kind', () => {
  const hatch = new Hatch()
  const path = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers'
  hatch.ok('POST', path, { metadata: { name: 'h' }, spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } } })
  const patch = { apiVersion: 'autoscaling/v1', spec: { metrics: null, targetCPUUtilizationPercentage: 50 } }
  const { apiVersion, spec } = hatch.ok('PATCH', `${path}/h`, patch, { type: TYPES.merge })
  expect([apiVersion, spec.metrics[0].resource.target]).toEqual(['autoscaling/v2', { type: 'Utilization', averageUtilization: 50 }])
})

test('what is not there has no uid that a PUT or an apply could demand', () => {
  const hatch = new Hatch()
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
  expect(hatch.ask('PUT', `${leases}/l`, { metadata: { name: 'l', uid: 'abc' }, spec: {} })).toMatchObject({
    status: 409,
    body: {
      message:
        'Operation cannot be fulfilled on leases.coordination.k8s.io "l": StorageError: invalid object, Code: 4, Key: /registry/leases/default/l, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: abc, UID in object meta: ',
    },
  })
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', uid: 'abc' } }
  expect(hatch.ask('PATCH', `${MAPS}/m?fieldManager=me`, config, { type: TYPES.apply })).toMatchObject({
    status: 409,
    body: {
      message: 'Operation cannot be fulfilled on configmaps "m": uid mismatch: the provided object specified uid abc, and no existing object was found',
    },
  })
  expect(hatch.ask('PUT', `${leases}/l`, { metadata: { name: 'l', resourceVersion: '5' }, spec: {} }).status).toBe(201)
})

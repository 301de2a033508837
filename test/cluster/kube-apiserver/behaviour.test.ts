import { expect, test } from 'vitest'
import { copy } from '../../../src/kernel/share.ts'
import { advanceTo } from '../../../src/kernel/world.ts'
import { Hatch, MAPS, PODS, pod, system, TYPES } from './hatch.ts'

const map = (name: string, data: Record<string, string> = {}) => ({ metadata: { name }, data })

test('one counter numbers all writes, and a write that changes nothing is none', () => {
  const hatch = new Hatch()
  const a = hatch.ok('POST', MAPS, map('a', { x: '1' }))
  const b = hatch.ok('POST', '/api/v1/namespaces', { metadata: { name: 'b' } })
  expect(Number(b.metadata.resourceVersion)).toBe(Number(a.metadata.resourceVersion) + 1)
  expect(hatch.ok('PUT', `${MAPS}/a`, map('a', { x: '1' })).metadata.resourceVersion).toBe(a.metadata.resourceVersion)
  expect(hatch.ok('PATCH', `${MAPS}/a`, { data: { x: '1' } }, { type: TYPES.merge }).metadata.resourceVersion).toBe(a.metadata.resourceVersion)
})

test('a watch tells all that happens after the present state, and leaving a selection is a deletion', () => {
  const hatch = new Hatch()
  hatch.ok('POST', MAPS, { ...map('a'), metadata: { name: 'a', labels: { app: 'web' } } })
  hatch.ok('POST', MAPS, map('b'))
  const all = hatch.watch(MAPS)
  const web = hatch.watch(`${MAPS}?labelSelector=app%3Dweb`)
  const named = hatch.watch(`/api/v1/configmaps?fieldSelector=metadata.name%3Db`)
  hatch.ok('PATCH', `${MAPS}/b`, { metadata: { labels: { app: 'web' } } }, { type: TYPES.merge })
  hatch.ok('PATCH', `${MAPS}/a`, { metadata: { labels: { app: 'db' } } }, { type: TYPES.merge })
  hatch.ok('DELETE', `${MAPS}/b`)
  expect(all()).toEqual(['ADDED a', 'ADDED b', 'MODIFIED b', 'MODIFIED a', 'DELETED b'])
  expect(web()).toEqual(['ADDED a', 'ADDED b', 'DELETED a', 'DELETED b'])
  expect(named()).toEqual(['ADDED b', 'MODIFIED b', 'DELETED b'])
})

test('a watch resumes where it was told to, and WatchList ends its first part with a bookmark', () => {
  const hatch = new Hatch()
  const a = hatch.ok('POST', MAPS, map('a'))
  hatch.ok('POST', MAPS, map('b'))
  hatch.ok('DELETE', `${MAPS}/a`)
  expect(hatch.watch(`${MAPS}?resourceVersion=${a.metadata.resourceVersion}`)()).toEqual(['ADDED b', 'DELETED a'])
  expect(hatch.watch(`${MAPS}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`)()).toEqual(['ADDED b', 'BOOKMARK'])
})

test('a watch may begin in the future, and then tells nothing older', () => {
  const hatch = new Hatch()
  const { metadata } = hatch.ok('POST', MAPS, map('a'))
  const told = hatch.watch(`${MAPS}?resourceVersion=${Number(metadata.resourceVersion) + 2}`)
  for (const name of ['b', 'c', 'd']) hatch.ok('POST', MAPS, map(name))
  expect(told()).toEqual(['ADDED d'])
})

test('a watch may begin just before the oldest change that is remembered, and no sooner', () => {
  const hatch = new Hatch()
  for (let i = 0; i < 220; i++) {
    hatch.ok('POST', MAPS, map(`c${i}`))
    hatch.ok('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: `c${i}` } })
    if (i === 150) hatch.pass(80_000)
  }
  const oldest = hatch.world.actors.get('kube-apiserver')!.state.caches.configmaps.history[0].revision
  expect(hatch.watch(`${MAPS}?resourceVersion=${oldest - 2}`)()).toEqual([`ERROR too old resource version: ${oldest - 2} (${oldest - 1})`])
  expect(hatch.watch(`${MAPS}?resourceVersion=${oldest - 1}`)()[0]).toMatch(/^ADDED c/)
})

test('bookmarks come about every minute, and a watch ends with its time', () => {
  const hatch = new Hatch()
  const told = hatch.watch(`${MAPS}?allowWatchBookmarks=true&timeoutSeconds=90`)
  hatch.ok('POST', '/api/v1/namespaces', { metadata: { name: 'elsewhere' } })
  hatch.pass(70_000)
  expect(told()).toEqual(['BOOKMARK'])
  hatch.pass(30_000)
  hatch.ok('POST', MAPS, map('late'))
  expect(told()).toEqual(['BOOKMARK'])
})

test('a list comes in pages that all show one revision', () => {
  const hatch = new Hatch()
  for (const name of ['c', 'a', 'b', 'd']) hatch.ok('POST', MAPS, map(name))
  const first = hatch.ok('GET', `${MAPS}?limit=3`)
  expect(first.items.map((o: any) => o.metadata.name)).toEqual(['a', 'b', 'c'])
  expect(first.metadata.remainingItemCount).toBe(1)
  hatch.ok('DELETE', `${MAPS}/d`)
  const second = hatch.ok('GET', `${MAPS}?limit=3&continue=${first.metadata.continue}`)
  expect(second.items.map((o: any) => o.metadata.name)).toEqual(['d'])
  expect(second.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion })
  expect(hatch.ok('GET', MAPS).items).toHaveLength(3)
  expect(first.items[0].kind).toBeUndefined()
})

test('a page holds what is selected, and no more than was asked for', () => {
  const hatch = new Hatch()
  for (let i = 1; i <= 7; i++) hatch.ok('POST', MAPS, { metadata: { name: `m${i}`, labels: i === 3 ? {} : { a: 'b' } } })
  const pages: string[] = []
  for (let token: string | undefined = ''; token !== undefined; ) {
    const { items, metadata } = hatch.ok('GET', `${MAPS}?limit=3&labelSelector=a%3Db${token === '' ? '' : `&continue=${token}`}`)
    pages.push(items.map((o: any) => o.metadata.name).join(' '))
    expect(metadata.remainingItemCount).toBeUndefined()
    token = metadata.continue
  }
  expect(pages).toEqual(['m1 m2 m4', 'm5 m6 m7'])
})

test('a page of history that was compacted is 410, with a token to go on all the same', () => {
  const hatch = new Hatch()
  for (const name of ['a', 'b', 'c']) hatch.ok('POST', MAPS, map(name))
  const first = hatch.ok('GET', `${MAPS}?limit=1`)
  hatch.ok('DELETE', `${MAPS}/b`)
  hatch.pass(700_000)
  const second = hatch.ask('GET', `${MAPS}?limit=1&continue=${first.metadata.continue}`)
  expect(second).toMatchObject({ status: 410, body: { reason: 'Expired' } })
  const rest = hatch.ok('GET', `${MAPS}?limit=5&continue=${second.body.metadata.continue}`)
  expect(rest.items.map((o: any) => o.metadata.name)).toEqual(['c'])
})

test('history is forgotten after ten minutes at the latest, and Events after an hour', () => {
  const hatch = new Hatch()
  hatch.ok('POST', '/api/v1/namespaces/default/events', { metadata: { name: 'e' }, involvedObject: { kind: 'Pod', namespace: 'default' }, reason: 'R' })
  hatch.ok('POST', MAPS, map('a'))
  for (let i = 0; i < 20; i++) hatch.ok('PUT', `${MAPS}/a`, map('a', { i: String(i) }))
  hatch.pass(3_590_000)
  expect(hatch.ok('GET', '/api/v1/namespaces/default/events').items).toHaveLength(1)
  hatch.pass(80_000)
  expect(hatch.ok('GET', '/api/v1/namespaces/default/events').items).toHaveLength(0)
  expect(hatch.world.actors.get('etcd')!.state.durable.store.log.length).toBeLessThan(10)
})

test('a Pod nobody runs goes at once, in two writes', () => {
  const hatch = new Hatch()
  const p = hatch.ok('POST', PODS, pod('p'))
  const told = hatch.watch(`${PODS}?resourceVersion=${p.metadata.resourceVersion}`)
  expect(hatch.ok('DELETE', `${PODS}/p`).metadata).toMatchObject({ deletionGracePeriodSeconds: 0, generation: 2 })
  expect(told()).toEqual(['MODIFIED p', 'DELETED p'])
})

test('a bound Pod gets its grace, which a second request may only shorten', () => {
  const hatch = new Hatch()
  hatch.ok('POST', PODS, pod('p'))
  hatch.ok('POST', `${PODS}/p/binding`, { metadata: { name: 'p' }, target: { name: 'factory-p' } })
  expect(hatch.ask('POST', `${PODS}/p/binding`, { metadata: { name: 'p' }, target: { name: 'factory-q' } }).body.message).toBe(
    'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "factory-p"',
  )
  const first = hatch.ok('DELETE', `${PODS}/p`)
  expect(first.metadata).toMatchObject({ deletionGracePeriodSeconds: 30, generation: 2 })
  expect(hatch.ok('DELETE', `${PODS}/p`, { gracePeriodSeconds: 60 }).metadata.deletionTimestamp).toBe(first.metadata.deletionTimestamp)
  expect(hatch.ok('DELETE', `${PODS}/p`, { gracePeriodSeconds: 5 }).metadata.deletionGracePeriodSeconds).toBe(5)
  hatch.ok('DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 })
  expect(hatch.ask('GET', `${PODS}/p`).status).toBe(404)
})

test('an object with finalizers waits until the last one is taken away', () => {
  const hatch = new Hatch()
  hatch.ok('POST', MAPS, { metadata: { name: 'a', finalizers: ['x.io/hold'] } })
  expect(hatch.ok('DELETE', `${MAPS}/a`).metadata).toMatchObject({ deletionGracePeriodSeconds: 0, finalizers: ['x.io/hold'] })
  hatch.ok('PATCH', `${MAPS}/a`, { metadata: { finalizers: null } }, { type: TYPES.merge })
  expect(hatch.ask('GET', `${MAPS}/a`).status).toBe(404)
})

test.each([
  ['Foreground', ['foregroundDeletion']],
  ['Orphan', ['orphan']],
])('propagation %s becomes a finalizer', (propagationPolicy, finalizers) => {
  const hatch = new Hatch()
  hatch.ok('POST', MAPS, map('a'))
  expect(hatch.ok('DELETE', `${MAPS}/a`, { propagationPolicy }).metadata.finalizers).toEqual(finalizers)
})

test('a namespace on its way out takes nothing new, and goes when it is finalized', () => {
  const hatch = new Hatch()
  hatch.ok('POST', '/api/v1/namespaces', { metadata: { name: 'lab' } })
  const lab = hatch.ok('DELETE', '/api/v1/namespaces/lab')
  expect(lab.status.phase).toBe('Terminating')
  const refused = hatch.ask('POST', '/api/v1/namespaces/lab/configmaps', map('a')).body
  expect(refused.message).toBe('configmaps "a" is forbidden: unable to create new content in namespace lab because it is being terminated')
  expect(refused.details.causes).toEqual([{ reason: 'NamespaceTerminating', message: 'namespace lab is being terminated', field: 'metadata.namespace' }])
  hatch.ok('PUT', '/api/v1/namespaces/lab/finalize', { ...lab, spec: { finalizers: [] } })
  expect(hatch.ask('GET', '/api/v1/namespaces/lab').status).toBe(404)
})

test('names are made from generateName, and eight taken ones are enough', () => {
  const hatch = new Hatch()
  const made = hatch.ok('POST', MAPS, { metadata: { generateName: 'a-' } })
  expect(made.metadata.name).toMatch(/^a-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
})

test('status and spec have a door each', () => {
  const hatch = new Hatch()
  hatch.ok('POST', PODS, pod('p'))
  const p = hatch.ok('GET', `${PODS}/p`)
  hatch.ok('PUT', `${PODS}/p`, { ...p, status: { phase: 'Failed' } })
  expect(hatch.ok('GET', `${PODS}/p`).status.phase).toBe('Pending')
  hatch.ok('PATCH', `${PODS}/p/status`, { status: { phase: 'Running' }, spec: { activeDeadlineSeconds: 5 } }, { type: TYPES.strategic })
  const now = hatch.ok('GET', `${PODS}/p`)
  expect([now.status.phase, now.spec.activeDeadlineSeconds, now.metadata.generation]).toEqual(['Running', undefined, 1])
})

test('fields have owners; applying at odds with one is a conflict, unless forced', () => {
  const hatch = new Hatch()
  const apply = (data: any, query: string) =>
    hatch.ask('PATCH', `${MAPS}/m?${query}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data }, { type: TYPES.apply })
  expect(apply({ a: '1', b: '2' }, 'fieldManager=m1').status).toBe(201)
  expect(apply({ a: '9', b: '8' }, 'fieldManager=m2').body).toMatchObject({
    code: 409,
    message: 'Apply failed with 2 conflicts: conflicts with "m1":\n- .data.a\n- .data.b',
    details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "m1"', field: '.data.a' }, { field: '.data.b' }] },
  })
  expect(apply({ a: '1' }, 'fieldManager=m2').status).toBe(200)
  expect(apply({ a: '9' }, 'fieldManager=m2&force=true').status).toBe(200)
  const owners = hatch.ok('GET', `${MAPS}/m`).metadata.managedFields.map((e: any) => [e.manager, e.operation, e.fieldsV1])
  expect(owners).toEqual([
    ['m1', 'Apply', { 'f:data': { 'f:b': {} } }],
    ['m2', 'Apply', { 'f:data': { 'f:a': {} } }],
  ])
  apply({}, 'fieldManager=m1')
  expect(hatch.ok('GET', `${MAPS}/m`).data).toEqual({ a: '9' })
  hatch.ok('PATCH', `${MAPS}/m?fieldManager=hand`, { data: { a: '5' } }, { type: TYPES.merge })
  expect(apply({ a: '9' }, 'fieldManager=m2').body.message).toBe('Apply failed with 1 conflict: conflict with "hand" using v1: .data.a')
})

test('a dry run goes all the way but to the vault', () => {
  const hatch = new Hatch()
  const dry = hatch.ok('POST', `${MAPS}?dryRun=All`, map('a'))
  expect([dry.metadata.uid !== undefined, dry.metadata.resourceVersion]).toEqual([true, undefined])
  expect(hatch.ask('GET', `${MAPS}/a`).status).toBe(404)
  hatch.ok('POST', MAPS, map('a'))
  hatch.ok('DELETE', `${MAPS}/a`, { dryRun: ['All'] })
  expect(hatch.ask('GET', `${MAPS}/a`).status).toBe(200)
})

test('the API server comes back after a crash with all that it had stored', () => {
  const hatch = new Hatch()
  const told = hatch.watch(MAPS)
  const before = hatch.ok('POST', MAPS, map('a'))
  hatch.ok('POST', '/api/v1/namespaces', { metadata: { name: 'n' } })
  hatch.crash('kube-apiserver')
  expect(() => hatch.ask('GET', `${MAPS}/a`)).toThrow('refused')
  hatch.restart('kube-apiserver')
  expect(hatch.ok('GET', `${MAPS}/a`)).toEqual(before)
  hatch.ok('POST', MAPS, map('b'))
  expect(told()).toEqual(['ADDED a'])
  const { resourceVersion } = before.metadata
  expect(hatch.watch(`${MAPS}?resourceVersion=${resourceVersion}`)()).toEqual([
    `ERROR too old resource version: ${resourceVersion} (${Number(resourceVersion) + 1})`,
  ])
})

test('while etcd is away writes wait, and watches go on when it is back', () => {
  const hatch = new Hatch()
  const told = hatch.watch(MAPS)
  hatch.crash('etcd')
  const late = hatch.ask('POST', MAPS, map('a'))
  expect(late).toMatchObject({ status: 504, body: { message: 'Timeout: request did not complete within requested timeout - context deadline exceeded' } })
  expect(hatch.ok('GET', `${PODS}?resourceVersion=0`).items).toEqual([])
  hatch.restart('etcd')
  hatch.pass(3_000)
  hatch.ok('POST', MAPS, map('b'))
  expect(told()).toEqual(['ADDED b'])
})

test('a copy of the world answers as the world does', () => {
  const hatch = new Hatch()
  hatch.ok('POST', MAPS, map('a'))
  const fork = copy(hatch.world)
  advanceTo(system, fork, hatch.world.now + 700_000)
  hatch.pass(700_000)
  expect(fork.chain).toBe(hatch.world.chain)
})

test('every station tells how a request fared', () => {
  const hatch = new Hatch()
  const before = hatch.notes('Station').length
  hatch.ok('POST', PODS, pod('p'))
  const stations = hatch.notes('Station').slice(before)
  expect(stations.map(s => `${s.station}: ${s.verdict}`)).toEqual([
    'authentication: passed',
    'authorization: passed',
    'decoding: passed',
    'mutating admission: amended',
    'validation: passed',
    'validating admission: passed',
    'storage: passed',
  ])
  expect(stations[3].changes).toEqual([
    { by: 'ServiceAccount', what: 'spec.containers' },
    { by: 'ServiceAccount', what: 'spec.serviceAccountName' },
    { by: 'ServiceAccount', what: 'spec.serviceAccount' },
    { by: 'ServiceAccount', what: 'spec.volumes' },
    { by: 'Priority', what: 'spec.priority' },
    { by: 'Priority', what: 'spec.preemptionPolicy' },
    { by: 'DefaultTolerationSeconds', what: 'spec.tolerations' },
  ])
  expect(hatch.notes('Request').at(-1)).toMatchObject({ user: 'admin', verb: 'create', resource: 'pods', namespace: 'default', name: 'p', code: 201 })
})

test('readiness follows the connection with etcd', () => {
  const hatch = new Hatch()
  const ready = (path = '/readyz') => {
    const { status, body } = hatch.ask('GET', path, undefined, path === '/readyz' ? { token: '' } : {})
    return [status, body]
  }
  expect(ready()).toEqual([200, 'ok'])
  expect(ready('/livez/ping')).toEqual([200, 'ok'])
  hatch.crash('etcd')
  hatch.pass(5_010)
  const [status, body] = ready()
  expect(status).toBe(500)
  expect(body).toContain('[+]ping ok\n[+]log ok\n[-]etcd failed: reason withheld\n[-]etcd-readiness failed: reason withheld\n')
  expect(body).toMatch(/readyz check failed\n$/)
  hatch.restart('etcd')
  hatch.pass(2_000)
  expect(ready('/readyz?verbose=')[1]).toMatch(/^\[\+\]ping ok\n.*readyz check passed\n$/s)
})

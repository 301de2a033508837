import { expect, test } from 'vitest'
import { advance, advanceTo, apply, copyWorld } from '../../../src/kernel/world.ts'
import { Hatch, MAPS, PODS, pod, system, TYPES } from './hatch.ts'

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

test('in a namespace on its way out nothing is bound, evicted or given a token', () => {
  const hatch = new Hatch()
  hatch.ok('POST', '/api/v1/namespaces', { metadata: { name: 't' } })
  hatch.ok('POST', '/api/v1/namespaces/t/serviceaccounts', { metadata: { name: 'default' } })
  hatch.ok('POST', '/api/v1/namespaces/t/pods', pod('p'))
  hatch.ok('DELETE', '/api/v1/namespaces/t')
  const asked = [
    ['pods/p/binding', { metadata: { name: 'p' }, target: { name: 'n' } }, 'pods "p"'],
    ['bindings', { metadata: { name: 'p' }, target: { name: 'n' } }, 'bindings "p"'],
    ['pods/p/eviction', { metadata: { name: 'p' } }, 'pods "p"'],
    ['serviceaccounts/default/token', {}, 'serviceaccounts "default"'],
  ] as const
  for (const [path, body, who] of asked)
    expect(hatch.ask('POST', `/api/v1/namespaces/t/${path}`, body)).toMatchObject({
      status: 403,
      body: {
        message: `${who} is forbidden: unable to create new content in namespace t because it is being terminated`,
        details: { causes: [{ reason: 'NamespaceTerminating', message: 'namespace t is being terminated', field: 'metadata.namespace' }] },
      },
    })
  expect(hatch.ask('POST', '/api/v1/namespaces/nope/pods/p/eviction', { metadata: { name: 'p' } }).body.message).toBe('namespaces "nope" not found')
})

test('a Binding names a node, and may demand which Pod it is for', () => {
  const hatch = new Hatch()
  const { metadata } = hatch.ok('POST', PODS, pod('p'))
  const bind = (target: any, more = {}) => {
    const { status, body } = hatch.ask('POST', `${PODS}/p/binding`, { metadata: { name: 'p', ...more }, target })
    return [status, body.message]
  }
  const node = { kind: 'Node', name: 'n1' }
  const unmet = (why: string) =>
    `Operation cannot be fulfilled on pods "p": StorageError: invalid object, Code: 4, Key: /registry/pods/default/p, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${why}`
  expect(bind({})).toEqual([500, 'target.name: Required value'])
  expect(bind({ kind: 'Minion', name: 'n1' })).toEqual([500, 'target.kind: Unsupported value: "Minion": supported values: "Node", "<empty>"'])
  expect(bind({ name: 'N_1' })[0]).toBe(500)
  expect(bind(node, { uid: 'zz' })).toEqual([409, unmet(`UID in precondition: zz, UID in object meta: ${metadata.uid}`)])
  expect(bind(node, { resourceVersion: '1' })).toEqual([
    409,
    unmet(`ResourceVersion in precondition: 1, ResourceVersion in object meta: ${metadata.resourceVersion}`),
  ])
  expect(bind(node, { uid: metadata.uid, resourceVersion: metadata.resourceVersion })).toEqual([201, undefined])
})

test('a copy made while a Scale is written notes what was sent, as the world does', () => {
  const hatch = new Hatch()
  const path = '/apis/apps/v1/namespaces/default/deployments'
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
  hatch.ok('POST', path, { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template } })
  const headers = { authorization: 'Bearer admin-token', 'content-type': 'application/json' }
  const request = { method: 'PUT', path: `${path}/d/scale`, query: {}, headers, body: { metadata: { name: 'd' }, spec: { replicas: 3 } } }
  apply(system, hatch.world, { input: 'post', to: 'user/admin', type: 'ask', body: { id: 9_999, request, open: false } })
  const server = hatch.world.actors.get('kube-apiserver')!
  while (![...server.routines.values()].some(routine => routine.waiting === 'call')) advance(system, hatch.world)
  const twin = copyWorld(hatch.world)
  for (const world of [hatch.world, twin]) {
    advanceTo(system, world, world.now + 100)
    expect(world.notes.at(-1)!.data).toMatchObject({ verb: 'update', subresource: 'scale', code: 200, body: { kind: 'Scale', spec: { replicas: 3 } } })
  }
})

test('a collection of any size is deleted, and answered as it was listed', () => {
  const hatch = new Hatch()
  for (let i = 0; i < 1_200; i++) hatch.ok('POST', MAPS, map(`m${i}`, { metadata: { labels: { odd: String(i % 2) } } }))
  const odd = hatch.ok('DELETE', `${MAPS}?labelSelector=odd%3D1`)
  expect([odd.kind, odd.items.length, odd.items[0].metadata.deletionTimestamp]).toEqual(['ConfigMapList', 600, undefined])
  const left = hatch.ok('GET', MAPS).items
  expect([left.length, left[0].metadata.labels]).toEqual([600, { odd: '0' }])
  const page = hatch.ok('DELETE', `${MAPS}?limit=2`)
  expect([page.items.length, page.metadata.remainingItemCount, page.metadata.continue !== undefined]).toEqual([2, 598, true])
  expect(hatch.ok('GET', MAPS).items).toHaveLength(598)
  expect(hatch.ask('DELETE', `${MAPS}?resourceVersionMatch=Exact`).body.message).toBe(
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  )
})

test('whoever deletes Jobs without a word about their Pods is warned, of many as of one', () => {
  const hatch = new Hatch()
  const warned = (query: string) => hatch.ask('DELETE', `/apis/batch/v1/namespaces/default/jobs${query}`).headers['warning']
  expect(warned('')).toBe(
    '299 - "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning"',
  )
  expect(warned('?propagationPolicy=Background')).toBeUndefined()
})

test('a Namespace is only marked at first, without a grace', () => {
  const hatch = new Hatch()
  const deleted = (name: string, options: any) => {
    hatch.ok('POST', '/api/v1/namespaces', { metadata: { name } })
    const { metadata, status } = hatch.ok('DELETE', `/api/v1/namespaces/${name}`, options)
    expect([metadata.deletionTimestamp, metadata.deletionGracePeriodSeconds, status.phase]).toEqual(['2026-11-02T08:00:00Z', undefined, 'Terminating'])
    return metadata.finalizers
  }
  expect(deleted('a', {})).toBeUndefined()
  expect(deleted('b', { propagationPolicy: 'Foreground' })).toEqual(['foregroundDeletion'])
  expect(deleted('c', { propagationPolicy: 'Orphan' })).toEqual(['orphan'])
  expect(deleted('d', { orphanDependents: false })).toEqual(['foregroundDeletion'])
  const { metadata } = hatch.ok('DELETE', '/api/v1/namespaces/b', { propagationPolicy: 'Background' })
  expect(metadata.finalizers).toEqual(['foregroundDeletion'])
  expect(hatch.ask('DELETE', '/api/v1/namespaces/b', { preconditions: { uid: 'zz' } }).body.message).toBe(
    `Operation cannot be fulfilled on namespaces "b": Precondition failed: UID in precondition: zz, UID in object meta: ${metadata.uid}`,
  )
})

test('an Event waits for no dependents, and a grace has to be a number', () => {
  const hatch = new Hatch()
  const events = '/api/v1/namespaces/default/events'
  hatch.ok('POST', events, { metadata: { name: 'e' }, involvedObject: { namespace: 'default' }, reason: 'R' })
  hatch.ok('DELETE', `${events}/e`, { propagationPolicy: 'Foreground' })
  expect(hatch.ask('GET', `${events}/e`).status).toBe(404)
  const refused = (query: string, body?: any) => {
    const answer = hatch.ask('DELETE', `${MAPS}/m${query}`, body)
    return [answer.status, answer.body.message]
  }
  expect(refused('?gracePeriodSeconds=abc')).toEqual([400, 'strconv.ParseInt: parsing "abc": invalid syntax'])
  expect(refused('', { gracePeriodSeconds: 'abc' })).toEqual([
    400,
    'json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
  ])
})

test('a dry run of what is there already is refused, and takes no port or address', () => {
  const hatch = new Hatch()
  hatch.ok('POST', MAPS, map('m'))
  expect(hatch.ask('POST', `${MAPS}?dryRun=All`, map('m')).body).toMatchObject({ code: 409, message: 'configmaps "m" already exists' })
  const services = '/api/v1/namespaces/default/services'
  const service = { metadata: { name: 's' }, spec: { type: 'NodePort', ports: [{ port: 80 }] } }
  const { clusterIP, ports } = hatch.ok('POST', `${services}?dryRun=All`, service).spec
  const spec = { ...service.spec, clusterIP, ports: [{ port: 80, nodePort: ports[0].nodePort }] }
  expect(hatch.ok('POST', services, { ...service, spec }).spec.clusterIP).toBe(clusterIP)
})

test('a name that an object on its way out still has is taken, and the refusal says why', () => {
  const hatch = new Hatch()
  hatch.ok('POST', MAPS, map('m', { metadata: { finalizers: ['x.io/hold'] } }))
  hatch.ok('DELETE', `${MAPS}/m`)
  for (const query of ['', '?dryRun=All'])
    expect(hatch.ask('POST', `${MAPS}${query}`, map('m')).body).toMatchObject({
      code: 409,
      message: 'object is being deleted: configmaps "m" already exists',
    })
})

test('a Pod that waits for its account is refused once, or not at all', () => {
  const hatch = new Hatch()
  hatch.ok('POST', '/api/v1/namespaces', { metadata: { name: 'n' } })
  const before = hatch.notes('Station').length
  expect(hatch.ask('POST', '/api/v1/namespaces/n/pods', pod('p')).status).toBe(403)
  expect(
    hatch
      .notes('Station')
      .slice(before)
      .map(s => `${s.station}: ${s.verdict}`),
  ).toEqual(['authentication: passed', 'authorization: passed', 'decoding: passed', 'mutating admission: refused'])
})

test('only the storage minds a resourceVersion of what is created', () => {
  const hatch = new Hatch()
  const given = (name: string) => map(name, { metadata: { resourceVersion: '7' } })
  expect(hatch.ask('POST', MAPS, given('M!')).status).toBe(422)
  expect(hatch.ask('POST', `${MAPS}?dryRun=All`, given('m')).status).toBe(201)
  expect(hatch.ask('POST', MAPS, given('m')).body.message).toBe('resourceVersion should not be set on objects to be created')
})

test('a quota is charged only if all others have room as well', () => {
  const hatch = new Hatch()
  const quotas = '/api/v1/namespaces/default/resourcequotas'
  const count = 'count/configmaps'
  for (const [name, hard] of [
    ['a', '50'],
    ['b', '6'],
  ] as const) {
    hatch.ok('POST', quotas, { metadata: { name }, spec: { hard: { [count]: hard } } })
    hatch.ok('PATCH', `${quotas}/${name}/status`, { status: { hard: { [count]: hard }, used: { [count]: '5' } } }, { type: TYPES.merge })
  }
  const used = () => ['a', 'b'].map(name => hatch.ok('GET', `${quotas}/${name}`).status.used[count])
  hatch.ok('POST', `${MAPS}?dryRun=All`, map('m'))
  expect(used()).toEqual(['5', '5'])
  hatch.ok('POST', MAPS, map('m'))
  expect(used()).toEqual(['6', '6'])
  expect(hatch.ask('POST', MAPS, map('n')).body.message).toBe(
    'configmaps "n" is forbidden: exceeded quota: b, requested: count/configmaps=1, used: count/configmaps=6, limited: count/configmaps=6',
  )
  expect(used()).toEqual(['6', '6'])
})

test('who manages what may be written by hand, but only so that it can be read', () => {
  const hatch = new Hatch()
  hatch.ok('POST', `${MAPS}?fieldManager=maker`, map('m', { data: { a: '1', b: '2' } }))
  const managers = () => (hatch.ok('GET', `${MAPS}/m`).metadata.managedFields ?? []).map((e: any) => [e.manager, e.operation, e.fieldsV1])
  const patch = (...operations: any[]) => hatch.ok('PATCH', `${MAPS}/m?fieldManager=hand`, operations, { type: TYPES.json })
  const entry = '/metadata/managedFields/0'
  const owned = { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } }
  patch({ op: 'replace', path: `${entry}/manager`, value: 'other' }, { op: 'replace', path: `${entry}/operation`, value: 'Apply' })
  expect(managers()).toEqual([['other', 'Apply', owned]])
  patch({ op: 'replace', path: `${entry}/fieldsV1`, value: { 'f:data': { 'f:a': {} } } }, { op: 'replace', path: '/data/b', value: '3' })
  expect(managers()).toEqual([
    ['other', 'Apply', { 'f:data': { 'f:a': {} } }],
    ['hand', 'Update', { 'f:data': { 'f:b': {} } }],
  ])
  const before = managers()
  for (const [field, value] of Object.entries({ operation: 'Erase', fieldsType: 'V2', apiVersion: '', fieldsV1: { 'x:data': {} } }))
    patch({ op: 'replace', path: `${entry}/${field}`, value })
  expect(managers()).toEqual(before)
  patch({ op: 'replace', path: '/metadata/managedFields', value: [{}] })
  expect(managers()).toEqual([])
})

test('whoever creates an object owns all that it has, whatever it says of its managers', () => {
  const hatch = new Hatch()
  const entry = (fieldsV1: any) => ({ manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1 })
  const made = (name: string, managedFields: any) =>
    hatch
      .ok('POST', `${MAPS}?fieldManager=maker`, map(name, { metadata: { managedFields }, data: { a: '1' } }))
      .metadata.managedFields.map((e: any) => [e.manager, e.fieldsV1])
  const maker = ['maker', { 'f:data': { '.': {}, 'f:a': {} } }]
  expect(made('a', [entry({ 'f:data': { 'f:a': {}, 'f:gone': {} } })])).toEqual([['x', { 'f:data': { 'f:gone': {} } }], maker])
  expect(made('b', [{}])).toEqual([maker])
})

test('an owner that is named twice is kept once, with a warning', () => {
  const hatch = new Hatch()
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'x', uid: 'u' }
  const text = (when: string) =>
    `299 - ".metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: u"`
  const created = hatch.ask('POST', MAPS, map('m', { metadata: { ownerReferences: [owner, owner] } }))
  expect([created.body.metadata.ownerReferences, created.headers['warning']]).toEqual([[owner], text('')])
  const others = [owner, { ...owner, controller: true }, owner]
  const patched = hatch.ask('PATCH', `${MAPS}/m`, { metadata: { ownerReferences: others } }, { type: TYPES.merge })
  expect([patched.body.metadata.ownerReferences, patched.headers['warning']]).toEqual([others.slice(0, 2), text(' after mutating admission happens')])
})

test('a write answers in the form that was asked for', () => {
  const hatch = new Hatch()
  const as = (form: string, type?: string) => ({ headers: { accept: `application/json;as=${form};g=meta.k8s.io;v=v1` }, ...(type ? { type } : {}) })
  const kinds = [
    hatch.ok('POST', MAPS, map('m', { data: { a: '1' } }), as('PartialObjectMetadata')),
    hatch.ok('PUT', `${MAPS}/m`, map('m', { data: { a: '2' } }), as('Table')),
    hatch.ok('PATCH', `${MAPS}/m`, { data: { a: '3' } }, as('Table', TYPES.merge)),
    hatch.ok('PATCH', `${MAPS}/n?fieldManager=x`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'n' } }, as('PartialObjectMetadata', TYPES.apply)),
    hatch.ok('DELETE', `${MAPS}/m`, undefined, as('Table')),
  ]
  expect(kinds.map(body => body.kind)).toEqual(['PartialObjectMetadata', 'Table', 'Table', 'PartialObjectMetadata', 'Status'])
  expect(Object.keys(kinds[0])).toEqual(['kind', 'apiVersion', 'metadata'])
  expect(kinds[2].rows[0].cells.slice(0, 2)).toEqual(['m', 1])
})

test('admission sees a change before its version is compared, but not one that is for another object', () => {
  const hatch = new Hatch()
  hatch.ok('POST', MAPS, map('m'))
  const stations = (metadata: any) => {
    const before = hatch.notes('Station').length
    expect(hatch.ask('PUT', `${MAPS}/m`, map('m', { metadata, data: { a: '1' } })).status).toBe(409)
    return hatch
      .notes('Station')
      .slice(before + 3)
      .map(s => `${s.station}: ${s.verdict}`)
  }
  expect(stations({ resourceVersion: '3' }).slice(-2)).toEqual(['mutating admission: passed', 'storage: refused'])
  expect(stations({ uid: 'zz' })).not.toContain('mutating admission: passed')
})

test('a change of a Service that comes too late gives back the address that it had taken', () => {
  const hatch = new Hatch()
  const path = '/api/v1/namespaces/default/services/s'
  hatch.ok('POST', '/api/v1/namespaces/default/services', {
    metadata: { name: 's' },
    spec: { type: 'ExternalName', externalName: 'a.b', ports: [{ port: 80 }] },
  })
  const body = { spec: { type: 'ClusterIP', externalName: null } }
  const headers = { authorization: 'Bearer admin-token', 'content-type': TYPES.merge }
  for (const id of [901, 902]) {
    const request = { method: 'PATCH', path, query: {}, headers, body }
    apply(system, hatch.world, { input: 'post', to: 'user/admin', type: 'ask', body: { id, request, open: false } })
  }
  hatch.pass(1_000)
  const addresses = hatch.ok('GET', '/apis/networking.k8s.io/v1/ipaddresses').items.map((o: any) => o.metadata.name)
  expect(addresses.sort()).toEqual(['10.96.0.1', hatch.ok('GET', path).spec.clusterIP].sort())
})

import { expect, test } from 'vitest'
import { authenticate } from '../../../src/cluster/kube-apiserver/authentication.ts'
import { Hatch, MAPS, PODS, pod, TYPES } from './hatch.ts'

const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const ROLES = `${RBAC}/namespaces/default/roles`
const BINDINGS = `${RBAC}/namespaces/default/rolebindings`
const KUBELET = { token: 'system:node:a', from: 'kubelet/a' }

const role = (name: string, ...rules: any[]) => ({ metadata: { name }, rules })
const binding = (name: string, kind: string, of: string, ...subjects: any[]) => ({
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: of },
  subjects,
})
const person = (name: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name })

function can(hatch: Hatch, as: string, verb: string, resource: string, namespace = 'default'): string {
  const body = { spec: { resourceAttributes: { verb, resource, namespace } } }
  const { allowed, reason } = hatch.ok('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body, { as }).status
  return `${allowed}${reason === undefined ? '' : ` ${reason}`}`
}

test('a role allows where it is bound, and not elsewhere', () => {
  const hatch = new Hatch()
  expect(can(hatch, 'vera', 'list', 'pods')).toBe('false')
  hatch.ok('POST', ROLES, role('reader', { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] }))
  hatch.ok('POST', BINDINGS, binding('vera-reads', 'Role', 'reader', person('vera'), { kind: 'ServiceAccount', name: 'robot', namespace: 'default' }))
  expect(can(hatch, 'vera', 'list', 'pods')).toBe('true RBAC: allowed by RoleBinding "vera-reads/default" of Role "reader" to User "vera"')
  expect(can(hatch, 'system:serviceaccount:default:robot', 'get', 'pods')).toBe(
    'true RBAC: allowed by RoleBinding "vera-reads/default" of Role "reader" to ServiceAccount "robot/default"',
  )
  expect(can(hatch, 'vera', 'list', 'pods', 'kube-system')).toBe('false')
  expect(can(hatch, 'vera', 'delete', 'pods')).toBe('false')
  expect(hatch.ask('GET', '/api/v1/nodes', undefined, { as: 'vera' }).body.message).toBe(
    'nodes is forbidden: User "vera" cannot list resource "nodes" in API group "" at the cluster scope',
  )
  hatch.ok('DELETE', `${BINDINGS}/vera-reads`)
  expect(can(hatch, 'vera', 'list', 'pods')).toBe('false')
})

test('a binding to a role that is not there says so', () => {
  const hatch = new Hatch()
  hatch.ok('POST', `${RBAC}/clusterrolebindings`, binding('b', 'ClusterRole', 'x', person('vera')))
  expect(hatch.ask('GET', PODS, undefined, { as: 'vera' }).body.message).toBe(
    'pods is forbidden: User "vera" cannot list resource "pods" in API group "" in the namespace "default": RBAC: clusterrole.rbac.authorization.k8s.io "x" not found',
  )
})

test('nobody gives away rights that they do not have', () => {
  const hatch = new Hatch()
  hatch.ok('POST', BINDINGS, binding('ann-admin', 'ClusterRole', 'admin', person('ann')))
  hatch.ok('POST', ROLES, role('mine', { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }), { as: 'ann' })
  expect(hatch.ask('POST', ROLES, role('r9', { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] }), { as: 'ann' }).body.message).toBe(
    'roles.rbac.authorization.k8s.io "r9" is forbidden: user "ann" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}',
  )
  expect(hatch.ask('POST', BINDINGS, binding('up', 'ClusterRole', 'cluster-admin', person('ann')), { as: 'ann' }).status).toBe(403)
})

test('who may not impersonate is told so', () => {
  const hatch = new Hatch(1, { users: { dev: { username: 'dev', groups: [] } } })
  expect(hatch.ask('GET', '/api/v1/pods', undefined, { token: 'dev', as: 'eve' }).body.message).toBe(
    'pods is forbidden: User "dev" cannot impersonate-on:user-info:list resource "pods" in API group "" at the cluster scope',
  )
  hatch.ok('POST', `${RBAC}/clusterroles`, role('i', { apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }))
  hatch.ok('POST', `${RBAC}/clusterrolebindings`, binding('i', 'ClusterRole', 'i', person('dev')))
  expect(hatch.ask('GET', '/api/v1/pods', undefined, { token: 'dev', as: 'eve' }).body.message).toContain('User "eve" cannot list')
})

test('whoami, and all rights of a stranger', () => {
  const hatch = new Hatch()
  expect(hatch.ok('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}).status.userInfo).toEqual({
    username: 'admin',
    uid: 'admin',
    groups: ['system:masters', 'system:authenticated'],
  })
  const rules = hatch.ok('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { spec: { namespace: 'default' } }, { as: 'vera' }).status
  expect(rules.resourceRules.flatMap((r: any) => r.resources).sort()).toEqual(['selfsubjectaccessreviews', 'selfsubjectreviews', 'selfsubjectrulesreviews'])
  expect(rules.nonResourceRules.flatMap((r: any) => r.nonResourceURLs)).toContain('/openapi/*')
})

test('a kubelet sees its own Pods and what they use, and nothing else', () => {
  const hatch = new Hatch()
  const says = (method: string, path: string, body?: unknown, type?: string) =>
    hatch.ask(method, path, body, { ...KUBELET, ...(type ? { type } : {}) }).body?.message
  hatch.ok('POST', '/api/v1/nodes', { metadata: { name: 'a' } }, KUBELET)
  hatch.ok('POST', '/api/v1/nodes', { metadata: { name: 'b' } })
  expect(hatch.ok('GET', '/api/v1/nodes/a').spec.taints).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])
  expect(says('GET', '/api/v1/nodes')).toBe(
    `nodes is forbidden: User "system:node:a" cannot list resource "nodes" in API group "" at the cluster scope: node 'a' cannot read all nodes, only its own Node object`,
  )
  expect(says('GET', PODS)).toContain('can only list/watch pods with spec.nodeName field selector')
  hatch.ok('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 's' } })
  expect(says('GET', '/api/v1/namespaces/default/secrets/s')).toContain("no relationship found between node 'a' and this object")
  hatch.ok('POST', PODS, pod('p', { spec: { nodeName: 'a', volumes: [{ name: 'v', secret: { secretName: 's' } }] } }))
  hatch.ok('GET', '/api/v1/namespaces/default/secrets/s', undefined, KUBELET)
  expect(says('PATCH', '/api/v1/nodes/b/status', {}, TYPES.strategic)).toBe('nodes "b" is forbidden: node "a" is not allowed to modify node "b"')
  expect(says('PATCH', '/api/v1/nodes/a', { spec: { taints: null } }, TYPES.strategic)).toBe('nodes "a" is forbidden: node "a" is not allowed to modify taints')
  expect(says('PATCH', '/api/v1/nodes/a', { metadata: { labels: { 'node-restriction.kubernetes.io/x': '1' } } }, TYPES.strategic)).toBe(
    'nodes "a" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/x',
  )
  expect(says('DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 })).toBeUndefined()
  expect(says('POST', PODS, pod('q'))).toBe(
    'pods "q" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "a" can only create mirror pods',
  )
})

test('a token of a service account lets in who shows it, until it or its Pod is gone', () => {
  const hatch = new Hatch()
  const p = hatch.ok('POST', PODS, pod('p'))
  const ask = (spec: any) => hatch.ok('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { spec }).status.token
  const who = (token: string) => hatch.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, { token })
  const free = ask({ expirationSeconds: 600 })
  const bound = ask({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: p.metadata.uid } })
  expect(who(free).body.status.userInfo.username).toBe('system:serviceaccount:default:default')
  expect(who(bound).body.status.userInfo.extra['authentication.kubernetes.io/pod-name']).toEqual(['p'])
  expect(who(`${free}x`).status).toBe(401)
  hatch.ok('DELETE', `${PODS}/p`)
  expect(who(bound).status).toBe(401)
  hatch.pass(601_000)
  expect(who(free).status).toBe(401)
})

test('a quota counts before it is too late, and demands what it counts', () => {
  const hatch = new Hatch()
  const QUOTAS = '/api/v1/namespaces/default/resourcequotas'
  hatch.ok('POST', QUOTAS, { metadata: { name: 'q' }, spec: { hard: { pods: '2', 'requests.cpu': '1' } } })
  const sized = (name: string, cpu: string) => pod(name, { spec: { containers: [{ name: 'a', image: 'nginx', resources: { requests: { cpu } } }] } })
  const says = (body: any) => hatch.ask('POST', PODS, body).body.message
  expect(says(sized('a', '100m'))).toBe('pods "a" is forbidden: status unknown for quota: q, resources: pods,requests.cpu')
  hatch.ok(
    'PATCH',
    `${QUOTAS}/q/status`,
    { status: { hard: { pods: '2', 'requests.cpu': '1' }, used: { pods: '0', 'requests.cpu': '0' } } },
    { type: TYPES.merge },
  )
  expect(says(pod('a'))).toBe('pods "a" is forbidden: failed quota: q: must specify requests.cpu for: a')
  hatch.ok('POST', PODS, sized('a', '200m'))
  expect(hatch.ok('GET', `${QUOTAS}/q`).status.used).toEqual({ pods: '1', 'requests.cpu': '200m' })
  expect(says(sized('b', '900m'))).toBe(
    'pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=900m, used: requests.cpu=200m, limited: requests.cpu=1',
  )
  hatch.ok('POST', `${PODS}?dryRun=All`, sized('b', '100m'))
  hatch.ok('POST', PODS, sized('b', '100m'))
  expect(says(sized('c', '100m'))).toBe('pods "c" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2')
  expect(
    hatch
      .notes('Request')
      .filter(n => n.user === 'system:apiserver')
      .map(n => `${n.verb} ${n.resource}/${n.subresource}`),
  ).toEqual(['update resourcequotas/status', 'update resourcequotas/status'])
})

test('a limit range fills in what is missing, and says so', () => {
  const hatch = new Hatch()
  const limits = [{ type: 'Container', default: { cpu: '500m', memory: '256Mi' }, defaultRequest: { cpu: '200m', memory: '128Mi' }, max: { cpu: '2' } }]
  hatch.ok('POST', '/api/v1/namespaces/default/limitranges', { metadata: { name: 'lr' }, spec: { limits } })
  const a = hatch.ok('POST', PODS, pod('a'))
  expect(a.spec.containers[0].resources).toEqual({ limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '200m', memory: '128Mi' } })
  expect(a.metadata.annotations).toEqual({
    'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu, memory request for container a; cpu, memory limit for container a',
  })
  const big = pod('big', { spec: { containers: [{ name: 'big', image: 'nginx', resources: { limits: { cpu: '3' } } }] } })
  expect(hatch.ask('POST', PODS, big).body.message).toBe('pods "big" is forbidden: maximum cpu usage per Container is 2, but limit is 3')
})

test('a namespace sets how much a Pod may take upon itself', () => {
  const hatch = new Hatch()
  hatch.ok('POST', '/api/v1/namespaces', {
    metadata: { name: 'strict', labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' } },
  })
  hatch.ok('POST', '/api/v1/namespaces/strict/serviceaccounts', { metadata: { name: 'default' } })
  const reasons =
    'allowPrivilegeEscalation != false (container "nginx" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "nginx" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "nginx" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "nginx" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
  const spec = { containers: [{ name: 'nginx', image: 'nginx' }] }
  expect(hatch.ask('POST', '/api/v1/namespaces/strict/pods', { metadata: { name: 'p' }, spec }).body.message).toBe(
    `pods "p" is forbidden: violates PodSecurity "restricted:latest": ${reasons}`,
  )
  const deployment = { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec } } }
  const answer = hatch.ask('POST', '/apis/apps/v1/namespaces/strict/deployments', deployment)
  expect([answer.status, answer.headers['warning']]).toEqual([
    201,
    `299 - "would violate PodSecurity \\"restricted:latest\\": ${reasons.replaceAll('"', '\\"')}"`,
  ])
})

test('an eviction asks the budget', () => {
  const hatch = new Hatch()
  const labels = { app: 'web' }
  for (const name of ['p', 'q']) {
    hatch.ok('POST', PODS, pod(name, { metadata: { labels }, spec: { nodeName: 'n' } }))
    hatch.ok('PATCH', `${PODS}/${name}/status`, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }, { type: TYPES.strategic })
  }
  const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
  hatch.ok('POST', BUDGETS, { metadata: { name: 'b' }, spec: { minAvailable: 1, selector: { matchLabels: labels } } })
  const evict = (name: string) => hatch.ask('POST', `${PODS}/${name}/eviction`, { metadata: { name } })
  expect(evict('p').body).toMatchObject({
    code: 429,
    details: { retryAfterSeconds: 10, causes: [{ message: 'The disruption budget b is still being processed by the server.' }] },
  })
  const status = { observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 }
  hatch.ok('PATCH', `${BUDGETS}/b/status`, { status }, { type: TYPES.merge })
  expect(evict('p').body).toMatchObject({ status: 'Success', code: 201 })
  const p = hatch.ok('GET', `${PODS}/p`)
  expect(p.metadata.deletionGracePeriodSeconds).toBe(30)
  expect(p.status.conditions.at(-1)).toMatchObject({
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  })
  expect(hatch.ok('GET', `${BUDGETS}/b`).status).toMatchObject({ disruptionsAllowed: 0, disruptedPods: { p: expect.any(String) } })
  expect(evict('q').body).toMatchObject({
    code: 429,
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: { causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget b needs 1 healthy pods and has 2 currently' }] },
  })
})

test('Services get an address and ports, keep them through changes, and give them back', () => {
  const hatch = new Hatch()
  const SERVICES = '/api/v1/namespaces/default/services'
  const made = hatch.ok('POST', SERVICES, { metadata: { name: 's' }, spec: { type: 'NodePort', ports: [{ port: 80 }] } })
  expect(made.spec.clusterIP).toMatch(/^10\.96\.\d+\.\d+$/)
  expect(made.spec.ports[0].nodePort).toBeGreaterThanOrEqual(30_086)
  const addresses = () => hatch.ok('GET', '/apis/networking.k8s.io/v1/ipaddresses').items.map((i: any) => i.metadata.name)
  expect(addresses()).toContain(made.spec.clusterIP)
  const kept = hatch.ok('PUT', `${SERVICES}/s`, { metadata: { name: 's' }, spec: { type: 'NodePort', ports: [{ port: 80, targetPort: 8080 }] } })
  expect([kept.spec.clusterIP, kept.spec.ports[0].nodePort]).toEqual([made.spec.clusterIP, made.spec.ports[0].nodePort])
  const again = { metadata: { name: 't' }, spec: { type: 'NodePort', ports: [{ port: 80, nodePort: made.spec.ports[0].nodePort }] } }
  expect(hatch.ask('POST', SERVICES, again).body.message).toBe(
    `Service "t" is invalid: spec.ports[0].nodePort: Invalid value: ${made.spec.ports[0].nodePort}: provided port is already allocated`,
  )
  hatch.ok('DELETE', `${SERVICES}/s`)
  hatch.pass(10)
  expect(addresses()).toEqual(['10.96.0.1'])
})

test('scale is a door of its own', () => {
  const hatch = new Hatch()
  const D = '/apis/apps/v1/namespaces/default/deployments'
  const spec = {
    replicas: 1,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  }
  hatch.ok('POST', D, { metadata: { name: 'd' }, spec })
  const scale = hatch.ok('PATCH', `${D}/d/scale`, { spec: { replicas: 3 } }, { type: TYPES.merge })
  expect([scale.spec, scale.status]).toEqual([{ replicas: 3 }, { replicas: 0, selector: 'a=b' }])
  expect(hatch.ask('PATCH', `${D}/d/scale`, { spec: { replicas: -1 } }, { type: TYPES.merge }).body.message).toBe(
    'Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  )
  expect(hatch.ask('PUT', `${D}/d/scale`, { ...scale, metadata: { ...scale.metadata, resourceVersion: '1' } }).status).toBe(409)
  expect(hatch.ok('GET', `${D}/d`).metadata).toMatchObject({ generation: 2 })
})

test('an old API is served with a warning', () => {
  const hatch = new Hatch()
  expect(hatch.ask('GET', '/api/v1/namespaces/default/endpoints').headers['warning']).toBe(
    '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
  )
  expect(hatch.ask('POST', MAPS, { metadata: { name: 'w' }, odd: 1 }).headers['warning']).toBe('299 - "unknown field \\"odd\\""')
})

test('whoever creates by a PUT or an apply needs the right to create', () => {
  const hatch = new Hatch()
  const rule = { apiGroups: ['', 'coordination.k8s.io'], resources: ['configmaps', 'leases'], verbs: ['get', 'update', 'patch'] }
  hatch.ok('POST', ROLES, role('changer', rule))
  hatch.ok('POST', BINDINGS, binding('b', 'Role', 'changer', person('vera')))
  const lease = () => hatch.ask('PUT', '/apis/coordination.k8s.io/v1/namespaces/default/leases/l', { metadata: { name: 'l' }, spec: {} }, { as: 'vera' })
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } }
  const applied = () => hatch.ask('PATCH', `${MAPS}/m?fieldManager=me`, map, { as: 'vera', type: TYPES.apply })
  expect(lease().body.message).toBe(
    'leases.coordination.k8s.io "l" is forbidden: User "vera" cannot create resource "leases" in API group "coordination.k8s.io" in the namespace "default"',
  )
  expect(applied().body.message).toBe('configmaps "m" is forbidden: User "vera" cannot create resource "configmaps" in API group "" in the namespace "default"')
  expect(hatch.ask('GET', `${MAPS}/m`).status).toBe(404)
  hatch.ok('PATCH', `${ROLES}/changer`, { rules: [{ ...rule, verbs: [...rule.verbs, 'create'] }] }, { type: TYPES.merge })
  expect([lease().status, applied().status, applied().status]).toEqual([201, 201, 200])
})

test('a right to single objects is none to a collection of them, whatever is selected', () => {
  const hatch = new Hatch()
  hatch.ok('POST', MAPS, { metadata: { name: 'm' } })
  hatch.ok('POST', ROLES, role('r', { apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'deletecollection'], resourceNames: ['m'] }))
  hatch.ok('POST', BINDINGS, binding('b', 'Role', 'r', person('vera')))
  const selected = `${MAPS}?fieldSelector=metadata.name%3Dm`
  expect(hatch.ask('GET', selected, undefined, { as: 'vera' }).status).toBe(200)
  expect(hatch.ask('DELETE', selected, undefined, { as: 'vera' }).status).toBe(403)
})

test('whoever comes again with a token is the same user, for whom all that was decided still holds', () => {
  const hatch = new Hatch()
  const { token } = hatch.ok('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', {}).status
  const state = hatch.world.actors.get('kube-apiserver')!.state
  const user = () => authenticate(state, `Bearer ${token}`, 'user/admin', hatch.world.now)
  expect(user()?.username).toBe('system:serviceaccount:default:default')
  const [first, again] = [user(), user()]
  expect(again === undefined ? undefined : { ...again, extra: undefined }).toEqual({ ...first, extra: undefined })
  expect(again).toBe(first)
})

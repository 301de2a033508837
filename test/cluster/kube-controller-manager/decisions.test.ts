import { expect, test } from 'vitest'
import { revisionHash } from '../../../src/api/hash.ts'
import { rfc3339 } from '../../../src/api/time.ts'
import { expectedCount, statusOf } from '../../../src/cluster/kube-controller-manager/disruption.ts'
import { subsetsOf } from '../../../src/cluster/kube-controller-manager/endpoints/endpoints.ts'
import { planSlices } from '../../../src/cluster/kube-controller-manager/endpoints/slices.ts'
import { goJson, templatePatch } from '../../../src/cluster/kube-controller-manager/history.ts'
import { formatIndexes, parseIndexes } from '../../../src/cluster/kube-controller-manager/job/indexes.ts'
import { backoffLeft } from '../../../src/cluster/kube-controller-manager/job/judge.ts'
import { judgeNode, taintingRate, unknownConditions, zoneState } from '../../../src/cluster/kube-controller-manager/node-lifecycle/health.ts'
import { noScheduleTaints } from '../../../src/cluster/kube-controller-manager/node-lifecycle/node-lifecycle.ts'
import { toleratedFor } from '../../../src/cluster/kube-controller-manager/node-lifecycle/taint-eviction.ts'
import { nextLook } from '../../../src/cluster/kube-controller-manager/pods.ts'
import { addUsage, inScope, isCountedBy, usageOf } from '../../../src/cluster/quota.ts'

const pod = (name: string, ip: string, over: any = {}): any => ({
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name, labels: { app: 'web' }, ...(over.deleting ? { deletionTimestamp: rfc3339(0) } : {}) },
  spec: { nodeName: over.node ?? 'factory-p', containers: over.containers ?? [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }] },
  status: {
    phase: over.phase ?? 'Running',
    podIP: ip,
    conditions: [{ type: 'Ready', status: over.ready === false ? 'False' : 'True', lastTransitionTime: rfc3339(0) }],
  },
})
const service = (over: any = {}): any => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', uid: 's', labels: { app: 'web' } },
  spec: { clusterIP: '10.96.0.9', selector: { app: 'web' }, ipFamilies: ['IPv4'], ports: [{ port: 80, targetPort: 'http', protocol: 'TCP' }], ...over },
})
const node = (name: string) => ({ metadata: { name, labels: { 'topology.kubernetes.io/zone': name.slice(-1) } } }) as any

test('a Service without pods has one empty slice, which becomes the slice of the first pod', () => {
  const empty = planSlices(service(), [], [], node, 'IPv4')
  expect(empty.create).toMatchObject([
    { metadata: { generateName: 'web-', labels: { 'kubernetes.io/service-name': 'web', app: 'web' } }, addressType: 'IPv4', endpoints: null, ports: null },
  ])
  const placeholder = { ...empty.create[0], metadata: { ...empty.create[0].metadata, name: 'web-abc' } }
  expect(planSlices(service(), [], [placeholder], node, 'IPv4')).toEqual({ create: [], update: [], remove: [], missingNodes: [] })
  const first = planSlices(service(), [pod('a', '10.1.0.1')], [placeholder], node, 'IPv4')
  expect([first.create, first.remove]).toEqual([[], []])
  expect(first.update).toMatchObject([
    {
      metadata: { name: 'web-abc' },
      ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      endpoints: [
        {
          addresses: ['10.1.0.1'],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: 'factory-p',
          zone: 'p',
          targetRef: { kind: 'Pod', name: 'a' },
        },
      ],
    },
  ])
})

test('a pod that is going stays in its slice as serving but not ready, until its work has ended', () => {
  const going = planSlices(service(), [pod('a', '10.1.0.1', { deleting: true })], [], node, 'IPv4')
  expect(going.create[0].endpoints[0].conditions).toEqual({ ready: false, serving: true, terminating: true })
  expect(planSlices(service(), [pod('a', '10.1.0.1', { deleting: true, phase: 'Succeeded' })], [], node, 'IPv4').create[0].endpoints).toBeNull()
})

test('a pod without the named port gets a slice with fewer ports, and in Endpoints it is left out', () => {
  const odd = pod('b', '10.1.0.2', { containers: [{ name: 'c' }] })
  expect(planSlices(service(), [pod('a', '10.1.0.1'), odd], [], node, 'IPv4').create.map(s => s.ports)).toEqual([
    [{ name: '', port: 8080, protocol: 'TCP' }],
    null,
  ])
  expect(subsetsOf(service(), [pod('a', '10.1.0.1'), odd])).toMatchObject([{ addresses: [{ ip: '10.1.0.1' }], ports: [{ port: 8080, protocol: 'TCP' }] }])
})

test('the 101st endpoint opens a second slice, and a slice that shrinks is not filled from another', () => {
  const pods = Array.from({ length: 101 }, (_, i) => pod(`p${i}`, `10.1.0.${i + 1}`))
  const made = planSlices(service(), pods, [], node, 'IPv4').create.map((s, i) => ({ ...s, metadata: { ...s.metadata, name: `web-${i}` } }))
  expect(made.map(s => s.endpoints.length)).toEqual([100, 1])
  const plan = planSlices(service(), pods.slice(50), made, node, 'IPv4')
  expect(plan.update.map(s => [s.metadata.name, s.endpoints.length])).toEqual([['web-0', 50]])
})

test('a slice of a former Service of that name is deleted, not taken over', () => {
  const made = planSlices(service(), [pod('a', '10.1.0.1')], [], node, 'IPv4').create[0]
  const old = { ...made, metadata: { ...made.metadata, name: 'web-old', ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: 'web', uid: 'former' }] } }
  const plan = planSlices(service(), [pod('a', '10.1.0.1')], [old], node, 'IPv4')
  expect([plan.create, plan.update, plan.remove]).toEqual([[made], [], [old]])
})

test('a pod that became available while its status was being written is looked at again at once', () => {
  const pods = [pod('a', '10.1.0.1')]
  expect(nextLook(pods, 10, 4000, 4000)).toBe(6000)
  expect(nextLook(pods, 10, 4000, 4005)).toBe(5995)
  expect(nextLook(pods, 10, 9999, 10_003)).toBeLessThan(0)
})

test('Endpoints tell ready addresses from others and leave out who is going', () => {
  const pods = [pod('b', '10.1.0.2'), pod('a', '10.1.0.1'), pod('c', '10.1.0.3', { ready: false }), pod('d', '10.1.0.4', { deleting: true })]
  const [subset] = subsetsOf(service(), pods)
  expect([subset!.addresses!.map(a => a.ip), subset!.notReadyAddresses!.map(a => a.ip)]).toEqual([['10.1.0.1', '10.1.0.2'], ['10.1.0.3']])
  expect(subsetsOf(service({ publishNotReadyAddresses: true }), pods)[0]!.addresses).toHaveLength(4)
})

test('Endpoints show addresses of the first family of their Service', () => {
  const both = pod('a', '10.1.0.1')
  both.status.podIPs = [{ ip: '10.1.0.1' }, { ip: 'fd00::1' }]
  const ips = (ipFamilies: string[]) => subsetsOf(service({ ipFamilies }), [both]).flatMap(subset => subset.addresses!.map(a => a.ip))
  expect([ips(['IPv4', 'IPv6']), ips(['IPv6', 'IPv4'])]).toEqual([['10.1.0.1'], ['fd00::1']])
})

test('a node counts as alive while its Lease is renewed, and as silent 50 s after the last sign', () => {
  const alive: any = {
    metadata: { name: 'n', creationTimestamp: rfc3339(0) },
    status: { conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: rfc3339(0) }] },
  }
  const lease = (s: number): any => ({ spec: { renewTime: rfc3339(s * 1000) } })
  const first = judgeNode(alive, lease(10), undefined, 10_000)
  expect(first.silent).toBe(false)
  const renewed = judgeNode(alive, lease(20), first.health, 20_000)
  expect(judgeNode(alive, lease(20), renewed.health, 69_999).silent).toBe(false)
  expect(judgeNode(alive, lease(20), renewed.health, 70_000).silent).toBe(true)
  expect(judgeNode({ ...alive, status: {} }, undefined, undefined, 59_000).silent).toBe(false)
  expect(judgeNode({ ...alive, status: {} }, undefined, undefined, 60_000).silent).toBe(true)
})

test('of a silent node every condition that the kubelet reports becomes Unknown, and missing ones are added', () => {
  const conditions = unknownConditions(
    { metadata: { creationTimestamp: rfc3339(0) }, status: { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }] } } as any,
    60_000,
  )
  expect(conditions.map(c => [c.type, c.status, c.reason, c.message])).toEqual([
    ['Ready', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'],
    ['MemoryPressure', 'Unknown', 'NodeStatusNeverUpdated', 'Kubelet never posted node status.'],
    ['DiskPressure', 'Unknown', 'NodeStatusNeverUpdated', 'Kubelet never posted node status.'],
    ['PIDPressure', 'Unknown', 'NodeStatusNeverUpdated', 'Kubelet never posted node status.'],
  ])
})

test('a zone is fully disrupted when no node is ready, partially from three and 55 % on', () => {
  const zone = (ready: number, not: number) => zoneState([...new Array(ready).fill(true), ...new Array(not).fill(false)])
  expect([zone(0, 1), zone(1, 2), zone(1, 3), zone(3, 3), zone(2, 3)]).toEqual(['FullDisruption', 'Normal', 'PartialDisruption', 'Normal', 'PartialDisruption'])
  expect([taintingRate('PartialDisruption', 50), taintingRate('PartialDisruption', 51), taintingRate('FullDisruption', 1)]).toEqual([0, 0.01, 0.1])
})

test('NoSchedule taints mirror conditions and the cordon, and go with them; taints of others stay', () => {
  const n: any = {
    spec: {
      unschedulable: true,
      taints: [
        { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
        { key: 'mine', effect: 'NoSchedule' },
      ],
    },
    status: {
      conditions: [
        { type: 'Ready', status: 'Unknown' },
        { type: 'MemoryPressure', status: 'True' },
      ],
    },
  }
  const { add, remove } = noScheduleTaints(n)
  expect(add.map(t => t.key)).toEqual(['node.kubernetes.io/unreachable', 'node.kubernetes.io/memory-pressure', 'node.kubernetes.io/unschedulable'])
  expect(remove.map(t => t.key)).toEqual(['node.kubernetes.io/not-ready'])
})

test('a pod stays for the shortest of the tolerations it uses, not at all without one, for ever without seconds', () => {
  const taints: any = [
    { key: 'a', effect: 'NoExecute' },
    { key: 'b', effect: 'NoExecute' },
  ]
  const t = (key: string, tolerationSeconds?: number): any => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds })
  expect(toleratedFor(taints, [t('a', 300), t('b', 20)])).toBe(20_000)
  expect(toleratedFor(taints, [t('a')])).toBeUndefined()
  expect(toleratedFor(taints, [t('a'), t('b')])).toBe(Number.POSITIVE_INFINITY)
  expect(toleratedFor(taints, [t('a', -5), t('b')])).toBe(0)
})

test('budgets: 50 % of 5 pods are 3, whether they must be there or may be missing', () => {
  const budget = (spec: any): any => ({
    metadata: { name: 'b', generation: 1 },
    spec,
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  })
  const owned = { metadata: { name: 'p', ownerReferences: [{ kind: 'ReplicaSet', uid: 'r', controller: true }] } } as any
  const scale = () => ({ uid: 'd', replicas: 5 })
  expect(expectedCount(budget({ minAvailable: '50%' }), [owned], scale)).toMatchObject({ count: 5, desired: 3 })
  expect(expectedCount(budget({ maxUnavailable: '50%' }), [owned], scale)).toMatchObject({ count: 5, desired: 2 })
  expect(expectedCount(budget({ minAvailable: 2 }), [owned, owned], () => undefined)).toMatchObject({ count: 2, desired: 2 })
  expect(expectedCount(budget({ maxUnavailable: 1 }), [owned], () => undefined).error).toBe('found no controllers for pod "p"')
  const status = statusOf(budget({ minAvailable: 2 }), { healthy: 3, desired: 2, expected: 3, disrupted: {} }, 0)
  expect(status).toMatchObject({ disruptionsAllowed: 1, conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '' }] })
  expect(statusOf({ ...budget({ minAvailable: 2 }), status }, { healthy: 3, desired: 2, expected: 3, disrupted: {} }, 9000)).toBe(status)
})

test('failures of a Job 1 to 7 wait 10, 20, 40, 80, 160, 320 and 600 s', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 20].map(failures => backoffLeft({ failures, last: 0 }, 0) / 1000)).toEqual([10, 20, 40, 80, 160, 320, 600, 600])
  expect(backoffLeft({ failures: 1, last: 5000 }, 12_000)).toBe(3000)
})

test('completion indexes are written as runs, and runs of two as a pair', () => {
  expect(formatIndexes([7, 1, 3, 4, 5])).toBe('1,3-5,7')
  expect(formatIndexes([0, 1])).toBe('0,1')
  expect(parseIndexes('1,3-5,7,x', 6)).toEqual([1, 3, 4, 5])
})

test('the revision of a StatefulSet is the hash of its template as a patch', () => {
  const template = (image: string, imagePullPolicy: string) => ({
    metadata: { labels: { app: 'nginx' } },
    spec: {
      containers: [{ name: 'nginx', image, resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', imagePullPolicy }],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    },
  })
  const hash = (image: string, policy: string) => revisionHash(goJson(templatePatch({ spec: { template: template(image, policy) } })), 0)
  expect([hash('nginx', 'Always'), hash('nginx:1.25', 'IfNotPresent')]).toEqual(['cbf465bc9', '6cdf689c4c'])
})

test('a quota counts a pod by its containers, and by its scopes', () => {
  const counted: any = {
    metadata: {},
    spec: { containers: [{ resources: { requests: { cpu: '100m', memory: '1Gi' }, limits: { cpu: '1' } } }, { resources: { requests: { cpu: '200m' } } }] },
    status: { phase: 'Running' },
  }
  const pods = { group: '', plural: 'pods' }
  expect(usageOf(pods, counted, 0)).toEqual({
    'count/pods': '1',
    pods: '1',
    cpu: '300m',
    'requests.cpu': '300m',
    memory: '1Gi',
    'requests.memory': '1Gi',
    'limits.cpu': '1',
  })
  expect(usageOf(pods, { ...counted, status: { phase: 'Succeeded' } }, 0)).toEqual({ 'count/pods': '1' })
  expect(inScope({ spec: { scopes: ['BestEffort'] } } as any, pods, counted)).toBe(false)
  expect(inScope({ spec: { scopes: ['NotTerminating'] } } as any, pods, counted)).toBe(true)
  expect([isCountedBy('count/deployments.apps', { group: 'apps', plural: 'deployments' }), isCountedBy('services.nodeports', pods)]).toEqual([true, false])
  expect(addUsage({ cpu: '0' }, { cpu: '1500m', memory: '1Gi' })).toEqual({ cpu: '1500m', memory: '1Gi' })
})

import { expect, test } from 'vitest'
import { inRange, rulesFor, wayOf } from '../../../src/cluster/kube-proxy/rules.ts'

const meta = (name: string, labels?: Record<string, string>) => ({ name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '', labels })
const service = (spec: any, ingress?: any[]): any => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('web'),
  spec: { type: 'ClusterIP', sessionAffinity: 'None', clusterIP: '10.96.0.9', ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }], ...spec },
  status: { loadBalancer: { ingress } },
})
const endpoint = (ip: string, node: string, conditions: any = { ready: true }, hints?: any) => ({ addresses: [ip], nodeName: node, conditions, hints })
const slice = (endpoints: any[], port = 8080): any => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: meta('web-1'),
  addressType: 'IPv4',
  ports: [{ port, protocol: 'TCP' }],
  endpoints,
})
const here = { node: 'factory-p', zone: 'p' }
const ways = (svc: any, endpoints: any[], packet: any) => {
  const way = wayOf(rulesFor(svc, [slice(endpoints)], here), { protocol: 'TCP', inside: true, source: '10.88.0.9', ...packet }, ['192.168.0.1'])
  return way.way === 'pick' ? way.from.map(e => `${e.ip}:${e.port}`) : way.way
}
const toCluster = { ip: '10.96.0.9', port: 80 }

test('a call to the ClusterIP may go to every ready endpoint, wherever it is', () => {
  expect(
    ways(service({}), [endpoint('10.1.0.2', 'factory-q'), endpoint('10.1.0.1', 'factory-p'), endpoint('10.1.0.3', 'factory-q', { ready: false })], toCluster),
  ).toEqual(['10.1.0.1:8080', '10.1.0.2:8080'])
})

test('without an endpoint a call is refused at once', () => {
  expect(ways(service({}), [], toCluster)).toBe('reject')
})

test('when all endpoints end, those that still serve are used', () => {
  const ending = { ready: false, serving: true, terminating: true }
  expect(ways(service({}), [endpoint('10.1.0.1', 'factory-p', ending), endpoint('10.1.0.2', 'factory-q', { ready: false })], toCluster)).toEqual([
    '10.1.0.1:8080',
  ])
})

test('a Local policy drops what it could only serve elsewhere', () => {
  const away = [endpoint('10.1.0.2', 'factory-q')]
  expect(ways(service({ internalTrafficPolicy: 'Local' }), away, toCluster)).toBe('drop')
  const outer = service({ type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{ port: 80, protocol: 'TCP', targetPort: 8080, nodePort: 30080 }] })
  expect(ways(outer, away, { ip: '192.168.0.1', port: 30080, inside: false })).toBe('drop')
  expect(ways(outer, away, { ip: '192.168.0.1', port: 30080, inside: true })).toEqual(['10.1.0.2:8080'])
})

test('hints keep a call in its zone only while every ready endpoint has one', () => {
  const p = endpoint('10.1.0.1', 'factory-p', { ready: true }, { forZones: [{ name: 'p' }] })
  const q = endpoint('10.1.0.2', 'factory-q', { ready: true }, { forZones: [{ name: 'q' }] })
  expect(ways(service({}), [p, q], toCluster)).toEqual(['10.1.0.1:8080'])
  expect(ways(service({}), [p, endpoint('10.1.0.2', 'factory-q')], toCluster)).toEqual(['10.1.0.1:8080', '10.1.0.2:8080'])
})

test('the address of a load balancer is caught on the node, unless its mode is Proxy or the source is outside its ranges', () => {
  const spec = { type: 'LoadBalancer', loadBalancerSourceRanges: ['203.0.113.0/24'] }
  const up = [endpoint('10.1.0.1', 'factory-p')]
  const call = (ingress: any, source: string) => ways(service(spec, [ingress]), up, { ip: '34.1.2.3', port: 80, inside: false, source })
  expect(call({ ip: '34.1.2.3' }, '203.0.113.7')).toEqual(['10.1.0.1:8080'])
  expect(call({ ip: '34.1.2.3' }, '198.51.100.1')).toBe('drop')
  expect(call({ ip: '34.1.2.3', ipMode: 'Proxy' }, '203.0.113.7')).toBe('pass')
})

test('headless Services and ExternalName have no rules', () => {
  expect(rulesFor(service({ clusterIP: 'None' }), [slice([endpoint('10.1.0.1', 'factory-p')])], here)).toEqual([])
  expect(rulesFor(service({ type: 'ExternalName', clusterIP: undefined }), [], here)).toEqual([])
})

test.each([
  ['10.1.2.3', '10.0.0.0/8', true],
  ['11.1.2.3', '10.0.0.0/8', false],
  ['10.244.1.200', '10.244.1.0/24', true],
  ['10.244.2.1', '10.244.1.0/24', false],
  ['1.2.3.4', '1.2.3.4/32', true],
  ['255.255.255.255', '0.0.0.0/0', true],
])('%s in %s: %s', (ip, range, is) => expect(inRange(ip, range)).toBe(is))

// mirroring.test.ts: Endpoints that somebody wrote by hand are shown in slices, as long as their Service has no selector.

import { expect, test } from 'vitest'
import { whole } from '../world.ts'

const EMPTY_SERVICE = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'gate' }, spec: { ports: [{ name: 'http', port: 80 }] } }
const endpoints = (ips: string[], labels = {}) => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'gate', labels },
  subsets: [{ addresses: ips.map(ip => ({ ip })), ports: [{ name: 'http', port: 9000, protocol: 'TCP' }] }],
})
const PATH = '/api/v1/namespaces/default/endpoints'

function cluster() {
  const { ask, wait } = whole({ seed: 1 })
  ask('POST', '/api/v1/namespaces/default/services', EMPTY_SERVICE)
  const slices = () =>
    ask('GET', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices')
      .items.filter((s: any) => s.metadata.labels?.['kubernetes.io/service-name'] === 'gate')
      .map((s: any) => [s.metadata.labels['endpointslice.kubernetes.io/managed-by'], (s.endpoints ?? []).map((e: any) => e.addresses[0]), s.ports?.[0]?.port])
  return { ask, wait, slices }
}

test('a slice follows the Endpoints, and goes with them', () => {
  const { ask, wait, slices } = cluster()
  ask('POST', PATH, endpoints(['10.1.1.1', '10.1.1.2']))
  wait(5_000)
  expect(slices()).toEqual([['endpointslicemirroring-controller.k8s.io', ['10.1.1.1', '10.1.1.2'], 9000]])
  ask('PUT', `${PATH}/gate`, endpoints(['10.1.1.2']))
  wait(5_000)
  expect(slices()).toEqual([['endpointslicemirroring-controller.k8s.io', ['10.1.1.2'], 9000]])
  ask('DELETE', `${PATH}/gate`)
  wait(5_000)
  expect(slices()).toEqual([])
})

test('who says that it needs no mirror has none, and a Service with a selector has slices of its own', () => {
  const { ask, wait, slices } = cluster()
  ask('POST', PATH, endpoints(['10.1.1.1'], { 'endpointslice.kubernetes.io/skip-mirror': 'true' }))
  wait(5_000)
  expect(slices()).toEqual([])
  ask('PUT', `${PATH}/gate`, endpoints(['10.1.1.1']))
  wait(5_000)
  expect(slices()).toHaveLength(1)
  ask('PATCH', '/api/v1/namespaces/default/services/gate', { spec: { selector: { app: 'none' } } }, 'application/merge-patch+json')
  wait(5_000)
  expect(slices().filter(([by]: [string]) => by === 'endpointslicemirroring-controller.k8s.io')).toEqual([])
})

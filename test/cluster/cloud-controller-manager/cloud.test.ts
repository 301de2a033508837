import { expect, test } from 'vitest'
import type { Provider } from '../../../src/cluster/cloud.ts'
import { serviceFor, type Whole, whole } from '../world.ts'

const SERVICES = '/api/v1/namespaces/default/services'
const inCloud = (provider: Provider, cloud: any = {}): Whole => {
  const w = whole({ seed: 3, provider })
  if (Object.keys(cloud).length > 0) Object.assign(w.world.actors.get('cloud')!.state as any, cloud)
  return w
}
const toCloud = (w: Whole, type: string, body: unknown = {}) => w.apply({ input: 'post', to: 'cloud', type, body })

test.each<[Provider, string, string]>([
  ['google', 'gce://abc-company/p/factory-p', 'e2-standard-4'],
  ['amazon', 'aws:///p/i-0abc0000000000000', 'm7i.xlarge'],
  ['azure', 'azure:///subscriptions/abc/resourceGroups/company/providers/Microsoft.Compute/virtualMachines/factory-p', 'Standard_D4s_v5'],
])('%s: a new Node learns what machine it is, and is open for Pods', (provider, providerID, type) => {
  const w = inCloud(provider)
  const node = w.ask('GET', '/api/v1/nodes/factory-p')
  expect(node.spec.providerID).toBe(providerID)
  expect(node.spec.taints).toBeUndefined()
  expect(node.metadata.labels).toMatchObject({ 'node.kubernetes.io/instance-type': type, 'topology.kubernetes.io/zone': 'p' })
  expect(node.status.addresses.map((a: any) => a.type)).toEqual(['InternalIP', 'ExternalIP', 'Hostname'])
  expect(w.eventsOf('factory-p')).toContain('Normal Synced Node synced successfully')
})

test('while the cloud does not answer, new Nodes take no Pods', () => {
  const w = whole({ seed: 3, provider: 'google' })
  toCloud(w, 'fail', { error: 'backend error' })
  w.ask('DELETE', '/api/v1/nodes/factory-p')
  w.apply({ input: 'crash', name: 'kubelet/factory-p' })
  w.apply({ input: 'restart', name: 'kubelet/factory-p' })
  w.wait(20_000)
  const taints = () => (w.ask('GET', '/api/v1/nodes/factory-p').spec.taints ?? []).map((t: any) => t.key)
  expect(taints()).toContain('node.cloudprovider.kubernetes.io/uninitialized')
  toCloud(w, 'repair')
  w.wait(1_100_000)
  expect(taints()).not.toContain('node.cloudprovider.kubernetes.io/uninitialized')
})

test.each<[Provider, number, any]>([
  ['google', 41_000, [{ ip: '198.51.100.1', ipMode: 'VIP' }]],
  ['azure', 61_000, [{ ip: '198.51.100.1', ipMode: 'VIP' }]],
  ['amazon', 91_000, [{ hostname: expect.stringMatching(/\.eu-west-1\.elb\.amazonaws\.com$/) }]],
])('%s: a load balancer takes its time, and is given back', (provider, ms, ingress) => {
  const w = inCloud(provider)
  w.ask('POST', SERVICES, serviceFor('web', { type: 'LoadBalancer' }))
  w.wait(ms - 5000)
  expect(w.ask('GET', `${SERVICES}/web`).status.loadBalancer).toEqual({})
  expect(w.ask('GET', `${SERVICES}/web`).metadata.finalizers).toEqual(['service.kubernetes.io/load-balancer-cleanup'])
  w.wait(5000)
  expect(w.ask('GET', `${SERVICES}/web`).status.loadBalancer.ingress).toEqual(ingress)
  w.ask('DELETE', `${SERVICES}/web`)
  expect(w.ask('GET', `${SERVICES}/web`).metadata.deletionTimestamp).toBeDefined()
  w.wait(6000)
  expect(w.ask('GET', `${SERVICES}/web`).code).toBe(404)
  expect(w.eventsOf('web')).toEqual([
    'Normal EnsuringLoadBalancer Ensuring load balancer',
    'Normal EnsuredLoadBalancer Ensured load balancer',
    'Normal DeletingLoadBalancer Deleting load balancer',
    'Normal DeletedLoadBalancer Deleted load balancer',
  ])
})

test('a quota is told as an Event, and asked again later and later', () => {
  const w = inCloud('google', { loadBalancersMax: 0 })
  w.ask('POST', SERVICES, serviceFor('web', { type: 'LoadBalancer' }))
  w.wait(40_000)
  expect(w.eventsOf('web')).toContain(
    'Warning SyncLoadBalancerFailed Error syncing load balancer: failed to ensure load balancer: quota exceeded: at most 0 load balancers',
  )
  const calls = w.world.notes.filter(n => n.kind === 'CloudCall').map(n => n.at)
  expect(calls.slice(1).map((t, i) => Math.round((t - calls[i]!) / 1000))).toEqual([5, 10, 20])
  Object.assign(w.world.actors.get('cloud')!.state as any, { loadBalancersMax: 1 })
  w.wait(90_000)
  expect(w.ask('GET', `${SERVICES}/web`).status.loadBalancer.ingress).toHaveLength(1)
})

test('a Service that is no load balancer any more gives it back and keeps its life', () => {
  const w = inCloud('google')
  w.ask('POST', SERVICES, serviceFor('web', { type: 'LoadBalancer' }))
  w.wait(45_000)
  w.ask('PATCH', `${SERVICES}/web`, { spec: { type: 'ClusterIP' } }, 'application/merge-patch+json')
  w.wait(10_000)
  const service = w.ask('GET', `${SERVICES}/web`)
  expect(service.status.loadBalancer).toEqual({})
  expect(service.metadata.finalizers).toBeUndefined()
})

test('a node that is kept from balancers is taken out of them', () => {
  const w = inCloud('google')
  w.ask('POST', SERVICES, serviceFor('web', { type: 'LoadBalancer' }))
  w.wait(45_000)
  const behind = () => [...(w.world.actors.get('cloud')!.state as any).durable.loadBalancers.values()][0].nodes
  expect(behind()).toEqual(['factory-p', 'factory-q'])
  const label = { metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } } }
  w.ask('PATCH', '/api/v1/nodes/factory-q', label, 'application/merge-patch+json')
  w.wait(10_000)
  expect(behind()).toEqual(['factory-p'])
  expect(w.eventsOf('web')).toContain('Normal UpdatedLoadBalancer Updated load balancer with new hosts')
})

test('a machine that the cloud took away loses its Node; one that only stands still keeps it', () => {
  const w = inCloud('amazon')
  for (const name of ['kubelet/factory-p', 'kubelet/factory-q']) w.apply({ input: 'crash', name })
  toCloud(w, 'terminate', { node: 'factory-p' })
  toCloud(w, 'power', { node: 'factory-q', power: 'stopped' })
  w.wait(70_000)
  expect(w.ask('GET', '/api/v1/nodes/factory-p').code).toBe(404)
  expect(w.eventsOf('factory-p')).toContain('Normal DeletingNode Deleting node factory-p because it does not exist in the cloud provider')
  expect(w.ask('GET', '/api/v1/nodes/factory-q').spec.taints).toContainEqual({ key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule' })
})

test('periodic work has one clock, and begun work ends, however often leadership was lost', () => {
  const w = inCloud('google')
  toCloud(w, 'fail', { error: 'backend error' })
  w.ask('POST', SERVICES, serviceFor('web', { type: 'LoadBalancer' }))
  for (let i = 0; i < 3; i++) {
    w.apply({ input: 'cut', a: 'cloud-controller-manager', b: 'kube-apiserver' })
    w.wait(20_000)
    w.apply({ input: 'mend', a: 'cloud-controller-manager', b: 'kube-apiserver' })
    w.wait(40_000)
  }
  const waiting = (type: string) => w.world.agenda.filter(m => m.to === 'cloud-controller-manager' && m.type.endsWith(type) && w.world.timers.has(m.id)).length
  expect(['/refresh', '/monitor', '/nodes', 'queue/due'].map(waiting)).toEqual([1, 1, 1, 1])
})

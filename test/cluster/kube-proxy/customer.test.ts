// What a customer of a Service lives through: routed by the rules of the node that the call enters.
import { expect, test } from 'vitest'
import { runningPod, serviceFor, type Whole, whole } from '../world.ts'

const PODS = '/api/v1/namespaces/default/pods'
const SERVICES = '/api/v1/namespaces/default/services'

/** A web shop with this many Pods, and a customer who calls once a second. */
function shop(pods: number, spec: any = {}, config: any = {}): Whole {
  const w = whole({ seed: 5 })
  for (let i = 0; i < pods; i++) w.ask('POST', PODS, runningPod(`web-${i}`, { app: 'web' }, { terminationGracePeriodSeconds: 2 }))
  const service = w.ask('POST', SERVICES, serviceFor('web', spec))
  w.wait(5000)
  const aim = { ip: service.spec.clusterIP, port: 80, every: 1000, nodes: ['factory-p', 'factory-q'], inside: true, source: '10.244.1.77', ...config }
  w.apply({ input: 'spawn', name: 'customer/alice', config: aim })
  return w
}
const calls = (w: Whole) => w.world.notes.filter(n => n.actor === 'customer/alice' && n.kind === 'Called').map(n => n.data)
const tally = (w: Whole) => {
  const { made, served, lost } = w.world.actors.get('customer/alice')!.state as any
  return { made, served, lost }
}

test('calls reach every ready Pod of the Service, from any node', () => {
  const w = shop(2)
  w.wait(20_500)
  expect(tally(w)).toEqual({ made: 20, served: 20, lost: 0 })
  expect([...new Set(calls(w).map(c => c.pod))].sort()).toEqual(['web-0', 'web-1'])
})

test('a Service without Pods refuses at once', () => {
  const w = shop(0)
  w.wait(3500)
  expect(calls(w).map(c => c.outcome)).toEqual(['refused', 'refused', 'refused'])
})

test('session affinity sends a customer to the same Pod again', () => {
  const w = shop(2, { sessionAffinity: 'ClientIP' }, { nodes: ['factory-p'] })
  w.wait(20_500)
  expect(new Set(calls(w).map(c => c.pod)).size).toBe(1)
})

test('while kube-proxy is dead, its rules stay as they were: calls go where nobody is', () => {
  const w = shop(1, {}, { nodes: ['factory-p'] })
  w.wait(2500)
  w.apply({ input: 'crash', name: 'kube-proxy/factory-p' })
  w.ask('DELETE', `${PODS}/web-0`)
  w.wait(10_000)
  expect(calls(w).at(-1)!.outcome).not.toBe('served')
  w.ask('POST', PODS, runningPod('web-new', { app: 'web' }))
  w.wait(10_000)
  expect(calls(w).at(-1)!.outcome).not.toBe('served')
  w.apply({ input: 'restart', name: 'kube-proxy/factory-p' })
  w.wait(10_000)
  expect(calls(w).at(-1)).toMatchObject({ outcome: 'served', pod: 'web-new' })
})

test('a kernel that has lost its rules gets them again within 30 s, and still knows where Pods live', () => {
  const w = shop(1, {}, { nodes: ['factory-p'] })
  w.wait(2500)
  w.apply({ input: 'crash', name: 'netfilter/factory-p' })
  w.apply({ input: 'restart', name: 'netfilter/factory-p' })
  w.wait(10_000)
  expect(calls(w).at(-1)!.outcome).not.toBe('served')
  w.wait(25_000)
  expect(calls(w).at(-1)!.outcome).toBe('served')
})

test('rules of a Service that went while kube-proxy was dead go when it is back', () => {
  const w = shop(1)
  const rules = () => [...(w.world.actors.get('netfilter/factory-p')!.state as any).rules.keys()]
  w.wait(2500)
  expect(rules()).toContain('default/web')
  w.apply({ input: 'crash', name: 'kube-proxy/factory-p' })
  w.ask('DELETE', '/api/v1/namespaces/default/services/web')
  w.wait(5_000)
  expect(rules()).toContain('default/web')
  w.apply({ input: 'restart', name: 'kube-proxy/factory-p' })
  w.wait(5_000)
  expect(rules()).not.toContain('default/web')
})

test('a nodePort answers on every node, and with a Local policy only where a Pod is', () => {
  const open = (externalTrafficPolicy: string) => {
    const ports = [{ port: 80, targetPort: 8080, nodePort: 30080 }]
    const w = shop(1, { type: 'NodePort', externalTrafficPolicy, ports }, { calls: 1 })
    const on = w.ask('GET', `${PODS}/web-0`).spec.nodeName
    const outcome = (node: string, ip: string) => {
      w.apply({ input: 'spawn', name: `customer/${node}`, config: { ip, port: 30080, every: 100, nodes: [node], inside: false, source: '8.8.8.8', calls: 1 } })
      w.wait(6000)
      return w.world.notes.find(n => n.actor === `customer/${node}` && n.kind === 'Called')!.data.outcome
    }
    const p = outcome('factory-p', '10.0.10.11')
    const q = outcome('factory-q', '10.0.10.12')
    return on === 'factory-p' ? [p, q] : [q, p]
  }
  expect(open('Cluster')).toEqual(['served', 'served'])
  expect(open('Local')).toEqual(['served', 'timeout'])
})

test('kube-proxy says on its Node that it started, and which mode it took for want of one', () => {
  const w = whole({ seed: 5 })
  const told = w.ask('GET', '/api/v1/namespaces/default/events').items.filter((e: any) => e.reportingComponent === 'kube-proxy')
  expect(told.map((e: any) => [e.involvedObject, e.type, e.reason]).slice(0, 2)).toEqual([
    [{ kind: 'Node', name: 'factory-p' }, 'Warning', 'KubeProxyDefaultMode'],
    [{ kind: 'Node', name: 'factory-p' }, 'Normal', 'Starting'],
  ])
})

import { expect, test } from 'vitest'
import { apply } from '../../../src/kernel/world.ts'
import { ask, boot, CORE, eventsOf, type Loop, list, patch, run, SYSTEM, template } from './loop.ts'

const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'
const slices = (loop: Loop) => list(loop, SLICES).filter(s => s.metadata.labels['kubernetes.io/service-name'] === 'web')
const own = (loop: Loop) => loop.writes.filter(w => w.startsWith('endpointslice-controller'))

function serve(loop: Loop, ...names: string[]): void {
  ask(loop, 'POST', `${CORE}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  })
  names.forEach((name, i) => {
    const spec = { ...template('web').spec, nodeName: 'factory-p' }
    ask(loop, 'POST', `${CORE}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: 'web' } }, spec })
    const podIPs = [{ ip: `10.1.0.${i + 1}` }]
    patch(loop, `${CORE}/pods/${name}/status`, { status: { phase: 'Running', podIP: podIPs[0]!.ip, podIPs, conditions: [{ type: 'Ready', status: 'True' }] } })
  })
  run(loop, 2000)
}

const addNode = (loop: Loop) => ask(loop, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'factory-p' } })

test('pods whose node is gone are left out of the slices, which is said', () => {
  const loop = boot()
  serve(loop, 'a', 'b')
  const skipped = (pod: string) => `skipping Pod ${pod} for Service default/web: Node factory-p Not Found`
  expect(eventsOf(loop)).toContain(`FailedToUpdateEndpointSlices Error updating Endpoint Slices for Service default/web: [${skipped('a')}, ${skipped('b')}]`)
  ask(loop, 'DELETE', `${CORE}/pods/b`, { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 })
  run(loop, 5000)
  expect(eventsOf(loop)).toContain(`FailedToUpdateEndpointSlices Error updating Endpoint Slices for Service default/web: ${skipped('a')}`)
})

test('its own writes do not make the controller look again, those of others do', () => {
  const loop = boot()
  addNode(loop)
  const queued = () => loop.world.actors.get('kube-controller-manager')!.state.controllers['endpointslice-controller'].queue.delayed.size
  serve(loop, 'a')
  patch(loop, `${CORE}/pods/a/status`, { status: { conditions: [{ type: 'Ready', status: 'False' }] } })
  run(loop, 200)
  expect(own(loop).pop()).toMatch(/^endpointslice-controller PUT endpointslices\/web-\w+ 200$/)
  expect(queued()).toBe(0)
  const [slice] = slices(loop)
  patch(loop, `${SLICES}/${slice.metadata.name}`, { endpoints: [] })
  expect(queued()).toBe(1)
  loop.writes.length = 0
  run(loop, 1200)
  expect(own(loop)).toEqual([`endpointslice-controller PUT endpointslices/${slice.metadata.name} 200`])
  expect(slices(loop)[0].endpoints).toHaveLength(1)
})

test('Endpoints whose Service went while no controller was there are deleted when one is there again', () => {
  const loop = boot()
  addNode(loop)
  serve(loop, 'a')
  apply(SYSTEM, loop.world, { input: 'crash', name: 'kube-controller-manager' })
  ask(loop, 'DELETE', `${CORE}/services/web`, { kind: 'DeleteOptions', apiVersion: 'v1' })
  apply(SYSTEM, loop.world, { input: 'restart', name: 'kube-controller-manager' })
  run(loop, 30_000)
  expect(ask(loop, 'GET', `${CORE}/endpoints/web`).status).toBe(404)
})

test('a slice that somebody deletes is made anew a second later', () => {
  const loop = boot()
  addNode(loop)
  serve(loop, 'a')
  const [slice] = slices(loop)
  ask(loop, 'DELETE', `${SLICES}/${slice.metadata.name}`, { kind: 'DeleteOptions', apiVersion: 'v1' })
  run(loop, 900)
  expect(slices(loop)).toEqual([])
  run(loop, 300)
  expect(slices(loop)).toHaveLength(1)
})

test('the slices of a Service that was deleted and made again are made anew', () => {
  const loop = boot()
  addNode(loop)
  serve(loop, 'a')
  const [old] = slices(loop)
  ask(loop, 'DELETE', `${CORE}/services/web`, { kind: 'DeleteOptions', apiVersion: 'v1' })
  serve(loop)
  run(loop, 3000)
  const made = slices(loop)
  expect(made).toHaveLength(1)
  expect(made[0].metadata.uid).not.toBe(old.metadata.uid)
  expect(made[0].endpoints).toHaveLength(1)
})

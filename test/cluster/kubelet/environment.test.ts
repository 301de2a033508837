import { expect, test } from 'vitest'
import { call, create, events, hatchOf, newFactory, pod, shown } from './hatch.ts'

const printed = (world: any, name: string, variable: string, container = name): string =>
  call(world, 'exec', { namespace: 'default', pod: name, container, command: ['printenv', variable] }).text.trimEnd()
const put = (world: any, kind: string, name: string, data: any) =>
  hatchOf(world).objects.set(`/api/v1/namespaces/default/${kind}s/${name}`, { metadata: { name, namespace: 'default' }, data })
const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } })
const resource = (name: string, resource: string, divisor?: string, containerName?: string) => ({
  name,
  valueFrom: { resourceFieldRef: { resource, divisor, containerName } },
})

test('what a Secret holds reaches a container decoded', () => {
  const world = newFactory()
  put(world, 'secret', 'seal', { wax: 'csO2dA==' })
  const env = [
    { name: 'ONE', valueFrom: { secretKeyRef: { name: 'seal', key: 'wax' } } },
    { name: 'BOTH', value: '$(ONE), $$(ONE), $(constructor)' },
  ]
  create(world, pod('s', { containers: [{ env, envFrom: [{ prefix: 'ALL_', secretRef: { name: 'seal' } }] }] }), 3000)
  expect(['ONE', 'ALL_wax', 'BOTH'].map(v => printed(world, 's', v))).toEqual(['röt', 'röt', 'röt, $(ONE), $(constructor)'])
})

test('a container learns the addresses of its Pod and of its node', () => {
  const world = newFactory()
  const env = [field('IP', 'status.podIP'), field('IPS', 'status.podIPs'), field('HOST', 'status.hostIP'), field('HOSTS', 'status.hostIPs')]
  create(world, pod('own', { containers: [{ env }] }), 3000)
  create(world, pod('host', { hostNetwork: true, containers: [{ env }] }), 3000)
  const seen = (name: string) => env.map(v => printed(world, name, v.name))
  const { podIP } = hatchOf(world).objects.get('/api/v1/namespaces/default/pods/own').status
  expect(seen('own')).toEqual([podIP, podIP, '10.0.0.1', '10.0.0.1'])
  expect(seen('host')).toEqual(['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.1'])
})

test('a container learns what it may use, rounded up to whole parts, and the node where it has no limit', () => {
  const world = newFactory({ allocatable: { cpu: '3', memory: '7Gi', pods: '110', 'ephemeral-storage': '90Gi' } })
  const env = [
    resource('CPU', 'limits.cpu'),
    resource('MILLI', 'limits.cpu', '1m'),
    resource('MEMORY', 'limits.memory', '1Mi'),
    resource('BYTES', 'requests.memory'),
    resource('NONE', 'requests.cpu', '0'),
    resource('DISK', 'limits.ephemeral-storage', '1Gi'),
    resource('OTHER', 'limits.cpu', undefined, 'idle'),
  ]
  const resources = { limits: { cpu: '1500m', memory: '64.5Mi' }, requests: { memory: '1k' } }
  create(world, pod('r', { containers: [{ env, resources }, { name: 'idle' }] }), 3000)
  expect(env.map(v => printed(world, 'r', v.name))).toEqual(['2', '1500', '65', '1000', '0', '90', '3'])
  create(
    world,
    pod('whole', { resources: { limits: { cpu: '2', memory: '1Gi' } }, containers: [{ env: [env[0], resource('MEMORY', 'limits.memory')] }] }),
    3000,
  )
  expect(['CPU', 'MEMORY'].map(v => printed(world, 'whole', v))).toEqual(['2', '1073741824'])
  create(world, pod('odd', { containers: [{ env: [resource('X', 'limits.cpu', undefined, 'nobody')] }] }), 3000)
  expect(shown(world, 'odd').at(-1)).toBe('Pending TTF odd=CreateContainerConfigError')
  expect(events(world, 'odd')).toContain('Failed: Error: container nobody not found')
})

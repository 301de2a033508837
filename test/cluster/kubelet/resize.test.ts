import { expect, test } from 'vitest'
import { ask, calls, create, erase, events, hatchOf, newFactory, POD, pod } from './hatch.ts'

const cpu = (name: string, request: string, extra: any = {}) => pod(name, { containers: [{ resources: { requests: { cpu: request } }, ...extra }] })
const statusOf = (world: any, name: string) => hatchOf(world).objects.get(`${POD}/${name}`).status
const pending = (world: any, name: string) => statusOf(world, name).conditions.find((c: any) => c.type === 'PodResizePending')

function resize(world: any, name: string, request: string, ms: number): void {
  const p = hatchOf(world).objects.get(`${POD}/${name}`)
  const containers = [{ ...p.spec.containers[0], resources: { requests: { cpu: request } } }]
  ask(world, 'PUT', `${POD}/${name}`, { ...p, metadata: { ...p.metadata, generation: p.metadata.generation + 1 }, spec: { ...p.spec, containers } }, ms)
}

test('a container gets more while it runs, if there is room', () => {
  const world = newFactory()
  create(world, cpu('web', '1'), 3000)
  resize(world, 'web', '2', 3000)
  expect(calls(world, 'web').slice(4)).toEqual(['UpdateContainerResources web'])
  expect(statusOf(world, 'web').containerStatuses[0]).toMatchObject({
    restartCount: 0,
    resources: { requests: { cpu: '2' } },
    allocatedResources: { cpu: '2' },
  })
  const detail = '{"containers":[{"name":"web","resources":{"requests":{"cpu":"2"}}}],"generation":2}'
  expect(events(world, 'web').slice(-2)).toEqual([`ResizeStarted: Pod resize started: ${detail}`, `ResizeCompleted: Pod resize completed: ${detail}`])
  expect(statusOf(world, 'web').conditions.map((c: any) => c.type)).not.toContain('PodResizeInProgress')
})

test('where the policy says so, the container is restarted for it', () => {
  const world = newFactory()
  create(world, cpu('web', '1', { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }), 3000)
  resize(world, 'web', '2', 3000)
  expect(calls(world, 'web').slice(4)).toEqual(['StopContainer web 30', 'CreateContainer web 1', 'StartContainer web'])
  expect(events(world, 'web')).toContain('Killing: Container web resize requires restart, will be restarted')
})

test('a resize that does not fit now waits for room; one that never fits is infeasible', () => {
  const world = newFactory()
  create(world, cpu('a', '2'), 3000)
  create(world, cpu('b', '1'), 3000)
  resize(world, 'b', '3', 3000)
  expect(pending(world, 'b')).toMatchObject({
    reason: 'Deferred',
    message: "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000",
  })
  expect(statusOf(world, 'b').containerStatuses[0].allocatedResources).toEqual({ cpu: '1' })
  erase(world, 'a', 5000)
  expect(pending(world, 'b')).toBeUndefined()
  expect(statusOf(world, 'b').containerStatuses[0].allocatedResources).toEqual({ cpu: '3' })
  resize(world, 'b', '5', 3000)
  expect(pending(world, 'b')).toMatchObject({ reason: 'Infeasible' })
})

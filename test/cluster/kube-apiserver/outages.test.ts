import { expect, test } from 'vitest'
import { advance, advanceTo, apply, newWorld } from '../../../src/kernel/world.ts'
import { Hatch, system } from './hatch.ts'

test.each([1, 2, 40])('a server that lost etcd %i messages after it began to make its first objects opens its door when all are there', messages => {
  const world = newWorld(1)
  for (const name of ['etcd', 'kube-apiserver']) apply(system, world, { input: 'spawn', name, config: {} })
  const server = () => world.actors.get('kube-apiserver')!.state
  while (server().phase.at !== 'booting') advance(system, world)
  for (let i = 0; i < messages; i++) advance(system, world)
  apply(system, world, { input: 'crash', name: 'etcd' })
  advanceTo(system, world, world.now + 30_000)
  expect(server().phase.at).toBe('booting')
  apply(system, world, { input: 'restart', name: 'etcd' })
  advanceTo(system, world, world.now + 5_000)
  const sizes = (s: any) => ['clusterroles', 'namespaces', 'services', 'priorityclasses'].map(name => s.caches[name].objects.size)
  expect(server().phase.at).toBe('serving')
  expect(sizes(server())).toEqual(sizes(new Hatch().world.actors.get('kube-apiserver')!.state))
})

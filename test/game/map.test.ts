// map.test.ts: the map shows the factory floor as it is, whatever the vault believes.

import { expect, test } from 'vitest'
import { powerOff } from '../../src/cluster/cluster.ts'
import { objectsUnder } from '../../src/game/facts.ts'
import { mapOf } from '../../src/game/mapview.ts'
import { advanceTo, apply, type World } from '../../src/kernel/world.ts'
import { levelOf, played } from './play.ts'

const factory = (world: World, node = 'factory-p') => mapOf({ world, motionId: 0 }).factories.find(f => f.node === node)!
const onBench = (world: World) => factory(world).bench.map(b => [b.pod, b.state.company, b.running])

test('a bench is seen as soon as it stands, though the hatch has not been told', () => {
  const { world } = played(levelOf('1.5'), ['Enter', 'take tea', 'sandbox']).run!.line
  expect(objectsUnder(world, '/registry/pods/default/tea')[0].status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' })
  expect(onBench(world)).toEqual([['tea', 'bench stands', false]])
})

test('a machine is seen to be built, and then to run, before anybody reports it', () => {
  const steps = ['Enter', 'take tea', 'sandbox', 'pull', 'create']
  expect(onBench(played(levelOf('1.5'), steps).run!.line.world)).toEqual([['tea', 'machine built', false]])
  const { world } = played(levelOf('1.5'), [...steps, 'start']).run!.line
  expect(objectsUnder(world, '/registry/pods/default/tea')[0].status.phase).toBe('Pending')
  expect(onBench(world)).toEqual([['tea', 'steaming', true]])
})

test('without a foreman the machines run on; without power nothing does', () => {
  const { run } = played(levelOf('1.5'), ['Enter'])
  const { world } = run!.line
  advanceTo(run!.system, world, world.now + 30_000)
  apply(run!.system, world, { input: 'crash', name: 'kubelet/factory-q' })
  expect(factory(world, 'factory-q')).toMatchObject({ lit: true, steaming: true, bench: [{ pod: 'cake', running: true }], foreman: { lit: false } })
  powerOff(world, 'factory-q')
  expect(factory(world, 'factory-q')).toMatchObject({ lit: false, steaming: false, bench: [] })
})

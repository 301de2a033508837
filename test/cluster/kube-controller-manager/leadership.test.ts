import { expect, test } from 'vitest'
import { apply } from '../../../src/kernel/world.ts'
import { ask, boot, CORE, type Loop, list, patch, run, SYSTEM, template } from './loop.ts'

const NODE = '/api/v1/nodes/factory-p'
const tainted = (loop: Loop, yes: boolean) => patch(loop, NODE, { spec: { taints: yes ? [{ key: 'fire', effect: 'NoExecute' }] : null } })

/** The manager does not reach its API server for so long that it loses its Lease, and exits. */
function loseLeadership(loop: Loop, meanwhile = () => {}): void {
  apply(SYSTEM, loop.world, { input: 'cut', a: 'kube-controller-manager', b: 'kube-apiserver' })
  meanwhile()
  run(loop, 20_000)
  apply(SYSTEM, loop.world, { input: 'mend', a: 'kube-controller-manager', b: 'kube-apiserver' })
}

test('a manager that was replaced does not evict by the clock of the one before it', () => {
  const loop = boot()
  ask(loop, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'factory-p' } })
  const tolerations = [{ key: 'fire', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 100 }]
  const spec = { ...template('x').spec, nodeName: 'factory-p', tolerations }
  ask(loop, 'POST', `${CORE}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec })
  tainted(loop, true)
  run(loop, 20_000)
  loseLeadership(loop, () => tainted(loop, false))
  run(loop, 50_000)
  tainted(loop, true)
  run(loop, 90_000)
  expect(list(loop, `${CORE}/pods`).map(p => p.metadata.deletionTimestamp)).toEqual([undefined])
  run(loop, 15_000)
  expect(list(loop, `${CORE}/pods`).map(p => typeof p.metadata.deletionTimestamp)).toEqual(['string'])
})

test('periodic work has one clock, however often leadership was lost', () => {
  const loop = boot()
  ask(loop, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'factory-p' } })
  for (let i = 0; i < 3; i++) {
    loseLeadership(loop)
    run(loop, 40_000)
  }
  run(loop, 300_000)
  const waiting = (type: string) => loop.world.agenda.filter(m => m.type.endsWith(type)).length
  expect(['node-controller/monitor', 'podgc/tick', 'resourcequota/resync', 'volumes/resync'].map(waiting)).toEqual([1, 1, 1, 1])
})

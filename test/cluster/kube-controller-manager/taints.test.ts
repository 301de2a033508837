import { expect, test } from 'vitest'
import { ask, boot, CORE, eventsOf, type Loop, list, patch, run, template } from './loop.ts'

const NODE = '/api/v1/nodes/factory-p'
const taint = (loop: Loop, ...keys: string[]) => patch(loop, NODE, { spec: { taints: keys.map(key => ({ key, effect: 'NoExecute' })) } })
const evictions = (loop: Loop) => eventsOf(loop).filter(e => e.startsWith('TaintManagerEviction'))
const MARKED = 'TaintManagerEviction Marking for deletion Pod default/x'
const CANCELLED = 'TaintManagerEviction Cancelling deletion of Pod default/x'

function podOnNode(): Loop {
  const loop = boot()
  ask(loop, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'factory-p' } })
  const tolerations = [{ operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 }]
  ask(loop, 'POST', `${CORE}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x' },
    spec: { ...template('x').spec, nodeName: 'factory-p', tolerations },
  })
  return loop
}

test('an eviction that is timed goes on when the node goes, and is cancelled when the node comes back without the taint', () => {
  const loop = podOnNode()
  taint(loop, 'fire')
  run(loop, 3000)
  ask(loop, 'DELETE', NODE, { kind: 'DeleteOptions', apiVersion: 'v1' })
  run(loop, 4000)
  expect(evictions(loop)).toEqual([])
  run(loop, 4000)
  expect(evictions(loop)).toEqual([MARKED])
  expect(list(loop, `${CORE}/pods`).map(p => typeof p.metadata.deletionTimestamp)).toEqual(['string'])

  const other = podOnNode()
  taint(other, 'fire')
  run(other, 3000)
  ask(other, 'DELETE', NODE, { kind: 'DeleteOptions', apiVersion: 'v1' })
  ask(other, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'factory-p' } })
  run(other, 10_000)
  expect(evictions(other)).toEqual([CANCELLED])
})

test('a pod that was evicted and is still going is timed and marked again when its node gets a further taint', () => {
  const loop = podOnNode()
  taint(loop, 'fire')
  run(loop, 11_000)
  expect(evictions(loop)).toEqual([MARKED])
  taint(loop, 'fire', 'flood')
  run(loop, 11_000)
  expect(ask(loop, 'GET', '/api/v1/events').body.items.find((e: any) => e.reason === 'TaintManagerEviction').count).toBe(2)
})

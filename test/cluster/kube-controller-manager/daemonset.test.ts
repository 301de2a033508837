import { expect, test } from 'vitest'
import { rfc3339 } from '../../../src/api/time.ts'
import { APPS, ask, boot, CORE, type Loop, list, patch, run, template } from './loop.ts'

const NODES = ['factory-p', 'factory-q']

/** A daemon pod for each node; what it is given is what a scheduler and a kubelet would say. */
function daemons(spec: object = {}): Loop {
  const loop = boot()
  for (const name of NODES) ask(loop, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } })
  const whole = { selector: { matchLabels: { app: 'sweep' } }, template: template('sweep'), ...spec }
  ask(loop, 'POST', `${APPS}/daemonsets`, { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'sweep' }, spec: whole })
  run(loop, 500)
  return loop
}

const path = (pod: any) => `${CORE}/pods/${pod.metadata.name}`
const nodeOf = (pod: any): string => pod.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values[0]
const on = (loop: Loop, node: string) => list(loop, `${CORE}/pods`).filter(pod => nodeOf(pod) === node)
const status = (loop: Loop) => ask(loop, 'GET', `${APPS}/daemonsets/sweep`).body.status

function bind(loop: Loop, pod: any): void {
  const target = { kind: 'Node', name: nodeOf(pod) }
  ask(loop, 'POST', `${path(pod)}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod.metadata.name }, target })
}

function ready(loop: Loop, pod: any): void {
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: rfc3339(loop.world.now) }]
  patch(loop, `${path(pod)}/status`, { status: { phase: 'Running', conditions } })
}

test('a daemon pod that is going is replaced when it has ended, not only when it is gone', () => {
  const loop = daemons()
  const [pod] = on(loop, 'factory-p')
  bind(loop, pod)
  ready(loop, pod)
  ask(loop, 'DELETE', path(pod), { kind: 'DeleteOptions', apiVersion: 'v1' })
  run(loop, 500)
  expect(on(loop, 'factory-p')).toHaveLength(1)
  patch(loop, `${path(pod)}/status`, { status: { phase: 'Succeeded' } })
  run(loop, 500)
  expect(on(loop, 'factory-p').filter(p => p.metadata.deletionTimestamp === undefined)).toHaveLength(1)
  expect(status(loop)).toMatchObject({ currentNumberScheduled: 2, updatedNumberScheduled: 2 })
})

test('with minReadySeconds the next look is set once: a pod that is ready later is found available a whole round later', () => {
  const loop = daemons({ minReadySeconds: 10 })
  const [p, q] = NODES.map(node => on(loop, node)[0])
  for (const pod of [p, q]) bind(loop, pod)
  run(loop, 1000 - (loop.world.now % 1000))
  ready(loop, p)
  run(loop, 5000)
  ready(loop, q)
  run(loop, 5500)
  expect(status(loop)).toMatchObject({ numberReady: 2, numberAvailable: 1 })
  run(loop, 8000)
  expect(status(loop)).toMatchObject({ numberAvailable: 1 })
  run(loop, 2000)
  expect(status(loop)).toMatchObject({ numberAvailable: 2 })
})

test('failed daemon pods are replaced later and later, and after half an hour of peace at once again', () => {
  const anywhere = template('sweep')
  const loop = daemons({ template: { ...anywhere, spec: { ...anywhere.spec, tolerations: [{ operator: 'Exists' }] } } })
  const replaced = (ms: number) => {
    const [pod] = on(loop, 'factory-p')
    patch(loop, `${path(pod)}/status`, { status: { phase: 'Failed' } })
    run(loop, ms)
    return on(loop, 'factory-p')[0].metadata.name !== pod.metadata.name
  }
  expect(replaced(500)).toBe(true)
  expect(replaced(300)).toBe(false)
  run(loop, 1000)
  expect(replaced(1500)).toBe(false)
  run(loop, 1000)
  expect(replaced(3000)).toBe(false)
  run(loop, 1_900_000)
  expect(replaced(500)).toBe(true)
  run(loop, 1100)
  expect(replaced(500)).toBe(true)
})

import { expect, test } from 'vitest'
import { copy } from '../../../src/kernel/share.ts'
import { advance, advanceTo } from '../../../src/kernel/world.ts'
import { APPS, ask, boot, deploy, type Loop, ready, SYSTEM, template } from './loop.ts'

/** A busy moment: a rollout, a numbered set, a Job, a namespace that goes, all begun. */
function busy(): Loop {
  const loop = boot()
  deploy(loop, 3)
  ready(loop)
  ask(loop, 'POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bakery' } })
  ask(loop, 'DELETE', '/api/v1/namespaces/bakery', { kind: 'DeleteOptions', apiVersion: 'v1' })
  const spec = { serviceName: 'db', replicas: 2, selector: { matchLabels: { app: 'db' } }, template: template('db') }
  ask(loop, 'POST', `${APPS}/statefulsets`, { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec })
  ask(loop, 'POST', `${APPS}/daemonsets`, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'ds' },
    spec: { selector: { matchLabels: { app: 'ds' } }, template: template('ds') },
  })
  const job = { ...template('job'), spec: { ...template('job').spec, restartPolicy: 'Never' } }
  ask(loop, 'POST', '/apis/batch/v1/namespaces/default/jobs', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'job' },
    spec: { completions: 3, parallelism: 2, template: job },
  })
  ask(loop, 'PATCH', `${APPS}/deployments/web`, { spec: { template: template('web', 'nginx:1.28') } }, 'application/merge-patch+json')
  ask(loop, 'POST', '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  })
  return loop
}

test('a copy of the world, made between any two messages, goes the same way', () => {
  const { world } = busy()
  const end = world.now + 8000
  const copies = [copy(world)]
  for (let i = 0; i < 1200; i++) {
    if (!advance(SYSTEM, world, end)) break
    if (i % 11 === 0) copies.push(copy(world))
  }
  advanceTo(SYSTEM, world, end)
  for (const other of copies) {
    advanceTo(SYSTEM, other, end)
    expect(other.chain).toBe(world.chain)
  }
  expect(copies.length).toBeGreaterThan(20)
})

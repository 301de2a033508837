import { expect, test } from 'vitest'
import { rfc3339 } from '../../../src/api/time.ts'
import { apply } from '../../../src/kernel/world.ts'
import { ask, boot, CORE, patch, run, SYSTEM, template } from './loop.ts'

const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'

test('a budget over pods whose controller cannot be scaled allows nothing, says why, and waits for the next change', () => {
  const loop = boot()
  const job = { template: { metadata: { labels: { app: 'x' } }, spec: { ...template('x').spec, restartPolicy: 'Never' } } }
  ask(loop, 'POST', '/apis/batch/v1/namespaces/default/jobs', { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: job })
  run(loop, 3000)
  ask(loop, 'POST', BUDGETS, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b' },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'x' } } },
  })
  run(loop, 30_000)
  const { status } = ask(loop, 'GET', `${BUDGETS}/b`).body
  const why = 'jobs.batch does not implement the scale subresource'
  expect(status).toMatchObject({ disruptionsAllowed: 0, conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: why }] })
  expect(status.observedGeneration).toBeUndefined()
  expect(loop.writes.filter(w => w.startsWith('disruption-controller')).length).toBeLessThanOrEqual(2)
  const said = ask(loop, 'GET', '/api/v1/events').body.items.find((e: any) => e.reason === 'CalculateExpectedPodCountFailed')
  expect(said.message).toBe(`Failed to calculate the number of expected pods: ${why}`)
})

test('a disruption that never came is taken back after two minutes, with its reason', () => {
  const loop = boot()
  ask(loop, 'POST', `${CORE}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: template('x').spec })
  const condition = { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' }
  patch(loop, `${CORE}/pods/x/status`, { status: { conditions: [{ ...condition, lastTransitionTime: rfc3339(loop.world.now) }] } })
  run(loop, 119_000)
  expect(ask(loop, 'GET', `${CORE}/pods/x`).body.status.conditions).toMatchObject([condition])
  run(loop, 3000)
  const [after] = ask(loop, 'GET', `${CORE}/pods/x`).body.status.conditions
  expect([after.type, after.status, after.reason, after.message]).toEqual(['DisruptionTarget', 'False', undefined, undefined])
})

test('pods that nobody else would remove are looked for as soon as the controllers begin', () => {
  const loop = boot()
  apply(SYSTEM, loop.world, { input: 'crash', name: 'kube-controller-manager' })
  ask(loop, 'POST', `${CORE}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', finalizers: ['example.com/wait'] }, spec: template('x').spec })
  ask(loop, 'DELETE', `${CORE}/pods/x`, { kind: 'DeleteOptions', apiVersion: 'v1' })
  apply(SYSTEM, loop.world, { input: 'restart', name: 'kube-controller-manager' })
  run(loop, 30_000)
  const at = (kind: string) => loop.world.notes.filter(n => n.kind === kind).pop()?.at ?? Number.POSITIVE_INFINITY
  const first = loop.world.notes.find(n => n.kind === 'PodCollected')?.at ?? Number.POSITIVE_INFINITY
  expect(first - at('BecameLeader')).toBeLessThan(1000)
  expect(ask(loop, 'GET', `${CORE}/pods/x`).body.status).toMatchObject({ phase: 'Failed', observedGeneration: 2 })
})

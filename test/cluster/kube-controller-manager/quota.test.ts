import { expect, test } from 'vitest'
import { ask, boot, CORE, run, template } from './loop.ts'

test('a pod that one quota refuses is not charged to another', () => {
  const loop = boot()
  for (const [name, pods] of [
    ['a', '5'],
    ['b', '1'],
  ])
    ask(loop, 'POST', `${CORE}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard: { pods } } })
  run(loop, 500)
  const make = (name: string) => ask(loop, 'POST', `${CORE}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: template('x').spec })
  expect(make('one').status).toBe(201)
  run(loop, 100)
  expect(make('two').body.message).toBe('pods "two" is forbidden: exceeded quota: b, requested: pods=1, used: pods=1, limited: pods=1')
  run(loop, 100)
  expect(['a', 'b'].map(name => ask(loop, 'GET', `${CORE}/resourcequotas/${name}`).body.status.used.pods)).toEqual(['1', '1'])
})

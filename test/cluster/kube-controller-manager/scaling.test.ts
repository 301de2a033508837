import { expect, test } from 'vitest'
import { bootedCluster, SYSTEM } from '../../../src/cluster/cluster.ts'
import { unsettled } from '../../../src/cluster/invariants/convergence.ts'
import { advanceTo, apply } from '../../../src/kernel/world.ts'

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'

test('a rollout that was scaled while one ReplicaSet kept its size still ends', () => {
  const world = bootedCluster({ seed: 1 })
  let id = 0
  const ask = (method: string, path: string, body: unknown) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const request = { method, path, query: {}, headers: { authorization: 'Bearer admin-token', 'content-type': type }, body }
    apply(SYSTEM, world, { input: 'post', to: 'user/admin', type: 'ask', body: { id: ++id, request, open: false } })
    advanceTo(SYSTEM, world, world.now + 15_000)
  }
  const template = (image: string) => ({ metadata: { labels: { app: 'tea' } }, spec: { containers: [{ name: 'c', image }] } })
  const sizes = () => {
    const sets = [...world.actors.get('kube-apiserver')!.state.caches.replicasets.objects.values()] as any[]
    return sets.map(s => [s.spec.replicas, s.metadata.annotations['deployment.kubernetes.io/desired-replicas']])
  }
  ask('POST', DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'tea' },
    spec: { replicas: 4, selector: { matchLabels: { app: 'tea' } }, template: template('nginx:1.27') },
  })
  ask('PATCH', `${DEPLOYMENTS}/tea`, { spec: { template: template('fail/missing:1') } })
  expect(sizes()).toEqual([
    [3, '4'],
    [2, '4'],
  ])
  ask('PATCH', `${DEPLOYMENTS}/tea`, { spec: { replicas: 3 } })
  expect(sizes()).toEqual([
    [2, '3'],
    [2, '3'],
  ])
  ask('PATCH', `${DEPLOYMENTS}/tea`, { spec: { template: template('nginx:1.28') } })
  advanceTo(SYSTEM, world, world.now + 30_000)
  expect(unsettled(world)).toEqual([])
})

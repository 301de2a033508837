// headless.ts: two factories, 20 pods that come and go: how many simulated seconds a second.

import type { ApiRequest } from '../../src/api/http.ts'
import { compileLess } from '../../src/cli/compiler.ts'
import { bootedCluster, SYSTEM } from '../../src/cluster/cluster.ts'
import { advanceTo, apply, type World } from '../../src/kernel/world.ts'

let asked = 0
const ask = (world: World, request: Pick<ApiRequest, 'method' | 'path'> & { body?: unknown }) => {
  const headers = { authorization: 'Bearer admin-token', 'content-type': 'application/json', accept: 'application/json' }
  apply(SYSTEM, world, { input: 'post', to: 'user/admin', type: 'ask', body: { id: ++asked, request: { query: {}, headers, ...request }, open: false } })
  return asked
}

const answerTo = (world: World, id: number): any => world.actors.get('user/admin')!.state.answers.get(id)

/**
 * Runs for so many simulated seconds, compiled as the game is; throws if the pods do not run. Every `churn` simulated seconds a pod is
 * deleted, which makes the controller, the scheduler and a kubelet work: at 60 each pod lives for 20 minutes, at 300 for 100.
 */
export function headless(seconds: number, churn = 60): number {
  compileLess()
  const world = bootedCluster({ seed: 1 })
  const labels = { app: 'web' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'abc/web:1', resources: { requests: { cpu: '100m' } } }] } }
  ask(world, {
    method: 'POST',
    path: '/apis/apps/v1/namespaces/default/deployments',
    body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 20, selector: { matchLabels: labels }, template } },
  })
  advanceTo(SYSTEM, world, world.now + 60_000)
  const began = process.cpuUsage()
  const from = world.now
  while (world.now - from < seconds * 1_000) {
    const list = ask(world, { method: 'GET', path: '/api/v1/namespaces/default/pods' })
    advanceTo(SYSTEM, world, world.now + 100)
    const pods: any[] = answerTo(world, list)?.value?.body?.items ?? []
    if (pods.filter(p => p.status?.phase === 'Running').length < 15) throw new Error(`only ${pods.length} pods, ${pods.map(p => p.status?.phase).join(' ')}`)
    apply(SYSTEM, world, { input: 'post', to: 'user/admin', type: 'forget', body: { id: list } })
    const gone = ask(world, { method: 'DELETE', path: `/api/v1/namespaces/default/pods/${pods[asked % pods.length].metadata.name}` })
    advanceTo(SYSTEM, world, world.now + churn * 1_000 - 100)
    apply(SYSTEM, world, { input: 'post', to: 'user/admin', type: 'forget', body: { id: gone } })
  }
  const { user, system } = process.cpuUsage(began)
  return (world.now - from) / 1_000 / ((user + system) / 1_000_000)
}

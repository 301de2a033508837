// orders.ts: what a clumsy user asks of the API server.

import { int, type Random } from '../../src/kernel/random.ts'

const IMAGES = ['nginx:1.27', 'nginx:1.28', 'redis:7', 'exit-1', 'exit-0-after-5', 'fail/missing:1', 'stubborn:1', 'slow/jam:1']
const NAMES = ['tea', 'cake', 'jam', 'web']
const headers = (type: string) => ({ authorization: 'Bearer admin-token', 'user-agent': 'kubectl', 'content-type': type })

/** A request that a clumsy user might make. */
export function order(chance: Random): unknown {
  const name = NAMES[int(chance, NAMES.length)]!
  const image = IMAGES[int(chance, IMAGES.length)]!
  const apps = '/apis/apps/v1/namespaces/default/deployments'
  const pods = '/api/v1/namespaces/default/pods'
  const json = headers('application/json')
  const cpu = `${[100, 500, 1500, 3000][int(chance, 4)]}m`
  const spec = { containers: [{ name: 'c', image, resources: { requests: { cpu } } }], terminationGracePeriodSeconds: int(chance, 4) }
  const merge = (path: string, body: unknown) => ({ method: 'PATCH', path, query: {}, headers: headers('application/merge-patch+json'), body })
  switch (int(chance, 12)) {
    case 0:
    case 1:
      return {
        method: 'POST',
        path: apps,
        query: {},
        headers: json,
        body: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name },
          spec: { replicas: int(chance, 5), selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec } },
        },
      }
    case 2:
    case 3:
      return { method: 'POST', path: pods, query: {}, headers: json, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec } }
    case 4:
      return merge(`${apps}/${name}`, { spec: { replicas: int(chance, 7) } })
    case 5:
      return merge(`${apps}/${name}`, { spec: { template: { metadata: { annotations: { turn: String(int(chance, 3)) } } } } })
    case 6:
      return merge(`${apps}/${name}`, { spec: { strategy: int(chance, 2) === 0 ? { type: 'Recreate', rollingUpdate: null } : { type: 'RollingUpdate' } } })
    case 7:
      return {
        method: 'DELETE',
        path: `${apps}/${name}`,
        query: {},
        headers: json,
        body: { propagationPolicy: ['Background', 'Foreground', 'Orphan'][int(chance, 3)] },
      }
    case 8:
      return { method: 'DELETE', path: `${pods}/${name}`, query: {}, headers: json, body: int(chance, 3) === 0 ? { gracePeriodSeconds: 0 } : {} }
    case 9:
      return { method: 'DELETE', path: pods, query: { labelSelector: `app=${name}` }, headers: json, body: {} }
    case 10:
      return {
        method: 'POST',
        path: '/api/v1/namespaces/default/services',
        query: {},
        headers: json,
        body: { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: name }, ports: [{ port: 80 }] } },
      }
    default:
      return merge(`/api/v1/nodes/${int(chance, 2) === 0 ? 'factory-p' : 'factory-q'}`, { spec: { unschedulable: int(chance, 2) === 0 } })
  }
}

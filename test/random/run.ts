// run.ts: one random life of a cluster: orders, incidents, crashes at any moment, then calm. Everything follows from the seed.

import { createHash } from 'node:crypto'
import { newCluster, SYSTEM } from '../../src/cluster/cluster.ts'
import { invariants } from '../../src/cluster/invariants.ts'
import { int, type Random, seeded } from '../../src/kernel/random.ts'
import { advance, apply, type World } from '../../src/kernel/world.ts'

const STORM = 90_000 // Simulated ms in which things happen.
const CALM = 60_000 // Simulated ms after that in which nothing is done to the cluster.
const USER = 'user/admin'

export interface RandomRun {
  /** Over every message: time, wire, type and body. */
  hash: string
  messages: number
  violations: string[]
}

export function randomRun(seed: number): RandomRun {
  const chance = seeded(seed * 7919 + 13)
  const world = newCluster({ seed })
  const hash = createHash('sha1')
  const check = invariants(world)
  const violations: string[] = []
  const swarm = swarmOf(chance)
  let ids = 0
  let next = 10_000 + int(chance, 3_000)
  const end = next + STORM + CALM
  const storm = next + STORM
  const down: string[] = []
  let healed = false
  while (world.now < end && violations.length < 20) {
    const message = advance(SYSTEM, world, Math.min(next, end))
    if (message) {
      hash.update(`${message.at} ${message.from}>${message.to} ${message.type} `)
      hash.update(bodyText(message.body))
      for (const v of check(world)) violations.push(`at ${world.now} ms: ${v}`)
    }
    if (message !== undefined && world.now < next) continue
    if (world.now >= storm) {
      if (!healed) heal(world, down)
      healed = true
      next = end
      continue
    }
    if (world.now >= next) {
      act(world, chance, swarm, down, () => ++ids)
      next = world.now + 1 + int(chance, swarm.pause)
    }
  }
  return { hash: hash.digest('hex'), messages: world.position, violations }
}

/** Each run draws its own likelihoods: some are all crashes, some all orders. */
interface Swarm {
  pause: number
  crash: number
  wire: number
  orders: number
}

const swarmOf = (chance: Random): Swarm => ({ pause: 300 + int(chance, 6_000), crash: int(chance, 30), wire: int(chance, 15), orders: 20 + int(chance, 60) })

const bodyText = (body: unknown): string => (body === undefined ? '' : JSON.stringify(body, (_k, v) => (v instanceof Map ? [...v] : v)))

function act(world: World, chance: Random, swarm: Swarm, down: string[], id: () => number): void {
  const dice = int(chance, swarm.crash + swarm.wire + swarm.orders)
  const actors = [...world.actors.keys()].filter(n => !n.startsWith('user/'))
  const any = actors[int(chance, actors.length)]!
  if (dice < swarm.crash) {
    if (down.length > 0 && int(chance, 2) === 0) apply(SYSTEM, world, { input: 'restart', name: down.splice(int(chance, down.length), 1)[0]! })
    else if (world.actors.get(any)!.up) {
      apply(SYSTEM, world, { input: 'crash', name: any })
      down.push(any)
    }
  } else if (dice < swarm.crash + swarm.wire) {
    const peer = any === 'kube-apiserver' ? 'etcd' : 'kube-apiserver'
    const wire = int(chance, 4)
    if (wire === 0) apply(SYSTEM, world, { input: 'cut', a: any, b: peer })
    else if (wire === 1) for (const name of actors) apply(SYSTEM, world, { input: 'mend', a: name, b: 'kube-apiserver' })
    else apply(SYSTEM, world, { input: 'slow', from: peer, to: any, ms: wire === 2 ? int(chance, 2_000) : 0 })
  } else {
    const request = order(chance)
    apply(SYSTEM, world, { input: 'post', to: USER, type: 'ask', body: { id: id(), request, open: false } })
  }
}

function heal(world: World, down: string[]): void {
  for (const name of down) apply(SYSTEM, world, { input: 'restart', name })
  down.length = 0
  for (const name of world.actors.keys()) {
    apply(SYSTEM, world, { input: 'mend', a: name, b: 'kube-apiserver' })
    apply(SYSTEM, world, { input: 'slow', from: 'kube-apiserver', to: name, ms: 0 })
    apply(SYSTEM, world, { input: 'slow', from: 'etcd', to: name, ms: 0 })
  }
}

const IMAGES = ['nginx:1.27', 'nginx:1.28', 'redis:7', 'exit-1', 'exit-0-after-5', 'fail/missing:1', 'stubborn:1', 'slow/jam:1']
const NAMES = ['tea', 'cake', 'jam', 'web']
const headers = (type: string) => ({ authorization: 'Bearer admin-token', 'user-agent': 'kubectl', 'content-type': type })

/** A request that a clumsy user might make. */
function order(chance: Random): unknown {
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

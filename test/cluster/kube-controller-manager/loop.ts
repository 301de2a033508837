// loop.ts: a control plane without nodes: etcd, API server, controller manager, and an admin who plays the rest.

import type { ApiResponse } from '../../../src/api/http.ts'
import { rfc3339 } from '../../../src/api/time.ts'
import { etcd } from '../../../src/cluster/etcd.ts'
import { kubeApiserver } from '../../../src/cluster/kube-apiserver.ts'
import { kubeControllerManager } from '../../../src/cluster/kube-controller-manager.ts'
import { delay } from '../../../src/cluster/topology.ts'
import { user } from '../../../src/cluster/user.ts'
import type { System } from '../../../src/kernel/machine.ts'
import { advance, apply, newWorld, type World } from '../../../src/kernel/world.ts'

export const SYSTEM: System = { machines: { etcd, 'kube-apiserver': kubeApiserver, 'kube-controller-manager': kubeControllerManager, user }, delay }

export interface Loop {
  world: World
  /** `deployment-controller POST …/replicasets 201`, in the order of the answers; without Leases and Events. */
  writes: string[]
  open: Map<number, string>
}

export function boot(seed = 1): Loop {
  const world = newWorld(seed)
  for (const [name, config] of [
    ['etcd', {}],
    ['kube-apiserver', {}],
    ['user/admin', {}],
  ] as const)
    apply(SYSTEM, world, { input: 'spawn', name, config })
  const loop: Loop = { world, writes: [], open: new Map() }
  run(loop, 1000)
  apply(SYSTEM, world, { input: 'spawn', name: 'kube-controller-manager', config: { host: 'mother-company' } })
  run(loop, 1000)
  loop.writes.length = 0
  return loop
}

/** Lets time pass and writes down who wrote what. */
export function run({ world, writes, open }: Loop, ms: number): void {
  const end = world.now + ms
  for (;;) {
    const m = advance(SYSTEM, world, end)
    if (!m) return
    const body = m.body as any
    if (m.type === 'request') freeze(body)
    if (m.type === 'request' && m.call !== undefined && body.method !== 'GET' && !/\/(leases|events)/.test(body.path)) {
      const who = body.headers.authorization.slice('Bearer '.length).replace('system:serviceaccount:kube-system:', '')
      open.set(m.call, `${who} ${body.method} ${body.path.replace(/^\/apis?\/(?:[a-z0-9.]+\/)?v\d\//, '').replace('namespaces/default/', '')}`)
    } else if (m.type === '$answer' && open.has(body.call) && body.answer.ok) writes.push(`${open.get(body.call)} ${body.answer.value.status}`)
  }
}

/** What was sent must not be changed any more. */
function freeze(value: any): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const key in value) freeze(value[key])
}

let asked = 0

export function ask(loop: Loop, method: string, path: string, body?: unknown, type = 'application/json'): ApiResponse {
  const id = ++asked
  const request = { method, path, query: {}, headers: { authorization: 'Bearer admin-token', 'content-type': type, 'user-agent': 'kubectl/v1.37.2' }, body }
  apply(SYSTEM, loop.world, { input: 'post', to: 'user/admin', type: 'ask', body: { id, request } })
  const before = loop.writes.length
  const answers = loop.world.actors.get('user/admin')!.state.answers
  for (let i = 0; i < 100 && !answers.has(id); i++) run(loop, 1)
  const answer = answers.get(id)
  if (!answer?.ok) throw new Error(`${method} ${path} was not answered`)
  const mine = loop.writes.findIndex((w, i) => i >= before && w.startsWith('admin-token'))
  if (mine >= 0) loop.writes.splice(mine, 1)
  return answer.value
}

export const list = (loop: Loop, path: string): any[] => ask(loop, 'GET', path).body.items ?? []
export const patch = (loop: Loop, path: string, body: unknown): ApiResponse => ask(loop, 'PATCH', path, body, 'application/merge-patch+json')

export const APPS = '/apis/apps/v1/namespaces/default'
export const CORE = '/api/v1/namespaces/default'

/** Every pod that has no node gets one and becomes ready there. */
export function ready(loop: Loop, node = 'factory-p'): void {
  for (const pod of list(loop, `${CORE}/pods`)) {
    if (pod.spec.nodeName || pod.metadata.deletionTimestamp) continue
    const { name } = pod.metadata
    ask(loop, 'POST', `${CORE}/pods/${name}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: node } })
    const at = rfc3339(loop.world.now)
    const status = {
      phase: 'Running',
      podIP: `10.1.0.${(++asked % 200) + 1}`,
      podIPs: [],
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at }],
    }
    patch(loop, `${CORE}/pods/${name}/status`, { status })
  }
  run(loop, 100)
}

/** Pods that are to go are gone: what a kubelet would do in the end. */
export function bury(loop: Loop): void {
  for (const pod of list(loop, `${CORE}/pods`))
    if (pod.metadata.deletionTimestamp)
      ask(loop, 'DELETE', `${CORE}/pods/${pod.metadata.name}`, { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 })
  run(loop, 100)
}

export const template = (app: string, image = 'nginx:1.27') => ({ metadata: { labels: { app } }, spec: { containers: [{ name: 'c', image }] } })

export function deploy(loop: Loop, replicas: number, over: object = {}): ApiResponse {
  const spec = { replicas, selector: { matchLabels: { app: 'web' } }, template: template('web'), ...over }
  const made = ask(loop, 'POST', `${APPS}/deployments`, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec })
  run(loop, 100)
  return made
}

/** `Reason message` of all Events, in order, generated names shortened. */
export const eventsOf = (loop: Loop): string[] =>
  list(loop, '/api/v1/events')
    .sort((a, b) => (a.metadata.name.split('.').pop()! < b.metadata.name.split('.').pop()! ? -1 : 1))
    .map(e => `${e.reason} ${e.message}`)

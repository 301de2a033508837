// world.ts: a whole cluster to speak to, for tests of what several components do together.

import { bootedCluster, type ClusterOptions, SYSTEM } from '../../src/cluster/cluster.ts'
import { advanceTo, apply, type Input, type World } from '../../src/kernel/world.ts'

export interface Whole {
  world: World
  /** As an administrator; the body of the answer. */
  ask(method: string, path: string, body?: unknown, type?: string): any
  wait(ms: number): void
  apply(input: Input): void
  /** `TYPE REASON MESSAGE` of the Events about an object, in order. */
  eventsOf(name: string, namespace?: string): string[]
}

export function whole(options: ClusterOptions): Whole {
  const world = bootedCluster({ pace: 'recorded', ...options })
  let id = 0
  const wait = (ms: number) => advanceTo(SYSTEM, world, world.now + ms)
  const ask: Whole['ask'] = (method, path, body, type = 'application/json') => {
    const request = { method, path, query: {}, headers: { authorization: 'Bearer admin-token', 'content-type': type }, body }
    apply(SYSTEM, world, { input: 'post', to: 'user/admin', type: 'ask', body: { id: ++id, request, open: false } })
    wait(20)
    const answer = (world.actors.get('user/admin')!.state as any).answers.get(id)
    if (!answer?.ok) throw new Error(`no answer: ${method} ${path}`)
    return answer.value.body
  }
  const eventsOf: Whole['eventsOf'] = (name, namespace = 'default') =>
    ask('GET', `/api/v1/namespaces/${namespace}/events`)
      .items.filter((e: any) => e.involvedObject.name === name)
      .map((e: any) => `${e.type} ${e.reason} ${e.message}`)
  return { world, ask, wait, apply: input => apply(SYSTEM, world, input), eventsOf }
}

export const runningPod = (name: string, labels: Record<string, string>, spec: any = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { containers: [{ name: 'c', image: 'press:1', ports: [{ containerPort: 8080 }] }], ...spec },
})

export const serviceFor = (name: string, spec: any = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
})

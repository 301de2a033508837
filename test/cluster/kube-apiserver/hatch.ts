// hatch.ts: an API server with its etcd, and somebody at the hatch.

import type { ApiResponse } from '../../../src/api/http.ts'
import { etcd } from '../../../src/cluster/etcd.ts'
import { kubeApiserver } from '../../../src/cluster/kube-apiserver.ts'
import { delay } from '../../../src/cluster/topology.ts'
import { type User, user } from '../../../src/cluster/user.ts'
import type { System } from '../../../src/kernel/machine.ts'
import { advance, advanceTo, apply, newWorld, type World } from '../../../src/kernel/world.ts'

/** Somebody else inside the cluster, such as a kubelet: what it asks is sent to it as to a user. */
export const system: System = { machines: { etcd, 'kube-apiserver': kubeApiserver, user, kubelet: user, 'kube-scheduler': user }, delay }

export const TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

export interface Options {
  token?: string
  /** For whom the user speaks. */
  as?: string
  type?: string
  headers?: Record<string, string>
  from?: string
  watch?: boolean
}

export class Hatch {
  readonly world: World
  #ids = 0
  constructor(seed = 1, config: unknown = {}) {
    this.world = newWorld(seed)
    for (const [name, c] of [
      ['etcd', {}],
      ['kube-apiserver', config],
      ['user/admin', {}],
      ['kubelet/a', {}],
    ] as const)
      apply(system, this.world, { input: 'spawn', name, config: c })
    this.pass(100)
    this.ok('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
  }

  /** The answer to one request; `path` may have a query. */
  ask(method: string, path: string, body?: unknown, options: Options = {}): ApiResponse {
    const { from = 'user/admin', token = 'admin-token', type = 'application/json' } = options
    const [bare = '', search = ''] = path.split('?')
    const query = Object.fromEntries(search.split('&').flatMap(pair => (pair === '' ? [] : [pair.split('=').map(decodeURIComponent) as [string, string]])))
    const headers: Record<string, string> = { 'user-agent': 'kubectl/v1.37.2', 'content-type': type, ...options.headers }
    if (token !== '') headers['authorization'] = `Bearer ${token}`
    if (options.as !== undefined) headers['impersonate-user'] = options.as
    const id = ++this.#ids
    const request = { method, path: bare, query, headers, body }
    apply(system, this.world, { input: 'post', to: from, type: 'ask', body: { id, request, open: options.watch === true } })
    for (let i = 0; i < 10_000; i++) {
      const answer = this.#user(from).answers.get(id)
      if (answer?.ok) return answer.value
      if (answer) throw new Error(`${method} ${path}: ${answer.error}`)
      if (advance(system, this.world, this.world.now + 120_000) === undefined) break
    }
    throw new Error(`no answer to ${method} ${path}`)
  }

  /** The body of a request that succeeds. */
  ok(method: string, path: string, body?: unknown, options: Options = {}): any {
    const answer = this.ask(method, path, body, options)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body?.message}`)
    return answer.body
  }

  /** Opens a watch and returns a function that gives what it has told so far, as `TYPE name`. */
  watch(path: string, options: Options = {}): () => string[] {
    this.ask('GET', `${path}${path.includes('?') ? '&' : '?'}watch=true`, undefined, { ...options, watch: true })
    const id = this.#ids
    return () => {
      this.pass(20)
      const open = this.#user(options.from ?? 'user/admin').watches.get(id)!
      return open.lines.map((line: any) => `${line.type} ${line.object.metadata?.name ?? line.object.message ?? ''}`.trim())
    }
  }

  pass(ms: number): void {
    advanceTo(system, this.world, this.world.now + ms)
  }

  crash(name: string): void {
    apply(system, this.world, { input: 'crash', name })
  }

  restart(name: string): void {
    apply(system, this.world, { input: 'restart', name })
  }

  /** Notes of a kind, of the API server. */
  notes(kind: string): any[] {
    return this.world.notes.filter(note => note.kind === kind && note.actor === 'kube-apiserver').map(note => note.data)
  }

  #user(name: string): User {
    return this.world.actors.get(name)!.state
  }
}

export const pod = (name: string, more: any = {}) => ({
  metadata: { name, ...more.metadata },
  spec: { containers: [{ name: 'a', image: 'nginx' }], ...more.spec },
})
export const PODS = '/api/v1/namespaces/default/pods'
export const MAPS = '/api/v1/namespaces/default/configmaps'

// callers.ts: who stands at the hatch: the badges they show, what they ask, and what the real API server would answer.

import { rfc3339 } from '../api/time.ts'
import type { Etcd } from '../cluster/etcd.ts'
import type { User as Person } from '../cluster/kube-apiserver/state.ts'
import { keyIn, storages } from '../cluster/kube-apiserver/storage.ts'
import type { User } from '../cluster/user.ts'
import type { Stopped } from '../kernel/gates.ts'
import { release } from '../kernel/gates.ts'
import type { System } from '../kernel/machine.ts'
import { advanceTo, copyWorld, type Input, type World } from '../kernel/world.ts'
import { TOKEN } from './commands.ts'
import type { Caller, Level } from './level.ts'
import type { Words } from './view.ts'

/** Simulated milliseconds that the real one is given for an answer. */
const PATIENCE_MS = 500

/** Badges that callers show, and who they are. An expired one is nobody's. */
const BADGES: Record<Caller['badge'], string | undefined> = {
  you: TOKEN,
  expired: 'expired-token',
  clerk: 'clerk-token',
  none: undefined,
  'factory-p': 'factory-p-token',
  'factory-q': 'factory-q-token',
  crowbar: undefined,
}

export const people: Record<string, Person> = {
  [TOKEN]: { username: 'you', groups: ['system:masters'] },
  'clerk-token': { username: 'clerk', groups: [] },
  'factory-p-token': { username: 'system:node:factory-p', groups: ['system:nodes'] },
  'factory-q-token': { username: 'system:node:factory-q', groups: ['system:nodes'] },
}

export const callerActor = (caller: Caller): string => `user/${caller.id}`

/** They come in, and say what they want; a man with a crowbar says nothing. */
export function arrivals(level: Level): Input[] {
  return level.callers.flatMap((caller): Input[] => {
    const to = callerActor(caller)
    if (caller.badge === 'crowbar') return [{ input: 'spawn', name: to, config: {} }]
    const { method, path, type, body } = caller.request
    const badge = BADGES[caller.badge]
    const headers = {
      accept: 'application/json',
      'content-type': type ?? 'application/json',
      ...(badge === undefined ? {} : { authorization: `Bearer ${badge}` }),
    }
    return [
      { input: 'spawn', name: to, config: {} },
      { input: 'post', to, type: 'ask', body: { id: 1, request: { method, path, query: {}, headers, body }, open: false } },
    ]
  })
}

/** The stamp that the real one gives to a request that waits, found in a copy of the world, and its words. */
export function realStamp(system: System, world: World, stopped: Stopped): { stamp: string; message: string } {
  const beside = copyWorld(world)
  const from = beside.noteIds
  release(beside, stopped.id, true)
  advanceTo(system, beside, beside.now + PATIENCE_MS)
  const answer = (beside.actors.get(stopped.said.from)!.state as User).answers.get(1)
  if (answer?.ok !== true) return { stamp: 'wrong door', message: 'no answer' }
  const { status } = answer.value
  const message = String((answer.value.body as any)?.message ?? '')
  const refusedAt = beside.notes.find(n => n.id > from && n.kind === 'Station' && n.data.verdict === 'refused')?.data.station
  return { stamp: status < 300 ? 'accept' : status === 403 ? (refusedAt === 'authorization' ? '403 authz' : '403 admission') : String(status), message }
}

/** What stands in the vault if somebody opens it without a check: the paper as it is, under its name. */
export function forgery(caller: Caller, world: World): Input {
  const { path, body } = caller.request
  const [, namespace, plural, name] = PATH.exec(path) ?? []
  const key = storages.get(plural ?? '')!.prefix + keyIn(namespace, name ?? body.metadata.name)
  const old = (world.actors.get('etcd')!.state as Etcd).durable.store.current.get(key)?.value
  const made = { uid: `forged-${caller.id}`, creationTimestamp: rfc3339(world.now), ...(namespace === undefined ? {} : { namespace }) }
  const value = old === undefined ? merged(body, { metadata: made }) : merged(old, body)
  return { input: 'post', from: 'kube-apiserver', to: 'etcd', type: 'txn', body: { compare: [], success: [{ put: key, value }] } }
}

const PATH = /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)\/(?:namespaces\/([^/]+)\/)?([a-z]+)(?:\/([^/]+))?$/

/** A merge patch as far as papers at the hatch have it: maps into maps. */
const merged = (old: any, patch: any): any =>
  typeof old === 'object' && old !== null && typeof patch === 'object' && patch !== null && !Array.isArray(patch)
    ? { ...old, ...Object.fromEntries(Object.entries(patch).map(([k, v]) => [k, merged(old[k], v)])) }
    : patch

const two = (company: string, kubernetes: string): Words => ({ company, kubernetes })

const BADGE_WORDS: Record<Caller['badge'], Words> = {
  you: two('a good badge', 'a valid token'),
  expired: two('a badge of last year', 'an expired token'),
  clerk: two("a clerk's badge", 'user clerk'),
  none: two('no badge', 'no token'),
  'factory-p': two('the badge of factory P', 'system:node:factory-p'),
  'factory-q': two('the badge of factory Q', 'system:node:factory-q'),
  crowbar: two('a crowbar', 'a direct connection to etcd'),
}

/** What the player sees of a caller: badge, and the paper itself. */
export function detailOf(c: Caller): Words[] {
  const badge = BADGE_WORDS[c.badge]
  const asks = c.badge === 'crowbar' ? [] : [two(`asks: ${c.request.method} ${c.request.path}`, `${c.request.method} ${c.request.path}`)]
  const body = c.request.body === undefined ? [] : [two(JSON.stringify(c.request.body), JSON.stringify(c.request.body))]
  return [{ company: `${c.says.company} Shows ${badge.company}.`, kubernetes: `${c.says.kubernetes} Shows ${badge.kubernetes}.` }, ...asks, ...body]
}

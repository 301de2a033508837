// stamps.ts: the player at the hatch: callers with their papers, and a stamp for each; the real API server says which one it would have been.

import { SYSTEM } from '../cluster/cluster.ts'
import type { User as Person } from '../cluster/kube-apiserver/state.ts'
import type { User } from '../cluster/user.ts'
import { nameOf } from '../company/cast.ts'
import { advanceTo, apply, copyWorld, type World } from '../kernel/world.ts'
import { PLAYER, TOKEN } from './commands.ts'
import type { Caller, Level } from './level.ts'
import type { RolePanel } from './panel.ts'
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

const two = (company: string, kubernetes: string): Words => ({ company, kubernetes })

export const STAMPS: readonly { verb: string; key: string; text: Words }[] = [
  { verb: 'accept', key: 'y', text: two('accept, file it', 'accept') },
  { verb: '400', key: 'q', text: two('400 unreadable', '400 BadRequest') },
  { verb: '401', key: 'w', text: two('401 who are you', '401 Unauthorized') },
  { verb: '403 authz', key: 'e', text: two('403 you may not', '403 by authz') },
  { verb: '403 admission', key: 't', text: two('403 house rule', '403 by admission') },
  { verb: '409', key: 'u', text: two('409 name taken', '409 AlreadyExists') },
  { verb: '422', key: 'o', text: two('422 wrong form', '422 Invalid') },
  { verb: 'wrong door', key: 'p', text: two('wrong door', 'not a request') },
]

export interface Stamping {
  /** What the real one answers each caller, and its words. */
  answers: { stamp: string; message: string }[]
  given: (string | undefined)[]
  chosen: number
  mistakes: number
  said?: { text: Words; ok: boolean }
}

/** Each caller goes to the real hatch, in a copy of the world. */
export function newStamping(level: Level, world: World): Stamping {
  return { answers: level.callers.map(caller => answerOf(world, caller)), given: level.callers.map(() => undefined), chosen: 0, mistakes: 0 }
}

function answerOf(world: World, caller: Caller): Stamping['answers'][number] {
  if (caller.request === undefined) return { stamp: 'wrong door', message: 'Only the API server opens the vault.' }
  const beside = copyWorld(world)
  const badge = BADGES[caller.badge]
  const { method, path, type, body } = caller.request
  const headers = {
    accept: 'application/json',
    'content-type': type ?? 'application/json',
    ...(badge === undefined ? {} : { authorization: `Bearer ${badge}` }),
  }
  const from = beside.noteIds
  apply(SYSTEM, beside, { input: 'post', to: PLAYER, type: 'ask', body: { id: 1_000_000, request: { method, path, query: {}, headers, body }, open: false } })
  advanceTo(SYSTEM, beside, beside.now + PATIENCE_MS)
  const answer = (beside.actors.get(PLAYER)!.state as User).answers.get(1_000_000)
  if (answer?.ok !== true) return { stamp: 'wrong door', message: 'no answer' }
  const { status } = answer.value
  const message = String((answer.value.body as any)?.message ?? '')
  const refusedAt = beside.notes.find(n => n.id > from && n.kind === 'Station' && n.data.verdict === 'refused')?.data.station
  return { stamp: status < 300 ? 'accept' : status === 403 ? (refusedAt === 'authorization' ? '403 authz' : '403 admission') : String(status), message }
}

/** A stamp for the caller in front, or `take NAME` for another. False: no such verb. */
export function stamp(level: Level, s: Stamping, line: string): boolean {
  const take = /^take (.+)$/.exec(line)
  if (take !== null) {
    const i = level.callers.findIndex(c => c.id === take[1])
    if (i < 0 || s.given[i] !== undefined) return false
    s.chosen = i
    return true
  }
  if (!STAMPS.some(v => v.verb === line) || s.given[s.chosen] !== undefined) return false
  const { stamp: right, message } = s.answers[s.chosen]!
  const ok = right === line
  const told = message === '' ? '' : ` "${message.slice(0, 100)}"`
  s.said = {
    ok,
    text: ok
      ? two(`The real one stamps ${right} as well.${told}`, `kube-apiserver: ${right}.${told}`)
      : two(`The real one does not stamp ${line}.`, `kube-apiserver does not answer ${line}.`),
  }
  if (ok) {
    s.given[s.chosen] = line
    const next = s.given.findIndex(g => g === undefined)
    if (next >= 0) s.chosen = next
  } else s.mistakes++
  return true
}

export const stampsLeft = (s: Stamping): number => s.given.filter(g => g === undefined).length

export function rolePanel(level: Level, s: Stamping): RolePanel {
  return {
    panel: 'role',
    role: { actor: 'kube-apiserver', name: nameOf('kube-apiserver') },
    tray: level.callers.map((c, i) => ({
      id: c.id,
      text: { company: `${c.who.company}: ${c.slip}`, kubernetes: `${c.who.kubernetes}: ${c.slip}` },
      done: s.given[i] !== undefined,
      chosen: i === s.chosen && s.given[i] === undefined,
      detail: detailOf(c),
    })),
    verbs: STAMPS.map(v => ({ ...v, possible: true })),
    ...(s.said === undefined ? {} : { said: s.said }),
    mistakes: s.mistakes,
    jackets: [],
  }
}

const BADGE_WORDS: Record<Caller['badge'], Words> = {
  you: two('a good badge', 'a valid token'),
  expired: two('a badge of last year', 'an expired token'),
  clerk: two("a clerk's badge", 'user clerk'),
  none: two('no badge', 'no token'),
  'factory-p': two('the badge of factory P', 'system:node:factory-p'),
  'factory-q': two('the badge of factory Q', 'system:node:factory-q'),
  crowbar: two('a crowbar', 'a direct connection to etcd'),
}

function detailOf(c: Caller): Words[] {
  const badge = BADGE_WORDS[c.badge]
  const asks = c.request === undefined ? [] : [two(`asks: ${c.request.method} ${c.request.path}`, `${c.request.method} ${c.request.path}`)]
  const body = c.request?.body === undefined ? [] : [two(JSON.stringify(c.request.body), JSON.stringify(c.request.body))]
  return [{ company: `${c.says.company} Shows ${badge.company}.`, kubernetes: `${c.says.kubernetes} Shows ${badge.kubernetes}.` }, ...asks, ...body]
}

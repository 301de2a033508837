// roles.ts: the jackets that a player can wear: which messages of the real component wait for a verb, and which verb lets each one through.

import { letterOf } from '../company/cast.ts'
import type { Gate, Stopped } from '../kernel/gates.ts'
import type { Words } from './view.ts'

export interface Verb {
  verb: string
  key: string
  text: Words
  /** Lets through all that wait for it, not just the first. */
  all?: true
}

export interface Role {
  /** What waits when this actor is played. `others`: actors that are played as well. `brisk`: see `verbs`. */
  gates(actor: string, others: readonly string[], brisk: boolean): Gate[]
  /** Brisk: what was learned one by one elsewhere is done in one go. */
  verbs(brisk: boolean, nodes: readonly string[]): Verb[]
  /** The verb for a message that waits. */
  verbOf(stopped: Stopped, brisk: boolean): string
  /** The slip that it is about. */
  slipOf(stopped: Stopped): string
  /** How a message that waits looks in the in-tray. */
  line(stopped: Stopped): Words
  /** Only slips that are taken first can be worked on. */
  takes: boolean
}

const two = (company: string, kubernetes = company): Words => ({ company, kubernetes })
const HATCH = 'kube-apiserver'
const pathOf = (s: Stopped): string => String(s.said.body?.path ?? '')
const podIn = (s: Stopped): string => /\/pods\/([^/]+)/.exec(pathOf(s))?.[1] ?? s.said.body?.body?.metadata?.name ?? ''
const kindOf = (s: Stopped): string => String(s.said.body?.body?.kind ?? '')
const ask = (from: string, method: string, path: string): Gate => ({ from, to: HATCH, type: 'request', where: { method: `^${method}$`, path } })

// ---- the foreman

const CALLS: Record<string, { verb: string; text: Words }> = {
  RunPodSandbox: { verb: 'sandbox', text: two('a bench is asked for', 'RunPodSandbox') },
  PullImage: { verb: 'pull', text: two('the blueprint is not here', 'PullImage') },
  CreateContainer: { verb: 'create', text: two('the machine is not built', 'CreateContainer') },
  StartContainer: { verb: 'start', text: two('the machine stands still', 'StartContainer') },
}

const FOREMAN: readonly Verb[] = [
  { verb: 'sandbox', key: 'b', text: two('ask for a bench', 'RunPodSandbox') },
  { verb: 'pull', key: 'p', text: two('have it fetched', 'PullImage') },
  { verb: 'create', key: 'c', text: two('have it built', 'CreateContainer') },
  { verb: 'start', key: 's', text: two('have it started', 'StartContainer') },
  { verb: 'report', key: 'r', text: two('tell the hatch', 'patch status') },
  { verb: 'renew', key: 'n', text: two('stamp the card', 'renew the Lease') },
]

const kubelet: Role = {
  takes: true,
  gates: (actor, _, brisk) => [
    ...Object.keys(CALLS).map((type): Gate => ({ from: actor, to: `container-runtime/${actor.slice(8)}`, type })),
    ...(brisk ? [] : [ask(actor, 'PATCH', '/pods/[^/]+/status$'), ask(actor, 'PUT', '/leases/')]),
  ],
  verbs: brisk => (brisk ? [{ verb: 'work', key: 'w', text: two('do what they say', 'sync the Pods'), all: true }] : [...FOREMAN]),
  verbOf: (s, brisk) => (brisk ? 'work' : (CALLS[s.said.type]?.verb ?? (/\/leases\//.test(pathOf(s)) ? 'renew' : 'report'))),
  slipOf: s => (s.said.type === 'RunPodSandbox' ? s.said.body.name : podIn(s)),
  line: s =>
    CALLS[s.said.type]?.text ??
    (/\/leases\//.test(pathOf(s)) ? two('the card is due', 'the Lease is due') : two('the hatch knows nothing yet', 'status is not sent')),
}

// ---- the planner

const scheduler: Role = {
  takes: false,
  gates: actor => [ask(actor, 'POST', '/binding$'), ask(actor, 'PATCH', '/pods/[^/]+/status$')],
  verbs: (_, nodes) => [
    ...nodes.map(
      (node): Verb => ({ verb: `bind ${letterOf(node)}`, key: letterOf(node).toLowerCase(), text: two(`write ${letterOf(node)} on it`, `bind to ${node}`) }),
    ),
    { verb: 'nobody', key: 'n', text: two('nobody can', 'Unschedulable') },
  ],
  verbOf: s => (/\/binding$/.test(pathOf(s)) ? `bind ${letterOf(s.said.body.body.target.name)}` : 'nobody'),
  slipOf: podIn,
  line: s => two(`${podIn(s)}: FACTORY _`, `${podIn(s)}: nodeName <none>`),
}

// ---- the clerks

const controllers: Role = {
  takes: false,
  gates: actor => [ask(actor, 'POST', '/replicasets$'), ask(actor, 'POST', '/pods$')],
  verbs: () => [
    { verb: 'list', key: 'b', text: two('make a list', 'new ReplicaSet'), all: true },
    { verb: 'slips', key: 's', text: two('hand in slips', 'create Pods'), all: true },
  ],
  verbOf: s => (/\/replicasets$/.test(pathOf(s)) ? 'list' : 'slips'),
  slipOf: s => s.said.body?.body?.metadata?.name ?? s.said.body?.body?.metadata?.generateName ?? '',
  line: s =>
    kindOf(s) === 'ReplicaSet' || /\/replicasets$/.test(pathOf(s))
      ? two('a standing order without a list', 'a Deployment without a ReplicaSet')
      : two('a list with a slip too few', 'a ReplicaSet with a Pod too few'),
}

// ---- the hatch

export const STAMPS: readonly Verb[] = [
  { verb: 'accept', key: 'y', text: two('accept, file it', 'accept') },
  { verb: '400', key: 'q', text: two('400 unreadable', '400 BadRequest') },
  { verb: '401', key: 'w', text: two('401 who are you', '401 Unauthorized') },
  { verb: '403 authz', key: 'e', text: two('403 you may not', '403 by authz') },
  { verb: '403 admission', key: 't', text: two('403 house rule', '403 by admission') },
  { verb: '409', key: 'u', text: two('409 name taken', '409 AlreadyExists') },
  { verb: '422', key: 'o', text: two('422 wrong form', '422 Invalid') },
  { verb: 'wrong door', key: 'p', text: two('wrong door', 'not a request') },
]

/** Letters of the others wait too, where the others are played: after they have been written. */
const apiserver: Role = {
  takes: false,
  gates: (_, others) =>
    others.map(
      (from): Gate => ({ from, to: HATCH, type: 'request', where: { method: '^(POST|PATCH)$', path: '/(replicasets|pods|pods/[^/]+/(binding|status))$' } }),
    ),
  verbs: brisk =>
    brisk
      ? [
          ...STAMPS.filter(v => ['accept', '401', '409'].includes(v.verb)),
          { verb: 'clear', key: 'c', text: two('clear letters', 'handle requests'), all: true },
        ]
      : [...STAMPS],
  verbOf: () => 'clear',
  slipOf: podIn,
  line: s => two(`a letter: ${podIn(s)}`, `${s.said.body?.method} ${pathOf(s)}`),
}

const ROLES: Record<string, Role> = { kubelet, 'kube-scheduler': scheduler, 'kube-controller-manager': controllers, 'kube-apiserver': apiserver }

export const roleOf = (actor: string): Role | undefined => ROLES[actor.split('/')[0]!]

// authorize.ts: may this user do that? The first authorizer that says yes decides; nobody says no for all.
// Models k8s.io/apiserver/pkg/authorization/union/union.go and k8s.io/kubernetes/pkg/kubeapiserver/authorizer
// Differs: nothing known

import { forbidden, type Status } from '../../../api/status.ts'
import type { State, User } from '../state.ts'
import { nodeAllows } from './node.ts'
import { type Attributes, type Rights, rbacAllows, rightsOf } from './rbac.ts'

export interface Decision {
  allowed: boolean
  /** Why; of a refusal what is appended to its text. */
  reason: string
  /** Which authorizer decided: `system:masters`, `Node`, `RBAC`, or '' if none did. */
  by: string
}

/** Decisions by roles, as long as roles and bindings stay as they are: the key is replaced when one changes. */
const decisions = new WeakMap<object, Decided>()
const DECISIONS_MAX = 5_000

/** Decisions by who asks and what is wanted: the same values mean the same, since both are kept from request to request. */
interface Decided {
  by: Map<User, OfUser>
  size: number
}

interface OfUser {
  decisions: Map<Attributes, Decision>
  /** By namespace. */
  rights: Map<string, Rights>
}

export function authorize(s: State, user: User, wanted: Attributes, fieldSelector?: string): Decision {
  if (user.groups.includes('system:masters')) return BY_MASTERS
  const node = nodeAllows(s, user, wanted, fieldSelector)
  if (node?.allowed) return BY_NODE
  const rbac = byRoles(s, user, wanted)
  if (rbac.allowed || node === undefined) return rbac
  return { allowed: false, reason: [node.reason, rbac.reason].filter(reason => reason !== '').join(' '), by: '' }
}

const BY_MASTERS: Decision = { allowed: true, reason: '', by: 'system:masters' }
const BY_NODE: Decision = { allowed: true, reason: '', by: 'Node' }

function byRoles(s: State, user: User, wanted: Attributes): Decision {
  let known = decisions.get(s.rbac)
  if (known === undefined || known.size >= DECISIONS_MAX) {
    known = { by: new Map(), size: 0 }
    decisions.set(s.rbac, known)
  }
  let mine = known.by.get(user)
  if (mine === undefined) {
    mine = { decisions: new Map(), rights: new Map() }
    known.by.set(user, mine)
  }
  let decision = mine.decisions.get(wanted)
  if (decision === undefined) {
    let rights = mine.rights.get(wanted.namespace)
    if (rights === undefined) {
      rights = rightsOf(s, user, wanted.namespace)
      mine.rights.set(wanted.namespace, rights)
    }
    const { allowed, reason } = rbacAllows(rights, wanted)
    decision = { allowed, reason, by: allowed ? 'RBAC' : '' }
    mine.decisions.set(wanted, decision)
    known.size++
  }
  return decision
}

/** `pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "default"` */
export function notAllowed(user: User, wanted: Attributes, reason: string): Status {
  const who = JSON.stringify(user.username)
  const because = reason === '' ? '' : `: ${reason}`
  if (wanted.resource === '') {
    const status = forbidden({ group: '', plural: '' }, '', `User ${who} cannot ${wanted.verb} path ${JSON.stringify(wanted.path)}${because}`)
    return { ...status, details: {} }
  }
  const resource = wanted.subresource === '' ? wanted.resource : `${wanted.resource}/${wanted.subresource}`
  const where = wanted.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(wanted.namespace)}`
  const what = `User ${who} cannot ${wanted.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(wanted.group)} ${where}${because}`
  return forbidden({ group: wanted.group, plural: wanted.resource }, wanted.name, what)
}

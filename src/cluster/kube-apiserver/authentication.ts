// authentication.ts: the badge: who is asking? Bearer tokens, anonymous, and speaking for somebody else.
// Models k8s.io/kubernetes/pkg/kubeapiserver/authenticator/config.go and k8s.io/apiserver/pkg/endpoints/filters/{authentication,impersonation}
// Differs: components show their user name as token, and only from inside; no client certificates, front proxies, OIDC or webhooks

import { parseTime } from '../../api/time.ts'
import type { State, User } from './state.ts'
import { type Claims, readToken } from './tokens.ts'

const ANONYMOUS: User = { username: 'system:anonymous', groups: ['system:unauthenticated'] }
const ADMIN: User = { username: 'admin', uid: 'admin', groups: ['system:masters'] }

/** The user of a bearer token; undefined for a bad one. `from`: the actor that shows it. */
export function authenticate(s: State, authorization: string | undefined, from: string, now: number): User | undefined {
  if (authorization === undefined || authorization === '') return ANONYMOUS
  let token = tokens.get(authorization)
  if (token === undefined) {
    token = /^bearer +(.+)$/i.exec(authorization)?.[1] ?? ''
    if (tokens.size >= TOKENS_MAX) tokens.clear()
    tokens.set(authorization, token)
  }
  return token === '' ? ANONYMOUS : userOfToken(s, token, from, now)
}

const TOKENS_MAX = 1_000
/** The tokens in headers that were read before; '' if there is none. */
const tokens = new Map<string, string>()

export function userOfToken(s: State, token: string, from: string, now: number): User | undefined {
  const { users = {} } = s.config
  const person = Object.hasOwn(users, token) ? users[token] : token === 'admin-token' ? ADMIN : undefined
  if (person !== undefined) return authenticated(person)
  if (token.startsWith('system:')) return from.startsWith('user/') ? undefined : component(token)
  const claims = readToken(s.durable.signingKey, token)
  if (claims === undefined || claims.exp <= now) return undefined
  return boundTo(s, claims, now)
}

const components = new Map<string, User>()

/** A component of the cluster, by its user name. */
function component(username: string): User {
  let user = components.get(username)
  if (user === undefined) {
    user = userNamed(username)
    if (components.size < 1_000) components.set(username, user)
  }
  return user
}

/** A user of that name with the groups that its kind of name brings. */
export function userNamed(username: string): User {
  if (username.startsWith('system:node:')) return authenticated({ username, groups: ['system:nodes'] })
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username)
  if (account) return authenticated({ username, groups: ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`] })
  return authenticated({ username, groups: [] })
}

function authenticated(user: User): User {
  let known = signedIn.get(user)
  if (known === undefined) {
    known = user.groups.includes('system:authenticated') ? user : { ...user, groups: [...user.groups, 'system:authenticated'] }
    signedIn.set(user, known)
  }
  return known
}
/** Users with the group of all that are known. */
const signedIn = new WeakMap<User, User>()

/** The same user for the same values, so that what was decided for it is found again. */
export function oneUser(user: User): User {
  const key = JSON.stringify([user.username, user.uid, user.groups, user.extra])
  const known = users.get(key)
  if (known !== undefined) return known
  if (users.size >= USERS_MAX) users.clear()
  users.set(key, user)
  return user
}

const USERS_MAX = 1_000
const users = new Map<string, User>()

/** The user of a service account's token, if its account, and what it is bound to, still exist. */
function boundTo(s: State, claims: Claims, now: number): User | undefined {
  const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io']
  const account = s.caches['serviceaccounts']?.objects.get(`${namespace}/${serviceaccount.name}`)
  if (account?.metadata.uid !== serviceaccount.uid) return undefined
  const extra: Record<string, string[]> = {}
  if (claims.jti) extra['authentication.kubernetes.io/credential-id'] = [`JTI=${claims.jti}`]
  if (pod) {
    const found = s.caches['pods']?.objects.get(`${namespace}/${pod.name}`)
    if (found?.metadata.uid !== pod.uid || isLongGone(found.metadata.deletionTimestamp, now)) return undefined
    extra['authentication.kubernetes.io/pod-name'] = [pod.name]
    extra['authentication.kubernetes.io/pod-uid'] = [pod.uid]
    if (node) {
      extra['authentication.kubernetes.io/node-name'] = [node.name]
      if (node.uid) extra['authentication.kubernetes.io/node-uid'] = [node.uid]
    }
  }
  if (secret && s.caches['secrets']?.objects.get(`${namespace}/${secret.name}`)?.metadata.uid !== secret.uid) return undefined
  return oneUser({ ...userNamed(`system:serviceaccount:${namespace}:${serviceaccount.name}`), uid: serviceaccount.uid, extra })
}

const DELETION_LEEWAY_MS = 60_000 // A token of a deleting Pod holds so long after its time.

function isLongGone(deletionTimestamp: string | undefined, now: number): boolean {
  const at = parseTime(deletionTimestamp)
  return at !== undefined && at + DELETION_LEEWAY_MS < now
}

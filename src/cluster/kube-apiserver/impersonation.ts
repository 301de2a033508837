// impersonation.ts: speaking for somebody else, with the headers Impersonate-User, -Group and -Uid.
// Models k8s.io/apiserver/pkg/endpoints/filters/impersonation
// Differs: several groups come joined by commas or newlines; the mode that last succeeded is not remembered

import type { ApiRequest } from '../../api/http.ts'
import { badRequest, forbidden, type Status } from '../../api/status.ts'
import { oneUser, userNamed } from './authentication.ts'
import { authorize } from './authorization/authorize.ts'
import type { RequestInfo, State, User } from './state.ts'

/** The user spoken for, or the refusal. */
export function impersonate(s: State, asked: User, request: ApiRequest, info: RequestInfo): User | Status {
  const name = request.headers['impersonate-user'] ?? ''
  const groups = (request.headers['impersonate-group'] ?? '').split(/[\n,]/).filter(group => group !== '')
  const uid = request.headers['impersonate-uid'] ?? ''
  if (name === '') {
    const list = groups.map(group => JSON.stringify(group)).join(', ')
    return badRequest(
      `requested &user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:[]string{${list}}, Extra:map[string][]string(nil)} without impersonating a user name`,
    )
  }
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
  const legacy = mayImpersonate(s, asked, name, account, groups, uid)
  if (legacy !== undefined && !constrained(s, asked, info, name, account, groups, uid)) {
    const mode = account ? 'serviceaccount' : name.startsWith('system:node:') ? 'arbitrary-node' : 'user-info'
    return onBehalf(asked, info, mode)
  }
  const spoken = userNamed(name)
  const own = groups.length > 0 ? groups : spoken.groups.filter(group => group !== 'system:authenticated')
  const all = name === 'system:anonymous' ? ['system:unauthenticated'] : [...own, 'system:authenticated']
  return oneUser({ username: name, groups: [...new Set(all)], ...(uid === '' ? {} : { uid }) })
}

/** The old way: the verb `impersonate` on what is taken on. Undefined: allowed. */
function mayImpersonate(s: State, asked: User, name: string, account: RegExpExecArray | null, groups: string[], uid: string): string | undefined {
  const may = (resource: string, what: string, namespace = '', group = '') =>
    authorize(s, asked, { verb: 'impersonate', group, resource, subresource: '', namespace, name: what, path: '' }).allowed
  if (account ? !may('serviceaccounts', account[2]!, account[1]) : !may('users', name)) return name
  for (const group of groups) if (!may('groups', group)) return group
  return uid !== '' && !may('uids', uid, '', 'authentication.k8s.io') ? uid : undefined
}

/** The new way: a verb for who is taken on, and one for what is done in their name. */
function constrained(s: State, asked: User, info: RequestInfo, name: string, account: RegExpExecArray | null, groups: string[], uid: string): boolean {
  const mode = account ? 'serviceaccount' : name.startsWith('system:node:') ? 'arbitrary-node' : 'user-info'
  const may = (verb: string, resource: string, what: string, namespace = '') =>
    authorize(s, asked, { verb, group: 'authentication.k8s.io', resource, subresource: '', namespace, name: what, path: '' }).allowed
  const verb = `impersonate:${mode}`
  const taken =
    mode === 'serviceaccount'
      ? may(verb, 'serviceaccounts', account![2]!, account![1])
      : mode === 'arbitrary-node'
        ? may(verb, 'nodes', name.slice(12))
        : may(verb, 'users', name)
  if (!taken || !groups.every(group => may(verb, 'groups', group)) || (uid !== '' && !may(verb, 'uids', uid))) return false
  const { group, resource, subresource, namespace, path } = info
  return authorize(s, asked, { verb: `impersonate-on:${mode}:${info.verb}`, group, resource, subresource, namespace, name: info.name, path }).allowed
}

function onBehalf(asked: User, info: RequestInfo, mode: string): Status {
  const verb = `impersonate-on:${mode}:${info.verb}`
  if (info.resource === '')
    return {
      ...forbidden({ group: '', plural: '' }, '', `User ${JSON.stringify(asked.username)} cannot ${verb} path ${JSON.stringify(info.path)}`),
      details: {},
    }
  const where = info.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(info.namespace)}`
  const resource = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`
  const what = `User ${JSON.stringify(asked.username)} cannot ${verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(info.group)} ${where}`
  return forbidden({ group: info.group, plural: info.resource }, info.name, what)
}

// rbac.ts: what roles allow, through the bindings that name a user or one of its groups.
// Models k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/registry/rbac/validation/rule.go
// Differs: nothing known

import type { State, User } from '../state.ts'

export interface Rule {
  verbs?: string[] | null
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
  nonResourceURLs?: string[]
}

/** What somebody wants to do. `resource` '' means a path; `subresource` stands apart. */
export interface Attributes {
  verb: string
  group: string
  resource: string
  subresource: string
  namespace: string
  name: string
  path: string
}

export interface RbacAnswer {
  allowed: boolean
  /** Of an allow: `RBAC: allowed by …`; of no opinion: what was wrong with the bindings. */
  reason: string
}

/** A rule as it reaches a user. */
export interface Granted {
  rule: Rule
  by: string
}

/** All that reaches a user in a namespace: rules, and texts of what could not be found. */
export interface Rights {
  rules: Granted[]
  broken: string[]
}

export function rightsOf(s: State, user: User, namespace: string): Rights {
  const broken: string[] = []
  return { rules: rulesFor(s, user, namespace, broken), broken }
}

export function rbacAllows({ rules, broken }: Rights, wanted: Attributes): RbacAnswer {
  for (const { rule, by } of rules) if (ruleAllows(rule, wanted)) return { allowed: true, reason: by }
  return { allowed: false, reason: broken.length > 0 ? `RBAC: ${broken.length === 1 ? broken[0] : `[${broken.join(', ')}]`}` : '' }
}

/** All rules that reach a user in a namespace ('': cluster scope); texts of what could not be found go to `broken`. */
export function rulesFor(s: State, user: User, namespace: string, broken: string[]): Granted[] {
  const found: Granted[] = []
  for (const binding of s.caches['clusterrolebindings']!.objects.values()) {
    const subject = subjectOf(binding, user, '')
    if (subject === undefined) continue
    const by = `RBAC: allowed by ClusterRoleBinding "${binding.metadata.name}" of ClusterRole "${binding['roleRef'].name}" to ${subject}`
    const rules = rulesOf(s, binding['roleRef'], '')
    if (rules === undefined) broken.push(`clusterrole.rbac.authorization.k8s.io "${binding['roleRef'].name}" not found`)
    else for (const rule of rules) found.push({ rule, by })
  }
  if (namespace === '') return found
  for (const binding of s.caches['rolebindings']!.objects.values()) {
    if (binding.metadata.namespace !== namespace) continue
    const subject = subjectOf(binding, user, namespace)
    if (subject === undefined) continue
    const { kind, name } = binding['roleRef']
    const by = `RBAC: allowed by RoleBinding "${binding.metadata.name}/${namespace}" of ${kind} "${name}" to ${subject}`
    const rules = rulesOf(s, binding['roleRef'], namespace)
    if (rules === undefined) broken.push(`${kind.toLowerCase()}.rbac.authorization.k8s.io "${name}" not found`)
    else for (const rule of rules) found.push({ rule, by })
  }
  return found
}

export function rulesOf(s: State, roleRef: { kind: string; name: string }, namespace: string): Rule[] | undefined {
  const role =
    roleRef.kind === 'ClusterRole' ? s.caches['clusterroles']!.objects.get(roleRef.name) : s.caches['roles']!.objects.get(`${namespace}/${roleRef.name}`)
  return role === undefined ? undefined : (role['rules'] ?? [])
}

export function ruleAllows(rule: Rule, wanted: Attributes): boolean {
  if (!has(rule.verbs, wanted.verb)) return false
  if (wanted.resource === '') return (rule.nonResourceURLs ?? []).some(url => urlMatches(url, wanted.path))
  if (!has(rule.apiGroups, wanted.group)) return false
  const combined = wanted.subresource === '' ? wanted.resource : `${wanted.resource}/${wanted.subresource}`
  const resources = rule.resources ?? []
  const covers = resources.some(r => r === '*' || r === combined || (wanted.subresource !== '' && r === `*/${wanted.subresource}`))
  if (!covers) return false
  const names = rule.resourceNames ?? []
  return names.length === 0 || names.includes(wanted.name)
}

const has = (list: string[] | null | undefined, value: string): boolean => list !== undefined && list !== null && (list.includes('*') || list.includes(value))

const urlMatches = (url: string, path: string): boolean => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1)))

/** How the binding names the user, as it is printed; undefined if it does not. */
function subjectOf(binding: any, user: User, namespace: string): string | undefined {
  for (const subject of binding.subjects ?? []) {
    switch (subject.kind) {
      case 'User':
        if (subject.name === user.username) return `User "${subject.name}"`
        break
      case 'Group':
        if (user.groups.includes(subject.name)) return `Group "${subject.name}"`
        break
      case 'ServiceAccount': {
        const of = subject.namespace || namespace
        if (of !== '' && `system:serviceaccount:${of}:${subject.name}` === user.username) return `ServiceAccount "${subject.name}/${of}"`
      }
    }
  }
  return undefined
}

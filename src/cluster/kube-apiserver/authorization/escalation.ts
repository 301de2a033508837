// escalation.ts: nobody may give away rights that they do not have.
// Models k8s.io/kubernetes/pkg/registry/rbac/{clusterrole,role,clusterrolebinding,rolebinding}/policybased/storage.go and pkg/registry/rbac/validation/{rule,policy_compact}.go
// Differs: checked with the validating admission, after validation

import { sameJson } from '../../../api/patch.ts'
import { forbidden } from '../../../api/status.ts'
import type { Attributes as Admitted, Plugin } from '../admission/admission.ts'
import type { State, User } from '../state.ts'
import { authorize } from './authorize.ts'
import { type Rule, rulesFor, rulesOf } from './rbac.ts'

const GROUP = 'rbac.authorization.k8s.io'

export const noEscalation: Plugin = {
  name: 'RBAC',
  validate(s, a) {
    if (a.type.group !== GROUP || a.object === undefined || a.user.groups.includes('system:masters')) return undefined
    const rules = granted(s, a)
    if (rules === undefined) return undefined
    const missing = uncovered(
      rulesFor(s, a.user, a.type.namespaced ? a.namespace : '', []).map(g => g.rule),
      rules,
    )
    if (missing.length === 0) return undefined
    const groups = `[${a.user.groups.map(group => JSON.stringify(group)).join(' ')}]`
    const lines = [...new Set(compacted(missing).map(ruleText))].sort()
    return forbidden(
      a.type,
      a.object.metadata.name,
      `user ${JSON.stringify(a.user.username)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`,
    )
  },
}

/** The rules that the write hands out, if it needs to be asked. */
function granted(s: State, a: Admitted): Rule[] | undefined {
  const may = (verb: string, resource: string, name: string) =>
    authorize(s, a.user as User, { verb, group: GROUP, resource, subresource: '', namespace: a.type.namespaced ? a.namespace : '', name, path: '' }).allowed
  const object = a.object as any
  if (a.type.plural === 'roles' || a.type.plural === 'clusterroles') {
    if (a.old !== undefined && sameJson(object.rules ?? [], a.old['rules'] ?? []) && sameJson(object.aggregationRule, a.old['aggregationRule']))
      return undefined
    if (may('escalate', a.type.plural, object.metadata.name)) return undefined
    if (object.aggregationRule !== undefined)
      return [
        { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
        { verbs: ['*'], nonResourceURLs: ['*'] },
      ]
    return object.rules ?? []
  }
  if (a.old !== undefined && sameJson(object.roleRef, a.old['roleRef']) && sameJson(object.subjects ?? [], a.old['subjects'] ?? [])) return undefined
  const resource = object.roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles'
  if (may('bind', resource, object.roleRef.name)) return undefined
  return rulesOf(s, object.roleRef, a.namespace) ?? []
}

/** Single rights of the rules that none of one's own rules covers. */
function uncovered(own: Rule[], rules: Rule[]): Rule[] {
  return rules.flatMap(single).filter(right => !own.some(rule => coversRight(rule, right)))
}

/** One verb, one group, one resource, one name each. */
function single(rule: Rule): Rule[] {
  const out: Rule[] = []
  for (const verb of rule.verbs ?? []) {
    for (const url of rule.nonResourceURLs ?? []) out.push({ verbs: [verb], nonResourceURLs: [url] })
    for (const group of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        const base = { apiGroups: [group], resources: [resource], verbs: [verb] }
        if ((rule.resourceNames ?? []).length === 0) out.push(base)
        else for (const name of rule.resourceNames!) out.push({ ...base, resourceNames: [name] })
      }
    }
  }
  return out
}

function coversRight(rule: Rule, right: Rule): boolean {
  const all = (list: string[] | null | undefined, value: string) => list?.includes('*') || list?.includes(value)
  if (!all(rule.verbs, right.verbs![0]!)) return false
  const url = right.nonResourceURLs?.[0]
  if (url !== undefined) return (rule.nonResourceURLs ?? []).some(own => own === '*' || own === url || (own.endsWith('*') && url.startsWith(own.slice(0, -1))))
  if (!all(rule.apiGroups, right.apiGroups![0]!)) return false
  const resource = right.resources![0]!
  const part = resource.includes('/') ? `*/${resource.slice(resource.indexOf('/') + 1)}` : undefined
  if (!all(rule.resources, resource) && !(part !== undefined && rule.resources?.includes(part))) return false
  const names = rule.resourceNames ?? []
  return names.length === 0 || (right.resourceNames !== undefined && names.includes(right.resourceNames[0]!))
}

/** Rights to one resource become one rule again. */
function compacted(rights: Rule[]): Rule[] {
  const out: Rule[] = []
  const byResource = new Map<string, Rule>()
  for (const right of rights) {
    if (right.nonResourceURLs !== undefined || right.resourceNames !== undefined) {
      out.push(right)
      continue
    }
    const key = `${right.apiGroups![0]}/${right.resources![0]}`
    const known = byResource.get(key)
    if (known === undefined) {
      const rule = { ...right, verbs: [...right.verbs!] }
      byResource.set(key, rule)
      out.push(rule)
    } else if (!known.verbs!.includes(right.verbs![0]!)) known.verbs!.push(right.verbs![0]!)
  }
  return out
}

function ruleText(rule: Rule): string {
  const list = (values: string[]) => `[${values.map(value => JSON.stringify(value)).join(' ')}]`
  const parts: string[] = []
  if (rule.apiGroups?.length) parts.push(`APIGroups:${list(rule.apiGroups)}`)
  if (rule.resources?.length) parts.push(`Resources:${list(rule.resources)}`)
  if (rule.nonResourceURLs?.length) parts.push(`NonResourceURLs:${list(rule.nonResourceURLs)}`)
  if (rule.resourceNames?.length) parts.push(`ResourceNames:${list(rule.resourceNames)}`)
  if (rule.verbs?.length) parts.push(`Verbs:${list(rule.verbs)}`)
  return `{${parts.join(', ')}}`
}

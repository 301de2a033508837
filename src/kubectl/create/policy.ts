// policy.ts: roles, bindings, quotas, budgets, priorities.
// Models k8s.io/kubectl/pkg/cmd/create/create_{role,clusterrole,rolebinding,clusterrolebinding,quota,pdb,priorityclass}.go
// Differs: nothing known

import { isQuantity, QUANTITY_FORMAT_ERROR } from '../../api/quantity.ts'
import { resourceTypes } from '../../api/resources.ts'
import { fail } from '../fail.ts'
import { bool, changed, int, list, text } from '../flags.ts'
import { err, type Kit } from '../kit.ts'
import { categoryOf, resourceNamed } from '../mapper.ts'
import { subjectsOf } from '../subjects.ts'
import type { Steps } from '../want.ts'
import { made, nameOfNew } from './create.ts'

const VERBS = [
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'impersonate',
  'escalate',
  '*',
  'approve',
  'sign',
  'attest',
  'read-only-api',
]

/** Rules by group: `pods`, `pods/log`, `deployments.apps/scale`. */
function* rulesOf(kit: Kit): Steps<any[]> {
  const verbs: string[] = []
  for (const v of list(kit.flags, 'verb')) if (!verbs.includes(v)) verbs.push(v)
  if (verbs.length === 0) fail('at least one verb must be specified')
  const used = verbs.includes('*') ? ['*'] : verbs
  for (const v of used) if (!VERBS.includes(v)) yield* err(`Warning: '${v}' is not a standard resource verb\n`)
  const resources = list(kit.flags, 'resource')
  const urls = list(kit.flags, 'non-resource-url')
  if (resources.length === 0 && urls.length === 0)
    fail(kit.command.endsWith('clusterrole') ? 'one of resource or nonResourceURL must be specified' : 'at least one resource must be specified')
  const names = list(kit.flags, 'resource-name')
  const groups = new Map<string, string[]>()
  for (const word of resources) {
    const [resource = '', ...sub] = word.split('/')
    let group = ''
    let plural = resource
    if (resource !== '*') {
      if (categoryOf(resource) && !resourceTypes.some(t => t.plural === resource)) fail(`the server doesn't have a resource type ${JSON.stringify(resource)}`)
      const type = yield* resourceNamed(kit, resource, true)
      group = type.group
      plural = type.plural
    }
    const entry = [plural, ...sub].join('/')
    const known = groups.get(group) ?? []
    if (!known.includes(entry)) groups.set(group, [...known, entry])
  }
  const rules: any[] = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, entries]) => ({ apiGroups: [group], ...(names.length > 0 ? { resourceNames: names } : {}), resources: entries, verbs: used }))
  if (urls.length > 0) rules.push({ nonResourceURLs: urls, verbs: used })
  return rules
}

export function* role(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  yield* made(kit, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules: yield* rulesOf(kit) }, '')
}

export function* clusterrole(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const aggregation = list(kit.flags, 'aggregation-rule')
  const object: any = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name } }
  if (aggregation.length > 0) {
    const matchLabels = Object.fromEntries(aggregation.map(p => [p.slice(0, p.indexOf('=')), p.slice(p.indexOf('=') + 1)]))
    yield* made(kit, { ...object, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] }, rules: null }, '')
    return
  }
  yield* made(kit, { ...object, rules: yield* rulesOf(kit) }, '')
}

/** `namespace:name`. */
function accountOf(pair: string): { name: string; namespace: string } {
  const [namespace = '', name = '', ...more] = pair.split(':')
  if (namespace === '' || name === '' || more.length > 0) fail('serviceaccount must be <namespace>:<name>')
  return { name, namespace }
}

export function* rolebinding(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const [clusterRole, ownRole] = [text(kit.flags, 'clusterrole'), text(kit.flags, 'role')]
  if ((clusterRole === '') === (ownRole === '')) fail('exactly one of clusterrole or role must be specified')
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: clusterRole === '' ? 'Role' : 'ClusterRole', name: clusterRole || ownRole }
  yield* made(
    kit,
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name }, roleRef, subjects: subjectsOf(kit, accountOf) },
    'rolebinding',
  )
}

export function* clusterrolebinding(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const clusterRole = text(kit.flags, 'clusterrole')
  if (clusterRole === '') fail('required flag(s) "clusterrole" not set')
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterRole }
  yield* made(
    kit,
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects: subjectsOf(kit, accountOf) },
    'clusterrolebinding',
  )
}

export function* quota(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const hard: Record<string, string> = {}
  for (const pair of text(kit.flags, 'hard')
    .split(',')
    .filter(p => p !== '')) {
    const [key = '', value = '', ...more] = pair.split('=')
    if (key === '' || value === '' || more.length > 0) fail(`Invalid argument syntax ${pair}, expected <resource>=<value>`)
    if (!isQuantity(value)) fail(QUANTITY_FORMAT_ERROR)
    hard[key] = value
  }
  const scopes = text(kit.flags, 'scopes')
    .split(',')
    .filter(s => s !== '')
  const spec = { ...(Object.keys(hard).length > 0 ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) }
  yield* made(kit, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec, status: {} }, 'quota')
}

/** `3` or `50%`. */
const intOrString = (value: string): number | string => (/^\d+$/.test(value) ? Number(value) : value)

export function* budget(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const [min, max, selector] = ['min-available', 'max-unavailable', 'selector'].map(f => text(kit.flags, f)) as [string, string, string]
  if (selector === '') fail('a selector must be specified')
  if (min === '' && max === '') fail('one of min-available or max-unavailable must be specified')
  if (min !== '' && max !== '') fail('min-available and max-unavailable cannot be both specified')
  if (min !== '' && !/^\d+%?$/.test(min)) fail('invalid format specified for min-available')
  if (max !== '' && !/^\d+%?$/.test(max)) fail('invalid format specified for max-unavailable')
  const matchLabels: Record<string, string> = {}
  for (const pair of selector.split(',')) {
    const [key = '', value] = pair.split(/==?/)
    if (value === undefined) fail(`couldn't parse the selector string ${JSON.stringify(selector)}`)
    matchLabels[key] = value!
  }
  const spec = { ...(min === '' ? { maxUnavailable: intOrString(max) } : { minAvailable: intOrString(min) }), selector: { matchLabels } }
  yield* made(
    kit,
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name },
      spec,
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    },
    'poddisruptionbudgets',
  )
}

export function* priorityclass(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const description = text(kit.flags, 'description')
  const object: any = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: int(kit.flags, 'value') }
  if (description !== '') object.description = description
  if (bool(kit.flags, 'global-default')) object.globalDefault = true
  object.preemptionPolicy = changed(kit.flags, 'preemption-policy') ? text(kit.flags, 'preemption-policy') : 'PreemptLowerPriority'
  yield* made(kit, object, 'priorityclass')
}

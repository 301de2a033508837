// policy.ts: roles, bindings, quotas, budgets, priorities.
// Models k8s.io/kubectl/pkg/cmd/create/create_{role,clusterrole,rolebinding,clusterrolebinding,quota,pdb,priorityclass}.go
// Differs: nothing known

import { parseSelector, type Requirement } from '../../api/labels.ts'
import { isQuantity, QUANTITY_FORMAT_ERROR } from '../../api/quantity.ts'
import { resourceTypes } from '../../api/resources.ts'
import { fail } from '../fail.ts'
import { bool, changed, int, list, text } from '../flags.ts'
import { err, type Kit } from '../kit.ts'
import { categoryOf, resourceNamed } from '../mapper.ts'
import { type Subject, subjectsOf } from '../subjects.ts'
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
  const resources = list(kit.flags, 'resource')
  const ofCluster = kit.command.endsWith('clusterrole')
  const urls = ofCluster ? [...new Set(list(kit.flags, 'non-resource-url'))] : []
  if (ofCluster && resources.length + urls.length === 0) fail('one of resource or nonResourceURL must be specified')
  if (!ofCluster || resources.length > 0) for (const v of used) if (!VERBS.includes(v)) yield* err(`Warning: '${v}' is not a standard resource verb\n`)
  if (resources.length + urls.length === 0) fail('at least one resource must be specified')
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
  if (urls.length > 0) rules.push({ nonResourceURLs: judged(urls, used), verbs: used })
  return rules
}

const URL_VERBS = ['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options']

function judged(urls: string[], verbs: string[]): string[] {
  for (const v of verbs) if (!URL_VERBS.includes(v)) fail(`invalid verb: '${v}' for nonResourceURL`)
  for (const url of urls.filter(u => u !== '*')) {
    if (!url.startsWith('/')) fail('nonResourceURL should start with /')
    if (url.slice(0, -1).includes('*')) fail("nonResourceURL only supports wildcard matches when '*' is at the end")
  }
  return urls
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
    if (['non-resource-url', 'verb', 'resource', 'resource-name'].some(flag => list(kit.flags, flag).length > 0))
      fail('aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames')
    const matchLabels = Object.fromEntries(aggregation.map(p => [p.slice(0, p.indexOf('=')), p.slice(p.indexOf('=') + 1)]))
    yield* made(kit, { ...object, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] }, rules: null }, '')
    return
  }
  yield* made(kit, { ...object, rules: yield* rulesOf(kit) }, '')
}

function bound(kit: Kit): { subjects?: Subject[] } {
  const subjects = subjectsOf(kit, accountOf)
  return subjects.length > 0 ? { subjects } : {}
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
  yield* made(kit, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name }, roleRef, ...bound(kit) }, 'rolebinding')
}

export function* clusterrolebinding(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const clusterRole = text(kit.flags, 'clusterrole')
  if (clusterRole === '') fail('required flag(s) "clusterrole" not set')
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterRole }
  yield* made(kit, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name }, roleRef, ...bound(kit) }, 'clusterrolebinding')
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
  const scopes = text(kit.flags, 'scopes') === '' ? [] : text(kit.flags, 'scopes').split(',')
  if (scopes.includes('')) fail('invalid resource quota scope ""')
  const spec = { ...(Object.keys(hard).length > 0 ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) }
  yield* made(kit, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec, status: {} }, 'quota')
}

/** A selector's text as an object. */
function selectorIn(given: string): object {
  const parsed = parseSelector(given)
  if ('error' in parsed) return fail(`couldn't parse the selector string ${JSON.stringify(given)}: ${parsed.error}`)
  const matchLabels = Object.fromEntries(parsed.filter(isEqual).map(r => [r.key, r.values[0] ?? '']))
  const matchExpressions = parsed
    .filter(r => !isEqual(r))
    .map(r => ({ key: r.key, operator: GO_OPERATORS[r.operator]!, ...(r.values.length > 0 ? { values: r.values } : {}) }))
  return { ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}), ...(matchExpressions.length > 0 ? { matchExpressions } : {}) }
}

const isEqual = (r: Requirement): boolean => r.operator === '=' || r.operator === '=='
const GO_OPERATORS: Record<string, string> = { in: 'In', notin: 'NotIn', '!=': 'NotIn', exists: 'Exists', '!': 'DoesNotExist' }

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
  const spec = { ...(min === '' ? { maxUnavailable: intOrString(max) } : { minAvailable: intOrString(min) }), selector: selectorIn(selector) }
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

// papers.ts: descriptions of what is only written: ConfigMaps, Secrets, accounts, roles, budgets, limits, namespaces, volumes' papers.
// Models k8s.io/kubectl/pkg/describe/describe.go
// Differs: nothing known

import { decodeBase64 } from '../../api/base64.ts'
import { formatLabelSelector } from '../../api/labels.ts'
import { sortedKeys } from '../json.ts'
import { annotations, events, heading, labels, type Paper } from './paper.ts'
import { sourceOf } from './volumes.ts'

export function describeConfigMap(p: Paper, c: any, list: any[] | undefined): void {
  heading(p, c)
  p.line(0, '\nData\n====')
  for (const key of sortedKeys(c.data)) p.line(0, `${key}:\n----\n${c.data[key]}\n`)
  p.line(0, '\nBinaryData\n====')
  for (const key of sortedKeys(c.binaryData)) p.line(0, `${key}: ${bytesOf(c.binaryData[key])} bytes`)
  p.line(0, '')
  events(p, list)
}

/** Bytes behind a base64 text. */
const bytesOf = (text: string): number => (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0)

export function describeSecret(p: Paper, s: any): void {
  heading(p, s)
  p.line(0, `\nType:\t${s.type}\n\nData\n====`)
  for (const key of sortedKeys(s.data)) {
    if (s.type === 'kubernetes.io/service-account-token' && key === 'token') p.line(0, `${key}:\t${decodeBase64(s.data[key])}`)
    else p.line(0, `${key}:\t${bytesOf(s.data[key])} bytes`)
  }
}

export function describeServiceAccount(p: Paper, a: any, list: any[] | undefined): void {
  heading(p, a)
  const names = (title: string, refs: any[] | undefined) => {
    if (!refs || refs.length === 0) p.field(title, '<none>')
    refs?.forEach((r, i) => {
      p.line(0, `${i === 0 ? `${title}:` : ''}\t${r.name}`)
    })
  }
  names('Image pull secrets', a.imagePullSecrets)
  events(p, list)
}

const brackets = (list: string[] | undefined): string => `[${(list ?? []).join(' ')}]`

/** Rules as `describe role` and `auth can-i --list` show them: one resource a line. */
export function ruleRows(rules: any[]): RuleRow[] {
  const merged = new Map<string, RuleRow & { order: string }>()
  for (const rule of rules) {
    for (const [resource, urls, names, order] of rule.nonResourceURLs?.length > 0 ? paths(rule) : expand(rule)) {
      const row = merged.get(order) ?? { resource, urls, names, verbs: [], order }
      for (const verb of rule.verbs ?? []) if (!row.verbs.includes(verb)) row.verbs.push(verb)
      merged.set(order, row)
    }
  }
  // Upstream compares the rules' texts, in which verbs come first.
  const text = (row: RuleRow & { order: string }): string => `[${row.verbs.join(' ')}],${row.order}`
  return [...merged.values()].sort((a, b) => (text(a) < text(b) ? -1 : 1))
}

interface RuleRow {
  resource: string
  urls: string
  names: string
  verbs: string[]
}

const orderOf = (group: string, resource: string, name: string, url: string): string => `[${group}],[${resource}],[${name}],[${url}]`

const paths = (rule: any): [string, string, string, string][] => rule.nonResourceURLs.map((url: string) => ['', `[${url}]`, '[]', orderOf('', '', '', url)])

function expand(rule: any): [string, string, string, string][] {
  const names: string[] = rule.resourceNames?.length > 0 ? rule.resourceNames : ['']
  const out: [string, string, string, string][] = []
  for (const group of rule.apiGroups ?? [''])
    for (const resource of rule.resources ?? [])
      for (const name of names) out.push([withGroup(resource, group), '[]', name === '' ? '[]' : `[${name}]`, orderOf(group, resource, name, '')])
  return out
}

/** `deployments.apps/scale`. */
function withGroup(resource: string, group: string): string {
  const [plural, ...sub] = resource.split('/')
  return [group === '' ? plural : `${plural}.${group}`, ...sub].join('/')
}

export function describeRole(p: Paper, r: any): void {
  p.field('Name', r.metadata.name)
  labels(p, 'Labels', r.metadata.labels)
  annotations(p, 'Annotations', r.metadata.annotations)
  p.line(0, 'PolicyRule:')
  p.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs')
  p.line(1, '---------\t-----------------\t--------------\t-----')
  for (const row of ruleRows(r.rules ?? [])) p.line(1, `${row.resource}\t${row.urls}\t${row.names}\t${brackets(row.verbs)}`)
}

export function describeRoleBinding(p: Paper, b: any): void {
  p.field('Name', b.metadata.name)
  labels(p, 'Labels', b.metadata.labels)
  annotations(p, 'Annotations', b.metadata.annotations)
  p.line(0, 'Role:')
  p.line(1, `Kind:\t${b.roleRef.kind}`)
  p.line(1, `Name:\t${b.roleRef.name}`)
  p.line(0, 'Subjects:')
  p.line(1, 'Kind\tName\tNamespace')
  p.line(1, '----\t----\t---------')
  for (const s of b.subjects ?? []) p.line(1, `${s.kind}\t${s.name}\t${s.namespace ?? ''}`)
}

export function describeQuota(p: Paper, q: any): void {
  p.field('Name', q.metadata.name)
  p.field('Namespace', q.metadata.namespace)
  scopes(p, q, 0, ' * ')
  quotaTable(p, q, 0, '----')
}

const SCOPES: Record<string, string> = {
  Terminating: 'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort: 'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
}

function scopes(p: Paper, q: any, level: number, bullet: string): void {
  const list: string[] = [...(q.spec.scopes ?? [])].sort()
  if (list.length === 0) return
  p.line(level, `Scopes:\t${list.join(', ')}`)
  for (const scope of list) if (SCOPES[scope] !== undefined) p.line(level, `${bullet}${SCOPES[scope]}`)
}

function quotaTable(p: Paper, q: any, level: number, rule: string): void {
  p.line(level, 'Resource\tUsed\tHard')
  p.line(level, `--------\t${rule}\t${rule}`)
  const hard = q.status?.hard ?? {}
  for (const key of sortedKeys(hard)) p.line(level, `${key}\t${q.status.used?.[key] ?? '0'}\t${hard[key]}`)
}

export function describeLimitRange(p: Paper, l: any): void {
  p.field('Name', l.metadata.name)
  p.field('Namespace', l.metadata.namespace)
  limitTable(p, l, '')
}

function limitTable(p: Paper, l: any, space: string): void {
  p.line(0, `${space}Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio`)
  p.line(0, `${space}----\t--------\t---\t---\t---------------\t-------------\t-----------------------`)
  for (const item of l.spec.limits) {
    const keys = sortedKeys({ ...item.max, ...item.min, ...item.default, ...item.defaultRequest, ...item.maxLimitRequestRatio })
    const show = (map: any, key: string) => map?.[key] ?? '-'
    for (const key of keys)
      p.line(
        0,
        `${space}${item.type}\t${key}\t${show(item.min, key)}\t${show(item.max, key)}\t${show(item.defaultRequest, key)}\t${show(item.default, key)}\t${show(item.maxLimitRequestRatio, key)}`,
      )
  }
}

export function describeNamespace(p: Paper, n: any, quotas: any[], limits: any[]): void {
  p.field('Name', n.metadata.name)
  labels(p, 'Labels', n.metadata.labels)
  annotations(p, 'Annotations', n.metadata.annotations)
  p.field('Status', n.status?.phase ?? '')
  if (n.status?.conditions?.length > 0) {
    p.line(0, 'Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage')
    p.line(1, '----\t------\t------------------\t------\t-------')
    for (const c of n.status.conditions) p.line(1, `${c.type}\t${c.status}\t${c.lastTransitionTime}\t${c.reason}\t${c.message}`)
  }
  p.line(0, '')
  if (quotas.length === 0) p.line(0, 'No resource quota.')
  else {
    p.line(0, 'Resource Quotas')
    for (const q of quotas) {
      p.line(1, `Name:\t${q.metadata.name}`)
      scopes(p, q, 1, '* ')
      quotaTable(p, q, 1, '---')
    }
  }
  p.line(0, '')
  if (limits.length === 0) p.line(0, 'No LimitRange resource.')
  else {
    p.line(0, 'Resource Limits')
    for (const l of limits) limitTable(p, l, ' ')
  }
}

export function describeBudget(p: Paper, b: any, list: any[] | undefined): void {
  p.field('Name', b.metadata.name)
  p.field('Namespace', b.metadata.namespace)
  if (b.spec.minAvailable !== undefined) p.field('Min available', b.spec.minAvailable)
  else if (b.spec.maxUnavailable !== undefined) p.field('Max unavailable', b.spec.maxUnavailable)
  p.field('Selector', b.spec.selector ? formatLabelSelector(b.spec.selector) : '<unset>')
  p.line(0, 'Status:')
  const { status = {} } = b
  p.line(2, `Allowed disruptions:\t${status.disruptionsAllowed ?? 0}`)
  p.line(2, `Current:\t${status.currentHealthy ?? 0}`)
  p.line(2, `Desired:\t${status.desiredHealthy ?? 0}`)
  p.line(2, `Total:\t${status.expectedPods ?? 0}`)
  events(p, list)
}

export function describePriorityClass(p: Paper, c: any, list: any[] | undefined): void {
  p.field('Name', c.metadata.name)
  p.field('Value', c.value)
  p.field('GlobalDefault', c.globalDefault ?? false)
  p.field('PreemptionPolicy', c.preemptionPolicy ?? '')
  p.field('Description', c.description ?? '')
  annotations(p, 'Annotations', c.metadata.annotations)
  events(p, list)
}

const MODES: Record<string, string> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' }
const modes = (list: string[] | undefined): string => (list ?? []).map(m => MODES[m] ?? m).join(',')

export function describeClaim(p: Paper, c: any, users: string[], list: any[] | undefined): void {
  p.field('Name', c.metadata.name)
  p.field('Namespace', c.metadata.namespace)
  p.field('StorageClass', c.spec.storageClassName ?? '')
  p.field('Status', c.metadata.deletionTimestamp ? `Terminating (lasts ${p.since(c.metadata.deletionTimestamp)})` : (c.status?.phase ?? ''))
  p.field('Volume', c.spec.volumeName ?? '')
  labels(p, 'Labels', c.metadata.labels)
  annotations(p, 'Annotations', c.metadata.annotations)
  p.field('Finalizers', brackets(c.metadata.finalizers))
  p.field('Capacity', c.status?.capacity?.storage ?? '')
  p.field('Access Modes', modes(c.status?.accessModes))
  p.field('VolumeMode', c.spec.volumeMode ?? 'Filesystem')
  users.sort().forEach((name, i) => {
    p.line(0, `${i === 0 ? 'Used By:' : ''}\t${name}`)
  })
  if (users.length === 0) p.field('Used By', '<none>')
  events(p, list)
}

export function describeVolume(p: Paper, v: any, list: any[] | undefined): void {
  heading(p, v, false)
  p.field('Finalizers', brackets(v.metadata.finalizers))
  p.field('StorageClass', v.spec.storageClassName ?? '')
  p.field('Status', v.status?.phase ?? '')
  p.field('Claim', v.spec.claimRef ? `${v.spec.claimRef.namespace}/${v.spec.claimRef.name}` : '')
  p.field('Reclaim Policy', v.spec.persistentVolumeReclaimPolicy ?? '')
  p.field('Access Modes', modes(v.spec.accessModes))
  p.field('VolumeMode', v.spec.volumeMode ?? 'Filesystem')
  p.field('Capacity', v.spec.capacity?.storage ?? '')
  p.field('Node Affinity', v.spec.nodeAffinity?.required ? '' : '<none>')
  p.field('Message', v.status?.message ?? '')
  p.line(0, 'Source:')
  const source = sourceOf(v.spec)
  for (const line of source) p.line(2, line)
  if (source.length === 0) p.line(1, '<unknown>')
  events(p, list)
}

export function describeStorageClass(p: Paper, s: any, list: any[] | undefined): void {
  const pairs = (map: Record<string, string> | undefined): string =>
    sortedKeys(map)
      .map(k => `${k}=${map![k]}`)
      .join(',') || '<none>'
  const all = s.metadata.annotations
  const isDefault = all?.['storageclass.kubernetes.io/is-default-class'] === 'true' || all?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true'
  p.field('Name', s.metadata.name)
  p.field('IsDefaultClass', isDefault ? 'Yes' : 'No')
  p.field('Annotations', pairs(all))
  p.field('Provisioner', s.provisioner)
  p.field('Parameters', pairs(s.parameters))
  p.field('AllowVolumeExpansion', s.allowVolumeExpansion === undefined ? '<unset>' : s.allowVolumeExpansion ? 'True' : 'False')
  if (!s.mountOptions?.length) p.field('MountOptions', '<none>')
  else p.line(0, `MountOptions:\n${s.mountOptions.map((o: string) => `  ${o}`).join('\n')}`)
  if (s.reclaimPolicy !== undefined) p.field('ReclaimPolicy', s.reclaimPolicy)
  if (s.volumeBindingMode !== undefined) p.field('VolumeBindingMode', s.volumeBindingMode)
  events(p, list)
}

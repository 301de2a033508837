// node.ts: the description of a Node: what it is, what it has, and what has been promised to whom.
// Models k8s.io/kubectl/pkg/describe/describe.go (describeNode, describeNodeResource)
// Differs: resource slices and CSI drivers are not listed

import { addQuantity, compareQuantity, milliValue, quantityOf, unitValue } from '../../api/quantity.ts'
import { sortedKeys } from '../json.ts'
import { annotations, events, labels, type Paper, rfc1123 } from './paper.ts'

const ROLE = 'node-role.kubernetes.io/'
type Amounts = Record<string, string>

export function describeNode(p: Paper, node: any, lease: any | undefined, pods: any[], list: any[] | undefined): void {
  const { metadata, spec, status = {} } = node
  p.field('Name', metadata.name)
  const roles = sortedKeys(metadata.labels).flatMap(k =>
    k.startsWith(ROLE) && k.length > ROLE.length ? [k.slice(ROLE.length)] : k === 'kubernetes.io/role' ? [metadata.labels[k]] : [],
  )
  p.field('Roles', roles.length > 0 ? roles.join(',') : '<none>')
  labels(p, 'Labels', metadata.labels)
  annotations(p, 'Annotations', metadata.annotations)
  p.field('CreationTimestamp', rfc1123(metadata.creationTimestamp))
  taints(p, spec.taints)
  p.field('Unschedulable', spec.unschedulable ?? false)
  p.line(0, 'Lease:')
  p.line(1, `HolderIdentity:\t${lease?.spec?.holderIdentity ?? '<unset>'}`)
  p.line(1, `AcquireTime:\t${lease?.spec?.acquireTime ? rfc1123(lease.spec.acquireTime) : '<unset>'}`)
  p.line(1, `RenewTime:\t${lease?.spec?.renewTime ? rfc1123(lease.spec.renewTime) : '<unset>'}`)
  if (status.conditions?.length > 0) {
    p.line(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage')
    p.line(1, '----\t------\t-----------------\t------------------\t------\t-------')
    for (const c of status.conditions)
      p.line(1, `${c.type} \t${c.status} \t${rfc1123(c.lastHeartbeatTime)} \t${rfc1123(c.lastTransitionTime)} \t${c.reason ?? ''} \t${c.message ?? ''}`)
  }
  p.line(0, 'Addresses:')
  for (const a of status.addresses ?? []) p.line(1, `${a.type}:\t${a.address}`)
  amounts(p, 'Capacity', status.capacity)
  amounts(p, 'Allocatable', status.allocatable)
  const info = status.nodeInfo ?? {}
  p.line(0, 'System Info:')
  for (const [title, key] of SYSTEM_INFO) p.line(0, `  ${title}:\t${info[key] ?? ''}`)
  if (spec.podCIDR) p.field('PodCIDR', spec.podCIDR)
  if (spec.podCIDRs?.length > 0) p.field('PodCIDRs', spec.podCIDRs.join(','))
  if (spec.providerID) p.field('ProviderID', spec.providerID)
  promised(p, status.allocatable ?? status.capacity ?? {}, pods)
  events(p, list)
}

const SYSTEM_INFO = [
  ['Machine ID', 'machineID'],
  ['System UUID', 'systemUUID'],
  ['Boot ID', 'bootID'],
  ['Kernel Version', 'kernelVersion'],
  ['OS Image', 'osImage'],
  ['Operating System', 'operatingSystem'],
  ['Architecture', 'architecture'],
  ['Container Runtime Version', 'containerRuntimeVersion'],
  ['Kubelet Version', 'kubeletVersion'],
] as const

function taints(p: Paper, list: any[] | undefined): void {
  if (!list || list.length === 0) {
    p.field('Taints', '<none>')
    return
  }
  const text = (t: any) => `${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}`
  const sorted = [...list].sort((a, b) => (`${a.effect},${a.key}` < `${b.effect},${b.key}` ? -1 : 1))
  sorted.forEach((t, i) => {
    p.line(0, `${i === 0 ? 'Taints:' : ''}\t${text(t)}`)
  })
}

function amounts(p: Paper, title: string, list: Amounts | undefined): void {
  if (!list || Object.keys(list).length === 0) return
  p.line(0, `${title}:`)
  for (const key of sortedKeys(list)) p.line(0, `  ${key}:\t${list[key]}`)
}

/** Requests and limits of a Pod: what its containers ask for together, or the most demanding step of its start. */
function totals(pod: any, side: 'requests' | 'limits'): Amounts {
  const sum: Amounts = {}
  const add = (to: Amounts, more: Amounts | undefined) => {
    for (const key in more) to[key] = addQuantity(to[key], more[key])
  }
  for (const c of pod.spec.containers) add(sum, c.resources?.[side])
  const beside: Amounts = {}
  const peak: Amounts = {}
  for (const c of pod.spec.initContainers ?? []) {
    const step: Amounts = { ...beside }
    add(step, c.resources?.[side])
    if (c.restartPolicy === 'Always') add(beside, c.resources?.[side])
    for (const key in step) if (compareQuantity(step[key], peak[key]) > 0) peak[key] = step[key]!
  }
  add(sum, beside)
  for (const key in peak) if (compareQuantity(peak[key], sum[key]) > 0) sum[key] = peak[key]!
  if (side === 'requests' || Object.keys(sum).length > 0) add(sum, pod.spec.overhead)
  return sum
}

function promised(p: Paper, allocatable: Amounts, pods: any[]): void {
  p.field('Non-terminated Pods', `(${pods.length} in total)`)
  p.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge')
  p.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---')
  const percent = (used: number, of: number) => `(${of === 0 ? 0 : Math.trunc((used / of) * 100)}%)`
  const cpu = (x: string | undefined) => `${x ?? '0'} ${percent(milliValue(x), milliValue(allocatable['cpu']))}`
  const bytes = (x: string | undefined, key: string) => `${x ?? '0'} ${percent(unitValue(x), unitValue(allocatable[key]))}`
  const all = { requests: {} as Amounts, limits: {} as Amounts }
  for (const pod of pods) {
    const requests = totals(pod, 'requests')
    const limits = totals(pod, 'limits')
    for (const key in requests) all.requests[key] = addQuantity(all.requests[key], requests[key])
    for (const key in limits) all.limits[key] = addQuantity(all.limits[key], limits[key])
    const { namespace, name, creationTimestamp } = pod.metadata
    const row = [cpu(requests['cpu']), cpu(limits['cpu']), bytes(requests['memory'], 'memory'), bytes(limits['memory'], 'memory')]
    p.line(1, `${namespace}\t${name}\t\t${row.join('\t')}\t${p.since(creationTimestamp)}`)
  }
  p.line(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n  Resource\tRequests\tLimits')
  p.line(1, '--------\t--------\t------')
  p.line(1, `cpu\t${cpu(all.requests['cpu'])}\t${cpu(all.limits['cpu'])}`)
  for (const key of ['memory', 'ephemeral-storage']) p.line(1, `${key}\t${bytes(all.requests[key], key)}\t${bytes(all.limits[key], key)}`)
  for (const key of sortedKeys(allocatable)) {
    if (['cpu', 'memory', 'ephemeral-storage', 'pods'].includes(key)) continue
    if (key.startsWith('hugepages-')) p.line(1, `${key}\t${bytes(all.requests[key], key)}\t${bytes(all.limits[key], key)}`)
    else if (quantityOf(allocatable[key]).nano > 0n) p.line(1, `${key}\t${all.requests[key] ?? '0'}\t${all.limits[key] ?? '0'}`)
  }
}

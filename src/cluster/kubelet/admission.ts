// admission.ts: does the node take a Pod that was given to it?
// Models pkg/kubelet/lifecycle/predicate.go and pkg/kubelet/allocation/allocation_manager.go
// Differs: no devices, no topology manager, no pressure; critical Pods do not preempt others

import type { Node, Taint } from '../../api/node.ts'
import type { NodeSelectorRequirement, NodeSelectorTerm, Pod, ResourceList, Toleration } from '../../api/pod.ts'
import { milliValue, unitValue } from '../../api/quantity.ts'
import { initContainers, isSidecar } from './containers.ts'

export interface Rejection {
  reason: string
  message: string
}

/** The first reason why not, in upstream's order. `others`: Pods of this node that have not ended. */
export function admit(pod: Pod, node: Node, others: Pod[]): Rejection | undefined {
  const os = node.metadata.labels?.['kubernetes.io/os']
  const wanted = pod.spec.nodeSelector?.['kubernetes.io/os']
  if (wanted !== undefined && wanted !== os)
    return reject('PodOSSelectorNodeLabelDoesNotMatch', "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label")
  if (pod.spec.os !== undefined && pod.spec.os.name !== 'linux') return reject('PodOSNotSupported', "Failed to admit pod as the OS field doesn't match node OS")
  const short = insufficient(pod, node, others)
  if (short !== undefined) return short
  if (!nodeAffinityMatches(pod, node)) return reject('NodeAffinity', "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector")
  if (pod.spec.nodeName !== node.metadata.name) return reject('NodeName', "Predicate NodeName failed: node(s) didn't match the requested node name")
  if (portsTaken(pod, others)) return reject('NodePorts', "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports")
  const bad = (node.spec.taints ?? []).find(t => t.effect === 'NoExecute' && !tolerated(t, pod.spec.tolerations))
  if (bad !== undefined) return reject('TaintToleration', "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate")
  return undefined
}

const reject = (reason: string, message: string): Rejection => ({ reason, message })

export function insufficient(pod: Pod, node: Node, others: Pod[]): Rejection | undefined {
  const allocatable = node.status.allocatable ?? {}
  const pods = unitValue(allocatable['pods'])
  const lacks = (name: string, requested: number, used: number, capacity: number) =>
    reject(`OutOf${name}`, `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`)
  if (others.length + 1 > pods) return lacks('pods', 1, others.length, pods)
  const wanted = requestsOf(pod)
  const names = ['cpu', 'memory', 'ephemeral-storage', ...Object.keys(wanted).filter(n => n.includes('/'))]
  for (const name of names) {
    const requested = wanted[name] ?? 0
    // Extended resources that the node does not know are nobody's business here.
    if (requested === 0 || (name.includes('/') && !(name in allocatable))) continue
    const capacity = amount(name, allocatable[name])
    let used = 0
    for (const other of others) used += requestsOf(other)[name] ?? 0
    if (requested > capacity - used) return lacks(name, requested, used, capacity)
  }
  return undefined
}

const amount = (name: string, value: string | undefined): number => (name === 'cpu' ? milliValue(value) : unitValue(value))

/** Sum of containers and sidecars, or the largest moment of initialisation; cpu in milli. */
export function requestsOf(pod: Pod): Record<string, number> {
  const sum: Record<string, number> = {}
  const add = (to: Record<string, number>, list: ResourceList | undefined) => {
    for (const name in list) to[name] = (to[name] ?? 0) + amount(name, list[name])
  }
  for (const c of pod.spec.containers) add(sum, c.resources?.requests)
  const sidecars: Record<string, number> = {}
  const peak: Record<string, number> = {}
  for (const c of initContainers(pod)) {
    if (isSidecar(c)) {
      add(sum, c.resources?.requests)
      add(sidecars, c.resources?.requests)
      for (const name in sidecars) peak[name] = Math.max(peak[name] ?? 0, sidecars[name]!)
      continue
    }
    const moment = { ...sidecars }
    add(moment, c.resources?.requests)
    for (const name in moment) peak[name] = Math.max(peak[name] ?? 0, moment[name]!)
  }
  for (const name in peak) sum[name] = Math.max(sum[name] ?? 0, peak[name]!)
  for (const name in pod.spec.resources?.requests) sum[name] = amount(name, pod.spec.resources.requests[name])
  add(sum, pod.spec.overhead)
  return sum
}

function nodeAffinityMatches(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {}
  for (const key in pod.spec.nodeSelector) if (labels[key] !== pod.spec.nodeSelector[key]) return false
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return terms === undefined || terms.some(t => termMatches(t, node))
}

function termMatches(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? []
  const fields = term.matchFields ?? []
  if (expressions.length + fields.length === 0) return false
  return (
    expressions.every(r => requirementMatches(r, node.metadata.labels?.[r.key])) &&
    fields.every(r => requirementMatches(r, r.key === 'metadata.name' ? node.metadata.name : undefined))
  )
}

function requirementMatches({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default: {
      const [a, b] = [Number(value), Number(values[0])]
      return value !== undefined && (operator === 'Gt' ? a > b : a < b)
    }
  }
}

function portsTaken(pod: Pod, others: Pod[]): boolean {
  const wanted = hostPorts(pod)
  if (wanted.length === 0) return false
  const taken = others.flatMap(hostPorts)
  const any = (ip: string) => ip === '' || ip === '0.0.0.0'
  return wanted.some(w => taken.some(t => t.port === w.port && t.protocol === w.protocol && (any(t.ip) || any(w.ip) || t.ip === w.ip)))
}

function hostPorts(pod: Pod): { port: number; protocol: string; ip: string }[] {
  return [...pod.spec.containers, ...initContainers(pod).filter(isSidecar)].flatMap(c =>
    (c.ports ?? []).filter(p => (p.hostPort ?? 0) > 0).map(p => ({ port: p.hostPort!, protocol: p.protocol, ip: p.hostIP ?? '' })),
  )
}

export function tolerated(taint: Taint, tolerations: Toleration[] | undefined): boolean {
  return (tolerations ?? []).some(t => {
    if (t.effect !== undefined && t.effect !== ('' as string) && t.effect !== taint.effect) return false
    if (t.key !== undefined && t.key !== '' && t.key !== taint.key) return false
    if (t.operator === 'Exists') return true
    return (t.value ?? '') === (taint.value ?? '') && (t.key ?? '') !== ''
  })
}

// placement.ts: on which nodes a DaemonSet's pods run, and the pod for one of them. Pure.
// Models k8s.io/kubernetes/pkg/controller/daemon/{daemon_controller.go,util/daemonset_util.go} and component-helpers/scheduling/corev1/nodeaffinity
// Differs: nothing known

import type { Node } from '../../../api/node.ts'
import type { NodeSelector, NodeSelectorTerm, Pod, PodSpec, Toleration } from '../../../api/pod.ts'
import type { DaemonSet } from '../../../api/workloads.ts'
import { REVISION_LABEL } from '../history.ts'
import { tolerates } from '../node-lifecycle/taints.ts'
import { podFromTemplate } from '../pods.ts'

export const GENERATION_LABEL = 'pod-template-generation'
const GENERATION = 'deprecated.daemonset.template.generation'

export const templateGeneration = (ds: DaemonSet): string | undefined => ds.metadata.annotations?.[GENERATION]

/** Tolerations that every daemon pod has. */
function tolerationsOf(spec: PodSpec): Toleration[] {
  const exists = (key: string, effect: 'NoSchedule' | 'NoExecute') => ({ key, operator: 'Exists' as const, effect })
  const added = [
    exists('node.kubernetes.io/not-ready', 'NoExecute'),
    exists('node.kubernetes.io/unreachable', 'NoExecute'),
    exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
    exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
    exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
    exists('node.kubernetes.io/unschedulable', 'NoSchedule'),
    ...(spec.hostNetwork ? [exists('node.kubernetes.io/network-unavailable', 'NoSchedule')] : []),
  ]
  const kept = (spec.tolerations ?? []).filter(
    t => !added.some(a => a.key === t.key && a.effect === t.effect && a.operator === t.operator && (t.value ?? '') === ''),
  )
  return [...kept, ...added]
}

/** Should its pod run on this node; may one that runs there go on? */
export function shouldRun(ds: DaemonSet, node: Node): { run: boolean; stay: boolean } {
  const { spec } = ds.spec.template
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return { run: false, stay: false }
  if (!fitsAffinity(spec, node)) return { run: false, stay: false }
  const tolerations = tolerationsOf(spec)
  const untolerated = (node.spec.taints ?? []).filter(t => t.effect !== 'PreferNoSchedule' && !tolerations.some(toleration => tolerates(toleration, t)))
  if (untolerated.length === 0) return { run: true, stay: true }
  return { run: false, stay: !untolerated.some(t => t.effect === 'NoExecute') }
}

/** The pod for a node: bound to it by affinity; the scheduler does the rest. */
export function podForNode(ds: DaemonSet, node: string, hash: string): any {
  const { template } = ds.spec
  const generation = templateGeneration(ds)
  const labels = { ...template.metadata?.labels, [REVISION_LABEL]: hash, ...(generation !== undefined ? { [GENERATION_LABEL]: generation } : {}) }
  const required = { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }] }
  const nodeAffinity = { ...template.spec.affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required }
  const spec = { ...template.spec, affinity: { ...template.spec.affinity, nodeAffinity }, tolerations: tolerationsOf(template.spec) }
  return podFromTemplate({ metadata: { ...template.metadata, labels }, spec }, ds)
}

/** The node a daemon pod is on or meant for; '' if neither is known. */
export function targetNode(pod: Pod): string {
  if (pod.spec.nodeName) return pod.spec.nodeName
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  for (const term of terms)
    for (const { key, operator, values } of term.matchFields ?? []) if (key === 'metadata.name' && operator === 'In' && values?.length === 1) return values[0]!
  return ''
}

function fitsAffinity(spec: PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {}
  for (const key in spec.nodeSelector) if (labels[key] !== spec.nodeSelector[key]) return false
  const required: NodeSelector | undefined = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || required.nodeSelectorTerms.some(term => termMatches(term, node))
}

function termMatches(term: NodeSelectorTerm, node: Node): boolean {
  const [expressions, fields] = [term.matchExpressions ?? [], term.matchFields ?? []]
  if (expressions.length === 0 && fields.length === 0) return false
  const labels = node.metadata.labels ?? {}
  return (
    expressions.every(e => requirementMatches(e, labels[e.key])) &&
    fields.every(f => requirementMatches(f, f.key === 'metadata.name' ? node.metadata.name : undefined))
  )
}

function requirementMatches({ operator, values }: { operator: string; values?: string[] }, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && (values ?? []).includes(value)
    case 'NotIn':
      return value === undefined || !(values ?? []).includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default: {
      if (value === undefined || !/^-?\d+$/.test(value)) return false
      return operator === 'Gt' ? Number(value) > Number(values?.[0]) : Number(value) < Number(values?.[0])
    }
  }
}

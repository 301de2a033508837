// terms.ts: the languages in which Pods say where they want to be: node selectors, affinity terms, tolerations.
// Models k8s.io/component-helpers/scheduling/corev1/{helpers.go,nodeaffinity/nodeaffinity.go} and k8s.io/api/core/v1/toleration.go
// Differs: nothing known

import { labelSelectorMatches, type SelectorOperator, selectorMatches } from '../../api/labels.ts'
import type { Node, Taint } from '../../api/node.ts'
import type { LabelSelector, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod, PodAffinityTerm, Toleration } from '../../api/pod.ts'
import type { Lister } from './framework.ts'

const OPERATORS: Record<string, SelectorOperator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!', Gt: 'gt', Lt: 'lt' }

function holds(requirement: NodeSelectorRequirement, labels: Record<string, string> | undefined): boolean {
  const operator = OPERATORS[requirement.operator]
  if (operator === undefined) return false
  const values = requirement.values ?? []
  if ((operator === 'gt' || operator === 'lt') && (values.length !== 1 || !/^[+-]?\d+$/.test(values[0]!))) return false
  return selectorMatches([{ key: requirement.key, operator, values }], labels)
}

/** An empty term matches nothing. */
export function nodeTermMatches(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? []
  const fields = term.matchFields ?? []
  if (expressions.length === 0 && fields.length === 0) return false
  for (const requirement of expressions) if (!holds(requirement, node.metadata.labels)) return false
  for (const requirement of fields) if (!holds(requirement, { 'metadata.name': node.metadata.name })) return false
  return true
}

/** One of the terms is enough. */
export const nodeSelectorMatches = (selector: NodeSelector, node: Node): boolean => (selector.nodeSelectorTerms ?? []).some(t => nodeTermMatches(t, node))

/** The Pod's nodeSelector and its required node affinity, both. */
export function requiredNodeAffinityMatches(pod: Pod, node: Node): boolean {
  const { nodeSelector, affinity } = pod.spec
  for (const key in nodeSelector) if (node.metadata.labels?.[key] !== nodeSelector[key]) return false
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || nodeSelectorMatches(required, node)
}

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if (!toleration.operator || toleration.operator === 'Equal') return (toleration.value ?? '') === (taint.value ?? '')
  return toleration.operator === 'Exists'
}

export const toleratedBy = (tolerations: Toleration[] | undefined, taint: Taint): boolean => (tolerations ?? []).some(t => tolerates(t, taint))

/** The first taint that keeps the Pod away. */
export function untoleratedTaint(pod: Pod, taints: Taint[] | undefined): Taint | undefined {
  return taints?.find(taint => (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !toleratedBy(pod.spec.tolerations, taint))
}

/** Other Pods in the same place: who is meant, and what a place is. */
export interface AffinityTerm {
  topologyKey: string
  selector: LabelSelector | undefined
  namespaces: string[]
  namespaceSelector: LabelSelector | undefined
}

export interface WeightedTerm {
  weight: number
  term: AffinityTerm
}

/** Without any namespaces the Pod's own is meant. */
export function affinityTerm(term: PodAffinityTerm, namespace: string): AffinityTerm {
  const listed = term.namespaces ?? []
  return {
    topologyKey: term.topologyKey,
    selector: term.labelSelector,
    namespaces: listed.length === 0 && !term.namespaceSelector ? [namespace] : listed,
    namespaceSelector: term.namespaceSelector,
  }
}

export function affinityTermMatches(term: AffinityTerm, pod: { namespace: string; labels: Record<string, string> }, namespaces: Lister): boolean {
  if (!term.namespaces.includes(pod.namespace)) {
    if (!term.namespaceSelector || !labelSelectorMatches(term.namespaceSelector, namespaces.get(pod.namespace)?.metadata.labels)) return false
  }
  return labelSelectorMatches(term.selector, pod.labels)
}

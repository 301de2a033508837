// nodes.ts: a new Node is not to be trusted yet; and a kubelet may touch only what is its own.
// Models k8s.io/kubernetes/plugin/pkg/admission/{nodetaint,noderestriction}/admission.go
// Differs: certificates, resource claims and storage objects of nodes are not looked at

import type { KubeObject } from '../../../api/object.ts'
import { sameJson } from '../../../api/patch.ts'
import { forbidden, type Status } from '../../../api/status.ts'
import type { State } from '../state.ts'
import type { Attributes, Plugin } from './admission.ts'

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

export const taintNodesByCondition: Plugin = {
  name: 'TaintNodesByCondition',
  resources: ['nodes'],
  mutate(_, a) {
    if (a.type.plural !== 'nodes' || a.subresource !== '' || a.operation !== 'CREATE') return a.object
    const taints: any[] = a.object['spec']?.taints ?? []
    if (taints.some(t => t.key === NOT_READY.key && t.effect === NOT_READY.effect)) return a.object
    return { ...a.object, spec: { ...a.object['spec'], taints: [...taints, NOT_READY] } }
  },
}

export const nodeRestriction: Plugin = {
  name: 'NodeRestriction',
  validate(s, a) {
    const node = nodeName(a)
    if (node === undefined) return undefined
    const why = refusal(s, a, node)
    return why === undefined ? undefined : forbidden(a.type, a.name || a.object?.metadata.generateName || 'Unknown', why)
  },
}

/** The node that asks, if one does. */
const nodeName = ({ user }: Attributes): string | undefined =>
  user.username.startsWith('system:node:') && user.groups.includes('system:nodes') ? user.username.slice(12) : undefined

function refusal(s: State, a: Attributes, node: string): string | undefined {
  switch (`${a.type.group}/${a.type.plural}/${a.subresource}`) {
    case '/pods/':
      return pod(a, node)
    case '/pods/status':
      if (a.old?.['spec']?.nodeName !== node) return `node ${q(node)} can only update pod status for pods with spec.nodeName set to itself`
      return sameJson(a.object?.metadata.labels ?? {}, a.old?.metadata.labels ?? {}) ? undefined : `node ${q(node)} cannot update labels through pod status`
    case '/pods/eviction': {
      const found = s.caches['pods']!.objects.get(`${a.namespace}/${a.name}`)
      return found?.['spec'].nodeName === node ? undefined : `node ${node} can only evict pods with spec.nodeName set to itself`
    }
    case '/nodes/':
    case '/nodes/status':
      return ownNode(a, node)
    case '/serviceaccounts/token':
      return token(s, a, node)
    case 'coordination.k8s.io/leases/':
      if (a.namespace !== 'kube-node-lease') return 'can only access leases in the "kube-node-lease" system namespace'
      return a.name === node ? undefined : 'can only access node lease with the same name as the requesting node'
    case 'storage.k8s.io/csinodes/':
      return a.name === node ? undefined : 'can only access CSINode with the same name as the requesting node'
  }
  return undefined
}

function pod(a: Attributes, node: string): string | undefined {
  if (a.operation === 'DELETE') return a.old?.['spec'].nodeName === node ? undefined : `node ${q(node)} can only delete pods with spec.nodeName set to itself`
  if (a.operation !== 'CREATE') return `unexpected operation ${q(a.operation)}, node ${q(node)} can only create and delete mirror pods`
  const object = a.object!
  if (object.metadata.annotations?.['kubernetes.io/config.mirror'] === undefined)
    return `pod does not have "kubernetes.io/config.mirror" annotation, node ${q(node)} can only create mirror pods`
  if (object['spec'].nodeName !== node) return `node ${q(node)} can only create pods with spec.nodeName set to itself`
  const owners = object.metadata.ownerReferences ?? []
  if (owners.length > 1) return `node ${q(node)} can only create pods with a single owner reference set to itself`
  if (owners.length === 1 && (owners[0]!.kind !== 'Node' || owners[0]!.name !== node))
    return `node ${q(node)} can only create pods with an owner reference set to itself`
  return object['spec'].serviceAccountName ? `node ${q(node)} can not create pods that reference a service account` : undefined
}

function ownNode(a: Attributes, node: string): string | undefined {
  if (a.operation === 'CREATE') {
    const labels = forbiddenLabels(Object.keys(a.object!.metadata.labels ?? {}))
    if (labels.length > 0) return `node ${q(node)} is not allowed to set the following labels: ${labels.join(', ')}`
    return a.object!.metadata.name === node ? undefined : `node ${q(node)} is not allowed to modify node ${q(a.object!.metadata.name)}`
  }
  if (a.name !== node) return `node ${q(node)} is not allowed to modify node ${q(a.name)}`
  if (a.operation === 'DELETE') return `node ${q(node)} is not allowed to delete node ${q(a.name)}`
  const [now, old] = [a.object as KubeObject, a.old as KubeObject]
  if (!sameJson(now['spec']?.taints ?? [], old['spec']?.taints ?? [])) return `node ${q(node)} is not allowed to modify taints`
  const was = old.metadata.labels ?? {}
  const is = now.metadata.labels ?? {}
  const changed = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(key => was[key] !== is[key])
  const labels = forbiddenLabels(changed)
  return labels.length > 0 ? `is not allowed to modify labels: ${labels.join(', ')}` : undefined
}

const NODE_LABELS = new Set([
  ...['kubernetes.io/hostname', 'kubernetes.io/os', 'kubernetes.io/arch', 'beta.kubernetes.io/os', 'beta.kubernetes.io/arch'],
  ...['beta.kubernetes.io/instance-type', 'node.kubernetes.io/instance-type', 'topology.kubernetes.io/region', 'topology.kubernetes.io/zone'],
  ...['failure-domain.beta.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/zone'],
])

/** Labels in Kubernetes' own spaces that a kubelet must not set on itself. */
function forbiddenLabels(keys: string[]): string[] {
  return keys
    .filter(key => {
      const slash = key.indexOf('/')
      const space = slash < 0 ? '' : key.slice(0, slash)
      const within = (domain: string) => space === domain || space.endsWith(`.${domain}`)
      if (within('node-restriction.kubernetes.io')) return true
      if (!within('kubernetes.io') && !within('k8s.io')) return false
      return !NODE_LABELS.has(key) && !within('kubelet.kubernetes.io') && !within('node.kubernetes.io')
    })
    .sort()
}

function token(s: State, a: Attributes, node: string): string | undefined {
  const ref = (a.object?.['spec'] as any)?.boundObjectRef
  if (ref == null || ref.kind !== 'Pod' || ref.apiVersion !== 'v1' || !ref.name) return `node requested token not bound to a pod`
  if (!ref.uid) return `node requested token with a pod binding without a uid`
  const found = s.caches['pods']!.objects.get(`${a.namespace}/${ref.name}`)
  if (found === undefined) return `pod ${q(ref.name)} not found`
  if (found.metadata.uid !== ref.uid)
    return `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`
  return found['spec'].nodeName === node ? undefined : `node requested token bound to a pod scheduled on a different node`
}

const q = (text: string): string => JSON.stringify(text)

export type { Status }

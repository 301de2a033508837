// node.ts: what a kubelet may do: only what concerns its own Node and the Pods bound to it.
// Models k8s.io/kubernetes/plugin/pkg/auth/authorizer/node/{node_authorizer,graph_populator}.go
// Differs: the graph of what belongs to whom is read off the cached Pods each time; no resource claims, no volume attachments

import type { State, User } from '../state.ts'
import { type Attributes, type Rule, ruleAllows } from './rbac.ts'

export interface NodeAnswer {
  allowed: boolean
  reason: string
}

const read = ['get', 'list', 'watch']
const YES: NodeAnswer = { allowed: true, reason: '' }
const no = (reason: string): NodeAnswer => ({ allowed: false, reason })

/** Rights of every node, beside those that depend on its Pods. */
export const NODE_RULES: Rule[] = [
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['localsubjectaccessreviews', 'subjectaccessreviews'], verbs: ['create'] },
  { apiGroups: [''], resources: ['services'], verbs: read },
  { apiGroups: [''], resources: ['nodes'], verbs: ['create', 'get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch', 'update'] },
  { apiGroups: [''], resources: ['nodes'], verbs: ['patch', 'update'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  { apiGroups: [''], resources: ['pods'], verbs: read },
  { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete'] },
  { apiGroups: [''], resources: ['pods/status'], verbs: ['patch', 'update'] },
  { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: read },
  { apiGroups: [''], resources: ['persistentvolumeclaims', 'persistentvolumes'], verbs: ['get'] },
  { apiGroups: [''], resources: ['endpoints'], verbs: ['get'] },
  { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['create', 'get', 'list', 'watch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  { apiGroups: ['storage.k8s.io'], resources: ['volumeattachments'], verbs: ['get'] },
  { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
  { apiGroups: [''], resources: ['persistentvolumeclaims/status'], verbs: ['get', 'patch', 'update'] },
  { apiGroups: ['storage.k8s.io'], resources: ['csidrivers'], verbs: read },
  { apiGroups: ['storage.k8s.io'], resources: ['csinodes'], verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  { apiGroups: ['node.k8s.io'], resources: ['runtimeclasses'], verbs: read },
  { apiGroups: ['certificates.k8s.io'], resources: ['clustertrustbundles'], verbs: read },
  { apiGroups: ['certificates.k8s.io'], resources: ['podcertificaterequests'], verbs: ['create', 'get', 'list', 'watch'] },
  { apiGroups: ['resource.k8s.io'], resources: ['resourceclaims'], verbs: ['get'] },
  { apiGroups: ['resource.k8s.io'], resources: ['resourceslices'], verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] },
]

/** The rules by what they are about: `pods`, `pods/status`. */
const rulesAbout = new Map<string, Rule[]>()
for (const rule of NODE_RULES) for (const resource of rule.resources ?? []) rulesAbout.set(resource, [...(rulesAbout.get(resource) ?? []), rule])

/** Undefined for users that are no nodes. */
export function nodeAllows(s: State, user: User, wanted: Attributes, fieldSelector: string | undefined): NodeAnswer | undefined {
  if (!user.username.startsWith('system:node:') || !user.groups.includes('system:nodes')) return undefined
  const node = user.username.slice(12)
  const { verb, resource, group, name, namespace, subresource } = wanted
  switch (`${group}/${resource}`) {
    case '/secrets':
    case '/configmaps':
      return related(s, node, verb, wanted)
    case '/persistentvolumeclaims':
    case '/persistentvolumes':
      if (subresource === 'status') break
      return related(s, node, verb, wanted)
    case '/serviceaccounts':
      if (subresource !== 'token' || verb !== 'create') break
      return podsOf(s, node).some(pod => pod.metadata.namespace === namespace && pod['spec'].serviceAccountName === name)
        ? YES
        : no(`no relationship found between node '${node}' and this object`)
    case '/nodes':
      if (subresource !== '' || !read.includes(verb)) break
      if (name === '') return no(`node '${node}' cannot read all nodes, only its own Node object`)
      return name === node ? YES : no(`node '${node}' cannot read '${name}', only its own Node object`)
    case '/pods':
      if (subresource !== '') break
      if (verb === 'get') {
        const pod = s.caches['pods']!.objects.get(`${namespace}/${name}`)
        return pod === undefined || pod['spec'].nodeName === node ? YES : no(`no relationship found between node '${node}' and this object`)
      }
      if (verb === 'list' || verb === 'watch')
        return fieldSelector?.split(',').includes(`spec.nodeName=${node}`) ? YES : no('can only list/watch pods with spec.nodeName field selector')
      break
    case 'coordination.k8s.io/leases':
      if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb)) return no('can only get, create, update, patch, or delete a node lease')
      if (namespace !== 'kube-node-lease') return no('can only access leases in the "kube-node-lease" system namespace')
      return verb === 'create' || name === node ? YES : no('can only access node lease with the same name as the requesting node')
    case 'storage.k8s.io/csinodes':
      if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb)) return no('can only get, create, update, patch, or delete a CSINode')
      return verb === 'create' || name === node ? YES : no('can only access CSINode with the same name as the requesting node')
  }
  for (const rule of rulesAbout.get(subresource === '' ? resource : `${resource}/${subresource}`) ?? []) if (ruleAllows(rule, wanted)) return YES
  return no('')
}

function podsOf(s: State, node: string): any[] {
  return [...s.caches['pods']!.objects.values()].filter(pod => pod['spec'].nodeName === node)
}

/** Secrets, ConfigMaps, claims and volumes: one by one, and only those that a Pod of the node uses. */
function related(s: State, node: string, verb: string, wanted: Attributes): NodeAnswer {
  const { resource, name, namespace } = wanted
  if (!read.includes(verb)) return no('can only read resources of this type')
  if (name === '') return no(resource === 'secrets' || resource === 'configmaps' ? 'No Object name found' : 'can only get individual resources of this type')
  const uses = podsOf(s, node).some(pod => {
    if (resource !== 'persistentvolumes') return pod.metadata.namespace === namespace && mentions(pod, resource, name)
    return (pod.spec.volumes ?? []).some((volume: any) => {
      const claim =
        volume.persistentVolumeClaim && s.caches['persistentvolumeclaims']!.objects.get(`${pod.metadata.namespace}/${volume.persistentVolumeClaim.claimName}`)
      return claim?.['spec'].volumeName === name
    })
  })
  return uses ? YES : no(`no relationship found between node '${node}' and this object`)
}

function mentions(pod: any, resource: string, name: string): boolean {
  const containers = [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? []), ...(pod.spec.ephemeralContainers ?? [])]
  const volumes: any[] = (pod.spec.volumes ?? []).flatMap((v: any) => [v, ...(v.projected?.sources ?? [])])
  const env = containers.flatMap((c: any) => c.env ?? []).map((e: any) => e.valueFrom ?? {})
  const envFrom = containers.flatMap((c: any) => c.envFrom ?? [])
  if (resource === 'persistentvolumeclaims') return volumes.some(v => v.persistentVolumeClaim?.claimName === name)
  if (resource === 'configmaps') {
    return volumes.some(v => v.configMap?.name === name) || env.some(e => e.configMapKeyRef?.name === name) || envFrom.some(e => e.configMapRef?.name === name)
  }
  return (
    (pod.spec.imagePullSecrets ?? []).some((r: any) => r.name === name) ||
    volumes.some(v => v.secret?.secretName === name || v.secret?.name === name) ||
    env.some(e => e.secretKeyRef?.name === name) ||
    envFrom.some(e => e.secretRef?.name === name)
  )
}

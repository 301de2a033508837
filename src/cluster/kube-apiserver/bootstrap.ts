// bootstrap.ts: the objects that are there after boot.
// Models k8s.io/kubernetes/pkg/controlplane/controller and plugin/pkg/auth/authorizer/rbac/bootstrappolicy
// Differs: no APIServices, no flow schemas, no identity Lease; the cloud controller manager's role is made here

import { applyDefaults } from '../../api/defaults/defaults.ts'
import type { KubeObject } from '../../api/object.ts'
import type { PolicyRule } from '../../api/rbac.ts'
import { type ResourceType, resourceByKind } from '../../api/resources.ts'
import { prepareForCreate } from '../../api/strategy.ts'
import { rfc3339 } from '../../api/time.ts'
import type { Io } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES } from './bootstrap/clusterroles.ts'
import { CLOUD_ROLE, CONTROLLER_ROLES, NAMESPACED_ROLES } from './bootstrap/controllerroles.ts'
import { withNewMetadata } from './metadata.ts'
import type { State } from './state.ts'
import { etcdKey, keyIn, storedOf } from './storage.ts'

type Given = { apiVersion: string; kind: string; metadata: Record<string, any> } & Record<string, any>

export const SERVICE_CIDR = '10.96.0.0/16'
const KUBERNETES_IP = '10.96.0.1'
const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease']
const RBAC = 'rbac.authorization.k8s.io'
const GROUP = { apiGroup: RBAC }

/** What is looked after later on too. */
export type Part = 'front' | 'namespaces'

interface Made {
  type: ResourceType
  key: string
  value: KubeObject
}

/** What is missing of all, or of one part, ready to be stored. */
export function bootObjects(s: State, io: Io, part?: Part): Made[] {
  const made: Made[] = []
  for (const given of wanted(s, part)) {
    const type = resourceByKind(given.apiVersion, given.kind)!
    const namespace = type.namespaced ? given.metadata['namespace'] : undefined
    if (isThere(s, given)) continue
    const named = withNewMetadata(applyDefaults(given as unknown as KubeObject), namespace, io)
    const prepared = prepareForCreate(named, rfc3339(io.now))
    const value = given['status'] === undefined ? prepared : { ...prepared, status: { ...given['status'], ...conditionsAt(given, io.now) } }
    made.push({ type, key: etcdKey(type, namespace, given.metadata['name']), value: share(storedOf(value)) })
  }
  return made
}

/** Is anything of that part missing? */
export const isIncomplete = (s: State, part: Part): boolean => wanted(s, part).some(given => !isThere(s, given))

function isThere(s: State, given: Given): boolean {
  const type = resourceByKind(given.apiVersion, given.kind)!
  return s.caches[type.plural]!.objects.has(keyIn(type.namespaced ? given.metadata['namespace'] : undefined, given.metadata['name']))
}

function wanted(s: State, part: Part | undefined): Given[] {
  const namespaces = NAMESPACES.map(name => core('Namespace', { name }))
  if (part !== undefined) return part === 'front' ? front(s) : namespaces
  return [...namespaces, ...roles(), ...priorities(), ...front(s)]
}

const core = (kind: string, metadata: Record<string, any>, rest: Record<string, any> = {}): Given => ({ apiVersion: 'v1', kind, metadata, ...rest })

const marked = (name: string, labels: Record<string, string> = {}): Record<string, any> => ({
  name,
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
})

function roles(): Given[] {
  const made: Given[] = []
  const rbac = (kind: string, metadata: Record<string, any>, rest: Record<string, any>) => made.push({ apiVersion: `${RBAC}/v1`, kind, metadata, ...rest })
  const bind = (role: string, subjects: any[] | undefined) =>
    rbac('ClusterRoleBinding', marked(role), {
      roleRef: { ...GROUP, kind: 'ClusterRole', name: role },
      ...(subjects === undefined ? {} : { subjects: subjects.map(subject) }),
    })
  for (const { name, labels, rules, aggregate } of CLUSTER_ROLES) {
    const selector = { [`rbac.authorization.k8s.io/aggregate-to-${aggregate}`]: 'true' }
    if (aggregate === undefined) rbac('ClusterRole', marked(name, labels), { rules: rules ?? [] })
    else rbac('ClusterRole', marked(name, labels), { aggregationRule: { clusterRoleSelectors: [{ matchLabels: selector }] }, rules: aggregated(aggregate) })
  }
  for (const [name, rules] of Object.entries(CONTROLLER_ROLES)) rbac('ClusterRole', marked(`system:controller:${name}`), { rules })
  rbac('ClusterRole', { name: 'system:cloud-controller-manager' }, { rules: CLOUD_ROLE })
  for (const { role, subjects } of CLUSTER_ROLE_BINDINGS) bind(role, subjects)
  for (const name of Object.keys(CONTROLLER_ROLES)) bind(`system:controller:${name}`, [{ kind: 'ServiceAccount', name, namespace: 'kube-system' }])
  rbac(
    'ClusterRoleBinding',
    { name: 'system:cloud-controller-manager' },
    {
      roleRef: { ...GROUP, kind: 'ClusterRole', name: 'system:cloud-controller-manager' },
      subjects: [
        subject({ kind: 'User', name: 'system:cloud-controller-manager' }),
        subject({ kind: 'ServiceAccount', name: 'cloud-controller-manager', namespace: 'kube-system' }),
      ],
    },
  )
  for (const { namespace, name, rules, subjects } of NAMESPACED_ROLES) {
    rbac('Role', { ...marked(name), namespace }, { rules })
    rbac('RoleBinding', { ...marked(name), namespace }, { roleRef: { ...GROUP, kind: 'Role', name }, subjects: subjects.map(subject) })
  }
  return made
}

const subject = (given: { kind: string; name: string; namespace?: string }) => (given.kind === 'ServiceAccount' ? given : { ...GROUP, ...given })

/** The rules that the aggregation controller would fill in: of all roles whose label says so. */
function aggregated(to: string, found = new Set<string>()): PolicyRule[] {
  const rules: PolicyRule[] = []
  const label = `rbac.authorization.k8s.io/aggregate-to-${to}`
  for (const role of [...CLUSTER_ROLES].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (role.labels?.[label] !== 'true' || found.has(role.name)) continue
    found.add(role.name)
    rules.push(...(role.aggregate === undefined ? (role.rules ?? []) : aggregated(role.aggregate)))
  }
  return rules
}

function priorities(): Given[] {
  const classOf = (name: string, value: number, description: string): Given => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    description,
  })
  return [
    classOf('system-node-critical', 2_000_001_000, 'Used for system critical pods that must not be moved from their current node.'),
    classOf(
      'system-cluster-critical',
      2_000_000_000,
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
    ),
  ]
}

/** The Service through which Pods find the API server. */
function front(s: State): Given[] {
  const labels = { component: 'apiserver', provider: 'kubernetes' }
  const ip = s.config.address ?? '10.0.10.10'
  const metadata = { name: 'kubernetes', namespace: 'default' }
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'kubernetes', finalizers: ['networking.k8s.io/service-cidr-finalizer'] },
      spec: { cidrs: [SERVICE_CIDR] },
      status: { conditions: [{ type: 'Ready', status: 'True', reason: '', message: 'Kubernetes default Service CIDR is ready' }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: { name: KUBERNETES_IP, labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } },
      spec: { parentRef: { group: '', resource: 'services', namespace: 'default', name: 'kubernetes' } },
    },
    core(
      'Service',
      { ...metadata, labels },
      {
        spec: {
          type: 'ClusterIP',
          clusterIP: KUBERNETES_IP,
          clusterIPs: [KUBERNETES_IP],
          ipFamilies: ['IPv4'],
          ipFamilyPolicy: 'SingleStack',
          internalTrafficPolicy: 'Cluster',
          sessionAffinity: 'None',
          ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
        },
      },
    ),
    core(
      'Endpoints',
      { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
      { subsets: [{ addresses: [{ ip }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] }] },
    ),
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [ip], conditions: { ready: true } }],
      ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
    },
  ]
}

/** Conditions get their time. */
function conditionsAt(given: Given, now: number): Record<string, any> {
  const list: any[] = given['status'].conditions ?? []
  return { conditions: list.map(c => ({ ...c, lastTransitionTime: rfc3339(now) })) }
}

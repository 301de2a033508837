// clusterroles.ts: the ClusterRoles for people and components.
// Models k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go
// Differs: nothing known

import type { PolicyRule } from '../../../api/rbac.ts'
import { READ, READ_UPDATE, READ_WRITE, rules, WRITE } from './rules.ts'

export interface RoleData {
  name: string
  labels?: Record<string, string>
  rules?: PolicyRule[]
  aggregate?: string
}

const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-'
const SIGNERS = ['kube-apiserver-client', 'kube-apiserver-client-kubelet', 'kubelet-serving', 'legacy-unknown']
const EVENTS = 'create,patch,update events core,events'

const VIEW = rules(
  `${READ} configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status core`,
  `${READ} bindings,events,limitranges,namespaces/status,pods/log,pods/status,replicationcontrollers/status,resourcequotas,resourcequotas/status core`,
  `${READ} namespaces core`,
  `${READ} endpointslices discovery`,
  `${READ} controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status apps`,
  `${READ} horizontalpodautoscalers,horizontalpodautoscalers/status autoscaling`,
  `${READ} cronjobs,cronjobs/status,jobs,jobs/status batch`,
  `${READ} daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,ingresses,ingresses/status,networkpolicies,replicasets,replicasets/scale,replicasets/status,replicationcontrollers/scale extensions`,
  `${READ} poddisruptionbudgets,poddisruptionbudgets/status policy`,
  `${READ} ingresses,ingresses/status,networkpolicies net`,
  `${READ} resourceclaims,resourceclaims/status,resourceclaimtemplates resource`,
)

const EDIT = rules(
  `${READ} pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy core`,
  'impersonate serviceaccounts core',
  `${WRITE} pods,pods/attach,pods/exec,pods/portforward,pods/proxy core`,
  'create pods/eviction core',
  `${WRITE} configmaps,events,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale,secrets,serviceaccounts,services,services/proxy core`,
  'create serviceaccounts/token core',
  `${WRITE} daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,statefulsets,statefulsets/scale apps`,
  `${WRITE} horizontalpodautoscalers autoscaling`,
  `${WRITE} cronjobs,jobs batch`,
  `${WRITE} daemonsets,deployments,deployments/rollback,deployments/scale,ingresses,networkpolicies,replicasets,replicasets/scale,replicationcontrollers/scale extensions`,
  `${WRITE} poddisruptionbudgets policy`,
  `${WRITE} ingresses,networkpolicies net`,
  `${READ_WRITE} leases coordination`,
  `${WRITE} resourceclaims,resourceclaimtemplates resource`,
)

const ADMIN = rules('create localsubjectaccessreviews authz', `${READ_WRITE} rolebindings,roles rbac`)

const SCHEDULER = rules(
  EVENTS,
  'create leases coordination',
  `get,list,watch,update leases coordination kube-scheduler`,
  'create leasecandidates coordination',
  'delete,deletecollection,get,list,patch,update,watch leasecandidates coordination',
  `${READ} nodes core`,
  'delete,get,list,watch pods core',
  'create bindings,pods/binding core',
  'patch,update pods/status core',
  `${READ} replicationcontrollers,services core`,
  `${READ} replicasets apps,extensions`,
  `${READ} statefulsets apps`,
  `${READ} poddisruptionbudgets policy`,
  `${READ_UPDATE} persistentvolumeclaims,persistentvolumes core`,
  'create tokenreviews authn',
  'create subjectaccessreviews authz',
  `${READ} csinodes storage`,
  `${READ} namespaces core`,
  `${READ} csidrivers storage`,
  `${READ} csistoragecapacities storage`,
  `${READ} volumeattachments storage`,
  `${READ} deviceclasses resource`,
  `${READ_UPDATE} resourceclaims resource`,
  `${READ_UPDATE} resourceclaims/status resource`,
  `${READ} resourceslices resource`,
)

const MANAGER = rules(
  EVENTS,
  'create leases coordination',
  'get,list,watch,update leases coordination kube-controller-manager',
  'create leasecandidates coordination',
  'delete,deletecollection,get,list,patch,update,watch leasecandidates coordination',
  'create secrets,serviceaccounts core',
  'delete secrets core',
  'get configmaps,namespaces,secrets,serviceaccounts core',
  'update secrets,serviceaccounts core',
  'create tokenreviews authn',
  'create subjectaccessreviews authz',
  'list,watch * any',
  'create serviceaccounts/token core',
)

export const CLUSTER_ROLES: RoleData[] = [
  {
    name: 'cluster-admin',
    rules: [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ],
  },
  { name: 'system:discovery', rules: rules('get /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/') },
  { name: 'system:public-info-viewer', rules: rules('get /healthz,/livez,/readyz,/version,/version/') },
  { name: 'system:monitoring', rules: rules('get /healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*') },
  { name: 'system:basic-user', rules: rules('create selfsubjectaccessreviews,selfsubjectrulesreviews authz', 'create selfsubjectreviews authn') },
  { name: 'admin', aggregate: 'admin' },
  { name: 'edit', labels: { [`${AGGREGATE}admin`]: 'true' }, aggregate: 'edit' },
  { name: 'view', labels: { [`${AGGREGATE}edit`]: 'true' }, aggregate: 'view' },
  { name: 'system:aggregate-to-admin', labels: { [`${AGGREGATE}admin`]: 'true' }, rules: ADMIN },
  { name: 'system:aggregate-to-edit', labels: { [`${AGGREGATE}edit`]: 'true' }, rules: EDIT },
  { name: 'system:aggregate-to-view', labels: { [`${AGGREGATE}view`]: 'true' }, rules: VIEW },
  { name: 'system:heapster', rules: rules(`${READ} events,namespaces,nodes,pods core`, `${READ} deployments extensions`) },
  { name: 'system:node', rules: [] },
  { name: 'system:node-problem-detector', rules: rules('get nodes core', 'patch nodes/status core', EVENTS) },
  { name: 'system:kubelet-api-admin', rules: rules(`${READ} nodes core`, 'proxy nodes core', '* nodes/log,nodes/metrics,nodes/proxy,nodes/stats core') },
  { name: 'system:node-bootstrapper', rules: rules('create,get,list,watch certificatesigningrequests certs') },
  { name: 'system:auth-delegator', rules: rules('create tokenreviews authn', 'create subjectaccessreviews authz') },
  { name: 'system:kube-aggregator', rules: rules('get,list,watch endpoints,services core') },
  { name: 'system:kube-controller-manager', rules: MANAGER },
  { name: 'system:kube-dns', rules: rules('list,watch endpoints,services core') },
  {
    name: 'system:persistent-volume-provisioner',
    rules: rules(
      'create,delete,get,list,watch persistentvolumes core',
      'get,list,watch,update persistentvolumeclaims core',
      `${READ} storageclasses storage`,
      'watch events core',
      EVENTS,
    ),
  },
  { name: 'system:certificates.k8s.io:certificatesigningrequests:nodeclient', rules: rules('create certificatesigningrequests/nodeclient certs') },
  { name: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient', rules: rules('create certificatesigningrequests/selfnodeclient certs') },
  {
    name: 'system:volume-scheduler',
    rules: rules(
      'get,list,patch,update,watch persistentvolumes core',
      `${READ} storageclasses storage`,
      'get,list,patch,update,watch persistentvolumeclaims core',
    ),
  },
  ...SIGNERS.map(signer => ({
    name: `system:certificates.k8s.io:${signer}-approver`,
    rules: rules(`approve signers certs kubernetes.io/${signer}`),
  })),
  {
    name: 'system:node-proxier',
    rules: rules(
      'list,watch endpoints,services core',
      'get,list,watch nodes core',
      EVENTS,
      'list,watch endpointslices discovery',
      'list,watch servicecidrs net',
    ),
  },
  { name: 'system:kube-scheduler', rules: SCHEDULER },
  {
    name: 'system:service-account-issuer-discovery',
    rules: rules('get /.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/'),
  },
  { name: 'system:cluster-trust-bundle-discovery', rules: rules(`${READ} clustertrustbundles certs`) },
]

export interface BindingData {
  role: string
  name?: string
  subjects?: { kind: 'User' | 'Group' | 'ServiceAccount'; name: string; namespace?: string }[]
}

const group = (name: string) => ({ kind: 'Group' as const, name })
const user = (name: string) => ({ kind: 'User' as const, name })

export const CLUSTER_ROLE_BINDINGS: BindingData[] = [
  { role: 'cluster-admin', subjects: [group('system:masters')] },
  { role: 'system:monitoring', subjects: [group('system:monitoring')] },
  { role: 'system:discovery', subjects: [group('system:authenticated')] },
  { role: 'system:basic-user', subjects: [group('system:authenticated')] },
  { role: 'system:public-info-viewer', subjects: [group('system:authenticated'), group('system:unauthenticated')] },
  { role: 'system:node-proxier', subjects: [user('system:kube-proxy')] },
  { role: 'system:kube-controller-manager', subjects: [user('system:kube-controller-manager')] },
  { role: 'system:kube-dns', subjects: [{ kind: 'ServiceAccount', name: 'kube-dns', namespace: 'kube-system' }] },
  { role: 'system:kube-scheduler', subjects: [user('system:kube-scheduler')] },
  { role: 'system:volume-scheduler', subjects: [user('system:kube-scheduler')] },
  { role: 'system:node' },
  { role: 'system:service-account-issuer-discovery', subjects: [group('system:serviceaccounts')] },
  { role: 'system:cluster-trust-bundle-discovery', subjects: [group('system:serviceaccounts')] },
]

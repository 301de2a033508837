// controllerroles.ts: a ClusterRole for each controller, bound to its service account in kube-system.
// Models k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go
// Differs: nothing known

import type { PolicyRule } from '../../../api/rbac.ts'
import { READ, READ_WRITE, rules } from './rules.ts'

const EVENTS = 'create,patch,update events core,events'

/** Rules by controller, without the prefix `system:controller:`. */
export const CONTROLLER_ROLES: Record<string, PolicyRule[]> = {
  'attachdetach-controller': rules(
    'list,watch persistentvolumeclaims,persistentvolumes core',
    `${READ} nodes core`,
    'patch,update nodes/status core',
    'list,watch pods core',
    `create,delete,${READ} volumeattachments storage`,
    EVENTS,
    `${READ} csidrivers storage`,
    `${READ} csinodes storage`,
  ),
  'clusterrole-aggregation-controller': rules('escalate,get,list,patch,update,watch clusterroles rbac'),
  'cronjob-controller': rules(
    'get,list,update,watch cronjobs batch',
    'create,delete,get,list,patch,update,watch jobs batch',
    'update cronjobs/status batch',
    'update cronjobs/finalizers batch',
    'delete,list pods core',
    EVENTS,
  ),
  'daemon-set-controller': rules(
    `${READ} daemonsets apps,extensions`,
    'update daemonsets/status apps,extensions',
    'update daemonsets/finalizers apps,extensions',
    'list,watch nodes core',
    'create,delete,list,patch,watch pods core',
    'create pods/binding core',
    'create,delete,get,list,patch,update,watch controllerrevisions apps',
    EVENTS,
  ),
  'deployment-controller': rules(
    'get,list,update,watch deployments apps,extensions',
    'update deployments/status apps,extensions',
    'update deployments/finalizers apps,extensions',
    'create,delete,get,list,patch,update,watch replicasets apps,extensions',
    'get,list,update,watch pods core',
    EVENTS,
  ),
  'device-taint-eviction-controller': rules(
    'delete,get,list,watch pods core',
    'patch,update pods/status core',
    `${READ} resourceclaims resource`,
    `${READ} resourceslices resource`,
    `${READ} deviceclasses resource`,
    `${READ} devicetaintrules resource`,
    'update,patch devicetaintrules/status resource',
    EVENTS,
  ),
  'disruption-controller': rules(
    `${READ} deployments apps,extensions`,
    `${READ} replicasets apps,extensions`,
    `${READ} replicationcontrollers core`,
    `${READ} poddisruptionbudgets policy`,
    `${READ} statefulsets apps`,
    'patch,update pods/status core',
    'update poddisruptionbudgets/status policy',
    'get */scale any',
    `${READ} pods core`,
    EVENTS,
  ),
  'endpoint-controller': rules(
    `${READ} pods,services core`,
    'create,delete,get,list,update endpoints core',
    'create endpoints/restricted core',
    EVENTS,
    'watch endpoints core',
  ),
  'endpointslice-controller': rules(
    `${READ} nodes,pods,services core`,
    'update services/finalizers core',
    'create,delete,get,list,update,watch endpointslices discovery',
    'create endpointslices/restricted discovery',
    EVENTS,
  ),
  'endpointslicemirroring-controller': rules(
    `${READ} endpoints,services core`,
    'update endpoints/finalizers core',
    'update services/finalizers core',
    'create,delete,get,list,update,watch endpointslices discovery',
    'create endpointslices/restricted discovery',
    EVENTS,
  ),
  'ephemeral-volume-controller': rules('update pods/finalizers core', `${READ} pods core`, `create,${READ} persistentvolumeclaims core`, EVENTS),
  'expand-controller': rules(
    `${READ} persistentvolumes core`,
    'patch persistentvolumes core',
    'patch,update persistentvolumes/status core',
    `${READ} persistentvolumeclaims core`,
    'patch,update persistentvolumeclaims/status core',
    `${READ} storageclasses storage`,
    EVENTS,
  ),
  'generic-garbage-collector': rules('delete,get,list,patch,update,watch * any', EVENTS),
  'horizontal-pod-autoscaler': rules(
    `${READ} horizontalpodautoscalers autoscaling`,
    'update horizontalpodautoscalers/status autoscaling',
    'get,update */scale any',
    'list pods core',
    'get,list * custom,external',
    'list pods metrics',
    EVENTS,
    `${READ} pods core`,
  ),
  'job-controller': rules(
    'get,list,patch,update,watch jobs batch',
    'update jobs/status batch',
    'update jobs/finalizers batch',
    'create,delete,list,patch,watch pods core',
    EVENTS,
  ),
  'kube-apiserver-serving-clustertrustbundle-publisher': rules(
    'attest signers certs kubernetes.io/kube-apiserver-serving',
    'create,delete,get,list,patch,update,watch clustertrustbundles certs',
    EVENTS,
  ),
  'legacy-service-account-token-cleaner': rules(
    'get configmaps core kube-apiserver-legacy-service-account-token-tracking',
    'delete,get,list,patch,watch secrets core',
  ),
  'namespace-controller': rules(
    'delete,get,list,watch namespaces core',
    'update namespaces/finalize,namespaces/status core',
    'delete,deletecollection,get,list * any',
  ),
  'node-controller': rules(
    'delete,get,list,patch,update,watch nodes core',
    'patch,update nodes/status core',
    'patch,update pods/status core',
    'delete,list,watch pods core',
    'get,list,watch leases coordination',
    EVENTS,
    'get pods core',
  ),
  'persistent-volume-binder': rules(
    'create,delete,get,list,update,watch persistentvolumes core',
    'update persistentvolumes/status core',
    'get,list,update,watch persistentvolumeclaims core',
    'update persistentvolumeclaims/status core',
    'create,delete,get,list,watch pods core',
    `${READ} storageclasses storage`,
    'create,delete,get,list,watch endpoints,services core',
    'get,list secrets core',
    `${READ} nodes core`,
    'watch events core',
    EVENTS,
  ),
  'pod-garbage-collector': rules('delete,list,watch pods core', 'get,list nodes core', 'patch pods/status core', 'watch nodes core'),
  podcertificaterequestcleaner: rules('delete,get,list,watch podcertificaterequests certs'),
  'pv-protection-controller': rules('get,list,update,watch persistentvolumes core', EVENTS),
  'pvc-protection-controller': rules('get,list,update,watch persistentvolumeclaims core', 'get,list,watch pods core', EVENTS),
  'replicaset-controller': rules(
    'get,list,update,watch replicasets apps,extensions',
    'update replicasets/status apps,extensions',
    'update replicasets/finalizers apps,extensions',
    'create,delete,list,patch,watch pods core',
    EVENTS,
  ),
  'replication-controller': rules(
    'get,list,update,watch replicationcontrollers core',
    'update replicationcontrollers/status core',
    'update replicationcontrollers/finalizers core',
    'create,delete,list,patch,watch pods core',
    EVENTS,
  ),
  'resource-claim-controller': rules(
    `${READ} resourceclaimtemplates resource`,
    'create,delete,get,list,patch,update,watch resourceclaims resource',
    'patch,update resourceclaims/status resource',
    'update pods/finalizers core',
    `${READ} pods core`,
    'patch,update pods/status core',
    EVENTS,
  ),
  'resourcequota-controller': rules('list,watch * any', 'update resourcequotas/status core', EVENTS),
  'root-ca-cert-publisher': rules('create,update configmaps core', EVENTS, 'get,list,watch configmaps,namespaces core'),
  'route-controller': rules('list,watch nodes core', 'patch nodes/status core', EVENTS),
  'selinux-warning-controller': rules('get,list,watch persistentvolumeclaims,persistentvolumes,pods core', 'get,list,watch csidrivers storage', EVENTS),
  'service-account-controller': rules('create serviceaccounts core', EVENTS, 'get,list,watch namespaces,serviceaccounts core'),
  'service-cidrs-controller': rules(
    'get,list,patch,update,watch servicecidrs net',
    'patch,update servicecidrs/finalizers net',
    'patch,update servicecidrs/status net',
    `${READ} ipaddresses net`,
    EVENTS,
  ),
  'service-controller': rules(`${READ} services core`, 'patch,update services/status core', 'list,watch nodes core', EVENTS, 'patch services core'),
  'statefulset-controller': rules(
    'list,watch pods core',
    `${READ} statefulsets apps`,
    'update statefulsets/status apps',
    'update statefulsets/finalizers apps',
    'create,delete,get,patch,update pods core',
    'create,delete,get,list,patch,update,watch controllerrevisions apps',
    'create,get persistentvolumeclaims core',
    EVENTS,
    'delete,list,patch,update,watch persistentvolumeclaims core',
  ),
  'storage-version-migrator-controller': rules(
    'list,patch,update,watch * any',
    'get,list,watch storageversionmigrations migration',
    'update storageversionmigrations/status migration',
  ),
  'ttl-after-finished-controller': rules('delete,get,list,watch jobs batch', EVENTS),
  'ttl-controller': rules('list,patch,update,watch nodes core', EVENTS),
  'certificate-controller': rules(
    'delete,get,list,watch certificatesigningrequests certs',
    'update certificatesigningrequests/approval,certificatesigningrequests/status certs',
    'approve signers certs kubernetes.io/kube-apiserver-client-kubelet',
    'sign signers certs kubernetes.io/kube-apiserver-client,kubernetes.io/kube-apiserver-client-kubelet,kubernetes.io/kubelet-serving,kubernetes.io/legacy-unknown',
    'create subjectaccessreviews authz',
    EVENTS,
  ),
  'validatingadmissionpolicy-status-controller': rules(
    `${READ} validatingadmissionpolicies admission`,
    'get,patch,update validatingadmissionpolicies/status admission',
    EVENTS,
  ),
  'volumeattributesclass-protection-controller': rules(
    `${READ} persistentvolumeclaims,persistentvolumes core`,
    'get,list,update,watch volumeattributesclasses storage',
    EVENTS,
  ),
}

/** Of a cloud's own controller manager, which brings its roles with it. */
export const CLOUD_ROLE: PolicyRule[] = rules(
  EVENTS,
  'create,get,list,update,watch leases coordination',
  `${READ_WRITE} nodes core`,
  'patch,update nodes/status core',
  'get,list,patch,update,watch services core',
  'patch,update services/status core',
  'create,get,list,update,watch serviceaccounts core',
  'create serviceaccounts/token core',
  'get,list,watch configmaps,secrets core',
  'create tokenreviews authn',
  'create subjectaccessreviews authz',
)

/** Roles in namespaces, with whom they are bound to. */
export const NAMESPACED_ROLES: { namespace: string; name: string; rules: PolicyRule[]; subjects: { kind: string; name: string; namespace?: string }[] }[] = [
  {
    namespace: 'kube-system',
    name: 'extension-apiserver-authentication-reader',
    rules: rules(`${READ} configmaps core extension-apiserver-authentication`),
    subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler')],
  },
  { namespace: 'kube-system', name: 'system:controller:bootstrap-signer', rules: rules(`${READ} secrets core`), subjects: [account('bootstrap-signer')] },
  {
    namespace: 'kube-system',
    name: 'system:controller:cloud-provider',
    rules: rules('create,get,list,patch,update,watch configmaps core'),
    subjects: [account('cloud-provider')],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:token-cleaner',
    rules: rules('delete,get,list,watch secrets core', EVENTS),
    subjects: [account('token-cleaner')],
  },
  {
    namespace: 'kube-system',
    name: 'system::leader-locking-kube-controller-manager',
    rules: rules('watch configmaps core', 'get,update configmaps core kube-controller-manager'),
    subjects: [user('system:kube-controller-manager'), account('kube-controller-manager')],
  },
  {
    namespace: 'kube-system',
    name: 'system::leader-locking-kube-scheduler',
    rules: rules('watch configmaps core', 'get,update configmaps core kube-scheduler'),
    subjects: [user('system:kube-scheduler'), account('kube-scheduler')],
  },
  {
    namespace: 'kube-public',
    name: 'system:controller:bootstrap-signer',
    rules: rules(`${READ} configmaps core`, 'update configmaps core cluster-info', EVENTS),
    subjects: [account('bootstrap-signer')],
  },
]

function user(name: string) {
  return { kind: 'User', name }
}

function account(name: string) {
  return { kind: 'ServiceAccount', name, namespace: 'kube-system' }
}

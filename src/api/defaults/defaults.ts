// defaults.ts: what the server fills in where nothing was said, kind by kind.
// Models k8s.io/kubernetes/pkg/apis/*/v1/defaults.go
// Differs: kinds that are not carried in the schema have no defaults

import { encodeBase64 } from '../base64.ts'
import { fill, mapField, mapItems, withFields } from '../edit.ts'
import { defaultClaimSpec, defaultPod, defaultTemplate, defaultVolumeSource, roundResources } from './pod.ts'
import {
  defaultAutoscaler,
  defaultCronJob,
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultReplicationController,
  defaultStatefulSet,
} from './workloads.ts'

type Fields = Record<string, any>

/**
 * The object with its defaults; the same object if there was nothing to fill in. Expects a decoded object. `like`: an object of the kind
 * that has its defaults; a spec that is the same needs none.
 */
export function applyDefaults<T extends Record<string, any>>(object: T, like?: Record<string, any>): T {
  const kind: string = object['kind']
  const change = BY_KIND[kind]
  if (change === undefined) return object
  if (like === undefined || object['spec'] === undefined || object['spec'] !== like['spec'] || !SPEC_APART.has(kind)) return change(object) as T
  const { status } = object
  if (status === undefined || status === like['status'] || !STATUS_TOO.has(kind)) return object
  return withFields(object, { status: change({ kind, status })['status'] })
}

/** Kinds of which each part is filled in by itself: no default of the spec touches the rest or depends on it. */
const SPEC_APART = new Set([
  ...['Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'CronJob', 'HorizontalPodAutoscaler'],
  ...['Node', 'PersistentVolume', 'PersistentVolumeClaim', 'ResourceQuota'],
])
/** Kinds whose status has defaults. */
const STATUS_TOO = new Set(['Pod', 'Node', 'PersistentVolume', 'PersistentVolumeClaim', 'ResourceQuota'])

const RBAC = 'rbac.authorization.k8s.io'

const BY_KIND: Record<string, (object: Fields) => Fields> = {
  Pod: defaultPod,
  PodTemplate: object => mapField(object, 'template', defaultTemplate),
  ReplicationController: defaultReplicationController,
  Deployment: defaultDeployment,
  ReplicaSet: defaultReplicaSet,
  StatefulSet: defaultStatefulSet,
  DaemonSet: defaultDaemonSet,
  Job: defaultJob,
  CronJob: defaultCronJob,
  HorizontalPodAutoscaler: defaultAutoscaler,
  Service: defaultService,
  Endpoints: object => mapItems(object, 'subsets', subset => mapItems(subset, 'ports', port => fill(port, { protocol: 'TCP' }))),
  EndpointSlice: object => mapItems(object, 'ports', port => fill(port, { name: '', protocol: 'TCP' })),
  Namespace: object => {
    const name = object['metadata'].name
    const labelled = name
      ? mapField(object, 'metadata', m => withFields(m, { labels: withFields(m.labels ?? {}, { 'kubernetes.io/metadata.name': name }) }))
      : object
    return mapField(labelled, 'status', status => fill(status, { phase: 'Active' }))
  },
  Node: object => mapField(mapField(object, 'status', defaultNodeStatus), 'spec', defaultNodeSpec),
  Secret: defaultSecret,
  PersistentVolume: object => {
    const filled = mapField(object, 'spec', spec => {
      let out = mapField(fill(spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }), 'capacity', roundResources)
      for (const key of ['hostPath', 'iscsi', 'rbd', 'azureDisk', 'scaleIO']) out = mapField(out, key, source => defaultVolumeSource(key, source))
      return out
    })
    return mapField(filled, 'status', status => fill(status, { phase: 'Pending' }))
  },
  PersistentVolumeClaim: object => {
    const out = mapField(mapField(object, 'spec', defaultClaimSpec), 'status', status => fill(status, { phase: 'Pending' }))
    return mapField(out, 'status', status => mapField(mapField(status, 'capacity', roundResources), 'allocatedResources', roundResources))
  },
  ResourceQuota: object => {
    const out = mapField(object, 'spec', spec => mapField(spec, 'hard', roundResources))
    return mapField(out, 'status', status => mapField(mapField(status, 'hard', roundResources), 'used', roundResources))
  },
  LimitRange: object => mapField(object, 'spec', spec => mapItems(spec, 'limits', defaultLimitRangeItem)),
  StorageClass: object => fill(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  PriorityClass: object => fill(object, { preemptionPolicy: 'PreemptLowerPriority' }),
  RoleBinding: defaultBinding,
  ClusterRoleBinding: defaultBinding,
  IngressClass: object => mapField(object, 'spec', spec => mapField(spec, 'parameters', parameters => fill(parameters, { scope: 'Cluster' }))),
  NetworkPolicy: defaultNetworkPolicy,
}

function defaultService(service: Fields): Fields {
  const out = mapField(service, 'spec', spec => {
    let next = fill(spec, { sessionAffinity: 'None', type: 'ClusterIP' })
    if (next['sessionAffinity'] === 'None') next = withFields(next, { sessionAffinityConfig: undefined })
    else if (next['sessionAffinity'] === 'ClientIP' && (next['sessionAffinityConfig']?.clientIP?.timeoutSeconds ?? null) === null) {
      next = withFields(next, { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } })
    }
    next = mapItems(next, 'ports', port => {
      const filled = fill(port, { protocol: 'TCP' })
      return filled['targetPort'] === 0 || filled['targetPort'] === '' || filled['targetPort'] === undefined
        ? withFields(filled, { targetPort: filled['port'] })
        : filled
    })
    const type = next['type']
    const outside = type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && next['externalIPs']?.length > 0)
    if (outside) next = fill(next, { externalTrafficPolicy: 'Cluster' })
    if (type === 'NodePort' || type === 'LoadBalancer' || type === 'ClusterIP') next = fill(next, { internalTrafficPolicy: 'Cluster' })
    return type === 'LoadBalancer' ? fill(next, { allocateLoadBalancerNodePorts: true }) : next
  })
  if (out['spec']?.type !== 'LoadBalancer') return out
  const mode = (ingress: Fields) => (ingress['ip'] ? fill(ingress, { ipMode: 'VIP' }) : ingress)
  return mapField(out, 'status', status => mapField(status, 'loadBalancer', balancer => mapItems(balancer, 'ingress', mode)))
}

function defaultNodeSpec(spec: Fields): Fields {
  const { podCIDR, podCIDRs } = spec
  if (podCIDR && podCIDRs?.[0] !== podCIDR) return withFields(spec, { podCIDRs: [podCIDR] })
  return !podCIDR && podCIDRs?.length > 0 ? withFields(spec, { podCIDR: podCIDRs[0] }) : spec
}

function defaultNodeStatus(status: Fields): Fields {
  const out = mapField(mapField(status, 'capacity', roundResources), 'allocatable', roundResources)
  return out['capacity'] === undefined ? out : fill(out, { allocatable: out['capacity'] })
}

function defaultSecret(secret: Fields): Fields {
  const out = fill(secret, { type: 'Opaque' })
  const plain = out['stringData']
  if (plain === undefined) return out
  const data: Record<string, string> = { ...out['data'] }
  for (const key in plain) data[key] = encodeBase64(plain[key])
  return withFields(out, { stringData: undefined, data })
}

function defaultLimitRangeItem(item: Fields): Fields {
  let out = item
  for (const key of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio']) out = mapField(out, key, roundResources)
  if (out['type'] !== 'Container') return out
  const limits = fill(out['default'] ?? {}, out['max'] ?? {})
  const requests = fill(fill(out['defaultRequest'] ?? {}, limits), out['min'] ?? {})
  if (Object.keys(limits).length > 0) out = withFields(out, { default: limits })
  return Object.keys(requests).length > 0 ? withFields(out, { defaultRequest: requests }) : out
}

function defaultBinding(binding: Fields): Fields {
  const out = mapField(binding, 'roleRef', ref => (ref.apiGroup ? ref : withFields(ref, { apiGroup: RBAC })))
  return mapItems(out, 'subjects', subject => (subject.kind === 'User' || subject.kind === 'Group' ? fill(subject, { apiGroup: RBAC }) : subject))
}

function defaultNetworkPolicy(policy: Fields): Fields {
  return mapField(policy, 'spec', spec => {
    const types = spec.egress?.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
    let out = spec.policyTypes?.length > 0 ? spec : withFields(spec, { policyTypes: types })
    for (const key of ['ingress', 'egress']) out = mapItems(out, key, rule => mapItems(rule, 'ports', port => fill(port, { protocol: 'TCP' })))
    return out
  })
}

// strategy.ts: what an API server does to an object before it judges it: parts that may not be set are reset, generations counted.
// Models k8s.io/kubernetes/pkg/registry/*/strategy.go and k8s.io/apiserver/pkg/registry/rest/{create,update}.go
// Differs: pods/resize and pods/ephemeralcontainers keep the metadata of the stored Pod

import { prepareDataSources } from './datasources.ts'
import { mapField, mapItems, withFields } from './edit.ts'
import { dns1123Subdomain } from './name.ts'
import type { KubeObject } from './object.ts'
import { sameJson } from './patch.ts'
import { qosClass } from './qos.ts'
import { defaultPodLevelResources } from './resourcetotals.ts'

type Fields = Record<string, any>

/** The object as it will be created; `now` (RFC 3339) is needed by PersistentVolumes and gated Pods. Expects defaults, a name and a uid. */
export function prepareForCreate<T extends KubeObject>(object: T, now?: string): T {
  let out: Fields = object
  if (HAS_STATUS.has(object.kind)) out = withFields(out, { status: EMPTY_STATUS[object.kind] ?? {} })
  if (COUNTED.has(object.kind)) out = withFields(out, { metadata: withFields(out['metadata'], { generation: 1 }) })
  else if (object.metadata.generation !== undefined) out = withFields(out, { metadata: withFields(out['metadata'], { generation: undefined }) })
  switch (object.kind) {
    case 'Pod':
      return newPod(out, now) as T
    case 'DaemonSet':
      return withTemplateGeneration(out, Math.max(1, templateGeneration(out))) as T
    case 'Job':
      return newJob(out) as T
    case 'Namespace': {
      const finalizers: string[] = out['spec']?.finalizers ?? []
      const all = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes']
      return withFields(out, { spec: withFields(out['spec'] ?? {}, { finalizers: all }) }) as T
    }
    case 'PersistentVolume':
      return withFields(out, { status: { phase: 'Pending', ...(now === undefined ? {} : { lastPhaseTransitionTime: now }) } }) as T
    case 'Lease':
      return mapField(out, 'spec', spec => withFields(spec, { strategy: undefined, preferredHolder: undefined })) as T
    case 'ServiceAccount':
      return withSecretNames(out) as T
    case 'PersistentVolumeClaim':
      return mapField(out, 'spec', spec => prepareDataSources(spec, undefined)) as T
    case 'EndpointSlice':
      return withoutTopology(out, undefined) as T
    default:
      return out as T
  }
}

/**
 * The object as it will be stored in place of `old`: status is kept on the main resource and spec on `status`, server-set metadata
 * is kept, the generation is counted. `subresource` is '' or `status`, `finalize`, `resize`, `ephemeralcontainers`.
 */
export function prepareForUpdate<T extends KubeObject>(object: T, old: KubeObject, subresource = '', now?: string): T {
  let out: Fields = object
  if (object.metadata.generation !== old.metadata.generation)
    out = withFields(object, { metadata: withFields(object.metadata, { generation: old.metadata.generation }) })
  if (subresource === '') out = prepareMain(out, old)
  else if (subresource === 'finalize') out = withFields(out, { status: old['status'] })
  else if (subresource === 'status') out = prepareStatus(out, old, now)
  else out = preparePart(out, old, subresource)
  return keepServerMetadata(out, old) as T
}

/** Fields that a strategy resets, so that no one comes to own them: paths of names. */
export function resetFields(kind: string, subresource: string): string[][] {
  if (subresource === '') return HAS_STATUS.has(kind) ? [['status']] : []
  if (subresource !== 'status') return []
  const extra: Record<string, string[][]> = {
    Pod: [
      ['metadata', 'deletionTimestamp'],
      ['metadata', 'ownerReferences'],
    ],
    Deployment: [['metadata', 'labels']],
  }
  return [['spec'], ...(extra[kind] ?? [])]
}

/** A PUT without resourceVersion takes the latest. */
export const allowsUnconditionalUpdate = (kind: string): boolean => !CONDITIONAL.has(kind)
/** A PUT may create. */
export const allowsCreateOnUpdate = (kind: string): boolean => CREATED_BY_PUT.has(kind)
/** DELETE answers with the object, not with a Status. */
export const answersWithDeleted = (kind: string): boolean => RETURNED.has(kind)
/** What happens to dependents if the request says nothing. */
export const defaultPropagation = (kind: string): 'Background' | 'Orphan' => (kind === 'Job' || kind === 'ReplicationController' ? 'Orphan' : 'Background')
const HAS_STATUS: ReadonlySet<string> = new Set([
  ...['Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'],
  ...['Namespace', 'Service', 'ResourceQuota', 'PersistentVolume', 'PersistentVolumeClaim', 'ReplicationController', 'Ingress'],
])
/** On update also Nodes keep their status; they may be created with one. */
const KEEPS_STATUS: ReadonlySet<string> = new Set([...HAS_STATUS, 'Node'])
const COUNTED: ReadonlySet<string> = new Set([
  ...['Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ReplicationController', 'PodTemplate'],
  ...['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'Ingress', 'IngressClass', 'NetworkPolicy', 'EndpointSlice', 'PriorityClass'],
  ...['FlowSchema', 'PriorityLevelConfiguration', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'MutatingAdmissionPolicy'],
  ...['MutatingAdmissionPolicyBinding', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'CustomResourceDefinition'],
  ...['ResourceSlice', 'DeviceClass', 'DeviceTaintRule'],
])
const CONDITIONAL: ReadonlySet<string> = new Set([
  ...['Lease', 'LeaseCandidate', 'PodDisruptionBudget', 'CSIDriver', 'CSINode', 'CSIStorageCapacity', 'VolumeAttachment', 'RuntimeClass'],
  ...['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'],
  ...['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService', 'CustomResourceDefinition', 'StorageVersionMigration'],
  ...['PodCertificateRequest', 'ClusterTrustBundle'],
])
const CREATED_BY_PUT: ReadonlySet<string> = new Set([
  ...['Endpoints', 'Service', 'Event', 'LimitRange', 'Lease', 'LeaseCandidate', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'RuntimeClass'],
])
const RETURNED: ReadonlySet<string> = new Set([
  ...['Pod', 'Service', 'Namespace', 'ServiceAccount', 'PersistentVolume', 'PersistentVolumeClaim', 'ResourceQuota', 'PodTemplate', 'StorageClass'],
  ...['VolumeAttachment', 'CSINode', 'CSIDriver', 'VolumeAttributesClass', 'ResourceClaim', 'ResourceClaimTemplate', 'ResourceSlice', 'DeviceClass'],
])

/** What an empty status prints as. */
const EMPTY_STATUS: Record<string, any> = {
  Namespace: { phase: 'Active' },
  PersistentVolumeClaim: { phase: 'Pending' },
  ReplicaSet: { replicas: 0 },
  ReplicationController: { replicas: 0 },
  StatefulSet: { replicas: 0, availableReplicas: 0 },
  DaemonSet: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  HorizontalPodAutoscaler: { desiredReplicas: 0, currentMetrics: null },
  PodDisruptionBudget: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  Service: { loadBalancer: {} },
  Ingress: { loadBalancer: {} },
}

function newPod(pod: Fields, now?: string): Fields {
  const labels = pod['metadata'].labels ?? {}
  const out = mapField(pod, 'spec', spec => {
    let next = mapField(spec, 'affinity', affinity => withKeyLabels(affinity, labels))
    next = mapItems(next, 'topologySpreadConstraints', constraint => addKeys(constraint, constraint.matchLabelKeys, 'In', labels))
    return defaultPodLevelResources(next)
  })
  const status: Fields = { phase: 'Pending', qosClass: qosClass(out['spec']) }
  if (out['spec'].schedulingGates?.length > 0) {
    const message = 'Scheduling is blocked due to non-empty scheduling gates'
    const time = { lastProbeTime: null, lastTransitionTime: now ?? null }
    status['conditions'] = [{ type: 'PodScheduled', status: 'False', ...time, reason: 'SchedulingGated', message }]
  }
  return withFields(out, { status })
}

function withKeyLabels(affinity: Fields, labels: Record<string, string>): Fields {
  const onTerm = (term: Fields) => addKeys(addKeys(term, term['matchLabelKeys'], 'In', labels), term['mismatchLabelKeys'], 'NotIn', labels)
  let out = affinity
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    out = mapField(out, kind, terms => {
      const required = mapItems(terms, 'requiredDuringSchedulingIgnoredDuringExecution', onTerm)
      return mapItems(required, 'preferredDuringSchedulingIgnoredDuringExecution', preferred => mapField(preferred, 'podAffinityTerm', onTerm))
    })
  }
  return out
}

/** Label keys become expressions with the Pod's own values. */
function addKeys(term: Fields, keys: string[] | undefined, operator: string, labels: Record<string, string>): Fields {
  if (keys === undefined || keys.length === 0 || (term['labelSelector'] ?? null) === null) return term
  const added = keys.filter(key => labels[key] !== undefined).map(key => ({ key, operator, values: [labels[key]] }))
  if (added.length === 0) return term
  return mapField(term, 'labelSelector', selector => withFields(selector, { matchExpressions: [...(selector.matchExpressions ?? []), ...added] }))
}

function newJob(job: Fields): Fields {
  const spec = job['spec']
  if (spec.manualSelector === true) return job
  const { name = '', uid } = job['metadata']
  const wanted = { 'job-name': name, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'batch.kubernetes.io/controller-uid': uid }
  const template = mapField(spec.template, 'metadata', metadata => withFields(metadata, { labels: { ...wanted, ...metadata.labels } }))
  const selector = withFields(spec.selector ?? {}, { matchLabels: { 'batch.kubernetes.io/controller-uid': uid, ...spec.selector?.matchLabels } })
  // Defaulted labels are the template's own map, which upstream fills for both.
  const sharesLabels = job['metadata'].labels !== undefined && job['metadata'].labels === spec.template.metadata.labels
  const metadata = sharesLabels ? withFields(job['metadata'], { labels: template['metadata'].labels }) : job['metadata']
  return withFields(job, { metadata, spec: withFields(spec, { template, selector }) })
}

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

function templateGeneration(set: Fields): number {
  return Number(set['metadata'].annotations?.[TEMPLATE_GENERATION] ?? 0) || 0
}

function withTemplateGeneration(set: Fields, generation: number): Fields {
  return mapField(set, 'metadata', metadata =>
    withFields(metadata, { annotations: withFields(metadata.annotations ?? {}, { [TEMPLATE_GENERATION]: String(generation) }) }),
  )
}

/** A ServiceAccount's secrets keep nothing but names. */
function withSecretNames(account: Fields): Fields {
  return mapItems(account, 'secrets', secret => (Object.keys(secret).length === 1 && 'name' in secret ? secret : { name: secret.name }))
}

const HOSTNAME = 'kubernetes.io/hostname'

/** v1 takes no topology; a node's name that had been kept there moves to its field. Endpoints that stay as they are are left alone. */
function withoutTopology(slice: Fields, old: Fields | undefined): Fields {
  if (old !== undefined && sameJson(slice['endpoints'], old['endpoints'])) return slice
  const known = new Set((old?.['endpoints'] ?? []).map((endpoint: Fields) => endpoint['deprecatedTopology']?.[HOSTNAME]))
  return mapItems(slice, 'endpoints', endpoint => {
    const node: string | undefined = endpoint['deprecatedTopology']?.[HOSTNAME]
    const moved = endpoint['nodeName'] === undefined && node !== undefined && known.has(node) && dns1123Subdomain(node).length === 0
    return withFields(endpoint, { deprecatedTopology: undefined, ...(moved ? { nodeName: node } : {}) })
  })
}

function prepareMain(object: Fields, old: Fields): Fields {
  let out = KEEPS_STATUS.has(object['kind']) ? withFields(object, { status: old['status'] }) : object
  switch (object['kind']) {
    case 'Namespace':
      out = withFields(out, { spec: withFields(out['spec'] ?? {}, { finalizers: old['spec']?.finalizers }) })
      break
    case 'Pod':
      if (out['spec'].resources === undefined && old['spec'].resources !== undefined) {
        out = withFields(out, { spec: withFields(out['spec'], { resources: old['spec'].resources }) })
      }
      break
    case 'DaemonSet': {
      const same = sameJson(out['spec'].template, old['spec'].template)
      out = withTemplateGeneration(out, templateGeneration(old) + (same ? 0 : 1))
      break
    }
    case 'Secret':
      if (!out['type']) out = withFields(out, { type: old['type'] })
      break
    case 'Lease':
      out = mapField(out, 'spec', spec => withFields(spec, { strategy: old['spec']?.strategy, preferredHolder: old['spec']?.preferredHolder }))
      break
    case 'ServiceAccount':
      out = withSecretNames(out)
      break
    case 'Service':
      out = withoutTypeFields(out, old)
      break
    case 'PersistentVolumeClaim':
      out = mapField(out, 'spec', spec => prepareDataSources(spec, old['spec'] ?? {}))
      break
    case 'EndpointSlice':
      // The generation counts what was sent.
      return withoutTopology(changed(out, old) ? bump(out, old) : out, old)
  }
  return changed(out, old) ? bump(out, old) : out
}

/** Does the change count as a new generation? */
function changed(object: Fields, old: Fields): boolean {
  switch (object['kind']) {
    case 'EndpointSlice':
      return !sameJson({ ...object, metadata: 0 }, { ...old, metadata: 0 }) || !sameJson(object['metadata'].labels ?? {}, old['metadata'].labels ?? {})
    case 'PodTemplate':
      return !sameJson(object['template'], old['template'])
    case 'Deployment':
      return !sameJson(object['spec'], old['spec']) || !sameJson(object['metadata'].annotations ?? {}, old['metadata'].annotations ?? {})
    case 'PriorityClass':
      return false
    default:
      return COUNTED.has(object['kind']) && !sameJson(object['spec'], old['spec'])
  }
}

function bump(object: Fields, old: Fields): Fields {
  return withFields(object, { metadata: withFields(object['metadata'], { generation: (old['metadata'].generation ?? 0) + 1 }) })
}

function prepareStatus(object: Fields, old: Fields, now?: string): Fields {
  let out = object['spec'] === old['spec'] ? object : withFields(object, { spec: old['spec'] })
  const status = out['status'] ?? {}
  switch (object['kind']) {
    case 'Deployment':
      return withFields(out, { metadata: withFields(out['metadata'], { labels: old['metadata'].labels }) })
    case 'Pod': {
      const { deletionTimestamp, ownerReferences } = out['metadata']
      if (deletionTimestamp !== undefined || ownerReferences !== old['metadata'].ownerReferences)
        out = withFields(out, { metadata: withFields(out['metadata'], { deletionTimestamp: undefined, ownerReferences: old['metadata'].ownerReferences }) })
      const before = old['status'] ?? {}
      if (keepsAll(status, before)) return withFields(out, { status: withObservedGenerations(status, before) })
      const kept: Fields = { qosClass: status.qosClass || before.qosClass, observedGeneration: status.observedGeneration || before.observedGeneration }
      for (const key of ['resourceClaimStatuses', 'extendedResourceClaimStatus']) kept[key] = status[key] ?? before[key]
      return withFields(out, { status: withObservedGenerations(withFields(status, kept), before) })
    }
    case 'PersistentVolume': {
      const before = old['status'] ?? {}
      const moved = before.phase !== status.phase
      const time = status.lastPhaseTransitionTime
      if (!moved && time === undefined) return withFields(out, { status: withFields(status, { lastPhaseTransitionTime: before.lastPhaseTransitionTime }) })
      if (!moved || (time !== undefined && time !== before.lastPhaseTransitionTime) || now === undefined) return out
      return withFields(out, { status: withFields(status, { lastPhaseTransitionTime: now }) })
    }
    default:
      return out
  }
}

/** Has a new status of a Pod all that it may not lose? */
function keepsAll(status: Fields, old: Fields): boolean {
  if (!status['qosClass'] || (!status['observedGeneration'] && (status['observedGeneration'] ?? old['observedGeneration']) !== undefined)) return false
  return ['resourceClaimStatuses', 'extendedResourceClaimStatus'].every(key => (status[key] ?? old[key]) === status[key])
}

/** A condition's observedGeneration cannot be cleared. */
function withObservedGenerations(status: Fields, old: Fields): Fields {
  if (!(old['conditions'] ?? []).some((c: Fields) => c['observedGeneration'])) return status
  const left = new Map<string, number[]>()
  for (const c of old['conditions'] ?? []) left.set(c.type, [...(left.get(c.type) ?? []), c.observedGeneration ?? 0])
  return mapItems(status, 'conditions', condition => {
    const before = left.get(condition.type)?.shift() ?? 0
    return condition.observedGeneration || before === 0 ? condition : withFields(condition, { observedGeneration: before })
  })
}

/** Parts of a Pod that have a door of their own. */
function preparePart(object: Fields, old: Fields, subresource: string): Fields {
  const spec = object['spec']
  let next = old['spec']
  if (subresource === 'ephemeralcontainers') next = withFields(next, { ephemeralContainers: spec.ephemeralContainers })
  else {
    const sameNames = (key: string) =>
      sameJson(
        (spec[key] ?? []).map((c: Fields) => c['name']),
        (old['spec'][key] ?? []).map((c: Fields) => c['name']),
      )
    if (!sameNames('containers') || !sameNames('initContainers')) return object
    const resized = (key: string) => (container: Fields, i: number) =>
      withFields(container, { resources: spec[key][i].resources, resizePolicy: spec[key][i].resizePolicy })
    next = mapItems(mapItems(next, 'containers', resized('containers')), 'initContainers', resized('initContainers'))
    next = defaultPodLevelResources(withFields(next, { resources: spec.resources ?? old['spec'].resources }))
  }
  const out = withFields(object, { metadata: old['metadata'], spec: next, status: old['status'] })
  return sameJson(next, old['spec']) ? out : bump(out, old)
}

/** What the server has set stays, whatever the request says. */
function keepServerMetadata(object: Fields, old: Fields): Fields {
  const mine = object['metadata']
  const theirs = old['metadata']
  const same = mine.uid === theirs.uid && mine.creationTimestamp === theirs.creationTimestamp && mine.deletionTimestamp === theirs.deletionTimestamp
  if (same && mine.uid && mine.deletionGracePeriodSeconds === theirs.deletionGracePeriodSeconds) return object
  const kept: Fields = { uid: mine.uid || theirs.uid, creationTimestamp: theirs.creationTimestamp ?? mine.creationTimestamp }
  if (theirs.deletionTimestamp !== undefined) kept['deletionTimestamp'] = theirs.deletionTimestamp
  if (mine.deletionGracePeriodSeconds === undefined) kept['deletionGracePeriodSeconds'] = theirs.deletionGracePeriodSeconds
  return withFields(object, { metadata: withFields(mine, kept) })
}

/** Fields of a Service that its new type has no use for are cleared if the request left them as they were. */
function withoutTypeFields(service: Fields, old: Fields): Fields {
  const was = old['spec']
  let spec = service['spec']
  const same = (key: string): boolean => sameJson(spec[key], was[key])
  const addressed = (s: Fields) => s['type'] !== 'ExternalName'
  const ported = (s: Fields) => s['type'] === 'NodePort' || s['type'] === 'LoadBalancer'
  const checked = (s: Fields) => s['type'] === 'LoadBalancer' && s['externalTrafficPolicy'] === 'Local'
  const outside = (s: Fields) => ported(s) || (s['type'] === 'ClusterIP' && s['externalIPs']?.length > 0)
  if (addressed(was) && !addressed(spec)) {
    if (same('clusterIP') && same('clusterIPs')) spec = withFields(spec, { clusterIP: undefined, clusterIPs: undefined })
    if (same('ipFamilies')) spec = withFields(spec, { ipFamilies: undefined })
    if (same('ipFamilyPolicy')) spec = withFields(spec, { ipFamilyPolicy: undefined })
  }
  const nodePorts = (s: Fields): number[] => (s['ports'] ?? []).map((p: Fields) => p['nodePort']).filter(Boolean)
  if (ported(was) && !ported(spec) && nodePorts(spec).every(port => nodePorts(was).includes(port))) {
    spec = mapItems(spec, 'ports', port => withFields(port, { nodePort: undefined }))
  }
  if (checked(was) && !checked(spec) && same('healthCheckNodePort')) spec = withFields(spec, { healthCheckNodePort: undefined })
  if (was['type'] === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (same('allocateLoadBalancerNodePorts')) spec = withFields(spec, { allocateLoadBalancerNodePorts: undefined })
    if (same('loadBalancerClass')) spec = withFields(spec, { loadBalancerClass: undefined })
  }
  if (outside(was) && !outside(spec) && same('externalTrafficPolicy')) spec = withFields(spec, { externalTrafficPolicy: undefined })
  const out = withFields(service, { spec })
  return spec.type === 'LoadBalancer' ? out : mapField(out, 'status', status => withFields(status, { loadBalancer: {} }))
}

// printers.ts: which printer prints which kind, and the rows of nodes, settings, storage, policy and events.
// Models k8s.io/kubernetes/pkg/printers/internalversion/printers.go
// Differs: nothing known

import { humanDuration } from '../duration.ts'
import type { Print } from './cells.ts'
import { ageOf, containerImages, containerNames, labelsText, none } from './cells.ts'
import {
  printEndpointSlice,
  printEndpoints,
  printIngress,
  printIngressClass,
  printIPAddress,
  printNetworkPolicy,
  printService,
  printServiceCIDR,
} from './network.ts'
import { printPod } from './pods.ts'
import {
  printAutoscaler,
  printCronJob,
  printDaemonSet,
  printDeployment,
  printJob,
  printReplicaSet,
  printReplicationController,
  printStatefulSet,
} from './workloads.ts'

const printNode: Print = ({ spec, status, metadata }, now) => {
  const ready = status?.conditions?.findLast((c: any) => c.type === 'Ready')
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady', ...(spec?.unschedulable ? ['SchedulingDisabled'] : [])]
  const info = status?.nodeInfo ?? {}
  const address = (type: string): string => status?.addresses?.find((a: any) => a.type === type)?.address ?? '<none>'
  return {
    cells: [
      metadata.name,
      words.join(','),
      none(nodeRoles(metadata.labels ?? {}).join(',')),
      ageOf(metadata.creationTimestamp, now),
      info.kubeletVersion ?? '',
      address('InternalIP'),
      address('ExternalIP'),
      info.osImage || '<unknown>',
      `${info.kernelVersion || '<unknown>'}${info.architecture ? ` (${info.architecture})` : ''}`,
      info.containerRuntimeVersion || '<unknown>',
    ],
  }
}

/** `node-role.kubernetes.io/X` and `kubernetes.io/role=X`, sorted. */
export function nodeRoles(labels: Record<string, string>): string[] {
  const roles = new Set<string>()
  for (const key in labels) {
    if (key.startsWith('node-role.kubernetes.io/') && key.length > 24) roles.add(key.slice(24))
    else if (key === 'kubernetes.io/role' && labels[key] !== '') roles.add(labels[key]!)
  }
  return [...roles].sort()
}

const printEvent: Print = (event, now) => {
  const involved = event.involvedObject ?? event.regarding ?? {}
  const source = event.source ?? event.deprecatedSource ?? {}
  const first = ageOf(event.firstTimestamp ?? event.deprecatedFirstTimestamp ?? event.eventTime, now)
  const lastTime = event.lastTimestamp ?? event.deprecatedLastTimestamp
  const last = event.series ? ageOf(event.series.lastObservedTime, now) : lastTime ? ageOf(lastTime, now) : first
  const count = event.series ? (event.series.count ?? 0) : event.count || event.deprecatedCount || 1
  const kind = (involved.kind ?? '').toLowerCase()
  const component = source.component || event.reportingComponent || event.reportingController || ''
  const instance = source.host || event.reportingInstance || ''
  return {
    cells: [
      last,
      event.type ?? '',
      event.reason ?? '',
      involved.name ? `${kind}/${involved.name}` : kind,
      involved.fieldPath ?? '',
      instance === '' ? component : `${component}, ${instance}`,
      (event.message ?? event.note ?? '').trim(),
      first,
      count,
      event.metadata.name,
    ],
  }
}

const size = (record: object | undefined | null): number => Object.keys(record ?? {}).length
const MODES: [string, string][] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]
/** `RWO,ROX` */
export const accessModes = (modes: string[] | undefined): string =>
  MODES.filter(([mode]) => modes?.includes(mode))
    .map(([, short]) => short)
    .join(',')
const storageClass = (object: any): string => object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? object.spec?.storageClassName ?? ''

const printVolume: Print = (volume, now) => {
  const { spec = {}, status, metadata } = volume
  return {
    cells: [
      metadata.name,
      spec.capacity?.storage ?? '0',
      accessModes(spec.accessModes),
      spec.persistentVolumeReclaimPolicy ?? '',
      metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
      spec.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`,
      storageClass(volume),
      spec.volumeAttributesClassName ?? '<unset>',
      status?.reason ?? '',
      ageOf(metadata.creationTimestamp, now),
      spec.volumeMode ?? '<unset>',
    ],
  }
}

const printClaim: Print = (claim, now) => {
  const { spec = {}, status, metadata } = claim
  const bound = Boolean(spec.volumeName)
  return {
    cells: [
      metadata.name,
      metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
      spec.volumeName ?? '',
      bound ? (status?.capacity?.storage ?? '0') : '',
      bound ? accessModes(status?.accessModes) : '',
      storageClass(claim),
      spec.volumeAttributesClassName ?? '<unset>',
      ageOf(metadata.creationTimestamp, now),
      spec.volumeMode ?? '<unset>',
    ],
  }
}

const printQuota: Print = ({ status, metadata }, now) => {
  const parts: [string[], string[]] = [[], []]
  for (const name of Object.keys(status?.hard ?? {}).sort()) {
    const [first, second] = name.split('.')
    parts[first === 'limits' && second !== undefined ? 1 : 0].push(`${name}: ${status.used?.[name] ?? '0'}/${status.hard[name]}`)
  }
  return { cells: [metadata.name, parts[0].join(', '), parts[1].join(', '), ageOf(metadata.creationTimestamp, now)] }
}

const printBinding: Print = ({ roleRef = {}, subjects, metadata }, now) => {
  const of = (kind: string): string[] =>
    (subjects ?? []).filter((s: any) => s.kind === kind).map((s: any) => (kind === 'ServiceAccount' ? `${s.namespace ?? ''}/${s.name}` : s.name))
  const lists = ['User', 'Group', 'ServiceAccount'].map(kind => of(kind).join(', '))
  return { cells: [metadata.name, `${roleRef.kind ?? ''}/${roleRef.name ?? ''}`, ageOf(metadata.creationTimestamp, now), ...lists] }
}

const printRevision: Print = ({ revision, metadata }, now) => {
  const owner = (metadata.ownerReferences ?? []).find((ref: any) => ref.controller === true)
  const group = owner?.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  const controller = owner === undefined ? '<none>' : `${`${owner.kind}${group}`.toLowerCase()}/${owner.name}`
  return { cells: [metadata.name, controller, revision, ageOf(metadata.creationTimestamp, now)] }
}

const printSigningRequest: Print = ({ spec = {}, status, metadata }, now) => {
  const has = (type: string): boolean => (status?.conditions ?? []).some((c: any) => c.type === type)
  const verdict = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  const condition = `${verdict}${has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`
  const duration = spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000)
  return { cells: [metadata.name, ageOf(metadata.creationTimestamp, now), none(spec.signerName), spec.username ?? '', duration, condition] }
}

const printStorageClass: Print = (it, now) => ({
  cells: [
    it.metadata.name,
    it.provisioner ?? '',
    it.reclaimPolicy ?? 'Delete',
    it.volumeBindingMode ?? 'Immediate',
    it.allowVolumeExpansion ?? false,
    ageOf(it.metadata.creationTimestamp, now),
  ],
})

const printComponentStatus: Print = ({ conditions, metadata }) => {
  const healthy = (conditions ?? []).find((c: any) => c.type === 'Healthy')
  const status = healthy === undefined ? 'Unknown' : healthy.status === 'True' ? 'Healthy' : 'Unhealthy'
  return { cells: [metadata.name, status, healthy?.message ?? '', healthy?.error ?? ''] }
}

/** A row of the name, some cells, and the age. */
const aged =
  (...cells: ((object: any) => string | number | boolean)[]): Print =>
  (object, now) => ({ cells: [object.metadata.name, ...cells.map(cell => cell(object)), ageOf(object.metadata.creationTimestamp, now)] })

export const printers: Record<string, Print> = {
  Pod: printPod,
  Node: printNode,
  Namespace: aged(ns => ns.status?.phase ?? ''),
  ConfigMap: aged(map => size(map.data) + size(map.binaryData)),
  Secret: aged(
    secret => secret.type ?? '',
    secret => size(secret.data),
  ),
  ServiceAccount: aged(),
  Service: printService,
  Endpoints: printEndpoints,
  EndpointSlice: printEndpointSlice,
  Event: printEvent,
  ResourceQuota: printQuota,
  PersistentVolume: printVolume,
  PersistentVolumeClaim: printClaim,
  PodTemplate: ({ template, metadata }) => ({
    cells: [metadata.name, containerNames(template?.spec), containerImages(template?.spec), labelsText(template?.metadata?.labels)],
  }),
  ReplicationController: printReplicationController,
  ComponentStatus: printComponentStatus,
  Deployment: printDeployment,
  ReplicaSet: printReplicaSet,
  StatefulSet: printStatefulSet,
  DaemonSet: printDaemonSet,
  ControllerRevision: printRevision,
  Job: printJob,
  CronJob: printCronJob,
  HorizontalPodAutoscaler: printAutoscaler,
  Scale: aged(
    scale => scale.spec?.replicas ?? 0,
    scale => scale.status?.replicas ?? 0,
  ),
  Lease: aged(lease => lease.spec?.holderIdentity ?? ''),
  Ingress: printIngress,
  IngressClass: printIngressClass,
  NetworkPolicy: printNetworkPolicy,
  ServiceCIDR: printServiceCIDR,
  IPAddress: printIPAddress,
  PodDisruptionBudget: aged(
    budget => String(budget.spec?.minAvailable ?? 'N/A'),
    budget => String(budget.spec?.maxUnavailable ?? 'N/A'),
    budget => budget.status?.disruptionsAllowed ?? 0,
  ),
  RoleBinding: printBinding,
  ClusterRoleBinding: printBinding,
  PriorityClass: (it, now) => ({
    cells: [it.metadata.name, it.value ?? 0, it.globalDefault ?? false, ageOf(it.metadata.creationTimestamp, now), it.preemptionPolicy ?? ''],
  }),
  StorageClass: printStorageClass,
  VolumeAttributesClass: aged(it => it.driverName ?? ''),
  VolumeAttachment: aged(
    it => it.spec?.attacher ?? '',
    it => it.spec?.source?.persistentVolumeName ?? '',
    it => it.spec?.nodeName ?? '',
    it => it.status?.attached ?? false,
  ),
  CSINode: aged(it => (it.spec?.drivers ?? []).length),
  CertificateSigningRequest: printSigningRequest,
  RuntimeClass: aged(it => it.handler ?? ''),
}

// warnings.ts: what is accepted, but probably not meant.
// Models k8s.io/kubernetes/pkg/api/{job,node,persistentvolume,persistentvolumeclaim,service,storage}/*.go and pkg/registry/*/strategy.go (WarningsOn*)
// Differs: of a certificate and key only that they are none; changes of statuses are passed over

import { decodeBase64 } from '../../api/base64.ts'
import { dns1123Label } from '../../api/name.ts'
import type { KubeObject } from '../../api/object.ts'
import { compareQuantity } from '../../api/quantity.ts'
import { addressWarnings, rangeWarnings } from './ipwarnings.ts'
import { NODE_LABELS, podWarnings, storageWarnings, termWarnings } from './podwarnings.ts'

/** Warnings about a new object, or one that takes the place of `old`. */
export function warningsOf(object: KubeObject, old?: KubeObject): string[] {
  return [...(old === undefined ? nameWarnings(object) : []), ...(OF_KIND[object.kind]?.(object, old) ?? [])]
}

type Judge = (object: any, old: any) => string[]

const OF_KIND: Record<string, Judge> = {
  Pod: ({ metadata, spec }, old) => (old === undefined ? podWarnings(spec ?? {}, metadata, '') : []),
  PodTemplate: (object, old) => templateWarnings(object, old, object.template, 'template'),
  Deployment: workloadWarnings,
  ReplicaSet: workloadWarnings,
  /** Of a change upstream judges the old template. */
  ReplicationController: (object, old) => templateWarnings(object, old, (old ?? object).spec?.template, 'spec.template'),
  DaemonSet: (object, old) =>
    old === undefined || generationOf(object) !== generationOf(old) ? podTemplateWarnings(object.spec?.template, 'spec.template') : [],
  StatefulSet: statefulWarnings,
  Job: (object, old) => jobWarnings(object, old, object.spec ?? {}, 'spec'),
  CronJob: cronWarnings,
  Service: serviceWarnings,
  Ingress: ingressWarnings,
  NetworkPolicy: networkWarnings,
  Endpoints: endpointsWarnings,
  EndpointSlice: sliceWarnings,
  PersistentVolume: volumeWarnings,
  PersistentVolumeClaim: claimWarnings,
  StorageClass: classWarnings,
  Node: nodeWarnings,
  Secret: secretWarnings,
  ResourceQuota: quotaWarnings,
  ServiceAccount: accountWarnings,
}

const NAMED = new Set(['Pod', 'Deployment', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'])

function nameWarnings({ kind, metadata }: KubeObject): string[] {
  const complaints = NAMED.has(kind) ? dns1123Label(metadata.name ?? '') : []
  if (complaints.length === 0) return []
  const where = kind === 'Pod' ? "this is used in the Pod's hostname, which" : 'this is used in Pod names and hostnames, which'
  return [`metadata.name: ${where} can result in surprising behavior; a DNS label is recommended: [${complaints.join(' ')}]`]
}

const podTemplateWarnings = (template: any, path: string): string[] => podWarnings(template?.spec ?? {}, template?.metadata ?? {}, `${path}.`)

/** A change that is no new generation is not warned of again. */
function templateWarnings(object: any, old: any, template: any, path: string): string[] {
  return old !== undefined && object.metadata.generation === old.metadata.generation ? [] : podTemplateWarnings(template, path)
}

function workloadWarnings(object: any, old: any): string[] {
  return templateWarnings(object, old, object.spec?.template, 'spec.template')
}

const generationOf = (set: any): string | undefined => set.metadata.annotations?.['deprecated.daemonset.template.generation']

function statefulWarnings(object: any, old: any): string[] {
  const claims: any[] = object.spec?.volumeClaimTemplates ?? []
  const found = workloadWarnings(object, old)
  for (const [i, claim] of claims.entries()) found.push(...storageWarnings(claim.spec, `spec.volumeClaimTemplates[${i}]${old === undefined ? '' : '.Spec'}`))
  if (object.spec?.revisionHistoryLimit < 0)
    found.push('spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended')
  return found
}

function jobWarnings(object: any, old: any, spec: any, path: string): string[] {
  if (old !== undefined && object.metadata.generation === old.metadata.generation) return []
  const many = spec.completionMode === 'Indexed' && spec.completions > 100_000 && spec.parallelism > 10_000
  const text =
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail'
  return [...(many ? [`${path}: ${text}`] : []), ...podTemplateWarnings(spec.template, `${path}.template`)]
}

function cronWarnings(object: any, old: any): string[] {
  const found = jobWarnings(object, old, object.spec?.jobTemplate?.spec ?? {}, 'spec.jobTemplate.spec')
  if (old === undefined || !object.spec?.schedule?.includes('TZ')) return found
  const see = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/'
  return [...found, `cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see ${see} for more details`]
}

function serviceWarnings({ metadata, spec = {} }: any): string[] {
  const found: string[] = []
  const { type, clusterIP, clusterIPs = [], externalIPs = [], loadBalancerIP = '', loadBalancerSourceRanges = [] } = spec
  const hints = 'service.kubernetes.io/topology-aware-hints'
  if (metadata.annotations?.[hints] !== undefined) found.push(`annotation ${hints} is deprecated, please use service.kubernetes.io/topology-mode instead`)
  const headless = type !== 'ExternalName' && clusterIP === 'None'
  const addressed = type !== 'ExternalName' && clusterIP && clusterIP !== 'None'
  if (addressed) for (const [i, ip] of clusterIPs.entries()) found.push(...addressWarnings(`spec.clusterIPs[${i}]`, ip))
  if (headless) {
    if (loadBalancerIP !== '') found.push('spec.loadBalancerIP is ignored for headless services')
    if (externalIPs.length > 0) found.push('spec.externalIPs is ignored for headless services')
    if (spec.sessionAffinity !== 'None') found.push('spec.SessionAffinity is ignored for headless services')
  }
  for (const [i, ip] of externalIPs.entries()) found.push(...addressWarnings(`spec.externalIPs[${i}]`, ip))
  if (externalIPs.length > 0 && !headless && type !== 'ExternalName') {
    found.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  }
  if (loadBalancerIP !== '') found.push(...addressWarnings('spec.loadBalancerIP', loadBalancerIP))
  for (const [i, range] of loadBalancerSourceRanges.entries()) found.push(...rangeWarnings(`spec.loadBalancerSourceRanges[${i}]`, range))
  if (type === 'ExternalName' && externalIPs.length > 0) found.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  if (type !== 'ExternalName' && spec.externalName) found.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  if (spec.trafficDistribution === 'PreferClose') found.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  return found
}

function ingressWarnings({ metadata, spec = {} }: any, old: any): string[] {
  const annotation = 'kubernetes.io/ingress.class'
  if (old !== undefined || metadata.annotations?.[annotation] === undefined || spec.ingressClassName !== undefined) return []
  return [`annotation "${annotation}" is deprecated, please use 'spec.ingressClassName' instead`]
}

function networkWarnings({ spec = {} }: any): string[] {
  const found: string[] = []
  for (const [list, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const [i, rule] of (spec[list] ?? []).entries()) {
      for (const [j, { ipBlock }] of (rule[peers] ?? []).entries()) {
        if (!ipBlock) continue
        const at = `spec.${list}[${i}].${peers}[${j}].ipBlock`
        found.push(...rangeWarnings(`${at}.cidr`, ipBlock.cidr))
        for (const [k, range] of (ipBlock.except ?? []).entries()) found.push(...rangeWarnings(`${at}.except[${k}]`, range))
      }
    }
  }
  return found
}

function endpointsWarnings({ metadata, subsets }: any): string[] {
  if (metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return []
  const found: string[] = []
  for (const [i, subset] of (subsets ?? []).entries()) {
    for (const list of ['addresses', 'notReadyAddresses']) {
      for (const [j, { ip }] of (subset[list] ?? []).entries()) found.push(...addressWarnings(`subsets[${i}].${list}[${j}].ip`, ip))
    }
  }
  return found
}

function sliceWarnings({ metadata, addressType, endpoints }: any, old: any): string[] {
  const found = old === undefined && addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []
  const managers = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io']
  if (managers.includes(metadata.labels?.['endpointslice.kubernetes.io/managed-by'])) return found
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return found
  for (const [i, endpoint] of (endpoints ?? []).entries()) {
    for (const [j, ip] of (endpoint.addresses ?? []).entries()) found.push(...addressWarnings(`endpoints[${i}].addresses[${j}]`, ip))
  }
  return found
}

const RETIRED_VOLUMES: [string, string][] = [
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]
const STORAGE_CLASS = 'volume.beta.kubernetes.io/storage-class'

function volumeWarnings({ metadata, spec = {} }: any): string[] {
  const found: string[] = []
  const annotations = metadata.annotations ?? {}
  const deprecated = [
    [STORAGE_CLASS, 'deprecated since v1.8; use "storageClassName" attribute instead'],
    ['volume.beta.kubernetes.io/mount-options', 'deprecated since v1.31; use "mountOptions" attribute instead'],
  ]
  for (const [key, text] of deprecated) if (annotations[key!] !== undefined) found.push(`metadata.annotations[${key}]: ${text}`)
  if (spec.persistentVolumeReclaimPolicy === 'Recycle') {
    const text = 'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.'
    found.push(`spec.persistentVolumeReclaimPolicy: ${text}`)
  }
  for (const [i, term] of (spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).entries()) {
    found.push(...termWarnings(term, false, `spec.nodeAffinity.required.nodeSelectorTerms[${i}]`))
  }
  for (const [key, text] of RETIRED_VOLUMES) if (spec[key] !== undefined) found.push(`spec.${key === 'storageos' ? 'storageOS' : key}: ${text}`)
  return found
}

function claimWarnings({ metadata, spec = {} }: any): string[] {
  const text = `metadata.annotations[${STORAGE_CLASS}]: deprecated since v1.8; use "storageClassName" attribute instead`
  return [...(metadata.annotations?.[STORAGE_CLASS] === undefined ? [] : [text]), ...storageWarnings(spec, 'spec')]
}

function classWarnings({ allowedTopologies }: any): string[] {
  const found: string[] = []
  for (const [i, topology] of (allowedTopologies ?? []).entries()) {
    for (const [j, { key }] of (topology.matchLabelExpressions ?? []).entries()) {
      if (NODE_LABELS.has(key)) found.push(`allowedTopologies[${i}].matchLabelExpressions[${j}].key: ${NODE_LABELS.get(key)}`)
    }
  }
  return found
}

function nodeWarnings({ spec = {} }: any): string[] {
  const found = spec.configSource === undefined ? [] : ['spec.configSource: the feature is removed']
  if (spec.externalID) found.push('spec.externalID: this field is deprecated, and is unused by Kubernetes')
  for (const [i, range] of (spec.podCIDRs ?? []).entries()) found.push(...rangeWarnings(`spec.podCIDRs[${i}]`, range))
  return found
}

function secretWarnings({ type, data = {} }: any): string[] {
  if (type !== 'kubernetes.io/tls') return []
  for (const [key, word] of [
    ['tls.crt', 'certificate'],
    ['tls.key', 'key'],
  ] as const) {
    if (!/-----BEGIN ([^-]+)-----\r?\n[\s\S]*-----END \1-----/.test(decodeBase64(data[key] ?? ''))) return [`tls: failed to find any PEM data in ${word} input`]
  }
  return []
}

function quotaWarnings({ spec }: any, old: any): string[] {
  const hard: Record<string, string> = spec?.hard ?? {}
  const found: string[] = []
  for (const name of ['cpu', 'memory', 'storage', 'ephemeral-storage']) {
    const bare = hard[`requests.${name}`] === undefined && (name === 'cpu' || name === 'memory')
    const [request, limit] = [bare ? name : `requests.${name}`, `limits.${name}`]
    const [low, high] = [hard[request], hard[limit]]
    if (old !== undefined || low === undefined || high === undefined || compareQuantity(low, high) <= 0) continue
    found.push(`ResourceQuota ${request} (${low}) should be less than ${limit} (${high})`)
  }
  return found
}

function accountWarnings({ metadata }: any, old: any): string[] {
  const key = 'kubernetes.io/enforce-mountable-secrets'
  if (metadata.annotations?.[key] === undefined || old?.metadata.annotations?.[key] !== undefined) return []
  return [`metadata.annotations[${key}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`]
}

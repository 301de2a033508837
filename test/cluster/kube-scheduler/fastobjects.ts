// fastobjects.ts: random Nodes, Pods and what stands beside them, for clusters on which two schedulers are compared.

import type { Node } from '../../../src/api/node.ts'
import type { Pod } from '../../../src/api/pod.ts'
import type { ProfileConfig } from '../../../src/cluster/kube-scheduler/profile.ts'
import { int, type Random } from '../../../src/kernel/random.ts'

export const pick = <T>(random: Random, list: readonly T[]): T => list[int(random, list.length)]!
export const chance = (random: Random, percent: number): boolean => int(random, 100) < percent
const some = <T>(random: Random, most: number, make: () => T): T[] => Array.from({ length: 1 + int(random, most) }, make)

const ZONE = 'topology.kubernetes.io/zone'
const HOST = 'kubernetes.io/hostname'
const KEYS = [ZONE, ZONE, HOST, 'rack']
const APPS = ['a', 'b', 'c', 'd']
const NAMESPACES = ['default', 'default', 'other']
const IMAGES = ['web:1', 'db', 'reg.io/big:2']
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** What all of one cluster have in common. */
export interface Climate {
  zones: string[]
  /** In percent: how often Pods have wishes of each kind. */
  volumes: number
  affinity: number
  spread: number
  priorities: number
  /** Pods a node at first. */
  crowd: number
}

export const climate = (random: Random): Climate => ({
  zones: ['za', 'zb', 'zc', 'zd'].slice(0, int(random, 5)),
  volumes: pick(random, [0, 0, 0, 25]),
  affinity: pick(random, [0, 10, 30]),
  spread: pick(random, [0, 20, 50]),
  priorities: pick(random, [0, 30, 60]),
  crowd: pick(random, [1, 3, 3, 9]),
})

export function randomNode(random: Random, { zones }: Climate, name: string): Node {
  const labels: Record<string, string> = {}
  if (chance(random, 95)) labels[HOST] = name
  if (zones.length > 0 && chance(random, 92)) labels[ZONE] = pick(random, zones)
  if (chance(random, 20)) labels['topology.kubernetes.io/region'] = pick(random, ['r1', 'r2'])
  if (chance(random, 60)) labels['rack'] = pick(random, ['1', '2', '3', ''])
  if (chance(random, 40)) labels['disk'] = pick(random, ['ssd', 'hdd'])
  const extended: Record<string, string> = chance(random, 20) ? { 'example.com/gpu': pick(random, ['1', '4']) } : {}
  const allocatable = {
    cpu: pick(random, ['2', '4', '8', '7900m']),
    ...(chance(random, 96) ? { memory: pick(random, ['4Gi', '8Gi', '16Gi', '7900000Ki']) } : {}),
    pods: pick(random, ['5', '20', '110']),
    'ephemeral-storage': '20Gi',
    ...extended,
  }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels },
    spec: { ...(chance(random, 5) ? { unschedulable: true } : {}), ...(chance(random, 15) ? { taints: some(random, 2, () => taint(random)) } : {}) },
    status: {
      allocatable,
      ...(chance(random, 40) ? { images: some(random, 2, () => image(random)) } : {}),
      ...(chance(random, 25) ? { declaredFeatures: ['VolumeBindMountOptions'] } : {}),
    },
  } as Node
}

const taint = (random: Random) => ({ key: pick(random, ['k1', 'k2']), value: pick(random, ['', 'v']), effect: pick(random, EFFECTS) })
const image = (random: Random) => ({
  names: [pick(random, ['web:1', 'db:latest', 'reg.io/big:2'])],
  sizeBytes: pick(random, [10_000_000, 300_000_000, 900_000_000, 2_000_000_000]),
})

/** Another version of the Node, with one thing changed. */
export function changedNode(random: Random, weather: Climate, node: Node): Node {
  const other = randomNode(random, weather, node.metadata.name)
  const { metadata, spec, status } = node
  const version = { ...metadata, resourceVersion: String(Number(metadata.resourceVersion) + 1) }
  const changes: Node[] = [
    { ...node, metadata: { ...version, labels: other.metadata.labels } },
    { ...node, metadata: version, spec: other.spec },
    { ...node, metadata: version, status: { ...status, allocatable: other.status.allocatable } },
    { ...node, metadata: version, status: { ...status, images: other.status.images } },
    { ...node, metadata: version, status: { ...status, declaredFeatures: other.status.declaredFeatures } },
    { ...node, metadata: version, spec: { ...spec, unschedulable: !spec.unschedulable } },
    { ...node, metadata: version },
  ]
  return pick(random, changes)
}

const quantity = (random: Random) => ({
  ...(chance(random, 70) ? { cpu: pick(random, ['0', '50m', '100m', '500m', '1', '3']) } : {}),
  ...(chance(random, 60) ? { memory: pick(random, ['64Mi', '256Mi', '1Gi', '3Gi', '100M']) } : {}),
  ...(chance(random, 8) ? { 'ephemeral-storage': '6Gi' } : {}),
  ...(chance(random, 6) ? { 'example.com/gpu': '1' } : {}),
})

const selector = (random: Random): any =>
  pick(random, [
    { matchLabels: { app: pick(random, APPS) } },
    { matchLabels: { app: pick(random, APPS) } },
    { matchExpressions: [{ key: 'app', operator: pick(random, ['In', 'NotIn']), values: [pick(random, APPS), pick(random, APPS)] }] },
    { matchExpressions: [{ key: 'tier', operator: pick(random, ['Exists', 'DoesNotExist']) }] },
    {},
    undefined,
  ])

const term = (random: Random): any => ({
  topologyKey: pick(random, KEYS),
  labelSelector: selector(random),
  ...(chance(random, 15) ? { namespaces: [pick(random, NAMESPACES)] } : {}),
  ...(chance(random, 15) ? { namespaceSelector: pick(random, [{}, { matchLabels: { team: 'x' } }]) } : {}),
})

/** Some mean Pods of its own app, some say the same twice. */
function podAffinity(random: Random, app: string): any {
  const wish = () => ({ weight: 1 + int(random, 100), podAffinityTerm: term(random) })
  if (chance(random, 10))
    return { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: pick(random, KEYS), labelSelector: { matchLabels: { app } } }] }
  if (chance(random, 10)) {
    const twice = wish()
    return { preferredDuringSchedulingIgnoredDuringExecution: [twice, twice, wish()] }
  }
  return {
    ...(chance(random, 30) ? { requiredDuringSchedulingIgnoredDuringExecution: some(random, 2, () => term(random)) } : {}),
    ...(chance(random, 65) ? { preferredDuringSchedulingIgnoredDuringExecution: some(random, 2, wish) } : {}),
  }
}

const nodeTerm = (random: Random, names: string[]): any =>
  pick(random, [
    { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] },
    { matchExpressions: [{ key: 'disk', operator: pick(random, ['Exists', 'DoesNotExist']) }] },
    { matchExpressions: [{ key: 'rack', operator: pick(random, ['Gt', 'Lt']), values: ['2'] }] },
    { matchExpressions: [{ key: ZONE, operator: 'NotIn', values: ['za'] }] },
    { matchFields: [{ key: 'metadata.name', operator: 'In', values: [pick(random, names)] }] },
    {},
  ])

function nodeAffinity(random: Random, names: string[]): any {
  const required = { nodeSelectorTerms: some(random, 2, () => nodeTerm(random, names)) }
  return {
    ...(chance(random, 40) ? { requiredDuringSchedulingIgnoredDuringExecution: required } : {}),
    ...(chance(random, 70)
      ? { preferredDuringSchedulingIgnoredDuringExecution: some(random, 3, () => ({ weight: 1 + int(random, 100), preference: nodeTerm(random, names) })) }
      : {}),
  }
}

const constraint = (random: Random): any => {
  const hard = chance(random, 50)
  return {
    topologyKey: pick(random, KEYS),
    maxSkew: 1 + int(random, 3),
    whenUnsatisfiable: hard ? 'DoNotSchedule' : 'ScheduleAnyway',
    labelSelector: selector(random),
    ...(hard && chance(random, 30) ? { minDomains: 1 + int(random, 4) } : {}),
    ...(chance(random, 25) ? { nodeAffinityPolicy: pick(random, ['Ignore', 'Honor']) } : {}),
    ...(chance(random, 25) ? { nodeTaintsPolicy: pick(random, ['Ignore', 'Honor']) } : {}),
    ...(chance(random, 15) ? { matchLabelKeys: ['tier'] } : {}),
  }
}

const toleration = (random: Random): any =>
  pick(random, [
    { operator: 'Exists' },
    { key: 'k1', operator: 'Exists', effect: pick(random, [...EFFECTS, '']) },
    { key: 'k2', value: 'v', effect: 'PreferNoSchedule' },
    { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
  ])

const volume = (random: Random): any =>
  pick(random, [
    { name: 'v', persistentVolumeClaim: { claimName: pick(random, CLAIMS) } },
    { name: 'v', persistentVolumeClaim: { claimName: pick(random, CLAIMS) } },
    { name: 'v', gcePersistentDisk: { pdName: pick(random, ['d1', 'd2']), readOnly: chance(random, 50) } },
    { name: 'v', image: { reference: 'web:1' } },
    { name: 'v', emptyDir: {} },
  ])

const CLAIMS = ['bound', 'local', 'wait', 'once', 'missing']

function affinityFor(random: Random, { affinity }: Climate, names: string[], app: string): any {
  if (!chance(random, 12 + affinity)) return {}
  const made: any = {}
  if (chance(random, 30)) made.nodeAffinity = nodeAffinity(random, names)
  if (chance(random, affinity)) made.podAffinity = podAffinity(random, app)
  if (chance(random, affinity)) made.podAntiAffinity = podAffinity(random, app)
  return { affinity: made }
}

function containers(random: Random): any {
  const container = (name: string): any => ({
    name,
    image: pick(random, IMAGES),
    resources: { requests: quantity(random) },
    ...(chance(random, 6) ? { ports: [{ containerPort: 80, hostPort: pick(random, [80, 81]), hostIP: pick(random, ['', '10.0.0.1', '10.0.0.2']) }] } : {}),
    ...(chance(random, 6) ? { volumeMounts: [{ name: 'v', mountPath: '/v', bindMountOptions: ['noexec'] }] } : {}),
  })
  const init = () => ({ ...container('i'), ...(chance(random, 40) ? { restartPolicy: 'Always' } : {}) })
  return { containers: some(random, 2, () => container('c')), ...(chance(random, 10) ? { initContainers: some(random, 2, init) } : {}) }
}

interface Template {
  metadata: any
  spec: any
}

/** A template, from which several Pods may be made. `names` are those of nodes. */
export function randomTemplate(random: Random, weather: Climate, names: string[]): Template {
  const app = pick(random, APPS)
  const owner = { apiVersion: 'apps/v1', kind: pick(random, ['ReplicaSet', 'ReplicaSet', 'StatefulSet']), name: app, uid: app, controller: true }
  const priority = chance(random, weather.priorities) ? pick(random, [10, 100]) : 0
  const labels = { app, ...(chance(random, 40) ? { tier: pick(random, ['x', 'y']) } : {}) }
  return {
    metadata: {
      namespace: pick(random, NAMESPACES),
      ...(chance(random, 93) ? { labels } : {}),
      ...(chance(random, 60) ? { ownerReferences: [owner] } : {}),
    },
    spec: {
      ...containers(random),
      schedulerName: 'default-scheduler',
      priority,
      ...(chance(random, 5) ? { preemptionPolicy: 'Never' } : {}),
      ...(chance(random, 25) ? { tolerations: some(random, 2, () => toleration(random)) } : {}),
      ...(chance(random, 8) ? { nodeSelector: { disk: pick(random, ['ssd', 'hdd']) } } : {}),
      ...affinityFor(random, weather, names, app),
      ...(chance(random, weather.spread) ? { topologySpreadConstraints: some(random, 3, () => constraint(random)) } : {}),
      ...(chance(random, weather.volumes) ? { volumes: [volume(random)] } : {}),
      ...(chance(random, 4) ? { overhead: { cpu: '10m', memory: '16Mi' } } : {}),
      ...(chance(random, 4) ? { resources: { requests: { cpu: '300m', memory: '200Mi' } } } : {}),
    },
  }
}

/** The template with one part of the other's. */
export function mixedTemplate(random: Random, template: Template, other: Template): Template {
  const inMetadata = chance(random, 25)
  const [from, into] = inMetadata ? [other.metadata, template.metadata] : [other.spec, template.spec]
  const name = pick(random, [...new Set([...Object.keys(from), ...Object.keys(into)])])
  const mixed = { ...into, [name]: from[name] }
  return inMetadata ? { ...template, metadata: mixed } : { ...template, spec: mixed }
}

/** A Pod of a template; some share the template's parts, others are equal only. */
export function podOf(random: Random, template: Template, name: string): Pod {
  const { metadata, spec } = chance(random, 50) ? template : structuredClone(template)
  const identity = { name, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '' }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, ...identity }, spec, status: { phase: 'Pending' } } as Pod
}

/** Another version of a Pod on a node. */
export function changedPod(random: Random, pod: Pod): Pod {
  const status = { ...pod.status, containerStatuses: [{ name: 'c', resources: { requests: quantity(random) } }] } as any
  const condition = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }
  return pick(random, [
    { ...pod, metadata: { ...pod.metadata, labels: { app: pick(random, APPS) } } },
    { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
    { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' }, status: { ...pod.status, conditions: [condition] } as any },
    { ...pod, status },
    { ...pod, status: { ...pod.status, phase: 'Running', startTime: `2026-01-01T00:00:0${int(random, 10)}Z` } },
  ] as Pod[])
}

export function randomConfig(random: Random): ProfileConfig {
  if (chance(random, 60)) return {}
  const resources = [
    { name: 'cpu', weight: 1 + int(random, 3) },
    { name: 'memory', weight: 1 },
    { name: 'example.com/gpu', weight: 5 },
    { name: 'ephemeral-storage', weight: 1 },
  ].slice(0, 1 + int(random, 4))
  const shape = [
    { utilization: 0, score: int(random, 11) },
    { utilization: 70, score: int(random, 11) },
    { utilization: 100, score: int(random, 11) },
  ]
  return pick(random, [
    { scoringStrategy: { type: 'MostAllocated', resources } },
    { scoringStrategy: { type: 'LeastAllocated', resources } },
    { scoringStrategy: { type: 'RequestedToCapacityRatio', resources, shape } },
    { weights: { PodTopologySpread: 7, NodeResourcesFit: 3, InterPodAffinity: 0, ImageLocality: 4 }, hardPodAffinityWeight: pick(random, [0, 10]) },
    { percentageOfNodesToScore: 30 },
    { defaultConstraints: [{ maxSkew: 1, topologyKey: 'rack' }] },
    { disabled: [pick(random, ['ImageLocality', 'PodTopologySpread', 'TaintToleration'])] },
  ] as ProfileConfig[])
}

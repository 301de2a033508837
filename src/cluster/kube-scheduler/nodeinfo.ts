// nodeinfo.ts: a Pod and a Node as the scheduler sees them: requests counted, ports and terms read once.
// Models k8s.io/kubernetes/pkg/scheduler/framework/types.go
// Differs: values are immutable; a node with one Pod more is a new value

import type { Node } from '../../api/node.ts'
import type { Container, Pod, ResourceList } from '../../api/pod.ts'
import { milliValue, unitValue } from '../../api/quantity.ts'
import { share } from '../../kernel/share.ts'
import { type AffinityTerm, affinityTerm, type WeightedTerm } from './terms.ts'

const DEFAULT_MILLI_CPU = 100
const DEFAULT_MEMORY = 209_715_200

/** Resource name to amount: cpu in thousandths, all else in whole units. */
export type Resources = Record<string, number>

export interface HostPort {
  ip: string
  protocol: string
  port: number
}

export interface PodInfo {
  pod: Pod
  key: string
  uid: string
  namespace: string
  labels: Record<string, string>
  priority: number
  terminating: boolean
  /** What it asks for, by its spec. */
  requests: Resources
  /** What it counts for on a node: running resizes included. */
  used: Resources
  /** The same for scores: cpu and memory have defaults where nothing is asked for. */
  usedNonZero: Resources
  /** What LeastAllocated counts for it while it is incoming. */
  incomingNonZero: Resources
  ports: HostPort[]
  requiredAffinity: AffinityTerm[]
  requiredAntiAffinity: AffinityTerm[]
  preferredAffinity: WeightedTerm[]
  preferredAntiAffinity: WeightedTerm[]
}

export interface NodeInfo {
  node: Node
  name: string
  labels: Record<string, string>
  pods: readonly PodInfo[]
  podsWithAffinity: readonly PodInfo[]
  podsWithRequiredAntiAffinity: readonly PodInfo[]
  requested: Resources
  nonZero: Resources
  allocatable: Resources
  ports: readonly HostPort[]
}

const NONE: Record<string, string> = {}
const known = new WeakMap<object, PodInfo>()

/** Read once for each version of a Pod. */
export function podInfo(pod: Pod): PodInfo {
  let info = known.get(pod)
  if (info === undefined) {
    info = share(read(pod))
    known.set(pod, info)
  }
  return info
}

/** The same of another version of the Pod: of a new status only what its containers were given is read. */
export function podInfoAfter(before: PodInfo | undefined, pod: Pod): PodInfo {
  if (before === undefined || before.pod.spec !== pod.spec || before.pod.metadata.labels !== pod.metadata.labels) return podInfo(pod)
  if (!givenTheSame(before.pod.status?.containerStatuses, pod.status?.containerStatuses)) return podInfo(pod)
  if (!givenTheSame(before.pod.status?.initContainerStatuses, pod.status?.initContainerStatuses)) return podInfo(pod)
  if (resizePending(before.pod) || resizePending(pod)) return podInfo(pod)
  const info = share({ ...before, pod, terminating: pod.metadata.deletionTimestamp !== undefined })
  known.set(pod, info)
  return info
}

const resizePending = (pod: Pod): boolean => pod.status?.conditions?.some(c => c.type === 'PodResizePending') === true

function givenTheSame(before: any[] | undefined, after: any[] | undefined): boolean {
  if (before === after) return true
  if (before === undefined || before.length !== after?.length) return false
  return before.every((s, i) => {
    const other = after[i]
    return s.name === other.name && sameList(s.allocatedResources, other.allocatedResources) && sameList(s.resources?.requests, other.resources?.requests)
  })
}

function sameList(a: ResourceList | undefined, b: ResourceList | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined) return false
  for (const name in a) if (a[name] !== b[name]) return false
  for (const name in b) if (a[name] === undefined) return false
  return true
}

function read(pod: Pod): PodInfo {
  const { metadata, spec } = pod
  const namespace = metadata.namespace ?? 'default'
  const affinity = spec.affinity?.podAffinity
  const anti = spec.affinity?.podAntiAffinity
  const required = (list: any[] | undefined) => (list ?? []).map(term => affinityTerm(term, namespace))
  const preferred = (list: any[] | undefined) =>
    (list ?? []).map(({ weight, podAffinityTerm }: any) => ({ weight, term: affinityTerm(podAffinityTerm, namespace) }))
  const used = podTotals(pod, { status: true })
  const podLevel = spec.resources?.requests
  const missing = podLevel === undefined || Object.keys(podLevel).length === 0 ? DEFAULTS : withoutThose(DEFAULTS, used)
  return {
    pod,
    key: `${namespace}/${metadata.name}`,
    uid: metadata.uid ?? metadata.name,
    namespace,
    labels: metadata.labels ?? NONE,
    priority: spec.priority ?? 0,
    terminating: metadata.deletionTimestamp !== undefined,
    requests: podTotals(pod, {}),
    used,
    usedNonZero: podTotals(pod, { status: true, missing }),
    incomingNonZero: podTotals(pod, { missing: DEFAULTS, skipPodLevel: true }),
    ports: hostPorts(pod),
    requiredAffinity: required(affinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAntiAffinity: required(anti?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: preferred(affinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAntiAffinity: preferred(anti?.preferredDuringSchedulingIgnoredDuringExecution),
  }
}

const DEFAULTS: Resources = { cpu: DEFAULT_MILLI_CPU, memory: DEFAULT_MEMORY }

function withoutThose(defaults: Resources, present: Resources): Resources {
  const out: Resources = {}
  for (const name in defaults) if (present[name] === undefined) out[name] = defaults[name]!
  return out
}

/** Amounts of a list of quantities. */
export function amounts(list: ResourceList | undefined): Resources {
  const out: Resources = {}
  for (const name in list) out[name] = amount(name, list[name])
  return out
}

export const amount = (name: string, quantity: string | undefined): number => (name === 'cpu' ? milliValue(quantity) : unitValue(quantity))

interface TotalOptions {
  /** Count what the kubelet has allocated and enacted, too. */
  status?: boolean
  /** For each container that does not ask for it. */
  missing?: Resources
  skipPodLevel?: boolean
}

/** The larger of running containers with sidecars and the hungriest moment of initialisation; the Pod's own requests; overhead. */
function podTotals(pod: Pod, options: TotalOptions): Resources {
  const { spec } = pod
  const totals: Resources = {}
  for (const container of spec.containers ?? []) add(totals, requestsOf(pod, container, options, false))
  const sidecars: Resources = {}
  const peak: Resources = {}
  for (const container of spec.initContainers ?? []) {
    let need = requestsOf(pod, container, options, true)
    if (container.restartPolicy === 'Always') {
      add(totals, need)
      add(sidecars, need)
      need = { ...sidecars }
    } else add(need, sidecars)
    raise(peak, need)
  }
  raise(totals, peak)
  if (!options.skipPodLevel) {
    const own = amounts(spec.resources?.requests)
    for (const name in own) if (name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) totals[name] = own[name]!
  }
  add(totals, amounts(spec.overhead))
  return totals
}

function requestsOf(pod: Pod, container: Container, options: TotalOptions, init: boolean): Resources {
  let out = amounts(container.resources?.requests)
  if (options.status && (!init || container.restartPolicy === 'Always')) {
    const statuses = init ? pod.status?.initContainerStatuses : pod.status?.containerStatuses
    const found: any = statuses?.find(s => s.name === container.name)
    if (found?.resources || found?.allocatedResources) {
      const infeasible = pod.status?.conditions?.some(c => c.type === 'PodResizePending' && c.status === 'True' && c.reason === 'Infeasible')
      if (infeasible) out = {}
      raise(out, amounts(found.allocatedResources))
      raise(out, amounts(found.resources?.requests))
    }
  }
  for (const name in options.missing) if (out[name] === undefined) out[name] = options.missing[name]!
  return out
}

function add(totals: Resources, more: Resources): void {
  for (const name in more) totals[name] = (totals[name] ?? 0) + more[name]!
}

function raise(totals: Resources, other: Resources): void {
  for (const name in other) if ((totals[name] ?? -1) < other[name]!) totals[name] = other[name]!
}

/** Ports on the host, of containers and sidecars. */
function hostPorts(pod: Pod): HostPort[] {
  const out: HostPort[] = []
  const take = (container: Container) => {
    for (const port of container.ports ?? []) {
      if ((port.hostPort ?? 0) > 0) out.push({ ip: port.hostIP || '0.0.0.0', protocol: port.protocol || 'TCP', port: port.hostPort! })
    }
  }
  for (const container of pod.spec.initContainers ?? []) if (container.restartPolicy === 'Always') take(container)
  for (const container of pod.spec.containers ?? []) take(container)
  return out
}

export const portsConflict = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0')

/** A Node with nothing on it. */
export function nodeInfo(node: Node, pods: readonly PodInfo[] = []): NodeInfo {
  const info: NodeInfo = {
    node,
    name: node.metadata.name,
    labels: node.metadata.labels ?? NONE,
    pods,
    podsWithAffinity: pods.filter(hasAffinity),
    podsWithRequiredAntiAffinity: pods.filter(hasRequiredAntiAffinity),
    requested: {},
    nonZero: {},
    allocatable: amounts(node.status?.allocatable),
    ports: pods.flatMap(p => p.ports),
  }
  for (const pod of pods) {
    add(info.requested, pod.used)
    add(info.nonZero, pod.usedNonZero)
  }
  return share(info)
}

const hasAffinity = (p: PodInfo): boolean =>
  p.requiredAffinity.length + p.requiredAntiAffinity.length + p.preferredAffinity.length + p.preferredAntiAffinity.length > 0
const hasRequiredAntiAffinity = (p: PodInfo): boolean => p.requiredAntiAffinity.length > 0

/** The same Node with one Pod more. */
export function withPod(info: NodeInfo, pod: PodInfo): NodeInfo {
  return share({
    ...info,
    pods: [...info.pods, pod],
    podsWithAffinity: hasAffinity(pod) ? [...info.podsWithAffinity, pod] : info.podsWithAffinity,
    podsWithRequiredAntiAffinity: hasRequiredAntiAffinity(pod) ? [...info.podsWithRequiredAntiAffinity, pod] : info.podsWithRequiredAntiAffinity,
    requested: sum(info.requested, pod.used, 1),
    nonZero: sum(info.nonZero, pod.usedNonZero, 1),
    ports: pod.ports.length > 0 ? [...info.ports, ...pod.ports] : info.ports,
  })
}

/** The same Node with one Pod less; by the Pod's uid. The last Pod takes its place, which shows in who is preempted among equals. */
export function withoutPod(info: NodeInfo, pod: PodInfo): NodeInfo {
  const i = info.pods.findIndex(p => p.uid === pod.uid)
  if (i < 0) return info
  const found = info.pods[i]!
  const pods = [...info.pods]
  pods[i] = pods.at(-1)!
  pods.pop()
  return share({
    ...info,
    pods,
    podsWithAffinity: hasAffinity(found) ? info.podsWithAffinity.filter(p => p !== found) : info.podsWithAffinity,
    podsWithRequiredAntiAffinity: hasRequiredAntiAffinity(found)
      ? info.podsWithRequiredAntiAffinity.filter(p => p !== found)
      : info.podsWithRequiredAntiAffinity,
    requested: sum(info.requested, found.used, -1),
    nonZero: sum(info.nonZero, found.usedNonZero, -1),
    ports: found.ports.length > 0 ? pods.flatMap(p => p.ports) : info.ports,
  })
}

/** The same Node with another version of a Pod, at the place where it would be if it had gone and come again. */
export function withPodAgain(info: NodeInfo, before: PodInfo, pod: PodInfo): NodeInfo {
  if (before.used !== pod.used || before.usedNonZero !== pod.usedNonZero || before.ports !== pod.ports || hasAffinity(before))
    return withPod(withoutPod(info, before), pod)
  const i = info.pods.findIndex(p => p.uid === pod.uid)
  if (i < 0) return withPod(info, pod)
  const pods = [...info.pods]
  pods[i] = pods.at(-1)!
  pods[pods.length - 1] = pod
  return share({ ...info, pods })
}

/** The same Pods on another version of the Node. */
export function withNode(info: NodeInfo, node: Node): NodeInfo {
  return share({ ...info, node, labels: node.metadata.labels ?? NONE, allocatable: amounts(node.status?.allocatable) })
}

function sum(totals: Resources, more: Resources, sign: 1 | -1): Resources {
  const out = { ...totals }
  for (const name in more) out[name] = (out[name] ?? 0) + sign * more[name]!
  return out
}

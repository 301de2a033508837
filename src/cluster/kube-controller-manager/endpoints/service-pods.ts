// service-pods.ts: which pods stand behind a Service, on which ports, and since when: for Endpoints and EndpointSlices alike.
// Models k8s.io/endpointslice/util/{controller_utils,trigger_time_tracker}.go
// Differs: nothing known

import { mapMatches } from '../../../api/labels.ts'
import type { Pod } from '../../../api/pod.ts'
import type { Service, ServicePort } from '../../../api/service.ts'
import { parseTime, rfc3339 } from '../../../api/time.ts'
import type { Io } from '../../../kernel/machine.ts'
import { byIndex, type Change, keyOf } from '../../client/informer.ts'
import { isPodReady, isPodTerminal, podCondition, same } from '../pods.ts'
import type { ManagerState } from '../state.ts'

/** Does a controller make endpoints for this Service? */
export const hasEndpoints = (service: Service): boolean => service.spec.selector !== undefined && service.spec.type !== 'ExternalName'

export const podsOfService = (state: ManagerState, service: Service): Pod[] =>
  byIndex<Pod>(state, 'pods', 'namespace', service.metadata.namespace ?? '').filter(pod => mapMatches(service.spec.selector, pod.metadata.labels))

/** A pod without an IP or with its work behind it is no endpoint; one that is being deleted only where that is wanted. */
export function isEndpoint(pod: Pod, terminatingToo: boolean): boolean {
  if (isPodTerminal(pod) || !pod.status?.podIP) return false
  return terminatingToo || pod.metadata.deletionTimestamp === undefined
}

/** Every address is published, ready or not. */
export const publishesNotReady = (service: Service): boolean => service.spec.publishNotReadyAddresses === true

/** The port number that a Service's target port means in this pod; undefined where it has no such name. */
export function targetPort(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target === 0 ? port.port : target
  const sidecars = (pod.spec.initContainers ?? []).filter(c => c.restartPolicy === 'Always')
  for (const container of [...pod.spec.containers, ...sidecars])
    for (const p of container.ports ?? []) if (p.name === target && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return p.containerPort
  return undefined
}

/** The host name of an endpoint: of pods whose subdomain is the Service. */
export function hostnameOf(pod: Pod, service: Service): string | undefined {
  return pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined
}

export const targetRefOf = (pod: Pod) => ({ kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid })

/** The keys of the Services to look at after a change of a pod. */
export function servicesTouched(state: ManagerState, change: Change<Pod>): string[] {
  const pod = change.object
  const services = byIndex<Service>(state, 'services', 'namespace', pod.metadata.namespace ?? '')
  const behind = (p: Pod) => services.filter(s => hasEndpoints(s) && mapMatches(s.spec.selector, p.metadata.labels)).map(keyOf)
  if (change.type !== 'update') return services.length === 0 ? [] : behind(pod)
  const { old } = change
  if (services.length === 0 || old.metadata.resourceVersion === pod.metadata.resourceVersion) return []
  const labelsChanged = !same(old.metadata.labels, pod.metadata.labels) || old.spec.hostname !== pod.spec.hostname || old.spec.subdomain !== pod.spec.subdomain
  const changed = endpointChanged(old, pod)
  if (!changed && !labelsChanged) return []
  const now = behind(pod)
  if (!labelsChanged) return now
  const before = behind(old)
  if (changed) return [...new Set([...now, ...before])]
  return [...now.filter(key => !before.includes(key)), ...before.filter(key => !now.includes(key))]
}

function endpointChanged(old: Pod, pod: Pod): boolean {
  return (
    old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    isPodReady(old) !== isPodReady(pod) ||
    old.status?.podIP !== pod.status?.podIP ||
    isPodTerminal(old) !== isPodTerminal(pod) ||
    old.spec.nodeName !== pod.spec.nodeName
  )
}

/** What a controller last saw of a Service and its pods, to tell when the change began that it is writing about. */
export interface Triggers {
  service: number
  pods: Record<string, number>
}

/** When the earliest change since the last look began, as an annotation says it; undefined if there was none. Remembers this look. */
export function lastChangeTrigger(memory: Map<string, Triggers>, service: Service, pods: Pod[]): string | undefined {
  const key = keyOf(service)
  const before = memory.get(key)
  let earliest: number | undefined
  const seen = (time: number, previous: number | undefined) => {
    if (previous === undefined || time > previous) earliest = earliest === undefined ? time : Math.min(earliest, time)
  }
  const now: Triggers = { service: parseTime(service.metadata.creationTimestamp) ?? 0, pods: {} }
  for (const pod of pods) {
    const time = parseTime(podCondition(pod, 'Ready')?.lastTransitionTime)
    if (time === undefined) continue
    now.pods[pod.metadata.name] = time
    seen(time, before?.pods[pod.metadata.name])
  }
  seen(now.service, before?.service)
  memory.set(key, now)
  return earliest === undefined ? undefined : rfc3339(earliest)
}

/** Queues the Services behind a change of a pod. */
export function onPods(queue: (state: ManagerState, io: Io, key: string) => void): (state: ManagerState, io: Io, change: Change<Pod>) => void {
  return (state, io, change) => {
    for (const key of servicesTouched(state, change)) queue(state, io, key)
  }
}

// health.ts: is a node alive? And how many of a zone's nodes are. Pure.
// Models k8s.io/kubernetes/pkg/controller/nodelifecycle/node_lifecycle_controller.go (tryUpdateNodeHealth, ComputeZoneState)
// Differs: grace periods include their last instant, as passes here stand on an exact grid of 5 s

import type { Lease } from '../../../api/config.ts'
import type { Node, NodeCondition } from '../../../api/node.ts'
import { parseTime, rfc3339 } from '../../../api/time.ts'

export const GRACE_MS = 50_000
export const STARTUP_GRACE_MS = 60_000

/** What the controller remembers of a node. Times in ms, by the controller's own clock. */
export interface NodeHealth {
  probedAt: number
  ready: NodeCondition | undefined
  renewTime: string | undefined
}

/** `observed`: the Ready condition as it is; `silent`: nothing was heard for too long. */
export interface Judgement {
  health: NodeHealth
  observed: Pick<NodeCondition, 'status'> & Partial<NodeCondition>
  silent: boolean
}

export const conditionOf = (node: Node, type: string): NodeCondition | undefined => node.status?.conditions?.find(c => c.type === type)

/** A heartbeat in the status or a renewed Lease counts as heard now. */
export function judgeNode(node: Node, lease: Lease | undefined, before: NodeHealth | undefined, now: number): Judgement {
  const ready = conditionOf(node, 'Ready')
  let probedAt = before?.probedAt ?? (ready ? now : (parseTime(node.metadata.creationTimestamp) ?? 0))
  if (before) {
    if ((before.ready === undefined) !== (ready === undefined)) probedAt = now
    else if (ready && ready.lastHeartbeatTime !== before.ready!.lastHeartbeatTime) probedAt = now
  }
  let renewTime = before?.renewTime
  const seen = lease?.spec?.renewTime
  if (seen !== undefined && seen !== renewTime && (renewTime === undefined || (parseTime(seen) ?? 0) > (parseTime(renewTime) ?? 0))) {
    renewTime = seen
    probedAt = now
  }
  const grace = ready ? GRACE_MS : STARTUP_GRACE_MS
  return {
    health: { probedAt, ready, renewTime },
    observed: ready ?? { type: 'Ready', status: 'Unknown' },
    silent: now >= probedAt + grace,
  }
}

/** The conditions of a node of which nothing is heard: what the kubelet reports becomes unknown. The same list if they are so already. */
export function unknownConditions(node: Node, now: number): NodeCondition[] {
  const conditions = node.status?.conditions ?? []
  let out = conditions
  for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']) {
    const current = conditions.find(c => c.type === type)
    if (!current) {
      const made = {
        type,
        status: 'Unknown',
        lastHeartbeatTime: node.metadata.creationTimestamp,
        lastTransitionTime: rfc3339(now),
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
      } as NodeCondition
      out = [...out, made]
    } else if (current.status !== 'Unknown') {
      const made = {
        ...current,
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: rfc3339(now),
      } as NodeCondition
      out = out.map(c => (c === current ? made : c))
    }
  }
  return out
}

export type ZoneState = 'Initial' | 'Normal' | 'FullDisruption' | 'PartialDisruption'

const UNHEALTHY_FRACTION = 0.55
const LARGE_CLUSTER = 50
const EVICTION_QPS = 0.1
const SECONDARY_QPS = 0.01

export function zoneState(ready: boolean[]): ZoneState {
  const notReady = ready.filter(r => !r).length
  if (notReady === ready.length && notReady > 0) return 'FullDisruption'
  return notReady > 2 && notReady / ready.length >= UNHEALTHY_FRACTION ? 'PartialDisruption' : 'Normal'
}

/** Nodes a second that may be tainted in a zone. */
export function taintingRate(state: ZoneState, nodes: number): number {
  if (state !== 'PartialDisruption') return EVICTION_QPS
  return nodes > LARGE_CLUSTER ? SECONDARY_QPS : 0
}

/** Region and zone of a node; '' where it has neither. */
export function zoneOf(node: Node): string {
  const labels = node.metadata.labels ?? {}
  const region = labels['topology.kubernetes.io/region'] ?? ''
  const zone = labels['topology.kubernetes.io/zone'] ?? ''
  return region === '' && zone === '' ? '' : `${region}:${zone}`
}

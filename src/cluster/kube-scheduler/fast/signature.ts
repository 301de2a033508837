// signature.ts: Pods that are alike in all that a decision looks at have one signature, and what was found out for one of them holds for all.
// Models k8s.io/kubernetes/pkg/scheduler/framework/runtime/batch.go (Pod signatures)
// Differs: spread Pods are signed, too, since counts are kept up to date instead of results

import type { Pod } from '../../../api/pod.ts'
import { type PodInfo, podInfo } from '../nodeinfo.ts'
import { claimNames } from '../plugins/volumebinding.ts'
import { isExclusiveDisk } from '../plugins/volumes.ts'
import type { Usage } from './columns.ts'
import type { PodGroup } from './counters.ts'
import type { Incoming } from './incoming.ts'
import type { CarriedTerm } from './interpodaffinity.ts'

export interface Signature {
  /** A Pod with this signature, without its status. */
  sample: PodInfo
  /** Has volumes that the straight plugins have to look at. */
  volumes: boolean
  /** All such Pods that are on a node, be it a ghost. */
  placed: Placed[]
  usage: Usage
  /** Groups to which its Pods belong. */
  groups: { group: PodGroup; times: number }[]
  /** What its affinity says about Pods that come later. */
  carried: CarriedTerm[]
  /** What is known for such a Pod that looks for a node; made when the first one does. */
  incoming: Incoming | undefined
}

/** A Pod on a node. */
export interface Placed {
  pod: Pod
  uid: string
  node: string
  /** -1 on a node that is not there. */
  slot: number
  signature: Signature
  usage: Usage
  /** For the straight plugins, when they are asked. */
  info: PodInfo | undefined
  priority: number
  /** Is on its way out. */
  leaving: boolean
  /** Its place among those of its signature. */
  at: number
}

export interface Signatures {
  byText: Map<string, Signature>
  bySpec: WeakMap<object, { labels: unknown; owners: unknown; namespace: unknown; signature: Signature }>
}

export const newSignatures = (): Signatures => ({ byText: new Map(), bySpec: new WeakMap() })

/** The Pod's signature; `make` makes a new one. */
export function signatureOf(all: Signatures, pod: Pod, make: (sample: PodInfo, volumes: boolean) => Signature): Signature {
  const { metadata, spec } = pod
  const seen = all.bySpec.get(spec)
  if (seen && seen.labels === metadata.labels && seen.owners === metadata.ownerReferences && seen.namespace === metadata.namespace) return seen.signature
  const volumes = claimNames(pod).length > 0 || (spec.volumes ?? []).some(isExclusiveDisk)
  const text = textOf(pod, volumes)
  let signature = all.byText.get(text)
  if (signature === undefined) {
    signature = make(podInfo({ ...pod, status: {} } as Pod), volumes)
    all.byText.set(text, signature)
  }
  all.bySpec.set(spec, { labels: metadata.labels, owners: metadata.ownerReferences, namespace: metadata.namespace, signature })
  return signature
}

/** All that decisions rest on, except for the Pod's name, its status and its claims. */
function textOf({ metadata, spec }: Pod, volumes: boolean): string {
  const owner = metadata.ownerReferences?.find(o => o.controller)
  return JSON.stringify([
    metadata.namespace,
    metadata.labels,
    owner && [owner.apiVersion, owner.kind, owner.name],
    spec.containers,
    spec.initContainers,
    spec.resources?.requests,
    spec.overhead,
    spec.tolerations,
    spec.nodeSelector,
    spec.affinity,
    spec.topologySpreadConstraints,
    [spec.hostNetwork, spec.hostUsers],
    spec.volumes?.flatMap(v => (v.image ? [v.image.reference] : [])),
    volumes,
  ])
}

/** Does the kubelet say anything about what the Pod's containers were given? */
export function hasGiven({ status }: Pod): boolean {
  const told = (s: any): boolean => s.resources !== undefined || s.allocatedResources !== undefined
  return status?.containerStatuses?.some(told) === true || status?.initContainerStatuses?.some(told) === true
}

export function enterPlaced(placed: Placed): void {
  const list = placed.signature.placed
  placed.at = list.length
  list.push(placed)
}

export function leavePlaced(placed: Placed): void {
  const list = placed.signature.placed
  const last = list.pop()!
  if (last === placed) return
  list[placed.at] = last
  last.at = placed.at
}

// volumebinding.ts: claims that are bound must be reachable from the node; those that wait for a node must find a volume there.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder,scorer}.go and component-helpers/storage/volume/pv_helpers.go
// Differs: no translation of in-tree volumes to CSI

import { labelSelectorMatches } from '../../../api/labels.ts'
import type { Node } from '../../../api/node.ts'
import type { Pod } from '../../../api/pod.ts'
import { unitValue } from '../../../api/quantity.ts'
import { type Listers, type Plugin, type PreBindWork, refuseForGood } from '../framework.ts'
import { type NodeInfo, podInfo } from '../nodeinfo.ts'
import { nodeSelectorMatches } from '../terms.ts'

const NAME = 'VolumeBinding'
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const BOUND_BY_US = 'pv.kubernetes.io/bound-by-controller'
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
const NO_PROVISIONER = 'kubernetes.io/no-provisioner'

const NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity"
const BIND_CONFLICT = "node(s) didn't find available persistent volumes to bind"
const PV_NOT_EXIST = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'
const NO_SPACE = 'node(s) did not have enough free storage'

interface Data {
  bound: any[]
  delayed: any[]
  /** What was found for each node: static volumes with their claims, and claims to be provisioned. */
  byNode: Map<string, Found>
}

interface Found {
  static: { volume: any; claim: any }[]
  /** With the storage capacity that was told for the place, in bytes, if any was. */
  dynamic: { claim: any; capacity: number | undefined }[]
}

/** The claims that a Pod names, in the order of its volumes; ephemeral ones by their made-up names. */
export function claimNames(pod: Pod): { name: string; ephemeral: boolean; volume: string }[] {
  return (pod.spec.volumes ?? []).flatMap((v): { name: string; ephemeral: boolean; volume: string }[] => {
    if (v.persistentVolumeClaim) return [{ name: v.persistentVolumeClaim.claimName, ephemeral: false, volume: v.name }]
    return v.ephemeral ? [{ name: `${pod.metadata.name}-${v.name}`, ephemeral: true, volume: v.name }] : []
  })
}

const isFullyBound = (claim: any): boolean => !!claim.spec.volumeName && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined
const classOf = (object: any): string => object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? object.spec.storageClassName ?? ''
const sizeOf = (claim: any): number => unitValue(claim.spec.resources?.requests?.storage)
const keyOf = (claim: any): string => `${claim.metadata.namespace}/${claim.metadata.name}`

/** Why a Pod's claims can not be used at all, on any node. */
function claimProblem(pod: Pod, listers: Listers): string | undefined {
  const namespace = pod.metadata.namespace ?? 'default'
  for (const { name, ephemeral, volume } of claimNames(pod)) {
    const claim = listers.claims.get(`${namespace}/${name}`)
    if (!claim) {
      const missing = `persistentvolumeclaim "${name}" not found`
      return ephemeral ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${pod.metadata.name}-${volume}"` : missing
    }
    if (claim.status?.phase === 'Lost') return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"`
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`
    if (ephemeral && !claim.metadata.ownerReferences?.some((o: any) => o.controller && o.uid === pod.metadata.uid)) {
      return `PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`
    }
  }
  return undefined
}

export const volumeBinding: Plugin = {
  name: NAME,
  events: [
    { resource: 'StorageClass', actions: ['Add'] },
    {
      resource: 'StorageClass',
      actions: ['Update'],
      worth: (_, { old, now }) => JSON.stringify(old.allowedTopologies) !== JSON.stringify(now.allowedTopologies),
    },
    { resource: 'PersistentVolumeClaim', actions: ['Add', 'Update'], worth: (pod, { now }) => namesClaim(pod.pod, now) },
    { resource: 'PersistentVolume', actions: ['Add', 'Update'] },
    { resource: 'Node', actions: ['Add', 'UpdateNodeLabel'] },
    { resource: 'CSINode', actions: ['Add', 'Update'] },
    { resource: 'CSIDriver', actions: ['Update'] },
    { resource: 'CSIStorageCapacity', actions: ['Add', 'Update'] },
  ],
  preFilter(cycle) {
    const { pod } = cycle.pod
    const { listers } = cycle.snapshot
    const names = claimNames(pod)
    if (names.length === 0) return 'skip'
    const problem = claimProblem(pod, listers)
    if (problem !== undefined) return refuseForGood(problem)
    const data: Data = { bound: [], delayed: [], byNode: new Map() }
    for (const { name } of names) {
      const claim = listers.claims.get(`${cycle.pod.namespace}/${name}`)
      if (isFullyBound(claim)) data.bound.push(claim)
      else if (!claim.spec.volumeName && listers.storageClasses.get(classOf(claim))?.volumeBindingMode === 'WaitForFirstConsumer') data.delayed.push(claim)
      else return refuseForGood('pod has unbound immediate PersistentVolumeClaims')
    }
    cycle.data[NAME] = data
    return undefined
  },
  filter(cycle, node) {
    const data: Data = cycle.data[NAME]
    const { listers } = cycle.snapshot
    const reasons = new Set<string>()
    for (const claim of data.bound) {
      const volume = listers.volumes.get(claim.spec.volumeName)
      if (!volume) reasons.add(PV_NOT_EXIST)
      else if (!reachable(volume, node.node)) reasons.add(NODE_CONFLICT)
    }
    if (data.delayed.length > 0) {
      const found = findVolumes(data.delayed, node, listers)
      if (typeof found === 'string') reasons.add(found)
      else data.byNode.set(node.name, found)
    }
    const order = [NODE_CONFLICT, BIND_CONFLICT, PV_NOT_EXIST, NO_SPACE]
    return reasons.size === 0 ? undefined : refuseForGood(...order.filter(r => reasons.has(r)))
  },
  score(cycle, node) {
    const data: Data | undefined = cycle.data[NAME]
    const found = data?.byNode.get(node.name)
    return found ? emptiness(found) : 0
  },
  preBind(cycle, node): PreBindWork | undefined {
    const data: Data | undefined = cycle.data[NAME]
    const found = data?.byNode.get(node.name)
    if (!data || data.delayed.length === 0 || !found) return undefined
    const volumes = found.static.map(({ volume, claim }) => boundTo(volume, claim))
    const claims = found.dynamic.map(({ claim }) => annotated(claim, SELECTED_NODE, node.name))
    return { volumes, claims, wait: data.delayed.map(keyOf) }
  },
}

/** How much would be left, by storage class: of the volumes chosen or, where there are none, of what can be provisioned. */
function emptiness(found: Found): number {
  const classes = new Map<string, { requested: number; capacity: number }>()
  const uses =
    found.static.length > 0
      ? found.static.map(({ volume, claim }) => ({ claim, capacity: unitValue(volume.spec.capacity?.storage) }))
      : found.dynamic.flatMap(({ claim, capacity }) => (capacity === undefined ? [] : [{ claim, capacity }]))
  for (const { claim, capacity } of uses) {
    const total = classes.get(classOf(claim)) ?? { requested: 0, capacity: 0 }
    classes.set(classOf(claim), { requested: total.requested + sizeOf(claim), capacity: total.capacity + capacity })
  }
  if (classes.size === 0) return 0
  let sum = 0
  for (const { requested, capacity } of classes.values()) sum += capacity === 0 || requested > capacity ? 0 : 100 - Math.trunc((requested * 100) / capacity)
  return Math.round(sum / classes.size)
}

/** Has the volume controller finished with the claim? */
export const isBound = (claim: any): boolean => isFullyBound(claim)

const namesClaim = (pod: Pod, claim: any): boolean => {
  const { namespace } = podInfo(pod)
  return claim.metadata.namespace === namespace && claimNames(pod).some(c => c.name === claim.metadata.name)
}

const annotated = (object: any, key: string, value: string): any => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [key]: value } },
})

function boundTo(volume: any, claim: any): any {
  const { kind, apiVersion, metadata } = claim
  const { namespace, name, uid, resourceVersion } = metadata
  const bound = { ...volume, spec: { ...volume.spec, claimRef: { kind, namespace, name, uid, apiVersion, resourceVersion } } }
  return annotated(bound, BOUND_BY_US, 'yes')
}

const reachable = (volume: any, node: Node): boolean => {
  const required = volume.spec.nodeAffinity?.required
  return !required || nodeSelectorMatches(required, node)
}

/** A volume or a provisioner for every claim on this node, or why not. */
function findVolumes(claims: any[], node: NodeInfo, listers: Listers): Found | string {
  const chosen: Found = { static: [], dynamic: [] }
  const taken = new Set<string>()
  const open: any[] = []
  for (const claim of [...claims].sort((a, b) => sizeOf(a) - sizeOf(b))) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE]
    if (selected !== undefined) {
      if (selected !== node.name) return BIND_CONFLICT
      chosen.dynamic.push({ claim, capacity: undefined })
      continue
    }
    const volume = matchingVolume(claim, node, listers, taken)
    if (volume) {
      taken.add(volume.metadata.name)
      chosen.static.push({ volume, claim })
    } else open.push(claim)
  }
  for (const claim of open) {
    const storageClass = listers.storageClasses.get(classOf(claim))
    if (!storageClass?.provisioner || storageClass.provisioner === NO_PROVISIONER) return BIND_CONFLICT
    if (!topologyAllowed(storageClass, node.node)) return BIND_CONFLICT
    const space = spaceFor(storageClass, claim, node.node, listers)
    if (space === 'none') return NO_SPACE
    chosen.dynamic.push({ claim, capacity: space })
  }
  return chosen
}

/** The smallest free volume that suits the claim here; one reserved for the claim wins. */
function matchingVolume(claim: any, node: NodeInfo, listers: Listers, taken: Set<string>): any {
  let best: any
  for (const volume of listers.volumes.values()) {
    if (taken.has(volume.metadata.name) || volume.metadata.deletionTimestamp) continue
    if ((volume.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) continue
    if ((volume.spec.volumeAttributesClassName ?? '') !== (claim.spec.volumeAttributesClassName ?? '')) continue
    if (unitValue(volume.spec.capacity?.storage) < sizeOf(claim) || !reachable(volume, node.node)) continue
    const { claimRef } = volume.spec
    if (claimRef) {
      const ours =
        claimRef.namespace === claim.metadata.namespace && claimRef.name === claim.metadata.name && (!claimRef.uid || claimRef.uid === claim.metadata.uid)
      if (ours) return volume
      continue
    }
    if (volume.status?.phase && volume.status.phase !== 'Available') continue
    if (classOf(volume) !== classOf(claim)) continue
    if (claim.spec.selector && !labelSelectorMatches(claim.spec.selector, volume.metadata.labels)) continue
    if (!(claim.spec.accessModes ?? []).every((m: string) => volume.spec.accessModes?.includes(m))) continue
    if (best === undefined || smaller(volume, best)) best = volume
  }
  return best
}

function smaller(a: any, b: any): boolean {
  const [x, y] = [unitValue(a.spec.capacity?.storage), unitValue(b.spec.capacity?.storage)]
  return x < y || (x === y && a.metadata.name < b.metadata.name)
}

function topologyAllowed(storageClass: any, node: Node): boolean {
  const terms: any[] = storageClass.allowedTopologies ?? []
  return terms.length === 0 || terms.some(t => (t.matchLabelExpressions ?? []).every((e: any) => e.values?.includes(node.metadata.labels?.[e.key])))
}

/** Bytes that can be provisioned near the node, `none` if too few, undefined where the driver does not tell. */
function spaceFor(storageClass: any, claim: any, node: Node, listers: Listers): number | 'none' | undefined {
  if (listers.csiDrivers.get(storageClass.provisioner)?.spec?.storageCapacity !== true) return undefined
  for (const told of listers.capacities.values()) {
    if (told.storageClassName !== storageClass.metadata.name || !labelSelectorMatches(told.nodeTopology, node.metadata.labels)) continue
    if (unitValue(told.maximumVolumeSize ?? told.capacity) >= sizeOf(claim)) return unitValue(told.capacity)
  }
  return 'none'
}

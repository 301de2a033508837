// volumes.ts: volumes that only one may use, zones that volumes lie in, and how many a node can hold.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/{volumerestrictions,volumezone,nodevolumelimits}
// Differs: no translation of in-tree volumes to CSI

import type { Pod, Volume } from '../../../api/pod.ts'
import { type Cycle, type Listers, type Plugin, refuse, refuseForGood } from '../framework.ts'
import { type NodeInfo, type PodInfo, podInfo } from '../nodeinfo.ts'
import { claimNames } from './volumebinding.ts'

const claimsOf = (pod: PodInfo, listers: Listers): any[] => claimNames(pod.pod).flatMap(({ name }) => listers.claims.get(`${pod.namespace}/${name}`) ?? [])
const usesClaim = (pod: Pod, claim: any): boolean =>
  (pod.metadata.namespace ?? 'default') === claim.metadata.namespace && claimNames(pod).some(c => c.name === claim.metadata.name)

export const isExclusiveDisk = (v: Volume): boolean => !!(v['gcePersistentDisk'] ?? v['awsElasticBlockStore'] ?? v['rbd'] ?? v['iscsi'])

/** Two Pods on one node may not both have this disk. */
function disksConflict(a: Volume, b: Volume): boolean {
  const [gceA, gceB] = [a['gcePersistentDisk'], b['gcePersistentDisk']]
  if (gceA && gceB) return gceA.pdName === gceB.pdName && !(gceA.readOnly && gceB.readOnly)
  const [ebsA, ebsB] = [a['awsElasticBlockStore'], b['awsElasticBlockStore']]
  if (ebsA && ebsB) return ebsA.volumeID === ebsB.volumeID
  const [iscsiA, iscsiB] = [a['iscsi'], b['iscsi']]
  if (iscsiA && iscsiB) return iscsiA.iqn === iscsiB.iqn && !(iscsiA.readOnly && iscsiB.readOnly)
  const [rbdA, rbdB] = [a['rbd'], b['rbd']]
  if (!rbdA || !rbdB) return false
  const shared = rbdA.monitors?.some((m: string) => rbdB.monitors?.includes(m))
  return shared && rbdA.pool === rbdB.pool && rbdA.image === rbdB.image && !(rbdA.readOnly && rbdB.readOnly)
}

const onceClaims = (pod: PodInfo, listers: Listers): any[] => claimsOf(pod, listers).filter(c => c.spec.accessModes?.includes('ReadWriteOncePod'))
const inUse = (claims: any[], pods: readonly PodInfo[]): number => pods.reduce((n, p) => n + claims.filter(c => usesClaim(p.pod, c)).length, 0)

interface Restrictions {
  once: any[]
  users: number
}

const ONCE_IN_USE = 'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod'

function shiftUsers({ data }: Cycle, pod: PodInfo, by: 1 | -1): void {
  const found: Restrictions | undefined = data['VolumeRestrictions']
  if (found && found.once.length > 0) found.users += by * inUse(found.once, [pod])
}

export const volumeRestrictions: Plugin = {
  name: 'VolumeRestrictions',
  events: [
    {
      resource: 'AssignedPod',
      actions: ['Delete'],
      worth: (pod, { old }) => {
        const gone = podInfo(old)
        if (gone.namespace !== pod.namespace) return false
        const mine = pod.pod.spec.volumes ?? []
        if (mine.some(a => (old.spec.volumes ?? []).some((b: Volume) => disksConflict(a, b)))) return true
        return claimNames(pod.pod).some(a => claimNames(old).some(b => a.name === b.name))
      },
    },
    { resource: 'Node', actions: ['Add'] },
    { resource: 'PersistentVolumeClaim', actions: ['Add'], worth: (pod, { now }) => usesClaim(pod.pod, now) },
  ],
  preFilter(cycle) {
    const { pod, snapshot } = cycle
    for (const { name, ephemeral } of claimNames(pod.pod)) {
      if (!ephemeral && !snapshot.listers.claims.has(`${pod.namespace}/${name}`)) return refuseForGood(`persistentvolumeclaim "${name}" not found`)
    }
    const once = onceClaims(pod, snapshot.listers)
    const users = once.length === 0 ? 0 : snapshot.nodes.reduce((n, node) => n + inUse(once, node.pods), 0)
    cycle.data['VolumeRestrictions'] = { once, users } satisfies Restrictions
    return users === 0 && !(pod.pod.spec.volumes ?? []).some(isExclusiveDisk) ? 'skip' : undefined
  },
  filter({ pod, data }, node) {
    for (const mine of pod.pod.spec.volumes ?? []) {
      if (isExclusiveDisk(mine) && node.pods.some(p => (p.pod.spec.volumes ?? []).some(v => disksConflict(mine, v)))) {
        return refuse('node(s) had no available disk')
      }
    }
    return (data['VolumeRestrictions'] as Restrictions).users > 0 ? refuse(ONCE_IN_USE) : undefined
  },
  clone: (data: Restrictions): Restrictions => ({ ...data }),
  addPod: (cycle, pod) => shiftUsers(cycle, pod, 1),
  removePod: (cycle, pod) => shiftUsers(cycle, pod, -1),
}

const ZONE_LABELS = [
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
]

export const volumeZone: Plugin = {
  name: 'VolumeZone',
  events: [
    { resource: 'StorageClass', actions: ['Add'], worth: (_, { now }) => now.volumeBindingMode === 'WaitForFirstConsumer' },
    { resource: 'Node', actions: ['Add', 'UpdateNodeLabel'] },
    { resource: 'PersistentVolumeClaim', actions: ['Add', 'Update'], worth: (pod, { now }) => usesClaim(pod.pod, now) },
    { resource: 'PersistentVolume', actions: ['Add'] },
    {
      resource: 'PersistentVolume',
      actions: ['Update'],
      worth: (_, { old, now }) => ZONE_LABELS.some(key => old.metadata.labels?.[key] !== now.metadata.labels?.[key]),
    },
  ],
  preFilter(cycle) {
    const { pod, snapshot } = cycle
    const wanted: { key: string; values: string[] }[] = []
    for (const claim of claimsOf(pod, snapshot.listers)) {
      const name = claim.spec.volumeName
      if (!name) continue
      const volume = snapshot.listers.volumes.get(name)
      if (!volume) return refuseForGood(`persistentvolume "${name}" not found`)
      for (const key of ZONE_LABELS) {
        const value = volume.metadata.labels?.[key]
        if (value !== undefined) wanted.push({ key, values: value.split('__') })
      }
    }
    cycle.data['VolumeZone'] = wanted
    return wanted.length === 0 ? 'skip' : undefined
  },
  filter({ data }, node) {
    if (ZONE_LABELS.every(key => node.labels[key] === undefined)) return undefined
    const wanted: { key: string; values: string[] }[] = data['VolumeZone']
    const fits = wanted.every(({ key, values }) => values.includes(node.labels[GENERAL[key] ?? key] ?? node.labels[key] ?? ''))
    return fits ? undefined : refuseForGood('node(s) had no available volume zone')
  },
}

/** Old names of the same labels. */
const GENERAL: Record<string, string> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
}

/** Driver → handles of the volumes that these Pods use. */
function attachable(pods: readonly PodInfo[], listers: Listers): Map<string, Set<string>> {
  const out = new Map<string, Set<string>>()
  const add = (driver: string, handle: string) => out.set(driver, (out.get(driver) ?? new Set()).add(handle))
  for (const pod of pods) {
    for (const claim of claimsOf(pod, listers)) {
      const csi = listers.volumes.get(claim.spec.volumeName ?? '')?.spec.csi
      if (csi) add(csi.driver, csi.volumeHandle)
      else if (!claim.spec.volumeName) {
        const provisioner = listers.storageClasses.get(claim.spec.storageClassName ?? '')?.provisioner
        if (provisioner) add(provisioner, `${claim.metadata.namespace}/${claim.metadata.name}`)
      }
    }
  }
  return out
}

export const nodeVolumeLimits: Plugin = {
  name: 'NodeVolumeLimits',
  events: [
    { resource: 'CSINode', actions: ['Add'] },
    {
      resource: 'CSINode',
      actions: ['Update'],
      worth: (_, { old, now }) => (now.spec?.drivers ?? []).some((d: any) => (d.allocatable?.count ?? 0) > limitOf(old, d.name, 0)),
    },
    { resource: 'AssignedPod', actions: ['Delete'], worth: (_, { old }) => claimNames(old).length > 0 },
    { resource: 'PersistentVolumeClaim', actions: ['Add'], worth: (pod, { now }) => usesClaim(pod.pod, now) },
    { resource: 'VolumeAttachment', actions: ['Delete'], worth: pod => claimNames(pod.pod).length > 0 },
  ],
  preFilter: ({ pod }) => (claimNames(pod.pod).length === 0 ? 'skip' : undefined),
  filter({ pod, snapshot }, node) {
    const { listers } = snapshot
    const wanted = attachable([pod], listers)
    if (wanted.size === 0) return undefined
    const present = attachable(node.pods, listers)
    const csiNode = listers.csiNodes.get(node.name)
    for (const [driver, handles] of wanted) {
      const known = csiNode?.spec?.drivers?.some((d: any) => d.name === driver)
      if (!known && listers.csiDrivers.get(driver)?.spec?.preventPodSchedulingIfMissing === true) {
        return refuse(`${driver} CSI driver is not installed on the node`)
      }
      const limit = limitOf(csiNode, driver, Number.POSITIVE_INFINITY)
      const there = new Set([...(present.get(driver) ?? []), ...attachedTo(node, driver, listers)])
      const more = [...handles].filter(h => !there.has(h)).length
      if (more > 0 && there.size + more > limit) return refuse('node(s) exceed max volume count')
    }
    return undefined
  },
}

const limitOf = (csiNode: any, driver: string, otherwise: number): number =>
  csiNode?.spec?.drivers?.find((d: any) => d.name === driver)?.allocatable?.count ?? otherwise

function attachedTo(node: NodeInfo, driver: string, listers: Listers): string[] {
  const out: string[] = []
  for (const { spec } of listers.attachments.values()) {
    if (spec.nodeName !== node.name || spec.attacher !== driver) continue
    const handle = listers.volumes.get(spec.source?.persistentVolumeName ?? '')?.spec.csi?.volumeHandle
    if (handle) out.push(handle)
  }
  return out
}

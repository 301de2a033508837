// volumeprotection.ts: claims and volumes that are in use are not removed before they are not.
// Models k8s.io/kubernetes/pkg/controller/volume/{pvcprotection/pvc_protection_controller.go,pvprotection/pv_protection_controller.go}
// Differs: no live look at the pods before a claim's finalizer goes

import type { PersistentVolume, PersistentVolumeClaim } from '../../api/config.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Pod } from '../../api/pod.ts'
import { rfc3339 } from '../../api/time.ts'
import type { Steps } from '../../kernel/machine.ts'
import { type Controller, enqueue, type SyncResult } from '../client/controller.ts'
import { byIndex, cached, keyOf } from '../client/informer.ts'
import { ask, errorOf, isNotFound, ok } from '../client/request.ts'
import { updateRequest } from '../client.ts'
import { isPodTerminal } from './pods.ts'
import { clientOf, type ManagerIo, type ManagerState, pathOfObject, updateStatusRequest } from './state.ts'

const CLAIMS = 'pvc-protection-controller'
const VOLUMES = 'pv-protection-controller'
const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection'
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection'

export const claimProtectionController: Controller<ManagerState> = {
  name: CLAIMS,
  workers: 1,
  on: {
    persistentvolumeclaims(state, io, change) {
      if (change.type !== 'delete') enqueue(state, io, CLAIMS, keyOf(change.object))
    },
    pods(state, io, change) {
      const pod = change.object as Pod
      const ends = change.type === 'delete' || isPodTerminal(pod)
      const begins = pod.spec.nodeName !== undefined && (change.type === 'add' || (change.type === 'update' && !change.old.spec.nodeName))
      if (ends || begins) for (const claim of claimsOf(pod)) enqueue(state, io, CLAIMS, `${pod.metadata.namespace}/${claim}`)
    },
  },
  sync: syncClaim,
}

function claimsOf(pod: Pod): string[] {
  return (pod.spec.volumes ?? []).flatMap((v: any) => {
    if (v.persistentVolumeClaim) return [v.persistentVolumeClaim.claimName]
    return v.ephemeral ? [`${pod.metadata.name}-${v.name}`] : []
  })
}

function isUsed(state: ManagerState, claim: PersistentVolumeClaim): boolean {
  return byIndex<Pod>(state, 'pods', 'namespace', claim.metadata.namespace ?? '').some(
    pod => pod.spec.nodeName && !isPodTerminal(pod) && claimsOf(pod).includes(claim.metadata.name),
  )
}

function* syncClaim(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state(state => {
    const claim = cached<PersistentVolumeClaim>(state, 'persistentvolumeclaims', key)
    return claim && { claim, used: isUsed(state, claim), client: clientOf(state, CLAIMS) }
  })
  if (!seen) return undefined
  const { claim, used, client } = seen
  const error = yield* protect(io, CLAIMS, 'persistentvolumeclaims', claim, CLAIM_FINALIZER, used)
  if (error !== undefined || claim.metadata.deletionTimestamp !== undefined || claim.status?.phase !== 'Bound') return error
  const [status, reason, message] = used
    ? ['False', 'PodUsingPVC', 'A pod is currently referencing this PVC']
    : ['True', 'NoPodsUsingPVC', 'No pods are currently referencing this PVC']
  const before = claim.status.conditions?.find((c: any) => c.type === 'Unused')
  if (before?.status === status) return undefined
  const made = { type: 'Unused', status, lastTransitionTime: rfc3339(io.now()), reason, message }
  const conditions = [...(claim.status.conditions ?? []).filter((c: any) => c.type !== 'Unused'), made]
  const response = yield* ask(io, updateStatusRequest(client, 'persistentvolumeclaims', { ...claim, status: { ...claim.status, conditions } }))
  return ok(response) || isNotFound(response) ? undefined : errorOf(response)
}

export const volumeProtectionController: Controller<ManagerState> = {
  name: VOLUMES,
  workers: 1,
  on: {
    persistentvolumes(state, io, change) {
      if (change.type !== 'delete') enqueue(state, io, VOLUMES, keyOf(change.object))
    },
  },
  sync: syncVolume,
}

function* syncVolume(io: ManagerIo, key: string): Steps<SyncResult> {
  const volume = io.state(state => cached<PersistentVolume>(state, 'persistentvolumes', key))
  return volume ? yield* protect(io, VOLUMES, 'persistentvolumes', volume, VOLUME_FINALIZER, volume.status?.phase === 'Bound') : undefined
}

/** Gives what is in use its finalizer, and takes it from what is being deleted and no longer used. */
function* protect(io: ManagerIo, controller: string, plural: string, object: KubeObject, finalizer: string, used: boolean): Steps<SyncResult> {
  const finalizers = object.metadata.finalizers ?? []
  const has = finalizers.includes(finalizer)
  const going = object.metadata.deletionTimestamp !== undefined
  if (going ? !has || used : has) return undefined
  const { finalizers: _, ...rest } = object.metadata
  const left = going ? finalizers.filter(f => f !== finalizer) : [...finalizers, finalizer]
  const metadata = left.length > 0 ? { ...rest, finalizers: left } : rest
  io.note(going ? 'Unprotected' : 'Protected', { kind: object.kind, object: keyOf(object) })
  const response = yield* ask(
    io,
    io.state(state => updateRequest(clientOf(state, controller), pathOfObject(plural, object), { ...object, metadata })),
  )
  return ok(response) || isNotFound(response) ? undefined : errorOf(response)
}

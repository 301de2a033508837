// volumebinder.ts: the persistent volume controller: claims and volumes are bound to each other, once and for all.
// Models k8s.io/kubernetes/pkg/controller/volume/persistentvolume/{pv_controller,pv_controller_base,index}.go
// Differs: nothing is provisioned or deleted here (that is the work of drivers outside); no recycling, no default class for old claims

import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/config.ts'
import { labelSelectorMatches } from '../../api/labels.ts'
import { compareQuantity } from '../../api/quantity.ts'
import { rfc3339 } from '../../api/time.ts'
import type { Io, Steps } from '../../kernel/machine.ts'
import { type Controller, enqueue, recordFor, type SyncResult } from '../client/controller.ts'
import { cached, keyOf, listed } from '../client/informer.ts'
import { ask, errorOf, isNotFound, ok } from '../client/request.ts'
import { updateRequest } from '../client.ts'
import { same } from './pods.ts'
import { after, clientOf, type ManagerIo, type ManagerState, pathOfObject, quote, updateStatusRequest } from './state.ts'

const CLAIMS = 'persistent-volume-binder'
const VOLUMES = 'persistent-volume-binder/volumes'
const SOURCE = 'persistentvolume-controller'
const RESYNC_MS = 15_000

const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const PROVISIONERS = ['volume.beta.kubernetes.io/storage-provisioner', 'volume.kubernetes.io/storage-provisioner']

export const volumeBinder: Controller<ManagerState> = {
  name: CLAIMS,
  eventSource: SOURCE,
  workers: 1,
  on: {
    persistentvolumeclaims(state, io, change) {
      const claim = change.object as PersistentVolumeClaim
      if (change.type !== 'delete') enqueue(state, io, CLAIMS, keyOf(claim))
      if (claim.spec.volumeName) enqueue(state, io, VOLUMES, claim.spec.volumeName)
    },
    persistentvolumes(state, io, change) {
      const volume = change.object as PersistentVolume
      if (change.type !== 'delete') enqueue(state, io, VOLUMES, keyOf(volume))
      const ref = volume.spec.claimRef
      if (ref) enqueue(state, io, CLAIMS, `${ref.namespace}/${ref.name}`)
      else if (change.type !== 'delete') enqueuePending(state, io)
    },
  },
  begin: (state, io) => void after(state, io, RESYNC_MS, 'volumes/resync'),
  hears: {
    'volumes/resync'(state: ManagerState, _, io) {
      if (!state.working) return
      enqueuePending(state, io)
      after(state, io, RESYNC_MS, 'volumes/resync')
    },
  },
  sync: syncClaim,
}

/** The second queue: volumes. */
export const volumeController: Controller<ManagerState> = { name: VOLUMES, eventSource: SOURCE, workers: 1, sync: syncVolume }

function enqueuePending(state: ManagerState, io: Io): void {
  for (const claim of state.informers.byName['persistentvolumeclaims']!.store.values() as Iterable<PersistentVolumeClaim>)
    if (claim.metadata.annotations?.[BIND_COMPLETED] === undefined) enqueue(state, io, CLAIMS, keyOf(claim))
}

// ---- claims

const classOf = (object: PersistentVolumeClaim | PersistentVolume): string =>
  object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? object.spec.storageClassName ?? ''

function* syncClaim(io: ManagerIo, key: string): Steps<SyncResult> {
  const seen = io.state(state => {
    const claim = cached<PersistentVolumeClaim>(state, 'persistentvolumeclaims', key)
    if (!claim) return undefined
    const volume = claim.spec.volumeName ? cached<PersistentVolume>(state, 'persistentvolumes', claim.spec.volumeName) : undefined
    return { claim, volume, className: classOf(claim), storageClass: cached<StorageClass>(state, 'storageclasses', classOf(claim)) }
  })
  if (!seen) return undefined
  const { claim, volume } = seen
  if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return yield* syncBound(io, claim, volume)
  if (claim.spec.volumeName) {
    if (!volume) return yield* claimStatus(io, claim, 'Pending', undefined)
    const ref = volume.spec.claimRef
    if (ref === undefined) {
      const mismatch = mismatchOf(claim, volume)
      if (mismatch === undefined) return yield* bind(io, claim, volume)
      say(io, claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume ${quote(volume.metadata.name)}: ${mismatch}`)
      return yield* claimStatus(io, claim, 'Pending', undefined)
    }
    if (ref.name === claim.metadata.name && ref.namespace === claim.metadata.namespace && (!ref.uid || ref.uid === claim.metadata.uid))
      return yield* bind(io, claim, volume)
    say(io, claim, 'Warning', 'FailedBinding', `volume ${quote(volume.metadata.name)} already bound to a different claim.`)
    return yield* claimStatus(io, claim, 'Pending', undefined)
  }
  const waits = seen.storageClass?.['volumeBindingMode'] === 'WaitForFirstConsumer' && claim.metadata.annotations?.[SELECTED_NODE] === undefined
  const found = io.state(state => findVolume(claim, listed<PersistentVolume>(state, 'persistentvolumes'), waits))
  if (found) return yield* bind(io, claim, found)
  if (waits) say(io, claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
  else if (seen.className === '') say(io, claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
  else return yield* provision(io, claim, seen.className, seen.storageClass)
  return yield* claimStatus(io, claim, 'Pending', undefined)
}

function say(io: ManagerIo, claim: PersistentVolumeClaim, type: 'Normal' | 'Warning', reason: string, message: string): void {
  io.state((state, turn) => recordFor(state, turn, SOURCE, claim, type, reason, message))
}

/** Asks a driver outside for a volume. */
function* provision(io: ManagerIo, claim: PersistentVolumeClaim, className: string, storageClass: StorageClass | undefined): Steps<SyncResult> {
  if (!storageClass) {
    say(io, claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io ${quote(className)} not found`)
    return yield* claimStatus(io, claim, 'Pending', undefined)
  }
  const provisioner: string = storageClass['provisioner']
  if (PROVISIONERS.some(name => claim.metadata.annotations?.[name] !== provisioner)) {
    const annotations = { ...claim.metadata.annotations, ...Object.fromEntries(PROVISIONERS.map(name => [name, provisioner])) }
    const error = yield* put(io, 'persistentvolumeclaims', { ...claim, metadata: { ...claim.metadata, annotations } })
    if (error !== undefined) return error
  }
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
  say(io, claim, 'Normal', 'ExternalProvisioning', message)
  return undefined
}

/** The smallest free volume that will do, with the fewest modes that are not asked for; one that is meant for this claim before all. */
export function findVolume(claim: PersistentVolumeClaim, volumes: PersistentVolume[], onlyMeant: boolean): PersistentVolume | undefined {
  let best: PersistentVolume | undefined
  for (const volume of volumes) {
    const ref = volume.spec.claimRef
    const meant =
      ref !== undefined && ref.name === claim.metadata.name && ref.namespace === claim.metadata.namespace && (!ref.uid || ref.uid === claim.metadata.uid)
    if ((ref && !meant) || volume.metadata.deletionTimestamp !== undefined || mismatchOf(claim, volume) !== undefined) continue
    if (meant) return volume
    if (onlyMeant || volume.status?.phase !== 'Available') continue
    if (claim.spec.selector && !labelSelectorMatches(claim.spec.selector, volume.metadata.labels)) continue
    const smaller = best ? compareQuantity(volume.spec.capacity?.['storage'], best.spec.capacity?.['storage']) : -1
    const plainer = best ? (volume.spec.accessModes ?? []).length < (best.spec.accessModes ?? []).length : true
    if (smaller < 0 || (smaller === 0 && plainer)) best = volume
  }
  return best
}

/** Why a volume cannot serve a claim, in upstream's words. */
function mismatchOf(claim: PersistentVolumeClaim, volume: PersistentVolume): string | undefined {
  if (compareQuantity(volume.spec.capacity?.['storage'], claim.spec.resources?.requests?.['storage']) < 0) return 'requested PV is too small'
  if (classOf(claim) !== classOf(volume)) return 'storageClassName does not match'
  if ((claim.spec.volumeMode ?? 'Filesystem') !== (volume.spec.volumeMode ?? 'Filesystem')) return 'incompatible volumeMode'
  const modes: string[] = volume.spec.accessModes ?? []
  return (claim.spec.accessModes ?? []).every((mode: string) => modes.includes(mode)) ? undefined : 'incompatible accessMode'
}

/** Four writes, volume first; each is left out where it stands already. */
function* bind(io: ManagerIo, claim: PersistentVolumeClaim, volume: PersistentVolume): Steps<SyncResult> {
  io.note('Binding', { claim: keyOf(claim), volume: volume.metadata.name })
  let bound = volume
  const ref = volume.spec.claimRef
  if (ref?.uid !== claim.metadata.uid) {
    const { namespace, name, uid, resourceVersion } = claim.metadata
    const annotations = ref ? volume.metadata.annotations : { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' }
    const claimRef = { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1', resourceVersion }
    const response = yield* send(io, 'persistentvolumes', { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } })
    if (!ok(response)) return errorOf(response)
    bound = response.body
  }
  const error = yield* volumeStatus(io, bound, 'Bound')
  if (error !== undefined) return error
  let made = claim
  if (claim.spec.volumeName !== volume.metadata.name || claim.metadata.annotations?.[BIND_COMPLETED] === undefined) {
    const annotations: Record<string, string> = { ...claim.metadata.annotations, [BIND_COMPLETED]: 'yes' }
    if (!claim.spec.volumeName) annotations[BOUND_BY_CONTROLLER] = 'yes'
    const response = yield* send(io, 'persistentvolumeclaims', {
      ...claim,
      metadata: { ...claim.metadata, annotations },
      spec: { ...claim.spec, volumeName: volume.metadata.name },
    })
    if (!ok(response)) return errorOf(response)
    made = response.body
  }
  return yield* claimStatus(io, made, 'Bound', volume)
}

function* syncBound(io: ManagerIo, claim: PersistentVolumeClaim, volume: PersistentVolume | undefined): Steps<SyncResult> {
  const lost = (reason: string, message: string) => {
    if (claim.status?.phase !== 'Lost') say(io, claim, 'Warning', reason, message)
  }
  if (!claim.spec.volumeName) lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!')
  else if (!volume) lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
  else if (volume.spec.claimRef === undefined || volume.spec.claimRef.uid === claim.metadata.uid) return yield* bind(io, claim, volume)
  else lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly')
  return yield* claimStatus(io, claim, 'Lost', undefined)
}

function* claimStatus(io: ManagerIo, claim: PersistentVolumeClaim, phase: string, volume: PersistentVolume | undefined): Steps<SyncResult> {
  const { accessModes: _, capacity: __, ...rest } = claim.status ?? {}
  const status: any = { ...rest, phase }
  if (volume) {
    status.accessModes = volume.spec.accessModes
    status.capacity = volume.spec.capacity
  }
  if (same(status, claim.status)) return undefined
  const response = yield* ask(
    io,
    io.state(state => updateStatusRequest(clientOf(state, CLAIMS), 'persistentvolumeclaims', { ...claim, status })),
  )
  return ok(response) || isNotFound(response) ? undefined : errorOf(response)
}

// ---- volumes

function* syncVolume(io: ManagerIo, name: string): Steps<SyncResult> {
  const seen = io.state(state => {
    const volume = cached<PersistentVolume>(state, 'persistentvolumes', name)
    const ref = volume?.spec.claimRef
    return volume && { volume, claim: ref ? cached<PersistentVolumeClaim>(state, 'persistentvolumeclaims', `${ref.namespace}/${ref.name}`) : undefined }
  })
  if (!seen) return undefined
  const { volume, claim } = seen
  const ref = volume.spec.claimRef
  if (!ref?.uid) return yield* volumeStatus(io, volume, 'Available')
  // A claim that is gone leaves its volume behind; what becomes of it is its own affair.
  if (claim?.metadata.uid === ref.uid) return yield* volumeStatus(io, volume, 'Bound')
  return volume.status?.phase === 'Failed' ? undefined : yield* volumeStatus(io, volume, 'Released')
}

function* volumeStatus(io: ManagerIo, volume: PersistentVolume, phase: string): Steps<SyncResult> {
  if (volume.status?.phase === phase) return undefined
  const status: any = { ...volume.status, phase, lastPhaseTransitionTime: rfc3339(io.now()) }
  const response = yield* ask(
    io,
    io.state(state => updateStatusRequest(clientOf(state, CLAIMS), 'persistentvolumes', { ...volume, status })),
  )
  return ok(response) || isNotFound(response) ? undefined : errorOf(response)
}

function* send(io: ManagerIo, plural: string, object: any) {
  return yield* ask(
    io,
    io.state(state => updateRequest(clientOf(state, CLAIMS), pathOfObject(plural, object), object)),
  )
}

function* put(io: ManagerIo, plural: string, object: any): Steps<string | undefined> {
  const response = yield* send(io, plural, object)
  return ok(response) ? undefined : errorOf(response)
}

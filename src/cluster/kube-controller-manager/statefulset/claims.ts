// claims.ts: the volume claims of a StatefulSet's pods: made before the pod, kept after it unless the set says otherwise.
// Models k8s.io/kubernetes/pkg/controller/statefulset/stateful_pod_control.go
// Differs: nothing known

import type { OwnerReference } from '../../../api/object.ts'
import type { Pod } from '../../../api/pod.ts'
import { pathOf } from '../../../api/resources.ts'
import type { StatefulSet } from '../../../api/workloads.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { wrote } from '../../client/consistency.ts'
import { recordFor } from '../../client/controller.ts'
import { cached, keyOf } from '../../client/informer.ts'
import { ask, errorOf, isAlreadyExists, ok } from '../../client/request.ts'
import { createRequest, updateRequest } from '../../client.ts'
import { ownerReference } from '../pods.ts'
import { clientOf, deletableTypes, type ManagerIo, pathOfObject } from '../state.ts'
import { claimName, ordinalOf } from './identity.ts'

/** Makes the claims of a pod that are missing. */
export function* createMissingClaims(io: ManagerIo, controller: string, set: StatefulSet, pod: Pod): Steps<string | undefined> {
  const templates = set.spec.volumeClaimTemplates ?? []
  const errors: string[] = []
  for (const template of templates) {
    const name = claimName(set, template, ordinalOf(set, pod))
    const { there, client } = io.state(state => ({
      there: cached(state, 'persistentvolumeclaims', `${set.metadata.namespace}/${name}`),
      client: clientOf(state, controller),
    }))
    if (there) {
      if (there.metadata.deletionTimestamp !== undefined) errors.push(`pvc ${name} is being deleted`)
      continue
    }
    const labels = { ...template.metadata.labels, ...set.spec.selector.matchLabels }
    const metadata: any = { ...template.metadata, name, namespace: set.metadata.namespace, labels }
    const owners = ownersOf(set, undefined, [])
    if (owners.length > 0) metadata.ownerReferences = owners
    const { status: _, ...rest } = template
    const path = pathOf({ type: deletableTypes['persistentvolumeclaims']!, namespace: set.metadata.namespace })
    const response = yield* ask(io, createRequest(client, path, { ...rest, apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata }))
    const error = errorOf(response)
    if (!ok(response)) errors.push(`failed to create PVC ${name}: ${error}`)
    io.state((state, turn) => {
      if (ok(response)) wrote(state.controllers[controller]!.written, keyOf(set), 'persistentvolumeclaims', response.body.metadata?.resourceVersion)
      if (isAlreadyExists(response)) return
      const where = `Claim ${name}${ok(response) ? '' : ' for'} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`
      if (ok(response)) recordFor(state, turn, controller, set, 'Normal', 'SuccessfulCreate', `Create ${where} success`)
      else recordFor(state, turn, controller, set, 'Warning', 'FailedCreate', `Create ${where} failed error: ${error}`)
    })
  }
  if (errors.length === 0) return undefined
  return errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`
}

/** A claim that still belongs to the former pod of that name has to go first. */
export function claimIsStale(set: StatefulSet, pod: Pod, find: (name: string) => any): boolean {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false
  return (set.spec.volumeClaimTemplates ?? []).some(template => {
    const owners: OwnerReference[] = find(claimName(set, template, ordinalOf(set, pod)))?.metadata.ownerReferences ?? []
    return owners.some(owner => owner.kind === 'Pod' && owner.name === pod.metadata.name && owner.uid !== pod.metadata.uid)
  })
}

/** Who a claim belongs to: the set, if it goes with it; the pod, if that is condemned and claims go with scaling. */
function ownersOf(set: StatefulSet, condemned: Pod | undefined, others: OwnerReference[]): OwnerReference[] {
  const policy = set.spec.persistentVolumeClaimRetentionPolicy
  const foreign = others.filter(owner => owner.uid !== set.metadata.uid && !(owner.kind === 'Pod' && owner.name.startsWith(`${set.metadata.name}-`)))
  if (condemned && policy?.whenScaled === 'Delete') {
    const { controller: _, blockOwnerDeletion: __, ...owner } = ownerReference({ ...condemned, apiVersion: 'v1', kind: 'Pod' })
    return [...foreign, owner]
  }
  if (policy?.whenDeleted !== 'Delete') return foreign
  return [...foreign, ownerReference({ ...set, apiVersion: 'apps/v1', kind: 'StatefulSet' })]
}

/** Puts the owners of a pod's claims right. */
export function* fixClaimOwners(io: ManagerIo, controller: string, set: StatefulSet, pod: Pod, condemned: boolean): Steps<string | undefined> {
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const key = `${set.metadata.namespace}/${claimName(set, template, ordinalOf(set, pod))}`
    const { claim, client } = io.state(state => ({ claim: cached(state, 'persistentvolumeclaims', key), client: clientOf(state, controller) }))
    if (!claim) continue
    const before: OwnerReference[] = claim.metadata.ownerReferences ?? []
    const after = ownersOf(set, condemned ? pod : undefined, before)
    if (after.length === before.length && after.every(owner => before.some(b => b.uid === owner.uid))) continue
    const body = { ...claim, metadata: { ...claim.metadata, ownerReferences: after } }
    const response = yield* ask(io, updateRequest(client, pathOfObject('persistentvolumeclaims', claim), body))
    if (!ok(response)) return `could not update claim ${claim.metadata.name} for delete policy ownerRefs: ${errorOf(response)}`
    io.state(state => wrote(state.controllers[controller]!.written, keyOf(set), 'persistentvolumeclaims', response.body.metadata?.resourceVersion))
  }
  return undefined
}

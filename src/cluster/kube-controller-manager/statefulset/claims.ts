// claims.ts: whom the volume claims of a StatefulSet's pods belong to: by default to nobody, so that they outlive pod and set. Pure.
// Models k8s.io/kubernetes/pkg/controller/statefulset/stateful_set_utils.go
// Differs: nothing known

import type { KubeObject, OwnerReference } from '../../../api/object.ts'
import type { Pod } from '../../../api/pod.ts'
import type { StatefulSet } from '../../../api/workloads.ts'
import { ownerReference } from '../pods.ts'
import { claimName, isInRange, ordinalOf } from './identity.ts'

/** The claims that a pod needs, as they are created: for each template one, named after both. */
export function claimsOf(set: StatefulSet, pod: Pod): any[] {
  return (set.spec.volumeClaimTemplates ?? []).map(({ status: _, ...template }) => ({
    ...template,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...template.metadata,
      name: claimName(set, template, ordinalOf(set, pod)),
      namespace: set.metadata.namespace,
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
    },
  }))
}

const ownersOf = (claim: KubeObject): OwnerReference[] => claim.metadata.ownerReferences ?? []
const names = (owner: OwnerReference, object: KubeObject): boolean =>
  owner.apiVersion === object.apiVersion && owner.kind === object.kind && owner.name === object.metadata.name
const isOwnedBy = (claim: KubeObject, object: KubeObject): boolean => ownersOf(claim).some(owner => owner.uid === object.metadata.uid)

/** Does it belong to a former object of that name? */
export function hasStaleOwner(claim: KubeObject, object: KubeObject): boolean {
  const owner = ownersOf(claim).find(o => names(o, object))
  return owner !== undefined && owner.uid !== object.metadata.uid
}

const deletesWith = (set: StatefulSet, when: 'whenScaled' | 'whenDeleted'): boolean => set.spec.persistentVolumeClaimRetentionPolicy?.[when] === 'Delete'

/** A claim that still belongs to the former pod of that name has to go before the pod is made. */
export const blocksPod = (set: StatefulSet, pod: Pod, claim: KubeObject): boolean => deletesWith(set, 'whenScaled') && hasStaleOwner(claim, pod)

/** Somebody else controls a claim that is to go with the set or with scaling. */
export function hasUnexpectedController(claim: KubeObject, set: StatefulSet, pod: Pod): boolean {
  if (!deletesWith(set, 'whenScaled') && !deletesWith(set, 'whenDeleted')) return false
  return ownersOf(claim).some(owner => {
    const known = [set, pod].find(object => names(owner, object))
    return known ? owner.uid !== known.metadata.uid : owner.controller === true
  })
}

/** Which of the two a claim is to belong to: to the pod once that is out of range, else to the set. */
function wantedOwner(set: StatefulSet, pod: Pod): StatefulSet | Pod | undefined {
  if (deletesWith(set, 'whenScaled') && !isInRange(set, pod)) return pod
  return deletesWith(set, 'whenDeleted') ? set : undefined
}

/** Are a claim's owners as the policy wants them, or none of our business? */
export function ownersAreRight(claim: KubeObject, set: StatefulSet, pod: Pod): boolean {
  if (hasStaleOwner(claim, set) || hasStaleOwner(claim, pod)) return true
  if (hasUnexpectedController(claim, set, pod)) return !isOwnedBy(claim, set) && !isOwnedBy(claim, pod)
  if (ownersOf(claim).some(owner => (owner.uid === set.metadata.uid || owner.uid === pod.metadata.uid) && owner.controller !== true)) return false
  const wanted = wantedOwner(set, pod)
  return isOwnedBy(claim, set) === (wanted === set) && isOwnedBy(claim, pod) === (wanted === pod)
}

/** The claim with its owners put right; beside another controller neither pod nor set has a place. */
export function withOwners(claim: KubeObject, set: StatefulSet, pod: Pod): KubeObject {
  const wanted = hasUnexpectedController(claim, set, pod) ? undefined : wantedOwner(set, pod)
  const others = ownersOf(claim).filter(owner => !names(owner, set) && !names(owner, pod))
  return { ...claim, metadata: { ...claim.metadata, ownerReferences: wanted ? [...others, ownerReference(wanted)] : others } }
}

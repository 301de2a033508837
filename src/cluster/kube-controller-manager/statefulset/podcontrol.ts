// podcontrol.ts: creating, mending and deleting a StatefulSet's pods and their claims, and saying so.
// Models k8s.io/kubernetes/pkg/controller/statefulset/stateful_pod_control.go
// Differs: nothing known

import type { KubeObject } from '../../../api/object.ts'
import type { Pod } from '../../../api/pod.ts'
import { pathOf } from '../../../api/resources.ts'
import type { StatefulSet } from '../../../api/workloads.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { wrote } from '../../client/consistency.ts'
import { recordFor } from '../../client/controller.ts'
import { cached, keyOf } from '../../client/informer.ts'
import { ask, errorOf, isAlreadyExists, isConflict, isNotFound, ok } from '../../client/request.ts'
import { createRequest, deleteRequest, updateRequest } from '../../client.ts'
import { clientOf, deletableTypes, type ManagerIo, type ManagerState, pathOfObject } from '../state.ts'
import { blocksPod, claimsOf, hasUnexpectedController, ownersAreRight, withOwners } from './claims.ts'
import { hasIdentity, hasStorage, revisionOf, withIdentity, withStorage } from './identity.ts'

export const NAME = 'statefulset-controller'

/** How long an update of a pod that met a conflict waits before it is tried again; then it fails. */
const RETRY_MS = [10, 50, 250]

const pathIn = (set: StatefulSet, plural: string): string => pathOf({ type: deletableTypes[plural]!, namespace: set.metadata.namespace })

function cachedClaim(state: ManagerState, claim: KubeObject): KubeObject | undefined {
  return cached(state, 'persistentvolumeclaims', keyOf(claim))
}

export function* createPod(io: ManagerIo, set: StatefulSet, pod: Pod): Steps<string | undefined> {
  const claims = yield* createClaims(io, set, pod)
  if (claims !== undefined) {
    sayPod(io, set, pod, 'Create', claims)
    return claims
  }
  io.note('Creating', { statefulSet: keyOf(set), pod: `${set.metadata.namespace}/${pod.metadata.name}`, revision: revisionOf(pod) })
  const { status: _, ...body } = pod
  const request = io.state(state => createRequest(clientOf(state, NAME), pathIn(set, 'pods'), body))
  const response = yield* ask(io, request)
  if (ok(response)) remember(io, set, 'pods', response.body)
  if (isAlreadyExists(response)) return errorOf(response)
  const owners = yield* fixClaimOwners(io, set, pod)
  if (owners !== undefined) {
    sayPod(io, set, pod, 'Update', owners)
    return owners
  }
  sayPod(io, set, pod, 'Create', errorOf(response))
  return ok(response) ? undefined : errorOf(response)
}

/** Puts a pod's identity, its volumes and the owners of its claims right. When there was any of that to do, the pod is written. */
export function* updatePod(io: ManagerIo, set: StatefulSet, pod: Pod): Steps<string | undefined> {
  let given = pod
  for (let i = 0; ; i++) {
    let wanted = hasIdentity(set, given) ? given : withIdentity(set, given)
    if (!hasStorage(set, given)) {
      wanted = withStorage(set, wanted)
      const error = yield* createClaims(io, set, given)
      if (error !== undefined) {
        sayPod(io, set, given, 'Update', error)
        return error
      }
    }
    const right = claimOwnersAreRight(io, set, given)
    const error = right ? undefined : yield* fixClaimOwners(io, set, given)
    if (error !== undefined) {
      sayPod(io, set, given, 'Update', error)
      return error
    }
    if (wanted === given && right) {
      if (i > 0) sayPod(io, set, given, 'Update', '')
      return undefined
    }
    const request = io.state(state => updateRequest(clientOf(state, NAME), pathOfObject('pods', wanted), wanted))
    const response = yield* ask(io, request)
    if (ok(response)) remember(io, set, 'pods', response.body)
    if (!isConflict(response) || i >= RETRY_MS.length) {
      sayPod(io, set, given, 'Update', errorOf(response))
      return ok(response) ? undefined : errorOf(response)
    }
    given = io.state(state => cached<Pod>(state, 'pods', keyOf(pod))) ?? given
    yield* io.sleep(RETRY_MS[i]!)
  }
}

/** A pod that is gone already counts as deleted. */
export function* deletePod(io: ManagerIo, set: StatefulSet, pod: Pod): Steps<string | undefined> {
  const request = io.state(state => deleteRequest(clientOf(state, NAME), pathOfObject('pods', pod)))
  const response = yield* ask(io, request)
  const error = isNotFound(response) ? '' : errorOf(response)
  sayPod(io, set, pod, 'Delete', error)
  return error === '' ? undefined : error
}

/** Has one of its claims to go before the pod can be made? */
export function waitsForClaim(io: ManagerIo, set: StatefulSet, pod: Pod): boolean {
  return io.state(state =>
    claimsOf(set, pod).some(c => {
      const claim = cachedClaim(state, c)
      return claim !== undefined && blocksPod(set, pod, claim)
    }),
  )
}

export function claimOwnersAreRight(io: ManagerIo, set: StatefulSet, pod: Pod): boolean {
  return io.state(state =>
    claimsOf(set, pod).every(c => {
      const claim = cachedClaim(state, c)
      return claim === undefined || ownersAreRight(claim, set, pod)
    }),
  )
}

/** Makes the claims of a pod that are missing, and puts the owners of the others right. */
export function* createMissingClaims(io: ManagerIo, set: StatefulSet, pod: Pod): Steps<string | undefined> {
  const missing = yield* createClaims(io, set, pod)
  if (missing !== undefined) return missing
  const owners = yield* fixClaimOwners(io, set, pod)
  if (owners !== undefined) sayPod(io, set, pod, 'Update', owners)
  return owners
}

function* createClaims(io: ManagerIo, set: StatefulSet, pod: Pod): Steps<string | undefined> {
  const errors: string[] = []
  for (const claim of claimsOf(set, pod)) {
    const { name } = claim.metadata
    const there = io.state(state => cachedClaim(state, claim))
    if (there) {
      if (there.metadata.deletionTimestamp !== undefined) errors.push(`pvc ${name} is being deleted`)
      continue
    }
    const request = io.state(state => createRequest(clientOf(state, NAME), pathIn(set, 'persistentvolumeclaims'), claim))
    const response = yield* ask(io, request)
    const error = errorOf(response)
    if (ok(response)) remember(io, set, 'persistentvolumeclaims', response.body)
    else errors.push(`failed to create PVC ${name}: ${error}`)
    if (isAlreadyExists(response)) continue
    const where = `Claim ${name}${ok(response) ? '' : ' for'} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`
    io.state((state, turn) => {
      if (ok(response)) recordFor(state, turn, NAME, set, 'Normal', 'SuccessfulCreate', `Create ${where} success`)
      else recordFor(state, turn, NAME, set, 'Warning', 'FailedCreate', `Create ${where} failed error: ${error}`)
    })
  }
  if (errors.length === 0) return undefined
  return errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`
}

/** Puts the owners of a pod's claims right; claims that the local copy does not show yet wait for the next round. */
export function* fixClaimOwners(io: ManagerIo, set: StatefulSet, pod: Pod): Steps<string | undefined> {
  for (const wanted of claimsOf(set, pod)) {
    const { name } = wanted.metadata
    const claim = io.state((state, turn) => {
      const there = cachedClaim(state, wanted)
      const message = `PersistentVolumeClaim ${name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`
      if (there && hasUnexpectedController(there, set, pod)) recordFor(state, turn, NAME, set, 'Warning', 'ConflictingController', message)
      return there
    })
    if (!claim || ownersAreRight(claim, set, pod)) continue
    const request = io.state(state => updateRequest(clientOf(state, NAME), pathOfObject('persistentvolumeclaims', claim), withOwners(claim, set, pod)))
    const response = yield* ask(io, request)
    if (!ok(response)) return `could not update claim ${name} for delete policy ownerRefs: ${errorOf(response)}`
    remember(io, set, 'persistentvolumeclaims', response.body)
  }
  return undefined
}

function remember(io: ManagerIo, set: StatefulSet, plural: string, written: KubeObject): void {
  io.state(state => wrote(state.controllers[NAME]!.written, keyOf(set), plural, written.metadata.resourceVersion))
}

function sayPod(io: ManagerIo, set: StatefulSet, pod: Pod, verb: string, error: string): void {
  io.state((state, turn) => {
    const what = `${verb} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`
    if (error === '') recordFor(state, turn, NAME, set, 'Normal', `Successful${verb}`, `${what} successful`)
    else recordFor(state, turn, NAME, set, 'Warning', `Failed${verb}`, `${what} failed error: ${error}`)
  })
}

// podcontrol.ts: creating and deleting many pods: a few at first, more when that went well.
// Models k8s.io/kubernetes/pkg/controller/controller_utils.go (RealPodControl) and replicaset/replica_set.go (slowStartBatch)
// Differs: the requests of one batch are sent in a fixed order

import type { ApiResponse } from '../../api/http.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Pod } from '../../api/pod.ts'
import { pathOf } from '../../api/resources.ts'
import type { Steps } from '../../kernel/machine.ts'
import { wrote } from '../client/consistency.ts'
import { recordFor } from '../client/controller.ts'
import { creationObserved, deletionObserved } from '../client/expectations.ts'
import { keyOf } from '../client/informer.ts'
import { askAll, errorOf, isNamespaceTerminating, isNotFound, ok } from '../client/request.ts'
import { createRequest, deleteRequest } from '../client.ts'
import { clientOf, deletableTypes, type ManagerIo, pathOfObject } from './state.ts'

const SLOW_START = 1

/** How many were not created or deleted, and the first error, as it was reported. */
export interface Shortfall {
  missing: number
  error?: string
}

/** Creates pods for an owner in batches of 1, 2, 4 …; after a batch with an error none follows. */
export function* createPods(io: ManagerIo, controller: string, owner: KubeObject, pods: any[], source = controller): Steps<Shortfall> {
  const ownerKey = keyOf(owner)
  const path = pathOf({ type: deletableTypes['pods']!, namespace: owner.metadata.namespace })
  let from = 0
  for (let size = Math.min(pods.length, SLOW_START); size > 0; size = Math.min(2 * size, pods.length - from)) {
    const batch = pods.slice(from, from + size)
    const requests = io.state(state => batch.map(pod => createRequest(clientOf(state, controller), path, pod)))
    const responses = yield* askAll(io, requests)
    from += size
    const { missing, error } = io.state((state, turn) => {
      const short: Shortfall = { missing: 0 }
      const { expectations, written } = state.controllers[controller]!
      for (const response of responses) {
        if (ok(response)) {
          wrote(written, ownerKey, 'pods', response.body.metadata?.resourceVersion)
          recordFor(state, turn, source, owner, 'Normal', 'SuccessfulCreate', `Created pod: ${response.body.metadata.name}`)
          continue
        }
        // In a namespace that is going every creation would fail: this one stays expected, so that none follows.
        if (isNamespaceTerminating(response)) continue
        creationObserved(expectations, ownerKey)
        recordFor(state, turn, source, owner, 'Warning', 'FailedCreate', `Error creating: ${errorOf(response)}`)
        short.missing++
        short.error ??= errorOf(response)
      }
      if (short.error !== undefined) creationObserved(expectations, ownerKey, pods.length - from)
      return short
    })
    if (error !== undefined) return { missing: missing + pods.length - from, error }
  }
  return { missing: 0 }
}

/** Deletes pods of an owner, all at once. What is gone already counts as deleted. */
export function* deletePods(
  io: ManagerIo,
  controller: string,
  owner: KubeObject,
  pods: Pod[],
  options: { tracked: boolean; source?: string },
): Steps<Shortfall> {
  if (pods.length === 0) return { missing: 0 }
  const ownerKey = keyOf(owner)
  const requests = io.state(state => pods.map(pod => deleteRequest(clientOf(state, controller), pathOfObject('pods', pod))))
  const responses = yield* askAll(io, requests)
  return io.state((state, turn) => {
    const short: Shortfall = { missing: 0 }
    responses.forEach((response: ApiResponse, i) => {
      const pod = pods[i]!
      const source = options.source ?? controller
      if (ok(response)) {
        recordFor(state, turn, source, owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
        return
      }
      deletionObserved(state.controllers[controller]!.expectations, ownerKey, options.tracked ? keyOf(pod) : undefined)
      if (isNotFound(response)) return
      recordFor(state, turn, source, owner, 'Warning', 'FailedDelete', `Error deleting: ${errorOf(response)}`)
      short.missing++
      short.error ??= `unable to delete pods: ${errorOf(response)}`
    })
    return short
  })
}

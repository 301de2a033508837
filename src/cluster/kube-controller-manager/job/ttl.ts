// ttl.ts: the TTL-after-finished controller: Jobs that are over go after a while, if they say so.
// Models k8s.io/kubernetes/pkg/controller/ttlafterfinished/ttlafterfinished_controller.go
// Differs: nothing known

import { parseTime } from '../../../api/time.ts'
import type { Job } from '../../../api/workloads.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { type Controller, enqueue, enqueueAfter, type SyncResult } from '../../client/controller.ts'
import { cached, keyOf } from '../../client/informer.ts'
import { ask, errorOf, isNotFound, ok } from '../../client/request.ts'
import { deleteRequest, getRequest } from '../../client.ts'
import { clientOf, type ManagerIo, type ManagerState, pathOfKey } from '../state.ts'

const NAME = 'ttl-after-finished-controller'

export const ttlAfterFinishedController: Controller<ManagerState> = {
  name: NAME,
  workers: 5,
  on: {
    jobs(state, io, change) {
      if (change.type !== 'delete' && expiresAt(change.object) !== undefined) enqueue(state, io, NAME, keyOf(change.object))
    },
  },
  sync,
}

/** When a finished Job is to go, ms; undefined: never, or not known yet. */
export function expiresAt(job: Job): number | undefined {
  const end = job.status?.conditions?.find(c => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')
  const finished = parseTime(end?.lastTransitionTime)
  if (job.spec.ttlSecondsAfterFinished === undefined || job.metadata.deletionTimestamp !== undefined || finished === undefined) return undefined
  return finished + job.spec.ttlSecondsAfterFinished * 1000
}

function* sync(io: ManagerIo, key: string): Steps<SyncResult> {
  const job = io.state(state => cached<Job>(state, 'jobs', key))
  if (!job || !(yield* isDue(io, key, job))) return undefined
  const request = io.state(state => getRequest(clientOf(state, NAME), pathOfKey('jobs', key)))
  const fresh = yield* ask(io, request)
  if (isNotFound(fresh)) return undefined
  if (!ok(fresh)) return errorOf(fresh)
  if (!(yield* isDue(io, key, fresh.body))) return undefined
  io.note('Expired', { job: key })
  const options = { propagationPolicy: 'Foreground', preconditions: { uid: fresh.body.metadata.uid } }
  const response = yield* ask(
    io,
    io.state(state => deleteRequest(clientOf(state, NAME), pathOfKey('jobs', key), options)),
  )
  return ok(response) || isNotFound(response) ? undefined : errorOf(response)
}

/** Comes back later if its time has not come. */
function* isDue(io: ManagerIo, key: string, job: Job): Steps<boolean> {
  const at = expiresAt(job)
  if (at === undefined) return false
  const left = at - io.now()
  if (left > 0) io.state((state, turn) => enqueueAfter(state, turn, NAME, key, left))
  return left <= 0
}

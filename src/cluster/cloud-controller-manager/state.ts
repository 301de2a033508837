// state.ts: what the cloud controller manager keeps, and how its controllers ask the cloud.
// Models k8s.io/cloud-provider/app/controllermanager.go
// Differs: nothing known

import type { Io, RoutineIo, Steps } from '../../kernel/machine.ts'
import type { WithControllers } from '../client/controller.ts'
import type { Election } from '../client/leaderelection.ts'
import type { Client } from '../client.ts'
import type { CloudReply } from '../cloud.ts'

export interface CloudManagerState extends WithControllers {
  election: Election
  /** What each periodic work is woken by; it ends with the process. */
  clocks: Record<string, number>
}

/** Wakes a periodic work after `ms`. */
export function wake(state: CloudManagerState, io: Io, ms: number, type: string): void {
  state.clocks[type] = io.after(ms, type)
}

export type CloudIo = RoutineIo<CloudManagerState>

export const client: Client = {
  token: 'system:serviceaccount:kube-system:cloud-controller-manager',
  userAgent: 'cloud-controller-manager/v1.37.2 (linux/amd64) kubernetes',
}

const CLOUD_TIMEOUT_MS = 300_000 // A cloud that has not answered by then will not.

/** Asks the cloud and waits. */
export function* askCloud<T>(io: CloudIo, call: string, body: unknown): Steps<CloudReply<T>> {
  const answer = yield* io.call<CloudReply<T>>('cloud', call, body, CLOUD_TIMEOUT_MS)
  return answer.ok ? answer.value : { ok: false, error: answer.error === 'timeout' ? 'context deadline exceeded' : 'cloud is unreachable' }
}

// cri.ts: how the kubelet's routines call the runtime.
// Models k8s.io/cri-client/pkg/remote_runtime.go
// Differs: nothing known

import type { RoutineIo, Steps } from '../../kernel/machine.ts'
import type { CriReply } from '../container-runtime/cri.ts'
import type { Kubelet } from './state.ts'

const SOCKET_DOWN = 'connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"'

/** Calls and waits; without a runtime the reply is a failure. `timeout` in ms. */
export function* cri<T>(io: RoutineIo<Kubelet>, type: string, body: unknown, timeout?: number): Steps<CriReply<T>> {
  const runtime = io.state(s => s.runtime)
  const answer = yield* io.call<CriReply<T>>(runtime, type, body, timeout)
  if (answer.ok) return answer.value
  if (answer.error === 'timeout') return { ok: false, error: { code: 'DeadlineExceeded', message: 'context deadline exceeded' } }
  return { ok: false, error: { code: 'Unavailable', message: SOCKET_DOWN } }
}

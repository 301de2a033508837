// componentstatus.ts: the old question whether the control plane is well.
// Models k8s.io/kubernetes/pkg/registry/core/componentstatus/rest.go
// Differs: only etcd is asked; scheduler and controller manager are said to be well

import type { KubeObject } from '../../../api/object.ts'
import { isStatus, notFound } from '../../../api/status.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { refusal } from '../door.ts'
import { range } from '../etcdclient.ts'
import { represent, representationOf, representList } from '../represent.ts'
import type { Call, Outcome, ServerIo } from '../state.ts'

function* components(io: ServerIo): Steps<KubeObject[]> {
  const found = yield* range(io, { key: 'health' })
  const of = (name: string, message: string, well = true) =>
    ({
      kind: 'ComponentStatus',
      apiVersion: 'v1',
      metadata: { name },
      conditions: [{ type: 'Healthy', status: well ? 'True' : 'False', message }],
    }) as unknown as KubeObject
  return [of('controller-manager', 'ok'), isStatus(found) ? of('etcd-0', found.message ?? '', false) : of('etcd-0', 'ok'), of('scheduler', 'ok')]
}

export function* componentStatuses(io: ServerIo, call: Call): Steps<Outcome> {
  const form = representationOf(call.request.headers['accept'], call.request.query)
  if (isStatus(form)) return refusal(form)
  return { status: 200, body: representList(call.type, yield* components(io), {} as any, form, io.now()) }
}

export function* componentStatus(io: ServerIo, call: Call): Steps<Outcome> {
  const form = representationOf(call.request.headers['accept'], call.request.query)
  if (isStatus(form)) return refusal(form)
  const found = (yield* components(io)).find(c => c.metadata.name === call.info.name)
  return found === undefined ? refusal(notFound(call.type, call.info.name)) : { status: 200, body: represent(call.type, found, form, io.now()) }
}

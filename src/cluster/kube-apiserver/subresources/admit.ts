// admit.ts: what is made under a subresource is admitted like any other creation: nothing new in a namespace that is going.
// Models k8s.io/apiserver/pkg/endpoints/handlers/create.go (createHandler)
// Differs: the plugins may refuse, not amend

import type { KubeObject } from '../../../api/object.ts'
import { badRequest, isStatus, type Status } from '../../../api/status.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { admissionOf, mutate, validateAdmission } from '../admission/admission.ts'
import { namespaceExists } from '../create.ts'
import { station } from '../notes.ts'
import type { Call, ServerIo } from '../state.ts'

/** The refusal of the mutating plugins, if there is one. A namespace that the cache does not know is looked for in etcd. */
export function* admit(io: ServerIo, call: Call, object: KubeObject): Steps<Status | undefined> {
  const { namespace } = object.metadata
  if (namespace !== undefined && namespace !== '' && namespace !== call.info.namespace)
    return badRequest('the namespace of the provided object does not match the namespace sent on the request')
  const refused = io.state((s, t) => {
    const found = mutate(s, admissionOf(call, 'CREATE', object, undefined, []), t)
    return isStatus(found) ? found : undefined
  })
  if (refused === undefined) return undefined
  if (refused.code === 404 && refused.details?.kind === 'namespaces' && (yield* namespaceExists(io, call.info.namespace))) return undefined
  io.state((_, t) => station(t, call, 'mutating admission', 'refused', { why: refused.message }))
  return refused
}

/** The refusal of the validating plugins, if there is one. */
export function validated(io: ServerIo, call: Call, object: KubeObject): Status | undefined {
  const refused = io.state((s, t) => validateAdmission(s, admissionOf(call, 'CREATE', object, undefined, []), t))
  if (refused !== undefined) io.state((_, t) => station(t, call, 'validating admission', 'refused', { why: refused.message }))
  return refused
}

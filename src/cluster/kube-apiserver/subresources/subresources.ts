// subresources.ts: doors of their own: status, binding, scale, eviction and the like, by `resource/subresource` and verb.
// Models k8s.io/kubernetes/pkg/registry/*/rest and pkg/registry/core/pod/storage
// Differs: proxies, attach and port-forward are not carried

import type { Steps } from '../../../kernel/machine.ts'
import { patch } from '../patch.ts'
import { get } from '../read.ts'
import type { Call, Outcome, ServerIo } from '../state.ts'
import { update } from '../update.ts'
import { bind } from './binding.ts'
import { componentStatus, componentStatuses } from './componentstatus.ts'
import { evict } from './eviction.ts'
import { review } from './reviews.ts'
import { getScale, patchScale, updateScale } from './scale.ts'
import { exec, logs, upgrade } from './streams.ts'
import { createToken } from './token.ts'

export type Handler = (io: ServerIo, call: Call) => Steps<Outcome>

const part: Record<string, Handler> = { get, update, patch }

export const subresources: Record<string, Record<string, Handler>> = {
  '*/status': part,
  '*/scale': { get: getScale, update: updateScale, patch: patchScale },
  'pods/binding': { create: bind },
  bindings: { create: bind },
  componentstatuses: { get: componentStatus, list: componentStatuses },
  'pods/eviction': { create: evict },
  'pods/log': { get: logs },
  'pods/exec': { get: exec, create: exec },
  'pods/attach': { get: upgrade, create: upgrade },
  'pods/portforward': { get: upgrade, create: upgrade },
  'pods/ephemeralcontainers': part,
  'pods/resize': part,
  'namespaces/finalize': { update },
  'serviceaccounts/token': { create: createToken },
  'certificatesigningrequests/approval': part,
  selfsubjectaccessreviews: { create: review },
  selfsubjectrulesreviews: { create: review },
  selfsubjectreviews: { create: review },
  subjectaccessreviews: { create: review },
  localsubjectaccessreviews: { create: review },
  tokenreviews: { create: review },
}

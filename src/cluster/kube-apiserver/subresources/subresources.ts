// subresources.ts: doors of their own: status, binding, scale, eviction and the like, by `resource/subresource` and verb.
// Models k8s.io/kubernetes/pkg/registry/*/rest and pkg/registry/core/pod/storage
// Differs: proxies and streams are not carried

import type { Steps } from '../../../kernel/machine.ts'
import { patch } from '../patch.ts'
import { get } from '../read.ts'
import type { Call, Outcome, ServerIo } from '../state.ts'
import { update } from '../update.ts'
import { bind } from './binding.ts'

export type Handler = (io: ServerIo, call: Call) => Steps<Outcome>

const part: Record<string, Handler> = { get, update, patch }

export const subresources: Record<string, Record<string, Handler>> = {
  '*/status': part,
  'pods/binding': { create: bind },
  'pods/ephemeralcontainers': part,
  'pods/resize': part,
  'namespaces/finalize': { update },
}

// apply.ts: server-side apply.
// Models k8s.io/apiserver/pkg/endpoints/handlers/patch.go (applyPatcher)
// Differs: nothing known

import { failure } from '../../api/status.ts'
import type { Steps } from '../../kernel/machine.ts'
import { refusal } from './door.ts'
import type { Call, Outcome, ServerIo } from './state.ts'

// biome-ignore lint/correctness/useYield: a step of a routine
export function* applyConfiguration(_io: ServerIo, _call: Call): Steps<Outcome> {
  return refusal(failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {}))
}

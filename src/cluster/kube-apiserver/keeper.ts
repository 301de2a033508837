// keeper.ts: what has to be there is made again: the Service kubernetes with all that belongs to it, and the system's Namespaces.
// Models k8s.io/kubernetes/pkg/controlplane/controller/{kubernetesservice,systemnamespaces,defaultservicecidr}/*.go
// Differs: a round is made only while something is missing; what was changed is left as it is

import type { ApiRequest } from '../../api/http.ts'
import type { Io, Steps } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import type { Txn } from '../etcd/txn.ts'
import { ETCD, type TxnAnswer } from '../etcd.ts'
import { bootObjects, isIncomplete, type Part } from './bootstrap.ts'
import { noteRequest } from './notes.ts'
import { SELF, type ServerIo, type State } from './state.ts'

const EVERY_MS: Record<Part, number> = { front: 10_000, namespaces: 60_000 }
const PARTS: ReadonlyMap<string, Part> = new Map([
  ['namespaces', 'namespaces'],
  ['services', 'front'],
  ['endpoints', 'front'],
  ['endpointslices', 'front'],
  ['ipaddresses', 'front'],
  ['servicecidrs', 'front'],
])

/** Objects of a resource have gone: if one of them is missed, the next round is due. */
export function watchOver(s: State, resource: string, io: Io): void {
  const part = PARTS.get(resource)
  if (part === undefined || s.phase.at !== 'serving' || s.rounds.has(part) || !isIncomplete(s, part)) return
  const since = s.phase.since
  s.rounds.add(part)
  io.after(EVERY_MS[part] - ((io.now - since) % EVERY_MS[part]), 'timer/keep', { part })
}

/** One round. */
export function* keep(io: ServerIo, { part }: { part: Part }): Steps<void> {
  const missing = io.state((s, t) => {
    s.rounds.delete(part)
    return share(bootObjects(s, t, part))
  })
  const answers = yield* io.all(
    missing.map(({ key, value }) => ({
      to: ETCD,
      type: 'txn',
      body: { compare: [{ key, target: 'mod', value: 0 }], success: [{ put: key, value }], quiet: true } satisfies Txn,
    })),
  )
  io.state((s, t) => {
    for (const [i, { type, value }] of missing.entries()) {
      const answer = answers[i]!
      if (!answer.ok || (answer.value as TxnAnswer).error !== undefined || !answer.value.succeeded) continue
      const { name, namespace = '' } = value.metadata
      const info = {
        verb: 'create',
        path: '',
        group: type.group,
        version: type.version,
        resource: type.plural,
        subresource: '',
        namespace,
        name,
        named: false,
        type,
        rest: '',
      }
      const request: ApiRequest = { method: 'POST', path: '', query: {}, headers: {}, body: value }
      noteRequest(t, { id: ++s.durable.requests, notes: 'request', info, user: SELF, request }, { status: 201, body: undefined })
    }
    watchOver(s, part === 'front' ? 'services' : 'namespaces', t)
  })
}

// nodettl.ts: the ttl controller: tells kubelets how long they may keep Secrets and ConfigMaps, by the size of the cluster.
// Models k8s.io/kubernetes/pkg/controller/ttl/ttl_controller.go
// Differs: nothing known

import type { Node } from '../../api/node.ts'
import type { Steps } from '../../kernel/machine.ts'
import { type Controller, enqueue, type SyncResult } from '../client/controller.ts'
import { cached, listed } from '../client/informer.ts'
import { ask, errorOf, isNotFound, ok } from '../client/request.ts'
import { patchRequest } from '../client.ts'
import { clientOf, type ManagerIo, type ManagerState, pathOfKey } from './state.ts'

const NAME = 'ttl-controller'
const TTL = 'node.alpha.kubernetes.io/ttl'

/** Up to so many nodes, so many seconds. */
const STEPS: [number, number][] = [
  [100, 0],
  [500, 15],
  [1000, 30],
  [2000, 60],
]

export const nodeTtlController: Controller<ManagerState> = {
  name: NAME,
  workers: 5,
  on: {
    nodes(state, io, change) {
      if (change.type !== 'delete' && change.object.metadata.annotations?.[TTL] !== wanted(state)) enqueue(state, io, NAME, change.object.metadata.name)
    },
  },
  sync,
}

function wanted(state: ManagerState): string {
  const nodes = listed(state, 'nodes').length
  return String(STEPS.find(([most]) => nodes <= most)?.[1] ?? 300)
}

function* sync(io: ManagerIo, name: string): Steps<SyncResult> {
  const ttl = io.state(state => {
    const node = cached<Node>(state, 'nodes', name)
    return node && node.metadata.annotations?.[TTL] !== wanted(state) ? wanted(state) : undefined
  })
  if (ttl === undefined) return undefined
  const response = yield* ask(
    io,
    io.state(state => patchRequest(clientOf(state, NAME), pathOfKey('nodes', name), 'strategic', { metadata: { annotations: { [TTL]: ttl } } })),
  )
  return ok(response) || isNotFound(response) ? undefined : errorOf(response)
}

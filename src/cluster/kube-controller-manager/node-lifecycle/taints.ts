// taints.ts: putting taints on nodes and taking them off.
// Models k8s.io/kubernetes/pkg/controller/controller_utils.go (taints) and pkg/util/taints/taints.go
// Differs: the node is read from the local copy first, as upstream reads it from the server's cache

import type { Node, Taint } from '../../../api/node.ts'
import type { Toleration } from '../../../api/pod.ts'
import { rfc3339 } from '../../../api/time.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { cached } from '../../client/informer.ts'
import { ask, errorOf, isConflict, isNotFound, ok } from '../../client/request.ts'
import { getRequest, patchRequest } from '../../client.ts'
import { clientOf, type ManagerIo, pathOfKey } from '../state.ts'

const TRIES = 5

export type TaintKey = Pick<Taint, 'key' | 'effect'>

export const sameTaint = (a: TaintKey, b: TaintKey): boolean => a.key === b.key && a.effect === b.effect

export const hasTaint = (node: Node, taint: TaintKey): boolean => (node.spec.taints ?? []).some(t => sameTaint(t, taint))

/** Adds some taints, then takes others off: one patch each, as far as there is something to do. */
export function* swapTaints(io: ManagerIo, controller: string, node: string, add: TaintKey[], remove: TaintKey[]): Steps<string | undefined> {
  if (add.length > 0) {
    const timeAdded = rfc3339(io.now())
    const error = yield* patchTaints(io, controller, node, taints => {
      const missing = add.filter(a => !taints.some(t => sameTaint(t, a)))
      return missing.length === 0 ? taints : [...taints, ...missing.map(t => ({ ...t, timeAdded }))]
    })
    if (error !== undefined) return error
  }
  if (remove.length === 0) return undefined
  return yield* patchTaints(io, controller, node, taints => {
    const left = taints.filter(t => !remove.some(r => sameTaint(t, r)))
    return left.length === taints.length ? taints : left
  })
}

function* patchTaints(io: ManagerIo, controller: string, name: string, change: (taints: Taint[]) => Taint[]): Steps<string | undefined> {
  const path = pathOfKey('nodes', name)
  let node = io.state(state => cached<Node>(state, 'nodes', name))
  const client = io.state(state => clientOf(state, controller))
  for (let i = 0; i < TRIES; i++) {
    if (!node || i > 0) {
      const response = yield* ask(io, getRequest(client, path))
      if (isNotFound(response)) return undefined
      if (!ok(response)) return errorOf(response)
      node = response.body as Node
    }
    const before = node.spec.taints ?? []
    const after = change(before)
    if (after === before) return undefined
    io.note('Tainting', { node: name, taints: after.map(t => `${t.key}:${t.effect}`), before: before.map(t => `${t.key}:${t.effect}`) })
    const body = { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints: after.length > 0 ? after : null } }
    const response = yield* ask(io, patchRequest(client, path, 'strategic', body))
    if (ok(response) || isNotFound(response)) return undefined
    if (!isConflict(response)) return errorOf(response)
  }
  return `taints of node ${name} changed too often`
}

/** Does a toleration cover a taint? An empty key with Exists covers all, an empty effect every effect. */
export function tolerates(toleration: Toleration, taint: TaintKey & { value?: string }): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if ((toleration.operator ?? 'Equal') === 'Exists') return true
  return toleration.operator === undefined || toleration.operator === 'Equal'
    ? toleration.key !== undefined && (toleration.value ?? '') === (taint.value ?? '')
    : false
}

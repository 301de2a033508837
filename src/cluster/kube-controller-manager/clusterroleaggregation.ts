// clusterroleaggregation.ts: the ClusterRole aggregation controller: roles that are the sum of others.
// Models k8s.io/kubernetes/pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go
// Differs: nothing known

import { labelSelectorMatches } from '../../api/labels.ts'
import type { Steps } from '../../kernel/machine.ts'
import { type Controller, enqueue, type SyncResult } from '../client/controller.ts'
import { cached, listed } from '../client/informer.ts'
import { ask, errorOf, isNotFound, ok } from '../client/request.ts'
import { patchRequest } from '../client.ts'
import { same } from './pods.ts'
import { clientOf, type ManagerIo, type ManagerState, pathOfKey } from './state.ts'

const NAME = 'clusterrole-aggregation-controller'

export const clusterRoleAggregationController: Controller<ManagerState> = {
  name: NAME,
  workers: 5,
  on: {
    clusterroles(state, io, change) {
      if (!state.working && change.object.aggregationRule === undefined) return
      for (const role of listed(state, 'clusterroles')) if (role.aggregationRule) enqueue(state, io, NAME, role.metadata.name)
    },
  },
  sync,
}

function* sync(io: ManagerIo, name: string): Steps<SyncResult> {
  const seen = io.state(state => {
    const role = cached(state, 'clusterroles', name)
    if (!role?.aggregationRule) return undefined
    const rules: any[] = []
    for (const selector of role.aggregationRule.clusterRoleSelectors ?? []) {
      const others = listed(state, 'clusterroles').filter(other => other.metadata.name !== name && labelSelectorMatches(selector, other.metadata.labels))
      others.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
      for (const other of others) for (const rule of other.rules ?? []) if (!rules.some(r => same(r, rule))) rules.push(rule)
    }
    return same(role.rules, rules) ? undefined : { rules, client: clientOf(state, NAME) }
  })
  if (!seen) return undefined
  io.note('Aggregating', { clusterRole: name, rules: seen.rules.length })
  const body = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules: seen.rules }
  const response = yield* ask(io, patchRequest(seen.client, pathOfKey('clusterroles', name), 'apply', body, { fieldManager: NAME, force: 'true' }))
  return ok(response) || isNotFound(response) ? undefined : errorOf(response)
}

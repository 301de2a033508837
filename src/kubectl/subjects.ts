// subjects.ts: who is bound to a role: users, groups, accounts that flags name.
// Models k8s.io/kubectl/pkg/cmd/{create/create_rolebinding,set/set_subject}.go
// Differs: nothing known

import { list } from './flags.ts'
import type { Kit } from './kit.ts'

export interface Subject {
  kind: string
  apiGroup?: string
  name: string
  namespace?: string
}

/** `placed` reads `namespace:name` of an account. */
export function subjectsOf(kit: Kit, placed: (account: string) => { namespace: string; name: string }): Subject[] {
  const apiGroup = 'rbac.authorization.k8s.io'
  return [
    ...list(kit.flags, 'user').map(name => ({ apiGroup, kind: 'User', name })),
    ...list(kit.flags, 'group').map(name => ({ apiGroup, kind: 'Group', name })),
    ...list(kit.flags, 'serviceaccount').map(account => ({ kind: 'ServiceAccount', ...placed(account) })),
  ]
}

// namespacelifecycle.ts: nothing new in a namespace that is not there or is going; some namespaces stay for ever.
// Models k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go
// Differs: the second look at a missing namespace is the caller's (it asks etcd)

import { forbidden, notFound, type Status } from '../../../api/status.ts'
import type { Attributes, Plugin } from './admission.ts'

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public'])
/** Reviews may be asked anywhere. */
const EXEMPT = new Set(['localsubjectaccessreviews'])

export const namespaceLifecycle: Plugin = {
  name: 'NamespaceLifecycle',
  mutate: (s, a) => check(s.caches['namespaces']!.objects.get(a.namespace), a) ?? a.object,
  validate: (s, a) => (a.operation === 'DELETE' ? check(s.caches['namespaces']!.objects.get(a.namespace), a) : undefined),
}

function check(namespace: any, a: Attributes): Status | undefined {
  if (a.operation === 'DELETE' && a.type.plural === 'namespaces' && IMMORTAL.has(a.name)) return forbidden(a.type, a.name, 'this namespace may not be deleted')
  if (a.operation !== 'CREATE' || !a.type.namespaced || a.namespace === '' || EXEMPT.has(a.type.plural)) return undefined
  if (namespace === undefined) return notFound({ group: '', plural: 'namespaces' }, a.namespace)
  if (namespace.status?.phase !== 'Terminating') return undefined
  const status = forbidden(
    a.type,
    a.name || a.object?.metadata.generateName || 'Unknown',
    `unable to create new content in namespace ${a.namespace} because it is being terminated`,
  )
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${a.namespace} is being terminated`, field: 'metadata.namespace' }
  return { ...status, details: { ...status.details, causes: [cause] } }
}

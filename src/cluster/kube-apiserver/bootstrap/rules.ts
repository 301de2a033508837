// rules.ts: a short hand for policy rules: `get,list pods,services ""` and `get /healthz`.
// Models k8s.io/kubernetes/pkg/apis/rbac/v1/helpers.go (PolicyRuleBuilder)
// Differs: nothing known

import type { PolicyRule } from '../../../api/rbac.ts'

export const READ = 'get,list,watch'
export const READ_UPDATE = 'get,list,watch,update,patch'
export const WRITE = 'create,update,patch,delete,deletecollection'
export const READ_WRITE = 'get,list,watch,create,update,patch,delete,deletecollection'

const CORE = 'core'

/** Groups by their short names; `core` is the empty one. */
export const GROUPS: Record<string, string> = {
  core: '',
  apps: 'apps',
  batch: 'batch',
  autoscaling: 'autoscaling',
  policy: 'policy',
  authn: 'authentication.k8s.io',
  authz: 'authorization.k8s.io',
  rbac: 'rbac.authorization.k8s.io',
  net: 'networking.k8s.io',
  discovery: 'discovery.k8s.io',
  coordination: 'coordination.k8s.io',
  events: 'events.k8s.io',
  storage: 'storage.k8s.io',
  node: 'node.k8s.io',
  certs: 'certificates.k8s.io',
  resource: 'resource.k8s.io',
  admission: 'admissionregistration.k8s.io',
  apiextensions: 'apiextensions.k8s.io',
  apiregistration: 'apiregistration.k8s.io',
  extensions: 'extensions',
  migration: 'storagemigration.k8s.io',
  internal: 'internal.apiserver.k8s.io',
  metrics: 'metrics.k8s.io',
  custom: 'custom.metrics.k8s.io',
  external: 'external.metrics.k8s.io',
  any: '*',
}

/** `VERBS RESOURCES GROUPS [NAMES]`, lists with commas; `VERBS /url,/url` for paths. */
export function rule(text: string): PolicyRule {
  const [verbs = '', what = '', groups = CORE, names] = text.split(' ')
  if (what.startsWith('/') || what === 'url:*') return { verbs: sorted(verbs), nonResourceURLs: what === 'url:*' ? ['*'] : what.split(',') }
  return {
    verbs: sorted(verbs),
    apiGroups: groups.split(',').map(group => GROUPS[group] ?? group),
    resources: what.split(',').sort(),
    ...(names === undefined ? {} : { resourceNames: names.split(',') }),
  }
}

export const rules = (...texts: string[]): PolicyRule[] => texts.map(rule)

const sorted = (list: string): string[] => list.split(',').sort()

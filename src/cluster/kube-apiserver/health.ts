// health.ts: is the server alive, is it ready? One line a check.
// Models k8s.io/apiserver/pkg/server/healthz/healthz.go
// Differs: only etcd is really asked (is the connection there?); hooks have run before the door opens

import type { Outcome, State } from './state.ts'

const HOOKS = [
  ...['start-apiserver-admission-initializer', 'generic-apiserver-start-informers', 'priority-and-fairness-config-consumer', 'priority-and-fairness-filter'],
  ...['storage-object-count-tracker-hook', 'start-apiextensions-informers', 'start-apiextensions-controllers', 'crd-informer-synced'],
  ...['start-system-namespaces-controller', 'start-cluster-authentication-info-controller', 'start-kube-apiserver-identity-lease-controller'],
  ...['start-kube-apiserver-identity-lease-garbage-collector', 'start-legacy-token-tracking-controller', 'start-service-ip-repair-controllers'],
  ...['rbac/bootstrap-roles', 'scheduling/bootstrap-system-priority-classes', 'priority-and-fairness-config-producer', 'bootstrap-controller'],
  ...[
    'start-kubernetes-service-cidr-controller',
    'aggregator-reload-proxy-client-cert',
    'start-kube-aggregator-informers',
    'apiservice-status-local-available-controller',
  ],
  ...[
    'apiservice-status-remote-available-controller',
    'apiservice-registration-controller',
    'apiservice-discovery-controller',
    'kube-apiserver-autoregistration',
  ],
].map(name => `poststarthook/${name}`)

const LAST = ['autoregister-completion', 'poststarthook/apiservice-openapi-controller', 'poststarthook/apiservice-openapiv3-controller']

const CHECKS = new Map([
  ['healthz', ['ping', 'log', 'etcd', ...HOOKS, ...LAST]],
  ['livez', ['ping', 'log', 'etcd', ...HOOKS, ...LAST]],
  ['readyz', ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...HOOKS, ...LAST, 'shutdown']],
])

/** The answer to `/readyz`, `/livez/etcd` and the like; undefined for other paths. */
export function health(s: State, path: string, query: Record<string, string>): Outcome | undefined {
  const [, name = '', ...rest] = path.split('/')
  const checks = CHECKS.get(name)
  if (checks === undefined) return undefined
  const fails = (check: string): boolean => (check === 'etcd' || check === 'etcd-readiness') && !s.etcdThere
  if (rest.length > 0) {
    const check = rest.join('/')
    if (!checks.includes(check)) return undefined
    return fails(check) ? text(500, 'internal server error: context deadline exceeded\n') : text(200, 'ok')
  }
  const excluded = new Set((query['exclude'] ?? '').split(',').filter(check => check !== ''))
  const unknown = [...excluded].filter(check => !checks.includes(check))
  let failed = false
  let lines = ''
  for (const check of checks) {
    if (excluded.has(check)) lines += `[+]${check} excluded: ok\n`
    else if (fails(check)) {
      failed = true
      lines += `[-]${check} failed: reason withheld\n`
    } else lines += `[+]${check} ok\n`
  }
  if (unknown.length > 0) lines += `warn: some health checks cannot be excluded: no matches for ${unknown.map(check => JSON.stringify(check)).join(', ')}\n`
  if (failed) return text(500, `${lines}${name} check failed\n`)
  return query['verbose'] === undefined ? text(200, 'ok') : text(200, `${lines}${name} check passed\n`)
}

const text = (status: number, body: string): Outcome => ({
  status,
  body,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
})

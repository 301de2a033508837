// podsecurity.ts: how much a Pod may take upon itself: levels that a namespace sets by labels.
// Models k8s.io/pod-security-admission/admission/admission.go
// Differs: audit levels leave no trace; only the latest version of each level is known

import { forbidden, type Status } from '../../../api/status.ts'
import { listed } from '../cache.ts'
import type { Attributes, Plugin } from './admission.ts'
import { type Level, violations } from './podsecurity/checks.ts'

const LABEL = 'pod-security.kubernetes.io/'
const MIRROR = 'kubernetes.io/config.mirror'

interface Policy {
  enforce: Level
  enforceVersion: string
  warn: Level
  warnVersion: string
}

/** Where the Pod template of a workload is. */
const TEMPLATES: Record<string, (object: any) => any> = {
  replicationcontrollers: o => o.spec?.template?.spec,
  replicasets: o => o.spec?.template?.spec,
  deployments: o => o.spec?.template?.spec,
  daemonsets: o => o.spec?.template?.spec,
  statefulsets: o => o.spec?.template?.spec,
  jobs: o => o.spec?.template?.spec,
  cronjobs: o => o.spec?.jobTemplate?.spec?.template?.spec,
  podtemplates: o => o.template?.spec,
}

export const podSecurity: Plugin = {
  name: 'PodSecurity',
  resources: ['namespaces', 'pods', ...Object.keys(TEMPLATES)],
  validate(s, a): Status | undefined {
    if (a.object === undefined || (a.subresource !== '' && a.subresource !== 'ephemeralcontainers' && a.subresource !== 'resize')) return undefined
    if (a.type.plural === 'namespaces') {
      if (a.operation === 'UPDATE') warnOfExisting(a, listed(s.caches['pods']!, a.object.metadata.name))
      return undefined
    }
    const template = TEMPLATES[a.type.plural]
    if (template === undefined && a.type.plural !== 'pods') return undefined
    const policy = policyOf(s.caches['namespaces']!.objects.get(a.namespace)?.metadata.labels)
    const spec = template === undefined ? a.object['spec'] : template(a.object)
    if (spec === undefined) return undefined
    const { annotations } = a.object.metadata
    if (template === undefined && a.operation === 'UPDATE' && !isSignificant(spec, a.old?.['spec'])) return undefined
    if (template === undefined && annotations?.[MIRROR] === undefined) {
      const found = violations(policy.enforce, spec, annotations)
      if (found.length > 0)
        return forbidden(
          a.type,
          a.name || a.object.metadata.generateName || 'Unknown',
          `violates PodSecurity "${policy.enforce}:${policy.enforceVersion}": ${found.join(', ')}`,
        )
    }
    const found = violations(policy.warn, spec, annotations)
    if (found.length > 0) a.warnings.push(`would violate PodSecurity "${policy.warn}:${policy.warnVersion}": ${found.join(', ')}`)
    return undefined
  },
}

function policyOf(labels: Record<string, string> | undefined): Policy {
  const level = (mode: string): Level => {
    const value = labels?.[`${LABEL}${mode}`]
    return value === 'baseline' || value === 'restricted' || value === 'privileged' ? value : value === undefined ? 'privileged' : 'restricted'
  }
  const version = (mode: string): string => labels?.[`${LABEL}${mode}-version`] ?? 'latest'
  const warn = labels?.[`${LABEL}warn`] === undefined ? 'privileged' : level('warn')
  return { enforce: level('enforce'), enforceVersion: version('enforce'), warn, warnVersion: version('warn') }
}

/** Only images and the like changed: nothing to judge anew. */
function isSignificant(spec: any, old: any): boolean {
  if (old === undefined) return true
  const bare = (list: any[] | undefined) => JSON.stringify((list ?? []).map(({ image: _, resources: __, ...rest }: any) => rest))
  return (
    bare(spec.containers) !== bare(old.containers) ||
    bare(spec.initContainers) !== bare(old.initContainers) ||
    JSON.stringify(spec.ephemeralContainers ?? []) !== JSON.stringify(old.ephemeralContainers ?? []) ||
    JSON.stringify(spec.securityContext ?? {}) !== JSON.stringify(old.securityContext ?? {})
  )
}

/** A stricter level is told which Pods would not get in today. */
function warnOfExisting(a: Attributes, pods: any[]): void {
  const now = policyOf(a.object!.metadata.labels)
  const was = policyOf(a.old!.metadata.labels)
  if (now.enforce === was.enforce && now.enforceVersion === was.enforceVersion) return
  if (now.enforce === 'privileged') return
  const byReasons = new Map<string, string[]>()
  for (const pod of pods) {
    if (pod.metadata.annotations?.[MIRROR] !== undefined) continue
    const found = violations(now.enforce, pod.spec, pod.metadata.annotations)
    if (found.length === 0) continue
    const reasons = found.map(text => text.replace(/ \(.*\)$/s, '')).join(', ')
    byReasons.set(reasons, [...(byReasons.get(reasons) ?? []), pod.metadata.name])
  }
  if (byReasons.size === 0) return
  a.warnings.push(
    `existing pods in namespace ${JSON.stringify(a.object!.metadata.name)} violate the new PodSecurity enforce level "${now.enforce}:${now.enforceVersion}"`,
  )
  for (const [reasons, names] of byReasons) {
    const others = names.length - 1
    const more = others === 0 ? '' : others === 1 ? ' (and 1 other pod)' : ` (and ${others} other pods)`
    a.warnings.push(`${[...names].sort()[0]}${more}: ${reasons}`)
  }
}

// warnings.ts: what is accepted, but probably not meant.
// Models k8s.io/kubernetes/pkg/api/{pod,service,node}/warnings.go and pkg/registry/*/strategy.go (WarningsOnCreate, WarningsOnUpdate)
// Differs: volumes of retired kinds, IP spellings and sysctls are passed over

import { dns1123Label } from '../../api/name.ts'
import type { KubeObject } from '../../api/object.ts'
import { parseQuantity } from '../../api/quantity.ts'

/** Warnings about a new or changed object. */
export function warningsOf(object: KubeObject, isNew: boolean): string[] {
  const { kind, metadata, spec = {} } = object as any
  const found: string[] = []
  if (isNew && NAMED.has(kind)) {
    const complaints = dns1123Label(metadata.name ?? '')
    const where = kind === 'Pod' ? "this is used in the Pod's hostname, which" : 'this is used in Pod names and hostnames, which'
    if (complaints.length > 0) found.push(`metadata.name: ${where} can result in surprising behavior; a DNS label is recommended: [${complaints.join(', ')}]`)
  }
  switch (kind) {
    case 'Pod':
      return [...found, ...podWarnings(spec, '')]
    case 'CronJob':
      return [...found, ...podWarnings(spec.jobTemplate?.spec?.template?.spec ?? {}, 'spec.jobTemplate.spec.template.')]
    case 'Service':
      return [...found, ...serviceWarnings(spec)]
    case 'Ingress':
      if (metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined)
        found.push(`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`)
      return found
    case 'PersistentVolume':
      if (spec.persistentVolumeReclaimPolicy === 'Recycle')
        found.push(
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        )
      return found
    case 'StatefulSet':
      if (spec.revisionHistoryLimit < 0) found.push('spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended')
  }
  return TEMPLATED.has(kind) && spec.template?.spec ? [...found, ...podWarnings(spec.template.spec, 'spec.template.')] : found
}

const NAMED = new Set(['Pod', 'Deployment', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'])
const TEMPLATED = new Set(['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet', 'DaemonSet', 'Job'])

const LABELS: Record<string, string> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}

/** `at`: what stands before `spec` in paths: '' or `spec.template.`. */
function podWarnings(spec: any, at: string): string[] {
  const found: string[] = []
  const path = `${at}spec`
  for (const key of Object.keys(spec.nodeSelector ?? {})) if (LABELS[key] !== undefined) found.push(`${path}.nodeSelector[${key}]: ${LABELS[key]}`)
  if (spec.terminationGracePeriodSeconds < 0)
    found.push(`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`)
  const secrets = new Set<string>()
  ;(spec.imagePullSecrets ?? []).forEach((secret: any, i: number) => {
    if (!secret.name) found.push(`${path}.imagePullSecrets[${i}].name: invalid empty name ${JSON.stringify(secret.name ?? '')}`)
    else if (secrets.has(secret.name)) found.push(`${path}.imagePullSecrets[${i}].name: duplicate name ${JSON.stringify(secret.name)}`)
    secrets.add(secret.name)
  })
  const ports: { port: any; where: string }[] = []
  for (const list of ['initContainers', 'containers'])
    (spec[list] ?? []).forEach((container: any, i: number) => {
      const where = `${path}.${list}[${i}]`
      found.push(...envWarnings(container.env, where), ...resourceWarnings(container.resources, where))
      if (list === 'containers') ports.push(...(container.ports ?? []).map((port: any, j: number) => ({ port, where: `${where}.ports[${j}]` })))
    })
  found.push(...portWarnings(ports), ...selectorWarnings(spec, path))
  return found
}

function envWarnings(env: any[] | undefined, where: string): string[] {
  const found: string[] = []
  const seen = new Map<string, any>()
  ;(env ?? []).forEach((variable, i) => {
    const before = seen.get(variable.name)
    const uses = typeof variable.value === 'string' && variable.value.includes(`$(${variable.name})`)
    if (before !== undefined && !uses)
      found.push(`${where}.env[${i}]: hides previous definition of ${JSON.stringify(variable.name)}, which may be dropped when using apply`)
    seen.set(variable.name, variable)
  })
  return found
}

function resourceWarnings(resources: any, where: string): string[] {
  const found: string[] = []
  for (const part of ['requests', 'limits'])
    for (const name of ['memory', 'ephemeral-storage']) {
      const text = resources?.[part]?.[name]
      const quantity = text === undefined ? undefined : parseQuantity(text)
      if (quantity !== undefined && !('error' in quantity) && quantity.nano % 1_000_000_000n !== 0n)
        found.push(`${where}.resources.${part}[${name}]: fractional byte value ${JSON.stringify(String(text))} is invalid, must be an integer`)
    }
  return found
}

function portWarnings(ports: { port: any; where: string }[]): string[] {
  const found: string[] = []
  ports.forEach(({ port, where }, i) => {
    for (const other of ports.slice(0, i)) {
      const same = other.port.containerPort === port.containerPort && other.port.protocol === port.protocol
      if (port.name && port.name === other.port.name)
        found.push(
          `${where}: duplicate port name ${JSON.stringify(port.name)} with ${other.where}, services and probes that select ports by name will use ${other.where}`,
        )
      if (!same) continue
      const exact = (other.port.hostPort ?? 0) === (port.hostPort ?? 0) && (other.port.hostIP ?? '') === (port.hostIP ?? '')
      if (exact) found.push(`${where}: duplicate port definition with ${other.where}`)
      else if (!port.hostPort || !other.port.hostPort) found.push(`${where}: overlapping port definition with ${other.where}`)
    }
  })
  return found
}

function selectorWarnings(spec: any, path: string): string[] {
  const found: string[] = []
  const text = 'a null labelSelector results in matching no pod'
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  for (const [name, affinity] of [
    ['podAffinity', podAffinity],
    ['podAntiAffinity', podAntiAffinity],
  ] as const) {
    ;(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).forEach((term: any, i: number) => {
      if (term.labelSelector == null) found.push(`${path}.affinity.${name}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector: ${text}`)
    })
    ;(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).forEach((term: any, i: number) => {
      if (term.podAffinityTerm?.labelSelector == null)
        found.push(`${path}.affinity.${name}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm.labelSelector: ${text}`)
    })
  }
  ;(spec.topologySpreadConstraints ?? []).forEach((constraint: any, i: number) => {
    if (constraint.labelSelector == null) found.push(`${path}.topologySpreadConstraints[${i}].labelSelector: ${text}`)
  })
  return found
}

function serviceWarnings(spec: any): string[] {
  const found: string[] = []
  if ((spec.externalIPs ?? []).length > 0) found.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  if (spec.type !== 'ExternalName' && spec.clusterIP === 'None') {
    if (spec.loadBalancerIP) found.push('spec.loadBalancerIP is ignored for headless services')
    if ((spec.externalIPs ?? []).length > 0) found.push('spec.externalIPs is ignored for headless services')
    if (spec.sessionAffinity && spec.sessionAffinity !== 'None') found.push('spec.SessionAffinity is ignored for headless services')
  }
  if (spec.type !== 'ExternalName' && spec.externalName) found.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  if (spec.trafficDistribution === 'PreferClose') found.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  return found
}

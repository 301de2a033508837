// podwarnings.ts: what of a Pod, or of a template of Pods, is accepted, but probably not meant.
// Models k8s.io/kubernetes/pkg/api/pod/warnings.go and pkg/api/node/util.go
// Differs: annotations of seccomp and AppArmor are passed over

import { labelValue } from '../../api/name.ts'
import { parseQuantity } from '../../api/quantity.ts'
import { addressWarnings } from './ipwarnings.ts'

export const NODE_LABELS: ReadonlyMap<string, string> = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  ['failure-domain.beta.kubernetes.io/region', 'deprecated since v1.17; use "topology.kubernetes.io/region" instead'],
  ['failure-domain.beta.kubernetes.io/zone', 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
  ['beta.kubernetes.io/instance-type', 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'],
  ['app.kubernetes.io/created-by', 'deprecated since v1.9'],
  ['scheduler.alpha.kubernetes.io/preferAvoidPods', 'deprecated since v1.22; use Taints and Tolerations instead'],
  ['node-role.kubernetes.io/master', 'use "node-role.kubernetes.io/control-plane" instead'],
])
const ANNOTATIONS: [string, string][] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
]
/** Kinds of volumes that are gone, by their field and as upstream's path spells it. */
const VOLUMES: [string, string, string][] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['ephemeral', 'ephemeral', ''],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]
const NULL_SELECTOR = 'a null labelSelector results in matching no pod'

/** `at`: what stands before `spec` and `metadata` in paths: '' or `spec.template.`. */
export function podWarnings(spec: any, metadata: any, at: string): string[] {
  const path = `${at}spec`
  const found = placementWarnings(spec, path)
  for (const [key, text] of ANNOTATIONS) if (metadata.annotations?.[key] !== undefined) found.push(`${at}metadata.annotations[${key}]: ${text}`)
  for (const [i, volume] of (spec.volumes ?? []).entries()) {
    for (const [key, name, text] of VOLUMES) {
      if (volume[key] === undefined) continue
      if (key !== 'ephemeral') found.push(`${path}.volumes[${i}].${name}: ${text}`)
      else found.push(...storageWarnings(volume.ephemeral.volumeClaimTemplate?.spec, `${path}.volumes[${i}].ephemeral.volumeClaimTemplate.spec`))
    }
  }
  found.push(...overlapWarnings(spec.volumes ?? []))
  found.push(...repeated(spec.hostAliases, 'ip', (i, ip) => `${path}.hostAliases[${i}].ip: duplicate ip ${ip}`))
  found.push(...repeated(spec.imagePullSecrets, 'name', (i, name) => `${path}.imagePullSecrets[${i}].name: duplicate name ${name}`))
  for (const [i, { name }] of (spec.imagePullSecrets ?? []).entries()) if (!name) found.push(`${path}.imagePullSecrets[${i}].name: invalid empty name ""`)
  for (const name of ['memory', 'ephemeral-storage']) found.push(...fractionWarnings(spec.overhead, name, `${path}.overhead`))
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap(list =>
    ((spec[list] ?? []) as any[]).map((container, i) => ({ container, where: `${path}.${list}[${i}]` })),
  )
  for (const { container, where } of containers) {
    for (const name of ['memory', 'ephemeral-storage'])
      for (const part of ['limits', 'requests']) found.push(...fractionWarnings(container.resources?.[part], name, `${where}.resources.${part}`))
    found.push(...envWarnings(container.env, where))
  }
  const ports = containers.flatMap(({ container, where }) => ((container.ports ?? []) as any[]).map((port, i) => ({ port, where: `${where}.ports[${i}]` })))
  found.push(...portWarnings(ports), ...portNameWarnings(ports))
  if (spec.terminationGracePeriodSeconds < 0) {
    found.push(`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`)
  }
  found.push(...affinityWarnings(spec.affinity, path))
  for (const [i, ip] of (spec.dnsConfig?.nameservers ?? []).entries()) found.push(...addressWarnings(`${path}.dnsConfig.nameservers[${i}]`, ip))
  for (const [i, { ip = '' }] of (spec.hostAliases ?? []).entries()) found.push(...addressWarnings(`${path}.hostAliases[${i}].ip`, ip))
  return found
}

function placementWarnings({ nodeSelector = {}, affinity, topologySpreadConstraints = [] }: any, path: string): string[] {
  const found: string[] = []
  for (const key of Object.keys(nodeSelector).sort()) if (NODE_LABELS.has(key)) found.push(`${path}.nodeSelector[${key}]: ${NODE_LABELS.get(key)}`)
  const at = `${path}.affinity.nodeAffinity`
  const { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution: preferred } = affinity?.nodeAffinity ?? {}
  for (const [i, term] of (required?.nodeSelectorTerms ?? []).entries()) {
    found.push(...termWarnings(term, false, `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`))
  }
  for (const [i, { preference }] of (preferred ?? []).entries()) {
    found.push(...termWarnings(preference, true, `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`))
  }
  for (const [i, { topologyKey, labelSelector }] of topologySpreadConstraints.entries()) {
    const where = `${path}.topologySpreadConstraints[${i}]`
    if (NODE_LABELS.has(topologyKey)) found.push(`${where}.topologyKey: ${topologyKey} is ${NODE_LABELS.get(topologyKey)}`)
    if (labelSelector == null) found.push(`${where}.labelSelector: ${NULL_SELECTOR}`)
  }
  return found
}

/** Of a term of a node selector; with `values` also of what it compares with. */
export function termWarnings(term: any, values: boolean, path: string): string[] {
  const found: string[] = []
  for (const [i, { key, values: list }] of (term?.matchExpressions ?? []).entries()) {
    const where = `${path}.matchExpressions[${i}]`
    if (NODE_LABELS.has(key)) found.push(`${where}.key: ${key} is ${NODE_LABELS.get(key)}`)
    if (!values) continue
    for (const [j, value] of (list ?? []).entries()) for (const why of labelValue(value)) found.push(`${where}.values[${j}]: ${value} is invalid, ${why}`)
  }
  return found
}

function affinityWarnings(affinity: any, path: string): string[] {
  const found: string[] = []
  for (const name of ['podAffinity', 'podAntiAffinity']) {
    const at = `${path}.affinity.${name}`
    for (const [i, term] of (affinity?.[name]?.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      if (term.labelSelector == null) found.push(`${at}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector: ${NULL_SELECTOR}`)
    }
    for (const [i, term] of (affinity?.[name]?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      if (term.podAffinityTerm?.labelSelector != null) continue
      found.push(`${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm.labelSelector: ${NULL_SELECTOR}`)
    }
  }
  return found
}

function repeated(list: any[] = [], key: string, text: (i: number, value: string) => string): string[] {
  const seen = new Set<string>()
  return list.flatMap((item, i) => {
    const value = item[key] ?? ''
    if (seen.has(value)) return [text(i, JSON.stringify(value))]
    seen.add(value)
    return []
  })
}

/** A part of a byte cannot be had. */
export function fractionWarnings(amounts: Record<string, string> | undefined, name: string, path: string): string[] {
  const text = amounts?.[name]
  const quantity = text === undefined ? undefined : parseQuantity(text)
  if (quantity === undefined || 'error' in quantity || quantity.nano % 1_000_000_000n === 0n) return []
  return [`${path}[${name}]: fractional byte value ${JSON.stringify(String(text))} is invalid, must be an integer`]
}

/** Of a PersistentVolumeClaim. */
export const storageWarnings = (spec: any, path: string): string[] => [
  ...fractionWarnings(spec?.resources?.requests, 'storage', `${path}.resources.requests`),
  ...fractionWarnings(spec?.resources?.limits, 'storage', `${path}.resources.limits`),
]

function envWarnings(env: any[] = [], where: string): string[] {
  const seen = new Set<string>()
  return env.flatMap(({ name, value = '', valueFrom }, i) => {
    const self = `$(${name})`
    const hides = seen.has(name) && (valueFrom !== undefined || value === self || !value.includes(self))
    seen.add(name)
    return hides ? [`${where}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`] : []
  })
}

interface Port {
  port: any
  where: string
}

function portWarnings(ports: Port[]): string[] {
  const found: string[] = []
  const known = new Map<string, Port[]>()
  for (const { port, where } of ports) {
    const { containerPort = 0, protocol = '', hostPort = 0, hostIP = '', name = '' } = port
    if (hostIP !== '' && hostPort === 0) {
      const shown = `{Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`
      found.push(`${where}: hostIP set without hostPort: ${shown}`)
    }
    const key = `${containerPort}/${protocol}`
    const others = known.get(key) ?? []
    for (const other of others) {
      const [otherPort, otherIP] = [other.port.hostPort ?? 0, other.port.hostIP ?? '']
      if (hostIP === otherIP && hostPort === otherPort) found.push(`${where}: duplicate port definition with ${other.where}`)
      else if (hostPort === 0 || otherPort === 0) found.push(`${where}: overlapping port definition with ${other.where}`)
      else if (hostPort === otherPort && (hostIP === '') !== (otherIP === '')) {
        found.push(`${where}: dangerously ambiguous port definition with ${other.where}`)
      }
    }
    known.set(key, [...others, { port, where }])
  }
  return found
}

function portNameWarnings(ports: Port[]): string[] {
  const first = new Map<string, string>()
  return ports.flatMap(({ port, where }) => {
    const other = port.name ? first.get(port.name) : undefined
    if (port.name && other === undefined) first.set(port.name, where)
    const text = `duplicate port name ${JSON.stringify(port.name)} with ${other}, services and probes that select ports by name will use ${other}`
    return other === undefined ? [] : [`${where}: ${text}`]
  })
}

interface Entry {
  path: string
  source: string
}

/** Files of a volume that would lie on or in each other. */
function overlapWarnings(volumes: any[]): string[] {
  const found: string[] = []
  for (const { name, configMap, secret, downwardAPI, projected } of volumes) {
    const say = (what: string, overlaps: string[]) => {
      for (const text of overlaps) found.push(`volume ${JSON.stringify(name)} (${what}): overlapping paths: ${text}`)
    }
    const paths = (items: any[], source = ''): Entry[] => items.map(({ path = '' }) => ({ path, source }))
    if (configMap?.items) say(`ConfigMap ${JSON.stringify(configMap.name ?? '')}`, overlaps(paths(configMap.items)))
    if (secret?.items) say(`Secret ${JSON.stringify(secret.secretName ?? '')}`, overlaps(paths(secret.items)))
    if (downwardAPI?.items) say('DownwardAPI', overlaps(paths(downwardAPI.items)))
    if (projected === undefined) continue
    const all: Entry[] = []
    for (const source of projected.sources ?? []) {
      if (Object.keys(source).length === 0) found.push(`volume ${JSON.stringify(name)} (Projected) has no sources provided`)
      const { configMap: map, secret: kept, downwardAPI: api, serviceAccountToken: token, clusterTrustBundle: bundle } = source
      if (map?.items) all.push(...paths(map.items, `ConfigMap ${JSON.stringify(map.name ?? '')}`))
      else if (kept?.items) all.push(...paths(kept.items, `Secret ${JSON.stringify(kept.name ?? '')}`))
      else if (api?.items) all.push(...paths(api.items, 'DownwardAPI'))
      else if (token) all.push(...paths([token], 'ServiceAccountToken'))
      else if (bundle) all.push(...paths([bundle], `ClusterTrustBundle ${JSON.stringify(bundle.name ?? bundle.signerName ?? '')}`))
    }
    say('Projected', overlaps(all))
  }
  return found
}

function overlaps(entries: Entry[]): string[] {
  const found: string[] = []
  const seen: Entry[] = []
  const shown = ({ path, source }: Entry): string => JSON.stringify(path) + (source === '' ? '' : ` (${source})`)
  for (const { path: given, source } of entries) {
    const entry = { path: given.replace(/\/+$/, ''), source }
    for (const other of seen) {
      if (entry.path === '' || other.path === '') continue
      if (`${other.path}/`.startsWith(`${entry.path}/`) || `${entry.path}/`.startsWith(`${other.path}/`)) found.push(`${shown(entry)} with ${shown(other)}`)
    }
    seen.push(entry)
  }
  return found
}

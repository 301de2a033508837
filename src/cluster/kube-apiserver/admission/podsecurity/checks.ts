// checks.ts: what the levels `baseline` and `restricted` do not let a Pod do.
// Models k8s.io/pod-security-admission/policy/check_*.go
// Differs: AppArmor annotations and Windows are not looked at

export type Level = 'privileged' | 'baseline' | 'restricted'

interface Check {
  level: 'baseline' | 'restricted'
  reason: string
  /** What is wrong; '' if nothing is. */
  detail(spec: any, containers: any[]): string
}

/** Texts `reason (detail)`, in upstream's order. */
export function violations(level: Level, spec: any, _annotations: Record<string, string> | undefined): string[] {
  if (level === 'privileged') return []
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])]
  const found: string[] = []
  for (const check of CHECKS) {
    if (check.level === 'restricted' && level !== 'restricted') continue
    if (level === 'restricted' && OVERRIDDEN.has(check)) continue
    const detail = check.detail(spec, containers)
    if (detail !== '') found.push(detail === BARE ? check.reason : `${check.reason} (${detail})`)
  }
  return found
}

const BARE = '\u0000'

const q = (names: string[]): string => names.map(name => JSON.stringify(name)).join(', ')
const plural = (one: string, n: number): string => (n === 1 ? one : `${one}s`)
const named = (list: any[]): string => `${plural('container', list.length)} ${q(list.map(c => c.name))}`
const some = (containers: any[], bad: (c: any) => boolean): any[] => containers.filter(bad)

/** `container "a" must …` for those that are bad. */
const each = (containers: any[], bad: (c: any) => boolean, text: string): string => {
  const list = some(containers, bad)
  return list.length === 0 ? '' : `${named(list)} ${text}`
}

const DEFAULT_CAPABILITIES = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
])
const SYSCTLS = new Set([
  ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start'],
  ...[
    'net.ipv4.ip_local_reserved_ports',
    'net.ipv4.tcp_keepalive_time',
    'net.ipv4.tcp_fin_timeout',
    'net.ipv4.tcp_keepalive_intvl',
    'net.ipv4.tcp_keepalive_probes',
  ],
  ...['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'],
])
const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'])
const VOLUMES = new Set(['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'])

function probeHosts(c: any): string[] {
  const handlers = [c.livenessProbe, c.readinessProbe, c.startupProbe, c.lifecycle?.postStart, c.lifecycle?.preStop]
  return handlers.flatMap(h => [h?.httpGet?.host, h?.tcpSocket?.host]).filter((host): host is string => !!host && !/^(127\..*|::1|localhost)$/.test(host))
}

function seccompBaseline(spec: any, containers: any[]): string {
  const parts: string[] = []
  const podType = spec.securityContext?.seccompProfile?.type
  const bad = some(containers, c => c.securityContext?.seccompProfile?.type === 'Unconfined')
  const who: string[] = []
  if (podType === 'Unconfined') who.push('pod')
  if (bad.length > 0) who.push(named(bad))
  if (who.length > 0) parts.push(`${who.join(' and ')} must not set securityContext.seccompProfile.type to "Unconfined"`)
  return parts.join('')
}

const baselineSeccomp: Check = { level: 'baseline', reason: 'seccompProfile', detail: seccompBaseline }
const baselineCapabilities: Check = {
  level: 'baseline',
  reason: 'non-default capabilities',
  detail: (_, containers) => {
    const bad = some(containers, c => (c.securityContext?.capabilities?.add ?? []).some((cap: string) => !DEFAULT_CAPABILITIES.has(cap)))
    const caps = new Set(bad.flatMap(c => c.securityContext.capabilities.add.filter((cap: string) => !DEFAULT_CAPABILITIES.has(cap))))
    return bad.length === 0 ? '' : `${named(bad)} must not include ${q([...caps].sort())} in securityContext.capabilities.add`
  },
}
const baselineHostPath: Check = {
  level: 'baseline',
  reason: 'hostPath volumes',
  detail: spec => {
    const bad = (spec.volumes ?? []).filter((v: any) => v.hostPath)
    return bad.length === 0 ? '' : `${plural('volume', bad.length)} ${q(bad.map((v: any) => v.name))}`
  },
}
/** Checks that a stricter one of the restricted level replaces. */
const OVERRIDDEN = new Set([baselineSeccomp, baselineCapabilities, baselineHostPath])

const CHECKS: Check[] = [
  {
    level: 'restricted',
    reason: 'allowPrivilegeEscalation != false',
    detail: (spec, containers) =>
      spec.os?.name === 'windows'
        ? ''
        : each(containers, c => c.securityContext?.allowPrivilegeEscalation !== false, 'must set securityContext.allowPrivilegeEscalation=false'),
  },
  baselineCapabilities,
  {
    level: 'restricted',
    reason: 'unrestricted capabilities',
    detail: (spec, containers) => {
      if (spec.os?.name === 'windows') return ''
      const parts: string[] = []
      const undropped = each(
        containers,
        c => !(c.securityContext?.capabilities?.drop ?? []).includes('ALL'),
        'must set securityContext.capabilities.drop=["ALL"]',
      )
      if (undropped !== '') parts.push(undropped)
      const adds = (c: any): string[] => (c.securityContext?.capabilities?.add ?? []).filter((cap: string) => cap !== 'NET_BIND_SERVICE')
      const bad = some(containers, c => adds(c).length > 0)
      if (bad.length > 0) parts.push(`${named(bad)} must not include ${q([...new Set(bad.flatMap(adds))].sort())} in securityContext.capabilities.add`)
      return parts.join('; ')
    },
  },
  {
    level: 'baseline',
    reason: 'host namespaces',
    detail: spec =>
      ['hostNetwork', 'hostPID', 'hostIPC']
        .filter(name => spec[name] === true)
        .map(name => `${name}=true`)
        .join(', '),
  },
  baselineHostPath,
  {
    level: 'baseline',
    reason: 'hostPort',
    detail: (_, containers) => {
      const ports = (c: any): number[] => (c.ports ?? []).map((p: any) => p.hostPort).filter((port: number | undefined) => port !== undefined && port !== 0)
      const bad = some(containers, c => ports(c).length > 0)
      const all = [...new Set(bad.flatMap(ports))].sort((a, b) => a - b)
      return bad.length === 0 ? '' : `${named(bad)} ${bad.length === 1 ? 'uses' : 'use'} ${plural('hostPort', all.length)} ${all.join(', ')}`
    },
  },
  {
    level: 'baseline',
    reason: 'probe or lifecycle host',
    detail: (_, containers) => {
      const bad = some(containers, c => probeHosts(c).length > 0)
      const hosts = [...new Set(bad.flatMap(probeHosts))].sort()
      return bad.length === 0 ? '' : `${named(bad)} ${bad.length === 1 ? 'uses' : 'use'} probe or lifecycle ${plural('host', hosts.length)} ${q(hosts)}`
    },
  },
  {
    level: 'baseline',
    reason: 'privileged',
    detail: (_, containers) => each(containers, c => c.securityContext?.privileged === true, 'must not set securityContext.privileged=true'),
  },
  {
    level: 'baseline',
    reason: 'procMount',
    detail: (spec, containers) => {
      if (spec.hostUsers === false) return ''
      const bad = some(containers, c => (c.securityContext?.procMount ?? 'Default') !== 'Default')
      return bad.length === 0 ? '' : `${named(bad)} must not set securityContext.procMount to ${q([...new Set(bad.map(c => c.securityContext.procMount))])}`
    },
  },
  {
    level: 'restricted',
    reason: 'restricted volume types',
    detail: spec => {
      const typeOf = (v: any): string => Object.keys(v).find(key => key !== 'name' && !VOLUMES.has(key)) ?? ''
      const bad = (spec.volumes ?? []).filter((v: any) => typeOf(v) !== '')
      const types = [...new Set<string>(bad.map(typeOf))].sort()
      return bad.length === 0
        ? ''
        : `${plural('volume', bad.length)} ${q(bad.map((v: any) => v.name))} ${bad.length === 1 ? 'uses' : 'use'} restricted volume ${plural('type', types.length)} ${q(types)}`
    },
  },
  {
    level: 'restricted',
    reason: 'runAsNonRoot != true',
    detail: (spec, containers) => {
      if (spec.hostUsers === false) return ''
      const explicit = some(containers, c => c.securityContext?.runAsNonRoot === false)
      if (spec.securityContext?.runAsNonRoot === false || explicit.length > 0) {
        const who = [...(spec.securityContext?.runAsNonRoot === false ? ['pod'] : []), ...(explicit.length > 0 ? [named(explicit)] : [])]
        return `${who.join(' and ')} must not set securityContext.runAsNonRoot=false`
      }
      if (spec.securityContext?.runAsNonRoot === true) return ''
      const implicit = some(containers, c => c.securityContext?.runAsNonRoot === undefined)
      return implicit.length === 0 ? '' : `pod or ${named(implicit)} must set securityContext.runAsNonRoot=true`
    },
  },
  {
    level: 'restricted',
    reason: 'runAsUser=0',
    detail: (spec, containers) => {
      if (spec.hostUsers === false) return ''
      const bad = some(containers, c => c.securityContext?.runAsUser === 0)
      const who = [...(spec.securityContext?.runAsUser === 0 ? ['pod'] : []), ...(bad.length > 0 ? [named(bad)] : [])]
      return who.length === 0 ? '' : `${who.join(' and ')} must not set runAsUser=0`
    },
  },
  baselineSeccomp,
  {
    level: 'restricted',
    reason: 'seccompProfile',
    detail: (spec, containers) => {
      if (spec.os?.name === 'windows') return ''
      const fine = (type: string | undefined): boolean => type === 'RuntimeDefault' || type === 'Localhost'
      const podType = spec.securityContext?.seccompProfile?.type
      const bad = some(containers, c => c.securityContext?.seccompProfile?.type !== undefined && !fine(c.securityContext.seccompProfile.type))
      const who = [...(podType !== undefined && !fine(podType) ? ['pod'] : []), ...(bad.length > 0 ? [named(bad)] : [])]
      if (who.length > 0) return `${who.join(' and ')} must not set securityContext.seccompProfile.type to "Unconfined"`
      if (fine(podType)) return ''
      const missing = some(containers, c => c.securityContext?.seccompProfile?.type === undefined)
      return missing.length === 0 ? '' : `pod or ${named(missing)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`
    },
  },
  {
    level: 'baseline',
    reason: 'seLinuxOptions',
    detail: (spec, containers) => {
      const wrong = (o: any): boolean => o !== undefined && (!SELINUX_TYPES.has(o.type ?? '') || !!o.user || !!o.role)
      const bad = some(containers, c => wrong(c.securityContext?.seLinuxOptions))
      const who = [...(wrong(spec.securityContext?.seLinuxOptions) ? ['pod'] : []), ...(bad.length > 0 ? [named(bad)] : [])]
      return who.length === 0 ? '' : `${who.join(' and ')} set forbidden securityContext.seLinuxOptions`
    },
  },
  {
    level: 'baseline',
    reason: 'forbidden sysctls',
    detail: spec => {
      const bad: string[] = (spec.securityContext?.sysctls ?? []).map((c: any) => c.name).filter((name: string) => !SYSCTLS.has(name))
      return bad.join(', ')
    },
  },
]

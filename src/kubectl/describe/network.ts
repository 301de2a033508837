// network.ts: descriptions of Services and of what stands behind them.
// Models k8s.io/kubectl/pkg/describe/describe.go (describeService, describeEndpoints, describeEndpointSlice)
// Differs: nothing known

import { formatLabelSelector } from '../../api/labels.ts'
import { sortedKeys } from '../json.ts'
import { annotations, events, heading, labels, type Paper } from './paper.ts'

const SHOWN = 3 // Endpoints that are named one by one.

export function describeService(p: Paper, s: any, slices: any[], list: any[] | undefined): void {
  const { spec, status = {} } = s
  heading(p, s)
  const selector = sortedKeys(spec.selector)
    .map(k => `${k}=${spec.selector[k]}`)
    .join(',')
  p.field('Selector', selector || '<none>')
  p.field('Type', spec.type)
  if (spec.ipFamilyPolicy) p.field('IP Family Policy', spec.ipFamilyPolicy)
  p.field('IP Families', (spec.ipFamilies ?? []).length > 0 ? spec.ipFamilies.join(',') : '<none>')
  p.field('IP', spec.clusterIP ?? '')
  p.field('IPs', (spec.clusterIPs ?? []).length > 0 ? spec.clusterIPs.join(',') : '<none>')
  if (spec.externalIPs?.length > 0) p.field('External IPs', spec.externalIPs.join(','))
  if (spec.loadBalancerIP) p.field('Desired LoadBalancer IP', spec.loadBalancerIP)
  if (spec.externalName) p.field('External Name', spec.externalName)
  const ingress = status.loadBalancer?.ingress ?? []
  if (ingress.length > 0) p.field('LoadBalancer Ingress', ingress.map((i: any) => `${i.ip ?? i.hostname}${i.ipMode ? ` (${i.ipMode})` : ''}`).join(', '))
  for (const port of spec.ports ?? []) {
    const name = port.name || '<unset>'
    p.field('Port', `${name}\t${port.port}/${port.protocol}`)
    p.field('TargetPort', `${port.targetPort}/${port.protocol}`)
    if (port.nodePort) p.field('NodePort', `${name}\t${port.nodePort}/${port.protocol}`)
    p.field('Endpoints', endpointsText(slices, port.name ?? ''))
  }
  p.field('Session Affinity', spec.sessionAffinity ?? '')
  if (spec.externalTrafficPolicy) p.field('External Traffic Policy', spec.externalTrafficPolicy)
  if (spec.internalTrafficPolicy) p.field('Internal Traffic Policy', spec.internalTrafficPolicy)
  if (spec.trafficDistribution) p.field('Traffic Distribution', spec.trafficDistribution)
  if (spec.healthCheckNodePort) p.field('HealthCheck NodePort', spec.healthCheckNodePort)
  if (spec.loadBalancerSourceRanges?.length > 0) p.field('LoadBalancer Source Ranges', spec.loadBalancerSourceRanges.join(','))
  events(p, list)
}

/** `10.1.0.1:80,10.1.0.2:80 + 1 more...`: ready endpoints of one port. */
function endpointsText(slices: any[], portName: string): string {
  if (slices.length === 0) return '<none>'
  const found: string[] = []
  for (const slice of slices)
    for (const port of slice.ports ?? [])
      if ((port.name ?? '') === portName)
        for (const e of slice.endpoints ?? [])
          if (e.conditions?.ready !== false) for (const a of e.addresses) found.push(port.port === undefined ? a : `${a}:${port.port}`)
  const text = found.slice(0, SHOWN).join(',')
  return found.length > SHOWN ? `${text} + ${found.length - SHOWN} more...` : text
}

export function describeEndpoints(p: Paper, e: any, list: any[] | undefined): void {
  heading(p, e)
  p.line(0, 'Subsets:')
  for (const s of e.subsets ?? []) {
    const ips = (addresses: any[] | undefined) => (addresses ?? []).map(a => a.ip).join(',') || '<none>'
    p.line(1, `Addresses:\t${ips(s.addresses)}`)
    p.line(1, `NotReadyAddresses:\t${ips(s.notReadyAddresses)}`)
    if (s.ports?.length > 0) {
      p.line(1, 'Ports:')
      p.line(2, 'Name\tPort\tProtocol')
      p.line(2, '----\t----\t--------')
      for (const port of s.ports) p.line(2, `${port.name || '<unset>'}\t${port.port}\t${port.protocol}`)
    }
    p.line(0, '')
  }
  events(p, list)
}

export function describeEndpointSlice(p: Paper, s: any, list: any[] | undefined): void {
  p.field('Name', s.metadata.name)
  p.field('Namespace', s.metadata.namespace)
  labels(p, 'Labels', s.metadata.labels)
  annotations(p, 'Annotations', s.metadata.annotations)
  p.field('AddressType', s.addressType)
  if (!s.ports || s.ports.length === 0) p.field('Ports', '<unset>')
  else {
    p.line(0, 'Ports:')
    p.line(1, 'Name\tPort\tProtocol')
    p.line(1, '----\t----\t--------')
    for (const port of s.ports) p.line(1, `${port.name || '<unset>'}\t${port.port ?? '<unset>'}\t${port.protocol ?? 'TCP'}`)
  }
  if (!s.endpoints || s.endpoints.length === 0) p.line(0, 'Endpoints:\t<none>')
  else {
    p.line(0, 'Endpoints:')
    for (const e of s.endpoints) {
      p.line(1, `- Addresses:\t${e.addresses.join(', ') || '<none>'}`)
      p.line(2, 'Conditions:')
      p.line(3, `Ready:\t${e.conditions?.ready ?? '<unset>'}`)
      p.line(2, `Hostname:\t${e.hostname ?? '<unset>'}`)
      if (e.targetRef) p.line(2, `TargetRef:\t${e.targetRef.kind}/${e.targetRef.name}`)
      p.line(2, `NodeName:\t${e.nodeName ?? '<unset>'}`)
      p.line(2, `Zone:\t${e.zone ?? '<unset>'}`)
    }
  }
  events(p, list)
}

/** `behind`: each named Service with its slices, or why it cannot be read. */
export function describeIngress(p: Paper, i: any, behind: Map<string, string | { service: any; slices: any[] }>, list: any[] | undefined): void {
  p.field('Name', i.metadata.name)
  labels(p, 'Labels', i.metadata.labels)
  p.field('Namespace', i.metadata.namespace)
  const ingress = i.status?.loadBalancer?.ingress ?? []
  p.field('Address', ingress.map((x: any) => x.ip ?? x.hostname).join(','))
  p.field('Ingress Class', i.spec.ingressClassName ?? '<none>')
  const backend = (b: any) => {
    if (b?.resource) return `APIGroup: ${b.resource.apiGroup ?? '<none>'}, Kind: ${b.resource.kind}, Name: ${b.resource.name}`
    if (!b?.service) return '<default>'
    const { name, port } = b.service
    const found = behind.get(name)
    const shown = `${name}:${port?.number ?? port?.name ?? ''}`
    if (typeof found === 'string' || found === undefined) return `${shown} (<error: ${found ?? ''}>)`
    const served = (found.service.spec.ports ?? []).find((s: any) => (port?.number ? s.port === port.number : s.name === port?.name))
    return `${shown} (${endpointsText(found.slices, served?.name ?? '')})`
  }
  p.field('Default backend', backend(i.spec.defaultBackend))
  if (i.spec.tls?.length > 0) {
    p.line(0, 'TLS:')
    for (const t of i.spec.tls) p.line(1, `${t.secretName ? `${t.secretName} terminates` : 'SNI routes'} ${(t.hosts ?? []).join(',')}`)
  }
  p.line(0, 'Rules:\n  Host\tPath\tBackends')
  p.line(1, '----\t----\t--------')
  for (const rule of i.spec.rules ?? []) {
    if (!rule.http) continue
    p.line(1, `${rule.host || '*'}\t`)
    for (const path of rule.http.paths ?? []) p.line(2, `\t${path.path ?? ''} \t${backend(path.backend)}`)
  }
  if (!i.spec.rules?.some((r: any) => r.http)) p.line(1, `*\t*\t${backend(i.spec.defaultBackend)}`)
  annotations(p, 'Annotations', i.metadata.annotations)
  events(p, list)
}

export function describeNetworkPolicy(p: Paper, n: any): void {
  p.field('Name', n.metadata.name)
  p.field('Namespace', n.metadata.namespace)
  p.field('Created on', `${String(n.metadata.creationTimestamp).replace('T', ' ').replace('Z', '')} +0000 UTC`)
  labels(p, 'Labels', n.metadata.labels)
  annotations(p, 'Annotations', n.metadata.annotations)
  const { spec } = n
  const everybody = !spec.podSelector?.matchLabels && !spec.podSelector?.matchExpressions
  p.line(0, 'Spec:')
  p.line(1, `PodSelector:     ${everybody ? '<none> (Allowing the specific traffic to all pods in this namespace)' : formatLabelSelector(spec.podSelector)}`)
  const types: string[] = spec.policyTypes ?? ['Ingress', ...(spec.egress ? ['Egress'] : [])]
  traffic(p, 'ingress', types.includes('Ingress') ? (spec.ingress ?? []) : undefined)
  traffic(p, 'egress', types.includes('Egress') ? (spec.egress ?? []) : undefined)
  p.line(1, `Policy Types: ${(spec.policyTypes ?? []).join(', ') || '<none>'}`)
}

function traffic(p: Paper, way: 'ingress' | 'egress', rules: any[] | undefined): void {
  if (rules === undefined) {
    p.line(1, `Not affecting ${way} traffic`)
    return
  }
  p.line(1, `Allowing ${way} traffic:`)
  if (rules.length === 0) p.line(2, `<none> (Selected pods are isolated for ${way} connectivity)`)
  const [peer, end] = way === 'ingress' ? ['From', 'source'] : ['To', 'destination']
  rules.forEach((rule, i) => {
    const peers: any[] = rule[peer.toLowerCase()] ?? []
    if (!rule.ports?.length) p.line(2, 'To Port: <any> (traffic allowed to all ports)')
    for (const port of rule.ports ?? [])
      p.line(
        2,
        `To Port${port.endPort === undefined ? '' : ' Range'}: ${port.port}${port.endPort === undefined ? '' : `-${port.endPort}`}/${port.protocol ?? 'TCP'}`,
      )
    if (peers.length === 0) p.line(2, `${peer}: <any> (traffic not restricted by ${end})`)
    for (const x of peers) {
      p.line(2, `${peer}:`)
      if (x.namespaceSelector) p.line(3, `NamespaceSelector: ${formatLabelSelector(x.namespaceSelector)}`)
      if (x.podSelector) p.line(3, `PodSelector: ${formatLabelSelector(x.podSelector)}`)
      if (x.ipBlock) {
        p.line(3, 'IPBlock:')
        p.line(4, `CIDR: ${x.ipBlock.cidr}`)
        p.line(4, `Except: ${(x.ipBlock.except ?? []).join(', ')}`)
      }
    }
    if (i < rules.length - 1) p.line(2, '----------')
  })
}

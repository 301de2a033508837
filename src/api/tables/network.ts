// network.ts: the rows of Services, their endpoints, Ingresses and their like.
// Models k8s.io/kubernetes/pkg/printers/internalversion/printers.go
// Differs: nothing known

import { formatLabelSelector } from '../labels.ts'
import type { Print } from './cells.ts'
import { ageOf, cut, labelsText, none } from './cells.ts'

export const printService: Print = (service, now) => {
  const { spec, metadata } = service
  const ports = (spec.ports ?? []).map((p: any) => (p.nodePort > 0 ? `${p.port}:${p.nodePort}/${p.protocol}` : `${p.port}/${p.protocol}`)).join(',')
  const age = ageOf(metadata.creationTimestamp, now)
  return { cells: [metadata.name, spec.type ?? '', none(spec.clusterIPs?.[0]), externalIP(service), none(ports), age, labelsText(spec.selector)] }
}

export const printEndpoints: Print = (endpoints, now) => {
  const list: string[] = []
  for (const subset of endpoints.subsets ?? []) {
    const addresses: any[] = subset.addresses ?? []
    if ((subset.ports ?? []).length === 0) list.push(...addresses.map(a => a.ip))
    for (const port of subset.ports ?? []) list.push(...addresses.map(a => (a.ip.includes(':') ? `[${a.ip}]:${port.port}` : `${a.ip}:${port.port}`)))
  }
  const text = (endpoints.subsets ?? []).length === 0 ? '<none>' : cut(list, 3, list.length)
  return { cells: [endpoints.metadata.name, text, ageOf(endpoints.metadata.creationTimestamp, now)] }
}

export const printEndpointSlice: Print = (slice, now) => {
  const ports: string[] = (slice.ports ?? []).map((p: any) => String(p.port ?? p.name ?? '*'))
  const addresses: string[] = (slice.endpoints ?? []).flatMap((e: any) => e.addresses ?? [])
  const lists = [ports, addresses].map(list => (list.length === 0 ? '<unset>' : cut(list, 3, list.length)))
  return { cells: [slice.metadata.name, slice.addressType, ...lists, ageOf(slice.metadata.creationTimestamp, now)] }
}

export const printIngress: Print = (ingress, now) => {
  const { spec, status, metadata } = ingress
  const hosts = hostsText(spec.rules ?? [])
  const ports = (spec.tls ?? []).length > 0 ? '80, 443' : '80'
  return { cells: [metadata.name, spec.ingressClassName ?? '<none>', hosts, balancer(status?.loadBalancer), ports, ageOf(metadata.creationTimestamp, now)] }
}

export const printIngressClass: Print = (ingressClass, now) => {
  const { spec, metadata } = ingressClass
  const marked = metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true'
  const parameters = spec?.parameters
  const group = parameters?.apiGroup === undefined ? '' : `.${parameters.apiGroup}`
  const text = parameters === undefined ? '<none>' : `${parameters.kind}${group}/${parameters.name}`
  return { cells: [`${metadata.name}${marked ? ' (default)' : ''}`, spec?.controller ?? '', text, ageOf(metadata.creationTimestamp, now)] }
}

export const printNetworkPolicy: Print = (policy, now) => ({
  cells: [policy.metadata.name, formatLabelSelector(policy.spec?.podSelector ?? {}), ageOf(policy.metadata.creationTimestamp, now)],
})

export const printServiceCIDR: Print = (cidr, now) => ({
  cells: [cidr.metadata.name, (cidr.spec?.cidrs ?? []).join(','), ageOf(cidr.metadata.creationTimestamp, now)],
})

export const printIPAddress: Print = (address, now) => {
  const ref = address.spec?.parentRef
  let text = '<none>'
  if (ref !== undefined) {
    const resource = ref.group ? `${ref.resource}.${ref.group}` : (ref.resource ?? '')
    text = `${resource.toLowerCase()}${ref.namespace ? `/${ref.namespace}` : ''}/${ref.name ?? ''}`
  }
  return { cells: [address.metadata.name, text, ageOf(address.metadata.creationTimestamp, now)] }
}

function externalIP(service: any): string {
  const { type, externalIPs = [], externalName } = service.spec
  if (type === 'ClusterIP' || type === 'NodePort') return none(externalIPs.join(','))
  if (type === 'LoadBalancer') {
    const ips = balancer(service.status?.loadBalancer)
    return [...(ips === '' ? [] : [ips]), ...externalIPs].join(',') || '<pending>'
  }
  return type === 'ExternalName' ? (externalName ?? '') : '<unknown>'
}

function balancer(status: any): string {
  const names = (status?.ingress ?? []).map((i: any) => i.ip || i.hostname).filter((text: string | undefined) => text)
  return [...new Set<string>(names)].sort().join(',')
}

function hostsText(rules: any[]): string {
  const list: string[] = []
  let more = false
  for (const rule of rules) {
    if (list.length === 3) more = true
    if (!more && rule.host) list.push(rule.host)
  }
  if (list.length === 0) return '*'
  return more ? `${list.join(',')} + ${rules.length - 3} more...` : list.join(',')
}

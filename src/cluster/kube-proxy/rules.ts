// rules.ts: from Services and EndpointSlices to the rules of one node, and the way of a packet through them.
// Models k8s.io/kubernetes/pkg/proxy/{topology.go,serviceport.go,endpointslicecache.go} and pkg/proxy/iptables/proxier.go
// Differs: rules are data instead of chains; only IPv4; connections are not tracked, so each call is a connection of its own

import type { EndpointSlice, Protocol, Service } from '../../api/service.ts'

/** One endpoint behind a Service port. */
export interface RuleEndpoint {
  ip: string
  port: number
  local: boolean
  ready: boolean
  serving: boolean
  terminating: boolean
  zones: string[]
  nodes: string[]
}

/** What a node does with packets to one port of a Service. Sets are undefined where the policy has no use for them. */
export interface PortRule {
  service: string
  port: string
  protocol: Protocol
  clusterIP: string
  servicePort: number
  nodePort: number
  /** Addresses of load balancers (ipMode VIP) and externalIPs. */
  outerIPs: string[]
  sourceRanges: string[]
  internalLocal: boolean
  externalLocal: boolean
  /** Seconds; 0 for none. */
  affinity: number
  cluster: RuleEndpoint[]
  local: RuleEndpoint[]
  /** Is there any endpoint on any node? Without one a call is refused, otherwise a Local policy drops it. */
  anywhere: boolean
}

/** The node whose rules these are. */
export interface Here {
  node: string
  zone?: string
}

const SKIP_LABEL = 'service.kubernetes.io/service-proxy-name'

/** Is this a Service that kube-proxy handles? Headless and ExternalName are left to DNS. */
export function handles(service: Service): boolean {
  const { type, clusterIP } = service.spec
  return type !== 'ExternalName' && clusterIP !== undefined && clusterIP !== '' && clusterIP !== 'None' && service.metadata.labels?.[SKIP_LABEL] === undefined
}

/** The rules for all ports of one Service; slices are its own. */
export function rulesFor(service: Service, slices: EndpointSlice[], here: Here): PortRule[] {
  if (!handles(service)) return []
  const { spec } = service
  const outerIPs = [
    ...(spec.externalIPs ?? []),
    ...(service.status?.loadBalancer?.ingress ?? []).flatMap(i => (i.ip !== undefined && i.ipMode !== 'Proxy' ? [i.ip] : [])),
  ]
  return (spec.ports ?? []).map(port => {
    const endpoints = endpointsOf(slices, port.name ?? '', port.protocol, here)
    const outside = (port.nodePort ?? 0) > 0 || outerIPs.length > 0
    const internalLocal = spec.internalTrafficPolicy === 'Local'
    const externalLocal = spec.externalTrafficPolicy === 'Local'
    const usesCluster = !internalLocal || outside
    const usesLocal = internalLocal || (externalLocal && outside)
    return {
      service: `${service.metadata.namespace}/${service.metadata.name}`,
      port: port.name ?? '',
      protocol: port.protocol,
      clusterIP: spec.clusterIP!,
      servicePort: port.port,
      nodePort: port.nodePort ?? 0,
      outerIPs,
      sourceRanges: (spec.loadBalancerSourceRanges ?? []).filter(r => r !== '0.0.0.0/0'),
      internalLocal,
      externalLocal,
      affinity: spec.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : 0,
      cluster: usesCluster ? clusterSet(endpoints, here) : [],
      local: usesLocal ? usable(endpoints.filter(e => e.local)) : [],
      anywhere: endpoints.some(e => e.ready || (e.serving && e.terminating)),
    }
  })
}

/** All endpoints of a port, by address; where slices disagree, the one that does not say terminating wins. */
function endpointsOf(slices: EndpointSlice[], portName: string, protocol: Protocol, here: Here): RuleEndpoint[] {
  const found = new Map<string, RuleEndpoint>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    const port = slice.ports?.find(p => (p.name ?? '') === portName && (p.protocol ?? 'TCP') === protocol)
    if (port?.port === undefined) continue
    for (const e of slice.endpoints ?? []) {
      const ip = e.addresses[0]
      if (ip === undefined) continue
      const key = `${ip}:${port.port}`
      const terminating = e.conditions.terminating === true
      if (found.has(key) && (terminating || !found.get(key)!.terminating)) continue
      const ready = e.conditions.ready !== false
      found.set(key, {
        ip,
        port: port.port,
        local: e.nodeName === here.node,
        ready,
        serving: e.conditions.serving ?? ready,
        terminating,
        zones: (e.hints?.forZones ?? []).map(z => z.name),
        nodes: (e.hints?.forNodes ?? []).map(n => n.name),
      })
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, e]) => e)
}

/** Ready ones; if there are none, those that still serve while they end. */
function usable(endpoints: RuleEndpoint[]): RuleEndpoint[] {
  const ready = endpoints.filter(e => e.ready)
  return ready.length > 0 ? ready : endpoints.filter(e => e.serving && e.terminating)
}

function clusterSet(endpoints: RuleEndpoint[], here: Here): RuleEndpoint[] {
  const ready = endpoints.filter(e => e.ready)
  if (ready.length === 0) return usable(endpoints)
  if (ready.every(e => e.nodes.length > 0) && ready.some(e => e.nodes.includes(here.node))) return ready.filter(e => e.nodes.includes(here.node))
  const zone = here.zone
  if (zone !== undefined && ready.every(e => e.zones.length > 0) && ready.some(e => e.zones.includes(zone))) return ready.filter(e => e.zones.includes(zone))
  return ready
}

/** A new connection, as a node sees it. `inside`: it comes from a Pod or the node itself. */
export interface Packet {
  ip: string
  port: number
  protocol: Protocol
  inside: boolean
  source: string
}

/** `pick` from these; `reject`: refused at once; `drop`: it waits in vain; `pass`: no rule matches, it goes on as it is. */
export type Way = { way: 'pick'; from: RuleEndpoint[]; rule: PortRule } | { way: 'reject'; rule: PortRule } | { way: 'drop'; rule: PortRule } | { way: 'pass' }

/** What the rules of a node say about a packet; `own` are the node's own addresses. */
export function wayOf(rules: Iterable<PortRule>, packet: Packet, own: string[]): Way {
  for (const rule of rules) {
    if (rule.protocol !== packet.protocol) continue
    if (packet.ip === rule.clusterIP && packet.port === rule.servicePort) return choose(rule, rule.internalLocal)
    const outer = rule.outerIPs.includes(packet.ip) && packet.port === rule.servicePort
    const nodePort = rule.nodePort > 0 && packet.port === rule.nodePort && own.includes(packet.ip)
    if (!outer && !nodePort) continue
    if (outer && rule.sourceRanges.length > 0 && !rule.sourceRanges.some(r => inRange(packet.source, r))) return { way: 'drop', rule }
    // Pods and the node itself that use an outer address take the short way to all endpoints.
    return choose(rule, rule.externalLocal && !packet.inside)
  }
  return { way: 'pass' }
}

function choose(rule: PortRule, local: boolean): Way {
  const from = local ? rule.local : rule.cluster
  if (from.length > 0) return { way: 'pick', from, rule }
  return local && rule.anywhere ? { way: 'drop', rule } : { way: 'reject', rule }
}

/** Is an IPv4 address in a range such as 10.0.0.0/8? */
export function inRange(ip: string, range: string): boolean {
  const [base, bits] = range.split('/')
  const size = 32 - Number(bits ?? 32)
  const block = size >= 32 ? 4294967296 : (1 << (size >> 1)) * (1 << (size - (size >> 1)))
  return Math.floor(number(ip) / block) === Math.floor(number(base!) / block)
}

const number = (ip: string): number => ip.split('.').reduce((n, part) => n * 256 + Number(part), 0)

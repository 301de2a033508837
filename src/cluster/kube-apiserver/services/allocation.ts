// allocation.ts: addresses and node ports of Services: who gets which, and what is taken.
// Models k8s.io/kubernetes/pkg/registry/core/service/{storage/alloc.go,ipallocator/ipallocator.go,portallocator/allocator.go}
// Differs: one IPv4 range; taken ports are read off the Services, and kept for a moment while a Service is being stored; no repair loop

import { type FieldError, invalidValue } from '../../../api/field.ts'
import type { KubeObject } from '../../../api/object.ts'
import { internalError, invalid, type Status } from '../../../api/status.ts'
import { parseIPv4 } from '../../../api/validation/ip.ts'
import type { Io } from '../../../kernel/machine.ts'
import type { State } from '../state.ts'

/** 10.96.0.0/16 */
const NETWORK = (10 << 24) + (96 << 16)
const SIZE = 65_536
const USABLE = SIZE - 2
const IP_OFFSET = 256 // min(max(16, size / 16), 256): below it addresses are for those who name them.
const PORT_MIN = 30_000
const PORT_MAX = 32_767
const PORT_OFFSET = 86 // min(max(16, 2768 / 32), 128)
const RESERVED_MS = 5_000 // A port is kept so long for a Service that is on its way.

const SERVICE = { group: '', kind: 'Service' }

export const needsAddress = (spec: any): boolean => spec.type !== 'ExternalName'
const isHeadless = (spec: any): boolean => spec.clusterIP === 'None'
const needsNodePorts = (spec: any): boolean => spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
const mayHavePorts = (spec: any): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer'

/** The Service with what it needs: families, an address, node ports. `old`: the Service it replaces. */
export function allocate(s: State, io: Io, service: KubeObject, old: KubeObject | undefined): KubeObject | Status {
  const before = old?.['spec']
  let spec = before === undefined ? service['spec'] : keepAllocated(service['spec'], before)
  if (needsAddress(spec)) {
    const withIp = addressFor(s, io, service, spec, before)
    if ('code' in withIp) return withIp as Status
    spec = withIp
  }
  const withPorts = portsFor(s, io, service, spec, before)
  if ('code' in withPorts) return withPorts as Status
  spec = withPorts
  return spec === service['spec'] ? service : { ...service, spec }
}

/** An update that leaves out what was allocated keeps it. */
function keepAllocated(spec: any, before: any): any {
  let out = spec
  if (needsAddress(spec) && needsAddress(before)) {
    if (!spec.clusterIP) out = { ...out, clusterIP: before.clusterIP, clusterIPs: before.clusterIPs }
    // Who changes clusterIP and leaves clusterIPs means both.
    else if (spec.clusterIPs === undefined || (spec.clusterIP !== before.clusterIP && String(spec.clusterIPs) === String(before.clusterIPs)))
      out = { ...out, clusterIPs: spec.clusterIP === before.clusterIP ? before.clusterIPs : [spec.clusterIP] }
    if (out.ipFamilies === undefined && before.ipFamilies !== undefined) out = { ...out, ipFamilies: before.ipFamilies }
    if (out.ipFamilyPolicy === undefined && before.ipFamilyPolicy !== undefined) out = { ...out, ipFamilyPolicy: before.ipFamilyPolicy }
  }
  if (needsNodePorts(spec) && needsNodePorts(before)) {
    const had = new Map<string, number>((before.ports ?? []).map((p: any) => [`${p.protocol}/${p.port}`, p.nodePort]))
    const taken = new Set((spec.ports ?? []).map((p: any) => p.nodePort).filter(Boolean))
    const ports = (spec.ports ?? []).map((p: any) => {
      const nodePort = had.get(`${p.protocol}/${p.port}`)
      if (p.nodePort || nodePort === undefined || taken.has(nodePort)) return p
      taken.add(nodePort)
      return { ...p, nodePort }
    })
    out = { ...out, ports }
  }
  return out
}

function addressFor(s: State, io: Io, service: KubeObject, spec: any, before: any): any {
  const next = { ...spec, ipFamilies: spec.ipFamilies ?? ['IPv4'], ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack' }
  if (isHeadless(spec)) return { ...next, clusterIPs: spec.clusterIPs ?? ['None'] }
  const wanted: string | undefined = spec.clusterIP || spec.clusterIPs?.[0]
  if (wanted) {
    if (before?.clusterIP !== wanted) {
      const why = refusedAddress(s, wanted)
      if (why !== undefined)
        return invalid(SERVICE, service.metadata.name ?? '', [invalidValue('spec.clusterIPs', [wanted], `failed to allocate IP ${wanted}: ${why}`)])
    }
    return { ...next, clusterIP: wanted, clusterIPs: spec.clusterIPs ?? [wanted] }
  }
  const ip = freeAddress(s, io)
  if (ip === undefined) return internalError(`failed to allocate a serviceIP for Service ${JSON.stringify(service.metadata.name)}: range is full`)
  return { ...next, clusterIP: ip, clusterIPs: [ip] }
}

function refusedAddress(s: State, ip: string): string | undefined {
  const parts = parseIPv4(ip)
  if (parts === undefined) return undefined
  const offset = numberOf(parts) - NETWORK
  if (offset < 0 || offset >= SIZE) return 'the provided network does not match the current range'
  if (offset === 0 || offset === SIZE - 1) return `the provided IP (${ip}) is not in the valid range. The range of valid IPs is 10.96.0.0/16`
  return isTaken(s, ip) ? 'provided IP is already allocated' : undefined
}

const numberOf = (parts: number[]): number => parts.reduce((n, part) => n * 256 + part, 0)
const isTaken = (s: State, ip: string): boolean => s.caches['ipaddresses']!.objects.has(ip) || s.reserved.has(ip)

/** Starts anywhere above the offset and goes up; when all there are taken, below it. */
function freeAddress(s: State, io: Io): string | undefined {
  expireReserved(s, io.now)
  const upper = USABLE - IP_OFFSET
  const start = io.int(upper)
  for (let i = 0; i < upper; i++) {
    const ip = addressAt(IP_OFFSET + 1 + ((start + i) % upper))
    if (!isTaken(s, ip)) return reserve(s, io, ip)
  }
  for (let i = 1; i <= IP_OFFSET; i++) if (!isTaken(s, addressAt(i))) return reserve(s, io, addressAt(i))
  return undefined
}

const addressAt = (offset: number): string => `10.96.${offset >> 8}.${offset & 255}`

function reserve<T extends string | number>(s: State, io: Io, what: T): T {
  s.reserved.set(String(what), io.now + RESERVED_MS)
  return what
}

function expireReserved(s: State, now: number): void {
  for (const [what, until] of s.reserved) if (until <= now) s.reserved.delete(what)
}

function portsFor(s: State, io: Io, service: KubeObject, spec: any, before: any): any {
  if (!mayHavePorts(spec)) return spec
  expireReserved(s, io.now)
  const mine = new Set<number>((before?.ports ?? []).map((p: any) => p.nodePort).filter(Boolean))
  const taken = new Set<number>()
  for (const other of s.caches['services']!.objects.values()) for (const p of other['spec'].ports ?? []) if (p.nodePort) taken.add(p.nodePort)
  const errors: FieldError[] = []
  const byPort = new Map<number, { nodePort: number; protocols: Set<string> }>()
  const ports = spec.ports ?? []
  ports.forEach((port: any, i: number) => {
    if (!port.nodePort) return
    const shared = byPort.get(port.port)
    const again = shared?.nodePort === port.nodePort && !shared!.protocols.has(port.protocol)
    if (!mine.has(port.nodePort) && !again) {
      const field = `spec.ports[${i}].nodePort`
      if (port.nodePort < PORT_MIN || port.nodePort > PORT_MAX)
        errors.push(invalidValue(field, port.nodePort, `provided port is not in the valid range. The range of valid ports is ${PORT_MIN}-${PORT_MAX}`))
      else if (taken.has(port.nodePort) || s.reserved.has(String(port.nodePort)))
        errors.push(invalidValue(field, port.nodePort, 'provided port is already allocated'))
    }
    taken.add(port.nodePort)
    byPort.set(port.port, { nodePort: port.nodePort, protocols: new Set([...(shared?.protocols ?? []), port.protocol]) })
  })
  if (errors.length > 0) return invalid(SERVICE, service.metadata.name ?? '', errors)
  if (!needsNodePorts(spec)) return spec
  let full = false
  const filled = ports.map((port: any) => {
    if (port.nodePort) return port
    const shared = byPort.get(port.port)
    const nodePort = shared && !shared.protocols.has(port.protocol) ? shared.nodePort : freePort(s, io, taken)
    if (nodePort === undefined) {
      full = true
      return port
    }
    taken.add(nodePort)
    byPort.set(port.port, { nodePort, protocols: new Set([...(shared?.protocols ?? []), port.protocol]) })
    return { ...port, nodePort }
  })
  if (full) return internalError('failed to allocate a nodePort: range is full')
  const checked = spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
  const health = checked && !spec.healthCheckNodePort ? (before?.healthCheckNodePort ?? freePort(s, io, taken)) : undefined
  return { ...spec, ports: filled, ...(health === undefined ? {} : { healthCheckNodePort: health }) }
}

/** At random above the offset; when those are full, below it. */
function freePort(s: State, io: Io, taken: Set<number>): number | undefined {
  const upper = PORT_MAX - PORT_MIN + 1 - PORT_OFFSET
  const start = io.int(upper)
  const free = (port: number): boolean => !taken.has(port) && !s.reserved.has(String(port))
  for (let i = 0; i < upper; i++) {
    const port = PORT_MIN + PORT_OFFSET + ((start + i) % upper)
    if (free(port)) return reserve(s, io, port)
  }
  for (let port = PORT_MIN; port < PORT_MIN + PORT_OFFSET; port++) if (free(port)) return reserve(s, io, port)
  return undefined
}

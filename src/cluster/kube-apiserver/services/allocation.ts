// allocation.ts: addresses and node ports of Services: who gets which, and what is taken.
// Models k8s.io/kubernetes/pkg/registry/core/service/{storage/alloc.go,ipallocator/ipallocator.go,portallocator/allocator.go}
// Differs: one IPv4 range; taken ports are read off the Services, and kept for a moment while a Service is being stored; no repair loop

import { invalidValue } from '../../../api/field.ts'
import type { KubeObject } from '../../../api/object.ts'
import { internalError, invalid, type Status } from '../../../api/status.ts'
import { parseIPv4 } from '../../../api/validation/ip.ts'
import type { Io } from '../../../kernel/machine.ts'
import type { Call, State } from '../state.ts'
import { alignAddresses, allocatesPorts, keepAllocated, mayHavePorts, needsAddress, needsHealthCheck, prefersAsBefore, withFamilies } from './families.ts'

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

/** The Service with what it needs: families, an address, node ports. `old`: the Service it replaces. A dry run takes nothing. */
export function allocate(state: State, io: Io, { dryRun }: Call, service: KubeObject, old: KubeObject | undefined): KubeObject | Status {
  const s = dryRun ? { ...state, reserved: new Map(state.reserved) } : state
  const before = old?.['spec']
  const given = service['spec'] ?? {}
  const spec = alignAddresses(before === undefined ? given : keepAllocated(given, before), before)
  const addressed = needsAddress(spec) && !prefersAsBefore(spec, before) ? addressFor(s, io, service, spec, before) : spec
  if ('code' in addressed) return addressed as Status
  const ported = portsFor(s, io, service, addressed, before)
  if ('code' in ported) return ported as Status
  const checked = healthCheckPortFor(s, io, ported, before)
  if ('code' in checked) return checked as Status
  return checked === service['spec'] ? service : { ...service, spec: checked }
}

/** A new Service, and one that had no use for an address, gets one; others keep theirs. */
function addressFor(s: State, io: Io, service: KubeObject, spec: any, before: any): any {
  const name = service.metadata.name ?? ''
  const next = withFamilies(spec, before)
  if (Array.isArray(next)) return invalid(SERVICE, name, next)
  const ips: string[] = next.clusterIPs ?? []
  if (ips[0] === 'None' || (before !== undefined && needsAddress(before))) return next
  const wanted = ips[0]
  if (wanted) {
    const why = refusedAddress(s, wanted)
    return why === undefined ? next : invalid(SERVICE, name, [invalidValue('spec.clusterIPs', ips, `failed to allocate IP ${wanted}: ${why}`)])
  }
  const ip = freeAddress(s, io)
  if (ip === undefined) return internalError(`failed to allocate a serviceIP for Service ${JSON.stringify(name)}: range is full`)
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

/** Ports that Services have, those for health checks included. */
function takenPorts(s: State): Set<number> {
  const taken = new Set<number>()
  for (const { spec } of s.caches['services']!.objects.values() as Iterable<any>) {
    for (const p of spec.ports ?? []) if (p.nodePort) taken.add(p.nodePort)
    if (spec.healthCheckNodePort) taken.add(spec.healthCheckNodePort)
  }
  return taken
}

/** The first port that cannot be had ends it. Of a new Service the ports of one number share a node port. */
function portsFor(s: State, io: Io, service: KubeObject, spec: any, before: any): any {
  if (!mayHavePorts(spec)) return spec
  expireReserved(s, io.now)
  const taken = takenPorts(s)
  const mine = new Set<number>((before?.ports ?? []).map((p: any) => p.nodePort).filter(Boolean))
  const given: any[] = spec.ports ?? []
  const byPort = new Map<number, number>()
  const ports: any[] = []
  const asked = new Set<number>(given.map(p => p.nodePort).filter(Boolean))
  for (const [i, port] of given.entries()) {
    const shared = before === undefined ? byPort.get(port.port) : undefined
    const wanted: number | undefined =
      port.nodePort || shared || (before === undefined && allocatesPorts(spec) ? given.find(p => p.port === port.port && p.nodePort)?.nodePort : undefined)
    let nodePort = wanted
    if (wanted) {
      const why = wanted === shared || mine.has(wanted) ? undefined : refusedPort(s, wanted, taken)
      if (why !== undefined) return invalid(SERVICE, service.metadata.name ?? '', [invalidValue(`spec.ports[${i}].nodePort`, wanted, why)])
      if (before !== undefined) mine.add(wanted)
    } else if (allocatesPorts(spec)) {
      nodePort = freePort(s, io, new Set([...taken, ...asked]))
      if (nodePort === undefined) return internalError('failed to allocate a nodePort: range is full')
    }
    if (nodePort) {
      taken.add(nodePort)
      if (shared === undefined) byPort.set(port.port, nodePort)
    }
    ports.push(nodePort === port.nodePort ? port : { ...port, nodePort })
  }
  return ports.every((port, i) => port === given[i]) ? spec : { ...spec, ports }
}

function healthCheckPortFor(s: State, io: Io, spec: any, before: any): any {
  if (!needsHealthCheck(spec) || (before !== undefined && needsHealthCheck(before))) return spec
  const taken = new Set([...takenPorts(s), ...(spec.ports ?? []).map((p: any) => p.nodePort)])
  const wanted = spec.healthCheckNodePort
  if (wanted) {
    const why = refusedPort(s, wanted, taken)
    return why === undefined ? spec : internalError(`failed to allocate requested HealthCheck NodePort ${wanted}: ${why}`)
  }
  const port = freePort(s, io, taken)
  return port === undefined ? internalError('failed to allocate a HealthCheck NodePort 0: range is full') : { ...spec, healthCheckNodePort: port }
}

function refusedPort(s: State, port: number, taken: Set<number>): string | undefined {
  if (port < PORT_MIN || port > PORT_MAX) return `provided port is not in the valid range. The range of valid ports is ${PORT_MIN}-${PORT_MAX}`
  return taken.has(port) || s.reserved.has(String(port)) ? 'provided port is already allocated' : undefined
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

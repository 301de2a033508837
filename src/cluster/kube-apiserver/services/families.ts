// families.ts: how a Service's clusterIP and clusterIPs go together, and of which IP families it is, before anything is allocated.
// Models k8s.io/kubernetes/pkg/registry/core/service/storage/{storage,alloc}.go (patchAllocatedValues, normalizeClusterIPs, initIPFamilyFields)
// Differs: the cluster has IPv4 only

import { type FieldError, invalidValue } from '../../../api/field.ts'
import { sameJson } from '../../../api/patch.ts'
import { isIPv6 } from '../../../api/validation/ip.ts'
import { validateClusterIPs } from '../../../api/validation/services.ts'

const FAMILY = 'IPv4'
const OTHER_FAMILY = 'IPv6'
const POLICY = 'spec.ipFamilyPolicy'

export const needsAddress = (spec: any): boolean => spec.type !== 'ExternalName'
export const mayHavePorts = (spec: any): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer'
/** Ports that say nothing get a node port. */
export const allocatesPorts = (spec: any): boolean => spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
export const needsHealthCheck = (spec: any): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

/** An update that leaves out what was allocated keeps it; ports are known by their names. */
export function keepAllocated(spec: any, before: any): any {
  let out = spec
  if (needsAddress(spec) && needsAddress(before)) {
    if (!out.clusterIP && before.clusterIP) out = { ...out, clusterIP: before.clusterIP }
    if (!out.clusterIPs?.length && before.clusterIPs?.length > 0) out = { ...out, clusterIPs: before.clusterIPs }
  }
  if (allocatesPorts(spec) && allocatesPorts(before)) {
    const had = new Map<string, number>((before.ports ?? []).map((p: any) => [p.name ?? '', p.nodePort ?? 0]))
    const asked = (spec.ports ?? []).map((p: any) => p.nodePort).filter(Boolean)
    const used = new Set([...had.values()].filter(nodePort => asked.includes(nodePort)))
    const ports = (spec.ports ?? []).map((p: any) => {
      const nodePort = p.nodePort || had.get(p.name ?? '')
      return !nodePort || p.nodePort || used.has(nodePort) ? p : { ...p, nodePort }
    })
    out = { ...out, ports }
  }
  if (needsHealthCheck(spec) && needsHealthCheck(before) && !spec.healthCheckNodePort && before.healthCheckNodePort)
    out = { ...out, healthCheckNodePort: before.healthCheckNodePort }
  return out
}

/** Who gives, changes or clears clusterIP and leaves clusterIPs as they were means both. */
export function alignAddresses(spec: any, before: any): any {
  const { clusterIP = '', clusterIPs = [] } = spec
  if (before === undefined) return clusterIP !== '' && clusterIPs.length === 0 ? { ...spec, clusterIPs: [clusterIP] } : spec
  const was = before.clusterIP ?? ''
  if (clusterIP === was) return clusterIPs.length === 0 && before.clusterIPs?.length > 0 ? { ...spec, clusterIPs: before.clusterIPs } : spec
  if (!sameJson(clusterIPs, before.clusterIPs ?? [])) return spec
  if (clusterIP !== '') return { ...spec, clusterIPs: [clusterIP] }
  const { clusterIPs: _, ...rest } = spec
  return rest
}

/** A PreferDualStack Service whose addresses and families stay is left alone. */
export function prefersAsBefore(spec: any, before: any): boolean {
  if (before === undefined || spec.type !== before.type || !(mayHavePorts(spec) || spec.type === 'ClusterIP')) return false
  if (spec.ipFamilyPolicy !== 'PreferDualStack' || (before.ipFamilyPolicy ?? 'PreferDualStack') !== 'PreferDualStack') return false
  return sameJson(spec.clusterIPs ?? [], before.clusterIPs ?? []) && sameJson(spec.ipFamilies ?? [], before.ipFamilies ?? [])
}

/** The spec with its families and its policy, or what is wrong with them. */
export function withFamilies(spec: any, before: any): any | FieldError[] {
  const bare = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0
  const policy: string = spec.ipFamilyPolicy ?? before?.ipFamilyPolicy ?? (bare ? 'RequireDualStack' : 'SingleStack')
  let out = { ...spec, ipFamilyPolicy: policy }
  const wrong = validateClusterIPs(out, before)
  if (wrong.length > 0) return wrong
  const errors: FieldError[] = []
  const refuse = (why: string): number => errors.push(invalidValue(POLICY, policy, why))
  if (before !== undefined && policy === 'SingleStack') out = singleStacked(out, before)
  else if (before !== undefined) {
    const reduced = (key: string): boolean => out[key]?.length > 0 && out[key].length < (before[key] ?? []).length
    if (reduced('clusterIPs')) refuse("must be 'SingleStack' to release the secondary cluster IP")
    if (reduced('ipFamilies')) refuse("must be 'SingleStack' to release the secondary IP family")
  }
  const ips: string[] = out.clusterIPs ?? []
  let families: string[] = out.ipFamilies ?? []
  if (policy === 'SingleStack') {
    const either = "must be 'RequireDualStack' or 'PreferDualStack' when multiple"
    if (ips.length === 2) refuse(`${either} cluster IPs are specified`)
    if (families.length === 2) refuse(`${either} IP families are specified`)
  }
  for (const [i, ip] of ips.entries()) {
    if (ip === 'None') break
    if (i < families.length) continue
    if (isIPv6(ip)) errors.push(invalidValue(`spec.clusterIPs[${i}]`, ips, `${OTHER_FAMILY} is not configured on this cluster`))
    else families = [...families, FAMILY]
  }
  if (errors.length > 0) return errors
  if (bare) {
    // Nobody knows of which families its endpoints will be.
    if (families.length === 0) families = [FAMILY]
    if (families.length < 2 && policy !== 'SingleStack') families = [...families, families[0] === FAMILY ? OTHER_FAMILY : FAMILY]
    return { ...out, ipFamilies: families }
  }
  if (policy === 'RequireDualStack') refuse('this cluster is not configured for dual-stack services')
  for (const [i, family] of families.entries())
    if (family !== FAMILY) errors.push(invalidValue(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'))
  return errors.length > 0 ? errors : { ...out, ipFamilies: families.length === 0 ? [FAMILY] : families }
}

/** The policy alone says that the second address goes. */
function singleStacked(spec: any, before: any): any {
  let out = spec
  if (spec.clusterIPs?.length > 1 && sameJson(spec.clusterIPs, before.clusterIPs)) out = { ...out, clusterIPs: spec.clusterIPs.slice(0, 1) }
  if (spec.ipFamilies?.length > 1 && sameJson(spec.ipFamilies, before.ipFamilies)) out = { ...out, ipFamilies: spec.ipFamilies.slice(0, 1) }
  return out
}

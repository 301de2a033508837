// services.ts: validation of Services.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go (validateService and what it asks)
// Differs: keys of selectors are judged in their order, which Go leaves to chance

import type { FieldError } from '../field.ts'
import { duplicate, forbiddenField, internalFieldError, invalidValue, notSupported, required } from '../field.ts'
import { dns1123Label, dns1123Subdomain, portName, portNumber, qualifiedName } from '../name.ts'
import { cidr, endpointIP, ipAddress, isIP, isIPv6 } from './ip.ts'
import { each, labelName, validateLabels, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const POLICIES = ['Cluster', 'Local']
const FAMILIES = ['IPv4', 'IPv6']
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
const MAX_AFFINITY_SECONDS = 86_400
const HINTS = 'service.kubernetes.io/topology-aware-hints'
const MODE = 'service.kubernetes.io/topology-mode'
const RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges'
const ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'"

export const validateService = (object: any): FieldError[] => [...validateObjectMeta(object.metadata, true, labelName), ...serviceRules(object, undefined)]

export function validateServiceUpdate(object: any, old: any): FieldError[] {
  const [now, was] = [object.spec ?? {}, old.spec ?? {}]
  const errors = validateObjectMetaUpdate(object.metadata, old.metadata)
  if (now.type !== 'ExternalName' && was.type !== 'ExternalName') errors.push(...addressChanges(now, was), ...familyChanges(now, was))
  if (now.type === 'LoadBalancer' && was.type === 'LoadBalancer' && now.loadBalancerClass !== was.loadBalancerClass)
    errors.push(invalidValue('spec.loadBalancerClass', now.loadBalancerClass, 'may not change once set'))
  errors.push(...balancerClass(now))
  if (needsHealthCheck(now) && needsHealthCheck(was) && (now.healthCheckNodePort ?? 0) !== (was.healthCheckNodePort ?? 0))
    errors.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'))
  return [...errors, ...serviceRules(object, old)]
}

const isHeadless = (spec: any): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None'
const needsHealthCheck = (spec: any): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
const reachedFromOutside = (spec: any): boolean =>
  spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && spec.externalIPs?.length > 0)

function serviceRules(object: any, old: any): FieldError[] {
  const errors: FieldError[] = []
  const spec = object.spec ?? {}
  const annotations = object.metadata.annotations ?? {}
  const [hints, mode] = [annotations[HINTS], annotations[MODE]]
  if (mode !== undefined && hints !== undefined && mode !== hints)
    errors.push(invalidValue(`metadata.annotations[${MODE}]`, mode, `must match annotations[${HINTS}] when both are specified`))
  const ports: any[] = spec.ports ?? []
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') errors.push(required('spec.ports'))
  errors.push(...ofType(spec))
  const names = new Set<string>()
  errors.push(...ports.flatMap((port, i) => servicePort(port, ports.length > 1, names, `spec.ports[${i}]`)))
  errors.push(...validateLabels(spec.selector, 'spec.selector'))
  errors.push(...sessionAffinity(spec))
  errors.push(...validateClusterIPs(spec, old?.spec))
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    const path = `spec.externalIPs[${i}]`
    const wrong = ipAddress(ip, path, old?.spec?.externalIPs)
    errors.push(...(wrong.length > 0 ? wrong : endpointIP(ip, path)))
  }
  if (!spec.type) errors.push(required('spec.type'))
  else if (!TYPES.includes(spec.type)) errors.push(notSupported('spec.type', spec.type, TYPES))
  errors.push(...portClashes(spec.type, ports))
  errors.push(...sourceRanges(object, old))
  const allocate = spec.allocateLoadBalancerNodePorts
  if (allocate !== undefined && spec.type !== 'LoadBalancer') errors.push(forbiddenField('spec.allocateLoadBalancerNodePorts', ONLY_BALANCED))
  if (allocate === undefined && spec.type === 'LoadBalancer') errors.push(required('allocateLoadBalancerNodePorts'))
  return [...errors, ...balancerClass(spec), ...trafficPolicies(spec)]
}

/** What the type asks for and does not go with. */
function ofType(spec: any): FieldError[] {
  const errors: FieldError[] = []
  const { type } = spec
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec))
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`))
  if (type !== 'ExternalName') return errors
  const not = 'may not be set for ExternalName services'
  if (spec.clusterIPs?.length > 0) errors.push(forbiddenField('spec.clusterIPs', not))
  if (spec.ipFamilies?.length > 0) errors.push(forbiddenField('spec.ipFamilies', not))
  if (spec.ipFamilyPolicy !== undefined) errors.push(forbiddenField('spec.ipFamilyPolicy', not))
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  errors.push(...(name === '' ? [required('spec.externalName')] : each('spec.externalName', name, dns1123Subdomain(name))))
  return errors
}

function servicePort(port: any, named: boolean, names: Set<string>, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (port.name) {
    errors.push(...each(`${path}.name`, port.name, dns1123Label(port.name)))
    if (names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name))
    names.add(port.name)
  } else if (named) errors.push(required(`${path}.name`))
  errors.push(...each(`${path}.port`, port.port ?? 0, portNumber(port.port ?? 0)))
  errors.push(...validateProtocol(port.protocol, `${path}.protocol`))
  const target = port.targetPort ?? 0
  errors.push(...each(`${path}.targetPort`, target, typeof target === 'string' ? portName(target) : portNumber(target)))
  if (port.appProtocol !== undefined) errors.push(...each(`${path}.appProtocol`, port.appProtocol, qualifiedName(port.appProtocol)))
  return errors
}

/** TCP, UDP or SCTP; one must be given. */
export function validateProtocol(protocol: string | undefined, path: string): FieldError[] {
  if (!protocol) return [required(path)]
  return PROTOCOLS.includes(protocol) ? [] : [notSupported(path, protocol, PROTOCOLS)]
}

function sessionAffinity({ sessionAffinity: kind, sessionAffinityConfig: config }: any): FieldError[] {
  const path = 'spec.sessionAffinityConfig'
  if (!kind) return [required('spec.sessionAffinity')]
  if (kind === 'None') return config === undefined ? [] : [forbiddenField(path, 'must not be set when session affinity is None')]
  if (kind !== 'ClientIP') return [notSupported('spec.sessionAffinity', kind, ['ClientIP', 'None'])]
  const why = 'when session affinity type is ClientIP'
  if (config === undefined) return [required(path, why)]
  if (config.clientIP === undefined) return [required(`${path}.clientIP`, why)]
  const seconds = config.clientIP.timeoutSeconds
  if (seconds === undefined) return [required(`${path}.clientIP.timeoutSeconds`, why)]
  if (seconds > 0 && seconds <= MAX_AFFINITY_SECONDS) return []
  return [invalidValue(`${path}.clientIP.timeoutSeconds`, seconds, `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`)]
}

/** clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy, which hang together; asked also before addresses are given out. */
export function validateClusterIPs(spec: any, old: any): FieldError[] {
  if (spec.type === 'ExternalName') return []
  const errors: FieldError[] = []
  const path = 'spec.clusterIPs'
  const ips: string[] = spec.clusterIPs ?? []
  const families: string[] = spec.ipFamilies ?? []
  if (spec.clusterIP) {
    if (ips.length === 0) errors.push(required(path))
    else if (ips[0] !== spec.clusterIP) errors.push(invalidValue(path, ips, 'first value must match `clusterIP`'))
  } else if (ips.length > 0) errors.push(invalidValue(path, ips, 'must be empty when `clusterIP` is not specified'))
  for (const [i, family] of families.entries()) {
    if (!FAMILIES.includes(family)) errors.push(notSupported(`spec.ipFamilies[${i}]`, family, FAMILIES))
    if (families.indexOf(family) < i) errors.push(duplicate(`spec.ipFamilies[${i}]`, family))
  }
  if (spec.ipFamilyPolicy !== undefined && !FAMILY_POLICIES.includes(spec.ipFamilyPolicy))
    errors.push(notSupported('spec.ipFamilyPolicy', spec.ipFamilyPolicy, FAMILY_POLICIES))
  let invalid = false
  for (const [i, ip] of ips.entries()) {
    const mine =
      i > 0 || ip !== 'None'
        ? ipAddress(ip, `${path}[${i}]`, old?.clusterIPs)
        : ips.length > 1
          ? [invalidValue(path, ips, "'None' must be the first and only value")]
          : []
    invalid ||= mine.length > 0
    errors.push(...mine)
  }
  if (ips.length > 2) errors.push(invalidValue(path, ips, 'may only hold up to 2 values'))
  if (invalid) return errors
  const unread = ips.findIndex(ip => !isIP(ip))
  if (ips.length > 1 && unread >= 0) errors.push(internalFieldError(path, `failed to check for dual stack with error:invalid IP[${unread}]: ${ips[unread]}`))
  const six = ips.filter(isIPv6).length
  if (ips.length > 1 && (unread >= 0 || six === 0 || six === ips.length))
    errors.push(invalidValue(path, ips, 'may specify no more than one IP for each IP family'))
  if (isHeadless(spec)) return errors
  for (const [i, ip] of ips.entries()) {
    const family = families[i]
    if (family === 'IPv4' && isIPv6(ip)) errors.push(invalidValue(`${path}[${i}]`, ip, `expected an IPv4 value as indicated by \`ipFamilies[${i}]\``))
    if (family === 'IPv6' && !isIPv6(ip)) errors.push(invalidValue(`${path}[${i}]`, ip, `expected an IPv6 value as indicated by \`ipFamilies[${i}]\``))
  }
  return errors
}

function portClashes(type: string, ports: any[]): FieldError[] {
  const errors: FieldError[] = []
  const used = ports.map(port => port.nodePort ?? 0)
  for (const [i, nodePort] of used.entries())
    if (type === 'ClusterIP' && nodePort !== 0) errors.push(forbiddenField(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"))
  const seen = new Set<string>()
  for (const [i, nodePort] of used.entries()) {
    if (nodePort === 0) continue
    const key = `${ports[i].protocol}/${nodePort}`
    if (seen.has(key)) errors.push(duplicate(`spec.ports[${i}].nodePort`, nodePort))
    seen.add(key)
  }
  seen.clear()
  for (const [i, { protocol = '', port = 0 }] of ports.entries()) {
    const key = `${protocol}/${port}`
    if (seen.has(key)) errors.push(duplicate(`spec.ports[${i}]`, { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 }))
    seen.add(key)
  }
  return errors
}

/** Of the field, or else of the annotation that it replaced. */
function sourceRanges({ metadata, spec = {} }: any, old: any): FieldError[] {
  const ranges: string[] = spec.loadBalancerSourceRanges ?? []
  if (ranges.length > 0) {
    const path = 'spec.LoadBalancerSourceRanges'
    const known = (old?.spec?.loadBalancerSourceRanges ?? []).map((range: string) => range.trim())
    const errors = ranges.flatMap((range, i) => cidr(range.trim(), `${path}[${i}]`, known))
    return spec.type === 'LoadBalancer' ? errors : [forbiddenField(path, ONLY_BALANCED), ...errors]
  }
  const text = metadata.annotations?.[RANGES]
  if (text === undefined) return []
  const path = `metadata.annotations[${RANGES}]`
  const errors = spec.type === 'LoadBalancer' ? [] : [forbiddenField(path, ONLY_BALANCED)]
  if ((old !== undefined && (old.metadata.annotations?.[RANGES] ?? '') === text) || text.trim() === '') return errors
  return [...errors, ...text.split(',').flatMap((range: string) => cidr(range.trim(), path))]
}

function balancerClass({ type, loadBalancerClass: name }: any): FieldError[] {
  if (name === undefined) return []
  return type === 'LoadBalancer' ? each('spec.loadBalancerClass', name, qualifiedName(name)) : [forbiddenField('spec.loadBalancerClass', ONLY_BALANCED)]
}

function trafficPolicies(spec: any): FieldError[] {
  const errors: FieldError[] = []
  const { externalTrafficPolicy: external, internalTrafficPolicy: internal, healthCheckNodePort: port = 0, trafficDistribution } = spec
  if (!reachedFromOutside(spec)) {
    if (external) errors.push(invalidValue('spec.externalTrafficPolicy', external, 'may only be set for externally-accessible services'))
  } else if (!external) errors.push(required('spec.externalTrafficPolicy'))
  else if (!POLICIES.includes(external)) errors.push(notSupported('spec.externalTrafficPolicy', external, POLICIES))
  if (!needsHealthCheck(spec)) {
    const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    if (port !== 0) errors.push(invalidValue('spec.healthCheckNodePort', port, why))
  } else if (port === 0) errors.push(required('spec.healthCheckNodePort'))
  else errors.push(...each('spec.healthCheckNodePort', port, portNumber(port)))
  if (internal === undefined && ['ClusterIP', 'LoadBalancer', 'NodePort'].includes(spec.type)) errors.push(required('spec.internalTrafficPolicy'))
  if (internal !== undefined && !POLICIES.includes(internal)) errors.push(notSupported('spec.internalTrafficPolicy', internal, POLICIES))
  if (trafficDistribution !== undefined && !DISTRIBUTIONS.includes(trafficDistribution))
    errors.push(notSupported('spec.trafficDistribution', trafficDistribution, DISTRIBUTIONS))
  return errors
}

/** Addresses may be added and, the last one, released; the first stays. */
function addressChanges(now: any, was: any): FieldError[] {
  if (isHeadless(now) && isHeadless(was)) return []
  const [next, before]: string[][] = [now.clusterIPs ?? [], was.clusterIPs ?? []]
  const changed = (i: number): FieldError => invalidValue(`spec.clusterIPs[${i}]`, now.clusterIPs, 'may not change once set')
  if (next!.length === before!.length) return before!.flatMap((ip, i) => (ip === next![i] ? [] : [changed(i)]))
  const errors: FieldError[] = []
  const released = before!.length > next!.length
  if (released && next!.length === 0) errors.push(invalidValue('spec.clusterIPs[0]', now.clusterIPs, 'primary clusterIP can not be unset'))
  if (before!.length > 0 && next!.length > 0 && next![0] !== before![0]) errors.push(changed(0))
  if (released && next!.length === 1 && now.ipFamilyPolicy !== 'SingleStack')
    errors.push(invalidValue('spec.ipFamilyPolicy', now.ipFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary clusterIP"))
  return errors
}

function familyChanges(now: any, was: any): FieldError[] {
  if (isHeadless(now) || isHeadless(was)) return []
  const path = 'spec.ipFamilies[0]'
  const [next, before]: string[][] = [now.ipFamilies ?? [], was.ipFamilies ?? []]
  if (next!.length === before!.length)
    return before!.flatMap((family, i) => (family === next![i] ? [] : [invalidValue(path, now.ipFamilies, 'may not change once set')]))
  const errors: FieldError[] = []
  const released = before!.length > next!.length
  if (released && (now.clusterIPs ?? []).length === 0) errors.push(invalidValue(path, now.ipFamilies, 'primary ipFamily can not be unset'))
  // The addresses are shown, not the families: so upstream.
  if (before!.length > 0 && next!.length > 0 && next![0] !== before![0]) errors.push(invalidValue(path, now.clusterIPs, 'may not change once set'))
  if (released && next!.length === 1 && now.ipFamilyPolicy !== 'SingleStack')
    errors.push(invalidValue('spec.ipFamilyPolicy', now.ipFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary ipFamily"))
  return errors
}

// services.ts: validation of Services, Endpoints, EndpointSlices, Ingresses and NetworkPolicies.
// Models k8s.io/kubernetes/pkg/apis/{core,discovery,networking}/validation/validation.go
// Differs: session affinity timeouts, endpoint addresses and ingress TLS are judged loosely

import type { FieldError } from '../field.ts'
import { duplicate, forbiddenField, invalidValue, notSupported, required } from '../field.ts'
import { dns1123Label, dns1123Subdomain, portName, portNumber, wildcardSubdomain } from '../name.ts'
import { sameJson } from '../patch.ts'
import { cidr, isIP } from './ip.ts'
import { each, labelName, subdomainName, validateLabelSelector, validateLabels, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

export const validateService = (object: any): FieldError[] => [...validateObjectMeta(object.metadata, true, labelName), ...serviceSpec(object.spec ?? {})]

function serviceSpec(spec: any): FieldError[] {
  const errors: FieldError[] = []
  const headless = spec.clusterIP === 'None'
  const external = spec.type === 'ExternalName'
  const ports: any[] = spec.ports ?? []
  if (ports.length === 0 && !headless && !external) errors.push(required('spec.ports'))
  if (spec.type === 'LoadBalancer' && headless) errors.push(invalidValue('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services"))
  if (spec.type === 'NodePort' && headless) errors.push(invalidValue('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services"))
  if (external) {
    if ((spec.clusterIPs ?? []).length > 0) errors.push(forbiddenField('spec.clusterIPs', 'may not be set for ExternalName services'))
    if (!spec.externalName) errors.push(required('spec.externalName'))
    else errors.push(...each('spec.externalName', spec.externalName, dns1123Subdomain(spec.externalName.replace(/\.$/, ''))))
  }
  const names = new Set<string>()
  errors.push(...ports.flatMap((port, i) => servicePort(port, ports.length > 1, names, `spec.ports[${i}]`)))
  errors.push(...validateLabels(spec.selector, 'spec.selector'))
  if (!spec.sessionAffinity) errors.push(required('spec.sessionAffinity'))
  else if (!['ClientIP', 'None'].includes(spec.sessionAffinity)) errors.push(notSupported('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']))
  if (!external) errors.push(...(spec.clusterIPs ?? []).flatMap(clusterIP))
  if (spec.clusterIP && spec.clusterIPs?.[0] !== undefined && spec.clusterIP !== spec.clusterIPs[0])
    errors.push(invalidValue('spec.clusterIPs', spec.clusterIPs, 'first value must match `clusterIP`'))
  if (!spec.type) errors.push(required('spec.type'))
  else if (!TYPES.includes(spec.type)) errors.push(notSupported('spec.type', spec.type, TYPES))
  ;(spec.externalIPs ?? []).forEach((ip: string, i: number) => {
    if (!isIP(ip)) errors.push(invalidValue(`spec.externalIPs[${i}]`, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'))
  })
  const seen = new Set<string>()
  ports.forEach((port, i) => {
    const key = `${port.protocol}/${port.port}`
    if (seen.has(key))
      errors.push(duplicate(`spec.ports[${i}]`, { Name: '', Protocol: port.protocol, AppProtocol: null, Port: port.port, TargetPort: 0, NodePort: 0 }))
    seen.add(key)
    if (port.nodePort && spec.type === 'ClusterIP') errors.push(forbiddenField(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"))
  })
  const outside = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0)
  if (spec.externalTrafficPolicy && !outside)
    errors.push(invalidValue('spec.externalTrafficPolicy', spec.externalTrafficPolicy, 'may only be set for externally-accessible services'))
  if (spec.externalTrafficPolicy && !['Cluster', 'Local'].includes(spec.externalTrafficPolicy))
    errors.push(notSupported('spec.externalTrafficPolicy', spec.externalTrafficPolicy, ['Cluster', 'Local']))
  if (spec.internalTrafficPolicy && !['Cluster', 'Local'].includes(spec.internalTrafficPolicy))
    errors.push(notSupported('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local']))
  if (spec.loadBalancerClass && spec.type !== 'LoadBalancer')
    errors.push(forbiddenField('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'"))
  return errors
}

function servicePort(port: any, named: boolean, names: Set<string>, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (named && !port.name) errors.push(required(`${path}.name`))
  else if (port.name) {
    errors.push(...each(`${path}.name`, port.name, dns1123Label(port.name)))
    if (names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name))
    names.add(port.name)
  }
  errors.push(...each(`${path}.port`, port.port, portNumber(port.port ?? 0)))
  if (!port.protocol) errors.push(required(`${path}.protocol`))
  else if (!PROTOCOLS.includes(port.protocol)) errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS))
  const target = port.targetPort
  if (typeof target === 'string') errors.push(...each(`${path}.targetPort`, target, portName(target)))
  else if (target !== undefined) errors.push(...each(`${path}.targetPort`, target, portNumber(target)))
  return errors
}

function clusterIP(ip: string, i: number): FieldError[] {
  if (ip === 'None' && i === 0) return []
  return isIP(ip) ? [] : [invalidValue(`spec.clusterIPs[${i}]`, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
}

export function validateServiceUpdate(object: any, old: any): FieldError[] {
  const errors = validateObjectMetaUpdate(object.metadata, old.metadata)
  const [now, was] = [object.spec, old.spec]
  const kept = now.type !== 'ExternalName' && was.type !== 'ExternalName' && was.clusterIP
  if (kept && !sameJson(now.clusterIPs?.[0] ?? null, was.clusterIPs?.[0] ?? null)) {
    errors.push(
      (now.clusterIPs ?? []).length === 0
        ? invalidValue('spec.clusterIPs', null, 'primary clusterIP can not be unset')
        : invalidValue('spec.clusterIPs[0]', now.clusterIPs, 'may not change once set'),
    )
  }
  return [...errors, ...serviceSpec(now)]
}

export function validateEndpoints(object: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, true, subdomainName)
  ;(object.subsets ?? []).forEach((subset: any, i: number) => {
    const at = `subsets[${i}]`
    if ((subset.addresses ?? []).length === 0 && (subset.notReadyAddresses ?? []).length === 0)
      errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'))
    for (const key of ['addresses', 'notReadyAddresses'])
      (subset[key] ?? []).forEach((address: any, j: number) => {
        if (!isIP(address.ip ?? ''))
          errors.push(invalidValue(`${at}.${key}[${j}].ip`, address.ip ?? '', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'))
      })
    errors.push(...(subset.ports ?? []).flatMap((port: any, j: number) => each(`${at}.ports[${j}].port`, port.port, portNumber(port.port ?? 0))))
  })
  return errors
}

export function validateEndpointSlice(object: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, true, subdomainName)
  const types = ['FQDN', 'IPv4', 'IPv6']
  if (!object.addressType) errors.push(required('addressType'))
  else if (!types.includes(object.addressType)) errors.push(notSupported('addressType', object.addressType, types))
  ;(object.endpoints ?? []).forEach((endpoint: any, i: number) => {
    if ((endpoint.addresses ?? []).length === 0) errors.push(required(`endpoints[${i}].addresses`, 'must contain at least 1 address'))
  })
  return errors
}

export const validateIngress = (object: any): FieldError[] => [...validateObjectMeta(object.metadata, true, subdomainName), ...ingressSpec(object.spec ?? {})]
export const validateIngressUpdate = (object: any, old: any): FieldError[] => [
  ...validateObjectMetaUpdate(object.metadata, old.metadata),
  ...ingressSpec(object.spec ?? {}),
]

function ingressSpec(spec: any): FieldError[] {
  const errors: FieldError[] = []
  if ((spec.rules ?? []).length === 0 && spec.defaultBackend === undefined)
    errors.push(invalidValue('spec', spec.rules ?? [], 'either `defaultBackend` or `rules` must be specified'))
  if (spec.defaultBackend !== undefined) errors.push(...backend(spec.defaultBackend, 'spec.defaultBackend'))
  ;(spec.rules ?? []).forEach((rule: any, i: number) => {
    const at = `spec.rules[${i}]`
    if (rule.host) {
      if (isIP(rule.host)) errors.push(invalidValue(`${at}.host`, rule.host, 'must be a DNS name, not an IP address'))
      else errors.push(...each(`${at}.host`, rule.host, rule.host.includes('*') ? wildcardSubdomain(rule.host) : dns1123Subdomain(rule.host)))
    }
    if (rule.http !== undefined && (rule.http.paths ?? []).length === 0) errors.push(required(`${at}.http.paths`))
    ;(rule.http?.paths ?? []).forEach((p: any, j: number) => {
      const where = `${at}.http.paths[${j}]`
      if (p.pathType === undefined) errors.push(required(`${where}.pathType`, 'pathType must be specified'))
      else if (!['Exact', 'ImplementationSpecific', 'Prefix'].includes(p.pathType))
        errors.push(notSupported(`${where}.pathType`, p.pathType, ['Exact', 'ImplementationSpecific', 'Prefix']))
      else if (p.pathType !== 'ImplementationSpecific' && !String(p.path ?? '').startsWith('/'))
        errors.push(invalidValue(`${where}.path`, p.path ?? '', 'must be an absolute path'))
      errors.push(...backend(p.backend ?? {}, `${where}.backend`))
    })
  })
  return errors
}

function backend({ service, resource }: any, path: string): FieldError[] {
  if (resource !== undefined && service !== undefined) return [invalidValue(path, '', 'cannot set both resource and service backends')]
  if (resource !== undefined) return []
  const { name = '', port = {} } = service ?? {}
  const errors = name === '' ? [required(`${path}.service.name`)] : each(`${path}.service.name`, name, dns1123Label(name))
  if (port.name && port.number) errors.push(invalidValue(path, '', 'cannot set both port name & port number'))
  else if (port.name) errors.push(...each(`${path}.service.port.name`, port.name, portName(port.name)))
  else if (port.number) errors.push(...each(`${path}.service.port.number`, port.number, portNumber(port.number)))
  else errors.push(required(path, 'port name or number is required'))
  return errors
}

export function validateNetworkPolicy(object: any): FieldError[] {
  const { spec = {} } = object
  const errors = [...validateObjectMeta(object.metadata, true, subdomainName), ...validateLabelSelector(spec.podSelector, 'spec.podSelector')]
  for (const [list, side] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const)
    (spec[list] ?? []).forEach((rule: any, i: number) => {
      errors.push(...(rule[side] ?? []).flatMap((peer: any, j: number) => policyPeer(peer, `spec.${list}[${i}].${side}[${j}]`)))
    })
  return errors
}

function policyPeer(peer: any, path: string): FieldError[] {
  const count = ['podSelector', 'namespaceSelector', 'ipBlock'].filter(key => peer[key] !== undefined).length
  if (count === 0) return [required(path, 'must specify a peer')]
  if (peer.ipBlock !== undefined && count > 1) return [forbiddenField(path, 'may not specify both ipBlock and another peer')]
  if (peer.ipBlock !== undefined) return peer.ipBlock.cidr ? cidr(peer.ipBlock.cidr, `${path}.ipBlock.cidr`) : [required(`${path}.ipBlock.cidr`)]
  return [...validateLabelSelector(peer.podSelector, `${path}.podSelector`), ...validateLabelSelector(peer.namespaceSelector, `${path}.namespaceSelector`)]
}

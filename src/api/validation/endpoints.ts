// endpoints.ts: validation of Endpoints and EndpointSlices.
// Models k8s.io/kubernetes/pkg/apis/{core,discovery}/validation/validation.go and pkg/apis/discovery/v1/zz_generated.validations.go
// Differs: nothing known

import type { FieldError } from '../field.ts'
import { duplicate, invalidValue, notSupported, required, tooMany } from '../field.ts'
import { dns1123Label, dns1123Subdomain, labelValue, portNumber, qualifiedName } from '../name.ts'
import { sameJson } from '../patch.ts'
import { declaredImmutable, withDeclared } from './declarative.ts'
import { canonicalIPAddress, endpointIP, ipAddress, isIPv4, isIPv6 } from './ip.ts'
import { each, subdomainName, validateLabels, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts'
import { validateProtocol } from './services.ts'

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6']
const MAX_ENDPOINTS = 1000
const MAX_ADDRESSES = 100
const MAX_PORTS = 20_000
const MAX_TOPOLOGY = 16
const MAX_HINTS = 8

export const validateEndpoints = (object: any): FieldError[] => [...validateObjectMeta(object.metadata, true, subdomainName), ...subsets(object)]

export const validateEndpointsUpdate = (object: any, old: any): FieldError[] => [
  ...validateObjectMetaUpdate(object.metadata, old.metadata),
  ...validateObjectMeta(object.metadata, true, subdomainName),
  ...(sameJson(object.subsets ?? [], old.subsets ?? []) ? [] : subsets(object)),
]

function subsets(object: any): FieldError[] {
  const errors: FieldError[] = []
  for (const [i, { addresses = [], notReadyAddresses = [], ports = [] }] of (object.subsets ?? []).entries()) {
    const at = `subsets[${i}]`
    if (addresses.length === 0 && notReadyAddresses.length === 0) errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'))
    errors.push(...addresses.flatMap((address: any, j: number) => endpointAddress(address, `${at}.addresses[${j}]`)))
    errors.push(...notReadyAddresses.flatMap((address: any, j: number) => endpointAddress(address, `${at}.notReadyAddresses[${j}]`)))
    errors.push(...ports.flatMap((port: any, j: number) => endpointPort(port, ports.length > 1, `${at}.ports[${j}]`)))
  }
  return errors
}

function endpointAddress({ ip = '', hostname, nodeName }: any, path: string): FieldError[] {
  const errors = ipAddress(ip, `${path}.ip`)
  if (hostname) errors.push(...each(`${path}.hostname`, hostname, dns1123Label(hostname)))
  if (nodeName !== undefined) errors.push(...each(`${path}.nodeName`, nodeName, dns1123Subdomain(nodeName)))
  return [...errors, ...endpointIP(ip, `${path}.ip`)]
}

function endpointPort({ name, port = 0, protocol, appProtocol }: any, named: boolean, path: string): FieldError[] {
  const errors: FieldError[] = name ? each(`${path}.name`, name, dns1123Label(name)) : named ? [required(`${path}.name`)] : []
  errors.push(...each(`${path}.port`, port, portNumber(port)))
  errors.push(...validateProtocol(protocol, `${path}.protocol`))
  if (appProtocol !== undefined) errors.push(...each(`${path}.appProtocol`, appProtocol, qualifiedName(appProtocol)))
  return errors
}

export const validateEndpointSlice = (object: any): FieldError[] => withDeclared(slice(object, undefined), declared(object, undefined))

export const validateEndpointSliceUpdate = (object: any, old: any): FieldError[] =>
  withDeclared([...validateObjectMetaUpdate(object.metadata, old.metadata), ...slice(object, old)], declared(object, old))

function slice(object: any, old: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, true, subdomainName)
  const { addressType } = object
  const endpoints: any[] = object.endpoints ?? []
  if (!addressType) errors.push(required('addressType'))
  else if (!ADDRESS_TYPES.includes(addressType)) errors.push(notSupported('addressType', addressType, ADDRESS_TYPES))
  errors.push(...slicePorts(object.ports ?? []))
  if (old !== undefined && sameJson(endpoints, old.endpoints ?? [])) return errors
  if (endpoints.length > MAX_ENDPOINTS) return [...errors, tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)]
  return [...errors, ...endpoints.flatMap((endpoint: any, i: number) => sliceEndpoint(endpoint, addressType, `endpoints[${i}]`))]
}

/** The tags of the type: on a change, what is as it was is not looked at. */
function declared(object: any, old: any): FieldError[] {
  const errors: FieldError[] = []
  const { addressType } = object
  const endpoints: any[] = object.endpoints ?? []
  if (old === undefined || (addressType ?? '') !== (old.addressType ?? '')) {
    if (!addressType) errors.push(required('addressType'))
    if (old !== undefined) errors.push(...declaredImmutable(addressType ?? '', old.addressType ?? '', 'addressType'))
    else if (addressType && !ADDRESS_TYPES.includes(addressType)) errors.push(notSupported('addressType', addressType, ADDRESS_TYPES))
  }
  if (old !== undefined && sameJson(endpoints, old.endpoints ?? [])) return errors
  for (const [i, { addresses }] of endpoints.entries()) {
    const count = (addresses ?? []).length
    if (count === 0) errors.push(required(`endpoints[${i}].addresses`))
    if (count > MAX_ADDRESSES) errors.push(tooMany(`endpoints[${i}].addresses`, count, MAX_ADDRESSES))
  }
  return errors
}

function slicePorts(ports: any[]): FieldError[] {
  if (ports.length > MAX_PORTS) return [tooMany('ports', ports.length, MAX_PORTS)]
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [i, { name = '', protocol, appProtocol }] of ports.entries()) {
    const at = `ports[${i}]`
    if (name !== '') errors.push(...each(`${at}.name`, name, dns1123Label(name)))
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name))
    names.add(name)
    errors.push(...(protocol === '' ? [notSupported(`${at}.protocol`, '', ['SCTP', 'TCP', 'UDP'])] : validateProtocol(protocol, `${at}.protocol`)))
    if (appProtocol !== undefined) errors.push(...each(`${at}.appProtocol`, appProtocol, qualifiedName(appProtocol)))
  }
  return errors
}

function sliceEndpoint(endpoint: any, type: string, path: string): FieldError[] {
  const errors: FieldError[] = []
  const addresses: string[] = endpoint.addresses ?? []
  for (const [i, address] of addresses.entries()) errors.push(...sliceAddress(address, type, `${path}.addresses`, i))
  if (endpoint.nodeName !== undefined) errors.push(...each(`${path}.nodeName`, endpoint.nodeName, dns1123Subdomain(endpoint.nodeName)))
  const topology = endpoint.deprecatedTopology ?? {}
  const count = Object.keys(topology).length
  if (count > MAX_TOPOLOGY) errors.push(tooMany(`${path}.deprecatedTopology`, count, MAX_TOPOLOGY))
  errors.push(...validateLabels(topology, `${path}.deprecatedTopology`))
  if (endpoint.hostname !== undefined) errors.push(...each(`${path}.hostname`, endpoint.hostname, dns1123Label(endpoint.hostname)))
  if (endpoint.hints !== undefined) errors.push(...hints(endpoint.hints, `${path}.hints`))
  return errors
}

function sliceAddress(address: string, type: string, path: string, i: number): FieldError[] {
  const at = `${path}[${i}]`
  if (type === 'FQDN') return qualifiedDomain(address, at)
  if (type !== 'IPv4' && type !== 'IPv6') return []
  const four = type === 'IPv4'
  const wrong = four ? ipAddress(address, at) : canonicalIPAddress(address, at)
  if (wrong.length > 0) return wrong
  const fits = four ? isIPv4(address) : isIPv6(address)
  return [...(fits ? [] : [invalidValue(path, address, `must be an ${type} address`)]), ...endpointIP(address, at)]
}

function qualifiedDomain(text: string, path: string): FieldError[] {
  if (text === '') return [required(path)]
  const name = text.replace(/\.$/, '')
  const complaints = dns1123Subdomain(name)
  if (complaints.length > 0) return [invalidValue(path, name, complaints.join(','))]
  const labels = name.split('.')
  if (labels.length < 2) return [invalidValue(path, name, 'should be a domain with at least two segments separated by dots')]
  const wrong = labels.find(label => dns1123Label(label).length > 0)
  return wrong === undefined ? [] : [invalidValue(path, wrong, dns1123Label(wrong).join(','))]
}

function hints({ forZones = [], forNodes = [] }: any, path: string): FieldError[] {
  if (forZones.length > MAX_HINTS) return [tooMany(`${path}.forZones`, forZones.length, MAX_HINTS)]
  const errors = hintNames(forZones, labelValue, `${path}.forZones`)
  if (forNodes.length > MAX_HINTS) return [...errors, tooMany(`${path}.forNodes`, forNodes.length, MAX_HINTS)]
  return [...errors, ...hintNames(forNodes, dns1123Subdomain, `${path}.forNodes`)]
}

function hintNames(list: { name?: string }[], rule: (name: string) => string[], path: string): FieldError[] {
  const seen = new Set<string>()
  return list.flatMap(({ name = '' }, i) => {
    const again = seen.has(name)
    seen.add(name)
    return [...(again ? [duplicate(`${path}[${i}].name`, name)] : []), ...each(`${path}[${i}].name`, name, rule(name))]
  })
}

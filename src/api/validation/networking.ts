// networking.ts: validation of Ingresses, IngressClasses and NetworkPolicies.
// Models k8s.io/kubernetes/pkg/apis/networking/validation/validation.go and pkg/apis/networking/v1/zz_generated.validations.go
// Differs: an empty list that was given counts as none, and shows as null

import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, notSupported, required, tooLong } from '../field.ts'
import { bytes, dns1123Label, dns1123Subdomain, pathSegment, portName, portNumber, wildcardSubdomain } from '../name.ts'
import { sameJson } from '../patch.ts'
import { withDeclared } from './declarative.ts'
import { cidr, isIP, parseCidr, strictlyContains } from './ip.ts'
import { each, immutable, labelName, prefixedPath, subdomainName, validateLabelSelector, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts'

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']
const BAD_IN_PATHS = ['//', '/./', '/../', '%2f', '%2F']
const BAD_AT_END = ['/..', '/.']
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'
const MAX_CONTROLLER = 250
const PROTOCOLS = ['TCP', 'UDP', 'SCTP']
const POLICY_TYPES = ['Ingress', 'Egress']

export function validateIngress(object: any): FieldError[] {
  const errors = ingressRules(object, undefined)
  const annotation = object.metadata.annotations?.[CLASS_ANNOTATION]
  const name = object.spec?.ingressClassName
  if (annotation !== undefined && name !== undefined && annotation !== name)
    errors.push(invalidValue(`annotations.${CLASS_ANNOTATION}`, annotation, 'must match `ingressClassName` when both are specified'))
  return errors
}

export const validateIngressUpdate = (object: any, old: any): FieldError[] => [
  ...validateObjectMetaUpdate(object.metadata, old.metadata),
  ...ingressRules(object, old),
]

const ingressRules = (object: any, old: any): FieldError[] => [
  ...validateObjectMeta(object.metadata, true, subdomainName),
  ...ingressSpec(object.spec ?? {}, old?.spec),
]

function ingressSpec(spec: any, old: any): FieldError[] {
  const errors: FieldError[] = []
  const rules: any[] = spec.rules ?? []
  if (rules.length === 0 && spec.defaultBackend === undefined)
    errors.push(invalidValue('spec', spec.rules, 'either `defaultBackend` or `rules` must be specified'))
  if (spec.defaultBackend !== undefined) errors.push(...backend(spec.defaultBackend, 'spec.defaultBackend'))
  // What was stored before a rule existed stays good.
  const oldWildcards = (old?.rules ?? []).some((rule: any) => rule.host?.includes('*') && httpRule(rule.http, '').length > 0)
  for (const [i, { host, http }] of rules.entries()) {
    const at = `spec.rules[${i}]`
    if (host) {
      if (isIP(host)) errors.push(invalidValue(`${at}.host`, host, 'must be a DNS name, not an IP address'))
      errors.push(...hostName(host, `${at}.host`))
    }
    if (!host?.includes('*') || !oldWildcards) errors.push(...httpRule(http, `${at}.http`))
  }
  const oldSecrets = (old?.tls ?? []).some((tls: any) => secretName(tls.secretName).length > 0)
  for (const [i, { hosts = [], secretName: secret }] of (spec.tls ?? []).entries()) {
    errors.push(...hosts.flatMap((host: string, j: number) => hostName(host, `spec.tls[${i}].hosts[${j}]`)))
    if (!oldSecrets) errors.push(...each(`spec.tls[${i}].secretName`, secret, secretName(secret)))
  }
  const name = spec.ingressClassName
  return name === undefined ? errors : [...errors, ...each('spec.ingressClassName', name, subdomainName(name, false))]
}

const hostName = (host: string, path: string): FieldError[] => each(path, host, host.includes('*') ? wildcardSubdomain(host) : dns1123Subdomain(host))
const secretName = (name: string | undefined): string[] => (name ? dns1123Subdomain(name) : [])

function httpRule(http: any, path: string): FieldError[] {
  if (http === undefined) return []
  const paths: any[] = http.paths ?? []
  if (paths.length === 0) return [required(`${path}.paths`)]
  return paths.flatMap((p, i) => httpPath(p, `${path}.paths[${i}]`))
}

function httpPath({ path: text = '', pathType, backend: target = {} }: any, path: string): FieldError[] {
  if (pathType == null) return [required(`${path}.pathType`, 'pathType must be specified')]
  const errors: FieldError[] = []
  const wrong = (why: string): number => errors.push(invalidValue(`${path}.path`, text, why))
  if (!PATH_TYPES.includes(pathType)) errors.push(notSupported(`${path}.pathType`, pathType, PATH_TYPES))
  else if (pathType === 'ImplementationSpecific') {
    if (text !== '' && !text.startsWith('/')) wrong('must be an absolute path')
  } else {
    if (!text.startsWith('/')) wrong('must be an absolute path')
    for (const part of BAD_IN_PATHS) if (text.includes(part)) wrong(`must not contain '${part}'`)
    for (const end of BAD_AT_END) if (text.endsWith(end)) wrong(`cannot end with '${end}'`)
  }
  return [...errors, ...backend(target, `${path}.backend`)]
}

function backend({ service, resource }: any, path: string): FieldError[] {
  if (resource !== undefined && service !== undefined) return [invalidValue(path, '', 'cannot set both resource and service backends')]
  if (resource !== undefined) return localReference(resource, `${path}.resource`)
  if (service === undefined) return [invalidValue(path, '', 'resource or service backend is required')]
  const { name = '', port = {} } = service
  const errors = name === '' ? [required(`${path}.service.name`)] : each(`${path}.service.name`, name, dns1123Label(name))
  if (port.name && port.number) errors.push(invalidValue(path, '', 'cannot set both port name & port number'))
  else if (port.name) errors.push(...each(`${path}.service.port.name`, port.name, portName(port.name)))
  else if (port.number) errors.push(...each(`${path}.service.port.number`, port.number, portNumber(port.number)))
  else errors.push(required(path, 'port name or number is required'))
  return errors
}

/** An object of the same namespace, by group, kind and name. */
function localReference({ apiGroup, kind, name }: any, path: string): FieldError[] {
  const part = (text: string | undefined, at: string): FieldError[] => (text ? each(at, text, pathSegment(text)) : [required(at)])
  const group = apiGroup == null ? [] : each(`${path}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup))
  return [...group, ...part(kind, `${path}.kind`), ...part(name, `${path}.name`)]
}

export const validateIngressClass = (object: any): FieldError[] => withDeclared(classRules(object), declaredOfClass(object, undefined))

export const validateIngressClassUpdate = (object: any, old: any): FieldError[] =>
  withDeclared(
    [
      ...validateObjectMetaUpdate(object.metadata, old.metadata),
      ...immutable(object.spec?.controller ?? '', old.spec?.controller ?? '', 'spec.controller'),
      ...classRules(object),
    ],
    declaredOfClass(object, old),
  )

function classRules({ metadata, spec = {} }: any): FieldError[] {
  const errors = validateObjectMeta(metadata, false, subdomainName)
  const controller: string = spec.controller ?? ''
  if (bytes(controller) > MAX_CONTROLLER) errors.push(tooLong('spec.controller', MAX_CONTROLLER))
  errors.push(...prefixedPath(controller, 'spec.controller'))
  const { parameters } = spec
  if (parameters === undefined) return errors
  const path = 'spec.parameters'
  errors.push(...localReference(parameters, path))
  const { scope, namespace } = parameters
  if (scope === undefined) errors.push(required(`${path}.scope`))
  else if (scope === 'Namespace') {
    if (namespace === undefined) errors.push(required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'"))
    else errors.push(...each(`${path}.namespace`, namespace, labelName(namespace, false)))
  } else if (scope !== 'Cluster') errors.push(notSupported(`${path}.scope`, scope, ['Cluster', 'Namespace']))
  else if (namespace !== undefined) errors.push(forbiddenField(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'"))
  return errors
}

function declaredOfClass({ spec = {} }: any, old: any): FieldError[] {
  const { parameters } = spec
  const was = old?.spec?.parameters
  if (parameters === undefined) return []
  return ['kind', 'name'].filter(key => !parameters[key] && (was === undefined || was[key])).map(key => required(`spec.parameters.${key}`))
}

export const validateNetworkPolicy = (object: any): FieldError[] =>
  withDeclared([...validateObjectMeta(object.metadata, true, subdomainName), ...policySpec(object.spec ?? {}, [], false)], declaredOfPolicy(object, undefined))

export function validateNetworkPolicyUpdate(object: any, old: any): FieldError[] {
  const known = peersOf(old.spec ?? {}).flatMap(({ peer: { ipBlock } }) => (ipBlock === undefined ? [] : [ipBlock.cidr ?? '', ...(ipBlock.except ?? [])]))
  const oldSelector = validateLabelSelector(old.spec?.podSelector, '').length > 0
  const byHand = [...validateObjectMetaUpdate(object.metadata, old.metadata), ...policySpec(object.spec ?? {}, known, oldSelector)]
  return withDeclared(byHand, declaredOfPolicy(object, old))
}

const SIDES = [
  ['ingress', 'from'],
  ['egress', 'to'],
] as const

const peersOf = (spec: any): { peer: any; path: string }[] =>
  SIDES.flatMap(([list, side]) =>
    (spec[list] ?? []).flatMap((rule: any, i: number) =>
      (rule[side] ?? []).map((peer: any, j: number) => ({ peer, path: `spec.${list}[${i}].${side}[${j}]` })),
    ),
  )

/** `known`: ranges that were there before; `anyValue`: values of label selectors are let be. */
function policySpec(spec: any, known: string[], anyValue: boolean): FieldError[] {
  const errors = validateLabelSelector(spec.podSelector, 'spec.podSelector', anyValue)
  for (const [list, side] of SIDES)
    for (const [i, rule] of (spec[list] ?? []).entries()) {
      const at = `spec.${list}[${i}]`
      errors.push(...(rule.ports ?? []).flatMap((port: any, j: number) => policyPort(port, `${at}.ports[${j}]`)))
      errors.push(...(rule[side] ?? []).flatMap((peer: any, j: number) => policyPeer(peer, `${at}.${side}[${j}]`, known, anyValue)))
    }
  const types: string[] = spec.policyTypes ?? []
  if (types.length > POLICY_TYPES.length) return [...errors, invalidValue('spec.policyTypes', types, 'may not specify more than two policyTypes')]
  const unknown = types.flatMap((type, i) => (POLICY_TYPES.includes(type) ? [] : [notSupported(`spec.policyTypes[${i}]`, type, POLICY_TYPES)]))
  return [...errors, ...unknown]
}

function policyPort({ protocol, port, endPort }: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS))
  const wrongEnd = (why: string): number => errors.push(invalidValue(`${path}.endPort`, endPort, why))
  if (typeof port === 'number') {
    errors.push(...each(`${path}.port`, port, portNumber(port)))
    if (endPort === undefined) return errors
    if (endPort < port) wrongEnd('must be greater than or equal to `port`')
    errors.push(...each(`${path}.endPort`, endPort, portNumber(endPort)))
  } else if (port !== undefined) {
    if (endPort !== undefined) wrongEnd('may not be specified when `port` is non-numeric')
    errors.push(...each(`${path}.port`, port, portName(port)))
  } else if (endPort !== undefined) wrongEnd('may not be specified when `port` is not specified')
  return errors
}

function policyPeer({ podSelector, namespaceSelector, ipBlock }: any, path: string, known: string[], anyValue: boolean): FieldError[] {
  const errors = validateLabelSelector(podSelector, `${path}.podSelector`, anyValue)
  errors.push(...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`, anyValue))
  if (ipBlock !== undefined) errors.push(...block(ipBlock, `${path}.ipBlock`, known))
  const selected = podSelector !== undefined || namespaceSelector !== undefined
  if (ipBlock === undefined && !selected) errors.push(required(path, 'must specify a peer'))
  if (ipBlock !== undefined && selected) errors.push(forbiddenField(path, 'may not specify both ipBlock and another peer'))
  return errors
}

function block({ cidr: range = '', except = [] }: any, path: string, known: string[]): FieldError[] {
  if (range === '') return [required(`${path}.cidr`)]
  const errors = cidr(range, `${path}.cidr`, known)
  const outer = parseCidr(range)
  if (outer === undefined) return errors
  for (const [i, text] of except.entries()) {
    const at = `${path}.except[${i}]`
    errors.push(...cidr(text, at, known))
    const inner = parseCidr(text)
    if (inner !== undefined && !strictlyContains(outer, inner)) errors.push(invalidValue(at, text, 'must be a strict subset of `cidr`'))
  }
  return errors
}

function declaredOfPolicy({ spec = {} }: any, old: any): FieldError[] {
  const before = old?.spec ?? {}
  const looked = SIDES.filter(([list]) => old === undefined || !sameJson(spec[list] ?? [], before[list] ?? []))
  return peersOf(Object.fromEntries(looked.map(([list]) => [list, spec[list]]))).flatMap(({ peer: { ipBlock }, path }) =>
    ipBlock !== undefined && !ipBlock.cidr ? [required(`${path}.ipBlock.cidr`)] : [],
  )
}

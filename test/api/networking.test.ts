// networking.test.ts: what v1.37.2 answers to Services, endpoints, policies and Ingresses that are filled in wrongly.
import { expect, test } from 'vitest'
import { decode } from '../../src/api/decode.ts'
import { applyDefaults } from '../../src/api/defaults/defaults.ts'
import { errorText } from '../../src/api/field.ts'
import { resourceByKind } from '../../src/api/resources.ts'
import { structIdOf } from '../../src/api/schema.ts'
import { prepareForCreate, prepareForUpdate } from '../../src/api/strategy.ts'
import { validate, validateUpdate } from '../../src/api/validation/validation.ts'

const of = (apiVersion: string, kind: string, rest: any, metadata: any = {}) => ({ apiVersion, kind, metadata: { name: 'x', ...metadata }, ...rest })
const service = (spec: any, annotations?: any) => of('v1', 'Service', { spec: { ports: [{ port: 80 }], ...spec } }, { annotations })
const endpoints = (...subsets: any[]) => of('v1', 'Endpoints', { subsets })
const slice = (addressType: string, endpoints: any[], ports: any[] = []) => of('discovery.k8s.io/v1', 'EndpointSlice', { addressType, endpoints, ports })
const policy = (spec: any) => of('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {}, ...spec } })
const to = (cidr: string, ...except: string[]) => ({ egress: [{ to: [{ ipBlock: { cidr, except } }] }] })
const ingress = (spec: any, annotations?: any) => of('networking.k8s.io/v1', 'Ingress', { spec }, { annotations })
const path = (p: any, service: any = { name: 's', port: { number: 80 } }) => ({ rules: [{ http: { paths: [{ backend: { service }, ...p }] } }] })
const ingressClass = (spec: any) => of('networking.k8s.io/v1', 'IngressClass', { spec })

function read(given: any): any {
  const type = resourceByKind(given.apiVersion, given.kind)!
  const metadata = { uid: 'u', resourceVersion: '1', ...(type.namespaced ? { namespace: 'default' } : {}), ...given.metadata }
  const decoded = decode<any>(structIdOf(type)!, { ...given, metadata })
  if ('error' in decoded) throw new Error(decoded.error)
  return applyDefaults(decoded.value)
}

/** The object with parts of its spec, or other fields, replaced. */
const changed = (given: any, { spec, ...rest }: any) => ({ ...given, ...rest, ...(spec === undefined ? {} : { spec: { ...given.spec, ...spec } }) })

test.each<[any, string[]]>([
  [service({ ports: [] }), ['spec.ports: Required value']],
  [
    service({
      ports: [
        { port: 80, name: 'a' },
        { port: 80, protocol: 'TCP' },
        { port: 0, name: 'a', targetPort: 70000 },
      ],
    }),
    [
      'spec.ports[1].name: Required value',
      'spec.ports[2].name: Duplicate value: "a"',
      'spec.ports[2].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.ports[2].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
  ],
  [
    service({ ports: [{ port: 80, nodePort: 30080, appProtocol: 'h 2' }], externalTrafficPolicy: 'Local', healthCheckNodePort: 30111 }),
    [
      `spec.ports[0].appProtocol: Invalid value: "h 2": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
      "spec.healthCheckNodePort: Invalid value: 30111: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    ],
  ],
  [
    service({
      type: 'NodePort',
      ports: [
        { port: 80, name: 'a', nodePort: 30080 },
        { port: 81, name: 'b', nodePort: 30080 },
      ],
      clusterIP: 'None',
      clusterIPs: ['None'],
    }),
    [`spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`, 'spec.ports[1].nodePort: Duplicate value: 30080'],
  ],
  [
    service({ type: 'ExternalName', clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ipFamilyPolicy: 'SingleStack' }),
    [
      'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
      'spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services',
      'spec.externalName: Required value',
    ],
  ],
  [
    service({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.8', '2001:db8::1'], ipFamilies: ['IPv6', 'IPv6', 'IPv5'] }),
    [
      'spec.clusterIPs: Invalid value: ["10.96.0.8","2001:db8::1"]: first value must match `clusterIP`',
      'spec.ipFamilies[1]: Duplicate value: "IPv6"',
      'spec.ipFamilies[2]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
      'spec.clusterIPs[0]: Invalid value: "10.96.0.8": expected an IPv6 value as indicated by `ipFamilies[0]`',
    ],
  ],
  [
    service({ clusterIPs: ['010.96.0.9'], ipFamilyPolicy: 'Both' }),
    [
      'spec.clusterIPs: Invalid value: ["010.96.0.9"]: must be empty when `clusterIP` is not specified',
      'spec.ipFamilyPolicy: Unsupported value: "Both": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
      'spec.clusterIPs[0]: Invalid value: "010.96.0.9": must not have leading 0s',
    ],
  ],
  [
    service({
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } },
      externalIPs: ['127.0.0.1', '::ffff:1.2.3.4', '1.2.3'],
    }),
    [
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'spec.externalIPs[1]: Invalid value: "::ffff:1.2.3.4": must not be an IPv4-mapped IPv6 address',
      'spec.externalIPs[2]: Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  ],
  [
    service({
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      loadBalancerSourceRanges: ['10.0.0.1/8', ' 10.0.0.0/8 ', 'q'],
      trafficDistribution: 'Close',
    }),
    [
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length',
      'spec.LoadBalancerSourceRanges[2]: Invalid value: "q": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      'spec.healthCheckNodePort: Required value',
      'spec.trafficDistribution: Unsupported value: "Close": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"',
    ],
  ],
  [
    service({ loadBalancerClass: 'a/b', allocateLoadBalancerNodePorts: true, loadBalancerSourceRanges: ['10.0.0.0/8'], internalTrafficPolicy: 'Near' }),
    [
      "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
      "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
      "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
      'spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"',
    ],
  ],
  [
    service({}, { 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8, q' }),
    [
      "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Forbidden: may only be used when `type` is 'LoadBalancer'",
      'metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Invalid value: "q": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  ],
  [
    endpoints({}, { addresses: [{ ip: '127.0.0.1' }, { ip: 'x' }], ports: [{ port: 80 }, { port: 70000, name: 'b', protocol: 'ICMP' }] }),
    [
      'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
      'subsets[1].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'subsets[1].addresses[1].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'subsets[1].addresses[1].ip: Invalid value: "x": must be a valid IP address',
      'subsets[1].ports[0].name: Required value',
      'subsets[1].ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'subsets[1].ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
    ],
  ],
  [
    slice('IPv4', [{ addresses: ['2001:db8::1'] }, { addresses: ['1.2.3.04'] }], [{ port: 80 }, { port: 81 }]),
    [
      'ports[1].name: Duplicate value: ""',
      'endpoints[0].addresses: Invalid value: "2001:db8::1": must be an IPv4 address',
      'endpoints[1].addresses[0]: Invalid value: "1.2.3.04": must not have leading 0s',
    ],
  ],
  [
    slice('IPv6', [{ addresses: ['2001:DB8::1', 'fe80::1'], hints: { forZones: [{ name: 'z' }, { name: 'z' }] } }], [{ name: 'a', protocol: 'ICMP' }]),
    [
      'ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
      'endpoints[0].addresses[0]: Invalid value: "2001:DB8::1": must be in canonical form ("2001:db8::1")',
      'endpoints[0].addresses[1]: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      'endpoints[0].hints.forZones[1].name: Duplicate value: "z"',
    ],
  ],
  [
    slice('FQDN', [{ addresses: ['a', ''] }, { addresses: [] }]),
    [
      'endpoints[0].addresses[0]: Invalid value: "a": should be a domain with at least two segments separated by dots',
      'endpoints[0].addresses[1]: Required value',
      'endpoints[1].addresses: Required value',
    ],
  ],
  [
    slice('DNS', [{ addresses: [] }]),
    ['addressType: Unsupported value: "DNS": supported values: "FQDN", "IPv4", "IPv6"', 'endpoints[0].addresses: Required value'],
  ],
  [
    policy({ policyTypes: ['Both'], ingress: [{ from: [{}], ports: [{ port: 80, endPort: 70 }, { port: 0 }] }] }),
    [
      'spec.ingress[0].ports[0].endPort: Invalid value: 70: must be greater than or equal to `port`',
      'spec.ingress[0].ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.ingress[0].from[0]: Required value: must specify a peer',
      'spec.policyTypes[0]: Unsupported value: "Both": supported values: "Ingress", "Egress"',
    ],
  ],
  [
    policy({
      ingress: [{ from: [{ podSelector: {}, ipBlock: { cidr: '' } }], ports: [{ port: 'http', endPort: 90 }, { endPort: 90 }, { protocol: 'ICMP' }] }],
    }),
    [
      'spec.ingress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is non-numeric',
      'spec.ingress[0].ports[1].endPort: Invalid value: 90: may not be specified when `port` is not specified',
      'spec.ingress[0].ports[2].protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"',
      'spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer',
      'spec.ingress[0].from[0].ipBlock.cidr: Required value',
    ],
  ],
  [
    policy(to('10.0.0.0/8', '10.1.0.0/16', '11.0.0.0/16', '10.0.0.0/8', '10.1.0.1/16')),
    [
      'spec.egress[0].to[0].ipBlock.except[1]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
      'spec.egress[0].to[0].ipBlock.except[2]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`',
      'spec.egress[0].to[0].ipBlock.except[3]: Invalid value: "10.1.0.1/16": must not have bits set beyond the prefix length',
    ],
  ],
  [
    policy({
      podSelector: {
        matchExpressions: [
          { key: 'a', operator: 'In' },
          { key: 'a', operator: 'Exists', values: ['b'] },
          { key: 'a', operator: 'Is' },
        ],
      },
    }),
    [
      "spec.podSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      "spec.podSelector.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      'spec.podSelector.matchExpressions[2].operator: Invalid value: "Is": not a valid selector operator',
    ],
  ],
  [ingress({}), ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
  [ingress(path({ path: '/' })), ['spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified']],
  [
    ingress(path({ path: 'a//b/..', pathType: 'Prefix' }, { name: '', port: { name: 'http', number: 80 } })),
    [
      'spec.rules[0].http.paths[0].path: Invalid value: "a//b/..": must be an absolute path',
      `spec.rules[0].http.paths[0].path: Invalid value: "a//b/..": must not contain '//'`,
      `spec.rules[0].http.paths[0].path: Invalid value: "a//b/..": cannot end with '/..'`,
      'spec.rules[0].http.paths[0].backend.service.name: Required value',
      'spec.rules[0].http.paths[0].backend: Invalid value: "": cannot set both port name & port number',
    ],
  ],
  [
    ingress({ ...path({ path: 'a', pathType: 'Regex', backend: {} }), defaultBackend: { resource: { kind: '', name: 'a/b' }, service: { name: 's' } } }),
    [
      'spec.defaultBackend: Invalid value: "": cannot set both resource and service backends',
      'spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"',
      'spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is required',
    ],
  ],
  [
    ingress(
      { rules: [{ host: '1.2.3.4' }, { host: 'a.com', http: { paths: [] } }], ingressClassName: 'n', defaultBackend: { resource: { kind: '', name: 'a/b' } } },
      { 'kubernetes.io/ingress.class': 'm' },
    ),
    [
      'spec.defaultBackend.resource.kind: Required value',
      `spec.defaultBackend.resource.name: Invalid value: "a/b": may not contain '/'`,
      'spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
      'spec.rules[1].http.paths: Required value',
      'annotations.kubernetes.io/ingress.class: Invalid value: "m": must match `ingressClassName` when both are specified',
    ],
  ],
  [ingressClass({ controller: 'acme' }), ['spec.controller: Invalid value: "acme": must be a domain-prefixed path (such as "acme.io/foo")']],
  [
    ingressClass({ controller: 'acme.io/a b', parameters: { kind: '', name: 'a%', scope: 'Namespace' } }),
    [
      "spec.controller: Invalid value: \"a b\": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
      `spec.parameters.name: Invalid value: "a%": may not contain '%'`,
      "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'",
      'spec.parameters.kind: Required value',
    ],
  ],
  [
    ingressClass({ controller: 'acme.io/a', parameters: { kind: 'K', name: 'n', namespace: 'n' } }),
    ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
  ],
])('all that is wrong with a new object is told, in order: %#', (given, texts) => {
  expect(validate(prepareForCreate(read(given))).map(errorText)).toEqual(texts)
})

test.each<[any, any, string[]]>([
  [
    service({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] }),
    { spec: { clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.8'] } },
    ['spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set'],
  ],
  [
    service({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ipFamilies: ['IPv4'] }),
    { spec: { clusterIP: undefined, clusterIPs: undefined, ipFamilies: ['IPv6'] } },
    ['spec.clusterIPs[0]: Invalid value: null: primary clusterIP can not be unset', 'spec.ipFamilies[0]: Invalid value: ["IPv6"]: may not change once set'],
  ],
  [
    service({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9', 'fd00::9'], ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' }),
    { spec: { clusterIPs: ['10.96.0.9'], ipFamilies: ['IPv4'] } },
    [
      `spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be set to 'SingleStack' when releasing the secondary clusterIP`,
      `spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be set to 'SingleStack' when releasing the secondary ipFamily`,
    ],
  ],
  [
    service({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30111, loadBalancerClass: 'a/b' }),
    { spec: { healthCheckNodePort: 30112, loadBalancerClass: 'a/c' } },
    ['spec.loadBalancerClass: Invalid value: "a/c": may not change once set', 'spec.healthCheckNodePort: Forbidden: field is immutable'],
  ],
  [
    service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }),
    { spec: { type: 'ClusterIP', ports: [{ port: 80, nodePort: 30081 }] } },
    ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  ],
  [slice('IPv4', [{ addresses: ['1.2.3.4'] }]), { addressType: 'IPv6' }, ['addressType: Invalid value: null: field is immutable']],
  [
    slice('IPv4', [{ addresses: ['1.2.3.4'] }]),
    { endpoints: [{ addresses: [] }, { addresses: ['0.0.0.0'] }] },
    ['endpoints[1].addresses[0]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)', 'endpoints[0].addresses: Required value'],
  ],
  [
    policy({}),
    { spec: { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.1/8' } }, { ipBlock: { cidr: '' } }] }] } },
    [
      'spec.egress[0].to[0].ipBlock.cidr: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length',
      'spec.egress[0].to[1].ipBlock.cidr: Required value',
    ],
  ],
  [policy(to('10.0.0.1/8')), { spec: { policyTypes: ['Egress'] } }, []],
  [
    ingress({ ingressClassName: 'n', defaultBackend: { service: { name: 's', port: { number: 80 } } } }),
    {
      metadata: { name: 'x', annotations: { 'kubernetes.io/ingress.class': 'm' } },
      spec: { ingressClassName: 'n', defaultBackend: { service: { name: 's', port: { number: 70000 } } } },
    },
    ['spec.defaultBackend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive'],
  ],
  [
    ingressClass({ controller: 'acme.io/a' }),
    { spec: { controller: 'acme.io/b', parameters: { kind: '', name: 'n' } } },
    ['spec.controller: Invalid value: "acme.io/b": field is immutable', 'spec.parameters.kind: Required value'],
  ],
])('all that is wrong with a change is told, in order: %#', (given, change, texts) => {
  const old = read(given)
  const next = prepareForUpdate(read(changed(given, change)), old)
  expect(validateUpdate(next, old, '').map(errorText)).toEqual(texts)
})

const balanced = (type: string, ...ingress: any[]) => ({ ...service({ type }), status: { loadBalancer: { ingress } } })

test.each<[any, string[]]>([
  [balanced('LoadBalancer', { ip: '1.2.3.4' }), []],
  [balanced('ClusterIP', { ip: '1.2.3.4' }), ["status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"]],
  [
    balanced('LoadBalancer', { ip: '01.2.3.4', ipMode: 'Any' }, { ipMode: 'VIP', hostname: '1.2.3.4' }),
    [
      'status.loadBalancer.ingress[0].ip: Invalid value: "01.2.3.4": must not have leading 0s',
      'status.loadBalancer.ingress[0].ipMode: Unsupported value: "Any": supported values: "Proxy", "VIP"',
      'status.loadBalancer.ingress[1].ipMode: Forbidden: may not be specified when `ip` is not set',
      'status.loadBalancer.ingress[1].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
    ],
  ],
  [
    { ...ingress({}), status: { loadBalancer: { ingress: [{ ip: 'x' }] } } },
    ['status.loadBalancer.ingress[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
])('load balancers may not write what is no address: %#', (given, texts) => {
  const next = read(given)
  expect(validateUpdate(next, { ...next, status: { loadBalancer: {} } }, 'status').map(errorText)).toEqual(texts)
})

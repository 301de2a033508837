// config.test.ts: what v1.37.2 answers to Secrets, Namespaces, Nodes, Events, revisions and templates that are filled in wrongly.
import { expect, test } from 'vitest'
import { changeErrors, errorsOf, of } from './forms.ts'

const secret = (type: any, data: any) => of('v1', 'Secret', { type, data })
const json = (text: any) => secret('kubernetes.io/dockerconfigjson', { '.dockerconfigjson': Buffer.from(text).toString('base64') })
const node = (spec: any, status: any) => of('v1', 'Node', { spec, status })
const event = (rest: any) => of('v1', 'Event', { involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' }, ...rest })
const revision = (data: any, revision: any) => of('apps/v1', 'ControllerRevision', { data, revision })
const template = (spec: any, metadata: any) => of('v1', 'PodTemplate', { template: { metadata, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } } })

test.each<[any, string[]]>([
  [
    secret('kubernetes.io/basic-auth', { '..': '' }),
    [`data[..]: Invalid value: "..": must not be '..'`, 'data[username]: Required value', 'data[password]: Required value'],
  ],
  [secret('kubernetes.io/basic-auth', { username: 'YQ==' }), []],
  [secret('kubernetes.io/ssh-auth', { 'ssh-privatekey': '' }), ['data[ssh-privatekey]: Required value']],
  [secret('kubernetes.io/tls', {}), ['data[tls.crt]: Required value', 'data[tls.key]: Required value']],
  [secret('kubernetes.io/service-account-token', {}), ['metadata.annotations[kubernetes.io/service-account.name]: Required value']],
  [secret('kubernetes.io/dockercfg', {}), ['data[.dockercfg]: Required value']],
  [json(''), ['data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input']],
  [json('{"auths":'), ['data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input']],
  [json('{"auths" 1}'), [`data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character '1' after object key`]],
  [
    json('{"auths":{},}'),
    [`data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character '}' looking for beginning of object key string`],
  ],
  [
    json('[1]'),
    ['data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ],
  [json('nul'), [`data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character ' ' in literal null (expecting 'l')`]],
  [json('{} x'), [`data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'x' after top-level value`]],
  [json('{"auths":{}}'), []],
])('a Secret filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

test.each<[any, (o: any) => any, string[]]>([
  [
    secret('Opaque', {}),
    o => ({ ...o, type: 'kubernetes.io/tls' }),
    ['type: Invalid value: "kubernetes.io/tls": field is immutable', 'data[tls.crt]: Required value', 'data[tls.key]: Required value'],
  ],
  [
    of('v1', 'Secret', { immutable: true, data: { a: 'YQ==' } }),
    o => ({ ...o, immutable: false, data: {} }),
    ['immutable: Forbidden: field is immutable when `immutable` is set', 'data: Forbidden: field is immutable when `immutable` is set'],
  ],
])('a Secret changed: %#', (given, change, texts) => {
  expect(changeErrors(given, change)).toEqual(texts)
})

test.each<[any, string[]]>([
  [
    of('v1', 'Namespace', { spec: { finalizers: ['mine', 'a b/c'] } }, { name: 'A' }),
    [
      `metadata.name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      'spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
      `spec.finalizers: Invalid value: "a b/c": prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    ],
  ],
  [
    node(
      {
        taints: [
          { key: 'a b', effect: 'NoSchedule' },
          { key: 'a', value: 'b c', effect: 'Never' },
          { key: 'a', effect: 'NoExecute' },
          { key: 'a', value: 'z', effect: 'NoExecute' },
        ],
      },
      {},
    ),
    [
      `metadata.taints[0].key: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      `metadata.taints[1].value: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
      'metadata.taints[1].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      'metadata.taints[3]: Duplicate value: {"Key":"a","Value":"z","Effect":"NoExecute","TimeAdded":null}: taints must be unique by key and effect pair',
    ],
  ],
  [
    node({ taints: [{ key: 'a' }] }, { capacity: { pods: '-1' }, allocatable: { 'nvidia.com/gpu': '500m' } }),
    [
      'metadata.taints[0].effect: Required value',
      'status.capacity.pods: Invalid value: "-1": must be greater than or equal to 0',
      'status.allocatable.nvidia.com/gpu: Invalid value: "500m": must be an integer',
    ],
  ],
  [
    node({ podCIDRs: ['10.0.0.0/24', '10.0.1.0/24'] }, {}),
    ['spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.0.1.0/24"]: may specify no more than one CIDR for each IP family'],
  ],
  [node({ podCIDRs: ['10.0.0.1/24'] }, {}), ['spec.podCIDRs[0]: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length']],
])('a Namespace or Node filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

test.each<[any, (o: any) => any, string[]]>([
  [
    node({ podCIDRs: ['10.0.0.0/24'], providerID: 'cloud://1' }, {}),
    o => ({ ...o, spec: { podCIDRs: ['10.0.1.0/24'], providerID: 'cloud://2', externalID: 'e', taints: [{ key: 'a', effect: '' }] } }),
    [
      'metadata.taints[0].effect: Required value',
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
      'spec.providerID: Invalid value: null: field cannot be modified once set',
      'spec.externalID: Forbidden: may not be updated',
    ],
  ],
  [node({ providerID: 'cloud://1' }, {}), o => ({ ...o, spec: {} }), ['spec.providerID: Invalid value: null: field cannot be cleared once set']],
  [node({}, {}), o => ({ ...o, spec: { podCIDRs: ['10.0.0.0/24'], providerID: 'cloud://1' } }), []],
])('a Node changed: %#', (given, change, texts) => {
  expect(changeErrors(given, change)).toEqual(texts)
})

test.each<[any, string[]]>([
  [
    event({ involvedObject: { kind: 'Pod', name: 'p', namespace: 'other' } }),
    ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
  ],
  [event({ involvedObject: { kind: 'Node', name: 'n' } }), []],
  [
    event({ eventTime: '2026-01-02T03:04:05.000001Z' }),
    [
      'reportingComponent: Required value',
      'reportingComponent: Invalid value: "": name part must be non-empty',
      `reportingComponent: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'reportingInstance: Required value',
      'action: Required value',
      'reason: Required value',
    ],
  ],
  [
    event({
      eventTime: '2026-01-02T03:04:05.000001Z',
      reportingComponent: 'a b',
      reportingInstance: 'i',
      action: 'a'.repeat(129),
      reason: 'R',
      message: 'm'.repeat(1025),
    }),
    [
      `reportingComponent: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'action: Invalid value: "": can have at most 128 characters',
      'message: Invalid value: "": can have at most 1024 characters',
    ],
  ],
])('an Event filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

test.each<[any, string[]]>([
  [revision(undefined, -1), ['revision: Invalid value: -1: must be greater than or equal to 0', 'data: Required value: data is mandatory']],
  [revision([1], 1), ['data: Required value: data must be a valid JSON object']],
  [revision({ a: 1 }, 1), []],
  [
    template({ restartPolicy: 'Odd', containers: [] }, { labels: { a: 'b c' } }),
    [
      `template.labels: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
      'template.spec.containers: Required value',
      'template.spec.restartPolicy: Unsupported value: "Odd": supported values: "Always", "OnFailure", "Never"',
    ],
  ],
])('a ControllerRevision or PodTemplate filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

test.each<[any, (o: any) => any, string[]]>([
  [
    revision({ a: 1 }, 1),
    o => ({ ...o, data: { b: '<2>' }, revision: -2 }),
    ['revision: Invalid value: -2: must be greater than or equal to 0', 'data: Invalid value: {"b":"\\u003c2\\u003e"}: field is immutable'],
  ],
])('a ControllerRevision changed: %#', (given, change, texts) => {
  expect(changeErrors(given, change)).toEqual(texts)
})

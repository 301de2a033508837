// warnings.test.ts: what v1.37.2 warns of, in its order.
import { expect, test } from 'vitest'
import { prepareForCreate, prepareForUpdate } from '../../../src/api/strategy.ts'
import { warningsOf } from '../../../src/cluster/kube-apiserver/warnings.ts'
import { of, read } from '../../api/forms.ts'

const container = { name: 'c', image: 'i' }
const pod = (spec: any, metadata: any = {}) => of('v1', 'Pod', { spec: { containers: [container], ...spec } }, metadata)
const template = (spec: any) => ({ metadata: { labels: { a: 'b' } }, spec: { containers: [container], ...spec } })
const deployment = (spec: any, metadata: any = {}) =>
  of('apps/v1', 'Deployment', { spec: { selector: { matchLabels: { a: 'b' } }, template: template(spec) } }, metadata)
const ports = (...list: any[]) => ({ ...container, ports: list })
const files = (...paths: string[]) => paths.map(path => ({ key: 'k', path }))

test.each<[any, string[]]>([
  [
    pod({}, { name: 'a.b' }),
    [`metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]`],
  ],
  [
    deployment({}, { name: `a.${'b'.repeat(63)}` }),
    [
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must be no more than 63 characters must not contain dots]',
    ],
  ],
  [
    pod({ containers: [ports({ containerPort: 80, name: 'http' }), { ...ports({ containerPort: 80, name: 'http' }, { containerPort: 81 }), name: 'd' }] }),
    [
      'spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]',
      'spec.containers[1].ports[0]: duplicate port name "http" with spec.containers[0].ports[0], services and probes that select ports by name will use spec.containers[0].ports[0]',
    ],
  ],
  [
    pod({
      containers: [
        ports(
          { containerPort: 80, hostPort: 8080 },
          { containerPort: 80 },
          { containerPort: 80, hostPort: 8080, hostIP: '10.0.0.1' },
          { containerPort: 90, hostIP: '10.0.0.1' },
        ),
      ],
    }),
    [
      'spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]',
      'spec.containers[0].ports[2]: dangerously ambiguous port definition with spec.containers[0].ports[0]',
      'spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[1]',
      'spec.containers[0].ports[3]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:90 Protocol:TCP HostIP:10.0.0.1}',
    ],
  ],
  [
    pod({
      containers: [
        {
          ...container,
          env: [
            { name: 'A', value: '1' },
            { name: 'A', value: '$(A)2' },
            { name: 'A', value: '$(A)' },
          ],
          resources: { requests: { memory: '500m', 'ephemeral-storage': '1500m' }, limits: { memory: '1500m' } },
        },
      ],
    }),
    [
      'spec.containers[0].resources.limits[memory]: fractional byte value "1500m" is invalid, must be an integer',
      'spec.containers[0].resources.requests[memory]: fractional byte value "500m" is invalid, must be an integer',
      'spec.containers[0].resources.requests[ephemeral-storage]: fractional byte value "1500m" is invalid, must be an integer',
      'spec.containers[0].env[2]: hides previous definition of "A", which may be dropped when using apply',
    ],
  ],
  [
    pod({
      imagePullSecrets: [{ name: 'a' }, { name: 'a' }, {}],
      hostAliases: [
        { ip: '10.0.0.1', hostnames: ['a'] },
        { ip: '10.0.0.1', hostnames: ['b'] },
        { ip: 'FD00::1', hostnames: ['c'] },
      ],
    }),
    [
      'spec.hostAliases[1].ip: duplicate ip "10.0.0.1"',
      'spec.imagePullSecrets[1].name: duplicate name "a"',
      'spec.imagePullSecrets[2].name: invalid empty name ""',
      'spec.hostAliases[2].ip: IPv6 address "FD00::1" should be in RFC 5952 canonical format ("fd00::1")',
    ],
  ],
  [
    pod({
      nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'failure-domain.beta.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' }],
    }),
    [
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      'spec.topologySpreadConstraints[0].topologyKey: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
      'spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
    ],
  ],
  [
    pod({
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: { matchExpressions: [{ key: 'node-role.kubernetes.io/master', operator: 'In', values: ['a b'] }] } },
          ],
        },
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'z' }] },
      },
    }),
    [
      'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].key: node-role.kubernetes.io/master is use "node-role.kubernetes.io/control-plane" instead',
      `spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values[0]: a b is invalid, a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
      'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod',
    ],
  ],
  [
    pod({
      volumes: [
        { name: 'v', configMap: { name: 'm', items: files('a', 'a/b') } },
        {
          name: 'w',
          projected: {
            sources: [{ secret: { name: 's', items: files('x') } }, { downwardAPI: { items: [{ path: 'x/', fieldRef: { fieldPath: 'metadata.name' } }] } }],
          },
        },
      ],
    }),
    ['volume "v" (ConfigMap "m"): overlapping paths: "a/b" with "a"', 'volume "w" (Projected): overlapping paths: "x" (DownwardAPI) with "x" (Secret "s")'],
  ],
  [
    pod(
      {
        volumes: [
          { name: 'v', gitRepo: { repository: 'r' } },
          { name: 'w', rbd: { monitors: ['m'], image: 'i' } },
        ],
      },
      { annotations: { 'scheduler.alpha.kubernetes.io/critical-pod': '' } },
    ),
    [
      'metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
      'spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
      'spec.volumes[1].rbd: deprecated in v1.28, non-functional in v1.31+',
    ],
  ],
  [
    deployment({ terminationGracePeriodSeconds: -1, nodeSelector: { 'beta.kubernetes.io/arch': 'amd64' } }),
    [
      'spec.template.spec.nodeSelector[beta.kubernetes.io/arch]: deprecated since v1.14; use "kubernetes.io/arch" instead',
      'spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
    ],
  ],
  [
    of('v1', 'ResourceQuota', { spec: { hard: { cpu: '2', 'limits.cpu': '1', 'requests.memory': '2Gi', 'limits.memory': '1Gi' } } }),
    ['ResourceQuota cpu (2) should be less than limits.cpu (1)', 'ResourceQuota requests.memory (2Gi) should be less than limits.memory (1Gi)'],
  ],
  [
    of('v1', 'Secret', { type: 'kubernetes.io/tls', data: { 'tls.crt': 'YQ==', 'tls.key': 'YQ==' } }),
    ['tls: failed to find any PEM data in certificate input'],
  ],
  [
    of('v1', 'Service', {
      spec: {
        clusterIP: 'None',
        clusterIPs: ['None'],
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        ports: [{ port: 80 }],
        sessionAffinity: 'ClientIP',
        externalIPs: ['10.0.0.1'],
        externalName: 'a.b',
        trafficDistribution: 'PreferClose',
      },
    }),
    [
      'spec.externalIPs is ignored for headless services',
      'spec.SessionAffinity is ignored for headless services',
      'spec.externalName is ignored when spec.type is not "ExternalName"',
      'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
    ],
  ],
  [
    of('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 'FD00::/64' } }] }] } }),
    ['spec.ingress[0].from[0].ipBlock.cidr: IPv6 CIDR value "FD00::/64" should be in RFC 5952 canonical format ("fd00::/64")'],
  ],
  [
    of('v1', 'ServiceAccount', {}, { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } }),
    ['metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets'],
  ],
])('a new object that is probably not meant so: %#', (given, warnings) => {
  expect(warningsOf(prepareForCreate(read(given)))).toEqual(warnings)
})

test.each<[any, (o: any) => any, string[]]>([
  [deployment({ terminationGracePeriodSeconds: -1 }), o => ({ ...o, metadata: { ...o.metadata, labels: { n: '1' } } }), []],
  [
    deployment({ terminationGracePeriodSeconds: -1 }),
    o => ({ ...o, spec: { ...o.spec, replicas: 3 } }),
    ['spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1'],
  ],
  [pod({ nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }), o => ({ ...o, spec: { ...o.spec, activeDeadlineSeconds: 5 } }), []],
  [of('v1', 'ServiceAccount', {}, { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } }), o => ({ ...o, secrets: [{ name: 's' }] }), []],
])('a change is warned of only where it makes a new generation, or always has been: %#', (given, change, warnings) => {
  const old = prepareForCreate(read(given))
  const next = prepareForUpdate(read(change(JSON.parse(JSON.stringify(old)))), old)
  expect(warningsOf(next, old)).toEqual(warnings)
})

import { expect, test } from 'vitest'
import { decode } from '../../src/api/decode.ts'
import { applyDefaults } from '../../src/api/defaults/defaults.ts'
import { resourceByKind } from '../../src/api/resources.ts'
import { structIdOf } from '../../src/api/schema.ts'
import { invalid } from '../../src/api/status.ts'
import { prepareForCreate, prepareForUpdate } from '../../src/api/strategy.ts'
import { validate, validateUpdate } from '../../src/api/validation/validation.ts'

function read(given: any): any {
  const type = resourceByKind(given.apiVersion, given.kind)!
  const metadata = { uid: 'u', resourceVersion: '1', ...(type.namespaced ? { namespace: 'default' } : {}), ...given.metadata }
  const decoded = decode<any>(structIdOf(type)!, { ...given, metadata })
  if ('error' in decoded) throw new Error(decoded.error)
  return applyDefaults(decoded.value)
}
const told = (given: any, errors: any[]): string =>
  errors.length === 0 ? 'valid' : invalid(resourceByKind(given.apiVersion, given.kind)!, given.metadata.name ?? '', errors).message!
const created = (given: any): string => told(given, validate(prepareForCreate(read(given))))
function changed(given: any, change: (object: any) => any, subresource = ''): string {
  const old = prepareForCreate(read(given))
  const next = prepareForUpdate(change(JSON.parse(JSON.stringify(old))), old, subresource)
  return told(given, validateUpdate(next, old, subresource))
}

const container = { name: 'c', image: 'i' }
const pod = (spec: any = {}, metadata: any = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', ...metadata },
  spec: { containers: [container], serviceAccountName: 'default', ...spec },
})
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } }
const deployment = (spec: any = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'x' },
  spec: { selector: { matchLabels: { a: 'b' } }, template, ...spec },
})
const map = (metadata: any = {}, more: any = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', ...metadata }, ...more })
const service = (spec: any) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }], ...spec } })
const job = (spec: any = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } }, ...spec },
})
const of = (apiVersion: string, kind: string, rest: any, metadata: any = {}) => ({ apiVersion, kind, metadata: { name: 'x', ...metadata }, ...rest })

test.each([
  [map({ name: '' }), 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'],
  [map({ labels: { a: 'x y' } }), expect.stringContaining('metadata.labels: Invalid value: "x y": a valid label must be an empty string or consist of')],
  [
    map({ finalizers: ['nope'] }),
    expect.stringContaining('metadata.finalizers[0]: Invalid value: "nope": name is neither a standard finalizer name nor is it fully qualified'),
  ],
  [
    map({ ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p' }] }),
    'ConfigMap "m" is invalid: metadata.ownerReferences[0].uid: Required value: must not be empty',
  ],
  [map({}, { data: { 'a b': '1' } }), expect.stringContaining('data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters')],
  [pod({ containers: [] }), 'Pod "p" is invalid: spec.containers: Required value'],
  [pod({ containers: [container, { name: 'c', image: 'j' }] }), 'Pod "p" is invalid: spec.containers[1].name: Duplicate value: "c"'],
  [
    pod({ restartPolicy: 'Sometimes' }),
    'Pod "p" is invalid: spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
  ],
  [
    pod({ containers: [{ ...container, ports: [{ containerPort: 70000 }] }] }),
    'Pod "p" is invalid: spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ],
  [
    pod({ containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] }),
    'Pod "p" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "v"',
  ],
  [
    deployment({ selector: { matchLabels: { a: 'c' } } }),
    'Deployment.apps "x" is invalid: spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
  ],
  [deployment({ replicas: -1 }), 'Deployment.apps "x" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  [service({ ports: [{ port: 80 }, { port: 81 }] }), 'Service "s" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value]'],
  [service({ ports: [] }), 'Service "s" is invalid: spec.ports: Required value'],
  [service({ type: 'ExternalName' }), 'Service "s" is invalid: spec.externalName: Required value'],
  [
    service({ type: 'X' }),
    'Service "s" is invalid: spec.type: Unsupported value: "X": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
  ],
  [
    job({ template: { spec: { containers: [container] } } }),
    'Job.batch "j" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ],
  [
    of('batch/v1', 'CronJob', { spec: { schedule: 'every tuesday', jobTemplate: { spec: job().spec } } }),
    'CronJob.batch "x" is invalid: spec.schedule: Invalid value: "every tuesday": expected exactly 5 fields, found 2: [every tuesday]',
  ],
  [of('batch/v1', 'CronJob', { spec: { schedule: '@every 5m', jobTemplate: { spec: job().spec } } }), 'valid'],
  [
    of('autoscaling/v2', 'HorizontalPodAutoscaler', {
      spec: { minReplicas: 5, maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'w' } },
    }),
    'HorizontalPodAutoscaler.autoscaling "x" is invalid: spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`',
  ],
  [
    of('autoscaling/v2', 'HorizontalPodAutoscaler', { spec: { maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'w' } } }),
    'HorizontalPodAutoscaler.autoscaling "x" is invalid: spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
  ],
  [
    of('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1, maxUnavailable: 1 } }),
    'PodDisruptionBudget.policy "x" is invalid: spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
  ],
  [
    of('scheduling.k8s.io/v1', 'PriorityClass', { value: 1_000_000_001 }),
    'PriorityClass.scheduling.k8s.io "x" is invalid: value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
  ],
  [
    of('rbac.authorization.k8s.io/v1', 'Role', { rules: [{ verbs: ['get'], resources: ['pods'] }] }),
    'Role.rbac.authorization.k8s.io "x" is invalid: rules[0].apiGroups: Required value: resource rules must supply at least one api group',
  ],
  [
    of('v1', 'PersistentVolumeClaim', { spec: { resources: { requests: { storage: '1Gi' } } } }),
    'PersistentVolumeClaim "x" is invalid: spec.accessModes: Required value: at least 1 access mode is required',
  ],
  [of('v1', 'Namespace', {}, { name: 'a.b' }), 'Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots'],
  [
    of('networking.k8s.io/v1', 'Ingress', { spec: {} }),
    'Ingress.networking.k8s.io "x" is invalid: spec: Invalid value: null: either `defaultBackend` or `rules` must be specified',
  ],
] as [any, string][])('a form filled in wrongly: %#', (given, message) => {
  expect(created(given)).toEqual(message)
})

test.each([
  [pod(), (o: any) => ({ ...o, spec: { ...o.spec, containers: [{ ...o.spec.containers[0], image: 'other' }] } }), '', 'valid'],
  [
    deployment(),
    (o: any) => ({
      ...o,
      spec: { ...o.spec, selector: { matchLabels: { a: 'b', c: 'd' } }, template: { ...o.spec.template, metadata: { labels: { a: 'b', c: 'd' } } } },
    }),
    '',
    'Deployment.apps "x" is invalid: spec.selector: Invalid value: {"matchLabels":{"a":"b","c":"d"}}: field is immutable',
  ],
  [job(), (o: any) => ({ ...o, spec: { ...o.spec, completions: 5 } }), '', 'Job.batch "j" is invalid: spec.completions: Invalid value: 5: field is immutable'],
  [
    map({}, { immutable: true, data: { a: '1' } }),
    (o: any) => ({ ...o, data: { a: '2' } }),
    '',
    'ConfigMap "m" is invalid: data: Forbidden: field is immutable when `immutable` is set',
  ],
  [
    service({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] }),
    (o: any) => ({ ...o, spec: { ...o.spec, clusterIP: '10.96.9.9', clusterIPs: ['10.96.9.9'] } }),
    '',
    'Service "s" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.9.9"]: may not change once set',
  ],
  [
    of('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' } }),
    (o: any) => ({ ...o, roleRef: { ...o.roleRef, name: 'zz' } }),
    '',
    'RoleBinding.rbac.authorization.k8s.io "x" is invalid: roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"zz"}: field is immutable',
  ],
  [
    of('storage.k8s.io/v1', 'StorageClass', { provisioner: 'a' }),
    (o: any) => ({ ...o, provisioner: 'b' }),
    '',
    'StorageClass.storage.k8s.io "x" is invalid: provisioner: Invalid value: null: field is immutable',
  ],
] as [any, (o: any) => any, string, string][])('a form changed in what may not change: %#', (given, change, subresource, message) => {
  expect(changed(given, change, subresource)).toBe(message)
})

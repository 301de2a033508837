// autoscaling.test.ts: what v1.37.2 answers to autoscalers, disruption budgets and priority classes that are filled in wrongly.
import { expect, test } from 'vitest'
import { changeErrors, errorsOf, of } from './forms.ts'

const web = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const scaler = (spec: any) => of('autoscaling/v2', 'HorizontalPodAutoscaler', { spec: { scaleTargetRef: web, maxReplicas: 3, ...spec } })
const metric = (type: any, sources: any) => scaler({ metrics: [{ type, ...sources }] })
const cpu = (target: any) => metric('Resource', { resource: { name: 'cpu', target } })
const rules = (scaleUp: any) => scaler({ behavior: { scaleUp } })
const budget = (spec: any) => of('policy/v1', 'PodDisruptionBudget', { spec })
const priority = (rest: any, metadata: any) => of('scheduling.k8s.io/v1', 'PriorityClass', { value: 5, ...rest }, metadata)

test.each<[any, string[]]>([
  [
    scaler({ maxReplicas: 0, minReplicas: -1 }),
    ['spec.minReplicas: Invalid value: -1: must be greater than or equal to 0', 'spec.maxReplicas: Required value'],
  ],
  [
    scaler({ maxReplicas: -1, minReplicas: 2 }),
    [
      'spec.maxReplicas: Invalid value: -1: must be greater than or equal to `minReplicas`',
      'spec.maxReplicas: Invalid value: -1: must be greater than or equal to 1',
    ],
  ],
  [scaler({ minReplicas: 0 }), ['spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas']],
  [
    scaler({ scaleTargetRef: { kind: '', name: 'a/b', apiVersion: 'a/b/c' } }),
    [
      'spec.scaleTargetRef.kind: Required value',
      `spec.scaleTargetRef.name: Invalid value: "a/b": may not contain '/'`,
      'spec.scaleTargetRef.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
    ],
  ],
  [
    scaler({ scaleTargetRef: { kind: 'Deployment', name: '..', apiVersion: 'v1' } }),
    [
      `spec.scaleTargetRef.name: Invalid value: "..": may not be '..'`,
      'spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group',
    ],
  ],
  [scaler({ scaleTargetRef: { kind: 'ReplicationController', name: 'w' } }), []],
  [
    metric('', {}),
    [
      'spec.metrics[0].type: Required value: must specify a metric source type',
      'spec.metrics[0].type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
    ],
  ],
  [metric('Resource', {}), ['spec.metrics[0].resource: Required value: must populate information for the given metric source']],
  [
    metric('Pods', {
      pods: { metric: { name: 'a/b' }, target: { type: 'Value' } },
      external: { metric: { name: 'q' }, target: { type: 'Value', value: '1' } },
    }),
    ['spec.metrics[0].external: Forbidden: must populate the given metric source only'],
  ],
  [
    metric('Object', { object: { describedObject: { kind: 'Service', name: '' }, metric: {}, target: { type: 'Value' } } }),
    [
      'spec.metrics[0].object.describedObject.name: Required value',
      'spec.metrics[0].object.metric.name: Required value: must specify a metric name',
      'spec.metrics[0].object.target.averageValue: Required value: must set either a target value or averageValue',
    ],
  ],
  [
    metric('External', { external: { metric: { name: 'q' }, target: { type: 'Value', value: '1', averageValue: '-1' } } }),
    [
      'spec.metrics[0].external.target.averageValue: Invalid value: "-1": must be positive',
      'spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target',
    ],
  ],
  [
    metric('ContainerResource', {
      containerResource: { name: 'foo', container: 'A', target: { type: 'Utilization', averageUtilization: 0, averageValue: '1' } },
    }),
    [
      'spec.metrics[0].containerResource.name: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.metrics[0].containerResource.name: Invalid value: "foo": must be a standard resource for containers',
      `spec.metrics[0].containerResource.container: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      'spec.metrics[0].containerResource.target.averageUtilization: Invalid value: 0: must be greater than 0',
      'spec.metrics[0].containerResource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization',
    ],
  ],
  [
    cpu({ type: 'Utilization' }),
    ['spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization'],
  ],
  [
    cpu({ type: 'Much', averageUtilization: 50 }),
    ['spec.metrics[0].resource.target.type: Invalid value: "Much": must be either Utilization, Value, or AverageValue'],
  ],
  [
    rules({ stabilizationWindowSeconds: 3601, selectPolicy: 'Most', policies: [{ type: 'Some', value: 0, periodSeconds: 1801 }], tolerance: '-100m' }),
    [
      'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
      'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Most": supported values: "Disabled", "Max", "Min"',
      'spec.behavior.scaleUp.policies[0].type: Unsupported value: "Some": supported values: "Percent", "Pods"',
      'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
      'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
      'spec.behavior.scaleUp.tolerance: Invalid value: "-100m": must be greater than or equal to 0',
    ],
  ],
])('an autoscaler filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

test.each<[any, (o: any) => any, string[]]>([
  [
    scaler({}),
    o => ({ ...o, spec: { ...o.spec, minReplicas: 5, scaleTargetRef: { kind: 'StatefulSet', name: 'db' } } }),
    [
      'spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`',
      'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
    ],
  ],
  [
    scaler({}),
    o => ({ ...o, spec: { ...o.spec, maxReplicas: 0, scaleTargetRef: { ...o.spec.scaleTargetRef, name: 'other' } } }),
    ['spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`', 'spec.maxReplicas: Required value'],
  ],
])('an autoscaler changed: %#', (given, change, texts) => {
  expect(changeErrors(given, change)).toEqual(texts)
})

test.each<[any, string[]]>([
  [
    budget({ minAvailable: 1, maxUnavailable: '101%', selector: { matchLabels: { b: '2', a: '1' } } }),
    [
      'spec: Invalid value: {"MinAvailable":1,"Selector":{"matchLabels":{"a":"1","b":"2"}},"MaxUnavailable":"101%","UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
      'spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    ],
  ],
  [
    budget({ minAvailable: -1, unhealthyPodEvictionPolicy: 'Sometimes', selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
    [
      'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0',
      "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      'spec.unhealthyPodEvictionPolicy: Unsupported value: "Sometimes": supported values: "AlwaysAllow", "IfHealthyBudget"',
    ],
  ],
  [
    budget({ minAvailable: 'half' }),
    [
      `spec.minAvailable: Invalid value: "half": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
    ],
  ],
  [
    of('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1 } }, { name: 'A/b', finalizers: ['nope'] }),
    [`metadata.name: Invalid value: "A/b": may not contain '/'`],
  ],
])('a disruption budget filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

test.each<[any, string[]]>([
  [
    priority({}, { name: 'system-mine' }),
    [
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class",
    ],
  ],
  [
    priority({}, { name: 'system-node-critical' }),
    [
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: value of system-node-critical PriorityClass must be 2000001000",
    ],
  ],
  [
    priority({ value: 2000001000, globalDefault: true }, { name: 'system-node-critical' }),
    [
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: globalDefault of system-node-critical PriorityClass must be false",
    ],
  ],
  [
    priority({ value: 1000000001, preemptionPolicy: 'Perhaps' }, { name: 'A' }),
    [
      `metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      'value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
      'preemptionPolicy: Unsupported value: "Perhaps": supported values: "PreemptLowerPriority", "Never"',
    ],
  ],
])('a priority class filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

test.each<[any, (o: any) => any, string[]]>([
  [
    priority({}, {}),
    o => ({ ...o, value: 6, preemptionPolicy: 'Never' }),
    ['value: Forbidden: may not be changed in an update.', 'preemptionPolicy: Invalid value: "Never": field is immutable'],
  ],
])('a priority class changed: %#', (given, change, texts) => {
  expect(changeErrors(given, change)).toEqual(texts)
})

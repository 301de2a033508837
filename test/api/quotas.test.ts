// quotas.test.ts: what v1.37.2 answers to quotas and limit ranges that are filled in wrongly.
import { expect, test } from 'vitest'
import { changeErrors, errorsOf, of } from './forms.ts'

const quota = (spec: any) => of('v1', 'ResourceQuota', { spec })
const select = (...matchExpressions: any[]) => quota({ scopeSelector: { matchExpressions } })
const limits = (...list: any[]) => of('v1', 'LimitRange', { spec: { limits: list } })

test.each<[any, string[]]>([
  [quota({ hard: { pods: '-1' } }), ['spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0']],
  [quota({ hard: { pods: '1500m' } }), ['spec.hard[pods]: Invalid value: "1500m": must be an integer']],
  [
    quota({ hard: { 'a b': '1' } }),
    [
      `spec.hard[a b]: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'spec.hard[a b]: Invalid value: "a b": must be a standard resource for quota',
    ],
  ],
  [
    quota({ hard: { foo: '1' } }),
    [
      'spec.hard[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.hard[foo]: Invalid value: "foo": must be a standard resource for quota',
    ],
  ],
  [quota({ hard: { storage: '1Gi' } }), ['spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota']],
  [quota({ hard: { 'count/deployments.apps': '3', 'requests.nvidia.com/gpu': '1', 'hugepages-2Mi': '4Mi', 'limits.ephemeral-storage': '1Gi' } }), []],
  [
    quota({ hard: { pods: '1', 'requests.storage': '1Gi' }, scopes: ['BestEffort', 'NotBestEffort', 'Mine'] }),
    [
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort","Mine"]: unsupported scope applied to resource',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort","Mine"]: unsupported scope',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort","Mine"]: conflicting scopes',
    ],
  ],
  [
    quota({ hard: { 'limits.cpu': '1' }, scopes: ['VolumeAttributesClass'] }),
    ['spec.scopes: Invalid value: ["VolumeAttributesClass"]: unsupported scope applied to resource'],
  ],
  [
    select(
      { scopeName: 'PriorityClass', operator: 'In' },
      { scopeName: 'Terminating', operator: 'Exists', values: ['a'] },
      { scopeName: 'NotTerminating', operator: 'Is' },
    ),
    [
      "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      "spec.scopeSelector.matchExpressions.values: Invalid value: [\"a\"]: must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
      `spec.scopeSelector.matchExpressions.operator: Invalid value: "Is": must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity`,
      'spec.scopeSelector.matchExpressions.operator: Invalid value: "Is": not a valid selector operator',
      'spec.scopeSelector.matchExpressions: Invalid value: null: conflicting scopes',
    ],
  ],
  [
    quota({
      hard: { services: '1' },
      scopeSelector: {
        matchExpressions: [
          { scopeName: 'Mine', operator: 'DoesNotExist' },
          { scopeName: 'BestEffort', operator: 'Exists' },
        ],
      },
    }),
    [
      'spec.scopeSelector.matchExpressions.scopeName: Invalid value: "Mine": unsupported scope',
      'spec.scopeSelector.matchExpressions: Invalid value: {"MatchExpressions":[{"ScopeName":"Mine","Operator":"DoesNotExist","Values":null},{"ScopeName":"BestEffort","Operator":"Exists","Values":null}]}: unsupported scope applied to resource',
    ],
  ],
])('a quota filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

test.each<[any, (o: any) => any, string[]]>([
  [
    quota({ hard: { pods: '1' } }),
    o => ({ ...o, spec: { hard: { pods: '2' }, scopes: ['Terminating'] } }),
    ['spec.scopes: Invalid value: ["Terminating"]: field is immutable'],
  ],
  [quota({ scopes: ['Terminating', 'BestEffort'] }), o => ({ ...o, spec: { scopes: ['BestEffort', 'Terminating', 'BestEffort'] } }), []],
])('a quota changed: %#', (given, change, texts) => {
  expect(changeErrors(given, change)).toEqual(texts)
})

test.each<[any, string[]]>([
  [
    limits({ type: 'Container', min: { cpu: '3' }, max: { cpu: '2' }, default: { cpu: '4' }, defaultRequest: { cpu: '5' } }),
    [
      'spec.limits[0].min[cpu]: Invalid value: "3": min value 3 is greater than max value 2',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "5": default request value 5 is greater than max value 2',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "5": default request value 5 is greater than default limit value 4',
      'spec.limits[0].default[cpu]: Invalid value: "2": default value 4 is greater than max value 2',
    ],
  ],
  [
    limits({ type: 'Container', min: { cpu: '2' }, default: { cpu: '1' }, defaultRequest: { cpu: '1' } }),
    [
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
      'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
    ],
  ],
  [
    limits({ type: 'Pod', max: { storage: '1Gi' }, default: { cpu: '1' }, defaultRequest: { cpu: '1' } }, { type: 'Pod' }),
    [
      'spec.limits[0].max[storage]: Invalid value: "storage": must be a standard resource for containers',
      "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
      "spec.limits[0].defaultRequest: Forbidden: may not be specified when `type` is 'Pod'",
      'spec.limits[1].type: Duplicate value: "Pod"',
    ],
  ],
  [
    limits({ type: 'PersistentVolumeClaim', max: { cpu: '1' } }),
    ['spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided'],
  ],
  [
    limits({ type: 'Mine' }, { type: '' }, { type: 'acme.io/mine', max: { foo: '1' } }),
    [
      'spec.limits[0].type: Invalid value: "Mine": must be a standard limit type or fully qualified',
      'spec.limits[1].type: Invalid value: "": name part must be non-empty',
      `spec.limits[1].type: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'spec.limits[2].max[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
    ],
  ],
  [
    limits({ type: 'Container', maxLimitRequestRatio: { cpu: '500m' } }),
    ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1'],
  ],
  [
    limits({ type: 'Container', min: { memory: '1Gi' }, max: { memory: '3Gi' }, maxLimitRequestRatio: { memory: '4' } }),
    ['spec.limits[0].maxLimitRequestRatio[memory]: Invalid value: "4": ratio 4 is greater than max/min = 3.000000'],
  ],
  [
    limits({ type: 'Container', default: { 'nvidia.com/gpu': '2' }, defaultRequest: { 'nvidia.com/gpu': '1' } }),
    ['spec.limits[0].defaultRequest[nvidia.com/gpu]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 in nvidia.com/gpu'],
  ],
])('a limit range filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

// statuses.test.ts: what v1.37.2 answers to statuses that cannot be.
import { expect, test } from 'vitest'
import { changeErrors, of } from './forms.ts'

const job = (spec: any) => of('batch/v1', 'Job', { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }, ...spec } })
const condition = (type: any) => ({ type, status: 'True' })
const early = '2026-01-02T03:04:05Z'
const late = '2026-01-02T03:04:06Z'
const quota = of('v1', 'ResourceQuota', { spec: { hard: { pods: '1' } } }, {})
const budget = of('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1 } }, {})

test.each<[any, (o: any) => any, string[]]>([
  [
    job({}),
    o => ({ ...o, status: { conditions: [condition('Complete')] } }),
    [
      'status.completionTime: Required value: completionTime is required for Complete jobs',
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      'status.startTime: Required value: startTime is required for finished job',
    ],
  ],
  [
    job({}),
    o => ({ ...o, status: { conditions: [condition('Failed')], startTime: early, active: 1, ready: 2, terminating: 1 } }),
    [
      'status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition',
      'status.active: Invalid value: 1: active>0 is invalid for finished job',
      'status.terminating: Invalid value: 1: terminating>0 is invalid for finished job',
      'status.ready: Invalid value: 2: cannot set more ready pods than active',
    ],
  ],
  [
    job({}),
    o => ({ ...o, status: { conditions: [condition('SuccessCriteriaMet'), condition('FailureTarget')], startTime: late, completionTime: early } }),
    [
      'status.completionTime: Invalid value: "2026-01-02T03:04:05Z": cannot set completionTime when there is no Complete=True condition',
      'status.completionTime: Invalid value: "2026-01-02T03:04:05Z": must be equal to or after `startTime`',
      'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
    ],
  ],
  [
    job({}),
    o => ({ ...o, status: { completedIndexes: '0', failedIndexes: '0', uncountedTerminatedPods: { succeeded: ['a', 'a'], failed: [''] } } }),
    [
      'status.uncountedTerminatedPods.succeeded[1]: Duplicate value: "a"',
      'status.uncountedTerminatedPods.failed[0]: Invalid value: "": must not be empty',
      'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
      'status.failedIndexes: Invalid value: "0": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
      'status.failedIndexes: Invalid value: "0": failedIndexes and completedIndexes overlap at index: 0',
    ],
  ],
  [
    job({ completionMode: 'Indexed', completions: 3, backoffLimitPerIndex: 1 }),
    o => ({ ...o, status: { completedIndexes: '0-1', failedIndexes: '1,0' } }),
    [
      'status.failedIndexes: Invalid value: "1,0": error parsing failedIndexes: non-increasing order, previous: 1, current: 0',
      'status.failedIndexes: Invalid value: "1,0": failedIndexes and completedIndexes overlap at index: 1',
    ],
  ],
  [
    job({ completionMode: 'Indexed', completions: 3 }),
    o => ({ ...o, status: { completedIndexes: '0-4', active: -1 } }),
    [
      'status.active: Invalid value: -1: must be greater than or equal to 0',
      'status.completedIndexes: Invalid value: "0-4": error parsing completedIndexes: too large index: "4"',
    ],
  ],
  [
    job({}),
    o => ({
      ...o,
      status: {
        conditions: [condition('SuccessCriteriaMet'), condition('Complete')],
        startTime: early,
        completionTime: late,
        uncountedTerminatedPods: { succeeded: ['a'] },
      },
    }),
    ['status.uncountedTerminatedPods: Invalid value: {"Succeeded":["a"],"Failed":null}: must be empty for finished job'],
  ],
  [
    job({}),
    o => ({ ...o, status: { conditions: [condition('SuccessCriteriaMet'), condition('Complete')], startTime: early, completionTime: late, succeeded: 1 } }),
    [],
  ],
])('a status of a Job that cannot be: %#', (given, change, texts) => {
  expect(changeErrors(given, change, 'status')).toEqual(texts)
})

test.each<[any, (o: any) => any, string[]]>([
  [
    quota,
    o => ({ ...o, status: { hard: { foo: '1' }, used: { pods: '-1' } } }),
    [
      'status.hard[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'status.hard[foo]: Invalid value: "foo": must be a standard resource for quota',
      'status.used[pods]: Invalid value: "-1": must be greater than or equal to 0',
    ],
  ],
  [
    budget,
    o => ({
      ...o,
      status: {
        disruptionsAllowed: -1,
        currentHealthy: 0,
        desiredHealthy: 0,
        expectedPods: 0,
        conditions: [
          { type: 'A', status: 'Maybe', reason: 'r r', lastTransitionTime: early },
          { type: 'A', status: 'True', reason: 'R', lastTransitionTime: early, message: '' },
        ],
      },
    }),
    [
      'status.conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
      `status.conditions[0].reason: Invalid value: "r r": a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')`,
      'status.conditions[1]: Duplicate value: "A"',
      'status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
])('a status of a quota or budget that cannot be: %#', (given, change, texts) => {
  expect(changeErrors(given, change, 'status')).toEqual(texts)
})

test.each<[any, (o: any) => any, string[]]>([
  [
    of('v1', 'Namespace', {}, {}),
    o => ({ ...o, status: { phase: 'Terminating' } }),
    ['status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty'],
  ],
  [
    of('v1', 'Node', {}, {}),
    o => ({
      ...o,
      status: {
        addresses: [
          { type: 'InternalIP', address: '10.0.0.1' },
          { type: 'InternalIP', address: '10.0.0.1' },
        ],
        capacity: { pods: '1500m' },
      },
    }),
    [
      'status.capacity.pods: Invalid value: "1500m": must be an integer',
      'status.allocatable.pods: Invalid value: "1500m": must be an integer',
      'status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"10.0.0.1"}',
    ],
  ],
])('a status of a Namespace or Node that cannot be: %#', (given, change, texts) => {
  expect(changeErrors(given, change, 'status')).toEqual(texts)
})

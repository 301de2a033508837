// batch.test.ts: what v1.37.2 answers to Jobs and CronJobs that are filled in wrongly.
import { expect, test } from 'vitest'
import { changeErrors, errorsOf, of } from './forms.ts'

const container = { name: 'c', image: 'i' }
const template = (spec: any, metadata: any) => ({ metadata, spec: { restartPolicy: 'Never', containers: [container], ...spec } })
const job = (spec: any, metadata: any) => of('batch/v1', 'Job', { spec: { template: template({}, {}), ...spec } }, metadata)
const indexed = (spec: any) => job({ completionMode: 'Indexed', completions: 3, ...spec }, {})
const failure = (rule: any) => job({ podFailurePolicy: { rules: [rule] } }, {})
const success = (rule: any) => indexed({ successPolicy: { rules: [rule] } })
const cron = (spec: any, metadata: any) =>
  of('batch/v1', 'CronJob', { spec: { schedule: '* * * * *', jobTemplate: { spec: job({}, {}).spec }, ...spec } }, metadata)

test.each<[any, string[]]>([
  [
    job({ parallelism: -1, completions: -1, activeDeadlineSeconds: -1, backoffLimit: -1, ttlSecondsAfterFinished: -1 }, {}),
    [
      'spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
      'spec.completions: Invalid value: -1: must be greater than or equal to 0',
      'spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0',
      'spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  [
    job({ backoffLimitPerIndex: 1, maxFailedIndexes: 2 }, {}),
    [
      'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
      'spec.maxFailedIndexes: Invalid value: 2: requires indexed completion mode',
    ],
  ],
  [
    job({ maxFailedIndexes: -1, completionMode: 'Odd' }, {}),
    [
      'spec.maxFailedIndexes: Invalid value: -1: must be greater than or equal to 0',
      'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
      'spec.completionMode: Unsupported value: "Odd": supported values: "NonIndexed", "Indexed"',
    ],
  ],
  [
    indexed({ completions: undefined, parallelism: 100001 }),
    [
      'spec.completions: Required value: when completion mode is Indexed',
      'spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed',
    ],
  ],
  [indexed({ backoffLimitPerIndex: 1, maxFailedIndexes: 4 }), ['spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions']],
  [
    indexed({ completions: 100001, parallelism: 10001, backoffLimitPerIndex: 1 }),
    [
      'spec.maxFailedIndexes: Required value: must be specified when completions is above 100000',
      'spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
    ],
  ],
  [
    indexed({ completions: 100001, backoffLimitPerIndex: 1, maxFailedIndexes: 10001 }),
    [
      'spec.maxFailedIndexes: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
    ],
  ],
  [job({ managedBy: 'mine' }, {}), ['spec.managedBy: Invalid value: "mine": must be a domain-prefixed path (such as "acme.io/foo")']],
  [
    job({ managedBy: 'Acme.io/a b' }, {}),
    [
      `spec.managedBy: Invalid value: "Acme.io": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      `spec.managedBy: Invalid value: "a b": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')`,
    ],
  ],
  [job({ podReplacementPolicy: 'Soon' }, {}), ['spec.podReplacementPolicy: Unsupported value: "Soon": supported values: "Failed", "TerminatingOrFailed"']],
  [
    job({ template: template({ restartPolicy: 'Sometimes' }, {}) }, {}),
    [
      'spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
      'spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "OnFailure", "Never"',
    ],
  ],
  [
    job({ template: template({}, { labels: { 'job-name': 'other' } }) }, {}),
    [
      `spec.template.metadata.labels[job-name]: Invalid value: {"batch.kubernetes.io/controller-uid":"u","batch.kubernetes.io/job-name":"x","controller-uid":"u","job-name":"other"}: must be 'x'`,
    ],
  ],
  [
    job({ selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'other' } } }, {}),
    [
      'spec.selector: Invalid value: {"matchLabels":{"batch.kubernetes.io/controller-uid":"other"}}: `selector` not auto-generated',
      'spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"u","batch.kubernetes.io/job-name":"x","controller-uid":"u","job-name":"x"}: `selector` does not match template `labels`',
    ],
  ],
  [
    job({ manualSelector: true }, {}),
    ['spec.selector: Required value', 'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`'],
  ],
  [
    job({ manualSelector: true, selector: { matchLabels: { b: '2', a: '1' } } }, {}),
    ['spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`'],
  ],
  [
    of('batch/v1', 'Job', { spec: indexed({}).spec }, { name: 'a.b' }),
    ['metadata.name: Invalid value: "a.b": will not able to create pod with invalid DNS label: a.b-2'],
  ],
  [
    failure({ action: 'FailIndex' }),
    [
      'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
    ],
  ],
  [
    failure({ action: '', onExitCodes: { containerName: 'd', operator: 'In', values: [3, 0, 3] } }),
    [
      'spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
      'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "d": must be one of the container or initContainer names in the pod template',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 3',
      'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [3,0,3]: must be ordered',
    ],
  ],
  [
    failure({ action: 'Ignore', onExitCodes: { operator: 'Like', values: [1] }, onPodConditions: [{ type: 'a b', status: 'Maybe' }] }),
    [
      'spec.podFailurePolicy.rules[0].onExitCodes.operator: Unsupported value: "Like": supported values: "In", "NotIn"',
      `spec.podFailurePolicy.rules[0].onPodConditions[0].type: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'spec.podFailurePolicy.rules[0].onPodConditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported',
    ],
  ],
  [
    job({ podFailurePolicy: { rules: [] }, template: template({ restartPolicy: 'OnFailure' }, {}), podReplacementPolicy: 'TerminatingOrFailed' }, {}),
    [
      'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
      'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
    ],
  ],
  [
    job({ successPolicy: { rules: [{ succeededCount: 1 }] } }, {}),
    ['spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode'],
  ],
  [success({}), ['spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified']],
  [
    success({ succeededIndexes: '0-1', succeededCount: 3 }),
    [
      'spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)',
    ],
  ],
  [
    success({ succeededIndexes: '1,1' }),
    ['spec.successPolicy.rules[0].succeededIndexes: Invalid value: "1,1": error parsing succeededIndexes: non-increasing order, previous: 1, current: 1'],
  ],
  [
    success({ succeededIndexes: '0-5' }),
    ['spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-5": error parsing succeededIndexes: too large index: "5"'],
  ],
  [
    success({ succeededIndexes: '0-1-2', succeededCount: -1 }),
    [
      `spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-1-2": error parsing succeededIndexes: the fragment "0-1-2" violates the requirement that an index interval can have at most two parts separated by '-'`,
      'spec.successPolicy.rules[0].succeededCount: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  [
    success({ succeededIndexes: 'one', succeededCount: 9 }),
    [
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "one": error parsing succeededIndexes: cannot convert string to integer for index: "one"',
      'spec.successPolicy.rules[0].succeededCount: Invalid value: 9: must be less than or equal to 3 (the number of specified completions)',
      'spec.successPolicy.rules[0].succeededCount: Invalid value: 9: must be less than or equal to 0 (the number of indexes in the specified succeededIndexes field)',
    ],
  ],
])('a Job filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

test.each<[any, string[]]>([
  [cron({ schedule: '' }, {}), ['spec.schedule: Required value']],
  [
    cron(
      { schedule: 'TZ=UTC * * * * *', concurrencyPolicy: 'Never', startingDeadlineSeconds: -1, successfulJobsHistoryLimit: -1, failedJobsHistoryLimit: -2 },
      {},
    ),
    [
      'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.concurrencyPolicy: Unsupported value: "Never": supported values: "Allow", "Forbid", "Replace"',
      'spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
      'spec.failedJobsHistoryLimit: Invalid value: -2: must be greater than or equal to 0',
    ],
  ],
  [
    cron({ schedule: 'CRON_TZ=Europe/Berlin' }, {}),
    [
      'spec.schedule: Invalid value: "CRON_TZ=Europe/Berlin": invalid schedule format: runtime error: slice bounds out of range [:-1]',
      'spec.schedule: Invalid value: "CRON_TZ=Europe/Berlin": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ],
  ],
  [
    cron({ schedule: '99999999999999999999 * * * *' }, {}),
    [
      'spec.schedule: Invalid value: "99999999999999999999 * * * *": failed to parse int from 99999999999999999999: strconv.Atoi: parsing "99999999999999999999": value out of range',
    ],
  ],
  [cron({ timeZone: '' }, {}), ['spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string']],
  [
    cron({ timeZone: 'local' }, {}),
    [
      'spec.timeZone: Invalid value: "local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      'spec.timeZone: Invalid value: "local": unknown time zone local',
    ],
  ],
  [cron({ timeZone: 'Europe/Berlim' }, {}), ['spec.timeZone: Invalid value: "Europe/Berlim": unknown time zone Europe/Berlim']],
  [cron({ timeZone: 'America/Argentina/Buenos_Aires' }, {}), []],
  [
    cron({ jobTemplate: { spec: { ...job({}, {}).spec, selector: { matchLabels: { a: 'b' } }, manualSelector: true } } }, {}),
    [
      'spec.jobTemplate.spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: `selector` will be auto-generated',
      'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"',
    ],
  ],
  [
    cron({}, { name: 'a'.repeat(53) }),
    ['metadata.name: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": must be no more than 52 characters'],
  ],
])('a CronJob filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

test.each<[any, (o: any) => any, string[]]>([
  [
    job({}, {}),
    o => ({ ...o, spec: { ...o.spec, completions: 5, completionMode: 'Indexed', managedBy: 'a.io/b' } }),
    [
      'spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism',
      'spec.completionMode: Invalid value: "Indexed": field is immutable',
      'spec.managedBy: Invalid value: "a.io/b": field is immutable',
    ],
  ],
  [
    indexed({}),
    o => ({ ...o, spec: { ...o.spec, completions: 5, backoffLimitPerIndex: 1 } }),
    [
      'spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism',
      'spec.backoffLimitPerIndex: Invalid value: 1: field is immutable',
    ],
  ],
  [indexed({}), o => ({ ...o, spec: { ...o.spec, completions: 5, parallelism: 5 } }), []],
  [
    job({}, {}),
    o => ({ ...o, spec: { ...o.spec, successPolicy: { rules: [{ succeededCount: 1 }] } } }),
    [
      'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode',
      'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: field is immutable',
    ],
  ],
  [
    job({}, {}),
    o => ({ ...o, spec: { ...o.spec, selector: { matchLabels: { 'job-name': 'x', 'batch.kubernetes.io/job-name': 'x' } } } }),
    ['spec.selector: Invalid value: {"matchLabels":{"batch.kubernetes.io/job-name":"x","job-name":"x"}}: field is immutable'],
  ],
  [
    job({ suspend: true }, {}),
    o => ({
      ...o,
      spec: {
        ...o.spec,
        template: {
          metadata: { ...o.spec.template.metadata, annotations: { n: '1' } },
          spec: {
            ...o.spec.template.spec,
            nodeSelector: { a: 'b' },
            containers: [{ ...o.spec.template.spec.containers[0], resources: { requests: { cpu: '1' } } }],
          },
        },
      },
    }),
    [],
  ],
])('a Job changed in what may not change: %#', (given, change, texts) => {
  expect(changeErrors(given, change)).toEqual(texts)
})

test.each<[any, (o: any) => any, string[]]>([
  [
    cron({}, {}),
    o => ({ ...o, spec: { ...o.spec, schedule: 'TZ=UTC * * * * *', timeZone: 'Nowhere' } }),
    [
      'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      'spec.timeZone: Invalid value: "Nowhere": unknown time zone Nowhere',
    ],
  ],
  [cron({}, {}), o => ({ ...o, spec: { ...o.spec, schedule: '' } }), ['spec.schedule: Required value']],
])('a CronJob changed: %#', (given, change, texts) => {
  expect(changeErrors(given, change)).toEqual(texts)
})

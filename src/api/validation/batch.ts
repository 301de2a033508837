// batch.ts: validation of Jobs, CronJobs, autoscalers, disruption budgets and priority classes.
// Models k8s.io/kubernetes/pkg/apis/{batch,autoscaling,policy,scheduling}/validation/validation.go
// Differs: pod failure and success policies, and metrics of autoscalers, are judged loosely; any well-formed time zone is known

import { namesTimeZone, parseSchedule } from '../cron.ts'
import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, notSupported, required } from '../field.ts'
import { labelSelectorMatches } from '../labels.ts'
import { dns1123Subdomain, maxCharacters } from '../name.ts'
import { sameJson } from '../patch.ts'
import { goInternal } from './diff.ts'
import { each, IMMUTABLE, immutable, nonNegative, subdomainName, validateLabelSelector, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts'
import { validateTemplate } from './pod.ts'
import { atMost100Percent, intOrPercent } from './workloads.ts'

const CRON_NAME_MAX = 52
const PRIORITY_MAX = 1_000_000_000
const SYSTEM_PRIORITIES: Record<string, number> = { 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 }

export function validateJob(object: any): FieldError[] {
  const errors = [...validateObjectMeta(object.metadata, true, subdomainName), ...jobSpec(object.spec, 'spec')]
  const { spec } = object
  const labels = spec.template?.metadata?.labels
  if (spec.selector == null) errors.push(required('spec.selector'))
  else if (spec.manualSelector !== true && spec.selector.matchLabels?.['batch.kubernetes.io/controller-uid'] !== object.metadata.uid)
    errors.push(invalidValue('spec.selector', spec.selector, '`selector` not auto-generated'))
  else if (!labelSelectorMatches(spec.selector, labels))
    errors.push(invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'))
  return errors
}

function jobSpec(spec: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  for (const key of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ])
    errors.push(...nonNegative(`${path}.${key}`, spec[key]))
  if (spec.selector != null) errors.push(...validateLabelSelector(spec.selector, `${path}.selector`))
  if (spec.completionMode !== undefined) {
    if (!['NonIndexed', 'Indexed'].includes(spec.completionMode))
      errors.push(notSupported(`${path}.completionMode`, spec.completionMode, ['NonIndexed', 'Indexed']))
    if (spec.completionMode === 'Indexed' && spec.completions === undefined) errors.push(required(`${path}.completions`, 'when completion mode is Indexed'))
  }
  errors.push(...validateTemplate(spec.template, `${path}.template`).filter(e => e.field !== `${path}.template.spec.restartPolicy`))
  const policy = spec.template?.spec?.restartPolicy
  const at = `${path}.template.spec.restartPolicy`
  if (policy === undefined || policy === '' || policy === 'Always') errors.push(required(at, 'valid values: "OnFailure", "Never"'))
  else if (policy !== 'OnFailure' && policy !== 'Never') errors.push(notSupported(at, policy, ['OnFailure', 'Never']))
  else if (spec.podFailurePolicy !== undefined && policy !== 'Never')
    errors.push(invalidValue(at, policy, 'only "Never" is supported when podFailurePolicy is specified'))
  return errors
}

export function validateJobUpdate(object: any, old: any): FieldError[] {
  const errors = [...validateObjectMetaUpdate(object.metadata, old.metadata), ...jobSpec(object.spec, 'spec')]
  const [now, was] = [object.spec, old.spec]
  const indexed = now.completionMode === 'Indexed'
  if (!sameJson(now.completions ?? null, was.completions ?? null)) {
    if (!indexed) errors.push(invalidValue('spec.completions', now.completions ?? null, IMMUTABLE))
    else if (now.completions !== now.parallelism)
      errors.push(invalidValue('spec.completions', now.completions ?? null, 'can only be modified in tandem with spec.parallelism'))
  }
  errors.push(...immutable(now.selector, was.selector, 'spec.selector'))
  if (!sameJson(now.template, was.template) && !sameJson(loosened(now.template, old), loosened(was.template, old)))
    errors.push(invalidValue('spec.template', goInternal('core/v1.PodTemplateSpec', now.template), IMMUTABLE))
  for (const key of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'])
    errors.push(...immutable(now[key], was[key], `spec.${key}`))
  return errors
}

/** What of a template may not change: a suspended Job that never ran may still choose where it will run. */
function loosened(template: any, job: any): any {
  if (job.spec.suspend !== true || job.status?.startTime !== undefined) return template
  const { nodeSelector: _, tolerations: __, affinity: ___, schedulingGates: ____, ...spec } = template.spec
  const { labels: _____, annotations: ______, ...metadata } = template.metadata ?? {}
  return { ...template, metadata, spec: { ...spec, containers: spec.containers?.map(({ resources: _______, ...c }: any) => c) } }
}

export function validateCronJob(object: any): FieldError[] {
  const errors = [...validateObjectMeta(object.metadata, true, subdomainName), ...cronSpec(object.spec ?? {})]
  const { name = '' } = object.metadata
  if (name.length > CRON_NAME_MAX) errors.push(invalidValue('metadata.name', name, maxCharacters(CRON_NAME_MAX)))
  return errors
}
export const validateCronJobUpdate = (object: any, old: any): FieldError[] => [
  ...validateObjectMetaUpdate(object.metadata, old.metadata),
  ...cronSpec(object.spec ?? {}),
]

function cronSpec(spec: any): FieldError[] {
  const errors: FieldError[] = []
  if (!spec.schedule) errors.push(required('spec.schedule'))
  else {
    const parsed = parseSchedule(spec.schedule)
    if ('error' in parsed) errors.push(invalidValue('spec.schedule', spec.schedule, parsed.error))
    else if (namesTimeZone(spec.schedule))
      errors.push(invalidValue('spec.schedule', spec.schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'))
  }
  errors.push(...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds))
  const zone = spec.timeZone
  if (zone === '') errors.push(invalidValue('spec.timeZone', zone, 'timeZone must be nil or non-empty string'))
  else if (zone !== undefined && !/^(UTC|Etc\/|Africa\/|America\/|Antarctica\/|Asia\/|Atlantic\/|Australia\/|Europe\/|Indian\/|Pacific\/)/.test(zone))
    errors.push(invalidValue('spec.timeZone', zone, `unknown time zone ${zone}`))
  const policy = spec.concurrencyPolicy
  if (!policy) errors.push(required('spec.concurrencyPolicy'))
  else if (!['Allow', 'Forbid', 'Replace'].includes(policy)) errors.push(notSupported('spec.concurrencyPolicy', policy, ['Allow', 'Forbid', 'Replace']))
  errors.push(...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit))
  errors.push(...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit))
  errors.push(...jobSpec(spec.jobTemplate?.spec ?? {}, 'spec.jobTemplate.spec'))
  return errors
}

export const validateAutoscaler = (object: any): FieldError[] => [
  ...validateObjectMeta(object.metadata, true, subdomainName),
  ...autoscalerSpec(object.spec ?? {}),
]
export const validateAutoscalerUpdate = (object: any, old: any): FieldError[] => [
  ...validateObjectMetaUpdate(object.metadata, old.metadata),
  ...autoscalerSpec(object.spec ?? {}),
]

function autoscalerSpec(spec: any): FieldError[] {
  const errors: FieldError[] = []
  const { minReplicas, maxReplicas = 0, metrics = [] } = spec
  if (minReplicas !== undefined && minReplicas < 0) errors.push(invalidValue('spec.minReplicas', minReplicas, 'must be greater than or equal to 0'))
  if (minReplicas === 0 && !metrics.some((m: any) => m.type === 'Object' || m.type === 'External'))
    errors.push(forbiddenField('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas'))
  if (maxReplicas === 0) errors.push(required('spec.maxReplicas'))
  else if (maxReplicas < 1) errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1'))
  else if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'))
  const ref = spec.scaleTargetRef ?? {}
  if (!ref.kind) errors.push(required('spec.scaleTargetRef.kind'))
  if (!ref.name) errors.push(required('spec.scaleTargetRef.name'))
  if (ref.kind && ref.kind !== 'ReplicationController' && !String(ref.apiVersion ?? '').includes('/'))
    errors.push(invalidValue('spec.scaleTargetRef.apiVersion', ref.apiVersion ?? '', 'apiVersion must specify API group'))
  return errors
}

export const validateBudget = (object: any): FieldError[] => [...validateObjectMeta(object.metadata, true, subdomainName), ...budgetSpec(object.spec ?? {})]
export const validateBudgetUpdate = (object: any, old: any): FieldError[] => [
  ...validateObjectMetaUpdate(object.metadata, old.metadata),
  ...budgetSpec(object.spec ?? {}),
]

function budgetSpec(spec: any): FieldError[] {
  const errors: FieldError[] = []
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = { MinAvailable: minAvailable, Selector: selector ?? null, MaxUnavailable: maxUnavailable, UnhealthyPodEvictionPolicy: policy ?? null }
    errors.push(invalidValue('spec', shown, 'minAvailable and maxUnavailable cannot be both set'))
  }
  if (minAvailable !== undefined) errors.push(...intOrPercent(minAvailable, 'spec.minAvailable'), ...atMost100Percent(minAvailable, 'spec.minAvailable'))
  if (maxUnavailable !== undefined)
    errors.push(...intOrPercent(maxUnavailable, 'spec.maxUnavailable'), ...atMost100Percent(maxUnavailable, 'spec.maxUnavailable'))
  errors.push(...validateLabelSelector(selector, 'spec.selector'))
  if (policy !== undefined && !['AlwaysAllow', 'IfHealthyBudget'].includes(policy))
    errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, ['AlwaysAllow', 'IfHealthyBudget']))
  return errors
}

export function validatePriorityClass(object: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, false, subdomainName)
  const { name = '' } = object.metadata
  const value = object.value ?? 0
  if (name.startsWith('system-')) {
    if (SYSTEM_PRIORITIES[name] === undefined)
      errors.push(
        forbiddenField(
          'metadata.name',
          `priority class names with 'system-' prefix are reserved for system use only. error: ${name} is not a known system priority class`,
        ),
      )
    else if (SYSTEM_PRIORITIES[name] !== value)
      errors.push(
        forbiddenField(
          'metadata.name',
          `priority class names with 'system-' prefix are reserved for system use only. error: value of ${name} PriorityClass must be ${SYSTEM_PRIORITIES[name]}`,
        ),
      )
  } else if (value > PRIORITY_MAX) errors.push(forbiddenField('value', `maximum allowed value of a user defined priority is ${PRIORITY_MAX}`))
  const policy = object.preemptionPolicy
  if (policy !== undefined && !['Never', 'PreemptLowerPriority'].includes(policy))
    errors.push(notSupported('preemptionPolicy', policy, ['PreemptLowerPriority', 'Never']))
  return errors
}

export function validatePriorityClassUpdate(object: any, old: any): FieldError[] {
  const errors = validateObjectMetaUpdate(object.metadata, old.metadata)
  if ((object.value ?? 0) !== (old.value ?? 0)) errors.push(forbiddenField('value', 'may not be changed in an update.'))
  if (object.preemptionPolicy !== old.preemptionPolicy) errors.push(forbiddenField('preemptionPolicy', 'may not be changed in an update.'))
  return errors
}

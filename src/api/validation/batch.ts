// batch.ts: validation of Jobs and CronJobs.
// Models k8s.io/kubernetes/pkg/apis/batch/validation/validation.go and pkg/registry/batch/{job,cronjob}/strategy.go
// Differs: nothing known

import { namesTimeZone, parseSchedule } from '../cron.ts'
import { timeZones } from '../data/timezones.ts'
import { withFields } from '../edit.ts'
import type { FieldError } from '../field.ts'
import { invalidValue, notSupported, required, tooLong } from '../field.ts'
import { isEmptySelector, labelSelectorMatches, selectorMatches, selectorOf } from '../labels.ts'
import { bytes, dns1123Label, maxCharacters } from '../name.ts'
import { sameJson } from '../patch.ts'
import { withDeclared } from './declarative.ts'
import { goInternal, shownSelector, sortedMap } from './diff.ts'
import { validateFailurePolicy, validateReplacementPolicy, validateSuccessPolicy } from './jobpolicies.ts'
import { IMMUTABLE, immutable, nonNegative, prefixedPath, subdomainName, validateLabelSelector, validateObjectMeta } from './metadata.ts'
import { validateTemplate } from './pod.ts'

const CRON_NAME_MAX = 52
const MANAGED_BY_MAX = 63
const INDEXED_PARALLELISM_MAX = 100_000
const FAILED_INDEXES_MAX = 100_000
/** With more completions than these, a limit for each index has limits of its own. */
const COMPLETIONS_MANY = 100_000
const OF_MANY_MAX = 10_000
const OF_MANY = `must be less than or equal to ${OF_MANY_MAX} when completions are above ${COMPLETIONS_MANY} and used with backoff limit per index`
const UID_LABEL = 'batch.kubernetes.io/controller-uid'
const NAME_LABEL = 'batch.kubernetes.io/job-name'

export function validateJob(job: any): FieldError[] {
  return [
    ...validateObjectMeta(job.metadata, true, subdomainName),
    ...generatedSelector(job),
    ...selectedSpec(job.spec),
    ...hostnames(job.metadata.name ?? '', job.spec),
  ]
}

export function validateJobUpdate(job: any, old: any): FieldError[] {
  const [now, was] = [job.spec, old.spec]
  const errors = [...selectedSpec(now), ...completionsChange(now, was)]
  errors.push(...immutable(now.selector, was.selector, 'spec.selector', shownSelector(now.selector)), ...templateChange(now, old))
  errors.push(...immutable(now.completionMode, was.completionMode, 'spec.completionMode'))
  errors.push(...unchanged(now, was, 'podFailurePolicy', 'batch/v1.PodFailurePolicy'))
  for (const key of ['backoffLimitPerIndex', 'managedBy']) errors.push(...immutable(now[key], was[key], `spec.${key}`))
  errors.push(...unchanged(now, was, 'successPolicy', 'batch/v1.SuccessPolicy'))
  return [...errors, ...hostnames(job.metadata.name ?? '', now)]
}

function unchanged(now: any, was: any, key: string, id: string): FieldError[] {
  return immutable(now[key], was[key], `spec.${key}`, now[key] && goInternal(id, now[key]))
}

/** Labels and selector that the server makes must be there, and the Job's own. */
function generatedSelector({ metadata, spec }: any): FieldError[] {
  if (spec.manualSelector === true || spec.selector == null) return []
  const { uid = '', name = '' } = metadata
  const expected: Record<string, string> = { 'controller-uid': uid, 'job-name': name, [UID_LABEL]: uid, [NAME_LABEL]: name }
  const labels: Record<string, string> = spec.template?.metadata?.labels ?? {}
  const errors = uid === '' ? [required('metadata.uid')] : []
  for (const key of Object.keys(expected)) {
    const path = `spec.template.metadata.labels[${key}]`
    if (labels[key] === undefined) errors.push(required(path, `must be '${expected[key]}'`))
    else if (labels[key] !== expected[key]) errors.push(invalidValue(path, sortedMap(labels), `must be '${expected[key]}'`))
  }
  const selector = selectorOf(spec.selector)
  if ('error' in selector || selectorMatches(selector, expected)) return errors
  return [...errors, invalidValue('spec.selector', shownSelector(spec.selector), '`selector` not auto-generated')]
}

function selectedSpec(spec: any): FieldError[] {
  const errors = jobSpec(spec, 'spec')
  if (spec.selector == null) errors.push(required('spec.selector'))
  else errors.push(...validateLabelSelector(spec.selector, 'spec.selector'))
  const labels = spec.template?.metadata?.labels
  const unreadable = spec.selector != null && 'error' in selectorOf(spec.selector)
  if (unreadable || (spec.selector != null && (isEmptySelector(spec.selector) || labelSelectorMatches(spec.selector, labels)))) return errors
  return [...errors, invalidValue('spec.template.metadata.labels', sortedMap(labels), '`selector` does not match template `labels`')]
}

/** Pods of an indexed Job are called after it and their index. */
function hostnames(name: string, { completionMode, completions }: any): FieldError[] {
  if (completionMode !== 'Indexed' || !(completions > 0)) return []
  const last = `${name}-${completions - 1}`
  const bad = dns1123Label(last).length > 0
  return bad ? [invalidValue('metadata.name', name, `will not able to create pod with invalid DNS label: ${last}`)] : []
}

function jobSpec(spec: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  for (const key of ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex']) {
    errors.push(...nonNegative(`${path}.${key}`, spec[key]))
  }
  if (spec.maxFailedIndexes !== undefined) {
    errors.push(...nonNegative(`${path}.maxFailedIndexes`, spec.maxFailedIndexes))
    if (spec.backoffLimitPerIndex === undefined) errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'))
  }
  if (spec.managedBy !== undefined) {
    errors.push(...prefixedPath(spec.managedBy, `${path}.managedBy`))
    if (bytes(spec.managedBy) > MANAGED_BY_MAX) errors.push(tooLong(`${path}.managedBy`, MANAGED_BY_MAX))
  }
  errors.push(...modeErrors(spec, path))
  if (spec.podFailurePolicy !== undefined) errors.push(...validateFailurePolicy(spec, `${path}.podFailurePolicy`))
  if (spec.successPolicy !== undefined) {
    const shown = goInternal('batch/v1.SuccessPolicy', spec.successPolicy)
    if (spec.completionMode !== 'Indexed') errors.push(invalidValue(`${path}.successPolicy`, shown, 'requires indexed completion mode'))
    else errors.push(...validateSuccessPolicy(spec, `${path}.successPolicy`))
  }
  errors.push(...validateReplacementPolicy(spec, `${path}.podReplacementPolicy`), ...validateTemplate(spec.template, `${path}.template`))
  const policy = spec.template?.spec?.restartPolicy ?? ''
  const at = `${path}.template.spec.restartPolicy`
  if (policy === '' || policy === 'Always') errors.push(required(at, 'valid values: "OnFailure", "Never"'))
  else if (policy !== 'OnFailure' && policy !== 'Never') errors.push(notSupported(at, policy, ['OnFailure', 'Never']))
  else if (spec.podFailurePolicy !== undefined && policy !== 'Never') {
    errors.push(invalidValue(at, policy, 'only "Never" is supported when podFailurePolicy is specified'))
  }
  return errors
}

function modeErrors(
  { completionMode: mode, completions, parallelism, maxFailedIndexes: failed, backoffLimitPerIndex: limit }: any,
  path: string,
): FieldError[] {
  const errors: FieldError[] = []
  const say = (key: string, value: number, why: string) => errors.push(invalidValue(`${path}.${key}`, value, why))
  if (mode === undefined || mode === 'NonIndexed') {
    if (limit !== undefined) say('backoffLimitPerIndex', limit, 'requires indexed completion mode')
    if (failed !== undefined) say('maxFailedIndexes', failed, 'requires indexed completion mode')
    return errors
  }
  if (mode !== 'Indexed') return [notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed'])]
  if (completions === undefined) errors.push(required(`${path}.completions`, 'when completion mode is Indexed'))
  if (parallelism > INDEXED_PARALLELISM_MAX) {
    say('parallelism', parallelism, `must be less than or equal to ${INDEXED_PARALLELISM_MAX} when completion mode is Indexed`)
  }
  if (failed > completions) say('maxFailedIndexes', failed, 'must be less than or equal to completions')
  if (failed > FAILED_INDEXES_MAX) say('maxFailedIndexes', failed, `must be less than or equal to ${FAILED_INDEXES_MAX}`)
  if (!(completions > COMPLETIONS_MANY) || limit === undefined) return errors
  if (failed === undefined) errors.push(required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${COMPLETIONS_MANY}`))
  if (parallelism > OF_MANY_MAX) say('parallelism', parallelism, OF_MANY)
  if (failed > OF_MANY_MAX) say('maxFailedIndexes', failed, OF_MANY)
  return errors
}

/** An indexed Job may be scaled, all of it at once. */
function completionsChange(now: any, was: any): FieldError[] {
  if (now.completionMode !== 'Indexed') return immutable(now.completions, was.completions, 'spec.completions')
  if (now.completions === was.completions || now.completions === undefined || now.completions === now.parallelism) return []
  return [invalidValue('spec.completions', now.completions, 'can only be modified in tandem with spec.parallelism')]
}

/** A template stays as it is, but a suspended Job without Pods may still choose where they run and with how much. */
function templateChange(now: any, old: any): FieldError[] {
  const { template } = now
  const was = old.spec.template
  if (!maySteer(old)) return immutable(template, was, 'spec.template', goInternal('core/v1.PodTemplateSpec', template))
  const { nodeSelector, tolerations, schedulingGates } = template.spec
  const before = withFields(was.spec, { nodeSelector, tolerations, schedulingGates, affinity: steered(template.spec.affinity, was.spec.affinity) })
  for (const key of ['containers', 'initContainers']) {
    const [next, list]: any[][] = [template.spec[key] ?? [], before[key] ?? []] as any[][]
    if (next!.length !== list!.length || list!.length === 0) continue
    before[key] = list!.map((container, i) => (container.name === next![i].name ? withFields(container, { resources: next![i].resources }) : container))
  }
  if (sameJson(template.spec, before)) return []
  return [invalidValue('spec.template.spec', goInternal('core/v1.PodSpec', template.spec), IMMUTABLE)]
}

function maySteer({ spec, status = {} }: any): boolean {
  const suspended = (status.conditions ?? []).some((c: any) => c.type === 'Suspended' && c.status === 'True')
  return spec.suspend === true && (status.startTime === undefined || suspended) && (status.active ?? 0) === 0
}

/** The old affinity, with the node part of the new one. */
function steered(next: any, before: any): any {
  const out = withFields(before ?? {}, { nodeAffinity: next?.nodeAffinity })
  return next === undefined && Object.keys(out).length === 0 ? undefined : out
}

export function validateCronJob({ metadata, spec = {} }: any): FieldError[] {
  const errors = [...validateObjectMeta(metadata, true, subdomainName), ...cronSpec(spec)]
  const { name = '' } = metadata
  if (bytes(name) > CRON_NAME_MAX) errors.push(invalidValue('metadata.name', name, maxCharacters(CRON_NAME_MAX)))
  return withDeclared(errors, spec.schedule ? [] : [required('spec.schedule')])
}

export function validateCronJobUpdate({ spec = {} }: any, old: any): FieldError[] {
  const declared = spec.schedule || (old.spec?.schedule ?? '') === (spec.schedule ?? '') ? [] : [required('spec.schedule')]
  return withDeclared(cronSpec(spec, old.spec ?? {}), declared)
}

function cronSpec(spec: any, old?: any): FieldError[] {
  const { schedule = '', timeZone, concurrencyPolicy: policy, jobTemplate } = spec
  const errors: FieldError[] = []
  if (schedule === '') errors.push(required('spec.schedule'))
  else errors.push(...scheduleErrors(schedule, timeZone, namesTimeZone(old?.schedule ?? '')))
  errors.push(...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds))
  if (old === undefined || old.timeZone !== timeZone) errors.push(...zoneErrors(timeZone))
  const policies = ['Allow', 'Forbid', 'Replace']
  if (!policy) errors.push(required('spec.concurrencyPolicy'))
  else if (!policies.includes(policy)) errors.push(notSupported('spec.concurrencyPolicy', policy, policies))
  const job = jobTemplate?.spec ?? {}
  const path = 'spec.jobTemplate.spec'
  errors.push(...jobSpec(job, path))
  if (job.selector != null) errors.push(invalidValue(`${path}.selector`, shownSelector(job.selector), '`selector` will be auto-generated'))
  if (job.manualSelector === true) errors.push(notSupported(`${path}.manualSelector`, true, ['nil', 'false']))
  for (const key of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit']) errors.push(...nonNegative(`spec.${key}`, spec[key]))
  return errors
}

/** A zone in the schedule itself is suffered only where there was one before. */
function scheduleErrors(schedule: string, timeZone: string | undefined, zoned: boolean): FieldError[] {
  const parsed = parseSchedule(schedule)
  const errors = 'error' in parsed ? [invalidValue('spec.schedule', schedule, parsed.error)] : []
  if (!namesTimeZone(schedule) || (zoned && timeZone === undefined)) return errors
  const why = zoned ? 'cannot use both timeZone field and TZ or CRON_TZ in schedule' : 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
  return [...errors, invalidValue('spec.schedule', schedule, why)]
}

function zoneErrors(zone: string | undefined): FieldError[] {
  const path = 'spec.timeZone'
  if (zone === undefined) return []
  if (zone === '') return [invalidValue(path, zone, 'timeZone must be nil or non-empty string')]
  const unknown = invalidValue(path, zone, `unknown time zone ${zone}`)
  if (zone.split('/').some(part => part === '.' || part === '..' || part.startsWith('-') || !/^[A-Za-z._0-9+-]{1,14}$/.test(part))) return [unknown]
  const errors: FieldError[] = []
  if (zone.toLowerCase() === 'local') {
    errors.push(invalidValue(path, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'))
  }
  return zone === 'Local' || timeZones().has(zone) ? errors : [...errors, unknown]
}

// jobstatus.ts: validation of changes to the status of a Job: what it may claim of itself, whoever manages it.
// Models k8s.io/kubernetes/pkg/apis/batch/validation/validation.go and pkg/registry/batch/job/strategy.go (getStatusValidationOptions)
// Differs: nothing known

import type { FieldError } from '../field.ts'
import { duplicate, invalidOmitted, invalidValue, required } from '../field.ts'
import { sameJson } from '../patch.ts'
import { goInternal } from './diff.ts'
import { countIndexes, parseInterval } from './jobpolicies.ts'
import { nonNegative } from './metadata.ts'

const CONDITIONS = 'status.conditions'

/** Rules ask about what a change touches; what was wrong before may stay so. */
export function validateJobStatusUpdate(job: any, old: any): FieldError[] {
  const { spec, status = {} } = job
  const was = old.status ?? {}
  const errors = counts(status)
  const is = (type: string, conditions = status.conditions) => hasCondition(conditions, type, 'True')
  const [complete, failed, met, target] = [is('Complete'), is('Failed'), is('SuccessCriteriaMet'), is('FailureTarget')]
  const wasIs = (type: string) => is(type, was.conditions ?? [])
  const finished = complete || failed
  const changed = (key: string) => !sameJson(status[key] ?? null, was[key] ?? null)
  const turned = {
    finished: finished !== (wasIs('Complete') || wasIs('Failed')),
    complete: complete !== wasIs('Complete'),
    failed: failed !== wasIs('Failed'),
    met: met !== wasIs('SuccessCriteriaMet'),
    target: target !== wasIs('FailureTarget'),
  }
  const [timed, started, numbered, lost] = [changed('completionTime'), changed('startTime'), indexesChanged(status, was), changed('failedIndexes')]
  const wrong = (why: string) => errors.push(invalidOmitted(CONDITIONS, why))
  const say = (key: string, why: string) => errors.push(invalidValue(`status.${key}`, status[key] ?? null, why))
  const indexed = spec.completionMode === 'Indexed'

  if ((turned.complete || turned.failed) && complete && failed) wrong('cannot set Complete=True and Failed=true conditions')
  if ((turned.complete || turned.target) && complete && target) wrong('cannot set Complete=True and FailureTarget=true conditions')
  if (turned.complete || timed) {
    if (status.completionTime && !complete) say('completionTime', 'cannot set completionTime when there is no Complete=True condition')
    if (!status.completionTime && complete) errors.push(required('status.completionTime', 'completionTime is required for Complete jobs'))
  }
  if ((started || timed) && status.startTime && status.completionTime < status.startTime) say('completionTime', 'must be equal to or after `startTime`')
  if ((turned.failed || lost) && failed && !target) wrong('cannot set Failed=True condition without the FailureTarget=true condition')
  if ((turned.complete || turned.met) && complete && !met) wrong('cannot set Complete=True condition without the SuccessCriteriaMet=true condition')
  if ((turned.finished || numberChanged(status, was, 'active')) && status.active > 0 && finished) say('active', 'active>0 is invalid for finished job')
  const nothingToDo = spec.suspend === true && spec.completions === 0
  if ((turned.finished || started) && !nothingToDo && !status.startTime && finished) {
    errors.push(required('status.startTime', 'startTime is required for finished job'))
  }
  const uncounted = status.uncountedTerminatedPods
  if ((turned.finished || changed('uncountedTerminatedPods')) && finished && (uncounted?.failed ?? []).length + (uncounted?.succeeded ?? []).length > 0) {
    const shown = goInternal('batch/v1.UncountedTerminatedPods', uncounted)
    errors.push(invalidValue('status.uncountedTerminatedPods', shown, 'must be empty for finished job'))
  }
  errors.push(...indexErrors(spec, status, numbered, lost))
  if (numbered && status.completedIndexes && !indexed) say('completedIndexes', 'cannot set non-empty completedIndexes when non-indexed completion mode')
  if (lost && spec.backoffLimitPerIndex === undefined && status.failedIndexes !== undefined) {
    say('failedIndexes', 'cannot set non-null failedIndexes when backoffLimitPerIndex is null')
  }
  if ((lost || numbered) && spec.completions !== undefined && status.failedIndexes !== undefined) {
    const index = overlap(status.completedIndexes ?? '', status.failedIndexes, spec.completions)
    if (index !== undefined) say('failedIndexes', `failedIndexes and completedIndexes overlap at index: ${index}`)
  }
  if ((turned.finished || changed('terminating')) && status.terminating > 0 && finished) say('terminating', 'terminating>0 is invalid for finished job')
  if ((changed('ready') || numberChanged(status, was, 'active')) && status.ready > (status.active ?? 0)) say('ready', 'cannot set more ready pods than active')
  if (met && failed) wrong('cannot set SuccessCriteriaMet=True and Failed=true conditions')
  if (met && target) wrong('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions')
  if (spec.successPolicy !== undefined && !met && complete) wrong('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True')

  for (const type of ['Failed', 'Complete', 'FailureTarget']) if (wasIs(type) && !is(type)) wrong(`cannot disable the terminal ${type}=True condition`)
  const less = (key: string) => (status[key] ?? 0) < (was[key] ?? 0)
  if (less('failed')) errors.push(invalidValue('status.failed', status.failed ?? 0, 'cannot decrease the failed counter'))
  const scaled = indexed && spec.completions === spec.parallelism
  if (!scaled && less('succeeded')) errors.push(invalidValue('status.succeeded', status.succeeded ?? 0, 'cannot decrease the succeeded counter'))
  if (timed && status.completionTime && was.completionTime) say('completionTime', 'field is immutable')
  const resuming = wasIs('Suspended') && hasCondition(status.conditions, 'Suspended', 'False')
  if (started && !resuming && was.startTime && spec.suspend !== true) say('startTime', 'field is immutable for unsuspended job once set')
  if (wasIs('SuccessCriteriaMet') && !met) wrong('cannot disable the SuccessCriteriaMet=True condition')
  if (wasIs('Complete') && !wasIs('SuccessCriteriaMet') && met) wrong('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions')
  return errors
}

const hasCondition = (conditions: any[] | undefined, type: string, status: string): boolean =>
  (conditions ?? []).some(condition => condition.type === type && condition.status === status)
const numberChanged = (status: any, was: any, key: string): boolean => (status[key] ?? 0) !== (was[key] ?? 0)
const indexesChanged = (status: any, was: any): boolean => (status.completedIndexes ?? '') !== (was.completedIndexes ?? '')

function counts(status: any): FieldError[] {
  const errors = ['active', 'succeeded', 'failed', 'ready', 'terminating'].flatMap(key => nonNegative(`status.${key}`, status[key]))
  const seen = new Set<string>()
  for (const list of ['succeeded', 'failed']) {
    for (const [i, uid] of (status.uncountedTerminatedPods?.[list] ?? []).entries()) {
      const path = `status.uncountedTerminatedPods.${list}[${i}]`
      if (uid === '') errors.push(invalidValue(path, uid, 'must not be empty'))
      else if (seen.has(uid)) errors.push(duplicate(path, uid))
      seen.add(uid)
    }
  }
  return errors
}

function indexErrors({ completions, backoffLimitPerIndex }: any, status: any, numbered: boolean, lost: boolean): FieldError[] {
  const errors: FieldError[] = []
  if (completions === undefined) return errors
  const judge = (key: string) => {
    const counted = countIndexes(status[key] ?? '', completions)
    if (typeof counted !== 'number') errors.push(invalidValue(`status.${key}`, status[key], `error parsing ${key}: ${counted.error}`))
  }
  if (numbered) judge('completedIndexes')
  if (lost && backoffLimitPerIndex !== undefined && status.failedIndexes !== undefined) judge('failedIndexes')
  return errors
}

/** The first index that both name; intervals that cannot be read are passed over. */
function overlap(completed: string, failed: string, completions: number): number | undefined {
  if (completed === '' || failed === '') return undefined
  const read = (text: string) =>
    text.split(',').flatMap(part => {
      const interval = parseInterval(part, completions)
      return 'error' in interval ? [] : [interval]
    })
  const [a, b] = [read(completed), read(failed)]
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [[x, y], [u, v]] = [a[i]!, b[j]!]
    if (x <= v && u <= y) return Math.max(x, u)
    if (x <= u) i++
    else j++
  }
  return undefined
}

// events.ts: validation of Events, which is stricter for those who speak events.k8s.io/v1.
// Models k8s.io/kubernetes/pkg/apis/core/validation/events.go
// Differs: eventTime is compared as written

import type { FieldError } from '../field.ts'
import { invalidValue, required } from '../field.ts'
import { bytes, qualifiedName } from '../name.ts'
import { goInternal } from './diff.ts'
import { each, immutable, subdomainName, validateObjectMeta } from './metadata.ts'

const WORD_MAX = 128
const NOTE_MAX = 1024
const OTHER_NAMESPACE = 'does not match event.namespace'

/** `version`: as which the request speaks of it, `v1` or `events.k8s.io/v1`; the Event itself is v1. */
export function validateEvent(event: any, version: string): FieldError[] {
  const errors = anyEvent(event, version)
  if (version === 'v1') return errors
  errors.push(...validateObjectMeta(event.metadata, true, subdomainName), ...seriesErrors(event.series))
  if (!event.eventTime) errors.push(required('eventTime'))
  if (event.type !== 'Normal' && event.type !== 'Warning') errors.push(invalidValue('type', '', `has invalid value: ${event.type ?? ''}`))
  for (const key of ['firstTimestamp', 'lastTimestamp', 'count']) if (event[key]) errors.push(invalidValue(key, '', 'needs to be unset'))
  if (event.source?.component || event.source?.host) errors.push(invalidValue('source', '', 'needs to be unset'))
  return errors
}

export function validateEventUpdate(event: any, old: any, version: string): FieldError[] {
  const errors = anyEvent(event, version)
  if (version === 'v1') return errors
  if (JSON.stringify(event.series) !== JSON.stringify(old.series)) errors.push(...seriesErrors(event.series))
  const same = (key: string, shown: unknown, path = key) => errors.push(...immutable(event[key], old[key], path, shown))
  const text = (key: string, path = key) => errors.push(...immutable(event[key] ?? '', old[key] ?? '', path))
  same('involvedObject', goInternal('core/v1.ObjectReference', event.involvedObject))
  text('reason')
  text('message')
  same('source', goInternal('core/v1.EventSource', event.source))
  same('firstTimestamp', event.firstTimestamp ?? null)
  same('lastTimestamp', event.lastTimestamp ?? null)
  errors.push(...immutable(event.count ?? 0, old.count ?? 0, 'count'))
  text('type')
  same('eventTime', event.eventTime ?? null)
  text('action')
  same('related', event.related && goInternal('core/v1.ObjectReference', event.related))
  text('reportingComponent', 'reportingController')
  text('reportingInstance')
  return errors
}

function seriesErrors(series: any): FieldError[] {
  if (!series) return []
  const errors = (series.count ?? 0) < 2 ? [invalidValue('series.count', '', 'should be at least 2')] : []
  return series.lastObservedTime ? errors : [...errors, required('series.lastObservedTime')]
}

/** What holds in every version: an Event stands where its object does, and those of the new kind say who reports them. */
function anyEvent(event: any, version: string): FieldError[] {
  const namespace = event.metadata.namespace ?? ''
  const about = event.involvedObject?.namespace ?? ''
  const elsewhere = [invalidValue('involvedObject.namespace', about, OTHER_NAMESPACE)]
  if (!event.eventTime) {
    const here = about === '' ? namespace === '' || namespace === 'default' : namespace === about
    return here ? [] : elsewhere
  }
  const errors = about === '' && namespace !== 'default' && namespace !== 'kube-system' ? elsewhere : []
  const controller = event.reportingComponent ?? ''
  const path = version === 'v1' ? 'reportingComponent' : 'reportingController'
  if (controller === '') errors.push(required(path))
  errors.push(...each(path, controller, qualifiedName(controller)))
  for (const key of ['reportingInstance', 'action', 'reason']) {
    const value = event[key] ?? ''
    if (value === '') errors.push(required(key))
    if (bytes(value) > WORD_MAX) errors.push(invalidValue(key, '', `can have at most ${WORD_MAX} characters`))
  }
  if (bytes(event.message ?? '') > NOTE_MAX) errors.push(invalidValue('message', '', `can have at most ${NOTE_MAX} characters`))
  return errors
}

// event.ts: Events, in the two versions that show one object.
// Models k8s.io/api/{core/v1,events/v1}/types.go
// Differs: nothing known

import type { KubeObject } from './object.ts'
import type { ObjectReference } from './service.ts'

/** v1, which is also how they are stored. */
export interface Event extends KubeObject {
  apiVersion: 'v1'
  kind: 'Event'
  involvedObject: ObjectReference
  reason?: string
  message?: string
  source: { component?: string; host?: string }
  firstTimestamp: string | null
  lastTimestamp: string | null
  count?: number
  type?: string
  /** MicroTime */
  eventTime: string | null
  series?: { count?: number; lastObservedTime?: string }
  action?: string
  related?: ObjectReference
  reportingComponent: string
  reportingInstance: string
}

/** events.k8s.io/v1 */
export interface EventsV1Event extends KubeObject {
  apiVersion: 'events.k8s.io/v1'
  kind: 'Event'
  eventTime: string | null
  series?: { count: number; lastObservedTime: string }
  reportingController?: string
  reportingInstance?: string
  action?: string
  reason?: string
  regarding?: ObjectReference
  related?: ObjectReference
  note?: string
  type?: string
  deprecatedSource?: { component?: string; host?: string }
  deprecatedFirstTimestamp?: string | null
  deprecatedLastTimestamp?: string | null
  deprecatedCount?: number
}

// versions.ts: kinds that are served in two versions and stored in one: Events and HorizontalPodAutoscalers.
// Models k8s.io/kubernetes/pkg/apis/{events/v1,autoscaling/v1}/conversion.go
// Differs: an autoscaling/v1 object keeps only its cpu metric; other metrics travel in the annotation, unread on the way back

import type { KubeObject } from '../../api/object.ts'
import { apiVersionOf, type ResourceType } from '../../api/resources.ts'

const apiVersions = new Map<ResourceType, string>()

/** apiVersion of a resource, remembered. */
export function versionOf(type: ResourceType): string {
  let known = apiVersions.get(type)
  if (known === undefined) {
    known = apiVersionOf(type)
    apiVersions.set(type, known)
  }
  return known
}

/** The object as this version of the API shows it. */
export function toVersion(type: ResourceType, object: KubeObject): KubeObject {
  if (object.apiVersion === versionOf(type)) return object
  return CONVERSIONS[`${object.apiVersion}>${versionOf(type)} ${type.plural}`]?.(object) ?? object
}

/** The object as it is stored, whatever version it came in. */
export function toStored(storedType: ResourceType, object: KubeObject): KubeObject {
  return toVersion(storedType, object)
}

const CONVERSIONS: Record<string, (object: KubeObject) => KubeObject> = {
  'v1>events.k8s.io/v1 events': e =>
    without({
      kind: 'Event',
      apiVersion: 'events.k8s.io/v1',
      metadata: e.metadata,
      eventTime: e['eventTime'] ?? null,
      series: e['series'] && { count: e['series'].count, lastObservedTime: e['series'].lastObservedTime },
      reportingController: e['reportingComponent'] || undefined,
      reportingInstance: e['reportingInstance'] || undefined,
      action: e['action'],
      reason: e['reason'],
      regarding: e['involvedObject'],
      related: e['related'],
      note: e['message'],
      type: e['type'],
      deprecatedSource: e['source'],
      deprecatedFirstTimestamp: e['firstTimestamp'] ?? null,
      deprecatedLastTimestamp: e['lastTimestamp'] ?? null,
      deprecatedCount: e['count'],
    }),
  'events.k8s.io/v1>v1 events': e =>
    without({
      kind: 'Event',
      apiVersion: 'v1',
      metadata: e.metadata,
      involvedObject: e['regarding'] ?? {},
      reason: e['reason'],
      message: e['note'],
      source: e['deprecatedSource'] ?? {},
      firstTimestamp: e['deprecatedFirstTimestamp'] ?? null,
      lastTimestamp: e['deprecatedLastTimestamp'] ?? null,
      count: e['deprecatedCount'],
      type: e['type'],
      eventTime: e['eventTime'] ?? null,
      series: e['series'],
      action: e['action'],
      related: e['related'],
      reportingComponent: e['reportingController'] ?? '',
      reportingInstance: e['reportingInstance'] ?? '',
    }),
  'autoscaling/v2>autoscaling/v1 horizontalpodautoscalers': hpa => {
    const { metrics, behavior: _, ...spec } = hpa['spec']
    const cpu = cpuOf(metrics)
    const current = cpuOf(hpa['status']?.currentMetrics)
    const { currentMetrics: __, conditions: ___, ...status } = hpa['status'] ?? {}
    return {
      ...hpa,
      apiVersion: 'autoscaling/v1',
      spec: without({ ...spec, targetCPUUtilizationPercentage: cpu?.resource?.target?.averageUtilization }),
      status: without({ currentReplicas: 0, ...status, currentCPUUtilizationPercentage: current?.resource?.current?.averageUtilization }),
    }
  },
  'autoscaling/v1>autoscaling/v2 horizontalpodautoscalers': hpa => {
    const { targetCPUUtilizationPercentage: percent, ...spec } = hpa['spec']
    const metrics =
      percent === undefined ? undefined : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } } }]
    const { currentCPUUtilizationPercentage: used, ...status } = hpa['status'] ?? {}
    const currentMetrics =
      used === undefined ? null : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: used, averageValue: '0' } } }]
    return { ...hpa, apiVersion: 'autoscaling/v2', spec: without({ ...spec, metrics }), status: { ...status, currentMetrics } }
  },
}

const cpuOf = (metrics: any[] | null | undefined): any => metrics?.find(m => m.type === 'Resource' && m.resource?.name === 'cpu')

function without<T extends Record<string, any>>(record: T): T {
  for (const key in record) if (record[key] === undefined) delete record[key]
  return record
}

// workloads.ts: the rows of Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs, CronJobs and autoscalers.
// Models k8s.io/kubernetes/pkg/printers/internalversion/printers.go
// Differs: nothing known

import { humanDuration } from '../duration.ts'
import { formatLabelSelector, selectorOf, selectorText } from '../labels.ts'
import { parseTime } from '../time.ts'
import type { Print } from './cells.ts'
import { ageOf, containerImages, containerNames, labelsText } from './cells.ts'

export const printDeployment: Print = ({ spec, status, metadata }, now) => {
  const selector = selectorOf(spec.selector ?? {})
  return {
    cells: [
      metadata.name,
      `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
      status?.updatedReplicas ?? 0,
      status?.availableReplicas ?? 0,
      ageOf(metadata.creationTimestamp, now),
      ...templateCells(spec.template),
      'error' in selector ? '<invalid>' : selectorText(selector),
    ],
  }
}

export const printReplicaSet: Print = ({ spec, status, metadata }, now) => ({
  cells: [...replicaCells(metadata, spec, status, now), ...templateCells(spec.template), formatLabelSelector(spec.selector)],
})

export const printReplicationController: Print = ({ spec, status, metadata }, now) => ({
  cells: [...replicaCells(metadata, spec, status, now), ...templateCells(spec.template), labelsText(spec.selector)],
})

export const printStatefulSet: Print = ({ spec, status, metadata }, now) => ({
  cells: [metadata.name, `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`, ageOf(metadata.creationTimestamp, now), ...templateCells(spec.template)],
})

export const printDaemonSet: Print = ({ spec, status, metadata }, now) => ({
  cells: [
    metadata.name,
    status?.desiredNumberScheduled ?? 0,
    status?.currentNumberScheduled ?? 0,
    status?.numberReady ?? 0,
    status?.updatedNumberScheduled ?? 0,
    status?.numberAvailable ?? 0,
    labelsText(spec.template?.spec?.nodeSelector),
    ageOf(metadata.creationTimestamp, now),
    ...templateCells(spec.template),
    formatLabelSelector(spec.selector),
  ],
})

export const printJob: Print = ({ spec, status, metadata }, now) => {
  const done = status?.succeeded ?? 0
  const parallelism = spec.parallelism ?? 0
  const completions = spec.completions ?? undefined
  const text = completions !== undefined ? `${done}/${completions}` : parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`
  const started = parseTime(status?.startTime)
  const duration = started === undefined ? '' : humanDuration((parseTime(status.completionTime) ?? now) - started)
  return {
    cells: [
      metadata.name,
      jobStatus(status, metadata),
      text,
      duration,
      ageOf(metadata.creationTimestamp, now),
      ...templateCells(spec.template),
      formatLabelSelector(spec.selector),
    ],
  }
}

export const printCronJob: Print = ({ spec, status, metadata }, now) => ({
  cells: [
    metadata.name,
    spec.schedule ?? '',
    spec.timeZone ?? '<none>',
    spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False',
    (status?.active ?? []).length,
    status?.lastScheduleTime ? ageOf(status.lastScheduleTime, now) : '<none>',
    ageOf(metadata.creationTimestamp, now),
    ...templateCells(spec.jobTemplate?.spec?.template),
    formatLabelSelector(spec.jobTemplate?.spec?.selector),
  ],
})

export const printAutoscaler: Print = ({ spec, status, metadata }, now) => ({
  cells: [
    metadata.name,
    `${spec.scaleTargetRef?.kind ?? ''}/${spec.scaleTargetRef?.name ?? ''}`,
    metricsText(spec.metrics ?? [], status?.currentMetrics ?? []),
    spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    spec.maxReplicas ?? 0,
    status?.currentReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
  ],
})

function replicaCells(metadata: any, spec: any, status: any, now: number): (string | number)[] {
  return [metadata.name, spec.replicas ?? 0, status?.replicas ?? 0, status?.readyReplicas ?? 0, ageOf(metadata.creationTimestamp, now)]
}

function templateCells(template: any): string[] {
  return [containerNames(template?.spec), containerImages(template?.spec)]
}

function jobStatus(status: any, metadata: any): string {
  const is = (type: string): boolean => status?.conditions?.find((c: any) => c.type === type)?.status === 'True'
  if (is('Complete')) return 'Complete'
  if (is('Failed')) return 'Failed'
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(is) ?? 'Running'
}

function metricsText(specs: any[], statuses: any[]): string {
  if (specs.length === 0) return '<none>'
  const list = specs.map((spec, i) => metricText(spec, statuses[i]))
  return list.length > 2 ? `${list.slice(0, 2).join(', ')} + ${list.length - 2} more...` : list.join(', ')
}

function metricText(spec: any, status: any): string {
  const unknown = '<unknown>'
  switch (spec.type) {
    case 'External':
    case 'Object': {
      const key = spec.type.toLowerCase()
      const { target } = spec[key]
      const current = status?.[key]?.current
      if (target.averageValue !== undefined) return `${current?.averageValue ?? unknown}/${target.averageValue} (avg)`
      return `${current?.value ?? unknown}/${target.value}`
    }
    case 'Pods':
      return `${status?.pods?.current?.averageValue ?? unknown}/${spec.pods.target.averageValue}`
    case 'Resource':
    case 'ContainerResource': {
      const key = spec.type === 'Resource' ? 'resource' : 'containerResource'
      const { name, target } = spec[key]
      const current = status?.[key]?.current
      if (target.averageValue !== undefined) return `${name}: ${current?.averageValue ?? unknown}/${target.averageValue}`
      const wanted = target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`
      return `${name}: ${current?.averageUtilization === undefined ? unknown : `${current.averageUtilization}%`}/${wanted}`
    }
    default:
      return '<unknown type>'
  }
}

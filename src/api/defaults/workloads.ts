// workloads.ts: what the server fills into Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs, CronJobs and autoscalers.
// Models k8s.io/kubernetes/pkg/apis/{apps,batch,autoscaling}/*/defaults.go
// Differs: nothing known

import { fill, mapField, mapItems, withFields } from '../edit.ts'
import { defaultClaimSpec, defaultTemplate } from './pod.ts'

type Fields = Record<string, any>

export function defaultDeployment(deployment: Fields): Fields {
  return onSpec(deployment, spec => {
    let strategy = fill(spec['strategy'] ?? {}, { type: 'RollingUpdate' })
    if (strategy['type'] === 'RollingUpdate') {
      strategy = withFields(strategy, { rollingUpdate: fill(strategy['rollingUpdate'] ?? {}, { maxUnavailable: '25%', maxSurge: '25%' }) })
    }
    return fill(withFields(withTemplate(spec), { strategy }), { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 })
  })
}

export function defaultReplicaSet(set: Fields): Fields {
  return onSpec(set, spec => fill(withTemplate(spec), { replicas: 1 }))
}

export function defaultReplicationController(controller: Fields): Fields {
  let out = onSpec(controller, spec => fill(withTemplate(spec), { replicas: 1 }))
  const labels = out['spec']?.template?.metadata?.labels
  if (labels === undefined) return out
  out = onSpec(out, spec => fill(spec, { selector: labels }))
  return mapField(out, 'metadata', metadata => fill(metadata, { labels }))
}

export function defaultStatefulSet(set: Fields): Fields {
  return onSpec(set, spec => {
    let strategy = spec['updateStrategy'] ?? {}
    if (!strategy['type']) strategy = fill(strategy, { type: 'RollingUpdate', rollingUpdate: {} })
    if (strategy['type'] === 'RollingUpdate') strategy = mapField(strategy, 'rollingUpdate', rolling => fill(rolling, { partition: 0, maxUnavailable: 1 }))
    const retention = fill(spec['persistentVolumeClaimRetentionPolicy'] ?? {}, { whenDeleted: 'Retain', whenScaled: 'Retain' })
    const out = withFields(withTemplate(spec), { updateStrategy: strategy, persistentVolumeClaimRetentionPolicy: retention })
    const claims = mapItems(out, 'volumeClaimTemplates', claim => {
      const filled = mapField(claim, 'spec', defaultClaimSpec)
      return mapField(withFields(filled, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' }), 'status', status => fill(status, { phase: 'Pending' }))
    })
    return fill(claims, { replicas: 1, podManagementPolicy: 'OrderedReady', revisionHistoryLimit: 10 })
  })
}

export function defaultDaemonSet(set: Fields): Fields {
  return onSpec(set, spec => {
    let strategy = fill(spec['updateStrategy'] ?? {}, { type: 'RollingUpdate' })
    if (strategy['type'] === 'RollingUpdate') {
      strategy = withFields(strategy, { rollingUpdate: fill(strategy['rollingUpdate'] ?? {}, { maxUnavailable: 1, maxSurge: 0 }) })
    }
    return fill(withFields(withTemplate(spec), { updateStrategy: strategy }), { revisionHistoryLimit: 10 })
  })
}

export function defaultJob(job: Fields): Fields {
  const out = onSpec(job, defaultJobSpec)
  const labels = out['spec']?.template?.metadata?.labels
  return labels === undefined ? out : mapField(out, 'metadata', metadata => fill(metadata, { labels }))
}

export function defaultCronJob(cron: Fields): Fields {
  return onSpec(cron, spec => {
    const out = fill(spec, { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 })
    return mapField(out, 'jobTemplate', template => mapField(template, 'spec', withTemplateAndRules))
  })
}

export function defaultAutoscaler(autoscaler: Fields): Fields {
  return onSpec(autoscaler, spec => {
    const out = fill(spec, { minReplicas: 1 })
    if (autoscaler['apiVersion'] === 'autoscaling/v1') return out
    const cpu = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }]
    const withMetrics = out['metrics']?.length > 0 ? out : withFields(out, { metrics: cpu })
    return mapField(withMetrics, 'behavior', behavior => {
      const up = fill(behavior['scaleUp'] ?? {}, SCALE_UP)
      const down = fill(behavior['scaleDown'] ?? {}, SCALE_DOWN)
      return withFields(behavior, { scaleUp: up, scaleDown: down })
    })
  })
}

const SCALE_UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
}
const SCALE_DOWN = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] }

function defaultJobSpec(spec: Fields): Fields {
  const neither = (spec['completions'] ?? null) === null && (spec['parallelism'] ?? null) === null
  return fill(withTemplateAndRules(spec), {
    parallelism: 1,
    ...(neither ? { completions: 1 } : {}),
    backoffLimit: (spec['backoffLimitPerIndex'] ?? null) === null ? 6 : 2_147_483_647,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: (spec['podFailurePolicy'] ?? null) === null ? 'TerminatingOrFailed' : 'Failed',
    manualSelector: false,
  })
}

function withTemplateAndRules(spec: Fields): Fields {
  return mapField(withTemplate(spec), 'podFailurePolicy', policy =>
    mapItems(policy, 'rules', rule =>
      mapItems(rule, 'onPodConditions', condition => (condition['status'] ? condition : withFields(condition, { status: 'True' }))),
    ),
  )
}

function withTemplate(spec: Fields): Fields {
  return mapField(spec, 'template', defaultTemplate)
}

function onSpec(object: Fields, change: (spec: Fields) => Fields): Fields {
  return mapField(object, 'spec', change)
}

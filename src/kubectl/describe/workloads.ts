// workloads.ts: descriptions of what keeps Pods: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs, CronJobs, autoscalers.
// Models k8s.io/kubectl/pkg/describe/describe.go
// Differs: metrics of an autoscaler are shown for resources alone

import { humanDuration } from '../../api/duration.ts'
import { formatLabelSelector } from '../../api/labels.ts'
import { parseTime } from '../../api/time.ts'
import { annotations, conditions, controlledBy, events, heading, labels, type Paper, rfc1123 } from './paper.ts'
import { podTemplate } from './pod.ts'

const REVISION = 'deployment.kubernetes.io/revision'

export function describeDeployment(p: Paper, d: any, replicaSets: any[], list: any[] | undefined): void {
  const { spec, status = {} } = d
  p.field('Name', d.metadata.name)
  p.field('Namespace', d.metadata.namespace)
  p.field('CreationTimestamp', rfc1123(d.metadata.creationTimestamp))
  labels(p, 'Labels', d.metadata.labels)
  annotations(p, 'Annotations', d.metadata.annotations)
  p.field('Selector', formatLabelSelector(spec.selector))
  const n = (x: number | undefined) => x ?? 0
  p.field(
    'Replicas',
    `${spec.replicas} desired | ${n(status.updatedReplicas)} updated | ${n(status.replicas)} total | ${n(status.availableReplicas)} available | ${n(status.unavailableReplicas)} unavailable`,
  )
  p.field('StrategyType', spec.strategy?.type ?? '')
  p.field('MinReadySeconds', spec.minReadySeconds ?? 0)
  const rolling = spec.strategy?.rollingUpdate
  if (rolling) p.field('RollingUpdateStrategy', `${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`)
  podTemplate(p, spec.template)
  conditions(p, status.conditions)
  const owned = replicaSets.filter(rs => (rs.metadata.ownerReferences ?? []).some((o: any) => o.controller && o.uid === d.metadata.uid))
  const newest = newReplicaSet(d, owned)
  p.field('OldReplicaSets', setsText(owned.filter(rs => rs !== newest)))
  p.field('NewReplicaSet', setsText(newest ? [newest] : []))
  events(p, list)
}

/** The oldest whose template is the Deployment's. */
export function newReplicaSet(d: any, owned: any[]): any | undefined {
  const plain = (template: any) => {
    const { 'pod-template-hash': _, ...rest } = template?.metadata?.labels ?? {}
    return JSON.stringify(sorted({ ...template, metadata: { ...template?.metadata, labels: rest } }))
  }
  const wanted = plain(d.spec.template)
  const byAge = [...owned].sort((a, b) => {
    const [x, y] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp]
    return x === y ? (a.metadata.name < b.metadata.name ? -1 : 1) : x < y ? -1 : 1
  })
  return byAge.find(rs => plain(rs.spec.template) === wanted)
}

function sorted(value: any): any {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .filter(k => value[k] !== undefined && value[k] !== null)
      .map(k => [k, sorted(value[k])]),
  )
}

const setsText = (list: any[]): string =>
  list.length === 0 ? '<none>' : list.map(rs => `${rs.metadata.name} (${rs.status?.replicas ?? 0}/${rs.spec.replicas ?? 0} replicas created)`).join(', ')

export const revisionOf = (object: any): number => Number(object.metadata.annotations?.[REVISION] ?? 0)

export function describeReplicaSet(p: Paper, rs: any, pods: any[], list: any[] | undefined): void {
  p.field('Name', rs.metadata.name)
  p.field('Namespace', rs.metadata.namespace)
  p.field('Selector', selectorText(rs))
  labels(p, 'Labels', rs.metadata.labels)
  annotations(p, 'Annotations', rs.metadata.annotations)
  controlledBy(p, rs)
  p.field('Replicas', `${rs.status?.replicas ?? 0} current / ${rs.spec.replicas} desired`)
  podsStatus(p, pods, rs)
  podTemplate(p, rs.spec.template)
  conditions(p, rs.status?.conditions)
  events(p, list)
}

const selectorText = (o: any): string =>
  o.kind === 'ReplicationController' ? formatLabelSelector({ matchLabels: o.spec.selector }) : formatLabelSelector(o.spec.selector)

function podsStatus(p: Paper, pods: any[], owner: any): void {
  const mine = pods.filter(x => (x.metadata.ownerReferences ?? []).some((o: any) => o.controller && o.uid === owner.metadata.uid))
  const count = (phase: string) => mine.filter(x => x.status?.phase === phase).length
  p.field('Pods Status', `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`)
}

export function describeStatefulSet(p: Paper, s: any, pods: any[], list: any[] | undefined): void {
  p.field('Name', s.metadata.name)
  p.field('Namespace', s.metadata.namespace)
  p.field('CreationTimestamp', rfc1123(s.metadata.creationTimestamp))
  p.field('Selector', formatLabelSelector(s.spec.selector))
  labels(p, 'Labels', s.metadata.labels)
  annotations(p, 'Annotations', s.metadata.annotations)
  if (s.spec.serviceName) p.field('Service Name', s.spec.serviceName)
  if (s.spec.podManagementPolicy) p.field('Pod Management Policy', s.spec.podManagementPolicy)
  p.field('Replicas', `${s.spec.replicas} desired | ${s.status?.replicas ?? 0} total`)
  p.field('Update Strategy', s.spec.updateStrategy?.type ?? '')
  const rolling = s.spec.updateStrategy?.rollingUpdate
  if (rolling?.partition !== undefined) {
    p.line(1, `Partition:\t${rolling.partition}`)
    if (rolling.maxUnavailable !== undefined) p.line(1, `MaxUnavailable:\t${rolling.maxUnavailable}`)
  }
  const kept = s.spec.persistentVolumeClaimRetentionPolicy
  if (kept) p.line(0, `Persistent Volume Claim Retention Policy:\n  WhenDeleted:\t${kept.whenDeleted}\n  WhenScaled:\t${kept.whenScaled}`)
  podsStatus(p, pods, s)
  podTemplate(p, s.spec.template)
  const claims = s.spec.volumeClaimTemplates ?? []
  if (claims.length === 0) p.field('Volume Claims', '<none>')
  else {
    p.line(0, 'Volume Claims:')
    for (const c of claims) {
      p.line(1, `Name:\t${c.metadata.name}`)
      p.line(1, `StorageClass:\t${c.spec.storageClassName ?? ''}`)
      labels(p, '  Labels', c.metadata.labels)
      annotations(p, '  Annotations', c.metadata.annotations)
      p.line(1, `Capacity:\t${c.spec.resources?.requests?.storage ?? '<default>'}`)
      p.line(1, `Access Modes:\t[${(c.spec.accessModes ?? []).join(' ')}]`)
    }
  }
  events(p, list)
}

export function describeDaemonSet(p: Paper, d: any, pods: any[], list: any[] | undefined): void {
  p.field('Name', d.metadata.name)
  p.field('Namespace', d.metadata.namespace)
  p.field('Selector', formatLabelSelector(d.spec.selector))
  labels(p, 'Node-Selector', d.spec.template.spec.nodeSelector)
  labels(p, 'Labels', d.metadata.labels)
  annotations(p, 'Annotations', d.metadata.annotations)
  const { status = {} } = d
  p.line(0, `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled ?? 0}`)
  p.line(0, `Current Number of Nodes Scheduled: ${status.currentNumberScheduled ?? 0}`)
  p.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}`)
  p.line(0, `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}`)
  p.line(0, `Number of Nodes Misscheduled: ${status.numberMisscheduled ?? 0}`)
  podsStatus(p, pods, d)
  podTemplate(p, d.spec.template)
  events(p, list)
}

export function describeJob(p: Paper, j: any, list: any[] | undefined): void {
  const { spec, status = {} } = j
  p.field('Name', j.metadata.name)
  p.field('Namespace', j.metadata.namespace)
  if (spec.selector) p.field('Selector', formatLabelSelector(spec.selector))
  labels(p, 'Labels', j.metadata.labels)
  annotations(p, 'Annotations', j.metadata.annotations)
  controlledBy(p, j)
  if (spec.parallelism !== undefined) p.field('Parallelism', spec.parallelism)
  p.field('Completions', spec.completions ?? '<unset>')
  if (spec.completionMode) p.field('Completion Mode', spec.completionMode)
  if (spec.suspend !== undefined) p.field('Suspend', spec.suspend)
  if (spec.backoffLimit !== undefined) p.field('Backoff Limit', spec.backoffLimit)
  if (spec.ttlSecondsAfterFinished !== undefined) p.field('TTL Seconds After Finished', spec.ttlSecondsAfterFinished)
  if (status.startTime) p.field('Start Time', rfc1123(status.startTime))
  if (status.completionTime) {
    p.field('Completed At', rfc1123(status.completionTime))
    if (status.startTime) p.field('Duration', humanDuration(parseTime(status.completionTime)! - parseTime(status.startTime)!))
  }
  if (spec.activeDeadlineSeconds !== undefined) p.field('Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`)
  const n = (x: number | undefined) => x ?? 0
  p.field('Pods Statuses', `${n(status.active)} Active (${n(status.ready)} Ready) / ${n(status.succeeded)} Succeeded / ${n(status.failed)} Failed`)
  if (spec.completionMode === 'Indexed') p.field('Completed Indexes', status.completedIndexes || '<none>')
  podTemplate(p, spec.template)
  events(p, list)
}

export function describeCronJob(p: Paper, c: any, list: any[] | undefined): void {
  const { spec, status = {} } = c
  heading(p, c)
  p.field('Schedule', spec.schedule)
  p.field('Concurrency Policy', spec.concurrencyPolicy)
  p.field('Suspend', (spec.suspend ?? false) ? 'True' : 'False')
  p.field('Time Zone', spec.timeZone ?? '<unset>')
  p.field('Successful Job History Limit', spec.successfulJobsHistoryLimit ?? '<unset>')
  p.field('Failed Job History Limit', spec.failedJobsHistoryLimit ?? '<unset>')
  p.field('Starting Deadline Seconds', spec.startingDeadlineSeconds === undefined ? '<unset>' : `${spec.startingDeadlineSeconds}s`)
  const job = spec.jobTemplate.spec
  p.field('Selector', job.selector ? formatLabelSelector(job.selector) : '<unset>')
  p.field('Parallelism', job.parallelism ?? '<unset>')
  p.field('Completions', job.completions ?? '<unset>')
  if (job.activeDeadlineSeconds !== undefined) p.field('Active Deadline Seconds', `${job.activeDeadlineSeconds}s`)
  podTemplate(p, job.template)
  p.field('Last Schedule Time', status.lastScheduleTime ? rfc1123(status.lastScheduleTime) : '<unset>')
  p.field('Active Jobs', (status.active ?? []).length > 0 ? status.active.map((a: any) => a.name).join(', ') : '<none>')
  events(p, list)
}

export function describeAutoscaler(p: Paper, h: any, list: any[] | undefined): void {
  const { spec, status = {} } = h
  heading(p, h)
  p.field('CreationTimestamp', rfc1123(h.metadata.creationTimestamp))
  p.field('Reference', `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`)
  p.line(0, 'Metrics:\t( current / target )')
  for (const m of spec.metrics ?? []) {
    if (m.type !== 'Resource') continue
    const current = (status.currentMetrics ?? []).find((c: any) => c.resource?.name === m.resource.name)?.resource?.current
    const { target, name } = m.resource
    if (target.averageUtilization !== undefined) {
      const now = current?.averageUtilization === undefined ? '<unknown>' : `${current.averageUtilization}% (${current.averageValue})`
      p.line(1, `resource ${name} on pods  (as a percentage of request):\t${now} / ${target.averageUtilization}%`)
    } else p.line(1, `resource ${name} on pods:\t${current?.averageValue ?? '<unknown>'} / ${target.averageValue}`)
  }
  p.field('Min replicas', spec.minReplicas ?? '<unset>')
  p.field('Max replicas', spec.maxReplicas)
  p.field(`${spec.scaleTargetRef.kind} pods`, `${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`)
  if (status.conditions?.length > 0) {
    p.line(0, 'Conditions:\n  Type\tStatus\tReason\tMessage')
    p.line(1, '----\t------\t------\t-------')
    for (const c of status.conditions) p.line(1, `${c.type}\t${c.status}\t${c.reason ?? ''}\t${c.message ?? ''}`)
  }
  events(p, list)
}

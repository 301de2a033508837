// workloads.ts: validation of Deployments, ReplicaSets, StatefulSets and DaemonSets, and of statuses that count replicas.
// Models k8s.io/kubernetes/pkg/apis/apps/validation/validation.go
// Differs: nothing known

import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, notSupported, required } from '../field.ts'
import { isEmptySelector, labelSelectorMatches, selectorOf } from '../labels.ts'
import { dns1123Label, percent } from '../name.ts'
import { goInternal, shownSelector, sortedMap } from './diff.ts'
import {
  each,
  immutable,
  labelName,
  nonNegative,
  subdomainName,
  validateAnnotations,
  validateLabelSelector,
  validateLabels,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from './metadata.ts'
import { validatePodAnnotations, validateTemplate } from './pod.ts'
import { validateClaimSpec } from './storage.ts'

export const MISMATCH = '`selector` does not match template `labels`'

export function validateDeployment(object: any): FieldError[] {
  return [...validateObjectMeta(object.metadata, true, subdomainName), ...deploymentSpec(object.spec)]
}

export function validateDeploymentUpdate(object: any, old: any): FieldError[] {
  return [...validateObjectMetaUpdate(object.metadata, old.metadata), ...deploymentSpec(object.spec), ...sameSelector(object.spec.selector, old.spec.selector)]
}

export function validateReplicaSet(object: any): FieldError[] {
  return [...validateObjectMeta(object.metadata, true, subdomainName), ...replicaSetSpec(object.spec)]
}

export function validateReplicaSetUpdate(object: any, old: any): FieldError[] {
  return [...validateObjectMetaUpdate(object.metadata, old.metadata), ...replicaSetSpec(object.spec), ...sameSelector(object.spec.selector, old.spec.selector)]
}

export function validateStatefulSet(object: any): FieldError[] {
  return [...validateObjectMeta(object.metadata, true, labelName), ...statefulSetSpec(object.spec, true)]
}

/** What cannot change is not judged for what it is. */
export function validateStatefulSetUpdate(object: any, old: any): FieldError[] {
  const [now, was] = [object.spec, old.spec]
  return [
    ...statefulSetSpec(now, false),
    ...sameSelector(now.selector, was.selector),
    ...immutable(now.volumeClaimTemplates, was.volumeClaimTemplates, 'spec.volumeClaimTemplates', claims(now.volumeClaimTemplates)),
    ...immutable(now.serviceName ?? '', was.serviceName ?? '', 'spec.serviceName'),
    ...immutable(now.podManagementPolicy ?? '', was.podManagementPolicy ?? '', 'spec.podManagementPolicy'),
  ]
}

export function validateDaemonSet(object: any): FieldError[] {
  return [...validateObjectMeta(object.metadata, true, subdomainName), ...daemonSetSpec(object.spec)]
}

export function validateDaemonSetUpdate(object: any, old: any): FieldError[] {
  return [...validateObjectMetaUpdate(object.metadata, old.metadata), ...sameSelector(object.spec.selector, old.spec.selector), ...daemonSetSpec(object.spec)]
}

const sameSelector = (selector: any, old: any): FieldError[] => immutable(selector, old, 'spec.selector', shownSelector(selector))

/** Statuses that count replicas: nothing negative, no part more than the whole. */
export function validateReplicaStatus(object: any, old: any): FieldError[] {
  const status = object.status ?? {}
  const errors = validateObjectMetaUpdate(object.metadata, old.metadata)
  const counts = COUNTS[object.kind] ?? []
  for (const key of counts) errors.push(...nonNegative(`status.${key}`, status[key]))
  for (const key of PARTS[object.kind] ?? []) {
    if ((status[key] ?? 0) > (status.replicas ?? 0)) {
      errors.push(invalidValue(`status.${key}`, status[key], 'cannot be greater than status.replicas'))
    }
  }
  if (object.kind !== 'DaemonSet' && (status.availableReplicas ?? 0) > (status.readyReplicas ?? 0)) {
    const word = object.kind === 'StatefulSet' ? 'status.readyReplicas' : 'readyReplicas'
    errors.push(invalidValue('status.availableReplicas', status.availableReplicas, `cannot be greater than ${word}`))
  }
  const collisions = old.status?.collisionCount
  if (collisions !== undefined && (status.collisionCount ?? 0) < collisions) {
    errors.push(invalidValue('status.collisionCount', status.collisionCount ?? 0, 'cannot be decremented'))
  }
  return errors
}

/** A number that is not negative, or a percentage. */
export function intOrPercent(value: unknown, path: string): FieldError[] {
  return typeof value === 'string' ? each(path, value, percent(value)) : nonNegative(path, value as number)
}

export function atMost100Percent(value: unknown, path: string): FieldError[] {
  return percentOf(value) > 100 ? [invalidValue(path, value, 'must not be greater than 100%')] : []
}

export function amountOf(value: unknown): number {
  return typeof value === 'string' ? percentOf(value) : ((value as number | undefined) ?? 0)
}

function percentOf(value: unknown): number {
  return typeof value === 'string' && /^\d+%$/.test(value) ? Number(value.slice(0, -1)) : 0
}

const COUNTS: Record<string, string[]> = {
  Deployment: [
    ...['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas'],
    ...['terminatingReplicas', 'collisionCount'],
  ],
  ReplicaSet: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration', 'terminatingReplicas'],
  ReplicationController: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
  StatefulSet: ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration', 'collisionCount'],
  DaemonSet: [
    ...['currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady', 'observedGeneration'],
    ...['updatedNumberScheduled', 'numberAvailable', 'numberUnavailable', 'collisionCount'],
  ],
}
const PARTS: Record<string, string[]> = {
  Deployment: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
  ReplicaSet: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  ReplicationController: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  StatefulSet: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
}

function deploymentSpec(spec: any): FieldError[] {
  const errors = nonNegative('spec.replicas', spec.replicas)
  errors.push(...selectorErrors(spec.selector, 'deployment'), ...templateErrors(spec), ...strategyErrors(spec.strategy ?? {}))
  for (const key of ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']) errors.push(...nonNegative(`spec.${key}`, spec[key]))
  const deadline = spec.progressDeadlineSeconds
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    errors.push(invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'))
  }
  return errors
}

function strategyErrors(strategy: any): FieldError[] {
  const { type, rollingUpdate } = strategy
  const path = 'spec.strategy.rollingUpdate'
  if (type === 'Recreate') {
    return rollingUpdate === undefined ? [] : [forbiddenField(path, "may not be specified when strategy `type` is 'Recreate'")]
  }
  if (type !== 'RollingUpdate') {
    const shown = goInternal('apps/v1.DeploymentStrategy', strategy)
    return [notSupported('spec.strategy', shown, ['Recreate', 'RollingUpdate'])]
  }
  if (rollingUpdate === undefined) return [required(path, 'this should be defaulted and never be nil')]
  const { maxUnavailable, maxSurge } = rollingUpdate
  const errors = [...intOrPercent(maxUnavailable, `${path}.maxUnavailable`), ...intOrPercent(maxSurge, `${path}.maxSurge`)]
  if (amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0) {
    errors.push(invalidValue(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'))
  }
  return [...errors, ...atMost100Percent(maxUnavailable, `${path}.maxUnavailable`)]
}

function replicaSetSpec(spec: any): FieldError[] {
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...selectorErrors(spec.selector, 'deployment'),
    ...templateErrors(spec),
  ]
}

/** Of a Deployment or ReplicaSet. */
function templateErrors(spec: any): FieldError[] {
  const selector = spec.selector ?? undefined
  if (selector !== undefined && 'error' in selectorOf(selector)) return [invalidValue('spec.selector', shownSelector(selector), 'invalid label selector')]
  const errors: FieldError[] = []
  const { metadata = {}, spec: pod = {} } = spec.template ?? {}
  if (isEmptySelector(selector) ? selector === undefined : !labelSelectorMatches(selector, metadata.labels)) {
    errors.push(invalidValue('spec.template.metadata.labels', sortedMap(metadata.labels), MISMATCH))
  }
  errors.push(...validateTemplate(spec.template, 'spec.template'))
  if (pod.restartPolicy !== 'Always') errors.push(notSupported('spec.template.spec.restartPolicy', pod.restartPolicy ?? '', ['Always']))
  if (pod.activeDeadlineSeconds !== undefined) {
    errors.push(forbiddenField('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in ReplicaSet is not Supported'))
  }
  return errors
}

function selectorErrors(selector: any, word: string): FieldError[] {
  if (selector === undefined || selector === null) return [required('spec.selector')]
  const errors = validateLabelSelector(selector, 'spec.selector')
  if (isEmptySelector(selector)) errors.push(invalidValue('spec.selector', selector, `empty selector is invalid for ${word}`))
  return errors
}

function statefulSetSpec(spec: any, isNew: boolean): FieldError[] {
  const errors: FieldError[] = []
  const { podManagementPolicy: policy, updateStrategy: strategy = {}, persistentVolumeClaimRetentionPolicy: retention = {} } = spec
  if (!policy) errors.push(required('spec.podManagementPolicy'))
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(invalidValue('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"))
  }
  errors.push(...statefulStrategy(strategy))
  for (const key of ['whenDeleted', 'whenScaled']) {
    const value = retention[key]
    if (value !== 'Retain' && value !== 'Delete') {
      errors.push(notSupported(`spec.persistentVolumeClaimRetentionPolicy.${key}`, value ?? '', ['Retain', 'Delete']))
    }
  }
  for (const [i, claim] of (isNew ? (spec.volumeClaimTemplates ?? []) : []).entries()) {
    errors.push(...validateClaimSpec(claim.spec ?? {}, `spec.volumeClaimTemplates[${i}].spec`))
  }
  errors.push(...nonNegative('spec.replicas', spec.replicas), ...nonNegative('spec.minReadySeconds', spec.minReadySeconds))
  errors.push(...nonNegative('spec.ordinals.start', spec.ordinals?.start))
  if (isNew && spec.serviceName) errors.push(...each('spec.serviceName', spec.serviceName, dns1123Label(spec.serviceName)))
  errors.push(...selectorErrors(spec.selector, 'statefulset'))
  if (spec.selector != null && 'error' in selectorOf(spec.selector)) errors.push(invalidValue('spec.selector', shownSelector(spec.selector), ''))
  else errors.push(...statefulTemplate(spec))
  const pod = spec.template?.spec ?? {}
  if (pod.restartPolicy !== 'Always') errors.push(notSupported('spec.template.spec.restartPolicy', pod.restartPolicy ?? '', ['Always']))
  if (pod.activeDeadlineSeconds !== undefined) {
    errors.push(forbiddenField('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in StatefulSet is not Supported'))
  }
  return errors
}

function statefulStrategy({ type, rollingUpdate, ...rest }: any): FieldError[] {
  const path = 'spec.updateStrategy'
  if (!type) return [required(path)]
  const internal = rollingUpdate === undefined ? null : goInternal('apps/v1.RollingUpdateStatefulSetStrategy', rollingUpdate)
  if (type === 'OnDelete') {
    return rollingUpdate === undefined ? [] : [invalidValue(`${path}.rollingUpdate`, internal, "only allowed for updateStrategy 'RollingUpdate'")]
  }
  if (type !== 'RollingUpdate') {
    return [invalidValue(path, { Type: type, RollingUpdate: internal, ...rest }, "must be 'RollingUpdate' or 'OnDelete'")]
  }
  const errors = nonNegative(`${path}.rollingUpdate.partition`, rollingUpdate?.partition)
  const most = rollingUpdate?.maxUnavailable
  if (most === undefined) return errors
  errors.push(...intOrPercent(most, `${path}.rollingUpdate.maxUnavailable`))
  if (amountOf(most) === 0) errors.push(invalidValue(`${path}.rollingUpdate.maxUnavailable`, most, 'cannot be 0'))
  return [...errors, ...atMost100Percent(most, `${path}.rollingUpdate.maxUnavailable`)]
}

/** Volumes of claim templates exist for the Pod. */
function statefulTemplate(spec: any): FieldError[] {
  const path = 'spec.template'
  const { metadata = {}, spec: pod = {} } = spec.template ?? {}
  const errors: FieldError[] = []
  const matches = isEmptySelector(spec.selector) ? spec.selector != null : labelSelectorMatches(spec.selector, metadata.labels)
  if (!matches) errors.push(invalidValue(`${path}.metadata.labels`, sortedMap(metadata.labels), MISMATCH))
  const names = [...new Set<string>((spec.volumeClaimTemplates ?? []).map((c: any) => c.metadata?.name ?? ''))]
  const claimed = names.map(name => ({ name, persistentVolumeClaim: { claimName: name } }))
  const volumes = [...claimed, ...(pod.volumes ?? []).filter((v: any) => !names.includes(v.name))]
  const judged = { ...spec.template, spec: { ...pod, volumes, hostname: undefined, subdomain: undefined } }
  return [
    ...errors,
    ...validateTemplate(judged, path),
    ...validateLabels(metadata.labels, `${path}.labels`),
    ...validateAnnotations(metadata.annotations, `${path}.annotations`),
    ...validatePodAnnotations(metadata.annotations, pod, `${path}.annotations`),
  ]
}

function claims(list: any[] | undefined): unknown {
  return list === undefined ? null : list.map(claim => goInternal('core/v1.PersistentVolumeClaim', claim))
}

function daemonSetSpec(spec: any): FieldError[] {
  const errors = validateLabelSelector(spec.selector, 'spec.selector')
  const { metadata = {}, spec: pod = {} } = spec.template ?? {}
  const readable = spec.selector === undefined || !('error' in selectorOf(spec.selector ?? {}))
  if (readable && !labelSelectorMatches(spec.selector, metadata.labels)) {
    errors.push(invalidValue('spec.template.metadata.labels', sortedMap(metadata.labels), MISMATCH))
  }
  if (spec.selector != null && isEmptySelector(spec.selector)) {
    errors.push(invalidValue('spec.selector', spec.selector, 'empty selector is invalid for daemonset'))
  }
  errors.push(...validateTemplate(spec.template, 'spec.template'))
  if (pod.restartPolicy !== 'Always') errors.push(notSupported('spec.template.spec.restartPolicy', pod.restartPolicy ?? '', ['Always']))
  if (pod.activeDeadlineSeconds !== undefined) {
    errors.push(forbiddenField('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in DaemonSet is not Supported'))
  }
  errors.push(...nonNegative('spec.minReadySeconds', spec.minReadySeconds), ...daemonStrategy(spec.updateStrategy ?? {}))
  return [...errors, ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit)]
}

function daemonStrategy(strategy: any): FieldError[] {
  const { type, rollingUpdate } = strategy
  const path = 'spec.updateStrategy.rollingUpdate'
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate') {
    return [notSupported('spec.updateStrategy', goInternal('apps/v1.DaemonSetUpdateStrategy', strategy), ['RollingUpdate', 'OnDelete'])]
  }
  if (rollingUpdate === undefined) return [required(path)]
  const { maxUnavailable, maxSurge } = rollingUpdate
  const errors = [
    ...intOrPercent(maxUnavailable, `${path}.maxUnavailable`),
    ...intOrPercent(maxSurge, `${path}.maxSurge`),
    ...atMost100Percent(maxUnavailable, `${path}.maxUnavailable`),
    ...atMost100Percent(maxSurge, `${path}.maxSurge`),
  ]
  const [down, up] = [amountOf(maxUnavailable) !== 0, amountOf(maxSurge) !== 0]
  if (down && up) errors.push(invalidValue(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'))
  else if (!down && !up) errors.push(required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'))
  return errors
}

// validation.ts: is an object filled in rightly? By kind, for creation and for change.
// Models k8s.io/kubernetes/pkg/registry/*/strategy.go (Validate, ValidateUpdate) and k8s.io/apiserver/pkg/registry/rest/{create,update}.go
// Differs: kinds without rules of their own are judged by their metadata only

import type { FieldError } from '../field.ts'
import { errorText } from '../field.ts'
import type { KubeObject } from '../object.ts'
import { resourceByKind } from '../resources.ts'
import { validateAutoscaler, validateAutoscalerStatusUpdate, validateAutoscalerUpdate } from './autoscaling.ts'
import { validateIngressStatusUpdate, validateServiceStatusUpdate } from './balancers.ts'
import { validateCronJob, validateCronJobUpdate, validateJob, validateJobUpdate } from './batch.ts'
import {
  validateConfigMap,
  validateConfigMapUpdate,
  validateLease,
  validateNamespace,
  validateNamespaceFinalize,
  validateNamespaceStatusUpdate,
} from './config.ts'
import { validateEndpointSlice, validateEndpointSliceUpdate, validateEndpoints, validateEndpointsUpdate } from './endpoints.ts'
import { validateEvent, validateEventUpdate } from './events.ts'
import { validateJobStatusUpdate } from './jobstatus.ts'
import { pathName, subdomainName, validateCommonMeta, validateCommonMetaUpdate, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts'
import {
  validateIngress,
  validateIngressClass,
  validateIngressClassUpdate,
  validateIngressUpdate,
  validateNetworkPolicy,
  validateNetworkPolicyUpdate,
} from './networking.ts'
import { validateNode, validateNodeStatusUpdate, validateNodeUpdate } from './nodes.ts'
import { validateVolume, validateVolumeUpdate } from './persistentvolumes.ts'
import { validatePodCreate } from './pod.ts'
import { validateEphemeralUpdate, validatePodStatusUpdate, validatePodUpdate, validateResize } from './podupdate.ts'
import { validateBudget, validateBudgetStatusUpdate, validatePriorityClass, validatePriorityClassUpdate } from './policy.ts'
import { validateLimitRange, validateQuota, validateQuotaStatusUpdate, validateQuotaUpdate } from './quotas.ts'
import { validateRole, validateRoleBinding, validateRoleBindingUpdate, validateRoleUpdate } from './rbac.ts'
import { validateReplicationController, validateReplicationControllerUpdate } from './replicationcontrollers.ts'
import { validateSecret, validateSecretUpdate } from './secrets.ts'
import { validateService, validateServiceUpdate } from './services.ts'
import { validateClaim, validateClaimUpdate, validateStorageClass, validateStorageClassUpdate } from './storage.ts'
import { validatePodTemplate, validatePodTemplateUpdate, validateRevision, validateRevisionUpdate } from './templates.ts'
import {
  validateDaemonSet,
  validateDaemonSetUpdate,
  validateDeployment,
  validateDeploymentUpdate,
  validateReplicaSet,
  validateReplicaSetUpdate,
  validateReplicaStatus,
  validateStatefulSet,
  validateStatefulSetUpdate,
} from './workloads.ts'

interface Rules {
  create: (object: any, version: string) => FieldError[]
  update: (object: any, old: any, version: string) => FieldError[]
  status?: (object: any, old: any) => FieldError[]
}

/** A change is judged as a new object. */
const again = (create: (object: any) => FieldError[]): Rules => ({ create, update: create })

const RULES: Record<string, Rules> = {
  Pod: { create: validatePodCreate, update: validatePodUpdate, status: validatePodStatusUpdate },
  Deployment: { create: validateDeployment, update: validateDeploymentUpdate, status: validateReplicaStatus },
  ReplicaSet: { create: validateReplicaSet, update: validateReplicaSetUpdate, status: validateReplicaStatus },
  StatefulSet: { create: validateStatefulSet, update: validateStatefulSetUpdate, status: validateReplicaStatus },
  DaemonSet: { create: validateDaemonSet, update: validateDaemonSetUpdate, status: validateReplicaStatus },
  ReplicationController: { create: validateReplicationController, update: validateReplicationControllerUpdate, status: validateReplicaStatus },
  Job: { create: validateJob, update: validateJobUpdate, status: validateJobStatusUpdate },
  CronJob: { create: validateCronJob, update: validateCronJobUpdate },
  HorizontalPodAutoscaler: { create: validateAutoscaler, update: validateAutoscalerUpdate, status: validateAutoscalerStatusUpdate },
  PodDisruptionBudget: { create: validateBudget, update: validateBudget, status: validateBudgetStatusUpdate },
  PriorityClass: { create: validatePriorityClass, update: validatePriorityClassUpdate },
  Service: { create: validateService, update: validateServiceUpdate, status: validateServiceStatusUpdate },
  Endpoints: { create: validateEndpoints, update: validateEndpointsUpdate },
  EndpointSlice: { create: validateEndpointSlice, update: validateEndpointSliceUpdate },
  Ingress: { create: validateIngress, update: validateIngressUpdate, status: validateIngressStatusUpdate },
  IngressClass: { create: validateIngressClass, update: validateIngressClassUpdate },
  NetworkPolicy: { create: validateNetworkPolicy, update: validateNetworkPolicyUpdate },
  ConfigMap: { create: validateConfigMap, update: validateConfigMapUpdate },
  Secret: { create: validateSecret, update: validateSecretUpdate },
  Namespace: { create: validateNamespace, update: validateNamespace, status: validateNamespaceStatusUpdate },
  Node: { create: validateNode, update: validateNodeUpdate, status: validateNodeStatusUpdate },
  Lease: again(validateLease),
  Event: { create: validateEvent, update: validateEventUpdate },
  ResourceQuota: { create: validateQuota, update: validateQuotaUpdate, status: validateQuotaStatusUpdate },
  LimitRange: again(validateLimitRange),
  PodTemplate: { create: validatePodTemplate, update: validatePodTemplateUpdate },
  ControllerRevision: { create: validateRevision, update: validateRevisionUpdate },
  Role: { create: validateRole, update: validateRoleUpdate },
  ClusterRole: { create: validateRole, update: validateRoleUpdate },
  RoleBinding: { create: validateRoleBinding, update: validateRoleBindingUpdate },
  ClusterRoleBinding: { create: validateRoleBinding, update: validateRoleBindingUpdate },
  PersistentVolume: { create: validateVolume, update: validateVolumeUpdate },
  PersistentVolumeClaim: { create: validateClaim, update: validateClaimUpdate },
  StorageClass: { create: validateStorageClass, update: validateStorageClassUpdate },
}

/** What is wrong with a new object: defaulted, prepared, with its name and uid, as stored; `version` is the one that the request speaks. */
export function validate(object: KubeObject, version = object.apiVersion): FieldError[] {
  const rules = RULES[object.kind]
  const errors = unique(rules === undefined ? nameErrors(object) : rules.create(object, version))
  return errors.length > 0 ? errors : validateCommonMeta(object.metadata, isNamespaced(object), pathName)
}

/** Of kinds without rules here: Kubernetes' own, and those that it was taught. */
function nameErrors(object: KubeObject): FieldError[] {
  const judge = resourceByKind(object.apiVersion, object.kind) === undefined ? validateCommonMeta : validateObjectMeta
  return judge(object.metadata, isNamespaced(object), subdomainName)
}

/** What is wrong with a change, as prepared for this subresource ('' the object itself, `status`, `resize`, …). */
export function validateUpdate(object: KubeObject, old: KubeObject, subresource: string, version = object.apiVersion): FieldError[] {
  const judge = RULES[object.kind] === undefined || LAX.has(object.kind) ? validateCommonMetaUpdate : validateObjectMetaUpdate
  const common = [...validateCommonMeta(object.metadata, isNamespaced(object), pathName), ...judge(object.metadata, old.metadata)]
  return unique([...common, ...changeErrors(object, old, subresource, version)])
}

/** Kinds whose finalizers may change to any name, or whose own rules judge them. */
const LAX = new Set(['PodDisruptionBudget', 'Event', 'Node', 'Namespace', 'LimitRange'])

function changeErrors(object: KubeObject, old: KubeObject, subresource: string, version: string): FieldError[] {
  if (subresource === 'ephemeralcontainers') return validateEphemeralUpdate(object, old)
  if (subresource === 'resize') return validateResize(object, old)
  if (subresource === 'finalize') return validateNamespaceFinalize(object)
  const rules = RULES[object.kind]
  if (subresource === '') return rules?.update(object, old, version) ?? []
  return subresource === 'status' ? (rules?.status?.(object, old) ?? []) : []
}

function isNamespaced({ apiVersion, kind, metadata }: KubeObject): boolean {
  return resourceByKind(apiVersion, kind)?.namespaced ?? metadata.namespace !== undefined
}

/** Each error once: what the strategy and the common rules both find, as metadata in changes, is told in the first place. */
function unique(errors: FieldError[]): FieldError[] {
  if (errors.length < 2) return errors
  const seen = new Set<string>()
  return errors.filter(error => {
    const text = errorText(error)
    if (seen.has(text)) return false
    seen.add(text)
    return true
  })
}

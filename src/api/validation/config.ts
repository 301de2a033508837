// config.ts: validation of ConfigMaps, Namespaces and Leases.
// Models k8s.io/kubernetes/pkg/apis/{core,coordination}/validation/validation.go
// Differs: keys are judged in their order, which Go leaves to chance

import { base64Size } from '../base64.ts'
import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, tooLong } from '../field.ts'
import { bytes, configMapKey, qualifiedName } from '../name.ts'
import { sameJson } from '../patch.ts'
import { each, kubeFinalizer, labelName, subdomainName, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts'

const SIZE_MAX = 1_048_576
const FROZEN = 'field is immutable when `immutable` is set'

export function validateConfigMap(object: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, true, subdomainName)
  let size = 0
  for (const [key, value] of Object.entries<string>(object.data ?? {})) {
    errors.push(...each(`data[${key}]`, key, configMapKey(key)))
    if (object.binaryData?.[key] !== undefined) errors.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'))
    size += bytes(value)
  }
  for (const [key, value] of Object.entries<string>(object.binaryData ?? {})) {
    errors.push(...each(`binaryData[${key}]`, key, configMapKey(key)))
    size += base64Size(value)
  }
  if (size > SIZE_MAX) errors.push(tooLong('', SIZE_MAX))
  return errors
}

export function validateConfigMapUpdate(object: any, old: any): FieldError[] {
  const errors = validateObjectMetaUpdate(object.metadata, old.metadata)
  if (old.immutable === true) {
    if (object.immutable !== true) errors.push(forbiddenField('immutable', FROZEN))
    if (!sameJson(object.data ?? {}, old.data ?? {})) errors.push(forbiddenField('data', FROZEN))
    if (!sameJson(object.binaryData ?? {}, old.binaryData ?? {})) errors.push(forbiddenField('binaryData', FROZEN))
  }
  return [...errors, ...validateConfigMap(object)]
}

export function validateNamespace({ metadata, spec }: any): FieldError[] {
  const errors = validateObjectMeta(metadata, false, labelName)
  const path = 'spec.finalizers'
  for (const name of spec?.finalizers ?? []) errors.push(...each(path, name, qualifiedName(name)), ...kubeFinalizer(name, path))
  return errors
}

export function validateNamespaceStatusUpdate({ metadata, status }: any): FieldError[] {
  const gone = metadata.deletionTimestamp !== undefined
  const phase = status?.phase ?? ''
  if (phase === (gone ? 'Terminating' : 'Active')) return []
  const why = gone ? "may only be 'Terminating' if `deletionTimestamp` is not empty" : "may only be 'Active' if `deletionTimestamp` is empty"
  return [invalidValue('status.Phase', phase, why)]
}

/** Of `namespaces/finalize`. */
export const validateNamespaceFinalize = ({ spec }: any): FieldError[] =>
  ((spec?.finalizers ?? []) as string[]).flatMap((name, i) => {
    const path = `spec.finalizers[${i}]`
    return [...each(path, name, qualifiedName(name)), ...kubeFinalizer(name, path)]
  })

export function validateLease(object: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, true, subdomainName)
  const { leaseDurationSeconds: seconds, leaseTransitions } = object.spec ?? {}
  if (seconds !== undefined && seconds <= 0) errors.push(invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0'))
  if (leaseTransitions < 0) errors.push(invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'))
  return errors
}

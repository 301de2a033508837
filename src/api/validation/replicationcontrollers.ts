// replicationcontrollers.ts: validation of ReplicationControllers.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go and pkg/apis/core/v1/zz_generated.validations.go
// Differs: annotations of fields that could not be converted are passed over

import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, notSupported, required } from '../field.ts'
import { mapMatches } from '../labels.ts'
import { dns1123Subdomain } from '../name.ts'
import { withDeclared } from './declarative.ts'
import { sortedMap } from './diff.ts'
import { each, nonNegative, validateObjectMeta } from './metadata.ts'
import { validateTemplate } from './pod.ts'
import { MISMATCH } from './workloads.ts'

export function validateReplicationController({ metadata, spec }: any): FieldError[] {
  const name = each('metadata.name', metadata.name, dns1123Subdomain(metadata.name ?? ''))
  const { generateName: _, ...rest } = metadata
  const byHand = [...validateObjectMeta(rest, true, longName), ...controllerSpec(spec)]
  return withDeclared(byHand, [...(metadata.name ? name : []), ...replicas(spec), ...nonNegative('spec.minReadySeconds', spec.minReadySeconds)])
}

export function validateReplicationControllerUpdate({ spec }: any, old: any): FieldError[] {
  return withDeclared(controllerSpec(spec), [
    ...(spec.replicas === old.spec.replicas ? [] : replicas(spec)),
    ...(spec.minReadySeconds === old.spec.minReadySeconds ? [] : nonNegative('spec.minReadySeconds', spec.minReadySeconds)),
  ])
}

const longName = (name: string): string[] => dns1123Subdomain(name)

const replicas = (spec: any): FieldError[] => (spec.replicas === undefined ? [required('spec.replicas')] : nonNegative('spec.replicas', spec.replicas))

function controllerSpec(spec: any): FieldError[] {
  const errors = nonNegative('spec.minReadySeconds', spec.minReadySeconds)
  const open = Object.keys(spec.selector ?? {}).length === 0
  if (open) errors.push(required('spec.selector'))
  errors.push(...replicas(spec))
  if (spec.template === undefined) return [...errors, required('spec.template')]
  const { metadata = {}, spec: pod = {} } = spec.template
  if (!open && !mapMatches(spec.selector, metadata.labels)) errors.push(invalidValue('spec.template.metadata.labels', sortedMap(metadata.labels), MISMATCH))
  errors.push(...validateTemplate(spec.template, 'spec.template'))
  if (pod.restartPolicy !== 'Always') errors.push(notSupported('spec.template.spec.restartPolicy', pod.restartPolicy ?? '', ['Always']))
  if (pod.activeDeadlineSeconds !== undefined) {
    errors.push(forbiddenField('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in ReplicationController is not Supported'))
  }
  return errors
}

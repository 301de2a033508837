// templates.ts: validation of PodTemplates and ControllerRevisions, from which Pods are made, or were.
// Models k8s.io/kubernetes/pkg/apis/{core,apps}/validation/validation.go
// Differs: nothing known

import type { FieldError } from '../field.ts'
import { required } from '../field.ts'
import { immutable, nonNegative, subdomainName, validateObjectMeta } from './metadata.ts'
import { validateTemplate } from './pod.ts'

export const validatePodTemplate = (object: any): FieldError[] => [
  ...validateObjectMeta(object.metadata, true, subdomainName),
  ...validateTemplate(object.template, 'template'),
]

export const validatePodTemplateUpdate = (object: any): FieldError[] => validateTemplate(object.template, 'template')

export function validateRevision(object: any): FieldError[] {
  const errors = revisionErrors(object)
  const { data } = object
  if (data === undefined || data === null) errors.push(required('data', 'data is mandatory'))
  else if (typeof data !== 'object' || Array.isArray(data)) errors.push(required('data', 'data must be a valid JSON object'))
  return errors
}

export const validateRevisionUpdate = (object: any, old: any): FieldError[] => [...revisionErrors(object), ...immutable(object.data, old.data, 'data')]

const revisionErrors = ({ metadata, revision }: any): FieldError[] => [
  ...validateObjectMeta(metadata, true, subdomainName),
  ...nonNegative('revision', revision),
]

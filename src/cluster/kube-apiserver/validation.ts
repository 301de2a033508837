// validation.ts: is the form filled in rightly? The rules of the API, where they need to be asked.
// Models k8s.io/apiserver/pkg/registry/rest/{create,update}.go
// Differs: a change of the status of an object of a component's own making is judged like anybody's

import type { FieldError } from '../../api/field.ts'
import type { KubeObject } from '../../api/object.ts'
import type { ResourceType } from '../../api/resources.ts'
import { validate, validateUpdate } from '../../api/validation/validation.ts'
import { storageOf } from './storage.ts'
import { toStored } from './versions.ts'

export const validateNew = (type: ResourceType, object: KubeObject): FieldError[] => validate(asStored(type, object), object.apiVersion)

export function validateChange(type: ResourceType, object: KubeObject, old: KubeObject, subresource: string): FieldError[] {
  return validateUpdate(asStored(type, object), asStored(type, old), subresource, object.apiVersion)
}

/** Rules are written for the version that is stored. */
const asStored = (type: ResourceType, object: KubeObject): KubeObject => toStored(storageOf(type)?.type ?? type, object)

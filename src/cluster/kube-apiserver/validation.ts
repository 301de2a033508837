// validation.ts: is the form filled in rightly? The rules of the API, where they need to be asked.
// Models k8s.io/apiserver/pkg/registry/rest/{create,update}.go
// Differs: a change of the status of an object of a component's own making is judged like anybody's

import type { FieldError } from '../../api/field.ts'
import type { KubeObject } from '../../api/object.ts'
import { validate, validateUpdate } from '../../api/validation/validation.ts'

export const validateNew = (object: KubeObject): FieldError[] => validate(object)

export const validateChange = (object: KubeObject, old: KubeObject, subresource: string): FieldError[] => validateUpdate(object, old, subresource)

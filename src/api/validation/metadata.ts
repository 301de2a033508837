// metadata.ts: validation of names, labels, annotations, owners, finalizers and label selectors.
// Models k8s.io/apimachinery/pkg/api/validation/objectmeta.go and pkg/apis/meta/v1/validation
// Differs: label keys are judged in their order, which Go leaves to chance

import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, required, tooLong } from '../field.ts'
import { bytes, dns1123Label, dns1123Subdomain, labelValue, maskTrailingDash, pathSegment, qualifiedName, regexError } from '../name.ts'
import { sameJson } from '../patch.ts'

export type NameRule = (name: string, prefix: boolean) => string[]

export const IMMUTABLE = 'field is immutable'
const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])
const ANNOTATIONS_MAX = 262_144
const PATH_OF_URL = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

export const subdomainName: NameRule = (name, prefix) => dns1123Subdomain(prefix ? maskTrailingDash(name) : name)
export const labelName: NameRule = (name, prefix) => dns1123Label(prefix ? maskTrailingDash(name) : name)
export const pathName: NameRule = name => pathSegment(name)

/** Create: `metadata.name: …` and all the rest of the metadata, as the kinds of Kubernetes itself judge it. */
export function validateObjectMeta(metadata: any, namespaced: boolean, rule: NameRule, path = 'metadata'): FieldError[] {
  return [...validateCommonMeta(metadata, namespaced, rule, path), ...kubeFinalizers(metadata, path)]
}

const kubeFinalizers = ({ finalizers = [] }: any, path: string): FieldError[] =>
  finalizers.flatMap((finalizer: string, i: number) => kubeFinalizer(finalizer, `${path}.finalizers[${i}]`))

/** The same for any kind: finalizers may have any name. */
export function validateCommonMeta(metadata: any, namespaced: boolean, rule: NameRule, path = 'metadata'): FieldError[] {
  const errors: FieldError[] = []
  if (metadata.generateName) add(errors, each(`${path}.generateName`, metadata.generateName, rule(metadata.generateName, true)))
  if (!metadata.name) errors.push(required(`${path}.name`, 'name or generateName is required'))
  else add(errors, each(`${path}.name`, metadata.name, rule(metadata.name, false)))
  if (namespaced) {
    if (!metadata.namespace) errors.push(required(`${path}.namespace`))
    else add(errors, each(`${path}.namespace`, metadata.namespace, labelName(metadata.namespace, false)))
  } else if (metadata.namespace) errors.push(forbiddenField(`${path}.namespace`, 'not allowed on this type'))
  add(errors, nonNegative(`${path}.generation`, metadata.generation))
  add(errors, validateLabels(metadata.labels, `${path}.labels`))
  add(errors, validateAnnotations(metadata.annotations, `${path}.annotations`))
  add(errors, validateOwners(metadata.ownerReferences, `${path}.ownerReferences`))
  add(errors, validateFinalizers(metadata.finalizers, `${path}.finalizers`))
  return errors
}

/** Update, as the kinds of Kubernetes itself judge it. */
export function validateObjectMetaUpdate(metadata: any, old: any, path = 'metadata'): FieldError[] {
  return [...validateCommonMetaUpdate(metadata, old, path), ...kubeFinalizers(metadata, path)]
}

/** The same for any kind. */
export function validateCommonMetaUpdate(metadata: any, old: any, path = 'metadata'): FieldError[] {
  const errors: FieldError[] = []
  if (old.deletionTimestamp !== undefined) {
    const before: string[] = old.finalizers ?? []
    const added = [...new Set<string>(metadata.finalizers ?? [])].filter(f => !before.includes(f)).sort()
    const list = `[]string{${added.map(f => JSON.stringify(f)).join(', ')}}`
    if (added.length > 0) {
      const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`
      errors.push(forbiddenField(`${path}.finalizers`, why))
    }
  }
  if (!metadata.resourceVersion) errors.push(invalidValue(`${path}.resourceVersion`, '', 'must be specified for an update'))
  if ((metadata.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(invalidValue(`${path}.generation`, metadata.generation ?? 0, 'must not be decremented'))
  }
  for (const key of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds']) {
    if ((metadata[key] ?? '') !== (old[key] ?? '')) errors.push(invalidValue(`${path}.${key}`, metadata[key] ?? (key === 'name' ? '' : null), IMMUTABLE))
  }
  add(errors, validateLabels(metadata.labels, `${path}.labels`))
  add(errors, validateAnnotations(metadata.annotations, `${path}.annotations`))
  add(errors, validateOwners(metadata.ownerReferences, `${path}.ownerReferences`))
  return errors
}

/** Values that were found right of late: most changes keep the labels, annotations and owners that the object had. */
interface Right {
  values: unknown[]
  next: number
}

const RIGHT_MAX = 32
const newRight = (): Right => ({ values: new Array(RIGHT_MAX).fill(null), next: 0 })
const [rightLabels, rightAnnotations, rightOwners] = [newRight(), newRight(), newRight()]

/** The errors of a value, unless it is one that had none. Values of the API are never changed in place. */
function unlessRight<T>(right: Right, value: T | undefined, judge: (value: T) => FieldError[]): FieldError[] {
  if (value === undefined || right.values.includes(value)) return []
  const errors = judge(value)
  if (errors.length === 0) {
    right.values[right.next] = value
    right.next = (right.next + 1) % RIGHT_MAX
  }
  return errors
}

export const validateLabels = (labels: Record<string, string> | undefined, path: string): FieldError[] =>
  unlessRight(rightLabels, labels, given => labelErrors(given, path))

function labelErrors(labels: Record<string, string>, path: string): FieldError[] {
  const errors: FieldError[] = []
  for (const key in labels) {
    add(errors, validateLabelName(key, path))
    add(errors, each(path, labels[key]!, labelValue(labels[key]!)))
  }
  return errors
}

export const validateLabelName = (name: string, path: string): FieldError[] => each(path, name, qualifiedName(name))

export const validateAnnotations = (annotations: Record<string, string> | undefined, path: string): FieldError[] =>
  unlessRight(rightAnnotations, annotations, given => annotationErrors(given, path))

function annotationErrors(annotations: Record<string, string>, path: string): FieldError[] {
  const errors: FieldError[] = []
  let size = 0
  for (const key in annotations) {
    add(errors, each(path, key, qualifiedName(key.toLowerCase())))
    size += bytes(key) + bytes(annotations[key]!)
  }
  if (size > ANNOTATIONS_MAX) errors.push(tooLong(path, ANNOTATIONS_MAX))
  return errors
}

/** `anyValue`: values are let be, as they were stored before there was a rule for them. */
export function validateLabelSelector(selector: any, path: string, anyValue = false): FieldError[] {
  if (selector === undefined || selector === null) return []
  const errors = validateLabels(selector.matchLabels, `${path}.matchLabels`)
  for (const [i, { key = '', operator = '', values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${i}]`
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) errors.push(forbiddenField(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
    } else errors.push(invalidValue(`${at}.operator`, operator, 'not a valid selector operator'))
    add(errors, validateLabelName(key, `${at}.key`))
    if (!anyValue) for (const [j, value] of values.entries()) add(errors, each(`${at}.values[${j}]`, value, labelValue(value)))
  }
  return errors
}

/** A field that may not change. */
export function immutable(value: unknown, old: unknown, path: string, shown: unknown = value): FieldError[] {
  return sameJson(value ?? null, old ?? null) ? [] : [invalidValue(path, shown ?? null, IMMUTABLE)]
}

/** Most lists of errors are empty: nothing is done for those. */
function add(errors: FieldError[], more: FieldError[]): void {
  if (more.length > 0) errors.push(...more)
}

/** One error for each complaint. */
export function each(path: string, value: unknown, complaints: string[]): FieldError[] {
  return complaints.length === 0 ? [] : complaints.map(complaint => invalidValue(path, value, complaint))
}

export function nonNegative(path: string, value: number | undefined | null): FieldError[] {
  return (value ?? 0) < 0 ? [invalidValue(path, value, 'must be greater than or equal to 0')] : []
}

export function positive(path: string, value: number | undefined | null): FieldError[] {
  return (value ?? 0) <= 0 ? [invalidValue(path, value ?? 0, 'must be greater than zero')] : []
}

const validateOwners = (owners: any[] | undefined, path: string): FieldError[] => unlessRight(rightOwners, owners, given => ownerErrors(given, path))

function ownerErrors(owners: any[], path: string): FieldError[] {
  const errors: FieldError[] = []
  let first = ''
  for (const [i, owner] of owners.entries()) {
    const at = `${path}[${i}]`
    for (const key of ['apiVersion', 'kind', 'name', 'uid']) {
      if (!owner[key]) errors.push(required(`${at}.${key}`, 'must not be empty'))
      else if (key === 'apiVersion' && (owner[key].split('/').length > 2 || owner[key].endsWith('/'))) {
        errors.push(invalidValue(`${at}.apiVersion`, owner[key], 'must be <group>/<version> or <version>'))
      }
    }
    if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
      errors.push(invalidValue(at, owner, '/v1, Kind=Event is disallowed from being an owner'))
    }
    if (owner.controller !== true) continue
    const name = `${owner.kind}/${owner.name}`
    if (first === '') first = name
    else {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${name}`
      errors.push(invalidValue(path, owners, why))
    }
  }
  return errors
}

function validateFinalizers(finalizers: string[] | undefined, path: string): FieldError[] {
  const errors = (finalizers ?? []).flatMap(finalizer => each(path, finalizer, qualifiedName(finalizer)))
  if (finalizers?.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalidValue(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'))
  }
  return errors
}

/** A name of Kubernetes' own, or one with a prefix. */
export function kubeFinalizer(finalizer: string, path: string): FieldError[] {
  if (finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)) return []
  return [invalidValue(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')]
}

/** `acme.io/foo` */
export function prefixedPath(text: string, path: string): FieldError[] {
  if (text === '') return [required(path)]
  const slash = text.indexOf('/')
  if (slash <= 0 || slash === text.length - 1) return [invalidValue(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  const [host, rest] = [text.slice(0, slash), text.slice(slash + 1)]
  const errors = each(path, host, dns1123Subdomain(host))
  return new RegExp(`^${PATH_OF_URL}$`).test(rest) ? errors : [...errors, invalidValue(path, rest, regexError('Invalid path', PATH_OF_URL))]
}

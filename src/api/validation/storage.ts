// storage.ts: validation of claims and storage classes.
// Models k8s.io/kubernetes/pkg/apis/{core,storage}/validation/validation.go and pkg/apis/storage/v1/zz_generated.validations.go
// Differs: an empty list or map counts as none, and shows as null

import { alignDataSources } from '../datasources.ts'
import type { FieldError } from '../field.ts'
import { duplicate, forbiddenField, invalidValue, notSupported, required, tooLong } from '../field.ts'
import { bytes, dns1123Subdomain, qualifiedName } from '../name.ts'
import { sameJson } from '../patch.ts'
import { compareQuantity } from '../quantity.ts'
import { declaredImmutable, withDeclared } from './declarative.ts'
import { structDiff } from './diff.ts'
import {
  each,
  IMMUTABLE,
  labelName,
  subdomainName,
  validateLabelName,
  validateLabelSelector,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from './metadata.ts'

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const RECLAIM = ['Delete', 'Retain']
const BINDING = ['Immediate', 'WaitForFirstConsumer']
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'
const MAX_PARAMETERS = 512
const MAX_PARAMETERS_SIZE = 262_144

export const VOLUME_MODES = ['Block', 'Filesystem']

/** What stored claims may keep although it would be refused today. */
interface Allowances {
  anySelectorValue?: boolean
  anyApiGroup?: boolean
}

/** The spec of a claim, or of a template for claims. */
export function validateClaimSpec(spec: any, path: string, { anySelectorValue = false, anyApiGroup = false }: Allowances = {}): FieldError[] {
  const errors: FieldError[] = []
  const modes: string[] = spec.accessModes ?? []
  if (modes.length === 0) errors.push(required(`${path}.accessModes`, 'at least 1 access mode is required'))
  errors.push(...validateLabelSelector(spec.selector, `${path}.selector`, anySelectorValue))
  errors.push(...validateAccessModes(modes, `${path}.accessModes`))
  const storage = spec.resources?.requests?.storage
  if (storage === undefined) errors.push(required(`${path}.resources[storage]`))
  else if (compareQuantity(storage, '0') <= 0) errors.push(invalidValue(`${path}.resources[storage]`, storage, 'must be greater than zero'))
  if (spec.storageClassName) errors.push(...each(`${path}.storageClassName`, spec.storageClassName, subdomainName(spec.storageClassName, false)))
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode)) errors.push(notSupported(`${path}.volumeMode`, spec.volumeMode, VOLUME_MODES))
  errors.push(...dataSources(spec, path, anyApiGroup))
  const attributes = spec.volumeAttributesClassName
  return attributes ? [...errors, ...each(`${path}.volumeAttributesClassName`, attributes, subdomainName(attributes, false))] : errors
}

/** Of a claim or a volume. */
export function validateAccessModes(modes: string[], path: string): FieldError[] {
  const errors: FieldError[] = modes.filter(mode => !MODES.includes(mode)).map(mode => notSupported(path, mode, MODES))
  const others = modes.some(mode => mode !== 'ReadWriteOncePod' && MODES.includes(mode))
  if (modes.includes('ReadWriteOncePod') && others) errors.push(forbiddenField(path, 'may not use ReadWriteOncePod with other access modes'))
  return errors
}

function dataSources({ dataSource: source, dataSourceRef: ref }: any, path: string, anyApiGroup: boolean): FieldError[] {
  const errors: FieldError[] = []
  if (source !== undefined) errors.push(...dataSource(source, `${path}.dataSource`, anyApiGroup))
  if (ref !== undefined) {
    errors.push(...dataSource(ref, `${path}.dataSourceRef`, anyApiGroup))
    if (ref.namespace) errors.push(...each(`${path}.dataSourceRef.namespace`, ref.namespace, labelName(ref.namespace, false)))
  }
  if (source === undefined || ref === undefined) return errors
  // Upstream shows the path where the value should be; a path has nothing that JSON could show.
  if (ref.namespace) errors.push(invalidValue(path, {}, 'may not be specified when dataSourceRef.namespace is specified'))
  else if (!sameJson(referred(source), referred(ref))) errors.push(invalidValue(path, {}, 'must match dataSourceRef'))
  return errors
}

const referred = ({ apiGroup = null, kind = '', name = '' }: any) => ({ apiGroup, kind, name })

function dataSource({ apiGroup: group, kind = '', name = '' }: any, path: string, anyApiGroup: boolean): FieldError[] {
  const apiGroup: string = group ?? ''
  const errors: FieldError[] = []
  if (name === '') errors.push(required(`${path}.name`))
  if (kind === '') errors.push(required(`${path}.kind`))
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim')
    errors.push(invalidValue(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
  if (apiGroup !== '' && !anyApiGroup) errors.push(...each(`${path}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup)))
  return errors
}

const claimRules = (object: any, allowances: Allowances): FieldError[] => [
  ...validateObjectMeta(object.metadata, true, subdomainName),
  ...validateClaimSpec(object.spec ?? {}, 'spec', allowances),
]

export const validateClaim = (object: any): FieldError[] => claimRules(object, {})

export function validateClaimUpdate(object: any, old: any): FieldError[] {
  const [now, was] = [object.spec ?? {}, old.spec ?? {}]
  const allowances = {
    anySelectorValue: validateLabelSelector(was.selector, '').length > 0,
    anyApiGroup: was.dataSource?.apiGroup != null || was.dataSourceRef?.apiGroup != null,
  }
  const errors = [...validateObjectMetaUpdate(object.metadata, old.metadata), ...claimRules(object, allowances)]
  errors.push(...claimChanges(object, old))
  const [size, before] = [now.resources?.requests?.storage, was.resources?.requests?.storage]
  if (compareQuantity(size, before) < 0 && compareQuantity(size, old.status?.capacity?.storage) <= 0)
    errors.push(forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity'))
  if (now.volumeMode !== was.volumeMode) errors.push(invalidValue('volumeMode', now.volumeMode, IMMUTABLE))
  if (now.volumeAttributesClassName === was.volumeAttributesClassName || old.status?.currentVolumeAttributesClassName === undefined) return errors
  const what = now.volumeAttributesClassName === undefined ? 'nil' : now.volumeAttributesClassName === '' ? 'empty string' : undefined
  if (what === undefined) return errors
  const why = `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`
  return [...errors, forbiddenField('spec.volumeAttributesClassName', why)]
}

/** The spec stays, but for the volume's name and the class, once, and for the size and attributes of bound claims. */
function claimChanges(object: any, old: any): FieldError[] {
  const errors: FieldError[] = []
  let [now, was] = [object.spec ?? {}, alignDataSources(old.spec ?? {})]
  if (!was.volumeName) was = { ...was, volumeName: now.volumeName }
  const [named, before] = [object.metadata.annotations?.[CLASS_ANNOTATION], old.metadata.annotations?.[CLASS_ANNOTATION]]
  const first = was.storageClassName === undefined && now.storageClassName !== undefined
  const fromAnnotation = first && before !== undefined && now.storageClassName === before
  if (fromAnnotation && (named === undefined || named === before)) now = { ...now, storageClassName: undefined }
  else {
    if ((named ?? '') !== (before ?? '')) errors.push(invalidValue(`metadata.annotations.${CLASS_ANNOTATION}`, named ?? '', IMMUTABLE))
    if (first && (before === undefined || fromAnnotation)) now = { ...now, storageClassName: was.storageClassName }
  }
  if (object.status?.phase === 'Bound') {
    const requests = now.resources?.requests
    if (requests !== undefined) now = { ...now, resources: { ...now.resources, requests: { ...requests, storage: was.resources?.requests?.storage ?? '0' } } }
    now = { ...now, volumeAttributesClassName: was.volumeAttributesClassName }
  }
  if (sameJson(withoutUndefined(now), withoutUndefined(was))) return errors
  const why = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
  return [...errors, forbiddenField('spec', `${why}\n${structDiff('core/v1.PersistentVolumeClaimSpec', was, now)}`)]
}

const withoutUndefined = (spec: any): any => JSON.parse(JSON.stringify(spec))

export const validateStorageClass = (object: any): FieldError[] => withDeclared(classRules(object), object.provisioner ? [] : [required('provisioner')])

export function validateStorageClassUpdate(object: any, old: any): FieldError[] {
  const declared = object.provisioner || !old.provisioner ? [] : [required('provisioner')]
  declared.push(...declaredImmutable(object.provisioner ?? '', old.provisioner ?? '', 'provisioner'))
  declared.push(...declaredImmutable(object.parameters ?? {}, old.parameters ?? {}, 'parameters'))
  for (const key of ['reclaimPolicy', 'volumeBindingMode']) declared.push(...declaredImmutable(object[key], old[key], key))
  return withDeclared([...validateObjectMetaUpdate(object.metadata, old.metadata), ...classRules(object)], declared)
}

function classRules(object: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, false, subdomainName)
  const { provisioner = '', parameters = {}, reclaimPolicy, volumeBindingMode, allowedTopologies = [] } = object
  const lower = provisioner.toLowerCase()
  errors.push(...(lower === '' ? [required('provisioner')] : each('provisioner', lower, qualifiedName(lower))))
  errors.push(...validateParameters(parameters))
  if (reclaimPolicy && !RECLAIM.includes(reclaimPolicy)) errors.push(notSupported('reclaimPolicy', reclaimPolicy, RECLAIM))
  if (volumeBindingMode === undefined) errors.push(required('volumeBindingMode'))
  else if (!BINDING.includes(volumeBindingMode)) errors.push(notSupported('volumeBindingMode', volumeBindingMode, BINDING))
  return [...errors, ...topologies(allowedTopologies)]
}

function validateParameters(parameters: Record<string, string>): FieldError[] {
  const keys = Object.keys(parameters)
  if (keys.length > MAX_PARAMETERS) return [tooLong('parameters', MAX_PARAMETERS)]
  const errors = keys.includes('') ? [invalidValue('parameters', '', 'field can not be empty.')] : []
  const size = keys.reduce((sum, key) => sum + bytes(key) + bytes(parameters[key]!), 0)
  return size > MAX_PARAMETERS_SIZE ? [...errors, tooLong('parameters', MAX_PARAMETERS_SIZE)] : errors
}

/** A term that asks for nothing counts as a repetition: upstream compares with terms that are not there yet. */
function topologies(terms: any[]): FieldError[] {
  const errors: FieldError[] = []
  const seen: Record<string, string[]>[] = [{}]
  for (const [i, term] of terms.entries()) {
    const path = `allowedTopologies[${i}].matchLabelExpressions`
    const wanted: Record<string, string[]> = {}
    for (const [j, { key = '', values: given }] of (term.matchLabelExpressions ?? []).entries()) {
      const at = `${path}[${j}]`
      const values: string[] = given ?? []
      if (values.length === 0) errors.push(required(`${at}.values`))
      for (const [k, value] of values.entries()) if (values.indexOf(value) < k) errors.push(duplicate(`${at}.values[${k}]`, value))
      errors.push(...validateLabelName(key, `${at}.key`))
      if (key in wanted) errors.push(duplicate(`${at}.key`, key))
      wanted[key] = [...new Set(values)].sort()
    }
    if (seen.some(other => sameJson(other, wanted))) errors.push(duplicate(path, ''))
    seen.push(wanted)
  }
  return errors
}

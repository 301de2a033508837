// storage.ts: validation of volumes, claims and storage classes.
// Models k8s.io/kubernetes/pkg/apis/{core,storage}/validation/validation.go
// Differs: of volume sources only their number is judged; node affinity of volumes is not looked into

import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, notSupported, required } from '../field.ts'
import { sameJson } from '../patch.ts'
import { compareQuantity } from '../quantity.ts'
import { structDiff } from './diff.ts'
import { each, immutable, subdomainName, validateLabelSelector, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts'
import { validateAmount } from './resources.ts'

const MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod']
const VOLUME_MODES = ['Block', 'Filesystem']
const RECLAIM = ['Delete', 'Recycle', 'Retain']
const BINDING = ['Immediate', 'WaitForFirstConsumer']
/** Fields of a PersistentVolume's spec that are no source. */
const NO_SOURCE = new Set([
  ...['capacity', 'accessModes', 'claimRef', 'persistentVolumeReclaimPolicy', 'storageClassName', 'mountOptions', 'volumeMode', 'nodeAffinity'],
  'volumeAttributesClassName',
])

/** The spec of a claim, or of a template for claims. */
export function validateClaimSpec(spec: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  const modes: string[] = spec.accessModes ?? []
  if (modes.length === 0) errors.push(required(`${path}.accessModes`, 'at least 1 access mode is required'))
  if (spec.selector != null) errors.push(...validateLabelSelector(spec.selector, `${path}.selector`))
  errors.push(...accessModes(modes, `${path}.accessModes`))
  const storage = spec.resources?.requests?.storage
  if (storage === undefined) errors.push(required(`${path}.resources[storage]`))
  else {
    errors.push(...validateAmount('storage', storage, `${path}.resources[storage]`))
    if (compareQuantity(storage, '0') === 0) errors.push(invalidValue(`${path}.resources[storage]`, storage, 'must be greater than zero'))
  }
  if (spec.storageClassName) errors.push(...each(`${path}.storageClassName`, spec.storageClassName, subdomainName(spec.storageClassName, false)))
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode)) errors.push(notSupported(`${path}.volumeMode`, spec.volumeMode, VOLUME_MODES))
  return errors
}

function accessModes(modes: string[], path: string): FieldError[] {
  const errors: FieldError[] = modes.filter(mode => !MODES.includes(mode)).map(mode => notSupported(path, mode, MODES))
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) errors.push(forbiddenField(path, 'may not use ReadWriteOncePod with other access modes'))
  return errors
}

export const validateClaim = (object: any): FieldError[] => [
  ...validateObjectMeta(object.metadata, true, subdomainName),
  ...validateClaimSpec(object.spec ?? {}, 'spec'),
]

export function validateClaimUpdate(object: any, old: any): FieldError[] {
  const errors = [...validateObjectMetaUpdate(object.metadata, old.metadata), ...validateClaimSpec(object.spec ?? {}, 'spec')]
  const was = old.spec
  const bound = old.status?.phase === 'Bound'
  let munged = object.spec
  if (!was.volumeName) munged = { ...munged, volumeName: was.volumeName }
  if (bound) munged = { ...munged, resources: was.resources, volumeAttributesClassName: was.volumeAttributesClassName }
  if (!sameJson(strip(munged), strip(was))) {
    const why = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
    errors.push(forbiddenField('spec', `${why}\n${structDiff('core/v1.PersistentVolumeClaimSpec', was, munged)}`))
  }
  const [now, before] = [object.spec.resources?.requests?.storage, was.resources?.requests?.storage]
  if (bound && compareQuantity(now, before) < 0) errors.push(forbiddenField('spec.resources.requests.storage', 'field can not be less than previous value'))
  return errors
}

const strip = (spec: any): any => JSON.parse(JSON.stringify(spec))

export function validateVolume(object: any): FieldError[] {
  return [...validateObjectMeta(object.metadata, false, subdomainName), ...volumeSpec(object.spec ?? {})]
}

function volumeSpec(spec: any): FieldError[] {
  const errors: FieldError[] = []
  if ((spec.accessModes ?? []).length === 0) errors.push(required('spec.accessModes'))
  errors.push(...accessModes(spec.accessModes ?? [], 'spec.accessModes'))
  const capacity = spec.capacity ?? {}
  if (Object.keys(capacity).length === 0) errors.push(required('spec.capacity'))
  else if (capacity.storage === undefined || Object.keys(capacity).length > 1) errors.push(notSupported('spec.capacity', capacity, ['storage']))
  for (const name in capacity) errors.push(...validateAmount(name, capacity[name], `spec.capacity[${name}]`))
  const policy = spec.persistentVolumeReclaimPolicy
  if (policy !== undefined && !RECLAIM.includes(policy)) errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM))
  const sources = Object.keys(spec).filter(key => !NO_SOURCE.has(key))
  if (sources.length === 0) errors.push(required('spec', 'must specify a volume type'))
  for (const extra of sources.slice(1)) errors.push(forbiddenField(`spec.${extra}`, 'may not specify more than 1 volume type'))
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode)) errors.push(notSupported('spec.volumeMode', spec.volumeMode, VOLUME_MODES))
  return errors
}

export function validateVolumeUpdate(object: any, old: any): FieldError[] {
  const errors = [...validateObjectMetaUpdate(object.metadata, old.metadata), ...volumeSpec(object.spec ?? {})]
  const source = (spec: any) => Object.fromEntries(Object.entries(spec).filter(([key]) => !NO_SOURCE.has(key)))
  if (!sameJson(source(object.spec), source(old.spec)))
    errors.push(forbiddenField('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation'))
  errors.push(...immutable(object.spec.volumeMode, old.spec.volumeMode, 'spec.volumeMode'))
  return errors
}

export function validateStorageClass(object: any): FieldError[] {
  const errors = validateObjectMeta(object.metadata, false, subdomainName)
  if (!object.provisioner) errors.push(required('provisioner'))
  for (const key in object.parameters) if (key === '') errors.push(invalidValue('parameters', key, 'field can not be empty.'))
  const { reclaimPolicy, volumeBindingMode } = object
  if (reclaimPolicy !== undefined && !['Delete', 'Retain'].includes(reclaimPolicy))
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']))
  if (volumeBindingMode !== undefined && !BINDING.includes(volumeBindingMode)) errors.push(notSupported('volumeBindingMode', volumeBindingMode, BINDING))
  return errors
}

export function validateStorageClassUpdate(object: any, old: any): FieldError[] {
  const errors = validateObjectMetaUpdate(object.metadata, old.metadata)
  for (const key of ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode']) errors.push(...immutable(object[key], old[key], key, null))
  return errors
}

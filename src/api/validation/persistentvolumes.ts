// persistentvolumes.ts: validation of PersistentVolumes.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go and pkg/volume/validation/pv_validation.go
// Differs: an empty map counts as none, and shows as null; names of more than one capacity are judged in their order, which Go leaves to chance

import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, notSupported, required } from '../field.ts'
import { labelValue } from '../name.ts'
import { sameJson } from '../patch.ts'
import { compareQuantity, unitValue } from '../quantity.ts'
import { goInternal, sortedMap, structDiff } from './diff.ts'
import { each, IMMUTABLE, subdomainName, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts'
import { validateNodeSelector } from './scheduling.ts'
import { VOLUME_MODES, validateAccessModes } from './storage.ts'
import { VOLUME_SOURCES } from './volumesources.ts'

const RECLAIM = ['Delete', 'Recycle', 'Retain']
const MOUNT_OPTIONS = 'volume.beta.kubernetes.io/mount-options'
/** Sources whose volumes are mounted with options; others may not have the annotation. */
const MOUNTED = [
  ...['gcePersistentDisk', 'awsElasticBlockStore', 'glusterfs', 'nfs', 'rbd', 'quobyte', 'iscsi', 'cinder', 'cephfs', 'azureFile', 'vsphereVolume'],
  ...['azureDisk', 'photonPersistentDisk'],
]

export const validateVolume = (object: any): FieldError[] => volumeRules(object, false)

/** `anyValue`: of node affinity; so for volumes that were stored with what is refused today. */
function volumeRules(object: any, anyValue: boolean): FieldError[] {
  const spec = object.spec ?? {}
  const errors = [...validateObjectMeta(object.metadata, false, subdomainName), ...volumeSpec(spec, object.metadata.name ?? '', anyValue)]
  if (object.metadata.annotations?.[MOUNT_OPTIONS] !== undefined && !MOUNTED.some(key => spec[key] !== undefined))
    errors.push(forbiddenField(`metadata.annotations.${MOUNT_OPTIONS}`, 'may not specify mount options for this volume type'))
  return errors
}

function volumeSpec(spec: any, name: string, anyValue: boolean): FieldError[] {
  const errors: FieldError[] = []
  const modes: string[] = spec.accessModes ?? []
  if (modes.length === 0) errors.push(required('spec.accessModes'))
  errors.push(...validateAccessModes(modes, 'spec.accessModes'), ...capacity(spec.capacity))
  const policy = spec.persistentVolumeReclaimPolicy
  if (policy && !RECLAIM.includes(policy)) errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM))
  const affinity = spec.nodeAffinity
  if (affinity !== undefined)
    errors.push(
      ...(affinity.required === undefined
        ? [required('spec.nodeAffinity.required', 'must specify required node constraints')]
        : validateNodeSelector(affinity.required, 'spec.nodeAffinity.required', anyValue)),
    )
  errors.push(...sources(spec, name))
  if (policy === 'Recycle' && spec.hostPath !== undefined && /^\/[/.]*$/.test(spec.hostPath.path ?? ''))
    errors.push(forbiddenField('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"))
  const storageClass = spec.storageClassName
  if (storageClass) errors.push(...each('spec.storageClassName', storageClass, subdomainName(storageClass, false)))
  const mode = spec.volumeMode
  if (mode !== undefined && !VOLUME_MODES.includes(mode)) errors.push(notSupported('spec.volumeMode', mode, VOLUME_MODES))
  const attributes = spec.volumeAttributesClassName
  if (attributes === undefined) return errors
  if (attributes === '') errors.push(required('spec.volumeAttributesClassName', 'an empty string is disallowed'))
  else errors.push(...each('spec.volumeAttributesClassName', attributes, subdomainName(attributes, false)))
  if (spec.csi === undefined) errors.push(required('spec.csi', 'has to be specified when using volumeAttributesClassName'))
  return errors
}

function capacity(amounts: Record<string, string> | undefined): FieldError[] {
  const names = Object.keys(amounts ?? {})
  const errors = names.length === 0 ? [required('spec.capacity')] : []
  if (names.length !== 1 || names[0] !== 'storage') errors.push(notSupported('spec.capacity', sortedMap(amounts), ['storage']))
  for (const name of names) {
    const amount = amounts![name]!
    const value = unitValue(amount)
    if (value < 0) errors.push(invalidValue(`spec.capacity[${name}]`, value, 'must be a valid resource quantity'))
    if (compareQuantity(amount, '0') <= 0) errors.push(invalidValue(`spec.capacity[${name}]`, amount, 'must be greater than zero'))
  }
  return errors
}

/** The first one found is judged, others are too many. */
function sources(spec: any, name: string): FieldError[] {
  const errors: FieldError[] = []
  let found = false
  for (const { key, refused = key, path = key, judge } of VOLUME_SOURCES) {
    const source = spec[key]
    if (source === undefined) continue
    // Upstream does not count before it judges a flexVolume.
    if (found && key !== 'flexVolume') errors.push(forbiddenField(`spec.${refused}`, 'may not specify more than 1 volume type'))
    else {
      errors.push(...judge(source, `spec.${path}`, name))
      if (key === 'local' && spec.nodeAffinity === undefined) errors.push(required('spec.nodeAffinity', 'Local volume requires node affinity'))
    }
    found = true
  }
  return found ? errors : [...errors, required('spec', 'must specify a volume type')]
}

export function validateVolumeUpdate(object: any, old: any): FieldError[] {
  const [now, was] = [object.spec ?? {}, old.spec ?? {}]
  const values: string[] = (was.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((term: any) =>
    (term.matchExpressions ?? []).flatMap((wanted: any) => wanted.values ?? []),
  )
  const anyValue = values.some(value => labelValue(value).length > 0)
  const errors = [...validateObjectMetaUpdate(object.metadata, old.metadata), ...volumeRules(object, anyValue)]
  const [source, before] = [sourceOf(now), sourceOf(was)]
  // A secret for expansion may be added.
  if (before.csi !== undefined && before.csi.controllerExpandSecretRef === undefined && source.csi?.controllerExpandSecretRef !== undefined) {
    const { controllerExpandSecretRef: _, ...rest } = source.csi
    source.csi = rest
  }
  if (!sameJson(source, before)) {
    const why = `spec.persistentvolumesource is immutable after creation\n${structDiff('core/v1.PersistentVolumeSource', before, source)}`
    errors.push(forbiddenField('spec.persistentvolumesource', why))
  }
  if (now.volumeMode !== was.volumeMode) errors.push(invalidValue('volumeMode', now.volumeMode, IMMUTABLE))
  if (was.nodeAffinity !== undefined && !sameJson(now.nodeAffinity, was.nodeAffinity)) {
    const shown = now.nodeAffinity === undefined ? null : goInternal('core/v1.VolumeNodeAffinity', now.nodeAffinity)
    errors.push(invalidValue('nodeAffinity', shown, `${IMMUTABLE}, except for updating from beta label to GA`))
  }
  if (was.volumeAttributesClassName !== undefined && now.volumeAttributesClassName === undefined)
    errors.push(forbiddenField('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'))
  return errors
}

const sourceOf = (spec: any): Record<string, any> =>
  Object.fromEntries(VOLUME_SOURCES.filter(({ key }) => spec[key] !== undefined).map(({ key }) => [key, spec[key]]))

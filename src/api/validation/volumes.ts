// volumes.ts: validation of a Pod's volumes and of how containers mount them.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go
// Differs: sources of retired in-tree drivers, trust bundles and Pod certificates are taken as they come

import type { FieldError } from '../field.ts'
import { duplicate, forbiddenField, invalidValue, notFoundValue, notSupported, required } from '../field.ts'
import { dns1123Label, dns1123Subdomain } from '../name.ts'
import { compareQuantity } from '../quantity.ts'
import { descendingPath, noBacksteps, validateFieldRef, validateResourceFieldRef } from './env.ts'
import { each, subdomainName } from './metadata.ts'
import { validateClaimSpec } from './storage.ts'

const FILE_MODE = 'must be a number between 0 and 0777 (octal), both inclusive'
const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']

/** In upstream's order; the first one found is judged, others are too many. */
const SOURCES: [string, (source: any, path: string) => FieldError[]][] = [
  ['emptyDir', emptyDir],
  ['hostPath', validateHostPath],
  ['gitRepo', (source, path) => (source.repository ? [] : [required(`${path}.repository`)])],
  ['gcePersistentDisk', () => []],
  ['awsElasticBlockStore', () => []],
  ['secret', (source, path) => [...(source.secretName ? [] : [required(`${path}.secretName`)]), ...withItems(source, path)]],
  ['nfs', validateNfs],
  ['iscsi', () => []],
  ['glusterfs', () => []],
  ['flocker', () => []],
  ['persistentVolumeClaim', (source, path) => (source.claimName ? [] : [required(`${path}.claimName`)])],
  ['rbd', () => []],
  ['cinder', () => []],
  ['cephfs', () => []],
  ['quobyte', () => []],
  ['downwardAPI', downward],
  ['fc', () => []],
  ['flexVolume', () => []],
  ['configMap', (source, path) => [...(source.name ? [] : [required(`${path}.name`)]), ...withItems(source, path)]],
  ['azureFile', () => []],
  ['vsphereVolume', () => []],
  ['photonPersistentDisk', () => []],
  ['portworxVolume', () => []],
  ['azureDisk', () => []],
  ['storageos', () => []],
  ['projected', projected],
  ['scaleIO', () => []],
  ['csi', (source, path) => validateDriverName(source.driver ?? '', `${path}.driver`)],
  ['ephemeral', ephemeral],
  ['image', image],
]

/** The volumes that are in order, by name, and the errors of the others. */
export function validateVolumes(list: any[] | undefined, podName: string | undefined, path: string): { volumes: Map<string, any>; errors: FieldError[] } {
  const volumes = new Map<string, any>()
  const errors: FieldError[] = []
  const created = (list ?? []).filter(v => v.ephemeral !== undefined).map(v => `${podName}-${v.name}`)
  for (const [i, volume] of (list ?? []).entries()) {
    const at = `${path}[${i}]`
    const mine = validateSource(volume, at, podName)
    if (!volume.name) mine.push(required(`${at}.name`))
    else mine.push(...each(`${at}.name`, volume.name, dns1123Label(volume.name)))
    if (volumes.has(volume.name)) mine.push(duplicate(`${at}.name`, volume.name))
    if (mine.length === 0) volumes.set(volume.name, volume)
    errors.push(...mine)
    const claim = volume.persistentVolumeClaim?.claimName
    if (claim !== undefined && podName && created.includes(claim)) {
      errors.push(invalidValue(`${at}.persistentVolumeClaim.claimName`, claim, 'must not reference a PVC that gets created for an ephemeral volume'))
    }
  }
  return { volumes, errors }
}

export function validateMounts(container: any, volumes: Map<string, any>, path: string): FieldError[] {
  const errors: FieldError[] = []
  const devices: any[] = container.volumeDevices ?? []
  const points = new Set<string>()
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${path}[${i}]`
    const { name = '', mountPath = '', subPath, subPathExpr } = mount
    if (name === '') errors.push(required(`${at}.name`))
    if (!volumes.has(name)) errors.push(notFoundValue(`${at}.name`, name))
    if (mountPath === '') errors.push(required(`${at}.mountPath`))
    if (points.has(mountPath)) errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must be unique'))
    points.add(mountPath)
    if (devices.some(d => d.name === name)) errors.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeDevices'))
    if (devices.some(d => d.devicePath === mountPath)) {
      errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'))
    }
    if (subPath) errors.push(...descendingPath(subPath, `${path}.subPath`))
    if (subPathExpr) {
      if (subPath) errors.push(invalidValue(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
      errors.push(...descendingPath(subPathExpr, `${path}.subPathExpr`))
    }
    errors.push(...validatePropagation(mount, container, path))
  }
  return errors
}

export function validateDevices(container: any, volumes: Map<string, any>, path: string): FieldError[] {
  const errors: FieldError[] = []
  const mounts: any[] = container.volumeMounts ?? []
  const names = new Set<string>()
  const paths = new Set<string>()
  for (const [i, { name = '', devicePath = '' }] of (container.volumeDevices ?? []).entries()) {
    const at = `${path}[${i}]`
    const volume = volumes.get(name)
    if (name === '') errors.push(required(`${at}.name`))
    if (names.has(name)) errors.push(invalidValue(`${at}.name`, name, 'must be unique'))
    if (volume !== undefined && volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      errors.push(invalidValue(`${at}.name`, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'))
    }
    if (volume === undefined) errors.push(notFoundValue(`${at}.name`, name))
    if (devicePath === '') errors.push(required(`${at}.devicePath`))
    if (paths.has(devicePath)) errors.push(invalidValue(`${at}.devicePath`, devicePath, 'must be unique'))
    if (devicePath.split('/').includes('..')) errors.push(invalidValue(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"))
    else paths.add(devicePath)
    if (mounts.some(m => m.name === name)) errors.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeMounts'))
    if (mounts.some(m => m.mountPath === devicePath)) {
      errors.push(invalidValue(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'))
    }
    if (name !== '') names.add(name)
  }
  return errors
}

export function validatePullPolicy(policy: string | undefined, path: string): FieldError[] {
  if (!policy) return [required(path)]
  return PULL_POLICIES.includes(policy) ? [] : [notSupported(path, policy, PULL_POLICIES)]
}

export function validateHostPath(source: any, path: string): FieldError[] {
  if (!source.path) return [required(`${path}.path`)]
  const bad = HOST_PATH_TYPES.includes(source.type ?? '') ? [] : [notSupported(`${path}.type`, source.type, HOST_PATH_TYPES)]
  return [...noBacksteps(source.path, `${path}.path`), ...bad]
}

export function validateNfs(source: any, path: string): FieldError[] {
  const errors = ['server', 'path'].filter(key => !source[key]).map(key => required(`${path}.${key}`))
  return source.path?.startsWith('/') ? errors : [...errors, invalidValue(`${path}.path`, source.path ?? '', 'must be an absolute path')]
}

export function validateDriverName(name: string, path: string): FieldError[] {
  if (name === '') return [required(path)]
  const long = name.length > 63 ? [{ type: 'TooLong' as const, field: path, detail: 'may not be more than 63 bytes' }] : []
  return [...long, ...each(path, name, dns1123Subdomain(name.toLowerCase()))]
}

function validateSource(volume: any, path: string, podName: string | undefined): FieldError[] {
  const errors: FieldError[] = []
  let found = 0
  for (const [key, judge] of SOURCES) {
    const source = volume[key]
    if (source === undefined || source === null) continue
    if (found > 0) {
      errors.push(
        forbiddenField(`${path}.${key === 'downwardAPI' ? 'downwarAPI' : key === 'cephfs' ? 'cephFS' : key}`, 'may not specify more than 1 volume type'),
      )
      continue
    }
    found++
    errors.push(...judge(source, `${path}.${key}`))
    if (key === 'ephemeral' && podName && volume.name) {
      const claim = `${podName}-${volume.name}`
      for (const says of subdomainName(claim, false)) errors.push(invalidValue(`${path}.name`, volume.name, `PVC name ${JSON.stringify(claim)}: ${says}`))
    }
  }
  if (found === 0) errors.push(required(path, 'must specify a volume type'))
  return errors
}

function emptyDir(source: any, path: string): FieldError[] {
  const negative = source.sizeLimit !== undefined && compareQuantity(source.sizeLimit, '0') < 0
  return negative ? [forbiddenField(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')] : []
}

function mode(value: number | undefined, path: string): FieldError[] {
  return value !== undefined && (value > 0o777 || value < 0) ? [invalidValue(path, value, FILE_MODE)] : []
}

function withItems(source: any, path: string): FieldError[] {
  const items = (source.items ?? []).flatMap((item: any, i: number) => keyToPath(item, `${path}.items[${i}]`))
  return [...mode(source.defaultMode, `${path}.defaultMode`), ...items]
}

function keyToPath(item: any, path: string): FieldError[] {
  const errors = ['key', 'path'].filter(key => !item[key]).map(key => required(`${path}.${key}`))
  return [...errors, ...nonReserved(item.path ?? '', `${path}.path`), ...mode(item.mode, `${path}.mode`)]
}

function nonReserved(text: string, path: string): FieldError[] {
  const reserved = text.startsWith('..') && !text.startsWith('../') ? [invalidValue(path, text, "must not start with '..'")] : []
  return [...descendingPath(text, path), ...reserved]
}

function downward(source: any, path: string): FieldError[] {
  return [...mode(source.defaultMode, `${path}.defaultMode`), ...(source.items ?? []).flatMap((file: any) => downwardFile(file, path))]
}

function downwardFile(file: any, path: string): FieldError[] {
  const errors = file.path ? [] : [required(`${path}.path`)]
  errors.push(...nonReserved(file.path ?? '', `${path}.path`))
  if (file.fieldRef !== undefined) {
    errors.push(...validateFieldRef(file.fieldRef, `${path}.fieldRef`, true))
    if (file.resourceFieldRef !== undefined) {
      errors.push(invalidValue(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
    }
  } else if (file.resourceFieldRef !== undefined) errors.push(...validateResourceFieldRef(file.resourceFieldRef, `${path}.resourceFieldRef`, true))
  else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'))
  return [...errors, ...mode(file.mode, `${path}.mode`)]
}

function projected(source: any, path: string): FieldError[] {
  const errors = mode(source.defaultMode, `${path}.defaultMode`)
  const paths = new Set<string>()
  const once = (text: string | undefined, shown: string): void => {
    if (!text) return
    if (paths.has(text)) errors.push(invalidValue(path, shown, 'conflicting duplicate paths'))
    paths.add(text)
  }
  for (const [i, projection] of (source.sources ?? []).entries()) {
    const at = `${path}.sources[${i}]`
    for (const key of ['secret', 'configMap']) {
      const part = projection[key]
      if (part === undefined) continue
      if (!part.name) errors.push(required(`${at}.${key}.name`))
      for (const [j, item] of (part.items ?? []).entries()) {
        errors.push(...keyToPath(item, `${at}.${key}.items[${j}]`))
        once(item.path, part.name)
      }
    }
    for (const file of projection.downwardAPI?.items ?? []) {
      errors.push(...downwardFile(file, `${at}.downwardAPI`))
      once(file.path, file.path)
    }
    const token = projection.serviceAccountToken
    if (token !== undefined) {
      const seconds = token.expirationSeconds ?? 0
      if (seconds < 600) errors.push(invalidValue(`${at}.serviceAccountToken.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes'))
      if (seconds > 4_294_967_296) {
        errors.push(invalidValue(`${at}.serviceAccountToken.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds'))
      }
      errors.push(...(token.path ? nonReserved(token.path, `${path}.path`) : [required(`${path}.path`)]))
    }
    if (Object.keys(projection).length > 1) errors.push(forbiddenField(at, 'may not specify more than 1 volume type per source'))
  }
  return errors
}

function ephemeral(source: any, path: string): FieldError[] {
  const template = source.volumeClaimTemplate
  return template === undefined ? [required(`${path}.volumeClaimTemplate`)] : validateClaimSpec(template.spec ?? {}, `${path}.volumeClaimTemplate.spec`)
}

function image(source: any, path: string): FieldError[] {
  return [...(source.reference ? [] : [required(`${path}.reference`)]), ...validatePullPolicy(source.pullPolicy, `${path}.pullPolicy`)]
}

function validatePropagation(mount: any, container: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  const { mountPropagation: propagation, recursiveReadOnly: recursive } = mount
  const modes = ['Bidirectional', 'HostToContainer', 'None']
  if (propagation !== undefined) {
    if (!modes.includes(propagation)) errors.push(notSupported(`${path}.mountPropagation`, propagation, modes))
    if (propagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
      errors.push(forbiddenField(`${path}.mountPropagation`, 'Bidirectional mount propagation is available only to privileged containers'))
    }
  }
  if (recursive === 'Enabled' || recursive === 'IfPossible') {
    if (!mount.readOnly) errors.push(forbiddenField(`${path}.recursiveReadOnly`, 'may only be specified when readOnly is true'))
    if (propagation !== undefined && propagation !== 'None') {
      errors.push(forbiddenField(`${path}.recursiveReadOnly`, 'may only be specified when mountPropagation is None or not specified'))
    }
  } else if (recursive !== undefined && recursive !== 'Disabled') {
    errors.push(notSupported(`${path}.recursiveReadOnly`, recursive, ['Disabled', 'Enabled', 'IfPossible']))
  }
  return errors
}

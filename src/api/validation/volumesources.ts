// volumesources.ts: validation of where a PersistentVolume's bytes are.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go
// Differs: options of flexVolumes are judged in their order, which Go leaves to chance

import type { FieldError } from '../field.ts'
import { invalidValue, notSupported, required } from '../field.ts'
import { bytes, dns1123Label, dns1123Subdomain, inRange } from '../name.ts'
import { noBacksteps } from './env.ts'
import { each, labelName } from './metadata.ts'
import { validateDriverName, validateHostPath, validateNfs } from './volumes.ts'

type Judge = (source: any, path: string, volumeName: string) => FieldError[]

interface VolumeSource {
  /** The field of the spec. */
  key: string
  /** What the field is called if there is one too many. */
  refused?: string
  /** What it is called in its own errors. */
  path?: string
  judge: Judge
}

/** One error for each of the fields that is empty. */
const wanted =
  (...keys: string[]): Judge =>
  (source, path) =>
    keys.filter(key => !source[key] || source[key].length === 0).map(key => required(`${path}.${key}`))

/** In upstream's order. */
export const VOLUME_SOURCES: VolumeSource[] = [
  { key: 'hostPath', judge: validateHostPath },
  { key: 'gcePersistentDisk', path: 'persistentDisk', judge: disk('pdName') },
  { key: 'awsElasticBlockStore', judge: disk('volumeID') },
  { key: 'glusterfs', judge: glusterfs },
  { key: 'flocker', judge: flocker },
  { key: 'nfs', judge: validateNfs },
  { key: 'rbd', judge: wanted('monitors', 'image') },
  { key: 'quobyte', judge: quobyte },
  { key: 'cephfs', refused: 'cephFS', judge: wanted('monitors') },
  { key: 'iscsi', judge: iscsi },
  { key: 'cinder', judge: (source, path) => [...wanted('volumeID')(source, path, ''), ...secretNames(source.secretRef, path)] },
  { key: 'fc', judge: fibreChannel },
  { key: 'flexVolume', judge: flexVolume },
  { key: 'azureFile', judge: azureFile },
  { key: 'vsphereVolume', judge: wanted('volumePath') },
  { key: 'photonPersistentDisk', judge: wanted('pdID') },
  { key: 'portworxVolume', judge: wanted('volumeID') },
  { key: 'azureDisk', judge: azureDisk },
  { key: 'scaleIO', judge: wanted('gateway', 'system', 'volumeName') },
  { key: 'local', judge: ({ path: text }, path) => (text ? noBacksteps(text, `${path}.path`) : [required(`${path}.path`)]) },
  { key: 'storageos', judge: storageos },
  { key: 'csi', judge: csi },
]

function disk(id: string): Judge {
  return (source, path) => {
    const { partition = 0 } = source
    const wrong = partition < 0 || partition > 255 ? [invalidValue(`${path}.partition`, partition, 'must be between 1 and 255, inclusive')] : []
    return [...wanted(id)(source, path, ''), ...wrong]
  }
}

function glusterfs(source: any, path: string): FieldError[] {
  const errors = wanted('endpoints', 'path')(source, path, '')
  const namespace = source.endpointsNamespace
  const at = `${path}.endpointsNamespace`
  if (namespace === undefined) return errors
  if (namespace === '') return [...errors, invalidValue(at, '', 'if the endpointnamespace is set, it must be a valid namespace name')]
  return [...errors, ...each(at, namespace, labelName(namespace, false))]
}

function flocker({ datasetName: name, datasetUUID: uuid }: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (!name && !uuid) errors.push(required(path, 'one of datasetName and datasetUUID is required'))
  if (name && uuid) errors.push(invalidValue(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'))
  return name?.includes('/') ? [...errors, invalidValue(`${path}.datasetName`, name, "must not contain '/'")] : errors
}

function quobyte({ registry = '', tenant = '', volume }: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  const pairs = 'must be a host:port pair or multiple pairs separated by commas'
  if (registry === '') errors.push(required(`${path}.registry`, pairs))
  else if (bytes(tenant) >= 65) errors.push(required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'))
  else for (const pair of registry.split(',')) if (!isHostPort(pair)) errors.push(invalidValue(`${path}.registry`, registry, pairs))
  return volume ? errors : [...errors, required(`${path}.volume`)]
}

const isHostPort = (text: string): boolean => /^([^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/.test(text)

function iscsi(source: any, path: string, volumeName: string): FieldError[] {
  const { targetPortal = '', iqn = '', lun = 0, initiatorName: initiator, secretRef } = source
  const errors: FieldError[] = targetPortal === '' ? [required(`${path}.targetPortal`)] : []
  if (initiator !== undefined && bytes(`${volumeName}:${targetPortal}`) > 64) {
    const why = 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'
    errors.push(invalidValue(`${path}.targetportal`, targetPortal, why))
  }
  if (iqn === '') errors.push(required(`${path}.iqn`))
  else if (!isInitiator(iqn)) errors.push(invalidValue(`${path}.iqn`, iqn, 'must be valid format'))
  errors.push(...each(`${path}.lun`, lun, inRange(lun, 0, 255)))
  if ((source.chapAuthDiscovery || source.chapAuthSession) && secretRef === undefined) errors.push(required(`${path}.secretRef`))
  if (secretRef !== undefined && !secretRef.name) errors.push(required(`${path}.secretRef.name`))
  if (initiator !== undefined && !isInitiator(initiator)) errors.push(invalidValue(`${path}.initiatorname`, initiator, 'must be valid format'))
  return errors
}

/** `iqn.2001-04.com.example:disk`, `eui.` and 16, or `naa.` and 32 letters or digits. */
function isInitiator(text: string): boolean {
  if (text.startsWith('iqn')) return /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9.-]+)(:[^,;*&$|\s]+)$/.test(text)
  return /^eui.[a-zA-Z0-9]{16}$/.test(text) || /^naa.[a-zA-Z0-9]{32}$/.test(text)
}

function fibreChannel({ targetWWNs = [], wwids = [], lun }: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  const [targets, ids] = [targetWWNs.length > 0, wwids.length > 0]
  if (!targets && !ids) errors.push(required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'))
  if (targets && ids) errors.push(invalidValue(`${path}.targetWWNs`, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'))
  if (!targets) return errors
  if (lun === undefined) return [...errors, required(`${path}.lun`, 'lun is required if targetWWNs is specified')]
  return [...errors, ...each(`${path}.lun`, lun, inRange(lun, 0, 255))]
}

function flexVolume(source: any, path: string): FieldError[] {
  const errors = wanted('driver')(source, path, '')
  for (const key in source.options ?? {}) {
    const domain = `.${key.split('/')[0]!.toLowerCase()}`
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io'))
      errors.push(invalidValue(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved'))
  }
  return errors
}

function azureFile(source: any, path: string): FieldError[] {
  const errors = wanted('secretName', 'shareName')(source, path, '')
  return source.secretNamespace === '' ? [...errors, required(`${path}.secretNamespace`)] : errors
}

const CACHING_MODES = ['None', 'ReadOnly', 'ReadWrite']
const DISK_KINDS = ['Dedicated', 'Managed', 'Shared']
const MANAGED_URI = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
const BLOB_URI = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

function azureDisk(source: any, path: string): FieldError[] {
  const errors = wanted('diskName', 'diskURI')(source, path, '')
  const { diskURI: uri = '', cachingMode, kind } = source
  if (cachingMode !== undefined && !CACHING_MODES.includes(cachingMode)) errors.push(notSupported(`${path}.cachingMode`, cachingMode, CACHING_MODES))
  if (kind === undefined) return errors
  if (!DISK_KINDS.includes(kind)) errors.push(notSupported(`${path}.kind`, kind, DISK_KINDS))
  if (kind === 'Managed' && !uri.startsWith('/subscriptions/')) errors.push(notSupported(`${path}.diskURI`, uri, [MANAGED_URI]))
  if (kind !== 'Managed' && !uri.startsWith('https://')) errors.push(notSupported(`${path}.diskURI`, uri, [BLOB_URI]))
  return errors
}

function storageos({ volumeName: name, volumeNamespace: namespace, secretRef }: any, path: string): FieldError[] {
  const errors = name ? each(`${path}.volumeName`, name, dns1123Label(name)) : [required(`${path}.volumeName`)]
  if (namespace) errors.push(...each(`${path}.volumeNamespace`, namespace, dns1123Label(namespace)))
  return [...errors, ...secretNames(secretRef, path)]
}

const secretNames = (ref: any, path: string): FieldError[] => (ref === undefined ? [] : wanted('name', 'namespace')(ref, `${path}.secretRef`, ''))

const CSI_SECRETS = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef']

function csi(source: any, path: string): FieldError[] {
  const errors = validateDriverName(source.driver ?? '', `${path}.driver`)
  if (!source.volumeHandle) errors.push(required(`${path}.volumeHandle`))
  for (const key of CSI_SECRETS) {
    if (source[key] === undefined) continue
    const { name, namespace } = source[key]
    const at = `${path}.${key}`
    errors.push(...(name ? each(`${at}.name`, name, dns1123Subdomain(name)) : [required(`${at}.name`)]))
    errors.push(...(namespace ? each(`${at}.namespace`, namespace, dns1123Label(namespace)) : [required(`${at}.namespace`)]))
  }
  return errors
}

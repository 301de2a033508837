// storage.test.ts: what v1.37.2 answers to volumes, claims and storage classes that are filled in wrongly.
import { expect, test } from 'vitest'
import { decode } from '../../src/api/decode.ts'
import { applyDefaults } from '../../src/api/defaults/defaults.ts'
import { errorText } from '../../src/api/field.ts'
import { resourceByKind } from '../../src/api/resources.ts'
import { structIdOf } from '../../src/api/schema.ts'
import { prepareForCreate, prepareForUpdate } from '../../src/api/strategy.ts'
import { validate, validateUpdate } from '../../src/api/validation/validation.ts'

const of = (apiVersion: string, kind: string, rest: any, metadata: any = {}) => ({ apiVersion, kind, metadata: { name: 'x', ...metadata }, ...rest })
const volume = (spec: any) => of('v1', 'PersistentVolume', { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], ...spec } })
const claim = (spec: any, status: any = {}) => {
  const requests = { storage: '2Gi' }
  return of('v1', 'PersistentVolumeClaim', { spec: { accessModes: ['ReadWriteOnce'], resources: { requests }, ...spec }, status })
}
const storageClass = (rest: any) => of('storage.k8s.io/v1', 'StorageClass', { provisioner: 'a/b', ...rest })

function read(given: any): any {
  const type = resourceByKind(given.apiVersion, given.kind)!
  const metadata = { uid: 'u', resourceVersion: '1', ...(type.namespaced ? { namespace: 'default' } : {}), ...given.metadata }
  const decoded = decode<any>(structIdOf(type)!, { ...given, metadata })
  if ('error' in decoded) throw new Error(decoded.error)
  return applyDefaults(decoded.value)
}

/** The object with parts of its spec, or other fields, replaced. */
const changed = (given: any, { spec, ...rest }: any) => ({ ...given, ...rest, ...(spec === undefined ? {} : { spec: { ...given.spec, ...spec } }) })

test.each<[any, string[]]>([
  [volume({}), ['spec: Required value: must specify a volume type']],
  [
    volume({ capacity: { storage: '-500m' }, accessModes: ['ReadWriteOncePod', 'ReadWriteMany', 'Any'], hostPath: { path: '/a/../b', type: 'Disk' } }),
    [
      'spec.accessModes: Unsupported value: "Any": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
      'spec.capacity[storage]: Invalid value: -1: must be a valid resource quantity',
      'spec.capacity[storage]: Invalid value: "-500m": must be greater than zero',
      `spec.hostPath.path: Invalid value: "/a/../b": must not contain '..'`,
      'spec.hostPath.type: Unsupported value: "Disk": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
    ],
  ],
  [
    volume({
      capacity: { storage: '1Gi', cpu: '1' },
      persistentVolumeReclaimPolicy: 'Keep',
      volumeMode: 'Tape',
      nfs: { server: '', path: 'p' },
      hostPath: { path: '/x' },
    }),
    [
      'spec.capacity: Unsupported value: {"cpu":"1","storage":"1Gi"}: supported values: "storage"',
      'spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Recycle", "Retain"',
      'spec.nfs: Forbidden: may not specify more than 1 volume type',
      'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
    ],
  ],
  [volume({ local: { path: '' } }), ['spec.local.path: Required value', 'spec.nodeAffinity: Required value: Local volume requires node affinity']],
  [
    volume({ local: { path: '/d' }, nodeAffinity: { required: { nodeSelectorTerms: [] } } }),
    ['spec.nodeAffinity.required.nodeSelectorTerms: Required value: must have at least one node selector term'],
  ],
  [
    volume({ csi: { driver: '', nodePublishSecretRef: {} }, volumeAttributesClassName: '' }),
    [
      'spec.csi.driver: Required value',
      'spec.csi.volumeHandle: Required value',
      'spec.csi.nodePublishSecretRef.name: Required value',
      'spec.csi.nodePublishSecretRef.namespace: Required value',
      'spec.volumeAttributesClassName: Required value: an empty string is disallowed',
    ],
  ],
  [
    volume({ hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle', volumeAttributesClassName: 'fast' }),
    [
      "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
      'spec.csi: Required value: has to be specified when using volumeAttributesClassName',
    ],
  ],
  [
    volume({ iscsi: { targetPortal: '', iqn: 'disk', lun: 256, chapAuthDiscovery: true } }),
    [
      'spec.iscsi.targetPortal: Required value',
      'spec.iscsi.iqn: Invalid value: "disk": must be valid format',
      'spec.iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive',
      'spec.iscsi.secretRef: Required value',
    ],
  ],
  [
    volume({ gcePersistentDisk: { pdName: '', partition: 256 } }),
    ['spec.persistentDisk.pdName: Required value', 'spec.persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive'],
  ],
  [
    volume({ fc: { targetWWNs: ['a'], wwids: ['b'] } }),
    [
      'spec.fc.targetWWNs: Invalid value: ["a"]: targetWWNs and wwids can not be specified simultaneously',
      'spec.fc.lun: Required value: lun is required if targetWWNs is specified',
    ],
  ],
  [
    volume({ azureDisk: { diskName: 'd', diskURI: 'x', kind: 'Managed', cachingMode: 'Some' } }),
    [
      'spec.azureDisk.cachingMode: Unsupported value: "Some": supported values: "None", "ReadOnly", "ReadWrite"',
      'spec.azureDisk.diskURI: Unsupported value: "x": supported values: "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"',
    ],
  ],
  [
    claim({ accessModes: undefined, resources: {} }),
    ['spec.accessModes: Required value: at least 1 access mode is required', 'spec.resources[storage]: Required value'],
  ],
  [
    claim({ accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'], resources: { requests: { storage: '0' } }, volumeMode: 'Tape' }),
    [
      'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
      'spec.resources[storage]: Invalid value: "0": must be greater than zero',
      'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
    ],
  ],
  [
    claim({ dataSourceRef: { kind: 'Backup', name: '' }, dataSource: { kind: 'PersistentVolumeClaim', name: 'y' } }),
    [
      'spec.dataSourceRef.name: Required value',
      `spec.dataSourceRef: Invalid value: "Backup": must be 'PersistentVolumeClaim' when referencing the default apiGroup`,
      'spec: Invalid value: {}: must match dataSourceRef',
    ],
  ],
  [
    storageClass({ provisioner: '', reclaimPolicy: 'Recycle', volumeBindingMode: 'Later', parameters: { '': 'x' } }),
    [
      'parameters: Invalid value: "": field can not be empty.',
      'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
      'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"',
      'provisioner: Required value',
    ],
  ],
  [
    storageClass({
      allowedTopologies: [
        {
          matchLabelExpressions: [
            { key: 'zone', values: ['a', 'a'] },
            { key: 'zone', values: [] },
          ],
        },
        {},
      ],
    }),
    [
      'allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"',
      'allowedTopologies[0].matchLabelExpressions[1].values: Required value',
      'allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "zone"',
      'allowedTopologies[1].matchLabelExpressions: Duplicate value: ""',
    ],
  ],
])('all that is wrong with a new object is told, in order: %#', (given, texts) => {
  expect(validate(prepareForCreate(read(given))).map(errorText)).toEqual(texts)
})

test.each<[any, any, string[]]>([
  [
    volume({ hostPath: { path: '/x' } }),
    { spec: { hostPath: { path: '/y' }, volumeMode: 'Block' } },
    [
      'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n@@ -2,7 +2,7 @@\n  "GCEPersistentDisk": null,\n  "AWSElasticBlockStore": null,\n  "HostPath": {\n-  "Path": "/x",\n+  "Path": "/y",\n   "Type": ""\n  },\n  "Glusterfs": null,\n',
      'volumeMode: Invalid value: "Block": field is immutable',
    ],
  ],
  [
    volume({ local: { path: '/x' }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] } } }),
    { spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'b', operator: 'In', values: ['c'] }] }] } } } },
    [
      'nodeAffinity: Invalid value: {"Required":{"NodeSelectorTerms":[{"MatchExpressions":[{"Key":"b","Operator":"In","Values":["c"]}],"MatchFields":null}]}}: field is immutable, except for updating from beta label to GA',
    ],
  ],
  [
    claim({}),
    { spec: { accessModes: ['ReadWriteMany'] } },
    [
      'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n@@ -1,6 +1,6 @@\n {\n  "AccessModes": [\n-  "ReadWriteOnce"\n+  "ReadWriteMany"\n  ],\n  "Selector": null,\n  "Resources": {\n',
    ],
  ],
  [
    claim({ volumeName: 'v' }, { phase: 'Bound', capacity: { storage: '2Gi' } }),
    { spec: { volumeName: 'w', resources: { requests: { storage: '1Gi' } } } },
    [
      'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n@@ -9,7 +9,7 @@\n    "storage": "2Gi"\n   }\n  },\n- "VolumeName": "v",\n+ "VolumeName": "w",\n  "StorageClassName": null,\n  "VolumeMode": "Filesystem",\n  "DataSource": null,\n',
      'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
    ],
  ],
  [claim({ volumeName: 'v' }, { phase: 'Bound', capacity: { storage: '1Gi' } }), { spec: { resources: { requests: { storage: '3Gi' } } } }, []],
  [
    claim({ volumeAttributesClassName: 'a' }, { phase: 'Bound', currentVolumeAttributesClassName: 'a' }),
    { spec: { volumeAttributesClassName: '' } },
    ['spec.volumeAttributesClassName: Forbidden: update to empty string is forbidden when status.currentVolumeAttributesClassName is not nil'],
  ],
  [
    claim({ storageClassName: 'a' }),
    { spec: { storageClassName: 'b' } },
    [
      'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n@@ -10,7 +10,7 @@\n   }\n  },\n  "VolumeName": "",\n- "StorageClassName": "a",\n+ "StorageClassName": "b",\n  "VolumeMode": "Filesystem",\n  "DataSource": null,\n  "DataSourceRef": null,\n',
    ],
  ],
  [claim({}), { spec: { storageClassName: 'b' } }, []],
  [
    storageClass({ parameters: { a: 'b' } }),
    { provisioner: '', parameters: { a: 'c' }, reclaimPolicy: 'Retain' },
    [
      'provisioner: Required value',
      'provisioner: Invalid value: null: field is immutable',
      'parameters: Invalid value: null: field is immutable',
      'reclaimPolicy: Invalid value: null: field is immutable',
    ],
  ],
  [
    storageClass({}),
    { provisioner: 'c/d', volumeBindingMode: 'Later' },
    [
      'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"',
      'provisioner: Invalid value: null: field is immutable',
      'volumeBindingMode: Invalid value: null: field is immutable',
    ],
  ],
])('all that is wrong with a change is told, in order: %#', (given, change, texts) => {
  const old = read(given)
  const next = prepareForUpdate(read(changed(given, change)), old)
  expect(validateUpdate(next, old, '').map(errorText)).toEqual(texts)
})

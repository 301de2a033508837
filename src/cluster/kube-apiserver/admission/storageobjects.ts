// storageobjects.ts: volumes, claims and classes: protection while in use, default classes, growth.
// Models k8s.io/kubernetes/plugin/pkg/admission/{storage/storageobjectinuseprotection,storage/storageclass/setdefault,storage/persistentvolume/resize,network/defaultingressclass}/admission.go
// Differs: nothing known

import type { KubeObject } from '../../../api/object.ts'
import { compareQuantity } from '../../../api/quantity.ts'
import { forbidden } from '../../../api/status.ts'
import type { Plugin } from './admission.ts'

const PROTECTION: Record<string, string> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
  volumeattributesclasses: 'kubernetes.io/vac-protection',
}

export const storageObjectInUseProtection: Plugin = {
  name: 'StorageObjectInUseProtection',
  resources: Object.keys(PROTECTION),
  mutate(_, a) {
    const finalizer = PROTECTION[a.type.plural]
    if (finalizer === undefined || a.operation !== 'CREATE' || a.subresource !== '') return a.object
    const has = a.object.metadata.finalizers ?? []
    return has.includes(finalizer) ? a.object : { ...a.object, metadata: { ...a.object.metadata, finalizers: [...has, finalizer] } }
  },
}

/** The newest of the classes that are marked as default; the first by name among equals. */
function defaultClass(classes: Iterable<KubeObject>, annotation: string): KubeObject | undefined {
  let found: KubeObject | undefined
  for (const candidate of classes) {
    if (candidate.metadata.annotations?.[annotation] !== 'true') continue
    const [a, b] = [candidate.metadata, found?.metadata]
    if (b === undefined || a.creationTimestamp > b.creationTimestamp || (a.creationTimestamp === b.creationTimestamp && a.name < b.name)) found = candidate
  }
  return found
}

export const defaultStorageClass: Plugin = {
  name: 'DefaultStorageClass',
  resources: ['persistentvolumeclaims'],
  mutate(s, a) {
    if (a.type.plural !== 'persistentvolumeclaims' || a.operation !== 'CREATE' || a.subresource !== '') return a.object
    if (a.object['spec'].storageClassName !== undefined || a.object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined)
      return a.object
    const found =
      defaultClass(s.caches['storageclasses']!.objects.values(), 'storageclass.kubernetes.io/is-default-class') ??
      defaultClass(s.caches['storageclasses']!.objects.values(), 'storageclass.beta.kubernetes.io/is-default-class')
    return found === undefined ? a.object : { ...a.object, spec: { ...a.object['spec'], storageClassName: found.metadata.name } }
  },
}

export const defaultIngressClass: Plugin = {
  name: 'DefaultIngressClass',
  resources: ['ingresses'],
  mutate(s, a) {
    if (a.type.plural !== 'ingresses' || a.operation !== 'CREATE' || a.subresource !== '') return a.object
    if (a.object['spec']?.ingressClassName !== undefined || a.object.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return a.object
    const found = defaultClass(s.caches['ingressclasses']!.objects.values(), 'ingressclass.kubernetes.io/is-default-class')
    return found === undefined ? a.object : { ...a.object, spec: { ...a.object['spec'], ingressClassName: found.metadata.name } }
  },
}

export const persistentVolumeClaimResize: Plugin = {
  name: 'PersistentVolumeClaimResize',
  resources: ['persistentvolumeclaims'],
  validate(s, a) {
    if (a.type.plural !== 'persistentvolumeclaims' || a.operation !== 'UPDATE' || a.subresource !== '') return undefined
    const [now, old] = [a.object!['spec'].resources?.requests?.storage, a.old!['spec'].resources?.requests?.storage]
    if (compareQuantity(now, old) <= 0) return undefined
    if (a.old!['status']?.phase !== 'Bound') return forbidden(a.type, a.name, 'Only bound persistent volume claims can be expanded')
    const found = s.caches['storageclasses']!.objects.get(a.object!['spec'].storageClassName ?? '')
    if (found?.['allowVolumeExpansion'] === true) return undefined
    return forbidden(a.type, a.name, 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize')
  },
}

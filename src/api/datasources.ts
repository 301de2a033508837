// datasources.ts: what a claim is filled from is said in two fields, which the server keeps the same.
// Models k8s.io/kubernetes/pkg/api/persistentvolumeclaim/util.go
// Differs: nothing known

import { withFields } from './edit.ts'

type Fields = Record<string, any>

/** The spec of a claim as it will be stored in place of `old`: of other kinds than claims and snapshots a new dataSource is not heard. */
export function prepareDataSources(spec: Fields, old: Fields | undefined): Fields {
  const used = old?.['dataSource'] !== undefined || old?.['dataSourceRef'] !== undefined
  // References into other namespaces wait for CrossNamespaceVolumeDataSource.
  const foreign = spec['dataSourceRef']?.namespace && old?.['dataSourceRef'] === undefined
  const out = foreign ? withFields(spec, { dataSourceRef: undefined }) : spec
  const unheard = !used && out['dataSourceRef'] === undefined && !isClaimOrSnapshot(out['dataSource'] ?? {})
  return alignDataSources(unheard ? withFields(out, { dataSource: undefined }) : out)
}

/** The one that is missing is filled from the other. */
export function alignDataSources(spec: Fields): Fields {
  const { dataSource, dataSourceRef } = spec
  if (dataSource !== undefined) return dataSourceRef === undefined ? withFields(spec, { dataSourceRef: dataSource }) : spec
  if (dataSourceRef === undefined || dataSourceRef.namespace) return spec
  const { namespace: _, ...local } = dataSourceRef
  return withFields(spec, { dataSource: local })
}

const isClaimOrSnapshot = ({ apiGroup, kind }: Fields): boolean =>
  (kind === 'PersistentVolumeClaim' && !apiGroup) || (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io')

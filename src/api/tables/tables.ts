// tables.ts: objects as the server prints them for kubectl get: columns and cells.
// Models k8s.io/kubernetes/pkg/printers/internalversion/printers.go and k8s.io/apiserver/pkg/endpoints/handlers/response.go
// Differs: nothing known

import { columnsByKind, defaultColumns } from '../data/columns.ts'
import type { KubeObject } from '../object.ts'
import type { Printed } from './cells.ts'
import { printers } from './printers.ts'

export interface ColumnDefinition {
  name: string
  type: string
  format: string
  description: string
  /** 0: always shown; 1: with -o wide. */
  priority: number
}

export interface TableRow {
  cells: (string | number | boolean | null)[]
  conditions?: { type: string; status: string; reason: string; message: string }[]
  object?: any
}

export interface Table {
  kind: 'Table'
  apiVersion: 'meta.k8s.io/v1'
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number }
  columnDefinitions: ColumnDefinition[]
  rows: TableRow[]
}

export interface TableOptions {
  /** What stands beside each row; the server's default is Metadata. */
  includeObject?: 'None' | 'Metadata' | 'Object'
  /** Of the list, or of the one object. */
  metadata?: Table['metadata']
  /** The objects are a list, not one object (which marks the default StorageClass). */
  list?: boolean
}

/** The table of objects of one kind at a moment (simulated ms); wide cells are always filled. */
export function tableOf(type: { kind: string }, objects: KubeObject[], now: number, options: TableOptions = {}): Table {
  const print = printers[type.kind]
  const defaultClass = type.kind === 'StorageClass' && options.list ? defaultStorageClass(objects) : undefined
  const rows = objects.map(object => {
    const printed: Printed = print === undefined ? { cells: [object.metadata.name, object.metadata.creationTimestamp ?? null] } : print(object, now)
    if (object === defaultClass) printed.cells[0] = `${object.metadata.name} (default)`
    return rowOf(printed, object, options.includeObject ?? 'Metadata')
  })
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: options.metadata ?? {}, columnDefinitions: columnsOf(type), rows }
}

export function columnsOf(type: { kind: string }): ColumnDefinition[] {
  const rows = printers[type.kind] === undefined ? defaultColumns : (columnsByKind[type.kind] ?? defaultColumns)
  return rows.map(([name, kind, format, priority, description]) => ({ name, type: kind, format, description, priority }))
}

function rowOf(printed: Printed, object: KubeObject, include: 'None' | 'Metadata' | 'Object'): TableRow {
  const row: TableRow = { cells: printed.cells }
  if (printed.conditions !== undefined) row.conditions = printed.conditions
  if (include === 'Object') row.object = object
  if (include === 'Metadata') row.object = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
  return row
}

/** The newest of those annotated as default, then the first by name. */
function defaultStorageClass(objects: KubeObject[]): KubeObject | undefined {
  const marked = objects.filter(object => {
    const annotations = object.metadata.annotations ?? {}
    return annotations['storageclass.kubernetes.io/is-default-class'] === 'true' || annotations['storageclass.beta.kubernetes.io/is-default-class'] === 'true'
  })
  return marked.sort((a, b) => {
    const [x, y] = [a.metadata, b.metadata]
    if (x.creationTimestamp !== y.creationTimestamp) return x.creationTimestamp > y.creationTimestamp ? -1 : 1
    return x.name < y.name ? -1 : 1
  })[0]
}

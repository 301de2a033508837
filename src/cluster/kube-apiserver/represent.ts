// represent.ts: in which form an answer is wanted: objects, tables, or metadata only; and in which version.
// Models k8s.io/apiserver/pkg/endpoints/handlers/{response,negotiation}.go
// Differs: everything travels as JSON values

import type { KubeObject } from '../../api/object.ts'
import { apiVersionOf, type ResourceType } from '../../api/resources.ts'
import { failure, type Status } from '../../api/status.ts'
import { type TableOptions, tableOf } from '../../api/tables/tables.ts'
import { share } from '../../kernel/share.ts'
import type { ServerIo } from './state.ts'
import { toVersion } from './versions.ts'

export interface Representation {
  as: 'Object' | 'Table' | 'PartialObjectMetadata'
  /** Of a table: `None`, `Metadata`, `Object`. */
  includeObject: TableOptions['includeObject']
}

const PLAIN: Representation = share({ as: 'Object', includeObject: 'Metadata' })

/** The form that an Accept header asks for, or the refusal. */
export function representationOf(accept: string | undefined, query: Record<string, string>): Representation | Status {
  if (accept === undefined || accept === '' || accept === 'application/json' || accept === '*/*') return PLAIN
  let asked = false
  for (const clause of accept.split(',')) {
    const [media = '', ...parameters] = clause.split(';').map(part => part.trim())
    if (!MEDIA.has(media)) continue
    const p = Object.fromEntries(parameters.map(part => part.split('=')))
    if (p['as'] === undefined) return PLAIN
    asked = true
    if (p['g'] !== 'meta.k8s.io' || p['v'] !== 'v1') continue
    if (p['as'] === 'Table') return { as: 'Table', includeObject: (query['includeObject'] as TableOptions['includeObject']) ?? 'Metadata' }
    if (p['as'] === 'PartialObjectMetadata' || p['as'] === 'PartialObjectMetadataList') return { as: 'PartialObjectMetadata', includeObject: 'Metadata' }
  }
  const served = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
  if (asked) return failure(406, 'NotAcceptable', `only the following media types are accepted: ${served}`, {})
  return failure(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${served}`, {})
}

/** One object in the wanted form. */
export function represent(type: ResourceType, object: KubeObject, form: Representation, now: number): any {
  if (form.as === 'Object') return toVersion(type, object)
  if (form.as === 'PartialObjectMetadata') return partial(object)
  return tableOf(type, [object], now, { includeObject: form.includeObject, metadata: { resourceVersion: object.metadata.resourceVersion } } as TableOptions)
}

/** What a write answers: the object in the wanted form. */
export const answered = (io: ServerIo, type: ResourceType, object: KubeObject, form: Representation): any =>
  form.as === 'Object' ? toVersion(type, object) : represent(type, object, form, io.now())

export interface ListMeta {
  resourceVersion: string
  continue?: string
  remainingItemCount?: number
}

/** A list in the wanted form; items do not repeat kind and apiVersion. */
export function representList(type: ResourceType, objects: KubeObject[], metadata: ListMeta, form: Representation, now: number): any {
  if (form.as === 'Table') return tableOf(type, objects, now, { includeObject: form.includeObject, metadata, list: true } as TableOptions)
  if (form.as === 'PartialObjectMetadata') return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: objects.map(partial) }
  return { kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata, items: objects.map(object => bare(toVersion(type, object))) }
}

function bare({ kind: _, apiVersion: __, ...rest }: any): any {
  return rest
}

const partial = (object: KubeObject) => ({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata })

const MEDIA = new Set(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', '*/*', 'application/*'])

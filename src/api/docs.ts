// docs.ts: what the API's documentation says of a type or a field.
// Models k8s.io/api/*/types_swagger_doc_generated.go
// Differs: kinds outside the stable groups that are served have none

import { brotliDecompressSync } from 'node:zlib'
import { packedDocs } from './data/docs.ts'
import { type Field, structOf } from './schema.ts'

let docs: Map<string, Map<string, string>> | undefined

function all(): Map<string, Map<string, string>> {
  if (docs !== undefined) return docs
  docs = new Map()
  let type = new Map<string, string>()
  for (const line of brotliDecompressSync(Buffer.from(packedDocs, 'base64')).toString('utf8').split('\n')) {
    if (line.startsWith('=')) {
      type = new Map()
      docs.set(line.slice(1), type)
      continue
    }
    const tab = line.indexOf('\t')
    type.set(line.slice(0, tab), line.slice(tab + 1).replaceAll('\\n', '\n'))
  }
  return docs
}

/** The text about a field of a type (`core/v1.Pod`), or about the type itself where no field is named; '' where there is none. */
export const docOf = (id: string, field = ''): string => all().get(id)?.get(field) ?? ''

/** The text stands with the type that has the field, which may be embedded. */
function docIn(id: string, json: string): string {
  const own = docOf(id, json)
  if (own !== '') return own
  for (const { inline, type } of structOf(id).fields) {
    const embedded = inline && type.is === 'struct' ? docIn(type.id, json) : ''
    if (embedded !== '') return embedded
  }
  return ''
}

/** The text about a field of a type, where it is known from what every type has. */
export function fieldDoc(id: string, { json, type }: Pick<Field, 'json' | 'type'>): string {
  const own = docIn(id, json)
  if (own !== '') return own
  return type.is === 'struct' && type.id === 'meta/v1.ObjectMeta' && json === 'metadata' ? "Standard object's metadata." : (TYPE_META[json] ?? '')
}

const TYPE_META: Record<string, string> = {
  apiVersion:
    'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
  kind: 'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
}

// docs.ts: what the API's documentation says of a type or a field.
// Models k8s.io/api/*/types_swagger_doc_generated.go
// Differs: kinds outside the stable groups that are served have none

import { brotliDecompressSync } from 'node:zlib'
import { packedDocs } from './data/docs.ts'

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

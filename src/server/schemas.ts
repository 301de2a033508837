// schemas.ts: the API's types as OpenAPI schemas, with their documentation.
// Models k8s.io/kube-openapi/pkg/builder3
// Differs: lists of objects, merge keys and defaults are left out

import { docOf, fieldDoc } from '../api/docs.ts'
import type { ResourceType } from '../api/resources.ts'
import { type Field, type Struct, structIdOf, structOf, type Type } from '../api/schema.ts'

type Schema = Record<string, unknown>

/** Schemas of these kinds and of all that is in them, by name. */
export function schemasOf(types: ResourceType[]): Record<string, Schema> {
  const all: Record<string, Schema> = {}
  for (const { group, version, kind, subresources } of types)
    for (const of of [{ group, version, kind }, ...subresources.map(sub => ({ group: sub.group, version: sub.version, kind: sub.kind }))]) {
      const id = structIdOf(of)
      if (id === undefined) continue
      add(all, id)
      all[nameOf(id)]!['x-kubernetes-group-version-kind'] = [of]
    }
  return all
}

/** `core/v1.Pod` is io.k8s.api.core.v1.Pod. */
const nameOf = (id: string): string => (id.startsWith('meta/') ? `io.k8s.apimachinery.pkg.apis.${id.replace('/', '.')}` : `io.k8s.api.${id.replace('/', '.')}`)

const refTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

function add(all: Record<string, Schema>, id: string): void {
  if (all[nameOf(id)] !== undefined) return
  const struct = structOf(id)
  const schema: Schema = { type: 'object' }
  all[nameOf(id)] = schema
  const text = docOf(id)
  if (text !== '') schema['description'] = text
  const required = [...struct.byName].flatMap(([name, field]) => (field.required ? [name] : [])).sort()
  if (required.length > 0) schema['required'] = required
  const fields = [...struct.byName].sort(([a], [b]) => (a < b ? -1 : 1))
  if (fields.length > 0) schema['properties'] = Object.fromEntries(fields.map(([name, field]) => [name, property(all, struct, field)]))
}

function property(all: Record<string, Schema>, struct: Struct, field: Field): Schema {
  const description = fieldDoc(struct.id, field)
  const schema = schemaOf(all, field.type)
  // What stands beside a reference is not read, so the reference is wrapped.
  return { ...(description === '' ? {} : { description }), ...('$ref' in schema ? { allOf: [schema] } : schema) }
}

function schemaOf(all: Record<string, Schema>, type: Type): Schema {
  switch (type.is) {
    case 'struct':
      add(all, type.id)
      return refTo(nameOf(type.id))
    case 'list':
      return { type: 'array', items: schemaOf(all, type.of) }
    case 'map':
      return { type: 'object', additionalProperties: schemaOf(all, type.of) }
    case 'Quantity':
    case 'IntOrString':
    case 'Time':
    case 'MicroTime':
    case 'FieldsV1': {
      const [name, schema] = NAMED[type.is]
      all[name] ??= schema
      return refTo(name)
    }
    default: {
      const values = type.is === 'string' && type.values !== undefined ? { enum: [...type.values].sort() } : {}
      return { ...SCALARS[type.is], ...values }
    }
  }
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const NAMED: Record<'Quantity' | 'IntOrString' | 'Time' | 'MicroTime' | 'FieldsV1', [string, Schema]> = {
  Quantity: ['io.k8s.apimachinery.pkg.api.resource.Quantity', { oneOf: [{ type: 'string' }, { type: 'number' }] }],
  IntOrString: ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' }],
  Time: [`${META}.Time`, { type: 'string', format: 'date-time', description: docOf('meta/v1.Time') }],
  MicroTime: [`${META}.MicroTime`, { type: 'string', format: 'date-time', description: docOf('meta/v1.MicroTime') }],
  FieldsV1: [`${META}.FieldsV1`, { type: 'object', description: docOf('meta/v1.FieldsV1') }],
}

const SCALARS: Record<string, Schema> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  float64: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
  Duration: { type: 'string' },
  RawExtension: { type: 'object' },
}

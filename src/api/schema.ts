// schema.ts: the fields of every type of the API, with their Go names and types, patch strategies and list types.
// Models k8s.io/api/*/types.go
// Differs: nothing known

import { schemaText } from './data/schema.ts'

export type Type =
  | { is: 'struct'; id: string; pointer: boolean }
  | { is: 'list'; of: Type; pointer: boolean; go: string }
  | { is: 'map'; key: Type; of: Type; pointer: boolean; go: string }
  /** `go` is the name that Go prints: `int32`, `v1.RestartPolicy`. */
  | { is: Scalar; pointer: boolean; go: string; values?: string[] }

export type Scalar =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'bytes'
  | 'Quantity'
  | 'IntOrString'
  | 'Time'
  | 'MicroTime'
  | 'Duration'
  | 'RawExtension'
  | 'FieldsV1'

export interface Field {
  json: string
  go: string
  type: Type
  omitEmpty: boolean
  omitZero: boolean
  required: boolean
  inline: boolean
  /** `merge`, `replace`, `retainKeys`; as in the struct tag. */
  patchStrategies: string[]
  mergeKey?: string
  /** list: `atomic`, `set`, `map`; map and struct: `atomic`, `granular`. */
  listType?: string
  listMapKeys?: string[]
}

export interface Struct {
  id: string
  /** As Go prints it: `v1.PodSpec`. */
  go: string
  /** In order of declaration, embedded ones as one field. */
  fields: Field[]
  /** By JSON name, embedded ones flattened. */
  byName: Map<string, Field>
  atomic: boolean
  /** Fields that are printed even when they were not given; found when first asked for. */
  printed?: Field[]
}

/** The struct of that id, such as `core/v1.PodSpec`; throws if there is none. */
export function structOf(id: string): Struct {
  const known = structs.get(id)
  if (known !== undefined) return known
  const line = lines().get(id)
  if (line === undefined || line[0] !== '=') throw new Error(`no struct ${id} in the schema`)
  const made = readStruct(id, line)
  structs.set(id, made)
  return made
}

export const hasStruct = (id: string): boolean => lines().get(id)?.[0] === '='

/** `core/v1.Pod` of a resource or kind. Undefined for kinds whose schema is not carried. */
export function structIdOf(type: { group: string; version: string; kind: string }): string | undefined {
  const { group, version, kind } = type
  let known = ids.get(kind)
  if (known === undefined) {
    known = []
    if (ids.size < IDS_MAX) ids.set(kind, known)
  }
  for (const entry of known) if (entry.version === version && entry.group === group) return entry.id
  const id = idOf(group, version, kind)
  if (known.length < IDS_MAX) known.push({ group, version, id })
  return id
}

const IDS_MAX = 500
/** Struct ids that were asked for, by kind. */
const ids = new Map<string, { group: string; version: string; id: string | undefined }[]>()

function idOf(group: string, version: string, kind: string): string | undefined {
  const id = `${group === '' ? 'core' : (GROUP_FOLDERS[group] ?? group)}/${version}.${kind}`
  if (hasStruct(id)) return id
  const meta = `meta/v1.${kind}`
  return hasStruct(meta) ? meta : undefined
}

/** Group names to their folders in k8s.io/api. */
const GROUP_FOLDERS: Record<string, string> = {
  'rbac.authorization.k8s.io': 'rbac',
  'networking.k8s.io': 'networking',
  'discovery.k8s.io': 'discovery',
  'coordination.k8s.io': 'coordination',
  'events.k8s.io': 'events',
  'storage.k8s.io': 'storage',
  'scheduling.k8s.io': 'scheduling',
  'node.k8s.io': 'node',
  'authentication.k8s.io': 'authentication',
  'authorization.k8s.io': 'authorization',
  'certificates.k8s.io': 'certificates',
}

const SCALARS: Record<string, Scalar> = {
  string: 'string',
  bool: 'bool',
  int: 'int64',
  int32: 'int32',
  int64: 'int64',
  float64: 'float64',
  'resource.Quantity': 'Quantity',
  'intstr.IntOrString': 'IntOrString',
  'meta/v1.Time': 'Time',
  'meta/v1.MicroTime': 'MicroTime',
  'meta/v1.Duration': 'Duration',
  'meta/v1.FieldsV1': 'FieldsV1',
  'runtime.RawExtension': 'RawExtension',
  'runtime.Object': 'RawExtension',
  'types.UID': 'string',
  'types.NodeName': 'string',
  any: 'RawExtension',
}

const structs = new Map<string, Struct>()
let index: Map<string, string> | undefined

function lines(): Map<string, string> {
  if (index !== undefined) return index
  index = new Map()
  for (const line of schemaText.split('\n')) if (line !== '') index.set(line.slice(2).split(' ', 1)[0]!, line)
  return index
}

function readStruct(id: string, line: string): Struct {
  const folder = id.slice(0, id.indexOf('.'))
  let body = line.slice(2 + id.length + 1)
  const atomic = body.startsWith('atomic ')
  if (atomic) body = body.slice(7)
  const struct: Struct = { id, go: goName(id), fields: [], byName: new Map(), atomic }
  for (const text of body === '' ? [] : body.split(';')) {
    const [name = '', goType = '', flags = '', patch = '-', list = '-'] = text.split(' ')
    const [first = '', second] = name.split(':')
    const json = second ?? first
    const [strategy = '', mergeKey] = patch === '-' ? [] : patch.split(':')
    const [listType, ...keys] = list === '-' ? [] : list.split(':')
    const field: Field = {
      json,
      go: second === undefined ? first.charAt(0).toUpperCase() + first.slice(1) : first,
      type: readType(goType, folder),
      omitEmpty: flags.includes('o'),
      omitZero: flags.includes('z'),
      required: flags.includes('r'),
      inline: flags.includes('i'),
      patchStrategies: strategy === '' ? [] : strategy.split('+'),
      ...(mergeKey === undefined ? {} : { mergeKey }),
      ...(listType === undefined ? {} : { listType }),
      ...(keys.length === 0 ? {} : { listMapKeys: keys }),
    }
    struct.fields.push(field)
    if (field.inline && field.type.is === 'struct') for (const [key, inner] of structOf(field.type.id).byName) struct.byName.set(key, inner)
    else struct.byName.set(json, field)
  }
  return struct
}

function readType(text: string, folder: string, pointer = false): Type {
  if (text.startsWith('*')) return readType(text.slice(1), folder, true)
  if (text === '[]byte') return { is: 'bytes', pointer, go: '[]uint8' }
  if (text.startsWith('[]')) {
    const of = readType(text.slice(2), folder)
    return { is: 'list', of, pointer, go: `[]${goOf(of)}` }
  }
  if (text.startsWith('map[')) {
    const end = text.indexOf(']')
    const key = readType(text.slice(4, end), folder)
    const of = readType(text.slice(end + 1), folder)
    return { is: 'map', key, of, pointer, go: `map[${goOf(key)}]${goOf(of)}` }
  }
  const scalar = SCALARS[text] ?? SCALARS[`${folder}.${text}`]
  if (scalar !== undefined)
    return { is: scalar, pointer, go: text.includes('.') ? goName(text) : SCALARS[text] !== undefined ? text : goName(`${folder}.${text}`) }
  const id = text.includes('.') ? text : `${folder}.${text}`
  const line = lines().get(id)
  if (line === undefined) return { is: 'RawExtension', pointer, go: goName(id) }
  if (line[0] === '=') return { is: 'struct', id, pointer }
  const [, , underlying = '', values] = line.split(' ')
  const type = readType(underlying, id.slice(0, id.indexOf('.')), pointer)
  if (type.is === 'struct') return type
  return { ...type, go: goName(id), ...(values === undefined ? {} : { values: values.split(',') }) }
}

/** How Go prints a type: `v1.Pod`, `[]v1.Container`, `*int64`. */
export function goOf(type: Type): string {
  return `${type.pointer ? '*' : ''}${type.is === 'struct' ? goName(type.id) : type.go}`
}

/** `core/v1.Pod` → `v1.Pod` */
function goName(id: string): string {
  return id.slice(id.indexOf('/') + 1)
}

// explain.ts: the documentation of a kind and its fields.
// Models k8s.io/kubectl/pkg/explain/v2 (plaintext.tmpl)
// Differs: reads the API's schema that is carried along instead of /openapi/v3

import { docOf, fieldDoc } from '../api/docs.ts'
import { apiVersionOf, type ResourceType, resourceTypes } from '../api/resources.ts'
import { type Field, type Struct, structIdOf, structOf, type Type } from '../api/schema.ts'
import { fail } from './fail.ts'
import { bool, int, text } from './flags.ts'
import { type Kit, out } from './kit.ts'
import { resourceNamed } from './mapper.ts'
import type { Steps } from './want.ts'

const WIDTH = 76
const DEEP = 20 // Levels that --recursive follows at most.

export function* explain(kit: Kit): Steps<void> {
  const [word, ...more] = kit.flags.args
  if (word === undefined)
    return fail('You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.')
  if (more.length > 0) fail('We accept only this format: explain RESOURCE')
  const format = text(kit.flags, 'output')
  if (format !== '' && format !== 'plaintext' && format !== 'plaintext-openapiv2') fail(`unrecognized format: ${format}`)
  const [name = '', ...path] = word.split('.')
  const found = yield* resourceNamed(kit, name, true)
  const version = text(kit.flags, 'api-version')
  const type = version === '' ? found : resourceTypes.find(other => other.plural === found.plural && apiVersionOf(other) === version)
  if (type === undefined) {
    const resource = `${version.includes('/') ? '' : '/'}${version}, Resource=${found.plural}`
    const isServed = resourceTypes.some(other => apiVersionOf(other) === version)
    return fail(isServed ? `GVR (${resource}) not found in OpenAPI schema` : `couldn't find resource for ${JSON.stringify(resource)}`)
  }
  const id = structIdOf(type)
  if (id === undefined) return fail(`couldn't find resource for ${JSON.stringify(`${type.group}/${type.version}, Kind=${type.kind}`)}`)
  if (!isThere(structOf(id), path)) {
    yield* out(head(type))
    // Whichever name of the path it is, the last one is told.
    fail(`field ${JSON.stringify(path.at(-1))} does not exist`)
  }
  yield* out(page(kit, type, structOf(id), path))
}

const head = (type: ResourceType): string =>
  `${type.group === '' ? '' : `GROUP:      ${type.group}\n`}KIND:       ${type.kind}\nVERSION:    ${type.version}\n\n`

function isThere(top: Struct, path: string[]): boolean {
  let struct: Struct | undefined = top
  for (const name of path) {
    const field: Field | undefined = struct?.byName.get(name)
    if (field === undefined) return false
    struct = structIn(field.type)
  }
  return true
}

function page(kit: Kit, type: ResourceType, top: Struct, path: string[]): string {
  let struct: Struct | undefined = top
  let field: Field | undefined
  let owner = top
  for (const name of path) {
    owner = struct!
    field = owner.byName.get(name)!
    struct = structIn(field.type)
  }
  let body = head(type)
  const texts: string[] = []
  if (field !== undefined) {
    body += `FIELD: ${field.json} <${typeName(field.type)}>\n${enumLines(field)}\n`
    texts.push(fieldDoc(owner.id, field))
  }
  if (struct !== undefined) texts.push(docOf(struct.id))
  const shown = texts.filter(t => t !== '')
  body += `${field === undefined ? '' : '\n'}DESCRIPTION:\n${shown.length === 0 ? '    <empty>\n' : shown.map(t => wrapped(t, 4)).join('')}    \n`
  if (struct === undefined) return `${body}\n`
  const recursive = bool(kit.flags, 'recursive')
  const depth = int(kit.flags, 'max-depth')
  body += 'FIELDS:\n'
  return `${body}${recursive ? names(struct, 1, depth > 0 ? depth : DEEP, []) : fields(struct)}\n`
}

const sortedFields = (struct: Struct): Field[] => [...struct.byName.values()].sort((a, b) => (a.json < b.json ? -1 : 1))

const fields = (struct: Struct): string =>
  sortedFields(struct)
    .map(
      f => `  ${f.json}\t<${typeName(f.type)}>${f.required ? ' -required-' : ''}\n${enumLine(f)}${wrapped(fieldDoc(struct.id, f) || '<no description>', 4)}\n`,
    )
    .join('')

function names(struct: Struct, level: number, depth: number, above: string[]): string {
  return sortedFields(struct)
    .map(f => {
      const inner = structIn(f.type)
      const line = `${'  '.repeat(level)}${f.json}\t<${typeName(f.type)}>${f.required ? ' -required-' : ''}\n${enumLine(f).replace(/^/, '  '.repeat(level - 1))}`
      return (
        line.trimEnd() +
        (inner === undefined || depth <= 1 || above.includes(inner.id) ? '\n' : `\n${names(inner, level + 1, depth - 1, [...above, inner.id])}`)
      )
    })
    .join('')
}

const valuesOf = (type: Type): string[] => ('values' in type && type.values !== undefined ? [...type.values].sort().map(value => value || '""') : [])

const enumLine = (field: Field): string => {
  const values = valuesOf(field.type)
  return values.length === 0 ? '' : `  enum: ${values.length > 4 ? `${values.slice(0, 4).join(', ')}, ....` : values.join(', ')}\n`
}

const enumLines = (field: Field): string => {
  const values = valuesOf(field.type)
  return values.length === 0 ? '' : `ENUM:\n${values.map(v => `    ${v}\n`).join('')}`
}

function structIn(type: Type): Struct | undefined {
  let inner = type
  while (inner.is === 'list' || inner.is === 'map') inner = inner.of
  return inner.is === 'struct' ? structOf(inner.id) : undefined
}

const SCALARS: Record<string, string> = {
  string: 'string',
  bool: 'boolean',
  int32: 'integer',
  int64: 'integer',
  float64: 'number',
  bytes: 'string',
  Time: 'string',
  MicroTime: 'string',
  Duration: 'string',
  RawExtension: 'Object',
}

function typeName(type: Type): string {
  if (type.is === 'list') return `[]${typeName(type.of)}`
  if (type.is === 'map') return `map[string]${typeName(type.of)}`
  if (type.is === 'struct') return type.id.slice(type.id.lastIndexOf('.') + 1)
  return SCALARS[type.is] ?? type.is
}

/** Text in lines of at most WIDTH characters, moved to the right; its own line ends and spaces stay, as github.com/mitchellh/go-wordwrap keeps them. */
function wrapped(text: string, indent: number): string {
  let out = ''
  let column = 0
  let spaces = ''
  let word = ''
  const flush = () => {
    out += spaces + word
    column += spaces.length + word.length
    spaces = word = ''
  }
  for (const c of text) {
    if (c === '\n') {
      if (word === '' && column + spaces.length > WIDTH) spaces = ''
      flush()
      out += c
      column = 0
    } else if (/\s/.test(c) && c !== '\u00a0') {
      if (spaces === '' || word !== '') flush()
      spaces += c
    } else {
      word += c
      if (column + spaces.length + word.length > WIDTH && word.length < WIDTH) {
        out += '\n'
        column = 0
        spaces = ''
      }
    }
  }
  if (word !== '' || column + spaces.length <= WIDTH) flush()
  return out
    .split('\n')
    .map(line => `${' '.repeat(indent)}${line}\n`)
    .join('')
}

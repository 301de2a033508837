// output.ts: what -o asks for: objects as YAML, JSON, names, templates or columns.
// Models k8s.io/cli-runtime/pkg/genericclioptions/print_flags.go and k8s.io/kubectl/pkg/cmd/get/customcolumn.go
// Differs: nothing known

import type { KubeObject } from '../api/object.ts'
import { groupVersionOf } from '../api/resources.ts'
import { fail } from './fail.ts'
import { bool, text } from './flags.ts'
import { goValue } from './go.ts'
import { goTemplate } from './gotemplate.ts'
import { declaredText, inDeclaredOrder, jsonText, sorted } from './json.ts'
import { printJsonPath, relaxed, resultsOf, valuesAt } from './jsonpath.ts'
import { type Kit, out } from './kit.ts'
import { kyamlText } from './kyaml.ts'
import { align } from './tabwriter.ts'
import type { Steps } from './want.ts'
import { yamlText } from './yaml-write.ts'

const FORMATS =
  'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml'

export const REPORT_FORMATS = 'go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml'

/** Formats that take their template from a file, and what they are then. */
const FROM_FILE: Record<string, string> = {
  'custom-columns-file': 'custom-columns',
  'go-template-file': 'go-template',
  'jsonpath-file': 'jsonpath',
  templatefile: 'go-template',
}

/** `-o` as `{format, argument}`; '' for the table. A file that is named is read once. */
export function* formatOf(kit: Kit, formats = FORMATS): Steps<{ format: string; argument: string }> {
  const asked = text(kit.flags, 'output')
  const template = text(kit.flags, 'template')
  if (asked === '' && template !== '') return { format: 'go-template', argument: template }
  const eq = asked.indexOf('=')
  const format = eq < 0 ? asked : asked.slice(0, eq)
  const argument = eq < 0 ? template : asked.slice(eq + 1)
  if (format !== '' && !formats.split(',').includes(format))
    fail(`unable to match a printer suitable for the output format "${format}", allowed formats are: ${formats}`)
  const real = FROM_FILE[format] ?? format
  if (['jsonpath', 'jsonpath-as-json', 'go-template', 'template', 'custom-columns'].includes(real) && argument === '')
    fail(`${real === 'custom-columns' ? 'custom-columns format specified but no custom columns' : 'template format specified but no template'} given`)
  if (real === format) return { format, argument }
  kit.template ??= yield { want: 'read', path: argument }
  if (kit.template === undefined)
    return fail(`error reading ${real === 'custom-columns' ? '' : '--'}template ${argument}, open ${argument}: no such file or directory\n`)
  return { format: real, argument: real === 'custom-columns' ? columnsIn(kit.template) : kit.template }
}

/** A line of headers and a line of paths → `HEADER:path,…`. */
function columnsIn(body: string): string {
  const [headers, specs] = body.split('\n').map(line => line.split(/\s+/).filter(word => word !== ''))
  const wrong = 'Expected format is one line of space separated headers, one line of space separated column specs.'
  if (body === '') fail(`invalid template, missing header line. ${wrong}`)
  if (specs === undefined || !body.replace(/\n$/, '').includes('\n')) return fail(`invalid template, missing spec line. ${wrong}`)
  if (headers!.length !== specs.length) fail(`number of headers (${headers!.length}) and field specifications (${specs.length}) don't match`)
  return headers!.map((header, i) => `${header}:${specs[i]}`).join(',')
}

/** Managed fields are hidden where nobody asked for them. */
export function shownOf(kit: Kit, object: any): any {
  if (bool(kit.flags, 'show-managed-fields')) return object
  if (Array.isArray(object?.items) && String(object.kind).endsWith('List')) return { ...object, items: object.items.map((o: any) => shownOf(kit, o)) }
  return withoutManagedFields(object)
}

export function withoutManagedFields(object: any): any {
  if (object?.metadata?.managedFields === undefined) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** One object, or a List of several, in the format asked for. */
export function* printObject(kit: Kit, object: any, formats = FORMATS): Steps<void> {
  const { format, argument } = yield* formatOf(kit, formats)
  switch (format) {
    case 'yaml':
      return yield* out(yamlText(shownOf(kit, object)))
    case 'json':
      return yield* out(jsonText(shownOf(kit, object)))
    case 'kyaml':
      return yield* out(kyamlText(sorted(shownOf(kit, object))))
    case 'name':
      for (const item of itemsIn(object)) yield* out(`${named(item)}\n`)
      return
    case 'jsonpath':
      return yield* out(printJsonPath(argument, object, bool(kit.flags, 'allow-missing-template-keys')))
    case 'jsonpath-as-json':
      for (const found of resultsOf(argument, object)) yield* out(jsonText(found))
      return
    case 'go-template':
    case 'template':
      return yield* out(goTemplate(argument, object))
    case 'custom-columns':
      return yield* out(columns(argument, itemsIn(object), bool(kit.flags, 'no-headers')))
    default:
      fail(`output format ${format} is for tables`)
  }
}

const itemsIn = (object: any): any[] => (Array.isArray(object.items) && /List$/.test(object.kind) ? object.items : [object])

export function named(object: KubeObject): string {
  const { group } = groupVersionOf(object.apiVersion)
  return `${object.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${object.metadata.name ?? '<unknown>'}`
}

function columns(spec: string, items: any[], noHeaders: boolean): string {
  const wanted = spec.split(',').map(column => {
    const colon = column.indexOf(':')
    if (colon < 0) fail(`unexpected custom-columns spec: ${column}, expected <header>:<json-path-expr>`)
    return { header: column.slice(0, colon), path: column.endsWith(':') ? '' : relaxed(column.slice(colon + 1)) }
  })
  const cell = (value: unknown): string => (typeof value === 'object' && value !== null ? goValue(value) : String(value))
  const rows = items.map(item => wanted.map(w => (w.path === '' ? [] : valuesAt(w.path, item)).map(cell).join(',') || '<none>').join('\t'))
  const head = noHeaders ? [] : [wanted.map(w => w.header).join('\t')]
  return `${align([...head, ...rows].join('\n'), 3, 6)}\n`
}

/** A List of objects, as `get -o yaml` prints several. */
export const listOf = (items: any[]): any => ({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } })

/** Says what was done to an object: its name and a word, or the object itself where -o asks for it. `typed`: JSON in the order in which Go declares the fields. */
export function* report(kit: Kit, object: any, operation: string, dryRun = '', typed = false): Steps<void> {
  const format = text(kit.flags, 'output')
  if (format === '') {
    yield* out(`${named(object)} ${operation}${dryRun}\n`)
    return
  }
  if (typed && (format === 'json' || format === 'kyaml')) {
    const shown = shownOf(kit, object)
    yield* out(format === 'json' ? declaredText(shown) : kyamlText(inDeclaredOrder(shown)))
    return
  }
  if (format === 'yaml' && kit.printed > 0) yield* out('---\n')
  kit.printed++
  yield* printObject(kit, object, REPORT_FORMATS)
}

/** `--dry-run` → how the request is marked, and the suffix of the report. */
export function dryRunOf(kit: Kit): { mode: 'none' | 'client' | 'server'; suffix: string; query: Record<string, string> } {
  const value = text(kit.flags, 'dry-run')
  if (value === 'client' || value === 'true') return { mode: 'client', suffix: ' (dry run)', query: {} }
  if (value === 'server') return { mode: 'server', suffix: ' (server dry run)', query: { dryRun: 'All' } }
  if (value === 'none' || value === 'false' || value === '') return { mode: 'none', suffix: '', query: {} }
  if (value === 'unchanged') return { mode: 'client', suffix: ' (dry run)', query: {} }
  return fail(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`)
}

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
import { printJsonPath, relaxed, valuesAt } from './jsonpath.ts'
import { type Kit, out } from './kit.ts'
import { kyamlText } from './kyaml.ts'
import { align } from './tabwriter.ts'
import type { Steps } from './want.ts'
import { yamlText } from './yaml-write.ts'

const FORMATS =
  'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml'

const REPORT_FORMATS = 'go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml'

/** `-o` as `{format, argument}`; '' for the table. */
export function formatOf(kit: Kit, formats = FORMATS): { format: string; argument: string } {
  const asked = text(kit.flags, 'output')
  const template = text(kit.flags, 'template')
  if (asked === '' && template !== '') return { format: 'go-template', argument: template }
  const eq = asked.indexOf('=')
  const format = eq < 0 ? asked : asked.slice(0, eq)
  const argument = eq < 0 ? template : asked.slice(eq + 1)
  if (format !== '' && !formats.split(',').includes(format))
    fail(`unable to match a printer suitable for the output format "${format}", allowed formats are: ${formats}`)
  if (['jsonpath', 'go-template', 'template', 'custom-columns'].includes(format) && argument === '')
    fail(`${format === 'custom-columns' ? 'custom-columns format specified but no custom columns' : 'template format specified but no template'} given`)
  return { format, argument }
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
  const { format, argument } = formatOf(kit, formats)
  const shown = shownOf(kit, object)
  switch (format) {
    case 'yaml':
      return yield* out(yamlText(shown))
    case 'json':
      return yield* out(jsonText(shown))
    case 'kyaml':
      return yield* out(kyamlText(sorted(shown)))
    case 'name':
      for (const item of itemsIn(shown)) yield* out(`${named(item)}\n`)
      return
    case 'jsonpath':
      return yield* out(printJsonPath(argument, shown))
    case 'jsonpath-as-json':
      return yield* out(jsonText(valuesAt(argument, shown)))
    case 'go-template':
    case 'template':
      return yield* out(goTemplate(argument, shown))
    case 'custom-columns':
      return yield* out(columns(argument, itemsIn(shown), bool(kit.flags, 'no-headers')))
    default:
      fail(`output format ${format} reads files, which this command does not`)
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
    return { header: column.slice(0, colon), path: relaxed(column.slice(colon + 1)) }
  })
  const cell = (value: unknown): string => (typeof value === 'object' && value !== null ? goValue(value) : String(value))
  const rows = items.map(item => wanted.map(w => valuesAt(w.path, item).map(cell).join(',') || '<none>').join('\t'))
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

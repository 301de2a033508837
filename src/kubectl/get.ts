// get.ts: one or many objects, as tables or as they are, now or as they change.
// Models k8s.io/kubectl/pkg/cmd/get/{get,sorter,table_printer}.go
// Differs: nothing known

import { humanDuration } from '../api/duration.ts'
import type { KubeObject } from '../api/object.ts'
import type { ResourceType } from '../api/resources.ts'
import { parseTime } from '../api/time.ts'
import { type Meant, meant, namespaceFor, unnamed, visit } from './builder.ts'
import { Fail, type Failure, fail, failAll, failureOf, isNotFound, misuse } from './fail.ts'
import { bool, list, text } from './flags.ts'
import { byCode } from './json.ts'
import { relaxed, valuesAt } from './jsonpath.ts'
import { ask, err, type Kit, nameOf, open, orNamespace, out, pathTo, selecting, TABLE } from './kit.ts'
import { formatOf, listOf, printObject } from './output.ts'
import { align } from './tabwriter.ts'
import type { Next, Steps } from './want.ts'

interface Table {
  columnDefinitions: { name: string; priority: number }[]
  rows: { cells: unknown[]; object?: any }[]
}

export function* get(kit: Kit): Steps<number> {
  const { flags } = kit
  const raw = text(flags, 'raw')
  if (raw !== '') {
    if (flags.args.length > 0) fail('arguments may not be passed when --raw is specified')
    if (bool(flags, 'watch') || bool(flags, 'watch-only') || text(flags, 'selector') !== '')
      fail('--raw may not be specified with other flags that filter the server request or alter the output')
    if (text(flags, 'output') !== '') fail('--raw and --output are mutually exclusive')
    yield* getRaw(kit, raw)
    return 0
  }
  if (flags.args.length === 0 && list(flags, 'filename').length === 0) {
    yield* err('You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n')
    misuse('get', `Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).`)
  }
  const { format } = yield* formatOf(kit)
  if (bool(flags, 'show-labels') && format !== '' && format !== 'wide') fail(`--show-labels option cannot be used with ${text(flags, 'output')} printer`)
  if (list(flags, 'label-columns').length > 0 && format.startsWith('custom-columns'))
    fail(`--label-columns option cannot be used with ${text(flags, 'output')} printer`)
  if (bool(flags, 'output-watch-events') && !bool(flags, 'watch') && !bool(flags, 'watch-only'))
    fail('--output-watch-events option can only be used with --watch or --watch-only')
  if (bool(flags, 'watch') || bool(flags, 'watch-only')) {
    yield* watch(kit)
    return 0
  }
  if (format !== '' && format !== 'wide') {
    yield* generic(kit)
    return 0
  }
  yield* tables(kit)
  return 0
}

function* getRaw(kit: Kit, raw: string): Steps<void> {
  const [path = '', search = ''] = raw.split('?')
  const query: Record<string, string> = {}
  for (const pair of search.split('&').filter(p => p !== '')) {
    const [key = '', ...value] = pair.split('=')
    query[key] = decodeURIComponent(value.join('='))
  }
  const { body } = yield* ask(kit, { path, query })
  yield* out(typeof body === 'string' ? body : `${JSON.stringify(body)}\n`)
}

const queryOf = (kit: Kit): Record<string, string> => {
  const query: Record<string, string> = {}
  if (text(kit.flags, 'selector') !== '') query['labelSelector'] = text(kit.flags, 'selector')
  if (text(kit.flags, 'field-selector') !== '') query['fieldSelector'] = text(kit.flags, 'field-selector')
  return query
}

/** What is said where nothing was found. */
const noneFound = (kit: Kit, types: ResourceType[]): string =>
  types.every(t => t.namespaced) && !bool(kit.flags, 'all-namespaces') ? `No resources found in ${kit.namespace} namespace.\n` : 'No resources found\n'

/** Objects as they are: YAML, JSON, names, templates. */
function* generic(kit: Kit): Steps<void> {
  const { infos, failures, meant: m } = yield* visit(kit, { subresource: text(kit.flags, 'subresource') || undefined })
  const kept = bool(kit.flags, 'ignore-not-found') ? failures.filter(f => !isNotFound(f)) : failures
  let objects = infos.map(i => i.object as KubeObject)
  const by = text(kit.flags, 'sort-by')
  if (by !== '') objects = sortBy(objects, relaxed(by), o => o)
  const single = m.single && objects.length === 1
  const { format } = yield* formatOf(kit)
  if (single) yield* printObject(kit, objects[0])
  else if (objects.length > 0 || kept.length === 0) {
    if (format === 'name' || format === 'custom-columns') {
      if (objects.length > 0 || format === 'custom-columns') yield* printObject(kit, listOf(objects))
    } else if (!(m.single && objects.length === 0)) yield* printObject(kit, listOf(objects))
  }
  failAll(kept)
}

interface Part {
  type: ResourceType
  table: Table
}

/** The tables that the server prints, one request a type or a name. */
function* fetchTables(kit: Kit, m: Meant, failures: Failure[]): Steps<Part[]> {
  const include: Record<string, string> = text(kit.flags, 'sort-by') !== '' ? { includeObject: 'Object' } : {}
  const subresource = text(kit.flags, 'subresource') || undefined
  if (subresource !== undefined && m.types.length > 0) fail('subresource cannot be used when bulk resources are specified')
  const accept = acceptOf(kit)
  const parts: Part[] = []
  if (Object.keys(queryOf(kit)).length > 0 && list(kit.flags, 'filename').length === 0) unnamed(m)
  for (const { type, name, namespace = namespaceFor(kit, type) } of m.named) {
    if (type.namespaced && namespace === '') fail('a resource cannot be retrieved by name across all namespaces')
    try {
      const { body } = yield* orNamespace(kit, namespace, ask(kit, { path: pathTo(type, namespace, name, subresource), query: include, accept }))
      parts.push({ type, table: yield* tableOf(body) })
    } catch (error) {
      failures.push(failureOf(error))
    }
  }
  for (const type of m.types) {
    const table: Table = { columnDefinitions: [], rows: [] }
    let page = ''
    try {
      do {
        const query: Record<string, string> = {
          ...queryOf(kit),
          ...include,
          ...(include['includeObject'] ? {} : { limit: text(kit.flags, 'chunk-size') || '500' }),
        }
        if (page !== '') query['continue'] = page
        const { body } = yield* selecting(type, queryOf(kit), ask(kit, { path: pathTo(type, namespaceFor(kit, type)), query, accept }))
        const more = yield* tableOf(body)
        table.columnDefinitions = more.columnDefinitions
        table.rows.push(...more.rows)
        page = body.metadata?.continue ?? ''
      } while (page !== '')
      parts.push({ type, table })
    } catch (error) {
      failures.push(failureOf(error))
    }
  }
  return parts
}

/** Are rows asked of the server? */
const acceptOf = (kit: Kit): string => (bool(kit.flags, 'server-print') ? TABLE : 'application/json')

/** Of what the server does not print names and ages are shown. */
function* tableOf(body: any): Steps<Table> {
  if (body.kind === 'Table') return { columnDefinitions: body.columnDefinitions ?? [], rows: body.rows ?? [] }
  const items: any[] = body.items ?? [body]
  const now: number = yield { want: 'now' }
  return {
    columnDefinitions: [
      { name: 'Name', priority: 0 },
      { name: 'Age', priority: 0 },
    ],
    rows: items.map(object => ({ cells: [object.metadata.name, age(object.metadata.creationTimestamp, now)], object })),
  }
}

const age = (created: string | undefined, now: number): string => (created === undefined ? '<unknown>' : humanDuration(now - parseTime(created)!))

function* tables(kit: Kit): Steps<void> {
  const { flags } = kit
  const failures: Failure[] = []
  let m: Meant
  if (list(flags, 'filename').length > 0) {
    const found = yield* visit(kit, { read: false })
    failures.push(...found.failures)
    m = { ...found.meant, named: found.infos }
  } else m = yield* meant(kit, flags.args)
  const parts = yield* fetchTables(kit, m, failures)
  const by = text(flags, 'sort-by')
  // Tables of several types are sorted as if they were the objects, which upstream cannot.
  if (by !== '' && parts.length > 1) fail(`couldn't find any field with path ${JSON.stringify(relaxed(by))} in the list of objects`)
  const kinds = new Set(parts.filter(p => p.table.rows.length > 0).map(p => p.type)).size
  const withKind = bool(flags, 'show-kind') || new Set(parts.map(p => p.type)).size > 1
  const blocks: string[] = []
  for (const { type, table } of merged(parts)) {
    if (table.rows.length === 0) continue
    if (by !== '') {
      // Upstream's printer fails without a word where no row has the field; one row is not compared with any.
      if (table.rows.length > 1 && table.rows.every(r => valuesAt(relaxed(by), r.object).length === 0)) continue
      if (table.rows.length > 1) table.rows = sortBy(table.rows, relaxed(by), r => r.object)
    }
    blocks.push(render(kit, type, table, { withKind, headers: !bool(flags, 'no-headers') }))
  }
  yield* out(blocks.join(kinds > 1 && !bool(flags, 'no-headers') ? '\n' : ''))
  const kept = bool(flags, 'ignore-not-found') ? failures.filter(f => !isNotFound(f)) : failures
  if (blocks.length === 0 && kept.length === 0 && !bool(flags, 'ignore-not-found'))
    yield* err(noneFound(kit, parts.length > 0 ? parts.map(p => p.type) : m.types))
  failAll(kept)
}

/** Neighbouring rows of one type stand in one table. */
function merged(parts: Part[]): Part[] {
  const all: Part[] = []
  for (const part of parts) {
    const last = all[all.length - 1]
    if (last && last.type === part.type) last.table.rows.push(...part.table.rows)
    else all.push({ type: part.type, table: { ...part.table, rows: [...part.table.rows] } })
  }
  return all
}

/** Rows with what the flags add: namespace, kind, labels, events of a watch. */
function render(kit: Kit, type: ResourceType, table: Table, how: { withKind: boolean; headers: boolean; events?: string[] }): string {
  const { flags } = kit
  const wide = text(flags, 'output') === 'wide'
  const shown = table.columnDefinitions.map((c, i) => ({ name: c.name, i, keep: c.priority === 0 || wide })).filter(c => c.keep)
  const labelColumns = list(flags, 'label-columns')
  const head = shown.map(c => c.name.toUpperCase())
  const spaces = type.namespaced && bool(flags, 'all-namespaces')
  if (spaces) head.unshift('NAMESPACE')
  if (how.events) head.unshift('EVENT')
  for (const label of labelColumns) head.push((label.split('/').pop() ?? label).toUpperCase())
  if (bool(flags, 'show-labels')) head.push('LABELS')
  const rows = table.rows.map((row, n) => {
    const cells = shown.map(c => cell(row.cells[c.i], c.name))
    if (how.withKind) cells[0] = `${nameOf(type, '')}${cells[0]}`
    const labels = row.object?.metadata?.labels
    if (spaces) cells.unshift(row.object?.metadata?.namespace ?? '')
    if (how.events) cells.unshift(how.events[n] ?? '')
    for (const label of labelColumns) cells.push(labels?.[label] ?? '')
    if (bool(flags, 'show-labels')) cells.push(labelText(labels))
    return cells.join('\t')
  })
  return `${align([...(how.headers ? [head.join('\t')] : []), ...rows].join('\n'), 3, 6)}\n`
}

const cell = (value: unknown, _column: string): string => (value === null || value === undefined ? '<none>' : String(value).replace(/[\r\n].*/s, '...'))

const labelText = (labels: Record<string, string> | undefined): string => {
  const keys = Object.keys(labels ?? {}).sort(byCode)
  return keys.length === 0 ? '<none>' : keys.map(k => `${k}=${labels![k]}`).join(',')
}

/** Sorts by what a path leads to: numbers and quantities by size, texts by code; what lacks it comes first. */
function sortBy<T>(items: T[], path: string, objectOf: (item: T) => unknown): T[] {
  const keyed = items.map((item, i) => ({ item, i, key: valuesAt(path, objectOf(item))[0] as any }))
  if (items.length > 0 && keyed.every(k => k.key === undefined)) fail(`couldn't find any field with path ${JSON.stringify(path)} in the list of objects`)
  keyed.sort((a, b) => {
    if (a.key === b.key) return a.i - b.i
    if (a.key === undefined) return -1
    if (b.key === undefined) return 1
    return (a.key < b.key ? -1 : 1) || a.i - b.i
  })
  return keyed.map(k => k.item)
}

// ---- watching

/** Several are shown once before they are refused. */
function* watchSeveral(kit: Kit, m: Meant, type: ResourceType): Steps<void> {
  const failures: Failure[] = []
  const [part] = merged(yield* fetchTables(kit, m, failures))
  failAll(failures)
  if (part && !bool(kit.flags, 'watch-only'))
    yield* out(render(kit, type, part.table, { withKind: bool(kit.flags, 'show-kind'), headers: !bool(kit.flags, 'no-headers') }))
  fail('you may only watch a single resource or type of resource at a time')
}

function* watch(kit: Kit): Steps<void> {
  const { flags } = kit
  const m = yield* meant(kit, flags.args)
  const types = [...new Set([...m.types, ...m.named.map(n => n.type)])]
  if (types.length !== 1) fail('you may only specify a single resource type')
  const type = types[0]!
  const name = m.named[0]?.name
  if (m.named.length > 1) return yield* watchSeveral(kit, m, type)
  const { format } = yield* formatOf(kit)
  const asTable = format === '' || format === 'wide'
  const accept = asTable ? acceptOf(kit) : 'application/json'
  const namespace = namespaceFor(kit, type)
  const query = { ...queryOf(kit), ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }) }
  let headers = !bool(flags, 'no-headers')
  let columns: Table['columnDefinitions'] = []
  const show = function* (event: string, object: any): Steps<void> {
    if (asTable) {
      const table = yield* tableOf(object)
      if (table.columnDefinitions.length === 0) table.columnDefinitions = columns
      columns = table.columnDefinitions
      if (table.rows.length === 0) return
      const events = bool(flags, 'output-watch-events') ? table.rows.map(() => event) : undefined
      yield* out(render(kit, type, table, { withKind: bool(flags, 'show-kind'), headers, events }))
      headers = false
    } else yield* printObject(kit, bool(flags, 'output-watch-events') ? { object, type: event } : object)
  }
  if (name !== undefined) yield* ask(kit, { path: pathTo(type, namespace, name), accept })
  const listed = (yield* ask(kit, { path: pathTo(type, namespace), query: { ...query, ...(name === undefined ? { limit: '500' } : {}) }, accept })).body
  const version: string = listed.metadata?.resourceVersion ?? '0'
  if (!bool(flags, 'watch-only')) {
    if (asTable) yield* show('ADDED', listed)
    else for (const item of listed.items ?? []) yield* show('ADDED', { apiVersion: listed.apiVersion, kind: String(listed.kind).replace(/List$/, ''), ...item })
  }
  const opened = yield* open(kit, 'watch', { path: pathTo(type, namespace), query: { ...query, resourceVersion: version, watch: 'true' }, accept })
  for (;;) {
    const next: Next = yield { want: 'next', watch: opened.watch }
    if ('closed' in next) return
    if (!('event' in next)) continue
    const { type: event, object } = next.event
    if (event === 'ERROR') throw new Fail({ is: 'status', status: object })
    if (event !== 'BOOKMARK') yield* show(event, object)
  }
}

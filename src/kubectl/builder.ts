// builder.ts: which objects a command means: by files, by TYPE NAME, by TYPE/NAME, by selectors.
// Models k8s.io/cli-runtime/pkg/resource/{builder,visitor}.go
// Differs: no URLs and no kustomization folders; YAML merge keys and anchors are not read

import { parseAllDocuments, type YAMLError } from 'yaml'
import { decode } from '../api/decode.ts'
import { goJsonError } from '../api/gojson.ts'
import { parseSelector, selectorMatches } from '../api/labels.ts'
import type { KubeObject } from '../api/object.ts'
import type { ResourceType } from '../api/resources.ts'
import { Fail, type Failure, fail, failAll, failureOf, NOTHING_MEANT, withSource } from './fail.ts'
import { bool, list, text } from './flags.ts'
import { compactJson, sorted } from './json.ts'
import { getInfo, type Kit, listObjects } from './kit.ts'
import { categoryOf, resourceNamed, resourceOfKind } from './mapper.ts'
import type { Steps } from './want.ts'

/** One object that is meant; `object` as the file has it, or as the server had it when it was listed. */
export interface Info {
  type: ResourceType
  namespace: string
  name: string
  object?: KubeObject
  /** `STDIN` or a path, for what came from a file. */
  source: string
}

/** A document of a manifest. */
export interface Manifest {
  object: any
  source: string
  /** Did it stand in a List? */
  listed?: true
}

/** All documents of `-f`, in order. */
export function* manifests(kit: Kit): Steps<Manifest[]> {
  const out: Manifest[] = []
  for (const file of list(kit.flags, 'filename')) {
    if (/^https?:\/\//.test(file)) fail(`unable to read URL "${file}": there is no way out of this world`)
    const paths = file === '-' ? [file] : yield* filesBelow(file, bool(kit.flags, 'recursive'), true)
    for (const path of paths) {
      const body: string | undefined = yield { want: 'read', path }
      if (body === undefined) fail(`the path ${JSON.stringify(path)} does not exist`)
      out.push(...documents(body as string, path === '-' ? 'STDIN' : path))
    }
    if (paths.length === 0) fail(`error reading [${file}]: recognized file extensions are [.json .yaml .yml]`)
  }
  return out
}

/** A file itself, whatever its name; the manifests of a folder, and with `-R` of the folders in it. */
function* filesBelow(path: string, recursive: boolean, top: boolean): Steps<string[]> {
  const names: string[] | undefined = yield { want: 'list', path }
  if (names === undefined) return top || /\.(ya?ml|json)$/.test(path) ? [path] : []
  if (!top && !recursive) return []
  const found: string[] = []
  for (const name of names) found.push(...(yield* filesBelow(`${path.replace(/\/$/, '')}/${name}`, recursive, false)))
  return found
}

/** Text → its documents; `List` objects are taken apart. */
export function documents(body: string, source: string): Manifest[] {
  const out: Manifest[] = []
  for (const object of objectsIn(body, source)) {
    if (object === null || object === undefined) continue
    if (typeof object !== 'object' || Array.isArray(object))
      fail(
        `error validating ${JSON.stringify(source)}: error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false`,
      )
    if (object.kind === 'List' && Array.isArray(object.items)) out.push(...object.items.map((o: any) => ({ object: o, source, listed: true })))
    else out.push({ object, source })
  }
  return out
}

/** What begins with a brace is JSON first, and YAML where that is no JSON; what is neither is told of as JSON. */
function objectsIn(body: string, source: string): any[] {
  const wrongJson = /^\s*\{/.test(body) ? goJsonError(body) : 'no brace'
  if (wrongJson === undefined) return [JSON.parse(body)]
  return parseAllDocuments(body, { strict: true, version: '1.1', merge: false, uniqueKeys: false }).map(document => {
    if (document.errors.length > 0 && wrongJson !== 'no brace')
      fail(`error parsing ${source}: ${wrongJson === 'unexpected end of JSON input' ? 'unexpected EOF' : wrongJson}`)
    if (document.errors.length > 0) fail(`error parsing ${source}: error converting YAML to JSON: yaml: ${goYamlError(document.errors)}`)
    try {
      return document.toJS({ maxAliasCount: 0 })
    } catch {
      return fail(`error parsing ${source}: error converting YAML to JSON: yaml: aliases are not read here`)
    }
  })
}

/** What go-yaml says. Its scanner counts lines from one and leaves out the first; its parser counts from nought. */
function goYamlError(errors: readonly YAMLError[]): string {
  const { code, message, linePos } = errors[0]!
  // A text that goes on over lines ends where the second colon is.
  const [from, end] = errors.find(e => e.code === 'MULTILINE_IMPLICIT_KEY')?.linePos ?? linePos ?? []
  const line = (code === 'BLOCK_AS_IMPLICIT_KEY' ? end?.line : from?.line) ?? 1
  const at = (n: number) => (n > 0 ? `line ${n}: ` : '')
  const scanned = at(line === 1 ? 0 : line)
  if (code === 'TAB_AS_INDENT' || /tab/i.test(message)) return `${scanned}found character that cannot start any token`
  if (/flow/i.test(message)) return `${at(line - 1)}did not find expected ',' or ${message.includes('seq') ? "']'" : "'}'"}`
  if (/same column|bad indentation|not properly indented/i.test(message) || code === 'BAD_INDENT') return `${at(line - 1)}did not find expected key`
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || /Nested mappings|implicit map/i.test(message)) return `${scanned}mapping values are not allowed in this context`
  if (/quote/i.test(message)) return `${scanned}found unexpected end of stream`
  return `${scanned}could not find expected ':'`
}

/** What was found and what went wrong in finding it, together and apart. */
export interface Found {
  inOrder: (Info | Failure)[]
  infos: Info[]
  failures: Failure[]
}

const isInfo = (one: Info | Failure): one is Info => !('is' in one)

export const found = (inOrder: (Info | Failure)[]): Found => ({ inOrder, infos: inOrder.filter(isInfo), failures: inOrder.filter(one => 'is' in one) })

/** Does something with each object in turn. What went wrong is told at the end, in the order in which it came up; `verb` says of a file's object at what. */
export function* inTurn({ inOrder }: Found, act: (info: Info) => Steps<void>, verb?: string): Steps<void> {
  const failures: Failure[] = []
  for (const one of inOrder) {
    if (!isInfo(one)) {
      failures.push(one)
      continue
    }
    try {
      yield* act(one)
    } catch (error) {
      failures.push(verb === undefined ? failureOf(error) : withSource(verb, one.source, failureOf(error)))
    }
  }
  failAll(failures)
}

/** What the files hold and the selector lets through; `checked` refuses what kubectl's own validation refuses. */
export function* fromFiles(kit: Kit, checked: boolean): Steps<Found> {
  return found(selectedOf(kit, yield* located(kit, checked)))
}

/** Where each document belongs. */
function* located(kit: Kit, checked: boolean): Steps<(Info | Failure)[]> {
  const all: (Info | Failure)[] = []
  for (const manifest of yield* manifests(kit)) all.push(yield* infoOrFailure(infoOf(kit, manifest, checked)))
  return all
}

/** Of all that an object says, its metadata alone is read as Go types here; all kinds have those of a Namespace. */
function judgeMetadata(object: any, source: string): void {
  const read = decode('core/v1.Namespace', { metadata: object.metadata ?? {} })
  if ('error' in read) fail(`unable to decode ${JSON.stringify(source)}: ${read.error.replace('field Namespace.', 'field metadataOnlyObject.')}`)
}

function* infoOrFailure(steps: Steps<Info>): Steps<Info | Failure> {
  try {
    return yield* steps
  } catch (error) {
    return failureOf(error)
  }
}

function selectedOf(kit: Kit, all: (Info | Failure)[]): (Info | Failure)[] {
  const given = text(kit.flags, 'selector').trim()
  const selector = parseSelector(given)
  if ('error' in selector) return fail(`the provided selector ${JSON.stringify(given)} is not valid: ${selector.error}`)
  return given === '' ? all : all.filter(one => !isInfo(one) || selectorMatches(selector, one.object?.metadata.labels))
}

function* infoOf(kit: Kit, { object, source, listed }: Manifest, checked: boolean): Steps<Info> {
  const missing = [['apiVersion', object.apiVersion] as const, ['kind', object.kind] as const].filter(([, v]) => !v).map(([k]) => `${k} not set`)
  if (!checked && (typeof object.kind !== 'string' || object.kind === ''))
    fail(`unable to decode ${JSON.stringify(source)}: Object 'Kind' is missing in '${compactJson(object)}'`)
  if (missing.length > 0) {
    if (!checked) fail(`Object 'apiVersion' is missing in '${compactJson(object)}'`)
    const all = missing.length > 1 ? `[${missing.join(', ')}]` : missing[0]
    fail(
      `error validating ${JSON.stringify(source)}: error validating data: ${all}; if you choose to ignore these errors, turn validation off with --validate=false`,
    )
  }
  if (!listed) judgeMetadata(object, source)
  const type = yield* resourceOfKind(kit, object.apiVersion, object.kind)
  const name = object.metadata?.name ?? ''
  const own = object.metadata?.namespace ?? ''
  if (type === undefined)
    throw new Fail({
      is: 'exit',
      code: 1,
      text: `error: resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(own)} from ${JSON.stringify(source)}: no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}\nensure CRDs are installed first`,
    })
  if (type.namespaced && own !== '' && kit.explicitNamespace && own !== kit.namespace)
    fail(
      `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(kit.namespace)}. You must pass '--namespace=${own}' to perform this operation.`,
    )
  const local = bool(kit.flags, 'local') // Without a server nobody knows what is namespaced.
  const namespace = type.namespaced ? own || kit.namespace : ''
  const placed = type.namespaced && !local ? { ...object, metadata: { ...object.metadata, namespace } } : object
  // Upstream's objects are maps of Go, which go out with their keys in order.
  return { type, namespace, name, object: sorted(placed) as KubeObject, source }
}

/** What arguments say: several types, and names among them. */
export interface Meant {
  /** Types without names: all their objects that the selectors let through. */
  types: ResourceType[]
  named: { type: ResourceType; name: string; namespace?: string }[]
  /** Was it one thing by one name? Then it is printed as an object and not as a list. */
  single: boolean
  /** Were they named as `pod/web`? */
  paired: boolean
}

/** `pods`, `pod web`, `pod/web svc/web`, `deploy,rs`, `deploy,rs web`, `all`. */
export function* meant(kit: Kit, given: string[]): Steps<Meant> {
  const args = eachWithEach(given)
  if (args.some(a => a.includes('/'))) {
    const named: Meant['named'] = []
    for (const [kind, name] of args.map(tuple)) named.push({ type: yield* resourceNamed(kit, kind), name })
    return { types: [], named, single: named.length === 1, paired: true }
  }
  const [first = '', ...names] = args
  const words = first === '' ? [] : [...new Set(first.split(',').flatMap(w => categoryOf(w) ?? [w]))]
  if (names.length > 0 && words.length > 1) fail('you must specify only one resource')
  const types: ResourceType[] = []
  for (const word of words) {
    const type = yield* resourceNamed(kit, word)
    if (!types.includes(type)) types.push(type)
  }
  if (names.length === 0) return { types, named: [], single: false, paired: false }
  return { types: [], named: names.map(name => ({ type: types[0]!, name })), single: names.length === 1, paired: false }
}

/** `deploy,rs web api` is each of the types with each of the names. */
function eachWithEach(args: string[]): string[] {
  const [first = '', ...names] = args
  const words = [...new Set(first.split(','))]
  return names.length === 0 || words.length < 2 ? args : words.flatMap(word => names.map(name => `${word}/${name}`))
}

function tuple(arg: string): [string, string] {
  const [kind = '', name, ...more] = arg.split('/')
  if (name === undefined)
    return fail(
      `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
    )
  if (more.length > 0) fail('arguments in resource/name form may not have more than one slash')
  if (kind === '' || name === '' || kind.includes(',')) fail('arguments in resource/name form must have a single resource and name')
  return [kind, name]
}

/** Which namespace a type's objects are looked for in; '' is all. */
export const namespaceFor = (kit: Kit, type: ResourceType): string => (type.namespaced ? (bool(kit.flags, 'all-namespaces') ? '' : kit.namespace) : '')

export interface Visit extends Found {
  meant: Meant
}

/** How objects are looked for. */
export interface Looking {
  args?: string[]
  /** May a type stand without names? */
  all?: boolean
  /** Is what was named or filed read from the server? */
  read?: boolean
  /** false: the flag --selector means something else here. */
  selected?: boolean
  /** Is --all a selector, which suffers no names beside it? */
  everything?: boolean
  subresource?: string
}

/** Objects by arguments and selectors, or by files, read from the server. */
export function* visit(kit: Kit, how: Looking = {}): Steps<Visit> {
  const { flags } = kit
  const args = how.args ?? flags.args
  if (list(flags, 'filename').length > 0) return yield* visitFiles(kit, args, how)
  const query: Record<string, string> = {}
  if (how.selected !== false && text(flags, 'selector') !== '') query['labelSelector'] = text(flags, 'selector')
  if (text(flags, 'field-selector') !== '') query['fieldSelector'] = text(flags, 'field-selector')
  const picked = Object.keys(query).length > 0
  const m = yield* meant(kit, args)
  if (m.types.length + m.named.length === 0 && !picked && !(how.everything && bool(flags, 'all'))) fail(NOTHING_MEANT)
  if (picked || (how.everything && bool(flags, 'all'))) unnamed(m)
  const all: (Info | Failure)[] = []
  for (const { type, name } of m.named) {
    const namespace = namespaceFor(kit, type)
    if (type.namespaced && namespace === '') fail('a resource cannot be retrieved by name across all namespaces')
    const info: Info = { type, namespace, name, source: '' }
    all.push(how.read === false ? info : yield* infoOrFailure(refreshed(kit, info, how.subresource)))
  }
  if (how.subresource !== undefined && m.types.length > 0) fail('subresource cannot be used when bulk resources are specified')
  if (m.types.length > 0 && !picked && how.all === false && !bool(flags, 'all')) fail('resource(s) were provided, but no name was specified')
  for (const type of m.types)
    for (const object of yield* listObjects(kit, type, namespaceFor(kit, type), query))
      all.push({ type, namespace: object.metadata.namespace ?? '', name: object.metadata.name, object, source: '' })
  return { ...found(all), meant: m }
}

/** Refuses what a selector cannot be combined with. */
export function unnamed(m: Meant): void {
  if (m.paired) fail('selectors and the all flag cannot be used when passing resource/name arguments')
  if (m.named.length > 0) fail('name cannot be provided when a selector is specified')
  if (m.types.length === 0) fail('at least one resource must be specified to use a selector')
}

function* visitFiles(kit: Kit, args: string[], how: Looking): Steps<Visit> {
  if (args.length > 0)
    fail(
      args[0]!.includes('/')
        ? 'resource/name arguments cannot be provided when a path is specified'
        : 'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
    )
  const [file, ...more] = list(kit.flags, 'filename')
  const one = more.length === 0 && file !== '-' && (yield { want: 'list', path: file! }) === undefined
  const asFiled = how.read === false || bool(kit.flags, 'local')
  const all: (Info | Failure)[] = []
  for (const it of yield* located(kit, false)) all.push(asFiled || !isInfo(it) ? it : yield* infoOrFailure(refreshed(kit, it)))
  const single = one && all.length === 1 && isInfo(all[0]!)
  return { ...found(how.selected === false ? all : selectedOf(kit, all)), meant: { types: [], named: [], single, paired: false } }
}

/** As the server has it. */
function* refreshed(kit: Kit, info: Info, subresource?: string): Steps<Info> {
  return { ...info, object: yield* getInfo(kit, info.type, info.namespace, info.name, subresource) }
}

/** What go-yaml says of a text that is no YAML. */
export function yamlProblem(body: string): string | undefined {
  const wrong = parseAllDocuments(body, { version: '1.1', uniqueKeys: false }).flatMap(d => d.errors)
  return wrong.length > 0 ? goYamlError(wrong) : undefined
}

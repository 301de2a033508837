// builder.ts: which objects a command means: by files, by TYPE NAME, by TYPE/NAME, by selectors.
// Models k8s.io/cli-runtime/pkg/resource/{builder,visitor}.go
// Differs: no URLs and no kustomization folders; YAML merge keys and anchors are not read

import { parseAllDocuments, type YAMLError } from 'yaml'
import { goJsonError } from '../api/gojson.ts'
import type { KubeObject } from '../api/object.ts'
import type { ResourceType } from '../api/resources.ts'
import { Fail, type Failure, fail, failureOf } from './fail.ts'
import { bool, list, text } from './flags.ts'
import { sorted } from './json.ts'
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
}

/** All documents of `-f`, in order. */
export function* manifests(files: string[]): Steps<Manifest[]> {
  const out: Manifest[] = []
  for (const file of files) {
    if (/^https?:\/\//.test(file)) fail(`unable to read URL "${file}": there is no way out of this world`)
    const names: string[] | undefined = file === '-' ? undefined : yield { want: 'list', path: file }
    const paths = names === undefined ? [file] : names.filter(n => /\.(ya?ml|json)$/.test(n)).map(n => `${file.replace(/\/$/, '')}/${n}`)
    for (const path of paths) {
      const body: string | undefined = yield { want: 'read', path }
      if (body === undefined) fail(`the path ${JSON.stringify(path)} does not exist`)
      out.push(...documents(body as string, path === '-' ? 'STDIN' : path))
    }
    if (paths.length === 0) fail(`error reading [${file}]: recognized file extensions are [.json .yaml .yml]`)
  }
  return out
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
    if (object.kind === 'List' && Array.isArray(object.items)) out.push(...object.items.map((o: any) => ({ object: o, source })))
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

/** Where each document belongs; `checked` refuses what kubectl's own validation refuses. */
export function* infosOf(kit: Kit, found: Manifest[], checked: boolean): Steps<{ infos: Info[]; failures: Failure[] }> {
  const infos: Info[] = []
  const failures: Failure[] = []
  for (const { object, source } of found) {
    try {
      infos.push(yield* infoOf(kit, object, source, checked))
    } catch (error) {
      failures.push(failureOf(error))
    }
  }
  return { infos, failures }
}

function* infoOf(kit: Kit, object: any, source: string, checked: boolean): Steps<Info> {
  const missing = [['apiVersion', object.apiVersion] as const, ['kind', object.kind] as const].filter(([, v]) => !v).map(([k]) => `${k} not set`)
  if (missing.length > 0) {
    if (!checked)
      fail(
        missing[0] === 'kind not set'
          ? `Object 'Kind' is missing in '${JSON.stringify(object)}'`
          : `Object 'apiVersion' is missing in '${JSON.stringify(object)}'`,
      )
    const all = missing.length > 1 ? `[${missing.join(', ')}]` : missing[0]
    fail(
      `error validating ${JSON.stringify(source)}: error validating data: ${all}; if you choose to ignore these errors, turn validation off with --validate=false`,
    )
  }
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
  const namespace = type.namespaced ? own || kit.namespace : ''
  const placed = type.namespaced ? { ...object, metadata: { ...object.metadata, namespace } } : object
  // Upstream's objects are maps of Go, which go out with their keys in order.
  return { type, namespace, name, object: sorted(placed) as KubeObject, source }
}

/** What arguments say: several types, and names among them. */
export interface Meant {
  /** Types without names: all their objects that the selectors let through. */
  types: ResourceType[]
  named: { type: ResourceType; name: string }[]
  /** Was it one thing by one name? Then it is printed as an object and not as a list. */
  single: boolean
  /** A category such as `all`, or several types. */
  several: boolean
}

/** `pods`, `pod web`, `pod/web svc/web`, `deploy,rs`, `all`. */
export function* meant(kit: Kit, args: string[]): Steps<Meant> {
  if (args.some(a => a.includes('/'))) {
    const named: Meant['named'] = []
    for (const arg of args) {
      const [kind = '', name = '', ...more] = arg.split('/')
      if (!arg.includes('/')) {
        fail(
          `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
        )
      }
      if (more.length > 0 || kind === '' || name === '') fail('arguments in resource/name form may not have more than one slash')
      named.push({ type: yield* resourceNamed(kit, kind), name })
    }
    return { types: [], named, single: named.length === 1, several: new Set(named.map(n => n.type)).size > 1 }
  }
  const words = (args[0] ?? '').split(',').filter(w => w !== '')
  const types: ResourceType[] = []
  for (const word of words) for (const w of categoryOf(word) ?? [word]) types.push(yield* resourceNamed(kit, w))
  const names = [...new Set(args.slice(1))]
  if (names.length === 0) return { types, named: [], single: false, several: types.length > 1 }
  if (types.length > 1 && words.some(w => categoryOf(w))) fail('you may only specify a single resource type')
  return {
    types: [],
    named: types.flatMap(type => names.map(name => ({ type, name }))),
    single: names.length === 1 && types.length === 1,
    several: types.length > 1,
  }
}

/** Which namespace a type's objects are looked for in; '' is all. */
export const namespaceFor = (kit: Kit, type: ResourceType): string => (type.namespaced ? (bool(kit.flags, 'all-namespaces') ? '' : kit.namespace) : '')

export interface Visit {
  infos: Info[]
  failures: Failure[]
  meant: Meant
}

/**
 * Objects by arguments and selectors, or by files, read from the server. `all` allows a type without names; where
 * `selected` is false the flag --selector means something else. */
export function* visit(kit: Kit, options: { args?: string[]; all?: boolean; read?: boolean; selected?: boolean; subresource?: string } = {}): Steps<Visit> {
  const { flags } = kit
  const files = list(flags, 'filename')
  const args = options.args ?? flags.args
  const query: Record<string, string> = {}
  if (options.selected !== false && text(flags, 'selector') !== '') query['labelSelector'] = text(flags, 'selector')
  if (text(flags, 'field-selector') !== '') query['fieldSelector'] = text(flags, 'field-selector')
  const none: Meant = { types: [], named: [], single: false, several: false }
  if (files.length > 0) {
    if (args.length > 0) fail(`when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well`)
    const { infos, failures } = yield* infosOf(kit, yield* manifests(files), false)
    const read = options.read === false ? infos : []
    if (options.read !== false)
      for (const info of infos) {
        try {
          read.push({ ...info, object: yield* getInfo(kit, info.type, info.namespace, info.name) })
        } catch (error) {
          failures.push(failureOf(error))
        }
      }
    return { infos: read, failures, meant: { ...none, single: infos.length === 1 } }
  }
  const m = yield* meant(kit, args)
  const infos: Info[] = []
  const failures: Failure[] = []
  if (m.named.length > 0 && (Object.keys(query).length > 0 || bool(flags, 'all'))) fail('name cannot be provided when a selector is specified')
  for (const { type, name } of m.named) {
    if (bool(flags, 'all-namespaces') && type.namespaced) fail('a resource cannot be retrieved by name across all namespaces')
    const namespace = namespaceFor(kit, type)
    try {
      infos.push({
        type,
        namespace,
        name,
        source: '',
        ...(options.read === false ? {} : { object: yield* getInfo(kit, type, namespace, name, options.subresource) }),
      })
    } catch (error) {
      failures.push(failureOf(error))
    }
  }
  if (m.types.length > 0 && Object.keys(query).length === 0 && options.all === false && !bool(flags, 'all'))
    fail('resource(s) were provided, but no name was specified')
  for (const type of m.types)
    for (const object of yield* listObjects(kit, type, namespaceFor(kit, type), query))
      infos.push({ type, namespace: object.metadata.namespace ?? '', name: object.metadata.name, object, source: '' })
  return { infos, failures, meant: m }
}

/** What go-yaml says of a text that is no YAML. */
export function yamlProblem(body: string): string | undefined {
  const wrong = parseAllDocuments(body, { version: '1.1', uniqueKeys: false }).flatMap(d => d.errors)
  return wrong.length > 0 ? goYamlError(wrong) : undefined
}

// edit.ts: objects changed in an editor, which opens again, with the reasons, on what is not valid.
// Models k8s.io/kubectl/pkg/cmd/util/editor/editoptions.go, pkg/cmd/{edit,create} and pkg/validation/schema.go
// Differs: a file that is kept gets the first free number for its name, not a random one; line ends are Unix ones

import { parseDocument } from 'yaml'
import { createMergePatch, isRecord, sameJson } from '../api/patch.ts'
import { structIdOf } from '../api/schema.ts'
import type { Status } from '../api/status.ts'
import { createTwoWayMergePatch } from '../api/strategic-diff.ts'
import { validated } from './apply.ts'
import { documents, fromFiles, type Info, visit, yamlProblem } from './builder.ts'
import { errorText, Fail, fail, failAll, failureOf, NOTHING_MEANT } from './fail.ts'
import { bool, list, text } from './flags.ts'
import { goSyntax } from './go.ts'
import { compactJson, jsonText, sortedKeys } from './json.ts'
import { createObject, err, type Kit, out, patchObject, pathTo } from './kit.ts'
import { LAST_APPLIED, lastApplied, remembered } from './lastapplied.ts'
import { resourceOfKind } from './mapper.ts'
import { report, withoutManagedFields } from './output.ts'
import type { Steps, Unreachable } from './want.ts'
import { yamlText } from './yaml-write.ts'

type Mode = 'normal' | 'create' | 'last-applied'

/** Why a text must be edited again: a line, and what stands under it. */
interface Reason {
  head: string
  other: string[]
}

interface Results {
  reasons: Reason[]
  retryable: number
  notfound: number
  invalid: number
}

const HEAD = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

const HEAD_OF_LAST_APPLIED = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`

/** Names that are tried for a file that is kept. */
const FILES_MAX = 1_000

export function* edit(kit: Kit): Steps<void> {
  const subresource = text(kit.flags, 'subresource')
  if (subresource !== '' && subresource !== 'status') fail(`invalid subresource value: ${JSON.stringify(subresource)}. Must be one of [status]`)
  const infos = yield* meantBy(kit)
  if (infos.length === 0) fail('edit cancelled, no objects found')
  yield* session(kit, 'normal', infos)
}

/** What apply keeps as an annotation, edited as the object that it is. */
export function* editLastApplied(kit: Kit): Steps<void> {
  const infos: Info[] = []
  for (const info of yield* meantBy(kit)) {
    const last = lastApplied(info.object)
    if (last !== undefined) infos.push({ ...info, object: JSON.parse(last) })
  }
  if (infos.length === 0)
    fail(
      'no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`',
    )
  yield* session(kit, 'last-applied', infos)
}

/** `create --edit`: each object of the files is edited by itself, then made. */
export function* editBeforeCreate(kit: Kit): Steps<void> {
  const { infos, failures } = yield* fromFiles(kit, false)
  failAll(failures)
  for (const info of infos) yield* session(kit, 'create', [info])
}

function* meantBy(kit: Kit): Steps<Info[]> {
  if (kit.flags.args.length === 0 && list(kit.flags, 'filename').length === 0) fail(NOTHING_MEANT)
  const { infos, failures } = yield* visit(kit)
  failAll(failures)
  return infos
}

/** Edits until something comes of it, or nothing more is changed. */
function* session(kit: Kit, mode: Mode, infos: Info[]): Steps<void> {
  const asJson = text(kit.flags, 'output') === 'json'
  const objects = infos.map(i => withoutManagedFields(i.object))
  const shown = objects.length === 1 ? objects[0] : { apiVersion: 'v1', items: objects, kind: 'List', metadata: {} }
  const original = head(mode, [], asJson) + (asJson ? jsonText(shown) : yamlText(shown))
  let opened = original
  let edited = ''
  let again = false
  for (;;) {
    const before = edited
    const answer: string | undefined = yield { want: 'edit', text: opened }
    const variables = kit.env.variables ?? {}
    if (answer === undefined) fail(`unable to launch the editor ${JSON.stringify(variables['KUBE_EDITOR'] || variables['EDITOR'] || 'vi')}`)
    edited = answer as string
    const keep = keeper(edited, asJson ? '.json' : '.yaml')
    if (again && stripped(before) === stripped(edited)) yield* keep.andFail({ is: 'plain', text: 'Edit cancelled, no valid changes were saved.' })
    const results: Results = { reasons: [], retryable: 0, notfound: 0, invalid: 0 }
    const reopen = () => {
      again = true
      opened = head(mode, results.reasons, asJson) + manualStrip(edited)
    }
    const problem = validated(kit) === 'Ignore' ? undefined : problemOf(edited)
    if (problem !== undefined) {
      const field = `Invalid value: "The edited file failed validation": ${problem}`
      yield* err(`${addInvalid(results, infos[0]!, [{ field: '<nil>', message: field }])}\n`)
      reopen()
      continue
    }
    if (stripped(original) === stripped(edited)) {
      yield* err('Edit cancelled, no changes made.\n')
      return
    }
    if (!hasLines(edited)) {
      yield* err('Edit cancelled, saved file was empty.\n')
      return
    }
    let updated: Info[]
    try {
      updated = yield* updatedInfos(kit, edited)
    } catch (error) {
      if (!(error instanceof Fail)) throw error
      const words = error.failure.is === 'exit' ? error.failure.text.replace(/^error: /, '') : errorText(error.failure)
      results.reasons.push({ head: `The edited file had a syntax error: ${words}`, other: [] })
      reopen()
      continue
    }
    again = false
    try {
      for (const info of updated) yield* send(kit, mode, infos, info, results)
    } catch (error) {
      yield* keep.andFail(failureOf(error))
    }
    if (results.retryable > 0) {
      yield* err(`You can run \`kubectl replace -f ${yield* keep.path()}\` to try this update again.\n`)
      throw new Fail({ is: 'exit', text: '', code: 1 })
    }
    if (results.notfound > 0) {
      yield* err(`The edits you made on deleted resources have been saved to ${JSON.stringify(yield* keep.path())}\n`)
      throw new Fail({ is: 'exit', text: '', code: 1 })
    }
    if (results.invalid === 0) return
    reopen()
  }
}

/** Keeps what was edited where it was in vain. */
function keeper(body: string, extension: string) {
  function* path(): Steps<string> {
    for (let n = 1; n <= FILES_MAX; n++) {
      const name = `/tmp/kubectl-edit-${n}${extension}`
      if ((yield { want: 'read', path: name }) !== undefined) continue
      yield { want: 'write', path: name, text: body }
      return name
    }
    return fail('the folder for temporary files is full')
  }
  function* andFail(failure: Fail['failure']): Steps<never> {
    yield* err(`A copy of your changes has been stored to ${JSON.stringify(yield* path())}\n`)
    throw new Fail(failure)
  }
  return { path, andFail }
}

function head(mode: Mode, reasons: Reason[], asJson: boolean): string {
  if (asJson) return ''
  const lines = reasons.map(r => `# ${hashed(r.head)}${r.other.length > 0 ? ':' : ''}\n${r.other.map(o => `# * ${hashed(o)}\n`).join('')}#\n`)
  return (mode === 'last-applied' ? HEAD_OF_LAST_APPLIED : HEAD) + lines.join('')
}

const hashed = (words: string): string => words.replace(/\n(?=[^#])/g, '\n# ')

/** Notes what the server, or kubectl's own look at the text, found; returns what is printed of it. */
function addInvalid(results: Results, info: Info, causes: { field?: string; message?: string }[]): string {
  const resource = resourceText(info)
  results.invalid++
  results.reasons.push({ head: `${resource} was not valid`, other: causes.map(c => `${c.field ?? ''}: ${c.message ?? ''}`) })
  return `error: ${resource} is invalid`
}

const resourceText = ({ type, name }: Info): string => `${type.plural}${type.group === '' ? '' : `.${type.group}`} ${JSON.stringify(name)}`

function addError(results: Results, info: Info, url: string, error: unknown): string {
  const failure = failureOf(error)
  const status: Status | undefined = failure.is === 'status' ? failure.status : undefined
  if (status?.reason === 'Invalid') return addInvalid(results, info, status.details?.causes ?? [])
  if (status?.reason === 'NotFound') {
    results.notfound++
    return `error: ${resourceText(info)} could not be found on the server`
  }
  results.retryable++
  return `error: ${resourceText(info)} could not be patched: ${failure.is === 'unreachable' ? wireText(failure, url) : errorText(failure)}`
}

/** net/http's words for a request without an answer. */
function wireText({ error, server }: { error: Unreachable['error']; server: string }, url: string): string {
  const host = server.replace(/^https?:\/\//, '')
  const why = {
    refused: `dial tcp ${host}: connect: connection refused`,
    lost: 'EOF',
    timeout: 'net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
  }
  return `Patch ${JSON.stringify(server + url)}: ${why[error]}`
}

/** The objects of the edited text. */
function* updatedInfos(kit: Kit, edited: string): Steps<Info[]> {
  const updated: Info[] = []
  for (const { object } of documents(edited, 'edited-file')) {
    const type = yield* resourceOfKind(kit, object.apiVersion ?? '', object.kind ?? '')
    const name = object.metadata?.name ?? ''
    const namespace = object.metadata?.namespace ?? ''
    if (object.kind === undefined) fail(`unable to decode "edited-file": Object 'Kind' is missing in '${compactJson(object)}'`)
    if (type === undefined)
      return fail(
        `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from "edited-file": no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}\nensure CRDs are installed first`,
      )
    updated.push({ type, namespace, name, object, source: 'edited-file' })
  }
  return updated
}

/** Patches, makes or remembers one object. What the server refuses is added to the results; other failures end the edit. */
function* send(kit: Kit, mode: Mode, originals: Info[], given: Info, results: Results): Steps<void> {
  if (given.type.namespaced && given.namespace !== '' && given.namespace !== kit.namespace)
    fail(
      `the namespace from the provided object ${JSON.stringify(given.namespace)} does not match the namespace ${JSON.stringify(kit.namespace)}. You must pass '--namespace=${given.namespace}' to perform this operation.`,
    )
  const namespace = given.type.namespaced ? given.namespace || kit.namespace : ''
  const bare = withoutManagedFields(given.object)
  const placed = given.type.namespaced ? { ...bare, metadata: { ...bare.metadata, namespace } } : bare
  const object = bool(kit.flags, 'save-config') ? remembered(placed) : placed
  const info: Info = { ...given, namespace, object }
  if (mode === 'create') {
    const query = { fieldManager: 'kubectl-create', fieldValidation: validated(kit) }
    return yield* report(kit, yield* createObject(kit, info.type, namespace, object, query), 'created')
  }
  const original = originals.find(i => i.object?.metadata.uid === object.metadata.uid)
  if (original === undefined) return fail(`no original object found for &unstructured.Unstructured{Object:${goSyntax(object)}}`)
  const was = withoutManagedFields(original.object)
  if (sameJson(was, object)) return yield* report(kit, object, 'skipped')
  const { how, patch } = mode === 'normal' ? patchOf(info, was) : { how: 'merge' as const, patch: annotationPatch(object) }
  if (bool(kit.flags, 'output-patch')) yield* out(`Patch: ${compactJson(patch)}\n`)
  const wish = {
    type: info.type,
    namespace,
    name: info.name,
    how,
    patch,
    query: { fieldManager: text(kit.flags, 'field-manager') || 'kubectl-edit', fieldValidation: validated(kit) },
    subresource: text(kit.flags, 'subresource') || undefined,
  }
  if (mode === 'last-applied') {
    yield* patchObject(kit, wish)
    return yield* report(kit, object, 'edited')
  }
  let patched: any
  try {
    patched = yield* patchObject(kit, wish)
  } catch (error) {
    const url = pathTo(wish.type, namespace, wish.name, wish.subresource)
    const query = sortedKeys(wish.query).map(key => `${key}=${wish.query[key as keyof typeof wish.query]}`)
    yield* err(`${addError(results, info, `${url}?${query.join('&')}`, error)}\n`)
    return
  }
  yield* report(kit, patched, 'edited')
}

function patchOf(info: Info, was: any): { how: 'strategic' | 'merge'; patch: any } {
  const id = structIdOf(info.type)
  const made = id === undefined ? { value: createMergePatch(was, info.object) } : createTwoWayMergePatch(id, was, info.object as any)
  if ('error' in made) return fail(made.error)
  const patch: any = made.value
  if (patch.apiVersion !== undefined || patch.kind !== undefined || patch.metadata?.name !== undefined)
    fail('At least one of apiVersion, kind and name was changed')
  return { how: id === undefined ? 'merge' : 'strategic', patch }
}

const annotationPatch = (object: any): any => ({ metadata: { annotations: { [LAST_APPLIED]: `${compactJson(object)}\n` } } })

/** What kubectl itself finds wrong with the text, before anybody is asked. */
function problemOf(edited: string): string | undefined {
  const wrong = yamlProblem(edited)
  if (wrong !== undefined) return `yaml: ${wrong}`
  const object = parseDocument(edited, { version: '1.1', uniqueKeys: false }).toJS({ maxAliasCount: 0 })
  if (!isRecord(object)) return 'invalid object to validate'
  const missing = (['apiVersion', 'kind'] as const).flatMap(key => {
    if (object[key] === undefined || object[key] === null) return [`${key} not set`]
    return typeof object[key] === 'string' ? [] : [`${key} isn't string type`]
  })
  return missing.length > 1 ? `[${missing.join(', ')}]` : missing[0]
}

/** Two texts that say the same are the same here, whatever their comments and their layout. */
function stripped(body: string): string {
  if (yamlProblem(body) !== undefined) return manualStrip(body)
  try {
    return compactJson(parseDocument(body, { version: '1.1', uniqueKeys: false }).toJS({ maxAliasCount: 0 }))
  } catch {
    return manualStrip(body)
  }
}

const isComment = (line: string): boolean => /^\s*#(?!!)/.test(line)

const manualStrip = (body: string): string =>
  body
    .split('\n')
    .filter(line => !isComment(line))
    .join('\n')

const hasLines = (body: string): boolean => body.split('\n').some(line => line.trim() !== '' && !line.trim().startsWith('#'))

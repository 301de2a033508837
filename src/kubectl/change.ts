// change.ts: small changes to objects that are there: scale, label, annotate, patch.
// Models k8s.io/kubectl/pkg/cmd/{scale,label,annotate,patch}
// Differs: nothing known

import { parse as parseYaml } from 'yaml'
import { labelValue } from '../api/name.ts'
import { applyJsonPatch, applyMergePatch, sameJson } from '../api/patch.ts'
import type { ResourceType } from '../api/resources.ts'
import { structIdOf } from '../api/schema.ts'
import { applyStrategicMergePatch } from '../api/strategic.ts'
import { visit, yamlProblem } from './builder.ts'
import { fail, failAll, failureOf } from './fail.ts'
import { bool, changed, duration, int, list, text } from './flags.ts'
import { ask, getObject, type Kit, out, PATCH_TYPES, patchObject, pathTo } from './kit.ts'
import { dryRunOf, report } from './output.ts'
import type { Steps } from './want.ts'

export function* scale(kit: Kit): Steps<void> {
  const { flags } = kit
  if (!changed(flags, 'replicas')) fail('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  const replicas = int(flags, 'replicas')
  if (replicas < 0) fail('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  const { infos, failures } = yield* visit(kit, { all: false })
  const { mode, suffix, query } = dryRunOf(kit)
  if (infos.length === 0 && failures.length === 0) fail('no objects passed to scale')
  const current = changed(flags, 'current-replicas') ? int(flags, 'current-replicas') : -1
  const version = text(flags, 'resource-version')
  for (const info of infos) {
    try {
      const now = (info.object as any).spec?.replicas
      if (current >= 0 && now !== current) fail(`Expected replicas to be ${current}, was ${now}`)
      if (version !== '' && info.object!.metadata.resourceVersion !== version)
        fail(`Expected resource version to be ${version}, was ${info.object!.metadata.resourceVersion}`)
      if (mode !== 'client')
        yield* patchObject(kit, {
          type: info.type,
          namespace: info.namespace,
          name: info.name,
          how: 'merge',
          patch: { spec: { replicas } },
          query,
          subresource: 'scale',
        })
      yield* report(kit, info.object, 'scaled', suffix)
    } catch (error) {
      failures.push(failureOf(error))
    }
  }
  const wait = duration(flags, 'timeout')
  if (wait > 0) for (const info of infos) yield* untilScaled(kit, info, replicas, wait)
  failAll(failures)
}

function* untilScaled(kit: Kit, info: any, replicas: number, ms: number): Steps<void> {
  const start: number = yield { want: 'now' }
  for (;;) {
    const object: any = yield* getObject(kit, info.type, info.namespace, info.name)
    if ((object.status?.observedGeneration ?? 0) >= (object.metadata.generation ?? 0) && (object.status?.replicas ?? 0) === replicas) return
    if (((yield { want: 'now' }) as number) - start >= ms) fail('timed out waiting for the condition')
    yield { want: 'pause', ms: 1_000 }
  }
}

interface Changes {
  set: Record<string, string>
  drop: string[]
  /** What is left: types and names. */
  rest: string[]
}

/** Splits `pod web a=b c-` into resources and changes. */
function changesIn(args: string[], noun: string): Changes {
  const out: Changes = { set: {}, drop: [], rest: [] }
  for (const arg of args) {
    const eq = arg.indexOf('=')
    const isDrop = eq < 0 && arg.endsWith('-') && arg.length > 1
    if (eq > 0) out.set[arg.slice(0, eq)] = arg.slice(eq + 1)
    else if (isDrop) out.drop.push(arg.slice(0, -1))
    else if (Object.keys(out.set).length + out.drop.length > 0) fail(`all resources must be specified before ${noun} changes: ${arg}`)
    else out.rest.push(arg)
  }
  const both = out.drop.find(k => out.set[k] !== undefined)
  if (both !== undefined)
    fail(
      noun === 'label'
        ? 'can not both modify and remove a label in the same command'
        : `can not both modify and remove the following annotation(s) in the same command: ${out.drop.filter(k => out.set[k] !== undefined).join(', ')}`,
    )
  return out
}

export const label = (kit: Kit): Steps<void> => mark(kit, { noun: 'label', field: 'labels', done: 'labeled', undone: 'unlabeled', manager: 'kubectl-label' })
export const annotate = (kit: Kit): Steps<void> =>
  mark(kit, { noun: 'annotation', field: 'annotations', done: 'annotated', undone: 'annotated', manager: 'kubectl-annotate' })

function relabeled(object: any, set: Record<string, string>, drop: string[]): any {
  const labels = { ...object.metadata.labels, ...set }
  for (const key of drop) delete labels[key]
  return { ...object, metadata: { ...object.metadata, labels } }
}

interface Marking {
  noun: 'label' | 'annotation'
  field: 'labels' | 'annotations'
  done: string
  undone: string
  manager: string
}

function* mark(kit: Kit, how: Marking): Steps<void> {
  const { flags } = kit
  const { set, drop, rest } = changesIn(flags.args, how.noun)
  if (rest.length === 0 && list(flags, 'filename').length === 0) fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  const listing = bool(flags, 'list')
  if (Object.keys(set).length + drop.length === 0 && !listing) fail(`at least one ${how.noun} update is required`)
  for (const key of Object.keys(set)) {
    const wrong = how.noun === 'label' ? labelValue(set[key]!) : []
    if (wrong.length > 0) fail(`invalid label value: ${JSON.stringify(`${key}=${set[key]}`)}: ${wrong.join('; ')}`)
  }
  if (bool(flags, 'all') && text(flags, 'selector') !== '') fail('cannot set --all and --selector at the same time')
  const all = bool(flags, 'all') || text(flags, 'selector') !== '' || text(flags, 'field-selector') !== ''
  if (!all && rest.length === 1 && !rest[0]!.includes('/')) fail('resource(s) were provided, but no name was specified')
  const { infos, failures } = yield* visit(kit, { args: rest })
  const { mode, suffix, query } = dryRunOf(kit)
  for (const info of infos) {
    try {
      const old: Record<string, string> = info.object!.metadata[how.field] ?? {}
      if (listing) {
        if (infos.length > 1) yield* out(`Listing ${how.noun}s for ${info.type.kind}.${info.type.group || ''}/${info.name}:\n`)
        for (const key of Object.keys(old).sort()) yield* out(`${infos.length > 1 ? ' ' : ''}${key}=${old[key]}\n`)
        continue
      }
      if (!bool(flags, 'overwrite')) {
        const clash = Object.keys(set).filter(k => old[k] !== undefined && old[k] !== set[k])
        if (clash.length > 0)
          fail(
            how.noun === 'annotation'
              ? `--overwrite is false but found the following declared annotation(s): ${clash.map(k => `'${k}' already has a value (${old[k]})`).join('; ')}`
              : clash.length === 1
                ? `'${clash[0]}' already has a value (${old[clash[0]!]}), and --overwrite is false`
                : `[${clash.map(k => `'${k}' already has a value (${old[k]}), and --overwrite is false`).join(', ')}]`,
          )
      }
      const missing = drop.filter(k => old[k] === undefined)
      if (how.noun === 'label') for (const key of missing) yield* out(`${how.noun} ${JSON.stringify(key)} not found.\n`)
      const added = Object.keys(set).filter(k => old[k] !== set[k])
      const gone = drop.filter(k => old[k] !== undefined)
      const unchanged = added.length === 0 && gone.length === 0
      const version = text(flags, 'resource-version')
      const patch: any = { metadata: { [how.field]: { ...Object.fromEntries(added.map(k => [k, set[k]])), ...Object.fromEntries(gone.map(k => [k, null])) } } }
      if (version !== '') patch.metadata.resourceVersion = version
      let object: any = info.object
      if ((!unchanged || version !== '') && mode !== 'client')
        object = yield* patchObject(kit, {
          type: info.type,
          namespace: info.namespace,
          name: info.name,
          how: 'merge',
          patch,
          query: { ...query, fieldManager: text(flags, 'field-manager') || how.manager },
        })
      const word = how.noun === 'annotation' ? how.done : unchanged ? 'not labeled' : added.length > 0 || gone.length === 0 ? how.done : how.undone
      // What is printed of a label is the object as it was read, with the label.
      const own = how.noun === 'label' ? relabeled(info.object, set, drop) : object
      yield* report(kit, own, word, suffix)
    } catch (error) {
      failures.push(failureOf(error))
    }
  }
  failAll(failures)
}

export function* patch(kit: Kit): Steps<void> {
  const { flags } = kit
  const how = text(flags, 'type') || 'strategic'
  if (!['json', 'merge', 'strategic'].includes(how)) fail(`--type must be one of [json merge strategic], not ${JSON.stringify(how)}`)
  let body = text(flags, 'patch')
  const file = text(flags, 'patch-file')
  if (body === '' && file === '') fail('must specify --patch or --patch-file containing the contents of the patch')
  if (file !== '') {
    const read: string | undefined = yield { want: 'read', path: file }
    if (read === undefined) fail(`unable to read patch file: open ${file}: no such file or directory`)
    body = read as string
  }
  let value: unknown
  try {
    value = parseYaml(body)
  } catch {
    fail(`unable to parse ${JSON.stringify(body)}: yaml: ${yamlProblem(body) ?? 'did not find expected node content'}`)
  }
  const { infos, failures } = yield* visit(kit, { all: false })
  const { mode, query } = dryRunOf(kit)
  const subresource = text(flags, 'subresource') || undefined
  for (const info of infos) {
    try {
      const path = pathTo(info.type, info.namespace, info.name, subresource)
      const sent = { ...query, fieldManager: text(flags, 'field-manager') || 'kubectl-patch' }
      const before = subresource === undefined ? info.object : yield* getObject(kit, info.type, info.namespace, info.name, subresource)
      const after =
        mode === 'client'
          ? patchedHere(info.type, how, before, value)
          : (yield* ask(kit, { method: 'PATCH', path, query: sent, body: value, type: PATCH_TYPES[how as 'json'] })).body
      const same = mode !== 'client' && sameJson(before, after)
      yield* report(kit, after, same ? 'patched (no change)' : 'patched')
    } catch (error) {
      failures.push(failureOf(error))
    }
  }
  failAll(failures)
}

/** What a patch makes of an object, without asking the server. */
function patchedHere(type: ResourceType, how: string, before: any, patch: any): any {
  if (how === 'merge') return applyMergePatch(before, patch)
  const id = structIdOf(type)
  if (how === 'strategic' && id === undefined) return fail('strategic merge patch is not supported for this kind')
  const made = how === 'json' ? applyJsonPatch(before, patch) : applyStrategicMergePatch(id!, before, patch)
  return 'error' in made ? fail(made.error) : made.value
}

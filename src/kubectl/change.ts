// change.ts: small changes to objects that are there: scale, label, annotate, patch.
// Models k8s.io/kubectl/pkg/cmd/{scale,label,annotate,patch}
// Differs: nothing known

import { parse as parseYaml } from 'yaml'
import { labelValue } from '../api/name.ts'
import { applyJsonPatch, applyMergePatch, sameJson } from '../api/patch.ts'
import type { ResourceType } from '../api/resources.ts'
import { structIdOf } from '../api/schema.ts'
import { applyStrategicMergePatch } from '../api/strategic.ts'
import { type Info, inTurn, visit, yamlProblem } from './builder.ts'
import { fail, failAll } from './fail.ts'
import { bool, duration, int, list, text } from './flags.ts'
import { sortedKeys } from './json.ts'
import { ask, getObject, type Kit, out, PATCH_TYPES, patchObject, pathTo } from './kit.ts'
import { dryRunOf, report } from './output.ts'
import { type Pairs, parsePairs, resourcesAndPairs } from './pairs.ts'
import type { Steps } from './want.ts'

const CHANGE_CAUSE = 'kubernetes.io/change-cause' // Always written over.

export function* scale(kit: Kit): Steps<void> {
  const { flags } = kit
  const replicas = int(flags, 'replicas')
  if (replicas < 0) fail('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  const current = int(flags, 'current-replicas')
  if (current < -1) fail('The --current-replicas must specify an integer of -1 or greater')
  const { infos, failures } = yield* visit(kit, { all: false })
  const { mode, suffix, query } = dryRunOf(kit)
  const version = text(flags, 'resource-version')
  if (version !== '' && infos.length > 1) fail('cannot use --resource-version with multiple resources')
  if (infos.length === 0 && failures.length === 0) fail('no objects passed to scale')
  // What cannot be scaled ends the command; what was not found is told at its end.
  for (const info of infos) {
    const place = { type: info.type, namespace: info.namespace, name: info.name }
    const { spec, metadata } = info.object as any
    if (mode !== 'client') {
      if (current >= 0 && spec?.replicas !== current) fail(`Expected replicas to be ${current}, was ${spec?.replicas}`)
      if (version !== '' && metadata.resourceVersion !== version) fail(`Expected resource version to be ${version}, was ${metadata.resourceVersion}`)
      yield* patchObject(kit, { ...place, how: 'merge', patch: { spec: { replicas } }, query, subresource: 'scale' })
      if (mode === 'none' && duration(flags, 'timeout') > 0) yield* untilScaled(kit, info, replicas)
    }
    yield* report(kit, info.object, 'scaled', suffix)
  }
  failAll(failures)
}

/** Waits for as many as were asked for, or until somebody asks for another number. */
function* untilScaled(kit: Kit, info: Info, replicas: number): Steps<void> {
  const start: number = yield { want: 'now' }
  for (;;) {
    const { spec, status }: any = yield* getObject(kit, info.type, info.namespace, info.name, 'scale')
    if ((spec?.replicas ?? 0) !== replicas || (status?.replicas ?? 0) === replicas) return
    if (((yield { want: 'now' }) as number) - start >= duration(kit.flags, 'timeout')) fail(`timed out waiting for ${JSON.stringify(info.name)} to be synced`)
    yield { want: 'pause', ms: 1_000 }
  }
}

/** `a=b` and `a-` of labels, whose values are judged. */
function parseLabels(pairs: string[]): Pairs {
  for (const pair of pairs.filter(p => p.includes('='))) {
    const [, value = '', ...more] = pair.split('=')
    if (more.length > 0) fail(`invalid label spec: ${pair}`)
    const wrong = labelValue(value)
    if (wrong.length > 0) fail(`invalid label value: ${JSON.stringify(pair)}: ${wrong.join(';')}`)
  }
  const changes = parsePairs(pairs, 'label', true)
  if (changes.drop.some(key => changes.set[key] !== undefined)) fail('can not both modify and remove a label in the same command')
  return changes
}

export const label = (kit: Kit): Steps<void> =>
  mark(kit, { noun: 'label', field: 'labels', done: 'labeled', undone: 'unlabeled', manager: 'kubectl-label', file: 'pod' })
export const annotate = (kit: Kit): Steps<void> =>
  mark(kit, { noun: 'annotation', field: 'annotations', done: 'annotated', undone: 'annotated', manager: 'kubectl-annotate', file: 'rsrc' })

function relabeled(object: any, field: string, set: Record<string, string>, drop: string[]): any {
  const all = { ...object.metadata[field], ...set }
  for (const key of drop) delete all[key]
  return { ...object, metadata: { ...object.metadata, [field]: all } }
}

interface Marking {
  noun: 'label' | 'annotation'
  field: 'labels' | 'annotations'
  done: string
  undone: string
  manager: string
  /** How complaints call a file. */
  file: string
}

/** What is changed, of what; ends the command on what does not go together. */
function markingOf(kit: Kit, how: Marking): Pairs & { resources: string[] } {
  const { flags } = kit
  const { resources, pairs } = resourcesAndPairs(flags.args, how.noun)
  const changes = how.noun === 'label' ? parseLabels(pairs) : parsePairs(pairs, how.noun, true)
  if (bool(flags, 'list') && text(flags, 'output') !== '') fail('--list and --output may not be specified together')
  for (const flag of ['selector', 'field-selector']) if (bool(flags, 'all') && text(flags, flag) !== '') fail(`cannot set --all and --${flag} at the same time`)
  const files = list(flags, 'filename').length > 0
  if (bool(flags, 'local')) {
    if (dryRunOf(kit).mode === 'server') fail('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
    const named = `-f ${how.file}.yaml or --filename=${how.file}.json`
    if (resources.length > 0) fail(`can only use local files by ${named} when --local=true is set`)
    if (!files) fail(`one or more files must be specified as ${named}`)
  } else if (resources.length === 0 && !files) fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (pairs.length === 0 && !bool(flags, 'list')) fail(`at least one ${how.noun} update is required`)
  const both = changes.drop.filter(key => changes.set[key] !== undefined)
  if (both.length > 0) fail(`can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`)
  return { ...changes, resources }
}

function* mark(kit: Kit, how: Marking): Steps<void> {
  const { flags } = kit
  const { set, drop, resources } = markingOf(kit, how)
  const visited = yield* visit(kit, { args: resources, all: false })
  const { meant } = visited
  const version = text(flags, 'resource-version')
  if (version !== '' && !meant.single) fail('--resource-version may only be used with a single resource')
  const { mode, suffix, query } = dryRunOf(kit)
  const local = mode === 'client' || bool(flags, 'local')
  yield* inTurn(visited, function* (info) {
    const old: Record<string, string> = info.object!.metadata[how.field] ?? {}
    if (!bool(flags, 'overwrite')) {
      const clash = Object.keys(set).filter(k => old[k] !== undefined && old[k] !== set[k] && (how.noun === 'label' || k !== CHANGE_CAUSE))
      if (clash.length > 0)
        fail(
          how.noun === 'annotation'
            ? `--overwrite is false but found the following declared annotation(s): ${clash.map(k => `'${k}' already has a value (${old[k]})`).join('; ')}`
            : clash.length === 1
              ? `'${clash[0]}' already has a value (${old[clash[0]!]}), and --overwrite is false`
              : `[${clash.map(k => `'${k}' already has a value (${old[k]}), and --overwrite is false`).join(', ')}]`,
        )
    }
    if (bool(flags, 'list')) {
      const after = relabeled(info.object, how.field, set, drop).metadata[how.field]
      if (!meant.single) yield* out(`Listing ${how.noun}s for ${info.type.kind}.${info.type.group || ''}/${info.name}:\n`)
      for (const key of sortedKeys(after)) yield* out(`${meant.single ? '' : ' '}${key}=${after[key]}\n`)
      return
    }
    const missing = local ? [] : drop.filter(k => old[k] === undefined)
    if (how.noun === 'label') for (const key of missing) yield* out(`${how.noun} ${JSON.stringify(key)} not found.\n`)
    const added = Object.keys(set).filter(k => old[k] !== set[k])
    const gone = drop.filter(k => old[k] !== undefined)
    const unchanged = added.length === 0 && gone.length === 0
    const patch: any = { metadata: { [how.field]: { ...Object.fromEntries(added.map(k => [k, set[k]])), ...Object.fromEntries(gone.map(k => [k, null])) } } }
    if (version !== '') patch.metadata.resourceVersion = version
    let object: any = info.object
    if ((!unchanged || version !== '') && !local)
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
    const own = local || how.noun === 'label' ? relabeled(info.object, how.field, set, drop) : object
    yield* report(kit, own, word, suffix)
  })
}

export function* patch(kit: Kit): Steps<void> {
  const { flags } = kit
  let body = text(flags, 'patch')
  const file = text(flags, 'patch-file')
  if (body !== '' && file !== '') fail('cannot specify --patch and --patch-file together')
  if (body === '' && file === '') fail('must specify --patch or --patch-file containing the contents of the patch')
  const local = bool(flags, 'local')
  if (local && flags.args.length > 0) fail('cannot specify --local and server resources')
  if (local && dryRunOf(kit).mode === 'server') fail('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  const given = text(flags, 'type') || 'strategic'
  const how = given.toLowerCase()
  if (!['json', 'merge', 'strategic'].includes(how)) fail(`--type must be one of [json merge strategic], not ${JSON.stringify(given)}`)
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
  const visited = yield* visit(kit, { all: false })
  const { mode, query } = dryRunOf(kit)
  const here = local || mode === 'client'
  const subresource = text(flags, 'subresource') || undefined
  yield* inTurn(visited, function* (info) {
    const path = pathTo(info.type, info.namespace, info.name, subresource)
    const sent = { ...query, fieldManager: text(flags, 'field-manager') || 'kubectl-patch' }
    const before = subresource === undefined ? info.object : yield* getObject(kit, info.type, info.namespace, info.name, subresource)
    const after = here
      ? patchedHere(info.type, how, before, value)
      : (yield* ask(kit, { method: 'PATCH', path, query: sent, body: value, type: PATCH_TYPES[how as 'json'] })).body
    yield* report(kit, after, sameJson(before, after) ? 'patched (no change)' : 'patched')
  })
}

/** What a patch makes of an object, without asking the server. */
function patchedHere(type: ResourceType, how: string, before: any, patch: any): any {
  if (how === 'merge') return applyMergePatch(before, patch)
  const id = structIdOf(type)
  if (how === 'strategic' && id === undefined) return fail('strategic merge patch is not supported for this kind')
  const made = how === 'json' ? applyJsonPatch(before, patch) : applyStrategicMergePatch(id!, before, patch)
  return 'error' in made ? fail(made.error) : made.value
}

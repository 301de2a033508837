// apply.ts: make objects as manifests say: a three-way merge here, or a server-side apply there.
// Models k8s.io/kubectl/pkg/cmd/apply/{apply,patcher}.go and pkg/util/apply.go
// Differs: --prune knows the usual kinds alone; the OpenAPI check before sending is the server's strict decoding

import { createThreeWayJsonMergePatch } from '../api/patch.ts'
import { type ResourceType, resourceByKind } from '../api/resources.ts'
import { structIdOf } from '../api/schema.ts'
import { createThreeWayMergePatch } from '../api/strategic-diff.ts'
import { fromFiles, type Info, visit } from './builder.ts'
import { Fail, type Failure, fail, failAll, failureOf, isConflict, misuse, NOTHING_MEANT, withSource } from './fail.ts'
import { bool, changed, list, text } from './flags.ts'
import { compactJson } from './json.ts'
import { ask, createObject, err, findObject, getObject, type Kit, listObjects, out, patchObject, pathTo } from './kit.ts'
import { LAST_APPLIED, lastApplied, remembered } from './lastapplied.ts'
import { dryRunOf, printObject, report } from './output.ts'
import type { Steps } from './want.ts'
import { yamlText } from './yaml-write.ts'

export function* apply(kit: Kit): Steps<void> {
  const { flags } = kit
  const files = list(flags, 'filename')
  if (flags.args.length > 0) misuse('apply', `Unexpected args: [${flags.args.join(' ')}]`)
  if (files.length === 0) fail('must specify one of -f and -k')
  if (list(flags, 'filename').length > 0 && text(flags, 'kustomize') !== '') fail('only one of -f or -k can be specified')
  if (bool(flags, 'force-conflicts') && !bool(flags, 'server-side')) fail('--force-conflicts only works with --server-side')
  if (bool(flags, 'server-side') && bool(flags, 'force')) fail('--force cannot be used with --server-side')
  if (bool(flags, 'server-side') && dryRunOf(kit).mode === 'client')
    fail("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
  if (bool(flags, 'all') && text(flags, 'selector') !== '') fail('cannot set --all and --selector at the same time')
  if (bool(flags, 'prune') && !bool(flags, 'all') && text(flags, 'selector') === '')
    fail(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    )
  const { infos, failures } = yield* fromFiles(kit, validated(kit) !== 'Ignore')
  if (infos.length + failures.length === 0) fail('no objects passed to apply')
  const applied: any[] = []
  for (const info of infos) {
    try {
      if (info.name === '')
        fail(
          info.object?.metadata.generateName
            ? `from ${info.object.metadata.generateName}: cannot use generate name with apply`
            : `error when retrieving current configuration of:\nResource: "${info.type.group}${info.type.group === '' ? '/' : '/'}${info.type.version}, Resource=${info.type.plural}", GroupVersionKind: "${info.type.group === '' ? '/' : `${info.type.group}/`}${info.type.version}, Kind=${info.type.kind}"\nName: "", Namespace: ${JSON.stringify(info.namespace)}\nfrom server for: ${JSON.stringify(info.source)}: resource name may not be empty`,
        )
      applied.push(yield* bool(flags, 'server-side') ? serverSide(kit, info) : clientSide(kit, info))
    } catch (error) {
      failures.push(failureOf(error))
    }
  }
  if (whole(kit) && applied.length > 0)
    yield* printObject(kit, applied.length === 1 ? applied[0] : { apiVersion: 'v1', items: applied, kind: 'List', metadata: {} })
  if (failures.length === 0 && bool(flags, 'prune')) yield* prune(kit, applied)
  failAll(failures)
}

/** Are objects printed, and not what was done to them? */
const whole = (kit: Kit): boolean => !['', 'name'].includes(text(kit.flags, 'output'))

function* told(kit: Kit, object: any, word: string, suffix: string): Steps<any> {
  if (!whole(kit)) yield* report(kit, object, word, suffix)
  return object
}

const PRUNED: [string, string][] = [
  ['v1', 'ConfigMap'],
  ['v1', 'Endpoints'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'Pod'],
  ['v1', 'ReplicationController'],
  ['v1', 'Secret'],
  ['v1', 'Service'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ReplicaSet'],
  ['apps/v1', 'StatefulSet'],
  ['v1', 'Namespace'],
  ['v1', 'PersistentVolume'],
]

/** Deletes what was applied once, is selected, and was not applied now. */
function* prune(kit: Kit, applied: any[]): Steps<void> {
  const { mode, suffix, query } = dryRunOf(kit)
  const selector = text(kit.flags, 'selector')
  const uids = new Set(applied.map(o => o.metadata.uid))
  const spaces = new Set<string>(applied.map(o => o.metadata.namespace).filter(n => n !== undefined))
  for (const [apiVersion, kind] of PRUNED) {
    const type = resourceByKind(apiVersion, kind)!
    for (const space of type.namespaced ? spaces : ['']) {
      for (const object of yield* listObjects(kit, type, space, selector === '' ? {} : { labelSelector: selector })) {
        if (lastApplied(object) === undefined || uids.has(object.metadata.uid)) continue
        if (mode !== 'client')
          yield* ask(kit, {
            method: 'DELETE',
            path: pathTo(type, space, object.metadata.name),
            query,
            body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
          })
        if (!whole(kit)) yield* report(kit, object, 'pruned', suffix)
      }
    }
  }
}

/** `--validate` → the server's fieldValidation. */
export function validated(kit: Kit): 'Strict' | 'Warn' | 'Ignore' {
  const value = text(kit.flags, 'validate')
  if (value === 'strict' || value === 'true' || value === '') return 'Strict'
  if (value === 'warn') return 'Warn'
  if (value === 'ignore' || value === 'false') return 'Ignore'
  return fail(`invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`)
}

function* clientSide(kit: Kit, info: Info): Steps<any> {
  const { mode, suffix, query } = dryRunOf(kit)
  const manager = text(kit.flags, 'field-manager') || 'kubectl-client-side-apply'
  const sent = { ...query, fieldManager: manager, fieldValidation: validated(kit) }
  const wanted = remembered(info.object)
  const current = yield* findObject(kit, info.type, info.namespace, info.name)
  if (current === undefined) {
    const created = mode === 'client' ? wanted : yield* sourced('creating', info, createObject(kit, info.type, info.namespace, wanted, sent))
    return yield* told(kit, created, 'created', suffix)
  }
  const last = lastApplied(current)
  if (last === undefined && mode !== 'client')
    yield* err(
      `Warning: resource ${info.type.plural}/${info.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    )
  const { patch, how } = patchOf(info.type, last === undefined ? undefined : JSON.parse(last), wanted, current)
  if (Object.keys(patch).length === 0) {
    return yield* told(kit, current, 'unchanged', suffix)
  }
  const wish = { type: info.type, namespace: info.namespace, name: info.name, how, patch, query: sent }
  const changed = mode === 'client' ? current : yield* sourced('applying patch', info, patchObject(kit, wish), patch)
  return yield* told(kit, changed, 'configured', suffix)
}

/** What leads from the server's object to the wanted one, without undoing what others did. */
export function patchOf(type: ResourceType, original: any, modified: any, current: any): { patch: any; how: 'strategic' | 'merge' } {
  const id = structIdOf(type)
  if (id === undefined) return { patch: createThreeWayJsonMergePatch(original ?? {}, modified, current), how: 'merge' }
  const made = createThreeWayMergePatch(id, original, modified, current)
  if ('error' in made) return fail(made.error)
  return { patch: made.value, how: 'strategic' }
}

/** Adds which file it was to what the server refuses. */
function* sourced<T>(verb: string, info: Info, steps: Steps<T>, patch?: unknown): Steps<T> {
  try {
    return yield* steps
  } catch (error) {
    const failure = failureOf(error)
    if (verb !== 'applying patch') throw new Fail(withSource(verb, info.source, failure))
    const target = `${info.type.group === '' ? '' : `${info.type.group}/`}${info.type.version}`
    const resource = `Resource: "${target === info.type.version ? `/${target}` : target}, Resource=${info.type.plural}", GroupVersionKind: "${target === info.type.version ? `/${target}` : target}, Kind=${info.type.kind}"\nName: ${JSON.stringify(info.name)}, Namespace: ${JSON.stringify(info.namespace)}`
    if (failure.is === 'status' && failure.status.reason === 'Invalid') throw new Fail(failure)
    throw new Fail(withSource(`applying patch:\n${compactJson(patch)}\nto:\n${resource}\nfor:`, info.source, failure))
  }
}

function* serverSide(kit: Kit, info: Info): Steps<any> {
  const { suffix, query } = dryRunOf(kit)
  const manager = changed(kit.flags, 'field-manager') ? text(kit.flags, 'field-manager') : 'kubectl'
  const force = bool(kit.flags, 'force-conflicts')
  try {
    const applied = yield* patchObject(kit, {
      type: info.type,
      namespace: info.namespace,
      name: info.name,
      how: 'apply',
      patch: info.object,
      query: { ...query, fieldManager: manager, fieldValidation: validated(kit), force: String(force) },
    })
    return yield* told(kit, applied, 'serverside-applied', suffix)
  } catch (error) {
    const failure = failureOf(error)
    if (!isConflict(failure)) throw error
    throw new Fail(conflictText(failure))
  }
}

function conflictText(failure: Failure): Failure {
  const message = failure.is === 'status' ? (failure.status.message ?? '') : ''
  const advice = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`
  return { is: 'plain', text: `${message}\n${advice}` }
}

/** What apply will take for what was applied last, without anything else of the object being changed. */
export function* setLastApplied(kit: Kit): Steps<void> {
  const { flags } = kit
  if (list(flags, 'filename').length === 0) fail(NOTHING_MEANT)
  const { mode, suffix, query } = dryRunOf(kit)
  const { infos, failures } = yield* fromFiles(kit, false)
  failAll(failures)
  const waiting: { info: Info; current: any; annotation: string }[] = []
  for (const info of infos) {
    const annotation = lastApplied(remembered(info.object))!
    const current: any = yield* getObject(kit, info.type, info.namespace, info.name)
    const last = lastApplied(current)
    if (last === undefined && !bool(flags, 'create-annotation'))
      fail(`no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`)
    if (last === annotation) yield* out(`set-last-applied ${info.name}: no changes required.\n`)
    else waiting.push({ info, current, annotation })
  }
  for (const { info, current, annotation } of waiting) {
    const patch = { metadata: { annotations: { [LAST_APPLIED]: annotation } } }
    const wish = {
      type: info.type,
      namespace: info.namespace,
      name: info.name,
      how: 'merge' as const,
      patch,
      query: { ...query, fieldManager: 'kubectl-last-applied' },
    }
    yield* report(kit, mode === 'client' ? current : yield* patchObject(kit, wish), 'configured', suffix)
  }
}

/** What apply keeps as an annotation, as YAML or JSON. */
export function* viewLastApplied(kit: Kit): Steps<void> {
  if (kit.flags.args.length === 0 && list(kit.flags, 'filename').length === 0) fail(NOTHING_MEANT)
  const { infos, failures } = yield* visit(kit)
  failAll(failures)
  const format = text(kit.flags, 'output') || 'yaml'
  for (const info of infos) {
    const last = lastApplied(info.object)
    // Upstream wraps an error that is none, and so says nothing.
    if (last === undefined) continue
    if (format !== 'yaml' && format !== 'json') fail(`Unexpected -o output mode: ${format}, the flag 'output' must be one of yaml|json`)
    yield* out(format === 'yaml' ? yamlText(JSON.parse(last)) : `${JSON.stringify(JSON.parse(last), null, 2)}\n`)
  }
}

// delete.ts: objects away, and waiting until they are.
// Models k8s.io/kubectl/pkg/cmd/delete/delete.go
// Differs: nothing known

import { type Info, infosOf, manifests, namespaceFor, visit } from './builder.ts'
import { type Failure, fail, failAll, failureOf, isNotFound, NOTHING_MEANT, withSource } from './fail.ts'
import { bool, changed, duration, int, list, text } from './flags.ts'
import { ask, err, type Kit, nameOf, out, pathTo } from './kit.ts'
import { dryRunOf } from './output.ts'
import { untilGone } from './wait.ts'
import type { Steps } from './want.ts'

const FOREVER_MS = 7 * 24 * 3600 * 1000

export function* remove(kit: Kit): Steps<void> {
  const { flags } = kit
  const raw = text(flags, 'raw')
  if (raw !== '') {
    const { body } = yield* ask(kit, { method: 'DELETE', path: raw })
    yield* out(`${JSON.stringify(body)}\n`)
    return
  }
  const output = text(flags, 'output')
  if (output !== '' && output !== 'name') fail(`unexpected -o output mode: ${output}. We only support '-o name'`)
  const everything = bool(flags, 'all')
  const selector = text(flags, 'selector') !== '' || text(flags, 'field-selector') !== ''
  const files = list(flags, 'filename')
  if (everything && selector && text(flags, 'selector') !== '') fail("setting 'all' parameter but found a non empty selector. ")
  if (bool(flags, 'now') && changed(flags, 'grace-period') && int(flags, 'grace-period') >= 0) fail('--now and --grace-period cannot be specified together')
  if (flags.args.length === 0 && files.length === 0) fail(NOTHING_MEANT)
  let grace = int(flags, 'grace-period')
  const force = bool(flags, 'force')
  if (bool(flags, 'now')) grace = 1
  if (force && grace < 0) grace = 0
  if (grace === 0 && !force) grace = 1
  const { infos, failures } = yield* chosen(kit, everything || selector, files)
  if (force && grace === 0)
    yield* err(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    )
  if (kit.explicitNamespace && infos.some(i => !i.type.namespaced))
    yield* err('Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n')
  const waiting: Info[] = []
  const { mode, suffix } = dryRunOf(kit)
  for (const info of infos) {
    try {
      if (mode !== 'client') yield* one(kit, info, grace, mode === 'server')
    } catch (error) {
      const failure = failureOf(error)
      if (!(isNotFound(failure) && (bool(flags, 'ignore-not-found') || everything || selector))) failures.push(withSource('deleting', info.source, failure))
      continue
    }
    yield* say(kit, info, suffix, force && grace === 0)
    waiting.push(info)
  }
  const quiet = bool(flags, 'ignore-not-found') ? failures.filter(f => !isNotFound(f)) : failures
  if (infos.length === 0 && failures.length === 0) yield* out('No resources found\n')
  if (bool(flags, 'wait') && mode === 'none') yield* awaitAll(kit, waiting)
  failAll(quiet)
}

function* chosen(kit: Kit, all: boolean, files: string[]): Steps<{ infos: Info[]; failures: Failure[] }> {
  if (files.length > 0) return yield* infosOf(kit, yield* manifests(files), false)
  if (all) return yield* visit(kit)
  const { infos, failures } = yield* visit(kit, { read: false, all: false })
  return { infos: infos.map(i => ({ ...i, namespace: namespaceFor(kit, i.type) })), failures }
}

const CASCADE: Record<string, string> = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan', true: 'Background', false: 'Orphan' }

function* one(kit: Kit, info: Info, grace: number, dryRun: boolean): Steps<void> {
  const cascade = text(kit.flags, 'cascade')
  const propagationPolicy = CASCADE[cascade]
  if (propagationPolicy === undefined) fail(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`)
  const body: Record<string, unknown> = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy }
  if (grace >= 0) body['gracePeriodSeconds'] = grace
  if (dryRun) body['dryRun'] = ['All']
  const { body: answer } = yield* ask(kit, { method: 'DELETE', path: pathTo(info.type, info.namespace, info.name), body })
  const uid = answer?.details?.uid ?? answer?.metadata?.uid
  if (uid !== undefined) info.object = { ...(info.object as any), metadata: { ...info.object?.metadata, name: info.name, uid } }
}

function* say(kit: Kit, info: Info, suffix: string, forced: boolean): Steps<void> {
  if (text(kit.flags, 'output') === 'name') {
    yield* out(`${nameOf(info.type, info.name)}\n`)
    return
  }
  const kind = `${info.type.kind.toLowerCase()}${info.type.group === '' ? '' : `.${info.type.group}`}`
  const where = info.namespace === '' ? '' : ` from ${info.namespace} namespace`
  yield* out(`${kind} ${JSON.stringify(info.name)} ${forced ? 'force deleted' : 'deleted'}${where}${suffix}\n`)
}

function* awaitAll(kit: Kit, infos: Info[]): Steps<void> {
  const timeout = duration(kit.flags, 'timeout')
  const start: number = yield { want: 'now' }
  const until = start + (timeout <= 0 ? FOREVER_MS : timeout)
  for (const info of infos) {
    if (!(yield* untilGone(kit, info, until)))
      fail(`timed out waiting for the condition on ${info.type.plural}${info.type.group === '' ? '' : `.${info.type.group}`}/${info.name}`)
  }
}

// delete.ts: objects away, and waiting until they are.
// Models k8s.io/kubectl/pkg/cmd/delete/delete.go
// Differs: nothing known

import { type Found, found, type Info, inTurn, visit } from './builder.ts'
import { fail, failureOf, isNotFound } from './fail.ts'
import { bool, changed, duration, int, text } from './flags.ts'
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
  const everything = bool(flags, 'all')
  const selector = text(flags, 'selector') !== '' || text(flags, 'field-selector') !== ''
  if (everything && selector) fail("setting 'all' parameter but found a non empty selector. ")
  const force = bool(flags, 'force')
  const grace = graceOf(kit)
  const all = yield* chosen(kit, everything || selector)
  const output = text(flags, 'output')
  if (output !== '' && output !== 'name') fail(`unexpected -o output mode: ${output}. We only support '-o name'`)
  if (force && grace > 0) fail('--force and --grace-period greater than 0 cannot be specified together')
  if (grace === 0)
    yield* err(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    )
  const forgiving = changed(flags, 'ignore-not-found') ? bool(flags, 'ignore-not-found') : everything || selector
  if (bool(flags, 'interactive') && all.infos.length > 0 && !(yield* confirmed(all.infos))) return yield* out('deletion is cancelled\n')
  yield* removeAll(kit, all, { grace, forgiving })
}

/** Seconds; negative where the object itself says. */
function graceOf(kit: Kit): number {
  const force = bool(kit.flags, 'force')
  const grace = int(kit.flags, 'grace-period')
  if (bool(kit.flags, 'now') && grace !== -1) fail('--now and --grace-period cannot be specified together')
  if (bool(kit.flags, 'now') || (grace === 0 && !force)) return 1
  return force && grace < 0 ? 0 : grace
}

function* confirmed(infos: Info[]): Steps<boolean> {
  yield* out(`You are about to delete the following ${infos.length} resource(s):\n${infos.map(i => `${nameOf(i.type, i.name)}\n`).join('')}`)
  yield* out('Do you want to continue? (y/N): ')
  const answer: string | undefined = yield { want: 'read', path: '-' }
  return answer?.trim().split(/\s/)[0]?.toLowerCase() === 'y'
}

/** Deletes one after the other; unless something went wrong, waits until they are gone where that is asked for. */
export function* removeAll(kit: Kit, all: Found, how: { grace: number; forgiving: boolean; wait?: boolean }): Steps<void> {
  const { infos } = all
  if (kit.explicitNamespace && !bool(kit.flags, 'all-namespaces') && infos.some(i => !i.type.namespaced))
    yield* err('Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n')
  const { mode, suffix } = dryRunOf(kit)
  const waiting: Info[] = []
  const forgiven = found(all.inOrder.filter(one => !('is' in one && how.forgiving && isNotFound(one))))
  yield* inTurn(
    forgiven,
    function* (info) {
      try {
        if (mode !== 'client') yield* one(kit, info, how.grace, mode === 'server')
      } catch (error) {
        if (how.forgiving && isNotFound(failureOf(error))) return
        throw error
      }
      yield* say(kit, info, suffix, how.grace === 0)
      waiting.push(info)
    },
    'deleting',
  )
  if (infos.length === 0) yield* out('No resources found\n')
  if ((how.wait ?? bool(kit.flags, 'wait')) && mode === 'none') yield* awaitAll(kit, waiting)
}

function* chosen(kit: Kit, all: boolean): Steps<Found> {
  return yield* all ? visit(kit, { read: false, everything: true }) : visit(kit, { read: false, all: false })
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

// replace.ts: objects replaced whole, or compared with what would come of a manifest.
// Models k8s.io/kubectl/pkg/cmd/{replace,diff}
// Differs: `diff` prints the unified diff itself instead of running diff(1)

import { sameJson } from '../api/patch.ts'
import { patchOf, validated } from './apply.ts'
import { type Found, fromFiles, type Info, inTurn } from './builder.ts'
import { removeAll } from './delete.ts'
import { unifiedDiff } from './diff.ts'
import { Fail, fail, failAll, failureOf, lastWords, misuse } from './fail.ts'
import { bool, changed, duration, int, list, text } from './flags.ts'
import { ask, createObject, findObject, type Kit, out, patchObject, pathTo } from './kit.ts'
import { lastApplied, rememberedIfAsked, unremembered } from './lastapplied.ts'
import { dryRunOf, report, shownOf } from './output.ts'
import type { Steps } from './want.ts'
import { yamlText } from './yaml-write.ts'

export function* replace(kit: Kit): Steps<void> {
  const { flags } = kit
  const files = list(flags, 'filename')
  if (files.length === 0) fail('must specify one of -f and -k')
  const force = bool(flags, 'force')
  if (force && dryRunOf(kit).mode !== 'none') fail('--dry-run can not be used when --force is set')
  if (int(flags, 'grace-period') >= 0 && !force) fail('--grace-period must have --force specified')
  if (duration(flags, 'timeout') !== 0 && !force) fail('--timeout must have --force specified')
  const all = yield* fromFiles(kit, validated(kit) !== 'Ignore')
  const { mode, suffix, query } = dryRunOf(kit)
  const sent = { ...query, fieldManager: text(flags, 'field-manager') || 'kubectl-replace', fieldValidation: validated(kit) }
  if (force) return yield* recreate(kit, all, sent)
  yield* inTurn(
    all,
    function* (info) {
      const object = rememberedIfAsked(kit, info.object)
      yield* report(kit, mode === 'client' ? object : yield* put(kit, info, object, sent), 'replaced', suffix)
    },
    'replacing',
  )
}

const RECREATE_MS = 5 * 60_000 // How long what is replaced by force may take to go, where nobody says.

/** Whoever names no version replaces what is there; what is not there is sent all the same, and refused by the server. */
function* put(kit: Kit, info: Info, object: any, query: Record<string, string>): Steps<any> {
  const subresource = text(kit.flags, 'subresource') || undefined
  const current = object.metadata.resourceVersion ? undefined : yield* findObject(kit, info.type, info.namespace, info.name, subresource)
  const body = current === undefined ? object : { ...object, metadata: { ...object.metadata, resourceVersion: current.metadata.resourceVersion } }
  return (yield* ask(kit, { method: 'PUT', path: pathTo(info.type, info.namespace, info.name, subresource), query, body })).body
}

/** Deletes them all, waits until they are gone, and makes them anew. */
function* recreate(kit: Kit, all: Found, sent: Record<string, string>): Steps<void> {
  const grace = int(kit.flags, 'grace-period')
  yield* removeAll(kit, all, { grace: grace === 0 ? 1 : grace, forgiving: true, wait: grace === 0 || bool(kit.flags, 'wait') })
  const start: number = yield { want: 'now' }
  const until = start + (duration(kit.flags, 'timeout') || RECREATE_MS)
  for (const info of all.infos)
    while (yield* findObject(kit, info.type, info.namespace, info.name)) {
      if (((yield { want: 'now' }) as number) >= until) fail('timed out waiting for the condition')
      yield { want: 'pause', ms: 1_000 }
    }
  yield* inTurn(all, function* (info) {
    yield* report(kit, yield* createObject(kit, info.type, info.namespace, rememberedIfAsked(kit, info.object), sent), 'replaced')
  })
}

/** Status 1 where something differs, as diff(1) has it; what goes wrong is 2 and more. */
export function* diff(kit: Kit): Steps<number> {
  try {
    return yield* compare(kit)
  } catch (error) {
    const { text: words, code } = lastWords(failureOf(error))
    throw new Fail({ is: 'exit', text: words, code: code + 1 })
  }
}

function* compare(kit: Kit): Steps<number> {
  if (kit.flags.args.length > 0) misuse('diff', `Unexpected args: [${kit.flags.args.join(' ')}]`)
  const files = list(kit.flags, 'filename')
  if (files.length === 0) fail('must specify one of -f and -k')
  const { infos, failures } = yield* fromFiles(kit, true)
  failAll(failures)
  let differs = false
  for (const info of infos) {
    const live = yield* findObject(kit, info.type, info.namespace, info.name)
    const merged = yield* dryRun(kit, info, live)
    if (live !== undefined && sameJson(live, merged)) continue
    const name = `${info.type.group === '' ? '' : `${info.type.group}.`}${info.type.version}.${info.type.kind}.${info.namespace}.${info.name}`
    const [from, to] = masked(kit, info, live, merged).map(o => (o === undefined ? '' : yamlText(shownOf(kit, o))))
    const body = unifiedDiff(from!, to!)
    if (body === '') continue
    differs = true
    yield* out(`diff -u -N /tmp/LIVE/${name} /tmp/MERGED/${name}\n--- /tmp/LIVE/${name}\n+++ /tmp/MERGED/${name}\n${body}`)
  }
  return differs ? 1 : 0
}

function* dryRun(kit: Kit, info: Info, live: any): Steps<any> {
  const query = { dryRun: 'All', fieldManager: text(kit.flags, 'field-manager') || 'kubectl-client-side-apply' }
  if (bool(kit.flags, 'server-side'))
    return yield* patchObject(kit, {
      type: info.type,
      namespace: info.namespace,
      name: info.name,
      how: 'apply',
      patch: info.object,
      query: {
        ...query,
        fieldManager: changed(kit.flags, 'field-manager') ? text(kit.flags, 'field-manager') : 'kubectl',
        force: String(bool(kit.flags, 'force-conflicts')),
      },
    })
  if (live === undefined) return yield* createObject(kit, info.type, info.namespace, info.object, query)
  const last = lastApplied(live)
  const { patch, how } = patchOf(info.type, last === undefined ? undefined : JSON.parse(last), unremembered(info.object), live)
  return yield* patchObject(kit, {
    type: info.type,
    namespace: info.namespace,
    name: info.name,
    how,
    patch: { ...patch, metadata: { ...patch.metadata, resourceVersion: live.metadata.resourceVersion } },
    query,
  })
}

/** Values of Secrets are not shown. */
function masked(kit: Kit, info: Info, live: any, merged: any): [any, any] {
  if (info.type.kind !== 'Secret' || bool(kit.flags, 'show-secrets')) return [live, merged]
  const hide = (object: any, other: any, changed: string) =>
    object === undefined
      ? undefined
      : { ...object, data: Object.fromEntries(Object.entries(object.data ?? {}).map(([k, v]) => [k, other?.data?.[k] === v ? '***' : changed])) }
  return [hide(live, merged, '*** (before)'), hide(merged, live, '*** (after)')]
}

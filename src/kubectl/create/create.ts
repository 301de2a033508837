// create.ts: objects from files, and what all generators of `create` do with what they made.
// Models k8s.io/kubectl/pkg/cmd/create/create.go
// Differs: nothing known

import { resourceByKind } from '../../api/resources.ts'
import { validated } from '../apply.ts'
import { fromFiles, inTurn, manifests } from '../builder.ts'
import { editBeforeCreate } from '../edit.ts'
import { fail, failureOf, misuse } from '../fail.ts'
import { bool, list, text } from '../flags.ts'
import { ask, createObject, type Kit, out } from '../kit.ts'
import { rememberedIfAsked } from '../lastapplied.ts'
import { dryRunOf, formatOf, REPORT_FORMATS, report } from '../output.ts'
import type { Steps } from '../want.ts'

export function* create(kit: Kit): Steps<void> {
  const { flags } = kit
  const files = list(flags, 'filename')
  if (flags.args.length > 0) misuse('create', `Unexpected args: [${flags.args.join(' ')}]`)
  if (files.length === 0) fail('must specify one of -f and -k')
  const raw = text(flags, 'raw')
  if (raw !== '') {
    if (bool(flags, 'edit')) misuse('create', '--raw and --edit are mutually exclusive')
    const [one] = yield* manifests(kit)
    const { body } = yield* ask(kit, { method: 'POST', path: raw, body: one?.object })
    yield* out(`${typeof body === 'string' ? body : JSON.stringify(body)}\n`)
    return
  }
  if (bool(flags, 'edit')) return yield* editBeforeCreate(kit)
  const all = yield* fromFiles(kit, validated(kit) !== 'Ignore')
  const { mode, suffix, query } = dryRunOf(kit)
  if (all.inOrder.length === 0) fail('no objects passed to create')
  const sent = { ...query, fieldManager: text(flags, 'field-manager') || 'kubectl-create', fieldValidation: validated(kit) }
  yield* inTurn(
    all,
    function* (info) {
      const object = rememberedIfAsked(kit, info.object)
      yield* report(kit, mode === 'client' ? object : yield* createObject(kit, info.type, info.namespace, object, sent), 'created', suffix)
    },
    'creating',
  )
}

/** The name that every generator takes. */
export function nameOfNew(kit: Kit): string {
  const [name, ...more] = kit.flags.args
  if (name === undefined || (more.length > 0 && kit.flags.dash < 0)) return misuse(kit.command, `exactly one NAME is required, got ${kit.flags.args.length}`)
  return name
}

/** Sends what a generator made, or prints it; `what` is how a failure names it. */
export function* made(kit: Kit, object: any, what: string): Steps<void> {
  const type = resourceByKind(object.apiVersion, object.kind)!
  const { mode, suffix, query } = dryRunOf(kit)
  yield* formatOf(kit, REPORT_FORMATS)
  const fieldValidation = validated(kit)
  const whole =
    type.namespaced && (kit.explicitNamespace || kit.namespace !== 'default')
      ? { ...object, metadata: { ...object.metadata, namespace: kit.namespace } }
      : object
  const kept = rememberedIfAsked(kit, whole, true)
  if (mode === 'client') {
    yield* report(kit, kept, 'created', suffix, true)
    return
  }
  const sent = { ...query, fieldManager: text(kit.flags, 'field-manager') || 'kubectl-create', fieldValidation }
  let created: any
  try {
    created = yield* createObject(kit, type, kit.namespace, kept, sent)
  } catch (error) {
    const failure = failureOf(error)
    if (failure.is !== 'status' || what === '') throw error
    return fail(`failed to create ${what}${what === 'secret' ? '' : ':'} ${failure.status.message ?? ''}`)
  }
  yield* report(kit, created, 'created', suffix, true)
}

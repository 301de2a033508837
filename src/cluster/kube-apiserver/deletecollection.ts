// deletecollection.ts: all objects that a request selects are deleted, one after another.
// Models k8s.io/apiserver/pkg/registry/generic/registry/store.go (DeleteCollection)
// Differs: nothing known

import { isStatus } from '../../api/status.ts'
import type { Steps } from '../../kernel/machine.ts'
import { deleteObject, deleteOptions, deletionWarnings, dryRunOf } from './delete.ts'
import { refusal } from './door.ts'
import { type Listed, listFor } from './read.ts'
import { representationOf, representList } from './represent.ts'
import type { Call, Outcome, ServerIo } from './state.ts'

const ROUND = 500 // Objects after which the routine goes round, so that it need not remember them.

/** A collection that is being deleted: what was listed, and how many of them have had their turn. */
export interface Progress {
  listed: Listed
  done: number
}

/** The answer, or how far it has come. */
export function* removeCollection(io: ServerIo, given: Call, progress: Progress | undefined): Steps<Outcome | Progress> {
  const form = representationOf(given.request.headers['accept'], given.request.query)
  if (isStatus(form)) return refusal(form)
  const options = deleteOptions(given)
  const listed = progress?.listed ?? (yield* listFor(io, given))
  if (isStatus(listed)) return refusal(listed)
  if (isStatus(options)) return refusal(options)
  const call = dryRunOf(given)
  const { objects, metadata } = listed
  for (let i = progress?.done ?? 0; i < objects.length; i++) {
    if (i === (progress?.done ?? 0) + ROUND) return { listed, done: i }
    const { name, namespace = '' } = objects[i]!.metadata
    const written = yield* deleteObject(io, { ...call, info: { ...call.info, name, namespace } }, name, options)
    if (isStatus(written) && written.code !== 404) return refusal(written)
  }
  return { status: 200, body: representList(call.type, objects, metadata, form, io.now()), warnings: deletionWarnings(call.type, options) }
}

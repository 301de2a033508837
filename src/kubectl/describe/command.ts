// command.ts: `kubectl describe`.
// Models k8s.io/kubectl/pkg/cmd/describe/describe.go
// Differs: nothing known

import { type Info, meant, namespaceFor, visit } from '../builder.ts'
import { Fail, failAll, isNotFound } from '../fail.ts'
import { bool, changed, list } from '../flags.ts'
import { err, type Kit, listObjects, out } from '../kit.ts'
import type { Steps } from '../want.ts'
import { describeText } from './describe.ts'

export function* describe(kit: Kit): Steps<void> {
  const { flags } = kit
  if (flags.args.length === 0 && list(flags, 'filename').length === 0)
    throw new Fail({
      is: 'plain',
      text: 'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
    })
  const { infos, failures } = yield* visit(kit)
  let found = infos
  if (infos.length === 0 && failures.length === 1 && isNotFound(failures[0]!)) {
    found = yield* byPrefix(kit)
    if (found.length === 0) throw new Fail(failures[0]!)
    failures.length = 0
  }
  // Events are looked up for one object; for several only where they are asked for.
  const showEvents = changed(flags, 'show-events') ? bool(flags, 'show-events') : infos.length === 1
  const parts: string[] = []
  for (const info of found) parts.push(yield* describeText(kit, info.type, info.object!, showEvents))
  yield* out(parts.join('\n\n'))
  if (found.length === 0 && failures.length === 0) {
    const m = yield* meant(kit, flags.args)
    yield* err(
      m.types.every(t => t.namespaced) && !bool(flags, 'all-namespaces') ? `No resources found in ${kit.namespace} namespace.\n` : 'No resources found\n',
    )
  }
  failAll(failures)
}

/** Where no object has the name, those whose names begin with it are meant. */
function* byPrefix(kit: Kit): Steps<Info[]> {
  const m = yield* meant(kit, kit.flags.args)
  if (m.named.length !== 1) return []
  const { type, name } = m.named[0]!
  const namespace = namespaceFor(kit, type)
  return (yield* listObjects(kit, type, namespace))
    .filter(o => o.metadata.name.startsWith(name))
    .map(object => ({ type, namespace, name: object.metadata.name, object, source: '' }))
}

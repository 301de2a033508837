// command.ts: `kubectl describe`.
// Models k8s.io/kubectl/pkg/cmd/describe/describe.go
// Differs: nothing known

import { visit } from '../builder.ts'
import { Fail, failAll, isNotFound } from '../fail.ts'
import { bool, changed, list } from '../flags.ts'
import { err, type Kit, out } from '../kit.ts'
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
  // Events are looked up for one object; for several only where they are asked for.
  const showEvents = changed(flags, 'show-events') ? bool(flags, 'show-events') : failures.length === 0 && infos.length === 1
  const [type, prefix] = flags.args
  if (failures.length === 1 && isNotFound(failures[0]!) && flags.args.length === 2) {
    const like = (yield* visit(kit, { args: [type!], selected: false })).infos.filter(i => i.name.startsWith(prefix!))
    if (like.length === 0) failAll(failures)
    for (const info of like) yield* out(`${yield* describeText(kit, info.type, info.object!, showEvents)}\n`)
    return
  }
  const parts: string[] = []
  for (const info of infos) parts.push(yield* describeText(kit, info.type, info.object!, showEvents))
  yield* out(parts.join('\n\n'))
  if (infos.length + failures.length === 0)
    yield* err(bool(flags, 'all-namespaces') ? 'No resources found\n' : `No resources found in ${kit.namespace} namespace.\n`)
  failAll(failures)
}

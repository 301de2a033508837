// exec.ts: a command inside a container.
// Models k8s.io/kubectl/pkg/cmd/exec/exec.go
// Differs: standard input is not sent: the containers here do not read

import { resourceByKind } from '../api/resources.ts'
import { Fail, fail } from './fail.ts'
import { text } from './flags.ts'
import { err, getInfo, type Kit, open, out, pathTo } from './kit.ts'
import { podsBehind } from './logs.ts'
import { resourceNamed } from './mapper.ts'
import type { Next, Steps } from './want.ts'

const pods = resourceByKind('v1', 'Pod')!

export function* exec(kit: Kit): Steps<number> {
  const { flags } = kit
  const [word, ...rest] = flags.args
  if (word === undefined) return fail('pod, type/name or --filename must be specified')
  if (flags.dash < 0 && rest.length > 0)
    return fail(`exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples`)
  if (rest.length === 0) return fail('you must specify at least one command for the container')
  const slash = word.indexOf('/')
  const type = slash < 0 ? pods : yield* resourceNamed(kit, word.slice(0, slash))
  const object: any = yield* getInfo(kit, type, kit.namespace, word.slice(slash + 1))
  const pod = type.kind === 'Pod' ? object : (yield* podsBehind(kit, type, object, 'attach to'))[0]
  const { name } = pod.metadata
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed')
    fail(`cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`)
  const names: string[] = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])].map((c: any) => c.name)
  let container = text(flags, 'container')
  if (container !== '' && !names.includes(container)) fail(`container ${container} is not valid for pod ${name} out of: ${names.join(', ')}`)
  if (container === '') {
    container = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'] ?? names[0]!
    if (names.length > 1) yield* err(`Defaulted container ${JSON.stringify(container)} out of: ${names.join(', ')}\n`)
  }
  // Each word of the command is a parameter of its own; as text they are kept apart by a line end, which no parameter holds otherwise.
  const query = { command: rest.join('\n'), container, stdout: 'true', stderr: 'true' }
  const opened = yield* open(kit, 'stream', { method: 'POST', path: pathTo(pods, kit.namespace, name, 'exec'), query })
  for (;;) {
    const next: Next = yield { want: 'next', watch: opened.watch }
    if ('text' in next) yield* (next.to === 'err' ? err : out)(next.text)
    else if ('closed' in next) return statusOf(next.status)
  }
}

function statusOf(status: any): number {
  if (status === undefined || status.status === 'Success') return 0
  const code = (status.details?.causes ?? []).find((c: any) => c.reason === 'ExitCode')?.message
  if (code === undefined) throw new Fail({ is: 'plain', text: `Internal error occurred: ${status.message}` })
  throw new Fail({ is: 'exit', text: `command terminated with exit code ${code}`, code: Number(code) })
}

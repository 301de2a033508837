// exec.ts: a command inside a container, or a look at what runs there already.
// Models k8s.io/kubectl/pkg/cmd/{exec/exec.go,attach/attach.go,util/podcmd/podcmd.go}
// Differs: standard input is not sent, as the containers here do not read; what runs is followed by its log from now on

import { resourceByKind } from '../api/resources.ts'
import { visit } from './builder.ts'
import { Fail, fail, failAll, misuse } from './fail.ts'
import { bool, duration, list, text } from './flags.ts'
import { err, type Kit, open, out, pathTo } from './kit.ts'
import { containersOf, podsBehind } from './logs.ts'
import type { Next, Steps } from './want.ts'

const pods = resourceByKind('v1', 'Pod')!
const NO_TIME = '--pod-running-timeout must be higher than zero'

export function* exec(kit: Kit): Steps<number> {
  const { flags } = kit
  const named = flags.dash === 0 ? [] : flags.args.slice(0, 1)
  const files = list(flags, 'filename').length > 0
  const split = flags.dash === 0 || flags.dash === 1
  const command = split ? flags.args.slice(flags.dash) : []
  if (!split && (flags.args.length > 1 || (flags.args.length > 0 && files)))
    misuse('exec', 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead')
  if (duration(flags, 'pod-running-timeout') <= 0) misuse('exec', NO_TIME)
  if (named.length === 0 && !files) return fail('pod, type/name or --filename must be specified')
  if (command.length === 0) return fail('you must specify at least one command for the container')
  const { pod } = yield* podBehind(kit, named)
  if (ended(pod)) fail(`cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`)
  const container = yield* containerMeant(kit, pod)
  // Each word of the command is a parameter of its own; as text they are kept apart by a line end, which no parameter holds otherwise.
  const query = { command: command.join('\n'), container, stdout: 'true', stderr: 'true' }
  const { watch } = yield* open(kit, 'stream', { method: 'POST', path: pathTo(pods, pod.metadata.namespace, pod.metadata.name, 'exec'), query })
  return statusOf(yield* shown(watch))
}

export function* attach(kit: Kit): Steps<void> {
  const { args } = kit.flags
  if (duration(kit.flags, 'pod-running-timeout') <= 0) misuse('attach', NO_TIME)
  if (args.length === 0) fail('at least 1 argument is required for attach')
  if (args.length > 2) fail(`expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`)
  const { pod } = yield* podBehind(kit, args.length === 2 ? [args.join('/')] : args)
  if (ended(pod)) fail(`cannot attach a container in a completed pod; current phase is ${pod.status.phase}`)
  const container = yield* containerMeant(kit, pod, 'cannot attach to the container: ')
  if (!bool(kit.flags, 'quiet')) yield* err(RECORDED)
  const query = { container, follow: 'true', tailLines: '0' }
  const { watch } = yield* open(kit, 'stream', { path: pathTo(pods, pod.metadata.namespace, pod.metadata.name, 'log'), query, accept: 'application/json, */*' })
  yield* shown(watch)
}

/** What is said before somebody types into a container. */
export const RECORDED =
  "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n"

/** What a word or a file means, and the Pod itself or the most useful one behind it. */
export function* podBehind(kit: Kit, words: string[]): Steps<{ object: any; pod: any }> {
  const { infos, failures } = yield* visit(kit, { args: words.map(word => (word.includes('/') ? word : `pods/${word}`)) })
  failAll(failures)
  const { type, object } = infos[0]!
  return { object, pod: type === pods ? object : (yield* podsBehind(kit, type, object, 'attach to'))[0] }
}

const ended = (pod: any): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

function* containerMeant(kit: Kit, pod: any, refused = ''): Steps<string> {
  const all = containersOf(pod)
  const names = all.map(c => c.name + c.suffix).join(', ')
  const wanted = text(kit.flags, 'container') || pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
  if (wanted && !all.some(c => c.name === wanted)) fail(`${refused}container ${wanted} is not valid for pod ${pod.metadata.name} out of: ${names}`)
  if (wanted) return wanted
  const { name } = all[0]!
  if (all.length > 1 && !bool(kit.flags, 'quiet')) yield* err(`Defaulted container ${JSON.stringify(name)} out of: ${names}\n`)
  return name
}

/** Prints a stream to its end; returns what it ended with. */
export function* shown(watch: number): Steps<any> {
  for (;;) {
    const next: Next = yield { want: 'next', watch }
    if ('text' in next) yield* (next.to === 'err' ? err : out)(next.text)
    else if ('closed' in next) return next.status
  }
}

function statusOf(status: any): number {
  if (status === undefined || status.status === 'Success') return 0
  const code = (status.details?.causes ?? []).find((c: any) => c.reason === 'ExitCode')?.message
  if (code === undefined) throw new Fail({ is: 'plain', text: `Internal error occurred: ${status.message}` })
  throw new Fail({ is: 'exit', text: `command terminated with exit code ${code}`, code: Number(code) })
}

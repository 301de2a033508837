// kubectl.ts: the command line of kubectl v1.37.2, as a generator of wishes.
// Models k8s.io/kubectl/pkg/cmd/cmd.go
// Differs: nothing known

import { BEYOND, beyond } from './beyond.ts'
import { COMMANDS } from './commands.ts'
import { loadConfig } from './config.ts'
import { Fail, fail, lastWords, misuse } from './fail.ts'
import { bool, changed, list, parseFlags, text } from './flags.ts'
import { commandsBelow, globalFlags, helpOf, helpText, optionsText, rootHelp } from './help.ts'
import { err, type Kit, out } from './kit.ts'
import type { KubectlEnv, Steps } from './want.ts'

/** Runs one command, `argv` without the word kubectl. Returns the exit status. */
export function* kubectl(argv: string[], env: KubectlEnv): Steps<number> {
  try {
    return yield* run(argv, env)
  } catch (error) {
    if (!(error instanceof Fail)) throw error
    const { text: words, code } = lastWords(error.failure)
    if (words !== '') yield* err(words.endsWith('\n') ? words : `${words}\n`)
    return code
  }
}

/** Flags without which a command does not begin. */
const REQUIRED: Record<string, string[]> = {
  autoscale: ['max'],
  'create clusterrolebinding': ['clusterrole'],
  'create cronjob': ['image', 'schedule'],
  'create deployment': ['image'],
  'create service externalname': ['external-name'],
  run: ['image'],
  scale: ['replicas'],
}

/** Commands that look at the configuration only where they look for objects, and so find other words for what is wrong with it. */
const LATE =
  /^(annotate|apply .*|attach|cp|create token|delete|describe|edit|events|exec|get|label|logs|patch|port-forward|rollout .*|scale|set (?!env).*|taint|top pod)$/

/** Other words for a command that come to mind. */
const ALSO: Record<string, string[]> = { delete: ['rm', 'remove'], describe: ['inspect'], get: ['list', 'ls'], top: ['stats'] }

function* run(argv: string[], env: KubectlEnv): Steps<number> {
  if (argv[0] === 'help') {
    const topic = argv.slice(1).filter(a => !a.startsWith('-'))
    const about = helpOf(topic.join(' '))
    if (about !== undefined) yield* out(helpText(about))
    else yield* err(`Unknown help topic [${topic.map(t => `\`${t}\``).join(' ')}]\n`)
    return about === undefined ? 1 : 0
  }
  const { path, rest, unknown } = commandOf(argv)
  if (unknown !== undefined) {
    const near = similar(unknown, commandsBelow(path))
    const hint = near.length > 0 ? `\n\nDid you mean this?\n${near.map(n => `\t${n}\n`).join('')}` : '\n'
    yield* err(`error: unknown command ${JSON.stringify(unknown)} for "kubectl"${hint}`)
    return 1
  }
  const help = helpOf(path)!
  if (path === 'options') {
    yield* out(optionsText())
    return 0
  }
  const flags = parseFlags(rest, help, globalFlags())
  for (const line of flags.warnings) yield* err(`${line}\n`)
  const command = COMMANDS[help.path] ?? BEYOND[help.path]
  if (bool(flags, 'help') || path === '') {
    yield* out(helpText(path === '' ? rootHelp : help))
    return 0
  }
  const kit = yield* kitOf(env, help.path, flags)
  const missing = (REQUIRED[help.path] ?? []).filter(name => !changed(flags, name))
  if (missing.length > 0) fail(`required flag(s) ${missing.map(name => JSON.stringify(name)).join(', ')} not set`)
  if (command === undefined) {
    if (help.subcommands !== '') {
      if (flags.args.length > 0) misuse(help.path, `unknown command ${JSON.stringify(flags.args.join(' '))}`)
      yield* (help.path === 'rollout' || help.path === 'certificate' ? out : err)(helpText(help))
      return help.path === 'certificate' ? 0 : 1
    }
    beyond(help.path)
  }
  return (yield* command(kit)) ?? 0
}

function* kitOf(env: KubectlEnv, command: string, flags: Kit['flags']): Steps<Kit> {
  const identity: Record<string, string> = {}
  const inConfig = command.startsWith('config ')
  const here = inConfig ? undefined : yield* whereabouts(env, command, flags)
  const token = text(flags, 'token') || here?.token
  if (token) identity['authorization'] = `Bearer ${token}`
  if (text(flags, 'as') !== '') identity['impersonate-user'] = text(flags, 'as')
  if (list(flags, 'as-group').length > 0) identity['impersonate-group'] = list(flags, 'as-group').join(',')
  if (text(flags, 'as-uid') !== '') identity['impersonate-uid'] = text(flags, 'as-uid')
  const explicitNamespace = changed(flags, 'namespace')
  return {
    env,
    command,
    flags,
    server: text(flags, 'server') || here?.server || env.server,
    identity,
    namespace: explicitNamespace && text(flags, 'namespace') !== '' ? text(flags, 'namespace') : here?.namespace || 'default',
    explicitNamespace,
    warned: new Set(),
    printed: 0,
  }
}

/** Server, token and namespace by the kubeconfig's context, or by the surroundings where there is none. */
function* whereabouts(env: KubectlEnv, command: string, flags: Kit['flags']): Steps<{ server?: string; token?: string; namespace?: string }> {
  const config = yield* loadConfig(text(flags, 'kubeconfig'), env)
  const name = text(flags, 'context') || config.current
  const context = config.contexts.get(name)
  const late = LATE.test(command)
  if (context === undefined && text(flags, 'context') !== '') {
    if (late) throw new Fail({ is: 'exit', text: `Error in configuration: context was not found for specified context: ${name}`, code: 1 })
    fail(`context ${JSON.stringify(name)} does not exist`)
  }
  const cluster = text(flags, 'cluster') || context?.cluster
  const user = (flags.specs.get('user')?.type === 's' && text(flags, 'user')) || context?.user // `create rolebinding --user` means another.
  if (text(flags, 'cluster') !== '' && !config.clusters.has(cluster))
    fail(late ? `no server found for cluster ${JSON.stringify(cluster)}` : `cluster ${JSON.stringify(cluster)} does not exist`)
  if (user !== context?.user && !config.users.has(user)) fail(`auth info ${JSON.stringify(user)} does not exist`)
  return { server: config.clusters.get(cluster)?.server, token: config.users.get(user)?.token, namespace: context?.namespace }
}

/** The command that the words name, and what is left for its flags. Flags may stand before it. */
export function commandOf(argv: string[]): { path: string; rest: string[]; unknown?: string } {
  const globals = globalFlags()
  const rest: string[] = []
  let path = ''
  let i = 0
  for (; i < argv.length; i++) {
    const arg = argv[i]!
    if (arg === '--') break
    if (arg.startsWith('-') && arg !== '-') {
      rest.push(arg)
      const spec = globals.find(f => arg === `--${f.name}` || (f.short !== '' && arg === `-${f.short}`))
      if (spec && spec.type !== 'b' && spec.alone === undefined && i + 1 < argv.length) rest.push(argv[++i]!)
      continue
    }
    const next = path === '' ? arg : `${path} ${arg}`
    const found = helpOf(next)
    if (found === undefined) {
      if (path === '') return { path, rest, unknown: arg }
      break
    }
    path = found.path === '' ? next : found.path
    if (commandsBelow(helpOf(path)!.path).length === 0) {
      i++
      break
    }
  }
  return { path, rest: [...rest, ...argv.slice(i)] }
}

/** Commands that differ by at most two letters, as cobra suggests them. */
function similar(word: string, names: string[]): string[] {
  return names.filter(n => distance(word.toLowerCase(), n) <= 2 || n.startsWith(word.toLowerCase()) || ALSO[n]?.includes(word.toLowerCase()))
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}

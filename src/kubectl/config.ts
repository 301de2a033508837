// config.ts: clusters, users and contexts of the command line: the kubeconfig.
// Models k8s.io/kubectl/pkg/cmd/config and k8s.io/client-go/tools/clientcmd
// Differs: one file is read and written, none are merged; without a file, the place where kubectl runs stands for it

import { parse } from 'yaml'
import { fail } from './fail.ts'
import { bool, changed, text } from './flags.ts'
import { helpOf, helpText } from './help.ts'
import { jsonText } from './json.ts'
import { err, type Kit, out } from './kit.ts'
import { printObject } from './output.ts'
import { align } from './tabwriter.ts'
import type { KubectlEnv, Steps } from './want.ts'
import { yamlText } from './yaml-write.ts'

const NAME = 'abc'

export interface Kubeconfig {
  clusters: Map<string, any>
  contexts: Map<string, any>
  users: Map<string, any>
  current: string
  /** Undefined: nothing was read. */
  path?: string
}

/** Where the kubeconfig is: what `--kubeconfig` says, or the environment. */
export const kubeconfigPath = (given: string, env: KubectlEnv): string | undefined => {
  const { KUBECONFIG, HOME } = env.variables ?? {}
  return given || env.kubeconfig || KUBECONFIG || (HOME ? `${HOME}/.kube/config` : undefined)
}

/** Reads it, or makes one of the surroundings. */
export function* loadConfig(given: string, env: KubectlEnv): Steps<Kubeconfig> {
  const path = kubeconfigPath(given, env)
  const body: string | undefined = path === undefined ? undefined : yield { want: 'read', path }
  if (body === undefined && given !== '') fail(`stat ${given}: no such file or directory`)
  if (body === undefined) {
    const context = { cluster: NAME, ...(env.namespace ? { namespace: env.namespace } : {}), user: NAME }
    return {
      clusters: new Map([[NAME, { server: env.server }]]),
      contexts: new Map([[NAME, context]]),
      users: new Map([[NAME, env.token ? { token: env.token } : {}]]),
      current: NAME,
      path,
    }
  }
  let read: any
  try {
    read = parse(body) ?? {}
  } catch {
    return fail(`error loading config file ${JSON.stringify(path)}: yaml: could not be read`)
  }
  const entries = (list: any, key: string): Map<string, any> => new Map((list ?? []).map((x: any) => [String(x.name), x[key] ?? {}]))
  return {
    clusters: entries(read.clusters, 'cluster'),
    contexts: entries(read.contexts, 'context'),
    users: entries(read.users, 'user'),
    current: read['current-context'] ?? '',
    path,
  }
}

function shown(config: Kubeconfig): any {
  const entries = (map: Map<string, any>, key: string) => {
    const names = [...map.keys()].sort()
    return names.length === 0 ? null : names.map(name => ({ [key]: map.get(name), name }))
  }
  return {
    apiVersion: 'v1',
    clusters: entries(config.clusters, 'cluster'),
    contexts: entries(config.contexts, 'context'),
    'current-context': config.current,
    kind: 'Config',
    users: entries(config.users, 'user'),
  }
}

function* save(config: Kubeconfig): Steps<void> {
  if (config.path === undefined || !((yield { want: 'write', path: config.path, text: yamlText(shown(config)) }) as boolean))
    fail(`open ${config.path ?? ''}: read-only file system`)
}

/** Odd arguments are answered with the help. */
function* helpFirst(kit: Kit): Steps<never> {
  yield* out(helpText(helpOf(kit.command)!))
  return fail(`Unexpected args: [${kit.flags.args.join(' ')}]`)
}

const loaded = (kit: Kit): Steps<Kubeconfig> => loadConfig(text(kit.flags, 'kubeconfig'), kit.env)

export function* configView(kit: Kit): Steps<void> {
  const config = yield* loaded(kit)
  const raw = bool(kit.flags, 'raw')
  if (bool(kit.flags, 'minify')) {
    const context = config.contexts.get(config.current)
    if (context === undefined) fail('current-context must exist in order to minify')
    config.contexts = new Map([[config.current, context]])
    config.clusters = new Map([...config.clusters].filter(([name]) => name === context.cluster))
    config.users = new Map([...config.users].filter(([name]) => name === context.user))
  }
  const hide = (user: any): any => {
    const copy = { ...user }
    for (const key of ['token', 'password']) if (copy[key]) copy[key] = 'REDACTED'
    for (const key of ['client-certificate-data', 'client-key-data']) if (copy[key]) copy[key] = 'DATA+OMITTED'
    return copy
  }
  const veil = (cluster: any): any => (cluster['certificate-authority-data'] ? { ...cluster, 'certificate-authority-data': 'DATA+OMITTED' } : cluster)
  if (!raw) {
    config.users = new Map([...config.users].map(([name, user]) => [name, hide(user)]))
    config.clusters = new Map([...config.clusters].map(([name, cluster]) => [name, veil(cluster)]))
  }
  const format = text(kit.flags, 'output')
  if (format === '' || format === 'yaml') yield* out(yamlText(shown(config)))
  else if (format === 'json') yield* out(jsonText(shown(config)))
  else yield* printObject(kit, shown(config))
}

export function* currentContext(kit: Kit): Steps<void> {
  const { current } = yield* loaded(kit)
  if (current === '') fail('current-context is not set')
  yield* out(`${current}\n`)
}

export function* getContexts(kit: Kit): Steps<void> {
  const format = text(kit.flags, 'output')
  if (format !== '' && format !== 'name') fail(`--output ${format} is not available in kubectl config get-contexts; resetting to default output format`)
  const config = yield* loaded(kit)
  const wanted = kit.flags.args
  const missing = wanted.filter(name => !config.contexts.has(name))
  const names = wanted.length > 0 ? wanted.filter(name => config.contexts.has(name)) : [...config.contexts.keys()].sort()
  if (text(kit.flags, 'output') === 'name') yield* out(names.map(n => `${n}\n`).join(''))
  else {
    const head = bool(kit.flags, 'no-headers') ? [] : ['CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE']
    const rows = names.map(name => {
      const { cluster = '', user = '', namespace = '' } = config.contexts.get(name)
      return `${name === config.current ? '*' : ''}\t${name}\t${cluster}\t${user}\t${namespace}`
    })
    yield* out(`${align([...head, ...rows].join('\n'), 3, 6)}\n`)
  }
  if (missing.length > 0) fail(`context ${missing[0]} not found`)
}

function* listed(kit: Kit, which: 'clusters' | 'users', none: string): Steps<void> {
  const names = [...(yield* loaded(kit))[which].keys()].sort()
  if (names.length === 0) yield* out(`${none}\n`)
  else yield* out(['NAME', ...names].map(n => `${n}\n`).join(''))
}
export const getClusters = (kit: Kit): Steps<void> => listed(kit, 'clusters', 'No clusters found')
export const getUsers = (kit: Kit): Steps<void> => listed(kit, 'users', 'No users found.')

export function* useContext(kit: Kit): Steps<void> {
  const [name, ...more] = kit.flags.args
  if (name === undefined || more.length > 0) yield* helpFirst(kit)
  const config = yield* loaded(kit)
  if (!config.contexts.has(name!)) fail(`no context exists with the name: ${JSON.stringify(name)}`)
  config.current = name!
  yield* save(config)
  yield* out(`Switched to context ${JSON.stringify(name)}.\n`)
}

export function* setContext(kit: Kit): Steps<void> {
  const { flags } = kit
  const current = bool(flags, 'current')
  const [name, ...more] = flags.args
  if (more.length > 0) yield* helpFirst(kit)
  if (name === undefined && !current) fail('you must specify a non-empty context name or --current')
  if (name !== undefined && current) fail('you cannot specify both a context name and --current')
  const config = yield* loaded(kit)
  const target = current ? config.current : name!
  if (target === '') fail('no current context is set')
  const old = config.contexts.get(target)
  const context = { ...old }
  for (const key of ['cluster', 'user', 'namespace']) if (changed(flags, key)) context[key] = text(flags, key)
  config.contexts.set(target, context)
  yield* save(config)
  yield* out(`Context ${JSON.stringify(target)} ${old === undefined ? 'created' : 'modified'}.\n`)
}

export function* setCluster(kit: Kit): Steps<void> {
  yield* set(kit, 'clusters', 'Cluster', ['server', 'insecure-skip-tls-verify', 'proxy-url'])
}

export function* setCredentials(kit: Kit): Steps<void> {
  yield* set(kit, 'users', 'User', ['token', 'username', 'password'])
}

function* set(kit: Kit, which: 'clusters' | 'users', word: string, fields: string[]): Steps<void> {
  const [name, ...more] = kit.flags.args
  if (name === undefined || more.length > 0) yield* helpFirst(kit)
  const config = yield* loaded(kit)
  const value = { ...config[which].get(name!) }
  for (const field of fields.filter(f => changed(kit.flags, f))) value[field] = field.startsWith('insecure') ? bool(kit.flags, field) : text(kit.flags, field)
  config[which].set(name!, value)
  yield* save(config)
  yield* out(`${word} ${JSON.stringify(name)} set.\n`)
}

function* dropped(kit: Kit, which: 'clusters' | 'contexts' | 'users', word: string): Steps<void> {
  const [name, ...more] = kit.flags.args
  if (name === undefined || more.length > 0) return yield* out(helpText(helpOf(kit.command)!))
  const config = yield* loaded(kit)
  if (!config[which].delete(name!)) fail(`cannot delete ${word} ${name}, not in ${config.path ?? ''}`)
  if (which === 'contexts' && config.current === name)
    yield* err('warning: this removed your active context, use "kubectl config use-context" to select a different one\n')
  yield* save(config)
  yield* out(`deleted ${word} ${name} from ${config.path ?? ''}\n`)
}
export const deleteContext = (kit: Kit): Steps<void> => dropped(kit, 'contexts', 'context')
export const deleteCluster = (kit: Kit): Steps<void> => dropped(kit, 'clusters', 'cluster')
export const deleteUser = (kit: Kit): Steps<void> => dropped(kit, 'users', 'user')

export function* renameContext(kit: Kit): Steps<void> {
  const [from, to, ...more] = kit.flags.args
  if (from === undefined || to === undefined || more.length > 0) yield* helpFirst(kit)
  const config = yield* loaded(kit)
  const context = config.contexts.get(from!)
  if (context === undefined) fail(`cannot rename the context ${JSON.stringify(from)}, it's not in ${config.path ?? ''}`)
  if (config.contexts.has(to!))
    fail(`cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${config.path ?? ''}`)
  config.contexts.delete(from!)
  config.contexts.set(to!, context)
  if (config.current === from) config.current = to!
  yield* save(config)
  yield* out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`)
}

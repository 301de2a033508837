// completion.ts: how a command line that is being typed could go on.
// Models github.com/spf13/cobra/completions.go, k8s.io/kubectl/pkg/util/completion/completion.go and the flags' own completions in pkg/cmd
// Differs: values that only the help of a flag names are completed as well; `set`, `create token` and `auth can-i` know their arguments; commands that are not there are not offered; no descriptions

import { type ResourceType, resourceTypes } from '../api/resources.ts'
import { COMMANDS } from './commands.ts'
import { aloneOf, type FlagSpec } from './flags.ts'
import { type CommandHelp, commandsBelow, globalFlags, helpOf, rootHelp } from './help.ts'
import { byCode } from './json.ts'
import { commandOf } from './kubectl.ts'
import { usualResource } from './mapper.ts'

/** What there is to be named. Lists may come in any order; all of them are empty where nobody answers. */
export interface Surroundings {
  /** Names of the objects of a type; '' for the namespace is all of them. */
  names(type: ResourceType, namespace: string): string[]
  /** Containers of a Pod, or of the template of what makes Pods. */
  containers(type: ResourceType, namespace: string, name: string): string[]
  files(): string[]
  /** Entries of the kubeconfig. */
  config(what: 'contexts' | 'clusters' | 'users'): string[]
  /** Where commands go that name no namespace. */
  namespace: string
}

/** Candidates for the last word, in order. One that ends in `=`, `/` or `,` wants more behind it, and gets no blank. */
export function completions(words: readonly string[], around: Surroundings): string[] {
  const word = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const { path, rest, unknown } = commandOf([...before])
  if (unknown !== undefined) return []
  const help = path === '' ? rootHelp : helpOf(path)!
  const flags = [...help.flags, ...globalFlags()].filter(f => f.hidden !== true || f.name === 'help')
  const given = readFlags(rest, flags)
  if (given.afterDash) return []
  const place: Place = { help, given, namespace: given.values.get('namespace')?.at(-1) ?? around.namespace, around }
  const found = given.open === undefined ? ofWord(word, flags, place) : ofValue(given.open, word, place)
  const fitting = [...new Set(found)].filter(c => c.startsWith(word)).sort(byCode)
  // The command's own flags come before those that every command takes; usual types before rare ones.
  const own = new Set(help.flags.flatMap(f => [`--${f.name}`, `-${f.short}`]))
  const isFirst = (c: string) => (c.startsWith('-') ? own.has(c.split('=', 1)[0]!) : word !== '' || !RARE.has(c))
  return [...fitting.filter(isFirst), ...fitting.filter(c => !isFirst(c))]
}

interface Given {
  args: string[]
  values: Map<string, string[]>
  /** The flag whose value is the word being typed. */
  open?: FlagSpec
  afterDash: boolean
}

interface Place {
  help: CommandHelp
  given: Given
  namespace: string
  around: Surroundings
}

/** Reads what is there, without a complaint. */
function readFlags(words: readonly string[], flags: readonly FlagSpec[]): Given {
  const given: Given = { args: [], values: new Map(), afterDash: words.includes('--') }
  const set = (spec: FlagSpec, value: string) => given.values.set(spec.name, [...(given.values.get(spec.name) ?? []), value])
  for (const word of words) {
    if (given.open !== undefined) {
      set(given.open, word)
      delete given.open
    } else if (!word.startsWith('-') || word === '-') given.args.push(word)
    else {
      const [, long, short, value] = /^(?:--([^=]+)|-([^=]))=?(.*)$/s.exec(word) ?? []
      const spec = flags.find(f => (long === undefined ? f.short === short : f.name === long))
      if (spec === undefined) continue
      if (word.includes('=') || (short !== undefined && value !== '')) set(spec, value!)
      else if (aloneOf(spec) !== undefined) set(spec, aloneOf(spec)!)
      else given.open = spec
    }
  }
  return given
}

function ofWord(word: string, flags: readonly FlagSpec[], place: Place): string[] {
  const assigned = /^(--([^=]+)=|-([^-=])=?)/.exec(word)
  if (assigned !== null) {
    const spec = flags.find(f => (assigned[2] === undefined ? f.short === assigned[3] : f.name === assigned[2]))
    if (spec !== undefined && (assigned[2] !== undefined || word.length > 2)) {
      const values = spec.type === 'b' ? ['false', 'true'] : ofValue(spec, word.slice(assigned[0].length), place)
      return values.map(v => assigned[0] + v)
    }
  }
  if (word.startsWith('-')) {
    // A flag that may be given once is offered once.
    const free = flags.filter(f => f.type === 'l' || f.type === 'a' || !place.given.values.has(f.name))
    return free.flatMap(f => (word.startsWith('--') || f.short === '' ? [`--${f.name}`] : [`--${f.name}`, `-${f.short}`]))
  }
  const { help, given } = place
  // A flag of its own says that the command itself is meant.
  const own = help.flags.some(f => given.values.has(f.name))
  const below = given.args.length === 0 && !own ? commandsBelow(help.path).filter(name => isThere(help.path === '' ? name : `${help.path} ${name}`)) : []
  return help.path === '' ? [...below, 'help', 'options'] : [...below, ...ofArgument(word, place)]
}

/** Does a command, or one below it, do anything here? */
const isThere = (path: string): boolean => COMMANDS[path] !== undefined || commandsBelow(path).some(name => isThere(`${path} ${name}`))

const WORKLOADS = ['deployment', 'replicaset', 'replicationcontroller', 'statefulset']
const ROLLED = ['deployment', 'daemonset', 'statefulset']
const TEMPLATED = ['cronjob', 'daemonset', 'deployment', 'job', 'pod', 'replicaset', 'replicationcontroller', 'statefulset']

/** Types that a command works on, by its path; none: all. */
const TYPES: Record<string, string[]> = {
  annotate: [],
  'apply edit-last-applied': [],
  'apply set-last-applied': [],
  'apply view-last-applied': [],
  autoscale: WORKLOADS,
  delete: [],
  describe: [],
  edit: [],
  explain: [],
  expose: ['deployment', 'pod', 'replicaset', 'replicationcontroller', 'service'],
  get: [],
  label: [],
  patch: [],
  'rollout history': ROLLED,
  'rollout pause': ['deployment'],
  'rollout restart': ROLLED,
  'rollout resume': ['deployment'],
  'rollout status': ROLLED,
  'rollout undo': ROLLED,
  scale: WORKLOADS,
  'set env': TEMPLATED,
  'set image': TEMPLATED,
  'set resources': TEMPLATED,
  'set serviceaccount': TEMPLATED,
  'set selector': ['service'],
  'set subject': ['clusterrolebinding', 'rolebinding'],
  taint: ['node'],
  wait: [],
}

/** Commands that take one name of one type. */
const ONE: Record<string, string> = {
  cordon: 'nodes',
  'create token': 'serviceaccounts',
  drain: 'nodes',
  'top node': 'nodes',
  'top pod': 'pods',
  uncordon: 'nodes',
}

const CONFIG: Record<string, 'contexts' | 'clusters' | 'users'> = {
  'config delete-cluster': 'clusters',
  'config delete-context': 'contexts',
  'config delete-user': 'users',
  'config rename-context': 'contexts',
  'config set-cluster': 'clusters',
  'config set-context': 'contexts',
  'config set-credentials': 'users',
  'config use-context': 'contexts',
}

const REQUEST_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** Types by which Pods can be found, for `logs` and `exec`. */
const WITH_PODS = ['daemonsets', 'deployments', 'jobs', 'pods', 'replicasets', 'replicationcontrollers', 'services', 'statefulsets']

function ofArgument(word: string, place: Place): string[] {
  const { help, given, around } = place
  const { args } = given
  const { path } = help
  // Objects that files name are not named again.
  if (given.values.has('filename')) return []
  const one = ONE[path]
  if (one !== undefined) return args.length === 0 ? namesOf(one, place) : []
  const config = CONFIG[path]
  if (config !== undefined) return args.length === 0 ? around.config(config) : []
  if (path === 'logs' || path === 'exec') return ofPods(word, place)
  if (path === 'auth can-i')
    return args.length === 0 ? REQUEST_VERBS : args.length === 1 ? resourceList('', '') : args.length === 2 ? namesOf(args[1]!, place) : []
  const types = TYPES[path]
  if (types === undefined) return []
  const after = path === 'set image' ? ofImages(place) : []
  return [...after, ...typeAndName(word, types, place)]
}

/** TYPE NAME NAME, or TYPE/NAME TYPE/NAME. */
function typeAndName(word: string, types: string[], place: Place): string[] {
  const { args } = place.given
  const offered = types.length === 0 ? resourceList(word, place.help.path === 'explain' ? '' : 'get') : types
  if (args.length > 0 && !args[0]!.includes('/')) return place.help.path === 'explain' ? [] : namesOf(args[0]!, place).filter(name => !args.includes(name, 1))
  const slash = word.indexOf('/')
  if (slash >= 0)
    return namesOf(word.slice(0, slash), place)
      .map(name => `${word.slice(0, slash)}/${name}`)
      .filter(name => !args.includes(name))
  return args.length === 0 ? offered : offered.map(type => `${type}/`)
}

const nameOfType = (t: ResourceType): string => `${t.plural}${t.group === '' ? '' : `.${t.group}`}`

/** Types that are neither of the core group nor in the category `all`. */
const RARE = new Set(resourceTypes.filter(t => t.group !== '' && !t.categories.includes('all')).map(nameOfType))

/** Resources as `api-resources -o name` has them; the last of a list that commas part. */
function resourceList(word: string, verb: string): string[] {
  const head = word.slice(0, word.lastIndexOf(',') + 1)
  return resourceTypes.filter(t => verb === '' || t.verbs.includes(verb)).map(t => head + nameOfType(t))
}

function namesOf(word: string, place: Place): string[] {
  const type = usualResource(word)
  return type === undefined ? [] : place.around.names(type, type.namespaced && !place.given.values.has('all-namespaces') ? place.namespace : '')
}

function ofPods(word: string, place: Place): string[] {
  const { args } = place.given
  if (args.length > 0) return args.length === 1 && place.help.path === 'logs' ? containersOf(place) : []
  const slash = word.indexOf('/')
  if (slash >= 0) return namesOf(word.slice(0, slash), place).map(name => `${word.slice(0, slash)}/${name}`)
  return [...namesOf('pods', place), ...WITH_PODS.map(type => `${type}/`)]
}

/** Containers of what the first argument names. */
function containersOf(place: Place, as = 'pods'): string[] {
  const [first = '', second = ''] = place.given.args
  const [word, name] = first.includes('/') ? first.split('/') : as === '' ? [first, second] : [as, first]
  const type = usualResource(word ?? '')
  return type === undefined || name === undefined ? [] : place.around.containers(type, place.namespace, name)
}

const ofImages = (place: Place): string[] => {
  const { args } = place.given
  return args.length >= 2 || args[0]?.includes('/') ? [...containersOf(place, ''), '*'].map(name => `${name}=`) : []
}

// ---- flags

/** Values by flag, or by command and flag, where the help of the flag does not list them. */
const VALUES: Record<string, string[]> = {
  'api-resources namespaced': ['false', 'true'],
  'api-resources sort-by': ['kind', 'name'],
  'api-resources verbs': REQUEST_VERBS,
  'create service clusterip clusterip': ['None'],
  'create priorityclass preemption-policy': ['Never', 'PreemptLowerPriority'],
  cascade: ['background', 'foreground', 'orphan'],
  'dry-run': ['client', 'none', 'server'],
  'events types': ['Normal', 'Warning'],
  'explain output': ['plaintext', 'plaintext-openapiv2'],
  'image-pull-policy': ['Always', 'IfNotPresent', 'Never'],
  'patch subresource': ['resize', 'scale', 'status'],
  protocol: ['SCTP', 'TCP', 'UDP'],
  restart: ['Always', 'Never', 'OnFailure'],
  'scale subresource': ['scale'],
  subresource: ['resize', 'scale', 'status'],
  'edit subresource': ['status'],
  'top node sort-by': ['cpu', 'memory'],
  'top pod sort-by': ['cpu', 'memory'],
  'expose type': ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'],
  validate: ['ignore', 'strict', 'warn'],
  'wait for': ['condition=', 'create', 'delete', 'jsonpath='],
}

/** Formats that want a template or columns behind them. */
const TEMPLATED_FORMATS = ['custom-columns', 'go-template', 'jsonpath', 'jsonpath-as-json', 'template']

const FILES = new Set(['cert', 'filename', 'from-env-file', 'from-file', 'kubeconfig', 'patch-file'])
const VERBS_OF_ROLES = new Set(['create clusterrole', 'create role'])

function ofValue(flag: FlagSpec, word: string, place: Place): string[] {
  const { around, help } = place
  const head = flag.type === 'l' ? word.slice(0, word.lastIndexOf(',') + 1) : ''
  switch (flag.name) {
    case 'namespace':
      return namesOf('namespaces', place)
    case 'context':
      return around.config('contexts')
    case 'cluster':
      return around.config('clusters')
    case 'user':
      return help.flags.some(f => f.name === 'user') ? [] : around.config('users')
    case 'container':
    case 'containers':
      return containersOf(place, help.path === 'logs' || help.path === 'exec' ? 'pods' : '')
    case 'serviceaccount':
      return namesOf('serviceaccounts', place).map(name => `${place.namespace}:${name}`)
    case 'clusterrole':
      return namesOf('clusterroles', place)
    case 'role':
      return namesOf('roles', place)
    case 'priority':
      return []
    case 'verb':
      return VERBS_OF_ROLES.has(help.path) ? [...REQUEST_VERBS, '*'].map(v => head + v) : []
    case 'resource':
      return VERBS_OF_ROLES.has(help.path) ? resourceList(word, '') : []
    case 'output':
      return (VALUES[`${help.path} output`] ?? listed(flag.text)).map(v => (TEMPLATED_FORMATS.includes(v) ? `${v}=` : v))
  }
  if (FILES.has(flag.name)) return around.files().map(name => head + name)
  return (VALUES[`${help.path} ${flag.name}`] ?? VALUES[flag.name] ?? listed(flag.text)).map(v => head + v)
}

/** `One of: (json, yaml)`, `one of [json merge]`, `legal values: 'None', 'ClientIP'`: the values that a help text lists. */
function listed(text: string): string[] {
  const [, list] =
    /[Oo]ne of:? [([]([^)\]]*)[)\]]/.exec(text) ?? /[Oo]ne of ((?:'\w+'(?:,| or)? ?)+)/.exec(text) ?? /legal values: ((?:'\w+'(?:, )?)+)/.exec(text) ?? []
  return (list ?? '')
    .split(/[,|\s]+/)
    .map(v => v.replaceAll("'", ''))
    .filter(v => v !== '' && v !== 'or')
}

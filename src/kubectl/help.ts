// help.ts: what each command says about itself, and its flags.
// Models k8s.io/kubectl/pkg/util/templates
// Differs: examples are left out, and of long descriptions all but the first paragraph

import { descriptions, rows } from './data/help.ts'
import type { FlagSpec, FlagType } from './flags.ts'

export interface CommandHelp {
  /** `create deployment`; empty for kubectl itself. */
  path: string
  usage: string
  long: string
  /** Lines of its subcommands, or empty. */
  subcommands: string
  flags: FlagSpec[]
}

const ALONE: Record<string, string> = { validate: 'strict', 'dry-run': 'unchanged', cascade: 'background' }
const HIDDEN: Record<string, FlagSpec[]> = {
  autoscale: [
    {
      name: 'cpu-percent',
      short: '',
      type: 'i',
      fallback: '-1',
      text: 'The target average CPU utilization (represented as a percent of requested CPU) over all the pods.',
      deprecated: "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
      hidden: true,
    },
  ],
}
for (const path of [
  'annotate',
  'autoscale',
  'edit',
  'expose',
  'label',
  'patch',
  'run',
  'scale',
  'set image',
  'set env',
  'set resources',
  'set selector',
  'set serviceaccount',
])
  HIDDEN[path] = [
    ...(HIDDEN[path] ?? []),
    { name: 'record', short: '', type: 'b', fallback: 'false', text: '', deprecated: '--record will be removed in the future', hidden: true },
  ]

/** Other names of commands, by path. */
const ALIASES: Record<string, string[]> = {
  'config use-context': ['use'],
  'create configmap': ['cm'],
  'create cronjob': ['cj'],
  'create deployment': ['deploy'],
  'create ingress': ['ing'],
  'create namespace': ['ns'],
  'create poddisruptionbudget': ['pdb'],
  'create priorityclass': ['pc'],
  'create quota': ['resourcequota'],
  'create service': ['svc'],
  'create serviceaccount': ['sa'],
  'set serviceaccount': ['sa'],
  'top node': ['nodes', 'no'],
  'top pod': ['pods', 'po'],
}

let byPath: Map<string, CommandHelp> | undefined

function all(): Map<string, CommandHelp> {
  byPath ??= new Map(
    rows.map(([path, usage, long, subcommands, flags]) => [path, { path, usage, long, subcommands, flags: [...flagsOf(flags), ...(HIDDEN[path] ?? [])] }]),
  )
  return byPath
}

function flagsOf(lines: string): FlagSpec[] {
  if (lines === '') return []
  return lines.split('\n').map(line => {
    const [short = '', name = '', type = 's', fallback = '', text = ''] = line.split('|')
    const spec: FlagSpec = { name, short, type: type as FlagType, fallback, text: descriptions[Number(text)] ?? '' }
    if (ALONE[name] !== undefined) spec.alone = ALONE[name]
    return spec
  })
}

/** The flags that every command takes. */
export const globalFlags = (): FlagSpec[] => [
  ...all().get('options')!.flags,
  { name: 'help', short: 'h', type: 'b', fallback: 'false', text: '', hidden: true },
]

export const rootHelp: CommandHelp = { path: '', usage: '[flags]', long: '', subcommands: '', flags: [] }

/** The command of a path, other names allowed (`create ns`), or undefined. */
export function helpOf(path: string): CommandHelp | undefined {
  if (path === '') return rootHelp
  const exact = all().get(path)
  if (exact !== undefined) return exact
  const words = path.split(' ')
  const [above, last] = [words.slice(0, -1).join(' '), words.at(-1)!]
  const parent = above === '' ? '' : (helpOf(above)?.path ?? above)
  const real = Object.keys(ALIASES).find(p => ALIASES[p]!.includes(last) && p.slice(0, p.lastIndexOf(' ')) === parent)
  return all().get(real ?? `${parent} ${last}`)
}

/** Names of the commands right below a path, in the order of help. */
export function commandsBelow(path: string): string[] {
  const prefix = path === '' ? '' : `${path} `
  return [...all().keys()].filter(p => p.startsWith(prefix) && p !== path && !p.slice(prefix.length).includes(' ')).map(p => p.slice(prefix.length))
}

const OPTIONS_HINT = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n'

/** What `-h` prints. */
export function helpText(help: CommandHelp): string {
  if (help.path === '') return ROOT
  const parts = [help.long]
  const aliases = ALIASES[help.path]
  if (aliases !== undefined) parts.push(`Aliases:\n${[help.path.split(' ').at(-1), ...aliases].join(', ')}`)
  if (help.subcommands !== '') parts.push(`Available Commands:\n${help.subcommands}`)
  const shown = help.flags.filter(f => f.hidden !== true)
  if (shown.length > 0) parts.push(`Options:\n${shown.map(flagHelp).join('\n\n')}`)
  parts.push(`Usage:\n  kubectl ${help.usage}`)
  const more = help.subcommands === '' ? '' : `Use "kubectl ${help.path} <command> --help" for more information about a given command.\n`
  return `${parts.join('\n\n')}\n\n${more}${OPTIONS_HINT}`
}

export const optionsText = (): string => `The following options can be passed to any command:\n\n${all().get('options')!.flags.map(flagHelp).join('\n\n')}\n`

function flagHelp(flag: FlagSpec): string {
  const quoted = flag.type === 's' ? `'${flag.fallback}'` : flag.fallback
  return `    ${flag.short === '' ? '' : `-${flag.short}, `}--${flag.name}=${quoted}:\n\t${flag.text}`
}

const ROOT = `kubectl controls the Kubernetes cluster manager.

 Find more information at: https://kubernetes.io/docs/reference/kubectl/

Basic Commands (Beginner):
  create          Create a resource from a file or from stdin
  expose          Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service
  run             Run a particular image on the cluster
  set             Set specific features on objects

Basic Commands (Intermediate):
  explain         Get documentation for a resource
  get             Display one or many resources
  edit            Edit a resource on the server
  delete          Delete resources by file names, stdin, resources and names, or by resources and label selector

Deploy Commands:
  rollout         Manage the rollout of a resource
  scale           Set a new size for a deployment, replica set, or replication controller
  autoscale       Auto-scale a deployment, replica set, stateful set, or replication controller

Cluster Management Commands:
  certificate     Modify certificate resources
  cluster-info    Display cluster information
  top             Display resource (CPU/memory) usage
  cordon          Mark node as unschedulable
  uncordon        Mark node as schedulable
  drain           Drain node in preparation for maintenance
  taint           Update the taints on one or more nodes

Troubleshooting and Debugging Commands:
  describe        Show details of a specific resource or group of resources
  logs            Print the logs for a container in a pod
  attach          Attach to a running container
  exec            Execute a command in a container
  port-forward    Forward one or more local ports to a pod
  proxy           Run a proxy to the Kubernetes API server
  cp              Copy files and directories to and from containers
  auth            Inspect authorization
  debug           Create debugging sessions for troubleshooting workloads and nodes
  events          List events

Advanced Commands:
  diff            Diff the live version against a would-be applied version
  apply           Apply a configuration to a resource by file name or stdin
  patch           Update fields of a resource
  replace         Replace a resource by file name or stdin
  wait            Wait for a specific condition on one or many resources
  kustomize       Build a kustomization target from a directory or URL

Settings Commands:
  label           Update the labels on a resource
  annotate        Update the annotations on a resource
  completion      Output shell completion code for the specified shell (bash, zsh, fish, or powershell)

Subcommands provided by plugins:

Other Commands:
  api-resources   Print the supported API resources on the server
  api-versions    Print the supported API versions on the server, in the form of "group/version"
  config          Modify kubeconfig files
  kuberc          Manage kuberc configuration files
  plugin          Provides utilities for interacting with plugins
  version         Print the client and server version information

Usage:
  kubectl [flags] [options]

Use "kubectl <command> --help" for more information about a given command.
Use "kubectl options" for a list of global command-line options (applies to all commands).
`

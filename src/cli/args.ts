// args.ts: the command line, read: words in, a command out. Refuses what it does not know.

import { parseArgs } from 'node:util'
import { usage } from './exit.ts'

export type Command =
  | { command: 'play'; level?: string; packs: string[] }
  | { command: 'quiz'; of?: string; packs: string[]; json: boolean }
  | { command: 'levels'; packs: string[]; json: boolean }
  | { command: 'sandbox'; files: string[] }
  | { command: 'check'; level?: string; log: string; packs: string[]; json: boolean }
  | { command: 'author'; verb: 'new' | 'check'; path: string }
  | { command: 'serve'; port: number; speed: number; files: string[]; kubeconfig?: string }
  | { command: 'doctor' }
  | { command: 'version' }
  | { command: 'help' }

export interface Flags {
  plain: boolean
  motion: boolean
  ascii: boolean
  printFrame: boolean
  seed?: number
}

export interface Args {
  command: Command
  flags: Flags
}

const options = {
  file: { type: 'string', short: 'f', multiple: true },
  json: { type: 'boolean' },
  plain: { type: 'boolean' },
  'no-motion': { type: 'boolean' },
  ascii: { type: 'boolean' },
  'print-frame': { type: 'boolean' },
  seed: { type: 'string' },
  port: { type: 'string' },
  kubeconfig: { type: 'string' },
  speed: { type: 'string' },
  'no-ui': { type: 'boolean' },
  version: { type: 'boolean', short: 'V' },
  help: { type: 'boolean', short: 'h' },
} as const

const COMMANDS = ['play', 'quiz', 'levels', 'sandbox', 'check', 'author', 'serve', 'doctor', 'help'] as const

/** How many words may follow each command: least, most. */
const WORDS: Record<(typeof COMMANDS)[number], [number, number]> = {
  play: [0, 1],
  quiz: [0, 1],
  levels: [0, 0],
  sandbox: [0, 0],
  check: [1, 2],
  author: [2, 2],
  serve: [0, 0],
  doctor: [0, 0],
  help: [0, 1],
}

const TAKES_FILE: readonly string[] = ['play', 'quiz', 'levels', 'sandbox', 'check', 'serve']
const TAKES_JSON: readonly string[] = ['quiz', 'levels', 'check']
const OF_SERVE = ['port', 'kubeconfig', 'speed', 'no-ui'] as const

const SPEED_MAX = 1_000 // Simulated seconds in one.

/** Throws a Stop with code 2 for what cannot be meant. */
export function readArgs(argv: readonly string[]): Args {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(argv)
  } catch (error) {
    throw usage(
      String((error as Error).message)
        .split('\n')[0]!
        .split('. ')[0]!,
    )
  }
  const { values, positionals } = parsed
  const flags: Flags = {
    plain: values.plain === true,
    motion: values['no-motion'] !== true,
    ascii: values.ascii === true,
    printFrame: values['print-frame'] === true,
    ...(values.seed === undefined ? {} : { seed: seedOf(values.seed) }),
  }
  if (values.version === true) return { command: { command: 'version' }, flags }
  const [name = 'play', ...words] = positionals
  if (values.help === true || name === 'help') return { command: { command: 'help' }, flags }
  if (!(COMMANDS as readonly string[]).includes(name)) throw usage(`unknown command "${name}"${near(name)}`)
  const [least, most] = WORDS[name as keyof typeof WORDS]
  if (words.length < least) throw usage(`"${name}" needs ${name === 'check' ? 'a command log' : '"new" or "check", and a path'}`)
  if (words.length > most) throw usage(`"${name}" does not know what to do with "${words[most]}"`)
  const packs = values.file ?? []
  if (packs.length > 0 && !TAKES_FILE.includes(name)) throw usage(`"${name}" takes no -f`)
  if (values.json === true && !TAKES_JSON.includes(name)) throw usage(`"${name}" takes no --json`)
  const foreign = OF_SERVE.find(option => values[option] !== undefined && name !== 'serve')
  if (foreign !== undefined) throw usage(`"${name}" takes no --${foreign}`)
  if (name === 'serve') return { command: serveOf(values, packs), flags }
  return { command: commandOf(name, words, packs, values.json === true), flags }
}

const parse = (argv: readonly string[]) => parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })

function commandOf(name: string, words: string[], packs: string[], json: boolean): Command {
  const [a, b] = words
  switch (name) {
    case 'quiz':
      return { command: 'quiz', packs, json, ...(a === undefined ? {} : { of: a }) }
    case 'levels':
      return { command: 'levels', packs, json }
    case 'sandbox':
      return { command: 'sandbox', files: packs }
    case 'check':
      return b === undefined ? { command: 'check', log: a!, packs, json } : { command: 'check', level: a!, log: b, packs, json }
    case 'author':
      if (a !== 'new' && a !== 'check') throw usage(`"author" can do "new" and "check", not "${a}"`)
      return { command: 'author', verb: a, path: b! }
    case 'doctor':
      return { command: 'doctor' }
    default:
      return { command: 'play', packs, ...(a === undefined ? {} : { level: a }) }
  }
}

function serveOf(values: ReturnType<typeof parse>['values'], files: string[]): Command {
  const { port = '0', speed = '1', kubeconfig } = values
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw usage(`--port is a number up to 65535, not "${port}"`)
  const fast = speed === 'max' ? Number.POSITIVE_INFINITY : Number(speed)
  if (speed !== 'max' && (!/^\d{1,4}(\.\d{1,3})?$/.test(speed) || fast <= 0 || fast > SPEED_MAX))
    throw usage(`--speed is "max" or a number above 0 and up to ${SPEED_MAX}, not "${speed}"`)
  return { command: 'serve', port: Number(port), speed: fast, files, ...(kubeconfig === undefined ? {} : { kubeconfig }) }
}

function seedOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usage(`--seed is a number of at most nine digits, not "${text}"`)
  return Number(text)
}

/** "did you mean": a command that begins alike. */
function near(name: string): string {
  const found = COMMANDS.find(c => c.startsWith(name.slice(0, 2)))
  return found === undefined ? '' : ` (did you mean "${found}"?)`
}

// flags.ts: flags and arguments of a command line.
// Models github.com/spf13/pflag and the way cobra finds a command
// Differs: nothing known

import { parseGoDuration } from '../api/duration.ts'
import { fail } from './fail.ts'

/** `b` bool, `i` int, `d` duration, `s` text, `l` list split at commas, `a` list of whole values. */
export type FlagType = 'b' | 'i' | 'd' | 's' | 'l' | 'a'

export interface FlagSpec {
  name: string
  short: string
  type: FlagType
  /** As help shows it, without quotes: `false`, `0s`, `[]`. */
  fallback: string
  text: string
  /** The value where the flag stands alone (`--dry-run`). */
  alone?: string
  /** What is said when it is used. */
  deprecated?: string
  hidden?: boolean
}

export interface Parsed {
  args: string[]
  /** How many of `args` stood before `--`; -1 without one. */
  dash: number
  /** Values that were given, in order. */
  given: Map<string, string[]>
  specs: Map<string, FlagSpec>
  /** Lines for standard error. */
  warnings: string[]
}

/** Splits arguments into flags and the rest; ends the command on what pflag refuses. */
export function parseFlags(argv: string[], command: { path: string; flags: FlagSpec[] }, globals: FlagSpec[]): Parsed {
  const specs = new Map<string, FlagSpec>()
  const shorts = new Map<string, FlagSpec>()
  for (const spec of [...globals, ...command.flags]) {
    specs.set(spec.name, spec)
    if (spec.short !== '') shorts.set(spec.short, spec)
  }
  const parsed: Parsed = { args: [], dash: -1, given: new Map(), specs, warnings: [] }
  const see = `\nSee 'kubectl${command.path === '' ? '' : ` ${command.path}`} --help' for usage.`
  const set = (spec: FlagSpec, value: string) => {
    const bad = misread(spec, value)
    const shown = spec.short === '' ? `--${spec.name}` : `-${spec.short}, --${spec.name}`
    if (bad !== undefined) fail(`invalid argument ${JSON.stringify(value)} for "${shown}" flag: ${bad}${see}`)
    if (spec.deprecated !== undefined && !parsed.given.has(spec.name)) parsed.warnings.push(`Flag --${spec.name} has been deprecated, ${spec.deprecated}`)
    const list = parsed.given.get(spec.name) ?? []
    if (spec.type === 'l') list.push(...splitCommas(value))
    else list.push(value)
    parsed.given.set(spec.name, list)
  }
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!
    if (arg === '--') {
      parsed.dash = parsed.args.length
      parsed.args.push(...argv.slice(i + 1))
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      parsed.args.push(arg)
    } else if (arg.startsWith('--')) {
      const eq = arg.indexOf('=')
      const name = eq < 0 ? arg.slice(2) : arg.slice(2, eq)
      if (name === '' || name.startsWith('-')) fail(`bad flag syntax: ${arg}${see}`)
      const spec = specs.get(name)
      if (spec === undefined) return fail(`unknown flag: --${name}${see}`)
      if (eq >= 0) set(spec, arg.slice(eq + 1))
      else if (aloneOf(spec) !== undefined) set(spec, aloneOf(spec)!)
      else if (i + 1 < argv.length) set(spec, argv[++i]!)
      else fail(`flag needs an argument: --${name}${see}`)
    } else {
      i += shorthands(arg, argv[i + 1], shorts, set, see)
    }
  }
  return parsed
}

/** `-lapp=x -it -n=lab`: how many further arguments were used. */
function shorthands(arg: string, next: string | undefined, shorts: Map<string, FlagSpec>, set: (spec: FlagSpec, value: string) => void, see: string): number {
  for (let at = 1; at < arg.length; at++) {
    const spec = shorts.get(arg[at]!)
    if (spec === undefined) return fail(`unknown shorthand flag: '${arg[at]}' in ${arg}${see}`)
    const rest = arg.slice(at + 1)
    if (rest.startsWith('=')) {
      set(spec, rest.slice(1))
      return 0
    }
    if (aloneOf(spec) !== undefined) {
      set(spec, aloneOf(spec)!)
    } else if (rest !== '') {
      set(spec, rest)
      return 0
    } else if (next !== undefined) {
      set(spec, next)
      return 1
    } else {
      fail(`flag needs an argument: '${arg[at]}' in ${arg}${see}`)
    }
  }
  return 0
}

export const aloneOf = (spec: FlagSpec): string | undefined => (spec.type === 'b' ? 'true' : spec.alone)

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False'])

/** strconv.ParseBool: undefined where it is neither. */
export const parseBool = (text: string): boolean | undefined => (TRUE.has(text) ? true : FALSE.has(text) ? false : undefined)

function misread(spec: FlagSpec, value: string): string | undefined {
  if (spec.type === 'b') return parseBool(value) === undefined ? `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax` : undefined
  if (spec.type === 'i') return badInt(value)
  if (spec.type === 'd') {
    const duration = parseGoDuration(value)
    return 'error' in duration ? duration.error : undefined
  }
  return undefined
}

/** strconv.ParseInt with base 0 and 32 bits: what is wrong, or undefined. */
export function badInt(value: string): string | undefined {
  if (!/^[+-]?(0[xX][0-9a-fA-F]+|\d+)$/.test(value)) return `strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`
  const n = Number(value)
  return n > 9.2e18 || n < -9.2e18 ? `strconv.ParseInt: parsing ${JSON.stringify(value)}: value out of range` : undefined
}

/** As encoding/csv reads one line: quotes protect commas. */
function splitCommas(value: string): string[] {
  if (value === '') return []
  if (!value.includes('"')) return value.split(',')
  const out: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < value.length; i++) {
    const c = value[i]!
    if (c === '"') {
      if (quoted && value[i + 1] === '"') {
        field += '"'
        i++
      } else quoted = !quoted
    } else if (c === ',' && !quoted) {
      out.push(field)
      field = ''
    } else field += c
  }
  return [...out, field]
}

/** Did the user write it? */
export const changed = (parsed: Parsed, name: string): boolean => parsed.given.has(name)

export function text(parsed: Parsed, name: string): string {
  const given = parsed.given.get(name)
  if (given !== undefined) return given.at(-1) ?? ''
  return parsed.specs.get(name)?.fallback ?? ''
}

export const bool = (parsed: Parsed, name: string): boolean => parseBool(text(parsed, name)) ?? false

export const int = (parsed: Parsed, name: string): number => Number(text(parsed, name) || 0)

/** Milliseconds. */
export function duration(parsed: Parsed, name: string): number {
  const read = parseGoDuration(text(parsed, name) || '0')
  return 'ms' in read ? read.ms : 0
}

export function list(parsed: Parsed, name: string): string[] {
  const given = parsed.given.get(name)
  if (given !== undefined) return given
  const fallback = parsed.specs.get(name)?.fallback ?? '[]'
  return fallback === '[]' || fallback === '' ? [] : fallback.replace(/^\[|\]$/g, '').split(',')
}

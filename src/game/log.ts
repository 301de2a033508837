// log.ts: the command log: what a player did in a level, as JSON lines that play it again on the same world; written, read, and doubted.

import { createHash } from 'node:crypto'
import type { Intent } from './intent.ts'
import type { Level } from './level.ts'
import { type Run, secondsOf } from './run.ts'

/** Raised when older games could not read a log any more. */
export const LOG_FORMAT = 1

/** Bytes and lines of a log, and ticks of the clock in it. */
export const LOG_BYTES_MAX = 2 * 1024 * 1024
export const LOG_LINES_MAX = 20_000
const TICKS_MAX = 1_000_000
/** Characters of a command, and of a text that an editor gave back. */
const COMMAND_MAX = 16_384
const TEXT_MAX = 256 * 1024
/** Milliseconds of play that stand in one line at most, so that no more than these are lost to a power cut. */
const PLAY_MS = 2_000
/** Intents between two marks. */
const MARK_EVERY = 20

export interface Header {
  log: number
  /** Version of the game: another one may play the same lines otherwise. */
  game: string
  level: string
  /** Of the level as it was played. */
  hash: string
  seed: number
}

/** Where the world stood when all lines before were played. */
export interface Mark {
  beats: number
  /** Simulated, since the level opened. */
  seconds: number
  /** Of the world's history: equal chains, equal histories. */
  chain: number
}

export interface Entry {
  /** Number of the line, from 1. */
  line: number
  intents: Intent[]
  mark?: Mark
}

export interface Log {
  header: Header
  entries: Entry[]
}

export interface BadLine {
  line: number
  message: string
  /** A log that a newer game wrote: not broken, and not ours to touch. */
  newer?: true
}

/** Of all that a level says, whatever file it stands in. */
export function hashOf(level: Level): string {
  const { path: _path, ...rest } = level
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex').slice(0, 16)
}

export const headerOf = (level: Level, seed: number, game: string): Header => ({ log: LOG_FORMAT, game, level: level.id, hash: hashOf(level), seed })

export const markOf = (run: Run): Mark => ({ beats: run.beats.length, seconds: secondsOf(run), chain: run.line.world.chain })

export const sameMark = (a: Mark, b: Mark): boolean => a.beats === b.beats && a.seconds === b.seconds && a.chain === b.chain

// ---- writing

/** A log that grows. Ticks of the clock are gathered into one line. */
export interface Writing {
  header: Header
  lines: string[]
  bytes: number
  ticks: [ms: number, times: number][]
  ticked: number
  sinceMark: number
  /** It has grown beyond what can be read again; nothing more is written. */
  full: boolean
}

export function newWriting(header: Header, lines: readonly string[] = []): Writing {
  const all = lines.length > 0 ? [...lines] : [JSON.stringify(header)]
  return { header, lines: all, bytes: all.reduce((sum, l) => sum + Buffer.byteLength(l) + 1, 0), ticks: [], ticked: 0, sinceMark: 0, full: false }
}

/** Writes an intent down, and now and then where the world stood before it. */
export function writeIntent(w: Writing, intent: Intent, mark: () => Mark): void {
  if (w.full) return
  if (intent.do === 'Tick') {
    const last = w.ticks.at(-1)
    if (last?.[0] === intent.ms) last[1]++
    else w.ticks.push([intent.ms, 1])
    w.ticked += intent.ms
    if (w.ticked >= PLAY_MS) writeTicks(w)
    return
  }
  writeTicks(w)
  if (w.sinceMark >= MARK_EVERY) writeMark(w, mark())
  w.sinceMark++
  if (readIntent(intent) === undefined) w.full = true
  else push(w, JSON.stringify(intent))
}

export function writeMark(w: Writing, mark: Mark): void {
  writeTicks(w)
  w.sinceMark = 0
  push(w, JSON.stringify({ mark }))
}

/** Puts down the ticks that were gathered. */
export function writeTicks(w: Writing): void {
  if (w.ticks.length === 0) return
  push(w, JSON.stringify({ ticks: w.ticks.map(([ms, times]) => (times === 1 ? String(ms) : `${ms}x${times}`)).join(' ') }))
  w.ticks = []
  w.ticked = 0
  w.sinceMark++
}

function push(w: Writing, line: string): void {
  const bytes = Buffer.byteLength(line) + 1
  if (w.full || w.bytes + bytes > LOG_BYTES_MAX || w.lines.length >= LOG_LINES_MAX) w.full = true
  else {
    w.lines.push(line)
    w.bytes += bytes
  }
}

// ---- reading

type Check = (value: unknown) => boolean

const whole =
  (max: number): Check =>
  v =>
    Number.isSafeInteger(v) && (v as number) >= 0 && (v as number) <= max
const text =
  (max: number): Check =>
  v =>
    typeof v === 'string' && v.length <= max
const maybe =
  (check: Check): Check =>
  v =>
    v === undefined || check(v)

/** What each intent carries. An intent that is added to the game is added here, or it does not compile. */
const FIELDS: { readonly [K in Intent['do']]: Readonly<Record<Exclude<keyof Extract<Intent, { do: K }>, 'do'>, Check>> } = {
  Beat: {},
  NextEvent: {},
  Play: {},
  Pause: {},
  Speed: { speed: whole(1_000) },
  Tick: { ms: whole(60_000) },
  Rewind: {},
  Forward: {},
  ToBeat: { beat: whole(1_000_000) },
  Fork: {},
  HandOver: {},
  Bet: { option: whole(100) },
  Confidence: { sure: whole(2) },
  GoOn: {},
  Hint: {},
  TakeHint: {},
  Inspect: { actor: maybe(text(200)) },
  Close: {},
  Verb: { line: text(COMMAND_MAX) },
  Flag: { line: whole(1_000_000) },
  Again: {},
  BackToBeat: {},
  WatchAgain: {},
  Command: { line: text(COMMAND_MAX) },
  Interrupt: {},
  Edited: { text: maybe(text(TEXT_MAX)) },
  Write: { line: text(COMMAND_MAX) },
  Complete: { line: text(COMMAND_MAX) },
  Answer: { option: whole(100) },
  Submit: {},
  Quiz: {},
  Name: { name: text(1_000) },
  Title: {},
  Levels: {},
  Select: { move: v => v === 'up' || v === 'down' || v === 'left' || v === 'right' },
  Open: { level: maybe(text(100)) },
}

function readIntent(value: unknown): Intent | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const what = (value as { do?: unknown }).do
  if (typeof what !== 'string' || !Object.hasOwn(FIELDS, what)) return undefined
  const fields = FIELDS[what as Intent['do']] as Readonly<Record<string, Check>>
  for (const key of Object.keys(value)) if (key !== 'do' && !Object.hasOwn(fields, key)) return undefined
  for (const [field, check] of Object.entries(fields)) if (!check((value as Record<string, unknown>)[field])) return undefined
  return value as Intent
}

/** `33x12 34`: twelve ticks of 33 ms, one of 34. */
function readTicks(value: unknown, most: number): Intent[] | undefined {
  if (typeof value !== 'string' || !/^\d{1,5}(x\d{1,6})?( \d{1,5}(x\d{1,6})?)*$/.test(value)) return undefined
  const intents: Intent[] = []
  for (const part of value.split(' ')) {
    const [ms, times = '1'] = part.split('x')
    if (intents.length + Number(times) > most) return undefined
    for (let i = 0; i < Number(times); i++) intents.push({ do: 'Tick', ms: Number(ms) })
  }
  return intents
}

function readMark(value: any): Mark | undefined {
  return value !== null && typeof value === 'object' && whole(1e9)(value.beats) && Number.isFinite(value.seconds) && Number.isSafeInteger(value.chain)
    ? { beats: value.beats, seconds: value.seconds, chain: value.chain }
    : undefined
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** The first line alone. */
export function readHeader(line: string): Header | BadLine {
  const value = parsed(line) as any
  if (typeof value !== 'object' || value === null || typeof value.level !== 'string') return { line: 1, message: 'this is no command log of k8s-factory' }
  if (Number.isSafeInteger(value.log) && value.log > LOG_FORMAT)
    return { line: 1, message: 'a newer k8s-factory wrote this; this one cannot read it', newer: true }
  if (value.log !== LOG_FORMAT || !text(100)(value.game) || !text(40)(value.level) || !text(64)(value.hash) || !whole(999_999_999)(value.seed))
    return { line: 1, message: 'the header lacks log, game, level, hash or seed' }
  return { log: value.log, game: value.game, level: value.level, hash: value.hash, seed: value.seed }
}

/** `torn`: the last line may have been cut off in the middle of being written, and is left out then. */
export function readLog(source: string, torn = false): Log | BadLine {
  if (source.length > LOG_BYTES_MAX) return { line: 1, message: `a log has at most ${LOG_BYTES_MAX} bytes` }
  const lines = source.split('\n')
  const rest = lines.pop()!
  if (rest !== '' && !torn) lines.push(rest)
  if (lines.length > LOG_LINES_MAX) return { line: LOG_LINES_MAX + 1, message: `a log has at most ${LOG_LINES_MAX} lines` }
  const header = readHeader(lines[0] ?? '')
  if ('message' in header) return header
  const entries: Entry[] = []
  let ticks = TICKS_MAX
  for (let i = 1; i < lines.length; i++) {
    const value = parsed(lines[i]!) as any
    const line = i + 1
    if (value === undefined || typeof value !== 'object' || value === null) return { line, message: 'this is no JSON object' }
    if ('mark' in value) {
      const mark = readMark(value.mark)
      if (mark === undefined) return { line, message: 'this mark cannot be read' }
      entries.push({ line, intents: [], mark })
      continue
    }
    const intent = 'ticks' in value ? undefined : readIntent(value)
    const intents = 'ticks' in value ? readTicks(value.ticks, ticks) : intent === undefined ? undefined : [intent]
    if (intents === undefined) return { line, message: `nothing can be done by ${JSON.stringify(value).slice(0, 60)}` }
    if ('ticks' in value) ticks -= intents.length
    entries.push({ line, intents })
  }
  return { header, entries }
}

/** Why the lines would not play as they were played; undefined: they should. */
export function changedSince(header: Header, level: Level, game: string): 'level' | 'game' | undefined {
  if (header.hash !== hashOf(level)) return 'level'
  return header.game === game ? undefined : 'game'
}

/** Is version `a`, such as 0.10.1, later than `b`? */
export function laterThan(a: string, b: string): boolean {
  const [x, y] = [a, b].map(v => v.split(/[.-]/).slice(0, 3).map(Number))
  for (let i = 0; i < 3; i++) if ((x![i] ?? 0) !== (y![i] ?? 0)) return (x![i] ?? 0) > (y![i] ?? 0)
  return false
}

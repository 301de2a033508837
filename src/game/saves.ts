// saves.ts: levels that were left, on the disk: one log each, appended to while it is played, and never lost to another's mistake.

import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { putAside, replaceFile, writeAll } from './disk.ts'
import type { Keeper, Kept } from './keeping.ts'
import type { Level } from './level.ts'
import { changedSince, type Header, LOG_BYTES_MAX, laterThan, readHeader, readLog, type Writing } from './log.ts'

/** Bytes of the first line that are read to see whether a level waits. */
const HEADER_BYTES = 1_024
/** Logs of solved levels, by level. */
const LOGS_MAX = 10_000

export interface Places {
  /** Of levels that wait. */
  saves: string
  /** Of the logs of solved ones. */
  logs: string
}

/** What is being written: how much of it is in the file, and the file, once there is one of our own. */
interface Open {
  level: string
  file: string
  handle?: number
  lines: number
  size: number
  /** What lies there is not ours to touch. */
  blocked: boolean
  failed: boolean
}

/** With `readOnly` places are found, and nothing is written, renamed or removed. */
export function newKeeper(places: Places, game: string, readOnly = false): Keeper {
  const waiting = new Map<string, boolean>()
  const blocked = new Set<string>()
  let open: Open | undefined
  const fileOf = (level: string) => join(places.saves, `${level}.jsonl`)
  const aside = readOnly ? () => undefined : putAside
  return {
    game,
    waits(level, seed) {
      let waits = waiting.get(level.id)
      if (waits === undefined) {
        const file = fileOf(level.id)
        waits = canBeTakenUp(file, level, game, seed) || (seed !== undefined && canBeTakenUp(inWorld(file, seed), level, game, seed))
        waiting.set(level.id, waits)
      }
      return waits
    },
    find(level, seed) {
      const file = fileOf(level.id)
      const found = find(file, level, game, aside)
      if (found.blocked === true) blocked.add(level.id)
      const left = found.kept?.log.header.seed
      if (seed === undefined || left === seed || found.notice !== undefined) return found
      const there = find(inWorld(file, seed), level, game, aside)
      const elsewhere = left === undefined ? undefined : `You left ${level.id} in another world: it is kept, and --seed ${left} leads back to it.`
      return there.kept !== undefined || elsewhere === undefined ? there : { notice: there.notice ?? elsewhere }
    },
    begin(w) {
      close(open)
      const { level } = w.header
      open = { level, file: fileOf(level), lines: 0, size: 0, blocked: readOnly || blocked.has(level), failed: false }
    },
    add(w) {
      if (open === undefined || open.blocked || w.lines.length === open.lines) return undefined
      try {
        if (open.handle === undefined) replace(open, w)
        else append(open, w)
        waiting.set(open.level, true)
        open.failed = false
        return undefined
      } catch (error) {
        close(open)
        if (open.failed) return undefined
        open.failed = true
        return `Your place cannot be kept (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); you play in memory.`
      }
    },
    putAside({ level, seed }) {
      waiting.set(level, false)
      const kept = aside(placeOf(fileOf(level), seed))
      return `Your place in ${level} cannot be found again${kept === undefined ? '' : `; kept as ${kept}`}`
    },
    end(w) {
      const { level, seed } = w.header
      waiting.set(level, false)
      const mine = open !== undefined && !open.blocked && open.level === level
      close(open)
      const log = readOnly || w.full ? undefined : writeLog(places.logs, w)
      if (mine) rmSync(placeOf(open!.file, seed), { force: true })
      return log
    },
  }
}

/** Where the place in another world waits, while the level is played in this one. No level has such an id. */
const inWorld = (file: string, seed: number): string => file.replace(/\.jsonl$/, `@${seed}.jsonl`)

/** The file in which the place of this world lies. */
const placeOf = (file: string, seed: number): string => (headerIn(file)?.seed === seed ? file : inWorld(file, seed))

function close(open: Open | undefined): void {
  if (open?.handle === undefined) return
  try {
    fsyncSync(open.handle)
  } catch {
    // What is not on the disk now is still with the system.
  }
  closeSync(open.handle)
  delete open.handle
  open.lines = 0
}

/** A file of our own in the place of what lay there: another instance that writes on in the old one disturbs nobody. A place in another world stays. */
function replace(open: Open, w: Writing): void {
  const bytes = Buffer.from(`${w.lines.join('\n')}\n`)
  const { seed } = w.header
  mkdirSync(join(open.file, '..'), { recursive: true, mode: 0o700 })
  const other = headerIn(open.file)?.seed
  if (other !== undefined && other !== seed) renameSync(open.file, inWorld(open.file, other))
  open.handle = replaceFile(open.file, bytes)
  rmSync(inWorld(open.file, seed), { force: true })
  open.lines = w.lines.length
  open.size = bytes.length
}

function append(open: Open, w: Writing): void {
  const handle = open.handle!
  // Another instance has put its own in place: the one that was played last stays.
  if (fstatSync(handle).nlink === 0) {
    close(open)
    replace(open, w)
    return
  }
  const bytes = Buffer.from(
    w.lines
      .slice(open.lines)
      .map(l => `${l}\n`)
      .join(''),
  )
  try {
    writeAll(handle, bytes, open.size)
  } catch (error) {
    ftruncateSync(handle, open.size)
    throw error
  }
  open.lines = w.lines.length
  open.size += bytes.length
}

/** JSON lines, as it was played; undefined: it cannot be written, and the level counts all the same. */
function writeLog(folder: string, w: Writing): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (let n = 1; n < LOGS_MAX; n++) {
      const file = join(folder, `${w.header.level}-${String(n).padStart(4, '0')}.jsonl`)
      try {
        writeFileSync(file, `${w.lines.join('\n')}\n`, { flag: 'wx', mode: 0o600 })
        return file
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
  } catch {
    // Said by its absence.
  }
  return undefined
}

/** The text of a plain file that is not too large, without waiting for whoever holds the other end of a pipe. */
function read(file: string, most: number): { text: string; size: number } | 'none' | 'strange' | 'closed' {
  try {
    if (!lstatSync(file).isFile()) return 'strange'
    const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const { size } = fstatSync(handle)
      if (size > LOG_BYTES_MAX && most >= LOG_BYTES_MAX) return { text: '', size }
      if (size <= most) return { text: readFileSync(handle, 'utf8'), size }
      const bytes = Buffer.alloc(most)
      return { text: bytes.toString('utf8', 0, readSync(handle, bytes, 0, most, 0)), size }
    } finally {
      closeSync(handle)
    }
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '') ? 'none' : 'closed'
  }
}

function headerIn(file: string): Header | undefined {
  const found = read(file, HEADER_BYTES)
  const header = typeof found === 'string' ? undefined : readHeader(found.text.split('\n')[0]!)
  return header === undefined || 'message' in header ? undefined : header
}

function canBeTakenUp(file: string, level: Level, game: string, seed: number | undefined): boolean {
  const header = headerIn(file)
  return header?.level === level.id && changedSince(header, level, game) === undefined && (seed === undefined || seed === header.seed)
}

/** `putAside` renames what cannot be read, if it may. */
function find(file: string, level: Level, game: string, putAside: (file: string) => string | undefined): { kept?: Kept; notice?: string; blocked?: true } {
  const found = read(file, LOG_BYTES_MAX)
  if (found === 'none') return {}
  if (found === 'strange') return { blocked: true, notice: `The save of ${level.id} is no plain file: it is left alone, and nothing is kept.` }
  if (found === 'closed') return { blocked: true, notice: `The save of ${level.id} cannot be read: it is left alone, and nothing is kept.` }
  const log = found.size > LOG_BYTES_MAX ? { line: 1, message: 'it is too large' } : readLog(found.text, true)
  if ('message' in log && log.newer === true) return newer(level)
  const header: Header | undefined = 'message' in log ? undefined : log.header
  if ('message' in log || header!.level !== level.id) {
    const aside = putAside(file)
    return aside === undefined
      ? { blocked: true, notice: `The save of ${level.id} cannot be read: it is left alone, and nothing is kept.` }
      : { notice: `Your place in ${level.id} cannot be read; kept as ${aside}` }
  }
  const changed = changedSince(header!, level, game)
  if (changed === 'game' && laterThan(header!.game, game)) return newer(level)
  if (changed === 'level') return { notice: `${level.id} has changed since you left it; it begins afresh. Your stars are kept.` }
  if (changed === 'game') return { notice: `You left ${level.id} in version ${header!.game}; it begins afresh. Your stars are kept.` }
  const lines = found.text.split('\n')
  // What stands behind the last end of line was cut off while it was written.
  lines.pop()
  return lines.length > 1 ? { kept: { log, lines } } : {}
}

const newer = (level: Level): { blocked: true; notice: string } => ({
  blocked: true,
  notice: `A newer k8s-factory left ${level.id}: its save stays, and nothing is kept of yours.`,
})

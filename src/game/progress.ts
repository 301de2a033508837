// progress.ts: what a player has done so far, as data; and how it is kept on the disk without ever being lost.

import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export interface Record {
  solved: boolean
  par: boolean
  understood: boolean
}

export interface Progress {
  name?: string
  levels: { [id: string]: Record }
  foresight: number
  /** The level that was open last. */
  last?: string
}

/** Bytes that a progress file may have. */
const SIZE_MAX = 8 * 1024 * 1024
const VERSION = 1

export const newProgress = (): Progress => ({ levels: {}, foresight: 0 })

const fileIn = (folder: string) => join(folder, 'progress.json')

/** What is kept in the folder. A file that cannot be used is put aside, and said so. */
export function loadProgress(folder: string): { progress: Progress; notices: string[] } {
  const file = fileIn(folder)
  try {
    const stat = lstatSync(file)
    if (!stat.isFile()) return { progress: newProgress(), notices: [`${file} is no file; results are not kept`] }
    if (stat.size > SIZE_MAX) throw new Error('it is too large')
    const text = readFileSync(file, 'utf8')
    return { progress: parse(text), notices: [] }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { progress: newProgress(), notices: [] }
    const aside = `${file}.corrupt-${stamp()}`
    try {
      renameSync(file, aside)
      return { progress: newProgress(), notices: [`Your results could not be read; the file is kept as ${aside}`] }
    } catch {
      return { progress: newProgress(), notices: [`Your results could not be read: ${(error as Error).message.slice(0, 80)}`] }
    }
  }
}

let stamps = 0
const stamp = () => `${process.pid}-${++stamps}`

function parse(text: string): Progress {
  const value = JSON.parse(text)
  if (typeof value !== 'object' || value === null || value.version !== VERSION) throw new Error('it is of another version')
  const progress = newProgress()
  if (typeof value.name === 'string') progress.name = value.name.slice(0, 40)
  if (typeof value.last === 'string') progress.last = value.last.slice(0, 40)
  if (Number.isSafeInteger(value.foresight) && value.foresight >= 0) progress.foresight = value.foresight
  for (const [id, r] of Object.entries(value.levels ?? {})) if (/^[a-z0-9]+([.-][a-z0-9]+)*$/.test(id)) progress.levels[id] = record(r)
  return progress
}

const record = (r: any): Record => ({ solved: r?.solved === true, par: r?.par === true, understood: r?.understood === true })

/** Written beside, flushed, put in place at once. What another instance has earned meanwhile is kept. False: it cannot be written. */
export function saveProgress(folder: string, progress: Progress): boolean {
  let release = () => {}
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = fileIn(folder)
    release = takeTurn(`${file}.turn`)
    const merged = mergeWith(file, progress)
    const part = `${file}.${stamp()}`
    const handle = openSync(part, 'wx', 0o600)
    try {
      const bytes = Buffer.from(`${JSON.stringify({ version: VERSION, ...merged })}\n`)
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(part, file)
    return true
  } catch {
    return false
  } finally {
    release()
  }
}

/** Milliseconds that another instance may take to save; after that it is thought dead. */
const TURN_MS = 500

/** Instances save one after another, so that none merges with what is about to be replaced. Never waits longer than TURN_MS. */
function takeTurn(file: string): () => void {
  for (let waited = 0; ; waited += 5) {
    try {
      closeSync(openSync(file, 'wx', 0o600))
      return () => rmSync(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (waited >= TURN_MS) rmSync(file, { force: true })
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

function mergeWith(file: string, progress: Progress): Progress {
  try {
    const other = parse(readFileSync(file, 'utf8'))
    const levels = { ...other.levels }
    for (const [id, r] of Object.entries(progress.levels)) {
      const o = levels[id]
      levels[id] = o === undefined ? r : { solved: r.solved || o.solved, par: r.par || o.par, understood: r.understood || o.understood }
    }
    return { ...progress, levels }
  } catch {
    return progress
  }
}

// progress.ts: what a player has done so far, as data; and how it is kept on the disk without ever being lost.

import { closeSync, lstatSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { putAside, replaceFile } from './disk.ts'
import { mergeReviews, type Review, readReviews } from './review.ts'

export interface Record {
  solved: boolean
  par: boolean
  understood: boolean
}

export interface Progress {
  name?: string
  levels: { [id: string]: Record }
  foresight: number
  /** Questions and bets that were answered, by level and number. */
  reviews: { [key: string]: Review }
  /** The level that was open last. */
  last?: string
}

/** Bytes that a progress file may have. */
const SIZE_MAX = 8 * 1024 * 1024
const VERSION = 1

export const newProgress = (): Progress => ({ levels: {}, foresight: 0, reviews: {} })

const fileIn = (folder: string) => join(folder, 'progress.json')

/** A file of a version that is not known yet: it is none of ours to judge, or to write over. */
class Newer extends Error {}

/** What is kept in the folder. A file that cannot be used is put aside, unless this only reads, and said so; a newer game's is left alone. */
export function loadProgress(folder: string, readOnly = false): { progress: Progress; notices: string[] } {
  const file = fileIn(folder)
  const none = (notice?: string) => ({ progress: newProgress(), notices: notice === undefined ? [] : [notice] })
  try {
    if (!lstatSync(file).isFile()) return none('The file of your results is no plain file: results are not kept.')
    return { progress: read(file), notices: [] }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return none()
    if (error instanceof Newer) return none('A newer k8s-factory wrote your results: they stay, and none of yours are kept.')
    const aside = readOnly ? undefined : putAside(file)
    return none(
      aside === undefined
        ? `Your results could not be read: ${(error as Error).message.slice(0, 80)}`
        : `Your results could not be read; the file is kept as ${aside}`,
    )
  }
}

function read(file: string): Progress {
  if (lstatSync(file).size > SIZE_MAX) throw new Error('it is too large')
  return parse(readFileSync(file, 'utf8'))
}

function parse(text: string): Progress {
  const value = JSON.parse(text)
  if (typeof value !== 'object' || value === null) throw new Error('it is of another kind')
  if (Number.isSafeInteger(value.version) && value.version > VERSION) throw new Newer()
  if (value.version !== VERSION) throw new Error('it is of another version')
  const progress = newProgress()
  if (typeof value.name === 'string') progress.name = value.name.slice(0, 40)
  if (typeof value.last === 'string') progress.last = value.last.slice(0, 40)
  if (Number.isSafeInteger(value.foresight) && value.foresight >= 0) progress.foresight = value.foresight
  for (const [id, r] of Object.entries(value.levels ?? {})) if (/^[a-z0-9]+([.-][a-z0-9]+)*$/.test(id)) progress.levels[id] = record(r)
  progress.reviews = readReviews(value.reviews)
  return progress
}

const record = (r: any): Record => ({ solved: r?.solved === true, par: r?.par === true, understood: r?.understood === true })

/** Put in place at once, with what another instance has earned meanwhile. False: it cannot be written, or what lies there is not ours. */
export function saveProgress(folder: string, progress: Progress): boolean {
  let release = () => {}
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = fileIn(folder)
    release = takeTurn(`${file}.turn`)
    const merged = mergeWith(file, progress)
    if (merged === undefined) return false
    closeSync(replaceFile(file, Buffer.from(`${JSON.stringify({ version: VERSION, ...merged })}\n`)))
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

/** Undefined: what lies there must stay as it is. */
function mergeWith(file: string, progress: Progress): Progress | undefined {
  let other: Progress
  try {
    if (!lstatSync(file).isFile()) return undefined
    other = read(file)
  } catch (error) {
    if (error instanceof Newer) return undefined
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') putAside(file)
    return progress
  }
  const levels = { ...other.levels }
  for (const [id, r] of Object.entries(progress.levels)) {
    const o = levels[id]
    levels[id] = o === undefined ? r : { solved: r.solved || o.solved, par: r.par || o.par, understood: r.understood || o.understood }
  }
  return { ...progress, levels, reviews: mergeReviews(other.reviews, progress.reviews) }
}

// disk.ts: files that are put in place at once and whole, or not at all.

import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname } from 'node:path'

let stamps = 0

/** A name beside a file that no other instance, and no earlier file, has. */
function besideOf(file: string, suffix = ''): string {
  for (;;) {
    const beside = `${file}.${suffix}${process.pid}-${++stamps}`
    if (!existsSync(beside)) return beside
  }
}

/** A file that cannot be used is renamed, never removed. Its new name, without the folder; undefined: it cannot be renamed. */
export function putAside(file: string): string | undefined {
  const aside = besideOf(file, 'corrupt-')
  try {
    renameSync(file, aside)
    return basename(aside)
  } catch {
    return undefined
  }
}

/** All of it, however little is taken at once. Throws what the system says. */
export function writeAll(handle: number, bytes: Buffer, from?: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at, bytes.length - at, from === undefined ? null : from + at)
}

/** Written beside, flushed, put in place, and the folder flushed. Its handle, still open. Throws what the system says; then all is as it was. */
export function replaceFile(file: string, bytes: Buffer): number {
  const part = besideOf(file)
  const handle = openSync(part, 'wx+', 0o600)
  try {
    writeAll(handle, bytes)
    fsyncSync(handle)
    renameSync(part, file)
  } catch (error) {
    closeSync(handle)
    rmSync(part, { force: true })
    throw error
  }
  flushFolder(dirname(file))
  return handle
}

function flushFolder(folder: string): void {
  if (process.platform === 'win32') return
  try {
    const handle = openSync(folder, 'r')
    try {
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  } catch {
    // Some file systems know no such thing.
  }
}

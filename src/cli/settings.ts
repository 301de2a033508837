// settings.ts: what was chosen on the help page, kept for the next time.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '../ui/state.ts'
import type { Folders } from './folders.ts'

/** Bytes that a settings file may have. */
const SIZE_MAX = 4_096

const fileOf = (folders: Folders) => join(folders.config, 'settings.json')

/** What was chosen before, over what the terminal suggests. Flags and NO_COLOR win. A file that cannot be used is as none. */
export function recalled(suggested: Settings, folders: Folders, fixed: { motion: boolean; glyphs: boolean; colour: boolean }): Settings {
  try {
    const text = readFileSync(fileOf(folders), 'utf8').slice(0, SIZE_MAX)
    const kept = JSON.parse(text) as Partial<Settings>
    return {
      glyphs: !fixed.glyphs && ['box', 'braille', 'ascii'].includes(kept.glyphs ?? '') ? kept.glyphs! : suggested.glyphs,
      motion: !fixed.motion && typeof kept.motion === 'boolean' ? kept.motion : suggested.motion,
      depth:
        !fixed.colour && [0, 1, 2, 3].includes(kept.depth ?? -1) ? (Math.min(kept.depth!, Math.max(1, suggested.depth)) as Settings['depth']) : suggested.depth,
      light: typeof kept.light === 'boolean' ? kept.light : suggested.light,
    }
  } catch {
    return suggested
  }
}

/** Written beside and put in place at once; if it cannot be written, it is not remembered. */
export function remember(settings: Settings, folders: Folders): void {
  try {
    mkdirSync(folders.config, { recursive: true, mode: 0o700 })
    const file = fileOf(folders)
    const part = `${file}.${process.pid}`
    writeFileSync(part, `${JSON.stringify(settings)}\n`)
    renameSync(part, file)
  } catch {
    // Not worth a message: the game goes on as it was set.
  }
}

// terminal.ts: what this terminal can show, judged by its environment; how it is put back as it was.

import type { Glyphs } from '../ui/glyphs.ts'
import type { Depth } from '../ui/theme.ts'

/** The parts of the environment that matter here; main.tsx reads it. */
export type Env = Readonly<Record<string, string | undefined>>

/** Modes that the game switches on: alternate screen, hidden cursor, bracketed paste, synchronized output. */
export const RESTORE = '\u001B[?2026l\u001B[?2004l\u001B[?1049l\u001B[?25h\u001B[0m'

export function depthOf(env: Env): Depth {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return 0
  if (env['FORCE_COLOR'] !== undefined && /^[0-3]$/.test(env['FORCE_COLOR'])) return Number(env['FORCE_COLOR']) as Depth
  const term = env['TERM'] ?? ''
  if (term === 'dumb') return 0
  if (/^(truecolor|24bit)$/.test(env['COLORTERM'] ?? '')) return 3
  if (/-direct$/.test(term) || env['WT_SESSION'] !== undefined || /^(iTerm\.app|ghostty|WezTerm)$/.test(env['TERM_PROGRAM'] ?? '')) return 3
  return /256/.test(term) || term === '' ? 2 : 1
}

/** A light ground, if the terminal says so: COLORFGBG ends in the number of the background. */
export const lightOf = (env: Env): boolean => /;(7|15)$/.test(env['COLORFGBG'] ?? '')

/** Box drawing is of two widths where the locale is Chinese, Japanese or Korean; without UTF-8 only ASCII is safe. */
export function glyphsOf(env: Env, ascii: boolean): Glyphs['name'] {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  if (ascii) return 'ascii'
  if (/^(zh|ja|ko)/i.test(locale)) return 'braille'
  if (/^(C|POSIX)$/i.test(locale) || (locale.includes('.') && !/utf-?8/i.test(locale))) return 'ascii'
  return 'box'
}

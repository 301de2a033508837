// doctor.ts: what this terminal can do, and where results lie: the first thing to ask when something looks wrong.

import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { safe } from '../ui/safe.ts'
import { SMALLEST } from '../ui/state.ts'
import { OK } from './exit.ts'
import { foldersOf } from './folders.ts'
import { type Surroundings, settingsOf } from './play.ts'

const COLOURS = ['none', '16', '256', 'true colour'] as const
const GLYPHS = { box: 'box drawing', braille: 'Braille, for East Asian locales', ascii: 'ASCII' } as const

export function doctor(io: Surroundings): number {
  const { env, flags, version } = io
  const settings = settingsOf(env, flags)
  const { columns, rows } = process.stdout
  const folders = foldersOf(env)
  const lines: [string, string][] = [
    ['k8s-factory', version],
    ['node', process.version],
    ['system', `${process.platform} ${process.arch}`],
    ['standard input', process.stdin.isTTY ? 'a terminal' : 'not a terminal: only --plain can be played'],
    ['standard output', process.stdout.isTTY ? 'a terminal' : 'not a terminal'],
    [
      'size',
      process.stdout.isTTY
        ? `${columns} by ${rows}${columns < SMALLEST.columns || rows < SMALLEST.rows ? `: too small, ${SMALLEST.columns} by ${SMALLEST.rows} is needed` : ''}`
        : 'unknown',
    ],
    ['TERM', env['TERM'] ?? 'not set'],
    ['colours', `${COLOURS[settings.depth]}${env['NO_COLOR'] ? ' (NO_COLOR)' : ''}${settings.light ? ', on a light ground' : ''}`],
    ['signs', GLYPHS[settings.glyphs]],
    ['locale', env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'not set'],
    ['screen reader', env['INK_SCREEN_READER'] === 'true' ? 'yes: --plain' : 'not announced'],
    ['results', `${folders.data}${writable(folders.data)}`],
    ['places', `${join(folders.data, 'saves')}: ${waiting(join(folders.data, 'saves'))}`],
    ['logs', `${folders.state}${writable(folders.state)}`],
  ]
  for (const [name, value] of lines) process.stdout.write(`${`${name}:`.padEnd(18)}${safe(value)}\n`)
  return OK
}

/** Levels that were left in the middle, and files that could not be used. */
function waiting(folder: string): string {
  let names: string[]
  try {
    names = readdirSync(folder).sort()
  } catch {
    return 'no level was left in the middle'
  }
  const left = names.filter(n => n.endsWith('.jsonl')).map(n => n.slice(0, -6))
  const aside = names.filter(n => n.includes('.corrupt-')).length
  return `${left.length === 0 ? 'no level was left in the middle' : `left in the middle: ${left.join(', ')}`}${aside === 0 ? '' : `; put aside: ${aside}`}`
}

function writable(folder: string): string {
  try {
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK)
    return ''
  } catch (error) {
    return `: cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); the game is played in memory`
  }
}

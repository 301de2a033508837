// print.ts: --print-frame: one picture on standard output, for manuals, bug reports and terminals without keys.

import { textOf } from '../ui/canvas.ts'
import { draw } from '../ui/screen.ts'
import { newUi, type Settings } from '../ui/state.ts'
import { newTheme, rowOf } from '../ui/theme.ts'
import { OK } from './exit.ts'
import { openGame } from './game.ts'
import { optionsOf, type PlayCommand, type Surroundings } from './play.ts'

export async function printFrame(command: PlayCommand, io: Surroundings, settings: Settings): Promise<number> {
  const { columns = 80, rows = 24 } = process.stdout
  const game = await openGame(optionsOf(command, io, 'nothing'))
  const ui = newUi({ ...settings, motion: false }, Math.max(80, columns), Math.max(24, rows))
  const canvas = draw(game.view(), ui)
  const theme = newTheme(settings.depth, settings.light)
  const lines = process.stdout.isTTY ? canvas.cells.map((_, row) => rowOf(canvas, row, theme)) : textOf(canvas)
  process.stdout.write(`${lines.join('\n')}\n`)
  return OK
}

// splash.ts: the first picture, drawn before anything heavy is loaded: the company at night.

import { glyphSets } from '../ui/glyphs.ts'
import type { Settings } from '../ui/state.ts'
import { newTheme, rowOf } from '../ui/theme.ts'
import { drawSplash } from '../ui/title.ts'

/** Alternate screen, no cursor, the picture; one write, so that nothing flickers. */
export function splash(settings: Settings, columns: number, rows: number): string {
  const canvas = drawSplash({ register: 'company', glyphs: glyphSets[settings.glyphs], columns, rows })
  const theme = newTheme(settings.depth, settings.light)
  const lines = Array.from({ length: canvas.rows }, (_, row) => rowOf(canvas, row, theme))
  return `\u001B[?1049h\u001B[?25l\u001B[H${lines.join('\r\n')}`
}

// sheet.ts: the editor on the screen: a text with its lines numbered, and what becomes of it.

import type { EditPanel } from '../game/panel.ts'
import type { HallView } from '../game/view.ts'
import { type Canvas, clear, newCanvas, put, type Token, tint, widthOf } from './canvas.ts'
import { cutAt, drawRule } from './console.ts'
import { type Editor, textOfEditor } from './editor.ts'
import { drawHead, drawKeys, drawNext, drawRight, type Look, TALL } from './frame.ts'
import { drawStage, type Play } from './hall.ts'
import { screenKeys } from './keys.ts'
import { EDIT, LOSE_IT, say, WRITE_HERE } from './lines.ts'

/** Lines of kubectl's own comment at the top; below them it says why a text came back. */
const HEAD_LINES = 4

/** Column where the text begins, behind the numbers. */
const LEFT = 5

/** Rows of the sheet: where its head is, and the ► line. A small screen is all sheet. */
const place = (look: Look) => (look.rows >= TALL ? { top: 18, line: look.rows - 3 } : { top: 1, line: look.rows - 3 })

/** How many lines of the text are in view. */
export const sheetPage = (look: Look): number => place(look).line - place(look).top - 1

export function drawSheet(view: HallView, panel: EditPanel, look: Look, play: Play, editor: Editor): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  if (look.rows >= TALL) {
    drawStage(canvas, view, look, play)
    drawRight(canvas, { slip: view.slip }, look)
  } else drawHead(canvas, { level: view.level, clock: view.clock, state: say(view.state, look.register) }, look)
  const { top, line } = place(look)
  for (let row = top; row < look.rows; row++) clear(canvas, row)
  const page = sheetPage(look)
  const rows = rowsOf(editor.lines, look.columns - LEFT - 1)
  const at = rows.findLastIndex(r => r.line === editor.row && r.start <= editor.column)
  const from = Math.max(0, Math.min(at - Math.floor(page / 2), rows.length - page))
  drawRule(canvas, top, panel.title, `line ${editor.row + 1} of ${editor.lines.length}`, look)
  rows.slice(from, from + page).forEach((row, i) => {
    if (row.start === 0) put(canvas, top + 1 + i, 0, String(row.line + 1).padStart(LEFT - 2), 'm')
    put(canvas, top + 1 + i, LEFT, row.text, tokenOf(editor.lines, row.line))
    if (from + i === at) drawCursor(canvas, top + 1 + i, row.text, editor.column - row.start)
  })
  if (textOfEditor(editor) === '') put(canvas, top + 1, LEFT + 2, say(WRITE_HERE, look.register), 'm')
  if (editor.leaving === true) drawNext(canvas, line, 'Esc', say(LOSE_IT, look.register), look)
  else drawNext(canvas, line, 'Ctrl-S', say(EDIT[panel.use], look.register), look)
  drawKeys(canvas, screenKeys['edit']!, look)
  return canvas
}

/** Comments are dim, except for the reasons why the text came back. */
function tokenOf(lines: readonly string[], row: number): Token {
  const isComment = (text: string) => text.startsWith('#')
  if (!isComment(lines[row]!.trimStart())) return '.'
  return row >= HEAD_LINES && lines[row] !== '#' && lines.slice(0, row).every(isComment) ? 'w' : 'm'
}

interface Row {
  line: number
  /** Where in its line it begins. */
  start: number
  text: string
}

/** Long lines go on in the next row, so that nothing is hidden; only their first row has a number. */
function rowsOf(lines: readonly string[], width: number): Row[] {
  return lines.flatMap((text, line) => {
    const rows: Row[] = []
    let start = 0
    do {
      const head = cutAt(text.slice(start), width)
      rows.push({ line, start, text: head })
      start += head.length
    } while (start < text.length)
    return rows
  })
}

function drawCursor(canvas: Canvas, row: number, text: string, at: number): void {
  const column = LEFT + widthOf(text.slice(0, at))
  if (at >= text.length) put(canvas, row, column, '_', 'a')
  else tint(canvas, row, column, 1, 'p')
}

// inspect.ts: one desk seen close: what was decided there, and by which rule.

import type { HallView, InspectSection, InspectView } from '../game/view.ts'
import { type Canvas, newCanvas, put, type Token, widthOf } from './canvas.ts'
import { drawHead, drawKeys, drawNext, isWide, type Look, RIGHT } from './frame.ts'
import { drawStage } from './hall.ts'
import { bindingsOf } from './keys.ts'
import { say } from './lines.ts'
import { fit } from './map.ts'

const MARKS: Record<string, Token> = { ok: '.', no: 'm', chosen: 's', muted: 'm' }

/** On tall screens the map stays in view, if the hall that the player came from is known. */
export function drawInspect(view: InspectView, look: Look, hall: HallView | undefined): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  const { glyphs: g, register } = look
  const tall = canvas.rows >= 36 && hall !== undefined
  if (tall) drawStage(canvas, hall, look, { steam: 0 })
  else drawHead(canvas, { level: view.level, clock: view.clock, state: say(view.state, register) }, look)
  const top = tall ? 17 : 2
  const name = register === 'company' ? say(view.who, register).toUpperCase() : say(view.who, register)
  const at = put(canvas, top, 3, name, 's')
  put(canvas, top, Math.max(11, at + 1), fit(say(view.headline, register), 78 - Math.max(11, at + 1), g))
  const last = canvas.rows - 3
  let row = top + 2
  for (const section of view.sections) {
    if (row >= last - 1) break
    row = drawSection(canvas, section, row, last - 1, look) + 1
  }
  if (view.others.length > 1) drawOthers(canvas, view, look, last - 1)
  drawNext(canvas, last, 'Esc', 'back to the map', look)
  drawKeys(canvas, bindingsOf(view), look)
  return canvas
}

function drawSection(canvas: Canvas, section: InspectSection, from: number, last: number, look: Look): number {
  const { glyphs: g, register } = look
  const rows = section.rows
  const title = say(section.title, register)
  const cells = [...(section.heading === undefined ? [] : [section.heading]), ...rows.map(r => r.cells)]
  const columns = Math.max(0, ...cells.map(c => c.length))
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(i === 0 && section.heading !== undefined ? widthOf(title) - 1 : 0, ...cells.map(c => widthOf(c[i] ?? ''))),
  )
  const starts = startsOf(widths, canvas.columns >= 120 ? 80 : 78)
  let row = from
  const label = put(canvas, row, 3, title, 'm')
  if (section.heading !== undefined && rows.length > 0) {
    section.heading.forEach((cell, i) => {
      const column = Math.max(starts[i]!, i === 0 ? label + 2 : 0)
      put(canvas, row, column, fit(cell, (starts[i + 1] ?? 79) - column, g), 'm')
    })
    row++
  } else if (rows.length !== 1) row++
  for (const line of rows) {
    if (row >= last) {
      put(canvas, last - 1, 70, `${g.cut} more`, 'm')
      return last
    }
    const oneLine = section.heading === undefined && rows.length === 1
    line.cells.forEach((cell, i) => {
      const column = oneLine && i === 0 ? Math.max(14, label + 2) : oneLine ? starts[i]! + 11 : starts[i]!
      const token = MARKS[line.mark ?? 'ok'] ?? '.'
      put(
        canvas,
        row,
        column,
        fit(cell, (starts[i + 1] ?? 79) - column - 1 + (oneLine ? 11 : 0), g),
        cell === g.yes || cell === '✓' ? 'o' : cell === g.no || cell === '✗' ? 'w' : token,
        80,
      )
    })
    if (line.mark === 'chosen') put(canvas, row, 79, g.acting, 'l')
    row++
  }
  return row
}

/** Columns as wide as their cells, two apart; where they do not fit the widest gives way. */
function startsOf(widths: number[], end: number): number[] {
  const shrunk = [...widths]
  const total = () => 5 + shrunk.reduce((sum, w) => sum + w + 2, 0)
  while (total() > end && Math.max(...shrunk) > 8) shrunk[shrunk.indexOf(Math.max(...shrunk))]!--
  const starts: number[] = []
  let at = 5
  for (const width of shrunk) {
    starts.push(at)
    at += width + 2
  }
  return starts
}

function drawOthers(canvas: Canvas, view: InspectView, look: Look, row: number): void {
  if (isWide(canvas)) {
    const top = 20
    put(canvas, top, RIGHT, 'DESKS', 'm')
    view.others.forEach((other, i) => {
      put(canvas, top + 1 + i, RIGHT, other.key, 's')
      put(canvas, top + 1 + i, RIGHT + 3, fit(say(other.name, look.register), 30, look.glyphs), other.actor === view.actor ? 's' : '.')
    })
    return
  }
  let at = 3
  const names = view.others.map(o => fit(say(o.name, look.register), 12, look.glyphs))
  const gap = names.reduce((sum, name, i) => sum + widthOf(view.others[i]!.key) + widthOf(name) + 3, 0) > 76 ? 1 : 2
  view.others.forEach((other, i) => {
    if (at + widthOf(other.key) + widthOf(names[i]!) + gap > 79) return
    at = put(canvas, row, at, other.key, 's')
    at = put(canvas, row, at + 1, names[i]!, other.actor === view.actor ? '.' : 'm') + gap
  })
}

// console.ts: the kubectl prompt, over the lower part of the hall. Real output is never reworded, only wrapped.

import type { HallView, PromptView } from '../game/view.ts'
import { type Canvas, clear, newCanvas, put, putAll, tint, widthOf } from './canvas.ts'
import { drawKeys, drawRight, type Look, TALL } from './frame.ts'
import { drawStage, type Play } from './hall.ts'
import { screenKeys } from './keys.ts'
import type { Line } from './line.ts'
import { ASKED, STILL_WAITING, WAITING } from './lines.ts'
import { fit } from './map.ts'
import { safe } from './safe.ts'

/** Rows of the console: where its head is, and its typed line. */
const place = (look: Look) => (look.rows >= TALL ? { top: 18, line: look.rows - 3 } : { top: 9, line: 21 })

/** How many lines of output are in view. */
export const pageOf = (look: Look): number => place(look).line - place(look).top - 1

export interface Shown {
  text: string
  token: '.' | 'm' | 'w' | 's'
}

/** Every line as shown: the sign before commands, long lines folded. */
export function shownLines(prompt: PromptView, look: Look): Shown[] {
  const width = look.columns - 6
  return prompt.lines.flatMap(line => {
    const token = line.kind === 'command' ? 's' : line.kind === 'err' ? 'w' : line.kind === 'note' ? 'm' : '.'
    const text = line.kind === 'command' ? `${prompt.sign} ${line.text}` : line.text
    return text.split('\n').flatMap(part => fold(safe(part), width, look).map((shown): Shown => ({ text: shown, token })))
  })
}

/** Folds at a blank where there is one; what goes on is marked. */
function fold(text: string, width: number, look: Look): string[] {
  if (widthOf(text) <= width) return [text]
  const indent = Math.min(20, /^ */.exec(text)![0].length + 2)
  const lines: string[] = []
  let rest = text
  let first = true
  while (rest !== '') {
    const room = first ? width : width - indent - 2
    const head = cutAt(rest, room)
    lines.push(first ? head.trimEnd() : `${' '.repeat(indent)}${look.glyphs.hand} ${head.trimEnd()}`)
    rest = rest.slice(head.length)
    if (!first || rest !== '') rest = rest.trimStart()
    first = false
  }
  return lines
}

/** The beginning of a text that fits, up to a blank where there is one. */
export function cutAt(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let end = text.length
  while (widthOf(text.slice(0, end)) > width) end--
  const blank = text.lastIndexOf(' ', end)
  return text.slice(0, blank > width / 2 ? blank + 1 : Math.max(1, end))
}

/** `scroll`: lines back from the newest. `choices`: what Tab found. */
export function drawPrompt(view: HallView, look: Look, play: Play, state: { line: Line; scroll: number; choices: string[] }): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  const { glyphs: g } = look
  drawStage(canvas, view, look, play)
  drawRight(canvas, { slip: view.slip }, look)
  const { top, line: foot } = place(look)
  for (let row = top; row < look.rows; row++) clear(canvas, row)
  const ways = waysOf(state.choices, look)
  const line = foot - Math.max(0, ways.length - 1)
  const lines = shownLines(view.prompt, look)
  const page = line - top - 1
  const scroll = Math.max(0, Math.min(state.scroll, lines.length - page))
  const end = lines.length - scroll
  const from = Math.max(0, end - page)
  const command = view.prompt.lines.findLast(l => l.kind === 'command')?.text ?? 'kubectl'
  drawRule(canvas, top, command, lines.length > page ? `${from + 1} to ${end} of ${lines.length}` : '', look)
  lines.slice(from, end).forEach((shown, i) => {
    put(canvas, top + 1 + i, 3, shown.text, shown.token, look.columns - 1)
  })
  if (lines.length === 0) put(canvas, top + 2, 3, 'kubectl get pods   asks what there is. Tab completes, up recalls.', 'm')
  ways.forEach((text, i) => {
    put(canvas, line + 1 + i, 3, text, 'm')
  })
  const asked = view.panel.panel === 'bet' || view.panel.panel === 'reveal'
  const busy = view.prompt.busy || view.prompt.waiting
  // What is typed while a command waits stands where it will run.
  const ahead = busy && state.line.text !== ''
  if (ahead && ways.length === 0) put(canvas, line + 1, 3, asked ? `Esc   ${ASKED}` : STILL_WAITING, 'm')
  if (asked && busy && !ahead)
    putAll(canvas, line, 1, [
      [`${g.next} `, 'a'],
      ['Esc', 's'],
      [`   ${ASKED}`, '.'],
    ])
  else if (busy && !ahead) putAll(canvas, line, 1, [[`${g.next} `, 'a'], view.prompt.waiting ? [WAITING, 'a'] : ['busy', 'm'], ['   Ctrl-C ends it', 'm']])
  else drawLine(canvas, line, view.prompt.sign, state.line, look)
  drawKeys(canvas, screenKeys['prompt']!, look)
  return canvas
}

/** Columns that choices are shown in at most. */
const ACROSS_MAX = 8

/** What Tab found, in as many columns as fit; where it is too much, how much more there is. */
function waysOf(choices: readonly string[], look: Look): string[] {
  if (choices.length === 0) return []
  const rows = look.rows >= TALL ? 10 : 5
  for (let across = ACROSS_MAX; across >= 1; across--) {
    const room = across * rows
    const shown = choices.length <= room ? [...choices] : [...choices.slice(0, room - 1), `and ${choices.length - room + 1} more`]
    const widths = Array.from({ length: across }, (_, i) => Math.max(0, ...shown.filter((_, at) => at % across === i).map(c => widthOf(c))) + 2)
    if (across > 1 && widths.reduce((sum, w) => sum + w) > look.columns - 3) continue
    return Array.from({ length: Math.ceil(shown.length / across) }, (_, row) =>
      shown
        .slice(row * across, (row + 1) * across)
        .map((c, i) => fit(c, look.columns - 4, look.glyphs).padEnd(widths[i]!))
        .join('')
        .trimEnd(),
    )
  }
  return []
}

export function drawRule(canvas: Canvas, row: number, label: string, right: string, look: Look): void {
  const { glyphs: g } = look
  const end = look.columns - (look.columns >= 120 ? 2 : 0)
  put(canvas, row, 0, g.belt.repeat(end), 'm')
  put(canvas, row, 2, ` ${fit(label, end - widthOf(right) - 14, g)} `, 's')
  if (right !== '') put(canvas, row, end - 4 - widthOf(right), ` ${right} `, 'm')
}

/** The typed line; what does not fit at the left scrolls away, so that the cursor stays in view. */
function drawLine(canvas: Canvas, row: number, sign: string, line: Line, look: Look): void {
  const at = putAll(canvas, row, 1, [
    [look.glyphs.next, 'a'],
    [` ${sign} `, 'a'],
  ])
  const room = look.columns - at - 2
  const start = Math.max(0, line.cursor - room + 1)
  put(canvas, row, at, line.text.slice(start, start + room))
  const cursor = at + widthOf(line.text.slice(start, line.cursor))
  if (line.cursor >= line.text.length) put(canvas, row, cursor, '_', 'a')
  else tint(canvas, row, cursor, 1, 'p')
}

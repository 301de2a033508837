// frame.ts: what every screen has: the head line, the ► line, the bar of keys, the column at the right.

import type { GoalLine, JournalLine, LevelHead, SlipCard, Words } from '../game/view.ts'
import { type Canvas, put, putAll, putRight, type Token, tint, widthOf } from './canvas.ts'
import type { Glyphs } from './glyphs.ts'
import { type Binding, shownKeys } from './keys.ts'
import { emptyJournal, filed, type Register, say, stamps, thisLevel } from './lines.ts'
import { fit } from './map.ts'
import { wrap } from './wrap.ts'

/** What a screen is drawn with, beside its view. */
export interface Look {
  register: Register
  glyphs: Glyphs
  columns: number
  rows: number
  /** A line of the screen's own, in place of the keys: "Ctrl-C once more leaves". */
  bar?: string
}

/** From here on there is a right column. */
export const WIDE = 120
export const TALL = 36
export const RIGHT = 84
const RIGHT_END = 118

export const isWide = (canvas: Canvas): boolean => canvas.columns >= WIDE

/** Level, clock, state, stars. */
export function drawHead(
  canvas: Canvas,
  head: { level?: LevelHead; title?: string; clock?: string; state?: string; alarm?: boolean; stars?: boolean },
  look: Look,
): void {
  const { glyphs: g } = look
  const end = isWide(canvas) ? RIGHT_END : canvas.columns
  let at = 1
  if (head.level !== undefined) {
    at = put(canvas, 0, at, head.level.id, 's')
    at = put(canvas, 0, at + 2, head.level.title, 's', 62)
  } else at = put(canvas, 0, at, head.title ?? '', 's')
  at = Math.max(30, at + 2)
  if (head.clock !== undefined) at = put(canvas, 0, at, head.clock) + 3
  if (head.state !== undefined) put(canvas, 0, Math.max(at, head.clock === undefined ? 30 : 41), head.state, head.alarm === true ? 'w' : 'm', end - 7)
  if (head.level !== undefined && head.stars !== false) {
    const [a, b, c] = head.level.stars
    ;[a, b, c].forEach((star, i) => {
      put(canvas, 0, end - 5 + 2 * i, star ? g.star : g.noStar, star ? 'l' : 'm')
    })
  }
}

/** The one line that says what to do next. Returns the column after it. */
export function drawNext(canvas: Canvas, row: number, key: string, text: string, look: Look, left = 1, column = 11): number {
  put(canvas, row, left, look.glyphs.next, 'a')
  const at = put(canvas, row, left + 2, key, 'a')
  // Where ways are offered after three blanks, only the first is bright: `then how sure: a low   s middle`.
  const [first = '', ...rest] = text.split('   ')
  let end = drawWay(canvas, row, Math.max(column, at + 1), first, 'a', look)
  for (const part of rest) end = drawWay(canvas, row, end + 3, part, 'm', look)
  return end
}

/** A way that ends in a key and a word, as `a low`, shows the key. */
function drawWay(canvas: Canvas, row: number, column: number, text: string, token: Token, look: Look): number {
  const way = /^(|.* )([asd]) (low|middle|high)$/.exec(text)
  if (way === null) return drawTagged(canvas, row, column, text, token, look.columns)
  return putAll(canvas, row, column, [
    [way[1]!, token],
    [way[2]!, 's'],
    [` ${way[3]}`, 'm'],
  ])
}

/** Text in which `[tea]` is a slip. */
export function drawTagged(canvas: Canvas, row: number, column: number, text: string, token: Token, end: number): number {
  let at = column
  for (const part of text.split(/(\[[a-z0-9.-]+\])/)) {
    if (part !== '') at = put(canvas, row, at, part, /^\[.+\]$/.test(part) ? 'p' : token, end)
  }
  return at
}

/** The bar of keys at the foot. What does not fit is left out whole, help excepted. */
export function drawKeys(canvas: Canvas, list: readonly Binding[], look: Look): void {
  const row = canvas.rows - 1
  if (look.bar !== undefined) {
    put(canvas, row, 1, fit(look.bar, canvas.columns - 2, look.glyphs), 'a')
    return
  }
  const shown = fitting(list, canvas.columns - 2, look.register)
  let at = 1
  for (const binding of shown) {
    at = put(canvas, row, at, shownKeys(binding)) + 1
    at = put(canvas, row, at, wordOf(binding, look.register), 'm') + 3
  }
}

const wordOf = (b: Binding, register: Register) => (register === 'kubernetes' ? (b.real ?? b.word) : b.word)

/** Drops from the end, but never the last one, which is help, until the rest fits. */
export function fitting(list: readonly Binding[], width: number, register: Register): Binding[] {
  const kept = [...list]
  const total = () => kept.reduce((sum, b) => sum + widthOf(shownKeys(b)) + 1 + widthOf(wordOf(b, register)), 0) + 3 * (kept.length - 1)
  while (kept.length > 1 && total() > width) kept.splice(kept.length - 2, 1)
  return kept
}

/** Everything that stands right of column 84 on a wide screen: the slip, the goals, the words. */
export function drawRight(canvas: Canvas, side: { slip?: SlipCard; goals?: GoalLine[]; words?: Words[]; title?: Words }, look: Look): void {
  if (!isWide(canvas)) return
  const { register, glyphs: g } = look
  if (side.slip !== undefined) drawSlipCard(canvas, side.slip, look)
  let row = side.slip === undefined ? 1 : 18
  const bottom = canvas.rows - 2
  if (side.goals !== undefined) {
    put(canvas, row++, RIGHT, say(side.title ?? thisLevel, register), 'm')
    for (const goal of side.goals) {
      const lines = wrap(say(goal.text, register), RIGHT_END - RIGHT - 3, 2, g.cut)
      const [mark, token]: [string, Token] = goal.mark === 'done' ? [g.yes, 'o'] : goal.mark === 'missed' ? [g.no, 'w'] : [g.open, 'm']
      if (row + lines.length > bottom) break
      put(canvas, row, RIGHT, mark, token)
      for (const line of lines) put(canvas, row++, RIGHT + 3, line)
    }
    row += 2
  }
  drawWords(canvas, row, side.words ?? [], look)
}

export function drawWords(canvas: Canvas, from: number, words: readonly Words[], look: Look, left = RIGHT): void {
  if (words.length === 0) return
  const room = canvas.rows - 2 - from - 1
  if (room < 1) return
  put(canvas, from, left, 'WORDS', 'm')
  const pairs = words
    .slice(-room)
    .map(pair => (look.register === 'company' ? [pair.company, pair.kubernetes] : [pair.kubernetes, pair.company]) as [string, string])
  const column = left + Math.min(22, Math.max(13, ...pairs.map(([first]) => widthOf(first) + 2)))
  pairs.forEach(([first, second], i) => {
    put(canvas, from + 1 + i, left, fit(first, column - left - 1, look.glyphs))
    put(canvas, from + 1 + i, column, fit(second, left + 36 - column, look.glyphs), 'm')
  })
}

/** The big slip: rows 1 to 16. */
function drawSlipCard(canvas: Canvas, slip: SlipCard, look: Look): void {
  const { register, glyphs: g } = look
  const { tl, t, tr, l, r, bl, b, br } = g.card
  const width = RIGHT_END - RIGHT
  for (let row = 1; row <= 16; row++) {
    put(canvas, row, RIGHT, row === 1 ? tl + t.repeat(width - 2) + tr : row === 16 ? bl + b.repeat(width - 2) + br : l + ' '.repeat(width - 2) + r, 'c')
  }
  const real = register === 'kubernetes'
  const left = RIGHT + (real ? 3 : 4)
  const end = RIGHT_END - 2
  let row = real ? 2 : 3
  for (const line of say(slip.title, register).split('\n')) put(canvas, row++, left, real ? line : line.toUpperCase(), 'c', end)
  if (!real) row++
  for (const { label, value, fresh } of slip.rows) {
    if (row >= (real ? 16 : 14)) break
    const name = say(label, register)
    if (real) put(canvas, row, left, fit(value === '' ? name : `${name} ${value}`, end - left - (fresh ? 2 : 0), g), 'c', end)
    else {
      put(canvas, row, left, name, 'c', left + 11)
      put(canvas, row, left + 11, fit(value, end - left - 11 - (fresh ? 3 : 0), g), 'c', end)
    }
    if (fresh) put(canvas, row, end - 2, g.acting, 'c', end)
    row++
  }
  if (real) return
  put(canvas, 14, left, say(stamps, register), 'c')
  put(canvas, 14, left + 11, g.yes.repeat(Math.min(7, slip.stamps)), 'c')
  put(canvas, 15, left, say(filed, register), 'c')
  put(canvas, 15, left + 11, slip.filed ?? '', 'c', end)
}

/** The newest lines of the journal, as many as there are rows between `from` and the bar of keys. */
export function drawJournal(canvas: Canvas, from: number, journal: readonly JournalLine[], look: Look, bottom = canvas.rows - 2): void {
  const { register, glyphs: g } = look
  put(canvas, from, 3, 'JOURNAL', 'm')
  const room = bottom - from - 1
  if (journal.length === 0) {
    put(canvas, from + 1, 11, say(emptyJournal, register), 'm')
    return
  }
  const real = register === 'kubernetes'
  const column = real ? 24 : 16
  const lines = journal.slice(-room)
  lines.forEach((line, i) => {
    const row = from + 1 + i
    const newest = i === lines.length - 1
    const token: Token = line.deciding ? 's' : newest ? '.' : 'm'
    const tag = line.deciding ? `${line.tag} ${g.acting}` : line.tag
    const tagEnd = line.deciding ? 80 : 78
    if (line.flag !== undefined) put(canvas, row, 0, String(line.flag).padStart(2), line.flagged ? 'a' : 'm')
    if (line.flagged) put(canvas, row, 3, g.no, 'w')
    put(canvas, row, 4, String(line.beat).padStart(2), token)
    const who = put(canvas, row, 8, say(line.who, register), token, 8 + 23)
    const at = Math.max(column, who + 1)
    put(canvas, row, at, fit(say(line.text, register), tagEnd - widthOf(tag) - at - 1, g), token)
    putRight(canvas, row, tagEnd, tag, /^(bell|watch)$/.test(line.tag) ? 'b' : token)
    if (line.deciding) tint(canvas, row, 4, tagEnd - 4, 's')
  })
}

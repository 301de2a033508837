// canvas.ts: a grid of cells, each with one character and one colour token. Screens draw on it; nothing else decides where things stand.

import stringWidth from 'string-width'
import { safe } from './safe.ts'

/** What a cell means; theme.ts says how that looks. */
export type Token = '.' | 's' | 'm' | 'a' | 'o' | 'w' | 'd' | 'p' | 'c' | 'b' | 'e' | 'l' | 'f'

export interface Canvas {
  columns: number
  rows: number
  /** One character a cell; the right half of a wide one is ''. */
  cells: string[][]
  tokens: Token[][]
}

export function newCanvas(columns: number, rows: number): Canvas {
  const cells: string[][] = []
  const tokens: Token[][] = []
  for (let row = 0; row < rows; row++) {
    cells.push(new Array<string>(columns).fill(' '))
    tokens.push(new Array<Token>(columns).fill('.'))
  }
  return { columns, rows, cells, tokens }
}

/** Characters of which each is one cell, in every terminal that we know: ASCII, and the signs of glyphs.ts. */
const SIMPLE = /^[\x20-\x7e\u2500-\u259f\u2800-\u28ff►◄▮▯◉⊗✓✗✦✧⋅▰▱↳…]*$/
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Writes `text` from (row, column) on; what does not fit before column `end` is cut. Returns the column after it. */
export function put(canvas: Canvas, row: number, column: number, text: string, token: Token = '.', end = canvas.columns): number {
  if (row < 0 || row >= canvas.rows) return column
  const limit = Math.min(end, canvas.columns)
  const cells = canvas.cells[row]!
  const tokens = canvas.tokens[row]!
  let at = column
  if (SIMPLE.test(text)) {
    for (let i = 0; i < text.length && at < limit; i++, at++) {
      if (at < 0) continue
      cells[at] = text[i]!
      tokens[at] = token
    }
    return at
  }
  for (const { segment } of segmenter.segment(safe(text).replace(/\n/g, ' '))) {
    const width = stringWidth(segment)
    if (width === 0) continue
    if (at + width > limit) break
    cells[at] = segment
    tokens[at] = token
    for (let i = 1; i < width; i++) {
      cells[at + i] = ''
      tokens[at + i] = token
    }
    at += width
  }
  return at
}

/** Writes pieces one after the other: `['beat 3', 'b']`, `'plain'`. */
export function putAll(canvas: Canvas, row: number, column: number, pieces: readonly (string | readonly [string, Token])[], end?: number): number {
  let at = column
  for (const piece of pieces) at = typeof piece === 'string' ? put(canvas, row, at, piece, '.', end) : put(canvas, row, at, piece[0], piece[1], end)
  return at
}

/** Puts the text so that it ends at column `end`, exclusive. */
export function putRight(canvas: Canvas, row: number, end: number, text: string, token: Token = '.'): void {
  put(canvas, row, end - widthOf(text), text, token, end)
}

export function putCentred(canvas: Canvas, row: number, text: string, token: Token = '.', left = 0, right = canvas.columns): void {
  put(canvas, row, left + Math.max(0, Math.floor((right - left - widthOf(text)) / 2)), text, token)
}

export const widthOf = (text: string): number => (SIMPLE.test(text) ? text.length : stringWidth(safe(text)))

/** Every cell between, inclusive of both corners, takes the token. */
export function tint(canvas: Canvas, row: number, column: number, width: number, token: Token): void {
  const tokens = canvas.tokens[row]
  if (tokens === undefined) return
  for (let at = Math.max(0, column); at < Math.min(column + width, canvas.columns); at++) tokens[at] = token
}

export function clear(canvas: Canvas, row: number, column = 0, width = canvas.columns): void {
  put(canvas, row, column, ' '.repeat(Math.max(0, width)))
}

/** `over` as far as column `edge`, `under` from there on: the lens wipes across the screen. */
export function wiped(under: Canvas, over: Canvas, edge: number): Canvas {
  const mixed = newCanvas(under.columns, under.rows)
  for (let row = 0; row < under.rows; row++) {
    const cut = over.cells[row]![edge] === '' ? edge - 1 : edge
    mixed.cells[row] = [...over.cells[row]!.slice(0, cut), ...under.cells[row]!.slice(cut)]
    mixed.tokens[row] = [...over.tokens[row]!.slice(0, cut), ...under.tokens[row]!.slice(cut)]
    if (mixed.cells[row]![cut] === '') mixed.cells[row]![cut] = ' '
  }
  return mixed
}

/** The picture without colour, one string a row, blanks at the end left off. */
export const textOf = (canvas: Canvas): string[] => canvas.cells.map(row => row.join('').trimEnd())

/** How many stretches of one colour there are; blanks between words of one token do not part them. */
export function runsOf(canvas: Canvas): number {
  let runs = 0
  for (let row = 0; row < canvas.rows; row++) runs += segmentsOf(canvas, row).filter(s => s.token !== '.').length
  return runs
}

export interface Segment {
  token: Token
  text: string
}

const PAINTS_BLANKS: ReadonlySet<Token> = new Set<Token>(['p', 'c'])

/** One row as stretches of one token. Blanks join whatever stands before them, so that fewer codes are sent. */
export function segmentsOf(canvas: Canvas, row: number): Segment[] {
  const cells = canvas.cells[row]!
  const tokens = canvas.tokens[row]!
  const segments: Segment[] = []
  let current: Segment | undefined
  for (let at = 0; at < cells.length; at++) {
    const cell = cells[at]!
    const token = tokens[at]!
    if (current !== undefined && (token === current.token || cell === '' || (cell === ' ' && !PAINTS_BLANKS.has(token) && !PAINTS_BLANKS.has(current.token)))) {
      current.text += cell
      continue
    }
    current = { token: cell === ' ' && !PAINTS_BLANKS.has(token) ? '.' : token, text: cell }
    segments.push(current)
  }
  const last = segments.at(-1)
  if (last !== undefined && !PAINTS_BLANKS.has(last.token)) {
    last.text = last.text.trimEnd()
    if (last.text === '') segments.pop()
  }
  return segments
}

// title.ts: the title, the question for a name, and the notice that a window is too small.

import type { NameView, TitleView } from '../game/view.ts'
import { type Art, narrow, plain, small, wide } from './art.ts'
import { type Canvas, newCanvas, put, putAll, putCentred, tint, widthOf } from './canvas.ts'
import { drawKeys, drawNext, isWide, type Look } from './frame.ts'
import { drawNotices } from './hall.ts'
import { screenKeys, shownKeys } from './keys.ts'
import { PRIVACY, PRODUCT, PROMISE } from './lines.ts'
import { wrap } from './wrap.ts'

/** Rows of the screen that belong to one choice of a menu. */
export interface Choice {
  value: string
  row: number
  height: number
}

export interface Menu {
  choices: Choice[]
}

/** Frames until all lamps are lit: factory P, the office, factory Q. */
export const LAMP_FRAMES = 5

const lampsLit = (column: number, art: Art, lamps: number): boolean => (column < art.office[0] ? lamps >= 1 : column <= art.office[1] ? lamps >= 3 : lamps >= 5)

function drawArt(canvas: Canvas, art: Art, left: number, lamps: number, lamp: string): void {
  art.lines.forEach((line, row) => {
    put(canvas, row, left, line)
    const cells = [...line]
    cells.forEach((cell, column) => {
      if (cell === lamp && lampsLit(column, art, lamps)) tint(canvas, row, left + column, 1, 'l')
      else if (cell === lamp) tint(canvas, row, left + column, 1, 'm')
      if (/[ABCPQ]/.test(cell)) tint(canvas, row, left + column, 1, 's')
    })
  })
  for (const [row, from, to, token] of art.spans) tint(canvas, row, left + from, to - from + 1, token)
}

function artOf(canvas: Canvas, look: Look): Art {
  if (look.glyphs.name === 'ascii') return plain
  return isWide(canvas) && canvas.rows >= 36 ? wide : narrow
}

const widthOfArt = (art: Art) => (art === wide ? 120 : art === small ? 60 : 80)

export function titleMenu(view: TitleView, look: Look): Menu {
  const tall = look.rows >= 36
  const top = tall ? 29 : 17
  if (view.next.first && view.name === undefined)
    return {
      choices: ['Enter', 'l', '?'].map((value, i) => ({ value, row: top + i, height: 1 })),
    }
  const story = storyOf(view)
  const choices: Choice[] = [{ value: 'Enter', row: top, height: 1 + story.length }]
  let row = top + 1 + story.length
  if (view.due > 0) choices.push({ value: 'q', row: row++, height: 1 })
  choices.push({ value: 'l', row, height: 1 })
  return { choices }
}

const storyOf = (view: TitleView) => wrap(view.next.story.join(' '), 36, 2)

/** `lamps`: how many frames of lighting have passed. `selected`: which choice the ► is at. */
export function drawTitle(view: TitleView, look: Look, play: { lamps?: number; selected?: string }): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  const art = artOf(canvas, look)
  const tall = canvas.rows >= 36
  const left = Math.floor((canvas.columns - widthOfArt(art)) / 2)
  drawArt(canvas, art, left, play.lamps ?? LAMP_FRAMES, art === plain ? '#' : '▮')
  const name = tall ? 25 : 14
  putCentred(canvas, name, PRODUCT, 's')
  const first = view.next.first && view.name === undefined
  putCentred(canvas, name + 1, first ? PROMISE : view.name === undefined ? 'Welcome back.' : `Welcome back, ${view.name}.`, 'm')
  const menu = titleMenu(view, look)
  const column = Math.floor((canvas.columns - (first ? 26 : 44)) / 2)
  for (const choice of menu.choices) drawChoice(canvas, view, choice, column, look, play.selected ?? 'Enter')
  const last = canvas.rows - (tall ? 2 : first ? 2 : 1)
  if (look.bar !== undefined) drawKeys(canvas, [], look)
  else if (first) putCentred(canvas, last, PRIVACY, 'm')
  else drawFigures(canvas, last, view, look)
  drawNotices(canvas, view.notices, { ...look, rows: last })
  return canvas
}

function drawChoice(canvas: Canvas, view: TitleView, choice: Choice, column: number, look: Look, selected: string): void {
  const chosen = choice.value === selected
  if (chosen) put(canvas, choice.row, column, look.glyphs.next, 'a')
  const token = chosen ? 'a' : 'm'
  put(canvas, choice.row, column + 2, choice.value, chosen ? 'a' : '.')
  const text = column + 10
  const first = view.next.first && view.name === undefined
  if (choice.value === 'Enter' && first) put(canvas, choice.row, text, 'begin your first shift', token)
  else if (choice.value === 'Enter') {
    put(canvas, choice.row, text, `${view.next.resumes ? 'continue ' : ''}${view.next.id}  ${view.next.title}`, token)
    storyOf(view).forEach((line, i) => {
      put(canvas, choice.row + 1 + i, text + 5, line, 'm')
    })
  } else if (choice.value === 'q') put(canvas, choice.row, text, view.due === 1 ? '1 question is due' : `${view.due} questions are due`, token)
  else if (choice.value === 'l') {
    const at = put(canvas, choice.row, text, 'all levels', token)
    if (!first) putAll(canvas, choice.row, at + 4, ['?', ['  help', 'm']])
  } else put(canvas, choice.row, text, 'help', token)
}

/** The title without what only the saved progress knows. */
export function drawSplash(look: Look): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  if (look.columns < 80 || look.rows < 24) return canvas
  const art = artOf(canvas, look)
  drawArt(canvas, art, Math.floor((canvas.columns - widthOfArt(art)) / 2), 0, art === plain ? '#' : '▮')
  putCentred(canvas, canvas.rows >= 36 ? 25 : 14, PRODUCT, 's')
  return canvas
}

function drawFigures(canvas: Canvas, row: number, view: TitleView, look: Look): void {
  const stars = `${view.stars.earned} of ${view.stars.of}`
  const solved = `solved ${view.solved.levels} of ${view.solved.of}`
  const foresight = view.foresight > 0 ? `foresight ${view.foresight} in a row` : ''
  const width = 2 + widthOf(stars) + 4 + widthOf(solved) + (foresight === '' ? 0 : 4 + widthOf(foresight))
  let at = Math.floor((canvas.columns - width) / 2)
  at = putAll(canvas, row, at, [
    [look.glyphs.star, 'l'],
    [` ${stars}`, 'm'],
  ])
  at = put(canvas, row, at + 4, solved, 'm')
  put(canvas, row, at + 4, foresight, 'm')
}

export function drawName(view: NameView, look: Look, typed: string): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  const art = artOf(canvas, look)
  drawArt(canvas, art, Math.floor((canvas.columns - widthOfArt(art)) / 2), LAMP_FRAMES, art === plain ? '#' : '▮')
  const tall = canvas.rows >= 36
  const row = tall ? 25 : 14
  putCentred(canvas, row, view.question, 's')
  const left = Math.floor((canvas.columns - 44) / 2)
  const at = drawNext(canvas, row + 3, 'Enter', typed === '' ? view.suggestion : typed, look, left, left + 10)
  put(canvas, row + 3, at, '_', 'a')
  put(canvas, row + 5, left + 2, typed === '' ? 'or type a name; it stays on this machine' : 'it stays on this machine', 'm')
  if (look.bar !== undefined) drawKeys(canvas, [], look)
  return canvas
}

/** Shown below 80 by 24; itself drawable down to one cell. */
export function drawSmall(look: Look): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  const { columns, rows, glyphs: g } = look
  const pictured = columns >= 60 && rows >= 18 && g.name !== 'ascii'
  if (pictured) drawArt(canvas, small, Math.floor((columns - 60) / 2), LAMP_FRAMES, '▮')
  const lines = ['The office needs 80 by 24.', `This window has ${columns} by ${rows}.`, 'Nothing is lost; time stands still.']
  let row = pictured ? 9 : Math.max(0, Math.floor((rows - 7) / 2))
  lines.forEach((line, i) => {
    if (columns >= 35) putCentred(canvas, row++, line, i === 0 ? 's' : 'm')
    else for (const part of wrap(line, Math.max(1, columns - 1))) put(canvas, row++, 0, part, i === 0 ? 's' : 'm')
  })
  if (rows < 8) return canvas
  const left = Math.max(0, Math.floor((columns - 38) / 2))
  put(canvas, ++row, left, `${g.next} make the window larger`, 'a')
  screenKeys['small']!.forEach((binding, i) => {
    putAll(canvas, row + 1 + i, left + 2, [shownKeys(binding), [`   ${binding.word}`, 'm']])
  })
  return canvas
}

// lists.ts: all levels, what is wrong with a pack or a save, help.

import { glossary } from '../company/glossary.ts'
import { people, wires } from '../company/house.ts'
import type { LevelRow, LevelsView, ProblemsView } from '../game/view.ts'
import { type Canvas, newCanvas, put, putAll, putRight, type Token } from './canvas.ts'
import { drawHead, drawKeys, drawNext, isWide, type Look, RIGHT } from './frame.ts'
import { drawNotices } from './hall.ts'
import { bindings, bindingsOf, type Group, screenKeys, shownKeys } from './keys.ts'
import { STANDS_STILL, say } from './lines.ts'
import { fit } from './map.ts'
import type { Menu } from './title.ts'
import { wrap } from './wrap.ts'

const tallOf = (look: Look) => look.rows >= 36

/** The levels of the chosen chapter, each with its rows. */
export function levelsMenu(view: LevelsView, look: Look): Menu {
  const height = tallOf(look) ? 2 : 1
  const chapter = view.chapters.find(c => c.number === view.chapter)
  const levels = (chapter?.levels ?? []).slice(0, tallOf(look) ? 14 : 12)
  return { choices: levels.map((level, i) => ({ value: level.id, row: 4 + i * height, height })) }
}

export function drawLevels(view: LevelsView, look: Look, selected = view.selected): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  const { glyphs: g } = look
  put(canvas, 0, 1, 'All levels', 's')
  put(canvas, 0, 30, `${view.solved.levels} of ${view.solved.of} solved`, 'm')
  const stars = ` ${view.stars.earned} of ${view.stars.of}`
  putRight(canvas, 0, isWide(canvas) ? 117 : canvas.columns, g.star + stars, 'l')
  put(canvas, 2, 3, 'CHAPTERS', 'm')
  const step = tallOf(look) ? 2 : 1
  let row = 4
  view.chapters.forEach((chapter, i) => {
    const here = chapter.number === view.chapter
    put(canvas, row, 3, `${chapter.number}  ${fit(chapter.title, 20, g)}`, here ? 's' : '.')
    const solved = chapter.levels.filter(l => l.state === 'solved').length
    const at = put(canvas, row, 28, g.lit.repeat(Math.min(8, solved)), 'l')
    const end = put(canvas, row, at, g.dark.repeat(Math.max(0, Math.min(8, chapter.levels.length) - solved)), 'm')
    if (here) put(canvas, row, Math.max(37, end + 1), g.acting, 'l')
    row += step === 2 ? 2 : i % 3 === 2 ? 2 : 1
  })
  const chapter = view.chapters.find(c => c.number === view.chapter)
  if (chapter !== undefined) {
    put(canvas, 2, 41, `${chapter.number}  ${chapter.title.toUpperCase()}`, 'm')
    const menu = levelsMenu(view, look)
    for (const choice of menu.choices)
      drawLevelRow(canvas, chapter.levels.find(l => l.id === choice.value)!, choice.row, 39, 79, look, choice.value === selected)
    drawDetail(canvas, view, 4 + menu.choices.length * step + 2, look)
    drawNeighbours(canvas, view, look)
  }
  drawNotices(canvas, view.notices, look)
  const keys = bindingsOf(view).filter(b => b.word !== 'questions' || view.due > 0)
  drawKeys(
    canvas,
    keys.map(b => (b.word === 'questions' ? { ...b, word: view.due === 1 ? '1 question' : `${view.due} questions` } : b)),
    look,
  )
  return canvas
}

function drawLevelRow(canvas: Canvas, level: LevelRow, row: number, left: number, end: number, look: Look, selected: boolean): void {
  const { glyphs: g } = look
  const token: Token = selected ? 'a' : level.state === 'locked' || level.state === 'later' ? 'm' : '.'
  if (selected) put(canvas, row, left, g.next, 'a')
  put(canvas, row, left + 2, level.id, token)
  put(canvas, row, left + 7, fit(level.title, level.state === 'locked' ? 23 : 27, g), token)
  if (level.state === 'locked') putRight(canvas, row, end, level.after === undefined ? 'locked' : `after ${level.after}`, 'm')
  else if (level.state === 'later') putRight(canvas, row, end, 'later', 'm')
  else
    level.stars.forEach((star, i) => {
      put(canvas, row, end - 5 + 2 * i, star ? g.star : g.noStar, star ? 'l' : 'm')
    })
}

function drawDetail(canvas: Canvas, view: LevelsView, from: number, look: Look): void {
  const { glyphs: g } = look
  const bottom = canvas.rows - 4
  let row = from
  put(canvas, row, 41, view.detail.id, 'm')
  for (const line of wrap(view.detail.story.join(' '), 33, Math.max(1, bottom - row - 2), g.cut)) put(canvas, row++, 46, line)
  row++
  put(canvas, row, 41, 'kind', 'm')
  put(canvas, row, 47, fit(view.detail.kind, 32, g))
  put(canvas, row + 1, 41, 'par', 'm')
  put(canvas, row + 1, 47, fit(view.detail.par, 32, g))
}

/** At 120 columns: the chapters that follow. */
function drawNeighbours(canvas: Canvas, view: LevelsView, look: Look): void {
  if (!isWide(canvas)) return
  const { glyphs: g } = look
  let row = 2
  for (const chapter of view.chapters.filter(c => c.number > view.chapter)) {
    if (row + 2 >= canvas.rows - 3) return
    put(canvas, row, RIGHT, `${chapter.number}  ${fit(chapter.title.toUpperCase(), 30, g)}`, 'm')
    row += 2
    for (const level of chapter.levels) {
      if (row >= canvas.rows - 2) return
      put(canvas, row, RIGHT, `${level.id}  ${fit(level.title, 28, g)}`, level.state === 'solved' || level.state === 'open' ? '.' : 'm')
      row += 2
    }
    row++
  }
}

export function drawProblems(view: ProblemsView, look: Look): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  const { glyphs: g } = look
  drawHead(canvas, { title: view.title }, look)
  let row = 2
  const last = canvas.rows - 3
  for (const [i, problem] of view.problems.entries()) {
    const lines = wrap(problem, canvas.columns - 8, 3, g.cut)
    if (row + lines.length > last - 2) {
      put(canvas, row, 5, `and ${view.problems.length - i} more`, 'm')
      break
    }
    put(canvas, row, 3, g.no, 'w')
    for (const line of lines) put(canvas, row++, 5, line)
  }
  drawNext(canvas, last, view.next.key, say(view.next.text, look.register), look)
  drawKeys(canvas, bindingsOf(view), look)
  return canvas
}

/** The glossary: each word in both registers, and where the story bends. */
export function drawGlossary(look: Look): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  put(canvas, 0, 1, 'Words', 's')
  put(canvas, 0, 17, 'in Kubernetes', 'm')
  put(canvas, 0, 36, 'where the story bends', 'm')
  glossary.forEach((entry, i) => {
    put(canvas, 2 + i, 1, entry.company, 's')
    put(canvas, 2 + i, 17, entry.kubernetes)
    put(canvas, 2 + i, 36, fit(entry.bends, look.columns - 36, look.glyphs), 'm', look.columns)
  })
  drawNext(canvas, 21, 'Esc', 'back', look)
  drawKeys(canvas, screenKeys['help']!, look)
  return canvas
}

export function drawHelp(look: Look): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  const { glyphs: g } = look
  put(canvas, 0, 1, 'Help', 's')
  put(canvas, 0, 30, STANDS_STILL, 'm')
  const list = (group: Group, row: number, column: number, width: number) => {
    put(canvas, row, column, group, 'm')
    bindings
      .filter(b => b.group === group && b.help !== undefined)
      .forEach((b, i) => {
        put(canvas, row + 1 + i, column, shownKeys(b), 's')
        put(canvas, row + 1 + i, column + width, b.help!)
      })
  }
  list('TIME', 2, 3, 8)
  list('ASK AND ANSWER', 2, 41, 8)
  list('LOOK', 11, 3, 8)
  put(canvas, 11, 41, 'ON THE MAP', 'm')
  const signs: [string, Token, string][] = [
    ['[tea]', 'p', 'a slip: an object in the vault'],
    ['(tea)', 'f', 'work on a bench: containers'],
    [g.bell + g.bellLine.repeat(3), 'b', 'a bell: a watcher hears'],
    [`${g.writing} ${g.filing.repeat(2)}`, 'e', 'a write, checked and filed'],
    [`${g.lit} ${g.dark}`, 'l', 'a person: at work, dark'],
    [g.acting, 'l', 'who acts now'],
  ]
  signs.forEach(([sign, token, text], i) => {
    put(canvas, 12 + i, 41, sign, token)
    put(canvas, 12 + i, 49, text)
  })
  put(canvas, 19, 3, 'Nothing on this screen is timed. A wrong bet costs nothing.')
  put(canvas, 20, 3, 'Your stars are kept, and so is your place in a level.')
  if (isWide(canvas)) {
    put(canvas, 2, RIGHT, 'WIRES THAT EXIST', 'm')
    wires.forEach((wire, i) => {
      put(canvas, 3 + i, RIGHT, wire)
    })
  }
  const tall = canvas.rows >= 36
  if (tall) {
    put(canvas, 22, 3, 'PEOPLE', 'm')
    people.forEach(([name, component, work], i) => {
      putAll(canvas, 23 + i, 3, [[name, 's']])
      put(canvas, 23 + i, 18, component)
      put(canvas, 23 + i, 44, work, 'm')
    })
  }
  drawNext(canvas, tall ? 37 : 22, 'Esc', 'back   This mark always shows what you can do next.', look)
  drawKeys(canvas, screenKeys['help']!, look)
  return canvas
}

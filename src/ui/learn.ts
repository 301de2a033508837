// learn.ts: what comes after a shift: the end of a level, the incident report, the quiz and its score.

import type { EndView, HallView, IncidentView, QuizView, ScoreView } from '../game/view.ts'
import { type Canvas, newCanvas, put, putAll, putRight, type Token, tint, widthOf } from './canvas.ts'
import { drawHead, drawJournal, drawKeys, drawNext, drawRight, drawWords, isWide, type Look, RIGHT } from './frame.ts'
import { bindingsOf } from './keys.ts'
import { NO_BLAME, say } from './lines.ts'
import { fit } from './map.ts'
import { wrap } from './wrap.ts'

const NEXT = 21

const FACTORY = ['        ⢀⠤⠢⠤⠊⠉⠂⠐', '      ⢠⠊', '     ⢸⡇⢀⡠⠔⠊⡇⢀⡠⠔⠊⡇', '⢀⣀⣀⣀⣀⢸⡇⠁   ⠉   ⠈⡇', '⡇               ⡇', '⡇  ▮  ▮  ▮   P  ⡇', '⠧⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠇']

/** `hall`: the level as it was last seen, whose journal stands below on tall screens. */
export function drawEnd(view: EndView, look: Look, hall: HallView | undefined): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  const { glyphs: g, register } = look
  drawHead(canvas, { level: view.level, clock: view.clock, state: 'shift over', stars: false }, look)
  drawFactory(canvas, look)
  view.stars.forEach((star, i) => {
    put(canvas, 2 + i, 3, star.earned ? g.star : g.noStar, star.earned ? 'l' : 'm')
    put(canvas, 2 + i, 6, star.name, star.earned ? 's' : '.')
    put(canvas, 2 + i, 18, fit(star.text, 41, g), 'm', 60)
  })
  view.figures.slice(0, 3).forEach((figure, i) => {
    const column = 3 + i * 15
    put(canvas, 6, column, figure.name, 'm', column + 14)
    const at = put(canvas, 7, column, figure.value, 's', column + 14)
    if (figure.par !== undefined) put(canvas, 7, at + 1, fit(`par ${figure.par}`, column + 15 - at - 1, g), 'm', column + 14)
  })
  let row = 9
  const part = (label: string[], lines: string[], token: Token = '.') => {
    const room = Math.max(0, 20 - row)
    const shown = lines.slice(0, room)
    if (shown.length === 0) return
    label.slice(0, Math.max(1, shown.length)).forEach((text, i) => {
      put(canvas, row + i, 3, text, 'm')
    })
    for (const line of shown) put(canvas, row++, 18, line, token)
    if (label.length > shown.length && row + 1 < 20) put(canvas, row++, 3, label[1]!, 'm')
    row++
  }
  part(['what you saw'], wrap(view.saw.map(w => say(w, register)).join('\n'), 61, 4, g.cut))
  part(['where the', 'story bends'], wrap(say(view.bend, register), 61, 3, g.cut))
  if (view.unlocked !== undefined) part(['new'], wrap(say(view.unlocked, register), 61, 2, g.cut))
  if (view.log !== undefined && row < 21) {
    put(canvas, Math.min(row, 20), 3, 'log', 'm')
    put(canvas, Math.min(row, 20), 18, fit(view.log, 61, g), 'm')
  }
  if (view.next !== undefined) drawNext(canvas, NEXT, 'Enter', `${view.next.id}  ${view.next.title}   ${view.next.line}`, look)
  else drawNext(canvas, NEXT, 'Enter', 'all levels', look)
  drawEndRight(canvas, view, look)
  if (canvas.rows >= 36 && hall !== undefined) drawJournal(canvas, 23, hall.journal, look)
  const keys = bindingsOf(view).map(b =>
    b.word === 'questions' && view.questions > 0 ? { ...b, word: view.questions === 1 ? '1 question' : `${view.questions} questions` } : b,
  )
  drawKeys(
    canvas,
    keys.filter(b => (b.keys[0] !== '[' || view.can.includes('Rewind')) && (b.word !== 'questions' || view.questions > 0)),
    look,
  )
  return canvas
}

function drawFactory(canvas: Canvas, look: Look): void {
  if (look.glyphs.name === 'ascii') return
  FACTORY.forEach((line, i) => {
    put(canvas, 1 + i, 61, line, i < 2 ? 'f' : '.')
  })
  for (const column of [64, 67, 70]) tint(canvas, 6, column, 1, 'l')
  tint(canvas, 6, 74, 1, 's')
}

function drawEndRight(canvas: Canvas, view: EndView, look: Look): void {
  if (!isWide(canvas)) return
  const { glyphs: g, register } = look
  drawWords(canvas, 1, view.words.slice(-10), look)
  const from = Math.max(13, 4 + Math.min(10, view.words.length))
  put(canvas, from, RIGHT, 'BETS', 'm')
  view.bets.forEach((bet, i) => {
    const row = from + 1 + i
    put(canvas, row, RIGHT, bet.right ? g.yes : g.no, bet.right ? 'o' : 'w')
    const answer = fit(say(bet.answer, register), 15, g)
    put(canvas, row, RIGHT + 2, `${bet.number}  ${fit(bet.question, 34 - 6 - widthOf(answer), g)}`)
    putRight(canvas, row, RIGHT + 34, answer, 'm')
  })
  put(canvas, from + view.bets.length + 2, RIGHT, 'foresight', 'm')
  put(canvas, from + view.bets.length + 2, RIGHT + 13, `${view.foresight} in a row`)
}

export function drawIncident(view: IncidentView, look: Look): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  const { glyphs: g, register } = look
  drawHead(canvas, { level: view.level, clock: view.clock, state: 'stopped', stars: false }, look)
  put(canvas, 2, 3, 'INCIDENT REPORT', 's')
  put(canvas, 2, 21, NO_BLAME, 'm')
  let row = 5
  const line = (label: string, mark: string, text: string, token: Token, wide = 47) => {
    put(canvas, row, 3, label, 'm')
    put(canvas, row, 18, mark, 'b', 29)
    const lines = wrap(text, wide, 2, g.cut)
    for (const l of lines) put(canvas, row++, 30, l, token)
    if (lines.length < 2) row++
  }
  line('the customer', view.customer.at, say(view.customer.text, register), 's')
  if (view.tooLate !== undefined) line('too late at', `beat ${view.tooLate.beat}`, say(view.tooLate.text, register), 'd')
  if (view.began !== undefined) line('it began at', `beat ${view.began.beat}`, view.began.text, '.')
  if (view.shortest !== undefined)
    line('shortest way', view.shortest.commands === 1 ? '1 command' : `${view.shortest.commands} commands`, view.shortest.text, 's')
  row = Math.max(row, 13)
  if (view.trail.length > 0) {
    const most = Math.max(1, ...view.trail.map(t => t.value))
    const cells = Math.min(8, most)
    put(canvas, row, 3, fit(view.measure === undefined ? '' : say(view.measure, register), 14, g), 'm')
    for (const step of view.trail.slice(-4)) {
      put(canvas, row, 18, `beat ${step.beat}`, 'b', 29)
      const full = most > 8 ? Math.round((step.value / most) * cells) : step.value
      put(canvas, row, 30, g.lit.repeat(full), 'l')
      put(canvas, row, 30 + full, g.dark.repeat(cells - full), 'm')
      put(canvas, row, 30 + cells + 2, String(step.value))
      put(canvas, row, 30 + cells + 7, fit(say(step.text, register), 80 - 37 - cells, g), 'm')
      row++
    }
    row++
  }
  if (view.example !== undefined && isWide(canvas)) {
    put(canvas, 2, RIGHT, 'WORKED EXAMPLE', 'm')
    view.example.forEach((l, i) => {
      put(canvas, 4 + i, RIGHT, fit(l, 34, g))
    })
  } else if (view.example !== undefined) for (const l of view.example.slice(0, Math.max(0, 20 - row))) put(canvas, row++, 18, fit(l, 60, g))
  for (const l of wrap(say(view.moral, register), 60, Math.max(1, 21 - row), g.cut)) if (row < NEXT) put(canvas, row++, 18, l)
  drawNext(canvas, NEXT, 'Enter', say(view.back.text, register), look)
  drawKeys(canvas, bindingsOf(view), look)
  return canvas
}

export function drawQuiz(view: QuizView, look: Look, hall: HallView | undefined): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  const { glyphs: g, register } = look
  drawHead(canvas, { title: `${view.level.id}  ${view.level.title}` }, look)
  const at = put(canvas, 0, 30, `question ${view.number} of ${view.of}`)
  put(canvas, 0, Math.max(48, at + 3), view.mix, 'm')
  const played = hall?.level.id === view.level.id ? hall : undefined
  const last = canvas.rows >= 36 && played === undefined ? 34 : NEXT
  if (played !== undefined) {
    drawRight(canvas, { slip: played.slip, words: played.words }, look)
    if (canvas.rows >= 36) drawJournal(canvas, 23, played.journal, look)
  }
  const { item } = view
  let row = 2
  for (const line of wrap(say(item.stem, register), 74, 4, g.cut)) put(canvas, row++, 3, line, 's')
  row++
  const optionRows = (view.verdict?.options.length ?? item.options.length) + (view.verdict === undefined ? 0 : 2)
  const code = (item.code ?? []).slice(0, Math.max(2, last - row - optionRows - 2))
  for (const line of code) put(canvas, row++, 6, line, '.')
  if (code.length > 0) row++
  if (view.verdict === undefined) drawQuestion(canvas, view, look, row, last)
  else drawVerdict(canvas, view, look, row, last)
  drawNext(canvas, last, view.next.key, say(view.next.text, register), look)
  drawKeys(canvas, bindingsOf(view), look)
  return canvas
}

function drawQuestion(canvas: Canvas, view: QuizView, look: Look, from: number, last: number): void {
  const { glyphs: g, register } = look
  const { item, chosen } = view
  const lines = item.options.map(option => wrap(say(option, register), item.type === 'match' ? 36 : 68, 2, g.cut))
  const total = lines.reduce((sum, l) => sum + l.length, 0)
  const rightRows = item.type === 'match' ? (item.right?.length ?? 0) + 1 : 0
  const gap = from + total + item.options.length - 1 + rightRows <= last - 1 ? 1 : 0
  let row = from
  item.options.forEach((_, i) => {
    const place = chosen.indexOf(i)
    const picked = item.type === 'match' ? (chosen[i] ?? -1) >= 0 : place >= 0
    const mark = item.type === 'order' && picked ? String(place + 1) : picked ? g.acting : ''
    put(canvas, row, 3, mark, 'l')
    put(canvas, row, 6, String(i + 1), 's')
    lines[i]!.forEach((line, j) => {
      put(canvas, row + j, 9, line, picked ? 's' : '.')
    })
    if (item.type === 'match') {
      const right = chosen[i] ?? -1
      const current = chosen.findIndex(c => c < 0) === i || (chosen.length === i && right < 0)
      put(canvas, row, 47, right >= 0 ? fit(say(item.right![right]!, register), 30, g) : current ? '?' : '', right >= 0 ? 's' : 'a')
    }
    row += lines[i]!.length + gap
  })
  if (item.type === 'match') {
    const words = (item.right ?? []).map((w, i) => `${i + 1} ${say(w, register)}`).join('   ')
    for (const line of wrap(words, 74, last - row)) put(canvas, row++, 3, line, 'm')
  }
}

function drawVerdict(canvas: Canvas, view: QuizView, look: Look, from: number, last: number): void {
  const { glyphs: g, register } = look
  const verdict = view.verdict!
  const tail = (verdict.belief === undefined ? 0 : 1) + (verdict.against === undefined ? 0 : 1) + (verdict.why === undefined ? 0 : 1)
  const room = last - 1 - from - tail
  const heads = verdict.options.length
  const whys = verdict.options.map(o => wrap(say(o.why, register), 64, 2, g.cut))
  const full = heads + whys.reduce((sum, w) => sum + w.length, 0)
  const gap = full + heads <= room ? 1 : 0
  const most = full <= room ? 2 : heads * 2 <= room ? 1 : 0
  let row = from
  verdict.options.forEach((option, i) => {
    if (row >= last) return
    const mark: [string, Token] = option.state === 'right' ? [g.yes, 'o'] : option.yours ? [g.no, 'w'] : [' ', '.']
    put(canvas, row, 3, mark[0], mark[1])
    put(canvas, row, 6, String(i + 1), 's')
    const said = option.yours ? (option.state === 'right' ? 'right' : 'your answer') : option.state === 'right' ? 'right' : (option.code ?? '')
    put(canvas, row, 9, fit(say(option.text, register), 79 - 10 - widthOf(said), g), option.state === 'right' ? 's' : '.')
    putRight(canvas, row, 77, said, option.state === 'right' ? 'o' : option.yours ? 'w' : 'm')
    row++
    const kept = most === 0 && (option.yours || option.state === 'right') ? 1 : most
    for (const line of whys[i]!.slice(0, kept)) if (row < last) put(canvas, row++, 9, line, 'm')
    row += gap
  })
  if (verdict.key !== undefined && row < last) {
    for (const line of wrap(verdict.key.map((k, i) => `${i + 1} ${k}`).join('   '), 74, 3, g.cut)) if (row < last - tail) put(canvas, row++, 3, line, 's')
  }
  row = Math.min(Math.max(row, gap === 1 ? row : row), last - tail)
  if (verdict.why !== undefined)
    for (const line of wrap(say(verdict.why, register), 74, Math.max(1, Math.min(3, last - row - tail + 1)), g.cut)) put(canvas, row++, 3, line)
  if (verdict.belief !== undefined && row < last) {
    put(canvas, row, 3, 'belief', 'm')
    put(canvas, row, 11, verdict.belief.code, 'w')
    put(canvas, row++, 20, fit(verdict.belief.text, 58, g))
  }
  if (verdict.against !== undefined && row < last) {
    put(canvas, row, 3, 'against', 'm')
    put(canvas, row, 11, `beat ${verdict.against.beat}`, 'b')
    put(canvas, row++, 20, fit(say(verdict.against.text, register), 58, g))
  }
}

export function drawScore(view: ScoreView, look: Look): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  const { glyphs: g, register } = look
  drawHead(canvas, { title: view.title }, look)
  const share = view.of === 0 ? 0 : Math.round((view.points / view.of) * 20)
  putAll(canvas, 3, 3, [
    ['points', 'm'],
    '     ',
    [g.full.repeat(share), 'l'],
    [g.empty.repeat(20 - share), 'm'],
    [`  ${Number.isInteger(view.points) ? view.points : view.points.toFixed(1)} of ${view.of}`, 's'],
  ])
  if (view.beliefs.length === 0) put(canvas, 6, 3, 'No belief stood in your way.')
  else {
    put(canvas, 5, 3, 'BELIEFS YOU MET', 'm')
    view.beliefs.slice(0, 14).forEach((belief, i) => {
      const row = 7 + i
      put(canvas, row, 3, belief.held > 0 ? g.no : g.yes, belief.held > 0 ? 'w' : 'o')
      put(canvas, row, 6, belief.code, belief.held > 0 ? 'w' : 'm')
      put(canvas, row, 11, fit(belief.text, 52, g))
      putRight(canvas, row, 77, belief.held === 0 ? 'not yours' : `held ${belief.held} of ${belief.met}`, 'm')
    })
  }
  drawNext(canvas, NEXT, view.next.key, say(view.next.text, register), look)
  drawKeys(canvas, bindingsOf(view), look)
  return canvas
}

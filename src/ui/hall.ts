// hall.ts: the hall: the map, and beneath it who speaks, the bet, the in-tray; beside it the slip, goals and words.

import type { HallView, Notice } from '../game/view.ts'
import { type Canvas, newCanvas, put } from './canvas.ts'
import { drawHead, drawJournal, drawKeys, drawNext, drawRight, type Look, TALL } from './frame.ts'
import { bindingsOf } from './keys.ts'
import { say } from './lines.ts'
import { drawMap, drawSteam, lots } from './map.ts'
import { drawMotion, mapAt } from './motion.ts'
import { drawPanel, extraRows } from './panels.ts'

/** How far the play of this beat's motions has come; undefined: it stands at its end. */
export interface Play {
  frame?: number
  /** The map before the beat, for what has not happened yet. */
  before?: HallView['map']
  /** Which shape the steam has. */
  steam: number
  /** How much of a reveal is shown; undefined: all. */
  reveal?: number
}

export const ROW_NEXT = 21
export const ROW_JOURNAL = 23

export function drawHall(view: HallView, look: Look, play: Play): Canvas {
  const canvas = newCanvas(look.columns, look.rows)
  drawStage(canvas, view, look, play)
  drawRight(canvas, { slip: view.slip, goals: view.goals, words: view.words }, look)
  const moving = play.frame !== undefined
  drawPanel(canvas, view, look, { reveal: moving ? 0 : play.reveal })
  const next = say(view.next.text, look.register)
  // What follows the answer does not stand there before the answer.
  const unseen = view.panel.panel === 'reveal' && (moving || play.reveal !== undefined)
  drawNext(canvas, ROW_NEXT, view.next.key, unseen ? next.split('   ')[0]! : next, look)
  if (canvas.rows >= TALL || canvas.rows - ROW_JOURNAL > 5) {
    const from = ROW_JOURNAL + extraRows(canvas, view, look)
    if (canvas.rows - 2 - from > 2) drawJournal(canvas, from, view.journal, look)
  }
  drawNotices(canvas, view.notices, look)
  drawKeys(canvas, bindingsOf(view), look)
  return canvas
}

/** Head and map alone, for the screens that leave them standing. */
export function drawStage(canvas: Canvas, view: HallView, look: Look, play: Play): void {
  const { glyphs: g, register } = look
  drawHead(canvas, { level: view.level, clock: view.clock, state: stateOf(view, look), alarm: view.alarm }, look)
  const map = play.frame === undefined ? view.map : mapAt(view.map, play.before, play.frame)
  drawMap(canvas, map, register, g)
  map.factories.forEach((factory, i) => {
    const lot = lots(map.factories.length)[i]
    if (factory.steaming && lot !== undefined && lot.width > 30) drawSteam(canvas, lot.left, play.steam, g)
  })
  drawMotion(canvas, view.map, play.frame ?? Number.POSITIVE_INFINITY, g)
}

const stateOf = (view: HallView, look: Look): string => (view.time.forked ? `fork: ${say(view.state, look.register)}` : say(view.state, look.register))

/** The newest notice takes the blank row above the keys. */
export function drawNotices(canvas: Canvas, notices: readonly Notice[], look: Look): void {
  const notice = notices.at(-1)
  if (notice !== undefined) put(canvas, canvas.rows - 2, 1, notice.text, notice.tone === 'warning' ? 'w' : 'm', look.columns - 1)
}

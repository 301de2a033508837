// screen.ts: the whole picture: a function of the view, and of what the screens remember.

import type { HallView, View } from '../game/view.ts'
import { type Canvas, wiped } from './canvas.ts'
import { drawPrompt } from './console.ts'
import { drawHall, type Play } from './hall.ts'
import { drawInspect } from './inspect.ts'
import { drawEnd, drawIncident, drawQuiz, drawScore } from './learn.ts'
import { drawGlossary, drawHelp, drawLevels, drawProblems } from './lists.ts'
import { drawSheet } from './sheet.ts'
import { lookOf, tooSmall, type Ui, WIPE_FRAMES } from './state.ts'
import { drawName, drawSmall, drawTitle } from './title.ts'

/** `hall`: the hall that was shown last, for screens that leave the map standing. */
export function draw(view: View, ui: Ui, hall?: HallView): Canvas {
  if (ui.wipe === undefined || tooSmall(ui)) return picture(view, ui, hall)
  const edge = Math.round(((ui.wipe + 1) / WIPE_FRAMES) * ui.columns)
  const old: Ui = { ...ui, register: ui.register === 'company' ? 'kubernetes' : 'company' }
  return wiped(picture(view, old, hall), picture(view, ui, hall), edge)
}

function picture(view: View, ui: Ui, hall?: HallView): Canvas {
  const look = lookOf(ui)
  if (tooSmall(ui)) return drawSmall(look)
  if (ui.help !== false) return ui.help === 'words' ? drawGlossary(look) : drawHelp(look)
  switch (view.screen) {
    case 'title':
      return drawTitle(view, look, { lamps: ui.lamps, selected: ui.selected })
    case 'name':
      return drawName(view, look, ui.line.text)
    case 'hall':
      return hallPicture(view, ui)
    case 'inspect':
      return drawInspect(view, look, hall)
    case 'end':
      return drawEnd(view, look, hall)
    case 'incident':
      return drawIncident(view, look)
    case 'quiz':
      return drawQuiz(view, look, hall)
    case 'score':
      return drawScore(view, look)
    case 'levels':
      return drawLevels(view, look)
    case 'problems':
      return drawProblems(view, look)
  }
}

function hallPicture(view: HallView, ui: Ui): Canvas {
  const look = lookOf(ui)
  const play: Play = {
    frame: ui.play?.frame,
    before: ui.play?.before,
    steam: Math.floor(ui.steam / 4),
    reveal: ui.reveal === undefined ? undefined : Math.floor(ui.reveal / 2),
  }
  if (view.panel.panel === 'edit' && ui.editor !== undefined) return drawSheet(view, view.panel, look, play, ui.editor)
  if (ui.prompt !== undefined) return drawPrompt(view, look, play, ui.prompt)
  return drawHall(view, look, play)
}

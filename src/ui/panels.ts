// panels.ts: what stands below the map: speech, bet, reveal, jacket, tasks to hand out, hint.

import type { BetPanel, HintPanel, RevealPanel, RolePanel, SortPanel, SpeechPanel } from '../game/panel.ts'
import type { HallView, Words } from '../game/view.ts'
import { type Canvas, put, putAll, type Token, widthOf } from './canvas.ts'
import { drawDay } from './daypanel.ts'
import { drawTagged, type Look } from './frame.ts'
import { beat, FREE_MISS, SURE, say } from './lines.ts'
import { fit, progressBar } from './map.ts'
import { wrap } from './wrap.ts'

const TOP = 16
const LABEL = 3
const TEXT = 11
const END = 78
/** The panel's rows: 16 to 20; the ► line stands in row 21. */
const BOTTOM = 21
/** Below the ► line, on tall screens. */
const BELOW = 23

export function drawPanel(canvas: Canvas, view: HallView, look: Look, play: { reveal?: number }): void {
  const { panel } = view
  switch (panel.panel) {
    case 'speech':
      drawSpeech(canvas, panel, look)
      return
    case 'bet':
      drawBet(canvas, panel, look)
      return
    case 'reveal':
      drawReveal(canvas, panel, look, play.reveal)
      return
    case 'role':
      drawRole(canvas, panel, look)
      return
    case 'day':
      drawDay(canvas, panel, look)
      return
    case 'sort':
      drawSort(canvas, panel, look)
      return
    case 'hint':
      drawHint(canvas, panel, look)
      return
    case 'edit':
      return
  }
}

/** Rows that the panel takes below the ► line on tall screens, before the journal begins. */
export function extraRows(canvas: Canvas, view: HallView, look: Look): number {
  if (canvas.rows < 36) return 0
  const { panel } = view
  if (panel.panel === 'reveal') return optionLines(panel, look).length + 2
  if (panel.panel === 'role') return Math.min(9, Math.max(roleDetail(panel, look).length, 0)) + (roleDetail(panel, look).length > 0 ? 2 : 0)
  if (panel.panel === 'sort') return panel.tasks.length + 2
  return 0
}

const label = (canvas: Canvas, row: number, text: string, token: Token = 'm') => put(canvas, row, LABEL, text, token, TEXT - 1)

const who = (words: Words, look: Look) => (look.register === 'company' ? say(words, look.register).toUpperCase() : say(words, look.register))

function drawSpeech(canvas: Canvas, panel: SpeechPanel, look: Look): void {
  const { register, glyphs: g } = look
  let row = TOP
  const last = BOTTOM
  const after =
    (panel.steps !== undefined ? 2 : 0) + (panel.typed !== undefined ? 1 + Math.min(2, panel.output?.length ?? 0) : 0) + (panel.beat !== undefined ? 1 : 0)
  const text = say(panel.text, register)
  if (text !== '') {
    const room = Math.max(1, Math.min(3, last - TOP - after))
    if (panel.who !== undefined && register === 'company') {
      put(canvas, row, LABEL, who(panel.who, look), 's')
      const column = Math.max(TEXT, LABEL + widthOf(who(panel.who, look)) + 1)
      wrap(`"${text}"`, END - column - 1, room, g.cut).forEach((line, i) => {
        drawTagged(canvas, row++, column + (i === 0 ? 0 : 1), line, '.', look.columns)
      })
    } else if (panel.who !== undefined) {
      const name = say(panel.who, register)
      put(canvas, row, LABEL, name, 's')
      const column = Math.max(TEXT, LABEL + widthOf(name) + 1)
      for (const line of wrap(text, END - column, room, g.cut)) drawTagged(canvas, row++, column, line, '.', look.columns)
    } else for (const line of wrap(text, END - TEXT, room, g.cut)) drawTagged(canvas, row++, TEXT, line, '.', look.columns)
  }
  if (panel.steps !== undefined && panel.steps.length > 0) {
    if (row + 2 < last) row++
    let at = TEXT
    for (const step of panel.steps) {
      const mark =
        step.mark === 'done'
          ? g.yes
          : step.mark === 'open'
            ? g.open
            : step.progress === undefined
              ? g.next
              : progressBar(step.progress.done, step.progress.of, g)
      const words = say(step.text, register)
      if (at + widthOf(mark) + 1 + widthOf(words) > END && at > TEXT) {
        row++
        at = TEXT
      }
      at = put(canvas, row, at, mark, step.mark === 'done' ? 'o' : step.mark === 'now' ? 'f' : 'm') + 1
      at = put(canvas, row, at, words, step.mark === 'now' ? '.' : 'm', END) + 3
    }
    row++
  }
  const gap = row + (after > 0 ? 1 : 0) + after - (panel.steps !== undefined ? 2 : 0) <= last ? 1 : 0
  if (panel.typed !== undefined) {
    row += gap
    label(canvas, row, 'typed')
    put(canvas, row++, TEXT, fit(panel.typed, END - TEXT, g))
    const lines = (panel.output ?? []).flatMap(line => wrap(line, END - TEXT, 4, g.cut))
    for (const line of lines.slice(0, Math.max(0, last - row - (panel.beat !== undefined ? 1 : 0)))) put(canvas, row++, TEXT, line, 'm')
  }
  if (panel.beat !== undefined && row < last) {
    if (panel.typed === undefined) row += gap
    const column = Math.max(TEXT, put(canvas, row, LABEL, `${beat} ${panel.beat.number}`, 'm') + 1)
    put(canvas, row, column, fit(say(panel.beat.text, register), END - column, g), 'm')
  }
}

function drawBet(canvas: Canvas, panel: BetPanel, look: Look): void {
  const { register, glyphs: g } = look
  putAll(canvas, TOP, LABEL, [[`BET ${panel.number}`, 's']])
  const rows = BOTTOM - TOP
  const question = wrap(say(panel.question, register), END - TEXT, rows - panel.options.length > 1 ? 2 : 1, g.cut)
  question.forEach((line, i) => {
    put(canvas, TOP + i, TEXT, line)
  })
  const free = rows - question.length
  const two = panel.options.length > free
  panel.options.forEach((option, i) => {
    const row = TOP + question.length + (two ? i % free : i)
    const column = two && i >= free ? 46 : TEXT
    const picked = panel.picked === i
    const text = fit(say(option, register), (two ? (column === TEXT ? 31 : 30) : END - TEXT - 3) - (picked ? 16 : 0), g)
    put(canvas, row, column, String(i + 1), 's')
    const at = put(canvas, row, column + 3, text, picked ? 's' : '.')
    if (picked) put(canvas, row, at + 2, panel.confidence === undefined ? g.acting : `${g.acting} ${SURE[panel.confidence]}`, 'l')
  })
}

/** Five steps: what you said; what it was; the beat that decided; the belief; what speaks against it. */
export const REVEAL_STEPS = 5

function drawReveal(canvas: Canvas, panel: RevealPanel, look: Look, steps = REVEAL_STEPS): void {
  const { register, glyphs: g } = look
  putAll(canvas, TOP, LABEL, [[`BET ${panel.number}`, 's']])
  const said = `You said ${say(panel.said, register)} (${SURE[panel.confidence]}).`
  let at = put(canvas, TOP, TEXT, fit(said, END - TEXT, g))
  // The verdict stands behind what was said, or below it where there is no room.
  const verdict = panel.right ? ` You were right.` : ` It was ${say(panel.was, register)}.`
  const longer = TEXT + widthOf(said) + widthOf(verdict) + 2 >= END
  if (steps >= 1) {
    if (panel.right)
      at = putAll(canvas, longer ? TOP + 1 : TOP, longer ? TEXT : at + 1, [
        [g.yes, 'o'],
        [verdict, 's'],
      ])
    else if (!longer) at = putAll(canvas, TOP, at, [' It was ', [`${say(panel.was, register)}.`, 's']])
    else {
      wrap(`It was ${say(panel.was, register)}.`, END - TEXT, 1, g.cut).forEach(line => {
        put(canvas, TOP + 1, TEXT, line, 's')
      })
    }
  }
  let row = TOP + (longer ? 2 : 1)
  if (panel.decided !== undefined) {
    if (steps >= 2) {
      label(canvas, row, 'decided')
      const column = put(canvas, row, TEXT, `beat ${panel.decided.beat}`, 'b')
      const end = put(canvas, row, Math.max(20, column + 1), fit(say(panel.decided.text, register), END - 24, g))
      put(canvas, row, Math.min(END, end + 3), g.acting, 'l')
    }
    row++
  }
  if (panel.belief !== undefined && row < BOTTOM) {
    if (steps >= 3) {
      label(canvas, row, 'belief')
      put(canvas, row, TEXT, panel.belief.code, 'w')
      put(canvas, row, 20, fit(panel.belief.text, END - 20, g))
    }
    row++
  }
  if (panel.against !== undefined && row < BOTTOM) {
    if (steps >= 4) {
      label(canvas, row, 'against')
      // Where the text is long, the deciding beat has its line above.
      const crowded = panel.against.beat === panel.decided?.beat && widthOf(say(panel.against.text, register)) > END - 20
      const beat = crowded ? undefined : panel.against.beat
      if (beat !== undefined) put(canvas, row, TEXT, `beat ${beat}`, 'b')
      const column = beat === undefined ? TEXT : 20
      const lines = wrap(say(panel.against.text, register), END - column, Math.max(1, Math.min(2, BOTTOM - row)), g.cut)
      for (const line of lines) put(canvas, row++, column, line)
    } else row++
  }
  if (row < BOTTOM && steps >= 4) {
    const lines = wrap(say(panel.why, register), END - TEXT, BOTTOM - row, g.cut)
    for (const line of lines) put(canvas, row++, TEXT, line)
  }
  if (canvas.rows >= 36 && steps >= REVEAL_STEPS) {
    put(canvas, BELOW, LABEL, 'THE ANSWERS', 'm')
    optionLines(panel, look).forEach((line, i) => {
      putAll(canvas, BELOW + 1 + i, TEXT - 3, line)
    })
  }
  if (!panel.right && steps >= REVEAL_STEPS) put(canvas, BOTTOM, END - widthOf(FREE_MISS) - 6, '')
}

/** Every answer with its reason, at most two lines each. */
function optionLines(panel: RevealPanel, look: Look): [string, Token][][] {
  const { register, glyphs: g } = look
  return panel.options.flatMap((option, i) => {
    const mark: [string, Token] = option.right ? [`${g.yes}  `, 'o'] : option.chosen ? [`${g.no}  `, 'w'] : ['   ', '.']
    const head: [string, Token][] = [mark, [`${i + 1}  `, 's'], [fit(say(option.text, register), 60, g), '.']]
    const why = wrap(say(option.why, register), END - TEXT - 3, 1, g.cut).map((line): [string, Token][] => [
      ['      ', '.'],
      [line, 'm'],
    ])
    return [head, ...why]
  })
}

function drawRole(canvas: Canvas, panel: RolePanel, look: Look): void {
  const { register, glyphs: g } = look
  const split = 42
  const rows = BOTTOM - TOP
  const chosen = Math.max(
    0,
    panel.tray.findIndex(t => t.chosen),
  )
  // Left: whose jacket, or on low screens what the chosen paper says; below it the tray, the chosen paper in view.
  const paper = panel.tray.find(t => t.chosen)?.detail[0]
  const head = canvas.rows >= 36 || paper === undefined ? [] : wrap(say(paper, register), split - LABEL - 1, 2, g.cut)
  head.forEach((line, i) => {
    put(canvas, TOP + i, LABEL, line, 's')
  })
  // Whose jacket it is stands in the line above as well: a full tray needs the room more.
  const full = head.length === 0 && panel.tray.length === rows - 1
  const top = TOP + (full ? 0 : Math.max(1, head.length))
  if (head.length === 0 && !full) {
    put(canvas, TOP, LABEL, `as ${say(panel.role.name, register)}`, 's', 24)
    if (panel.tray.length > rows - 2) put(canvas, TOP, 24, `${panel.tray.length} in the tray`, 'm', split)
  }
  const room = BOTTOM - 1 - top
  const from = Math.max(0, Math.min(chosen, panel.tray.length - room))
  const shown = panel.tray.slice(from, from + room)
  if (panel.tray.length === 0) put(canvas, TOP + 1, LABEL + 2, 'The tray is empty.', 'm')
  shown.forEach((item, i) => {
    const row = top + i
    put(canvas, row, LABEL, item.done ? g.yes : String(from + i + 1), item.done ? 'o' : 's')
    put(canvas, row, LABEL + 3, fit(say(item.text, register), split - LABEL - 5, g), item.done ? 'm' : item.chosen ? 's' : '.')
    if (item.chosen) put(canvas, row, 1, g.acting === '<' ? '-' : '⋅', 'l')
  })
  // Right: what can be done.
  const deep = rows - 1
  panel.verbs.slice(0, deep * 2).forEach((verb, i) => {
    const column = split + (i >= deep ? 19 : 0)
    const row = TOP + (i % deep)
    put(canvas, row, column, verb.key, verb.possible ? 's' : 'm')
    put(
      canvas,
      row,
      column + Math.max(2, widthOf(verb.key) + 1),
      fit(say(verb.text, register), (panel.verbs.length > deep || panel.jackets.length > 0 ? 20 : 36) - 3, g),
      verb.possible ? '.' : 'm',
      80,
    )
  })
  // The other jackets hang beside, where there is room.
  if (panel.verbs.length <= deep)
    panel.jackets.slice(0, deep).forEach((jacket, i) => {
      put(canvas, TOP + i, split + 21, jacket.key, 's')
      put(canvas, TOP + i, split + 23, fit(`be ${say(jacket.name, register)}`, 80 - split - 23, g), '.', 80)
    })
  if (panel.said !== undefined) drawSaid(canvas, BOTTOM - 1, panel.said, look, 79)
  const detail = roleDetail(panel, look)
  if (canvas.rows < 36 || detail.length === 0) return
  put(canvas, BELOW, LABEL, 'IN YOUR HAND', 'm')
  detail.slice(0, 9).forEach((line, i) => {
    put(canvas, BELOW + 1 + i, TEXT, line, '.', 80)
  })
}

function roleDetail(panel: RolePanel, look: Look): string[] {
  const item = panel.tray.find(t => t.chosen)
  const lines = (item?.detail ?? []).flatMap(d => wrap(say(d, look.register), END - TEXT))
  return lines
}

function drawSaid(canvas: Canvas, row: number, said: { text: Words; ok: boolean }, look: Look, end: number): void {
  const { glyphs: g } = look
  put(canvas, row, LABEL, said.ok ? g.yes : g.no, said.ok ? 'o' : 'w')
  put(canvas, row, LABEL + 3, fit(say(said.text, look.register), end - LABEL - 3, g), '.', end)
}

function drawSort(canvas: Canvas, panel: SortPanel, look: Look): void {
  const { register, glyphs: g } = look
  const current = panel.tasks.find(t => t.id === panel.current)
  const done = panel.tasks.filter(t => t.given !== undefined).length
  put(canvas, TOP, LABEL, 'TASK', 's')
  put(canvas, TOP, LABEL + 5, `${Math.min(done + 1, panel.tasks.length)} of ${panel.tasks.length}`, 'm')
  if (current !== undefined) drawTagged(canvas, TOP, 17, fit(say(current.text, register), END - 17, g), 's', 80)
  // Nine people, three a row.
  panel.people.forEach((person, i) => {
    const row = TOP + 1 + Math.floor(i / 3)
    const column = TEXT + (i % 3) * 23
    if (row >= BOTTOM - 1) return
    put(canvas, row, column, person.key, 's')
    const at = put(canvas, row, column + 2, fit(say(person.name, register), 18, g))
    if (person.looked) put(canvas, row, at + 1, g.open, 'm')
  })
  if (panel.said !== undefined) drawSaid(canvas, BOTTOM - 1, panel.said, look, 62)
  put(canvas, BOTTOM - 1, 64, `mistakes ${panel.mistakes} of ${panel.allowed}`, panel.mistakes > 0 ? 'w' : 'm')
  if (canvas.rows < 36) return
  put(canvas, BELOW, LABEL, 'TASKS', 'm')
  panel.tasks.forEach((task, i) => {
    const row = BELOW + 1 + i
    if (row >= canvas.rows - 2) return
    const [mark, token]: [string, Token] =
      task.right === true ? [g.yes, 'o'] : task.right === false ? [g.no, 'w'] : task.id === panel.current ? [g.acting, 'l'] : [g.open, 'm']
    put(canvas, row, LABEL + 3, mark, token)
    put(canvas, row, TEXT, fit(say(task.text, register), 50, g), task.id === panel.current ? '.' : 'm')
    if (task.given !== undefined) put(canvas, row, 63, fit(say(task.given, register), 16, g), 'm')
  })
}

function drawHint(canvas: Canvas, panel: HintPanel, look: Look): void {
  const { register, glyphs: g } = look
  put(canvas, TOP, LABEL, `HINT ${panel.grade}`, 's')
  const lines = wrap(say(panel.text, register), END - TEXT, panel.command === undefined ? 4 : 3, g.cut)
  lines.forEach((line, i) => {
    drawTagged(canvas, TOP + i, TEXT, line, '.', 80)
  })
  let row = TOP + lines.length
  if (panel.command !== undefined) {
    label(canvas, row, 'type')
    put(canvas, row++, TEXT, fit(panel.command, END - TEXT, g), 's')
  }
  if (row < BOTTOM)
    put(canvas, row, TEXT, panel.left === 0 ? 'That was the last one.' : panel.left === 1 ? 'One more hint: h' : `${panel.left} more hints: h`, 'm')
}

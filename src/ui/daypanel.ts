// daypanel.ts: how a day went, factory by factory: rent, use, and what one fire takes, beside the day before.

import type { DayLine, DayPanel } from '../game/panel.ts'
import { type Canvas, put, widthOf } from './canvas.ts'
import type { Look } from './frame.ts'
import { say } from './lines.ts'
import { fit } from './map.ts'
import { wrap } from './wrap.ts'

const TOP = 16 // The first of five rows.
const LABEL = 3
const BARS = 10 // Column of the first factory; each takes two.
const SPLIT = 44
const NONE = { company: '', kubernetes: '' }

export function drawDay(canvas: Canvas, panel: DayPanel, look: Look): void {
  const { register, glyphs: g } = look
  const { last, before } = panel
  put(canvas, TOP, LABEL, fit(say(panel.instructions, register), SPLIT - LABEL - 2, g), 's')
  if (last === undefined)
    wrap(say(panel.greeting ?? NONE, register), SPLIT - LABEL - 2, 4, g.cut).forEach((line, i) => {
      put(canvas, TOP + 1 + i, LABEL, line, '.')
    })
  else {
    const tail = BARS + last.floors.length * 2 + 1
    const bar = (full: number) => (full <= 0 ? g.open : [...g.bars][Math.min(7, Math.ceil(full * 8) - 1)]!)
    const row = (at: number, label: string, cell: (f: DayLine['floors'][number]) => string, told: string) => {
      put(canvas, TOP + at, LABEL, label, 'm', BARS - 1)
      last.floors.forEach((floor, i) => {
        put(canvas, TOP + at, BARS + i * 2, cell(floor), floor.pods > 0 ? 'f' : 'm')
      })
      put(canvas, TOP + at, tail, told, '.', SPLIT)
    }
    row(1, 'rent', f => (f.rent > 0 ? f.letter : g.open), `${last.rent} a night`)
    row(2, 'busy', f => bar(f.full), `${last.busy} % asked for`)
    row(3, 'fire', f => (f.pods > 9 ? '+' : f.pods === 0 ? g.open : String(f.pods)), `takes ${last.fire} at once`)
    if (before !== undefined)
      put(canvas, TOP + 4, LABEL, fit(`before  rent ${before.rent}, busy ${before.busy} %, fire ${before.fire}`, SPLIT - LABEL - 2, g), 'm')
  }
  panel.verbs.forEach((verb, i) => {
    put(canvas, TOP + i, SPLIT, verb.key, 's')
    put(canvas, TOP + i, SPLIT + Math.max(2, widthOf(verb.key) + 1), fit(say(verb.text, register), 80 - SPLIT - 3, g), '.', 80)
  })
}

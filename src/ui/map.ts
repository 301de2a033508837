// map.ts: the office and the factories. Its cells never move: a place learned once is a place known.

import type { BenchItem, Desk, Factory, MapView, Vault } from '../game/view.ts'
import { type Canvas, put, type Token, widthOf } from './canvas.ts'
import type { Glyphs } from './glyphs.ts'
import { bench, caller, dark, hallSign, type Register, revision, say } from './lines.ts'

/** Rows that the map takes, and columns. */
export const MAP = { top: 1, bottom: 15, width: 80 } as const

/** Where the belt's seven stations are: names begin here, ticks stand two cells on. */
export const stationColumn = (i: number): number => 11 + 7 * i
export const tickColumn = (i: number): number => 13 + 7 * i

export const ROW = {
  sign: 1,
  names: 2,
  lines: 3,
  wire: 4,
  stations: 5,
  belt: 6,
  hatch: 7,
  floor: 8,
  gap: 9,
  roof: 10,
  foreman: 11,
  runtime: 12,
  bench: 13,
  switchboard: 14,
  ground: 15,
} as const
const HALL = { left: 7, right: 79 } as const
export const GATE = 60
/** Left sides of factories, where there are more than four. */
const SMALL = [0, 11, 23, 34, 46, 58, 70]
const DESKS = [
  { mark: 9, name: 11, limit: 34 },
  { mark: 35, name: 37, limit: 51 },
  { mark: 52, name: 54, limit: 78 },
] as const

/** Places of up to seven factories; each has a wire to the hatch. */
export function lots(count: number): { left: number; width: number; wire: number }[] {
  if (count <= 2)
    return [
      { left: 0, width: 39, wire: 12 },
      { left: 41, width: 39, wire: 53 },
    ].slice(0, count)
  if (count > 4) return SMALL.slice(0, count).map(left => ({ left, width: 10, wire: Math.min(57, Math.max(HALL.left + 1, left + 6)) }))
  return [0, 20, 41, 61].slice(0, count).map((left, i) => ({ left, width: 19, wire: i === 3 ? 57 : left + 12 }))
}

/** The column of an actor's wire, and whether it hangs above the belt or below it. */
export function wireOf(map: MapView, actor: string): { column: number; below: boolean } | undefined {
  const desk = map.desks.findIndex(d => d.actor === actor)
  if (desk >= 0) return { column: DESKS[desk]!.name, below: false }
  const factory = map.factories.findIndex(f => [f.foreman.actor, f.runtime.actor, f.switchboard.actor].includes(actor))
  const lot = lots(map.factories.length)[factory]
  return lot === undefined ? undefined : { column: lot.wire, below: true }
}

export function drawMap(canvas: Canvas, map: MapView, register: Register, g: Glyphs): void {
  const lit = map.hatch.lit
  drawHall(canvas, register, g, lit)
  map.desks.forEach((desk, i) => {
    drawDesk(canvas, desk, DESKS[i]!, register, g)
  })
  drawHatch(canvas, map, register, g)
  drawVault(canvas, map.vault, register, g)
  const places = lots(map.factories.length)
  map.factories.slice(0, places.length).forEach((factory, i) => {
    const place = places[i]!
    if (lit) {
      put(canvas, ROW.floor, place.wire, g.wire, 'm')
      put(canvas, ROW.gap, place.wire, g.wire, 'm')
      const down = place.left + (place.width > 10 ? 12 : 6)
      if (place.wire < place.left) put(canvas, ROW.gap, place.wire + 1, g.bellLine.repeat(down - place.wire), 'm')
    }
    drawFactory(canvas, factory, place, register, g)
  })
  if (map.gap !== undefined) drawGap(canvas, map, register, g)
}

function drawHall(canvas: Canvas, register: Register, g: Glyphs, lit: boolean): void {
  const { tl, t, tr, l, r, bl, b, br } = g.hall
  put(canvas, ROW.sign, HALL.left, tl + t.repeat(HALL.right - HALL.left - 1) + tr)
  put(canvas, ROW.sign, 11, ` ${say(hallSign, register)} `, lit ? 'l' : 'm')
  for (let row = ROW.names; row < ROW.floor; row++) {
    put(canvas, row, HALL.left, l)
    put(canvas, row, HALL.right, r)
  }
  put(canvas, ROW.floor, HALL.left, bl + b.repeat(HALL.right - HALL.left - 1) + br)
}

function drawDesk(canvas: Canvas, desk: Desk, place: (typeof DESKS)[number], register: Register, g: Glyphs): void {
  drawName(canvas, ROW.names, place.mark, place.name, desk, register, g, place.limit)
  const room = place.limit + (place.limit < 78 ? 0 : 1)
  putLine(canvas, ROW.lines, place.name, desk, register, g, room)
  if (desk.lit) put(canvas, ROW.wire, place.name, g.wire, 'm')
}

/** The lamp, the name, and ◄ for who acts now. Returns the column after them. */
function drawName(canvas: Canvas, row: number, mark: number, column: number, desk: Desk, register: Register, g: Glyphs, limit: number, lamp = ''): number {
  put(canvas, row, mark, lamp === '' ? (desk.lit ? g.lit : g.dark) : lamp, desk.lit && lamp === '' ? 'l' : 'm')
  const name = register === 'company' ? say(desk.name, register).toUpperCase() : say(desk.name, register)
  const after = put(canvas, row, column, name, desk.lit ? (desk.acting ? 'l' : 's') : 'm', limit)
  if (!desk.acting) return after
  const at = Math.min(after + 1, limit)
  put(canvas, row, at, g.acting, 'l')
  return at + 1
}

function putLine(canvas: Canvas, row: number, column: number, desk: Desk, register: Register, g: Glyphs, end: number, busy: Token = 'm'): void {
  const text = desk.lit ? say(desk.line, register) : say(desk.line, register) || say(dark, register)
  const from = desk.denied === true ? put(canvas, row, column, g.no, 'w') + 1 : column
  put(canvas, row, from, fit(text, end - from, g), desk.lit ? busy : 'm', end)
}

function drawHatch(canvas: Canvas, map: MapView, register: Register, g: Glyphs): void {
  const { hatch } = map
  const label = say(hatch.caller ?? caller, register)
  put(canvas, ROW.stations, register === 'company' ? 2 : 0, label, '.', HALL.left)
  hatch.stations.forEach((station, i) => {
    put(canvas, ROW.stations, stationColumn(i), say(station.name, register), hatch.lit ? '.' : 'm', stationColumn(i) + 7)
  })
  if (hatch.lit) {
    put(canvas, ROW.belt, HALL.left - 1, g.belt.repeat(GATE - HALL.left + 1), 'm')
    hatch.stations.forEach((station, i) => {
      if (station.state === 'passed') put(canvas, ROW.belt, tickColumn(i), g.yes, 'o')
      if (station.state === 'refused') put(canvas, ROW.belt, tickColumn(i), g.no, 'w')
    })
    const { slip } = hatch
    if (slip !== undefined && slip.station < 7) drawSlip(canvas, slip.name, slip.station, g)
  }
  const after = drawName(canvas, ROW.hatch, 25, 27, hatch, register, g, 44)
  putLine(canvas, ROW.hatch, after + 2, hatch, register, g, GATE)
}

/** `[tea]` on the belt: at station 0 to 6, or at -1 in the caller's hand. */
export function drawSlip(canvas: Canvas, name: string, station: number, g: Glyphs): void {
  const tag = slipTag(name, 14, g)
  put(canvas, ROW.belt, station < 0 ? 0 : stationColumn(station), tag, 'p', station < 0 ? HALL.left : GATE)
}

export const slipTag = (name: string, max: number, g: Glyphs): string => `[${fit(name, max - 2, g)}]`

/** Cut to `width` cells, with a sign that it was. */
export function fit(text: string, width: number, g: Glyphs): string {
  if (widthOf(text) <= width) return text
  if (width <= 0) return ''
  let kept = text
  while (widthOf(kept) > width - 1) kept = kept.slice(0, -1)
  return kept.trimEnd() + g.cut
}

function drawVault(canvas: Canvas, vault: Vault, register: Register, g: Glyphs): void {
  const { corner, top, join, foot } = g.vault
  put(canvas, ROW.stations, GATE, corner + top.repeat(HALL.right - GATE - 1) + join)
  put(canvas, ROW.stations, GATE + 1, '   ')
  const after = drawName(canvas, ROW.stations, GATE + 2, GATE + 4, vault, register, g, 77)
  put(canvas, ROW.stations, after, ' ')
  put(canvas, ROW.belt, GATE, g.gate)
  put(canvas, ROW.hatch, GATE, g.hall.l)
  put(canvas, ROW.floor, GATE, foot)
  if (!vault.lit) {
    putLine(canvas, ROW.belt, GATE + 2, vault, register, g, HALL.right)
    return
  }
  put(canvas, ROW.belt, GATE + 2, `${say(revision, register)} ${vault.revision}`, '.', HALL.right)
  if (vault.filed === undefined) return
  const { filed } = vault
  const note = say(filed.note, register)
  const room = HALL.right - (GATE + 2)
  const at = put(canvas, ROW.hatch, GATE + 2, slipTag(filed.name, Math.max(6, room - widthOf(note) - 1), g), 'p', HALL.right)
  put(canvas, ROW.hatch, at + 1, fit(note, HALL.right - at - 1, g), '.', HALL.right)
}

function drawFactory(canvas: Canvas, factory: Factory, place: { left: number; width: number }, register: Register, g: Glyphs): void {
  const { left, width } = place
  const right = left + width - 1
  const wide = width > 30
  if (width <= 10) {
    drawSmall(canvas, factory, place, g)
    return
  }
  const walls = g.factory
  const roof = wide ? g.roof : g.roof.slice(0, 5)
  let at = put(canvas, ROW.roof, left, roof)
  at = put(canvas, ROW.roof, at, wide ? `${g.chimney.slice(0, 1)}${g.chimney}${walls.t.repeat(2)}` : g.chimney + walls.t)
  put(canvas, ROW.roof, at, walls.t.repeat(right - at) + walls.tr)
  put(
    canvas,
    ROW.roof,
    at,
    ` ${fit(wide ? signOf(factory, register) : signOf(factory, register).replace(/^.* /, ''), right - at - 2, g)} `,
    factory.lit ? 'l' : 'm',
    right,
  )
  for (let row = ROW.foreman; row < ROW.ground; row++) {
    put(canvas, row, left, walls.l)
    put(canvas, row, right, walls.r)
  }
  const between = walls.b.repeat(width - 2)
  put(canvas, ROW.ground, left, walls.bl + between + walls.br)
  const column = wide ? left + 16 : left + 4
  drawName(canvas, ROW.foreman, left + 2, left + 4, factory.foreman, register, g, wide ? left + 15 : right - 1)
  if (!wide) {
    putLine(canvas, ROW.runtime, column, factory.foreman.lit ? factory.runtime : factory.foreman, register, g, right)
    drawBench(canvas, factory, ROW.bench, column, right, register, g)
    putLine(canvas, ROW.switchboard, column, factory.switchboard, register, g, right)
    return
  }
  putLine(canvas, ROW.foreman, column, factory.foreman, register, g, right)
  drawName(canvas, ROW.runtime, left + 2, left + 4, factory.runtime, register, g, left + 15, g.hand)
  drawRuntime(canvas, factory, column, right, register, g)
  put(canvas, ROW.bench, left + 4, say(bench, register), 'm')
  drawBench(canvas, factory, ROW.bench, column, right, register, g)
  drawName(canvas, ROW.switchboard, left + 2, left + 4, factory.switchboard, register, g, left + 15)
  putLine(canvas, ROW.switchboard, column, factory.switchboard, register, g, right)
  if (factory.steaming) drawSteam(canvas, left, 0, g)
}

/** Where there are many: the letter, the lights, and how many slips stand there. */
function drawSmall(canvas: Canvas, factory: Factory, { left, width }: { left: number; width: number }, g: Glyphs): void {
  const walls = g.factory
  const right = left + width - 1
  put(canvas, ROW.roof, left, g.roof.slice(0, 2) + walls.t.repeat(width - 3) + walls.tr)
  put(canvas, ROW.roof, left + 4, ` ${factory.letter} `, factory.lit ? 'l' : 'm')
  for (let row = ROW.foreman; row < ROW.ground; row++) {
    put(canvas, row, left, walls.l)
    put(canvas, row, right, walls.r)
  }
  put(canvas, ROW.ground, left, walls.bl + walls.b.repeat(width - 2) + walls.br)
  put(canvas, ROW.foreman, left + 2, factory.foreman.lit ? g.lit : g.dark, factory.foreman.lit ? 'l' : 'm')
  const count = factory.bench.reduce((sum, item) => sum + item.count, 0)
  put(canvas, ROW.runtime, left + 2, count === 0 ? say(factory.benchLine, 'company') : `${count} run`, count === 0 ? 'm' : 'f', right)
  factory.bench.slice(0, 2).forEach((item, i) => {
    put(canvas, ROW.bench + i, left + 2, fit(`${item.count} ${item.order ?? item.pod}`, width - 3, g), '.', right)
  })
}

const signOf = (factory: Factory, register: Register) => say(factory.sign, register)

export function drawSteam(canvas: Canvas, left: number, shape: number, g: Glyphs): void {
  put(canvas, ROW.gap, left + 18, g.steam[shape % g.steam.length]!, 'f')
}

function drawRuntime(canvas: Canvas, factory: Factory, column: number, right: number, register: Register, g: Glyphs): void {
  const { runtime } = factory
  const { progress } = runtime
  if (progress === undefined || !runtime.lit) {
    putLine(canvas, ROW.runtime, column, runtime, register, g, right, factory.bench.length > 0 ? 'f' : 'm')
    return
  }
  const bar = progressBar(progress.done, progress.of, g)
  const tail = `${bar} ${progress.done} of ${progress.of} ${progress.unit}`
  const at = put(canvas, ROW.runtime, column, fit(say(runtime.line, register), right - column - widthOf(tail) - 1, g), 'f')
  put(canvas, ROW.runtime, at + 1, tail, 'f', right)
}

/** Three cells at least, eight at most. */
export function progressBar(done: number, of: number, g: Glyphs): string {
  const cells = Math.max(3, Math.min(8, of))
  const full = of === 0 ? 0 : Math.min(cells, Math.round((done / of) * cells))
  return g.full.repeat(full) + g.empty.repeat(cells - full)
}

const itemTag = (item: BenchItem) => (item.count > 1 ? `(${item.pod} x${item.count})` : `(${item.pod})`)

function drawBench(canvas: Canvas, factory: Factory, row: number, column: number, right: number, register: Register, g: Glyphs): void {
  const { bench: items } = factory
  if (items.length === 0) {
    put(canvas, row, column, fit(say(factory.benchLine, register), right - column, g), 'm', right)
    return
  }
  if (items.length === 1) {
    const item = items[0]!
    put(canvas, row, column, fit(`${itemTag(item)} ${say(item.state, register)}`, right - column, g), item.running ? 'f' : '.', right)
    return
  }
  let at = column
  for (let i = 0; i < items.length; i++) {
    const tag = itemTag(items[i]!)
    const rest = items.length - i - 1
    if (at + widthOf(tag) + (rest > 0 ? 4 : 0) > right) {
      const left = items.slice(i).reduce((sum, item) => sum + item.count, 0)
      put(canvas, row, at, `+${left}`, 'm', right)
      return
    }
    at = put(canvas, row, at, tag, items[i]!.running ? 'f' : '.', right) + 1
  }
}

/** A wire that does not exist: dots and a sign where it would have been. */
function drawGap(canvas: Canvas, map: MapView, register: Register, g: Glyphs): void {
  const { gap } = map
  const from = wireOf(map, gap!.from)
  const to = wireOf(map, gap!.to)
  const sign = ` ${say(gap!.sign, register)} `
  const [a, b] = [from?.column ?? 37, to?.column ?? 12].sort((x, y) => x - y) as [number, number]
  const left = Math.min(a + 2, 78 - widthOf(sign))
  const right = Math.max(b, left + widthOf(sign))
  for (let at = left; at < right; at += 2) put(canvas, ROW.gap, at, g.open, 'm', 80)
  put(canvas, ROW.gap, Math.floor((left + right - widthOf(sign)) / 2), sign, 'm', 80)
}

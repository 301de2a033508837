// motion.ts: what a beat moves, frame by frame: the slip along the belt, a bell along its wire, a pen at a desk.

import type { MapView, Motion } from '../game/view.ts'
import { type Canvas, put, tint } from './canvas.ts'
import type { Glyphs } from './glyphs.ts'
import { drawSlip, GATE, lots, ROW, stationColumn, tickColumn, wireOf } from './map.ts'

/** Frames a second while something moves. */
export const FPS = 8

/** Frames that one trip takes. Shorter than a second each. */
export function framesOf(motion: Motion): number {
  switch (motion.move) {
    case 'slip':
      return Math.max(1, motion.to - motion.from + 1)
    case 'file':
      return 2
    case 'bell':
      return 4
    case 'write':
      return 2
    case 'runtime':
      return 2
    case 'think':
      return 2
    case 'lights':
      return Math.max(2, Math.min(6, motion.actors.length))
  }
}

export const framesOfAll = (motions: readonly Motion[]): number => motions.reduce((sum, m) => sum + framesOf(m), 0)

/** Where in the play frame number `frame` is: which motion, and how far into it. Past the end: undefined. */
function at(motions: readonly Motion[], frame: number): { index: number; step: number } | undefined {
  let left = frame
  for (let index = 0; index < motions.length; index++) {
    const frames = framesOf(motions[index]!)
    if (left < frames) return { index, step: left }
    left -= frames
  }
  return undefined
}

/** The map as it was at `frame`: what the motions still to come will change is shown as not yet done. */
export function mapAt(map: MapView, before: MapView | undefined, frame: number): MapView {
  const now = at(map.motion, frame)
  if (now === undefined) return map
  const coming = map.motion.slice(now.index)
  const slip = map.motion.find(m => m.move === 'slip')
  const files = coming.some(m => m.move === 'file')
  const lights = coming.find(m => m.move === 'lights')
  let shown = map
  if (slip !== undefined && coming.includes(slip)) {
    const here = map.motion[now.index] === slip ? slip.from + now.step : slip.from - 1
    const stations = map.hatch.stations.map((s, i) => (i >= here ? { ...s, state: 'idle' as const } : { ...s, state: 'passed' as const }))
    shown = { ...shown, hatch: { ...shown.hatch, stations, slip: { name: slip.slip, station: here } } }
  }
  if (files && before !== undefined) {
    const filed = before.vault.filed
    shown = { ...shown, vault: { ...shown.vault, revision: before.vault.revision, filed } }
  }
  if (lights !== undefined && before !== undefined) shown = darken(shown, before, lights.actors.slice(map.motion[now.index] === lights ? now.step + 1 : 0))
  // Who hears a bell shows it only when the bell has come.
  const bells = coming.filter(m => m.move === 'bell')
  for (const bell of bells) shown = quiet(shown, before, bell.to)
  return shown
}

function darken(map: MapView, before: MapView, actors: string[]): MapView {
  const still = new Set(actors)
  const desks = map.desks.map((d, i) => (still.has(d.actor) ? before.desks[i]! : d)) as unknown as MapView['desks']
  return {
    ...map,
    desks,
    hatch: still.has(map.hatch.actor) ? before.hatch : map.hatch,
    vault: still.has(map.vault.actor) ? before.vault : map.vault,
  }
}

function quiet(map: MapView, before: MapView | undefined, actor: string): MapView {
  const desks = map.desks.map((d, i) => (d.actor === actor ? { ...(before?.desks[i] ?? d), acting: false } : d)) as unknown as MapView['desks']
  const factories = map.factories.map((f, i) => {
    const was = before?.factories[i]
    return f.foreman.actor === actor ? { ...f, foreman: { ...(was?.foreman ?? f.foreman), acting: false } } : f
  })
  return { ...map, desks, factories }
}

/** Draws the mover of this frame, and the trails of those that have arrived; a frame past the end leaves the last trails. */
export function drawMotion(canvas: Canvas, map: MapView, frame: number, g: Glyphs): void {
  const now = at(map.motion, frame)
  const arrived = now === undefined ? map.motion : map.motion.slice(0, now.index)
  for (const motion of arrived) drawTrail(canvas, map, motion, g)
  if (now === undefined) return
  const motion = map.motion[now.index]!
  switch (motion.move) {
    case 'slip':
      for (let i = 0; i < motion.from + now.step; i++) put(canvas, ROW.belt, tickColumn(i), g.yes, 'o')
      drawSlip(canvas, motion.slip, motion.from + now.step, g)
      return
    case 'bell':
      drawBell(canvas, map, motion.to, (now.step + 1) / framesOf(motion), motion.lost === true, g)
      return
    default:
      drawTrail(canvas, map, motion, g)
  }
}

function drawTrail(canvas: Canvas, map: MapView, motion: Motion, g: Glyphs): void {
  switch (motion.move) {
    case 'slip': {
      if (motion.ok) return
      put(canvas, ROW.belt, tickColumn(motion.to), g.no, 'w')
      return
    }
    case 'file':
      put(canvas, ROW.belt, GATE - 2, g.filing.repeat(2), 'e')
      return
    case 'bell':
      drawBell(canvas, map, motion.to, 1, motion.lost === true, g)
      return
    case 'write': {
      const wire = wireOf(map, motion.from)
      if (wire === undefined) return
      put(canvas, wire.below ? ROW.gap : ROW.wire, wire.column, g.writing, 'e')
      return
    }
    case 'runtime': {
      const index = map.factories.findIndex(f => f.node === motion.node)
      const lot = lots(map.factories.length)[index]
      if (lot !== undefined) tint(canvas, ROW.runtime, lot.left + 2, 1, 'e')
      return
    }
    default:
  }
}

/** A bell leaves the file station along the wire's row and stops at the desk's own wire; a lost one goes half way. */
function drawBell(canvas: Canvas, map: MapView, to: string, share: number, lost: boolean, g: Glyphs): void {
  const wire = wireOf(map, to)
  if (wire === undefined) return
  const part = lost ? share / 2 : share
  const sign = lost && share === 1 ? g.lost : g.bell
  const token = lost && share === 1 ? 'm' : 'b'
  if (wire.below) {
    const rows = [ROW.hatch, ROW.floor, ROW.gap]
    const reached = Math.max(0, Math.ceil(part * rows.length) - 1)
    for (let i = 1; i < reached; i++) put(canvas, rows[i]!, wire.column, g.wire, token)
    put(canvas, rows[reached]!, wire.column, sign, token)
    return
  }
  const start = stationColumn(6) + 1
  const end = Math.round(start + (wire.column - start) * part)
  const [left, right] = end <= start ? [end, start] : [start, end]
  put(canvas, ROW.wire, left, g.bellLine.repeat(right - left + 1), token)
  put(canvas, ROW.wire, end, sign, token)
}

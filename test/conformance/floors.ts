// floors.ts: what conformance must not fall below. Floors only rise.

import fs from 'node:fs'
import path from 'node:path'

const FILE = path.join(import.meta.dirname, '../floors.json')

/** Figures that stand below their floor, as sentences; `raise` writes floors that have risen. */
export function belowFloors(what: string, figures: Record<string, number>, raise = false): string[] {
  const all = JSON.parse(fs.readFileSync(FILE, 'utf8')) as Record<string, Record<string, number>>
  const floors = all[what] ?? {}
  const low = Object.entries(floors).filter(([name, floor]) => (figures[name] ?? 0) < floor)
  if (raise && low.length === 0) fs.writeFileSync(FILE, `${JSON.stringify({ ...all, [what]: { ...floors, ...figures } }, null, 2)}\n`)
  return low.map(([name, floor]) => `${what}: ${name} is ${figures[name] ?? 0}, its floor is ${floor}`)
}

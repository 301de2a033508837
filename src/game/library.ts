// library.ts: all levels of the campaign: those of this release from their files, the others by name.

import type { Level } from './level.ts'
import type { Library } from './listview.ts'

/** Chapters and levels of the whole campaign. */
const CAMPAIGN: [string, string[]][] = [
  ['The Mother Company', ['First Order', 'Who Does What?', 'Only One Door', 'Nobody Phones the Planner', 'First Shift at the Factory', 'Boss: The Morning Rush']],
]

/** The levels that are there, in their chapters; `titles` names what is still to come. */
export function libraryOf(levels: Level[], titles: { number: number; title: string; levels: { id: string; title: string }[] }[]): Library {
  void CAMPAIGN
  const byId = new Map(levels.map(l => [l.id, l]))
  const chapters = titles.map(c => ({
    number: c.number,
    title: c.title,
    levels: c.levels.map(l => {
      const level = byId.get(l.id)
      return { id: l.id, title: l.title, ...(level === undefined ? {} : { level }) }
    }),
  }))
  return { chapters }
}

/** A library of one pack alone. */
export function packLibrary(title: string, levels: Level[]): Library {
  return { chapters: [{ number: 1, title, levels: levels.map(level => ({ id: level.id, title: level.title, level })) }] }
}

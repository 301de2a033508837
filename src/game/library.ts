// library.ts: all levels of the campaign: those of this release, and the names of those to come.

import type { Level } from './level.ts'
import type { Library } from './listview.ts'

/** `levels/campaign.yaml`: chapters, and the titles of their levels. */
export interface Campaign {
  chapters: { number: number; title: string; levels: { id: string; title: string }[] }[]
}

export function libraryOf(campaign: Campaign, levels: readonly Level[]): Library {
  const byId = new Map(levels.map(l => [l.id, l]))
  return {
    chapters: campaign.chapters.map(c => ({
      number: c.number,
      title: c.title,
      levels: c.levels.map(l => {
        const level = byId.get(l.id)
        return { id: l.id, title: l.title, ...(level === undefined ? {} : { level }) }
      }),
    })),
  }
}

/** A library of packs alone. */
export const packLibrary = (title: string, levels: readonly Level[]): Library => ({
  chapters: [{ number: 1, title, levels: levels.map(level => ({ id: level.id, title: level.title, level })) }],
})

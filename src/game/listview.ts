// listview.ts: the title, and the list of all levels.

import type { Level } from './level.ts'
import type { Progress } from './progress.ts'
import type { LevelRow, LevelsView, Notice, TitleView } from './view.ts'

export interface Listed {
  id: string
  title: string
  /** None: not in this release. */
  level?: Level
}

export interface Library {
  chapters: { number: number; title: string; levels: Listed[] }[]
}

const all = (library: Library) => library.chapters.flatMap(c => c.levels)

const starsOf = (progress: Progress) => Object.values(progress.levels).reduce((sum, r) => sum + Number(r.solved) + Number(r.par) + Number(r.understood), 0)

export function titleOf(library: Library, progress: Progress, next: string, resumes: boolean, due: number, notices: Notice[]): TitleView {
  const level = all(library).find(l => l.id === next)
  return {
    screen: 'title',
    ...(progress.name === undefined ? {} : { name: progress.name }),
    next: { id: next, title: level?.title ?? '', story: level?.level?.story ?? [], first: progress.name === undefined, resumes },
    due,
    stars: { earned: starsOf(progress), of: 3 * all(library).length },
    solved: { levels: Object.values(progress.levels).filter(r => r.solved).length, of: all(library).length },
    foresight: progress.foresight,
    notices,
  }
}

export function levelsOf(library: Library, progress: Progress, chapter: number, selected: string, due: number, notices: Notice[]): LevelsView {
  const chosen = all(library).find(l => l.id === selected)
  return {
    screen: 'levels',
    solved: { levels: Object.values(progress.levels).filter(r => r.solved).length, of: all(library).length },
    stars: { earned: starsOf(progress), of: 3 * all(library).length },
    due,
    chapters: library.chapters.map(c => ({ number: c.number, title: c.title, levels: c.levels.map(l => rowOf(l, progress)) })),
    chapter,
    selected,
    detail: {
      id: selected,
      story: chosen?.level?.story ?? ['This level comes in a later release.'],
      kind:
        chosen?.level === undefined
          ? ''
          : `${chosen.level.kind}${chosen.level.bets.length > 0 ? `, ${chosen.level.bets.length === 1 ? 'one bet' : `${chosen.level.bets.length} bets`}` : ''}`,
      par:
        chosen?.level === undefined
          ? ''
          : `${chosen.level.par.seconds} s, ${chosen.level.par.commands === 1 ? '1 command' : `${chosen.level.par.commands} commands`}`,
    },
    notices,
  }
}

export function rowOf(listed: Listed, progress: Progress): LevelRow {
  const r = progress.levels[listed.id]
  return {
    id: listed.id,
    title: listed.title,
    stars: [r?.solved === true, r?.par === true, r?.understood === true],
    state: listed.level === undefined ? 'later' : r?.solved === true ? 'solved' : 'open',
  }
}

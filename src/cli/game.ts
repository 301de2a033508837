// game.ts: opens a session for the screens: levels, progress, and where both are kept.

import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { openQuestions } from '../game/asking.ts'
import { type Keeper, leave } from '../game/keeping.ts'
import { packLibrary } from '../game/library.ts'
import { loadProgress, saveProgress } from '../game/progress.ts'
import { sandbox } from '../game/sandbox.ts'
import { newKeeper } from '../game/saves.ts'
import { act, newSession, open, type Session, viewOf } from '../game/session.ts'
import type { Play } from '../ui/app.tsx'
import { meant } from '../ui/spoken.ts'
import { BAD_INPUT, Stop, usage } from './exit.ts'
import type { Folders } from './folders.ts'
import { openLibrary } from './levels.ts'

/** Characters of a file that the sandbox reads. */
const FILE_MAX = 256 * 1024

export interface OpenOptions {
  version: string
  seed?: number
  level?: string
  packs?: readonly string[]
  /** An empty company, with what these files order. */
  sandbox?: readonly string[]
  /** The questions alone: of a chapter, a level, or all. */
  quiz?: { of?: string }
  folders: Folders
  /** What is written: all; for a script only results and logs, and its levels begin afresh; for a picture nothing. */
  keep: 'all' | 'results' | 'nothing'
}

export interface Game extends Play {
  session: Session
  save: () => void
}

export async function openGame(options: OpenOptions): Promise<Game> {
  const library = options.sandbox === undefined ? await openLibrary(options.packs ?? []) : packLibrary('Sandbox', [sandbox(filesOf(options.sandbox))])
  const readOnly = options.keep === 'nothing'
  const { progress, notices } = loadProgress(options.folders.data, readOnly)
  let kept = true
  const session = newSession({
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    library,
    progress,
    notices,
    speak: meant,
    today,
    ...(options.sandbox === undefined ? { keep: keeperOf(options) } : {}),
    save: changed => {
      if (readOnly) return
      if (saveProgress(options.folders.data, changed) || !kept) return
      kept = false
      session.notices.push('Results cannot be written (doctor says where); you play in memory.')
    },
  })
  if (options.quiz !== undefined) {
    if (!openQuestions(session, options.quiz.of))
      throw usage(options.quiz.of === undefined ? 'there are no questions' : `there are no questions of "${options.quiz.of}"`)
  } else if (options.level !== undefined) {
    if (!open(session, options.level)) throw usage(`there is no level "${options.level}"; k8s-factory levels lists them`)
  } else if (options.sandbox !== undefined || (options.packs ?? []).length > 0) open(session, library.chapters[0]!.levels[0]!.id)
  return {
    session,
    view: () => viewOf(session),
    act: intent => void act(session, intent),
    save: () => {
      if (readOnly) return
      leave(session)
      saveProgress(options.folders.data, session.progress)
    },
  }
}

const DAY_MS = 86_400_000

/** Days by the clock on the wall: they change at midnight, wherever one plays. */
const today = (): number => {
  const now = new Date()
  return Math.floor((now.getTime() - now.getTimezoneOffset() * 60_000) / DAY_MS)
}

/** Levels wait with the results, logs lie with the reports; the home folder is written ~. */
function keeperOf(options: OpenOptions): Keeper {
  const { data, state } = options.folders
  const keeper = newKeeper({ saves: join(data, 'saves'), logs: state }, options.version, options.keep === 'nothing')
  return {
    ...keeper,
    ...(options.keep === 'results' ? { waits: () => false, find: () => ({}), begin: () => undefined, add: () => undefined } : {}),
    end: w => {
      const file = keeper.end(w)
      return file?.startsWith(homedir()) ? `~${file.slice(homedir().length)}` : file
    },
  }
}

/** The files' texts by their base names. */
export function filesOf(paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    paths.map(path => {
      try {
        return [basename(path), readFileSync(path, 'utf8').slice(0, FILE_MAX)]
      } catch {
        throw new Stop(BAD_INPUT, `${path} cannot be read`)
      }
    }),
  )
}

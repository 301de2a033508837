// game.ts: opens a session for the screens: levels, progress, and where both are kept.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import type { Intent } from '../game/intent.ts'
import { packLibrary } from '../game/library.ts'
import { loadProgress, saveProgress } from '../game/progress.ts'
import { sandbox } from '../game/sandbox.ts'
import { act, newSession, open, openQuestions, type Session, viewOf } from '../game/session.ts'
import type { Play } from '../ui/app.tsx'
import { BAD_INPUT, CANNOT_WRITE, Stop, usage } from './exit.ts'
import type { Folders } from './folders.ts'
import { openLibrary } from './levels.ts'

/** Characters of a file that the sandbox reads. */
const FILE_MAX = 256 * 1024

/** Logs of one level that are kept. */
const LOGS_MAX = 10_000

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
}

export interface Game extends Play {
  session: Session
  save: () => void
}

export async function openGame(options: OpenOptions): Promise<Game> {
  const library = options.sandbox === undefined ? await openLibrary(options.packs ?? []) : packLibrary('Sandbox', [sandbox(filesOf(options.sandbox))])
  const { progress, notices } = loadProgress(options.folders.data)
  let kept = true
  const session = newSession({
    seed: options.seed ?? 1,
    library,
    progress,
    notices,
    log: (level, seed, intents) => writeLog(options, level, seed, intents),
    save: changed => {
      if (saveProgress(options.folders.data, changed) || !kept) return
      kept = false
      session.notices.push(`Results cannot be written to ${options.folders.data}; you play in memory.`)
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
    save: () => void saveProgress(options.folders.data, session.progress),
  }
}

/** JSON lines: a header, then what the player did. Returns where it lies, with ~ for the home folder. */
function writeLog(options: OpenOptions, level: string, seed: number, intents: readonly Intent[]): string | undefined {
  const lines = [{ level, seed, version: options.version }, ...intents].map(entry => JSON.stringify(entry))
  try {
    mkdirSync(options.folders.state, { recursive: true, mode: 0o700 })
    for (let n = 1; n < LOGS_MAX; n++) {
      const file = join(options.folders.state, `${level}-${String(n).padStart(4, '0')}.jsonl`)
      if (existsSync(file)) continue
      writeFileSync(file, `${lines.join('\n')}\n`, { flag: 'wx', mode: 0o600 })
      return file.startsWith(homedir()) ? `~${file.slice(homedir().length)}` : file
    }
  } catch {
    // A log that cannot be written is not spoken of: the level counts all the same.
  }
  return undefined
}

/** The files' texts by their base names. */
function filesOf(paths: readonly string[]): Record<string, string> {
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

export const cannotWrite = (path: string): Stop => new Stop(CANNOT_WRITE, `${path} cannot be written`)

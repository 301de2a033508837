// keeping.ts: the log of the level that is open, written while it is played, so that it can be left and taken up again.

import type { Intent } from './intent.ts'
import type { Level } from './level.ts'
import { type Header, headerOf, type Log, markOf, newWriting, sameMark, type Writing, writeIntent, writeMark, writeTicks } from './log.ts'
import { openRun } from './opening.ts'
import type { Session } from './session.ts'

/** Where levels that were left wait, and solved ones are written down. Nothing of it throws. */
export interface Keeper {
  /** Version of the game, for the header. */
  game: string
  /** Waits there something that can be taken up? Asked often. `seed`: only of this world. */
  waits: (level: Level, seed: number | undefined) => boolean
  /** What waits in this world, and why not, if it cannot be taken up. */
  find: (level: Level, seed: number | undefined) => { kept?: Kept; notice?: string }
  /** A level begins; nothing is written before the first `add`. */
  begin: (w: Writing) => void
  /** Lines were added to what was begun. What must be said of it, once. */
  add: (w: Writing) => string | undefined
  /** It cannot be played again. */
  putAside: (header: Header) => string
  /** It was solved and waits no longer; where its log lies. */
  end: (w: Writing) => string | undefined
}

export interface Kept {
  log: Log
  lines: string[]
}

const TOO_LONG = 'This has grown too long to be kept: if you leave, you come back to this place.'

/** Where one goes, or what one asks for, and not what one does in the level. */
const LEAVING: ReadonlySet<Intent['do']> = new Set<Intent['do']>(['Again', 'Complete', 'Levels', 'Title', 'Select', 'Open', 'Quiz', 'Name', 'Answer', 'Submit'])

/** Does it change the level's course, or what is seen of it? */
function counts(session: Session, intent: Intent): boolean {
  const { run, screen } = session
  if (run === undefined || LEAVING.has(intent.do)) return false
  if (intent.do === 'Tick') return screen.at === 'hall' && (run.fork ?? run).playing
  return screen.at === 'hall' || screen.at === 'inspect' || screen.at === 'incident' || (screen.at === 'end' && intent.do === 'Rewind')
}

/** Written down before it is done: even what ends the program is known afterwards. */
export function record(session: Session, intent: Intent): void {
  const { writing } = session
  if (writing === undefined || session.replaying === true || !counts(session, intent)) return
  const before = writing.full
  writeIntent(writing, intent, () => markOf(session.run!))
  if (writing.full && !before) session.notices.push(TOO_LONG)
  else hand(session)
}

/** Gives the keeper what is new, unless the level is solved already. */
function hand(session: Session): void {
  const notice = session.ended === true ? undefined : session.env.keep?.add(session.writing!)
  if (notice !== undefined) session.notices.push(notice)
}

/** The player leaves; what was gathered is written down. */
export function leave(session: Session): void {
  const { writing, run } = session
  if (writing === undefined || run === undefined || session.ended === true || writing.sinceMark + writing.ticks.length === 0) return
  writeTicks(writing)
  writeMark(writing, markOf(run))
  hand(session)
}

/** The level is solved: its log is closed. */
export function closeLog(session: Session): string | undefined {
  const { writing, run } = session
  session.ended = true
  if (writing === undefined || run === undefined) return undefined
  writeMark(writing, markOf(run))
  return session.env.keep?.end(writing)
}

/** Begins a level, or takes it up where it was left; the one that was open is left. `play` is how the session acts. */
export function begin(session: Session, level: Level, afresh: boolean, play: (intent: Intent) => void): void {
  if (!afresh) leave(session)
  const { keep, seed } = session.env
  const { kept, notice } = (afresh ? undefined : keep?.find(level, seed)) ?? {}
  if (notice !== undefined) session.notices.push(notice)
  if (kept !== undefined && takeUp(session, level, kept, play)) return
  fresh(session, level, seed ?? 1)
}

function fresh(session: Session, level: Level, seed: number, lines: readonly string[] = []): void {
  session.run = openRun(level, seed)
  session.writing = newWriting(headerOf(level, seed, session.env.keep?.game ?? ''), lines)
  session.screen = { at: 'hall' }
  session.ended = false
  session.fallen = new Set()
  delete session.report
  session.env.keep?.begin(session.writing)
}

function takeUp(session: Session, level: Level, kept: Kept, play: (intent: Intent) => void): boolean {
  fresh(session, level, kept.log.header.seed, kept.lines)
  session.replaying = true
  try {
    if (replay(session, kept.log, play) === undefined) {
      session.replaying = false
      if ((session.run!.fork ?? session.run!).playing) play({ do: 'Pause' })
      return true
    }
  } catch {
    // Whatever ended the game there must not end it at every start.
  } finally {
    session.replaying = false
  }
  session.notices.push(session.env.keep!.putAside(kept.log.header))
  return false
}

/** Plays a log's lines. The number of the line before which the world was no longer what it had been; undefined: all was alike. */
export function replay(session: Session, log: Log, play: (intent: Intent) => void): number | undefined {
  for (const { line, intents, mark } of log.entries) {
    for (const intent of intents) play(intent)
    if (mark !== undefined && !sameMark(mark, markOf(session.run!))) return line
  }
  return undefined
}

// check.ts: plays a command log without a screen, and says which goals it meets: how a workshop marks work.

import { readFileSync, statSync } from 'node:fs'
import { replay } from '../game/keeping.ts'
import type { Library } from '../game/listview.ts'
import { changedSince, LOG_BYTES_MAX, LOG_LINES_MAX, readLog } from '../game/log.ts'
import { goalMet, solved } from '../game/run.ts'
import { act, newSession, type Session, viewOf } from '../game/session.ts'
import { meant, spoken } from '../ui/spoken.ts'
import type { Command } from './args.ts'
import { BAD_INPUT, NOT_SOLVED, OK, Stop, usage } from './exit.ts'
import { openLibrary } from './levels.ts'
import type { Surroundings } from './play.ts'

export async function check(command: Extract<Command, { command: 'check' }>, io: Surroundings): Promise<number> {
  const library = await openLibrary(command.packs)
  const text = readText(command.log)
  const session = text.startsWith('{') ? playLog(command, text, library, io.version) : playScript(command, text, library, io.flags.seed)
  const run = session.run!
  const { level } = run
  const goals = level.win.map((clause, i) => ({ goal: clause.say.company, met: goalMet(run, i) }))
  const bets = run.bets.map((b, i) => ({ bet: i + 1, placed: b !== undefined, right: b?.right === true }))
  const passed = solved(run)
  if (command.json) process.stdout.write(`${JSON.stringify({ level: level.id, solved: passed, goals, bets, commands: run.given.length }, null, 2)}\n`)
  else {
    for (const g of goals) process.stdout.write(`${g.met ? 'met   ' : 'unmet '} ${g.goal}\n`)
    for (const b of bets) process.stdout.write(`${b.placed ? 'placed' : 'unmet '} bet ${b.bet}${b.placed ? (b.right ? ', right' : ', not right') : ''}\n`)
    process.stdout.write(`${passed ? 'solved' : 'not solved'}: level ${level.id}, ${run.given.length} commands\n`)
  }
  return passed ? OK : NOT_SOLVED
}

const bad = (path: string, line: number, message: string): Stop => new Stop(BAD_INPUT, `${path}:${line}: ${message}`)

function readText(path: string): string {
  let text: string
  try {
    const stat = statSync(path)
    if (!stat.isFile()) throw new Stop(BAD_INPUT, `${path} is no file`)
    if (stat.size > LOG_BYTES_MAX) throw new Stop(BAD_INPUT, `${path} is larger than ${LOG_BYTES_MAX} bytes`)
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw error instanceof Stop ? error : new Stop(BAD_INPUT, `${path} cannot be read`)
  }
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

const levelIn = (library: Library, id: string) => library.chapters.flatMap(c => c.levels).find(l => l.id === id)?.level

/** A log that the game wrote: its header says which level and world it is of, and its marks where the world must stand. */
function playLog(command: Extract<Command, { command: 'check' }>, text: string, library: Library, version: string): Session {
  const path = command.log
  const log = readLog(text)
  if ('message' in log) throw bad(path, log.line, log.message)
  const { header } = log
  if (command.level !== undefined && command.level !== header.level) throw bad(path, 1, `this is a log of level ${header.level}, not of ${command.level}`)
  const level = levelIn(library, header.level)
  if (level === undefined) throw bad(path, 1, `there is no level ${header.level} here; -f names the pack it is of`)
  const changed = changedSince(header, level, version)
  if (changed === 'game') throw bad(path, 1, `version ${header.game} wrote this; ${version} might play it otherwise`)
  if (changed === 'level') throw bad(path, 1, `level ${header.level} is not the one that was played: it has changed since`)
  const session = newSession({ seed: header.seed, library, level: header.level, speak: meant })
  const broken = replay(session, log, intent => act(session, intent))
  if (broken !== undefined) throw bad(path, broken, 'the world is not where it was when this was written; lines before it were changed')
  return session
}

/** A plain script: one typed line each, as in plain mode. */
function playScript(command: Extract<Command, { command: 'check' }>, text: string, library: Library, seed: number | undefined): Session {
  const path = command.log
  if (command.level === undefined) throw usage(`${path} does not say which level it is of; "check LEVEL ${path}" does`)
  if (levelIn(library, command.level) === undefined) throw usage(`there is no level "${command.level}"`)
  const lines = text.replace(/\n$/, '').split('\n')
  if (lines.length > LOG_LINES_MAX) throw bad(path, LOG_LINES_MAX + 1, `a script has at most ${LOG_LINES_MAX} lines`)
  const session = newSession({ ...(seed === undefined ? {} : { seed }), library, level: command.level, speak: meant })
  for (const [i, line] of lines.entries()) {
    if (line.trimStart().startsWith('#')) continue
    const meaning = spoken(line, viewOf(session))
    if ('leave' in meaning) break
    if ('unknown' in meaning) throw bad(path, i + 1, `nothing is done by "${meaning.unknown.slice(0, 60)}" here`)
    if ('intents' in meaning) for (const intent of meaning.intents) act(session, intent)
  }
  return session
}

// check.ts: plays a command log without a screen, and says which goals it meets: how a workshop marks work.

import { readFileSync } from 'node:fs'
import type { Intent } from '../game/intent.ts'
import { goalMet, solved } from '../game/run.ts'
import { act, newSession, viewOf } from '../game/session.ts'
import { spoken } from '../ui/spoken.ts'
import type { Command } from './args.ts'
import { BAD_INPUT, NOT_SOLVED, OK, Stop, usage } from './exit.ts'
import { openLibrary } from './levels.ts'
import type { Surroundings } from './play.ts'

/** Bytes, and lines, that a log may have. */
const SIZE_MAX = 2 * 1024 * 1024
const LINES_MAX = 10_000

export async function check(command: Extract<Command, { command: 'check' }>, io: Surroundings): Promise<number> {
  const library = await openLibrary(command.packs)
  const level = library.chapters.flatMap(c => c.levels).find(l => l.id === command.level)?.level
  if (level === undefined) throw usage(`there is no level "${command.level}"`)
  const { seed, lines } = readLog(command.log, level.id, io.flags.seed)
  const session = newSession({ seed, library, level: level.id })
  for (const line of lines) {
    if (typeof line !== 'string') {
      act(session, line)
      continue
    }
    const meaning = spoken(line, viewOf(session))
    if ('intents' in meaning) for (const intent of meaning.intents) act(session, intent)
  }
  const run = session.run!
  const goals = level.win.map((clause, i) => ({
    goal: clause.say.company,
    met: goalMet(run, i),
  }))
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

/** JSON lines with a header, or a plain script: one typed line each. */
function readLog(path: string, level: string, seed: number | undefined): { seed: number; lines: (string | Intent)[] } {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new Stop(BAD_INPUT, `${path} cannot be read`)
  }
  if (text.length > SIZE_MAX) throw new Stop(BAD_INPUT, `${path} is larger than ${SIZE_MAX} bytes`)
  const lines = text.replace(/\n$/, '').split('\n')
  if (lines.length > LINES_MAX) throw new Stop(BAD_INPUT, `${path} has more than ${LINES_MAX} lines`)
  if (!lines[0]?.startsWith('{')) return { seed: seed ?? 1, lines }
  const entries = lines.map((line, i) => {
    try {
      return JSON.parse(line)
    } catch {
      throw new Stop(BAD_INPUT, `${path}:${i + 1} is no JSON`)
    }
  })
  const [header, ...rest] = entries
  if (header.level !== level) throw new Stop(BAD_INPUT, `${path}:1 is a log of level ${String(header.level).slice(0, 40)}, not of ${level}`)
  return {
    seed: Number.isSafeInteger(header.seed) ? header.seed : (seed ?? 1),
    lines: rest.map(entry =>
      typeof entry?.do === 'string' ? (entry as Intent) : String(entry?.line ?? entry?.cmd ?? entry?.key ?? entry?.bet ?? entry?.answer ?? ''),
    ),
  }
}

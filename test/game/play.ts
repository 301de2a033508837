// play.ts: levels as a player in plain mode plays them.

import { join } from 'node:path'
import type { Level } from '../../src/game/level.ts'
import { packLibrary } from '../../src/game/library.ts'
import { readPack } from '../../src/game/packs.ts'
import { act, newSession, type Session, viewOf } from '../../src/game/session.ts'
import type { View } from '../../src/game/view.ts'
import { spoken } from '../../src/ui/spoken.ts'

const pack = readPack(join(import.meta.dirname, '../../levels'))

export const levelOf = (id: string): Level => pack.levels.find(l => l.id === id)!

export const speak = (line: string, view: View) => {
  const meaning = spoken(line, view)
  return 'intents' in meaning ? meaning.intents : []
}

export function say(session: Session, lines: readonly string[]): Session {
  for (const line of lines) for (const intent of speak(line, viewOf(session))) act(session, intent)
  return session
}

export const opened = (level: Level, seed = 1): Session => newSession({ seed, library: packLibrary('test', [level]), level: level.id, speak })

export const played = (level: Level, lines: readonly string[], seed = 1): Session => say(opened(level, seed), lines)

// game.ts: opens a session for the screens.

import { act, newSession, viewOf } from '../game/session.ts'
import type { Play } from '../ui/app.tsx'

export interface OpenOptions {
  seed?: number
}

export function openGame(options: OpenOptions): Play {
  const session = newSession({ seed: options.seed ?? 1 })
  return { view: () => viewOf(session), act: intent => void act(session, intent) }
}

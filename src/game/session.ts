// session.ts: one player's sitting: the only mutable cell of the program.

import type { Intent } from './intent.ts'
import type { View } from './view.ts'

/** What a session finds around it. */
export interface SessionEnv {
  /** Seed of new worlds; default 1. */
  seed?: number
}

export interface Session {
  env: SessionEnv
}

export function newSession(env: SessionEnv): Session {
  return { env }
}

/** Changes the session in place and returns it. */
export function act(session: Session, intent: Intent): Session {
  void intent
  return session
}

/** All that the screen shows, computed anew; cheap enough for every frame. */
export function viewOf(session: Session): View {
  void session
  return { screen: 'name', question: 'Who are you?', suggestion: 'new clerk' }
}

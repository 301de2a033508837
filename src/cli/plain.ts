// plain.ts: the game as a list: one thing a line, for screen readers, scripts, and windows of any size.

import type { Command } from './args.ts'
import type { Surroundings } from './play.ts'

export async function runPlain(_command: Command, _io: Surroundings): Promise<number> {
  return 0
}

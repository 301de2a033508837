// commands.ts: the commands that need no screen.

import type { Command } from './args.ts'
import type { Surroundings } from './play.ts'

export async function run(_command: Command, _io: Surroundings): Promise<number> {
  return 0
}

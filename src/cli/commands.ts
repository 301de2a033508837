// commands.ts: the commands that need no screen.

import type { Command } from './args.ts'
import { OK } from './exit.ts'
import type { Surroundings } from './play.ts'

export async function run(command: Command, io: Surroundings): Promise<number> {
  switch (command.command) {
    case 'doctor':
      return (await import('./doctor.ts')).doctor(io)
    default:
      return OK
  }
}

// main.tsx: the program: wires commands to what does them; the only reader of argv and environment.

import { readArgs } from './cli/args.ts'
import { compileLess } from './cli/compiler.ts'
import { OK, OUR_BUG, Stop } from './cli/exit.ts'

declare const __VERSION__: string | undefined

const version = typeof __VERSION__ === 'string' ? __VERSION__ : '0.0.0-source'

// A reader that has seen enough is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(OK)
})

async function main(): Promise<number> {
  compileLess()
  const { command, flags } = readArgs(process.argv.slice(2))
  const io = { env: process.env, flags, version }
  switch (command.command) {
    case 'version':
      process.stdout.write(`${version}\n`)
      return OK
    case 'help':
      process.stdout.write((await import('./cli/help.ts')).HELP)
      return OK
    case 'play':
    case 'sandbox':
      return (await import('./cli/play.ts')).play(command, io)
    default:
      return (await import('./cli/commands.ts')).run(command, io)
  }
}

main().then(
  code => {
    process.exitCode = code
    // A keyboard that is still listened to would keep the process.
    if (process.stdin.isTTY) process.stdin.pause()
  },
  async error => {
    if (error instanceof Stop) {
      process.stderr.write(`k8s-factory: ${(await import('./ui/safe.ts')).safe(error.message)}\n`)
      process.exitCode = error.code
      return
    }
    const { safe } = await import('./ui/safe.ts')
    process.stderr.write(`k8s-factory: our mistake: ${safe(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`)
    process.exitCode = OUR_BUG
  },
)

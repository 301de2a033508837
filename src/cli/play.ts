// play.ts: the commands that open the game on a screen.

import type { Settings } from '../ui/state.ts'
import type { Command, Flags } from './args.ts'
import { SIGNALS, Stop, USAGE } from './exit.ts'
import { foldersOf } from './folders.ts'
import { recalled, remember } from './settings.ts'
import { depthOf, type Env, glyphsOf, lightOf } from './terminal.ts'

export interface Surroundings {
  env: Env
  flags: Flags
  version: string
}

type PlayCommand = Extract<Command, { command: 'play' | 'sandbox' | 'quiz' }>

export async function play(command: PlayCommand, io: Surroundings): Promise<number> {
  const { env, flags } = io
  const folders = foldersOf(env)
  const settings = recalled(settingsOf(env, flags), folders, { motion: !flags.motion, glyphs: flags.ascii, colour: Boolean(env['NO_COLOR']) })
  const deaf = env['INK_SCREEN_READER'] === 'true' || env['TERM'] === 'dumb'
  if (flags.printFrame) return (await import('./print.ts')).printFrame(command, io, settings)
  if (flags.plain || (deaf && process.stdout.isTTY)) return listed(command, io)
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    const which = process.stdout.isTTY ? 'standard input' : 'standard output'
    throw new Stop(USAGE, `the screens need a terminal, and ${which} is none; --plain reads commands line by line, --print-frame prints one picture`)
  }
  const { columns, rows } = process.stdout
  const { sttyState } = await import('./guard.ts')
  const { splash } = await import('./splash.ts')
  const { RESTORE } = await import('./terminal.ts')
  // Until the screens run, nothing must leave the splash behind.
  const leave = () => {
    process.stdout.write(RESTORE)
    process.stdin.setRawMode(false)
  }
  const signals = Object.entries(SIGNALS).map(([signal, code]) => [signal, () => process.exit(code)] as const)
  process.on('exit', leave)
  for (const [signal, end] of signals) process.on(signal, end)
  process.stdout.write(splash(settings, columns, process.platform === 'win32' ? rows - 1 : rows))
  const stty = sttyState()
  // Keys pressed from here on wait for the screens, and are not echoed.
  process.stdin.setRawMode(true)
  const { openGame } = await import('./game.ts')
  const { runStage } = await import('./stage.tsx')
  const game = openGame({ seed: flags.seed })
  process.off('exit', leave)
  for (const [signal, end] of signals) process.off(signal, end)
  const result = await runStage({ play: game, settings, stty, save: () => undefined, remember: chosen => remember(chosen, folders), report: () => undefined })
  return result === 'plain' ? listed(command, io) : result
}

/** The plain list, from whatever standard input is. */
async function listed(command: PlayCommand, io: Surroundings): Promise<number> {
  const { openGame } = await import('./game.ts')
  const { plainLoop } = await import('./plain.ts')
  return plainLoop({
    play: openGame({ seed: io.flags.seed }),
    input: process.stdin,
    write: line => process.stdout.write(`${line}\n`),
    terminal: process.stdin.isTTY,
    mustSolve: command.command === 'play' && command.level !== undefined && !process.stdin.isTTY,
    save: () => undefined,
  })
}

export const settingsOf = (env: Env, flags: Flags): Settings => ({
  glyphs: glyphsOf(env, flags.ascii),
  motion: flags.motion,
  depth: depthOf(env),
  light: lightOf(env),
})

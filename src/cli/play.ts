// play.ts: the commands that open the game on a screen.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '../ui/state.ts'
import type { Command, Flags } from './args.ts'
import { SIGNALS, Stop, USAGE } from './exit.ts'
import { foldersOf } from './folders.ts'
import type { OpenOptions } from './game.ts'
import { recalled, remember } from './settings.ts'
import { depthOf, type Env, glyphsOf, lightOf } from './terminal.ts'

export interface Surroundings {
  env: Env
  flags: Flags
  version: string
}

export type PlayCommand = Extract<Command, { command: 'play' | 'sandbox' | 'quiz' }>

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
  const game = await openGame(optionsOf(command, io, 'all'))
  process.off('exit', leave)
  for (const [signal, end] of signals) process.off(signal, end)
  const result = await runStage({
    play: game,
    settings,
    stty,
    save: game.save,
    remember: chosen => remember(chosen, folders),
    report: error => report(error, folders, io.version),
  })
  return result === 'plain' ? listed(command, io) : result
}

export function optionsOf(command: PlayCommand, io: Surroundings, keep: OpenOptions['keep']): OpenOptions {
  const common = { version: io.version, folders: foldersOf(io.env), keep, ...(io.flags.seed === undefined ? {} : { seed: io.flags.seed }) }
  if (command.command === 'quiz') return { ...common, packs: command.packs, quiz: command.of === undefined ? {} : { of: command.of } }
  if (command.command === 'sandbox') return { ...common, sandbox: command.files }
  return { ...common, packs: command.packs, ...(command.level === undefined ? {} : { level: command.level }) }
}

/** Where a crash was written down; undefined: it could not be. */
function report(error: unknown, folders: ReturnType<typeof foldersOf>, version: string): string | undefined {
  try {
    mkdirSync(folders.state, { recursive: true, mode: 0o700 })
    const file = join(folders.state, `crash-${process.pid}.txt`)
    writeFileSync(file, `k8s-factory ${version}, node ${process.version}, ${process.platform}\n${error instanceof Error ? error.stack : String(error)}\n`, {
      flag: 'wx',
      mode: 0o600,
    })
    return file
  } catch {
    return undefined
  }
}

/** The plain list, from whatever standard input is. */
async function listed(command: PlayCommand, io: Surroundings): Promise<number> {
  const { openGame } = await import('./game.ts')
  const { plainLoop } = await import('./plain.ts')
  const game = await openGame(optionsOf(command, io, process.stdin.isTTY ? 'all' : 'results'))
  return plainLoop({
    play: game,
    input: process.stdin,
    write: line => process.stdout.write(`${line}\n`),
    terminal: process.stdin.isTTY,
    mustSolve: command.command === 'play' && command.level !== undefined && !process.stdin.isTTY,
    save: game.save,
  })
}

export const settingsOf = (env: Env, flags: Flags): Settings => ({
  glyphs: glyphsOf(env, flags.ascii),
  motion: flags.motion,
  depth: depthOf(env),
  light: lightOf(env),
})

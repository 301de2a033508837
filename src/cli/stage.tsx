// stage.tsx: runs the screens in a real terminal, and leaves it as it was, whatever happens.

import chalk from 'chalk'
import { type Instance, render } from 'ink'
import { App, type Play } from '../ui/app.tsx'
import { safe } from '../ui/safe.ts'
import type { Effect, Settings } from '../ui/state.ts'
import { keyboard } from '../ui/stdin.ts'
import { OUR_BUG, SIGNALS } from './exit.ts'
import { type Guard, startGuard, sttyRestore } from './guard.ts'
import { RESTORE } from './terminal.ts'

export interface StageOptions {
  play: Play
  settings: Settings
  /** What `stty -g` said before anything was drawn. */
  stty: string | undefined
  /** Called once, however the game ends. */
  save: () => void
  /** Settings were changed on the help page. */
  remember: (settings: Settings) => void
  /** Where the report of a crash can be written; undefined: nowhere. */
  report: (error: unknown) => string | undefined
}

/** Resolves with the exit code, or with `plain` when the player asks for the plain list. */
export function runStage(options: StageOptions): Promise<number | 'plain'> {
  return new Promise(resolve => {
    let instance: Instance | undefined
    let guard: Guard | undefined
    let ended = false
    const rough = () => {
      try {
        process.stdout.write(RESTORE)
      } catch {
        // The terminal is gone.
      }
    }
    /** Puts the terminal back, saves, says what must be said; works from any state, once. */
    const end = (result: number | 'plain', message?: string) => {
      if (ended) return
      ended = true
      process.off('SIGCONT', onContinue)
      try {
        options.save()
      } finally {
        try {
          instance?.unmount()
        } catch {
          // Ink was the one that failed.
        }
        rough()
        if (process.stdin.isTTY) process.stdin.setRawMode(false)
        sttyRestore(options.stty)
        guard?.dismiss()
        for (const [signal, handler] of handlers) process.off(signal, handler)
        if (message !== undefined) process.stderr.write(`${message}\n`)
        resolve(result)
      }
    }
    const crash = (error: unknown) => {
      const file = options.report(error)
      const text = error instanceof Error ? error.message : String(error)
      end(OUR_BUG, `k8s-factory: our mistake: ${safe(text, 300).split('\n')[0]}${file === undefined ? '' : `; the report lies in ${file}`}`)
    }
    const onEffect = (effect: Effect, settings: Settings) => {
      if (effect === 'leave') end(0)
      else if (effect === 'plain') end('plain')
      else if (effect === 'settings') options.remember(settings)
      else stop()
    }
    let suspending = false
    const stop = () => {
      if (suspending || ended || suspendTerminal === undefined || process.platform === 'win32') return
      suspending = true
      void suspendTerminal(async () => {
        sttyRestore(options.stty)
        // Nothing else keeps the process while it has no keyboard.
        const awake = setInterval(() => undefined, 1_000_000)
        await new Promise<void>(resume => {
          process.once('SIGCONT', () => resume())
          process.kill(process.pid, 'SIGSTOP')
        })
        clearInterval(awake)
      }).finally(() => {
        suspending = false
      })
    }
    // Stopped and continued behind our back: the terminal has forgotten raw mode and our screen.
    const onContinue = () => {
      if (suspending || ended || suspendTerminal === undefined) return
      suspending = true
      void suspendTerminal(async () => undefined).finally(() => {
        suspending = false
      })
    }
    let suspendTerminal: ((callback: () => Promise<void>) => Promise<void>) | undefined
    const handlers: [NodeJS.Signals | 'uncaughtException' | 'unhandledRejection', (...args: any[]) => void][] = [
      ...(Object.entries(SIGNALS) as [NodeJS.Signals, number][]).map(([signal, code]): [NodeJS.Signals, () => void] => [signal, () => end(code)]),
      ['SIGTSTP', stop],
      ['uncaughtException', crash],
      ['unhandledRejection', crash],
    ]
    for (const [signal, handler] of handlers) process.on(signal, handler)
    process.on('SIGCONT', onContinue)
    const onGone = () => end(SIGNALS.SIGHUP)
    process.stdout.on('error', onGone)
    process.stdin.on('error', onGone)
    process.stdin.on('end', onGone)

    const onSuspendable = (suspend: typeof suspendTerminal) => {
      suspendTerminal = suspend
    }
    // Ink paints with the same chalk; ours has its own level.
    chalk.level = options.settings.depth
    try {
      // The splash gives way to the first frame: Ink draws from where the cursor stands.
      process.stdout.write('\u001B[H\u001B[J')
      instance = render(
        <App
          play={options.play}
          settings={options.settings}
          onEffect={onEffect}
          onSuspendable={onSuspendable}
          reserve={process.platform === 'win32' ? 1 : 0}
        />,
        {
          stdin: keyboard(process.stdin) as unknown as NodeJS.ReadStream,
          alternateScreen: true,
          incrementalRendering: true,
          maxFps: 60,
          interactive: true,
          exitOnCtrlC: false,
          patchConsole: false,
          onRender: () => {
            if (guard === undefined && !ended) guard = startGuard(options.stty)
          },
        },
      )
      instance.waitUntilExit().then(
        () => end(0),
        error => crash(error),
      )
    } catch (error) {
      crash(error)
    }
  })
}

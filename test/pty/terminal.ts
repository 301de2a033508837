// terminal.ts: a real pseudo terminal with a shell in it that starts the program, and says how the terminal was before and after.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IPty, spawn } from '@lydell/node-pty'
import { Terminal } from '@xterm/headless'

export interface Session {
  pty: IPty
  terminal: Terminal
  /** Process id of the program; undefined: it is not there. */
  program(): number | undefined
  screen(): string
  /** Waits until the screen says so. */
  sees(text: string | RegExp): Promise<void>
  /** Waits until the shell has written `after`. */
  ended(): Promise<Ending>
  written(): string
  /** Lets a stopped program go on. */
  go(): void
  stopped(): Promise<string>
  close(): void
}

export interface Ending {
  code: number
  before: string
  after: string
  /** How the terminal was while the program was stopped. */
  stopped?: string
  alternate: boolean
  cursor: boolean
}

const PATIENCE = 6_000

export async function until<T>(look: () => T | undefined | false, what: string): Promise<T> {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 15))
  }
}

/** Starts `command` (words) under a shell. With `jobs` the shell has job control: a program that stops is continued by `go`. */
export function start(command: string[], options: { columns?: number; rows?: number; env?: Record<string, string>; jobs?: boolean } = {}): Session {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-factory-pty-'))
  const { columns = 80, rows = 24 } = options
  const file = (name: string) => join(folder, name)
  // With job control a shell that minds a program ended by SIGINT would end as well.
  const script = `${options.jobs === true ? 'set -m' : ''}
stty -g > "${file('before')}"
"$@"
code=$?
while [ $code -gt 128 ] && [ -n "$(jobs -s)" ]; do
  stty -g > "${file('stopped')}.part"
  mv "${file('stopped')}.part" "${file('stopped')}"
  while [ ! -e "${file('go')}" ]; do sleep 0.02; done
  rm "${file('go')}"
  fg > /dev/null
  code=$?
done
sleep 0.3
stty -g > "${file('after')}.part"
echo $code > "${file('code')}"
mv "${file('after')}.part" "${file('after')}"
sleep 5
`
  const env: Record<string, string> = {
    ...(process.env as Record<string, string>),
    TERM: 'xterm-256color',
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_STATE_HOME: folder,
    XDG_CONFIG_HOME: folder,
    ...options.env,
  }
  for (const name of ['CI', 'NO_COLOR', 'FORCE_COLOR', 'COLORTERM', 'VITEST']) if (options.env?.[name] === undefined) delete env[name]
  const pty = spawn('bash', ['--norc', '-c', script, 'shell', ...command], { cols: columns, rows, env, cwd: folder })
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true })
  let written = ''
  pty.onData(data => {
    written += data
    terminal.write(data)
  })
  // What the terminal answers goes back into the pty, as in life.
  terminal.onData(data => pty.write(data))
  const screen = () =>
    Array.from({ length: terminal.rows }, (_, y) => terminal.buffer.active.getLine(terminal.buffer.active.viewportY + y)?.translateToString(true) ?? '').join(
      '\n',
    )
  const read = (name: string) => readFileSync(file(name), 'utf8').trim()
  return {
    pty,
    terminal,
    screen,
    written: () => written,
    go: () => writeFileSync(file('go'), ''),
    stopped: () => until(() => existsSync(file('stopped')) && read('stopped'), 'the program to stop'),
    program: () => {
      try {
        return Number(
          execFileSync('pgrep', ['-P', String(pty.pid), 'node'])
            .toString()
            .trim()
            .split('\n')[0],
        )
      } catch {
        return undefined
      }
    },
    sees: async text => {
      await until(() => (typeof text === 'string' ? screen().includes(text) : text.test(screen())), `${text} on\n${screen()}`)
    },
    ended: async () => {
      await until(() => existsSync(file('after')), 'the end of the program')
      return {
        code: Number(read('code')),
        before: read('before'),
        after: read('after'),
        ...(existsSync(file('stopped')) ? { stopped: read('stopped') } : {}),
        alternate: terminal.buffer.active.type === 'alternate',
        cursor: written.lastIndexOf('\u001B[?25h') > written.lastIndexOf('\u001B[?25l'),
      }
    },
    close: () => {
      try {
        pty.kill('SIGKILL')
      } catch {
        // It has gone by itself.
      }
      terminal.dispose()
      // The program may still be writing its last file while it dies.
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}

// emulator.tsx: runs the screens in a terminal emulator in this process: what a player would see, cell by cell.

import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import { Terminal } from '@xterm/headless'
import { type Instance, render } from 'ink'
import { App, type Play } from '../../src/ui/app.tsx'
import type { Effect, Settings } from '../../src/ui/state.ts'
import { keysIn } from '../../src/ui/stdin.ts'

export interface Emulator {
  /** The rows as text, blanks at the end left off. */
  screen(): string[]
  press(...keys: string[]): Promise<void>
  resize(columns: number, rows: number): Promise<void>
  /** Waits until Ink has drawn and the emulator has read it. */
  settle(): Promise<void>
  /** All that was written so far. */
  written(): string
  effects: Effect[]
  /** Lines that have scrolled out of view. */
  scrollback(): number
  close(): void
}

class Out extends EventEmitter {
  isTTY = true
  columns: number
  rows: number
  text = ''
  readonly terminal: Terminal
  constructor(columns: number, rows: number, terminal: Terminal) {
    super()
    this.columns = columns
    this.rows = rows
    this.terminal = terminal
  }
  write = (chunk: string | Uint8Array, encoding?: unknown, done?: () => void): boolean => {
    const text = typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)
    this.text += text
    this.terminal.write(text)
    const callback = typeof encoding === 'function' ? encoding : done
    callback?.()
    return true
  }
}

class Keyboard extends Readable {
  isTTY = true
  override _read(): void {}
  setRawMode = () => this
  ref = () => this
  unref = () => this
}

const still: Settings = { glyphs: 'box', motion: false, depth: 3, light: false }

export async function open(play: Play, options: { columns?: number; rows?: number; settings?: Partial<Settings> } = {}): Promise<Emulator> {
  const { columns = 80, rows = 24 } = options
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true, scrollback: 1_000 })
  const out = new Out(columns, rows, terminal)
  const keyboard = new Keyboard()
  const effects: Effect[] = []
  const instance: Instance = render(<App play={play} settings={{ ...still, ...options.settings }} onEffect={effect => effects.push(effect)} />, {
    stdout: out as unknown as NodeJS.WriteStream,
    stderr: out as unknown as NodeJS.WriteStream,
    stdin: keyboard as unknown as NodeJS.ReadStream,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 1_000,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  })
  const settle = async () => {
    for (let i = 0; i < 3; i++) await new Promise(resolve => setImmediate(resolve))
    await instance.waitUntilRenderFlush()
    await new Promise<void>(resolve => terminal.write('', resolve))
  }
  await settle()
  return {
    effects,
    settle,
    screen: () =>
      Array.from(
        { length: terminal.rows },
        (_, y) =>
          terminal.buffer.active
            .getLine(terminal.buffer.active.viewportY + y)
            ?.translateToString(true)
            .trimEnd() ?? '',
      ),
    press: async (...keys) => {
      for (const key of keys)
        for (const one of keysIn(key).keys) {
          keyboard.push(one)
          await settle()
        }
    },
    resize: async (nextColumns, nextRows) => {
      terminal.resize(nextColumns, nextRows)
      out.columns = nextColumns
      out.rows = nextRows
      out.emit('resize')
      await settle()
    },
    written: () => out.text,
    scrollback: () => terminal.buffer.active.baseY,
    close: () => {
      instance.unmount()
      terminal.dispose()
    },
  }
}

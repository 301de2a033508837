// restore.test.ts: however the game ends, the terminal is as it was before: asked with stty, in a real pty.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { nothing } from '../../src/build/nothing.ts'
import { type Ending, type Session, start, until } from './terminal.ts'

const root = join(import.meta.dirname, '../..')
const out = mkdtempSync(join(tmpdir(), 'k8s-factory-dist-'))
const game = [process.execPath, join(out, 'k8s-factory.js'), '--no-motion']
const broken = (how: string) => [process.execPath, join(out, 'program.mjs'), how]

beforeAll(async () => {
  execFileSync(process.execPath, ['--import', 'tsx', 'src/build/build.ts', out], { cwd: root })
  await build({
    entryPoints: [join(root, 'test/pty/program.tsx')],
    outfile: join(out, 'program.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    jsx: 'automatic',
    plugins: [nothing],
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: "import{createRequire as c}from'node:module';const require=c(import.meta.url);" },
    logLevel: 'error',
  })
})
afterAll(() => rmSync(out, { recursive: true, force: true }))

let session: Session
afterEach(() => session.close())

const restored = (ending: Ending): void => {
  expect(ending.after).toBe(ending.before)
  expect(ending.alternate).toBe(false)
  expect(ending.cursor).toBe(true)
}

const opened = async (command: string[], options: { jobs?: boolean } = {}) => {
  session = start(command, options)
  await session.sees('►')
  // The guard starts with the first frame.
  await until(() => session.program(), 'the program')
  await until(() => session.written().includes('\u001B[?2004h'), 'the keyboard')
}

describe('the player leaves', () => {
  test('Ctrl-C twice ends with 0', async () => {
    await opened(game)
    session.pty.write('\u0003')
    await session.sees('Ctrl-C once more leaves')
    session.pty.write('\u0003')
    const ending = await session.ended()
    restored(ending)
    expect(ending.code).toBe(0)
  })
  test('help leads out as well', async () => {
    await opened(broken('none'))
    session.pty.write('?')
    await session.sees('ON THE MAP')
    session.pty.write('Q')
    const ending = await session.ended()
    restored(ending)
    expect(ending.code).toBe(0)
  })
})

describe('a signal ends it', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends with %i', async (signal, code) => {
    await opened(game)
    process.kill(session.program()!, signal)
    const ending = await session.ended()
    restored(ending)
    expect(ending.code).toBe(code)
  })
  test('SIGKILL cannot be heard: the guard puts the terminal back', async () => {
    await opened(game)
    await new Promise(resolve => setTimeout(resolve, 100))
    process.kill(session.program()!, 'SIGKILL')
    const ending = await session.ended()
    restored(ending)
    expect(ending.code).toBe(137)
  })
  test('a signal during the splash leaves nothing behind', async () => {
    session = start(game)
    await until(() => session.written().includes('\u001B[?1049h'), 'the splash')
    process.kill(session.program()!, 'SIGTERM')
    const ending = await session.ended()
    restored(ending)
    expect(ending.code).toBe(143)
  })
})

describe('a stop is not an end', () => {
  test.each([
    ['Ctrl-Z', () => session.pty.write('\u001A')],
    ['SIGTSTP', () => process.kill(session.program()!, 'SIGTSTP')],
  ])('%s gives the shell its terminal, and takes it back', async (_, stop) => {
    await opened(broken('none'), { jobs: true })
    stop()
    const stopped = await session.stopped()
    expect(session.terminal.buffer.active.type).toBe('normal')
    session.go()
    await session.sees('►')
    await until(() => session.terminal.buffer.active.type === 'alternate', 'the game to come back')
    session.pty.write('?')
    await session.sees('ON THE MAP')
    session.pty.write('Q')
    const ending = await session.ended()
    expect(stopped).toBe(ending.before)
    restored(ending)
    expect(ending.code).toBe(0)
  })
})

describe('our own mistakes', () => {
  test.each([
    ['handler', 'the handler broke'],
    ['render', ''],
    ['async', 'a timer broke'],
    ['rejection', 'a promise broke'],
  ])('a throw in a %s ends with 70, and says so below the old screen', async (how, message) => {
    await opened(broken(how))
    session.pty.write('\r')
    const ending = await session.ended()
    restored(ending)
    expect(ending.code).toBe(70)
    expect(session.screen()).toContain(`k8s-factory: our mistake: ${message}`)
  })
})

test('keys held down for a second do not hold up Ctrl-C twice', async () => {
  await opened(game)
  for (let i = 0; i < 100; i++) session.pty.write('jk')
  session.pty.write('\u0003')
  session.pty.write('\u0003')
  const ending = await session.ended()
  restored(ending)
  expect(ending.code).toBe(0)
})

test('a closed terminal leaves no process behind', async () => {
  await opened(game)
  const pid = session.program()!
  session.pty.kill('SIGHUP')
  await until(() => {
    try {
      process.kill(pid, 0)
      return false
    } catch {
      return true
    }
  }, 'the program to go')
})

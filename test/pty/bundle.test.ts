// bundle.test.ts: the published program from outside: pipes, environments, a burst of keys, windows that change.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Session, start, until } from './terminal.ts'

const root = join(import.meta.dirname, '../..')
const out = mkdtempSync(join(tmpdir(), 'k8s-factory-dist-'))
const program = join(out, 'k8s-factory.js')
const game = [process.execPath, program, '--no-motion']

beforeAll(() => {
  execFileSync(process.execPath, ['--import', 'tsx', 'src/build/build.ts', out], { cwd: root })
})
afterAll(() => rmSync(out, { recursive: true, force: true }))

let session: Session | undefined
afterEach(() => {
  session?.close()
  session = undefined
})

const run = (args: string[], options: { input?: string; env?: Record<string, string> } = {}) =>
  spawnSync(process.execPath, [program, ...args], {
    input: options.input ?? '',
    encoding: 'utf8',
    env: { ...process.env, HOME: out, XDG_DATA_HOME: out, XDG_STATE_HOME: out, XDG_CONFIG_HOME: out, ...options.env },
  })

describe('without a terminal', () => {
  test('the screens say what they need, in one line, and end with 2', () => {
    const r = run([])
    expect(r.status).toBe(2)
    expect(r.stdout).toBe('')
    expect(r.stderr).toBe(
      'k8s-factory: the screens need a terminal, and standard output is none; --plain reads commands line by line, --print-frame prints one picture\n',
    )
  })
  test('an unknown command ends with 2', () => {
    const r = run(['dance\u001B[2J'])
    expect(r.status).toBe(2)
    expect(r.stderr).toBe('k8s-factory: unknown command "dance^[[2J"; k8s-factory --help lists the commands\n')
  })
  test('--print-frame prints one picture without a single code', () => {
    const r = run(['--print-frame'])
    expect(r.status).toBe(0)
    expect(r.stdout.split('\n').length).toBe(25)
    expect(r.stdout).toContain('►')
    expect(r.stdout).not.toContain('\u001B')
  })
  test('--plain speaks to a pipe', () => {
    const r = run(['--plain'], { input: 'quit\n' })
    expect(r.status).toBe(0)
    expect(r.stdout).toMatch(/^k8s-factory, plain mode\./)
  })
  test('a reader that has seen enough is no mistake', () => {
    const r = spawnSync('bash', ['-c', `set -o pipefail; "${process.execPath}" "${program}" --help | head -1`], { encoding: 'utf8' })
    expect(r.status).toBe(0)
    expect(r.stderr).toBe('')
  })
})

test('--version and --help answer', () => {
  expect(run(['--version']).stdout).toBe(`${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}\n`)
  expect(run(['--help']).stdout).toContain('k8s-factory check [LEVEL] LOG')
})

describe('in a terminal', () => {
  test('CI in the environment does not silence it', async () => {
    session = start(game, { env: { CI: '1' } })
    await session.sees('►')
  })
  test('NO_COLOR leaves letters without hue', async () => {
    session = start(game, { env: { NO_COLOR: '1' } })
    await session.sees('►')
    expect(session.written()).not.toMatch(/\u001B\[(?:3[0-7]|4[0-7]|9[0-7]|[34]8;)[0-9;]*m/)
  })
  test('--ascii draws with ASCII alone', async () => {
    session = start([...game, '--ascii'])
    await session.sees('>')
    expect(session.screen()).not.toMatch(/[^\u0000-\u007f]/)
  })
  test('a storm of resizes ends in the right picture, and nothing was cleared', async () => {
    session = start(game)
    await session.sees('►')
    const from = session.written().length
    for (let i = 0; i < 30; i++) {
      const [columns, rows] = [80 + ((i * 37) % 121), 24 + ((i * 11) % 37)] as const
      session.terminal.resize(columns, rows)
      session.pty.resize(columns, rows)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    session.terminal.resize(40, 12)
    session.pty.resize(40, 12)
    await session.sees('The office needs 80 by 24.')
    session.terminal.resize(100, 30)
    session.pty.resize(100, 30)
    await session.sees('►')
    await until(() => !session!.screen().includes('needs 80'), 'the picture to come back')
    expect(session.terminal.buffer.active.baseY).toBe(0)
    expect(session.written().slice(from)).not.toMatch(/\u001B\[[23]J/)
  })
  test('no key of a burst is lost', async () => {
    session = start(game)
    await session.sees('►')
    await until(() => session!.written().includes('\u001B[?2004h'), 'the keyboard')
    session.pty.write('\r')
    await session.sees('Who are you?')
    session.pty.write('the quick brown fox jumps over 13 dog')
    await session.sees('the quick brown fox jumps over 13 dog_')
  })
  test('a level that was left in the middle goes on where it was left', async () => {
    const home = mkdtempSync(join(tmpdir(), 'k8s-factory-home-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    const sit = async () => {
      session = start(game, { env: { XDG_DATA_HOME: home, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home } })
      await session.sees('►')
      await until(() => session!.written().includes('\u001B[?2004h'), 'the keyboard')
      return session
    }
    const first = await sit()
    first.pty.write('\r')
    await first.sees('Who are you?')
    first.pty.write('\r')
    await first.sees('hand over')
    first.pty.write('\r')
    await first.sees('your step')
    first.pty.write('.......')
    await first.sees('frozen until you bet')
    first.pty.write('3d.')
    await first.sees('You were right.')
    const before = first.screen()
    first.pty.write('\u0003\u0003')
    expect((await first.ended()).code).toBe(0)
    first.close()

    const again = await sit()
    await again.sees('continue 1.1')
    again.pty.write('\r')
    await until(() => again.screen() === before, 'the screen that was left')
    again.pty.write('..')
    await again.sees(/beat 4 +/)
    again.pty.write('\u0003\u0003')
    expect((await again.ended()).code).toBe(0)
  })
})

test('what is published carries its licence and notices, and needs nothing else', () => {
  const [pack] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' }))
  const files = pack.files.map((f: { path: string }) => f.path)
  for (const file of ['package.json', 'README.md', 'LICENSE']) expect(files).toContain(file)
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(manifest.dependencies).toBeUndefined()
  for (const script of ['preinstall', 'install', 'postinstall']) expect(manifest.scripts[script]).toBeUndefined()
  expect(readFileSync(join(out, 'NOTICES.txt'), 'utf8')).toMatch(/\nink \d+\.\d+\.\d+ \(MIT\)\n/)
  expect(existsSync(program)).toBe(true)
  const bytes = readdirSync(out)
    .filter(f => /\.(js|txt)$/.test(f))
    .reduce((sum, f) => sum + readFileSync(join(out, f)).length, 0)
  expect(bytes).toBeLessThan(6_000_000)
})

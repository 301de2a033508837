// saves.test.ts: what is done in a level is written down while it is done: it plays again alike, and a level that was left is taken up.

import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openGame } from '../../src/cli/game.ts'
import type { Intent } from '../../src/game/intent.ts'
import { leave, replay } from '../../src/game/keeping.ts'
import type { Level } from '../../src/game/level.ts'
import { packLibrary } from '../../src/game/library.ts'
import { type Log, readLog } from '../../src/game/log.ts'
import { readPack } from '../../src/game/packs.ts'
import { newProgress } from '../../src/game/progress.ts'
import { solved } from '../../src/game/run.ts'
import { newKeeper } from '../../src/game/saves.ts'
import { act, newSession, open, type Session, viewOf } from '../../src/game/session.ts'
import { meant } from '../../src/ui/spoken.ts'

const { levels } = readPack(join(import.meta.dirname, '../../levels'))
const levelOf = (id: string) => levels.find(l => l.id === id)!

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'k8s-factory-saves-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const saveOf = (id: string) => join(folder, 'saves', `${id}.jsonl`)

/** A sitting at a disk, opened at a level or at the title. */
function sit(options: { level?: string; seed?: number; game?: string; levels?: Level[]; last?: string } = {}): Session {
  const keep = newKeeper({ saves: join(folder, 'saves'), logs: join(folder, 'logs') }, options.game ?? '1.2.3')
  const progress = { ...newProgress(), name: 'Vera', ...(options.last === undefined ? {} : { last: options.last }) }
  const { level, seed } = options
  const library = packLibrary('test', options.levels ?? levels)
  return newSession({ library, keep, progress, speak: meant, ...(level === undefined ? {} : { level }), ...(seed === undefined ? {} : { seed }) })
}

const type = (session: Session, lines: readonly string[]): Session => {
  for (const line of lines) for (const intent of meant(line, viewOf(session))) act(session, intent)
  return session
}

const does = (session: Session, ...intents: Intent[]): Session => intents.reduce(act, session)

const readAgain = (file: string): Log => {
  const log = readLog(readFileSync(file, 'utf8'))
  if ('message' in log) throw new Error(`${file}:${log.line}: ${log.message}`)
  return log
}

/** Plays a log without a disk. */
function playAgain(log: Log): Session {
  const session = newSession({ library: packLibrary('test', levels), level: log.header.level, seed: log.header.seed, speak: meant })
  expect(replay(session, log, intent => act(session, intent))).toBeUndefined()
  return session
}

/** All that the player sees, but for what has been said once. */
const seen = (session: Session) => JSON.stringify({ ...viewOf(session), notices: [] })

describe.each(levels)('$id $title', level => {
  test.each([...level.solutions, ...level.misses])('the log of "$name" plays again to the same world and the same verdict', ({ lines }) => {
    const live = type(sit({ level: level.id, seed: 7 }), lines)
    const verdict = solved(live.run!)
    leave(live)
    if (live.writing!.lines.length === 1) return
    const logs = existsSync(join(folder, 'logs')) ? readdirSync(join(folder, 'logs')) : []
    const file = logs.length > 0 ? join(folder, 'logs', logs[0]!) : saveOf(level.id)
    const again = playAgain(readAgain(file))
    expect(solved(again.run!)).toBe(verdict)
    expect(again.run!.line.world.chain).toBe(live.run!.line.world.chain)
    expect(again.run!.given).toEqual(live.run!.given)
  })
  test('left after any line of its solution, it is taken up there', () => {
    const { lines } = level.solutions[0]!
    for (const at of [1, lines.length >> 1, lines.length - 1]) {
      if (at < 1) continue
      const live = type(sit({ level: level.id }), lines.slice(0, at))
      leave(live)
      const back = sit({ last: level.id })
      expect(viewOf(back)).toMatchObject({ screen: 'title', next: { id: level.id, resumes: true } })
      does(back, { do: 'GoOn' })
      if ((live.run!.fork ?? live.run!).playing) does(live, { do: 'Pause' })
      expect(seen(back)).toBe(seen(live))
      type(back, lines.slice(at))
      expect(solved(back.run!)).toBe(true)
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

test('looking at desks, turning back, forks, hints, flags, speeds and the clock are all written down', () => {
  const live = type(sit({ level: '1.2' }), ['i', '1', '3', 'back', 'give 1 kube-scheduler', 'h', 'give 2 Eric'])
  does(
    live,
    { do: 'Play' },
    { do: 'Speed', speed: 4 },
    { do: 'Tick', ms: 33 },
    { do: 'Tick', ms: 33 },
    { do: 'Tick', ms: 34 },
    { do: 'Pause' },
    { do: 'Tick', ms: 500 },
  )
  does(
    live,
    { do: 'Flag', line: 1 },
    { do: 'Fork' },
    { do: 'Command', line: 'kubectl get pods' },
    { do: 'Beat' },
    { do: 'Fork' },
    { do: 'Rewind' },
    { do: 'Forward' },
  )
  leave(live)
  expect(readFileSync(saveOf('1.2'), 'utf8')).toContain('{"ticks":"33x2 34"}')
  const back = sit({ level: '1.2' })
  expect(back.run!.dispatch.looked.size).toBeGreaterThan(1)
  expect(seen(back)).toBe(seen(live))
})

test('what is done is on the disk before the next key, readable by nobody else', () => {
  const live = type(sit({ level: '1.1' }), ['Enter'])
  expect(readAgain(saveOf('1.1')).entries.flatMap(e => e.intents)).toEqual([{ do: 'HandOver' }])
  type(live, ['.'])
  // No leave: the process was killed.
  expect(sit({ level: '1.1' }).run!.line.world.chain).toBe(live.run!.line.world.chain)
  expect(statSync(saveOf('1.1')).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'saves')).mode & 0o777).toBe(0o700)
})

test('a line that was cut off while it was written is left out, wherever it was cut', () => {
  type(sit({ level: '1.1' }), ['Enter', '.', '.'])
  const text = readFileSync(saveOf('1.1'), 'utf8')
  const whole = text.split('\n').length - 2
  for (let cut = text.lastIndexOf('\n', text.length - 2) + 2; cut < text.length; cut += 3) {
    writeFileSync(saveOf('1.1'), text.slice(0, cut))
    const back = sit({ level: '1.1' })
    expect(back.notices).toEqual([])
    expect(back.writing!.lines.length - 1).toBe(whole - 1)
    type(back, ['.'])
    expect(readAgain(saveOf('1.1')).entries.length).toBe(whole)
    writeFileSync(saveOf('1.1'), text)
  }
})

test('the level that is open is gone back to from the list, and only begun again where that is asked for', () => {
  const live = type(sit({ level: '1.1' }), ['Enter', '.', '.'])
  const before = seen(live)
  does(live, { do: 'Levels' }, { do: 'Open', level: '1.1' })
  expect(seen(live)).toBe(before)
  does(live, { do: 'Levels' }, { do: 'Open', level: '1.2' }, { do: 'Inspect' }, { do: 'Close' }, { do: 'Levels' }, { do: 'Open', level: '1.1' })
  expect(seen(live)).toBe(before)
  does(live, { do: 'Again' })
  expect(live.run!.beats.length).toBe(0)
})

test('a command that was under way when the level was left is under way again', () => {
  const live = type(sit({ level: '1.4' }), ['kubectl get pods -w', '.'])
  leave(live)
  const back = sit({ level: '1.4' })
  expect(viewOf(back)).toMatchObject({ prompt: { busy: true } })
  expect(seen(back)).toBe(seen(live))
  type(live, ['.', '.'])
  type(back, ['.', '.'])
  expect(seen(back)).toBe(seen(live))
})

test('a solved level does not wait any longer, and its log ends with its verdict', () => {
  const level = levelOf('1.3')
  const live = type(sit({ level: '1.3' }), level.solutions[0]!.lines)
  expect(viewOf(live).screen).toBe('end')
  expect(existsSync(saveOf('1.3'))).toBe(false)
  expect(live.log).toBe(join(folder, 'logs', '1.3-0001.jsonl'))
  leave(live)
  expect(existsSync(saveOf('1.3'))).toBe(false)
  expect(viewOf(sit({ last: '1.3' }))).toMatchObject({ next: { resumes: false } })
})

test('a level that is left for another one is found again to the last tick of the clock', () => {
  const live = type(sit({ level: '1.4' }), ['kubectl get pods'])
  does(live, { do: 'Play' }, { do: 'Tick', ms: 900 }, { do: 'Tick', ms: 900 })
  const { now } = live.run!.line.world
  does(live, { do: 'Levels' }, { do: 'Open', level: '1.2' }, { do: 'Levels' }, { do: 'Open', level: '1.4' })
  expect(live.run!.line.world.now).toBe(now)
})

test('a level that is ended again after turning back counts once, and has one log', () => {
  const level = levelOf('1.1')
  const wrong = level.solutions[0]!.lines.map(l => (/^\d+ [asd]$/.test(l) ? '1 d' : l))
  const live = type(sit({ level: '1.1' }), wrong)
  expect(viewOf(live).screen).toBe('end')
  const { foresight, reviews } = structuredClone(live.progress)
  does(live, { do: 'Rewind' }, { do: 'Forward' }, { do: 'GoOn' })
  expect(viewOf(live).screen).toBe('end')
  expect(live.progress).toMatchObject({ foresight, reviews })
  expect(readdirSync(join(folder, 'logs'))).toEqual(['1.1-0001.jsonl'])
  expect(live.log).toBe(join(folder, 'logs', '1.1-0001.jsonl'))
})

test('what is solved in a fork is not solved', () => {
  const level = levelOf('1.3')
  const live = does(sit({ level: '1.3' }), { do: 'Fork' })
  type(live, level.solutions[0]!.lines)
  expect(live.progress.levels['1.3']?.solved ?? false).toBe(false)
  expect(viewOf(live).screen).toBe('hall')
})

test('another world is begun when another seed is asked for', () => {
  type(sit({ level: '1.1', seed: 5 }), ['Enter', '.'])
  expect(sit({ level: '1.1', seed: 6 }).run!.beats.length).toBe(0)
  expect(sit({ level: '1.1' }).run!.seed).toBe(5)
})

describe('a place in another world', () => {
  const five = () => type(sit({ level: '1.1', seed: 5 }), ['Enter', '.', '.'])
  test('is kept while the level is played in this one, and found again by its seed', () => {
    const there = five()
    const here = sit({ level: '1.1', seed: 6 })
    expect(here.notices).toEqual(['You left 1.1 in another world: it is kept, and --seed 5 leads back to it.'])
    type(here, ['Enter'])
    const six = seen(here)
    const back = sit({ level: '1.1', seed: 5 })
    expect(back.notices).toEqual([])
    expect(seen(back)).toBe(seen(there))
    type(back, ['.'])
    expect(seen(sit({ level: '1.1', seed: 6 }))).toBe(six)
    expect(seen(sit({ level: '1.1' }))).toBe(seen(back))
    expect(viewOf(sit({ last: '1.1', seed: 6 }))).toMatchObject({ next: { resumes: true } })
    expect(viewOf(sit({ last: '1.1', seed: 7 }))).toMatchObject({ next: { resumes: false } })
  })
  test('is not touched by merely looking in here', () => {
    const there = five()
    leave(sit({ level: '1.1', seed: 6 }))
    expect(readdirSync(join(folder, 'saves'))).toEqual(['1.1.jsonl'])
    expect(seen(sit({ level: '1.1' }))).toBe(seen(there))
  })
  test('outlives that this one is solved', () => {
    const there = five()
    type(sit({ level: '1.1', seed: 6 }), levelOf('1.1').solutions[0]!.lines)
    expect(sit({ level: '1.1' }).run!.beats.length).toBe(0)
    expect(seen(sit({ level: '1.1', seed: 5 }))).toBe(seen(there))
    type(sit({ level: '1.1', seed: 5 }), ['.'])
    expect(readdirSync(join(folder, 'saves'))).toEqual(['1.1.jsonl'])
  })
  test('that cannot be played again is put aside as any other', () => {
    five()
    type(sit({ level: '1.1', seed: 6 }), ['Enter'])
    const file = join(folder, 'saves', '1.1@5.jsonl')
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"mark":{"beats":1,"seconds":1,"chain":1}}\n`)
    expect(sit({ level: '1.1', seed: 5 }).notices).toEqual([
      expect.stringMatching(/^Your place in 1\.1 cannot be found again; kept as 1\.1@5\.jsonl\.corrupt-/),
    ])
    expect(sit({ level: '1.1', seed: 6 }).run!.handed).toBe(true)
  })
})

test('a picture of the game writes, renames and removes nothing', async () => {
  const folders = { data: folder, state: join(folder, 'state'), config: folder }
  const files = () => readdirSync(folder, { recursive: true }).sort()
  mkdirSync(join(folder, 'saves'))
  writeFileSync(join(folder, 'progress.json'), '{"version":1,')
  writeFileSync(saveOf('1.1'), 'no log')
  const before = files()
  const game = await openGame({ version: '1.2.3', level: '1.1', folders, keep: 'nothing' })
  expect(game.session.notices).toEqual([
    expect.stringMatching(/^Your results could not be read: /),
    'The save of 1.1 cannot be read: it is left alone, and nothing is kept.',
  ])
  type(game.session, levelOf('1.1').solutions[0]!.lines)
  game.save()
  expect(viewOf(game.session).screen).toBe('end')
  expect(files()).toEqual(before)
})

describe('what cannot be taken up', () => {
  const left = () => {
    type(sit({ level: '1.1' }), ['Enter', '.', '.'])
    return readFileSync(saveOf('1.1'), 'utf8')
  }
  const aside = () => readdirSync(join(folder, 'saves')).filter(name => name.includes('corrupt'))

  test('a level that has changed begins afresh, and says so', () => {
    left()
    const changed = levels.map(l => (l.id === '1.1' ? { ...l, par: { ...l.par, seconds: 9 } } : l))
    const back = sit({ level: '1.1', levels: changed })
    expect(back.run!.beats.length).toBe(0)
    expect(viewOf(back)).toMatchObject({ notices: [{ text: '1.1 has changed since you left it; it begins afresh. Your stars are kept.' }] })
    does(back, { do: 'HandOver' })
    expect(viewOf(back)).toMatchObject({ notices: [] })
  })
  test('what an older version left begins afresh; what a newer one left is not touched', () => {
    const text = left()
    expect(sit({ level: '1.1', game: '1.10.0' }).notices).toEqual(['You left 1.1 in version 1.2.3; it begins afresh. Your stars are kept.'])
    for (const newer of [text.replace('"game":"1.2.3"', '"game":"1.10.0"'), text.replace('"log":1', '"log":2')]) {
      writeFileSync(saveOf('1.1'), newer)
      const back = sit({ level: '1.1', last: '1.1' })
      expect(back.notices).toEqual(['A newer k8s-factory left 1.1: its save stays, and nothing is kept of yours.'])
      type(back, ['Enter', '.'])
      leave(back)
      expect(readFileSync(saveOf('1.1'), 'utf8')).toBe(newer)
    }
  })
  test.each([
    ['nothing', () => ''],
    ['a line that is none', (text: string) => text.replace('{"do":"HandOver"}', '{"do":"Fly"}')],
    ['a line that is no JSON', (text: string) => text.replace('{"do":"HandOver"}', '{"do":')],
    ['another kind of file', () => '#!/bin/sh\n'],
    ['the log of another level', (text: string) => text.replace('"level":"1.1"', '"level":"1.2"')],
    ['a prototype', (text: string) => text.replace('{"do":"HandOver"}', '{"do":"__proto__"}')],
    ['a nesting of 100,000', (text: string) => `${text}${'['.repeat(100_000)}\n`],
    ['four million ticks', (text: string) => `${text}{"ticks":"1x999999 1x999999 1x999999 1x999999"}\n`],
    ['three megabytes', (text: string) => text + `${JSON.stringify({ do: 'Verb', line: 'x'.repeat(1_000) })}\n`.repeat(3_000)],
    ['a world that was another', (text: string) => `${text}{"mark":{"beats":1,"seconds":1,"chain":1}}\n`],
  ])('%s is put aside, said once, and the level begins afresh', (_, broken) => {
    const text = broken(left())
    writeFileSync(saveOf('1.1'), text)
    const back = sit({ level: '1.1' })
    expect(back.run!.beats.length).toBe(0)
    expect(back.notices).toHaveLength(1)
    expect(aside()).toHaveLength(1)
    expect(readFileSync(join(folder, 'saves', aside()[0]!), 'utf8')).toBe(text)
    type(back, ['Enter'])
    expect(sit({ level: '1.1' }).run!.handed).toBe(true)
  })
  test('a bit that has turned over is found, or plays as it says', () => {
    const text = left()
    for (let at = 0; at < text.length; at += 7) {
      const bytes = Buffer.from(text)
      bytes[at]! ^= 1 << (at % 7)
      writeFileSync(saveOf('1.1'), bytes)
      expect(() => sit({ level: '1.1' })).not.toThrow()
      for (const name of readdirSync(join(folder, 'saves'))) rmSync(join(folder, 'saves', name))
    }
  })
  test('a folder, a link and a pipe in its place are left alone, and the level is played in memory', () => {
    mkdirSync(join(folder, 'saves'))
    const strange = [() => mkdirSync(saveOf('1.1')), () => symlinkSync('/etc/hosts', saveOf('1.1')), () => void execFileSync('mkfifo', [saveOf('1.1')])]
    for (const lay of strange) {
      lay()
      const kind = statSync(saveOf('1.1')).isFile()
      const back = sit({ level: '1.1' })
      expect(back.notices).toEqual(['The save of 1.1 is no plain file: it is left alone, and nothing is kept.'])
      type(back, ['Enter', '.'])
      leave(back)
      expect(statSync(saveOf('1.1')).isFile()).toBe(kind)
      rmSync(saveOf('1.1'), { recursive: true })
    }
  })
  test('a place that cannot be written is said once', () => {
    writeFileSync(join(folder, 'saves'), 'a file')
    const live = sit({ level: '1.1' })
    does(live, { do: 'HandOver' })
    expect(live.notices).toHaveLength(1)
    does(live, { do: 'Beat' }, { do: 'Beat' })
    expect(live.notices).toEqual([])
    chmodSync(folder, 0o700)
  })
})

test('two instances in one level disturb each other not at all: who plays last, stays', () => {
  const one = type(sit({ level: '1.1' }), ['Enter', '.'])
  const two = sit({ level: '1.1' })
  type(one, ['.', '.', '.'])
  type(two, ['.'])
  expect(sit({ level: '1.1' }).run!.beats.length).toBe(two.run!.beats.length)
  type(one, ['.'])
  leave(one)
  expect(sit({ level: '1.1' }).run!.beats.length).toBe(one.run!.beats.length)
  expect(readdirSync(join(folder, 'saves'))).toEqual(['1.1.jsonl'])
})

test('a level that is played for hours is kept as far as a log may grow, and says so', () => {
  const live = sit({ level: '1.1' })
  const notices: string[] = []
  for (let i = 0; i < 20_100; i++) {
    does(live, { do: 'Speed', speed: (i % 8) + 1 })
    notices.push(...live.notices)
  }
  expect(notices).toEqual(['This has grown too long to be kept: if you leave, you come back to this place.'])
  expect(sit({ level: '1.1' }).notices).toEqual([])
})

test('opening the level by its name takes it up as well', () => {
  const live = type(sit({ level: '1.1' }), ['Enter', '.'])
  const back = sit()
  expect(open(back, '1.1')).toBe(true)
  expect(seen(back)).toBe(seen(live))
})

// hostile.test.ts: level files and saves that mean harm, or are merely broken: refused whole, one message each, at once.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readPack } from '../../src/game/packs.ts'
import { loadProgress, newProgress, saveProgress } from '../../src/game/progress.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'k8s-factory-hostile-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const good = readFileSync(join(import.meta.dirname, '../../levels/1-the-mother-company/1.1-first-order.yaml'), 'utf8').replace('id: "1.1"', 'id: mine')

/** Milliseconds of work that an answer may cost: of this process, since other programs on the machine are not its fault. */
const AT_ONCE = 250

const worked = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

const packOf = (text: string) => {
  const file = join(folder, 'level.yaml')
  writeFileSync(file, text)
  const began = worked()
  const pack = readPack(file, new Set(['1.1']))
  expect(worked() - began).toBeLessThan(AT_ONCE)
  return pack
}

test.each([
  ['as it is', good],
  ['with carriage returns and a byte order mark', `\ufeff${good.replaceAll('\n', '\r\n')}`],
])('a level is taken %s', (_, text) => {
  const pack = packOf(text)
  expect(pack.problems).toEqual([])
  expect(pack.levels.map(l => l.id)).toEqual(['mine'])
})

describe('refused', () => {
  test.each([
    ['an escape sequence in a title', good.replace('title: First Order', 'title: "\\e]0;PWNED\\a"'), 'contains the character U+001B'],
    ['a NUL', good.replace('First Order', '"a\\0b"'), 'contains the character U+0000'],
    ['a turned direction', good.replace('First Order', '"gnp\u202eexe"'), 'contains the character U+202E'],
    ['an alias', 'a: &a [1]\nb: *a\n', 'anchors and aliases are not allowed'],
    ['a reference to itself', 'a: &a [*a]\n', 'anchors and aliases are not allowed'],
    ['a key twice', `${good}\ntitle: again\n`, 'Map keys must be unique'],
    ['a nesting of 20,000', `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'nested deeper than 32'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'more than one document'],
    ['a tab', 'a:\n\tb: 1\n', 'a tab cannot indent'],
    ['nothing', '', 'is empty'],
    ['a bare number', '42', 'must be a map of fields'],
    ['a field that the game does not enact yet', `${good}\nincidents: [{ at: 5, do: { crash: etcd } }]\n`, 'incidents'],
    ['a misspelt field', good.replace('greeting:', 'greting:'), 'did you mean greeting?'],
    ['a newer format', good.replace('format: 1', 'format: 2'), 'needs another version'],
    ['an infinite number', good.replace('seconds: 30', 'seconds: .inf'), 'is not finite'],
    ['a key of the prototype', `${good}\n__proto__: { x: 1 }\n`, '__proto__ is not allowed'],
    ['half a megabyte', `a: "${'x'.repeat(500_000)}"`, 'a level has at most'],
    ['the id of a level of ours', good.replace('id: mine', 'id: "1.1"'), 'is a level of the game itself'],
  ])('%s', (_, text, message) => {
    const pack = packOf(text)
    expect(pack.levels).toEqual([])
    expect(pack.problems[0]).toContain(message)
    expect(pack.problems.join('')).not.toMatch(/[\u0000-\u001f\u202e]/)
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })
  test('a link, a pipe, a folder that is not there', () => {
    symlinkSync('/etc/hosts', join(folder, 'link.yaml'))
    expect(readPack(join(folder, 'link.yaml')).problems[0]).toContain('links are not followed')
    execFileSync('mkfifo', [join(folder, 'pipe.yaml')])
    expect(readPack(join(folder, 'pipe.yaml')).problems[0]).toContain('is neither a file nor a folder')
    expect(readPack(join(folder, 'gone')).problems[0]).toContain('is not there')
    expect(readPack(folder).levels).toEqual([])
  })
  test('two levels of one id, and names that are one on other systems', () => {
    writeFileSync(join(folder, 'a.yaml'), good)
    writeFileSync(join(folder, 'A.yaml'), good)
    const { problems } = readPack(folder)
    expect(problems.some(p => p.includes('is the same as'))).toBe(true)
    expect(problems.some(p => p.includes('stands in'))).toBe(true)
  })
})

describe('progress', () => {
  const earned = { ...newProgress(), name: 'Vera', levels: { '1.1': { solved: true, par: true, understood: false } } }
  const file = () => join(folder, 'progress.json')

  test('is kept, and read again', () => {
    expect(saveProgress(folder, earned)).toBe(true)
    expect(loadProgress(folder)).toEqual({ progress: earned, notices: [] })
    expect(readdirSync(folder)).toEqual(['progress.json'])
  })
  test('of two instances is the union', () => {
    saveProgress(folder, earned)
    saveProgress(folder, { ...newProgress(), levels: { '1.2': { solved: true, par: false, understood: false } } })
    expect(Object.keys(loadProgress(folder).progress.levels).sort()).toEqual(['1.1', '1.2'])
  })
  test.each([
    ['cut off at any byte', (text: string) => [text.slice(0, 1), text.slice(0, 10), text.slice(0, -3)]],
    ['of another version', () => ['{"version":0}', '{"version":"2"}', '{}']],
    ['of another kind', () => ['[]', 'null', '42', '"x"']],
  ])('%s is put aside, and said so', (_, broken) => {
    saveProgress(folder, earned)
    for (const text of broken(readFileSync(file(), 'utf8'))) {
      writeFileSync(file(), text)
      const { progress, notices } = loadProgress(folder)
      expect(progress).toEqual(newProgress())
      expect(notices).toHaveLength(1)
      expect(existsSync(file())).toBe(false)
    }
    expect(readdirSync(folder).every(name => name.includes('corrupt'))).toBe(true)
  })
  test('of a newer game is left as it is, said so, and not written over', () => {
    const newer = '{"version":2,"levels":{"9.9":"gold"}}'
    writeFileSync(file(), newer)
    expect(loadProgress(folder)).toEqual({
      progress: newProgress(),
      notices: ['A newer k8s-factory wrote your results: they stay, and none of yours are kept.'],
    })
    expect(saveProgress(folder, earned)).toBe(false)
    expect(readFileSync(file(), 'utf8')).toBe(newer)
    expect(readdirSync(folder)).toEqual(['progress.json'])
  })
  test('that broke while the game ran is put aside, not written over', () => {
    saveProgress(folder, earned)
    writeFileSync(file(), '{"version":1,')
    expect(saveProgress(folder, earned)).toBe(true)
    expect(loadProgress(folder).progress).toEqual(earned)
    expect(readdirSync(folder).filter(name => name.includes('corrupt'))).toHaveLength(1)
  })
  test('behind a link is not touched', () => {
    writeFileSync(join(folder, 'mine'), 'mine')
    symlinkSync(join(folder, 'mine'), file())
    expect(loadProgress(folder).notices).toHaveLength(1)
    expect(saveProgress(folder, earned)).toBe(false)
    expect(readFileSync(join(folder, 'mine'), 'utf8')).toBe('mine')
  })
  test('with a prototype in it changes nothing of ours', () => {
    writeFileSync(file(), '{"version":1,"levels":{"__proto__":{"solved":true},"constructor":{"solved":true}}}')
    loadProgress(folder)
    expect(({} as { solved?: unknown }).solved).toBeUndefined()
  })
  test('where it cannot be written is said, not thrown', () => {
    mkdirSync(file())
    expect(saveProgress(folder, earned)).toBe(false)
    expect(loadProgress(folder).notices).toHaveLength(1)
    expect(saveProgress('/dev/null/x', earned)).toBe(false)
  })
})

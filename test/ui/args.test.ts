// args.test.ts: the command line, and what is judged of a terminal by its environment.

import { describe, expect, test } from 'vitest'
import { readArgs } from '../../src/cli/args.ts'
import { Stop } from '../../src/cli/exit.ts'
import { depthOf, glyphsOf, lightOf } from '../../src/cli/terminal.ts'
import { safe } from '../../src/ui/safe.ts'
import { wrap } from '../../src/ui/wrap.ts'

const command = (...argv: string[]) => readArgs(argv).command

describe('commands', () => {
  test.each([
    [[], { command: 'play', packs: [] }],
    [['play', '1.1'], { command: 'play', level: '1.1', packs: [] }],
    [['play', '-f', 'mine'], { command: 'play', packs: ['mine'] }],
    [['quiz', '1', '--json'], { command: 'quiz', of: '1', packs: [], json: true }],
    [['levels', '--json', '-f', 'a', '-f', 'b'], { command: 'levels', packs: ['a', 'b'], json: true }],
    [['sandbox', '-f', 'x.yaml'], { command: 'sandbox', files: ['x.yaml'] }],
    [['check', '1.1', 'log.jsonl'], { command: 'check', level: '1.1', log: 'log.jsonl', packs: [], json: false }],
    [['check', 'log.jsonl'], { command: 'check', log: 'log.jsonl', packs: [], json: false }],
    [['author', 'check', 'mine'], { command: 'author', verb: 'check', path: 'mine' }],
    [['serve'], { command: 'serve', port: 0, speed: 1, files: [] }],
    [
      ['serve', '--port', '6443', '--speed', 'max', '--kubeconfig', 'k', '--no-ui', '-f', 'x.yaml'],
      { command: 'serve', port: 6443, speed: Number.POSITIVE_INFINITY, files: ['x.yaml'], kubeconfig: 'k' },
    ],
    [['doctor'], { command: 'doctor' }],
    [['--version'], { command: 'version' }],
    [['--help'], { command: 'help' }],
    [['play', '--help'], { command: 'help' }],
  ])('%j', (argv, expected) => expect(command(...argv)).toEqual(expected))

  test.each([
    [['dance'], /unknown command "dance"/],
    [['lvels'], /unknown command "lvels"/],
    [['play', '1.1', '1.2'], /"play" does not know what to do with "1.2"/],
    [['check'], /"check" needs a command log/],
    [['author', 'sing', 'x'], /"author" can do "new" and "check", not "sing"/],
    [['--colour'], /--colour/],
    [['doctor', '-f', 'x'], /"doctor" takes no -f/],
    [['play', '--json'], /"play" takes no --json/],
    [['--seed', 'x'], /--seed is a number/],
    [['play', '--port', '1'], /"play" takes no --port/],
    [['serve', '--port', '70000'], /--port is a number up to 65535, not "70000"/],
    [['serve', '--speed', '0'], /--speed is "max" or a number above 0 and up to 1000, not "0"/],
    [['serve', '--json'], /"serve" takes no --json/],
  ])('%j is refused with one line and code 2', (argv, message) => {
    const error = (() => {
      try {
        readArgs(argv)
      } catch (e) {
        return e
      }
    })()
    expect(error).toBeInstanceOf(Stop)
    expect((error as Stop).code).toBe(2)
    expect((error as Stop).message).toMatch(message)
    expect((error as Stop).message).not.toContain('\n')
  })
})

describe('the terminal', () => {
  test.each([
    [{ NO_COLOR: '1', COLORTERM: 'truecolor' }, 0],
    [{ NO_COLOR: '', TERM: 'xterm-256color' }, 2],
    [{ TERM: 'dumb' }, 0],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 3],
    [{ TERM: 'xterm-256color' }, 2],
    [{ TERM: 'xterm' }, 1],
    [{ TERM: 'xterm', FORCE_COLOR: '0' }, 0],
  ])('%j has %i levels of colour', (env, depth) => expect(depthOf(env)).toBe(depth))
  test.each([
    [{ LANG: 'en_US.UTF-8' }, false, 'box'],
    [{ LANG: 'ja_JP.UTF-8' }, false, 'braille'],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'zh_CN.UTF-8' }, false, 'braille'],
    [{ LANG: 'en_US.ISO-8859-1' }, false, 'ascii'],
    [{ LC_ALL: 'C' }, false, 'ascii'],
    [{}, false, 'box'],
    [{ LANG: 'en_US.UTF-8' }, true, 'ascii'],
  ] as const)('%j, --ascii %s: %s', (env, ascii, glyphs) => expect(glyphsOf(env, ascii)).toBe(glyphs))
  test('a light ground is believed if it is said', () => {
    expect(lightOf({ COLORFGBG: '0;15' })).toBe(true)
    expect(lightOf({ COLORFGBG: '15;0' })).toBe(false)
    expect(lightOf({})).toBe(false)
  })
})

describe('safe texts', () => {
  test.each([
    ['\u001B]0;PWNED\u0007', '^[]0;PWNED^G'],
    ['\u001B]52;c;eA==\u0007', '^[]52;c;eA==^G'],
    ['\u001B[31mred', '^[[31mred'],
    ['\u009B31m\u009D\u0090', '\ufffd31m\ufffd\ufffd'],
    ['\u001B[6n\u001BP$q"p\u001B\\', '^[[6n^[P$q"p^[\\'],
    ['\u202Egnp.exe\u2066x\u2069', 'gnp.exex'],
    ['t\u200Be\u200Da\ufeff\u00ad', 'tea'],
    ['⚠\ufe0f ☸\ufe0f 👍🏽', '⚠ ☸ 👍'],
    ['\ud800 \uffff', '\ufffd \ufffd'],
    ['e\u0301\u0301\u0301\u0301', 'e\u0301\u0301'],
    ['🚀 漢字 рay', '🚀 漢字 рay'],
    ['a\u2028b\r\n', 'a b^M\n'],
  ])('%j', (text, expected) => {
    expect(safe(text)).toBe(expected)
    expect(safe(safe(text))).toBe(safe(text))
  })
  test('a megabyte in one line is cut, and fast', () => {
    const began = process.cpuUsage().user
    expect(safe('x\u001B'.repeat(500_000)).length).toBeLessThan(10_000)
    expect(process.cpuUsage().user - began).toBeLessThan(50_000)
  })
})

test('lines are broken at blanks, wide characters count double, long words are cut', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('漢字漢字', 4)).toEqual(['漢字', '漢字'])
  expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
  expect(wrap('a b c d e f', 3, 2)).toEqual(['a b', 'c…'])
})

// plain.test.ts: the game as a list: nothing of a screen is lost to somebody who hears it, and words do what keys do.

import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { plainLoop } from '../../src/cli/plain.ts'
import { tell } from '../../src/ui/plain.ts'
import { spoken } from '../../src/ui/spoken.ts'
import { bet, edit, hallStart, reveal, role, stations } from './fixtures/halls.ts'
import { end, incident, inspect, name, quizAnswered, quizAsked, quizOrder, title } from './fixtures/pages.ts'
import { w } from './fixtures/parts.ts'
import { screens } from './fixtures/screens.ts'
import { stage } from './stage.ts'

async function run(play: ReturnType<typeof stage>, script: string[], mustSolve = false): Promise<{ lines: string[]; code: number }> {
  const lines: string[] = []
  const code = await plainLoop({
    play,
    input: Readable.from(script.map(l => `${l}\n`)),
    write: line => lines.push(line),
    terminal: false,
    mustSolve,
    save: () => undefined,
  })
  return { lines, code }
}

test('a bet is told as a numbered list, placed in one line, and answered in the next', async () => {
  const play = stage(
    bet,
    { ...bet, panel: { ...bet.panel, picked: 3 } as never },
    { ...bet, panel: { ...bet.panel, picked: 3, confidence: 1 } as never, can: ['Beat'] },
    reveal,
  )
  const { lines } = await run(play, ['4 s', '.'])
  expect(play.asked).toEqual([{ do: 'Bet', option: 3 }, { do: 'Confidence', sure: 1 }, { do: 'Beat' }])
  const text = lines.join('\n')
  for (const line of [
    'Time stands still for a bet.',
    'Bet 1 of 3. The slip is filed. Its FACTORY line is empty. Who acts next?',
    '4. Kamal.',
    'Next: a number from 1 to 4, a space, then how sure: a low, s middle, d high.',
    'You bet on Kamal, middle.',
    'You said Kamal. It was Shikar.',
    'Belief M02: Somebody hands the work to the factory.',
    'Against it, beat 3: Kamal listens for slips that say P. This one says nothing.',
  ])
    expect(text).toContain(line)
})

test('only what is new is told', () => {
  expect(tell(stations, stations, 'company')).toEqual([])
  const lines = tell(hallStart, stations, 'company')
  expect(lines[0]).toBe('Beat 1. You hand Asoke a slip: pod tea. Kubectl apply.')
  expect(lines).toContain('The command for this: kubectl apply -f tea.yaml')
  expect(lines.at(-1)).toBe('Next: ., next station.')
})

test('every screen says what to do next', () => {
  for (const [which, view] of Object.entries(screens)) {
    if (view.screen === 'hall' && view.panel.panel === 'edit') continue
    expect(
      tell(undefined, view, 'company').some(line => line.startsWith('Next: ')),
      which,
    ).toBe(true)
  }
})

test('no line of the list holds a sign that is only drawn', () => {
  for (const view of Object.values(screens)) expect(tell(undefined, view, 'company').join('\n')).not.toMatch(/[►◄▮▯✓✗─│╌⊗]/)
})

describe('what a line means', () => {
  test.each([
    ['', hallStart, { intents: [{ do: 'HandOver' }] }],
    ['enter', hallStart, { intents: [{ do: 'HandOver' }] }],
    ['.', stations, { intents: [{ do: 'Beat' }] }],
    ['back', stations, { intents: [{ do: 'Rewind' }] }],
    ['kubectl get pods', stations, { intents: [{ do: 'Command', line: 'kubectl get pods' }] }],
    ['k get po', stations, { intents: [{ do: 'Command', line: 'kubectl get po' }] }],
    ['2', quizAsked, { intents: [{ do: 'Answer', option: 1 }, { do: 'Submit' }] }],
    ['2 1 4 3', quizOrder, { intents: [...[1, 0, 3, 2].map(option => ({ do: 'Answer', option })), { do: 'Submit' }] }],
    ['', quizAnswered, { intents: [{ do: 'GoOn' }] }],
    ['Vera', name, { intents: [{ do: 'Name', name: 'Vera' }] }],
    ['', name, { intents: [{ do: 'Name', name: 'new clerk' }] }],
    ['back', inspect, { intents: [{ do: 'Close' }] }],
    ['take cake', role, { intents: [{ do: 'Verb', line: 'take cake' }] }],
    ['r', end, { intents: [{ do: 'Again' }] }],
    ['', incident, { intents: [{ do: 'BackToBeat' }] }],
    ['levels', title, { intents: [{ do: 'Levels' }] }],
    ['where', stations, { tell: 'where' }],
    ['words', stations, { turn: 'lens' }],
    [':quit', stations, { leave: true }],
    ['sing', stations, { unknown: 'sing' }],
  ] as const)('%j', (line, view, meaning) => expect(spoken(line, view)).toEqual(meaning))
})

test('a script that ends before the level is solved ends with 1, one that solves it with 0', async () => {
  expect((await run(stage(stations), ['.'], true)).code).toBe(1)
  expect((await run(stage(stations, end), ['.'], true)).code).toBe(0)
  expect((await run(stage(stations), ['.'])).code).toBe(0)
})

test('what is not understood is said, and nothing happens', async () => {
  const play = stage(stations)
  const { lines } = await run(play, ['sing \u001B[2J'])
  expect(play.asked).toEqual([])
  expect(lines.at(-1)).toBe('Nothing is done by "sing ^[[2J" here. Type help for the keys.')
})

test('texts are told without anything that a terminal would obey', () => {
  const evil = { ...stations, panel: { panel: 'speech' as const, text: w('\u001B]0;x\u0007\u202E') } }
  expect(tell(undefined, evil, 'company').join('')).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/)
})

describe('a text in the list', () => {
  const open = { ...edit, next: hallStart.next }
  test('is told whole, and every line is text until a single .', async () => {
    const play = stage(open, open, open, stations)
    const { lines } = await run(play, ['# a comment', 'quit', '.'])
    expect(lines).toContain('kubectl edit deployment web waits for a text. This is it now:')
    expect(lines).toContain('  replicas: 3')
    expect(lines).toContain('Write the whole new text line by line; a line with a single . ends it. Only a . leaves it as it is.')
    expect(play.asked).toEqual([
      { do: 'Write', line: '# a comment' },
      { do: 'Write', line: 'quit' },
      { do: 'Write', line: '.' },
    ])
  })
  test('the files on the desk are spoken of as in a shell', () => {
    expect(spoken('cat tea.yaml', stations)).toEqual({ intents: [{ do: 'Command', line: 'cat tea.yaml' }] })
    expect(spoken('edit tea.yaml', role)).toEqual({ intents: [{ do: 'Command', line: 'edit tea.yaml' }] })
  })
  test('a command that waits says for what', () => {
    const waits = <T extends typeof stations>(view: T): T => ({ ...view, prompt: { ...view.prompt, busy: true, waiting: true } })
    expect(tell(stations, waits(stations), 'company')).toContain('The command waits for time to pass: press . or space. stop ends it.')
    expect(tell(bet, waits(bet), 'company')).toContain('The command waits for the question to be answered. stop ends it.')
  })
  test('stop ends a command that waits', () => {
    expect(spoken('stop', { ...stations, prompt: { ...stations.prompt, busy: true, waiting: true } })).toEqual({ intents: [{ do: 'Interrupt' }] })
  })
})

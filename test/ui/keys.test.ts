// keys.test.ts: the table of keys, the line, the editor, and what the screens make of a key.

import { describe, expect, test } from 'vitest'
import type { Intent } from '../../src/game/intent.ts'
import type { View } from '../../src/game/view.ts'
import { edited, openEditor, textOfEditor } from '../../src/ui/editor.ts'
import { fitting } from '../../src/ui/frame.ts'
import { bindings, bindingsOf, screenKeys } from '../../src/ui/keys.ts'
import { emptyLine, insert, type Line, typed } from '../../src/ui/line.ts'
import { moving, newUi, pasted, press, settle, tick, type Ui } from '../../src/ui/state.ts'
import { keysIn } from '../../src/ui/stdin.ts'
import { bell, bet, edit, editAgain, hallStart, promptHall, reveal, stations } from './fixtures/halls.ts'
import { inspect, name, quizAsked, title } from './fixtures/pages.ts'
import { screens } from './fixtures/screens.ts'

const ui = (more: Partial<Ui> = {}): Ui => ({ ...newUi({ glyphs: 'box', motion: true, depth: 3, light: false }, 80, 24), lamps: undefined, ...more })

const intentsOf = (view: View, ...keys: string[]): Intent[] => {
  let state = ui()
  return keys.flatMap(key => {
    const next = press(state, view, key, 0)
    state = next.ui
    return next.intents
  })
}

describe('keys', () => {
  test.each<[string, View, string, Intent]>([
    ['Enter hands over the slip', hallStart, 'Enter', { do: 'HandOver' }],
    ['. is one beat', stations, '.', { do: 'Beat' }],
    ['> goes to the next event', stations, '>', { do: 'NextEvent' }],
    ['[ turns time back', stations, '[', { do: 'Rewind' }],
    ['a number is a bet', bet, '3', { do: 'Bet', option: 2 }],
    ['s is a middling confidence', bet, 's', { do: 'Confidence', sure: 1 }],
    ['. goes on after a reveal', reveal, '.', { do: 'GoOn' }],
    ['i looks closer', stations, 'i', { do: 'Inspect' }],
    ['a number looks at another desk', inspect, '1', { do: 'Inspect', actor: 'kube-apiserver' }],
    ['Esc leaves the desk', inspect, 'Esc', { do: 'Close' }],
    ['a number answers a question', quizAsked, '2', { do: 'Answer', option: 1 }],
    ['Enter submits it', quizAsked, 'Enter', { do: 'Submit' }],
    ['q asks what is due', title, 'q', { do: 'Quiz' }],
  ])('%s', (_, view, key, intent) => expect(intentsOf(view, key)).toEqual([intent]))

  test('a bet beyond the options is none, and the space bar does not skip it', () => {
    expect(intentsOf(bet, '5', '9', 'space', '.', '>')).toEqual([])
  })

  test('the key that the ► line names does something, on every screen of the hall', () => {
    for (const [which, view] of Object.entries(screens)) {
      if (view.screen !== 'hall' || view.panel.panel === 'edit') continue
      const key = view.next.key.replace(/^1-\d$/, '1')
      expect(intentsOf(view, key).length, `${which}: ${key}`).toBe(1)
    }
  })

  test('no key of the help page means two things', () => {
    const keys = bindings.filter(b => b.help !== undefined && b.act !== undefined).flatMap(b => b.keys)
    expect(new Set(keys).size).toBe(keys.length)
    for (const [screen, list] of Object.entries(screenKeys)) {
      const all = list.flatMap(b => b.keys)
      expect(new Set(all).size, screen).toBe(all.length)
    }
  })

  test('the bar of keys is never cut: it leaves out whole keys, and help last of all', () => {
    for (const view of Object.values(screens))
      for (const width of [78, 40, 12]) {
        const shown = fitting(bindingsOf(view), width, 'company')
        expect(shown.at(-1)).toBe(bindingsOf(view).at(-1))
      }
  })

  test('Ctrl-C leaves at the second time within two seconds, and not later', () => {
    const first = press(ui(), stations, 'Ctrl-C', 1_000)
    expect(first.effect).toBeUndefined()
    expect(press(first.ui, stations, 'Ctrl-C', 2_900).effect).toBe('leave')
    expect(press(first.ui, stations, 'Ctrl-C', 3_100).effect).toBeUndefined()
    expect(tick(first.ui, stations, 125, 3_100).ui.leaving).toBeUndefined()
    expect(press(press(first.ui, stations, '.', 1_100).ui, stations, 'Ctrl-C', 1_200).effect).toBeUndefined()
  })
})

describe('motion', () => {
  const moved = settle(ui(), stations, bell)
  test('a bell is played frame by frame, then stands, and the clock with it', () => {
    expect(moving(moved, bell)).toBe(true)
    let state = moved
    let frames = 0
    while (moving(state, bell) && frames < 100) {
      state = tick(state, bell, 125, 0).ui
      frames++
    }
    expect(frames).toBe(4)
    expect(moving(state, bell)).toBe(false)
  })
  test('a key never waits for motion', () => {
    const next = press(moved, bell, '.', 0)
    expect(next.intents).toEqual([{ do: 'Beat' }])
    expect(next.ui.play).toBeUndefined()
  })
  test('without motion everything stands at its end at once', () => {
    const calm = settle(ui({ settings: { glyphs: 'box', motion: false, depth: 3, light: false } }), stations, bell)
    expect(moving(calm, bell)).toBe(false)
  })
  test('the same motion is not played twice', () => expect(settle(settle(ui(), stations, bell), bell, { ...bell, clock: '08:00:01' }).play?.frame).toBe(0))
  test('simulated time waits while a trip is shown, and runs after it', () => {
    const playing = { ...bell, time: { ...bell.time, playing: true } }
    let state = settle(ui(), stations, playing)
    const sent: Intent[] = []
    for (let i = 0; i < 6; i++) {
      const next = tick(state, playing, 125, 0)
      state = next.ui
      sent.push(...next.intents)
    }
    expect(sent).toEqual([
      { do: 'Tick', ms: 125 },
      { do: 'Tick', ms: 125 },
    ])
  })
})

describe('the prompt', () => {
  const open = (text = ''): Ui => ui({ prompt: { line: emptyLine(text), scroll: 0, choices: [] } })
  const type = (line: Line, ...keys: string[]) => keys.reduce((l, key) => typed(l, key, ['kubectl get pods', 'kubectl get nodes']) ?? l, line)

  test('Enter runs the line, and clears it', () => {
    const next = press(open('kubectl get pods '), promptHall, 'Enter', 0)
    expect(next.intents).toEqual([{ do: 'Command', line: 'kubectl get pods' }])
    expect(next.ui.prompt?.line.text).toBe('')
  })
  test.each([':quit', 'quit', 'exit'])('%s leaves', text => expect(press(open(text), promptHall, 'Enter', 0).effect).toBe('leave'))
  test('Esc goes back to the map', () => expect(press(open('x'), promptHall, 'Esc', 0).ui.prompt).toBeUndefined())
  test('a command that waits is ended by Ctrl-C, and time may be let run for it', () => {
    const busy = { ...promptHall, prompt: { ...promptHall.prompt, busy: true, waiting: true } }
    expect(press(open(), busy, 'Ctrl-C', 0).intents).toEqual([{ do: 'Interrupt' }])
    expect(press(open(), busy, '.', 0).intents).toEqual([{ do: 'Beat' }])
    expect(press(open(), busy, 'space', 0).intents).toEqual([{ do: 'Play' }])
    expect(press(open(), busy, 'x', 0).intents).toEqual([])
  })
  test('Ctrl-C twice leaves, whether a command is under way or not', () => {
    const busy = { ...promptHall, prompt: { ...promptHall.prompt, busy: true, waiting: true } }
    const first = press(open('cat a'), busy, 'Ctrl-C', 0)
    expect(first.effect).toBeUndefined()
    expect(first.ui.prompt?.line.text).toBe('cat a')
    expect(press(first.ui, promptHall, 'Ctrl-C', 100).effect).toBe('leave')
    expect(press(press(first.ui, promptHall, 'x', 100).ui, promptHall, 'Ctrl-C', 200).effect).toBeUndefined()
  })
  test('on the map Ctrl-C ends nothing: what was handed in goes on when the player comes back', () => {
    const busy = { ...stations, prompt: { ...stations.prompt, busy: true, waiting: true } }
    const first = press(ui(), busy, 'Ctrl-C', 0)
    expect(first.intents).toEqual([])
    expect(press(first.ui, busy, 'Ctrl-C', 100).effect).toBe('leave')
  })
  test('what is typed while a command waits is kept, and Enter is a beat until it may run', () => {
    const busy = { ...promptHall, prompt: { ...promptHall.prompt, busy: true, waiting: true } }
    const typedUi = ['c', 'a', 't', 'space', 'a', '.', 'y'].reduce((state, key) => press(state, busy, key, 0).ui, open())
    expect(typedUi.prompt?.line.text).toBe('cat a.y')
    const pressed = press(typedUi, busy, 'Enter', 0)
    expect(pressed.intents).toEqual([{ do: 'Beat' }])
    expect(press(pressed.ui, promptHall, 'Enter', 0).intents).toEqual([{ do: 'Command', line: 'cat a.y' }])
  })
  test('cursor, deletion and history', () => {
    expect(type(emptyLine('abc'), 'left', 'X')).toMatchObject({ text: 'abXc', cursor: 3 })
    expect(type(emptyLine('kubectl get pods'), 'Ctrl-W', 'Ctrl-W').text).toBe('kubectl ')
    expect(type(emptyLine('draft'), 'up').text).toBe('kubectl get nodes')
    expect(type(emptyLine('draft'), 'up', 'up', 'up').text).toBe('kubectl get pods')
    expect(type(emptyLine('draft'), 'up', 'down').text).toBe('draft')
    expect(type(emptyLine('abc'), 'Home', 'Delete', 'Ctrl-K').text).toBe('')
  })
  test('Tab asks how the line could go on, as far as the cursor', () => {
    const typedUi = open('kubectl get podsxx')
    const back = press(press(typedUi, promptHall, 'left', 0).ui, promptHall, 'left', 0).ui
    expect(press(back, promptHall, 'Tab', 0).intents).toEqual([{ do: 'Complete', line: 'kubectl get pods' }])
  })
  test('what all ways have in common is typed, and the ways are shown until the next key', () => {
    const found = { ...promptHall, prompt: { ...promptHall.prompt, completion: { line: 'kubectl get pods t', more: 'ea-', choices: ['tea-1', 'tea-2'] } } }
    const next = settle(open('kubectl get pods t'), promptHall, found)
    expect(next.prompt).toMatchObject({ line: { text: 'kubectl get pods tea-' }, choices: ['tea-1', 'tea-2'] })
    expect(settle(next, found, found).prompt?.line.text).toBe('kubectl get pods tea-')
    expect(press(next, found, '1', 0).ui.prompt).toMatchObject({ line: { text: 'kubectl get pods tea-1' }, choices: [] })
    expect(settle(open('something else'), promptHall, found).prompt?.line.text).toBe('something else')
  })
  test('a paste is text: it runs nothing, whatever stands in it', () => {
    const pastedUi = pasted(open('kubectl '), promptHall, 'get pods\nkubectl delete pod tea\n')
    expect(pastedUi.prompt?.line.text).toBe('kubectl get pods kubectl delete pod tea ')
    expect(insert(emptyLine(), 'a\r\nb').text).toBe('a b')
  })
})

describe('the editor', () => {
  const keys = (text: string, ...list: string[]) => list.reduce((e, key) => edited(e, key) ?? e, openEditor(text))
  const opened = settle(ui(), stations, edit)
  const pressing = (...list: string[]) => list.reduce((next, key) => press(next.ui, edit, key, 0), { ui: opened, intents: [] } as ReturnType<typeof press>)

  test('opens with the view that asks for it, and Ctrl-S gives its text back', () => {
    expect(opened.editor?.lines[0]).toBe('apiVersion: apps/v1')
    expect(pressing('x', 'Ctrl-S').intents).toEqual([{ do: 'Edited', text: expect.stringMatching(/^xapiVersion: apps\/v1\n/) }])
    expect(pressing('Ctrl-S').intents).toEqual([{ do: 'Edited' }])
  })
  test('Esc leaves it as it was, but asks before it loses what was typed', () => {
    expect(pressing('Esc').intents).toEqual([{ do: 'Edited' }])
    expect(pressing('x', 'Esc').intents).toEqual([])
    expect(pressing('x', 'Esc', 'Esc').intents).toEqual([{ do: 'Edited' }])
    expect(pressing('x', 'Esc', 'y', 'Esc').intents).toEqual([])
  })
  test('Ctrl-C ends the command that waits for it', () => {
    const busy = { ...edit, prompt: { ...edit.prompt, busy: true } }
    expect(press(opened, busy, 'Ctrl-C', 0).intents).toEqual([{ do: 'Interrupt' }])
  })
  test('a text that comes back opens anew', () => {
    expect(settle(pressing('x', 'Ctrl-S').ui, edit, editAgain).editor?.lines[4]).toBe('# deployments.apps "web" was not valid:')
  })
  test('time stands while it is open', () => expect(tick(opened, { ...edit, time: { ...edit.time, playing: true } }, 125, 0).intents).toEqual([]))
  test('a paste is text with its lines, tabs become blanks, and what a terminal would obey is left out', () => {
    const ui = pasted(settle(opened, edit, { ...edit, panel: { ...edit.panel, text: '' } as typeof edit.panel }), edit, 'a: 1\r\nb:\n\tc: \u001b[31m2\n')
    expect(textOfEditor({ ...ui.editor!, row: 0 })).toContain('a: 1\nb:\n  c: [31m2\n')
  })
  test('Enter keeps the indentation', () =>
    expect(textOfEditor(keys('spec:\n  replicas: 3\n', 'down', 'End', 'Enter', 'x'))).toBe('spec:\n  replicas: 3\n  x\n'))
  test.each([
    ['deeper below a key', 'spec:', 'spec:\n  x\n'],
    ['beside the key behind a dash', '  - name: c', '  - name: c\n    x\n'],
    ['deeper below a key behind a dash', '- env:', '- env:\n    x\n'],
    ['as it is below a comment', '# why:', '# why:\nx\n'],
  ])('a new line begins %s', (_, line, text) => expect(textOfEditor(keys(line, 'End', 'Enter', 'x'))).toBe(text))
  test('Backspace in the indentation goes back one level', () =>
    expect(textOfEditor(keys('    x', 'right', 'right', 'right', 'right', 'Backspace'))).toBe('  x\n'))
  test('Backspace at the beginning joins lines', () => expect(textOfEditor(keys('a\nb\n', 'down', 'Home', 'Backspace'))).toBe('ab\n'))
  test('Delete at the end joins lines', () => expect(textOfEditor(keys('a\nb\n', 'End', 'Delete'))).toBe('ab\n'))
  test('Ctrl-U takes back step by step', () => {
    expect(textOfEditor(keys('a', 'x', 'y', 'Ctrl-U'))).toBe('xa\n')
    expect(keys('a', 'x', 'Ctrl-U', 'Ctrl-U').changed).toBe(false)
  })
  test('a character of two halves is never cut in two', () => {
    expect(textOfEditor(keys('a😀b', 'End', 'left', 'left', 'x'))).toBe('ax😀b\n')
    expect(textOfEditor(keys('😀', 'End', 'Backspace'))).toBe('')
    expect(textOfEditor(keys('😀b', 'Delete'))).toBe('b\n')
  })
  test('Home and End, up and down, page by page', () => {
    const long = Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n')
    expect(keys(long, 'PgDn', 'down', 'End')).toMatchObject({ row: 11, column: 7 })
    expect(keys(long, 'PgDn', 'PgUp', 'up', 'Home')).toMatchObject({ row: 0, column: 0 })
  })
})

describe('typed names', () => {
  test('Enter takes the suggestion, or what was typed', () => {
    expect(intentsOf(name, 'Enter')).toEqual([{ do: 'Name', name: 'new clerk' }])
    expect(intentsOf(name, 'V', 'e', 'r', 'a', 'Enter')).toEqual([{ do: 'Name', name: 'Vera' }])
  })
})

describe('what the terminal sends', () => {
  test.each<[string, string, string[]]>([
    ['letters that come together are keys of their own', 'jj.', ['j', 'j', '.']],
    ['arrows stay whole', '\u001B[A\u001B[Bx', ['\u001B[A', '\u001B[B', 'x']],
    ['answers of the terminal are no keys', '\u001B]11;rgb:0000/0000/0000\u0007\u001BP1$r0m\u001B\\a', ['a']],
    ['wide characters stay whole', '漢🚀', ['漢', '🚀']],
    ['a paste is one piece', '\u001B[200~a\nb\u001B[201~c', ['\u001B[200~a\nb\u001B[201~', 'c']],
    ['the end of a paste inside a paste is text', '\u001B[200~a\u001B[201~rm\u001B[201~', ['\u001B[200~arm\u001B[201~']],
  ])('%s', (_, text, keys) => expect(keysIn(text).keys).toEqual(keys))
  test('an unfinished sequence waits', () => {
    expect(keysIn('a\u001B[')).toEqual({ keys: ['a'], rest: '\u001B[' })
    expect(keysIn('\u001B')).toEqual({ keys: [], rest: '\u001B' })
  })
})

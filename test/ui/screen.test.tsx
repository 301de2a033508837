// screen.test.tsx: the program in a terminal emulator: what is really drawn, key by key, and through a storm of resizes.

import { afterEach, describe, expect, test } from 'vitest'
import type { View } from '../../src/game/view.ts'
import { textOf } from '../../src/ui/canvas.ts'
import { draw } from '../../src/ui/screen.ts'
import { moving, newUi } from '../../src/ui/state.ts'
import { type Emulator, open } from './emulator.tsx'
import { bet, editNew, hallStart, promptHall, reveal, stations, writing } from './fixtures/halls.ts'
import { levels, returning, title } from './fixtures/pages.ts'
import { hall, w } from './fixtures/parts.ts'
import { screens } from './fixtures/screens.ts'
import { stage } from './stage.ts'

let terminal: Emulator | undefined
afterEach(() => terminal?.close())

const still = { glyphs: 'box', motion: false, depth: 3, light: false } as const
const pictureOf = (view: View, columns: number, rows: number) => textOf(draw(view, newUi(still, columns, rows)))

test('what stands on the screen is the picture, cell by cell, at every size', async () => {
  for (const [columns, rows] of [
    [80, 24],
    [120, 40],
    [97, 31],
    [200, 60],
  ] as const) {
    terminal = await open(stage(writing), { columns, rows })
    expect(terminal.screen()).toEqual(pictureOf(writing, columns, rows))
    terminal.close()
  }
})

test('keys that come in a burst are all heard, in their order', async () => {
  const play = stage(hallStart, stations, stations, bet, bet, reveal)
  terminal = await open(play)
  await terminal.press('\r..3s')
  expect(play.asked.map(i => i.do)).toEqual(['HandOver', 'Beat', 'Beat', 'Bet', 'Confidence'])
  expect(terminal.screen()).toEqual(pictureOf(reveal, 80, 24))
})

test('one key flips every label, and the same key flips them back', async () => {
  terminal = await open(stage(screens['10-unplugged']!))
  const company = terminal.screen()
  await terminal.press('L')
  const text = terminal.screen().join('\n')
  for (const word of ['CONTROL PLANE', 'kube-scheduler', 'authn', 'kubelet', 'NODE factory-p', 'control plane down']) expect(text).toContain(word)
  for (const word of ['MOTHER COMPANY', 'SHIKAR', 'badge', 'KAMAL', 'FACTORY P']) expect(text).not.toContain(word)
  await terminal.press('L')
  expect(terminal.screen()).toEqual(company)
})

test('help covers the hall, and gives it back unchanged', async () => {
  const play = stage(stations)
  terminal = await open(play)
  const before = terminal.screen()
  await terminal.press('?')
  expect(terminal.screen()[0]).toContain('Help')
  await terminal.press('?')
  expect(terminal.screen()).toEqual(before)
  expect(play.asked).toEqual([])
})

describe('menus', () => {
  test('arrows move the ► of the title, Enter takes what it stands at', async () => {
    const play = stage(returning, levels)
    terminal = await open(play)
    expect(terminal.screen()[17]).toContain('► Enter')
    await terminal.press('\u001B[B')
    expect(terminal.screen()[20]).toContain('► q')
    await terminal.press('\u001B[B', '\r')
    expect(play.asked).toEqual([{ do: 'Levels' }])
  })
  test('letters choose at once', async () => {
    const play = stage(title, levels)
    terminal = await open(play)
    await terminal.press('l')
    expect(play.asked).toEqual([{ do: 'Levels' }])
  })
  test('the list of levels moves its ► step by step, and Enter opens the level', async () => {
    const play = stage(levels)
    terminal = await open(play)
    await terminal.press('\u001B[B')
    expect(play.asked).toEqual([{ do: 'Select', move: 'down' }])
    await terminal.press('\u001B[C')
    expect(play.asked.at(-1)).toEqual({ do: 'Select', move: 'right' })
  })
})

test('the prompt types, completes and runs', async () => {
  const play = stage(promptHall, { ...promptHall, prompt: { ...promptHall.prompt, completion: { line: 'kubectl get no', more: 'des ', choices: [] } } })
  terminal = await open(play)
  await terminal.press(':', 'kubectl get no', '\t')
  expect(terminal.screen()[21]).toBe(' ► abc$ kubectl get nodes _')
  await terminal.press('\r')
  expect(play.asked).toEqual([
    { do: 'Complete', line: 'kubectl get no' },
    { do: 'Command', line: 'kubectl get nodes' },
  ])
})

test('the editor takes a paste whole, with all its lines, and hands it in', async () => {
  const play = stage(promptHall, editNew, promptHall)
  terminal = await open(play)
  await terminal.press(':', 'kubectl apply -f -', '\r')
  await terminal.press('\u001B[200~apiVersion: v1\rkind: Pod\rmetadata:\r  name: tea\r\u001B[201~')
  expect(terminal.screen().slice(2, 6)).toEqual(['  1  apiVersion: v1', '  2  kind: Pod', '  3  metadata:', '  4    name: tea'])
  await terminal.press('\u0013')
  expect(play.asked).toEqual([
    { do: 'Command', line: 'kubectl apply -f -' },
    { do: 'Edited', text: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: tea\n' },
  ])
})

test('texts from the cluster cannot speak to the terminal', async () => {
  const evil = '\u001B]0;PWNED\u0007\u001B[2J\u009B31m\u202Egnp.exe \u001Bc'
  const view = hall(
    { panel: 'speech', text: w(evil) },
    {
      prompt: { ...promptHall.prompt, lines: [{ kind: 'out', text: evil }] },
      map: { ...stations.map, vault: { ...stations.map.vault, filed: { name: evil, note: w(evil) } } },
    },
  )
  terminal = await open(stage(view))
  await terminal.press(':')
  expect(terminal.written()).not.toMatch(/\u001B\]0;|\u001Bc|\u009B|\u202E/)
  expect(terminal.screen().join('\n')).toContain('^[]0;PWNED^G^[[2J\ufffd31mgnp.exe ^[c')
})

describe('windows of every size', () => {
  const sizes = [
    [150, 50],
    [80, 24],
    [200, 60],
    [119, 39],
    [40, 12],
    [120, 40],
    [1, 1],
    [5, 20],
    [81, 24],
    [300, 100],
    [80, 24],
  ] as const
  test('after a storm of resizes the screen is as if it had been opened there', async () => {
    terminal = await open(stage(writing))
    for (const [columns, rows] of sizes) {
      await terminal.resize(columns, rows)
      if (columns >= 80 && rows >= 24) expect(terminal.screen(), `${columns}x${rows}`).toEqual(pictureOf(writing, columns, rows))
      else expect(terminal.screen().length).toBe(rows)
    }
    expect(terminal.scrollback()).toBe(0)
  })
  test('40 by 12 says what is needed, and comes back unharmed', async () => {
    terminal = await open(stage(bet))
    await terminal.resize(40, 12)
    expect(terminal.screen().join('\n')).toContain('The office needs 80 by 24.')
    await terminal.press('2')
    await terminal.resize(80, 24)
    expect(terminal.screen()).toEqual(pictureOf(bet, 80, 24))
  })
  test('no size from 80x24 to 200x60 cuts the keys or lets anything overlap the walls', () => {
    for (let columns = 80; columns <= 200; columns += 20)
      for (let rows = 24; rows <= 60; rows += 12)
        for (const [name, view] of Object.entries(screens)) {
          const lines = pictureOf(view, columns, rows)
          expect(lines.length, name).toBe(rows)
          for (const line of lines) expect([...line].length, name).toBeLessThanOrEqual(columns)
          if (view.screen === 'hall' && view.panel.panel !== 'edit') expect(lines.at(-1), name).toMatch(/\? help$/)
        }
  })
})

test('nothing is cleared after the start', async () => {
  const play = stage(hallStart, stations, bet, reveal)
  terminal = await open(play)
  const from = terminal.written().length
  await terminal.press('\r', '.', '3', '?', '?', 'L', 'L')
  expect(terminal.written().slice(from)).not.toMatch(/\u001B\[[23]J/)
})

test('where nothing moves the clock stands', () => {
  for (const view of Object.values(screens)) expect(moving({ ...newUi(still, 80, 24), lamps: undefined }, view)).toBe(false)
})

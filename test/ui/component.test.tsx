// component.test.tsx: the components of Ink by themselves: rows as they are handed over, menus that hear arrows and letters.

import { render } from 'ink-testing-library'
import { expect, test } from 'vitest'
import { App } from '../../src/ui/app.tsx'
import { textOf } from '../../src/ui/canvas.ts'
import { draw } from '../../src/ui/screen.ts'
import { newUi, type Settings } from '../../src/ui/state.ts'
import { hallStart, stations } from './fixtures/halls.ts'
import { returning, title } from './fixtures/pages.ts'
import { stage } from './stage.ts'

const still: Settings = { glyphs: 'box', motion: false, depth: 0, light: false }
const plain = (frame: string | undefined) =>
  (frame ?? '')
    .replace(/\u001B\[[\d;]*m/g, '')
    .split('\n')
    .map(line => line.trimEnd())

/** This renderer has 100 columns and 24 rows. */
const open = (...views: Parameters<typeof stage>) => {
  const play = stage(...views)
  const effects: string[] = []
  return { play, effects, ...render(<App play={play} settings={still} onEffect={effect => effects.push(effect)} />) }
}
const turn = () => new Promise(resolve => setImmediate(() => setImmediate(resolve)))

test('the frame is the picture', () => {
  const app = open(stations)
  expect(plain(app.lastFrame())).toEqual(textOf(draw(stations, newUi(still, 100, 24))))
  app.unmount()
})

test('a key is an intent, and the next view is drawn', async () => {
  const app = open(hallStart, stations)
  await turn()
  app.stdin.write('\r')
  await turn()
  expect(app.play.asked).toEqual([{ do: 'HandOver' }])
  expect(app.lastFrame()).toContain('next station')
  app.unmount()
})

test('a menu wraps around at its ends', async () => {
  const app = open(returning)
  await turn()
  app.stdin.write('\u001B[A')
  await turn()
  expect(plain(app.lastFrame()).find(line => line.includes('►'))).toContain('► l')
  app.stdin.write('\u001B[B')
  await turn()
  expect(plain(app.lastFrame()).find(line => line.includes('►'))).toContain('► Enter')
  app.unmount()
})

test('leaving is an effect, not an intent', async () => {
  const app = open(title)
  await turn()
  app.stdin.write('\u0003')
  await turn()
  expect(app.lastFrame()).toContain('Ctrl-C once more leaves')
  app.stdin.write('\u0003')
  await turn()
  expect(app.effects).toEqual(['leave'])
  expect(app.play.asked).toEqual([])
  app.unmount()
})

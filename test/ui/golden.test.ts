// golden.test.ts: every screen at both sizes, as files. `UPDATE=1 npx vitest run … test/ui/golden.test.ts` writes them anew.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { HallView, View } from '../../src/game/view.ts'
import { type Canvas, runsOf, textOf } from '../../src/ui/canvas.ts'
import { openEditor } from '../../src/ui/editor.ts'
import { emptyLine } from '../../src/ui/line.ts'
import { draw } from '../../src/ui/screen.ts'
import { newUi, type Settings, type Ui } from '../../src/ui/state.ts'
import { hallStart, writing } from './fixtures/halls.ts'
import { title } from './fixtures/pages.ts'
import { screens } from './fixtures/screens.ts'

const folder = join(import.meta.dirname, 'golden')
const update = process.env['UPDATE'] !== undefined
mkdirSync(folder, { recursive: true })

const still: Settings = { glyphs: 'box', motion: false, depth: 3, light: false }

function picture(name: string, view: View, columns: number, rows: number, more: Partial<Ui> = {}): Canvas {
  const open: Partial<Ui> = name.includes('prompt')
    ? { prompt: { line: emptyLine(), scroll: 0, choices: [] } }
    : view.screen === 'hall' && view.panel.panel === 'edit'
      ? { editor: openEditor(view.panel.text) }
      : {}
  return draw(view, { ...newUi(still, columns, rows), ...open, ...more }, writing)
}

function golden(name: string, canvas: Canvas): void {
  const file = join(folder, `${name}.txt`)
  const lines = `${textOf(canvas).join('\n')}\n`
  if (update) writeFileSync(file, lines)
  expect(lines).toBe(readFileSync(file, 'utf8'))
}

const flags =
  '--all-namespaces --allow-missing-template-keys --as --as-group --as-uid --cache-dir --certificate-authority --chunk-size --cluster --context --field-selector --filename --help --ignore-not-found --kubeconfig --label-columns --namespace --no-headers --output --output-watch-events --password --profile --raw --recursive --request-timeout --selector --server --server-print --show-kind --show-labels --show-managed-fields --sort-by --subresource --template --token --user --username --watch --watch-only'.split(
    ' ',
  )

const sizes = [
  [80, 24],
  [120, 40],
] as const

for (const [columns, rows] of sizes) {
  describe(`${columns}x${rows}`, () => {
    for (const [name, view] of Object.entries(screens)) {
      test(`${name} is as it was agreed`, () => golden(`${name}-${columns}x${rows}`, picture(name, view, columns, rows)))
    }
    test('the lens turns every label of the hall', () =>
      golden(`11-lens-${columns}x${rows}`, picture('11-lens', screens['10-unplugged']!, columns, rows, { register: 'kubernetes' })))
    test('help is as it was agreed', () => golden(`18-help-${columns}x${rows}`, picture('18-help', title, columns, rows, { help: 'keys' })))
    test('the glossary is as it was agreed', () => golden(`18-words-${columns}x${rows}`, picture('18-words', title, columns, rows, { help: 'words' })))
    test('what is typed while a command waits stands where it will run', () => {
      const waiting = screens['16-prompt'] as HallView
      golden(
        `26-type-ahead-${columns}x${rows}`,
        picture('16-prompt', { ...waiting, prompt: { ...waiting.prompt, busy: true, waiting: true } }, columns, rows, {
          prompt: { line: emptyLine('cat tea.yaml'), scroll: 0, choices: [] },
        }),
      )
    })
    test('the ways that Tab found stand under the line', () =>
      golden(
        `25-choices-${columns}x${rows}`,
        picture('16-prompt', screens['16-prompt']!, columns, rows, { prompt: { line: emptyLine('kubectl get pods --'), scroll: 0, choices: flags } }),
      ))
    test("the frames' own glyphs serve East Asian locales", () =>
      golden(`braille-${columns}x${rows}`, picture('08', writing, columns, rows, { settings: { ...still, glyphs: 'braille' } })))
    test('ASCII says the same', () => golden(`ascii-${columns}x${rows}`, picture('08', writing, columns, rows, { settings: { ...still, glyphs: 'ascii' } })))
    test('the title in ASCII', () => golden(`ascii-title-${columns}x${rows}`, picture('01', title, columns, rows, { settings: { ...still, glyphs: 'ascii' } })))
  })
}

test('a window that is too small says so, and what it needs', () => golden('19-too-small-60x18', picture('19', hallStart, 60, 18)))

const every: [string, View, Partial<Ui>][] = Object.entries(screens).flatMap(([name, view]): [string, View, Partial<Ui>][] => [
  [name, view, {}],
  [`${name} in real words`, view, { register: 'kubernetes' }],
])

test('no frame at 120x40 has more than 200 stretches of colour', () => {
  for (const [name, view, more] of every) expect(runsOf(picture(name, view, 120, 40, more)), name).toBeLessThanOrEqual(200)
})

test('every screen shows exactly one ► that says what to do next', () => {
  for (const [columns, rows] of sizes)
    for (const [name, view, more] of every) {
      const signs =
        textOf(picture(name, view, columns, rows, more))
          .join('')
          .split('►').length - 1
      // A step in progress without a bar is marked with the same sign; no screen of ours has both.
      expect(signs, `${name} ${columns}x${rows}`).toBe(1)
    }
})

test('ASCII glyphs leave nothing beyond ASCII on any screen', () => {
  for (const [columns, rows] of sizes)
    for (const [name, view, more] of every) {
      const text = textOf(picture(name, view, columns, rows, { ...more, settings: { ...still, glyphs: 'ascii' } })).join('\n')
      expect(text.replace(/[\n\x20-\x7e✓✗]/g, ''), `${name} ${columns}x${rows}`).toBe('')
    }
})

test('no character of a screen needs a variation selector or joins with another', () => {
  for (const [name, view] of Object.entries(screens))
    expect(textOf(picture(name, view, 120, 40)).join('')).not.toMatch(/[\ufe0e\ufe0f\u200d]|\ud83c[\udffb-\udfff]/)
})

test('the map stays where it is, whatever happens below it', () => {
  const walls = (view: View) =>
    textOf(picture('x', view, 80, 24))
      .slice(1, 16)
      .map(line => [...line].map((c, i) => ('│┌┐└┘┤┴'.includes(c) ? i : -1)).filter(i => i >= 0))
  const first = walls(hallStart)
  for (const name of ['04-stations', '05-bet', '06-reveal', '08-writing', '20-role', '21-sort', '22-hint']) expect(walls(screens[name]!), name).toEqual(first)
})

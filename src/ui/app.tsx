// app.tsx: the Ink program: keys in, pictures out. It holds no state of the simulation: the session does.

import { Box, Text, useApp, useInput, usePaste, useWindowSize } from 'ink'
import SelectInput from 'ink-select-input'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { Intent } from '../game/intent.ts'
import type { HallView, View } from '../game/view.ts'
import { levelsMenu } from './lists.ts'
import { FPS } from './motion.ts'
import { draw } from './screen.ts'
import { type Effect, lookOf, moving, newUi, pasted, press, type Settings, settle, tick, tooSmall, type Ui } from './state.ts'
import { newTheme, rowOf, type Theme } from './theme.ts'
import { type Menu, titleMenu } from './title.ts'

/** What the program needs of a session. */
export interface Play {
  view: () => View
  act: (intent: Intent) => void
}

export interface AppProps {
  play: Play
  settings: Settings
  /** Leave, go plain, suspend; `settings`: they were changed, remember them. */
  onEffect: (effect: Effect, settings: Settings) => void
  /** Hands out the way to leave the terminal for a while. */
  onSuspendable?: (suspend: (callback: () => Promise<void>) => Promise<void>) => void
  /** Rows that the terminal must keep free at the foot. */
  reserve?: number
}

interface Shown {
  ui: Ui
  view: View
  hall?: HallView
  lines: string[]
}

/** The picture as the terminal gets it, row by row. */
function linesOf(ui: Ui, view: View, hall: HallView | undefined, theme: Theme): string[] {
  const canvas = draw(view, ui, hall)
  return Array.from({ length: canvas.rows }, (_, row) => rowOf(canvas, row, theme))
}

const sameLines = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((line, i) => line === b[i])

export function App({ play, settings, onEffect, onSuspendable, reserve = 0 }: AppProps): ReactNode {
  const { suspendTerminal } = useApp()
  useEffect(() => {
    onSuspendable?.(suspendTerminal)
  }, [onSuspendable, suspendTerminal])
  const size = useWindowSize()
  const columns = Math.max(1, size.columns)
  const rows = Math.max(1, size.rows - reserve)
  const [shown, setShown] = useState<Shown>(() => {
    const view = play.view()
    const ui = newUi(settings, columns, rows)
    const hall = view.screen === 'hall' ? view : undefined
    return { ui, view, hall, lines: linesOf(ui, view, hall, newTheme(settings.depth, settings.light)) }
  })
  const theme = useRef({ key: '', theme: newTheme(0) })
  // Two keys may come before React draws again: the newest state is here, not in a closure.
  const latest = useRef(shown)
  const show = useCallback((ui: Ui, view: View, hall: HallView | undefined) => {
    const key = `${ui.settings.depth} ${ui.settings.light}`
    if (theme.current.key !== key) theme.current = { key, theme: newTheme(ui.settings.depth, ui.settings.light) }
    const was = latest.current
    const next = { ui, view, hall, lines: linesOf(ui, view, hall, theme.current.theme) }
    latest.current = next
    // A beat of the clock that changes no cell costs no frame.
    if (moving(ui, view) !== moving(was.ui, was.view) || menuKey(view) !== menuKey(was.view) || !sameLines(next.lines, was.lines)) setShown(next)
  }, [])
  const carry = useCallback(
    (ui: Ui, intents: readonly Intent[]) => {
      const was = latest.current
      let { view } = was
      let next = ui
      for (const intent of intents) {
        play.act(intent)
        const now = play.view()
        next = settle(next, view, now)
        view = now
      }
      show(next, view, view.screen === 'hall' ? view : was.hall)
    },
    [play, show],
  )
  useEffect(() => {
    const { ui, view, hall } = latest.current
    if (ui.columns !== columns || ui.rows !== rows) show({ ...ui, columns, rows }, view, hall)
  }, [columns, rows, show])

  // ink-select-input hears a key before this handler does; what it has taken is not heard twice.
  const taken = useRef(false)
  const take = useCallback(() => {
    taken.current = true
    queueMicrotask(() => {
      taken.current = false
    })
  }, [])
  useInput((input, key) => {
    if (taken.current) return
    const name = keyName(input, key)
    if (name === undefined) return
    const { ui, view } = latest.current
    if (menuOf(view, ui) !== undefined && (name === 'up' || name === 'down' || (name === 'Enter' && ui.leaving === undefined))) return
    const next = press(ui, view, name, Date.now())
    carry(next.ui, next.intents)
    if (next.effect !== undefined) onEffect(next.effect, next.ui.settings)
  })
  usePaste(text => {
    const { ui, view, hall } = latest.current
    show(pasted(ui, view, text), view, hall)
  })

  const runs = moving(shown.ui, shown.view)
  useEffect(() => {
    if (!runs) return
    let last = performance.now()
    const clock = setInterval(() => {
      const now = performance.now()
      const { ui, view } = latest.current
      const next = tick(ui, view, Math.min(500, Math.round(now - last)), Date.now())
      last = now
      carry(next.ui, next.intents)
    }, 1_000 / FPS)
    return () => clearInterval(clock)
  }, [runs, carry])

  // Before the effect above has run, a new size is drawn at once, so that no row is ever longer than the window.
  const fits = shown.ui.columns === columns && shown.ui.rows === rows
  const current: Ui = fits ? shown.ui : { ...shown.ui, columns, rows }
  const lines = fits ? shown.lines : linesOf(current, shown.view, shown.hall, newTheme(current.settings.depth, current.settings.light))
  const menu = menuOf(shown.view, current)

  const highlight = useCallback(
    (value: string) => {
      take()
      const { ui, view } = latest.current
      if (view.screen !== 'levels') return carry({ ...ui, selected: value, lamps: undefined }, [])
      const ids = view.chapters.find(c => c.number === view.chapter)?.levels.map(l => l.id) ?? []
      const steps = ids.indexOf(value) - ids.indexOf(view.selected)
      carry(
        ui,
        Array.from({ length: Math.abs(steps) }, (): Intent => ({ do: 'Select', move: steps > 0 ? 'down' : 'up' })),
      )
    },
    [carry, take],
  )
  const choose = useCallback(
    (value: string) => {
      take()
      const { ui, view } = latest.current
      const next = view.screen === 'levels' ? { ui, intents: [{ do: 'Open', level: value } as Intent], effect: undefined } : press(ui, view, value, Date.now())
      carry(next.ui, next.intents)
      if (next.effect !== undefined) onEffect(next.effect, next.ui.settings)
    },
    [carry, onEffect, take],
  )

  return (
    <Box flexDirection="column" width={columns} height={rows}>
      {menu === undefined ? (
        <Rows lines={lines} from={0} to={lines.length} />
      ) : (
        <MenuRows key={menuKey(shown.view)} menu={menu} lines={lines} selected={selectedOf(shown.view, current)} onHighlight={highlight} onChoose={choose} />
      )}
    </Box>
  )
}

const menuKey = (view: View) => (view.screen === 'levels' ? `levels ${view.chapter}` : view.screen)

const selectedOf = (view: View, ui: Ui) => (view.screen === 'levels' ? view.selected : (ui.selected ?? 'Enter'))

/** Screens that are a menu leave arrows and Enter to ink-select-input. */
function menuOf(view: View, ui: Ui): Menu | undefined {
  if (tooSmall(ui) || ui.help) return undefined
  const menu = view.screen === 'title' ? titleMenu(view, lookOf(ui)) : view.screen === 'levels' ? levelsMenu(view, lookOf(ui)) : undefined
  return menu === undefined || menu.choices.length === 0 ? undefined : menu
}

function Rows({ lines, from, to }: { lines: string[]; from: number; to: number }): ReactNode {
  return lines.slice(from, to).map((line, i) => (
    // Rows are places, not things: the index is their name.
    // biome-ignore lint/suspicious/noArrayIndexKey: a row is its number
    <Text key={from + i} wrap="truncate">
      {line}
    </Text>
  ))
}

interface MenuProps {
  menu: Menu
  lines: string[]
  selected: string
  onHighlight: (value: string) => void
  onChoose: (value: string) => void
}

/** The rows of a picture, of which some are the items of a menu. */
function MenuRows({ menu, lines, selected, onHighlight, onChoose }: MenuProps): ReactNode {
  const first = menu.choices[0]!.row
  const last = menu.choices.at(-1)!
  const items = menu.choices.map(c => ({ key: c.value, value: c.value, label: lines.slice(c.row, c.row + c.height).join('\n') }))
  return (
    <>
      <Rows lines={lines} from={0} to={first} />
      <SelectInput
        items={items}
        initialIndex={Math.max(
          0,
          items.findIndex(i => i.value === selected),
        )}
        indicatorComponent={NoIndicator}
        itemComponent={MenuItem}
        onHighlight={item => onHighlight(item.value)}
        onSelect={item => item !== undefined && onChoose(item.value)}
      />
      <Rows lines={lines} from={last.row + last.height} to={lines.length} />
    </>
  )
}

// The picture draws its own ►.
const NoIndicator = (): ReactNode => null

const MenuItem = ({ label }: { label: string }): ReactNode => <Text wrap="truncate">{label}</Text>

interface InkKey {
  upArrow: boolean
  downArrow: boolean
  leftArrow: boolean
  rightArrow: boolean
  pageDown: boolean
  pageUp: boolean
  home: boolean
  end: boolean
  return: boolean
  escape: boolean
  ctrl: boolean
  tab: boolean
  backspace: boolean
  delete: boolean
  meta: boolean
}

/** Ink's key as keys.ts names it. */
export function keyName(input: string, key: InkKey): string | undefined {
  if (key.upArrow) return 'up'
  if (key.downArrow) return 'down'
  if (key.leftArrow) return 'left'
  if (key.rightArrow) return 'right'
  if (key.pageUp) return 'PgUp'
  if (key.pageDown) return 'PgDn'
  if (key.home) return 'Home'
  if (key.end) return 'End'
  if (key.return) return 'Enter'
  if (key.escape) return 'Esc'
  if (key.tab) return 'Tab'
  if (key.backspace) return 'Backspace'
  if (key.delete) return 'Delete'
  if (key.ctrl && /^[a-z]$/.test(input)) return `Ctrl-${input.toUpperCase()}`
  if (input === '\n' || input === '\r') return 'Enter'
  if (input === ' ') return 'space'
  if (key.meta || input === '') return undefined
  return [...input].length === 1 && input >= ' ' ? input : undefined
}

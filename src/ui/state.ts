// state.ts: what the screens remember between keys: register, overlay, prompt, motion. Pure: a key or a tick goes in, the next state comes out.

import { type Draft, produce } from 'immer'
import type { Intent } from '../game/intent.ts'
import type { HallView, MapView, View } from '../game/view.ts'
import { pageOf } from './console.ts'
import { type Editor, edited, insertText, openEditor, textOfEditor } from './editor.ts'
import type { Look } from './frame.ts'
import { type Glyphs, glyphSets } from './glyphs.ts'
import { actOf, type Local, screenKeys } from './keys.ts'
import { emptyLine, insert, type Line, typed } from './line.ts'
import { LEAVE_AGAIN, type Register } from './lines.ts'
import { framesOfAll } from './motion.ts'
import { REVEAL_STEPS } from './panels.ts'
import { sheetPage } from './sheet.ts'
import { LAMP_FRAMES } from './title.ts'

export interface Settings {
  glyphs: Glyphs['name']
  motion: boolean
  /** 0 none, 1 sixteen colours, 2 256, 3 true colour. */
  depth: 0 | 1 | 2 | 3
  light: boolean
}

export interface Ui {
  settings: Settings
  columns: number
  rows: number
  register: Register
  /** The page of help that is open: keys, or the glossary. */
  help: false | 'keys' | 'words'
  prompt?: { line: Line; scroll: number; choices: string[] }
  editor?: Editor
  /** A name being typed. */
  line: Line
  /** Where the ► of a menu stands. */
  selected?: string
  /** The play of the newest motions. */
  play?: { frame: number; total: number; before?: MapView }
  played: number
  reveal?: number
  /** Frames since the lens was turned; the old register is still at the right. */
  wipe?: number
  lamps?: number
  steam: number
  /** Real milliseconds at which Ctrl-C was pressed first. */
  leaving?: number
}

export type Effect = 'leave' | 'plain' | 'suspend' | 'settings'

export interface Next {
  ui: Ui
  intents: Intent[]
  effect?: Effect
}

/** Smallest screen, in columns and rows. */
export const SMALLEST = { columns: 80, rows: 24 } as const

/** Frames that the lens takes from left to right. */
export const WIPE_FRAMES = 6

/** Milliseconds within which a second Ctrl-C leaves. */
const LEAVE_WITHIN = 2_000

/** From this speed on, play does not wait for motion. */
const FAST = 4

export function newUi(settings: Settings, columns: number, rows: number): Ui {
  return { settings, columns, rows, register: 'company', help: false, line: emptyLine(), played: 0, steam: 0, ...(settings.motion ? { lamps: 0 } : {}) }
}

export const tooSmall = (ui: Ui): boolean => ui.columns < SMALLEST.columns || ui.rows < SMALLEST.rows

export const lookOf = (ui: Ui): Look => ({
  register: ui.register,
  glyphs: glyphSets[ui.settings.glyphs],
  columns: ui.columns,
  rows: ui.rows,
  ...(ui.leaving === undefined ? {} : { bar: LEAVE_AGAIN }),
})

const change = (ui: Ui, recipe: (draft: Draft<Ui>) => void): Ui => produce(ui, recipe)

const stay = (ui: Ui, intents: Intent[] = []): Next => ({ ui, intents })

/** One key. `now` is real milliseconds, for Ctrl-C twice. */
export function press(before: Ui, view: View, key: string, now: number): Next {
  if (key === 'Ctrl-C') return interrupt(before, view, now)
  if (key === 'Ctrl-Z') return { ui: before, intents: [], effect: 'suspend' }
  const ui =
    before.leaving === undefined && before.lamps === undefined
      ? before
      : change(before, d => {
          d.leaving = undefined
          d.lamps = undefined
        })
  if (tooSmall(ui)) return localKey(ui, view, screenKeys['small']!.find(b => b.keys.includes(key))?.act)
  if (ui.help) return localKey(ui, view, screenKeys['help']!.find(b => b.keys.includes(key))?.act)
  if (ui.editor !== undefined) return editorKey(ui, key)
  if (ui.prompt !== undefined && view.screen === 'hall') return promptKey(ui, view, key)
  const settled = finish(ui)
  if (view.screen === 'name') return nameKey(settled, view, key)
  return localKey(settled, view, actOf(view, key))
}

/** Motion is never in the way: a key puts everything where it ends. */
const finish = (ui: Ui): Ui =>
  ui.play === undefined && ui.reveal === undefined && ui.wipe === undefined
    ? ui
    : change(ui, d => {
        d.play = undefined
        d.reveal = undefined
        d.wipe = undefined
      })

/** Ctrl-C ends the command that is in front of the player; on the map, what was handed in goes on. Once more leaves. */
function interrupt(ui: Ui, view: View, now: number): Next {
  if (ui.leaving !== undefined && now - ui.leaving <= LEAVE_WITHIN) return { ui, intents: [], effect: 'leave' }
  const ends = view.screen === 'hall' && view.prompt.busy && (ui.prompt !== undefined || ui.editor !== undefined)
  return stay(
    change(ui, d => {
      d.leaving = now
      if (d.prompt !== undefined && !ends) d.prompt.line = emptyLine()
    }),
    ends ? [{ do: 'Interrupt' }] : [],
  )
}

function localKey(ui: Ui, view: View, act: ReturnType<typeof actOf>): Next {
  if (act === undefined) return stay(ui)
  if ('intent' in act) return stay(ui, [act.intent])
  return local(ui, view, act.local)
}

const ORDER = { glyphs: ['box', 'braille', 'ascii'] as const, depth: [3, 2, 1, 0] as const }

function local(ui: Ui, view: View, what: Local): Next {
  const playing = view.screen === 'hall' && view.time.playing
  const pause: Intent[] = playing ? [{ do: 'Pause' }] : []
  switch (what) {
    case 'Lens':
      return stay(
        change(ui, d => {
          d.register = d.register === 'company' ? 'kubernetes' : 'company'
          d.wipe = d.settings.motion ? 0 : undefined
        }),
      )
    case 'Help':
      return stay(
        change(ui, d => {
          d.help = 'keys'
        }),
        pause,
      )
    case 'Words':
      return stay(
        change(ui, d => {
          d.help = d.help === 'words' ? 'keys' : 'words'
        }),
      )
    case 'Close':
      return stay(
        change(ui, d => {
          d.help = false
          d.prompt = undefined
        }),
      )
    case 'Prompt':
      return stay(
        change(ui, d => {
          d.prompt = { line: emptyLine(), scroll: 0, choices: [] }
        }),
        pause,
      )
    case 'Glyphs':
      return { ...settings(ui, s => ({ ...s, glyphs: following(ORDER.glyphs, s.glyphs) })), effect: 'settings' }
    case 'Motion':
      return { ...settings(ui, s => ({ ...s, motion: !s.motion })), effect: 'settings' }
    case 'Colours':
      return { ...settings(ui, colours), effect: 'settings' }
    case 'Plain':
      return { ui, intents: [], effect: 'plain' }
    case 'Quit':
    case 'Leave':
      return { ui, intents: [], effect: 'leave' }
    default:
      return stay(ui)
  }
}

/** Dark, then light, then fewer colours, then none. */
const colours = (s: Settings): Settings => (!s.light && s.depth > 0 ? { ...s, light: true } : { ...s, light: false, depth: following(ORDER.depth, s.depth) })

const settings = (ui: Ui, next: (s: Settings) => Settings): Next => stay({ ...ui, settings: next(ui.settings) })

const following = <T>(list: readonly T[], now: T): T => list[(list.indexOf(now) + 1) % list.length]!

function editorKey(ui: Ui, key: string): Next {
  const editor = ui.editor!
  const left = (text?: string): Next =>
    stay(
      change(ui, d => {
        d.editor = undefined
      }),
      [text === undefined ? { do: 'Edited' } : { do: 'Edited', text }],
    )
  if (key === 'Ctrl-S' || key === 'Ctrl-D') return left(editor.changed ? textOfEditor(editor) : undefined)
  if (key === 'Esc' || key === 'Ctrl-Q') return editor.changed && editor.leaving !== true ? stay({ ...ui, editor: { ...editor, leaving: true } }) : left()
  const next = edited(editor, key, sheetPage(lookOf(ui)))
  return stay(next === undefined ? ui : { ...ui, editor: { ...next, leaving: false } })
}

function promptKey(ui: Ui, view: HallView, key: string): Next {
  const prompt = ui.prompt!
  const set = (more: Partial<NonNullable<Ui['prompt']>>): Ui => ({ ...ui, prompt: { ...prompt, choices: [], ...more } })
  const page = pageOf(lookOf(ui))
  if (key === 'Esc')
    return stay(
      change(finish(ui), d => {
        d.prompt = undefined
      }),
    )
  if (key === 'PgUp') return stay(set({ scroll: Math.min(prompt.scroll + page - 1, Math.max(0, view.prompt.lines.length * 4)) }))
  if (key === 'PgDn') return stay(set({ scroll: Math.max(0, prompt.scroll - page + 1) }))
  if (view.prompt.busy) {
    // A command waits: time may be let run from here. What is typed meanwhile is kept for later, as in a shell.
    const empty = prompt.line.text === ''
    if (key === 'Enter' || (key === '.' && empty)) return stay(finish(ui), [{ do: 'Beat' }])
    if (key === 'space' && empty) return stay(finish(ui), [view.time.playing ? { do: 'Pause' } : { do: 'Play' }])
  }
  if (key === 'Tab') {
    return stay(ui, [{ do: 'Complete', line: prompt.line.text.slice(0, prompt.line.cursor) }])
  }
  if (key === 'Enter') {
    const text = prompt.line.text.trim()
    if (/^:?(quit|exit)$/.test(text)) return { ui, intents: [], effect: 'leave' }
    if (text === '') return stay(ui)
    return stay(set({ line: emptyLine(), scroll: 0 }), [{ do: 'Command', line: text }])
  }
  const line = typed(prompt.line, key, view.prompt.history)
  return stay(line === undefined ? ui : set({ line, scroll: 0 }))
}

function nameKey(ui: Ui, view: Extract<View, { screen: 'name' }>, key: string): Next {
  if (key === 'Enter') return stay({ ...ui, line: emptyLine() }, [{ do: 'Name', name: ui.line.text.trim() || view.suggestion }])
  const line = typed(ui.line, key, [])
  return stay(line === undefined || line.text.length > 40 ? ui : { ...ui, line })
}

/** A paste is text, whatever is in it. */
export function pasted(ui: Ui, view: View, text: string): Ui {
  if (ui.editor !== undefined) return { ...ui, editor: insertText(ui.editor, text) }
  if (ui.prompt !== undefined) return { ...ui, prompt: { ...ui.prompt, line: insert(ui.prompt.line, text) } }
  if (view.screen === 'name') return { ...ui, line: insert(ui.line, text) }
  return ui
}

/** The session has changed: begins the play of new motions, opens or closes what follows from the view. */
export function settle(ui: Ui, was: View, view: View): Ui {
  return change(ui, draft => {
    if (view.screen !== was.screen) {
      draft.line = emptyLine()
      draft.selected = undefined
      if (view.screen !== 'hall') draft.prompt = undefined
    }
    if (view.screen !== 'hall') {
      draft.play = undefined
      draft.reveal = undefined
      draft.editor = undefined
      return
    }
    const before = was.screen === 'hall' ? was : undefined
    complete(draft, view, before)
    if (view.panel.panel === 'edit') draft.editor ??= openEditor(view.panel.text)
    else draft.editor = undefined
    const moves = view.map.motionId !== draft.played && view.map.motion.length > 0
    draft.played = view.map.motionId
    const hurried = view.time.playing && view.time.speed >= FAST
    if (moves && draft.settings.motion && !hurried)
      draft.play = { frame: 0, total: framesOfAll(view.map.motion), before: before?.map as Draft<MapView> | undefined }
    else if (moves || before === undefined) draft.play = undefined
    const revealed = view.panel.panel === 'reveal' && before?.panel.panel !== 'reveal'
    if (revealed && draft.settings.motion) draft.reveal = 0
    else if (view.panel.panel !== 'reveal') draft.reveal = undefined
  })
}

/** What Tab found goes behind the cursor, if nothing else was typed meanwhile. */
function complete(draft: Draft<Ui>, view: HallView, before: HallView | undefined): void {
  const found = view.prompt.completion
  if (draft.prompt === undefined || found === undefined || found === before?.prompt.completion) return
  const { line } = draft.prompt
  if (line.text.slice(0, line.cursor) !== found.line) return
  draft.prompt.line = insert(line, found.more)
  draft.prompt.choices = found.choices
}

/** Does anything move? If not, the clock stands. */
export function moving(ui: Ui, view: View): boolean {
  if (tooSmall(ui)) return false
  if (ui.leaving !== undefined || ui.wipe !== undefined) return true
  if (ui.help || ui.editor !== undefined) return false
  if (view.screen === 'title') return ui.lamps !== undefined
  if (view.screen !== 'hall') return false
  return ui.play !== undefined || ui.reveal !== undefined || view.time.playing
}

/** One frame of the clock. While a trip is shown, simulated time waits for it, unless play is fast. */
export function tick(ui: Ui, view: View, ms: number, now: number): Next {
  if (ui.help || ui.editor !== undefined) return stay(lapse(ui, now))
  const intents: Intent[] = []
  const next = change(ui, draft => {
    if (draft.leaving !== undefined && now - draft.leaving > LEAVE_WITHIN) draft.leaving = undefined
    if (draft.lamps !== undefined) draft.lamps = draft.lamps >= LAMP_FRAMES ? undefined : draft.lamps + 1
    if (draft.wipe !== undefined) {
      draft.wipe = draft.wipe + 1 >= WIPE_FRAMES ? undefined : draft.wipe + 1
      return
    }
    if (draft.play !== undefined) {
      draft.play.frame++
      if (draft.play.frame >= draft.play.total) draft.play = undefined
      return
    }
    if (draft.reveal !== undefined) {
      draft.reveal = draft.reveal >= 2 * REVEAL_STEPS ? undefined : draft.reveal + 1
      return
    }
    if (view.screen === 'hall' && view.time.playing) {
      draft.steam++
      intents.push({ do: 'Tick', ms })
    }
  })
  return stay(next, intents)
}

const lapse = (ui: Ui, now: number): Ui =>
  ui.leaving !== undefined && now - ui.leaving > LEAVE_WITHIN
    ? change(ui, d => {
        d.leaving = undefined
      })
    : ui

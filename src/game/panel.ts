// panel.ts: what stands below the map, as plain data.

import type { ActorName, Words } from './view.ts'

export type Panel = SpeechPanel | BetPanel | RevealPanel | RolePanel | SortPanel | HintPanel | EditPanel | DayPanel

export interface SpeechPanel {
  panel: 'speech'
  /** Nobody speaks: the beat is told. */
  who?: Words
  text: Words
  steps?: { mark: 'done' | 'now' | 'open'; text: Words; progress?: { done: number; of: number } }[]
  /** A command and the beginning of what it printed. */
  typed?: string
  output?: string[]
  /** The beat that stands still. */
  beat?: { number: number; text: Words }
}

export interface BetPanel {
  panel: 'bet'
  number: number
  of: number
  question: Words
  options: Words[]
  picked?: number
  /** 0 low, 1 middle, 2 high; once picked and sure, the bet is placed and waits to be seen. */
  confidence?: 0 | 1 | 2
}

export interface RevealPanel {
  panel: 'reveal'
  number: number
  right: boolean
  said: Words
  confidence: 0 | 1 | 2
  was: Words
  why: Words
  decided?: { beat: number; text: Words }
  belief?: { code: string; text: string }
  /** The note that disproves the belief. */
  against?: { beat?: number; text: Words }
  options: { text: Words; why: Words; right: boolean; code?: string; chosen: boolean }[]
}

/** The player wears somebody's jacket: an in-tray, and verbs. */
export interface RolePanel {
  panel: 'role'
  role: { actor: ActorName; name: Words }
  tray: { id: string; text: Words; done: boolean; chosen: boolean; detail: Words[] }[]
  /** What can be done: a key or a typed verb each. */
  verbs: { verb: string; key: string; text: Words; possible: boolean }[]
  /** What came of the last verb, and what the real component would have done. */
  said?: { text: Words; ok: boolean }
  mistakes: number
  /** Other jackets that can be put on, each by a key or by `be NAME`. */
  jackets: { key: string; actor: ActorName; name: Words }[]
}

/** Hand tasks to people. */
export interface SortPanel {
  panel: 'sort'
  tasks: { id: number; text: Words; given?: Words; right?: boolean }[]
  /** The task in the hand. */
  current?: number
  people: { key: string; actor: ActorName; name: Words; looked: boolean }[]
  mistakes: number
  allowed: number
  said?: { text: Words; ok: boolean }
}

/** The planner's instructions for a day, and what came of the last two. */
export interface DayPanel {
  panel: 'day'
  instructions: Words
  /** Before the first day. */
  greeting?: Words
  last?: DayLine
  before?: DayLine
  verbs: readonly { verb: string; key: string; text: Words }[]
}

export interface DayLine {
  told: Words
  /** What the factories cost, in percent how much of them is asked for, slips that the worst fire takes. */
  rent: number
  busy: number
  fire: number
  floors: { letter: string; pods: number; full: number; rent: number }[]
}

export interface HintPanel {
  panel: 'hint'
  grade: 1 | 2 | 3
  text: Words
  /** Runs by Enter. */
  command?: string
  left: number
}

/** The in-world editor is open on a text: the ui edits, and answers with the intent `Edited`. */
export interface EditPanel {
  panel: 'edit'
  /** The command that waits. */
  title: string
  text: string
  /** What becomes of the text: it is read as standard input, it changes an object or makes one, or it is a file of the desk. */
  use: 'input' | 'object' | 'file'
}

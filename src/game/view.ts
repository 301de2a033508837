// view.ts: all that the screens need to know, as plain data: what the session tells, and the ui draws.

import type { Panel } from './panel.ts'

/** One text in two registers: the story's words, and those of Kubernetes. The lens chooses. */
export interface Words {
  company: string
  kubernetes: string
}

/** Actors by their names on the wires: `kube-scheduler`, `kubelet/factory-p`, `user/you`. */
export type ActorName = string

export type View = TitleView | NameView | HallView | InspectView | EndView | IncidentView | QuizView | ScoreView | LevelsView | ProblemsView

/** A line that must be seen: a corrupt save kept aside, progress that cannot be written, a level that was skipped. */
export interface Notice {
  text: string
  tone: 'note' | 'warning'
}

export interface TitleView {
  screen: 'title'
  /** Known by name after the first shift. */
  name?: string
  /** Where Enter leads: the level that is next, or the first shift. */
  next: { id: string; title: string; story: string[]; first: boolean; resumes: boolean }
  due: number
  stars: { earned: number; of: number }
  solved: { levels: number; of: number }
  /** Right bets in a row. */
  foresight: number
  notices: Notice[]
}

/** "Who are you?" Enter takes the suggestion; what is typed goes into the intent `Name`. */
export interface NameView {
  screen: 'name'
  question: string
  suggestion: string
}

export interface LevelHead {
  id: string
  title: string
  kind: LevelKind
  /** solved, par, understood. */
  stars: [boolean, boolean, boolean]
}

export type LevelKind = 'watch' | 'be' | 'incident' | 'build' | 'optimise' | 'boss'

// ---- the hall: the map and what stands below and beside it

export interface HallView {
  screen: 'hall'
  level: LevelHead
  /** Wall clock of the company: `08:00:12`. */
  clock: string
  /** "your step", "frozen until you bet", "beat 3", "paused", "playing x4", "office unplugged". */
  state: Words
  alarm: boolean
  map: MapView
  /** The big slip of the right column. */
  slip?: SlipCard
  goals: GoalLine[]
  /** Words unlocked so far in this level, company beside Kubernetes. */
  words: Words[]
  /** Oldest first; the ui shows as many of the newest as fit. */
  journal: JournalLine[]
  panel: Panel
  /** The one ► line. `key` is the key's name: '.', 'Enter', 'space', '[', '1-4', 'Esc', ':'. */
  next: { key: string; text: Words }
  /** Which intents make sense now, most useful first; keys and hint bar follow from this. */
  can: Possible[]
  prompt: PromptView
  time: { playing: boolean; speed: number; beat: number; position: number; canForward: boolean; forked: boolean }
  notices: Notice[]
}

export type Possible =
  | 'HandOver'
  | 'Beat'
  | 'NextEvent'
  | 'Play'
  | 'Pause'
  | 'Speed'
  | 'Rewind'
  | 'Forward'
  | 'Fork'
  | 'Leave fork'
  | 'Bet'
  | 'Confidence'
  | 'Inspect'
  | 'Hint'
  | 'Prompt'
  | 'Verb'
  | 'Flag'
  | 'Go on'
  | 'Lens'
  | 'Levels'
  | 'Again'

export interface MapView {
  /** kube-controller-manager, kube-scheduler, cloud-controller-manager; in that order. */
  desks: [Desk, Desk, Desk]
  hatch: Hatch
  vault: Vault
  factories: Factory[]
  /** What this beat moves, in order; the ui plays it at most once, then leaves its last frame standing. */
  motion: Motion[]
  /** Grows by one with each new motion, so that the ui knows what it has already played. */
  motionId: number
  /** A wire that does not exist, shown as missing. */
  gap?: { from: ActorName; to: ActorName; sign: Words }
}

export interface Desk {
  actor: ActorName
  name: Words
  lit: boolean
  /** ◄: acts now. */
  acting: boolean
  line: Words
  /** Something that was expected here and did not happen: drawn with ✗. */
  denied?: boolean
}

export type StationName = 'authentication' | 'authorization' | 'decoding' | 'mutation' | 'validation' | 'admission' | 'storage'

export interface Hatch extends Desk {
  /** Seven stations, in order. */
  stations: { id: StationName; name: Words; state: 'idle' | 'here' | 'passed' | 'refused' }[]
  /** What lies on the belt: the slip's name, and at which station (0-6); -1 is in the caller's hand, 7 has been filed. */
  slip?: { name: string; station: number }
  /** Who stands at the hatch. */
  caller?: Words
}

export interface Vault extends Desk {
  revision: number
  /** The last filed slip. */
  filed?: { name: string; note: Words }
}

export interface Factory {
  /** Node name: `factory-p`. */
  node: string
  letter: string
  sign: Words
  foreman: Desk
  runtime: Desk & { progress?: { done: number; of: number; unit: string } }
  bench: BenchItem[]
  /** Shown on the bench line when nothing else is there. */
  benchLine: Words
  switchboard: Desk
  lit: boolean
  /** Machines at work: steam rises. */
  steaming: boolean
}

export interface BenchItem {
  pod: string
  /** The order that the slip was made for, where its own name is longer. */
  order?: string
  state: Words
  running: boolean
  count: number
}

export type Motion =
  /** The slip goes from a caller through stations `from` to `to` (0-6); `ok: false`: it stops at the last one. */
  | { move: 'slip'; slip: string; caller: ActorName; from: number; to: number; ok: boolean }
  /** Filed: `==` between hatch and vault; the revision counts up to `revision`. */
  | { move: 'file'; slip: string; revision: number }
  /** A bell rings from the hatch to a desk; `lost`: it never arrives. */
  | { move: 'bell'; to: ActorName; lost?: boolean }
  /** Somebody writes at a desk: ▐. */
  | { move: 'write'; from: ActorName; slip: string }
  /** Foreman to machine operator. */
  | { move: 'runtime'; node: string; call: string }
  /** A decision at a desk. */
  | { move: 'think'; at: ActorName }
  /** Lights: the office goes dark or is lit again. */
  | { move: 'lights'; on: boolean; actors: ActorName[] }

export interface SlipCard {
  title: Words
  rows: { label: Words; value: string; fresh: boolean }[]
  stamps: number
  filed?: string
}

export interface GoalLine {
  mark: 'done' | 'open' | 'missed'
  text: Words
}

export interface JournalLine {
  beat: number
  who: Words
  text: Words
  /** Short figure at the right: `201 rev 101`, `bell`. */
  tag: string
  /** Decides a bet. */
  deciding: boolean
  /** Marked by the player in levels that ask for it. */
  flagged: boolean
  /** The number to flag it by, if lines can be flagged. */
  flag?: number
}

// ---- the prompt

export interface PromptView {
  unlocked: boolean
  /** What goes before the typed line: `abc$`. */
  sign: string
  lines: PromptLine[]
  /** A command runs and waits for time to pass: "waiting: . or space". */
  waiting: boolean
  busy: boolean
  history: string[]
  /** How the line that was typed up to the cursor could go on: what all ways have in common, and the ways if there are several. */
  completion?: { line: string; more: string; choices: string[] }
}

export interface PromptLine {
  kind: 'command' | 'out' | 'err' | 'note'
  text: string
}

// ---- other screens

export interface InspectView {
  screen: 'inspect'
  level: LevelHead
  clock: string
  state: Words
  actor: ActorName
  who: Words
  /** One sentence: what is on the desk. */
  headline: Words
  sections: InspectSection[]
  /** All who can be looked at, with a number key each. */
  others: { actor: ActorName; name: Words; key: string }[]
}

export interface InspectSection {
  title: Words
  /** Cells; the first row may be a heading. `mark` colours the row. */
  heading?: string[]
  rows: { cells: string[]; mark?: 'ok' | 'no' | 'chosen' | 'muted' }[]
}

export interface EndView {
  screen: 'end'
  level: LevelHead
  clock: string
  stars: { earned: boolean; name: string; text: string }[]
  figures: { name: string; value: string; par?: string }[]
  saw: Words[]
  bend: Words
  unlocked?: Words
  log?: string
  words: Words[]
  bets: { number: number; right: boolean; question: string; answer: Words }[]
  foresight: number
  questions: number
  next?: { id: string; title: string; line: string }
  can: Possible[]
}

export interface IncidentView {
  screen: 'incident'
  level: LevelHead
  clock: string
  customer: { at: string; text: Words }
  /** First beat after which the goal was unreachable. */
  tooLate?: { beat: number; text: Words }
  /** The earliest action of the player that changed the outcome. */
  began?: { beat: number; text: string }
  shortest?: { commands: number; text: string }
  /** How the figure that mattered went: a row of beats. */
  trail: { beat: number; value: number; text: Words }[]
  measure?: Words
  moral: Words
  /** Where Enter leads. */
  back: { beat: number; text: Words }
  /** A second failure at the same beat: the worked example, with a step left out. */
  example?: string[]
}

export interface QuizItemView {
  type: 'single' | 'multi' | 'order' | 'match' | 'bug' | 'predict' | 'output'
  stem: Words
  code?: string[]
  /** For single, multi, bug, output: options; for order: the steps to be put in order; for match: the left side. */
  options: Words[]
  /** For match: what can be chosen on the right. */
  right?: Words[]
}

export interface QuizView {
  screen: 'quiz'
  level: { id: string; title: string }
  number: number
  of: number
  /** "two new, one old". */
  mix: string
  item: QuizItemView
  /** What has been chosen so far: option numbers in order; for match the right side of each left one (-1: none). */
  chosen: number[]
  /** After the answer. */
  verdict?: {
    share: number
    right: boolean
    options: { text: Words; why: Words; state: 'right' | 'wrong' | 'other'; yours: boolean; code?: string }[]
    /** For order and match: the key, in order. */
    key?: string[]
    why?: Words
    belief?: { code: string; text: string }
    against?: { beat: number; text: Words }
  }
  next: { key: string; text: Words }
}

/** After the last question: how it went, by misconception. */
export interface ScoreView {
  screen: 'score'
  title: string
  points: number
  of: number
  beliefs: { code: string; text: string; met: number; held: number }[]
  next: { key: string; text: Words }
}

export interface LevelsView {
  screen: 'levels'
  solved: { levels: number; of: number }
  stars: { earned: number; of: number }
  due: number
  chapters: { number: number; title: string; levels: LevelRow[] }[]
  chapter: number
  selected: string
  detail: { id: string; story: string[]; kind: string; par: string }
  notices: Notice[]
}

export interface LevelRow {
  id: string
  title: string
  stars: [boolean, boolean, boolean]
  /** `open`; `after 1.4`; `later`: not in this release. */
  state: 'solved' | 'open' | 'locked' | 'later'
  after?: string
}

/** A pack or a save that could not be used: what is wrong, and what to do. */
export interface ProblemsView {
  screen: 'problems'
  title: string
  problems: string[]
  next: { key: string; text: Words }
}

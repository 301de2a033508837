// keys.ts: the one table of keys. The hint bar, the help screen and the tests fall out of it.

import type { Intent } from '../game/intent.ts'
import type { Possible, View } from '../game/view.ts'

/** What the screens do by themselves, without asking the game. */
export type Local = 'Lens' | 'Help' | 'Prompt' | 'Leave' | 'Close' | 'Colours' | 'Motion' | 'Glyphs' | 'Plain' | 'Words' | 'Quit' | 'Replay' | 'Options'

export type Act = { intent: Intent } | { local: Local }

export type Group = 'TIME' | 'LOOK' | 'ASK AND ANSWER'

export interface Binding {
  /** What the game must allow for it to work in the hall; none: always. */
  for?: Possible
  /** As the keyboard names it: '.', 'Enter', 'space', 'Esc', 'left'. */
  keys: readonly string[]
  /** As shown; default: the keys with a blank between. */
  shown?: string
  /** In the hint bar. */
  word: string
  /** In the hint bar when the lens is on Kubernetes. */
  real?: string
  help?: string
  group?: Group
  act?: Act
}

const intent = (intent: Intent): Act => ({ intent })
const local = (local: Local): Act => ({ local })

/** Keys of the hall, in the order of the help page. */
export const bindings: readonly Binding[] = [
  { for: 'HandOver', keys: ['Enter'], word: 'hand over', real: 'apply', act: intent({ do: 'HandOver' }) },
  { for: 'Go on', keys: ['.', 'Enter'], shown: '.', word: 'go on', act: intent({ do: 'GoOn' }) },
  { for: 'Bet', keys: ['1-9'], shown: '1-9', word: 'bet', group: 'ASK AND ANSWER', help: 'choose an answer' },
  { for: 'Confidence', keys: ['a', 's', 'd'], word: 'how sure', group: 'ASK AND ANSWER', help: 'how sure: low, middle, high' },
  { for: 'Beat', keys: ['.'], word: 'beat', group: 'TIME', help: 'one beat', act: intent({ do: 'Beat' }) },
  { for: 'NextEvent', keys: ['>'], word: 'event', group: 'TIME', help: 'to the next event', act: intent({ do: 'NextEvent' }) },
  { for: 'Play', keys: ['space'], word: 'play', group: 'TIME', help: 'play or pause', act: intent({ do: 'Play' }) },
  { for: 'Pause', keys: ['space'], word: 'pause', act: intent({ do: 'Pause' }) },
  { for: 'Speed', keys: ['+', '-'], word: 'speed', group: 'TIME', help: 'faster, slower' },
  { for: 'Rewind', keys: ['[', ']'], word: 'time', real: 'rewind', group: 'TIME', help: 'back and forward, free' },
  { for: 'Fork', keys: ['F'], word: 'fork', group: 'TIME', help: 'fork: try it beside', act: intent({ do: 'Fork' }) },
  { for: 'Leave fork', keys: ['F'], word: 'leave the fork', act: intent({ do: 'Fork' }) },
  { for: 'Verb', keys: [], word: '' },
  { for: 'Flag', keys: [], word: '' },
  { for: 'Lens', keys: ['L'], word: 'words', real: 'company words', group: 'LOOK', help: 'company or real words', act: local('Lens') },
  { for: 'Inspect', keys: ['i'], word: 'inspect', group: 'LOOK', help: 'what a person decided', act: intent({ do: 'Inspect' }) },
  { for: 'Hint', keys: ['h'], word: 'hint', group: 'LOOK', help: 'a hint; the first is free', act: intent({ do: 'Hint' }) },
  { for: 'Prompt', keys: [':'], word: 'kubectl', group: 'LOOK', help: 'the kubectl prompt', act: local('Prompt') },
  { for: 'Again', keys: ['R'], word: 'again', group: 'TIME', help: 'the level afresh', act: intent({ do: 'Again' }) },
  { for: 'Levels', keys: ['l'], word: 'levels', group: 'LOOK', help: 'all levels', act: intent({ do: 'Levels' }) },
  { keys: ['?'], word: 'help', group: 'LOOK', help: 'this page', act: local('Help') },
  { keys: [], shown: 'Enter', word: '', group: 'ASK AND ANSWER', help: 'go on' },
  { keys: [], shown: 'Ctrl-C', word: '', group: 'ASK AND ANSWER', help: 'twice: leave; all is kept' },
  { keys: [], shown: ':quit', word: '', group: 'ASK AND ANSWER', help: 'leave as well' },
]

/** Keys of the other screens. */
export const screenKeys: Record<string, readonly Binding[]> = {
  title: [
    { keys: ['Enter'], word: 'begin', act: intent({ do: 'GoOn' }) },
    { keys: ['q'], word: 'questions', act: intent({ do: 'Quiz' }) },
    { keys: ['l'], word: 'all levels', act: intent({ do: 'Levels' }) },
    { keys: ['?'], word: 'help', act: local('Help') },
  ],
  inspect: [
    { keys: ['Esc', 'i'], shown: 'Esc', word: 'back', act: intent({ do: 'Close' }) },
    { keys: ['[', ']'], word: 'time', real: 'rewind' },
    { keys: ['L'], word: 'words', real: 'company words', act: local('Lens') },
    { keys: ['?'], word: 'help', act: local('Help') },
  ],
  end: [
    { keys: ['Enter'], word: 'next', act: intent({ do: 'GoOn' }) },
    { keys: ['q'], word: 'questions', act: intent({ do: 'Quiz' }) },
    { keys: ['r'], word: 'again', act: intent({ do: 'Again' }) },
    { keys: ['['], word: 'back in time', act: intent({ do: 'Rewind' }) },
    { keys: ['l'], word: 'levels', act: intent({ do: 'Levels' }) },
    { keys: ['L'], word: 'words', real: 'company words', act: local('Lens') },
    { keys: ['?'], word: 'help', act: local('Help') },
  ],
  incident: [
    { keys: ['Enter'], word: 'back to the beat', act: intent({ do: 'BackToBeat' }) },
    { keys: ['w'], word: 'watch again', act: intent({ do: 'WatchAgain' }) },
    { keys: ['r'], word: 'from the start', act: intent({ do: 'Again' }) },
    { keys: ['l'], word: 'levels', act: intent({ do: 'Levels' }) },
    { keys: ['L'], word: 'words', real: 'company words', act: local('Lens') },
    { keys: ['?'], word: 'help', act: local('Help') },
  ],
  quiz: [
    { keys: ['1-9'], word: 'choose' },
    { keys: ['Enter'], word: 'go on', act: intent({ do: 'Submit' }) },
    { keys: ['Esc'], word: 'leave', act: intent({ do: 'Close' }) },
    { keys: ['L'], word: 'words', real: 'company words', act: local('Lens') },
    { keys: ['?'], word: 'help', act: local('Help') },
  ],
  score: [
    { keys: ['Enter', 'Esc'], shown: 'Enter', word: 'go on', act: intent({ do: 'GoOn' }) },
    { keys: ['l'], word: 'levels', act: intent({ do: 'Levels' }) },
    { keys: ['?'], word: 'help', act: local('Help') },
  ],
  levels: [
    { keys: ['up', 'down'], shown: 'up down', word: 'choose' },
    { keys: ['left'], shown: 'left right', word: 'chapter', act: intent({ do: 'Select', move: 'left' }) },
    { keys: ['right'], shown: '', word: '', act: intent({ do: 'Select', move: 'right' }) },
    { keys: ['Enter'], word: 'play', act: intent({ do: 'Open' }) },
    { keys: ['q'], word: 'questions', act: intent({ do: 'Quiz' }) },
    { keys: ['Esc'], word: 'title', act: intent({ do: 'Title' }) },
    { keys: ['?'], word: 'help', act: local('Help') },
  ],
  problems: [
    { keys: ['Enter', 'Esc'], shown: 'Enter', word: 'go on', act: intent({ do: 'GoOn' }) },
    { keys: ['?'], word: 'help', act: local('Help') },
  ],
  name: [{ keys: ['Enter'], word: 'take this name' }],
  help: [
    { keys: ['Esc', '?', 'Enter'], shown: 'Esc', word: 'back', act: local('Close') },
    { keys: ['w'], word: 'glossary', act: local('Words') },
    { keys: ['c'], word: 'colours', act: local('Colours') },
    { keys: ['m'], word: 'motion', act: local('Motion') },
    { keys: ['g'], word: 'glyphs', act: local('Glyphs') },
    { keys: ['p'], word: 'plain list', act: local('Plain') },
    { keys: ['Q'], word: 'leave', act: local('Quit') },
  ],
  small: [
    { keys: ['p'], word: 'the plain list, in any size', act: local('Plain') },
    { keys: ['q'], word: 'leave', act: local('Quit') },
  ],
  prompt: [
    { keys: ['Enter'], word: 'run' },
    { keys: ['Tab'], word: 'complete' },
    { keys: ['up', 'down'], shown: 'up down', word: 'history' },
    { keys: ['PgUp'], word: 'scroll' },
    { keys: ['Esc'], word: 'back to the map', act: local('Close') },
  ],
  edit: [
    { keys: ['Ctrl-S', 'Ctrl-D'], shown: 'Ctrl-S', word: 'save' },
    { keys: ['Esc', 'Ctrl-Q'], shown: 'Esc', word: 'leave' },
    { keys: ['up', 'down', 'left', 'right'], shown: 'arrows', word: 'move' },
    { keys: ['Ctrl-U'], word: 'undo' },
    { keys: ['Ctrl-K'], word: 'cut the line' },
  ],
}

/** How a binding's keys are written. */
export const shownKeys = (b: Binding): string => b.shown ?? b.keys.join(' ')

/** Bindings that hold on this screen now, in the order of the hint bar. */
export function bindingsOf(view: View): Binding[] {
  if (view.screen !== 'hall') return [...(screenKeys[view.screen] ?? [])].filter(b => b.shown !== '')
  const known: Binding[] = []
  for (const possible of view.can) {
    const binding = bindings.find(b => b.for === possible)
    if (binding === undefined || binding.word === '' || known.some(k => shownKeys(k) === shownKeys(binding))) continue
    known.push(possible === 'Bet' ? { ...binding, shown: optionKeys(view) } : binding)
  }
  if (!known.some(b => b.for === 'Lens')) known.push(bindings.find(b => b.for === 'Lens')!)
  known.push(bindings.find(b => b.help === 'this page')!)
  return known
}

const optionKeys = (view: View): string => (view.screen === 'hall' && view.panel.panel === 'bet' ? `1-${view.panel.options.length}` : '1-9')

/** What a key does on this screen now; undefined: nothing. */
export function actOf(view: View, key: string): Act | undefined {
  if (view.screen === 'hall') return hallAct(view, key)
  const binding = (screenKeys[view.screen] ?? []).find(b => b.keys.includes(key))
  if (view.screen === 'quiz') {
    if (/^[1-9]$/.test(key) && view.verdict === undefined) return { intent: { do: 'Answer', option: Number(key) - 1 } }
    if (key === 'Enter' || key === '.') return { intent: view.verdict === undefined ? { do: 'Submit' } : { do: 'GoOn' } }
  }
  if (view.screen === 'inspect') {
    const other = view.others.find(o => o.key === key)
    if (other !== undefined) return { intent: { do: 'Inspect', actor: other.actor } }
    if (key === '[') return { intent: { do: 'Rewind' } }
    if (key === ']') return { intent: { do: 'Forward' } }
  }
  return binding?.act
}

function hallAct(view: Extract<View, { screen: 'hall' }>, key: string): Act | undefined {
  const can = (possible: Possible) => view.can.includes(possible)
  const { panel } = view
  if (panel.panel === 'bet') {
    if (/^[1-9]$/.test(key) && can('Bet') && Number(key) <= panel.options.length) return { intent: { do: 'Bet', option: Number(key) - 1 } }
    const sure = ['a', 's', 'd'].indexOf(key)
    if (sure >= 0 && can('Confidence')) return { intent: { do: 'Confidence', sure: sure as 0 | 1 | 2 } }
  }
  if (panel.panel === 'day') {
    const verb = panel.verbs.find(v => v.key === key)
    if (verb !== undefined) return { intent: { do: 'Verb', line: verb.verb } }
  }
  if (panel.panel === 'role') {
    const verb = panel.verbs.find(v => v.key === key)
    if (verb !== undefined) return { intent: { do: 'Verb', line: verb.verb } }
    if (/^[1-9]$/.test(key) && panel.tray[Number(key) - 1] !== undefined) return { intent: { do: 'Verb', line: `take ${panel.tray[Number(key) - 1]!.id}` } }
    const jacket = panel.jackets.find(j => j.key === key)
    if (jacket !== undefined) return { intent: { do: 'Verb', line: `be ${jacket.actor}` } }
  }
  if (panel.panel === 'sort') {
    const person = panel.people.find(p => p.key === key)
    if (person !== undefined && panel.current !== undefined) return { intent: { do: 'Verb', line: `give ${panel.current} ${person.actor}` } }
  }
  if (panel.panel === 'hint' && key === 'Enter' && panel.command !== undefined) return { intent: { do: 'TakeHint' } }
  if (key === '[') return can('Rewind') ? { intent: { do: 'Rewind' } } : undefined
  if (key === ']') return can('Forward') ? { intent: { do: 'Forward' } } : undefined
  if (key === '+' || key === '-')
    return can('Speed') || can('Play') || can('Pause') ? { intent: { do: 'Speed', speed: nextSpeed(view.time.speed, key === '+') } } : undefined
  if (key === 'space') return can('Pause') ? { intent: { do: 'Pause' } } : can('Play') ? { intent: { do: 'Play' } } : undefined
  if (key === 'L') return { local: 'Lens' }
  if (key === '?') return { local: 'Help' }
  const binding = bindings.find(b => b.for !== undefined && b.keys.includes(key) && can(b.for))
  if (binding?.act !== undefined) return binding.act
  // The ► line is always true: its key does what it says.
  if (key === view.next.key || key === 'Enter') return { intent: { do: 'GoOn' } }
  return undefined
}

const SPEEDS = [1, 2, 4, 8, 30]

export function nextSpeed(speed: number, faster: boolean): number {
  const at = SPEEDS.findIndex(s => s >= speed)
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, (at < 0 ? 0 : at) + (faster ? 1 : -1)))]!
}

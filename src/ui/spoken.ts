// spoken.ts: what a typed line means in plain mode: a key, a word, a bet, an answer, a verb, or a kubectl command.

import type { Intent } from '../game/intent.ts'
import type { View } from '../game/view.ts'
import { actOf } from './keys.ts'

export type Question = 'where' | 'slip' | 'goals' | 'journal' | 'again' | 'help' | 'glossary'

export type Spoken = { intents: Intent[] } | { tell: Question } | { turn: 'lens' } | { leave: true } | { unknown: string }

/** Words for keys, so that nothing has to be remembered. */
const WORDS: Record<string, string> = {
  '': 'Enter',
  enter: 'Enter',
  next: '.',
  beat: '.',
  event: '>',
  back: '[',
  forward: ']',
  words: 'L',
  lens: 'L',
  inspect: 'i',
  hint: 'h',
  fork: 'F',
  play: 'space',
  pause: 'space',
  esc: 'Esc',
  levels: 'l',
  quiz: 'q',
  questions: 'q',
}

const TELL: readonly string[] = ['where', 'slip', 'goals', 'journal', 'again', 'help', 'glossary']

export function spoken(typed: string, view: View): Spoken {
  // A text is being given line by line: whatever is typed is text.
  if (view.screen === 'hall' && view.panel.panel === 'edit') return { intents: [{ do: 'Write', line: typed }] }
  const line = typed.trim()
  const lower = line.toLowerCase()
  if (/^:?(quit|exit)$/.test(lower)) return { leave: true }
  if (lower === '?') return { tell: 'help' }
  if (TELL.includes(lower)) return { tell: lower as Question }
  if (view.screen === 'name') return { intents: [{ do: 'Name', name: line === '' || lower === 'enter' ? view.suggestion : line }] }
  if (view.screen === 'quiz' && view.verdict === undefined) return answer(line) ?? key(line, lower, view)
  const open = /^play (\d+\.\d+|[\w-]+)$/.exec(lower)
  if (open !== null && view.screen !== 'hall') return { intents: [{ do: 'Open', level: open[1]! }] }
  if (view.screen === 'levels' && /^(up|down|left|right)$/.test(lower)) return { intents: [{ do: 'Select', move: lower as 'up' }] }
  if (view.screen === 'inspect' && lower === 'back') return { intents: [{ do: 'Close' }] }
  if (view.screen === 'hall') {
    const bet = /^(\d+)\s*([asd])$/.exec(lower)
    if (bet !== null && view.panel.panel === 'bet') {
      return {
        intents: [
          { do: 'Bet', option: Number(bet[1]) - 1 },
          { do: 'Confidence', sure: 'asd'.indexOf(bet[2]!) as 0 | 1 | 2 },
        ],
      }
    }
    if (/^(kubectl|k)\s/.test(line) || lower === 'kubectl') return { intents: [{ do: 'Command', line: line.replace(/^k\s/, 'kubectl ') }] }
    if (/^(ls|cat|edit|vi|vim|nano|why)(\s|$)/.test(line) || /^bind\s+\S+\s+\S+$/.test(line)) return { intents: [{ do: 'Command', line }] }
    if (view.prompt.busy && /^(stop|interrupt|ctrl-c)$/.test(lower)) return { intents: [{ do: 'Interrupt' }] }
    const flag = /^flag (\d+)$/.exec(lower)
    if (flag !== null) return { intents: [{ do: 'Flag', line: Number(flag[1]) }] }
    const speed = /^speed (\d+)$/.exec(lower)
    if (speed !== null) return { intents: [{ do: 'Speed', speed: Number(speed[1]) }] }
    const wait = /^wait (\d{1,3})$/.exec(lower)
    if (wait !== null) return { intents: waiting(Number(wait[1]), view.time.speed) }
    const beat = /^(?:to )?beat (\d+)$/.exec(lower)
    if (beat !== null) return { intents: [{ do: 'ToBeat', beat: Number(beat[1]) }] }
    if ((view.panel.panel === 'role' || view.panel.panel === 'sort' || view.panel.panel === 'day') && line.length > 1)
      return { intents: [{ do: 'Verb', line }] }
  }
  return key(line, lower, view)
}

const TICK_MS = 1_000

/** Lets so many simulated seconds pass, unless something stops them. */
function waiting(seconds: number, speed: number): Intent[] {
  const ticks = Math.ceil((seconds * 1_000) / (TICK_MS * speed))
  return [{ do: 'Play' }, ...Array.from({ length: ticks }, (): Intent => ({ do: 'Tick', ms: TICK_MS })), { do: 'Pause' }]
}

/** What a line asks of the game; nothing where it only asks to be told something. */
export function meant(line: string, view: View): readonly Intent[] {
  const meaning = spoken(line, view)
  return 'intents' in meaning ? meaning.intents : []
}

function key(line: string, lower: string, view: View): Spoken {
  const name = WORDS[lower] ?? line
  if (name === 'L') return { turn: 'lens' }
  const act = actOf(view, name)
  if (act !== undefined && 'intent' in act) return { intents: [act.intent] }
  if (view.screen === 'hall' && name.length > 1 && view.can.includes('Verb')) return { intents: [{ do: 'Verb', line }] }
  return { unknown: line }
}

/** Numbers choose and submit at once. */
function answer(line: string): Spoken | undefined {
  if (!/^\d+([ ,]+\d+)*$/.test(line)) return undefined
  const numbers = line.split(/[ ,]+/).map(n => Number(n) - 1)
  return { intents: [...numbers.map((option): Intent => ({ do: 'Answer', option })), { do: 'Submit' }] }
}

// plain.ts: the game as a list: one thing a line, for screen readers, scripts, and windows of any size.

import { createInterface } from 'node:readline'
import { glossary } from '../company/glossary.ts'
import type { Intent } from '../game/intent.ts'
import type { View } from '../game/view.ts'
import type { Play } from '../ui/app.tsx'
import type { Register } from '../ui/lines.ts'
import { goalsAre, slipIs, tell, whereIs } from '../ui/plain.ts'
import { safe } from '../ui/safe.ts'
import { type Question, spoken } from '../ui/spoken.ts'
import { NOT_SOLVED, OK } from './exit.ts'

/** Simulated play goes on in steps of this many milliseconds, at most so many of them. */
const STEP_MS = 250
const STEPS_MAX = 4_000

const HELP = [
  'Keys: . next beat. > next event. [ back. ] forward. L words. i inspect. h hint. F fork. space play. wait 10: ten seconds.',
  'Words work too: where, slip, goals, journal, again, glossary, help, quit. kubectl and its words run a command.',
  'ls, cat FILE and edit FILE are for the files on your desk; | and > FILE work.',
  'A text to edit, or to hand in, is given line by line; a line with a single . ends it.',
  'A bet: a number, a blank, then how sure: a, s or d. An answer: its number.',
]

export interface PlainOptions {
  play: Play
  input: NodeJS.ReadableStream
  write: (line: string) => void
  /** A person types: what is asked for is said again when it was not understood. */
  terminal: boolean
  /** At the end of the script the level must be solved. */
  mustSolve: boolean
  save: () => void
}

/** Tells, reads a line, acts, tells what is new; until the lines end or the player leaves. Returns the exit code. */
export async function plainLoop(options: PlainOptions): Promise<number> {
  const { play, write } = options
  let register: Register = 'company'
  let shown: View | undefined
  let said: string[] = []
  let solved = false
  const show = () => {
    const view = play.view()
    solved ||= view.screen === 'end'
    said = tell(shown, view, register)
    shown = view
    for (const line of said) write(line)
  }
  const ask = (question: Question) => {
    const view = play.view()
    if (question === 'again') for (const line of said) write(line)
    else if (question === 'help') for (const line of HELP) write(line)
    else if (question === 'glossary') for (const e of glossary) write(`${e.company}: ${e.kubernetes}. ${e.bends}`)
    else if (view.screen !== 'hall') write('Not here.')
    else if (question === 'journal') for (const line of view.journal) write(`Beat ${line.beat}. ${line.who[register]} ${line.text[register]}`)
    else for (const line of (question === 'where' ? whereIs : question === 'slip' ? slipIs : goalsAre)(view, register)) write(safe(line))
  }
  write('k8s-factory, plain mode. One event a line. Type a key, then Enter.')
  for (const line of HELP) write(line)
  write('If nothing else is said, next is .')
  write('')
  show()
  if (options.terminal) write('> ')
  for await (const line of createInterface({ input: options.input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const view = play.view()
    if (!isWriting(view) && line.trimStart().startsWith('#')) continue
    const meaning = spoken(line, view)
    if ('leave' in meaning) break
    if ('tell' in meaning) ask(meaning.tell)
    else if ('turn' in meaning) {
      register = register === 'company' ? 'kubernetes' : 'company'
      shown = undefined
      show()
    } else if ('unknown' in meaning) write(`Nothing is done by "${safe(meaning.unknown, 60)}" here. Type help for the keys.`)
    else {
      for (const intent of meaning.intents) {
        play.act(intent)
        if (intent.do === 'Play' && meaning.intents.length === 1) letTimeRun(play)
      }
      show()
    }
    if (options.terminal && !isWriting(play.view())) write('> ')
  }
  options.save()
  return options.mustSolve && !solved ? NOT_SOLVED : OK
}

/** Is a text being given line by line? */
const isWriting = (view: View): boolean => view.screen === 'hall' && view.panel.panel === 'edit'

/** There is no clock here: time runs until the game stops it, something waits for the player, or enough has passed. */
function letTimeRun(play: Play): void {
  const tick: Intent = { do: 'Tick', ms: STEP_MS }
  const began = play.view()
  for (let i = 0; i < STEPS_MAX; i++) {
    const view = play.view()
    if (view.screen !== 'hall' || !view.time.playing) return
    if (began.screen === 'hall' && view.panel.panel !== began.panel.panel) break
    play.act(tick)
  }
  play.act({ do: 'Pause' })
}

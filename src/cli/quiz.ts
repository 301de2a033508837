// quiz.ts: quiz --json: questions on standard error, answers from standard input, results on standard output.

import { createInterface } from 'node:readline'
import { tell } from '../ui/plain.ts'
import { spoken } from '../ui/spoken.ts'
import type { Command } from './args.ts'
import { OK } from './exit.ts'
import { openGame } from './game.ts'
import { optionsOf, type Surroundings } from './play.ts'

export async function quizJson(command: Extract<Command, { command: 'quiz' }>, io: Surroundings): Promise<number> {
  const game = await openGame(optionsOf(command, io, 'results'))
  let shown: ReturnType<typeof game.view> | undefined
  const show = () => {
    const view = game.view()
    for (const line of tell(shown, view, 'company')) process.stderr.write(`${line}\n`)
    shown = view
  }
  show()
  for await (const line of createInterface({ input: process.stdin })) {
    const meaning = spoken(line, game.view())
    if ('leave' in meaning) break
    if ('intents' in meaning) for (const intent of meaning.intents) game.act(intent)
    show()
    if (game.view().screen === 'score') break
  }
  const asked = game.session.quiz
  const results = (asked?.results ?? []).map((r, i) => ({ question: i + 1, level: r.level, share: r.share, beliefs: r.codes }))
  process.stdout.write(
    `${JSON.stringify({ points: results.reduce((sum, r) => sum + r.share, 0), of: asked?.items.length ?? 0, answered: results.length, results }, null, 2)}\n`,
  )
  return OK
}

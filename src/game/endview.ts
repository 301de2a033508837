// endview.ts: the end of a shift: stars, figures, what was seen, where the story bends.

import { clockOf, headOf } from './hallview.ts'
import type { Level } from './level.ts'
import type { Record as Earned } from './progress.ts'
import { type Run, secondsOf } from './run.ts'
import type { EndView } from './view.ts'

/** `missedQuestions`: those of this level that come back. */
export function endOf(
  run: Run,
  record: Earned,
  stars: [boolean, boolean, boolean],
  foresight: number,
  nextLevel: Level | undefined,
  missedQuestions: number,
  log?: string,
): EndView {
  const { level } = run
  const missed = run.bets.flatMap((b, i) => (b?.right ? [] : [i + 1]))
  const seconds = Math.round(secondsOf(run))
  return {
    screen: 'end',
    level: headOf(run, stars),
    clock: clockOf(run),
    stars: [
      { earned: record.solved, name: 'solved', text: level.win.map(w => w.say.company).join(', ') },
      { earned: record.par, name: 'par', text: `${level.par.commands === 1 ? '1 command' : `${level.par.commands} commands`}, ${level.par.seconds} s` },
      {
        earned: record.understood,
        name: 'understood',
        text: understoodText(record.understood, missed, missedQuestions),
      },
    ],
    figures: [
      { name: 'time', value: `${seconds} s`, par: String(level.par.seconds) },
      { name: 'commands', value: String(run.given.length), par: String(level.par.commands) },
    ],
    saw: level.debrief,
    bend: level.lens.bends,
    ...(level.unlocks === undefined ? {} : { unlocked: level.unlocks }),
    ...(log === undefined ? {} : { log }),
    words: level.lens.words.map(([company, kubernetes]) => ({ company, kubernetes })),
    bets: run.bets.flatMap((b, i) =>
      b === undefined ? [] : [{ number: i + 1, right: b.right, question: level.bets[i]!.short, answer: level.bets[i]!.options[b.answer]!.text }],
    ),
    foresight,
    questions: level.quiz.length,
    ...(nextLevel === undefined ? {} : { next: { id: nextLevel.id, title: nextLevel.title, line: nextLevel.story[0] ?? '' } }),
    can: ['Go on', 'Again', 'Levels', 'Rewind'],
  }
}

function understoodText(understood: boolean, bets: readonly number[], questions: number): string {
  const back = [
    ...(bets.length === 0 ? [] : [`bet ${bets.join(' and ')}`]),
    ...(questions === 0 ? [] : [questions === 1 ? 'one question' : `${questions} questions`]),
  ]
  if (back.length > 0) return `${back.join(' and ')} ${back.length > 1 || bets.length > 1 || questions > 1 ? 'come' : 'comes'} back later`
  return understood ? 'bets and questions right' : 'bets right; now the questions'
}

// proof.ts: what a level must prove before anybody plays it. The tests and `author check` ask the same.

import { BELIEFS } from '../company/beliefs.ts'
import { mistakeIn } from './facts.ts'
import type { Intent } from './intent.ts'
import type { Level } from './level.ts'
import { packLibrary } from './library.ts'
import { mutantFailures, quizFailures } from './quizproof.ts'
import { type Run, secondsOf, solved } from './run.ts'
import { act, newSession, type Session, viewOf } from './session.ts'
import { isKubectl } from './shell.ts'
import type { View } from './view.ts'

/** What a typed line asks for on a screen. The game knows no keys: who proves brings them. */
export type Speak = (line: string, view: View) => readonly Intent[]

/** What is wrong, and the field of the level file at which it is. */
export interface Failure {
  field: (string | number)[]
  message: string
}

export interface Proof {
  /** What holds, as a sentence. */
  name: string
  failures: (level: Level, around: Around) => Failure[]
}

export interface Around {
  speak: Speak
  /** Worlds in which the verdicts must agree; default SEEDS. */
  seeds?: number
}

const SEEDS = 100
const MISSES_MIN = 3
/** Beats, and simulated minutes, that somebody idle lets pass. */
const IDLE_BEATS = 20
const IDLE_MINUTES = 5
const TICK_MS = 250
/** Beats that are turned back and gone forward again. */
const STEPS_BACK = 8

/** Plays the lines of a script as plain mode does. */
export function playScript(level: Level, lines: readonly string[], speak: Speak, seed = 1): Session {
  const session = newSession({ seed, library: packLibrary('proof', [level]), level: level.id })
  for (const line of lines) for (const intent of speak(line, viewOf(session))) act(session, intent)
  return session
}

/** Goes on with a run that stands in the hall. */
function playOn(run: Run, lines: readonly string[], speak: Speak): void {
  const session = newSession({ library: packLibrary('proof', [run.level]), level: run.level.id })
  session.run = run
  for (const line of lines) for (const intent of speak(line, viewOf(session))) act(session, intent)
}

/** Any condition of a level, with its field. */
function conditionsOf(level: Level): { field: (string | number)[]; is: string }[] {
  const at = (field: (string | number)[], is: string | undefined) => (is === undefined ? [] : [{ field, is }])
  return [
    ...level.win.flatMap((w, i) => at(['win', i, 'is'], w.is)),
    ...level.bets.flatMap((b, i) => [
      ...at(['bets', i, 'when'], b.when),
      ...at(['bets', i, 'decides'], b.decides),
      ...at(['bets', i, 'shows'], b.shows),
      ...b.options.flatMap((o, k) => [...at(['bets', i, 'options', k, 'is'], o.is), ...at(['bets', i, 'options', k, 'against', 'beat'], o.against?.beat)]),
    ]),
    ...level.fail.flatMap((f, i) => [...at(['fail', i, 'is'], f.is), ...at(['fail', i, 'measure', 'is'], f.measure?.is)]),
    ...level.incidents.flatMap((n, i) => at(['incidents', i, 'when'], n.when)),
    ...level.tasks.flatMap((t, i) => at(['tasks', i, 'beat'], t.beat)),
    ...level.fakes.flatMap((f, i) => at(['fakes', i, 'after'], f.after)),
    ...level.quiz.flatMap((q, i) =>
      'options' in q
        ? q.options.flatMap((o, k) => [...at(['quiz', i, 'options', k, 'is'], o.is), ...at(['quiz', i, 'options', k, 'against', 'beat'], o.against?.beat)])
        : 'steps' in q
          ? q.steps.flatMap((s, k) => at(['quiz', i, 'steps', k, 'beat'], s.beat))
          : q.pairs.flatMap((p, k) => at(['quiz', i, 'pairs', k, 'is'], p.is)),
    ),
  ]
}

function codesOf(level: Level): { field: (string | number)[]; code: string }[] {
  const at = (field: (string | number)[], code: string | undefined) => (code === undefined ? [] : [{ field, code }])
  return [
    ...level.bets.flatMap((b, i) => b.options.flatMap((o, k) => at(['bets', i, 'options', k, 'code'], o.code))),
    ...level.quiz.flatMap((q, i) => ('options' in q ? q.options.flatMap((o, k) => at(['quiz', i, 'options', k, 'code'], o.code)) : [])),
    ...level.fakes.flatMap((f, i) => at(['fakes', i, 'code'], f.code)),
  ]
}

const rightOf = (options: readonly { right?: true | undefined }[]) => options.findIndex(o => o.right === true)

const idlers: { name: string; intents: Intent[] }[] = [
  { name: `${IDLE_BEATS} beats`, intents: Array.from({ length: IDLE_BEATS }, (): Intent => ({ do: 'Beat' })) },
  {
    name: `${IDLE_MINUTES} minutes`,
    intents: [{ do: 'Play' }, ...Array.from({ length: (IDLE_MINUTES * 60_000) / TICK_MS }, (): Intent => ({ do: 'Tick', ms: TICK_MS }))],
  },
]

/** In the order in which they are worth reading. The first one must hold for the others to mean anything. */
export const PROOFS: readonly Proof[] = [
  {
    name: 'its conditions can be read',
    failures: level =>
      conditionsOf(level).flatMap(({ field, is }) => {
        const mistake = mistakeIn(is)
        return mistake === undefined ? [] : [{ field, message: `"${is}" cannot be read: ${mistake.split('\n')[0]}` }]
      }),
  },
  {
    name: 'the beliefs that its options betray are named',
    failures: level => codesOf(level).flatMap(({ field, code }) => (BELIEFS[code] === undefined ? [{ field, message: `no belief is called ${code}` }] : [])),
  },
  {
    name: 'it is not solved at the start',
    failures: (level, { speak }) => (solved(playScript(level, [], speak).run!) ? [{ field: ['win'], message: 'is solved before anything is done' }] : []),
  },
  {
    name: 'it is not solved by waiting',
    failures: (level, { speak }) =>
      idlers.flatMap(({ name, intents }) => {
        const session = playScript(level, [], speak)
        for (const intent of intents) act(session, intent)
        return solved(session.run!) ? [{ field: ['win'], message: `is solved by waiting ${name}` }] : []
      }),
  },
  {
    name: 'each of its solutions solves it, within par',
    failures: (level, { speak }) =>
      level.solutions.flatMap((solution, i): Failure[] => {
        const run = playScript(level, solution.lines, speak).run!
        const field = ['solutions', i]
        if (!solved(run)) return [{ field, message: `"${solution.name}" does not solve it` }]
        return [
          ...(run.given.length > level.par.commands
            ? [{ field, message: `"${solution.name}" takes ${run.given.length} commands; par is ${level.par.commands}` }]
            : []),
          ...(secondsOf(run) > level.par.seconds ? [{ field, message: `"${solution.name}" takes ${secondsOf(run)} s; par is ${level.par.seconds}` }] : []),
        ]
      }),
  },
  {
    name: 'no near miss solves it',
    failures: (level, { speak }) => [
      ...(level.misses.length < MISSES_MIN
        ? [{ field: ['misses'], message: `has ${level.misses.length} near misses; at least ${MISSES_MIN} are needed` }]
        : []),
      ...level.misses.flatMap((miss, i) =>
        solved(playScript(level, miss.lines, speak).run!) ? [{ field: ['misses', i], message: `near miss "${miss.name}" solves it` }] : [],
      ),
    ],
  },
  {
    name: 'every hint that is a command runs',
    failures: (level, { speak }) =>
      level.hints.flatMap((hint, i) => {
        if (hint.run === undefined || !isKubectl(hint.run)) return []
        const wrong = playScript(level, [hint.run], speak).run!.prompt.find(l => l.kind === 'err')
        return wrong === undefined ? [] : [{ field: ['hints', i, 'run'], message: `"${hint.run}" is answered by "${wrong.text}"` }]
      }),
  },
  {
    name: 'each bet has one right answer, and the fork proves the one that is marked',
    failures: (level, { speak }) => {
      const solution = level.solutions[0]
      if (solution === undefined) return []
      // Without the marks only what happens in the fork can answer.
      const unmarked: Level = { ...level, bets: level.bets.map(b => ({ ...b, options: b.options.map(o => ({ ...o, right: undefined })) })) }
      const proven = playScript(unmarked, solution.lines, speak).run!
      const played = playScript(level, solution.lines, speak).run!
      return level.bets.flatMap((bet, i): Failure[] => {
        const field = ['bets', i]
        const marked = bet.options.filter(o => o.right === true).length
        if (marked !== 1) return [{ field, message: `${marked} options are marked right; one must be` }]
        if (played.bets[i] === undefined) return [{ field, message: `is not reached by "${solution.name}"` }]
        const [key, found] = [rightOf(bet.options), proven.bets[i]?.answer ?? -1]
        if (found === key && played.bets[i]!.answer === key) return []
        return [{ field, message: `option ${key + 1} is marked right; the world says ${found < 0 ? 'none of them' : `option ${found + 1}`}` }]
      })
    },
  },
  {
    name: 'the simulator agrees with the keys of its questions',
    failures: (level, { speak }) => quizFailures(level, (run, lines) => playOn(run, lines, speak)),
  },
  {
    name: 'each belief of its bets has a company in which it is true',
    failures: (level, { speak }) => mutantFailures(level, (run, lines) => playOn(run, lines, speak)),
  },
  {
    name: 'its verdicts are the same over all seeds',
    // Each seed plays one of the solutions and one of the near misses, in turn.
    failures: (level, { speak, seeds = SEEDS }) => {
      const wins = (lines: readonly string[], seed: number) => solved(playScript(level, lines, speak, seed).run!)
      for (let seed = 1; seed <= seeds; seed++) {
        const [s, m] = [seed % level.solutions.length, seed % level.misses.length]
        const [solution, miss] = [level.solutions[s], level.misses[m]]
        if (solution !== undefined && !wins(solution.lines, seed)) return [{ field: ['solutions', s], message: `"${solution.name}" fails with seed ${seed}` }]
        if (miss !== undefined && wins(miss.lines, seed)) return [{ field: ['misses', m], message: `near miss "${miss.name}" solves it with seed ${seed}` }]
      }
      return []
    },
  },
  {
    name: 'turning back and going forward again is never having turned back',
    failures: (level, { speak }) => {
      const solution = level.solutions[0]
      if (solution === undefined) return []
      const session = playScript(level, solution.lines.slice(0, -1), speak)
      const run = session.run!
      const before = run.beats.map(b => b.text.company)
      delete run.revealed
      const steps = Math.max(0, Math.min(STEPS_BACK, run.beats.length - 2))
      for (let i = 0; i < steps; i++) act(session, { do: 'Rewind' })
      const turned = run.beats.length === before.length - steps
      for (let i = 0; i < steps; i++) act(session, { do: 'Forward' })
      const same = turned && run.beats.length === before.length && run.beats.every((b, i) => b.text.company === before[i])
      return same ? [] : [{ field: ['solutions', 0], message: `"${solution.name}" leads elsewhere after ${steps} beats back and forward` }]
    },
  },
]

/** All that is wrong with a level; nothing: it can be given to players. */
export function prove(level: Level, around: Around): Failure[] {
  const [readable, ...others] = PROOFS
  const wrong = readable!.failures(level, around)
  return wrong.length > 0 ? wrong : others.flatMap(proof => proof.failures(level, around))
}

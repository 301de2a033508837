// author.ts: begins a level of one's own, and says what is wrong with levels.

import { existsSync, writeFileSync } from 'node:fs'
import { mistakeIn } from '../game/facts.ts'
import type { Level } from '../game/level.ts'
import { packLibrary } from '../game/library.ts'
import { readPack } from '../game/packs.ts'
import { solved } from '../game/run.ts'
import { act, newSession, viewOf } from '../game/session.ts'
import { safe } from '../ui/safe.ts'
import { spoken } from '../ui/spoken.ts'
import type { Command } from './args.ts'
import { BAD_INPUT, CANNOT_WRITE, OK, Stop } from './exit.ts'

const say = (line: string) => void process.stdout.write(`${safe(line)}\n`)

export async function author(command: Extract<Command, { command: 'author' }>): Promise<number> {
  if (command.verb === 'new') return begin(command.path)
  const pack = readPack(command.path)
  const problems = [...pack.problems, ...pack.levels.flatMap(prove)]
  for (const problem of problems) say(problem)
  say(problems.length === 0 ? `${pack.levels.length === 1 ? '1 level' : `${pack.levels.length} levels`}: nothing to mend` : `${problems.length} to mend`)
  return problems.length === 0 ? OK : BAD_INPUT
}

/** Expressions that can be read; not solved at the start; solved by each solution; by no near miss. */
function prove(level: Level): string[] {
  const expressions = [
    ...level.win.map(w => w.is),
    ...level.bets.flatMap(b => [b.when, b.decides, ...b.options.flatMap(o => (o.is === undefined ? [] : [o.is]))]),
  ]
  const wrong = expressions.flatMap(e => {
    const mistake = mistakeIn(e)
    return mistake === undefined ? [] : [`${level.path}: "${e}" cannot be read: ${mistake}`]
  })
  if (wrong.length > 0) return wrong
  const tried = (lines: string[]): boolean => {
    const session = newSession({ seed: 1, library: packLibrary('check', [level]), level: level.id })
    for (const line of lines) {
      const meaning = spoken(line, viewOf(session))
      if ('intents' in meaning) for (const intent of meaning.intents) act(session, intent)
    }
    return solved(session.run!)
  }
  return [
    ...(tried([]) ? [`${level.path}: is solved before anything is done`] : []),
    ...level.solutions.flatMap(s => (tried(s.lines) ? [] : [`${level.path}: solution "${s.name}" does not solve it`])),
    ...level.misses.flatMap(m => (tried(m.lines) ? [`${level.path}: near miss "${m.name}" solves it`] : [])),
  ]
}

function begin(path: string): number {
  if (existsSync(path)) throw new Stop(CANNOT_WRITE, `${path} is there already`)
  try {
    writeFileSync(path, TEMPLATE, { flag: 'wx' })
  } catch (error) {
    throw new Stop(CANNOT_WRITE, `${path} cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
  say(`${path} is a level that can be played: k8s-factory play -f ${path}`)
  return OK
}

const TEMPLATE = `format: 1
id: my-first-level
title: A Level of My Own
kind: build
story:
  - Somebody ordered coffee. Nobody has made it yet.
concept: One command makes one Pod.
greeting: { who: kube-apiserver, text: "What will it be today?" }
win:
  - { is: "pods.exists(p, p.name == 'coffee' && p.ready)", when: eventually, say: coffee is ready }
par: { seconds: 30, commands: 1 }
hints:
  - text: The prompt is opened by the colon.
  - text: kubectl run makes one Pod.
  - { text: This is the command., run: kubectl run coffee --image=abc/coffee:1 }
lens:
  words: [[slip, Pod], [hatch, kube-apiserver]]
  bends: No slip was carried anywhere.
debrief:
  - One order, one Pod.
solutions:
  - { name: run it, lines: [kubectl run coffee --image=abc/coffee:1, ">", ">", ">", ">", ">"] }
misses:
  - { name: nothing is ordered, lines: [], seconds: 60 }
  - { name: tea is ordered, lines: [kubectl run tea --image=abc/tea:1, ">"] }
  - { name: the order is taken back, lines: [kubectl run coffee --image=abc/coffee:1, kubectl delete pod coffee --now] }
`

// author.ts: begins a level of one's own, and says what is wrong with levels.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fieldName, type Level } from '../game/level.ts'
import { readPack } from '../game/packs.ts'
import { prove } from '../game/proof.ts'
import { readYaml, sayProblem } from '../game/yaml.ts'
import { safe } from '../ui/safe.ts'
import { meant } from '../ui/spoken.ts'
import type { Command } from './args.ts'
import { BAD_INPUT, CANNOT_WRITE, OK, Stop } from './exit.ts'

const say = (line: string) => void process.stdout.write(`${safe(line)}\n`)

export async function author(command: Extract<Command, { command: 'author' }>): Promise<number> {
  if (command.verb === 'new') return begin(command.path)
  const pack = readPack(command.path)
  const problems = [...pack.problems, ...pack.levels.flatMap(proven)]
  for (const problem of problems) say(problem)
  say(problems.length === 0 ? `${pack.levels.length === 1 ? '1 level' : `${pack.levels.length} levels`}: nothing to mend` : `${problems.length} to mend`)
  return problems.length === 0 ? OK : BAD_INPUT
}

/** One line a failure, with its place in the level file. */
function proven(level: Level): string[] {
  const failures = prove(level, { speak: meant })
  if (failures.length === 0) return []
  const read = readYaml(level.path, readFileSync(level.path, 'utf8'))
  return failures.map(({ field, message }) => {
    const place = Array.isArray(read) ? { line: 1, col: 1 } : read.place(field)
    return sayProblem({ path: level.path, ...place, field: fieldName(field), message })
  })
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
  - { name: run it, lines: [kubectl run coffee --image=abc/coffee:1, ">", ">"] }
misses:
  - { name: nothing is ordered, lines: [".", "."] }
  - { name: tea is ordered, lines: [kubectl run tea --image=abc/tea:1, ">"] }
  - { name: the order is taken back, lines: [kubectl run coffee --image=abc/coffee:1, kubectl delete pod coffee --now] }
`

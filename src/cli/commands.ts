// commands.ts: the commands that need no screen of their own.

import type { Command } from './args.ts'
import { OK } from './exit.ts'
import { foldersOf } from './folders.ts'
import { openLibrary } from './levels.ts'
import type { Surroundings } from './play.ts'

const say = (line: string) => void process.stdout.write(`${line}\n`)

export async function run(command: Exclude<Command, { command: 'play' | 'sandbox' | 'version' | 'help' }>, io: Surroundings): Promise<number> {
  switch (command.command) {
    case 'doctor':
      return (await import('./doctor.ts')).doctor(io)
    case 'levels':
      return levels(command, io)
    case 'quiz':
      return command.json ? (await import('./quiz.ts')).quizJson(command, io) : (await import('./play.ts')).play(command, io)
    case 'check':
      return (await import('./check.ts')).check(command, io)
    case 'serve':
      return (await import('./serve.ts')).serve(command, io)
    case 'author':
      return (await import('./author.ts')).author(command)
  }
}

async function levels(command: Extract<Command, { command: 'levels' }>, io: Surroundings): Promise<number> {
  const library = await openLibrary(command.packs)
  const { loadProgress } = await import('../game/progress.ts')
  const { rowOf } = await import('../game/listview.ts')
  const { progress, notices } = loadProgress(foldersOf(io.env).data, true)
  for (const notice of notices) process.stderr.write(`k8s-factory: ${notice}\n`)
  if (command.json) {
    say(JSON.stringify({ chapters: library.chapters.map(c => ({ number: c.number, title: c.title, levels: c.levels.map(l => rowOf(l, progress)) })) }, null, 2))
    return OK
  }
  for (const chapter of library.chapters) {
    say(`${chapter.number}  ${chapter.title}`)
    for (const level of chapter.levels) {
      const row = rowOf(level, progress)
      say(`   ${row.id.padEnd(6)}${row.title.padEnd(34)}${row.state === 'later' ? 'later' : `${row.stars.filter(Boolean).length} of 3 stars`}`)
    }
  }
  return OK
}

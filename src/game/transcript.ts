// transcript.ts: the journal as a whole, with lines that somebody made up, and the marks of the player.

import type { Beat } from './beats.ts'
import { checkGoals, type Run } from './run.ts'

/** What the journal shows, in order: beats, and in some levels lines that somebody made up. */
export function transcript(run: Run): ({ beat: Beat } | { fake: number; after: number })[] {
  return run.beats.flatMap((beat, i): ({ beat: Beat } | { fake: number; after: number })[] => [
    { beat },
    ...run.fakes.flatMap((after, fake) => (after === i + 1 ? [{ fake, after: beat.number }] : [])),
  ])
}

export const hasLine = (run: Run, line: number): boolean => transcript(run)[line - 1] !== undefined

/** Marks the line of that number, or takes the mark away. */
export function flag(run: Run, line: number): void {
  const entry = transcript(run)[line - 1]
  if (entry === undefined) return
  const key = 'beat' in entry ? `beat ${entry.beat.number}` : `fake ${entry.fake}`
  if (!run.flags.delete(key)) run.flags.add(key)
  checkGoals(run)
}

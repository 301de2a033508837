// moves.ts: what a player does in the hall: hands over, steps, looks.

import { PLAYER } from './commands.ts'
import { checkGoals, giveCommand, nextBeat, type Run, stands } from './run.ts'

/** Beats within which all slips are filed. */
const BEATS_MAX = 60
/** Simulated ms within which the bells ring for them. */
const BELLS_MS = 20

/** A desk that was looked at counts in some levels. */
export function look(run: Run, actor: string | undefined): void {
  if (actor !== undefined) run.dispatch.looked.add(actor.split('/')[0]!)
  checkGoals(run)
}

export function handOver(run: Run): void {
  const { desk } = run.level
  if (desk === undefined || run.handed) return
  run.handed = true
  giveCommand(run, desk.command, false)
  nextBeat(run)
  if (run.level.stations) run.walking = 0
  if (run.jackets !== undefined) untilFiled(run)
  run.motionId++
}

/** One beat; while the first slip is at the stations, one station. */
export function beat(run: Run): void {
  run.hints = 0
  if (run.revealed !== undefined) {
    delete run.revealed
    return
  }
  if (stands(run)) return
  if (run.walking !== undefined) {
    run.walking++
    run.motionId++
    if (run.walking < 7) return
    delete run.walking
  }
  if (nextBeat(run) === undefined) run.motionId++
}

/** In a jacket of the factory the slips lie filed before the shift begins. */
function untilFiled(run: Run): void {
  const handed = Object.entries(run.level.start.files).filter(([name]) => run.level.desk?.command.includes(name) === true)
  const slips = handed
    .map(([, text]) => text)
    .join('\n---\n')
    .split(/^---$/m).length
  for (let i = 0; i < BEATS_MAX && run.beats.filter(b => b.kind === 'filed' && b.to === PLAYER).length < slips; i++) if (nextBeat(run) === undefined) return
  while (nextBeat(run, BELLS_MS) !== undefined) if (stands(run)) return
}

// perform.ts: what the player does in the hall, carried out in a run; screens are the session's matter.

import { place } from './bets.ts'
import { stop as stopCommand } from './commands.ts'
import { give } from './dispatch.ts'
import type { Intent } from './intent.ts'
import { canForward, forget, mark, rewind, toBeat } from './moments.ts'
import { beat, handOver, look } from './moves.ts'
import { again, checkGoals, giveCommand, nextBeat, pass, type Run, stands, worldOf } from './run.ts'
import { work } from './shift.ts'
import { stamp } from './stamps.ts'
import { flag } from './transcript.ts'

/** Beats that "to the next event" goes through at most. */
const EVENT_BEATS = 12

/** What the player does, as it would be typed; undefined: it only lets time pass, or looks. */
function actOf(run: Run, intent: Intent): string | undefined {
  switch (intent.do) {
    case 'HandOver':
      return run.handed ? undefined : run.level.desk?.command
    case 'GoOn':
      return run.revealed === undefined && !run.handed ? run.level.desk?.command : undefined
    case 'Command':
    case 'Verb':
      return intent.line
    case 'Flag':
      return `flag ${intent.line}`
    case 'TakeHint': {
      const hint = run.level.hints[run.hints - 1]?.run
      return hint !== undefined && /^kubectl /.test(hint) ? hint : undefined
    }
    default:
      return undefined
  }
}

const TURNING: readonly Intent['do'][] = ['Rewind', 'Forward', 'ToBeat']

/** Carries an intent out. What the player does is a moment of its own, that can be gone back to. */
export function perform(run: Run, intent: Intent): void {
  if (run.failed !== undefined) return
  if (TURNING.includes(intent.do)) {
    turn(run, intent)
    return
  }
  const before = run.moments.length
  const did = stands(run) && intent.do !== 'Confidence' ? undefined : actOf(run, intent)
  if (did !== undefined) {
    forget(run)
    run.doing = did
  }
  if (intent.do !== 'Inspect') run.pending.push(intent)
  carryOut(run, intent)
  if (run.moments.length === before && (did !== undefined || intent.do === 'Confidence')) mark(run)
  delete run.doing
}

function turn(run: Run, intent: Intent): void {
  if (intent.do === 'ToBeat') toBeat(run, intent.beat)
  else if (intent.do === 'Forward') {
    if (canForward(run) && !stands(run)) again(run)
  } else if (run.walking === undefined || run.walking === 0) rewind(run)
  else {
    run.walking--
    run.motionId++
  }
}

function carryOut(run: Run, intent: Intent): void {
  switch (intent.do) {
    case 'HandOver':
      handOver(run)
      return
    case 'Beat':
      beat(run)
      return
    case 'NextEvent':
      for (let i = 0; i < EVENT_BEATS; i++) {
        const before = run.beats.length
        beat(run)
        if (stands(run) || run.beats.length === before) return
      }
      return
    case 'GoOn':
      if (run.revealed !== undefined) delete run.revealed
      else if (!run.handed && run.level.desk !== undefined) handOver(run)
      else beat(run)
      return
    case 'Bet':
      if (run.asking !== undefined && intent.option < run.level.bets[run.asking]!.options.length) run.picked = intent.option
      return
    case 'Confidence':
      place(run, intent.sure)
      return
    case 'Play':
      if (!stands(run)) run.playing = true
      return
    case 'Pause':
      run.playing = false
      return
    case 'Speed':
      run.speed = intent.speed
      return
    case 'Tick':
      if (run.playing) pass(run, intent.ms * run.speed)
      return
    case 'Hint':
      run.hints = Math.min(3, run.hints + 1)
      run.hinted = Math.max(run.hinted, run.hints)
      return
    case 'TakeHint': {
      const hint = run.level.hints[run.hints - 1]?.run
      run.hints = 0
      if (hint !== undefined && /^kubectl /.test(hint)) giveCommand(run, hint, true)
      return
    }
    case 'Inspect':
      look(run, intent.actor ?? run.level.people[0])
      return
    case 'Verb':
      run.hints = 0
      if (run.shift !== undefined) work(run, intent.line)
      else if (run.stamping !== undefined) stamp(run.level, run.stamping, intent.line)
      else give(run.level, run.dispatch, run.recorded, intent.line)
      checkGoals(run)
      run.motionId++
      return
    case 'Flag':
      flag(run, intent.line)
      return
    case 'Command': {
      const marks = /^(?:flag|x) (\d+)$/.exec(intent.line)
      if (marks !== null) {
        flag(run, Number(marks[1]))
        return
      }
      run.hints = 0
      giveCommand(run, intent.line, true)
      while (run.waiting.length > 0 && nextBeat(run) !== undefined) if (stands(run)) break
      return
    }
    case 'Interrupt':
      if (run.command !== undefined) {
        stopCommand(run.command, run.desk, { world: () => worldOf(run), give: () => undefined, print: () => undefined })
        delete run.command
      }
  }
}

// perform.ts: what the player does in the hall, carried out in a run; screens are the session's matter.

import { place } from './bets.ts'
import { leave, opened, write } from './commands.ts'
import { completed } from './completion.ts'
import { give } from './dispatch.ts'
import type { Intent } from './intent.ts'
import { work } from './jackets.ts'
import { canForward, forget, mark, rewind, toBeat } from './moments.ts'
import { beat, handOver, look } from './moves.ts'
import { again, askIfDue, checkGoals, giveCommand, goOn, interrupt, nextBeat, pass, type Run, stands, worldOf } from './run.ts'
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
    case 'Edited':
      return intent.text === undefined ? undefined : run.command?.line
    case 'Write':
      return intent.line === '.' ? run.command?.line : undefined
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
  if (intent.do === 'Complete') {
    run.completion = completed(worldOf(run), run.desk, intent.line)
    return
  }
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
  if (opened(run.command) !== undefined) run.playing = false
  if (did !== undefined && intent.do === 'Verb') askIfDue(run)
  if (run.moments.length === before && (did !== undefined || intent.do === 'Confidence')) mark(run)
  delete run.doing
  // Where it has led to can be gone back to as well, beyond its last beat.
  if (did !== undefined && run.moments.at(-1)!.position !== worldOf(run).position) mark(run)
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
      if (run.jackets !== undefined) work(run, intent.line)
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
      showWaiting(run)
      return
    }
    case 'Edited':
      if (leave(run.command, intent.text)) goOn(run)
      showWaiting(run)
      return
    case 'Write':
      if (write(run.command, intent.line)) goOn(run)
      showWaiting(run)
      return
    case 'Interrupt':
      interrupt(run)
  }
}

function showWaiting(run: Run): void {
  while (run.waiting.length > 0 && nextBeat(run) !== undefined) if (stands(run)) break
}

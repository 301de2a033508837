// perform.ts: what the player does in the hall, carried out in a run; screens are the session's matter.

import { place } from './bets.ts'
import { begin, INTERRUPTED, leave, opened, write } from './commands.ts'
import { completed } from './completion.ts'
import { instruct, isDayLine } from './day.ts'
import { give, handing } from './dispatch.ts'
import type { Intent } from './intent.ts'
import { isVerb, unheard, work } from './jackets.ts'
import { canForward, forget, mark, rewind, toBeat } from './moments.ts'
import { beat, handOver, look } from './moves.ts'
import { again, askIfDue, checkGoals, finish, giveCommand, goOn, interrupt, nextBeat, pass, type Run, stands, worldOf } from './run.ts'
import { isKubectl } from './shell.ts'
import { flag, hasLine } from './transcript.ts'
import { whyOf } from './why.ts'

/** Beats that "to the next event" goes through at most. */
const EVENT_BEATS = 12

/** What the player does, as it would be typed; undefined: it only lets time pass, or looks, or means nothing here. */
function actOf(run: Run, intent: Intent): string | undefined {
  switch (intent.do) {
    case 'HandOver':
      return run.handed ? undefined : run.level.desk?.command
    case 'GoOn':
      return run.revealed === undefined && !run.handed ? run.level.desk?.command : undefined
    case 'Command':
      return typeof begin(intent.line) === 'string' ? undefined : intent.line
    case 'Verb':
      return fits(run, intent.line) ? intent.line : undefined
    case 'Edited':
      return intent.text === undefined ? undefined : run.command?.line
    case 'Write':
      return intent.line === '.' ? run.command?.line : undefined
    case 'Flag':
      return hasLine(run, intent.line) ? `flag ${intent.line}` : undefined
    case 'TakeHint': {
      const hint = run.level.hints[run.hints - 1]?.run
      return hint !== undefined && isKubectl(hint) ? hint : undefined
    }
    default:
      return undefined
  }
}

/** Does a verb mean something here? */
const fits = (run: Run, line: string): boolean =>
  run.day !== undefined ? isDayLine(line) : run.jackets === undefined ? handing(run.level, line) !== undefined : isVerb(run, line)

/** A line of the journal can be marked from the prompt as well. */
function typedFlag(intent: Intent): Intent | undefined {
  const line = intent.do === 'Command' ? /^(?:flag|x) (\d+)$/.exec(intent.line)?.[1] : undefined
  return line === undefined ? undefined : { do: 'Flag', line: Number(line) }
}

const TURNING: readonly Intent['do'][] = ['Rewind', 'Forward', 'ToBeat']

/** Carries an intent out. What the player does is a moment of its own, that can be gone back to; so is the end of a command by Ctrl-C. */
export function perform(run: Run, asked: Intent): void {
  const intent = typedFlag(asked) ?? asked
  if (intent.do === 'Complete') {
    run.completion = completed(worldOf(run), run.desk, intent.line)
    return
  }
  if (run.failed !== undefined) return
  if (TURNING.includes(intent.do)) {
    turn(run, intent)
    return
  }
  const did = stands(run) && intent.do !== 'Confidence' ? undefined : actOf(run, intent)
  if (did !== undefined) {
    forget(run)
    run.doing = did
  }
  const before = run.moments.length
  const { command } = run
  if (intent.do !== 'Inspect') run.pending.push(intent)
  carryOut(run, intent)
  if (opened(run.command) !== undefined) run.playing = false
  if (did !== undefined && (intent.do === 'Verb' || intent.do === 'Command')) askIfDue(run)
  const done = did !== undefined || intent.do === 'Confidence' || command?.status === INTERRUPTED
  if (run.moments.length === before && done) mark(run)
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
      if (hint !== undefined && isKubectl(hint)) giveCommand(run, hint, true)
      return
    }
    case 'Inspect':
      look(run, intent.actor ?? run.level.people[0])
      return
    case 'Verb':
      if (!fits(run, intent.line)) {
        unheard(run)
        return
      }
      run.hints = 0
      if (run.day !== undefined) instruct(run, intent.line)
      else if (run.jackets !== undefined) work(run, intent.line)
      else give(run.level, run.dispatch, run.recorded, handing(run.level, intent.line)!)
      checkGoals(run)
      run.motionId++
      return
    case 'Flag':
      flag(run, intent.line)
      return
    case 'Command': {
      run.hints = 0
      const told = whyOf(run, intent.line)
      if (told !== undefined) {
        run.history.push(intent.line)
        run.prompt.push({ kind: 'command', text: intent.line }, ...told.lines.map(text => ({ kind: told.to, text })))
        return
      }
      finish(run)
      if (stands(run)) {
        run.prompt.push({ kind: 'note', text: run.asking === undefined ? 'Time stands still.' : 'Time stands still until you have bet.' })
        return
      }
      giveCommand(run, intent.line, true)
      showWaiting(run)
      finish(run)
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

// run.ts: one level being played: its commands, its time, and what is judged at each beat.

import type { System } from '../kernel/machine.ts'
import { give, step, type Timeline } from '../kernel/timeline.ts'
import type { World } from '../kernel/world.ts'
import { act } from './actions.ts'
import { type Beat, beatOf, type Draft, hearRequest, type Seen } from './beats.ts'
import { begin, type Command, type Desk, follows, opened, PLAYER, pump, stop } from './commands.ts'
import type { Completed } from './completion.ts'
import { type Day, dayFacts } from './day.ts'
import type { Dispatch, Recorded } from './dispatch.ts'
import { carry, type Errands, send } from './errands.ts'
import { type Facts, holds, podsOf, resultOf } from './facts.ts'
import type { Intent } from './intent.ts'
import type { Jackets } from './jackets.ts'
import type { Level } from './level.ts'
import { aheadAt, forget, forward, type Moment, mark } from './moments.ts'
import { isKubectl } from './shell.ts'
import { queueOf } from './tray.ts'
import type { PromptLine } from './view.ts'

/** Simulated milliseconds that a prompt's command is given before it is said to wait. */
const PATIENCE_MS = 2_000
/** Messages between two beats, before the search is given up. */
const MESSAGES_MAX = 20_000
/** Lines that the prompt keeps. */
const LINES_MAX = 1_000

export interface Placed {
  option: number
  sure: 0 | 1 | 2
  /** The option that the fork proved. */
  answer: number
  right: boolean
  seen: boolean
}

export interface Run {
  level: Level
  seed: number
  /** The machines of this company: the real ones, or those of a company in which a belief is true. */
  system: System
  line: Timeline
  /** When the level opened, in simulated ms. */
  opened: number
  seen: Seen
  beats: Beat[]
  /** Beats that happened at the same moment, and wait to be shown. */
  waiting: Draft[]
  /** Every place that can be gone back to; the first is the opening. */
  moments: Moment[]
  /** The moments that were left by turning back, nearest first. */
  ahead: Moment[]
  /** What was intended since the last moment, and what the player does now, as it would be typed. */
  pending: Intent[]
  doing?: string
  /** The clause that says that it went wrong, once it did. */
  failed?: number
  /** The figure of each fail clause as it stood last. */
  measured: number[]
  bets: (Placed | undefined)[]
  /** Number of the bet that is asked now. */
  asking?: number
  picked?: number
  /** The bet whose answer is on the screen. */
  revealed?: number
  decided: Map<number, Beat>
  desk: Desk
  command?: Command
  errands: Errands
  prompt: PromptLine[]
  history: string[]
  /** What Tab found last. */
  completion?: Completed
  given: string[]
  handed: boolean
  /** The station at which the first slip stands, while it is walked through them. */
  walking?: number
  hints: number
  /** The highest grade of hint that was shown. */
  hinted: number
  playing: boolean
  speed: number
  /** Raised with each change that the screen plays. */
  motionId: number
  /** Lines of the journal that the player has marked: `beat 12`, `fake 0`. */
  flags: Set<string>
  /** After how many beats each made-up line came. */
  fakes: (number | undefined)[]
  dispatch: Dispatch
  jackets?: Jackets
  day?: Day
  /** What was done before the doors opened. */
  recorded: Recorded[]
  /** Latched goals. */
  met: Set<number>
  /** Goals that must hold throughout and did not: after how many beats. */
  broken: Map<number, number>
  /** Incidents that have happened. */
  struck: Set<number>
  fork?: Run
}

export const worldOf = (run: Run): World => run.line.world
export const secondsOf = (run: Run): number => (run.line.world.now - run.opened) / 1_000

export function factsOf(run: Run, beat?: Beat): Facts {
  const placed = run.bets.filter(b => b !== undefined)
  return {
    world: run.line.world,
    beats: run.beats,
    ...(beat === undefined ? {} : { beat }),
    placed: placed.length,
    right: placed.filter(b => b!.right).length,
    fakeFlags: [...run.flags].filter(f => f.startsWith('fake')).length,
    realFlags: [...run.flags].filter(f => f.startsWith('beat')).length,
    role: roleFacts(run),
    tasks: { right: run.dispatch.right.filter(Boolean).length, mistakes: run.dispatch.mistakes, looked: run.dispatch.looked.size },
    commands: run.given,
    day: dayFacts(run.day),
    seconds: secondsOf(run),
  }
}

/** False moves so far, of whatever kind the level has. */
export const mistakesOf = (run: Run): number => run.dispatch.mistakes + (run.jackets?.mistakes ?? 0)

function roleFacts(run: Run): Facts['role'] {
  const { done = 0, mistakes = 0, forged = 0, changes = 0 } = run.jackets ?? {}
  return { done, mistakes, forged, changes, left: run.jackets === undefined ? 0 : queueOf(run).length }
}

const around = (run: Run) => ({
  world: () => run.line.world,
  give: (input: Parameters<typeof give>[2]) => give(run.system, run.line, input),
  print: (to: 'out' | 'err', text: string) => printed(run, to, text),
})

function printed(run: Run, kind: PromptLine['kind'], text: string): void {
  const lines = text.replace(/\n$/, '').split('\n')
  for (const line of lines) run.prompt.push({ kind, text: line })
  if (run.prompt.length > LINES_MAX) run.prompt.splice(0, run.prompt.length - LINES_MAX)
}

/** `@web` is one of the pods whose label app is web. */
const named = (run: Run, line: string): string =>
  line.replace(/@([a-z0-9-]+)/g, (whole, app) => podsOf(run.line.world).find(p => p.labels['app'] === app)?.name ?? whole)

/** Gives a command line. With `wait` it is carried out as far as it goes; without, the beats are walked one by one. */
export function giveCommand(run: Run, typed: string, wait: boolean): void {
  const line = named(run, typed)
  interrupt(run)
  run.history.push(line)
  if (isKubectl(line)) run.given.push(line)
  printed(run, 'command', line)
  const command = begin(line)
  if (typeof command === 'string') {
    printed(run, 'err', command)
    return
  }
  forget(run)
  run.command = command
  feed(run, true)
  if (wait) carryOn(run)
}

/** Ends the command under way, as Ctrl-C does. */
export function interrupt(run: Run): void {
  if (run.command === undefined) return
  stop(run.command, run.desk, around(run))
  delete run.command
  printed(run, 'note', '^C')
}

/** What is typed ahead waits until the command before it has its answers; one that follows something is ended. */
export function finish(run: Run): void {
  const until = run.line.world.now + PATIENCE_MS
  while (run.command !== undefined && !follows(run.command) && !stands(run) && run.line.world.now < until) {
    if (nextBeat(run, until - run.line.world.now) === undefined) return
  }
}

/** The command has what it waited for, and goes on. */
export function goOn(run: Run): void {
  feed(run)
  carryOn(run)
}

function carryOn(run: Run): void {
  const until = run.line.world.now + PATIENCE_MS
  for (let i = 0; i < MESSAGES_MAX && run.command !== undefined; i++) {
    if (!move(run, until)) break
    // What the player has done is a beat of its own; the world does not run ahead of it.
    if (run.waiting.some(d => d.to === PLAYER && (d.kind === 'filed' || d.kind === 'refused'))) break
  }
}

/** Gives the command what has come for it. True: it went on. */
function feed(run: Run, first = false): boolean {
  const moved = run.command !== undefined && pump(run.command, run.desk, around(run), first)
  if (run.command?.status !== undefined) delete run.command
  return carry(run.errands, around(run)) || moved
}

/** Somebody else gives a command, and nobody waits for it. */
export function sendErrand(run: Run, line: string): void {
  forget(run)
  send(run.errands, named(run, line), run.desk.files, around(run))
}

/** Dispatches one message and takes note of what it was. False: nothing more until then. */
export function move(run: Run, until: number): boolean {
  // Nobody waits for somebody who writes: time stands.
  if (opened(run.command) !== undefined) return false
  const { line } = run
  const next = line.world.agenda[0]
  const asking = next === undefined ? undefined : hearRequest(next)
  const from = line.world.noteIds
  const message = step(run.system, line, until)
  if (message === undefined) return feed(run)
  const heard = hearRequest(message) ?? asking
  const first = line.world.notes[0]?.id ?? 0
  for (let id = from + 1; id <= line.world.noteIds; id++) {
    const note = line.world.notes[id - first]
    const draft = note === undefined ? undefined : beatOf(line.world, note, run.seen, heard)
    if (draft !== undefined) run.waiting.push(draft)
  }
  feed(run)
  return true
}

/** Where the player decides in the planner's place, what the real one has chosen is not told before. */
function unsaid(draft: Draft): Draft {
  if (draft.kind !== 'decision' || draft.actor !== 'kube-scheduler') return draft
  const { node: _node, ...rest } = draft
  return {
    ...rest,
    secret: true,
    text: { company: 'has filled in a sheet of his own', kubernetes: 'has decided as well' },
    tag: { company: 'decision', kubernetes: 'decided' },
  }
}

function show(run: Run, draft: Draft): Beat {
  const { line } = run
  const beat: Beat = {
    ...(run.level.start.sheet ? unsaid(draft) : draft),
    number: run.beats.length + 1,
    at: line.world.now,
    position: line.world.position,
    applied: line.applied,
    notes: line.world.noteIds,
  }
  run.beats.push(beat)
  run.motionId++
  afterBeat(run, beat)
  mark(run, beat)
  return beat
}

/** A beat may decide a bet, ask one, or meet a goal. */
function afterBeat(run: Run, beat: Beat): void {
  const facts = factsOf(run, beat)
  run.level.bets.forEach((bet, i) => {
    const placed = run.bets[i]
    if (placed !== undefined && !placed.seen && !run.decided.has(i) && bet.decides !== undefined && holds(bet.decides, facts)) {
      run.decided.set(i, beat)
      placed.seen = true
      run.revealed = i
      run.playing = false
    }
  })
  run.level.fakes.forEach((fake, i) => {
    if (run.fakes[i] === undefined && holds(fake.after, facts)) run.fakes[i] = run.beats.length
  })
  if (run.revealed === undefined) askIfDue(run, facts)
  checkGoals(run)
}

/** Some bets are due when the player has done something, not at a beat. */
export function askIfDue(run: Run, facts: Facts = factsOf(run, run.beats.at(-1))): void {
  if (stands(run) || run.bets.some(b => b !== undefined && !b.seen)) return
  const next = run.bets.indexOf(undefined)
  const bet = run.level.bets[next]
  if (bet !== undefined && holds(bet.when, facts)) {
    run.asking = next
    run.playing = false
    delete run.picked
  }
}

const numberOf = (value: unknown): number => (typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0)

export function checkGoals(run: Run): void {
  const facts = factsOf(run, run.beats.at(-1))
  run.level.win.forEach((clause, i) => {
    const held = holds(clause.is, facts)
    if (clause.when === 'always' || clause.when === 'never') {
      if (held !== (clause.when === 'always') && !run.broken.has(i)) run.broken.set(i, run.beats.length)
    } else if (clause.when === 'now' && !held) run.met.delete(i)
    else if (held && (!clause.when.startsWith('within ') || facts.seconds <= Number(clause.when.slice(7)))) run.met.add(i)
  })
  run.measured = run.level.fail.map(clause => numberOf(clause.measure === undefined ? undefined : resultOf(clause.measure.is, facts)))
  run.level.incidents.forEach((incident, i) => {
    if (run.struck.has(i) || !holds(incident.when, facts)) return
    run.struck.add(i)
    act(run, incident.do)
  })
  if (run.failed !== undefined) return
  const failed = run.level.fail.findIndex(clause => holds(clause.is, facts))
  if (failed >= 0) {
    run.failed = failed
    run.playing = false
  }
}

/** Is a goal met as far as the run has come? One that must hold throughout is, until it was broken. */
export const goalMet = (run: Run, i: number): boolean => {
  const { when } = run.level.win[i]!
  return when === 'always' || when === 'never' ? !run.broken.has(i) : run.met.has(i)
}

export const solved = (run: Run): boolean => run.level.win.every((_, i) => goalMet(run, i)) && run.bets.every(b => b?.seen)

/** May time move? Not while a bet is open, its answer is on the screen, or it went wrong. */
export const stands = (run: Run): boolean => run.asking !== undefined || run.revealed !== undefined || run.failed !== undefined

/** Lets time pass of which nothing is told. */
export function skip(run: Run, ms: number): void {
  const until = run.line.world.now + ms
  while (run.line.world.now < until && move(run, until)) run.waiting = []
}

/** The next beat, or undefined if none came within `ms`. After turning back it is the one that was. */
export function nextBeat(run: Run, ms = 10_000): Beat | undefined {
  if (stands(run)) return undefined
  const until = run.line.world.now + ms
  if (run.ahead.length > 0 && (aheadAt(run) ?? 0) <= until) return again(run)
  const draft = run.waiting.shift()
  if (draft !== undefined) return show(run, draft)
  for (let i = 0; i < MESSAGES_MAX; i++) {
    const more = move(run, until)
    const found = run.waiting.shift()
    if (found !== undefined) return show(run, found)
    if (!more) break
  }
  checkGoals(run)
  askIfDue(run)
  return undefined
}

/** The next beat that was, as after turning back; or else what the player did after the last one. */
export function again(run: Run): Beat | undefined {
  const beat = forward(run)
  if (beat === undefined) {
    checkGoals(run)
    askIfDue(run)
  } else afterBeat(run, beat)
  return beat
}

/** Lets simulated time pass; stops where something waits for the player. */
export function pass(run: Run, ms: number): void {
  const until = run.line.world.now + ms
  for (let i = 0; i < MESSAGES_MAX; i++) if (nextBeat(run, until - run.line.world.now) === undefined || stands(run)) return
}

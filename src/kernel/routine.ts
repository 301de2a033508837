// routine.ts: straight code that waits, kept as plain data: what it asked, and what it was answered.
// Models durable execution (replay of a recorded history)
// Differs: nothing known

import type { Answer, Io, RoutineIo, Steps, Wait } from './machine.ts'
import { Itself } from './share.ts'
import { type Turn, transmit } from './turn.ts'
import type { Actor } from './world.ts'

export const ROUTINE_STEPS_MAX = 20_000 // Steps one routine may remember before it goes round by `again`.

/** A routine as data. `log` holds the result of every step so far: running it again with them leads to the same place. */
export interface Routine {
  id: number
  name: string
  args: unknown
  log: unknown[]
  /** Waits begun so far; an answer to an earlier one is dropped. */
  step: number
  inbox: { value: unknown; cause: number }[]
  waiting?: Wait['wait']
  /** Answers of the present wait that are in, and how many are still out. */
  answers?: (Answer | undefined)[]
  open?: number
}

/** The running half: lives only in this process, and is made anew from the log in a copy of the world. */
interface Run {
  steps: Steps<unknown>
  io: Replaying
}

/** Gives a routine its running half, where no copy sees it (a WeakMap would do the same, at ten times the price). */
class Running extends Itself {
  #run: Run | undefined
  constructor(routine: Routine, run: Run | undefined) {
    super(routine)
    this.#run = run
  }
  static of(routine: Routine): Run | undefined {
    return #run in routine ? (routine as unknown as Running).#run : undefined
  }
  static set(routine: Routine, run: Run | undefined): void {
    if (#run in routine) (routine as unknown as Running).#run = run
    else new Running(routine, run)
  }
}

export function startRoutine(turn: Turn, id: number): void {
  const routine = turn.actor.routines.get(id)
  if (routine) go(turn, routine, undefined)
}

/** An answer came: to a call of the present wait (slot = which one). */
export function resume(turn: Turn, id: number, slot: { step: number; index: number }, answer: Answer): void {
  const routine = turn.actor.routines.get(id)
  if (!routine || slot.step !== routine.step || !routine.answers) return
  routine.answers[slot.index] = answer
  routine.open!--
  if (routine.open === 0) go(turn, routine, routine.waiting === 'all' ? routine.answers : answer)
}

/** A sleep is over, a signal is there, or the wait for one has lasted long enough. */
export function wake(turn: Turn, id: number, step: number): void {
  const routine = turn.actor.routines.get(id)
  if (!routine || routine.step !== step || (routine.waiting !== 'sleep' && routine.waiting !== 'receive')) return
  const signal = routine.waiting === 'receive' ? routine.inbox.shift() : undefined
  if (signal) turn.cause = signal.cause
  go(turn, routine, signal?.value)
}

export function killRoutines(actor: Actor): void {
  actor.routines.clear()
}

/** Goes on from the present wait with its result, until the next wait or the end. */
function go(turn: Turn, routine: Routine, result: unknown): void {
  const run = runOf(turn, routine)
  run.io.turn = turn
  let value = result
  for (;;) {
    if (routine.waiting !== undefined) {
      run.io.remember(value)
      routine.waiting = undefined
      routine.answers = undefined
    }
    const next = run.steps.next(value)
    if (next.done) {
      if (run.io.next === undefined) {
        turn.actor.routines.delete(routine.id)
        return
      }
      Object.assign(routine, { args: run.io.next.args, log: [], step: routine.step + 1, waiting: undefined })
      Running.set(routine, undefined)
      go(turn, routine, undefined)
      return
    }
    const wait = next.value
    routine.step++
    routine.waiting = wait.wait
    if (wait.wait === 'receive' && routine.inbox.length > 0) {
      const signal = routine.inbox.shift()!
      turn.cause = signal.cause
      value = signal.value
      continue
    }
    if (wait.wait === 'all' && wait.calls.length === 0) {
      value = []
      continue
    }
    begin(turn, routine, wait)
    return
  }
}

function begin(turn: Turn, routine: Routine, wait: Wait): void {
  const { step, id } = routine
  const calls = wait.wait === 'call' ? [wait] : wait.wait === 'all' ? wait.calls : []
  if (calls.length > 0) {
    routine.answers = new Array(calls.length).fill(undefined)
    routine.open = calls.length
    calls.forEach((call, index) => {
      turn.open(
        { from: turn.self, to: call.to, cause: turn.cause, delivered: false, answered: false, routine: id, slot: { step, index } as any },
        call.type,
        call.body,
        call.timeout,
      )
    })
  } else if (wait.wait === 'sleep' || (wait.wait === 'receive' && wait.ms !== undefined)) {
    transmit(turn.world, { from: turn.self, to: turn.self, type: '$wake', body: { routine: id, step }, cause: turn.cause }, wait.ms!)
  }
}

/** The running half, made anew from the log if this is a copy of the world. */
function runOf(turn: Turn, routine: Routine): Run {
  const known = Running.of(routine)
  if (known) return known
  const body = turn.system.machines[turn.actor.machine]!.routines?.[routine.name]
  if (!body) throw new Error(`${turn.actor.name} has no routine ${routine.name}`)
  const io = new Replaying(routine, turn)
  const run = { steps: body(io as RoutineIo<any>, routine.args), io }
  Running.set(routine, run)
  if (routine.waiting !== undefined) {
    let next = run.steps.next()
    while (io.cursor < routine.log.length && !next.done) next = run.steps.next(routine.log[io.cursor++])
    if (next.done || next.value.wait !== routine.waiting)
      throw new Error(`routine ${routine.name} of ${turn.actor.name} took another way when run again: it reads something outside its io`)
  }
  return run
}

class Replaying implements RoutineIo<any> {
  routine: Routine
  turn: Turn
  cursor = 0
  next: { args: unknown } | undefined = undefined
  constructor(routine: Routine, turn: Turn) {
    this.routine = routine
    this.turn = turn
  }
  get self(): string {
    return this.turn.self
  }
  remember(value: unknown): void {
    if (this.routine.log.length >= ROUTINE_STEPS_MAX)
      throw new Error(`routine ${this.routine.name} of ${this.self} took ${ROUTINE_STEPS_MAX} steps: go round by again()`)
    this.routine.log.push(value)
    this.cursor++
  }
  once<T>(step: () => T): T {
    if (this.cursor < this.routine.log.length) return this.routine.log[this.cursor++] as T
    const value = step()
    this.remember(value)
    return value
  }
  state<T>(step: (state: any, io: Io) => T): T {
    return this.once(() => step(this.turn.actor.state, this.turn))
  }
  now(): number {
    return this.once(() => this.turn.now)
  }
  int(n: number): number {
    return this.once(() => this.turn.int(n))
  }
  note(kind: string, data: unknown): void {
    this.once(() => void this.turn.note(kind, data))
  }
  send(to: string, type: string, body: unknown): void {
    this.once(() => void this.turn.send(to, type, body))
  }
  *call<T>(to: string, type: string, body: any, timeout?: number): Steps<Answer<T>> {
    return yield { wait: 'call', to, type, body, timeout }
  }
  *all(calls: { to: string; type: string; body: any; timeout?: number }[]): Steps<Answer[]> {
    return yield { wait: 'all', calls }
  }
  *sleep(ms: number): Steps<void> {
    yield { wait: 'sleep', ms }
  }
  *receive<T>(ms?: number): Steps<T | undefined> {
    return yield { wait: 'receive', ms }
  }
  again(args: unknown): unknown {
    this.next = { args }
    return undefined
  }
}

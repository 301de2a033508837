// machine.ts: what a state machine is, and what it may do. Plain data and tables of functions.
// Models nothing of any one domain: a bank could be built on it.
// Differs: nothing known

/** Anything that travels or is kept: plain data. Map and typed arrays are allowed inside actor state. */
export type Data = unknown

/** One message in flight. `at` is simulated milliseconds; `cause` is the id of the note that led to it (0: none). */
export interface Message {
  id: number
  at: number
  from: string
  to: string
  type: string
  body: any
  cause: number
  /** Set when the sender waits for an answer. */
  call?: number
  /** The life of the receiver it was meant for: a crash in between loses it. */
  life: number
  /** The connection it was said on: when that has ended, it never arrives. */
  link?: number
}

/** A decision, as data. Notes form the journal; `cause` links to the note that led here (0: an outside input). */
export interface Note {
  id: number
  at: number
  actor: string
  kind: string
  data: any
  cause: number
}

/** What a call comes back with: the callee's value, or why there is none (`refused`: it is down; `lost`: it died meanwhile; `timeout`). */
export type Answer<T = any> = { ok: true; value: T } | { ok: false; error: 'refused' | 'lost' | 'timeout' }

/** What a handler may do. A handler changes only its own state, and speaks through this. */
export interface Io {
  /** Simulated milliseconds. */
  readonly now: number
  /** Name of the actor. */
  readonly self: string
  /** Sends; it arrives after the wire's delay. Messages on one wire keep their order. `link`: on this connection, or never. */
  send(to: string, type: string, body: Data, link?: number): void
  /** Sends and asks for an answer, which comes as a message of type `onAnswer` with body {answer: Answer, context}. */
  call(to: string, type: string, body: Data, onAnswer: string, context?: Data, timeout?: number): void
  /** Answers a message that was sent by a call; without a call it does nothing. */
  reply(message: Message, value: Data): void
  /** A message to oneself after `ms`; the id cancels it. Periodic work re-arms itself. */
  after(ms: number, type: string, body?: Data): number
  cancel(timer: number): void
  /** Records a decision and returns its id; later notes and messages of this turn name it as their cause. */
  note(kind: string, data: Data): number
  /** The cause of what is said from here on; read it to keep it beside queued work, set it when that work is done. */
  cause: number
  /** An integer in [0, n), from the world's seed. */
  int(n: number): number
  /**
   * Connects with another actor, if that is not done yet, and returns the connection's number. `peer/down` {peer, link} tells its end:
   * soon after that actor died, or when a wire was cut for CUT_TIMEOUT; the other end is told likewise.
   */
  link(peer: string): number
  /** Starts a routine of this machine's table; its id names it in `signal`. */
  start(routine: string, args: Data): number
  /** Wakes a routine that waits in `receive`; kept in order if it is busy. A finished routine hears nothing. */
  signal(routine: number, value: Data): void
  /** Ends a routine where it stands. */
  kill(routine: number): void
  /** Is the routine still going? */
  alive(routine: number): boolean
}

/** What a routine yields: what it waits for. Made by the helpers of `RoutineIo`, never by hand. */
export type Wait =
  | { wait: 'call'; to: string; type: string; body: any; timeout?: number }
  | { wait: 'all'; calls: { to: string; type: string; body: any; timeout?: number }[] }
  | { wait: 'sleep'; ms: number }
  | { wait: 'receive'; ms?: number }

export type Steps<T = void> = Generator<Wait, T, any>

/**
 * What a routine may do. A routine reads as straight code that waits (`yield* io.call(…)`), and may be resumed in a copy of the
 * world by running it again with the answers that it had. So it must touch the actor's state, the clock and chance only through
 * this: `io.state(s => …)` runs once, and its result is remembered.
 */
export interface RoutineIo<S> {
  readonly self: string
  /** Reads or changes the actor's state, once; returns plain data that nobody changes later (copy lists and records that the state goes on to change). */
  state<T>(step: (state: S, io: Io) => T): T
  now(): number
  int(n: number): number
  note(kind: string, data: Data): void
  send(to: string, type: string, body: Data): void
  call<T = any>(to: string, type: string, body: Data, timeout?: number): Steps<Answer<T>>
  /** Several calls at once; answers in the order asked. */
  all(calls: { to: string; type: string; body: Data; timeout?: number }[]): Steps<Answer[]>
  sleep(ms: number): Steps<void>
  /** The next signal, or undefined after `ms`. */
  receive<T = any>(ms?: number): Steps<T | undefined>
  /**
   * Starts this routine over with other arguments (same id, same signals waiting): `return io.again(args)`.
   * A routine remembers every step until it ends, so one that lives long goes round by this (limit: ROUTINE_STEPS_MAX).
   */
  again(args: Data): unknown
}

/** A component: the keys of `on` are all that it hears; `start` is heard once at each (re)start, body = its configuration. */
export interface Machine<S = any> {
  /** State at start, from the actor's name and configuration. A property `durable` of the state outlives crashes (a disk). */
  init(self: string, config: any): S
  on: Record<string, (state: S, message: Message, io: Io) => void>
  routines?: Record<string, (io: RoutineIo<S>, args: any) => Steps<any>>
}

/** Everything that is code: machines by name, and how long each wire takes (ms). */
export interface System {
  machines: Record<string, Machine>
  delay(from: string, to: string, type: string): number
}

/** Lets TypeScript infer a machine's state. */
export const machine = <S>(m: Machine<S>): Machine<S> => m

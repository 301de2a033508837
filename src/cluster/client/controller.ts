// controller.ts: a controller: what it hears of, and a sync for each key of its queue, by a number of workers.
// Models k8s.io/sample-controller/controller.go and the like in k8s.io/kubernetes/pkg/controller
// Differs: no client-side throttle (20 a second, 30 at once): with game-sized clusters it would only spread bursts over time

import type { Io, Machine, RoutineIo, Steps } from '../../kernel/machine.ts'
import type { Client } from '../client.ts'
import type { Written } from './consistency.ts'
import { type EventRecorder, newEventRecorder, recordEvent, referenceOf, type WithRecorders } from './events.ts'
import type { Expectations } from './expectations.ts'
import type { Change, InformerTable, WithInformers } from './informer.ts'
import { add, addAfter, DEFAULT_RETRY, done, due, forget, newWorkQueue, type RetryLimits, take, type WorkQueue, whenAfterFailure } from './workqueue.ts'

/** The error of a sync, or undefined when all went well. An error brings the key back, later each time. */
export type SyncResult = string | undefined

export interface Controller<S extends WithControllers = any> {
  /** Its queue, routine and state go by this name; `deployment-controller`. */
  name: string
  /** The Events' source; default: its name. */
  eventSource?: string
  workers: number
  retry?: RetryLimits
  /** After so many failures a key is dropped; default: never. */
  drops?: number
  /** By informer: what it does about a change; mostly it queues a key. */
  on?: Record<string, (state: S, io: Io, change: Change) => void>
  /** Heard once, when all informers have synced: periodic work begins here. */
  begin?: (state: S, io: Io) => void
  sync?: (io: RoutineIo<S>, key: string) => Steps<SyncResult>
  /** Own messages (timers) and routines, under full names. */
  hears?: Machine<S>['on']
  routines?: Machine<S>['routines']
  /** Own memory, plain data. */
  init?: () => unknown
}

export interface ControllerState<M = any> {
  queue: WorkQueue
  expectations: Expectations
  written: Written
  client: Client
  memory: M
}

export interface WithControllers extends WithInformers, WithRecorders {
  controllers: Record<string, ControllerState>
  /** False until all informers have synced: keys are queued, nobody works. */
  working: boolean
  /** Routines that may be going on: they end with the process. */
  running: Set<number>
}

export function newControllers(
  list: Controller[],
  clientOf: (name: string) => Client,
): Pick<WithControllers, 'controllers' | 'recorders' | 'working' | 'running'> {
  const controllers: Record<string, ControllerState> = {}
  const recorders: Record<string, EventRecorder> = {}
  for (const c of list) {
    const client = clientOf(c.name)
    controllers[c.name] = { queue: newWorkQueue(), expectations: new Map(), written: new Map(), client, memory: c.init?.() }
    const source = c.eventSource ?? c.name
    recorders[source] = newEventRecorder(source, '', client)
  }
  return { controllers, recorders, working: false, running: new Set() }
}

/** The handlers and routines of all controllers of a list: spread into a machine's `on` and `routines`. */
export function controllerHandlers<S extends WithControllers>(list: Controller<S>[]): Required<Pick<Machine<S>, 'on' | 'routines'>> {
  const on: Machine<S>['on'] = {
    'queue/due'(state, message, io) {
      const { controller, key } = message.body
      if (!state.controllers[controller]!.queue.delayed.has(key)) return
      due(state.controllers[controller]!.queue, key, message.cause)
      pump(state, io, controller)
    },
  }
  const routines: NonNullable<Machine<S>['routines']> = {}
  for (const c of list) {
    workers.set(c.name, c)
    Object.assign(on, c.hears)
    Object.assign(routines, c.routines)
    if (c.sync) routines[c.name] = worker(c)
  }
  return { on, routines }
}

/** Informers as they are, with the handlers of all controllers added, in the order of the list. */
export function informersOf<S extends WithControllers>(table: InformerTable<S>, list: Controller<S>[]): InformerTable<S> {
  const out: InformerTable<S> = {}
  for (const name in table) {
    const heard = list.flatMap(c => (c.on?.[name] ? [c.on[name]] : []))
    out[name] = {
      ...table[name]!,
      on(state, io, change) {
        const { cause } = io
        for (const handler of heard) {
          handler(state, io, change)
          io.cause = cause
        }
      },
    }
  }
  return out
}

/** All informers have synced: begin. */
export function beginControllers<S extends WithControllers>(list: Controller<S>[], state: S, io: Io): void {
  state.working = true
  for (const c of list) {
    c.begin?.(state, io)
    pump(state, io, c.name)
  }
}

export function enqueue(state: WithControllers, io: Io, controller: string, key: string): void {
  add(state.controllers[controller]!.queue, key, io.cause)
  pump(state, io, controller)
}

export function enqueueAfter(state: WithControllers, io: Io, controller: string, key: string, ms: number): void {
  if (addAfter(state.controllers[controller]!.queue, io, key, ms, 'queue/due', { controller })) pump(state, io, controller)
}

export function enqueueRateLimited(state: WithControllers, io: Io, controller: string, key: string): void {
  const { queue } = state.controllers[controller]!
  const limits = workers.get(controller)?.retry ?? DEFAULT_RETRY
  enqueueAfter(state, io, controller, key, whenAfterFailure(queue, limits, io.now, key))
}

/** Records an Event of a controller about an object. */
export function recordFor(state: WithControllers, io: Io, source: string, object: any, type: 'Normal' | 'Warning', reason: string, message: string): void {
  recordEvent(state.recorders[source]!, io, referenceOf(object), type, reason, message)
}

const RUNNING_MAX = 200 // Beyond so many, those that have ended are forgotten.

/** Starts a routine that ends with the process. */
export function launch(state: WithControllers, io: Io, routine: string, args: unknown): void {
  if (state.running.size >= RUNNING_MAX) for (const id of state.running) if (!io.alive(id)) state.running.delete(id)
  state.running.add(io.start(routine, args))
}

/** What code belongs to a name; filled once for each list, and never changed. */
const workers = new Map<string, Controller>()

/** Gives free workers the keys that wait. */
function pump(state: WithControllers, io: Io, controller: string): void {
  if (!state.working) return
  const { queue } = state.controllers[controller]!
  const limit = workers.get(controller)!.workers
  while (queue.ready.size > 0 && queue.processing.size < limit) {
    const { key, cause } = take(queue)!
    const before = io.cause
    io.cause = cause
    launch(state, io, controller, { key })
    io.cause = before
  }
}

function worker<S extends WithControllers>(c: Controller<S>): (io: RoutineIo<S>, args: { key: string }) => Steps {
  return function* (io, { key }) {
    const error = yield* c.sync!(io, key)
    io.state((state, turn) => {
      const { queue } = state.controllers[c.name]!
      if (error === undefined) forget(queue, key)
      else if (c.drops !== undefined && (queue.failures.get(key) ?? 0) >= c.drops) {
        turn.note('Dropped', { controller: c.name, key, error })
        forget(queue, key)
      } else {
        turn.note('Retrying', { controller: c.name, key, error, failures: (queue.failures.get(key) ?? 0) + 1 })
        enqueueRateLimited(state, turn, c.name, key)
      }
      done(queue, key)
      pump(state, turn, c.name)
    })
  }
}

// simulation.ts: what the server needs of the cluster behind it: requests in, answers and lines out, and time that is pushed on from here.

import type { ApiRequest, ApiResponse } from '../api/http.ts'

export interface Simulation {
  /** Simulated ms. */
  now(): number
  /** When the next thing happens, simulated ms; undefined: nothing ever will. */
  next(): number | undefined
  /** Lets the next thing happen that is due by then; false: there is none, and the clock stands there. */
  step(until: number): boolean
  /** Hands a request in, under a number of its own; `opens`: it opens a watch or a stream, which has that number. */
  ask(id: number, request: ApiRequest, opens: boolean): void
  /** Numbers of requests that were answered and not taken. */
  answered(): Iterable<number>
  take(id: number): Reply
  /** What has come over an open watch or stream and was not read; undefined: nothing new. */
  read(id: number): Arrived | undefined
  /** Nobody reads that watch or stream any more. */
  leave(id: number): void
}

export type Reply = { response: ApiResponse } | { error: string }

export interface Arrived {
  lines: ({ type: string; object: unknown } | { text: string; to?: 'out' | 'err' })[]
  closed: boolean
  /** What a command ended with. */
  status?: unknown
}

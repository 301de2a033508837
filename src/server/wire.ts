// wire.ts: hands requests to the simulation and lets its time go by with the wall's: the only clock of a served cluster.

import type { ApiRequest } from '../api/http.ts'
import type { Arrived, Reply, Simulation } from './simulation.ts'

const LEAD_MS = 1_000 // A request that waits may bring simulated time so far ahead of the wall; then it waits in earnest.
const SLICE_MS = 8 // Real ms of simulation at a stretch; then sockets are served.
const NAP_MS = 60_000 // Nobody sleeps longer than that, real ms.
const BACK_MS = 5_000 // A wall clock that is set back further than that is followed from where it stands.

export interface Wire {
  /** The answer; for what opens a watch or stream, `hear` is called with what comes over it until it is closed or left. */
  ask(request: ApiRequest, hear?: (arrived: Arrived) => void): { answer: Promise<Reply>; leave: () => void }
  stop(): void
}

/** `speed`: simulated ms a real one; Infinity: as fast as the machine can. `broken` hears of a mistake of ours. */
export function newWire(sim: Simulation, speed: number, broken: (error: unknown) => void, wall: () => number = Date.now): Wire {
  const pending = new Map<number, (reply: Reply) => void>()
  const open = new Map<number, (arrived: Arrived) => void>()
  let ids = 0
  let stopped = false
  let nap: NodeJS.Timeout | undefined
  let soon: NodeJS.Immediate | undefined
  let began = { sim: sim.now(), wall: wall() }

  /** Where simulated time should stand. */
  function due(): number {
    if (speed === Number.POSITIVE_INFINITY) return speed
    const at = began.sim + (wall() - began.wall) * speed
    if (at >= sim.now() - LEAD_MS - BACK_MS * Math.max(1, speed)) return at
    began = { sim: sim.now(), wall: wall() }
    return began.sim
  }
  function deliver(): void {
    for (const id of [...sim.answered()]) {
      const reply = sim.take(id)
      pending.get(id)?.(reply)
      pending.delete(id)
    }
  }
  function tell(): void {
    for (const [id, hear] of open) {
      if (pending.has(id)) continue
      const arrived = sim.read(id)
      if (arrived === undefined) continue
      if (arrived.closed) open.delete(id)
      hear(arrived)
    }
  }
  function turn(): void {
    clearTimeout(nap)
    nap = soon = undefined
    if (stopped) return
    try {
      if (run()) soon = setImmediate(turn)
      else nap = setTimeout(turn, restOf())
    } catch (error) {
      stopped = true
      broken(error)
    }
  }
  /** True: there is more to do at once. */
  function run(): boolean {
    const until = performance.now() + SLICE_MS
    const target = due()
    for (;;) {
      const next = sim.next()
      if (next === undefined || next > (pending.size > 0 ? target + LEAD_MS : target)) break
      sim.step(next)
      if (pending.size > 0) deliver()
      if (performance.now() > until) {
        tell()
        return true
      }
    }
    if (target !== Number.POSITIVE_INFINITY && target > sim.now()) sim.step(target)
    deliver()
    tell()
    return false
  }
  function restOf(): number {
    const next = sim.next()
    if (next === undefined || speed === Number.POSITIVE_INFINITY) return NAP_MS
    const lead = pending.size > 0 ? LEAD_MS : 0
    return Math.min(NAP_MS, Math.max(1, Math.ceil((next - lead - due()) / speed)))
  }
  function wake(): void {
    if (!stopped && soon === undefined) soon = setImmediate(turn)
  }
  wake()
  return {
    ask(request, hear) {
      const id = ++ids
      const answer = new Promise<Reply>(done => pending.set(id, done))
      if (hear) open.set(id, hear)
      // It comes in at the present moment, and not at that of the last thing that happened.
      const now = due()
      if (!stopped && now !== Number.POSITIVE_INFINITY && (sim.next() ?? Number.POSITIVE_INFINITY) > now && now > sim.now()) sim.step(now)
      sim.ask(id, request, hear !== undefined)
      wake()
      return {
        answer,
        leave: () => {
          if (open.delete(id)) sim.leave(id)
          wake()
        },
      }
    },
    stop() {
      stopped = true
      clearTimeout(nap)
      clearImmediate(soon)
    },
  }
}

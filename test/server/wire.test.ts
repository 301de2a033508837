// wire.test.ts: how simulated time goes by with the wall's.

import { expect, test } from 'vitest'
import type { Simulation } from '../../src/server/simulation.ts'
import { newWire } from '../../src/server/wire.ts'

/** A simulation that ticks every `every` ms and answers each request `takes` ms after it came. */
function ticking({ every, takes }: { every: number; takes: number }) {
  const at = { now: 0, tick: every, ticks: 0 }
  const due = new Map<number, number>()
  const next = () => Math.min(at.tick, ...[...due.values()].filter(time => time > at.now))
  const sim: Simulation = {
    now: () => at.now,
    next,
    step(until) {
      const time = next()
      at.now = Math.min(time, until)
      if (time > until) return false
      if (time === at.tick) {
        at.tick += every
        at.ticks++
      }
      return true
    },
    ask: id => void due.set(id, at.now + takes),
    answered: () => [...due].filter(([, time]) => time <= at.now).map(([id]) => id),
    take(id) {
      due.delete(id)
      return { response: { status: 200, headers: {}, body: at.now } }
    },
    read: () => undefined,
    leave() {},
  }
  return { at, sim }
}

const GET = { method: 'GET', path: '/', query: {}, headers: {} } as const
const turns = async (n: number) => {
  for (let i = 0; i < n; i++) await new Promise(done => setImmediate(done))
}

test('as much time goes by in the simulation as on the wall, times the speed', async () => {
  for (const [speed, ticks] of [
    [1, 5],
    [10, 50],
  ] as const) {
    let wall = 1_000
    const { at, sim } = ticking({ every: 100, takes: 0 })
    const wire = newWire(
      sim,
      speed,
      () => {},
      () => wall,
    )
    wall += 500
    await turns(2)
    expect([at.ticks, at.now]).toEqual([ticks, ticks * 100])
    wire.stop()
  }
})

test('a request is answered at once, though its answer takes simulated time', async () => {
  const { at, sim } = ticking({ every: 10_000, takes: 4 })
  const wire = newWire(
    sim,
    1,
    () => {},
    () => 0,
  )
  expect(await wire.ask(GET).answer).toEqual({ response: { status: 200, headers: {}, body: 4 } })
  expect(at.now).toBe(4)
  wire.stop()
})

test('a request that takes longer brings time a second ahead of the wall, and no further', async () => {
  let wall = 0
  const { at, sim } = ticking({ every: 100, takes: 5_000 })
  const wire = newWire(
    sim,
    1,
    () => {},
    () => wall,
  )
  const { answer } = wire.ask(GET)
  await turns(3)
  expect(at.now).toBe(1_000)
  wall = 4_000
  void wire.ask(GET)
  expect(await answer).toEqual({ response: { status: 200, headers: {}, body: 5_000 } })
  wire.stop()
})

test('a wall clock that is set back does not hold the simulation up', async () => {
  let wall = 1_000_000
  const { at, sim } = ticking({ every: 100, takes: 0 })
  const wire = newWire(
    sim,
    1,
    () => {},
    () => wall,
  )
  await turns(2)
  wall = 0
  await wire.ask(GET).answer
  wall = 500
  await wire.ask(GET).answer
  expect(at.ticks).toBe(5)
  wire.stop()
})

test('a mistake of ours ends the clock, and is told', async () => {
  const { sim } = ticking({ every: 100, takes: 0 })
  let told: unknown
  let wall = 0
  newWire(
    {
      ...sim,
      step: () => {
        throw new Error('broken')
      },
    },
    1,
    error => {
      told = error
    },
    () => wall,
  )
  wall = 1_000
  await turns(3)
  expect(told).toEqual(new Error('broken'))
})

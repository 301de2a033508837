import { expect, test } from 'vitest'
import { machine, type System } from '../../src/kernel/machine.ts'
import { fork, give, newTimeline, rewindTo, step } from '../../src/kernel/timeline.ts'
import { advance, advanceTo, apply, copyWorld, newWorld, type World, why } from '../../src/kernel/world.ts'

// A bank: tellers ask the ledger, the ledger keeps accounts on disk.
const ledger = machine<{ durable: { balance: number }; asked: number }>({
  init: () => ({ durable: { balance: 0 }, asked: 0 }),
  on: {
    add(s, m, io) {
      s.asked++
      s.durable.balance += m.body
      io.note('Added', { amount: m.body })
      io.reply(m, s.durable.balance)
    },
    never() {},
    listen(_s, m, io) {
      io.link(m.from)
    },
    'peer/down'() {},
  },
})

interface Teller {
  heard: unknown[]
  ticks: number
  timer: number
  routine: number
}
const teller = machine<Teller>({
  init: () => ({ heard: [], ticks: 0, timer: 0, routine: 0 }),
  on: {
    start() {},
    deposit(_s, m, io) {
      io.note('Ordered', { amount: m.body })
      io.call('ledger', 'add', m.body, 'added', { was: m.body })
    },
    added(s, m) {
      s.heard.push(m.body)
    },
    ask(_s, m, io) {
      io.call('ledger', m.body.type, 0, 'added', undefined, m.body.timeout)
    },
    alarm(s, m, io) {
      s.timer = io.after(m.body, 'tick')
    },
    calm(s, _m, io) {
      io.cancel(s.timer)
    },
    tick(s) {
      s.ticks++
    },
    connect(_s, _m, io) {
      io.send('ledger', 'listen', undefined)
    },
    'peer/down'(s, m) {
      s.heard.push(m.body)
    },
    begin(s, m, io) {
      s.routine = io.start(m.body.routine, m.body.args)
    },
    tell(s, m, io) {
      io.signal(s.routine, m.body)
    },
  },
  routines: {
    *thrice(io, amount: number) {
      for (let i = 0; i < 3; i++) {
        const answer = yield* io.call('ledger', 'add', amount)
        const luck = io.int(1000)
        io.state(s => void s.heard.push([answer.ok && answer.value, luck, io.now]) as unknown)
        yield* io.sleep(10)
      }
      const all = yield* io.all([1, 2, 3].map(body => ({ to: 'ledger', type: 'add', body })))
      io.state(s => void s.heard.push(all.map(a => a.ok && a.value)))
    },
    *counter(io, count: number) {
      const signal = yield* io.receive<string>(50)
      io.state(s => void s.heard.push([count, signal]))
      if (signal === undefined) return
      return io.again(count + 1)
    },
  },
})

const system: System = { machines: { ledger, teller }, delay: () => 5 }
function bank(seed = 1): World {
  const world = newWorld(seed)
  apply(system, world, { input: 'spawn', name: 'ledger', config: {} })
  apply(system, world, { input: 'spawn', name: 'teller/a', config: {} })
  return world
}
const tell = (world: World, type: string, body?: unknown) => apply(system, world, { input: 'post', to: 'teller/a', type, body })
const heard = (world: World) => world.actors.get('teller/a')!.state.heard

test('an answer takes the wire there and back', () => {
  const world = bank()
  tell(world, 'deposit', 7)
  advanceTo(system, world, 9)
  expect(heard(world)).toEqual([])
  advanceTo(system, world, 10)
  expect(heard(world)).toEqual([{ answer: { ok: true, value: 7 }, context: { was: 7 } }])
})

test('a note names the note that led to it, back to the order', () => {
  const world = bank()
  tell(world, 'deposit', 7)
  advanceTo(system, world, 100)
  const added = world.notes.find(n => n.kind === 'Added')!
  expect(why(world, added).map(n => n.kind)).toEqual(['Ordered'])
})

test('what is asked of a dead actor is refused, what it was working on is lost, and its disk stays', () => {
  const world = bank()
  tell(world, 'deposit', 7)
  tell(world, 'ask', { type: 'never' })
  advanceTo(system, world, 50)
  apply(system, world, { input: 'crash', name: 'ledger' })
  tell(world, 'deposit', 1)
  advanceTo(system, world, 100)
  expect(heard(world).slice(1)).toEqual([
    { answer: { ok: false, error: 'lost' }, context: undefined },
    { answer: { ok: false, error: 'refused' }, context: { was: 1 } },
  ])
  apply(system, world, { input: 'restart', name: 'ledger' })
  tell(world, 'deposit', 3)
  advanceTo(system, world, 200)
  expect(heard(world)[3].answer).toEqual({ ok: true, value: 10 })
  expect(world.actors.get('ledger')!.state.asked).toBe(1)
})

test('a call may time out, and a late answer is dropped', () => {
  const world = bank()
  tell(world, 'ask', { type: 'never', timeout: 30 })
  tell(world, 'ask', { type: 'add', timeout: 7 })
  advanceTo(system, world, 100)
  expect(heard(world).map((h: any) => h.answer)).toEqual([
    { ok: false, error: 'timeout' },
    { ok: false, error: 'timeout' },
  ])
})

test('a cut wire loses what is sent, and breaks connections after a while', () => {
  const world = bank()
  tell(world, 'connect')
  advanceTo(system, world, 10)
  apply(system, world, { input: 'cut', a: 'ledger', b: 'teller/a' })
  tell(world, 'deposit', 1)
  advanceTo(system, world, 20_000)
  expect(heard(world)).toEqual([])
  advanceTo(system, world, 40_000)
  expect(heard(world)).toEqual([
    { peer: 'ledger', link: 1 },
    { answer: { ok: false, error: 'timeout' }, context: { was: 1 } },
  ])
  apply(system, world, { input: 'mend', a: 'ledger', b: 'teller/a' })
  tell(world, 'deposit', 1)
  advanceTo(system, world, 40_100)
  expect(heard(world)[2].answer).toEqual({ ok: true, value: 1 })
})

test('a cut that is mended within 30 s loses nothing, and ends no connection', () => {
  const world = bank()
  tell(world, 'connect')
  advanceTo(system, world, 10)
  const wire = { a: 'ledger', b: 'teller/a' }
  apply(system, world, { input: 'cut', ...wire })
  tell(world, 'deposit', 1)
  tell(world, 'deposit', 2)
  advanceTo(system, world, 29_000)
  expect(heard(world)).toEqual([])
  apply(system, world, { input: 'mend', ...wire })
  while (advance(system, world)) {}
  expect(heard(world).map((h: any) => h.answer.value)).toEqual([1, 3])
  expect(world.links.get('ledger')!.get('teller/a')).toBe(1)
})

test('a connection made anew outlives the notice of the one before it, whose wire was cut', () => {
  for (const died of [true, false]) {
    const world = bank()
    const wire = { a: 'ledger', b: 'teller/a' }
    tell(world, 'connect')
    advanceTo(system, world, 10)
    apply(system, world, { input: 'cut', ...wire })
    advanceTo(system, world, 5_000)
    if (died) {
      apply(system, world, { input: 'crash', name: 'ledger' })
      apply(system, world, { input: 'restart', name: 'ledger' })
    }
    apply(system, world, { input: 'mend', ...wire })
    tell(world, 'connect')
    // Cut again before the first attempt would have been given up: each cut has its own 30 s.
    advanceTo(system, world, 10_000)
    apply(system, world, { input: 'cut', ...wire })
    advanceTo(system, world, 39_000)
    expect(heard(world)).toEqual(died ? [{ peer: 'ledger', link: 1 }] : [])
    expect(world.links.get('teller/a')!.get('ledger')).toBe(died ? 2 : 1)
    advanceTo(system, world, 50_000)
    expect(heard(world).at(-1)).toEqual({ peer: 'ledger', link: died ? 2 : 1 })
    expect(world.links.get('teller/a')!.has('ledger')).toBe(false)
  }
})

test('what dies behind a cut wire is heard of when the wire is mended, or given up', () => {
  for (const mendedAt of [2_000, 60_000]) {
    const world = bank()
    const wire = { a: 'ledger', b: 'teller/a' }
    tell(world, 'connect')
    tell(world, 'ask', { type: 'never' })
    advanceTo(system, world, 10)
    apply(system, world, { input: 'cut', ...wire })
    apply(system, world, { input: 'crash', name: 'ledger' })
    advanceTo(system, world, 1_000)
    expect(heard(world)).toEqual([])
    advanceTo(system, world, mendedAt)
    apply(system, world, { input: 'mend', ...wire })
    while (advance(system, world)) {}
    const error = mendedAt < 30_000 ? 'lost' : 'timeout'
    expect(heard(world)).toContainEqual({ answer: { ok: false, error }, context: undefined })
    expect(heard(world)).toContainEqual({ peer: 'ledger', link: 1 })
    expect(heard(world).length).toBe(2)
  }
})

test('an actor that was removed hears nothing when another of its name comes', () => {
  const world = bank()
  tell(world, 'alarm', 20)
  advanceTo(system, world, 1)
  apply(system, world, { input: 'remove', name: 'teller/a' })
  apply(system, world, { input: 'spawn', name: 'teller/a', config: {} })
  advanceTo(system, world, 100)
  expect(world.actors.get('teller/a')!.state.ticks).toBe(0)
})

test('a cancelled timer does not ring', () => {
  const world = bank()
  tell(world, 'alarm', 20)
  advanceTo(system, world, 1)
  tell(world, 'calm')
  tell(world, 'alarm', 30)
  advanceTo(system, world, 100)
  expect(world.actors.get('teller/a')!.state.ticks).toBe(1)
})

test('a routine goes on in a copy of the world from where it stood, whenever the copy is made', () => {
  const straight = bank()
  tell(straight, 'begin', { routine: 'thrice', args: 5 })
  while (advance(system, straight)) {}
  expect(heard(straight).length).toBe(4)
  expect(heard(straight)[3]).toEqual([16, 18, 21])
  for (let cut = 0; cut <= straight.position; cut++) {
    const world = bank()
    tell(world, 'begin', { routine: 'thrice', args: 5 })
    for (let i = 0; i < cut; i++) advance(system, world)
    const twin = copyWorld(world)
    while (advance(system, twin)) {}
    expect(heard(twin)).toEqual(heard(straight))
    expect(twin.chain).toBe(straight.chain)
  }
})

test('a routine hears its signals in order, and goes round with what it was given', () => {
  const world = bank()
  tell(world, 'begin', { routine: 'counter', args: 1 })
  for (const word of ['a', 'b', 'c']) tell(world, 'tell', word)
  while (advance(system, world)) {}
  expect(heard(world)).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
    [4, undefined],
  ])
})

test('rewinding and going forward again leads to the same history', () => {
  const line = newTimeline(bank(), 7)
  const inputs = ['deposit', 'alarm', 'deposit', 'deposit']
  const seen: number[] = [line.world.chain]
  inputs.forEach((type, i) => {
    give(system, line, { input: 'post', to: 'teller/a', type, body: 10 + i })
    step(system, line, line.world.now + 3)
    step(system, line, line.world.now + 3)
  })
  give(system, line, { input: 'post', to: 'teller/a', type: 'begin', body: { routine: 'thrice', args: 2 } })
  while (step(system, line)) seen[line.world.position] = line.world.chain
  const end = line.world.position
  for (let back = end; back >= 0; back--) {
    rewindTo(system, line, back)
    if (seen[back] !== undefined) expect(line.world.chain).toBe(seen[back])
    const other = fork(line)
    while (step(system, line)) {}
    expect([line.world.position, line.world.chain]).toEqual([end, seen[end]])
    give(system, other, { input: 'post', to: 'teller/a', type: 'deposit', body: 99 })
    while (step(system, other)) {}
    expect(other.world.chain).not.toBe(line.world.chain)
  }
})

test('what a dead actor would have said again over a cut wire is never said, and who waited for it learns that', () => {
  const world = bank()
  apply(system, world, { input: 'post', to: 'teller/a', type: 'ask', body: { type: 'add', timeout: 100_000 } })
  advanceTo(system, world, 2)
  apply(system, world, { input: 'cut', a: 'ledger', b: 'teller/a' })
  advanceTo(system, world, 8)
  apply(system, world, { input: 'crash', name: 'ledger' })
  apply(system, world, { input: 'mend', a: 'ledger', b: 'teller/a' })
  advanceTo(system, world, 50)
  expect(heard(world).filter((h: any) => h.answer?.ok === true)).toEqual([])
})

// rewind.ts: a random life on a timeline, taken back and forth and forked, beside the same life that was never copied.

import { createHash } from 'node:crypto'
import { newCluster, SYSTEM } from '../../src/cluster/cluster.ts'
import { int, seeded } from '../../src/kernel/random.ts'
import { fork, give, newTimeline, rewindTo, step, type Timeline } from '../../src/kernel/timeline.ts'
import { advance, apply, type Input, type World } from '../../src/kernel/world.ts'
import { act, heal, newLife } from './life.ts'

const STORM = 30_000 // Simulated ms of orders and incidents,
const CALM = 10_000 // and of peace after them.
const MARKS = 10 // Moments of the life at which everything is compared.
const REWINDS = 6
const FORKS = 2
const FORK_STEPS = 400

export interface Rewound {
  messages: number
  inputs: number
  /** Whole worlds that were compared. */
  compared: number
  violations: string[]
}

/** One moment of the life that was never copied: after so many messages and inputs, the world was this. */
interface Mark {
  position: number
  applied: number
  now: number
  chain: number
  whole: string
}

export function rewoundLife(seed: number): Rewound {
  const marks: Mark[] = []
  const inputs: Input[] = []
  const lived = live(seed, {
    world: newCluster({ seed }),
    give: (world, input) => {
      inputs.push(input)
      apply(SYSTEM, world, input)
    },
    step: (world, until) => advance(SYSTEM, world, until) !== undefined,
    seen: (world, last) => {
      const due = last || (world.position >= (marks.length + 1) * 500 && marks.length < MARKS)
      if (due) marks.push({ position: world.position, applied: inputs.length, now: world.now, chain: world.chain, whole: wholeOf(world) })
    },
  })
  const end = marks[marks.length - 1]!
  const line = newTimeline(newCluster({ seed }))
  live(seed, {
    world: line.world,
    give: (_, input) => give(SYSTEM, line, input),
    step: (_, until) => step(SYSTEM, line, until) !== undefined,
    seen: () => {},
  })
  const result: Rewound = { messages: lived.position, inputs: inputs.length, compared: 0, violations: [] }
  const chance = seeded(seed)
  const same = (what: string, mark: Mark, world: World): void => {
    result.compared++
    const wrong = differences(mark, world)
    if (wrong !== '') result.violations.push(`${what}, at message ${mark.position} of ${end.position}: ${wrong}`)
  }
  same('on a timeline', end, line.world)
  for (let i = 0; i < REWINDS; i++) {
    const mark = marks[int(chance, marks.length)]!
    rewindTo(SYSTEM, line, mark.position, mark.applied)
    // At the end the clock went on after the last message.
    if (mark === end) step(SYSTEM, line, mark.now)
    same(`rewound ${i + 1} times`, mark, line.world)
    if (i < FORKS) forks(line, mark, inputs, chance, same)
    // Not to the end: the next rewind begins wherever we are.
    for (let n = int(chance, 2_000); n > 0 && line.world.position < end.position; n--) step(SYSTEM, line)
    rewindTo(SYSTEM, line, int(chance, line.world.position + 1))
  }
  forward(line, end)
  same('rewound and forward again', end, line.world)
  return result
}

/** Two forks at this moment: one that goes another way, one that is left alone. The original must not notice, and a fork that repeats it must be it. */
function forks(line: Timeline, mark: Mark, inputs: Input[], chance: ReturnType<typeof seeded>, same: (what: string, mark: Mark, world: World) => void): void {
  const still = fork(line)
  const other = fork(line)
  for (const name of ['kube-scheduler', 'etcd', 'kubelet/factory-p']) give(SYSTEM, other, { input: int(chance, 2) === 0 ? 'crash' : 'restart', name })
  give(SYSTEM, other, inputs[int(chance, inputs.length)]!)
  for (let n = 0; n < FORK_STEPS; n++) step(SYSTEM, other)
  same('after a fork went another way', mark, line.world)
  for (let n = 0; n < FORK_STEPS && line.world.position < mark.position + FORK_STEPS; n++) step(SYSTEM, line)
  same('a fork whose original went on', mark, still.world)
}

function forward(line: Timeline, end: Mark): void {
  while (line.world.position < end.position || line.applied < end.applied) if (step(SYSTEM, line, end.now) === undefined) break
  while (step(SYSTEM, line, end.now) !== undefined) {}
}

interface Steering {
  world: World
  give(world: World, input: Input): void
  step(world: World, until: number): boolean
  seen(world: World, last: boolean): void
}

/** The life itself: the same orders at the same moments, whoever moves the world. */
function live(seed: number, steering: Steering): World {
  const life = newLife(seed)
  const { world } = steering
  const given = (input: Input) => steering.give(world, input)
  const goTo = (time: number): void => {
    while (steering.step(world, time)) steering.seen(world, false)
  }
  const storm = life.from + STORM
  for (let next = life.from; next < storm; ) {
    goTo(next)
    next += act(life, world, given)
  }
  goTo(storm)
  heal(world, given)
  goTo(storm + CALM)
  steering.seen(world, true)
  return world
}

/** What is not as it was, '' if all is: the first part of the world that differs. */
function differences(mark: Mark, world: World): string {
  if (mark.position !== world.position) return `${world.position} messages were dispatched, not ${mark.position}`
  if (mark.now !== world.now) return `the clock stands at ${world.now}, not at ${mark.now}`
  if (mark.chain !== world.chain) return 'the chain is another'
  const whole = wholeOf(world)
  if (whole === mark.whole) return ''
  const [were, are] = [mark.whole.split('\n'), whole.split('\n')]
  return `these parts of the world differ: ${are.map(l => l.split(' ')[0]).filter((_, i) => are[i] !== were[i])}`
}

/** Every part of the world as a hash over all that is in it, in the order in which it lies there; one line each. */
function wholeOf(world: World): string {
  const { actors, ...rest } = world
  const parts: [string, unknown][] = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))
  parts.push(['actors', [...actors.keys()]])
  for (const actor of actors.values()) parts.push([actor.name, actor])
  return parts.map(([name, part]) => `${name} ${createHash('sha1').update(serialised(part)).digest('base64')}`).join('\n')
}

/** Maps, sets, typed arrays and what is undefined are told apart. */
function serialised(part: unknown): string {
  return JSON.stringify(part, (_k, v) => {
    if (v === undefined) return { $: 'undefined' }
    if (v instanceof Map) return { $: 'Map', of: [...v] }
    if (v instanceof Set) return { $: 'Set', of: [...v] }
    if (ArrayBuffer.isView(v)) return { $: 'numbers', of: Array.from(v as unknown as ArrayLike<number>) }
    return v
  })
}

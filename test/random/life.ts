// life.ts: what befalls a cluster in one random life: orders, crashes at any moment, cut and slow wires. Everything follows from the seed.

import { SYSTEM } from '../../src/cluster/cluster.ts'
import { int, type Random, seeded } from '../../src/kernel/random.ts'
import { apply, type Input, type World } from '../../src/kernel/world.ts'
import { order } from './orders.ts'

const USER = 'user/admin'
const QUIET_EVERY = 8 // Every so many lives nothing breaks: they show what only a calm cluster promises.

/** Each life draws its own likelihoods: some are all crashes, some all orders. */
interface Swarm {
  pause: number
  crash: number
  wire: number
  orders: number
}

export interface Life {
  chance: Random
  swarm: Swarm
  /** Does nothing break in it? */
  quiet: boolean
  asked: number
  /** When the first thing happens, ms. */
  from: number
}

export function newLife(seed: number): Life {
  const chance = seeded(seed * 7919 + 13)
  const swarm = { pause: 300 + int(chance, 6_000), crash: int(chance, 30), wire: int(chance, 15), orders: 20 + int(chance, 60) }
  const quiet = seed % QUIET_EVERY === 0
  if (quiet) Object.assign(swarm, { crash: 0, wire: 0 })
  return { chance, swarm, quiet, asked: 0, from: 10_000 + int(chance, 3_000) }
}

/** The next blow or order, and how long it is until the one after it, ms. */
export function act(life: Life, world: World, give: (input: Input) => void): number {
  const { chance, swarm } = life
  const dice = int(chance, swarm.crash + swarm.wire + swarm.orders)
  const actors = [...world.actors.keys()].filter(n => !n.startsWith('user/'))
  const any = actors[int(chance, actors.length)]!
  if (dice < swarm.crash) {
    const down = actors.filter(n => !world.actors.get(n)!.up)
    if (down.length > 0 && int(chance, 2) === 0) give({ input: 'restart', name: down[int(chance, down.length)]! })
    else give({ input: 'crash', name: any })
  } else if (dice < swarm.crash + swarm.wire) {
    const peer = any === 'kube-apiserver' ? 'etcd' : 'kube-apiserver'
    const wire = int(chance, 4)
    if (wire === 0) give({ input: 'cut', a: any, b: peer })
    else if (wire === 1) mendAll(world, give)
    else give({ input: 'slow', from: peer, to: any, ms: wire === 2 ? int(chance, 2_000) : 0 })
  } else {
    give({ input: 'post', to: USER, type: 'ask', body: { id: ++life.asked, request: order(chance), open: false } })
  }
  return 1 + int(chance, swarm.pause)
}

/** Everything is brought back and mended. */
export function heal(world: World, give: (input: Input) => void = input => apply(SYSTEM, world, input)): void {
  for (const actor of world.actors.values()) if (!actor.up) give({ input: 'restart', name: actor.name })
  mendAll(world, give)
  for (const wire of [...world.slow.keys()]) give({ input: 'slow', from: wire.split('>')[0]!, to: wire.split('>')[1]!, ms: 0 })
}

function mendAll(world: World, give: (input: Input) => void): void {
  for (const wire of [...world.cut.keys()]) if (world.cut.has(wire)) give({ input: 'mend', a: wire.split('>')[0]!, b: wire.split('>')[1]! })
}

// actors.ts: how actors come, die, come back, and lose each other.
// Models nothing of any one domain
// Differs: nothing known

import type { System } from './machine.ts'
import { killRoutines } from './routine.ts'
import { answer, CUT_TIMEOUT, transmit } from './turn.ts'
import type { Actor, World } from './world.ts'

/** The part of an actor's name before the slash names its machine. */
const machineOf = (name: string) => (name.includes('/') ? name.slice(0, name.indexOf('/')) : name)

export function spawn(system: System, world: World, name: string, config: unknown): void {
  if (world.actors.has(name)) throw new Error(`actor ${name} exists already`)
  const machine = machineOf(name)
  if (system.machines[machine] === undefined) throw new Error(`no machine ${machine} for actor ${name}`)
  world.actors.set(name, { name, machine, config, up: false, life: 0, state: undefined, routines: new Map() })
  restart(system, world, name)
}

export function restart(system: System, world: World, name: string): void {
  const actor = actorOf(world, name)
  if (actor.up) return
  const durable = actor.state?.durable
  const machine = system.machines[actor.machine]!
  actor.state = machine.init(name, actor.config)
  if (durable !== undefined) actor.state.durable = durable
  actor.up = true
  if (machine.on['start']) transmit(system, world, { from: name, to: name, type: 'start', body: actor.config, cause: 0 }, 0)
}

export function crash(system: System, world: World, name: string): void {
  const actor = actorOf(world, name)
  if (!actor.up) return
  actor.up = false
  actor.life++
  actor.state = { durable: actor.state?.durable }
  killRoutines(actor)
  for (const [id, call] of world.calls) {
    if (call.from === name) world.calls.delete(id)
    else if (call.to === name && call.delivered && !call.answered) answer(system, world, id, { ok: false, error: 'lost' }, 0)
  }
  const peers = world.links.get(name)
  world.links.delete(name)
  for (const peer of peers ?? []) unlink(system, world, name, peer)
}

/** `peer` learns that its connection with `name` broke. */
function unlink(system: System, world: World, name: string, peer: string): void {
  world.links.get(peer)?.delete(name)
  transmit(system, world, { from: name, to: peer, type: 'peer/down', body: { peer: name }, cause: 0 }, system.delay(name, peer, 'peer/down'))
}

export function cut(system: System, world: World, a: string, b: string): void {
  world.cut.add(`${a}>${b}`)
  world.cut.add(`${b}>${a}`)
  if (!world.links.get(a)?.delete(b)) return
  world.links.get(b)?.delete(a)
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const)
    transmit(system, world, { from: to, to: to, type: 'peer/down', body: { peer: from }, cause: 0 }, CUT_TIMEOUT)
}

function actorOf(world: World, name: string): Actor {
  const actor = world.actors.get(name)
  if (actor === undefined) throw new Error(`no actor ${name}; there are ${[...world.actors.keys()].join(', ')}`)
  return actor
}

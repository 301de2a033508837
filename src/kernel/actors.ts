// actors.ts: how actors come, die and come back.
// Models nothing of any one domain
// Differs: nothing known

import type { System } from './machine.ts'
import { killRoutines } from './routine.ts'
import { answer, transmit } from './turn.ts'
import { disconnect } from './wires.ts'
import type { Actor, World } from './world.ts'

/** The part of an actor's name before the slash names its machine. */
const machineOf = (name: string) => (name.includes('/') ? name.slice(0, name.indexOf('/')) : name)

export function spawn(system: System, world: World, name: string, config: unknown): void {
  if (world.actors.has(name)) throw new Error(`actor ${name} exists already`)
  const machine = machineOf(name)
  if (system.machines[machine] === undefined) throw new Error(`no machine ${machine} for actor ${name}`)
  world.actors.set(name, { name, machine, config, up: false, life: ++world.lives, state: undefined, routines: new Map() })
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
  if (machine.on['start']) transmit(world, { from: name, to: name, type: 'start', body: actor.config, cause: 0 }, 0)
}

export function crash(system: System, world: World, name: string): void {
  const actor = actorOf(world, name)
  if (!actor.up) return
  actor.up = false
  actor.life = ++world.lives
  actor.state = { durable: actor.state?.durable }
  killRoutines(actor)
  // What it would have said again over a cut wire dies with it, its answers too.
  const unsaid = world.held.filter(m => m.from === name && m.type !== 'peer/down')
  if (unsaid.length > 0) world.held = world.held.filter(m => !unsaid.includes(m))
  // What waits at a gate could be let through no more.
  const stopped = world.stopped.filter(s => s.said.from === name)
  if (stopped.length > 0) world.stopped = world.stopped.filter(s => s.said.from !== name)
  for (const m of [...unsaid, ...stopped.map(s => s.said)]) {
    const call = m.type === '$answer' ? world.calls.get(m.body.call) : undefined
    if (call !== undefined) call.answered = false
  }
  for (const [id, call] of world.calls) {
    if (call.from === name) world.calls.delete(id)
    else if (call.to === name && call.delivered && !call.answered) answer(world, id, { ok: false, error: 'lost' }, 0)
  }
  // Each peer learns that its connection broke.
  for (const [peer, link] of [...(world.links.get(name) ?? [])]) {
    disconnect(world, name, peer)
    transmit(world, { from: name, to: peer, type: 'peer/down', body: { peer: name, link }, cause: 0 }, system.delay(name, peer, 'peer/down'))
  }
  world.links.delete(name)
}

function actorOf(world: World, name: string): Actor {
  const actor = world.actors.get(name)
  if (actor === undefined) throw new Error(`no actor ${name}; there are ${[...world.actors.keys()].join(', ')}`)
  return actor
}

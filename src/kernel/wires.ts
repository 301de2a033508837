// wires.ts: connections between actors, and wires that are cut: what is said over one waits, and is lost if nobody mends it in time.
// Models TCP, which sends again and again until it gives up (RFC 1122 4.2.3.5)
// Differs: nothing is slower after a short cut; two actors share one connection

import { push } from './agenda.ts'
import type { Message, System } from './machine.ts'
import { AGENDA_MAX, arrival, failCall, transmit } from './turn.ts'
import type { World } from './world.ts'

export const CUT_TIMEOUT = 30_000 // So long the ends of a cut wire try before they give up, ms.

/** The number of the connection between two actors, made if there is none; who connects with a dead actor is told soon. */
export function connect(world: World, self: string, peer: string): { link: number; dead: boolean } {
  const known = world.links.get(self)?.get(peer)
  const link = known ?? ++world.linkIds
  if (known === undefined) {
    linksOf(world, self).set(peer, link)
    linksOf(world, peer).set(self, link)
  }
  if (world.cut.has(`${self}>${peer}`)) attempt(world, self, peer)
  else if (!world.actors.get(peer)?.up) return { link, dead: true }
  return { link, dead: false }
}

/** Ends the connection, if there is one, and returns its number. */
export function disconnect(world: World, a: string, b: string): number | undefined {
  const link = world.links.get(a)?.get(b)
  world.links.get(a)?.delete(b)
  world.links.get(b)?.delete(a)
  return link
}

export function cut(world: World, a: string, b: string): void {
  if (world.cut.has(`${a}>${b}`)) return
  attempt(world, a, b)
}

/** What was said meanwhile goes on its way; who waits for a dead actor learns it. */
export function mend(system: System, world: World, a: string, b: string): void {
  if (!world.cut.has(`${a}>${b}`)) return
  world.cut.delete(`${a}>${b}`)
  world.cut.delete(`${b}>${a}`)
  for (const message of takeHeld(world, a, b)) {
    const type = message.type === '$answer' ? 'answer' : message.type
    const at = arrival(world, `${message.from}>${message.to}`, world.now + system.delay(message.from, message.to, type))
    push(world.agenda, { ...message, at })
  }
  for (const [self, peer] of bothWays(a, b))
    if (world.links.get(self)?.has(peer) && !world.actors.get(peer)?.up) tellDown(world, self, peer, disconnect(world, self, peer)!)
}

/** Keeps what is said over a cut wire until the wire is mended, or the attempt is over. */
export function hold(world: World, message: Message): void {
  if (world.held.length >= AGENDA_MAX) throw new Error(`${AGENDA_MAX} messages wait on cut wires: ${message.from} sends ${message.type} without end`)
  attempt(world, message.from, message.to)
  world.held.push(message)
}

/** The attempt is over, unless the wire was mended since: calls fail, both ends learn that their connection is gone. */
export function giveUp(world: World, message: Message): void {
  const { a, b } = message.body
  if (world.cut.get(`${a}>${b}`) !== message.id) return
  world.cut.set(`${a}>${b}`, 0)
  world.cut.set(`${b}>${a}`, 0)
  // A dead peer's last notice is worth as much as the silence.
  for (const held of takeHeld(world, a, b)) if (held.type === 'peer/down') tellDown(world, held.to, held.from, held.body.link)
  const link = disconnect(world, a, b)
  if (link !== undefined) for (const [self, peer] of bothWays(a, b)) tellDown(world, self, peer, link)
  for (const [id, call] of world.calls) if ((call.from === a && call.to === b) || (call.from === b && call.to === a)) failCall(world, id)
}

/** Begins to try, if nobody does: from now on what is said waits, until the same moment for all. */
function attempt(world: World, a: string, b: string): void {
  if (world.cut.get(`${a}>${b}`)) return
  const id = ++world.ids
  world.cut.set(`${a}>${b}`, id)
  world.cut.set(`${b}>${a}`, id)
  push(world.agenda, { id, at: world.now + CUT_TIMEOUT, from: a, to: '', type: '$giveup', body: { a, b }, cause: 0, life: 0 })
}

function tellDown(world: World, self: string, peer: string, link: number): void {
  transmit(world, { from: self, to: self, type: 'peer/down', body: { peer, link }, cause: 0 }, 0)
}

function takeHeld(world: World, a: string, b: string): Message[] {
  const mine = (m: Message) => (m.from === a && m.to === b) || (m.from === b && m.to === a)
  const taken = world.held.filter(mine)
  if (taken.length > 0) world.held = world.held.filter(m => !mine(m))
  return taken
}

function linksOf(world: World, name: string): Map<string, number> {
  const known = world.links.get(name)
  if (known !== undefined) return known
  const made = new Map<string, number>()
  world.links.set(name, made)
  return made
}

const bothWays = (a: string, b: string) =>
  [
    [a, b],
    [b, a],
  ] as const

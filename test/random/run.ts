// run.ts: one random life of a cluster: a storm of orders and incidents, then calm, until all is as it was asked for.

import { createHash, type Hash } from 'node:crypto'
import type { Pod } from '../../src/api/pod.ts'
import { parseTime } from '../../src/api/time.ts'
import { newCluster, SYSTEM } from '../../src/cluster/cluster.ts'
import type { Etcd } from '../../src/cluster/etcd.ts'
import { unsettled } from '../../src/cluster/invariants/convergence.ts'
import { rejectedWhileGoing } from '../../src/cluster/invariants/floor.ts'
import { invariants } from '../../src/cluster/invariants.ts'
import { advance, apply, type World } from '../../src/kernel/world.ts'
import { act, heal, newLife } from './life.ts'

const STORM = 90_000 // Simulated ms in which things happen.
const CALM = 600_000 // Simulated ms after that in which the cluster must have come to what was asked.
const LOOK = 5_000 // It is looked at so often,
const FORGOTTEN = 60_000 // So long a Pod is going before somebody looks at its kubelet.
const STAY = 60_000 // and once it is there it must still be there after so long.

export interface RandomRun {
  /** Over every message (time, wire, type, body), and over what etcd holds at the end. */
  hash: string
  messages: number
  /** Simulated ms from the end of the storm until the cluster had come to rest. */
  settledAfter: number
  violations: string[]
}

/** `hashed` false: nobody compares the hash, which takes a quarter of the time. */
export function randomRun(seed: number, hashed = true): RandomRun {
  const life = newLife(seed)
  const world = newCluster({ seed })
  const hash = createHash('sha1')
  const check = invariants(world, { quiet: life.quiet })
  const violations: string[] = []
  /** False once there is too much to tell. */
  const goTo = (time: number): boolean => {
    for (;;) {
      const message = advance(SYSTEM, world, time)
      if (message === undefined) return true
      if (hashed) hash.update(`${message.at} ${message.from}>${message.to} ${message.type} ${bodyText(message.body)}`)
      for (const v of check(world, message)) violations.push(`at ${world.now} ms: ${v}`)
      if (violations.length >= 20) return false
    }
  }
  const storm = life.from + STORM
  for (let next = life.from; next < storm && goTo(next); ) next += act(life, world, input => apply(SYSTEM, world, input))
  if (violations.length < 20) goTo(storm)
  heal(world)
  let settledAfter = 0
  while (goTo(world.now + LOOK) && unsettled(world).length > 0 && world.now < storm + CALM) startForgetfulAnew(world)
  settledAfter = world.now - storm
  if (violations.length < 20) goTo(world.now + STAY)
  let left = unsettled(world)
  // What comes and goes may be on its way at that very moment.
  for (let i = 0; i < 3 && left.length > 0 && goTo(world.now + LOOK); i++) left = unsettled(world)
  for (const l of left) violations.push(`at ${world.now} ms, ${(world.now - storm) / 1000} s after the storm: ${l}`)
  finalStore(hash, world)
  return { hash: hash.digest('hex'), messages: world.position, settledAfter, violations }
}

/** A kubelet forgets a Pod that it rejected when it was going already: what an operator does then. */
function startForgetfulAnew(world: World): void {
  const { store } = (world.actors.get('etcd')!.state as Etcd).durable
  for (const [key, kv] of store.current) {
    const pod = kv.value as Pod
    if (!key.startsWith('/registry/pods/') || !rejectedWhileGoing(pod) || (parseTime(pod.metadata.deletionTimestamp) ?? 0) + FORGOTTEN > world.now) continue
    const name = `kubelet/${pod.spec.nodeName}`
    if (world.actors.get(name)?.up !== true) continue
    apply(SYSTEM, world, { input: 'crash', name })
    apply(SYSTEM, world, { input: 'restart', name })
  }
}

function finalStore(hash: Hash, world: World): void {
  const { store } = (world.actors.get('etcd')!.state as Etcd).durable
  for (const key of store.sorted) {
    const kv = store.current.get(key)!
    hash.update(`${key} ${kv.createRevision} ${kv.modRevision} ${kv.version} ${kv.lease} ${bodyText(kv.value)}`)
  }
}

const bodyText = (body: unknown): string => (body === undefined ? '' : JSON.stringify(body, (_k, v) => (v instanceof Map || v instanceof Set ? [...v] : v)))

// facts.ts: what is the case in a world: its objects as the vault has them, and conditions in CEL over them.

import { Environment } from '@marcbachmann/cel-js'
import { parseTime } from '../api/time.ts'
import { listed } from '../cluster/client/informer.ts'
import type { Container, Runtime } from '../cluster/container-runtime/state.ts'
import type { KeyValue, Store } from '../cluster/etcd/store.ts'
import type { Etcd } from '../cluster/etcd.ts'
import { objectOf } from '../cluster/kube-apiserver/storage.ts'
import type { SchedulerState } from '../cluster/kube-scheduler/state.ts'
import { nameOf } from '../company/cast.ts'
import type { World } from '../kernel/world.ts'
import type { Beat } from './beats.ts'

/** All objects under a prefix of the vault, such as `/registry/pods/`. */
export function objectsUnder(world: World, prefix: string): readonly any[] {
  const store = storeOf(world)
  return store === undefined ? [] : found(store, prefix, () => store.sorted.filter(key => key.startsWith(prefix)).map(key => readFrom(store.current.get(key)!)))
}

const storeOf = (world: World): Store | undefined => (world.actors.get('etcd')?.state as Etcd | undefined)?.durable.store

const looks = new WeakMap<Store, { revision: number; found: Map<string, readonly any[]> }>()

/** What was found in a store is remembered until the next write: most looks come between two. */
function found<T>(store: Store, what: string, look: () => readonly T[]): readonly T[] {
  let looked = looks.get(store)
  if (looked?.revision !== store.revision) {
    looked = { revision: store.revision, found: new Map() }
    looks.set(store, looked)
  }
  let there = looked.found.get(what)
  if (there === undefined) {
    there = look()
    looked.found.set(what, there)
  }
  return there
}

const read = new WeakMap<KeyValue, unknown>()

/** A page of the vault as an object, with the revision at which it was filed; remembered, for pages never change. */
function readFrom(kv: KeyValue): any {
  let object = read.get(kv)
  if (object === undefined) {
    object = objectOf(kv.value, kv.modRevision)
    read.set(kv, object)
  }
  return object
}

export const revisionOf = (world: World): number => storeOf(world)?.revision ?? 0

export interface PodFact {
  name: string
  namespace: string
  node: string
  phase: string
  ready: boolean
  labels: Record<string, string>
  object: any
}

export function podsOf(world: World): readonly PodFact[] {
  const store = storeOf(world)
  return store === undefined ? [] : found(store, 'facts of pods', () => objectsUnder(world, '/registry/pods/').map(podFact))
}

const podFact = (object: any): PodFact => ({
  name: object.metadata.name,
  namespace: object.metadata.namespace,
  node: object.spec.nodeName ?? '',
  phase: object.metadata.deletionTimestamp === undefined ? (object.status?.phase ?? '') : 'Terminating',
  ready: conditionOf(object, 'Ready') === 'True',
  labels: object.metadata.labels ?? {},
  object,
})

/** A bench of a factory floor: a sandbox that is ready, and the newest container of each name in it. */
export interface BenchFact {
  pod: string
  namespace: string
  node: string
  machines: { state: Container['state']; stopping: boolean }[]
}

/** What stands on the factory floors that have power, whatever the vault believes. */
export function benchesOn(world: World): BenchFact[] {
  const found: BenchFact[] = []
  for (const actor of world.actors.values()) {
    const node = actor.name.slice(actor.machine.length + 1)
    if (actor.machine !== 'container-runtime' || !hasPower(world, node)) continue
    const floor = (actor.state as Partial<Runtime> | undefined)?.durable
    if (floor === undefined) continue
    const containers = [...floor.containers.values()]
    for (const { id, name, namespace, state } of floor.sandboxes.values()) {
      if (state !== 'READY') continue
      const newest = new Map(containers.filter(c => c.sandbox === id).map(c => [c.config.name, c]))
      found.push({ pod: name, namespace, node, machines: [...newest.values()].map(c => ({ state: c.state, stopping: c.stops.length > 0 })) })
    }
  }
  return found
}

/** The node's kernel stops only when its power is cut; the processes above it come and go. */
export const hasPower = (world: World, node: string): boolean => world.actors.get(`netfilter/${node}`)?.up ?? false

/** Containers that run on the factory floor, one entry each. */
export const runningOn = (world: World): { pod: string; node: string }[] =>
  benchesOn(world).flatMap(({ pod, node, machines }) => machines.filter(m => m.state === 'RUNNING').map(() => ({ pod, node })))

export const conditionOf = (object: any, type: string): string => object.status?.conditions?.find((c: any) => c.type === type)?.status ?? ''

export interface Facts {
  world: World
  beats: readonly Beat[]
  beat?: Beat
  /** Bets placed, and right ones. */
  placed: number
  right: number
  /** Lines of the journal that are marked: made-up ones, and true ones. */
  fakeFlags: number
  realFlags: number
  /** Acts done as the real one does them, and others; papers that went in unchecked; jackets changed; callers who still wait. */
  role: { done: number; mistakes: number; forged: number; changes: number; left: number }
  /** Tasks rightly handed out, wrong ones, desks looked at. */
  tasks: { right: number; mistakes: number; looked: number }
  /** kubectl commands that the player has given, as they were typed. */
  commands: readonly string[]
  /** Figures of the last day, where days go by. */
  day: Record<string, number>
  /** Simulated seconds since the level opened. */
  seconds: number
}

const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })
const compiled = new Map<string, (context: Record<string, unknown>) => unknown>()

/** Is the condition met? What cannot be evaluated is not met. */
export function holds(expression: string, facts: Facts): boolean {
  return resultOf(expression, facts) === true
}

export function resultOf(expression: string, facts: Facts): unknown {
  try {
    return compile(expression)(contextOf(facts))
  } catch {
    return undefined
  }
}

/** The same over plain values. */
export function holdsOf(expression: string, context: Record<string, unknown>): boolean {
  try {
    return compile(expression)(context) === true
  } catch {
    return false
  }
}

function compile(expression: string): (context: Record<string, unknown>) => unknown {
  let run = compiled.get(expression)
  if (run === undefined) {
    run = environment.parse(expression) as unknown as (context: Record<string, unknown>) => unknown
    compiled.set(expression, run)
  }
  return run
}

/** A mistake in the expression, or nothing. */
export function mistakeIn(expression: string): string | undefined {
  try {
    environment.parse(expression)
    return undefined
  } catch (error) {
    return (error as Error).message.split('\n')[0]
  }
}

/** What the planner has been told of and nobody has placed: Pods without a node in its cache. */
function unplacedOf(world: World): number {
  const state = world.actors.get('kube-scheduler')?.state as SchedulerState | undefined
  return state?.informers === undefined ? 0 : listed(state, 'pods').filter(p => (p.spec.nodeName ?? '') === '').length
}

function sheetsOf(world: World): { pod: string; node: string; fits: boolean; why: string }[] {
  const last = new Map<string, any>()
  for (const note of world.notes) if (note.kind === 'Filtered') last.set(note.data.pod, note.data)
  return [...last.values()].flatMap(({ pod, verdicts, feasible }) => {
    const name = pod.slice(pod.indexOf('/') + 1)
    return [
      ...Object.entries(verdicts as Record<string, { reasons: string[] }>).map(([node, v]) => ({ pod: name, node, fits: false, why: v.reasons[0] ?? '' })),
      ...(feasible as string[]).map(node => ({ pod: name, node, fits: true, why: '' })),
    ]
  })
}

const list = (world: World, kind: string) => objectsUnder(world, `/registry/${kind}/`)

/** Lists are made when they are asked for: most conditions look at one. */
function contextOf(facts: Facts): Record<string, unknown> {
  const { world } = facts
  const beat = facts.beat === undefined ? undefined : plainBeat(facts.beat)
  return {
    get pods() {
      return podsOf(world)
    },
    get running() {
      return runningOn(world)
    },
    get nodes() {
      return list(world, 'minions')
    },
    get deployments() {
      return list(world, 'deployments')
    },
    get replicasets() {
      return list(world, 'replicasets')
    },
    get leases() {
      return objectsUnder(world, '/registry/leases/kube-node-lease/').map(o => ({
        name: o.metadata.name,
        age: (world.now - (parseTime(o.spec.renewTime ?? '') ?? 0)) / 1_000,
      }))
    },
    get events() {
      return list(world, 'events')
    },
    /** The planner's sheets: each factory as he judged it last, for each slip. */
    get sheets() {
      return sheetsOf(world)
    },
    /** Orders in the planner's in-tray: what it has been told of and has not placed. */
    get unplaced() {
      return unplacedOf(world)
    },
    get services() {
      return list(world, 'services')
    },
    /** Who has spoken to whom, over which wire. */
    get talked() {
      return [...world.wires.keys()].map(wire => ({ from: wire.slice(0, wire.indexOf('>')), to: wire.slice(wire.indexOf('>') + 1) }))
    },
    /** The keys of the vault. */
    get vault() {
      return storeOf(world)?.sorted ?? []
    },
    get cast() {
      return [...world.actors.keys()].map(actor => ({ actor, machine: actor.split('/')[0]!, ...nameOf(actor) }))
    },
    get beats() {
      return facts.beats.map(plainBeat)
    },
    beat: beat ?? {},
    bets: { placed: facts.placed, right: facts.right },
    tasks: facts.tasks,
    role: facts.role,
    flags: { fake: facts.fakeFlags, real: facts.realFlags },
    commands: facts.commands,
    day: facts.day,
    seconds: facts.seconds,
  }
}

const plainBeat = ({ number, kind, actor, to, verb, resource, name, call, code }: Beat) => ({
  number,
  kind,
  actor,
  to: to ?? '',
  verb: verb ?? '',
  resource: resource ?? '',
  name: name ?? '',
  call: call ?? '',
  code: code ?? 0,
})

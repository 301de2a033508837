// mapview.ts: the map of a world: who is at work, what lies on the belt, what stands on the benches.

import { parseTime } from '../api/time.ts'
import { factorySign, letterOf, nameOf, stations } from '../company/cast.ts'
import type { World } from '../kernel/world.ts'
import type { Beat } from './beats.ts'
import { type BenchFact, benchesOn, hasPower, objectsUnder, podsOf, revisionOf } from './facts.ts'
import type { Desk, Factory, Hatch, MapView, Vault, Words } from './view.ts'

const two = (company: string, kubernetes: string): Words => ({ company, kubernetes })
const dark = two('dark', 'down')

export interface MapState {
  world: World
  /** The beat on the screen. */
  beat?: Beat
  /** The station at which the first slip stands. */
  walking?: { name: string; station: number }
  motionId: number
  gap?: { from: string; to: string }
}

export function mapOf(state: MapState): MapView {
  const { world, beat } = state
  const desk = (actor: string, line: Words): Desk => {
    const lit = world.actors.get(actor)?.up ?? false
    return { actor, name: nameOf(actor), lit, acting: acts(beat, actor), line: lit ? line : dark }
  }
  const nodes = objectsUnder(world, '/registry/minions/').map(n => n.metadata.name as string)
  const nodesThere = nodes.length > 0 ? nodes : [...world.actors.keys()].filter(a => a.startsWith('kubelet/')).map(a => a.slice(8))
  return {
    desks: [
      desk('kube-controller-manager', controllerLine(world)),
      desk('kube-scheduler', schedulerLine(beat)),
      desk('cloud-controller-manager', two('no calls today', 'no cloud')),
    ].map(d =>
      d.actor === 'cloud-controller-manager' && !world.actors.has(d.actor)
        ? { ...d, lit: officeLit(world), line: officeLit(world) ? two('no calls today', 'no cloud') : dark }
        : d,
    ) as MapView['desks'],
    hatch: hatchOf(state, desk('kube-apiserver', beatAt(beat, 'kube-apiserver') ?? two('at the hatch', 'serving'))),
    vault: vaultOf(state, desk('etcd', two('', ''))),
    factories: nodesThere.map(node => factoryOf(world, node, desk, beat)),
    motion:
      state.walking === undefined
        ? (beat?.motions ?? [])
        : [{ move: 'slip', slip: state.walking.name, caller: 'user/you', from: state.walking.station, to: state.walking.station, ok: true }],
    motionId: state.motionId,
    ...(state.gap === undefined ? {} : { gap: { ...state.gap, sign: two('no line', 'no connection') } }),
  }
}

const officeLit = (world: World) => world.actors.get('kube-apiserver')?.up ?? false

/** A bell is heard by whom it rings for; everything else is done by the actor. */
const acts = (beat: Beat | undefined, actor: string): boolean =>
  beat !== undefined && (beat.kind === 'bell' ? beat.to === actor : beat.kind === 'runtime' ? beat.to === actor : beat.actor === actor)

const beatAt = (beat: Beat | undefined, actor: string): Words | undefined =>
  beat?.kind === 'bell' && beat.actor === actor ? two('rings', 'sends an event') : undefined

function controllerLine(world: World): Words {
  const wanted = objectsUnder(world, '/registry/deployments/').reduce((sum, d) => sum + (d.spec?.replicas ?? 0), 0)
  const there = objectsUnder(world, '/registry/deployments/').reduce((sum, d) => sum + (d.status?.readyReplicas ?? 0), 0)
  return two(`${wanted} wanted, ${there} there`, `${wanted} desired, ${there} ready`)
}

function schedulerLine(beat: Beat | undefined): Words {
  if (beat?.kind === 'bell' && beat.to === 'kube-scheduler') return two('hears his bell', 'event: ADDED')
  if (beat?.secret === true) return two('hides his sheet', 'decided')
  if (beat?.kind === 'decision' && beat.actor === 'kube-scheduler')
    return beat.node === undefined ? two('nowhere', 'unschedulable') : two(`picks ${letterOf(beat.node)}`, `picks ${letterOf(beat.node)}`)
  if (beat?.resource === 'pods/binding') return two('wrote it, once', 'bound')
  return two('desk clear', 'activeQ empty')
}

function hatchOf(state: MapState, desk: Desk): Hatch {
  const { beat, walking } = state
  const passed = walking !== undefined ? walking.station : beat?.kind === 'filed' && beat.revision !== undefined ? 7 : stillPassed(beat)
  const refused = beat?.kind === 'refused' ? beat.motions.find(m => m.move === 'slip') : undefined
  const views = stations.map((s, i): Hatch['stations'][number] => ({
    id: ID[s.id]!,
    name: s.name,
    state:
      refused?.move === 'slip'
        ? i < refused.to
          ? 'passed'
          : i === refused.to
            ? 'refused'
            : 'idle'
        : walking?.station === i
          ? 'here'
          : i < passed
            ? 'passed'
            : 'idle',
  }))
  const line = walking !== undefined ? two(`station ${walking.station + 1} of 7`, `station ${walking.station + 1} of 7`) : desk.line
  return {
    ...desk,
    acting: desk.acting || walking !== undefined,
    line: desk.lit ? line : desk.line,
    stations: views,
    ...(walking === undefined ? {} : { slip: walking }),
  }
}

/** After the slip is filed its ticks stand until the next write. */
const stillPassed = (beat: Beat | undefined): number => (beat !== undefined && (beat.kind === 'bell' || beat.kind === 'decision') ? 7 : 0)

const ID: Record<string, Hatch['stations'][number]['id']> = {
  authentication: 'authentication',
  authorization: 'authorization',
  decoding: 'decoding',
  'mutating admission': 'mutation',
  validation: 'validation',
  'validating admission': 'admission',
  storage: 'storage',
}

function vaultOf(state: MapState, desk: Desk): Vault {
  const pods = podsOf(state.world).filter(p => p.namespace === 'default')
  const newest = pods.sort((a, b) => Number(a.object.metadata.resourceVersion) - Number(b.object.metadata.resourceVersion)).at(-1)
  return {
    ...desk,
    revision: revisionOf(state.world),
    ...(newest === undefined
      ? {}
      : {
          filed: {
            name: newest.name,
            note: two(`FACTORY ${newest.node === '' ? '_' : letterOf(newest.node)}`, `node ${newest.node === '' ? '_' : letterOf(newest.node)}`),
          },
        }),
  }
}

/** The floor is drawn as it is. What the vault believes of it stands on the slip. */
function factoryOf(world: World, node: string, desk: (actor: string, line: Words) => Desk, beat: Beat | undefined): Factory {
  const benches = benchesOn(world).filter(b => b.node === node && b.namespace === 'default')
  const running = benches.filter(b => b.machines.some(m => m.state === 'RUNNING')).map(b => b.pod)
  const heard = beat?.to === `kubelet/${node}` && beat.kind === 'bell'
  const calling = beat?.kind === 'runtime' && beat.node === node ? beat.call : undefined
  return {
    node,
    letter: letterOf(node),
    sign: factorySign(node),
    foreman: desk(`kubelet/${node}`, heard ? two(`it says ${letterOf(node)}: mine`, 'pod ADDED') : cardLine(world, node)),
    runtime: desk(
      `container-runtime/${node}`,
      calling !== undefined
        ? (WORK[calling] ?? two('at work', 'at work'))
        : running.length > 0
          ? two(`running ${grouped(running).join(', ')}`, `${running.length} running`)
          : two('idle', 'idle'),
    ),
    bench: benchItems(benches, running),
    benchLine: two('empty', 'empty'),
    switchboard: desk(`kube-proxy/${node}`, switchLine(world)),
    lit: hasPower(world, node),
    steaming: running.length > 0,
  }
}

/** What names of Pods are made of after that of the order: the hash of a list, and five letters. */
const MADE = /-[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/
const orderOf = (pod: string): string => pod.replace(MADE, '')

/** `web x6`: slips of one order in one word. */
function grouped(pods: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const pod of pods) counts.set(orderOf(pod), (counts.get(orderOf(pod)) ?? 0) + 1)
  return [...counts].map(([order, n]) => (n === 1 ? (pods.find(p => orderOf(p) === order) ?? order) : `${order} x${n}`))
}

/** Benches of one order that look alike stand together. */
function benchItems(benches: readonly BenchFact[], running: readonly string[]): Factory['bench'] {
  const items: Factory['bench'] = []
  for (const bench of benches) {
    const state = benchState(bench)
    const alike = items.find(i => orderOf(i.pod) === orderOf(bench.pod) && i.state.kubernetes === state.kubernetes)
    if (alike === undefined) items.push({ pod: bench.pod, order: orderOf(bench.pod), state, running: running.includes(bench.pod), count: 1 })
    else Object.assign(alike, { pod: orderOf(bench.pod), count: alike.count + 1 })
  }
  return items
}

const WORK: Record<string, Words> = {
  RunPodSandbox: two('clears a bench', 'RunPodSandbox'),
  PullImage: two('fetching', 'PullImage'),
  CreateContainer: two('building', 'CreateContainer'),
  StartContainer: two('starting', 'StartContainer'),
  StopContainer: two('stopping', 'StopContainer'),
}

function benchState({ machines }: BenchFact): Words {
  const all = (state: BenchFact['machines'][number]['state']) => machines.every(m => m.state === state)
  if (machines.length === 0) return two('bench stands', 'sandbox ready')
  if (machines.some(m => m.stopping)) return two('stopping', 'stopping')
  if (all('RUNNING')) return two('steaming', 'running')
  if (all('CREATED')) return two('machine built', 'created')
  if (all('EXITED')) return two('machine stopped', 'exited')
  return two('part of it runs', 'partly running')
}

/** How long ago the foreman's card came; or that nobody answers. */
function cardLine(world: World, node: string): Words {
  if (!officeLit(world)) return two('card: no answer', 'lease: refused')
  const lease = objectsUnder(world, `/registry/leases/kube-node-lease/${node}`)[0]
  const renewed = parseTime(lease?.spec?.renewTime)
  if (renewed === undefined) return two('card sent', 'lease held')
  const seconds = Math.max(0, Math.round((world.now - renewed) / 1_000))
  return two(`card ${seconds} s ago`, `lease ${seconds} s ago`)
}

function switchLine(world: World): Words {
  const services = objectsUnder(world, '/registry/services/specs/').filter(s => s.metadata.name !== 'kubernetes')
  return services.length === 0
    ? two('no lines yet', 'no services')
    : services.length === 1
      ? two(`line ${services[0].metadata.name}`, `service ${services[0].metadata.name}`)
      : two(`${services.length} lines`, `${services.length} services`)
}

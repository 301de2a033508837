// node-lifecycle.ts: the node lifecycle controller: notices nodes that fall silent, says so, and taints them.
// Models k8s.io/kubernetes/pkg/controller/nodelifecycle/node_lifecycle_controller.go
// Differs: nodes of one pass are judged one after the other; the NoExecute pass waits for its next token instead of trying every 100 ms

import type { Lease } from '../../../api/config.ts'
import type { Node, NodeCondition } from '../../../api/node.ts'
import type { Pod } from '../../../api/pod.ts'
import { rfc3339 } from '../../../api/time.ts'
import type { Io, Steps } from '../../../kernel/machine.ts'
import { type Controller, enqueue, launch, type SyncResult } from '../../client/controller.ts'
import { recordEvent } from '../../client/events.ts'
import { byIndex, cached, keyOf, listed } from '../../client/informer.ts'
import { ask, errorOf, isNotFound, ok } from '../../client/request.ts'
import { getRequest, patchRequest } from '../../client.ts'
import { podCondition, same } from '../pods.ts'
import { after, clientOf, type ManagerIo, type ManagerState, memoryOf, pathOfKey, updateStatusRequest } from '../state.ts'
import { conditionOf, type Judgement, judgeNode, type NodeHealth, unknownConditions, zoneOf, zoneState } from './health.ts'
import { hasTaint, sameTaint, swapTaints, type TaintKey } from './taints.ts'
import { accept, addNode, newZone, removeNode, turnZones, type Zone } from './zones.ts'

const NAME = 'node-controller'
const PODS = 'node-controller/pods'
const SOURCE = 'node-controller'
const MONITOR_MS = 5_000
const PASS_MS = 100
const UPDATE_TRIES = 5
const RETRY_MS = 20

const NOT_READY: TaintKey = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }
const UNREACHABLE: TaintKey = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'

/** NoSchedule taints that mirror conditions: by type, then by status. */
const CONDITION_TAINTS: Record<string, Record<string, string>> = {
  Ready: { False: NOT_READY.key, Unknown: UNREACHABLE.key },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
}
const MIRRORED = new Set([UNSCHEDULABLE, ...Object.values(CONDITION_TAINTS).flatMap(byStatus => Object.values(byStatus))])

interface Memory {
  health: Record<string, NodeHealth>
  zones: Record<string, Zone>
  /** Nodes as they were last seen. */
  known: Record<string, { zone: string; uid: string }>
  /** Nodes whose pods could not all be marked. */
  retry: string[]
  pass: number | undefined
}

const mine = (state: ManagerState): Memory => memoryOf<Memory>(state, NAME)

/** Its queue holds nodes whose NoSchedule taints or former labels may have to change. */
export const nodeLifecycleController: Controller<ManagerState> = {
  name: NAME,
  eventSource: SOURCE,
  workers: 8,
  init: (): Memory => ({ health: {}, zones: {}, known: {}, retry: [], pass: undefined }),
  on: {
    nodes(state, io, change) {
      if (change.type === 'delete') return
      const node = change.object as Node
      const old: Node | undefined = change.type === 'update' ? change.old : undefined
      // Heartbeats change none of them.
      if (old && old.status.conditions === node.status.conditions && old.spec === node.spec && old.metadata.labels === node.metadata.labels) return
      const { add, remove } = noScheduleTaints(node)
      if (add.length + remove.length > 0 || oldLabels(node)) enqueue(state, io, NAME, keyOf(node))
    },
  },
  begin: (state, io) => launch(state, io, 'node-controller/monitor', {}),
  sync: mirrorTaints,
  hears: {
    'node-controller/monitor'(state: ManagerState, _, io) {
      if (!state.working) return
      if (allIsWell(state, io)) after(state, io, MONITOR_MS, 'node-controller/monitor')
      else launch(state, io, 'node-controller/monitor', {})
    },
    'node-controller/pass'(state: ManagerState, _, io) {
      if (state.working) taintingPass(state, io)
    },
  },
  routines: { 'node-controller/monitor': monitor, 'node-controller/taint': taintNoExecute },
}

/** The second queue: pods that were bound to a node just now, which may be known to be dead. */
export const podNotReadyController: Controller<ManagerState> = {
  name: PODS,
  eventSource: SOURCE,
  workers: 4,
  on: {
    pods(state, io, change) {
      const pod = change.object as Pod
      if (change.type === 'delete' || !pod.spec.nodeName) return
      if (change.type === 'update' && change.old.spec.nodeName === pod.spec.nodeName) return
      const ready = mine(state).health[pod.spec.nodeName]?.ready
      if (ready && ready.status !== 'True') enqueue(state, io, PODS, keyOf(pod))
    },
  },
  sync: markBound,
}

// ---- every 5 seconds

/** Most passes find every node as it was, ready and untainted: those are over here. */
function allIsWell(state: ManagerState, io: Io): boolean {
  const memory = mine(state)
  if (memory.retry.length > 0) return false
  for (const name in memory.zones) if (memory.zones[name]!.set.length > 0 || memory.zones[name]!.state !== 'Normal') return false
  let nodes = 0
  for (const node of state.informers.byName['nodes']!.store.values() as Iterable<Node>) {
    const { name } = node.metadata
    const before = memory.health[name]
    if (!before || memory.known[name]?.zone !== zoneOf(node) || conditionOf(node, 'Ready')?.status !== 'True') return false
    if (node.spec.taints && (hasTaint(node, NOT_READY) || hasTaint(node, UNREACHABLE))) return false
    const judgement = judgeNode(node, cached<Lease>(state, 'leases', `kube-node-lease/${name}`), before, io.now)
    if (judgement.silent) return false
    memory.health[name] = judgement.health
    nodes++
  }
  return nodes === Object.keys(memory.known).length
}

function* monitor(io: ManagerIo): Steps {
  const { added, judged: pass } = io.state((state, turn) => beginPass(state, turn))
  // Whoever tainted them before: whether they are to be tainted is decided anew.
  for (const node of added) yield* markReachable(io, node)
  const ready: Record<string, boolean[]> = {}
  for (const seen of pass) {
    const judged = yield* updateHealth(io, seen.node, seen.judgement)
    if (!judged) continue
    const { node, judgement, current } = judged
    const zone = zoneOf(node)
    if (node.metadata.labels?.['node.kubernetes.io/exclude-disruption'] === undefined) ready[zone] = [...(ready[zone] ?? []), current?.status === 'True']
    if (!current) continue
    yield* taintByHealth(io, node, current)
    const fell = current.status !== 'True' && judgement.observed.status === 'True'
    if (fell) io.state((state, turn) => sayOf(state, turn, node, 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`))
    const again = io.state(state => mine(state).retry.includes(node.metadata.name)) && judgement.observed.status !== 'True'
    if (fell || again) {
      const pods = io.state(state => byIndex<Pod>(state, 'pods', 'nodeName', node.metadata.name))
      const error = yield* markNotReady(io, pods)
      io.state(state => {
        const memory = mine(state)
        memory.retry = memory.retry.filter(n => n !== node.metadata.name)
        if (error !== undefined) memory.retry.push(node.metadata.name)
      })
    }
  }
  yield* handleDisruption(io, ready)
  io.state((state, turn) => void after(state, turn, MONITOR_MS, 'node-controller/monitor'))
}

/** Greets new nodes, takes leave of old ones, and judges each. */
function beginPass(state: ManagerState, io: Io): { added: Node[]; judged: { node: Node; judgement: Judgement }[] } {
  const memory = mine(state)
  const nodes = listed<Node>(state, 'nodes')
  const added = nodes.filter(node => memory.known[node.metadata.name] === undefined)
  for (const node of nodes) {
    const { name } = node.metadata
    const zone = zoneOf(node)
    memory.zones[zone] ??= newZone(io.now)
    if (memory.known[name] === undefined) sayOf(state, io, node, 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)
    memory.known[name] = { zone, uid: node.metadata.uid }
  }
  for (const name of Object.keys(memory.known)) {
    if (cached(state, 'nodes', name)) continue
    const { zone, uid } = memory.known[name]!
    const gone = { kind: 'Node', name, uid, apiVersion: 'v1' }
    recordEvent(state.recorders[SOURCE]!, io, gone, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`)
    removeNode(memory.zones[zone]!, name)
    delete memory.known[name]
    delete memory.health[name]
  }
  const judged = nodes.map(node => {
    const judgement = judgeNode(node, cached<Lease>(state, 'leases', `kube-node-lease/${node.metadata.name}`), memory.health[node.metadata.name], io.now)
    memory.health[node.metadata.name] = judgement.health
    return { node, judgement }
  })
  return { added, judged }
}

/** Events about a node name it by its uid, as the API knows it. */
function sayOf(state: ManagerState, io: Io, node: Node, reason: string, message: string): void {
  const about = { kind: 'Node', name: node.metadata.name, uid: node.metadata.uid, apiVersion: 'v1' }
  recordEvent(state.recorders[SOURCE]!, io, about, 'Normal', reason, message)
}

/** Writes that nothing is known of a silent node. Undefined: it could not be written, look again in the next pass. */
function* updateHealth(
  io: ManagerIo,
  given: Node,
  first: Judgement,
): Steps<{ node: Node; judgement: Judgement; current: Pick<NodeCondition, 'status'> | undefined } | undefined> {
  let node = given
  let judgement = first
  for (let i = 0; i < UPDATE_TRIES; i++) {
    const ready = conditionOf(node, 'Ready')
    if (!judgement.silent) return { node, judgement, current: ready }
    const conditions = unknownConditions(node, io.now())
    const current = conditions.find(c => c.type === 'Ready')
    if (same(current, ready)) return { node, judgement, current }
    if (yield* stillRenews(io, node)) return undefined
    io.note('NodeSilent', { node: node.metadata.name, heardAt: judgement.health.probedAt })
    const updated = { ...node, status: { ...node.status, conditions } }
    const response = yield* ask(
      io,
      io.state(state => updateStatusRequest(clientOf(state, NAME), 'nodes', updated)),
    )
    if (ok(response)) {
      io.state(state => {
        const memory = mine(state)
        const health = memory.health[node.metadata.name]
        if (health) memory.health[node.metadata.name] = { ...health, ready: current }
      })
      return { node: updated, judgement, current }
    }
    yield* io.sleep(RETRY_MS)
    const fresh = yield* ask(
      io,
      io.state(state => getRequest(clientOf(state, NAME), pathOfKey('nodes', node.metadata.name))),
    )
    if (!ok(fresh)) return undefined
    node = fresh.body
    judgement = io.state((state, turn) => {
      const memory = mine(state)
      const again = judgeNode(node, cached<Lease>(state, 'leases', `kube-node-lease/${node.metadata.name}`), memory.health[node.metadata.name], turn.now)
      memory.health[node.metadata.name] = again.health
      return again
    })
  }
  return undefined
}

/** Before a node is called silent, its Lease is looked up once, not in the local copy. */
function* stillRenews(io: ManagerIo, node: Node): Steps<boolean> {
  const key = `kube-node-lease/${node.metadata.name}`
  const { known, request } = io.state(state => ({
    known: cached<Lease>(state, 'leases', key)?.metadata.resourceVersion,
    request: getRequest(clientOf(state, NAME), pathOfKey('leases', key)),
  }))
  const response = yield* ask(io, request)
  if (isNotFound(response)) return false
  return !ok(response) || response.body.metadata.resourceVersion !== known
}

/** Ready or not decides on the NoExecute taints: off at once, on by and by, one for the other at once. */
function* taintByHealth(io: ManagerIo, node: Node, ready: Pick<NodeCondition, 'status'>): Steps {
  const { name } = node.metadata
  if (ready.status === 'True') {
    yield* markReachable(io, node)
    return
  }
  const [add, opposite] = ready.status === 'False' ? [NOT_READY, UNREACHABLE] : [UNREACHABLE, NOT_READY]
  if (hasTaint(node, opposite)) {
    yield* swapTaints(io, NAME, name, [add], [opposite])
    return
  }
  io.state((state, turn) => {
    const zone = mine(state).zones[zoneOf(node)]!
    if (!hasTaint(node, add)) removeNode(zone, name)
    addNode(zone, name)
    arm(state, turn)
  })
}

function* markReachable(io: ManagerIo, node: Node): Steps {
  for (const taint of [UNREACHABLE, NOT_READY]) if (hasTaint(node, taint)) yield* swapTaints(io, NAME, node.metadata.name, [], [taint])
  io.state(state => {
    const memory = mine(state)
    const zone = memory.zones[memory.known[node.metadata.name]?.zone ?? '']
    if (zone && zone.set.length > 0) removeNode(zone, node.metadata.name)
  })
}

function* handleDisruption(io: ManagerIo, ready: Record<string, boolean[]>): Steps {
  const { dark, nodes } = io.state((state, turn) => {
    const memory = mine(state)
    const before = Object.keys(ready).map(name => memory.zones[name]!.state)
    const turned = turnZones(memory.zones, ready, zoneState, turn.now)
    Object.keys(ready).forEach((zone, i) => {
      const now = memory.zones[zone]!.state
      if (now !== before[i] && before[i] !== 'Initial') turn.note('ZoneState', { zone, before: before[i], after: now, allDark: turned.dark })
    })
    if (turned.lit) for (const name in memory.health) memory.health[name] = { ...memory.health[name]!, probedAt: turn.now }
    arm(state, turn)
    return { dark: turned.dark, nodes: turned.dark ? listed<Node>(state, 'nodes') : [] }
  })
  if (dark) for (const node of nodes) yield* markReachable(io, node)
}

// ---- NoExecute, as fast as the zone allows

/** Sets the clock of the next pass, if somebody waits for it. */
function arm(state: ManagerState, io: Io): void {
  const memory = mine(state)
  if (memory.pass !== undefined) return
  let wait: number | undefined
  for (const name in memory.zones) {
    const zone = memory.zones[name]!
    if (zone.queue.length === 0 || zone.qps <= 0) continue
    const tokens = Math.min(1, zone.tokens + ((io.now - zone.tokensAt) / 1000) * zone.qps)
    const ms = Math.max(PASS_MS, Math.ceil((((1 - tokens) / zone.qps) * 1000) / PASS_MS) * PASS_MS)
    wait = wait === undefined ? ms : Math.min(wait, ms)
  }
  if (wait !== undefined) memory.pass = after(state, io, wait, 'node-controller/pass')
}

function taintingPass(state: ManagerState, io: Io): void {
  const memory = mine(state)
  memory.pass = undefined
  for (const name in memory.zones) {
    const zone = memory.zones[name]!
    while (zone.queue.length > 0 && accept(zone, io.now)) launch(state, io, 'node-controller/taint', { node: zone.queue.shift() })
  }
  arm(state, io)
}

function* taintNoExecute(io: ManagerIo, { node: name }: { node: string }): Steps {
  const node = io.state(state => cached<Node>(state, 'nodes', name))
  const ready = node && conditionOf(node, 'Ready')
  if (!ready || ready.status === 'True') return
  const [add, opposite] = ready.status === 'False' ? [NOT_READY, UNREACHABLE] : [UNREACHABLE, NOT_READY]
  yield* swapTaints(io, NAME, name, [add], [opposite])
}

// ---- NoSchedule, at once

/** Which NoSchedule taints the conditions ask for and which they no longer do. */
export function noScheduleTaints(node: Node): { add: TaintKey[]; remove: TaintKey[] } {
  const wanted: TaintKey[] = []
  for (const condition of node.status?.conditions ?? []) {
    const key = CONDITION_TAINTS[condition.type]?.[condition.status]
    if (key !== undefined) wanted.push({ key, effect: 'NoSchedule' })
  }
  if (node.spec.unschedulable) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' })
  const there = (node.spec.taints ?? []).filter(t => t.effect === 'NoSchedule' && MIRRORED.has(t.key))
  return {
    add: wanted.filter(w => !there.some(t => sameTaint(t, w))),
    remove: there.filter(t => !wanted.some(w => sameTaint(t, w))).map(({ key, effect }) => ({ key, effect })),
  }
}

function* mirrorTaints(io: ManagerIo, name: string): Steps<SyncResult> {
  const node = io.state(state => cached<Node>(state, 'nodes', name))
  if (!node) return undefined
  const { add, remove } = noScheduleTaints(node)
  const error = add.length + remove.length === 0 ? undefined : yield* swapTaints(io, NAME, name, add, remove)
  const labels = oldLabels(node)
  if (!labels) return error
  const request = io.state(state => patchRequest(clientOf(state, NAME), pathOfKey('nodes', name), 'strategic', { metadata: { labels } }))
  const response = yield* ask(io, request)
  return error ?? (ok(response) || isNotFound(response) ? undefined : errorOf(response))
}

/** Labels of former names that do not say what those of today say; undefined if there are none. */
function oldLabels(node: Node): Record<string, string> | undefined {
  const labels = node.metadata.labels ?? {}
  let wrong: Record<string, string> | undefined
  for (const name of ['os', 'arch']) {
    const value = labels[`kubernetes.io/${name}`]
    if (value !== undefined && labels[`beta.kubernetes.io/${name}`] !== value) wrong = { ...wrong, [`beta.kubernetes.io/${name}`]: value }
  }
  return wrong
}

// ---- pods of silent nodes

function* markBound(io: ManagerIo, key: string): Steps<SyncResult> {
  const pod = io.state(state => {
    const seen = cached<Pod>(state, 'pods', key)
    const ready = seen && mine(state).health[seen.spec.nodeName ?? '']?.ready
    return ready && ready.status !== 'True' && cached(state, 'nodes', seen.spec.nodeName!) ? seen : undefined
  })
  return pod ? yield* markNotReady(io, [pod]) : undefined
}

/** The pods themselves may be running well; they only cannot be counted on. */
function* markNotReady(io: ManagerIo, pods: Pod[]): Steps<string | undefined> {
  let error: string | undefined
  for (const pod of pods) {
    const ready = podCondition(pod, 'Ready')
    if (!ready || ready.status === 'False') continue
    const made = { ...ready, status: 'False' as const, lastTransitionTime: rfc3339(io.now()) }
    const conditions = pod.status.conditions!.map(c => (c === ready ? made : c))
    const response = yield* ask(
      io,
      io.state(state => updateStatusRequest(clientOf(state, NAME), 'pods', { ...pod, status: { ...pod.status, conditions } })),
    )
    if (isNotFound(response)) continue
    if (!ok(response)) error = errorOf(response)
    io.state((state, turn) => {
      const about = { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid, apiVersion: 'v1' }
      recordEvent(state.recorders[SOURCE]!, turn, about, 'Warning', 'NodeNotReady', 'Node is not ready')
    })
  }
  return error
}

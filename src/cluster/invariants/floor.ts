// floor.ts: what holds between Pods and what really runs on their nodes.
// Models the promises of the Pod lifecycle (k8s.io/website: concepts/workloads/pods/pod-lifecycle) and of pkg/kubelet
// Differs: nothing known

import type { ApiRequest } from '../../api/http.ts'
import type { Node } from '../../api/node.ts'
import type { Pod } from '../../api/pod.ts'
import { milliValue, unitValue } from '../../api/quantity.ts'
import type { Message } from '../../kernel/machine.ts'
import type { World } from '../../kernel/world.ts'
import { behaviourOf } from '../container-runtime/behaviour.ts'
import type { Container, Runtime } from '../container-runtime/state.ts'
import type { Store, StoreEvent } from '../etcd/store.ts'
import type { Kubelet } from '../kubelet/state.ts'
import { hearer, type Look } from './memory.ts'

const CAUGHT_UP_MS = 60_000 // So long a node whose wires and processes are well may show what it should not.
const BACKOFF_MS = 10_000
const BACKOFF_MAX_MS = 300_000

export interface FloorMemory {
  /** Pods that somebody asked to delete without grace: `NAMESPACE/NAME`, or `NAMESPACE/` for all. */
  forced: Set<string>
  /** When the grace of a Pod that is being deleted is over, by uid. */
  due: Map<string, number>
  /** Starts of a container in one life of its kubelet, by Pod and name. */
  starts: Map<string, { life: number; count: number; sandbox: string }>
  /** Since when a node's processes are these, and its wires well. */
  well: Map<string, { lives: string; since: number }>
  /** What should not last, and since when it does. */
  lasting: Map<string, number>
}

export const newFloorMemory = (): FloorMemory => ({ forced: new Set(), due: new Map(), starts: new Map(), well: new Map(), lasting: new Map() })

const POD = '/registry/pods/'
const ended = (p: Pod): boolean => p.status?.phase === 'Succeeded' || p.status?.phase === 'Failed'

/** After each message. */
export function floorInvariants(look: Look, memory: FloorMemory, message: Message, events: StoreEvent[]): void {
  if (message.type === 'StartContainer') started(look, memory, message)
  else if (message.type === 'request') force(memory, message.body)
  for (const event of events) if (event.kv.key.startsWith(POD)) changed(look, memory, event)
}

function force(memory: FloorMemory, { method, path, query, body }: ApiRequest): void {
  if (method !== 'DELETE') return
  const found = /^\/api\/v1\/namespaces\/([^/]+)\/pods(?:\/([^/]+))?$/.exec(path)
  const grace = (body as any)?.gracePeriodSeconds ?? query['gracePeriodSeconds']
  if (found !== null && Number(grace) === 0 && grace !== undefined) memory.forced.add(`${found[1]}/${found[2] ?? ''}`)
}

/**
 * A kubelet that first hears of a Pod when it is going already, and has no room for it, marks it Failed and forgets it; upstream's too. Nobody
 * takes it away before that kubelet starts anew.
 */
export const rejectedWhileGoing = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined && status?.phase === 'Failed' && status.message?.startsWith('Pod was rejected: ') === true

/** P6: a Pod that is bound goes when its kubelet says so, or when somebody does not want to wait. */
function changed({ world, broken }: Look, memory: FloorMemory, { type, kv, prev }: StoreEvent): void {
  const pod = (kv.value ?? prev?.value) as Pod
  const { uid, namespace, name, deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
  if (type === 'PUT') {
    if (deletionTimestamp === undefined || (prev?.value as Pod | undefined)?.metadata.deletionTimestamp === deletionTimestamp) return
    memory.due.set(uid, world.now + (deletionGracePeriodSeconds ?? 0) * 1000)
    return
  }
  memory.due.delete(uid)
  if (!pod.spec.nodeName || ended(pod) || pod.spec.terminationGracePeriodSeconds === 0) return
  if (!memory.forced.has(`${namespace}/${name}`) && !memory.forced.has(`${namespace}/`))
    broken.push(`P6: ${kv.key} was running, and is gone without its kubelet's word`)
}

/** P4: a container starts when those before it have done their part, as often as its policy says, and not too soon. */
function started({ world, broken }: Look, memory: FloorMemory, message: Message): void {
  if (!hearer(world, message)) return
  const runtime = world.actors.get(message.to)!.state as Runtime
  const kubelet = world.actors.get(message.from)
  const c = runtime.durable.containers.get(message.body.id)
  const pod = c && ((kubelet?.state as Kubelet | undefined)?.pods?.get(c.pod.uid) as Pod | undefined)
  if (!c || !pod || !kubelet) return
  const { name } = c.config
  const who = `container ${name} of ${c.pod.namespace}/${c.pod.name}`
  const mine = [...runtime.durable.containers.values()].filter(o => o.sandbox === c.sandbox && o.id !== c.id)
  const last = newest(mine.filter(o => o.config.name === name))
  const inits = pod.spec.initContainers ?? []
  const before = inits.slice(0, inits.some(i => i.name === name) ? inits.findIndex(i => i.name === name) : inits.length)
  for (const init of before) {
    const its = newest(mine.filter(o => o.config.name === init.name))
    // Containers of an init container that is done may have been removed since.
    if (its !== undefined && (init as any).restartPolicy !== 'Always' && !(its.state === 'EXITED' && its.exitCode === 0))
      broken.push(`P4: ${who} starts, and its init container ${init.name} has not succeeded`)
  }
  const policy = (inits.find(i => i.name === name) as any)?.restartPolicy ?? pod.spec.restartPolicy ?? 'Always'
  const isInit = inits.some(i => i.name === name)
  if (last !== undefined && last.startedAt > 0 && !isInit) {
    if (policy === 'Never') broken.push(`P4: ${who} starts again, and its Pod's restartPolicy is Never`)
    if (policy === 'OnFailure' && last.state === 'EXITED' && last.exitCode === 0) broken.push(`P4: ${who} starts again after it succeeded`)
  }
  backedOff(broken, memory, kubelet.life, c, last, who, world.now)
}

/** The third start in a kubelet's life waits 10 s from the end of the second, the next 20 s, …, at most 300 s. */
function backedOff(broken: string[], memory: FloorMemory, life: number, c: Container, last: Container | undefined, who: string, now: number): void {
  const key = `${c.pod.uid} ${c.config.name} ${c.config.hash}`
  const known = memory.starts.get(key)
  const starts = known?.life === life && known.sandbox === c.sandbox ? known.count : 0
  memory.starts.set(key, { life, count: starts + 1, sandbox: c.sandbox })
  if (starts < 2 || last === undefined) return
  let wait = BACKOFF_MS
  for (let i = 2; i < starts && wait < BACKOFF_MAX_MS; i++) wait *= 2
  wait = Math.min(wait, BACKOFF_MAX_MS)
  if (now - last.finishedAt < wait)
    broken.push(`P4: ${who} starts ${now - last.finishedAt} ms after it ended, for the ${starts + 1}th time; it must wait ${wait} ms`)
}

const newest = (containers: Container[]): Container | undefined =>
  containers.reduce<Container | undefined>((a, b) => (a === undefined || b.createdAt >= a.createdAt ? b : a), undefined)

/** Now and then: what runs on a node fits it, is ready when it says so, belongs there, and goes when it must. */
export function floorLook(look: Look, memory: FloorMemory): void {
  const { world, store, broken } = look
  const lasting = new Map<string, number>()
  for (const actor of world.actors.values()) {
    if (actor.machine !== 'container-runtime') continue
    const node = actor.name.slice(actor.name.indexOf('/') + 1)
    const well = wellSince(world, memory, node)
    for (const problem of problems(world, store, memory, node, actor.state as Runtime)) {
      const since = memory.lasting.get(problem) ?? world.now
      if (world.now - Math.max(since, well) > CAUGHT_UP_MS) broken.push(`${problem}, for ${(world.now - since) / 1000} s`)
      else lasting.set(problem, since)
    }
  }
  memory.lasting = lasting
  promised(store, broken)
}

/** Since when all that a node needs has been there; Infinity if it is not. */
function wellSince(world: World, memory: FloorMemory, node: string): number {
  const needed = ['etcd', 'kube-apiserver', `kubelet/${node}`, `container-runtime/${node}`].map(n => world.actors.get(n))
  const wires = [...world.cut.keys(), ...[...world.slow].filter(([, ms]) => ms > 0).map(([wire]) => wire)]
  if (needed.some(a => a === undefined || !a.up) || wires.some(w => w.includes(`kubelet/${node}`) || (w.includes('etcd') && w.includes('kube-apiserver')))) {
    memory.well.delete(node)
    return Number.POSITIVE_INFINITY
  }
  const lives = needed.map(a => a!.life).join()
  const known = memory.well.get(node)
  if (known?.lives === lives) return known.since
  memory.well.set(node, { lives, since: world.now })
  return world.now
}

function problems(world: World, store: Store, memory: FloorMemory, node: string, runtime: Runtime): string[] {
  const found: string[] = []
  const here = new Map<string, Pod>()
  for (const kv of store.current.values()) if (kv.key.startsWith(POD) && (kv.value as Pod).spec.nodeName === node) here.set(kv.value.metadata.uid, kv.value)
  const running = new Map<string, number>()
  for (const c of runtime.durable?.containers.values() ?? []) {
    if (c.state !== 'RUNNING') continue
    running.set(c.pod.uid, (running.get(c.pod.uid) ?? 0) + 1)
    if (!here.has(c.pod.uid)) found.push(`P5: ${node} runs ${c.config.name} of ${c.pod.namespace}/${c.pod.name} (${c.pod.uid}), which is not its pod`)
  }
  for (const [uid, pod] of here) {
    const { name } = pod.metadata
    const ready = pod.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True')
    const steady = pod.spec.containers.every(c => behaviourOf(c.image ?? '').exit === undefined)
    if (ready && steady && (running.get(uid) ?? 0) < pod.spec.containers.length) found.push(`P2: ${name} (${uid}) is ready, and not all its containers run`)
    const due = memory.due.get(uid)
    if (due !== undefined && world.now > due && (pod.metadata.finalizers ?? []).length === 0 && !rejectedWhileGoing(pod))
      found.push(`P6: the grace of ${name} (${uid}) is over, and it is still there`)
  }
  return found
}

/** N1: what runs on a node fits it. */
function promised(store: Store, broken: string[]): void {
  const used = new Map<string, { cpu: number; memory: number; pods: number }>()
  for (const kv of store.current.values()) {
    if (!kv.key.startsWith(POD)) continue
    const p = kv.value as Pod
    if (p.status?.phase !== 'Running' || !p.spec.nodeName) continue
    const sum = used.get(p.spec.nodeName) ?? { cpu: 0, memory: 0, pods: 0 }
    sum.pods++
    for (const c of p.spec.containers) {
      sum.cpu += milliValue(c.resources?.requests?.['cpu'])
      sum.memory += unitValue(c.resources?.requests?.['memory'])
    }
    used.set(p.spec.nodeName, sum)
  }
  for (const [name, sum] of used) {
    const node = store.current.get(`/registry/minions/${name}`)?.value as Node | undefined
    const allocatable = node?.status?.allocatable
    if (!allocatable) continue
    if (sum.cpu > milliValue(allocatable['cpu']) || sum.memory > unitValue(allocatable['memory']) || sum.pods > unitValue(allocatable['pods']))
      broken.push(`N1: node ${name} runs ${sum.pods} pods, ${sum.cpu}m cpu and ${sum.memory} bytes, more than it has`)
  }
}

// mutants.ts: companies in which a popular belief is true: one machine's table with a few lines changed. Wrong answers come from them.

import type { System } from '../../kernel/machine.ts'
import { also, always, instead, makesSlips, orders, podsFiled, podTold, unplaced } from './parts.ts'

const SCHEDULER = 'kube-scheduler'
const CONTROLLERS = 'kube-controller-manager'
const runtimeBeside = (kubelet: string): string => `container-runtime/${kubelet.endsWith('/factory-p') ? 'factory-q' : 'factory-p'}`

/** The controllers tell the scheduler what to do; it does nothing before. */
function controllersTell(system: System): System {
  const told = also(system, CONTROLLERS, 'watch', (_, m, io) => {
    if (!unplaced(m) || m.body.type !== 'ADDED') return
    io.note('Queued', { pod: `default/${podTold(m).metadata.name}`, queue: 'activeQ', because: 'PodAdd' })
    io.send(SCHEDULER, 'mutant/told', {})
  })
  const waits = instead(told, SCHEDULER, 'watch', (_, m, io, usual) => (unplaced(m) ? void io.after(20, 'mutant/late', m) : usual(m)))
  const late = instead(waits, SCHEDULER, 'mutant/late', (s, m, io) => system.machines[SCHEDULER]!.on['watch']!(s, m.body, io))
  return also(late, SCHEDULER, 'mutant/told', () => {})
}

/** Somebody hands the work to a foreman: the planner calls him with every slip that he hears of; and a foreman hands in slips himself. */
function workIsHanded(system: System): System {
  const planner = also(system, SCHEDULER, 'watch', (_, m, io) => {
    const pod = podTold(m)
    if (pod !== undefined) io.send(`kubelet/${pod.spec.nodeName ?? 'factory-p'}`, 'mutant/handed', { pod: pod.metadata.name })
  })
  const foreman = also(planner, 'kubelet', 'mutant/handed', (_, m, io) => void io.note('PodSeen', { pod: m.body.pod, change: 'add' }))
  return makesSlips(orders(foreman, 'kubelet/factory-p'), 'kubelet')
}

/** Everybody may open the vault. */
const vaultIsOpen = (system: System): System =>
  instead(system, 'etcd', 'txn', (s, m, _, usual) => {
    const { clients } = s
    s.clients = undefined
    usual(m)
    s.clients = clients
  })

/** All slips lie in the planner's in-tray, so that he can move them. */
const plannerSeesAll = (system: System): System =>
  always(system, SCHEDULER, s => {
    for (const [key, pod] of s.informers.byName.pods?.store ?? []) s.informers.byName.pods.store.set(key, { ...pod, spec: { ...pod.spec, nodeName: '' } })
  })

/** What does not stand still on a factory: slips whose door sign keeps new ones out. */
const signed = (node: any): boolean => (node.spec?.taints ?? []).some((t: any) => t.effect === 'NoSchedule')

/** The planner walks his rounds, and writes another letter over the one on a slip: away from a sign, or to where there is less. The hatch lets it stand. */
function plannerMoves(system: System): System {
  const rounds = also(plannerSeesAll(system), SCHEDULER, 'election/round', (s, _, io) => {
    const pods = [...(s.informers?.byName.pods?.store.values() ?? [])].filter(p => p.metadata.namespace === 'default')
    const nodes = [...(s.informers?.byName.nodes?.store.values() ?? [])]
    const held = new Map<string, any[]>(nodes.map(n => [n.metadata.name, pods.filter(p => p.status?.hostIP === addressOf(n))]))
    const weight = (n: any) => (signed(n) ? 1_000 : 0) + held.get(n.metadata.name)!.length
    const sorted = nodes.sort((a, b) => weight(a) - weight(b))
    const [least, most] = [sorted[0], sorted.at(-1)]
    if (most === undefined || weight(most) - weight(least) < 2) return
    const pod = held.get(most.metadata.name)![0]
    if (pod !== undefined) io.send('etcd', 'mutant/letter', { key: `/registry/pods/default/${pod.metadata.name}`, node: least.metadata.name })
  })
  const written = also(rounds, 'kube-apiserver', 'request', (_, m, io) => {
    const [, pod] = /\/namespaces\/default\/pods\/([^/]+)\/binding$/.exec(m.body.path) ?? []
    if (pod !== undefined) io.send('etcd', 'mutant/letter', { key: `/registry/pods/default/${pod}`, node: m.body.body?.target?.name })
  })
  return also(written, 'etcd', 'mutant/letter', (s, m, io) => {
    const value = s.durable.store.current.get(m.body.key)?.value
    if (value === undefined) return
    const moved = { ...value, spec: { ...value.spec, nodeName: m.body.node }, status: { ...value.status, hostIP: undefined } }
    system.machines['etcd']!.on['txn']!(s, { ...m, from: 'kube-apiserver', body: { compare: [], success: [{ put: m.body.key, value: moved }] } }, io)
  })
}

const addressOf = (node: any): string => node.status?.addresses?.find((a: any) => a.type === 'InternalIP')?.address

/** What somebody writes into an order is written into its slips as well, where they stand; no clerk has to do anything. */
function orderIsEdited(system: System): System {
  const idle = instead(system, CONTROLLERS, 'watch', (_, m, __, usual) => {
    if (m.body.object?.kind !== 'Deployment' || m.body.type !== 'MODIFIED') usual(m)
  })
  return also(idle, 'etcd', 'txn', (s, m, io) => {
    for (const { value: order } of m.body.success.filter((op: any) => op.value?.kind === 'Deployment' && op.value.metadata.generation > 1))
      for (const [key, { value: pod }] of [...s.durable.store.current]) {
        if (pod?.kind !== 'Pod' || pod.metadata.labels?.app !== order.metadata.name) continue
        const value = { ...pod, spec: { ...pod.spec, containers: order.spec.template.spec.containers } }
        system.machines['etcd']!.on['txn']!(
          s,
          { ...m, call: undefined as never, from: 'kube-apiserver', body: { compare: [], success: [{ put: key, value }] } },
          io,
        )
      }
  })
}

/** A sign on the door, of whatever kind, sends away what runs inside. */
const signsSendAway = (system: System): System =>
  instead(system, CONTROLLERS, 'watch', (_, m, __, usual) => {
    const { object } = m.body
    if (object?.kind !== 'Node' || !signed(object)) return usual(m)
    const taints = object.spec.taints.map((t: any) => ({ ...t, effect: 'NoExecute' }))
    usual({ ...m, body: { ...m.body, object: { ...object, spec: { ...object.spec, taints } } } })
  })

/** What the slip asks for, of its place or of room, is not read: the planner looks who has a hand free, and the foreman takes it. */
function askingIsNotRead(system: System): System {
  const blind = instead(system, SCHEDULER, 'watch', (_, m, __, usual) => {
    const pod = podTold(m)
    if (pod === undefined) return usual(m)
    const { affinity: _affinity, topologySpreadConstraints: _spread, ...spec } = unasking(pod).spec
    usual({ ...m, body: { ...m.body, object: { ...pod, spec } } })
  })
  return instead(blind, 'kubelet', 'watch', (_, m, __, usual) => {
    const pod = podTold(m)
    usual(pod === undefined ? m : { ...m, body: { ...m.body, object: unasking(pod) } })
  })
}

const unasking = (pod: any): any => ({ ...pod, spec: { ...pod.spec, containers: pod.spec.containers.map((c: any) => ({ ...c, resources: {} })) } })

/** The planner adds up the fences instead of what is asked for. */
const limitsAreReserved = (system: System): System =>
  instead(system, SCHEDULER, 'watch', (s, m, _, usual) => {
    if (unplaced(m))
      for (const pod of [...s.informers.byName.pods.store.values()].filter(p => p.spec.containers.some((c: any) => c.resources?.limits !== undefined))) {
        const containers = pod.spec.containers.map((c: any) => ({
          ...c,
          resources: { ...c.resources, requests: { ...c.resources?.requests, ...c.resources?.limits } },
        }))
        usual({ ...m, body: { ...m.body, type: 'MODIFIED', object: { ...pod, spec: { ...pod.spec, containers } } } })
      }
    usual(m)
  })

/** The planner notices dead factories. */
const plannerNotices = (system: System): System =>
  also(system, SCHEDULER, 'watch', (_, m, io) => {
    const { object } = m.body
    if (object?.kind === 'Node' && object.status?.conditions?.some((c: any) => c.type === 'Ready' && c.status === 'Unknown'))
      io.note('Unschedulable', { pod: `default/${object.metadata.name}`, message: 'node is dead' })
  })

/** A standing order is placed as a whole, and the planner makes its slips. */
const orderIsPlaced = (system: System): System => {
  const listed = always(system, SCHEDULER, s => s.informers.byName.pods?.store.set('default/order', { metadata: { name: 'order' }, spec: {} }))
  return makesSlips(orders(listed, SCHEDULER), SCHEDULER)
}

/** The hatch carries work to the factories, and makes slips of orders. */
function hatchDelivers(system: System): System {
  const carries = also(system, 'kube-apiserver', 'events', (_, m, io) => {
    for (const pod of podsFiled(m)) io.send(`container-runtime/${pod.spec.nodeName ?? 'factory-p'}`, 'mutant/carried', { pod: pod.metadata.name })
  })
  const worked = also(
    carries,
    'container-runtime',
    'mutant/carried',
    (_, m, io) => void io.note('RuntimeCall', { call: 'RunPodSandbox', pod: m.body.pod, namespace: 'default' }),
  )
  return makesSlips(orders(worked, 'kube-apiserver'), 'kube-apiserver')
}

/** Without the office everything in a factory stops at once; a late card does the same. */
function factoryObeys(system: System): System {
  const dark = also(system, 'kubelet', 'peer/down', (s, m, io) => m.body.peer === 'kube-apiserver' && io.send(s.runtime, 'mutant/stop', {}))
  const late = also(dark, 'kubelet', 'timer/lease', (s, _, io) => io.send(s.runtime, 'mutant/stop', {}))
  return also(late, 'container-runtime', 'mutant/stop', (s, m, io) => {
    for (const c of s.durable.containers.values())
      if (c.state === 'RUNNING') system.machines['container-runtime']!.on['StopContainer']!(s, { ...m, body: { id: c.id, timeout: 0 } }, io)
  })
}

/** The same work is moved to the other factory, bench and all: when its slip goes, or the office is dark. */
function workMoves(system: System): System {
  const dark = also(system, 'kubelet', 'peer/down', (s, m, io) => m.body.peer === 'kube-apiserver' && io.send(s.runtime, 'mutant/move', {}))
  const going = also(
    dark,
    'kubelet',
    'watch',
    (s, m, io) => podTold(m)?.metadata.deletionTimestamp && io.send(s.runtime, 'mutant/move', { pod: podTold(m).metadata.name }),
  )
  const moves = also(going, 'container-runtime', 'mutant/move', (s, m, io) => {
    for (const c of s.durable.containers.values())
      if (c.state === 'RUNNING' && (m.body.pod ?? c.pod.name) === c.pod.name)
        io.send(runtimeBeside(io.self), 'mutant/adopt', { container: { ...c, lines: [], stops: [] }, sandbox: { ...s.durable.sandboxes.get(c.sandbox) } })
  })
  return also(moves, 'container-runtime', 'mutant/adopt', (s, { body: { container, sandbox } }) => {
    s.durable.sandboxes.set(sandbox.id, { ...sandbox, state: 'READY' })
    s.durable.containers.set(container.id, { ...container })
  })
}

/** By the code of the belief that is true in it. */
const MUTANTS: Record<string, (system: System) => System> = {
  M01: controllersTell,
  M02: workIsHanded,
  M03: vaultIsOpen,
  M04: plannerMoves,
  M05: plannerNotices,
  M07: orderIsPlaced,
  M08: hatchDelivers,
  M09: factoryObeys,
  M10: factoryObeys,
  M22: askingIsNotRead,
  M24: signsSendAway,
  M27: workMoves,
  M36: limitsAreReserved,
  M46: orderIsEdited,
}

/** The company in which a belief is true; undefined: nobody has built it. What is said in it alone needs wires that the real one lacks. */
export function mutantOf(code: string, system: System): System | undefined {
  const made = MUTANTS[code]?.(system)
  return made === undefined ? undefined : { ...made, delay: (from, to, type) => (type.startsWith('mutant/') ? 1 : system.delay(from, to, type)) }
}

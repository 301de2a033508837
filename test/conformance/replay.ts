// replay.ts: one recording of a real scheduler, decided again step by step; each step starts from what was recorded of those before it.

import { applyDefaults } from '../../src/api/defaults/defaults.ts'
import type { Node } from '../../src/api/node.ts'
import type { Pod } from '../../src/api/pod.ts'
import { addNode, type Cache, imageStates, newCache, nodesInOrder, placePod, unplacePod } from '../../src/cluster/kube-scheduler/cache.ts'
import { type Decision, runFilters, schedule, selectHost } from '../../src/cluster/kube-scheduler/cycle.ts'
import type { Cycle, Snapshot } from '../../src/cluster/kube-scheduler/framework.ts'
import { podInfo } from '../../src/cluster/kube-scheduler/nodeinfo.ts'
import { volumeBinding } from '../../src/cluster/kube-scheduler/plugins/volumebinding.ts'
import { profileOf } from '../../src/cluster/kube-scheduler/profile.ts'

export interface Step {
  pod: string
  scores?: Record<string, Record<string, number>>
  final?: Record<string, number>
  node?: string
  unschedulable?: string
  nominatedNodeName?: string
  victims?: string[]
  rejected?: string
}

export interface Recording {
  nodes: any[]
  objects: any[]
  pods: any[]
  steps: Step[]
  [field: string]: unknown
}

/** What was equal, of how many. */
export type Tally = Record<'scores' | 'choices' | 'refusals' | 'preemptions', [number, number]>

export function totalOf(tallies: Tally[]): Tally {
  const sum = (key: keyof Tally): [number, number] => [tallies.reduce((n, t) => n + t[key][0], 0), tallies.reduce((n, t) => n + t[key][1], 0)]
  return { scores: sum('scores'), choices: sum('choices'), refusals: sum('refusals'), preemptions: sum('preemptions') }
}

export const tallyText = (tally: Tally): string =>
  Object.entries(tally)
    .map(([key, [equal, all]]) => `${key} ${equal}/${all}`)
    .join(' ')

const PLURALS: Record<string, keyof Snapshot['listers']> = {
  Namespace: 'namespaces',
  Service: 'services',
  ReplicationController: 'replicationControllers',
  ReplicaSet: 'replicaSets',
  StatefulSet: 'statefulSets',
  PodDisruptionBudget: 'disruptionBudgets',
  PersistentVolume: 'volumes',
  PersistentVolumeClaim: 'claims',
  StorageClass: 'storageClasses',
  CSINode: 'csiNodes',
  CSIDriver: 'csiDrivers',
  CSIStorageCapacity: 'capacities',
  VolumeAttachment: 'attachments',
}

/** Another scheduler that is shown the same. */
export interface Beside {
  node(node: Node): void
  place(pod: Pod, node: string): void
  unplace(uid: string): void
  decided(pod: Pod, snapshot: Snapshot, decision: Decision): void
}

export class Replay {
  readonly #recording: Recording
  readonly #beside: Beside | undefined
  readonly #cache: Cache = newCache()
  readonly #listers: Record<keyof Snapshot['listers'], Map<string, any>>
  readonly #priorities = new Map<string, any>()
  readonly #profile = profileOf()
  readonly #pods = new Map<string, Pod>()

  constructor(recording: Recording, beside?: Beside) {
    this.#recording = recording
    this.#beside = beside
    this.#listers = Object.fromEntries(Object.values(PLURALS).map(name => [name, new Map()])) as any
    for (const node of recording.nodes) {
      addNode(this.#cache, nodeOf(node))
      beside?.node(nodeOf(node))
    }
    this.#listers.namespaces.set('default', { metadata: { name: 'default', labels: { 'kubernetes.io/metadata.name': 'default' } } })
    for (const object of recording.objects) this.#store(object)
  }

  run(): { tally: Tally; steps: Step[]; differences: string[] } {
    const tally = totalOf([])
    const steps: Step[] = []
    const differences: string[] = []
    const pods = new Map(this.#recording.pods.map(p => [p.metadata.name, p]))
    const count = (key: keyof Tally, equal: boolean, step: Step, ...what: unknown[]) => {
      tally[key][1]++
      if (equal) tally[key][0]++
      else differences.push(`${step.pod} ${key}: ${what.map(w => JSON.stringify(w)).join(' instead of ')}`)
    }
    for (const step of this.#recording.steps) {
      if (step.rejected !== undefined) {
        steps.push(step)
        continue
      }
      const pod = this.#podOf(pods.get(step.pod))
      const snapshot = this.#snapshot()
      const { decision, cycle } = schedule(snapshot, podInfo(pod), this.#profile)
      this.#beside?.decided(pod, snapshot, decision)
      const seen = outcome(step, decision)
      steps.push(seen)
      if (step.scores) count('scores', same(seen.scores, step.scores) && same(seen.final, step.final), step, seen.scores, step.scores)
      if (step.unschedulable === undefined) count('choices', seen.node === step.node, step, seen.node ?? seen.unschedulable, step.node)
      else if (!step.victims) count('refusals', seen.unschedulable === step.unschedulable, step, seen.unschedulable ?? seen.node, step.unschedulable)
      else {
        const equal = seen.unschedulable === step.unschedulable && same([...(seen.victims ?? [])].sort(), [...step.victims].sort())
        count('preemptions', equal, step, [seen.unschedulable, seen.victims], [step.unschedulable, step.victims])
      }
      this.#apply(step, pod, cycle, seen)
    }
    return { tally, steps, differences }
  }

  #store(object: any): void {
    if (object.kind === 'PriorityClass') this.#priorities.set(object.metadata.name, object)
    const lister = PLURALS[object.kind]
    if (!lister) return
    const { namespace, name } = object.metadata
    let made = applyDefaults({ ...object, metadata: { uid: `uid-${name}`, ...object.metadata } })
    if (object.kind === 'PersistentVolume') made = { ...made, status: { phase: 'Available' } }
    // Without kubelets no Pod is ever healthy.
    if (object.kind === 'PodDisruptionBudget') made = { ...made, status: { disruptionsAllowed: 0, ...object.status } }
    this.#listers[lister].set(namespace === undefined ? name : `${namespace}/${name}`, made)
  }

  #snapshot(): Snapshot {
    const nodes = nodesInOrder(this.#cache)
    return { nodes, byName: this.#cache.nodes, images: imageStates(this.#cache), listers: this.#listers, nominated: new Map(), now: 0 }
  }

  #podOf(manifest: any): Pod {
    const priorityClass = this.#priorities.get(manifest.spec.priorityClassName) ?? [...this.#priorities.values()].find(p => p.globalDefault)
    const spec = { ...manifest.spec }
    spec.priority ??= priorityClass?.value ?? 0
    spec.preemptionPolicy ??= priorityClass?.preemptionPolicy ?? 'PreemptLowerPriority'
    return applyDefaults({ ...manifest, metadata: { uid: `uid-${manifest.metadata.name}`, ...manifest.metadata }, spec }) as Pod
  }

  /** What really happened. */
  #apply(step: Step, pod: Pod, cycle: Cycle, seen: Step): void {
    // A preemption that was over before the recorder looked shows only in where the Pod went.
    const unseen = step.unschedulable === undefined && seen.node === step.node ? seen.victims : undefined
    for (const name of step.victims ?? unseen ?? []) {
      const victim = this.#pods.get(name)
      if (!victim) continue
      unplacePod(this.#cache, podInfo(victim).uid)
      this.#beside?.unplace(podInfo(victim).uid)
    }
    if (step.node === undefined) return
    const bound = { ...pod, spec: { ...pod.spec, nodeName: step.node } }
    this.#pods.set(step.pod, bound)
    this.#bindVolumes(cycle, step.node)
    placePod(this.#cache, podInfo(bound), step.node, false)
    this.#beside?.place(bound, step.node)
  }

  #bindVolumes(cycle: Cycle, name: string): void {
    const node = this.#cache.nodes.get(name)
    if (!node || cycle.skipFilter.has('VolumeBinding')) return
    runFilters(cycle, node)
    for (const volume of volumeBinding.preBind?.(cycle, node)?.volumes ?? []) {
      const { claimRef } = volume.spec
      this.#listers.volumes.set(volume.metadata.name, { ...volume, status: { phase: 'Bound' } })
      const key = `${claimRef.namespace}/${claimRef.name}`
      const claim = this.#listers.claims.get(key)
      const annotations = { ...claim.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' }
      const spec = { ...claim.spec, volumeName: volume.metadata.name }
      this.#listers.claims.set(key, { ...claim, metadata: { ...claim.metadata, annotations }, spec, status: { phase: 'Bound' } })
    }
  }
}

function nodeOf(n: any): Node {
  const resources = { cpu: n.cpu, memory: n.memory, pods: n.pods, 'ephemeral-storage': '100Gi', ...n.extended }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: n.name, uid: n.name, resourceVersion: '1', creationTimestamp: '', labels: { 'kubernetes.io/hostname': n.name, ...n.labels } },
    spec: { ...(n.taints ? { taints: n.taints } : {}), ...(n.unschedulable ? { unschedulable: true } : {}) },
    status: { capacity: resources, allocatable: resources, images: n.images },
  }
}

/** Our decision in the recording's form. Where it does not matter which of several, the recorded one is taken: order of nodes, candidates that tie. */
function outcome(step: Step, decision: Decision): Step {
  const seen: Step = { pod: step.pod }
  if (decision.result === 'scheduled') {
    seen.node = decision.node
    if (decision.feasible.length > 1) {
      const recorded = Object.keys(step.final ?? {})
      const order = same([...recorded].sort(), [...decision.feasible].sort()) ? recorded : decision.feasible
      seen.scores = Object.fromEntries(
        order.map(node => [node, Object.fromEntries(Object.entries(decision.scores[node]!).map(([plugin, { weighted }]) => [plugin, weighted]))]),
      )
      seen.final = Object.fromEntries(order.map(node => [node, decision.final[node]!]))
      seen.node = order[selectHost(order.map(node => decision.final[node]!))]
    }
    return seen
  }
  seen.unschedulable = decision.message
  const { candidates = [] } = decision.postFilter ?? {}
  if (candidates.length === 0) return seen
  const text = (c: (typeof candidates)[0]) => decision.message!.replace(/on node .*$/, `on node ${c.node}, preempting ${c.victims.length} victims`)
  const names = (c: (typeof candidates)[0]) => c.victims.map(v => v.pod.metadata.name)
  const recorded = (c: (typeof candidates)[0]) =>
    step.unschedulable === undefined ? c.node === step.node : text(c) === step.unschedulable && same(names(c).sort(), [...(step.victims ?? [])].sort())
  const found = candidates.find(recorded) ?? candidates[0]!
  return { pod: step.pod, unschedulable: text(found), node: found.node, nominatedNodeName: found.node, victims: names(found) }
}

/** Equal as data; the order of keys does not matter. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const keys = Object.keys(x)
  return keys.length === Object.keys(y).length && keys.every(k => same(x[k], y[k]))
}

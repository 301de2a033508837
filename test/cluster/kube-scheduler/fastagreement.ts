// fastagreement.ts: one random cluster on which the straight and the fast scheduler decide about the same Pods, each with a state of its own.

import type { Node } from '../../../src/api/node.ts'
import type { Pod } from '../../../src/api/pod.ts'
import * as straight from '../../../src/cluster/kube-scheduler/cache.ts'
import { type Decision, schedule } from '../../../src/cluster/kube-scheduler/cycle.ts'
import * as fast from '../../../src/cluster/kube-scheduler/fast/cache.ts'
import { type Choice, decide } from '../../../src/cluster/kube-scheduler/fast/cycle.ts'
import type { Refused } from '../../../src/cluster/kube-scheduler/fast/refusal.ts'
import type { Cycle, Listers, Verdict } from '../../../src/cluster/kube-scheduler/framework.ts'
import { type PodInfo, podInfo } from '../../../src/cluster/kube-scheduler/nodeinfo.ts'
import { volumeBinding } from '../../../src/cluster/kube-scheduler/plugins/volumebinding.ts'
import { type ProfileConfig, profileOf } from '../../../src/cluster/kube-scheduler/profile.ts'
import { int, type Random, seeded } from '../../../src/kernel/random.ts'
import { type Climate, chance, changedNode, changedPod, climate, mixedTemplate, pick, podOf, randomConfig, randomNode, randomTemplate } from './fastobjects.ts'
import { listers } from './fixtures.ts'

const PODS = 40

/** What both were asked, and what they said. */
export interface Agreement {
  /** undefined: they agreed all along. */
  difference: string | undefined
  scheduled: number
  refused: number
  preempted: number
  /** How many of the decisions were the straight cycle's in the fast scheduler, too. */
  byStraight: number
}

export function agreement(seed: number): Agreement {
  const life = new Life(seeded(seed))
  const told: Agreement = { difference: undefined, scheduled: 0, refused: 0, preempted: 0, byStraight: 0 }
  for (let i = 0; i < PODS && told.difference === undefined; i++) {
    life.change()
    const { pod, decision, choice, difference } = life.decide()
    if (decision.result === 'scheduled') told.scheduled++
    else told.refused++
    if ((decision.postFilter?.victims.length ?? 0) > 0) told.preempted++
    if (choice.straight) told.byStraight++
    if (difference !== undefined) told.difference = `seed ${seed}, Pod ${i} (${pod.metadata.name}): ${difference}`
  }
  return told
}

/** A decision as plain data. */
const plainly = ({ postFilter, ...decision }: Decision): unknown => {
  const keys = (pods: PodInfo[]) => pods.map(p => p.key)
  const { victims = [], candidates = [], ...post } = postFilter ?? {}
  return { ...decision, post, victims: keys(victims), candidates: candidates.map(c => [c.node, keys(c.victims)]) }
}

function compare(what: string, a: unknown, b: unknown): string | undefined {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)]
  return x === y ? undefined : `${what}: straight ${x}, fast ${y}`
}

function refusalDifference(cache: fast.FastCache, decision: Decision, { message, rejectors, nominate, verdicts }: Refused): string | undefined {
  const said = ({ plugin, code, reasons }: Verdict) => [plugin, code, reasons]
  const straightly = Object.entries(decision.verdicts).map(([name, verdict]) => [name, said(verdict)])
  const fastly = [...verdicts].map(([slot, verdict]) => [cache.columns.info[slot]!.name, said(verdict)])
  const why = compare('message', decision.message, message) ?? compare('rejectors', decision.rejectors, rejectors)
  return why ?? compare('nominate', decision.postFilter?.nominate, nominate) ?? compare('verdicts', straightly, fastly)
}

/** What of the two is not equal. */
export function differenceOf(cache: fast.FastCache, decision: Decision, choice: Choice): string | undefined {
  const basic = compare('node', decision.node, choice.node) ?? compare('next start', decision.nextStart, choice.nextStart)
  if (basic !== undefined || choice.straight) return basic ?? compare('decision', plainly(decision), plainly(choice.straight!.decision))
  if (choice.refused) return refusalDifference(cache, decision, choice.refused)
  const names = [...cache.feasible.slice(0, choice.feasible)].map(slot => cache.columns.info[slot]!.name)
  const totals = names.length === 1 ? {} : Object.fromEntries(names.map((name, i) => [name, cache.totals[i]]))
  return compare('result', decision.result, 'scheduled') ?? compare('feasible', decision.feasible, names) ?? compare('totals', decision.final, totals)
}

class Life {
  readonly #random: Random
  readonly #weather: Climate
  readonly #config: ProfileConfig
  readonly #listers: Record<keyof Listers, Map<string, any>>
  readonly #straight = straight.newCache()
  readonly #fast: fast.FastCache
  readonly #nodes = new Map<string, Node>()
  /** Pods on nodes, and where. */
  readonly #bound = new Map<string, { pod: Pod; node: string }>()
  readonly #nominated = new Map<string, { pod: Pod; node: string }>()
  readonly #templates: { metadata: any; spec: any }[]
  /** Pods that were refused, and come again. */
  readonly #waiting: Pod[] = []
  #made = 0
  #start = 0

  constructor(random: Random) {
    this.#random = random
    this.#weather = climate(random)
    this.#config = randomConfig(random)
    this.#listers = objects(random)
    this.#fast = fast.newFastCache(profileOf(this.#config))
    const many = chance(random, 6) ? 100 + int(random, 60) : 1 + int(random, 20)
    for (let i = 0; i < many; i++) this.#addNode()
    const names = [...this.#nodes.keys(), 'nowhere']
    this.#templates = Array.from({ length: 5 + int(random, 5) }, () => randomTemplate(random, this.#weather, names))
    for (let i = 0; i < 4; i++) this.#templates.push(mixedTemplate(random, pick(random, this.#templates), pick(random, this.#templates)))
    for (let i = 0; i < int(random, this.#weather.crowd * many); i++)
      this.#place(this.#newPod(), chance(random, 3) ? 'ghost' : pick(random, [...this.#nodes.keys()]))
  }

  decide(): { pod: Pod; decision: Decision; choice: Choice; difference: string | undefined } {
    const random = this.#random
    const pod = this.#waiting.length > 0 && chance(random, 30) ? this.#waiting.shift()! : this.#newPod()
    const nominated = new Map<string, PodInfo[]>()
    for (const { pod: p, node } of this.#nominated.values()) nominated.set(node, [...(nominated.get(node) ?? []), podInfo(p)])
    const seen = { listers: this.#listers, nominated, now: 1_767_225_600_000 }
    const snapshot = {
      nodes: straight.nodesInOrder(this.#straight),
      byName: this.#straight.nodes,
      images: straight.imageStates(this.#straight),
      ...seen,
    }
    const { decision, cycle } = schedule(snapshot, podInfo(pod), profileOf(this.#config), this.#start)
    const choice = decide(this.#fast, pod, seen, this.#start)
    const difference = differenceOf(this.#fast, decision, choice)
    this.#start = decision.nextStart
    this.#nominated.delete(pod.metadata.uid)
    if (decision.node !== undefined) this.#bind(pod, decision.node, cycle)
    else this.#refuse(pod, decision)
    return { pod, decision, choice, difference }
  }

  /** What else happens between two decisions. */
  change(): void {
    const random = this.#random
    if (chance(random, 55)) return
    const bound = [...this.#bound.values()]
    const nodes = [...this.#nodes.values()]
    const what = int(random, 12)
    if (what < 3 && bound.length > 0) this.#remove(pick(random, bound).pod.metadata.uid)
    else if (what < 6 && bound.length > 0) {
      const { pod, node } = pick(random, bound)
      this.#place(changedPod(random, pod), node)
    } else if (what < 9 && nodes.length > 0) this.#updateNode(changedNode(random, this.#weather, pick(random, nodes)))
    else if (what === 9) this.#addNode()
    else if (what === 10 && nodes.length > 0 && chance(random, 50)) this.#removeNode(pick(random, nodes))
    else this.#changeObject()
  }

  #newPod(): Pod {
    return podOf(this.#random, pick(this.#random, this.#templates), `p${this.#made++}`)
  }

  #place(pod: Pod, node: string): void {
    this.#bound.set(pod.metadata.uid, { pod, node })
    straight.placePod(this.#straight, podInfo(pod), node, false)
    fast.placePod(this.#fast, pod, node)
  }

  #remove(uid: string): void {
    this.#bound.delete(uid)
    straight.unplacePod(this.#straight, uid)
    fast.unplacePod(this.#fast, uid)
  }

  #addNode(): void {
    const gone = [...this.#bound.values()].find(({ node }) => !this.#nodes.has(node))
    const name = gone && chance(this.#random, 50) ? gone.node : `n${this.#made++}`
    const node = randomNode(this.#random, this.#weather, name)
    this.#nodes.set(name, node)
    straight.addNode(this.#straight, node)
    fast.addNode(this.#fast, node)
  }

  #updateNode(node: Node): void {
    this.#nodes.set(node.metadata.name, node)
    straight.updateNode(this.#straight, node)
    fast.updateNode(this.#fast, node)
  }

  #removeNode(node: Node): void {
    this.#nodes.delete(node.metadata.name)
    straight.removeNode(this.#straight, node)
    fast.removeNode(this.#fast, node)
  }

  #changeObject(): void {
    const random = this.#random
    const name = pick(random, ['a', 'b', 'c', 'd'])
    const namespace = pick(random, ['default', 'other'])
    const metadata = { name, namespace }
    const key = `${namespace}/${name}`
    if (chance(random, 20)) {
      this.#listers.namespaces.set(namespace, { metadata: { name: namespace, labels: { team: pick(random, ['x', 'y']) } } })
      fast.objectChanged(this.#fast, 'Namespace', {})
    } else if (chance(random, 50)) {
      if (!this.#listers.services.delete(key)) this.#listers.services.set(key, { metadata, spec: { selector: { app: name } } })
      fast.objectChanged(this.#fast, 'Service', metadata)
    } else {
      const matchLabels = pick(random, [{ app: name }, { app: name, tier: 'x' }] as Record<string, string>[])
      this.#listers.replicaSets.set(key, { metadata, spec: { selector: { matchLabels } } })
      fast.objectChanged(this.#fast, 'ReplicaSet', metadata)
    }
  }

  #bind(pod: Pod, node: string, cycle: Cycle): void {
    const info = cycle.snapshot.byName.get(node)!
    const work = cycle.skipFilter.has('VolumeBinding') ? undefined : volumeBinding.preBind?.(cycle, info)
    for (const volume of work?.volumes ?? []) {
      const { namespace, name } = volume.spec.claimRef
      this.#listers.volumes.set(volume.metadata.name, { ...volume, status: { phase: 'Bound' } })
      const claim = this.#listers.claims.get(`${namespace}/${name}`)
      const annotations = { 'pv.kubernetes.io/bind-completed': 'yes' }
      this.#listers.claims.set(`${namespace}/${name}`, {
        ...claim,
        metadata: { ...claim.metadata, annotations },
        spec: { ...claim.spec, volumeName: volume.metadata.name },
      })
    }
    this.#place(chance(this.#random, 50) ? pod : { ...pod, spec: { ...pod.spec, nodeName: node } }, node)
  }

  /** Comes again later; whoever has to leave for it goes now, or a little later. */
  #refuse(pod: Pod, { postFilter }: Decision): void {
    const to = postFilter?.nominate
    const status = { ...pod.status, nominatedNodeName: typeof to === 'object' ? to.node : to === 'clear' ? '' : (pod.status.nominatedNodeName ?? '') }
    const again = { ...pod, status }
    if (status.nominatedNodeName !== '') this.#nominated.set(pod.metadata.uid, { pod: again, node: status.nominatedNodeName })
    for (const victim of postFilter?.victims ?? []) {
      const there = this.#bound.get(victim.uid)
      if (!there) continue
      if (chance(this.#random, 60)) this.#remove(victim.uid)
      else {
        const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }] as any
        const { metadata } = there.pod
        const deletionTimestamp = '2026-01-01T00:00:00Z'
        this.#place({ ...there.pod, metadata: { ...metadata, deletionTimestamp }, status: { ...there.pod.status, conditions } }, there.node)
      }
    }
    if (chance(this.#random, 70)) this.#waiting.push(again)
    else this.#nominated.delete(pod.metadata.uid)
  }
}

/** What stands beside Nodes and Pods at first. */
function objects(random: Random): Record<keyof Listers, Map<string, any>> {
  const set = (name: string, namespace: string, matchLabels: any = { app: name }) => ({ metadata: { name, namespace }, spec: { selector: { matchLabels } } })
  const claim = (name: string, spec: any, bound: boolean) => ({
    metadata: { name, namespace: 'default', uid: name, ...(bound ? { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } } : {}) },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  })
  const volume = (name: string, spec: any, labels: any = {}) => ({
    metadata: { name, labels },
    spec: { capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'local', ...spec },
    status: { phase: 'Available' },
  })
  const near = { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }] } }
  const made = listers({
    namespaces: [{ metadata: { name: 'default', labels: { team: 'x' } } }, { metadata: { name: 'other', labels: { team: 'y' } } }],
    services: chance(random, 60) ? [{ metadata: { name: 'a', namespace: 'default' }, spec: { selector: { app: 'a' } } }] : [],
    replicaSets: ['a', 'b', 'c'].map(name => set(name, 'default')),
    statefulSets: [set('a', 'other'), set('d', 'default', { app: 'd', tier: 'y' })],
    disruptionBudgets: [{ ...set('b', 'default', { app: 'b' }), status: { disruptionsAllowed: int(random, 2) } }],
    volumes: [
      volume(
        'pv-bound',
        { csi: { driver: 'csi', volumeHandle: 'h1' }, nodeAffinity: chance(random, 50) ? near : undefined },
        { 'topology.kubernetes.io/zone': 'za' },
      ),
      volume('pv-once', {}),
      volume('pv-1', { nodeAffinity: near }),
      volume('pv-2', { capacity: { storage: '3Gi' } }),
    ],
    claims: [
      claim('bound', { volumeName: 'pv-bound' }, true),
      claim('once', { volumeName: 'pv-once', accessModes: ['ReadWriteOncePod'] }, true),
      claim('local', { storageClassName: 'local' }, false),
      claim('wait', { storageClassName: 'slow' }, false),
    ],
    storageClasses: [
      { metadata: { name: 'local' }, provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' },
      { metadata: { name: 'slow' }, provisioner: 'csi', volumeBindingMode: 'WaitForFirstConsumer' },
    ],
  })
  return Object.fromEntries(Object.entries(made).map(([name, map]) => [name, new Map(map)])) as any
}

// convergence.ts: what must hold some time after the last order and the last incident: the cluster is as its specifications ask, and stays so.
// Models eventually stable reconciliation (Anvil, OSDI 2024) and the level-triggered promise of k8s.io/community/contributors/devel/sig-architecture
// Differs: nothing known

import { mapMatches } from '../../api/labels.ts'
import type { Node } from '../../api/node.ts'
import type { KubeObject, OwnerReference } from '../../api/object.ts'
import type { Pod } from '../../api/pod.ts'
import { milliValue, unitValue } from '../../api/quantity.ts'
import type { EndpointSlice, Service } from '../../api/service.ts'
import type { Deployment, ReplicaSet } from '../../api/workloads.ts'
import type { World } from '../../kernel/world.ts'
import type { WithInformers } from '../client/informer.ts'
import { behaviourOf, normalizedImage, under } from '../container-runtime/behaviour.ts'
import type { Runtime } from '../container-runtime/state.ts'
import type { Etcd } from '../etcd.ts'
import { matches } from '../kube-apiserver/cache.ts'
import type { State } from '../kube-apiserver/state.ts'
import { storages } from '../kube-apiserver/storage.ts'
import { rulesFor } from '../kube-proxy/rules.ts'
import type { Netfilter } from '../netfilter.ts'

/** Everything that is stored, by plural, each list in the order of its keys. */
interface View {
  world: World
  pods: Pod[]
  nodes: Node[]
  all: Map<string, KubeObject[]>
  uids: Set<string>
}

/** What has not converged, as sentences; empty when all is as it should be. The world is one in which everything is up and no wire is cut. */
export function unsettled(world: World): string[] {
  const etcd = world.actors.get('etcd')!.state as Etcd
  const server = world.actors.get('kube-apiserver')!.state as State
  const { store } = etcd.durable
  const wrong: string[] = []
  if (server.phase.at !== 'serving') return ['the API server does not serve yet']
  const all = new Map<string, KubeObject[]>()
  const uids = new Set<string>()
  for (const storage of storages.values()) {
    const cache = server.caches[storage.name]!
    const objects: KubeObject[] = []
    for (const key of store.sorted) {
      if (!key.startsWith(storage.prefix)) continue
      const kv = store.current.get(key)!
      const known = cache.objects.get(key.slice(storage.prefix.length))
      if (known?.metadata.resourceVersion !== String(kv.modRevision))
        wrong.push(`C3: the API server knows ${key} at ${known?.metadata.resourceVersion}, etcd at ${kv.modRevision}`)
      objects.push(kv.value)
      uids.add(kv.value.metadata.uid)
    }
    if (cache.objects.size !== objects.length) wrong.push(`C3: the API server knows ${cache.objects.size} ${storage.name}, etcd ${objects.length}`)
    all.set(storage.name, objects)
  }
  const view: View = { world, pods: all.get('pods') as Pod[], nodes: all.get('nodes') as Node[], all, uids }
  watchers(view, server, wrong)
  for (const node of view.nodes) settledNode(node, wrong)
  leftovers(view, wrong)
  for (const pod of view.pods) settledPod(view, pod, wrong)
  for (const set of all.get('replicasets') as ReplicaSet[]) settledReplicaSet(view, set, wrong)
  for (const deployment of all.get('deployments') as Deployment[]) settledDeployment(view, deployment, wrong)
  for (const service of all.get('services') as Service[]) settledService(view, service, wrong)
  for (const node of view.nodes) floor(view, node.metadata.name, wrong)
  return wrong
}

const nameOf = (o: KubeObject): string => (o.metadata.namespace === undefined ? o.metadata.name : `${o.metadata.namespace}/${o.metadata.name}`)
const controllerOf = (o: KubeObject): OwnerReference | undefined => o.metadata.ownerReferences?.find(r => r.controller === true)
const conditionOf = (o: { status?: any }, type: string): any => o.status?.conditions?.find((c: any) => c.type === type)
const isReady = (pod: Pod): boolean => conditionOf(pod, 'Ready')?.status === 'True'
const ended = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
const active = (pod: Pod): boolean => !ended(pod) && pod.metadata.deletionTimestamp === undefined

/** C3: every informer has a watch at the API server, and holds exactly what that watch selects. */
function watchers(view: View, server: State, wrong: string[]): void {
  for (const actor of view.world.actors.values()) {
    const informers = (actor.state as Partial<WithInformers>).informers
    for (const name in informers?.byName) {
      const informer = informers.byName[name]!
      const who = `the informer ${name} of ${actor.name}`
      let found = false
      for (const resource in server.caches) {
        const watcher = server.caches[resource]!.watchers.find(w => w.client === actor.name && w.id === informer.watch)
        if (watcher === undefined) continue
        found = true
        const expected = [...server.caches[resource]!.objects.values()].filter(o => matches(watcher, o))
        if (expected.length !== informer.store.size) wrong.push(`C3: ${who} holds ${informer.store.size} objects of ${expected.length}`)
        for (const object of expected) {
          const held = informer.store.get(nameOf(object))
          if (held?.metadata.resourceVersion !== object.metadata.resourceVersion)
            wrong.push(`C3: ${who} holds ${nameOf(object)} at ${held?.metadata.resourceVersion}, the API server at ${object.metadata.resourceVersion}`)
        }
      }
      if (!found) wrong.push(`C3: ${who} has no watch`)
    }
  }
}

function settledNode(node: Node, wrong: string[]): void {
  if (conditionOf(node, 'Ready')?.status !== 'True') wrong.push(`C2: node ${node.metadata.name} is not Ready`)
  for (const taint of node.spec.taints ?? [])
    if (taint.key === 'node.kubernetes.io/not-ready' || taint.key === 'node.kubernetes.io/unreachable')
      wrong.push(`C2: node ${node.metadata.name} is Ready and has the taint ${taint.key}`)
}

/** C2: nothing is stuck on its way out, nothing outlives its owner. */
function leftovers(view: View, wrong: string[]): void {
  for (const [resource, objects] of view.all)
    for (const object of objects) {
      if (object.metadata.deletionTimestamp !== undefined) wrong.push(`C2: ${resource} ${nameOf(object)} is still being deleted`)
      const owners = object.metadata.ownerReferences ?? []
      if (owners.length > 0 && !owners.some(o => view.uids.has(o.uid))) wrong.push(`C2: ${resource} ${nameOf(object)} has outlived its owners`)
    }
}

function settledPod(view: View, pod: Pod, wrong: string[]): void {
  const name = nameOf(pod)
  if (ended(pod)) return
  if (!pod.spec.nodeName) {
    const why = conditionOf(pod, 'PodScheduled')
    if (why?.status !== 'False') wrong.push(`C2: pod ${name} waits, and nobody says why`)
    for (const node of view.nodes) if (fits(view, pod, node)) wrong.push(`C2: pod ${name} waits, and fits on ${node.metadata.name}`)
    return
  }
  if (!view.nodes.some(n => n.metadata.name === pod.spec.nodeName)) wrong.push(`C2: pod ${name} is bound to ${pod.spec.nodeName}, which does not exist`)
  if (!isReady(pod) && pod.spec.containers.every(c => runsWell(c.image ?? ''))) {
    const waiting = (pod.status?.containerStatuses ?? []).map(c => c.state?.waiting?.reason ?? (c.state?.terminated ? 'terminated' : 'running'))
    wrong.push(`C1: pod ${name} is ${pod.status?.phase} and not ready (${waiting}), and its images run well`)
  }
}

/** Does a container of this image come up, and stay up? */
function runsWell(image: string): boolean {
  const name = normalizedImage(image)
  return !under(name, 'fail') && !behaviourOf(image).noStart && behaviourOf(image).exit === undefined
}

/** Would the scheduler's filters let it pass? Only of Pods that ask for cpu and memory, without affinity. */
function fits(view: View, pod: Pod, node: Node): boolean {
  if (node.spec.unschedulable || (node.spec.taints ?? []).some(t => t.effect !== 'PreferNoSchedule')) return false
  const left = { cpu: milliValue(node.status?.allocatable?.['cpu']), memory: unitValue(node.status?.allocatable?.['memory']) }
  for (const other of [pod, ...view.pods.filter(p => p.spec.nodeName === node.metadata.name && !ended(p))])
    for (const c of other.spec.containers) {
      left.cpu -= milliValue(c.resources?.requests?.['cpu'])
      left.memory -= unitValue(c.resources?.requests?.['memory'])
    }
  return left.cpu >= 0 && left.memory >= 0
}

/** A container that comes and goes makes counts differ for a moment: `steady` sets have none. */
const steady = (pods: Pod[]): boolean => pods.every(p => p.spec.containers.every(c => behaviourOf(c.image ?? '').exit === undefined))

function settledReplicaSet(view: View, set: ReplicaSet, wrong: string[]): void {
  const pods = view.pods.filter(p => controllerOf(p)?.uid === set.metadata.uid && active(p))
  const name = `ReplicaSet ${nameOf(set)}`
  if (pods.length !== (set.spec.replicas ?? 1)) wrong.push(`C1: ${name} asks for ${set.spec.replicas} pods and has ${pods.length}`)
  if (set.status?.observedGeneration !== set.metadata.generation) wrong.push(`C1: the status of ${name} is of generation ${set.status?.observedGeneration}`)
  const { replicas = 0, readyReplicas = 0 } = set.status ?? {}
  const ready = pods.filter(isReady).length
  if (replicas !== pods.length) wrong.push(`C1: ${name} tells of ${replicas} pods and has ${pods.length}`)
  if (readyReplicas !== ready && steady(pods)) wrong.push(`C1: ${name} tells of ${readyReplicas} ready pods and has ${ready}`)
}

function settledDeployment(view: View, deployment: Deployment, wrong: string[]): void {
  const name = `Deployment ${nameOf(deployment)}`
  const sets = (view.all.get('replicasets') as ReplicaSet[]).filter(s => controllerOf(s)?.uid === deployment.metadata.uid)
  if (deployment.status?.observedGeneration !== deployment.metadata.generation)
    wrong.push(`C1: the status of ${name} is of generation ${deployment.status?.observedGeneration}`)
  const template = JSON.stringify(deployment.spec.template.spec)
  const annotations = JSON.stringify(deployment.spec.template.metadata?.annotations ?? {})
  const newest = sets.find(
    s => JSON.stringify(s.spec.template?.spec) === template && JSON.stringify(s.spec.template?.metadata?.annotations ?? {}) === annotations,
  )
  if (!newest) {
    if (!isStuckAsUpstream(deployment, sets)) wrong.push(`C1: ${name} has no ReplicaSet of its template`)
    return
  }
  const replicas = deployment.spec.replicas ?? 1
  if (isStuckAsUpstream(deployment, sets)) return
  const pods = view.pods.filter(p => controllerOf(p)?.uid === newest.metadata.uid && active(p))
  const owned = sets.reduce((sum, s) => sum + (s.spec.replicas ?? 0), 0)
  const { status } = deployment
  if ((status?.replicas ?? 0) !== sets.reduce((sum, s) => sum + (s.status?.replicas ?? 0), 0)) wrong.push(`C1: ${name} tells of ${status?.replicas} pods`)
  if ((status?.updatedReplicas ?? 0) !== (newest.status?.replicas ?? 0)) wrong.push(`C1: ${name} tells of ${status?.updatedReplicas} pods of its template`)
  // A template whose containers end or never come stays on its way, and each of its pods says why.
  const comes = deployment.spec.template.spec.containers.every(c => runsWell(c.image ?? '')) && pods.every(isReady)
  if (!comes) return
  if (newest.spec.replicas !== replicas) wrong.push(`C1: ${name} asks for ${replicas} pods, its newest ReplicaSet for ${newest.spec.replicas}`)
  if (owned !== newest.spec.replicas) wrong.push(`C1: ${name} has pods of earlier templates`)
  const available = conditionOf(deployment, 'Available')?.status
  if (available !== 'True') wrong.push(`C1: ${name} has all its pods, and its condition Available is ${available}`)
}

/**
 * A Deployment that was scaled in the middle of a rollout, and whose strategy became Recreate before that was shared out, stays as it is for ever:
 * upstream's controller shares sizes out only for RollingUpdate, and does nothing else until they are (sync.go, scale and isScalingEvent).
 */
function isStuckAsUpstream(deployment: Deployment, sets: ReplicaSet[]): boolean {
  const active = sets.filter(s => (s.spec.replicas ?? 0) > 0)
  const unshared = active.some(s => s.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'] !== String(deployment.spec.replicas ?? 1))
  return deployment.spec.strategy?.type === 'Recreate' && active.length > 1 && unshared
}

function settledService(view: View, service: Service, wrong: string[]): void {
  const { selector } = service.spec
  const { name, namespace } = service.metadata
  if (selector === undefined || Object.keys(selector).length === 0) return
  const pods = view.pods.filter(p => p.metadata.namespace === namespace && !ended(p) && p.status?.podIP && mapMatches(selector, p.metadata.labels))
  if (!steady(pods)) return
  const expected = pods.map(p => `${p.status?.podIP} ${isReady(p)}`).sort()
  const slices = (view.all.get('endpointslices') as EndpointSlice[]).filter(
    s => s.metadata.namespace === namespace && s.metadata.labels?.['kubernetes.io/service-name'] === name,
  )
  const sliced = slices.flatMap(s => (s.endpoints ?? []).map(e => `${e.addresses[0]} ${e.conditions?.ready}`)).sort()
  if (String(sliced) !== String(expected)) wrong.push(`C3: the slices of ${namespace}/${name} have ${sliced}; its pods are ${expected}`)
  const endpoints: any = view.all.get('endpoints')!.find(e => e.metadata.namespace === namespace && e.metadata.name === name)
  const listed = (endpoints?.subsets ?? []).flatMap((s: any) => [
    ...(s.addresses ?? []).map((a: any) => `${a.ip} true`),
    ...(s.notReadyAddresses ?? []).map((a: any) => `${a.ip} false`),
  ])
  if (String(listed.sort()) !== String(expected)) wrong.push(`C3: the Endpoints of ${namespace}/${name} have ${listed}; its pods are ${expected}`)
  for (const node of view.nodes) {
    const netfilter = view.world.actors.get(`netfilter/${node.metadata.name}`)?.state as Netfilter | undefined
    if (!netfilter) continue
    const zone = node.metadata.labels?.['topology.kubernetes.io/zone']
    const wanted = JSON.stringify(rulesFor(service, slices, { node: node.metadata.name, ...(zone === undefined ? {} : { zone }) }))
    const has = JSON.stringify(netfilter.rules.get(`${namespace}/${name}`) ?? [])
    if (has !== wanted) wrong.push(`C3: the rules of ${node.metadata.name} for ${namespace}/${name} are ${has}, not ${wanted}`)
  }
}

/** P5 and P2: on the floor runs what belongs there, and what is ready runs. */
function floor(view: View, node: string, wrong: string[]): void {
  const services = new Set(view.all.get('services')!.map(nameOf))
  for (const service of (view.world.actors.get(`netfilter/${node}`)?.state as Netfilter | undefined)?.rules.keys() ?? [])
    if (!services.has(service)) wrong.push(`C3: ${node} has rules for ${service}, which is gone`)
  const runtime = view.world.actors.get(`container-runtime/${node}`)?.state as Runtime | undefined
  if (!runtime) return
  const here = new Map(view.pods.filter(p => p.spec.nodeName === node).map(p => [p.metadata.uid, p]))
  const running = new Map<string, number>()
  for (const sandbox of runtime.durable.sandboxes.values())
    if (sandbox.state === 'READY' && !here.has(sandbox.uid))
      wrong.push(`P5: ${node} has a sandbox of ${sandbox.namespace}/${sandbox.name}, which is not its pod`)
  for (const c of runtime.durable.containers.values()) {
    if (c.state !== 'RUNNING') continue
    running.set(c.pod.uid, (running.get(c.pod.uid) ?? 0) + 1)
    if (!here.has(c.pod.uid)) wrong.push(`P5: ${node} runs ${c.config.name} of ${c.pod.namespace}/${c.pod.name}, which is not its pod`)
  }
  for (const [uid, pod] of here)
    if (isReady(pod) && steady([pod]) && (running.get(uid) ?? 0) < pod.spec.containers.length)
      wrong.push(`P2: pod ${nameOf(pod)} is ready, and ${running.get(uid) ?? 0} of its containers run`)
}

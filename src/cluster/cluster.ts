// cluster.ts: a whole cluster: which actors there are, how they are configured, and the machines that play them.
// Models a cluster as kubeadm sets it up, with one control plane node
// Differs: the control plane is not a Node; credentials are names

import type { Taint } from '../api/node.ts'
import type { System } from '../kernel/machine.ts'
import { advanceTo, apply, newWorld, type World } from '../kernel/world.ts'
import { cloud, type Provider } from './cloud.ts'
import { cloudControllerManager } from './cloud-controller-manager.ts'
import { containerRuntime, gameTimings, standInTimings } from './container-runtime.ts'
import { customer } from './customer.ts'
import { etcd } from './etcd.ts'
import type { User } from './kube-apiserver/state.ts'
import { kubeApiserver } from './kube-apiserver.ts'
import { kubeControllerManager } from './kube-controller-manager.ts'
import { kubeProxy } from './kube-proxy.ts'
import { kubeScheduler } from './kube-scheduler.ts'
import type { KubeletConfig } from './kubelet/state.ts'
import { kubelet } from './kubelet.ts'
import { netfilter } from './netfilter.ts'
import { type RegistryConfig, registry, standInRegistry } from './registry.ts'
import { delay } from './topology.ts'
import { user } from './user.ts'

/** All machines of a cluster, and its wires. */
export const SYSTEM: System = {
  machines: {
    etcd,
    'kube-apiserver': kubeApiserver,
    'kube-scheduler': kubeScheduler,
    'kube-controller-manager': kubeControllerManager,
    'cloud-controller-manager': cloudControllerManager,
    kubelet,
    'container-runtime': containerRuntime,
    'kube-proxy': kubeProxy,
    netfilter,
    registry,
    cloud,
    customer,
    user,
  },
  delay,
}

export interface NodeOptions {
  name: string
  cpu?: string
  memory?: string
  pods?: string
  storage?: string
  labels?: Record<string, string>
  taints?: Taint[]
}

export interface ClusterOptions {
  seed: number
  /** Default: factory-p and factory-q, 4 cpu and 8Gi each, in zones p and q. */
  nodes?: NodeOptions[]
  /** With a cloud: its controller manager runs, and Nodes wait for it. */
  provider?: Provider
  /** kube-proxy on every node; default true. */
  proxies?: boolean
  /** Whose numbers: the game's, or those of the stand-in runtime of the recordings; default game. */
  pace?: 'game' | 'recorded'
  registry?: Partial<RegistryConfig>
  scheduler?: unknown
  users?: Record<string, User>
  /** Simulated ms at which the power comes on; default 0. */
  begin?: number
}

export const BOOT_MS = 30_000 // A booted cluster has run so long: Nodes are ready, Leases are held.

const defaultNodes: NodeOptions[] = [
  { name: 'factory-p', labels: { 'topology.kubernetes.io/zone': 'p' } },
  { name: 'factory-q', labels: { 'topology.kubernetes.io/zone': 'q' } },
]

/** A cluster at the moment when its power comes on. */
export function newCluster(options: ClusterOptions): World {
  const world = newWorld(options.seed)
  world.now = options.begin ?? 0
  const nodes = options.nodes ?? defaultNodes
  const recorded = options.pace === 'recorded'
  const spawn = (name: string, config: unknown) => apply(SYSTEM, world, { input: 'spawn', name, config })
  spawn('etcd', { clients: ['kube-apiserver'] })
  spawn('kube-apiserver', { users: options.users })
  spawn('kube-controller-manager', { host: 'mother-company' })
  spawn('kube-scheduler', { host: 'mother-company', ...(options.scheduler as object | undefined) })
  spawn('registry', { ...(recorded ? standInRegistry : {}), ...options.registry })
  if (options.provider) {
    const machines = nodes.map((n, i) => ({ node: n.name, zone: n.labels?.['topology.kubernetes.io/zone'] ?? 'a', address: addressOfNode(i) }))
    spawn('cloud', { provider: options.provider, machines })
    spawn('cloud-controller-manager', { host: 'mother-company' })
  }
  for (let i = 0; i < nodes.length; i++) addNode(world, nodes, i, options)
  spawn('user/admin', {})
  return world
}

/** A cluster that has come to rest after its start. */
export function bootedCluster(options: ClusterOptions): World {
  const world = newCluster(options)
  advanceTo(SYSTEM, world, world.now + BOOT_MS)
  return world
}

/** The address of the i-th node. */
export const addressOfNode = (i: number): string => `10.0.10.${11 + i}`
const podCIDRs = (i: number): string => `10.244.${i + 1}.0/24`

function addNode(world: World, nodes: NodeOptions[], i: number, options: ClusterOptions): void {
  const node = nodes[i]!
  const recorded = options.pace === 'recorded'
  const spawn = (name: string, config: unknown) => apply(SYSTEM, world, { input: 'spawn', name, config })
  spawn(`container-runtime/${node.name}`, {
    timings: recorded ? standInTimings : gameTimings,
    failedStart: recorded ? 'CREATED' : 'EXITED',
    podCIDR: podCIDRs(i),
  })
  const config: KubeletConfig = {
    client: { token: `system:node:${node.name}`, userAgent: 'kubelet/v1.37.2 (linux/amd64) kubernetes' },
    nodeIP: addressOfNode(i),
    capacity: { cpu: node.cpu ?? '4', memory: node.memory ?? '8Gi', pods: node.pods ?? '110', 'ephemeral-storage': node.storage ?? '100Gi' },
    labels: node.labels,
    taints: node.taints,
    cloudProvider: options.provider ? 'external' : undefined,
  }
  spawn(`kubelet/${node.name}`, config)
  if (options.proxies === false) return
  spawn(`netfilter/${node.name}`, { addresses: [addressOfNode(i)] })
  apply(SYSTEM, world, { input: 'post', to: `netfilter/${node.name}`, type: 'routes', body: nodes.map((n, j) => ({ cidr: podCIDRs(j), node: n.name })) })
  spawn(`kube-proxy/${node.name}`, { node: node.name, token: 'system:kube-proxy' })
}

/** Cuts a factory's power: kubelet, proxy, runtime and kernel die at once. */
export function powerOff(world: World, node: string): void {
  for (const name of actorsOf(world, node)) apply(SYSTEM, world, { input: 'crash', name })
}

/** Power again: the machine starts with an empty floor, without container, sandbox or cached image. */
export function powerOn(world: World, node: string): void {
  for (const name of actorsOf(world, node)) {
    const { config, machine } = world.actors.get(name)!
    if (machine === 'container-runtime') {
      apply(SYSTEM, world, { input: 'remove', name })
      apply(SYSTEM, world, { input: 'spawn', name, config })
    } else apply(SYSTEM, world, { input: 'restart', name })
  }
}

const actorsOf = (world: World, node: string): string[] => [...world.actors.keys()].filter(name => name.endsWith(`/${node}`))

// kube-proxy.ts: keeps the rules of one node in step with Services and their endpoints. Played by Paul.
// Models k8s.io/kubernetes/cmd/kube-proxy/app/server.go and pkg/proxy/iptables/proxier.go
// Differs: no full resync every hour; rules are handed to the kernel as data (netfilter.ts); no health ports

import type { Node } from '../api/node.ts'
import { resourceByKind } from '../api/resources.ts'
import type { EndpointSlice, Service } from '../api/service.ts'
import { type Io, machine } from '../kernel/machine.ts'
import { newSeriesRecorder, recordSeries, seriesHandlers, type WithSeriesRecorder } from './client/eventseries.ts'
import {
  byIndex,
  cached,
  hasSynced,
  type InformerTable,
  informerHandlers,
  informersPeerDown,
  listed,
  newInformers,
  startInformers,
  type WithInformers,
} from './client/informer.ts'
import { type PortRule, rulesFor } from './kube-proxy/rules.ts'

const MIN_SYNC_MS = 1_000 // Least gap between the end of one sync and the next.
const RETRY_MS = 30_000 // After a sync that failed.
const MONITOR_MS = 30_000 // So often upstream looks whether the kernel still has its rules.
const SERVICE_NAME = 'kubernetes.io/service-name'

/** `mode` undefined: the default, which is announced as an Event. */
export interface KubeProxyConfig {
  node: string
  token: string
  mode?: 'iptables'
}

const DEFAULT_MODE =
  "No kube-proxy mode specified: defaulting to 'iptables'. Note that in Kubernetes 1.40 the default mode will switch to 'nftables'. " +
  "If you wish to continue using 'iptables' mode, you must explicitly specify 'mode: iptables' in the kube-proxy config file, " +
  "or '--proxy-mode iptables' on the kube-proxy command line."

/** `pending`: Services whose rules must be written; `full`: so must all, and what else the kernel has goes; `timer` set while a sync waits for its time. */
export interface KubeProxy extends WithInformers, WithSeriesRecorder {
  node: string
  mode: 'iptables' | undefined
  zone: string | undefined
  pending: Set<string>
  full: boolean
  sync: { at: 'idle' } | { at: 'waiting'; timer: number } | { at: 'writing'; services: string[]; full: boolean }
  lastEnd: number
}

/** Notes: `RulesWritten` {services: [{service, ports, endpoints}]}, `RulesFailed` {services}. */
const informers: InformerTable<KubeProxy> = {
  services: {
    type: resourceByKind('v1', 'Service')!,
    on: (s, io, change) => changed(s, io, `${change.object.metadata.namespace}/${change.object.metadata.name}`),
    synced: begin,
  },
  endpointSlices: {
    type: resourceByKind('discovery.k8s.io/v1', 'EndpointSlice')!,
    labelSelector: '!service.kubernetes.io/service-proxy-name,!service.kubernetes.io/headless',
    indices: { service: (slice: EndpointSlice) => [serviceOf(slice)] },
    on: (s, io, change) => changed(s, io, serviceOf(change.object)),
    synced: begin,
  },
  node: {
    type: resourceByKind('v1', 'Node')!,
    fieldSelector: self => `metadata.name=${self.slice(self.indexOf('/') + 1)}`,
    on: (s, io, change) => nodeChanged(s, io, change.object),
    synced: begin,
  },
}

const netfilterOf = (s: KubeProxy) => `netfilter/${s.node}`
const serviceOf = (slice: EndpointSlice) => `${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_NAME] ?? ''}`

export const kubeProxy = machine<KubeProxy>({
  init(_self, config: KubeProxyConfig) {
    const client = { token: config.token, userAgent: 'kube-proxy' }
    return {
      node: config.node,
      mode: config.mode,
      zone: undefined,
      informers: newInformers(client),
      seriesRecorder: newSeriesRecorder('kube-proxy', config.node, client),
      pending: new Set(),
      full: true,
      sync: { at: 'idle' },
      lastEnd: -MIN_SYNC_MS,
    }
  },
  on: {
    ...informerHandlers(informers),
    ...(seriesHandlers as any),
    start(s, _m, io) {
      startInformers(informers, s, io)
      io.link(netfilterOf(s))
      if (s.mode === undefined) say(s, io, 'Warning', 'KubeProxyDefaultMode', DEFAULT_MODE)
      say(s, io, 'Normal', 'Starting', '')
    },
    sync(s, _m, io) {
      write(s, io)
    },
    written(s, m, io) {
      if (s.sync.at !== 'writing') return
      const { services, full } = s.sync
      s.sync = { at: 'idle' }
      s.lastEnd = io.now
      if (m.body.answer.ok) {
        io.link(netfilterOf(s))
        if (s.pending.size > 0) schedule(s, io, MIN_SYNC_MS)
        return
      }
      io.note('RulesFailed', { services })
      for (const service of services) s.pending.add(service)
      s.full ||= full
      schedule(s, io, RETRY_MS)
    },
    'peer/down'(s, m, io) {
      informersPeerDown(s, m, io)
      if (m.body.peer === netfilterOf(s)) io.after(MONITOR_MS, 'timer/monitor')
    },
    /** The kernel has lost its rules: all are written anew. */
    'timer/monitor'(s, _m, io) {
      s.full = true
      if (hasSynced(s)) schedule(s, io, 0)
    },
  },
})

/** The Event names the Node without its uid, as upstream. */
const say = (s: KubeProxy, io: Io, type: 'Normal' | 'Warning', reason: string, note: string): void =>
  recordSeries(s.seriesRecorder, io, { regarding: { kind: 'Node', name: s.node }, type, reason, action: 'StartKubeProxy', note })

/** Nothing is programmed until Services, slices and the node are known. */
function begin(s: KubeProxy, io: Io): void {
  if (hasSynced(s)) schedule(s, io, 0)
}

function changed(s: KubeProxy, io: Io, service: string): void {
  s.pending.add(service)
  if (hasSynced(s)) schedule(s, io, Math.max(0, s.lastEnd + MIN_SYNC_MS - io.now))
}

/** Topology hints are read with the node's own zone: a move means that all is written anew. */
function nodeChanged(s: KubeProxy, io: Io, node: Node): void {
  const zone = node.metadata.labels?.['topology.kubernetes.io/zone']
  if (zone === s.zone) return
  s.zone = zone
  if (!hasSynced(s)) return
  for (const service of listed<Service>(s, 'services')) s.pending.add(`${service.metadata.namespace}/${service.metadata.name}`)
  schedule(s, io, Math.max(0, s.lastEnd + MIN_SYNC_MS - io.now))
}

function schedule(s: KubeProxy, io: Io, ms: number): void {
  if (s.sync.at === 'idle') s.sync = { at: 'waiting', timer: io.after(ms, 'sync') }
}

function write(s: KubeProxy, io: Io): void {
  const { full } = s
  if (full) for (const service of listed<Service>(s, 'services')) s.pending.add(`${service.metadata.namespace}/${service.metadata.name}`)
  const services: [string, PortRule[]][] = [...s.pending].map(key => {
    const service = cached<Service>(s, 'services', key)
    return [key, service ? rulesFor(service, byIndex<EndpointSlice>(s, 'endpointSlices', 'service', key), { node: s.node, zone: s.zone }) : []]
  })
  s.pending.clear()
  s.full = false
  s.sync = { at: 'writing', services: services.map(([key]) => key), full }
  io.note('RulesWritten', { services: services.map(([service, ports]) => ({ service, ports: ports.length, endpoints: ports[0]?.cluster.length ?? 0 })) })
  io.call(netfilterOf(s), 'iptables-restore', { services, full }, 'written')
}

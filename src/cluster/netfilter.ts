// netfilter.ts: the network of a node's kernel: the rules that kube-proxy wrote, and what becomes of a connection.
// Models iptables as pkg/proxy/iptables/proxier.go programs it, and the Pod network
// Differs: chance is drawn once among the endpoints instead of rule by rule; established connections are not kept

import type { Protocol } from '../api/service.ts'
import { type Io, type Message, machine } from '../kernel/machine.ts'
import { share } from '../kernel/share.ts'
import type { DialReply } from './container-runtime/cri.ts'
import { inRange, type PortRule, type RuleEndpoint, wayOf } from './kube-proxy/rules.ts'

/** Configuration of the actor `netfilter/NODE`: the node's own addresses, and where Pods of other nodes live. */
export interface NetfilterConfig {
  addresses: string[]
}

/** Rules are kept when kube-proxy dies, and lost when the node's power is cut. */
export interface Netfilter {
  addresses: string[]
  rules: Map<string, PortRule[]>
  /** All of them in order, as packets meet them; shared. */
  chain: PortRule[]
  /** Which node has which range of Pod addresses: the network plugin has it on disk. */
  durable: { routes: { cidr: string; node: string }[] }
  /** Last endpoint by service port and source, for ClientIP affinity. */
  affinity: Map<string, { ip: string; at: number }>
}

/** A new connection: from whom, to where. */
export interface Connect {
  ip: string
  port: number
  protocol?: Protocol
  inside: boolean
  source: string
}

export type Connected =
  | { connected: true; service?: string; endpoint: string; pod: string; namespace: string }
  | { connected: false; error: 'refused' | 'timeout'; service?: string; endpoint?: string }

const AFFINITY_MAX = 1_000 // Clients remembered; the oldest goes.

export const netfilter = machine<Netfilter>({
  init: (_self, config: NetfilterConfig) => ({ addresses: config.addresses, rules: new Map(), chain: [], durable: { routes: [] }, affinity: new Map() }),
  on: {
    /** From kube-proxy: the rules of these Services, as they are from now on; an empty list takes them away. `full`: there are no others. */
    'iptables-restore'(s, m, io) {
      if (m.body.full) s.rules.clear()
      for (const [service, rules] of m.body.services as [string, PortRule[]][]) {
        if (rules.length === 0) s.rules.delete(service)
        else s.rules.set(service, rules)
      }
      s.chain = share([...s.rules.values()].flat())
      io.reply(m, true)
    },
    /** From the network plugin: which node has which Pods. */
    routes(s, m) {
      s.durable.routes = m.body
    },
    connect(s, m, io) {
      const c = m.body as Connect
      const way = wayOf(s.chain, { ip: c.ip, port: c.port, protocol: c.protocol ?? 'TCP', inside: c.inside, source: c.source }, s.addresses)
      if (way.way === 'pass') dial(s, m, io, { ip: c.ip, port: c.port }, undefined)
      else if (way.way === 'pick')
        dial(
          s,
          m,
          io,
          pick(s, way.from, way.rule, c.source, io.now, n => io.int(n)),
          way.rule.service,
        )
      else io.reply(m, { connected: false, error: way.way === 'drop' ? 'timeout' : 'refused', service: way.rule.service })
    },
    dialled(_s, m, io) {
      const { answer, context } = m.body
      const reply: DialReply = answer.ok ? answer.value : { connected: false, error: 'timeout' }
      const { service, endpoint } = context
      if (reply.connected) io.reply(context.call, { connected: true, service, endpoint, pod: reply.pod, namespace: reply.namespace })
      else io.reply(context.call, { connected: false, error: reply.error, service, endpoint })
    },
  },
})

function dial(s: Netfilter, m: Message, io: Io, to: { ip: string; port: number }, service: string | undefined): void {
  const route = s.durable.routes.find(r => inRange(to.ip, r.cidr))
  const endpoint = `${to.ip}:${to.port}`
  if (!route) return void io.reply(m, { connected: false, error: 'timeout', service, endpoint })
  io.call(`container-runtime/${route.node}`, 'Dial', to, 'dialled', { call: m, service, endpoint })
}

function pick(s: Netfilter, from: RuleEndpoint[], rule: PortRule, source: string, now: number, int: (n: number) => number): RuleEndpoint {
  if (rule.affinity === 0) return from[int(from.length)]!
  const key = `${rule.service}:${rule.port} ${source}`
  const last = s.affinity.get(key)
  const kept = last !== undefined && now - last.at < rule.affinity * 1000 ? from.find(e => e.ip === last.ip) : undefined
  const chosen = kept ?? from[int(from.length)]!
  s.affinity.delete(key)
  s.affinity.set(key, { ip: chosen.ip, at: now })
  if (s.affinity.size > AFFINITY_MAX) s.affinity.delete(s.affinity.keys().next().value!)
  return chosen
}

// cloud.ts: a cloud that rents machines and load balancers: google, amazon or azure.
// Models the providers of k8s.io/cloud-provider: cloud-provider-{gcp,aws,azure}
// Differs: delays and addresses are made up; machines of one type; no quotas but those that a configuration names

import { type Message, machine } from '../kernel/machine.ts'

export type Provider = 'google' | 'amazon' | 'azure'

/** Configuration of the actor `cloud`. `failing`: what every call answers until `repair`; `loadBalancersMax`: more are refused. */
export interface CloudConfig {
  provider: Provider
  machines: { node: string; zone: string; address: string }[]
  failing?: string
  loadBalancersMax?: number
}

export interface CloudMachine {
  node: string
  providerID: string
  zone: string
  region: string
  type: string
  address: string
  externalAddress: string
  power: 'running' | 'stopped'
}

export interface CloudLoadBalancer {
  name: string
  ingress: { ip: string; ipMode: 'VIP' } | { hostname: string }
  nodes: string[]
}

/** `durable`: what is rented outlives whoever rented it. */
export interface Cloud {
  provider: Provider
  failing: string | undefined
  loadBalancersMax: number
  durable: { machines: Map<string, CloudMachine>; loadBalancers: Map<string, CloudLoadBalancer>; given: number }
}

/** What a call comes back with. */
export type CloudReply<T> = { ok: true; value: T } | { ok: false; error: string }

interface ProviderFacts {
  type: string
  region: string
  /** ms until a new load balancer answers, and until a call about machines does. */
  loadBalancerMs: number
  /** Can the cloud say whether a machine is stopped? */
  knowsShutdown: boolean
  providerID(machine: { node: string; zone: string }, serial: number): string
}

export const providers: Record<Provider, ProviderFacts> = {
  google: {
    type: 'e2-standard-4',
    region: 'europe-west1',
    loadBalancerMs: 40_000,
    knowsShutdown: false,
    providerID: m => `gce://abc-company/${m.zone}/${m.node}`,
  },
  amazon: {
    type: 'm7i.xlarge',
    region: 'eu-west-1',
    loadBalancerMs: 90_000,
    knowsShutdown: true,
    providerID: (m, serial) => `aws:///${m.zone}/i-0${(0xabc00000 + serial).toString(16)}00000000`,
  },
  azure: {
    type: 'Standard_D4s_v5',
    region: 'westeurope',
    loadBalancerMs: 60_000,
    knowsShutdown: true,
    providerID: m => `azure:///subscriptions/abc/resourceGroups/company/providers/Microsoft.Compute/virtualMachines/${m.node}`,
  },
}

const ASK_MS = 100 // A question about a machine.
const CHANGE_MS = 5_000 // A change of a load balancer that is there.

/** Notes: `CloudCall` {call, subject, error?}. Hears from outside: `power` {node, power}, `terminate` {node}, `fail` {error}, `repair`. */
export const cloud = machine<Cloud>({
  init(_self, config: CloudConfig) {
    const facts = providers[config.provider]
    const machines = new Map<string, CloudMachine>()
    config.machines.forEach(({ node, zone, address }, i) => {
      const externalAddress = `203.0.113.${10 + i}`
      machines.set(node, {
        node,
        zone,
        address,
        externalAddress,
        region: facts.region,
        type: facts.type,
        power: 'running',
        providerID: facts.providerID({ node, zone }, i),
      })
    })
    return {
      provider: config.provider,
      failing: config.failing,
      loadBalancersMax: config.loadBalancersMax ?? 50,
      durable: { machines, loadBalancers: new Map(), given: 0 },
    }
  },
  on: {
    power(s, m) {
      const found = s.durable.machines.get(m.body.node)
      if (found) s.durable.machines.set(m.body.node, { ...found, power: m.body.power })
    },
    terminate(s, m) {
      s.durable.machines.delete(m.body.node)
    },
    fail(s, m) {
      s.failing = m.body.error
    },
    repair(s) {
      s.failing = undefined
    },
    instanceMetadata: (s, m, io) => later(io, m, ASK_MS, answerOf(s, s.durable.machines.get(m.body.node) ?? null)),
    instanceExists: (s, m, io) => later(io, m, ASK_MS, answerOf(s, s.durable.machines.has(m.body.node))),
    instanceShutdown(s, m, io) {
      const known = providers[s.provider].knowsShutdown
      later(io, m, ASK_MS, known ? answerOf(s, s.durable.machines.get(m.body.node)?.power === 'stopped') : { ok: false, error: 'unimplemented' })
    },
    getLoadBalancer: (s, m, io) => later(io, m, ASK_MS, answerOf(s, s.durable.loadBalancers.get(m.body.name) ?? null)),
    ensureLoadBalancer(s, m, io) {
      const there = s.durable.loadBalancers.get(m.body.name)
      io.note('CloudCall', { call: 'EnsureLoadBalancer', subject: m.body.service, provider: s.provider, error: s.failing })
      if (s.failing !== undefined) return later(io, m, ASK_MS, { ok: false, error: s.failing })
      if (!there && s.durable.loadBalancers.size >= s.loadBalancersMax)
        return later(io, m, ASK_MS, { ok: false, error: `quota exceeded: at most ${s.loadBalancersMax} load balancers` })
      later(io, m, there ? CHANGE_MS : providers[s.provider].loadBalancerMs, undefined)
    },
    updateLoadBalancer(s, m, io) {
      const there = s.durable.loadBalancers.get(m.body.name)
      io.note('CloudCall', { call: 'UpdateLoadBalancer', subject: m.body.service, provider: s.provider, error: s.failing })
      if (there && s.failing === undefined) s.durable.loadBalancers.set(there.name, { ...there, nodes: m.body.nodes })
      later(io, m, CHANGE_MS, answerOf(s, null))
    },
    deleteLoadBalancer(s, m, io) {
      io.note('CloudCall', { call: 'EnsureLoadBalancerDeleted', subject: m.body.service, provider: s.provider, error: s.failing })
      if (s.failing === undefined) s.durable.loadBalancers.delete(m.body.name)
      later(io, m, CHANGE_MS, answerOf(s, null))
    },
    'call/done'(s, m, io) {
      const call = m.body.call as Message
      io.reply(call, m.body.reply ?? answerOf(s, rent(s, call.body)))
    },
  },
})

const answerOf = <T>(s: Cloud, value: T): CloudReply<T> => (s.failing === undefined ? { ok: true, value } : { ok: false, error: s.failing })

const later = (io: { after(ms: number, type: string, body: unknown): number }, call: Message, ms: number, reply: CloudReply<unknown> | undefined): void =>
  void io.after(ms, 'call/done', { call, reply })

function rent(s: Cloud, body: { name: string; nodes: string[] }): CloudLoadBalancer {
  const { loadBalancers } = s.durable
  const there = loadBalancers.get(body.name)
  const ingress = there?.ingress ?? addressOf(s, body.name)
  const rented = { name: body.name, ingress, nodes: body.nodes }
  loadBalancers.set(body.name, rented)
  return rented
}

function addressOf(s: Cloud, name: string): CloudLoadBalancer['ingress'] {
  const serial = ++s.durable.given
  if (s.provider === 'amazon') return { hostname: `${name}-${1_000_000 + serial}.${providers.amazon.region}.elb.amazonaws.com` }
  return { ip: `198.51.100.${serial % 250}`, ipMode: 'VIP' }
}

// customer.ts: somebody who calls a Service again and again, and counts who answered.
// Models a client program outside or inside the cluster
// Differs: nothing known

import type { Service } from '../api/service.ts'
import { type Io, machine } from '../kernel/machine.ts'
import type { Connected } from './netfilter.ts'

const TIMEOUT_MS = 5_000 // A customer who hears nothing for so long hangs up.

/** Configuration of `customer/NAME`: calls ip:port every `every` ms, entering at these nodes in turn. `inside`: it is a Pod of the cluster. */
export interface CustomerConfig {
  ip: string
  port: number
  every: number
  nodes: string[]
  inside: boolean
  source: string
  /** Stop after so many calls; 0 goes on for ever. */
  calls?: number
}

export interface Customer {
  config: CustomerConfig
  made: number
  served: number
  lost: number
}

/** Where a customer of this kind dials: the ClusterIP, a nodePort, or the load balancer's address; undefined while there is none. */
export function addressOf(service: Service, via: 'clusterIP' | 'nodePort' | 'loadBalancer', nodeAddress: string): { ip: string; port: number } | undefined {
  const port = service.spec.ports?.[0]
  if (!port) return undefined
  if (via === 'nodePort') return port.nodePort === undefined ? undefined : { ip: nodeAddress, port: port.nodePort }
  const ip = via === 'clusterIP' ? service.spec.clusterIP : service.status?.loadBalancer?.ingress?.[0]?.ip
  return ip === undefined || ip === 'None' ? undefined : { ip, port: port.port }
}

/** Notes: `Called` {outcome, service, endpoint, pod, number}. Hears `aim` {ip, port} and `hang up`. */
export const customer = machine<Customer>({
  init: (_self, config: CustomerConfig) => ({ config, made: 0, served: 0, lost: 0 }),
  on: {
    start(s, _m, io) {
      io.after(s.config.every, 'dial')
    },
    aim(s, m) {
      s.config = { ...s.config, ...m.body }
    },
    dial(s, _m, io) {
      const { config } = s
      const node = config.nodes[s.made % config.nodes.length]!
      s.made++
      const packet = { ip: config.ip, port: config.port, inside: config.inside, source: config.source }
      io.call(`netfilter/${node}`, 'connect', packet, 'outcome', { number: s.made }, TIMEOUT_MS)
      if (config.calls === undefined || config.calls === 0 || s.made < config.calls) io.after(config.every, 'dial')
    },
    outcome(s, m, io) {
      const { answer, context } = m.body
      tally(s, io, answer.ok ? answer.value : { connected: false, error: 'timeout' }, context.number)
    },
    'hang up'(s) {
      s.config = { ...s.config, calls: s.made }
    },
  },
})

function tally(s: Customer, io: Io, c: Connected, number: number): void {
  if (c.connected) s.served++
  else s.lost++
  io.note('Called', { number, outcome: c.connected ? 'served' : c.error, service: c.service, endpoint: c.endpoint, pod: c.connected ? c.pod : undefined })
}

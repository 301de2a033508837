// parts.ts: what mutants are made of: a machine that hears one thing more, or hears it otherwise.

import type { Io, Message, System } from '../../kernel/machine.ts'

export type Heard = (state: any, message: Message, io: Io) => void

/** The same system, with a machine that does this when it hears that: after what it would do anyway. */
export function also(system: System, machine: string, type: string, more: Heard): System {
  return instead(system, machine, type, (state, message, io, usual) => {
    usual(message)
    more(state, message, io)
  })
}

/** The same system, with a machine that decides itself whether it does the usual. */
export function instead(
  system: System,
  machine: string,
  type: string,
  handler: (state: any, message: Message, io: Io, usual: (message: Message) => void) => void,
): System {
  const known = system.machines[machine]!
  const before = known.on[type]
  const on = { ...known.on, [type]: (state: any, message: Message, io: Io) => handler(state, message, io, m => before?.(state, m, io)) }
  return { ...system, machines: { ...system.machines, [machine]: { ...known, on } } }
}

/** The same system, with a machine that does this after whatever it hears. */
export function always(system: System, machine: string, more: Heard): System {
  return Object.keys(system.machines[machine]!.on).reduce((made, type) => also(made, machine, type, more), system)
}

/** The Pod that a watch tells of; undefined: it tells of something else. */
export const podTold = (message: Message): any => (message.body.object?.kind === 'Pod' && message.body.type !== 'BOOKMARK' ? message.body.object : undefined)

/** Pods that the hatch hears of from the vault: filed anew, or changed. */
export const podsFiled = (message: Message): any[] =>
  message.body.events.flatMap((e: any) => (e.type === 'PUT' && e.kv.value?.kind === 'Pod' ? [e.kv.value] : []))

/** Told of a Pod that nobody has placed. */
export const unplaced = (message: Message): boolean => podTold(message) !== undefined && (podTold(message).spec.nodeName ?? '') === ''

/** A request in the name of the administrator, by whoever sends it. */
function askAsAdmin(io: Io, method: string, path: string, body: unknown): void {
  const headers = { authorization: 'Bearer admin-token', accept: 'application/json', 'content-type': 'application/json' }
  io.call('kube-apiserver', 'request', { method, path, query: {}, headers, body }, 'mutant/answered')
}

/** A Deployment was ordered or changed: `order` is made of it by whoever a mutant says. */
export const orders = (system: System, to: string): System =>
  also(system, 'kube-apiserver', 'request', (_, m, io) => {
    if (m.body.method !== 'GET' && /\/deployments(\/[^/]+(\/scale)?)?$/.test(m.body.path) && m.from.startsWith('user/')) io.send(to, 'mutant/order', {})
  })

/** Whoever hears of the order hands in a slip for it. */
export function makesSlips(system: System, machine: string): System {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'order-' }, spec: { containers: [{ name: 'order', image: 'abc/web:1' }] } }
  const made = also(system, machine, 'mutant/order', (_, __, io) => askAsAdmin(io, 'POST', '/api/v1/namespaces/default/pods', pod))
  return also(made, machine, 'mutant/answered', () => {})
}

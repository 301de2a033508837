// topology.ts: who is connected to whom, how long each wire takes, and the numbers that the game made up.
// Models the network of a small cluster
// Differs: delays are round numbers, in ms

/** Wires that exist, by machine; all others are an error in a component. */
const WIRES: Record<string, Record<string, number>> = {
  'kube-apiserver': { etcd: 1, kubelet: 1 },
  'kube-scheduler': { 'kube-apiserver': 1 },
  'kube-controller-manager': { 'kube-apiserver': 1 },
  'cloud-controller-manager': { 'kube-apiserver': 1, cloud: 50 },
  kubelet: { 'kube-apiserver': 1, 'container-runtime': 0 },
  'container-runtime': { registry: 5 },
  'kube-proxy': { 'kube-apiserver': 1, netfilter: 1 },
  netfilter: { 'container-runtime': 1 },
  customer: { netfilter: 1 },
  user: { 'kube-apiserver': 1 },
}

const machineOf = (name: string) => {
  const slash = name.indexOf('/')
  return slash < 0 ? name : name.slice(0, slash)
}

const delays = new Map<string, Map<string, number>>()

/** Milliseconds from one actor to another; answers and watch messages take the wire back. Names are few, so each pair is looked up once. */
export function delay(from: string, to: string): number {
  const known = delays.get(from)?.get(to)
  if (known !== undefined) return known
  const ms = wireDelay(from, to)
  const row = delays.get(from)
  if (row) row.set(to, ms)
  else delays.set(from, new Map([[to, ms]]))
  return ms
}

function wireDelay(from: string, to: string): number {
  const a = machineOf(from)
  const b = machineOf(to)
  const ms = WIRES[a]?.[b] ?? WIRES[b]?.[a]
  if (ms === undefined) throw new Error(`there is no wire from ${from} to ${to}`)
  return ms
}

/** Is there a wire between these machines? The map draws the others as missing. */
export const wired = (a: string, b: string): boolean => WIRES[a]?.[b] !== undefined || WIRES[b]?.[a] !== undefined

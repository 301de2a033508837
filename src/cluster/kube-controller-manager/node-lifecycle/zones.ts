// zones.ts: the nodes of each zone that wait for a NoExecute taint, and how fast they get it.
// Models k8s.io/kubernetes/pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go
// Differs: nothing known

import { taintingRate, type ZoneState } from './health.ts'

/** `set` are all that were added and not removed; `queue` those of them that still wait. */
export interface Zone {
  state: ZoneState
  qps: number
  tokens: number
  tokensAt: number
  queue: string[]
  set: string[]
}

export const newZone = (now: number): Zone => ({ state: 'Initial', qps: taintingRate('Normal', 0), tokens: 1, tokensAt: now, queue: [], set: [] })

/** Each node once, until it is removed. */
export function addNode(zone: Zone, node: string): void {
  if (zone.set.includes(node)) return
  zone.set.push(node)
  zone.queue.push(node)
}

export function removeNode(zone: Zone, node: string): void {
  zone.set = zone.set.filter(n => n !== node)
  zone.queue = zone.queue.filter(n => n !== node)
}

/** Takes the token that a try costs. */
export function accept(zone: Zone, now: number): boolean {
  if (zone.qps <= 0) return false
  zone.tokens = Math.min(1, zone.tokens + ((now - zone.tokensAt) / 1000) * zone.qps)
  zone.tokensAt = now
  // A hair of rounding must not cost a tenth of a second.
  if (zone.tokens < 1 - 1e-9) return false
  zone.tokens = 0
  return true
}

/** The rate changes; whoever was waiting goes on waiting. */
export function setRate(zone: Zone, qps: number, now: number): void {
  if (zone.qps === qps) return
  const free = accept(zone, now)
  zone.qps = qps
  zone.tokens = free ? 1 : 0
  zone.tokensAt = now
}

/** Takes in how many nodes of each zone are ready. True: every zone just went dark, and nothing is tainted any more. `lit`: the dark is over. */
export function turnZones(
  zones: Record<string, Zone>,
  ready: Record<string, boolean[]>,
  stateOf: (ready: boolean[]) => ZoneState,
  now: number,
): { dark: boolean; lit: boolean } {
  const names = Object.keys(ready)
  const states: Record<string, ZoneState> = {}
  for (const name of names) states[name] = stateOf(ready[name]!)
  const dark = names.every(name => states[name] === 'FullDisruption')
  for (const name of Object.keys(zones)) if (!ready[name]) zones[name]!.state = 'Initial'
  const wasDark = names.every(name => zones[name]!.state === 'FullDisruption')
  if (dark && wasDark) return { dark: false, lit: false }
  if (dark) {
    for (const name of names) {
      setRate(zones[name]!, 0, now)
      zones[name]!.state = 'FullDisruption'
    }
    return { dark: true, lit: false }
  }
  for (const name of names) {
    const zone = zones[name]!
    if (!wasDark && zone.state === states[name]) continue
    setRate(zone, taintingRate(states[name]!, ready[name]!.length), now)
    zone.state = states[name]!
  }
  return { dark: false, lit: wasDark }
}

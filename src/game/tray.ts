// tray.ts: what lies before a jacket: messages that wait, callers who stand there, the factories and the planner's sheet of them.

import { quantityOf } from '../api/quantity.ts'
import { type Stopped, waiting } from '../kernel/gates.ts'
import { callerActor } from './callers.ts'
import { objectsUnder, type PodFact, podsOf } from './facts.ts'
import type { Caller } from './level.ts'
import { type Run, worldOf } from './run.ts'

const HATCH = 'kube-apiserver'

/** The caller whose request this is. */
export const callerOf = (run: Run, stopped: Stopped): Caller | undefined => run.level.callers.find(c => callerActor(c) === stopped.said.from)

/** What waits for the jacket that is worn: requests of callers apart. */
export function trayOf(run: Run, actor = run.jackets!.worn): Stopped[] {
  return waiting(worldOf(run)).filter(s => {
    if (callerOf(run, s) !== undefined) return false
    const atHatch = s.passed >= run.jackets!.hatch
    return actor === HATCH ? atHatch : s.said.from === actor && !atHatch
  })
}

/** Callers who still stand at the hatch. */
export function queueOf(run: Run): Caller[] {
  const standing = new Set(waiting(worldOf(run)).map(s => s.said.from))
  return run.level.callers.filter(c => (c.badge === 'crowbar' ? !run.jackets!.turnedAway.includes(c.id) : standing.has(callerActor(c))))
}

export const nodesOf = (run: Run): string[] => [...worldOf(run).actors.keys()].filter(a => a.startsWith('kubelet/')).map(a => a.slice(8))

/** The planner's sheet for a slip: each factory that can take it, with its score; what the real one wrote last. */
export function sheetOf(run: Run, pod: string): [string, number][] {
  const note = worldOf(run).notes.findLast(n => n.kind === 'Scored' && n.data.pod.endsWith(`/${pod}`))
  return Object.entries((note?.data.final ?? {}) as Record<string, number>)
}

export const nodeNamed = (run: Run, name: string): any => objectsUnder(worldOf(run), `/registry/minions/${name}`)[0]

const millis = (cpu: string | undefined): number => Number(quantityOf(cpu ?? '0').nano / 1_000_000n)

/** Millicores that a slip asks for; that a node can give; that nobody on it has asked for. */
export const askedBy = (pod: PodFact): number => pod.object.spec.containers.reduce((sum: number, c: any) => sum + millis(c.resources?.requests?.cpu), 0)
export const allocatableOn = (run: Run, node: string): number => millis(nodeNamed(run, node)?.status?.allocatable?.cpu)
export function freeOn(run: Run, node: string): number {
  const here = podsOf(worldOf(run)).filter(p => p.node === node && p.phase !== 'Succeeded' && p.phase !== 'Failed')
  return allocatableOn(run, node) - here.reduce((sum, p) => sum + askedBy(p), 0)
}

// refusal.ts: why a Pod fits nowhere: which plugin refuses each node, and the text that users see.
// Models k8s.io/kubernetes/pkg/scheduler/{schedule_one.go,framework/types.go (FitError)} and framework/preemption/preemption.go
// Differs: where Pods of lower priority might leave, nothing is said: the straight cycle tries that

import type { Pod } from '../../../api/pod.ts'
import { countsText } from '../cycle.ts'
import { refuse, refuseForGood, type Verdict } from '../framework.ts'
import { portsConflict } from '../nodeinfo.ts'
import { NO_HELP, NO_VICTIMS } from '../plugins/defaultpreemption.ts'
import type { FastCache } from './cache.ts'
import type { Incoming } from './incoming.ts'
import { affinityVerdict } from './interpodaffinity.ts'
import { fitVerdict } from './noderesources.ts'
import { staticVerdict } from './nodeverdicts.ts'
import { spreadVerdict } from './podtopologyspread.ts'
import type { Signature } from './signature.ts'

export interface Refused {
  message: string
  rejectors: string[]
  /** What becomes of `nominatedNodeName`; undefined: it stays. */
  nominate: 'clear' | undefined
  /** By slot, in the order in which nodes were asked. */
  verdicts: Map<number, Verdict>
}

/** Why none of the slots (all that may be meant, in the order in which they are asked) will do; undefined if preemption has to be tried. */
export function refusalOf(cache: FastCache, pod: Pod, signature: Signature, incoming: Incoming, slots: number[]): Refused | undefined {
  const verdicts = new Map(slots.map(slot => [slot, verdictOf(cache, signature, incoming, slot)]))
  const hopeful = slots.filter(slot => verdicts.get(slot)!.code === 'unschedulable')
  const never = pod.spec.preemptionPolicy === 'Never'
  if (!never && mightLeave(cache, pod.spec.priority ?? 0, hopeful)) return undefined
  const rejectors = new Set([...verdicts.values()].map(v => v.plugin))
  if (incoming.names) {
    rejectors.add(ABSENT.plugin)
    for (const slot of cache.order!) if (!verdicts.has(slot)) verdicts.set(slot, ABSENT)
  }
  const all = verdicts.size
  const reasons = new Map<string, number>()
  for (const verdict of verdicts.values()) for (const reason of verdict.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  const helps = [[NO_VICTIMS, hopeful.length] as const, [NO_HELP, all - hopeful.length] as const].filter(([, n]) => n > 0)
  const tail = never ? 'not eligible due to preemptionPolicy=Never.' : `0/${all} nodes are available: ${countsText(new Map(helps))}.`
  return {
    message: `0/${all} nodes are available: ${countsText(reasons)}. preemption: ${tail}`,
    rejectors: [...rejectors],
    nominate: never ? undefined : 'clear',
    verdicts,
  }
}

const ABSENT: Verdict = { plugin: 'NodeAffinity', ...refuseForGood("node(s) didn't satisfy plugin(s) [NodeAffinity]") }

/** Is there a Pod of lower priority on one of the slots? */
function mightLeave({ priorities, pods }: FastCache, priority: number, slots: number[]): boolean {
  if (![...priorities.keys()].some(p => p < priority)) return false
  return slots.some(slot => pods[slot]!.some(p => p.priority < priority))
}

/** Of the first plugin that refuses, in the profile's order; there is one. */
function verdictOf(cache: FastCache, signature: Signature, { verdicts, resources, hard, affinity }: Incoming, slot: number): Verdict {
  const found =
    staticVerdict(verdicts, slot, 'first') ??
    portsVerdict(cache, signature, slot) ??
    fitVerdict(resources, cache.columns, slot) ??
    spreadVerdict(hard, slot) ??
    affinityVerdict(affinity, slot) ??
    staticVerdict(verdicts, slot, 'last')
  if (!found) throw new Error(`nothing keeps ${signature.sample.key} off ${cache.columns.info[slot]?.name}`)
  return found
}

const TAKEN: Verdict = { plugin: 'NodePorts', ...refuse("node(s) didn't have free ports for the requested pod ports") }

export function portsVerdict({ withPorts }: FastCache, { sample }: Signature, slot: number): Verdict | undefined {
  if (sample.ports.length === 0) return undefined
  const taken = withPorts[slot]!.some(({ signature }) => signature.sample.ports.some(a => sample.ports.some(b => portsConflict(a, b))))
  return taken ? TAKEN : undefined
}

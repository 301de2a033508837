// sheet.ts: the planner's two columns, filled in by hand: who cannot, and why; then one of those who can.

import { untoleratedTaint } from '../cluster/kube-scheduler/terms.ts'
import { letterOf } from '../company/cast.ts'
import { type PodFact, podsOf } from './facts.ts'
import type { RolePanel } from './panel.ts'
import { roleOf, type Verb } from './roles.ts'
import { nextBeat, type Run, stands, worldOf } from './run.ts'
import { askedBy, freeOn, nodeNamed, nodesOf, trayOf } from './tray.ts'
import type { Words } from './view.ts'

/** A slip that is on its way is waited for. */
const COMING_MS = 200
const COMING_BEATS = 12

const two = (company: string, kubernetes = company): Words => ({ company, kubernetes })

/** What is done with the factory that is pointed at. */
export const SHEET_VERBS: readonly Verb[] = [
  { verb: 'no cpu', key: 'c', text: two('cannot: no room', 'Insufficient cpu') },
  { verb: 'no sign', key: 't', text: two('cannot: a sign', 'untolerated taint') },
  { verb: 'no label', key: 'b', text: two('cannot: no label', 'node selector') },
  { verb: 'bind', key: 'w', text: two('write its letter', 'bind') },
]

/** `no p cpu`, `no cpu`, `bind s`, `bind`: with a letter, that factory is pointed at first. */
const LINE = /^(no|bind)(?: ([a-z]))?(?: (cpu|sign|label))?$/

/** Is the planner's jacket worn in a level in which the sheet is filled in by hand? */
export const bySheet = (run: Run): boolean => run.level.start.sheet && run.jackets?.worn === 'kube-scheduler'

/** The slip that lies in front. */
export const slipInFront = (run: Run): PodFact | undefined => {
  const name = trayOf(run).map(roleOf('kube-scheduler')!.slipOf)[0]
  return podsOf(worldOf(run)).find(p => p.name === name)
}

const crossedOf = (run: Run, slip: PodFact): string[] => run.jackets!.crossed[slip.name] ?? []

export function isSheetLine(run: Run, line: string): boolean {
  const [, verb, letter, reason] = LINE.exec(line) ?? []
  if (verb === undefined || (verb === 'no') !== (reason !== undefined)) return false
  return letter === undefined || nodesOf(run).some(n => letterOf(n).toLowerCase() === letter)
}

/** For which reasons a node cannot take the slip. */
function reasonsAgainst(run: Run, slip: PodFact, node: any): string[] {
  const wanted = Object.entries((slip.object.spec.nodeSelector ?? {}) as Record<string, string>)
  return [
    ...(askedBy(slip) > freeOn(run, node.metadata.name) ? ['cpu'] : []),
    ...(untoleratedTaint(slip.object, node.spec.taints) === undefined ? [] : ['sign']),
    ...(wanted.every(([key, value]) => node.metadata.labels?.[key] === value) ? [] : ['label']),
  ]
}

/** What the real one has written of a node beside the slip; undefined: it can take it. */
function realReason(run: Run, slip: PodFact, node: string): string | undefined {
  const note = worldOf(run).notes.findLast(n => n.kind === 'Filtered' && n.data.pod.endsWith(`/${slip.name}`))
  return note?.data.verdicts[node]?.reasons[0]
}

type Verdict = { ok: boolean; text: Words } | { bind: string }

/** Fills in a line of the sheet; `bind`: all who cannot are crossed out, and this letter is to be written. */
export function fillIn(run: Run, line: string): Verdict {
  const [, verb, letter, reason] = LINE.exec(line)!
  const jackets = run.jackets!
  for (let i = 0; i < COMING_BEATS && slipInFront(run) === undefined && nextBeat(run, COMING_MS) !== undefined; i++) if (stands(run)) break
  const slip = slipInFront(run)
  if (slip === undefined) return { ok: true, text: two('No slip waits.', 'No Pod waits.') }
  if (letter !== undefined) jackets.chosen = nodesOf(run).find(n => letterOf(n).toLowerCase() === letter)!
  const name = pointedAt(run)
  const node = nodeNamed(run, name)
  const sign = letterOf(name)
  if (verb === 'no') return crossOut(run, slip, node, reason!, sign)
  const left = nodesOf(run).filter(n => !crossedOf(run, slip).includes(n) && reasonsAgainst(run, slip, nodeNamed(run, n)).length > 0)
  if (reasonsAgainst(run, slip, node).length > 0) return { ok: false, text: two(`${sign} cannot take ${slip.name}. Cross it out.`, `${name} is not feasible.`) }
  if (left.length > 0) return { ok: false, text: two('First all who cannot, then one of the rest.', 'Filter first, then score.') }
  return { bind: `bind ${sign}` }
}

function crossOut(run: Run, slip: PodFact, node: any, reason: string, sign: string): Verdict {
  const { name } = node.metadata
  const crossed = crossedOf(run, slip)
  if (crossed.includes(name)) return { ok: true, text: two(`${sign} is crossed out already.`, `${name} is filtered already.`) }
  if (!reasonsAgainst(run, slip, node).includes(reason)) return { ok: false, text: two(`That keeps nobody out of ${sign}.`, `That filter passes ${name}.`) }
  run.jackets!.crossed = { ...run.jackets!.crossed, [slip.name]: [...crossed, name] }
  const next = nodesOf(run).find(n => n > name && !crossed.includes(n))
  if (next !== undefined) run.jackets!.chosen = next
  return { ok: true, text: two(`The real sheet says: ${realReason(run, slip, name)}`, `kube-scheduler: ${realReason(run, slip, name)}`) }
}

/** The factory that is pointed at. */
export function pointedAt(run: Run): string {
  const nodes = nodesOf(run)
  const { chosen } = run.jackets!
  return chosen !== undefined && nodes.includes(chosen) ? chosen : nodes[0]!
}

/** The factories as lines of the sheet: what is free on paper, the sign on the door, the labels that somebody could ask for. */
export function sheetTray(run: Run): RolePanel['tray'] {
  const slip = slipInFront(run)
  if (slip === undefined) return []
  const crossed = crossedOf(run, slip)
  const wants = Object.entries((slip.object.spec.nodeSelector ?? {}) as Record<string, string>).map(([k, v]) => `${k}=${v}`)
  const asks = two(
    `${slip.name} asks for ${askedBy(slip)}m cpu${wants.length > 0 ? ` and ${wants.join(' ')}` : ''}`,
    `${slip.name}: ${askedBy(slip)}m${wants.length > 0 ? `, nodeSelector ${wants.join(' ')}` : ''}`,
  )
  return nodesOf(run).map(name => {
    const node = nodeNamed(run, name)
    const taints = (node.spec.taints ?? []).map((t: any) => t.key)
    const labels = Object.entries(node.metadata.labels as Record<string, string>).filter(([k]) => !k.includes('/'))
    const more = [...taints.map((t: string) => `! ${t}`), ...labels.map(([k, v]) => `${k}=${v}`)].join(' ')
    const free = `${freeOn(run, name)}m free`
    return {
      id: name,
      text: two(`${letterOf(name)}  ${free}  ${more}`, `${name} ${free} ${more}`),
      done: crossed.includes(name),
      chosen: name === pointedAt(run),
      detail: [asks],
    }
  })
}

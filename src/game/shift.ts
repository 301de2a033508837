// shift.ts: the player in the foreman's jacket: each act is right when it is what the real kubelet does next.

import { letterOf, nameOf } from '../company/cast.ts'
import type { Beat } from './beats.ts'
import { forkOf } from './bets.ts'
import { podsOf } from './facts.ts'
import type { RolePanel } from './panel.ts'
import { nextBeat, type Run, worldOf } from './run.ts'
import type { Words } from './view.ts'

/** Beats that are looked through for the next act. */
const BEATS_MAX = 60

export interface Shift {
  node: string
  done: number
  mistakes: number
  said?: { text: Words; ok: boolean }
  /** What was found to be next, and at which moment: a screen asks often. */
  next?: { position: number; beats: number; act: string | undefined }
}

const two = (company: string, kubernetes = company): Words => ({ company, kubernetes })

export const ACTS: readonly { verb: string; key: string; text: Words }[] = [
  { verb: 'sandbox', key: 'b', text: two('ask for a bench', 'RunPodSandbox') },
  { verb: 'pull', key: 'p', text: two('have it fetched', 'PullImage') },
  { verb: 'create', key: 'c', text: two('have it built', 'CreateContainer') },
  { verb: 'start', key: 's', text: two('have it started', 'StartContainer') },
  { verb: 'report', key: 'r', text: two('tell the hatch', 'patch status') },
]

const CALLS: Record<string, string> = { RunPodSandbox: 'sandbox', PullImage: 'pull', CreateContainer: 'create', StartContainer: 'start' }

/** The act that a beat of the real kubelet is. */
function actOf(beat: Beat, node: string): string | undefined {
  if (beat.kind === 'bell' && beat.to === `kubelet/${node}`) return `take ${beat.name}`
  if (beat.actor !== `kubelet/${node}`) return undefined
  if (beat.kind === 'runtime') return CALLS[beat.call ?? '']
  return beat.resource === 'pods/status' ? 'report' : undefined
}

export const onShift = (run: Run): boolean => run.shift !== undefined && run.handed && expected(run) !== undefined

/** What the real one does next, in a copy of the world; undefined: nothing more. */
export function expected(run: Run): string | undefined {
  const shift = run.shift!
  const moment = { position: worldOf(run).position, beats: run.beats.length }
  if (shift.next?.position !== moment.position || shift.next.beats !== moment.beats) shift.next = { ...moment, act: foreseen(run) }
  return shift.next.act
}

function foreseen(run: Run): string | undefined {
  const beside = forkOf(run)
  for (let i = 0; i < BEATS_MAX; i++) {
    const beat = nextBeat(beside)
    if (beat === undefined) return undefined
    const act = actOf(beat, run.shift!.node)
    if (act !== undefined) return act
  }
  return undefined
}

/** The player acts. False: no such verb. */
export function work(run: Run, line: string): boolean {
  const shift = run.shift!
  if (!ACTS.some(a => a.verb === line) && !line.startsWith('take ')) return false
  const right = expected(run)
  if (line !== right) {
    shift.mistakes++
    shift.said = { ok: false, text: refusal(run, line) }
    return true
  }
  for (let i = 0; i < BEATS_MAX; i++) {
    const beat = nextBeat(run)
    if (beat === undefined) break
    if (actOf(beat, shift.node) === line) break
  }
  shift.done++
  shift.said = { ok: true, text: two('The real one does the same.', 'So does the kubelet.') }
  return true
}

function refusal(run: Run, line: string): Words {
  const taken = /^take (.+)$/.exec(line)?.[1]
  if (taken === undefined) return two('The real one does something else first.', 'The kubelet does something else first.')
  const node = podsOf(worldOf(run)).find(p => p.name === taken)?.node ?? ''
  if (node === '') return two(`${taken} says nothing yet. It is nobody's.`, `${taken} has no nodeName.`)
  return node === run.shift!.node
    ? two(`${taken} is in your hand already.`, `${taken} is known already.`)
    : two(`${taken} says ${letterOf(node)}. It is handed back.`, `${taken} belongs to ${node}.`)
}

export function shiftPanel(run: Run): RolePanel {
  const shift = run.shift!
  const pods = podsOf(worldOf(run)).filter(p => p.namespace === 'default')
  return {
    panel: 'role',
    role: { actor: `kubelet/${shift.node}`, name: nameOf(`kubelet/${shift.node}`) },
    tray: pods.map(p => ({
      id: p.name,
      text: two(`${p.name}: FACTORY ${p.node === '' ? '_' : letterOf(p.node)}`, `${p.name}: nodeName ${p.node === '' ? '<none>' : p.node}`),
      done: p.ready && p.node === shift.node,
      chosen: false,
      detail: [],
    })),
    verbs: ACTS.map(a => ({ ...a, possible: true })),
    ...(shift.said === undefined ? {} : { said: shift.said }),
    mistakes: shift.mistakes,
    jackets: [],
  }
}

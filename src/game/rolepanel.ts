// rolepanel.ts: what stands before a player who wears somebody's jacket: the in-tray, the verbs, the other jackets.

import { letterOf, nameOf } from '../company/cast.ts'
import type { Stopped } from '../kernel/gates.ts'
import { callerActor, detailOf } from './callers.ts'
import { type PodFact, podsOf } from './facts.ts'
import { verbsOf } from './jackets.ts'
import type { RolePanel } from './panel.ts'
import { roleOf } from './roles.ts'
import { type Run, solved, worldOf } from './run.ts'
import { bySheet, sheetTray } from './sheet.ts'
import { nodesOf, queueOf, sheetOf, trayOf } from './tray.ts'
import type { HallView, Words } from './view.ts'

const two = (company: string, kubernetes = company): Words => ({ company, kubernetes })

/** Slips that an in-tray shows. */
const TRAY_MAX = 8

/** Is there something to be done in a jacket? Not before the slips are handed in, and not once all is won. */
export const atWork = (run: Run): boolean => run.jackets !== undefined && (run.handed || run.level.desk === undefined) && !solved(run)

export function rolePanel(run: Run): RolePanel {
  const jackets = run.jackets!
  const { worn } = jackets
  return {
    panel: 'role',
    role: { actor: worn, name: nameOf(worn) },
    tray: worn === 'kube-apiserver' ? hatchTray(run) : worn.startsWith('kubelet/') ? boardOf(run) : bySheet(run) ? sheetTray(run) : deskTray(run),
    verbs: verbsOf(run).map(({ verb, key, text }) => ({ verb, key, text, possible: true })),
    ...(jackets.said === undefined ? {} : { said: jackets.said }),
    mistakes: jackets.mistakes,
    jackets: jacketKeys(jackets.played).filter(j => j.actor !== worn),
  }
}

/** The capital of each name, or of its next letter that is free; L and F turn the lens and fork. */
function jacketKeys(played: readonly string[]): RolePanel['jackets'] {
  const taken = new Set(['L', 'F'])
  return played.map(actor => {
    const name = nameOf(actor)
    const key = [...name.company.toUpperCase()].find(letter => !taken.has(letter)) ?? '?'
    taken.add(key)
    return { key, actor, name }
  })
}

type Tray = RolePanel['tray']

/** The queue, and the letters of the others as one line. */
function hatchTray(run: Run): Tray {
  const queue = queueOf(run)
  const front = queue.find(c => c.id === run.jackets!.chosen) ?? queue[0]
  const standing = new Set(queue.map(callerActor))
  const callers = run.level.callers.map(c => ({
    id: c.id,
    text: { company: `${c.who.company}: ${c.slip}`, kubernetes: `${c.who.kubernetes}: ${c.slip}` },
    done: !standing.has(callerActor(c)),
    chosen: c === front,
    detail: detailOf(c),
  }))
  const letters = trayOf(run)
  const role = roleOf('kube-apiserver')!
  return [...callers, ...letters.slice(0, TRAY_MAX).map(s => item(role.line(s), `letter-${s.id}`))]
}

const item = (text: Words, id: string, chosen = false): Tray[number] => ({ id, text, done: false, chosen, detail: [] })

/** The slips that hang on the board of a factory: all of them, for a foreman has to look which are his. */
function boardOf(run: Run): Tray {
  const { worn, taken } = run.jackets!
  const node = worn.slice(8)
  return slipsOf(run).map(p => ({
    id: p.name,
    text: two(`${p.name}: FACTORY ${p.node === '' ? '_' : letterOf(p.node)}`, `${p.name}: nodeName ${p.node === '' ? '<none>' : p.node}`),
    done: p.ready && p.node === node,
    chosen: taken.includes(p.name) && !p.ready,
    detail: [],
  }))
}

function slipsOf(run: Run): PodFact[] {
  const node = run.jackets!.worn.slice(8)
  const pods = podsOf(worldOf(run)).filter(p => p.namespace === 'default')
  return (run.level.start.brisk ? pods.filter(p => p.node === node) : pods).slice(0, TRAY_MAX)
}

function deskTray(run: Run): Tray {
  const { worn, chosen } = run.jackets!
  const role = roleOf(worn)!
  const seen = new Set<string>()
  return trayOf(run).flatMap((s: Stopped): Tray => {
    const slip = role.slipOf(s)
    const key = worn === 'kube-scheduler' ? slip : `${role.verbOf(s, false)} ${role.line(s).company}`
    if (seen.has(key)) return []
    seen.add(key)
    return [
      {
        id: slip,
        text: role.line(s),
        done: false,
        chosen: chosen === slip || (chosen === undefined && seen.size === 1),
        detail: worn === 'kube-scheduler' ? wantsOf(run, slip) : [],
      },
    ]
  })
}

/** What the planner knows of a slip: what it asks for, and his sheet of the factories that can take it. */
function wantsOf(run: Run, name: string): Words[] {
  const pod = podsOf(worldOf(run)).find(p => p.name === name)
  if (pod === undefined) return []
  const cpu = pod.object.spec.containers[0]?.resources?.requests?.cpu ?? 'no'
  const scores = sheetOf(run, name)
  return [
    two(`${name} asks for ${cpu} cpu.`, `requests.cpu: ${cpu}`),
    scores.length === 0
      ? two('The sheet says: no factory can take it.', 'No node passes the filters.')
      : two(
          `The sheet says: ${scores.map(([node, score]) => `${letterOf(node)} ${score}`).join(', ')}.`,
          scores.map(([node, score]) => `${node} ${score}`).join(', '),
        ),
  ]
}

/** What the ► line says to somebody in a jacket. */
export function nextInJacket(run: Run): HallView['next'] {
  const { worn, chosen } = run.jackets!
  const keys = verbsOf(run)
    .map(v => v.key)
    .join(' ')
  if (worn === 'kube-apiserver') {
    if (queueOf(run).length > 0) return { key: keys, text: two('a stamp for the caller   a number takes another') }
    return { key: trayOf(run).length > 0 ? keys : '.', text: trayOf(run).length > 0 ? two('clear the letters', 'handle the requests') : idle(run) }
  }
  if (worn.startsWith('kubelet/') && !run.level.start.brisk) {
    const due = trayOf(run).some(s => roleOf(worn)!.verbOf(s, false) === 'renew')
    return {
      key: `1-${Math.max(1, slipsOf(run).length)} ${keys}`,
      text: due ? two('act   n: your card is due', 'act   n: the Lease is due') : two('take a slip, or act'),
    }
  }
  if (trayOf(run).length === 0) return { key: '.', text: idle(run) }
  if (bySheet(run)) return { key: `1-${nodesOf(run).length} ${keys}`, text: two('point at a factory, then judge it', 'choose a node, then judge it') }
  return { key: keys, text: chosen === undefined ? two('act   a number takes another slip') : two('act') }
}

/** Nothing to do in this jacket: time passes, or another one is put on. */
const idle = (run: Run): Words => (run.jackets!.played.length > 1 ? two('nothing to do here: another jacket, or one beat') : two('one beat'))

export const stateInJacket = (run: Run): Words => {
  const who = nameOf(run.jackets!.worn)
  const queue = run.jackets!.worn === 'kube-apiserver' ? queueOf(run).length : 0
  return queue > 0 ? two(`as ${who.company}, ${queue} in the queue`, `as ${who.kubernetes}, ${queue} queued`) : two(`as ${who.company}`, `as ${who.kubernetes}`)
}

// jackets.ts: the player in somebody's place: the real component thinks, and what it would do waits until the player does it.

import { letterOf, nameOf } from '../company/cast.ts'
import { type Stopped, waiting } from '../kernel/gates.ts'
import { give } from '../kernel/timeline.ts'
import type { Input } from '../kernel/world.ts'
import { forkOf } from './bets.ts'
import { arrivals, callerActor, forgery, realStamp } from './callers.ts'
import { podsOf } from './facts.ts'
import { roleOf, type Verb } from './roles.ts'
import { nextBeat, pass, type Run, stands, worldOf } from './run.ts'
import { bySheet, fillIn, isSheetLine, SHEET_VERBS } from './sheet.ts'
import { nodesOf, queueOf, sheetOf, trayOf } from './tray.ts'
import type { Words } from './view.ts'

/** Simulated ms that the real one may take until it does the next thing; a long pull is within it. */
const AHEAD_MS = 15_000
const LOOK_MS = 250
/** After something was done: how long, and how many beats, are shown of what comes of it. */
const SETTLE_MS = 400
const SETTLE_BEATS = 12
/** What it costs to change the jacket. */
const CHANGE_MS = 1_000

export interface Jackets {
  /** Whose places are taken, and whose jacket is on now. */
  played: string[]
  worn: string
  /** The gates from this number on stand at the hatch, behind those of the writers. */
  hatch: number
  changes: number
  done: number
  mistakes: number
  /** Papers that went into the vault without a check. */
  forged: number
  /** Slips in the hand, and men with crowbars who were sent away. */
  taken: string[]
  turnedAway: string[]
  chosen?: string
  /** Factories that the player has crossed out on the planner's sheet, by slip. */
  crossed: Record<string, string[]>
  said?: { text: Words; ok: boolean }
  /** What was found to come soon, and at which moment. */
  soon?: { position: number; now: number; worn: string; verbs: Map<string, number> }
}

const HATCH = 'kube-apiserver'
const two = (company: string, kubernetes = company): Words => ({ company, kubernetes })
const input = (run: Run, i: Input) => give(run.system, run.line, i)

/** The gates close, and the callers come in. */
export function dress(run: Run): void {
  const { played, brisk } = run.level.start
  const first = played[0]
  if (first === undefined) return
  const callers = run.level.callers.filter(c => c.badge !== 'crowbar').map(c => ({ from: callerActor(c), to: HATCH, type: 'request' }))
  // A letter first waits for its writer, then at the hatch.
  const writers = played.filter(p => p !== HATCH)
  const own = writers.flatMap(actor => roleOf(actor)?.gates(actor, [], brisk) ?? [])
  const hatch = played.includes(HATCH) ? roleOf(HATCH)!.gates(HATCH, writers, brisk) : []
  run.jackets = { played, worn: first, hatch: callers.length + own.length, changes: 0, done: 0, mistakes: 0, forged: 0, taken: [], turnedAway: [], crossed: {} }
  input(run, { input: 'gates', gates: [...callers, ...own, ...hatch] })
  for (const arrival of arrivals(run.level)) input(run, arrival)
  pass(run, 5)
}

/** `bind higher`: the factory with the higher score on the sheet of the slip in front. */
function higher(run: Run): string {
  const slip = run.jackets!.chosen ?? trayOf(run).map(roleOf(run.jackets!.worn)!.slipOf)[0]
  const best = slip === undefined ? undefined : sheetOf(run, slip).sort((a, b) => b[1] - a[1])[0]
  return best === undefined ? 'nobody' : `bind ${letterOf(best[0])}`
}

export const verbsOf = (run: Run): readonly Verb[] =>
  bySheet(run) ? SHEET_VERBS : (roleOf(run.jackets!.worn)?.verbs(run.level.start.brisk, nodesOf(run)) ?? [])

/** A line in the jacket that is worn: put on another, take something into the hand, or do something. */
const BE = /^be (.+)$/
const TAKE = /^take (.+)$/

/** Does the line mean something in the jacket that is worn? */
export function isVerb(run: Run, line: string): boolean {
  const be = BE.exec(line)?.[1]
  if (be !== undefined) return ![undefined, run.jackets!.worn].includes(playedAs(run, be))
  if (bySheet(run) && isSheetLine(run, line)) return true
  const take = TAKE.exec(line)?.[1]
  return take === undefined ? verbsOf(run).some(v => v.verb === meant(run, line)) : canTake(run, take)
}

const meant = (run: Run, line: string): string => (line === 'bind higher' && run.jackets!.worn === 'kube-scheduler' ? higher(run) : line)

/** Does what a verb of the jacket says. */
export function work(run: Run, line: string): void {
  const be = BE.exec(line)?.[1]
  const take = TAKE.exec(line)?.[1]
  const verb = meant(run, line)
  if (be !== undefined) change(run, playedAs(run, be)!)
  else if (take !== undefined) choose(run, take)
  else if (run.jackets!.worn === HATCH && verb !== 'clear') stamp(run, verb)
  else if (bySheet(run)) fill(run, line)
  else letThrough(run, verb)
}

/** A line of the planner's sheet; once all who cannot are crossed out, a letter may be written. */
function fill(run: Run, line: string): void {
  const jackets = run.jackets!
  const verdict = fillIn(run, line)
  if ('bind' in verdict) {
    delete jackets.chosen
    letThrough(run, verdict.bind)
  } else if (verdict.ok) right(jackets, verdict.text)
  else wrong(jackets, verdict.text)
}

/** A line that means nothing in this jacket: said, and not counted. */
export function unheard(run: Run): void {
  if (run.jackets !== undefined) run.jackets.said = { ok: false, text: two('That is no work of this jacket. Nothing was done.', 'Not a verb of this role.') }
}

/** Whose jacket that is, by any of their names. */
const playedAs = (run: Run, name: string): string | undefined =>
  run.jackets!.played.find(a => [a, nameOf(a).company.toLowerCase(), nameOf(a).kubernetes].includes(name.toLowerCase()))

function change(run: Run, actor: string): void {
  const jackets = run.jackets!
  jackets.worn = actor
  jackets.changes++
  delete jackets.chosen
  const who = nameOf(actor)
  jackets.said = { ok: true, text: two(`You are ${who.company} now.`, `You are ${who.kubernetes} now.`) }
  pass(run, CHANGE_MS)
}

const podNamed = (run: Run, name: string) => podsOf(worldOf(run)).find(p => p.name === name)

/** Is there a caller, or a slip, of that name? */
function canTake(run: Run, name: string): boolean {
  const { worn } = run.jackets!
  if (worn === HATCH) return queueOf(run).some(c => c.id === name)
  if (bySheet(run)) return nodesOf(run).includes(name)
  return worn.startsWith('kubelet/') ? podNamed(run, name) !== undefined : trayOf(run).some(s => roleOf(worn)!.slipOf(s) === name)
}

/** A caller comes to the front, or a slip is taken into the hand. */
function choose(run: Run, name: string): void {
  const jackets = run.jackets!
  if (!jackets.worn.startsWith('kubelet/')) {
    jackets.chosen = name
    return
  }
  const pod = podNamed(run, name)!
  const mine = pod.node === jackets.worn.slice(8)
  if (mine && !jackets.taken.includes(name)) {
    jackets.taken.push(name)
    right(jackets, two('It has your letter. It is in your hand.', 'spec.nodeName is this node.'))
  } else if (mine) jackets.said = { ok: true, text: two(`${name} is in your hand already.`, `${name} is known already.`) }
  else
    wrong(
      jackets,
      pod.node === ''
        ? two(`${name} says nothing yet. It is nobody's.`, `${name} has no nodeName.`)
        : two(`${name} says ${letterOf(pod.node)}. It is handed back.`, `${name} belongs to ${pod.node}.`),
    )
}

/** The caller in front gets a stamp; the real one says whether it is the right one. */
function stamp(run: Run, line: string): void {
  const jackets = run.jackets!
  const queue = queueOf(run)
  const caller = queue.find(c => c.id === jackets.chosen) ?? queue[0]
  if (caller === undefined) {
    jackets.said = { ok: true, text: two('Nobody stands at the hatch.', 'No request waits.') }
    return
  }
  const stopped = waiting(worldOf(run)).find(s => s.said.from === callerActor(caller))
  const real = stopped === undefined ? { stamp: 'wrong door', message: 'The vault opens for the hatch alone.' } : realStamp(run.system, worldOf(run), stopped)
  const told = real.message === '' ? '' : ` "${real.message.slice(0, 100)}"`
  delete jackets.chosen
  if (line === real.stamp) {
    right(jackets, two(`The real one stamps ${real.stamp} as well.${told}`, `kube-apiserver: ${real.stamp}.${told}`))
    if (stopped === undefined) jackets.turnedAway.push(caller.id)
    else {
      input(run, { input: 'release', id: stopped.id, through: true })
      settle(run)
    }
    return
  }
  wrong(jackets, two(`The real one does not stamp ${line}.`, `kube-apiserver does not answer ${line}.`))
  if (line !== 'accept') {
    jackets.chosen = caller.id
    return
  }
  jackets.forged++
  if (stopped !== undefined) input(run, { input: 'release', id: stopped.id, through: false })
  else jackets.turnedAway.push(caller.id)
  input(run, forgery(caller, worldOf(run)))
  pass(run, 2)
}

/** What the real one would do now or next is done, if it is this; it may have to be waited for. */
function letThrough(run: Run, line: string): void {
  const jackets = run.jackets!
  const verb = roleOf(jackets.worn)!
    .verbs(run.level.start.brisk, nodesOf(run))
    .find(v => v.verb === line)!
  let open = matching(run, line)
  if (open.length === 0) open = waitFor(run, line)
  const role = roleOf(jackets.worn)!
  if (open.length === 0) {
    wrong(jackets, refusal(run, line))
    return
  }
  if (role.takes && open.some(s => s.said.type === 'RunPodSandbox' && !jackets.taken.includes(role.slipOf(s))) && !run.level.start.brisk) {
    wrong(jackets, two('Take the slip into your hand first.', 'Look at spec.nodeName first.'))
    return
  }
  delete jackets.chosen
  right(jackets, two('The real one does the same.', `So does ${nameOf(jackets.worn).kubernetes}.`))
  // Of cards that are due only the newest is worth a stamp.
  const letter = verb.all === true ? open : line === 'renew' ? open.slice(-1) : open.slice(0, 1)
  for (const s of open) if (letter.includes(s) || line === 'renew') input(run, { input: 'release', id: s.id, through: letter.includes(s) })
  settle(run)
  if (verb.all === true) for (let i = 0; i < SETTLE_BEATS; i++) if (!more(run, line)) break
}

/** In one go: what comes up next of the same kind is let through as well. */
function more(run: Run, line: string): boolean {
  if (stands(run)) return false
  const now = matching(run, line)
  const open = now.length > 0 ? now : waitFor(run, line)
  for (const s of open) input(run, { input: 'release', id: s.id, through: true })
  settle(run)
  return open.length > 0
}

function matching(run: Run, line: string): Stopped[] {
  const { worn, chosen } = run.jackets!
  const role = roleOf(worn)!
  const tray = trayOf(run)
  const front = role.takes || chosen === undefined ? undefined : chosen
  const slip = front ?? (line.startsWith('bind ') || line === 'nobody' ? tray.map(s => role.slipOf(s))[0] : undefined)
  return tray.filter(s => role.verbOf(s, run.level.start.brisk) === line && (slip === undefined || role.slipOf(s) === slip))
}

/** Lets time pass until the real one would do this, if a copy of the world shows that it soon would. */
function waitFor(run: Run, line: string): Stopped[] {
  const ms = soonOf(run).get(line)
  if (ms === undefined) return []
  const until = worldOf(run).now + ms
  while (matching(run, line).length === 0 && worldOf(run).now < until && !stands(run)) if (nextBeat(run, until - worldOf(run).now) === undefined) break
  return matching(run, line)
}

/** What the real one would do soon if nobody did anything before, and after how many ms; looked up in a copy of the world, once for a moment. */
export function soonOf(run: Run): Map<string, number> {
  const { position, now } = worldOf(run)
  const jackets = run.jackets!
  if (jackets.soon?.position === position && jackets.soon.worn === jackets.worn && jackets.soon.now === now) return jackets.soon.verbs
  const beside = forkOf(run)
  const verbs = new Map<string, number>()
  const lines =
    roleOf(jackets.worn)
      ?.verbs(run.level.start.brisk, nodesOf(run))
      .map(v => v.verb) ?? []
  for (let left = AHEAD_MS; left > 0 && !stands(beside); left = now + AHEAD_MS - worldOf(beside).now) {
    nextBeat(beside, Math.min(left, LOOK_MS))
    for (const line of lines) if (!verbs.has(line) && matching(beside, line).length > 0) verbs.set(line, Math.max(1, worldOf(beside).now - now))
  }
  jackets.soon = { position, now, worn: jackets.worn, verbs }
  return verbs
}

/** What comes of it is shown, as far as it comes soon. */
function settle(run: Run): void {
  for (let i = 0; i < SETTLE_BEATS && !stands(run); i++) if (nextBeat(run, SETTLE_MS) === undefined) return
}

function right(jackets: Jackets, text: Words): void {
  jackets.done++
  jackets.said = { ok: true, text }
}

function wrong(jackets: Jackets, text: Words): void {
  jackets.mistakes++
  jackets.said = { ok: false, text }
}

function refusal(run: Run, line: string): Words {
  const { worn } = run.jackets!
  const who = nameOf(worn)
  if (trayOf(run).length === 0) return two('There is nothing of the kind on this desk.', `${who.kubernetes} has no reason to.`)
  if (line.startsWith('bind ')) return two(`The real one does not write ${line.slice(5)}.`, 'kube-scheduler chooses another node.')
  return two('The real one does something else first.', `${who.kubernetes} does something else first.`)
}

// hallview.ts: the hall as the screens see it: the map, what is said, what is asked, what can be done.

import { BELIEFS } from '../company/beliefs.ts'
import { letterOf, nameOf } from '../company/cast.ts'
import { lineOf, stationLines } from '../company/lines.ts'
import type { Beat } from './beats.ts'
import { opened, PLAYER } from './commands.ts'
import { dayPanel } from './day.ts'
import { currentTask, panelOf as sortPanel } from './dispatch.ts'
import { conditionOf, holds, podsOf } from './facts.ts'
import { mapOf } from './mapview.ts'
import { canForward } from './moments.ts'
import type { EditPanel, Panel } from './panel.ts'
import { atWork, nextInJacket, rolePanel, stateInJacket } from './rolepanel.ts'
import { factsOf, goalMet, type Run, secondsOf, solved, worldOf } from './run.ts'
import { isKubectl } from './shell.ts'
import { transcript } from './transcript.ts'
import type { GoalLine, HallView, JournalLine, LevelHead, Possible, SlipCard, Words } from './view.ts'

const two = (company: string, kubernetes = company): Words => ({ company, kubernetes })

export const headOf = (run: Run, stars: [boolean, boolean, boolean] = [false, false, false]): LevelHead => ({
  id: run.level.id,
  title: run.level.title,
  kind: run.level.kind,
  stars,
})

export function clockOf(run: Run): string {
  const seconds = 8 * 3_600 + Math.floor(secondsOf(run))
  const part = (n: number) => String(Math.floor(n)).padStart(2, '0')
  return `${part((seconds / 3_600) % 24)}:${part((seconds / 60) % 60)}:${part(seconds % 60)}`
}

/** How many lines of the journal a view carries. */
const JOURNAL_MAX = 200

export function hallOf(run: Run, stars: [boolean, boolean, boolean]): HallView {
  const { level } = run
  const beat = run.beats.at(-1)
  const gap = run.asking === undefined ? undefined : level.bets[run.asking]?.gap
  const world = worldOf(run)
  const map = mapOf({
    world,
    ...(beat === undefined ? {} : { beat }),
    ...(run.walking === undefined ? {} : { walking: { name: level.desk?.slip ?? 'slip', station: run.walking } }),
    motionId: run.motionId,
    ...(gap === undefined ? {} : { gap: { from: gap[0], to: gap[1] } }),
  })
  const next = nextOf(run)
  return {
    screen: 'hall',
    level: headOf(run, stars),
    clock: clockOf(run),
    state: stateOf(run),
    alarm: !map.hatch.lit,
    map,
    ...(level.desk === undefined ? {} : { slip: slipOf(run) }),
    goals: goalsOf(run),
    words: level.lens.words
      .slice(0, Math.min(level.lens.words.length, 2 + Math.floor(run.beats.length / 2)))
      .map(([company, kubernetes]) => ({ company, kubernetes })),
    journal: journalOf(run),
    panel: panelOf(run),
    next,
    can: canOf(run),
    prompt: {
      unlocked: promptOpen(run),
      sign: 'abc$',
      lines: [...run.prompt],
      waiting: run.command?.waits !== undefined && opened(run.command) === undefined,
      busy: run.command !== undefined && !walkingFirst(run),
      history: [...run.history],
      ...(run.completion === undefined ? {} : { completion: run.completion }),
    },
    time: {
      playing: run.playing,
      speed: run.speed,
      beat: run.beats.length,
      position: run.beats.length,
      canForward: canForward(run),
      forked: run.fork !== undefined,
    },
    notices: [],
  }
}

const walkingFirst = (run: Run): boolean => run.beats.length < 2 && run.level.desk !== undefined
const promptOpen = (run: Run): boolean => run.level.desk === undefined || run.beats.some(b => b.kind === 'filed')

function stateOf(run: Run): Words {
  if (run.asking !== undefined) return two('frozen until you bet')
  if (run.revealed !== undefined) return two(`frozen at beat ${run.beats.length}`)
  if (run.playing) return two(run.speed === 1 ? 'playing' : `playing x${run.speed}`)
  if (!worldOf(run).actors.get('kube-apiserver')!.up) return two('office unplugged', 'control plane down')
  if (run.walking !== undefined) return two('your step')
  if (atWork(run)) return stateInJacket(run)
  if (run.beats.length === 0) return two('good morning', 'ready')
  return two(`beat ${run.beats.length}`)
}

function nextOf(run: Run): HallView['next'] {
  const { level } = run
  if (run.asking !== undefined) {
    const options = level.bets[run.asking]!.options.length
    if (run.picked === undefined) return { key: `1-${options}`, text: two('then how sure: a low   s middle   d high') }
    return { key: 'a s d', text: two('how sure are you: a low   s middle   d high') }
  }
  if (run.revealed !== undefined) return { key: '.', text: two(`go on${run.bets[run.revealed]?.right ? '' : '   A missed bet costs nothing.'}`) }
  if (run.playing) return { key: 'space', text: two('pause   + faster') }
  if (!run.handed && level.desk !== undefined)
    return { key: 'Enter', text: two(`hand over [${level.desk.slip}]`, `${level.desk.command.split(' ').slice(0, 2).join(' ')} [${level.desk.slip}]`) }
  if (run.walking !== undefined) return { key: '.', text: two('next station') }
  if (level.tasks.length > 0 && currentTask(run.dispatch) >= 0) return { key: `1-${level.people.length}`, text: two('hand it to somebody   i looks at a desk') }
  if (run.day !== undefined && !solved(run)) return { key: 'd', text: two('let a day go by   m w change how', 'run a day   m w change the profile') }
  if (atWork(run)) return nextInJacket(run)
  const pending = run.bets.findIndex(b => b !== undefined && !b.seen)
  if (pending >= 0) return { key: '.', text: two('see what happens') }
  if (solved(run)) return { key: 'Enter', text: two('the shift is over   . goes on looking') }
  if (waitsForTime(run)) return { key: '.', text: two('let time go on', 'let time pass') }
  // A level that is won by a command, and none was given yet: nothing else leads on.
  if (level.desk === undefined && level.par.commands > 0 && run.given.length === 0)
    return { key: ':', text: two('a command at the prompt   . one beat', 'kubectl at the prompt   . one beat') }
  return { key: '.', text: two('one beat   > to the next event') }
}

/** Nothing has to be done for the next bet: it is asked as soon as some time has passed. */
function waitsForTime(run: Run): boolean {
  const next = run.bets.indexOf(undefined)
  const facts = factsOf(run, run.beats.at(-1))
  return run.beats.length === 0 && next >= 0 && holds(run.level.bets[next]!.when, { ...facts, seconds: facts.seconds + 1 })
}

function canOf(run: Run): Possible[] {
  const can: Possible[] = []
  const free = run.asking === undefined && run.revealed === undefined
  const waits = !run.handed && run.level.desk !== undefined
  if (run.asking !== undefined) can.push('Bet', 'Confidence')
  else if (run.revealed !== undefined) can.push('Go on')
  else if (waits) can.push('HandOver')
  else if (run.level.tasks.length > 0 && currentTask(run.dispatch) >= 0) can.push('Verb')
  else if (atWork(run) || (run.day !== undefined && !solved(run))) can.push('Verb', 'Beat', 'NextEvent')
  else can.push('Beat', 'NextEvent')
  if (run.beats.length > 0 || run.moments.some(m => m.did !== undefined)) can.push('Rewind')
  if (canForward(run) && free) can.push('Forward')
  can.push('Lens')
  if (promptOpen(run) && free) can.push('Prompt')
  if (run.beats.length > 0 || run.level.tasks.length > 0) can.push('Inspect')
  can.push('Hint')
  if (free && !waits) can.push(run.playing ? 'Pause' : 'Play', ...(run.playing ? (['Speed'] as Possible[]) : []))
  if (run.beats.length > 0 && run.asking === undefined) can.push('Fork')
  can.push('Again', 'Levels')
  return can
}

function editOf(run: Run): EditPanel | undefined {
  const text = opened(run.command)
  if (text === undefined) return undefined
  const { line } = run.command!
  return { panel: 'edit', title: line, text: text.text, use: text.typed ? 'input' : isKubectl(line) ? 'object' : 'file' }
}

function panelOf(run: Run): Panel {
  const { level } = run
  const editing = editOf(run)
  if (editing !== undefined) return editing
  if (run.revealed !== undefined) return revealOf(run, run.revealed)
  if (run.asking !== undefined) {
    const bet = level.bets[run.asking]!
    return {
      panel: 'bet',
      number: run.asking + 1,
      of: level.bets.length,
      question: bet.ask,
      options: bet.options.map(o => o.text),
      ...(run.picked === undefined ? {} : { picked: run.picked }),
    }
  }
  const waiting = run.bets.findIndex(b => b !== undefined && !b.seen)
  if (waiting >= 0 && run.waiting.length === 0 && run.beats.at(-1)?.kind !== 'lights') {
    const bet = level.bets[waiting]!
    const placed = run.bets[waiting]!
    return {
      panel: 'bet',
      number: waiting + 1,
      of: level.bets.length,
      question: bet.ask,
      options: bet.options.map(o => o.text),
      picked: placed.option,
      confidence: placed.sure,
    }
  }
  if (run.hints > 0) {
    const hint = level.hints[run.hints - 1]!
    return {
      panel: 'hint',
      grade: run.hints as 1 | 2 | 3,
      text: hint.text,
      left: 3 - run.hints,
      ...(hint.run !== undefined && /^kubectl /.test(hint.run) ? { command: hint.run } : {}),
    }
  }
  if (level.tasks.length > 0 && currentTask(run.dispatch) >= 0) return sortPanel(level, run.dispatch)
  if (run.day !== undefined) return dayPanel(run)
  if (atWork(run)) return rolePanel(run)
  return speechOf(run)
}

function revealOf(run: Run, number: number): Panel {
  const bet = run.level.bets[number]!
  const placed = run.bets[number]!
  const chosen = bet.options[placed.option]!
  const right = bet.options[placed.answer]!
  const beat = run.decided.get(number)
  const against = chosen.against === undefined ? undefined : run.beats.find(b => holds(chosen.against!.beat, factsOf(run, b)))
  return {
    panel: 'reveal',
    number: number + 1,
    right: placed.right,
    said: chosen.text,
    confidence: placed.sure,
    was: right.text,
    why: right.why,
    ...(beat === undefined ? {} : { decided: { beat: beat.number, text: sentence(beat) } }),
    ...(placed.right || chosen.code === undefined ? {} : { belief: { code: chosen.code, text: BELIEFS[chosen.code] ?? '' } }),
    ...(placed.right
      ? {}
      : { against: { ...(against === undefined && beat === undefined ? {} : { beat: (against ?? beat)!.number }), text: chosen.against?.say ?? chosen.why } }),
    options: bet.options.map((o, i) => ({
      text: o.text,
      why: o.why,
      right: i === placed.answer,
      chosen: i === placed.option,
      ...(o.code === undefined ? {} : { code: o.code }),
    })),
  }
}

const sentence = (beat: Beat): Words => {
  const who = nameOf(beat.actor)
  return two(`${capital(who.company)} ${textOf(beat).company}`, `${who.kubernetes}: ${textOf(beat).kubernetes}`)
}
const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

/** A hand-over has no text of its own: who hands what depends on the journal. */
function textOf(beat: Beat): Words {
  if (beat.text.company !== '') return beat.text
  const hatch = nameOf('kube-apiserver').company
  if (beat.tag.kubernetes === 'binding') return two(`hands ${hatch} a note: where ${beat.name} goes`, `POST pods/${beat.name}/binding`)
  return two(`${beat.actor === PLAYER ? 'hand' : 'hands'} ${hatch} a slip`, `${beat.verb ?? ''} to kube-apiserver`)
}

function journalLine(beat: Beat, deciding: boolean): JournalLine {
  return { beat: beat.number, who: nameOf(beat.actor), text: textOf(beat), tag: beat.tag.company === '' ? '' : beat.tag.company, deciding, flagged: false }
}

/** Where lines can be marked each has its number. */
function journalOf(run: Run): JournalLine[] {
  const deciding = run.revealed === undefined ? undefined : run.decided.get(run.revealed)
  const marked = run.level.fakes.length > 0
  const lines = transcript(run).map((entry, i): JournalLine => {
    const key = 'beat' in entry ? `beat ${entry.beat.number}` : `fake ${entry.fake}`
    const line = 'beat' in entry ? journalLine(entry.beat, entry.beat === deciding) : fakeLine(run, entry.fake, entry.after)
    return marked ? { ...line, flag: i + 1, flagged: run.flags.has(key) } : line
  })
  return lines.slice(-JOURNAL_MAX)
}

/** Told as the others are; only the wire gives it away. */
function fakeLine(run: Run, number: number, after: number): JournalLine {
  const fake = run.level.fakes[number]!
  return { beat: after, who: nameOf(fake.from), text: fake.text, tag: 'call', deciding: false, flagged: false }
}

function speechOf(run: Run): Panel {
  const { level } = run
  const beat = run.beats.at(-1)
  const typed = run.given.at(-1)
  if (beat === undefined)
    return {
      panel: 'speech',
      ...(level.greeting === undefined ? {} : { who: nameOf(level.greeting.who) }),
      text: level.greeting?.text ?? two(level.story.join(' ')),
    }
  if (run.walking !== undefined) {
    return { panel: 'speech', who: nameOf('kube-apiserver'), text: stationLines[run.walking] ?? two('Passed.'), ...(typed === undefined ? {} : { typed }) }
  }
  const said = lineOf(beat, worldOf(run).actors.get('kube-apiserver')!.up)
  const output = run.prompt
    .slice(run.prompt.findLastIndex(l => l.kind === 'command') + 1)
    .slice(-2)
    .map(l => l.text)
  const fresh =
    run.prompt.at(-1)?.kind !== undefined && run.prompt.findLast(l => l.kind === 'command')?.text === typed && beat.kind === 'filed' && beat.to === 'user/you'
  return {
    panel: 'speech',
    who: nameOf(beat.kind === 'bell' || beat.kind === 'hand' ? 'kube-apiserver' : beat.actor === 'user/you' ? 'kubelet/factory-p' : beat.actor),
    text: said,
    ...(fresh && typed !== undefined ? { typed, output } : { beat: { number: beat.number, text: sentence(beat) } }),
  }
}

function slipOf(run: Run): SlipCard {
  const name = run.level.desk!.slip
  const pod = podsOf(worldOf(run)).find(p => p.name === name)
  const container = pod?.object.spec.containers?.[0]
  const walked = run.walking ?? (pod === undefined ? 0 : 7)
  const row = (company: string, kubernetes: string, value: string, fresh = false) => ({ label: two(company, kubernetes), value, fresh })
  const node = pod?.node ?? ''
  const bench = container?.resources?.requests?.cpu as string | undefined
  const state =
    pod === undefined ? 'not started' : pod.ready ? 'running' : conditionOf(pod.object, 'PodReadyToStartContainers') === 'True' ? 'bench stands' : 'not started'
  const text = run.level.start.files[`${name}.yaml`] ?? ''
  return {
    title: { company: 'Order slip', kubernetes: 'kind: Pod' },
    rows: [
      row('order', '  name:', name),
      row('blueprint', '  - image:', container?.image ?? /image: (\S+)/.exec(text)?.[1] ?? ''),
      row('bench', '    requests:', bench === undefined ? (/cpu: (\S+)/.exec(text)?.[1] ?? '') + ' cpu' : `${bench} cpu`),
      row('staff', '  serviceAccountName:', pod?.object.spec.serviceAccountName ?? (walked > 3 ? 'default' : ''), run.walking === 3),
      row('', '', ''),
      row('FACTORY', '  nodeName:', node === '' ? '_' : letterOf(node), run.beats.at(-1)?.resource === 'pods/binding'),
      row('', '', ''),
      row('state', '  phase:', state),
    ],
    stamps: walked,
    ...(pod === undefined ? {} : { filed: `revision ${pod.object.metadata.resourceVersion}` }),
  }
}

function goalsOf(run: Run): GoalLine[] {
  const lines: GoalLine[] = run.bets.map((b, i) => ({ mark: b?.seen ? (b.right ? 'done' : 'missed') : 'open', text: two(`bet ${i + 1}`) }))
  const goals = run.level.win.map((clause, i): GoalLine => ({ mark: goalMet(run, i) ? 'done' : run.broken.has(i) ? 'missed' : 'open', text: clause.say }))
  return [...goals.slice(0, 1), ...lines, ...goals.slice(1)]
}

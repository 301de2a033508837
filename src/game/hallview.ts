// hallview.ts: the hall as the screens see it: the map, what is said, what is asked, what can be done.

import { letterOf, nameOf, stations } from '../company/cast.ts'
import type { Beat } from './beats.ts'
import { opened, PLAYER } from './commands.ts'
import { currentTask, panelOf as sortPanel } from './dispatch.ts'
import { conditionOf, holds, podsOf, revisionOf } from './facts.ts'
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
  if (!run.handed && level.desk !== undefined)
    return { key: 'Enter', text: two(`hand over [${level.desk.slip}]`, `${level.desk.command.split(' ').slice(0, 2).join(' ')} [${level.desk.slip}]`) }
  if (run.walking !== undefined) return { key: '.', text: two('next station') }
  if (level.tasks.length > 0 && currentTask(run.dispatch) >= 0) return { key: `1-${level.people.length}`, text: two('hand it to somebody   i looks at a desk') }
  if (atWork(run)) return nextInJacket(run)
  const pending = run.bets.findIndex(b => b !== undefined && !b.seen)
  if (pending >= 0) return { key: '.', text: two('see what happens') }
  if (solved(run)) return { key: 'Enter', text: two('the shift is over   . goes on looking') }
  return { key: '.', text: two('one beat   > to the next event') }
}

function canOf(run: Run): Possible[] {
  const can: Possible[] = []
  const free = run.asking === undefined && run.revealed === undefined
  const waits = !run.handed && run.level.desk !== undefined
  if (run.asking !== undefined) can.push('Bet', 'Confidence')
  else if (run.revealed !== undefined) can.push('Go on')
  else if (waits) can.push('HandOver')
  else if (run.level.tasks.length > 0 && currentTask(run.dispatch) >= 0) can.push('Verb')
  else if (atWork(run)) can.push('Verb', 'Beat', 'NextEvent')
  else can.push('Beat', 'NextEvent')
  if (run.beats.length > 0) can.push('Rewind')
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

/** What the misconceptions of chapter 1 believe. */
export const BELIEFS: Record<string, string> = {
  M01: 'the controllers tell the scheduler what to do',
  M02: 'somebody hands the work to the factory',
  M03: 'everybody may open the vault',
  M04: 'the planner moves what runs already',
  M05: 'the planner notices when a factory is dead',
  M07: 'an order as a whole is placed, or the planner makes its slips',
  M08: 'the hatch delivers what it files',
  M09: 'what runs in a factory hangs on the word of the office',
  M10: 'without the office everything stops at once',
  M22: 'the planner looks at what is busy now, not at what was asked for',
  M27: 'the same piece of work is moved to another factory',
  M32: 'a slip that waits was refused, or the hatch knows the factories',
  M41: 'all refusals mean the same',
  M45: 'the company builds and keeps the blueprints itself',
  M50: 'logs lie in the vault, and kubectl fetches them from the factories',
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
    return { panel: 'speech', who: nameOf('kube-apiserver'), text: STATION_SAYS[run.walking] ?? two('Passed.'), ...(typed === undefined ? {} : { typed }) }
  }
  const said = SAYS(beat, run)
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

const STATION_SAYS: Words[] = [
  two('Your badge, please. Thank you, I know you.', 'Authentication: who are you? Token accepted.'),
  two('You may create pods. I looked it up.', 'Authorization: may this user create pods? Yes.'),
  two('I can read it. Nothing is smudged.', 'Decoding: the body is a Pod of v1.'),
  two('You left the staff line blank, so I wrote default.', 'Mutating admission: serviceAccountName, tolerations and defaults are filled in.'),
  two('Every line of the form is right.', 'Validation: all fields are valid.'),
  two('No house rule is against it.', 'Validating admission: no quota or policy refuses it.'),
  two('And into the vault with it.', 'Storage: written to etcd.'),
]

/** What the person of a beat says about it. */
function SAYS(beat: Beat, run: Run): Words {
  switch (beat.kind) {
    case 'hand':
      return beat.actor === 'user/you'
        ? two('Thank you. Seven stations, then the vault.', 'The request passes seven stages.')
        : two('A note with one letter on it. I check it as I check yours.', 'A binding is a write like any other.')
    case 'filed':
      if (beat.resource === 'pods/binding')
        return two(`Filed as ${beat.revision}. One line on the slip has changed.`, `spec.nodeName is set at resourceVersion ${beat.revision}.`)
      if (beat.actor.startsWith('kubelet/'))
        return two('I tell the hatch how far I am. Nobody asked; it is my habit.', 'Status goes back through the API server.')
      return two(
        `${beat.code} Created. Filed as ${beat.revision}. The slip stays here. Filed, not yet running.`,
        `${beat.code} Created, resourceVersion ${beat.revision}. Stored, not yet running.`,
      )
    case 'refused':
      return two(`I am sorry, ${beat.code}.`, `${beat.code}`)
    case 'bell':
      return two('The slip stays here. I ring whoever asked to hear of slips like this one.', 'A watch event goes to every watcher whose selector matches.')
    case 'decision':
      return beat.node === undefined
        ? two('I looked at everything I have on paper.', 'Decided from the cache.')
        : two(`I write ${letterOf(beat.node)}, once. I do not look back.`, `Selected ${beat.node}; binding follows, once.`)
    case 'runtime':
      return two('It says so on the slip, so it is mine. Step by step.', 'The kubelet drives the container runtime over CRI.')
    case 'lights':
      return worldOf(run).actors.get('kube-apiserver')!.up
        ? two('The phones work again.', 'The API server answers again.')
        : two('The phones are dead. The tea is not.', 'Cannot reach the API server. Running containers go on.')
    case 'incident':
      return two('Now see who goes on working, and who waits.', 'See what goes on, and what waits.')
    default:
      return two('')
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

export const revisionNow = (run: Run): number => revisionOf(worldOf(run))
export const stationCount = stations.length

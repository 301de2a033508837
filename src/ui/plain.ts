// plain.ts: the game told line by line: what a screen shows, in reading order, and only what is new since the last line.

import type { DayLine, Panel } from '../game/panel.ts'
import type { HallView, InspectView, JournalLine, QuizView, View, Words } from '../game/view.ts'
import { type Register, SURE, say } from './lines.ts'
import { safe } from './safe.ts'

/** What has to be said now that `view` has come after `was`; undefined: nothing was said yet. */
export function tell(was: View | undefined, view: View, register: Register): string[] {
  const lines =
    view.screen === 'hall'
      ? tellHall(was?.screen === 'hall' && was.level.id === view.level.id ? was : undefined, view, register)
      : tellScreen(was, view, register)
  return lines.filter(line => line !== '').map(line => safe(line).replaceAll('\n', ' '))
}

const sentence = (text: string): string => {
  const trimmed = text.trim()
  if (trimmed === '') return ''
  const first = trimmed[0]!.toUpperCase() + trimmed.slice(1)
  return /[.?!:…"]$/.test(first) ? first : `${first}.`
}

const plural = (n: number, one: string, many: string) => (n === 1 ? `1 ${one}` : `${n} ${many}`)

const nextLine = (key: string, text: string): string =>
  `Next: ${key === '1-9' || /^1-\d$/.test(key) ? `a number from 1 to ${key.slice(2)}` : key}${text === '' ? '' : `, ${text.replaceAll('   ', '. ')}`}.`

function tellHall(was: HallView | undefined, view: HallView, register: Register): string[] {
  const lines: string[] = []
  if (was === undefined) {
    const goals = view.goals.map(g => say(g.text, register)).join('; ')
    lines.push(sentence(`Level ${view.level.id}, ${view.level.title}. Goal: ${goals}`), ...whereIs(view, register))
  } else if (view.time.beat < was.time.beat || view.time.position < was.time.position)
    lines.push(`Time turns back to beat ${view.time.beat}. ${sentence(say(view.state, register))}`)
  if (was !== undefined && view.time.forked !== was.time.forked)
    lines.push(view.time.forked ? 'You are in a fork: whatever happens here is tried beside.' : 'The fork is left; you are back where you were.')
  for (const line of freshJournal(was, view)) lines.push(tellJournal(line, register))
  lines.push(...freshGoals(was, view, register))
  for (const line of view.prompt.lines.slice(sharedLines(was, view))) lines.push(line.kind === 'command' ? '' : line.text)
  const asked = view.panel.panel === 'bet' || view.panel.panel === 'reveal'
  if (view.prompt.waiting && was?.prompt.waiting !== true)
    lines.push(`The command waits for ${asked ? 'the question to be answered' : 'time to pass: press . or space'}. stop ends it.`)
  if (was === undefined || JSON.stringify(was.panel) !== JSON.stringify(view.panel)) lines.push(...tellPanel(was?.panel, view.panel, register))
  for (const notice of view.notices) if (!was?.notices.some(n => n.text === notice.text)) lines.push(sentence(notice.text))
  if (was === undefined || lines.length > 0 || was.next.key !== view.next.key) lines.push(nextOf(view, register))
  return lines
}

function nextOf(view: HallView, register: Register): string {
  if (view.panel.panel === 'edit') return ''
  if (view.panel.panel === 'bet' && view.panel.confidence === undefined)
    return `Next: a number from 1 to ${view.panel.options.length}, a space, then how sure: a low, s middle, d high.`
  return nextLine(view.next.key, say(view.next.text, register))
}

/** Lines of the journal that were not there before. */
function freshJournal(was: HallView | undefined, view: HallView): JournalLine[] {
  if (was === undefined) return view.journal.slice(-3)
  const last = was.journal.at(-1)
  if (last === undefined) return view.journal
  const from = view.journal.findLastIndex(line => line.beat === last.beat && line.text.kubernetes === last.text.kubernetes)
  return view.time.beat < was.time.beat ? [] : from < 0 ? view.journal.slice(-3) : view.journal.slice(from + 1)
}

const tellJournal = (line: JournalLine, register: Register): string =>
  `Beat ${line.beat}. ${sentence(`${capital(say(line.who, register))} ${say(line.text, register)}`)}${line.tag === '' ? '' : ` ${sentence(line.tag.replaceAll('  ', ', '))}`}${line.deciding ? ' This beat decides the bet.' : ''}`

const capital = (text: string) => (text === 'you' ? 'You' : text)

function freshGoals(was: HallView | undefined, view: HallView, register: Register): string[] {
  if (was === undefined) return []
  return view.goals.flatMap((goal, i) =>
    was.goals[i]?.mark === goal.mark
      ? []
      : [sentence(`${goal.mark === 'done' ? 'Done' : goal.mark === 'missed' ? 'Missed' : 'Open again'}: ${say(goal.text, register)}`)],
  )
}

/** How many lines of the prompt both have. */
function sharedLines(was: HallView | undefined, view: HallView): number {
  if (was === undefined) return view.prompt.lines.length
  const last = was.prompt.lines.at(-1)
  if (last === undefined) return 0
  if (view.prompt.lines.length >= was.prompt.lines.length && view.prompt.lines[was.prompt.lines.length - 1]?.text === last.text) return was.prompt.lines.length
  return view.prompt.lines.lastIndexOf(last) + 1
}

/** The map in words. */
export function whereIs(view: HallView, register: Register): string[] {
  const { map } = view
  const desks = [map.hatch, map.vault, ...map.desks].map(d => `${say(d.name, register)} ${d.lit ? '' : '(dark) '}${say(d.line, register)}`.trim())
  const factories = map.factories.map(f => {
    const bench =
      f.bench.length === 0 ? say(f.benchLine, register) : f.bench.map(b => `${b.pod}${b.count > 1 ? ` x${b.count}` : ''} ${say(b.state, register)}`).join(', ')
    return sentence(
      `${say(f.sign, register)}: ${say(f.foreman.name, register)} ${say(f.foreman.line, register)}; ${say(f.runtime.name, register)} ${say(f.runtime.line, register)}; bench: ${bench}; ${say(f.switchboard.name, register)} ${say(f.switchboard.line, register)}`,
    )
  })
  const gap = map.gap === undefined ? [] : [sentence(`Between ${map.gap.from} and ${map.gap.to}: ${say(map.gap.sign, register)}`)]
  return [
    `The time is ${view.clock}. ${sentence(say(view.state, register))} Revision ${map.vault.revision}.`,
    sentence(`In the office: ${desks.join('; ')}`),
    ...factories,
    ...gap,
  ]
}

export function slipIs(view: HallView, register: Register): string[] {
  if (view.slip === undefined) return ['There is no slip.']
  const rows = view.slip.rows.map(r => [say(r.label, register), r.value].filter(t => t.trim() !== '').join(': ')).filter(t => t !== '')
  return [`The slip. ${rows.join('. ')}. ${plural(view.slip.stamps, 'stamp', 'stamps')}.${view.slip.filed === undefined ? '' : ` Filed: ${view.slip.filed}.`}`]
}

export const goalsAre = (view: HallView, register: Register): string[] => view.goals.map(g => sentence(`${g.mark}: ${say(g.text, register)}`))

const options = (list: readonly Words[], register: Register): string[] => list.map((option, i) => sentence(`${i + 1}. ${say(option, register)}`))

function tellPanel(was: Panel | undefined, panel: Panel, register: Register): string[] {
  switch (panel.panel) {
    case 'speech': {
      const before = was?.panel === 'speech' ? was : undefined
      const text = say(panel.text, register)
      const spoken =
        before !== undefined && say(before.text, register) === text
          ? ''
          : panel.who === undefined
            ? sentence(text)
            : `${say(panel.who, register)} says: ${sentence(text)}`
      const typed = panel.typed === undefined || before?.typed === panel.typed ? [] : [`The command for this: ${panel.typed}`, ...(panel.output ?? [])]
      const steps = panel.steps?.map(s => `${say(s.text, register)} ${s.mark === 'done' ? 'done' : s.mark === 'now' ? 'now' : 'to come'}`).join('; ') ?? ''
      return [spoken, ...typed, sentence(steps)]
    }
    case 'bet': {
      const picked = panel.picked
      if (picked !== undefined && panel.confidence !== undefined) return [`You bet on ${say(panel.options[picked]!, register)}, ${SURE[panel.confidence]}.`]
      if (picked !== undefined) return [`You bet on ${say(panel.options[picked]!, register)}. How sure: a low, s middle, d high?`]
      return ['Time stands still for a bet.', `Bet ${panel.number} of ${panel.of}. ${say(panel.question, register)}`, ...options(panel.options, register)]
    }
    case 'reveal': {
      const said = `You said ${say(panel.said, register)}.`
      return [
        panel.right ? `${said} You were right.` : `${said} It was ${say(panel.was, register)}.`,
        panel.decided === undefined ? '' : `Decided by beat ${panel.decided.beat}: ${sentence(say(panel.decided.text, register))}`,
        panel.belief === undefined ? '' : `Belief ${panel.belief.code}: ${sentence(panel.belief.text)}`,
        panel.against === undefined
          ? ''
          : `Against it${panel.against.beat === undefined ? '' : `, beat ${panel.against.beat}`}: ${sentence(say(panel.against.text, register))}`,
        sentence(say(panel.why, register)),
        ...panel.options.map((o, i) => `${i + 1}. ${sentence(say(o.text, register))} ${o.right ? 'Right.' : 'Wrong.'} ${sentence(say(o.why, register))}`),
        panel.right ? '' : 'A missed bet costs nothing.',
      ]
    }
    case 'day': {
      const line = (name: string, day: DayLine) =>
        `${name}: ${say(day.told, register)}: rent ${day.rent}, ${day.busy} percent asked for, one fire takes ${day.fire}. Slips by factory: ${day.floors.map(f => `${f.letter} ${f.pods}`).join(', ')}.`
      return [
        panel.greeting === undefined ? '' : say(panel.greeting, register),
        sentence(say(panel.instructions, register)),
        ...(panel.before === undefined ? [] : [line('The day before', panel.before)]),
        ...(panel.last === undefined ? [] : [line('The last day', panel.last)]),
        `You can: ${panel.verbs.map(v => `${v.verb}: ${say(v.text, register)}`).join('; ')}.`,
      ]
    }
    case 'role': {
      const before = was?.panel === 'role' ? was : undefined
      const tray = panel.tray.map(
        (t, i) => `${i + 1}. ${sentence(`${say(t.text, register)}${t.done ? ', done' : t.chosen ? ', in your hand' : ''}`)} Name: ${t.id}.`,
      )
      const hand = panel.tray.find(t => t.chosen)?.detail.map(d => sentence(say(d, register))) ?? []
      const verbs = panel.verbs.filter(v => v.possible).map(v => `${v.verb}: ${say(v.text, register)}`)
      const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
      return [
        before?.role.actor === panel.role.actor ? '' : `You wear the jacket of ${say(panel.role.name, register)}.`,
        panel.said === undefined || same(before?.said, panel.said) ? '' : sentence(say(panel.said.text, register)),
        ...(same(before?.tray, panel.tray) ? [] : tray.length === 0 ? ['The tray is empty.'] : ['In the tray:', ...tray, ...hand]),
        same(before?.verbs, panel.verbs) ? '' : `You can: ${verbs.join('; ')}.`,
        same(before?.jackets, panel.jackets) || panel.jackets.length === 0
          ? ''
          : `Other jackets: ${panel.jackets.map(j => `${j.key} ${say(j.name, register)}`).join(', ')}. Type be and a name.`,
      ]
    }
    case 'sort': {
      const before = was?.panel === 'sort' ? was : undefined
      const task = panel.tasks.find(t => t.id === panel.current)
      return [
        before === undefined ? `The people: ${panel.people.map(p => `${p.key} ${say(p.name, register)}`).join(', ')}.` : '',
        panel.said === undefined || JSON.stringify(before?.said) === JSON.stringify(panel.said)
          ? ''
          : `${sentence(say(panel.said.text, register))} Mistakes: ${panel.mistakes} of ${panel.allowed}.`,
        task === undefined ? '' : `Task ${task.id} of ${panel.tasks.length}: ${sentence(say(task.text, register))}`,
      ]
    }
    case 'hint':
      return [
        `Hint ${panel.grade}: ${sentence(say(panel.text, register))}`,
        panel.command === undefined ? '' : `Type: ${panel.command}`,
        panel.left === 0 ? '' : `${plural(panel.left, 'more hint', 'more hints')}: h.`,
      ]
    case 'edit':
      return [
        `${panel.title} waits for ${panel.use === 'input' ? 'what you write' : 'a text'}.${panel.text === '' ? '' : ' This is it now:'}`,
        ...panel.text.split('\n'),
        `Write ${panel.text === '' ? 'it' : 'the whole new text'} line by line; a line with a single . ends it. Only a . ${panel.use === 'input' ? 'hands in nothing' : 'leaves it as it is'}.`,
      ]
  }
}

function tellScreen(was: View | undefined, view: View, register: Register): string[] {
  switch (view.screen) {
    case 'title': {
      const first = view.next.first && view.name === undefined
      return [
        first ? 'k8s-factory. Run the ABC company. See how Kubernetes works.' : `k8s-factory. Welcome back${view.name === undefined ? '' : `, ${view.name}`}.`,
        ...view.notices.map(n => sentence(n.text)),
        first ? '' : `${view.next.resumes ? 'You left' : 'Next is'} ${view.next.id}, ${sentence(view.next.title)} ${view.next.story.join(' ')}`,
        first ? '' : `Stars: ${view.stars.earned} of ${view.stars.of}. Solved: ${view.solved.levels} of ${view.solved.of}.`,
        view.due > 0 ? `${plural(view.due, 'question is', 'questions are')} due: q.` : '',
        `Next: Enter, ${first ? 'begin your first shift' : view.next.resumes ? 'continue' : 'play'}. l, all levels. help, the keys. quit, leave.`,
      ]
    }
    case 'name':
      return [view.question, `Next: a name, or Enter for ${view.suggestion}.`]
    case 'end':
      return [
        `Level ${view.level.id} is over.`,
        ...view.stars.map(s => sentence(`Star ${s.name}: ${s.earned ? 'earned' : 'not yet'}, ${s.text}`)),
        ...view.figures.map(f => sentence(`${f.name}: ${f.value}${f.par === undefined ? '' : `, par ${f.par}`}`)),
        ...view.saw.map(s => sentence(say(s, register))),
        `Where the story bends: ${sentence(say(view.bend, register))}`,
        view.unlocked === undefined ? '' : sentence(`New: ${say(view.unlocked, register)}`),
        ...view.words.map(word => `Words. ${word.company}: ${word.kubernetes}.`),
        view.log === undefined ? '' : `The log lies in ${view.log}`,
        `Next: Enter, ${view.next === undefined ? 'all levels' : `level ${view.next.id}, ${view.next.title}`}.${view.questions > 0 ? ` q, ${plural(view.questions, 'question', 'questions')}.` : ''} r, again. l, levels.`,
      ]
    case 'incident':
      return [
        'Incident report. No blame. Nothing is lost. Nobody counts this.',
        `The customer, ${view.customer.at}: ${sentence(say(view.customer.text, register))}`,
        view.tooLate === undefined ? '' : `Too late at beat ${view.tooLate.beat}: ${sentence(say(view.tooLate.text, register))}`,
        view.began === undefined ? '' : `It began at beat ${view.began.beat}: ${view.began.text}`,
        view.shortest === undefined ? '' : `The shortest way, ${plural(view.shortest.commands, 'command', 'commands')}: ${view.shortest.text}`,
        ...view.trail.map(t => sentence(`Beat ${t.beat}: ${t.value}${say(t.text, register) === '' ? '' : `, ${say(t.text, register)}`}`)),
        sentence(say(view.moral, register)),
        ...(view.example ?? []),
        `Next: Enter, ${sentence(say(view.back.text, register))} w, watch again. r, from the start. l, levels.`,
      ]
    case 'quiz':
      return tellQuiz(was?.screen === 'quiz' ? was : undefined, view, register)
    case 'score':
      return [
        sentence(view.title),
        `${Number.isInteger(view.points) ? view.points : view.points.toFixed(1)} of ${plural(view.of, 'point', 'points')}.`,
        ...view.beliefs.map(b => sentence(`Belief ${b.code}, ${b.text}: ${b.held === 0 ? 'not yours' : `held ${b.held} of ${b.met}`}`)),
        nextLine(view.next.key, say(view.next.text, register)),
      ]
    case 'levels': {
      const chapter = view.chapters.find(c => c.number === view.chapter)
      const before = was?.screen === 'levels' && was.chapter === view.chapter
      return [
        before ? '' : `${view.solved.levels} of ${view.solved.of} levels solved. Chapters: ${view.chapters.map(c => `${c.number} ${c.title}`).join(', ')}.`,
        ...(before || chapter === undefined
          ? []
          : chapter.levels.map(l =>
              sentence(
                `${l.id} ${l.title}: ${l.state === 'locked' ? `after ${l.after ?? 'the one before'}` : `${l.state}, ${plural(l.stars.filter(Boolean).length, 'star', 'stars')}`}`,
              ),
            )),
        `Chosen: ${view.detail.id}. ${sentence(view.detail.story.join(' '))}`,
        'Next: Enter, play it. up, down, left, right, choose. Or type play and a number.',
      ]
    }
    case 'inspect':
      return tellInspect(view, register)
    case 'problems':
      return [sentence(view.title), ...view.problems, nextLine(view.next.key, say(view.next.text, register))]
    default:
      return []
  }
}

function tellQuiz(was: QuizView | undefined, view: QuizView, register: Register): string[] {
  const { item, verdict } = view
  const same = was !== undefined && was.number === view.number && was.item.stem.company === item.stem.company
  if (verdict !== undefined) {
    if (same && was.verdict !== undefined) return []
    return [
      verdict.right ? 'Right.' : verdict.share > 0 ? `In part: ${Math.round(verdict.share * 100)} of 100.` : 'Not so.',
      ...verdict.options.map(
        (o, i) =>
          `${i + 1}. ${sentence(say(o.text, register))} ${o.state === 'right' ? 'Right.' : o.state === 'wrong' ? 'Wrong.' : ''}${o.yours ? ' Your answer.' : ''} ${sentence(say(o.why, register))}`,
      ),
      verdict.key === undefined ? '' : `In order: ${verdict.key.join('; ')}.`,
      verdict.why === undefined ? '' : sentence(say(verdict.why, register)),
      verdict.belief === undefined ? '' : `Belief ${verdict.belief.code}: ${sentence(verdict.belief.text)}`,
      verdict.against === undefined ? '' : `Against it, beat ${verdict.against.beat}: ${sentence(say(verdict.against.text, register))}`,
      nextLine(view.next.key, say(view.next.text, register)),
    ]
  }
  if (same) return []
  const how = {
    single: 'a number',
    predict: 'a number',
    bug: 'a number',
    output: 'a number',
    multi: 'the numbers that are right, with blanks between',
    order: 'all numbers, in order',
    match: 'for each line the number of its other half',
  }[item.type]
  return [
    `Question ${view.number} of ${view.of}. ${say(item.stem, register)}`,
    ...(item.code ?? []),
    ...options(item.options, register),
    item.right === undefined ? '' : `Other halves: ${item.right.map((r, i) => `${i + 1} ${say(r, register)}`).join(', ')}.`,
    `Next: ${how}.`,
  ]
}

function tellInspect(view: InspectView, register: Register): string[] {
  return [
    `${say(view.who, register)}: ${sentence(say(view.headline, register))}`,
    ...view.sections.flatMap(section => [
      `${say(section.title, register)}${section.heading === undefined ? '' : `: ${section.heading.filter(c => c !== '').join(', ')}`}.`,
      ...section.rows.map(row =>
        sentence(
          row.cells
            .map(c => (c === '✓' ? 'yes' : c === '✗' ? 'no' : c))
            .filter(c => c !== '')
            .join(', ') + (row.mark === 'chosen' ? ', chosen' : ''),
        ),
      ),
    ]),
    `Other desks: ${view.others.map(o => `${o.key} ${say(o.name, register)}`).join(', ')}.`,
    'Next: Esc or back, to the map.',
  ]
}

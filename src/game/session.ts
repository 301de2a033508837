// session.ts: one player's sitting: the only mutable cell of the program.

import { nameOf } from '../company/cast.ts'
import { forkOf, place } from './bets.ts'
import { stop as stopCommand } from './commands.ts'
import { give } from './dispatch.ts'
import { endOf } from './endview.ts'
import { clockOf, hallOf, headOf } from './hallview.ts'
import { inspectOf, othersOf } from './inspectview.ts'
import type { Intent } from './intent.ts'
import type { Level } from './level.ts'
import { type Library, levelsOf, titleOf } from './listview.ts'
import { beat, handOver, look } from './moves.ts'
import { type Record as LevelRecord, newProgress, type Progress } from './progress.ts'
import { type Asked, answer, newAsked, quizOf, scoreOf, submit } from './quiz.ts'
import { checkGoals, giveCommand, nextBeat, openRun, pass, type Run, rewind, secondsOf, solved, stands, toBeat, worldOf } from './run.ts'
import { work } from './shift.ts'
import { stamp } from './stamps.ts'
import { flag } from './transcript.ts'
import type { View, Words } from './view.ts'

/** What a session finds around it. */
export interface SessionEnv {
  /** Seed of new worlds; default 1. */
  seed?: number
  library: Library
  progress?: Progress
  /** Opens at this level instead of the title. */
  level?: string
  /** Called with every change that must not be lost. */
  save?: (progress: Progress) => void
  /** Writes the log of a level that was solved, and says where it lies. */
  log?: (level: string, seed: number, intents: readonly Intent[]) => string | undefined
  /** Lines to be shown once: a save that was kept aside. */
  notices?: string[]
}

type Screen =
  | { at: 'title' }
  | { at: 'name' }
  | { at: 'hall' }
  | { at: 'inspect'; actor: string }
  | { at: 'end' }
  | { at: 'quiz' }
  | { at: 'score' }
  | { at: 'levels'; chapter: number; selected: string }

export interface Session {
  env: SessionEnv
  progress: Progress
  screen: Screen
  run?: Run
  quiz?: Asked
  notices: string[]
  /** What was done in the level that is open, for its log. */
  done: Intent[]
  /** Where the log of the last solved level lies. */
  log?: string
}

export function newSession(env: SessionEnv): Session {
  const session: Session = { env, progress: env.progress ?? newProgress(), screen: { at: 'title' }, notices: env.notices ?? [], done: [] }
  if (env.level !== undefined) open(session, env.level)
  return session
}

const two = (company: string, kubernetes = company): Words => ({ company, kubernetes })

function levelOf(session: Session, id: string): Level | undefined {
  return session.env.library.chapters.flatMap(c => c.levels).find(l => l.id === id)?.level
}

/** Opens a level by its id; the next one if none is named. False: there is no such level. */
export function open(session: Session, id: string): boolean {
  const level = levelOf(session, id)
  if (level === undefined) return false
  session.run = openRun(level, session.env.seed ?? 1)
  session.done = []
  session.screen = { at: 'hall' }
  session.progress.last = id
  save(session)
  return true
}

const save = (session: Session) => session.env.save?.(session.progress)

const recordOf = (session: Session, id: string): LevelRecord => (session.progress.levels[id] ??= { solved: false, par: false, understood: false })

const nextId = (session: Session): string => {
  const all = session.env.library.chapters.flatMap(c => c.levels).filter(l => l.level !== undefined)
  return (all.find(l => session.progress.levels[l.id]?.solved !== true) ?? all.at(-1))!.id
}

/** What a log holds at most, and what changes nothing in the world. */
const INTENTS_MAX = 10_000
const VIEWING: ReadonlySet<Intent['do']> = new Set<Intent['do']>(['Inspect', 'Close', 'Levels', 'Title', 'Select'])

/** Changes the session in place and returns it. */
export function act(session: Session, intent: Intent): Session {
  if (session.screen.at === 'hall' && session.done.length < INTENTS_MAX && !VIEWING.has(intent.do)) session.done.push(intent)
  switch (session.screen.at) {
    case 'title':
      title(session, intent)
      break
    case 'name':
      if (intent.do === 'Name') {
        session.progress.name = intent.name.slice(0, 40)
        open(session, nextId(session))
      }
      break
    case 'levels':
      levels(session, intent, session.screen)
      break
    case 'quiz':
    case 'score':
      quiz(session, intent)
      break
    case 'end':
      end(session, intent)
      break
    case 'inspect':
      if (intent.do === 'Close') session.screen = { at: 'hall' }
      else if (intent.do === 'Inspect' && intent.actor !== undefined) {
        if (session.run) look(session.run, intent.actor)
        session.screen = { at: 'inspect', actor: intent.actor }
      } else if (intent.do === 'Rewind' && session.run) rewind(session.run)
      else if (intent.do === 'Forward' && session.run) nextBeat(session.run)
      break
    case 'hall':
      if (session.run !== undefined) hall(session, session.run.fork ?? session.run, intent)
  }
  return session
}

function title(session: Session, intent: Intent): void {
  if (intent.do === 'GoOn') {
    if (session.progress.name === undefined) session.screen = { at: 'name' }
    else open(session, nextId(session))
  } else if (intent.do === 'Levels') openLevels(session)
  else if (intent.do === 'Open' && intent.level !== undefined) open(session, intent.level)
}

function openLevels(session: Session): void {
  const id = session.run?.level.id ?? nextId(session)
  session.screen = { at: 'levels', chapter: session.env.library.chapters.find(c => c.levels.some(l => l.id === id))?.number ?? 1, selected: id }
}

function levels(session: Session, intent: Intent, screen: Extract<Screen, { at: 'levels' }>): void {
  const { chapters } = session.env.library
  const chapter = chapters.find(c => c.number === screen.chapter)!
  if (intent.do === 'Select') {
    if (intent.move === 'left' || intent.move === 'right') {
      const at = chapters.indexOf(chapter) + (intent.move === 'right' ? 1 : -1)
      const next = chapters[Math.max(0, Math.min(chapters.length - 1, at))]!
      session.screen = { at: 'levels', chapter: next.number, selected: next === chapter ? screen.selected : next.levels[0]!.id }
      return
    }
    const at = chapter.levels.findIndex(l => l.id === screen.selected) + (intent.move === 'down' ? 1 : -1)
    session.screen = { ...screen, selected: chapter.levels[Math.max(0, Math.min(chapter.levels.length - 1, at))]!.id }
  } else if (intent.do === 'Open') open(session, intent.level ?? screen.selected)
  else if (intent.do === 'Title' || intent.do === 'Close') session.screen = { at: 'title' }
  else if (intent.do === 'Quiz') openQuiz(session, screen.selected)
}

function openQuiz(session: Session, id: string): void {
  const level = levelOf(session, id)
  if (level === undefined || level.quiz.length === 0) return
  session.quiz = newAsked([level], session.env.seed ?? 1)
  session.screen = { at: 'quiz' }
}

/** The questions alone, of one level, a chapter or all. */
export function openQuestions(session: Session, of?: string): boolean {
  const found = session.env.library.chapters
    .flatMap(c => (of === undefined || String(c.number) === of ? c.levels : c.levels.filter(l => l.id === of)))
    .flatMap(l => (l.level === undefined || l.level.quiz.length === 0 ? [] : [l.level]))
  if (found.length === 0) return false
  session.quiz = newAsked(found, session.env.seed ?? 1)
  session.screen = { at: 'quiz' }
  return true
}

function quiz(session: Session, intent: Intent): void {
  const asked = session.quiz
  if (asked === undefined) return
  if (session.screen.at === 'score' || intent.do === 'Close') {
    if (intent.do === 'Levels') openLevels(session)
    else if (intent.do === 'GoOn' || intent.do === 'Close') {
      if (session.run !== undefined && solved(session.run)) session.screen = { at: 'end' }
      else openLevels(session)
    }
    return
  }
  if (intent.do === 'Answer') answer(asked, intent.option)
  else if (intent.do === 'Submit') submit(asked)
  else if (intent.do === 'GoOn' && asked.verdict !== undefined) {
    asked.at++
    asked.chosen = []
    delete asked.verdict
    if (asked.at < asked.items.length) return
    session.screen = { at: 'score' }
    const { run } = session
    const all = asked.results.every(r => r.share === 1)
    if (run !== undefined && all && run.bets.every(b => b?.right)) {
      recordOf(session, run.level.id).understood = true
      save(session)
    }
  }
}

function end(session: Session, intent: Intent): void {
  const run = session.run
  if (run === undefined) return
  if (intent.do === 'GoOn') {
    const id = nextId(session)
    if (session.progress.levels[id]?.solved !== true && open(session, id)) return
    openLevels(session)
  } else if (intent.do === 'Again') open(session, run.level.id)
  else if (intent.do === 'Levels') openLevels(session)
  else if (intent.do === 'Quiz') openQuiz(session, run.level.id)
  else if (intent.do === 'Rewind') {
    session.screen = { at: 'hall' }
    rewind(run)
  }
}

function hall(session: Session, run: Run, intent: Intent): void {
  switch (intent.do) {
    case 'HandOver':
      handOver(run)
      return
    case 'Beat':
      beat(run)
      return
    case 'NextEvent':
      for (let i = 0; i < 12; i++) {
        const before = run.beats.length
        beat(run)
        if (stands(run) || run.beats.length === before) return
      }
      return
    case 'GoOn':
      if (run.revealed !== undefined) delete run.revealed
      else if (!run.handed && run.level.desk !== undefined) handOver(run)
      else if (solved(run) && run.bets.every(b => b?.seen)) finish(session, run)
      else beat(run)
      return
    case 'Bet':
      if (run.asking !== undefined && intent.option < run.level.bets[run.asking]!.options.length) run.picked = intent.option
      return
    case 'Confidence':
      place(run, intent.sure)
      return
    case 'Play':
      if (!stands(run)) run.playing = true
      return
    case 'Pause':
      run.playing = false
      return
    case 'Speed':
      run.speed = intent.speed
      return
    case 'Tick':
      if (run.playing) pass(run, intent.ms * run.speed)
      return
    case 'Rewind':
      if (run.walking === undefined || run.walking === 0) rewind(run)
      else {
        run.walking--
        run.motionId++
      }
      return
    case 'Forward':
      if (run.future === 0) return
      run.handed = true
      beat(run)
      return
    case 'ToBeat':
      toBeat(run, intent.beat)
      return
    case 'Fork':
      if (session.run!.fork !== undefined) session.run!.fork = undefined
      else {
        const copy = forkOf(session.run!)
        session.run!.fork = copy
      }
      return
    case 'Hint':
      run.hints = Math.min(3, run.hints + 1)
      return
    case 'TakeHint': {
      const hint = run.level.hints[run.hints - 1]
      if (hint?.run !== undefined && /^kubectl /.test(hint.run)) giveCommand(run, hint.run, true)
      run.hints = 0
      return
    }
    case 'Inspect':
      look(run, intent.actor ?? run.level.people[0])
      session.screen = {
        at: 'inspect',
        actor: intent.actor ?? run.level.people[0] ?? run.beats.findLast(b => b.actor !== 'user/you')?.actor ?? 'kube-apiserver',
      }
      return
    case 'Verb':
      run.hints = 0
      if (run.shift !== undefined) work(run, intent.line)
      else if (run.stamping !== undefined) stamp(run.level, run.stamping, intent.line)
      else give(run.level, run.dispatch, run.recorded, intent.line)
      checkGoals(run)
      run.motionId++
      return
    case 'Flag':
      flag(run, intent.line)
      return
    case 'Command': {
      const marks = /^(?:flag|x) (\d+)$/.exec(intent.line)
      if (marks !== null) {
        flag(run, Number(marks[1]))
        return
      }
      run.hints = 0
      giveCommand(run, intent.line, true)
      while (run.waiting.length > 0 && nextBeat(run) !== undefined) if (stands(run)) break
      return
    }
    case 'Interrupt':
      if (run.command !== undefined) {
        stopCommand(run.command, run.desk, { world: () => worldOf(run), give: () => undefined, print: () => undefined })
        delete run.command
      }
      return
    case 'Again':
      open(session, run.level.id)
      return
    case 'Levels':
      openLevels(session)
      return
    case 'Title':
      session.screen = { at: 'title' }
  }
}

function finish(session: Session, run: Run): void {
  const record = recordOf(session, run.level.id)
  record.solved = true
  record.par ||= run.given.length <= run.level.par.commands && secondsOf(run) <= run.level.par.seconds && run.hints <= 1
  session.progress.foresight = run.bets.reduce((streak, b) => (b?.right ? streak + 1 : 0), session.progress.foresight)
  session.screen = { at: 'end' }
  session.log = session.env.log?.(run.level.id, run.seed, session.done)
  save(session)
}

/** The level that comes after this one, if there is one. */
function nextLevel(session: Session, run: Run): Level | undefined {
  const next = nextId(session)
  return next === run.level.id ? undefined : levelOf(session, next)
}

const starsOf = (session: Session, id: string): [boolean, boolean, boolean] => {
  const r = session.progress.levels[id]
  return [r?.solved === true, r?.par === true, r?.understood === true]
}

/** All that the screen shows, computed anew; cheap enough for every frame. */
export function viewOf(session: Session): View {
  const { screen, env, progress } = session
  const run = session.run?.fork ?? session.run
  const notices = session.notices.map(text => ({ text, tone: 'warning' as const }))
  switch (screen.at) {
    case 'title':
      return titleOf(env.library, progress, nextId(session), notices)
    case 'name':
      return { screen: 'name', question: 'Who are you?', suggestion: 'new clerk' }
    case 'levels':
      return levelsOf(env.library, progress, screen.chapter, screen.selected, notices)
    case 'quiz':
      return quizOf(session.quiz!)
    case 'score':
      return scoreOf(session.quiz!)
    case 'inspect':
      return {
        ...inspectOf(run!, screen.actor),
        screen: 'inspect',
        level: headOf(run!, starsOf(session, run!.level.id)),
        clock: clockOf(run!),
        state: two(`paused at beat ${run!.beats.length}`),
        actor: screen.actor,
        who: nameOf(screen.actor),
        others: othersOf(run!),
      }
    case 'end':
      return endOf(run!, recordOf(session, run!.level.id), starsOf(session, run!.level.id), progress.foresight, nextLevel(session, run!), session.log)
    case 'hall': {
      const view = hallOf(run!, starsOf(session, run!.level.id))
      return session.run?.fork === undefined
        ? view
        : { ...view, time: { ...view.time, forked: true }, can: view.can.map(c => (c === 'Fork' ? 'Leave fork' : c)) }
    }
  }
}

// session.ts: one player's sitting: the only mutable cell of the program.

import { nameOf } from '../company/cast.ts'
import { dueNow, learnBets, openQuiz, openReview, reply } from './asking.ts'
import { forkOf } from './bets.ts'
import { endOf } from './endview.ts'
import { clockOf, hallOf, headOf } from './hallview.ts'
import { incidentOf, type Report, reportOf } from './incident.ts'
import { inspectOf, othersOf } from './inspectview.ts'
import type { Intent } from './intent.ts'
import { begin, closeLog, type Keeper, record } from './keeping.ts'
import type { Level } from './level.ts'
import { type Library, levelsOf, titleOf } from './listview.ts'
import type { Writing } from './log.ts'
import { rewind, toMoment } from './moments.ts'
import { perform } from './perform.ts'
import { type Record as LevelRecord, newProgress, type Progress } from './progress.ts'
import { type Asked, quizOf, scoreOf } from './quiz.ts'
import { missedOf } from './review.ts'
import { mistakesOf, type Run, secondsOf, solved } from './run.ts'
import type { View, Words } from './view.ts'
import { idle, type Try } from './wayout.ts'

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
  /** The day, counted on by the player's own calendar; default: none ever ends. */
  today?: () => number
  /** Where levels that were left wait; none: they do not. */
  keep?: Keeper
  /** Lines to be shown until the next key: a save that was kept aside. */
  notices?: string[]
  /** What a line typed in plain mode means on a screen: so that a report can try solutions. */
  speak?: (line: string, view: View) => readonly Intent[]
}

type Screen =
  | { at: 'title' }
  | { at: 'name' }
  | { at: 'hall' }
  | { at: 'inspect'; actor: string }
  | { at: 'end' }
  | { at: 'incident' }
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
  /** What was done in the level that is open; whether it is being played again, and whether it was solved. */
  writing?: Writing
  replaying?: boolean
  ended?: boolean
  /** Where the log of the last solved level lies. */
  log?: string
  /** What is known of the failure on the screen; and where this level went wrong before. */
  report?: Report
  fallen: Set<number>
}

export function newSession(env: SessionEnv): Session {
  const session: Session = { env, progress: env.progress ?? newProgress(), screen: { at: 'title' }, notices: env.notices ?? [], fallen: new Set() }
  if (env.level !== undefined) open(session, env.level)
  return session
}

const two = (company: string, kubernetes = company): Words => ({ company, kubernetes })

function levelOf(session: Session, id: string): Level | undefined {
  return session.env.library.chapters.flatMap(c => c.levels).find(l => l.id === id)?.level
}

/** Opens a level by its id, where it was left unless `afresh`. False: there is no such level. */
export function open(session: Session, id: string, afresh = false): boolean {
  const level = levelOf(session, id)
  if (level === undefined) return false
  const { run } = session
  if (afresh || session.ended !== false || run?.level !== level) begin(session, level, afresh, intent => act(session, intent))
  else session.screen = { at: (run.fork ?? run).failed === undefined ? 'hall' : 'incident' }
  session.progress.last = id
  save(session)
  return true
}

const save = (session: Session) => session.env.save?.(session.progress)

const recordOf = (session: Session, id: string): LevelRecord => (session.progress.levels[id] ??= { solved: false, par: false, understood: false })

/** Was it left in the middle? */
function isOpen(session: Session, id: string | undefined): boolean {
  const level = id === undefined ? undefined : levelOf(session, id)
  if (level === undefined) return false
  return session.run?.level === level ? session.ended === false : session.env.keep?.waits(level, session.env.seed) === true
}

/** What was left in the middle, or else the first that is not solved. */
const nextId = (session: Session): string => {
  const { last, levels } = session.progress
  if (last !== undefined && isOpen(session, last)) return last
  const all = session.env.library.chapters.flatMap(c => c.levels).filter(l => l.level !== undefined)
  return (all.find(l => levels[l.id]?.solved !== true) ?? all.at(-1))!.id
}

/** Changes the session in place and returns it. */
export function act(session: Session, intent: Intent): Session {
  if (intent.do !== 'Tick' && session.replaying !== true) session.notices.length = 0
  record(session, intent)
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
    case 'incident':
      incident(session, intent)
      break
    case 'inspect':
      if (session.run !== undefined) inspect(session, session.run.fork ?? session.run, intent)
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
  else if (intent.do === 'Quiz') openReview(session)
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
  else if (intent.do === 'Quiz' && !openReview(session)) openQuiz(session, levelOf(session, screen.selected))
}

function quiz(session: Session, intent: Intent): void {
  const asked = session.quiz
  if (asked === undefined) return
  if (session.screen.at === 'score' || intent.do === 'Close') {
    if (intent.do === 'Levels') openLevels(session)
    else if (intent.do === 'GoOn' || intent.do === 'Close') {
      if (asked.review) session.screen = { at: 'title' }
      else if (session.ended === true) session.screen = { at: 'end' }
      else openLevels(session)
    }
    return
  }
  reply(session, asked, intent)
}

function end(session: Session, intent: Intent): void {
  const run = session.run
  if (run === undefined) return
  if (intent.do === 'GoOn') {
    const id = nextId(session)
    if (session.progress.levels[id]?.solved !== true && open(session, id)) return
    openLevels(session)
  } else if (intent.do === 'Again') open(session, run.level.id, true)
  else if (intent.do === 'Levels') openLevels(session)
  else if (intent.do === 'Quiz') openQuiz(session, run.level)
  else if (intent.do === 'Rewind') {
    session.screen = { at: 'hall' }
    rewind(run)
  }
}

function hall(session: Session, run: Run, intent: Intent): void {
  switch (intent.do) {
    case 'GoOn':
      if (run === session.run && run.revealed === undefined && solved(run) && (run.handed || run.level.desk === undefined)) finish(session, run)
      else perform(run, intent)
      break
    case 'Fork':
      session.run!.fork = session.run!.fork === undefined ? forkOf(session.run!) : undefined
      return
    case 'Inspect': {
      perform(run, intent)
      const last = run.beats.findLast(b => b.actor !== 'user/you')?.actor
      session.screen = { at: 'inspect', actor: intent.actor ?? run.level.people[0] ?? last ?? 'kube-apiserver' }
      break
    }
    case 'Again':
      open(session, run.level.id, true)
      return
    case 'Levels':
      openLevels(session)
      return
    case 'Title':
      session.screen = { at: 'title' }
      return
    default:
      perform(run, intent)
  }
  ifFailed(session, run)
}

/** At a desk one looks at others, and walks through time. */
function inspect(session: Session, run: Run, intent: Intent): void {
  if (intent.do === 'Close') session.screen = { at: 'hall' }
  else if (intent.do === 'Rewind' || intent.do === 'Forward') perform(run, intent)
  else if (intent.do === 'Inspect' && intent.actor !== undefined) {
    perform(run, intent)
    session.screen = { at: 'inspect', actor: intent.actor }
  }
  ifFailed(session, run)
}

function ifFailed(session: Session, run: Run): void {
  if (run.failed === undefined) return
  delete session.report
  session.screen = { at: 'incident' }
}

/** It went wrong: back to where it began, or to see it once more. */
function incident(session: Session, intent: Intent): void {
  const run = session.run?.fork ?? session.run!
  if (intent.do === 'BackToBeat' || intent.do === 'GoOn' || intent.do === 'WatchAgain') {
    const { back } = reportNow(session, run)
    session.fallen.add(back)
    toMoment(run, back)
    run.playing = intent.do === 'WatchAgain'
    session.screen = { at: 'hall' }
  } else if (intent.do === 'Again') open(session, run.level.id, true)
  else if (intent.do === 'Levels') openLevels(session)
  else if (intent.do === 'Title') session.screen = { at: 'title' }
}

/** Made when it is first asked for. */
const reportNow = (session: Session, run: Run): Report => (session.report ??= reportOf(run, session.env.speak === undefined ? undefined : trial(session.env)))

/** Plays lines in a run as a player would, with nothing kept of it. */
const trial =
  (env: SessionEnv): Try =>
  run => {
    const beside: Session = { env: { library: env.library }, progress: newProgress(), screen: { at: 'hall' }, run, notices: [], fallen: new Set() }
    return {
      say(line) {
        if (beside.screen.at === 'end') return true
        const mistakes = mistakesOf(run)
        const intents = env.speak!(line, viewOf(beside))
        for (const intent of intents) act(beside, intent)
        return (intents.length > 0 || idle(line)) && run.failed === undefined && mistakesOf(run) === mistakes
      },
      won: () => solved(run),
    }
  }

function finish(session: Session, run: Run): void {
  const record = recordOf(session, run.level.id)
  record.solved = true
  record.par ||= run.given.length <= run.level.par.commands && secondsOf(run) <= run.level.par.seconds && run.hinted <= 1
  // Whoever turns back from the end and comes to it again may earn a star; bets count once, and the log is closed.
  if (session.ended !== true) {
    session.progress.foresight = run.bets.reduce((streak, b) => (b?.right ? streak + 1 : 0), session.progress.foresight)
    learnBets(session, run)
    session.log = closeLog(session)
  }
  session.screen = { at: 'end' }
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
      return titleOf(env.library, progress, nextId(session), isOpen(session, nextId(session)), dueNow(session).length, notices)
    case 'name':
      return { screen: 'name', question: 'Who are you?', suggestion: 'new clerk' }
    case 'levels':
      return levelsOf(env.library, progress, screen.chapter, screen.selected, dueNow(session).length, notices)
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
    case 'incident': {
      const report = reportNow(session, run!)
      return incidentOf(run!, report, starsOf(session, run!.level.id), session.fallen.has(report.back))
    }
    case 'end':
      return endOf(
        run!,
        recordOf(session, run!.level.id),
        starsOf(session, run!.level.id),
        progress.foresight,
        nextLevel(session, run!),
        missedOf(progress, run!.level),
        session.log,
      )
    case 'hall': {
      const view = { ...hallOf(run!, starsOf(session, run!.level.id)), notices }
      return session.run?.fork === undefined
        ? view
        : { ...view, time: { ...view.time, forked: true }, can: view.can.map(c => (c === 'Fork' ? 'Leave fork' : c)) }
    }
  }
}

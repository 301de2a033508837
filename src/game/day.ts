// day.ts: the planner's instructions, a day's orders placed by them, and what came of it: rent, use, and how much one fire takes.

import type { SchedulerConfig } from '../cluster/kube-scheduler.ts'
import { letterOf } from '../company/cast.ts'
import { give } from '../kernel/timeline.ts'
import { type PodFact, podsOf } from './facts.ts'
import type { DayLine, DayPanel } from './panel.ts'
import type { Verb } from './roles.ts'
import { type Run, sendErrand, skip, worldOf } from './run.ts'
import { allocatableOn, askedBy, nodesOf } from './tray.ts'
import type { Words } from './view.ts'

const two = (company: string, kubernetes = company): Words => ({ company, kubernetes })

const RENT = 5 // What a factory costs a night, if anything stood in it.
const ORDERS = 'orders.yaml'
const PATIENCE_S = 100
/** The weight that spreading can be given; 0 leaves it out. */
const SPREADS = 4

type Strategy = 'least' | 'most'

export interface Figures {
  strategy: Strategy
  spread: number
  floors: { node: string; pods: number; cpu: number; of: number }[]
  /** Slips that nobody could place, or that did not run in time. */
  missing: number
}

export interface Day {
  strategy: Strategy
  spread: number
  /** All days so far, the last one last. */
  days: Figures[]
}

export const newDay = (): Day => ({ strategy: 'least', spread: 2, days: [] })

const LINE = /^(?:(least|most)|spread ([0-3])|run(?: (least|most))?)$/
export const isDayLine = (line: string): boolean => LINE.test(line)

/** Changes the instructions, or lets a day go by under them. */
export function instruct(run: Run, line: string): void {
  const day = run.day!
  const [, strategy, spread, then] = LINE.exec(line)!
  if (strategy !== undefined || then !== undefined) day.strategy = (strategy ?? then) as Strategy
  if (spread !== undefined) day.spread = Number(spread)
  if (line.startsWith('run')) goBy(run)
}

/** The planner reads his instructions anew; yesterday's orders go, today's are handed in. Of a whole day only what came of it is told. */
function goBy(run: Run): void {
  const { strategy, spread } = run.day!
  const config: SchedulerConfig = {
    host: 'mother-company',
    scoringStrategy: {
      type: strategy === 'least' ? 'LeastAllocated' : 'MostAllocated',
      resources: [
        { name: 'cpu', weight: 1 },
        { name: 'memory', weight: 1 },
      ],
    },
    ...(spread === 0 ? { disabled: ['PodTopologySpread'] } : { weights: { PodTopologySpread: spread } }),
  }
  if (today(run).length > 0) sendErrand(run, `kubectl delete -f ${ORDERS}`)
  give(run.system, run.line, { input: 'remove', name: 'kube-scheduler' })
  give(run.system, run.line, { input: 'spawn', name: 'kube-scheduler', config })
  until(run, () => today(run).length === 0)
  sendErrand(run, `kubectl apply -f ${ORDERS}`)
  const wanted = ordered(run)
  until(run, () => today(run).filter(p => p.ready).length === wanted)
  run.day!.days.push(figuresOf(run, wanted))
}

function until(run: Run, done: () => boolean): void {
  for (let s = 0; s < PATIENCE_S && !done(); s++) skip(run, 1_000)
}

const today = (run: Run): PodFact[] => podsOf(worldOf(run)).filter(p => p.namespace === 'default')

/** How many slips today's orders make. */
const ordered = (run: Run): number => [...(run.desk.files.get(ORDERS) ?? '').matchAll(/^ {2}replicas: (\d+)$/gm)].reduce((sum, m) => sum + Number(m[1]), 0)

function figuresOf(run: Run, wanted: number): Figures {
  const pods = today(run)
  const floors = nodesOf(run).map(node => {
    const here = pods.filter(p => p.node === node)
    return { node, pods: here.length, cpu: here.reduce((sum, p) => sum + askedBy(p), 0), of: allocatableOn(run, node) }
  })
  return { strategy: run.day!.strategy, spread: run.day!.spread, floors, missing: wanted - pods.filter(p => p.ready).length }
}

const usedIn = (figures: Figures) => figures.floors.filter(f => f.pods > 0)
export const rentOf = (figures: Figures): number => usedIn(figures).length * RENT
export const fireOf = (figures: Figures): number => Math.max(0, ...figures.floors.map(f => f.pods))
/** What is asked for, in percent of the factories that are rented. */
export const busyOf = (figures: Figures): number => {
  const used = usedIn(figures)
  const of = used.reduce((sum, f) => sum + f.of, 0)
  return of === 0 ? 0 : Math.round((used.reduce((sum, f) => sum + f.cpu, 0) * 100) / of)
}

/** The same of the factory of which most is asked for. */
const fullestOf = (figures: Figures): number => Math.max(0, ...figures.floors.map(f => (f.of === 0 ? 0 : Math.round((f.cpu * 100) / f.of))))

/** For conditions: the last day, and the one before. */
export function dayFacts(day: Day | undefined): Record<string, number> {
  const [before, last] = [day?.days.at(-2), day?.days.at(-1)]
  const of = (figures: Figures | undefined, count: (f: Figures) => number) => (figures === undefined ? 0 : count(figures))
  return {
    days: day?.days.length ?? 0,
    missing: last?.missing ?? 0,
    rent: of(last, rentOf),
    busy: of(last, busyOf),
    fullest: of(last, fullestOf),
    fire: of(last, fireOf),
    rentBefore: of(before, rentOf),
    fireBefore: of(before, fireOf),
  }
}

function verbsNow({ strategy, spread }: Day): readonly Verb[] {
  const next = (spread + 1) % SPREADS
  return [
    strategy === 'least'
      ? { verb: 'most', key: 'm', text: two('fill the fullest first', 'MostAllocated') }
      : { verb: 'least', key: 'm', text: two('fill the emptiest first', 'LeastAllocated') },
    { verb: `spread ${next}`, key: 'w', text: two(next === 0 ? 'do not spread' : `spread by zones, weight ${next}`, `PodTopologySpread weight ${next}`) },
    { verb: 'run', key: 'd', text: two('let a day go by', 'run a day') },
  ]
}

export function dayPanel(run: Run): DayPanel {
  const day = run.day!
  const line = (f: Figures): DayLine => ({
    rent: rentOf(f),
    busy: busyOf(f),
    fire: fireOf(f),
    floors: f.floors.map(({ node, pods, cpu, of }) => ({ letter: letterOf(node), pods, full: of === 0 ? 0 : cpu / of, rent: pods > 0 ? RENT : 0 })),
    told: two(
      `${f.strategy === 'least' ? 'emptiest' : 'fullest'} first, spread ${f.spread}`,
      `${f.strategy === 'least' ? 'LeastAllocated' : 'MostAllocated'}, spread ${f.spread}`,
    ),
  })
  const [before, last] = [day.days.at(-2), day.days.at(-1)]
  return {
    panel: 'day',
    instructions: two(
      `As told: ${day.strategy === 'least' ? 'emptiest' : 'fullest'} first, spread ${day.spread}`,
      `${day.strategy === 'least' ? 'LeastAllocated' : 'MostAllocated'}, spread weight ${day.spread}`,
    ),
    ...(last === undefined ? { greeting: run.level.greeting?.text ?? two('') } : { last: line(last) }),
    ...(before === undefined ? {} : { before: line(before) }),
    verbs: verbsNow(day),
  }
}

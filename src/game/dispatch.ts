// dispatch.ts: handing tasks to people: what was recorded before the doors opened says whose each one is.

import { nameOf } from '../company/cast.ts'
import type { Note } from '../kernel/machine.ts'
import type { Draft } from './beats.ts'
import { holdsOf } from './facts.ts'
import type { Level, Task } from './level.ts'
import type { SortPanel } from './panel.ts'
import type { Words } from './view.ts'

/** What somebody did in the recorded run. */
export interface Recorded {
  kind: string
  actor: string
  to: string
  verb: string
  resource: string
  call: string
  /** As the tape tells it; what makes no beat has no words. */
  text?: Words
}

export interface Dispatch {
  /** Who each task was given to last. */
  given: (string | undefined)[]
  right: boolean[]
  mistakes: number
  /** Desks that were looked at. */
  looked: Set<string>
  said?: { text: Words; ok: boolean }
}

export const newDispatch = (level: Level): Dispatch => ({
  given: level.tasks.map(() => undefined),
  right: level.tasks.map(() => false),
  mistakes: 0,
  looked: new Set(),
})

/** Beats and bare notes alike: the work of the vault and of the switchboard makes no beat. */
export const recordedNote = (note: Note): Recorded => ({
  kind: note.kind,
  actor: note.actor,
  to: '',
  verb: String(note.data?.verb ?? ''),
  resource: String(note.data?.resource ?? ''),
  call: String(note.data?.call ?? ''),
})
export const recordedBeat = (d: Draft): Recorded => ({
  kind: d.kind,
  actor: d.actor,
  to: d.to ?? '',
  verb: d.verb ?? '',
  resource: d.resource ?? '',
  call: d.call ?? '',
  ...(d.text.company === '' ? {} : { text: d.text }),
})

const machineOf = (actor: string) => actor.split('/')[0]!

/** The components that do this task, by the recorded run. */
export function ownersOf(task: Task, recorded: readonly Recorded[]): Set<string> {
  return new Set(recorded.filter(r => holdsOf(task.beat, { beat: r })).map(r => machineOf(task.by === 'to' ? r.to : r.actor)))
}

export const currentTask = (d: Dispatch): number => d.right.findIndex((right, i) => !right && d.given[i] === undefined)

/** `give 3 kube-scheduler`, or the name that the person goes by: which task, and whom. Undefined: that is no such verb. */
export function handing(level: Level, line: string): { i: number; person: string } | undefined {
  const [, number, name] = /^give (\d+) (.+)$/i.exec(line.trim()) ?? []
  const i = Number(number) - 1
  const person = level.people.find(p => [p, nameOf(p).company, nameOf(p).kubernetes].some(n => n.toLowerCase() === name?.toLowerCase()))
  return level.tasks[i] === undefined || person === undefined ? undefined : { i, person }
}

/** Hands a task to somebody. */
export function give(level: Level, d: Dispatch, recorded: readonly Recorded[], { i, person }: { i: number; person: string }): void {
  const task = level.tasks[i]!
  const ok = ownersOf(task, recorded).has(machineOf(person))
  const told = recorded.find(
    r => r.text !== undefined && machineOf(task.by === 'to' ? r.to : r.actor) === machineOf(person) && holdsOf(task.beat, { beat: r }),
  )?.text
  const name = nameOf(person)
  d.said = {
    ok,
    text: ok
      ? told === undefined
        ? { company: `Yes: that is what ${name.company} does.`, kubernetes: `Yes: that is ${name.kubernetes}.` }
        : { company: `The tape: ${name.company} ${told.company}.`, kubernetes: `The log: ${name.kubernetes}: ${told.kubernetes}.` }
      : { company: `Not ${name.company}. Nothing of the kind was on that desk.`, kubernetes: `Not ${name.kubernetes}: it made no such note.` },
  }
  if (ok) {
    d.given[i] = person
    d.right[i] = true
  } else d.mistakes++
}

export function panelOf(level: Level, d: Dispatch): SortPanel {
  const current = currentTask(d)
  return {
    panel: 'sort',
    tasks: level.tasks.map((t, i) => ({ id: i + 1, text: t.text, ...(d.given[i] === undefined ? {} : { given: nameOf(d.given[i]!), right: d.right[i]! }) })),
    ...(current < 0 ? {} : { current: current + 1 }),
    people: level.people.map((actor, i) => ({ key: String(i + 1), actor, name: nameOf(actor), looked: d.looked.has(machineOf(actor)) })),
    mistakes: d.mistakes,
    allowed: level.mistakes ?? 4,
    ...(d.said === undefined ? {} : { said: d.said }),
  }
}

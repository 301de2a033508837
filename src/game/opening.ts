// opening.ts: the doors open: a company comes up, what was ordered before is carried out, jackets are put on, callers come in.

import { bootedCluster, SYSTEM } from '../cluster/cluster.ts'
import { newTimeline } from '../kernel/timeline.ts'
import { advanceTo, apply } from '../kernel/world.ts'
import { act } from './actions.ts'
import { type Draft, newSeen } from './beats.ts'
import { people } from './callers.ts'
import { newDesk, PLAYER } from './commands.ts'
import { newDay } from './day.ts'
import { newDispatch, recordedBeat, recordedNote } from './dispatch.ts'
import { newErrands } from './errands.ts'
import { dress } from './jackets.ts'
import type { Level } from './level.ts'
import { mark } from './moments.ts'
import { giveCommand, move, type Run } from './run.ts'

/** A run at its first moment. */
export function openRun(level: Level, seed: number): Run {
  const system = SYSTEM
  const world = bootedCluster({ seed, users: people, ...(level.start.nodes === undefined ? {} : { nodes: level.start.nodes }) })
  apply(SYSTEM, world, { input: 'spawn', name: PLAYER, config: {} })
  advanceTo(SYSTEM, world, Math.ceil((world.now + level.start.seconds * 1_000) / 1_000) * 1_000)
  const run: Run = {
    level,
    seed,
    system,
    line: newTimeline(world),
    opened: world.now,
    seen: newSeen(),
    beats: [],
    waiting: [],
    moments: [],
    ahead: [],
    pending: [],
    measured: [],
    bets: level.bets.map(() => undefined),
    decided: new Map(),
    desk: newDesk(level.start.files),
    errands: newErrands(),
    prompt: [],
    history: [],
    given: [],
    handed: false,
    hints: 0,
    hinted: 0,
    playing: false,
    speed: 1,
    motionId: 0,
    dispatch: newDispatch(level),
    recorded: [],
    flags: new Set(),
    fakes: level.fakes.map(() => undefined),
    met: new Set(),
    broken: new Map(),
    struck: new Set(),
  }
  if (level.start.day) run.day = newDay()
  if (level.start.run.length > 0) settle(run)
  for (const action of level.start.first) act(run, action)
  dress(run)
  mark(run)
  return run
}

/** Carries out what was ordered before the doors open, and lets it come to rest; none of it is told. */
function settle(run: Run): void {
  const drafts: Draft[] = []
  const from = run.line.world.noteIds
  /** Lets time pass, to a full second. */
  const rest = (seconds: number) => {
    const until = Math.ceil((run.line.world.now + seconds * 1_000) / 1_000) * 1_000
    do {
      drafts.push(...run.waiting)
      run.waiting = []
    } while (run.line.world.now < until && move(run, until))
    advanceTo(SYSTEM, run.line.world, until)
  }
  for (const command of run.level.start.run) {
    if (typeof command === 'number') rest(command)
    else if (typeof command === 'string') giveCommand(run, command, true)
    else act(run, command)
  }
  rest(run.level.start.seconds)
  run.recorded = [...drafts.map(recordedBeat), ...run.line.world.notes.filter(n => n.id > from).map(recordedNote)]
  Object.assign(run, {
    line: newTimeline(run.line.world),
    opened: run.line.world.now,
    seen: newSeen(),
    beats: [],
    waiting: [],
    prompt: [],
    history: [],
    given: [],
    desk: { ...run.desk, taken: new Map() },
  })
  delete run.command
}

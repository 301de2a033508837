// actions.ts: what a level, or a bet, does to the world from outside.

import { nameOf } from '../company/cast.ts'
import { give } from '../kernel/timeline.ts'
import type { Input } from '../kernel/world.ts'
import type { Draft } from './beats.ts'
import { PLAYER } from './commands.ts'
import { instruct, isDayLine } from './day.ts'
import type { Action } from './level.ts'
import { forget } from './moments.ts'
import { type Run, sendErrand } from './run.ts'

const OFFICE = ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager', 'cloud-controller-manager']

export function act(run: Run, action: Action): void {
  const input = (i: Input) => give(run.system, run.line, i)
  const there = (name: string) => run.line.world.actors.has(name)
  const plugs = 'unplug' in action || 'plug' in action
  if (plugs) forget(run)
  if ('crash' in action) input({ input: 'crash', name: action.crash })
  else if ('restart' in action) input({ input: 'restart', name: action.restart })
  else if ('unplug' in action) for (const name of OFFICE.filter(there)) input({ input: 'crash', name })
  else if ('plug' in action) for (const name of OFFICE.filter(there)) input({ input: 'restart', name })
  else if ('cut' in action) input({ input: 'cut', a: action.cut[0], b: action.cut[1] })
  else if ('mend' in action) input({ input: 'mend', a: action.mend[0], b: action.mend[1] })
  else if ('slow' in action) input({ input: 'slow', from: action.slow[0], to: action.slow[1], ms: action.ms })
  else if ('knock' in action) input(knock)
  else if ('run' in action) sendErrand(run, action.run)
  else if ('verb' in action && isDayLine(action.verb) && run.day !== undefined) instruct(run, action.verb)
  const told = plugs ? lights(run, 'plug' in action) : toldOf(action)
  if (told !== undefined) run.waiting.push(told)
}

/** The beat that is seen of it, if it is one. */
function toldOf(action: Action): Draft | undefined {
  const beat = (actor: string, company: string, kubernetes: string): Draft => ({
    kind: 'incident',
    actor,
    text: { company, kubernetes },
    tag: { company: '', kubernetes: '' },
    motions: [{ move: 'think', at: actor }],
  })
  if ('crash' in action) return beat(action.crash, 'faints at the desk', 'crashes')
  if ('restart' in action) return beat(action.restart, 'is back, and reads everything anew', 'is started again')
  if ('cut' in action) return beat(action.cut[0], `hears ${nameOf(action.cut[1]).company} no more: the line is dead`, `loses the network to ${action.cut[1]}`)
  if ('mend' in action) return beat(action.mend[0], `hears ${nameOf(action.mend[1]).company} again`, `has the network to ${action.mend[1]} again`)
  return undefined
}

/** A paper for the vault from somebody who is not the hatch. */
const knock: Input = {
  input: 'post',
  from: 'user/crowbar',
  to: 'etcd',
  type: 'txn',
  body: {
    compare: [],
    success: [
      { put: '/registry/pods/default/loot', value: { kind: 'Pod', metadata: { name: 'loot', namespace: 'default', uid: 'loot' }, spec: { containers: [] } } },
    ],
  },
}

const lights = (run: Run, on: boolean): Draft => ({
  kind: 'lights',
  actor: PLAYER,
  text: on
    ? { company: 'put the plug in again', kubernetes: 'start the control plane' }
    : { company: 'pull the plug of the office', kubernetes: 'stop the control plane' },
  tag: on ? { company: 'light', kubernetes: 'up' } : { company: 'dark', kubernetes: 'down' },
  motions: [{ move: 'lights', on, actors: OFFICE.filter(name => run.line.world.actors.has(name)) }],
})

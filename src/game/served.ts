// served.ts: a world as a server sees it: a client of the simulated API server, whose hands are outside.

import type { ApiRequest } from '../api/http.ts'
import type { User } from '../cluster/user.ts'
import type { System } from '../kernel/machine.ts'
import { advance, apply, type Input, type World } from '../kernel/world.ts'
import { begin, newDesk, pump } from './commands.ts'

/** The actor behind which all outside clients stand. */
export const OUTSIDE = 'user/outside'

/** What the administrator shows inside. */
export const ADMIN_TOKEN = 'admin-token'

/** What `server/simulation.ts` asks for. */
export function served(system: System, world: World, onStep: () => void = () => {}) {
  apply(system, world, { input: 'spawn', name: OUTSIDE, config: {} })
  const user = (): User => world.actors.get(OUTSIDE)!.state
  const tell = (type: string, body: unknown) => apply(system, world, { input: 'post', to: OUTSIDE, type, body })
  /** Answers whose taking the actor has not heard of yet. */
  const taken = new Set<number>()
  /** How far each open watch was read. */
  const reached = new Map<number, number>()
  return {
    now: () => world.now,
    next: () => world.agenda[0]?.at,
    step(until: number): boolean {
      const stepped = advance(system, world, until) !== undefined
      if (stepped) onStep()
      return stepped
    },
    ask: (id: number, request: ApiRequest, opens: boolean) => tell('ask', { id, request, open: opens }),
    answered(): number[] {
      const { answers } = user()
      if (answers.size === 0) {
        if (taken.size > 0) taken.clear()
        return []
      }
      return [...answers.keys()].filter(id => !taken.has(id))
    },
    take(id: number) {
      const answer = user().answers.get(id)!
      taken.add(id)
      tell('forget', { id })
      return answer.ok ? { response: answer.value } : { error: answer.error as string }
    },
    read(id: number) {
      const watch = user().watches.get(id)
      if (watch === undefined) return { lines: [], closed: true }
      if (watch.lines.length === 0 && !watch.closed) return undefined
      // Lines stay until the actor hears that they were taken.
      const from = Math.max(watch.first, reached.get(id) ?? 0)
      const lines = watch.lines.slice(from - watch.first)
      const { closed, status } = watch
      reached.set(id, watch.first + watch.lines.length)
      if (lines.length > 0) tell('took', { id, upTo: watch.first + watch.lines.length })
      if (closed) {
        reached.delete(id)
        tell('unwatch', { id })
      }
      return lines.length === 0 && !closed ? undefined : { lines, closed, ...(status === undefined ? {} : { status }) }
    },
    leave(id: number) {
      reached.delete(id)
      tell('unwatch', { id })
    },
  }
}

const ORDER_MS = 60_000 // Simulated ms in which a manifest must have been ordered.

/** Orders what the files say, as the administrator would; what kubectl printed, and its status. */
export function order(system: System, world: World, files: Record<string, string>): { status: number; text: string } {
  const env = { server: 'https://127.0.0.1', token: ADMIN_TOKEN, variables: {} }
  const desk = newDesk(files, 'user/admin')
  let text = ''
  const around = {
    world: () => world,
    give: (input: Input) => apply(system, world, input),
    print: (_: 'out' | 'err', words: string) => {
      text += words
    },
  }
  for (const name of Object.keys(files)) {
    const command = begin(`kubectl apply -f ${JSON.stringify(name)}`, env)
    if (typeof command === 'string') return { status: 2, text: command }
    pump(command, desk, around, true)
    const until = world.now + ORDER_MS
    while (command.status === undefined && advance(system, world, until) !== undefined) pump(command, desk, around)
    if (command.status !== 0) return { status: command.status ?? 1, text }
  }
  return { status: 0, text }
}
